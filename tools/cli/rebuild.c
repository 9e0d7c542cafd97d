/* letopis rebuild: throws the projections away and folds the log anew. */
#include "projections/engine.h"
#include "tools/cli/cli.h"

static void on_progress(void *data, uint64_t done, uint64_t total)
{
    cli_progress(data, "свёртка / folding", done, total);
}

int cli_rebuild(int argc, char **argv)
{
    static const char *const known[] = {"--judge", NULL};
    struct base_err err = {0};
    struct proj_engine *engine = NULL;
    struct ledger_log *log = NULL;
    if (!cli_check_options(argc, argv, known))
        return CLI_USAGE;
    const char *dir = cli_argument(argc, argv, 0);
    if (dir == NULL)
        return cli_usage("rebuild", "DIR is needed");
    struct ledger_log_options options = {.dir = dir, .clock = base_clock_system()};
    /* The log's lock tells whether a server is at work, before anything is thrown away. */
    int rc = proj_engine_open_looking(dir, false, &engine, &err);
    if (rc == 0) {
        options.admission = proj_engine_admission(engine);
        rc = ledger_log_open(&options, &log, &err);
    }
    if (rc == 0)
        rc = proj_engine_reset(engine, &err);
    if (rc == 0 && cli_flag(argc, argv, "--judge"))
        proj_engine_judge_all(engine);
    if (rc == 0)
        rc = proj_engine_attach(engine, log, on_progress, NULL, &err);
    ledger_log_close(log);
    proj_engine_close(engine);
    return rc == 0 ? CLI_DONE : cli_fail("rebuild", &err);
}
