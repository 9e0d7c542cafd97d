/* The schedule of control works: too many on a day or in a week is said, and refused never (CT-2b,
 * ST-9). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/projections/eye.h"
#include "tests/projections/little.h"

static struct eye eye;

static void plans(const proj_id group, const proj_id subject, base_day day, unsigned n)
{
    act_control(&w.draft, group, subject, day, n);
    world_do(&w, by(DEPUTY), NULL);
}

static const msgpack_object *works_of(const uint8_t *class_id)
{
    eye_open(&eye, &w, w.people[TEACHER].account);
    return eye_see(&eye, proj_view_works(&eye.view, class_id, w.today, w.today + 6));
}

/* The only class of a check in that slot. */
static const msgpack_object *check(const proj_id group, base_day day, unsigned n)
{
    eye_open(&eye, &w, w.people[TEACHER].account);
    return seen_at(
        seen(eye_see(&eye, proj_view_works_check(&eye.view, group, day, 1, n)), "classes"), 0);
}

static unsigned warning_count(const msgpack_object *view)
{
    return seen_count(seen(view, "warnings"));
}

static void one_work_a_day_is_no_warning_two_are(void **state)
{
    (void)state;
    plans(w.class_a, w.maths, w.today, 1);
    const msgpack_object *view = works_of(w.class_a);
    assert_keys(view, "from to size per_day per_week works warnings");
    assert_int_equal(seen_count(seen(view, "works")), 1);
    assert_keys(seen_at(seen(view, "works"), 0),
                "seq group group_name classes subject subject_name day shift n work monitoring "
                "fallen given author author_name recorded");
    assert_true(seen_bool(seen_at(seen(view, "works"), 0), "given"));
    assert_int_equal(warning_count(view), 0);
    eye_close(&eye);
    const msgpack_object *asked = check(w.class_a, w.today, 3);
    assert_keys(asked, "class class_name on_day per_day over_day in_week per_week over_week");
    assert_int_equal(seen_int(asked, "on_day"), 2);
    assert_true(seen_bool(asked, "over_day"));
    assert_false(seen_bool(asked, "over_week"));
    eye_close(&eye);
    plans(w.class_a, w.drawing, w.today, 3); /* it is taken all the same */
    view = works_of(w.class_a);
    assert_int_equal(warning_count(view), 1);
    const msgpack_object *warning = seen_at(seen(view, "warnings"), 0);
    assert_keys(warning, "class class_name day week count limit");
    assert_true(seen_id(warning, "class", w.class_a));
    assert_int_equal(seen_int(warning, "day"), w.today);
    assert_int_equal(seen_int(warning, "count"), 2);
    assert_int_equal(seen_int(warning, "limit"), 1);
    eye_close(&eye);
}

/* Planning the same slot again changes what is there and adds nothing. */
static void the_slot_itself_is_not_counted_twice(void **state)
{
    (void)state;
    plans(w.class_a, w.maths, w.today, 1);
    const msgpack_object *asked = check(w.class_a, w.today, 1);
    assert_int_equal(seen_int(asked, "on_day"), 1);
    assert_false(seen_bool(asked, "over_day"));
    eye_close(&eye);
}

static void groups_drawn_from_the_class_count_parallel_ones_once(void **state)
{
    (void)state;
    plans(w.subgroup, w.maths, w.today, 2);
    plans(w.stream, w.sport, w.today, 2); /* in the same slot: nobody writes both */
    const msgpack_object *view = works_of(w.class_a);
    assert_int_equal(seen_count(seen(view, "works")), 2);
    assert_int_equal(warning_count(view), 0);
    eye_close(&eye);
    plans(w.stream, w.sport, w.today, 4);
    view = works_of(w.class_a);
    assert_int_equal(warning_count(view), 1);
    eye_close(&eye);
    /* 5Б is in the stream alone: two of its works on that day, too. */
    view = works_of(w.class_b);
    assert_int_equal(seen_count(seen(view, "works")), 2);
    assert_int_equal(warning_count(view), 1);
    eye_close(&eye);
}

static void a_week_has_a_limit_of_its_own(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++)
        plans(w.class_a, w.maths, w.today + i, 1);
    const msgpack_object *asked = check(w.class_a, w.today + 3, 1);
    assert_int_equal(seen_int(asked, "in_week"), 4);
    assert_true(seen_bool(asked, "over_week"));
    assert_false(seen_bool(asked, "over_day"));
    eye_close(&eye);
    /* The next Monday is another week: the 1st of September is a Tuesday. */
    asked = check(w.class_a, w.today + 6, 1);
    assert_int_equal(seen_int(asked, "in_week"), 1);
    eye_close(&eye);
    plans(w.class_a, w.maths, w.today + 3, 1);
    const msgpack_object *view = works_of(NULL);
    assert_int_equal(warning_count(view), 1);
    assert_true(seen_bool(seen_at(seen(view, "warnings"), 0), "week"));
    assert_int_equal(seen_int(seen_at(seen(view, "warnings"), 0), "day"), w.today - 1);
    eye_close(&eye);
}

static void the_settings_say_how_many(void **state)
{
    (void)state;
    act_setting(&w.draft, "control_works_per_day", 2);
    world_do(&w, by(HEAD), NULL);
    plans(w.class_a, w.maths, w.today, 1);
    const msgpack_object *asked = check(w.class_a, w.today, 3);
    assert_int_equal(seen_int(asked, "per_day"), 2);
    assert_false(seen_bool(asked, "over_day"));
    eye_close(&eye);
}

/* What was taken off, and what lost its lesson, warns of nothing. */
static void a_work_without_its_lesson_does_not_count(void **state)
{
    (void)state;
    plans(w.class_a, w.maths, w.today, 2);
    plans(w.class_a, w.drawing, w.today, 3);
    act_change(&w.draft, w.class_a, w.maths, w.today, 2, w.people[TEACHER].account, NULL);
    world_do(&w, by(DEPUTY), NULL);
    const msgpack_object *view = works_of(w.class_a);
    assert_int_equal(warning_count(view), 0);
    unsigned fallen = 0;
    for (unsigned i = 0; i < 2; i++)
        fallen += !seen_nil(seen_at(seen(view, "works"), i), "fallen");
    assert_int_equal(fallen, 1);
    eye_close(&eye);
    act_control_of(&w.draft, w.class_a, w.drawing, w.today, 3, PROJ_WORK_ANSWER);
    world_do(&w, by(DEPUTY), NULL);
    view = works_of(w.class_a);
    assert_int_equal(seen_count(seen(view, "works")), 1);
    eye_close(&eye);
    eye_open(&eye, &w, w.people[PARENT].account);
    const msgpack_object *cabinet =
        eye_see(&eye, proj_view_cabinet(&eye.view, w.pupils[ANYA], w.today, w.today + 6));
    assert_int_equal(seen_count(seen(cabinet, "controls")), 1); /* the family sees it gone */
    eye_close(&eye);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(one_work_a_day_is_no_warning_two_are),
        CASE(the_slot_itself_is_not_counted_twice),
        CASE(groups_drawn_from_the_class_count_parallel_ones_once),
        CASE(a_week_has_a_limit_of_its_own),
        CASE(the_settings_say_how_many),
        CASE(a_work_without_its_lesson_does_not_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
