/* CT-5, CT-7: the class in figures: pupils by subjects with their weighted means, period marks and
 * absences; read only. And the lists of its groups with their days (CT-6). */
#include <stdlib.h>

#include "projections/views/roll.h"

#define SUBJECT_COUNT_MAX 64

struct sheet {
    struct proj_view *view;
    struct proj_roll roll;
    base_day from, to;
    struct proj_mean_rule rule;
    proj_id subjects[SUBJECT_COUNT_MAX];
    unsigned subject_count;
    struct proj_mean *means; /* pupil × subject */
    struct proj_absences *tallies;
    uint32_t count;
};

static int subject_index(struct sheet *sheet, const uint8_t *subject)
{
    for (unsigned i = 0; i < sheet->subject_count; i++) {
        if (memcmp(sheet->subjects[i], subject, LEDGER_ID_LEN) == 0)
            return (int)i;
    }
    if (sheet->subject_count == SUBJECT_COUNT_MAX)
        return -1;
    memcpy(sheet->subjects[sheet->subject_count], subject, LEDGER_ID_LEN);
    return (int)sheet->subject_count++;
}

static void take(struct sheet *sheet, const struct proj_fact *fact, const struct proj_cell_ref *ref,
                 unsigned pupil, unsigned subject)
{
    if (ref->what == PROJ_WHAT_MARK) {
        struct proj_mark mark;
        (void)proj_mark_of(fact->value, &mark);
        proj_mean_add(&sheet->means[pupil * SUBJECT_COUNT_MAX + subject], &mark, &sheet->rule);
    } else if (ref->what == PROJ_WHAT_ATTENDANCE) {
        struct proj_attendance cell;
        (void)proj_attendance_of(fact->value, &cell);
        proj_absences_add(&sheet->tallies[pupil], sheet->view, ref->pupil, ref->day, &cell);
    }
}

static void scan_page(void *data, const uint8_t *group_id, const uint8_t *subject_id)
{
    struct sheet *sheet = data;
    struct proj_key prefix = proj_key_page(group_id, subject_id);
    struct proj_key from = proj_key_page_day(group_id, subject_id, sheet->from);
    struct proj_key until = proj_key_page_day(group_id, subject_id, (int64_t)sheet->to + 1);
    int subject = subject_index(sheet, subject_id);
    struct proj_fact fact;
    struct proj_cell_ref ref;
    bool open = false;
    if (subject < 0)
        return;
    struct proj_scan *scan =
        proj_scan_open(sheet->view->txn, &prefix, &from, &until, LEDGER_SEQ_NONE);
    while (proj_scan_next(scan, &fact)) {
        if (!proj_cell_ref_of(fact.key, &ref))
            continue;
        if (ref.what == PROJ_WHAT_LESSON)
            open = fact.seq != LEDGER_SEQ_NONE;
        int pupil = open && fact.seq != LEDGER_SEQ_NONE &&
                            (ref.what == PROJ_WHAT_MARK || ref.what == PROJ_WHAT_ATTENDANCE)
                        ? proj_roll_find(&sheet->roll, ref.pupil)
                        : -1;
        if (pupil >= 0)
            take(sheet, &fact, &ref, (unsigned)pupil, (unsigned)subject);
    }
    proj_scan_close(scan);
}

static void scan_group(void *data, const uint8_t *group_id, const struct proj_group *group)
{
    struct sheet *sheet = data;
    (void)group;
    proj_each_subject_of(sheet->view, group_id, PROJ_TAUGHT_STILL, scan_page, sheet);
}

