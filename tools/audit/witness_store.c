/* The happy path of a request: it is read, its log is found, its last checkpoint is read from the
 * disk and held against it, the cosignature is made, note and cosignature replace the file, file
 * and folder are synced, and only then is the line given out. What can fail: the disk; then nothing
 * was promised, and the log asks again. */
#include "tools/audit/witness_store.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tools/common/files.h"

#define PATH_LEN 4200u
#define LOGS_LEN_MAX (AUDIT_WITNESS_LOG_COUNT_MAX * 512u)

struct audit_witness {
    char dir[4000];
    struct ledger_note_signer signer;
    struct ledger_note_key *logs;
    unsigned log_count;
    int lock_fd;
    unsigned evidence_count; /* where the next piece goes */
};

static void path_make(char out[PATH_LEN], const char *dir, const char *name)
{
    snprintf(out, PATH_LEN, "%.4000s/%.150s", dir, name);
}

int audit_witness_make(const char *dir, const char *name, struct base_err *err)
{
    struct base_buf BASE_CLEANUP(base_buf_wipe) text = {0};
    struct ledger_note_signer signer = {0};
    uint8_t seed[LEDGER_SEED_LEN];
    char path[PATH_LEN];
    randombytes_buf(seed, sizeof seed);
    int rc = ledger_note_signer_make(name, LEDGER_NOTE_COSIGNATURE, seed, &signer, err);
    sodium_memzero(seed, sizeof seed);
    path_make(path, dir, "witness.key");
    if (rc == 0)
        rc = tool_dir_make(dir, err);
    if (rc == 0 && tool_file_exists(path))
        rc = BASE_FAIL(err, BASE_E_STATE, "%s is there already", path);
    ledger_skey_put(&signer, &text);
    base_buf_put_str(&text, "\n");
    if (rc == 0)
        rc = text.failed ? BASE_FAIL(err, BASE_E_MEMORY, "key")
                         : tool_file_write(path, 0600, base_buf_bytes(&text), err);
    ledger_note_signer_wipe(&signer);
    return rc != 0 ? rc : tool_dir_sync(dir, err);
}

static int key_load(struct audit_witness *witness, struct base_err *err)
{
    struct base_buf BASE_CLEANUP(base_buf_wipe) text = {0};
    char path[PATH_LEN];
    path_make(path, witness->dir, "witness.key");
    int rc = tool_file_read(path, 4096, &text, err);
    if (rc == 0 && text.len > 0 && text.data[text.len - 1] == '\n')
        text.len--;
    if (rc == 0)
        rc = ledger_skey_parse(base_buf_bytes(&text), &witness->signer, err);
    if (rc == 0 && witness->signer.key.type != LEDGER_NOTE_COSIGNATURE)
        rc = BASE_FAIL(err, BASE_E_FORMAT, "%s is no witness's key", path);
    return rc;
}

static int logs_load(struct audit_witness *witness, struct base_err *err)
{
    struct base_buf BASE_CLEANUP(base_buf_release) text = {0};
    char path[PATH_LEN];
    path_make(path, witness->dir, "logs");
    witness->logs = calloc(AUDIT_WITNESS_LOG_COUNT_MAX, sizeof *witness->logs);
    if (witness->logs == NULL)
        return BASE_FAIL(err, BASE_E_MEMORY, "logs");
    int rc = tool_file_exists(path) ? tool_file_read(path, LOGS_LEN_MAX, &text, err) : 0;
    struct base_bytes rest = base_buf_bytes(&text);
    for (unsigned number = 1; rc == 0 && rest.len > 0; number++) {
        const uint8_t *end = memchr(rest.data, '\n', rest.len);
        size_t len = end == NULL ? rest.len : (size_t)(end - rest.data);
        struct base_bytes line = base_bytes_of(rest.data, len);
        rest = base_bytes_of(rest.data + len, rest.len - len);
        if (rest.len > 0)
            rest = base_bytes_of(rest.data + 1, rest.len - 1);
        if (line.len == 0 || line.data[0] == '#')
            continue;
        if (witness->log_count == AUDIT_WITNESS_LOG_COUNT_MAX)
            return BASE_FAIL(err, BASE_E_LIMIT, "%s names more than %u logs", path,
                             AUDIT_WITNESS_LOG_COUNT_MAX);
        rc = ledger_vkey_parse(line, &witness->logs[witness->log_count++], err);
        if (rc != 0)
            return base_err_wrap(err, rc, "%s, line %u", path, number);
    }
    return rc;
}

