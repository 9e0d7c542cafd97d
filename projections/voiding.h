/* Voiding: which events do not count, and why (specs/invalidation.md).
 * One number per key, its cut, from the breach reports that stand; an event counts when it lies
 * before the cuts of its key and of what that key descends from, and what it rests on counts.
 * Everything here is derived from facts: reports, receipts, overrulings. */
#pragma once

#include "projections/engine.h"
#include "projections/fold.h"
#include "projections/standing.h"

/* After a breach event was applied at `c->seq`: finds the cuts that changed, judges the events that
 * they cover and what rests on those again, and writes what is known from this position on. Cost:
 * in proportion to those events. Calls `touched` for each whose state changed. */
void proj_voiding_refresh(struct proj_case *c, void (*touched)(void *data, ledger_seq seq),
                          void *data);

/* What a cut would do: suppositions are laid over `txn` (proj_void_supposed walks them). */
void proj_voiding_suppose(struct proj_txn *txn, struct proj_source *source, int offset_min,
                          const struct ledger_key *target, ledger_seq cut);

/* The covered events of a report on `target`: its and its sessions' positions in [cut, size). Gives
 * their number and the SHA-256 of their ids in order; `each` may be NULL. */
void proj_covered(struct proj_txn *txn, struct proj_source *source, const struct ledger_key *target,
                  ledger_seq cut, ledger_seq size, uint64_t *out_count,
                  struct ledger_hash *out_digest, void (*each)(void *data, ledger_seq seq),
                  void *data);

/* The first position recorded at or after the moment, `size` when none. */
ledger_seq proj_cut_at(struct proj_txn *txn, struct proj_source *source, ledger_seq size,
                       base_time_ms moment_ms);
