/* Events come a commit at a time, so that a long log needs no more memory than a short one. */
#include "tools/bench/plain_log.h"

#include <stdlib.h>

#include "tools/bench/signed_events.h"

struct commit {
    struct ledger_submission submissions[LEDGER_BATCH_COUNT_MAX];
    struct ledger_submission *pointers[LEDGER_BATCH_COUNT_MAX];
    struct ledger_receipt receipts[LEDGER_BATCH_COUNT_MAX];
};

/* An admission that lets everything in: what is measured is the log. */
static int admit_check(void *data, struct ledger_submission *submission,
                       struct ledger_key *out_cosigners, uint32_t *out_count,
                       struct ledger_refusal *refusal, struct base_err *err)
{
    (void)data, (void)submission, (void)out_cosigners, (void)refusal, (void)err;
    *out_count = 0;
    return 0;
}
static int admit_begin(void *data, struct base_err *err)
{
    (void)data, (void)err;
    return 0;
}
static int admit(void *data, const struct ledger_submission *submission, ledger_seq seq,
                 base_time_ms recorded_ms, struct ledger_refusal *refusal, struct base_err *err)
{
    (void)data, (void)submission, (void)seq, (void)recorded_ms, (void)refusal, (void)err;
    return 0;
}
static void admit_abort(void *data)
{
    (void)data;
}
static const struct ledger_admission admission = {.check = admit_check,
                                                  .begin = admit_begin,
                                                  .admit = admit,
                                                  .commit = admit_begin,
                                                  .abort = admit_abort};

/* Appends what was made, in one commit. */
static int events_append(struct ledger_log *log, const struct bench_events *events,
                         struct base_err *err)
{
    struct ledger_refusal refusal;
    struct commit *commit = calloc(1, sizeof *commit);
    int rc = commit == NULL ? BASE_FAIL(err, BASE_E_MEMORY, "a commit") : 0;
    for (uint32_t i = 0; rc == 0 && i < events->count; i++) {
        struct ledger_submission *submission = &commit->submissions[i];
        submission->event_bytes = base_buf_bytes(&events->bytes[i]);
        submission->signature_count = 1;
        commit->pointers[i] = submission;
        if (ledger_event_parse(submission->event_bytes, &submission->event, &refusal) != 0)
            rc = BASE_FAIL(err, BASE_E_FORMAT, "event %u", i);
    }
    if (rc == 0)
        rc = ledger_log_append(log, commit->pointers, events->count, commit->receipts, err);
    for (uint32_t i = 0; rc == 0 && i < events->count; i++)
        if (commit->receipts[i].code != 0)
            rc = BASE_FAIL(err, BASE_E_STATE, "an event was refused with code %d",
                           commit->receipts[i].code);
    free(commit);
    return rc;
}

int bench_plain_log_make(const char *dir, uint32_t author_count, struct ledger_log **out_log,
                         struct ledger_hash *out_log_id, struct base_err *err)
{
    struct bench_events founding = {0};
    const struct ledger_log_options options = {.dir = dir,
                                               .origin = "bench.example/log",
                                               .create = true,
                                               .clock = base_clock_system(),
                                               .admission = &admission};
    int rc = ledger_log_open(&options, out_log, err);
    if (rc == 0)
        rc = bench_events_make(1, author_count, 1, false, NULL, &founding, err);
    if (rc == 0)
        rc = events_append(*out_log, &founding, err);
    if (rc == 0)
        ledger_log_id(*out_log, out_log_id);
    bench_events_release(&founding);
    return rc;
}

int bench_plain_log_fill(struct ledger_log *log, const struct ledger_hash *log_id,
                         uint32_t author_count, uint64_t size, struct base_err *err)
{
    int rc = 0;
    uint64_t counter = 2;
    for (uint64_t made = 1; rc == 0 && made < size;) {
        struct bench_events events = {0};
        uint32_t count =
            size - made < LEDGER_BATCH_COUNT_MAX ? (uint32_t)(size - made) : LEDGER_BATCH_COUNT_MAX;
        rc = bench_events_make(count, author_count, counter, false, log_id, &events, err);
        if (rc == 0)
            rc = events_append(log, &events, err);
        bench_events_release(&events);
        counter += count / author_count + 1;
        made += count;
    }
    return rc;
}
