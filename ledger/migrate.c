/* The happy path: the writer's lock; the layout and the head as they are; the environment copied to
 * <dir>/migrating/log; each step, then the layout's number; the copy opened as a log and verified
 * like any other, its head and checkpoint compared with those before; <dir>/log.fresh, from where
 * it is exchanged as after an erasure. */
#include "ledger/migrate.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "ledger/files.h"
#include "ledger/layouts.h"
#include "ledger/log_state.h"
#include "ledger/verify.h"

#define PLACE "migrating"
#define FILE_WRAP "wrap.key"

struct migrating {
    const struct ledger_migrate_options *options;
    struct ledger_log *log; /* a bare one: paths, lock, the store */
    char place[PATH_MAX];   /* <dir>/migrating, where the copy is a log of its own */
    char env[PATH_MAX];     /* <dir>/migrating/log */
    char wrap[PATH_MAX];    /* <dir>/migrating/wrap.key, a link */
    struct ledger__head head;
    struct base_buf note;
};

static int paths_make(struct migrating *m, struct base_err *err)
{
    const char *dir = m->options->dir;
    int a = snprintf(m->log->dir, sizeof m->log->dir, "%s", dir);
    int b = snprintf(m->log->env_dir, sizeof m->log->env_dir, "%s/log", dir);
    int c = snprintf(m->place, sizeof m->place, "%s/" PLACE, dir);
    int d = snprintf(m->env, sizeof m->env, "%s/" PLACE "/log", dir);
    int e = snprintf(m->wrap, sizeof m->wrap, "%s/" PLACE "/" FILE_WRAP, dir);
    if (a < 0 || b < 0 || c < 0 || d < 0 || e < 0 || (size_t)e >= sizeof m->wrap)
        return BASE_FAIL(err, BASE_E_LIMIT, "the path of the log is too long");
    return 0;
}

/* What an earlier run left; a copy holds sealed fields and must not stay. */
static int place_clear(struct migrating *m, struct base_err *err)
{
    int fault = ledger__env_remove(m->env, err);
    if (fault == 0 && unlink(m->wrap) != 0 && errno != ENOENT)
        fault = BASE_FAIL(err, BASE_E_IO, "removing %s: errno %d", m->wrap, errno);
    if (fault == 0 && rmdir(m->place) != 0 && errno != ENOENT)
        fault = BASE_FAIL(err, BASE_E_IO, "removing %s: errno %d", m->place, errno);
    return fault;
}

static void tell(const struct migrating *m, enum ledger_migrate_stage stage, uint64_t done,
                 uint64_t total)
{
    if (m->options->progress != NULL)
        m->options->progress(m->options->data, stage, done, total);
}

static void on_step(void *data, uint64_t done, uint64_t total)
{
    tell(data, LEDGER_MIGRATE_STEPS, done, total);
}

static void on_verified(void *data, uint64_t done, uint64_t total)
{
    tell(data, LEDGER_MIGRATE_VERIFIES, done, total);
}

static int layout_read(struct ledger__store *store, const char *dir, unsigned *out_layout,
                       struct base_err *err)
{
    struct ledger__txn txn;
    int fault = ledger__txn_begin(store, false, &txn, err);
    if (fault != 0)
        return fault;
    bool found = ledger__layout_get(&txn, out_layout);
    fault = ledger__txn_check(&txn, err);
    if (fault == 0 && !found)
        fault = BASE_FAIL(err, BASE_E_CORRUPT, "%s holds no log", dir);
    ledger__txn_abort(&txn);
    return fault;
}

int ledger_layout_read(const char *dir, unsigned *out_layout, unsigned *out_known,
                       struct base_err *err)
{
    char env[PATH_MAX];
    struct ledger__store *store = NULL;
    int len = snprintf(env, sizeof env, "%s/log", dir);
    *out_known = LEDGER__LAYOUT_VERSION;
    if (len < 0 || (size_t)len >= sizeof env)
        return BASE_FAIL(err, BASE_E_LIMIT, "the path of the log is too long");
    int fault = ledger__store_open(env, LEDGER__STORE_READS, NULL, &store, err);
    if (fault == 0)
        fault = layout_read(store, env, out_layout, err);
    ledger__store_close(store);
    return fault;
}

