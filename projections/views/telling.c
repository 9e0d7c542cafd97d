/* An ordinary entry is compared cell by cell at two moments: before it and with it. A breach event
 * is compared likewise, over the cells of every entry that began or ceased to count by it. */
#include "projections/views/telling.h"

#include <stdio.h>
#include <stdlib.h>

#include "projections/views/cells.h"
#include "projections/views/pupil.h"

#define TEXT_LEN 1400 /* of one line: the longest homework is cut */
#define WORDS_LEN 1000
#define NOTHING "—"

struct telling {
    struct proj_view *view;
    ledger_seq seq;
    bool is_correction;
    bool counts_again; /* of a correction: the entry that it is about counts again */
    void (*each)(void *data, const struct proj_line *line);
    void *data;
};

static void at_moment(struct telling *telling, ledger_seq size)
{
    proj_txn_moment(telling->view->txn, size, size);
}

static void day_text(base_day day, char out[16])
{
    int year, month, date;
    base_day_to_civil(day, &year, &month, &date);
    snprintf(out, 16, "%02d.%02d", date % 100, month % 100);
}

static void subject_name(struct telling *telling, const uint8_t *id, char out[201])
{
    struct proj_subject subject;
    snprintf(out, 201, "%s",
             proj_find_subject(telling->view, id, &subject) ? subject.name : "Предмет");
}

/* Cells */

/* What of a cell may leave the school: of an absence that it was one, not why. */
static void words(struct telling *telling, const struct proj_cell *cell, char out[WORDS_LEN])
{
    struct proj_fact fact;
    struct proj_attendance attendance;
    snprintf(out, WORDS_LEN, NOTHING);
    if (!proj_fact_get(telling->view->txn, &cell->key, LEDGER_SEQ_NONE, &fact))
        return;
    if (!cell->is_period && cell->what == PROJ_WHAT_ATTENDANCE) {
        if (!proj_attendance_of(fact.value, &attendance))
            return;
        snprintf(out, WORDS_LEN, "%s",
                 attendance.state == PROJ_ABSENT ? "отсутствие"
                 : attendance.state == PROJ_LATE ? "опоздание"
                                                 : NOTHING);
        return;
    }
    proj_cell_words(telling->view, cell, &fact, out, WORDS_LEN);
    for (char *c = out; *c != '\0'; c++) /* one line, whatever a teacher pasted */
        *c = (unsigned char)*c < ' ' ? ' ' : *c;
}

static enum proj_wants wants_of(const struct telling *telling, const struct proj_cell *cell)
{
    if (telling->is_correction)
        return PROJ_WANTS_CORRECTIONS;
    if (cell->is_period || cell->what == PROJ_WHAT_MARK)
        return PROJ_WANTS_MARKS;
    return cell->what == PROJ_WHAT_ATTENDANCE ? PROJ_WANTS_ABSENCES : PROJ_WANTS_HOMEWORK;
}

static const char *what_of(const struct proj_cell *cell)
{
    return cell->is_period                      ? "отметка за период"
           : cell->what == PROJ_WHAT_MARK       ? "отметка"
           : cell->what == PROJ_WHAT_ATTENDANCE ? "посещение"
                                                : "домашнее задание";
}

static void where(struct telling *telling, const struct proj_cell *cell, char *out, size_t size)
{
    char subject[201];
    char day[16];
    subject_name(telling, cell->subject, subject);
    day_text(cell->lesson.day, day);
    if (cell->is_period)
        snprintf(out, size, "%s, %.*s", subject, (int)cell->period.len,
                 (const char *)cell->period.data);
    else
        snprintf(out, size, "%s, %s, урок %u", subject, day, cell->lesson.n);
}

