/* What the deputy head says to others, as they read it: remarks, reports, closed periods; and the
 * attendance of a class. */
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

static unsigned remarks_of(enum who who)
{
    look_as(who);
    unsigned count = seen_count(seen(eye_see(&eye, proj_view_remarks(&eye.view)), "remarks"));
    eye_close(&eye);
    return count;
}

static void a_remark_reaches_the_teacher_and_is_settled(void **state)
{
    (void)state;
    struct ledger_hash note;
    act_note(&w.draft, w.people[TEACHER].account, w.class_a, w.maths, w.lesson);
    world_do(&w, by(DEPUTY), NULL);
    note = w.receipt.id;
    look_as(TEACHER);
    const msgpack_object *remark =
        seen_at(seen(eye_see(&eye, proj_view_remarks(&eye.view)), "remarks"), 0);
    assert_keys(remark,
                "id account name by_name group group_name subject subject_name lesson day n "
                "text recorded settled mended");
    assert_true(seen_text(remark, "text", "нет домашнего задания"));
    assert_int_equal(seen_int(remark, "day"), w.today);
    assert_false(seen_bool(remark, "settled"));
    eye_close(&eye);
    assert_int_equal(remarks_of(OTHER), 0);
    assert_int_equal(remarks_of(PARENT), 0);
    assert_int_equal(remarks_of(HEAD), 1);
    act_settle(&w.draft, &note);
    world_do(&w, by(TEACHER), NULL);
    look_as(DEPUTY);
    remark = seen_at(seen(eye_see(&eye, proj_view_remarks(&eye.view)), "remarks"), 0);
    assert_true(seen_bool(remark, "settled"));
    eye_close(&eye);
}

/* The lesson has neither topic nor sheet nor homework when the remark is raised. */
static void a_remark_settles_itself_when_all_is_there(void **state)
{
    (void)state;
    act_note(&w.draft, w.people[TEACHER].account, w.class_a, w.maths, w.lesson);
    world_do(&w, by(DEPUTY), NULL);
    act_topic(&w.draft, w.lesson, "Дроби", LEDGER_SEQ_NONE);
    world_do(&w, by(TEACHER), NULL);
    act_homework(&w.draft, w.lesson, "", LEDGER_SEQ_NONE); /* «не задано» is said, too */
    world_do(&w, by(TEACHER), NULL);
    look_as(DEPUTY);
    const msgpack_object *remark =
        seen_at(seen(eye_see(&eye, proj_view_remarks(&eye.view)), "remarks"), 0);
    assert_true(seen_nil(remark, "mended")); /* no attendance yet */
    eye_close(&eye);
    world_tick(&w);
    act_attendance(&w.draft, w.lesson, NULL, 0, NULL, LEDGER_SEQ_NONE, true);
    ledger_seq last = world_do(&w, by(TEACHER), NULL);
    ledger_seq size = world_size(&w);
    look_as(TEACHER);
    remark = seen_at(seen(eye_see(&eye, proj_view_remarks(&eye.view)), "remarks"), 0);
    assert_int_equal(seen_int(remark, "mended"), world_recorded(&w, last));
    assert_false(seen_bool(remark, "settled"));
    eye_close(&eye);
    assert_int_equal(world_size(&w), size); /* nothing was written for it */
    /* One about a lesson on which nothing is missing is about something else. */
    act_note(&w.draft, w.people[TEACHER].account, w.class_a, w.maths, w.lesson);
    world_do(&w, by(DEPUTY), NULL);
    look_as(TEACHER);
    const msgpack_object *remarks = seen(eye_see(&eye, proj_view_remarks(&eye.view)), "remarks");
    assert_true(seen_nil(seen_at(remarks, 1), "mended"));
    eye_close(&eye);
}

