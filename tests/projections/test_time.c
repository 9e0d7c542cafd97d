/* The school's time: working days, bells, last lessons, and what is late (never refused). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "projections/deadlines.h"
#include "projections/planned.h"
#include "tests/projections/little.h"

#define OFFSET 180
#define DAY_MS INT64_C(86400000)

static base_day day(int month, int number)
{
    return base_day_from_civil(2026, month, number);
}

/* A moment at school. */
static base_time_ms at(base_day when, int hour, int minute)
{
    return (base_time_ms)when * DAY_MS + (base_time_ms)(hour * 60 + minute - OFFSET) * 60000;
}

static void school_days_follow_week_holidays_and_transfers(void **state)
{
    (void)state;
    struct proj_txn *txn = world_read(&w);
    assert_true(proj_is_school_day(txn, day(9, 1), 5, 5));
    assert_true(proj_is_school_day(txn, day(9, 4), 5, 5));    /* Friday */
    assert_false(proj_is_school_day(txn, day(9, 5), 5, 5));   /* Saturday in a week of five days */
    assert_true(proj_is_school_day(txn, day(9, 5), 5, 6));    /* and of six */
    assert_false(proj_is_school_day(txn, day(9, 6), 5, 6));   /* Sunday */
    assert_true(proj_is_school_day(txn, day(9, 12), 5, 5));   /* a transferred Saturday */
    assert_false(proj_is_school_day(txn, day(10, 26), 5, 5)); /* holidays, first day */
    assert_false(proj_is_school_day(txn, day(11, 2), 5, 5));  /* and last */
    assert_false(proj_is_school_day(txn, day(11, 3), 5, 5));  /* a day off */
    assert_true(proj_is_school_day(txn, day(11, 4), 5, 5));
    world_read_end(txn);
}

static void holidays_of_some_grades_leave_the_others_alone(void **state)
{
    (void)state;
    const struct act_row row = {
        PROJ_CALENDAR_HOLIDAYS, "Первоклассникам", day(12, 1), day(12, 7), 1, 1};
    act_calendar(&w.draft, "2026/27, 1", &row, 1);
    world_do(&w, &w.people[DEPUTY].session, NULL);
    struct proj_txn *txn = world_read(&w);
    assert_false(proj_is_school_day(txn, day(12, 1), 1, 5));
    assert_true(proj_is_school_day(txn, day(12, 1), 5, 5));
    assert_false(proj_is_school_day(txn, day(11, 3), 5, 5)); /* the other calendar still holds */
    world_read_end(txn);
}

static void the_office_works_in_the_holidays_but_not_on_days_off(void **state)
{
    (void)state;
    struct proj_txn *txn = world_read(&w);
    assert_int_equal(proj_next_working_day(txn, day(9, 1)), day(9, 2));
    assert_int_equal(proj_next_working_day(txn, day(9, 4)), day(9, 7));   /* over a weekend */
    assert_int_equal(proj_next_working_day(txn, day(9, 11)), day(9, 12)); /* transferred Saturday */
    assert_int_equal(proj_next_working_day(txn, day(9, 12)), day(9, 14));
    assert_int_equal(proj_next_working_day(txn, day(10, 26)), day(10, 27)); /* pupils' holidays */
    assert_int_equal(proj_next_working_day(txn, day(11, 2)), day(11, 4));   /* over the day off */
    world_read_end(txn);
}

/* CT-11, ST-16: within one working day. */
static void notice_is_due_at_the_end_of_the_next_working_day(void **state)
{
    (void)state;
    struct proj_txn *txn = world_read(&w);
    assert_int_equal(proj_notice_due(txn, at(day(9, 1), 0, 0), OFFSET), at(day(9, 3), 0, 0) - 1);
    assert_int_equal(proj_notice_due(txn, at(day(9, 1), 23, 59), OFFSET), at(day(9, 3), 0, 0) - 1);
    assert_int_equal(proj_notice_due(txn, at(day(9, 4), 15, 0), OFFSET), at(day(9, 8), 0, 0) - 1);
    assert_int_equal(proj_notice_due(txn, at(day(11, 2), 15, 0), OFFSET), at(day(11, 5), 0, 0) - 1);
    world_read_end(txn);
}

