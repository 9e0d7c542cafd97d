/* Ways to reach further than one may, each tried as its author would: every one must be refused,
 * and what it was aimed at must stand afterwards. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "projections/views/view.h"
#include "tests/projections/world.h"

static struct world world;

static int setup(void **state)
{
    (void)state;
    world_make(&world);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    world_remove(&world);
    return 0;
}

static struct person *person(enum who who)
{
    return &world.people[who];
}

static int try_as(struct signer *signer, struct signer *cosigner)
{
    return world_try(&world, signer, cosigner);
}

static int report(struct signer *by, struct person *whose, const struct ledger_key *target)
{
    struct act_report report;
    world_report_of(&world, whose, target, world.now_ms, &report);
    act_report(&world.draft, &report);
    return world_try(&world, by, NULL);
}

static void invite(struct signer *by, struct person *whom, struct signer *out_invitation,
                   struct signer *out_emergency)
{
    world_new_signer(&world, out_invitation);
    world_new_signer(&world, out_emergency);
    act_invite(&world.draft, whom->account, &out_invitation->key, &out_emergency->key);
    world_do(&world, by, NULL);
}

static void a_class_teacher_takes_over_no_account_by_a_role_in_her_class(void **state)
{
    struct signer invitation;
    struct signer emergency;
    (void)state;
    act_grant(&world.draft, person(AUDITOR)->account, PROJ_ROLE_PARENT, world.pupils[ANYA],
              world.today);
    (void)try_as(&person(CLASS_TEACHER)->session, NULL);
    world_new_signer(&world, &invitation);
    world_new_signer(&world, &emergency);
    act_invite(&world.draft, person(AUDITOR)->account, &invitation.key, &emergency.key);
    assert_int_equal(try_as(&person(CLASS_TEACHER)->session, NULL), PROJ_REFUSED_NO_RIGHT);
}

static void families_teach_no_lesson_whoever_assigns_them(void **state)
{
    (void)state;
    act_assign(&world.draft, person(PARENT)->account, world.class_a, world.maths, world.today - 10,
               world.today + 10);
    assert_int_equal(try_as(&person(OFFICE)->session, NULL), PROJ_REFUSED_STRATUM);
    act_assign(&world.draft, person(PARENT)->account, world.class_a, world.maths, world.today - 10,
               world.today + 10);
    assert_int_equal(try_as(&person(HEAD)->session, NULL), PROJ_REFUSED_STRATUM);
}

static void ending_an_assignment_never_lengthens_it(void **state)
{
    (void)state;
    act_assign(&world.draft, person(OFFICE)->account, world.class_b, world.maths, world.today - 300,
               world.today - 200);
    world_do(&world, &person(HEAD)->session, NULL);
    struct ledger_hash assignment = world.receipt.id;
    act_unassign(&world.draft, &assignment, world.today + 300);
    assert_int_equal(try_as(&person(OFFICE)->session, NULL), PROJ_REFUSED_STRATUM);
    act_unassign(&world.draft, &assignment, world.today + 300);
    assert_int_equal(try_as(&person(HEAD)->session, NULL), PROJ_REFUSED_DATE);
}

static void one_stolen_officer_stops_one_other_at_most(void **state)
{
    (void)state;
    assert_int_equal(report(&person(SUPPORT)->session, person(HEAD), &person(HEAD)->key.key), 0);
    assert_int_equal(report(&person(SUPPORT)->session, person(DEPUTY), &person(DEPUTY)->key.key),
                     PROJ_REFUSED_FROZEN);
    /* The deputy is free to answer. */
    assert_int_equal(report(&person(DEPUTY)->session, person(SUPPORT), &person(SUPPORT)->key.key),
                     0);
}

static void an_emergency_slip_closes_its_own_account_only(void **state)
{
    struct signer invitation;
    struct signer emergency;
    (void)state;
    invite(&world.root, person(DEPUTY), &invitation, &emergency);
    assert_int_equal(report(&emergency, person(HEAD), &person(HEAD)->key.key),
                     PROJ_REFUSED_NO_RIGHT);
    assert_int_equal(report(&emergency, person(TEACHER), &person(TEACHER)->key.key),
                     PROJ_REFUSED_NO_RIGHT);
    assert_int_equal(report(&emergency, person(DEPUTY), &person(DEPUTY)->key.key), 0);
}

static void a_stolen_session_cannot_take_the_slip_that_closes_it(void **state)
{
    struct person *parent = person(PARENT);
    (void)state;
    act_retire(&world.draft, &parent->emergency.key);
    assert_int_equal(try_as(&parent->session, NULL), PROJ_REFUSED_STRATUM);
    act_retire(&world.draft, &parent->key.key);
    assert_int_equal(try_as(&parent->session, NULL), PROJ_REFUSED_STRATUM);
    assert_int_equal(report(&parent->emergency, parent, &parent->key.key), 0);
}

