/* Promises of the tree, against a naive RFC 6962 that follows the standard's recursion word for
 * word, and against values made with the reference implementation (specs/vectors). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "ledger/tree.h"
#include "tests/ledger/support.h"

#define LEAF_COUNT 300u

static struct ledger_hash leaves[LEAF_COUNT];

static int leaves_setup(void **state)
{
    (void)state;
    for (unsigned i = 0; i < LEAF_COUNT; i++) {
        char text[32];
        snprintf(text, sizeof text, "entry %u", i);
        ledger_tree_leaf(base_bytes_str(text), &leaves[i]);
    }
    return 0;
}

/* PATH of RFC 6962 section 2.1.1. */
static unsigned naive_path(uint64_t m, const struct ledger_hash *from, uint64_t n,
                           struct ledger_hash *path)
{
    if (n == 1)
        return 0;
    uint64_t k = test_naive_split(n);
    unsigned count;
    if (m < k) {
        count = naive_path(m, from, k, path);
        path[count] = test_naive_root(from + k, n - k);
    } else {
        count = naive_path(m - k, from + k, n - k, path);
        path[count] = test_naive_root(from, k);
    }
    return count + 1;
}

/* SUBPROOF of RFC 6962 section 2.1.2. */
static unsigned naive_subproof(uint64_t m, const struct ledger_hash *from, uint64_t n, bool whole,
                               struct ledger_hash *path)
{
    if (m == n) {
        if (whole)
            return 0;
        path[0] = test_naive_root(from, n);
        return 1;
    }
    uint64_t k = test_naive_split(n);
    unsigned count;
    if (m <= k) {
        count = naive_subproof(m, from, k, whole, path);
        path[count] = test_naive_root(from + k, n - k);
    } else {
        count = naive_subproof(m - k, from + k, n - k, false, path);
        path[count] = test_naive_root(from, k);
    }
    return count + 1;
}

static int leaf_node(void *data, unsigned level, uint64_t index, struct ledger_hash *out_node,
                     struct base_err *err)
{
    (void)data;
    (void)err;
    assert_true((index + 1) << level <= LEAF_COUNT); /* only full nodes are asked for */
    *out_node = test_naive_root(leaves + (index << level), UINT64_C(1) << level);
    return 0;
}
static const struct ledger_nodes nodes = {.get = leaf_node};

static void tree_roots_are_rfc_6962(void **state)
{
    (void)state;
    struct ledger_frontier frontier = {0};
    for (uint64_t size = 0; size <= LEAF_COUNT; size++) {
        struct ledger_hash wanted = test_naive_root(leaves, size);
        struct ledger_hash root;
        ledger_frontier_root(&frontier, &root);
        assert_memory_equal(root.bytes, wanted.bytes, LEDGER_HASH_LEN);
        assert_int_equal(ledger_tree_root(&nodes, size, &root, NULL), 0);
        assert_memory_equal(root.bytes, wanted.bytes, LEDGER_HASH_LEN);
        if (size < LEAF_COUNT)
            ledger_frontier_append(&frontier, &leaves[size]);
    }
}

static void tree_inclusion_proofs_are_rfc_6962_and_verify(void **state)
{
    (void)state;
    for (uint64_t size = 1; size <= 70; size++) {
        struct ledger_hash root = test_naive_root(leaves, size);
        for (uint64_t seq = 0; seq < size; seq++) {
            struct ledger_hash path[LEDGER_PROOF_LEN_MAX];
            struct ledger_hash wanted[LEDGER_PROOF_LEN_MAX];
            unsigned count;
            assert_int_equal(ledger_tree_inclusion(&nodes, seq, size, path, &count, NULL), 0);
            assert_int_equal(count, naive_path(seq, leaves, size, wanted));
            assert_memory_equal(path, wanted, count * sizeof path[0]);
            assert_true(ledger_proof_verify_inclusion(&leaves[seq], seq, size, path, count, &root));
        }
    }
}

