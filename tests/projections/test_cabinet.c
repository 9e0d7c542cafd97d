/* What a family's word does on the read side: consent opens and closes a diary (CT-4), an explained
 * absence changes its letter (CT-7), an acknowledgement goes stale (CT-3). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/projections/eye.h"

static struct world w;
static struct eye eye;

static int setup(void **state)
{
    (void)state;
    world_make(&w);
    world_tick(&w);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    world_remove(&w);
    return 0;
}

static struct signer *by(enum who who)
{
    return &w.people[who].session;
}

static int diary_answer(enum who who, enum pupil pupil)
{
    eye_open(&eye, &w, w.people[who].account);
    int answer = proj_view_diary(&eye.view, w.pupils[pupil], w.today, w.today + 5);
    eye_close(&eye);
    return answer;
}

static void says(enum who signer, unsigned decision, unsigned form)
{
    act_consent(&w.draft, w.people[PARENT].account, w.pupils[ANYA], decision, form, w.today);
    world_do(&w, by(signer), NULL);
}

static void a_refusal_closes_the_diary_and_consent_opens_it(void **state)
{
    (void)state;
    assert_int_equal(diary_answer(PARENT, ANYA), PROJ_VIEW_DONE);
    says(PARENT, PROJ_CONSENT_REFUSED, PROJ_FORM_ELECTRONIC);
    assert_int_equal(diary_answer(PARENT, ANYA), PROJ_VIEW_FORBIDDEN);
    assert_int_equal(diary_answer(CLASS_TEACHER, ANYA), PROJ_VIEW_DONE);
    says(PARENT, PROJ_CONSENT_GIVEN, PROJ_FORM_ELECTRONIC);
    assert_int_equal(diary_answer(PARENT, ANYA), PROJ_VIEW_DONE);
    says(CLASS_TEACHER, PROJ_CONSENT_WITHDRAWN, PROJ_FORM_PAPER);
    assert_int_equal(diary_answer(PARENT, ANYA), PROJ_VIEW_FORBIDDEN);
}

static void where_consent_is_required_silence_is_not_consent(void **state)
{
    (void)state;
    act_setting(&w.draft, "consent_required", 1);
    world_do(&w, by(HEAD), NULL);
    assert_int_equal(diary_answer(PARENT, ANYA), PROJ_VIEW_FORBIDDEN);
    assert_int_equal(diary_answer(PUPIL, BORYA), PROJ_VIEW_DONE); /* not the pupil's own */
    says(PARENT, PROJ_CONSENT_GIVEN, PROJ_FORM_ELECTRONIC);
    assert_int_equal(diary_answer(PARENT, ANYA), PROJ_VIEW_DONE);
}

/* A refusal that a thief of the parent's account signed counts no more once it is struck out. */
static void a_stolen_refusal_closes_nothing(void **state)
{
    (void)state;
    base_time_ms theft = w.now_ms;
    says(PARENT, PROJ_CONSENT_REFUSED, PROJ_FORM_ELECTRONIC);
    world_tick(&w);
    world_void(&w, &w.people[PARENT], &w.people[PARENT].session.key, theft);
    assert_int_equal(diary_answer(PARENT, ANYA), PROJ_VIEW_DONE);
}

/* The lesson of the diary as the reader sees it. */
static const msgpack_object *lesson_as(enum who who)
{
    eye_open(&eye, &w, w.people[who].account);
    const msgpack_object *diary =
        eye_see(&eye, proj_view_diary(&eye.view, w.pupils[ANYA], w.today, w.today + 5));
    const msgpack_object *lessons = seen(diary, "lessons");
    for (unsigned i = 0; i < seen_count(lessons); i++) {
        if (!seen_nil(seen_at(lessons, i), "lesson"))
            return seen_at(lessons, i);
    }
    fail_msg("the lesson is not in the diary");
    return NULL;
}

static bool page_says(const char *reason)
{
    eye_open(&eye, &w, w.people[TEACHER].account);
    const msgpack_object *page =
        eye_see(&eye, proj_view_journal(&eye.view, w.class_a, w.maths, w.today, w.today));
    const msgpack_object *absence = seen_at(seen(page, "absences"), 0);
    const msgpack_object *got = seen_at(absence, 3);
    bool same = got->type == MSGPACK_OBJECT_STR && got->via.str.size == strlen(reason) &&
                memcmp(got->via.str.ptr, reason, strlen(reason)) == 0;
    eye_close(&eye);
    return same;
}

static void absent(const char *reason)
{
    act_attendance(&w.draft, w.lesson, w.pupils[ANYA], PROJ_ABSENT, reason, LEDGER_SEQ_NONE, true);
    world_do(&w, by(TEACHER), NULL);
}

static void explain(enum who who, base_day from, base_day to, const char *reason)
{
    act_explain(&w.draft, w.pupils[ANYA], from, to, reason);
    world_do(&w, by(who), NULL);
}

