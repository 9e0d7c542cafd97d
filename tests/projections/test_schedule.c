/* What days have: replaced, moved and cancelled lessons as every screen sees them (ST-8). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "projections/planned.h"
#include "tests/projections/eye.h"
#include "tests/projections/little.h"

static struct eye eye;

static const msgpack_object *schedule_of(const uint8_t *class_id, base_day day)
{
    eye_open(&eye, &w, w.people[DEPUTY].account);
    return seen(eye_see(&eye, proj_view_schedule(&eye.view, class_id, NULL, day, day)), "lessons");
}

/* The lesson with that number and subject, or NULL. */
static const msgpack_object *find(const msgpack_object *lessons, const proj_id subject, unsigned n)
{
    for (unsigned i = 0; i < seen_count(lessons); i++) {
        const msgpack_object *one = seen_at(lessons, i);
        if (seen_int(one, "n") == (int64_t)n && seen_id(one, "subject", subject))
            return one;
    }
    return NULL;
}

static void changes(const uint8_t *account)
{
    act_change(&w.draft, w.class_a, w.maths, w.today, 1, w.people[TEACHER].account, account);
    world_do(&w, by(DEPUTY), NULL);
}

static void moves(base_day newday, unsigned newn)
{
    act_move(&w.draft, w.class_a, w.maths, w.today, 1, w.people[TEACHER].account, newday, newn);
    world_do(&w, by(DEPUTY), NULL);
}

static void a_day_has_its_lessons_with_who_gives_them(void **state)
{
    (void)state;
    const msgpack_object *lessons = schedule_of(w.class_a, w.today);
    const msgpack_object *maths = find(lessons, w.maths, 1);
    const msgpack_object *drawing = find(lessons, w.drawing, 3);
    assert_non_null(maths);
    assert_non_null(drawing);
    assert_keys(maths, "day shift n start end group group_name kind grade classes subject "
                       "subject_name room teacher teacher_name actual actual_name recorded change "
                       "to_day to_n moved_in home_day home_n reason change_seq");
    assert_true(seen_nil(maths, "change"));
    assert_true(seen_bool(maths, "recorded"));
    assert_int_equal(seen_int(maths, "start"), 510);
    assert_int_equal(seen_int(drawing, "change"), PROJ_CHANGE_SUBSTITUTED);
    assert_true(seen_id(drawing, "actual", w.people[SUBSTITUTE].account));
    assert_true(seen_id(drawing, "teacher", w.people[OTHER].account));
    assert_true(seen_text(drawing, "reason", "болезнь"));
    assert_false(seen_bool(drawing, "recorded"));
    eye_close(&eye);
}

static void a_moved_lesson_leaves_its_place_and_stands_in_the_new_one(void **state)
{
    (void)state;
    base_day newday = w.today + 3;
    moves(newday, 6);
    const msgpack_object *here = find(schedule_of(w.class_a, w.today), w.maths, 1);
    assert_int_equal(seen_int(here, "change"), PROJ_CHANGE_MOVED);
    assert_int_equal(seen_int(here, "to_day"), newday);
    assert_int_equal(seen_int(here, "to_n"), 6);
    eye_close(&eye);
    const msgpack_object *there = find(schedule_of(w.class_a, newday), w.maths, 6);
    assert_non_null(there);
    assert_true(seen_bool(there, "moved_in"));
    assert_int_equal(seen_int(there, "home_day"), w.today);
    assert_true(seen_id(there, "actual", w.people[TEACHER].account));
    eye_close(&eye);

    /* The teacher has it on the own day; a substitute may be named for it there. */
    act_change(&w.draft, w.class_a, w.maths, newday, 6, w.people[TEACHER].account,
               w.people[SUBSTITUTE].account);
    world_do(&w, by(DEPUTY), NULL);
    eye_open(&eye, &w, w.people[SUBSTITUTE].account);
    const msgpack_object *mine =
        find(seen(eye_see(&eye, proj_view_day(&eye.view, newday)), "lessons"), w.maths, 6);
    assert_non_null(mine);
    assert_int_equal(seen_int(mine, "moved_from"), w.today);
    eye_close(&eye);
}

static int end_today(void)
{
    struct proj_txn *txn = world_read(&w);
    int end = proj_last_lesson_end(txn, w.class_a, w.today);
    world_read_end(txn);
    return end;
}

