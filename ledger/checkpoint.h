/* The checkpoint: the log's signed word about its whole content (C2SP tlog-checkpoint):
 *     <origin>\n<size>\n<base64 root>\n\n— <origin> <base64 signature>\n
 * without extension lines. The log's key is named as its origin.
 * Threads: plain values. Source: c2sp.org/tlog-checkpoint. */
#pragma once

#include "ledger/note.h"

struct ledger_checkpoint {
    char origin[LEDGER_ORIGIN_LEN_MAX + 1];
    uint64_t size;
    struct ledger_hash root;
    bool is_extended; /* it has extension lines, which ours never has */
};

/* Appends the checkpoint's text, the part that is signed. */
void ledger_checkpoint_put_text(const struct ledger_checkpoint *checkpoint,
                                struct base_buf *out_text);
/* Appends the whole note. The signer's name is the origin. Returns 0 or BASE_E_MEMORY. */
int ledger_checkpoint_sign(uint64_t size, const struct ledger_hash *root,
                           const struct ledger_note_signer *signer, struct base_buf *out_note,
                           struct base_err *err) BASE_MUST_USE;
/* Reads a note's text as a checkpoint, also another log's with extension lines, without looking at
 * signatures. BASE_E_FORMAT. */
int ledger_checkpoint_parse(const struct ledger_note *note,
                            struct ledger_checkpoint *out_checkpoint,
                            struct base_err *err) BASE_MUST_USE;
/* Reads a note, demands the key's signature, its name as origin and no extension lines: what no
 * auditor could verify, we do not sign. BASE_E_FORMAT, BASE_E_CRYPTO. */
int ledger_checkpoint_open(struct base_bytes note, const struct ledger_note_key *key,
                           struct ledger_checkpoint *out_checkpoint,
                           struct base_err *err) BASE_MUST_USE;
