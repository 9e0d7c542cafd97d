/* Events: what is accepted, built again from its fields, is the same bytes. */
#include "ledger/event.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct ledger_event event;
    struct ledger_refusal refusal = {0};
    struct base_buf BASE_CLEANUP(base_buf_release) again = {0};
    char kind[LEDGER_KIND_LEN_MAX + 1] = {0};
    int answer = ledger_event_parse(base_bytes_of(data, len), &event, &refusal);
    FUZZ_CHECK(answer == refusal.code);
    if (answer != 0) {
        FUZZ_CHECK(ledger_refusal_text_of(answer) != NULL);
        return 0;
    }
    memcpy(kind, event.kind.data, event.kind.len);
    struct ledger_event_draft draft = {
        .log_id = &event.log_id,
        .key = &event.key,
        .counter = event.counter,
        .claimed_ms = event.claimed_ms,
        .kind = kind,
        .body = event.body.raw,
        .seen_size = event.seen_size,
        .seen_root = &event.seen_root,
        .quote = event.has_quote ? &event.quote : NULL,
    };
    FUZZ_CHECK(ledger_event_build(&draft, &again, NULL) == 0);
    FUZZ_CHECK(base_bytes_equal(base_buf_bytes(&again), event.bytes));
    return 0;
}
