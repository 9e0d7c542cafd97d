/* The roots of all past sizes, against an oracle that keeps every leaf. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>

#include "ledger/history.h"
#include "tests/ledger/support.h"

#define COUNT 140000u /* more than twice what is kept near */

struct leaves {
    struct ledger_hash *hashes, *roots;
    uint64_t read_count;
};

static int leaf_again(void *data, ledger_seq seq, struct ledger_hash *out_leaf,
                      struct base_err *err)
{
    struct leaves *leaves = data;
    (void)err;
    assert_true(seq < COUNT);
    leaves->read_count++;
    *out_leaf = leaves->hashes[seq];
    return 0;
}

static int leaves_make(void **state)
{
    static struct leaves leaves;
    struct ledger_frontier frontier = {0};
    leaves.hashes = calloc(COUNT, sizeof *leaves.hashes);
    leaves.roots = calloc(COUNT + 1, sizeof *leaves.roots);
    ledger_tree_empty(&leaves.roots[0]);
    for (uint64_t i = 0; i < COUNT; i++) {
        ledger_sha256(base_bytes_of(&i, sizeof i), &leaves.hashes[i]);
        ledger_frontier_append(&frontier, &leaves.hashes[i]);
        ledger_frontier_root(&frontier, &leaves.roots[i + 1]);
    }
    *state = &leaves;
    return 0;
}

static int leaves_free(void **state)
{
    struct leaves *leaves = *state;
    free(leaves->hashes);
    free(leaves->roots);
    return 0;
}

static void root_check(struct ledger__history *history, const struct leaves *leaves, uint64_t size)
{
    struct ledger_hash root;
    assert_int_equal(ledger__history_root(history, size, &root, NULL), 0);
    assert_memory_equal(root.bytes, leaves->roots[size].bytes, LEDGER_HASH_LEN);
}

static void every_past_root_is_there(void **state)
{
    struct leaves *leaves = *state;
    struct ledger__history history = {.leaf = leaf_again, .data = leaves};
    struct test_random random = test_random_make(65536);
    leaves->read_count = 0;
    root_check(&history, leaves, 0);
    for (uint64_t i = 0; i < COUNT; i++) {
        assert_int_equal(ledger__history_append(&history, &leaves->hashes[i], NULL), 0);
        if (i < 600)
            for (uint64_t size = 0; size <= i + 1; size++)
                root_check(&history, leaves, size);
        else if (i % 16 == 0)
            root_check(&history, leaves, i + 1 - test_random_below(&random, 600));
    }
    assert_int_equal(leaves->read_count, 0); /* what is near needs no reading again */
    for (unsigned i = 0; i < 2000; i++)
        root_check(&history, leaves, test_random_below(&random, COUNT + 1));
    assert_true(leaves->read_count > 0);
    ledger__history_release(&history);
}

static void it_goes_on_from_what_was_kept(void **state)
{
    struct leaves *leaves = *state;
    static const uint64_t sizes[] = {0, 1, 255, 256, 257, 1000, 65536, 65791, 100001};
    for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
        struct base_buf BASE_CLEANUP(base_buf_release) bytes = {0};
        struct ledger__history history = {.leaf = leaf_again, .data = leaves};
        struct ledger__history again = {.leaf = leaf_again, .data = leaves};
        for (uint64_t i = 0; i < sizes[s]; i++)
            assert_int_equal(ledger__history_append(&history, &leaves->hashes[i], NULL), 0);
        assert_int_equal(ledger__history_put(&history, &bytes, NULL), 0);
        struct base_bytes rest = base_buf_bytes(&bytes);
        assert_int_equal(ledger__history_take(&again, sizes[s], &rest, NULL), 0);
        assert_int_equal(rest.len, 0);
        for (uint64_t i = sizes[s]; i < sizes[s] + 1500; i++) {
            root_check(&again, leaves, i);
            root_check(&again, leaves, i / 2);
            assert_int_equal(ledger__history_append(&again, &leaves->hashes[i], NULL), 0);
        }
        ledger__history_release(&again);
        if (bytes.len > 0) {
            rest = base_bytes_of(bytes.data, bytes.len - 1);
            again = (struct ledger__history){.leaf = leaf_again, .data = leaves};
            assert_int_equal(ledger__history_take(&again, sizes[s], &rest, NULL), BASE_E_FORMAT);
            ledger__history_release(&again);
        }
        ledger__history_release(&history);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_past_root_is_there),
        cmocka_unit_test(it_goes_on_from_what_was_kept),
    };
    return cmocka_run_group_tests_name("history", tests, leaves_make, leaves_free);
}
