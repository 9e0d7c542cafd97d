/* What engine.c (the ledger's admission) and replay.c (feeding, attaching) share. Nobody else
 * includes it. */
#pragma once

#include "projections/authority.h"
#include "projections/engine.h"
#include "projections/fold.h"

#include <stdatomic.h>

#define PROJ_ACTOR_COUNT 4096u /* a school's sessions of one day, so that few meet by chance */

#define PROJ_KNOWN_KIND_COUNT 64u

struct pending {
    struct base_buf bytes; /* the event's */
    base_time_ms recorded_ms;
};

struct proj_engine {
    struct proj_state *state;
    struct ledger_admission admission;
    struct ledger_log *log;       /* NULL until attached */
    struct ledger_reader *reader; /* snapshot of the running batch */
    struct proj_source source;    /* over reader and pending */
    struct proj_txn *txn;         /* of the running batch, or feed */
    /* Whose the keys of entries folded in a row were, and that they might sign: emptied by every
     * event that may change whose key is whose, or end one. */
    struct proj_actor actors[PROJ_ACTOR_COUNT];
    uint32_t actor_ages[PROJ_ACTOR_COUNT], actor_age;
    /* What is known of their lessons: emptied with them. */
    struct proj_known_lessons lessons;
    /* What the kinds of entries folded in a row were, found by their names. */
    struct proj_known_kind {
        const struct proj_kind *kind;
        const struct proj_fold *fold;
    } known_kinds[PROJ_KNOWN_KIND_COUNT];
    size_t bulk_len_max;
    atomic_bool behind; /* a commit found no room after the log's: the next batch makes up for it */
    bool judge_all;     /* attaching judges every entry again */
    bool school_known;
    int offset_min;
    ledger_seq pending_first;
    unsigned pending_count;
    struct pending pending[LEDGER_BATCH_COUNT_MAX];
    proj_touched_fn touched;
    void *touched_data;
    struct proj_touch *touches;
    unsigned touch_count;
    bool touch_all;
    /* What the last admitted event erases: a subject and its person, or commitments. */
    uint8_t erased[PROJ_ERASED_VALUE_COUNT_MAX * LEDGER_COMMITMENT_LEN];
};

/* Whoever was kept is looked for again, and so are lessons. */
static inline void proj__forget_kept(struct proj_engine *engine)
{
    engine->actor_age++;
    proj_known_forget_all(&engine->lessons);
}

/* How an entry becomes facts: judged at its admission; judged again, as one of many in a row; or
 * folded as one that was admitted. In a row, whose the keys are is remembered. */
enum proj_judging { PROJ_JUDGED, PROJ_JUDGED_AGAIN, PROJ_ADMITTED };

/* Folds one event in the open transaction; `fold` is that of its kind, NULL: there is none. 0, a
 * refusal, or a fault. */
int proj__fold_one(struct proj_engine *engine, const struct ledger_event *event,
                   const struct proj_fold *fold, ledger_seq seq, base_time_ms recorded_ms,
                   struct proj_source *source, enum proj_judging judging,
                   struct ledger_refusal *refusal, struct base_err *err);
/* Judges and folds what the reader's snapshot has from the state's next position on, and commits.
 */
int proj__catch_up(struct proj_engine *engine, struct ledger_reader *reader,
                   proj_progress_fn progress, void *data, struct base_err *err);
/* Drops the open transaction and all that belongs to it. */
void proj__drop_batch(struct proj_engine *engine);
