/* Keys that come from secrets (specs/access.md): invitations from printed codes, the lock around a
 * seed from a password, and reproducible ids for importers.
 * Threads: any; each call of the slow ones takes its own memory (8 or 64 MiB). */
#pragma once

#include "ledger/event.h"

#define TOOL_CODE_LEN 16u /* characters of Crockford base32: 80 bits */
#define TOOL_CODE_BYTES 10u

/* Ten bytes as sixteen characters, zero-terminated. */
void tool_code_of(const uint8_t bytes[TOOL_CODE_BYTES], char out[TOOL_CODE_LEN + 1]);
/* The seeds of the invitation and the emergency key behind a code. */
int tool_code_seeds(const char code[TOOL_CODE_LEN + 1], const struct ledger_hash *log_id,
                    uint8_t out_invitation[LEDGER_SEED_LEN], uint8_t out_emergency[LEDGER_SEED_LEN],
                    struct base_err *err) BASE_MUST_USE;

#define TOOL_PASSWORD_OPS 3u
#define TOOL_PASSWORD_MEM_KIB 65536u

/* A seed locked with a password: what the server keeps, and the proof that it knows. */
struct tool_locked_seed {
    uint8_t salt[16];
    uint8_t proof[32];
    uint8_t nonce[24];
    uint8_t wrapped[48];
};
/* Locks with fresh salt and nonce. */
int tool_seed_lock(const char *password, const char *login, const uint8_t seed[LEDGER_SEED_LEN],
                   struct tool_locked_seed *out_locked, struct base_err *err) BASE_MUST_USE;

/* Derives `len` ≤ 32 bytes from a secret and a label: HMAC-SHA-256(secret, kind ‖ 0 ‖ name). */
void tool_derive(const uint8_t secret[32], const char *kind, const char *name, uint8_t *out,
                 size_t len);
