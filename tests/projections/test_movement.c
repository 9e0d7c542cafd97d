/* Movement of pupils by class: start, arrivals, departures and end agree, orders stand beside them
 * (CT-7). 5А has ANYA, BORYA and VERA from 1 September, 5Б has GLEB. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/projections/eye.h"
#include "tests/projections/little.h"

static struct eye eye;

static const msgpack_object *movement(enum who who, base_day from, base_day to)
{
    eye_open(&eye, &w, w.people[who].account);
    return eye_see(&eye, proj_view_movement(&eye.view, from, to));
}

static const msgpack_object *class_in(const msgpack_object *view, const proj_id id)
{
    const msgpack_object *classes = seen(view, "classes");
    for (unsigned i = 0; i < seen_count(classes); i++) {
        if (seen_id(seen_at(classes, i), "id", id))
            return seen_at(classes, i);
    }
    fail_msg("the class is not there");
    return NULL;
}

static void counts_are(const msgpack_object *class, int start, int arrived, int moved_in, int left,
                       int moved_out, int end)
{
    assert_int_equal(seen_int(class, "start"), start);
    assert_int_equal(seen_int(class, "arrived"), arrived);
    assert_int_equal(seen_int(class, "moved_in"), moved_in);
    assert_int_equal(seen_int(class, "left"), left);
    assert_int_equal(seen_int(class, "moved_out"), moved_out);
    assert_int_equal(seen_int(class, "end"), end);
    assert_int_equal(start + arrived + moved_in - left - moved_out, end);
}

static void who_came_left_and_moved_adds_up(void **state)
{
    (void)state;
    proj_id newcomer;
    world_new_id(&w, newcomer);
    act_pupil_by_order(&w.draft, newcomer, w.class_a, w.today + 5, "Новикова", "№ 40-к");
    world_do(&w, by(OFFICE), NULL);
    act_pupil_leave(&w.draft, w.pupils[VERA], w.class_a, w.today + 7);
    world_do(&w, by(OFFICE), NULL);
    act_pupil_move(&w.draft, w.pupils[GLEB], w.class_b, w.class_a, w.today + 10);
    world_do(&w, by(OFFICE), NULL);
    const msgpack_object *view = movement(OFFICE, w.today, w.today + 30);
    assert_keys(view, "from to size events classes");
    assert_keys(class_in(view, w.class_a),
                "id name grade start arrived moved_in left moved_out end");
    counts_are(class_in(view, w.class_a), 3, 1, 1, 1, 0, 4);
    counts_are(class_in(view, w.class_b), 1, 0, 0, 0, 1, 0);
    const msgpack_object *events = seen(view, "events");
    assert_int_equal(seen_count(events), 3);
    unsigned sorts = 0;
    for (unsigned i = 0; i < 3; i++) {
        const msgpack_object *one = seen_at(events, i);
        assert_keys(one, "seq sort day pupil pupil_name from_class from_class_name to_class "
                         "to_class_name order whither author author_name recorded");
        int64_t sort = seen_int(one, "sort");
        sorts += 1u << sort;
        assert_true(seen_id(one, "author", w.people[OFFICE].account));
        if (sort == 0)
            assert_true(seen_id(one, "to_class", w.class_a) && seen_nil(one, "from_class") &&
                        seen_text(one, "order", "№ 40-к"));
        if (sort == 1) {
            assert_true(seen_id(one, "pupil", w.pupils[VERA]));
            assert_true(seen_id(one, "from_class", w.class_a) && seen_nil(one, "to_class"));
            assert_int_equal(seen_int(one, "day"), w.today + 7);
            assert_false(seen_text(one, "order", ""));
        }
        if (sort == 2)
            assert_true(seen_id(one, "from_class", w.class_b) &&
                        seen_id(one, "to_class", w.class_a));
    }
    assert_int_equal(sorts, 7);
    eye_close(&eye);
    /* Before and after these days nothing moves. */
    view = movement(OFFICE, w.today + 11, w.today + 30);
    counts_are(class_in(view, w.class_a), 4, 0, 0, 0, 0, 4);
    assert_int_equal(seen_count(seen(view, "events")), 0);
    eye_close(&eye);
}

static void a_class_teacher_sees_the_own_class_alone(void **state)
{
    (void)state;
    act_pupil_leave(&w.draft, w.pupils[GLEB], w.class_b, w.today + 7);
    world_do(&w, by(OFFICE), NULL);
    const msgpack_object *view = movement(CLASS_TEACHER, w.today, w.today + 30);
    assert_int_equal(seen_count(seen(view, "classes")), 1);
    assert_true(seen_id(seen_at(seen(view, "classes"), 0), "id", w.class_a));
    assert_int_equal(seen_count(seen(view, "events")), 0);
    eye_close(&eye);
}

/* Struck out with the key that signed it, a leaving is no movement. */
static void a_stolen_leaving_moves_nobody(void **state)
{
    (void)state;
    base_time_ms theft = w.now_ms;
    world_tick(&w);
    act_pupil_leave(&w.draft, w.pupils[VERA], w.class_a, w.today + 7);
    world_do(&w, by(OFFICE), NULL);
    world_tick(&w);
    world_void(&w, &w.people[OFFICE], &w.people[OFFICE].session.key, theft);
    const msgpack_object *view = movement(DEPUTY, w.today, w.today + 30);
    counts_are(class_in(view, w.class_a), 3, 0, 0, 0, 0, 3);
    assert_int_equal(seen_count(seen(view, "events")), 0);
    eye_close(&eye);
}

static void a_roster_names_the_groups_that_a_pupil_would_leave(void **state)
{
    (void)state;
    eye_open(&eye, &w, w.people[OFFICE].account);
    const msgpack_object *view = eye_see(&eye, proj_view_roster(&eye.view, w.class_a));
    assert_keys(view, "group name pupils");
    assert_int_equal(seen_count(seen(view, "pupils")), 3);
    const msgpack_object *pupil = seen_at(seen(view, "pupils"), 0);
    assert_keys(pupil, "id name from to groups");
    assert_true(seen_nil(pupil, "to"));
    assert_true(seen_count(seen(pupil, "groups")) >= 1);
    assert_keys(seen_at(seen(pupil, "groups"), 0), "id name kind subject from");
    eye_close(&eye);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(who_came_left_and_moved_adds_up),
        CASE(a_class_teacher_sees_the_own_class_alone),
        CASE(a_stolen_leaving_moves_nobody),
        CASE(a_roster_names_the_groups_that_a_pupil_would_leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
