/* One walk for everything: live admission, catching up after a restart, rebuilding, auditing.
 *
 * Live: begin opens a write transaction and a snapshot of the log; admit judges and folds each
 * event; commit (after the log's) makes it visible and tells listeners what changed; abort drops
 * it. Entries of the running batch are not in the snapshot yet: they wait in `pending`.
 *
 * What can fail: there is no room – the batch is refused; when only the commit finds out, the
 * entries are in the log, and the next batch folds them first. Otherwise the store or memory: the
 * ledger then stops the log, and on the next start the engine folds what it missed. */
#include "projections/engine_inside.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "projections/admission.h"
#include "projections/fold.h"
#include "projections/retention.h"
#include "projections/values.h"
#include "projections/voiding.h"

/* Reading other entries */

static int reader_event(void *data, ledger_seq seq, struct ledger_event *out_event,
                        base_time_ms *out_recorded_ms, struct base_err *err)
{
    struct ledger_reader *reader = data;
    struct base_bytes bytes;
    struct ledger_entry entry;
    struct ledger_refusal refusal;
    int rc = ledger_reader_entry(reader, seq, &bytes, err);
    if (rc == 0)
        rc = ledger_entry_parse(bytes, &entry, err);
    if (rc != 0)
        return rc;
    *out_recorded_ms = entry.recorded_ms;
    return ledger_event_parse(entry.event_bytes, out_event, &refusal) == 0
               ? 0
               : BASE_FAIL(err, BASE_E_CORRUPT, "entry %llu: %s", (unsigned long long)seq,
                           refusal.field);
}

struct proj_source proj_source_of_reader(struct ledger_reader *reader)
{
    return (struct proj_source){.event = reader_event, .data = reader};
}

static int engine_event(void *data, ledger_seq seq, struct ledger_event *out_event,
                        base_time_ms *out_recorded_ms, struct base_err *err)
{
    struct proj_engine *engine = data;
    struct ledger_refusal refusal;
    if (engine->pending_count == 0 || seq < engine->pending_first)
        return reader_event(engine->reader, seq, out_event, out_recorded_ms, err);
    if (seq - engine->pending_first >= engine->pending_count)
        return BASE_FAIL(err, BASE_E_MISSING, "entry %llu is not there yet",
                         (unsigned long long)seq);
    const struct pending *pending = &engine->pending[seq - engine->pending_first];
    *out_recorded_ms = pending->recorded_ms;
    int code = ledger_event_parse(base_buf_bytes(&pending->bytes), out_event, &refusal);
    assert(code == 0);
    (void)code;
    return 0;
}

/* Touches */

static void add_touch(struct proj_engine *engine, const struct proj_touch *touch)
{
    if (engine->touch_all)
        return;
    if (engine->touch_count == PROJ_TOUCH_COUNT_MAX) {
        engine->touch_all = true;
        return;
    }
    engine->touches[engine->touch_count++] = *touch;
}

/* Which page an event shows on: that of its lesson, or of its group and subject. */
static void touch_event(struct proj_engine *engine, const struct ledger_event *event,
                        ledger_seq seq)
{
    struct proj_touch touch = {.seq = seq};
    struct ledger_canon_value lesson_id = ledger_canon_get(&event->body, "lesson");
    struct ledger_canon_value group = ledger_canon_get(&event->body, "group");
    struct ledger_canon_value subject = ledger_canon_get(&event->body, "subject");
    if (ledger_canon_is_bin(&lesson_id, LEDGER_ID_LEN)) {
        struct proj_lesson lesson;
        struct proj_fact fact;
        struct proj_key key = proj_key_tagged_id('L', lesson_id.bytes.data);
        if (!proj_fact_get_any(engine->txn, &key, LEDGER_SEQ_NONE, &fact) ||
            fact.value.len != sizeof lesson)
            return;
        memcpy(&lesson, fact.value.data, sizeof lesson);
        memcpy(touch.group, lesson.group, LEDGER_ID_LEN);
        memcpy(touch.subject, lesson.subject, LEDGER_ID_LEN);
        memcpy(touch.lesson, lesson.id, LEDGER_ID_LEN);
        add_touch(engine, &touch);
    } else if (ledger_canon_is_bin(&group, LEDGER_ID_LEN) &&
               ledger_canon_is_bin(&subject, LEDGER_ID_LEN)) {
        memcpy(touch.group, group.bytes.data, LEDGER_ID_LEN);
        memcpy(touch.subject, subject.bytes.data, LEDGER_ID_LEN);
        add_touch(engine, &touch);
    }
}

