/* Rows lie in blocks of memory in the order in which they were put, and hang on chains by how their
 * keys begin; a hash table finds the chain. Nearly all that is written is never asked for again, so
 * no key is tabled until somebody asks for one on a chain too long to be walked. Most questions are
 * about a few keys, whose rows are kept at hand, or about a cell that nobody has written yet, which
 * a chain's filter mostly tells without a look at its rows.
 *
 * What is written on a lesson hangs on a chain of its own; the chains of a page's day are strung on
 * a day, which is a chain without rows.
 *
 * The sweep sorts the chains, deals the rows out to them in one pass over the blocks, and sorts
 * each chain's own. Both tables are open addressing, a power of two in size. */
#include "projections/bulk.h"

#include "projections/facts.h"

#include <assert.h>
#include <stdlib.h>

#define BLOCK_LEN (1u << 20)
#define TABLE_SIZE_FIRST 4096u
#define CHAIN_COUNT_FIRST 1024u
#define SEQ_LEN 8u
#define WALK_COUNT_MAX 32u /* rows of a chain that is walked for a key */
#define LATELY_COUNT 4096u /* keys whose rows are at hand: what a few classes are asked about */
#define DAY_LEN (1u + 2u * LEDGER_ID_LEN + 4u) /* of a key of a page: up to and with its day */
#define PREFETCH_COUNT 8u                      /* rows that the sweep asks for ahead */

struct block {
    struct block *next; /* the one filled after it */
    size_t used, len;
    uint8_t bytes[];
};

struct chain {
    uint64_t hash;
    struct proj_bulk_row *newest; /* of a day: any row of it */
    uint64_t filter;              /* a bit for each key; what has none is not there */
    struct proj_bulk_row *lesson; /* of a lesson: the newest row that says what it is, or NULL */
    uint32_t count;               /* 0: a day */
    uint32_t lesson_count;        /* of such rows */
    uint32_t kin;       /* the number, plus one, of the next of its day; of a day: of the first */
    uint8_t prefix_len; /* how much of its rows' keys is alike */
    bool tabled;        /* its keys are in `keys` */
};

/* The newest row of a key that was asked for. */
struct lately {
    uint64_t hash;
    struct proj_bulk_row *row; /* NULL: nobody's */
};

/* A slot of a table: part of the hash, so that what is meant by another is seldom read. */
struct chain_slot {
    uint32_t mark;
    uint32_t number; /* of the chain, plus one; 0: empty */
};

struct key_slot {
    uint64_t hash;
    struct proj_bulk_row *newest; /* NULL: empty */
};

struct proj_bulk {
    struct block *first_block, *last_block;
    struct chain *chains;
    size_t chain_count, chain_capacity;
    struct chain_slot *slots;
    size_t slot_count;
    struct key_slot *keys;
    size_t key_count, key_size;
    struct lately *lately;
    size_t row_count;
    size_t tag_counts[UINT8_MAX + 1]; /* rows by the first byte of their keys */
    size_t len;
};

struct proj_bulk *proj_bulk_new(void)
{
    struct proj_bulk *bulk = calloc(1, sizeof *bulk);
    if (bulk == NULL)
        return NULL;
    bulk->key_size = TABLE_SIZE_FIRST;
    bulk->slot_count = TABLE_SIZE_FIRST;
    bulk->chain_capacity = CHAIN_COUNT_FIRST;
    bulk->keys = calloc(bulk->key_size, sizeof *bulk->keys);
    bulk->slots = calloc(bulk->slot_count, sizeof *bulk->slots);
    bulk->chains = malloc(bulk->chain_capacity * sizeof *bulk->chains);
    bulk->lately = calloc(LATELY_COUNT, sizeof *bulk->lately);
    if (bulk->keys == NULL || bulk->slots == NULL || bulk->chains == NULL || bulk->lately == NULL) {
        proj_bulk_free(bulk);
        return NULL;
    }
    return bulk;
}

