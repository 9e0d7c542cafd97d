/* The last counter of each key, in memory: a hash table with open addressing, keyed by a secret of
 * the process so that nobody can choose keys that collide.
 * Threads: one. All-zero is an empty table; it must be released. */
#pragma once

#include "ledger/event.h"

struct ledger__key_row {
    struct ledger_key key;
    int64_t counter; /* 0: empty place */
};

struct ledger__key_table {
    struct ledger__key_row *rows;
    uint64_t capacity; /* a power of two */
    uint64_t count;
    uint8_t secret[16];
};

void ledger__key_table_release(struct ledger__key_table *table);
/* Sets the key's counter (≥ 1) and gives the one before, 0 when there was none. */
int ledger__key_table_set(struct ledger__key_table *table, const struct ledger_key *key,
                          int64_t counter, int64_t *out_before, struct base_err *err) BASE_MUST_USE;
