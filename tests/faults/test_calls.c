/* Calls of the system that fail: each write, sync, allocation of an append fails once, one after
 * the other, with each error that it may have, or does only half; then each of an opening. Whatever
 * happens, what was acknowledged is there afterwards and verifies, at most the one batch that
 * nobody was told of is there besides, and once an append has failed nothing is acknowledged any
 * more. The failing calls are a library's that is preloaded (shim.c); the program starts itself
 * anew with it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/faults/aftermath.h"
#include "tests/faults/apart.h"
#include "tests/faults/shim.h"

#define MARK_COUNT 6u /* one append each */

static shim_arm_fn arm;
static struct world world;
static struct told_list *told;
static struct shim_fault *fault;
static char base[256];
static char place[300];
static char said[300]; /* what the child says before it ends */
static uint64_t size_before;

/* What the child does when a promise breaks: cmocka's failures are for the parent. */
#define CHILD_MUST(condition)                                                                      \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            arm(NULL);                                                                             \
            told->wrong = __LINE__;                                                                \
            _exit(1);                                                                              \
        }                                                                                          \
    } while (0)

static int append(struct test_submission *made, struct ledger_receipt *out_receipt)
{
    struct ledger_submission *one = &made->submission;
    struct base_err err = {0};
    int rc = ledger_log_append(world.log, &one, 1, out_receipt, &err);
    snprintf(told->text, sizeof told->text, "%.250s", err.text);
    return rc;
}

static void mark_sign(unsigned value, ledger_seq prev, struct test_submission *out)
{
    struct base_buf BASE_CLEANUP(base_buf_release) wire = {0};
    struct signer *signers[] = {&world.people[TEACHER].session};
    struct ledger_refusal refusal;
    struct moment moment = world_moment(&world);
    act_mark(&world.draft, world.lesson, world.pupils[ANYA], value, NULL, prev);
    draft_sign(&world.draft, &moment, signers, 1, &wire);
    test_submission_of(base_buf_bytes(&wire), out);
    CHILD_MUST(ledger_submission_verify(proj_engine_admission(world.engine), &out->submission,
                                        &refusal, NULL) == 0);
}

/* Sets marks until something fails; the fault is armed during the appends alone. */
static void marks_set(void)
{
    ledger_seq prev = LEDGER_SEQ_NONE;
    for (unsigned i = 0; i < MARK_COUNT; i++) {
        struct test_submission made;
        struct ledger_receipt receipt;
        mark_sign(1 + i % 5, prev, &made);
        arm(fault);
        int rc = append(&made, &receipt);
        arm(NULL);
        if (rc < 0) {
            told->stopped = 1;
            CHILD_MUST(append(&made, &receipt) == BASE_E_STOPPED);
            return;
        }
        if (receipt.code == LEDGER_REFUSED_DISK_FULL) { /* it goes in when there is room */
            told->full++;
            CHILD_MUST(append(&made, &receipt) == 0);
        }
        CHILD_MUST(receipt.code == 0 && !receipt.known);
        told->marks[told->count].seq = receipt.seq;
        told->marks[told->count].id = receipt.id;
        told->count++;
        prev = receipt.seq;
        test_submission_release(&made);
    }
}

static void life_appending(void)
{
    CHILD_MUST(world_open(&world, NULL) == 0);
    marks_set();
    world_close(&world);
}

static void life_opening(void)
{
    struct base_err err = {0};
    arm(fault);
    int rc = world_open(&world, &err);
    arm(NULL);
    if (rc != 0) {
        CHILD_MUST(err.code == rc && err.text[0] != '\0');
        CHILD_MUST(world_open(&world, NULL) == 0); /* in the same process, once it is over */
    }
    marks_set();
    world_close(&world);
}

/* Where no hash can be computed for want of memory the process ends by itself and says so. */
static bool gave_up(int status)
{
    char line[256] = "";
    FILE *file = fopen(said, "re");
    assert_non_null(file);
    (void)!fgets(line, sizeof line, file);
    fclose(file);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT &&
           strncmp(line, "letopis: ", strlen("letopis: ")) == 0;
}

struct lived {
    void (*life)(void);
};

static int life_run(void *data)
{
    snprintf(world.dir, sizeof world.dir, "%.255s", place);
    ((struct lived *)data)->life();
    return 0;
}

/* One life with one fault, in a copy of the school. False when the fault was not met any more. */
static bool one_life(void (*life)(void), struct shim_fault given)
{
    struct lived lived = {life};
    memset(told, 0, sizeof *told);
    *fault = given;
    test_dir_remove(place);
    test_dir_copy(world.dir, place);
    int status = apart_run(life_run, &lived, said);
    bool ended = given.call == SHIM_MEMORY && gave_up(status);
    if (told->wrong != 0 || (status != 0 && !ended))
        fail_msg("call %d, n %u, errno %d%s: status %#x, line %d: %s", (int)given.call, given.n,
                 given.code, given.forever ? ", and all after" : "", (unsigned)status, told->wrong,
                 told->text);
    aftermath_check(&world, place, size_before, told, told->stopped || ended ? 1 : 0);
    return fault->met > 0;
}

