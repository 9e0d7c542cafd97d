/* Bundles from a folder, with a small cache: a verification reads them in order, the replay of a
 * breach report goes back a little. */
#include "tools/audit/bundles.h"

#include <stdio.h>
#include <stdlib.h>

#include "ledger/tiles.h"
#include "tools/common/files.h"

#define BUNDLE_LEN_MAX (256u * (65535u + 2u))

struct cached {
    bool there;
    uint64_t index;
    uint64_t used; /* when, in reads */
    struct base_buf bytes;
    uint32_t offsets[LEDGER_TILE_WIDTH];
    uint32_t lengths[LEDGER_TILE_WIDTH];
    unsigned count;
};

struct audit_bundles {
    char dir[4096];
    uint64_t size;
    uint64_t reads;
    struct cached cache[AUDIT_BUNDLE_CACHE_COUNT];
    struct cached leaves; /* the last hash tile of level 0 */
};

int audit_bundles_open(const char *dir, uint64_t size, struct audit_bundles **out_bundles,
                       struct base_err *err)
{
    struct audit_bundles *bundles = calloc(1, sizeof *bundles);
    if (bundles == NULL)
        return BASE_FAIL(err, BASE_E_MEMORY, "bundles");
    snprintf(bundles->dir, sizeof bundles->dir, "%s", dir);
    bundles->size = size;
    *out_bundles = bundles;
    return 0;
}

void audit_bundles_close(struct audit_bundles *bundles)
{
    if (bundles == NULL)
        return;
    for (unsigned i = 0; i < AUDIT_BUNDLE_CACHE_COUNT; i++)
        base_buf_release(&bundles->cache[i].bytes);
    base_buf_release(&bundles->leaves.bytes);
    free(bundles);
}

static int read_tile(struct audit_bundles *bundles, bool entries, uint64_t index,
                     struct base_buf *out, struct base_err *err)
{
    struct base_buf BASE_CLEANUP(base_buf_release) path = {0};
    struct ledger_tile_path tile = {
        .entries = entries, .index = index, .width = ledger_tile_width_at(bundles->size, 0, index)};
    if (tile.width == 0)
        return BASE_FAIL(err, BASE_E_MISSING, "beyond the checkpoint's size");
    base_buf_put_str(&path, bundles->dir);
    base_buf_put_str(&path, "/");
    ledger_tile_path_put(&tile, &path);
    const char *text = base_buf_text(&path);
    if (text == NULL)
        return BASE_FAIL(err, BASE_E_MEMORY, "path");
    base_buf_reset(out);
    return tool_file_read(text, BUNDLE_LEN_MAX, out, err);
}

static int load(struct audit_bundles *bundles, struct cached *place, uint64_t index,
                struct base_err *err)
{
    place->there = false;
    int rc = read_tile(bundles, true, index, &place->bytes, err);
    if (rc != 0)
        return rc;
    struct base_bytes rest = base_buf_bytes(&place->bytes);
    struct base_bytes entry;
    place->count = 0;
    while ((rc = ledger_bundle_next(&rest, &entry, err)) == 1) {
        if (place->count == LEDGER_TILE_WIDTH)
            return BASE_FAIL(err, BASE_E_FORMAT, "bundle %llu holds more than %u entries",
                             (unsigned long long)index, LEDGER_TILE_WIDTH);
        place->offsets[place->count] = (uint32_t)(entry.data - place->bytes.data);
        place->lengths[place->count++] = (uint32_t)entry.len;
    }
    place->index = index;
    place->there = rc == 0;
    return rc;
}

int audit_bundles_entry(struct audit_bundles *bundles, ledger_seq seq, struct base_bytes *out_entry,
                        struct base_err *err)
{
    uint64_t index = seq / LEDGER_TILE_WIDTH;
    unsigned at = (unsigned)(seq % LEDGER_TILE_WIDTH);
    struct cached *place = &bundles->cache[0];
    bundles->reads++;
    for (unsigned i = 0; i < AUDIT_BUNDLE_CACHE_COUNT; i++) {
        struct cached *other = &bundles->cache[i];
        if (other->there && other->index == index) {
            place = other;
            break;
        }
        if (!other->there || other->used < place->used)
            place = other;
    }
    place->used = bundles->reads;
    if (!place->there || place->index != index) {
        int rc = load(bundles, place, index, err);
        if (rc != 0)
            return rc;
    }
    if (at >= place->count)
        return BASE_FAIL(err, BASE_E_MISSING, "bundle %llu ends before entry %llu",
                         (unsigned long long)index, (unsigned long long)seq);
    *out_entry = base_bytes_of(place->bytes.data + place->offsets[at], place->lengths[at]);
    return 0;
}

static int source_entry(void *data, ledger_seq seq, struct base_buf *out_entry,
                        struct base_err *err)
{
    struct base_bytes entry;
    int rc = audit_bundles_entry(data, seq, &entry, err);
    if (rc == 0)
        base_buf_put_bytes(out_entry, entry);
    return rc;
}

static int source_leaf(void *data, ledger_seq seq, struct ledger_hash *out_leaf,
                       struct base_err *err)
{
    struct audit_bundles *bundles = data;
    uint64_t index = seq / LEDGER_TILE_WIDTH;
    size_t at = (size_t)(seq % LEDGER_TILE_WIDTH) * LEDGER_HASH_LEN;
    if (!bundles->leaves.there || bundles->leaves.index != index) {
        int rc = read_tile(bundles, false, index, &bundles->leaves.bytes, err);
        if (rc != 0)
            return rc;
        bundles->leaves.there = true;
        bundles->leaves.index = index;
    }
    if (at + LEDGER_HASH_LEN > bundles->leaves.bytes.len)
        return BASE_FAIL(err, BASE_E_MISSING, "tile of leaf %llu is short",
                         (unsigned long long)seq);
    memcpy(out_leaf->bytes, bundles->leaves.bytes.data + at, LEDGER_HASH_LEN);
    return 0;
}

struct ledger_source audit_bundles_source(struct audit_bundles *bundles)
{
    return (struct ledger_source){.data = bundles, .entry = source_entry, .leaf = source_leaf};
}

static int source_event(void *data, ledger_seq seq, struct ledger_event *out_event,
                        base_time_ms *out_recorded_ms, struct base_err *err)
{
    struct base_bytes bytes;
    struct ledger_entry entry;
    struct ledger_refusal refusal;
    int rc = audit_bundles_entry(data, seq, &bytes, err);
    if (rc == 0)
        rc = ledger_entry_parse(bytes, &entry, err);
    if (rc != 0)
        return rc;
    *out_recorded_ms = entry.recorded_ms;
    return ledger_event_parse(entry.event_bytes, out_event, &refusal) == 0
               ? 0
               : BASE_FAIL(err, BASE_E_FORMAT, "entry %llu", (unsigned long long)seq);
}

struct proj_source audit_bundles_proj_source(struct audit_bundles *bundles)
{
    return (struct proj_source){.event = source_event, .data = bundles};
}
