/* Two hash tables over rows in blocks of memory: one by key (to the newest version), one by the
 * beginning of the key (to a chain of rows). Both are open addressing, a power of two in size. */
#include "projections/bulk.h"

#include <assert.h>
#include <stdlib.h>

#define BLOCK_LEN (1u << 20)
#define TABLE_SIZE_FIRST 4096u
#define SEQ_LEN 8u

struct block {
    struct block *next;
    size_t used, len;
    uint8_t bytes[];
};

struct chain {
    uint64_t hash;
    struct proj_bulk_row *newest; /* NULL: an empty slot */
};

struct proj_bulk {
    struct block *blocks;
    struct proj_bulk_row **keys; /* NULL: an empty slot */
    size_t key_count, key_size;
    struct chain *chains;
    size_t chain_count, chain_size;
    size_t len;
};

struct proj_bulk *proj_bulk_new(void)
{
    struct proj_bulk *bulk = calloc(1, sizeof *bulk);
    if (bulk == NULL)
        return NULL;
    bulk->key_size = TABLE_SIZE_FIRST;
    bulk->chain_size = TABLE_SIZE_FIRST;
    bulk->keys = calloc(bulk->key_size, sizeof(struct proj_bulk_row *));
    bulk->chains = calloc(bulk->chain_size, sizeof *bulk->chains);
    if (bulk->keys == NULL || bulk->chains == NULL) {
        proj_bulk_free(bulk);
        return NULL;
    }
    return bulk;
}

void proj_bulk_free(struct proj_bulk *bulk)
{
    if (bulk == NULL)
        return;
    while (bulk->blocks != NULL) {
        struct block *next = bulk->blocks->next;
        free(bulk->blocks);
        bulk->blocks = next;
    }
    free(bulk->keys);
    free(bulk->chains);
    free(bulk);
}

size_t proj_bulk_len(const struct proj_bulk *bulk)
{
    return bulk->len;
}

struct base_bytes proj_bulk_key(const struct proj_bulk_row *row)
{
    return base_bytes_of(row->bytes, row->key_len);
}

struct base_bytes proj_bulk_stored(const struct proj_bulk_row *row)
{
    return base_bytes_of(row->bytes, row->key_len + SEQ_LEN);
}

struct base_bytes proj_bulk_value(const struct proj_bulk_row *row)
{
    return base_bytes_of(row->bytes + row->key_len + SEQ_LEN, row->value_len);
}

/* How much of a key its chain is about: of what folds scan, the longest common beginning. A page is
 * read by days; reports are read all together; nearly everything else belongs to somebody. */
static size_t chain_len_of(struct base_bytes key)
{
    size_t len = 1 + LEDGER_ID_LEN;
    if (key.data[0] == 'j')
        len = 1 + 2 * LEDGER_ID_LEN + 4;
    else if (key.data[0] == 'X')
        len = 1;
    else if (key.data[0] == 'c' || key.data[0] == 'v')
        len = 1 + SEQ_LEN;
    return len < key.len ? len : key.len;
}

static uint64_t hash_on(uint64_t hash, const uint8_t *bytes, size_t len)
{
    for (; len >= 8; bytes += 8, len -= 8) {
        uint64_t part;
        memcpy(&part, bytes, 8);
        hash = (hash ^ part) * 0xff51afd7ed558ccdu;
        hash ^= hash >> 32;
    }
    if (len > 0) {
        uint64_t part = 0;
        memcpy(&part, bytes, len);
        hash = (hash ^ part ^ ((uint64_t)len << 56)) * 0xff51afd7ed558ccdu;
        hash ^= hash >> 32;
    }
    return hash;
}

struct hashes {
    size_t chain_len;
    uint64_t chain, key;
};

static struct hashes hashes_of(struct base_bytes key)
{
    struct hashes out = {.chain_len = chain_len_of(key)};
    out.chain = hash_on(0x9e3779b97f4a7c15u, key.data, out.chain_len);
    out.key = hash_on(out.chain, key.data + out.chain_len, key.len - out.chain_len);
    return out;
}

static struct proj_bulk_row **key_slot(const struct proj_bulk *bulk, uint64_t hash,
                                       struct base_bytes key)
{
    size_t at = hash & (bulk->key_size - 1);
    while (bulk->keys[at] != NULL &&
           (bulk->keys[at]->hash != hash || !base_bytes_equal(proj_bulk_key(bulk->keys[at]), key)))
        at = (at + 1) & (bulk->key_size - 1);
    return &bulk->keys[at];
}

static struct chain *chain_slot(const struct proj_bulk *bulk, uint64_t hash,
                                struct base_bytes prefix)
{
    size_t at = hash & (bulk->chain_size - 1);
    for (;;) {
        struct chain *chain = &bulk->chains[at];
        if (chain->newest == NULL)
            return chain;
        if (chain->hash == hash && chain_len_of(proj_bulk_key(chain->newest)) == prefix.len &&
            memcmp(chain->newest->bytes, prefix.data, prefix.len) == 0)
            return chain;
        at = (at + 1) & (bulk->chain_size - 1);
    }
}