/* An older entry shows otherwise by one that has just been folded: a report, an erasure. The change
 * is that one's, whose position says how new it is. */
static void touch_older(struct proj_engine *engine, ledger_seq seq)
{
    struct ledger_event event;
    base_time_ms recorded_ms;
    if (engine->touched != NULL &&
        engine->source.event(engine->source.data, seq, &event, &recorded_ms, NULL) == 0)
        touch_event(engine, &event, proj_txn_next(engine->txn) - 1);
}

static void touch_voided(void *data, ledger_seq seq)
{
    touch_older(data, seq);
}

/* What was erased goes from the screens where it stands. */
static void touch_erased(struct proj_engine *engine, const struct ledger_event *event)
{
    struct proj_cells values = {0};
    if (!base_bytes_equal(event->kind, BASE_LITERAL("value.erased")))
        return;
    while (proj_cells_next(&event->body, "values", &values))
        touch_older(engine, (ledger_seq)ledger_canon_at(&values.tuple, 0).integer);
}

static void tell_touches(struct proj_engine *engine)
{
    if (engine->touched != NULL && (engine->touch_count > 0 || engine->touch_all)) {
        struct proj_touch everything = {.seq = LEDGER_SEQ_NONE};
        if (engine->touch_all)
            engine->touched(engine->touched_data, &everything, 1);
        else
            engine->touched(engine->touched_data, engine->touches, engine->touch_count);
    }
    engine->touch_count = 0;
    engine->touch_all = false;
}

/* One event */

static void learn_school(struct proj_engine *engine)
{
    struct proj_school school;
    if (!engine->school_known && proj_school_find(engine->txn, &school)) {
        engine->offset_min = school.offset_min;
        engine->school_known = true;
    }
}

static unsigned actor_place(const struct ledger_key *key)
{
    return ((unsigned)key->bytes[0] << 8 | key->bytes[1]) % PROJ_ACTOR_COUNT;
}

static bool recall_actor(const struct proj_engine *engine, struct proj_case *c)
{
    unsigned at = actor_place(&c->event->key);
    bool kept = engine->actor_ages[at] == engine->actor_age &&
                ledger_key_equal(&engine->actors[at].key, &c->event->key);
    if (kept)
        c->actor = engine->actors[at];
    return kept;
}

static void keep_actor(struct proj_engine *engine, const struct proj_case *c)
{
    unsigned at = actor_place(&c->event->key);
    engine->actors[at] = c->actor;
    engine->actor_ages[at] = engine->actor_age;
}

/* Judges and folds, or folds alone. */
static int fold_case(struct proj_engine *engine, struct proj_case *c, const struct proj_fold *fold,
                     enum proj_judging judging)
{
    bool nameless = fold != NULL && proj_fold_is_nameless(fold);
    bool kept = judging != PROJ_JUDGED && recall_actor(engine, c);
    int code = judging == PROJ_ADMITTED ? proj_fold_admitted(c, fold) : proj_admit(c, fold);
    if (!nameless) /* it may be about keys */
        proj__forget_kept(engine);
    else if (code == 0 && judging != PROJ_JUDGED && !kept)
        keep_actor(engine, c);
    return code;
}

int proj__fold_one(struct proj_engine *engine, const struct ledger_event *event,
                   const struct proj_fold *fold, ledger_seq seq, base_time_ms recorded_ms,
                   struct proj_source *source, enum proj_judging judging,
                   struct ledger_refusal *refusal, struct base_err *err)
{
    assert(seq == proj_txn_next(engine->txn));
    learn_school(engine);
    struct proj_case c = {.txn = engine->txn,
                          .event = event,
                          .body = &event->body,
                          .seq = seq,
                          .recorded_ms = recorded_ms,
                          .offset_min = engine->offset_min,
                          .refusal = refusal,
                          .source = source,
                          .known = judging == PROJ_JUDGED ? NULL : &engine->lessons};
    int code = fold_case(engine, &c, fold, judging);
    if (code == 0) {
        proj_author_put(engine->txn, &event->key, seq);
        if (seq == 0) /* the founding event's id is the log's */
            proj_txn_set_log_id(engine->txn, &event->id);
        if (event->has_quote) {
            struct proj_key quoted = proj_key_tagged_hash('q', &event->quote);
            proj_fact_put(engine->txn, &quoted, seq, event->id.bytes, LEDGER_HASH_LEN);
        }
        proj_txn_set_next(engine->txn, seq + 1);
        if (proj_is_breach(event->kind))
            proj_voiding_refresh(&c, touch_voided, engine);
        if (engine->touched != NULL) {
            touch_event(engine, event, seq);
            touch_erased(engine, event);
        }
    }
    int fault = proj_txn_fault(engine->txn, err);
    return fault != 0 ? fault : code;
}

