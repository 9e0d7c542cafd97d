/* Tiles: how the log is cut for serving (C2SP tlog-tiles).
 *     tile/<L>/<N>[.p/<W>]        256 (or W) hashes of level 8·L, 32 bytes each
 *     tile/entries/<N>[.p/<W>]    256 (or W) entries, each after its length as big-endian uint16
 * N is written in groups of three digits, all but the last with an x before it: x001/x234/067.
 * A path has one spelling; any other is refused.
 * Threads: plain values. Source: c2sp.org/tlog-tiles. */
#pragma once

#include "ledger/base/bytes.h"
#include "ledger/base/err.h"
#include "ledger/limits.h"

#define LEDGER_TILE_WIDTH 256u
#define LEDGER_TILE_HEIGHT 8u
#define LEDGER_TILE_LEVEL_MAX 63u
#define LEDGER_TILE_INDEX_MAX ((UINT64_C(1) << 55) - 1) /* of a tree below 2^63 leaves */

struct ledger_tile_path {
    bool entries;   /* a bundle of entries; then `level` is 0 */
    unsigned level; /* tile level: its hashes are nodes of tree level 8·level */
    uint64_t index;
    unsigned width; /* 1 … 256 */
};

/* Reads a path without a leading slash; false on any but the one spelling. */
bool ledger_tile_path_parse(struct base_bytes text, struct ledger_tile_path *out_path);
/* Appends the path. */
void ledger_tile_path_put(const struct ledger_tile_path *path, struct base_buf *out_text);
/* How many hashes (or entries) tile `index` of tile level `level` has at a tree size; 0 … 256. */
unsigned ledger_tile_width_at(uint64_t size, unsigned level, uint64_t index);

/* Appends one entry to a bundle (BASE_E_LIMIT over 65,535 bytes). */
int ledger_bundle_put(struct base_buf *out_bundle, struct base_bytes entry,
                      struct base_err *err) BASE_MUST_USE;
/* Takes the next entry off a bundle: 1 and the entry (borrowed), 0 at the end, BASE_E_FORMAT when
 * the bundle ends inside an entry. */
int ledger_bundle_next(struct base_bytes *rest, struct base_bytes *out_entry,
                       struct base_err *err) BASE_MUST_USE;
