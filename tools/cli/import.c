/* letopis import: a school's set-up, and with --journal its old records, from CSV files or
 * workbooks, into a log that is in use. What differs from the journal is signed by one officer, or
 * shown only (--dry-run). */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "tools/cli/actor.h"
#include "tools/cli/reading.h"
#include "tools/common/files.h"
#include "tools/demo/world.h"
#include "tools/import/apply.h"

#define SLIPS_LEN_MAX (16u << 20)
#define PROBLEMS 3 /* the exit status when the files have problems that block */

struct run {
    const char *dir, *slips_path;
    bool english, json, verbose, dry, found_problems;
    struct import im;
    struct base_buf slips;
    uint64_t appended;
};

/* The secret that makes ids of labels. A dry run makes none. */
static int read_secret(const struct run *run, uint8_t out[32], struct base_err *err)
{
    struct base_buf BASE_CLEANUP(base_buf_wipe) bytes = {0};
    char path[4096];
    snprintf(path, sizeof path, "%s/import.key", run->dir);
    int rc = tool_file_read(path, 64, &bytes, err);
    if (rc == BASE_E_MISSING) {
        randombytes_buf(out, 32);
        return run->dry ? 0 : tool_file_write(path, 0600, base_bytes_of(out, 32), err);
    }
    if (rc == 0 && bytes.len != 32)
        rc = BASE_FAIL(err, BASE_E_FORMAT, "%s: not 32 bytes", path);
    if (rc == 0)
        memcpy(out, bytes.data, 32);
    return rc;
}

/* What is in the file already; appended to `out`. A file of something else is not written over. */
static int read_slips(const char *path, struct base_buf *out, struct base_err *err)
{
    const size_t head = strlen(IMPORT_SLIPS_HEAD);
    if (!tool_file_exists(path))
        return 0;
    int rc = tool_file_read(path, SLIPS_LEN_MAX, out, err);
    if (rc == 0 && (out->len < head || memcmp(out->data, IMPORT_SLIPS_HEAD, head) != 0))
        rc =
            BASE_FAIL(err, BASE_E_STATE,
                      "%s: exists and holds no slips; it is not written over: give --slips another "
                      "file",
                      path);
    return rc;
}

/* The codes of an earlier import are nowhere else: they stay, and new ones follow. */
static int write_slips(const struct run *run, struct base_err *err)
{
    struct base_buf BASE_CLEANUP(base_buf_wipe) all = {0};
    int rc = read_slips(run->slips_path, &all, err);
    if (rc != 0)
        return rc;
    if (all.len == 0)
        base_buf_put_str(&all, IMPORT_SLIPS_HEAD);
    base_buf_put_bytes(&all, base_buf_bytes(&run->slips));
    if (all.failed || run->slips.failed)
        return BASE_FAIL(err, BASE_E_MEMORY, "slips");
    return tool_file_write(run->slips_path, 0600, base_buf_bytes(&all), err);
}

/* Asked before anything is signed. */
static int check_slips(const char *path, struct base_err *err)
{
    struct base_buf BASE_CLEANUP(base_buf_wipe) there = {0};
    return read_slips(path, &there, err);
}

/* Reads and compares; afterwards problems and plan are in run->im. */
static int prepare(struct run *run, struct proj_txn *txn, struct ledger_reader *reader,
                   struct base_err *err)
{
    struct import *im = &run->im;
    im->txn = txn;
    im->reader = reader;
    int rc = import_load(im, err);
    if (rc == 0)
        rc = import_check(im, err);
    if (rc == 0 && im->problems.blocking == 0)
        rc = import_compare(im, err);
    im->txn = NULL;
    im->reader = NULL;
    if (rc == 0)
        import_problems_sort(&im->problems);
    run->found_problems = im->problems.blocking > 0;
    return rc;
}

static void put_json(const struct run *run, struct base_buf *out)
{
    const struct import *im = &run->im;
    base_buf_printf(out, "{\"ok\": %s, \"blocking\": %zu, \"problems\": [",
                    im->problems.blocking == 0 ? "true" : "false", im->problems.blocking);
    for (size_t i = 0; i < im->problems.count; i++) {
        base_buf_put_str(out, i == 0 ? "" : ", ");
        import_problem_json(&im->problems.list[i], out);
    }
    base_buf_put_str(out, "]");
    if (im->problems.blocking == 0) {
        base_buf_put_str(out, ", ");
        import_plan_json(im, run->verbose, out);
    }
    if (!run->dry)
        base_buf_printf(out, ", \"appended\": %llu", (unsigned long long)run->appended);
    base_buf_put_str(out, "}\n");
}