static void marks_are_late_by_their_work(void **state)
{
    (void)state;
    const struct {
        unsigned work;
        int days;
    } works[] = {{1, 0}, {2, 0}, {3, 0}, {4, 3}, {5, 7}, {6, 7}, {12, 7}, {13, 0}};
    for (size_t i = 0; i < sizeof works / sizeof works[0]; i++) {
        base_day lesson = day(9, 1);
        base_time_ms end = at(lesson + works[i].days + 1, 0, 0);
        assert_int_equal(proj_mark_days(works[i].work), works[i].days);
        assert_false(proj_mark_is_late(end - 1, OFFSET, lesson, works[i].work));
        assert_true(proj_mark_is_late(end, OFFSET, lesson, works[i].work));
    }
}

static void absences_are_late_after_the_day_of_the_lesson(void **state)
{
    (void)state;
    assert_false(proj_attendance_is_late(at(day(9, 2), 0, 0) - 1, OFFSET, day(9, 1)));
    assert_true(proj_attendance_is_late(at(day(9, 2), 0, 0), OFFSET, day(9, 1)));
    /* The school's midnight decides, not that of UTC. */
    assert_false(proj_attendance_is_late(at(day(9, 1), 2, 0), OFFSET, day(9, 1)));
}

/* ST-4: 90 minutes after the end of the class's last lesson. */
static void homework_is_due_after_the_last_lesson(void **state)
{
    (void)state;
    struct proj_txn *txn = world_read(&w);
    int end = proj_last_lesson_end(txn, w.class_a, day(9, 1));
    assert_int_equal(end, 510 + 2 * 55 + 45);
    assert_int_equal(proj_homework_due(end, OFFSET, day(9, 1)), at(day(9, 1), 12, 35));
    assert_int_equal(proj_last_lesson_end(txn, w.class_a, day(9, 2)), 510 + 45);
    assert_int_equal(proj_last_lesson_end(txn, w.class_a, day(9, 3)), -1); /* no lessons */
    assert_int_equal(proj_homework_due(-1, OFFSET, day(9, 3)), at(day(9, 4), 0, 0) - 1);
    assert_int_equal(proj_last_lesson_end(txn, w.class_b, day(9, 1)), -1);
    world_read_end(txn);
}

static void groups_drawn_from_a_class_lengthen_its_day(void **state)
{
    (void)state;
    const struct act_slot late = {2, 5, w.maths, w.people[TEACHER].account};
    const struct act_slot early = {2, 2, w.sport, w.people[OTHER].account};
    act_timetable(&w.draft, w.subgroup, w.today, &late, 1);
    world_do(&w, &w.people[DEPUTY].session, NULL);
    act_timetable(&w.draft, w.class_b, w.today, &early, 1);
    world_do(&w, &w.people[DEPUTY].session, NULL);
    struct proj_txn *txn = world_read(&w);
    assert_int_equal(proj_last_lesson_end(txn, w.class_a, day(9, 1)), 510 + 4 * 55 + 45);
    assert_int_equal(proj_last_lesson_end(txn, w.subgroup, day(9, 1)), 510 + 4 * 55 + 45);
    assert_int_equal(proj_last_lesson_end(txn, w.class_b, day(9, 1)), 510 + 55 + 45);
    /* A stream of two classes: the earlier end holds. */
    assert_int_equal(proj_last_lesson_end(txn, w.stream, day(9, 1)), 510 + 55 + 45);
    world_read_end(txn);
}

static void bells_and_timetables_hold_from_their_day(void **state)
{
    (void)state;
    struct proj_bell bell;
    act_bells(&w.draft, 1, day(9, 8), 4, 540, 50);
    world_do(&w, &w.people[DEPUTY].session, NULL);
    const struct act_slot slot = {2, 4, w.maths, w.people[TEACHER].account};
    act_timetable(&w.draft, w.class_a, day(9, 8), &slot, 1);
    world_do(&w, &w.people[DEPUTY].session, NULL);
    struct proj_txn *txn = world_read(&w);
    assert_true(proj_bell_of(txn, 1, 2, day(9, 7), &bell));
    assert_int_equal(bell.start_min, 565);
    assert_true(proj_bell_of(txn, 1, 2, day(9, 8), &bell));
    assert_int_equal(bell.start_min, 590);
    assert_int_equal(bell.end_min, 635);
    assert_false(proj_bell_of(txn, 1, 5, day(9, 8), &bell)); /* set whole: the old fifth is gone */
    assert_false(proj_bell_of(txn, 2, 1, day(9, 8), &bell)); /* no second shift */
    assert_false(proj_bell_of(txn, 1, 1, w.today - 1, &bell));
    assert_int_equal(proj_last_lesson_end(txn, w.class_a, day(9, 8)), 540 + 3 * 50 + 45);
    world_read_end(txn);
}

