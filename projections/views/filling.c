/* Control of filling («контроль заполнения журнала», ST-2 … ST-7, ST-9, ST-10): by teacher, group
 * and subject, how many lessons should have been given, how many are recorded, what is missing on
 * them and what came late; and lesson by lesson for the very cell. Deadlines flag, they never
 * refuse.
 *
 * A lesson is due when its bell has rung out. What is due is read from timetable, calendar and
 * changes; what is there from the page of that day. A substituted lesson is the substitute's. */
#include "projections/deadlines.h"
#include "projections/fold.h"
#include "projections/planned.h"
#include "projections/views/debts.h"
#include "projections/views/few.h"
#include "projections/views/office.h"
#include "projections/views/walk.h"
#include "projections/views/year.h"

#include <stdlib.h>

#define ROW_MAX 2000u    /* teacher × group × subject */
#define LESSON_MAX 3000u /* of the drill-down */
#define MINUTE_MS 60000

enum lack { LACKS_LESSON = 1, LACKS_TOPIC = 2, LACKS_HOMEWORK = 4, LACKS_SHEET = 8 };

struct row {
    proj_id account, group, subject;
    unsigned due, recorded, no_topic, no_homework, no_sheet;
    unsigned late_homework, late_sheets, late_absences, late_marks;
};

struct filling {
    struct proj_view *view;
    const uint8_t *only_group, *only_subject; /* the drill-down, or NULL */
    bool all;                                 /* else only the reader's own */
    base_day from, to;
    struct row *rows;
    unsigned row_count;
    /* The group and day that are walked now. */
    const uint8_t *group_id;
    bool gives_homework; /* ST-4 asks for it where it is given: not in grade 1 */
    base_day day;
    base_time_ms homework_due_ms;
    bool due_known;
    uint32_t lesson_count;
};

/* What a page holds of one lesson. */
struct found {
    bool given, topic, homework, sheet;
    base_time_ms homework_ms, sheet_ms;
    unsigned late_absences, late_marks;
    proj_id lesson;
};

static struct row *row_of(struct filling *f, const uint8_t *account, const struct proj_slot *slot)
{
    for (unsigned i = 0; i < f->row_count; i++) {
        struct row *row = &f->rows[i];
        if (memcmp(row->account, account, LEDGER_ID_LEN) == 0 &&
            memcmp(row->group, slot->group, LEDGER_ID_LEN) == 0 &&
            memcmp(row->subject, slot->subject, LEDGER_ID_LEN) == 0)
            return row;
    }
    if (f->row_count == ROW_MAX) {
        proj_txn_fail(f->view->txn, BASE_E_LIMIT, "rows of the control of filling");
        return NULL;
    }
    struct row *row = &f->rows[f->row_count++];
    *row = (struct row){0};
    memcpy(row->account, account, LEDGER_ID_LEN);
    memcpy(row->group, slot->group, LEDGER_ID_LEN);
    memcpy(row->subject, slot->subject, LEDGER_ID_LEN);
    return row;
}

static void take_fact(struct filling *f, const struct proj_fact *fact,
                      const struct proj_cell_ref *ref, struct found *out)
{
    struct proj_homework homework;
    struct proj_sheet sheet;
    struct proj_attendance absence;
    struct proj_mark mark;
    int offset = f->view->offset_min;
    if (fact->seq == LEDGER_SEQ_NONE)
        return;
    if (ref->what == PROJ_WHAT_TOPIC) {
        out->topic = true;
    } else if (ref->what == PROJ_WHAT_HOMEWORK && fact->value.len >= sizeof homework) {
        memcpy(&homework, fact->value.data, sizeof homework);
        out->homework = true;
        out->homework_ms = homework.recorded_ms;
    } else if (ref->what == PROJ_WHAT_SHEET && fact->value.len == sizeof sheet) {
        memcpy(&sheet, fact->value.data, sizeof sheet);
        out->sheet = true;
        out->sheet_ms = sheet.recorded_ms;
    } else if (ref->what == PROJ_WHAT_ATTENDANCE && proj_attendance_of(fact->value, &absence)) {
        out->late_absences += proj_attendance_is_late(absence.recorded_ms, offset, f->day);
    } else if (ref->what == PROJ_WHAT_MARK && proj_mark_of(fact->value, &mark)) {
        out->late_marks +=
            !mark.has_protocol && proj_mark_is_late(mark.recorded_ms, offset, f->day, mark.work);
    }
}

