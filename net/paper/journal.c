/* A spread is one landscape page: so many lessons, all pupils. The days are cut by the calendar's
 * periods, each beginning a new page and ending with its means and marks; what lies between two
 * periods goes with the later one, and after the last with a part of its own, so that no lesson is
 * left out. */
#include "net/paper/journal.h"

#include <stdio.h>
#include <stdlib.h>

#include "net/paper/answer.h"
#include "net/paper/closing.h"
#include "net/paper/source.h"
#include "projections/calendar.h"

#define PART_COUNT_MAX 16u
#define LESSONS_PER_PAGE 14u
#define PUPILS_PER_PAGE 33u
#define CELL_LEN 24u

/* Millimetres. */
#define TOP 8.0
#define HEAD 8.0
#define ROW 4.4
#define NUMBER 6.0
#define NAME 40.0
#define COLUMN 6.2
#define TOTAL 9.0
#define GAP 3.0
#define DATE 13.0
#define TOPIC 48.0

struct part {
    base_day from, to;
    char name[61]; /* of the period; empty: none */
};

struct journal {
    struct proj_view *view;
    struct net_source *source;
    struct net_paper *paper;
    const uint8_t *group_id, *subject_id;
    struct proj_group group;
    struct proj_subject subject;
    struct part parts[PART_COUNT_MAX];
    unsigned part_count;
    base_day from, to;
    /* of the part under way */
    const struct part *part;
    const msgpack_object *pupils, *lessons, *map;
    uint32_t pupil_count, lesson_count;
    char (*cells)[CELL_LEN]; /* [lesson · pupil_count + pupil] */
    struct base_err *err;
};

/* Parts */

static bool add_part(void *data, const struct proj_calendar_row *row)
{
    struct journal *journal = data;
    struct part *part = &journal->parts[journal->part_count];
    if (row->kind > PROJ_CALENDAR_TRIMESTER || journal->group.grade < row->grade_from ||
        journal->group.grade > row->grade_to || row->to < journal->from ||
        row->from > journal->to || journal->part_count == PART_COUNT_MAX - 1)
        return true;
    part->from = row->from;
    part->to = row->to < journal->to ? row->to : journal->to;
    snprintf(part->name, sizeof part->name, "%.*s", (int)row->name.len,
             (const char *)row->name.data);
    journal->part_count++;
    return true;
}

static int compare_parts(const void *a, const void *b)
{
    const struct part *x = a;
    const struct part *y = b;
    return x->from != y->from ? (x->from < y->from ? -1 : 1) : strcmp(x->name, y->name);
}

static void cut_into_parts(struct journal *journal)
{
    base_day next = journal->from;
    proj_calendar_each(journal->view->txn, add_part, journal);
    qsort(journal->parts, journal->part_count, sizeof journal->parts[0], compare_parts);
    for (unsigned i = 0; i < journal->part_count; i++) {
        journal->parts[i].from = next;
        next = journal->parts[i].to + 1;
    }
    if (next <= journal->to)
        journal->parts[journal->part_count++] = (struct part){.from = next, .to = journal->to};
}

/* Cells */

static char *cell_of(struct journal *journal, int64_t lesson, int64_t pupil)
{
    if (lesson < 0 || pupil < 0 || lesson >= journal->lesson_count || pupil >= journal->pupil_count)
        return NULL;
    return journal->cells[(size_t)lesson * journal->pupil_count + (size_t)pupil];
}

static void append(char *cell, const char *text)
{
    size_t len = strlen(cell);
    if (text[0] != '\0' && len + strlen(text) + 2 < CELL_LEN)
        snprintf(cell + len, CELL_LEN - len, "%s%s", len > 0 ? " " : "", text);
}

static void fill_absences(struct journal *journal)
{
    const msgpack_object *absences = net_answer_get(journal->map, "absences");
    for (uint32_t i = 0; i < net_answer_count(absences); i++) {
        const msgpack_object *one = net_answer_at(absences, i);
        char reason[16];
        char *cell = cell_of(journal, net_answer_int_at(one, 0), net_answer_int_at(one, 1));
        int64_t state = net_answer_int_at(one, 2);
        net_answer_copy(net_answer_at(one, 3), reason, sizeof reason);
        if (cell == NULL || state == PROJ_PRESENT)
            continue;
        append(cell, state == PROJ_LATE               ? "о"
                     : strcmp(reason, "ill") == 0     ? "б"
                     : strcmp(reason, "valid") == 0   ? "у"
                     : strcmp(reason, "invalid") == 0 ? "нп"
                                                      : "н");
    }
}

