/* letopis status: what a log is, as lines NAME=VALUE that a shell can read. */
#include <stdio.h>

#include "ledger/log.h"
#include "net/alarms.h"
#include "tools/cli/cli.h"

int cli_status(int argc, char **argv)
{
    static const char *const known[] = {NULL};
    struct base_err err = {0};
    struct ledger_log *log = NULL;
    struct ledger_head head;
    struct ledger_hash id;
    char root_hex[65];
    char id_hex[65];
    if (!cli_check_options(argc, argv, known))
        return CLI_USAGE;
    const char *dir = cli_argument(argc, argv, 0);
    if (dir == NULL)
        return cli_usage("status", "DIR is needed");
    const struct ledger_log_options options = {.dir = dir, .clock = base_clock_system()};
    if (ledger_log_open(&options, &log, &err) != 0)
        return cli_fail("status", &err);
    ledger_log_head(log, &head);
    ledger_log_id(log, &id);
    base_hex(head.root.bytes, LEDGER_HASH_LEN, root_hex);
    base_hex(id.bytes, LEDGER_HASH_LEN, id_hex);
    printf("LETOPIS_ORIGIN=%s\nLETOPIS_VKEY=%s\nLETOPIS_LOG_ID=%s\nLETOPIS_SIZE=%llu\n"
           "LETOPIS_ROOT=%s\nLETOPIS_RECORDED=%lld\nLETOPIS_ERASURE_PENDING=%d\n"
           "LETOPIS_ALARMED=%d\n",
           ledger_log_origin(log), ledger_log_vkey(log), id_hex, (unsigned long long)head.size,
           root_hex, (long long)head.recorded_ms, ledger_log_erasure_pending(log),
           net_alarms_stand(dir));
    ledger_log_close(log);
    return CLI_DONE;
}
