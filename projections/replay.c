/* Folding what the log already holds.
 *
 * From nothing, the entries are taken for what the tree says they are: each chunk's leaves are
 * hashed and must give the tree's root at that size, the last one the checkpoint's, before any of
 * it is folded; what was admitted once is not judged again (letopis-audit does, and
 * proj_engine_judge_all). Onto something, they are judged as at their admission.
 *
 * What can fail: the store, memory; an entry that is not the one the tree was built of, or that
 * cannot be folded. Then nothing of it stays. */
#include "projections/engine_inside.h"

#include <stdlib.h>

#include "ledger/tree.h"
#include "projections/admission.h"
#include "projections/kinds.h"

#define REPLAY_CHUNK_COUNT 1024u /* entries whose leaves are compared before they are folded */

static int begin_bulk(struct proj_engine *engine, struct base_err *err)
{
    int rc = 0;
    if (engine->txn == NULL) {
        rc = proj_txn_begin(engine->state, true, &engine->txn, err);
        if (rc == 0)
            rc = proj_txn_bulk(engine->txn, err);
    }
    return rc;
}

/* A log consists of few kinds, which need not be looked for every time. */
static const struct proj_known_kind *know_kind(struct proj_engine *engine, struct base_bytes name)
{
    unsigned at = (unsigned)name.len + 7u * name.data[0] + 31u * name.data[name.len - 1];
    struct proj_known_kind *known = &engine->known_kinds[at % PROJ_KNOWN_KIND_COUNT];
    if (known->kind == NULL || !base_bytes_equal(base_bytes_str(known->kind->name), name))
        *known =
            (struct proj_known_kind){.kind = proj_kind_find(name), .fold = proj_fold_find(name)};
    return known;
}

int proj_engine_feed_checked(struct proj_engine *engine, const struct proj_source *source,
                             ledger_seq seq, base_time_ms recorded_ms,
                             const struct ledger_event *event, struct ledger_refusal *refusal,
                             struct base_err *err)
{
    struct proj_source copy = *source;
    int rc = begin_bulk(engine, err);
    if (rc == 0) {
        engine->source = copy;
        rc = proj__fold_one(engine, event, know_kind(engine, event->kind)->fold, seq, recorded_ms,
                            &copy, PROJ_JUDGED_AGAIN, refusal, err);
    }
    if (rc == 0 && proj_txn_bulk_len(engine->txn) > engine->bulk_len_max)
        rc = proj_engine_flush(engine, err);
    return rc;
}

int proj_engine_feed(struct proj_engine *engine, const struct proj_source *source, ledger_seq seq,
                     base_time_ms recorded_ms, struct base_bytes event_bytes,
                     struct ledger_refusal *refusal, struct base_err *err)
{
    struct ledger_event event;
    int rc = ledger_event_parse(event_bytes, &event, refusal);
    if (rc == 0)
        rc = proj_kinds_check_fields(proj_kind_find(event.kind), &event, refusal);
    return rc == 0
               ? proj_engine_feed_checked(engine, source, seq, recorded_ms, &event, refusal, err)
               : rc;
}

int proj_engine_flush(struct proj_engine *engine, struct base_err *err)
{
    struct proj_txn *txn = engine->txn;
    engine->txn = NULL;
    return txn == NULL ? 0 : proj_txn_commit(txn, err);
}

int proj_engine_settle(struct proj_engine *engine, struct proj_txn **out_txn, struct base_err *err)
{
    if (engine->txn != NULL && proj_txn_is_in_memory(engine->txn)) {
        *out_txn = engine->txn;
        engine->txn = NULL;
        return 0;
    }
    int rc = proj_engine_flush(engine, err);
    return rc == 0 ? proj_engine_read(engine, out_txn, err) : rc;
}

static int refused(ledger_seq seq, int code, const struct ledger_refusal *refusal,
                   struct base_err *err)
{
    const struct ledger_refusal_text *text = proj_refusal_text_of(code);
    return BASE_FAIL(err, BASE_E_CORRUPT, "entry %llu should not have been admitted: %s (%s)",
                     (unsigned long long)seq, text != NULL ? text->name : "?", refusal->field);
}

static int judge_one(struct proj_engine *engine, const struct proj_source *source, ledger_seq seq,
                     struct ledger_reader *reader, struct base_err *err)
{
    struct base_bytes bytes;
    struct ledger_entry entry;
    struct ledger_refusal refusal = {0};
    int rc = ledger_reader_entry(reader, seq, &bytes, err);
    if (rc == 0)
        rc = ledger_entry_parse(bytes, &entry, err);
    if (rc == 0)
        rc = proj_engine_feed(engine, source, seq, entry.recorded_ms, entry.event_bytes, &refusal,
                              err);
    return rc > 0 ? refused(seq, rc, &refusal, err) : rc;
}

