/* Groups by screen: who is in one and who teaches it, and pupils in no or in two groups of a
 * subject that groups share out (CT-6). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/projections/eye.h"
#include "tests/projections/little.h"

static struct eye eye;
static proj_id english, first, second;

static void joins(const proj_id group, enum pupil pupil)
{
    act_join(&w.draft, group, w.pupils[pupil], w.today);
    world_do(&w, by(CLASS_TEACHER), NULL);
}

/* English in 5А, shared out by two subgroups. */
static void split_english(void)
{
    const proj_id *classes = (const proj_id *)&w.class_a;
    world_new_id(&w, english);
    world_new_id(&w, first);
    world_new_id(&w, second);
    act_subject(&w.draft, english, true, "Английский");
    world_do(&w, by(OFFICE), NULL);
    act_group(&w.draft, first, PROJ_GROUP_SUBGROUP, 5, classes, 1, "5А английский 1");
    world_do(&w, by(OFFICE), NULL);
    act_group(&w.draft, second, PROJ_GROUP_SUBGROUP, 5, classes, 1, "5А английский 2");
    world_do(&w, by(OFFICE), NULL);
    act_assign(&w.draft, w.people[TEACHER].account, first, english, w.today, w.today + 200);
    world_do(&w, by(DEPUTY), NULL);
    act_assign(&w.draft, w.people[OTHER].account, second, english, w.today, w.today + 200);
    world_do(&w, by(DEPUTY), NULL);
}

/* The row of English in 5А, or NULL. */
static const msgpack_object *check(enum who who)
{
    eye_open(&eye, &w, w.people[who].account);
    const msgpack_object *rows = seen(eye_see(&eye, proj_view_groups_check(&eye.view)), "rows");
    for (unsigned i = 0; i < seen_count(rows); i++) {
        const msgpack_object *row = seen_at(rows, i);
        if (seen_id(row, "subject", english) && seen_id(row, "class", w.class_a))
            return row;
    }
    return NULL;
}

static void pupils_in_none_and_in_two_are_named(void **state)
{
    (void)state;
    split_english();
    joins(first, ANYA);
    joins(second, ANYA);
    joins(first, BORYA);
    const msgpack_object *row = check(DEPUTY);
    assert_non_null(row);
    assert_keys(row, "class class_name subject subject_name groups none twice");
    assert_int_equal(seen_int(row, "groups"), 2);
    assert_int_equal(seen_count(seen(row, "none")), 1);
    assert_true(seen_id(seen_at(seen(row, "none"), 0), "id", w.pupils[VERA]));
    assert_int_equal(seen_count(seen(row, "twice")), 1);
    assert_true(seen_id(seen_at(seen(row, "twice"), 0), "id", w.pupils[ANYA]));
    eye_close(&eye);
    assert_non_null(check(CLASS_TEACHER)); /* of the own class */
    eye_close(&eye);
    assert_null(check(TEACHER));
    eye_close(&eye);

    act_leave(&w.draft, second, w.pupils[ANYA], w.today - 1);
    world_do(&w, by(CLASS_TEACHER), NULL);
    joins(second, VERA);
    assert_null(check(DEPUTY)); /* everybody is in one */
    eye_close(&eye);
}

static void a_subject_that_the_whole_class_has_is_not_shared_out(void **state)
{
    (void)state;
    split_english();
    act_assign(&w.draft, w.people[TEACHER].account, w.class_a, english, w.today, w.today + 200);
    world_do(&w, by(DEPUTY), NULL);
    assert_null(check(DEPUTY));
    eye_close(&eye);
}

static const msgpack_object *group(enum who who, const proj_id id)
{
    eye_open(&eye, &w, w.people[who].account);
    return eye_see(&eye, proj_view_group(&eye.view, id));
}

static void a_group_tells_its_members_and_teachers(void **state)
{
    (void)state;
    split_english();
    joins(first, ANYA);
    const msgpack_object *view = group(CLASS_TEACHER, first);
    assert_keys(view, "group changes members teaching");
    const msgpack_object *member = seen_at(seen(view, "members"), 0);
    assert_keys(member, "pupil name class_name from to");
    assert_true(seen_text(member, "class_name", "5А"));
    assert_int_equal(seen_int(member, "from"), w.today);
    const msgpack_object *teaching = seen_at(seen(view, "teaching"), 0);
    assert_keys(teaching, "assignment account account_name subject subject_name from to hours");
    assert_true(seen_id(teaching, "account", w.people[TEACHER].account));
    struct ledger_hash id;
    memcpy(id.bytes, seen(teaching, "assignment")->via.bin.ptr, LEDGER_HASH_LEN);
    eye_close(&eye);

    /* By what it names the assignment is ended. */
    act_unassign(&w.draft, &id, w.today + 10);
    world_do(&w, by(DEPUTY), NULL);
    view = group(OFFICE, first);
    assert_int_equal(seen_int(seen_at(seen(view, "teaching"), 0), "to"), w.today + 10);
    eye_close(&eye);
}

static void a_stream_is_for_the_class_teachers_of_its_classes(void **state)
{
    (void)state;
    const msgpack_object *view = group(CLASS_TEACHER, w.stream);
    assert_int_equal(seen_count(seen(seen(view, "group"), "classes")), 2);
    eye_close(&eye);
    eye_open(&eye, &w, w.people[CLASS_TEACHER].account);
    assert_int_equal(proj_view_group(&eye.view, w.class_b), PROJ_VIEW_FORBIDDEN);
    eye_close(&eye);
}

