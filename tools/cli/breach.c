/* letopis breach: preview, report, confirm receipt, overrule (specs/invalidation.md). */
#include <stdio.h>
#include <stdlib.h>

#include "net/json.h"
#include "net/paper/act.h"
#include "projections/views/view.h"
#include "projections/voiding.h"
#include "tools/cli/actor.h"
#include "tools/cli/reading.h"
#include "tools/cli/reaffirm.h"
#include "tools/common/files.h"

struct breach {
    int argc;
    char **argv;
    const char *dir, *url;
};

static int time_option(const struct breach *b, const char *name, base_time_ms *out,
                       struct base_err *err)
{
    const char *text = cli_option(b->argc, b->argv, name);
    if (text == NULL || base_time_parse(text, out) != 0)
        return BASE_FAIL(err, BASE_E_USAGE, "%s needs a time such as 2026-10-12T18:40:00+03:00",
                         name);
    return 0;
}

static int target_option(const struct breach *b, struct ledger_key *out, struct base_err *err)
{
    return cli_hex(cli_option(b->argc, b->argv, "--target"), out->bytes, LEDGER_KEY_LEN)
               ? 0
               : BASE_FAIL(err, BASE_E_USAGE, "--target needs a key: 64 hex digits");
}

static int preview(const struct breach *b, struct base_err *err)
{
    struct base_buf BASE_CLEANUP(base_buf_release) packed = {0};
    struct base_buf BASE_CLEANUP(base_buf_release) json = {0};
    struct cli_reading reading;
    struct ledger_key target;
    base_time_ms breach_ms = 0;
    int rc = target_option(b, &target, err);
    if (rc == 0)
        rc = time_option(b, "--breach", &breach_ms, err);
    if (rc == 0)
        rc = cli_reading_open(b->dir, &reading, err);
    if (rc != 0)
        return rc;
    struct proj_view view = {.txn = reading.txn,
                             .reader = reading.reader,
                             .operator_reads = true,
                             .now_ms = base_clock_system().now_ms(NULL),
                             .out = &packed};
    rc = proj_view_begin(&view, err);
    if (rc == 0)
        rc = proj_view_end(&view, proj_view_preview(&view, &target, breach_ms), err);
    if (rc > 0)
        rc = BASE_FAIL(err, BASE_E_MISSING, "no such key");
    if (rc == 0)
        rc = net_json_from_msgpack(base_buf_bytes(&packed), &json, err);
    if (rc == 0)
        printf("%.*s\n", (int)json.len, (const char *)json.data);
    cli_reading_close(&reading);
    return rc;
}

/* What a report signs besides what people say: cut, size, count and digest, from the log. */
struct facts {
    uint8_t account[LEDGER_ID_LEN];
    uint64_t count;
    ledger_seq cut, size;
    struct ledger_hash digest;
};

static int find_facts(const struct breach *b, const struct ledger_key *target,
                      base_time_ms breach_ms, struct facts *out, struct base_err *err)
{
    struct cli_reading reading;
    struct proj_fact fact;
    struct proj_key_fact key_fact;
    struct proj_key key = proj_key_key(target);
    int rc = cli_reading_open(b->dir, &reading, err);
    if (rc != 0)
        return rc;
    struct proj_source source = proj_source_of_reader(reading.reader);
    if (!proj_fact_get_any(reading.txn, &key, LEDGER_SEQ_NONE, &fact) ||
        fact.value.len != sizeof key_fact) {
        rc = BASE_FAIL(err, BASE_E_MISSING, "no such key");
    } else {
        memcpy(&key_fact, fact.value.data, sizeof key_fact);
        memcpy(out->account, key_fact.account, LEDGER_ID_LEN);
        out->size = proj_txn_next(reading.txn);
        out->cut = proj_cut_at(reading.txn, &source, out->size, breach_ms);
        proj_covered(reading.txn, &source, target, out->cut, out->size, &out->count, &out->digest,
                     NULL, NULL);
        rc = proj_txn_fault(reading.txn, err);
    }
    cli_reading_close(&reading);
    return rc;
}

