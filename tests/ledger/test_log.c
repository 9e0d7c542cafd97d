/* Promises of the log's handle: order, idempotence, refusals, durability. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "ledger/tiles.h"
#include "tests/ledger/support.h"

static int world_setup(void **state)
{
    static struct test_world world;
    test_world_make(&world);
    *state = &world;
    return 0;
}

static int world_teardown(void **state)
{
    test_world_remove(*state);
    return 0;
}

static void a_new_log_is_empty_and_signed(void **state)
{
    struct test_world *world = *state;
    struct ledger_head head;
    struct ledger_hash empty;
    struct ledger_hash id;
    static const struct ledger_hash zero;
    ledger_tree_empty(&empty);
    ledger_log_head(world->log, &head);
    ledger_log_id(world->log, &id);
    assert_int_equal(head.size, 0);
    assert_memory_equal(head.root.bytes, empty.bytes, LEDGER_HASH_LEN);
    assert_memory_equal(id.bytes, zero.bytes, LEDGER_HASH_LEN);
    assert_string_equal(ledger_log_origin(world->log), "journal.example/log");
    test_verify_everything(world);
}

static void entries_get_positions_without_gaps(void **state)
{
    struct test_world *world = *state;
    struct test_author author;
    test_author_make(&author, 1);
    for (ledger_seq seq = 0; seq < 5; seq++) {
        struct test_submission made;
        test_event_make(world, &author, "test.made", NULL, &made);
        world->now_ms += 10;
        struct ledger_receipt receipt = test_append(world, &made);
        assert_int_equal(receipt.code, 0);
        assert_false(receipt.known);
        assert_int_equal(receipt.seq, seq);
        assert_int_equal(receipt.recorded_ms, world->now_ms);
        assert_memory_equal(receipt.id.bytes, made.submission.event.id.bytes, LEDGER_HASH_LEN);
        test_submission_release(&made);
    }
    assert_int_equal(world->admission.commit_count, 5);
    assert_int_equal(world->admission.abort_count, 0);
    test_verify_everything(world);
}

static void the_founding_event_names_the_log(void **state)
{
    struct test_world *world = *state;
    struct test_author author;
    struct test_submission founding;
    struct ledger_hash id;
    test_author_make(&author, 1);
    test_event_make(world, &author, "test.founded", NULL, &founding);
    assert_int_equal(test_append(world, &founding).code, 0);
    ledger_log_id(world->log, &id);
    assert_memory_equal(id.bytes, founding.submission.event.id.bytes, LEDGER_HASH_LEN);
    test_submission_release(&founding);
}

static void an_event_for_another_log_is_refused(void **state)
{
    struct test_world *world = *state;
    struct test_author author;
    struct test_submission made;
    struct ledger_head head;
    static const uint8_t empty_map = 0x80;
    struct ledger_hash other = {.bytes = {1, 2, 3}};
    test_author_make(&author, 1);
    ledger_log_head(world->log, &head);
    struct ledger_event_draft draft = {.log_id = &other,
                                       .kind = "test.made",
                                       .body = base_bytes_of(&empty_map, 1),
                                       .seen_root = &head.root};
    test_draft_submit(&draft, &author, &made);
    assert_int_equal(test_append(world, &made).code, LEDGER_REFUSED_WRONG_LOG);
    test_submission_release(&made);
    test_fill(world, &author, 1);
    /* A second founding event, log id zero, is for another log, too. */
    draft.log_id = NULL;
    draft.counter = 0;
    test_draft_submit(&draft, &author, &made);
    assert_int_equal(test_append(world, &made).code, LEDGER_REFUSED_WRONG_LOG);
    test_submission_release(&made);
    ledger_log_head(world->log, &head);
    assert_int_equal(head.size, 1);
}

