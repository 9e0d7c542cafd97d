/* The plan against what was given (ST-3). In the little school maths in 5А has lessons on Tuesdays
 * (two) and Wednesdays (one) from 1 September, a Tuesday, and a plan of three topics. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/projections/eye.h"
#include "tests/projections/little.h"

static struct eye eye;

static void topic(const proj_id lesson, unsigned number, const char *text)
{
    act_topic_of(&w.draft, lesson, text, number, LEDGER_SEQ_NONE);
    world_do(&w, by(TEACHER), NULL);
}

static const msgpack_object *plan(void)
{
    eye_open(&eye, &w, w.people[TEACHER].account);
    return eye_see(&eye, proj_view_plan(&eye.view, w.class_a, w.maths));
}

static const msgpack_object *row(base_day day)
{
    eye_open(&eye, &w, w.people[DEPUTY].account);
    const msgpack_object *rows = seen(eye_see(&eye, proj_view_programme(&eye.view, day)), "rows");
    for (unsigned i = 0; i < seen_count(rows); i++) {
        const msgpack_object *one = seen_at(rows, i);
        if (seen_id(one, "group", w.class_a) && seen_id(one, "subject", w.maths))
            return one;
    }
    fail_msg("maths of 5А is not there");
    return NULL;
}

static void topics_have_their_day_by_the_timetable(void **state)
{
    (void)state;
    topic(w.lesson, 1, "Натуральные числа");
    const msgpack_object *view = plan();
    assert_keys(
        view,
        "group group_name subject subject_name grade may_set from to today due size topics lessons "
        "open");
    const msgpack_object *topics = seen(view, "topics");
    assert_int_equal(seen_count(topics), 3);
    assert_keys(seen_at(topics, 0), "number text work day");
    assert_int_equal(seen_int(seen_at(topics, 0), "day"), w.today);
    assert_int_equal(seen_int(seen_at(topics, 1), "day"), w.today);     /* the second lesson */
    assert_int_equal(seen_int(seen_at(topics, 2), "day"), w.today + 1); /* Wednesday */
    const msgpack_object *lessons = seen(view, "lessons");
    assert_int_equal(seen_count(lessons), 1);
    assert_keys(seen_at(lessons, 0),
                "id day shift n assigned assigned_name actual actual_name writable topic number "
                "work topic_seq homework homework_due manner homework_late_min recorded late "
                "topic_recorded");
    assert_int_equal(seen_int(seen_at(lessons, 0), "number"), 1);
    assert_true(seen_bool(seen_at(lessons, 0), "writable"));
    assert_false(seen_bool(seen_at(lessons, 0), "late"));
    /* The second one of the day is open, and the rest of the quarter. */
    const msgpack_object *open = seen(view, "open");
    assert_true(seen_count(open) > 10);
    assert_keys(seen_at(open, 0), "day shift n given actual actual_name");
    assert_int_equal(seen_int(seen_at(open, 0), "day"), w.today);
    assert_int_equal(seen_int(seen_at(open, 0), "n"), 2);
    eye_close(&eye);
}

static int64_t figure(base_day day, const char *key)
{
    int64_t value = seen_int(row(day), key);
    eye_close(&eye);
    return value;
}

static void the_lag_is_what_was_due_and_not_taught(void **state)
{
    (void)state;
    assert_int_equal(figure(w.today, "due"), 2); /* it is 11:00, both are over */
    assert_int_equal(figure(w.today, "planned"), 3);
    assert_int_equal(figure(w.today, "held"), 1);
    assert_int_equal(figure(w.today, "taught"), 0);
    assert_int_equal(figure(w.today, "lag"), 2);
    topic(w.lesson, 1, "Натуральные числа");
    assert_int_equal(figure(w.today, "lag"), 1);
    assert_int_equal(figure(w.today + 30, "lag"), 1); /* what is to come is not due */
    w.now_ms += INT64_C(31) * 86400000;
    assert_int_equal(figure(w.today + 30, "lag"), 2); /* never more than the plan has */
}

static void the_same_topic_twice_is_one(void **state)
{
    (void)state;
    proj_id second;
    topic(w.lesson, 1, "Натуральные числа");
    world_lesson(&w, by(TEACHER), &w.people[TEACHER], 2, second);
    topic(second, 1, "Натуральные числа");
    assert_int_equal(figure(w.today, "held"), 2);
    assert_int_equal(figure(w.today, "taught"), 1);
    assert_int_equal(figure(w.today, "lag"), 1);
}

