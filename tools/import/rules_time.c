/* The school year, its periods and its bells; which year it is follows from the first period. */
#include <stdio.h>

#include "projections/calendar.h"
#include "tools/import/import.h"

#define YEAR_BEGINS 9 /* September */

static bool is_period(const char *kind)
{
    return import_is(kind, "четверть") || import_is(kind, "полугодие") ||
           import_is(kind, "триместр");
}

struct first_period {
    base_day first, last;
    bool any;
};

/* Of the journal: the latest year counts. */
static bool note_period(void *data, const struct proj_calendar_row *row)
{
    struct first_period *found = data;
    if (row->kind > PROJ_CALENDAR_TRIMESTER)
        return true;
    if (!found->any || row->from > found->last + 31) { /* after a summer */
        found->first = row->from;
        found->last = row->to;
        found->any = true;
    }
    if (row->from < found->first && row->to > found->first - 300)
        found->first = row->from;
    if (row->to > found->last)
        found->last = row->to;
    return true;
}

static void learn_year(struct import *im)
{
    struct first_period found = {0};
    for (size_t i = 0; i < import_rows(im, IMPORT_CALENDAR); i++) {
        base_day from;
        if (!is_period(import_get(im, IMPORT_CALENDAR, i, "kind")) ||
            base_day_parse(import_get(im, IMPORT_CALENDAR, i, "from"), &from) != 0)
            continue;
        if (!found.any || from < found.first)
            found.first = from;
        found.any = true;
    }
    if (im->tables[IMPORT_CALENDAR] != NULL && !found.any)
        import_wrong(im, IMPORT_P_NO_PERIOD, IMPORT_CALENDAR, SIZE_MAX, "kind", NULL, NULL);
    if (!found.any)
        proj_calendar_each(im->txn, note_period, &found);
    if (!found.any)
        found.first = im->today;
    int year;
    int month;
    int day;
    base_day_to_civil(found.first, &year, &month, &day);
    if (month < YEAR_BEGINS - 1) /* a first period may begin in August */
        year--;
    base_day september = base_day_from_civil(year, YEAR_BEGINS, 1);
    im->year_start = found.first;
    im->year_end = base_day_from_civil(year + 1, YEAR_BEGINS, 1) - 1;
    if (im->year_start > september && im->tables[IMPORT_CALENDAR] == NULL)
        im->year_start = september;
    snprintf(im->year, sizeof im->year, "%d/%d", year, year + 1);
    if (!im->has_from)
        im->from = im->today > im->year_start ? im->today : im->year_start;
}

static void check_year(struct import *im, enum import_file file, const char *column)
{
    for (size_t i = 0; i < import_rows(im, file); i++) {
        const char *text = import_get(im, file, i, column);
        base_day day;
        if (base_day_parse(text, &day) == 0 && (day < im->year_start || day > im->year_end))
            import_wrong(im, IMPORT_P_OUTSIDE_YEAR, file, i, column, text, im->year);
    }
}

struct period {
    base_day from, to;
    unsigned grade_from, grade_to;
};

static bool period_of(struct import *im, size_t row, struct period *out)
{
    if (!is_period(import_get(im, IMPORT_CALENDAR, row, "kind")) ||
        base_day_parse(import_get(im, IMPORT_CALENDAR, row, "from"), &out->from) != 0 ||
        base_day_parse(import_get(im, IMPORT_CALENDAR, row, "to"), &out->to) != 0)
        return false;
    import_grades(import_get(im, IMPORT_CALENDAR, row, "grades"), &out->grade_from, &out->grade_to);
    return true;
}

static void check_periods(struct import *im)
{
    for (size_t i = 0; i < import_rows(im, IMPORT_CALENDAR); i++) {
        struct period later;
        struct period earlier;
        if (!period_of(im, i, &later))
            continue;
        for (size_t k = 0; k < i; k++) {
            char row[16];
            if (!period_of(im, k, &earlier) || earlier.to < later.from || later.to < earlier.from ||
                earlier.grade_to < later.grade_from || later.grade_to < earlier.grade_from)
                continue;
            snprintf(row, sizeof row, "%u", import_row_number(im, IMPORT_CALENDAR, k));
            import_wrong(im, IMPORT_P_PERIODS, IMPORT_CALENDAR, i, "from",
                         import_get(im, IMPORT_CALENDAR, i, "name"), row);
        }
    }
}

static bool bell_of(struct import *im, size_t row, int *out_start, int *out_end)
{
    const char *start = import_get(im, IMPORT_BELLS, row, "start");
    const char *end = import_get(im, IMPORT_BELLS, row, "end");
    if (strlen(start) != 5 || strlen(end) != 5) /* told as no time */
        return false;
    *out_start = import_minutes(start);
    *out_end = import_minutes(end);
    return true;
}

static void check_bells(struct import *im)
{
    for (size_t i = 0; i < import_rows(im, IMPORT_BELLS); i++) {
        const char *shift = import_get(im, IMPORT_BELLS, i, "shift");
        int start;
        int end;
        if (!bell_of(im, i, &start, &end))
            continue;
        if (end <= start)
            import_wrong(im, IMPORT_P_ORDER, IMPORT_BELLS, i, "end",
                         import_get(im, IMPORT_BELLS, i, "end"),
                         import_get(im, IMPORT_BELLS, i, "start"));
        for (size_t k = 0; k < i; k++) {
            int other_start;
            int other_end;
            char row[16];
            if (!import_is(import_get(im, IMPORT_BELLS, k, "shift"), shift) ||
                !bell_of(im, k, &other_start, &other_end) || other_end <= start ||
                end <= other_start)
                continue;
            snprintf(row, sizeof row, "%u", import_row_number(im, IMPORT_BELLS, k));
            import_wrong(im, IMPORT_P_BELL_OVERLAP, IMPORT_BELLS, i, "start", NULL, row);
        }
    }
}

void import_rules_time(struct import *im)
{
    learn_year(im);
    check_year(im, IMPORT_CALENDAR, "from");
    check_year(im, IMPORT_CALENDAR, "to");
    check_year(im, IMPORT_TEACHING, "from");
    check_year(im, IMPORT_TEACHING, "to");
    check_year(im, IMPORT_WORKS, "date");
    check_periods(im);
    check_bells(im);
}
