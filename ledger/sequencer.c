/* The sequencer: one thread that appends what waits.
 *
 * The happy path: it sleeps until something is queued, takes up to LEDGER_BATCH_COUNT_MAX
 * submissions, appends them in one group commit, answers each in the order of submitting, tells the
 * new head. While it commits, the next batch gathers by itself. Under load alone that is not
 * enough: the first of those just answered would be taken at once and the others wait for his
 * commit, so every second commit would be of one; there it lingers (sequencer.h). What can
 * fail: an append that faults has stopped the log; all of the batch, all that waits and all that
 * comes are answered with that fault. The queue's lock is held for moves in memory only. */
#include "ledger/sequencer.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

struct waiting {
    struct ledger_submission *submission;
    ledger_done_fn done;
    void *data;
};

struct ledger_sequencer {
    struct ledger_log *log;
    ledger_published_fn published; /* may be NULL */
    void *published_data;
    pthread_t thread;
    uint32_t linger_ms;
    uint32_t last_count; /* of the last batch; the thread's own */

    pthread_mutex_t lock; /* guards all below */
    pthread_cond_t work;
    struct waiting queue[LEDGER_QUEUE_COUNT_MAX]; /* a ring */
    uint32_t first;
    uint32_t count;
    bool stopping;
    bool faulted;
    struct base_err fault; /* set before `faulted`, then constant */
};

/* Waits until as many wait as the last batch had, but not for long: whoever comes after that is
 * taken at once. With the lock. */
static void linger(struct ledger_sequencer *sequencer)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += sequencer->linger_ms / 1000;
    until.tv_nsec += (long)(sequencer->linger_ms % 1000) * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    while (sequencer->count < sequencer->last_count && !sequencer->stopping &&
           pthread_cond_timedwait(&sequencer->work, &sequencer->lock, &until) == 0)
        continue;
}

/* Takes a batch off the queue; 0 when stopping and nothing waits. */
static uint32_t batch_take(struct ledger_sequencer *sequencer, struct waiting *out_batch)
{
    pthread_mutex_lock(&sequencer->lock);
    if (sequencer->last_count >= LEDGER_LINGER_COUNT_MIN)
        linger(sequencer);
    while (sequencer->count == 0 && !sequencer->stopping)
        pthread_cond_wait(&sequencer->work, &sequencer->lock);
    uint32_t count =
        sequencer->count < LEDGER_BATCH_COUNT_MAX ? sequencer->count : LEDGER_BATCH_COUNT_MAX;
    for (uint32_t i = 0; i < count; i++)
        out_batch[i] = sequencer->queue[(sequencer->first + i) % LEDGER_QUEUE_COUNT_MAX];
    sequencer->first = (sequencer->first + count) % LEDGER_QUEUE_COUNT_MAX;
    sequencer->count -= count;
    sequencer->last_count = count;
    pthread_mutex_unlock(&sequencer->lock);
    return count;
}

static void fault_keep(struct ledger_sequencer *sequencer, const struct base_err *fault)
{
    pthread_mutex_lock(&sequencer->lock);
    sequencer->fault = *fault;
    sequencer->faulted = true;
    pthread_mutex_unlock(&sequencer->lock);
}

/* Answers a batch that was not appended. */
static void batch_fail(struct ledger_sequencer *sequencer, const struct waiting *batch,
                       uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        struct ledger_receipt receipt = {
            .seq = LEDGER_SEQ_NONE,
            .id = batch[i].submission->event.id,
            .code = LEDGER_REFUSED_STOPPED,
        };
        ledger_refuse(&receipt.refusal, LEDGER_REFUSED_STOPPED, "%s", "");
        batch[i].done(batch[i].data, &receipt, &sequencer->fault);
    }
}

static bool batch_has_new(const struct ledger_receipt *receipts, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (receipts[i].code == 0 && !receipts[i].known)
            return true;
    return false;
}

