/* letopis doctor: what is wrong with a school's folder, in words. Each check is a row; it says what
 * it looked at, what it found and what to do. Reads alone, also beside a running server. */
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "ledger/checkpoint.h"
#include "ledger/policy.h"
#include "ledger/signing_link.h"
#include "net/alarms.h"
#include "net/limits.h"
#include "projections/engine.h"
#include "tools/cli/cli.h"
#include "tools/cli/store.h"
#include "tools/common/files.h"

#define PATH_LEN 4300u
#define FREE_LEN_MIN (UINT64_C(256) << 20)
#define CLOCK_AHEAD_MS_MAX 300000
#define SIGNER_FILE LEDGER_SIGNING_FILE
#define SIGNER_TRIES 5u
#define SIGNER_PAUSE_MS 100
#define ALARMS_SHOWN 8u /* lines, the newest */

enum verdict { FINE, NOTE, WRONG };

struct doctor {
    const char *dir;
    struct ledger_log *log; /* NULL: it does not open */
    struct base_err why;
    unsigned wrong_count, note_count;
};

static void say(struct doctor *doctor, enum verdict verdict, const char *what, const char *format,
                ...) BASE_PRINTF(4, 5);

static void say(struct doctor *doctor, enum verdict verdict, const char *what, const char *format,
                ...)
{
    static const char *const words[] = {"в порядке / fine", "внимание / note ", "ОШИБКА / WRONG  "};
    va_list args;
    doctor->wrong_count += verdict == WRONG;
    doctor->note_count += verdict == NOTE;
    printf("%s  %s: ", words[verdict], what);
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    putchar('\n');
}

static void path_make(const struct doctor *doctor, const char *name, char out[PATH_LEN])
{
    snprintf(out, PATH_LEN, "%.4000s/%s", doctor->dir, name);
}

static void check_log(struct doctor *doctor)
{
    struct ledger_head head;
    if (doctor->log == NULL) {
        say(doctor, WRONG, "журнал / log", "%s. %s", doctor->why.text,
            doctor->why.code == BASE_E_STATE ? "Nothing is lost"
            : doctor->why.code == BASE_E_MISSING
                ? "This is no school's folder, or its log is gone: restore a backup"
                : "Keep this folder as it is, restore a backup elsewhere (letopis restore)");
        return;
    }
    ledger_log_head(doctor->log, &head);
    say(doctor, FINE, "журнал / log", "%s, %" PRIu64 " entries, tree and checkpoint agree",
        ledger_log_origin(doctor->log), head.size);
}

/* A secret file: there, nobody else's to read. */
static bool check_secret(struct doctor *doctor, const char *name, const char *without)
{
    char path[PATH_LEN];
    struct stat st;
    path_make(doctor, name, path);
    if (stat(path, &st) != 0) {
        say(doctor, WRONG, name, "it is not there: %s", without);
        return false;
    }
    if ((st.st_mode & 077) != 0)
        say(doctor, WRONG, name, "others may read it (mode %03o); chmod 600", st.st_mode & 0777);
    else
        say(doctor, FINE, name, "there, and for its owner alone");
    return true;
}

static void check_log_key(struct doctor *doctor)
{
    struct base_buf BASE_CLEANUP(base_buf_wipe) text = {0};
    struct ledger_note_signer signer;
    struct ledger_note_key key;
    char path[PATH_LEN];
    if (!check_secret(doctor, "log.key",
                      "the server does not start; it is kept apart from backups") ||
        doctor->log == NULL)
        return;
    path_make(doctor, "log.key", path);
    int rc = tool_file_read(path, 4096, &text, NULL);
    if (rc == 0 && text.len > 0 && text.data[text.len - 1] == '\n')
        text.len--;
    if (rc != 0 || ledger_skey_parse(base_buf_bytes(&text), &signer, NULL) != 0) {
        say(doctor, WRONG, "log.key", "it is damaged");
        return;
    }
    if (ledger_vkey_parse(base_bytes_str(ledger_log_vkey(doctor->log)), &key, NULL) != 0 ||
        !ledger_key_equal(&key.key, &signer.key.key))
        say(doctor, WRONG, "log.key", "it is another log's key");
    ledger_note_signer_wipe(&signer);
}

