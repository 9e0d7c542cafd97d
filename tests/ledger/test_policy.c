/* Policies: which cosignatures are enough (C2SP tlog-policy). The oracle counts for itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>

#include "ledger/checkpoint.h"
#include "ledger/policy.h"
#include "tests/ledger/support.h"

#define WITNESS_COUNT 5u

static struct ledger_note_signer signers[WITNESS_COUNT];
static struct ledger_note_signer log_signer;
static struct ledger_policy policy;

static int signers_make(void **state)
{
    (void)state;
    for (unsigned i = 0; i < WITNESS_COUNT; i++) {
        uint8_t seed[LEDGER_SEED_LEN] = {9, (uint8_t)i};
        char name[64];
        snprintf(name, sizeof name, "witness.example/w%u", i);
        assert_int_equal(
            ledger_note_signer_make(name, LEDGER_NOTE_COSIGNATURE, seed, &signers[i], NULL), 0);
    }
    static const uint8_t seed[LEDGER_SEED_LEN] = {8};
    return ledger_note_signer_make("journal.example/log", LEDGER_NOTE_ED25519, seed, &log_signer,
                                   NULL);
}

static void put_witnesses(struct base_buf *out, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        base_buf_printf(out, "witness w%u ", i);
        ledger_vkey_put(&signers[i].key, out);
        base_buf_put_str(out, i == 0 ? "\thttp://127.0.0.1:1/  \n" : "\n");
    }
}

/* A policy over w0 … w4 with these lines below. */
static int policy_of(const char *lines)
{
    struct base_buf BASE_CLEANUP(base_buf_release) text = {0};
    base_buf_put_str(&text, "  # whom we believe\n\n log ");
    ledger_vkey_put(&log_signer.key, &text);
    base_buf_put_str(&text, "\n");
    put_witnesses(&text, WITNESS_COUNT);
    base_buf_put_str(&text, lines);
    return ledger_policy_parse(base_buf_bytes(&text), &policy, NULL);
}

static struct ledger_policy_verdict verdict_of(unsigned mask)
{
    struct base_buf BASE_CLEANUP(base_buf_release) note = {0};
    struct base_buf BASE_CLEANUP(base_buf_release) text = {0};
    struct ledger_checkpoint checkpoint = {.origin = "journal.example/log", .size = 7};
    struct ledger_policy_verdict verdict;
    struct ledger_note parsed;
    ledger_checkpoint_put_text(&checkpoint, &text);
    assert_int_equal(ledger_checkpoint_sign(7, &checkpoint.root, &log_signer, &note, NULL), 0);
    for (unsigned i = 0; i < WITNESS_COUNT; i++)
        if ((mask >> i & 1) != 0)
            ledger_note_sign_line(base_buf_bytes(&text), &signers[i], 1000 + i, &note);
    assert_int_equal(ledger_note_parse(base_buf_bytes(&note), &parsed, NULL), 0);
    ledger_policy_judge(&policy, &parsed, &verdict);
    return verdict;
}

static unsigned bits(unsigned mask)
{
    return (unsigned)__builtin_popcount(mask);
}

static void n_of_m_is_counted(void **state)
{
    (void)state;
    unsigned needed = 0, count = 0;
    for (unsigned k = 1; k <= WITNESS_COUNT; k++) {
        char lines[128];
        snprintf(lines, sizeof lines, "group all-of-them %u w0 w1 w2 w3 w4\nquorum all-of-them\n",
                 k);
        assert_int_equal(policy_of(lines), 0);
        ledger_policy_quorum(&policy, &needed, &count);
        assert_int_equal(needed, k);
        assert_int_equal(count, WITNESS_COUNT);
        for (unsigned mask = 0; mask < 1u << WITNESS_COUNT; mask++) {
            struct ledger_policy_verdict verdict = verdict_of(mask);
            assert_int_equal(verdict.met, bits(mask) >= k);
            assert_int_equal(verdict.held_count, bits(mask));
            for (unsigned i = 0; i < WITNESS_COUNT; i++)
                assert_true(!verdict.held[i] || verdict.time_s[i] == 1000 + i);
        }
    }
    assert_string_equal(policy.witnesses[0].url, "http://127.0.0.1:1/");
    assert_int_equal(policy.log_count, 1);
}

