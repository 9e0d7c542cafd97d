/* accept: signed events taken from their bytes to a durable answer, by the server's own pipeline:
 * threads that take them apart and verify them (ledger_submission_verify), the sequencer with its
 * group commits, admission and folding by the projections. Many teachers at once, each of whom
 * sends the next request when the last has been answered, as a client does; a request is an event
 * or several. The rival is what nobody
 * can do without: one verification of each signature. HTTP and TLS are not in it: no sockets, and
 * none of the server's brakes. */
#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "ledger/judge.h"
#include "ledger/sequencer.h"
#include "tools/bench/bench.h"
#include "tools/bench/school.h"

#define SUBMITTER_COUNT 64u
#define EACH_DEFAULT 16u
#define EACH_MAX 1024u
#define REQUEST_LEN_MAX 4u /* events: with all submitters a commit as full as may be */
#define SCHOOL_SIZE 40000u
#define WORKER_COUNT_MAX 16u
#define CPU_MAX 1.25 /* of a verification */

struct work;

struct submitter {
    struct work *work;
    struct base_buf *wires; /* `each` of them */
    uint32_t next;
    struct ledger_submission submissions[REQUEST_LEN_MAX];
    uint32_t waiting; /* events of the request that are not answered yet */
};

struct message { /* of the rival */
    struct base_buf bytes;
    struct ledger_key key;
    struct ledger_signature signature;
};

struct work {
    struct bench_school school;
    struct proj_engine *engine;
    struct ledger_log *log;
    struct ledger_sequencer *sequencer;
    struct ledger_judge *judge;
    uint32_t each;        /* events of one submitter in a round */
    uint32_t request_len; /* of them at once; divides `each` */
    uint32_t count;       /* submitters of a round */
    uint32_t at_once;     /* workers */
    struct submitter submitters[SUBMITTER_COUNT];
    struct message *messages; /* SUBMITTER_COUNT */

    pthread_mutex_t lock; /* guards all below */
    pthread_cond_t change;
    struct submitter *ready[SUBMITTER_COUNT]; /* a ring */
    uint32_t first, ready_count;
    uint32_t busy; /* submitters that have something left */
    int fault;
    struct base_err err; /* with `fault` */
    uint64_t commit_count, event_count;
};

/* With the lock. */
static void push(struct work *work, struct submitter *submitter)
{
    work->ready[(work->first + work->ready_count++) % SUBMITTER_COUNT] = submitter;
    pthread_cond_signal(&work->change);
}

/* So many of the submitter's events are through, or will never be. */
static void finish(struct submitter *submitter, uint32_t count, int fault,
                   const struct base_err *err)
{
    struct work *work = submitter->work;
    pthread_mutex_lock(&work->lock);
    work->event_count += count;
    submitter->waiting -= count;
    if (fault != 0 && work->fault == 0) {
        work->fault = fault;
        work->err = *err;
    }
    if (submitter->waiting == 0) {
        for (uint32_t i = 0; i < work->request_len; i++)
            ledger_submission_release(&submitter->submissions[i]);
        submitter->next += work->request_len;
        if (work->fault == 0 && submitter->next < work->each)
            push(work, submitter);
        else if (--work->busy == 0)
            pthread_cond_broadcast(&work->change);
    }
    pthread_mutex_unlock(&work->lock);
}

static void on_done(void *data, const struct ledger_receipt *receipt, const struct base_err *fault)
{
    const struct submitter *submitter = data;
    struct base_err err = {0};
    int rc = 0;
    if (fault != NULL)
        rc = BASE_FAIL(&err, BASE_E_STOPPED, "%s", fault->text);
    else if (receipt->code != 0 || receipt->known)
        rc = BASE_FAIL(&err, BASE_E_STATE, "an event was refused: %d %s", receipt->code,
                       receipt->refusal.field);
    else
        ledger_judge_admitted(submitter->work->judge, &submitter->submissions[0].event.key);
    finish(data, 1, rc, &err);
}

static void on_published(void *data, const struct ledger_head *head)
{
    struct work *work = data;
    (void)head;
    pthread_mutex_lock(&work->lock);
    work->commit_count++;
    pthread_mutex_unlock(&work->lock);
}

static int read_one(struct work *work, struct base_bytes wire, struct ledger_submission *out,
                    struct base_err *err)
{
    struct ledger_refusal refusal = {0};
    int rc = ledger_submission_parse(wire, out, &refusal, err);
    if (rc == 0)
        rc = ledger_submission_judge(proj_engine_admission(work->engine), work->judge, out,
                                     &refusal, err);
    return rc > 0 ? BASE_FAIL(err, BASE_E_STATE, "an event was refused: %d %s", rc, refusal.field)
                  : rc;
}

