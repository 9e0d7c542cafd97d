/* Families, control and movement: what locks refuse, whom a move leaves where, and what falls with
 * what (specs/events.md; rights are tried in test_authority.c). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "projections/control.h"
#include "tests/projections/eye.h"
#include "tests/projections/little.h"

static struct eye eye_;

static void a_closed_period_takes_no_entry_until_it_is_reopened(void **state)
{
    (void)state;
    proj_id lesson;
    act_close_period(&w.draft, w.class_a, "1 четверть", w.today, w.today + 54);
    world_do(&w, by(DEPUTY), NULL);
    act_mark(&w.draft, w.lesson, w.pupils[ANYA], 5, NULL, LEDGER_SEQ_NONE);
    world_refused(&w, by(TEACHER), NULL, PROJ_REFUSED_LOCKED, "lesson");
    act_topic(&w.draft, w.lesson, "Дроби", LEDGER_SEQ_NONE);
    world_refused(&w, by(TEACHER), NULL, PROJ_REFUSED_LOCKED, "lesson");
    act_homework(&w.draft, w.lesson, "№ 5", LEDGER_SEQ_NONE);
    world_refused(&w, by(TEACHER), NULL, PROJ_REFUSED_LOCKED, "lesson");
    act_attendance(&w.draft, w.lesson, w.pupils[ANYA], 1, NULL, LEDGER_SEQ_NONE, true);
    world_refused(&w, by(TEACHER), NULL, PROJ_REFUSED_LOCKED, "lesson");
    world_new_id(&w, lesson);
    act_lesson(&w.draft, lesson, w.class_a, w.maths, w.people[TEACHER].account,
               w.people[TEACHER].account, w.today, 2);
    world_refused(&w, by(TEACHER), NULL, PROJ_REFUSED_LOCKED, "lesson");
    act_period(&w.draft, w.class_a, w.maths, "1 четверть", w.pupils[ANYA], 5, LEDGER_SEQ_NONE, 1);
    world_refused(&w, by(TEACHER), NULL, PROJ_REFUSED_LOCKED, "period");
    act_reopen_period(&w.draft, w.class_a, "1 четверть");
    world_do(&w, by(HEAD), NULL);
    act_mark(&w.draft, w.lesson, w.pupils[ANYA], 5, NULL, LEDGER_SEQ_NONE);
    world_do(&w, by(TEACHER), NULL);
}

static void a_lock_on_a_class_holds_for_groups_drawn_from_it(void **state)
{
    (void)state;
    act_close_period(&w.draft, w.class_a, "1 четверть", w.today, w.today + 54);
    world_do(&w, by(DEPUTY), NULL);
    struct proj_txn *txn = world_read(&w);
    assert_true(proj_is_locked(txn, w.subgroup, w.today, LEDGER_SEQ_NONE));
    assert_true(proj_is_locked(txn, w.stream, w.today + 54, LEDGER_SEQ_NONE));
    assert_false(proj_is_locked(txn, w.subgroup, w.today + 55, LEDGER_SEQ_NONE));
    assert_false(proj_is_locked(txn, w.class_b, w.today, LEDGER_SEQ_NONE));
    world_read_end(txn);
}

/* What was struck out may be said again in a closed period, and nothing else with it. */
static void a_closed_period_lets_in_what_only_affirms(void **state)
{
    (void)state;
    struct person *teacher = &w.people[TEACHER];
    base_time_ms theft = w.now_ms;
    world_mark(&w, &teacher->session, ANYA, 4, LEDGER_SEQ_NONE);
    struct ledger_hash struck = w.receipt.id;
    world_mark(&w, &teacher->session, BORYA, 3, LEDGER_SEQ_NONE);
    world_tick(&w);
    world_void(&w, teacher, &teacher->key.key, theft);
    act_close_period(&w.draft, w.class_a, "1 четверть", w.today, w.today + 54);
    world_do(&w, by(DEPUTY), NULL);
    world_enrol_again(&w, by(HEAD), teacher);
    world_login(&w, teacher);
    act_mark(&w.draft, w.lesson, w.pupils[ANYA], 4, NULL, LEDGER_SEQ_NONE);
    world_refused(&w, by(TEACHER), NULL, PROJ_REFUSED_LOCKED, "lesson"); /* quotes nothing */
    act_mark(&w.draft, w.lesson, w.pupils[ANYA], 5, NULL, LEDGER_SEQ_NONE);
    w.draft.quote = &struck;
    world_refused(&w, by(TEACHER), NULL, PROJ_REFUSED_LOCKED, "lesson"); /* another mark */
    act_mark(&w.draft, w.lesson, w.pupils[BORYA], 4, NULL, LEDGER_SEQ_NONE);
    w.draft.quote = &struck;
    world_refused(&w, by(TEACHER), NULL, PROJ_REFUSED_LOCKED, "lesson"); /* another pupil */
    act_mark(&w.draft, w.lesson, w.pupils[ANYA], 4, "с пояснением", LEDGER_SEQ_NONE);
    w.draft.quote = &struck;
    world_refused(&w, by(TEACHER), NULL, PROJ_REFUSED_LOCKED, "lesson"); /* more than was said */
    act_mark(&w.draft, w.lesson, w.pupils[ANYA], 4, NULL, LEDGER_SEQ_NONE);
    w.draft.quote = &struck;
    world_do(&w, by(TEACHER), NULL);
    assert_int_equal(world_value(&w, w.lesson, ANYA), 4);
}

