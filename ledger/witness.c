/* Requests of tlog-witness. What can fail: the bytes, which are a stranger's; every answer has its
 * number. The order of checks is the specification's: form, origin, signature, sizes, proof. */
#include "ledger/witness.h"

#include <assert.h>

static const struct base_bytes old_word = {(const uint8_t *)"old ", 4};

int ledger_witness_request_put(uint64_t old_size, const struct ledger_hash *path,
                               unsigned path_count, struct base_bytes note,
                               struct base_buf *out_body, struct base_err *err)
{
    if (path_count > LEDGER_WITNESS_PATH_LEN_MAX)
        return BASE_FAIL(err, BASE_E_LIMIT, "a consistency proof of %u hashes", path_count);
    base_buf_put_bytes(out_body, old_word);
    base_buf_printf(out_body, "%llu\n", (unsigned long long)old_size);
    for (unsigned i = 0; i < path_count; i++) {
        base_buf_put_base64(out_body, base_bytes_of(path[i].bytes, LEDGER_HASH_LEN));
        base_buf_put_str(out_body, "\n");
    }
    base_buf_put_str(out_body, "\n");
    base_buf_put_bytes(out_body, note);
    return out_body->failed ? BASE_FAIL(err, BASE_E_MEMORY, "a request to a witness") : 0;
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

/* "old <size>", a decimal number below 2^63 without leading zeros. */
static bool old_parse(struct base_bytes line, uint64_t *out_size)
{
    if (line.len < old_word.len || memcmp(line.data, old_word.data, old_word.len) != 0)
        return false;
    const uint8_t *digits = line.data + old_word.len;
    size_t count = line.len - old_word.len;
    uint64_t size = 0;
    if (count == 0 || count > 19 || (count > 1 && digits[0] == '0'))
        return false;
    for (size_t i = 0; i < count; i++) {
        if (digits[i] < '0' || digits[i] > '9')
            return false;
        size = size * 10 + (uint64_t)(digits[i] - '0');
    }
    *out_size = size;
    return size <= INT64_MAX;
}

static bool hash_parse(struct base_bytes line, struct ledger_hash *out_hash)
{
    struct base_buf BASE_CLEANUP(base_buf_release) bytes = {0};
    if (!base_buf_put_unbase64(&bytes, line) || bytes.len != LEDGER_HASH_LEN)
        return false;
    memcpy(out_hash->bytes, bytes.data, LEDGER_HASH_LEN);
    return true;
}

int ledger_witness_request_parse(struct base_bytes body, struct ledger_witness_request *out_request,
                                 struct base_err *err)
{
    struct ledger_witness_request request = {0};
    struct base_bytes rest = body;
    struct base_bytes line;
    if (body.len > LEDGER_WITNESS_REQUEST_LEN_MAX || !line_take(&rest, &line) ||
        !old_parse(line, &request.old_size))
        return BASE_FAIL(err, BASE_E_FORMAT, "the first line is not \"old <size>\"");
    for (;;) {
        if (!line_take(&rest, &line))
            return BASE_FAIL(err, BASE_E_FORMAT, "no empty line before the checkpoint");
        if (line.len == 0)
            break;
        if (request.path_count == LEDGER_WITNESS_PATH_LEN_MAX ||
            !hash_parse(line, &request.path[request.path_count++]))
            return BASE_FAIL(err, BASE_E_FORMAT, "consistency proof, line %u", request.path_count);
    }
    request.note = rest;
    *out_request = request;
    return 0;
}

enum ledger_witness_answer ledger_witness_read(const struct ledger_witness_request *request,
                                               const struct ledger_note_key *keys,
                                               unsigned key_count,
                                               struct ledger_checkpoint *out_checkpoint,
                                               struct base_bytes *out_text)
{
    struct ledger_note note;
    struct ledger_checkpoint checkpoint;
    bool known = false;
    bool is_signed = false;
    if (ledger_note_parse(request->note, &note, NULL) != 0 ||
        ledger_checkpoint_parse(&note, &checkpoint, NULL) != 0)
        return LEDGER_WITNESS_MALFORMED;
    for (unsigned i = 0; i < key_count; i++) {
        if (keys[i].type != LEDGER_NOTE_ED25519 || strcmp(keys[i].name, checkpoint.origin) != 0)
            continue;
        known = true;
        is_signed = is_signed || ledger_note_is_signed_by(&note, &keys[i], NULL);
    }
    if (!known)
        return LEDGER_WITNESS_UNKNOWN;
    if (!is_signed)
        return LEDGER_WITNESS_UNSIGNED;
    *out_checkpoint = checkpoint;
    *out_text = note.text;
    return LEDGER_WITNESS_COSIGN;
}

enum ledger_witness_answer ledger_witness_judge(const struct ledger_witness_request *request,
                                                const struct ledger_checkpoint *checkpoint,
                                                const struct ledger_checkpoint *last)
{
    if (request->old_size > checkpoint->size)
        return LEDGER_WITNESS_MALFORMED;
    if (request->old_size != last->size)
        return LEDGER_WITNESS_CONFLICT;
    if (request->old_size == checkpoint->size && !ledger_hash_equal(&checkpoint->root, &last->root))
        return LEDGER_WITNESS_CONFLICT;
    /* Of nothing every tree is a continuation; then, and between equal sizes, the proof is empty.
     */
    if (request->old_size == 0 || request->old_size == checkpoint->size)
        return request->path_count == 0 ? LEDGER_WITNESS_COSIGN : LEDGER_WITNESS_UNPROVED;
    return ledger_proof_verify_consistency(last->size, &last->root, checkpoint->size,
                                           &checkpoint->root, request->path, request->path_count)
               ? LEDGER_WITNESS_COSIGN
               : LEDGER_WITNESS_UNPROVED;
}

int ledger_witness_lines_take(struct base_bytes answer, struct base_bytes text,
                              const struct ledger_note_key *key, struct base_buf *out_lines,
                              uint64_t *out_time_s, struct base_err *err)
{
    /* "the client MAY concatenate it to the checkpoint, and use a note verification function" */
    struct base_buf BASE_CLEANUP(base_buf_release) bytes = {0};
    struct ledger_note note;
    base_buf_put_bytes(&bytes, text);
    base_buf_put_str(&bytes, "\n");
    base_buf_put_bytes(&bytes, answer);
    if (bytes.failed)
        return BASE_FAIL(err, BASE_E_MEMORY, "a witness's answer");
    int fault = ledger_note_parse(base_buf_bytes(&bytes), &note, err);
    if (fault != 0)
        return fault;
    if (!base_bytes_equal(note.text, text))
        return BASE_FAIL(err, BASE_E_FORMAT, "the answer is more than signature lines");
    if (!ledger_note_is_signed_by(&note, key, out_time_s))
        return BASE_FAIL(err, BASE_E_CRYPTO, "no valid cosignature by “%s”", key->name);
    ledger_note_put_lines_of(&note, key, out_lines);
    return out_lines->failed ? BASE_FAIL(err, BASE_E_MEMORY, "a witness's answer") : 0;
}
