/* LMDB behind a small face.
 *
 * A write: room on the disk is made sure of first (the file is grown by fallocate, in steps), so a
 * full disk is met before anything is written; then the transaction runs and commits with fsync.
 * What can fail, and what is then true: the map is full — the transaction is aborted, the map grows
 * and the batch is redone; the disk is full — nothing changed, the environment goes on; a commit
 * fails otherwise — nothing of it is visible here, what the disk holds is unknown until it is
 * opened again, and the log above stops. LMDB keeps two meta pages and never writes over live ones,
 * so an interrupted commit leaves the state before it. */
#include "ledger/store.h"
#include "ledger/base/sync.h"
#include "ledger/pages.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define READERS_MAX 1024u
#define GROW_WAIT_MS 5000u

static const char *const db_names[LEDGER__DB_COUNT] = {
    [LEDGER__DB_ENTRIES] = "entries",   [LEDGER__DB_IDS] = "ids",
    [LEDGER__DB_COUNTERS] = "counters", [LEDGER__DB_TILES] = "tiles",
    [LEDGER__DB_OPENINGS] = "openings", [LEDGER__DB_OWNERS] = "owners",
    [LEDGER__DB_SUBJECTS] = "subjects", [LEDGER__DB_META] = "meta",
};

/* Turns an LMDB or errno code into our answer or fault. */
static int code_answer(int code, struct base_err *err, const char *what)
{
    if (code == 0)
        return 0;
    if (code == MDB_MAP_FULL)
        return LEDGER__STORE_GROW;
    if (base_is_disk_full(code))
        return LEDGER__STORE_FULL;
    int fault = BASE_E_IO;
    if (code == ENOMEM)
        fault = BASE_E_MEMORY;
    else if (code == ENOENT)
        fault = BASE_E_MISSING;
    else if (code == MDB_CORRUPTED || code == MDB_PAGE_NOTFOUND || code == MDB_INVALID ||
             code == MDB_VERSION_MISMATCH || code == MDB_NOTFOUND)
        fault = BASE_E_CORRUPT;
    return BASE_FAIL(err, fault, "store: %s: %s", what, mdb_strerror(code));
}

/* As code_answer, where only faults make sense. */
static int code_fault(int code, struct base_err *err, const char *what)
{
    int answer = code_answer(code, err, what);
    if (answer == LEDGER__STORE_GROW || answer == LEDGER__STORE_FULL)
        return BASE_FAIL(err, BASE_E_FULL, "store: %s: %s", what, mdb_strerror(code));
    return answer;
}

static int dbis_open(struct ledger__store *store, bool create, struct base_err *err)
{
    MDB_txn *txn = NULL;
    int code = mdb_txn_begin(store->env, NULL, create ? 0 : MDB_RDONLY, &txn);
    for (int i = 0; i < LEDGER__DB_COUNT && code == 0; i++) {
        code = mdb_dbi_open(txn, db_names[i], create ? MDB_CREATE : 0, &store->dbis[i]);
        /* `meta` says which layout it is; who opened the store asks that first. */
        if (code == MDB_NOTFOUND && i != LEDGER__DB_META) {
            store->incomplete = true;
            code = 0;
        }
    }
    if (code == 0)
        return code_fault(mdb_txn_commit(txn), err, "opening databases");
    if (txn != NULL)
        mdb_txn_abort(txn);
    return code_fault(code, err, "opening databases");
}

/* LMDB believes what its first pages say and would read behind the end of a file that was cut
 * short, which ends the process. */
static int length_check(struct ledger__store *store, const char *dir, struct base_err *err)
{
    MDB_envinfo info;
    MDB_stat stat;
    struct stat file;
    int fd;
    int code = mdb_env_info(store->env, &info);
    if (code == 0)
        code = mdb_env_stat(store->env, &stat);
    if (code == 0)
        code = mdb_env_get_fd(store->env, &fd);
    if (code == 0 && fstat(fd, &file) != 0)
        code = errno;
    if (code != 0)
        return code_fault(code, err, dir);
    uint64_t need = ((uint64_t)info.me_last_pgno + 1) * stat.ms_psize;
    if ((uint64_t)file.st_size < need)
        return BASE_FAIL(err, BASE_E_CORRUPT,
                         "store: %s is cut short: data.mdb has %llu bytes of at least %llu", dir,
                         (unsigned long long)file.st_size, (unsigned long long)need);
    return 0;
}

