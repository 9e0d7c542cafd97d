/* The figures by which schools compare, against classes computed by hand; the summary sheet and the
 * control of filling over the little school. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "projections/figures.h"
#include "tests/projections/eye.h"
#include "tests/projections/little.h"

static struct eye eye;

static struct proj_tally tally_of(const unsigned *values, unsigned count)
{
    struct proj_tally tally = {0};
    for (unsigned i = 0; i < count; i++)
        proj_tally_add(&tally, values[i]);
    return tally;
}

#define TALLY(...)                                                                                 \
    tally_of((const unsigned[]){__VA_ARGS__},                                                      \
             sizeof((const unsigned[]){__VA_ARGS__}) / sizeof(unsigned))

/* 25 pupils: 4 fives, 9 fours, 9 threes, 1 two, 1 н/а, 1 exempt: N = 24. */
static void a_class_by_hand(void **state)
{
    (void)state;
    struct proj_tally t = TALLY(5, 5, 5, 5, 4, 4, 4, 4, 4, 4, 4, 4, 4, 3, 3, 3, 3, 3, 3, 3, 3, 3, 2,
                                PROJ_VALUE_NOT_ASSESSED, PROJ_VALUE_EXEMPT);
    assert_int_equal(proj_tally_counted(&t), 24);
    assert_int_equal(proj_tally_success(&t), 9167); /* 22 of 24: 91.666… */
    assert_int_equal(proj_tally_quality(&t), 5417); /* 13 of 24: 54.166… */
    assert_int_equal(proj_tally_sou(&t), 5513);     /* (400+576+324+16+7)/24 = 55.125 */
    assert_int_equal(proj_tally_mean(&t), 370);     /* 85/23 = 3.6956… */
}

static void nothing_to_divide_by_is_said(void **state)
{
    (void)state;
    struct proj_tally t = TALLY(PROJ_VALUE_EXEMPT, PROJ_VALUE_UNMARKED, PROJ_VALUE_DEFERRED, 0);
    assert_int_equal(proj_tally_counted(&t), 0);
    assert_int_equal(proj_tally_success(&t), -1);
    assert_int_equal(proj_tally_sou(&t), -1);
    assert_int_equal(proj_tally_mean(&t), -1);
    assert_int_equal(t.missing, 1);
}

static void the_extremes(void **state)
{
    (void)state;
    struct proj_tally best = TALLY(5, 5, 5);
    struct proj_tally worst = TALLY(2, 2);
    assert_int_equal(proj_tally_sou(&best), 10000);
    assert_int_equal(proj_tally_quality(&best), 10000);
    assert_int_equal(proj_tally_success(&worst), 0);
    assert_int_equal(proj_tally_sou(&worst), 1600);
}

