/* Notes, checkpoints and keys as text: what is accepted, written again, is the same text. */
#include "ledger/checkpoint.h"
#include "tests/fuzz/fuzz.h"

static void keys_run(struct base_bytes text)
{
    struct ledger_note_key key;
    struct ledger_note_signer signer;
    struct base_buf BASE_CLEANUP(base_buf_release) again = {0};
    if (ledger_vkey_parse(text, &key, NULL) == 0) {
        ledger_vkey_put(&key, &again);
        FUZZ_CHECK(base_bytes_equal(base_buf_bytes(&again), text));
    }
    base_buf_reset(&again);
    if (ledger_skey_parse(text, &signer, NULL) == 0) {
        ledger_skey_put(&signer, &again);
        FUZZ_CHECK(base_bytes_equal(base_buf_bytes(&again), text));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct base_bytes bytes = base_bytes_of(data, len);
    struct ledger_note note;
    struct ledger_checkpoint checkpoint;
    struct base_buf BASE_CLEANUP(base_buf_release) again = {0};
    keys_run(bytes);
    if (ledger_note_parse(bytes, &note, NULL) != 0)
        return 0;
    FUZZ_CHECK(note.signature_count >= 1);
    FUZZ_CHECK(note.text.len < bytes.len);
    if (ledger_checkpoint_parse(&note, &checkpoint, NULL) != 0)
        return 0;
    ledger_checkpoint_put_text(&checkpoint, &again);
    /* Extension lines are read and not kept: then the text begins with what is written. */
    FUZZ_CHECK(again.len <= note.text.len && memcmp(again.data, note.text.data, again.len) == 0);
    FUZZ_CHECK(checkpoint.is_extended == (again.len < note.text.len));
    return 0;
}
