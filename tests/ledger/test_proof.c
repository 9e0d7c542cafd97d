/* Promises of proofs to keep: what the log gave out verifies alone, and nothing else does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "ledger/proof.h"
#include "tests/ledger/support.h"

static int world_setup(void **state)
{
    static struct test_world world;
    static struct test_author author;
    test_world_make(&world);
    test_author_make(&author, 1);
    test_fill(&world, &author, 300);
    *state = &world;
    return 0;
}

static int world_teardown(void **state)
{
    test_world_remove(*state);
    return 0;
}

/* The proof of entry `seq` as the log stands. */
static void proof_make(struct test_world *world, ledger_seq seq, struct base_buf *out_text)
{
    struct ledger_reader *reader = NULL;
    struct base_bytes entry;
    struct ledger_hash path[LEDGER_PROOF_LEN_MAX];
    unsigned count;
    struct base_buf BASE_CLEANUP(base_buf_release) note = {0};
    assert_int_equal(ledger_log_checkpoint(world->log, &note, NULL), 0);
    assert_int_equal(ledger_reader_open(world->log, &reader, NULL), 0);
    assert_int_equal(ledger_reader_entry(reader, seq, &entry, NULL), 0);
    assert_int_equal(
        ledger_reader_inclusion(reader, seq, ledger_reader_size(reader), path, &count, NULL), 0);
    assert_int_equal(
        ledger_proof_put(entry, seq, path, count, base_buf_bytes(&note), out_text, NULL), 0);
    ledger_reader_close(reader);
}

static struct ledger_note_key key_of(struct test_world *world)
{
    struct ledger_note_key key;
    assert_int_equal(ledger_vkey_parse(base_bytes_str(ledger_log_vkey(world->log)), &key, NULL), 0);
    return key;
}

static void a_kept_proof_verifies_alone(void **state)
{
    struct test_world *world = *state;
    struct ledger_note_key key = key_of(world);
    for (ledger_seq seq = 0; seq < 300; seq += 23) {
        struct base_buf BASE_CLEANUP(base_buf_release) text = {0};
        struct base_buf BASE_CLEANUP(base_buf_release) again = {0};
        struct ledger_proof proof;
        struct ledger_checkpoint checkpoint;
        struct ledger_entry entry;
        proof_make(world, seq, &text);
        assert_int_equal(ledger_proof_parse(base_buf_bytes(&text), &proof, NULL), 0);
        assert_int_equal(proof.seq, seq);
        assert_int_equal(ledger_proof_check(&proof, &key, &checkpoint, NULL), 0);
        assert_int_equal(checkpoint.size, 300);
        assert_int_equal(ledger_entry_parse(base_buf_bytes(&proof.entry), &entry, NULL), 0);
        assert_int_equal(ledger_proof_put(base_buf_bytes(&proof.entry), proof.seq, proof.path,
                                          proof.path_count, proof.note, &again, NULL),
                         0);
        assert_true(base_bytes_equal(base_buf_bytes(&again), base_buf_bytes(&text)));
        ledger_proof_release(&proof);
    }
}

static void any_changed_byte_breaks_a_proof(void **state)
{
    struct test_world *world = *state;
    struct ledger_note_key key = key_of(world);
    struct base_buf BASE_CLEANUP(base_buf_release) text = {0};
    proof_make(world, 123, &text);
    for (size_t i = 0; i < text.len; i++) {
        struct ledger_proof proof;
        text.data[i] ^= 1;
        if (ledger_proof_parse(base_buf_bytes(&text), &proof, NULL) == 0) {
            assert_int_not_equal(ledger_proof_check(&proof, &key, NULL, NULL), 0);
            ledger_proof_release(&proof);
        }
        text.data[i] ^= 1;
    }
    for (size_t len = 0; len < text.len; len++) {
        struct ledger_proof proof;
        if (ledger_proof_parse(base_bytes_of(text.data, len), &proof, NULL) == 0) {
            assert_int_not_equal(ledger_proof_check(&proof, &key, NULL, NULL), 0);
            ledger_proof_release(&proof);
        }
    }
}

static void a_proof_is_for_its_own_log(void **state)
{
    struct test_world *world = *state;
    struct ledger_note_signer other;
    struct base_buf BASE_CLEANUP(base_buf_release) text = {0};
    struct ledger_proof proof;
    static const uint8_t seed[LEDGER_SEED_LEN] = {5};
    assert_int_equal(
        ledger_note_signer_make("journal.example/log", LEDGER_NOTE_ED25519, seed, &other, NULL), 0);
    proof_make(world, 0, &text);
    assert_int_equal(ledger_proof_parse(base_buf_bytes(&text), &proof, NULL), 0);
    assert_int_equal(ledger_proof_check(&proof, &other.key, NULL, NULL), BASE_E_CRYPTO);
    ledger_proof_release(&proof);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define WITH_WORLD(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)
        WITH_WORLD(a_kept_proof_verifies_alone),
        WITH_WORLD(any_changed_byte_breaks_a_proof),
        WITH_WORLD(a_proof_is_for_its_own_log),
    };
    return cmocka_run_group_tests_name("proof", tests, NULL, NULL);
}
