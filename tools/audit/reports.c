/* letopis-audit reports: what became of each breach report, from the log alone. */
#include "tools/audit/reports.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "projections/authority.h"
#include "projections/deadlines.h"
#include "tools/audit/command.h"
#include "tools/audit/run.h"

const char audit_reports_help[] =
    "letopis-audit reports DIR|URL --vkey VKEY [--json] [--cacert FILE] [--quiet]\n"
    "\n"
    "Verifies the log as `verify` does and lists each breach report with its time line – claimed,\n"
    "learned of, reported, told to each officer, in force – against the term of one working day "
    "by\n"
    "the school's calendar; its state (closed: the key only; standing; overruled; fallen: its\n"
    "signers' keys were cut); what is void by it; and signs of misuse: where to look, no proof.\n"
    "Times are the school's own. Accounts are told by the beginning of their ids.\n"
    "\n"
    "Exit status: 0 the log holds (whatever the reports say); 1 it does not; 2 used wrongly.\n";

struct command {
    struct audit_run run;
    struct audit_reports reports;
    struct ledger_hash *quoted; /* ids, beside reports.quotes */
};

/* Gathering */

static void on_event(void *data, ledger_seq seq, const struct ledger_event *event)
{
    struct command *command = data;
    struct audit_reports *reports = &command->reports;
    if (!event->has_quote)
        return;
    if (reports->quote_count == reports->quote_capacity) {
        unsigned capacity = reports->quote_capacity == 0 ? 64 : 2 * reports->quote_capacity;
        struct audit_quote *quotes = realloc(reports->quotes, capacity * sizeof *quotes);
        if (quotes != NULL)
            reports->quotes = quotes;
        struct ledger_hash *quoted = realloc(command->quoted, capacity * sizeof *quoted);
        if (quoted != NULL)
            command->quoted = quoted;
        if (quotes == NULL || quoted == NULL) {
            reports->failed = true;
            return;
        }
        reports->quote_capacity = capacity;
    }
    command->quoted[reports->quote_count] = event->quote;
    reports->quotes[reports->quote_count++] =
        (struct audit_quote){.seq = seq, .quoted = LEDGER_SEQ_NONE};
}

/* Do two bodies of one kind say the same, but for what their authors saw (`prev`, the last item of
 * a cell) and for fresh commitments? */
static bool same_value(const struct ledger_canon_value *a, const struct ledger_canon_value *b,
                       bool cell)
{
    struct ledger_canon_reader ra = ledger_canon_reader_of(a->bytes);
    struct ledger_canon_reader rb = ledger_canon_reader_of(b->bytes);
    struct ledger_canon_value x;
    struct ledger_canon_value y;
    bool cells = false;
    if (a->type != b->type)
        return false;
    if (a->type == LEDGER_CANON_BIN && a->bytes.len == LEDGER_COMMITMENT_LEN &&
        b->bytes.len == LEDGER_COMMITMENT_LEN)
        return true;
    if (a->type != LEDGER_CANON_ARRAY && a->type != LEDGER_CANON_MAP)
        return base_bytes_equal(a->raw, b->raw);
    if (a->count != b->count)
        return false;
    for (uint32_t i = 0; i < a->count; i++) {
        bool skip = cell && i + 1 == a->count;
        if (a->type == LEDGER_CANON_MAP) {
            if (!ledger_canon_step(&ra, &x) || !ledger_canon_step(&rb, &y) ||
                !base_bytes_equal(x.raw, y.raw))
                return false;
            skip = base_bytes_equal(x.bytes, BASE_LITERAL("prev")) ||
                   base_bytes_equal(x.bytes, BASE_LITERAL("upto"));
            cells = base_bytes_equal(x.bytes, BASE_LITERAL("cells"));
        }
        if (!ledger_canon_step(&ra, &x) || !ledger_canon_step(&rb, &y))
            return false;
        if (cells) { /* a list of cells */
            struct ledger_canon_reader ca = ledger_canon_reader_of(x.bytes);
            struct ledger_canon_reader cb = ledger_canon_reader_of(y.bytes);
            bool same = x.count == y.count;
            while (same && ledger_canon_step(&ca, &x) && ledger_canon_step(&cb, &y))
                same = same_value(&x, &y, true);
            if (!same)
                return false;
        } else if (!skip && !same_value(&x, &y, false)) {
            return false;
        }
    }
    return true;
}