static int report(const struct breach *b, struct base_err *err)
{
    struct tool_draft draft = {0};
    struct cli_actor actor = {0};
    struct ledger_key target;
    struct facts facts;
    base_time_ms breach_ms = 0;
    base_time_ms learned_ms = 0;
    const char *reason = cli_option(b->argc, b->argv, "--reason");
    int rc = target_option(b, &target, err);
    if (rc == 0)
        rc = time_option(b, "--breach", &breach_ms, err);
    if (rc == 0)
        rc = time_option(b, "--learned", &learned_ms, err);
    if (rc == 0)
        rc = find_facts(b, &target, breach_ms, &facts, err);
    if (rc == 0)
        rc = cli_actor_unlock(b->argc, b->argv, b->dir, &actor, err);
    if (rc == 0) {
        tool_draft_begin(&draft, "breach.reported", 9);
        tool_draft_id(&draft, "account", facts.account);
        tool_draft_int(&draft, "breach", breach_ms);
        tool_draft_int(&draft, "count", (int64_t)facts.count);
        tool_draft_int(&draft, "cut", (int64_t)facts.cut);
        tool_draft_bin(&draft, "digest", facts.digest.bytes, LEDGER_HASH_LEN);
        tool_draft_int(&draft, "learned", learned_ms);
        ledger_canon_put_str(&draft.body, "reason");
        tool_draft_seal_text(&draft, "reason", reason == NULL ? "" : reason);
        tool_draft_int(&draft, "size", (int64_t)facts.size);
        tool_draft_bin(&draft, "target", target.bytes, LEDGER_KEY_LEN);
        rc = cli_send(b->dir, b->url, &draft, &actor, err);
    }
    cli_actor_wipe(&actor);
    tool_draft_release(&draft);
    return rc;
}

static int find_report(const struct breach *b, struct proj_report *out, struct base_err *err)
{
    const char *text = cli_option(b->argc, b->argv, "--report");
    struct cli_reading reading;
    struct proj_fact fact;
    if (text == NULL)
        return BASE_FAIL(err, BASE_E_USAGE, "--report needs the report's position");
    struct proj_key key = proj_key_numbered('X', strtoull(text, NULL, 10));
    int rc = cli_reading_open(b->dir, &reading, err);
    if (rc != 0)
        return rc;
    if (proj_fact_get_any(reading.txn, &key, LEDGER_SEQ_NONE, &fact) &&
        fact.value.len == sizeof *out)
        memcpy(out, fact.value.data, sizeof *out);
    else
        rc = BASE_FAIL(err, BASE_E_MISSING, "no report at position %s", text);
    cli_reading_close(&reading);
    return rc;
}

static int capacity_of(const struct breach *b, unsigned *out, struct base_err *err)
{
    static const char *const names[] = {"", "head", "deputy", "support"};
    const char *text = cli_option(b->argc, b->argv, "--capacity");
    for (*out = 1; text != NULL && *out <= 3; (*out)++) {
        if (strcmp(names[*out], text) == 0)
            return 0;
    }
    return BASE_FAIL(err, BASE_E_USAGE, "--capacity needs head, deputy or support");
}

static int receive(const struct breach *b, struct base_err *err)
{
    struct tool_draft draft = {0};
    struct cli_actor actor = {0};
    struct proj_report found;
    base_time_ms told_ms = 0;
    unsigned capacity = 0;
    int rc = find_report(b, &found, err);
    if (rc == 0)
        rc = time_option(b, "--told", &told_ms, err);
    if (rc == 0)
        rc = capacity_of(b, &capacity, err);
    if (rc == 0)
        rc = cli_actor_unlock(b->argc, b->argv, b->dir, &actor, err);
    if (rc == 0) {
        tool_draft_begin(&draft, "breach.received", 5);
        tool_draft_int(&draft, "capacity", capacity);
        tool_draft_int(&draft, "cut", (int64_t)found.cut);
        tool_draft_bin(&draft, "digest", found.digest.bytes, LEDGER_HASH_LEN);
        tool_draft_bin(&draft, "report", found.id.bytes, LEDGER_HASH_LEN);
        tool_draft_int(&draft, "told", told_ms);
        rc = cli_send(b->dir, b->url, &draft, &actor, err);
    }
    cli_actor_wipe(&actor);
    tool_draft_release(&draft);
    return rc;
}

