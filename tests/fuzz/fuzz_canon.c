/* Canonical msgpack: accepted bytes, written again value by value, are the same bytes. */
#include "tests/fuzz/fuzz.h"

static void value_copy(const struct ledger_canon_value *value, struct base_buf *buf)
{
    struct ledger_canon_reader reader = ledger_canon_reader_of(value->bytes);
    struct ledger_canon_value item;
    switch (value->type) {
    case LEDGER_CANON_NIL:
        ledger_canon_put_nil(buf);
        return;
    case LEDGER_CANON_BOOL:
        ledger_canon_put_bool(buf, value->integer != 0);
        return;
    case LEDGER_CANON_INT:
        ledger_canon_put_int(buf, value->integer);
        return;
    case LEDGER_CANON_BIN:
        ledger_canon_put_bin(buf, value->bytes.data, value->bytes.len);
        return;
    case LEDGER_CANON_TEXT:
        FUZZ_CHECK(ledger_text_is_nfc(value->bytes));
        ledger_canon_put_text(buf, value->bytes);
        return;
    case LEDGER_CANON_ARRAY:
        ledger_canon_put_array(buf, value->count);
        break;
    case LEDGER_CANON_MAP:
        ledger_canon_put_map(buf, value->count);
        break;
    case LEDGER_CANON_NONE:
        FUZZ_CHECK(false);
    }
    while (ledger_canon_step(&reader, &item))
        value_copy(&item, buf);
    FUZZ_CHECK(reader.failed == NULL && reader.rest.len == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct base_bytes bytes = base_bytes_of(data, len);
    struct ledger_canon_value value;
    struct base_buf BASE_CLEANUP(base_buf_release) copy = {0};
    struct base_buf BASE_CLEANUP(base_buf_release) normal = {0};
    if (ledger_canon_check(bytes, &value) == NULL) {
        value_copy(&value, &copy);
        FUZZ_CHECK(base_bytes_equal(base_buf_bytes(&copy), bytes));
    }
    /* Bringing any text into normal form leads there in one step. */
    if (ledger_text_put_nfc(&normal, bytes)) {
        struct base_buf BASE_CLEANUP(base_buf_release) again = {0};
        FUZZ_CHECK(ledger_text_put_nfc(&again, base_buf_bytes(&normal)));
        FUZZ_CHECK(base_bytes_equal(base_buf_bytes(&normal), base_buf_bytes(&again)));
    } else {
        FUZZ_CHECK(!ledger_text_is_nfc(bytes));
    }
    return 0;
}
