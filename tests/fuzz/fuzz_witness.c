/* Requests to a witness: what is accepted, written again, is the same body; judging never strays.
 */
#include "ledger/witness.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct base_bytes body = base_bytes_of(data, len);
    struct base_buf BASE_CLEANUP(base_buf_release) again = {0};
    static const struct ledger_note_key key = {.name = "journal.example/log",
                                               .type = LEDGER_NOTE_ED25519};
    struct ledger_witness_request request;
    struct ledger_checkpoint checkpoint = {0};
    struct base_bytes text;
    if (ledger_witness_request_parse(body, &request, NULL) != 0)
        return 0;
    FUZZ_CHECK(ledger_witness_request_put(request.old_size, request.path, request.path_count,
                                          request.note, &again, NULL) == 0);
    FUZZ_CHECK(base_bytes_equal(base_buf_bytes(&again), body));
    FUZZ_CHECK(ledger_witness_read(&request, &key, 1, &checkpoint, &text) != LEDGER_WITNESS_COSIGN);
    struct ledger_checkpoint last = {.size = request.old_size};
    checkpoint.size = request.old_size + (len & 7);
    (void)ledger_witness_judge(&request, &checkpoint, &last);
    return 0;
}
