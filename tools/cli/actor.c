/* Unlocking, signing, sending. */
#include "tools/cli/actor.h"

#include <curl/curl.h>
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include "net/credentials.h"
#include "tools/cli/reading.h"
#include "tools/cli/root.h"
#include "tools/common/files.h"
#include "tools/common/secrets.h"

#define ANSWER_LEN_MAX 65536u

static void chop(char *line)
{
    line[strcspn(line, "\r\n")] = '\0';
}

static int from_terminal(const char *prompt, char *out, size_t size, struct base_err *err)
{
    struct termios before;
    struct termios quiet;
    FILE *terminal = fopen("/dev/tty", "r+e");
    if (terminal == NULL)
        return BASE_FAIL(err, BASE_E_USAGE, "no terminal to ask at; use --password-file");
    fprintf(terminal, "%s: ", prompt);
    fflush(terminal);
    tcgetattr(fileno(terminal), &before);
    quiet = before;
    quiet.c_lflag &= ~(tcflag_t)ECHO;
    tcsetattr(fileno(terminal), TCSAFLUSH, &quiet);
    bool done = fgets(out, (int)size, terminal) != NULL;
    tcsetattr(fileno(terminal), TCSAFLUSH, &before);
    fputc('\n', terminal);
    fclose(terminal);
    chop(out);
    return done ? 0 : BASE_FAIL(err, BASE_E_USAGE, "nothing was typed");
}

int cli_secret(const char *path, const char *prompt, char *out, size_t size, struct base_err *err)
{
    if (path == NULL)
        return from_terminal(prompt, out, size, err);
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return BASE_FAIL(err, BASE_E_MISSING, "%s: %s", path, strerror(errno));
    bool done = fgets(out, (int)size, file) != NULL;
    fclose(file);
    chop(out);
    return done ? 0 : BASE_FAIL(err, BASE_E_FORMAT, "%s: empty", path);
}

/* Root's own key, which must be the one that the log names now. */
static int unlock_root(int argc, char **argv, const struct cli_reading *reading,
                       struct cli_actor *out_actor, struct base_err *err)
{
    struct proj_school school;
    int rc = cli_root_unlock(argc, argv, "--recovery-file", "--envelope", &out_actor->key, err);
    if (rc != 0)
        return rc;
    if (!proj_school_find(reading->txn, &school) ||
        !ledger_key_equal(&school.root, &out_actor->key.key))
        rc = BASE_FAIL(err, BASE_E_STATE,
                       "это не действующий резервный ключ этого журнала / this is not the present "
                       "recovery key of this log");
    return rc;
}

static int unlock_account(const char *dir, const char *login, const char *password_file,
                          struct cli_actor *out_actor, struct base_err *err)
{
    struct net_credentials *credentials = NULL;
    struct net_credential record;
    char password[256] = "";
    uint8_t derived[64];
    uint8_t seed[LEDGER_SEED_LEN];
    unsigned long long len = 0;
    int rc = cli_secret(password_file, "password", password, sizeof password, err);
    if (rc == 0)
        rc = net_credentials_open(dir, &credentials, err);
    if (rc == 0 && net_credentials_find(credentials, base_bytes_str(login), &record, err) != 0)
        rc = BASE_FAIL(err, BASE_E_MISSING, "login %s: unknown, or the password is wrong", login);
    if (rc == 0 &&
        crypto_pwhash(derived, sizeof derived, password, strlen(password), record.salt, record.ops,
                      (size_t)record.mem_kib * 1024, crypto_pwhash_ALG_ARGON2ID13) != 0)
        rc = BASE_FAIL(err, BASE_E_MEMORY, "Argon2id");
    if (rc == 0 && crypto_aead_xchacha20poly1305_ietf_decrypt(
                       seed, &len, NULL, record.wrapped, sizeof record.wrapped,
                       (const uint8_t *)login, strlen(login), record.nonce, derived + 32) != 0)
        rc = BASE_FAIL(err, BASE_E_MISSING, "login %s: unknown, or the password is wrong", login);
    if (rc == 0) {
        tool_key_from_seed(&out_actor->key, seed);
        memcpy(out_actor->account, record.account, LEDGER_ID_LEN);
    }
    net_credentials_close(credentials);
    sodium_memzero(password, sizeof password);
    sodium_memzero(derived, sizeof derived);
    sodium_memzero(seed, sizeof seed);
    return rc;
}

int cli_actor_unlock(int argc, char **argv, const char *dir, struct cli_actor *out_actor,
                     struct base_err *err)
{
    const char *login = cli_option(argc, argv, "--as");
    const char *request = cli_option(argc, argv, "--request");
    bool root = cli_root_given(argc, argv, "--recovery-file", "--envelope");
    struct cli_reading reading;
    memset(out_actor, 0, sizeof *out_actor);
    if ((login != NULL) + (request != NULL) + root != 1)
        return BASE_FAIL(
            err, BASE_E_USAGE,
            "one of --as, --recovery-file, --envelope (twice) and --request is needed");
    if (request != NULL) {
        out_actor->request_path = request;
        return cli_request_begin(dir, &out_actor->request, err);
    }
    int rc = root ? 0
                  : unlock_account(dir, login, cli_option(argc, argv, "--password-file"), out_actor,
                                   err);
    if (rc == 0)
        rc = cli_reading_open(dir, &reading, err);
    if (rc == 0) {
        if (root)
            rc = unlock_root(argc, argv, &reading, out_actor, err);
        if (rc == 0)
            rc = ledger_reader_counter(reading.reader, &out_actor->key.key, &out_actor->key.counter,
                                       err);
        cli_reading_close(&reading);
    }
    if (rc != 0)
        cli_actor_wipe(out_actor);
    return rc;
}

