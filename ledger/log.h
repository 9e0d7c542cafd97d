/* A log: one school's chronicle, open for appending and reading.
 *
 * The happy path of a batch, in one transaction of the log's LMDB environment:
 *   1. each submission (already parsed, its signatures already verified) is met by its id: known
 *      ones are answered with their first position;
 *   2. counter and `seen` are checked, then the storey above admits it (ledger_admission);
 *   3. recorded_at is stamped (never decreasing), the entry is appended with its leaf, its tree
 *      nodes, its indexes (id, key and counter) and its encrypted openings;
 *   4. the checkpoint over the new size is signed and stored;
 *   5. commit with fsync; the storey above commits what it folded;
 *   6. the committed entries are read again and their hashes compared;
 *   7. only then is anything acknowledged.
 * When 3–6 fail: disk full → the batch is refused with "disk_full", nothing changed, the log goes
 * on; any other failed write or sync → the handle stops for good and says so (BASE_E_STOPPED).
 *
 * Shape:   opaque handle over a directory <dir>/log (LMDB), <dir>/log.key, <dir>/wrap.key,
 *          <dir>/published (the last checkpoint that was given out).
 * Threads: appends by one thread (the sequencer); reads by any thread, each through its own
 *          ledger_reader. A second writer process is refused by a lock (BASE_E_BUSY).
 * Source:  specs/ledger.md. */
#pragma once

#include "ledger/base/clock.h"
#include "ledger/event.h"
#include "ledger/sealed.h"
#include "ledger/tree.h"

struct ledger_log;
struct ledger_reader;
struct ledger_judge;
struct ledger_faults;

/* A submission: bytes from outside, taken apart and checked without any state.
 * Wire form (specs/formats.md, section 4): canonical array
 *     [event (bin), [signature (bin 64) …], [[path (text), salt (bin 32), value (bin)] …]] */
struct ledger_submission {
    struct ledger_event event;
    struct base_bytes event_bytes; /* == event.bytes */
    struct ledger_signature signatures[LEDGER_SIGNATURE_COUNT_MAX];
    uint32_t signature_count;
    struct ledger_opening *openings; /* owned array; members borrow from the wire bytes */
    uint32_t opening_count;
};

/* Takes a submission apart (borrows from `wire`; free with ledger_submission_release). Checks
 * everything that needs no state but signatures: canonical form, limits, counts, openings'
 * salt lengths and canonical values; computes the openings' commitments.
 * Returns 0, a positive refusal code, or a fault. Any thread. */
int ledger_submission_parse(struct base_bytes wire, struct ledger_submission *out_submission,
                            struct ledger_refusal *refusal, struct base_err *err) BASE_MUST_USE;
void ledger_submission_release(struct ledger_submission *submission);
/* Appends the wire form. */
int ledger_submission_build(struct base_bytes event_bytes,
                            const struct ledger_signature *signatures, uint32_t signature_count,
                            const struct ledger_opening *openings, uint32_t opening_count,
                            struct base_buf *out_wire, struct base_err *err) BASE_MUST_USE;

/* What an event erases: subjects, all of whose openings go, and single commitments; each one after
 * the other, borrowed from who fills it in. */
struct ledger_erasure {
    const uint8_t *subjects; /* LEDGER_ID_LEN bytes each */
    uint32_t subject_count;
    const uint8_t *commitments; /* LEDGER_COMMITMENT_LEN bytes each */
    uint32_t commitment_count;
};

/* What the storey above contributes. All functions return 0, a positive refusal code (filled in
 * `refusal`), or a fault (the log then stops). Of begin, admit and reserve BASE_E_FULL is none: the
 * storey has no room, all is undone, the batch is refused with "disk_full" and the log goes on.
 * Called by the appending thread only. */
