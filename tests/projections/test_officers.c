/* Officers against thieves, and against each other: which reports stand, who is frozen. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/projections/world.h"

#define DAY_MS INT64_C(86400000)

static int setup(void **state)
{
    static struct world world;
    world_make(&world);
    *state = &world;
    return 0;
}

static int teardown(void **state)
{
    world_remove(*state);
    return 0;
}

static void assert_void(struct world *w, ledger_seq seq, enum proj_void_reason reason,
                        ledger_seq cause)
{
    struct proj_void state = world_void_of(w, seq);
    if (state.reason != reason || (reason == PROJ_VOID_COVERED && state.cause != cause))
        fail_msg("event %d: wanted reason %d (cause %d), got %d (%d)", (int)seq, (int)reason,
                 (int)cause, (int)state.reason, (int)state.cause);
}

/* A report closes at once, whoever made it; it voids nothing before two officers have signed. */
static void closing_alone_voids_nothing(void **state)
{
    struct world *w = *state;
    struct person *teacher = &w->people[TEACHER];
    base_time_ms breach = w->now_ms;
    ledger_seq mark = world_mark(w, &teacher->session, ANYA, 5, LEDGER_SEQ_NONE);
    struct told told =
        world_report(w, &w->people[HEAD].session, teacher, &teacher->session.key, breach);
    assert_true(world_counts(w, mark));
    assert_int_equal(world_receive(w, &w->people[HEAD].session, &told, PROJ_ROLE_HEAD), 0);
    assert_true(world_counts(w, mark));
    assert_int_equal(world_receive(w, &w->people[HEAD].key, &told, PROJ_ROLE_HEAD),
                     PROJ_REFUSED_BREACH_TWICE);
    assert_true(world_counts(w, mark));
    assert_int_equal(world_receive(w, &w->people[DEPUTY].session, &told, PROJ_ROLE_DEPUTY_HEAD), 0);
    assert_false(world_counts(w, mark));
}

static void a_lone_accusation_freezes_both_until_root_decides(void **state)
{
    struct world *w = *state;
    struct person *head = &w->people[HEAD];
    struct person *deputy = &w->people[DEPUTY];
    proj_id id;
    struct told told = world_report(w, &deputy->session, head, &head->key.key, w->now_ms);
    world_new_id(w, id);
    act_subject(&w->draft, id, true, "Химия");
    assert_int_equal(world_try(w, &deputy->session, NULL), PROJ_REFUSED_FROZEN);
    world_enrol_again(w, &w->root, head); /* the key is closed for good, the account frozen */
    act_subject(&w->draft, id, true, "Химия");
    assert_int_equal(world_try(w, &head->key, NULL), PROJ_REFUSED_FROZEN);
    world_login(w, head); /* they may log in, and speak of breaches */
    assert_int_equal(world_overrule(w, &w->root, &told), 0);
    act_subject(&w->draft, id, true, "Химия");
    world_do(w, &head->session, NULL);
    world_new_id(w, id);
    act_subject(&w->draft, id, true, "Физика");
    world_do(w, &deputy->session, NULL);
}

static void a_pair_decides_an_accusation_too(void **state)
{
    struct world *w = *state;
    struct person *head = &w->people[HEAD];
    struct person *deputy = &w->people[DEPUTY];
    proj_id id;
    struct told told = world_report(w, &deputy->session, head, &head->key.key, w->now_ms);
    assert_int_equal(world_receive(w, &deputy->session, &told, PROJ_ROLE_DEPUTY_HEAD), 0);
    assert_int_equal(world_receive(w, &w->people[SUPPORT].session, &told, PROJ_ROLE_SUPPORT), 0);
    world_new_id(w, id);
    act_subject(&w->draft, id, true, "Химия");
    world_do(w, &deputy->session, NULL);
}

/* A thief with one officer's key accuses another. Once root or a pair has spoken about the thief's
 * key, the accusation lies behind its cut and freezes nobody. */
