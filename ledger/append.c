/* Appending: the pipeline of ledger/log.h, one batch in one transaction.
 *
 * The happy path:
 *   - room on the disk is made sure of, a transaction begins, below and in the storey above;
 *   - each submission is known, refused, or gets its place: entry, leaf, indexes, openings;
 *   - the tree's unfinished tiles, the head and a signed checkpoint are written;
 *   - commit with fsync (with a signer: the signature and its own commit come now), then the storey
 * above commits what it folded;
 *   - the entries are read again in a new transaction and hashed; the checkpoint is published.
 * What can fail, and what is then true:
 *   - the map is full: all is undone, the map grows, the batch runs again;
 *   - the disk is full, here or in the storey above: all is undone, each submission is refused with
 * "disk_full";
 *   - the log has a signer and it does not answer: nothing is begun, refused with "signer_away";
 *   - anything else: the handle stops. Nothing of the batch was acknowledged; whether the disk
 * holds it is seen at the next opening, and resubmitting is harmless, since ids are known. */
#include <assert.h>
#include <stdlib.h>

#include "ledger/log_state.h"

/* Pages (4 KiB) that a batch may write, for the reservation of disk space: paths through the
 * trees, the free list, and what each event and opening touch. */
#define PAGES_PER_BATCH 96u
#define PAGES_PER_EVENT 24u
#define PAGES_PER_OPENING 12u
#define PAGE_LEN 4096u

struct batch {
    struct ledger_log *log;
    struct ledger__txn txn;
    bool admission_open;
    struct ledger__head head;        /* grows with each entry */
    struct ledger_frontier frontier; /* grows with each entry */
    uint64_t size_before;
    uint64_t clock_held_count;
    uint32_t leaf_count;
    struct ledger_hash leaves[LEDGER_BATCH_COUNT_MAX];
    struct base_buf entry;
    struct base_buf note;
};

static void batch_release(struct batch *batch)
{
    ledger__txn_abort(&batch->txn);
    if (batch->admission_open)
        batch->log->admission->abort(batch->log->admission->data);
    base_buf_release(&batch->entry);
    base_buf_release(&batch->note);
}

static int refused(struct ledger_receipt *receipt, int code, const char *field)
{
    receipt->code = ledger_refuse(&receipt->refusal, code, "%s", field);
    return 0;
}

/* Meets a submission by its id; true when the log has it already. */
static bool known_find(struct ledger__txn *txn, const struct ledger_submission *submission,
                       struct ledger_receipt *receipt, int *out_fault, struct base_err *err)
{
    struct base_bytes row;
    *out_fault = 0;
    if (!ledger__txn_get(txn, LEDGER__DB_IDS,
                         base_bytes_of(submission->event.id.bytes, LEDGER_HASH_LEN), &row))
        return false;
    struct ledger_entry entry;
    struct base_bytes bytes;
    if (row.len != 8 || !ledger__txn_get(txn, LEDGER__DB_ENTRIES, row, &bytes)) {
        *out_fault = BASE_FAIL(err, BASE_E_CORRUPT, "the index of ids names no entry");
        return true;
    }
    *out_fault = ledger_entry_parse(bytes, &entry, err);
    if (*out_fault != 0)
        return true;
    receipt->known = true;
    receipt->seq = base_get_be64(row.data);
    receipt->recorded_ms = entry.recorded_ms;
    return true;
}

int64_t ledger__counter_last(struct ledger__txn *txn, const struct ledger_key *key)
{
    uint8_t above[LEDGER_KEY_LEN + 8];
    struct base_bytes found;
    struct base_bytes seq;
    memcpy(above, key->bytes, LEDGER_KEY_LEN);
    memset(above + LEDGER_KEY_LEN, 0xff, 8);
    if (!ledger__txn_get_below(txn, LEDGER__DB_COUNTERS, base_bytes_of(above, sizeof above), &found,
                               &seq) ||
        found.len != sizeof above || memcmp(found.data, key->bytes, LEDGER_KEY_LEN) != 0)
        return 0;
    return (int64_t)base_get_be64(found.data + LEDGER_KEY_LEN);
}

