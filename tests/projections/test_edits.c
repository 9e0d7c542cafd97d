/* «Правки»: what came late, over another entry, in vain; whose pages; and that an auditor sees no
 * names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "tests/projections/eye.h"
#include "tests/projections/little.h"

#define DAY_MS ((base_time_ms)86400000)

static struct eye eye;

enum sort { WRITTEN, CORRECTED, WITHDRAWN, PERIOD_CLOSED, PERIOD_REOPENED };

/* The list of the page, or of all (`page` false), from the first day to well after the last. */
static const msgpack_object *edits_of(enum who who, bool page)
{
    eye_open(&eye, &w, w.people[who].account);
    return eye_see(&eye, proj_view_edits(&eye.view, w.today, w.today + 60, page ? w.class_a : NULL,
                                         page ? w.maths : NULL));
}

static void a_day_passes(enum who who)
{
    w.now_ms += DAY_MS;
    world_login(&w, &w.people[who]);
}

static void in_time_and_untouched_is_not_told(void **state)
{
    (void)state;
    world_mark(&w, by(TEACHER), ANYA, 4, LEDGER_SEQ_NONE);
    const msgpack_object *list = edits_of(HEAD, true);
    assert_keys(list, "from to entries size edits more");
    assert_int_equal(seen_count(seen(list, "edits")), 0);
    assert_false(seen_bool(list, "more"));
    eye_close(&eye);
    assert_int_equal(seen_count(seen(edits_of(HEAD, false), "edits")), 0);
    eye_close(&eye);
}

static void what_came_late_is_told_with_its_term(void **state)
{
    (void)state;
    a_day_passes(TEACHER);
    ledger_seq late = world_mark(&w, by(TEACHER), ANYA, 4, LEDGER_SEQ_NONE);
    for (unsigned page = 0; page < 2; page++) {
        const msgpack_object *list = seen(edits_of(HEAD, page == 1), "edits");
        assert_int_equal(seen_count(list), 1);
        const msgpack_object *edit = seen_at(list, 0);
        assert_keys(edit,
                    "seq sort late void what group subject group_name subject_name lesson day "
                    "n period pupil pupil_name column before after name recorded on due "
                    "report");
        assert_int_equal(seen_int(edit, "seq"), late);
        assert_int_equal(seen_int(edit, "sort"), WRITTEN);
        assert_true(seen_bool(edit, "late"));
        assert_false(seen_bool(edit, "void"));
        assert_true(seen_text(edit, "before", "—"));
        assert_true(seen_text(edit, "after", "4"));
        assert_int_equal(seen_int(edit, "day"), w.today);
        assert_int_equal(seen_int(edit, "on"), w.today + 1);
        assert_true(seen_text(edit, "name", "Учителева А. И."));
        /* The last millisecond of the lesson's day at the school's offset. */
        base_time_ms due = seen_int(edit, "due");
        assert_int_equal(base_day_of_time(due, eye.view.offset_min), w.today);
        assert_int_equal(base_day_of_time(due + 1, eye.view.offset_min), w.today + 1);
        assert_true(seen_nil(edit, "report"));
        eye_close(&eye);
    }
}

static void corrections_and_withdrawals_say_what_stood_there(void **state)
{
    (void)state;
    ledger_seq three = world_mark(&w, by(TEACHER), ANYA, 3, LEDGER_SEQ_NONE);
    world_tick(&w);
    ledger_seq five = world_mark(&w, by(TEACHER), ANYA, 5, three);
    world_tick(&w);
    ledger_seq none = world_mark(&w, by(TEACHER), ANYA, 0, five);
    const msgpack_object *list = seen(edits_of(TEACHER, true), "edits");
    assert_int_equal(seen_count(list), 2);
    const msgpack_object *last = seen_at(list, 0); /* the newest first */
    const msgpack_object *first = seen_at(list, 1);
    assert_int_equal(seen_int(last, "seq"), none);
    assert_int_equal(seen_int(last, "sort"), WITHDRAWN);
    assert_true(seen_text(last, "before", "5"));
    assert_true(seen_text(last, "after", "—"));
    assert_int_equal(seen_int(first, "sort"), CORRECTED);
    assert_true(seen_text(first, "before", "3"));
    assert_true(seen_text(first, "after", "5"));
    assert_false(seen_bool(first, "late"));
    eye_close(&eye);
}

