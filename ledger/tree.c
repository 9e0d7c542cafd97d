/* The Merkle tree of RFC 6962: roots and proofs out of perfect nodes, and their verification.
 *
 * Roots and proofs walk down from the top: a range of leaves is split where RFC 6962 splits it, at
 * the largest power of two below its length, so the left part is a perfect node and only the right
 * part goes on. Verification walks up and follows RFC 9162, section 2.1.3.2 and 2.1.4.2, to the
 * letter. What can fail: only `get`, whose fault is forwarded. */
#include "ledger/tree.h"

#include <assert.h>

#include "ledger/hash.h"

void ledger_tree_leaf(struct base_bytes entry, struct ledger_hash *out_leaf)
{
    static const uint8_t mark = 0x00;
    struct base_bytes parts[] = {base_bytes_of(&mark, 1), entry};
    ledger__sha256_parts(parts, 2, out_leaf);
}

void ledger_tree_node(const struct ledger_hash *left, const struct ledger_hash *right,
                      struct ledger_hash *out_node)
{
    uint8_t bytes[1 + 2 * LEDGER_HASH_LEN];
    bytes[0] = 0x01;
    memcpy(bytes + 1, left->bytes, LEDGER_HASH_LEN);
    memcpy(bytes + 1 + LEDGER_HASH_LEN, right->bytes, LEDGER_HASH_LEN);
    ledger_sha256(base_bytes_of(bytes, sizeof bytes), out_node);
}

void ledger_tree_empty(struct ledger_hash *out_root)
{
    ledger_sha256(base_bytes_of("", 0), out_root);
}

void ledger_frontier_append(struct ledger_frontier *frontier, const struct ledger_hash *leaf)
{
    assert(frontier->size < UINT64_C(1) << LEDGER_TREE_LEVELS);
    struct ledger_hash node = *leaf;
    unsigned level = 0;
    for (uint64_t size = frontier->size; (size & 1) != 0; size >>= 1, level++)
        ledger_tree_node(&frontier->nodes[level], &node, &node);
    assert(level < LEDGER_TREE_LEVELS);
    frontier->nodes[level] = node;
    frontier->size++;
}

void ledger_frontier_root(const struct ledger_frontier *frontier, struct ledger_hash *out_root)
{
    bool begun = false;
    struct ledger_hash root;
    ledger_tree_empty(&root);
    for (unsigned level = 0; level < LEDGER_TREE_LEVELS; level++) {
        if ((frontier->size >> level & 1) == 0)
            continue;
        if (begun)
            ledger_tree_node(&frontier->nodes[level], &root, &root);
        else
            root = frontier->nodes[level];
        begun = true;
    }
    *out_root = root;
}

int ledger_tree_frontier(const struct ledger_nodes *nodes, uint64_t size,
                         struct ledger_frontier *out_frontier, struct base_err *err)
{
    assert(size < UINT64_C(1) << LEDGER_TREE_LEVELS);
    struct ledger_frontier frontier = {.size = size};
    for (unsigned level = 0; level < LEDGER_TREE_LEVELS; level++) {
        if ((size >> level & 1) == 0)
            continue;
        /* The node of this bit follows the nodes of all higher bits. */
        int fault =
            nodes->get(nodes->data, level, (size >> level) - 1, &frontier.nodes[level], err);
        if (fault != 0)
            return fault;
    }
    *out_frontier = frontier;
    return 0;
}

int ledger_tree_root(const struct ledger_nodes *nodes, uint64_t size, struct ledger_hash *out_root,
                     struct base_err *err)
{
    struct ledger_frontier frontier;
    int fault = ledger_tree_frontier(nodes, size, &frontier, err);
    if (fault == 0)
        ledger_frontier_root(&frontier, out_root);
    return fault;
}

/* The level of the largest power of two strictly below `n` (n ≥ 2). */
static unsigned split_level(uint64_t n)
{
    assert(n >= 2);
    return 63u - (unsigned)__builtin_clzll(n - 1);
}

/* The hash of the leaves [start, end); `start` is a multiple of the range's power of two. */
static int range_hash(const struct ledger_nodes *nodes, uint64_t start, uint64_t end,
                      struct ledger_hash *out_hash, struct base_err *err)
{
    assert(start < end);
    struct ledger_hash lefts[LEDGER_TREE_LEVELS];
    unsigned left_count = 0;
    while (((end - start) & (end - start - 1)) != 0) {
        unsigned level = split_level(end - start);
        int fault = nodes->get(nodes->data, level, start >> level, &lefts[left_count], err);
        if (fault != 0)
            return fault;
        left_count++;
        start += UINT64_C(1) << level;
    }
    unsigned level = (unsigned)__builtin_ctzll(end - start);
    struct ledger_hash hash;
    int fault = nodes->get(nodes->data, level, start >> level, &hash, err);
    if (fault != 0)
        return fault;
    while (left_count > 0)
        ledger_tree_node(&lefts[--left_count], &hash, &hash);
    *out_hash = hash;
    return 0;
}

static void path_reverse(struct ledger_hash *path, unsigned count)
{
    for (unsigned i = 0; i < count / 2; i++) {
        struct ledger_hash other = path[i];
        path[i] = path[count - 1 - i];
        path[count - 1 - i] = other;
    }
}

