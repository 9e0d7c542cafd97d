/* The summary sheet of a class («сводная ведомость», ST-12) and what follows from it (CT-5, CT-7):
 * pupils × subjects × periods from the period marks themselves, never a second copy; the figures of
 * each subject and of the class.
 *
 * Subjects come from the class and from every group that is drawn from it; of a pupil in several
 * groups of one subject the latest mark shows. */
#include <stdio.h>
#include <stdlib.h>

#include "projections/calendar.h"
#include "projections/figures.h"
#include "projections/fold.h"
#include "projections/views/walk.h"
#include "projections/year.h"

#define PUPIL_MAX 100u
#define SUBJECT_MAX 60u
#define PERIOD_MAX 16u

struct cell {
    uint8_t value; /* 0: none */
    int32_t until;
    ledger_seq seq;
    unsigned flags;
};

struct sheet_pupil {
    proj_id id;
    bool left;
    char name[PROJ_NAME_LEN_MAX];
};

struct sheet_subject {
    proj_id id;
    struct proj_subject fact;
};

struct sheet {
    struct proj_view *view;
    const uint8_t *class_id;
    struct proj_group group;
    struct sheet_pupil pupils[PUPIL_MAX]; /* by name */
    unsigned pupil_count;
    struct sheet_subject subjects[SUBJECT_MAX]; /* by name; unmet ones follow */
    unsigned subject_count;
    char periods[PERIOD_MAX][61];
    unsigned period_count;
    unsigned closing; /* which of year, exam, final have marks: a bit a sort */
    struct cell cells[PUPIL_MAX][SUBJECT_MAX][PERIOD_MAX];
};

static int pupil_index(const struct sheet *sheet, const uint8_t *id)
{
    for (unsigned i = 0; i < sheet->pupil_count; i++) {
        if (memcmp(sheet->pupils[i].id, id, LEDGER_ID_LEN) == 0)
            return (int)i;
    }
    return -1;
}

static int subject_index(struct sheet *sheet, const uint8_t *id)
{
    unsigned i = 0;
    while (i < sheet->subject_count && memcmp(sheet->subjects[i].id, id, LEDGER_ID_LEN) != 0)
        i++;
    if (i == sheet->subject_count && i < SUBJECT_MAX) {
        struct sheet_subject *fresh = &sheet->subjects[sheet->subject_count++];
        memcpy(fresh->id, id, LEDGER_ID_LEN);
        (void)proj_find_subject(sheet->view, id, &fresh->fact);
    }
    return i < SUBJECT_MAX ? (int)i : -1;
}

static int period_index(struct sheet *sheet, const char *name)
{
    unsigned i = 0;
    while (i < sheet->period_count && strcmp(sheet->periods[i], name) != 0)
        i++;
    if (i == sheet->period_count && i < PERIOD_MAX)
        snprintf(sheet->periods[sheet->period_count++], sizeof sheet->periods[0], "%s", name);
    return i < PERIOD_MAX ? (int)i : -1;
}

static int compare_pupils(const void *a, const void *b)
{
    const struct sheet_pupil *x = a;
    const struct sheet_pupil *y = b;
    int order = strcmp(x->name, y->name);
    return order != 0 ? order : memcmp(x->id, y->id, LEDGER_ID_LEN);
}

static int compare_subjects(const void *a, const void *b)
{
    const struct sheet_subject *x = a;
    const struct sheet_subject *y = b;
    int order = strcmp(x->fact.name, y->fact.name);
    return order != 0 ? order : memcmp(x->id, y->id, LEDGER_ID_LEN);
}