/* What a thief locked is open again once it is known, and what was written before stays. */
static void a_stolen_lock_opens_when_it_is_struck_out(void **state)
{
    (void)state;
    base_time_ms theft = w.now_ms;
    act_close_period(&w.draft, w.class_a, "1 четверть", w.today, w.today + 54);
    world_do(&w, by(DEPUTY), NULL);
    world_tick(&w);
    world_report(&w, &w.root, &w.people[DEPUTY], &w.people[DEPUTY].session.key, theft);
    act_mark(&w.draft, w.lesson, w.pupils[ANYA], 5, NULL, LEDGER_SEQ_NONE);
    world_do(&w, by(TEACHER), NULL);
}

static void a_pupil_who_moves_is_in_one_class_on_each_day(void **state)
{
    (void)state;
    act_pupil_move(&w.draft, w.pupils[GLEB], w.class_b, w.class_a, w.today + 10);
    world_do(&w, by(OFFICE), NULL);
    struct proj_txn *txn = world_read(&w);
    assert_true(proj_is_member(txn, w.class_b, w.pupils[GLEB], w.today + 9, LEDGER_SEQ_NONE));
    assert_false(proj_is_member(txn, w.class_b, w.pupils[GLEB], w.today + 10, LEDGER_SEQ_NONE));
    assert_false(proj_is_member(txn, w.class_a, w.pupils[GLEB], w.today + 9, LEDGER_SEQ_NONE));
    assert_true(proj_is_member(txn, w.class_a, w.pupils[GLEB], w.today + 10, LEDGER_SEQ_NONE));
    world_read_end(txn);
    act_pupil_leave(&w.draft, w.pupils[ANYA], w.class_b, w.today + 20);
    world_refused(&w, by(OFFICE), NULL, PROJ_REFUSED_NOT_MEMBER, "groups[0]");
}

static void a_changed_name_is_the_one_that_people_read(void **state)
{
    (void)state;
    ledger_seq then = world_size(&w);
    act_pupil_change(&w.draft, w.pupils[ANYA], "Абрамова-Лис");
    world_do(&w, by(CLASS_TEACHER), NULL);
    eye_open(&eye_, &w, w.people[HEAD].account);
    char name[PROJ_NAME_LEN_MAX];
    proj_view_pupil_name(&eye_.view, w.pupils[ANYA], name);
    assert_string_equal(name, "Абрамова-Лис Анна");
    assert_int_equal(proj_view_travel(&eye_.view, then, then), PROJ_VIEW_DONE);
    proj_view_pupil_name(&eye_.view, w.pupils[ANYA], name);
    assert_string_equal(name, "Абрамова Анна");
    proj_view_return(&eye_.view);
    eye_close(&eye_);
}