static void what_the_family_says_is_shown_and_does_not_hold(void **state)
{
    (void)state;
    absent(NULL);
    explain(PARENT, w.today, w.today, "ill");
    const msgpack_object *lesson = lesson_as(CLASS_TEACHER);
    assert_true(seen_text(lesson, "reason", ""));
    assert_true(seen_text(lesson, "said", "ill"));
    eye_close(&eye);
    assert_false(page_says("ill"));
    explain(CLASS_TEACHER, w.today, w.today, "ill");
    lesson = lesson_as(PARENT);
    assert_true(seen_text(lesson, "reason", "ill"));
    assert_true(seen_text(lesson, "said", ""));
    eye_close(&eye);
    assert_true(page_says("ill"));
    explain(PARENT, w.today, w.today, "valid"); /* says it anew: the ruling stays */
    lesson = lesson_as(PARENT);
    assert_true(seen_text(lesson, "reason", "ill"));
    assert_true(seen_text(lesson, "said", "valid"));
    eye_close(&eye);
}

static void an_explanation_holds_for_its_days_and_over_the_cell(void **state)
{
    (void)state;
    absent("invalid");
    assert_true(page_says("invalid"));
    explain(CLASS_TEACHER, w.today - 3, w.today - 1, "ill");
    assert_true(page_says("invalid"));
    explain(CLASS_TEACHER, w.today - 2, w.today + 2, "valid");
    assert_true(page_says("valid"));
    explain(CLASS_TEACHER, w.today - 2, w.today - 1, "valid"); /* corrected: until yesterday */
    assert_true(page_says("invalid"));
}

static void an_explanation_says_nothing_of_who_was_there(void **state)
{
    (void)state;
    act_attendance(&w.draft, w.lesson, w.pupils[ANYA], PROJ_LATE, NULL, LEDGER_SEQ_NONE, true);
    world_do(&w, by(TEACHER), NULL);
    explain(CLASS_TEACHER, w.today, w.today, "ill");
    assert_false(page_says("ill"));
}

/* Is the acknowledgement of the week there, and has something changed since? */
static void assert_acknowledged(bool there, bool changed)
{
    eye_open(&eye, &w, w.people[PARENT].account);
    const msgpack_object *diary =
        eye_see(&eye, proj_view_diary(&eye.view, w.pupils[ANYA], w.today, w.today + 5));
    assert_true(seen_bool(diary, "parent"));
    assert_int_equal(seen_nil(diary, "acknowledged"), !there);
    if (there)
        assert_int_equal(seen_bool(seen(diary, "acknowledged"), "changed"), changed);
    bool marked = false;
    const msgpack_object *lessons = seen(diary, "lessons");
    for (unsigned i = 0; i < seen_count(lessons); i++)
        marked |= seen_bool(seen_at(lessons, i), "changed");
    assert_int_equal(marked, there && changed);
    eye_close(&eye);
}

static void acknowledge(void)
{
    act_acknowledge(&w.draft, w.people[PARENT].account, w.pupils[ANYA], PROJ_FORM_ELECTRONIC,
                    w.today, world_size(&w));
    world_do(&w, by(PARENT), NULL);
    assert_acknowledged(true, false);
}

static void an_acknowledgement_goes_stale_when_what_was_seen_changes(void **state)
{
    (void)state;
    ledger_seq mark = world_mark(&w, by(TEACHER), ANYA, 4, LEDGER_SEQ_NONE);
    assert_acknowledged(false, false);
    acknowledge();
    world_mark(&w, by(TEACHER), BORYA, 5, LEDGER_SEQ_NONE); /* another child's */
    act_mark_of(&w.draft, w.lesson, w.pupils[BORYA], 5, NULL, LEDGER_SEQ_NONE, 1, 4, 30);
    world_do(&w, by(TEACHER), NULL);
    assert_acknowledged(true, false);
    world_mark(&w, by(TEACHER), ANYA, 3, mark);
    assert_acknowledged(true, true);
    acknowledge();
    act_homework(&w.draft, w.lesson, "№ 5", LEDGER_SEQ_NONE);
    world_do(&w, by(TEACHER), NULL);
    assert_acknowledged(true, true);
}

static void an_explained_absence_is_a_change(void **state)
{
    (void)state;
    absent(NULL);
    acknowledge();
    explain(CLASS_TEACHER, w.today, w.today, "valid");
    assert_acknowledged(true, true);
}

/* What an act strikes out has changed, too; and when the act is overruled all is as it was seen. */
static void an_act_makes_it_stale_and_its_end_undoes_that(void **state)
{
    (void)state;
    base_time_ms theft = w.now_ms;
    world_mark(&w, by(TEACHER), ANYA, 5, LEDGER_SEQ_NONE);
    acknowledge();
    world_tick(&w);
    struct told told = world_void(&w, &w.people[TEACHER], &w.people[TEACHER].session.key, theft);
    assert_acknowledged(true, true);
    assert_int_equal(world_overrule(&w, &w.root, &told), 0);
    assert_acknowledged(true, false);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_refusal_closes_the_diary_and_consent_opens_it),
        CASE(where_consent_is_required_silence_is_not_consent),
        CASE(a_stolen_refusal_closes_nothing),
        CASE(what_the_family_says_is_shown_and_does_not_hold),
        CASE(an_explanation_holds_for_its_days_and_over_the_cell),
        CASE(an_explanation_says_nothing_of_who_was_there),
        CASE(an_acknowledgement_goes_stale_when_what_was_seen_changes),
        CASE(an_explained_absence_is_a_change),
        CASE(an_act_makes_it_stale_and_its_end_undoes_that),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
