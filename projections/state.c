/* Facts, void positions and cuts over LMDB.
 *
 * Keys on disk: a fact's key followed by its position as eight big-endian bytes, so the versions of
 * one fact lie together in order and the last one below a bound is one seek away. `void` holds
 * (position, known at) → reason and cause; `cuts` holds (key, known at) → cut and report.
 *
 * What can fail: LMDB (memory, disk, a full map). The transaction then remembers the first fault,
 * answers "nothing there" to everything, and cannot be committed. */
#include "projections/state_inside.h"

#include "ledger/base/sync.h"
#include "ledger/pages.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define READER_COUNT_MAX 256u
#define MARKER "running"
#define LOCK "writer.lock"
#define BOOT_ID_LEN 36u
#define ROW_HEAD_LEN 16u     /* LMDB's node and its place in the page, rounded up */
#define PAGES_PER_COMMIT 24u /* meta tables, the list of free pages */
#define FREED_PER_PAGE 256u  /* page numbers in a page of that list, cautiously */

void proj_txn_fail(struct proj_txn *txn, int code, const char *text)
{
    assert(code < 0);
    if (txn->fault == 0)
        txn->fault = BASE_FAIL(&txn->err, code, "projections: %s", text);
}

static MDB_dbi table_of(const struct proj_state *state, enum proj_table table)
{
    const MDB_dbi tables[PROJ_TABLE_COUNT] = {[PROJ_FACTS] = state->facts,
                                              [PROJ_AUTHORS] = state->authors,
                                              [PROJ_VOIDS] = state->voids,
                                              [PROJ_CUTS] = state->cuts};
    return tables[table];
}

static bool means_full(int rc)
{
    return rc == MDB_MAP_FULL || base_is_disk_full(rc);
}

/* What LMDB itself notices of torn pages: little. */
static bool means_torn(int rc)
{
    return rc == MDB_CORRUPTED || rc == MDB_PAGE_NOTFOUND || rc == MDB_INVALID ||
           rc == MDB_VERSION_MISMATCH || rc == MDB_INCOMPATIBLE;
}

bool proj__ok(struct proj_txn *txn, int rc)
{
    if (rc == 0)
        return true;
    if (rc == MDB_NOTFOUND || txn->fault != 0)
        return false;
    int code = rc == ENOMEM     ? BASE_E_MEMORY
               : means_full(rc) ? BASE_E_FULL
               : means_torn(rc) ? BASE_E_CORRUPT
                                : BASE_E_IO;
    if (code == BASE_E_CORRUPT)
        atomic_store(&txn->state->doubted, true);
    proj_txn_fail(txn, code, mdb_strerror(rc));
    return false;
}

void proj__put(struct proj_txn *txn, enum proj_table table, MDB_val key, MDB_val value)
{
    txn->written[table].rows++;
    txn->written[table].bytes += key.mv_size + value.mv_size + ROW_HEAD_LEN;
    proj__ok(txn, mdb_put(txn->txn, table_of(txn->state, table), &key, &value, 0));
}

/* What is to be opened, and how. */
struct place {
    const char *dir;
    unsigned layout;
    bool read_only, looks; /* at every page, whoever closed it */
};

static bool read_boot_id(char out[BOOT_ID_LEN + 1])
{
    FILE *file = fopen("/proc/sys/kernel/random/boot_id", "re");
    bool done = file != NULL && fread(out, 1, BOOT_ID_LEN, file) == BOOT_ID_LEN;
    if (file != NULL)
        fclose(file);
    out[done ? BOOT_ID_LEN : 0] = '\0';
    return done;
}

/* What an earlier run left: it closed; it fell, perhaps over a torn page; or it ran under another
 * boot, and its pages may never have reached the disk in a consistent order. */
enum past { CLOSED, FELL, IN_DOUBT };