static void an_accusation_behind_a_cut_freezes_nobody(void **state)
{
    struct world *w = *state;
    struct person *head = &w->people[HEAD];
    struct person *stolen = &w->people[DEPUTY];
    proj_id id;
    base_time_ms breach = w->now_ms;
    world_report(w, &stolen->session, head, &head->session.key, w->now_ms);
    world_tick(w);
    world_login(w, head); /* only one session was reported: the account's key lives */
    world_new_id(w, id);
    act_subject(&w->draft, id, true, "Химия");
    assert_int_equal(world_try(w, &head->session, NULL), PROJ_REFUSED_FROZEN);
    struct act_report report; /* the accused may not strike back: that would freeze without end */
    world_report_of(w, stolen, &stolen->key.key, breach, &report);
    act_report(&w->draft, &report);
    assert_int_equal(world_try(w, &head->session, NULL), PROJ_REFUSED_FROZEN);
    struct told told =
        world_report(w, &w->people[SUPPORT].session, stolen, &stolen->key.key, breach);
    assert_int_equal(world_receive(w, &head->session, &told, PROJ_ROLE_HEAD), 0);
    assert_int_equal(world_receive(w, &w->people[SUPPORT].session, &told, PROJ_ROLE_SUPPORT), 0);
    act_subject(&w->draft, id, true, "Химия");
    world_do(w, &head->session, NULL);
}

static void reporting_oneself_freezes_nobody(void **state)
{
    struct world *w = *state;
    struct person *deputy = &w->people[DEPUTY];
    struct signer lost = deputy->session;
    proj_id id;
    world_report(w, &deputy->key, deputy, &lost.key, w->now_ms);
    world_new_id(w, id);
    act_subject(&w->draft, id, true, "Химия");
    world_do(w, &deputy->key, NULL);
}

static void two_reports_overlap_and_one_may_fall(void **state)
{
    struct world *w = *state;
    struct person *teacher = &w->people[TEACHER];
    struct person *people = w->people;
    base_time_ms early = w->now_ms;
    ledger_seq first = world_mark(w, &teacher->session, ANYA, 5, LEDGER_SEQ_NONE);
    world_tick(w);
    base_time_ms late = w->now_ms;
    ledger_seq second = world_mark(w, &teacher->session, BORYA, 5, LEDGER_SEQ_NONE);
    world_tick(w);
    struct told narrow = world_void(w, teacher, &teacher->session.key, late);
    assert_true(world_counts(w, first));
    assert_void(w, second, PROJ_VOID_COVERED, narrow.seq);
    struct told wide = world_void(w, teacher, &teacher->key.key, early);
    assert_void(w, first, PROJ_VOID_COVERED, wide.seq);
    assert_void(w, second, PROJ_VOID_COVERED, wide.seq);
    assert_int_equal(world_overrule(w, &people[HEAD].session, &wide), 0);
    assert_int_equal(world_overrule(w, &people[DEPUTY].session, &wide), 0);
    assert_true(world_counts(w, first));
    assert_void(w, second, PROJ_VOID_COVERED, narrow.seq);
}

static void a_report_of_root_stands_until_root_overrules(void **state)
{
    struct world *w = *state;
    struct person *teacher = &w->people[TEACHER];
    base_time_ms breach = w->now_ms;
    ledger_seq mark = world_mark(w, &teacher->session, ANYA, 5, LEDGER_SEQ_NONE);
    struct told told = world_report(w, &w->root, teacher, &teacher->key.key, breach);
    assert_false(world_counts(w, mark));
    assert_int_equal(world_overrule(w, &w->people[HEAD].session, &told), PROJ_REFUSED_STRATUM);
    assert_int_equal(world_overrule(w, &w->root, &told), 0);
    assert_true(world_counts(w, mark));
}

static void one_officer_cannot_overrule(void **state)
{
    struct world *w = *state;
    struct person *teacher = &w->people[TEACHER];
    base_time_ms breach = w->now_ms;
    ledger_seq mark = world_mark(w, &teacher->session, ANYA, 5, LEDGER_SEQ_NONE);
    struct told told = world_void(w, teacher, &teacher->key.key, breach);
    assert_int_equal(world_overrule(w, &w->people[HEAD].session, &told), 0);
    assert_false(world_counts(w, mark));
    assert_int_equal(world_overrule(w, &w->people[DEPUTY].session, &told), 0);
    assert_true(world_counts(w, mark));
}

