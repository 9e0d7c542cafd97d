/* letopis-audit receipt: a kept proof, checked offline and told in words. Needs the file, the log's
 * verifier key and, to demand witnesses, a policy; nothing else and no network. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "ledger/base/utc.h"
#include "ledger/policy.h"
#include "projections/kinds.h"
#include "tools/audit/command.h"
#include "tools/audit/receipt.h"
#include "tools/common/files.h"
#include "tools/common/json.h"

const char audit_receipt_help[] =
    "letopis-audit receipt FILE --vkey VKEY [--entry FILE] [--policy FILE] [--json]\n"
    "\n"
    "Checks a receipt (C2SP tlog-proof): that the entry stands at its place of the log, that the\n"
    "log's checkpoint is signed, that the event's signatures hold, and how many witnesses have\n"
    "cosigned; then says what was recorded, when and by which key.\n"
    "\n"
    "  --vkey VKEY    the log's verifier key\n"
    "  --entry FILE   the entry's bytes, when they are not in the receipt's extra line\n"
    "  --policy FILE  whose cosignatures are demanded (C2SP tlog-policy)\n"
    "  --json         for programs\n"
    "\n"
    "Exit status: 0 everything holds, 1 something does not, 2 used wrongly.\n";

struct arguments {
    const char *file, *vkey, *entry, *policy;
    bool json;
};

struct told {
    struct audit_receipt_parts parts;
    struct ledger_checkpoint checkpoint;
    bool has_policy;
    unsigned needed, of;
    struct ledger_policy_verdict verdict;
    struct ledger_policy *policy;
};

/* Every signature: the first by the event's key, the others by the keys that its kind names. */
static int signatures_check(const struct audit_receipt_parts *parts, struct base_err *err)
{
    struct ledger_key keys[LEDGER_SIGNATURE_COUNT_MAX];
    struct ledger_refusal refusal = {0};
    uint32_t count = 0;
    bool any_sealed;
    if (proj_kinds_check_event(&parts->event, keys, &count, &any_sealed, &refusal) != 0)
        return BASE_FAIL(err, BASE_E_FORMAT, "no event of a known kind: field %s", refusal.field);
    if (parts->entry.signature_count != 1 + count)
        return BASE_FAIL(err, BASE_E_CRYPTO, "%u signatures instead of %u",
                         parts->entry.signature_count, 1 + count);
    for (uint32_t i = 0; i <= count; i++)
        if (!ledger_event_verify(parts->entry.event_bytes,
                                 i == 0 ? &parts->event.key : &keys[i - 1],
                                 &parts->entry.signatures[i]))
            return BASE_FAIL(err, BASE_E_CRYPTO, "signature %u does not hold", i + 1);
    return 0;
}

int audit_receipt_take_apart(struct audit_receipt_parts *parts, struct base_err *err)
{
    struct ledger_refusal refusal = {0};
    int rc = ledger_entry_parse(base_buf_bytes(&parts->proof.entry), &parts->entry, err);
    if (rc == 0 && ledger_event_parse(parts->entry.event_bytes, &parts->event, &refusal) != 0)
        rc = BASE_FAIL(err, BASE_E_FORMAT, "the event's field %s", refusal.field);
    if (rc == 0)
        rc = signatures_check(parts, err);
    return rc;
}

static int policy_check(const char *path, struct told *told, struct base_err *err)
{
    struct base_buf BASE_CLEANUP(base_buf_release) text = {0};
    struct ledger_note note;
    told->policy = calloc(1, sizeof *told->policy);
    int rc = told->policy == NULL ? BASE_FAIL(err, BASE_E_MEMORY, "policy")
                                  : tool_file_read(path, LEDGER_POLICY_TEXT_LEN_MAX, &text, err);
    if (rc == 0)
        rc = ledger_policy_parse(base_buf_bytes(&text), told->policy, err);
    if (rc == 0)
        rc = ledger_note_parse(told->parts.proof.note, &note, err);
    if (rc != 0)
        return rc;
    told->has_policy = true;
    ledger_policy_quorum(told->policy, &told->needed, &told->of);
    ledger_policy_judge(told->policy, &note, &told->verdict);
    return told->verdict.met
               ? 0
               : BASE_FAIL(err, BASE_E_CRYPTO, "%u cosignatures hold: not enough for the policy",
                           told->verdict.held_count);
}

