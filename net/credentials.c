/* Two databases in one environment: login → record, and account → login, so that an account has one
 * login at a time. A record is a version byte and fixed-length fields; another length or version is
 * damage and is said so.
 *
 * What can fail: the disk (BASE_E_IO, BASE_E_FULL; then nothing was changed), a record that is not
 * what was written (BASE_E_CORRUPT). A lost login.key makes every password wrong and no key lost:
 * new invitations help. */
#include "net/credentials.h"
#include "ledger/base/sync.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <lmdb.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utf8proc.h>

#define MAP_SIZE (256u << 20) /* address space: some hundred thousand logins */
#define SECRET_LEN 32u
#define RECORD_VERSION 1u
#define PROOF_DOMAIN "letopis/proof/v1" /* with its zero */
#define SALT_DOMAIN "letopis/salt/v1"   /* with its zero */

enum {
    AT_VERSION = 0,
    AT_ACCOUNT = 1,
    AT_KEY = AT_ACCOUNT + (int)LEDGER_ID_LEN,
    AT_SALT = AT_KEY + (int)LEDGER_KEY_LEN,
    AT_MEM = AT_SALT + (int)NET_SALT_LEN,
    AT_OPS = AT_MEM + 4,
    AT_PROOF = AT_OPS + 4,
    AT_NONCE = AT_PROOF + (int)NET_PROOF_LEN,
    AT_WRAPPED = AT_NONCE + (int)NET_NONCE_LEN,
    RECORD_LEN = AT_WRAPPED + (int)NET_WRAPPED_LEN,
};

struct net_credentials {
    MDB_env *env;
    MDB_dbi logins;
    MDB_dbi accounts;
    uint8_t secret[SECRET_LEN];
};

static int fail_store(struct base_err *err, int code, const char *what)
{
    int fault = code == ENOSPC || code == MDB_MAP_FULL ? BASE_E_FULL
                : code == MDB_CORRUPTED                ? BASE_E_CORRUPT
                : code == ENOMEM                       ? BASE_E_MEMORY
                                                       : BASE_E_IO;
    return BASE_FAIL(err, fault, "credentials: %s: %s", what, mdb_strerror(code));
}

bool net_login_is_normal(struct base_bytes login)
{
    if (login.len == 0 || login.len > NET_LOGIN_LEN_MAX || !ledger_text_is_nfc(login))
        return false;
    utf8proc_int32_t first = 0;
    utf8proc_int32_t last = 0;
    for (size_t at = 0; at < login.len;) {
        utf8proc_ssize_t len =
            utf8proc_iterate(login.data + at, (utf8proc_ssize_t)(login.len - at), &last);
        if (len <= 0 || last < ' ' || utf8proc_tolower(last) != last)
            return false;
        if (at == 0)
            first = last;
        at += (size_t)len;
    }
    return utf8proc_category(first) != UTF8PROC_CATEGORY_ZS &&
           utf8proc_category(last) != UTF8PROC_CATEGORY_ZS;
}

/* The secret */

/* Made whole under another name and linked into its place, so that a crash leaves either none or
 * all of it, and of two processes that start together one wins. */
static int make_secret(const char *path, struct base_err *err)
{
    char draft[4096];
    uint8_t secret[SECRET_LEN];
    int rc = 0;
    snprintf(draft, sizeof draft, "%s.%ld", path, (long)getpid());
    int fd = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return BASE_FAIL(err, BASE_E_IO, "credentials: %s: %s", draft, strerror(errno));
    randombytes_buf(secret, sizeof secret);
    bool ok = write(fd, secret, sizeof secret) == (ssize_t)sizeof secret && fsync(fd) == 0;
    ok = close(fd) == 0 && ok;
    if (!ok || (link(draft, path) != 0 && errno != EEXIST))
        rc = BASE_FAIL(err, errno == ENOSPC ? BASE_E_FULL : BASE_E_IO, "credentials: %s: %s", path,
                       strerror(errno));
    unlink(draft);
    sodium_memzero(secret, sizeof secret);
    return rc;
}

static int sync_dir(const char *dir, struct base_err *err)
{
    int code = base_path_sync(dir);
    return code == 0 ? 0 : BASE_FAIL(err, BASE_E_IO, "credentials: %s: %s", dir, strerror(code));
}

static int read_secret(const char *path, uint8_t out[SECRET_LEN], struct base_err *err)
{
    uint8_t more;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return BASE_FAIL(err, errno == ENOENT ? BASE_E_MISSING : BASE_E_IO, "credentials: %s: %s",
                         path, strerror(errno));
    bool ok = read(fd, out, SECRET_LEN) == (ssize_t)SECRET_LEN && read(fd, &more, 1) == 0;
    close(fd);
    return ok ? 0
              : BASE_FAIL(err, BASE_E_CORRUPT, "credentials: %s is not %u bytes", path, SECRET_LEN);
}

