/* letopis paper: extracts, journals and summary sheets as PDF, as the operator sees them (CT-2c,
 * ST-12). Prints the log size and the digest that stand on the paper, so that one that somebody
 * brings back can be compared. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "net/paper/extract.h"
#include "net/paper/journal.h"
#include "tools/cli/reading.h"
#include "tools/common/files.h"

struct request {
    int argc;
    char **argv;
    struct proj_view *view;
    base_day from, to;
    struct base_buf pdf;
    struct ledger_hash digest;
    bool has_digest;
};

static bool id_option(const struct request *request, const char *name, proj_id out)
{
    return cli_hex(cli_option(request->argc, request->argv, name), out, LEDGER_ID_LEN);
}

static int make_extract(struct request *request, struct base_err *err)
{
    proj_id id;
    request->has_digest = true;
    if (id_option(request, "--pupil", id))
        return net_extract_make(request->view, id, request->from, request->to, &request->pdf,
                                &request->digest, err);
    request->has_digest = false;
    if (id_option(request, "--group", id))
        return net_extract_make_class(request->view, id, request->from, request->to, &request->pdf,
                                      err);
    return BASE_FAIL(err, BASE_E_USAGE, "--pupil or --group is needed");
}

static int make_journal(struct request *request, struct base_err *err)
{
    proj_id group;
    proj_id subject;
    request->has_digest = true;
    if (!id_option(request, "--group", group) || !id_option(request, "--subject", subject))
        return BASE_FAIL(err, BASE_E_USAGE, "--group and --subject are needed");
    return net_journal_make(request->view, group, subject, request->from, request->to,
                            &request->pdf, &request->digest, err);
}

static int make_sheet(struct request *request, struct base_err *err)
{
    proj_id group;
    request->has_digest = true;
    if (!id_option(request, "--group", group))
        return BASE_FAIL(err, BASE_E_USAGE, "--group is needed");
    return net_sheet_make(request->view, group, &request->pdf, &request->digest, err);
}

static const struct {
    const char *name;
    int (*make)(struct request *request, struct base_err *err);
    bool has_days;
} papers[] = {
    {"extract", make_extract, true}, {"journal", make_journal, true}, {"sheet", make_sheet, false}};

static int read_days(struct request *request, struct base_err *err)
{
    const char *from = cli_option(request->argc, request->argv, "--from");
    const char *to = cli_option(request->argc, request->argv, "--to");
    if (from == NULL || to == NULL || base_day_parse(from, &request->from) != 0 ||
        base_day_parse(to, &request->to) != 0 || request->to < request->from ||
        request->to - request->from > NET_EXTRACT_DAYS_MAX)
        return BASE_FAIL(err, BASE_E_USAGE, "--from and --to want dates, 400 days apart at most");
    return 0;
}

static int travel(struct request *request, struct base_err *err)
{
    const char *text = cli_option(request->argc, request->argv, "--at");
    char *end = NULL;
    if (text == NULL)
        return 0;
    unsigned long long size = strtoull(text, &end, 10);
    if (*text < '0' || *text > '9' || *end != '\0' ||
        proj_view_travel(request->view, size, size) != PROJ_VIEW_DONE)
        return BASE_FAIL(err, BASE_E_USAGE, "--at wants a size that the log has had");
    return 0;
}

static int make(struct request *request, const char *what, const char *out_path,
                struct base_err *err)
{
    char hex[2 * LEDGER_HASH_LEN + 1];
    size_t i = 0;
    while (i < sizeof papers / sizeof papers[0] && strcmp(papers[i].name, what) != 0)
        i++;
    if (i == sizeof papers / sizeof papers[0])
        return BASE_FAIL(err, BASE_E_USAGE, "PAPER is extract, journal or sheet");
    int rc = papers[i].has_days ? read_days(request, err) : 0;
    if (rc == 0)
        rc = travel(request, err);
    if (rc == 0)
        rc = papers[i].make(request, err);
    ledger_seq size = proj_view_size(request->view);
    proj_view_return(request->view);
    if (rc > 0)
        return BASE_FAIL(err, BASE_E_MISSING, "%s: there is no such thing", what);
    if (rc == 0)
        rc = tool_file_write(out_path, 0600, base_buf_bytes(&request->pdf), err);
    if (rc != 0)
        return rc;
    base_hex(request->digest.bytes, LEDGER_HASH_LEN, hex);
    printf("size %" PRIu64 "\n", size);
    if (request->has_digest)
        printf("digest %s\n", hex);
    return 0;
}

int cli_paper(int argc, char **argv)
{
    static const char *const known[] = {
        "--pupil=", "--group=", "--subject=", "--from=", "--to=", "--at=", "--out=", NULL};
    struct base_err err = {0};
    struct cli_reading reading;
    if (!cli_check_options(argc, argv, known))
        return CLI_USAGE;
    const char *dir = cli_argument(argc, argv, 0);
    const char *what = cli_argument(argc, argv, 1);
    const char *out = cli_option(argc, argv, "--out");
    if (dir == NULL || what == NULL || out == NULL)
        return cli_usage("paper", "DIR, PAPER and --out are needed");
    if (cli_reading_open(dir, &reading, &err) != 0)
        return cli_fail("paper", &err);
    struct proj_view view = {.txn = reading.txn,
                             .reader = reading.reader,
                             .operator_reads = true,
                             .now_ms = base_clock_system().now_ms(NULL)};
    struct request request = {.argc = argc, .argv = argv, .view = &view};
    int rc = proj_view_begin(&view, &err);
    if (rc == 0)
        rc = make(&request, what, out, &err);
    base_buf_wipe(&request.pdf);
    cli_reading_close(&reading);
    if (rc == BASE_E_USAGE)
        return cli_usage("paper", err.text);
    return rc == 0 ? CLI_DONE : cli_fail("paper", &err);
}