int cli_actor_recount(const char *dir, struct cli_actor *actor, struct base_err *err)
{
    const struct tool_school_options options = {.dir = dir};
    struct tool_school *school = NULL;
    struct ledger_reader *reader = NULL;
    int rc = tool_school_open(&options, &school, err);
    if (rc == 0)
        rc = ledger_reader_open(tool_school_log(school), &reader, err);
    if (rc == 0)
        rc = ledger_reader_counter(reader, &actor->key.key, &actor->key.counter, err);
    ledger_reader_close(reader);
    tool_school_close(school);
    return rc;
}

void cli_actor_wipe(struct cli_actor *actor)
{
    cli_request_release(&actor->request);
    sodium_memzero(actor, sizeof *actor);
}

/* Sending */

static size_t on_bytes(char *bytes, size_t size, size_t count, void *data)
{
    struct base_buf *out = data;
    base_buf_put(out, bytes, size * count);
    return out->failed ? 0 : size * count;
}

static int post(const char *url, struct base_bytes wire, struct base_err *err)
{
    struct base_buf BASE_CLEANUP(base_buf_release) body = {0};
    struct base_buf BASE_CLEANUP(base_buf_release) answer = {.limit = ANSWER_LEN_MAX};
    char address[4096];
    long status = 0;
    CURL *curl = curl_easy_init();
    struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: application/msgpack");
    headers = curl_slist_append(headers, "Accept: application/json");
    ledger_canon_put_array(&body, 1);
    base_buf_put_bytes(&body, wire);
    snprintf(address, sizeof address, "%s/api/events", url);
    int rc = curl == NULL || headers == NULL || body.failed
                 ? BASE_FAIL(err, BASE_E_MEMORY, "libcurl")
                 : 0;
    if (rc == 0) {
        curl_easy_setopt(curl, CURLOPT_URL, address);
        curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)body.len);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.data);
        curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_bytes);
        curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer);
        curl_easy_setopt(curl, CURLOPT_TIMEOUT, 60L);
        /* What is sent proves itself and holds no secret; the certificate is often home-made. */
        curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 0L);
        curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 0L);
        CURLcode code = curl_easy_perform(curl);
        if (code != CURLE_OK)
            rc = BASE_FAIL(err, BASE_E_IO, "%s: %s", address, curl_easy_strerror(code));
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    }
    if (rc == 0 && status != 200)
        rc = BASE_FAIL(err, BASE_E_STATE, "%s: HTTP status %ld: %.300s", address, status,
                       base_buf_text(&answer) == NULL ? "" : (const char *)answer.data);
    if (rc == 0)
        printf("%s\n", base_buf_text(&answer) == NULL ? "" : (const char *)answer.data);
    curl_slist_free_all(headers);
    if (curl != NULL)
        curl_easy_cleanup(curl);
    return rc;
}

static int append(const char *dir, struct base_bytes wire, struct base_err *err)
{
    const struct tool_school_options options = {.dir = dir};
    struct tool_school *school = NULL;
    struct ledger_head head;
    int rc = tool_school_open(&options, &school, err);
    if (rc == BASE_E_BUSY)
        return base_err_wrap(err, rc, "a server is running; give its address with --url");
    if (rc == 0)
        rc = tool_school_submit_wire(school, wire, err);
    if (rc == 0)
        rc = tool_school_flush(school, err);
    if (rc == 0) {
        ledger_log_head(tool_school_log(school), &head);
        printf("{\"seq\": %llu}\n", (unsigned long long)head.size - 1);
    }
    tool_school_close(school);
    return rc;
}

int cli_send_wire(const char *dir, const char *url, struct base_bytes wire, struct base_err *err)
{
    return url != NULL ? post(url, wire, err) : append(dir, wire, err);
}

int cli_send_two(const char *dir, const char *url, struct tool_draft *draft,
                 struct cli_actor *actor, struct tool_key *second, struct base_err *err)
{
    struct base_buf BASE_CLEANUP(base_buf_wipe) wire = {0};
    struct tool_key *const signers[] = {&actor->key, second};
    struct cli_reading reading;
    struct ledger_hash log_id;
    struct ledger_head head;
    if (actor->request_path != NULL) {
        int rc = cli_request_add(&actor->request, draft, err);
        return rc == 0 ? cli_request_write(&actor->request, actor->request_path, err) : rc;
    }
    int rc = cli_reading_open(dir, &reading, err);
    if (rc != 0)
        return rc;
    ledger_log_id(reading.log, &log_id);
    ledger_log_head(reading.log, &head);
    cli_reading_close(&reading);
    const struct tool_moment moment = {.log_id = &log_id,
                                       .claimed_ms = base_clock_system().now_ms(NULL),
                                       .seen_size = head.size,
                                       .seen_root = &head.root};
    rc = tool_draft_sign(draft, &moment, signers, second == NULL ? 1 : 2, &wire, NULL, err);
    return rc == 0 ? cli_send_wire(dir, url, base_buf_bytes(&wire), err) : rc;
}

int cli_send(const char *dir, const char *url, struct tool_draft *draft, struct cli_actor *actor,
             struct base_err *err)
{
    return cli_send_two(dir, url, draft, actor, NULL, err);
}
