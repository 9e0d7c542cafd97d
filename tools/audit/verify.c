/* letopis-audit verify: a whole log, from a school's folder, a folder of tiles, or a server.
 *
 * The reading is done by a child process: LMDB trusts its own pages, so a damaged file may stop
 * the reader dead; the parent then says how far it came. Everything that was read is hashed anew.
 * Exit status: 0 everything holds, 1 something does not (the first broken position is named),
 * 2 used wrongly. */
#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tools/audit/audit.h"
#include "tools/audit/command.h"
#include "tools/audit/mirror.h"
#include "tools/common/files.h"
#include "tools/common/json.h"

const char audit_verify_help[] =
    "letopis-audit verify DIR|URL --vkey VKEY [--json] [--cacert FILE] [--quiet]\n"
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
    "\n"
    "Exit status: 0 everything holds; 1 something does not, the first broken position is named;\n"
    "2 used wrongly.\n";

struct arguments {
    const char *where, *vkey, *cacert;
    bool json, quiet;
};

static void on_progress(void *data, const char *what, uint64_t done, uint64_t total)
{
    static time_t last;
    const struct arguments *arguments = data;
    time_t now = time(NULL);
    if (arguments->quiet || (now == last && done != total))
        return;
    last = now;
    if (isatty(STDERR_FILENO) == 1)
        fprintf(stderr, "\r%s %" PRIu64 "/%" PRIu64 "%s", what, done, total,
                done == total ? "\n" : "");
}

static void on_fetch(void *data, uint64_t done, uint64_t total)
{
    on_progress(data, "загрузка / fetching", done, total);
}

static bool is_url(const char *where)
{
    return strncmp(where, "http://", 7) == 0 || strncmp(where, "https://", 8) == 0;
}

/* A school's folder, the one school of a data folder, or a folder of tiles. */
static bool find_school(const char *where, char out[4096], bool *out_tiles)
{
    char path[4096];
    *out_tiles = false;
    snprintf(out, 4096, "%s", where);
    snprintf(path, sizeof path, "%s/log/data.mdb", where);
    if (tool_file_exists(path))
        return true;
    snprintf(path, sizeof path, "%s/checkpoint", where);
    if (tool_file_exists(path)) {
        *out_tiles = true;
        return true;
    }
    snprintf(path, sizeof path, "%s/schools", where);
    DIR *dir = opendir(path);
    unsigned count = 0;
    for (struct dirent *entry; dir != NULL && (entry = readdir(dir)) != NULL;) {
        if (entry->d_name[0] == '.')
            continue;
        snprintf(out, 4096, "%.2000s/schools/%s", where, entry->d_name);
        count++;
    }
    if (dir != NULL)
        closedir(dir);
    return count == 1;
}

static void put_json_text(const char *text)
{
    struct base_buf BASE_CLEANUP(base_buf_release) out = {0};
    tool_json_put_text(&out, text);
    const char *json = base_buf_text(&out);
    fputs(json == NULL ? "\"\"" : json, stdout);
}

static void cause_of(const struct audit_result *result, char *out, size_t size)
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

static void time_text(base_time_ms ms, char out[32])
{
    time_t seconds = (time_t)(ms / 1000);
    struct tm tm;
    if (ms == 0 || gmtime_r(&seconds, &tm) == NULL)
        snprintf(out, 32, "—");
    else
        strftime(out, 32, "%Y-%m-%dT%H:%M:%SZ", &tm);
}