static int overrule(const struct breach *b, struct base_err *err)
{
    struct tool_draft draft = {0};
    struct cli_actor actor = {0};
    struct proj_report found;
    const char *reason = cli_option(b->argc, b->argv, "--reason");
    int rc = find_report(b, &found, err);
    if (rc == 0)
        rc = cli_actor_unlock(b->argc, b->argv, b->dir, &actor, err);
    if (rc == 0) {
        tool_draft_begin(&draft, "breach.overruled", 3);
        tool_draft_id(&draft, "account", found.account);
        ledger_canon_put_str(&draft.body, "reason");
        tool_draft_seal_text(&draft, "reason", reason == NULL ? "" : reason);
        tool_draft_bin(&draft, "report", found.id.bytes, LEDGER_HASH_LEN);
        rc = cli_send(b->dir, b->url, &draft, &actor, err);
    }
    cli_actor_wipe(&actor);
    tool_draft_release(&draft);
    return rc;
}

static int act(const struct breach *b, struct base_err *err)
{
    struct base_buf BASE_CLEANUP(base_buf_wipe) pdf = {0};
    struct base_buf BASE_CLEANUP(base_buf_release) note = {0};
    struct cli_reading reading;
    const char *out = cli_option(b->argc, b->argv, "--out");
    const char *report = cli_option(b->argc, b->argv, "--report");
    if (out == NULL || report == NULL)
        return BASE_FAIL(err, BASE_E_USAGE, "--report POSITION and --out FILE are needed");
    int rc = cli_reading_open(b->dir, &reading, err);
    if (rc != 0)
        return rc;
    struct proj_view view = {.txn = reading.txn,
                             .reader = reading.reader,
                             .operator_reads = true,
                             .now_ms = base_clock_system().now_ms(NULL),
                             .out = &pdf};
    rc = proj_view_begin(&view, err);
    if (rc == 0)
        rc = ledger_log_checkpoint(reading.log, &note, err);
    if (rc == 0)
        rc = net_act_make(&view, strtoull(report, NULL, 10), base_buf_bytes(&note), &pdf, err);
    if (rc > 0)
        rc = BASE_FAIL(err, BASE_E_MISSING, "no report at position %s", report);
    if (rc == 0)
        rc = tool_file_write(out, 0600, base_buf_bytes(&pdf), err);
    cli_reading_close(&reading);
    return rc;
}

static int review(const struct breach *b, struct base_err *err)
{
    return cli_review(b->argc, b->argv, b->dir, err);
}

static int reaffirm(const struct breach *b, struct base_err *err)
{
    return cli_reaffirm(b->argc, b->argv, b->dir, b->url, err);
}

int cli_breach(int argc, char **argv)
{
    static const char *const known[] = {
        "--target=",   "--breach=", "--learned=",   "--reason=", "--report=",       "--told=",
        "--capacity=", "--out=",    "--positions=", "--all",     CLI_ACTOR_OPTIONS, NULL};
    static const struct {
        const char *name;
        int (*run)(const struct breach *b, struct base_err *err);
    } actions[] = {{"act", act},           {"preview", preview}, {"review", review},
                   {"reaffirm", reaffirm}, {"report", report},   {"receive", receive},
                   {"overrule", overrule}};
    struct base_err err = {0};
    if (!cli_check_options(argc, argv, known))
        return CLI_USAGE;
    struct breach b = {.argc = argc,
                       .argv = argv,
                       .dir = cli_argument(argc, argv, 1),
                       .url = cli_option(argc, argv, "--url")};
    const char *action = cli_argument(argc, argv, 0);
    if (action == NULL || b.dir == NULL)
        return cli_usage("breach", "an action and DIR are needed");
    for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++) {
        if (strcmp(actions[i].name, action) != 0)
            continue;
        int rc = actions[i].run(&b, &err);
        if (rc == BASE_E_USAGE)
            return cli_usage("breach", err.text);
        return rc == 0 ? CLI_DONE : cli_fail("breach", &err);
    }
    return cli_usage("breach",
                     "the action is preview, report, receive, overrule, act, review or reaffirm");
}
