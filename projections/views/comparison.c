/* Control works against period marks (CT-5): of a class, subject by subject, what the control works
 * of a period came to and what was given for the period; and the classes side by side. Figures as
 * in projections/figures.h. A control work is a mark of work 4 (контрольная) or 5 (диктант). */
#include <stdlib.h>

#include "projections/figures.h"
#include "projections/views/roll.h"
#include "projections/views/walk.h"
#include "projections/year.h"

#define WORK_CONTROL 4u
#define WORK_DICTATION 5u
#define WORK_COUNT_MAX 64u
#define APART_HUNDREDTHS 100 /* a whole mark between the works' mean and the period's mark */

struct work {
    proj_id lesson;
    base_day day;
    uint8_t work;
    struct proj_tally tally;
};

struct works {
    struct proj_view *view;
    const char *period;
    base_day from, to;
    struct proj_roll roll;
    struct proj_mean means[PROJ_ROLL_COUNT_MAX]; /* of the page's works, each counting once */
    uint8_t values[PROJ_ROLL_COUNT_MAX];         /* of the period */
    struct work list[WORK_COUNT_MAX];
    unsigned work_count;
    /* Of the page, and of all pages of the class. */
    struct totals {
        struct proj_tally works, period;
        unsigned work_count, compared, higher, equal, lower;
    } page, all;
    uint32_t page_count;
    bool silent; /* only the class's totals are wanted */
};

static const struct proj_mean_rule plain = {.weighted = false, .round_up_at = 50, .least = 0};

static struct work *work_of(struct works *w, const struct proj_lesson *lesson, uint8_t kind)
{
    for (unsigned i = 0; i < w->work_count; i++) {
        if (w->list[i].work == kind && memcmp(w->list[i].lesson, lesson->id, LEDGER_ID_LEN) == 0)
            return &w->list[i];
    }
    if (w->work_count == WORK_COUNT_MAX)
        return NULL;
    struct work *work = &w->list[w->work_count++];
    *work = (struct work){.day = lesson->day, .work = kind};
    memcpy(work->lesson, lesson->id, LEDGER_ID_LEN);
    return work;
}

static void take_mark(struct works *w, const struct proj_lesson *lesson, unsigned pupil,
                      const struct proj_mark *mark)
{
    if (mark->count == 0 || (mark->work != WORK_CONTROL && mark->work != WORK_DICTATION))
        return;
    struct work *work = work_of(w, lesson, mark->work);
    for (unsigned i = 0; i < mark->count; i++) {
        proj_mean_add_value(&w->means[pupil], mark->values[i], 1, &plain);
        proj_tally_add(&w->page.works, mark->values[i]);
        if (work != NULL)
            proj_tally_add(&work->tally, mark->values[i]);
    }
}

static void scan_works(struct works *w, const uint8_t *group, const uint8_t *subject)
{
    struct proj_key prefix = proj_key_page(group, subject);
    struct proj_key from = proj_key_page_day(group, subject, w->from);
    struct proj_key until = proj_key_page_day(group, subject, (int64_t)w->to + 1);
    struct proj_lesson lesson = {0};
    struct proj_fact fact;
    struct proj_cell_ref ref;
    bool given = false;
    struct proj_scan *scan = proj_scan_open(w->view->txn, &prefix, &from, &until, LEDGER_SEQ_NONE);
    while (proj_scan_next(scan, &fact)) {
        struct proj_mark mark;
        if (!proj_cell_ref_of(fact.key, &ref))
            continue;
        if (ref.what == PROJ_WHAT_LESSON) {
            given = fact.seq != LEDGER_SEQ_NONE && fact.value.len == sizeof lesson;
            if (given)
                memcpy(&lesson, fact.value.data, sizeof lesson);
        }
        if (!given || ref.what != PROJ_WHAT_MARK || fact.seq == LEDGER_SEQ_NONE ||
            !proj_mark_of(fact.value, &mark))
            continue;
        int pupil = proj_roll_find(&w->roll, ref.pupil);
        if (pupil >= 0)
            take_mark(w, &lesson, (unsigned)pupil, &mark);
    }
    proj_scan_close(scan);
}

