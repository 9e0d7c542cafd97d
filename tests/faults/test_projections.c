/* The log has its room and the projections have none: a full disk before the log's commit refuses
 * and changes nothing; where room cannot be set aside and only their commit finds out, what is in
 * the log is acknowledged and folded as soon as there is room, without a restart; a map that is
 * full refuses until the next opening makes it larger; a sync that fails at their closing has them
 * folded anew. In the end the facts are always those of folding from nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <lmdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "projections/engine_inside.h"
#include "projections/state_inside.h"
#include "tests/faults/shim.h"
#include "tests/projections/world.h"

#define THEIRS "/projections/"
#define MARK_COUNT 300u
#define PAGE_LEN 4096u

static shim_arm_fn arm;

static int setup(void **state)
{
    static struct world world;
    world_make(&world);
    *state = &world;
    return 0;
}

static int teardown(void **state)
{
    arm(NULL);
    world_remove(*state);
    return 0;
}

/* Folded anew, without room set aside from before. */
static void start_bare(struct world *world)
{
    char path[300];
    struct base_err err = {0};
    world_close(world);
    snprintf(path, sizeof path, "%s/projections", world->dir);
    test_dir_remove(path);
    if (world_open(world, &err) != 0)
        fail_msg("%s", err.text);
}

static int mark_try(struct world *world, unsigned value, ledger_seq prev)
{
    act_mark(&world->draft, world->lesson, world->pupils[ANYA], value, NULL, prev);
    return world_try(world, &world->people[TEACHER].session, NULL);
}

static ledger_seq folded(struct world *world)
{
    struct proj_txn *txn = world_read(world);
    ledger_seq next = proj_txn_next(txn);
    world_read_end(txn);
    return next;
}

/* What is shown is what the log says, and folding from nothing gives the same bytes. */
static void check_whole(struct world *world)
{
    struct base_buf BASE_CLEANUP(base_buf_release) now = {0};
    struct base_buf BASE_CLEANUP(base_buf_release) anew = {0};
    assert_int_equal(folded(world), world_size(world));
    world_dump(world, &now);
    start_bare(world);
    world_dump(world, &anew);
    assert_true(base_bytes_equal(base_buf_bytes(&now), base_buf_bytes(&anew)));
}

static void a_full_disk_is_met_before_the_log_commits(void **state)
{
    struct world *world = *state;
    static const int codes[] = {ENOSPC, EDQUOT, EFBIG};
    for (size_t i = 0; i < 3; i++) {
        struct shim_fault fault = {
            .call = SHIM_FALLOCATE, .code = codes[i], .forever = 1, .path = THEIRS};
        start_bare(world);
        uint64_t size = world_size(world);
        arm(&fault);
        assert_int_equal(mark_try(world, 4, LEDGER_SEQ_NONE), LEDGER_REFUSED_DISK_FULL);
        assert_true(fault.met > 0);
        assert_int_equal(world_size(world), size);
        assert_int_equal(folded(world), size);
        assert_false(proj_engine_is_behind(world->engine));
        /* Again and again, as clients do. */
        assert_int_equal(mark_try(world, 4, LEDGER_SEQ_NONE), LEDGER_REFUSED_DISK_FULL);
        arm(NULL);
        proj_id lesson;
        world_lesson(world, &world->people[TEACHER].session, &world->people[TEACHER],
                     2 + (unsigned)i, lesson);
        assert_true(world_size(world) > size);
        check_whole(world);
    }
}

static void no_page_in_use_lies_behind_what_was_set_aside(void **state)
{
    struct world *world = *state;
    char path[300];
    ledger_seq prev = LEDGER_SEQ_NONE;
    snprintf(path, sizeof path, "%s/projections/data.mdb", world->dir);
    start_bare(world);
    for (unsigned i = 0; i < MARK_COUNT; i++) {
        struct stat before;
        struct stat after;
        assert_int_equal(stat(path, &before), 0);
        assert_int_equal(mark_try(world, 1 + i % 5, prev), 0);
        prev = world->receipt.seq;
        MDB_envinfo info;
        assert_int_equal(mdb_env_info(world->engine->state->env, &info), 0);
        assert_int_equal(stat(path, &after), 0);
        off_t used = (off_t)((info.me_last_pgno + 1) * PAGE_LEN);
        assert_true(used <= (off_t)world->engine->state->reserved);
        assert_true((off_t)after.st_blocks * 512 >= used);
    }
}