static int entry_read(const char *path, struct told *told, struct base_err *err)
{
    struct base_buf BASE_CLEANUP(base_buf_release) bytes = {0};
    int rc = tool_file_read(path, LEDGER_ENTRY_LEN_MAX, &bytes, err);
    if (rc != 0)
        return rc;
    base_buf_reset(&told->parts.proof.entry);
    base_buf_put_bytes(&told->parts.proof.entry, base_buf_bytes(&bytes));
    return told->parts.proof.entry.failed ? BASE_FAIL(err, BASE_E_MEMORY, "entry") : 0;
}

/* `text` holds what the proof borrows from. */
static int check(const struct arguments *arguments, const struct ledger_note_key *vkey,
                 struct base_buf *text, struct told *told, struct base_err *err)
{
    int rc = tool_file_read(arguments->file, LEDGER_PROOF_TEXT_LEN_MAX, text, err);
    if (rc == 0)
        rc = ledger_proof_parse(base_buf_bytes(text), &told->parts.proof, err);
    if (rc == 0 && arguments->entry != NULL)
        rc = entry_read(arguments->entry, told, err);
    if (rc == 0)
        rc = ledger_proof_check(&told->parts.proof, vkey, &told->checkpoint, err);
    if (rc == 0)
        rc = audit_receipt_take_apart(&told->parts, err);
    if (rc == 0 && arguments->policy != NULL)
        rc = policy_check(arguments->policy, told, err);
    return rc;
}

static void time_put(struct base_buf *out, base_time_ms ms)
{
    char text[BASE_UTC_LEN];
    base_utc_text(ms, text);
    base_buf_put_str(out, text);
}

static void print_text(const struct told *told)
{
    struct base_buf BASE_CLEANUP(base_buf_release) out = {0};
    char id[65];
    char key[65];
    base_hex(told->parts.event.id.bytes, LEDGER_HASH_LEN, id);
    base_hex(told->parts.event.key.bytes, LEDGER_KEY_LEN, key);
    base_buf_printf(&out,
                    "журнал / log:          %s\nзапись / entry:        %" PRIu64 " of %" PRIu64
                    "\nзаписано / recorded:   ",
                    told->checkpoint.origin, told->parts.proof.seq, told->checkpoint.size);
    time_put(&out, told->parts.entry.recorded_ms);
    base_buf_put_str(&out, "\nзаявлено / claimed:    ");
    time_put(&out, told->parts.event.claimed_ms);
    base_buf_printf(&out, "\nсобытие / event:       %.*s, %s\nключ / key:            %s\n",
                    (int)told->parts.event.kind.len, (const char *)told->parts.event.kind.data, id,
                    key);
    base_buf_put_str(&out, "содержание / content:  ");
    tool_json_put_canon(&out, &told->parts.event.body);
    base_buf_put_str(&out, "\n");
    for (unsigned i = 0; told->has_policy && i < told->policy->witness_count; i++) {
        if (!told->verdict.held[i])
            continue;
        base_buf_printf(&out, "свидетель / witness:   %s, ", told->policy->witnesses[i].key.name);
        time_put(&out, (base_time_ms)(told->verdict.time_s[i] * 1000));
        base_buf_put_str(&out, "\n");
    }
    if (told->has_policy)
        base_buf_printf(&out, "правило / policy:      %u of %u demanded, %u there\n", told->needed,
                        told->of, told->verdict.held_count);
    else
        base_buf_put_str(&out, "свидетели / witnesses: not asked for (--policy)\n");
    base_buf_put_str(&out, "КВИТАНЦИЯ ВЕРНА / THE RECEIPT HOLDS\n");
    const char *text = base_buf_text(&out);
    fputs(text == NULL ? "" : text, stdout);
}

