/* The settings of the local act govern the means: computed by hand, at the limit of rounding, over
 * the little school's views, and as they stood at another moment. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "projections/means.h"
#include "tests/projections/eye.h"
#include "tests/projections/little.h"

static struct eye eye;

static unsigned mark_at(int64_t sum, int64_t weight, unsigned round_up_at)
{
    const struct proj_mean mean = {.sum = sum, .weight = weight, .count = 1};
    const struct proj_mean_rule rule = {.weighted = true, .round_up_at = round_up_at, .least = 3};
    return proj_mean_mark(&mean, &rule);
}

static void the_limit_of_rounding_is_exact(void **state)
{
    (void)state;
    const struct proj_mean shown = {.sum = 899, .weight = 200, .count = 2};
    assert_int_equal(mark_at(9, 2, 50), 5);      /* 4.50 */
    assert_int_equal(proj_mean_of(&shown), 450); /* 4.495 is shown as 4.50 … */
    assert_int_equal(mark_at(899, 200, 50), 4);  /* … and is below the limit all the same */
    assert_int_equal(mark_at(23, 5, 60), 5);     /* 4.60 */
    assert_int_equal(mark_at(4599, 1000, 60), 4);
    assert_int_equal(mark_at(14, 3, 66), 5); /* 4.666… */
    assert_int_equal(mark_at(14, 3, 67), 4);
    assert_int_equal(mark_at(5, 2, 50), 3); /* 2.50 */
}

static void a_whole_mean_is_its_mark_whatever_the_limit(void **state)
{
    (void)state;
    assert_int_equal(mark_at(8, 2, 0), 4);
    assert_int_equal(mark_at(401, 100, 0), 5);
    assert_int_equal(mark_at(10, 2, 0), 5);
    assert_int_equal(mark_at(2, 2, 99), 1);
    assert_int_equal(mark_at(0, 0, 50), 0); /* there are none */
}

static void look_as(enum who who)
{
    eye_open(&eye, &w, w.people[who].account);
}

/* Anya: 4 of weight 10, 5 of weight 30: 4.75, without weights 4.50. */
static void teach(void)
{
    world_mark(&w, by(TEACHER), ANYA, 4, LEDGER_SEQ_NONE);
    act_mark_of(&w.draft, w.lesson, w.pupils[ANYA], 5, NULL, LEDGER_SEQ_NONE, 1, 4, 30);
    world_do(&w, by(TEACHER), NULL);
}

static void set(const char *name, int64_t value)
{
    act_setting(&w.draft, name, value);
    world_do(&w, by(DEPUTY), NULL);
}

static void assert_journal(int64_t mean, int64_t forecast)
{
    const msgpack_object *page =
        eye_see(&eye, proj_view_journal(&eye.view, w.class_a, w.maths, w.today, w.today + 6));
    const msgpack_object *average = seen_at(seen(page, "averages"), 0);
    assert_int_equal(int_at(average, 1), mean);
    assert_int_equal(int_at(average, 3), forecast);
}

static void weights_count_only_when_the_school_says_so(void **state)
{
    (void)state;
    teach();
    set("weighted_mean", 0);
    look_as(TEACHER);
    assert_journal(450, 5);
    eye_close(&eye);
    look_as(PARENT);
    const msgpack_object *results =
        eye_see(&eye, proj_view_results(&eye.view, w.pupils[ANYA], w.today, w.today + 6));
    assert_keys(results, "pupil name from to size rule subjects");
    assert_keys(seen(results, "rule"), "weighted round_up_at least");
    assert_false(seen_bool(seen(results, "rule"), "weighted"));
    bool met = false;
    for (unsigned i = 0; i < seen_count(seen(results, "subjects")); i++) {
        const msgpack_object *one = seen_at(seen(results, "subjects"), i);
        if (!seen_id(one, "subject", w.maths) || !seen_id(one, "group", w.class_a))
            continue;
        assert_int_equal(seen_int(one, "average"), 450);
        met = true;
    }
    assert_true(met);
    eye_close(&eye);
    look_as(CLASS_TEACHER);
    const msgpack_object *sheet =
        eye_see(&eye, proj_view_sheet(&eye.view, w.class_a, w.today, w.today + 6));
    assert_int_equal(int_at(seen_at(seen(sheet, "means"), 0), 2), 450);
    assert_int_equal(int_at(seen_at(seen(sheet, "means"), 0), 4), 5);
    eye_close(&eye);
}

static void the_limit_moves_the_forecast_and_the_past_keeps_its_own(void **state)
{
    (void)state;
    teach();
    ledger_seq before = world_size(&w);
    set("round_up_at", 80);
    look_as(TEACHER);
    assert_journal(475, 4);
    eye_again(&eye);
    assert_int_equal(proj_view_travel(&eye.view, before, before), PROJ_VIEW_DONE);
    assert_journal(475, 5);
    proj_view_return(&eye.view);
    eye_close(&eye);
}

static void a_setting_by_a_thief_does_not_govern(void **state)
{
    (void)state;
    teach();
    world_tick(&w);
    base_time_ms theft = w.now_ms;
    set("weighted_mean", 0);
    world_tick(&w);
    world_void(&w, &w.people[DEPUTY], &w.people[DEPUTY].session.key, theft);
    look_as(TEACHER);
    assert_journal(475, 5);
    eye_close(&eye);
}

static int64_t few_of(enum who who)
{
    look_as(who);
    const msgpack_object *rows =
        seen(eye_see(&eye, proj_view_filling(&eye.view, w.today, w.today)), "rows");
    int64_t few = -1;
    for (unsigned i = 0; i < seen_count(rows); i++) {
        const msgpack_object *row = seen_at(rows, i);
        if (seen_id(row, "group", w.class_a) && seen_id(row, "subject", w.maths))
            few = seen_int(row, "few_marks");
    }
    eye_close(&eye);
    return few;
}

/* Anya has two marks, the other two of 5А none. */
static void too_few_marks_are_counted_by_the_setting(void **state)
{
    (void)state;
    teach();
    assert_int_equal(few_of(DEPUTY), 3);
    set("marks_per_period_min", 2);
    assert_int_equal(few_of(DEPUTY), 2);
    assert_int_equal(few_of(TEACHER), 2);
    set("marks_per_period_min", 0);
    assert_int_equal(few_of(DEPUTY), 0);
    set("marks_per_period_min", 1);
    assert_int_equal(few_of(DEPUTY), 2);
    const struct act_row quarter = {
        PROJ_CALENDAR_QUARTER, "1 четверть", w.today - 1, w.today + 60, 1, 11};
    act_calendar(&w.draft, "2026/27", &quarter, 1);
    world_do(&w, by(DEPUTY), NULL);
    act_period(&w.draft, w.class_a, w.maths, "1 четверть", w.pupils[BORYA], 10, LEDGER_SEQ_NONE, 1);
    world_do(&w, by(TEACHER), NULL); /* exempt */
    assert_int_equal(few_of(DEPUTY), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_limit_of_rounding_is_exact),
        cmocka_unit_test(a_whole_mean_is_its_mark_whatever_the_limit),
        CASE_LATER(weights_count_only_when_the_school_says_so),
        CASE_LATER(the_limit_moves_the_forecast_and_the_past_keeps_its_own),
        CASE_LATER(a_setting_by_a_thief_does_not_govern),
        CASE_LATER(too_few_marks_are_counted_by_the_setting),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