static bool grow_keys(struct proj_bulk *bulk)
{
    size_t size = bulk->key_size * 2;
    struct proj_bulk_row **keys = calloc(size, sizeof(struct proj_bulk_row *));
    if (keys == NULL)
        return false;
    for (size_t i = 0; i < bulk->key_size; i++) {
        if (bulk->keys[i] == NULL)
            continue;
        size_t at = bulk->keys[i]->hash & (size - 1);
        while (keys[at] != NULL)
            at = (at + 1) & (size - 1);
        keys[at] = bulk->keys[i];
    }
    free(bulk->keys);
    bulk->keys = keys;
    bulk->key_size = size;
    return true;
}

static bool grow_chains(struct proj_bulk *bulk)
{
    size_t size = bulk->chain_size * 2;
    struct chain *chains = calloc(size, sizeof *chains);
    if (chains == NULL)
        return false;
    for (size_t i = 0; i < bulk->chain_size; i++) {
        if (bulk->chains[i].newest == NULL)
            continue;
        size_t at = bulk->chains[i].hash & (size - 1);
        while (chains[at].newest != NULL)
            at = (at + 1) & (size - 1);
        chains[at] = bulk->chains[i];
    }
    free(bulk->chains);
    bulk->chains = chains;
    bulk->chain_size = size;
    return true;
}

static void *take(struct proj_bulk *bulk, size_t len)
{
    len = (len + 7u) & ~(size_t)7u;
    struct block *block = bulk->blocks;
    if (block == NULL || block->len - block->used < len) {
        size_t block_len = len > BLOCK_LEN ? len : BLOCK_LEN;
        block = malloc(sizeof *block + block_len);
        if (block == NULL)
            return NULL;
        *block = (struct block){.next = bulk->blocks, .len = block_len};
        bulk->blocks = block;
    }
    void *out = block->bytes + block->used;
    block->used += len;
    bulk->len += len;
    return out;
}

static struct proj_bulk_row *row_new(struct proj_bulk *bulk, struct base_bytes key, ledger_seq seq,
                                     struct base_bytes value)
{
    struct proj_bulk_row *row = take(bulk, sizeof *row + key.len + SEQ_LEN + value.len);
    if (row == NULL)
        return NULL;
    row->seq = seq;
    row->key_len = (uint8_t)key.len;
    row->value_len = (uint32_t)value.len;
    memcpy(row->bytes, key.data, key.len);
    base_set_be64(row->bytes + key.len, seq);
    if (value.len > 0)
        memcpy(row->bytes + key.len + SEQ_LEN, value.data, value.len);
    return row;
}

bool proj_bulk_put(struct proj_bulk *bulk, struct base_bytes key, ledger_seq seq,
                   struct base_bytes value)
{
    assert(key.len >= 1 && key.len <= PROJ_KEY_LEN_MAX && value.len <= UINT32_MAX);
    if (4 * bulk->key_count >= 3 * bulk->key_size && !grow_keys(bulk))
        return false;
    if (4 * bulk->chain_count >= 3 * bulk->chain_size && !grow_chains(bulk))
        return false;
    struct hashes hashes = hashes_of(key);
    struct proj_bulk_row **slot = key_slot(bulk, hashes.key, key);
    struct chain *chain = chain_slot(bulk, hashes.chain, base_bytes_of(key.data, hashes.chain_len));
    struct proj_bulk_row *row = row_new(bulk, key, seq, value);
    if (row == NULL)
        return false;
    row->hash = hashes.key;
    row->older = *slot;
    row->next = chain->newest;
    if (*slot != NULL && (*slot)->seq == seq) { /* said twice by one event: the later one holds */
        struct proj_bulk_row **link = &chain->newest;
        while (*link != *slot)
            link = &(*link)->next;
        *link = (*slot)->next;
        row->older = (*slot)->older;
        row->next = chain->newest;
    }
    assert(row->older == NULL || row->older->seq < seq);
    bulk->key_count += *slot == NULL;
    bulk->chain_count += chain->newest == NULL && row->next == NULL && *slot == NULL;
    *slot = row;
    chain->hash = hashes.chain;
    chain->newest = row;
    return true;
}

const struct proj_bulk_row *proj_bulk_last(const struct proj_bulk *bulk, struct base_bytes key)
{
    return *key_slot(bulk, hashes_of(key).key, key);
}

static bool row_begins(const struct proj_bulk_row *row, struct base_bytes prefix)
{
    return row->key_len >= prefix.len &&
           (prefix.len == 0 || memcmp(row->bytes, prefix.data, prefix.len) == 0);
}

static int compare_rows(const void *a, const void *b)
{
    const struct proj_bulk_row *x = *(struct proj_bulk_row *const *)a;
    const struct proj_bulk_row *y = *(struct proj_bulk_row *const *)b;
    return base_bytes_compare(proj_bulk_stored(x), proj_bulk_stored(y));
}

