/* What a witness remembers: its key, the logs that it knows, and of each the checkpoint that it
 * cosigned last. A folder:
 *     witness.key      the key as text (C2SP signed-note, type 04), mode 0600
 *     logs             lines: verifier keys of logs
 *     state/<hash>     the note cosigned last, with our line; <hash> of the origin
 *     evidence/<n>     requests that were signed by a known log and contradict what it said before
 *     lock             held by the one process
 * A state file that is damaged, or that our own key has not signed, is a fault for its log and
 * never a fresh start: forgetting is what a witness must not do. Threads: one at a time. */
#pragma once

#include "ledger/witness.h"

#define AUDIT_WITNESS_LOG_COUNT_MAX 256u
#define AUDIT_WITNESS_EVIDENCE_COUNT_MAX 1000u

struct audit_witness;

/* Makes folder and key; BASE_E_STATE when there is one. */
int audit_witness_make(const char *dir, const char *name, struct base_err *err) BASE_MUST_USE;
/* Adds a log to those that are known; one that is there already is fine. */
int audit_witness_allow(const char *dir, const char *vkey, struct base_err *err) BASE_MUST_USE;
int audit_witness_open(const char *dir, struct audit_witness **out_witness,
                       struct base_err *err) BASE_MUST_USE;
void audit_witness_close(struct audit_witness *witness);
const struct ledger_note_key *audit_witness_key(const struct audit_witness *witness);
unsigned audit_witness_log_count(const struct audit_witness *witness);

/* Answers one request to add-checkpoint: 200 and signature lines in `out_body`, after they are on
 * the disk; 409 and the size that was cosigned last; or another status of the specification with an
 * empty body. A fault: nothing was cosigned. `time_s` is what the cosignature says. */
int audit_witness_answer(struct audit_witness *witness, struct base_bytes body, uint64_t time_s,
                         enum ledger_witness_answer *out_answer, struct base_buf *out_body,
                         struct base_err *err) BASE_MUST_USE;
