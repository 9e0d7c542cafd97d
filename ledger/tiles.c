/* Paths and content of tiles. Parsing goes left to right over one cursor; at the end the path is
 * only accepted when all of it was used, and each part allows one spelling. */
#include "ledger/tiles.h"

#include <assert.h>

struct cursor {
    struct base_bytes rest;
};

static bool literal_take(struct cursor *cursor, struct base_bytes literal)
{
    if (cursor->rest.len < literal.len || memcmp(cursor->rest.data, literal.data, literal.len) != 0)
        return false;
    cursor->rest.data += literal.len;
    cursor->rest.len -= literal.len;
    return true;
}

/* A number up to `max` without leading zeros. */
static bool number_take(struct cursor *cursor, unsigned max, unsigned *out_number)
{
    unsigned number = 0;
    size_t digits = 0;
    while (digits < cursor->rest.len && cursor->rest.data[digits] >= '0' &&
           cursor->rest.data[digits] <= '9') {
        if (digits == 3)
            return false;
        number = number * 10 + (unsigned)(cursor->rest.data[digits++] - '0');
    }
    if (digits == 0 || (digits > 1 && cursor->rest.data[0] == '0') || number > max)
        return false;
    cursor->rest.data += digits;
    cursor->rest.len -= digits;
    *out_number = number;
    return true;
}

static bool three_digits_take(struct cursor *cursor, unsigned *out_number)
{
    if (cursor->rest.len < 3)
        return false;
    unsigned number = 0;
    for (size_t i = 0; i < 3; i++) {
        uint8_t c = cursor->rest.data[i];
        if (c < '0' || c > '9')
            return false;
        number = number * 10 + (unsigned)(c - '0');
    }
    cursor->rest.data += 3;
    cursor->rest.len -= 3;
    *out_number = number;
    return true;
}

/* "x001/x234/067": the first group of several is not zero, else there would be two spellings. */
static bool index_take(struct cursor *cursor, uint64_t *out_index)
{
    uint64_t index = 0;
    unsigned group;
    while (literal_take(cursor, BASE_LITERAL("x"))) {
        if (!three_digits_take(cursor, &group) || !literal_take(cursor, BASE_LITERAL("/")))
            return false;
        index = index * 1000 + group;
        if (index == 0 || index > LEDGER_TILE_INDEX_MAX)
            return false;
    }
    if (!three_digits_take(cursor, &group))
        return false;
    *out_index = index * 1000 + group;
    return *out_index <= LEDGER_TILE_INDEX_MAX;
}

bool ledger_tile_path_parse(struct base_bytes text, struct ledger_tile_path *out_path)
{
    struct cursor cursor = {.rest = text};
    struct ledger_tile_path path = {.width = LEDGER_TILE_WIDTH};
    if (!literal_take(&cursor, BASE_LITERAL("tile/")))
        return false;
    path.entries = literal_take(&cursor, BASE_LITERAL("entries/"));
    if (!path.entries && (!number_take(&cursor, LEDGER_TILE_LEVEL_MAX, &path.level) ||
                          !literal_take(&cursor, BASE_LITERAL("/"))))
        return false;
    if (!index_take(&cursor, &path.index))
        return false;
    if (literal_take(&cursor, BASE_LITERAL(".p/")) &&
        (!number_take(&cursor, LEDGER_TILE_WIDTH - 1, &path.width) || path.width == 0))
        return false;
    if (cursor.rest.len != 0)
        return false;
    *out_path = path;
    return true;
}

static void index_put(uint64_t index, struct base_buf *out_text)
{
    uint64_t scale = 1;
    while (index / scale >= 1000)
        scale *= 1000;
    for (; scale > 1; scale /= 1000)
        base_buf_printf(out_text, "x%03u/", (unsigned)(index / scale % 1000));
    base_buf_printf(out_text, "%03u", (unsigned)(index % 1000));
}

void ledger_tile_path_put(const struct ledger_tile_path *path, struct base_buf *out_text)
{
    assert(path->width >= 1 && path->width <= LEDGER_TILE_WIDTH);
    assert(path->level <= LEDGER_TILE_LEVEL_MAX && path->index <= LEDGER_TILE_INDEX_MAX);
    if (path->entries)
        base_buf_put_str(out_text, "tile/entries/");
    else
        base_buf_printf(out_text, "tile/%u/", path->level);
    index_put(path->index, out_text);
    if (path->width < LEDGER_TILE_WIDTH)
        base_buf_printf(out_text, ".p/%u", path->width);
}

unsigned ledger_tile_width_at(uint64_t size, unsigned level, uint64_t index)
{
    if (level >= 8 || index > LEDGER_TILE_INDEX_MAX)
        return 0;
    uint64_t count = size >> (LEDGER_TILE_HEIGHT * level);
    uint64_t first = index * LEDGER_TILE_WIDTH;
    if (count <= first)
        return 0;
    return count - first >= LEDGER_TILE_WIDTH ? LEDGER_TILE_WIDTH : (unsigned)(count - first);
}

int ledger_bundle_put(struct base_buf *out_bundle, struct base_bytes entry, struct base_err *err)
{
    if (entry.len > LEDGER_ENTRY_LEN_MAX)
        return BASE_FAIL(err, BASE_E_LIMIT, "bundle: entry of %zu bytes", entry.len);
    base_buf_put_be16(out_bundle, (uint16_t)entry.len);
    base_buf_put_bytes(out_bundle, entry);
    if (out_bundle->failed)
        return BASE_FAIL(err, BASE_E_MEMORY, "bundle: no room for an entry");
    return 0;
}

int ledger_bundle_next(struct base_bytes *rest, struct base_bytes *out_entry, struct base_err *err)
{
    if (rest->len == 0)
        return 0;
    if (rest->len < 2)
        return BASE_FAIL(err, BASE_E_FORMAT, "bundle: ends inside a length");
    size_t len = (size_t)rest->data[0] << 8 | rest->data[1];
    if (rest->len - 2 < len)
        return BASE_FAIL(err, BASE_E_FORMAT, "bundle: ends inside an entry");
    *out_entry = base_bytes_of(rest->data + 2, len);
    *rest = base_bytes_of(rest->data + 2 + len, rest->len - 2 - len);
    return 1;
}