static int load_secret(const char *dir, uint8_t out[SECRET_LEN], struct base_err *err)
{
    char path[4000];
    snprintf(path, sizeof path, "%s/login.key", dir);
    int rc = read_secret(path, out, err);
    if (rc == BASE_E_MISSING) {
        rc = make_secret(path, err);
        if (rc == 0)
            rc = sync_dir(dir, err);
        if (rc == 0)
            rc = read_secret(path, out, err);
    }
    return rc;
}

/* The environment */

static int open_databases(struct net_credentials *credentials, struct base_err *err)
{
    MDB_txn *txn = NULL;
    int code = mdb_txn_begin(credentials->env, NULL, 0, &txn);
    if (code == 0)
        code = mdb_dbi_open(txn, "logins", MDB_CREATE, &credentials->logins);
    if (code == 0)
        code = mdb_dbi_open(txn, "accounts", MDB_CREATE, &credentials->accounts);
    if (code == 0) {
        code = mdb_txn_commit(txn);
        txn = NULL;
    }
    mdb_txn_abort(txn);
    return code == 0 ? 0 : fail_store(err, code, "databases");
}

static int open_env(struct net_credentials *credentials, const char *dir, struct base_err *err)
{
    char path[4000];
    snprintf(path, sizeof path, "%s/credentials", dir);
    if (mkdir(path, 0700) != 0 && errno != EEXIST)
        return BASE_FAIL(err, BASE_E_IO, "credentials: %s: %s", path, strerror(errno));
    int code = mdb_env_create(&credentials->env);
    if (code == 0)
        code = mdb_env_set_mapsize(credentials->env, MAP_SIZE);
    if (code == 0)
        code = mdb_env_set_maxdbs(credentials->env, 2);
    if (code == 0)
        code = mdb_env_open(credentials->env, path, MDB_NOTLS, 0600);
    return code == 0 ? open_databases(credentials, err) : fail_store(err, code, path);
}

int net_credentials_open(const char *dir, struct net_credentials **out_credentials,
                         struct base_err *err)
{
    if (strlen(dir) > 3900)
        return BASE_FAIL(err, BASE_E_USAGE, "credentials: the folder's name is too long");
    if (sodium_init() < 0)
        return BASE_FAIL(err, BASE_E_CRYPTO, "libsodium does not start");
    struct net_credentials *credentials = calloc(1, sizeof *credentials);
    if (credentials == NULL)
        return BASE_FAIL(err, BASE_E_MEMORY, "credentials");
    int rc = load_secret(dir, credentials->secret, err);
    if (rc == 0)
        rc = open_env(credentials, dir, err);
    if (rc == 0)
        *out_credentials = credentials;
    else
        net_credentials_close(credentials);
    return rc;
}

void net_credentials_close(struct net_credentials *credentials)
{
    if (credentials == NULL)
        return;
    mdb_env_close(credentials->env);
    sodium_memzero(credentials->secret, sizeof credentials->secret);
    free(credentials);
}

/* Keyed hashes */

static void keyed_hash(const struct net_credentials *credentials, const char *domain,
                       size_t domain_len, struct base_bytes login, const uint8_t *proof,
                       uint8_t out[32])
{
    crypto_generichash_state state;
    const uint8_t zero = 0;
    crypto_generichash_init(&state, credentials->secret, SECRET_LEN, 32);
    crypto_generichash_update(&state, (const uint8_t *)domain, domain_len);
    crypto_generichash_update(&state, login.data, login.len);
    crypto_generichash_update(&state, &zero, 1);
    if (proof != NULL)
        crypto_generichash_update(&state, proof, NET_PROOF_LEN);
    crypto_generichash_final(&state, out, 32);
    sodium_memzero(&state, sizeof state);
}

static void hash_proof(const struct net_credentials *credentials, struct base_bytes login,
                       const uint8_t proof[NET_PROOF_LEN], uint8_t out[32])
{
    keyed_hash(credentials, PROOF_DOMAIN, sizeof PROOF_DOMAIN, login, proof, out);
}

static void make_stranger(const struct net_credentials *credentials, struct base_bytes login,
                          struct net_credential *out_record)
{
    uint8_t hash[32];
    memset(out_record, 0, sizeof *out_record);
    keyed_hash(credentials, SALT_DOMAIN, sizeof SALT_DOMAIN, login, NULL, hash);
    memcpy(out_record->salt, hash, NET_SALT_LEN);
    out_record->mem_kib = NET_PASSWORD_MEM_KIB_MIN;
    out_record->ops = NET_PASSWORD_OPS_MIN;
}

