/* What a log asks of a witness, and how the witness judges it (C2SP tlog-witness, add-checkpoint):
 *     old <size>\n <base64 hash>\n … \n <checkpoint>
 * The log sends it, the witness reads it; both work with this page, so they cannot disagree.
 * Threads: plain values. Errors: BASE_E_FORMAT for what does not follow the form.
 * Source:  c2sp.org/tlog-witness; specs/c2sp.md. */
#pragma once

#include "ledger/checkpoint.h"
#include "ledger/tree.h"

#define LEDGER_WITNESS_PATH_LEN_MAX 63u /* "The client MUST NOT send more than 63" */
#define LEDGER_WITNESS_REQUEST_LEN_MAX (LEDGER_NOTE_LEN_MAX + 4096u)

struct ledger_witness_request {
    uint64_t old_size;
    struct ledger_hash path[LEDGER_WITNESS_PATH_LEN_MAX];
    unsigned path_count;
    struct base_bytes note; /* borrows from the body */
};

/* Appends the body. BASE_E_LIMIT for more than 63 hashes. */
int ledger_witness_request_put(uint64_t old_size, const struct ledger_hash *path,
                               unsigned path_count, struct base_bytes note,
                               struct base_buf *out_body, struct base_err *err) BASE_MUST_USE;
int ledger_witness_request_parse(struct base_bytes body, struct ledger_witness_request *out_request,
                                 struct base_err *err) BASE_MUST_USE;

/* What a witness answers: the HTTP status. */
enum ledger_witness_answer {
    LEDGER_WITNESS_COSIGN = 200,
    LEDGER_WITNESS_MALFORMED = 400, /* no request; or the old size is above the checkpoint's */
    LEDGER_WITNESS_UNSIGNED = 403,  /* no signature by a key that this origin is known with */
    LEDGER_WITNESS_UNKNOWN = 404,   /* an origin that is not configured */
    LEDGER_WITNESS_CONFLICT = 409,  /* the old size is not the last one; or another root at it */
    LEDGER_WITNESS_UNPROVED = 422,  /* the consistency proof does not hold */
};

/* Whose checkpoint is it? Reads the request's note and looks for its origin among the keys of the
 * logs that the witness knows (several keys may carry one origin). COSIGN: known and signed, and
 * `*out_checkpoint` is what it says; `out_text` is the signed text, borrowed from the request. */
enum ledger_witness_answer ledger_witness_read(const struct ledger_witness_request *request,
                                               const struct ledger_note_key *keys,
                                               unsigned key_count,
                                               struct ledger_checkpoint *out_checkpoint,
                                               struct base_bytes *out_text);
/* May it be cosigned after `last`, the checkpoint of this origin that was cosigned last (size 0 and
 * the root of the empty tree when there was none)? */
enum ledger_witness_answer ledger_witness_judge(const struct ledger_witness_request *request,
                                                const struct ledger_checkpoint *checkpoint,
                                                const struct ledger_checkpoint *last);

/* The log's side: takes the lines of the witness's answer that are by `key` and hold over `text`,
 * the checkpoint's signed text, and appends them to `out_lines` as they are; lines by others are
 * passed over. BASE_E_FORMAT: not signature lines; BASE_E_CRYPTO: none by this key, or one that
 * does not hold. */
int ledger_witness_lines_take(struct base_bytes answer, struct base_bytes text,
                              const struct ledger_note_key *key, struct base_buf *out_lines,
                              uint64_t *out_time_s, struct base_err *err) BASE_MUST_USE;
