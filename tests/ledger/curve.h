/* Keys and signatures made by hand, for the classes of input that could tell two verifiers apart.
 */
#pragma once

#include "tests/ledger/support.h"

void test_random_fill(struct test_random *random, uint8_t *out, size_t len);
/* value += L, little-endian: the same scalar, not canonical any more. */
void test_order_add(uint8_t value[32]);
/* The eight points of small order: multiples of one of order 8. */
void test_torsion_make(uint8_t out[8][32]);
/* A random scalar `a` and the key A = aB + T. */
void test_crafted_key(struct test_random *random, const uint8_t t[32], uint8_t a[32],
                      uint8_t key[32]);
/* A signature by that key, with R = rB + U: right but for the parts of small order. When
 * `r_is_zero`, R is U alone. */
void test_crafted_sign(struct test_random *random, const uint8_t a[32], const uint8_t key[32],
                       const uint8_t u[32], bool r_is_zero, struct base_bytes message,
                       uint8_t signature[64]);
/* Both. */
void test_crafted_make(struct test_random *random, const uint8_t t[32], const uint8_t u[32],
                       bool r_is_zero, struct base_bytes message, uint8_t key[32],
                       uint8_t signature[64]);
