/* The happy path: the key is decompressed and negated once, its multiples go into a table; for each
 * signature h = SHA-512(R ‖ A ‖ message) mod L, both scalars become digits, table entries are added
 * up, and the sum's encoding is compared with R. The constants d, the root of −1 and the base point
 * are computed from their definitions at the first use. What can fail: memory, for a table. */
#include "ledger/ed25519.h"

#include <assert.h>
#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>

#include "ledger/field25519.h"
#include "ledger/hash.h"

/* Scalars are below 2^253; a digit of five bits is −16 … 15. The base point's table, as large as
 * caches like it. */
#define BASE_BITS 9u
#define BASE_WINDOWS WINDOWS(BASE_BITS)
#define WINDOWS_MAX WINDOWS(LEDGER_ED25519_NARROW)
#define SCALAR_BITS 253u
#define AHEAD 3u /* additions between asking for an entry and using it */
#define MULTIPLES(bits) (1u << ((bits)-1))
#define WINDOWS(bits) ((SCALAR_BITS + (bits)-1) / (bits))

/* A point (X : Y : Z : T) with x = X/Z, y = Y/Z, xy = T/Z. */
struct point {
    struct ledger__fe x, y, z, t;
};

/* A finite point as a table keeps it: y + x, y − x, 2dxy. */
struct entry {
    struct ledger__fe plus, minus, xy2d;
};

