/* The commands of `letopis-audit`: one file each in this folder. A command gets its own arguments
 * and returns the exit status: 0 everything holds, 1 something does not (or could not be done),
 * 2 used wrongly. */
#pragma once

#include <stdbool.h>

enum { AUDIT_HOLDS = 0, AUDIT_BROKEN = 1, AUDIT_USAGE = 2 };

struct audit_command {
    const char *name;
    const char *summary;
    const char *help;                  /* whole text of --help */
    int (*run)(int argc, char **argv); /* argv[0] is the command's name */
};

extern const char audit_receipt_help[];
int audit_receipt(int argc, char **argv);
extern const char audit_verify_help[];
int audit_verify(int argc, char **argv);
extern const char audit_witness_help[];
int audit_witness(int argc, char **argv);
extern const char audit_reports_help[];
int audit_reports(int argc, char **argv);
extern const char audit_void_help[];
int audit_void(int argc, char **argv);