static void a_mended_remark_is_open_again_when_the_mending_is_struck_out(void **state)
{
    (void)state;
    act_note(&w.draft, w.people[TEACHER].account, w.class_a, w.maths, w.lesson);
    world_do(&w, by(DEPUTY), NULL);
    act_topic(&w.draft, w.lesson, "Дроби", LEDGER_SEQ_NONE);
    world_do(&w, by(TEACHER), NULL);
    act_homework(&w.draft, w.lesson, "№ 5", LEDGER_SEQ_NONE);
    world_do(&w, by(TEACHER), NULL);
    world_tick(&w);
    base_time_ms theft = w.now_ms;
    act_attendance(&w.draft, w.lesson, NULL, 0, NULL, LEDGER_SEQ_NONE, true);
    world_do(&w, by(TEACHER), NULL);
    world_tick(&w);
    world_void(&w, &w.people[TEACHER], &w.people[TEACHER].session.key, theft);
    look_as(DEPUTY);
    const msgpack_object *remark =
        seen_at(seen(eye_see(&eye, proj_view_remarks(&eye.view)), "remarks"), 0);
    assert_true(seen_nil(remark, "mended"));
    eye_close(&eye);
}

static void a_remark_by_a_thief_is_gone(void **state)
{
    (void)state;
    base_time_ms theft = w.now_ms;
    act_note(&w.draft, w.people[TEACHER].account, w.class_a, w.maths, NULL);
    world_do(&w, by(DEPUTY), NULL);
    world_tick(&w);
    world_void(&w, &w.people[DEPUTY], &w.people[DEPUTY].session.key, theft);
    assert_int_equal(remarks_of(TEACHER), 0);
}

static void a_report_is_issued_and_received(void **state)
{
    (void)state;
    struct ledger_hash report;
    act_issue(&w.draft, w.people[CLASS_TEACHER].account, w.class_a, 5);
    world_do(&w, by(DEPUTY), NULL);
    report = w.receipt.id;
    look_as(CLASS_TEACHER);
    const msgpack_object *one =
        seen_at(seen(eye_see(&eye, proj_view_issued(&eye.view)), "reports"), 0);
    assert_true(seen_bool(one, "is_class"));
    assert_int_equal(seen_int(one, "upto"), 5);
    assert_true(seen_nil(one, "received"));
    eye_close(&eye);
    act_take(&w.draft, &report);
    world_do(&w, by(CLASS_TEACHER), NULL);
    look_as(DEPUTY);
    one = seen_at(seen(eye_see(&eye, proj_view_issued(&eye.view)), "reports"), 0);
    assert_false(seen_nil(one, "received"));
    eye_close(&eye);
    look_as(TEACHER);
    assert_int_equal(seen_count(seen(eye_see(&eye, proj_view_issued(&eye.view)), "reports")), 0);
    eye_close(&eye);
}

/* What the digest is over does not change with what is written afterwards. */
static void results_at(ledger_seq size, struct ledger_hash *out_digest)
{
    look_as(CLASS_TEACHER);
    assert_int_equal(proj_view_travel(&eye.view, size, size), PROJ_VIEW_DONE);
    assert_int_equal(proj_view_results(&eye.view, w.pupils[ANYA], w.today, w.today + 6),
                     PROJ_VIEW_DONE);
    proj_view_return(&eye.view);
    ledger_sha256(base_buf_bytes(&eye.out), out_digest);
    eye_close(&eye);
}

static void a_report_on_a_pupil_has_its_digest(void **state)
{
    (void)state;
    struct ledger_hash then;
    struct ledger_hash later;
    ledger_seq mark = world_mark(&w, by(TEACHER), ANYA, 4, LEDGER_SEQ_NONE);
    ledger_seq size = world_size(&w);
    results_at(size, &then);
    act_issue(&w.draft, w.people[CLASS_TEACHER].account, w.pupils[ANYA], size);
    world_do(&w, by(DEPUTY), NULL);
    look_as(CLASS_TEACHER);
    const msgpack_object *one =
        seen_at(seen(eye_see(&eye, proj_view_issued(&eye.view)), "reports"), 0);
    assert_false(seen_bool(one, "is_class"));
    assert_true(seen_id(one, "about", w.pupils[ANYA]));
    assert_true(seen_text(one, "about_name", "Абрамова Анна"));
    eye_close(&eye);
    world_mark(&w, by(TEACHER), ANYA, 2, mark);
    act_setting(&w.draft, "round_up_at", 70);
    world_do(&w, by(DEPUTY), NULL);
    results_at(size, &later);
    assert_true(ledger_hash_equal(&then, &later));
    results_at(world_size(&w), &later);
    assert_false(ledger_hash_equal(&then, &later));
}

