/* Verification: is this log, from whatever source, whole, in order, signed, and the one that its
 * checkpoint signs? Streams entries once, in order.
 * Checked per entry: form of entry and event; recorded time never decreasing; log id; the counter
 * of each key strictly growing; `seen` being a root that this tree had before; the signature by the
 * event's key, and by the cosigners when a callback names them; the leaf against the source's own
 * leaf hashes when it has them; the roots on the way against checkpoints kept from earlier. In the
 * end: the root against the checkpoint's. What was verified can be kept, to go on from there later.
 * Whether the entries *should* have been admitted is the storey above's to replay: `on_entry`.
 * Units:   positions count entries. Memory: a quarter of a byte an entry, about a hundred for each
 *          key, and some 50 MiB that do not grow (ledger/history.h, ledger/signatures.h).
 * Threads: the callbacks run on the calling thread; signatures are checked by helper threads.
 * Source:  specs/ledger.md, "Verification". */
#pragma once

#include "ledger/checkpoint.h"
#include "ledger/log.h"

/* code, name for programs, meaning */
#define LEDGER_FINDINGS(X)                                                                         \
    X(LEDGER_FOUND_NOTHING, 0, "nothing", "everything holds")                                      \
    X(LEDGER_FOUND_ENTRY_FORM, 1, "entry_form", "the entry does not follow its format")            \
    X(LEDGER_FOUND_EVENT_FORM, 2, "event_form", "the event does not follow its format")            \
    X(LEDGER_FOUND_LEAF, 3, "leaf", "the entry was altered: the tree holds another here")          \
    X(LEDGER_FOUND_TIME, 4, "time", "recorded earlier than the entry before it")                   \
    X(LEDGER_FOUND_LOG_ID, 5, "log_id", "the event was signed for another log")                    \
    X(LEDGER_FOUND_COUNTER, 6, "counter", "the key's counter does not grow")                       \
    X(LEDGER_FOUND_SEEN, 7, "seen", "the author saw another history than this one")                \
    X(LEDGER_FOUND_SIGNATURE, 8, "signature", "the signature does not hold")                       \
    X(LEDGER_FOUND_COSIGNERS, 9, "cosigners", "other signatures than the event's kind demands")    \
    X(LEDGER_FOUND_ADMISSION, 10, "admission", "should not have been admitted")                    \
    X(LEDGER_FOUND_SIZE, 11, "size", "the source ends before the checkpoint's size")               \
    X(LEDGER_FOUND_ROOT, 12, "root", "the tree is not the one that the checkpoint signs")          \
    X(LEDGER_FOUND_OPENING, 13, "opening", "a sealed field does not match its commitment")         \
    X(LEDGER_FOUND_INDEX, 14, "index", "an index or a stored tile contradicts the entries")        \
    X(LEDGER_FOUND_MISSING, 15, "missing", "an entry that the tree holds here is left out")        \
    X(LEDGER_FOUND_INSERTED, 16, "inserted", "an entry that the tree does not hold was put in")    \
    X(LEDGER_FOUND_DUPLICATED, 17, "duplicated", "the entry before stands here once more")         \
    X(LEDGER_FOUND_REORDERED, 18, "reordered", "entries stand in another order than in the tree")  \
    X(LEDGER_FOUND_ROLLBACK, 19, "rollback", "the log has signed more entries than it shows")      \
    X(LEDGER_FOUND_SPLIT_VIEW, 20, "split_view", "the log has signed two trees of one size")       \
    X(LEDGER_FOUND_FORK, 21, "fork", "the log does not continue what it had signed or shown")      \
    X(LEDGER_FOUND_SEALED, 22, "sealed", "sealed fields and erasures do not agree")

enum ledger_finding {
#define X(code, number, name, text) code = number,
    LEDGER_FINDINGS(X)
#undef X
};
/* Stable name and meaning of a finding; static, "unknown" for others. */
const char *ledger_finding_name(enum ledger_finding finding);
const char *ledger_finding_text(enum ledger_finding finding);

