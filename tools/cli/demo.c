/* letopis demo: founds the demonstration school and lives its first quarter. */
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ledger/base/clock.h"
#include "tools/cli/cli.h"
#include "tools/common/files.h"
#include "tools/demo/logins.h"
#include "tools/demo/world.h"

#define DEMO_ORIGIN "school-2.example/letopis"

static int play(const char *dir, const char *data, const char *origin, bool with_incident,
                bool with_logins, struct base_err *err)
{
    struct tool_school *school = NULL;
    struct demo demo;
    const struct tool_school_options options = {
        .dir = dir, .origin = origin, .create = true, .own_clock = true};
    int rc = tool_school_open(&options, &school, err);
    if (rc != 0)
        return rc;
    demo_init(&demo, school, data);
    demo.progress = cli_progress;
    rc = demo_found(&demo, origin, err);
    if (rc == 0)
        rc = demo_set_up(&demo, err);
    if (rc == 0)
        rc = demo_quarter(&demo, with_incident, err);
    if (rc == 0 && with_logins)
        rc = demo_write_logins(&demo, dir, err);
    if (rc == 0)
        fprintf(stderr, "%llu записей / entries\n", (unsigned long long)tool_school_count(school));
    demo_release(&demo);
    tool_school_close(school);
    return rc;
}

int cli_demo(int argc, char **argv)
{
    static const char *const known[] = {"--data=", "--origin=", "--no-incident", "--no-logins",
                                        NULL};
    struct base_err err = {0};
    char log_dir[4096];
    if (!cli_check_options(argc, argv, known))
        return CLI_USAGE;
    const char *dir = cli_argument(argc, argv, 0);
    const char *data = cli_option(argc, argv, "--data");
    const char *origin = cli_option(argc, argv, "--origin");
    if (dir == NULL || data == NULL)
        return cli_usage("demo", "DIR and --data are needed");
    snprintf(log_dir, sizeof log_dir, "%s/log", dir);
    if (tool_file_exists(log_dir)) {
        fprintf(stderr, "letopis demo: %s holds a log already; nothing is written over\n", dir);
        return CLI_FAILED;
    }
    int rc =
        play(dir, data, origin == NULL ? DEMO_ORIGIN : origin,
             !cli_flag(argc, argv, "--no-incident"), !cli_flag(argc, argv, "--no-logins"), &err);
    return rc == 0 ? CLI_DONE : cli_fail("demo", &err);
}