/* Head and checkpoint, whose rows look the same in every layout. */
static int words_read(struct migrating *m, struct base_err *err)
{
    struct ledger__txn txn;
    struct base_bytes note;
    int fault = ledger__txn_begin(m->log->store, false, &txn, err);
    if (fault != 0)
        return fault;
    fault = ledger__head_get(&txn, &m->head, err);
    if (fault == 0)
        fault = ledger__note_get(&txn, &note, err);
    if (fault == 0)
        base_buf_put_bytes(&m->note, note);
    ledger__txn_abort(&txn);
    if (fault == 0 && m->note.failed)
        fault = BASE_FAIL(err, BASE_E_MEMORY, "a checkpoint");
    return fault;
}

static const struct ledger__layout_step *step_from(const struct ledger__layout_step *steps,
                                                   unsigned layout)
{
    for (; steps->run != NULL; steps++)
        if (steps->from == layout)
            return steps;
    return NULL;
}

/* Before anything is copied: is there a way? */
static int way_check(const struct ledger__layout_step *steps, unsigned from, const char *dir,
                     struct base_err *err)
{
    if (from > LEDGER__LAYOUT_VERSION)
        return ledger__layout_judge(from, dir, err);
    for (unsigned layout = from; layout < LEDGER__LAYOUT_VERSION; layout++)
        if (step_from(steps, layout) == NULL)
            return BASE_FAIL(err, BASE_E_STATE,
                             "%s has layout %u, and nothing leads from layout %u to layout %u", dir,
                             from, layout, LEDGER__LAYOUT_VERSION);
    return 0;
}

static int layout_write(struct ledger__store *store, unsigned layout, struct base_err *err)
{
    struct ledger__txn txn;
    int answer = ledger__txn_begin(store, true, &txn, err);
    if (answer != 0)
        return answer;
    ledger__layout_put(&txn, layout);
    answer = ledger__txn_commit(&txn, err);
    return answer > 0 ? BASE_FAIL(err, BASE_E_FULL, "no room for the layout's number") : answer;
}

static int steps_run(struct migrating *m, const struct ledger__layout_step *steps, unsigned from,
                     struct base_err *err)
{
    struct ledger__store *copy = NULL;
    int fault = ledger__store_open(m->env, LEDGER__STORE_CREATES, m->options->faults, &copy, err);
    for (unsigned layout = from; fault == 0 && layout < LEDGER__LAYOUT_VERSION; layout++) {
        fault = step_from(steps, layout)->run(copy, on_step, m, err);
        if (fault == 0)
            fault = layout_write(copy, layout + 1, err);
        else
            fault = base_err_wrap(err, fault, "from layout %u to %u", layout, layout + 1);
    }
    ledger__store_close(copy);
    return fault;
}