/* Homework is due after the lessons that there are (ST-4), not after those of the timetable. */
static void the_day_ends_with_its_last_lesson(void **state)
{
    (void)state;
    int end_of_third = end_today();
    moves(w.today, 6);
    assert_int_equal(end_today(), end_of_third + 3 * 55);
    moves(w.today + 1, 6);
    assert_int_equal(end_today(), end_of_third);
    act_change(&w.draft, w.class_a, w.drawing, w.today, 3, w.people[OTHER].account, NULL);
    world_do(&w, by(DEPUTY), NULL);
    assert_true(end_today() < end_of_third);
}

static void writes_homework_at(base_time_ms at_ms, const proj_id lesson)
{
    w.now_ms = at_ms;
    act_homework(&w.draft, lesson, "№ 5", LEDGER_SEQ_NONE);
    world_do(&w, by(TEACHER), NULL);
}

/* Two Tuesdays of one page, homework at the same minute: late on the one whose last lesson fell
 * out, in time on the other. */
static void every_day_of_a_page_has_an_end_of_its_own(void **state)
{
    (void)state;
    proj_id later;
    base_day next = w.today + 7;
    base_time_ms minute = ((base_time_ms)w.today * 1440 + 12 * 60 + 30 - 180) * 60000;
    act_change(&w.draft, w.class_a, w.drawing, w.today, 3, w.people[OTHER].account, NULL);
    world_do(&w, by(DEPUTY), NULL);
    writes_homework_at(minute, w.lesson);
    w.now_ms += (base_time_ms)(next - w.today) * 1440 * 60000 - 60 * 60000;
    world_login(&w, &w.people[TEACHER]);
    world_new_id(&w, later);
    act_lesson(&w.draft, later, w.class_a, w.maths, w.people[TEACHER].account,
               w.people[TEACHER].account, next, 1);
    world_do(&w, by(TEACHER), NULL);
    writes_homework_at(minute + (base_time_ms)(next - w.today) * 1440 * 60000, later);
    eye_open(&eye, &w, w.people[TEACHER].account);
    const msgpack_object *lessons = seen(
        eye_see(&eye, proj_view_journal(&eye.view, w.class_a, w.maths, w.today, next)), "lessons");
    assert_int_equal(seen_int(seen_at(lessons, 0), "homework_flags"), PROJ_FLAG_LATE);
    assert_int_equal(seen_int(seen_at(lessons, 1), "homework_flags"), 0);
    eye_close(&eye);
}

/* A change that was taken back leaves the timetable as it is, for everybody who asks. */
static void a_change_can_be_taken_back(void **state)
{
    (void)state;
    changes(NULL);
    assert_int_equal(seen_int(find(schedule_of(w.class_a, w.today), w.maths, 1), "change"),
                     PROJ_CHANGE_CANCELLED);
    eye_close(&eye);
    moves(w.today, 1);
    const msgpack_object *lessons = schedule_of(w.class_a, w.today);
    assert_true(seen_nil(find(lessons, w.maths, 1), "change"));
    unsigned same = 0;
    for (unsigned i = 0; i < seen_count(lessons); i++)
        same += seen_id(seen_at(lessons, i), "subject", w.maths);
    assert_int_equal(same, 2); /* its two lessons, none of them once more as moved here */
    eye_again(&eye);
    assert_int_equal(
        seen_count(seen(eye_see(&eye, proj_view_changes(&eye.view, w.today, w.today)), "changes")),
        1); /* the replacement of drawing alone */
    eye_close(&eye);
}

/* A substitute whose replacement was taken back writes no more. */
static void a_replacement_taken_back_gives_no_right(void **state)
{
    (void)state;
    proj_id lesson;
    world_new_id(&w, lesson);
    act_move(&w.draft, w.class_a, w.drawing, w.today, 3, w.people[OTHER].account, w.today, 3);
    world_do(&w, by(OFFICE), NULL);
    act_lesson(&w.draft, lesson, w.class_a, w.drawing, w.people[OTHER].account,
               w.people[SUBSTITUTE].account, w.today, 3);
    world_refused(&w, by(SUBSTITUTE), NULL, PROJ_REFUSED_NO_RIGHT, "actual");
}

