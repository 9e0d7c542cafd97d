/* A copy taken while the writer goes on is a log of one moment, whole by itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

#include "ledger/verify.h"
#include "tests/ledger/support.h"

#define COPY_COUNT 12u

struct writing {
    struct test_world *world;
    atomic_bool stop;
    atomic_uint appended;
};

/* Appends until it is told to stop; long events, so that the map grows meanwhile. */
static void *write_on(void *data)
{
    struct writing *writing = data;
    struct test_author author;
    struct base_buf BASE_CLEANUP(base_buf_release) body = {0};
    static uint8_t filler[20000];
    test_author_make(&author, 2);
    ledger_canon_put_map(&body, 1);
    ledger_canon_put_str(&body, "filler");
    ledger_canon_put_bin(&body, filler, sizeof filler);
    struct base_bytes bytes = base_buf_bytes(&body);
    while (!atomic_load(&writing->stop)) {
        struct test_submission made[16];
        struct ledger_submission *submissions[16];
        struct ledger_receipt receipts[16];
        for (unsigned i = 0; i < 16; i++) {
            test_event_make(writing->world, &author, "test.written", &bytes, &made[i]);
            submissions[i] = &made[i].submission;
        }
        if (ledger_log_append(writing->world->log, submissions, 16, receipts, NULL) == 0)
            atomic_fetch_add(&writing->appended, 16);
        for (unsigned i = 0; i < 16; i++)
            test_submission_release(&made[i]);
    }
    return NULL;
}

static uint64_t copy_verify(const char *dir)
{
    const struct ledger_log_options options = {.dir = dir};
    const struct ledger_verify_options none = {0};
    struct ledger_verify_report report;
    struct ledger_log *log = NULL;
    struct base_err err = {0};
    if (ledger_log_open(&options, &log, &err) != 0 ||
        ledger_verify_log(log, &none, &report, &err) != 0)
        fail_msg("%s", err.text);
    assert_int_equal(report.finding, LEDGER_FOUND_NOTHING);
    ledger_log_close(log);
    return report.entry_count;
}

static void a_copy_beside_a_writer_is_whole(void **state)
{
    struct test_world world;
    struct test_author founder;
    struct writing writing = {.world = &world};
    pthread_t thread;
    char dir[256];
    uint64_t last = 0;
    (void)state;
    test_world_make(&world);
    test_author_make(&founder, 1);
    test_fill(&world, &founder, 50);
    test_dir_make(dir);
    assert_int_equal(pthread_create(&thread, NULL, write_on, &writing), 0);
    for (unsigned i = 0; i < COPY_COUNT; i++) {
        char copy[300];
        struct base_err err = {0};
        snprintf(copy, sizeof copy, "%s/copy%u", dir, i);
        if (ledger_log_copy(world.log, copy, &err) != 0)
            fail_msg("%s", err.text);
        uint64_t size = copy_verify(copy);
        assert_true(size >= last && size >= 50);
        last = size;
    }
    atomic_store(&writing.stop, true);
    pthread_join(thread, NULL);
    assert_true(atomic_load(&writing.appended) > 0 && last > 50);
    test_verify_everything(&world);
    test_dir_remove(dir);
    test_world_remove(&world);
}

static void a_copy_never_falls_on_a_log(void **state)
{
    struct test_world world;
    struct test_author founder;
    char dir[256];
    (void)state;
    test_world_make(&world);
    test_author_make(&founder, 1);
    test_fill(&world, &founder, 3);
    test_dir_make(dir);
    assert_int_equal(ledger_log_copy(world.log, dir, NULL), 0);
    assert_int_equal(ledger_log_copy(world.log, dir, NULL), BASE_E_STATE);
    assert_int_equal(ledger_log_copy(world.log, world.dir, NULL), BASE_E_STATE);
    assert_int_equal(copy_verify(dir), 3);
    test_verify_everything(&world);
    test_dir_remove(dir);
    test_world_remove(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_copy_beside_a_writer_is_whole),
        cmocka_unit_test(a_copy_never_falls_on_a_log),
    };
    return cmocka_run_group_tests_name("copy", tests, NULL, NULL);
}
