/* append: already verified events into a log, durable, at 1 … 256 a commit, against SQLite (WAL,
 * synchronous=FULL) on the same disk with the same bytes. SQLite keeps what our admission needs to
 * find: the entry under its position, and unique indexes of id and of (key, counter). We also build
 * the tree, sign a checkpoint and read all back; SQLite does not. */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "ledger/log.h"
#include "tools/bench/bench.h"
#include "tools/bench/plain_log.h"
#include "tools/bench/signed_events.h"

#define AUTHOR_COUNT 40u

struct work {
    uint32_t batch_len, commit_count; /* a round */
    struct ledger_log *log;
    uint64_t our_counter, rival_counter;
    struct ledger_hash log_id;
    struct bench_events events;
    struct ledger_submission *submissions;
    struct ledger_submission **pointers;
    struct ledger_receipt *receipts;
    struct base_buf *entries;
    sqlite3 *db;
    sqlite3_stmt *insert;
};

static uint32_t event_count(const struct work *work)
{
    return work->batch_len * work->commit_count;
}

/* Fresh events for a round: `counter` moves on past them. */
static int events_make(struct work *work, uint64_t *counter, struct base_err *err)
{
    struct ledger_refusal refusal;
    bench_events_release(&work->events);
    int rc = bench_events_make(event_count(work), AUTHOR_COUNT, *counter, false, &work->log_id,
                               &work->events, err);
    *counter += event_count(work) / AUTHOR_COUNT + 1;
    for (uint32_t i = 0; rc == 0 && i < event_count(work); i++) {
        struct ledger_submission *submission = &work->submissions[i];
        *submission = (struct ledger_submission){
            .event_bytes = base_buf_bytes(&work->events.bytes[i]), .signature_count = 1};
        work->pointers[i] = submission;
        if (ledger_event_parse(submission->event_bytes, &submission->event, &refusal) != 0)
            rc = BASE_FAIL(err, BASE_E_FORMAT, "event %u", i);
    }
    return rc;
}

static int ours_prepare(void *data, struct base_err *err)
{
    struct work *work = data;
    return events_make(work, &work->our_counter, err);
}

static int ours_round(void *data, struct base_err *err)
{
    struct work *work = data;
    for (uint32_t c = 0; c < work->commit_count; c++) {
        uint32_t first = c * work->batch_len;
        int rc = ledger_log_append(work->log, work->pointers + first, work->batch_len,
                                   work->receipts, err);
        for (uint32_t i = 0; rc == 0 && i < work->batch_len; i++)
            if (work->receipts[i].code != 0)
                rc = BASE_FAIL(err, BASE_E_STATE, "an event was refused with code %d",
                               work->receipts[i].code);
        if (rc != 0)
            return rc;
    }
    return 0;
}

static int rival_prepare(void *data, struct base_err *err)
{
    struct work *work = data;
    int rc = events_make(work, &work->rival_counter, err);
    for (uint32_t i = 0; rc == 0 && i < event_count(work); i++) {
        base_buf_reset(&work->entries[i]);
        rc = ledger_entry_build(work->submissions[i].event.claimed_ms,
                                work->submissions[i].event_bytes, work->events.signatures + i, 1,
                                &work->entries[i], err);
    }
    return rc;
}

static bool rival_insert(struct work *work, uint32_t i)
{
    const struct ledger_event *event = &work->submissions[i].event;
    sqlite3_stmt *insert = work->insert;
    sqlite3_reset(insert);
    return sqlite3_bind_blob(insert, 1, work->entries[i].data, (int)work->entries[i].len,
                             SQLITE_STATIC) == SQLITE_OK &&
           sqlite3_bind_blob(insert, 2, event->id.bytes, LEDGER_HASH_LEN, SQLITE_STATIC) ==
               SQLITE_OK &&
           sqlite3_bind_blob(insert, 3, event->key.bytes, LEDGER_KEY_LEN, SQLITE_STATIC) ==
               SQLITE_OK &&
           sqlite3_bind_int64(insert, 4, event->counter) == SQLITE_OK &&
           sqlite3_step(insert) == SQLITE_DONE;
}

static int rival_round(void *data, struct base_err *err)
{
    struct work *work = data;
    for (uint32_t c = 0; c < work->commit_count; c++) {
        bool done = sqlite3_exec(work->db, "BEGIN IMMEDIATE", NULL, NULL, NULL) == SQLITE_OK;
        for (uint32_t i = 0; done && i < work->batch_len; i++)
            done = rival_insert(work, c * work->batch_len + i);
        if (!done || sqlite3_exec(work->db, "COMMIT", NULL, NULL, NULL) != SQLITE_OK)
            return BASE_FAIL(err, BASE_E_IO, "SQLite: %s", sqlite3_errmsg(work->db));
    }
    return 0;
}