static void settings_have_names_and_limits(void **state)
{
    (void)state;
    act_setting(&w.draft, "round_down_at", 5);
    world_refused(&w, by(DEPUTY), NULL, PROJ_REFUSED_FIELD_RANGE, "name");
    act_setting(&w.draft, "round_up_at", 100);
    world_refused(&w, by(DEPUTY), NULL, PROJ_REFUSED_FIELD_RANGE, "value");
    act_setting(&w.draft, "round_up_at", 60);
    world_do(&w, by(DEPUTY), NULL);
    struct proj_txn *txn = world_read(&w);
    assert_int_equal(proj_setting(txn, "round_up_at"), 60);
    assert_int_equal(proj_setting(txn, "marks_per_period_min"), 3); /* nobody has set it */
    world_read_end(txn);
}

static void only_a_parent_consents_and_acknowledges(void **state)
{
    (void)state;
    act_consent(&w.draft, w.people[NEIGHBOUR].account, w.pupils[ANYA], 0, PROJ_FORM_PAPER, w.today);
    world_refused(&w, by(CLASS_TEACHER), NULL, PROJ_REFUSED_UNKNOWN_REFERENT, "account");
    act_acknowledge(&w.draft, w.people[PARENT].account, w.pupils[BORYA], PROJ_FORM_ELECTRONIC,
                    w.today, 1);
    world_refused(&w, by(PARENT), NULL, PROJ_REFUSED_NO_RIGHT, "form");
    act_acknowledge(&w.draft, w.people[PARENT].account, w.pupils[ANYA], PROJ_FORM_ELECTRONIC,
                    w.today, world_size(&w) + 1);
    world_refused(&w, by(PARENT), NULL, PROJ_REFUSED_FIELD_RANGE, "upto");
}

/* The thing falls with what was made through the deputy's stolen session, and comes back with it.
 */
static void falls_with(ledger_seq made, ledger_seq built, base_time_ms theft)
{
    assert_true(world_counts(&w, built));
    world_tick(&w);
    struct told told =
        world_report(&w, &w.root, &w.people[DEPUTY], &w.people[DEPUTY].session.key, theft);
    assert_int_equal(world_void_of(&w, made).reason, PROJ_VOID_COVERED);
    assert_int_equal(world_void_of(&w, built).reason, PROJ_VOID_UNGROUNDED);
    assert_int_equal(world_overrule(&w, &w.root, &told), 0);
    assert_true(world_counts(&w, built));
}

static void a_consent_falls_with_the_parents_role(void **state)
{
    (void)state;
    base_time_ms theft = w.now_ms;
    act_grant(&w.draft, w.people[NEIGHBOUR].account, PROJ_ROLE_PARENT, w.pupils[BORYA], w.today);
    ledger_seq made = world_do(&w, by(DEPUTY), NULL);
    act_consent(&w.draft, w.people[NEIGHBOUR].account, w.pupils[BORYA], 0, PROJ_FORM_ELECTRONIC,
                w.today);
    falls_with(made, world_do(&w, by(NEIGHBOUR), NULL), theft);
}

static void a_paper_consent_falls_with_the_childs_place_in_the_class(void **state)
{
    (void)state;
    base_time_ms theft = w.now_ms;
    act_join(&w.draft, w.class_a, w.pupils[GLEB], w.today);
    ledger_seq made = world_do(&w, by(DEPUTY), NULL);
    act_grant(&w.draft, w.people[NEIGHBOUR].account, PROJ_ROLE_PARENT, w.pupils[GLEB], w.today);
    world_do(&w, by(HEAD), NULL);
    act_consent(&w.draft, w.people[NEIGHBOUR].account, w.pupils[GLEB], 1, PROJ_FORM_PAPER, w.today);
    falls_with(made, world_do(&w, by(CLASS_TEACHER), NULL), theft);
}

static void advice_falls_with_the_teaching(void **state)
{
    (void)state;
    base_time_ms theft = w.now_ms;
    act_assign(&w.draft, w.people[OTHER].account, w.class_b, w.maths, w.today, w.today + 200);
    ledger_seq made = world_do(&w, by(DEPUTY), NULL);
    act_advise(&w.draft, w.class_b, true, w.maths, "принести циркуль");
    falls_with(made, world_do(&w, by(OTHER), NULL), theft);
}