/* The log's present size and its root at `size`; false when it cannot be read or is smaller. */
static bool root_at(struct doctor *doctor, uint64_t size, uint64_t *out_present,
                    struct ledger_hash *out_root)
{
    struct ledger_reader *reader = NULL;
    *out_present = 0;
    if (ledger_reader_open(doctor->log, &reader, NULL) != 0)
        return false;
    *out_present = ledger_reader_size(reader);
    bool read = size <= *out_present && ledger_reader_root(reader, size, out_root, NULL) == 0;
    ledger_reader_close(reader);
    return read;
}

/* The process that has the log's key: is it there, is it this log's, has it signed this history? */
static void check_signer(struct doctor *doctor)
{
    const struct timespec moment = {.tv_nsec = SIGNER_PAUSE_MS * 1000000L};
    struct ledger_signing_link link;
    struct ledger_signing_request request = {.asks_last = true};
    struct ledger_checkpoint last;
    struct ledger_note_key key;
    struct ledger_hash root;
    struct base_err err = {0};
    char path[PATH_LEN];
    uint64_t present = 0;
    path_make(doctor, "log.key", path);
    if (tool_file_exists(path))
        say(doctor, WRONG, SIGNER_FILE, "log.key lies here, too: the key belongs to one of them");
    if (doctor->log == NULL)
        return;
    if (ledger_vkey_parse(base_bytes_str(ledger_log_vkey(doctor->log)), &key, NULL) != 0)
        return;
    snprintf(request.origin, sizeof request.origin, "%s", key.name);
    int rc = ledger_signing_link_read(doctor->dir, &link, &err);
    if (rc == 0)
        rc = ledger_signing_ask(&link, &request, &key, &last, NULL, &err);
    ledger_signing_link_close(&link);
    if (rc != 0) {
        say(doctor, WRONG, SIGNER_FILE, "%s%s", err.text,
            rc == BASE_E_MISSING  ? ": until it does, nothing enters the log"
            : rc == BASE_E_CRYPTO ? ": it has another key than this log's"
                                  : "");
        return;
    }
    /* A server that runs stores a moment later what was signed. */
    bool read = root_at(doctor, last.size, &present, &root);
    for (unsigned i = 0; i < SIGNER_TRIES && !read; i++) {
        nanosleep(&moment, NULL);
        read = root_at(doctor, last.size, &present, &root);
    }
    if (last.size > present)
        say(doctor, WRONG, SIGNER_FILE,
            "it has signed %" PRIu64 " entries, here are %" PRIu64
            ": a restored copy, or a batch that the server's next start finishes",
            last.size, present);
    else if (!read || !ledger_hash_equal(&root, &last.root))
        say(doctor, WRONG, SIGNER_FILE, "it has signed another history than the one here");
    else
        say(doctor, FINE, SIGNER_FILE,
            "the signer answers, has this log's key and has signed %" PRIu64 " entries of it",
            last.size);
}

/* The last checkpoint that was given out, against the log. */
static void check_published(struct doctor *doctor)
{
    struct base_buf BASE_CLEANUP(base_buf_release) text = {0};
    struct ledger_note_key key;
    struct ledger_checkpoint published;
    struct ledger_reader *reader = NULL;
    struct ledger_hash root;
    char path[PATH_LEN];
    path_make(doctor, "published", path);
    if (doctor->log == NULL)
        return;
    if (tool_file_read(path, LEDGER_NOTE_LEN_MAX, &text, NULL) != 0 || text.len == 0) {
        say(doctor, NOTE, "published", "nothing there: a restored copy would not be noticed");
        return;
    }
    if (ledger_vkey_parse(base_bytes_str(ledger_log_vkey(doctor->log)), &key, NULL) != 0 ||
        ledger_checkpoint_open(base_buf_bytes(&text), &key, &published, NULL) != 0) {
        say(doctor, WRONG, "published", "it is not a checkpoint of this log");
        return;
    }
    int rc = ledger_reader_open(doctor->log, &reader, NULL);
    if (rc == 0 && published.size > ledger_reader_size(reader))
        say(doctor, WRONG, "published",
            "%" PRIu64 " entries were published, %" PRIu64 " are here: a restored copy. The server "
            "refuses it, since going on would tell a second history; look for a newer backup",
            published.size, ledger_reader_size(reader));
    else if (rc == 0 && ledger_reader_root(reader, published.size, &root, NULL) == 0 &&
             !ledger_hash_equal(&root, &published.root))
        say(doctor, WRONG, "published", "another history was published than the one that is here");
    else if (rc == 0)
        say(doctor, FINE, "published", "%" PRIu64 " entries, a part of this log", published.size);
    ledger_reader_close(reader);
}