/* True when the log had this root at this size, up to the last commit. */
static int seen_check(struct batch *batch, const struct ledger_event *event, bool *out_true,
                      struct base_err *err)
{
    struct ledger_log *log = batch->log;
    struct ledger_hash root;
    struct ledger__seen_root *cached = &log->seen[event->seen_size % LEDGER__SEEN_CACHE_COUNT];
    *out_true = false;
    if (event->seen_size > batch->size_before)
        return 0;
    if (event->seen_size == 0) {
        ledger_tree_empty(&root);
    } else if (cached->size == event->seen_size) {
        root = cached->root;
    } else {
        struct ledger_nodes nodes = ledger__nodes_of(&batch->txn);
        int fault = ledger_tree_root(&nodes, event->seen_size, &root, err);
        if (fault != 0)
            return fault;
        *cached = (struct ledger__seen_root){.size = event->seen_size, .root = root};
    }
    *out_true = ledger_hash_equal(&root, &event->seen_root);
    return 0;
}

/* The ledger's own rules that need state; `counter_last` is the key's. Fills the receipt when one
 * refuses. */
static int rules_check(struct batch *batch, const struct ledger_event *event, int64_t counter_last,
                       struct ledger_receipt *receipt, struct base_err *err)
{
    static const struct ledger_hash founding;
    const struct ledger_hash *id = batch->head.head.size == 0 ? &founding : &batch->head.id;
    bool seen = false;
    if (!ledger_hash_equal(&event->log_id, id))
        return refused(receipt, LEDGER_REFUSED_WRONG_LOG, "l");
    if (event->counter <= counter_last)
        return refused(receipt, LEDGER_REFUSED_COUNTER, "n");
    int fault = seen_check(batch, event, &seen, err);
    if (fault == 0 && !seen)
        return refused(receipt, LEDGER_REFUSED_SEEN, "s");
    return fault;
}

/* The time of the next entry: the clock's, or the last one's when the clock has gone back. */
static base_time_ms recorded_next(struct batch *batch)
{
    base_time_ms now = batch->log->clock.now_ms(batch->log->clock.data);
    if (now >= batch->head.head.recorded_ms)
        return now;
    batch->clock_held_count++;
    return batch->head.head.recorded_ms;
}

static int openings_put(struct batch *batch, const struct ledger_submission *submission,
                        struct base_err *err)
{
    int answer = 0;
    for (uint32_t i = 0; i < submission->opening_count && answer == 0; i++)
        answer = ledger__vault_put(&batch->txn, &batch->log->wrap, &submission->openings[i], err);
    return answer;
}

/* How many openings went. */
static uint64_t erasure_run(struct ledger__txn *txn, const struct ledger_erasure *erasure)
{
    uint64_t total = 0;
    uint64_t count;
    for (uint32_t i = 0; i < erasure->subject_count; i++) {
        ledger__vault_erase(txn, erasure->subjects + (size_t)i * LEDGER_ID_LEN, &count);
        total += count;
    }
    for (uint32_t i = 0; i < erasure->commitment_count; i++) {
        ledger__vault_drop(txn, erasure->commitments + (size_t)i * LEDGER_COMMITMENT_LEN, &count);
        total += count;
    }
    return total;
}

/* What the event orders to be erased goes with its entry, or not at all. */
static void orders_run(struct batch *batch, const struct ledger_submission *submission)
{
    const struct ledger_admission *admission = batch->log->admission;
    struct ledger_erasure erasure = {0};
    if (admission->erases == NULL)
        return;
    admission->erases(admission->data, submission, &erasure);
    (void)erasure_run(&batch->txn, &erasure);
}