static void scan_period(struct works *w, const uint8_t *group, const uint8_t *subject)
{
    struct proj_key prefix = proj_key_tagged_ids('p', group, subject);
    struct proj_fact fact;
    struct proj_scan *scan = proj_scan_open(w->view->txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
    while (proj_scan_next(scan, &fact)) {
        struct proj_period_mark mark;
        int pupil = proj_roll_find(&w->roll, fact.key.data + PROJ_PERIOD_PUPIL_AT);
        if (pupil < 0 || fact.seq == LEDGER_SEQ_NONE || fact.value.len != sizeof mark)
            continue;
        memcpy(&mark, fact.value.data, sizeof mark);
        if (strcmp(mark.period, w->period) != 0)
            continue;
        w->values[pupil] = mark.value;
        proj_tally_add(&w->page.period, mark.value);
    }
    proj_scan_close(scan);
}

static void compare(struct works *w)
{
    for (unsigned i = 0; i < w->roll.count; i++) {
        unsigned mark = proj_mean_mark(&w->means[i], &plain);
        if (mark == 0 || w->values[i] == 0 || w->values[i] > PROJ_MARK_MAX)
            continue;
        w->page.compared++;
        w->page.higher += w->values[i] > mark;
        w->page.equal += w->values[i] == mark;
        w->page.lower += w->values[i] < mark;
    }
    w->page.work_count = w->work_count;
}

static void add_tally(struct proj_tally *sum, const struct proj_tally *part)
{
    for (unsigned mark = 1; mark <= PROJ_MARK_MAX; mark++)
        sum->marks[mark] += part->marks[mark];
    sum->not_assessed += part->not_assessed;
    sum->exempt += part->exempt;
    sum->unmarked += part->unmarked;
    sum->deferred += part->deferred;
    sum->passed += part->passed;
    sum->failed += part->failed;
}

static void add_page(struct works *w)
{
    add_tally(&w->all.works, &w->page.works);
    add_tally(&w->all.period, &w->page.period);
    w->all.work_count += w->page.work_count;
    w->all.compared += w->page.compared;
    w->all.higher += w->page.higher;
    w->all.equal += w->page.equal;
    w->all.lower += w->page.lower;
}

#define TOTALS_KEYS 11u /* entries of a map that put_totals writes */
static void put_totals(struct base_buf *out, const struct totals *totals)
{
    proj_put_int(out, "work_count", totals->work_count);
    proj_put_int(out, "work_mean", proj_tally_mean(&totals->works));
    proj_put_int(out, "period_mean", proj_tally_mean(&totals->period));
    proj_put_int(out, "work_success", proj_tally_success(&totals->works));
    proj_put_int(out, "period_success", proj_tally_success(&totals->period));
    proj_put_int(out, "work_quality", proj_tally_quality(&totals->works));
    proj_put_int(out, "period_quality", proj_tally_quality(&totals->period));
    proj_put_int(out, "compared", totals->compared);
    proj_put_int(out, "higher", totals->higher);
    proj_put_int(out, "equal", totals->equal);
    proj_put_int(out, "lower", totals->lower);
}

static void put_works(struct works *w)
{
    struct base_buf *out = w->view->out;
    proj_put_key(out, "works");
    ledger_canon_put_array(out, w->work_count);
    for (unsigned i = 0; i < w->work_count; i++) {
        const struct work *work = &w->list[i];
        ledger_canon_put_map(out, 7);
        proj_put_id(out, "lesson", work->lesson);
        proj_put_int(out, "day", work->day);
        proj_put_int(out, "work", work->work);
        proj_put_int(out, "count", proj_tally_counted(&work->tally));
        proj_put_int(out, "mean", proj_tally_mean(&work->tally));
        proj_put_int(out, "success", proj_tally_success(&work->tally));
        proj_put_int(out, "quality", proj_tally_quality(&work->tally));
    }
}

static void put_apart(struct works *w)
{
    struct base_buf *out = w->view->out;
    uint32_t count = 0;
    proj_put_key(out, "apart");
    size_t at = proj_array_begin(out);
    for (unsigned i = 0; i < w->roll.count; i++) {
        int64_t mean = proj_mean_of(&w->means[i]);
        int64_t value = (int64_t)w->values[i] * 100;
        if (mean == 0 || w->values[i] == 0 || w->values[i] > PROJ_MARK_MAX ||
            llabs(value - mean) < APART_HUNDREDTHS)
            continue;
        ledger_canon_put_map(out, 4);
        proj_put_id(out, "pupil", w->roll.pupils[i].id);
        proj_put_str(out, "name", w->roll.pupils[i].name);
        proj_put_int(out, "mean", mean);
        proj_put_int(out, "value", w->values[i]);
        count++;
    }
    proj_array_end(out, at, count);
}

static void put_page(struct works *w, const uint8_t *group_id, const uint8_t *subject_id)
{
    struct base_buf *out = w->view->out;
    struct proj_group group = {0};
    struct proj_subject subject = {0};
    (void)proj_find_group(w->view, group_id, &group);
    (void)proj_find_subject(w->view, subject_id, &subject);
    ledger_canon_put_map(out, 6 + TOTALS_KEYS);
    proj_put_id(out, "group", group_id);
    proj_put_str(out, "group_name", group.name);
    proj_put_id(out, "subject", subject_id);
    proj_put_str(out, "subject_name", subject.name);
    put_totals(out, &w->page);
    put_works(w);
    put_apart(w);
    w->page_count++;
}

static void take_page(void *data, const uint8_t *group, const uint8_t *subject)
{
    struct works *w = data;
    memset(w->means, 0, sizeof w->means);
    memset(w->values, 0, sizeof w->values);
    w->page = (struct totals){0};
    w->work_count = 0;
    scan_works(w, group, subject);
    if (w->work_count == 0)
        return; /* nothing to hold the period marks against */
    scan_period(w, group, subject);
    compare(w);
    add_page(w);
    if (!w->silent)
        put_page(w, group, subject);
}

static void take_group(void *data, const uint8_t *group_id, const struct proj_group *group)
{
    struct works *w = data;
    (void)group;
    proj_each_subject_of(w->view, group_id, PROJ_TAUGHT_EVER, take_page, w);
}

/* The days of the period of that name in the grade's present year; of «год» the whole year. */
static bool find_days(struct works *w, unsigned grade)
{
    struct proj_school_year year;
    if (!proj_school_year_of(w->view->txn, grade, proj_view_today(w->view), &year))
        return false;
    if (proj_period_sort_of(w->period) != PROJ_PERIOD_SORT_USUAL) {
        w->from = year.from;
        w->to = year.to;
        return true;
    }
    for (unsigned i = 0; i < year.count; i++) {
        if (strcmp(year.periods[i].name, w->period) == 0) {
            w->from = year.periods[i].from;
            w->to = year.periods[i].to;
            return true;
        }
    }
    return false;
}

static struct works *works_open(struct proj_view *view, const char *period)
{
    struct works *w = calloc(1, sizeof *w);
    if (w == NULL)
        proj_txn_fail(view->txn, BASE_E_MEMORY, "control works");
    else
        *w = (struct works){.view = view, .period = period};
    return w;
}

int proj_view_comparison(struct proj_view *view, const proj_id class_id, const char *period)
{
    struct base_buf *out = view->out;
    struct proj_group group;
    if (!proj_find_group(view, class_id, &group))
        return PROJ_VIEW_MISSING;
    if (!proj_may_read_page(view, class_id, proj_no_id))
        return PROJ_VIEW_FORBIDDEN;
    struct works *w = works_open(view, period);
    if (w == NULL || !find_days(w, group.grade)) {
        free(w);
        return PROJ_VIEW_MISSING;
    }
    proj_roll_read(view, class_id, w->from, w->to, &w->roll);
    ledger_canon_put_map(out, 8);
    proj_put_id(out, "group", class_id);
    proj_put_str(out, "group_name", group.name);
    proj_put_str(out, "period", period);
    proj_put_int(out, "from", w->from);
    proj_put_int(out, "to", w->to);
    proj_put_seq(out, "size", proj_view_size(view));
    proj_put_key(out, "pages");
    size_t at = proj_array_begin(out);
    proj_each_class_group(view, class_id, take_group, w);
    proj_array_end(out, at, w->page_count);
    proj_put_key(out, "all");
    ledger_canon_put_map(out, TOTALS_KEYS);
    put_totals(out, &w->all);
    proj_roll_free(&w->roll);
    free(w);
    return PROJ_VIEW_DONE;
}

struct school {
    struct proj_view *view;
    const char *period;
    uint32_t count;
};

static void put_class(void *data, const uint8_t *class_id, const struct proj_group *group)
{
    struct school *school = data;
    struct proj_view *view = school->view;
    if (group->kind != PROJ_GROUP_CLASS || !proj_may_read_page(view, class_id, proj_no_id))
        return;
    struct works *w = works_open(view, school->period);
    bool there = w != NULL && find_days(w, group->grade);
    if (there) {
        w->silent = true;
        proj_roll_read(view, class_id, w->from, w->to, &w->roll);
        proj_each_class_group(view, class_id, take_group, w);
        proj_roll_free(&w->roll);
        ledger_canon_put_map(view->out, 3 + TOTALS_KEYS);
        proj_put_id(view->out, "id", class_id);
        proj_put_str(view->out, "name", group->name);
        proj_put_int(view->out, "grade", group->grade);
        put_totals(view->out, &w->all);
    }
    school->count += there;
    free(w);
}

int proj_view_comparison_of_school(struct proj_view *view, const char *period)
{
    struct school school = {.view = view, .period = period};
    ledger_canon_put_map(view->out, 3);
    proj_put_str(view->out, "period", period);
    proj_put_seq(view->out, "size", proj_view_size(view));
    proj_put_key(view->out, "classes");
    size_t at = proj_array_begin(view->out);
    proj_each_group(view, put_class, &school);
    proj_array_end(view->out, at, school.count);
    return PROJ_VIEW_DONE;
}