static void tree_consistency_proofs_are_rfc_6962_and_verify(void **state)
{
    (void)state;
    for (uint64_t new_size = 1; new_size <= 70; new_size++) {
        struct ledger_hash new_root = test_naive_root(leaves, new_size);
        for (uint64_t old_size = 1; old_size <= new_size; old_size++) {
            struct ledger_hash path[LEDGER_PROOF_LEN_MAX];
            struct ledger_hash wanted[LEDGER_PROOF_LEN_MAX];
            struct ledger_hash old_root = test_naive_root(leaves, old_size);
            unsigned count;
            assert_int_equal(
                ledger_tree_consistency(&nodes, old_size, new_size, path, &count, NULL), 0);
            assert_int_equal(count, naive_subproof(old_size, leaves, new_size, true, wanted));
            assert_memory_equal(path, wanted, count * sizeof path[0]);
            assert_true(ledger_proof_verify_consistency(old_size, &old_root, new_size, &new_root,
                                                        path, count));
        }
    }
}

static void an_inclusion_proof_proves_nothing_else(void **state)
{
    (void)state;
    struct ledger_hash path[LEDGER_PROOF_LEN_MAX + 1];
    unsigned count;
    uint64_t size = 21;
    struct ledger_hash root = test_naive_root(leaves, size);
    for (uint64_t seq = 0; seq < size; seq++) {
        assert_int_equal(ledger_tree_inclusion(&nodes, seq, size, path, &count, NULL), 0);
        for (uint64_t other = 0; other < size; other++)
            if (other != seq) {
                assert_false(
                    ledger_proof_verify_inclusion(&leaves[seq], other, size, path, count, &root));
                assert_false(
                    ledger_proof_verify_inclusion(&leaves[other], seq, size, path, count, &root));
            }
        for (unsigned i = 0; i < count; i++) {
            path[i].bytes[7] ^= 1;
            assert_false(
                ledger_proof_verify_inclusion(&leaves[seq], seq, size, path, count, &root));
            path[i].bytes[7] ^= 1;
        }
        assert_false(
            ledger_proof_verify_inclusion(&leaves[seq], seq, size, path, count - 1, &root));
        path[count] = root;
        assert_false(
            ledger_proof_verify_inclusion(&leaves[seq], seq, size, path, count + 1, &root));
        assert_false(ledger_proof_verify_inclusion(&leaves[seq], size, size, path, count, &root));
    }
}

static void a_consistency_proof_proves_nothing_else(void **state)
{
    (void)state;
    struct ledger_hash path[LEDGER_PROOF_LEN_MAX + 1];
    unsigned count;
    uint64_t size = 21;
    struct ledger_hash root = test_naive_root(leaves, size);
    struct ledger_hash empty = test_naive_root(leaves, 0);
    for (uint64_t old = 1; old < size; old++) {
        struct ledger_hash old_root = test_naive_root(leaves, old);
        assert_int_equal(ledger_tree_consistency(&nodes, old, size, path, &count, NULL), 0);
        for (unsigned i = 0; i < count; i++) {
            path[i].bytes[31] ^= 0x80;
            assert_false(ledger_proof_verify_consistency(old, &old_root, size, &root, path, count));
            path[i].bytes[31] ^= 0x80;
        }
        assert_false(ledger_proof_verify_consistency(old, &old_root, size, &root, path, count - 1));
        path[count] = root;
        assert_false(ledger_proof_verify_consistency(old, &old_root, size, &root, path, count + 1));
        assert_false(ledger_proof_verify_consistency(old, &root, size, &root, path, count));
        assert_false(ledger_proof_verify_consistency(old, &old_root, size, &old_root, path, count));
    }
    assert_true(ledger_proof_verify_consistency(0, &empty, size, &root, NULL, 0));
    assert_false(ledger_proof_verify_consistency(0, &root, size, &root, NULL, 0));
    assert_true(ledger_proof_verify_consistency(size, &root, size, &root, NULL, 0));
    assert_false(ledger_proof_verify_consistency(size, &root, size, &empty, NULL, 0));
    assert_false(ledger_proof_verify_consistency(size, &root, size - 1, &root, NULL, 0));
    assert_false(ledger_proof_verify_consistency(1, &leaves[0], size, &root, NULL, 0));
}

