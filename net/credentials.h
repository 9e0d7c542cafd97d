/* What the server keeps so that people can unlock their keys: by login name, the sealed seed and
 * a keyed hash of what proves the password (specs/access.md, section 2).
 *
 * Neither the password nor the seed nor the proof itself is here: who copies the folder must still
 * guess passwords at Argon2id's price, and who copies it without the secret file cannot even check
 * a guess of the proof.
 *
 * Shape:   opaque handle over <dir>/credentials (LMDB, synced commits) and <dir>/login.key (32
 *          random bytes, mode 0600, made at the first opening). One login for each account.
 * Threads: any; put waits for the disk and so does not belong on the loop. */
#pragma once

#include "ledger/event.h"

struct net_credentials;

#define NET_LOGIN_LEN_MAX 64u /* bytes of a login name */
#define NET_SALT_LEN 16u
#define NET_PROOF_LEN 32u
#define NET_NONCE_LEN 24u
#define NET_WRAPPED_LEN 48u
#define NET_PASSWORD_OPS_MIN 3u
#define NET_PASSWORD_OPS_MAX 32u
#define NET_PASSWORD_MEM_KIB_MIN 65536u
#define NET_PASSWORD_MEM_KIB_MAX 1048576u

struct net_credential {
    char login[NET_LOGIN_LEN_MAX + 1]; /* zero-terminated, in normal form */
    uint8_t account[LEDGER_ID_LEN];
    struct ledger_key key; /* the account's key, whose seed is wrapped */
    uint8_t salt[NET_SALT_LEN];
    uint32_t mem_kib;
    uint32_t ops;
    uint8_t proof[NET_PROOF_LEN]; /* only given to net_credentials_put; zero when read */
    uint8_t nonce[NET_NONCE_LEN];
    uint8_t wrapped[NET_WRAPPED_LEN];
};

/* Positive answers. */
enum net_credentials_answer {
    NET_CREDENTIALS_UNKNOWN = 1, /* no such login */
    NET_CREDENTIALS_WRONG = 2,   /* the proof does not fit; unknown logins too */
    NET_CREDENTIALS_TAKEN = 3,   /* the login is another account's */
};

/* True for a text of 1 … NET_LOGIN_LEN_MAX bytes in NFC and in lower case, without space at its
 * ends and without control characters. Only such names are ever stored. */
bool net_login_is_normal(struct base_bytes login);

/* Opens and creates; `dir` is the school's folder, which must exist. */
int net_credentials_open(const char *dir, struct net_credentials **out_credentials,
                         struct base_err *err) BASE_MUST_USE;
/* NULL is allowed. */
void net_credentials_close(struct net_credentials *credentials);

/* Stores, durably; what the account had before is gone, its former login too. Returns 0,
 * NET_CREDENTIALS_TAKEN, or a fault (BASE_E_USAGE for a login that is not in normal form or
 * parameters out of range). */
int net_credentials_put(struct net_credentials *credentials, const struct net_credential *record,
                        struct base_err *err) BASE_MUST_USE;
/* Removes what the account logs in with, its login name included (an erased account's); one that
 * has nothing is fine. */
int net_credentials_remove(struct net_credentials *credentials,
                           const uint8_t account[LEDGER_ID_LEN],
                           struct base_err *err) BASE_MUST_USE;
/* Finds the record. When there is none, NET_CREDENTIALS_UNKNOWN, and `out_record` has the salt and
 * the parameters that a stranger is told: the same each time, and not to be told from real ones. */
int net_credentials_find(struct net_credentials *credentials, struct base_bytes login,
                         struct net_credential *out_record, struct base_err *err) BASE_MUST_USE;
/* Compares the proof in constant time, for unknown logins too. Returns 0 and the record, or
 * NET_CREDENTIALS_WRONG and an all-zero record, or a fault. */
int net_credentials_verify(struct net_credentials *credentials, struct base_bytes login,
                           const uint8_t proof[NET_PROOF_LEN], struct net_credential *out_record,
                           struct base_err *err) BASE_MUST_USE;
