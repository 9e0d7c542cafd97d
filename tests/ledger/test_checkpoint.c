/* Promises of notes and checkpoints, with the vectors of the reference implementation. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "ledger/checkpoint.h"
#include "tests/ledger/support.h"

struct vectors {
    struct ledger_note_signer signer;
    struct ledger_note_signer witness;
    char skey[256];
    char vkey[256];
    char cosigner_vkey[256];
    char cosignature[1200]; /* a whole line */
    struct base_buf note;
};

static int vectors_load(void **state)
{
    static struct vectors vectors;
    char path[512];
    char line[1024];
    char hex[128];
    uint8_t seed[LEDGER_SEED_LEN] = {0};
    unsigned note_lines = 0;
    snprintf(path, sizeof path, "%s/ledger-tlog.txt", getenv("VECTORS"));
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file) != NULL) {
        if (sscanf(line, "seed %127s", hex) == 1)
            assert_true(base_unhex(hex, strlen(hex), seed, sizeof seed));
        (void)!sscanf(line, "skey %255s", vectors.skey);
        (void)!sscanf(line, "vkey %255s", vectors.vkey);
        (void)!sscanf(line, "cosig vkey %255s", vectors.cosigner_vkey);
        if (strncmp(line, "cosig line: ", 12) == 0) {
            line[strcspn(line, "\n")] = 0;
            snprintf(vectors.cosignature, sizeof vectors.cosignature, "%s\n", line + 12);
        }
        if (strcmp(line, "journal.example/log\n") == 0 || (note_lines > 0 && note_lines < 5)) {
            base_buf_put_str(&vectors.note, line);
            note_lines++;
        }
    }
    fclose(file);
    assert_int_equal(ledger_note_signer_make("journal.example/log", LEDGER_NOTE_ED25519, seed,
                                             &vectors.signer, NULL),
                     0);
    assert_int_equal(ledger_note_signer_make("journal.example/log", LEDGER_NOTE_COSIGNATURE, seed,
                                             &vectors.witness, NULL),
                     0);
    *state = &vectors;
    return 0;
}

static int vectors_release(void **state)
{
    base_buf_release(&((struct vectors *)*state)->note);
    return 0;
}

static void keys_are_written_and_read_as_text(void **state)
{
    const struct vectors *vectors = *state;
    struct base_buf BASE_CLEANUP(base_buf_release) text = {0};
    struct ledger_note_key key;
    struct ledger_note_signer signer;
    ledger_vkey_put(&vectors->signer.key, &text);
    assert_string_equal(base_buf_text(&text), vectors->vkey);
    base_buf_reset(&text);
    ledger_skey_put(&vectors->signer, &text);
    assert_string_equal(base_buf_text(&text), vectors->skey);
    base_buf_reset(&text);
    ledger_vkey_put(&vectors->witness.key, &text);
    assert_string_equal(base_buf_text(&text), vectors->cosigner_vkey);
    assert_int_equal(ledger_vkey_parse(base_bytes_str(vectors->vkey), &key, NULL), 0);
    assert_memory_equal(&key.key, &vectors->signer.key.key, LEDGER_KEY_LEN);
    assert_int_equal(ledger_skey_parse(base_bytes_str(vectors->skey), &signer, NULL), 0);
    assert_memory_equal(signer.secret, vectors->signer.secret, 64);
    ledger_note_signer_wipe(&signer);
}

static void keys_that_are_not_theirs_are_refused(void **state)
{
    const struct vectors *vectors = *state;
    struct ledger_note_key key;
    char text[256];
    /* Any single character changed: another name, id, type or key. */
    for (size_t i = 0; vectors->vkey[i] != 0; i++) {
        snprintf(text, sizeof text, "%s", vectors->vkey);
        text[i] = text[i] == 'A' ? 'B' : 'A';
        if (text[i] != vectors->vkey[i])
            assert_int_equal(ledger_vkey_parse(base_bytes_str(text), &key, NULL), BASE_E_FORMAT);
    }
    assert_int_equal(ledger_vkey_parse(base_bytes_str(""), &key, NULL), BASE_E_FORMAT);
    assert_int_equal(ledger_vkey_parse(base_bytes_str("name+00000000"), &key, NULL), BASE_E_FORMAT);
}

