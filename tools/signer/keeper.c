/* The happy path of a request: read, judged against what was signed last, signed, written beside
 * the state, synced, renamed over it, the folder synced, and only then answered. What can fail: the
 * disk. Then nothing was given out, and the state is the former one or the new one: both are right,
 * since the log asks only for trees that it cannot take back. */
#include "tools/signer/keeper.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ledger/base/sync.h"
#include "tools/common/files.h"

#define KEY_LEN_MAX 4096u

static int key_load(const char *path, struct ledger_note_signer *out_signer, struct base_err *err)
{
    struct base_buf BASE_CLEANUP(base_buf_wipe) text = {0};
    struct stat st;
    if (stat(path, &st) != 0)
        return BASE_FAIL(err, errno == ENOENT ? BASE_E_MISSING : BASE_E_IO, "%s: %s", path,
                         strerror(errno));
    if (!S_ISREG(st.st_mode) || (st.st_mode & 077) != 0)
        return BASE_FAIL(err, BASE_E_STATE,
                         "%s: a key is a file that nobody else may touch; chmod 600", path);
    int rc = tool_file_read(path, KEY_LEN_MAX, &text, err);
    if (rc == 0 && text.len > 0 && text.data[text.len - 1] == '\n')
        text.len--;
    if (rc == 0)
        rc = ledger_skey_parse(base_buf_bytes(&text), out_signer, err);
    if (rc == 0 && out_signer->key.type != LEDGER_NOTE_ED25519)
        rc = BASE_FAIL(err, BASE_E_FORMAT, "%s holds no log key", path);
    return rc;
}

int signer_key_make(const char *path, const char *origin, struct base_buf *out_vkey,
                    struct base_err *err)
{
    struct base_buf BASE_CLEANUP(base_buf_wipe) text = {0};
    struct ledger_note_signer signer;
    uint8_t seed[LEDGER_SEED_LEN];
    if (tool_file_exists(path))
        return BASE_FAIL(err, BASE_E_STATE, "%s is there already: nothing is written over", path);
    randombytes_buf(seed, sizeof seed);
    int rc = ledger_note_signer_make(origin, LEDGER_NOTE_ED25519, seed, &signer, err);
    sodium_memzero(seed, sizeof seed);
    if (rc != 0)
        return rc;
    ledger_skey_put(&signer, &text);
    base_buf_put_str(&text, "\n");
    ledger_vkey_put(&signer.key, out_vkey);
    ledger_note_signer_wipe(&signer);
    return text.failed || out_vkey->failed
               ? BASE_FAIL(err, BASE_E_MEMORY, "making a key")
               : tool_file_write(path, 0600, base_buf_bytes(&text), err);
}

/* Folder and name of the state; the lock lies beside it. */
static int state_place(struct signer_keeper *keeper, const char *path, struct base_err *err)
{
    char name[PATH_MAX];
    const char *slash = strrchr(path, '/');
    int len = slash == NULL ? snprintf(keeper->state_dir, PATH_MAX, ".")
                            : snprintf(keeper->state_dir, PATH_MAX, "%.*s",
                                       slash == path ? 1 : (int)(slash - path), path);
    int path_len = snprintf(keeper->state_file, PATH_MAX, "%s", path);
    int name_len = snprintf(name, sizeof name, "%s.lock", slash == NULL ? path : slash + 1);
    if (len < 0 || len >= PATH_MAX || path_len < 0 || path_len >= PATH_MAX || name_len < 0 ||
        name_len >= PATH_MAX)
        return BASE_FAIL(err, BASE_E_LIMIT, "the path of the state is too long");
    return tool_dir_lock(keeper->state_dir, name, &keeper->lock_fd, err);
}

static int note_take(struct signer_keeper *keeper, const char *path, struct base_err *err)
{
    base_buf_reset(&keeper->note);
    int rc = tool_file_read(path, LEDGER_SIGNING_MESSAGE_LEN_MAX, &keeper->note, err);
    if (rc == 0)
        rc = ledger_checkpoint_open(base_buf_bytes(&keeper->note), &keeper->signer.key,
                                    &keeper->last, err);
    return rc == 0 ? 0 : base_err_wrap(err, rc, "%s", path);
}

static int state_write(const struct signer_keeper *keeper, struct base_bytes note,
                       struct base_err *err)
{
    int rc = tool_file_write(keeper->state_file, 0600, note, err);
    return rc == 0 ? tool_dir_sync(keeper->state_dir, err) : rc;
}

