/* A log under another key: what is left of it is whole, what was signed before still holds, a crash
 * at any step is finished or without a trace, and a cut log is the log of that size. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <unistd.h>

#include "ledger/checkpoint.h"
#include "ledger/handover.h"
#include "ledger/verify.h"
#include "tests/ledger/support.h"

#define FILLED 600u
#define WHOLE UINT64_MAX

static struct test_world w;
static struct test_author founder;

static int setup(void **state)
{
    (void)state;
    test_world_make(&w);
    test_author_make(&founder, 1);
    test_fill(&w, &founder, FILLED);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    test_world_remove(&w);
    return 0;
}

static void path_in(const char *dir, const char *name, char out[512])
{
    snprintf(out, 512, "%s/%s", dir, name);
}

static void prepare(const char *dir, const char *origin)
{
    struct base_buf BASE_CLEANUP(base_buf_release) vkey = {0};
    struct base_err err = {0};
    if (ledger_handover_prepare(dir, origin, &vkey, &err) != 0)
        fail_msg("%s", err.text);
    assert_true(vkey.len > 60);
}

/* `size` WHOLE: as many as there are. */
static int hand_over(const char *dir, uint64_t size, struct base_bytes note, struct base_err *err)
{
    const struct ledger_handover handover = {.size = size == WHOLE ? FILLED : size, .note = note};
    return ledger_handover(dir, &handover, err);
}

static void handed_over(const char *dir, uint64_t size)
{
    struct base_err err = {0};
    if (hand_over(dir, size, (struct base_bytes){0}, &err) != 0)
        fail_msg("%s", err.text);
}

static void note_of(struct ledger_log *log, struct base_buf *out_note, struct ledger_note_key *key)
{
    assert_int_equal(ledger_log_checkpoint(log, out_note, NULL), 0);
    assert_int_equal(ledger_vkey_parse(base_bytes_str(ledger_log_vkey(log)), key, NULL), 0);
}

static void a_log_goes_on_under_another_key(void **state)
{
    (void)state;
    struct base_buf BASE_CLEANUP(base_buf_release) before = {0};
    struct base_buf BASE_CLEANUP(base_buf_release) after = {0};
    struct base_buf BASE_CLEANUP(base_buf_release) vkey = {0};
    struct base_buf BASE_CLEANUP(base_buf_release) last = {0};
    struct ledger_note_key old_key, new_key;
    struct ledger_checkpoint old_checkpoint, checkpoint;
    struct ledger_reader *reader = NULL;
    struct base_err err = {0};
    char next[512];
    note_of(w.log, &before, &old_key);
    test_world_close_log(&w);
    prepare(w.dir, NULL);
    prepare(w.dir, NULL); /* the same again */
    handed_over(w.dir, WHOLE);
    path_in(w.dir, "log.key.next", next);
    assert_int_equal(access(next, F_OK), -1);
    if (test_world_reopen(&w, &err) != 0)
        fail_msg("%s", err.text);
    note_of(w.log, &after, &new_key);
    assert_string_equal(old_key.name, new_key.name);
    assert_false(ledger_key_equal(&old_key.key, &new_key.key));
    assert_int_not_equal(
        ledger_checkpoint_open(base_buf_bytes(&after), &old_key, &checkpoint, NULL), 0);
    assert_int_equal(ledger_checkpoint_open(base_buf_bytes(&after), &new_key, &checkpoint, NULL),
                     0);
    assert_int_equal(
        ledger_checkpoint_open(base_buf_bytes(&before), &old_key, &old_checkpoint, NULL), 0);
    assert_int_equal(checkpoint.size, FILLED);
    assert_true(ledger_hash_equal(&checkpoint.root, &old_checkpoint.root));
    /* The former key's last words are kept. */
    assert_int_equal(ledger_reader_open(w.log, &reader, NULL), 0);
    assert_int_equal(ledger_reader_former(reader, 0, &vkey, &last, NULL), 0);
    assert_true(base_bytes_equal(base_buf_bytes(&last), base_buf_bytes(&before)));
    assert_int_equal(ledger_reader_former(reader, 1, &vkey, &last, NULL), BASE_E_MISSING);
    ledger_reader_close(reader);
    /* And it goes on. */
    test_fill(&w, &founder, 300);
    test_verify_everything(&w);
    test_world_close_log(&w);
    prepare(w.dir, NULL);
    const struct ledger_handover again = {.size = FILLED + 300};
    assert_int_equal(ledger_handover(w.dir, &again, NULL), 0);
    assert_int_equal(test_world_reopen(&w, NULL), 0);
    assert_int_equal(ledger_reader_open(w.log, &reader, NULL), 0);
    assert_int_equal(ledger_reader_former(reader, 1, &vkey, &last, NULL), 0);
    ledger_reader_close(reader);
    test_verify_everything(&w);
}