struct ledger_ed25519_table {
    uint8_t key[32];
    bool refuses; /* the key is one that is never accepted */
    unsigned bits;
    struct entry entries[]; /* MULTIPLES(bits) for each of WINDOWS(bits) places */
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct ledger__fe d, d2, root_minus_one, one;
static struct entry base[BASE_WINDOWS * MULTIPLES(BASE_BITS)]; /* of B itself, not negated */

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

static void point_zero(struct point *out)
{
    ledger__fe_small(&out->x, 0);
    out->y = out->z = one;
    out->t = out->x;
}

/* A point as it is added again and again: y − x, y + x, 2z, 2d·t. */
struct addend {
    struct ledger__fe minus, plus, z2, t2d;
};

static void addend_make(struct addend *out, const struct point *p)
{
    ledger__fe_sub(&out->minus, &p->y, &p->x);
    ledger__fe_add(&out->plus, &p->y, &p->x);
    ledger__fe_add(&out->z2, &p->z, &p->z);
    ledger__fe_mul(&out->t2d, &p->t, &d2);
}

/* p + q, for any two points, also equal ones: the formulas are complete. */
static void point_add(struct point *out, const struct point *p, const struct addend *q)
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

/* sum += entry, or −= entry. A negated entry has plus and minus exchanged and xy2d negated. */
static void entry_add(struct point *sum, const struct entry *entry, bool negated)
{
    struct ledger__fe a, b, c, e, f, g, h, t;
    ledger__fe_sub(&a, &sum->y, &sum->x);
    ledger__fe_mul(&a, &a, negated ? &entry->plus : &entry->minus);
    ledger__fe_add(&b, &sum->y, &sum->x);
    ledger__fe_mul(&b, &b, negated ? &entry->minus : &entry->plus);
    ledger__fe_mul(&c, &sum->t, &entry->xy2d);
    ledger__fe_add(&t, &sum->z, &sum->z);
    ledger__fe_sub(&e, &b, &a);
    ledger__fe_add(&h, &b, &a);
    if (negated) {
        ledger__fe_add(&f, &t, &c);
        ledger__fe_sub(&g, &t, &c);
    } else {
        ledger__fe_sub(&f, &t, &c);
        ledger__fe_add(&g, &t, &c);
    }
    ledger__fe_mul(&sum->x, &e, &f);
    ledger__fe_mul(&sum->y, &g, &h);
    ledger__fe_mul(&sum->z, &f, &g);
    ledger__fe_mul(&sum->t, &e, &h);
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

/* Points to table entries, with one inversion for all (Montgomery's trick). */
static void entries_finish(const struct point *points, struct ledger__fe *products,
                           struct entry *out_entries, unsigned count)
{
    struct ledger__fe inverse = one;
    struct ledger__fe running = one;
    for (unsigned i = 0; i < count; i++) {
        products[i] = running;
        ledger__fe_mul(&running, &running, &points[i].z);
    }
    ledger__fe_invert(&inverse, &running);
    for (unsigned i = count; i-- > 0;) {
        struct ledger__fe z, x, y;
        struct entry *entry = &out_entries[i];
        ledger__fe_mul(&z, &inverse, &products[i]);
        ledger__fe_mul(&inverse, &inverse, &points[i].z);
        ledger__fe_mul(&x, &points[i].x, &z);
        ledger__fe_mul(&y, &points[i].y, &z);
        ledger__fe_add(&entry->plus, &y, &x);
        ledger__fe_sub(&entry->minus, &y, &x);
        ledger__fe_tighten(&entry->plus);
        ledger__fe_tighten(&entry->minus);
        ledger__fe_mul(&entry->xy2d, &x, &y);
        ledger__fe_mul(&entry->xy2d, &entry->xy2d, &d2);
    }
}

/* For each place i, 1 … 2^(bits−1) times 2^(bits·i) times the point. */
static int table_fill(struct entry *entries, unsigned bits, const struct point *point,
                      struct base_err *err)
{
    const unsigned window_count = WINDOWS(bits);
    const unsigned multiples = MULTIPLES(bits);
    const unsigned count = window_count * multiples;
    struct point *points = malloc(count * sizeof *points);
    struct ledger__fe *products = malloc(count * sizeof *products);
    if (points == NULL || products == NULL) {
        free(points);
        free(products);
        return BASE_FAIL(err, BASE_E_MEMORY, "no room for a key's table");
    }
    struct point first = *point;
    for (unsigned i = 0; i < window_count; i++) {
        struct point *row = &points[i * multiples];
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

static void point_make(const struct ledger__fe *x, const struct ledger__fe *y, struct point *out)
{
    out->x = *x;
    out->y = *y;
    out->z = one;
    ledger__fe_mul(&out->t, x, y);
}

static void constants_make(void)
{
    struct ledger__fe zero, numerator, denominator, x, y;
    struct point b;
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
    if (table_fill(base, BASE_BITS, &b, NULL) != 0)
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
    struct point minus_a;
    pthread_once(&once, constants_make);
    struct ledger_ed25519_table *table =
        calloc(1, sizeof *table + WINDOWS(width) * MULTIPLES(width) * sizeof table->entries[0]);
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
    free(table);
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

/* A scalar below 2^253 as signed digits, −2^(bits−1) … 2^(bits−1)−1 each. */
static void digits_of(const uint8_t scalar[32], unsigned bits, int16_t out_digits[WINDOWS_MAX])
{
    const int limit = 1 << (bits - 1);
    int carry = 0;
    for (unsigned i = 0; i < WINDOWS(bits); i++) {
        unsigned bit = i * bits;
        unsigned low = scalar[bit / 8];
        unsigned high = bit / 8 + 1 < 32 ? scalar[bit / 8 + 1] : 0;
        int digit = (int)((low | high << 8) >> (bit % 8) & (2 * (unsigned)limit - 1)) + carry;
        carry = digit >= limit;
        out_digits[i] = (int16_t)(carry ? digit - 2 * limit : digit);
    }
    assert(carry == 0);
}

/* The entry of a row for a digit but 0. */
static inline const struct entry *entry_of(const struct entry *row, int digit)
{
    return &row[(digit > 0 ? digit : -digit) - 1];
}

/* Many keys' tables do not fit a cache: what comes soon is asked for early. */
static inline void fetch(const struct entry *row, int digit)
{
    const char *at = (const char *)entry_of(row, digit != 0 ? digit : 1);
    __builtin_prefetch(at);
    __builtin_prefetch(at + sizeof(struct entry) - 1);
}

/* sum += scalar · point of the table */
static void table_add(struct point *sum, const struct entry *entries, unsigned bits,
                      const uint8_t scalar[32])
{
    const unsigned window_count = WINDOWS(bits);
    int16_t digits[WINDOWS_MAX];
    digits_of(scalar, bits, digits);
    for (unsigned i = 0; i < window_count; i++, entries += MULTIPLES(bits)) {
        int digit = digits[i];
        if (i + AHEAD < window_count)
            fetch(&entries[AHEAD * MULTIPLES(bits)], digits[i + AHEAD]);
        if (digit != 0)
            entry_add(sum, entry_of(entries, digit), digit < 0);
    }
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

/* R' of one item; false when the item is refused before it comes to that. */
static bool sum_make(const struct ledger_ed25519_item *item, struct point *out_sum)
{
    const uint8_t *r = item->signature->bytes;
    const uint8_t *s = item->signature->bytes + 32;
    uint8_t h[32];
    point_zero(out_sum);
    if (item->table->refuses || !scalar_is_canonical(s) || has_small_order(r))
        return false;
    challenge_make(item->table, r, item->first, item->second, h);
    table_add(out_sum, base, BASE_BITS, s);
    table_add(out_sum, item->table->entries, item->table->bits, h);
    return true;
}

/* Is this the encoding of the point with `inverse` = 1/Z? */
static bool is_encoding(const uint8_t bytes[32], const struct point *point,
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

void ledger_ed25519_verify_many(struct ledger_ed25519_item *items, unsigned count)
{
    struct point sums[LEDGER_ED25519_MANY_MAX];
    struct ledger__fe products[LEDGER_ED25519_MANY_MAX];
    struct ledger__fe running = one;
    struct ledger__fe inverse;
    assert(count >= 1 && count <= LEDGER_ED25519_MANY_MAX);
    for (unsigned i = 0; i < count; i++) {
        items[i].holds = sum_make(&items[i], &sums[i]);
        products[i] = running;
        ledger__fe_mul(&running, &running, &sums[i].z);
    }
    /* Z is never 0: the formulas are complete, and the sums start at the neutral point. */
    ledger__fe_invert(&inverse, &running);
    for (unsigned i = count; i-- > 0;) {
        struct ledger__fe z;
        ledger__fe_mul(&z, &inverse, &products[i]);
        ledger__fe_mul(&inverse, &inverse, &sums[i].z);
        if (items[i].holds)
            items[i].holds = is_encoding(items[i].signature->bytes, &sums[i], &z);
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