/* Writes an admitted submission: entry, leaf, indexes, openings. */
static int entry_put(struct batch *batch, const struct ledger_submission *submission,
                     base_time_ms recorded_ms, struct base_err *err)
{
    const struct ledger_event *event = &submission->event;
    uint8_t seq[8];
    uint8_t counter[LEDGER_KEY_LEN + 8];
    base_set_be64(seq, batch->head.head.size);
    memcpy(counter, event->key.bytes, LEDGER_KEY_LEN);
    base_set_be64(counter + LEDGER_KEY_LEN, (uint64_t)event->counter);
    base_buf_reset(&batch->entry);
    int answer = ledger_entry_build(recorded_ms, submission->event_bytes, submission->signatures,
                                    submission->signature_count, &batch->entry, err);
    if (answer != 0)
        return answer;
    struct base_bytes place = base_bytes_of(seq, sizeof seq);
    ledger__txn_put(&batch->txn, LEDGER__DB_ENTRIES, place, base_buf_bytes(&batch->entry),
                    MDB_APPEND);
    ledger__txn_put(&batch->txn, LEDGER__DB_IDS, base_bytes_of(event->id.bytes, LEDGER_HASH_LEN),
                    place, 0);
    ledger__txn_put(&batch->txn, LEDGER__DB_COUNTERS, base_bytes_of(counter, sizeof counter), place,
                    0);
    answer = openings_put(batch, submission, err);
    if (answer != 0)
        return answer;
    orders_run(batch, submission);
    struct ledger_hash *leaf = &batch->leaves[batch->leaf_count++];
    ledger_tree_leaf(base_buf_bytes(&batch->entry), leaf);
    ledger__edge_append(&batch->log->edge, &batch->txn, leaf);
    ledger_frontier_append(&batch->frontier, leaf);
    if (batch->head.head.size == 0)
        batch->head.id = event->id;
    batch->head.head.size++;
    batch->head.head.recorded_ms = recorded_ms;
    return ledger__txn_check(&batch->txn, err);
}

/* The storey above has no room: as if there were none here, and no fault. */
static int admission_answer(int answer, struct base_err *err)
{
    if (answer != BASE_E_FULL)
        return answer;
    if (err != NULL)
        *err = (struct base_err){0};
    return LEDGER__STORE_FULL;
}

/* One submission: known, refused, or in its place. Returns 0, a store answer or a fault. */
static int submission_take(struct batch *batch, const struct ledger_submission *submission,
                           struct ledger_receipt *receipt, struct base_err *err)
{
    const struct ledger_admission *admission = batch->log->admission;
    const struct ledger_event *event = &submission->event;
    int fault;
    *receipt = (struct ledger_receipt){.seq = LEDGER_SEQ_NONE, .id = event->id};
    /* An event that the log has came with its counter, which its key has reached since: above it
     * there is none to be looked for, and ids lie in no order that a page would serve twice. */
    const int64_t counter_last = ledger__counter_last(&batch->txn, &event->key);
    if (event->counter <= counter_last && known_find(&batch->txn, submission, receipt, &fault, err))
        return fault;
    fault = rules_check(batch, event, counter_last, receipt, err);
    if (fault == 0)
        fault = ledger__txn_check(&batch->txn, err);
    if (fault != 0 || receipt->code != 0)
        return fault;
    base_time_ms recorded_ms = recorded_next(batch);
    ledger_seq seq = batch->head.head.size;
    int answer =
        admission->admit(admission->data, submission, seq, recorded_ms, &receipt->refusal, err);
    if (answer < 0)
        return admission_answer(answer, err);
    if (answer > 0) {
        receipt->code = answer;
        receipt->refusal.code = answer;
        return 0;
    }
    answer = entry_put(batch, submission, recorded_ms, err);
    if (answer == 0) {
        receipt->seq = seq;
        receipt->recorded_ms = recorded_ms;
    }
    return answer;
}