/* The ledger's admission */

static int admission_check(void *data, struct ledger_submission *submission,
                           struct ledger_key *out_cosigners, uint32_t *out_cosigner_count,
                           struct ledger_refusal *refusal, struct base_err *err)
{
    (void)data;
    (void)err;
    return proj_kinds_check(submission, true, out_cosigners, out_cosigner_count, refusal);
}

void proj__drop_batch(struct proj_engine *engine)
{
    proj_txn_end(engine->txn);
    engine->txn = NULL;
    ledger_reader_close(engine->reader);
    engine->reader = NULL;
    engine->pending_count = 0;
    engine->touch_count = 0;
    engine->touch_all = false;
    engine->school_known = false; /* the founding event may have been dropped with it */
    proj__forget_kept(engine);    /* and so may have been what their keys rest on */
}

/* An earlier commit found no room when the log had committed already. */
static int make_up(struct proj_engine *engine, struct base_err *err)
{
    int rc = proj__catch_up(engine, engine->reader, NULL, NULL, err);
    if (rc == 0) {
        atomic_store(&engine->behind, false);
        tell_touches(engine);
    }
    return rc;
}

static int admission_begin(void *data, struct base_err *err)
{
    struct proj_engine *engine = data;
    assert(engine->txn == NULL && engine->log != NULL);
    int rc = ledger_reader_open(engine->log, &engine->reader, err);
    if (rc == 0 && atomic_load(&engine->behind))
        rc = make_up(engine, err);
    if (rc == 0)
        rc = proj_txn_begin(engine->state, true, &engine->txn, err);
    if (rc != 0) {
        proj__drop_batch(engine);
        return rc;
    }
    engine->source = (struct proj_source){.event = engine_event, .data = engine};
    engine->pending_first = proj_txn_next(engine->txn);
    engine->pending_count = 0;
    return 0;
}

/* Nothing new is kept of whom the school has forgotten, and no value comes back under the name
 * under which it was erased. */
static int check_erased(struct proj_engine *engine, const struct ledger_submission *submission,
                        struct ledger_refusal *refusal)
{
    struct proj_key any_subject = proj_key_of('f');
    struct proj_key any_value = proj_key_of('2');
    if (submission->opening_count == 0)
        return 0;
    bool subjects = proj_fact_any(engine->txn, &any_subject);
    bool values = proj_fact_any(engine->txn, &any_value);
    for (uint32_t i = 0; (subjects || values) && i < submission->opening_count; i++) {
        const struct ledger_opening *opening = &submission->openings[i];
        if ((subjects && proj_is_erased(engine->txn, opening->subject, LEDGER_SEQ_NONE)) ||
            (values &&
             proj_commitment_is_erased(engine->txn, opening->commitment, LEDGER_SEQ_NONE)))
            return ledger_refuse(refusal, PROJ_REFUSED_ERASED, "%.*s", (int)opening->path.len,
                                 (const char *)opening->path.data);
    }
    return 0;
}

static void erases_subject(struct proj_engine *engine, const struct ledger_canon_value *body,
                           struct ledger_erasure *out_erasure)
{
    struct proj_erased erased;
    struct proj_key key = proj_key_tagged_id('f', proj_body_bin(body, "subject"));
    if (!proj_fact_read(engine->txn, &key, LEDGER_SEQ_NONE, &erased, sizeof erased, NULL))
        return;
    memcpy(engine->erased, erased.subject, LEDGER_ID_LEN);
    memcpy(engine->erased + LEDGER_ID_LEN, erased.person, LEDGER_ID_LEN);
    out_erasure->subjects = engine->erased;
    out_erasure->subject_count = erased.has_person ? 2 : 1;
}

