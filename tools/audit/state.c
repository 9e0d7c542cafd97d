/* The file `state`: head ‖ verifier key ‖ note ‖ size ‖ hash of the projections ‖ the
 * verification's bytes ‖ MAC over all before, with lengths of eight bytes before what has no fixed
 * one. It is replaced in one step, after the projections that it names are on the disk; others are
 * then removed. What can fail: the disk, and a stranger's hand, which the MAC shows. */
#include "tools/audit/state.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "ledger/checkpoint.h"
#include "tools/common/files.h"

#define PATH_LEN 4300u
#define STATE_LEN_MAX (UINT64_C(1) << 32)

static const char head[] = "letopis/audit-state/v1";

struct audit_state {
    char dir[4000];
    uint8_t key[crypto_auth_KEYBYTES];
    struct base_buf vkey;
    struct base_buf bytes; /* the file, without its MAC; empty: nothing yet */
    struct base_bytes note, resume;
    uint64_t size;
    uint8_t projections_hash[LEDGER_HASH_LEN];
};

static void path_make(char out[PATH_LEN], const char *dir, const char *name)
{
    snprintf(out, PATH_LEN, "%.4000s/%.200s", dir, name);
}

static void projections_path(const struct audit_state *state, uint64_t size, char out[PATH_LEN])
{
    char name[64];
    snprintf(name, sizeof name, "projections-%" PRIu64, size);
    path_make(out, state->dir, name);
}

static int key_load(struct audit_state *state, const char *key_file, struct base_err *err)
{
    struct base_buf BASE_CLEANUP(base_buf_wipe) text = {0};
    char path[PATH_LEN];
    char hex[2 * sizeof state->key + 1];
    if (key_file != NULL)
        snprintf(path, sizeof path, "%s", key_file);
    else
        path_make(path, state->dir, "key");
    if (!tool_file_exists(path)) {
        randombytes_buf(state->key, sizeof state->key);
        base_hex(state->key, sizeof state->key, hex);
        int rc = tool_file_write(path, 0600, base_bytes_str(hex), err);
        sodium_memzero(hex, sizeof hex);
        return rc;
    }
    int rc = tool_file_read(path, 1024, &text, err);
    while (rc == 0 && text.len > 0 && text.data[text.len - 1] == '\n')
        text.len--;
    if (rc == 0 && (text.len == 0 ||
                    !base_unhex((const char *)text.data, text.len, state->key, sizeof state->key)))
        rc = BASE_FAIL(err, BASE_E_FORMAT, "%s is not 32 bytes in hex", path);
    return rc;
}

static bool bytes_take(struct base_bytes *rest, uint64_t len, struct base_bytes *out)
{
    if (rest->len < len)
        return false;
    *out = base_bytes_of(rest->data, (size_t)len);
    *rest = base_bytes_of(rest->data + len, rest->len - (size_t)len);
    return true;
}

static bool number_take(struct base_bytes *rest, uint64_t *out)
{
    struct base_bytes bytes;
    if (!bytes_take(rest, 8, &bytes))
        return false;
    *out = base_get_be64(bytes.data);
    return true;
}

static bool part_take(struct base_bytes *rest, struct base_bytes *out)
{
    uint64_t len;
    return number_take(rest, &len) && bytes_take(rest, len, out);
}

/* The MAC holds: what follows is what was written. */
static int state_parse(struct audit_state *state, struct base_err *err)
{
    struct base_bytes rest = base_buf_bytes(&state->bytes);
    struct base_bytes part, vkey, hash;
    bool holds = bytes_take(&rest, sizeof head, &part) && memcmp(part.data, head, part.len) == 0 &&
                 part_take(&rest, &vkey) && part_take(&rest, &state->note) &&
                 number_take(&rest, &state->size) && bytes_take(&rest, LEDGER_HASH_LEN, &hash) &&
                 part_take(&rest, &state->resume) && rest.len == 0;
    if (!holds)
        return BASE_FAIL(err, BASE_E_FORMAT, "%s/state is of another version", state->dir);
    if (!base_bytes_equal(vkey, base_buf_bytes(&state->vkey)))
        return BASE_FAIL(err, BASE_E_STATE, "%s was made for the log %.*s", state->dir,
                         (int)vkey.len, (const char *)vkey.data);
    memcpy(state->projections_hash, hash.data, LEDGER_HASH_LEN);
    return 0;
}

static int state_load(struct audit_state *state, struct base_err *err)
{
    char path[PATH_LEN];
    path_make(path, state->dir, "state");
    if (!tool_file_exists(path))
        return 0;
    int rc = tool_file_read(path, STATE_LEN_MAX, &state->bytes, err);
    if (rc != 0)
        return rc;
    if (state->bytes.len < crypto_auth_BYTES)
        return BASE_FAIL(err, BASE_E_CRYPTO, "%s is damaged", path);
    state->bytes.len -= crypto_auth_BYTES;
    if (crypto_auth_verify(state->bytes.data + state->bytes.len, state->bytes.data,
                           state->bytes.len, state->key) != 0)
        return BASE_FAIL(err, BASE_E_CRYPTO,
                         "%s is not what this auditor's key has written: damaged, exchanged, or "
                         "another key; without it the log is verified from the beginning",
                         path);
    return state_parse(state, err);
}

