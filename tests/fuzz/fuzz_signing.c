/* Messages between a log and its signer: what is accepted, written again, is the same bytes;
 * judging never strays, and signs nothing smaller. */
#include "ledger/signing.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct base_bytes message = base_bytes_of(data, len);
    struct base_buf BASE_CLEANUP(base_buf_release) again = {0};
    struct ledger_signing_request request;
    enum ledger_signing_answer answer;
    struct base_bytes text;
    if (ledger_signing_answer_parse(message, &answer, &text, NULL) == 0) {
        FUZZ_CHECK(ledger_signing_answer_put(answer, text, &again, NULL) == 0);
        FUZZ_CHECK(base_bytes_equal(base_buf_bytes(&again), message));
        return 0;
    }
    if (ledger_signing_request_parse(message, &request, NULL) != 0)
        return 0;
    FUZZ_CHECK(ledger_signing_request_put(&request, &again, NULL) == 0);
    FUZZ_CHECK(base_bytes_equal(base_buf_bytes(&again), message));
    if (request.asks_last)
        return 0;
    struct ledger_checkpoint last = {.size = request.old_size + (len & 1)};
    memcpy(last.origin, request.origin, sizeof last.origin);
    last.root.bytes[0] = 1;
    FUZZ_CHECK(ledger_signing_judge(&last, &request) != LEDGER_SIGNING_SIGNED ||
               request.new_size >= last.size);
    return 0;
}
