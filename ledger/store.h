/* The store: one LMDB environment, its databases and transactions (specs/ledger.md, "Store").
 * Shape:   a transaction carries a sticky error (`failed`, an LMDB or errno code): a run of steps
 *          reads straight down and is asked once. Values borrow from the map until the transaction
 *          ends (in a writing one: until the next write).
 * Threads: one writing transaction at a time, by the one who holds the log's write lock; readers in
 *          any thread. Growing the map needs a moment without any transaction: ledger__store_grow
 *          waits for it, and whoever begins one meanwhile waits, too.
 * Errors:  besides faults, LEDGER__STORE_GROW and LEDGER__STORE_FULL. */
#pragma once

#include <lmdb.h>
#include <pthread.h>

#include "ledger/base/err.h"
#include "ledger/faults.h"
#include "ledger/limits.h"

enum ledger__db {
    LEDGER__DB_ENTRIES,  /* be64 seq → entry */
    LEDGER__DB_IDS,      /* event id → be64 seq */
    LEDGER__DB_COUNTERS, /* key ‖ be64 counter → be64 seq */
    LEDGER__DB_TILES,    /* tile level ‖ be64 index → 1 … 256 hashes */
    LEDGER__DB_OPENINGS, /* commitment → subject ‖ nonce ‖ sealed opening */
    LEDGER__DB_OWNERS,   /* subject ‖ commitment → nothing */
    LEDGER__DB_SUBJECTS, /* subject → nonce ‖ wrapped subject key */
    LEDGER__DB_META,     /* name → layout, origin, vkey, head, checkpoint */
    LEDGER__DB_COUNT,
};

/* Positive answers of writing. */
enum ledger__store_answer {
    LEDGER__STORE_GROW = 1, /* the map is full: abort, ledger__store_grow, redo */
    LEDGER__STORE_FULL = 2, /* the disk is full; nothing was changed */
};

struct ledger__store {
    MDB_env *env;
    MDB_dbi dbis[LEDGER__DB_COUNT];
    bool read_only;
    bool incomplete;    /* some database is not there: another layout, or no log */
    bool pages_checked; /* each was read when it was opened, and its keys in order */
    const struct ledger_faults *faults; /* may be NULL; borrowed */
    uint64_t reserved;                  /* bytes of the file known to be on disk; writer only */
    pthread_mutex_t lock;               /* guards `active` and the map's size */
    pthread_cond_t idle;                /* `active` fell to zero */
    unsigned active;                    /* transactions that are open */
};

struct ledger__txn {
    struct ledger__store *store;
    MDB_txn *txn; /* NULL: not open */
    int failed;   /* sticky: 0, or the first LMDB or errno code */
};

/* How a store is opened. */
enum ledger__store_way {
    LEDGER__STORE_CREATES = 1,
    LEDGER__STORE_READS = 2,       /* and never writes */
    LEDGER__STORE_CHECKS_PAGES = 4 /* reads every page first (pages.h) */
};

/* Opens <dir>; `way` is of LEDGER__STORE_CREATES …; to create makes the databases. The caller owns
 * `*out_store`. */
int ledger__store_open(const char *dir, unsigned way, const struct ledger_faults *faults,
                       struct ledger__store **out_store, struct base_err *err) BASE_MUST_USE;
void ledger__store_close(struct ledger__store *store);
/* Doubles the map, waiting a limited time until no transaction is open; BASE_E_BUSY after it. */
int ledger__store_grow(struct ledger__store *store, struct base_err *err) BASE_MUST_USE;
/* Doubles the map if it is more than half used and nobody is reading; else does nothing. */
void ledger__store_grow_early(struct ledger__store *store);
/* Makes sure that the disk has room for `len` more bytes; 0, LEDGER__STORE_FULL or a fault. */
int ledger__store_reserve(struct ledger__store *store, size_t len,
                          struct base_err *err) BASE_MUST_USE;

/* Copies the environment as it is at this moment, without its free pages, into the empty folder
 * `dir`; whoever writes goes on meanwhile. Synced when it returns. */
int ledger__store_copy(struct ledger__store *store, const char *dir,
                       struct base_err *err) BASE_MUST_USE;

int ledger__txn_begin(struct ledger__store *store, bool writes, struct ledger__txn *out_txn,
                      struct base_err *err) BASE_MUST_USE;
/* Ends a transaction without a trace; one that is not open is fine. */
void ledger__txn_abort(struct ledger__txn *txn);
/* Commits with fsync. On any answer but 0 the transaction is gone, without a trace. */
int ledger__txn_commit(struct ledger__txn *txn, struct base_err *err) BASE_MUST_USE;
/* What the sticky error means: 0, an answer or a fault. */
int ledger__txn_check(const struct ledger__txn *txn, struct base_err *err) BASE_MUST_USE;

/* True and the value when the key is there; a failure other than its absence is sticky. */
bool ledger__txn_get(struct ledger__txn *txn, enum ledger__db db, struct base_bytes key,
                     struct base_bytes *out_value);
/* As ledger__txn_get, for who asks for many keys about in their order: the cursor (NULL at first;
 * to be closed before the transaction is) stays on the last one, and the next is sought from there.
 */
bool ledger__txn_get_on(struct ledger__txn *txn, enum ledger__db db, MDB_cursor **cursor,
                        struct base_bytes key, struct base_bytes *out_value);
/* The same where the key is mostly the one right behind the last. */
bool ledger__txn_get_behind(struct ledger__txn *txn, enum ledger__db db, MDB_cursor **cursor,
                            struct base_bytes key, struct base_bytes *out_value);
/* NULL is allowed. */
void ledger__cursor_close(MDB_cursor *cursor);
/* The pair with the greatest key ≤ `key`. */
bool ledger__txn_get_below(struct ledger__txn *txn, enum ledger__db db, struct base_bytes key,
                           struct base_bytes *out_key, struct base_bytes *out_value);
/* The pair with the smallest key ≥ `key`; an empty key stands before all. */
bool ledger__txn_get_above(struct ledger__txn *txn, enum ledger__db db, struct base_bytes key,
                           struct base_bytes *out_key, struct base_bytes *out_value);
/* Calls `each` for pairs from the smallest key ≥ `key` on, in order, until it returns false. */
void ledger__txn_walk(struct ledger__txn *txn, enum ledger__db db, struct base_bytes key,
                      bool (*each)(void *data, struct base_bytes key, struct base_bytes value),
                      void *data);
/* Puts a pair; `flags` are LMDB's (MDB_APPEND, MDB_NOOVERWRITE; with the latter an existing pair
 * is left as it is, without a failure). */
void ledger__txn_put(struct ledger__txn *txn, enum ledger__db db, struct base_bytes key,
                     struct base_bytes value, unsigned flags);
void ledger__txn_delete(struct ledger__txn *txn, enum ledger__db db, struct base_bytes key);
/* Pairs in a database. */
uint64_t ledger__txn_count(struct ledger__txn *txn, enum ledger__db db);