struct void_id {
    struct ledger_hash id;
    ledger_seq seq;
};

struct gathering {
    struct command *command;
    struct proj_txn *txn;
    struct proj_source *source;
    struct void_id *ids;
    size_t id_count, id_capacity;
    struct base_err *err;
    int rc;
};

static bool on_void(void *data, ledger_seq seq, struct proj_void state)
{
    struct gathering *g = data;
    struct audit_reports *reports = &g->command->reports;
    struct ledger_event event;
    base_time_ms recorded_ms;
    for (unsigned i = 0; i < reports->count; i++) {
        struct audit_story *story = &reports->stories[i];
        if (story->state->report.seq != state.cause)
            continue;
        story->covered += state.reason == PROJ_VOID_COVERED;
        story->ungrounded += state.reason == PROJ_VOID_UNGROUNDED;
    }
    if (reports->quote_count == 0)
        return true;
    if (g->id_count == g->id_capacity) {
        size_t capacity = g->id_capacity == 0 ? 256 : 2 * g->id_capacity;
        struct void_id *grown = realloc(g->ids, capacity * sizeof *grown);
        if (grown == NULL) {
            g->rc = BASE_FAIL(g->err, BASE_E_MEMORY, "void set");
            return false;
        }
        g->ids = grown;
        g->id_capacity = capacity;
    }
    g->rc = g->source->event(g->source->data, seq, &event, &recorded_ms, g->err);
    if (g->rc != 0)
        return false;
    g->ids[g->id_count++] = (struct void_id){.id = event.id, .seq = seq};
    return true;
}

static int by_id(const void *a, const void *b)
{
    return memcmp(((const struct void_id *)a)->id.bytes, ((const struct void_id *)b)->id.bytes,
                  LEDGER_HASH_LEN);
}

static int judge_quote(struct gathering *g, struct audit_quote *quote,
                       const struct ledger_hash *quoted)
{
    const struct void_id wanted = {.id = *quoted};
    const struct void_id *found =
        g->id_count == 0 ? NULL : bsearch(&wanted, g->ids, g->id_count, sizeof wanted, by_id);
    struct base_buf BASE_CLEANUP(base_buf_release) old_bytes = {0};
    struct ledger_event event;
    struct ledger_event old;
    struct ledger_refusal refusal;
    base_time_ms recorded_ms;
    if (found == NULL)
        return 0; /* it quotes what counts: no reaffirmation of anything struck out */
    quote->quoted = found->seq;
    int rc = g->source->event(g->source->data, found->seq, &old, &recorded_ms, g->err);
    if (rc != 0)
        return rc;
    base_buf_put_bytes(&old_bytes, old.bytes); /* the source may reuse its memory */
    rc = g->source->event(g->source->data, quote->seq, &event, &recorded_ms, g->err);
    if (rc == 0 &&
        (old_bytes.failed || ledger_event_parse(base_buf_bytes(&old_bytes), &old, &refusal) != 0))
        rc = BASE_FAIL(g->err, BASE_E_MEMORY, "reaffirmation");
    if (rc == 0)
        quote->differs =
            !base_bytes_equal(old.kind, event.kind) || !same_value(&old.body, &event.body, false);
    return rc;
}

static void lowest_office(void *data, const struct proj_grant *grant)
{
    unsigned *role = data;
    if (grant->role <= PROJ_ROLE_SUPPORT && (*role == 0 || grant->role < *role))
        *role = grant->role;
}

