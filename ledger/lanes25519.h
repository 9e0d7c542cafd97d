/* Sums of table entries on the curve, for the verification of signatures (ledger/ed25519.h): one at
 * a time in the numbers of ledger/field25519.h, or four side by side in vectors of four doubles,
 * where the processor has them (AVX2 and FMA): six tenths of the time, a sum.
 *
 * How:     a number is five signed limbs of 51 bits, each the integer value of a double. A product
 *          of two limbs is cut by fused multiplications into two integers, exactly: `high`, the
 *          product rounded to a multiple of 2^51, and `low`, what it was rounded by. Both are read
 *          off as bits and added up as integers of 64 bits; carries are theirs, too. So no rounding
 *          is ever lost, and the result is the number that other arithmetic gives.
 * Bounds:  a limb is *narrow* when its size is at most 2^50 + 2^12. Entries and sums are narrow;
 *          lanes25519.c says why nothing passes what a double holds.
 * Trust:   test_lanes.c holds both ways against each other, number by number; ledger/ed25519.h says
 *          what is done about a verdict that is wrong none the less.
 * Threads: no state but constants. **Variable time**: public data alone.
 * Source:  Hisil, Wong, Carter, Dawson: Twisted Edwards Curves Revisited (2008), section 3.1 with
 *          Z2 = 1; the cutting of products is T. J. Dekker's (1971), as FMA made it short. */
#pragma once

#include <stdalign.h>
#include <stdbool.h>
#include <stdint.h>

#include "ledger/field25519.h"

/* A point (X : Y : Z : T) with x = X/Z, y = Y/Z, xy = T/Z. */
struct ledger__point {
    struct ledger__fe x, y, z, t;
};

/* A signed limb l is kept as the bits of the double 1.5 · 2^52 + l: LEDGER__LIMB_BIAS + l. */
#define LEDGER__LIMB_BIAS UINT64_C(0x4338000000000000)

/* A finite point as a table keeps it: halves of y + x and y − x, and dxy; narrow limbs. It fills
 * two lines of the cache. */
struct ledger__entry {
    alignas(128) uint64_t plus[5];
    uint64_t minus[5], xyd[5];
};

/* What is to be added: an entry, or its negative. */
struct ledger__term {
    const struct ledger__entry *entry;
    bool is_negated;
};

/* (y + x)/2, (y − x)/2 and dxy, all tight, as an entry. */
void ledger__entry_make(const struct ledger__fe *plus, const struct ledger__fe *minus,
                        const struct ledger__fe *xyd, struct ledger__entry *out_entry);

/* The sum of `count` terms, the neutral point when there are none; tight. */
void ledger__terms_sum(const struct ledger__term *terms, unsigned count,
                       struct ledger__point *out_sum);

#define LEDGER__LANE_COUNT 4u

/* Has this processor the vectors, and does this thread round to nearest? */
bool ledger__lanes_ready(void);

/* The same for four lists at once, of any lengths; only where they are ready. The longest list says
 * how long it takes. */
void ledger__lanes_sum(const struct ledger__term *const terms[LEDGER__LANE_COUNT],
                       const unsigned counts[LEDGER__LANE_COUNT],
                       struct ledger__point out_sums[LEDGER__LANE_COUNT]);
