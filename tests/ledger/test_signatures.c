/* Many keys, few tables: every signature gets libsodium's verdict, whichever way it is judged, also
 * while tables come and go. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>

#include "ledger/signatures.h"
#include "tests/ledger/support.h"

#define KEY_COUNT (LEDGER__SIGNATURES_TABLE_COUNT_MAX + 40u)

struct author_key {
    struct test_author author;
    struct ledger_signature signature;
    uint32_t number; /* in its chunk */
};

static const struct base_bytes message = {(const uint8_t *)"an event", 8};

/* Judges `uses` questions by each of some keys; each third is changed and must be rejected. */
static void chunk_run(struct ledger__signatures *signatures, struct author_key *keys,
                      unsigned first, unsigned count, unsigned uses)
{
    unsigned asked_count = 0;
    ledger__signatures_begin(signatures);
    for (unsigned i = first; i < first + count; i++)
        for (unsigned use = 0; use < uses; use++)
            assert_int_equal(
                ledger__signatures_announce(signatures, &keys[i].author.key, &keys[i].number, NULL),
                0);
    assert_int_equal(ledger__signatures_key_count(signatures), count);
    for (uint32_t i = 0; i < ledger__signatures_wanted(signatures); i++)
        ledger__signatures_make(signatures, i);
    for (unsigned i = first; i < first + count; i++)
        for (unsigned use = 0; use < uses; use++, asked_count++) {
            struct ledger_signature changed = keys[i].signature;
            bool is_changed = asked_count % 3 == 2;
            changed.bytes[asked_count % 64] ^= is_changed ? 1 : 0;
            struct ledger__signature_item item = {.event_bytes = message,
                                                  .key = &keys[i].author.key,
                                                  .number = keys[i].number,
                                                  .signature = &changed};
            ledger__signatures_check(signatures, &item, 1);
            assert_int_equal(item.holds, !is_changed);
        }
}

static struct author_key *keys_make(void)
{
    struct author_key *keys = calloc(KEY_COUNT, sizeof *keys);
    for (unsigned i = 0; i < KEY_COUNT; i++) {
        test_author_make(&keys[i].author, i);
        ledger_event_sign(message, keys[i].author.secret, &keys[i].signature);
    }
    return keys;
}

static void verdicts_are_right_while_tables_come_and_go(void **state)
{
    struct author_key *keys = keys_make();
    struct ledger__signatures *signatures = NULL;
    uint64_t by_table, by_sodium;
    (void)state;
    assert_int_equal(ledger__signatures_open(false, &signatures, NULL), 0);
    /* Few uses: no table. */
    chunk_run(signatures, keys, 0, 4, LEDGER__SIGNATURES_USES_MIN - 1);
    ledger__signatures_counts(signatures, &by_table, &by_sodium);
    assert_int_equal(by_table, 0);
    /* All keys by turns: more than there are places, so the first ones lose theirs. */
    for (unsigned round = 0; round < 2; round++)
        for (unsigned first = 0; first < KEY_COUNT; first += 53)
            chunk_run(signatures, keys, first, KEY_COUNT - first < 53 ? KEY_COUNT - first : 53,
                      LEDGER__SIGNATURES_USES_MIN);
    /* More keys in one chunk than places: the rest goes to libsodium. */
    chunk_run(signatures, keys, 0, KEY_COUNT, LEDGER__SIGNATURES_USES_MIN);
    ledger__signatures_counts(signatures, &by_table, &by_sodium);
    assert_true(by_table > by_sodium / 2);
    assert_int_equal(ledger__signatures_difference_count(signatures), 0);
    ledger__signatures_close(signatures);
    free(keys);
}

/* A key that signs very often gets a wide table, in the chunk that makes it so or later; more such
 * keys than wide tables keep their narrow ones. */
static void verdicts_are_right_while_tables_grow(void **state)
{
    struct author_key *keys = keys_make();
    struct ledger__signatures *signatures = NULL;
    uint64_t by_table, by_sodium;
    const unsigned often = LEDGER__SIGNATURES_WIDE_USES_MIN;
    (void)state;
    assert_int_equal(ledger__signatures_open(false, &signatures, NULL), 0);
    chunk_run(signatures, keys, 0, 1, often);
    assert_int_equal(ledger__signatures_wanted(signatures), 1);
    chunk_run(signatures, keys, 0, 1, often);
    assert_int_equal(ledger__signatures_wanted(signatures), 0);
    chunk_run(signatures, keys, 1, 1, often - 1);
    assert_int_equal(ledger__signatures_wanted(signatures), 1);
    chunk_run(signatures, keys, 1, 1, 3);
    assert_int_equal(ledger__signatures_wanted(signatures), 1);
    for (unsigned i = 2; i < LEDGER__SIGNATURES_WIDE_COUNT_MAX + 3; i++)
        chunk_run(signatures, keys, i, 1, LEDGER__SIGNATURES_USES_MIN);
    for (unsigned i = 2; i < LEDGER__SIGNATURES_WIDE_COUNT_MAX + 3; i++) {
        ledger__signatures_begin(signatures);
        for (unsigned use = 0; use < often; use++)
            assert_int_equal(
                ledger__signatures_announce(signatures, &keys[i].author.key, &keys[i].number, NULL),
                0);
        const bool is_wide = i < LEDGER__SIGNATURES_WIDE_COUNT_MAX;
        assert_int_equal(ledger__signatures_wanted(signatures), is_wide);
        for (uint32_t made = 0; made < ledger__signatures_wanted(signatures); made++)
            ledger__signatures_make(signatures, made);
        struct ledger__signature_item item = {.event_bytes = message,
                                              .key = &keys[i].author.key,
                                              .number = keys[i].number,
                                              .signature = &keys[i].signature};
        ledger__signatures_check(signatures, &item, 1);
        assert_true(item.holds);
    }
    ledger__signatures_counts(signatures, &by_table, &by_sodium);
    assert_int_equal(by_table, 3 * often + 2 +
                                   (LEDGER__SIGNATURES_USES_MIN + 1) *
                                       (LEDGER__SIGNATURES_WIDE_COUNT_MAX + 1));
    assert_int_equal(ledger__signatures_difference_count(signatures), 0);
    ledger__signatures_close(signatures);
    free(keys);
}

static void by_reference_nothing_is_judged_by_tables(void **state)
{
    struct author_key *keys = keys_make();
    struct ledger__signatures *signatures = NULL;
    uint64_t by_table, by_sodium;
    (void)state;
    assert_int_equal(ledger__signatures_open(true, &signatures, NULL), 0);
    chunk_run(signatures, keys, 0, 3, 20);
    ledger__signatures_counts(signatures, &by_table, &by_sodium);
    assert_int_equal(by_table, 0);
    assert_int_equal(by_sodium, 60);
    ledger__signatures_close(signatures);
    free(keys);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(verdicts_are_right_while_tables_come_and_go),
        cmocka_unit_test(verdicts_are_right_while_tables_grow),
        cmocka_unit_test(by_reference_nothing_is_judged_by_tables),
    };
    return cmocka_run_group_tests_name("signatures", tests, NULL, NULL);
}