static void check_writer(struct doctor *doctor)
{
    char path[PATH_LEN];
    path_make(doctor, "writer.lock", path);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    char mark;
    bool is_held = fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) != 0;
    bool has_fallen = fd >= 0 && !is_held && pread(fd, &mark, 1, 0) == 1;
    if (fd >= 0)
        close(fd);
    say(doctor, FINE, "запись / writer",
        is_held      ? "a program has the log open for writing"
        : has_fallen ? "nobody is writing; the last one did not close, so the next looks at the "
                       "store's pages first"
                     : "nobody is writing");
}

static void check_clock(struct doctor *doctor)
{
    struct ledger_head head;
    if (doctor->log == NULL)
        return;
    ledger_log_head(doctor->log, &head);
    base_time_ms ahead = head.recorded_ms - base_clock_system().now_ms(NULL);
    if (ahead > CLOCK_AHEAD_MS_MAX)
        say(doctor, NOTE, "часы / clock",
            "the last entry is %" PRId64
            " s ahead of this machine's clock: times stand still until "
            "it has caught up",
            (int64_t)(ahead / 1000));
    else
        say(doctor, FINE, "часы / clock", "not behind the last entry");
}

static void check_disk(struct doctor *doctor)
{
    struct statvfs fs;
    if (statvfs(doctor->dir, &fs) != 0)
        return;
    uint64_t room = (uint64_t)fs.f_bavail * fs.f_frsize;
    say(doctor, room < FREE_LEN_MIN ? NOTE : FINE, "диск / disk", "%" PRIu64 " MiB free%s",
        room >> 20, room < FREE_LEN_MIN ? ": soon nothing can be recorded" : "");
}

static void check_projections(struct doctor *doctor)
{
    struct proj_engine *engine = NULL;
    struct proj_txn *txn = NULL;
    struct base_err err = {0};
    struct ledger_head head = {0};
    if (doctor->log != NULL)
        ledger_log_head(doctor->log, &head);
    int rc = proj_engine_open_looking(doctor->dir, true, &engine, &err);
    if (rc == 0)
        rc = proj_engine_read(engine, &txn, &err);
    if (rc == BASE_E_MISSING || rc == BASE_E_STATE)
        say(doctor, NOTE, "свёртки / projections", "%s; the server folds them anew", err.text);
    else if (rc != 0)
        say(doctor, WRONG, "свёртки / projections", "%s; letopis rebuild makes them anew",
            err.text);
    else if (proj_txn_next(txn) > head.size)
        say(doctor, WRONG, "свёртки / projections", "they are ahead of the log; letopis rebuild");
    else
        say(doctor, FINE, "свёртки / projections", "folded up to entry %" PRIu64,
            (uint64_t)proj_txn_next(txn));
    proj_txn_end(txn);
    proj_engine_close(engine);
}

static void check_witnesses(struct doctor *doctor)
{
    struct base_buf BASE_CLEANUP(base_buf_release) text = {0};
    struct base_buf BASE_CLEANUP(base_buf_release) bytes = {0};
    struct base_err err = {0};
    struct ledger_policy_verdict verdict;
    struct ledger_checkpoint checkpoint;
    struct ledger_note note;
    struct ledger_head head = {0};
    char path[PATH_LEN];
    path_make(doctor, "witness.policy", path);
    if (!tool_file_exists(path)) {
        say(doctor, NOTE, "свидетели / witnesses",
            "none: nobody outside would notice a second history (specs/c2sp.md)");
        return;
    }
    struct ledger_policy *policy = calloc(1, sizeof *policy);
    int rc = policy == NULL ? BASE_FAIL(&err, BASE_E_MEMORY, "policy")
                            : tool_file_read(path, LEDGER_POLICY_TEXT_LEN_MAX, &text, &err);
    if (rc == 0)
        rc = ledger_policy_parse(base_buf_bytes(&text), policy, &err);
    path_make(doctor, "witnessed", path);
    if (doctor->log != NULL)
        ledger_log_head(doctor->log, &head);
    if (rc != 0) {
        say(doctor, WRONG, "свидетели / witnesses", "%s", err.text);
    } else if (tool_file_read(path, LEDGER_NOTE_LEN_MAX, &bytes, NULL) != 0 ||
               ledger_note_parse(base_buf_bytes(&bytes), &note, NULL) != 0 ||
               ledger_checkpoint_parse(&note, &checkpoint, NULL) != 0) {
        say(doctor, NOTE, "свидетели / witnesses", "a policy, but nothing was cosigned yet");
    } else {
        ledger_policy_judge(policy, &note, &verdict);
        say(doctor, !verdict.met || checkpoint.size < head.size ? NOTE : FINE,
            "свидетели / witnesses", "%u cosigned %" PRIu64 " of %" PRIu64 " entries%s",
            verdict.held_count, checkpoint.size, head.size,
            verdict.met ? "" : ": not enough for the policy");
    }
    free(policy);
}