static void submitting_twice_answers_with_the_first_position(void **state)
{
    struct test_world *world = *state;
    struct test_author author;
    struct test_submission made;
    test_author_make(&author, 1);
    test_fill(world, &author, 3);
    test_event_make(world, &author, "test.made", NULL, &made);
    struct ledger_receipt first = test_append(world, &made);
    world->now_ms += 5000;
    test_fill(world, &author, 2);
    struct ledger_receipt second = test_append(world, &made);
    assert_int_equal(first.code, 0);
    assert_int_equal(second.code, 0);
    assert_true(second.known);
    assert_int_equal(second.seq, first.seq);
    assert_int_equal(second.recorded_ms, first.recorded_ms);
    /* Twice in one batch: the second is known, too. */
    struct test_submission twin;
    test_event_make(world, &author, "test.twin", NULL, &twin);
    struct ledger_submission *batch[] = {&twin.submission, &twin.submission};
    struct ledger_receipt receipts[2];
    assert_int_equal(ledger_log_append(world->log, batch, 2, receipts, NULL), 0);
    assert_false(receipts[0].known);
    assert_true(receipts[1].known);
    assert_int_equal(receipts[0].seq, receipts[1].seq);
    test_submission_release(&made);
    test_submission_release(&twin);
    test_verify_everything(world);
}

static void a_counter_must_grow(void **state)
{
    struct test_world *world = *state;
    struct test_author author;
    struct test_submission made;
    test_author_make(&author, 1);
    test_fill(world, &author, 3);
    for (int64_t used = 2; used <= 3; used++) { /* an older one, and the last one itself */
        author.counter = used - 1;
        test_event_make(world, &author, "test.other", NULL, &made);
        struct ledger_receipt receipt = test_append(world, &made);
        assert_int_equal(receipt.code, LEDGER_REFUSED_COUNTER);
        assert_string_equal(receipt.refusal.field, "n");
        assert_int_equal(receipt.seq, LEDGER_SEQ_NONE);
        test_submission_release(&made);
    }
    author.counter = 99; /* gaps are fine */
    test_event_make(world, &author, "test.other", NULL, &made);
    assert_int_equal(test_append(world, &made).code, 0);
    test_submission_release(&made);
    struct ledger_reader *reader;
    int64_t counter = -1;
    assert_int_equal(ledger_reader_open(world->log, &reader, NULL), 0);
    assert_int_equal(ledger_reader_counter(reader, &author.key, &counter, NULL), 0);
    assert_int_equal(counter, 100);
    struct test_author stranger;
    test_author_make(&stranger, 2);
    assert_int_equal(ledger_reader_counter(reader, &stranger.key, &counter, NULL), 0);
    assert_int_equal(counter, 0);
    ledger_reader_close(reader);
}

static void what_was_seen_must_have_been(void **state)
{
    struct test_world *world = *state;
    struct test_author author;
    struct test_submission made;
    struct ledger_head head;
    struct ledger_hash id;
    struct ledger_hash empty;
    static const uint8_t empty_map = 0x80;
    test_author_make(&author, 1);
    test_fill(world, &author, 300);
    ledger_log_head(world->log, &head);
    ledger_log_id(world->log, &id);
    ledger_tree_empty(&empty);
    struct ledger_event_draft draft = {.log_id = &id,
                                       .kind = "test.made",
                                       .body = base_bytes_of(&empty_map, 1),
                                       .seen_size = head.size + 1,
                                       .seen_root = &head.root};
    test_draft_submit(&draft, &author, &made); /* from the future */
    assert_int_equal(test_append(world, &made).code, LEDGER_REFUSED_SEEN);
    test_submission_release(&made);
    draft.counter = 0;
    draft.seen_size = 0; /* the empty tree has one root */
    test_draft_submit(&draft, &author, &made);
    assert_int_equal(test_append(world, &made).code, LEDGER_REFUSED_SEEN);
    test_submission_release(&made);
    draft.counter = 0;
    draft.seen_root = &empty;
    test_draft_submit(&draft, &author, &made);
    assert_int_equal(test_append(world, &made).code, 0);
    test_submission_release(&made);
    /* Every size that ever was can be named. */
    struct ledger_reader *reader;
    assert_int_equal(ledger_reader_open(world->log, &reader, NULL), 0);
    static const uint64_t sizes[] = {1, 2, 127, 128, 255, 256, 257, 299, 300, 301};
    struct ledger_hash roots[10];
    for (size_t i = 0; i < 10; i++)
        assert_int_equal(ledger_reader_root(reader, sizes[i], &roots[i], NULL), 0);
    ledger_reader_close(reader);
    for (size_t i = 0; i < 10; i++) {
        draft.counter = 0;
        draft.seen_size = sizes[i];
        draft.seen_root = &roots[i];
        test_draft_submit(&draft, &author, &made);
        assert_int_equal(test_append(world, &made).code, 0);
        test_submission_release(&made);
        roots[i].bytes[31] ^= 1;
        draft.counter = 0;
        test_draft_submit(&draft, &author, &made);
        assert_int_equal(test_append(world, &made).code, LEDGER_REFUSED_SEEN);
        test_submission_release(&made);
    }
    test_verify_everything(world);
}

