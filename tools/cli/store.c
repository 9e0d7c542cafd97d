#include "tools/cli/store.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "net/files.h"
#include "projections/views/files.h"
#include "tools/cli/reading.h"
#include "tools/common/files.h"

#define PATH_LEN 4300u
#define HEX_LEN (2u * LEDGER_HASH_LEN)

static bool digest_of(const char *name, struct ledger_hash *out)
{
    return strlen(name) == HEX_LEN && base_unhex(name, HEX_LEN, out->bytes, LEDGER_HASH_LEN);
}

/* Calls `each` for every file whose name is a digest; what is half written has another name. */
static int each_file(const char *dir,
                     int (*each)(void *data, const struct ledger_hash *digest,
                                 struct base_err *err),
                     void *data, struct base_err *err)
{
    char path[PATH_LEN];
    snprintf(path, sizeof path, "%.4000s/files", dir);
    DIR *folder = opendir(path);
    const struct dirent *entry;
    int rc = 0;
    if (folder == NULL)
        return 0;
    while (rc == 0 && (entry = readdir(folder)) != NULL) {
        struct ledger_hash digest;
        if (digest_of(entry->d_name, &digest))
            rc = each(data, &digest, err);
    }
    closedir(folder);
    return rc;
}

struct copying {
    const char *from, *to;
};

static int copy_one(void *data, const struct ledger_hash *digest, struct base_err *err)
{
    const struct copying *copying = data;
    struct base_buf BASE_CLEANUP(base_buf_release) content = {0};
    char path[PATH_LEN];
    char hex[HEX_LEN + 1];
    int rc = net_files_get(copying->from, digest, &content, err);
    if (rc != 0)
        return rc;
    snprintf(path, sizeof path, "%.4000s/files", copying->to);
    rc = tool_dir_make(path, err);
    base_hex(digest->bytes, LEDGER_HASH_LEN, hex);
    snprintf(path, sizeof path, "%.4000s/files/%s", copying->to, hex);
    return rc == 0 ? tool_file_write(path, 0600, base_buf_bytes(&content), err) : rc;
}

int cli_store_copy(const char *from, const char *to, struct base_err *err)
{
    struct copying copying = {.from = from, .to = to};
    char path[PATH_LEN];
    int rc = each_file(from, copy_one, &copying, err);
    snprintf(path, sizeof path, "%.4000s/files", to);
    return rc == 0 && tool_file_exists(path) ? tool_dir_sync(path, err) : rc;
}

/* What the journal names, sorted, each once. */
struct check {
    const char *dir;
    struct ledger_hash *named;
    size_t count, capacity;
    bool failed;
    struct cli_store_state *state;
};

static void take_named(void *data, const struct proj_file *file)
{
    struct check *check = data;
    if (check->count == check->capacity) {
        size_t capacity = check->capacity == 0 ? 256 : 2 * check->capacity;
        struct ledger_hash *grown = realloc(check->named, capacity * sizeof *grown);
        check->failed |= grown == NULL;
        if (grown == NULL)
            return;
        check->named = grown;
        check->capacity = capacity;
    }
    check->named[check->count++] = file->digest;
}

static int by_bytes(const void *a, const void *b)
{
    return memcmp(a, b, LEDGER_HASH_LEN);
}

static void sort_named(struct check *check)
{
    size_t kept = 0;
    if (check->count == 0)
        return;
    qsort(check->named, check->count, sizeof *check->named, by_bytes);
    for (size_t i = 1; i < check->count; i++) {
        if (!ledger_hash_equal(&check->named[i], &check->named[kept]))
            check->named[++kept] = check->named[i];
    }
    check->count = kept + 1;
}

static void look_at_named(struct check *check)
{
    for (size_t i = 0; i < check->count; i++) {
        struct base_buf BASE_CLEANUP(base_buf_release) content = {0};
        struct base_err err = {0};
        int rc = net_files_get(check->dir, &check->named[i], &content, &err);
        check->state->missing += rc == BASE_E_MISSING;
        check->state->damaged += rc != 0 && rc != BASE_E_MISSING;
        if (rc != 0 && check->state->first[0] == '\0')
            base_hex(check->named[i].bytes, LEDGER_HASH_LEN, check->state->first);
    }
    check->state->wanted = check->count;
}

static int look_at_stored(void *data, const struct ledger_hash *digest, struct base_err *err)
{
    const struct check *check = data;
    (void)err;
    check->state->orphans += check->count == 0 || bsearch(digest, check->named, check->count,
                                                          sizeof *check->named, by_bytes) == NULL;
    return 0;
}

int cli_store_check(const char *dir, struct cli_store_state *out_state, struct base_err *err)
{
    struct base_buf BASE_CLEANUP(base_buf_release) out = {0};
    struct cli_reading reading;
    struct check check = {.dir = dir, .state = out_state};
    *out_state = (struct cli_store_state){0};
    int rc = cli_reading_open(dir, &reading, err);
    if (rc != 0)
        return rc;
    struct proj_view view = {
        .txn = reading.txn, .reader = reading.reader, .operator_reads = true, .out = &out};
    rc = proj_view_begin(&view, err);
    if (rc == 0) {
        proj_each_stored_file(&view, take_named, &check);
        rc = proj_view_end(&view, 0, err);
    }
    cli_reading_close(&reading);
    if (rc == 0 && check.failed)
        rc = BASE_FAIL(err, BASE_E_MEMORY, "store");
    if (rc == 0) {
        sort_named(&check);
        look_at_named(&check);
        rc = each_file(dir, look_at_stored, &check, err);
    }
    free(check.named);
    return rc;
}