struct ledger_admission {
    void *data;
    /* Stateless: checks the body against the kind's schema; sets each opening's `subject`;
     * demands that commitments and openings match one to one; writes the keys whose signatures
     * must follow the first into `out_cosigners` (capacity LEDGER_SIGNATURE_COUNT_MAX). Any
     * thread. */
    int (*check)(void *data, struct ledger_submission *submission, struct ledger_key *out_cosigners,
                 uint32_t *out_cosigner_count, struct ledger_refusal *refusal,
                 struct base_err *err);
    int (*begin)(void *data, struct base_err *err);
    /* May this event enter the log at `seq`? If yes, folds it into the pending state. Events of
     * one batch see each other. */
    int (*admit)(void *data, const struct ledger_submission *submission, ledger_seq seq,
                 base_time_ms recorded_ms, struct ledger_refusal *refusal, struct base_err *err);
    /* What the event just admitted erases, borrowed until the next call (`out_erasure` comes
     * empty). It goes in the same transaction as the entry. NULL: no event erases. */
    void (*erases)(void *data, const struct ledger_submission *submission,
                   struct ledger_erasure *out_erasure);
    /* All are admitted: makes sure of the room that `commit` will need. NULL: it needs none. */
    int (*reserve)(void *data, struct base_err *err);
    /* The log has committed: nothing is refused any more. */
    int (*commit)(void *data, struct base_err *err);
    void (*abort)(void *data);
};

struct ledger_log_options {
    const char *dir;    /* created when `create` */
    const char *origin; /* checkpoint origin; needed with `create`, else NULL or checked */
    bool create;        /* make a new, empty log with fresh keys; refuses an existing one */
    /* With `create`: the log's key is with the signer that listens at this path, and is this
     * verifier key; no key is made here. Both NULL: log.key is made. BASE_E_STATE: the signer has
     * signed something already. BASE_E_MISSING: it does not answer. */
    const char *signer, *signer_vkey;
    /* Looks at every page of the store before anything else trusts it: torn ones are
     * BASE_E_CORRUPT, where else the process might end. Reads the whole file. A writer does so by
     * itself when the last one had not closed. */
    bool check_pages;
    struct base_clock clock;
    const struct ledger_admission *admission; /* borrowed for the handle's life; NULL: read only */
    const struct ledger_faults *faults;       /* ledger/faults.h, for tests; NULL: none */
};

/* Opens; on success `*out_log` is owned by the caller. BASE_E_BUSY: another writer. BASE_E_CORRUPT:
 * the stored head does not match its checkpoint, or is behind the published one. BASE_E_MISSING:
 * nothing there. A read-only handle (no admission) takes no lock, needs log.key not at all and
 * wrap.key only for openings, and follows what another process writes; do not open one beside a
 * writing handle of the same process (LMDB forbids it): readers of that handle do the same. */
int ledger_log_open(const struct ledger_log_options *options, struct ledger_log **out_log,
                    struct base_err *err) BASE_MUST_USE;
void ledger_log_close(struct ledger_log *log);
/* True when `dir` holds a log, also one that a crash left in the midst of an erasure's last step,
 * which opening it for writing finishes. Looks at names alone. Any thread. */
bool ledger_log_is_there(const char *dir);

/* The answer to one submission. */
struct ledger_receipt {
    int code;   /* 0: in the log; else the refusal's */
    bool known; /* it had been there before (idempotent resubmission) */
    ledger_seq seq;
    base_time_ms recorded_ms;
    struct ledger_hash id;
    struct ledger_refusal refusal;
};

/* The pipeline of this page for up to LEDGER_BATCH_COUNT_MAX submissions whose signatures the
 * caller has verified (ledger_submission_verify). `out_receipts` has `count` places. Returns 0
 * when every receipt is valid and durable, else a fault: then nothing was acknowledged. */
int ledger_log_append(struct ledger_log *log, struct ledger_submission *const *submissions,
                      uint32_t count, struct ledger_receipt *out_receipts,
                      struct base_err *err) BASE_MUST_USE;

/* Runs `check` of the admission and verifies every signature by libsodium. Returns 0, a refusal or
 * a fault. Any thread; this is the 60 µs that must not happen on the loop. */
