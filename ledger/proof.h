/* A proof to keep (C2SP tlog-proof): position, audit path, checkpoint, and the entry itself in the
 * extra line. Whoever has the log's verifier key can check it years later, alone.
 *     c2sp.org/tlog-proof@v1\n extra <base64 entry>\n index <seq>\n <base64 hash>\n … \n
 * <checkpoint> Threads: plain values. Errors: BASE_E_FORMAT for what does not follow the form,
 * BASE_E_CRYPTO for what does not verify. Source:  c2sp.org/tlog-proof; specs/formats.md,
 * section 6. */
#pragma once

#include "ledger/checkpoint.h"
#include "ledger/tree.h"

/* The largest entry in base64, path and checkpoint. */
#define LEDGER_PROOF_TEXT_LEN_MAX (LEDGER_NOTE_LEN_MAX + 98304u)

/* A proof taken apart; `note` borrows from its text. */
struct ledger_proof {
    ledger_seq seq;
    struct ledger_hash path[LEDGER_PROOF_LEN_MAX];
    unsigned path_count;
    struct base_buf entry; /* owned: ledger_proof_release */
    struct base_bytes note;
};

/* Appends the text. Everything is borrowed for the call. */
int ledger_proof_put(struct base_bytes entry, ledger_seq seq, const struct ledger_hash *path,
                     unsigned path_count, struct base_bytes note, struct base_buf *out_text,
                     struct base_err *err) BASE_MUST_USE;
/* Takes a proof apart, in its one spelling; verifies nothing. Without an extra line `entry` is
 * empty: then the entry lies beside the proof, and the caller puts it there. */
int ledger_proof_parse(struct base_bytes text, struct ledger_proof *out_proof,
                       struct base_err *err) BASE_MUST_USE;
void ledger_proof_release(struct ledger_proof *proof);
/* Verifies that the entry is at its position of the tree which the checkpoint, signed by `key`,
 * names. `out_checkpoint` may be NULL. */
int ledger_proof_check(const struct ledger_proof *proof, const struct ledger_note_key *key,
                       struct ledger_checkpoint *out_checkpoint,
                       struct base_err *err) BASE_MUST_USE;
