/* Facts, void positions and cuts over LMDB.
 *
 * Keys on disk: a fact's key followed by its position as eight big-endian bytes, so the versions of
 * one fact lie together in order and the last one below a bound is one seek away. `void` holds
 * (position, known at) → reason and cause; `cuts` holds (key, known at) → cut and report.
 *
 * What can fail: LMDB (memory, disk, a full map). The transaction then remembers the first fault,
 * answers "nothing there" to everything, and cannot be committed. */
#include "projections/state.h"

#include "projections/memo.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <lmdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define SEQ_LEN 8u
#define READER_COUNT_MAX 256u
#define MARKER "running"
#define LOCK "writer.lock"
#define BOOT_ID_LEN 36u

struct proj_state {
    MDB_env *env;
    MDB_dbi meta, facts, authors, voids, cuts;
    char *marker; /* path; NULL when read-only */
    int lock_fd;  /* -1 when read-only: one process writes, and it is known before it touches */
    struct proj_memo *memo; /* NULL when read-only */
    bool memo_holds;        /* what it remembers is what was committed last */
};

struct supposed {
    ledger_seq seq;
    struct proj_void state;
};

struct proj_txn {
    struct proj_state *state;
    MDB_txn *txn;
    MDB_cursor *facts;
    MDB_cursor *voids;
    bool write;
    bool any_void; /* false: the table is empty, and nobody needs to look */
    ledger_seq content;
    ledger_seq knowledge;
    struct supposed *supposed; /* ascending by seq */
    size_t supposed_count, supposed_capacity;
    struct proj_memo *memo; /* of the state, while reads may be answered from it; else NULL */
    ledger_seq next;        /* the next position to fold; written at commit when it changed */
    bool next_changed;
    ledger_seq missed; /* the report behind the last void version passed over; NONE */
    int fault;
    struct base_err err;
};

void proj_txn_fail(struct proj_txn *txn, int code, const char *text)
{
    assert(code < 0);
    if (txn->fault == 0)
        txn->fault = BASE_FAIL(&txn->err, code, "projections: %s", text);
}

/* Notes an LMDB answer other than success and "not found"; true when it was success. */
static bool ok(struct proj_txn *txn, int rc)
{
    if (rc == 0)
        return true;
    if (rc == MDB_NOTFOUND || txn->fault != 0)
        return false;
    int code = rc == ENOMEM                                     ? BASE_E_MEMORY
               : rc == MDB_MAP_FULL || rc == ENOSPC             ? BASE_E_FULL
               : rc == MDB_CORRUPTED || rc == MDB_PAGE_NOTFOUND ? BASE_E_CORRUPT
                                                                : BASE_E_IO;
    proj_txn_fail(txn, code, mdb_strerror(rc));
    return false;
}

static bool read_boot_id(char out[BOOT_ID_LEN + 1])
{
    FILE *file = fopen("/proc/sys/kernel/random/boot_id", "re");
    bool done = file != NULL && fread(out, 1, BOOT_ID_LEN, file) == BOOT_ID_LEN;
    if (file != NULL)
        fclose(file);
    out[done ? BOOT_ID_LEN : 0] = '\0';
    return done;
}

/* True when an earlier run under another boot did not close: its pages may never have reached the
 * disk in a consistent order. */
static bool marker_tells_doubt(const char *marker)
{
    char then[BOOT_ID_LEN + 1] = "";
    char now[BOOT_ID_LEN + 1] = "";
    FILE *file = fopen(marker, "re");
    if (file == NULL)
        return false;
    size_t len = fread(then, 1, BOOT_ID_LEN, file);
    then[len] = '\0';
    fclose(file);
    return !read_boot_id(now) || strcmp(then, now) != 0;
}

static int marker_write(const char *marker, struct base_err *err)
{
    char now[BOOT_ID_LEN + 1];
    read_boot_id(now);
    int fd = open(marker, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0)
        return BASE_FAIL(err, BASE_E_IO, "%s: %s", marker, strerror(errno));
    size_t len = strlen(now);
    bool done = write(fd, now, len) == (ssize_t)len && fsync(fd) == 0;
    close(fd);
    return done ? 0 : BASE_FAIL(err, BASE_E_IO, "%s: %s", marker, strerror(errno));
}

static int remove_files(const char *dir, struct base_err *err)
{
    static const char *const names[] = {"data.mdb", "lock.mdb"};
    for (size_t i = 0; i < 2; i++) {
        char path[4096];
        snprintf(path, sizeof path, "%s/%s", dir, names[i]);
        if (unlink(path) != 0 && errno != ENOENT)
            return BASE_FAIL(err, BASE_E_IO, "%s: %s", path, strerror(errno));
    }
    return 0;
}

