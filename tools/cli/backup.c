/* letopis backup, letopis restore: copies of a school's folder that have been verified.
 *
 * A backup is taken beside a running server: the log's environment as of one moment, compacted,
 * then the logins' likewise, then the small files. It is verified whole before it gets its name, so
 * a folder of that name is a good backup. Keys stay out unless asked for; wrap.key never goes in:
 * who has it and the data can read what was sealed, also of people erased since. A restored copy
 * may be behind what the school has published meanwhile. Going on from it would tell a second
 * history; with --published that is refused, and witnesses give it away. */
#include <errno.h>
#include <inttypes.h>
#include <lmdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "ledger/verify.h"
#include "tools/cli/rekey.h"
#include "tools/cli/store.h"
#include "tools/common/files.h"
#include "tools/common/school.h"

#define SMALL_FILE_LEN_MAX 262144u
#define PATH_LEN 4300u
#define ERASURES_LEN_MAX (16u << 20) /* a quarter of a million values */

/* What lies beside the log. `wrap.key` is in no list. */
static const char *const plain_files[] = {"witness.policy", "witnessed"};
static const char *const key_files[] = {"log.key", "login.key", "import.key"};

static int copy_file(const char *from, const char *to, const char *name, unsigned mode,
                     bool *out_there, struct base_err *err)
{
    struct base_buf BASE_CLEANUP(base_buf_wipe) bytes = {0};
    char path[PATH_LEN];
    snprintf(path, sizeof path, "%.4000s/%s", from, name);
    *out_there = tool_file_exists(path);
    if (!*out_there)
        return 0;
    int rc = tool_file_read(path, SMALL_FILE_LEN_MAX, &bytes, err);
    snprintf(path, sizeof path, "%.4000s/%s", to, name);
    return rc == 0 ? tool_file_write(path, mode, base_buf_bytes(&bytes), err) : rc;
}

static int copy_files(const char *from, const char *to, const char *const *names, size_t count,
                      unsigned mode, struct base_err *err)
{
    int rc = 0;
    bool there = false;
    for (size_t i = 0; rc == 0 && i < count; i++)
        rc = copy_file(from, to, names[i], mode, &there, err);
    return rc;
}

/* The logins' environment (net/credentials.h), as of one moment. */
static int copy_credentials(const char *from, const char *to, struct base_err *err)
{
    char source[PATH_LEN];
    char target[PATH_LEN];
    MDB_env *env = NULL;
    snprintf(source, sizeof source, "%.4000s/credentials", from);
    snprintf(target, sizeof target, "%.4000s/credentials", to);
    if (!tool_file_exists(source))
        return 0;
    int rc = tool_dir_make(target, err);
    if (rc != 0)
        return rc;
    int code = mdb_env_create(&env);
    if (code == 0)
        code = mdb_env_open(env, source, MDB_RDONLY, 0600);
    if (code == 0)
        code = mdb_env_copy2(env, target, MDB_CP_COMPACT);
    if (env != NULL)
        mdb_env_close(env);
    return code == 0 ? 0 : BASE_FAIL(err, BASE_E_IO, "%s: %s", source, mdb_strerror(code));
}

static void on_verified(void *data, uint64_t done, uint64_t size)
{
    cli_progress(data, "проверка копии / verifying the copy", done, size);
}

/* Bytes, tree, order, signatures, indexes; what should have been admitted is the auditor's. */
static int verify(const char *dir, struct ledger_verify_report *out_report, struct base_err *err)
{
    const struct ledger_log_options options = {
        .dir = dir, .check_pages = true, .clock = base_clock_system()};
    const struct ledger_verify_options how = {.progress = on_verified};
    struct ledger_log *log = NULL;
    int rc = ledger_log_open(&options, &log, err);
    if (rc == 0)
        rc = ledger_verify_log(log, &how, out_report, err);
    ledger_log_close(log);
    if (rc == 0 && out_report->finding != LEDGER_FOUND_NOTHING)
        rc = BASE_FAIL(err, BASE_E_CORRUPT, "%s: entry %" PRIu64 ": %s: %s", dir, out_report->seq,
                       ledger_finding_text(out_report->finding), out_report->detail);
    return rc;
}

/* Log, logins and small files of `from` into the folder `to`, which is verified. */
static int copy_school(const char *from, const char *to, bool with_keys,
                       struct ledger_verify_report *out_report, struct base_err *err)
{
    const struct ledger_log_options options = {
        .dir = from, .check_pages = true, .clock = base_clock_system()};
    struct ledger_log *log = NULL;
    int rc = ledger_log_open(&options, &log, err);
    if (rc == 0)
        rc = ledger_log_copy(log, to, err);
    ledger_log_close(log);
    if (rc == 0)
        rc = copy_credentials(from, to, err);
    if (rc == 0)
        rc = cli_store_copy(from, to, err);
    if (rc == 0)
        rc = copy_files(from, to, plain_files, sizeof plain_files / sizeof plain_files[0], 0644,
                        err);
    if (rc == 0 && with_keys)
        rc = copy_files(from, to, key_files, sizeof key_files / sizeof key_files[0], 0600, err);
    if (rc == 0)
        rc = verify(to, out_report, err);
    return rc == 0 ? tool_dir_sync(to, err) : rc;
}

