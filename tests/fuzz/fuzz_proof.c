/* Receipts: what is accepted, written again, is the same text. */
#include "ledger/proof.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct base_bytes text = base_bytes_of(data, len);
    struct base_buf BASE_CLEANUP(base_buf_release) again = {0};
    static const struct ledger_note_key key = {.name = "journal.example/log",
                                               .type = LEDGER_NOTE_ED25519};
    struct ledger_proof proof;
    if (ledger_proof_parse(text, &proof, NULL) != 0)
        return 0;
    FUZZ_CHECK(proof.path_count <= LEDGER_PROOF_LEN_MAX);
    /* By a key that nobody holds nothing is proved. */
    FUZZ_CHECK(ledger_proof_check(&proof, &key, NULL, NULL) != 0);
    if (proof.entry.len > 0) {
        FUZZ_CHECK(ledger_proof_put(base_buf_bytes(&proof.entry), proof.seq, proof.path,
                                    proof.path_count, proof.note, &again, NULL) == 0);
        FUZZ_CHECK(base_bytes_equal(base_buf_bytes(&again), text));
    }
    ledger_proof_release(&proof);
    return 0;
}