/* Files with homework: what the journal names is there, and is what was signed. */
static void check_store(struct doctor *doctor)
{
    static const char what[] = "файлы к заданиям / files";
    struct cli_store_state state;
    struct base_err err = {0};
    if (doctor->log == NULL)
        return;
    if (cli_store_check(doctor->dir, &state, &err) != 0)
        say(doctor, NOTE, what, "not looked at: %s", err.text);
    else if (state.missing + state.damaged > 0)
        say(doctor, WRONG, what,
            "%" PRIu64 " of %" PRIu64 " missing, %" PRIu64
            " damaged, the first %s; copy them from a backup's folder \"files\"",
            state.missing, state.wanted, state.damaged, state.first);
    else
        say(doctor, FINE, what,
            "%" PRIu64 ", each what was signed; %" PRIu64 " in the store that no lesson names",
            state.wanted, state.orphans);
}

/* What a server has noticed and nobody has settled: the newest lines. */
static void check_alarms(struct doctor *doctor)
{
    static const char what[] = "тревоги / alarms";
    struct base_buf BASE_CLEANUP(base_buf_release) text = {0};
    char path[PATH_LEN];
    path_make(doctor, NET_ALARMS_FILE, path);
    if (!net_alarms_stand(doctor->dir)) {
        say(doctor, FINE, what, "none that nobody has settled");
        return;
    }
    if (tool_file_read(path, NET_ALARMS_LEN_MAX, &text, NULL) != 0 || text.len == 0) {
        say(doctor, WRONG, what, "%s cannot be read", path);
        return;
    }
    size_t start = text.len;
    unsigned lines = 0;
    while (start > 0 &&
           (text.data[start - 1] != '\n' || start == text.len || ++lines < ALARMS_SHOWN))
        start--;
    say(doctor, WRONG, what,
        "a server has noticed this; audit the log (letopis-audit verify), mend it, then remove "
        "the file \"%s\":\n%.*s",
        NET_ALARMS_FILE, (int)(text.len - start), (const char *)text.data + start);
}

int cli_doctor(int argc, char **argv)
{
    static const char *const known[] = {NULL};
    if (!cli_check_options(argc, argv, known))
        return CLI_USAGE;
    struct doctor doctor = {.dir = cli_argument(argc, argv, 0)};
    if (doctor.dir == NULL)
        return cli_usage("doctor", "DIR is needed");
    const struct ledger_log_options options = {
        .dir = doctor.dir, .check_pages = true, .clock = base_clock_system()};
    if (ledger_log_open(&options, &doctor.log, &doctor.why) != 0)
        doctor.log = NULL;
    check_log(&doctor);
    if (doctor.log != NULL || doctor.why.code != BASE_E_MISSING) {
        char way[PATH_LEN];
        path_make(&doctor, SIGNER_FILE, way);
        if (tool_file_exists(way))
            check_signer(&doctor);
        else
            check_log_key(&doctor);
        (void)check_secret(&doctor, "wrap.key",
                           "sealed fields stay closed and the server does not start");
        check_published(&doctor);
        check_alarms(&doctor);
        check_writer(&doctor);
        check_clock(&doctor);
        check_disk(&doctor);
        check_projections(&doctor);
        check_witnesses(&doctor);
        check_store(&doctor);
    }
    ledger_log_close(doctor.log);
    printf("%s (%u, %u)\n",
           doctor.wrong_count > 0 ? "НЕ В ПОРЯДКЕ / NOT WELL"
           : doctor.note_count > 0 ? "работает, есть замечания / it works, with notes"
                                   : "ВСЁ В ПОРЯДКЕ / ALL IS WELL",
           doctor.wrong_count, doctor.note_count);
    return doctor.wrong_count > 0 ? CLI_FAILED : CLI_DONE;
}
