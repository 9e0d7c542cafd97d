/* letopis export-person: everything that the log holds about one person (right of access), as the
 * operator of the machine gives it out. */
#include <stdio.h>

#include "net/json.h"
#include "projections/views/view.h"
#include "tools/cli/reading.h"

int cli_export_person(int argc, char **argv)
{
    static const char *const known[] = {"--pupil=", "--account=", NULL};
    struct base_buf BASE_CLEANUP(base_buf_wipe) packed = {0};
    struct base_buf BASE_CLEANUP(base_buf_wipe) json = {0};
    struct cli_reading reading;
    struct base_err err = {0};
    uint8_t subject[LEDGER_ID_LEN];
    if (!cli_check_options(argc, argv, known))
        return CLI_USAGE;
    const char *dir = cli_argument(argc, argv, 0);
    const char *of_pupil = cli_option(argc, argv, "--pupil");
    const char *of_account = cli_option(argc, argv, "--account");
    if (dir == NULL || (of_pupil == NULL) == (of_account == NULL))
        return cli_usage("export-person", "DIR and one of --pupil and --account are needed");
    if (!cli_hex(of_pupil != NULL ? of_pupil : of_account, subject, sizeof subject))
        return cli_usage("export-person", "--pupil and --account are 32 hex digits");
    if (cli_reading_open(dir, &reading, &err) != 0)
        return cli_fail("export-person", &err);
    struct proj_view view = {.txn = reading.txn,
                             .reader = reading.reader,
                             .operator_reads = true,
                             .now_ms = base_clock_system().now_ms(NULL),
                             .out = &packed};
    int answer = PROJ_VIEW_DONE;
    int rc = proj_view_begin(&view, &err);
    if (rc == 0) {
        answer = proj_view_person(&view, subject);
        rc = proj_view_end(&view, answer, &err);
    }
    if (rc == 0 && answer == PROJ_VIEW_MISSING)
        rc = BASE_FAIL(&err, BASE_E_MISSING, "there is no such pupil or account");
    if (rc == 0)
        rc = net_json_from_msgpack(base_buf_bytes(&packed), &json, &err);
    if (rc == 0)
        printf("%.*s\n", (int)json.len, (const char *)json.data);
    cli_reading_close(&reading);
    return rc == 0 ? CLI_DONE : cli_fail("export-person", &err);
}
