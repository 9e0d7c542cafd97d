/* The happy path: the key is decompressed and negated once, its multiples go into a table; for each
 * signature h = SHA-512(R ‖ A ‖ message) mod L, both scalars become digits and these table entries,
 * which are added up – for four signatures side by side where the processor can –, and the sum's
 * encoding is compared with R. The constants d, the root of −1 and the base point are computed from
 * their definitions at the first use. What can fail: memory, for a table. */
#include "ledger/ed25519.h"

#include <assert.h>
#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>

#include "ledger/hash.h"
#include "ledger/lanes25519.h"
#include "ledger/slabs.h"

/* Scalars are below 2^253; a digit of five bits is −16 … 15. The base point's table, as large as
 * caches like it. */
#define BASE_BITS 10u
#define BASE_WINDOWS WINDOWS(BASE_BITS)
#define SCALAR_BITS 253u
#define BASE_COUNT (BASE_WINDOWS * MULTIPLES(BASE_BITS))
#define TERMS_MAX (BASE_WINDOWS + WINDOWS(LEDGER_ED25519_NARROW))
#define LANES_WORTH 3u /* as many signatures as four lanes cost alone, and one less */
#define MULTIPLES(bits) (1u << ((bits)-1))
#define WINDOWS(bits) ((SCALAR_BITS + (bits)-1) / (bits))

struct ledger_ed25519_table {
    uint8_t key[32];
    bool refuses; /* the key is one that is never accepted */
    unsigned bits;
    struct ledger__entry entries[]; /* MULTIPLES(bits) for each of WINDOWS(bits) places */
};

#define TABLE_LEN(width)                                                                           \
    (sizeof(struct ledger_ed25519_table) +                                                         \
     WINDOWS(width) * MULTIPLES(width) * sizeof(struct ledger__entry))
static struct ledger__slabs narrow = LEDGER__SLABS_INIT(TABLE_LEN(LEDGER_ED25519_NARROW));
static struct ledger__slabs wide = LEDGER__SLABS_INIT(TABLE_LEN(LEDGER_ED25519_WIDE));
static struct ledger__slabs base_only =
    LEDGER__SLABS_INIT(BASE_COUNT * sizeof(struct ledger__entry));

static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct ledger__fe d, d2, d4, half, root_minus_one, one;
static struct ledger__entry *base; /* BASE_COUNT, of B itself, not negated */

/* The order of B, little-endian: 2^252 + 27742317777372353535851937790883648493. */
static const uint8_t order[32] = {0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7,
                                  0xa2, 0xde, 0xf9, 0xde, 0x14, 0,    0,    0,    0,    0,    0,
                                  0,    0,    0,    0,    0,    0,    0,    0,    0,    0x10};

/* y of the points of small order, canonical: 0, 1, −1 and the two of order 8. */
static const uint8_t small_order_y[5][32] = {
    {0},
    {1},
    {0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
     0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
     0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f},
    {0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4,
     0x89, 0xf2, 0xef, 0x98, 0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6,
     0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05},
    {0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b,
     0x76, 0x0d, 0x10, 0x67, 0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39,
     0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a},
};

/* Points */

/* A point as it is added again and again: y − x, y + x, 2z, 2d·t. */
struct addend {
    struct ledger__fe minus, plus, z2, t2d;
};

static void addend_make(struct addend *out, const struct ledger__point *p)
{
    ledger__fe_sub(&out->minus, &p->y, &p->x);
    ledger__fe_add(&out->plus, &p->y, &p->x);
    ledger__fe_add(&out->z2, &p->z, &p->z);
    ledger__fe_mul(&out->t2d, &p->t, &d2);
}