static int state_make(struct signer_keeper *keeper, const char *from, struct base_err *err)
{
    struct ledger_hash empty;
    int rc;
    if (tool_file_exists(keeper->state_file))
        return BASE_FAIL(err, BASE_E_STATE,
                         "%s is there already: what was signed is not forgotten by --init",
                         keeper->state_file);
    if (from != NULL) {
        rc = note_take(keeper, from, err);
    } else {
        ledger_tree_empty(&empty);
        memcpy(keeper->last.origin, keeper->signer.key.name, sizeof keeper->last.origin);
        keeper->last.root = empty;
        rc = ledger_checkpoint_sign(0, &empty, &keeper->signer, &keeper->note, err);
    }
    return rc == 0 ? state_write(keeper, base_buf_bytes(&keeper->note), err) : rc;
}

static int state_load(struct signer_keeper *keeper, struct base_err *err)
{
    if (!tool_file_exists(keeper->state_file))
        return BASE_FAIL(err, BASE_E_MISSING,
                         "%s is not there: a signer that has forgotten what it signed would sign "
                         "anything. --init makes one, --from names a checkpoint to begin at",
                         keeper->state_file);
    int rc = note_take(keeper, keeper->state_file, err);
    if (rc != 0)
        return rc;
    /* It may have been renamed a moment before a crash, and not have reached the disk. */
    int code = base_path_sync(keeper->state_file);
    if (code != 0)
        return BASE_FAIL(err, BASE_E_IO, "syncing %s: %s", keeper->state_file, strerror(code));
    return tool_dir_sync(keeper->state_dir, err);
}

int signer_keeper_open(const struct signer_files *files, struct signer_keeper *out_keeper,
                       struct base_err *err)
{
    *out_keeper = (struct signer_keeper){.lock_fd = -1};
    int rc = key_load(files->key, &out_keeper->signer, err);
    if (rc == 0)
        rc = state_place(out_keeper, files->state, err);
    if (rc == 0)
        rc = files->init ? state_make(out_keeper, files->from, err) : state_load(out_keeper, err);
    if (rc != 0)
        signer_keeper_close(out_keeper);
    return rc;
}

void signer_keeper_close(struct signer_keeper *keeper)
{
    ledger_note_signer_wipe(&keeper->signer);
    base_buf_release(&keeper->note);
    if (keeper->lock_fd >= 0)
        close(keeper->lock_fd);
    keeper->lock_fd = -1;
}

/* Signs what was judged good, and keeps it. A full disk is an answer, not a fault. */
static int sign(struct signer_keeper *keeper, const struct ledger_signing_request *request,
                enum ledger_signing_answer *out_answer, struct base_err *err)
{
    struct base_buf note = {0};
    struct base_err why = {0};
    int rc =
        ledger_checkpoint_sign(request->new_size, &request->new_root, &keeper->signer, &note, &why);
    if (rc == 0)
        rc = state_write(keeper, base_buf_bytes(&note), &why);
    if (rc != 0) {
        base_buf_release(&note);
        *out_answer = LEDGER_SIGNING_UNABLE;
        bool passes = rc == BASE_E_FULL || rc == BASE_E_MEMORY;
        return passes ? 0 : BASE_FAIL(err, rc, "%s", why.text);
    }
    base_buf_release(&keeper->note);
    keeper->note = note;
    keeper->last.size = request->new_size;
    keeper->last.root = request->new_root;
    return 0;
}

int signer_keeper_answer(struct signer_keeper *keeper, struct base_bytes message,
                         enum ledger_signing_answer *out_answer, struct base_buf *out_bytes,
                         struct base_err *err)
{
    struct ledger_signing_request request;
    enum ledger_signing_answer answer;
    int fault = 0;
    if (ledger_signing_request_parse(message, &request, NULL) != 0)
        answer = LEDGER_SIGNING_MALFORMED;
    else if (request.asks_last)
        answer = strcmp(request.origin, keeper->last.origin) == 0 ? LEDGER_SIGNING_SIGNED
                                                                  : LEDGER_SIGNING_OTHER_LOG;
    else
        answer = ledger_signing_judge(&keeper->last, &request);
    if (answer == LEDGER_SIGNING_SIGNED && !request.asks_last &&
        request.new_size != keeper->last.size)
        fault = sign(keeper, &request, &answer, err);
    *out_answer = answer;
    int rc = ledger_signing_answer_put(answer,
                                       answer == LEDGER_SIGNING_SIGNED
                                           ? base_buf_bytes(&keeper->note)
                                           : base_bytes_str(ledger_signing_words(answer)),
                                       out_bytes, fault == 0 ? err : NULL);
    return fault != 0 ? fault : rc;
}