static void advice_falls_with_its_subject(void **state)
{
    (void)state;
    base_time_ms theft = w.now_ms;
    proj_id subject;
    world_new_id(&w, subject);
    act_subject(&w.draft, subject, true, "Астрология");
    ledger_seq made = world_do(&w, by(DEPUTY), NULL);
    act_advise(&w.draft, w.pupils[ANYA], false, subject, "смотреть на звёзды");
    falls_with(made, world_do(&w, by(TEACHER), NULL), theft);
}

static void an_explanation_falls_with_the_childs_place_in_the_class(void **state)
{
    (void)state;
    base_time_ms theft = w.now_ms;
    act_join(&w.draft, w.class_a, w.pupils[GLEB], w.today);
    ledger_seq made = world_do(&w, by(DEPUTY), NULL);
    act_explain(&w.draft, w.pupils[GLEB], w.today, w.today + 3, "ill");
    falls_with(made, world_do(&w, by(CLASS_TEACHER), NULL), theft);
}

/* A class that the thief invents. */
static ledger_seq made_up_class(proj_id out_group)
{
    world_new_id(&w, out_group);
    act_group(&w.draft, out_group, PROJ_GROUP_CLASS, 6, NULL, 0, "6Ю");
    return world_do(&w, by(DEPUTY), NULL);
}

static void a_note_falls_with_its_group_and_its_settling_with_the_note(void **state)
{
    (void)state;
    base_time_ms theft = w.now_ms;
    proj_id group;
    ledger_seq made = made_up_class(group);
    act_note(&w.draft, w.people[TEACHER].account, group, w.maths, NULL);
    world_do(&w, by(HEAD), NULL);
    struct ledger_hash note = w.receipt.id;
    act_settle(&w.draft, &note);
    falls_with(made, world_do(&w, by(TEACHER), NULL), theft);
}

static void a_report_falls_with_the_class_and_its_receipt_with_the_report(void **state)
{
    (void)state;
    base_time_ms theft = w.now_ms;
    proj_id group;
    ledger_seq made = made_up_class(group);
    act_issue(&w.draft, w.people[CLASS_TEACHER].account, group, 3);
    world_do(&w, by(HEAD), NULL);
    struct ledger_hash report = w.receipt.id;
    act_take(&w.draft, &report);
    falls_with(made, world_do(&w, by(CLASS_TEACHER), NULL), theft);
}

static void a_lock_falls_with_its_group(void **state)
{
    (void)state;
    base_time_ms theft = w.now_ms;
    proj_id group;
    ledger_seq made = made_up_class(group);
    act_close_period(&w.draft, group, "1 четверть", w.today, w.today + 9);
    falls_with(made, world_do(&w, by(HEAD), NULL), theft);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE_LATER(a_closed_period_takes_no_entry_until_it_is_reopened),
        CASE_LATER(a_lock_on_a_class_holds_for_groups_drawn_from_it),
        CASE_LATER(a_closed_period_lets_in_what_only_affirms),
        CASE_LATER(a_stolen_lock_opens_when_it_is_struck_out),
        CASE_LATER(a_pupil_who_moves_is_in_one_class_on_each_day),
        CASE_LATER(a_changed_name_is_the_one_that_people_read),
        CASE_LATER(settings_have_names_and_limits),
        CASE_LATER(only_a_parent_consents_and_acknowledges),
        CASE_LATER(a_consent_falls_with_the_parents_role),
        CASE_LATER(a_paper_consent_falls_with_the_childs_place_in_the_class),
        CASE_LATER(advice_falls_with_the_teaching),
        CASE_LATER(advice_falls_with_its_subject),
        CASE_LATER(an_explanation_falls_with_the_childs_place_in_the_class),
        CASE_LATER(a_note_falls_with_its_group_and_its_settling_with_the_note),
        CASE_LATER(a_report_falls_with_the_class_and_its_receipt_with_the_report),
        CASE_LATER(a_lock_falls_with_its_group),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
