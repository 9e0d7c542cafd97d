/* What rests on what, for grounds that the oracle's stories do not tell: each thing that was made
 * through a stolen account takes with it what others built on it, and gives it back when the report
 * is overruled. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/projections/little.h"

static base_time_ms theft; /* the deputy's session is stolen from then on */

static int setup_theft(void **state)
{
    setup_later(state);
    theft = w.now_ms;
    return 0;
}

static struct signer *thief(void)
{
    return &w.people[DEPUTY].session;
}

/* Root reports the session: `made` is covered, `built` has lost its ground; overruled, both count.
 */
static void falls_with(ledger_seq made, ledger_seq built)
{
    assert_true(world_counts(&w, built));
    world_tick(&w);
    struct told told = world_report(&w, &w.root, &w.people[DEPUTY], &thief()->key, theft);
    assert_int_equal(world_void_of(&w, made).reason, PROJ_VOID_COVERED);
    assert_int_equal(world_void_of(&w, built).reason, PROJ_VOID_UNGROUNDED);
    assert_int_equal(world_void_of(&w, built).cause, told.seq);
    assert_int_equal(world_overrule(&w, &w.root, &told), 0);
    assert_true(world_counts(&w, made));
    assert_true(world_counts(&w, built));
}

static void a_group_falls_with_its_subject(void **state)
{
    (void)state;
    proj_id subject, group;
    world_new_id(&w, subject);
    world_new_id(&w, group);
    act_subject(&w.draft, subject, true, "Астрология");
    ledger_seq made = world_do(&w, thief(), NULL);
    draft_begin(&w.draft, "group.created");
    draft_list(&w.draft, "classes", 1);
    ledger_canon_put_bin(&w.draft.body, w.class_a, LEDGER_ID_LEN);
    draft_int(&w.draft, "days", 5);
    draft_int(&w.draft, "grade", 5);
    draft_id(&w.draft, "group", group);
    draft_int(&w.draft, "kind", PROJ_GROUP_SUBGROUP);
    draft_text(&w.draft, "name", "5А, звёзды");
    draft_int(&w.draft, "shift", 1);
    draft_id(&w.draft, "subject", subject);
    falls_with(made, world_do(&w, &w.people[HEAD].session, NULL));
}

static void a_plan_falls_with_its_subject(void **state)
{
    (void)state;
    static const char *const topics[] = {"Знаки зодиака"};
    proj_id subject;
    world_new_id(&w, subject);
    act_subject(&w.draft, subject, true, "Астрология");
    ledger_seq made = world_do(&w, thief(), NULL);
    act_plan(&w.draft, subject, 5, 1, topics, 1);
    falls_with(made, world_do(&w, &w.people[HEAD].session, NULL));
}

/* Of who may set it because of teaching there, in that grade. */
static void a_teachers_plan_falls_with_the_teaching(void **state)
{
    (void)state;
    static const char *const topics[] = {"Рисунок"};
    act_assign(&w.draft, w.people[OTHER].account, w.class_b, w.maths, w.today, w.today + 200);
    ledger_seq made = world_do(&w, thief(), NULL);
    act_plan(&w.draft, w.maths, 5, 9, topics, 1);
    falls_with(made, world_do(&w, &w.people[OTHER].session, NULL));
}

static void a_teachers_withdrawal_falls_with_the_grade(void **state)
{
    (void)state;
    act_group_change(&w.draft, w.class_a, w.today, 6, 1, "6А", NULL);
    ledger_seq made = world_do(&w, thief(), NULL);
    act_plan_withdraw(&w.draft, w.maths, 6, 1);
    falls_with(made, world_do(&w, &w.people[TEACHER].session, NULL));
}

static void a_change_falls_with_its_group(void **state)
{
    (void)state;
    proj_id group;
    world_new_id(&w, group);
    act_group(&w.draft, group, PROJ_GROUP_CLASS, 6, NULL, 0, "6Ю");
    ledger_seq made = world_do(&w, thief(), NULL);
    act_group_change(&w.draft, group, w.today, 7, 1, "7Ю", NULL);
    falls_with(made, world_do(&w, &w.people[HEAD].session, NULL));
}

static void a_change_falls_with_its_subject(void **state)
{
    (void)state;
    proj_id subject;
    world_new_id(&w, subject);
    act_subject(&w.draft, subject, true, "Астрология");
    ledger_seq made = world_do(&w, thief(), NULL);
    act_group_change(&w.draft, w.subgroup, w.today, 5, 1, "5А, звёзды", subject);
    falls_with(made, world_do(&w, &w.people[HEAD].session, NULL));
}