/* Two stolen officers' keys strike out an honest teacher; root reports one of them: the pair falls,
 * and with it all that it did. */
static void a_pair_falls_with_the_key_of_a_signer(void **state)
{
    struct world *w = *state;
    struct person *teacher = &w->people[TEACHER];
    struct person *head = &w->people[HEAD];
    base_time_ms early = w->now_ms;
    ledger_seq mark = world_mark(w, &teacher->session, ANYA, 3, LEDGER_SEQ_NONE);
    world_tick(w);
    base_time_ms breach = w->now_ms;
    world_void(w, teacher, &teacher->key.key, early);
    assert_false(world_counts(w, mark));
    world_report(w, &w->root, head, &head->key.key, breach);
    assert_true(world_counts(w, mark));
}

/* The same by a later pair; the receipt was signed before the cut of an even later session report,
 * so that one does not matter. */
static void a_pair_falls_by_a_later_pair_but_not_by_a_later_cut(void **state)
{
    struct world *w = *state;
    struct person *teacher = &w->people[TEACHER];
    struct person *people = w->people;
    base_time_ms early = w->now_ms;
    ledger_seq mark = world_mark(w, &teacher->session, ANYA, 3, LEDGER_SEQ_NONE);
    world_tick(w);
    base_time_ms breach = w->now_ms;
    world_void(w, teacher, &teacher->key.key, early); /* by head and support */
    world_tick(w);
    struct told late = world_report(w, &people[DEPUTY].session, &people[HEAD],
                                    &people[HEAD].session.key, w->now_ms);
    assert_int_equal(world_receive(w, &people[DEPUTY].session, &late, PROJ_ROLE_DEPUTY_HEAD), 0);
    assert_int_equal(world_receive(w, &people[SUPPORT].session, &late, PROJ_ROLE_SUPPORT), 0);
    assert_false(world_counts(w, mark));
    struct told told =
        world_report(w, &people[DEPUTY].session, &people[HEAD], &people[HEAD].key.key, breach);
    assert_int_equal(world_receive(w, &people[DEPUTY].session, &told, PROJ_ROLE_DEPUTY_HEAD), 0);
    assert_int_equal(world_receive(w, &people[SUPPORT].session, &told, PROJ_ROLE_SUPPORT), 0);
    assert_true(world_counts(w, mark));
}

static void too_old_for_a_pair_is_not_too_old_for_root(void **state)
{
    struct world *w = *state;
    struct person *teacher = &w->people[TEACHER];
    base_time_ms breach = w->now_ms;
    ledger_seq mark = world_mark(w, &teacher->session, ANYA, 5, LEDGER_SEQ_NONE);
    w->now_ms += (PROJ_VOID_DAYS_PAIR_MAX + 1) * DAY_MS;
    struct told told = world_report(w, &w->people[HEAD].key, teacher, &teacher->key.key, breach);
    assert_int_equal(world_receive(w, &w->people[HEAD].key, &told, PROJ_ROLE_HEAD),
                     PROJ_REFUSED_BREACH_ROOT);
    assert_true(world_counts(w, mark));
    world_report(w, &w->root, teacher, &teacher->key.key, breach);
    assert_false(world_counts(w, mark));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(closing_alone_voids_nothing),
        CASE(a_lone_accusation_freezes_both_until_root_decides),
        CASE(a_pair_decides_an_accusation_too),
        CASE(an_accusation_behind_a_cut_freezes_nobody),
        CASE(reporting_oneself_freezes_nobody),
        CASE(two_reports_overlap_and_one_may_fall),
        CASE(a_report_of_root_stands_until_root_overrules),
        CASE(one_officer_cannot_overrule),
        CASE(a_pair_falls_with_the_key_of_a_signer),
        CASE(a_pair_falls_by_a_later_pair_but_not_by_a_later_cut),
        CASE(too_old_for_a_pair_is_not_too_old_for_root),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
