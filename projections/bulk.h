/* Facts in memory, on their way into an empty or older table: what a rebuild writes.
 *
 * A rebuild sets millions of versions in the order of the log, which is no order at all for a
 * B-tree of random ids: each would dirty a page of its own. Here they are kept in memory and
 * written in one sorted sweep. Rows of one tag that begin alike (a day of a page, the members of a
 * group) hang on one chain, found by hash; scans of such a prefix read nothing else.
 *
 * Shape:   opaque; grows to what its owner allows (proj_bulk_len), rows live until it is emptied.
 * Threads: the writer's.
 * Source:  specs/projections.md, "Rebuilding". */
#pragma once

#include "projections/state.h"

struct proj_bulk;

/* One version. `bytes` hold the key, the position as eight big-endian bytes, and the value: key
 * and position as they will lie in LMDB. */
struct proj_bulk_row {
    struct proj_bulk_row *next;  /* the one put before it on its chain */
    struct proj_bulk_row *older; /* of a chain whose keys are tabled: the version before it */
    uint32_t chain;
    uint32_t value_len;
    uint8_t key_len; /* without the position */
    uint8_t bytes[];
};

struct base_bytes proj_bulk_key(const struct proj_bulk_row *row);    /* without the position */
struct base_bytes proj_bulk_stored(const struct proj_bulk_row *row); /* with it */
struct base_bytes proj_bulk_value(const struct proj_bulk_row *row);
ledger_seq proj_bulk_seq(const struct proj_bulk_row *row);

/* Rows found, owned by the caller (free `rows`), in order of key and position. */
struct proj_bulk_rows {
    struct proj_bulk_row **rows;
    size_t count;
};

/* NULL when memory is short. */
struct proj_bulk *proj_bulk_new(void);
void proj_bulk_free(struct proj_bulk *bulk);
/* Bytes that the rows take. */
size_t proj_bulk_len(const struct proj_bulk *bulk);

/* Adds a version, of a position not below any before it; of two of the same key and position the
 * later one holds. False: memory is short. */
bool proj_bulk_put(struct proj_bulk *bulk, struct base_bytes key, ledger_seq seq,
                   struct base_bytes value) BASE_MUST_USE;
/* The newest version of a key, NULL when there is none. False: memory is short. */
bool proj_bulk_last(struct proj_bulk *bulk, struct base_bytes key,
                    const struct proj_bulk_row **out_row) BASE_MUST_USE;
/* The version before it of the same key (or one of the same position that no longer holds), or
 * NULL. */
const struct proj_bulk_row *proj_bulk_older(const struct proj_bulk *bulk,
                                            const struct proj_bulk_row *row);
/* True when any key has this tag; costs nothing. */
bool proj_bulk_has_tag(const struct proj_bulk *bulk, uint8_t tag);
/* True when any key begins with `prefix`. */
bool proj_bulk_any(const struct proj_bulk *bulk, struct base_bytes prefix);
/* All versions whose key begins with `prefix`. False: memory is short. */
bool proj_bulk_find(const struct proj_bulk *bulk, struct base_bytes prefix,
                    struct proj_bulk_rows *out_rows) BASE_MUST_USE;

/* Of them those that say what a lesson is (proj_key_is_lesson), when `prefix` is a page and a day.
 */
bool proj_bulk_find_lessons(const struct proj_bulk *bulk, struct base_bytes prefix,
                            struct proj_bulk_rows *out_rows) BASE_MUST_USE;

/* Gives every row to `each`, in order of key and position, until it returns false. False: memory is
 * short, or `each` said so. The bulk stays as it is. */
bool proj_bulk_each(struct proj_bulk *bulk,
                    bool (*each)(void *data, const struct proj_bulk_row *row),
                    void *data) BASE_MUST_USE;
