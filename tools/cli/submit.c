/* letopis submit: appends finished submissions, made and signed elsewhere: one, or a batch as POST
 * /api/events takes it (letopis recovery sign writes that). */
#include "tools/cli/actor.h"
#include "tools/common/files.h"

/* One after the other: each may rest on the one before. */
static int send_all(const char *dir, const char *url, struct base_bytes bytes, struct base_err *err)
{
    struct ledger_canon_value array;
    struct ledger_canon_value item;
    int rc = 0;
    if (ledger_canon_check(bytes, &array) != NULL || array.type != LEDGER_CANON_ARRAY ||
        array.count == 0)
        return BASE_FAIL(err, BASE_E_FORMAT, "not a submission");
    if (ledger_canon_at(&array, 0).type != LEDGER_CANON_ARRAY)
        return cli_send_wire(dir, url, bytes, err);
    struct ledger_canon_reader reader = ledger_canon_reader_of(array.bytes);
    while (rc == 0 && ledger_canon_step(&reader, &item))
        rc = cli_send_wire(dir, url, item.raw, err);
    return rc;
}

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
    int rc = tool_file_read(file, (size_t)CLI_REQUEST_EVENT_MAX * LEDGER_SUBMISSION_LEN_MAX, &wire,
                            &err);
    if (rc == 0)
        rc = send_all(dir, cli_option(argc, argv, "--url"), base_buf_bytes(&wire), &err);
    return rc == 0 ? CLI_DONE : cli_fail("submit", &err);
}