static void print_json(const struct audit_result *result)
{
    char hex[65];
    char cause[400];
    bool holds = result->log.finding == LEDGER_FOUND_NOTHING;
    base_hex(result->checkpoint.root.bytes, LEDGER_HASH_LEN, hex);
    printf("{\"ok\": %s, \"origin\": ", holds ? "true" : "false");
    put_json_text(result->checkpoint.origin);
    printf(", \"size\": %" PRIu64 ", \"root\": \"%s\", \"demo\": %s,\n", result->checkpoint.size,
           hex, result->is_demo ? "true" : "false");
    printf(" \"finding\": \"%s\", \"position\": ", ledger_finding_name(result->log.finding));
    if (holds || result->log.seq == LEDGER_SEQ_NONE)
        printf("null");
    else
        printf("%" PRIu64, result->log.seq);
    printf(", \"projections\": \"%s\"",
           result->projections == NULL ? "absent" : result->projections);
    cause_of(result, cause, sizeof cause);
    printf(", \"cause\": ");
    put_json_text(cause);
    printf(",\n \"entries\": %" PRIu64 ", \"keys\": %" PRIu64 ", \"openings\": %" PRIu64 ",\n",
           result->log.entry_count, result->log.key_count, result->log.opening_count);
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
        cause_of(result, cause, sizeof cause);
        if (result->log.seq == LEDGER_SEQ_NONE)
            printf("НАРУШЕНО / BROKEN:   %s (%" PRIu64 " entries held)\n", cause,
                   result->log.entry_count);
        else
            printf("НАРУШЕНО / BROKEN:   entry %" PRIu64 ": %s\n", result->log.seq, cause);
        return;
    }
    printf("записи / entries:    %" PRIu64 " — each hashed, in order, signed, rightly admitted\n",
           result->log.entry_count);
    printf("ключи / keys:        %" PRIu64 " — each with a chain to the founding event\n",
           result->log.key_count);
    printf("свёртки / projections: %s\n",
           result->projections == NULL ? "absent" : result->projections);
    printf("закрытые поля / openings: %" PRIu64 "\n", result->log.opening_count);
    for (unsigned i = 0; i < result->report_count; i++) {
        const struct audit_report_line *r = &result->reports[i];
        char learned[32];
        char recorded[32];
        char force[32];
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

static int remove_tree(const char *path)
{
    pid_t pid = fork();
    if (pid == 0) {
        execlp("rm", "rm", "-rf", "--", path, (char *)NULL);
        _exit(127);
    }
    int status = 0;
    return pid > 0 && waitpid(pid, &status, 0) == pid ? status : -1;
}

/* A fault on the way: what could not be read does not hold either. */
static int report_fault(const struct arguments *arguments, const char *text, uint64_t position)
{
    if (arguments->json) {
        printf("{\"ok\": false, \"finding\": \"unreadable\", \"position\": %" PRIu64
               ", \"cause\": ",
               position);
        put_json_text(text);
        printf("}\n");
    } else {
        printf("НАРУШЕНО / BROKEN:   at entry %" PRIu64 ": %s\n", position, text);
    }
    fflush(stdout);
    return AUDIT_BROKEN;
}

static int fetch(const struct arguments *arguments, const struct ledger_note_key *vkey,
                 const char *dir, struct base_err *err)
{
    struct base_buf BASE_CLEANUP(base_buf_release) note = {0};
    struct ledger_checkpoint checkpoint;
    char path[4200];
    const struct audit_mirror_options options = {.url = arguments->where,
                                                 .cacert = arguments->cacert,
                                                 .progress = on_fetch,
                                                 .data = (void *)(uintptr_t)arguments};
    int rc = audit_mirror_checkpoint(&options, &note, err);
    if (rc == 0)
        rc = ledger_checkpoint_open(base_buf_bytes(&note), vkey, &checkpoint, err);
    if (rc == 0)
        rc = audit_mirror_fetch(&options, checkpoint.size, dir, err);
    snprintf(path, sizeof path, "%s/checkpoint", dir);
    return rc == 0 ? tool_file_write(path, 0600, base_buf_bytes(&note), err) : rc;
}

/* The child's work; it counts `position` up for the parent to see. */
static int verify(const struct arguments *arguments, const struct ledger_note_key *vkey,
                  const char *scratch,
                  volatile uint64_t *position) /* NOLINT(readability-non-const-parameter) */
{
    struct base_err err = {0};
    char where[4096];
    char state[4200];
    bool tiles = false;
    struct audit_result *result = calloc(1, sizeof *result);
    const struct audit_options options = {.vkey = vkey,
                                          .scratch = state,
                                          .progress = on_progress,
                                          .data = (void *)(uintptr_t)arguments,
                                          .position = position};
    int rc = result == NULL ? BASE_FAIL(&err, BASE_E_MEMORY, "audit") : 0;
    snprintf(state, sizeof state, "%s/state", scratch);
    if (rc == 0)
        rc = tool_dir_make(state, &err);
    if (rc == 0 && is_url(arguments->where)) {
        snprintf(where, sizeof where, "%s/mirror", scratch);
        tiles = true;
        rc = tool_dir_make(where, &err);
        if (rc == 0)
            rc = fetch(arguments, vkey, where, &err);
    } else if (rc == 0 && !find_school(arguments->where, where, &tiles)) {
        fprintf(stderr, "letopis-audit: %s is neither a school's folder nor one of tiles\n",
                arguments->where);
        free(result);
        return AUDIT_USAGE;
    }
    if (rc == 0)
        rc = tiles ? audit_tiles(where, &options, result, &err)
                   : audit_school(where, &options, result, &err);
    if (rc != 0) {
        if (result != NULL)
            audit_result_release(result);
        free(result);
        return report_fault(arguments, err.text, *position);
    }
    if (arguments->json)
        print_json(result);
    else
        print_text(result);
    int status = result->log.finding == LEDGER_FOUND_NOTHING ? AUDIT_HOLDS : AUDIT_BROKEN;
    audit_result_release(result);
    free(result);
    fflush(stdout);
    return status;
}

static int watch(const struct arguments *arguments, const struct ledger_note_key *vkey,
                 const char *scratch)
{
    volatile uint64_t *position =
        mmap(NULL, sizeof *position, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int status = 0;
    if (position == MAP_FAILED) {
        perror("letopis-audit");
        return AUDIT_BROKEN;
    }
    *position = 0;
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0)
        _exit(verify(arguments, vkey, scratch, position));
    if (pid < 0 || waitpid(pid, &status, 0) != pid) {
        perror("letopis-audit");
        return AUDIT_BROKEN;
    }
    if (WIFEXITED(status))
        return WEXITSTATUS(status);
    char text[200];
    snprintf(text, sizeof text,
             "the store is damaged: reading it was stopped by signal %d (%s) after the entries "
             "before this one had held",
             WTERMSIG(status), strsignal(WTERMSIG(status)));
    return report_fault(arguments, text, *position);
}

static bool parse(int argc, char **argv, struct arguments *out)
{
    for (int i = 1; i < argc; i++) {
        const char **value = strcmp(argv[i], "--vkey") == 0     ? &out->vkey
                             : strcmp(argv[i], "--cacert") == 0 ? &out->cacert
                                                                : NULL;
        if (value != NULL && i + 1 < argc)
            *value = argv[++i];
        else if (strncmp(argv[i], "--vkey=", 7) == 0)
            out->vkey = argv[i] + 7;
        else if (strncmp(argv[i], "--cacert=", 9) == 0)
            out->cacert = argv[i] + 9;
        else if (strcmp(argv[i], "--json") == 0)
            out->json = true;
        else if (strcmp(argv[i], "--quiet") == 0)
            out->quiet = true;
        else if (argv[i][0] != '-' && out->where == NULL)
            out->where = argv[i];
        else
            return false;
    }
    return out->where != NULL && out->vkey != NULL;
}

int audit_verify(int argc, char **argv)
{
    struct arguments arguments = {0};
    struct ledger_note_key vkey;
    struct base_err err = {0};
    char scratch[] = "/tmp/letopis-audit-XXXXXX";
    struct stat st;
    if (!parse(argc, argv, &arguments)) {
        fputs(audit_verify_help, stderr);
        return AUDIT_USAGE;
    }
    if (ledger_vkey_parse(base_bytes_str(arguments.vkey), &vkey, &err) != 0) {
        fprintf(stderr, "letopis-audit: --vkey: %s\n", err.text);
        return AUDIT_USAGE;
    }
    if (!is_url(arguments.where) && (stat(arguments.where, &st) != 0 || !S_ISDIR(st.st_mode))) {
        fprintf(stderr, "letopis-audit: %s: no such folder\n", arguments.where);
        return AUDIT_USAGE;
    }
    if (mkdtemp(scratch) == NULL) {
        perror("letopis-audit: a scratch folder");
        return AUDIT_BROKEN;
    }
    int status = watch(&arguments, &vkey, scratch);
    remove_tree(scratch);
    return status;
}