int ledger_submission_verify(const struct ledger_admission *admission,
                             struct ledger_submission *submission, struct ledger_refusal *refusal,
                             struct base_err *err) BASE_MUST_USE;
/* The same with the author's signature before a judge (ledger/judge.h); NULL is libsodium again.
 * Other signatures are libsodium's: the scrub, which looks behind the judge, does not know whose
 * they must be. */
int ledger_submission_judge(const struct ledger_admission *admission, struct ledger_judge *judge,
                            struct ledger_submission *submission, struct ledger_refusal *refusal,
                            struct base_err *err) BASE_MUST_USE;

/* Copies the log as it is at this moment into <dir>/log (both are made; there must be none yet),
 * while the writer of this or another process goes on: entries, tree, indexes, sealed openings,
 * checkpoint. No key is copied. <dir>/published becomes the copy's own checkpoint. Any thread. */
int ledger_log_copy(struct ledger_log *log, const char *dir, struct base_err *err) BASE_MUST_USE;

/* Head of the log as last committed. Any thread. */
struct ledger_head {
    uint64_t size;
    struct ledger_hash root;
    base_time_ms recorded_ms; /* of the last entry; 0 when empty */
};
void ledger_log_head(struct ledger_log *log, struct ledger_head *out_head);
/* The log id: SHA-256 of the founding event; all zero while the log is empty. */
void ledger_log_id(struct ledger_log *log, struct ledger_hash *out_id);
const char *ledger_log_origin(struct ledger_log *log);
/* The verifier key, C2SP signed-note form; borrowed for the handle's life. */
const char *ledger_log_vkey(struct ledger_log *log);
/* Appends the text of the current checkpoint (signed note). */
int ledger_log_checkpoint(struct ledger_log *log, struct base_buf *out_note, struct base_err *err);
/* For how many entries the clock had gone back, so that recorded_at was held. A metric. */
uint64_t ledger_log_clock_held_count(struct ledger_log *log);

/* Erases a subject's sealed fields for good: all openings and the key that encrypts them. The log
 * itself does not change; the event that orders it is the caller's. Stores the number of openings
 * in `*out_count`. Any thread; waits for a running batch. The environment's freed pages keep what
 * lay there until the log is opened for writing the next time, which copies it without them; copies
 * made before keep what they had (specs/ledger.md, "Erasure"). */
int ledger_log_erase(struct ledger_log *log, const uint8_t subject[LEDGER_ID_LEN],
                     uint64_t *out_count, struct base_err *err) BASE_MUST_USE;
/* The same for one commitment: its opening, and the subject's key with the last one. `*out_count`
 * is 1 when there was one, else 0. */
int ledger_log_erase_value(struct ledger_log *log, const uint8_t commitment[LEDGER_COMMITMENT_LEN],
                           uint64_t *out_count, struct base_err *err) BASE_MUST_USE;
/* True when something was erased and the environment has not been copied without its freed pages
 * yet: the next opening for writing does it. Any thread. */
bool ledger_log_erasure_pending(struct ledger_log *log);

/* A reader: a snapshot of the log (an LMDB read transaction). One thread at a time; different
 * readers are independent. Bytes given out are borrowed until ledger_reader_close. Close readers
 * soon: an old snapshot keeps pages from being reused, and the map grows only when none is open
 * (a batch that waits for that longer than 5 s is refused with "busy"). */
int ledger_reader_open(struct ledger_log *log, struct ledger_reader **out_reader,
                       struct base_err *err) BASE_MUST_USE;
void ledger_reader_close(struct ledger_reader *reader);
uint64_t ledger_reader_size(const struct ledger_reader *reader);
/* The entry's bytes at `seq`; BASE_E_MISSING beyond the end. */
int ledger_reader_entry(struct ledger_reader *reader, ledger_seq seq, struct base_bytes *out_entry,
                        struct base_err *err) BASE_MUST_USE;