static int env_open(struct ledger__store *store, const char *dir, unsigned way,
                    struct base_err *err)
{
    bool create = (way & LEDGER__STORE_CREATES) != 0;
    int code = mdb_env_create(&store->env);
    if (code == 0)
        code = mdb_env_set_maxdbs(store->env, LEDGER__DB_COUNT);
    if (code == 0)
        code = mdb_env_set_maxreaders(store->env, READERS_MAX);
    /* An existing environment knows its own size. */
    if (code == 0 && create)
        code = mdb_env_set_mapsize(store->env, LEDGER_MAP_SIZE_FIRST);
    /* MDB_NOTLS: a reader belongs to its handle, not to the thread that opened it. */
    unsigned flags = MDB_NOTLS | (store->read_only ? MDB_RDONLY : 0u);
    if (code == 0)
        code = mdb_env_open(store->env, dir, flags, 0600);
    if (code != 0)
        return code_fault(code, err, dir);
    int dead_count;
    mdb_reader_check(store->env, &dead_count);
    int fault = length_check(store, dir, err);
    if (fault == 0 && (way & LEDGER__STORE_CHECKS_PAGES) != 0) {
        fault = ledger__pages_check(store->env, err);
        if (fault != 0)
            fault = base_err_wrap(err, fault, "store: %s", dir);
        store->pages_checked = fault == 0;
    }
    return fault == 0 ? dbis_open(store, create, err) : fault;
}

int ledger__store_open(const char *dir, unsigned way, const struct ledger_faults *faults,
                       struct ledger__store **out_store, struct base_err *err)
{
    bool read_only = (way & LEDGER__STORE_READS) != 0;
    assert(!read_only || (way & LEDGER__STORE_CREATES) == 0);
    struct ledger__store *store = calloc(1, sizeof *store);
    if (store == NULL)
        return BASE_FAIL(err, BASE_E_MEMORY, "store: opening %s", dir);
    store->read_only = read_only;
    store->faults = faults;
    pthread_mutex_init(&store->lock, NULL);
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&store->idle, &attributes);
    pthread_condattr_destroy(&attributes);
    int fault = env_open(store, dir, way, err);
    if (fault != 0) {
        ledger__store_close(store);
        return fault;
    }
    *out_store = store;
    return 0;
}

void ledger__store_close(struct ledger__store *store)
{
    if (store == NULL)
        return;
    assert(store->active == 0);
    if (store->env != NULL)
        mdb_env_close(store->env);
    pthread_cond_destroy(&store->idle);
    pthread_mutex_destroy(&store->lock);
    free(store);
}

static unsigned grow_wait_ms(const struct ledger__store *store)
{
    bool given = store->faults != NULL && store->faults->grow_wait_ms != 0;
    return given ? store->faults->grow_wait_ms : GROW_WAIT_MS;
}

/* With the lock held: waits until nothing is open; false after a while. Others may still begin
 * transactions meanwhile, else a thread with two readers could wait for itself. */
static bool idle_wait(struct ledger__store *store)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    int64_t until_ns = until.tv_nsec + (int64_t)grow_wait_ms(store) * 1000000;
    until.tv_sec += (time_t)(until_ns / 1000000000);
    until.tv_nsec = (long)(until_ns % 1000000000);
    while (store->active > 0)
        if (pthread_cond_timedwait(&store->idle, &store->lock, &until) == ETIMEDOUT)
            return store->active == 0;
    return true;
}

static int map_double(struct ledger__store *store)
{
    MDB_envinfo info;
    int code = mdb_env_info(store->env, &info);
    if (code == 0)
        code = mdb_env_set_mapsize(store->env, info.me_mapsize * 2);
    return code;
}