/* Appends the rows of a chain that begin with `prefix`. */
static bool collect(const struct chain *chain, struct base_bytes prefix, size_t *capacity,
                    struct proj_bulk_rows *rows)
{
    for (struct proj_bulk_row *row = chain->newest; row != NULL; row = row->next) {
        if (!row_begins(row, prefix))
            continue;
        if (rows->count == *capacity) {
            size_t grown_capacity = *capacity == 0 ? 64 : *capacity * 2;
            struct proj_bulk_row **grown =
                realloc(rows->rows, grown_capacity * sizeof(struct proj_bulk_row *));
            if (grown == NULL)
                return false;
            rows->rows = grown;
            *capacity = grown_capacity;
        }
        rows->rows[rows->count++] = row;
    }
    return true;
}

/* Chains hold the newest row first, and much is written in the order of its keys. */
static void sort_rows(struct proj_bulk_rows *rows)
{
    bool sorted = true;
    for (size_t i = 0; i < rows->count / 2; i++) {
        struct proj_bulk_row *row = rows->rows[i];
        rows->rows[i] = rows->rows[rows->count - 1 - i];
        rows->rows[rows->count - 1 - i] = row;
    }
    for (size_t i = 1; i < rows->count && sorted; i++)
        sorted = compare_rows(&rows->rows[i - 1], &rows->rows[i]) < 0;
    if (!sorted)
        qsort(rows->rows, rows->count, sizeof(struct proj_bulk_row *), compare_rows);
}

/* Whether all keys that begin with `prefix` hang on one chain. */
static bool is_one_chain(struct base_bytes prefix, struct hashes *out_hashes)
{
    *out_hashes = hashes_of(prefix);
    /* A prefix as long as what its tag's chains are about, or longer; of a short one it is not
     * known how the keys go on. */
    uint8_t padded[PROJ_KEY_LEN_MAX] = {0};
    memcpy(padded, prefix.data, prefix.len);
    return chain_len_of(base_bytes_of(padded, sizeof padded)) <= prefix.len;
}

bool proj_bulk_any(const struct proj_bulk *bulk, struct base_bytes prefix)
{
    struct hashes hashes;
    bool any = false;
    if (is_one_chain(prefix, &hashes)) {
        const struct chain *chain =
            chain_slot(bulk, hashes.chain, base_bytes_of(prefix.data, hashes.chain_len));
        for (const struct proj_bulk_row *row = chain->newest; row != NULL && !any; row = row->next)
            any = row_begins(row, prefix);
    } else {
        for (size_t i = 0; i < bulk->chain_size && !any; i++)
            any = bulk->chains[i].newest != NULL && row_begins(bulk->chains[i].newest, prefix);
    }
    return any;
}

bool proj_bulk_find(const struct proj_bulk *bulk, struct base_bytes prefix,
                    struct proj_bulk_rows *out_rows)
{
    struct hashes hashes;
    size_t capacity = 0;
    bool done = true;
    *out_rows = (struct proj_bulk_rows){0};
    if (is_one_chain(prefix, &hashes)) {
        done = collect(chain_slot(bulk, hashes.chain, base_bytes_of(prefix.data, hashes.chain_len)),
                       prefix, &capacity, out_rows);
    } else {
        for (size_t i = 0; i < bulk->chain_size && done; i++)
            done = collect(&bulk->chains[i], prefix, &capacity, out_rows);
    }
    if (done) {
        sort_rows(out_rows);
    } else {
        free(out_rows->rows);
        *out_rows = (struct proj_bulk_rows){0};
    }
    return done;
}

static int compare_chains(const void *a, const void *b)
{
    const struct chain *x = a;
    const struct chain *y = b;
    struct base_bytes kx = proj_bulk_key(x->newest);
    struct base_bytes ky = proj_bulk_key(y->newest);
    return base_bytes_compare(base_bytes_of(kx.data, chain_len_of(kx)),
                              base_bytes_of(ky.data, chain_len_of(ky)));
}

bool proj_bulk_each(struct proj_bulk *bulk,
                    bool (*each)(void *data, const struct proj_bulk_row *row), void *data)
{
    size_t count = 0;
    size_t capacity = 0;
    bool done = true;
    struct proj_bulk_rows rows = {0};
    struct chain *sorted = calloc(bulk->chain_count + 1, sizeof *sorted);
    if (sorted == NULL)
        return false;
    for (size_t i = 0; i < bulk->chain_size; i++) {
        if (bulk->chains[i].newest != NULL)
            sorted[count++] = bulk->chains[i];
    }
    assert(count == bulk->chain_count);
    /* Chains of one tag are about equally long beginnings, or the whole of shorter keys. */
    qsort(sorted, count, sizeof *sorted, compare_chains);
    for (size_t i = 0; i < count && done; i++) {
        rows.count = 0;
        done = collect(&sorted[i], base_bytes_of(NULL, 0), &capacity, &rows);
        if (done)
            sort_rows(&rows);
        for (size_t k = 0; k < rows.count && done; k++)
            done = each(data, rows.rows[k]);
    }
    free(rows.rows);
    free(sorted);
    return done;
}