/* Records */

static void put_be32(uint8_t *p, uint32_t v)
{
    for (int i = 3; i >= 0; i--, v >>= 8)
        p[i] = (uint8_t)v;
}

static uint32_t get_be32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void write_record(const struct net_credentials *credentials,
                         const struct net_credential *record, uint8_t out[RECORD_LEN])
{
    out[AT_VERSION] = RECORD_VERSION;
    memcpy(out + AT_ACCOUNT, record->account, LEDGER_ID_LEN);
    memcpy(out + AT_KEY, record->key.bytes, LEDGER_KEY_LEN);
    memcpy(out + AT_SALT, record->salt, NET_SALT_LEN);
    put_be32(out + AT_MEM, record->mem_kib);
    put_be32(out + AT_OPS, record->ops);
    hash_proof(credentials, base_bytes_str(record->login), record->proof, out + AT_PROOF);
    memcpy(out + AT_NONCE, record->nonce, NET_NONCE_LEN);
    memcpy(out + AT_WRAPPED, record->wrapped, NET_WRAPPED_LEN);
}

static int read_record(struct base_bytes login, const MDB_val *value,
                       struct net_credential *out_record, uint8_t out_proof_hash[32],
                       struct base_err *err)
{
    const uint8_t *bytes = value->mv_data;
    if (value->mv_size != RECORD_LEN || bytes[AT_VERSION] != RECORD_VERSION)
        return BASE_FAIL(err, BASE_E_CORRUPT, "credentials: a record cannot be read");
    assert(login.len <= NET_LOGIN_LEN_MAX);
    memset(out_record, 0, sizeof *out_record);
    memcpy(out_record->login, login.data, login.len);
    memcpy(out_record->account, bytes + AT_ACCOUNT, LEDGER_ID_LEN);
    memcpy(out_record->key.bytes, bytes + AT_KEY, LEDGER_KEY_LEN);
    memcpy(out_record->salt, bytes + AT_SALT, NET_SALT_LEN);
    out_record->mem_kib = get_be32(bytes + AT_MEM);
    out_record->ops = get_be32(bytes + AT_OPS);
    memcpy(out_proof_hash, bytes + AT_PROOF, 32);
    memcpy(out_record->nonce, bytes + AT_NONCE, NET_NONCE_LEN);
    memcpy(out_record->wrapped, bytes + AT_WRAPPED, NET_WRAPPED_LEN);
    return 0;
}

static MDB_val value_of(struct base_bytes bytes)
{
    return (MDB_val){.mv_size = bytes.len, .mv_data = (void *)(uintptr_t)bytes.data};
}

/* 0 when the login is new or the account's own, NET_CREDENTIALS_TAKEN, or an LMDB code. */
static int check_owner(struct net_credentials *credentials, MDB_txn *txn,
                       const struct net_credential *record)
{
    MDB_val key = value_of(base_bytes_str(record->login));
    MDB_val value;
    int code = mdb_get(txn, credentials->logins, &key, &value);
    if (code != 0)
        return code == MDB_NOTFOUND ? 0 : code;
    if (value.mv_size != RECORD_LEN)
        return MDB_CORRUPTED;
    return memcmp((const uint8_t *)value.mv_data + AT_ACCOUNT, record->account, LEDGER_ID_LEN) == 0
               ? 0
               : NET_CREDENTIALS_TAKEN;
}

static int drop_former(struct net_credentials *credentials, MDB_txn *txn,
                       const struct net_credential *record)
{
    MDB_val account = value_of(base_bytes_of(record->account, LEDGER_ID_LEN));
    MDB_val former;
    int code = mdb_get(txn, credentials->accounts, &account, &former);
    if (code != 0)
        return code == MDB_NOTFOUND ? 0 : code;
    if (base_bytes_equal(base_bytes_of(former.mv_data, former.mv_size),
                         base_bytes_str(record->login)))
        return 0;
    code = mdb_del(txn, credentials->logins, &former, NULL);
    return code == MDB_NOTFOUND ? 0 : code;
}

static int remove_in(struct net_credentials *credentials, MDB_txn *txn, const uint8_t *id)
{
    MDB_val account = value_of(base_bytes_of(id, LEDGER_ID_LEN));
    MDB_val login;
    int code = mdb_get(txn, credentials->accounts, &account, &login);
    if (code != 0)
        return code == MDB_NOTFOUND ? 0 : code;
    code = mdb_del(txn, credentials->logins, &login, NULL);
    if (code == 0 || code == MDB_NOTFOUND)
        code = mdb_del(txn, credentials->accounts, &account, NULL);
    return code;
}