static void names_have_no_blanks_and_no_plus(void **state)
{
    (void)state;
    static const char *const good[] = {"journal.example/log", "a", "школа-1.example"};
    static const char *const bad[] = {"", "a b", "a+b", "a\nb", "a\xc2\xa0z", "\xff"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_true(ledger_note_name_is_valid(base_bytes_str(good[i])));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(ledger_note_name_is_valid(base_bytes_str(bad[i])));
    char longest[LEDGER_ORIGIN_LEN_MAX + 1];
    memset(longest, 'a', sizeof longest);
    assert_true(ledger_note_name_is_valid(base_bytes_of(longest, LEDGER_ORIGIN_LEN_MAX)));
    assert_false(ledger_note_name_is_valid(base_bytes_of(longest, sizeof longest)));
}

static void checkpoint_is_the_reference_implementations(void **state)
{
    const struct vectors *vectors = *state;
    struct base_buf BASE_CLEANUP(base_buf_release) note = {0};
    struct ledger_checkpoint checkpoint;
    assert_int_equal(ledger_checkpoint_open(base_buf_bytes(&vectors->note), &vectors->signer.key,
                                            &checkpoint, NULL),
                     0);
    assert_int_equal(checkpoint.size, 3);
    assert_string_equal(checkpoint.origin, "journal.example/log");
    assert_int_equal(
        ledger_checkpoint_sign(checkpoint.size, &checkpoint.root, &vectors->signer, &note, NULL),
        0);
    assert_true(base_bytes_equal(base_buf_bytes(&note), base_buf_bytes(&vectors->note)));
}

static void cosignature_is_the_reference_implementations(void **state)
{
    const struct vectors *vectors = *state;
    struct base_buf BASE_CLEANUP(base_buf_release) note = {0};
    struct base_buf BASE_CLEANUP(base_buf_release) line = {0};
    struct ledger_note parsed;
    struct ledger_checkpoint checkpoint;
    uint64_t time_s = 0;
    base_buf_put_bytes(&note, base_buf_bytes(&vectors->note));
    base_buf_put_str(&note, vectors->cosignature);
    assert_int_equal(ledger_note_parse(base_buf_bytes(&note), &parsed, NULL), 0);
    assert_int_equal(parsed.signature_count, 2);
    assert_true(ledger_note_is_signed_by(&parsed, &vectors->witness.key, &time_s));
    assert_int_equal(time_s, 1700000000);
    assert_true(ledger_note_is_signed_by(&parsed, &vectors->signer.key, NULL));
    /* The log's own signature is still what the checkpoint needs. */
    assert_int_equal(
        ledger_checkpoint_open(base_buf_bytes(&note), &vectors->signer.key, &checkpoint, NULL), 0);
    ledger_note_sign_line(parsed.text, &vectors->witness, time_s, &line);
    assert_string_equal(base_buf_text(&line), vectors->cosignature);
}

static void any_changed_byte_breaks_a_checkpoint(void **state)
{
    const struct vectors *vectors = *state;
    struct ledger_checkpoint checkpoint;
    struct base_buf BASE_CLEANUP(base_buf_release) note = {0};
    for (size_t i = 0; i < vectors->note.len; i++)
        for (unsigned bit = 0; bit < 8; bit++) {
            base_buf_reset(&note);
            base_buf_put_bytes(&note, base_buf_bytes(&vectors->note));
            note.data[i] ^= (uint8_t)(1u << bit);
            assert_int_not_equal(ledger_checkpoint_open(base_buf_bytes(&note), &vectors->signer.key,
                                                        &checkpoint, NULL),
                                 0);
        }
    for (size_t len = 0; len < vectors->note.len; len++)
        assert_int_not_equal(ledger_checkpoint_open(base_bytes_of(vectors->note.data, len),
                                                    &vectors->signer.key, &checkpoint, NULL),
                             0);
}

static void a_checkpoint_is_signed_by_its_own_log(void **state)
{
    const struct vectors *vectors = *state;
    struct ledger_note_signer other;
    struct ledger_checkpoint checkpoint;
    static const uint8_t seed[LEDGER_SEED_LEN] = {9};
    assert_int_equal(
        ledger_note_signer_make("other.example/log", LEDGER_NOTE_ED25519, seed, &other, NULL), 0);
    assert_int_equal(
        ledger_checkpoint_open(base_buf_bytes(&vectors->note), &other.key, &checkpoint, NULL),
        BASE_E_CRYPTO);
    assert_int_equal(
        ledger_note_signer_make("journal.example/log", LEDGER_NOTE_ED25519, seed, &other, NULL), 0);
    assert_int_equal(
        ledger_checkpoint_open(base_buf_bytes(&vectors->note), &other.key, &checkpoint, NULL),
        BASE_E_CRYPTO);
}

/* Signs a text that a checkpoint would not have and expects it to be refused for its form. */
static void text_expect_refused(const struct vectors *vectors, const char *text)
{
    struct base_buf BASE_CLEANUP(base_buf_release) note = {0};
    struct ledger_checkpoint checkpoint;
    base_buf_put_str(&note, text);
    base_buf_put_str(&note, "\n");
    ledger_note_sign_line(base_bytes_str(text), &vectors->signer, 0, &note);
    assert_int_equal(
        ledger_checkpoint_open(base_buf_bytes(&note), &vectors->signer.key, &checkpoint, NULL),
        BASE_E_FORMAT);
}

static void other_spellings_of_a_checkpoint_are_refused(void **state)
{
    const struct vectors *vectors = *state;
    static const char root[] = "lPvQ3YNvUDAWkubQ6t5yjuGexSv/8WBu2AfIV11aqhk=\n";
    static const char *const sizes[] = {"03", "+3", "-3", " 3", "", "3.0", "9223372036854775808"};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        char text[256];
        snprintf(text, sizeof text, "journal.example/log\n%s\n%s", sizes[i], root);
        text_expect_refused(vectors, text);
    }
    text_expect_refused(vectors, "journal.example/log\n3\nlPvQ3YNvUDAWkubQ6t5yjuGexSv=\n");
    text_expect_refused(vectors, "journal.example/log\n3\n");
    char extended[256];
    snprintf(extended, sizeof extended, "journal.example/log\n3\n%sextension\n", root);
    text_expect_refused(vectors, extended);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_are_written_and_read_as_text),
        cmocka_unit_test(keys_that_are_not_theirs_are_refused),
        cmocka_unit_test(names_have_no_blanks_and_no_plus),
        cmocka_unit_test(checkpoint_is_the_reference_implementations),
        cmocka_unit_test(cosignature_is_the_reference_implementations),
        cmocka_unit_test(any_changed_byte_breaks_a_checkpoint),
        cmocka_unit_test(a_checkpoint_is_signed_by_its_own_log),
        cmocka_unit_test(other_spellings_of_a_checkpoint_are_refused),
    };
    return cmocka_run_group_tests_name("checkpoint", tests, vectors_load, vectors_release);
}
