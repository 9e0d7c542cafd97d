/* Requests to a signer and the rules by which it signs. Reading is strict: what is accepted,
 * written again, is the same bytes. */
#include "ledger/signing.h"

#include <assert.h>

#include "ledger/canon.h"

#define ASK_COUNT 2u
#define SIGN_COUNT 6u

const char *ledger_signing_words(enum ledger_signing_answer answer)
{
    switch (answer) {
#define X(code, number, words)                                                                     \
    case code:                                                                                     \
        return words;
        LEDGER_SIGNING_ANSWERS(X)
#undef X
    }
    return "unknown";
}

static bool answer_is_known(int64_t code)
{
    switch (code) {
#define X(code, number, words) case number:
        LEDGER_SIGNING_ANSWERS(X)
#undef X
        return true;
    default:
        return false;
    }
}

int ledger_signing_request_put(const struct ledger_signing_request *request,
                               struct base_buf *out_bytes, struct base_err *err)
{
    assert(request->path_count <= LEDGER_PROOF_LEN_MAX);
    assert(request->asks_last || request->new_size <= INT64_MAX);
    ledger_canon_put_array(out_bytes, request->asks_last ? ASK_COUNT : SIGN_COUNT);
    ledger_canon_put_int(out_bytes, LEDGER_SIGNING_VERSION);
    ledger_canon_put_str(out_bytes, request->origin);
    if (!request->asks_last) {
        ledger_canon_put_int(out_bytes, (int64_t)request->old_size);
        ledger_canon_put_int(out_bytes, (int64_t)request->new_size);
        ledger_canon_put_bin(out_bytes, request->new_root.bytes, LEDGER_HASH_LEN);
        ledger_canon_put_array(out_bytes, request->path_count);
        for (unsigned i = 0; i < request->path_count; i++)
            ledger_canon_put_bin(out_bytes, request->path[i].bytes, LEDGER_HASH_LEN);
    }
    return out_bytes->failed ? BASE_FAIL(err, BASE_E_MEMORY, "a request to the signer") : 0;
}

static bool size_of(const struct ledger_canon_value *value, uint64_t *out_size)
{
    if (value->type != LEDGER_CANON_INT || value->integer < 0)
        return false;
    *out_size = (uint64_t)value->integer;
    return true;
}

static bool hash_of(const struct ledger_canon_value *value, struct ledger_hash *out_hash)
{
    if (!ledger_canon_is_bin(value, LEDGER_HASH_LEN))
        return false;
    memcpy(out_hash->bytes, value->bytes.data, LEDGER_HASH_LEN);
    return true;
}

static bool path_read(const struct ledger_canon_value *list, struct ledger_signing_request *request)
{
    struct ledger_canon_reader items = ledger_canon_reader_of(list->bytes);
    struct ledger_canon_value item;
    if (list->type != LEDGER_CANON_ARRAY || list->count > LEDGER_PROOF_LEN_MAX)
        return false;
    while (ledger_canon_step(&items, &item))
        if (!hash_of(&item, &request->path[request->path_count++]))
            return false;
    return true;
}

/* The fields of a request to sign, after version and origin. */
static bool claim_read(const struct ledger_canon_value *array,
                       struct ledger_signing_request *request)
{
    struct ledger_canon_value old_size = ledger_canon_at(array, 2);
    struct ledger_canon_value new_size = ledger_canon_at(array, 3);
    struct ledger_canon_value root = ledger_canon_at(array, 4);
    struct ledger_canon_value path = ledger_canon_at(array, 5);
    return size_of(&old_size, &request->old_size) && size_of(&new_size, &request->new_size) &&
           request->old_size <= request->new_size && hash_of(&root, &request->new_root) &&
           path_read(&path, request);
}

