/* Handover: a log goes on under another key, under its own name (the key is changed) or under a new
 * one (a restored copy that is behind what was published, cut down to fewer entries if need be).
 * Entries and tree stay what they are; the checkpoint over them is signed anew by the new key. What
 * the former key signed last is kept beside it, for those who have only ever known that key
 * (specs/ledger.md, "Handover"). That root agrees is said by an entry, which is the caller's.
 *
 * The happy path: ledger_handover_prepare makes <dir>/log.key.next; ledger_handover cuts, signs and
 * commits in one transaction, writes `published`, and log.key.next becomes log.key. With a signer
 * it is log.signer.next that becomes log.signer, and no key is here then.
 * What can fail: a crash before the commit changes nothing; after it, the next opening for writing
 * finds log.key.next to be the log's key and finishes.
 * Threads: nobody may have the log open for writing (BASE_E_BUSY).
 * Errors:  BASE_E_MISSING, BASE_E_CORRUPT, BASE_E_USAGE, BASE_E_FULL, BASE_E_IO. */
#pragma once

#include "ledger/log.h"

/* Makes the next key for the log in `dir`, or finds the one that was made before; `origin` NULL:
 * under the log's own name. Appends its verifier key, in C2SP form. BASE_E_STATE: one of another
 * name is there. */
int ledger_handover_prepare(const char *dir, const char *origin, struct base_buf *out_vkey,
                            struct base_err *err) BASE_MUST_USE;

/* The same with a next key that is a signer's: the one that listens at `path` has `vkey`, of the
 * log's own name, and has signed nothing but this history. BASE_E_MISSING: it does not answer. */
int ledger_handover_prepare_signer(const char *dir, const char *path, const char *vkey,
                                   struct base_err *err) BASE_MUST_USE;

struct ledger_handover {
    uint64_t size;           /* entries that stay; at most as many as there are */
    struct base_bytes note;  /* the former key's last checkpoint; empty: the log's present one */
    const uint8_t *openings; /* commitments of sealed values that only entries cut off name */
    size_t opening_count;
};

/* Hands over to the key or the signer that was prepared. The note must be the former key's. To a
 * signer the log goes whole: `size` is its size. */
int ledger_handover(const char *dir, const struct ledger_handover *handover,
                    struct base_err *err) BASE_MUST_USE;

/* The verifier key and the last checkpoint of the `index`-th former key, the oldest first; appends.
 * BASE_E_MISSING beyond the last. */
int ledger_reader_former(struct ledger_reader *reader, uint64_t index, struct base_buf *out_vkey,
                         struct base_buf *out_note, struct base_err *err) BASE_MUST_USE;