static void print_json(const struct told *told)
{
    struct base_buf BASE_CLEANUP(base_buf_release) out = {0};
    char id[65];
    char key[65];
    base_hex(told->parts.event.id.bytes, LEDGER_HASH_LEN, id);
    base_hex(told->parts.event.key.bytes, LEDGER_KEY_LEN, key);
    base_buf_put_str(&out, "{\"ok\": true, \"origin\": ");
    tool_json_put_text(&out, told->checkpoint.origin);
    base_buf_printf(&out,
                    ", \"position\": %" PRIu64 ", \"size\": %" PRIu64 ", \"recorded\": %" PRId64
                    ", \"claimed\": %" PRId64 ", \"kind\": \"%.*s\", \"id\": \"%s\", \"key\": "
                    "\"%s\",\n \"body\": ",
                    told->parts.proof.seq, told->checkpoint.size, told->parts.entry.recorded_ms,
                    told->parts.event.claimed_ms, (int)told->parts.event.kind.len,
                    (const char *)told->parts.event.kind.data, id, key);
    tool_json_put_canon(&out, &told->parts.event.body);
    if (told->has_policy)
        base_buf_printf(&out, ",\n \"witnesses\": {\"needed\": %u, \"of\": %u, \"held\": %u}",
                        told->needed, told->of, told->verdict.held_count);
    base_buf_put_str(&out, "}\n");
    const char *text = base_buf_text(&out);
    fputs(text == NULL ? "{}\n" : text, stdout);
}

static void print_fault(const struct arguments *arguments, const struct base_err *err)
{
    struct base_buf BASE_CLEANUP(base_buf_release) out = {0};
    if (arguments->json) {
        base_buf_put_str(&out, "{\"ok\": false, \"cause\": ");
        tool_json_put_text(&out, err->text);
        base_buf_put_str(&out, "}\n");
    } else {
        base_buf_printf(&out, "НЕ ВЕРНА / DOES NOT HOLD: %s\n", err->text);
    }
    const char *text = base_buf_text(&out);
    fputs(text == NULL ? "" : text, stdout);
}

static bool parse(int argc, char **argv, struct arguments *out)
{
    for (int i = 1; i < argc; i++) {
        const char **value = strcmp(argv[i], "--vkey") == 0     ? &out->vkey
                             : strcmp(argv[i], "--entry") == 0  ? &out->entry
                             : strcmp(argv[i], "--policy") == 0 ? &out->policy
                                                                : NULL;
        if (value != NULL && i + 1 < argc)
            *value = argv[++i];
        else if (strcmp(argv[i], "--json") == 0)
            out->json = true;
        else if (argv[i][0] != '-' && out->file == NULL)
            out->file = argv[i];
        else
            return false;
    }
    return out->file != NULL && out->vkey != NULL;
}

int audit_receipt(int argc, char **argv)
{
    struct base_buf BASE_CLEANUP(base_buf_release) text = {0};
    struct arguments arguments = {0};
    struct ledger_note_key vkey;
    struct base_err err = {0};
    struct told told = {0};
    if (!parse(argc, argv, &arguments)) {
        fputs(audit_receipt_help, stderr);
        return AUDIT_USAGE;
    }
    if (ledger_vkey_parse(base_bytes_str(arguments.vkey), &vkey, &err) != 0) {
        fprintf(stderr, "letopis-audit: --vkey: %s\n", err.text);
        return AUDIT_USAGE;
    }
    int rc = check(&arguments, &vkey, &text, &told, &err);
    if (rc != 0)
        print_fault(&arguments, &err);
    else if (arguments.json)
        print_json(&told);
    else
        print_text(&told);
    ledger_proof_release(&told.parts.proof);
    free(told.policy);
    return rc == 0 ? AUDIT_HOLDS : AUDIT_BROKEN;
}