/* p + q, for any two points, also equal ones: the formulas are complete. */
static void point_add(struct ledger__point *out, const struct ledger__point *p,
                      const struct addend *q)
{
    struct ledger__fe a, b, c, e, f, g, h, t;
    ledger__fe_sub(&a, &p->y, &p->x);
    ledger__fe_mul(&a, &a, &q->minus);
    ledger__fe_add(&b, &p->y, &p->x);
    ledger__fe_mul(&b, &b, &q->plus);
    ledger__fe_mul(&c, &p->t, &q->t2d);
    ledger__fe_mul(&t, &p->z, &q->z2);
    ledger__fe_sub(&e, &b, &a);
    ledger__fe_sub(&f, &t, &c);
    ledger__fe_add(&g, &t, &c);
    ledger__fe_add(&h, &b, &a);
    ledger__fe_mul(&out->x, &e, &f);
    ledger__fe_mul(&out->y, &g, &h);
    ledger__fe_mul(&out->z, &f, &g);
    ledger__fe_mul(&out->t, &e, &h);
}

/* Both tight. */
static bool is_equal(const struct ledger__fe *a, const struct ledger__fe *b)
{
    struct ledger__fe difference;
    ledger__fe_sub(&difference, a, b);
    return ledger__fe_is_zero(&difference);
}

/* x from y and its lowest bit: RFC 8032, section 5.1.3. False: there is no such point. */
static bool x_recover(const struct ledger__fe *y, bool is_odd, struct ledger__fe *out_x)
{
    struct ledger__fe u, v, v3, x, check;
    ledger__fe_square(&u, y);
    ledger__fe_mul(&v, &u, &d);
    ledger__fe_sub(&u, &u, &one);
    ledger__fe_tighten(&u); /* it is subtracted below */
    ledger__fe_add(&v, &v, &one);
    ledger__fe_square(&v3, &v);
    ledger__fe_mul(&v3, &v3, &v);
    ledger__fe_square(&x, &v3);
    ledger__fe_mul(&x, &x, &v);
    ledger__fe_mul(&x, &x, &u);
    ledger__fe_power_root(&x, &x);
    ledger__fe_mul(&x, &x, &v3);
    ledger__fe_mul(&x, &x, &u); /* u·v³·(u·v⁷)^((p−5)/8) */
    ledger__fe_square(&check, &x);
    ledger__fe_mul(&check, &check, &v);
    if (!is_equal(&check, &u)) {
        ledger__fe_add(&check, &check, &u);
        if (!ledger__fe_is_zero(&check))
            return false;
        ledger__fe_mul(&x, &x, &root_minus_one);
    }
    if (ledger__fe_is_odd(&x) != is_odd) {
        struct ledger__fe zero;
        ledger__fe_small(&zero, 0);
        ledger__fe_sub(&x, &zero, &x);
        ledger__fe_tighten(&x);
    }
    *out_x = x;
    return true;
}

/* Tables */

/* Points to table entries, with one inversion for all (Montgomery's trick). The inverse is halved,
 * and so is what it makes of x and y. */
static void entries_finish(const struct ledger__point *points, struct ledger__fe *products,
                           struct ledger__entry *out_entries, unsigned count)
{
    struct ledger__fe inverse;
    struct ledger__fe running = one;
    for (unsigned i = 0; i < count; i++) {
        products[i] = running;
        ledger__fe_mul(&running, &running, &points[i].z);
    }
    ledger__fe_invert(&inverse, &running);
    ledger__fe_mul(&inverse, &inverse, &half);
    for (unsigned i = count; i-- > 0;) {
        struct ledger__fe z, x, y, plus, minus, xyd;
        ledger__fe_mul(&z, &inverse, &products[i]);
        ledger__fe_mul(&inverse, &inverse, &points[i].z);
        ledger__fe_mul(&x, &points[i].x, &z);
        ledger__fe_mul(&y, &points[i].y, &z);
        ledger__fe_add(&plus, &y, &x);
        ledger__fe_sub(&minus, &y, &x);
        ledger__fe_tighten(&plus);
        ledger__fe_tighten(&minus);
        ledger__fe_mul(&xyd, &x, &y);
        ledger__fe_mul(&xyd, &xyd, &d4);
        ledger__entry_make(&plus, &minus, &xyd, &out_entries[i]);
    }
}

