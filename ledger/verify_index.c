/* Entries are dealt out by how their names begin, those that begin alike in the order of the log;
 * then a cursor goes along. What can fail: reading, as a fault; a row that is not there, or names
 * another position, is a finding of that entry. */
#include "ledger/verify_index.h"

#include <stdlib.h>

#define BUCKET_BITS 11u /* as many as a chunk has entries */
#define BUCKET_COUNT (1u << BUCKET_BITS)

struct ledger__index_check {
    struct ledger_reader *reader;
    MDB_cursor *ids, *counters;
    uint32_t order[LEDGER__VERIFY_CHUNK_MAX];
};

int ledger__index_check_open(struct ledger_reader *reader, struct ledger__index_check **out_check,
                             struct base_err *err)
{
    struct ledger__index_check *check = calloc(1, sizeof *check);
    if (check == NULL)
        return BASE_FAIL(err, BASE_E_MEMORY, "no room to check indexes");
    check->reader = reader;
    *out_check = check;
    return 0;
}

void ledger__index_check_close(struct ledger__index_check *check)
{
    if (check == NULL)
        return;
    ledger__cursor_close(check->ids);
    ledger__cursor_close(check->counters);
    free(check);
}

static unsigned bucket_of(const uint8_t *name)
{
    return ((unsigned)name[0] << 8 | name[1]) >> (16u - BUCKET_BITS);
}

static const uint8_t *id_of(const struct ledger_event *event)
{
    return event->id.bytes;
}

static const uint8_t *key_of(const struct ledger_event *event)
{
    return event->key.bytes;
}

static void order_make(struct ledger__index_check *check,
                       const struct ledger__verify_placed *placed, uint32_t count,
                       const uint8_t *(*name)(const struct ledger_event *event))
{
    uint32_t begins[BUCKET_COUNT + 1] = {0};
    for (uint32_t i = 0; i < count; i++)
        begins[bucket_of(name(placed[i].event)) + 1]++;
    for (unsigned i = 1; i <= BUCKET_COUNT; i++)
        begins[i] += begins[i - 1];
    for (uint32_t i = 0; i < count; i++)
        check->order[begins[bucket_of(name(placed[i].event))]++] = i;
}

static bool names_position(struct base_bytes row, ledger_seq seq)
{
    return row.len == 8 && base_get_be64(row.data) == seq;
}

static bool id_holds(struct ledger__index_check *check, const struct ledger__verify_placed *placed)
{
    struct base_bytes row;
    return ledger__txn_get_on(&check->reader->txn, LEDGER__DB_IDS, &check->ids,
                              base_bytes_of(placed->event->id.bytes, LEDGER_HASH_LEN), &row) &&
           names_position(row, placed->seq);
}

static bool counter_holds(struct ledger__index_check *check,
                          const struct ledger__verify_placed *placed)
{
    struct base_bytes row;
    uint8_t name[LEDGER_KEY_LEN + 8];
    memcpy(name, placed->event->key.bytes, LEDGER_KEY_LEN);
    base_set_be64(name + LEDGER_KEY_LEN, (uint64_t)placed->event->counter);
    return ledger__txn_get_behind(&check->reader->txn, LEDGER__DB_COUNTERS, &check->counters,
                                  base_bytes_of(name, sizeof name), &row) &&
           names_position(row, placed->seq);
}

int ledger__index_check_run(void *data, struct ledger__verify_placed *placed, uint32_t count,
                            struct base_err *err)
{
    struct ledger__index_check *check = data;
    order_make(check, placed, count, id_of);
    for (uint32_t i = 0; i < count; i++) {
        struct ledger__verify_placed *one = &placed[check->order[i]];
        if (!id_holds(check, one))
            one->finding = LEDGER_FOUND_INDEX;
    }
    order_make(check, placed, count, key_of);
    for (uint32_t i = 0; i < count; i++) {
        struct ledger__verify_placed *one = &placed[check->order[i]];
        if (!counter_holds(check, one))
            one->finding = LEDGER_FOUND_INDEX;
    }
    return ledger__txn_check(&check->reader->txn, err);
}
