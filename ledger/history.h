/* The tree of a log that is being read, with the roots of all its past sizes, in little memory: the
 * nodes from level 8 on (a quarter of a byte an entry) and all nodes over the last 65,536 leaves.
 * What lies further back below level 8 is hashed again from leaves that the owner reads once more.
 * Shape:   zero with `leaf` set is the empty tree; must be released.
 * Threads: one.
 * Errors:  memory, and what reading leaves again brings. */
#pragma once

#include "ledger/tree.h"

#define LEDGER__HISTORY_NEAR_COUNT 65536u /* leaves whose nodes are all kept */
#define LEDGER__HISTORY_LOW_LEVELS 8u
#define LEDGER__HISTORY_ROOT_COUNT 1024u /* roots kept at hand: authors ask for few sizes */

struct ledger__history {
    uint64_t size;
    uint64_t near_from;                                  /* below it low nodes are not there */
    struct ledger_hash *low[LEDGER__HISTORY_LOW_LEVELS]; /* rings */
    struct {
        struct ledger_hash *nodes;
        uint64_t capacity;
    } high[LEDGER_TREE_LEVELS - LEDGER__HISTORY_LOW_LEVELS];
    struct {
        uint64_t next; /* the size, plus one; 0: none */
        struct ledger_hash root;
    } roots[LEDGER__HISTORY_ROOT_COUNT];
    /* Reads leaf `seq` again, which was appended before. */
    int (*leaf)(void *data, ledger_seq seq, struct ledger_hash *out_leaf, struct base_err *err);
    void *data;
};

void ledger__history_release(struct ledger__history *history);
int ledger__history_append(struct ledger__history *history, const struct ledger_hash *leaf,
                           struct base_err *err) BASE_MUST_USE;
/* The root at a size up to the present one. */
int ledger__history_root(struct ledger__history *history, uint64_t size,
                         struct ledger_hash *out_root, struct base_err *err) BASE_MUST_USE;
/* The node over 256 leaves; NULL when they are not all there. */
const struct ledger_hash *ledger__history_node(const struct ledger__history *history,
                                               uint64_t index);

/* Appends what must be kept to go on later: the nodes of level 8 and the leaves after them. */
int ledger__history_put(struct ledger__history *history, struct base_buf *out_bytes,
                        struct base_err *err) BASE_MUST_USE;
/* Fills an empty history of `size` leaves from such bytes; takes them off `*rest`. BASE_E_FORMAT
 * when there are too few. */
int ledger__history_take(struct ledger__history *history, uint64_t size, struct base_bytes *rest,
                         struct base_err *err) BASE_MUST_USE;
