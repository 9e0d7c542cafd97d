/* Control works against period marks, by hand over the little school. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/projections/eye.h"
#include "tests/projections/little.h"

static struct eye eye;

static void look_as(enum who who)
{
    eye_open(&eye, &w, w.people[who].account);
}

static void work(enum pupil pupil, unsigned value, unsigned column, unsigned kind)
{
    act_mark_of(&w.draft, w.lesson, w.pupils[pupil], value, NULL, LEDGER_SEQ_NONE, column, kind,
                30);
    world_do(&w, by(TEACHER), NULL);
}

static void period(enum pupil pupil, unsigned value)
{
    act_period(&w.draft, w.class_a, w.maths, "1 четверть", w.pupils[pupil], value, LEDGER_SEQ_NONE,
               1);
    world_do(&w, by(TEACHER), NULL);
}

/* Control 5 3 2, dictation 4 4 –, an answer that is none of them; for the quarter 5, 4, 3. */
static void teach(void)
{
    work(ANYA, 5, 0, 4);
    work(BORYA, 3, 0, 4);
    work(VERA, 2, 0, 4);
    work(ANYA, 4, 1, 5);
    work(BORYA, 4, 1, 5);
    work(VERA, 5, 2, 1);
    period(ANYA, 5);  /* works 4.50: 5, equal */
    period(BORYA, 4); /* works 3.50: 4, equal */
    period(VERA, 3);  /* works 2.00: higher, and a whole mark apart */
}

static void works_stand_against_the_marks_of_the_period(void **state)
{
    (void)state;
    teach();
    look_as(CLASS_TEACHER);
    const msgpack_object *all =
        eye_see(&eye, proj_view_comparison(&eye.view, w.class_a, "1 четверть"));
    assert_keys(all, "group group_name period from to size pages all");
    assert_int_equal(seen_int(all, "from"), w.today);
    assert_int_equal(seen_count(seen(all, "pages")), 1); /* only maths has such works */
    const msgpack_object *maths = seen_at(seen(all, "pages"), 0);
    assert_keys(maths, "group group_name subject subject_name work_count work_mean period_mean "
                       "work_success period_success work_quality period_quality compared higher "
                       "equal lower works apart");
    assert_int_equal(seen_int(maths, "work_count"), 2);
    assert_int_equal(seen_int(maths, "work_mean"), 360);     /* 18 / 5 */
    assert_int_equal(seen_int(maths, "period_mean"), 400);   /* 12 / 3 */
    assert_int_equal(seen_int(maths, "work_success"), 8000); /* 4 of 5 */
    assert_int_equal(seen_int(maths, "work_quality"), 6000);
    assert_int_equal(seen_int(maths, "period_success"), 10000);
    assert_int_equal(seen_int(maths, "period_quality"), 6667);
    assert_int_equal(seen_int(maths, "compared"), 3);
    assert_int_equal(seen_int(maths, "higher"), 1);
    assert_int_equal(seen_int(maths, "equal"), 2);
    assert_int_equal(seen_int(maths, "lower"), 0);
    const msgpack_object *control = seen_at(seen(maths, "works"), 0);
    assert_keys(control, "lesson day work count mean success quality");
    assert_int_equal(seen_int(control, "work"), 4);
    assert_int_equal(seen_int(control, "count"), 3);
    assert_int_equal(seen_int(control, "mean"), 333);
    assert_int_equal(seen_count(seen(maths, "apart")), 1);
    const msgpack_object *vera = seen_at(seen(maths, "apart"), 0);
    assert_true(seen_id(vera, "pupil", w.pupils[VERA]));
    assert_int_equal(seen_int(vera, "mean"), 200);
    assert_int_equal(seen_int(vera, "value"), 3);
    assert_int_equal(seen_int(seen(all, "all"), "compared"), 3);
    eye_close(&eye);
}

static void the_classes_stand_side_by_side(void **state)
{
    (void)state;
    teach();
    look_as(DEPUTY);
    const msgpack_object *classes =
        seen(eye_see(&eye, proj_view_comparison_of_school(&eye.view, "1 четверть")), "classes");
    assert_int_equal(seen_count(classes), 3);
    unsigned with = 0;
    for (unsigned i = 0; i < seen_count(classes); i++) {
        const msgpack_object *one = seen_at(classes, i);
        if (seen_int(one, "work_count") == 0)
            continue;
        with++;
        assert_true(seen_id(one, "id", w.class_a));
        assert_int_equal(seen_int(one, "work_mean"), 360);
        assert_int_equal(seen_int(one, "higher"), 1);
    }
    assert_int_equal(with, 1);
    eye_close(&eye);
    look_as(CLASS_TEACHER);
    classes =
        seen(eye_see(&eye, proj_view_comparison_of_school(&eye.view, "1 четверть")), "classes");
    assert_int_equal(seen_count(classes), 1);
    eye_close(&eye);
}

static void it_is_for_those_who_answer_for_the_class(void **state)
{
    (void)state;
    static const enum who may_not[] = {TEACHER, OTHER, SUPPORT, OFFICE, PARENT, PUPIL, AUDITOR};
    for (size_t i = 0; i < sizeof may_not / sizeof may_not[0]; i++) {
        look_as(may_not[i]);
        assert_int_equal(proj_view_comparison(&eye.view, w.class_a, "1 четверть"),
                         PROJ_VIEW_FORBIDDEN);
        eye_close(&eye);
    }
    look_as(HEAD);
    assert_int_equal(proj_view_comparison(&eye.view, w.class_a, "9 четверть"), PROJ_VIEW_MISSING);
    eye_close(&eye);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE_LATER(works_stand_against_the_marks_of_the_period),
        CASE_LATER(the_classes_stand_side_by_side),
        CASE_LATER(it_is_for_those_who_answer_for_the_class),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