static void what_a_pupil_is(void **state)
{
    (void)state;
    const struct {
        struct proj_tally tally;
        enum proj_standing standing;
    } rows[] = {{TALLY(5, 5, 5), PROJ_STANDING_EXCELLENT},
                {TALLY(5, 5, 4), PROJ_STANDING_ONE_FOUR},
                {TALLY(4), PROJ_STANDING_GOOD},
                {TALLY(5, 4, 4), PROJ_STANDING_GOOD},
                {TALLY(5, 4, 3), PROJ_STANDING_ONE_THREE},
                {TALLY(5, 3, 3), PROJ_STANDING_FAIR},
                {TALLY(5, 5, 2), PROJ_STANDING_FAILING},
                {TALLY(5, PROJ_VALUE_NOT_ASSESSED), PROJ_STANDING_UNKNOWN},
                {TALLY(2, PROJ_VALUE_NOT_ASSESSED), PROJ_STANDING_FAILING},
                {TALLY(5, PROJ_VALUE_EXEMPT), PROJ_STANDING_EXCELLENT},
                {TALLY(PROJ_VALUE_UNMARKED), PROJ_STANDING_NONE}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_int_equal(proj_standing_of(&rows[i].tally), rows[i].standing);
}

static void look_as(enum who who)
{
    eye_open(&eye, &w, w.people[who].account);
}

static void period(enum pupil pupil, unsigned value)
{
    act_period(&w.draft, w.class_a, w.maths, "1 четверть", w.pupils[pupil], value, LEDGER_SEQ_NONE,
               1);
    world_do(&w, &w.people[TEACHER].session, NULL);
}

static void the_summary_sheet_is_the_period_marks(void **state)
{
    (void)state;
    period(ANYA, 5);
    period(BORYA, 3);
    period(VERA, PROJ_VALUE_NOT_ASSESSED);
    look_as(CLASS_TEACHER);
    const msgpack_object *sheet = eye_see(&eye, proj_view_summary(&eye.view, w.class_a));
    assert_keys(sheet, "group size periods subjects pupils marks by_subject by_period");
    assert_int_equal(seen_count(seen(sheet, "pupils")), 3);
    assert_int_equal(seen_count(seen(sheet, "marks")), 3);
    assert_int_equal(seen_count(seen(sheet, "by_subject")), 1);
    const msgpack_object *maths = seen_at(seen(sheet, "by_subject"), 0);
    assert_int_equal(seen_int(maths, "counted"), 3);
    assert_int_equal(seen_int(maths, "success"), 6667);
    assert_int_equal(seen_int(maths, "quality"), 3333);
    assert_int_equal(seen_int(maths, "sou"), 4767); /* (100 + 36 + 7) / 3 */
    assert_int_equal(seen_int(maths, "mean"), 400);
    const msgpack_object *quarter = seen_at(seen(sheet, "by_period"), 0);
    assert_int_equal(seen_int(quarter, "judged"), 3);
    assert_int_equal(seen_int(quarter, "success"), 6667); /* Vera is not assessed */
    assert_int_equal(seen_int(quarter, "quality"), 3333);
    eye_close(&eye);
}

static void the_summary_sheet_is_for_those_who_answer_for_the_class(void **state)
{
    (void)state;
    static const enum who may[] = {HEAD, DEPUTY, CLASS_TEACHER};
    static const enum who may_not[] = {TEACHER, OTHER, SUPPORT, OFFICE, PARENT, PUPIL, AUDITOR};
    for (size_t i = 0; i < sizeof may / sizeof may[0]; i++) {
        look_as(may[i]);
        assert_int_equal(proj_view_summary(&eye.view, w.class_a), PROJ_VIEW_DONE);
        eye_close(&eye);
    }
    for (size_t i = 0; i < sizeof may_not / sizeof may_not[0]; i++) {
        look_as(may_not[i]);
        assert_int_equal(proj_view_summary(&eye.view, w.class_a), PROJ_VIEW_FORBIDDEN);
        eye_close(&eye);
    }
}

static void a_struck_out_period_mark_leaves_the_sheet(void **state)
{
    (void)state;
    world_tick(&w);
    base_time_ms theft = w.now_ms;
    period(ANYA, 5);
    world_tick(&w);
    world_void(&w, &w.people[TEACHER], &w.people[TEACHER].session.key, theft);
    look_as(HEAD);
    const msgpack_object *sheet = eye_see(&eye, proj_view_summary(&eye.view, w.class_a));
    assert_int_equal(seen_count(seen(sheet, "marks")), 0);
    eye_close(&eye);
}

static const msgpack_object *row_of(const msgpack_object *filling, const char *subject)
{
    const msgpack_object *rows = seen(filling, "rows");
    for (unsigned i = 0; i < seen_count(rows); i++) {
        if (seen_text(seen_at(rows, i), "subject_name", subject))
            return seen_at(rows, i);
    }
    return NULL;
}

/* 1 September, 11:30: three lessons of 5А are over, one is open without anything on it. */
static void control_counts_what_is_due_and_what_is_there(void **state)
{
    (void)state;
    act_topic(&w.draft, w.lesson, "Дроби", LEDGER_SEQ_NONE);
    world_do(&w, &w.people[TEACHER].session, NULL);
    w.now_ms += 30 * 60000;
    look_as(DEPUTY);
    const msgpack_object *filling = eye_see(&eye, proj_view_filling(&eye.view, w.today, w.today));
    const msgpack_object *maths = row_of(filling, "Математика");
    const msgpack_object *drawing = row_of(filling, "Рисование");
    assert_non_null(maths);
    assert_int_equal(seen_int(maths, "due"), 2);
    assert_int_equal(seen_int(maths, "recorded"), 1);
    assert_int_equal(seen_int(maths, "no_topic"), 1);
    assert_int_equal(seen_int(maths, "no_homework"), 0); /* 90 minutes are not over */
    assert_int_equal(seen_int(maths, "no_sheet"), 0);    /* the day is not over */
    assert_non_null(drawing);
    assert_true(seen_text(drawing, "name", "Заменова А. И.")); /* the substitute's to fill in */
    eye_close(&eye);
    w.now_ms += INT64_C(86400000);
    look_as(DEPUTY);
    maths = row_of(eye_see(&eye, proj_view_filling(&eye.view, w.today, w.today)), "Математика");
    assert_int_equal(seen_int(maths, "no_homework"), 2);
    assert_int_equal(seen_int(maths, "no_sheet"), 2);
    eye_close(&eye);
}

static void grade_one_owes_no_homework(void **state)
{
    (void)state;
    const struct act_slot slot = {2, 1, w.maths, w.people[TEACHER].account};
    act_timetable(&w.draft, w.class_first, w.today, &slot, 1);
    world_do(&w, &w.people[DEPUTY].session, NULL);
    w.now_ms += INT64_C(86400000);
    look_as(DEPUTY);
    const msgpack_object *lesson =
        seen_at(seen(eye_see(&eye, proj_view_filling_of(&eye.view, w.class_first, w.maths, w.today,
                                                        w.today)),
                     "lessons"),
                0);
    assert_int_equal(seen_int(lesson, "lacks"), 1 + 2 + 8);
    eye_close(&eye);
    look_as(DEPUTY);
    const msgpack_object *rows =
        seen(eye_see(&eye, proj_view_filling(&eye.view, w.today, w.today)), "rows");
    for (unsigned i = 0; i < seen_count(rows); i++) {
        const msgpack_object *row = seen_at(rows, i);
        if (seen_id(row, "group", w.class_first)) {
            assert_int_equal(seen_int(row, "no_topic"), 1);
            assert_int_equal(seen_int(row, "no_homework"), 0);
        }
    }
    eye_close(&eye);
}

static void control_flags_what_came_late(void **state)
{
    (void)state;
    w.now_ms += INT64_C(86400000);
    world_login(&w, &w.people[TEACHER]);
    act_homework(&w.draft, w.lesson, "№ 5", LEDGER_SEQ_NONE);
    world_do(&w, &w.people[TEACHER].session, NULL);
    act_attendance(&w.draft, w.lesson, w.pupils[BORYA], 1, NULL, LEDGER_SEQ_NONE, true);
    world_do(&w, &w.people[TEACHER].session, NULL);
    world_mark(&w, &w.people[TEACHER].session, ANYA, 4, LEDGER_SEQ_NONE);
    look_as(DEPUTY);
    const msgpack_object *maths =
        row_of(eye_see(&eye, proj_view_filling(&eye.view, w.today, w.today)), "Математика");
    assert_int_equal(seen_int(maths, "late_homework"), 1);
    assert_int_equal(seen_int(maths, "late_sheets"), 1);
    assert_int_equal(seen_int(maths, "late_absences"), 1);
    assert_int_equal(seen_int(maths, "late_marks"), 1);
    eye_close(&eye);
    look_as(DEPUTY);
    const msgpack_object *lessons =
        seen(eye_see(&eye, proj_view_filling_of(&eye.view, w.class_a, w.maths, w.today, w.today)),
             "lessons");
    assert_int_equal(seen_count(lessons), 2);
    assert_int_equal(seen_int(seen_at(lessons, 1), "lacks"), 15);
    assert_true(seen_int(seen_at(lessons, 0), "homework_late_min") > 60);
    eye_close(&eye);
}

static void a_teacher_sees_the_own_rows_only(void **state)
{
    (void)state;
    w.now_ms += INT64_C(86400000);
    look_as(TEACHER);
    const msgpack_object *rows =
        seen(eye_see(&eye, proj_view_filling(&eye.view, w.today, w.today)), "rows");
    assert_int_equal(seen_count(rows), 1);
    eye_close(&eye);
    look_as(PARENT);
    rows = seen(eye_see(&eye, proj_view_filling(&eye.view, w.today, w.today)), "rows");
    assert_int_equal(seen_count(rows), 0);
    eye_close(&eye);
}

static void the_classes_stand_side_by_side(void **state)
{
    (void)state;
    period(ANYA, 5);
    period(BORYA, PROJ_VALUE_DEFERRED);
    look_as(DEPUTY);
    const msgpack_object *classes = seen(eye_see(&eye, proj_view_classes(&eye.view)), "classes");
    const msgpack_object *own = NULL;
    for (unsigned i = 0; i < seen_count(classes); i++) {
        if (seen_id(seen_at(classes, i), "id", w.class_a))
            own = seen_at(classes, i);
    }
    assert_non_null(own);
    assert_true(seen_id(own, "teacher", w.people[CLASS_TEACHER].account));
    const msgpack_object *quarter = seen_at(seen(own, "by_period"), 0);
    assert_keys(quarter,
                "period pupils standings judged success quality sou mean missing deferred");
    assert_int_equal(seen_int(quarter, "success"), 10000);
    assert_int_equal(seen_int(quarter, "missing"), 1); /* Vera */
    assert_int_equal(seen_int(quarter, "deferred"), 1);
    eye_close(&eye);
    look_as(CLASS_TEACHER);
    classes = seen(eye_see(&eye, proj_view_classes(&eye.view)), "classes");
    assert_int_equal(seen_count(classes), 1);
    eye_close(&eye);
    look_as(PARENT);
    classes = seen(eye_see(&eye, proj_view_classes(&eye.view)), "classes");
    assert_int_equal(seen_count(classes), 0);
    eye_close(&eye);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_class_by_hand),
        cmocka_unit_test(nothing_to_divide_by_is_said),
        cmocka_unit_test(the_extremes),
        cmocka_unit_test(what_a_pupil_is),
        CASE(the_summary_sheet_is_the_period_marks),
        CASE(the_summary_sheet_is_for_those_who_answer_for_the_class),
        CASE(a_struck_out_period_mark_leaves_the_sheet),
        CASE(control_counts_what_is_due_and_what_is_there),
        CASE(grade_one_owes_no_homework),
        CASE(control_flags_what_came_late),
        CASE(a_teacher_sees_the_own_rows_only),
        CASE(the_classes_stand_side_by_side),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
