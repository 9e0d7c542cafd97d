/* Layouts: another one than the program's is refused by both numbers; an older one is brought over
 * by steps on a copy, which takes the log's place only when it verifies as the same log. Until then
 * nothing of the log has changed, whatever fails. The older layout here is one without the index of
 * ids and without its database, which the test makes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ledger/files.h"
#include "ledger/hash.h"
#include "ledger/layouts.h"
#include "ledger/log_state.h"
#include "ledger/verify.h"
#include "tests/ledger/support.h"

#define OLDER (LEDGER__LAYOUT_VERSION - 1u)
#define FILL_COUNT 300u

static struct test_world world;
static uint8_t commitment[LEDGER_COMMITMENT_LEN];

/* The step: the index, made of the entries. */

struct indexing {
    struct ledger__txn *txn;
    uint64_t count;
    struct base_buf rows; /* id and position of each */
};

static bool entry_note(void *data, struct base_bytes key, struct base_bytes value)
{
    struct indexing *indexing = data;
    struct ledger_entry entry;
    struct ledger_hash id;
    if (ledger_entry_parse(value, &entry, NULL) != 0)
        return false;
    ledger_sha256(entry.event_bytes, &id);
    base_buf_put(&indexing->rows, id.bytes, LEDGER_HASH_LEN);
    base_buf_put_bytes(&indexing->rows, key);
    indexing->count++;
    return true;
}

static int ids_make(struct ledger__store *copy,
                    void (*progress)(void *data, uint64_t done, uint64_t total), void *data,
                    struct base_err *err)
{
    static const uint8_t first[8];
    struct ledger__txn txn;
    struct indexing indexing = {.txn = &txn};
    int answer = ledger__txn_begin(copy, true, &txn, err);
    if (answer != 0)
        return answer;
    ledger__txn_walk(&txn, LEDGER__DB_ENTRIES, base_bytes_of(first, sizeof first), entry_note,
                     &indexing);
    for (uint64_t i = 0; i < indexing.count; i++) {
        const uint8_t *row = indexing.rows.data + i * (LEDGER_HASH_LEN + 8);
        ledger__txn_put(&txn, LEDGER__DB_IDS, base_bytes_of(row, LEDGER_HASH_LEN),
                        base_bytes_of(row + LEDGER_HASH_LEN, 8), 0);
        progress(data, i + 1, indexing.count);
    }
    base_buf_release(&indexing.rows);
    answer = ledger__txn_commit(&txn, err);
    return answer > 0 ? BASE_FAIL(err, BASE_E_FULL, "ids") : answer;
}

static int ids_forget(struct ledger__store *copy,
                      void (*progress)(void *data, uint64_t done, uint64_t total), void *data,
                      struct base_err *err)
{
    (void)copy;
    (void)err;
    progress(data, 1, 1);
    return 0;
}

/* Makes the step, and changes the last byte of a row. */
static int row_spoil(struct ledger__store *copy, enum ledger__db db, struct base_bytes key,
                     void (*progress)(void *data, uint64_t done, uint64_t total), void *data,
                     struct base_err *err)
{
    struct base_buf BASE_CLEANUP(base_buf_release) row = {0};
    struct base_bytes bytes;
    struct ledger__txn txn;
    int fault = ids_make(copy, progress, data, err);
    if (fault == 0)
        fault = ledger__txn_begin(copy, true, &txn, err);
    if (fault != 0)
        return fault;
    assert_true(ledger__txn_get(&txn, db, key, &bytes));
    base_buf_put_bytes(&row, bytes);
    row.data[row.len - 1] ^= 1;
    ledger__txn_put(&txn, db, key, base_buf_bytes(&row), 0);
    return ledger__txn_commit(&txn, err);
}

static int entry_change(struct ledger__store *copy,
                        void (*progress)(void *data, uint64_t done, uint64_t total), void *data,
                        struct base_err *err)
{
    static const uint8_t place[8] = {[7] = 5};
    return row_spoil(copy, LEDGER__DB_ENTRIES, base_bytes_of(place, sizeof place), progress, data,
                     err);
}

/* A sealed field is lost on the way: no hash tells, but whoever has the wrapping key can see it. */
static int opening_spoil(struct ledger__store *copy,
                         void (*progress)(void *data, uint64_t done, uint64_t total), void *data,
                         struct base_err *err)
{
    return row_spoil(copy, LEDGER__DB_OPENINGS, base_bytes_of(commitment, sizeof commitment),
                     progress, data, err);
}

static int give_up(struct ledger__store *copy,
                   void (*progress)(void *data, uint64_t done, uint64_t total), void *data,
                   struct base_err *err)
{
    (void)ids_make(copy, progress, data, NULL);
    return BASE_FAIL(err, BASE_E_FULL, "the disk is full");
}