static void groups_rest_on_groups(void **state)
{
    (void)state;
    assert_int_equal(policy_of("group a any w0 w1\ngroup b 2 w2 w3 w4\ngroup both all a b\n"
                               "quorum both\n"),
                     0);
    for (unsigned mask = 0; mask < 1u << WITNESS_COUNT; mask++)
        assert_int_equal(verdict_of(mask).met, (mask & 3) != 0 && bits(mask >> 2) >= 2);
    assert_int_equal(policy_of("quorum none\n"), 0);
    assert_true(verdict_of(0).met);
    assert_int_equal(policy_of("quorum w3\n"), 0);
    for (unsigned mask = 0; mask < 1u << WITNESS_COUNT; mask++)
        assert_int_equal(verdict_of(mask).met, (mask & 8) != 0);
}

static void what_is_no_policy_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",
        "quorum w9\n",
        "quorum w0\nquorum w1\n",
        "quorum\n",
        "quorum w0 w1\n",
        "quorum w0",
        "group g 0 w0\nquorum g\n",
        "group g 2 w0\nquorum g\n",
        "group g 01 w0 w1\nquorum g\n",
        "group g some w0\nquorum g\n",
        "group g any\nquorum g\n",
        "group g any w0 w0\nquorum g\n",
        "group g any w0\ngroup h any w0\nquorum h\n",
        "group g any h\ngroup h any w0\nquorum g\n",
        "group w0 any w1\nquorum w0\n",
        "group none any w1\nquorum none\n",
        "group g any none\nquorum g\n",
        "witness x not-a-key\nquorum w0\n",
        "believe everybody\nquorum w0\n",
        "quorum w0\r\n",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_int_equal(policy_of(wrong[i]), BASE_E_FORMAT);
}

static void keys_are_of_their_kind_and_there_once(void **state)
{
    (void)state;
    struct base_buf BASE_CLEANUP(base_buf_release) text = {0};
    base_buf_put_str(&text, "witness x ");
    ledger_vkey_put(&log_signer.key, &text);
    base_buf_put_str(&text, "\nquorum none\n");
    assert_int_equal(ledger_policy_parse(base_buf_bytes(&text), &policy, NULL), BASE_E_FORMAT);
    base_buf_reset(&text);
    base_buf_put_str(&text, "log ");
    ledger_vkey_put(&signers[0].key, &text);
    base_buf_put_str(&text, "\nquorum none\n");
    assert_int_equal(ledger_policy_parse(base_buf_bytes(&text), &policy, NULL), BASE_E_FORMAT);
    base_buf_reset(&text);
    for (int i = 0; i < 2; i++) {
        base_buf_printf(&text, "witness x%d ", i);
        ledger_vkey_put(&signers[0].key, &text);
        base_buf_put_str(&text, "\n");
    }
    base_buf_put_str(&text, "quorum none\n");
    assert_int_equal(ledger_policy_parse(base_buf_bytes(&text), &policy, NULL), BASE_E_FORMAT);
}

static void a_cosignature_that_does_not_hold_counts_for_nothing(void **state)
{
    (void)state;
    struct base_buf BASE_CLEANUP(base_buf_release) note = {0};
    struct base_buf BASE_CLEANUP(base_buf_release) text = {0};
    struct ledger_checkpoint checkpoint = {.origin = "journal.example/log", .size = 7};
    struct ledger_policy_verdict verdict;
    struct ledger_note parsed;
    assert_int_equal(policy_of("quorum w0\n"), 0);
    assert_int_equal(ledger_checkpoint_sign(7, &checkpoint.root, &log_signer, &note, NULL), 0);
    checkpoint.size = 8;
    ledger_checkpoint_put_text(&checkpoint, &text);
    ledger_note_sign_line(base_buf_bytes(&text), &signers[0], 1000, &note);
    assert_int_equal(ledger_note_parse(base_buf_bytes(&note), &parsed, NULL), 0);
    ledger_policy_judge(&policy, &parsed, &verdict);
    assert_false(verdict.met);
    assert_int_equal(verdict.held_count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(n_of_m_is_counted),
        cmocka_unit_test(groups_rest_on_groups),
        cmocka_unit_test(what_is_no_policy_is_refused),
        cmocka_unit_test(keys_are_of_their_kind_and_there_once),
        cmocka_unit_test(a_cosignature_that_does_not_hold_counts_for_nothing),
    };
    return cmocka_run_group_tests_name("policy", tests, signers_make, NULL);
}
