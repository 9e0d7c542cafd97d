/* letopis-audit: checks a log without trusting the server that keeps it. Commands are a table; each
 * has its own file in tools/audit/. */
#include <curl/curl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "tools/audit/command.h"

static const struct audit_command commands[] = {
    {"receipt", "check a kept receipt, offline", audit_receipt_help, audit_receipt},
    {"verify", "verify a whole log, replaying every admission", audit_verify_help, audit_verify},
    {"reports", "each breach report with its time line, and signs of misuse", audit_reports_help,
     audit_reports},
    {"void", "write what does not count, derived from the log alone", audit_void_help, audit_void},
    {"witness", "cosign the checkpoints of logs: a server", audit_witness_help, audit_witness},
};
#define COMMAND_COUNT (sizeof commands / sizeof commands[0])

static void print_summary(FILE *out)
{
    fprintf(out, "letopis-audit COMMAND …: check a log without trusting who keeps it\n\n");
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        fprintf(out, "  %-10s %s\n", commands[i].name, commands[i].summary);
    fprintf(out, "\nletopis-audit COMMAND --help tells more. Exit status: 0 everything holds, 1 "
                 "something does\nnot, 2 used wrongly.\n");
}

static bool wants_help(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], "--help") == 0)
            return true;
    return false;
}

int main(int argc, char **argv)
{
    if (argc >= 2 && strcmp(argv[1], "--help") == 0) {
        print_summary(stdout);
        return AUDIT_HOLDS;
    }
    for (size_t i = 0; argc >= 2 && i < COMMAND_COUNT; i++) {
        if (strcmp(commands[i].name, argv[1]) != 0)
            continue;
        if (wants_help(argc - 1, argv + 1)) {
            fputs(commands[i].help, stdout);
            return AUDIT_HOLDS;
        }
        if (sodium_init() < 0 || curl_global_init(CURL_GLOBAL_DEFAULT) != 0) {
            fprintf(stderr, "letopis-audit: libraries do not start\n");
            return AUDIT_BROKEN;
        }
        int status = commands[i].run(argc - 1, argv + 1);
        curl_global_cleanup();
        return status;
    }
    if (argc >= 2)
        fprintf(stderr, "letopis-audit: no command \"%s\"\n\n", argv[1]);
    print_summary(stderr);
    return AUDIT_USAGE;
}
