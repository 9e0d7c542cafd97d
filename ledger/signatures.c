/* Keys in a hash table with open addressing, under a secret of the run; tables in a fixed number of
 * places. A chunk's keys that have been seen often enough want a table; each gets the place of
 * whichever table was not asked for longest, but never of one that this chunk needs. Without memory
 * for a table the key stays with libsodium, or with the narrow table that it has: slower, not
 * wrong. */
#include "ledger/signatures.h"

#include <assert.h>
#include <sodium.h>
#include <stdlib.h>

#include "ledger/hash.h"

#define ROW_CAPACITY_FIRST 1024u
#define NO_PLACE UINT32_MAX
#define NUMBERED_CAPACITY_FIRST 256u

struct row {
    struct ledger_key key;
    uint32_t uses; /* 0: empty row */
    uint32_t place;
    uint64_t chunk;  /* in which it was announced last, */
    uint32_t number; /* and its number there */
};

struct place {
    struct ledger_ed25519_table *table; /* NULL: not made yet, or no memory */
    struct ledger_key key;
    bool used;
    bool is_wide;    /* its table is, or is to be */
    uint64_t wanted; /* the chunk that wants its table made, or made wide */
    uint64_t chunk;  /* when it was announced last */
};

struct ledger__signatures {
    bool reference;
    struct row *rows;
    uint64_t row_capacity; /* a power of two */
    uint64_t row_count;
    uint8_t secret[crypto_shorthash_KEYBYTES];
    struct place places[LEDGER__SIGNATURES_TABLE_COUNT_MAX];
    uint32_t wanted[LEDGER__SIGNATURES_TABLE_COUNT_MAX]; /* places to fill in this chunk */
    uint32_t wanted_count;
    uint32_t wide_count;
    uint32_t *numbered; /* the places of this chunk's keys by their numbers */
    uint32_t numbered_count, numbered_capacity;
    uint64_t chunk;
    uint32_t sample_start;
    atomic_uint_fast64_t by_table, by_sodium, differences;
};

int ledger__signatures_open(bool reference, struct ledger__signatures **out_signatures,
                            struct base_err *err)
{
    ledger__sodium_ready();
    struct ledger__signatures *signatures = calloc(1, sizeof *signatures);
    if (signatures == NULL)
        return BASE_FAIL(err, BASE_E_MEMORY, "no room to check signatures");
    signatures->reference = reference;
    signatures->row_capacity = ROW_CAPACITY_FIRST;
    signatures->rows = calloc(signatures->row_capacity, sizeof *signatures->rows);
    if (signatures->rows == NULL) {
        free(signatures);
        return BASE_FAIL(err, BASE_E_MEMORY, "no room to check signatures");
    }
    randombytes_buf(signatures->secret, sizeof signatures->secret);
    signatures->sample_start = randombytes_uniform(LEDGER__SIGNATURES_SAMPLE);
    *out_signatures = signatures;
    return 0;
}

void ledger__signatures_close(struct ledger__signatures *signatures)
{
    if (signatures == NULL)
        return;
    for (uint32_t i = 0; i < LEDGER__SIGNATURES_TABLE_COUNT_MAX; i++)
        ledger_ed25519_table_free(signatures->places[i].table);
    free(signatures->rows);
    free(signatures->numbered);
    free(signatures);
}

void ledger__signatures_begin(struct ledger__signatures *signatures)
{
    signatures->chunk++;
    signatures->wanted_count = 0;
    signatures->numbered_count = 0;
}

/* The key's row, or the empty one where it would be. */
static struct row *row_find(const struct ledger__signatures *signatures,
                            const struct ledger_key *key)
{
    uint8_t hash[crypto_shorthash_BYTES];
    crypto_shorthash(hash, key->bytes, LEDGER_KEY_LEN, signatures->secret);
    uint64_t at = base_get_be64(hash);
    for (;; at++) {
        struct row *row = &signatures->rows[at & (signatures->row_capacity - 1)];
        if (row->uses == 0 || ledger_key_equal(&row->key, key))
            return row;
    }
}

