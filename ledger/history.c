/* A leaf goes into the ring of level 0; while its place is a right one, it and its left neighbour
 * make a node of the next level, in a ring below level 8 and in a growing row from there on. A root
 * is then made of perfect nodes, as everywhere (ledger/tree.h). */
#include "ledger/history.h"

#include <assert.h>
#include <stdlib.h>

#define CAPACITY_FIRST 256u
#define LOW_MASK(level) ((LEDGER__HISTORY_NEAR_COUNT >> (level)) - 1u)

static_assert((LEDGER__HISTORY_NEAR_COUNT & (LEDGER__HISTORY_NEAR_COUNT - 1)) == 0, "rings");

void ledger__history_release(struct ledger__history *history)
{
    for (unsigned i = 0; i < LEDGER__HISTORY_LOW_LEVELS; i++)
        free(history->low[i]);
    for (unsigned i = 0; i < LEDGER_TREE_LEVELS - LEDGER__HISTORY_LOW_LEVELS; i++)
        free(history->high[i].nodes);
    *history = (struct ledger__history){0};
}

static int rings_make(struct ledger__history *history, struct base_err *err)
{
    for (unsigned i = 0; i < LEDGER__HISTORY_LOW_LEVELS; i++) {
        history->low[i] = calloc((size_t)LOW_MASK(i) + 1, sizeof *history->low[i]);
        if (history->low[i] == NULL)
            return BASE_FAIL(err, BASE_E_MEMORY, "no room for the tree of a log");
    }
    return 0;
}

static int high_put(struct ledger__history *history, unsigned level, uint64_t index,
                    const struct ledger_hash *node, struct base_err *err)
{
    unsigned i = level - LEDGER__HISTORY_LOW_LEVELS;
    if (index >= history->high[i].capacity) {
        uint64_t capacity =
            history->high[i].capacity == 0 ? CAPACITY_FIRST : history->high[i].capacity * 2;
        struct ledger_hash *nodes = realloc(history->high[i].nodes, capacity * sizeof *nodes);
        if (nodes == NULL)
            return BASE_FAIL(err, BASE_E_MEMORY, "no room for the tree of a log");
        history->high[i].nodes = nodes;
        history->high[i].capacity = capacity;
    }
    history->high[i].nodes[index] = *node;
    return 0;
}

/* A new node, and those that it completes above it. */
static int node_put(struct ledger__history *history, unsigned level, uint64_t index,
                    const struct ledger_hash *new_node, struct base_err *err)
{
    struct ledger_hash node = *new_node;
    for (;; level++, index >>= 1) {
        const struct ledger_hash *left;
        if (level < LEDGER__HISTORY_LOW_LEVELS) {
            history->low[level][index & LOW_MASK(level)] = node;
            left = &history->low[level][(index - 1) & LOW_MASK(level)];
        } else {
            int fault = high_put(history, level, index, &node, err);
            if (fault != 0)
                return fault;
            left = &history->high[level - LEDGER__HISTORY_LOW_LEVELS].nodes[index - (index & 1)];
        }
        if ((index & 1) == 0)
            return 0;
        ledger_tree_node(left, &node, &node);
    }
}

int ledger__history_append(struct ledger__history *history, const struct ledger_hash *leaf,
                           struct base_err *err)
{
    int fault = history->low[0] == NULL ? rings_make(history, err) : 0;
    if (fault == 0)
        fault = node_put(history, 0, history->size, leaf, err);
    if (fault == 0)
        history->size++;
    return fault;
}

/* A low node that is not kept any more: its leaves are read again. */
static int node_again(struct ledger__history *history, unsigned level, uint64_t index,
                      struct ledger_hash *out_node, struct base_err *err)
{
    struct ledger_frontier frontier = {0};
    for (uint64_t i = 0; i < UINT64_C(1) << level; i++) {
        struct ledger_hash leaf;
        int fault = history->leaf(history->data, (index << level) + i, &leaf, err);
        if (fault != 0)
            return fault;
        ledger_frontier_append(&frontier, &leaf);
    }
    ledger_frontier_root(&frontier, out_node);
    return 0;
}

