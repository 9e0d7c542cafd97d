/* JSON at the border: what is accepted becomes canonical msgpack, which becomes JSON that gives the
 * same msgpack again; and any bytes may be called msgpack. */
#include "net/json.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct base_bytes given = base_bytes_of(data, len);
    struct base_buf BASE_CLEANUP(base_buf_release) packed = {0};
    struct base_buf BASE_CLEANUP(base_buf_release) text = {0};
    struct base_buf BASE_CLEANUP(base_buf_release) again = {0};
    struct ledger_canon_value value;
    if (net_json_from_msgpack(given, &text, NULL) == 0)
        FUZZ_CHECK(net_utf8_is_valid(base_buf_bytes(&text)));
    base_buf_reset(&text);
    if (net_json_to_msgpack(given, &packed, NULL) != 0)
        return 0;
    FUZZ_CHECK(net_utf8_is_valid(given));
    (void)ledger_canon_check(base_buf_bytes(&packed), &value);
    FUZZ_CHECK(net_json_from_msgpack(base_buf_bytes(&packed), &text, NULL) == 0);
    FUZZ_CHECK(net_json_to_msgpack(base_buf_bytes(&text), &again, NULL) == 0);
    FUZZ_CHECK(base_bytes_equal(base_buf_bytes(&packed), base_buf_bytes(&again)));
    return 0;
}