int audit_witness_allow(const char *dir, const char *vkey, struct base_err *err)
{
    struct base_buf BASE_CLEANUP(base_buf_release) text = {0};
    struct ledger_note_key key;
    char path[PATH_LEN];
    path_make(path, dir, "logs");
    int rc = ledger_vkey_parse(base_bytes_str(vkey), &key, err);
    if (rc == 0 && key.type != LEDGER_NOTE_ED25519)
        rc = BASE_FAIL(err, BASE_E_USAGE, "this is no log's key");
    if (rc == 0 && tool_file_exists(path))
        rc = tool_file_read(path, LOGS_LEN_MAX, &text, err);
    if (rc != 0)
        return rc;
    const char *present = base_buf_text(&text);
    if (present != NULL && strstr(present, vkey) != NULL)
        return 0;
    if (text.len > 0 && text.data[text.len - 1] != '\n')
        base_buf_put_str(&text, "\n");
    base_buf_printf(&text, "%s\n", vkey);
    return text.failed ? BASE_FAIL(err, BASE_E_MEMORY, "logs")
                       : tool_file_write(path, 0644, base_buf_bytes(&text), err);
}

int audit_witness_open(const char *dir, struct audit_witness **out_witness, struct base_err *err)
{
    char path[PATH_LEN];
    struct audit_witness *witness = calloc(1, sizeof *witness);
    if (witness == NULL)
        return BASE_FAIL(err, BASE_E_MEMORY, "witness");
    witness->lock_fd = -1;
    int len = snprintf(witness->dir, sizeof witness->dir, "%s", dir);
    int rc = len < 0 || (size_t)len >= sizeof witness->dir
                 ? BASE_FAIL(err, BASE_E_USAGE, "the folder's name is too long")
                 : 0;
    if (rc == 0)
        rc = key_load(witness, err);
    if (rc == 0)
        rc = tool_dir_lock(dir, "lock", &witness->lock_fd, err);
    if (rc == 0)
        rc = logs_load(witness, err);
    path_make(path, dir, "state");
    if (rc == 0)
        rc = tool_dir_make(path, err);
    path_make(path, dir, "evidence");
    if (rc == 0)
        rc = tool_dir_make(path, err);
    if (rc == 0)
        *out_witness = witness;
    else
        audit_witness_close(witness);
    return rc;
}

void audit_witness_close(struct audit_witness *witness)
{
    if (witness == NULL)
        return;
    if (witness->lock_fd >= 0)
        close(witness->lock_fd);
    ledger_note_signer_wipe(&witness->signer);
    free(witness->logs);
    free(witness);
}

const struct ledger_note_key *audit_witness_key(const struct audit_witness *witness)
{
    return &witness->signer.key;
}

unsigned audit_witness_log_count(const struct audit_witness *witness)
{
    return witness->log_count;
}

static void state_path(const struct audit_witness *witness, const char *origin, char out[PATH_LEN])
{
    struct ledger_hash hash;
    char hex[2 * LEDGER_HASH_LEN + 1];
    char name[sizeof hex + 8];
    ledger_sha256(base_bytes_str(origin), &hash);
    base_hex(hash.bytes, LEDGER_HASH_LEN, hex);
    snprintf(name, sizeof name, "state/%s", hex);
    path_make(out, witness->dir, name);
}