int audit_state_open(const char *dir, const char *key_file, const struct ledger_note_key *vkey,
                     struct audit_state **out_state, struct base_err *err)
{
    struct audit_state *state = calloc(1, sizeof *state);
    if (state == NULL)
        return BASE_FAIL(err, BASE_E_MEMORY, "state");
    int len = snprintf(state->dir, sizeof state->dir, "%s", dir);
    int rc = len < 0 || (size_t)len >= sizeof state->dir
                 ? BASE_FAIL(err, BASE_E_USAGE, "the folder's name is too long")
                 : 0;
    ledger_vkey_put(vkey, &state->vkey);
    if (rc == 0)
        rc = tool_dir_make(dir, err);
    if (rc == 0)
        rc = key_load(state, key_file, err);
    if (rc == 0)
        rc = state_load(state, err);
    if (rc == 0)
        *out_state = state;
    else
        audit_state_close(state);
    return rc;
}

void audit_state_close(struct audit_state *state)
{
    if (state == NULL)
        return;
    sodium_memzero(state->key, sizeof state->key);
    base_buf_release(&state->vkey);
    base_buf_release(&state->bytes);
    free(state);
}

struct base_bytes audit_state_resume(const struct audit_state *state)
{
    return state->resume;
}

bool audit_state_checkpoint(const struct audit_state *state,
                            struct ledger_checkpoint *out_checkpoint)
{
    struct ledger_note note;
    return state->note.len > 0 && ledger_note_parse(state->note, &note, NULL) == 0 &&
           ledger_checkpoint_parse(&note, out_checkpoint, NULL) == 0;
}

/* Copies a file and hashes what was copied. */
static int copy_file(const char *from, const char *to, uint8_t out_hash[LEDGER_HASH_LEN],
                     struct base_err *err)
{
    crypto_hash_sha256_state hash;
    uint8_t chunk[65536];
    size_t n;
    crypto_hash_sha256_init(&hash);
    FILE *in = fopen(from, "re");
    FILE *out = in == NULL ? NULL : fopen(to, "we");
    bool done = out != NULL;
    while (done && (n = fread(chunk, 1, sizeof chunk, in)) > 0) {
        crypto_hash_sha256_update(&hash, chunk, n);
        done = fwrite(chunk, 1, n, out) == n;
    }
    done = done && ferror(in) == 0 && fflush(out) == 0 && fsync(fileno(out)) == 0;
    int why = errno;
    if (in != NULL)
        fclose(in);
    if (out != NULL && fclose(out) != 0)
        done = false;
    crypto_hash_sha256_final(&hash, out_hash);
    return done ? 0 : BASE_FAIL(err, BASE_E_IO, "copying %s to %s: %s", from, to, strerror(why));
}

int audit_state_restore(const struct audit_state *state, const char *scratch, struct base_err *err)
{
    char from[PATH_LEN];
    char dir[PATH_LEN];
    char to[PATH_LEN];
    uint8_t hash[LEDGER_HASH_LEN];
    if (state->resume.len == 0)
        return 0;
    projections_path(state, state->size, from);
    path_make(dir, scratch, "projections");
    path_make(to, dir, "data.mdb");
    int rc = tool_dir_make(dir, err);
    if (rc == 0)
        rc = copy_file(from, to, hash, err);
    if (rc == 0 && memcmp(hash, state->projections_hash, sizeof hash) != 0)
        rc = BASE_FAIL(err, BASE_E_CRYPTO, "%s is not what was kept there", from);
    return rc;
}

static void part_put(struct base_buf *out, struct base_bytes part)
{
    base_buf_put_be64(out, part.len);
    base_buf_put_bytes(out, part);
}

/* Removes the projections of other sizes. */
static void others_remove(const struct audit_state *state)
{
    char keep[PATH_LEN];
    projections_path(state, state->size, keep);
    DIR *dir = opendir(state->dir);
    for (struct dirent *entry; dir != NULL && (entry = readdir(dir)) != NULL;) {
        char path[PATH_LEN];
        path_make(path, state->dir, entry->d_name);
        if (strncmp(entry->d_name, "projections-", 12) == 0 && strcmp(path, keep) != 0)
            unlink(path);
    }
    if (dir != NULL)
        closedir(dir);
}

int audit_state_save(struct audit_state *state, const char *scratch, uint64_t size,
                     struct base_bytes bytes, struct base_bytes note, struct base_err *err)
{
    struct base_buf file = {0};
    char path[PATH_LEN];
    char data[PATH_LEN];
    uint8_t hash[LEDGER_HASH_LEN];
    uint8_t mac[crypto_auth_BYTES];
    path_make(data, scratch, "projections/data.mdb");
    projections_path(state, size, path);
    int rc = copy_file(data, path, hash, err);
    if (rc != 0)
        return rc;
    base_buf_put(&file, head, sizeof head);
    part_put(&file, base_buf_bytes(&state->vkey));
    part_put(&file, note);
    base_buf_put_be64(&file, size);
    base_buf_put(&file, hash, sizeof hash);
    part_put(&file, bytes);
    if (!file.failed)
        crypto_auth(mac, file.data, file.len, state->key);
    base_buf_put(&file, mac, sizeof mac);
    path_make(path, state->dir, "state");
    rc = file.failed ? BASE_FAIL(err, BASE_E_MEMORY, "state")
                     : tool_file_write(path, 0600, base_buf_bytes(&file), err);
    if (rc == 0)
        rc = tool_dir_sync(state->dir, err);
    if (rc != 0) {
        base_buf_release(&file);
        return rc;
    }
    file.len -= sizeof mac;
    base_buf_release(&state->bytes);
    state->bytes = file;
    rc = state_parse(state, err);
    others_remove(state);
    return rc;
}

void audit_state_put_mirror(const struct audit_state *state, struct base_buf *out_path)
{
    base_buf_printf(out_path, "%s/mirror", state->dir);
}
