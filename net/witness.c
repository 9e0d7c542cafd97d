/* The happy path of a round: the newest checkpoint is taken, each witness that has a URL and is due
 * gets the proof from the size that it knows, its line is checked by its key and kept; when the
 * lines meet the policy, note and lines become what is witnessed, in memory and on the disk.
 * What can fail: the network and strangers' machines. A failure belongs to its witness, is told in
 * the log once, and doubles its pause up to WITNESS_PAUSE_MS_MAX. */
#include "net/witness.h"

#include <assert.h>
#include <curl/curl.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "ledger/witness.h"
#include "net/limits.h"
#include "net/log.h"

#define FILE_POLICY "witness.policy"
#define FILE_WITNESSED "witnessed"
#define ANSWER_LEN_MAX 16384u

struct asked {
    uint64_t known_size; /* what it has cosigned, as far as we know */
    uint64_t due_ms;     /* not before, by the monotonic clock */
    uint64_t pause_ms;   /* after its next failure */
    long failure;
    bool is_ahead;
    bool has_answered; /* since the start: what it knows may be more than what our disk says */
};

struct net_witnesses {
    char dir[3800];
    struct ledger_log *log;
    struct ledger_policy *policy;
    CURL *curl; /* the thread's */
    pthread_t thread;
    atomic_bool closing;

    pthread_mutex_t lock; /* guards all below */
    pthread_cond_t poked;
    bool has_news;
    struct asked asked[LEDGER_POLICY_WITNESS_COUNT_MAX];
    struct base_buf text;      /* signed text of the checkpoint of the last round */
    struct base_buf lines;     /* its cosignatures so far */
    struct base_buf witnessed; /* the note that met the policy last */
    uint64_t witnessed_size;
    struct ledger_policy_verdict verdict; /* of it */
};

/* One round's checkpoint. */
struct round {
    struct base_buf note;
    struct ledger_checkpoint checkpoint;
    struct base_bytes text; /* borrows from note */
};

static uint64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static int file_read(const char *dir, const char *name, size_t len_max, struct base_buf *out,
                     struct base_err *err)
{
    char path[4000];
    char chunk[4096];
    size_t n;
    snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return BASE_FAIL(err, errno == ENOENT ? BASE_E_MISSING : BASE_E_IO, "%s: %s", path,
                         strerror(errno));
    out->limit = len_max;
    while ((n = fread(chunk, 1, sizeof chunk, file)) > 0)
        base_buf_put(out, chunk, n);
    bool bad = ferror(file) != 0;
    fclose(file);
    if (bad || out->failed)
        return BASE_FAIL(err, BASE_E_IO, "%s cannot be read, or is too long", path);
    return 0;
}

static void witnessed_write(const struct net_witnesses *witnesses, struct base_bytes note)
{
    char path[4000];
    char beside[4000];
    snprintf(path, sizeof path, "%s/" FILE_WITNESSED, witnesses->dir);
    snprintf(beside, sizeof beside, "%s/" FILE_WITNESSED ".new", witnesses->dir);
    FILE *file = fopen(beside, "we");
    bool ok = file != NULL && fwrite(note.data, 1, note.len, file) == note.len;
    ok = file != NULL && fflush(file) == 0 && ok && fsync(fileno(file)) == 0;
    if (file != NULL && fclose(file) != 0)
        ok = false;
    if (!ok || rename(beside, path) != 0)
        NET_LOG(NET_LOG_WARN, "witness", "what was witnessed is not written",
                NET_S("reason", strerror(errno)));
}

/* Takes a note as what was witnessed last, if it is this log's and meets the policy. */
static bool witnessed_take(struct net_witnesses *witnesses, struct base_bytes bytes)
{
    struct ledger_note_key key;
    struct ledger_note note;
    struct ledger_checkpoint checkpoint;
    struct ledger_policy_verdict verdict;
    if (ledger_vkey_parse(base_bytes_str(ledger_log_vkey(witnesses->log)), &key, NULL) != 0 ||
        ledger_checkpoint_open(bytes, &key, &checkpoint, NULL) != 0 ||
        ledger_note_parse(bytes, &note, NULL) != 0)
        return false;
    ledger_policy_judge(witnesses->policy, &note, &verdict);
    if (!verdict.met || verdict.held_count == 0 || checkpoint.size < witnesses->witnessed_size)
        return false;
    base_buf_reset(&witnesses->witnessed);
    base_buf_put_bytes(&witnesses->witnessed, bytes);
    witnesses->witnessed_size = checkpoint.size;
    witnesses->verdict = verdict;
    return !witnesses->witnessed.failed;
}