int ledger_tree_inclusion(const struct ledger_nodes *nodes, uint64_t seq, uint64_t size,
                          struct ledger_hash out_path[LEDGER_PROOF_LEN_MAX], unsigned *out_count,
                          struct base_err *err)
{
    if (seq >= size)
        return BASE_FAIL(err, BASE_E_USAGE, "tree: no leaf %llu in a tree of %llu",
                         (unsigned long long)seq, (unsigned long long)size);
    uint64_t start = 0;
    uint64_t end = size;
    unsigned count = 0;
    while (end - start > 1) {
        uint64_t middle = start + (UINT64_C(1) << split_level(end - start));
        bool is_left = seq < middle;
        int fault = range_hash(nodes, is_left ? middle : start, is_left ? end : middle,
                               &out_path[count], err);
        if (fault != 0)
            return fault;
        count++;
        if (is_left)
            end = middle;
        else
            start = middle;
    }
    path_reverse(out_path, count);
    *out_count = count;
    return 0;
}

int ledger_tree_consistency(const struct ledger_nodes *nodes, uint64_t old_size, uint64_t new_size,
                            struct ledger_hash out_path[LEDGER_PROOF_LEN_MAX], unsigned *out_count,
                            struct base_err *err)
{
    if (old_size > new_size)
        return BASE_FAIL(err, BASE_E_USAGE, "tree: %llu is not before %llu",
                         (unsigned long long)old_size, (unsigned long long)new_size);
    unsigned count = 0;
    uint64_t start = 0;
    uint64_t end = new_size;
    if (old_size == 0 || old_size == new_size) {
        *out_count = 0;
        return 0;
    }
    /* RFC 6962 section 2.1.2: SUBPROOF; it ends where the old tree fills its subtree. */
    while (old_size != end) {
        uint64_t middle = start + (UINT64_C(1) << split_level(end - start));
        bool is_left = old_size <= middle;
        int fault = range_hash(nodes, is_left ? middle : start, is_left ? end : middle,
                               &out_path[count], err);
        if (fault != 0)
            return fault;
        count++;
        if (is_left)
            end = middle;
        else
            start = middle;
    }
    /* A subtree that is the whole old tree is known to the verifier; any other is said first. */
    if (start != 0) {
        int fault = range_hash(nodes, start, end, &out_path[count], err);
        if (fault != 0)
            return fault;
        count++;
    }
    path_reverse(out_path, count);
    *out_count = count;
    return 0;
}

bool ledger_proof_verify_inclusion(const struct ledger_hash *leaf, uint64_t seq, uint64_t size,
                                   const struct ledger_hash *path, unsigned count,
                                   const struct ledger_hash *root)
{
    if (seq >= size)
        return false;
    uint64_t at = seq;
    uint64_t last = size - 1;
    struct ledger_hash hash = *leaf;
    for (unsigned i = 0; i < count; i++) {
        if (last == 0)
            return false;
        if ((at & 1) != 0 || at == last) {
            ledger_tree_node(&path[i], &hash, &hash);
            for (; (at & 1) == 0 && at != 0; at >>= 1)
                last >>= 1;
        } else {
            ledger_tree_node(&hash, &path[i], &hash);
        }
        at >>= 1;
        last >>= 1;
    }
    return last == 0 && ledger_hash_equal(&hash, root);
}

/* The general case: 0 < old_size < new_size. */
static bool consistency_walk(uint64_t old_size, const struct ledger_hash *old_root,
                             uint64_t new_size, const struct ledger_hash *new_root,
                             const struct ledger_hash *path, unsigned count)
{
    bool old_is_perfect = (old_size & (old_size - 1)) == 0;
    if (count == 0)
        return false;
    struct ledger_hash old_hash = old_is_perfect ? *old_root : path[0];
    struct ledger_hash new_hash = old_hash;
    uint64_t at = old_size - 1;
    uint64_t last = new_size - 1;
    for (; (at & 1) != 0; at >>= 1)
        last >>= 1;
    for (unsigned i = old_is_perfect ? 0 : 1; i < count; i++) {
        if (last == 0)
            return false;
        if ((at & 1) != 0 || at == last) {
            ledger_tree_node(&path[i], &old_hash, &old_hash);
            ledger_tree_node(&path[i], &new_hash, &new_hash);
            for (; (at & 1) == 0 && at != 0; at >>= 1)
                last >>= 1;
        } else {
            ledger_tree_node(&new_hash, &path[i], &new_hash);
        }
        at >>= 1;
        last >>= 1;
    }
    return last == 0 && ledger_hash_equal(&old_hash, old_root) &&
           ledger_hash_equal(&new_hash, new_root);
}

bool ledger_proof_verify_consistency(uint64_t old_size, const struct ledger_hash *old_root,
                                     uint64_t new_size, const struct ledger_hash *new_root,
                                     const struct ledger_hash *path, unsigned count)
{
    if (old_size > new_size)
        return false;
    if (old_size == new_size)
        return count == 0 && ledger_hash_equal(old_root, new_root);
    if (old_size == 0) {
        struct ledger_hash empty;
        ledger_tree_empty(&empty);
        return count == 0 && ledger_hash_equal(old_root, &empty);
    }
    return consistency_walk(old_size, old_root, new_size, new_root, path, count);
}