static void a_lesson_that_fell_out_stays_due_and_is_told(void **state)
{
    (void)state;
    act_change(&w.draft, w.class_a, w.maths, w.today, 2, w.people[TEACHER].account, NULL);
    world_do(&w, by(DEPUTY), NULL);
    const msgpack_object *one = row(w.today);
    assert_keys(one, "group group_name grade subject subject_name account account_name planned due "
                     "fallen held taught lag");
    assert_int_equal(seen_int(one, "due"), 2);
    assert_int_equal(seen_int(one, "fallen"), 1);
    assert_true(seen_id(one, "account", w.people[TEACHER].account));
    eye_close(&eye);
    const msgpack_object *open = seen(plan(), "open");
    assert_false(seen_bool(seen_at(open, 0), "given"));
    eye_close(&eye);
}

static void a_teacher_sees_how_far_the_own_pages_are(void **state)
{
    (void)state;
    eye_open(&eye, &w, w.people[OTHER].account);
    const msgpack_object *rows =
        seen(eye_see(&eye, proj_view_programme(&eye.view, w.today)), "rows");
    assert_int_equal(seen_count(rows), 1);
    assert_true(seen_id(seen_at(rows, 0), "subject", w.drawing));
    assert_int_equal(seen_int(seen_at(rows, 0), "planned"), 0);
    assert_int_equal(seen_int(seen_at(rows, 0), "lag"), 0); /* without a plan there is none */
    eye_close(&eye);
}

static const msgpack_object *plan_seen_by(enum who who)
{
    eye_open(&eye, &w, w.people[who].account);
    return eye_see(&eye, proj_view_plan(&eye.view, w.class_a, w.maths));
}

/* A topic taken back is gone from the plan, and can be set again. */
static void a_topic_of_the_plan_is_taken_back(void **state)
{
    (void)state;
    static const char *const again[] = {"Сложение и вычитание"};
    act_plan_withdraw(&w.draft, w.maths, 5, 3);
    world_do(&w, by(TEACHER), NULL);
    const msgpack_object *topics = seen(plan(), "topics");
    assert_int_equal(seen_count(topics), 2);
    eye_close(&eye);
    assert_int_equal(figure(w.today, "planned"), 2);
    act_plan(&w.draft, w.maths, 5, 3, again, 1);
    world_do(&w, by(TEACHER), NULL);
    topics = seen(plan(), "topics");
    assert_int_equal(seen_count(topics), 3);
    assert_true(seen_text(seen_at(topics, 2), "text", again[0]));
    eye_close(&eye);
}

static void who_teaches_in_the_grade_may_set_the_plan(void **state)
{
    (void)state;
    const msgpack_object *view = plan_seen_by(TEACHER);
    assert_true(seen_bool(view, "may_set"));
    assert_int_equal(seen_int(view, "grade"), 5);
    eye_close(&eye);
    assert_true(seen_bool(plan_seen_by(DEPUTY), "may_set"));
    eye_close(&eye);
    assert_false(seen_bool(plan_seen_by(CLASS_TEACHER), "may_set"));
    eye_close(&eye);
}

/* From the day on which the class goes up its plan is that of the new grade. */
static void a_class_that_goes_up_has_the_plan_of_its_new_grade(void **state)
{
    (void)state;
    static const char *const topics[] = {"Дроби"};
    act_plan(&w.draft, w.maths, 6, 1, topics, 1);
    world_do(&w, by(DEPUTY), NULL);
    act_group_change(&w.draft, w.class_a, w.today + 10, 6, 1, "6А", NULL);
    world_do(&w, by(OFFICE), NULL);
    assert_int_equal(seen_count(seen(plan(), "topics")), 3);
    eye_close(&eye);
    w.now_ms += INT64_C(10) * 86400000;
    assert_int_equal(seen_count(seen(plan(), "topics")), 1);
    eye_close(&eye);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(topics_have_their_day_by_the_timetable),
        CASE(the_lag_is_what_was_due_and_not_taught),
        CASE(the_same_topic_twice_is_one),
        CASE(a_lesson_that_fell_out_stays_due_and_is_told),
        CASE(a_topic_of_the_plan_is_taken_back),
        CASE(who_teaches_in_the_grade_may_set_the_plan),
        CASE(a_class_that_goes_up_has_the_plan_of_its_new_grade),
        CASE(a_teacher_sees_how_far_the_own_pages_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
