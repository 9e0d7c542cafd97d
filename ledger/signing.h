/* The log's key in a process of its own: what a log asks of its signer, and what a signer signs.
 * Both sides work with this page, so they cannot disagree.
 *     request  [1, origin]                                    what was signed last?
 *              [1, origin, old size, new size, new root, [hash …]]   sign that
 *     answer   [0, note]                                      a checkpoint, signed
 *              [code, words]                                  not signed, and why
 * in canonical msgpack, one message each. A signer knows nothing of entries: it holds the
 * checkpoint that it signed last and signs another only when the hashes prove that it continues
 * that one. Threads: plain values. Errors: BASE_E_FORMAT for what does not follow the form. Source:
 * specs/ledger.md, "Signer"; RFC 9162 section 2.1.4 for the proof. */
#pragma once

#include "ledger/checkpoint.h"
#include "ledger/tree.h"

#define LEDGER_SIGNING_VERSION 1
#define LEDGER_SIGNING_WORDS_LEN_MAX 300u
/* Of a request: a full proof takes 128 · 34 bytes, an origin at most 203. Of an answer: a
 * checkpoint of the longest origin is half of it. */
#define LEDGER_SIGNING_MESSAGE_LEN_MAX 8192u

/* What a signer answers. Numbers are the wire's and never change. */
#define LEDGER_SIGNING_ANSWERS(X)                                                                  \
    X(LEDGER_SIGNING_SIGNED, 0, "signed")                                                          \
    X(LEDGER_SIGNING_MALFORMED, 1, "this is no request")                                           \
    X(LEDGER_SIGNING_OTHER_LOG, 2, "this is another log's signer")                                 \
    X(LEDGER_SIGNING_SMALLER, 3, "a larger tree has been signed before")                           \
    X(LEDGER_SIGNING_FORKED, 4, "the tree does not continue the one that was signed last")         \
    X(LEDGER_SIGNING_GAP, 5, "the proof does not begin at the tree that was signed last")          \
    X(LEDGER_SIGNING_UNABLE, 6, "the signer cannot keep what it signs; nothing was signed")

enum ledger_signing_answer {
#define X(code, number, words) code = number,
    LEDGER_SIGNING_ANSWERS(X)
#undef X
};
/* A sentence without a full stop, static. */
const char *ledger_signing_words(enum ledger_signing_answer answer);

struct ledger_signing_request {
    char origin[LEDGER_ORIGIN_LEN_MAX + 1];
    bool asks_last; /* what was signed last; the rest is empty */
    uint64_t old_size, new_size;
    struct ledger_hash new_root;
    struct ledger_hash path[LEDGER_PROOF_LEN_MAX];
    unsigned path_count;
};

/* Appends a request. BASE_E_MEMORY. */
int ledger_signing_request_put(const struct ledger_signing_request *request,
                               struct base_buf *out_bytes, struct base_err *err) BASE_MUST_USE;
/* Reads one, in its one spelling; old size ≤ new size. */
int ledger_signing_request_parse(struct base_bytes bytes,
                                 struct ledger_signing_request *out_request,
                                 struct base_err *err) BASE_MUST_USE;

/* Appends an answer; `text` is the note of SIGNED, else words. BASE_E_MEMORY. */
int ledger_signing_answer_put(enum ledger_signing_answer answer, struct base_bytes text,
                              struct base_buf *out_bytes, struct base_err *err) BASE_MUST_USE;
/* Reads one; `out_text` borrows from `bytes`. A code that this page does not know is no answer. */
int ledger_signing_answer_parse(struct base_bytes bytes, enum ledger_signing_answer *out_answer,
                                struct base_bytes *out_text, struct base_err *err) BASE_MUST_USE;

/* May the request's checkpoint be signed after `last`, the one that was signed last (size 0 and the
 * root of the empty tree when there was none)? What was signed last is signed again, whatever the
 * request begins at: its answer may have been lost, and the note is the same. Not for requests that
 * ask for the last one. */
enum ledger_signing_answer ledger_signing_judge(const struct ledger_checkpoint *last,
                                                const struct ledger_signing_request *request);