/* The entries of [first, first + count), all of which must be there, in one walk. */
int ledger_reader_entries(struct ledger_reader *reader, ledger_seq first, size_t count,
                          struct base_bytes *out_entries, struct base_err *err) BASE_MUST_USE;
/* The position of an event id; BASE_E_MISSING when unknown. */
int ledger_reader_find(struct ledger_reader *reader, const struct ledger_hash *id,
                       ledger_seq *out_seq, struct base_err *err) BASE_MUST_USE;
/* The last counter accepted from a key, 0 when none. */
int ledger_reader_counter(struct ledger_reader *reader, const struct ledger_key *key,
                          int64_t *out_counter, struct base_err *err) BASE_MUST_USE;
/* The decrypted value (canonical msgpack) of a commitment, appended to `out_value`, after the
 * commitment has been recomputed over it; BASE_E_MISSING when erased or never stored,
 * BASE_E_CORRUPT when it does not match. `out_subject` may be NULL. */
int ledger_reader_opening(struct ledger_reader *reader,
                          const uint8_t commitment[LEDGER_COMMITMENT_LEN],
                          struct base_buf *out_value, uint8_t out_subject[LEDGER_ID_LEN],
                          struct base_err *err) BASE_MUST_USE;
/* True when there is an opening of that commitment, whether it can be decrypted here or not. */
bool ledger_reader_has_opening(struct ledger_reader *reader,
                               const uint8_t commitment[LEDGER_COMMITMENT_LEN]);
/* How many openings the subject has, and 1 more when its key is there: 0 after an erasure. */
uint64_t ledger_reader_subject_kept(struct ledger_reader *reader,
                                    const uint8_t subject[LEDGER_ID_LEN]);
/* Decrypts and checks every stored opening and gives it to `each` (borrowed for the call; plain
 * text, handle with care). Stops at the first answer but 0 and returns it; `out_commitment` then
 * names the opening. BASE_E_CORRUPT: it does not decrypt or does not match. */
int ledger_reader_openings_walk(struct ledger_reader *reader,
                                int (*each)(void *data, const struct ledger_opening *opening,
                                            struct base_err *err),
                                void *data, uint8_t out_commitment[LEDGER_COMMITMENT_LEN],
                                struct base_err *err) BASE_MUST_USE;
/* Appends the signed checkpoint of this snapshot: of exactly the reader's size. */
int ledger_reader_checkpoint(struct ledger_reader *reader, struct base_buf *out_note,
                             struct base_err *err) BASE_MUST_USE;
/* Tree hashes: the root at a size ≤ the reader's, C2SP tile bytes, proofs. */
int ledger_reader_root(struct ledger_reader *reader, uint64_t size, struct ledger_hash *out_root,
                       struct base_err *err) BASE_MUST_USE;
/* Appends the content of hash tile (level, index) with `width` hashes (1…256), or of the entry
 * bundle; BASE_E_MISSING when the tree does not have that many. */
int ledger_reader_tile(struct ledger_reader *reader, unsigned level, uint64_t index, unsigned width,
                       struct base_buf *out_tile, struct base_err *err) BASE_MUST_USE;
int ledger_reader_bundle(struct ledger_reader *reader, uint64_t index, unsigned width,
                         struct base_buf *out_bundle, struct base_err *err) BASE_MUST_USE;
/* RFC 6962 audit path and consistency proof; count in `*out_count` (ledger/tree.h). */
int ledger_reader_inclusion(struct ledger_reader *reader, ledger_seq seq, uint64_t size,
                            struct ledger_hash out_path[LEDGER_PROOF_LEN_MAX], unsigned *out_count,
                            struct base_err *err) BASE_MUST_USE;
int ledger_reader_consistency(struct ledger_reader *reader, uint64_t old_size, uint64_t new_size,
                              struct ledger_hash out_path[LEDGER_PROOF_LEN_MAX],
                              unsigned *out_count, struct base_err *err) BASE_MUST_USE;
