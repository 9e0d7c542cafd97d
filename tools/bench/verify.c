/* verify: one signature of an event, against libsodium's verification of the same bytes: by the
 * tables of an audit (making them included), and by libsodium through our own door. --size is the
 * number of authors. */
#include <sodium.h>
#include <stdlib.h>

#include "ledger/signatures.h"
#include "tools/bench/bench.h"
#include "tools/bench/signed_events.h"

#define EVENT_COUNT 8192u
#define CHUNK_COUNT 1024u
#define AUTHOR_COUNT 40u
#define MANY LEDGER__SIGNATURES_MANY_MAX

struct work {
    struct bench_events events;
    struct ledger_ed25519_table **tables; /* one an author */
    enum ledger_ed25519_width width;
};

static int door_round(void *data, struct base_err *err)
{
    const struct bench_events *events = &((struct work *)data)->events;
    for (uint32_t i = 0; i < events->count; i++)
        if (!ledger_event_verify(base_buf_bytes(&events->bytes[i]), bench_events_key(events, i),
                                 &events->signatures[i]))
            return BASE_FAIL(err, BASE_E_CRYPTO, "signature %u does not hold", i);
    return 0;
}

static int many_check(struct ledger__signatures *signatures, const struct bench_events *events,
                      uint32_t start, const uint32_t numbers[MANY], struct base_err *err)
{
    struct ledger__signature_item items[MANY];
    for (uint32_t i = 0; i < MANY; i++)
        items[i] = (struct ledger__signature_item){.event_bytes =
                                                       base_buf_bytes(&events->bytes[start + i]),
                                                   .key = bench_events_key(events, start + i),
                                                   .number = numbers[i],
                                                   .signature = &events->signatures[start + i]};
    ledger__signatures_check(signatures, items, MANY);
    for (uint32_t i = 0; i < MANY; i++)
        if (!items[i].holds)
            return BASE_FAIL(err, BASE_E_CRYPTO, "signature %u does not hold", start + i);
    return 0;
}

/* As an audit does it: chunk by chunk, tables made on the way, samples judged again. */
static int audit_round(void *data, struct base_err *err)
{
    const struct bench_events *events = &((struct work *)data)->events;
    struct ledger__signatures *signatures = NULL;
    uint32_t numbers[CHUNK_COUNT];
    int rc = ledger__signatures_open(false, &signatures, err);
    for (uint32_t start = 0; rc == 0 && start < events->count; start += CHUNK_COUNT) {
        ledger__signatures_begin(signatures);
        for (uint32_t i = start; rc == 0 && i < start + CHUNK_COUNT; i++)
            rc = ledger__signatures_announce(signatures, bench_events_key(events, i),
                                             &numbers[i - start], err);
        for (uint32_t i = 0; i < ledger__signatures_wanted(signatures); i++)
            ledger__signatures_make(signatures, i);
        for (uint32_t i = start; rc == 0 && i < start + CHUNK_COUNT; i += MANY)
            rc = many_check(signatures, events, i, numbers + (i - start), err);
    }
    ledger__signatures_close(signatures);
    return rc;
}

static int table_round(void *data, struct base_err *err)
{
    const struct work *work = data;
    const struct bench_events *events = &work->events;
    struct ledger_ed25519_item items[MANY];
    for (uint32_t start = 0; start < events->count; start += MANY) {
        for (uint32_t i = 0; i < MANY; i++)
            items[i] = (struct ledger_ed25519_item){
                .table = work->tables[(start + i) % events->author_count],
                .first = base_bytes_of(LEDGER_EVENT_DOMAIN, sizeof LEDGER_EVENT_DOMAIN),
                .second = base_buf_bytes(&events->bytes[start + i]),
                .signature = &events->signatures[start + i]};
        ledger_ed25519_verify_many(items, MANY);
        for (uint32_t i = 0; i < MANY; i++)
            if (!items[i].holds)
                return BASE_FAIL(err, BASE_E_CRYPTO, "signature %u does not hold", start + i);
    }
    return 0;
}

static int make_round(void *data, struct base_err *err)
{
    struct work *work = data;
    int rc = 0;
    for (uint32_t i = 0; rc == 0 && i < work->events.author_count; i++) {
        ledger_ed25519_table_free(work->tables[i]);
        rc = ledger_ed25519_table_make(&work->events.keys[i], work->width, &work->tables[i], err);
    }
    return rc;
}

static int rival_round(void *data, struct base_err *err)
{
    const struct bench_events *events = &((struct work *)data)->events;
    uint8_t message[1024];
    const size_t head = sizeof LEDGER_EVENT_DOMAIN;
    memcpy(message, LEDGER_EVENT_DOMAIN, head);
    for (uint32_t i = 0; i < events->count / 8; i++) {
        struct base_bytes bytes = base_buf_bytes(&events->bytes[i]);
        if (head + bytes.len > sizeof message)
            return BASE_FAIL(err, BASE_E_LIMIT, "an event of %zu bytes", bytes.len);
        memcpy(message + head, bytes.data, bytes.len);
        if (crypto_sign_verify_detached(events->signatures[i].bytes, message, head + bytes.len,
                                        bench_events_key(events, i)->bytes) != 0)
            return BASE_FAIL(err, BASE_E_CRYPTO, "signature %u does not hold", i);
    }
    return 0;
}

static const struct {
    enum ledger_ed25519_width width;
    const char *making, *by;
} widths[] = {
    {LEDGER_ED25519_NARROW, "making a table", "by table"},
    {LEDGER_ED25519_WIDE, "making a wide table", "by wide table"},
};

int bench_verify(struct bench_run *run, struct base_err *err)
{
    struct work work = {0};
    uint32_t authors = run->size == 0 ? AUTHOR_COUNT : (uint32_t)run->size;
    int rc = bench_events_make(EVENT_COUNT, authors, 1, true, NULL, &work.events, err);
    if (rc != 0)
        return rc;
    const struct bench_side rival = {.name = "libsodium",
                                     .data = &work,
                                     .round = rival_round,
                                     .operation_count = EVENT_COUNT / 8};
    const struct bench_side sides[] = {
        {.name = "tables, made already",
         .data = &work,
         .round = table_round,
         .operation_count = EVENT_COUNT},
        {.name = "tables, as an audit",
         .data = &work,
         .round = audit_round,
         .operation_count = EVENT_COUNT},
        {.name = "ledger_event_verify",
         .data = &work,
         .round = door_round,
         .operation_count = EVENT_COUNT},
    };
    const struct bench_side make = {
        .name = "table", .data = &work, .round = make_round, .operation_count = authors};
    work.tables = calloc(authors, sizeof(struct ledger_ed25519_table *));
    if (work.tables == NULL)
        rc = BASE_FAIL(err, BASE_E_MEMORY, "tables");
    for (unsigned i = 0; rc == 0 && i < sizeof widths / sizeof widths[0]; i++) {
        work.width = widths[i].width;
        rc = bench_measure(run, widths[i].making, &make, NULL, BENCH_CPU, 0, err);
        if (rc == 0)
            rc = bench_measure(run, widths[i].by, &sides[0], &rival, BENCH_CPU, 4.5, err);
    }
    if (rc == 0)
        rc = bench_measure(run, "in an audit", &sides[1], &rival, BENCH_CPU, 4.0, err);
    if (rc == 0)
        rc = bench_measure(run, "--reference", &sides[2], &rival, BENCH_CPU, 0.95, err);
    for (uint32_t i = 0; work.tables != NULL && i < authors; i++)
        ledger_ed25519_table_free(work.tables[i]);
    free(work.tables);
    bench_events_release(&work.events);
    return rc;
}
