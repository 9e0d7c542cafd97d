/* What a receipt holds besides its proof: the entry, and in it the event with its signatures. */
#pragma once

#include "ledger/proof.h"

struct audit_receipt_parts {
    struct ledger_proof proof;
    struct ledger_entry entry; /* borrows from the proof's */
    struct ledger_event event;
};

/* Takes `proof.entry` apart and verifies every signature that the event's kind demands.
 * BASE_E_FORMAT, BASE_E_CRYPTO. */
int audit_receipt_take_apart(struct audit_receipt_parts *parts, struct base_err *err) BASE_MUST_USE;