/* Talking to one witness */

static size_t on_bytes(char *bytes, size_t size, size_t count, void *data)
{
    struct base_buf *out = data;
    base_buf_put(out, bytes, size * count);
    return out->failed ? 0 : size * count;
}

static int on_progress(void *data, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    const struct net_witnesses *witnesses = data;
    (void)a, (void)b, (void)c, (void)d;
    return atomic_load(&witnesses->closing) ? 1 : 0;
}

/* The HTTP status, or -1 when there was no answer. */
static long post(struct net_witnesses *witnesses, const char *prefix, struct base_bytes body,
                 struct base_buf *out_answer, bool *out_is_size)
{
    char url[LEDGER_POLICY_URL_LEN_MAX + 32];
    CURL *curl = witnesses->curl;
    size_t len = strlen(prefix);
    long status = -1;
    const char *type = NULL;
    while (len > 0 && prefix[len - 1] == '/')
        len--;
    snprintf(url, sizeof url, "%.*s/add-checkpoint", (int)len, prefix);
    out_answer->limit = ANSWER_LEN_MAX;
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_POST, 1L);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, (const char *)body.data);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)body.len);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_bytes);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, out_answer);
    if (curl_easy_perform(curl) != CURLE_OK)
        return -1;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(curl, CURLINFO_CONTENT_TYPE, &type);
    *out_is_size = type != NULL && strncmp(type, "text/x.tlog.size", 16) == 0;
    return status;
}

static CURL *curl_make(struct net_witnesses *witnesses)
{
    static char header[] = "Content-Type: text/plain; charset=utf-8";
    static struct curl_slist type = {.data = header};
    CURL *curl = curl_easy_init();
    if (curl == NULL)
        return NULL;
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)NET_WITNESS_CONNECT_MS_MAX);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)NET_WITNESS_ANSWER_MS_MAX);
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, &type);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, on_progress);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, witnesses);
    return curl;
}

/* The answer to 409: a decimal number and a newline. */
static bool size_read(struct base_bytes answer, uint64_t *out_size)
{
    uint64_t size = 0;
    if (answer.len < 2 || answer.len > 20 || answer.data[answer.len - 1] != '\n')
        return false;
    for (size_t i = 0; i + 1 < answer.len; i++) {
        if (answer.data[i] < '0' || answer.data[i] > '9')
            return false;
        size = size * 10 + (uint64_t)(answer.data[i] - '0');
    }
    *out_size = size;
    return size <= INT64_MAX;
}

static int body_make(struct net_witnesses *witnesses, const struct round *round, uint64_t old_size,
                     struct base_buf *out_body, struct base_err *err)
{
    struct ledger_hash path[LEDGER_PROOF_LEN_MAX];
    struct ledger_reader *reader = NULL;
    unsigned count = 0;
    int rc = 0;
    if (old_size > 0 && old_size < round->checkpoint.size) {
        rc = ledger_reader_open(witnesses->log, &reader, err);
        if (rc == 0)
            rc = ledger_reader_consistency(reader, old_size, round->checkpoint.size, path, &count,
                                           err);
        ledger_reader_close(reader);
    }
    if (rc == 0)
        rc = ledger_witness_request_put(old_size, path, count, base_buf_bytes(&round->note),
                                        out_body, err);
    return rc;
}

static void failed(struct net_witnesses *witnesses, unsigned i, long failure)
{
    struct asked *asked = &witnesses->asked[i];
    if (asked->failure != failure)
        NET_LOG(NET_LOG_WARN, "witness", "no cosignature",
                NET_S("witness", witnesses->policy->witnesses[i].key.name),
                NET_I("status", failure));
    pthread_mutex_lock(&witnesses->lock);
    asked->failure = failure;
    asked->due_ms = now_ms() + asked->pause_ms;
    asked->pause_ms = asked->pause_ms * 2 > NET_WITNESS_PAUSE_MS_MAX ? NET_WITNESS_PAUSE_MS_MAX
                                                                     : asked->pause_ms * 2;
    pthread_mutex_unlock(&witnesses->lock);
}