static int open_tables(struct proj_state *state, bool read_only, struct base_err *err)
{
    MDB_txn *txn = NULL;
    unsigned create = read_only ? 0 : MDB_CREATE;
    int rc = mdb_txn_begin(state->env, NULL, read_only ? MDB_RDONLY : 0, &txn);
    if (rc == 0)
        rc = mdb_dbi_open(txn, "meta", create, &state->meta);
    if (rc == 0)
        rc = mdb_dbi_open(txn, "facts", create, &state->facts);
    if (rc == 0)
        rc = mdb_dbi_open(txn, "authors", create | MDB_DUPSORT | MDB_DUPFIXED, &state->authors);
    if (rc == 0)
        rc = mdb_dbi_open(txn, "voids", create, &state->voids);
    if (rc == 0)
        rc = mdb_dbi_open(txn, "cuts", create, &state->cuts);
    if (rc == 0)
        rc = mdb_txn_commit(txn);
    else if (txn != NULL)
        mdb_txn_abort(txn);
    return rc == 0 ? 0 : BASE_FAIL(err, BASE_E_IO, "projections: %s", mdb_strerror(rc));
}

static int open_env(struct proj_state *state, const char *dir, bool read_only, struct base_err *err)
{
    int rc = mdb_env_create(&state->env);
    if (rc == 0)
        rc = mdb_env_set_mapsize(state->env, PROJ_MAP_SIZE);
    if (rc == 0)
        rc = mdb_env_set_maxdbs(state->env, 8);
    if (rc == 0)
        rc = mdb_env_set_maxreaders(state->env, READER_COUNT_MAX);
    if (rc == 0)
        rc = mdb_env_open(state->env, dir,
                          MDB_NOTLS | MDB_NORDAHEAD | (read_only ? MDB_RDONLY : MDB_NOSYNC), 0600);
    if (rc != 0)
        return BASE_FAIL(err, rc == ENOENT ? BASE_E_MISSING : BASE_E_IO, "%s: %s", dir,
                         mdb_strerror(rc));
    return open_tables(state, read_only, err);
}

static int read_layout(struct proj_state *state, unsigned layout, bool read_only, bool *out_same,
                       bool *out_fresh, struct base_err *err)
{
    struct proj_txn *txn = NULL;
    int rc = proj_txn_begin(state, !read_only, &txn, err);
    if (rc != 0)
        return rc;
    MDB_val key = {.mv_data = (void *)(uintptr_t) "layout", .mv_size = 6};
    MDB_val value;
    *out_same = true;
    *out_fresh = false;
    if (ok(txn, mdb_get(txn->txn, state->meta, &key, &value))) {
        *out_same =
            value.mv_size == sizeof layout && memcmp(value.mv_data, &layout, sizeof layout) == 0;
        proj_txn_end(txn);
        return 0;
    }
    *out_fresh = true;
    value = (MDB_val){.mv_data = &layout, .mv_size = sizeof layout};
    if (!read_only)
        ok(txn, mdb_put(txn->txn, state->meta, &key, &value, 0));
    return proj_txn_commit(txn, err);
}

static int lock_writer(const char *dir, int *out_fd, struct base_err *err)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/" LOCK, dir);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return BASE_FAIL(err, BASE_E_IO, "%s: %s", path, strerror(errno));
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        close(fd);
        return BASE_FAIL(err, BASE_E_BUSY, "%s: another process folds into it", dir);
    }
    *out_fd = fd;
    return 0;
}

int proj_state_open(const char *dir, unsigned layout, bool read_only, struct proj_state **out_state,
                    bool *out_fresh, struct base_err *err)
{
    char marker[4096];
    bool same = false;
    struct proj_state *state = calloc(1, sizeof *state);
    if (state == NULL)
        return BASE_FAIL(err, BASE_E_MEMORY, "projections");
    snprintf(marker, sizeof marker, "%s/" MARKER, dir);
    state->lock_fd = -1;
    int rc = 0;
    if (!read_only && (state->memo = proj_memo_new()) == NULL)
        rc = BASE_FAIL(err, BASE_E_MEMORY, "projections");
    if (rc == 0 && !read_only && mkdir(dir, 0700) != 0 && errno != EEXIST)
        rc = BASE_FAIL(err, BASE_E_IO, "%s: %s", dir, strerror(errno));
    if (rc == 0 && !read_only)
        rc = lock_writer(dir, &state->lock_fd, err);
    if (rc == 0 && !read_only && marker_tells_doubt(marker))
        rc = remove_files(dir, err);
    if (rc == 0)
        rc = open_env(state, dir, read_only, err);
    if (rc == 0)
        rc = read_layout(state, layout, read_only, &same, out_fresh, err);
    if (rc == 0 && !same) {
        if (read_only) {
            rc = BASE_FAIL(err, BASE_E_STATE,
                           "%s: written by another version; open it with letopisd first", dir);
        } else {
            mdb_env_close(state->env);
            state->env = NULL;
            rc = remove_files(dir, err);
            if (rc == 0)
                rc = open_env(state, dir, read_only, err);
            if (rc == 0)
                rc = read_layout(state, layout, read_only, &same, out_fresh, err);
        }
    }
    if (rc == 0 && !read_only) {
        state->marker = strdup(marker);
        rc = state->marker == NULL ? BASE_FAIL(err, BASE_E_MEMORY, "projections")
                                   : marker_write(marker, err);
    }
    if (rc != 0) {
        free(state->marker);
        state->marker = NULL;
        proj_state_close(state);
        return rc;
    }
    *out_state = state;
    return 0;
}