static void tell_change(struct telling *telling, const struct proj_cell *cell, const char *was,
                        const char *now)
{
    char place[400];
    char text[TEXT_LEN + 2 * WORDS_LEN];
    bool is_new = strcmp(was, NOTHING) == 0;
    bool is_gone = strcmp(now, NOTHING) == 0;
    where(telling, cell, place, sizeof place);
    bool plain = telling->is_correction || (!is_new && !is_gone);
    if (plain)
        snprintf(text, sizeof text, "%s: %s – было: %s, стало: %s", place, what_of(cell), was, now);
    else if (is_gone)
        snprintf(text, sizeof text, "%s: %s – снято (было: %s)", place, what_of(cell), was);
    else if (cell->what == PROJ_WHAT_ATTENDANCE && !cell->is_period)
        snprintf(text, sizeof text, "%s: %s", place, now);
    else
        snprintf(text, sizeof text, "%s: %s %s", place, what_of(cell), now);
    bool whole = memcmp(cell->pupil, proj_no_id, LEDGER_ID_LEN) == 0;
    const struct proj_line line = {.wants = wants_of(telling, cell),
                                   .pupil = whole ? NULL : cell->pupil,
                                   .group = cell->group,
                                   .day = cell->lesson.day,
                                   .text = text};
    telling->each(telling->data, &line);
}

static void tell_cell(void *data, const struct proj_cell *cell)
{
    struct telling *telling = data;
    char was[WORDS_LEN];
    char now[WORDS_LEN];
    bool told = cell->is_period || cell->what == PROJ_WHAT_MARK ||
                cell->what == PROJ_WHAT_ATTENDANCE || cell->what == PROJ_WHAT_HOMEWORK;
    if (!told)
        return;
    at_moment(telling, telling->seq);
    words(telling, cell, was);
    at_moment(telling, telling->seq + 1);
    words(telling, cell, now);
    bool nothing_given = !cell->is_period && cell->what == PROJ_WHAT_HOMEWORK &&
                         strcmp(was, NOTHING) == 0 && strcmp(now, "не задано") == 0;
    if (strcmp(was, now) != 0 && !nothing_given)
        tell_change(telling, cell, was, now);
}

/* Changed lessons and advice */

static void give(struct telling *telling, enum proj_wants wants, const uint8_t *pupil,
                 const uint8_t *group, base_day day, const char *text)
{
    char whole[TEXT_LEN + 200];
    const struct proj_line line = {.wants = telling->is_correction ? PROJ_WANTS_CORRECTIONS : wants,
                                   .pupil = pupil,
                                   .group = group,
                                   .day = day,
                                   .text = whole};
    snprintf(whole, sizeof whole, "%s%s", text,
             !telling->is_correction ? ""
             : telling->counts_again ? " – снова действует"
                                     : " – не действует");
    telling->each(telling->data, &line);
}

static void tell_changed_lesson(struct telling *telling, const struct ledger_event *event)
{
    static const char *const words_of[] = {"замена учителя", "урок перенесён", "урок отменён"};
    char subject[201];
    char day[16];
    char to[16] = "";
    char text[TEXT_LEN];
    const struct ledger_canon_value *body = &event->body;
    base_day when = (base_day)proj_body_int(body, "day");
    int64_t n = proj_body_int(body, "n");
    unsigned change = (unsigned)proj_body_int(body, "change");
    subject_name(telling, proj_body_bin(body, "subject"), subject);
    day_text(when, day);
    snprintf(text, sizeof text, "%s, %s, урок %d: %s", subject, day, (int)n,
             change < 3 ? words_of[change] : "изменение");
    bool taken_back = change == PROJ_CHANGE_MOVED &&
                      proj_body_int_or(body, "newday", when) == when &&
                      proj_body_int_or(body, "newn", n) == n;
    if (taken_back) {
        snprintf(text, sizeof text, "%s, %s, урок %d: снова по расписанию", subject, day, (int)n);
    } else if (change == PROJ_CHANGE_MOVED) {
        day_text((base_day)proj_body_int_or(body, "newday", when), to);
        size_t len = strlen(text);
        snprintf(text + len, sizeof text - len, " на %s, урок %d", to,
                 (int)proj_body_int_or(body, "newn", n));
    }
    give(telling, PROJ_WANTS_CHANGES, NULL, proj_body_bin(body, "group"), when, text);
}

