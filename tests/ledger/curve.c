#include "tests/ledger/curve.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <sodium.h>

void test_random_fill(struct test_random *random, uint8_t *out, size_t len)
{
    for (size_t i = 0; i < len; i++)
        out[i] = (uint8_t)test_random_below(random, 256);
}

void test_order_add(uint8_t value[32])
{
    static const uint8_t order[32] = {0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58,       0xd6,
                                      0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, [31] = 0x10};
    unsigned carry = 0;
    for (int i = 0; i < 32; i++) {
        carry += (unsigned)value[i] + order[i];
        value[i] = (uint8_t)(carry & 0xff);
        carry >>= 8;
    }
}

void test_torsion_make(uint8_t out[8][32])
{
    static const uint8_t eighth[32] = {0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f,
                                       0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f,
                                       0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6,
                                       0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a};
    memset(out[0], 0, 32);
    out[0][0] = 1;
    for (int i = 1; i < 8; i++)
        assert_int_equal(crypto_core_ed25519_add(out[i], out[i - 1], eighth), 0);
    uint8_t zero[32];
    assert_int_equal(crypto_core_ed25519_add(zero, out[7], eighth), 0);
    assert_memory_equal(zero, out[0], 32); /* order 8 and not less */
    assert_memory_not_equal(out[4], out[0], 32);
}

static void scalar_make(struct test_random *random, uint8_t out[32])
{
    uint8_t wide[64];
    test_random_fill(random, wide, 64);
    crypto_core_ed25519_scalar_reduce(out, wide);
}

void test_crafted_key(struct test_random *random, const uint8_t t[32], uint8_t a[32],
                      uint8_t key[32])
{
    scalar_make(random, a);
    assert_int_equal(crypto_scalarmult_ed25519_base_noclamp(key, a), 0);
    assert_int_equal(crypto_core_ed25519_add(key, key, t), 0);
}

void test_crafted_sign(struct test_random *random, const uint8_t a[32], const uint8_t key[32],
                       const uint8_t u[32], bool r_is_zero, struct base_bytes message,
                       uint8_t signature[64])
{
    uint8_t wide[64], r[32], h[32], product[32];
    crypto_hash_sha512_state hash;
    scalar_make(random, r);
    if (r_is_zero) {
        memset(r, 0, 32);
        memcpy(signature, u, 32);
    } else {
        assert_int_equal(crypto_scalarmult_ed25519_base_noclamp(signature, r), 0);
        assert_int_equal(crypto_core_ed25519_add(signature, signature, u), 0);
    }
    crypto_hash_sha512_init(&hash);
    crypto_hash_sha512_update(&hash, signature, 32);
    crypto_hash_sha512_update(&hash, key, 32);
    crypto_hash_sha512_update(&hash, message.data, message.len);
    crypto_hash_sha512_final(&hash, wide);
    crypto_core_ed25519_scalar_reduce(h, wide);
    crypto_core_ed25519_scalar_mul(product, h, a);
    crypto_core_ed25519_scalar_add(signature + 32, r, product);
}

void test_crafted_make(struct test_random *random, const uint8_t t[32], const uint8_t u[32],
                       bool r_is_zero, struct base_bytes message, uint8_t key[32],
                       uint8_t signature[64])
{
    uint8_t a[32];
    test_crafted_key(random, t, a, key);
    test_crafted_sign(random, a, key, u, r_is_zero, message, signature);
}
