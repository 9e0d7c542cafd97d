/* A log's file that was damaged behind everybody's back: cut short, a bit turned, a page emptied or
 * exchanged for another. Whoever opens it and verifies is told so, or nothing that was acknowledged
 * is touched (the page was a free one); never is an entry gone or another in silence. Where the
 * store's own tree is torn a server may die of it when it opens: that, too, is not silent; who
 * looks at the pages first (doctor, auditor, restore, a verification, and a server whose last one
 * fell) is told which one it is. TEST_SEED repeats. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ledger/verify.h"
#include "tests/faults/apart.h"
#include "tests/projections/world.h"

#define PAGE_LEN 4096
#define META_PAGES 2
#define CASE_COUNT 150u

enum outcome { SILENT, REFUSED, FOUND, UNTOUCHED, DIED, OUTCOME_COUNT };

static struct world world;
static char base[256];
static char place[300];
static ledger_seq last;         /* of its marks */
static struct base_buf entries; /* all of them, one after the other */

static void entries_read(struct ledger_log *log, struct base_buf *out)
{
    struct ledger_reader *reader = NULL;
    assert_int_equal(ledger_reader_open(log, &reader, NULL), 0);
    uint64_t size = ledger_reader_size(reader);
    base_buf_put_be64(out, size);
    for (ledger_seq seq = 0; seq < size; seq++) {
        struct base_bytes bytes;
        if (ledger_reader_entry(reader, seq, &bytes, NULL) == 0)
            base_buf_put_bytes(out, bytes);
    }
    ledger_reader_close(reader);
}

/* How somebody comes to look at a log. */
enum way { AS_SERVER, AS_AUDITOR, WAY_COUNT };

/* letopis doctor, letopis-audit and letopis restore look at the pages before anything else does. */
static bool pages_hold(const char *dir, struct base_err *err)
{
    struct ledger_log_options options = {
        .dir = dir, .check_pages = true, .clock = base_clock_system()};
    struct ledger_log *log = NULL;
    int rc = ledger_log_open(&options, &log, err);
    ledger_log_close(log);
    return rc == 0;
}

/* Opens what was damaged and looks. */
static enum outcome look(enum way way)
{
    const struct ledger_verify_options options = {.thread_count = 1};
    struct base_buf BASE_CLEANUP(base_buf_release) now = {0};
    struct ledger_verify_report report;
    struct base_err err = {0};
    snprintf(world.dir, sizeof world.dir, "%.255s", place);
    if (way == AS_AUDITOR && !pages_hold(place, &err))
        return err.text[0] != '\0' ? REFUSED : SILENT;
    if (world_open(&world, &err) != 0)
        return err.text[0] != '\0' ? REFUSED : SILENT;
    int rc = ledger_verify_log(world.log, &options, &report, &err);
    if (rc != 0)
        return err.text[0] != '\0' ? REFUSED : SILENT;
    if (report.finding != LEDGER_FOUND_NOTHING)
        return FOUND;
    entries_read(world.log, &now);
    return base_bytes_equal(base_buf_bytes(&now), base_buf_bytes(&entries)) ? UNTOUCHED : SILENT;
}

static FILE *copy_open(void)
{
    char path[400];
    test_dir_remove(place);
    test_dir_copy(world.dir, place);
    snprintf(path, sizeof path, "%s/log/data.mdb", place);
    FILE *file = fopen(path, "r+be");
    assert_non_null(file);
    return file;
}

static int look_run(void *way)
{
    return (int)look(*(const enum way *)way);
}

static enum outcome outcome_as(enum way way)
{
    int outcome = apart_outcome(look_run, &way);
    assert_true(outcome < OUTCOME_COUNT);
    return outcome < 0 ? DIED : (enum outcome)outcome;
}

/* As kill -9 leaves the writer's lock, or as closing does. */
static void lock_leave(bool marked)
{
    char path[400];
    snprintf(path, sizeof path, "%s/writer.lock", place);
    FILE *lock = fopen(path, "we");
    assert_non_null(lock);
    assert_true(!marked || fputs("w", lock) >= 0);
    assert_int_equal(fclose(lock), 0);
}

/* Closes the damaged file and looks at it in every way; the server's is the outcome. */
static enum outcome outcome_of(FILE *damaged)
{
    assert_int_equal(fclose(damaged), 0);
    enum outcome auditor = outcome_as(AS_AUDITOR);
    assert_int_not_equal(auditor, DIED);
    assert_int_not_equal(auditor, SILENT);
    lock_leave(true); /* a server that looks, since the last one fell, sees what the auditor sees */
    assert_int_equal(outcome_as(AS_SERVER), auditor);
    lock_leave(false);
    enum outcome server = outcome_as(AS_SERVER);
    /* The next one sees that this one fell, and looks at the pages first. */
    if (server == DIED)
        assert_int_equal(outcome_as(AS_SERVER), REFUSED);
    return server;
}

