/* The school year of a grade, and the marks that close it: three names of periods are reserved,
 * «год», «экзамен», «итог». They are due in the last week of the year's last period; the mark of
 * the year follows from the period marks, the final one from the marks of year and exam (ST-5,
 * ST-12; specs/events.md, "Year, exam, final"). Proposals are shown and never written by
 * themselves. Pure but for reading the calendar. Threads: the transaction's. */
#pragma once

#include "projections/calendar.h"
#include "projections/means.h"

#define PROJ_PERIOD_YEAR "год"
#define PROJ_PERIOD_EXAM "экзамен"
#define PROJ_PERIOD_FINAL "итог"

#define PROJ_YEAR_PERIOD_COUNT_MAX 12u

/* In the order of their columns. */
enum proj_period_sort {
    PROJ_PERIOD_SORT_USUAL,
    PROJ_PERIOD_SORT_YEAR,
    PROJ_PERIOD_SORT_EXAM,
    PROJ_PERIOD_SORT_FINAL,
};
enum proj_period_sort proj_period_sort_of(const char *name);
/* The reserved name of a sort that is not the usual one; static. */
const char *proj_period_name(enum proj_period_sort sort);

struct proj_year_period {
    char name[61];
    base_day from, to;
};

struct proj_school_year {
    struct proj_year_period periods[PROJ_YEAR_PERIOD_COUNT_MAX]; /* by day */
    unsigned count;
    base_day from, to; /* the first day of the first period, the last of the last */
    base_day due;      /* the Monday of the week in which the last period ends */
};
/* The year of the grade that has begun last by that day, else the first one that is known; false
 * when the calendars have no periods for the grade. */
bool proj_school_year_of(struct proj_txn *txn, unsigned grade, base_day day,
                         struct proj_school_year *out_year);

/* The mark of the year that follows from the period marks, `values[i]` of period `i`, 0 where there
 * is none: their mean by the rule of rounding, 1 … 5. Exempt and unmarked periods, and those that
 * ended before the pupil came (`first_day`), are left out. 0: nothing follows, because one is
 * missing, deferred, not assessed or no digit. */
unsigned proj_year_proposal(const struct proj_school_year *year, const uint8_t *values,
                            base_day first_day, const struct proj_mean_rule *rule);
/* The final mark: the mean of year and exam by the same rule; 0 unless both are digits. */
unsigned proj_final_proposal(unsigned year, unsigned exam, const struct proj_mean_rule *rule);