/* Leavers keep their row; they are out of the figures. */
static void read_pupils(struct sheet *sheet)
{
    struct proj_fact fact;
    base_day today = proj_view_today(sheet->view);
    struct proj_key prefix = proj_key_tagged_id('M', sheet->class_id);
    struct proj_scan *scan = proj_scan_open(sheet->view->txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
    while (sheet->pupil_count < PUPIL_MAX && proj_scan_next(scan, &fact)) {
        struct proj_span span;
        if (!proj_span_of(sheet->view->txn, &fact, &span))
            continue;
        struct sheet_pupil *pupil = &sheet->pupils[sheet->pupil_count++];
        memcpy(pupil->id, fact.key.data + 1 + LEDGER_ID_LEN, LEDGER_ID_LEN);
        pupil->left = span.to < today;
    }
    proj_scan_close(scan);
    for (unsigned i = 0; i < sheet->pupil_count; i++)
        proj_view_pupil_name(sheet->view, sheet->pupils[i].id, sheet->pupils[i].name);
    qsort(sheet->pupils, sheet->pupil_count, sizeof sheet->pupils[0], compare_pupils);
}

/* Periods in the order of the calendar; names that it does not know follow as they are met. */
static bool add_calendar_period(void *data, const struct proj_calendar_row *row)
{
    struct sheet *sheet = data;
    char name[61];
    if (row->kind > PROJ_CALENDAR_TRIMESTER || sheet->group.grade < row->grade_from ||
        sheet->group.grade > row->grade_to)
        return true;
    proj_copy_text(name, sizeof name, row->name);
    (void)period_index(sheet, name);
    return true;
}

static void take_mark(struct sheet *sheet, const struct proj_fact *fact)
{
    struct proj_period_mark mark;
    int pupil = pupil_index(sheet, fact->key.data + PROJ_PERIOD_PUPIL_AT);
    if (pupil < 0 || fact->value.len != sizeof mark)
        return;
    memcpy(&mark, fact->value.data, sizeof mark);
    int subject = subject_index(sheet, fact->key.data + 1 + LEDGER_ID_LEN);
    int period = period_index(sheet, mark.period);
    if (subject < 0 || period < 0)
        return;
    struct cell *cell = &sheet->cells[pupil][subject][period];
    if (cell->value != 0 && cell->seq > fact->seq)
        return;
    *cell = (struct cell){.value = mark.value,
                          .until = mark.until,
                          .seq = fact->seq,
                          .flags = proj_fact_flags(sheet->view->txn, fact, mark.prev)};
}

/* The class itself first, then every group that is drawn from it. */
static void each_group(struct sheet *sheet, proj_group_walker *each)
{
    each(sheet, sheet->class_id, &sheet->group);
    proj_each_drawn_group(sheet->view, sheet->class_id, each, sheet);
}

/* Subjects without a mark yet have their column, too. */
static void read_subjects(void *data, const uint8_t *group_id, const struct proj_group *group)
{
    struct sheet *sheet = data;
    struct proj_fact fact;
    (void)group;
    struct proj_key taught = proj_key_tagged_id('T', group_id);
    struct proj_scan *scan = proj_scan_open(sheet->view->txn, &taught, NULL, NULL, LEDGER_SEQ_NONE);
    while (proj_scan_next(scan, &fact)) {
        if (fact.seq != LEDGER_SEQ_NONE)
            (void)subject_index(sheet, fact.key.data + 1 + LEDGER_ID_LEN);
    }
    proj_scan_close(scan);
}

/* Year, exam and final stand behind the periods, in that order, once somebody has such a mark. */
static void find_closing(void *data, const uint8_t *group_id, const struct proj_group *group)
{
    struct sheet *sheet = data;
    struct proj_fact fact;
    (void)group;
    struct proj_key prefix = proj_key_tagged_id('p', group_id);
    struct proj_scan *scan = proj_scan_open(sheet->view->txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
    while (proj_scan_next(scan, &fact)) {
        struct proj_period_mark mark;
        if (fact.seq == LEDGER_SEQ_NONE || fact.value.len != sizeof mark ||
            pupil_index(sheet, fact.key.data + PROJ_PERIOD_PUPIL_AT) < 0)
            continue;
        memcpy(&mark, fact.value.data, sizeof mark);
        sheet->closing |= 1u << proj_period_sort_of(mark.period);
    }
    proj_scan_close(scan);
}

static void add_closing(struct sheet *sheet)
{
    each_group(sheet, find_closing);
    for (unsigned sort = PROJ_PERIOD_SORT_YEAR; sort <= PROJ_PERIOD_SORT_FINAL; sort++) {
        if ((sheet->closing >> sort & 1u) != 0)
            (void)period_index(sheet, proj_period_name((enum proj_period_sort)sort));
    }
}

static void read_marks(void *data, const uint8_t *group_id, const struct proj_group *group)
{
    struct sheet *sheet = data;
    struct proj_fact fact;
    (void)group;
    struct proj_key prefix = proj_key_tagged_id('p', group_id);
    struct proj_scan *scan = proj_scan_open(sheet->view->txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
    while (proj_scan_next(scan, &fact))
        take_mark(sheet, &fact);
    proj_scan_close(scan);
}

static void put_heads(struct sheet *sheet)
{
    struct base_buf *out = sheet->view->out;
    proj_put_key(out, "group");
    ledger_canon_put_map(out, 3);
    proj_put_id(out, "id", sheet->class_id);
    proj_put_str(out, "name", sheet->group.name);
    proj_put_int(out, "grade", sheet->group.grade);
    proj_put_seq(out, "size", proj_view_size(sheet->view));
    proj_put_key(out, "periods");
    ledger_canon_put_array(out, sheet->period_count);
    for (unsigned i = 0; i < sheet->period_count; i++)
        ledger_canon_put_str(out, sheet->periods[i]);
    proj_put_key(out, "subjects");
    ledger_canon_put_array(out, sheet->subject_count);
    for (unsigned i = 0; i < sheet->subject_count; i++) {
        const struct sheet_subject *subject = &sheet->subjects[i];
        ledger_canon_put_map(out, 3);
        proj_put_id(out, "id", subject->id);
        proj_put_str(out, "name", subject->fact.name);
        proj_put_bool(out, "marked", subject->fact.marked && sheet->group.grade != 1);
    }
    proj_put_key(out, "pupils");
    ledger_canon_put_array(out, sheet->pupil_count);
    for (unsigned i = 0; i < sheet->pupil_count; i++) {
        ledger_canon_put_map(out, 3);
        proj_put_id(out, "id", sheet->pupils[i].id);
        proj_put_str(out, "name", sheet->pupils[i].name);
        proj_put_bool(out, "left", sheet->pupils[i].left);
    }
}

static void put_marks(struct sheet *sheet)
{
    struct base_buf *out = sheet->view->out;
    uint32_t count = 0;
    proj_put_key(out, "marks");
    size_t at = proj_array_begin(out);
    for (unsigned i = 0; i < sheet->pupil_count; i++) {
        for (unsigned k = 0; k < sheet->subject_count * sheet->period_count; k++) {
            unsigned subject = k / sheet->period_count;
            unsigned period = k % sheet->period_count;
            const struct cell *cell = &sheet->cells[i][subject][period];
            if (cell->value == 0)
                continue;
            ledger_canon_put_array(out, 7);
            ledger_canon_put_int(out, i);
            ledger_canon_put_int(out, subject);
            ledger_canon_put_int(out, period);
            ledger_canon_put_int(out, cell->value);
            ledger_canon_put_int(out, (int64_t)cell->seq);
            ledger_canon_put_int(out, cell->flags);
            if (cell->value == PROJ_VALUE_DEFERRED && cell->until != INT32_MIN)
                ledger_canon_put_int(out, cell->until);
            else
                ledger_canon_put_nil(out);
            count++;
        }
    }
    proj_array_end(out, at, count);
}

static void put_tally(struct base_buf *out, const struct proj_tally *tally)
{
    proj_put_key(out, "counts");
    ledger_canon_put_array(out, 12);
    for (unsigned mark = 5; mark >= 1; mark--)
        ledger_canon_put_int(out, tally->marks[mark]);
    ledger_canon_put_int(out, tally->not_assessed);
    ledger_canon_put_int(out, tally->exempt);
    ledger_canon_put_int(out, tally->unmarked);
    ledger_canon_put_int(out, tally->deferred);
    ledger_canon_put_int(out, tally->passed);
    ledger_canon_put_int(out, tally->failed);
    ledger_canon_put_int(out, tally->missing);
    proj_put_int(out, "counted", proj_tally_counted(tally));
    proj_put_int(out, "success", proj_tally_success(tally));
    proj_put_int(out, "quality", proj_tally_quality(tally));
    proj_put_int(out, "sou", proj_tally_sou(tally));
    proj_put_int(out, "mean", proj_tally_mean(tally));
}

/* A subject's column of one period; false when nobody has a value in it yet. */
static bool tally_subject(const struct sheet *sheet, unsigned subject, unsigned period,
                          struct proj_tally *out)
{
    bool any = false;
    *out = (struct proj_tally){0};
    for (unsigned i = 0; i < sheet->pupil_count; i++) {
        uint8_t value = sheet->cells[i][subject][period].value;
        if (sheet->pupils[i].left)
            continue;
        proj_tally_add(out, value);
        any |= value != 0;
    }
    return any;
}

static void put_by_subject(struct sheet *sheet)
{
    struct base_buf *out = sheet->view->out;
    struct proj_tally tally;
    uint32_t count = 0;
    proj_put_key(out, "by_subject");
    size_t at = proj_array_begin(out);
    for (unsigned k = 0; k < sheet->subject_count * sheet->period_count; k++) {
        unsigned subject = k / sheet->period_count;
        unsigned period = k % sheet->period_count;
        if (!tally_subject(sheet, subject, period, &tally))
            continue;
        ledger_canon_put_map(out, 8);
        proj_put_int(out, "subject", subject);
        proj_put_int(out, "period", period);
        put_tally(out, &tally);
        count++;
    }
    proj_array_end(out, at, count);
}

static bool tally_pupil(const struct sheet *sheet, unsigned pupil, unsigned period,
                        struct proj_tally *out)
{
    bool any = false;
    *out = (struct proj_tally){0};
    for (unsigned i = 0; i < sheet->subject_count; i++) {
        uint8_t value = sheet->cells[pupil][i][period].value;
        any |= value != 0;
        if (value != 0)
            proj_tally_add(out, value);
    }
    return any;
}

/* The class over a period: what each pupil is, and how many of which sort. */
static void put_period(struct sheet *sheet, unsigned period)
{
    struct base_buf *out = sheet->view->out;
    unsigned sorts[PROJ_STANDING_UNKNOWN + 1] = {0};
    unsigned judged = 0;
    unsigned good = 0;
    unsigned succeed = 0;
    struct proj_tally all = {0};
    proj_put_key(out, "pupils");
    size_t at = proj_array_begin(out);
    uint32_t count = 0;
    for (unsigned i = 0; i < sheet->pupil_count; i++) {
        struct proj_tally tally;
        if (sheet->pupils[i].left || !tally_pupil(sheet, i, period, &tally))
            continue;
        enum proj_standing standing = proj_standing_of(&tally);
        sorts[standing]++;
        judged += standing != PROJ_STANDING_NONE;
        good += proj_standing_is_good(standing);
        succeed += proj_standing_succeeds(standing);
        for (unsigned mark = 1; mark <= 5; mark++)
            all.marks[mark] += tally.marks[mark];
        all.not_assessed += tally.not_assessed;
        ledger_canon_put_array(out, 3);
        ledger_canon_put_int(out, i);
        ledger_canon_put_int(out, standing);
        ledger_canon_put_int(out, proj_tally_mean(&tally));
        count++;
    }
    proj_array_end(out, at, count);
    proj_put_key(out, "standings");
    ledger_canon_put_array(out, PROJ_STANDING_UNKNOWN + 1);
    for (unsigned i = 0; i <= PROJ_STANDING_UNKNOWN; i++)
        ledger_canon_put_int(out, sorts[i]);
    proj_put_int(out, "judged", judged);
    proj_put_int(out, "success",
                 judged == 0 ? -1 : (int64_t)((succeed * 20000u + judged) / (2u * judged)));
    proj_put_int(out, "quality",
                 judged == 0 ? -1 : (int64_t)((good * 20000u + judged) / (2u * judged)));
    proj_put_int(out, "sou", proj_tally_sou(&all));
    proj_put_int(out, "mean", proj_tally_mean(&all));
}

static void put_by_period(struct sheet *sheet)
{
    struct base_buf *out = sheet->view->out;
    proj_put_key(out, "by_period");
    ledger_canon_put_array(out, sheet->period_count);
    for (unsigned i = 0; i < sheet->period_count; i++) {
        ledger_canon_put_map(out, 7);
        put_period(sheet, i);
    }
}

/* NULL with a sticking fault; freed by the caller. */
static struct sheet *sheet_read(struct proj_view *view, const uint8_t *class_id,
                                const struct proj_group *group)
{
    struct sheet *sheet = calloc(1, sizeof *sheet);
    if (sheet == NULL) {
        proj_txn_fail(view->txn, BASE_E_MEMORY, "summary sheet");
        return NULL;
    }
    sheet->view = view;
    sheet->class_id = class_id;
    sheet->group = *group;
    read_pupils(sheet);
    proj_calendar_each(view->txn, add_calendar_period, sheet);
    each_group(sheet, read_subjects);
    qsort(sheet->subjects, sheet->subject_count, sizeof sheet->subjects[0], compare_subjects);
    add_closing(sheet);
    each_group(sheet, read_marks);
    return sheet;
}

int proj_view_summary(struct proj_view *view, const proj_id class_id)
{
    struct proj_group group;
    if (!proj_find_group(view, class_id, &group))
        return PROJ_VIEW_MISSING;
    if (!proj_may_read_page(view, class_id, proj_no_id)) /* the whole class, or nothing */
        return PROJ_VIEW_FORBIDDEN;
    struct sheet *sheet = sheet_read(view, class_id, &group);
    if (sheet == NULL)
        return PROJ_VIEW_MISSING;
    ledger_canon_put_map(view->out, 8);
    put_heads(sheet);
    put_marks(sheet);
    put_by_subject(sheet);
    put_by_period(sheet);
    free(sheet);
    return PROJ_VIEW_DONE;
}

/* Over the subjects that have values in the period: pupils without one, and deferrals. */
static void count_open(const struct sheet *sheet, unsigned period, unsigned *out_missing,
                       unsigned *out_deferred)
{
    *out_missing = 0;
    *out_deferred = 0;
    for (unsigned i = 0; i < sheet->subject_count; i++) {
        struct proj_tally tally;
        if (!tally_subject(sheet, i, period, &tally))
            continue;
        *out_missing += tally.missing;
        *out_deferred += tally.deferred;
    }
}

struct leader {
    proj_id account;
    ledger_seq seq; /* of the grant; NONE: nobody */
};

static void take_leader(void *data, ledger_seq seq, const struct proj_grant *grant)
{
    struct leader *leader = data;
    if (leader->seq != LEDGER_SEQ_NONE && seq < leader->seq)
        return;
    memcpy(leader->account, grant->account, LEDGER_ID_LEN);
    leader->seq = seq;
}

/* To whom the reports on the class go; of several the one granted last. */
static void put_class_teacher(struct sheet *sheet)
{
    struct leader leader = {.seq = LEDGER_SEQ_NONE};
    char name[PROJ_NAME_LEN_MAX] = "";
    proj_each_class_teacher(sheet->view, sheet->class_id, take_leader, &leader);
    bool there = leader.seq != LEDGER_SEQ_NONE;
    if (there)
        proj_view_account_name(sheet->view, leader.account, name);
    proj_put_id_or_nil(sheet->view->out, "teacher", there ? leader.account : NULL);
    proj_put_str(sheet->view->out, "teacher_name", name);
}

static void put_class(struct sheet *sheet)
{
    struct base_buf *out = sheet->view->out;
    unsigned here = 0;
    for (unsigned i = 0; i < sheet->pupil_count; i++)
        here += !sheet->pupils[i].left;
    ledger_canon_put_map(out, 7);
    proj_put_id(out, "id", sheet->class_id);
    proj_put_str(out, "name", sheet->group.name);
    proj_put_int(out, "grade", sheet->group.grade);
    put_class_teacher(sheet);
    proj_put_int(out, "pupil_count", here);
    proj_put_key(out, "by_period");
    ledger_canon_put_array(out, sheet->period_count);
    for (unsigned i = 0; i < sheet->period_count; i++) {
        unsigned missing;
        unsigned deferred;
        count_open(sheet, i, &missing, &deferred);
        ledger_canon_put_map(out, 10);
        proj_put_str(out, "period", sheet->periods[i]);
        put_period(sheet, i);
        proj_put_int(out, "missing", missing);
        proj_put_int(out, "deferred", deferred);
    }
}

struct classes {
    struct proj_view *view;
    uint32_t count;
};

static void take_class(void *data, const uint8_t *class_id, const struct proj_group *group)
{
    struct classes *classes = data;
    if (group->kind != PROJ_GROUP_CLASS || !proj_may_read_page(classes->view, class_id, proj_no_id))
        return;
    struct sheet *sheet = sheet_read(classes->view, class_id, group);
    if (sheet == NULL)
        return;
    put_class(sheet);
    classes->count++;
    free(sheet);
}

int proj_view_classes(struct proj_view *view)
{
    struct classes classes = {.view = view};
    ledger_canon_put_map(view->out, 2);
    proj_put_seq(view->out, "size", proj_view_size(view));
    proj_put_key(view->out, "classes");
    size_t at = proj_array_begin(view->out);
    proj_each_group(view, take_class, &classes);
    proj_array_end(view->out, at, classes.count);
    return PROJ_VIEW_DONE;
}
