/* Keys in a plain array, searched by their first eight bytes: a few hundred compares are nothing
 * beside a verdict, and there is no order that anybody could choose keys against. A table is
 * shared: the array holds it and so does each thread that asks it; who lets go last frees it. */
#include "ledger/judge.h"

#include <assert.h>
#include <pthread.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "ledger/hash.h"

#define NO_ROW UINT32_MAX

struct shared {
    struct ledger_ed25519_table *table;
    uint32_t holders; /* with the lock */
};

struct row {
    struct ledger_key key;
    uint32_t uses;         /* events taken since it came or lost its table */
    bool making;           /* a thread makes its table */
    struct shared *shared; /* NULL: none */
    uint64_t seen;         /* the look at which it was met last; each look has its own number */
};

struct ledger_judge {
    struct ledger_judge_options options;
    _Atomic(ledger__judge_verify_fn) verify;
    _Atomic uint32_t sample;
    atomic_bool differed;
    atomic_uint_fast64_t by_table, by_sodium;

    pthread_mutex_t lock; /* guards all below */
    uint64_t look;
    uint64_t made;
    uint32_t table_count;
    uint32_t row_count;
    uint64_t heads[LEDGER_JUDGE_KEY_COUNT_MAX]; /* each row's first eight bytes */
    struct row rows[LEDGER_JUDGE_KEY_COUNT_MAX];
};

void ledger__judge_plant(struct ledger_judge *judge, ledger__judge_verify_fn verify,
                         uint32_t sample)
{
    assert(sample >= 1);
    atomic_store(&judge->verify, verify);
    atomic_store(&judge->sample, sample);
}

int ledger_judge_open(const struct ledger_judge_options *options, struct ledger_judge **out_judge,
                      struct base_err *err)
{
    ledger__sodium_ready();
    struct ledger_judge *judge = calloc(1, sizeof *judge);
    if (judge == NULL)
        return BASE_FAIL(err, BASE_E_MEMORY, "no room for the judge of signatures");
    judge->options = *options;
    ledger__judge_plant(judge, ledger_ed25519_verify, LEDGER_JUDGE_SAMPLE);
    pthread_mutex_init(&judge->lock, NULL);
    *out_judge = judge;
    return 0;
}

/* With the lock, all of these. */

static void let_go(struct shared *shared)
{
    assert(shared->holders > 0);
    if (--shared->holders > 0)
        return;
    ledger_ed25519_table_free(shared->table);
    free(shared);
}

static void row_lose_table(struct ledger_judge *judge, struct row *row)
{
    if (row->shared == NULL)
        return;
    let_go(row->shared);
    row->shared = NULL;
    row->uses = 0; /* it has to earn another */
    judge->table_count--;
}

static uint32_t row_find(const struct ledger_judge *judge, const struct ledger_key *key)
{
    uint64_t head;
    memcpy(&head, key->bytes, sizeof head);
    for (uint32_t i = 0; i < judge->row_count; i++)
        if (judge->heads[i] == head && ledger_key_equal(&judge->rows[i].key, key))
            return i;
    return NO_ROW;
}

/* The row that was not met for longest; `with_table`: of those that have one. */
static struct row *row_oldest(struct ledger_judge *judge, bool with_table)
{
    struct row *oldest = NULL;
    for (uint32_t i = 0; i < judge->row_count; i++) {
        struct row *row = &judge->rows[i];
        if ((!with_table || row->shared != NULL) && (oldest == NULL || row->seen < oldest->seen))
            oldest = row;
    }
    assert(oldest != NULL);
    return oldest;
}

static struct row *row_take(struct ledger_judge *judge, const struct ledger_key *key)
{
    struct row *row;
    if (judge->row_count < LEDGER_JUDGE_KEY_COUNT_MAX) {
        row = &judge->rows[judge->row_count++];
    } else {
        row = row_oldest(judge, false);
        row_lose_table(judge, row);
    }
    *row = (struct row){.key = *key};
    memcpy(&judge->heads[row - judge->rows], key->bytes, sizeof judge->heads[0]);
    return row;
}

/* Gives a table that was just made to its key, which may have lost its row meanwhile. */
static void table_keep(struct ledger_judge *judge, const struct ledger_key *key,
                       struct shared *shared)
{
    uint32_t at = row_find(judge, key);
    if (at == NO_ROW)
        return;
    struct row *row = &judge->rows[at];
    row->making = false;
    if (row->shared != NULL)
        return;
    if (shared == NULL) { /* no memory: later, perhaps */
        row->uses = 0;
        return;
    }
    if (judge->table_count == LEDGER_JUDGE_TABLE_COUNT_MAX)
        row_lose_table(judge, row_oldest(judge, true));
    row->shared = shared;
    shared->holders++;
    judge->table_count++;
    judge->made++;
}

/* Without the lock. */

