/* The marks that close the year: when they are due, what follows from the period marks, where they
 * show, and what is said to be missing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "projections/figures.h"
#include "projections/year.h"
#include "tests/projections/eye.h"
#include "tests/projections/little.h"

static struct eye eye;

static const struct proj_mean_rule usual = {.weighted = true, .round_up_at = 50, .least = 3};

static struct proj_school_year four(void)
{
    return (struct proj_school_year){.periods = {{"1 четверть", 0, 50},
                                                 {"2 четверть", 60, 100},
                                                 {"3 четверть", 110, 170},
                                                 {"4 четверть", 180, 240}},
                                     .count = 4,
                                     .from = 0,
                                     .to = 240,
                                     .due = 236};
}

static unsigned year_of(const uint8_t values[4], base_day first_day)
{
    struct proj_school_year year = four();
    return proj_year_proposal(&year, values, first_day, &usual);
}

#define YEAR(...) year_of((const uint8_t[4]){__VA_ARGS__}, 0)

static void the_year_follows_from_its_periods(void **state)
{
    (void)state;
    assert_int_equal(YEAR(5, 5, 4, 4), 5); /* 4.50 */
    assert_int_equal(YEAR(5, 4, 4, 4), 4); /* 4.25 */
    assert_int_equal(YEAR(3, 3, 4, 2), 3);
    assert_int_equal(YEAR(PROJ_VALUE_EXEMPT, 4, 5, PROJ_VALUE_UNMARKED), 5);
    assert_int_equal(YEAR(5, 5, 5, 0), 0); /* one is missing */
    assert_int_equal(YEAR(5, 5, PROJ_VALUE_NOT_ASSESSED, 5), 0);
    assert_int_equal(YEAR(5, 5, PROJ_VALUE_DEFERRED, 5), 0);
    assert_int_equal(YEAR(PROJ_VALUE_PASSED, 5, 5, 5), 0);
    assert_int_equal(
        YEAR(PROJ_VALUE_EXEMPT, PROJ_VALUE_EXEMPT, PROJ_VALUE_EXEMPT, PROJ_VALUE_EXEMPT), 0);
    assert_int_equal(year_of((const uint8_t[4]){0, 4, 4, 4}, 55), 4); /* came in the second */
    assert_int_equal(year_of((const uint8_t[4]){0, 4, 4, 4}, 50), 0); /* on the first one's last */
}

static void the_final_mark_is_of_year_and_exam(void **state)
{
    (void)state;
    const struct proj_mean_rule strict = {.weighted = true, .round_up_at = 51, .least = 3};
    assert_int_equal(proj_final_proposal(4, 5, &usual), 5);
    assert_int_equal(proj_final_proposal(4, 5, &strict), 4);
    assert_int_equal(proj_final_proposal(3, 5, &usual), 4);
    assert_int_equal(proj_final_proposal(4, 0, &usual), 0);
    assert_int_equal(proj_final_proposal(4, PROJ_VALUE_NOT_ASSESSED, &usual), 0);
}

/* Two periods: the second ends on the Friday of the week that begins with `w.today` − 1. */
static void set_calendar(void)
{
    base_day monday = w.today - (base_day_weekday(w.today) - 1);
    const struct act_row rows[] = {
        {PROJ_CALENDAR_HALF_YEAR, "2 полугодие", w.today - 60, monday + 4, 2, 11},
        {PROJ_CALENDAR_HALF_YEAR, "1 полугодие", w.today - 200, w.today - 90, 2, 11}};
    const struct act_row later = {
        PROJ_CALENDAR_HALF_YEAR, "1 полугодие", w.today + 30, w.today + 90, 2, 11};
    act_calendar(&w.draft, "2025/26", rows, 2);
    world_do(&w, by(DEPUTY), NULL);
    act_calendar(&w.draft, "2026/27", &later, 1);
    world_do(&w, by(DEPUTY), NULL);
}

static ledger_seq put(const char *period, enum pupil pupil, unsigned value)
{
    act_period(&w.draft, w.class_a, w.maths, period, w.pupils[pupil], value, LEDGER_SEQ_NONE, 1);
    return world_do(&w, by(TEACHER), NULL);
}