static void batch_append(struct ledger_sequencer *sequencer, const struct waiting *batch,
                         uint32_t count, struct ledger_receipt *receipts)
{
    struct ledger_submission *submissions[LEDGER_BATCH_COUNT_MAX];
    struct base_err err = {0};
    for (uint32_t i = 0; i < count; i++)
        submissions[i] = batch[i].submission;
    if (ledger_log_append(sequencer->log, submissions, count, receipts, &err) != 0) {
        fault_keep(sequencer, &err);
        batch_fail(sequencer, batch, count);
        return;
    }
    bool has_new = batch_has_new(receipts, count);
    for (uint32_t i = 0; i < count; i++)
        batch[i].done(batch[i].data, &receipts[i], NULL);
    if (has_new && sequencer->published != NULL) {
        struct ledger_head head;
        ledger_log_head(sequencer->log, &head);
        sequencer->published(sequencer->published_data, &head);
    }
}

static void *sequencer_run(void *data)
{
    struct ledger_sequencer *sequencer = data;
    struct waiting batch[LEDGER_BATCH_COUNT_MAX];
    struct ledger_receipt receipts[LEDGER_BATCH_COUNT_MAX];
    static_assert(sizeof receipts + sizeof batch < 256u << 10, "fits a thread's stack");
    uint32_t count;
    while ((count = batch_take(sequencer, batch)) > 0) {
        memset(receipts, 0, sizeof receipts);
        /* Only this thread sets `faulted`, so it may read it without the lock. */
        if (sequencer->faulted)
            batch_fail(sequencer, batch, count);
        else
            batch_append(sequencer, batch, count, receipts);
    }
    return NULL;
}

int ledger_sequencer_start(struct ledger_log *log, ledger_published_fn published, void *data,
                           struct ledger_sequencer **out_sequencer, struct base_err *err)
{
    struct ledger_sequencer *sequencer = calloc(1, sizeof *sequencer);
    if (sequencer == NULL)
        return BASE_FAIL(err, BASE_E_MEMORY, "starting the sequencer");
    sequencer->log = log;
    sequencer->published = published;
    sequencer->published_data = data;
    sequencer->linger_ms = LEDGER_LINGER_MS;
    pthread_condattr_t clock;
    pthread_condattr_init(&clock);
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    pthread_mutex_init(&sequencer->lock, NULL);
    pthread_cond_init(&sequencer->work, &clock);
    pthread_condattr_destroy(&clock);
    if (pthread_create(&sequencer->thread, NULL, sequencer_run, sequencer) != 0) {
        pthread_cond_destroy(&sequencer->work);
        pthread_mutex_destroy(&sequencer->lock);
        free(sequencer);
        return BASE_FAIL(err, BASE_E_MEMORY, "starting the sequencer's thread");
    }
    *out_sequencer = sequencer;
    return 0;
}

void ledger__sequencer_linger(struct ledger_sequencer *sequencer, uint32_t linger_ms)
{
    pthread_mutex_lock(&sequencer->lock);
    sequencer->linger_ms = linger_ms;
    pthread_mutex_unlock(&sequencer->lock);
}

int ledger_sequencer_submit(struct ledger_sequencer *sequencer,
                            struct ledger_submission *submission, ledger_done_fn done, void *data,
                            struct base_err *err)
{
    assert(submission != NULL && done != NULL);
    int fault = 0;
    pthread_mutex_lock(&sequencer->lock);
    if (sequencer->stopping || sequencer->faulted) {
        fault = BASE_FAIL(err, BASE_E_STOPPED, "%s",
                          sequencer->faulted ? sequencer->fault.text : "the log is closing");
    } else if (sequencer->count == LEDGER_QUEUE_COUNT_MAX) {
        fault = BASE_FAIL(err, BASE_E_BUSY, "%u submissions are waiting", LEDGER_QUEUE_COUNT_MAX);
    } else {
        uint32_t place = (sequencer->first + sequencer->count++) % LEDGER_QUEUE_COUNT_MAX;
        sequencer->queue[place] =
            (struct waiting){.submission = submission, .done = done, .data = data};
        pthread_cond_signal(&sequencer->work);
    }
    pthread_mutex_unlock(&sequencer->lock);
    return fault;
}

void ledger_sequencer_stop(struct ledger_sequencer *sequencer)
{
    if (sequencer == NULL)
        return;
    pthread_mutex_lock(&sequencer->lock);
    sequencer->stopping = true;
    pthread_cond_signal(&sequencer->work);
    pthread_mutex_unlock(&sequencer->lock);
    pthread_join(sequencer->thread, NULL);
    assert(sequencer->count == 0);
    pthread_cond_destroy(&sequencer->work);
    pthread_mutex_destroy(&sequencer->lock);
    free(sequencer);
}