static void a_key_that_was_only_prepared_changes_nothing(void **state)
{
    (void)state;
    struct base_buf BASE_CLEANUP(base_buf_release) before = {0};
    struct base_buf BASE_CLEANUP(base_buf_release) after = {0};
    struct base_buf BASE_CLEANUP(base_buf_release) vkey = {0};
    struct ledger_note_key key;
    note_of(w.log, &before, &key);
    test_world_close_log(&w);
    prepare(w.dir, NULL);
    assert_int_equal(ledger_handover_prepare(w.dir, "journal.example/other", &vkey, NULL),
                     BASE_E_STATE);
    assert_int_equal(test_world_reopen(&w, NULL), 0);
    note_of(w.log, &after, &key);
    assert_true(base_bytes_equal(base_buf_bytes(&before), base_buf_bytes(&after)));
    test_verify_everything(&w);
}

/* A process that died after the commit leaves the former key and the former `published`, both, or
 * one of them. */
static void a_crash_after_the_commit_is_finished_by_the_next_opening(void **state)
{
    (void)state;
    for (int step = 0; step < 2; step++) {
        char saved[300], handed[300], from[512], to[512];
        char root[256];
        test_dir_make(root);
        snprintf(saved, sizeof saved, "%s/saved", root);
        snprintf(handed, sizeof handed, "%s/handed", root);
        if (step == 0) {
            test_world_close_log(&w);
            prepare(w.dir, NULL);
        }
        test_dir_copy(w.dir, saved);
        test_dir_copy(w.dir, handed);
        handed_over(handed, WHOLE);
        /* The environment is the new one; the key never came to its place. */
        path_in(saved, "log/data.mdb", to);
        path_in(handed, "log/data.mdb", from);
        assert_int_equal(rename(from, to), 0);
        if (step == 1) { /* `published` was written */
            path_in(handed, "published", from);
            path_in(saved, "published", to);
            assert_int_equal(rename(from, to), 0);
        }
        struct test_world after = w;
        snprintf(after.dir, sizeof after.dir, "%.250s", saved);
        struct base_err err = {0};
        if (test_world_reopen(&after, &err) != 0)
            fail_msg("step %d: %s", step, err.text);
        test_verify_everything(&after);
        test_fill(&after, &founder, 3);
        test_world_close_log(&after);
        assert_int_equal(test_world_reopen(&after, &err), 0);
        test_verify_everything(&after);
        test_world_close_log(&after);
        test_dir_remove(root);
        founder.counter -= 3;
    }
    assert_int_equal(test_world_reopen(&w, NULL), 0);
}

static struct ledger_hash root_at(struct ledger_log *log, uint64_t size)
{
    struct ledger_reader *reader = NULL;
    struct ledger_hash root;
    assert_int_equal(ledger_reader_open(log, &reader, NULL), 0);
    assert_int_equal(ledger_reader_root(reader, size, &root, NULL), 0);
    ledger_reader_close(reader);
    return root;
}

/* As test_world_reopen, under whatever name the log has now. */
static int opened(struct test_world *world, struct base_err *err)
{
    const struct ledger_log_options options = {
        .dir = world->dir, .clock = base_clock_system(), .admission = &world->admission.table};
    return ledger_log_open(&options, &world->log, err);
}

static void what_was_sealed_goes_with_what_is_cut_off(void **state)
{
    (void)state;
    uint8_t kept[LEDGER_COMMITMENT_LEN];
    uint8_t cut[2][LEDGER_COMMITMENT_LEN];
    struct base_buf BASE_CLEANUP(base_buf_wipe) value = {0};
    test_sealed_append(&w, 1, "pupil-1", kept);
    test_sealed_append(&w, 2, "pupil-1", cut[0]);
    test_sealed_append(&w, 3, "pupil-2", cut[1]);
    test_world_close_log(&w);
    prepare(w.dir, NULL);
    const struct ledger_handover handover = {
        .size = FILLED + 1, .openings = cut[0], .opening_count = 2};
    assert_int_equal(ledger_handover(w.dir, &handover, NULL), 0);
    assert_int_equal(test_world_reopen(&w, NULL), 0);
    assert_int_equal(test_opening_read(w.log, kept, &value, NULL), 0);
    assert_int_equal(test_opening_read(w.log, cut[0], &value, NULL), BASE_E_MISSING);
    assert_int_equal(test_opening_read(w.log, cut[1], &value, NULL), BASE_E_MISSING);
    assert_false(ledger_log_erasure_pending(w.log)); /* the opening took the freed pages away */
    test_verify_everything(&w);
}

