/* The projections' file, damaged behind everybody's back: cut short, a bit turned, a page emptied
 * or exchanged for another. They are derived, so nothing of that may keep a school closed: who fell
 * over a torn page once comes up at the next start, with everything folded anew. Who looks at the
 * pages first (doctor, auditor, rebuild, whoever finds that the last one fell) never falls.
 * TEST_SEED repeats. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "projections/state.h"
#include "tests/faults/apart.h"
#include "tests/projections/world.h"

#define PAGE_LEN 4096
#define META_PAGES 2
#define CASE_COUNT 40u
#define MARK_COUNT 700u /* so many that one key's positions fill pages of their own */
#define MARKER "projections/running"

/* DIFFERENT: it opens, and says something else than was folded. */
enum outcome { SAME, DIFFERENT, REFUSED, DIED, OUTCOME_COUNT };
enum damage { BIT_TURNED, PAGE_EMPTIED, PAGES_EXCHANGED, DAMAGE_COUNT };

static const char *const names[] = {"a bit turned", "a page emptied", "two pages exchanged"};
static struct world world;
static char base[256], place[300], whole[300];

/* Is what was opened what was folded from nothing? */
static bool is_same(struct proj_engine *engine)
{
    struct proj_engine *reference = NULL;
    struct proj_txn *a = NULL;
    struct proj_txn *b = NULL;
    const char *table;
    bool same = proj_engine_open(whole, true, &reference, NULL) == 0 &&
                proj_engine_read(engine, &a, NULL) == 0 &&
                proj_engine_read(reference, &b, NULL) == 0 && proj_txn_same(a, b, &table) &&
                proj_txn_next(a) == proj_txn_next(b) && proj_txn_fault(a, NULL) == 0;
    proj_txn_end(a);
    proj_txn_end(b);
    proj_engine_close(reference);
    return same;
}

static enum outcome as_server(void)
{
    struct base_err err = {0};
    snprintf(world.dir, sizeof world.dir, "%.255s", place);
    if (world_open(&world, &err) != 0)
        return REFUSED;
    bool same = is_same(world.engine);
    world_close(&world);
    return same ? SAME : DIFFERENT;
}

/* As doctors and auditors do. */
static enum outcome as_looker(void)
{
    struct proj_engine *engine = NULL;
    int rc = proj_engine_open_looking(place, true, &engine, NULL);
    bool same = rc == 0 && is_same(engine);
    proj_engine_close(engine);
    return rc != 0 ? REFUSED : same ? SAME : DIFFERENT;
}

/* As letopis rebuild does. */
static enum outcome as_rebuilder(void)
{
    struct proj_engine *engine = NULL;
    snprintf(world.dir, sizeof world.dir, "%.255s", place);
    int rc = proj_engine_open_looking(place, false, &engine, NULL);
    if (rc == 0)
        rc = proj_engine_reset(engine, NULL);
    proj_engine_close(engine);
    return rc != 0 ? REFUSED : as_server();
}

struct look {
    enum outcome (*run)(void);
};

static int look_run(void *data)
{
    return (int)((struct look *)data)->run();
}

/* In a process of its own. */
static enum outcome outcome_of(enum outcome (*run)(void))
{
    struct look look = {run};
    int outcome = apart_outcome(look_run, &look);
    assert_true(outcome < OUTCOME_COUNT);
    return outcome < 0 ? DIED : (enum outcome)outcome;
}

static void outcomes_tell(const char *what, const unsigned *counts)
{
    print_message("%s: %u same, %u different, %u refused, %u died\n", what, counts[SAME],
                  counts[DIFFERENT], counts[REFUSED], counts[DIED]);
}

static void path_of(const char *name, char out[400])
{
    snprintf(out, 400, "%s/%s", place, name);
}

static FILE *projections_open(void)
{
    char path[400];
    path_of("projections/data.mdb", path);
    FILE *file = fopen(path, "r+be");
    assert_non_null(file);
    return file;
}