/* Every n, until there is no such call; at least `least` of them. */
static unsigned each_call(void (*life)(void), enum shim_call call, int code, int forever,
                          unsigned least)
{
    unsigned stops = 0;
    unsigned n = 0;
    while (one_life(life,
                    (struct shim_fault){.call = call, .n = n, .code = code, .forever = forever})) {
        stops += told->stopped != 0;
        n++;
    }
    print_message("call %d, errno %d: %u, stopped %u\n", (int)call, code, n, stops);
    assert_true(n >= least);
    return stops;
}

static void writes_that_fail_are_refused_or_stop_the_log(void **state)
{
    (void)state;
    assert_true(each_call(life_appending, SHIM_PWRITE, EIO, 0, MARK_COUNT) > 0);
    each_call(life_appending, SHIM_PWRITE, ENOSPC, 0, MARK_COUNT);
    each_call(life_appending, SHIM_WRITEV, EIO, 0, 1);
    each_call(life_appending, SHIM_WRITEV, ENOSPC, 0, 1);
    each_call(life_appending, SHIM_PWRITE, EIO, 1, 1);
}

static void writes_that_do_half_are_refused_or_stop_the_log(void **state)
{
    (void)state;
    assert_true(each_call(life_appending, SHIM_PWRITE, 0, 0, MARK_COUNT) > 0);
    each_call(life_appending, SHIM_WRITEV, 0, 0, 1);
    each_call(life_appending, SHIM_WRITE, 0, 0, MARK_COUNT); /* `published` */
}

static void a_sync_that_fails_stops_the_log(void **state)
{
    (void)state;
    /* Each of them: nothing is tried again. */
    assert_int_equal(each_call(life_appending, SHIM_FDATASYNC, EIO, 0, MARK_COUNT), MARK_COUNT);
    each_call(life_appending, SHIM_FDATASYNC, ENOSPC, 0, MARK_COUNT);
}

static void what_is_only_a_guard_does_not_stop_it(void **state)
{
    (void)state;
    assert_int_equal(each_call(life_appending, SHIM_RENAME, EIO, 0, MARK_COUNT), 0);
    assert_int_equal(each_call(life_appending, SHIM_OPEN, EMFILE, 0, MARK_COUNT), 0);
    assert_int_equal(each_call(life_appending, SHIM_WRITE, ENOSPC, 0, MARK_COUNT), 0);
}

static void memory_that_ends_anywhere_loses_nothing(void **state)
{
    (void)state;
    assert_true(each_call(life_appending, SHIM_MEMORY, ENOMEM, 0, 20) > 0);
}

static void an_opening_that_fails_says_so_and_harms_nothing(void **state)
{
    static const enum shim_call calls[] = {SHIM_PWRITE,    SHIM_WRITEV, SHIM_WRITE,
                                           SHIM_FDATASYNC, SHIM_FSYNC,  SHIM_OPEN,
                                           SHIM_PREAD,     SHIM_MMAP,   SHIM_MEMORY};
    (void)state;
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++)
        each_call(life_opening, calls[i], calls[i] == SHIM_MEMORY ? ENOMEM : EIO, 0, 0);
    each_call(life_opening, SHIM_PREAD, 0, 0, 1);
}

static int school_make(void **state)
{
    (void)state;
    test_dir_make(base);
    snprintf(place, sizeof place, "%s/school", base);
    snprintf(said, sizeof said, "%s/said", base);
    world_make(&world);
    size_before = world_size(&world);
    world_close(&world);
    told = told_list_make();
    fault = mmap(NULL, sizeof *fault, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return fault == MAP_FAILED;
}

static int school_remove(void **state)
{
    (void)state;
    world_remove(&world);
    test_dir_remove(base);
    return 0;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_that_fail_are_refused_or_stop_the_log),
        cmocka_unit_test(writes_that_do_half_are_refused_or_stop_the_log),
        cmocka_unit_test(a_sync_that_fails_stops_the_log),
        cmocka_unit_test(what_is_only_a_guard_does_not_stop_it),
        cmocka_unit_test(memory_that_ends_anywhere_loses_nothing),
        cmocka_unit_test(an_opening_that_fails_says_so_and_harms_nothing),
    };
    (void)argc;
    arm = shim_load(argv);
    if (arm == NULL)
        return 2;
    return cmocka_run_group_tests(tests, school_make, school_remove);
}