/* It has cosigned more than we hold. What an operator must hear at once. */
static void ahead(struct net_witnesses *witnesses, unsigned i, uint64_t size)
{
    if (!witnesses->asked[i].is_ahead)
        NET_LOG(NET_LOG_ERROR, "witness",
                "the witness has seen more of this log than there is: a restored copy?",
                NET_S("witness", witnesses->policy->witnesses[i].key.name), NET_I("size", size));
    pthread_mutex_lock(&witnesses->lock);
    witnesses->asked[i].is_ahead = true;
    witnesses->asked[i].known_size = size;
    pthread_mutex_unlock(&witnesses->lock);
    failed(witnesses, i, 409);
}

static void cosigned(struct net_witnesses *witnesses, unsigned i, const struct round *round,
                     struct base_bytes lines)
{
    struct asked *asked = &witnesses->asked[i];
    pthread_mutex_lock(&witnesses->lock);
    base_buf_put_bytes(&witnesses->lines, lines);
    asked->known_size = round->checkpoint.size;
    asked->failure = 0;
    asked->has_answered = true;
    asked->is_ahead = false;
    asked->pause_ms = NET_WITNESS_PAUSE_MS_MIN;
    asked->due_ms = 0;
    pthread_mutex_unlock(&witnesses->lock);
}

/* Asks from the size that the witness is believed to know, and once more from the one it names. */
static void ask(struct net_witnesses *witnesses, unsigned i, const struct round *round)
{
    const struct ledger_policy_witness *witness = &witnesses->policy->witnesses[i];
    uint64_t old_size = witnesses->asked[i].known_size;
    long status = -1;
    if (old_size > round->checkpoint.size)
        old_size = 0; /* it will name its size again */
    for (int attempt = 0; attempt < 2; attempt++) {
        struct base_buf BASE_CLEANUP(base_buf_release) body = {0};
        struct base_buf BASE_CLEANUP(base_buf_release) answer = {0};
        struct base_buf BASE_CLEANUP(base_buf_release) lines = {0};
        struct base_err err = {0};
        bool is_size = false;
        if (body_make(witnesses, round, old_size, &body, &err) != 0) {
            net_log_fault("witness", "no consistency proof", &err);
            break;
        }
        status = post(witnesses, witness->url, base_buf_bytes(&body), &answer, &is_size);
        if (status == LEDGER_WITNESS_COSIGN) {
            if (ledger_witness_lines_take(base_buf_bytes(&answer), round->text, &witness->key,
                                          &lines, NULL, &err) != 0) {
                net_log_fault("witness", witness->key.name, &err);
                break;
            }
            cosigned(witnesses, i, round, base_buf_bytes(&lines));
            return;
        }
        uint64_t size = 0;
        if (status != LEDGER_WITNESS_CONFLICT || !is_size ||
            !size_read(base_buf_bytes(&answer), &size) || size == old_size)
            break;
        if (size > round->checkpoint.size) {
            ahead(witnesses, i, size);
            return;
        }
        old_size = size;
    }
    if (!atomic_load(&witnesses->closing))
        failed(witnesses, i, status);
}

/* A round */

static int round_begin(struct net_witnesses *witnesses, struct round *round, struct base_err *err)
{
    struct ledger_note note;
    int rc = ledger_log_checkpoint(witnesses->log, &round->note, err);
    if (rc == 0)
        rc = ledger_note_parse(base_buf_bytes(&round->note), &note, err);
    if (rc == 0)
        rc = ledger_checkpoint_parse(&note, &round->checkpoint, err);
    if (rc != 0)
        return rc;
    round->text = note.text;
    pthread_mutex_lock(&witnesses->lock);
    if (!base_bytes_equal(round->text, base_buf_bytes(&witnesses->text))) {
        base_buf_reset(&witnesses->text);
        base_buf_put_bytes(&witnesses->text, round->text);
        base_buf_reset(&witnesses->lines);
    }
    pthread_mutex_unlock(&witnesses->lock);
    return 0;
}

