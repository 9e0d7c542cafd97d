/* Accepted means durable: a writer is killed with SIGKILL at random moments, hundreds of times over
 * the same log; whatever it had acknowledged before is there afterwards, at its position, and the
 * log verifies whole. The child tells each acknowledgement through a pipe before it goes on.
 * TEST_SEED repeats the moments; SLOW_TESTS=1 kills ten times as often. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/ledger/support.h"

#define KILL_COUNT 150u
#define BATCH_COUNT_MAX 24u
#define LIFE_US_MAX 30000u

/* What the child says when an event is in the log. */
struct acknowledged {
    ledger_seq seq;
    struct ledger_hash id;
};

static void say(int fd, const struct ledger_receipt *receipt)
{
    struct acknowledged told = {.seq = receipt->seq, .id = receipt->id};
    ssize_t written = write(fd, &told, sizeof told); /* whole: smaller than PIPE_BUF */
    if (written != (ssize_t)sizeof told)
        _exit(3);
}

/* Appends batch after batch until it is killed. */
static void live(struct test_world *world, uint32_t author_number, int fd)
{
    struct test_author author;
    struct test_random random = {.state = author_number * UINT64_C(0x9e3779b97f4a7c15) + 1};
    test_author_make(&author, author_number);
    for (;;) {
        struct test_submission made[BATCH_COUNT_MAX];
        struct ledger_submission *submissions[BATCH_COUNT_MAX];
        struct ledger_receipt receipts[BATCH_COUNT_MAX];
        uint32_t count = 1 + (uint32_t)test_random_below(&random, BATCH_COUNT_MAX);
        for (uint32_t i = 0; i < count; i++) {
            test_event_make(world, &author, "test.written", NULL, &made[i]);
            submissions[i] = &made[i].submission;
        }
        if (ledger_log_append(world->log, submissions, count, receipts, NULL) != 0)
            _exit(2);
        for (uint32_t i = 0; i < count; i++) {
            if (receipts[i].code == 0)
                say(fd, &receipts[i]);
            test_submission_release(&made[i]);
        }
    }
}

/* Reads what was told before the end; every one of them must be found. */
static unsigned check_acknowledged(struct test_world *world, int fd)
{
    struct ledger_reader *reader = NULL;
    struct acknowledged told;
    unsigned count = 0;
    assert_int_equal(ledger_reader_open(world->log, &reader, NULL), 0);
    while (read(fd, &told, sizeof told) == (ssize_t)sizeof told) {
        ledger_seq seq = LEDGER_SEQ_NONE;
        assert_int_equal(ledger_reader_find(reader, &told.id, &seq, NULL), 0);
        assert_true(seq == told.seq);
        count++;
    }
    ledger_reader_close(reader);
    return count;
}

static unsigned one_life(struct test_world *world, uint32_t number, unsigned life_us)
{
    int pipe_fds[2];
    int status = 0;
    unsigned count;
    assert_int_equal(pipe(pipe_fds), 0);
    test_world_close_log(world);
    fflush(NULL);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        close(pipe_fds[0]);
        if (test_world_reopen(world, NULL) != 0)
            _exit(4);
        live(world, number, pipe_fds[1]);
    }
    close(pipe_fds[1]);
    struct timespec life = {.tv_nsec = (long)life_us * 1000};
    nanosleep(&life, NULL);
    assert_int_equal(kill(pid, SIGKILL), 0);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status)); /* it did not end by itself: nothing had failed */
    assert_int_equal(test_world_reopen(world, NULL), 0);
    count = check_acknowledged(world, pipe_fds[0]);
    close(pipe_fds[0]);
    return count;
}

static void kill_at_any_moment_loses_no_acknowledged_event(void **state)
{
    struct test_world world;
    struct test_author founder;
    struct test_random random = test_random_make(20261123);
    unsigned kills = KILL_COUNT * (getenv("SLOW_TESTS") != NULL ? 10 : 1);
    unsigned acknowledged = 0;
    (void)state;
    test_world_make(&world);
    test_author_make(&founder, 1);
    test_fill(&world, &founder, 1);
    for (uint32_t i = 0; i < kills; i++)
        acknowledged += one_life(&world, 2 + i, (unsigned)test_random_below(&random, LIFE_US_MAX));
    assert_true(acknowledged > kills); /* the killed had time to live */
    test_verify_everything(&world);
    print_message("%u kills, %u acknowledged events, none lost\n", kills, acknowledged);
    test_world_remove(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kill_at_any_moment_loses_no_acknowledged_event),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
