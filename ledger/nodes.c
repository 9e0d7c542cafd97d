/* Tiles as rows. Appending works on the edge in memory and writes each row once per batch; reading
 * a node takes one row and hashes what lies between it and the node, at most 255 hashes. */
#include "ledger/nodes.h"

#include <assert.h>

struct row_key {
    uint8_t bytes[9];
};

static struct row_key row_key_of(unsigned level, uint64_t index)
{
    struct row_key key;
    assert(level < LEDGER__TILE_LEVELS);
    key.bytes[0] = (uint8_t)level;
    base_set_be64(key.bytes + 1, index);
    return key;
}

int ledger__tile_row(struct ledger__txn *txn, unsigned level, uint64_t index, unsigned width,
                     struct base_bytes *out_hashes, struct base_err *err)
{
    assert(width >= 1 && width <= LEDGER_TILE_WIDTH);
    struct row_key key = row_key_of(level, index);
    struct base_bytes row;
    bool found =
        ledger__txn_get(txn, LEDGER__DB_TILES, base_bytes_of(key.bytes, sizeof key.bytes), &row);
    int fault = ledger__txn_check(txn, err);
    if (fault != 0)
        return fault;
    if (!found || row.len < (size_t)width * LEDGER_HASH_LEN)
        return BASE_FAIL(err, BASE_E_MISSING, "tile %u/%llu has no %u hashes", level,
                         (unsigned long long)index, width);
    *out_hashes = base_bytes_of(row.data, (size_t)width * LEDGER_HASH_LEN);
    return 0;
}

static unsigned edge_width(uint64_t size, unsigned level)
{
    return (unsigned)(size >> (LEDGER_TILE_HEIGHT * level) & (LEDGER_TILE_WIDTH - 1));
}

int ledger__edge_load(struct ledger__txn *txn, uint64_t size, struct ledger__edge *out_edge,
                      struct base_err *err)
{
    out_edge->size = size;
    for (unsigned level = 0; level < LEDGER__TILE_LEVELS; level++) {
        unsigned width = edge_width(size, level);
        if (width == 0)
            continue;
        struct base_bytes row;
        int fault = ledger__tile_row(txn, level, size >> (LEDGER_TILE_HEIGHT * (level + 1)), width,
                                     &row, err);
        if (fault == BASE_E_MISSING)
            return BASE_FAIL(err, BASE_E_CORRUPT, "the tree's tile at level %u is not there",
                             level);
        if (fault != 0)
            return fault;
        memcpy(out_edge->tiles[level], row.data, row.len);
    }
    return 0;
}

static void row_put(struct ledger__txn *txn, unsigned level, uint64_t index,
                    const struct ledger_hash *hashes, unsigned width)
{
    struct row_key key = row_key_of(level, index);
    ledger__txn_put(txn, LEDGER__DB_TILES, base_bytes_of(key.bytes, sizeof key.bytes),
                    base_bytes_of(hashes, (size_t)width * LEDGER_HASH_LEN), 0);
}

/* The root of 2^height hashes; `hashes` is used as working space. */
static void fold(struct ledger_hash *hashes, unsigned height)
{
    for (unsigned count = 1u << height; count > 1; count /= 2)
        for (unsigned i = 0; i < count / 2; i++)
            ledger_tree_node(&hashes[2 * i], &hashes[2 * i + 1], &hashes[i]);
}

void ledger__edge_append(struct ledger__edge *edge, struct ledger__txn *txn,
                         const struct ledger_hash *leaf)
{
    uint64_t position = edge->size++; /* of the hash in its level */
    struct ledger_hash hash = *leaf;
    for (unsigned level = 0; level < LEDGER__TILE_LEVELS; level++) {
        struct ledger_hash *tile = edge->tiles[level];
        unsigned offset = (unsigned)(position % LEDGER_TILE_WIDTH);
        tile[offset] = hash;
        if (offset != LEDGER_TILE_WIDTH - 1)
            return;
        position /= LEDGER_TILE_WIDTH;
        row_put(txn, level, position, tile, LEDGER_TILE_WIDTH);
        fold(tile, LEDGER_TILE_HEIGHT);
        hash = tile[0];
    }
}

void ledger__edge_store(const struct ledger__edge *edge, struct ledger__txn *txn)
{
    for (unsigned level = 0; level < LEDGER__TILE_LEVELS; level++) {
        unsigned width = edge_width(edge->size, level);
        if (width > 0)
            row_put(txn, level, edge->size >> (LEDGER_TILE_HEIGHT * (level + 1)),
                    edge->tiles[level], width);
    }
}

static int node_get(void *data, unsigned level, uint64_t index, struct ledger_hash *out_node,
                    struct base_err *err)
{
    unsigned tile_level = level / LEDGER_TILE_HEIGHT;
    unsigned height = level % LEDGER_TILE_HEIGHT;
    unsigned per_tile = LEDGER_TILE_WIDTH >> height; /* nodes of this level over one tile */
    unsigned first = (unsigned)(index % per_tile) << height;
    struct base_bytes row;
    int fault =
        ledger__tile_row(data, tile_level, index / per_tile, first + (1u << height), &row, err);
    if (fault != 0)
        return fault;
    struct ledger_hash hashes[LEDGER_TILE_WIDTH];
    memcpy(hashes, row.data + (size_t)first * LEDGER_HASH_LEN,
           ((size_t)1 << height) * LEDGER_HASH_LEN);
    fold(hashes, height);
    *out_node = hashes[0];
    return 0;
}

struct ledger_nodes ledger__nodes_of(struct ledger__txn *txn)
{
    return (struct ledger_nodes){.get = node_get, .data = txn};
}
