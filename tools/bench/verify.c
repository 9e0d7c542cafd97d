/* verify: one signature of an event, against libsodium's verification of the same bytes. --size is
 * the number of authors. */
#include <sodium.h>

#include "tools/bench/bench.h"
#include "tools/bench/signed_events.h"

#define EVENT_COUNT 512u
#define AUTHOR_COUNT 40u

static int round_ours(void *data, struct base_err *err)
{
    const struct bench_events *events = data;
    for (uint32_t i = 0; i < events->count; i++)
        if (!ledger_event_verify(base_buf_bytes(&events->bytes[i]), bench_events_key(events, i),
                                 &events->signatures[i]))
            return BASE_FAIL(err, BASE_E_CRYPTO, "signature %u does not hold", i);
    return 0;
}

static int round_rival(void *data, struct base_err *err)
{
    const struct bench_events *events = data;
    uint8_t message[1024];
    const size_t head = sizeof LEDGER_EVENT_DOMAIN;
    memcpy(message, LEDGER_EVENT_DOMAIN, head);
    for (uint32_t i = 0; i < events->count; i++) {
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

int bench_verify(struct bench_run *run, struct base_err *err)
{
    struct bench_events events;
    uint32_t authors = run->size == 0 ? AUTHOR_COUNT : (uint32_t)run->size;
    int rc = bench_events_make(EVENT_COUNT, authors, 1, true, NULL, &events, err);
    if (rc != 0)
        return rc;
    const struct bench_side ours = {.name = "ledger_event_verify",
                                    .data = &events,
                                    .round = round_ours,
                                    .operation_count = EVENT_COUNT};
    const struct bench_side rival = {
        .name = "libsodium", .data = &events, .round = round_rival, .operation_count = EVENT_COUNT};
    rc = bench_measure(run, "signature", &ours, &rival, BENCH_CPU, 0.95, err);
    bench_events_release(&events);
    return rc;
}
