/* The engine: folds the log, in order, into the state; is the ledger's admission; rebuilds.
 *
 * Admission and folding are one walk: an event is judged against the state that all entries before
 * it have made, and if it may enter, it is folded at once, so events of one batch see each other.
 * The state is committed after the log is (ledger/log.h): it may lag behind the log, never lead.
 * Room on the disk is made sure of before the log commits.
 *
 * Shape:   opaque handle over <dir>/projections. One engine writes; others may open it read-only.
 * Threads: admission calls by the sequencer's thread; proj_engine_read from any thread.
 * Source:  specs/projections.md. */
#pragma once

#include "ledger/log.h"
#include "projections/facts.h"

struct proj_engine;

/* Where folds read other entries from. The event borrows until the source is released. */
struct proj_source {
    int (*event)(void *data, ledger_seq seq, struct ledger_event *out_event,
                 base_time_ms *out_recorded_ms, struct base_err *err);
    void *data;
};

int proj_engine_open(const char *dir, bool read_only, struct proj_engine **out_engine,
                     struct base_err *err) BASE_MUST_USE;
/* The same, but every page of the projections is looked at before any is trusted: see
 * proj_state_open_looking. For doctors, auditors, and rebuilding. */
int proj_engine_open_looking(const char *dir, bool read_only, struct proj_engine **out_engine,
                             struct base_err *err) BASE_MUST_USE;
/* Torn pages for which the opening threw everything folded away, in words; NULL: there were none.
 * Attaching then folds anew. */
const char *proj_engine_torn(const struct proj_engine *engine);
void proj_engine_close(struct proj_engine *engine);

/* What ledger_log_open wants; borrowed for the engine's life. */
const struct ledger_admission *proj_engine_admission(struct proj_engine *engine);

/* Progress of long work: `done` of `total` entries. */
typedef void (*proj_progress_fn)(void *data, uint64_t done, uint64_t total);

/* Ties the engine to its log and folds what it has not folded yet; then erases from the log's store
 * whatever it still has of subjects and values whose erasure counts. From nothing, every entry's
 * leaf is compared with the tree and what was admitted is folded without being judged again; onto
 * something, entries are judged as at their admission. BASE_E_CORRUPT when an entry is not the one
 * the tree was built of, would not have been admitted, or cannot be folded (its position is in the
 * text). Writers only. */
int proj_engine_attach(struct proj_engine *engine, struct ledger_log *log,
                       proj_progress_fn progress, void *data, struct base_err *err) BASE_MUST_USE;

/* From now on attaching judges every entry, as the auditor does: slower by half. */
void proj_engine_judge_all(struct proj_engine *engine);

/* How many bytes of facts are kept in memory while much is folded at once, before they are written:
 * PROJ_BULK_LEN_MAX unless told otherwise. */
void proj_engine_bulk_limit(struct proj_engine *engine, size_t len);

/* Feeds one entry of a log that is being audited; entries come in order from 0. Returns 0, the
 * positive refusal code that admission would have given, or a fault. Commits every `batch` entries
 * of its own; proj_engine_flush ends the feed. */
int proj_engine_feed(struct proj_engine *engine, const struct proj_source *source, ledger_seq seq,
                     base_time_ms recorded_ms, struct base_bytes event_bytes,
                     struct ledger_refusal *refusal, struct base_err *err) BASE_MUST_USE;
/* The same for who has parsed the event and checked its body (ledger_event_parse,
 * proj_kinds_check): what the bytes alone say is not asked again. */
int proj_engine_feed_checked(struct proj_engine *engine, const struct proj_source *source,
                             ledger_seq seq, base_time_ms recorded_ms,
                             const struct ledger_event *event, struct ledger_refusal *refusal,
                             struct base_err *err) BASE_MUST_USE;
int proj_engine_flush(struct proj_engine *engine, struct base_err *err) BASE_MUST_USE;
/* Ends a feed whose outcome nobody keeps: what was fed, to be read. Of what still lies in memory
 * alone nothing is written. End it with proj_txn_end, before the engine is closed. */
int proj_engine_settle(struct proj_engine *engine, struct proj_txn **out_txn,
                       struct base_err *err) BASE_MUST_USE;

/* Throws away everything folded; proj_engine_attach then folds from nothing. Nobody may read. */
int proj_engine_reset(struct proj_engine *engine, struct base_err *err) BASE_MUST_USE;

/* Removes the versions of one fact and folds the events that made them again. For repair, and for
 * tests of the contract: the outcome must be the same bytes. */
int proj_engine_refold(struct proj_engine *engine, const struct proj_key *key,
                       struct base_err *err) BASE_MUST_USE;

/* A page that changed. `lesson` is zero when the whole page may have. */
struct proj_touch {
    proj_id group, subject, lesson;
    ledger_seq seq;
};
#define PROJ_TOUCH_COUNT_MAX 1024 /* of one batch; more become one touch with all zero */
typedef void (*proj_touched_fn)(void *data, const struct proj_touch *touches, unsigned count);
/* Called on the sequencer's thread after a batch is durable and folded. */
void proj_engine_listen(struct proj_engine *engine, proj_touched_fn touched, void *data);

/* True when entries of the log wait to be folded because there was no room for it: views do not
 * show them yet. The next batch folds them first. Any thread. */
bool proj_engine_is_behind(struct proj_engine *engine);

/* A read transaction on the state. End it with proj_txn_end. */
int proj_engine_read(struct proj_engine *engine, struct proj_txn **out_txn,
                     struct base_err *err) BASE_MUST_USE;

/* A source over a ledger_reader (borrowed): for previews and views. */
struct proj_source proj_source_of_reader(struct ledger_reader *reader);
