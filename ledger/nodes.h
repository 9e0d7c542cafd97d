/* The stored tree: hash tiles as rows (tile level ‖ index → up to 256 hashes), so that serving a
 * tile is one read; nodes between the tile levels are computed from them.
 * Shape:   an edge holds the unfinished tile of each level while a batch appends.
 * Threads: as the transaction that they work in. */
#pragma once

#include "ledger/store.h"
#include "ledger/tiles.h"
#include "ledger/tree.h"

#define LEDGER__TILE_LEVELS 8u

struct ledger__edge {
    uint64_t size; /* leaves */
    struct ledger_hash tiles[LEDGER__TILE_LEVELS][LEDGER_TILE_WIDTH];
};

/* Loads the edge of a tree of `size` leaves. BASE_E_CORRUPT when a row is missing. */
int ledger__edge_load(struct ledger__txn *txn, uint64_t size, struct ledger__edge *out_edge,
                      struct base_err *err) BASE_MUST_USE;
/* Adds a leaf; rows that it fills are written (sticky in the transaction). */
void ledger__edge_append(struct ledger__edge *edge, struct ledger__txn *txn,
                         const struct ledger_hash *leaf);
/* Writes the unfinished rows. */
void ledger__edge_store(const struct ledger__edge *edge, struct ledger__txn *txn);

/* The first `width` hashes of a row; BASE_E_MISSING when there are fewer. Borrowed. */
int ledger__tile_row(struct ledger__txn *txn, unsigned level, uint64_t index, unsigned width,
                     struct base_bytes *out_hashes, struct base_err *err) BASE_MUST_USE;
/* Perfect nodes out of the rows; `txn` is borrowed by the result. */
struct ledger_nodes ledger__nodes_of(struct ledger__txn *txn);
