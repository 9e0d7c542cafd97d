/* One sealed value of an entry, as value.erased names it: by the entry's position and the value's
 * commitment. What it is follows from the entry alone, so that no index of commitments is kept: of
 * millions of sealed values a handful is ever named, and whoever names one has its entry at hand.
 * Threads: the transaction's. Source: specs/ledger.md, "Erasure". */
#pragma once

#include "projections/engine.h"
#include "projections/facts.h"

/* How long a value must be kept when its subject stays. */
enum proj_value_keeping {
    PROJ_VALUE_KEPT,    /* as long as its subject: names, dates of birth, reasons of breaches */
    PROJ_VALUE_JOURNAL, /* as the journal of its school year */
    PROJ_VALUE_CURRENT, /* until a later one of its account counts */
    PROJ_VALUE_SESSION, /* until its session is over */
};

struct proj_value {
    ledger_seq seq; /* of its entry */
    uint8_t commitment[LEDGER_COMMITMENT_LEN];
    proj_id subject;
    const struct proj_kind *kind;
    const struct proj_field *field;
    enum proj_value_keeping keeping;
    base_day last; /* the day that it is about, or its session's last */
};

/* What the catalogue's sealed field is kept as; `out_known` (may be NULL): somebody has decided. */
enum proj_value_keeping proj_value_keeping_of(const struct proj_kind *kind,
                                              const struct proj_field *field, bool *out_known);

/* Calls `each` for every sealed value of a checked event at `seq` (borrowed for the call). */
typedef void (*proj_value_fn)(void *data, const struct proj_value *value);
void proj_values_each(const struct ledger_event *event, ledger_seq seq, base_time_ms recorded_ms,
                      int offset_min, proj_value_fn each, void *data);
/* The value with that commitment in the entry at `seq`; false when the entry has none, and when
 * there is no such entry below `before`. */
bool proj_value_find(struct proj_txn *txn, struct proj_source *source, ledger_seq seq,
                     const uint8_t commitment[LEDGER_COMMITMENT_LEN], int offset_min,
                     ledger_seq before, struct proj_value *out_value);

/* The day from which `term` may name it among what counts below `before`; INT32_MAX: not while its
 * subject stays, or while it is the present one. */
base_day proj_value_due(struct proj_txn *txn, const struct proj_value *value, ledger_seq before);

/* Has an erasure that counts taken the value, alone or with its subject? */
bool proj_value_is_erased(struct proj_txn *txn, const struct proj_value *value, ledger_seq before);
/* Is there an erasure of that commitment alone that counts? */
bool proj_commitment_is_erased(struct proj_txn *txn,
                               const uint8_t commitment[LEDGER_COMMITMENT_LEN], ledger_seq before);
/* Was there ever one, counting or not: what it took does not come back. */
bool proj_commitment_was_erased(struct proj_txn *txn,
                                const uint8_t commitment[LEDGER_COMMITMENT_LEN]);