/* Tiles, head and checkpoint of what was appended; then the commit, below and above. */
static int batch_commit(struct batch *batch, struct base_err *err)
{
    struct ledger_log *log = batch->log;
    assert(batch->head.head.size == batch->size_before + batch->leaf_count);
    assert(batch->head.head.size == batch->frontier.size);
    bool has_signer = ledger_signing_link_is_set(&log->link);
    ledger_frontier_root(&batch->frontier, &batch->head.head.root);
    int fault = has_signer ? 0
                           : ledger_checkpoint_sign(batch->head.head.size, &batch->head.head.root,
                                                    &log->signer, &batch->note, err);
    if (fault != 0)
        return fault;
    ledger__edge_store(&log->edge, &batch->txn);
    if (has_signer)
        ledger__pending_put(&batch->txn, &batch->head);
    else
        ledger__head_put(&batch->txn, &batch->head, base_buf_bytes(&batch->note));
    int answer = 0;
    if (log->admission->reserve != NULL)
        answer = admission_answer(log->admission->reserve(log->admission->data, err), err);
    if (answer == 0)
        answer = ledger__txn_commit(&batch->txn, err);
    if (answer == 0 && has_signer)
        answer = ledger__signing_seal(log, &batch->head, &batch->note, err);
    if (answer != 0)
        return answer;
    batch->admission_open = false;
    fault = log->admission->commit(log->admission->data, err);
    if (fault != 0)
        return base_err_wrap(err, fault, "the log is committed, the storey above is not");
    return 0;
}

static int entry_reread(struct batch *batch, struct ledger__txn *txn, uint32_t i,
                        struct base_err *err)
{
    const struct ledger_faults *faults = batch->log->faults;
    uint8_t seq[8];
    struct base_bytes entry;
    struct ledger_hash leaf;
    base_set_be64(seq, batch->size_before + i);
    if (!ledger__txn_get(txn, LEDGER__DB_ENTRIES, base_bytes_of(seq, sizeof seq), &entry))
        return BASE_FAIL(err, BASE_E_CORRUPT, "entry %llu was committed and is not there",
                         (unsigned long long)(batch->size_before + i));
    base_buf_reset(&batch->entry);
    base_buf_put_bytes(&batch->entry, entry);
    if (batch->entry.failed)
        return BASE_FAIL(err, BASE_E_MEMORY, "reading entries again");
    if (faults != NULL && faults->reread != NULL)
        faults->reread(faults->data, batch->entry.data, batch->entry.len);
    ledger_tree_leaf(base_buf_bytes(&batch->entry), &leaf);
    if (!ledger_hash_equal(&leaf, &batch->leaves[i]))
        return BASE_FAIL(err, BASE_E_CORRUPT, "entry %llu reads otherwise than it was written",
                         (unsigned long long)(batch->size_before + i));
    return 0;
}

/* Reads the batch back, in a transaction of its own. */
static int batch_reread(struct batch *batch, struct base_err *err)
{
    struct ledger__txn txn;
    struct ledger__head head;
    int fault = ledger__txn_begin(batch->log->store, false, &txn, err);
    if (fault != 0)
        return fault;
    fault = ledger__head_get(&txn, &head, err);
    if (fault == 0 && (head.head.size != batch->head.head.size ||
                       !ledger_hash_equal(&head.head.root, &batch->head.head.root)))
        fault = BASE_FAIL(err, BASE_E_CORRUPT, "the head reads otherwise than it was written");
    for (uint32_t i = 0; i < batch->leaf_count && fault == 0; i++)
        fault = entry_reread(batch, &txn, i, err);
    ledger__txn_abort(&txn);
    return fault;
}

/* The batch is durable: the handle's state moves on. */
static void batch_publish(struct batch *batch)
{
    struct ledger_log *log = batch->log;
    log->frontier = batch->frontier;
    log->seen[batch->head.head.size % LEDGER__SEEN_CACHE_COUNT] =
        (struct ledger__seen_root){.size = batch->head.head.size, .root = batch->head.head.root};
    ledger__published_write(log, base_buf_bytes(&batch->note));
    pthread_mutex_lock(&log->state_lock);
    log->head = batch->head;
    struct base_buf old = log->note;
    log->note = batch->note;
    batch->note = old;
    log->clock_held_count += batch->clock_held_count;
    pthread_mutex_unlock(&log->state_lock);
}

