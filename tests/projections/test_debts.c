/* Debt points: noted in a mark's cell with a term, made good by the mark, flagged when the term has
 * passed, and falling with what they stand on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/projections/eye.h"
#include "tests/projections/little.h"

#define DAY_MS INT64_C(86400000)

static struct eye eye;

static void look_as(enum who who)
{
    eye_open(&eye, &w, w.people[who].account);
}

static ledger_seq owe(enum pupil pupil, base_day until, ledger_seq prev)
{
    act_debt(&w.draft, w.lesson, w.pupils[pupil], until, 0, prev);
    return world_do(&w, by(TEACHER), NULL);
}

static unsigned debts_of(enum pupil pupil)
{
    look_as(HEAD);
    unsigned count =
        seen_count(seen(eye_see(&eye, proj_view_debts(&eye.view, w.pupils[pupil])), "debts"));
    eye_close(&eye);
    return count;
}

static void a_point_stands_until_a_mark_is_put(void **state)
{
    (void)state;
    ledger_seq point = owe(ANYA, w.today + 7, LEDGER_SEQ_NONE);
    look_as(PARENT);
    const msgpack_object *debts = eye_see(&eye, proj_view_debts(&eye.view, w.pupils[ANYA]));
    assert_keys(debts, "size today debts");
    assert_int_equal(seen_count(seen(debts, "debts")), 1);
    const msgpack_object *one = seen_at(seen(debts, "debts"), 0);
    assert_keys(one, "pupil pupil_name group group_name subject subject_name lesson day n column "
                     "work until seq overdue");
    assert_int_equal(seen_int(one, "until"), w.today + 7);
    assert_int_equal(seen_int(one, "seq"), point);
    assert_false(seen_bool(one, "overdue"));
    eye_close(&eye);
    look_as(TEACHER);
    const msgpack_object *page =
        eye_see(&eye, proj_view_journal(&eye.view, w.class_a, w.maths, w.today, w.today));
    const msgpack_object *cell = seen_at(seen(page, "debts"), 0);
    assert_int_equal(seen_count(cell), 7);
    assert_int_equal(int_at(cell, 1), 0); /* Anya is first by name */
    assert_int_equal(int_at(cell, 3), w.today + 7);
    eye_close(&eye);
    ledger_seq mark = world_mark(&w, by(TEACHER), ANYA, 4, LEDGER_SEQ_NONE);
    assert_int_equal(debts_of(ANYA), 0);
    world_mark(&w, by(TEACHER), ANYA, 0, mark); /* withdrawn: owed again */
    assert_int_equal(debts_of(ANYA), 1);
    owe(ANYA, INT32_MIN, point);
    assert_int_equal(debts_of(ANYA), 0);
}

static int64_t overdue(void)
{
    look_as(DEPUTY);
    const msgpack_object *rows =
        seen(eye_see(&eye, proj_view_filling(&eye.view, w.today, w.today)), "rows");
    int64_t count = -1;
    for (unsigned i = 0; i < seen_count(rows); i++) {
        if (seen_id(seen_at(rows, i), "group", w.class_a) &&
            seen_id(seen_at(rows, i), "subject", w.maths))
            count = seen_int(seen_at(rows, i), "overdue_debts");
    }
    eye_close(&eye);
    return count;
}

static void control_counts_terms_that_have_passed(void **state)
{
    (void)state;
    owe(ANYA, w.today, LEDGER_SEQ_NONE);
    owe(BORYA, w.today + 1, LEDGER_SEQ_NONE);
    assert_int_equal(overdue(), 0); /* the last day is still in time */
    w.now_ms += DAY_MS;
    assert_int_equal(overdue(), 1);
    w.now_ms += DAY_MS;
    assert_int_equal(overdue(), 2);
    world_login(&w, &w.people[TEACHER]);
    world_mark(&w, by(TEACHER), BORYA, 3, LEDGER_SEQ_NONE);
    assert_int_equal(overdue(), 1);
    look_as(CLASS_TEACHER);
    const msgpack_object *debts =
        seen(eye_see(&eye, proj_view_debts_of_class(&eye.view, w.class_a)), "debts");
    assert_int_equal(seen_count(debts), 1);
    assert_true(seen_id(seen_at(debts, 0), "pupil", w.pupils[ANYA]));
    assert_true(seen_bool(seen_at(debts, 0), "overdue"));
    eye_close(&eye);
}