void proj_state_close(struct proj_state *state)
{
    if (state == NULL)
        return;
    if (state->env != NULL) {
        if (state->marker != NULL && mdb_env_sync(state->env, 1) == 0)
            unlink(state->marker);
        mdb_env_close(state->env);
    }
    if (state->lock_fd >= 0)
        close(state->lock_fd);
    proj_memo_free(state->memo);
    free(state->marker);
    free(state);
}

static ledger_seq next_read(struct proj_txn *txn)
{
    MDB_val key = {.mv_data = (void *)(uintptr_t) "next", .mv_size = 4};
    MDB_val value;
    if (txn->fault != 0 || !ok(txn, mdb_get(txn->txn, txn->state->meta, &key, &value)))
        return 0;
    assert(value.mv_size == SEQ_LEN);
    return base_get_be64(value.mv_data);
}

static void next_write(struct proj_txn *txn)
{
    uint8_t bytes[SEQ_LEN];
    base_set_be64(bytes, txn->next);
    MDB_val key = {.mv_data = (void *)(uintptr_t) "next", .mv_size = 4};
    MDB_val value = {.mv_data = bytes, .mv_size = sizeof bytes};
    if (txn->fault == 0 && txn->next_changed)
        ok(txn, mdb_put(txn->txn, txn->state->meta, &key, &value, 0));
}

int proj_txn_begin(struct proj_state *state, bool write, struct proj_txn **out_txn,
                   struct base_err *err)
{
    struct proj_txn *txn = calloc(1, sizeof *txn);
    if (txn == NULL)
        return BASE_FAIL(err, BASE_E_MEMORY, "projections");
    txn->state = state;
    txn->write = write;
    txn->content = UINT64_MAX;
    txn->knowledge = UINT64_MAX;
    txn->missed = LEDGER_SEQ_NONE;
    MDB_stat stat = {0};
    int rc = mdb_txn_begin(state->env, NULL, write ? 0 : MDB_RDONLY, &txn->txn);
    if (rc == 0)
        rc = mdb_cursor_open(txn->txn, state->facts, &txn->facts);
    if (rc == 0)
        rc = mdb_cursor_open(txn->txn, state->voids, &txn->voids);
    if (rc == 0)
        rc = mdb_stat(txn->txn, state->voids, &stat);
    if (rc != 0) {
        proj_txn_end(txn);
        return BASE_FAIL(err, BASE_E_IO, "projections: %s", mdb_strerror(rc));
    }
    txn->any_void = stat.ms_entries > 0;
    txn->next = next_read(txn);
    if (write && state->memo != NULL) {
        if (!state->memo_holds)
            proj_memo_forget(state->memo, txn->next);
        state->memo_holds = false; /* until this transaction is committed */
        txn->memo = state->memo;
    }
    *out_txn = txn;
    return 0;
}

int proj_txn_twin(const struct proj_txn *txn, struct proj_txn **out_txn, struct base_err *err)
{
    int rc = proj_txn_begin(txn->state, false, out_txn, err);
    if (rc == 0)
        proj_txn_moment(*out_txn, txn->content, txn->knowledge);
    return rc;
}

static void close_cursors(struct proj_txn *txn)
{
    if (txn->facts != NULL)
        mdb_cursor_close(txn->facts);
    if (txn->voids != NULL)
        mdb_cursor_close(txn->voids);
    txn->facts = NULL;
    txn->voids = NULL;
}

void proj_txn_end(struct proj_txn *txn)
{
    if (txn == NULL)
        return;
    close_cursors(txn);
    if (txn->txn != NULL)
        mdb_txn_abort(txn->txn);
    free(txn->supposed);
    free(txn);
}

int proj_txn_commit(struct proj_txn *txn, struct base_err *err)
{
    next_write(txn);
    int fault = proj_txn_fault(txn, err);
    struct proj_state *state = txn->state;
    bool write = txn->write;
    if (fault == 0) {
        close_cursors(txn);
        int rc = mdb_txn_commit(txn->txn);
        txn->txn = NULL;
        if (rc != 0)
            fault = BASE_FAIL(err, rc == ENOSPC ? BASE_E_FULL : BASE_E_IO, "projections: %s",
                              mdb_strerror(rc));
    }
    proj_txn_end(txn);
    if (write)
        state->memo_holds = fault == 0;
    return fault;
}

int proj_txn_fault(const struct proj_txn *txn, struct base_err *err)
{
    if (txn->fault != 0 && err != NULL)
        *err = txn->err;
    return txn->fault;
}

void proj_txn_moment(struct proj_txn *txn, ledger_seq content, ledger_seq knowledge)
{
    txn->content = content;
    txn->knowledge = knowledge;
}

ledger_seq proj_txn_content(const struct proj_txn *txn)
{
    return txn->content;
}

ledger_seq proj_txn_next(struct proj_txn *txn)
{
    return txn->fault == 0 ? txn->next : 0;
}

void proj_txn_set_next(struct proj_txn *txn, ledger_seq next)
{
    assert(txn->write);
    txn->next = next;
    txn->next_changed = true;
}

void proj_txn_log_id(struct proj_txn *txn, struct ledger_hash *out_id)
{
    MDB_val key = {.mv_data = (void *)(uintptr_t) "log", .mv_size = 3};
    MDB_val value;
    memset(out_id, 0, sizeof *out_id);
    if (txn->fault == 0 && ok(txn, mdb_get(txn->txn, txn->state->meta, &key, &value)) &&
        value.mv_size == LEDGER_HASH_LEN)
        memcpy(out_id->bytes, value.mv_data, LEDGER_HASH_LEN);
}

