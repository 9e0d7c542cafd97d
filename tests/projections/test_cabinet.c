/* What a family's word does on the read side: consent opens and closes a diary (CT-4), an explained
 * absence changes its letter (CT-7), an acknowledgement goes stale (CT-3). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/projections/eye.h"
#include "tests/projections/little.h"

static struct eye eye;

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

/* The cabinet: what CT-2b names, for a child. */

static const msgpack_object *find_in(const msgpack_object *array, const char *key, const char *text)
{
    for (unsigned i = 0; i < seen_count(array); i++) {
        const msgpack_object *got = seen(seen_at(array, i), key);
        if (got->type == MSGPACK_OBJECT_STR && got->via.str.size == strlen(text) &&
            memcmp(got->via.str.ptr, text, strlen(text)) == 0)
            return seen_at(array, i);
    }
    fail_msg("nothing has “%s” %s", key, text);
    return NULL;
}

static void results_are_by_subject_and_of_one_child(void **state)
{
    (void)state;
    world_mark(&w, by(TEACHER), BORYA, 2, LEDGER_SEQ_NONE);
    world_mark(&w, by(TEACHER), ANYA, 4, LEDGER_SEQ_NONE);
    act_mark_of(&w.draft, w.lesson, w.pupils[ANYA], 5, NULL, LEDGER_SEQ_NONE, 1, 4, 30);
    world_do(&w, by(TEACHER), NULL);
    act_period(&w.draft, w.class_a, w.maths, "1 четверть", w.pupils[ANYA], 5, LEDGER_SEQ_NONE, 3);
    world_do(&w, by(TEACHER), NULL);
    absent(NULL);
    explain(CLASS_TEACHER, w.today, w.today, "ill");
    eye_open(&eye, &w, w.people[PARENT].account);
    const msgpack_object *results =
        eye_see(&eye, proj_view_results(&eye.view, w.pupils[ANYA], w.today, w.today + 30));
    assert_keys(results, "pupil name from to size rule subjects");
    const msgpack_object *maths = find_in(seen(results, "subjects"), "subject_name", "Математика");
    assert_keys(maths, "group group_name subject subject_name marked marks average mark_count "
                       "lessons absences periods");
    assert_int_equal(seen_int(maths, "average"), 475); /* (4·10 + 5·30) / 40 */
    assert_int_equal(seen_int(maths, "mark_count"), 2);
    assert_int_equal(seen_count(seen(maths, "marks")), 2);
    assert_keys(seen_at(seen(maths, "marks"), 0),
                "lesson day n column values work weight comment seq flags");
    assert_int_equal(seen_int(seen(maths, "absences"), "ill"), 1);
    assert_int_equal(seen_int(seen(maths, "absences"), "unknown"), 0);
    assert_int_equal(seen_int(seen_at(seen(maths, "periods"), 0), "value"), 5);
    eye_close(&eye);
    eye_open(&eye, &w, w.people[PARENT].account);
    assert_int_equal(proj_view_results(&eye.view, w.pupils[BORYA], w.today, w.today + 30),
                     PROJ_VIEW_FORBIDDEN);
    assert_int_equal(eye.out.len, 0);
    eye_close(&eye);
}

static void the_cabinet_names_teachers_control_works_and_advice(void **state)
{
    (void)state;
    act_control(&w.draft, w.class_a, w.maths, w.today + 7, 1);
    world_do(&w, by(DEPUTY), NULL);
    act_control(&w.draft, w.class_a, w.maths, w.today + 70, 1); /* not of these days */
    world_do(&w, by(DEPUTY), NULL);
    act_advise(&w.draft, w.pupils[ANYA], false, w.maths, "больше читать вслух");
    world_do(&w, by(TEACHER), NULL);
    act_advise(&w.draft, w.class_a, true, NULL, "завтра экскурсия");
    world_do(&w, by(CLASS_TEACHER), NULL);
    act_advise(&w.draft, w.pupils[BORYA], false, NULL, "не для Ани");
    world_do(&w, by(CLASS_TEACHER), NULL);
    eye_open(&eye, &w, w.people[PARENT].account);
    const msgpack_object *cabinet =
        eye_see(&eye, proj_view_cabinet(&eye.view, w.pupils[ANYA], w.today, w.today + 30));
    assert_keys(cabinet, "pupil name class class_name from to class_teachers teachers controls "
                         "calendar advice");
    assert_int_equal(seen_count(seen(cabinet, "class_teachers")), 1);
    find_in(seen(cabinet, "teachers"), "subject_name", "Математика");
    find_in(seen(cabinet, "teachers"), "subject_name", "Физкультура"); /* of the stream */
    assert_int_equal(seen_count(seen(cabinet, "controls")), 1);
    assert_int_equal(seen_int(seen_at(seen(cabinet, "controls"), 0), "day"), w.today + 7);
    assert_true(seen_count(seen(cabinet, "calendar")) > 0);
    assert_int_equal(seen_count(seen(cabinet, "advice")), 2);
    assert_false(seen_bool(find_in(seen(cabinet, "advice"), "text", "больше читать вслух"), "own"));
    assert_true(
        seen_bool(find_in(seen(cabinet, "advice"), "text", "завтра экскурсия"), "to_group"));
    eye_close(&eye);
}

