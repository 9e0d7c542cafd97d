/* Powers, and bytes. Nothing can fail. */
#include "ledger/field25519.h"

#include <string.h>

static void square_often(struct ledger__fe *a, int count)
{
    for (int i = 0; i < count; i++)
        ledger__fe_square(a, a);
}

/* a^(2^250 − 1) and a^11, on which both powers below rest. */
static void power_common(const struct ledger__fe *a, struct ledger__fe *out_power,
                         struct ledger__fe *out_eleven)
{
    struct ledger__fe a2, a9, x5, x10, x20, x40, x50, x100, t;
    ledger__fe_square(&a2, a);
    t = a2;
    square_often(&t, 2);
    ledger__fe_mul(&a9, &t, a);
    ledger__fe_mul(out_eleven, &a9, &a2);
    ledger__fe_square(&t, out_eleven);
    ledger__fe_mul(&x5, &t, &a9); /* 2^5 − 1 */
    t = x5;
    square_often(&t, 5);
    ledger__fe_mul(&x10, &t, &x5);
    t = x10;
    square_often(&t, 10);
    ledger__fe_mul(&x20, &t, &x10);
    t = x20;
    square_often(&t, 20);
    ledger__fe_mul(&x40, &t, &x20);
    t = x40;
    square_often(&t, 10);
    ledger__fe_mul(&x50, &t, &x10);
    t = x50;
    square_often(&t, 50);
    ledger__fe_mul(&x100, &t, &x50);
    t = x100;
    square_often(&t, 100);
    ledger__fe_mul(&t, &t, &x100);
    square_often(&t, 50);
    ledger__fe_mul(out_power, &t, &x50);
}

void ledger__fe_invert(struct ledger__fe *out, const struct ledger__fe *a)
{
    struct ledger__fe power, eleven;
    power_common(a, &power, &eleven);
    square_often(&power, 5);
    ledger__fe_mul(out, &power, &eleven); /* 2^255 − 32 + 11 = p − 2 */
}

void ledger__fe_power_root(struct ledger__fe *out, const struct ledger__fe *a)
{
    struct ledger__fe power, eleven;
    power_common(a, &power, &eleven);
    square_often(&power, 2);
    ledger__fe_mul(out, &power, a); /* 2^252 − 4 + 1 */
}

void ledger__fe_small(struct ledger__fe *out, uint64_t value)
{
    *out =
        (struct ledger__fe){{value & LEDGER__FE_LIMB_MASK, value >> LEDGER__FE_LIMB_BITS, 0, 0, 0}};
}

static uint64_t read_le64(const uint8_t *bytes)
{
    uint64_t value = 0;
    for (int i = 7; i >= 0; i--)
        value = value << 8 | bytes[i];
    return value;
}

void ledger__fe_read(struct ledger__fe *out, const uint8_t bytes[32])
{
    const uint64_t w0 = read_le64(bytes), w1 = read_le64(bytes + 8), w2 = read_le64(bytes + 16),
                   w3 = read_le64(bytes + 24);
    out->limbs[0] = w0 & LEDGER__FE_LIMB_MASK;
    out->limbs[1] = (w0 >> 51 | w1 << 13) & LEDGER__FE_LIMB_MASK;
    out->limbs[2] = (w1 >> 38 | w2 << 26) & LEDGER__FE_LIMB_MASK;
    out->limbs[3] = (w2 >> 25 | w3 << 39) & LEDGER__FE_LIMB_MASK;
    out->limbs[4] = (w3 >> 12) & LEDGER__FE_LIMB_MASK;
}

/* Twice around, limbs are below 2^51; then p is taken off if it fits. */
static void reduce(const struct ledger__fe *a, uint64_t limbs[5])
{
    memcpy(limbs, a->limbs, 5 * sizeof limbs[0]);
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 4; i++) {
            limbs[i + 1] += limbs[i] >> LEDGER__FE_LIMB_BITS;
            limbs[i] &= LEDGER__FE_LIMB_MASK;
        }
        limbs[0] += 19 * (limbs[4] >> LEDGER__FE_LIMB_BITS);
        limbs[4] &= LEDGER__FE_LIMB_MASK;
    }
    uint64_t over = (limbs[0] + 19) >> LEDGER__FE_LIMB_BITS; /* 1 when the value is p or more */
    for (int i = 1; i < 5; i++)
        over = (limbs[i] + over) >> LEDGER__FE_LIMB_BITS;
    limbs[0] += 19 * over;
    for (int i = 0; i < 4; i++) {
        limbs[i + 1] += limbs[i] >> LEDGER__FE_LIMB_BITS;
        limbs[i] &= LEDGER__FE_LIMB_MASK;
    }
    limbs[4] &= LEDGER__FE_LIMB_MASK;
}

static void write_le64(uint8_t *bytes, uint64_t value)
{
    for (int i = 0; i < 8; i++, value >>= 8)
        bytes[i] = (uint8_t)(value & 0xff);
}

void ledger__fe_write(const struct ledger__fe *a, uint8_t out_bytes[32])
{
    uint64_t limbs[5];
    reduce(a, limbs);
    write_le64(out_bytes, limbs[0] | limbs[1] << 51);
    write_le64(out_bytes + 8, limbs[1] >> 13 | limbs[2] << 38);
    write_le64(out_bytes + 16, limbs[2] >> 26 | limbs[3] << 25);
    write_le64(out_bytes + 24, limbs[3] >> 39 | limbs[4] << 12);
}

bool ledger__fe_is_zero(const struct ledger__fe *a)
{
    uint64_t limbs[5];
    reduce(a, limbs);
    return (limbs[0] | limbs[1] | limbs[2] | limbs[3] | limbs[4]) == 0;
}

bool ledger__fe_is_odd(const struct ledger__fe *a)
{
    uint64_t limbs[5];
    reduce(a, limbs);
    return (limbs[0] & 1) != 0;
}