static void a_period_mark_falls_with_the_membership(void **state)
{
    (void)state;
    act_join(&w.draft, w.subgroup, w.pupils[VERA], w.today);
    ledger_seq made = world_do(&w, thief(), NULL);
    act_period(&w.draft, w.subgroup, w.maths, "1 четверть", w.pupils[VERA], 4, LEDGER_SEQ_NONE, 1);
    falls_with(made, world_do(&w, &w.people[TEACHER].session, NULL));
}

static void a_period_mark_falls_with_the_teaching(void **state)
{
    (void)state;
    act_assign(&w.draft, w.people[OTHER].account, w.class_b, w.maths, w.today, w.today + 200);
    ledger_seq made = world_do(&w, thief(), NULL);
    act_period(&w.draft, w.class_b, w.maths, "1 четверть", w.pupils[GLEB], 4, LEDGER_SEQ_NONE, 1);
    falls_with(made, world_do(&w, &w.people[OTHER].session, NULL));
}

/* The grant was the head's and stays; that the child is in her class is all that let the class
 * teacher invite the family. */
static void an_invitation_falls_with_the_childs_place_in_the_class(void **state)
{
    (void)state;
    struct person family = {0};
    struct ledger_key invitation, emergency;
    proj_id pupil;
    struct signer one, two;
    world_new_id(&w, pupil);
    act_pupil(&w.draft, pupil, w.class_b, w.today, "Новикова");
    world_do(&w, &w.people[HEAD].session, NULL);
    act_join(&w.draft, w.class_a, pupil, w.today);
    ledger_seq made = world_do(&w, thief(), NULL);
    world_new_id(&w, family.account);
    act_account(&w.draft, family.account, 3, "Новикова");
    world_do(&w, &w.people[HEAD].session, NULL);
    act_grant(&w.draft, family.account, PROJ_ROLE_PARENT, pupil, w.today);
    ledger_seq granted = world_do(&w, &w.people[HEAD].session, NULL);
    world_new_signer(&w, &one);
    world_new_signer(&w, &two);
    invitation = one.key;
    emergency = two.key;
    act_invite(&w.draft, family.account, &invitation, &emergency);
    falls_with(made, world_do(&w, &w.people[CLASS_TEACHER].session, NULL));
    assert_true(world_counts(&w, granted));
}

static void a_timetable_falls_with_its_group(void **state)
{
    (void)state;
    proj_id group;
    world_new_id(&w, group);
    act_group(&w.draft, group, PROJ_GROUP_CLASS, 6, NULL, 0, "6Ю");
    ledger_seq made = world_do(&w, thief(), NULL);
    const struct act_slot slots[] = {{1, 1, w.maths, w.people[TEACHER].account}};
    act_timetable(&w.draft, group, w.today, slots, 1);
    falls_with(made, world_do(&w, &w.people[HEAD].session, NULL));
}

static void a_control_work_falls_with_its_group(void **state)
{
    (void)state;
    proj_id group;
    world_new_id(&w, group);
    act_group(&w.draft, group, PROJ_GROUP_CLASS, 6, NULL, 0, "6Ю");
    ledger_seq made = world_do(&w, thief(), NULL);
    act_control(&w.draft, group, w.maths, w.today, 2);
    falls_with(made, world_do(&w, &w.people[HEAD].session, NULL));
}

static void an_erasure_falls_with_its_pupil(void **state)
{
    (void)state;
    proj_id pupil;
    world_new_id(&w, pupil);
    act_pupil(&w.draft, pupil, w.class_b, w.today - 90, "Выдуманная");
    ledger_seq made = world_do(&w, thief(), NULL);
    act_leave(&w.draft, w.class_b, pupil, w.today - 60);
    world_do(&w, &w.people[HEAD].session, NULL);
    act_erase(&w.draft, pupil, &w.people[SUPPORT].session.key);
    falls_with(made, world_do(&w, &w.people[HEAD].session, &w.people[SUPPORT].session));
}

#define CASE_THEFT(name) cmocka_unit_test_setup_teardown(name, setup_theft, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE_THEFT(a_group_falls_with_its_subject),
        CASE_THEFT(a_plan_falls_with_its_subject),
        CASE_THEFT(a_teachers_plan_falls_with_the_teaching),
        CASE_THEFT(a_teachers_withdrawal_falls_with_the_grade),
        CASE_THEFT(a_change_falls_with_its_group),
        CASE_THEFT(a_change_falls_with_its_subject),
        CASE_THEFT(a_period_mark_falls_with_the_membership),
        CASE_THEFT(a_period_mark_falls_with_the_teaching),
        CASE_THEFT(an_invitation_falls_with_the_childs_place_in_the_class),
        CASE_THEFT(a_timetable_falls_with_its_group),
        CASE_THEFT(a_control_work_falls_with_its_group),
        CASE_THEFT(an_erasure_falls_with_its_pupil),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