static void fill_marks(struct journal *journal)
{
    const msgpack_object *marks = net_answer_get(journal->map, "marks");
    for (uint32_t i = 0; i < net_answer_count(marks); i++) {
        const msgpack_object *one = net_answer_at(marks, i);
        const msgpack_object *values = net_answer_at(one, 3);
        char *cell = cell_of(journal, net_answer_int_at(one, 0), net_answer_int_at(one, 1));
        char text[CELL_LEN] = "";
        size_t len = 0;
        for (uint32_t k = 0; k < net_answer_count(values) && k < 4; k++)
            len += (size_t)snprintf(text + len, sizeof text - len, "%s%u", k > 0 ? "/" : "",
                                    (unsigned)net_answer_int_at(values, k) % 10);
        if (cell != NULL)
            append(cell, text);
    }
}

static void mean_text(const struct journal *journal, uint32_t pupil, char out[32])
{
    const msgpack_object *averages = net_answer_get(journal->map, "averages");
    out[0] = '\0';
    for (uint32_t i = 0; i < net_answer_count(averages); i++) {
        const msgpack_object *one = net_answer_at(averages, i);
        int64_t mean = net_answer_int_at(one, 1);
        if (net_answer_int_at(one, 0) == pupil)
            snprintf(out, 32, "%lld,%02lld", (long long)(mean / 100), (long long)(mean % 100));
    }
}

static void value_text(int64_t value, char out[32])
{
    static const char *const words[] = {"осв", "н/а", "безотм", "отср", "зач", "незач"};
    if (value >= 10 && value <= 15)
        snprintf(out, 32, "%s", words[value - 10]);
    else if (value > 0)
        snprintf(out, 32, "%lld", (long long)value);
    else
        out[0] = '\0';
}

static void period_text(const struct journal *journal, uint32_t pupil, const char *period,
                        char out[32])
{
    const msgpack_object *marks = net_answer_get(journal->map, "period_marks");
    char name[64];
    out[0] = '\0';
    for (uint32_t i = 0; i < net_answer_count(marks); i++) {
        const msgpack_object *one = net_answer_at(marks, i);
        net_answer_copy(net_answer_at(one, 1), name, sizeof name);
        if (net_answer_int_at(one, 0) == pupil && strcmp(name, period) == 0)
            value_text(net_answer_int_at(one, 2), out);
    }
}

/* Pages */

static void put_heading(struct journal *journal)
{
    char text[600];
    char from[16];
    char to[16];
    net_day_text(journal->part->from, from);
    net_day_text(journal->part->to, to);
    snprintf(text, sizeof text, "%s · %s%s%s · %s – %s", journal->group.name, journal->subject.name,
             journal->part->name[0] != '\0' ? " · " : "", journal->part->name, from, to);
    net_paper_box(journal->paper, &(struct net_paper_box){.width = NET_PAPER_WIDTH_LANDSCAPE_MM,
                                                          .height = TOP - 2,
                                                          .text = text,
                                                          .face = NET_PAPER_BOLD});
}

static void lesson_day(const struct journal *journal, uint32_t lesson, const char *between,
                       char out[32])
{
    char day[16];
    net_day_text((base_day)net_answer_int(net_answer_at(journal->lessons, lesson), "day"), day);
    snprintf(out, 32, "%.2s%s%.2s", day, between, day + 3);
}

