/* Commitments in the log against openings in the store: what is there, what an erasure took, what
 * an erasure ought to have taken and did not, and what is gone without one – loss, or tampering.
 * Threads: one. Source: specs/audit.md, "Sealed fields". */
#pragma once

#include "ledger/log.h"
#include "projections/state.h"

struct audit_sealed;

struct audit_sealed_counts {
    bool counted;     /* the store was at hand */
    uint64_t present; /* commitments whose opening is there */
    uint64_t erased;  /* without an opening, erased by an event: alone, or with its subject */
    uint64_t pending; /* openings that are there although an erasure counts */
    uint64_t missing; /* without an opening, and no event says why */
    ledger_seq first_missing;
};

/* `reader` is borrowed for the handle's life. */
int audit_sealed_new(struct ledger_reader *reader, struct audit_sealed **out_sealed,
                     struct base_err *err) BASE_MUST_USE;
void audit_sealed_free(struct audit_sealed *sealed);
/* One event of the log, in order. Running out of memory is told by audit_sealed_settle. */
void audit_sealed_event(struct audit_sealed *sealed, ledger_seq seq,
                        const struct ledger_event *event);
/* After the last: what the replayed state says of whatever is not there. */
int audit_sealed_settle(struct audit_sealed *sealed, struct proj_txn *txn,
                        struct audit_sealed_counts *out_counts, struct base_err *err) BASE_MUST_USE;
