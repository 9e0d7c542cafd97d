/* The summary sheet: pupils × subjects × periods, as many subjects on a page as fit; then the
 * figures of the class by period. */
#include <stdio.h>
#include <stdlib.h>

#include "net/paper/answer.h"
#include "net/paper/journal.h"
#include "net/paper/source.h"
#include "projections/year.h"

#define COLUMNS_PER_PAGE 32u
#define PUPILS_PER_PAGE 30u
#define VALUE_LEN 16u

/* Millimetres. */
#define TOP 8.0
#define HEAD 11.0
#define UNDER 5.0
#define ROW 4.6
#define NUMBER 6.0
#define NAME 42.0
#define COLUMN 6.6

struct sheet {
    struct net_source *source;
    struct net_paper *paper;
    const msgpack_object *map, *periods, *subjects, *pupils;
    uint32_t period_count, subject_count, pupil_count;
    char (*values)[VALUE_LEN]; /* [(pupil · subject_count + subject) · period_count + period] */
    uint32_t *pupil_order, *subject_order; /* by name */
    char group[201];
};

/* `pupil` and `subject` are places on the paper. */
static char *value_of(struct sheet *sheet, uint32_t pupil, uint32_t subject, uint32_t period)
{
    size_t row = sheet->pupil_order[pupil];
    return sheet->values[(row * sheet->subject_count + sheet->subject_order[subject]) *
                             sheet->period_count +
                         period];
}

static void fill(struct sheet *sheet)
{
    static const char *const words[] = {"осв", "н/а", "б/о", "отср", "зач", "незач"};
    const msgpack_object *marks = net_answer_get(sheet->map, "marks");
    for (uint32_t i = 0; i < net_answer_count(marks); i++) {
        const msgpack_object *one = net_answer_at(marks, i);
        uint64_t pupil = (uint64_t)net_answer_int_at(one, 0);
        uint64_t subject = (uint64_t)net_answer_int_at(one, 1);
        uint64_t period = (uint64_t)net_answer_int_at(one, 2);
        int64_t value = net_answer_int_at(one, 3);
        if (pupil >= sheet->pupil_count || subject >= sheet->subject_count ||
            period >= sheet->period_count)
            continue;
        char *out =
            sheet->values[(pupil * sheet->subject_count + subject) * sheet->period_count + period];
        if (value >= 10 && value <= 15)
            snprintf(out, VALUE_LEN, "%s", words[value - 10]);
        else
            snprintf(out, VALUE_LEN, "%u", (unsigned)value % 10);
    }
}

/* "1 четверть" → "1 ч": a column is narrow. */
static void short_period(const char *name, char out[64])
{
    static const char *const longs[][2] = {{" четверть", " ч"},
                                           {" полугодие", " п/г"},
                                           {" триместр", " тр"},
                                           {PROJ_PERIOD_EXAM, "экз"}};
    snprintf(out, 64, "%.60s", name);
    for (unsigned i = 0; i < sizeof longs / sizeof longs[0]; i++) {
        char *at = strstr(out, longs[i][0]);
        if (at != NULL)
            snprintf(at, 64 - (size_t)(at - out), "%s", longs[i][1]);
    }
}

static void put_head(struct sheet *sheet, uint32_t first, uint32_t count)
{
    char text[300];
    char name[220];
    char brief[64];
    snprintf(text, sizeof text, "Сводная ведомость · %s", sheet->group);
    net_paper_box(sheet->paper, &(struct net_paper_box){.width = NET_PAPER_WIDTH_LANDSCAPE_MM,
                                                        .height = TOP - 2,
                                                        .text = text,
                                                        .face = NET_PAPER_BOLD});
    net_paper_cell(sheet->paper, 0, TOP, NUMBER, HEAD + UNDER, "№", NET_PAPER_BOLD, true);
    net_paper_cell(sheet->paper, NUMBER, TOP, NAME, HEAD + UNDER, "Фамилия, имя", NET_PAPER_BOLD,
                   false);
    for (uint32_t i = 0; i < count; i++) {
        double x = NUMBER + NAME + i * sheet->period_count * COLUMN;
        net_answer_text(net_answer_at(sheet->subjects, sheet->subject_order[first + i]), "name",
                        name, sizeof name);
        net_paper_cell(sheet->paper, x, TOP, sheet->period_count * COLUMN, HEAD, name,
                       NET_PAPER_TINY, true);
        for (uint32_t k = 0; k < sheet->period_count; k++) {
            net_answer_copy(net_answer_at(sheet->periods, k), name, sizeof name);
            short_period(name, brief);
            net_paper_cell(sheet->paper, x + k * COLUMN, TOP + HEAD, COLUMN, UNDER, brief,
                           NET_PAPER_TINY, true);
        }
    }
}