static void tell_advice(struct telling *telling, const struct ledger_event *event, base_day day)
{
    static const char *const sorts[] = {"сообщение", "рекомендация учителя", "замечание", "похвала",
                                        "объявление"};
    char subject[201] = "";
    char text[TEXT_LEN];
    const struct ledger_canon_value *body = &event->body;
    const uint8_t *about = proj_body_bin(body, "about");
    const uint8_t *subject_id = proj_body_bin_or(body, "subject", NULL);
    int64_t sort = proj_body_int(body, "sort");
    bool to_group = proj_body_int(body, "to_group") != 0;
    if (subject_id != NULL)
        subject_name(telling, subject_id, subject);
    snprintf(text, sizeof text, "%s%sновая запись «%s», её текст – в дневнике", subject,
             subject_id != NULL ? ": " : "", sorts[sort >= 1 && sort <= 4 ? sort : 0]);
    give(telling, PROJ_WANTS_ADVICE, to_group ? NULL : about, to_group ? about : NULL, day, text);
}

static bool is_kind(const struct ledger_event *event, const char *kind)
{
    return base_bytes_equal(event->kind, base_bytes_str(kind));
}

static void tell_event(struct telling *telling, const struct ledger_event *event,
                       base_time_ms recorded_ms)
{
    if (is_kind(event, "lesson.changed"))
        tell_changed_lesson(telling, event);
    else if (is_kind(event, "advice.given"))
        tell_advice(telling, event, base_day_of_time(recorded_ms, telling->view->offset_min));
    else
        proj_each_cell(telling->view, event, tell_cell, telling);
}

/* Corrections */

struct void_list {
    ledger_seq *seqs;
    size_t count, capacity;
    bool failed;
};

static bool note_void(void *data, ledger_seq seq, struct proj_void state)
{
    struct void_list *list = data;
    (void)state;
    if (list->count == list->capacity) {
        size_t capacity = list->capacity == 0 ? 256 : list->capacity * 2;
        ledger_seq *grown = realloc(list->seqs, capacity * sizeof *grown);
        list->failed = grown == NULL;
        if (list->failed)
            return false;
        list->seqs = grown;
        list->capacity = capacity;
    }
    list->seqs[list->count++] = seq;
    return true;
}

static void void_at(struct telling *telling, ledger_seq size, struct void_list *out_list)
{
    at_moment(telling, size);
    proj_void_each(telling->view->txn, note_void, out_list);
    if (out_list->failed)
        proj_txn_fail(telling->view->txn, BASE_E_MEMORY, "entries that do not count");
}

static void tell_turned(struct telling *telling, ledger_seq seq, bool counts_again)
{
    struct proj_source source = proj_source_of_reader(telling->view->reader);
    struct ledger_event event;
    struct base_err err = {0};
    base_time_ms recorded_ms;
    int rc = source.event(source.data, seq, &event, &recorded_ms, &err);
    if (rc != 0) {
        proj_txn_fail(telling->view->txn, rc, err.text);
        return;
    }
    telling->counts_again = counts_again;
    at_moment(telling, telling->seq + 1);
    tell_event(telling, &event, recorded_ms);
}

/* Both lists ascend: what stands in one only has turned. Entries of one cell tell its change once
 * each; who gathers the lines drops repeats. */
static void tell_corrections(struct telling *telling)
{
    struct void_list was = {0};
    struct void_list now = {0};
    size_t i = 0;
    size_t k = 0;
    telling->is_correction = true;
    void_at(telling, telling->seq, &was);
    void_at(telling, telling->seq + 1, &now);
    while (i < was.count || k < now.count) {
        if (k == now.count || (i < was.count && was.seqs[i] < now.seqs[k]))
            tell_turned(telling, was.seqs[i++], true);
        else if (i == was.count || now.seqs[k] < was.seqs[i])
            tell_turned(telling, now.seqs[k++], false);
        else
            i++, k++;
    }
    free(was.seqs);
    free(now.seqs);
}