/* Folds one entry that is known to be the log's own. */
static int fold_admitted(struct proj_engine *engine, struct proj_source *source, ledger_seq seq,
                         struct base_bytes bytes, struct base_err *err)
{
    struct ledger_refusal refusal = {0};
    struct ledger_event event;
    struct base_bytes event_bytes;
    base_time_ms recorded_ms;
    if (!ledger_entry_read(bytes, &recorded_ms, &event_bytes) ||
        !ledger_event_read(event_bytes, &event))
        return BASE_FAIL(err, BASE_E_CORRUPT, "entry %llu holds no event", (unsigned long long)seq);
    const struct proj_known_kind *known = know_kind(engine, event.kind);
    const struct proj_fold *fold = known->fold;
    if (fold == NULL || !proj_fold_is_nameless(fold) || event.has_quote)
        ledger_event_name(&event);
    /* An older program may have admitted other fields: folds rely on these. */
    int rc = proj_kinds_check_fields(known->kind, &event, &refusal);
    if (rc == 0)
        rc = proj__fold_one(engine, &event, fold, seq, recorded_ms, source, PROJ_ADMITTED, &refusal,
                            err);
    return rc > 0 ? refused(seq, rc, &refusal, err) : rc;
}

/* Reads the entries of [first, end) and compares their leaves with the tree. */
static int read_chunk(struct ledger_reader *reader, struct ledger_frontier *frontier,
                      ledger_seq first, ledger_seq end, struct base_bytes *out_entries,
                      struct base_err *err)
{
    struct ledger_hash ours, wanted;
    int rc = ledger_reader_entries(reader, first, end - first, out_entries, err);
    for (ledger_seq seq = first; rc == 0 && seq < end; seq++) {
        struct ledger_hash leaf;
        ledger_tree_leaf(out_entries[seq - first], &leaf);
        ledger_frontier_append(frontier, &leaf);
    }
    if (rc == 0)
        rc = ledger_reader_root(reader, end, &wanted, err);
    if (rc != 0)
        return rc;
    ledger_frontier_root(frontier, &ours);
    if (!ledger_hash_equal(&ours, &wanted))
        rc = BASE_FAIL(err, BASE_E_CORRUPT,
                       "an entry between %llu and %llu is not the one that the tree was built of",
                       (unsigned long long)first, (unsigned long long)end - 1);
    return rc;
}

static void tell(proj_progress_fn progress, void *data, uint64_t done, uint64_t total)
{
    if (progress != NULL && (done % REPLAY_CHUNK_COUNT == 0 || done == total))
        progress(data, done, total);
}

static int fold_all(struct proj_engine *engine, struct ledger_reader *reader, uint64_t size,
                    proj_progress_fn progress, void *data, struct base_err *err)
{
    struct ledger_frontier frontier = {0};
    struct base_bytes *entries = calloc(REPLAY_CHUNK_COUNT, sizeof *entries);
    struct proj_source source = proj_source_of_reader(reader);
    proj__forget_kept(engine); /* whoever was kept from an earlier folding */
    int rc = entries != NULL ? 0 : BASE_FAIL(err, BASE_E_MEMORY, "entries to fold");
    for (ledger_seq first = 0; rc == 0 && first < size; first += REPLAY_CHUNK_COUNT) {
        ledger_seq end = size - first < REPLAY_CHUNK_COUNT ? size : first + REPLAY_CHUNK_COUNT;
        rc = read_chunk(reader, &frontier, first, end, entries, err);
        for (ledger_seq seq = first; rc == 0 && seq < end; seq++) {
            rc = begin_bulk(engine, err);
            if (rc == 0)
                rc = fold_admitted(engine, &source, seq, entries[seq - first], err);
            if (rc == 0 && proj_txn_bulk_len(engine->txn) > engine->bulk_len_max)
                rc = proj_engine_flush(engine, err);
            if (rc == 0)
                tell(progress, data, seq + 1, size);
        }
    }
    proj__forget_kept(engine); /* who was not judged is not kept for judging */
    free(entries);
    return rc;
}

static int judge_rest(struct proj_engine *engine, struct ledger_reader *reader, ledger_seq next,
                      uint64_t size, proj_progress_fn progress, void *data, struct base_err *err)
{
    struct proj_source source = proj_source_of_reader(reader);
    int rc = 0;
    proj__forget_kept(engine); /* whoever was kept from an earlier folding */
    for (ledger_seq seq = next; rc == 0 && seq < size; seq++) {
        rc = judge_one(engine, &source, seq, reader, err);
        if (rc == 0)
            tell(progress, data, seq + 1, size);
    }
    return rc;
}

int proj__catch_up(struct proj_engine *engine, struct ledger_reader *reader,
                   proj_progress_fn progress, void *data, struct base_err *err)
{
    struct proj_txn *txn = NULL;
    int rc = proj_txn_begin(engine->state, false, &txn, err);
    if (rc != 0)
        return rc;
    ledger_seq next = proj_txn_next(txn);
    proj_txn_end(txn);
    rc = judge_rest(engine, reader, next, ledger_reader_size(reader), progress, data, err);
    return rc == 0 ? proj_engine_flush(engine, err) : rc;
}

void proj_engine_judge_all(struct proj_engine *engine)
{
    engine->judge_all = true;
}

void proj_engine_bulk_limit(struct proj_engine *engine, size_t len)
{
    engine->bulk_len_max = len;
}

