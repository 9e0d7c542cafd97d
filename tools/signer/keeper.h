/* What a signer keeps: one log's key, and the checkpoint that it signed last.
 * Shape:   a plain value. The state file is that checkpoint itself, a signed note: it says whose it
 *          is, and one that is torn does not verify.
 * Promise: a checkpoint is on the disk before anybody gets it.
 * Threads: one.
 * Source:  specs/ledger.md, "Signer". */
#pragma once

#include <limits.h>

#include "ledger/signing.h"

struct signer_keeper {
    struct ledger_note_signer signer;
    struct ledger_checkpoint last;
    struct base_buf note; /* of `last` */
    char state_file[PATH_MAX];
    char state_dir[PATH_MAX];
    int lock_fd;
};

struct signer_files {
    const char *key;   /* mode 0600 or less */
    const char *state; /* the folder must be there */
    bool init;         /* make the state, which must not be there */
    const char
        *from; /* with init: a checkpoint of this log to begin at; NULL: nothing signed yet */
};

/* Makes a key of its own for the log `origin`, which has signed nothing: the file must not be
 * there. Appends its verifier key. */
int signer_key_make(const char *path, const char *origin, struct base_buf *out_vkey,
                    struct base_err *err) BASE_MUST_USE;

/* BASE_E_MISSING: no key, or no state and not told to make one. BASE_E_STATE: a key that others may
 * read; a state that is there already. BASE_E_CRYPTO, BASE_E_FORMAT: a state that is torn or
 * another log's. BASE_E_BUSY: another process has it. */
int signer_keeper_open(const struct signer_files *files, struct signer_keeper *out_keeper,
                       struct base_err *err) BASE_MUST_USE;
void signer_keeper_close(struct signer_keeper *keeper);

/* Appends the answer to one message. A fault means that the state could not be kept for another
 * reason than a full disk: nothing more may be signed, and the answer, which is there, says so. */
int signer_keeper_answer(struct signer_keeper *keeper, struct base_bytes message,
                         enum ledger_signing_answer *out_answer, struct base_buf *out_bytes,
                         struct base_err *err) BASE_MUST_USE;