static size_t rows_as_they_were(const struct import *im)
{
    size_t same = 0;
    for (unsigned i = 0; i < IMPORT_FILE_COUNT; i++)
        same += im->same[i];
    return same;
}

static void put_text(const struct run *run, struct base_buf *out)
{
    const struct import *im = &run->im;
    if (!run->dry && im->problems.blocking == 0)
        base_buf_printf(out,
                        run->english ? "%llu entries appended, %zu rows as they were\n"
                                     : "%llu записей добавлено, %zu строк без изменений\n",
                        (unsigned long long)run->appended, rows_as_they_were(im));
    for (size_t i = 0; i < im->problems.count; i++)
        import_problem_line(&im->problems.list[i], run->english, out);
    if (im->problems.blocking > 0)
        base_buf_printf(out,
                        run->english ? "problems: %zu; nothing was written\n"
                                     : "ошибок: %zu; ничего не записано\n",
                        im->problems.blocking);
    else if (run->dry || run->verbose)
        import_plan_text(im, run->english, run->verbose, out);
}

static int tell(const struct run *run, struct base_err *err)
{
    struct base_buf BASE_CLEANUP(base_buf_wipe) out = {0};
    if (run->json)
        put_json(run, &out);
    else
        put_text(run, &out);
    if (out.failed)
        return BASE_FAIL(err, BASE_E_MEMORY, "import");
    fwrite(out.data, 1, out.len, stdout);
    return 0;
}

/* Looks only; a server may be running. */
static int run_dry(struct run *run, struct base_err *err)
{
    struct cli_reading reading;
    int rc = cli_reading_open(run->dir, &reading, err);
    if (rc != 0)
        return rc;
    rc = prepare(run, reading.txn, reading.reader, err);
    cli_reading_close(&reading);
    return rc;
}

/* Old records, lesson by lesson, as the data set's own reader takes them; from the checked tables.
 */
static int checked_table(void *data, const char *name, struct tool_table **out_table,
                         struct base_err *err)
{
    struct import *im = data;
    char base[64];
    snprintf(base, sizeof base, "%.*s", (int)strcspn(name, "."), name);
    enum import_file file = import_file_named(base);
    if (file == IMPORT_FILE_COUNT || im->tables[file] == NULL)
        return BASE_FAIL(err, BASE_E_MISSING, "%s: needed with --journal", name);
    *out_table = tool_table_share(im->tables[file]);
    return 0;
}

static int import_journal(struct run *run, struct tool_school *school, struct tool_key *signer,
                          struct base_err *err)
{
    struct demo *demo = calloc(1, sizeof *demo);
    if (demo == NULL)
        return BASE_FAIL(err, BASE_E_MEMORY, "import");
    demo_init_real(demo, school, run->im.secret, signer, checked_table, &run->im);
    demo->progress = cli_progress;
    int rc = demo_know_staff(demo, err);
    if (rc == 0)
        rc = demo_quarter(demo, false, err);
    demo_release(demo);
    free(demo);
    return rc;
}

static int prepare_in(struct run *run, struct tool_school *school, struct base_err *err)
{
    struct proj_txn *txn = NULL;
    struct ledger_reader *reader = NULL;
    int rc = proj_engine_read(tool_school_engine(school), &txn, err);
    if (rc == 0)
        rc = ledger_reader_open(tool_school_log(school), &reader, err);
    if (rc == 0)
        rc = prepare(run, txn, reader, err);
    ledger_reader_close(reader);
    proj_txn_end(txn);
    return rc;
}

static int run_wet(struct run *run, struct tool_key *signer, struct base_err *err)
{
    const struct tool_school_options options = {.dir = run->dir, .skip_existing = true};
    struct tool_school *school = NULL;
    int rc = check_slips(run->slips_path, err);
    if (rc == 0)
        rc = tool_school_open(&options, &school, err);
    if (rc == 0)
        rc = prepare_in(run, school, err);
    if (rc == 0 && run->im.problems.blocking == 0) {
        rc = import_apply(&run->im, school, signer, cli_progress, &run->slips, err);
        if (rc == 0 && run->im.journal)
            rc = import_journal(run, school, signer, err);
        /* Also after a failure half-way: what was issued by then has its codes here alone. */
        struct base_err unwritten = {0};
        int written = write_slips(run, &unwritten);
        if (written != 0 && rc == 0)
            *err = unwritten;
        rc = rc != 0 ? rc : written;
        run->appended = tool_school_count(school);
    }
    tool_school_close(school);
    return rc;
}