static void outcomes_tell(const char *what, const unsigned *counts)
{
    print_message("%s: %u refused, %u found, %u untouched, %u died\n", what, counts[REFUSED],
                  counts[FOUND], counts[UNTOUCHED], counts[DIED]);
    assert_int_equal(counts[SILENT], 0);
}

/* How many pages the log uses: what lies behind them is reserved. */
static long used_pages(void)
{
    FILE *file = copy_open();
    static const uint8_t zero[PAGE_LEN];
    uint8_t page[PAGE_LEN];
    long used = 0;
    for (long at = 0; fread(page, 1, PAGE_LEN, file) == PAGE_LEN; at++)
        used = memcmp(page, zero, PAGE_LEN) != 0 ? at + 1 : used;
    fclose(file);
    return used;
}

static void a_file_cut_short_is_refused(void **state)
{
    unsigned counts[OUTCOME_COUNT] = {0};
    long pages = used_pages();
    (void)state;
    for (long len = 0; len < pages; len += 1 + pages / 40) {
        FILE *file = copy_open();
        assert_int_equal(ftruncate(fileno(file), len * PAGE_LEN + (len % 2) * 100), 0);
        counts[outcome_of(file)]++;
    }
    outcomes_tell("cut short", counts);
    assert_int_equal(counts[DIED] + counts[UNTOUCHED], 0);
}

static void page_read(FILE *file, long page, uint8_t *out)
{
    assert_int_equal(fseek(file, page * PAGE_LEN, SEEK_SET), 0);
    assert_int_equal(fread(out, 1, PAGE_LEN, file), PAGE_LEN);
}

static void page_write(FILE *file, long page, const uint8_t *bytes)
{
    assert_int_equal(fseek(file, page * PAGE_LEN, SEEK_SET), 0);
    assert_int_equal(fwrite(bytes, 1, PAGE_LEN, file), PAGE_LEN);
}

static void damaged_pages_are_never_silent(void **state)
{
    static const char *const names[] = {"a bit turned", "a page emptied", "two pages exchanged"};
    struct test_random random = test_random_make(20261126);
    unsigned cases = CASE_COUNT * (getenv("SLOW_TESTS") != NULL ? 20 : 1);
    uint64_t pages = (uint64_t)used_pages() - META_PAGES;
    (void)state;
    for (int kind = 0; kind < 3; kind++) {
        unsigned counts[OUTCOME_COUNT] = {0};
        for (unsigned i = 0; i < cases; i++) {
            uint8_t one[PAGE_LEN];
            uint8_t two[PAGE_LEN];
            long first = META_PAGES + (long)test_random_below(&random, pages);
            long second = META_PAGES + (long)test_random_below(&random, pages);
            FILE *file = copy_open();
            page_read(file, first, one);
            page_read(file, second, two);
            if (kind == 0)
                one[test_random_below(&random, PAGE_LEN)] ^= 1 << test_random_below(&random, 8);
            if (kind == 1)
                memset(one, 0, sizeof one);
            page_write(file, kind == 2 ? second : first, one);
            if (kind == 2)
                page_write(file, first, two);
            counts[outcome_of(file)]++;
        }
        outcomes_tell(names[kind], counts);
        assert_true(counts[FOUND] + counts[REFUSED] > 0);
    }
}

static void whole_pages_hold_also_while_somebody_writes(void **state)
{
    struct base_err err = {0};
    int status = 0;
    (void)state;
    fclose(copy_open());
    fflush(NULL);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        snprintf(world.dir, sizeof world.dir, "%.255s", place);
        if (world_open(&world, NULL) != 0)
            _exit(1);
        ledger_seq prev = last;
        for (unsigned i = 0; i < 300; i++)
            prev = world_mark(&world, &world.people[TEACHER].session, ANYA, 1 + i % 5, prev);
        world_close(&world);
        _exit(0);
    }
    unsigned looks = 0;
    for (; waitpid(pid, &status, WNOHANG) == 0; looks++)
        if (!pages_hold(place, &err))
            fail_msg("look %u: %s", looks, err.text);
    assert_int_equal(status, 0);
    assert_true(looks > 0);
}

static int school_make(void **state)
{
    struct base_err err = {0};
    (void)state;
    test_dir_make(base);
    snprintf(place, sizeof place, "%s/school", base);
    world_make(&world);
    for (unsigned i = 0; i < 200; i++) { /* pages enough, and free ones among them */
        ledger_seq prev = i == 0 ? LEDGER_SEQ_NONE : world.receipt.seq;
        world_mark(&world, &world.people[TEACHER].session, ANYA, 1 + i % 5, prev);
    }
    last = world.receipt.seq;
    entries_read(world.log, &entries);
    world_close(&world);
    return err.code;
}

static int school_remove(void **state)
{
    (void)state;
    world_remove(&world);
    test_dir_remove(base);
    base_buf_release(&entries);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_pages_hold_also_while_somebody_writes),
        cmocka_unit_test(a_file_cut_short_is_refused),
        cmocka_unit_test(damaged_pages_are_never_silent),
    };
    return cmocka_run_group_tests(tests, school_make, school_remove);
}
