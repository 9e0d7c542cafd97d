/* letopis slips: codes from a file as slips for printing. Whose a code is, the log knows: the code
 * gives the invitation's key, and that the account. */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "net/paper/slips.h"
#include "projections/views/view.h"
#include "tools/cli/reading.h"
#include "tools/common/draft.h"
#include "tools/common/files.h"
#include "tools/common/secrets.h"

#define FILE_LEN_MAX (4u << 20)
#define CODE_TEXT_LEN 19u

struct slips {
    struct net_slip *list;
    unsigned count, capacity;
    struct base_buf held; /* names and codes; the list holds offsets until all are read */
};

static const char *about(unsigned stratum)
{
    return stratum == 1 ? "должностное лицо" : stratum == 2 ? "сотрудник" : "семья";
}

/* "…7K3M-Q9TX-0H2D-WB5E" at a line's end; the sixteen characters to `out`. */
static bool code_of_line(const char *line, size_t len, char out[TOOL_CODE_LEN + 1])
{
    unsigned count = 0;
    if (len < CODE_TEXT_LEN)
        return false;
    const char *text = line + len - CODE_TEXT_LEN;
    for (unsigned i = 0; i < CODE_TEXT_LEN; i++) {
        if (i % 5 == 4 && text[i] != '-')
            return false;
        if (i % 5 != 4 && strchr("0123456789ABCDEFGHJKMNPQRSTVWXYZ", text[i]) == NULL)
            return false;
        if (i % 5 != 4)
            out[count++] = text[i];
    }
    out[count] = '\0';
    return true;
}

static bool grow(struct slips *slips)
{
    if (slips->count < slips->capacity)
        return true;
    unsigned capacity = slips->capacity == 0 ? 64 : 2 * slips->capacity;
    struct net_slip *grown = realloc(slips->list, capacity * sizeof *grown);
    if (grown == NULL)
        return false;
    slips->list = grown;
    slips->capacity = capacity;
    return true;
}

/* Adds the slip of an invitation that is still open; others are told and passed over. */
static int add(struct slips *slips, struct proj_view *view, const struct ledger_hash *log_id,
               const char *code, struct base_err *err)
{
    uint8_t seeds[2][LEDGER_SEED_LEN];
    char name[PROJ_NAME_LEN_MAX] = "";
    struct tool_key key;
    struct proj_actor actor;
    struct proj_account account;
    int rc = tool_code_seeds(code, log_id, seeds[0], seeds[1], err);
    if (rc != 0)
        return rc;
    tool_key_from_seed(&key, seeds[0]);
    sodium_memzero(seeds, sizeof seeds);
    bool open = proj_actor_find(view->txn, &key.key, LEDGER_SEQ_NONE, &actor) &&
                actor.kind == PROJ_KEY_INVITATION &&
                !proj_key_is_retired(view->txn, &actor, LEDGER_SEQ_NONE) &&
                proj_account_find(view->txn, actor.account, LEDGER_SEQ_NONE, &account);
    sodium_memzero(&key, sizeof key);
    if (!open) {
        fprintf(stderr, "letopis slips: a code in the file opens no account (used, or of another "
                        "journal); passed over\n");
        return 0;
    }
    if (!grow(slips))
        return BASE_FAIL(err, BASE_E_MEMORY, "slips");
    proj_view_name(view, account.name, name);
    struct net_slip *slip = &slips->list[slips->count++];
    slip->about = about(account.stratum);
    slip->name = (const char *)(uintptr_t)slips->held.len;
    base_buf_put(&slips->held, name, strlen(name) + 1);
    slip->code = (const char *)(uintptr_t)slips->held.len;
    base_buf_printf(&slips->held, "%.4s-%.4s-%.4s-%.4s", code, code + 4, code + 8, code + 12);
    base_buf_put_u8(&slips->held, 0);
    return slips->held.failed ? BASE_FAIL(err, BASE_E_MEMORY, "slips") : 0;
}

static int read_all(struct slips *slips, struct proj_view *view, const struct ledger_hash *log_id,
                    const char *text, struct base_err *err)
{
    char code[TOOL_CODE_LEN + 1];
    size_t size = strlen(text);
    size_t done = 0;
    int rc = 0;
    while (rc == 0 && done < size) {
        size_t len = strcspn(text + done, "\r\n");
        if (code_of_line(text + done, len, code))
            rc = add(slips, view, log_id, code, err);
        done += len + 1;
        cli_progress(NULL, "листки / slips", done < size ? done : size, size);
    }
    sodium_memzero(code, sizeof code);
    const char *held = (const char *)slips->held.data;
    for (unsigned i = 0; rc == 0 && i < slips->count; i++) {
        slips->list[i].name = held + (uintptr_t)slips->list[i].name;
        slips->list[i].code = held + (uintptr_t)slips->list[i].code;
    }
    if (rc == 0 && slips->count == 0)
        rc = BASE_FAIL(err, BASE_E_MISSING, "no line ends in a code that opens an account");
    return rc;
}

static int run(const char *dir, const char *path, const char *url, const char *out_path,
               struct base_err *err)
{
    struct base_buf BASE_CLEANUP(base_buf_wipe) file = {0};
    struct base_buf BASE_CLEANUP(base_buf_wipe) pdf = {0};
    struct slips slips = {0};
    struct cli_reading reading;
    struct proj_school school = {0};
    struct ledger_hash log_id;
    int rc = tool_file_read(path, FILE_LEN_MAX, &file, err);
    const char *text = rc == 0 ? base_buf_text(&file) : NULL;
    if (rc == 0 && text == NULL)
        rc = BASE_FAIL(err, BASE_E_MEMORY, "%s", path);
    if (rc == 0)
        rc = cli_reading_open(dir, &reading, err);
    if (rc != 0)
        return rc;
    struct proj_view view = {.txn = reading.txn,
                             .reader = reading.reader,
                             .operator_reads = true,
                             .now_ms = base_clock_system().now_ms(NULL)};
    ledger_log_id(reading.log, &log_id);
    (void)proj_school_find(reading.txn, &school);
    rc = read_all(&slips, &view, &log_id, text, err);
    const struct net_slips_options options = {.school = school.name,
                                              .origin = school.origin,
                                              .url = url,
                                              .now_ms = view.now_ms,
                                              .offset_min = school.offset_min};
    if (rc == 0)
        rc = net_slips_make(&options, slips.list, slips.count, &pdf, err);
    if (rc == 0)
        rc = tool_file_write(out_path, 0600, base_buf_bytes(&pdf), err);
    if (rc == 0)
        printf("%s: %u\n", out_path, slips.count);
    cli_reading_close(&reading);
    base_buf_wipe(&slips.held);
    free(slips.list);
    return rc;
}

int cli_slips(int argc, char **argv)
{
    static const char *const known[] = {"--out=", "--url=", NULL};
    struct base_err err = {0};
    if (!cli_check_options(argc, argv, known))
        return CLI_USAGE;
    const char *dir = cli_argument(argc, argv, 0);
    const char *file = cli_argument(argc, argv, 1);
    const char *out = cli_option(argc, argv, "--out");
    if (dir == NULL || file == NULL || out == NULL)
        return cli_usage("slips", "DIR, FILE and --out are needed");
    int rc = run(dir, file, cli_option(argc, argv, "--url"), out, &err);
    return rc == 0 ? CLI_DONE : cli_fail("slips", &err);
}
