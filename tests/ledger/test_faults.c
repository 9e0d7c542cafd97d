/* Promises about a world that fails: full disks, failed commits, memory of a disk that lies. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ledger/verify.h"
#include "tests/ledger/support.h"

/* A fault point that answers `code` from the `after`-th call on, `times` times. */
struct trigger {
    int code;
    unsigned after;
    unsigned times;
    unsigned calls;
};

static int trigger_pull(void *data)
{
    struct trigger *trigger = data;
    unsigned call = trigger->calls++;
    return call >= trigger->after && call < trigger->after + trigger->times ? trigger->code : 0;
}

static int world_setup(void **state)
{
    static struct test_world world;
    static struct test_author author;
    test_world_make(&world);
    test_author_make(&author, 1);
    test_fill(&world, &author, 3);
    *state = &world;
    return 0;
}

static int world_teardown(void **state)
{
    test_world_remove(*state);
    return 0;
}

/* Makes a submission by an author of its own. */
static void one_make(struct test_world *world, uint32_t n, struct test_submission *out)
{
    struct test_author author;
    test_author_make(&author, 1000 + n);
    test_event_make(world, &author, "test.made", NULL, out);
}

static uint64_t size_of(struct test_world *world)
{
    struct ledger_head head;
    ledger_log_head(world->log, &head);
    return head.size;
}

/* Arms a trigger at one of the fault points and appends two submissions, one of them known. */
static void full_disk_at(struct test_world *world, struct trigger *trigger)
{
    struct test_submission fresh;
    struct test_submission known;
    struct ledger_receipt receipts[3];
    one_make(world, 1, &fresh);
    one_make(world, 2, &known);
    assert_int_equal(test_append(world, &known).code, 0);
    uint64_t size = size_of(world);
    unsigned aborts = world->admission.abort_count;
    unsigned commits = world->admission.commit_count;
    assert_int_equal(trigger->calls, 1);
    struct ledger_submission *batch[] = {&fresh.submission, &known.submission, &fresh.submission};
    assert_int_equal(ledger_log_append(world->log, batch, 3, receipts, NULL), 0);
    assert_int_equal(receipts[0].code, LEDGER_REFUSED_DISK_FULL);
    assert_int_equal(receipts[0].seq, LEDGER_SEQ_NONE);
    /* What is in the log from before is so on a full disk, too. */
    assert_int_equal(receipts[1].code, 0);
    assert_true(receipts[1].known);
    assert_int_equal(receipts[1].seq, size - 1);
    assert_int_equal(receipts[1].recorded_ms, world->now_ms);
    assert_int_equal(receipts[2].code, LEDGER_REFUSED_DISK_FULL);
    assert_false(receipts[2].known);
    assert_int_equal(size_of(world), size);
    assert_int_equal(world->admission.commit_count, commits);
    assert_true(world->admission.abort_count <= aborts + 1);
    assert_int_equal(world->admission.begin_count,
                     world->admission.commit_count + world->admission.abort_count);
    /* Room again: the same submission goes in, and the log is whole. */
    assert_int_equal(test_append(world, &fresh).seq, size);
    test_submission_release(&fresh);
    test_submission_release(&known);
    test_verify_everything(world);
    assert_int_equal(test_world_reopen(world, NULL), 0);
    test_verify_everything(world);
}

static void a_full_disk_is_a_refusal_and_the_log_goes_on(void **state)
{
    struct test_world *world = *state;
    static const int codes[] = {ENOSPC, EDQUOT, EFBIG};
    for (size_t i = 0; i < 3; i++) {
        /* Not at the first call: that is the submission which shall be known already. */
        struct trigger trigger = {.code = codes[i], .after = 1, .times = 1};
        world->faults = (struct ledger_faults){.reserve = trigger_pull, .data = &trigger};
        full_disk_at(world, &trigger);
        world_teardown(state);
        world_setup(state);
    }
}

static void a_full_disk_at_commit_is_a_refusal_too(void **state)
{
    struct test_world *world = *state;
    struct trigger trigger = {.code = ENOSPC, .after = 1, .times = 1};
    world->faults = (struct ledger_faults){.before_commit = trigger_pull, .data = &trigger};
    full_disk_at(world, &trigger);
}