static void look_as(enum who who)
{
    eye_open(&eye, &w, w.people[who].account);
}

static void the_year_is_the_one_that_has_begun(void **state)
{
    (void)state;
    struct proj_school_year year;
    set_calendar();
    base_day monday = w.today - (base_day_weekday(w.today) - 1);
    struct proj_txn *txn = world_read(&w);
    assert_true(proj_school_year_of(txn, 5, w.today, &year));
    assert_int_equal(year.count, 2);
    assert_string_equal(year.periods[0].name, "1 полугодие");
    assert_int_equal(year.from, w.today - 200);
    assert_int_equal(year.to, monday + 4);
    assert_int_equal(year.due, monday);
    assert_true(proj_school_year_of(txn, 5, w.today + 31, &year));
    assert_int_equal(year.count, 1);
    assert_true(proj_school_year_of(txn, 5, w.today - 300, &year));
    assert_int_equal(year.from, w.today - 200);
    assert_false(proj_school_year_of(txn, 1, w.today, &year));
    world_read_end(txn);
}

static const msgpack_object *page_as(enum who who)
{
    look_as(who);
    return eye_see(&eye, proj_view_closing(&eye.view, w.class_a, w.maths));
}

static void a_page_proposes_and_writes_nothing(void **state)
{
    (void)state;
    set_calendar();
    put("1 полугодие", ANYA, 5);
    put("2 полугодие", ANYA, 4);
    put("2 полугодие", BORYA, 3); /* both came on 1 September: the first is left out */
    ledger_seq size = world_size(&w);
    const msgpack_object *page = page_as(TEACHER);
    assert_keys(page, "group group_name subject subject_name marked writable size today from to "
                      "due rule columns pupils marks proposals");
    assert_int_equal(seen_count(seen(page, "columns")), 5);
    assert_true(seen_text(seen_at(seen(page, "columns"), 2), "name", "год"));
    assert_true(seen_text(seen_at(seen(page, "columns"), 3), "name", "экзамен"));
    assert_true(seen_text(seen_at(seen(page, "columns"), 4), "name", "итог"));
    assert_int_equal(seen_count(seen(page, "marks")), 3);
    assert_int_equal(seen_count(seen(page, "proposals")), 2);
    const msgpack_object *anya = seen_at(seen(page, "proposals"), 0);
    assert_int_equal(int_at(anya, 0), 0);
    assert_int_equal(int_at(anya, 1), 2);
    assert_int_equal(int_at(anya, 2), 5); /* 4.50 */
    eye_close(&eye);
    assert_int_equal(world_size(&w), size);
    put(PROJ_PERIOD_YEAR, ANYA, 4);
    put(PROJ_PERIOD_EXAM, ANYA, 5);
    page = page_as(CLASS_TEACHER);
    assert_false(seen_bool(page, "writable"));
    assert_int_equal(seen_count(seen(page, "proposals")), 3);
    const msgpack_object *final = seen_at(seen(page, "proposals"), 1);
    assert_int_equal(int_at(final, 1), 4);
    assert_int_equal(int_at(final, 2), 5);
    eye_close(&eye);
    look_as(PARENT);
    assert_int_equal(proj_view_closing(&eye.view, w.class_a, w.maths), PROJ_VIEW_FORBIDDEN);
    eye_close(&eye);
}

static int64_t no_year(void)
{
    look_as(DEPUTY);
    const msgpack_object *rows =
        seen(eye_see(&eye, proj_view_filling(&eye.view, w.today, w.today)), "rows");
    int64_t count = -1;
    for (unsigned i = 0; i < seen_count(rows); i++) {
        if (seen_id(seen_at(rows, i), "group", w.class_a) &&
            seen_id(seen_at(rows, i), "subject", w.maths))
            count = seen_int(seen_at(rows, i), "no_year");
    }
    eye_close(&eye);
    return count;
}