static void changes_are_listed_with_who_and_why(void **state)
{
    (void)state;
    moves(w.today + 3, 6);
    eye_open(&eye, &w, w.people[DEPUTY].account);
    const msgpack_object *rows =
        seen(eye_see(&eye, proj_view_changes(&eye.view, w.today, w.today + 6)), "changes");
    assert_int_equal(seen_count(rows), 2);
    for (unsigned i = 0; i < 2; i++) {
        const msgpack_object *row = seen_at(rows, i);
        assert_keys(row, "seq change day shift n group group_name subject subject_name teacher "
                         "teacher_name account account_name newday newn reason author author_name "
                         "recorded given");
        bool moved = seen_id(row, "subject", w.maths);
        assert_int_equal(seen_int(row, "change"),
                         moved ? PROJ_CHANGE_MOVED : PROJ_CHANGE_SUBSTITUTED);
        assert_true(seen_text(row, "reason", moved ? "" : "болезнь"));
        assert_false(seen_bool(row, "given"));
        if (moved)
            assert_true(seen_id(row, "author", w.people[DEPUTY].account));
    }
    eye_close(&eye);
    /* Who is not concerned sees nothing of it. */
    eye_open(&eye, &w, w.people[STRANGER].account);
    rows = seen(eye_see(&eye, proj_view_changes(&eye.view, w.today, w.today + 6)), "changes");
    assert_int_equal(seen_count(rows), 0);
    eye_close(&eye);
    eye_open(&eye, &w, w.people[SUBSTITUTE].account);
    rows = seen(eye_see(&eye, proj_view_changes(&eye.view, w.today, w.today + 6)), "changes");
    assert_int_equal(seen_count(rows), 1);
    eye_close(&eye);
}

/* Struck out with the key that signed it, a change is gone from every screen. */
static void a_stolen_change_changes_nothing(void **state)
{
    (void)state;
    base_time_ms theft = w.now_ms;
    world_tick(&w);
    act_change(&w.draft, w.class_a, w.maths, w.today, 1, w.people[TEACHER].account, NULL);
    world_do(&w, by(OFFICE), NULL);
    world_tick(&w);
    world_void(&w, &w.people[OFFICE], &w.people[OFFICE].session.key, theft);
    assert_true(seen_nil(find(schedule_of(w.class_a, w.today), w.maths, 1), "change"));
    eye_close(&eye);
}

static void the_control_of_filling_asks_for_a_moved_lesson_on_its_new_day(void **state)
{
    (void)state;
    act_move(&w.draft, w.class_a, w.drawing, w.today, 3, w.people[OTHER].account, w.today + 1, 6);
    world_do(&w, by(DEPUTY), NULL);
    w.now_ms += INT64_C(2) * 86400000;
    eye_open(&eye, &w, w.people[DEPUTY].account);
    const msgpack_object *lessons = seen(
        eye_see(&eye, proj_view_filling_of(&eye.view, w.class_a, w.drawing, w.today, w.today + 1)),
        "lessons");
    assert_int_equal(seen_count(lessons), 1);
    assert_int_equal(seen_int(seen_at(lessons, 0), "day"), w.today + 1);
    assert_int_equal(seen_int(seen_at(lessons, 0), "n"), 6);
    eye_close(&eye);
}

static void who_works_here_is_listed_with_what_they_teach(void **state)
{
    (void)state;
    eye_open(&eye, &w, w.people[OFFICE].account);
    const msgpack_object *staff = seen(eye_see(&eye, proj_view_staff(&eye.view)), "staff");
    unsigned teachers = 0;
    for (unsigned i = 0; i < seen_count(staff); i++) {
        const msgpack_object *one = seen_at(staff, i);
        assert_keys(one, "account account_name stratum subjects");
        assert_true(seen_int(one, "stratum") <= 2);
        if (seen_id(one, "account", w.people[TEACHER].account)) {
            teachers++;
            assert_int_equal(seen_count(seen(one, "subjects")), 1);
        }
    }
    assert_int_equal(teachers, 1);
    eye_close(&eye);
}

static const msgpack_object *week_of_class_a(base_day day)
{
    eye_open(&eye, &w, w.people[OFFICE].account);
    const msgpack_object *view = eye_see(&eye, proj_view_weeks(&eye.view, day));
    assert_keys(view, "day size bells groups");
    assert_int_equal(seen_count(seen(view, "bells")), day < w.today ? 0 : 6);
    const msgpack_object *groups = seen(view, "groups");
    for (unsigned i = 0; i < seen_count(groups); i++) {
        if (seen_id(seen_at(groups, i), "id", w.class_a))
            return seen_at(groups, i);
    }
    fail_msg("the class has no week");
    return NULL;
}