static void school_copy(void)
{
    test_dir_remove(place);
    test_dir_copy(world.dir, place);
}

/* As kill -9 leaves it. */
static void fell(void)
{
    char path[400];
    char boot[64] = "";
    FILE *from = fopen("/proc/sys/kernel/random/boot_id", "re");
    assert_non_null(from);
    assert_non_null(fgets(boot, sizeof boot, from));
    fclose(from);
    boot[strcspn(boot, "\n")] = '\0';
    path_of(MARKER, path);
    FILE *to = fopen(path, "we");
    assert_non_null(to);
    assert_true(fputs(boot, to) >= 0);
    assert_int_equal(fclose(to), 0);
}

static long used_pages(void)
{
    static const uint8_t zero[PAGE_LEN];
    uint8_t page[PAGE_LEN];
    long used = 0;
    school_copy();
    FILE *file = projections_open();
    for (long at = 0; fread(page, 1, PAGE_LEN, file) == PAGE_LEN; at++)
        used = memcmp(page, zero, PAGE_LEN) != 0 ? at + 1 : used;
    fclose(file);
    return used;
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

static void damage(enum damage how, long pages, struct test_random *random)
{
    uint8_t one[PAGE_LEN];
    uint8_t two[PAGE_LEN];
    long first = (long)test_random_below(random, (uint64_t)pages);
    long second = (long)test_random_below(random, (uint64_t)pages);
    school_copy();
    FILE *file = projections_open();
    page_read(file, first, one);
    page_read(file, second, two);
    if (how == BIT_TURNED)
        one[test_random_below(random, PAGE_LEN)] ^= 1 << test_random_below(random, 8);
    if (how == PAGE_EMPTIED)
        memset(one, 0, sizeof one);
    page_write(file, how == PAGES_EXCHANGED ? second : first, one);
    if (how == PAGES_EXCHANGED)
        page_write(file, first, two);
    assert_int_equal(fclose(file), 0);
}

static void who_fell_over_a_torn_page_comes_up_at_the_next_start(void **state)
{
    struct test_random random = test_random_make(20261127);
    long pages = used_pages();
    (void)state;
    for (enum damage how = 0; how < DAMAGE_COUNT; how++) {
        unsigned first[OUTCOME_COUNT] = {0};
        unsigned next[OUTCOME_COUNT] = {0};
        for (unsigned i = 0; i < CASE_COUNT; i++) {
            damage(how, pages, &random);
            enum outcome looked = outcome_of(as_looker);
            enum outcome opened = outcome_of(as_server);
            enum outcome again = outcome_of(as_server);
            first[opened]++;
            next[again]++;
            assert_int_not_equal(looked, DIED);
            assert_int_not_equal(again, REFUSED);
            assert_int_not_equal(again, DIED);
            /* Who fell left a mark, so the next one looked. */
            if (opened == DIED || opened == REFUSED)
                assert_int_equal(again, SAME);
            /* What is torn is found by who looks, and not by him alone. */
            if (how != BIT_TURNED && looked == SAME)
                assert_int_equal(again, SAME);
            if (how != BIT_TURNED)
                assert_int_not_equal(looked, DIFFERENT);
        }
        outcomes_tell(names[how], first);
        outcomes_tell("  the next start", next);
    }
}

static void whoever_looks_first_does_not_fall(void **state)
{
    struct test_random random = test_random_make(20261128);
    long pages = used_pages();
    (void)state;
    for (enum damage how = 0; how < DAMAGE_COUNT; how++) {
        unsigned counts[OUTCOME_COUNT] = {0};
        for (unsigned i = 0; i < CASE_COUNT; i++) {
            damage(how, pages, &random);
            fell();
            enum outcome opened = outcome_of(as_server);
            counts[opened]++;
            assert_int_not_equal(opened, DIED);
            assert_int_not_equal(opened, REFUSED);
            /* A turned bit may lie in a value, which is the auditor's to find. */
            if (how != BIT_TURNED)
                assert_int_equal(opened, SAME);
            damage(how, pages, &random);
            assert_int_equal(outcome_of(as_rebuilder), SAME);
        }
        outcomes_tell(names[how], counts);
    }
}

static void a_file_cut_short_is_folded_anew(void **state)
{
    long pages = used_pages();
    (void)state;
    for (long len = 0; len < pages; len += 1 + pages / 20) {
        school_copy();
        FILE *file = projections_open();
        assert_int_equal(ftruncate(fileno(file), len * PAGE_LEN + (len % 2) * 100), 0);
        assert_int_equal(fclose(file), 0);
        if (len > 0)
            assert_int_equal(outcome_of(as_looker), REFUSED);
        assert_int_equal(outcome_of(as_server), SAME);
        assert_int_equal(outcome_of(as_looker), SAME);
    }
}

/* A look at whole pages finds nothing, whoever writes meanwhile. */
static void whole_pages_hold_also_while_somebody_writes(void **state)
{
    struct base_err err = {0};
    int status = 0;
    unsigned looks = 0;
    (void)state;
    school_copy();
    fflush(NULL);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        snprintf(world.dir, sizeof world.dir, "%.255s", place);
        if (world_open(&world, NULL) != 0)
            _exit(1);
        ledger_seq prev = world.receipt.seq;
        for (unsigned i = 0; i < 200; i++)
            prev = world_mark(&world, &world.people[TEACHER].session, ANYA, 1 + i % 5, prev);
        world_close(&world);
        _exit(0);
    }
    for (; waitpid(pid, &status, WNOHANG) == 0; looks++) {
        struct proj_engine *engine = NULL;
        if (proj_engine_open_looking(place, true, &engine, &err) != 0)
            fail_msg("look %u: %s", looks, err.text);
        proj_engine_close(engine);
    }
    assert_int_equal(status, 0);
    assert_true(looks > 0);
}

