/* letopis-audit verify: a whole log, from a school's folder, a folder of tiles, or a server.
 * Everything that was read is hashed anew.
 * Exit status: 0 everything holds, 1 something does not (the first broken position is named),
 * 2 used wrongly. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "ledger/base/utc.h"
#include "tools/audit/command.h"
#include "tools/audit/run.h"
#include "tools/audit/void_set.h"

const char audit_verify_help[] =
    "letopis-audit verify DIR|URL --vkey VKEY [options]\n"
    "\n"
    "Checks the checkpoint's signature, every entry and its place in the tree, every signature,\n"
    "every chain of appointment and every admission by replaying them, derives what is void, and\n"
    "prints a report. DIR is a school's folder, a server's data folder with one school, or a "
    "folder\n"
    "of tiles; URL is a school's address (all that it sends is checked against VKEY, so the\n"
    "connection needs no trust; --cacert demands a certificate none the less).\n"
    "\n"
    "  --vkey VKEY    the log's verifier key (C2SP signed-note)\n"
    "  --json         the report as JSON on standard output\n"
    "  --cacert FILE  certificate authority for URL\n"
    "  --quiet        no progress\n"
    "  --state DIR    go on where the last run with this folder ended, and keep what is verified\n"
    "                 there (also while it runs: an interrupted one goes on)\n"
    "  --state-key FILE  the key that authenticates DIR, kept elsewhere; made when absent\n"
    "  --checkpoint FILE a checkpoint of this log from earlier, or from somebody else; may be "
    "given\n"
    "                 several times. Tells rollback, split view and fork\n"
    "  --former VKEY  a key that the log had before (log.continued): checkpoints that it signed "
    "are\n"
    "                 the log's, too; may be given several times\n"
    "  --policy FILE  demands witnesses (C2SP tlog-policy): the log must continue what they have\n"
    "                 cosigned\n"
    "  --reference    libsodium alone judges signatures (slower)\n"
    "  --void FILE    a void set by somebody else (letopis export --void, or another program):\n"
    "                 it must be what follows from the log\n"
    "\n"
    "Exit status: 0 everything holds; 1 something does not, the first broken position is named;\n"
    "2 used wrongly.\n";

struct verify {
    struct audit_run run;
    const char *void_file;
};

void audit_cause(const struct audit_result *result, char *out, size_t size)
{
    const struct ledger_verify_report *log = &result->log;
    if (result->admission_name != NULL &&
        (log->finding == LEDGER_FOUND_ADMISSION || log->finding == LEDGER_FOUND_COSIGNERS))
        snprintf(out, size, "%s: %s (%s)", ledger_finding_text(log->finding),
                 result->admission_name, result->admission_field);
    else if (log->detail[0] != '\0')
        snprintf(out, size, "%s: %s", ledger_finding_text(log->finding), log->detail);
    else
        snprintf(out, size, "%s", ledger_finding_text(log->finding));
}

static void time_text(base_time_ms ms, char out[BASE_UTC_LEN])
{
    if (ms == 0)
        snprintf(out, BASE_UTC_LEN, "—");
    else
        base_utc_text(ms, out);
}

static void print_json(const struct audit_result *result)
{
    char hex[65];
    char cause[400];
    bool holds = result->log.finding == LEDGER_FOUND_NOTHING;
    base_hex(result->checkpoint.root.bytes, LEDGER_HASH_LEN, hex);
    printf("{\"ok\": %s, \"origin\": ", holds ? "true" : "false");
    audit_put_json_text(result->checkpoint.origin);
    printf(", \"size\": %" PRIu64 ", \"root\": \"%s\", \"demo\": %s,\n", result->checkpoint.size,
           hex, result->is_demo ? "true" : "false");
    printf(" \"finding\": \"%s\", \"position\": ", ledger_finding_name(result->log.finding));
    if (holds || result->log.seq == LEDGER_SEQ_NONE)
        printf("null");
    else
        printf("%" PRIu64, result->log.seq);
    printf(", \"projections\": \"%s\"",
           result->projections == NULL ? "absent" : result->projections);
    audit_cause(result, cause, sizeof cause);
    printf(", \"cause\": ");
    audit_put_json_text(cause);
    printf(",\n \"entries\": %" PRIu64 ", \"resumed\": %" PRIu64 ", \"keys\": %" PRIu64
           ", \"openings\": %" PRIu64 ",\n",
           result->log.entry_count, result->log.resumed_count, result->log.key_count,
           result->log.opening_count);
    if (result->sealed.counted)
        printf(" \"sealed\": {\"present\": %" PRIu64 ", \"erased\": %" PRIu64
               ", \"pending\": %" PRIu64 ", \"missing\": %" PRIu64 "},\n",
               result->sealed.present, result->sealed.erased, result->sealed.pending,
               result->sealed.missing);
    printf(" \"void\": {\"covered\": %" PRIu64 ", \"ungrounded\": %" PRIu64 "},\n \"reports\": [",
           result->void_covered, result->void_ungrounded);
    for (unsigned i = 0; i < result->report_count; i++) {
        const struct audit_report_line *r = &result->reports[i];
        printf("%s\n  {\"position\": %" PRIu64 ", \"cut\": %" PRIu64
               ", \"state\": \"%s\", \"session\": %s, \"late\": %s, \"receipts\": %u, "
               "\"covered\": %" PRIu64 ", \"breach\": %" PRId64 ", \"learned\": %" PRId64
               ", \"recorded\": %" PRId64 ", \"in_force\": %" PRId64 "}",
               i == 0 ? "" : ",", r->seq, r->cut, r->state, r->is_session ? "true" : "false",
               r->late ? "true" : "false", r->receipt_count, r->covered, r->breach_ms,
               r->learned_ms, r->recorded_ms, r->in_force_ms);
    }
    printf("],\n \"continued\": [");
    for (unsigned i = 0; i < result->continued_count; i++) {
        const struct audit_continued *c = &result->continued[i];
        printf("%s{\"seq\": %" PRIu64 ", \"from\": ", i == 0 ? "" : ", ", c->seq);
        audit_put_json_text(c->what.from);
        printf(", \"to\": ");
        audit_put_json_text(c->what.to);
        printf(", \"size\": %" PRIu64 "}", c->what.size);
    }
    printf("]}\n");
}

static void print_text(const struct audit_result *result)
{
    char hex[65];
    char cause[400];
    base_hex(result->checkpoint.root.bytes, LEDGER_HASH_LEN, hex);
    printf("журнал / log:        %s%s\n", result->checkpoint.origin,
           result->is_demo ? "  (demonstration)" : "");
    printf("размер / size:       %" PRIu64 "\nкорень / root:       %s\n", result->checkpoint.size,
           hex);
    if (result->log.finding != LEDGER_FOUND_NOTHING) {
        audit_cause(result, cause, sizeof cause);
        if (result->log.seq == LEDGER_SEQ_NONE)
            printf("НАРУШЕНО / BROKEN:   %s (%" PRIu64 " entries held)\n", cause,
                   result->log.entry_count);
        else
            printf("НАРУШЕНО / BROKEN:   entry %" PRIu64 ": %s\n", result->log.seq, cause);
        return;
    }
    printf("записи / entries:    %" PRIu64 " — each hashed, in order, signed, rightly admitted\n",
           result->log.entry_count);
    if (result->log.resumed_count > 0)
        printf("из них раньше / of these before: %" PRIu64 " — by the state that was kept\n",
               result->log.resumed_count);
    printf("ключи / keys:        %" PRIu64 " — each with a chain to the founding event\n",
           result->log.key_count);
    printf("свёртки / projections: %s\n",
           result->projections == NULL ? "absent" : result->projections);
    printf("закрытые поля / openings: %" PRIu64 "\n", result->log.opening_count);
    if (result->sealed.counted && result->sealed.erased > 0)
        printf("удалены записью / erased by event: %" PRIu64 "\n", result->sealed.erased);
    for (unsigned i = 0; i < result->continued_count; i++) {
        const struct audit_continued *c = &result->continued[i];
        printf("другой ключ / another key: entry %" PRIu64
               " by root: %s, after %s had signed %" PRIu64 " entries%s\n",
               c->seq, c->what.to, c->what.from, c->what.size,
               c->what.size > c->seq ? " – MORE THAN THERE ARE HERE: some are lost" : "");
    }
    for (unsigned i = 0; i < result->report_count; i++) {
        const struct audit_report_line *r = &result->reports[i];
        char learned[BASE_UTC_LEN];
        char recorded[BASE_UTC_LEN];
        char force[BASE_UTC_LEN];
        time_text(r->learned_ms, learned);
        time_text(r->recorded_ms, recorded);
        time_text(r->in_force_ms, force);
        printf("акт / act %u:         report at %" PRIu64 ", %s%s; learned %s, reported %s%s, in "
               "force %s; cut %" PRIu64 ", %" PRIu64 " events void\n",
               i + 1, r->seq, r->state, r->is_session ? " (one session)" : "", learned, recorded,
               r->late ? " LATE" : "", force, r->cut, r->covered);
    }
    printf("аннулировано / void: %" PRIu64 " covered, %" PRIu64 " without ground\n",
           result->void_covered, result->void_ungrounded);
    printf("ВСЁ СХОДИТСЯ / EVERYTHING HOLDS\n");
}

static int print(void *data, const struct audit_result *result)
{
    const struct verify *verify = data;
    if (verify->run.json)
        print_json(result);
    else
        print_text(result);
    return result->log.finding == LEDGER_FOUND_NOTHING ? AUDIT_HOLDS : AUDIT_BROKEN;
}

static int look(void *data, struct proj_txn *txn, struct proj_source *source,
                struct audit_result *result, struct base_err *err)
{
    const struct verify *verify = data;
    return audit_void_compare(verify->void_file, txn, source, result, err);
}

int audit_verify(int argc, char **argv)
{
    struct verify verify = {.run = {.print = print}};
    bool fits = true;
    for (int i = 1; fits && i < argc; i++) {
        if (strcmp(argv[i], "--void") == 0 && i + 1 < argc)
            verify.void_file = argv[++i];
        else if (strncmp(argv[i], "--void=", 7) == 0)
            verify.void_file = argv[i] + 7;
        else
            fits = audit_run_option(&verify.run, argc, argv, &i);
    }
    if (!fits || verify.run.where == NULL || verify.run.vkey == NULL) {
        fputs(audit_verify_help, stderr);
        return AUDIT_USAGE;
    }
    verify.run.data = &verify;
    verify.run.look = verify.void_file != NULL ? look : NULL;
    return audit_run(&verify.run);
}
