/* Checkpoints: three lines, signed. Numbers have one spelling and roots one base64, so that a text
 * read and written again is the same text; whatever else is refused. */
#include "ledger/checkpoint.h"

#include <assert.h>

void ledger_checkpoint_put_text(const struct ledger_checkpoint *checkpoint,
                                struct base_buf *out_text)
{
    base_buf_printf(out_text, "%s\n%llu\n", checkpoint->origin,
                    (unsigned long long)checkpoint->size);
    base_buf_put_base64(out_text, base_bytes_of(checkpoint->root.bytes, LEDGER_HASH_LEN));
    base_buf_put_str(out_text, "\n");
}

int ledger_checkpoint_sign(uint64_t size, const struct ledger_hash *root,
                           const struct ledger_note_signer *signer, struct base_buf *out_note,
                           struct base_err *err)
{
    assert(signer->key.type == LEDGER_NOTE_ED25519);
    struct ledger_checkpoint checkpoint = {.size = size, .root = *root};
    memcpy(checkpoint.origin, signer->key.name, sizeof checkpoint.origin);
    struct base_buf BASE_CLEANUP(base_buf_release) text = {0};
    ledger_checkpoint_put_text(&checkpoint, &text);
    if (text.failed)
        return BASE_FAIL(err, BASE_E_MEMORY, "checkpoint: no room for the text");
    base_buf_put_bytes(out_note, base_buf_bytes(&text));
    base_buf_put_str(out_note, "\n");
    ledger_note_sign_line(base_buf_bytes(&text), signer, 0, out_note);
    if (out_note->failed)
        return BASE_FAIL(err, BASE_E_MEMORY, "checkpoint: no room for the note");
    return 0;
}

static bool line_take(struct base_bytes *rest, struct base_bytes *out_line)
{
    const uint8_t *end = rest->len == 0 ? NULL : memchr(rest->data, '\n', rest->len);
    if (end == NULL)
        return false;
    *out_line = base_bytes_of(rest->data, (size_t)(end - rest->data));
    *rest = base_bytes_of(end + 1, rest->len - out_line->len - 1);
    return true;
}

/* A decimal number below 2^63 without leading zeros. */
static bool size_parse(struct base_bytes line, uint64_t *out_size)
{
    if (line.len == 0 || line.len > 19 || (line.len > 1 && line.data[0] == '0'))
        return false;
    uint64_t size = 0;
    for (size_t i = 0; i < line.len; i++) {
        if (line.data[i] < '0' || line.data[i] > '9')
            return false;
        size = size * 10 + (uint64_t)(line.data[i] - '0');
    }
    *out_size = size;
    return size <= INT64_MAX;
}

int ledger_checkpoint_parse(const struct ledger_note *note,
                            struct ledger_checkpoint *out_checkpoint, struct base_err *err)
{
    struct base_bytes rest = note->text;
    struct base_bytes origin;
    struct base_bytes size;
    struct base_bytes root;
    struct ledger_checkpoint checkpoint = {0};
    struct base_bytes more;
    if (!line_take(&rest, &origin) || !line_take(&rest, &size) || !line_take(&rest, &root))
        return BASE_FAIL(err, BASE_E_FORMAT, "checkpoint: not three lines");
    while (line_take(&rest, &more)) {
        /* c2sp.org/tlog-checkpoint: "Extension lines, if any, MUST be non-empty" */
        if (more.len == 0)
            return BASE_FAIL(err, BASE_E_FORMAT, "checkpoint: an empty extension line");
        checkpoint.is_extended = true;
    }
    if (!ledger_note_name_is_valid(origin))
        return BASE_FAIL(err, BASE_E_FORMAT, "checkpoint: origin");
    memcpy(checkpoint.origin, origin.data, origin.len);
    if (!size_parse(size, &checkpoint.size))
        return BASE_FAIL(err, BASE_E_FORMAT, "checkpoint: size");
    struct base_buf BASE_CLEANUP(base_buf_release) decoded = {0};
    if (!base_buf_put_unbase64(&decoded, root) || decoded.len != LEDGER_HASH_LEN)
        return BASE_FAIL(err, BASE_E_FORMAT, "checkpoint: root");
    memcpy(checkpoint.root.bytes, decoded.data, LEDGER_HASH_LEN);
    *out_checkpoint = checkpoint;
    return 0;
}

int ledger_checkpoint_open(struct base_bytes bytes, const struct ledger_note_key *key,
                           struct ledger_checkpoint *out_checkpoint, struct base_err *err)
{
    struct ledger_note note;
    struct ledger_checkpoint checkpoint;
    int fault = ledger_note_parse(bytes, &note, err);
    if (fault == 0)
        fault = ledger_checkpoint_parse(&note, &checkpoint, err);
    if (fault != 0)
        return fault;
    if (checkpoint.is_extended)
        return BASE_FAIL(err, BASE_E_FORMAT, "checkpoint: extension lines");
    if (strcmp(checkpoint.origin, key->name) != 0)
        return BASE_FAIL(err, BASE_E_CRYPTO, "checkpoint of “%s”, not of “%s”", checkpoint.origin,
                         key->name);
    if (!ledger_note_is_signed_by(&note, key, NULL))
        return BASE_FAIL(err, BASE_E_CRYPTO, "checkpoint: no valid signature by “%s”", key->name);
    *out_checkpoint = checkpoint;
    return 0;
}