/* The copy must be the log that it was made of, to anybody who verifies. */
static int copy_verify(struct migrating *m, struct base_err *err)
{
    const struct ledger_log_options options = {.dir = m->place, .check_pages = true};
    const struct ledger_verify_options how = {.progress = on_verified, .data = m};
    struct base_buf BASE_CLEANUP(base_buf_release) note = {0};
    struct ledger_verify_report report;
    struct ledger_head head;
    struct ledger_log *log = NULL;
    int fault = 0;
    /* With it sealed fields are opened and compared, too. */
    if (ledger__file_exists(m->options->dir, FILE_WRAP) && symlink("../" FILE_WRAP, m->wrap) != 0)
        fault = BASE_FAIL(err, BASE_E_IO, "linking %s: errno %d", m->wrap, errno);
    if (fault == 0)
        fault = ledger_log_open(&options, &log, err);
    if (fault == 0)
        fault = ledger_verify_log(log, &how, &report, err);
    if (fault == 0 && report.finding != LEDGER_FOUND_NOTHING)
        fault = BASE_FAIL(err, BASE_E_CORRUPT, "entry %llu: %s: %s", (unsigned long long)report.seq,
                          ledger_finding_text(report.finding), report.detail);
    if (fault == 0)
        fault = ledger_log_checkpoint(log, &note, err);
    if (fault == 0) {
        ledger_log_head(log, &head);
        if (head.size != m->head.head.size || !ledger_hash_equal(&head.root, &m->head.head.root) ||
            !ledger_hash_equal(&report.root, &m->head.head.root) ||
            !base_bytes_equal(base_buf_bytes(&note), base_buf_bytes(&m->note)))
            fault = BASE_FAIL(err, BASE_E_CORRUPT, "it has another head than before");
    }
    ledger_log_close(log);
    return fault == 0 ? 0 : base_err_wrap(err, fault, "the migrated copy is not the log");
}

static int run(struct migrating *m, const struct ledger__layout_step *steps,
               struct ledger_migration *out, struct base_err *err)
{
    struct ledger_log *log = m->log;
    int fault = ledger__lock_take(log->dir, LEDGER__FILE_LOCK, &log->lock_fd, err);
    if (fault == 0)
        fault = ledger__erasing_recover(log, err);
    if (fault == 0)
        fault = place_clear(m, err);
    if (fault == 0)
        fault = ledger__store_open(log->env_dir, LEDGER__STORE_READS | LEDGER__STORE_CHECKS_PAGES,
                                   log->faults, &log->store, err);
    if (fault == 0)
        fault = layout_read(log->store, log->env_dir, &out->from, err);
    if (fault == 0)
        fault = way_check(steps, out->from, log->env_dir, err);
    if (fault == 0)
        fault = words_read(m, err);
    out->to = LEDGER__LAYOUT_VERSION;
    out->head = m->head.head;
    if (fault != 0 || out->from == out->to)
        return fault;
    tell(m, LEDGER_MIGRATE_COPIES, 0, 1);
    fault = ledger__dir_make(m->place, err);
    if (fault == 0)
        fault = ledger__dir_make(m->env, err);
    if (fault == 0)
        fault = ledger__store_copy(log->store, m->env, err);
    if (fault == 0)
        fault = steps_run(m, steps, out->from, err);
    if (fault == 0)
        fault = copy_verify(m, err);
    return fault == 0 ? ledger__env_exchange(log, m->env, err) : fault;
}

int ledger__migrate_by(const struct ledger_migrate_options *options,
                       const struct ledger__layout_step *steps, struct ledger_migration *out,
                       struct base_err *err)
{
    struct migrating m = {.options = options};
    *out = (struct ledger_migration){0};
    if (!ledger_log_is_there(options->dir))
        return BASE_FAIL(err, BASE_E_MISSING, "there is no log in %s", options->dir);
    m.log = calloc(1, sizeof *m.log);
    if (m.log == NULL)
        return BASE_FAIL(err, BASE_E_MEMORY, "migrating %s", options->dir);
    m.log->lock_fd = -1;
    m.log->link.fd = -1;
    m.log->faults = options->faults;
    pthread_mutex_init(&m.log->append_lock, NULL);
    pthread_mutex_init(&m.log->state_lock, NULL);
    int fault = paths_make(&m, err);
    if (fault == 0) {
        fault = run(&m, steps, out, err);
        int left = place_clear(&m, fault == 0 ? err : NULL);
        fault = fault != 0 ? fault : left;
    }
    ledger_log_close(m.log);
    base_buf_release(&m.note);
    return fault;
}

int ledger_migrate(const struct ledger_migrate_options *options, struct ledger_migration *out,
                   struct base_err *err)
{
    return ledger__migrate_by(options, ledger__layout_steps, out, err);
}
