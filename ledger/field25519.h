/* Numbers modulo p = 2^255 − 19, for the verification of signatures (ledger/ed25519.h).
 * Five limbs of 51 bits in 64; products in 128. **Variable time**: for public data alone, as all
 * that an auditor verifies is. Nothing here may touch a secret; signing is libsodium's.
 * Bounds:  an element is *tight* when its limbs are below 2^52, *loose* when they are below 2^54.
 *          Products and squares take loose ones and give tight ones; a sum of two tight ones, and
 *          a difference whose second part is a sum of two tight ones, are loose.
 * Source:  RFC 8032, section 5.1; RFC 7748, section 4.1. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct ledger__fe {
    uint64_t limbs[5];
};

/* Sums, differences, products: any of the results may be one of the operands. They stand here to be
 * inlined: as calls they would cost a third more. With loose operands a column of a product is
 * below 2^108 · (1 + 4 · 19) < 2^115, and its carry below 2^64; 2^255 = 19, so what passes the
 * fifth limb comes back times 19. */
typedef unsigned __int128 ledger__wide;

#define LEDGER__FE_LIMB_BITS 51
#define LEDGER__FE_LIMB_MASK ((UINT64_C(1) << LEDGER__FE_LIMB_BITS) - 1)

/* 4p, limb by limb: what is added so that a difference stays positive. */
#define LEDGER__FE_FOUR_P_FIRST (4 * (LEDGER__FE_LIMB_MASK + 1) - 4 * 19)
#define LEDGER__FE_FOUR_P_OTHER (4 * (LEDGER__FE_LIMB_MASK + 1) - 4)

static inline void ledger__fe_add(struct ledger__fe *out, const struct ledger__fe *a,
                                  const struct ledger__fe *b)
{
    out->limbs[0] = a->limbs[0] + b->limbs[0];
    out->limbs[1] = a->limbs[1] + b->limbs[1];
    out->limbs[2] = a->limbs[2] + b->limbs[2];
    out->limbs[3] = a->limbs[3] + b->limbs[3];
    out->limbs[4] = a->limbs[4] + b->limbs[4];
}

static inline void ledger__fe_sub(struct ledger__fe *out, const struct ledger__fe *a,
                                  const struct ledger__fe *b)
{
    out->limbs[0] = a->limbs[0] + LEDGER__FE_FOUR_P_FIRST - b->limbs[0];
    out->limbs[1] = a->limbs[1] + LEDGER__FE_FOUR_P_OTHER - b->limbs[1];
    out->limbs[2] = a->limbs[2] + LEDGER__FE_FOUR_P_OTHER - b->limbs[2];
    out->limbs[3] = a->limbs[3] + LEDGER__FE_FOUR_P_OTHER - b->limbs[3];
    out->limbs[4] = a->limbs[4] + LEDGER__FE_FOUR_P_OTHER - b->limbs[4];
}

static inline ledger__wide ledger__fe_times(uint64_t a, uint64_t b)
{
    return (ledger__wide)a * b;
}

/* Carries five columns into tight limbs. */
static inline void ledger__fe_settle(struct ledger__fe *out, ledger__wide r0, ledger__wide r1,
                                     ledger__wide r2, ledger__wide r3, ledger__wide r4)
{
    r1 += (uint64_t)(r0 >> LEDGER__FE_LIMB_BITS);
    r2 += (uint64_t)(r1 >> LEDGER__FE_LIMB_BITS);
    r3 += (uint64_t)(r2 >> LEDGER__FE_LIMB_BITS);
    r4 += (uint64_t)(r3 >> LEDGER__FE_LIMB_BITS);
    uint64_t first =
        ((uint64_t)r0 & LEDGER__FE_LIMB_MASK) + 19 * (uint64_t)(r4 >> LEDGER__FE_LIMB_BITS);
    out->limbs[0] = first & LEDGER__FE_LIMB_MASK;
    out->limbs[1] = ((uint64_t)r1 & LEDGER__FE_LIMB_MASK) + (first >> LEDGER__FE_LIMB_BITS);
    out->limbs[2] = (uint64_t)r2 & LEDGER__FE_LIMB_MASK;
    out->limbs[3] = (uint64_t)r3 & LEDGER__FE_LIMB_MASK;
    out->limbs[4] = (uint64_t)r4 & LEDGER__FE_LIMB_MASK;
}