/* All of a request are verified before the first is handed over, as in net/api/events.c. */
static void take_in(struct work *work, struct submitter *submitter)
{
    struct base_err err = {0};
    uint32_t handed_over = 0;
    int rc = 0;
    submitter->waiting = work->request_len; /* nobody else has it now */
    for (uint32_t i = 0; i < work->request_len; i++)
        submitter->submissions[i] = (struct ledger_submission){0};
    for (uint32_t i = 0; rc == 0 && i < work->request_len; i++)
        rc = read_one(work, base_buf_bytes(&submitter->wires[submitter->next + i]),
                      &submitter->submissions[i], &err);
    while (rc == 0 && handed_over < work->request_len) {
        rc = ledger_sequencer_submit(work->sequencer, &submitter->submissions[handed_over], on_done,
                                     submitter, &err);
        handed_over += rc == 0 ? 1 : 0;
    }
    if (rc != 0)
        finish(submitter, work->request_len - handed_over, rc, &err);
}

static void *work_on(void *data)
{
    struct work *work = data;
    for (;;) {
        pthread_mutex_lock(&work->lock);
        while (work->ready_count == 0 && work->busy > 0)
            pthread_cond_wait(&work->change, &work->lock);
        struct submitter *submitter = work->ready_count > 0 ? work->ready[work->first] : NULL;
        if (submitter != NULL) {
            work->first = (work->first + 1) % SUBMITTER_COUNT;
            work->ready_count--;
        }
        pthread_mutex_unlock(&work->lock);
        if (submitter == NULL)
            return NULL;
        take_in(work, submitter);
    }
}

static int ours_prepare(void *data, struct base_err *err)
{
    struct work *work = data;
    int rc = 0;
    for (uint32_t i = 0; rc == 0 && i < work->count; i++) {
        work->submitters[i].next = 0;
        rc = bench_school_work(&work->school, 1 + i, work->each, work->submitters[i].wires, err);
    }
    return rc;
}