static void put_left(struct journal *journal, uint32_t first_pupil, uint32_t first, uint32_t count,
                     bool is_last)
{
    char text[32];
    char name[PROJ_NAME_LEN_MAX];
    double x = NUMBER + NAME;
    net_paper_cell(journal->paper, 0, TOP, NUMBER, HEAD, "№", NET_PAPER_BOLD, true);
    net_paper_cell(journal->paper, NUMBER, TOP, NAME, HEAD, "Фамилия, имя", NET_PAPER_BOLD, false);
    for (uint32_t i = 0; i < LESSONS_PER_PAGE; i++) {
        text[0] = '\0';
        if (i < count)
            lesson_day(journal, first + i, "\n", text);
        net_paper_cell(journal->paper, x + i * COLUMN, TOP, COLUMN, HEAD, text, NET_PAPER_TINY,
                       true);
    }
    double totals = x + LESSONS_PER_PAGE * COLUMN;
    net_paper_cell(journal->paper, totals, TOP, TOTAL, HEAD, is_last ? "сред- няя" : "",
                   NET_PAPER_TINY, true);
    net_paper_cell(journal->paper, totals + TOTAL, TOP, TOTAL, HEAD, is_last ? "за период" : "",
                   NET_PAPER_TINY, true);
    for (uint32_t p = first_pupil; p < journal->pupil_count && p < first_pupil + PUPILS_PER_PAGE;
         p++) {
        double y = TOP + HEAD + (p - first_pupil) * ROW;
        snprintf(text, sizeof text, "%u", p + 1);
        net_answer_text(net_answer_at(journal->pupils, p), "name", name, sizeof name);
        net_paper_cell(journal->paper, 0, y, NUMBER, ROW, text, NET_PAPER_TINY, true);
        net_paper_cell(journal->paper, NUMBER, y, NAME, ROW, name, NET_PAPER_PLAIN, false);
        for (uint32_t i = 0; i < LESSONS_PER_PAGE; i++) {
            const char *cell = i < count ? cell_of(journal, first + i, p) : "";
            net_paper_cell(journal->paper, x + i * COLUMN, y, COLUMN, ROW, cell,
                           strlen(cell) > 3 ? NET_PAPER_TINY : NET_PAPER_PLAIN, true);
        }
        text[0] = '\0';
        if (is_last)
            mean_text(journal, p, text);
        net_paper_cell(journal->paper, totals, y, TOTAL, ROW, text, NET_PAPER_PLAIN, true);
        text[0] = '\0';
        if (is_last && journal->part->name[0] != '\0')
            period_text(journal, p, journal->part->name, text);
        net_paper_cell(journal->paper, totals + TOTAL, y, TOTAL, ROW, text, NET_PAPER_BOLD, true);
    }
}

static void put_right(struct journal *journal, uint32_t first, uint32_t count)
{
    static char topic[1100];
    static char homework[4200];
    char day[32];
    char number[32];
    double x = NUMBER + NAME + LESSONS_PER_PAGE * COLUMN + 2 * TOTAL + GAP;
    double homework_width = NET_PAPER_WIDTH_LANDSCAPE_MM - x - DATE - TOPIC;
    double height = (NET_PAPER_HEIGHT_LANDSCAPE_MM - TOP - HEAD) / LESSONS_PER_PAGE;
    net_paper_cell(journal->paper, x, TOP, DATE, HEAD, "Дата, урок", NET_PAPER_TINY, true);
    net_paper_cell(journal->paper, x + DATE, TOP, TOPIC, HEAD, "Тема урока", NET_PAPER_BOLD, false);
    net_paper_cell(journal->paper, x + DATE + TOPIC, TOP, homework_width, HEAD, "Домашнее задание",
                   NET_PAPER_BOLD, false);
    for (uint32_t i = 0; i < count; i++) {
        const msgpack_object *lesson = net_answer_at(journal->lessons, first + i);
        double y = TOP + HEAD + i * height;
        lesson_day(journal, first + i, ".", day);
        snprintf(number, sizeof number, "%.8s\nурок %u", day,
                 (unsigned)net_answer_int(lesson, "n") % 100);
        net_answer_text(lesson, "topic", topic, sizeof topic);
        net_answer_text(lesson, "homework", homework, sizeof homework);
        net_paper_cell(journal->paper, x, y, DATE, height, number, NET_PAPER_TINY, true);
        net_paper_cell(journal->paper, x + DATE, y, TOPIC, height, topic, NET_PAPER_TINY, false);
        net_paper_cell(journal->paper, x + DATE + TOPIC, y, homework_width, height, homework,
                       NET_PAPER_TINY, false);
    }
}

/* What the part says, for the digest: whole texts, also where a box had to cut them. */
static void tell_part(struct journal *journal)
{
    char name[PROJ_NAME_LEN_MAX];
    char mean[32];
    char period[32];
    for (uint32_t i = 0; i < journal->lesson_count; i++) {
        const msgpack_object *lesson = net_answer_at(journal->lessons, i);
        char *texts = calloc(2, 4200);
        char day[32];
        if (texts == NULL) {
            journal->source->told.failed = true;
            return;
        }
        lesson_day(journal, i, ".", day);
        net_answer_text(lesson, "topic", texts, 4200);
        net_answer_text(lesson, "homework", texts + 4200, 4200);
        const char *const cells[] = {day, texts, texts + 4200};
        net_source_tell(journal->source, cells, 3);
        free(texts);
    }
    for (uint32_t p = 0; p < journal->pupil_count; p++) {
        net_answer_text(net_answer_at(journal->pupils, p), "name", name, sizeof name);
        mean_text(journal, p, mean);
        period_text(journal, p, journal->part->name, period);
        const char *const cells[] = {name, mean, period};
        net_source_tell(journal->source, cells, 3);
        for (uint32_t i = 0; i < journal->lesson_count; i++) {
            const char *cell = cell_of(journal, i, p);
            net_source_tell(journal->source, &cell, 1);
        }
    }
}