static int read_options(int argc, char **argv, struct run *run)
{
    struct import *im = &run->im;
    const char *lang = cli_option(argc, argv, "--lang");
    const char *from = cli_option(argc, argv, "--from");
    const char *whole;
    run->english = lang != NULL && strcmp(lang, "en") == 0;
    run->json = cli_flag(argc, argv, "--json");
    run->verbose = cli_flag(argc, argv, "--verbose");
    run->dry = cli_flag(argc, argv, "--dry-run");
    im->journal = cli_flag(argc, argv, "--journal");
    im->order = cli_option(argc, argv, "--order");
    im->by_root = cli_option(argc, argv, "--as") == NULL && !run->dry;
    im->now_ms = base_clock_system().now_ms(NULL);
    im->has_from = from != NULL;
    if (lang != NULL && !run->english && strcmp(lang, "ru") != 0)
        return cli_usage("import", "--lang is ru or en");
    if (from != NULL && base_day_parse(from, &im->from) != 0)
        return cli_usage("import", "--from wants a day: 2026-11-25");
    if (im->order != NULL && (im->order[0] == '\0' || strlen(im->order) > 60))
        return cli_usage("import", "--order wants 1 to 60 bytes");
    for (unsigned i = 0; (whole = cli_option_at(argc, argv, "--whole", i)) != NULL; i++) {
        enum import_file file = import_file_named(whole);
        if (file == IMPORT_FILE_COUNT || !import_schemas[file].can_be_whole)
            return cli_usage("import", "--whole knows pupils, parents, group-members, teaching and "
                                       "timetable");
        im->whole[file] = true;
    }
    return CLI_DONE;
}

/* The options are read: goes through with it. */
static int go(int argc, char **argv, struct run *run, struct base_err *err)
{
    struct cli_actor actor = {0};
    const char *as = cli_option(argc, argv, "--as");
    int rc = run->dry ? 0 : cli_actor_unlock(argc, argv, run->dir, &actor, err);
    if (rc == 0)
        rc = read_secret(run, run->im.secret, err);
    memcpy(run->im.signer, actor.account, LEDGER_ID_LEN);
    if (run->dry && as != NULL) /* nothing is unlocked; officers are founded under their logins */
        import_id(&run->im, "account", as, run->im.signer);
    if (rc == 0)
        rc = run->dry ? run_dry(run, err) : run_wet(run, &actor.key, err);
    if (rc == 0)
        rc = tell(run, err);
    cli_actor_wipe(&actor);
    import_release(&run->im);
    base_buf_wipe(&run->slips);
    return rc;
}

int cli_import(int argc, char **argv)
{
    static const char *const known[] = {
        "--as=",     "--password-file=", "--recovery-file=", "--envelope=", "--slips=",
        "--journal", "--lang=",          "--from=",          "--order=",    "--whole=",
        "--json",    "--verbose",        "--dry-run",        NULL};
    struct base_err err = {0};
    struct run run = {0};
    char slips[4096];
    if (!cli_check_options(argc, argv, known))
        return CLI_USAGE;
    run.dir = cli_argument(argc, argv, 0);
    run.im.data = cli_argument(argc, argv, 1);
    run.slips_path = cli_option(argc, argv, "--slips");
    if (run.dir == NULL || run.im.data == NULL)
        return cli_usage("import", "DIR and DATASET are needed");
    if (run.slips_path == NULL) {
        snprintf(slips, sizeof slips, "%s/slips.csv", run.dir);
        run.slips_path = slips;
    }
    int status = read_options(argc, argv, &run);
    if (status != CLI_DONE)
        return status;
    int rc = go(argc, argv, &run, &err);
    sodium_memzero(run.im.secret, sizeof run.im.secret);
    if (rc == BASE_E_USAGE)
        return cli_usage("import", err.text);
    if (rc != 0)
        return cli_fail("import", &err);
    return run.found_problems ? PROBLEMS : CLI_DONE;
}