/* Facts of another log, or of one that was put in this one's place, are thrown away. */
static int bind_to_log(struct proj_engine *engine, struct ledger_log *log, ledger_seq *out_next,
                       struct base_err *err)
{
    struct ledger_hash id;
    struct ledger_hash bound;
    struct ledger_hash none = {0};
    struct proj_txn *txn = NULL;
    ledger_log_id(log, &id);
    int rc = proj_txn_begin(engine->state, true, &txn, err);
    if (rc != 0)
        return rc;
    proj_txn_log_id(txn, &bound);
    if (!ledger_hash_equal(&bound, &none) && !ledger_hash_equal(&bound, &id)) {
        proj_txn_clear(txn);
        engine->school_known = false;
    }
    proj_txn_set_log_id(txn, &id);
    *out_next = proj_txn_next(txn);
    return proj_txn_commit(txn, err);
}

/* Names, one after the other: of subjects, or commitments. */
struct leftover {
    struct base_buf subjects, commitments;
};

/* Whose openings, and which values', are here although an erasure counts. They went with its entry;
 * a store that was put together otherwise (restored, repaired) may still have them. */
static int collect_leftover(struct proj_engine *engine, struct ledger_reader *reader,
                            struct leftover *left, struct base_err *err)
{
    struct proj_txn *txn = NULL;
    struct proj_fact fact;
    struct proj_key subjects = proj_key_of('f');
    struct proj_key values = proj_key_of('2');
    int rc = proj_txn_begin(engine->state, false, &txn, err);
    if (rc != 0)
        return rc;
    struct proj_scan *scan = proj_scan_open(txn, &subjects, NULL, NULL, LEDGER_SEQ_NONE);
    while (proj_scan_next(scan, &fact))
        if (fact.seq != LEDGER_SEQ_NONE &&
            ledger_reader_subject_kept(reader, fact.key.data + 1) > 0)
            base_buf_put(&left->subjects, fact.key.data + 1, LEDGER_ID_LEN);
    proj_scan_close(scan);
    scan = proj_scan_open(txn, &values, NULL, NULL, LEDGER_SEQ_NONE);
    while (proj_scan_next(scan, &fact))
        if (fact.seq != LEDGER_SEQ_NONE && ledger_reader_has_opening(reader, fact.key.data + 1))
            base_buf_put(&left->commitments, fact.key.data + 1, LEDGER_COMMITMENT_LEN);
    proj_scan_close(scan);
    if (left->subjects.failed || left->commitments.failed)
        proj_txn_fail(txn, BASE_E_MEMORY, "what is to be erased");
    rc = proj_txn_fault(txn, err);
    proj_txn_end(txn);
    return rc;
}

static int erase_leftover(struct proj_engine *engine, struct ledger_log *log, struct base_err *err)
{
    struct ledger_reader *reader = NULL;
    struct leftover left = {0};
    uint64_t count;
    int rc = ledger_reader_open(log, &reader, err);
    if (rc == 0)
        rc = collect_leftover(engine, reader, &left, err);
    ledger_reader_close(reader); /* the map may have to grow */
    for (size_t at = 0; rc == 0 && at < left.subjects.len; at += LEDGER_ID_LEN)
        rc = ledger_log_erase(log, left.subjects.data + at, &count, err);
    for (size_t at = 0; rc == 0 && at < left.commitments.len; at += LEDGER_COMMITMENT_LEN)
        rc = ledger_log_erase_value(log, left.commitments.data + at, &count, err);
    base_buf_release(&left.subjects);
    base_buf_release(&left.commitments);
    return rc;
}

int proj_engine_attach(struct proj_engine *engine, struct ledger_log *log,
                       proj_progress_fn progress, void *data, struct base_err *err)
{
    struct ledger_reader *reader = NULL;
    ledger_seq next = 0;
    engine->log = log;
    int rc = bind_to_log(engine, log, &next, err);
    if (rc == 0)
        rc = ledger_reader_open(log, &reader, err);
    uint64_t size = rc == 0 ? ledger_reader_size(reader) : 0;
    if (rc == 0 && next > size)
        rc = BASE_FAIL(err, BASE_E_CORRUPT,
                       "projections have folded %llu entries, the log has %llu: delete the "
                       "projections, they are rebuilt",
                       (unsigned long long)next, (unsigned long long)size);
    if (rc == 0 && next == 0 && !engine->judge_all)
        rc = fold_all(engine, reader, size, progress, data, err);
    else if (rc == 0)
        rc = proj__catch_up(engine, reader, progress, data, err);
    if (rc == 0)
        rc = proj_engine_flush(engine, err);
    else
        proj__drop_batch(engine);
    ledger_reader_close(reader);
    return rc != 0 ? rc : erase_leftover(engine, log, err);
}

int proj_engine_reset(struct proj_engine *engine, struct base_err *err)
{
    struct proj_txn *txn = NULL;
    int rc = proj_txn_begin(engine->state, true, &txn, err);
    if (rc != 0)
        return rc;
    proj_txn_clear(txn);
    engine->school_known = false;
    return proj_txn_commit(txn, err);
}
