/* letopis migrate: a log of an older layout becomes one of this program's, by way of a verified
 * copy. */
#include "ledger/migrate.h"

#include <inttypes.h>
#include <stdio.h>

#include "tools/cli/cli.h"

static void on_progress(void *data, enum ledger_migrate_stage stage, uint64_t done, uint64_t total)
{
    static const char *const words[] = {"копирование / copying", "перестройка / rebuilding",
                                        "проверка копии / verifying the copy"};
    cli_progress(data, words[stage], done, total);
}

int cli_migrate(int argc, char **argv)
{
    static const char *const known[] = {NULL};
    struct ledger_migration done;
    struct base_err err = {0};
    char hex[2 * LEDGER_HASH_LEN + 1];
    if (!cli_check_options(argc, argv, known))
        return CLI_USAGE;
    const struct ledger_migrate_options options = {.dir = cli_argument(argc, argv, 0),
                                                   .progress = on_progress};
    if (options.dir == NULL)
        return cli_usage("migrate", "DIR is needed");
    if (ledger_migrate(&options, &done, &err) != 0)
        return cli_fail("migrate", &err);
    base_hex(done.head.root.bytes, LEDGER_HASH_LEN, hex);
    if (done.from == done.to)
        printf("делать нечего / nothing to do: layout %u\n", done.to);
    else
        printf("журнал перестроен и проверен / log migrated and verified: layout %u → %u\n",
               done.from, done.to);
    printf("LETOPIS_SIZE=%" PRIu64 "\nLETOPIS_ROOT=%s\n", done.head.size, hex);
    return CLI_DONE;
}
