/* letopis-audit void, and the comparison for `verify --void`. */
#include "tools/audit/void_set.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "tools/audit/command.h"
#include "tools/audit/run.h"
#include "tools/common/files.h"

#define FILE_LEN_MAX ((size_t)1 << 30)

const char audit_void_help[] =
    "letopis-audit void DIR|URL --vkey VKEY --out FILE [--json] [--cacert FILE] [--quiet]\n"
    "letopis-audit void ENTRIES --out FILE [--json] [--quiet]\n"
    "\n"
    "Verifies the log as `verify` does and writes what does not count, as a JSON list of "
    "position,\n"
    "key, report and reason (covered, ungrounded), in the form of `letopis export --void`.\n"
    "`letopis-audit verify … --void FILE` compares such a file with the log.\n"
    "ENTRIES is a file of `letopis export --events`. Nobody signed for such a file: what is "
    "derived\n"
    "is true of it; its size and root are printed, to be held against a checkpoint.\n"
    "\n"
    "Exit status: 0 everything holds and FILE is written; 1 not; 2 used wrongly.\n";

/* One line of the set, as derived. */
struct derived {
    struct proj_source *source;
    int (*each)(void *data, ledger_seq seq, struct proj_void state, const char *key_hex,
                struct base_err *err);
    void *data;
    struct base_err *err;
    int rc;
};

static bool derive_one(void *data, ledger_seq seq, struct proj_void state)
{
    struct derived *derived = data;
    struct ledger_event event;
    base_time_ms recorded_ms;
    char key[2 * LEDGER_KEY_LEN + 1];
    derived->rc =
        derived->source->event(derived->source->data, seq, &event, &recorded_ms, derived->err);
    if (derived->rc == 0) {
        base_hex(event.key.bytes, LEDGER_KEY_LEN, key);
        derived->rc = derived->each(derived->data, seq, state, key, derived->err);
    }
    return derived->rc == 0;
}

static int derive(struct proj_txn *txn, struct derived *derived)
{
    proj_void_each(txn, derive_one, derived);
    return derived->rc != 0 ? derived->rc : proj_txn_fault(txn, derived->err);
}

static const char *reason_of(struct proj_void state)
{
    return state.reason == PROJ_VOID_COVERED ? "covered" : "ungrounded";
}

/* Writing */

struct writing {
    struct base_buf text;
    uint64_t count;
};

static int put_one(void *data, ledger_seq seq, struct proj_void state, const char *key_hex,
                   struct base_err *err)
{
    struct writing *writing = data;
    base_buf_printf(&writing->text,
                    "%s\n{\"position\": %" PRIu64 ", \"key\": \"%s\", \"report\": %" PRIu64
                    ", \"reason\": \"%s\"}",
                    writing->count++ == 0 ? "" : ",", seq, key_hex, state.cause, reason_of(state));
    return writing->text.failed ? BASE_FAIL(err, BASE_E_MEMORY, "void set") : 0;
}

int audit_void_write(const char *path, struct proj_txn *txn, struct proj_source *source,
                     uint64_t *out_count, struct base_err *err)
{
    struct writing writing = {0};
    struct derived derived = {.source = source, .each = put_one, .data = &writing, .err = err};
    base_buf_put_str(&writing.text, "[");
    int rc = derive(txn, &derived);
    base_buf_put_str(&writing.text, "\n]\n");
    if (rc == 0 && writing.text.failed)
        rc = BASE_FAIL(err, BASE_E_MEMORY, "void set");
    if (rc == 0)
        rc = tool_file_write(path, 0644, base_buf_bytes(&writing.text), err);
    *out_count = writing.count;
    base_buf_release(&writing.text);
    return rc;
}

/* Comparing: the file's list and the derived one, walked side by side. */

struct comparing {
    json_t *list;
    size_t at;
    struct audit_result *result;
};

static void differ(struct comparing *comparing, ledger_seq seq, const char *what)
{
    struct ledger_verify_report *log = &comparing->result->log;
    if (log->finding != LEDGER_FOUND_NOTHING)
        return;
    log->finding = LEDGER_FOUND_INDEX;
    log->seq = seq;
    snprintf(log->detail, sizeof log->detail, "the given void set is another one: %s", what);
}

/* The position of the file's i-th line; LEDGER_SEQ_NONE behind the last. */
static ledger_seq position_at(const struct comparing *comparing, size_t i)
{
    json_t *line = json_array_get(comparing->list, i);
    return line == NULL ? LEDGER_SEQ_NONE
                        : (ledger_seq)json_integer_value(json_object_get(line, "position"));
}

