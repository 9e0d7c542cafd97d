/* Root and its successors: who may hand over, what ends with it, and what does not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/projections/world.h"

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

static struct proj_school school_of(struct world *w)
{
    struct proj_school school;
    struct proj_txn *txn = world_read(w);
    assert_true(proj_school_find(txn, &school));
    world_read_end(txn);
    return school;
}

/* Hands over to the world's next root, naming `after` as the one to come. */
static void rotate(struct world *w, struct signer *by, const struct signer *after)
{
    act_rotate(&w->draft, &w->next_root.key, &after->key);
    world_do(w, by, &w->next_root);
}

static void root_hands_over_and_has_no_power_afterwards(void **state)
{
    struct world *w = *state;
    struct signer after;
    struct ledger_hash hash;
    world_new_signer(w, &after);
    rotate(w, &w->root, &after);
    struct proj_school school = school_of(w);
    ledger_sha256(base_bytes_of(after.key.bytes, LEDGER_KEY_LEN), &hash);
    assert_true(ledger_key_equal(&school.root, &w->next_root.key));
    assert_true(ledger_hash_equal(&school.next_root, &hash));
    act_grant(&w->draft, w->people[SUPPORT].account, PROJ_ROLE_CORRECTOR, NULL, w->today);
    world_refused(w, &w->root, NULL, PROJ_REFUSED_CLOSED_KEY, "k");
    act_grant(&w->draft, w->people[SUPPORT].account, PROJ_ROLE_CORRECTOR, NULL, w->today);
    world_do(w, &w->next_root, NULL);
}

static void the_successor_takes_over_without_the_root_that_was_lost(void **state)
{
    struct world *w = *state;
    struct signer after;
    world_new_signer(w, &after);
    rotate(w, &w->next_root, &after);
    act_rotate(&w->draft, &after.key, &w->root.key);
    world_refused(w, &w->root, &after, PROJ_REFUSED_CLOSED_KEY, "k");
    act_rotate(&w->draft, &after.key, &w->people[HEAD].key.key);
    world_do(w, &w->next_root, &after);
    struct proj_school school = school_of(w);
    assert_true(ledger_key_equal(&school.root, &after.key));
}

/* Whoever has the present root only, all officers with it, stays what he was: he cannot name a
 * successor of his own. */
static void a_thief_of_root_names_no_successor(void **state)
{
    struct world *w = *state;
    struct signer own;
    struct signer after;
    world_new_signer(w, &own);
    world_new_signer(w, &after);
    act_rotate(&w->draft, &own.key, &after.key);
    world_refused(w, &w->root, &own, PROJ_REFUSED_ROOT_NEXT, "root");
    act_rotate(&w->draft, &own.key, &after.key);
    world_refused(w, &own, &own, PROJ_REFUSED_ROOT_NEXT, "root");
    act_rotate(&w->draft, &w->root.key, &after.key); /* nor itself */
    world_refused(w, &w->root, &w->root, PROJ_REFUSED_ROOT_NEXT, "root");
    act_rotate(&w->draft, &w->next_root.key, &after.key); /* nor without the successor's hand */
    world_refused(w, &w->root, &own, LEDGER_REFUSED_BAD_SIGNATURE, "signatures[1]");
    act_rotate(&w->draft, &w->next_root.key, &after.key); /* nor an officer with it */
    world_refused(w, &w->people[HEAD].key, &w->next_root, PROJ_REFUSED_NO_RIGHT, "k");
    act_rotate(&w->draft, &w->next_root.key, &w->next_root.key);
    world_refused(w, &w->root, &w->next_root, PROJ_REFUSED_EXISTS, "next");
    rotate(w, &w->next_root, &after);
}

/* The change looks forward only: reports of the old root go on standing, and the new one undoes
 * what a thief did with the old. */
static void the_new_root_undoes_what_the_old_one_did(void **state)
{
    struct world *w = *state;
    struct person *teacher = &w->people[TEACHER];
    struct signer after;
    world_new_signer(w, &after);
    base_time_ms early = w->now_ms;
    ledger_seq mark = world_mark(w, &teacher->session, ANYA, 5, LEDGER_SEQ_NONE);
    struct told lie = world_report(w, &w->root, teacher, &teacher->key.key, early);
    assert_false(world_counts(w, mark));
    rotate(w, &w->next_root, &after);
    assert_false(world_counts(w, mark)); /* still */
    assert_int_equal(world_overrule(w, &w->root, &lie), PROJ_REFUSED_CLOSED_KEY);
    assert_int_equal(world_overrule(w, &w->next_root, &lie), 0);
    assert_true(world_counts(w, mark));
    /* An honest report that the thief has overruled is told anew. */
    world_report(w, &w->next_root, teacher, &teacher->key.key, early);
    assert_false(world_counts(w, mark));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

/* specs/ledger.md, "Handover": the name that the school's log has is that of the last key. */
static void root_says_that_the_log_goes_on_under_another_key(void **state)
{
    struct world *w = *state;
    const char *first = ledger_log_vkey(w->log);
    act_continue(&w->draft, act_vkey("elsewhere.example/log", 1), act_vkey("b.example/log", 2), 5);
    world_refused(w, &w->root, NULL, PROJ_REFUSED_UNKNOWN_REFERENT, "from");
    act_continue(&w->draft, first, first, 5);
    world_refused(w, &w->root, NULL, PROJ_REFUSED_UNKNOWN_REFERENT, "to");
    act_continue(&w->draft, first, "no key", 5);
    world_refused(w, &w->root, NULL, PROJ_REFUSED_UNKNOWN_REFERENT, "to");
    act_continue(&w->draft, first, act_vkey("b.example/log", 2), 5);
    world_refused(w, &w->people[HEAD].session, NULL, PROJ_REFUSED_NO_RIGHT, "k");
    assert_string_equal(school_of(w).origin, "journal.example/log");
    act_continue(&w->draft, first, act_vkey("b.example/log", 2), 5);
    world_do(w, &w->root, NULL);
    assert_string_equal(school_of(w).origin, "b.example/log");
    act_continue(&w->draft, act_vkey("b.example/log", 2), act_vkey("b.example/log", 3), 6);
    world_do(w, &w->root, NULL);
    assert_string_equal(school_of(w).origin, "b.example/log");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(root_hands_over_and_has_no_power_afterwards),
        CASE(the_successor_takes_over_without_the_root_that_was_lost),
        CASE(a_thief_of_root_names_no_successor),
        CASE(the_new_root_undoes_what_the_old_one_did),
        cmocka_unit_test_setup_teardown(root_says_that_the_log_goes_on_under_another_key, setup,
                                        teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