void proj_bulk_free(struct proj_bulk *bulk)
{
    if (bulk == NULL)
        return;
    while (bulk->first_block != NULL) {
        struct block *next = bulk->first_block->next;
        free(bulk->first_block);
        bulk->first_block = next;
    }
    free(bulk->keys);
    free(bulk->slots);
    free(bulk->chains);
    free(bulk->lately);
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

ledger_seq proj_bulk_seq(const struct proj_bulk_row *row)
{
    return base_get_be64(row->bytes + row->key_len);
}

/* How much of a key its chain is about: of what folds scan, the longest common beginning. A page is
 * read by days and lessons; reports are read all together; nearly everything else belongs to
 * somebody. */
static size_t chain_len_of(struct base_bytes key)
{
    size_t len = 1 + LEDGER_ID_LEN;
    if (key.data[0] == 'j')
        len = DAY_LEN + LEDGER_ID_LEN;
    else if (key.data[0] == 'X')
        len = 1;
    else if (key.data[0] == 'c' || key.data[0] == 'v')
        len = 1 + SEQ_LEN;
    return len < key.len ? len : key.len;
}

static struct base_bytes beginning_of(struct base_bytes key)
{
    return base_bytes_of(key.data, chain_len_of(key));
}

static struct base_bytes beginning(const struct chain *chain)
{
    return base_bytes_of(chain->newest->bytes, chain->prefix_len);
}

/* The hash of what was hashed before and of these bytes behind it. */
static uint64_t hash_on(uint64_t hash, struct base_bytes bytes)
{
    for (; bytes.len >= 8; bytes.data += 8, bytes.len -= 8) {
        uint64_t part;
        memcpy(&part, bytes.data, 8);
        hash = (hash ^ part) * 0xff51afd7ed558ccdu;
        hash ^= hash >> 32;
    }
    if (bytes.len > 0) {
        uint64_t part = 0;
        memcpy(&part, bytes.data, bytes.len);
        hash = (hash ^ part) * 0xff51afd7ed558ccdu;
        hash ^= hash >> 32;
    }
    return hash;
}

static uint64_t hash_of(struct base_bytes bytes)
{
    return hash_on(0x9e3779b97f4a7c15u + bytes.len, bytes);
}

/* A key's hash goes on from that of its chain. */
struct hashes {
    uint64_t beginning, key;
};

static struct hashes hashes_of(struct base_bytes key)
{
    size_t len = chain_len_of(key);
    uint64_t beginning = hash_of(base_bytes_of(key.data, len));
    return (struct hashes){.beginning = beginning,
                           .key = hash_on(beginning, base_bytes_of(key.data + len, key.len - len))};
}

/* The slot of the chain that begins so, or an empty one. */
static struct chain_slot *chain_slot(const struct proj_bulk *bulk, uint64_t hash,
                                     struct base_bytes prefix)
{
    uint32_t mark = (uint32_t)(hash >> 32);
    size_t at = hash & (bulk->slot_count - 1);
    while (bulk->slots[at].number != 0 &&
           (bulk->slots[at].mark != mark ||
            !base_bytes_equal(beginning(&bulk->chains[bulk->slots[at].number - 1]), prefix)))
        at = (at + 1) & (bulk->slot_count - 1);
    return &bulk->slots[at];
}

/* The chain on which keys that begin so hang, or NULL; `hash` is of what they begin with. */
static struct chain *chain_get(const struct proj_bulk *bulk, uint64_t hash,
                               struct base_bytes prefix)
{
    const struct chain_slot *slot = chain_slot(bulk, hash, prefix);
    return slot->number != 0 ? &bulk->chains[slot->number - 1] : NULL;
}

static struct chain *chain_find(const struct proj_bulk *bulk, struct base_bytes prefix)
{
    return chain_get(bulk, hash_of(prefix), prefix);
}

static bool grow_slots(struct proj_bulk *bulk)
{
    size_t count = bulk->slot_count * 2;
    struct chain_slot *slots = calloc(count, sizeof *slots);
    if (slots == NULL)
        return false;
    for (size_t i = 0; i < bulk->chain_count; i++) {
        size_t at = bulk->chains[i].hash & (count - 1);
        while (slots[at].number != 0)
            at = (at + 1) & (count - 1);
        slots[at] = (struct chain_slot){.mark = (uint32_t)(bulk->chains[i].hash >> 32),
                                        .number = (uint32_t)(i + 1)};
    }
    free(bulk->slots);
    bulk->slots = slots;
    bulk->slot_count = count;
    return true;
}

static bool grow_chains(struct proj_bulk *bulk)
{
    size_t capacity = bulk->chain_capacity + bulk->chain_capacity / 2 + CHAIN_COUNT_FIRST;
    struct chain *chains = realloc(bulk->chains, capacity * sizeof *chains);
    if (chains == NULL)
        return false;
    bulk->chains = chains;
    bulk->chain_capacity = capacity;
    return true;
}

static struct key_slot *key_slot(const struct proj_bulk *bulk, uint64_t hash, struct base_bytes key)
{
    size_t at = hash & (bulk->key_size - 1);
    while (bulk->keys[at].newest != NULL &&
           (bulk->keys[at].hash != hash ||
            !base_bytes_equal(proj_bulk_key(bulk->keys[at].newest), key)))
        at = (at + 1) & (bulk->key_size - 1);
    return &bulk->keys[at];
}

static bool grow_keys(struct proj_bulk *bulk)
{
    size_t size = bulk->key_size * 2;
    struct key_slot *keys = calloc(size, sizeof *keys);
    if (keys == NULL)
        return false;
    for (size_t i = 0; i < bulk->key_size; i++) {
        if (bulk->keys[i].newest == NULL)
            continue;
        size_t at = bulk->keys[i].hash & (size - 1);
        while (keys[at].newest != NULL)
            at = (at + 1) & (size - 1);
        keys[at] = bulk->keys[i];
    }
    free(bulk->keys);
    bulk->keys = keys;
    bulk->key_size = size;
    return true;
}

/* Rows must be given in the order in which they were put. */
static bool table_row(struct proj_bulk *bulk, struct proj_bulk_row *row, uint64_t hash)
{
    struct base_bytes key = proj_bulk_key(row);
    if (4 * bulk->key_count >= 3 * bulk->key_size && !grow_keys(bulk))
        return false;
    struct key_slot *slot = key_slot(bulk, hash, key);
    bulk->key_count += slot->newest == NULL;
    row->older = slot->newest;
    *slot = (struct key_slot){.hash = hash, .newest = row};
    return true;
}

static size_t row_len(size_t key_len, size_t value_len)
{
    size_t len = offsetof(struct proj_bulk_row, bytes) + key_len + SEQ_LEN + value_len;
    return (len + 7u) & ~(size_t)7u;
}

static void *take(struct proj_bulk *bulk, size_t len)
{
    struct block *block = bulk->last_block;
    if (block == NULL || block->len - block->used < len) {
        size_t block_len = len > BLOCK_LEN ? len : BLOCK_LEN;
        block = malloc(sizeof *block + block_len);
        if (block == NULL)
            return NULL;
        *block = (struct block){.len = block_len};
        if (bulk->last_block != NULL)
            bulk->last_block->next = block;
        else
            bulk->first_block = block;
        bulk->last_block = block;
    }
    void *out = block->bytes + block->used;
    block->used += len;
    bulk->len += len;
    return out;
}

static struct proj_bulk_row *row_new(struct proj_bulk *bulk, struct base_bytes key, ledger_seq seq,
                                     struct base_bytes value)
{
    struct proj_bulk_row *row = take(bulk, row_len(key.len, value.len));
    if (row == NULL)
        return NULL;
    row->next = NULL;
    row->older = NULL;
    row->key_len = (uint8_t)key.len;
    row->value_len = (uint32_t)value.len;
    memcpy(row->bytes, key.data, key.len);
    base_set_be64(row->bytes + key.len, seq);
    if (value.len > 0)
        memcpy(row->bytes + key.len + SEQ_LEN, value.data, value.len);
    return row;
}

static bool is_of_a_lesson(struct base_bytes key)
{
    return key.data[0] == 'j' && key.len > DAY_LEN;
}

static uint64_t filter_bit(uint64_t hash)
{
    return UINT64_C(1) << (hash >> 58);
}

static struct lately *lately_at(const struct proj_bulk *bulk, uint64_t hash)
{
    return &bulk->lately[(hash >> 20) & (LATELY_COUNT - 1)];
}

/* The number, plus one, of the chain that begins so, made when there is none; 0: memory is short.
 * `row` is to hang on it, or to be of its day. */
static uint32_t chain_make(struct proj_bulk *bulk, uint64_t hash, struct base_bytes prefix,
                           struct proj_bulk_row *row)
{
    if (4 * bulk->chain_count >= 3 * bulk->slot_count && !grow_slots(bulk))
        return 0;
    if (bulk->chain_count == bulk->chain_capacity && !grow_chains(bulk))
        return 0;
    struct chain_slot *slot = chain_slot(bulk, hash, prefix);
    if (slot->number == 0) {
        bulk->chains[bulk->chain_count++] =
            (struct chain){.hash = hash, .newest = row, .prefix_len = (uint8_t)prefix.len};
        *slot = (struct chain_slot){.mark = (uint32_t)(hash >> 32),
                                    .number = (uint32_t)bulk->chain_count};
    }
    return slot->number;
}

/* Strings a new chain on its day. */
static bool string_on_day(struct proj_bulk *bulk, uint32_t number, struct proj_bulk_row *row)
{
    struct base_bytes prefix = base_bytes_of(row->bytes, DAY_LEN);
    uint32_t day = chain_make(bulk, hash_of(prefix), prefix, row);
    if (day == 0)
        return false;
    bulk->chains[number - 1].kin = bulk->chains[day - 1].kin;
    bulk->chains[day - 1].kin = number;
    return true;
}

bool proj_bulk_put(struct proj_bulk *bulk, struct base_bytes key, ledger_seq seq,
                   struct base_bytes value)
{
    assert(key.len >= 1 && key.len <= PROJ_KEY_LEN_MAX && value.len <= UINT32_MAX);
    struct proj_bulk_row *row = row_new(bulk, key, seq, value);
    struct hashes hashes = hashes_of(key);
    uint64_t hash = hashes.key;
    uint32_t number = row != NULL ? chain_make(bulk, hashes.beginning, beginning_of(key), row) : 0;
    if (number == 0)
        return false;
    bool is_new = bulk->chains[number - 1].count == 0;
    if (is_new && is_of_a_lesson(key) && !string_on_day(bulk, number, row))
        return false;
    struct chain *chain = &bulk->chains[number - 1];
    row->chain = number - 1;
    row->next = is_new ? NULL : chain->newest;
    chain->newest = row;
    chain->count++;
    chain->filter |= filter_bit(hash);
    if (proj_key_is_lesson(key)) {
        chain->lesson = row;
        chain->lesson_count++;
    }
    if (lately_at(bulk, hash)->hash == hash)
        lately_at(bulk, hash)->row = NULL;
    bulk->row_count++;
    bulk->tag_counts[key.data[0]]++;
    return !chain->tabled || table_row(bulk, row, hash);
}

/* The first of a chain's rows, from `row` on, that has the key. */
static struct proj_bulk_row *walk_to(struct proj_bulk_row *row, struct base_bytes key)
{
    while (row != NULL && !base_bytes_equal(proj_bulk_key(row), key))
        row = row->next;
    return row;
}

static size_t list_rows(const struct chain *chain, struct proj_bulk_row **out)
{
    size_t at = chain->count;
    for (struct proj_bulk_row *row = chain->newest; row != NULL; row = row->next)
        out[--at] = row;
    assert(at == 0);
    return chain->count;
}

static bool table_chain(struct proj_bulk *bulk, struct chain *chain)
{
    struct proj_bulk_row **rows = malloc(chain->count * sizeof(struct proj_bulk_row *));
    bool done = rows != NULL;
    size_t count = done ? list_rows(chain, rows) : 0;
    for (size_t i = 0; i < count && done; i++)
        done = table_row(bulk, rows[i], hashes_of(proj_bulk_key(rows[i])).key);
    free(rows);
    chain->tabled = done;
    return done;
}

/* The newest row of a key on its chain. False: memory is short. */
static bool look_up(struct proj_bulk *bulk, struct base_bytes key, const struct hashes *hashes,
                    struct proj_bulk_row **out_row)
{
    struct chain *chain = chain_get(bulk, hashes->beginning, beginning_of(key));
    uint64_t hash = hashes->key;
    bool done = true;
    *out_row = NULL;
    if (chain == NULL || (chain->filter & filter_bit(hash)) == 0)
        return true;
    if (!chain->tabled && chain->count > WALK_COUNT_MAX)
        done = table_chain(bulk, chain);
    if (done)
        *out_row = chain->tabled ? key_slot(bulk, hash, key)->newest : walk_to(chain->newest, key);
    return done;
}

bool proj_bulk_last(struct proj_bulk *bulk, struct base_bytes key,
                    const struct proj_bulk_row **out_row)
{
    *out_row = NULL;
    if (bulk->tag_counts[key.data[0]] == 0)
        return true;
    struct hashes hashes = hashes_of(key);
    uint64_t hash = hashes.key;
    struct lately *lately = lately_at(bulk, hash);
    bool done = true;
    struct proj_bulk_row *row = lately->hash == hash ? lately->row : NULL;
    if (row == NULL || !base_bytes_equal(proj_bulk_key(row), key)) {
        done = look_up(bulk, key, &hashes, &row);
        if (row != NULL)
            *lately = (struct lately){.hash = hash, .row = row};
    }
    *out_row = row;
    return done;
}

const struct proj_bulk_row *proj_bulk_older(const struct proj_bulk *bulk,
                                            const struct proj_bulk_row *row)
{
    return bulk->chains[row->chain].tabled ? row->older : walk_to(row->next, proj_bulk_key(row));
}

static bool row_begins(const struct proj_bulk_row *row, struct base_bytes prefix)
{
    return row->key_len >= prefix.len &&
           (prefix.len == 0 || memcmp(row->bytes, prefix.data, prefix.len) == 0);
}

/* Two rows of one chain, by what of their keys is not alike. */
static int compare_rows(const struct proj_bulk_row *x, const struct proj_bulk_row *y, size_t alike)
{
    return base_bytes_compare(base_bytes_of(x->bytes + alike, x->key_len + SEQ_LEN - alike),
                              base_bytes_of(y->bytes + alike, y->key_len + SEQ_LEN - alike));
}

/* A row to be sorted, with the first bytes of what is compared at hand. */
struct item {
    uint64_t head;
    struct proj_bulk_row *row;
    size_t alike;
    size_t order; /* in which it was put */
};

static int compare_items(const void *a, const void *b)
{
    const struct item *x = a;
    const struct item *y = b;
    if (x->head != y->head)
        return x->head < y->head ? -1 : 1;
    int order = compare_rows(x->row, y->row, x->alike);
    return order != 0 ? order : (x->order > y->order) - (x->order < y->order);
}

static bool sort_items(struct proj_bulk_row **rows, size_t count, size_t alike)
{
    struct item *items = malloc(count * sizeof *items);
    if (items == NULL)
        return false;
    for (size_t i = 0; i < count; i++)
        items[i] = (struct item){.head = base_get_be64(rows[i]->bytes + alike),
                                 .row = rows[i],
                                 .alike = alike,
                                 .order = i};
    qsort(items, count, sizeof *items, compare_items);
    for (size_t i = 0; i < count; i++)
        rows[i] = items[i].row;
    free(items);
    return true;
}

/* Sorts rows of one chain (`alike`: how much of their keys is so), given in the order in which they
 * were put; of two of one key and position the later stays. Much is written in the order of its
 * keys. False: memory is short. */
static bool sort_rows(struct proj_bulk_row **rows, size_t *count, size_t alike)
{
    bool sorted = true;
    size_t kept = 0;
    for (size_t i = 1; i < *count && sorted; i++)
        sorted = compare_rows(rows[i - 1], rows[i], alike) < 0;
    if (sorted)
        return true;
    if (!sort_items(rows, *count, alike))
        return false;
    for (size_t i = 0; i < *count; i++) {
        if (i + 1 == *count || compare_rows(rows[i], rows[i + 1], alike) != 0)
            rows[kept++] = rows[i];
    }
    *count = kept;
    return true;
}

/* Whether all keys that begin with `prefix` hang on one chain: it is as long as what its tag's
 * chains are about, or longer. Of a short one it is not known how the keys go on. */
static bool is_one_chain(struct base_bytes prefix)
{
    uint8_t padded[PROJ_KEY_LEN_MAX] = {0};
    memcpy(padded, prefix.data, prefix.len);
    return chain_len_of(base_bytes_of(padded, sizeof padded)) <= prefix.len;
}

/* Which chains keys that begin alike may hang on. */
enum reach { ONE_CHAIN, A_DAY, ALL_CHAINS };

static const struct chain *chains_begin(const struct proj_bulk *bulk, struct base_bytes prefix,
                                        enum reach *out_reach)
{
    if (is_one_chain(prefix)) {
        *out_reach = ONE_CHAIN;
        return chain_find(bulk, beginning_of(prefix));
    }
    if (prefix.len >= DAY_LEN && prefix.data[0] == 'j') {
        *out_reach = A_DAY;
        return chain_find(bulk, base_bytes_of(prefix.data, DAY_LEN));
    }
    *out_reach = ALL_CHAINS;
    return bulk->chain_count > 0 ? &bulk->chains[0] : NULL;
}

static const struct chain *chains_go_on(const struct proj_bulk *bulk, const struct chain *chain,
                                        enum reach reach)
{
    const struct chain *next = NULL;
    if (reach == A_DAY && chain->kin != 0)
        next = &bulk->chains[chain->kin - 1];
    else if (reach == ALL_CHAINS && chain + 1 < bulk->chains + bulk->chain_count)
        next = chain + 1;
    return next;
}

/* Whether a row of the chain begins so. Where it is one of several, all its rows do or none. */
static bool chain_any(const struct chain *chain, struct base_bytes prefix, enum reach reach)
{
    const struct proj_bulk_row *row = chain->count > 0 ? chain->newest : NULL;
    while (row != NULL && !row_begins(row, prefix))
        row = reach == ONE_CHAIN ? row->next : NULL;
    return row != NULL;
}

bool proj_bulk_has_tag(const struct proj_bulk *bulk, uint8_t tag)
{
    return bulk->tag_counts[tag] > 0;
}

bool proj_bulk_any(const struct proj_bulk *bulk, struct base_bytes prefix)
{
    enum reach reach;
    bool any = false;
    if (prefix.len > 0 && bulk->tag_counts[prefix.data[0]] == 0)
        return false;
    for (const struct chain *chain = chains_begin(bulk, prefix, &reach); chain != NULL && !any;
         chain = chains_go_on(bulk, chain, reach))
        any = chain_any(chain, prefix, reach);
    return any;
}

/* Makes room for the rows of a chain behind those that were found. */
static bool rows_reserve(struct proj_bulk_rows *rows, size_t *capacity, size_t count)
{
    size_t end = rows->count + count;
    if (end <= *capacity)
        return true;
    size_t grown_capacity = end > 2 * *capacity ? end : 2 * *capacity;
    struct proj_bulk_row **grown =
        realloc(rows->rows, grown_capacity * sizeof(struct proj_bulk_row *));
    if (grown == NULL)
        return false;
    rows->rows = grown;
    *capacity = grown_capacity;
    return true;
}

/* Appends the rows of a chain that begin with `prefix`, in the order in which they were put. */
static bool collect(const struct chain *chain, struct base_bytes prefix, size_t *capacity,
                    struct proj_bulk_rows *rows)
{
    size_t first = rows->count;
    size_t end = first + chain->count;
    if (!rows_reserve(rows, capacity, chain->count))
        return false;
    (void)list_rows(chain, rows->rows + first);
    for (size_t i = first; i < end; i++) {
        if (row_begins(rows->rows[i], prefix))
            rows->rows[rows->count++] = rows->rows[i];
    }
    return true;
}

/* The same of those that say what a lesson is; of nearly every chain that is one. */
static bool collect_lessons(const struct chain *chain, struct base_bytes prefix, size_t *capacity,
                            struct proj_bulk_rows *rows)
{
    size_t first = rows->count;
    if (chain->lesson_count == 0)
        return true;
    if (chain->lesson_count > 1) {
        if (!collect(chain, prefix, capacity, rows))
            return false;
        size_t end = rows->count;
        rows->count = first;
        for (size_t i = first; i < end; i++) {
            if (proj_key_is_lesson(proj_bulk_key(rows->rows[i])))
                rows->rows[rows->count++] = rows->rows[i];
        }
        return true;
    }
    if (!rows_reserve(rows, capacity, 1))
        return false;
    if (row_begins(chain->lesson, prefix))
        rows->rows[rows->count++] = chain->lesson;
    return true;
}

static bool find(const struct proj_bulk *bulk, struct base_bytes prefix,
                 bool (*gather)(const struct chain *chain, struct base_bytes prefix,
                                size_t *capacity, struct proj_bulk_rows *rows),
                 struct proj_bulk_rows *out_rows)
{
    size_t capacity = 0;
    bool done = true;
    enum reach reach;
    *out_rows = (struct proj_bulk_rows){0};
    if (prefix.len > 0 && bulk->tag_counts[prefix.data[0]] == 0)
        return true;
    for (const struct chain *chain = chains_begin(bulk, prefix, &reach); chain != NULL && done;
         chain = chains_go_on(bulk, chain, reach)) {
        if (reach == ONE_CHAIN || chain_any(chain, prefix, reach))
            done = gather(chain, prefix, &capacity, out_rows);
    }
    done = done && sort_rows(out_rows->rows, &out_rows->count, prefix.len);
    if (!done) {
        free(out_rows->rows);
        *out_rows = (struct proj_bulk_rows){0};
    }
    return done;
}

bool proj_bulk_find(const struct proj_bulk *bulk, struct base_bytes prefix,
                    struct proj_bulk_rows *out_rows)
{
    return find(bulk, prefix, collect, out_rows);
}

bool proj_bulk_find_lessons(const struct proj_bulk *bulk, struct base_bytes prefix,
                            struct proj_bulk_rows *out_rows)
{
    return find(bulk, prefix, collect_lessons, out_rows);
}

/* A chain in the sweep: its rows are dealt out to `first` and behind. */
struct place {
    uint64_t head; /* its first bytes */
    const struct chain *chain;
    size_t first;
};

static int compare_places(const void *a, const void *b)
{
    const struct place *x = a;
    const struct place *y = b;
    if (x->head != y->head)
        return x->head < y->head ? -1 : 1;
    /* Chains of one tag are about equally long beginnings, or the whole of shorter keys. */
    return base_bytes_compare(beginning(x->chain), beginning(y->chain));
}

/* The chains in the order of what they are about. */
static struct place *sort_chains(const struct proj_bulk *bulk)
{
    struct place *places = malloc((bulk->chain_count + 1) * sizeof *places);
    if (places == NULL)
        return NULL;
    for (size_t i = 0; i < bulk->chain_count; i++) {
        const struct chain *chain =
            &bulk->chains[i]; /* a day's place is empty, which harms nobody */
        uint8_t head[8] = {0};
        memcpy(head, chain->newest->bytes, chain->prefix_len < 8 ? chain->prefix_len : 8u);
        places[i] = (struct place){.head = base_get_be64(head), .chain = chain};
    }
    qsort(places, bulk->chain_count, sizeof *places, compare_places);
    for (size_t i = 0, first = 0; i < bulk->chain_count; i++) {
        places[i].first = first;
        first += places[i].chain->count;
    }
    return places;
}

/* Deals the rows out, in the order in which they were put. */
static bool deal(const struct proj_bulk *bulk, const struct place *places,
                 struct proj_bulk_row **out_rows)
{
    size_t *next = malloc((bulk->chain_count + 1) * sizeof *next);
    if (next == NULL)
        return false;
    for (size_t i = 0; i < bulk->chain_count; i++)
        next[places[i].chain - bulk->chains] = places[i].first;
    for (struct block *block = bulk->first_block; block != NULL; block = block->next) {
        for (size_t at = 0; at < block->used;) {
            struct proj_bulk_row *row = (struct proj_bulk_row *)(void *)(block->bytes + at);
            out_rows[next[row->chain]++] = row;
            at += row_len(row->key_len, row->value_len);
        }
    }
    free(next);
    return true;
}

bool proj_bulk_each(struct proj_bulk *bulk,
                    bool (*each)(void *data, const struct proj_bulk_row *row), void *data)
{
    struct proj_bulk_row **rows = malloc((bulk->row_count + 1) * sizeof(struct proj_bulk_row *));
    struct place *places = sort_chains(bulk);
    bool done = rows != NULL && places != NULL && deal(bulk, places, rows);
    for (size_t i = 0; i < bulk->chain_count && done; i++) {
        struct proj_bulk_row **own = rows + places[i].first;
        size_t count = places[i].chain->count;
        done = sort_rows(own, &count, places[i].chain->prefix_len);
        for (size_t k = 0; k < count && done; k++) {
            /* What comes next lies anywhere; it may belong to a later chain. */
            if (places[i].first + k + PREFETCH_COUNT < bulk->row_count)
                __builtin_prefetch(own[k + PREFETCH_COUNT]->bytes);
            done = each(data, own[k]);
        }
    }
    free(places);
    free(rows);
    return done;
}