static void what_was_struck_out_names_its_report(void **state)
{
    (void)state;
    ledger_seq three = world_mark(&w, by(TEACHER), ANYA, 3, LEDGER_SEQ_NONE);
    world_tick(&w);
    base_time_ms breach = w.now_ms;
    ledger_seq five = world_mark(&w, by(TEACHER), ANYA, 5, three);
    world_tick(&w);
    struct told told = world_void(&w, &w.people[TEACHER], &w.people[TEACHER].session.key, breach);
    const msgpack_object *list = seen(edits_of(HEAD, true), "edits");
    assert_int_equal(seen_count(list), 1);
    const msgpack_object *edit = seen_at(list, 0);
    assert_int_equal(seen_int(edit, "seq"), five);
    assert_true(seen_bool(edit, "void"));
    assert_int_equal(seen_int(edit, "report"), told.seq);
    eye_close(&eye);
}

static void periods_that_are_closed_and_opened_again_are_told(void **state)
{
    (void)state;
    act_close_period(&w.draft, w.class_a, "1 четверть", w.today, w.today + 50);
    ledger_seq closed = world_do(&w, by(HEAD), NULL);
    act_reopen_period(&w.draft, w.class_a, "1 четверть");
    ledger_seq reopened = world_do(&w, by(HEAD), NULL);
    for (unsigned page = 0; page < 2; page++) {
        const msgpack_object *list = seen(edits_of(HEAD, page == 1), "edits");
        assert_int_equal(seen_count(list), 2);
        assert_int_equal(seen_int(seen_at(list, 0), "seq"), reopened);
        assert_int_equal(seen_int(seen_at(list, 0), "sort"), PERIOD_REOPENED);
        assert_int_equal(seen_int(seen_at(list, 1), "seq"), closed);
        assert_int_equal(seen_int(seen_at(list, 1), "sort"), PERIOD_CLOSED);
        assert_true(seen_text(seen_at(list, 1), "period", "1 четверть"));
        assert_true(seen_nil(seen_at(list, 1), "day"));
        eye_close(&eye);
    }
}

static void days_are_those_of_recording(void **state)
{
    (void)state;
    a_day_passes(TEACHER);
    world_mark(&w, by(TEACHER), ANYA, 4, LEDGER_SEQ_NONE);
    for (int day = 0; day < 3; day++) {
        eye_open(&eye, &w, w.people[HEAD].account);
        const msgpack_object *list = eye_see(
            &eye, proj_view_edits(&eye.view, w.today + day, w.today + day, w.class_a, w.maths));
        assert_int_equal(seen_count(seen(list, "edits")), day == 1);
        eye_close(&eye);
    }
}

static void nobody_sees_pages_of_others(void **state)
{
    (void)state;
    a_day_passes(TEACHER);
    world_mark(&w, by(TEACHER), ANYA, 4, LEDGER_SEQ_NONE);
    assert_int_equal(seen_count(seen(edits_of(OTHER, false), "edits")), 0); /* teaches drawing */
    eye_close(&eye);
    assert_int_equal(seen_count(seen(edits_of(TEACHER, false), "edits")), 1);
    eye_close(&eye);
    assert_int_equal(seen_count(seen(edits_of(PARENT, false), "edits")), 0);
    eye_close(&eye);
    static const enum who strangers[] = {OTHER, PARENT};
    for (unsigned i = 0; i < 2; i++) {
        eye_open(&eye, &w, w.people[strangers[i]].account);
        assert_int_equal(proj_view_edits(&eye.view, w.today, w.today + 60, w.class_a, w.maths),
                         PROJ_VIEW_FORBIDDEN);
        eye_close(&eye);
    }
}

static void an_auditor_sees_all_pages_and_nobodys_name(void **state)
{
    (void)state;
    a_day_passes(TEACHER);
    world_mark(&w, by(TEACHER), ANYA, 4, LEDGER_SEQ_NONE);
    act_attendance(&w.draft, w.lesson, w.pupils[BORYA], 1, "ill", LEDGER_SEQ_NONE, false);
    world_do(&w, by(TEACHER), NULL);
    for (unsigned page = 0; page < 2; page++) {
        const msgpack_object *list = seen(edits_of(AUDITOR, page == 1), "edits");
        assert_int_equal(seen_count(list), 2);
        for (unsigned i = 0; i < 2; i++) {
            assert_true(seen_text(seen_at(list, i), "pupil_name", ""));
            assert_true(seen_text(seen_at(list, i), "name", ""));
        }
        assert_true(seen_text(seen_at(list, 0), "after", "н")); /* not «б»: why is sealed */
        eye_close(&eye);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE_LATER(in_time_and_untouched_is_not_told),
        CASE_LATER(what_came_late_is_told_with_its_term),
        CASE_LATER(corrections_and_withdrawals_say_what_stood_there),
        CASE_LATER(what_was_struck_out_names_its_report),
        CASE_LATER(periods_that_are_closed_and_opened_again_are_told),
        CASE_LATER(days_are_those_of_recording),
        CASE_LATER(nobody_sees_pages_of_others),
        CASE_LATER(an_auditor_sees_all_pages_and_nobodys_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