static void round_end(struct net_witnesses *witnesses, struct round *round)
{
    pthread_mutex_lock(&witnesses->lock);
    base_buf_put_bytes(&round->note, base_buf_bytes(&witnesses->lines));
    bool taken = !round->note.failed && witnesses->lines.len > 0 &&
                 witnessed_take(witnesses, base_buf_bytes(&round->note));
    pthread_mutex_unlock(&witnesses->lock);
    if (taken)
        witnessed_write(witnesses, base_buf_bytes(&round->note));
}

/* True when this witness is to be asked about a checkpoint of `size` now. */
static bool is_due(const struct net_witnesses *witnesses, unsigned i, uint64_t size)
{
    const struct asked *asked = &witnesses->asked[i];
    return witnesses->policy->witnesses[i].url[0] != '\0' && size > 0 &&
           asked->due_ms <= now_ms() &&
           (!asked->has_answered || asked->known_size != size || asked->failure != 0);
}

static void round_run(struct net_witnesses *witnesses)
{
    struct round round = {0};
    struct base_err err = {0};
    if (round_begin(witnesses, &round, &err) != 0) {
        net_log_fault("witness", "no checkpoint", &err);
    } else {
        for (unsigned i = 0;
             i < witnesses->policy->witness_count && !atomic_load(&witnesses->closing); i++)
            if (is_due(witnesses, i, round.checkpoint.size))
                ask(witnesses, i, &round);
        round_end(witnesses, &round);
    }
    base_buf_release(&round.note);
}

/* Waits for news or for the time when somebody is asked again. */
static void wait_for_work(struct net_witnesses *witnesses)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += NET_WITNESS_RETRY_MS / 1000;
    pthread_mutex_lock(&witnesses->lock);
    while (!witnesses->has_news && !atomic_load(&witnesses->closing))
        if (pthread_cond_timedwait(&witnesses->poked, &witnesses->lock, &until) == ETIMEDOUT)
            break;
    witnesses->has_news = false;
    pthread_mutex_unlock(&witnesses->lock);
}

/* Many commits make one round: a breath between two. */
static void breathe(struct net_witnesses *witnesses)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += (long)NET_WITNESS_BREATH_MS * 1000000L;
    until.tv_sec += until.tv_nsec / 1000000000L;
    until.tv_nsec %= 1000000000L;
    pthread_mutex_lock(&witnesses->lock);
    while (!atomic_load(&witnesses->closing) &&
           pthread_cond_timedwait(&witnesses->poked, &witnesses->lock, &until) == 0)
        continue;
    pthread_mutex_unlock(&witnesses->lock);
}

static void *thread_run(void *data)
{
    struct net_witnesses *witnesses = data;
    while (!atomic_load(&witnesses->closing)) {
        round_run(witnesses);
        breathe(witnesses);
        wait_for_work(witnesses);
    }
    return NULL;
}

/* Life */

static int policy_load(struct net_witnesses *witnesses, struct base_err *err)
{
    struct base_buf BASE_CLEANUP(base_buf_release) text = {0};
    struct base_buf BASE_CLEANUP(base_buf_release) note = {0};
    int rc = file_read(witnesses->dir, FILE_POLICY, LEDGER_POLICY_TEXT_LEN_MAX, &text, err);
    if (rc == 0)
        rc = ledger_policy_parse(base_buf_bytes(&text), witnesses->policy, err);
    if (rc != 0)
        return base_err_wrap(err, rc, "%s", FILE_POLICY);
    /* What does not hold any more (another policy, damage) is not shown; a new round makes it. */
    if (file_read(witnesses->dir, FILE_WITNESSED, LEDGER_NOTE_LEN_MAX, &note, NULL) == 0)
        (void)witnessed_take(witnesses, base_buf_bytes(&note));
    for (unsigned i = 0; i < witnesses->policy->witness_count; i++) {
        witnesses->asked[i].pause_ms = NET_WITNESS_PAUSE_MS_MIN;
        if (witnesses->verdict.held[i])
            witnesses->asked[i].known_size = witnesses->witnessed_size;
    }
    return 0;
}

static void release(struct net_witnesses *witnesses)
{
    curl_easy_cleanup(witnesses->curl);
    pthread_cond_destroy(&witnesses->poked);
    pthread_mutex_destroy(&witnesses->lock);
    base_buf_release(&witnesses->text);
    base_buf_release(&witnesses->lines);
    base_buf_release(&witnesses->witnessed);
    free(witnesses->policy);
    free(witnesses);
}

