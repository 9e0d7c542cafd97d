/* Argon2id, XChaCha20-Poly1305 and HMAC by libsodium, with the parameters of specs/access.md. */
#include "tools/common/secrets.h"

#include <assert.h>
#include <sodium.h>
#include <stdio.h>

#define CODE_OPS 1u
#define CODE_MEM_BYTES (8192u * 1024u) /* a code has 80 bits of its own; the cost is a courtesy */

void tool_code_of(const uint8_t bytes[TOOL_CODE_BYTES], char out[TOOL_CODE_LEN + 1])
{
    static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    for (unsigned i = 0; i < TOOL_CODE_LEN; i++) {
        unsigned bit = i * 5;
        unsigned pair = (unsigned)bytes[bit / 8] << 8;
        if (bit / 8 + 1 < TOOL_CODE_BYTES)
            pair |= bytes[bit / 8 + 1];
        out[i] = alphabet[(pair >> (11 - bit % 8)) & 31];
    }
    out[TOOL_CODE_LEN] = '\0';
}

static int code_seed(const char *domain, size_t domain_len, const char *code,
                     const struct ledger_hash *log_id, uint8_t out[LEDGER_SEED_LEN],
                     struct base_err *err)
{
    uint8_t input[64 + LEDGER_HASH_LEN];
    struct ledger_hash salt;
    assert(domain_len <= 64);
    memcpy(input, domain, domain_len);
    memcpy(input + domain_len, log_id->bytes, LEDGER_HASH_LEN);
    ledger_sha256(base_bytes_of(input, domain_len + LEDGER_HASH_LEN), &salt);
    if (crypto_pwhash(out, LEDGER_SEED_LEN, code, TOOL_CODE_LEN, salt.bytes, CODE_OPS,
                      CODE_MEM_BYTES, crypto_pwhash_ALG_ARGON2ID13) != 0)
        return BASE_FAIL(err, BASE_E_MEMORY, "Argon2id");
    return 0;
}

int tool_code_seeds(const char code[TOOL_CODE_LEN + 1], const struct ledger_hash *log_id,
                    uint8_t out_invitation[LEDGER_SEED_LEN], uint8_t out_emergency[LEDGER_SEED_LEN],
                    struct base_err *err)
{
    static const char invitation[] = "letopis/invitation/v1"; /* with their zeros */
    static const char emergency[] = "letopis/emergency/v1";
    int rc = code_seed(invitation, sizeof invitation, code, log_id, out_invitation, err);
    if (rc == 0)
        rc = code_seed(emergency, sizeof emergency, code, log_id, out_emergency, err);
    return rc;
}

int tool_seed_lock(const char *password, const char *login, const uint8_t seed[LEDGER_SEED_LEN],
                   struct tool_locked_seed *out_locked, struct base_err *err)
{
    uint8_t derived[64];
    unsigned long long len = 0;
    randombytes_buf(out_locked->salt, sizeof out_locked->salt);
    randombytes_buf(out_locked->nonce, sizeof out_locked->nonce);
    if (crypto_pwhash(derived, sizeof derived, password, strlen(password), out_locked->salt,
                      TOOL_PASSWORD_OPS, (size_t)TOOL_PASSWORD_MEM_KIB * 1024,
                      crypto_pwhash_ALG_ARGON2ID13) != 0)
        return BASE_FAIL(err, BASE_E_MEMORY, "Argon2id");
    memcpy(out_locked->proof, derived, 32);
    int rc = crypto_aead_xchacha20poly1305_ietf_encrypt(
        out_locked->wrapped, &len, seed, LEDGER_SEED_LEN, (const uint8_t *)login, strlen(login),
        NULL, out_locked->nonce, derived + 32);
    sodium_memzero(derived, sizeof derived);
    assert(rc == 0 && len == sizeof out_locked->wrapped);
    (void)rc;
    return 0;
}

void tool_derive(const uint8_t secret[32], const char *kind, const char *name, uint8_t *out,
                 size_t len)
{
    uint8_t hash[crypto_auth_hmacsha256_BYTES];
    crypto_auth_hmacsha256_state state;
    assert(len <= sizeof hash);
    crypto_auth_hmacsha256_init(&state, secret, 32);
    crypto_auth_hmacsha256_update(&state, (const uint8_t *)kind, strlen(kind) + 1);
    crypto_auth_hmacsha256_update(&state, (const uint8_t *)name, strlen(name));
    crypto_auth_hmacsha256_final(&state, hash);
    memcpy(out, hash, len);
    sodium_memzero(hash, sizeof hash);
}