int net_credentials_remove(struct net_credentials *credentials,
                           const uint8_t account[LEDGER_ID_LEN], struct base_err *err)
{
    MDB_txn *txn = NULL;
    int code = mdb_txn_begin(credentials->env, NULL, 0, &txn);
    if (code == 0)
        code = remove_in(credentials, txn, account);
    if (code == 0)
        code = mdb_txn_commit(txn);
    else if (txn != NULL)
        mdb_txn_abort(txn);
    return code == 0 ? 0 : BASE_FAIL(err, BASE_E_IO, "credentials: %s", mdb_strerror(code));
}

static int put_in(struct net_credentials *credentials, MDB_txn *txn,
                  const struct net_credential *record)
{
    uint8_t bytes[RECORD_LEN];
    MDB_val login = value_of(base_bytes_str(record->login));
    MDB_val account = value_of(base_bytes_of(record->account, LEDGER_ID_LEN));
    MDB_val value = value_of(base_bytes_of(bytes, sizeof bytes));
    int code = check_owner(credentials, txn, record);
    if (code == 0)
        code = drop_former(credentials, txn, record);
    write_record(credentials, record, bytes);
    if (code == 0)
        code = mdb_put(txn, credentials->logins, &login, &value, 0);
    if (code == 0)
        code = mdb_put(txn, credentials->accounts, &account, &login, 0);
    sodium_memzero(bytes, sizeof bytes);
    return code;
}

int net_credentials_put(struct net_credentials *credentials, const struct net_credential *record,
                        struct base_err *err)
{
    MDB_txn *txn = NULL;
    size_t len = strnlen(record->login, sizeof record->login);
    if (!net_login_is_normal(base_bytes_of(record->login, len)))
        return BASE_FAIL(err, BASE_E_USAGE, "credentials: the login is not in normal form");
    if (record->mem_kib < NET_PASSWORD_MEM_KIB_MIN || record->mem_kib > NET_PASSWORD_MEM_KIB_MAX ||
        record->ops < NET_PASSWORD_OPS_MIN || record->ops > NET_PASSWORD_OPS_MAX)
        return BASE_FAIL(err, BASE_E_USAGE, "credentials: password parameters out of range");
    int code = mdb_txn_begin(credentials->env, NULL, 0, &txn);
    if (code == 0)
        code = put_in(credentials, txn, record);
    if (code == 0) {
        code = mdb_txn_commit(txn);
        txn = NULL;
    }
    mdb_txn_abort(txn);
    return code == 0 || code == NET_CREDENTIALS_TAKEN ? code : fail_store(err, code, "put");
}

/* 0, NET_CREDENTIALS_UNKNOWN with the stranger's record, or a fault. */
static int find(struct net_credentials *credentials, struct base_bytes login,
                struct net_credential *out_record, uint8_t out_proof_hash[32], struct base_err *err)
{
    MDB_txn *txn = NULL;
    MDB_val key = value_of(login);
    MDB_val value;
    int rc = 0;
    memset(out_proof_hash, 0, 32);
    make_stranger(credentials, login, out_record); /* always, so that both ways take as long */
    int code = mdb_txn_begin(credentials->env, NULL, MDB_RDONLY, &txn);
    if (code == 0)
        code = net_login_is_normal(login) ? mdb_get(txn, credentials->logins, &key, &value)
                                          : MDB_NOTFOUND;
    if (code == 0) {
        rc = read_record(login, &value, out_record, out_proof_hash, err);
    } else if (code == MDB_NOTFOUND) {
        rc = NET_CREDENTIALS_UNKNOWN;
    } else {
        rc = fail_store(err, code, "find");
    }
    mdb_txn_abort(txn);
    return rc;
}

int net_credentials_find(struct net_credentials *credentials, struct base_bytes login,
                         struct net_credential *out_record, struct base_err *err)
{
    uint8_t proof_hash[32];
    return find(credentials, login, out_record, proof_hash, err);
}

int net_credentials_verify(struct net_credentials *credentials, struct base_bytes login,
                           const uint8_t proof[NET_PROOF_LEN], struct net_credential *out_record,
                           struct base_err *err)
{
    uint8_t stored[32];
    uint8_t shown[32];
    int rc = find(credentials, login, out_record, stored, err);
    if (rc < 0)
        return rc;
    hash_proof(credentials, login, proof, shown);
    bool equal = sodium_memcmp(stored, shown, sizeof shown) == 0;
    if (rc == 0 && equal)
        return 0;
    sodium_memzero(out_record, sizeof *out_record);
    return NET_CREDENTIALS_WRONG;
}