/* A table that the caller holds alone; NULL without memory. */
static struct shared *shared_make(const struct ledger_key *key)
{
    struct shared *shared = calloc(1, sizeof *shared);
    if (shared == NULL ||
        ledger_ed25519_table_make(key, LEDGER_ED25519_NARROW, &shared->table, NULL) != 0) {
        free(shared);
        return NULL;
    }
    shared->holders = 1;
    return shared;
}

/* The key's table, held for the caller; NULL: it has none. Makes the one that it has earned. */
static struct shared *table_hold(struct ledger_judge *judge, const struct ledger_key *key)
{
    struct shared *shared = NULL;
    bool is_due = false;
    pthread_mutex_lock(&judge->lock);
    uint32_t at = row_find(judge, key);
    if (at != NO_ROW) {
        struct row *row = &judge->rows[at];
        row->seen = ++judge->look;
        shared = row->shared;
        if (shared != NULL)
            shared->holders++;
        is_due = shared == NULL && !row->making && row->uses >= LEDGER_JUDGE_USES_MIN;
        row->making |= is_due;
    }
    pthread_mutex_unlock(&judge->lock);
    if (!is_due)
        return shared;
    shared = shared_make(key);
    pthread_mutex_lock(&judge->lock);
    table_keep(judge, key, shared);
    pthread_mutex_unlock(&judge->lock);
    return shared;
}

static bool table_ask(struct ledger_judge *judge, struct shared *shared,
                      struct base_bytes event_bytes, const struct ledger_signature *signature)
{
    ledger__judge_verify_fn verify = atomic_load(&judge->verify);
    bool holds =
        verify(shared->table, base_bytes_of(LEDGER_EVENT_DOMAIN, sizeof LEDGER_EVENT_DOMAIN),
               event_bytes, signature);
    pthread_mutex_lock(&judge->lock);
    let_go(shared);
    pthread_mutex_unlock(&judge->lock);
    atomic_fetch_add(&judge->by_table, 1);
    return holds;
}

static bool sodium_ask(struct ledger_judge *judge, struct base_bytes event_bytes,
                       const struct ledger_key *key, const struct ledger_signature *signature)
{
    atomic_fetch_add(&judge->by_sodium, 1);
    return ledger_event_verify(event_bytes, key, signature);
}

bool ledger_judge_holds(struct ledger_judge *judge, struct base_bytes event_bytes,
                        const struct ledger_key *key, const struct ledger_signature *signature)
{
    if (judge == NULL)
        return ledger_event_verify(event_bytes, key, signature);
    bool may_ask = !judge->options.reference && !atomic_load(&judge->differed) &&
                   event_bytes.len <= LEDGER_EVENT_LEN_MAX;
    struct shared *shared = may_ask ? table_hold(judge, key) : NULL;
    if (shared == NULL)
        return sodium_ask(judge, event_bytes, key, signature);
    bool ours = table_ask(judge, shared, event_bytes, signature);
    /* The draw decides whom libsodium looks at again, never what the verdict is. */
    if (ours && randombytes_uniform(atomic_load(&judge->sample)) != 0 &&
        !atomic_load(&judge->differed))
        return true;
    bool theirs = sodium_ask(judge, event_bytes, key, signature);
    if (ours != theirs && !atomic_exchange(&judge->differed, true) &&
        judge->options.differed != NULL) {
        const struct ledger_judge_difference difference = {
            .key = key, .signature = signature, .event_bytes = event_bytes, .by_table = ours};
        judge->options.differed(judge->options.data, &difference);
    }
    return theirs;
}

void ledger_judge_admitted(struct ledger_judge *judge, const struct ledger_key *key)
{
    if (judge == NULL || judge->options.reference)
        return;
    pthread_mutex_lock(&judge->lock);
    uint32_t at = row_find(judge, key);
    struct row *row = at == NO_ROW ? row_take(judge, key) : &judge->rows[at];
    row->uses += row->uses < UINT32_MAX;
    row->seen = ++judge->look;
    pthread_mutex_unlock(&judge->lock);
}

bool ledger_judge_has_differed(const struct ledger_judge *judge)
{
    return atomic_load(&judge->differed);
}

void ledger_judge_counts(struct ledger_judge *judge, struct ledger_judge_counts *out_counts)
{
    pthread_mutex_lock(&judge->lock);
    *out_counts = (struct ledger_judge_counts){.by_table = atomic_load(&judge->by_table),
                                               .by_sodium = atomic_load(&judge->by_sodium),
                                               .tables = judge->table_count,
                                               .made = judge->made};
    pthread_mutex_unlock(&judge->lock);
}

void ledger_judge_close(struct ledger_judge *judge)
{
    if (judge == NULL)
        return;
    for (uint32_t i = 0; i < judge->row_count; i++)
        row_lose_table(judge, &judge->rows[i]);
    assert(judge->table_count == 0);
    pthread_mutex_destroy(&judge->lock);
    free(judge);
}
