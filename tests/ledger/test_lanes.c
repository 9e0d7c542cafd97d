/* Four sums side by side are the numbers that one at a time gives, whatever is added: lists of any
 * lengths, also of entries that are no points (the formulas do not care), and at the bounds that
 * lanes25519.c names – no limb passes them, and nothing is lost there. It is compiled in here, so
 * that a sum can begin at the bounds. Without the vectors the tests are skipped.
 * TEST_SEED repeats the random parts; SLOW_TESTS=1 makes twenty times as many. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>

#include "ledger/lanes25519.c"
#include "tests/ledger/support.h"

#define ENTRY_COUNT 64u
#define TERM_COUNT_MAX 80u
#define NARROW ((INT64_C(1) << 50) + (INT64_C(1) << 12))

static unsigned times(unsigned count)
{
    return count * (getenv("SLOW_TESTS") != NULL ? 20 : 1);
}

static void number_make(struct test_random *random, struct ledger__fe *out)
{
    for (int i = 0; i < 5; i++)
        out->limbs[i] = test_random_next(random) >> 12; /* tight: below 2^52 */
}

static void entries_make(struct test_random *random, struct ledger__entry entries[ENTRY_COUNT])
{
    for (unsigned i = 0; i < ENTRY_COUNT; i++) {
        struct ledger__fe plus, minus, xyd;
        number_make(random, &plus);
        number_make(random, &minus);
        number_make(random, &xyd);
        ledger__entry_make(&plus, &minus, &xyd, &entries[i]);
    }
}

static void assert_same_number(const struct ledger__fe *got, const struct ledger__fe *expected)
{
    uint8_t got_bytes[32], expected_bytes[32];
    for (int i = 0; i < 5; i++)
        assert_true(got->limbs[i] < UINT64_C(1) << 52);
    ledger__fe_write(got, got_bytes);
    ledger__fe_write(expected, expected_bytes);
    assert_memory_equal(got_bytes, expected_bytes, sizeof got_bytes);
}

static void assert_same_point(const struct ledger__point *got, const struct ledger__point *expected)
{
    assert_same_number(&got->x, &expected->x);
    assert_same_number(&got->y, &expected->y);
    assert_same_number(&got->z, &expected->z);
    assert_same_number(&got->t, &expected->t);
}

static void an_entry_is_the_number_it_was_made_of(void **state)
{
    struct test_random random = test_random_make(51);
    (void)state;
    for (unsigned i = 0; i < times(1000); i++) {
        struct ledger__fe number, again;
        struct ledger__entry entry;
        number_make(&random, &number);
        for (int k = 0; i < 200 && k < 5; k++) /* all bits on, or none, in some limbs */
            if (i >> k & 1)
                number.limbs[k] = i < 100 ? (UINT64_C(1) << 52) - 1 : 0;
        ledger__entry_make(&number, &number, &number, &entry);
        again = limbs_read(entry.plus);
        assert_same_number(&again, &number);
        again = limbs_read(entry.xyd);
        assert_same_number(&again, &number);
        for (int k = 0; k < 5; k++)
            assert_true(llabs((int64_t)(entry.minus[k] - LEDGER__LIMB_BIAS)) <= NARROW);
    }
}

static void four_sums_are_what_each_alone_would_be(void **state)
{
    static struct ledger__entry entries[ENTRY_COUNT];
    struct test_random random = test_random_make(4);
    (void)state;
    if (!ledger__lanes_ready())
        skip();
    entries_make(&random, entries);
    for (unsigned round = 0; round < times(300); round++) {
        struct ledger__term terms[LEDGER__LANE_COUNT][TERM_COUNT_MAX];
        const struct ledger__term *lists[LEDGER__LANE_COUNT];
        unsigned counts[LEDGER__LANE_COUNT];
        struct ledger__point sums[LEDGER__LANE_COUNT], expected;
        for (unsigned lane = 0; lane < LEDGER__LANE_COUNT; lane++) {
            lists[lane] = terms[lane];
            counts[lane] = (unsigned)test_random_below(&random, TERM_COUNT_MAX + 1);
            for (unsigned i = 0; i < counts[lane]; i++)
                terms[lane][i] = (struct ledger__term){
                    .entry = &entries[test_random_below(&random, ENTRY_COUNT)],
                    .is_negated = test_random_below(&random, 2) == 1};
        }
        ledger__lanes_sum(lists, counts, sums);
        for (unsigned lane = 0; lane < LEDGER__LANE_COUNT; lane++) {
            ledger__terms_sum(terms[lane], counts[lane], &expected);
            /* A shorter list waits at the neutral point: its coordinates change, not its point. */
            struct ledger__fe left, right;
            ledger__fe_mul(&left, &sums[lane].x, &expected.z);
            ledger__fe_mul(&right, &expected.x, &sums[lane].z);
            assert_same_number(&left, &right);
            ledger__fe_mul(&left, &sums[lane].y, &expected.z);
            ledger__fe_mul(&right, &expected.y, &sums[lane].z);
            assert_same_number(&left, &right);
        }
    }
}

