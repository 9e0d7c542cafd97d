/* The commands of `letopis`: one file each under tools/cli/. A command gets its own arguments and
 * returns the exit status: 0 done, 1 refused or failed, 2 used wrongly. */
#pragma once

#include "ledger/base/err.h"

enum { CLI_DONE = 0, CLI_FAILED = 1, CLI_USAGE = 2 };

struct cli_command {
    const char *name;
    const char *arguments; /* after the name, for the summary */
    const char *summary;
    const char *help;                  /* the rest of --help */
    int (*run)(int argc, char **argv); /* argv[0] is the command's name */
};

/* The value of `--name VALUE` or `--name=VALUE`, or NULL. */
const char *cli_option(int argc, char **argv, const char *name);
/* The same for an option that may be given several times: its i-th value, or NULL. */
const char *cli_option_at(int argc, char **argv, const char *name, unsigned i);
bool cli_flag(int argc, char **argv, const char *name);
/* The i-th argument that is neither an option nor an option's value, or NULL. */
const char *cli_argument(int argc, char **argv, unsigned i);
/* Complains about the first unknown option; `known` is a NULL-terminated list, a name ending in '='
 * takes a value. True when all are known. */
bool cli_check_options(int argc, char **argv, const char *const *known);

/* Prints "letopis NAME: text" to standard error and returns CLI_FAILED. */
int cli_fail(const char *name, const struct base_err *err);
int cli_usage(const char *name, const char *text);

/* A line of progress on a terminal, a line every so often elsewhere. `data` is unused. */
void cli_progress(void *data, const char *what, uint64_t done, uint64_t total);

int cli_demo(int argc, char **argv);
int cli_found(int argc, char **argv);
int cli_backup(int argc, char **argv);
int cli_doctor(int argc, char **argv);
int cli_restore(int argc, char **argv);
int cli_receipt(int argc, char **argv);
int cli_status(int argc, char **argv);
int cli_query(int argc, char **argv);
int cli_export(int argc, char **argv);
int cli_breach(int argc, char **argv);
int cli_rebuild(int argc, char **argv);
int cli_kinds(int argc, char **argv);
int cli_submit(int argc, char **argv);
int cli_import(int argc, char **argv);
int cli_recovery(int argc, char **argv);
int cli_invite(int argc, char **argv);
int cli_enrol(int argc, char **argv);
int cli_slips(int argc, char **argv);
int cli_outbox(int argc, char **argv);
int cli_paper(int argc, char **argv);
int cli_erase(int argc, char **argv);
int cli_export_person(int argc, char **argv);
int cli_migrate(int argc, char **argv);
int cli_rekey(int argc, char **argv);
int cli_retention(int argc, char **argv);
int cli_reads(int argc, char **argv);