void proj_txn_set_log_id(struct proj_txn *txn, const struct ledger_hash *id)
{
    struct ledger_hash copy = *id;
    MDB_val key = {.mv_data = (void *)(uintptr_t) "log", .mv_size = 3};
    MDB_val value = {.mv_data = copy.bytes, .mv_size = LEDGER_HASH_LEN};
    assert(txn->write);
    if (txn->fault == 0)
        ok(txn, mdb_put(txn->txn, txn->state->meta, &key, &value, 0));
}

/* Walks two tables side by side. */
static bool same_table(struct proj_txn *a, MDB_dbi table_a, struct proj_txn *b, MDB_dbi table_b)
{
    MDB_cursor *x = NULL;
    MDB_cursor *y = NULL;
    MDB_val kx, vx, ky, vy;
    bool same =
        ok(a, mdb_cursor_open(a->txn, table_a, &x)) && ok(b, mdb_cursor_open(b->txn, table_b, &y));
    bool more = same;
    for (MDB_cursor_op op = MDB_FIRST; more; op = MDB_NEXT) {
        bool there = ok(a, mdb_cursor_get(x, &kx, &vx, op));
        bool also = ok(b, mdb_cursor_get(y, &ky, &vy, op));
        more = there && also;
        same =
            there == also && (!more || (base_bytes_equal(base_bytes_of(kx.mv_data, kx.mv_size),
                                                         base_bytes_of(ky.mv_data, ky.mv_size)) &&
                                        base_bytes_equal(base_bytes_of(vx.mv_data, vx.mv_size),
                                                         base_bytes_of(vy.mv_data, vy.mv_size))));
        more = more && same;
    }
    if (x != NULL)
        mdb_cursor_close(x);
    if (y != NULL)
        mdb_cursor_close(y);
    return same;
}

bool proj_txn_same(struct proj_txn *a, struct proj_txn *b, const char **out_table)
{
    const struct {
        const char *name;
        MDB_dbi a, b;
    } tables[] = {{"facts", a->state->facts, b->state->facts},
                  {"authors", a->state->authors, b->state->authors},
                  {"voids", a->state->voids, b->state->voids},
                  {"cuts", a->state->cuts, b->state->cuts}};
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        *out_table = tables[i].name;
        if (!same_table(a, tables[i].a, b, tables[i].b))
            return false;
    }
    return true;
}

void proj_txn_clear(struct proj_txn *txn)
{
    const MDB_dbi tables[] = {txn->state->facts, txn->state->authors, txn->state->voids,
                              txn->state->cuts};
    assert(txn->write);
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        if (txn->fault == 0)
            ok(txn, mdb_drop(txn->txn, tables[i], 0));
    }
    txn->any_void = false;
    proj_txn_set_next(txn, 0);
    if (txn->memo != NULL)
        proj_memo_forget(txn->memo, 0);
}

static void key_add(struct proj_key *key, const void *data, size_t len)
{
    assert(key->len + len <= PROJ_KEY_LEN_MAX - SEQ_LEN);
    memcpy(key->bytes + key->len, data, len);
    key->len = (uint8_t)(key->len + len);
}

struct proj_key proj_key_of(char tag)
{
    struct proj_key key; /* not zeroed: nobody reads beyond its length, and it is made often */
    key.len = 1;
    key.bytes[0] = (uint8_t)tag;
    return key;
}

struct proj_key *proj_key_id(struct proj_key *key, const uint8_t id[LEDGER_ID_LEN])
{
    key_add(key, id, LEDGER_ID_LEN);
    return key;
}

struct proj_key *proj_key_hash(struct proj_key *key, const uint8_t hash[LEDGER_HASH_LEN])
{
    key_add(key, hash, LEDGER_HASH_LEN);
    return key;
}

struct proj_key *proj_key_u8(struct proj_key *key, unsigned v)
{
    uint8_t byte = (uint8_t)v;
    assert(v <= UINT8_MAX);
    key_add(key, &byte, 1);
    return key;
}

struct proj_key *proj_key_u16(struct proj_key *key, unsigned v)
{
    assert(v <= UINT16_MAX);
    uint8_t bytes[2] = {(uint8_t)(v >> 8), (uint8_t)v};
    key_add(key, bytes, 2);
    return key;
}

struct proj_key *proj_key_day(struct proj_key *key, int64_t day)
{
    uint32_t v = (uint32_t)(int32_t)day ^ 0x80000000u;
    uint8_t bytes[4] = {(uint8_t)(v >> 24), (uint8_t)(v >> 16), (uint8_t)(v >> 8), (uint8_t)v};
    key_add(key, bytes, 4);
    return key;
}

struct proj_key *proj_key_text(struct proj_key *key, struct base_bytes text, unsigned width)
{
    uint8_t bytes[PROJ_KEY_LEN_MAX] = {0};
    assert(width <= sizeof bytes);
    memcpy(bytes, text.data, text.len < width ? text.len : width);
    key_add(key, bytes, width);
    return key;
}