static void erases_values(struct proj_engine *engine, const struct ledger_canon_value *body,
                          struct ledger_erasure *out_erasure)
{
    struct proj_cells values = {0};
    while (proj_cells_next(body, "values", &values)) {
        assert(values.index < PROJ_ERASED_VALUE_COUNT_MAX);
        memcpy(engine->erased + (size_t)values.index * LEDGER_COMMITMENT_LEN,
               ledger_canon_at(&values.tuple, 1).bytes.data, LEDGER_COMMITMENT_LEN);
    }
    out_erasure->commitments = engine->erased;
    out_erasure->commitment_count = values.count;
}

static void admission_erases(void *data, const struct ledger_submission *submission,
                             struct ledger_erasure *out_erasure)
{
    const struct ledger_event *event = &submission->event;
    if (base_bytes_equal(event->kind, BASE_LITERAL("subject.erased")))
        erases_subject(data, &event->body, out_erasure);
    else if (base_bytes_equal(event->kind, BASE_LITERAL("value.erased")))
        erases_values(data, &event->body, out_erasure);
}

static int admission_admit(void *data, const struct ledger_submission *submission, ledger_seq seq,
                           base_time_ms recorded_ms, struct ledger_refusal *refusal,
                           struct base_err *err)
{
    struct proj_engine *engine = data;
    assert(engine->pending_count < LEDGER_BATCH_COUNT_MAX);
    int code = check_erased(engine, submission, refusal);
    if (code != 0)
        return code;
    code = proj__fold_one(engine, &submission->event, proj_fold_find(submission->event.kind), seq,
                          recorded_ms, &engine->source, PROJ_JUDGED, refusal, err);
    if (code != 0)
        return code;
    struct pending *pending = &engine->pending[engine->pending_count];
    base_buf_reset(&pending->bytes);
    base_buf_put_bytes(&pending->bytes, submission->event_bytes);
    pending->recorded_ms = recorded_ms;
    if (pending->bytes.failed)
        return BASE_FAIL(err, BASE_E_MEMORY, "pending event");
    engine->pending_count++;
    return 0;
}

static int commit_batch(struct proj_engine *engine, struct base_err *err)
{
    int rc = proj_txn_commit(engine->txn, err);
    engine->txn = NULL;
    if (rc == 0)
        tell_touches(engine);
    proj__drop_batch(engine);
    return rc;
}

static int admission_reserve(void *data, struct base_err *err)
{
    struct proj_engine *engine = data;
    return proj_txn_reserve(engine->txn, err);
}

/* The entries are in the log and will be acknowledged. Where the file system could not set room
 * aside and now has none, their folding waits for the next batch, which is refused until it is made
 * up for. */
static int admission_commit(void *data, struct base_err *err)
{
    struct proj_engine *engine = data;
    struct base_err why = {0};
    int rc = commit_batch(engine, &why);
    if (rc == BASE_E_FULL) {
        atomic_store(&engine->behind, true);
        rc = 0;
    }
    if (rc != 0 && err != NULL)
        *err = why;
    return rc;
}

static void admission_abort(void *data)
{
    proj__drop_batch(data);
}

/* Life */

static int engine_open(const char *dir, bool read_only, bool looks, struct proj_engine **out_engine,
                       struct base_err *err)
{
    bool fresh = false;
    char path[4096];
    struct proj_engine *engine = calloc(1, sizeof *engine);
    if (engine == NULL)
        return BASE_FAIL(err, BASE_E_MEMORY, "engine");
    engine->bulk_len_max = PROJ_BULK_LEN_MAX;
    proj__forget_kept(engine); /* ages of zero: nobody is kept */
    engine->touches = calloc(PROJ_TOUCH_COUNT_MAX, sizeof *engine->touches);
    snprintf(path, sizeof path, "%s/projections", dir);
    int rc = engine->touches == NULL ? BASE_FAIL(err, BASE_E_MEMORY, "engine") : 0;
    if (rc == 0)
        rc = (looks ? proj_state_open_looking : proj_state_open)(path, PROJ_LAYOUT, read_only,
                                                                 &engine->state, &fresh, err);
    if (rc != 0) {
        proj_engine_close(engine);
        return rc;
    }
    engine->admission = (struct ledger_admission){.data = engine,
                                                  .check = admission_check,
                                                  .begin = admission_begin,
                                                  .admit = admission_admit,
                                                  .erases = admission_erases,
                                                  .reserve = admission_reserve,
                                                  .commit = admission_commit,
                                                  .abort = admission_abort};
    *out_engine = engine;
    return 0;
}