int ledger_signing_request_parse(struct base_bytes bytes,
                                 struct ledger_signing_request *out_request, struct base_err *err)
{
    struct ledger_signing_request request = {0};
    struct ledger_canon_value array;
    if (bytes.len > LEDGER_SIGNING_MESSAGE_LEN_MAX || ledger_canon_check(bytes, &array) != NULL ||
        array.type != LEDGER_CANON_ARRAY || (array.count != ASK_COUNT && array.count != SIGN_COUNT))
        return BASE_FAIL(err, BASE_E_FORMAT, "no request to a signer");
    struct ledger_canon_value version = ledger_canon_at(&array, 0);
    struct ledger_canon_value origin = ledger_canon_at(&array, 1);
    if (version.type != LEDGER_CANON_INT || version.integer != LEDGER_SIGNING_VERSION)
        return BASE_FAIL(err, BASE_E_FORMAT, "a request of another version");
    if (origin.type != LEDGER_CANON_TEXT || !ledger_note_name_is_valid(origin.bytes))
        return BASE_FAIL(err, BASE_E_FORMAT, "a request without an origin");
    memcpy(request.origin, origin.bytes.data, origin.bytes.len);
    request.asks_last = array.count == ASK_COUNT;
    if (!request.asks_last && !claim_read(&array, &request))
        return BASE_FAIL(err, BASE_E_FORMAT, "a request whose sizes, root or path are none");
    *out_request = request;
    return 0;
}

int ledger_signing_answer_put(enum ledger_signing_answer answer, struct base_bytes text,
                              struct base_buf *out_bytes, struct base_err *err)
{
    ledger_canon_put_array(out_bytes, 2);
    ledger_canon_put_int(out_bytes, (int64_t)answer);
    ledger_canon_put_text(out_bytes, text);
    return out_bytes->failed ? BASE_FAIL(err, BASE_E_MEMORY, "an answer of the signer") : 0;
}

int ledger_signing_answer_parse(struct base_bytes bytes, enum ledger_signing_answer *out_answer,
                                struct base_bytes *out_text, struct base_err *err)
{
    struct ledger_canon_value array;
    if (bytes.len > LEDGER_SIGNING_MESSAGE_LEN_MAX || ledger_canon_check(bytes, &array) != NULL ||
        array.type != LEDGER_CANON_ARRAY || array.count != 2)
        return BASE_FAIL(err, BASE_E_FORMAT, "no answer of a signer");
    struct ledger_canon_value code = ledger_canon_at(&array, 0);
    struct ledger_canon_value text = ledger_canon_at(&array, 1);
    if (code.type != LEDGER_CANON_INT || !answer_is_known(code.integer) ||
        text.type != LEDGER_CANON_TEXT ||
        (code.integer != LEDGER_SIGNING_SIGNED && text.bytes.len > LEDGER_SIGNING_WORDS_LEN_MAX))
        return BASE_FAIL(err, BASE_E_FORMAT, "no answer of a signer");
    *out_answer = (enum ledger_signing_answer)code.integer;
    *out_text = text.bytes;
    return 0;
}

enum ledger_signing_answer ledger_signing_judge(const struct ledger_checkpoint *last,
                                                const struct ledger_signing_request *request)
{
    assert(!request->asks_last);
    if (strcmp(last->origin, request->origin) != 0)
        return LEDGER_SIGNING_OTHER_LOG;
    if (request->new_size < last->size)
        return LEDGER_SIGNING_SMALLER;
    if (request->new_size == last->size)
        return ledger_hash_equal(&request->new_root, &last->root) ? LEDGER_SIGNING_SIGNED
                                                                  : LEDGER_SIGNING_FORKED;
    if (request->old_size != last->size)
        return LEDGER_SIGNING_GAP;
    /* The root that is proved from is the signer's own, never the request's. */
    return ledger_proof_verify_consistency(last->size, &last->root, request->new_size,
                                           &request->new_root, request->path, request->path_count)
               ? LEDGER_SIGNING_SIGNED
               : LEDGER_SIGNING_FORKED;
}