static void one_refusal_leaves_the_rest_of_the_batch(void **state)
{
    struct test_world *world = *state;
    struct test_author author;
    struct test_submission made[3];
    struct ledger_submission *batch[3];
    struct ledger_receipt receipts[3];
    test_author_make(&author, 1);
    test_fill(world, &author, 1);
    world->admission.refuse_kind = base_bytes_str("test.unwanted");
    static const char *const kinds[] = {"test.made", "test.unwanted", "test.made"};
    for (int i = 0; i < 3; i++) {
        test_event_make(world, &author, kinds[i], NULL, &made[i]);
        batch[i] = &made[i].submission;
    }
    assert_int_equal(ledger_log_append(world->log, batch, 3, receipts, NULL), 0);
    assert_int_equal(receipts[0].code, 0);
    assert_int_equal(receipts[0].seq, 1);
    assert_int_equal(receipts[1].code, LEDGER_REFUSAL_FOREIGN_BASE);
    assert_string_equal(receipts[1].refusal.field, "kind");
    assert_int_equal(receipts[1].seq, LEDGER_SEQ_NONE);
    assert_int_equal(receipts[2].code, 0);
    assert_int_equal(receipts[2].seq, 2);
    for (int i = 0; i < 3; i++)
        test_submission_release(&made[i]);
    test_verify_everything(world);
}

static void a_batch_of_refusals_commits_nothing(void **state)
{
    struct test_world *world = *state;
    struct test_author author;
    struct test_submission made;
    test_author_make(&author, 1);
    test_fill(world, &author, 1);
    unsigned commits = world->admission.commit_count;
    unsigned aborts = world->admission.abort_count;
    world->admission.refuse_kind = base_bytes_str("test.unwanted");
    test_event_make(world, &author, "test.unwanted", NULL, &made);
    assert_int_equal(test_append(world, &made).code, LEDGER_REFUSAL_FOREIGN_BASE);
    assert_int_equal(world->admission.commit_count, commits);
    assert_int_equal(world->admission.abort_count, aborts + 1);
    test_submission_release(&made);
    test_verify_everything(world);
}

static void a_clock_that_goes_back_is_held(void **state)
{
    struct test_world *world = *state;
    struct test_author author;
    struct test_submission made;
    test_author_make(&author, 1);
    test_fill(world, &author, 1);
    base_time_ms before = world->now_ms;
    world->now_ms -= 3600000;
    test_event_make(world, &author, "test.made", NULL, &made);
    struct ledger_receipt receipt = test_append(world, &made);
    assert_int_equal(receipt.recorded_ms, before);
    assert_int_equal(ledger_log_clock_held_count(world->log), 1);
    test_submission_release(&made);
    /* It is held over a restart, too. */
    assert_int_equal(test_world_reopen(world, NULL), 0);
    test_event_make(world, &author, "test.made", NULL, &made);
    assert_int_equal(test_append(world, &made).recorded_ms, before);
    test_submission_release(&made);
}

static void a_log_reopens_as_it_was(void **state)
{
    struct test_world *world = *state;
    struct test_author author;
    struct ledger_head before;
    struct ledger_head after;
    struct ledger_hash id_before;
    struct ledger_hash id_after;
    struct base_buf BASE_CLEANUP(base_buf_release) note_before = {0};
    struct base_buf BASE_CLEANUP(base_buf_release) note_after = {0};
    test_author_make(&author, 1);
    test_fill(world, &author, 700);
    ledger_log_head(world->log, &before);
    ledger_log_id(world->log, &id_before);
    assert_int_equal(ledger_log_checkpoint(world->log, &note_before, NULL), 0);
    assert_int_equal(test_world_reopen(world, NULL), 0);
    ledger_log_head(world->log, &after);
    ledger_log_id(world->log, &id_after);
    assert_int_equal(ledger_log_checkpoint(world->log, &note_after, NULL), 0);
    assert_memory_equal(&before, &after, sizeof before);
    assert_memory_equal(&id_before, &id_after, sizeof id_before);
    assert_true(base_bytes_equal(base_buf_bytes(&note_before), base_buf_bytes(&note_after)));
    test_fill(world, &author, 100);
    test_verify_everything(world);
}