static int rows_grow(struct ledger__signatures *signatures, struct base_err *err)
{
    struct row *old = signatures->rows;
    uint64_t capacity = signatures->row_capacity;
    struct row *rows = calloc(capacity * 2, sizeof *rows);
    if (rows == NULL)
        return BASE_FAIL(err, BASE_E_MEMORY, "no room for the keys of a log");
    signatures->rows = rows;
    signatures->row_capacity = capacity * 2;
    for (uint64_t i = 0; i < capacity; i++)
        if (old[i].uses != 0)
            *row_find(signatures, &old[i].key) = old[i];
    free(old);
    return 0;
}

/* A place that this chunk does not need; NO_PLACE when it needs them all. */
static uint32_t place_take(struct ledger__signatures *signatures)
{
    uint32_t oldest = NO_PLACE;
    for (uint32_t i = 0; i < LEDGER__SIGNATURES_TABLE_COUNT_MAX; i++) {
        const struct place *place = &signatures->places[i];
        if (!place->used)
            return i;
        if (place->chunk != signatures->chunk &&
            (oldest == NO_PLACE || place->chunk < signatures->places[oldest].chunk))
            oldest = i;
    }
    if (oldest != NO_PLACE) {
        struct place *place = &signatures->places[oldest];
        struct row *row = row_find(signatures, &place->key);
        row->place = NO_PLACE;
        row->uses = 1; /* it has to earn a table again */
        signatures->wide_count -= place->is_wide;
        ledger_ed25519_table_free(place->table);
        *place = (struct place){0};
    }
    return oldest;
}

/* Wants the table of a place made in this chunk, once. */
static void table_want(struct ledger__signatures *signatures, uint32_t at)
{
    struct place *place = &signatures->places[at];
    if (place->wanted == signatures->chunk)
        return;
    place->wanted = signatures->chunk;
    signatures->wanted[signatures->wanted_count++] = at;
}

/* Gives a key what it has earned by its uses. */
static void row_reward(struct ledger__signatures *signatures, struct row *row)
{
    if (row->place == NO_PLACE && row->uses >= LEDGER__SIGNATURES_USES_MIN) {
        row->place = place_take(signatures);
        if (row->place == NO_PLACE)
            return;
        signatures->places[row->place] = (struct place){.key = row->key, .used = true};
        table_want(signatures, row->place);
    }
    if (row->place == NO_PLACE)
        return;
    struct place *place = &signatures->places[row->place];
    place->chunk = signatures->chunk;
    if (!place->is_wide && row->uses >= LEDGER__SIGNATURES_WIDE_USES_MIN &&
        signatures->wide_count < LEDGER__SIGNATURES_WIDE_COUNT_MAX) {
        place->is_wide = true;
        signatures->wide_count++;
        table_want(signatures, row->place);
    }
}

/* The key's row, made if there is none. */
static int row_take(struct ledger__signatures *signatures, const struct ledger_key *key,
                    struct row **out_row, struct base_err *err)
{
    if (signatures->row_count * 2 >= signatures->row_capacity) {
        int fault = rows_grow(signatures, err);
        if (fault != 0)
            return fault;
    }
    struct row *row = row_find(signatures, key);
    if (row->uses == 0) {
        *row = (struct row){.key = *key, .place = NO_PLACE};
        signatures->row_count++;
    }
    row->uses += row->uses < UINT32_MAX;
    *out_row = row;
    return 0;
}

/* The key's number in this chunk. */
static int number_give(struct ledger__signatures *signatures, struct row *row, struct base_err *err)
{
    if (row->chunk == signatures->chunk)
        return 0;
    if (signatures->numbered_count == signatures->numbered_capacity) {
        uint32_t capacity = signatures->numbered_capacity * 2 + NUMBERED_CAPACITY_FIRST;
        uint32_t *grown = realloc(signatures->numbered, capacity * sizeof *grown);
        if (grown == NULL)
            return BASE_FAIL(err, BASE_E_MEMORY, "no room for the keys of a log");
        signatures->numbered = grown;
        signatures->numbered_capacity = capacity;
    }
    row->chunk = signatures->chunk;
    row->number = signatures->numbered_count++;
    return 0;
}