/* Set anew from a day on, the week is the old one until then, and says what comes. */
static void a_week_holds_until_the_next_one_begins(void **state)
{
    (void)state;
    const struct act_slot slots[] = {{2, 4, w.drawing, w.people[OTHER].account}};
    act_timetable(&w.draft, w.class_a, w.today + 7, slots, 1);
    world_do(&w, by(OFFICE), NULL);
    const msgpack_object *now = week_of_class_a(w.today + 6);
    assert_keys(now, "id name kind grade shift days classes subject teaching slots from next");
    assert_int_equal(seen_int(now, "from"), w.today);
    assert_int_equal(seen_int(now, "next"), w.today + 7);
    assert_int_equal(seen_count(seen(now, "slots")), 4);
    assert_keys(seen_at(seen(now, "slots"), 0), "weekday shift n subject account room");
    assert_keys(seen_at(seen(now, "teaching"), 0), "subject account from to hours");
    eye_close(&eye);
    const msgpack_object *then = week_of_class_a(w.today + 7);
    assert_int_equal(seen_int(then, "from"), w.today + 7);
    assert_true(seen_nil(then, "next"));
    assert_int_equal(seen_count(seen(then, "slots")), 1);
    assert_int_equal(seen_int(seen_at(seen(then, "slots"), 0), "weekday"), 2);
    assert_true(seen_id(seen_at(seen(then, "slots"), 0), "account", w.people[OTHER].account));
    eye_close(&eye);
    const msgpack_object *before = week_of_class_a(w.today - 1);
    assert_true(seen_nil(before, "from"));
    assert_int_equal(seen_count(seen(before, "slots")), 0);
    eye_close(&eye);
}

static void years_and_bells_are_given_as_they_were_set(void **state)
{
    (void)state;
    eye_open(&eye, &w, w.people[TEACHER].account);
    const msgpack_object *view = eye_see(&eye, proj_view_year(&eye.view));
    assert_keys(view, "today years bells");
    const msgpack_object *year = seen_at(seen(view, "years"), 0);
    assert_keys(year, "year seq rows");
    assert_true(seen_text(year, "year", "2026/27"));
    assert_int_equal(seen_count(seen(year, "rows")), 4);
    assert_keys(seen_at(seen(year, "rows"), 0), "kind name from to grade_from grade_to");
    assert_int_equal(seen_int(seen_at(seen(year, "rows"), 0), "from"), w.today);
    const msgpack_object *bells = seen_at(seen(view, "bells"), 0);
    assert_keys(bells, "shift from seq bells");
    assert_int_equal(seen_int(bells, "shift"), 1);
    assert_int_equal(seen_int(bells, "from"), w.today);
    assert_int_equal(seen_count(seen(bells, "bells")), 6);
    assert_int_equal(seen_int(seen_at(seen(bells, "bells"), 1), "start"), 565);
    eye_close(&eye);
    /* Set again, the year is what was said last. */
    const struct act_row rows[] = {
        {PROJ_CALENDAR_TRIMESTER, "1 триместр", w.today, w.today + 70, 5, 9}};
    act_calendar(&w.draft, "2026/27", rows, 1);
    world_do(&w, by(OFFICE), NULL);
    eye_open(&eye, &w, w.people[TEACHER].account);
    year = seen_at(seen(eye_see(&eye, proj_view_year(&eye.view)), "years"), 0);
    assert_int_equal(seen_count(seen(year, "rows")), 1);
    eye_close(&eye);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(the_day_ends_with_its_last_lesson),
        CASE(every_day_of_a_page_has_an_end_of_its_own),
        CASE(a_day_has_its_lessons_with_who_gives_them),
        CASE(a_moved_lesson_leaves_its_place_and_stands_in_the_new_one),
        CASE(a_change_can_be_taken_back),
        CASE(a_replacement_taken_back_gives_no_right),
        CASE(changes_are_listed_with_who_and_why),
        CASE(a_stolen_change_changes_nothing),
        CASE(the_control_of_filling_asks_for_a_moved_lesson_on_its_new_day),
        CASE(who_works_here_is_listed_with_what_they_teach),
        CASE(a_week_holds_until_the_next_one_begins),
        CASE(years_and_bells_are_given_as_they_were_set),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