static unsigned count_officers(struct proj_txn *txn)
{
    struct proj_key prefix = proj_key_of('A');
    struct proj_scan *scan = proj_scan_open(txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
    struct proj_fact fact;
    unsigned count = 0;
    while (proj_scan_next(scan, &fact)) {
        struct proj_account account;
        proj_id id;
        if (fact.value.len != sizeof account || fact.seq == LEDGER_SEQ_NONE)
            continue;
        memcpy(&account, fact.value.data, sizeof account);
        memcpy(id, fact.key.data + 1, LEDGER_ID_LEN);
        count += account.stratum == 1 && proj_is_officer(txn, id, LEDGER_SEQ_NONE);
    }
    proj_scan_close(scan);
    return count;
}

static int oldest_first(const void *a, const void *b)
{
    const struct audit_told *x = a;
    const struct audit_told *y = b;
    return x->voice->seq < y->voice->seq ? -1 : x->voice->seq > y->voice->seq;
}

static void tell(struct proj_txn *txn, const struct proj_report_state *state, int offset_min,
                 struct audit_story *out)
{
    const struct proj_report *report = &state->report;
    out->state = state;
    out->due_ms = proj_notice_due(txn, report->learned_ms, offset_min);
    out->in_force_ms = audit_in_force(state, &out->in_force_seq);
    out->late = report->recorded_ms > out->due_ms;
    proj_each_grant(txn, report->reporter, LEDGER_SEQ_NONE, lowest_office, &out->reporter_role);
    for (unsigned i = 0; i < state->receipt_count; i++) {
        const struct proj_voice *voice = &state->receipts[i];
        bool late = voice->told_ms > out->due_ms;
        out->told[out->told_count++] =
            (struct audit_told){.voice = voice, .valid = state->receipt_valid[i], .late = late};
        /* CT-11 names the head and technical support. */
        out->late |=
            late && (voice->capacity == PROJ_ROLE_HEAD || voice->capacity == PROJ_ROLE_SUPPORT);
    }
    qsort(out->told, out->told_count, sizeof out->told[0], oldest_first);
}

static int look(void *data, struct proj_txn *txn, struct proj_source *source,
                struct audit_result *result, struct base_err *err)
{
    struct command *command = data;
    struct audit_reports *reports = &command->reports;
    struct gathering g = {.command = command, .txn = txn, .source = source, .err = err};
    struct proj_school school = {0};
    (void)result;
    (void)proj_school_find(txn, &school);
    reports->offset_min = school.offset_min;
    reports->officer_count = count_officers(txn);
    reports->count = proj_reports_judge(txn, &reports->states);
    reports->stories = calloc(reports->count + 1u, sizeof *reports->stories);
    if (reports->stories == NULL || reports->failed)
        return BASE_FAIL(err, BASE_E_MEMORY, "reports");
    for (unsigned i = 0; i < reports->count; i++)
        tell(txn, &reports->states[i], school.offset_min, &reports->stories[i]);
    proj_void_each(txn, on_void, &g);
    if (g.id_count > 0)
        qsort(g.ids, g.id_count, sizeof g.ids[0], by_id);
    for (unsigned i = 0; g.rc == 0 && i < reports->quote_count; i++)
        g.rc = judge_quote(&g, &reports->quotes[i], &command->quoted[i]);
    free(g.ids);
    if (g.rc != 0)
        return g.rc;
    audit_misuse_find(reports);
    return reports->failed ? BASE_FAIL(err, BASE_E_MEMORY, "reports") : proj_txn_fault(txn, err);
}

/* Printing */

static void time_text(const struct audit_reports *reports, base_time_ms ms, char out[32])
{
    int year;
    int month;
    int day;
    base_time_ms local = ms + (base_time_ms)reports->offset_min * 60000;
    if (ms == 0) {
        snprintf(out, 32, "—");
        return;
    }
    base_day_to_civil(base_day_of_time(ms, reports->offset_min), &year, &month, &day);
    int minute = (int)((local / 60000) % 1440);
    snprintf(out, 32, "%02d.%02d.%04d %02d:%02d", day, month, year, minute / 60, minute % 60);
}

static void print_account(const uint8_t *account)
{
    char hex[2 * LEDGER_ID_LEN + 1];
    base_hex(account, LEDGER_ID_LEN, hex);
    printf("%.12s", hex);
}

static const char *const offices[] = {"", "директор / head", "заместитель / deputy",
                                      "поддержка / support"};
static const char *const strata[] = {"", "должностное лицо / officer", "сотрудник / staff",
                                     "семья, аудитор / family, auditor"};

static const char *state_words(const char *state)
{
    return strcmp(state, "standing") == 0    ? "ДЕЙСТВУЕТ / STANDING"
           : strcmp(state, "overruled") == 0 ? "отменено / overruled"
           : strcmp(state, "fallen") == 0 ? "пало: подписи аннулированы / fallen"
                                          : "только закрыт ключ / the key is closed, no more";
}

static void print_reporter(const struct audit_story *story)
{
    const struct proj_report *report = &story->state->report;
    if (report->by_root)
        printf("резервный ключ / root");
    else if (memcmp(report->reporter, report->account, LEDGER_ID_LEN) == 0)
        printf("владелец / the owner");
    else {
        printf("%s ", story->reporter_role == 0 ? "" : offices[story->reporter_role]);
        print_account(report->reporter);
    }
}

/* A label of so many characters: printf would count bytes. */
static void print_label(const char *label)
{
    int width = 0;
    for (const char *c = label; *c != '\0'; c++)
        width += ((unsigned char)*c & 0xc0) != 0x80;
    printf("  %s%*s", label, width < 30 ? 30 - width : 1, "");
}

static void print_moment(const struct audit_reports *reports, const char *what, base_time_ms ms,
                         const char *note)
{
    char text[32];
    time_text(reports, ms, text);
    print_label(what);
    printf("%s%s\n", text, note);
}

static void print_story(const struct audit_reports *reports, unsigned i)
{
    const struct audit_story *story = &reports->stories[i];
    const struct proj_report *report = &story->state->report;
    char key[2 * LEDGER_KEY_LEN + 1];
    char due[32];
    char note[96];
    base_hex(report->target.bytes, LEDGER_KEY_LEN, key);
    time_text(reports, story->due_ms, due);
    printf("\nАкт / act %u, позиция / position %" PRIu64 ": %s\n", i + 1, report->seq,
           state_words(audit_report_state(story->state)));
    print_label("ключ / key");
    printf("%.16s…%s, %s ", key, report->is_session ? " (один сеанс / one session)" : "",
           strata[report->target_stratum <= 3 ? report->target_stratum : 0]);
    print_account(report->account);
    printf("\n");
    print_label("сообщил / by");
    print_reporter(story);
    printf("\n");
    print_moment(reports, "взлом заявлен / claimed", report->breach_ms, "");
    print_moment(reports, "стало известно / learned", report->learned_ms, "");
    snprintf(note, sizeof note, "  (срок / due %s)%s", due,
             report->recorded_ms > story->due_ms ? "  ПОЗДНО / LATE" : "");
    print_moment(reports, "сообщено / reported", report->recorded_ms, note);
    for (unsigned k = 0; k < story->told_count; k++) {
        const struct audit_told *told = &story->told[k];
        print_label("получил / received");
        printf("%s ", offices[told->voice->capacity <= 3 ? told->voice->capacity : 0]);
        print_account(told->voice->account);
        printf(", позиция / position %" PRIu64 "\n", told->voice->seq);
        print_moment(reports, "  узнал / told", told->voice->told_ms,
                     told->late ? "  ПОЗДНО / LATE" : "");
        print_moment(reports, "  подписал / signed", told->voice->recorded_ms,
                     told->valid ? "" : "  (подпись аннулирована / cut)");
    }
    print_moment(reports, "в силе / in force", story->in_force_ms, "");
    for (unsigned k = 0; k < story->state->overrule_count; k++) {
        const struct proj_voice *voice = &story->state->overrules[k];
        print_moment(reports, "отмена / overruling", voice->recorded_ms,
                     voice->by_root ? "  (root)" : "");
    }
    print_label("граница / cut");
    printf("%" PRIu64 "; подписано / signed: %" PRIu64 " из / of %" PRIu64 "\n", report->cut,
           report->count, report->size);
    print_label("аннулировано / void");
    printf("%" PRIu64 " covered, %" PRIu64 " without ground\n", story->covered, story->ungrounded);
}

static void print_misuse(const struct audit_misuse *misuse)
{
    const struct audit_sign_text *text = audit_sign_text(misuse->sign);
    printf("  ! %s / %s:", text->ru, text->en);
    if (misuse->account != NULL && memcmp(misuse->account, proj_no_id, LEDGER_ID_LEN) != 0) {
        printf(" ");
        print_account(misuse->account);
    }
    for (unsigned i = 0; i < misuse->position_count; i++)
        printf("%s %" PRIu64, i == 0 ? " –" : ",", misuse->positions[i]);
    printf("%s\n", misuse->count > misuse->position_count ? ", …" : "");
}

static void print_text(const struct audit_reports *reports, const struct audit_result *result)
{
    unsigned differing = 0;
    unsigned quoting = 0;
    printf("журнал / log: %s, %" PRIu64 " записей / entries; сообщений о взломе / reports: %u\n",
           result->checkpoint.origin, result->checkpoint.size, reports->count);
    for (unsigned i = 0; i < reports->count; i++)
        print_story(reports, i);
    for (unsigned i = 0; i < reports->quote_count; i++) {
        quoting += reports->quotes[i].quoted != LEDGER_SEQ_NONE;
        differing += reports->quotes[i].differs;
    }
    printf("\nподтверждено заново / reaffirmed: %u, иначе, чем было / otherwise than it was: %u\n",
           quoting, differing);
    printf("признаки злоупотребления / signs of misuse: %u\n", reports->misuse_count);
    for (unsigned i = 0; i < reports->misuse_count; i++)
        print_misuse(&reports->misuses[i]);
}

static void json_id(const char *name, const uint8_t *id, size_t len)
{
    char hex[2 * LEDGER_HASH_LEN + 1];
    base_hex(id, len, hex);
    printf("\"%s\": \"%s\", ", name, hex);
}

static void json_voice(const struct audit_told *told)
{
    printf("{");
    json_id("account", told->voice->account, LEDGER_ID_LEN);
    json_id("key", told->voice->key.bytes, LEDGER_KEY_LEN);
    printf("\"position\": %" PRIu64 ", \"capacity\": %u, \"told\": %" PRId64
           ", \"recorded\": %" PRId64 ", \"late\": %s, \"valid\": %s}",
           told->voice->seq, told->voice->capacity, told->voice->told_ms, told->voice->recorded_ms,
           told->late ? "true" : "false", told->valid ? "true" : "false");
}

static void json_story(const struct audit_story *story)
{
    const struct proj_report *report = &story->state->report;
    printf("{\"position\": %" PRIu64 ", \"state\": \"%s\", ", report->seq,
           audit_report_state(story->state));
    json_id("target", report->target.bytes, LEDGER_KEY_LEN);
    json_id("account", report->account, LEDGER_ID_LEN);
    if (report->by_root)
        printf("\"reporter\": null, ");
    else
        json_id("reporter", report->reporter, LEDGER_ID_LEN);
    json_id("digest", report->digest.bytes, LEDGER_HASH_LEN);
    printf("\"session\": %s, \"stratum\": %u, \"breach\": %" PRId64 ", \"learned\": %" PRId64
           ", \"recorded\": %" PRId64 ", \"due\": %" PRId64 ", \"late\": %s, \"in_force\": ",
           report->is_session ? "true" : "false", report->target_stratum, report->breach_ms,
           report->learned_ms, report->recorded_ms, story->due_ms, story->late ? "true" : "false");
    if (story->in_force_ms == 0)
        printf("null");
    else
        printf("{\"position\": %" PRIu64 ", \"recorded\": %" PRId64 "}", story->in_force_seq,
               story->in_force_ms);
    printf(", \"cut\": %" PRIu64 ", \"size\": %" PRIu64 ", \"count\": %" PRIu64
           ", \"covered\": %" PRIu64 ", \"ungrounded\": %" PRIu64 ", \"received\": [",
           report->cut, report->size, report->count, story->covered, story->ungrounded);
    for (unsigned i = 0; i < story->told_count; i++) {
        printf("%s", i == 0 ? "" : ", ");
        json_voice(&story->told[i]);
    }
    printf("], \"overruled\": [");
    for (unsigned i = 0; i < story->state->overrule_count; i++) {
        const struct proj_voice *voice = &story->state->overrules[i];
        printf("%s{\"position\": %" PRIu64 ", \"root\": %s, \"recorded\": %" PRId64 "}",
               i == 0 ? "" : ", ", voice->seq, voice->by_root ? "true" : "false",
               voice->recorded_ms);
    }
    printf("]}");
}

static void print_json(const struct audit_reports *reports, const struct audit_result *result)
{
    printf("{\"ok\": true, \"origin\": ");
    audit_put_json_text(result->checkpoint.origin);
    printf(", \"size\": %" PRIu64 ", \"officers\": %u, \"reports\": [", result->checkpoint.size,
           reports->officer_count);
    for (unsigned i = 0; i < reports->count; i++) {
        printf("%s\n  ", i == 0 ? "" : ",");
        json_story(&reports->stories[i]);
    }
    printf("],\n \"reaffirmed\": [");
    const char *comma = "";
    for (unsigned i = 0; i < reports->quote_count; i++) {
        const struct audit_quote *quote = &reports->quotes[i];
        if (quote->quoted == LEDGER_SEQ_NONE)
            continue;
        printf("%s\n  {\"position\": %" PRIu64 ", \"quoted\": %" PRIu64 ", \"differs\": %s}", comma,
               quote->seq, quote->quoted, quote->differs ? "true" : "false");
        comma = ",";
    }
    printf("],\n \"misuse\": [");
    for (unsigned i = 0; i < reports->misuse_count; i++) {
        const struct audit_misuse *misuse = &reports->misuses[i];
        printf("%s\n  {\"sign\": \"%s\", ", i == 0 ? "" : ",", audit_sign_text(misuse->sign)->name);
        if (misuse->account != NULL)
            json_id("account", misuse->account, LEDGER_ID_LEN);
        printf("\"count\": %u, \"positions\": [", misuse->count);
        for (unsigned k = 0; k < misuse->position_count; k++)
            printf("%s%" PRIu64, k == 0 ? "" : ", ", misuse->positions[k]);
        printf("]}");
    }
    printf("]}\n");
}

static int print(void *data, const struct audit_result *result)
{
    const struct command *command = data;
    char cause[400];
    if (result->log.finding != LEDGER_FOUND_NOTHING) {
        audit_cause(result, cause, sizeof cause);
        if (command->run.json) {
            printf("{\"ok\": false, \"cause\": ");
            audit_put_json_text(cause);
            printf("}\n");
        } else {
            printf("НАРУШЕНО / BROKEN: %s\n", cause);
        }
        return AUDIT_BROKEN;
    }
    if (command->run.json)
        print_json(&command->reports, result);
    else
        print_text(&command->reports, result);
    return AUDIT_HOLDS;
}

int audit_reports(int argc, char **argv)
{
    struct command command = {.run = {.event = on_event, .look = look, .print = print}};
    bool fits = true;
    for (int i = 1; fits && i < argc; i++)
        fits = audit_run_option(&command.run, argc, argv, &i);
    if (!fits || command.run.where == NULL || command.run.vkey == NULL) {
        fputs(audit_reports_help, stderr);
        return AUDIT_USAGE;
    }
    command.run.data = &command;
    int status = audit_run(&command.run);
    free(command.reports.states); /* the child's copies went with it */
    free(command.reports.stories);
    free(command.reports.quotes);
    free(command.reports.misuses);
    free(command.quoted);
    return status;
}
