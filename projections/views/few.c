#include "projections/views/few.h"

#include <stdlib.h>

#include "projections/calendar.h"
#include "projections/figures.h"
#include "projections/fold.h"

#define PUPIL_COUNT_MAX 200u
#define PERIOD_COUNT_MAX 16u

struct few_pupil {
    proj_id id;
    unsigned count;
    bool exempt;
};

struct few {
    base_day from, to;
    unsigned grade;
    char periods[PERIOD_COUNT_MAX][61]; /* that the days touch */
    unsigned period_count;
    unsigned pupil_count;
    struct few_pupil pupils[PUPIL_COUNT_MAX];
};

static bool take_period(void *data, const struct proj_calendar_row *row)
{
    struct few *few = data;
    if (row->kind > PROJ_CALENDAR_TRIMESTER || few->grade < row->grade_from ||
        few->grade > row->grade_to || row->from > few->to || row->to < few->from)
        return true;
    proj_copy_text(few->periods[few->period_count], sizeof few->periods[0], row->name);
    few->period_count++;
    return few->period_count < PERIOD_COUNT_MAX;
}

static struct few_pupil *pupil_of(struct few *few, const uint8_t *id)
{
    for (unsigned i = 0; i < few->pupil_count; i++) {
        if (memcmp(few->pupils[i].id, id, LEDGER_ID_LEN) == 0)
            return &few->pupils[i];
    }
    return NULL;
}

static void read_pupils(struct proj_view *view, const proj_id group, struct few *few)
{
    struct proj_key prefix = proj_key_tagged_id('M', group);
    struct proj_fact fact;
    struct proj_scan *scan = proj_scan_open(view->txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
    while (few->pupil_count < PUPIL_COUNT_MAX && proj_scan_next(scan, &fact)) {
        struct proj_span span;
        if (!proj_span_of(view->txn, &fact, &span) || span.from > few->to || span.to < few->to)
            continue;
        memcpy(few->pupils[few->pupil_count++].id, fact.key.data + 1 + LEDGER_ID_LEN,
               LEDGER_ID_LEN);
    }
    proj_scan_close(scan);
}

static void read_exempt(struct proj_view *view, const proj_id group, const proj_id subject,
                        struct few *few)
{
    struct proj_key prefix = proj_key_tagged_ids('p', group, subject);
    struct proj_fact fact;
    struct proj_scan *scan = proj_scan_open(view->txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
    while (proj_scan_next(scan, &fact)) {
        struct proj_period_mark mark;
        struct few_pupil *pupil = pupil_of(few, fact.key.data + PROJ_PERIOD_PUPIL_AT);
        if (pupil == NULL || fact.seq == LEDGER_SEQ_NONE || fact.value.len != sizeof mark)
            continue;
        memcpy(&mark, fact.value.data, sizeof mark);
        if (mark.value != PROJ_VALUE_EXEMPT && mark.value != PROJ_VALUE_UNMARKED)
            continue;
        for (unsigned i = 0; i < few->period_count; i++)
            pupil->exempt |= strcmp(few->periods[i], mark.period) == 0;
    }
    proj_scan_close(scan);
}

static void count_marks(struct proj_view *view, const proj_id group, const proj_id subject,
                        struct few *few)
{
    struct proj_key prefix = proj_key_page(group, subject);
    struct proj_key from = proj_key_page_day(group, subject, few->from);
    struct proj_key until = proj_key_page_day(group, subject, (int64_t)few->to + 1);
    struct proj_fact fact;
    struct proj_cell_ref ref;
    bool given = false;
    struct proj_scan *scan = proj_scan_open(view->txn, &prefix, &from, &until, LEDGER_SEQ_NONE);
    while (proj_scan_next(scan, &fact)) {
        struct proj_mark mark;
        if (!proj_cell_ref_of(fact.key, &ref))
            continue;
        if (ref.what == PROJ_WHAT_LESSON)
            given = fact.seq != LEDGER_SEQ_NONE;
        if (!given || ref.what != PROJ_WHAT_MARK || fact.seq == LEDGER_SEQ_NONE ||
            !proj_mark_of(fact.value, &mark))
            continue;
        struct few_pupil *pupil = pupil_of(few, ref.pupil);
        if (pupil != NULL)
            pupil->count += mark.count;
    }
    proj_scan_close(scan);
}

unsigned proj_few_marks(struct proj_view *view, const proj_id group_id, const proj_id subject_id,
                        base_day from, base_day to, const struct proj_mean_rule *rule)
{
    struct proj_group group;
    struct proj_subject subject;
    unsigned count = 0;
    if (!proj_find_group(view, group_id, &group) ||
        !proj_find_subject(view, subject_id, &subject) || !subject.marked || group.grade == 1)
        return 0;
    struct few *few = calloc(1, sizeof *few);
    if (few == NULL) {
        proj_txn_fail(view->txn, BASE_E_MEMORY, "too few marks");
        return 0;
    }
    few->from = from;
    few->to = to;
    few->grade = group.grade;
    proj_calendar_each(view->txn, take_period, few);
    read_pupils(view, group_id, few);
    read_exempt(view, group_id, subject_id, few);
    count_marks(view, group_id, subject_id, few);
    for (unsigned i = 0; i < few->pupil_count; i++)
        count += !few->pupils[i].exempt && few->pupils[i].count < rule->least;
    free(few);
    return count;
}
