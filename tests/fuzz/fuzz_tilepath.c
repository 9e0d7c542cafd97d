/* Tile paths: what is accepted, written again, is the same path. */
#include "ledger/tiles.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct base_bytes text = base_bytes_of(data, len);
    struct ledger_tile_path path;
    struct base_buf BASE_CLEANUP(base_buf_release) again = {0};
    if (!ledger_tile_path_parse(text, &path))
        return 0;
    ledger_tile_path_put(&path, &again);
    FUZZ_CHECK(base_bytes_equal(base_buf_bytes(&again), text));
    return 0;
}