/* The key with a position, ready for LMDB. */
struct stored_key {
    uint8_t bytes[PROJ_KEY_LEN_MAX + SEQ_LEN];
    size_t len;
};

static struct stored_key stored(const uint8_t *key, size_t len, ledger_seq seq)
{
    struct stored_key out = {.len = len + SEQ_LEN};
    assert(out.len <= sizeof out.bytes);
    memcpy(out.bytes, key, len);
    base_set_be64(out.bytes + len, seq);
    return out;
}

void proj_fact_put(struct proj_txn *txn, const struct proj_key *key, ledger_seq seq,
                   const void *value, size_t value_len)
{
    assert(txn->write);
    struct stored_key k = stored(key->bytes, key->len, seq);
    MDB_val mk = {.mv_data = k.bytes, .mv_size = k.len};
    MDB_val mv = {.mv_data = (void *)(uintptr_t)value, .mv_size = value_len};
    if (txn->fault == 0)
        ok(txn, mdb_put(txn->txn, txn->state->facts, &mk, &mv, 0));
    if (txn->memo != NULL)
        proj_memo_touch(txn->memo, key->bytes[0], seq);
}

/* Puts the facts cursor on the last version of the key below `before`. */
static bool seek_last(struct proj_txn *txn, const struct proj_key *key, ledger_seq before,
                      MDB_val *mk, MDB_val *mv)
{
    struct stored_key k = stored(key->bytes, key->len, before);
    *mk = (MDB_val){.mv_data = k.bytes, .mv_size = k.len};
    int rc = mdb_cursor_get(txn->facts, mk, mv, MDB_SET_RANGE);
    rc = rc == MDB_NOTFOUND ? mdb_cursor_get(txn->facts, mk, mv, MDB_LAST)
         : rc == 0          ? mdb_cursor_get(txn->facts, mk, mv, MDB_PREV)
                            : rc;
    return ok(txn, rc);
}

static bool same_key(const MDB_val *mk, const struct proj_key *key)
{
    return mk->mv_size == key->len + SEQ_LEN && memcmp(mk->mv_data, key->bytes, key->len) == 0;
}

static bool find_version(struct proj_txn *txn, const struct proj_key *key, ledger_seq before,
                         bool counting, struct proj_fact *out_fact, bool *out_passed_void)
{
    MDB_val mk;
    MDB_val mv;
    if (txn->fault != 0)
        return false;
    ledger_seq bound = before < txn->content ? before : txn->content;
    bool there = seek_last(txn, key, bound, &mk, &mv);
    while (there && same_key(&mk, key)) {
        ledger_seq seq = base_get_be64((const uint8_t *)mk.mv_data + key->len);
        struct proj_void state = {.reason = PROJ_COUNTS};
        if (counting && (txn->any_void || txn->supposed_count > 0))
            state = proj_void_get(txn, seq);
        if (state.reason == PROJ_COUNTS) {
            *out_fact = (struct proj_fact){.key = base_bytes_of(mk.mv_data, key->len),
                                           .seq = seq,
                                           .value = base_bytes_of(mv.mv_data, mv.mv_size)};
            return true;
        }
        txn->missed = state.cause;
        *out_passed_void = true;
        there = ok(txn, mdb_cursor_get(txn->facts, &mk, &mv, MDB_PREV));
    }
    return false;
}

bool proj_fact_get(struct proj_txn *txn, const struct proj_key *key, ledger_seq before,
                   struct proj_fact *out_fact)
{
    bool passed_void = false;
    return find_version(txn, key, before, true, out_fact, &passed_void);
}

bool proj_fact_get_any(struct proj_txn *txn, const struct proj_key *key, ledger_seq before,
                       struct proj_fact *out_fact)
{
    bool passed_void = false;
    return find_version(txn, key, before, false, out_fact, &passed_void);
}

/* The present, with nothing supposed: what the memo's answers are about. */
static bool memo_may(const struct proj_txn *txn)
{
    return txn->memo != NULL && txn->fault == 0 && txn->supposed_count == 0 &&
           txn->content == UINT64_MAX && txn->knowledge == UINT64_MAX;
}

bool proj_fact_read(struct proj_txn *txn, const struct proj_key *key, ledger_seq before,
                    void *out_value, size_t size, ledger_seq *out_seq)
{
    struct proj_memo_answer answer = {0};
    bool may = memo_may(txn);
    if (!may || !proj_memo_find(txn->memo, PROJ_MEMO_FACT, key, before, &answer)) {
        struct proj_fact fact;
        bool passed_void = false;
        answer.there = find_version(txn, key, before, true, &fact, &passed_void);
        if (answer.there) {
            answer.seq = fact.seq;
            answer.value = fact.value;
        }
        if (may && !passed_void && txn->fault == 0)
            proj_memo_keep(txn->memo, PROJ_MEMO_FACT, key, before, &answer);
    }
    if (!answer.there || answer.value.len != size)
        return false;
    memcpy(out_value, answer.value.data, size);
    if (out_seq != NULL)
        *out_seq = answer.seq;
    return true;
}

