/* A school's witnesses: after the log has published, they are asked to cosign (C2SP tlog-witness).
 * Nobody waits for them: acknowledgements are given before, and the newest checkpoint is served
 * with whatever cosignatures it has. What has met the policy last is kept in <dir>/witnessed.
 *
 * A witness's state:  known size → asked → cosigned        (its size is now the checkpoint's)
 *                                        → 409 with a size (asked once more from there)
 *                                        → anything else   (asked again later, ever more seldom)
 * A witness that has cosigned more than this log holds says that this is a restored copy: the log
 * is told so loudly, in the log and as a metric.
 * Shape:   opaque handle over <dir>/witness.policy (C2SP tlog-policy); one thread of its own.
 * Threads: any, unless said otherwise. */
#pragma once

#include "ledger/log.h"
#include "ledger/policy.h"

struct net_witnesses;

/* Reads the policy and what was witnessed last, and starts. Without a policy `*out_witnesses` is
 * NULL, which every function here takes. `log` is borrowed. BASE_E_FORMAT: the policy's text. */
int net_witnesses_open(const char *dir, struct ledger_log *log,
                       struct net_witnesses **out_witnesses, struct base_err *err) BASE_MUST_USE;
/* Breaks off what is under way and ends the thread. */
void net_witnesses_close(struct net_witnesses *witnesses);
/* The log has grown. Never blocks. */
void net_witnesses_poke(struct net_witnesses *witnesses);

/* What is known, for people. `name` is borrowed for the handle's life. */
struct net_witness_status {
    const char *name;
    const struct ledger_note_key *key; /* borrowed as `name` is */
    bool held;                         /* it has cosigned the checkpoint that was witnessed last */
    uint64_t size;   /* of the last checkpoint that it cosigned, as far as we know */
    uint64_t time_s; /* of its cosignature of the witnessed checkpoint; 0: none */
    bool is_ahead;   /* it has seen more than this log holds */
    long failure;    /* its last answer that was none: HTTP status, or -1; 0: fine */
};
struct net_witnesses_status {
    unsigned needed, of; /* "n of m" */
    uint64_t size;       /* of the checkpoint that met the policy last; 0: none */
    unsigned count;
    struct net_witness_status witnesses[LEDGER_POLICY_WITNESS_COUNT_MAX];
};
void net_witnesses_status(struct net_witnesses *witnesses, struct net_witnesses_status *out_status);
/* Appends the checkpoint that met the policy last, with its cosignatures; nothing when none has. */
void net_witnesses_put_note(struct net_witnesses *witnesses, struct base_buf *out_note);
/* Appends the cosignatures of this very checkpoint (a note of the log's), when there are some. */
void net_witnesses_put_lines(struct net_witnesses *witnesses, struct base_bytes note,
                             struct base_buf *out_lines);