int proj_engine_open(const char *dir, bool read_only, struct proj_engine **out_engine,
                     struct base_err *err)
{
    return engine_open(dir, read_only, false, out_engine, err);
}

int proj_engine_open_looking(const char *dir, bool read_only, struct proj_engine **out_engine,
                             struct base_err *err)
{
    return engine_open(dir, read_only, true, out_engine, err);
}

const char *proj_engine_torn(const struct proj_engine *engine)
{
    return proj_state_torn(engine->state);
}

void proj_engine_close(struct proj_engine *engine)
{
    if (engine == NULL)
        return;
    proj__drop_batch(engine);
    for (unsigned i = 0; i < LEDGER_BATCH_COUNT_MAX; i++)
        base_buf_release(&engine->pending[i].bytes);
    proj_state_close(engine->state);
    free(engine->touches);
    free(engine);
}

const struct ledger_admission *proj_engine_admission(struct proj_engine *engine)
{
    return &engine->admission;
}

void proj_engine_listen(struct proj_engine *engine, proj_touched_fn touched, void *data)
{
    engine->touched = touched;
    engine->touched_data = data;
}

bool proj_engine_is_behind(struct proj_engine *engine)
{
    return atomic_load(&engine->behind);
}

int proj_engine_read(struct proj_engine *engine, struct proj_txn **out_txn, struct base_err *err)
{
    return proj_txn_begin(engine->state, false, out_txn, err);
}

/* Refolding one fact */

static int refold_versions(struct proj_engine *engine, const struct proj_key *key,
                           ledger_seq **out_seqs, size_t *out_count)
{
    struct proj_fact fact;
    size_t capacity = 0;
    struct proj_scan *scan = proj_scan_open(engine->txn, key, NULL, NULL, LEDGER_SEQ_NONE);
    *out_seqs = NULL;
    *out_count = 0;
    while (proj_scan_next_version(scan, &fact)) {
        if (fact.key.len != key->len)
            continue;
        if (*out_count == capacity) {
            capacity = capacity == 0 ? 16 : capacity * 2;
            ledger_seq *grown = realloc(*out_seqs, capacity * sizeof *grown);
            if (grown == NULL) {
                proj_txn_fail(engine->txn, BASE_E_MEMORY, "refold");
                break;
            }
            *out_seqs = grown;
        }
        (*out_seqs)[(*out_count)++] = fact.seq;
    }
    proj_scan_close(scan);
    return proj_txn_fault(engine->txn, NULL);
}

int proj_engine_refold(struct proj_engine *engine, const struct proj_key *key, struct base_err *err)
{
    ledger_seq *seqs = NULL;
    size_t count = 0;
    int rc = admission_begin(engine, err);
    if (rc != 0)
        return rc;
    learn_school(engine);
    rc = refold_versions(engine, key, &seqs, &count);
    if (rc == 0)
        proj_fact_forget(engine->txn, key);
    for (size_t i = 0; rc == 0 && i < count; i++) {
        struct ledger_event event;
        struct ledger_refusal refusal;
        base_time_ms recorded_ms;
        rc = engine_event(engine, seqs[i], &event, &recorded_ms, err);
        const struct proj_fold *fold = rc == 0 ? proj_fold_find(event.kind) : NULL;
        if (fold == NULL)
            continue;
        struct proj_case c = {.txn = engine->txn,
                              .event = &event,
                              .body = &event.body,
                              .seq = seqs[i],
                              .recorded_ms = recorded_ms,
                              .offset_min = engine->offset_min,
                              .refusal = &refusal,
                              .source = &engine->source};
        /* As it was folded: on what stood below it, known then. */
        proj_txn_moment(engine->txn, seqs[i], seqs[i]);
        (void)proj_actor_find(engine->txn, &event.key, seqs[i], &c.actor);
        fold->apply(&c);
        proj_txn_moment(engine->txn, LEDGER_SEQ_NONE, LEDGER_SEQ_NONE);
    }
    free(seqs);
    if (rc != 0) {
        proj__drop_batch(engine);
        return rc;
    }
    return commit_batch(engine, err);
}
