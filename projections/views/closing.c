/* The marks that close the year: of a page, pupils by periods, year, exam and final with what
 * follows from them; of a class, what is missing, subject by subject (ST-5, ST-12). */
#include "projections/views/year.h"

#include <stdlib.h>

#include "projections/figures.h"
#include "projections/views/roll.h"

#define COLUMN_COUNT_MAX (PROJ_YEAR_PERIOD_COUNT_MAX + 3u)

struct value {
    uint8_t value; /* 0: none */
    int32_t until;
    ledger_seq seq;
    unsigned flags;
};

struct year {
    struct proj_view *view;
    struct proj_school_year span;
    struct proj_mean_rule rule;
    struct proj_roll roll;
    struct value values[PROJ_ROLL_COUNT_MAX][COLUMN_COUNT_MAX];
};

/* Periods first, then year, exam, final. */
static int column_of(const struct year *year, const char *name)
{
    enum proj_period_sort sort = proj_period_sort_of(name);
    if (sort != PROJ_PERIOD_SORT_USUAL)
        return (int)(year->span.count + (unsigned)sort - 1);
    for (unsigned i = 0; i < year->span.count; i++) {
        if (strcmp(year->span.periods[i].name, name) == 0)
            return (int)i;
    }
    return -1;
}

static unsigned value_of(const struct year *year, unsigned pupil, enum proj_period_sort sort)
{
    return year->values[pupil][year->span.count + (unsigned)sort - 1].value;
}