static int rival_open(struct work *work, const char *dir, struct base_err *err)
{
    static const char schema[] =
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
        "CREATE TABLE entries(seq INTEGER PRIMARY KEY, entry BLOB NOT NULL, id BLOB NOT NULL,"
        " key BLOB NOT NULL, counter INTEGER NOT NULL);"
        "CREATE UNIQUE INDEX ids ON entries(id);"
        "CREATE UNIQUE INDEX counters ON entries(key, counter);";
    char path[4200];
    snprintf(path, sizeof path, "%s/rival.sqlite", dir);
    if (sqlite3_open(path, &work->db) != SQLITE_OK ||
        sqlite3_exec(work->db, schema, NULL, NULL, NULL) != SQLITE_OK ||
        sqlite3_prepare_v2(work->db,
                           "INSERT INTO entries(entry, id, key, counter) VALUES(?, ?, ?, ?)", -1,
                           &work->insert, NULL) != SQLITE_OK)
        return BASE_FAIL(err, BASE_E_IO, "SQLite: %s", sqlite3_errmsg(work->db));
    return 0;
}

static int log_open(struct work *work, const char *dir, struct base_err *err)
{
    char path[4200];
    snprintf(path, sizeof path, "%s/log", dir);
    return bench_plain_log_make(path, AUTHOR_COUNT, &work->log, &work->log_id, err);
}

static void work_release(struct work *work)
{
    ledger_log_close(work->log);
    sqlite3_finalize(work->insert);
    sqlite3_close(work->db);
    for (uint32_t i = 0; work->entries != NULL && i < event_count(work); i++)
        base_buf_release(&work->entries[i]);
    bench_events_release(&work->events);
    free(work->submissions);
    free(work->pointers);
    free(work->receipts);
    free(work->entries);
}

static int case_run(struct bench_run *run, uint32_t batch_len, struct base_err *err)
{
    char name[64];
    char dir[4100];
    struct work work = {.batch_len = batch_len,
                        .commit_count = batch_len == 1    ? 20
                                        : batch_len == 64 ? 8
                                                          : 4,
                        .our_counter = 2,
                        .rival_counter = 2};
    uint32_t count = event_count(&work);
    snprintf(name, sizeof name, "%u a commit", batch_len);
    snprintf(dir, sizeof dir, "%s/%u", run->dir, batch_len);
    work.submissions = calloc(count, sizeof *work.submissions);
    /* NOLINTNEXTLINE(bugprone-sizeof-expression): an array of pointers is what is meant */
    work.pointers = calloc(count, sizeof(struct ledger_submission *));
    work.receipts = calloc(count, sizeof *work.receipts);
    work.entries = calloc(count, sizeof *work.entries);
    int rc = work.submissions == NULL || work.pointers == NULL || work.receipts == NULL ||
                     work.entries == NULL || mkdir(dir, 0700) != 0
                 ? BASE_FAIL(err, BASE_E_MEMORY, "%s", dir)
                 : 0;
    if (rc == 0)
        rc = log_open(&work, dir, err);
    if (rc == 0)
        rc = rival_open(&work, dir, err);
    if (rc == 0) {
        const struct bench_side ours = {.name = "ledger_log_append",
                                        .data = &work,
                                        .prepare = ours_prepare,
                                        .round = ours_round,
                                        .operation_count = count};
        const struct bench_side rival = {.name = "SQLite WAL, FULL",
                                         .data = &work,
                                         .prepare = rival_prepare,
                                         .round = rival_round,
                                         .operation_count = count};
        rc = bench_measure(run, name, &ours, &rival, BENCH_CPU, batch_len == 256 ? 2.0 : 0, err);
    }
    work_release(&work);
    return rc;
}

int bench_append(struct bench_run *run, struct base_err *err)
{
    static const uint32_t batch_lens[] = {1, 64, LEDGER_BATCH_COUNT_MAX};
    int rc = 0;
    if (run->size > LEDGER_BATCH_COUNT_MAX)
        return BASE_FAIL(err, BASE_E_USAGE, "a commit holds at most %u events",
                         LEDGER_BATCH_COUNT_MAX);
    if (run->size > 0)
        return case_run(run, (uint32_t)run->size, err);
    for (size_t i = 0; rc == 0 && i < sizeof batch_lens / sizeof batch_lens[0]; i++)
        rc = case_run(run, batch_lens[i], err);
    return rc;
}
