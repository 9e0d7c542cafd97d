/* Commitments to sealed fields: HMAC-SHA-256 keyed by the salt over domain, path and value. The
 * path's length is in it, so no path and value can be moved against each other. */
#include "ledger/sealed.h"

#include <assert.h>
#include <sodium.h>

#include "ledger/hash.h"

static const char domain[] = "letopis/sealed/v1";

static_assert(LEDGER_SALT_LEN == crypto_auth_hmacsha256_KEYBYTES, "the salt is the HMAC's key");
static_assert(LEDGER_COMMITMENT_LEN == crypto_auth_hmacsha256_BYTES, "the MAC is the commitment");

void ledger_sealed_commit(struct base_bytes path, const uint8_t salt[LEDGER_SALT_LEN],
                          struct base_bytes value, uint8_t out_commitment[LEDGER_COMMITMENT_LEN])
{
    assert(path.len <= LEDGER_PATH_LEN_MAX);
    ledger__sodium_ready();
    uint8_t path_len = (uint8_t)path.len;
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, salt, LEDGER_SALT_LEN);
    crypto_auth_hmacsha256_update(&state, (const uint8_t *)domain, sizeof domain);
    crypto_auth_hmacsha256_update(&state, &path_len, 1);
    crypto_auth_hmacsha256_update(&state, path.data, path.len);
    crypto_auth_hmacsha256_update(&state, value.data, value.len);
    crypto_auth_hmacsha256_final(&state, out_commitment);
    sodium_memzero(&state, sizeof state);
}
