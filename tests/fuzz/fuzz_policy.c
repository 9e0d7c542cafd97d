/* Policies: any text is read or refused; what is read can be judged. */
#include "ledger/policy.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static struct ledger_policy policy;
    static struct ledger_note note;
    struct ledger_policy_verdict verdict;
    unsigned needed = 0;
    unsigned count = 0;
    if (ledger_policy_parse(base_bytes_of(data, len), &policy, NULL) != 0)
        return 0;
    ledger_policy_quorum(&policy, &needed, &count);
    FUZZ_CHECK(needed <= count);
    ledger_policy_judge(&policy, &note, &verdict);
    FUZZ_CHECK(verdict.held_count == 0);
    FUZZ_CHECK(verdict.met == (policy.quorum == LEDGER_POLICY_NONE));
    return 0;
}