int ledger__signatures_announce(struct ledger__signatures *signatures, const struct ledger_key *key,
                                uint32_t *out_number, struct base_err *err)
{
    struct row *row;
    int fault = row_take(signatures, key, &row, err);
    if (fault == 0)
        fault = number_give(signatures, row, err);
    if (fault != 0)
        return fault;
    if (!signatures->reference)
        row_reward(signatures, row);
    signatures->numbered[row->number] = row->place;
    *out_number = row->number;
    return 0;
}

uint32_t ledger__signatures_key_count(const struct ledger__signatures *signatures)
{
    return signatures->numbered_count;
}

uint32_t ledger__signatures_wanted(const struct ledger__signatures *signatures)
{
    return signatures->wanted_count;
}

void ledger__signatures_make(struct ledger__signatures *signatures, uint32_t number)
{
    assert(number < signatures->wanted_count);
    struct place *place = &signatures->places[signatures->wanted[number]];
    const enum ledger_ed25519_width width =
        place->is_wide ? LEDGER_ED25519_WIDE : LEDGER_ED25519_NARROW;
    struct ledger_ed25519_table *table = NULL;
    if (ledger_ed25519_table_make(&place->key, width, &table, NULL) != 0)
        return;
    ledger_ed25519_table_free(place->table);
    place->table = table;
}

/* The table of the key with that number, or NULL when it has none. */
static const struct ledger_ed25519_table *table_of(const struct ledger__signatures *signatures,
                                                   uint32_t number)
{
    assert(number < signatures->numbered_count);
    uint32_t place = signatures->numbered[number];
    return place == NO_PLACE ? NULL : signatures->places[place].table;
}

/* libsodium's verdict instead of ours; a difference is counted. */
static void judge_again(struct ledger__signatures *signatures, struct ledger__signature_item *item)
{
    bool ours = item->holds;
    item->holds = ledger_event_verify(item->event_bytes, item->key, item->signature);
    atomic_fetch_add(&signatures->by_sodium, 1);
    if (ours != item->holds)
        atomic_fetch_add(&signatures->differences, 1);
}

void ledger__signatures_check(struct ledger__signatures *signatures,
                              struct ledger__signature_item *items, unsigned count)
{
    struct ledger_ed25519_item ours[LEDGER_ED25519_MANY_MAX];
    struct ledger__signature_item *asked[LEDGER_ED25519_MANY_MAX];
    unsigned our_count = 0;
    assert(count <= LEDGER__SIGNATURES_MANY_MAX);
    for (unsigned i = 0; i < count; i++) {
        struct ledger__signature_item *item = &items[i];
        const struct ledger_ed25519_table *table = table_of(signatures, item->number);
        if (table == NULL || item->event_bytes.len > LEDGER_EVENT_LEN_MAX) {
            item->holds = ledger_event_verify(item->event_bytes, item->key, item->signature);
            atomic_fetch_add(&signatures->by_sodium, 1);
            continue;
        }
        asked[our_count] = item;
        ours[our_count++] = (struct ledger_ed25519_item){
            .table = table,
            .first = base_bytes_of(LEDGER_EVENT_DOMAIN, sizeof LEDGER_EVENT_DOMAIN),
            .second = item->event_bytes,
            .signature = item->signature};
    }
    if (our_count == 0)
        return;
    ledger_ed25519_verify_many(ours, our_count);
    uint64_t number = atomic_fetch_add(&signatures->by_table, our_count);
    for (unsigned i = 0; i < our_count; i++) {
        asked[i]->holds = ours[i].holds;
        if (!ours[i].holds ||
            (number + i + signatures->sample_start) % LEDGER__SIGNATURES_SAMPLE == 0)
            judge_again(signatures, asked[i]);
    }
}

uint64_t ledger__signatures_difference_count(const struct ledger__signatures *signatures)
{
    return atomic_load(&signatures->differences);
}

void ledger__signatures_counts(const struct ledger__signatures *signatures, uint64_t *out_by_table,
                               uint64_t *out_by_sodium)
{
    *out_by_table = atomic_load(&signatures->by_table);
    *out_by_sodium = atomic_load(&signatures->by_sodium);
}
