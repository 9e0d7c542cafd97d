/* Which key wrote which positions, in memory, on the way into an empty or older table: the other
 * half of what a rebuild writes (projections/bulk.h). Positions of a key come in ascending order
 * and are kept as they will lie in LMDB, so that each key's are written at once.
 *
 * Shape:   opaque; grows until it is freed.
 * Threads: the writer's.
 * Source:  specs/projections.md, "Rebuilding". */
#pragma once

#include "ledger/event.h"

struct proj_authors;

/* A key and its positions: `count` of them, eight big-endian bytes each. */
struct proj_author {
    struct ledger_key key;
    uint8_t *positions;
    size_t count, capacity;
};

/* NULL when memory is short. */
struct proj_authors *proj_authors_new(void);
void proj_authors_free(struct proj_authors *authors);
/* Bytes that the positions take. */
size_t proj_authors_len(const struct proj_authors *authors);

/* Adds a position, above every one that the key has. False: memory is short. */
bool proj_authors_put(struct proj_authors *authors, const struct ledger_key *key,
                      ledger_seq seq) BASE_MUST_USE;
/* The key's positions, or NULL. Borrowed until the next put. */
const struct proj_author *proj_authors_find(const struct proj_authors *authors,
                                            const struct ledger_key *key);
/* Gives every author to `each`, in order of keys, until it returns false. Nothing can be put or
 * found any more. */
void proj_authors_each(struct proj_authors *authors,
                       bool (*each)(void *data, const struct proj_author *author), void *data);
