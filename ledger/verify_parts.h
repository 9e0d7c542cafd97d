/* The inside of verification: what its files share. */
#pragma once

#include "ledger/history.h"
#include "ledger/key_table.h"
#include "ledger/parallel.h"
#include "ledger/relay.h"
#include "ledger/signatures.h"
#include "ledger/verify_stream.h"

#define CHUNK_COUNT LEDGER__VERIFY_CHUNK_MAX
#define QUESTION_COUNT (CHUNK_COUNT * LEDGER_SIGNATURE_COUNT_MAX)
#define GROUP_COUNT LEDGER__SIGNATURES_MANY_MAX

struct item {
    struct base_buf bytes;
    struct ledger_entry entry;
    struct ledger_event event;
    struct ledger_key cosigners[LEDGER_SIGNATURE_COUNT_MAX];
    uint32_t checked_count; /* signatures that have a key */
    uint32_t bad_signature; /* 0: all hold; else its number, from 1 */
    uint32_t note;          /* of the callback `cosigners`, for `on_entry` */
    enum ledger_finding hook_finding;
};

/* Entries that are read, put in order and judged together, and then replayed. */
struct chunk {
    struct verifier *verifier;
    uint64_t start;
    uint32_t count;     /* wanted */
    uint32_t count_max; /* that was ever wanted: other items were never touched */
    /* That held, but for signatures and what follows; fewer than wanted: the next one did not. */
    uint32_t taken;
    int fault; /* of preparing */
    struct base_err err;
    struct item items[CHUNK_COUNT];
};

/* One signature to be judged. */
struct question {
    const struct ledger_key *key;
    uint32_t number; /* the key's, in its chunk */
    struct item *item;
    uint32_t signature;
    bool holds;
};

struct verifier {
    const struct ledger_source *source;
    const struct ledger_verify_options *options;
    ledger__verify_hook hook;
    void *hook_data;
    struct ledger_verify_report report;   /* of preparing; in the end of all */
    struct ledger_verify_report replayed; /* of replaying: what it found precedes */
    struct ledger__relay *relay;          /* prepares the next chunk; NULL: nobody does */
    struct ledger__parallel *parallel;    /* the preparing thread's */
    struct ledger__signatures *signatures;
    struct ledger__key_table keys;
    struct ledger__history history;
    base_time_ms recorded_ms;
    uint64_t saved_size;
    struct ledger__verify_placed placed[CHUNK_COUNT]; /* for the hook */
    uint32_t question_count;
    struct question questions[QUESTION_COUNT];
    uint32_t order[QUESTION_COUNT];      /* in which they are judged */
    uint32_t begins[QUESTION_COUNT + 1]; /* where each key's are in `order` */
    struct chunk chunks[2];              /* one is replayed while the other is prepared */
};

/* Keeps what was verified so far, when the caller wants it; nothing may be under way. */
int ledger__verify_save(struct verifier *verifier, bool is_whole,
                        struct base_err *err) BASE_MUST_USE;
/* Goes on from what an earlier run has kept. */
int ledger__verify_resume(struct verifier *verifier, struct base_err *err) BASE_MUST_USE;