int net_witnesses_open(const char *dir, struct ledger_log *log,
                       struct net_witnesses **out_witnesses, struct base_err *err)
{
    char path[4000];
    pthread_condattr_t attributes;
    snprintf(path, sizeof path, "%.3799s/" FILE_POLICY, dir);
    *out_witnesses = NULL;
    if (access(path, F_OK) != 0)
        return 0;
    struct net_witnesses *witnesses = calloc(1, sizeof *witnesses);
    if (witnesses == NULL)
        return BASE_FAIL(err, BASE_E_MEMORY, "witnesses");
    snprintf(witnesses->dir, sizeof witnesses->dir, "%.3799s", dir);
    witnesses->log = log;
    pthread_mutex_init(&witnesses->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&witnesses->poked, &attributes);
    pthread_condattr_destroy(&attributes);
    witnesses->policy = calloc(1, sizeof *witnesses->policy);
    witnesses->curl = curl_make(witnesses);
    int rc = witnesses->policy == NULL || witnesses->curl == NULL
                 ? BASE_FAIL(err, BASE_E_MEMORY, "witnesses")
                 : policy_load(witnesses, err);
    if (rc == 0 && pthread_create(&witnesses->thread, NULL, thread_run, witnesses) != 0)
        rc = BASE_FAIL(err, BASE_E_MEMORY, "no thread for the witnesses");
    if (rc != 0) {
        release(witnesses);
        return rc;
    }
    *out_witnesses = witnesses;
    return 0;
}

void net_witnesses_close(struct net_witnesses *witnesses)
{
    if (witnesses == NULL)
        return;
    pthread_mutex_lock(&witnesses->lock);
    atomic_store(&witnesses->closing, true);
    pthread_cond_broadcast(&witnesses->poked);
    pthread_mutex_unlock(&witnesses->lock);
    pthread_join(witnesses->thread, NULL);
    release(witnesses);
}

void net_witnesses_poke(struct net_witnesses *witnesses)
{
    if (witnesses == NULL)
        return;
    pthread_mutex_lock(&witnesses->lock);
    witnesses->has_news = true;
    pthread_cond_signal(&witnesses->poked);
    pthread_mutex_unlock(&witnesses->lock);
}

void net_witnesses_status(struct net_witnesses *witnesses, struct net_witnesses_status *out_status)
{
    *out_status = (struct net_witnesses_status){0};
    if (witnesses == NULL)
        return;
    ledger_policy_quorum(witnesses->policy, &out_status->needed, &out_status->of);
    out_status->count = witnesses->policy->witness_count;
    pthread_mutex_lock(&witnesses->lock);
    out_status->size = witnesses->witnessed_size;
    for (unsigned i = 0; i < out_status->count; i++)
        out_status->witnesses[i] =
            (struct net_witness_status){.name = witnesses->policy->witnesses[i].key.name,
                                        .key = &witnesses->policy->witnesses[i].key,
                                        .held = witnesses->verdict.held[i],
                                        .size = witnesses->asked[i].known_size,
                                        .time_s = witnesses->verdict.time_s[i],
                                        .is_ahead = witnesses->asked[i].is_ahead,
                                        .failure = witnesses->asked[i].failure};
    pthread_mutex_unlock(&witnesses->lock);
}

void net_witnesses_put_note(struct net_witnesses *witnesses, struct base_buf *out_note)
{
    if (witnesses == NULL)
        return;
    pthread_mutex_lock(&witnesses->lock);
    base_buf_put_bytes(out_note, base_buf_bytes(&witnesses->witnessed));
    pthread_mutex_unlock(&witnesses->lock);
}

void net_witnesses_put_lines(struct net_witnesses *witnesses, struct base_bytes note,
                             struct base_buf *out_lines)
{
    if (witnesses == NULL)
        return;
    pthread_mutex_lock(&witnesses->lock);
    struct base_bytes text = base_buf_bytes(&witnesses->text);
    if (text.len > 0 && note.len > text.len && memcmp(note.data, text.data, text.len) == 0 &&
        note.data[text.len] == '\n')
        base_buf_put_bytes(out_lines, base_buf_bytes(&witnesses->lines));
    pthread_mutex_unlock(&witnesses->lock);
}