/* The class of that id as `who` sees it in the list of groups at this moment. */
static const msgpack_object *class_a_in_list(void)
{
    eye_open(&eye, &w, w.people[OFFICE].account);
    const msgpack_object *groups = seen(eye_see(&eye, proj_view_groups(&eye.view)), "groups");
    for (unsigned i = 0; i < seen_count(groups); i++) {
        if (seen_id(seen_at(groups, i), "id", w.class_a))
            return seen_at(groups, i);
    }
    fail_msg("5А is not there");
    return NULL;
}

static void goes_up(base_day from)
{
    act_group_change(&w.draft, w.class_a, from, 6, 2, "6А", NULL);
    world_do(&w, by(OFFICE), NULL);
}

/* What the page of maths up to that day is headed by. */
static bool is_headed(const char *name, base_day to)
{
    eye_open(&eye, &w, w.people[TEACHER].account);
    const msgpack_object *page =
        eye_see(&eye, proj_view_journal(&eye.view, w.class_a, w.maths, w.today, to));
    bool is = seen_text(seen(page, "group"), "name", name);
    eye_close(&eye);
    return is;
}

/* 5А goes up: the same group, its pupils and pages stay, and until the day it is what it was. */
static void a_class_is_changed_from_a_day_on(void **state)
{
    (void)state;
    base_day first_day = w.today + 10;
    goes_up(first_day);
    assert_true(seen_text(class_a_in_list(), "name", "5А"));
    eye_close(&eye);
    const msgpack_object *view = group(OFFICE, w.class_a);
    const msgpack_object *change = seen_at(seen(view, "changes"), 0);
    assert_keys(change, "from seq name grade shift days subject subject_name author author_name "
                        "recorded");
    assert_int_equal(seen_int(change, "from"), first_day);
    assert_true(seen_id(change, "author", w.people[OFFICE].account));
    eye_close(&eye);
    assert_true(is_headed("5А", first_day - 1));

    w.now_ms += INT64_C(10) * 86400000;
    const msgpack_object *now = class_a_in_list();
    assert_true(seen_text(now, "name", "6А"));
    assert_int_equal(seen_int(now, "grade"), 6);
    assert_int_equal(seen_int(now, "shift"), 2);
    assert_int_equal(seen_int(now, "pupil_count"), 3);
    eye_close(&eye);
    /* The page of the days before is that of 5А. */
    assert_true(is_headed("5А", first_day - 1));
    assert_true(is_headed("6А", first_day));
}

/* The last word on a day holds; a change that is struck out never was. */
static void a_stolen_change_of_a_group_is_none(void **state)
{
    (void)state;
    act_group_change(&w.draft, w.class_a, w.today, 5, 1, "5А гимназический", NULL);
    world_do(&w, by(DEPUTY), NULL);
    world_tick(&w);
    base_time_ms theft = w.now_ms;
    world_tick(&w);
    goes_up(w.today);
    assert_true(seen_text(class_a_in_list(), "name", "6А"));
    eye_close(&eye);
    world_tick(&w);
    world_void(&w, &w.people[OFFICE], &w.people[OFFICE].session.key, theft);
    assert_true(seen_text(class_a_in_list(), "name", "5А гимназический"));
    eye_close(&eye);
}

/* In grade 1 nobody gives marks (ST-5); from the day on which the class is a second one, they do.
 */
static void the_grade_of_a_lessons_day_decides_on_marks(void **state)
{
    (void)state;
    const uint8_t *teacher = w.people[TEACHER].account;
    proj_id before, after;
    world_new_id(&w, before);
    world_new_id(&w, after);
    act_lesson(&w.draft, before, w.class_first, w.maths, teacher, teacher, w.today, 1);
    world_do(&w, by(TEACHER), NULL);
    w.now_ms += INT64_C(86400000);
    act_group_change(&w.draft, w.class_first, w.today + 1, 2, 1, "2А", NULL);
    world_do(&w, &w.people[OFFICE].key, NULL);
    act_lesson(&w.draft, after, w.class_first, w.maths, teacher, teacher, w.today + 1, 1);
    world_do(&w, &w.people[TEACHER].key, NULL);
    act_mark(&w.draft, before, w.pupils[DIMA], 5, NULL, LEDGER_SEQ_NONE);
    world_refused(&w, &w.people[TEACHER].key, NULL, PROJ_REFUSED_UNMARKED, "lesson");
    act_mark(&w.draft, after, w.pupils[DIMA], 5, NULL, LEDGER_SEQ_NONE);
    world_do(&w, &w.people[TEACHER].key, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(pupils_in_none_and_in_two_are_named),
        CASE(a_subject_that_the_whole_class_has_is_not_shared_out),
        CASE(a_group_tells_its_members_and_teachers),
        CASE(a_class_is_changed_from_a_day_on),
        CASE(a_stolen_change_of_a_group_is_none),
        CASE(the_grade_of_a_lessons_day_decides_on_marks),
        CASE(a_stream_is_for_the_class_teachers_of_its_classes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
