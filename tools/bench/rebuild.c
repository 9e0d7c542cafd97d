/* rebuild: the projections folded anew from a log that lies there. What is promised is a rate on a
 * machine on which libsodium verifies a signature in 60 µs; elsewhere, and in an hour when others
 * work, the same promise is a part of a verification measured in the same rounds. What nobody can
 * do without is the limit: reading every entry, hashing its leaf, and unpacking the event once.
 * Another rival is the careful way, in which every entry is judged again as at its admission
 * (letopis rebuild --judge). And the scan alone, against msgpack-c unpacking the same bytes. */
#include <msgpack.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "ledger/tree.h"
#include "tools/bench/bench.h"
#include "tools/bench/school.h"

#define SIZE_DEFAULT 200000u
#define SIZE_MIN 20000u
#define CHUNK 4096u
#define REBUILDS_PER_SECOND 500000.0 /* where a verification costs: */
#define VERIFICATION_NS 60000.0
#define VERIFICATION_COUNT 1000u
#define MESSAGE_LEN 400u /* an event's */
#define SCANS_PER_SECOND 1500000.0

struct work {
    struct bench_school school;
    struct ledger_log *log;
    struct base_bytes entries[CHUNK];
    uint64_t sum; /* so that nothing is left out as useless */
    uint8_t message[MESSAGE_LEN], signature[crypto_sign_BYTES], key[crypto_sign_PUBLICKEYBYTES];
};

static void sign(struct work *work)
{
    static const uint8_t seed[crypto_sign_SEEDBYTES] = {1};
    uint8_t secret[crypto_sign_SECRETKEYBYTES];
    crypto_sign_seed_keypair(work->key, secret, seed);
    crypto_sign_detached(work->signature, NULL, work->message, sizeof work->message, secret);
}

static int round_verify(void *data, struct base_err *err)
{
    struct work *work = data;
    for (unsigned i = 0; i < VERIFICATION_COUNT; i++) {
        if (crypto_sign_verify_detached(work->signature, work->message, sizeof work->message,
                                        work->key) != 0)
            return BASE_FAIL(err, BASE_E_CRYPTO, "a signature does not hold");
    }
    return 0;
}

static int rebuild(struct work *work, bool judge, struct base_err *err)
{
    struct proj_engine *engine = NULL;
    int rc = proj_engine_open(work->school.dir, false, &engine, err);
    if (rc == 0 && judge)
        proj_engine_judge_all(engine);
    if (rc == 0)
        rc = proj_engine_reset(engine, err);
    if (rc == 0)
        rc = proj_engine_attach(engine, work->log, NULL, NULL, err);
    proj_engine_close(engine);
    return rc;
}

static int round_rebuild(void *data, struct base_err *err)
{
    return rebuild(data, false, err);
}

static int round_judged(void *data, struct base_err *err)
{
    return rebuild(data, true, err);
}

/* Calls `each` for every entry of the log, in one walk. */
static int scan(struct work *work, int (*each)(struct work *work, struct base_bytes entry),
                struct base_err *err)
{
    struct ledger_reader *reader = NULL;
    int rc = ledger_reader_open(work->log, &reader, err);
    uint64_t size = rc == 0 ? ledger_reader_size(reader) : 0;
    for (ledger_seq first = 0; rc == 0 && first < size; first += CHUNK) {
        size_t count = size - first < CHUNK ? (size_t)(size - first) : CHUNK;
        rc = ledger_reader_entries(reader, first, count, work->entries, err);
        for (size_t i = 0; rc == 0 && i < count; i++) {
            if (each(work, work->entries[i]) != 0)
                rc = BASE_FAIL(err, BASE_E_FORMAT, "entry %llu", (unsigned long long)(first + i));
        }
    }
    ledger_reader_close(reader);
    return rc;
}

static int unpack_ours(struct work *work, struct base_bytes entry)
{
    struct ledger_event event;
    struct base_bytes bytes;
    base_time_ms recorded_ms;
    if (!ledger_entry_read(entry, &recorded_ms, &bytes) || !ledger_event_read(bytes, &event))
        return -1;
    work->sum += (uint64_t)event.counter;
    return 0;
}