int ledger__store_grow(struct ledger__store *store, struct base_err *err)
{
    int fault;
    pthread_mutex_lock(&store->lock);
    if (idle_wait(store))
        fault = code_fault(map_double(store), err, "growing the map");
    else
        fault = BASE_FAIL(err, BASE_E_BUSY, "store: readers stayed for %u ms, the map cannot grow",
                          grow_wait_ms(store));
    pthread_mutex_unlock(&store->lock);
    return fault;
}

void ledger__store_grow_early(struct ledger__store *store)
{
    MDB_envinfo info;
    MDB_stat stat;
    pthread_mutex_lock(&store->lock);
    if (store->active == 0 && mdb_env_info(store->env, &info) == 0 &&
        mdb_env_stat(store->env, &stat) == 0 &&
        (info.me_last_pgno + 1) * stat.ms_psize > info.me_mapsize / 2)
        (void)map_double(store); /* a failure here shows, if ever, when the map is full */
    pthread_mutex_unlock(&store->lock);
}

int ledger__store_reserve(struct ledger__store *store, size_t len, struct base_err *err)
{
    const struct ledger_faults *faults = store->faults;
    int code = faults != NULL && faults->reserve != NULL ? faults->reserve(faults->data) : 0;
    MDB_envinfo info;
    MDB_stat stat;
    if (code == 0)
        code = mdb_env_info(store->env, &info);
    if (code == 0)
        code = mdb_env_stat(store->env, &stat);
    if (code != 0)
        return code_answer(code, err, "making room");
    uint64_t need = (info.me_last_pgno + 1) * (uint64_t)stat.ms_psize + len;
    int fd;
    code = mdb_env_get_fd(store->env, &fd);
    if (code == 0)
        code = base_file_reserve(fd, need, &store->reserved);
    return code_answer(code, err, "making room");
}

static void active_leave(struct ledger__store *store)
{
    pthread_mutex_lock(&store->lock);
    assert(store->active > 0);
    if (--store->active == 0)
        pthread_cond_broadcast(&store->idle);
    pthread_mutex_unlock(&store->lock);
}

int ledger__txn_begin(struct ledger__store *store, bool writes, struct ledger__txn *out_txn,
                      struct base_err *err)
{
    assert(!(writes && store->read_only));
    MDB_txn *txn = NULL;
    pthread_mutex_lock(&store->lock);
    int code = mdb_txn_begin(store->env, NULL, writes ? 0 : MDB_RDONLY, &txn);
    /* Another process has grown the map: take its size as soon as nothing here uses the old one. */
    if (code == MDB_MAP_RESIZED && idle_wait(store)) {
        code = mdb_env_set_mapsize(store->env, 0);
        if (code == 0)
            code = mdb_txn_begin(store->env, NULL, writes ? 0 : MDB_RDONLY, &txn);
    }
    if (code == 0)
        store->active++;
    pthread_mutex_unlock(&store->lock);
    if (code == MDB_READERS_FULL)
        return BASE_FAIL(err, BASE_E_BUSY, "store: more than %u readers", READERS_MAX);
    if (code != 0)
        return code_fault(code, err, "beginning a transaction");
    *out_txn = (struct ledger__txn){.store = store, .txn = txn};
    return 0;
}

static int dir_sync(const char *dir, const char *name, struct base_err *err)
{
    char path[PATH_MAX];
    int len = snprintf(path, sizeof path, "%s/%s", dir, name);
    if (len < 0 || (size_t)len >= sizeof path)
        return BASE_FAIL(err, BASE_E_LIMIT, "store: the path is too long");
    int code = base_path_sync(path);
    return code == 0 ? 0 : code_fault(code, err, path);
}

int ledger__store_copy(struct ledger__store *store, const char *dir, struct base_err *err)
{
    struct ledger__txn guard; /* while it is open the map does not grow */
    int fault = ledger__txn_begin(store, false, &guard, err);
    if (fault != 0)
        return fault;
    int code = mdb_env_copy2(store->env, dir, MDB_CP_COMPACT);
    ledger__txn_abort(&guard);
    fault = code_fault(code, err, "copying");
    if (fault == 0)
        fault = dir_sync(dir, "data.mdb", err);
    return fault == 0 ? dir_sync(dir, ".", err) : fault;
}