static void put_rows(struct sheet *sheet, uint32_t first_pupil, uint32_t first, uint32_t count)
{
    char name[PROJ_NAME_LEN_MAX + 32];
    char number[16];
    for (uint32_t p = first_pupil; p < sheet->pupil_count && p < first_pupil + PUPILS_PER_PAGE;
         p++) {
        const msgpack_object *pupil = net_answer_at(sheet->pupils, sheet->pupil_order[p]);
        double y = TOP + HEAD + UNDER + (p - first_pupil) * ROW;
        snprintf(number, sizeof number, "%u", p + 1);
        net_answer_text(pupil, "name", name, PROJ_NAME_LEN_MAX);
        if (net_answer_bool(pupil, "left"))
            snprintf(name + strlen(name), 32, " (выбыл)");
        net_paper_cell(sheet->paper, 0, y, NUMBER, ROW, number, NET_PAPER_TINY, true);
        net_paper_cell(sheet->paper, NUMBER, y, NAME, ROW, name, NET_PAPER_PLAIN, false);
        for (uint32_t i = 0; i < count; i++)
            for (uint32_t k = 0; k < sheet->period_count; k++) {
                const char *value = value_of(sheet, p, first + i, k);
                net_paper_cell(sheet->paper, NUMBER + NAME + (i * sheet->period_count + k) * COLUMN,
                               y, COLUMN, ROW, value,
                               strlen(value) > 2 ? NET_PAPER_TINY : NET_PAPER_PLAIN, true);
            }
    }
}

static void hundredths(int64_t value, const char *unit, char out[48])
{
    if (value < 0)
        snprintf(out, 48, "—");
    else
        snprintf(out, 48, "%lld,%02lld%s", (long long)(value / 100), (long long)(value % 100),
                 unit);
}

static void put_figures(struct sheet *sheet)
{
    static const struct net_paper_column columns[] = {{"Период", 60, false},
                                                      {"Успеваемость", 40, true},
                                                      {"Качество", 40, true},
                                                      {"СОУ", 40, true},
                                                      {"Средний балл", 40, true}};
    static const char *const keys[] = {"success", "quality", "sou", "mean"};
    const msgpack_object *by_period = net_answer_get(sheet->map, "by_period");
    char texts[4][48];
    char name[64];
    net_paper_section(sheet->paper, "Показатели класса");
    net_paper_table_begin(sheet->paper, columns, 5);
    for (uint32_t i = 0; i < net_answer_count(by_period); i++) {
        for (unsigned k = 0; k < 4; k++)
            hundredths(net_answer_int(net_answer_at(by_period, i), keys[k]), k < 3 ? " %" : "",
                       texts[k]);
        net_answer_copy(net_answer_at(sheet->periods, i), name, sizeof name);
        const char *const cells[] = {name, texts[0], texts[1], texts[2], texts[3]};
        net_source_tell(sheet->source, cells, 5);
        net_paper_table_row(sheet->paper, cells);
    }
    net_paper_table_end(sheet->paper);
}

static void tell(struct sheet *sheet)
{
    char name[PROJ_NAME_LEN_MAX];
    for (uint32_t p = 0; p < sheet->pupil_count; p++) {
        net_answer_text(net_answer_at(sheet->pupils, sheet->pupil_order[p]), "name", name,
                        sizeof name);
        const char *cell = name;
        net_source_tell(sheet->source, &cell, 1);
        for (uint32_t i = 0; i < sheet->subject_count * sheet->period_count; i++) {
            cell = value_of(sheet, p, i / sheet->period_count, i % sheet->period_count);
            net_source_tell(sheet->source, &cell, 1);
        }
    }
}