static void put_period_marks(void *data, const uint8_t *group_id, const uint8_t *subject_id)
{
    struct sheet *sheet = data;
    struct base_buf *out = sheet->view->out;
    struct proj_key prefix = proj_key_tagged_ids('p', group_id, subject_id);
    int subject = subject_index(sheet, subject_id);
    struct proj_fact fact;
    struct proj_scan *scan = proj_scan_open(sheet->view->txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
    while (subject >= 0 && proj_scan_next(scan, &fact)) {
        struct proj_period_mark mark;
        if (fact.seq == LEDGER_SEQ_NONE || fact.value.len != sizeof mark)
            continue;
        int pupil = proj_roll_find(&sheet->roll, fact.key.data + PROJ_PERIOD_PUPIL_AT);
        if (pupil < 0)
            continue;
        memcpy(&mark, fact.value.data, sizeof mark);
        ledger_canon_put_array(out, 6);
        ledger_canon_put_int(out, pupil);
        ledger_canon_put_int(out, subject);
        ledger_canon_put_str(out, mark.period);
        ledger_canon_put_int(out, mark.value);
        ledger_canon_put_int(out, (int64_t)fact.seq);
        ledger_canon_put_int(out, proj_fact_flags(sheet->view->txn, &fact, mark.prev));
        sheet->count++;
    }
    proj_scan_close(scan);
}

static void put_group_period_marks(void *data, const uint8_t *group_id,
                                   const struct proj_group *group)
{
    struct sheet *sheet = data;
    (void)group;
    proj_each_subject_of(sheet->view, group_id, PROJ_TAUGHT_STILL, put_period_marks, sheet);
}

static void put_pupils(struct sheet *sheet)
{
    struct base_buf *out = sheet->view->out;
    proj_put_key(out, "pupils");
    ledger_canon_put_array(out, sheet->roll.count);
    for (unsigned i = 0; i < sheet->roll.count; i++) {
        const struct proj_roll_pupil *pupil = &sheet->roll.pupils[i];
        ledger_canon_put_map(out, 5);
        proj_put_id(out, "id", pupil->id);
        proj_put_str(out, "name", pupil->name);
        proj_put_int(out, "from", pupil->span.from);
        proj_put_key(out, "to");
        proj_put_last_day(out, pupil->span.to);
        proj_put_absences(out, "absences", &sheet->tallies[i]);
    }
}

static void put_subjects(struct sheet *sheet)
{
    struct base_buf *out = sheet->view->out;
    proj_put_key(out, "subjects");
    ledger_canon_put_array(out, sheet->subject_count);
    for (unsigned i = 0; i < sheet->subject_count; i++) {
        struct proj_subject subject = {0};
        (void)proj_find_subject(sheet->view, sheet->subjects[i], &subject);
        ledger_canon_put_map(out, 3);
        proj_put_id(out, "id", sheet->subjects[i]);
        proj_put_str(out, "name", subject.name);
        proj_put_bool(out, "marked", subject.marked && sheet->roll.group.grade != 1);
    }
}

static void put_means(struct sheet *sheet)
{
    struct base_buf *out = sheet->view->out;
    uint32_t count = 0;
    proj_put_key(out, "means");
    size_t at = proj_array_begin(out);
    for (unsigned i = 0; i < sheet->roll.count * SUBJECT_COUNT_MAX; i++) {
        const struct proj_mean *mean = &sheet->means[i];
        if (mean->weight == 0)
            continue;
        ledger_canon_put_array(out, 5);
        ledger_canon_put_int(out, i / SUBJECT_COUNT_MAX);
        ledger_canon_put_int(out, i % SUBJECT_COUNT_MAX);
        ledger_canon_put_int(out, proj_mean_of(mean));
        ledger_canon_put_int(out, mean->count);
        ledger_canon_put_int(out, proj_mean_mark(mean, &sheet->rule));
        count++;
    }
    proj_array_end(out, at, count);
}

static void put_sheet(struct sheet *sheet)
{
    struct base_buf *out = sheet->view->out;
    proj_each_class_group(sheet->view, sheet->roll.class_id, scan_group, sheet);
    ledger_canon_put_map(out, 10);
    proj_put_id(out, "group", sheet->roll.class_id);
    proj_put_str(out, "name", sheet->roll.group.name);
    proj_put_int(out, "from", sheet->from);
    proj_put_int(out, "to", sheet->to);
    proj_put_seq(out, "size", proj_view_size(sheet->view));
    proj_put_mean_rule(out, &sheet->rule);
    put_pupils(sheet);
    put_subjects(sheet);
    put_means(sheet);
    proj_put_key(out, "period_marks");
    size_t at = proj_array_begin(out);
    proj_each_class_group(sheet->view, sheet->roll.class_id, put_group_period_marks, sheet);
    proj_array_end(out, at, sheet->count);
}

int proj_view_sheet(struct proj_view *view, const proj_id class_id, base_day from, base_day to)
{
    struct sheet sheet = {.view = view, .from = from, .to = to};
    int answer = proj_may_lead_class(view, class_id);
    if (answer != PROJ_VIEW_DONE)
        return answer;
    proj_mean_rule_read(view->txn, &sheet.rule);
    proj_roll_read(view, class_id, from, to, &sheet.roll);
    sheet.means = calloc((size_t)PROJ_ROLL_COUNT_MAX * SUBJECT_COUNT_MAX, sizeof *sheet.means);
    sheet.tallies = calloc(PROJ_ROLL_COUNT_MAX, sizeof *sheet.tallies);
    if (sheet.means == NULL || sheet.tallies == NULL)
        proj_txn_fail(view->txn, BASE_E_MEMORY, "sheet of a class");
    else
        put_sheet(&sheet);
    free(sheet.means);
    free(sheet.tallies);
    proj_roll_free(&sheet.roll);
    return PROJ_VIEW_DONE;
}

/* CT-6: who is in which group of the class, and since when. */

struct lists {
    struct proj_view *view;
    struct proj_roll roll;
    uint32_t count;
};

static void put_group(void *data, const uint8_t *group_id, const struct proj_group *group)
{
    struct lists *lists = data;
    struct base_buf *out = lists->view->out;
    struct proj_key prefix = proj_key_tagged_id('M', group_id);
    struct proj_subject subject = {0};
    struct proj_fact fact;
    uint32_t count = 0;
    (void)proj_find_subject(lists->view, group->subject, &subject);
    ledger_canon_put_map(out, 5);
    proj_put_id(out, "id", group_id);
    proj_put_str(out, "name", group->name);
    proj_put_int(out, "kind", group->kind);
    proj_put_str(out, "subject_name", subject.name);
    proj_put_key(out, "members");
    size_t at = proj_array_begin(out);
    struct proj_scan *scan = proj_scan_open(lists->view->txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
    while (proj_scan_next(scan, &fact)) {
        struct proj_span span;
        int pupil = proj_roll_find(&lists->roll, fact.key.data + 1 + LEDGER_ID_LEN);
        if (pupil < 0 || !proj_span_of(lists->view->txn, &fact, &span))
            continue;
        ledger_canon_put_array(out, 3);
        ledger_canon_put_int(out, pupil);
        ledger_canon_put_int(out, span.from);
        proj_put_last_day(out, span.to);
        count++;
    }
    proj_scan_close(scan);
    proj_array_end(out, at, count);
    lists->count++;
}

int proj_view_lists(struct proj_view *view, const proj_id class_id)
{
    struct lists lists = {.view = view};
    int answer = proj_may_lead_class(view, class_id);
    if (answer != PROJ_VIEW_DONE)
        return answer;
    proj_roll_read(view, class_id, INT32_MIN, INT32_MAX, &lists.roll);
    ledger_canon_put_map(view->out, 4);
    proj_put_id(view->out, "group", class_id);
    proj_put_str(view->out, "name", lists.roll.group.name);
    proj_put_key(view->out, "pupils");
    ledger_canon_put_array(view->out, lists.roll.count);
    for (unsigned i = 0; i < lists.roll.count; i++) {
        ledger_canon_put_map(view->out, 2);
        proj_put_id(view->out, "id", lists.roll.pupils[i].id);
        proj_put_str(view->out, "name", lists.roll.pupils[i].name);
    }
    proj_put_key(view->out, "groups");
    size_t at = proj_array_begin(view->out);
    proj_each_class_group(view, class_id, put_group, &lists);
    proj_array_end(view->out, at, lists.count);
    proj_roll_free(&lists.roll);
    return PROJ_VIEW_DONE;
}