static void a_second_writer_is_refused(void **state)
{
    struct test_world *world = *state;
    struct ledger_log *second = NULL;
    struct base_err err = {0};
    struct ledger_log_options options = {
        .dir = world->dir, .clock = base_clock_system(), .admission = &world->admission.table};
    assert_int_equal(ledger_log_open(&options, &second, &err), BASE_E_BUSY);
    assert_null(second);
}

static void a_log_is_not_made_over_another(void **state)
{
    struct test_world *world = *state;
    struct ledger_log *second = NULL;
    struct ledger_log_options options = {.dir = world->dir,
                                         .origin = "journal.example/log",
                                         .create = true,
                                         .clock = base_clock_system(),
                                         .admission = &world->admission.table};
    test_world_close_log(world);
    assert_int_equal(ledger_log_open(&options, &second, NULL), BASE_E_STATE);
    assert_int_equal(test_world_reopen(world, NULL), 0);
}

static void another_origin_is_refused(void **state)
{
    struct test_world *world = *state;
    struct ledger_log *other = NULL;
    struct ledger_log_options options = {.dir = world->dir,
                                         .origin = "other.example/log",
                                         .clock = base_clock_system(),
                                         .admission = &world->admission.table};
    test_world_close_log(world);
    assert_int_equal(ledger_log_open(&options, &other, NULL), BASE_E_STATE);
    options.dir = "/nonexistent/letopis";
    assert_int_equal(ledger_log_open(&options, &other, NULL), BASE_E_MISSING);
}

static void keys_are_for_their_owner_only(void **state)
{
    struct test_world *world = *state;
    static const char *const names[] = {"log.key", "wrap.key"};
    for (int i = 0; i < 2; i++) {
        char path[512];
        struct stat info;
        snprintf(path, sizeof path, "%s/%s", world->dir, names[i]);
        assert_int_equal(stat(path, &info), 0);
        assert_int_equal(info.st_mode & 0777, 0600);
    }
}

static void file_copy(const char *from, const char *to)
{
    static char bytes[65536];
    int in = open(from, O_RDONLY);
    int out = open(to, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    ssize_t got;
    assert_true(in >= 0 && out >= 0);
    while ((got = read(in, bytes, sizeof bytes)) > 0)
        assert_int_equal(write(out, bytes, (size_t)got), got);
    close(in);
    close(out);
}

static void a_restored_backup_is_refused(void **state)
{
    struct test_world *world = *state;
    struct test_author author;
    struct base_err err = {0};
    char data[512];
    char backup[512];
    snprintf(data, sizeof data, "%s/log/data.mdb", world->dir);
    snprintf(backup, sizeof backup, "%s/backup.mdb", world->dir);
    test_author_make(&author, 1);
    test_fill(world, &author, 10);
    test_world_close_log(world);
    file_copy(data, backup);
    assert_int_equal(test_world_reopen(world, NULL), 0);
    test_fill(world, &author, 10);
    test_world_close_log(world);
    file_copy(backup, data);
    assert_int_equal(test_world_reopen(world, &err), BASE_E_CORRUPT);
    assert_non_null(strstr(err.text, "restored backup"));
    assert_null(world->log);
}

static void a_damaged_published_checkpoint_is_refused(void **state)
{
    struct test_world *world = *state;
    struct test_author author;
    char path[512];
    snprintf(path, sizeof path, "%s/published", world->dir);
    test_author_make(&author, 1);
    test_fill(world, &author, 3);
    test_world_close_log(world);
    int fd = open(path, O_RDWR);
    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, "9", 1, 20), 1); /* the size, behind its signature's back */
    close(fd);
    assert_int_equal(test_world_reopen(world, NULL), BASE_E_CORRUPT);
    /* What a power cut leaves of an unsynced file is no word against the log. */
    assert_int_equal(truncate(path, 0), 0);
    assert_int_equal(test_world_reopen(world, NULL), 0);
}