static int compare_one(void *data, ledger_seq seq, struct proj_void state, const char *key_hex,
                       struct base_err *err)
{
    struct comparing *comparing = data;
    (void)err;
    ledger_seq given = position_at(comparing, comparing->at);
    if (given < seq) {
        differ(comparing, given, "it strikes out an entry that counts");
        return 0;
    }
    if (given > seq) {
        differ(comparing, seq, "it lets an entry count that does not");
        return 0;
    }
    json_t *line = json_array_get(comparing->list, comparing->at++);
    if (strcmp(json_string_value(json_object_get(line, "key")), key_hex) != 0)
        differ(comparing, seq, "the entry is by another key");
    else if (strcmp(json_string_value(json_object_get(line, "reason")), reason_of(state)) != 0)
        differ(comparing, seq, "for another reason");
    else if (state.reason == PROJ_VOID_COVERED &&
             (ledger_seq)json_integer_value(json_object_get(line, "report")) != state.cause)
        differ(comparing, seq, "by another report");
    return 0;
}

static bool is_void_set(const json_t *list)
{
    ledger_seq last = 0;
    size_t i;
    json_t *line;
    bool fits = json_is_array(list);
    json_array_foreach(list, i, line)
    {
        json_t *position = json_object_get(line, "position");
        json_t *reason = json_object_get(line, "reason");
        fits = fits && json_is_integer(position) && json_integer_value(position) >= 0 &&
               json_is_integer(json_object_get(line, "report")) &&
               json_is_string(json_object_get(line, "key")) && json_is_string(reason) &&
               (strcmp(json_string_value(reason), "covered") == 0 ||
                strcmp(json_string_value(reason), "ungrounded") == 0) &&
               (i == 0 || (ledger_seq)json_integer_value(position) > last);
        last = (ledger_seq)json_integer_value(position);
    }
    return fits;
}

int audit_void_compare(const char *path, struct proj_txn *txn, struct proj_source *source,
                       struct audit_result *result, struct base_err *err)
{
    struct base_buf BASE_CLEANUP(base_buf_release) text = {0};
    struct comparing comparing = {.result = result};
    struct derived derived = {
        .source = source, .each = compare_one, .data = &comparing, .err = err};
    int rc = tool_file_read(path, FILE_LEN_MAX, &text, err);
    if (rc != 0)
        return rc;
    comparing.list = json_loadb((const char *)text.data, text.len, JSON_REJECT_DUPLICATES, NULL);
    if (!is_void_set(comparing.list))
        rc = BASE_FAIL(err, BASE_E_FORMAT, "%s: not a void set in ascending order", path);
    if (rc == 0)
        rc = derive(txn, &derived);
    if (rc == 0 && position_at(&comparing, comparing.at) != LEDGER_SEQ_NONE)
        differ(&comparing, position_at(&comparing, comparing.at),
               "it strikes out an entry that counts");
    json_decref(comparing.list);
    return rc;
}

/* The command */

struct command {
    struct audit_run run;
    const char *out;
    uint64_t count;
};

static int look(void *data, struct proj_txn *txn, struct proj_source *source,
                struct audit_result *result, struct base_err *err)
{
    struct command *command = data;
    (void)result;
    return audit_void_write(command->out, txn, source, &command->count, err);
}

static int print(void *data, const struct audit_result *result)
{
    const struct command *command = data;
    char cause[400];
    char root[2 * LEDGER_HASH_LEN + 1];
    bool holds = result->log.finding == LEDGER_FOUND_NOTHING;
    base_hex(result->log.root.bytes, LEDGER_HASH_LEN, root);
    if (command->run.json) {
        printf("{\"ok\": %s, \"size\": %" PRIu64 ", \"root\": \"%s\", \"void\": %" PRIu64 "}\n",
               holds ? "true" : "false", result->checkpoint.size, root, command->count);
    } else if (holds) {
        printf("%s: %" PRIu64 " / %" PRIu64 "\n%s\n", command->out, command->count,
               result->checkpoint.size, root);
    } else {
        audit_cause(result, cause, sizeof cause);
        printf("НАРУШЕНО / BROKEN: entry %" PRIu64 ": %s\n", result->log.seq, cause);
    }
    return holds ? AUDIT_HOLDS : AUDIT_BROKEN;
}

int audit_void(int argc, char **argv)
{
    struct command command = {.run = {.look = look, .print = print, .takes_export = true}};
    bool fits = true;
    for (int i = 1; fits && i < argc; i++) {
        if (strcmp(argv[i], "--out") == 0 && i + 1 < argc)
            command.out = argv[++i];
        else if (strncmp(argv[i], "--out=", 6) == 0)
            command.out = argv[i] + 6;
        else
            fits = audit_run_option(&command.run, argc, argv, &i);
    }
    if (!fits || command.out == NULL || command.run.where == NULL) {
        fputs(audit_void_help, stderr);
        return AUDIT_USAGE;
    }
    command.run.data = &command;
    return audit_run(&command.run);
}
