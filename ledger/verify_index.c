/* Both indexes are read through in their own order, which is cheap, and what they say of a window
 * of positions is laid down by position; an entry then finds its names where those of the entry
 * before were. That stands for looking each name up only where keys are known to lie in order
 * (verification looks at the pages first), and pays only while the window is a good part of the
 * index.
 *
 * Names that were not found so are looked up: dealt out by how they begin, those that begin alike
 * in the order of the log; then a cursor goes along. What can fail: reading, as a fault; a row that
 * is not there, or names another position, is a finding of that entry. */
#include "ledger/verify_index.h"

#include <stdlib.h>

#define BUCKET_BITS 11u /* as many as a chunk has entries */
#define BUCKET_COUNT (1u << BUCKET_BITS)
#define WINDOW_COUNT (1u << 18) /* positions whose names are at hand: 18 MiB */
#define WALK_FACTOR 48u         /* rows that are walked over in the time of one that is looked up */
#define COUNTER_LEN (LEDGER_KEY_LEN + 8u)

/* What the indexes say of a position; zero: nothing. */
struct names {
    uint8_t id[LEDGER_HASH_LEN];
    uint8_t counter[COUNTER_LEN]; /* with its key */
};

struct ledger__index_check {
    struct ledger_reader *reader;
    MDB_cursor *ids, *counters;
    struct names *window;                    /* NULL: nothing is at hand */
    ledger_seq first;                        /* of the window, … */
    uint64_t count;                          /* … and how many */
    uint32_t left[LEDGER__VERIFY_CHUNK_MAX]; /* what has to be looked up */
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
    free(check->window);
    free(check);
}

/* The window's names of a position; NULL when they are not at hand. */
static struct names *at_hand(const struct ledger__index_check *check, ledger_seq seq)
{
    bool inside = check->window != NULL && seq >= check->first && seq - check->first < check->count;
    return inside ? &check->window[seq - check->first] : NULL;
}

/* Where a row's name belongs; NULL when it is about another position. */
static struct names *place_of(const struct ledger__index_check *check, struct base_bytes row)
{
    return row.len == 8 ? at_hand(check, base_get_be64(row.data)) : NULL;
}

static bool id_lay(void *data, struct base_bytes key, struct base_bytes row)
{
    struct names *place = place_of(data, row);
    if (place != NULL && key.len == sizeof place->id)
        memcpy(place->id, key.data, sizeof place->id);
    return true;
}

static bool counter_lay(void *data, struct base_bytes key, struct base_bytes row)
{
    struct names *place = place_of(data, row);
    if (place != NULL && key.len == sizeof place->counter)
        memcpy(place->counter, key.data, sizeof place->counter);
    return true;
}

/* Lays down what the indexes say from `first` on, where that pays. */
static void window_move(struct ledger__index_check *check, ledger_seq first)
{
    static const uint8_t least[] = {0}; /* no key is less */
    struct ledger__txn *txn = &check->reader->txn;
    uint64_t size = ledger_reader_size(check->reader);
    uint64_t left = size > first ? size - first : 0;
    uint64_t rows = ledger__txn_count(txn, LEDGER__DB_IDS);
    free(check->window);
    check->window = NULL;
    check->first = first;
    check->count = left < WINDOW_COUNT ? left : WINDOW_COUNT;
    if (check->count > 0 && rows / check->count < WALK_FACTOR)
        check->window = calloc(check->count, sizeof *check->window);
    if (check->window == NULL) /* without memory, too: then all is looked up */
        return;
    ledger__txn_walk(txn, LEDGER__DB_IDS, base_bytes_of(least, sizeof least), id_lay, check);
    ledger__txn_walk(txn, LEDGER__DB_COUNTERS, base_bytes_of(least, sizeof least), counter_lay,
                     check);
}

static bool id_at_hand(const struct ledger__index_check *check,
                       const struct ledger__verify_placed *placed)
{
    const struct names *names = at_hand(check, placed->seq);
    return names != NULL && memcmp(names->id, placed->event->id.bytes, LEDGER_HASH_LEN) == 0;
}

static bool counter_at_hand(const struct ledger__index_check *check,
                            const struct ledger__verify_placed *placed)
{
    const struct names *names = at_hand(check, placed->seq);
    return names != NULL && memcmp(names->counter, placed->event->key.bytes, LEDGER_KEY_LEN) == 0 &&
           base_get_be64(names->counter + LEDGER_KEY_LEN) == (uint64_t)placed->event->counter;
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

/* Puts what is left, `count` of it, into the order in which it is looked up. */
static void order_make(struct ledger__index_check *check,
                       const struct ledger__verify_placed *placed, uint32_t count,
                       const uint8_t *(*name)(const struct ledger_event *event))
{
    uint32_t begins[BUCKET_COUNT + 1] = {0};
    for (uint32_t i = 0; i < count; i++)
        begins[bucket_of(name(placed[check->left[i]].event)) + 1]++;
    for (unsigned i = 1; i <= BUCKET_COUNT; i++)
        begins[i] += begins[i - 1];
    for (uint32_t i = 0; i < count; i++)
        check->order[begins[bucket_of(name(placed[check->left[i]].event))]++] = check->left[i];
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
    uint8_t name[COUNTER_LEN];
    memcpy(name, placed->event->key.bytes, LEDGER_KEY_LEN);
    base_set_be64(name + LEDGER_KEY_LEN, (uint64_t)placed->event->counter);
    return ledger__txn_get_behind(&check->reader->txn, LEDGER__DB_COUNTERS, &check->counters,
                                  base_bytes_of(name, sizeof name), &row) &&
           names_position(row, placed->seq);
}

/* One of the two indexes: what is at hand, how names are dealt out, and how one is looked up. */
struct index {
    bool (*at_hand)(const struct ledger__index_check *check,
                    const struct ledger__verify_placed *placed);
    const uint8_t *(*name)(const struct ledger_event *event);
    bool (*holds)(struct ledger__index_check *check, const struct ledger__verify_placed *placed);
};

static void index_check(struct ledger__index_check *check, const struct index *index,
                        struct ledger__verify_placed *placed, uint32_t count)
{
    uint32_t left_count = 0;
    for (uint32_t i = 0; i < count; i++)
        if (!index->at_hand(check, &placed[i]))
            check->left[left_count++] = i;
    if (left_count > 0)
        order_make(check, placed, left_count, index->name);
    for (uint32_t i = 0; i < left_count; i++) {
        struct ledger__verify_placed *one = &placed[check->order[i]];
        if (!index->holds(check, one))
            one->finding = LEDGER_FOUND_INDEX;
    }
}

int ledger__index_check_run(void *data, struct ledger__verify_placed *placed, uint32_t count,
                            struct base_err *err)
{
    static const struct index ids = {id_at_hand, id_of, id_holds};
    static const struct index counters = {counter_at_hand, key_of, counter_holds};
    struct ledger__index_check *check = data;
    if (count > 0 && (check->count == 0 || placed[0].seq - check->first >= check->count))
        window_move(check, placed[0].seq);
    index_check(check, &ids, placed, count);
    index_check(check, &counters, placed, count);
    return ledger__txn_check(&check->reader->txn, err);
}