/* The lesson of that slot: cells of one lesson lie together, its own fact first. */
static void find_lesson(struct filling *f, const struct proj_slot *slot, struct found *out)
{
    struct proj_fact fact;
    struct proj_cell_ref ref;
    bool ours = false;
    struct proj_key prefix = proj_key_page_day(slot->group, slot->subject, f->day);
    struct proj_scan *scan = proj_scan_open(f->view->txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
    *out = (struct found){0};
    while (proj_scan_next(scan, &fact)) {
        struct proj_lesson lesson;
        if (!proj_cell_ref_of(fact.key, &ref))
            continue;
        if (ref.what == PROJ_WHAT_LESSON) {
            ours = false;
            if (fact.seq == LEDGER_SEQ_NONE || fact.value.len != sizeof lesson)
                continue;
            memcpy(&lesson, fact.value.data, sizeof lesson);
            ours = lesson.shift == slot->shift && lesson.n == slot->n;
            out->given |= ours;
            if (ours)
                memcpy(out->lesson, lesson.id, LEDGER_ID_LEN);
        } else if (ours) {
            take_fact(f, &fact, &ref, out);
        }
    }
    proj_scan_close(scan);
}

/* ST-4: once for a group and day. */
static base_time_ms homework_due(struct filling *f)
{
    if (!f->due_known) {
        f->homework_due_ms = proj_homework_due(
            proj_last_lesson_end(f->view->txn, f->group_id, f->day), f->view->offset_min, f->day);
        f->due_known = true;
    }
    return f->homework_due_ms;
}

static void count_lesson(struct filling *f, struct row *row, const struct found *found)
{
    base_time_ms now_ms = f->view->now_ms;
    bool homework_over = now_ms > homework_due(f);
    bool day_over = base_day_of_time(now_ms, f->view->offset_min) > f->day;
    row->due++;
    row->recorded += found->given;
    row->no_topic += !found->topic;
    row->no_homework += f->gives_homework && !found->homework && homework_over;
    row->no_sheet += !found->sheet && day_over;
    row->late_homework += found->homework && found->homework_ms > homework_due(f);
    row->late_sheets +=
        found->sheet && proj_attendance_is_late(found->sheet_ms, f->view->offset_min, f->day);
    row->late_absences += found->late_absences;
    row->late_marks += found->late_marks;
}

static void put_lesson(struct filling *f, const struct proj_slot *slot, const uint8_t *account,
                       const struct found *found)
{
    struct base_buf *out = f->view->out;
    unsigned lacks = (found->given ? 0u : LACKS_LESSON) | (found->topic ? 0u : LACKS_TOPIC) |
                     (found->homework || !f->gives_homework ? 0u : LACKS_HOMEWORK) |
                     (found->sheet ? 0u : LACKS_SHEET);
    if (f->lesson_count == LESSON_MAX)
        return;
    ledger_canon_put_map(out, 10);
    proj_put_int(out, "day", f->day);
    proj_put_int(out, "shift", slot->shift);
    proj_put_int(out, "n", slot->n);
    proj_put_id(out, "account", account);
    proj_put_id_or_nil(out, "lesson", found->lesson);
    proj_put_int(out, "lacks", lacks);
    proj_put_int(out, "homework_late_min",
                 found->homework && found->homework_ms > homework_due(f)
                     ? (found->homework_ms - homework_due(f)) / MINUTE_MS + 1
                     : 0);
    proj_put_bool(out, "sheet_late",
                  found->sheet &&
                      proj_attendance_is_late(found->sheet_ms, f->view->offset_min, f->day));
    proj_put_int(out, "late_absences", found->late_absences);
    proj_put_int(out, "late_marks", found->late_marks);
    f->lesson_count++;
}

static void take_lesson(void *data, const struct proj_planned *planned)
{
    struct filling *f = data;
    const struct proj_slot *slot = &planned->slot;
    const uint8_t *account = planned->actual;
    struct found found;
    if (f->only_subject != NULL && memcmp(slot->subject, f->only_subject, LEDGER_ID_LEN) != 0)
        return;
    if (!proj_planned_is_given(planned))
        return;
    if (!f->all && memcmp(account, f->view->account, LEDGER_ID_LEN) != 0)
        return;
    if (!proj_slot_is_over(f->view, slot, f->day))
        return;
    find_lesson(f, slot, &found);
    if (f->only_group != NULL) {
        put_lesson(f, slot, account, &found);
        return;
    }
    struct row *row = row_of(f, account, slot);
    if (row != NULL)
        count_lesson(f, row, &found);
}

static void walk_group(void *data, const uint8_t *group_id, const struct proj_group *group)
{
    struct filling *f = data;
    f->group_id = group_id;
    f->gives_homework = group->grade != 1;
    for (f->day = f->from; f->day <= f->to && proj_txn_fault(f->view->txn, NULL) == 0; f->day++) {
        f->due_known = false;
        proj_planned_on(f->view->txn, group_id, group, f->day, take_lesson, f);
    }
}

/* Who teaches the page at the end of the days answers for its marks; who only gave a lesson in
 * somebody's place does not. */
static void put_marks(struct filling *f, const struct row *row, base_day from, base_day last,
                      const struct proj_mean_rule *rule)
{
    struct base_buf *out = f->view->out;
    bool answers =
        proj_teaches(f->view->txn, row->account, row->group, row->subject, last, LEDGER_SEQ_NONE);
    proj_put_int(out, "few_marks",
                 answers ? proj_few_marks(f->view, row->group, row->subject, from, last, rule) : 0);
    proj_put_int(out, "overdue_debts",
                 answers ? proj_overdue_debts(f->view, row->group, row->subject, from, last) : 0);
    proj_put_int(out, "no_year",
                 answers ? proj_no_year_marks(f->view, row->group, row->subject, last) : 0);
}

static void put_rows(struct filling *f, base_day from, base_day to)
{
    struct base_buf *out = f->view->out;
    char name[PROJ_NAME_LEN_MAX];
    base_day today = proj_view_today(f->view);
    struct proj_mean_rule rule;
    proj_mean_rule_read(f->view->txn, &rule);
    proj_put_key(out, "rows");
    ledger_canon_put_array(out, f->row_count);
    for (unsigned i = 0; i < f->row_count; i++) {
        const struct row *row = &f->rows[i];
        struct proj_group group = {0};
        struct proj_subject subject = {0};
        (void)proj_find_group(f->view, row->group, &group);
        (void)proj_find_subject(f->view, row->subject, &subject);
        proj_view_account_name(f->view, row->account, name);
        ledger_canon_put_map(out, 18);
        proj_put_id(out, "account", row->account);
        proj_put_str(out, "name", name);
        proj_put_id(out, "group", row->group);
        proj_put_str(out, "group_name", group.name);
        proj_put_id(out, "subject", row->subject);
        proj_put_str(out, "subject_name", subject.name);
        proj_put_int(out, "due", row->due);
        proj_put_int(out, "recorded", row->recorded);
        proj_put_int(out, "no_topic", row->no_topic);
        proj_put_int(out, "no_homework", row->no_homework);
        proj_put_int(out, "no_sheet", row->no_sheet);
        proj_put_int(out, "late_homework", row->late_homework);
        proj_put_int(out, "late_sheets", row->late_sheets);
        proj_put_int(out, "late_absences", row->late_absences);
        proj_put_int(out, "late_marks", row->late_marks);
        put_marks(f, row, from, to < today ? to : today, &rule);
    }
}

static void put_head(struct proj_view *view, base_day from, base_day to)
{
    proj_put_int(view->out, "from", from);
    proj_put_int(view->out, "to", to);
    proj_put_int(view->out, "now", view->now_ms);
    proj_put_seq(view->out, "size", proj_view_size(view));
}

int proj_view_filling(struct proj_view *view, base_day from, base_day to)
{
    struct filling f = {.view = view, .all = proj_reads_all_pages(view), .from = from, .to = to};
    f.rows = calloc(ROW_MAX, sizeof *f.rows);
    if (f.rows == NULL) {
        proj_txn_fail(view->txn, BASE_E_MEMORY, "control of filling");
        return PROJ_VIEW_DONE;
    }
    proj_each_group(view, walk_group, &f);
    ledger_canon_put_map(view->out, 5);
    put_head(view, from, to);
    put_rows(&f, from, to);
    free(f.rows);
    return PROJ_VIEW_DONE;
}

int proj_view_filling_of(struct proj_view *view, const proj_id group_id, const proj_id subject,
                         base_day from, base_day to)
{
    struct proj_group group;
    struct filling f = {.view = view,
                        .only_group = group_id,
                        .only_subject = subject,
                        .all = proj_may_read_page(view, group_id, subject),
                        .from = from,
                        .to = to};
    if (!proj_find_group(view, group_id, &group))
        return PROJ_VIEW_MISSING;
    if (!f.all)
        return PROJ_VIEW_FORBIDDEN;
    ledger_canon_put_map(view->out, 5);
    put_head(view, from, to);
    proj_put_key(view->out, "lessons");
    size_t at = proj_array_begin(view->out);
    walk_group(&f, group_id, &group);
    proj_array_end(view->out, at, f.lesson_count);
    return PROJ_VIEW_DONE;
}