static void put_pages(struct sheet *sheet)
{
    uint32_t per_page = sheet->period_count == 0 ? 1 : COLUMNS_PER_PAGE / sheet->period_count;
    if (per_page == 0)
        per_page = 1;
    fill(sheet);
    tell(sheet);
    for (uint32_t first = 0; first < sheet->subject_count; first += per_page) {
        uint32_t left = sheet->subject_count - first;
        uint32_t count = left < per_page ? left : per_page;
        for (uint32_t pupil = 0; pupil < sheet->pupil_count; pupil += PUPILS_PER_PAGE) {
            net_paper_page(sheet->paper);
            put_head(sheet, first, count);
            put_rows(sheet, pupil, first, count);
        }
    }
    net_paper_page(sheet->paper);
    put_figures(sheet);
}

static int make(struct proj_view *view, const msgpack_object *map, const proj_id class_id,
                struct base_buf *out, struct ledger_hash *out_digest, struct base_err *err)
{
    struct net_source source = {0};
    struct net_paper *paper = NULL;
    struct sheet sheet = {.source = &source,
                          .map = map,
                          .periods = net_answer_get(map, "periods"),
                          .subjects = net_answer_get(map, "subjects"),
                          .pupils = net_answer_get(map, "pupils")};
    char title[300];
    char particulars[80];
    char hex[2 * LEDGER_ID_LEN + 1];
    sheet.period_count = net_answer_count(sheet.periods);
    sheet.subject_count = net_answer_count(sheet.subjects);
    sheet.pupil_count = net_answer_count(sheet.pupils);
    net_answer_text(net_answer_get(map, "group"), "name", sheet.group, sizeof sheet.group);
    snprintf(title, sizeof title, "Сводная ведомость: %s", sheet.group);
    sheet.values =
        calloc((size_t)sheet.pupil_count * sheet.subject_count * sheet.period_count + 1, VALUE_LEN);
    sheet.pupil_order = calloc((size_t)sheet.pupil_count + 1, sizeof *sheet.pupil_order);
    sheet.subject_order = calloc((size_t)sheet.subject_count + 1, sizeof *sheet.subject_order);
    bool has_memory =
        sheet.values != NULL && sheet.pupil_order != NULL && sheet.subject_order != NULL;
    if (has_memory) {
        net_answer_sort(sheet.pupils, "name", sheet.pupil_order);
        net_answer_sort(sheet.subjects, "name", sheet.subject_order);
    }
    int rc =
        !has_memory ? BASE_FAIL(err, BASE_E_MEMORY, "sheet") : net_source_open(view, &source, err);
    const struct net_paper_options options = {.title = title,
                                              .head_left = source.school.name,
                                              .head_right = title,
                                              .foot = source.foot,
                                              .now_ms = view->now_ms,
                                              .landscape = true};
    if (rc == 0)
        rc = net_paper_open(&options, &paper, err);
    sheet.paper = paper;
    base_hex(class_id, LEDGER_ID_LEN, hex);
    snprintf(particulars, sizeof particulars, "group %s\n", hex);
    if (rc == 0) {
        put_pages(&sheet);
        net_source_put(&source, paper, "sheet", particulars);
        net_source_digest(&source, out_digest);
        net_paper_signature(paper, "Классный руководитель");
        net_paper_signature(paper, "Заместитель директора");
        rc = source.told.failed ? BASE_FAIL(err, BASE_E_MEMORY, "sheet")
                                : net_paper_finish(paper, out, err);
    }
    net_paper_close(paper);
    net_source_release(&source);
    free(sheet.values);
    free(sheet.pupil_order);
    free(sheet.subject_order);
    return rc;
}

int net_sheet_make(struct proj_view *view, const proj_id class_id, struct base_buf *out,
                   struct ledger_hash *out_digest, struct base_err *err)
{
    struct net_answer answer;
    net_answer_begin(&answer, view);
    int rc = net_answer_end(&answer, view, proj_view_summary(view, class_id), err);
    if (rc == 0)
        rc = make(view, answer.map, class_id, out, out_digest, err);
    net_answer_release(&answer);
    return rc;
}