/* What was thrown away is said, and only then. */
static void what_was_thrown_away_is_said(void **state)
{
    static const uint8_t zero[PAGE_LEN];
    struct proj_engine *engine = NULL;
    (void)state;
    school_copy();
    fell();
    assert_int_equal(proj_engine_open(place, false, &engine, NULL), 0);
    assert_null(proj_engine_torn(engine));
    proj_engine_close(engine);
    long pages = used_pages();
    FILE *file = projections_open();
    for (long page = META_PAGES; page < pages; page++)
        page_write(file, page, zero);
    assert_int_equal(fclose(file), 0);
    fell();
    assert_int_equal(proj_engine_open(place, false, &engine, NULL), 0);
    assert_non_null(strstr(proj_engine_torn(engine), "page"));
    proj_engine_close(engine);
}

static int school_make(void **state)
{
    (void)state;
    test_dir_make(base);
    snprintf(place, sizeof place, "%s/school", base);
    snprintf(whole, sizeof whole, "%s/whole", base);
    world_make(&world);
    for (unsigned i = 0; i < MARK_COUNT; i++) {
        ledger_seq prev = i == 0 ? LEDGER_SEQ_NONE : world.receipt.seq;
        world_mark(&world, &world.people[TEACHER].session, ANYA, 1 + i % 5, prev);
    }
    world_close(&world);
    test_dir_copy(world.dir, whole);
    return 0;
}

static int school_remove(void **state)
{
    (void)state;
    world_remove(&world);
    test_dir_remove(base);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_pages_hold_also_while_somebody_writes),
        cmocka_unit_test(what_was_thrown_away_is_said),
        cmocka_unit_test(a_file_cut_short_is_folded_anew),
        cmocka_unit_test(whoever_looks_first_does_not_fall),
        cmocka_unit_test(who_fell_over_a_torn_page_comes_up_at_the_next_start),
    };
    return cmocka_run_group_tests_name("torn projections", tests, school_make, school_remove);
}
