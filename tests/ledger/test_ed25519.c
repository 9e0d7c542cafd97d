/* Verification with tables gives libsodium's verdict, on every class of input that could tell two
 * verifiers apart: honest, changed anywhere, keys and R of small and of mixed order, encodings that
 * are not canonical, scalars from L on. The field is held against long arithmetic in bytes.
 * TEST_SEED repeats the random parts; SLOW_TESTS=1 makes twenty times as many. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "ledger/ed25519.h"
#include "ledger/field25519.h"
#include "tests/ledger/curve.h"

/* How often each verdict was seen, so that no test compares rejections alone. */
struct tally {
    unsigned accepted, rejected;
};

static unsigned times(unsigned count)
{
    return count * (getenv("SLOW_TESTS") != NULL ? 20 : 1);
}

/* The four questions below: enough for four lanes (ledger/lanes25519.h), where there are such. */
enum question { NARROW, WIDE, GOOD, BAD, QUESTION_COUNT };

/* Whose signatures stand beside; made once. */
static struct {
    struct ledger_key key;
    uint8_t secret[64];
    struct ledger_ed25519_table *table;
} other;

static void table_release(struct ledger_ed25519_table **table)
{
    ledger_ed25519_table_free(*table);
}

/* Ours, by either table, each alone and both beside a good and a bad signature of another key. */
static void verdicts_make(const struct ledger_key *key, const struct ledger_signature *signature,
                          struct base_bytes message, bool out_alone[2],
                          bool out_beside[QUESTION_COUNT])
{
    static unsigned turn;
    struct ledger_ed25519_table *narrow BASE_CLEANUP(table_release) = NULL;
    struct ledger_ed25519_table *wide BASE_CLEANUP(table_release) = NULL;
    struct ledger_ed25519_item items[QUESTION_COUNT];
    struct ledger_signature good, bad;
    const size_t cut = message.len / 3; /* the message comes in two parts */
    assert_int_equal(ledger_ed25519_table_make(key, LEDGER_ED25519_NARROW, &narrow, NULL), 0);
    assert_int_equal(ledger_ed25519_table_make(key, LEDGER_ED25519_WIDE, &wide, NULL), 0);
    crypto_sign_detached(good.bytes, NULL, message.data, message.len, other.secret);
    bad = good;
    bad.bytes[turn % 64] ^= 1;
    const struct ledger_ed25519_table *tables[QUESTION_COUNT] = {narrow, wide, other.table,
                                                                 other.table};
    const struct ledger_signature *signatures[QUESTION_COUNT] = {signature, signature, &good, &bad};
    for (unsigned i = 0; i < QUESTION_COUNT; i++)
        items[(i + turn) % QUESTION_COUNT] = (struct ledger_ed25519_item){
            .table = tables[i],
            .first = base_bytes_of(message.data, cut),
            .second = base_bytes_of(message.data + cut, message.len - cut),
            .signature = signatures[i]};
    ledger_ed25519_verify_many(items, QUESTION_COUNT);
    for (unsigned i = 0; i < QUESTION_COUNT; i++) {
        const struct ledger_ed25519_item *item = &items[(i + turn) % QUESTION_COUNT];
        out_beside[i] = item->holds;
        if (i <= WIDE)
            out_alone[i] =
                ledger_ed25519_verify(item->table, item->first, item->second, item->signature);
    }
    turn++;
}

/* Ours and libsodium's verdict of one signature must be the same. */
static bool compare(const uint8_t key[32], const uint8_t signature[64], struct base_bytes message,
                    struct tally *tally)
{
    struct ledger_key public_key;
    struct ledger_signature sig;
    bool alone[2], beside[QUESTION_COUNT];
    memcpy(public_key.bytes, key, 32);
    memcpy(sig.bytes, signature, 64);
    verdicts_make(&public_key, &sig, message, alone, beside);
    bool theirs = crypto_sign_verify_detached(signature, message.data, message.len, key) == 0;
    if (alone[NARROW] != theirs || alone[WIDE] != theirs || beside[NARROW] != theirs ||
        beside[WIDE] != theirs) {
        char hex[129];
        base_hex(key, 32, hex);
        print_message("key %s\n", hex);
        base_hex(signature, 64, hex);
        fail_msg("%s by us alone: signature %s", theirs ? "rejected" : "accepted", hex);
    }
    assert_true(beside[GOOD]);
    assert_false(beside[BAD]);
    tally->accepted += theirs;
    tally->rejected += !theirs;
    return theirs;
}