static void a_cut_log_is_the_log_of_that_size(void **state)
{
    (void)state;
    static const uint64_t sizes[] = {1, 2, 255, 256, 257, 512, 513, FILLED - 1, FILLED};
    struct ledger_hash roots[sizeof sizes / sizeof sizes[0]];
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        roots[i] = root_at(w.log, sizes[i]);
    test_world_close_log(&w);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        char root[256], copy[300];
        struct test_world cut = w;
        struct ledger_head head;
        struct base_err err = {0};
        test_dir_make(root);
        snprintf(copy, sizeof copy, "%s/copy", root);
        test_dir_copy(w.dir, copy);
        prepare(copy, "journal.example/again");
        handed_over(copy, sizes[i]);
        snprintf(cut.dir, sizeof cut.dir, "%.250s", copy);
        if (opened(&cut, &err) != 0)
            fail_msg("%llu: %s", (unsigned long long)sizes[i], err.text);
        ledger_log_head(cut.log, &head);
        assert_int_equal(head.size, sizes[i]);
        assert_true(ledger_hash_equal(&head.root, &roots[i]));
        assert_string_equal(ledger_log_origin(cut.log), "journal.example/again");
        test_verify_everything(&cut);
        /* What was cut off is not known any more: the same counters are free. */
        founder.counter = (int64_t)sizes[i];
        test_fill(&cut, &founder, 700);
        test_verify_everything(&cut);
        test_world_close_log(&cut);
        test_dir_remove(root);
    }
    assert_int_equal(test_world_reopen(&w, NULL), 0);
}

static void what_makes_no_sense_changes_nothing(void **state)
{
    (void)state;
    struct base_buf BASE_CLEANUP(base_buf_release) before = {0};
    struct base_buf BASE_CLEANUP(base_buf_release) foreign = {0};
    struct base_buf BASE_CLEANUP(base_buf_release) after = {0};
    struct ledger_note_key key;
    struct ledger_note_signer signer = {0};
    struct ledger_hash root = {0};
    uint8_t seed[LEDGER_SEED_LEN] = {7};
    note_of(w.log, &before, &key);
    assert_int_equal(hand_over(w.dir, WHOLE, (struct base_bytes){0}, NULL), BASE_E_BUSY);
    test_world_close_log(&w);
    assert_int_equal(hand_over(w.dir, WHOLE, (struct base_bytes){0}, NULL), BASE_E_MISSING);
    prepare(w.dir, NULL);
    assert_int_equal(hand_over(w.dir, 0, (struct base_bytes){0}, NULL), BASE_E_USAGE);
    assert_int_equal(hand_over(w.dir, FILLED + 1, (struct base_bytes){0}, NULL), BASE_E_USAGE);
    assert_int_equal(
        ledger_note_signer_make("journal.example/log", LEDGER_NOTE_ED25519, seed, &signer, NULL),
        0);
    assert_int_equal(ledger_checkpoint_sign(9, &root, &signer, &foreign, NULL), 0);
    assert_true(hand_over(w.dir, WHOLE, base_buf_bytes(&foreign), NULL) < 0);
    assert_int_equal(test_world_reopen(&w, NULL), 0);
    note_of(w.log, &after, &key);
    assert_true(base_bytes_equal(base_buf_bytes(&before), base_buf_bytes(&after)));
    test_verify_everything(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_log_goes_on_under_another_key, setup, teardown),
        cmocka_unit_test_setup_teardown(a_key_that_was_only_prepared_changes_nothing, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_crash_after_the_commit_is_finished_by_the_next_opening,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(a_cut_log_is_the_log_of_that_size, setup, teardown),
        cmocka_unit_test_setup_teardown(what_was_sealed_goes_with_what_is_cut_off, setup, teardown),
        cmocka_unit_test_setup_teardown(what_makes_no_sense_changes_nothing, setup, teardown),
    };
    return cmocka_run_group_tests_name("handover", tests, NULL, NULL);
}