static void the_systems_own_limit_is_a_refusal_too(void **state)
{
    struct test_world *world = *state;
    struct test_author author;
    struct rlimit before;
    struct stat info;
    char path[512];
    static uint8_t bytes[50000];
    struct base_buf BASE_CLEANUP(base_buf_release) body = {0};
    ledger_canon_put_map(&body, 1);
    ledger_canon_put_str(&body, "x");
    ledger_canon_put_bin(&body, bytes, sizeof bytes);
    struct base_bytes given = base_buf_bytes(&body);
    test_author_make(&author, 7);
    snprintf(path, sizeof path, "%s/log/data.mdb", world->dir);
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    struct rlimit tight = {.rlim_cur = (rlim_t)info.st_size, .rlim_max = before.rlim_max};
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &tight), 0);
    unsigned accepted = 0;
    unsigned begun = 0;
    struct ledger_receipt receipt = {0};
    while (receipt.code == 0 && accepted < 1000) {
        struct test_submission made;
        test_event_make(world, &author, "test.made", &given, &made);
        begun = world->admission.begin_count;
        receipt = test_append(world, &made);
        accepted += receipt.code == 0 ? 1 : 0;
        test_submission_release(&made);
    }
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(receipt.code, LEDGER_REFUSED_DISK_FULL);
    assert_int_equal(world->admission.begin_count, begun); /* met before anything was begun */
    assert_int_equal(size_of(world), 3 + accepted);
    test_verify_everything(world);
    test_fill(world, &author, 5);
    assert_int_equal(size_of(world), 8 + accepted);
    assert_int_equal(test_world_reopen(world, NULL), 0);
    test_verify_everything(world);
}

/* After a fault nothing is acknowledged any more, whatever is submitted. */
static void expect_stopped(struct test_world *world)
{
    struct test_submission made;
    struct ledger_receipt receipt;
    uint64_t count;
    static const uint8_t subject[LEDGER_ID_LEN];
    one_make(world, 77, &made);
    struct ledger_submission *one = &made.submission;
    assert_int_equal(ledger_log_append(world->log, &one, 1, &receipt, NULL), BASE_E_STOPPED);
    assert_int_equal(ledger_log_erase(world->log, subject, &count, NULL), BASE_E_STOPPED);
    test_submission_release(&made);
}

static void a_failed_commit_stops_the_log(void **state)
{
    struct test_world *world = *state;
    struct trigger trigger = {.code = EIO, .times = 1};
    struct test_submission made;
    struct ledger_receipt receipt;
    struct base_err err = {0};
    one_make(world, 1, &made);
    struct ledger_submission *one = &made.submission;
    unsigned aborts = world->admission.abort_count;
    world->faults = (struct ledger_faults){.before_commit = trigger_pull, .data = &trigger};
    assert_int_equal(ledger_log_append(world->log, &one, 1, &receipt, &err), BASE_E_IO);
    assert_int_equal(world->admission.abort_count, aborts + 1);
    assert_int_equal(size_of(world), 3);
    expect_stopped(world);
    assert_int_equal(test_world_reopen(world, NULL), 0);
    assert_int_equal(size_of(world), 3);
    assert_false(test_append(world, &made).known);
    test_submission_release(&made);
    test_verify_everything(world);
}

static void a_commit_that_only_seemed_to_fail_is_met_again_by_its_id(void **state)
{
    struct test_world *world = *state;
    struct trigger trigger = {.code = EIO, .times = 1};
    struct test_submission made;
    struct ledger_receipt receipt;
    one_make(world, 1, &made);
    struct ledger_submission *one = &made.submission;
    world->faults = (struct ledger_faults){.after_commit = trigger_pull, .data = &trigger};
    assert_int_equal(ledger_log_append(world->log, &one, 1, &receipt, NULL), BASE_E_IO);
    assert_int_equal(size_of(world), 3); /* not told to anybody */
    expect_stopped(world);
    assert_int_equal(test_world_reopen(world, NULL), 0);
    assert_int_equal(size_of(world), 4);
    receipt = test_append(world, &made);
    assert_true(receipt.known);
    assert_int_equal(receipt.seq, 3);
    test_submission_release(&made);
    test_verify_everything(world);
}

static void last_byte_change(void *data, uint8_t *entry, size_t len)
{
    (void)data;
    entry[len - 1] ^= 1;
}

