/* letopis import: a school's set-up, and with --journal its old records, from CSV files, into a log
 * that is in use. Recorded now, signed by one officer; the old times are the claimed ones. */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "tools/cli/actor.h"
#include "tools/common/files.h"
#include "tools/demo/world.h"

#define SLIPS_LEN_MAX (16u << 20)

static int read_secret(const char *dir, uint8_t out[32], struct base_err *err)
{
    struct base_buf BASE_CLEANUP(base_buf_wipe) bytes = {0};
    char path[4096];
    snprintf(path, sizeof path, "%s/import.key", dir);
    int rc = tool_file_read(path, 64, &bytes, err);
    if (rc == BASE_E_MISSING) {
        randombytes_buf(out, 32);
        return tool_file_write(path, 0600, base_bytes_of(out, 32), err);
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
    const size_t head = strlen(DEMO_SLIPS_HEAD);
    if (!tool_file_exists(path))
        return 0;
    int rc = tool_file_read(path, SLIPS_LEN_MAX, out, err);
    if (rc == 0 && (out->len < head || memcmp(out->data, DEMO_SLIPS_HEAD, head) != 0))
        rc =
            BASE_FAIL(err, BASE_E_STATE,
                      "%s: exists and holds no slips; it is not written over: give --slips another "
                      "file",
                      path);
    return rc;
}

/* The codes of an earlier import are nowhere else: they stay, and new ones follow. */
static int write_slips(const struct demo *demo, const char *path, struct base_err *err)
{
    struct base_buf BASE_CLEANUP(base_buf_wipe) all = {0};
    struct base_bytes fresh = base_buf_bytes(&demo->slips);
    int rc = read_slips(path, &all, err);
    if (rc != 0)
        return rc;
    size_t head = all.len > 0 ? strlen(DEMO_SLIPS_HEAD) : 0;
    if (!demo->slips.failed)
        base_buf_put_bytes(&all, base_bytes_of(fresh.data + head, fresh.len - head));
    if (all.failed || demo->slips.failed)
        return BASE_FAIL(err, BASE_E_MEMORY, "slips");
    return tool_file_write(path, 0600, base_buf_bytes(&all), err);
}

/* Asked before anything is signed. */
static int check_slips(const char *path, struct base_err *err)
{
    struct base_buf BASE_CLEANUP(base_buf_wipe) there = {0};
    return read_slips(path, &there, err);
}

static int run(const char *dir, const char *data, const char *slips, bool journal,
               struct cli_actor *actor, struct base_err *err)
{
    const struct tool_school_options options = {.dir = dir, .skip_existing = true};
    struct tool_school *school = NULL;
    struct demo *demo = calloc(1, sizeof *demo);
    uint8_t secret[32];
    int rc = demo == NULL ? BASE_FAIL(err, BASE_E_MEMORY, "import") : read_secret(dir, secret, err);
    if (rc == 0)
        rc = check_slips(slips, err);
    if (rc == 0)
        rc = tool_school_open(&options, &school, err);
    if (rc == 0) {
        demo_init_real(demo, school, data, secret, &actor->key);
        demo->progress = cli_progress;
        rc = demo_know_staff(demo, err);
        if (rc == 0)
            rc = demo_set_up(demo, err);
        if (rc == 0 && journal)
            rc = demo_quarter(demo, false, err);
        /* Also after a failure half-way: what was issued by then has its codes here alone. */
        struct base_err unwritten = {0};
        int written = write_slips(demo, slips, &unwritten);
        if (written != 0 && rc == 0)
            *err = unwritten;
        rc = rc != 0 ? rc : written;
        if (rc == 0)
            printf("%llu entries appended, %llu existed already\n",
                   (unsigned long long)tool_school_count(school),
                   (unsigned long long)tool_school_skipped(school));
        demo_release(demo);
    }
    sodium_memzero(secret, sizeof secret);
    tool_school_close(school);
    free(demo);
    return rc;
}

int cli_import(int argc, char **argv)
{
    static const char *const known[] = {
        "--as=", "--password-file=", "--recovery-file=", "--envelope=", "--slips=", "--journal",
        NULL};
    struct base_err err = {0};
    struct cli_actor actor = {0};
    char slips[4096];
    if (!cli_check_options(argc, argv, known))
        return CLI_USAGE;
    const char *dir = cli_argument(argc, argv, 0);
    const char *data = cli_argument(argc, argv, 1);
    const char *slips_option = cli_option(argc, argv, "--slips");
    if (dir == NULL || data == NULL)
        return cli_usage("import", "DIR and DATASET are needed");
    snprintf(slips, sizeof slips, "%s/slips.csv", dir);
    int rc = cli_actor_unlock(argc, argv, dir, &actor, &err);
    if (rc == BASE_E_USAGE)
        return cli_usage("import", err.text);
    if (rc == 0)
        rc = run(dir, data, slips_option == NULL ? slips : slips_option,
                 cli_flag(argc, argv, "--journal"), &actor, &err);
    cli_actor_wipe(&actor);
    return rc == 0 ? CLI_DONE : cli_fail("import", &err);
}
