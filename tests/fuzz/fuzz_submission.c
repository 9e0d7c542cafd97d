/* Submissions: what is accepted, built again from its parts, is the same bytes. */
#include "ledger/log.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct base_bytes wire = base_bytes_of(data, len);
    struct ledger_submission submission;
    struct ledger_refusal refusal = {0};
    struct base_buf BASE_CLEANUP(base_buf_release) again = {0};
    int answer = ledger_submission_parse(wire, &submission, &refusal, NULL);
    FUZZ_CHECK(answer == refusal.code);
    if (answer != 0)
        return 0;
    FUZZ_CHECK(ledger_submission_build(submission.event_bytes, submission.signatures,
                                       submission.signature_count, submission.openings,
                                       submission.opening_count, &again, NULL) == 0);
    FUZZ_CHECK(base_bytes_equal(base_buf_bytes(&again), wire));
    ledger_submission_release(&submission);
    return 0;
}
