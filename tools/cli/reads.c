/* letopis reads: who looked at whose personal data, as the operator of the machine sees it. */
#include <stdio.h>
#include <time.h>

#include "net/reads.h"
#include "projections/views/view.h"
#include "tools/cli/reading.h"

struct listing {
    struct proj_view *view;
    const uint8_t *pupil, *account; /* NULL: everybody's */
};

static bool concerns(const struct listing *listing, const struct net_read *read)
{
    base_day day = base_day_of_time(read->at_ms, listing->view->offset_min);
    if (listing->account != NULL)
        return read->about == NET_READS_ACCOUNT &&
               memcmp(read->subject, listing->account, LEDGER_ID_LEN) == 0;
    if (listing->pupil == NULL)
        return true;
    if (read->about == NET_READS_GROUP)
        return proj_is_member(listing->view->txn, read->subject, listing->pupil, day,
                              LEDGER_SEQ_NONE);
    return read->about == NET_READS_PUPIL &&
           memcmp(read->subject, listing->pupil, LEDGER_ID_LEN) == 0;
}

static bool print_read(void *data, const struct net_read *read)
{
    struct listing *listing = data;
    time_t seconds = (time_t)(read->at_ms / 1000 + (base_time_ms)listing->view->offset_min * 60);
    struct tm t;
    char when[24] = "-";
    char account[2 * LEDGER_ID_LEN + 1];
    char subject[2 * LEDGER_ID_LEN + 1];
    char name[PROJ_NAME_LEN_MAX];
    if (!concerns(listing, read))
        return true;
    if (gmtime_r(&seconds, &t) != NULL)
        strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%S", &t);
    base_hex(read->account, LEDGER_ID_LEN, account);
    base_hex(read->subject, LEDGER_ID_LEN, subject);
    proj_view_account_name(listing->view, read->account, name);
    printf("%s\t%s\t%c\t%s\t%s\t%s\n", when, read->view, (char)read->about,
           read->about == NET_READS_ALL ? "-" : subject, account, name);
    return true;
}

static bool day_option(int argc, char **argv, const char *name, base_day *inout_day)
{
    const char *text = cli_option(argc, argv, name);
    return text == NULL || base_day_parse(text, inout_day) == 0;
}

int cli_reads(int argc, char **argv)
{
    static const char *const known[] = {"--pupil=", "--account=", "--from=", "--to=", NULL};
    uint8_t pupil[LEDGER_ID_LEN];
    uint8_t account[LEDGER_ID_LEN];
    struct cli_reading reading;
    struct base_err err = {0};
    if (!cli_check_options(argc, argv, known))
        return CLI_USAGE;
    const char *dir = cli_argument(argc, argv, 0);
    const char *of_pupil = cli_option(argc, argv, "--pupil");
    const char *of_account = cli_option(argc, argv, "--account");
    if (dir == NULL)
        return cli_usage("reads", "DIR is needed");
    if ((of_pupil != NULL && !cli_hex(of_pupil, pupil, sizeof pupil)) ||
        (of_account != NULL && !cli_hex(of_account, account, sizeof account)))
        return cli_usage("reads", "--pupil and --account are 32 hex digits");
    if (cli_reading_open(dir, &reading, &err) != 0)
        return cli_fail("reads", &err);
    struct proj_view view = {.txn = reading.txn,
                             .reader = reading.reader,
                             .operator_reads = true,
                             .now_ms = base_clock_system().now_ms(NULL)};
    struct listing listing = {.view = &view,
                              .pupil = of_pupil == NULL ? NULL : pupil,
                              .account = of_account == NULL ? NULL : account};
    int rc = proj_view_begin(&view, &err);
    base_day to = base_day_of_time(view.now_ms, view.offset_min);
    base_day from = to - 30;
    bool fits = day_option(argc, argv, "--from", &from) && day_option(argc, argv, "--to", &to);
    if (rc == 0 && fits)
        rc = net_reads_walk(dir, from, to, print_read, &listing, &err);
    cli_reading_close(&reading);
    if (!fits)
        return cli_usage("reads", "--from and --to are dates like 2026-09-01");
    return rc == 0 ? CLI_DONE : cli_fail("reads", &err);
}