static int hash_and_unpack(struct work *work, struct base_bytes entry)
{
    struct ledger_hash leaf;
    ledger_tree_leaf(entry, &leaf);
    work->sum += leaf.bytes[0];
    return unpack_ours(work, entry);
}

static int unpack_rival(struct work *work, struct base_bytes entry)
{
    msgpack_unpacked outer;
    msgpack_unpacked inner;
    int rc = -1;
    msgpack_unpacked_init(&outer);
    msgpack_unpacked_init(&inner);
    if (msgpack_unpack_next(&outer, (const char *)entry.data, entry.len, NULL) ==
            MSGPACK_UNPACK_SUCCESS &&
        outer.data.type == MSGPACK_OBJECT_ARRAY && outer.data.via.array.size == 3) {
        const msgpack_object *event = &outer.data.via.array.ptr[1];
        if (event->type == MSGPACK_OBJECT_BIN &&
            msgpack_unpack_next(&inner, event->via.bin.ptr, event->via.bin.size, NULL) ==
                MSGPACK_UNPACK_SUCCESS) {
            work->sum += inner.data.via.map.size;
            rc = 0;
        }
    }
    msgpack_unpacked_destroy(&inner);
    msgpack_unpacked_destroy(&outer);
    return rc;
}

static int round_limit(void *data, struct base_err *err)
{
    return scan(data, hash_and_unpack, err);
}

static int round_scan(void *data, struct base_err *err)
{
    return scan(data, unpack_ours, err);
}

static int round_msgpack(void *data, struct base_err *err)
{
    return scan(data, unpack_rival, err);
}

/* A wished rate as a target of the ratio that was measured. */
static void aim(struct bench_run *run, double per_second)
{
    struct bench_case *c = &run->cases[run->case_count - 1];
    c->target = c->rival.cpu_ns * per_second / 1e9;
}

int bench_rebuild(struct bench_run *run, struct base_err *err)
{
    uint64_t size = run->size == 0 ? SIZE_DEFAULT : run->size < SIZE_MIN ? SIZE_MIN : run->size;
    char dir[4200];
    struct work *work = calloc(1, sizeof *work);
    if (work == NULL)
        return BASE_FAIL(err, BASE_E_MEMORY, "rebuild");
    snprintf(dir, sizeof dir, "%s/school", run->dir);
    int rc = bench_school_make(dir, size, BENCH_LESSONS_CROWDED, run->quiet, &work->school, err);
    const struct ledger_log_options options = {.dir = dir, .clock = base_clock_system()};
    if (rc == 0)
        rc = ledger_log_open(&options, &work->log, err);
    uint64_t count = work->school.size;
    const struct bench_side sides[] = {
        {.name = "rebuild", .data = work, .round = round_rebuild, .operation_count = count},
        {.name = "libsodium: a signature",
         .data = work,
         .round = round_verify,
         .operation_count = VERIFICATION_COUNT},
        {.name = "judged again", .data = work, .round = round_judged, .operation_count = count},
        {.name = "read, hash, unpack",
         .data = work,
         .round = round_limit,
         .operation_count = count},
        {.name = "our cursor", .data = work, .round = round_scan, .operation_count = count},
        {.name = "msgpack-c", .data = work, .round = round_msgpack, .operation_count = count}};
    sign(work);
    if (rc == 0)
        rc = bench_measure(run, "entry, all projections", &sides[0], &sides[1], BENCH_CPU,
                           VERIFICATION_NS * REBUILDS_PER_SECOND / 1e9, err);
    if (rc == 0)
        rc = bench_measure(run, "entry, not judged again", &sides[0], &sides[2], BENCH_CPU, 0, err);
    if (rc == 0)
        rc =
            bench_measure(run, "entry, against the limit", &sides[0], &sides[3], BENCH_CPU, 0, err);
    if (rc == 0)
        rc = bench_measure(run, "entry, scan and unpack", &sides[4], &sides[5], BENCH_CPU, 0, err);
    if (rc == 0)
        aim(run, SCANS_PER_SECOND);
    ledger_log_close(work->log);
    free(work);
    return rc;
}
