/* A set of positions that is taken out in ascending order while it grows: what is still to be
 * judged. A binary heap; a position may be put in many times and comes out once.
 *
 * Shape:   caller's storage, zeroed to begin with; release with proj_positions_release.
 * Cost:    O(log n) a step, eight bytes a position; nothing depends on how far apart they lie.
 * Errors:  memory; then `failed` is set and what was put in may be missing.
 * Threads: one. */
#pragma once

#include "ledger/log.h"

struct proj_positions {
    ledger_seq *heap;
    size_t count, capacity;
    ledger_seq last_in; /* the same cell's event often comes many times in a row */
    bool any_in;
    ledger_seq last_out;
    bool any_out;
    bool failed;
};

/* Puts a position in. One that has been passed already is not taken out again. */
void proj_positions_put(struct proj_positions *set, ledger_seq seq);
/* Takes the smallest out; false when there is none left. */
bool proj_positions_take(struct proj_positions *set, ledger_seq *out_seq);
void proj_positions_release(struct proj_positions *set);