static void a_closed_period_is_told_to_staff(void **state)
{
    (void)state;
    act_close_period(&w.draft, w.class_a, "1 четверть", w.today - 30, w.today + 30);
    world_do(&w, by(DEPUTY), NULL);
    look_as(TEACHER);
    const msgpack_object *lock =
        seen_at(seen(eye_see(&eye, proj_view_locks(&eye.view, w.class_a)), "locks"), 0);
    assert_true(seen_bool(lock, "closed"));
    assert_true(seen_text(lock, "period", "1 четверть"));
    eye_close(&eye);
    act_reopen_period(&w.draft, w.class_a, "1 четверть");
    world_do(&w, by(HEAD), NULL);
    look_as(TEACHER);
    lock = seen_at(seen(eye_see(&eye, proj_view_locks(&eye.view, w.class_a)), "locks"), 0);
    assert_false(seen_bool(lock, "closed"));
    eye_close(&eye);
    look_as(PARENT);
    assert_int_equal(proj_view_locks(&eye.view, w.class_a), PROJ_VIEW_FORBIDDEN);
    eye_close(&eye);
}

static const msgpack_object *pupil_row(enum pupil pupil)
{
    const msgpack_object *pupils = seen(
        eye_see(&eye, proj_view_attendance(&eye.view, w.class_a, w.today, w.today + 5)), "pupils");
    for (unsigned i = 0; i < seen_count(pupils); i++) {
        if (seen_id(seen_at(pupils, i), "id", w.pupils[pupil]))
            return seen_at(pupils, i);
    }
    fail_msg("the pupil is not on the roll");
    return NULL;
}

/* One lesson was held that day: who missed it missed the day. */
static void a_day_counts_as_missed_only_whole(void **state)
{
    (void)state;
    act_attendance(&w.draft, w.lesson, w.pupils[ANYA], PROJ_ABSENT, "ill", LEDGER_SEQ_NONE, true);
    world_do(&w, by(TEACHER), NULL);
    act_attendance(&w.draft, w.lesson, w.pupils[BORYA], PROJ_LATE, NULL, LEDGER_SEQ_NONE, true);
    world_do(&w, by(TEACHER), NULL);
    look_as(CLASS_TEACHER);
    const msgpack_object *anya = pupil_row(ANYA);
    assert_int_equal(seen_int(anya, "held"), 1);
    assert_int_equal(seen_int(anya, "missed"), 1);
    assert_int_equal(seen_int(anya, "ill"), 1);
    assert_int_equal(seen_int(anya, "unknown"), 0);
    assert_int_equal(seen_int(anya, "days_missed"), 1);
    eye_close(&eye);
    look_as(DEPUTY);
    const msgpack_object *borya = pupil_row(BORYA);
    assert_int_equal(seen_int(borya, "late"), 1);
    assert_int_equal(seen_int(borya, "missed"), 0);
    assert_int_equal(seen_int(borya, "days_missed"), 0);
    eye_close(&eye);
}