static void print_done(const char *what, const char *where, const struct ledger_verify_report *r)
{
    char hex[2 * LEDGER_HASH_LEN + 1];
    base_hex(r->root.bytes, LEDGER_HASH_LEN, hex);
    printf("%s: %s\nLETOPIS_SIZE=%" PRIu64 "\nLETOPIS_ROOT=%s\n", what, where, r->entry_count, hex);
}

/* Makes the copy beside its name and renames it when it is good. */
static int copy_whole(const char *from, const char *to, const char *keys, bool with_keys,
                      struct ledger_verify_report *out_report, struct base_err *err)
{
    static const char *const wrap[] = {"wrap.key"};
    char part[PATH_LEN];
    snprintf(part, sizeof part, "%.4000s.part", to);
    if (tool_file_exists(to) || tool_file_exists(part))
        return BASE_FAIL(err, BASE_E_STATE, "%s is there already (or an unfinished %s)", to, part);
    int rc = copy_school(from, part, with_keys, out_report, err);
    if (rc == 0 && keys != NULL)
        rc = copy_files(keys, part, key_files, sizeof key_files / sizeof key_files[0], 0600, err);
    if (rc == 0 && keys != NULL)
        rc = copy_files(keys, part, wrap, 1, 0600, err);
    if (rc == 0 && rename(part, to) != 0)
        rc = BASE_FAIL(err, BASE_E_IO, "%s: %s", to, strerror(errno));
    return rc;
}

int cli_backup(int argc, char **argv)
{
    static const char *const known[] = {"--with-keys", NULL};
    struct ledger_verify_report report;
    struct base_err err = {0};
    if (!cli_check_options(argc, argv, known))
        return CLI_USAGE;
    const char *dir = cli_argument(argc, argv, 0);
    const char *to = cli_argument(argc, argv, 1);
    if (dir == NULL || to == NULL)
        return cli_usage("backup", "DIR and TO are needed");
    if (copy_whole(dir, to, NULL, cli_flag(argc, argv, "--with-keys"), &report, &err) != 0)
        return cli_fail("backup", &err);
    print_done("резервная копия проверена / backup verified", to, &report);
    return CLI_DONE;
}

/* The copy must not be behind a checkpoint that was published, unless it gets a name of its own.
 * Appends the checkpoint's note. */
static int published_check(const char *backup, const char *published, bool may_be_behind,
                           struct base_buf *out_note, struct base_err *err)
{
    const struct ledger_log_options options = {
        .dir = backup, .check_pages = true, .clock = base_clock_system()};
    struct ledger_log *log = NULL;
    struct ledger_reader *reader = NULL;
    struct ledger_note_key key;
    struct ledger_checkpoint checkpoint;
    struct ledger_hash root;
    int rc = tool_file_read(published, LEDGER_NOTE_LEN_MAX, out_note, err);
    if (rc == 0)
        rc = ledger_log_open(&options, &log, err);
    if (rc == 0)
        rc = ledger_vkey_parse(base_bytes_str(ledger_log_vkey(log)), &key, err);
    if (rc == 0)
        rc = ledger_checkpoint_open(base_buf_bytes(out_note), &key, &checkpoint, err);
    if (rc == 0)
        rc = ledger_reader_open(log, &reader, err);
    if (rc == 0 && checkpoint.size > ledger_reader_size(reader) && !may_be_behind)
        rc = BASE_FAIL(err, BASE_E_STATE,
                       "%" PRIu64 " entries were published, the backup holds %" PRIu64
                       ": going on from it would tell a second history under one name",
                       checkpoint.size, ledger_reader_size(reader));
    bool behind = rc == 0 && checkpoint.size > ledger_reader_size(reader);
    if (rc == 0 && !behind)
        rc = ledger_reader_root(reader, checkpoint.size, &root, err);
    if (rc == 0 && !behind && !ledger_hash_equal(&root, &checkpoint.root))
        rc = BASE_FAIL(err, BASE_E_STATE, "another history was published than the backup's");
    ledger_reader_close(reader);
    ledger_log_close(log);
    return rc;
}

/* With its keys the school is opened as a server would: everything is folded, so every admission is
 * judged once more, and what people are shown is there. */
static int fold(const char *dir, struct base_err *err)
{
    const struct tool_school_options options = {.dir = dir};
    struct tool_school *school = NULL;
    int rc = tool_school_open(&options, &school, err);
    tool_school_close(school);
    return rc;
}

/* One line of the list: a subject's id, or a value's commitment. */
static int apply_erasure(struct ledger_log *log, const char *line, size_t len, uint64_t *out_count,
                         struct base_err *err)
{
    uint8_t name[LEDGER_COMMITMENT_LEN];
    if (base_unhex(line, len, name, LEDGER_ID_LEN))
        return ledger_log_erase(log, name, out_count, err);
    if (base_unhex(line, len, name, LEDGER_COMMITMENT_LEN))
        return ledger_log_erase_value(log, name, out_count, err);
    return BASE_FAIL(err, BASE_E_FORMAT,
                     "neither an id of 16 bytes nor a commitment of 32 bytes in hex");
}