static int die(struct ledger__store *copy,
               void (*progress)(void *data, uint64_t done, uint64_t total), void *data,
               struct base_err *err)
{
    (void)ids_make(copy, progress, data, err);
    _exit(7);
}

static const struct ledger__layout_step good[] = {{.from = OLDER, .run = ids_make}, {.run = NULL}};

/* The older log */

static void layout_set(unsigned layout, bool drop_ids)
{
    struct ledger__store *store = NULL;
    struct ledger__txn txn;
    char env[300];
    snprintf(env, sizeof env, "%s/log", world.dir);
    assert_int_equal(ledger__store_open(env, 0, NULL, &store, NULL), 0);
    assert_int_equal(ledger__txn_begin(store, true, &txn, NULL), 0);
    ledger__layout_put(&txn, layout);
    if (drop_ids)
        assert_int_equal(mdb_drop(txn.txn, store->dbis[LEDGER__DB_IDS], 1), 0);
    assert_int_equal(ledger__txn_commit(&txn, NULL), 0);
    ledger__store_close(store);
}

static int setup(void **state)
{
    struct test_author author;
    (void)state;
    test_world_make(&world);
    test_author_make(&author, 1);
    test_fill(&world, &author, FILL_COUNT);
    test_sealed_append(&world, 2, "name", commitment);
    test_world_close_log(&world);
    layout_set(OLDER, true);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    test_world_remove(&world);
    return 0;
}

static bool is_there(const char *name)
{
    char path[400];
    struct stat info;
    snprintf(path, sizeof path, "%s/%s", world.dir, name);
    return lstat(path, &info) == 0;
}

static void check_no_copies(void)
{
    assert_false(is_there("migrating"));
    assert_false(is_there("log.fresh"));
    assert_false(is_there("log.old"));
}

static void file_read(struct base_buf *out)
{
    char path[400];
    uint8_t bytes[65536];
    size_t len;
    snprintf(path, sizeof path, "%s/log/data.mdb", world.dir);
    FILE *file = fopen(path, "rbe");
    assert_non_null(file);
    while ((len = fread(bytes, 1, sizeof bytes, file)) > 0)
        base_buf_put(out, bytes, len);
    fclose(file);
}

static int migrate(const struct ledger__layout_step *steps, struct ledger_migration *out,
                   struct base_err *err)
{
    const struct ledger_migrate_options options = {.dir = world.dir, .faults = &world.faults};
    return ledger__migrate_by(&options, steps, out, err);
}

static void check_migrated(void)
{
    struct base_buf BASE_CLEANUP(base_buf_release) value = {0};
    struct test_author author;
    struct base_err err = {0};
    if (test_world_reopen(&world, &err) != 0)
        fail_msg("%s", err.text);
    test_verify_everything(&world);
    assert_int_equal(test_opening_read(world.log, commitment, &value, NULL), 0);
    /* What was in the log is known, and it goes on. */
    test_author_make(&author, 3);
    test_fill(&world, &author, 3);
    test_verify_everything(&world);
    check_no_copies();
}

static void another_layout_is_refused_by_both_numbers(void **state)
{
    (void)state;
    struct base_err err = {0};
    char text[40];
    unsigned layout = 99;
    unsigned known = 99;
    snprintf(text, sizeof text, "layout %u", OLDER);
    assert_int_equal(test_world_reopen(&world, &err), BASE_E_STATE);
    assert_non_null(strstr(err.text, text));
    assert_non_null(strstr(err.text, "letopis migrate"));
    assert_int_equal(ledger_layout_read(world.dir, &layout, &known, &err), 0);
    assert_int_equal(layout, OLDER);
    assert_int_equal(known, LEDGER__LAYOUT_VERSION);
    layout_set(LEDGER__LAYOUT_VERSION + 6, false);
    assert_int_equal(test_world_reopen(&world, &err), BASE_E_STATE);
    snprintf(text, sizeof text, "layout %u", LEDGER__LAYOUT_VERSION + 6);
    assert_non_null(strstr(err.text, text));
    snprintf(text, sizeof text, "up to %u", LEDGER__LAYOUT_VERSION);
    assert_non_null(strstr(err.text, text));
    assert_null(strstr(err.text, "letopis migrate"));
    struct ledger_migration done;
    assert_int_equal(migrate(good, &done, &err), BASE_E_STATE);
    assert_non_null(strstr(err.text, text));
}

static unsigned told[3];