#if defined(__x86_64__)

/* A limb at a bound, beside one, near nothing, or anywhere. */
static int64_t limb_make(struct test_random *random)
{
    const int64_t near = (int64_t)test_random_below(random, 3);
    switch (test_random_below(random, 6)) {
    case 0:
    case 1:
        return NARROW - near;
    case 2:
    case 3:
        return near - NARROW;
    case 4:
        return near - 1;
    default:
        return (int64_t)test_random_below(random, 2 * (uint64_t)NARROW + 1) - NARROW;
    }
}

/* The same number in a lane and alone. */
static void limbs_make(struct test_random *random, unsigned lane, struct numbers *out_numbers,
                       struct ledger__fe *out_alone)
{
    const uint64_t shape = test_random_below(random, 8); /* all at one bound, or as they come */
    uint64_t limbs[5];
    for (int k = 0; k < 5; k++) {
        const int64_t limb = shape == 0 ? NARROW : shape == 1 ? -NARROW : limb_make(random);
        double all[LEDGER__LANE_COUNT];
        memcpy(all, &out_numbers->limbs[k], sizeof all);
        all[lane] = (double)limb;
        memcpy(&out_numbers->limbs[k], all, sizeof all);
        limbs[k] = LEDGER__LIMB_BIAS + (uint64_t)limb;
    }
    *out_alone = limbs_read(limbs);
}

static void assert_narrow(const struct numbers *numbers)
{
    for (int k = 0; k < 5; k++) {
        double all[LEDGER__LANE_COUNT];
        memcpy(all, &numbers->limbs[k], sizeof all);
        for (unsigned lane = 0; lane < LEDGER__LANE_COUNT; lane++)
            assert_true(llabs((int64_t)all[lane]) <= NARROW);
    }
}

static void nothing_is_lost_at_the_bounds(void **state)
{
    struct test_random random = test_random_make(50);
    (void)state;
    if (!ledger__lanes_ready())
        skip();
    for (unsigned round = 0; round < times(5000); round++) {
        struct points sums = {0};
        struct ledger__point alone[LEDGER__LANE_COUNT], got[LEDGER__LANE_COUNT];
        struct ledger__entry entries[LEDGER__LANE_COUNT];
        struct ledger__term terms[LEDGER__LANE_COUNT];
        const struct ledger__term *now[LEDGER__LANE_COUNT];
        for (unsigned lane = 0; lane < LEDGER__LANE_COUNT; lane++) {
            limbs_make(&random, lane, &sums.x, &alone[lane].x);
            limbs_make(&random, lane, &sums.y, &alone[lane].y);
            limbs_make(&random, lane, &sums.z, &alone[lane].z);
            limbs_make(&random, lane, &sums.t, &alone[lane].t);
            for (int k = 0; k < 5; k++) {
                entries[lane].plus[k] = LEDGER__LIMB_BIAS + (uint64_t)limb_make(&random);
                entries[lane].minus[k] = LEDGER__LIMB_BIAS + (uint64_t)limb_make(&random);
                entries[lane].xyd[k] = LEDGER__LIMB_BIAS + (uint64_t)limb_make(&random);
            }
            terms[lane] = (struct ledger__term){.entry = &entries[lane],
                                                .is_negated = test_random_below(&random, 2) == 1};
            now[lane] = &terms[lane];
        }
        for (unsigned again = 0; again < 3; again++) {
            terms_add(&sums, now);
            assert_narrow(&sums.x);
            assert_narrow(&sums.y);
            assert_narrow(&sums.z);
            assert_narrow(&sums.t);
            points_read(&sums, got);
            for (unsigned lane = 0; lane < LEDGER__LANE_COUNT; lane++) {
                term_add(&alone[lane], now[lane]);
                assert_same_point(&got[lane], &alone[lane]);
            }
        }
    }
}

static void another_rounding_is_not_ready(void **state)
{
    (void)state;
    if (!ledger__lanes_ready())
        skip();
    _MM_SET_ROUNDING_MODE(_MM_ROUND_TOWARD_ZERO);
    const bool is_ready = ledger__lanes_ready();
    _MM_SET_ROUNDING_MODE(_MM_ROUND_NEAREST);
    assert_false(is_ready);
}

#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_entry_is_the_number_it_was_made_of),
        cmocka_unit_test(four_sums_are_what_each_alone_would_be),
#if defined(__x86_64__)
        cmocka_unit_test(nothing_is_lost_at_the_bounds),
        cmocka_unit_test(another_rounding_is_not_ready),
#endif
    };
    return cmocka_run_group_tests_name("lanes", tests, NULL, NULL);
}