static int node_get(void *data, unsigned level, uint64_t index, struct ledger_hash *out_node,
                    struct base_err *err)
{
    struct ledger__history *history = data;
    uint64_t start = index << level;
    assert(((index + 1) << level) <= history->size);
    if (level >= LEDGER__HISTORY_LOW_LEVELS) {
        *out_node = history->high[level - LEDGER__HISTORY_LOW_LEVELS].nodes[index];
        return 0;
    }
    if (start < history->near_from || history->size - start > LEDGER__HISTORY_NEAR_COUNT)
        return node_again(history, level, index, out_node, err);
    *out_node = history->low[level][index & LOW_MASK(level)];
    return 0;
}

int ledger__history_root(struct ledger__history *history, uint64_t size,
                         struct ledger_hash *out_root, struct base_err *err)
{
    struct ledger_nodes nodes = {.get = node_get, .data = history};
    unsigned place = (unsigned)(size % LEDGER__HISTORY_ROOT_COUNT);
    assert(size <= history->size);
    if (history->roots[place].next == size + 1) {
        *out_root = history->roots[place].root;
        return 0;
    }
    int fault = ledger_tree_root(&nodes, size, out_root, err);
    if (fault == 0) {
        history->roots[place].next = size + 1;
        history->roots[place].root = *out_root;
    }
    return fault;
}

const struct ledger_hash *ledger__history_node(const struct ledger__history *history,
                                               uint64_t index)
{
    bool there = index < history->size >> LEDGER__HISTORY_LOW_LEVELS;
    return there ? &history->high[0].nodes[index] : NULL;
}

int ledger__history_put(struct ledger__history *history, struct base_buf *out_bytes,
                        struct base_err *err)
{
    uint64_t count = history->size >> LEDGER__HISTORY_LOW_LEVELS;
    for (uint64_t i = 0; i < count; i++)
        base_buf_put(out_bytes, history->high[0].nodes[i].bytes, LEDGER_HASH_LEN);
    for (uint64_t seq = count << LEDGER__HISTORY_LOW_LEVELS; seq < history->size; seq++) {
        struct ledger_hash leaf;
        int fault = node_get(history, 0, seq, &leaf, err);
        if (fault != 0)
            return fault;
        base_buf_put(out_bytes, leaf.bytes, LEDGER_HASH_LEN);
    }
    return out_bytes->failed ? BASE_FAIL(err, BASE_E_MEMORY, "the state of a verification") : 0;
}

static bool hash_take(struct base_bytes *rest, struct ledger_hash *out_hash)
{
    if (rest->len < LEDGER_HASH_LEN)
        return false;
    memcpy(out_hash->bytes, rest->data, LEDGER_HASH_LEN);
    *rest = base_bytes_of(rest->data + LEDGER_HASH_LEN, rest->len - LEDGER_HASH_LEN);
    return true;
}

int ledger__history_take(struct ledger__history *history, uint64_t size, struct base_bytes *rest,
                         struct base_err *err)
{
    struct ledger_hash hash;
    uint64_t count = size >> LEDGER__HISTORY_LOW_LEVELS;
    assert(history->size == 0 && history->low[0] == NULL);
    int fault = rings_make(history, err);
    for (uint64_t i = 0; fault == 0 && i < count; i++) {
        if (!hash_take(rest, &hash))
            return BASE_FAIL(err, BASE_E_FORMAT, "the state ends early");
        fault = node_put(history, LEDGER__HISTORY_LOW_LEVELS, i, &hash, err);
    }
    history->near_from = count << LEDGER__HISTORY_LOW_LEVELS;
    history->size = history->near_from;
    while (fault == 0 && history->size < size) {
        if (!hash_take(rest, &hash))
            return BASE_FAIL(err, BASE_E_FORMAT, "the state ends early");
        fault = ledger__history_append(history, &hash, err);
    }
    return fault;
}