static size_t batch_room(struct ledger_submission *const *submissions, uint32_t count)
{
    size_t len = (size_t)PAGES_PER_BATCH * PAGE_LEN; /* the checkpoint's own commit included */
    for (uint32_t i = 0; i < count; i++) {
        len += submissions[i]->event_bytes.len + (size_t)PAGES_PER_EVENT * PAGE_LEN;
        len += submissions[i]->opening_count *
               ((size_t)LEDGER_OPENING_VALUE_MAX + (size_t)PAGES_PER_OPENING * PAGE_LEN);
    }
    return len;
}

static int batch_begin(struct batch *batch, size_t room, struct base_err *err)
{
    struct ledger_log *log = batch->log;
    int answer = ledger__signing_ready(log, err);
    if (answer == 0)
        answer = ledger__store_reserve(log->store, room, err);
    if (answer == 0)
        answer = ledger__txn_begin(log->store, true, &batch->txn, err);
    if (answer == 0)
        answer = ledger__edge_load(&batch->txn, batch->size_before, &log->edge, err);
    if (answer == 0)
        answer = admission_answer(log->admission->begin(log->admission->data, err), err);
    assert(answer <= 0 || answer == LEDGER__STORE_FULL || answer == LEDGER__STORE_GROW ||
           answer == LEDGER__SIGNER_AWAY);
    batch->admission_open = answer == 0;
    return answer;
}

/* Runs the batch once. Returns 0, a store answer (all undone) or a fault. */
static int batch_run(struct ledger_log *log, struct ledger_submission *const *submissions,
                     uint32_t count, struct ledger_receipt *receipts, struct base_err *err)
{
    struct batch *batch = calloc(1, sizeof *batch);
    if (batch == NULL)
        return BASE_FAIL(err, BASE_E_MEMORY, "no room for a batch");
    batch->log = log;
    batch->head = log->head;
    batch->frontier = log->frontier;
    batch->size_before = log->head.head.size;
    int answer = batch_begin(batch, batch_room(submissions, count), err);
    for (uint32_t i = 0; i < count && answer == 0; i++)
        answer = submission_take(batch, submissions[i], &receipts[i], err);
    if (answer == 0 && batch->leaf_count > 0) {
        answer = batch_commit(batch, err);
        if (answer == 0)
            answer = batch_reread(batch, err);
        if (answer == 0)
            batch_publish(batch);
    }
    batch_release(batch);
    free(batch);
    return answer;
}

/* Nothing was changed: each submission that is not in the log from before is refused. */
static void all_refuse(struct ledger_log *log, struct ledger_submission *const *submissions,
                       uint32_t count, int code, struct ledger_receipt *receipts)
{
    struct ledger__txn txn;
    bool readable = ledger__txn_begin(log->store, false, &txn, NULL) == 0;
    for (uint32_t i = 0; i < count; i++) {
        int fault = 0;
        receipts[i] =
            (struct ledger_receipt){.seq = LEDGER_SEQ_NONE, .id = submissions[i]->event.id};
        if (readable && known_find(&txn, submissions[i], &receipts[i], &fault, NULL) && fault == 0)
            continue;
        refused(&receipts[i], code, "");
    }
    if (readable)
        ledger__txn_abort(&txn);
}

