/* Entries and bundles: what is accepted, built again, is the same bytes. */
#include "ledger/event.h"
#include "ledger/tiles.h"
#include "tests/fuzz/fuzz.h"

static void bundle_run(struct base_bytes bytes)
{
    struct base_bytes rest = bytes;
    struct base_bytes entry;
    struct base_buf BASE_CLEANUP(base_buf_release) again = {0};
    int answer;
    while ((answer = ledger_bundle_next(&rest, &entry, NULL)) == 1)
        FUZZ_CHECK(ledger_bundle_put(&again, entry, NULL) == 0);
    FUZZ_CHECK(answer == 0 || answer == BASE_E_FORMAT);
    FUZZ_CHECK(base_bytes_equal(base_buf_bytes(&again), base_bytes_of(bytes.data, again.len)));
    FUZZ_CHECK(answer != 0 || again.len == bytes.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct base_bytes bytes = base_bytes_of(data, len);
    struct ledger_entry entry;
    struct base_buf BASE_CLEANUP(base_buf_release) again = {0};
    bundle_run(bytes);
    if (ledger_entry_parse(bytes, &entry, NULL) != 0)
        return 0;
    FUZZ_CHECK(ledger_entry_build(entry.recorded_ms, entry.event_bytes, entry.signatures,
                                  entry.signature_count, &again, NULL) == 0);
    FUZZ_CHECK(base_bytes_equal(base_buf_bytes(&again), bytes));
    return 0;
}
