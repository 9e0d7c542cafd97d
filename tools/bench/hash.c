/* hash: a node of the tree (65 bytes) and an entry of --size bytes, by OpenSSL with a digest that
 * is prepared once (ledger/hash.c), against libsodium's SHA-256. */
#include <sodium.h>
#include <stdlib.h>

#include "ledger/tree.h"
#include "tools/bench/bench.h"

#define ROUND_COUNT 20000u
#define ENTRY_LEN 400u

struct work {
    struct ledger_hash left, right;
    uint8_t *entry;
    size_t entry_len;
};

static int node_ours(void *data, struct base_err *err)
{
    struct work *work = data;
    (void)err;
    for (unsigned i = 0; i < ROUND_COUNT; i++)
        ledger_tree_node(&work->left, &work->right, &work->left);
    return 0;
}

static int node_rival(void *data, struct base_err *err)
{
    struct work *work = data;
    uint8_t bytes[1 + 2 * LEDGER_HASH_LEN] = {1};
    (void)err;
    for (unsigned i = 0; i < ROUND_COUNT; i++) {
        memcpy(bytes + 1, work->left.bytes, LEDGER_HASH_LEN);
        memcpy(bytes + 1 + LEDGER_HASH_LEN, work->right.bytes, LEDGER_HASH_LEN);
        crypto_hash_sha256(work->left.bytes, bytes, sizeof bytes);
    }
    return 0;
}

static int leaf_ours(void *data, struct base_err *err)
{
    struct work *work = data;
    (void)err;
    for (unsigned i = 0; i < ROUND_COUNT; i++) {
        ledger_tree_leaf(base_bytes_of(work->entry, work->entry_len), &work->left);
        work->entry[0] ^= work->left.bytes[0];
    }
    return 0;
}

static int leaf_rival(void *data, struct base_err *err)
{
    struct work *work = data;
    static const uint8_t prefix = 0;
    (void)err;
    for (unsigned i = 0; i < ROUND_COUNT; i++) {
        crypto_hash_sha256_state state;
        crypto_hash_sha256_init(&state);
        crypto_hash_sha256_update(&state, &prefix, 1);
        crypto_hash_sha256_update(&state, work->entry, work->entry_len);
        crypto_hash_sha256_final(&state, work->left.bytes);
        work->entry[0] ^= work->left.bytes[0];
    }
    return 0;
}

int bench_hash(struct bench_run *run, struct base_err *err)
{
    struct work work = {.entry_len = run->size == 0 ? ENTRY_LEN : (size_t)run->size};
    work.entry = calloc(1, work.entry_len);
    if (work.entry == NULL)
        return BASE_FAIL(err, BASE_E_MEMORY, "entry");
    const struct bench_side node[2] = {
        {.name = "OpenSSL", .data = &work, .round = node_ours, .operation_count = ROUND_COUNT},
        {.name = "libsodium", .data = &work, .round = node_rival, .operation_count = ROUND_COUNT}};
    const struct bench_side leaf[2] = {
        {.name = "OpenSSL", .data = &work, .round = leaf_ours, .operation_count = ROUND_COUNT},
        {.name = "libsodium", .data = &work, .round = leaf_rival, .operation_count = ROUND_COUNT}};
    int rc = bench_measure(run, "tree node", &node[0], &node[1], BENCH_CPU, 3.0, err);
    if (rc == 0)
        rc = bench_measure(run, "leaf", &leaf[0], &leaf[1], BENCH_CPU, 1.0, err);
    free(work.entry);
    return rc;
}
