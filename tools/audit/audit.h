/* The audit: verification of the bytes (ledger/verify.h) with the replay of every admission on top,
 * and what follows from the log: which events are void, and why. */
#pragma once

#include "ledger/verify.h"
#include "projections/engine.h"
#include "projections/facts.h"
#include "projections/voiding.h"
#include "tools/audit/sealed.h"

struct audit_state;

struct audit_report_line {
    ledger_seq seq, cut;
    const char *state; /* "closed", "standing", "overruled", "fallen" */
    bool is_session, by_root, late;
    base_time_ms breach_ms, learned_ms, recorded_ms, in_force_ms;
    uint64_t covered; /* void events it is the reason of */
    unsigned receipt_count;
};

/* The log went on under another key (log.continued). */
#define AUDIT_CONTINUED_COUNT_MAX 16u
struct audit_continued {
    ledger_seq seq;
    struct proj_continued what;
};

struct audit_result {
    struct ledger_verify_report log;
    struct audit_continued continued[AUDIT_CONTINUED_COUNT_MAX]; /* the first ones */
    unsigned continued_count;
    struct ledger_checkpoint checkpoint;
    const char *admission_name; /* refusal that admission should have given, or NULL */
    char admission_field[LEDGER_REFUSAL_FIELD_MAX];
    uint64_t void_covered, void_ungrounded;
    struct audit_report_line *reports; /* owned; free */
    unsigned report_count;
    bool is_demo;
    struct audit_sealed_counts sealed; /* of a school's own folder */
    /* What the server folded, held against the replay: "same", "behind" (it has not folded all of
     * this log yet), "absent", or "different" – then people are shown what the log does not say. */
    const char *projections;
};

typedef void (*audit_progress_fn)(void *data, const char *what, uint64_t done, uint64_t total);

struct audit_options {
    const struct ledger_note_key *vkey;
    const char *scratch; /* an empty folder for the replayed state */
    audit_progress_fn progress;
    void *data;
    volatile uint64_t *position; /* how far it got, for a watching parent; may be NULL */
    /* Each event that held, in order; NULL: none wanted. */
    void (*event)(void *data, ledger_seq seq, const struct ledger_event *event);
    /* Once everything holds: what follows from the replayed state. A finding of its own goes into
     * the result. NULL: nothing. */
    int (*look)(void *data, struct proj_txn *txn, struct proj_source *source,
                struct audit_result *result, struct base_err *err);
    void *look_data; /* for both */
    bool reference;  /* libsodium alone judges signatures */
    /* Checkpoints that this log has signed before. */
    const struct ledger_checkpoint *known;
    unsigned known_count;
    struct audit_state *state; /* where to go on from, and what to keep; may be NULL */
};

/* When a report came into force: the moment of the second valid receipt, or of root's report; 0:
 * it does not stand. `out_seq` may be NULL. */
base_time_ms audit_in_force(const struct proj_report_state *state, ledger_seq *out_seq);
/* "closed", "standing", "overruled", "fallen". */
const char *audit_report_state(const struct proj_report_state *state);

/* Frees what the result owns. */
void audit_result_release(struct audit_result *result);

/* A school's own folder (its LMDB log): also indexes, tiles and openings. */
int audit_school(const char *dir, const struct audit_options *options, struct audit_result *out,
                 struct base_err *err) BASE_MUST_USE;
/* A folder of tiles. */
int audit_tiles(const char *dir, const struct audit_options *options, struct audit_result *out,
                struct base_err *err) BASE_MUST_USE;
/* A file of entries (`letopis export --events`): without a checkpoint `options->vkey` is not used,
 * and size and root in the result's checkpoint are the file's own. */
int audit_export(const char *path, const struct audit_options *options, struct audit_result *out,
                 struct base_err *err) BASE_MUST_USE;