static int ours_round(void *data, struct base_err *err)
{
    struct work *work = data;
    pthread_t threads[WORKER_COUNT_MAX];
    uint32_t started = 0;
    pthread_mutex_lock(&work->lock);
    work->busy = work->count;
    for (uint32_t i = 0; i < work->count; i++)
        push(work, &work->submitters[i]);
    pthread_mutex_unlock(&work->lock);
    while (started < work->at_once && pthread_create(&threads[started], NULL, work_on, work) == 0)
        started++;
    if (started == 0)
        return BASE_FAIL(err, BASE_E_MEMORY, "a thread");
    for (uint32_t i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
    if (work->fault != 0)
        *err = work->err;
    return work->fault;
}

/* The last round's first event of each submitter. */
static int rival_prepare(void *data, struct base_err *err)
{
    struct work *work = data;
    int rc = 0;
    for (uint32_t i = 0; rc == 0 && i < work->count; i++) {
        struct message *message = &work->messages[i];
        struct ledger_submission submission;
        struct ledger_refusal refusal;
        rc = ledger_submission_parse(base_buf_bytes(&work->submitters[i].wires[0]), &submission,
                                     &refusal, err);
        if (rc != 0)
            return rc < 0 ? rc : BASE_FAIL(err, BASE_E_FORMAT, "event %u", i);
        base_buf_reset(&message->bytes);
        base_buf_put(&message->bytes, LEDGER_EVENT_DOMAIN, sizeof LEDGER_EVENT_DOMAIN);
        base_buf_put_bytes(&message->bytes, submission.event_bytes);
        message->key = submission.event.key;
        message->signature = submission.signatures[0];
        ledger_submission_release(&submission);
    }
    return rc;
}

static int rival_round(void *data, struct base_err *err)
{
    const struct work *work = data;
    for (uint32_t i = 0; i < work->count; i++) {
        const struct message *message = &work->messages[i];
        if (crypto_sign_verify_detached(message->signature.bytes, message->bytes.data,
                                        message->bytes.len, message->key.bytes) != 0)
            return BASE_FAIL(err, BASE_E_CRYPTO, "signature %u does not hold", i);
    }
    return 0;
}

static int work_open(struct bench_run *run, struct work *work, struct base_err *err)
{
    char dir[4200];
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    uint32_t wanted = cores < 2 ? 2 : (uint32_t)cores;
    work->at_once = wanted < WORKER_COUNT_MAX ? wanted : WORKER_COUNT_MAX;
    work->each = run->size == 0 ? EACH_DEFAULT : (uint32_t)run->size;
    work->each += (REQUEST_LEN_MAX - work->each % REQUEST_LEN_MAX) % REQUEST_LEN_MAX;
    work->messages = calloc(SUBMITTER_COUNT, sizeof *work->messages);
    if (work->messages == NULL)
        return BASE_FAIL(err, BASE_E_MEMORY, "accept");
    for (uint32_t i = 0; i < SUBMITTER_COUNT; i++) {
        work->submitters[i].work = work;
        work->submitters[i].wires = calloc(work->each, sizeof *work->submitters[i].wires);
        if (work->submitters[i].wires == NULL)
            return BASE_FAIL(err, BASE_E_MEMORY, "accept");
    }
    snprintf(dir, sizeof dir, "%s/school", run->dir);
    int rc =
        bench_school_make(dir, SCHOOL_SIZE, BENCH_LESSONS_CROWDED, run->quiet, &work->school, err);
    if (rc == 0)
        rc = proj_engine_open(dir, false, &work->engine, err);
    if (rc == 0) {
        const struct ledger_log_options options = {.dir = dir,
                                                   .clock = base_clock_manual(&work->school.now_ms),
                                                   .admission =
                                                       proj_engine_admission(work->engine)};
        rc = ledger_log_open(&options, &work->log, err);
    }
    if (rc == 0)
        rc = proj_engine_attach(work->engine, work->log, NULL, NULL, err);
    if (rc == 0)
        rc = ledger_sequencer_start(work->log, on_published, work, &work->sequencer, err);
    if (rc == 0)
        rc = ledger_judge_open(&(struct ledger_judge_options){0}, &work->judge, err);
    return rc;
}

static void work_close(struct work *work)
{
    ledger_sequencer_stop(work->sequencer);
    ledger_log_close(work->log);
    proj_engine_close(work->engine);
    ledger_judge_close(work->judge);
    for (uint32_t i = 0; i < SUBMITTER_COUNT; i++) {
        for (uint32_t j = 0; work->submitters[i].wires != NULL && j < work->each; j++)
            base_buf_release(&work->submitters[i].wires[j]);
        free(work->submitters[i].wires);
        if (work->messages != NULL)
            base_buf_release(&work->messages[i].bytes);
    }
    free(work->messages);
    pthread_cond_destroy(&work->change);
    pthread_mutex_destroy(&work->lock);
}

static int measure(struct bench_run *run, struct work *work, uint32_t count, uint32_t request_len,
                   double target, struct base_err *err)
{
    char name[64];
    const struct bench_side ours = {.name = "bytes to answer",
                                    .data = work,
                                    .prepare = ours_prepare,
                                    .round = ours_round,
                                    .operation_count = (uint64_t)count * work->each};
    const struct bench_side rival = {.name = "libsodium, verifying",
                                     .data = work,
                                     .prepare = rival_prepare,
                                     .round = rival_round,
                                     .operation_count = count};
    snprintf(name, sizeof name, "%u at once, by %u", count, request_len);
    work->count = count;
    work->request_len = request_len;
    work->commit_count = 0;
    work->event_count = 0;
    int rc = bench_measure(run, name, &ours, &rival, BENCH_CPU, target, err);
    if (rc == 0)
        bench_note(run, "%s: %.0f events a second, %.1f events a commit.", name,
                   1e9 / run->cases[run->case_count - 1].ours.wall_ns,
                   (double)work->event_count / (double)work->commit_count);
    return rc;
}

int bench_accept(struct bench_run *run, struct base_err *err)
{
    struct work *work = calloc(1, sizeof *work);
    if (work == NULL)
        return BASE_FAIL(err, BASE_E_MEMORY, "accept");
    pthread_mutex_init(&work->lock, NULL);
    pthread_cond_init(&work->change, NULL);
    int rc = run->size > EACH_MAX
                 ? BASE_FAIL(err, BASE_E_USAGE, "at most %u events a round and author", EACH_MAX)
                 : work_open(run, work, err);
    if (rc == 0)
        rc = measure(run, work, 1, 1, 0, err);
    if (rc == 0)
        rc = measure(run, work, SUBMITTER_COUNT, 1, 1 / CPU_MAX, err);
    if (rc == 0)
        rc = measure(run, work, SUBMITTER_COUNT, REQUEST_LEN_MAX, 1 / CPU_MAX, err);
    if (rc == 0)
        bench_note(run, "Through the sequencer, without HTTP; %u verifying threads.",
                   work->at_once);
    work_close(work);
    free(work);
    return rc;
}