static void what_is_missing_is_said_in_the_last_week(void **state)
{
    (void)state;
    const struct act_row far = {
        PROJ_CALENDAR_QUARTER, "1 четверть", w.today - 10, w.today + 60, 1, 11};
    act_calendar(&w.draft, "2025/26", &far, 1);
    world_do(&w, by(DEPUTY), NULL);
    assert_int_equal(no_year(), 0); /* not due yet */
    set_calendar();
    assert_int_equal(no_year(), 3);
    put(PROJ_PERIOD_YEAR, ANYA, 4);
    put(PROJ_PERIOD_YEAR, BORYA, PROJ_VALUE_NOT_ASSESSED);
    assert_int_equal(no_year(), 1);
    put(PROJ_PERIOD_EXAM, ANYA, 4);
    look_as(CLASS_TEACHER);
    const msgpack_object *all = eye_see(&eye, proj_view_closing_of_class(&eye.view, w.class_a));
    assert_keys(all, "group group_name size today from to due subjects");
    bool met = false;
    for (unsigned i = 0; i < seen_count(seen(all, "subjects")); i++) {
        const msgpack_object *one = seen_at(seen(all, "subjects"), i);
        if (!seen_id(one, "subject", w.maths) || !seen_id(one, "group", w.class_a))
            continue;
        met = true;
        assert_int_equal(seen_int(one, "pupils"), 3);
        assert_int_equal(seen_int(one, "year"), 2);
        assert_int_equal(seen_int(one, "exam"), 1);
        assert_int_equal(seen_int(one, "final"), 0);
        assert_int_equal(seen_int(one, "no_final"), 1);
    }
    assert_true(met);
    eye_close(&eye);
    look_as(TEACHER);
    assert_int_equal(proj_view_closing_of_class(&eye.view, w.class_a), PROJ_VIEW_FORBIDDEN);
    eye_close(&eye);
}

static void the_sheet_has_them_last_and_only_when_there_are_any(void **state)
{
    (void)state;
    set_calendar();
    put("2 полугодие", ANYA, 5);
    look_as(CLASS_TEACHER);
    assert_int_equal(
        seen_count(seen(eye_see(&eye, proj_view_summary(&eye.view, w.class_a)), "periods")), 2);
    eye_close(&eye);
    put(PROJ_PERIOD_FINAL, ANYA, 5);
    put(PROJ_PERIOD_YEAR, ANYA, 5);
    look_as(CLASS_TEACHER);
    const msgpack_object *periods =
        seen(eye_see(&eye, proj_view_summary(&eye.view, w.class_a)), "periods");
    assert_int_equal(seen_count(periods), 4);
    const msgpack_object *year = seen_at(periods, 2);
    const msgpack_object *final = seen_at(periods, 3);
    assert_memory_equal(year->via.str.ptr, PROJ_PERIOD_YEAR, strlen(PROJ_PERIOD_YEAR));
    assert_memory_equal(final->via.str.ptr, PROJ_PERIOD_FINAL, strlen(PROJ_PERIOD_FINAL));
    eye_close(&eye);
}

static void a_closed_year_takes_no_mark_of_the_year(void **state)
{
    (void)state;
    set_calendar();
    act_close_period(&w.draft, w.class_a, PROJ_PERIOD_YEAR, w.today - 200, w.today - 100);
    world_do(&w, by(DEPUTY), NULL);
    act_period(&w.draft, w.class_a, w.maths, PROJ_PERIOD_YEAR, w.pupils[ANYA], 5, LEDGER_SEQ_NONE,
               1);
    world_refused(&w, by(TEACHER), NULL, PROJ_REFUSED_LOCKED, "period");
    put(PROJ_PERIOD_EXAM, ANYA, 5); /* closed by its own name only */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_year_follows_from_its_periods),
        cmocka_unit_test(the_final_mark_is_of_year_and_exam),
        CASE_LATER(the_year_is_the_one_that_has_begun),
        CASE_LATER(a_page_proposes_and_writes_nothing),
        CASE_LATER(what_is_missing_is_said_in_the_last_week),
        CASE_LATER(the_sheet_has_them_last_and_only_when_there_are_any),
        CASE_LATER(a_closed_year_takes_no_mark_of_the_year),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
