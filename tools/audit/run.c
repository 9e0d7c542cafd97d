/* One audit as a process: a child reads and replays, the parent watches it. LMDB trusts its own
 * pages, so a damaged file may stop the reader dead; the parent then says how far it came. */
#include "tools/audit/run.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "ledger/policy.h"
#include "tools/audit/command.h"
#include "tools/audit/mirror.h"
#include "tools/audit/state.h"
#include "tools/common/files.h"
#include "tools/common/json.h"

static void on_progress(void *data, const char *what, uint64_t done, uint64_t total)
{
    static time_t last;
    const struct audit_run *run = data;
    time_t now = time(NULL);
    if (run->quiet || (now == last && done != total))
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

void audit_put_json_text(const char *text)
{
    struct base_buf BASE_CLEANUP(base_buf_release) out = {0};
    tool_json_put_text(&out, text);
    const char *json = base_buf_text(&out);
    fputs(json == NULL ? "\"\"" : json, stdout);
}

static bool is_export(const struct audit_run *run)
{
    struct stat st;
    return run->takes_export && !is_url(run->where) && stat(run->where, &st) == 0 &&
           S_ISREG(st.st_mode);
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
static int report_fault(const struct audit_run *run, const char *text, uint64_t position)
{
    if (run->json) {
        printf("{\"ok\": false, \"finding\": \"unreadable\", \"position\": %" PRIu64
               ", \"cause\": ",
               position);
        audit_put_json_text(text);
        printf("}\n");
    } else {
        printf("НАРУШЕНО / BROKEN:   at entry %" PRIu64 ": %s\n", position, text);
    }
    fflush(stdout);
    return AUDIT_BROKEN;
}

/* What the work needs besides the log itself. */
struct extras {
    struct audit_state *state;
    struct ledger_checkpoint known[AUDIT_KNOWN_COUNT_MAX + 1];
    unsigned known_count;
};

/* By the log's key, or by one that it had before. */
static int known_open(const struct audit_run *run, struct base_bytes note,
                      const struct ledger_note_key *vkey, struct ledger_checkpoint *out,
                      struct base_err *err)
{
    struct base_err why = {0};
    int rc = ledger_checkpoint_open(note, vkey, out, &why);
    for (unsigned i = 0; rc != 0 && i < run->former_count; i++) {
        struct ledger_note_key former;
        int code = ledger_vkey_parse(base_bytes_str(run->former[i]), &former, err);
        if (code != 0)
            return base_err_wrap(err, code, "--former");
        rc = ledger_checkpoint_open(note, &former, out, NULL);
    }
    if (rc != 0 && err != NULL)
        *err = why;
    return rc;
}

/* Whoever names a former key believes it to be one: the log must say so. */
static void hold_former(const struct audit_run *run, struct audit_result *result)
{
    for (unsigned i = 0; i < run->former_count; i++) {
        bool said = false;
        for (unsigned k = 0; !said && k < result->continued_count; k++)
            said = strcmp(result->continued[k].what.from, run->former[i]) == 0;
        if (said || result->log.finding != LEDGER_FOUND_NOTHING)
            continue;
        result->log.finding = LEDGER_FOUND_LOG_ID;
        result->log.seq = LEDGER_SEQ_NONE;
        snprintf(result->log.detail, sizeof result->log.detail,
                 "no entry says that the log had the key of --former %.100s", run->former[i]);
    }
}

/* Reads the checkpoints that were kept from earlier; each must be this log's. */
static int known_read(const struct audit_run *run, const struct ledger_note_key *vkey,
                      struct extras *extras, struct base_err *err)
{
    int rc = 0;
    for (unsigned i = 0; rc == 0 && i < run->known_count; i++) {
        struct base_buf BASE_CLEANUP(base_buf_release) note = {0};
        rc = tool_file_read(run->known[i], LEDGER_NOTE_LEN_MAX, &note, err);
        if (rc == 0)
            rc = known_open(run, base_buf_bytes(&note), vkey, &extras->known[extras->known_count++],
                            err);
        if (rc != 0)
            return base_err_wrap(err, rc, "--checkpoint %s", run->known[i]);
    }
    return 0;
}

/* The checkpoint that the witnesses have cosigned: it must meet the policy, and the log must
 * continue it. */
static int witnessed_read(const struct audit_run *run, const struct ledger_note_key *vkey,
                          const char *where, struct extras *extras, struct base_err *err)
{
    struct base_buf BASE_CLEANUP(base_buf_release) text = {0};
    struct base_buf BASE_CLEANUP(base_buf_release) bytes = {0};
    struct ledger_note note;
    struct ledger_policy_verdict verdict;
    struct ledger_policy *policy = calloc(1, sizeof *policy);
    const struct audit_mirror_options mirror = {.url = run->where, .cacert = run->cacert};
    char path[4200];
    snprintf(path, sizeof path, "%s/witnessed", where);
    int rc = policy == NULL ? BASE_FAIL(err, BASE_E_MEMORY, "policy")
                            : tool_file_read(run->policy, LEDGER_POLICY_TEXT_LEN_MAX, &text, err);
    if (rc == 0)
        rc = ledger_policy_parse(base_buf_bytes(&text), policy, err);
    if (rc == 0)
        rc = is_url(run->where) ? audit_mirror_checkpoint(&mirror, true, &bytes, err)
                                : tool_file_read(path, LEDGER_NOTE_LEN_MAX, &bytes, err);
    if (rc == 0)
        rc = ledger_checkpoint_open(base_buf_bytes(&bytes), vkey,
                                    &extras->known[extras->known_count], err);
    if (rc == 0)
        rc = ledger_note_parse(base_buf_bytes(&bytes), &note, err);
    if (rc == 0) {
        extras->known_count++;
        ledger_policy_judge(policy, &note, &verdict);
        if (!verdict.met)
            rc = BASE_FAIL(err, BASE_E_CRYPTO, "only %u cosignatures hold", verdict.held_count);
    }
    free(policy);
    return rc == 0 ? 0 : base_err_wrap(err, rc, "witnesses (--policy %s)", run->policy);
}

static int fetch(const struct audit_run *run, const struct ledger_note_key *vkey, const char *dir,
                 struct base_err *err)
{
    struct base_buf BASE_CLEANUP(base_buf_release) note = {0};
    struct ledger_checkpoint checkpoint;
    char path[4200];
    const struct audit_mirror_options options = {.url = run->where,
                                                 .cacert = run->cacert,
                                                 .keeps = run->state != NULL,
                                                 .progress = on_fetch,
                                                 .data = (void *)(uintptr_t)run};
    int rc = audit_mirror_checkpoint(&options, false, &note, err);
    if (rc == 0)
        rc = ledger_checkpoint_open(base_buf_bytes(&note), vkey, &checkpoint, err);
    if (rc == 0)
        rc = audit_mirror_fetch(&options, checkpoint.size, dir, err);
    snprintf(path, sizeof path, "%s/checkpoint", dir);
    return rc == 0 ? tool_file_write(path, 0600, base_buf_bytes(&note), err) : rc;
}

/* The child's work; it counts `position` up for the parent to see. */
static int work(const struct audit_run *run, const struct ledger_note_key *vkey,
                const char *scratch,
                volatile uint64_t *position) /* NOLINT(readability-non-const-parameter) */
{
    struct base_err err = {0};
    char where[4096];
    char state[4200];
    bool tiles = false;
    struct extras extras = {0};
    struct audit_result *result = calloc(1, sizeof *result);
    struct audit_options options = {.vkey = vkey,
                                    .scratch = state,
                                    .progress = on_progress,
                                    .data = (void *)(uintptr_t)run,
                                    .position = position,
                                    .event = run->event,
                                    .look = run->look,
                                    .look_data = run->data,
                                    .reference = run->reference,
                                    .known = extras.known};
    int rc = result == NULL ? BASE_FAIL(&err, BASE_E_MEMORY, "audit") : 0;
    snprintf(state, sizeof state, "%s/state", scratch);
    if (rc == 0)
        rc = tool_dir_make(state, &err);
    if (rc == 0 && run->state != NULL)
        rc = audit_state_open(run->state, run->state_key, vkey, &extras.state, &err);
    if (rc == 0 && is_url(run->where)) {
        snprintf(where, sizeof where, "%.4000s/mirror", run->state != NULL ? run->state : scratch);
        tiles = true;
        rc = tool_dir_make(where, &err);
        if (rc == 0)
            rc = fetch(run, vkey, where, &err);
    } else if (rc == 0 && !is_export(run) && !find_school(run->where, where, &tiles)) {
        fprintf(stderr, "letopis-audit: %s is neither a school's folder nor one of tiles\n",
                run->where);
        free(result);
        return AUDIT_USAGE;
    }
    if (rc == 0)
        rc = known_read(run, vkey, &extras, &err);
    if (rc == 0 && run->policy != NULL)
        rc = witnessed_read(run, vkey, where, &extras, &err);
    options.known_count = extras.known_count;
    options.state = extras.state;
    if (rc == 0 && is_export(run))
        rc = audit_export(run->where, &options, result, &err);
    else if (rc == 0)
        rc = tiles ? audit_tiles(where, &options, result, &err)
                   : audit_school(where, &options, result, &err);
    audit_state_close(extras.state);
    if (rc != 0) {
        if (result != NULL)
            audit_result_release(result);
        free(result);
        return report_fault(run, err.text, *position);
    }
    hold_former(run, result);
    int status = run->print(run->data, result);
    audit_result_release(result);
    free(result);
    fflush(stdout);
    return status;
}

static int watch(const struct audit_run *run, const struct ledger_note_key *vkey,
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
        _exit(work(run, vkey, scratch, position));
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
    return report_fault(run, text, *position);
}

bool audit_run_option(struct audit_run *run, int argc, char **argv, int *i)
{
    const struct {
        const char *name;
        const char **value;
    } valued[] = {{"--vkey", &run->vkey},
                  {"--cacert", &run->cacert},
                  {"--state", &run->state},
                  {"--state-key", &run->state_key},
                  {"--policy", &run->policy},
                  {"--checkpoint", &run->known[run->known_count]},
                  {"--former", &run->former[run->former_count]}};
    const char *text = argv[*i];
    for (size_t k = 0; k < sizeof valued / sizeof valued[0]; k++) {
        size_t len = strlen(valued[k].name);
        if (strncmp(text, valued[k].name, len) != 0)
            continue;
        if (text[len] == '=')
            *valued[k].value = text + len + 1;
        else if (text[len] == '\0' && *i + 1 < argc)
            *valued[k].value = argv[++*i];
        else
            continue;
        run->known_count += valued[k].value == &run->known[run->known_count];
        run->former_count += valued[k].value == &run->former[run->former_count];
        return run->known_count < AUDIT_KNOWN_COUNT_MAX &&
               run->former_count < AUDIT_FORMER_COUNT_MAX;
    }
    if (strcmp(text, "--json") == 0)
        run->json = true;
    else if (strcmp(text, "--reference") == 0)
        run->reference = true;
    else if (strcmp(text, "--quiet") == 0)
        run->quiet = true;
    else if (text[0] != '-' && run->where == NULL)
        run->where = text;
    else
        return false;
    return true;
}

int audit_run(const struct audit_run *run)
{
    struct ledger_note_key vkey = {0};
    struct base_err err = {0};
    char scratch[] = "/tmp/letopis-audit-XXXXXX";
    struct stat st;
    bool export = is_export(run);
    if (!export && run->vkey == NULL) {
        fprintf(stderr, "letopis-audit: --vkey is needed\n");
        return AUDIT_USAGE;
    }
    if (!export && ledger_vkey_parse(base_bytes_str(run->vkey), &vkey, &err) != 0) {
        fprintf(stderr, "letopis-audit: --vkey: %s\n", err.text);
        return AUDIT_USAGE;
    }
    if (!export && !is_url(run->where) && (stat(run->where, &st) != 0 || !S_ISDIR(st.st_mode))) {
        fprintf(stderr, "letopis-audit: %s: no such folder\n", run->where);
        return AUDIT_USAGE;
    }
    if (mkdtemp(scratch) == NULL) {
        perror("letopis-audit: a scratch folder");
        return AUDIT_BROKEN;
    }
    int status = watch(run, &vkey, scratch);
    remove_tree(scratch);
    return status;
}
