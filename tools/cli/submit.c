/* letopis submit: appends a finished submission, made and signed elsewhere. */
#include "tools/cli/actor.h"
#include "tools/common/files.h"

int cli_submit(int argc, char **argv)
{
    static const char *const known[] = {"--url=", NULL};
    struct base_err err = {0};
    struct base_buf BASE_CLEANUP(base_buf_wipe) wire = {0};
    if (!cli_check_options(argc, argv, known))
        return CLI_USAGE;
    const char *dir = cli_argument(argc, argv, 0);
    const char *file = cli_argument(argc, argv, 1);
    if (dir == NULL || file == NULL)
        return cli_usage("submit", "DIR and FILE are needed");
    int rc = tool_file_read(file, LEDGER_SUBMISSION_LEN_MAX, &wire, &err);
    if (rc == 0)
        rc = cli_send_wire(dir, cli_option(argc, argv, "--url"), base_buf_bytes(&wire), &err);
    return rc == 0 ? CLI_DONE : cli_fail("submit", &err);
}