/* A substitution shows who comes instead, a cancelled lesson that there is none. */
static void the_timetable_says_what_was_changed_in_it(void **state)
{
    (void)state;
    eye_open(&eye, &w, w.people[PARENT].account);
    const msgpack_object *lessons = seen(
        eye_see(&eye, proj_view_timetable(&eye.view, w.pupils[ANYA], w.today, w.today)), "lessons");
    const msgpack_object *drawing = find_in(lessons, "subject_name", "Рисование");
    assert_keys(drawing, "day shift n start end group_name subject_name teacher_name room change "
                         "instead newday newn moved_from");
    assert_int_equal(seen_int(drawing, "change"), PROJ_CHANGE_SUBSTITUTED);
    assert_true(seen_text(drawing, "instead", "Заменова А. И."));
    assert_true(seen_nil(find_in(lessons, "subject_name", "Математика"), "change"));
    eye_close(&eye);
}

static void a_family_reads_what_it_said_of_itself(void **state)
{
    (void)state;
    act_channel(&w.draft, w.people[PARENT].account, "anna@example.org", 5);
    world_do(&w, by(PARENT), NULL);
    says(PARENT, PROJ_CONSENT_REFUSED, PROJ_FORM_ELECTRONIC);
    eye_open(&eye, &w, w.people[PARENT].account);
    const msgpack_object *family = eye_see(&eye, proj_view_family(&eye.view));
    assert_keys(family, "account channel children");
    assert_true(seen_text(seen(family, "channel"), "email", "anna@example.org"));
    assert_int_equal(seen_int(seen(family, "channel"), "wants"), 5);
    const msgpack_object *child = seen_at(seen(family, "children"), 0);
    assert_keys(child, "pupil name class_name consent reads");
    assert_false(seen_bool(child, "reads"));
    assert_int_equal(seen_int(seen(child, "consent"), "decision"), PROJ_CONSENT_REFUSED);
    eye_close(&eye);
}

/* The class teacher's pages. */

static const msgpack_object *pupil_of_form(const msgpack_object *form, enum pupil pupil)
{
    for (unsigned i = 0; i < seen_count(seen(form, "pupils")); i++) {
        if (seen_id(seen_at(seen(form, "pupils"), i), "id", w.pupils[pupil]))
            return seen_at(seen(form, "pupils"), i);
    }
    fail_msg("the pupil is not on the page");
    return NULL;
}

static void the_class_page_tells_what_there_is_to_do(void **state)
{
    (void)state;
    base_day week = w.today - 1;
    absent(NULL);
    act_attendance(&w.draft, w.lesson, w.pupils[BORYA], PROJ_ABSENT, "ill", LEDGER_SEQ_NONE, true);
    world_do(&w, by(TEACHER), NULL);
    act_hand(&w.draft, w.people[PARENT].account);
    world_do(&w, by(CLASS_TEACHER), NULL);
    act_acknowledge(&w.draft, w.people[PARENT].account, w.pupils[ANYA], PROJ_FORM_PAPER, week,
                    world_size(&w));
    world_do(&w, by(CLASS_TEACHER), NULL);
    eye_open(&eye, &w, w.people[CLASS_TEACHER].account);
    const msgpack_object *form = eye_see(&eye, proj_view_form(&eye.view, w.class_a, week));
    assert_keys(form, "group name week today size absences pupils");
    assert_int_equal(seen_count(seen(form, "absences")), 2);
    assert_keys(seen_at(seen(form, "absences"), 0), "pupil day n subject_name state reason said");
    const msgpack_object *anya = pupil_of_form(form, ANYA);
    assert_keys(anya, "id name from family");
    assert_int_equal(seen_count(seen(anya, "family")), 1);
    const msgpack_object *parent = seen_at(seen(anya, "family"), 0);
    assert_keys(parent, "account role name enrolled invited handed consent reads channel "
                        "acknowledged");
    assert_true(seen_nil(parent, "consent"));
    assert_int_equal(seen_int(seen(parent, "handed"), "way"), 1);
    assert_int_equal(seen_int(seen(parent, "acknowledged"), "form"), PROJ_FORM_PAPER);
    assert_false(seen_bool(seen(parent, "acknowledged"), "changed"));
    assert_int_equal(seen_count(seen(pupil_of_form(form, VERA), "family")), 0);
    eye_close(&eye);
    world_mark(&w, by(TEACHER), ANYA, 4, LEDGER_SEQ_NONE);
    eye_open(&eye, &w, w.people[CLASS_TEACHER].account);
    form = eye_see(&eye, proj_view_form(&eye.view, w.class_a, week));
    parent = seen_at(seen(pupil_of_form(form, ANYA), "family"), 0);
    assert_true(seen_bool(seen(parent, "acknowledged"), "changed"));
    eye_close(&eye);
}