static void an_entry_that_reads_back_otherwise_is_not_acknowledged(void **state)
{
    struct test_world *world = *state;
    struct test_submission made;
    struct ledger_receipt receipt;
    struct base_err err = {0};
    one_make(world, 1, &made);
    struct ledger_submission *one = &made.submission;
    world->faults = (struct ledger_faults){.reread = last_byte_change};
    assert_int_equal(ledger_log_append(world->log, &one, 1, &receipt, &err), BASE_E_CORRUPT);
    assert_non_null(strstr(err.text, "reads otherwise"));
    assert_int_equal(size_of(world), 3);
    expect_stopped(world);
    test_submission_release(&made);
}

static void a_storey_above_that_cannot_commit_stops_the_log(void **state)
{
    struct test_world *world = *state;
    struct test_submission made;
    struct ledger_receipt receipt;
    one_make(world, 1, &made);
    struct ledger_submission *one = &made.submission;
    world->admission.commit_fault = BASE_E_IO;
    assert_int_equal(ledger_log_append(world->log, &one, 1, &receipt, NULL), BASE_E_IO);
    assert_int_equal(size_of(world), 3);
    expect_stopped(world);
    world->admission.commit_fault = 0;
    assert_int_equal(test_world_reopen(world, NULL), 0);
    assert_true(test_append(world, &made).known);
    test_submission_release(&made);
}

/* One submission with many openings, to fill a map fast. */
static void heavy_make(struct test_world *world, uint32_t n, struct test_submission *out)
{
    enum { OPENINGS = 40 };
    static uint8_t value[LEDGER_OPENING_VALUE_MAX] = {0xc5, 0x0f, 0xfd}; /* bin of 4093 */
    struct test_author author;
    struct ledger_opening openings[OPENINGS];
    char paths[OPENINGS][24];
    uint8_t salts[OPENINGS][LEDGER_SALT_LEN] = {{0}};
    struct test_submission light;
    test_author_make(&author, 5000 + n);
    test_event_make(world, &author, "test.heavy", NULL, &light);
    for (uint32_t i = 0; i < OPENINGS; i++) {
        snprintf(paths[i], sizeof paths[i], "n%u.%u", n, i);
        salts[i][0] = (uint8_t)i;
        openings[i] = (struct ledger_opening){.path = base_bytes_str(paths[i]),
                                              .salt = base_bytes_of(salts[i], LEDGER_SALT_LEN),
                                              .value = base_bytes_of(value, sizeof value)};
    }
    struct base_buf BASE_CLEANUP(base_buf_release) wire = {0};
    assert_int_equal(ledger_submission_build(light.submission.event_bytes,
                                             light.submission.signatures, 1, openings, OPENINGS,
                                             &wire, NULL),
                     0);
    test_submission_of(base_buf_bytes(&wire), out);
    test_submission_release(&light);
}

/* A batch that is larger than the first map. */
struct heavy_batch {
    struct test_submission made[LEDGER_BATCH_COUNT_MAX];
    struct ledger_submission *list[LEDGER_BATCH_COUNT_MAX];
    struct ledger_receipt receipts[LEDGER_BATCH_COUNT_MAX];
};

static void heavy_batch_make(struct test_world *world, struct heavy_batch *batch)
{
    struct ledger_key cosigners[LEDGER_SIGNATURE_COUNT_MAX];
    uint32_t cosigner_count = 0;
    for (uint32_t i = 0; i < LEDGER_BATCH_COUNT_MAX; i++) {
        heavy_make(world, i, &batch->made[i]);
        batch->list[i] = &batch->made[i].submission;
        assert_int_equal(world->admission.table.check(&world->admission, batch->list[i], cosigners,
                                                      &cosigner_count, NULL, NULL),
                         0);
    }
}

static void heavy_batch_append(struct test_world *world, struct heavy_batch *batch)
{
    struct base_err err = {0};
    if (ledger_log_append(world->log, batch->list, LEDGER_BATCH_COUNT_MAX, batch->receipts, &err) !=
        0)
        fail_msg("%s", err.text);
}

static void heavy_batch_release(struct heavy_batch *batch)
{
    for (uint32_t i = 0; i < LEDGER_BATCH_COUNT_MAX; i++)
        test_submission_release(&batch->made[i]);
}

static void the_map_grows_by_itself_in_the_midst_of_a_batch(void **state)
{
    struct test_world *world = *state;
    static struct heavy_batch batch;
    heavy_batch_make(world, &batch);
    unsigned begun = world->admission.begin_count;
    heavy_batch_append(world, &batch);
    /* At least one attempt was given up for want of map, and nothing of it is left. */
    assert_true(world->admission.begin_count > begun + 1);
    for (uint32_t i = 0; i < LEDGER_BATCH_COUNT_MAX; i++) {
        assert_int_equal(batch.receipts[i].code, 0);
        assert_int_equal(batch.receipts[i].seq, 3 + i);
    }
    heavy_batch_release(&batch);
    test_verify_everything(world);
    assert_int_equal(test_world_reopen(world, NULL), 0);
    test_verify_everything(world);
}

