/* Verification with tables against libsodium: random bytes as they are, and honest signatures with
 * some bytes changed (the first byte says which); alone, and several at once, which are then added
 * up side by side. The verdicts must be the same. */
#include <sodium.h>

#include "ledger/ed25519.h"
#include "tests/fuzz/fuzz.h"

#define CHANGE_COUNT 3u
#define SAME_COUNT 4u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static struct {
        uint8_t key[32], signature[64];
    } given;
    if (sodium_init() < 0 || len < 1 + sizeof given)
        return 0;
    memcpy(&given, data + 1, sizeof given);
    const uint8_t *message = data + 1 + sizeof given;
    size_t message_len = len - 1 - sizeof given;
    if (data[0] % 2 == 1) {
        uint8_t seed[32], secret[64], changes[64];
        memcpy(seed, given.key, 32);
        memcpy(changes, given.signature, 64);
        crypto_sign_seed_keypair(given.key, secret, seed);
        crypto_sign_detached(given.signature, NULL, message, message_len, secret);
        for (unsigned i = 0; i < CHANGE_COUNT && i < data[0] / 64; i++) {
            uint8_t *at = changes[2 * i] % 3 == 0 ? given.key : given.signature;
            at[changes[2 * i] % (at == given.key ? 32 : 64)] ^= changes[2 * i + 1];
        }
    }
    const enum ledger_ed25519_width width =
        data[0] % 4 < 2 ? LEDGER_ED25519_NARROW : LEDGER_ED25519_WIDE;
    struct ledger_ed25519_table *table = NULL;
    struct ledger_key key;
    struct ledger_signature signature;
    memcpy(key.bytes, given.key, 32);
    memcpy(signature.bytes, given.signature, 64);
    FUZZ_CHECK(ledger_ed25519_table_make(&key, width, &table, NULL) == 0);
    const struct ledger_ed25519_item item = {
        .table = table,
        .first = base_bytes_of(message, message_len / 2),
        .second = base_bytes_of(message + message_len / 2, message_len - message_len / 2),
        .signature = &signature};
    struct ledger_ed25519_item same[SAME_COUNT] = {item, item, item, item};
    bool ours = ledger_ed25519_verify(item.table, item.first, item.second, item.signature);
    ledger_ed25519_verify_many(same, SAME_COUNT);
    bool theirs =
        crypto_sign_verify_detached(given.signature, message, message_len, given.key) == 0;
    ledger_ed25519_table_free(table);
    FUZZ_CHECK(ours == theirs);
    for (unsigned i = 0; i < SAME_COUNT; i++)
        FUZZ_CHECK(same[i].holds == theirs);
    return 0;
}