void proj_tell(struct proj_view *view, ledger_seq seq,
               void (*each)(void *data, const struct proj_line *line), void *data)
{
    struct telling telling = {.view = view, .seq = seq, .each = each, .data = data};
    struct proj_source source = proj_source_of_reader(view->reader);
    struct ledger_event event;
    struct base_err err = {0};
    base_time_ms recorded_ms;
    int rc = source.event(source.data, seq, &event, &recorded_ms, &err);
    if (rc != 0) {
        proj_txn_fail(view->txn, rc, err.text);
        return;
    }
    at_moment(&telling, seq + 1);
    if (proj_is_breach(event.kind))
        tell_corrections(&telling);
    else
        tell_event(&telling, &event, recorded_ms);
    proj_txn_moment(view->txn, LEDGER_SEQ_NONE, LEDGER_SEQ_NONE);
}

/* A week */

struct week {
    struct proj_view *view;
    const uint8_t *pupil;
    base_day from, to;
    struct base_buf *out;
    unsigned missed, late;
};

static void week_cell(struct week *week, const struct proj_fact *fact,
                      const struct proj_cell_ref *ref, struct base_buf *marks)
{
    struct proj_attendance attendance;
    char text[64];
    if (fact->seq == LEDGER_SEQ_NONE || memcmp(ref->pupil, week->pupil, LEDGER_ID_LEN) != 0)
        return;
    if (ref->what == PROJ_WHAT_MARK) {
        proj_cell_text(week->view, PROJ_WHAT_MARK, fact->value, text, sizeof text);
        if (strcmp(text, NOTHING) != 0)
            base_buf_printf(marks, "%s%s", marks->len > 0 ? ", " : "", text);
    } else if (ref->what == PROJ_WHAT_ATTENDANCE && proj_attendance_of(fact->value, &attendance)) {
        week->missed += attendance.state == PROJ_ABSENT;
        week->late += attendance.state == PROJ_LATE;
    }
}

static void week_page(void *data, const struct proj_pupil_page *page)
{
    struct week *week = data;
    struct base_buf BASE_CLEANUP(base_buf_release) marks = {0};
    struct proj_key prefix = proj_key_page(page->group, page->subject);
    struct proj_key from = proj_key_page_day(page->group, page->subject, week->from);
    struct proj_key until = proj_key_page_day(page->group, page->subject, (int64_t)week->to + 1);
    struct proj_subject named;
    struct proj_fact fact;
    struct proj_cell_ref ref;
    bool given = false;
    struct proj_scan *scan =
        proj_scan_open(week->view->txn, &prefix, &from, &until, LEDGER_SEQ_NONE);
    while (proj_scan_next(scan, &fact)) {
        if (!proj_cell_ref_of(fact.key, &ref))
            continue;
        if (ref.what == PROJ_WHAT_LESSON)
            given = fact.seq != LEDGER_SEQ_NONE && ref.day >= page->span.from &&
                    ref.day <= page->span.to;
        else if (given)
            week_cell(week, &fact, &ref, &marks);
    }
    proj_scan_close(scan);
    if (marks.len > 0 && proj_find_subject(week->view, page->subject, &named))
        base_buf_printf(week->out, "%s: %.*s\n", named.name, (int)marks.len,
                        (const char *)marks.data);
}

void proj_tell_week(struct proj_view *view, const proj_id pupil, base_day from, base_day to,
                    struct base_buf *out)
{
    struct week week = {.view = view, .pupil = pupil, .from = from, .to = to, .out = out};
    proj_each_pupil_page(view, pupil, week_page, &week);
    if (week.missed > 0)
        base_buf_printf(out, "Пропущено уроков: %u\n", week.missed);
    if (week.late > 0)
        base_buf_printf(out, "Опозданий: %u\n", week.late);
}