static void proofs_for_impossible_sizes_are_not_made(void **state)
{
    (void)state;
    struct ledger_hash path[LEDGER_PROOF_LEN_MAX];
    unsigned count;
    assert_int_equal(ledger_tree_inclusion(&nodes, 5, 5, path, &count, NULL), BASE_E_USAGE);
    assert_int_equal(ledger_tree_consistency(&nodes, 6, 5, path, &count, NULL), BASE_E_USAGE);
    assert_int_equal(ledger_tree_consistency(&nodes, 0, 5, path, &count, NULL), 0);
    assert_int_equal(count, 0);
    assert_int_equal(ledger_tree_consistency(&nodes, 5, 5, path, &count, NULL), 0);
    assert_int_equal(count, 0);
}

static void hash_expect(const struct ledger_hash *hash, const char *base64)
{
    struct base_buf BASE_CLEANUP(base_buf_release) text = {0};
    base_buf_put_base64(&text, base_bytes_of(hash->bytes, LEDGER_HASH_LEN));
    assert_string_equal(base_buf_text(&text), base64);
}

/* One line of the vectors; true when it was one of ours. */
static bool line_check(char *line)
{
    unsigned long long size;
    char base64[64];
    struct ledger_hash hash;
    struct ledger_hash path[LEDGER_PROOF_LEN_MAX];
    unsigned count;
    line[strcspn(line, "\n")] = 0;
    if (sscanf(line, "n=%llu root %63s", &size, base64) == 2) {
        assert_int_equal(ledger_tree_root(&nodes, size, &hash, NULL), 0);
        hash_expect(&hash, base64);
        return true;
    }
    if (sscanf(line, "leaf(\"entry 0\") %63s", base64) == 1) {
        hash_expect(&leaves[0], base64);
        return true;
    }
    bool is_consistency = strncmp(line, "consistency 257->300 [", 22) == 0;
    bool is_inclusion = strncmp(line, "inclusion 3 in 300 9 [", 22) == 0;
    if (!is_consistency && !is_inclusion)
        return false;
    if (is_consistency)
        assert_int_equal(ledger_tree_consistency(&nodes, 257, 300, path, &count, NULL), 0);
    else
        assert_int_equal(ledger_tree_inclusion(&nodes, 3, 300, path, &count, NULL), 0);
    unsigned i = 0;
    char *rest = NULL;
    for (char *word = strtok_r(line + 22, " ]", &rest); word != NULL;
         word = strtok_r(NULL, " ]", &rest))
        hash_expect(&path[i++], word);
    assert_int_equal(i, is_consistency ? count : 2); /* of the inclusion the first two are given */
    if (is_inclusion)
        assert_int_equal(count, 9);
    return true;
}

static void tree_agrees_with_the_reference_implementation(void **state)
{
    (void)state;
    char path[512];
    char line[1024];
    unsigned checked = 0;
    snprintf(path, sizeof path, "%s/ledger-tlog.txt", getenv("VECTORS"));
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file) != NULL)
        checked += line_check(line) ? 1 : 0;
    fclose(file);
    assert_int_equal(checked, 12); /* nine roots, a leaf, two proofs */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tree_roots_are_rfc_6962),
        cmocka_unit_test(tree_inclusion_proofs_are_rfc_6962_and_verify),
        cmocka_unit_test(tree_consistency_proofs_are_rfc_6962_and_verify),
        cmocka_unit_test(an_inclusion_proof_proves_nothing_else),
        cmocka_unit_test(a_consistency_proof_proves_nothing_else),
        cmocka_unit_test(proofs_for_impossible_sizes_are_not_made),
        cmocka_unit_test(tree_agrees_with_the_reference_implementation),
    };
    return cmocka_run_group_tests_name("tree", tests, leaves_setup, NULL);
}
