/* The entry: recorded time, event bytes and signatures, as one leaf of the tree. */
#include "ledger/event.h"

#include <assert.h>

int ledger_entry_build(base_time_ms recorded_ms, struct base_bytes event_bytes,
                       const struct ledger_signature *signatures, uint32_t signature_count,
                       struct base_buf *out_bytes, struct base_err *err)
{
    assert(recorded_ms >= 0);
    assert(signature_count >= 1 && signature_count <= LEDGER_SIGNATURE_COUNT_MAX);
    if (event_bytes.len > LEDGER_EVENT_LEN_MAX)
        return BASE_FAIL(err, BASE_E_LIMIT, "entry: event of %zu bytes", event_bytes.len);
    size_t start = out_bytes->len;
    ledger_canon_put_array(out_bytes, 3);
    ledger_canon_put_int(out_bytes, recorded_ms);
    ledger_canon_put_bin(out_bytes, event_bytes.data, event_bytes.len);
    ledger_canon_put_array(out_bytes, signature_count);
    for (uint32_t i = 0; i < signature_count; i++)
        ledger_canon_put_bin(out_bytes, signatures[i].bytes, LEDGER_SIGNATURE_LEN);
    if (out_bytes->failed)
        return BASE_FAIL(err, BASE_E_MEMORY, "entry: no room for the encoding");
    /* 60,000 bytes of event and sixteen signatures always fit. */
    assert(out_bytes->len - start <= LEDGER_ENTRY_LEN_MAX);
    return 0;
}

/* Reads an entry in one walk: each value must be of its form and of the shortest, so what comes to
 * the end is canonical. False: it is not, or does not follow the format. */
static bool entry_walk(struct base_bytes bytes, struct ledger_entry *out)
{
    struct ledger_canon_reader reader = ledger_canon_reader_of(bytes);
    struct ledger_canon_value event;
    uint32_t count;
    bool there = ledger_canon_enter_array(&reader, &count) && count == 3 &&
                 ledger_canon_step_int(&reader, &out->recorded_ms) && out->recorded_ms >= 0 &&
                 ledger_canon_step(&reader, &event) && event.type == LEDGER_CANON_BIN &&
                 event.bytes.len <= LEDGER_EVENT_LEN_MAX &&
                 ledger_canon_enter_array(&reader, &count) && count >= 1 &&
                 count <= LEDGER_SIGNATURE_COUNT_MAX;
    for (uint32_t i = 0; there && i < count; i++) {
        const uint8_t *signature = ledger_canon_step_bin(&reader, LEDGER_SIGNATURE_LEN);
        there = signature != NULL;
        if (there)
            memcpy(out->signatures[i].bytes, signature, LEDGER_SIGNATURE_LEN);
    }
    if (!there || reader.rest.len != 0)
        return false;
    out->bytes = bytes;
    out->event_bytes = event.bytes;
    out->signature_count = count;
    return true;
}

int ledger_entry_parse(struct base_bytes bytes, struct ledger_entry *out_entry,
                       struct base_err *err)
{
    if (bytes.len > LEDGER_ENTRY_LEN_MAX)
        return BASE_FAIL(err, BASE_E_FORMAT, "entry of %zu bytes", bytes.len);
    if (entry_walk(bytes, out_entry))
        return 0;
    /* What is wrong with it? */
    struct ledger_canon_value array;
    const char *reason = ledger_canon_check(bytes, &array);
    if (reason != NULL)
        return BASE_FAIL(err, BASE_E_FORMAT, "entry: %s", reason);
    if (array.type != LEDGER_CANON_ARRAY || array.count != 3)
        return BASE_FAIL(err, BASE_E_FORMAT, "entry: not an array of three");
    struct ledger_canon_value recorded, event, signatures;
    struct ledger_canon_reader reader = ledger_canon_reader_of(array.bytes);
    if (!ledger_canon_step(&reader, &recorded) || !ledger_canon_step(&reader, &event) ||
        !ledger_canon_step(&reader, &signatures))
        return BASE_FAIL(err, BASE_E_FORMAT, "entry: not an array of three");
    if (recorded.type != LEDGER_CANON_INT || recorded.integer < 0)
        return BASE_FAIL(err, BASE_E_FORMAT, "entry: recorded time");
    if (event.type != LEDGER_CANON_BIN || event.bytes.len > LEDGER_EVENT_LEN_MAX)
        return BASE_FAIL(err, BASE_E_FORMAT, "entry: event bytes");
    if (signatures.type != LEDGER_CANON_ARRAY || signatures.count < 1 ||
        signatures.count > LEDGER_SIGNATURE_COUNT_MAX)
        return BASE_FAIL(err, BASE_E_FORMAT, "entry: signatures");
    struct ledger_entry entry = {
        .bytes = bytes, .recorded_ms = recorded.integer, .event_bytes = event.bytes};
    struct ledger_canon_value signature;
    reader = ledger_canon_reader_of(signatures.bytes);
    while (ledger_canon_step(&reader, &signature)) {
        if (!ledger_canon_is_bin(&signature, LEDGER_SIGNATURE_LEN))
            return BASE_FAIL(err, BASE_E_FORMAT, "entry: signature %u", entry.signature_count);
        memcpy(entry.signatures[entry.signature_count++].bytes, signature.bytes.data,
               LEDGER_SIGNATURE_LEN);
    }
    assert(entry.signature_count == signatures.count);
    *out_entry = entry;
    return 0;
}

bool ledger_entry_read(struct base_bytes bytes, base_time_ms *out_recorded_ms,
                       struct base_bytes *out_event_bytes)
{
    struct ledger_canon_reader reader = ledger_canon_reader_of(bytes);
    struct ledger_canon_value event;
    uint32_t count;
    bool there = ledger_canon_enter_array(&reader, &count) &&
                 ledger_canon_step_int(&reader, out_recorded_ms) &&
                 ledger_canon_step(&reader, &event) && event.type == LEDGER_CANON_BIN;
    if (there)
        *out_event_bytes = event.bytes;
    return there;
}