void ledger__txn_abort(struct ledger__txn *txn)
{
    if (txn->txn == NULL)
        return;
    mdb_txn_abort(txn->txn);
    txn->txn = NULL;
    active_leave(txn->store);
}

int ledger__txn_check(const struct ledger__txn *txn, struct base_err *err)
{
    return code_answer(txn->failed, err, "using a transaction");
}

/* LMDB gives an environment up when the page that names the new trees could not be written: what
 * the disk holds of it is then not known. */
static bool env_is_given_up(struct ledger__store *store)
{
    MDB_txn *txn = NULL;
    pthread_mutex_lock(&store->lock);
    int code = mdb_txn_begin(store->env, NULL, MDB_RDONLY, &txn);
    if (code == 0)
        mdb_txn_abort(txn);
    pthread_mutex_unlock(&store->lock);
    return code == MDB_PANIC;
}

int ledger__txn_commit(struct ledger__txn *txn, struct base_err *err)
{
    assert(txn->txn != NULL);
    const struct ledger_faults *faults = txn->store->faults;
    int code = txn->failed;
    if (code == 0 && faults != NULL && faults->before_commit != NULL)
        code = faults->before_commit(faults->data);
    if (code != 0) {
        ledger__txn_abort(txn);
        return code_answer(code, err, "committing");
    }
    code = mdb_txn_commit(txn->txn);
    txn->txn = NULL;
    active_leave(txn->store);
    if (base_is_disk_full(code) && env_is_given_up(txn->store))
        code = MDB_PANIC; /* no refusal: it may be in the log after all */
    if (code == 0 && faults != NULL && faults->after_commit != NULL)
        code = faults->after_commit(faults->data);
    return code_answer(code, err, "committing");
}

static MDB_val val_of(struct base_bytes bytes)
{
    union {
        const uint8_t *given;
        void *data;
    } borrowed = {.given = bytes.data}; /* LMDB does not write through the pointers it is given */
    return (MDB_val){.mv_size = bytes.len, .mv_data = borrowed.data};
}

bool ledger__txn_get(struct ledger__txn *txn, enum ledger__db db, struct base_bytes key,
                     struct base_bytes *out_value)
{
    if (txn->failed != 0)
        return false;
    MDB_val k = val_of(key);
    MDB_val v;
    int code = mdb_get(txn->txn, txn->store->dbis[db], &k, &v);
    if (code == MDB_NOTFOUND)
        return false;
    if (code != 0) {
        txn->failed = code;
        return false;
    }
    *out_value = base_bytes_of(v.mv_data, v.mv_size);
    return true;
}

bool ledger__txn_get_on(struct ledger__txn *txn, enum ledger__db db, MDB_cursor **cursor,
                        struct base_bytes key, struct base_bytes *out_value)
{
    MDB_val k = val_of(key);
    MDB_val v;
    int code = txn->failed;
    if (code == 0 && *cursor == NULL)
        code = mdb_cursor_open(txn->txn, txn->store->dbis[db], cursor);
    if (code == 0)
        code = mdb_cursor_get(*cursor, &k, &v, MDB_SET);
    if (code == 0)
        *out_value = base_bytes_of(v.mv_data, v.mv_size);
    else if (code != MDB_NOTFOUND)
        txn->failed = code;
    return code == 0;
}

bool ledger__txn_get_behind(struct ledger__txn *txn, enum ledger__db db, MDB_cursor **cursor,
                            struct base_bytes key, struct base_bytes *out_value)
{
    MDB_val k;
    MDB_val v;
    bool there = txn->failed == 0 && *cursor != NULL &&
                 mdb_cursor_get(*cursor, &k, &v, MDB_NEXT) == 0 &&
                 base_bytes_equal(base_bytes_of(k.mv_data, k.mv_size), key);
    if (!there)
        return ledger__txn_get_on(txn, db, cursor, key, out_value);
    *out_value = base_bytes_of(v.mv_data, v.mv_size);
    return true;
}

void ledger__cursor_close(MDB_cursor *cursor)
{
    if (cursor != NULL)
        mdb_cursor_close(cursor);
}

