/* After the fault: the school is opened as on any day. */
#include "tests/faults/aftermath.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/mman.h>

#include <cmocka.h>

#include "ledger/verify.h"

struct told_list *told_list_make(void)
{
    struct told_list *list =
        mmap(NULL, sizeof *list, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(list != MAP_FAILED);
    return list;
}

static void told_check(struct ledger_log *log, const struct told_list *told)
{
    struct ledger_reader *reader = NULL;
    assert_int_equal(ledger_reader_open(log, &reader, NULL), 0);
    for (unsigned i = 0; i < told->count; i++) {
        ledger_seq seq = LEDGER_SEQ_NONE;
        assert_int_equal(ledger_reader_find(reader, &told->marks[i].id, &seq, NULL), 0);
        assert_int_equal(seq, told->marks[i].seq);
    }
    ledger_reader_close(reader);
}

void aftermath_check(const struct world *world, const char *dir, uint64_t size_before,
                     const struct told_list *told, unsigned slack)
{
    struct world after = *world;
    const struct ledger_verify_options options = {.thread_count = 1};
    struct ledger_verify_report report;
    struct base_err err = {0};
    snprintf(after.dir, sizeof after.dir, "%s", dir);
    memset(&after.faults, 0, sizeof after.faults);
    if (world_open(&after, &err) != 0)
        fail_msg("it does not open any more: %s", err.text);
    uint64_t size = world_size(&after);
    assert_in_range(size, size_before + told->count, size_before + told->count + slack);
    told_check(after.log, told);
    assert_int_equal(ledger_verify_log(after.log, &options, &report, &err), 0);
    assert_int_equal(report.finding, LEDGER_FOUND_NOTHING);
    assert_int_equal(report.entry_count, size);
    world_close(&after);
}
