/* Made anew in each run from fixed seeds: same bytes every time. */
#include "tools/bench/signed_events.h"

#include <stdlib.h>

#include "ledger/tree.h"

#define BODY_TEXT_LEN 120u

static void body_put(struct base_buf *out, uint32_t i)
{
    char text[BODY_TEXT_LEN + 1];
    memset(text, 'a' + (int)(i % 26), BODY_TEXT_LEN);
    text[BODY_TEXT_LEN] = '\0';
    ledger_canon_put_map(out, 1);
    ledger_canon_put_text(out, BASE_LITERAL("text"));
    ledger_canon_put_text(out, base_bytes_str(text));
}

static void author_make(uint32_t number, struct ledger_key *out_key, uint8_t secret[64])
{
    uint8_t seed[LEDGER_SEED_LEN] = {'b', 'e', 'n', 'c', 'h'};
    base_set_be64(seed + LEDGER_SEED_LEN - 8, number);
    ledger_key_from_seed(seed, out_key, secret);
}

static int event_make(struct bench_events *events, uint32_t i, int64_t counter,
                      const struct ledger_hash *log_id, const uint8_t *secret, struct base_err *err)
{
    struct base_buf BASE_CLEANUP(base_buf_release) body = {0};
    struct ledger_hash empty;
    ledger_tree_empty(&empty);
    body_put(&body, i);
    const struct ledger_event_draft draft = {.log_id = log_id,
                                             .key = bench_events_key(events, i),
                                             .counter = counter,
                                             .claimed_ms = 1790000000000 + counter,
                                             .kind = "bench.written",
                                             .body = base_buf_bytes(&body),
                                             .seen_root = &empty};
    int rc = ledger_event_build(&draft, &events->bytes[i], err);
    if (rc == 0 && secret != NULL)
        ledger_event_sign(base_buf_bytes(&events->bytes[i]), secret, &events->signatures[i]);
    return rc;
}

int bench_events_make(uint32_t count, uint32_t author_count, uint64_t counter_first, bool sign,
                      const struct ledger_hash *log_id, struct bench_events *out_events,
                      struct base_err *err)
{
    struct bench_events events = {.count = count, .author_count = author_count};
    uint8_t(*secrets)[64] = calloc(author_count, sizeof *secrets);
    events.keys = calloc(author_count, sizeof *events.keys);
    events.bytes = calloc(count, sizeof *events.bytes);
    events.signatures = calloc(count, sizeof *events.signatures);
    int rc =
        secrets == NULL || events.keys == NULL || events.bytes == NULL || events.signatures == NULL
            ? BASE_FAIL(err, BASE_E_MEMORY, "%u events", count)
            : 0;
    for (uint32_t i = 0; rc == 0 && i < author_count; i++)
        author_make(i, &events.keys[i], secrets[i]);
    for (uint32_t i = 0; rc == 0 && i < count; i++)
        rc = event_make(&events, i, (int64_t)(counter_first + i / author_count), log_id,
                        sign ? secrets[i % author_count] : NULL, err);
    free(secrets);
    if (rc == 0)
        *out_events = events;
    else
        bench_events_release(&events);
    return rc;
}

void bench_events_release(struct bench_events *events)
{
    for (uint32_t i = 0; events->bytes != NULL && i < events->count; i++)
        base_buf_release(&events->bytes[i]);
    free(events->bytes);
    free(events->signatures);
    free(events->keys);
    *events = (struct bench_events){0};
}

const struct ledger_key *bench_events_key(const struct bench_events *events, uint32_t i)
{
    return &events->keys[i % events->author_count];
}