/* For each place i, 1 … 2^(bits−1) times 2^(bits·i) times the point. */
static int table_fill(struct ledger__entry *entries, unsigned bits,
                      const struct ledger__point *point, struct base_err *err)
{
    const unsigned window_count = WINDOWS(bits);
    const unsigned multiples = MULTIPLES(bits);
    const unsigned count = window_count * multiples;
    struct ledger__point *points = malloc(count * sizeof *points);
    struct ledger__fe *products = malloc(count * sizeof *products);
    if (points == NULL || products == NULL) {
        free(points);
        free(products);
        return BASE_FAIL(err, BASE_E_MEMORY, "no room for a key's table");
    }
    struct ledger__point first = *point;
    for (unsigned i = 0; i < window_count; i++) {
        struct ledger__point *row = &points[i * multiples];
        struct addend again;
        addend_make(&again, &first);
        row[0] = first;
        for (unsigned j = 1; j < multiples; j++)
            point_add(&row[j], &row[j - 1], &again);
        addend_make(&again, &row[multiples - 1]);
        point_add(&first, &row[multiples - 1], &again);
    }
    entries_finish(points, products, entries, count);
    free(points);
    free(products);
    return 0;
}

static void point_make(const struct ledger__fe *x, const struct ledger__fe *y,
                       struct ledger__point *out)
{
    out->x = *x;
    out->y = *y;
    out->z = one;
    ledger__fe_mul(&out->t, x, y);
}

static void constants_make(void)
{
    struct ledger__fe zero, numerator, denominator, x, y;
    struct ledger__point b;
    ledger__sodium_ready();
    ledger__fe_small(&zero, 0);
    ledger__fe_small(&one, 1);
    /* d = −121665/121666 */
    ledger__fe_small(&numerator, 121665);
    ledger__fe_sub(&numerator, &zero, &numerator);
    ledger__fe_small(&denominator, 121666);
    ledger__fe_invert(&denominator, &denominator);
    ledger__fe_mul(&d, &numerator, &denominator);
    ledger__fe_add(&d2, &d, &d);
    ledger__fe_tighten(&d2);
    ledger__fe_add(&d4, &d2, &d2);
    ledger__fe_tighten(&d4);
    ledger__fe_small(&half, 2);
    ledger__fe_invert(&half, &half);
    /* 2^((p−1)/4) = (2^(2^252−3))² · 2 */
    ledger__fe_small(&root_minus_one, 2);
    ledger__fe_power_root(&x, &root_minus_one);
    ledger__fe_square(&x, &x);
    ledger__fe_mul(&root_minus_one, &root_minus_one, &x);
    /* B has y = 4/5 and an even x. */
    ledger__fe_small(&denominator, 5);
    ledger__fe_invert(&denominator, &denominator);
    ledger__fe_small(&numerator, 4);
    ledger__fe_mul(&y, &numerator, &denominator);
    bool is_point = x_recover(&y, false, &x);
    assert(is_point);
    point_make(&x, &y, &b);
    base = ledger__slabs_take(&base_only);
    if (base == NULL || table_fill(base, BASE_BITS, &b, NULL) != 0)
        abort(); /* without memory for the first table there is nothing to go on with */
}

/* y below p: the canonical encoding, whatever its topmost bit. */
static bool is_canonical(const uint8_t bytes[32])
{
    struct ledger__fe y;
    uint8_t again[32];
    ledger__fe_read(&y, bytes);
    ledger__fe_write(&y, again);
    return memcmp(again, bytes, 31) == 0 && again[31] == (bytes[31] & 0x7f);
}

static bool has_small_order(const uint8_t bytes[32])
{
    for (size_t i = 0; i < sizeof small_order_y / sizeof small_order_y[0]; i++)
        if (memcmp(bytes, small_order_y[i], 31) == 0 && (bytes[31] & 0x7f) == small_order_y[i][31])
            return true;
    return false;
}

