/* The table of keys: linear probing, at most half full, doubled when it would be more. */
#include "ledger/key_table.h"

#include <assert.h>
#include <sodium.h>
#include <stdlib.h>

#define CAPACITY_FIRST 64u

static_assert(sizeof((struct ledger__key_table *)0)->secret == crypto_shorthash_KEYBYTES,
              "the secret is SipHash's key");

void ledger__key_table_release(struct ledger__key_table *table)
{
    free(table->rows);
    *table = (struct ledger__key_table){0};
}

/* The key's row, or the empty one where it belongs. */
static struct ledger__key_row *row_find(const struct ledger__key_table *table,
                                        const struct ledger_key *key)
{
    uint8_t hash[crypto_shorthash_BYTES];
    crypto_shorthash(hash, key->bytes, LEDGER_KEY_LEN, table->secret);
    uint64_t mask = table->capacity - 1;
    uint64_t i = base_get_be64(hash) & mask;
    while (table->rows[i].counter != 0 && !ledger_key_equal(&table->rows[i].key, key))
        i = (i + 1) & mask;
    return &table->rows[i];
}

static int grow(struct ledger__key_table *table, struct base_err *err)
{
    struct ledger__key_table larger = {.capacity = table->capacity == 0 ? CAPACITY_FIRST
                                                                        : table->capacity * 2,
                                       .count = table->count};
    larger.rows = calloc(larger.capacity, sizeof *larger.rows);
    if (larger.rows == NULL)
        return BASE_FAIL(err, BASE_E_MEMORY, "no room for %llu keys",
                         (unsigned long long)larger.capacity);
    randombytes_buf(larger.secret, sizeof larger.secret);
    for (uint64_t i = 0; i < table->capacity; i++)
        if (table->rows[i].counter != 0)
            *row_find(&larger, &table->rows[i].key) = table->rows[i];
    free(table->rows);
    *table = larger;
    return 0;
}

int ledger__key_table_set(struct ledger__key_table *table, const struct ledger_key *key,
                          int64_t counter, int64_t *out_before, struct base_err *err)
{
    assert(counter >= 1);
    if (table->count >= table->capacity / 2) {
        int fault = grow(table, err);
        if (fault != 0)
            return fault;
    }
    struct ledger__key_row *row = row_find(table, key);
    *out_before = row->counter;
    if (row->counter == 0)
        table->count++;
    *row = (struct ledger__key_row){.key = *key, .counter = counter};
    return 0;
}