/* What was cosigned last for this origin; the empty tree when nothing was. */
static int last_read(const struct audit_witness *witness, const char *origin,
                     struct ledger_checkpoint *out_last, struct base_err *err)
{
    struct base_buf BASE_CLEANUP(base_buf_release) bytes = {0};
    struct ledger_note note;
    char path[PATH_LEN];
    *out_last = (struct ledger_checkpoint){0};
    ledger_tree_empty(&out_last->root);
    state_path(witness, origin, path);
    if (!tool_file_exists(path))
        return 0;
    int rc = tool_file_read(path, LEDGER_NOTE_LEN_MAX, &bytes, err);
    if (rc == 0)
        rc = ledger_note_parse(base_buf_bytes(&bytes), &note, err);
    if (rc == 0)
        rc = ledger_checkpoint_parse(&note, out_last, err);
    if (rc == 0 && (strcmp(out_last->origin, origin) != 0 ||
                    !ledger_note_is_signed_by(&note, &witness->signer.key, NULL)))
        rc = BASE_FAIL(err, BASE_E_CORRUPT, "not what this witness wrote");
    return rc == 0 ? 0 : base_err_wrap(err, rc, "%s", path);
}

/* Keeps a request that a known log signed and that does not follow from what it said before. */
static void evidence_keep(struct audit_witness *witness, struct base_bytes body)
{
    char path[PATH_LEN];
    char name[64];
    while (witness->evidence_count < AUDIT_WITNESS_EVIDENCE_COUNT_MAX) {
        snprintf(name, sizeof name, "evidence/%03u", witness->evidence_count++);
        path_make(path, witness->dir, name);
        if (tool_file_exists(path))
            continue;
        (void)!tool_file_write(path, 0644, body, NULL);
        return;
    }
}

static int cosign(struct audit_witness *witness, const struct ledger_witness_request *request,
                  const char *origin, struct base_bytes text, uint64_t time_s,
                  struct base_buf *out_lines, struct base_err *err)
{
    struct base_buf BASE_CLEANUP(base_buf_release) state = {0};
    char path[PATH_LEN];
    char dir[PATH_LEN];
    ledger_note_sign_line(text, &witness->signer, time_s, out_lines);
    /* Of the request's note only the log's own lines would be needed; all are kept, as evidence. */
    base_buf_put_bytes(&state, request->note);
    base_buf_put_bytes(&state, base_buf_bytes(out_lines));
    if (state.failed || out_lines->failed)
        return BASE_FAIL(err, BASE_E_MEMORY, "a cosignature");
    if (state.len > LEDGER_NOTE_LEN_MAX)
        return BASE_FAIL(err, BASE_E_LIMIT, "a note of %zu bytes", state.len);
    state_path(witness, origin, path);
    path_make(dir, witness->dir, "state");
    int rc = tool_file_write(path, 0644, base_buf_bytes(&state), err);
    return rc == 0 ? tool_dir_sync(dir, err) : rc;
}

int audit_witness_answer(struct audit_witness *witness, struct base_bytes body, uint64_t time_s,
                         enum ledger_witness_answer *out_answer, struct base_buf *out_body,
                         struct base_err *err)
{
    struct ledger_witness_request request;
    struct ledger_checkpoint checkpoint;
    struct ledger_checkpoint last;
    struct base_bytes text;
    *out_answer = LEDGER_WITNESS_MALFORMED;
    if (ledger_witness_request_parse(body, &request, NULL) != 0)
        return 0;
    *out_answer =
        ledger_witness_read(&request, witness->logs, witness->log_count, &checkpoint, &text);
    if (*out_answer != LEDGER_WITNESS_COSIGN)
        return 0;
    int rc = last_read(witness, checkpoint.origin, &last, err);
    if (rc != 0)
        return rc;
    *out_answer = ledger_witness_judge(&request, &checkpoint, &last);
    bool contradicts = *out_answer == LEDGER_WITNESS_UNPROVED ||
                       (*out_answer == LEDGER_WITNESS_CONFLICT && checkpoint.size == last.size &&
                        !ledger_hash_equal(&checkpoint.root, &last.root));
    if (contradicts)
        evidence_keep(witness, body);
    /* "The response body MUST consist of the tree size of the latest cosigned checkpoint" */
    if (*out_answer == LEDGER_WITNESS_CONFLICT)
        base_buf_printf(out_body, "%llu\n", (unsigned long long)last.size);
    if (*out_answer == LEDGER_WITNESS_COSIGN)
        rc = cosign(witness, &request, checkpoint.origin, text, time_s, out_body, err);
    return rc;
}