static void what_cannot_be_is_refused(void **state)
{
    (void)state;
    ledger_seq point = owe(ANYA, w.today + 7, LEDGER_SEQ_NONE);
    act_debt(&w.draft, w.lesson, w.pupils[ANYA], w.today + 9, 0, LEDGER_SEQ_NONE);
    world_refused(&w, by(TEACHER), NULL, PROJ_REFUSED_STALE, "cells[0].prev");
    act_debt(&w.draft, w.lesson, w.pupils[ANYA], w.today - 1, 0, point);
    world_refused(&w, by(TEACHER), NULL, PROJ_REFUSED_DATE, "cells[0].until");
    act_debt(&w.draft, w.lesson, w.pupils[GLEB], w.today + 7, 0, LEDGER_SEQ_NONE);
    world_refused(&w, by(TEACHER), NULL, PROJ_REFUSED_NOT_MEMBER, "cells[0].pupil");
    act_debt(&w.draft, w.lesson, w.pupils[BORYA], w.today + 7, 0, LEDGER_SEQ_NONE);
    world_refused(&w, by(OTHER), NULL, PROJ_REFUSED_NO_RIGHT, "lesson");
    act_close_period(&w.draft, w.class_a, "1 четверть", w.today - 1, w.today + 1);
    world_do(&w, by(DEPUTY), NULL);
    act_debt(&w.draft, w.lesson, w.pupils[BORYA], w.today + 7, 0, LEDGER_SEQ_NONE);
    world_refused(&w, by(TEACHER), NULL, PROJ_REFUSED_LOCKED, "lesson");
}

static void an_unmarked_subject_has_no_points(void **state)
{
    (void)state;
    proj_id lesson;
    world_new_id(&w, lesson);
    act_lesson(&w.draft, lesson, w.class_a, w.drawing, w.people[OTHER].account,
               w.people[SUBSTITUTE].account, w.today, 3);
    world_do(&w, by(SUBSTITUTE), NULL);
    act_debt(&w.draft, lesson, w.pupils[ANYA], w.today + 7, 0, LEDGER_SEQ_NONE);
    world_refused(&w, by(SUBSTITUTE), NULL, PROJ_REFUSED_UNMARKED, "lesson");
}

static void a_point_by_a_thief_is_gone_and_one_in_a_stolen_lesson_falls(void **state)
{
    (void)state;
    proj_id lesson;
    base_time_ms theft = w.now_ms;
    owe(ANYA, w.today + 7, LEDGER_SEQ_NONE);
    (void)world_lesson(&w, by(TEACHER), &w.people[TEACHER], 2, lesson);
    world_tick(&w);
    struct signer stolen = w.people[TEACHER].session;
    world_login(&w, &w.people[TEACHER]);
    act_debt(&w.draft, lesson, w.pupils[BORYA], w.today + 7, 0, LEDGER_SEQ_NONE);
    ledger_seq honest = world_do(&w, by(TEACHER), NULL);
    assert_int_equal(debts_of(ANYA), 1);
    assert_int_equal(debts_of(BORYA), 1);
    world_void(&w, &w.people[TEACHER], &stolen.key, theft);
    assert_int_equal(debts_of(ANYA), 0);
    assert_int_equal(debts_of(BORYA), 0);
    assert_int_equal(world_void_of(&w, honest).reason, PROJ_VOID_UNGROUNDED);
}

static void a_point_falls_with_the_membership(void **state)
{
    (void)state;
    base_time_ms theft = w.now_ms;
    act_join(&w.draft, w.class_a, w.pupils[GLEB], w.today);
    world_do(&w, by(DEPUTY), NULL);
    ledger_seq point = owe(GLEB, w.today + 7, LEDGER_SEQ_NONE);
    world_tick(&w);
    struct told told =
        world_report(&w, &w.root, &w.people[DEPUTY], &w.people[DEPUTY].session.key, theft);
    assert_int_equal(world_void_of(&w, point).reason, PROJ_VOID_UNGROUNDED);
    assert_int_equal(world_overrule(&w, &w.root, &told), 0);
    assert_true(world_counts(&w, point));
}

static void a_struck_point_is_given_back_to_its_author(void **state)
{
    (void)state;
    base_time_ms theft = w.now_ms;
    owe(ANYA, w.today + 7, LEDGER_SEQ_NONE);
    world_tick(&w);
    struct signer stolen = w.people[TEACHER].session;
    world_login(&w, &w.people[TEACHER]);
    world_void(&w, &w.people[TEACHER], &stolen.key, theft);
    look_as(TEACHER);
    const msgpack_object *rows = seen(eye_see(&eye, proj_view_repairs(&eye.view, false)), "rows");
    bool met = false;
    for (unsigned i = 0; i < seen_count(rows); i++) {
        const msgpack_object *row = seen_at(rows, i);
        if (!seen_text(row, "what", "debt"))
            continue;
        met = true;
        assert_true(seen_text(row, "was", "· до 08.09"));
        assert_int_equal(seen_int(seen(row, "content"), "until"), w.today + 7);
        assert_int_equal(seen_int(seen(row, "content"), "work"), 4);
    }
    assert_true(met);
    eye_close(&eye);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE_LATER(a_point_stands_until_a_mark_is_put),
        CASE_LATER(control_counts_terms_that_have_passed),
        CASE_LATER(what_cannot_be_is_refused),
        CASE_LATER(an_unmarked_subject_has_no_points),
        CASE_LATER(a_point_by_a_thief_is_gone_and_one_in_a_stolen_lesson_falls),
        CASE_LATER(a_point_falls_with_the_membership),
        CASE_LATER(a_struck_point_is_given_back_to_its_author),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