static void put_pages(struct journal *journal)
{
    uint32_t first = 0;
    fill_absences(journal);
    fill_marks(journal);
    tell_part(journal);
    do {
        uint32_t left = journal->lesson_count - first;
        uint32_t count = left < LESSONS_PER_PAGE ? left : LESSONS_PER_PAGE;
        uint32_t pupil = 0;
        do {
            net_paper_page(journal->paper);
            put_heading(journal);
            put_left(journal, pupil, first, count, first + count == journal->lesson_count);
            put_right(journal, first, count);
            pupil += PUPILS_PER_PAGE;
        } while (pupil < journal->pupil_count);
        first += count;
    } while (first < journal->lesson_count);
}

static int put_part(struct journal *journal)
{
    struct net_answer answer;
    net_answer_begin(&answer, journal->view);
    int rc = net_answer_end(&answer, journal->view,
                            proj_view_journal(journal->view, journal->group_id, journal->subject_id,
                                              journal->part->from, journal->part->to),
                            journal->err);
    if (rc == 0) {
        journal->map = answer.map;
        journal->pupils = net_answer_get(answer.map, "pupils");
        journal->lessons = net_answer_get(answer.map, "lessons");
        journal->pupil_count = net_answer_count(journal->pupils);
        journal->lesson_count = net_answer_count(journal->lessons);
        journal->cells = calloc((size_t)journal->pupil_count * journal->lesson_count + 1, CELL_LEN);
        if (journal->cells == NULL)
            rc = BASE_FAIL(journal->err, BASE_E_MEMORY, "journal");
    }
    if (rc == 0 && (journal->lesson_count > 0 || journal->part->name[0] != '\0'))
        put_pages(journal);
    free(journal->cells);
    journal->cells = NULL;
    net_answer_release(&answer);
    return rc;
}

int net_journal_make(struct proj_view *view, const proj_id group, const proj_id subject,
                     base_day from, base_day to, struct base_buf *out,
                     struct ledger_hash *out_digest, struct base_err *err)
{
    struct net_source source = {0};
    struct net_paper *paper = NULL;
    struct journal journal = {.view = view,
                              .source = &source,
                              .group_id = group,
                              .subject_id = subject,
                              .from = from,
                              .to = to,
                              .err = err};
    char title[500];
    char particulars[200];
    char hex[2][2 * LEDGER_ID_LEN + 1];
    if (!proj_find_group_on(view, group, to, &journal.group) ||
        !proj_find_subject(view, subject, &journal.subject))
        return PROJ_VIEW_MISSING;
    if (!proj_may_read_page(view, group, subject))
        return PROJ_VIEW_FORBIDDEN;
    int rc = net_source_open(view, &source, err);
    snprintf(title, sizeof title, "Журнал: %s, %s", journal.group.name, journal.subject.name);
    const struct net_paper_options options = {.title = title,
                                              .head_left = source.school.name,
                                              .head_right = title,
                                              .foot = source.foot,
                                              .now_ms = view->now_ms,
                                              .landscape = true};
    if (rc == 0)
        rc = net_paper_open(&options, &paper, err);
    journal.paper = paper;
    cut_into_parts(&journal);
    for (unsigned i = 0; rc == 0 && i < journal.part_count; i++) {
        journal.part = &journal.parts[i];
        rc = put_part(&journal);
    }
    if (rc == 0)
        rc = net_closing_put(view, group, subject, &source, paper, err);
    base_hex(group, LEDGER_ID_LEN, hex[0]);
    base_hex(subject, LEDGER_ID_LEN, hex[1]);
    snprintf(particulars, sizeof particulars, "group %s\nsubject %s\nfrom %d\nto %d\n", hex[0],
             hex[1], from, to);
    if (rc == 0) {
        net_paper_page(paper);
        net_source_put(&source, paper, "journal", particulars);
        net_source_digest(&source, out_digest);
        net_paper_signature(paper, "Учитель");
        net_paper_signature(paper, "Заместитель директора");
    }
    if (rc == 0 && source.told.failed)
        rc = BASE_FAIL(err, BASE_E_MEMORY, "journal");
    if (rc == 0)
        rc = net_paper_finish(paper, out, err);
    net_paper_close(paper);
    net_source_release(&source);
    return rc;
}
