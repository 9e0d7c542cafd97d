/* The tree over all entries: RFC 6962, SHA-256 (specs/formats.md, section 6).
 * A leaf is SHA-256(0x00 ‖ entry), a node SHA-256(0x01 ‖ left ‖ right); the root of nothing is
 * SHA-256 of nothing. A *perfect* node (level, index) covers the 2^level leaves from
 * index·2^level on; once full it never changes, and every root and proof is made of such nodes.
 * Shape:   plain values; a frontier sums up leaves as they come, in 2 KiB, without a store.
 * Units:   sizes count leaves; levels count from the leaves, 0.
 * Threads: plain values.
 * Source:  RFC 6962 section 2.1, RFC 9162 section 2.1 for verification. */
#pragma once

#include "ledger/event.h"

#define LEDGER_TREE_LEVELS 63u /* sizes are below 2^63, as canonical integers are */

/* A proof never has more hashes than this. */
#define LEDGER_PROOF_LEN_MAX 128u

void ledger_tree_leaf(struct base_bytes entry, struct ledger_hash *out_leaf);
/* `out_node` may be one of the children. */
void ledger_tree_node(const struct ledger_hash *left, const struct ledger_hash *right,
                      struct ledger_hash *out_node);
/* The root of the tree without leaves. */
void ledger_tree_empty(struct ledger_hash *out_root);

/* The edge of a growing tree: `nodes[level]` is a perfect node where bit `level` of `size` is set.
 * All zero is the empty tree. */
struct ledger_frontier {
    uint64_t size;
    struct ledger_hash nodes[LEDGER_TREE_LEVELS];
};

void ledger_frontier_append(struct ledger_frontier *frontier, const struct ledger_hash *leaf);
void ledger_frontier_root(const struct ledger_frontier *frontier, struct ledger_hash *out_root);

/* Where perfect nodes come from. `get` returns 0 or a fault; it is asked only for nodes that are
 * full at the size in question. */
struct ledger_nodes {
    int (*get)(void *data, unsigned level, uint64_t index, struct ledger_hash *out_node,
               struct base_err *err);
    void *data;
};

/* The frontier and the root of the first `size` leaves. */
int ledger_tree_frontier(const struct ledger_nodes *nodes, uint64_t size,
                         struct ledger_frontier *out_frontier, struct base_err *err) BASE_MUST_USE;
int ledger_tree_root(const struct ledger_nodes *nodes, uint64_t size, struct ledger_hash *out_root,
                     struct base_err *err) BASE_MUST_USE;
/* The audit path of leaf `seq` in the tree of `size` leaves (seq < size), from the leaf upwards.
 * BASE_E_USAGE when seq ≥ size. */
int ledger_tree_inclusion(const struct ledger_nodes *nodes, uint64_t seq, uint64_t size,
                          struct ledger_hash out_path[LEDGER_PROOF_LEN_MAX], unsigned *out_count,
                          struct base_err *err) BASE_MUST_USE;
/* The consistency proof between two sizes (old ≤ new). Empty when old is 0 or equals new.
 * BASE_E_USAGE when old > new. */
int ledger_tree_consistency(const struct ledger_nodes *nodes, uint64_t old_size, uint64_t new_size,
                            struct ledger_hash out_path[LEDGER_PROOF_LEN_MAX], unsigned *out_count,
                            struct base_err *err) BASE_MUST_USE;

/* True when the path proves that `leaf` is at `seq` of the tree of `size` leaves with `root`. */
bool ledger_proof_verify_inclusion(const struct ledger_hash *leaf, uint64_t seq, uint64_t size,
                                   const struct ledger_hash *path, unsigned count,
                                   const struct ledger_hash *root);
/* True when the path proves that the tree of `old_size` with `old_root` begins the tree of
 * `new_size` with `new_root`. */
bool ledger_proof_verify_consistency(uint64_t old_size, const struct ledger_hash *old_root,
                                     uint64_t new_size, const struct ledger_hash *new_root,
                                     const struct ledger_hash *path, unsigned count);