int ledger_ed25519_table_make(const struct ledger_key *key, enum ledger_ed25519_width width,
                              struct ledger_ed25519_table **out_table, struct base_err *err)
{
    struct ledger__fe x, y;
    struct ledger__point minus_a;
    pthread_once(&once, constants_make);
    struct ledger_ed25519_table *table =
        ledger__slabs_take(width == LEDGER_ED25519_WIDE ? &wide : &narrow);
    if (table == NULL)
        return BASE_FAIL(err, BASE_E_MEMORY, "no room for a key's table");
    table->bits = width;
    memcpy(table->key, key->bytes, sizeof table->key);
    ledger__fe_read(&y, key->bytes);
    table->refuses = !is_canonical(key->bytes) || has_small_order(key->bytes) ||
                     !x_recover(&y, (key->bytes[31] & 0x80) == 0, &x); /* the other x: −A */
    int fault = 0;
    if (!table->refuses) {
        point_make(&x, &y, &minus_a);
        fault = table_fill(table->entries, width, &minus_a, err);
    }
    if (fault == 0)
        *out_table = table;
    else
        ledger_ed25519_table_free(table);
    return fault;
}

void ledger_ed25519_table_free(struct ledger_ed25519_table *table)
{
    if (table != NULL)
        ledger__slabs_give(table->bits == LEDGER_ED25519_WIDE ? &wide : &narrow, table);
}

/* Verifying */

/* S < L */
static bool scalar_is_canonical(const uint8_t s[32])
{
    for (int i = 31; i >= 0; i--)
        if (s[i] != order[i])
            return s[i] < order[i];
    return false;
}

/* scalar · point of the table as terms, one for each digit but 0; adds how many to `count`. The
 * scalar is below 2^253, its digits are −2^(bits−1) … 2^(bits−1)−1. */
static void terms_append(const struct ledger__entry *entries, unsigned bits,
                         const uint8_t scalar[32], struct ledger__term *terms, unsigned *count)
{
    const int limit = 1 << (bits - 1);
    int carry = 0;
    for (unsigned i = 0; i < WINDOWS(bits); i++, entries += MULTIPLES(bits)) {
        unsigned bit = i * bits;
        unsigned low = scalar[bit / 8];
        unsigned high = bit / 8 + 1 < 32 ? scalar[bit / 8 + 1] : 0;
        int digit = (int)((low | high << 8) >> (bit % 8) & (2 * (unsigned)limit - 1)) + carry;
        carry = digit >= limit;
        if (carry)
            digit -= 2 * limit;
        if (digit != 0)
            terms[(*count)++] = (struct ledger__term){
                .entry = &entries[(digit > 0 ? digit : -digit) - 1], .is_negated = digit < 0};
    }
    assert(carry == 0);
}

/* h = SHA-512(R ‖ A ‖ message) mod L */
static void challenge_make(const struct ledger_ed25519_table *table, const uint8_t r[32],
                           struct base_bytes first, struct base_bytes second, uint8_t out_h[32])
{
    uint8_t hash[64];
    const struct base_bytes parts[] = {base_bytes_of(r, 32), base_bytes_of(table->key, 32), first,
                                       second};
    ledger__sha512_parts(parts, sizeof parts / sizeof parts[0], hash);
    crypto_core_ed25519_scalar_reduce(out_h, hash);
}

/* Nothing needs to be added up for an item that this refuses. */
static bool is_worth_adding(const struct ledger_ed25519_item *item)
{
    return !item->table->refuses && scalar_is_canonical(item->signature->bytes + 32) &&
           !has_small_order(item->signature->bytes);
}

/* The terms of R' = S·B + h·(−A). */
static unsigned terms_make(const struct ledger_ed25519_item *item,
                           struct ledger__term out_terms[TERMS_MAX])
{
    unsigned count = 0;
    uint8_t h[32];
    challenge_make(item->table, item->signature->bytes, item->first, item->second, h);
    terms_append(base, BASE_BITS, item->signature->bytes + 32, out_terms, &count);
    terms_append(item->table->entries, item->table->bits, h, out_terms, &count);
    return count;
}