static void a_map_that_readers_keep_from_growing_refuses_and_goes_on(void **state)
{
    struct test_world *world = *state;
    static struct heavy_batch batch;
    struct ledger_reader *reader = NULL;
    struct base_bytes entry;
    heavy_batch_make(world, &batch);
    world->faults.grow_wait_ms = 1;
    assert_int_equal(ledger_reader_open(world->log, &reader, NULL), 0);
    assert_int_equal(ledger_reader_entry(reader, 0, &entry, NULL), 0);
    heavy_batch_append(world, &batch);
    for (uint32_t i = 0; i < LEDGER_BATCH_COUNT_MAX; i++)
        assert_int_equal(batch.receipts[i].code, LEDGER_REFUSED_BUSY);
    assert_int_equal(size_of(world), 3);
    struct base_bytes again;
    assert_int_equal(ledger_reader_entry(reader, 0, &again, NULL), 0);
    assert_ptr_equal(entry.data, again.data); /* the reader's map stands where it was */
    ledger_reader_close(reader);
    heavy_batch_append(world, &batch);
    for (uint32_t i = 0; i < LEDGER_BATCH_COUNT_MAX; i++)
        assert_int_equal(batch.receipts[i].code, 0);
    heavy_batch_release(&batch);
    test_verify_everything(world);
}

/* The other process: opens read-only, waits for the writer, reads what it wrote. 0 when all is so.
 */
static int other_process_run(const char *dir, int told, int tell)
{
    struct ledger_log *log = NULL;
    struct ledger_log_options options = {.dir = dir};
    struct ledger_verify_options none = {.thread_count = 1};
    struct ledger_verify_report report;
    struct ledger_head head;
    char byte = 0;
    if (ledger_log_open(&options, &log, NULL) != 0)
        return 1;
    ledger_log_head(log, &head);
    if (head.size != 3 || write(tell, &byte, 1) != 1 || read(told, &byte, 1) != 1)
        return 2;
    ledger_log_head(log, &head);
    if (head.size != 3 + LEDGER_BATCH_COUNT_MAX)
        return 3;
    if (ledger_verify_log(log, &none, &report, NULL) != 0 ||
        report.finding != LEDGER_FOUND_NOTHING || report.entry_count != head.size)
        return 4;
    ledger_log_close(log);
    return 0;
}

static void another_process_follows_a_log_that_grows(void **state)
{
    struct test_world *world = *state;
    static struct heavy_batch batch;
    int to_child[2];
    int to_parent[2];
    int status = -1;
    char byte = 0;
    heavy_batch_make(world, &batch);
    assert_int_equal(pipe(to_child), 0);
    assert_int_equal(pipe(to_parent), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        _exit(other_process_run(world->dir, to_child[0], to_parent[1]));
    assert_int_equal(read(to_parent[0], &byte, 1), 1);
    heavy_batch_append(world, &batch); /* beyond the map that the other one has */
    assert_int_equal(write(to_child[1], &byte, 1), 1);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    for (int i = 0; i < 2; i++) {
        close(to_child[i]);
        close(to_parent[i]);
    }
    heavy_batch_release(&batch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define WITH_WORLD(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)
        WITH_WORLD(a_full_disk_is_a_refusal_and_the_log_goes_on),
        WITH_WORLD(a_full_disk_at_commit_is_a_refusal_too),
        WITH_WORLD(the_systems_own_limit_is_a_refusal_too),
        WITH_WORLD(a_failed_commit_stops_the_log),
        WITH_WORLD(a_commit_that_only_seemed_to_fail_is_met_again_by_its_id),
        WITH_WORLD(an_entry_that_reads_back_otherwise_is_not_acknowledged),
        WITH_WORLD(a_storey_above_that_cannot_commit_stops_the_log),
        WITH_WORLD(the_map_grows_by_itself_in_the_midst_of_a_batch),
        WITH_WORLD(a_map_that_readers_keep_from_growing_refuses_and_goes_on),
        WITH_WORLD(another_process_follows_a_log_that_grows),
    };
    return cmocka_run_group_tests_name("faults", tests, NULL, NULL);
}