static void the_plan_gives_topics_by_number(void **state)
{
    (void)state;
    static const char *const more[] = {"Сложение дробей"};
    struct base_bytes text;
    unsigned work;
    act_plan(&w.draft, w.maths, 5, 2, more, 1); /* replaces the second of three */
    world_do(&w, &w.people[DEPUTY].session, NULL);
    struct proj_txn *txn = world_read(&w);
    assert_true(proj_plan_topic(txn, w.maths, 5, 1, &text, &work));
    assert_true(base_bytes_equal(text, BASE_LITERAL("Натуральные числа")));
    assert_int_equal(work, 0);
    assert_true(proj_plan_topic(txn, w.maths, 5, 2, &text, &work));
    assert_true(base_bytes_equal(text, BASE_LITERAL("Сложение дробей")));
    assert_true(proj_plan_topic(txn, w.maths, 5, 3, &text, &work));
    assert_false(proj_plan_topic(txn, w.maths, 5, 4, &text, &work));
    assert_false(proj_plan_topic(txn, w.maths, 6, 1, &text, &work));
    world_read_end(txn);
}

static void members_are_inside_on_both_end_days(void **state)
{
    (void)state;
    struct signer *deputy = &w.people[DEPUTY].session;
    const uint8_t *vera = w.pupils[VERA];
    act_leave(&w.draft, w.class_a, vera, day(9, 10));
    world_do(&w, deputy, NULL);
    act_join(&w.draft, w.class_b, vera, day(9, 11));
    world_do(&w, deputy, NULL);
    struct proj_txn *txn = world_read(&w);
    assert_false(proj_is_member(txn, w.class_a, vera, day(8, 31), LEDGER_SEQ_NONE));
    assert_true(proj_is_member(txn, w.class_a, vera, day(9, 1), LEDGER_SEQ_NONE));
    assert_true(proj_is_member(txn, w.class_a, vera, day(9, 10), LEDGER_SEQ_NONE));
    assert_false(proj_is_member(txn, w.class_a, vera, day(9, 11), LEDGER_SEQ_NONE));
    assert_false(proj_is_member(txn, w.class_b, vera, day(9, 10), LEDGER_SEQ_NONE));
    assert_true(proj_is_member(txn, w.class_b, vera, day(9, 11), LEDGER_SEQ_NONE));
    world_read_end(txn);
    act_leave(&w.draft, w.class_a, vera, day(9, 8)); /* put right: the last leaving tells */
    world_do(&w, deputy, NULL);
    txn = world_read(&w);
    assert_false(proj_is_member(txn, w.class_a, vera, day(9, 9), LEDGER_SEQ_NONE));
    assert_true(proj_is_member(txn, w.class_a, vera, day(9, 8), LEDGER_SEQ_NONE));
    world_read_end(txn);
    act_leave(&w.draft, w.class_a, w.pupils[GLEB], day(9, 20)); /* never was there */
    world_do(&w, deputy, NULL);
    txn = world_read(&w);
    assert_false(proj_is_member(txn, w.class_a, w.pupils[GLEB], day(9, 1), LEDGER_SEQ_NONE));
    world_read_end(txn);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(school_days_follow_week_holidays_and_transfers),
        CASE(holidays_of_some_grades_leave_the_others_alone),
        CASE(the_office_works_in_the_holidays_but_not_on_days_off),
        CASE(notice_is_due_at_the_end_of_the_next_working_day),
        cmocka_unit_test(marks_are_late_by_their_work),
        cmocka_unit_test(absences_are_late_after_the_day_of_the_lesson),
        CASE(homework_is_due_after_the_last_lesson),
        CASE(groups_drawn_from_a_class_lengthen_its_day),
        CASE(bells_and_timetables_hold_from_their_day),
        CASE(the_plan_gives_topics_by_number),
        CASE(members_are_inside_on_both_end_days),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