static void an_explanation_moves_the_reason(void **state)
{
    (void)state;
    act_attendance(&w.draft, w.lesson, w.pupils[ANYA], PROJ_ABSENT, NULL, LEDGER_SEQ_NONE, true);
    world_do(&w, by(TEACHER), NULL);
    look_as(CLASS_TEACHER);
    assert_int_equal(seen_int(pupil_row(ANYA), "unknown"), 1);
    eye_close(&eye);
    act_explain(&w.draft, w.pupils[ANYA], w.today, w.today, "valid");
    world_do(&w, by(CLASS_TEACHER), NULL);
    look_as(CLASS_TEACHER);
    const msgpack_object *anya = pupil_row(ANYA);
    assert_int_equal(seen_int(anya, "unknown"), 0);
    assert_int_equal(seen_int(anya, "valid"), 1);
    eye_close(&eye);
}

static void attendance_is_for_those_who_answer_for_the_class(void **state)
{
    (void)state;
    static const enum who may_not[] = {TEACHER, OTHER, OFFICE, PARENT, PUPIL, AUDITOR};
    for (size_t i = 0; i < sizeof may_not / sizeof may_not[0]; i++) {
        look_as(may_not[i]);
        assert_int_equal(proj_view_attendance(&eye.view, w.class_a, w.today, w.today),
                         PROJ_VIEW_FORBIDDEN);
        eye_close(&eye);
    }
}

static const msgpack_object *setting(const msgpack_object *view, const char *name)
{
    const msgpack_object *all = seen(view, "settings");
    for (unsigned i = 0; i < seen_count(all); i++) {
        if (seen_text(seen_at(all, i), "name", name))
            return seen_at(all, i);
    }
    fail_msg("no setting “%s”", name);
    return NULL;
}

static void settings_tell_who_set_them_and_what_was_before(void **state)
{
    (void)state;
    act_setting(&w.draft, "marks_per_period_min", 4);
    world_do(&w, by(DEPUTY), NULL);
    world_tick(&w);
    base_time_ms theft = w.now_ms;
    act_setting(&w.draft, "marks_per_period_min", 5);
    world_do(&w, by(HEAD), NULL);
    eye_open(&eye, &w, w.people[TEACHER].account);
    const msgpack_object *one =
        setting(eye_see(&eye, proj_view_settings(&eye.view)), "marks_per_period_min");
    assert_keys(one, "name value min max otherwise history");
    assert_int_equal(seen_int(one, "value"), 5);
    assert_int_equal(seen_int(one, "otherwise"), 3);
    assert_int_equal(seen_count(seen(one, "history")), 2);
    assert_keys(seen_at(seen(one, "history"), 0), "seq value author author_name recorded");
    assert_true(seen_id(seen_at(seen(one, "history"), 0), "author", w.people[DEPUTY].account));
    assert_true(seen_id(seen_at(seen(one, "history"), 1), "author", w.people[HEAD].account));
    eye_close(&eye);

    /* What a thief set is neither in force nor in the list. */
    act_setting(&w.draft, "marks_per_period_min", 0);
    world_do(&w, by(DEPUTY), NULL);
    world_tick(&w);
    world_void(&w, &w.people[DEPUTY], &w.people[DEPUTY].session.key, theft);
    eye_open(&eye, &w, w.people[TEACHER].account);
    one = setting(eye_see(&eye, proj_view_settings(&eye.view)), "marks_per_period_min");
    assert_int_equal(seen_int(one, "value"), 5);
    assert_int_equal(seen_count(seen(one, "history")), 2);
    eye_close(&eye);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE_LATER(a_remark_reaches_the_teacher_and_is_settled),
        CASE_LATER(a_remark_settles_itself_when_all_is_there),
        CASE_LATER(a_mended_remark_is_open_again_when_the_mending_is_struck_out),
        CASE_LATER(a_remark_by_a_thief_is_gone),
        CASE_LATER(a_report_is_issued_and_received),
        CASE_LATER(a_report_on_a_pupil_has_its_digest),
        CASE_LATER(a_closed_period_is_told_to_staff),
        CASE_LATER(a_day_counts_as_missed_only_whole),
        CASE_LATER(an_explanation_moves_the_reason),
        CASE_LATER(attendance_is_for_those_who_answer_for_the_class),
        CASE(settings_tell_who_set_them_and_what_was_before),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