bool proj_fact_any(struct proj_txn *txn, const struct proj_key *prefix)
{
    struct proj_memo_answer answer = {0};
    if (txn->fault != 0)
        return false;
    if (txn->memo != NULL &&
        proj_memo_find(txn->memo, PROJ_MEMO_PREFIX, prefix, LEDGER_SEQ_NONE, &answer))
        return answer.there;
    MDB_val mk = {.mv_data = (void *)(uintptr_t)prefix->bytes, .mv_size = prefix->len};
    MDB_val mv;
    answer.there = ok(txn, mdb_cursor_get(txn->facts, &mk, &mv, MDB_SET_RANGE)) &&
                   mk.mv_size >= prefix->len && memcmp(mk.mv_data, prefix->bytes, prefix->len) == 0;
    if (txn->memo != NULL && txn->fault == 0)
        proj_memo_keep(txn->memo, PROJ_MEMO_PREFIX, prefix, LEDGER_SEQ_NONE, &answer);
    return answer.there;
}

void proj_fact_forget(struct proj_txn *txn, const struct proj_key *key)
{
    assert(txn->write);
    struct stored_key k = stored(key->bytes, key->len, 0);
    MDB_val mk = {.mv_data = k.bytes, .mv_size = k.len};
    MDB_val mv;
    if (txn->fault != 0)
        return;
    int rc = mdb_cursor_get(txn->facts, &mk, &mv, MDB_SET_RANGE);
    while (rc == 0 && same_key(&mk, key)) {
        rc = mdb_cursor_del(txn->facts, 0);
        if (rc == 0)
            rc = mdb_cursor_get(txn->facts, &mk, &mv, MDB_GET_CURRENT);
        if (rc == EINVAL) /* the deleted one was the last of all */
            rc = MDB_NOTFOUND;
    }
    ok(txn, rc);
    if (txn->memo != NULL)
        proj_memo_touch(txn->memo, key->bytes[0], 0);
}

struct proj_scan {
    struct proj_txn *txn;
    MDB_cursor *cursor;
    struct proj_key prefix;
    struct proj_key until;
    bool has_until;
    ledger_seq before;
    bool there; /* key and value hold the next unread version */
    MDB_val key, value;
};

static void scan_check(struct proj_scan *scan, int rc)
{
    scan->there = ok(scan->txn, rc) && scan->key.mv_size >= scan->prefix.len + SEQ_LEN &&
                  memcmp(scan->key.mv_data, scan->prefix.bytes, scan->prefix.len) == 0;
    if (scan->there && scan->has_until) {
        struct base_bytes key = base_bytes_of(scan->key.mv_data, scan->key.mv_size - SEQ_LEN);
        scan->there =
            base_bytes_compare(key, base_bytes_of(scan->until.bytes, scan->until.len)) < 0;
    }
}

struct proj_scan *proj_scan_open(struct proj_txn *txn, const struct proj_key *prefix,
                                 const struct proj_key *from, const struct proj_key *until,
                                 ledger_seq before)
{
    struct proj_scan *scan = calloc(1, sizeof *scan);
    if (scan == NULL) {
        proj_txn_fail(txn, BASE_E_MEMORY, "scan");
        return NULL;
    }
    scan->txn = txn;
    scan->prefix = *prefix;
    scan->before = before < txn->content ? before : txn->content;
    scan->has_until = until != NULL;
    if (until != NULL)
        scan->until = *until;
    if (txn->fault != 0 || !ok(txn, mdb_cursor_open(txn->txn, txn->state->facts, &scan->cursor)))
        return scan;
    const struct proj_key *start = from != NULL ? from : prefix;
    scan->key = (MDB_val){.mv_data = (void *)(uintptr_t)start->bytes, .mv_size = start->len};
    scan_check(scan, mdb_cursor_get(scan->cursor, &scan->key, &scan->value, MDB_SET_RANGE));
    return scan;
}

static void scan_take(const struct proj_scan *scan, struct proj_fact *out)
{
    size_t len = scan->key.mv_size - SEQ_LEN;
    const uint8_t *bytes = scan->key.mv_data;
    *out = (struct proj_fact){.key = base_bytes_of(bytes, len),
                              .seq = base_get_be64(bytes + len),
                              .value = base_bytes_of(scan->value.mv_data, scan->value.mv_size)};
}

bool proj_scan_next_version(struct proj_scan *scan, struct proj_fact *out_fact)
{
    while (scan != NULL && scan->there && scan->txn->fault == 0) {
        scan_take(scan, out_fact);
        scan_check(scan, mdb_cursor_get(scan->cursor, &scan->key, &scan->value, MDB_NEXT));
        if (out_fact->seq < scan->before)
            return true;
    }
    return false;
}