static enum past marker_read(const char *marker)
{
    char then[BOOT_ID_LEN + 1] = "";
    char now[BOOT_ID_LEN + 1] = "";
    FILE *file = fopen(marker, "re");
    if (file == NULL)
        return CLOSED;
    size_t len = fread(then, 1, BOOT_ID_LEN, file);
    then[len] = '\0';
    fclose(file);
    return read_boot_id(now) && strcmp(then, now) == 0 ? FELL : IN_DOUBT;
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

/* What the system could not bring to the disk it may show from memory for a while, and then no
 * more: the next opening folds anew. An empty marker is no boot's, and emptying takes no room. */
static void marker_doubt(const char *marker)
{
    int fd = open(marker, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd >= 0)
        close(fd);
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

/* A fault of opening; of a page that LMDB itself stumbled over, as of any that is torn. */
static int open_fail(int rc, const char *what, struct base_err *err)
{
    int fault = rc == ENOENT     ? BASE_E_MISSING
                : means_torn(rc) ? BASE_E_CORRUPT
                : means_full(rc) ? BASE_E_FULL
                                 : BASE_E_IO;
    return BASE_FAIL(err, fault, "%s: %s", what, mdb_strerror(rc));
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
    return rc == 0 ? 0 : open_fail(rc, "projections", err);
}

/* Address space, not disk: at least four times what lies there, so that a map that has become full
 * is larger after the next opening. */
static size_t map_size_of(const char *dir)
{
    char path[4096];
    struct stat info;
    snprintf(path, sizeof path, "%s/data.mdb", dir);
    uint64_t wanted = PROJ_MAP_SIZE;
    while (stat(path, &info) == 0 && wanted / 4 < (uint64_t)info.st_size)
        wanted *= 2;
    return wanted;
}

/* What the pages say of themselves is asked before LMDB believes it. `looks`: each of them. */
static int open_env(struct proj_state *state, const char *dir, bool read_only, bool looks,
                    struct base_err *err)
{
    int rc = mdb_env_create(&state->env);
    if (rc == 0)
        rc = mdb_env_set_mapsize(state->env, map_size_of(dir));
    if (rc == 0)
        rc = mdb_env_set_maxdbs(state->env, 8);
    if (rc == 0)
        rc = mdb_env_set_maxreaders(state->env, READER_COUNT_MAX);
    if (rc == 0)
        rc = mdb_env_open(state->env, dir,
                          MDB_NOTLS | MDB_NORDAHEAD | (read_only ? MDB_RDONLY : MDB_NOSYNC), 0600);
    /* First pages that name more than there can be are met as memory that does not suffice. */
    if (looks && (rc == ENOMEM || rc == EINVAL || rc == EIO))
        return BASE_FAIL(err, BASE_E_CORRUPT, "%s: %s", dir, mdb_strerror(rc));
    if (rc != 0)
        return open_fail(rc, dir, err);
    int fault = ledger_pages_fit(state->env, err);
    if (fault == 0 && looks)
        fault = ledger_pages_check(state->env, err);
    if (fault != 0)
        return base_err_wrap(err, fault, "%s", dir);
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
    if (proj__ok(txn, mdb_get(txn->txn, state->meta, &key, &value))) {
        *out_same =
            value.mv_size == sizeof layout && memcmp(value.mv_data, &layout, sizeof layout) == 0;
        proj_txn_end(txn);
        return 0;
    }
    *out_fresh = true;
    value = (MDB_val){.mv_data = &layout, .mv_size = sizeof layout};
    if (!read_only)
        proj__ok(txn, mdb_put(txn->txn, state->meta, &key, &value, 0));
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

static void close_env(struct proj_state *state)
{
    if (state->env != NULL)
        mdb_env_close(state->env);
    state->env = NULL;
}

/* Opens what lies there, whatever its layout. */
static int open_there(struct proj_state *state, const struct place *place, bool looks,
                      bool *out_same, bool *out_fresh, struct base_err *err)
{
    int rc = open_env(state, place->dir, place->read_only, looks, err);
    return rc == 0 ? read_layout(state, place->layout, place->read_only, out_same, out_fresh, err)
                   : rc;
}

/* Throws away what lies there and begins with nothing. */
static int open_anew(struct proj_state *state, const struct place *place, bool *out_fresh,
                     struct base_err *err)
{
    bool same;
    close_env(state);
    int rc = remove_files(place->dir, err);
    return rc == 0 ? open_there(state, place, false, &same, out_fresh, err) : rc;
}

static int open_reading(struct proj_state *state, const struct place *place, bool *out_fresh,
                        struct base_err *err)
{
    bool same = false;
    int rc = open_there(state, place, place->looks, &same, out_fresh, err);
    if (rc == 0 && !same)
        rc = BASE_FAIL(err, BASE_E_STATE,
                       "%s: written by another version; open it with letopisd first", place->dir);
    return rc;
}

/* Whoever fell, perhaps over a torn page, left its mark: then the pages are looked at, so that the
 * next does not fall like the last. The mark is set before anything is touched. What is torn is
 * thrown away: it is derived. */
static int open_writing(struct proj_state *state, const struct place *place, bool *out_fresh,
                        struct base_err *err)
{
    struct base_err why = {0};
    bool same = false;
    enum past past = marker_read(state->marker);
    bool looks = place->looks || past == FELL;
    int rc = past == IN_DOUBT ? remove_files(place->dir, err) : 0;
    if (rc == 0)
        rc = marker_write(state->marker, err);
    if (rc != 0)
        return rc;
    rc = open_there(state, place, looks, &same, out_fresh, &why);
    bool torn = rc == BASE_E_CORRUPT;
    if (torn)
        snprintf(state->torn, sizeof state->torn, "%s", why.text);
    if (torn || (rc == 0 && !same))
        return open_anew(state, place, out_fresh, err);
    if (rc != 0 && err != NULL)
        *err = why;
    return rc;
}

/* Takes the folder and its mark, before anything of it is touched. */
static int prepare_writing(struct proj_state *state, const struct place *place,
                           struct base_err *err)
{
    char marker[4096];
    snprintf(marker, sizeof marker, "%s/" MARKER, place->dir);
    state->memo = proj_memo_new();
    state->marker = strdup(marker);
    if (state->memo == NULL || state->marker == NULL)
        return BASE_FAIL(err, BASE_E_MEMORY, "projections");
    if (mkdir(place->dir, 0700) != 0 && errno != EEXIST)
        return BASE_FAIL(err, BASE_E_IO, "%s: %s", place->dir, strerror(errno));
    return lock_writer(place->dir, &state->lock_fd, err);
}

static int state_open(const struct place *place, struct proj_state **out_state, bool *out_fresh,
                      struct base_err *err)
{
    struct proj_state *state = calloc(1, sizeof *state);
    if (state == NULL)
        return BASE_FAIL(err, BASE_E_MEMORY, "projections");
    state->lock_fd = -1;
    int rc = place->read_only ? 0 : prepare_writing(state, place, err);
    if (rc == 0)
        rc = place->read_only ? open_reading(state, place, out_fresh, err)
                              : open_writing(state, place, out_fresh, err);
    if (rc == 0) {
        *out_state = state;
    } else { /* the mark stays: the next one looks */
        free(state->marker);
        state->marker = NULL;
        proj_state_close(state);
    }
    return rc;
}

int proj_state_open(const char *dir, unsigned layout, bool read_only, struct proj_state **out_state,
                    bool *out_fresh, struct base_err *err)
{
    const struct place place = {.dir = dir, .layout = layout, .read_only = read_only};
    return state_open(&place, out_state, out_fresh, err);
}

int proj_state_open_looking(const char *dir, unsigned layout, bool read_only,
                            struct proj_state **out_state, bool *out_fresh, struct base_err *err)
{
    const struct place place = {
        .dir = dir, .layout = layout, .read_only = read_only, .looks = true};
    return state_open(&place, out_state, out_fresh, err);
}

const char *proj_state_torn(const struct proj_state *state)
{
    return state->torn[0] != '\0' ? state->torn : NULL;
}

void proj_state_close(struct proj_state *state)
{
    if (state == NULL)
        return;
    if (state->env != NULL && state->marker != NULL) {
        bool whole = mdb_env_sync(state->env, 1) == 0 && !atomic_load(&state->doubted);
        if (whole)
            unlink(state->marker);
        else
            marker_doubt(state->marker);
    }
    close_env(state);
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
    if (txn->fault != 0 || !proj__ok(txn, mdb_get(txn->txn, txn->state->meta, &key, &value)))
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
        proj__ok(txn, mdb_put(txn->txn, txn->state->meta, &key, &value, 0));
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

int proj_txn_bulk(struct proj_txn *txn, struct base_err *err)
{
    MDB_stat facts = {0};
    MDB_stat authors = {0};
    assert(txn->write && txn->bulk == NULL);
    int rc = mdb_stat(txn->txn, txn->state->facts, &facts);
    if (rc == 0)
        rc = mdb_stat(txn->txn, txn->state->authors, &authors);
    if (rc != 0)
        return BASE_FAIL(err, BASE_E_IO, "projections: %s", mdb_strerror(rc));
    txn->bulk_alone = facts.ms_entries == 0 && authors.ms_entries == 0;
    txn->bulk_authors = proj_authors_new();
    if (txn->bulk_authors != NULL)
        txn->bulk = proj_bulk_new();
    return txn->bulk != NULL ? 0 : BASE_FAIL(err, BASE_E_MEMORY, "projections");
}

size_t proj_txn_bulk_len(const struct proj_txn *txn)
{
    return txn->bulk != NULL ? proj_bulk_len(txn->bulk) + proj_authors_len(txn->bulk_authors) : 0;
}

bool proj_txn_is_in_memory(const struct proj_txn *txn)
{
    return txn->bulk != NULL && txn->bulk_alone;
}

/* The sweep: rows come in the order of LMDB's keys, so on empty tables each is appended without a
 * search. */
struct sweep {
    struct proj_txn *txn;
    MDB_cursor *cursor;
    unsigned flags;
};

static bool sweep_row(void *data, const struct proj_bulk_row *row)
{
    struct sweep *sweep = data;
    struct base_bytes key = proj_bulk_stored(row);
    struct base_bytes value = proj_bulk_value(row);
    MDB_val mk = {.mv_data = (void *)(uintptr_t)key.data, .mv_size = key.len};
    MDB_val mv = {.mv_data = (void *)(uintptr_t)value.data, .mv_size = value.len};
    return proj__ok(sweep->txn, mdb_cursor_put(sweep->cursor, &mk, &mv, sweep->flags));
}

/* All positions of a key in one call. */
static bool sweep_author(void *data, const struct proj_author *author)
{
    struct sweep *sweep = data;
    MDB_val mk = {.mv_data = (void *)(uintptr_t)author->key.bytes, .mv_size = LEDGER_KEY_LEN};
    MDB_val many[2] = {{.mv_data = author->positions, .mv_size = SEQ_LEN},
                       {.mv_size = author->count}};
    return proj__ok(sweep->txn, mdb_cursor_put(sweep->cursor, &mk, many, sweep->flags));
}

static void sweep_facts(struct proj_txn *txn)
{
    struct sweep sweep = {.txn = txn, .flags = txn->bulk_alone ? MDB_APPEND : 0};
    if (proj__ok(txn, mdb_cursor_open(txn->txn, txn->state->facts, &sweep.cursor)) &&
        !proj_bulk_each(txn->bulk, sweep_row, &sweep))
        proj_txn_fail(txn, BASE_E_MEMORY, "sorting what was folded");
    if (sweep.cursor != NULL)
        mdb_cursor_close(sweep.cursor);
}

static void sweep_authors(struct proj_txn *txn)
{
    struct sweep sweep = {.txn = txn,
                          .flags = MDB_MULTIPLE | (txn->bulk_alone ? MDB_APPENDDUP : 0u)};
    if (proj__ok(txn, mdb_cursor_open(txn->txn, txn->state->authors, &sweep.cursor)))
        proj_authors_each(txn->bulk_authors, sweep_author, &sweep);
    if (sweep.cursor != NULL)
        mdb_cursor_close(sweep.cursor);
}

static void free_bulk(struct proj_txn *txn)
{
    proj_bulk_free(txn->bulk);
    proj_authors_free(txn->bulk_authors);
    txn->bulk = NULL;
    txn->bulk_authors = NULL;
}

static void sweep_bulk(struct proj_txn *txn)
{
    if (txn->bulk == NULL || txn->fault != 0)
        return;
    sweep_authors(txn);
    if (txn->fault == 0)
        sweep_facts(txn);
    free_bulk(txn);
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
    free_bulk(txn);
    free(txn->supposed);
    free(txn);
}

/* Pages that the transaction may have to write, from above: each row copies its path, but a table
 * has no more pages than it has; what is new takes up to twice its bytes; every page that is copied
 * is freed, and noted. */
static int pages_wanted(struct proj_txn *txn, uint64_t *out_pages, unsigned *out_page_len)
{
    uint64_t pages = PAGES_PER_COMMIT;
    for (unsigned i = 0; i < PROJ_TABLE_COUNT; i++) {
        MDB_stat stat;
        int rc = mdb_stat(txn->txn, table_of(txn->state, i), &stat);
        if (rc != 0)
            return rc;
        uint64_t there = stat.ms_branch_pages + stat.ms_leaf_pages + stat.ms_overflow_pages;
        uint64_t paths = txn->written[i].rows * (stat.ms_depth + 1);
        pages += (paths < there ? paths : there) + 2 * txn->written[i].bytes / stat.ms_psize +
                 stat.ms_depth + 1;
        *out_page_len = stat.ms_psize;
    }
    *out_pages = pages + pages / FREED_PER_PAGE;
    return 0;
}

int proj_txn_reserve(struct proj_txn *txn, struct base_err *err)
{
    MDB_envinfo info;
    uint64_t pages = 0;
    unsigned page_len = 0;
    int fd = -1;
    assert(txn->write && txn->bulk == NULL);
    int rc = proj_txn_fault(txn, err);
    if (rc != 0)
        return rc;
    rc = mdb_env_info(txn->state->env, &info);
    if (rc == 0)
        rc = pages_wanted(txn, &pages, &page_len);
    if (rc == 0)
        rc = mdb_env_get_fd(txn->state->env, &fd);
    if (rc == 0) {
        uint64_t need = (info.me_last_pgno + 1 + pages) * page_len;
        rc = need > info.me_mapsize ? MDB_MAP_FULL
                                    : base_file_reserve(fd, need, &txn->state->reserved);
    }
    if (rc == 0)
        return 0;
    return BASE_FAIL(err, means_full(rc) ? BASE_E_FULL : BASE_E_IO, "projections: making room: %s",
                     mdb_strerror(rc));
}

/* LMDB gives an environment up when the page that names the new trees could not be written. */
static bool is_given_up(struct proj_state *state)
{
    MDB_txn *txn = NULL;
    int rc = mdb_txn_begin(state->env, NULL, MDB_RDONLY, &txn);
    if (rc == 0)
        mdb_txn_abort(txn);
    return rc == MDB_PANIC;
}

int proj_txn_commit(struct proj_txn *txn, struct base_err *err)
{
    sweep_bulk(txn);
    next_write(txn);
    int fault = proj_txn_fault(txn, err);
    struct proj_state *state = txn->state;
    bool write = txn->write;
    if (fault == 0) {
        close_cursors(txn);
        int rc = mdb_txn_commit(txn->txn);
        txn->txn = NULL;
        if (means_torn(rc))
            atomic_store(&state->doubted, true);
        if (rc != 0)
            fault = BASE_FAIL(err, means_full(rc) && !is_given_up(state) ? BASE_E_FULL : BASE_E_IO,
                              "projections: %s", mdb_strerror(rc));
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
    if (txn->fault == 0 && proj__ok(txn, mdb_get(txn->txn, txn->state->meta, &key, &value)) &&
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
        proj__ok(txn, mdb_put(txn->txn, txn->state->meta, &key, &value, 0));
}

/* Walks two tables side by side. */
static bool same_table(struct proj_txn *a, MDB_dbi table_a, struct proj_txn *b, MDB_dbi table_b)
{
    MDB_cursor *x = NULL;
    MDB_cursor *y = NULL;
    MDB_val kx, vx, ky, vy;
    bool same = proj__ok(a, mdb_cursor_open(a->txn, table_a, &x)) &&
                proj__ok(b, mdb_cursor_open(b->txn, table_b, &y));
    bool more = same;
    for (MDB_cursor_op op = MDB_FIRST; more; op = MDB_NEXT) {
        bool there = proj__ok(a, mdb_cursor_get(x, &kx, &vx, op));
        bool also = proj__ok(b, mdb_cursor_get(y, &ky, &vy, op));
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

/* A stored table, walked beside what lies in memory. */
struct walk {
    struct proj_txn *txn;
    MDB_cursor *cursor;
    MDB_cursor_op op; /* of the next step */
    bool same;        /* so far */
};

static bool walk_begin(struct proj_txn *txn, MDB_dbi table, struct walk *out_walk)
{
    *out_walk = (struct walk){.txn = txn, .op = MDB_FIRST};
    out_walk->same = proj__ok(txn, mdb_cursor_open(txn->txn, table, &out_walk->cursor));
    return out_walk->same;
}

/* The next pair is there, and is this one. */
static bool walk_meets(struct walk *walk, struct base_bytes key, struct base_bytes value)
{
    MDB_val k, v;
    walk->same = proj__ok(walk->txn, mdb_cursor_get(walk->cursor, &k, &v, walk->op)) &&
                 base_bytes_equal(base_bytes_of(k.mv_data, k.mv_size), key) &&
                 base_bytes_equal(base_bytes_of(v.mv_data, v.mv_size), value);
    walk->op = MDB_NEXT;
    return walk->same;
}

/* True when nothing differed, and nothing is left. */
static bool walk_end(struct walk *walk)
{
    MDB_val k, v;
    bool same = walk->same &&
                !proj__ok(walk->txn, mdb_cursor_get(walk->cursor, &k, &v, walk->op)) &&
                walk->txn->fault == 0;
    if (walk->cursor != NULL)
        mdb_cursor_close(walk->cursor);
    return same;
}

static bool row_meets(void *data, const struct proj_bulk_row *row)
{
    return walk_meets(data, proj_bulk_stored(row), proj_bulk_value(row));
}

static bool author_meets(void *data, const struct proj_author *author)
{
    bool same = true;
    for (size_t i = 0; i < author->count && same; i++)
        same = walk_meets(data, base_bytes_of(author->key.bytes, LEDGER_KEY_LEN),
                          base_bytes_of(author->positions + i * SEQ_LEN, SEQ_LEN));
    return same;
}

static bool same_facts(struct proj_txn *a, struct proj_txn *in_memory)
{
    struct walk walk;
    if (walk_begin(a, a->state->facts, &walk) &&
        !proj_bulk_each(in_memory->bulk, row_meets, &walk) && walk.same)
        proj_txn_fail(in_memory, BASE_E_MEMORY, "sorting what was folded");
    return walk_end(&walk);
}

static bool same_authors(struct proj_txn *a, struct proj_txn *in_memory)
{
    struct walk walk;
    if (walk_begin(a, a->state->authors, &walk))
        proj_authors_each(in_memory->bulk_authors, author_meets, &walk);
    return walk_end(&walk);
}

bool proj_txn_same(struct proj_txn *a, struct proj_txn *b, const char **out_table)
{
    static const char *const names[PROJ_TABLE_COUNT] = {"facts", "authors", "voids", "cuts"};
    for (unsigned i = 0; i < PROJ_TABLE_COUNT; i++) {
        bool same;
        *out_table = names[i];
        if (i == PROJ_FACTS && proj_txn_is_in_memory(b))
            same = same_facts(a, b);
        else if (i == PROJ_AUTHORS && proj_txn_is_in_memory(b))
            same = same_authors(a, b);
        else
            same = same_table(a, table_of(a->state, i), b, table_of(b->state, i));
        if (!same)
            return false;
    }
    return true;
}

void proj_txn_clear(struct proj_txn *txn)
{
    assert(txn->write && txn->bulk == NULL);
    for (unsigned i = 0; i < PROJ_TABLE_COUNT && txn->fault == 0; i++)
        proj__ok(txn, mdb_drop(txn->txn, table_of(txn->state, i), 0));
    txn->any_void = false;
    proj_txn_set_next(txn, 0);
    if (txn->memo != NULL)
        proj_memo_forget(txn->memo, 0);
}
