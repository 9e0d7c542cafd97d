/* The last step of an erasure: freed pages leave the disk's file, too.
 *
 * A deleted row stays in its page until LMDB writes over it. So whoever opens the log for writing
 * after an erasure copies the environment without its free pages and puts the copy in its place:
 *   1. <dir>/log.fresh is made (the copy, synced), and the note that one is wanted deleted in it;
 *   2. <dir>/log becomes <dir>/log.old, then <dir>/log.fresh becomes <dir>/log, then the folder is
 *      synced;
 *   3. <dir>/log.old is removed.
 * What can fail: a crash before 2 leaves the note where it was, and it is done again at the next
 * opening; one in the midst of 2 is seen by <dir>/log being absent, and finished; one before 3 by
 * log.old being there. A full disk leaves everything as it was: the log opens, the note stays.
 * A whole folder is exchanged, with its lock file: a reader of another process goes on reading the
 * old one until it closes it. */
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ledger/base/sync.h"
#include "ledger/files.h"
#include "ledger/log_state.h"

#define NAME_FRESH "log.fresh"
#define NAME_OLD "log.old"

struct places {
    char fresh[PATH_MAX], old[PATH_MAX];
};

static int places_of(const struct ledger_log *log, struct places *out, struct base_err *err)
{
    int a = snprintf(out->fresh, sizeof out->fresh, "%s/%s", log->dir, NAME_FRESH);
    int b = snprintf(out->old, sizeof out->old, "%s/%s", log->dir, NAME_OLD);
    if (a < 0 || b < 0 || (size_t)a >= sizeof out->fresh || (size_t)b >= sizeof out->old)
        return BASE_FAIL(err, BASE_E_LIMIT, "the path of the log is too long");
    return 0;
}

int ledger__env_remove(const char *dir, struct base_err *err)
{
    static const char *const names[] = {"data.mdb", "lock.mdb"};
    char path[PATH_MAX + 16];
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        snprintf(path, sizeof path, "%s/%s", dir, names[i]);
        if (unlink(path) != 0 && errno != ENOENT)
            return BASE_FAIL(err, BASE_E_IO, "removing %s: errno %d", path, errno);
    }
    if (rmdir(dir) != 0 && errno != ENOENT)
        return BASE_FAIL(err, BASE_E_IO, "removing %s: errno %d", dir, errno);
    return 0;
}

static int folder_sync(const char *dir, struct base_err *err)
{
    int code = base_path_sync(dir);
    return code == 0 ? 0 : BASE_FAIL(err, BASE_E_IO, "syncing %s: errno %d", dir, code);
}

static int rename_env(const char *from, const char *to, struct base_err *err)
{
    if (rename(from, to) != 0)
        return BASE_FAIL(err, BASE_E_IO, "renaming %s: errno %d", from, errno);
    return 0;
}

bool ledger_log_is_there(const char *dir)
{
    return ledger__file_exists(dir, "log/data.mdb") ||
           (ledger__file_exists(dir, NAME_FRESH "/data.mdb") &&
            ledger__file_exists(dir, NAME_OLD "/data.mdb"));
}

int ledger__erasing_recover(struct ledger_log *log, struct base_err *err)
{
    struct places places;
    int fault = places_of(log, &places, err);
    if (fault != 0)
        return fault;
    if (!ledger__file_exists(log->dir, "log") && ledger__file_exists(log->dir, NAME_FRESH) &&
        ledger__file_exists(log->dir, NAME_OLD)) {
        fault = rename_env(places.fresh, log->env_dir, err);
        if (fault == 0)
            fault = folder_sync(log->dir, err);
    }
    if (fault == 0 && ledger__file_exists(log->dir, "log")) {
        fault = ledger__env_remove(places.fresh, err);
        if (fault == 0)
            fault = ledger__env_remove(places.old, err);
    }
    return fault;
}

static int is_pending(struct ledger_log *log, bool *out_pending, struct base_err *err)
{
    struct ledger__txn txn;
    int fault = ledger__txn_begin(log->store, false, &txn, err);
    if (fault != 0)
        return fault;
    *out_pending = ledger__vault_is_pending(&txn);
    fault = ledger__txn_check(&txn, err);
    ledger__txn_abort(&txn);
    return fault;
}

bool ledger_log_erasure_pending(struct ledger_log *log)
{
    bool pending = false;
    return is_pending(log, &pending, NULL) == 0 && pending;
}

/* The copy, without the note. */
static int fresh_make(struct ledger_log *log, const char *fresh, struct base_err *err)
{
    struct ledger__store *store = NULL;
    struct ledger__txn txn;
    int answer = ledger__dir_make(fresh, err);
    if (answer == 0)
        answer = ledger__store_copy(log->store, fresh, err);
    if (answer == 0)
        answer = ledger__store_open(fresh, 0, NULL, &store, err);
    if (answer == 0)
        answer = ledger__txn_begin(store, true, &txn, err);
    if (answer == 0) {
        ledger__vault_settle(&txn);
        answer = ledger__txn_commit(&txn, err);
    }
    ledger__store_close(store);
    if (answer > 0)
        answer = BASE_FAIL(err, BASE_E_FULL, "no room for a copy of the log");
    return answer;
}

/* From here on `log->store` is closed until it is opened again. */
static int exchange(struct ledger_log *log, const struct places *places, struct base_err *err)
{
    ledger__store_close(log->store);
    log->store = NULL;
    int fault = rename_env(log->env_dir, places->old, err);
    if (fault == 0 && log->faults != NULL && log->faults->before_exchange != NULL)
        fault = log->faults->before_exchange(log->faults->data) == 0
                    ? 0
                    : BASE_FAIL(err, BASE_E_IO, "stopped while exchanging environments");
    if (fault == 0)
        fault = rename_env(places->fresh, log->env_dir, err);
    if (fault == 0)
        fault = folder_sync(log->dir, err);
    if (fault == 0)
        fault = ledger__env_remove(places->old, err);
    if (fault == 0)
        fault = ledger__store_open(log->env_dir, 0, log->faults, &log->store, err);
    return fault;
}

int ledger__env_exchange(struct ledger_log *log, const char *env, struct base_err *err)
{
    struct places places;
    int fault = places_of(log, &places, err);
    if (fault == 0)
        fault = rename_env(env, places.fresh, err);
    return fault == 0 ? exchange(log, &places, err) : fault;
}

int ledger__erasing_finish(struct ledger_log *log, struct base_err *err)
{
    struct places places;
    struct base_err why = {0};
    bool pending = false;
    int fault = places_of(log, &places, err);
    if (fault == 0)
        fault = is_pending(log, &pending, err);
    if (fault != 0 || !pending)
        return fault;
    fault = fresh_make(log, places.fresh, &why);
    if (fault == 0)
        return exchange(log, &places, err);
    /* A journal must open on a full disk, too; the note stays, and doctor says so. */
    if (fault == BASE_E_FULL)
        return ledger__env_remove(places.fresh, err);
    if (err != NULL)
        *err = why;
    return fault;
}