/* What the school has erased since the backup: a file of subjects' ids and values' commitments in
 * hex, one a line (`letopis erase DIR --list`). Their openings leave the copy, and its freed pages
 * with them. */
static int apply_erasures(const char *dir, const char *path, uint64_t *out_count,
                          struct base_err *err)
{
    struct base_buf BASE_CLEANUP(base_buf_release) text = {0};
    const struct tool_school_options options = {.dir = dir};
    struct tool_school *school = NULL;
    uint64_t total = 0;
    int rc = tool_file_read(path, ERASURES_LEN_MAX, &text, err);
    if (rc == 0)
        rc = tool_school_open(&options, &school, err);
    for (size_t at = 0; rc == 0 && at < text.len;) {
        uint64_t count = 0;
        const uint8_t *end = memchr(text.data + at, '\n', text.len - at);
        size_t len = end == NULL ? text.len - at : (size_t)(end - (text.data + at));
        if (len > 0)
            rc = apply_erasure(tool_school_log(school), (const char *)text.data + at, len, &count,
                               err);
        if (rc == BASE_E_FORMAT)
            rc = base_err_wrap(err, rc, "%s: byte %zu", path, at);
        total += count;
        at += len + 1;
    }
    tool_school_close(school);
    *out_count = total;
    return rc == 0 ? fold(dir, err) : rc; /* opened once more: without the freed pages */
}

/* True when both keys are there without which no server opens the log; says which is not. */
static bool keys_are_there(const char *dir)
{
    static const char *const names[] = {"log.key", "wrap.key"};
    bool there = true;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char path[PATH_LEN];
        snprintf(path, sizeof path, "%.4000s/%s", dir, names[i]);
        if (tool_file_exists(path))
            continue;
        printf("ВНИМАНИЕ / NOTE: %s is not there; the server does not start without it\n",
               names[i]);
        there = false;
    }
    return there;
}

/* --origin and --at: false when they make no sense. */
static bool going_on_of(int argc, char **argv, struct cli_going_on *out)
{
    const char *at = cli_option(argc, argv, "--at");
    out->origin = cli_option(argc, argv, "--origin");
    out->size = UINT64_MAX;
    if (at == NULL)
        return true;
    char *end = NULL;
    errno = 0;
    out->size = strtoull(at, &end, 10);
    return errno == 0 && end != at && *end == '\0' && at[0] != '-' && out->size > 0 &&
           out->origin != NULL;
}

int cli_restore(int argc, char **argv)
{
    static const char *const known[] = {"--keys=", "--published=",     "--erasures=", "--origin=",
                                        "--at=",   "--recovery-file=", "--envelope=", NULL};
    struct base_buf BASE_CLEANUP(base_buf_release) note = {0};
    struct cli_going_on going_on = {0};
    struct ledger_verify_report report;
    struct base_err err = {0};
    if (!cli_check_options(argc, argv, known))
        return CLI_USAGE;
    const char *backup = cli_argument(argc, argv, 0);
    const char *dir = cli_argument(argc, argv, 1);
    const char *published = cli_option(argc, argv, "--published");
    const char *erasures = cli_option(argc, argv, "--erasures");
    if (backup == NULL || dir == NULL)
        return cli_usage("restore", "BACKUP and DIR are needed");
    if (!going_on_of(argc, argv, &going_on))
        return cli_usage("restore", "--at is a number of entries, and needs --origin: fewer "
                                    "entries under the old name would be another history");
    int rc = published == NULL
                 ? 0
                 : published_check(backup, published, going_on.origin != NULL, &note, &err);
    if (rc == 0)
        rc = copy_whole(backup, dir, cli_option(argc, argv, "--keys"), true, &report, &err);
    uint64_t erased = 0;
    bool opens = rc == 0 && keys_are_there(dir);
    if (opens)
        rc = fold(dir, &err);
    if (rc == 0 && !opens && (erasures != NULL || going_on.origin != NULL))
        rc = BASE_FAIL(&err, BASE_E_STATE,
                       "--erasures and --origin need the keys (--keys); without them the sealed "
                       "fields in %s are closed, but not erased",
                       dir);
    if (rc == 0 && erasures != NULL)
        rc = apply_erasures(dir, erasures, &erased, &err);
    going_on.note = base_buf_bytes(&note);
    if (rc == 0 && going_on.origin != NULL)
        rc = cli_go_on(argc, argv, dir, &going_on, &err);
    if (rc == 0 && going_on.origin != NULL)
        rc = verify(dir, &report, &err);
    if (rc != 0)
        return cli_fail("restore", &err);
    print_done("восстановлено и проверено / restored and verified", dir, &report);
    if (erasures != NULL)
        printf("LETOPIS_ERASED=%" PRIu64 "\n", erased);
    if (published == NULL && going_on.origin == NULL)
        printf("ВНИМАНИЕ / NOTE: if the school has gone on since this backup, entries are missing "
               "here that\npeople have receipts for; hold it against the last checkpoint "
               "(--published), or ask a witness\n");
    return CLI_DONE;
}