/* Where entries come from. */
struct ledger_source {
    void *data;
    /* Appends the entry's bytes to `out_entry` (empty before the call). Called with ascending
     * positions, and now and then with earlier ones again. BASE_E_MISSING ends the source early;
     * other faults end the verification. */
    int (*entry)(void *data, ledger_seq seq, struct base_buf *out_entry, struct base_err *err);
    /* The leaf hash that the source's tiles hold at `seq`; NULL when it has no tiles of its own.
     * With it, an edited entry is named by its position rather than by the root alone. */
    int (*leaf)(void *data, ledger_seq seq, struct ledger_hash *out_leaf, struct base_err *err);
};

/* Threads: `entry` and `leaf` of the source and `cosigners` are called one at a time on a thread of
 * the verification's own (unless `thread_count` is 1), some thousand entries ahead of `on_entry`
 * and at the same time as that; the other callbacks on the caller's thread. Nothing runs beside
 * `save`.
 */
struct ledger_verify_options {
    /* What the log claims to be; signature already checked (ledger_checkpoint_open). */
    const struct ledger_checkpoint *checkpoint;
    unsigned thread_count; /* helpers for signatures; 0: one per processor */
    uint32_t chunk_count;  /* entries that are judged together; 0: as many as suit */
    bool reference;        /* libsodium alone judges signatures */
    /* Checkpoints that this log has signed before (their signatures already checked). */
    const struct ledger_checkpoint *known;
    unsigned known_count;
    /* What `save` was given in an earlier run over this log, authenticated by the caller; empty:
     * from the founding event on. The callbacks must be where they were then. */
    struct base_bytes resume;
    uint64_t save_every; /* entries between two calls of `save`; 0: in the end alone */
    void *data;          /* for the callbacks below, each of which may be NULL */
    /* The keys that must have signed after the first. Without it, further signatures are counted
     * in the report as unchecked. `*out_note`, zero before, is what `on_entry` is told again of
     * this event. Returns 0, a positive number (a finding), or a fault. */
    int (*cosigners)(void *data, const struct ledger_event *event,
                     struct ledger_key out_keys[LEDGER_SIGNATURE_COUNT_MAX], uint32_t *out_count,
                     uint32_t *out_note, struct base_err *err);
    /* Each entry, in order, once all of the above held for it. Returns 0, a positive number: it
     * should not have been admitted, or a fault. */
    int (*on_entry)(void *data, ledger_seq seq, const struct ledger_entry *entry,
                    const struct ledger_event *event, uint32_t note, struct base_err *err);
    /* What was verified so far, to be kept: opaque bytes, borrowed for the call. `is_whole`: the
     * checkpoint's root was reached and nothing was found. Returns 0 or a fault. */
    int (*save)(void *data, uint64_t size, struct base_bytes state, bool is_whole,
                struct base_err *err);
    /* Now and then, with what is done. */
    void (*progress)(void *data, uint64_t done, uint64_t size);
};

struct ledger_verify_report {
    enum ledger_finding finding; /* the first broken thing */
    ledger_seq seq;              /* where; LEDGER_SEQ_NONE when no position can be named */
    int admission_code;          /* what `on_entry` or `cosigners` answered */
    bool is_replayed;            /* found by a signature, by an index or by `on_entry` */
    uint64_t entry_count;        /* that held, those of earlier runs included */
    uint64_t resumed_count;      /* of them, in earlier runs */
    uint64_t by_table_count, by_sodium_count; /* signatures, by who judged them */
    uint64_t key_count;
    uint64_t cosignature_unchecked_count;
    uint64_t opening_count;   /* ledger_verify_log only */
    base_time_ms recorded_ms; /* of the last entry that held */
    struct ledger_hash log_id;
    struct ledger_hash root; /* of what was read */
    char detail[160];        /* for people: which field, which signature */
};

/* Verifies a source. Returns 0 with the report filled in, whatever was found, or a fault. */
int ledger_verify(const struct ledger_source *source, const struct ledger_verify_options *options,
                  struct ledger_verify_report *out_report, struct base_err *err) BASE_MUST_USE;

/* Verifies an open log (best a read-only handle): ledger_verify over its entries and tiles, with
 * the stored checkpoint; then, of its own store, every hash tile, both indexes and, when the
 * wrapping key is here, every opening. `options->checkpoint` is not used. Where the opening has not
 * looked at the store's pages (`check_pages`), that is done first: torn ones are BASE_E_CORRUPT. */
int ledger_verify_log(struct ledger_log *log, const struct ledger_verify_options *options,
                      struct ledger_verify_report *out_report, struct base_err *err) BASE_MUST_USE;