static void read_values(struct year *year, const uint8_t *group, const uint8_t *subject)
{
    struct proj_key prefix = proj_key_tagged_ids('p', group, subject);
    struct proj_fact fact;
    memset(year->values, 0, sizeof year->values);
    struct proj_scan *scan = proj_scan_open(year->view->txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
    while (proj_scan_next(scan, &fact)) {
        struct proj_period_mark mark;
        int pupil = proj_roll_find(&year->roll, fact.key.data + PROJ_PERIOD_PUPIL_AT);
        if (pupil < 0 || fact.seq == LEDGER_SEQ_NONE || fact.value.len != sizeof mark)
            continue;
        memcpy(&mark, fact.value.data, sizeof mark);
        int column = column_of(year, mark.period);
        if (column < 0)
            continue;
        year->values[pupil][column] =
            (struct value){.value = mark.value,
                           .until = mark.until,
                           .seq = fact.seq,
                           .flags = proj_fact_flags(year->view->txn, &fact, mark.prev)};
    }
    proj_scan_close(scan);
}

/* NULL with a sticking fault, or when the grade has no year; freed by year_close. */
static struct year *year_open(struct proj_view *view, const proj_id group_id,
                              const struct proj_group *group, base_day day)
{
    struct year *year = calloc(1, sizeof *year);
    if (year == NULL) {
        proj_txn_fail(view->txn, BASE_E_MEMORY, "marks of a year");
        return NULL;
    }
    year->view = view;
    if (!proj_school_year_of(view->txn, group->grade, day, &year->span)) {
        free(year);
        return NULL;
    }
    proj_mean_rule_read(view->txn, &year->rule);
    proj_roll_read(view, group_id, year->span.from, year->span.to, &year->roll);
    return year;
}

static void year_close(struct year *year)
{
    if (year != NULL)
        proj_roll_free(&year->roll);
    free(year);
}

static bool is_here(const struct year *year, unsigned pupil, base_day day)
{
    const struct proj_span *span = &year->roll.pupils[pupil].span;
    return span->from <= day && day <= span->to;
}

/* A page */

static void put_columns(const struct year *year)
{
    struct base_buf *out = year->view->out;
    proj_put_key(out, "columns");
    ledger_canon_put_array(out, year->span.count + 3);
    for (unsigned i = 0; i < year->span.count; i++) {
        ledger_canon_put_map(out, 4);
        proj_put_str(out, "name", year->span.periods[i].name);
        proj_put_int(out, "sort", PROJ_PERIOD_SORT_USUAL);
        proj_put_int(out, "from", year->span.periods[i].from);
        proj_put_int(out, "to", year->span.periods[i].to);
    }
    for (unsigned sort = PROJ_PERIOD_SORT_YEAR; sort <= PROJ_PERIOD_SORT_FINAL; sort++) {
        ledger_canon_put_map(out, 4);
        proj_put_str(out, "name", proj_period_name((enum proj_period_sort)sort));
        proj_put_int(out, "sort", sort);
        proj_put_int(out, "from", year->span.from);
        proj_put_int(out, "to", year->span.to);
    }
}

static void put_pupils(const struct year *year)
{
    struct base_buf *out = year->view->out;
    proj_put_key(out, "pupils");
    ledger_canon_put_array(out, year->roll.count);
    for (unsigned i = 0; i < year->roll.count; i++) {
        const struct proj_roll_pupil *pupil = &year->roll.pupils[i];
        ledger_canon_put_map(out, 4);
        proj_put_id(out, "id", pupil->id);
        proj_put_str(out, "name", pupil->name);
        proj_put_int(out, "from", pupil->span.from);
        proj_put_key(out, "to");
        proj_put_last_day(out, pupil->span.to);
    }
}

static void put_marks(const struct year *year)
{
    struct base_buf *out = year->view->out;
    uint32_t count = 0;
    proj_put_key(out, "marks");
    size_t at = proj_array_begin(out);
    for (unsigned i = 0; i < year->roll.count; i++) {
        for (unsigned k = 0; k < year->span.count + 3; k++) {
            const struct value *value = &year->values[i][k];
            if (value->value == 0)
                continue;
            ledger_canon_put_array(out, 6);
            ledger_canon_put_int(out, i);
            ledger_canon_put_int(out, k);
            ledger_canon_put_int(out, value->value);
            ledger_canon_put_int(out, (int64_t)value->seq);
            ledger_canon_put_int(out, value->flags);
            if (value->value == PROJ_VALUE_DEFERRED && value->until != INT32_MIN)
                ledger_canon_put_int(out, value->until);
            else
                ledger_canon_put_nil(out);
            count++;
        }
    }
    proj_array_end(out, at, count);
}

static void put_proposal(const struct year *year, unsigned pupil, enum proj_period_sort sort,
                         unsigned value, uint32_t *count)
{
    struct base_buf *out = year->view->out;
    if (value == 0)
        return;
    ledger_canon_put_array(out, 3);
    ledger_canon_put_int(out, pupil);
    ledger_canon_put_int(out, year->span.count + (unsigned)sort - 1);
    ledger_canon_put_int(out, value);
    (*count)++;
}

static void put_proposals(const struct year *year)
{
    struct base_buf *out = year->view->out;
    uint32_t count = 0;
    proj_put_key(out, "proposals");
    size_t at = proj_array_begin(out);
    for (unsigned i = 0; i < year->roll.count; i++) {
        uint8_t values[PROJ_YEAR_PERIOD_COUNT_MAX];
        for (unsigned k = 0; k < year->span.count; k++)
            values[k] = year->values[i][k].value;
        put_proposal(
            year, i, PROJ_PERIOD_SORT_YEAR,
            proj_year_proposal(&year->span, values, year->roll.pupils[i].span.from, &year->rule),
            &count);
        put_proposal(year, i, PROJ_PERIOD_SORT_FINAL,
                     proj_final_proposal(value_of(year, i, PROJ_PERIOD_SORT_YEAR),
                                         value_of(year, i, PROJ_PERIOD_SORT_EXAM), &year->rule),
                     &count);
    }
    proj_array_end(out, at, count);
}

static void put_span(const struct year *year)
{
    struct base_buf *out = year->view->out;
    proj_put_seq(out, "size", proj_view_size(year->view));
    proj_put_int(out, "today", proj_view_today(year->view));
    proj_put_int(out, "from", year->span.from);
    proj_put_int(out, "to", year->span.to);
    proj_put_int(out, "due", year->span.due);
}

int proj_view_closing(struct proj_view *view, const proj_id group_id, const proj_id subject_id)
{
    struct base_buf *out = view->out;
    struct proj_group group;
    struct proj_subject subject;
    if (!proj_find_group(view, group_id, &group) || !proj_find_subject(view, subject_id, &subject))
        return PROJ_VIEW_MISSING;
    if (!proj_may_read_page(view, group_id, subject_id))
        return PROJ_VIEW_FORBIDDEN;
    struct year *year = year_open(view, group_id, &group, proj_view_today(view));
    if (year == NULL)
        return PROJ_VIEW_MISSING;
    read_values(year, group_id, subject_id);
    ledger_canon_put_map(out, 16);
    proj_put_id(out, "group", group_id);
    proj_put_str(out, "group_name", group.name);
    proj_put_id(out, "subject", subject_id);
    proj_put_str(out, "subject_name", subject.name);
    proj_put_bool(out, "marked", subject.marked && group.grade != 1);
    proj_put_bool(out, "writable", proj_may_write_page(view, group_id, subject_id));
    put_span(year);
    proj_put_mean_rule(out, &year->rule);
    put_columns(year);
    put_pupils(year);
    put_marks(year);
    put_proposals(year);
    year_close(year);
    return PROJ_VIEW_DONE;
}

/* A class */

struct class_year {
    struct proj_view *view;
    base_day day;
    uint32_t count;
};

static void put_subject(void *data, const uint8_t *group_id, const uint8_t *subject_id)
{
    struct class_year *all = data;
    struct base_buf *out = all->view->out;
    struct proj_group group;
    struct proj_subject subject;
    unsigned counts[3] = {0};
    unsigned here = 0;
    unsigned no_final = 0;
    if (!proj_find_group(all->view, group_id, &group) ||
        !proj_find_subject(all->view, subject_id, &subject) || !subject.marked)
        return;
    struct year *year = year_open(all->view, group_id, &group, all->day);
    if (year == NULL)
        return;
    base_day last = all->day < year->span.to ? all->day : year->span.to;
    read_values(year, group_id, subject_id);
    for (unsigned i = 0; i < year->roll.count; i++) {
        if (!is_here(year, i, last))
            continue;
        here++;
        for (unsigned sort = PROJ_PERIOD_SORT_YEAR; sort <= PROJ_PERIOD_SORT_FINAL; sort++)
            counts[sort - 1] += value_of(year, i, (enum proj_period_sort)sort) != 0;
        no_final += value_of(year, i, PROJ_PERIOD_SORT_EXAM) != 0 &&
                    value_of(year, i, PROJ_PERIOD_SORT_FINAL) == 0;
    }
    ledger_canon_put_map(out, 9);
    proj_put_id(out, "group", group_id);
    proj_put_str(out, "group_name", group.name);
    proj_put_id(out, "subject", subject_id);
    proj_put_str(out, "subject_name", subject.name);
    proj_put_int(out, "pupils", here);
    proj_put_int(out, "year", counts[0]);
    proj_put_int(out, "exam", counts[1]);
    proj_put_int(out, "final", counts[2]);
    proj_put_int(out, "no_final", no_final);
    all->count++;
    year_close(year);
}

static void put_group(void *data, const uint8_t *group_id, const struct proj_group *group)
{
    struct class_year *all = data;
    if (group->grade != 1)
        proj_each_subject_of(all->view, group_id, PROJ_TAUGHT_STILL, put_subject, all);
}

int proj_view_closing_of_class(struct proj_view *view, const proj_id class_id)
{
    struct proj_group group;
    struct class_year all = {.view = view, .day = proj_view_today(view)};
    if (!proj_find_group(view, class_id, &group))
        return PROJ_VIEW_MISSING;
    if (!proj_may_read_page(view, class_id, proj_no_id))
        return PROJ_VIEW_FORBIDDEN;
    struct year *year = year_open(view, class_id, &group, all.day);
    if (year == NULL)
        return PROJ_VIEW_MISSING;
    ledger_canon_put_map(view->out, 8);
    proj_put_id(view->out, "group", class_id);
    proj_put_str(view->out, "group_name", group.name);
    put_span(year);
    year_close(year);
    proj_put_key(view->out, "subjects");
    size_t at = proj_array_begin(view->out);
    proj_each_class_group(view, class_id, put_group, &all);
    proj_array_end(view->out, at, all.count);
    return PROJ_VIEW_DONE;
}

unsigned proj_no_year_marks(struct proj_view *view, const proj_id group_id,
                            const proj_id subject_id, base_day day)
{
    struct proj_group group;
    struct proj_subject subject;
    struct proj_school_year span;
    unsigned count = 0;
    if (!proj_find_group(view, group_id, &group) ||
        !proj_find_subject(view, subject_id, &subject) || !subject.marked || group.grade == 1 ||
        !proj_school_year_of(view->txn, group.grade, day, &span) || day < span.due)
        return 0;
    struct year *year = year_open(view, group_id, &group, day);
    if (year == NULL)
        return 0;
    read_values(year, group_id, subject_id);
    base_day last = day < span.to ? day : span.to;
    for (unsigned i = 0; i < year->roll.count; i++)
        count += is_here(year, i, last) && value_of(year, i, PROJ_PERIOD_SORT_YEAR) == 0;
    year_close(year);
    return count;
}
