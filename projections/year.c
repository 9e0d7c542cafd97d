#include "projections/year.h"

#include <stdlib.h>

#include "projections/figures.h"
#include "projections/fold.h"

static const char *const reserved[] = {"", PROJ_PERIOD_YEAR, PROJ_PERIOD_EXAM, PROJ_PERIOD_FINAL};

enum proj_period_sort proj_period_sort_of(const char *name)
{
    for (unsigned i = PROJ_PERIOD_SORT_YEAR; i <= PROJ_PERIOD_SORT_FINAL; i++) {
        if (strcmp(name, reserved[i]) == 0)
            return (enum proj_period_sort)i;
    }
    return PROJ_PERIOD_SORT_USUAL;
}

const char *proj_period_name(enum proj_period_sort sort)
{
    return reserved[sort];
}

/* Calendars, each a year, are gone through once to find the year and once to take its periods. */
struct search {
    unsigned grade;
    base_day day;
    bool met;
    unsigned year;
    base_day from; /* when the year that is found begins */
    unsigned now;  /* the year that is being read */
    base_day now_from;
    struct proj_school_year *out;
};

static bool is_period(const struct search *search, const struct proj_calendar_row *row)
{
    return row->kind <= PROJ_CALENDAR_TRIMESTER && search->grade >= row->grade_from &&
           search->grade <= row->grade_to;
}

/* Of years that have begun the latest, else the earliest. */
static bool is_nearer(const struct search *search)
{
    if (!search->met)
        return true;
    bool begun = search->now_from <= search->day;
    bool found_begun = search->from <= search->day;
    if (begun != found_begun)
        return begun;
    return begun ? search->now_from > search->from : search->now_from < search->from;
}

static void end_of_year(struct search *search)
{
    if (search->now_from == INT32_MAX || !is_nearer(search))
        return;
    search->met = true;
    search->year = search->now;
    search->from = search->now_from;
}

static bool find_year(void *data, const struct proj_calendar_row *row)
{
    struct search *search = data;
    if (row->year != search->now) {
        end_of_year(search);
        search->now = row->year;
        search->now_from = INT32_MAX;
    }
    if (is_period(search, row) && row->from < search->now_from)
        search->now_from = row->from;
    return true;
}

static bool take_period(void *data, const struct proj_calendar_row *row)
{
    struct search *search = data;
    struct proj_school_year *year = search->out;
    if (row->year != search->year || !is_period(search, row) ||
        year->count == PROJ_YEAR_PERIOD_COUNT_MAX)
        return true;
    struct proj_year_period *period = &year->periods[year->count++];
    proj_copy_text(period->name, sizeof period->name, row->name);
    period->from = row->from;
    period->to = row->to;
    return true;
}

static int by_day(const void *a, const void *b)
{
    const struct proj_year_period *x = a;
    const struct proj_year_period *y = b;
    if (x->from != y->from)
        return x->from < y->from ? -1 : 1;
    return strcmp(x->name, y->name);
}

bool proj_school_year_of(struct proj_txn *txn, unsigned grade, base_day day,
                         struct proj_school_year *out_year)
{
    struct search search = {.grade = grade, .day = day, .now_from = INT32_MAX, .out = out_year};
    *out_year = (struct proj_school_year){0};
    proj_calendar_each(txn, find_year, &search);
    end_of_year(&search);
    if (!search.met)
        return false;
    proj_calendar_each(txn, take_period, &search);
    qsort(out_year->periods, out_year->count, sizeof out_year->periods[0], by_day);
    out_year->from = out_year->periods[0].from;
    for (unsigned i = 0; i < out_year->count; i++) {
        if (i == 0 || out_year->periods[i].to > out_year->to)
            out_year->to = out_year->periods[i].to;
    }
    out_year->due = out_year->to - (base_day_weekday(out_year->to) - 1);
    return true;
}

unsigned proj_year_proposal(const struct proj_school_year *year, const uint8_t *values,
                            base_day first_day, const struct proj_mean_rule *rule)
{
    struct proj_mean mean = {0};
    for (unsigned i = 0; i < year->count; i++) {
        if (values[i] == PROJ_VALUE_EXEMPT || values[i] == PROJ_VALUE_UNMARKED ||
            (values[i] == 0 && year->periods[i].to < first_day))
            continue;
        if (values[i] == 0 || values[i] > PROJ_MARK_MAX)
            return 0;
        proj_mean_add_value(&mean, values[i], 1, rule);
    }
    return proj_mean_mark(&mean, rule);
}

unsigned proj_final_proposal(unsigned year, unsigned exam, const struct proj_mean_rule *rule)
{
    struct proj_mean mean = {0};
    if (year == 0 || year > PROJ_MARK_MAX || exam == 0 || exam > PROJ_MARK_MAX)
        return 0;
    proj_mean_add_value(&mean, year, 1, rule);
    proj_mean_add_value(&mean, exam, 1, rule);
    return proj_mean_mark(&mean, rule);
}
