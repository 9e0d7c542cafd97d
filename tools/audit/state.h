/* What an audit keeps to go on later: a folder of the auditor's own.
 *     state               what was verified, under a MAC
 *     projections-<size>  the replayed state at that size; its hash stands in `state`
 *     mirror/             what was fetched from a server; full tiles are not fetched again
 *     key                 the MAC's key, unless it is kept elsewhere (--state-key)
 * The MAC tells damage, mixing up of logs, and changes by whoever has the folder and not the key.
 * Threads: one. */
#pragma once

#include "ledger/verify.h"

struct audit_state;

/* Opens the folder (made when it is not there) for the log with this verifier key, and reads what
 * it holds. BASE_E_CRYPTO: not what was written with this key; BASE_E_STATE: of another log. */
int audit_state_open(const char *dir, const char *key_file, const struct ledger_note_key *vkey,
                     struct audit_state **out_state, struct base_err *err) BASE_MUST_USE;
void audit_state_close(struct audit_state *state);

/* The bytes to resume from (empty: nothing yet); borrowed until the next save or close. */
struct base_bytes audit_state_resume(const struct audit_state *state);
/* The checkpoint that the last whole verification reached; false when there was none. */
bool audit_state_checkpoint(const struct audit_state *state,
                            struct ledger_checkpoint *out_checkpoint);
/* Puts the replayed state back into <scratch>/projections; nothing when there is none. */
int audit_state_restore(const struct audit_state *state, const char *scratch,
                        struct base_err *err) BASE_MUST_USE;
/* Keeps `bytes` with the replayed state in <scratch>/projections, which must be flushed. `note` is
 * the checkpoint that was reached; empty: none yet. Durable when it returns. */
int audit_state_save(struct audit_state *state, const char *scratch, uint64_t size,
                     struct base_bytes bytes, struct base_bytes note,
                     struct base_err *err) BASE_MUST_USE;
/* Appends the path of the mirror's folder. */
void audit_state_put_mirror(const struct audit_state *state, struct base_buf *out_path);