bool proj_scan_next(struct proj_scan *scan, struct proj_fact *out_fact)
{
    while (scan != NULL && scan->there && scan->txn->fault == 0) {
        struct proj_fact best = {0};
        struct proj_fact version;
        unsigned versions = 0;
        unsigned voids = 0;
        bool stranded = false;
        scan_take(scan, &version);
        struct base_bytes key = version.key;
        while (scan->there) {
            scan_take(scan, &version);
            if (!base_bytes_equal(version.key, key))
                break;
            if (version.seq < scan->before) {
                struct proj_void found = proj_void_get(scan->txn, version.seq);
                enum proj_void_reason reason = found.reason;
                versions++;
                if (reason != PROJ_COUNTS)
                    scan->txn->missed = found.cause;
                voids += reason != PROJ_COUNTS;
                if (reason == PROJ_COUNTS)
                    best = version;
                stranded = reason == PROJ_VOID_UNGROUNDED || (stranded && reason != PROJ_COUNTS);
            }
            scan_check(scan, mdb_cursor_get(scan->cursor, &scan->key, &scan->value, MDB_NEXT));
        }
        if (versions > voids) {
            *out_fact = best;
            out_fact->version_count = versions;
            out_fact->void_count = voids;
            out_fact->stranded = stranded;
            return true;
        }
        if (versions > 0) { /* emptied by a void: readers may want to show the gap */
            *out_fact = (struct proj_fact){.key = key,
                                           .seq = LEDGER_SEQ_NONE,
                                           .version_count = versions,
                                           .void_count = voids,
                                           .stranded = stranded};
            return true;
        }
    }
    return false;
}

void proj_scan_close(struct proj_scan *scan)
{
    if (scan == NULL)
        return;
    if (scan->cursor != NULL)
        mdb_cursor_close(scan->cursor);
    free(scan);
}

void proj_author_put(struct proj_txn *txn, const struct ledger_key *key, ledger_seq seq)
{
    assert(txn->write);
    uint8_t bytes[SEQ_LEN];
    base_set_be64(bytes, seq);
    MDB_val mk = {.mv_data = (void *)(uintptr_t)key->bytes, .mv_size = LEDGER_KEY_LEN};
    MDB_val mv = {.mv_data = bytes, .mv_size = sizeof bytes};
    if (txn->fault == 0)
        ok(txn, mdb_put(txn->txn, txn->state->authors, &mk, &mv, 0));
}

void proj_author_each(struct proj_txn *txn, const struct ledger_key *key, ledger_seq from,
                      ledger_seq until, bool (*each)(void *data, ledger_seq seq), void *data)
{
    MDB_cursor *cursor = NULL;
    uint8_t bytes[SEQ_LEN];
    base_set_be64(bytes, from);
    MDB_val mk = {.mv_data = (void *)(uintptr_t)key->bytes, .mv_size = LEDGER_KEY_LEN};
    MDB_val mv = {.mv_data = bytes, .mv_size = sizeof bytes};
    if (until > txn->content)
        until = txn->content;
    if (txn->fault != 0 || !ok(txn, mdb_cursor_open(txn->txn, txn->state->authors, &cursor)))
        return;
    bool there = ok(txn, mdb_cursor_get(cursor, &mk, &mv, MDB_GET_BOTH_RANGE));
    while (there) {
        ledger_seq seq = base_get_be64(mv.mv_data);
        if (seq >= until || !each(data, seq))
            break;
        there = ok(txn, mdb_cursor_get(cursor, &mk, &mv, MDB_NEXT_DUP));
    }
    mdb_cursor_close(cursor);
}

void proj_txn_missed_forget(struct proj_txn *txn)
{
    txn->missed = LEDGER_SEQ_NONE;
}

bool proj_txn_missed(const struct proj_txn *txn, ledger_seq *out_report)
{
    if (txn->missed == LEDGER_SEQ_NONE)
        return false;
    *out_report = txn->missed;
    return true;
}

