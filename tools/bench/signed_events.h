/* Events for benchmarks: by so many authors, each with a key of its own, about as long as a mark.
 * Owner:   the caller; bench_events_release. */
#pragma once

#include "ledger/event.h"

struct bench_events {
    uint32_t count, author_count;
    struct ledger_key *keys; /* of the authors */
    struct base_buf *bytes;
    struct ledger_signature *signatures;
};

/* Makes `count` events; `sign` false leaves the signatures zero. `counter_first` lets several calls
 * go on where the last one ended. `log_id` NULL: founding events. */
int bench_events_make(uint32_t count, uint32_t author_count, uint64_t counter_first, bool sign,
                      const struct ledger_hash *log_id, struct bench_events *out_events,
                      struct base_err *err) BASE_MUST_USE;
void bench_events_release(struct bench_events *events);
/* Whose key signed event `i`. */
const struct ledger_key *bench_events_key(const struct bench_events *events, uint32_t i);
