/* Submissions: an event, its signatures and its openings, on their way into the log.
 *
 * Parsing needs no state and no secret; verifying runs the schema of the storey above and then the
 * signatures, the first by the event's key, the others by the keys that the kind names. Both can
 * run on any thread and answer with a refusal that names the field; a fault is memory alone. */
#include "ledger/log.h"

#include <assert.h>
#include <stdlib.h>

#include "ledger/judge.h"

static int signatures_parse(const struct ledger_canon_value *array,
                            struct ledger_submission *submission, struct ledger_refusal *refusal)
{
    if (array->type != LEDGER_CANON_ARRAY || array->count == 0)
        return ledger_refuse(refusal, LEDGER_REFUSED_MALFORMED, "signatures");
    if (array->count > LEDGER_SIGNATURE_COUNT_MAX)
        return ledger_refuse(refusal, LEDGER_REFUSED_TOO_LARGE, "signatures");
    struct ledger_canon_reader reader = ledger_canon_reader_of(array->bytes);
    struct ledger_canon_value item;
    while (ledger_canon_step(&reader, &item)) {
        uint32_t i = submission->signature_count;
        if (!ledger_canon_is_bin(&item, LEDGER_SIGNATURE_LEN))
            return ledger_refuse(refusal, LEDGER_REFUSED_MALFORMED, "signatures[%u]", i);
        memcpy(submission->signatures[i].bytes, item.bytes.data, LEDGER_SIGNATURE_LEN);
        submission->signature_count++;
    }
    return 0;
}

static int opening_parse(const struct ledger_canon_value *item, uint32_t i,
                         struct ledger_opening *out_opening, struct ledger_refusal *refusal)
{
    if (item->type != LEDGER_CANON_ARRAY || item->count != 3)
        return ledger_refuse(refusal, LEDGER_REFUSED_MALFORMED, "openings[%u]", i);
    struct ledger_canon_value path = ledger_canon_at(item, 0);
    struct ledger_canon_value salt = ledger_canon_at(item, 1);
    struct ledger_canon_value value = ledger_canon_at(item, 2);
    if (path.type != LEDGER_CANON_TEXT || path.bytes.len == 0)
        return ledger_refuse(refusal, LEDGER_REFUSED_MALFORMED, "openings[%u].path", i);
    if (path.bytes.len > LEDGER_PATH_LEN_MAX)
        return ledger_refuse(refusal, LEDGER_REFUSED_TOO_LARGE, "openings[%u].path", i);
    if (!ledger_canon_is_bin(&salt, LEDGER_SALT_LEN))
        return ledger_refuse(refusal, LEDGER_REFUSED_MALFORMED, "openings[%u].salt", i);
    if (value.type != LEDGER_CANON_BIN)
        return ledger_refuse(refusal, LEDGER_REFUSED_MALFORMED, "openings[%u].value", i);
    if (value.bytes.len > LEDGER_OPENING_VALUE_MAX)
        return ledger_refuse(refusal, LEDGER_REFUSED_TOO_LARGE, "openings[%u].value", i);
    if (ledger_canon_check(value.bytes, NULL) != NULL)
        return ledger_refuse(refusal, LEDGER_REFUSED_NOT_CANONICAL, "openings[%u].value", i);
    *out_opening =
        (struct ledger_opening){.path = path.bytes, .salt = salt.bytes, .value = value.bytes};
    ledger_sealed_commit(path.bytes, salt.bytes.data, value.bytes, out_opening->commitment);
    return 0;
}

static int openings_parse(const struct ledger_canon_value *array,
                          struct ledger_submission *submission, struct ledger_refusal *refusal,
                          struct base_err *err)
{
    if (array->type != LEDGER_CANON_ARRAY)
        return ledger_refuse(refusal, LEDGER_REFUSED_MALFORMED, "openings");
    if (array->count > LEDGER_OPENING_COUNT_MAX)
        return ledger_refuse(refusal, LEDGER_REFUSED_TOO_LARGE, "openings");
    if (array->count == 0)
        return 0;
    submission->openings = calloc(array->count, sizeof *submission->openings);
    if (submission->openings == NULL)
        return BASE_FAIL(err, BASE_E_MEMORY, "submission: %u openings", array->count);
    struct ledger_canon_reader reader = ledger_canon_reader_of(array->bytes);
    struct ledger_canon_value item;
    while (ledger_canon_step(&reader, &item)) {
        uint32_t i = submission->opening_count;
        int answer = opening_parse(&item, i, &submission->openings[i], refusal);
        if (answer != 0)
            return answer;
        submission->opening_count++;
    }
    assert(submission->opening_count == array->count);
    return 0;
}