/* R' of up to four items. */
static void sums_make(struct ledger_ed25519_item *const *items, unsigned count,
                      struct ledger__point out_sums[LEDGER__LANE_COUNT])
{
    struct ledger__term terms[LEDGER__LANE_COUNT][TERMS_MAX];
    const struct ledger__term *lists[LEDGER__LANE_COUNT];
    unsigned counts[LEDGER__LANE_COUNT] = {0};
    for (unsigned i = 0; i < LEDGER__LANE_COUNT; i++)
        lists[i] = terms[i];
    for (unsigned i = 0; i < count; i++)
        counts[i] = terms_make(items[i], terms[i]);
    if (count >= LANES_WORTH && ledger__lanes_ready()) {
        ledger__lanes_sum(lists, counts, out_sums);
        return;
    }
    for (unsigned i = 0; i < count; i++)
        ledger__terms_sum(terms[i], counts[i], &out_sums[i]);
}

/* Is this the encoding of the point with `inverse` = 1/Z? */
static bool is_encoding(const uint8_t bytes[32], const struct ledger__point *point,
                        const struct ledger__fe *inverse)
{
    struct ledger__fe x, y;
    uint8_t encoding[32];
    ledger__fe_mul(&x, &point->x, inverse);
    ledger__fe_mul(&y, &point->y, inverse);
    ledger__fe_write(&y, encoding);
    if (ledger__fe_is_odd(&x))
        encoding[31] |= 0x80;
    return memcmp(encoding, bytes, sizeof encoding) == 0;
}

/* Those that are not refused at once, of wide tables first: lists of one length take least time. */
static unsigned worth_sort(struct ledger_ed25519_item *items, unsigned count,
                           struct ledger_ed25519_item *out_sorted[LEDGER_ED25519_MANY_MAX])
{
    unsigned worth_count = 0;
    for (unsigned i = 0; i < count; i++)
        items[i].holds = is_worth_adding(&items[i]);
    for (unsigned i = 0; i < count; i++)
        if (items[i].holds && items[i].table->bits == LEDGER_ED25519_WIDE)
            out_sorted[worth_count++] = &items[i];
    for (unsigned i = 0; i < count; i++)
        if (items[i].holds && items[i].table->bits != LEDGER_ED25519_WIDE)
            out_sorted[worth_count++] = &items[i];
    return worth_count;
}

void ledger_ed25519_verify_many(struct ledger_ed25519_item *items, unsigned count)
{
    struct ledger_ed25519_item *worth[LEDGER_ED25519_MANY_MAX];
    struct ledger__point sums[LEDGER_ED25519_MANY_MAX + LEDGER__LANE_COUNT];
    struct ledger__fe products[LEDGER_ED25519_MANY_MAX];
    struct ledger__fe running = one;
    struct ledger__fe inverse;
    assert(count >= 1 && count <= LEDGER_ED25519_MANY_MAX);
    const unsigned worth_count = worth_sort(items, count, worth);
    for (unsigned i = 0; i < worth_count; i += LEDGER__LANE_COUNT) {
        unsigned rest = worth_count - i;
        sums_make(&worth[i], rest < LEDGER__LANE_COUNT ? rest : LEDGER__LANE_COUNT, &sums[i]);
    }
    for (unsigned i = 0; i < worth_count; i++) {
        products[i] = running;
        ledger__fe_mul(&running, &running, &sums[i].z);
    }
    /* Z is never 0: the formulas are complete, and the sums start at the neutral point. */
    ledger__fe_invert(&inverse, &running);
    for (unsigned i = worth_count; i-- > 0;) {
        struct ledger__fe z;
        ledger__fe_mul(&z, &inverse, &products[i]);
        ledger__fe_mul(&inverse, &inverse, &sums[i].z);
        worth[i]->holds = is_encoding(worth[i]->signature->bytes, &sums[i], &z);
    }
}

bool ledger_ed25519_verify(const struct ledger_ed25519_table *table, struct base_bytes first,
                           struct base_bytes second, const struct ledger_signature *signature)
{
    struct ledger_ed25519_item item = {
        .table = table, .first = first, .second = second, .signature = signature};
    ledger_ed25519_verify_many(&item, 1);
    return item.holds;
}