/* Runs the batch until the map is large enough. */
static int batch_settle(struct ledger_log *log, struct ledger_submission *const *submissions,
                        uint32_t count, struct ledger_receipt *receipts, struct base_err *err)
{
    memset(receipts, 0, count * sizeof *receipts);
    ledger__store_grow_early(log->store);
    int answer = batch_run(log, submissions, count, receipts, err);
    while (answer == LEDGER__STORE_GROW) {
        struct base_err why = {0};
        int fault = ledger__store_grow(log->store, &why);
        if (fault == BASE_E_BUSY) {
            all_refuse(log, submissions, count, LEDGER_REFUSED_BUSY, receipts);
            return 0;
        }
        if (fault != 0) {
            if (err != NULL)
                *err = why;
            return fault;
        }
        answer = batch_run(log, submissions, count, receipts, err);
    }
    if (answer == LEDGER__STORE_FULL || answer == LEDGER__SIGNER_AWAY) {
        all_refuse(log, submissions, count,
                   answer == LEDGER__STORE_FULL ? LEDGER_REFUSED_DISK_FULL
                                                : LEDGER_REFUSED_SIGNER_AWAY,
                   receipts);
        return 0;
    }
    return answer;
}

int ledger_log_append(struct ledger_log *log, struct ledger_submission *const *submissions,
                      uint32_t count, struct ledger_receipt *out_receipts, struct base_err *err)
{
    assert(count >= 1 && count <= LEDGER_BATCH_COUNT_MAX);
    if (log->admission == NULL)
        return BASE_FAIL(err, BASE_E_USAGE, "the log is open for reading only");
    if (atomic_load(&log->stopped))
        return BASE_FAIL(err, BASE_E_STOPPED, "the log has stopped after a write fault");
    pthread_mutex_lock(&log->append_lock);
    int fault = batch_settle(log, submissions, count, out_receipts, err);
    assert(fault <= 0);
    if (fault != 0)
        atomic_store(&log->stopped, true);
    pthread_mutex_unlock(&log->append_lock);
    return fault;
}

static int erase_run(struct ledger_log *log, const struct ledger_erasure *erasure,
                     uint64_t *out_count, struct base_err *err)
{
    struct ledger__txn txn;
    int answer = ledger__store_reserve(log->store, (size_t)PAGES_PER_BATCH * PAGE_LEN, err);
    if (answer == 0)
        answer = ledger__txn_begin(log->store, true, &txn, err);
    if (answer != 0)
        return answer;
    uint64_t count = erasure_run(&txn, erasure);
    answer = ledger__txn_commit(&txn, err);
    if (answer == 0)
        *out_count = count;
    return answer;
}

/* One subject, or one commitment. */
static int erase(struct ledger_log *log, const struct ledger_erasure *erasure, uint64_t *out_count,
                 struct base_err *err)
{
    if (log->admission == NULL)
        return BASE_FAIL(err, BASE_E_USAGE, "the log is open for reading only");
    if (atomic_load(&log->stopped))
        return BASE_FAIL(err, BASE_E_STOPPED, "the log has stopped after a write fault");
    pthread_mutex_lock(&log->append_lock);
    int answer = erase_run(log, erasure, out_count, err);
    while (answer == LEDGER__STORE_GROW) {
        answer = ledger__store_grow(log->store, err);
        if (answer == 0)
            answer = erase_run(log, erasure, out_count, err);
    }
    if (answer == LEDGER__STORE_FULL)
        answer = BASE_FAIL(err, BASE_E_FULL, "the disk is full, nothing was erased");
    else if (answer < 0 && answer != BASE_E_BUSY)
        atomic_store(&log->stopped, true);
    pthread_mutex_unlock(&log->append_lock);
    return answer;
}

int ledger_log_erase(struct ledger_log *log, const uint8_t subject[LEDGER_ID_LEN],
                     uint64_t *out_count, struct base_err *err)
{
    const struct ledger_erasure erasure = {.subjects = subject, .subject_count = 1};
    return erase(log, &erasure, out_count, err);
}

int ledger_log_erase_value(struct ledger_log *log, const uint8_t commitment[LEDGER_COMMITMENT_LEN],
                           uint64_t *out_count, struct base_err *err)
{
    const struct ledger_erasure erasure = {.commitments = commitment, .commitment_count = 1};
    return erase(log, &erasure, out_count, err);
}
