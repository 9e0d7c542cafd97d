/* What the commands share that replay a whole log: where it is, the watching process, the faults.
 */
#pragma once

#include "tools/audit/audit.h"

#define AUDIT_KNOWN_COUNT_MAX 16u
#define AUDIT_FORMER_COUNT_MAX 16u

struct audit_run {
    const char *where, *vkey, *cacert;
    bool json, quiet;
    const char *state, *state_key, *policy; /* folder, file, file; NULL: none */
    bool reference;
    const char *known[AUDIT_KNOWN_COUNT_MAX]; /* files of checkpoints kept from earlier */
    unsigned known_count;
    const char *former[AUDIT_FORMER_COUNT_MAX]; /* verifier keys that the log had before */
    unsigned former_count;
    bool takes_export; /* WHERE may also be a file of entries, which needs no --vkey */
    /* Run in the child; see audit_options. `event` and `look` may be NULL. */
    void (*event)(void *data, ledger_seq seq, const struct ledger_event *event);
    int (*look)(void *data, struct proj_txn *txn, struct proj_source *source,
                struct audit_result *result, struct base_err *err);
    /* Prints the outcome and gives the exit status. */
    int (*print)(void *data, const struct audit_result *result);
    void *data;
};

/* Takes the argument at `*i` when it is one of these: WHERE, --vkey, --cacert, --json, --quiet,
 * --reference, --checkpoint, --former, --policy, --state, --state-key. */
bool audit_run_option(struct audit_run *run, int argc, char **argv, int *i);
/* The whole audit; returns the exit status. */
int audit_run(const struct audit_run *run);

/* What is broken, in words. */
void audit_cause(const struct audit_result *result, char *out, size_t size);
/* A JSON string to standard output. */
void audit_put_json_text(const char *text);