static inline void ledger__fe_mul(struct ledger__fe *out, const struct ledger__fe *a,
                                  const struct ledger__fe *b)
{
    const uint64_t a0 = a->limbs[0], a1 = a->limbs[1], a2 = a->limbs[2], a3 = a->limbs[3],
                   a4 = a->limbs[4];
    const uint64_t b0 = b->limbs[0], b1 = b->limbs[1], b2 = b->limbs[2], b3 = b->limbs[3],
                   b4 = b->limbs[4];
    const uint64_t c1 = 19 * b1, c2 = 19 * b2, c3 = 19 * b3, c4 = 19 * b4;
    ledger__fe_settle(
        out,
        ledger__fe_times(a0, b0) + ledger__fe_times(a1, c4) + ledger__fe_times(a2, c3) +
            ledger__fe_times(a3, c2) + ledger__fe_times(a4, c1),
        ledger__fe_times(a0, b1) + ledger__fe_times(a1, b0) + ledger__fe_times(a2, c4) +
            ledger__fe_times(a3, c3) + ledger__fe_times(a4, c2),
        ledger__fe_times(a0, b2) + ledger__fe_times(a1, b1) + ledger__fe_times(a2, b0) +
            ledger__fe_times(a3, c4) + ledger__fe_times(a4, c3),
        ledger__fe_times(a0, b3) + ledger__fe_times(a1, b2) + ledger__fe_times(a2, b1) +
            ledger__fe_times(a3, b0) + ledger__fe_times(a4, c4),
        ledger__fe_times(a0, b4) + ledger__fe_times(a1, b3) + ledger__fe_times(a2, b2) +
            ledger__fe_times(a3, b1) + ledger__fe_times(a4, b0));
}

static inline void ledger__fe_square(struct ledger__fe *out, const struct ledger__fe *a)
{
    const uint64_t a0 = a->limbs[0], a1 = a->limbs[1], a2 = a->limbs[2], a3 = a->limbs[3],
                   a4 = a->limbs[4];
    const uint64_t d0 = 2 * a0, d1 = 2 * a1, d2 = 2 * a2, c3 = 19 * a3, c4 = 19 * a4;
    ledger__fe_settle(
        out, ledger__fe_times(a0, a0) + ledger__fe_times(d1, c4) + ledger__fe_times(d2, c3),
        ledger__fe_times(d0, a1) + ledger__fe_times(d2, c4) + ledger__fe_times(a3, c3),
        ledger__fe_times(d0, a2) + ledger__fe_times(a1, a1) + ledger__fe_times(2 * a3, c4),
        ledger__fe_times(d0, a3) + ledger__fe_times(d1, a2) + ledger__fe_times(a4, c4),
        ledger__fe_times(d0, a4) + ledger__fe_times(d1, a3) + ledger__fe_times(a2, a2));
}

/* Makes a loose one tight. */
static inline void ledger__fe_tighten(struct ledger__fe *a)
{
    uint64_t *limbs = a->limbs;
    limbs[1] += limbs[0] >> LEDGER__FE_LIMB_BITS;
    limbs[2] += limbs[1] >> LEDGER__FE_LIMB_BITS;
    limbs[3] += limbs[2] >> LEDGER__FE_LIMB_BITS;
    limbs[4] += limbs[3] >> LEDGER__FE_LIMB_BITS;
    limbs[0] = (limbs[0] & LEDGER__FE_LIMB_MASK) + 19 * (limbs[4] >> LEDGER__FE_LIMB_BITS);
    limbs[1] &= LEDGER__FE_LIMB_MASK;
    limbs[2] &= LEDGER__FE_LIMB_MASK;
    limbs[3] &= LEDGER__FE_LIMB_MASK;
    limbs[4] &= LEDGER__FE_LIMB_MASK;
}

/* 1/a; 0 for 0. */
void ledger__fe_invert(struct ledger__fe *out, const struct ledger__fe *a);
/* a^((p−5)/8) = a^(2^252 − 3): the heart of a square root. */
void ledger__fe_power_root(struct ledger__fe *out, const struct ledger__fe *a);
void ledger__fe_small(struct ledger__fe *out, uint64_t value);
/* 32 bytes, little-endian; the topmost bit is left out, and values from p on are reduced. */
void ledger__fe_read(struct ledger__fe *out, const uint8_t bytes[32]);
/* The one smallest representative. */
void ledger__fe_write(const struct ledger__fe *a, uint8_t out_bytes[32]);
bool ledger__fe_is_zero(const struct ledger__fe *a);
bool ledger__fe_is_odd(const struct ledger__fe *a);