static int parts_parse(const struct ledger_canon_value *array, struct ledger_submission *submission,
                       struct ledger_refusal *refusal, struct base_err *err)
{
    struct ledger_canon_value event = ledger_canon_at(array, 0);
    struct ledger_canon_value signatures = ledger_canon_at(array, 1);
    struct ledger_canon_value openings = ledger_canon_at(array, 2);
    if (event.type != LEDGER_CANON_BIN)
        return ledger_refuse(refusal, LEDGER_REFUSED_MALFORMED, "event");
    submission->event_bytes = event.bytes;
    int answer = ledger_event_parse(event.bytes, &submission->event, refusal);
    if (answer == 0)
        answer = signatures_parse(&signatures, submission, refusal);
    if (answer == 0)
        answer = openings_parse(&openings, submission, refusal, err);
    return answer;
}

int ledger_submission_parse(struct base_bytes wire, struct ledger_submission *out_submission,
                            struct ledger_refusal *refusal, struct base_err *err)
{
    if (wire.len > LEDGER_SUBMISSION_LEN_MAX)
        return ledger_refuse(refusal, LEDGER_REFUSED_TOO_LARGE, "submission");
    struct ledger_canon_value array;
    if (ledger_canon_check(wire, &array) != NULL)
        return ledger_refuse(refusal, LEDGER_REFUSED_NOT_CANONICAL, "submission");
    if (array.type != LEDGER_CANON_ARRAY || array.count != 3)
        return ledger_refuse(refusal, LEDGER_REFUSED_MALFORMED, "submission");
    struct ledger_submission submission = {0};
    int answer = parts_parse(&array, &submission, refusal, err);
    if (answer != 0) {
        ledger_submission_release(&submission);
        return answer;
    }
    *out_submission = submission;
    return 0;
}

void ledger_submission_release(struct ledger_submission *submission)
{
    if (submission == NULL)
        return;
    free(submission->openings);
    *submission = (struct ledger_submission){0};
}

int ledger_submission_build(struct base_bytes event_bytes,
                            const struct ledger_signature *signatures, uint32_t signature_count,
                            const struct ledger_opening *openings, uint32_t opening_count,
                            struct base_buf *out_wire, struct base_err *err)
{
    assert(signature_count >= 1 && signature_count <= LEDGER_SIGNATURE_COUNT_MAX);
    if (event_bytes.len > LEDGER_EVENT_LEN_MAX || opening_count > LEDGER_OPENING_COUNT_MAX)
        return BASE_FAIL(err, BASE_E_LIMIT, "submission: event of %zu bytes, %u openings",
                         event_bytes.len, opening_count);
    size_t start = out_wire->len;
    ledger_canon_put_array(out_wire, 3);
    ledger_canon_put_bin(out_wire, event_bytes.data, event_bytes.len);
    ledger_canon_put_array(out_wire, signature_count);
    for (uint32_t i = 0; i < signature_count; i++)
        ledger_canon_put_bin(out_wire, signatures[i].bytes, LEDGER_SIGNATURE_LEN);
    ledger_canon_put_array(out_wire, opening_count);
    for (uint32_t i = 0; i < opening_count; i++) {
        ledger_canon_put_array(out_wire, 3);
        ledger_canon_put_text(out_wire, openings[i].path);
        ledger_canon_put_bin(out_wire, openings[i].salt.data, openings[i].salt.len);
        ledger_canon_put_bin(out_wire, openings[i].value.data, openings[i].value.len);
    }
    if (out_wire->failed)
        return BASE_FAIL(err, BASE_E_MEMORY, "submission: no room for the encoding");
    if (out_wire->len - start > LEDGER_SUBMISSION_LEN_MAX) {
        size_t len = out_wire->len - start;
        out_wire->len = start;
        return BASE_FAIL(err, BASE_E_LIMIT, "submission of %zu bytes", len);
    }
    return 0;
}

int ledger_submission_judge(const struct ledger_admission *admission, struct ledger_judge *judge,
                            struct ledger_submission *submission, struct ledger_refusal *refusal,
                            struct base_err *err)
{
    struct ledger_key cosigners[LEDGER_SIGNATURE_COUNT_MAX];
    uint32_t cosigner_count = 0;
    int answer =
        admission->check(admission->data, submission, cosigners, &cosigner_count, refusal, err);
    if (answer != 0)
        return answer;
    assert(cosigner_count < LEDGER_SIGNATURE_COUNT_MAX);
    if (submission->signature_count != 1 + cosigner_count)
        return ledger_refuse(refusal, LEDGER_REFUSED_BAD_SIGNATURE, "signatures");
    if (!ledger_judge_holds(judge, submission->event_bytes, &submission->event.key,
                            &submission->signatures[0]))
        return ledger_refuse(refusal, LEDGER_REFUSED_BAD_SIGNATURE, "signatures[0]");
    for (uint32_t i = 1; i <= cosigner_count; i++)
        if (!ledger_event_verify(submission->event_bytes, &cosigners[i - 1],
                                 &submission->signatures[i]))
            return ledger_refuse(refusal, LEDGER_REFUSED_BAD_SIGNATURE, "signatures[%u]", i);
    return 0;
}

int ledger_submission_verify(const struct ledger_admission *admission,
                             struct ledger_submission *submission, struct ledger_refusal *refusal,
                             struct base_err *err)
{
    return ledger_submission_judge(admission, NULL, submission, refusal, err);
}