static void a_reader_keeps_its_snapshot(void **state)
{
    struct test_world *world = *state;
    struct test_author author;
    struct ledger_reader *reader;
    struct ledger_head head;
    struct ledger_hash root;
    struct base_bytes entry;
    struct base_buf BASE_CLEANUP(base_buf_release) tile = {0};
    test_author_make(&author, 1);
    test_fill(world, &author, 10);
    ledger_log_head(world->log, &head);
    assert_int_equal(ledger_reader_open(world->log, &reader, NULL), 0);
    test_fill(world, &author, 10);
    assert_int_equal(ledger_reader_size(reader), 10);
    assert_int_equal(ledger_reader_root(reader, 10, &root, NULL), 0);
    assert_memory_equal(root.bytes, head.root.bytes, LEDGER_HASH_LEN);
    assert_int_equal(ledger_reader_entry(reader, 9, &entry, NULL), 0);
    assert_int_equal(ledger_reader_entry(reader, 10, &entry, NULL), BASE_E_MISSING);
    assert_int_equal(ledger_reader_root(reader, 11, &root, NULL), BASE_E_MISSING);
    assert_int_equal(ledger_reader_tile(reader, 0, 0, 10, &tile, NULL), 0);
    assert_int_equal(ledger_reader_tile(reader, 0, 0, 11, &tile, NULL), BASE_E_MISSING);
    assert_int_equal(ledger_reader_tile(reader, 1, 0, 1, &tile, NULL), BASE_E_MISSING);
    assert_int_equal(ledger_reader_bundle(reader, 0, 11, &tile, NULL), BASE_E_MISSING);
    ledger_reader_close(reader);
}

static void proofs_from_the_store_verify(void **state)
{
    struct test_world *world = *state;
    struct test_author author;
    struct ledger_reader *reader;
    struct ledger_hash path[LEDGER_PROOF_LEN_MAX];
    static const uint64_t sizes[] = {1, 2, 3, 255, 256, 257, 300, 511, 512, 600};
    unsigned count;
    test_author_make(&author, 1);
    test_fill(world, &author, 600);
    assert_int_equal(ledger_reader_open(world->log, &reader, NULL), 0);
    for (size_t i = 0; i < 10; i++) {
        struct ledger_hash root;
        assert_int_equal(ledger_reader_root(reader, sizes[i], &root, NULL), 0);
        for (ledger_seq seq = 0; seq < sizes[i]; seq += 37) {
            struct base_bytes entry;
            struct ledger_hash leaf;
            assert_int_equal(ledger_reader_entry(reader, seq, &entry, NULL), 0);
            ledger_tree_leaf(entry, &leaf);
            assert_int_equal(ledger_reader_inclusion(reader, seq, sizes[i], path, &count, NULL), 0);
            assert_true(ledger_proof_verify_inclusion(&leaf, seq, sizes[i], path, count, &root));
        }
        for (size_t j = i; j < 10; j++) {
            struct ledger_hash later;
            assert_int_equal(ledger_reader_root(reader, sizes[j], &later, NULL), 0);
            assert_int_equal(
                ledger_reader_consistency(reader, sizes[i], sizes[j], path, &count, NULL), 0);
            assert_true(
                ledger_proof_verify_consistency(sizes[i], &root, sizes[j], &later, path, count));
        }
    }
    assert_int_equal(ledger_reader_inclusion(reader, 600, 600, path, &count, NULL), BASE_E_MISSING);
    assert_int_equal(ledger_reader_consistency(reader, 1, 601, path, &count, NULL), BASE_E_MISSING);
    ledger_reader_close(reader);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define WITH_WORLD(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)
        WITH_WORLD(a_new_log_is_empty_and_signed),
        WITH_WORLD(entries_get_positions_without_gaps),
        WITH_WORLD(the_founding_event_names_the_log),
        WITH_WORLD(an_event_for_another_log_is_refused),
        WITH_WORLD(submitting_twice_answers_with_the_first_position),
        WITH_WORLD(a_counter_must_grow),
        WITH_WORLD(what_was_seen_must_have_been),
        WITH_WORLD(one_refusal_leaves_the_rest_of_the_batch),
        WITH_WORLD(a_batch_of_refusals_commits_nothing),
        WITH_WORLD(a_clock_that_goes_back_is_held),
        WITH_WORLD(a_log_reopens_as_it_was),
        WITH_WORLD(a_second_writer_is_refused),
        WITH_WORLD(a_log_is_not_made_over_another),
        WITH_WORLD(another_origin_is_refused),
        WITH_WORLD(keys_are_for_their_owner_only),
        WITH_WORLD(a_restored_backup_is_refused),
        WITH_WORLD(a_damaged_published_checkpoint_is_refused),
        WITH_WORLD(a_reader_keeps_its_snapshot),
        WITH_WORLD(proofs_from_the_store_verify),
    };
    return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