static void the_sheet_of_a_class_holds_every_subject(void **state)
{
    (void)state;
    world_mark(&w, by(TEACHER), ANYA, 4, LEDGER_SEQ_NONE);
    act_mark_of(&w.draft, w.lesson, w.pupils[ANYA], 5, NULL, LEDGER_SEQ_NONE, 1, 4, 30);
    world_do(&w, by(TEACHER), NULL);
    act_period(&w.draft, w.class_a, w.maths, "1 четверть", w.pupils[BORYA], 3, LEDGER_SEQ_NONE, 3);
    world_do(&w, by(TEACHER), NULL);
    absent("valid");
    eye_open(&eye, &w, w.people[CLASS_TEACHER].account);
    const msgpack_object *sheet =
        eye_see(&eye, proj_view_sheet(&eye.view, w.class_a, w.today, w.today + 30));
    assert_keys(sheet, "group name from to size rule pupils subjects means period_marks");
    assert_int_equal(seen_count(seen(sheet, "pupils")), 3);
    assert_int_equal(seen_int(seen(seen_at(seen(sheet, "pupils"), 0), "absences"), "valid"), 1);
    assert_int_equal(seen_count(seen(sheet, "means")), 1);
    const msgpack_object *mean = seen_at(seen(sheet, "means"), 0);
    assert_int_equal(int_at(mean, 0), 0); /* Anya is first by name */
    assert_int_equal(int_at(mean, 2), 475);
    assert_int_equal(int_at(mean, 3), 2);
    const msgpack_object *period = seen_at(seen(sheet, "period_marks"), 0);
    assert_int_equal(int_at(period, 0), 1);
    assert_int_equal(int_at(period, 3), 3);
    eye_again(&eye);
    const msgpack_object *lists = eye_see(&eye, proj_view_lists(&eye.view, w.class_a));
    assert_keys(lists, "group name pupils groups");
    const msgpack_object *class_list = find_in(seen(lists, "groups"), "name", "5А");
    assert_int_equal(seen_count(seen(class_list, "members")), 3);
    eye_close(&eye);
}

static void the_card_shows_persons_to_their_keepers_only(void **state)
{
    (void)state;
    act_channel(&w.draft, w.people[PARENT].account, "anna@example.org", 5);
    world_do(&w, by(PARENT), NULL);
    act_contact(&w.draft, w.pupils[ANYA], w.today);
    world_do(&w, by(CLASS_TEACHER), NULL);
    act_advise(&w.draft, w.pupils[ANYA], false, NULL, "слово учителя");
    world_do(&w, by(TEACHER), NULL);
    act_advise(&w.draft, w.pupils[ANYA], false, NULL, "слово руководителя");
    world_do(&w, by(CLASS_TEACHER), NULL);
    eye_open(&eye, &w, w.people[CLASS_TEACHER].account);
    const msgpack_object *card = eye_see(&eye, proj_view_card(&eye.view, w.pupils[ANYA]));
    assert_keys(card, "pupil name class class_name keeps advice full_name plan birth sex groups "
                      "family contacts explanations");
    const msgpack_object *parent = seen_at(seen(card, "family"), 0);
    assert_true(seen_text(seen(parent, "channel"), "email", "anna@example.org"));
    assert_int_equal(seen_count(seen(card, "contacts")), 1);
    assert_int_equal(seen_count(seen(card, "advice")), 2);
    eye_close(&eye);
    eye_open(&eye, &w, w.people[TEACHER].account);
    card = eye_see(&eye, proj_view_card(&eye.view, w.pupils[ANYA]));
    assert_keys(card, "pupil name class class_name keeps advice");
    assert_int_equal(seen_count(seen(card, "advice")), 1);
    assert_true(seen_bool(seen_at(seen(card, "advice"), 0), "own"));
    eye_close(&eye);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE_LATER(a_refusal_closes_the_diary_and_consent_opens_it),
        CASE_LATER(where_consent_is_required_silence_is_not_consent),
        CASE_LATER(a_stolen_refusal_closes_nothing),
        CASE_LATER(what_the_family_says_is_shown_and_does_not_hold),
        CASE_LATER(an_explanation_holds_for_its_days_and_over_the_cell),
        CASE_LATER(an_explanation_says_nothing_of_who_was_there),
        CASE_LATER(an_acknowledgement_goes_stale_when_what_was_seen_changes),
        CASE_LATER(an_explained_absence_is_a_change),
        CASE_LATER(an_act_makes_it_stale_and_its_end_undoes_that),
        CASE_LATER(results_are_by_subject_and_of_one_child),
        CASE_LATER(the_cabinet_names_teachers_control_works_and_advice),
        CASE_LATER(the_timetable_says_what_was_changed_in_it),
        CASE_LATER(a_family_reads_what_it_said_of_itself),
        CASE_LATER(the_class_page_tells_what_there_is_to_do),
        CASE_LATER(the_sheet_of_a_class_holds_every_subject),
        CASE_LATER(the_card_shows_persons_to_their_keepers_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