static size_t supposed_find(const struct proj_txn *txn, ledger_seq seq)
{
    size_t low = 0;
    size_t high = txn->supposed_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (txn->supposed[middle].seq < seq)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Puts `cursor` on the last record of `key` (16 or 40 bytes ending in "known at") below the bound
 * that stands in its last eight bytes. */
static bool seek_known(struct proj_txn *txn, MDB_cursor *cursor, const uint8_t *key, size_t len,
                       MDB_val *mv)
{
    MDB_val mk = {.mv_data = (void *)(uintptr_t)key, .mv_size = len};
    int rc = mdb_cursor_get(cursor, &mk, mv, MDB_SET_RANGE);
    rc = rc == MDB_NOTFOUND ? mdb_cursor_get(cursor, &mk, mv, MDB_LAST)
         : rc == 0          ? mdb_cursor_get(cursor, &mk, mv, MDB_PREV)
                            : rc;
    return ok(txn, rc) && mk.mv_size == len && memcmp(mk.mv_data, key, len - SEQ_LEN) == 0;
}

struct proj_void proj_void_get(struct proj_txn *txn, ledger_seq seq)
{
    struct proj_void none = {.reason = PROJ_COUNTS, .cause = LEDGER_SEQ_NONE};
    if (txn->supposed_count > 0) {
        size_t i = supposed_find(txn, seq);
        if (i < txn->supposed_count && txn->supposed[i].seq == seq)
            return txn->supposed[i].state;
    }
    if (!txn->any_void || txn->fault != 0)
        return none;
    uint8_t key[2 * SEQ_LEN];
    MDB_val mv;
    base_set_be64(key, seq);
    base_set_be64(key + SEQ_LEN, txn->knowledge);
    if (!seek_known(txn, txn->voids, key, sizeof key, &mv))
        return none;
    assert(mv.mv_size == 1 + SEQ_LEN);
    const uint8_t *value = mv.mv_data;
    return (struct proj_void){.reason = (enum proj_void_reason)value[0],
                              .cause = base_get_be64(value + 1)};
}

bool proj_is_void(struct proj_txn *txn, ledger_seq seq)
{
    return (txn->any_void || txn->supposed_count > 0) &&
           proj_void_get(txn, seq).reason != PROJ_COUNTS;
}

void proj_void_put(struct proj_txn *txn, ledger_seq seq, ledger_seq known_at,
                   struct proj_void state)
{
    assert(txn->write);
    uint8_t key[2 * SEQ_LEN];
    uint8_t value[1 + SEQ_LEN] = {(uint8_t)state.reason};
    base_set_be64(key, seq);
    base_set_be64(key + SEQ_LEN, known_at);
    base_set_be64(value + 1, state.cause);
    MDB_val mk = {.mv_data = key, .mv_size = sizeof key};
    MDB_val mv = {.mv_data = value, .mv_size = sizeof value};
    if (txn->fault == 0)
        ok(txn, mdb_put(txn->txn, txn->state->voids, &mk, &mv, 0));
    txn->any_void = true;
    if (txn->memo != NULL)
        proj_memo_doubt(txn->memo);
}

void proj_void_suppose(struct proj_txn *txn, ledger_seq seq, struct proj_void state)
{
    size_t i = supposed_find(txn, seq);
    if (i < txn->supposed_count && txn->supposed[i].seq == seq) {
        txn->supposed[i].state = state;
        return;
    }
    if (txn->supposed_count == txn->supposed_capacity) {
        size_t capacity = txn->supposed_capacity == 0 ? 64 : txn->supposed_capacity * 2;
        struct supposed *grown = realloc(txn->supposed, capacity * sizeof *grown);
        if (grown == NULL) {
            proj_txn_fail(txn, BASE_E_MEMORY, "voiding");
            return;
        }
        txn->supposed = grown;
        txn->supposed_capacity = capacity;
    }
    memmove(txn->supposed + i + 1, txn->supposed + i,
            (txn->supposed_count - i) * sizeof *txn->supposed);
    txn->supposed[i] = (struct supposed){.seq = seq, .state = state};
    txn->supposed_count++;
}

void proj_void_supposed(struct proj_txn *txn,
                        void (*each)(void *data, ledger_seq seq, struct proj_void state),
                        void *data)
{
    for (size_t i = 0; i < txn->supposed_count; i++)
        each(data, txn->supposed[i].seq, txn->supposed[i].state);
}

void proj_void_supposed_clear(struct proj_txn *txn)
{
    txn->supposed_count = 0;
}

void proj_void_each(struct proj_txn *txn,
                    bool (*each)(void *data, ledger_seq seq, struct proj_void state), void *data)
{
    MDB_cursor *cursor = NULL;
    MDB_val mk;
    MDB_val mv;
    if (txn->fault != 0 || !ok(txn, mdb_cursor_open(txn->txn, txn->state->voids, &cursor)))
        return;
    bool there = ok(txn, mdb_cursor_get(cursor, &mk, &mv, MDB_FIRST));
    ledger_seq last = LEDGER_SEQ_NONE;
    while (there) {
        ledger_seq seq = base_get_be64(mk.mv_data);
        if (seq != last) {
            struct proj_void state = proj_void_get(txn, seq);
            if (state.reason != PROJ_COUNTS && !each(data, seq, state))
                break;
        }
        last = seq;
        there = ok(txn, mdb_cursor_get(cursor, &mk, &mv, MDB_NEXT));
    }
    mdb_cursor_close(cursor);
}

struct proj_cut proj_cut_get(struct proj_txn *txn, const struct ledger_key *key)
{
    struct proj_cut cut = {.cut = LEDGER_SEQ_NONE, .report = LEDGER_SEQ_NONE};
    uint8_t bytes[LEDGER_KEY_LEN + SEQ_LEN];
    MDB_cursor *cursor = NULL;
    MDB_val mv;
    memcpy(bytes, key->bytes, LEDGER_KEY_LEN);
    base_set_be64(bytes + LEDGER_KEY_LEN, txn->knowledge);
    if (txn->fault != 0 || !ok(txn, mdb_cursor_open(txn->txn, txn->state->cuts, &cursor)))
        return cut;
    if (seek_known(txn, cursor, bytes, sizeof bytes, &mv)) {
        const uint8_t *value = mv.mv_data;
        cut.cut = base_get_be64(value);
        cut.report = base_get_be64(value + SEQ_LEN);
    }
    mdb_cursor_close(cursor);
    return cut;
}

void proj_cut_put(struct proj_txn *txn, const struct ledger_key *key, ledger_seq known_at,
                  struct proj_cut cut)
{
    assert(txn->write);
    uint8_t bytes[LEDGER_KEY_LEN + SEQ_LEN];
    uint8_t value[2 * SEQ_LEN];
    memcpy(bytes, key->bytes, LEDGER_KEY_LEN);
    base_set_be64(bytes + LEDGER_KEY_LEN, known_at);
    base_set_be64(value, cut.cut);
    base_set_be64(value + SEQ_LEN, cut.report);
    MDB_val mk = {.mv_data = bytes, .mv_size = sizeof bytes};
    MDB_val mv = {.mv_data = value, .mv_size = sizeof value};
    if (txn->fault == 0)
        ok(txn, mdb_put(txn->txn, txn->state->cuts, &mk, &mv, 0));
}