void ledger__txn_walk(struct ledger__txn *txn, enum ledger__db db, struct base_bytes key,
                      bool (*each)(void *data, struct base_bytes key, struct base_bytes value),
                      void *data)
{
    MDB_cursor *cursor = NULL;
    MDB_val k = val_of(key);
    MDB_val v;
    if (txn->failed != 0)
        return;
    int code = mdb_cursor_open(txn->txn, txn->store->dbis[db], &cursor);
    if (code == 0)
        code = mdb_cursor_get(cursor, &k, &v, MDB_SET_RANGE);
    while (code == 0 &&
           each(data, base_bytes_of(k.mv_data, k.mv_size), base_bytes_of(v.mv_data, v.mv_size)))
        code = mdb_cursor_get(cursor, &k, &v, MDB_NEXT);
    if (cursor != NULL)
        mdb_cursor_close(cursor);
    if (code != 0 && code != MDB_NOTFOUND)
        txn->failed = code;
}

/* Where a cursor goes from a key. */
static int cursor_seek(MDB_cursor *cursor, struct base_bytes key, bool below, MDB_val *k,
                       MDB_val *v)
{
    *k = val_of(key);
    int code = mdb_cursor_get(cursor, k, v, key.len == 0 ? MDB_FIRST : MDB_SET_RANGE);
    if (!below)
        return code;
    if (code == 0 && base_bytes_equal(base_bytes_of(k->mv_data, k->mv_size), key))
        return 0;
    if (code == 0)
        return mdb_cursor_get(cursor, k, v, MDB_PREV);
    return code == MDB_NOTFOUND ? mdb_cursor_get(cursor, k, v, MDB_LAST) : code;
}

static bool txn_seek(struct ledger__txn *txn, enum ledger__db db, struct base_bytes key, bool below,
                     struct base_bytes *out_key, struct base_bytes *out_value)
{
    if (txn->failed != 0)
        return false;
    MDB_cursor *cursor = NULL;
    MDB_val k;
    MDB_val v;
    int code = mdb_cursor_open(txn->txn, txn->store->dbis[db], &cursor);
    if (code == 0)
        code = cursor_seek(cursor, key, below, &k, &v);
    if (cursor != NULL)
        mdb_cursor_close(cursor);
    if (code == 0) {
        *out_key = base_bytes_of(k.mv_data, k.mv_size);
        *out_value = base_bytes_of(v.mv_data, v.mv_size);
        return true;
    }
    if (code != MDB_NOTFOUND)
        txn->failed = code;
    return false;
}

bool ledger__txn_get_below(struct ledger__txn *txn, enum ledger__db db, struct base_bytes key,
                           struct base_bytes *out_key, struct base_bytes *out_value)
{
    return txn_seek(txn, db, key, true, out_key, out_value);
}

bool ledger__txn_get_above(struct ledger__txn *txn, enum ledger__db db, struct base_bytes key,
                           struct base_bytes *out_key, struct base_bytes *out_value)
{
    return txn_seek(txn, db, key, false, out_key, out_value);
}

void ledger__txn_put(struct ledger__txn *txn, enum ledger__db db, struct base_bytes key,
                     struct base_bytes value, unsigned flags)
{
    if (txn->failed != 0)
        return;
    MDB_val k = val_of(key);
    MDB_val v = val_of(value);
    int code = mdb_put(txn->txn, txn->store->dbis[db], &k, &v, flags);
    if (code == MDB_KEYEXIST && (flags & MDB_NOOVERWRITE) != 0)
        code = 0;
    txn->failed = code;
}

void ledger__txn_delete(struct ledger__txn *txn, enum ledger__db db, struct base_bytes key)
{
    if (txn->failed != 0)
        return;
    MDB_val k = val_of(key);
    int code = mdb_del(txn->txn, txn->store->dbis[db], &k, NULL);
    txn->failed = code == MDB_NOTFOUND ? 0 : code;
}

uint64_t ledger__txn_count(struct ledger__txn *txn, enum ledger__db db)
{
    MDB_stat stat;
    if (txn->failed == 0)
        txn->failed = mdb_stat(txn->txn, txn->store->dbis[db], &stat);
    return txn->failed == 0 ? stat.ms_entries : 0;
}