static void honest_signatures_are_accepted(void **state)
{
    struct test_random random = test_random_make(8032);
    struct tally tally = {0};
    (void)state;
    for (unsigned i = 0; i < times(300); i++) {
        uint8_t seed[32], key[32], secret[64], signature[64], message[700];
        size_t len = i % 700;
        test_random_fill(&random, seed, sizeof seed);
        test_random_fill(&random, message, len);
        crypto_sign_seed_keypair(key, secret, seed);
        crypto_sign_detached(signature, NULL, message, len, secret);
        assert_true(compare(key, signature, base_bytes_of(message, len), &tally));
    }
    assert_int_equal(tally.rejected, 0);
}

static void any_changed_bit_is_rejected(void **state)
{
    struct tally tally = {0};
    uint8_t seed[32] = {7}, key[32], secret[64], signature[64], message[] = "оценка 4 по алгебре";
    struct base_bytes bytes = base_bytes_of(message, sizeof message);
    (void)state;
    crypto_sign_seed_keypair(key, secret, seed);
    crypto_sign_detached(signature, NULL, message, sizeof message, secret);
    for (unsigned bit = 0; bit < 512; bit++) {
        signature[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_false(compare(key, signature, bytes, &tally));
        signature[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    for (unsigned bit = 0; bit < 256; bit++) {
        key[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_false(compare(key, signature, bytes, &tally));
        key[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    for (unsigned bit = 0; bit < 8 * sizeof message; bit++) {
        message[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_false(compare(key, signature, bytes, &tally));
        message[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    assert_true(compare(key, signature, bytes, &tally));
}

static void scalars_from_l_on_are_rejected(void **state)
{
    struct test_random random = test_random_make(253);
    struct tally tally = {0};
    (void)state;
    for (unsigned i = 0; i < times(40); i++) {
        uint8_t seed[32], key[32], secret[64], signature[64], message[20];
        test_random_fill(&random, seed, sizeof seed);
        test_random_fill(&random, message, sizeof message);
        crypto_sign_seed_keypair(key, secret, seed);
        crypto_sign_detached(signature, NULL, message, sizeof message, secret);
        assert_true(compare(key, signature, base_bytes_of(message, sizeof message), &tally));
        for (int k = 0; k < 14; k++) { /* S + L, S + 2L, …: the same point each time */
            test_order_add(signature + 32);
            assert_false(compare(key, signature, base_bytes_of(message, sizeof message), &tally));
        }
        memset(signature + 32, 0xff, 32);
        assert_false(compare(key, signature, base_bytes_of(message, sizeof message), &tally));
    }
}

static void mixed_orders_get_the_same_verdict(void **state)
{
    struct test_random random = test_random_make(8);
    struct tally tally = {0}, honest = {0};
    uint8_t torsion[8][32];
    (void)state;
    test_torsion_make(torsion);
    for (unsigned round = 0; round < times(12); round++)
        for (unsigned t = 0; t < 8; t++)
            for (unsigned u = 0; u < 8; u++) {
                uint8_t key[32], signature[64], message[16];
                test_random_fill(&random, message, sizeof message);
                test_crafted_make(&random, torsion[t], torsion[u], false,
                                  base_bytes_of(message, sizeof message), key, signature);
                struct tally *to = t == 0 && u == 0 ? &honest : &tally;
                (void)compare(key, signature, base_bytes_of(message, sizeof message), to);
            }
    /* A cofactored verifier would accept all of them; about one in eight is right without. */
    assert_int_equal(honest.rejected, 0);
    assert_true(tally.accepted > 20 && tally.rejected > 200);
}

static void r_of_small_order_is_rejected(void **state)
{
    struct test_random random = test_random_make(4);
    struct tally tally = {0};
    uint8_t torsion[8][32];
    (void)state;
    test_torsion_make(torsion);
    /* Where the equation holds (R' is U), libsodium refuses none the less: so do we. */
    for (unsigned round = 0; round < times(10); round++)
        for (unsigned t = 0; t < 8; t++)
            for (unsigned u = 0; u < 8; u++) {
                uint8_t key[32], signature[64], message[16];
                test_random_fill(&random, message, sizeof message);
                test_crafted_make(&random, torsion[t], torsion[u], true,
                                  base_bytes_of(message, sizeof message), key, signature);
                assert_false(
                    compare(key, signature, base_bytes_of(message, sizeof message), &tally));
            }
}

static void keys_that_are_none_are_rejected(void **state)
{
    struct test_random random = test_random_make(19);
    struct tally tally = {0};
    uint8_t torsion[8][32], key[32], signature[64], message[8] = {1};
    struct base_bytes bytes = base_bytes_of(message, sizeof message);
    (void)state;
    test_torsion_make(torsion);
    memset(signature, 0, sizeof signature);
    /* Small order: with S = 0 and R = −h·A the equation may hold; never accepted. */
    for (unsigned t = 0; t < 8; t++)
        for (unsigned u = 0; u < 8; u++)
            for (unsigned sign = 0; sign < 2; sign++) {
                memcpy(key, torsion[t], 32);
                memcpy(signature, torsion[u], 32);
                key[31] ^= (uint8_t)(sign << 7);
                assert_false(compare(key, signature, bytes, &tally));
            }
    /* Every encoding from p on: 2^255 − 19 … 2^255 − 1, with both signs; as key and as R. */
    for (unsigned low = 0xed; low <= 0xff; low++)
        for (unsigned sign = 0; sign < 2; sign++) {
            uint8_t odd[32];
            memset(odd, 0xff, sizeof odd);
            odd[0] = (uint8_t)low;
            odd[31] = (uint8_t)(0x7f | sign << 7);
            test_random_fill(&random, signature, 64);
            signature[63] &= 0x0f;
            assert_false(compare(odd, signature, bytes, &tally));
            test_crafted_make(&random, torsion[0], torsion[0], false, bytes, key, signature);
            assert_true(compare(key, signature, bytes, &tally));
            memcpy(signature, odd, 32);
            assert_false(compare(key, signature, bytes, &tally));
        }
    /* Random bytes: half of them are no point. */
    for (unsigned i = 0; i < times(200); i++) {
        test_random_fill(&random, key, 32);
        test_random_fill(&random, signature, 64);
        signature[63] &= 0x0f;
        assert_false(compare(key, signature, bytes, &tally));
    }
}

static void extreme_scalars_are_multiplied_right(void **state)
{
    /* R = rB where r has long runs of ones and zeros and borders of digits, under the key B itself
     * (a = 1): S = r + h. The verdict is "yes" only when both products are right. */
    struct tally tally = {0};
    (void)state;
    for (unsigned bit = 0; bit < 252; bit++)
        for (unsigned shape = 0; shape < 4; shape++) {
            uint8_t s[32] = {0}, wide[64] = {0}, a[32] = {1}, key[32], signature[64], h[32], r[32];
            uint8_t message[4] = {(uint8_t)bit, (uint8_t)shape};
            for (unsigned i = 0; i < 252; i++) {
                bool on = shape == 0   ? i == bit
                          : shape == 1 ? i <= bit
                          : shape == 2 ? i >= bit
                                       : i / 5 % 2 == bit % 2;
                if (on)
                    s[i / 8] |= (uint8_t)(1u << i % 8);
            }
            memcpy(wide, s, 32);
            crypto_core_ed25519_scalar_reduce(r, wide);
            assert_int_equal(crypto_scalarmult_ed25519_base_noclamp(key, a), 0);
            if (crypto_scalarmult_ed25519_base_noclamp(signature, r) != 0)
                continue;
            crypto_hash_sha512_state hash;
            crypto_hash_sha512_init(&hash);
            crypto_hash_sha512_update(&hash, signature, 32);
            crypto_hash_sha512_update(&hash, key, 32);
            crypto_hash_sha512_update(&hash, message, sizeof message);
            crypto_hash_sha512_final(&hash, wide);
            crypto_core_ed25519_scalar_reduce(h, wide);
            crypto_core_ed25519_scalar_add(signature + 32, r, h);
            assert_true(compare(key, signature, base_bytes_of(message, sizeof message), &tally));
        }
    assert_true(tally.accepted > 900);
}

/* The field, against bytes: numbers of 64 bytes, little-endian, reduced by long division. */

static void long_mod_p(const uint8_t wide[64], uint8_t out[32])
{
    /* Bit by bit from the top: rest = 2·rest + bit, less p when it fits. 33 bytes hold 2·rest. */
    uint8_t rest[33] = {0}, p[33] = {0xed};
    memset(p + 1, 0xff, 30);
    p[31] = 0x7f;
    for (int bit = 511; bit >= 0; bit--) {
        unsigned carry = wide[bit / 8] >> bit % 8 & 1;
        for (int i = 0; i < 33; i++) {
            carry |= (unsigned)rest[i] << 1;
            rest[i] = (uint8_t)(carry & 0xff);
            carry >>= 8;
        }
        int order = 0;
        for (int i = 32; i >= 0 && order == 0; i--)
            order = (rest[i] > p[i]) - (rest[i] < p[i]);
        int borrow = 0;
        for (int i = 0; order >= 0 && i < 33; i++) {
            int value = rest[i] - p[i] - borrow;
            borrow = value < 0;
            rest[i] = (uint8_t)(value & 0xff);
        }
    }
    memcpy(out, rest, 32);
}

static void long_multiply(const uint8_t a[32], const uint8_t b[32], uint8_t out[32])
{
    uint8_t wide[64] = {0};
    for (int i = 0; i < 32; i++) {
        unsigned carry = 0;
        for (int j = 0; j < 32; j++) {
            carry += (unsigned)a[i] * b[j] + wide[i + j];
            wide[i + j] = (uint8_t)(carry & 0xff);
            carry >>= 8;
        }
        wide[i + 32] = (uint8_t)carry;
    }
    long_mod_p(wide, out);
}

/* Numbers that like to go wrong, and random ones. */
static void number_make(struct test_random *random, unsigned i, uint8_t out[32])
{
    memset(out, i % 2 == 0 ? 0x00 : 0xff, 32);
    if (i < 80) {
        out[0] = (uint8_t)(out[0] + (i / 4) - 10);
        out[31] = i % 4 < 2 ? out[31] : 0x7f;
    } else {
        test_random_fill(random, out, 32);
    }
}

static void the_field_multiplies_as_on_paper(void **state)
{
    struct test_random random = test_random_make(25519);
    (void)state;
    for (unsigned i = 0; i < times(2000); i++) {
        uint8_t a[32], b[32], expected[32], got[32];
        struct ledger__fe x, y, z;
        number_make(&random, i, a);
        number_make(&random, i / 2 + i % 3, b);
        ledger__fe_read(&x, a);
        ledger__fe_read(&y, b);
        a[31] &= 0x7f;
        b[31] &= 0x7f;
        ledger__fe_mul(&z, &x, &y);
        ledger__fe_write(&z, got);
        long_multiply(a, b, expected);
        assert_memory_equal(got, expected, 32);
        ledger__fe_square(&z, &x);
        ledger__fe_write(&z, got);
        long_multiply(a, a, expected);
        assert_memory_equal(got, expected, 32);
        /* (a + b)(a − b) = a² − b², with loose operands */
        struct ledger__fe sum, difference, square;
        ledger__fe_add(&sum, &x, &y);
        ledger__fe_sub(&difference, &x, &y);
        ledger__fe_mul(&sum, &sum, &difference);
        ledger__fe_square(&square, &y);
        ledger__fe_sub(&difference, &z, &square);
        ledger__fe_write(&sum, got);
        ledger__fe_write(&difference, expected);
        assert_memory_equal(got, expected, 32);
        /* a · 1/a = 1 */
        ledger__fe_invert(&z, &x);
        ledger__fe_mul(&z, &z, &x);
        ledger__fe_write(&z, got);
        memset(expected, 0, 32);
        expected[0] = ledger__fe_is_zero(&x) ? 0 : 1;
        assert_memory_equal(got, expected, 32);
    }
}

static void the_largest_limbs_do_not_overflow(void **state)
{
    (void)state;
    for (unsigned mask = 0; mask < 1024; mask++) {
        struct ledger__fe a, b, product, reduced_a, reduced_b, one, again;
        uint8_t got[32], expected[32], bytes_a[32], bytes_b[32];
        for (unsigned i = 0; i < 5; i++) {
            a.limbs[i] = (mask >> i & 1) != 0 ? (UINT64_C(1) << 54) - 1 : 0;
            b.limbs[i] = (mask >> (5 + i) & 1) != 0 ? (UINT64_C(1) << 54) - 1 : 1;
        }
        ledger__fe_small(&one, 1);
        ledger__fe_mul(&reduced_a, &a, &one);
        ledger__fe_mul(&reduced_b, &b, &one);
        again = a;
        ledger__fe_tighten(&again);
        for (unsigned i = 0; i < 5; i++) {
            assert_true(reduced_a.limbs[i] < UINT64_C(1) << 52);
            assert_true(again.limbs[i] < UINT64_C(1) << 52);
        }
        ledger__fe_write(&again, got);
        ledger__fe_write(&reduced_a, expected);
        assert_memory_equal(got, expected, 32);
        ledger__fe_mul(&product, &a, &b);
        ledger__fe_mul(&again, &reduced_a, &reduced_b);
        ledger__fe_write(&product, got);
        ledger__fe_write(&again, expected);
        assert_memory_equal(got, expected, 32);
        ledger__fe_write(&reduced_a, bytes_a);
        ledger__fe_write(&reduced_b, bytes_b);
        long_multiply(bytes_a, bytes_b, expected);
        assert_memory_equal(got, expected, 32);
        ledger__fe_square(&product, &a);
        ledger__fe_mul(&again, &a, &a);
        ledger__fe_write(&product, got);
        ledger__fe_write(&again, expected);
        assert_memory_equal(got, expected, 32);
    }
}

static int other_make(void **state)
{
    static const uint8_t seed[32] = {1};
    (void)state;
    if (sodium_init() < 0)
        return -1;
    crypto_sign_seed_keypair(other.key.bytes, other.secret, seed);
    return ledger_ed25519_table_make(&other.key, LEDGER_ED25519_NARROW, &other.table, NULL);
}

static int other_release(void **state)
{
    (void)state;
    ledger_ed25519_table_free(other.table);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(honest_signatures_are_accepted),
        cmocka_unit_test(any_changed_bit_is_rejected),
        cmocka_unit_test(scalars_from_l_on_are_rejected),
        cmocka_unit_test(mixed_orders_get_the_same_verdict),
        cmocka_unit_test(r_of_small_order_is_rejected),
        cmocka_unit_test(keys_that_are_none_are_rejected),
        cmocka_unit_test(extreme_scalars_are_multiplied_right),
        cmocka_unit_test(the_field_multiplies_as_on_paper),
        cmocka_unit_test(the_largest_limbs_do_not_overflow),
    };
    return cmocka_run_group_tests_name("ed25519", tests, other_make, other_release);
}