static void on_progress(void *data, enum ledger_migrate_stage stage, uint64_t done, uint64_t total)
{
    (void)data;
    assert_true(done <= total);
    told[stage]++;
}

static void an_older_one_is_brought_over_and_goes_on(void **state)
{
    (void)state;
    struct ledger_migration done;
    struct base_err err = {0};
    const struct ledger_migrate_options options = {.dir = world.dir, .progress = on_progress};
    if (ledger__migrate_by(&options, good, &done, &err) != 0)
        fail_msg("%s", err.text);
    assert_int_equal(done.from, OLDER);
    assert_int_equal(done.to, LEDGER__LAYOUT_VERSION);
    assert_int_equal(done.head.size, FILL_COUNT + 1);
    for (int i = 0; i < 3; i++)
        assert_true(told[i] > 0);
    check_migrated();
    /* Once more there is nothing to do. */
    test_world_close_log(&world);
    assert_int_equal(migrate(good, &done, &err), 0);
    assert_int_equal(done.from, done.to);
    check_no_copies();
}

static void what_does_not_verify_is_thrown_away_and_the_log_is_as_it_was(void **state)
{
    static const struct {
        int (*run)(struct ledger__store *, void (*)(void *, uint64_t, uint64_t), void *,
                   struct base_err *);
        int code;
        const char *says;
    } wrong[] = {{ids_forget, BASE_E_CORRUPT, "not the log"},
                 {entry_change, BASE_E_CORRUPT, "entry 5"},
                 {opening_spoil, BASE_E_CORRUPT, "not the log"},
                 {give_up, BASE_E_FULL, "disk is full"}};
    struct base_buf BASE_CLEANUP(base_buf_release) before = {0};
    (void)state;
    file_read(&before);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        const struct ledger__layout_step steps[] = {{.from = OLDER, .run = wrong[i].run},
                                                    {.run = NULL}};
        struct base_buf BASE_CLEANUP(base_buf_release) after = {0};
        struct ledger_migration done;
        struct base_err err = {0};
        assert_int_equal(migrate(steps, &done, &err), wrong[i].code);
        if (strstr(err.text, wrong[i].says) == NULL)
            fail_msg("%zu: %s", i, err.text);
        check_no_copies();
        file_read(&after);
        assert_true(base_bytes_equal(base_buf_bytes(&before), base_buf_bytes(&after)));
    }
    struct ledger_migration done;
    assert_int_equal(migrate(good, &done, NULL), 0);
    check_migrated();
}

static void without_a_step_nothing_is_tried(void **state)
{
    static const struct ledger__layout_step none[] = {{.run = NULL}};
    struct ledger_migration done;
    struct base_err err = {0};
    (void)state;
    assert_int_equal(migrate(none, &done, &err), BASE_E_STATE);
    assert_non_null(strstr(err.text, "nothing leads"));
    check_no_copies();
}

static int end_here(void *data)
{
    (void)data;
    return 1;
}

static void a_crash_leaves_the_old_log_or_the_new_one(void **state)
{
    static const struct ledger__layout_step deadly[] = {{.from = OLDER, .run = die}, {.run = NULL}};
    struct ledger_migration done;
    struct base_err err = {0};
    int status = 0;
    (void)state;
    fflush(NULL);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        (void)!migrate(deadly, &done, NULL);
        _exit(0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 7);
    assert_true(is_there("migrating")); /* half a copy */
    assert_int_equal(test_world_reopen(&world, &err), BASE_E_STATE);
    /* The machine ends when the old one has left its place and the new one is not there yet. */
    world.faults.before_exchange = end_here;
    assert_int_not_equal(migrate(good, &done, &err), 0);
    world.faults.before_exchange = NULL;
    assert_false(is_there("log"));
    check_migrated();
}

static void nobody_writes_meanwhile(void **state)
{
    struct ledger_migration done;
    struct base_err err = {0};
    int fd = -1;
    (void)state;
    assert_int_equal(ledger__lock_take(world.dir, LEDGER__FILE_LOCK, &fd, NULL), 0);
    assert_int_equal(migrate(good, &done, &err), BASE_E_BUSY);
    close(fd);
    assert_int_equal(migrate(good, &done, &err), 0);
}

int main(void)
{
#define WITH_WORLD(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        WITH_WORLD(another_layout_is_refused_by_both_numbers),
        WITH_WORLD(an_older_one_is_brought_over_and_goes_on),
        WITH_WORLD(what_does_not_verify_is_thrown_away_and_the_log_is_as_it_was),
        WITH_WORLD(without_a_step_nothing_is_tried),
        WITH_WORLD(a_crash_leaves_the_old_log_or_the_new_one),
        WITH_WORLD(nobody_writes_meanwhile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
