/* Receipts with their entry, as `letopis-audit receipt` reads them: proof, entry, event,
 * signatures. The checkpoint's signature, which nobody can guess, is passed over, so that what lies
 * behind it is reached; whatever is accepted, written again, is the same bytes. */
#include "tests/fuzz/fuzz.h"
#include "tools/audit/receipt.h"
#include "tools/common/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct audit_receipt_parts parts = {0};
    struct base_buf BASE_CLEANUP(base_buf_release) again = {0};
    struct base_buf BASE_CLEANUP(base_buf_release) told = {0};
    if (ledger_proof_parse(base_bytes_of(data, len), &parts.proof, NULL) != 0)
        return 0;
    if (audit_receipt_take_apart(&parts, NULL) == 0) {
        FUZZ_CHECK(parts.entry.signature_count >= 1);
        FUZZ_CHECK(ledger_event_verify(parts.entry.event_bytes, &parts.event.key,
                                       &parts.entry.signatures[0]));
        FUZZ_CHECK(ledger_entry_build(parts.entry.recorded_ms, parts.entry.event_bytes,
                                      parts.entry.signatures, parts.entry.signature_count, &again,
                                      NULL) == 0);
        FUZZ_CHECK(base_bytes_equal(base_buf_bytes(&again), base_buf_bytes(&parts.proof.entry)));
        tool_json_put_canon(&told, &parts.event.body);
        FUZZ_CHECK(!told.failed && told.len > 0);
    }
    ledger_proof_release(&parts.proof);
    return 0;
}