static void a_commit_without_room_is_made_up_for_without_a_restart(void **state)
{
    struct world *world = *state;
    static const enum shim_call calls[] = {SHIM_PWRITE, SHIM_WRITEV};
    unsigned behind = 0;
    for (size_t i = 0; i < 2; i++) {
        struct shim_fault fault = {.call = calls[i], .code = ENOSPC, .forever = 1, .path = THEIRS};
        uint64_t size = world_size(world);
        proj_id lesson;
        world_new_id(world, lesson);
        act_lesson(&world->draft, lesson, world->class_a, world->maths,
                   world->people[TEACHER].account, world->people[TEACHER].account, world->today,
                   3 + (unsigned)i);
        arm(&fault);
        int code = world_try(world, &world->people[TEACHER].session, NULL);
        arm(NULL);
        assert_int_equal(code, 0); /* it is in the log, and that is what is promised */
        assert_int_equal(world_size(world), size + 1);
        if (fault.met == 0)
            continue; /* LMDB chooses between the two calls by how the pages lie */
        behind++;
        assert_true(proj_engine_is_behind(world->engine));
        assert_int_equal(folded(world), size);
        arm(&fault); /* no room yet: nothing else goes in */
        assert_int_equal(mark_try(world, 5, LEDGER_SEQ_NONE), LEDGER_REFUSED_DISK_FULL);
        arm(NULL);
        assert_int_equal(world_size(world), size + 1);
        assert_true(proj_engine_is_behind(world->engine));
        act_mark(&world->draft, lesson, world->pupils[ANYA], 5, NULL, LEDGER_SEQ_NONE);
        world_do(world, &world->people[TEACHER].session, NULL); /* on the lesson that was missing */
        assert_false(proj_engine_is_behind(world->engine));
        assert_int_equal(world_value(world, lesson, ANYA), 5);
    }
    assert_true(behind > 0);
    check_whole(world);
}

static unsigned heard;

static void on_touched(void *data, const struct proj_touch *touches, unsigned count)
{
    (void)data;
    (void)touches;
    heard += count;
}

static void who_listens_hears_of_what_was_made_up_for(void **state)
{
    struct world *world = *state;
    struct shim_fault fault = {.call = SHIM_PWRITE, .code = ENOSPC, .forever = 1, .path = THEIRS};
    proj_engine_listen(world->engine, on_touched, NULL);
    heard = 0;
    arm(&fault);
    assert_int_equal(mark_try(world, 5, LEDGER_SEQ_NONE), 0);
    arm(NULL);
    assert_true(proj_engine_is_behind(world->engine));
    assert_int_equal(heard, 0); /* not yet to be seen */
    assert_int_equal(mark_try(world, 4, world->receipt.seq), 0);
    assert_int_equal(heard, 2);
}

static void a_restart_makes_up_for_it_as_well(void **state)
{
    struct world *world = *state;
    struct shim_fault fault = {.call = SHIM_PWRITE, .code = ENOSPC, .forever = 1, .path = THEIRS};
    struct base_err err = {0};
    arm(&fault);
    assert_int_equal(mark_try(world, 5, LEDGER_SEQ_NONE), 0);
    arm(NULL);
    assert_true(proj_engine_is_behind(world->engine));
    world_close(world);
    if (world_open(world, &err) != 0)
        fail_msg("%s", err.text);
    assert_int_equal(world_value(world, world->lesson, ANYA), 5);
    check_whole(world);
}

static void a_full_map_refuses_and_the_next_opening_makes_it_larger(void **state)
{
    struct world *world = *state;
    struct base_err err = {0};
    MDB_envinfo info;
    assert_int_equal(mdb_env_info(world->engine->state->env, &info), 0);
    /* As if all address space that an opening gives were used. */
    assert_int_equal(
        mdb_env_set_mapsize(world->engine->state->env, (info.me_last_pgno + 1) * PAGE_LEN), 0);
    uint64_t size = world_size(world);
    assert_int_equal(mark_try(world, 5, LEDGER_SEQ_NONE), LEDGER_REFUSED_DISK_FULL);
    assert_int_equal(world_size(world), size);
    world_close(world);
    if (world_open(world, &err) != 0)
        fail_msg("%s", err.text);
    assert_int_equal(mark_try(world, 5, LEDGER_SEQ_NONE), 0);
    check_whole(world);
}

static void a_sync_that_fails_at_closing_has_all_folded_anew(void **state)
{
    struct world *world = *state;
    struct shim_fault fault = {.call = SHIM_FDATASYNC, .code = EIO, .forever = 1, .path = THEIRS};
    struct proj_state *opened = NULL;
    struct base_err err = {0};
    char path[300];
    bool fresh = false;
    arm(&fault);
    world_close(world);
    arm(NULL);
    assert_true(fault.met > 0);
    snprintf(path, sizeof path, "%s/projections", world->dir);
    assert_int_equal(proj_state_open(path, PROJ_LAYOUT, false, &opened, &fresh, &err), 0);
    assert_true(fresh);
    proj_state_close(opened);
    assert_int_equal(world_open(world, &err), 0);
    check_whole(world);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_full_disk_is_met_before_the_log_commits, setup, teardown),
        cmocka_unit_test_setup_teardown(no_page_in_use_lies_behind_what_was_set_aside, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_commit_without_room_is_made_up_for_without_a_restart,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(who_listens_hears_of_what_was_made_up_for, setup, teardown),
        cmocka_unit_test_setup_teardown(a_restart_makes_up_for_it_as_well, setup, teardown),
        cmocka_unit_test_setup_teardown(a_full_map_refuses_and_the_next_opening_makes_it_larger,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(a_sync_that_fails_at_closing_has_all_folded_anew, setup,
                                        teardown),
    };
    (void)argc;
    arm = shim_load(argv);
    if (arm == NULL)
        return 2;
    return cmocka_run_group_tests_name("projections without room", tests, NULL, NULL);
}