static void a_lost_slip_is_worthless_once_another_was_used(void **state)
{
    struct signer lost;
    struct signer used;
    struct signer emergency;
    struct signer genuine;
    struct signer finder;
    (void)state;
    invite(&person(HEAD)->session, person(TEACHER), &lost, &emergency);
    invite(&person(HEAD)->session, person(TEACHER), &used, &emergency);
    world_new_signer(&world, &genuine);
    world_new_signer(&world, &finder);
    act_enrol(&world.draft, person(TEACHER)->account, &genuine.key);
    assert_int_equal(try_as(&used, &genuine), 0);
    act_enrol(&world.draft, person(TEACHER)->account, &finder.key);
    assert_int_equal(try_as(&lost, &finder), PROJ_REFUSED_CLOSED_KEY);
}

static void nobody_fills_the_table_of_reports(void **state)
{
    struct person *pupil = person(PUPIL);
    (void)state;
    assert_int_equal(report(&pupil->key, pupil, &pupil->session.key), 0);
    assert_int_equal(report(&pupil->key, pupil, &pupil->session.key), PROJ_REFUSED_EXISTS);
    assert_int_equal(report(&world.root, person(SUPPORT), &person(SUPPORT)->key.key), 0);
}

static void revoking_one_grant_leaves_its_twin(void **state)
{
    (void)state;
    act_grant(&world.draft, person(STRANGER)->account, PROJ_ROLE_CORRECTOR, world.class_b,
              world.today);
    world_do(&world, &person(HEAD)->session, NULL);
    struct ledger_hash first = world.receipt.id;
    act_grant(&world.draft, person(STRANGER)->account, PROJ_ROLE_CORRECTOR, world.class_b,
              world.today);
    world_do(&world, &person(HEAD)->session, NULL);
    act_revoke(&world.draft, &first);
    world_do(&world, &person(HEAD)->session, NULL);
    struct proj_txn *txn = world_read(&world);
    assert_true(proj_has_role(txn, person(STRANGER)->account, PROJ_ROLE_CORRECTOR, world.class_b,
                              world.today, LEDGER_SEQ_NONE));
    world_read_end(txn);
}

static void a_corrector_of_one_group_reads_that_group(void **state)
{
    struct base_buf out = {0};
    struct base_err err = {0};
    (void)state;
    act_grant(&world.draft, person(STRANGER)->account, PROJ_ROLE_CORRECTOR, world.class_first,
              world.today);
    world_do(&world, &person(HEAD)->session, NULL);
    struct proj_txn *txn = world_read(&world);
    struct proj_view view = {.txn = txn, .out = &out, .now_ms = world.now_ms};
    memcpy(view.account, person(STRANGER)->account, LEDGER_ID_LEN);
    assert_int_equal(proj_view_begin(&view, &err), 0);
    assert_true(proj_may_read_page(&view, world.class_first, world.maths));
    assert_false(proj_may_read_page(&view, world.class_a, world.maths));
    assert_false(proj_may_read_pupil(&view, world.pupils[GLEB]));
    world_read_end(txn);
}

static void a_sealed_name_is_three_texts(void **state)
{
    struct draft *draft = &world.draft;
    struct base_buf name = {0};
    proj_id account;
    (void)state;
    world_new_id(&world, account);
    ledger_canon_put_array(&name, 3);
    ledger_canon_put_bin(&name, "\xff\xfe\xfd", 3);
    ledger_canon_put_str(&name, "x");
    ledger_canon_put_str(&name, "y");
    draft_begin(draft, "account.opened");
    draft_id(draft, "account", account);
    draft_key(draft, "name");
    draft_seal(draft, "name", base_buf_bytes(&name));
    draft_id(draft, "person", account);
    draft_int(draft, "stratum", 3);
    assert_int_equal(try_as(&person(CLASS_TEACHER)->session, NULL), PROJ_REFUSED_FIELD_TYPE);
    base_buf_release(&name);
}

static void only_root_makes_an_importer(void **state)
{
    (void)state;
    act_grant(&world.draft, person(STRANGER)->account, PROJ_ROLE_IMPORTER, NULL, world.today);
    assert_int_equal(try_as(&person(HEAD)->session, NULL), PROJ_REFUSED_STRATUM);
    act_grant(&world.draft, person(STRANGER)->account, PROJ_ROLE_IMPORTER, NULL, world.today);
    assert_int_equal(try_as(&world.root, NULL), 0);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_class_teacher_takes_over_no_account_by_a_role_in_her_class),
        T(families_teach_no_lesson_whoever_assigns_them),
        T(ending_an_assignment_never_lengthens_it),
        T(one_stolen_officer_stops_one_other_at_most),
        T(an_emergency_slip_closes_its_own_account_only),
        T(a_stolen_session_cannot_take_the_slip_that_closes_it),
        T(a_lost_slip_is_worthless_once_another_was_used),
        T(nobody_fills_the_table_of_reports),
        T(revoking_one_grant_leaves_its_twin),
        T(a_corrector_of_one_group_reads_that_group),
        T(a_sealed_name_is_three_texts),
        T(only_root_makes_an_importer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
