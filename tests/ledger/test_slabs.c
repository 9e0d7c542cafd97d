/* Blocks out of large pages: each is its holder's alone for as long as it is held, aligned, and all
 * memory goes back. Against a list of what is held. TEST_SEED repeats the random part. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/slabs.h"
#include "tests/ledger/support.h"

#define HELD_MAX 100u

/* A block is filled with its number, so that an overlap shows. */
static void fill(unsigned char *block, size_t len, unsigned number)
{
    memset(block, (int)(number % 251), len);
}

static void assert_filled(const unsigned char *block, size_t len, unsigned number)
{
    for (size_t i = 0; i < len; i++)
        assert_int_equal(block[i], number % 251);
}

static void blocks_are_apart_and_come_back(void **state)
{
    static const size_t lens[] = {128, 104576, 303360, LEDGER__SLAB_BLOCK_LEN_MAX};
    struct test_random random = test_random_make(2);
    (void)state;
    for (size_t n = 0; n < sizeof lens / sizeof lens[0]; n++) {
        struct ledger__slabs slabs = LEDGER__SLABS_INIT(lens[n] / 128 * 128);
        unsigned char *held[HELD_MAX];
        unsigned numbers[HELD_MAX];
        unsigned held_count = 0;
        for (unsigned step = 0; step < 400; step++) {
            bool takes = held_count == 0 || (held_count < HELD_MAX &&
                                             test_random_below(&random, 5) < (step < 200 ? 3 : 2));
            if (takes) {
                held[held_count] = ledger__slabs_take(&slabs);
                assert_non_null(held[held_count]);
                assert_int_equal((uintptr_t)held[held_count] % 128, 0);
                numbers[held_count] = step;
                fill(held[held_count], slabs.block_len, step);
                held_count++;
            } else {
                unsigned at = (unsigned)test_random_below(&random, held_count);
                assert_filled(held[at], slabs.block_len, numbers[at]);
                ledger__slabs_give(&slabs, held[at]);
                held_count--;
                held[at] = held[held_count];
                numbers[at] = numbers[held_count];
            }
        }
        while (held_count-- > 0) {
            assert_filled(held[held_count], slabs.block_len, numbers[held_count]);
            ledger__slabs_give(&slabs, held[held_count]);
        }
        assert_null(slabs.with_room); /* nothing is kept */
    }
}

static void nothing_can_be_given_back(void **state)
{
    struct ledger__slabs slabs = LEDGER__SLABS_INIT(128);
    (void)state;
    ledger__slabs_give(&slabs, NULL);
    assert_null(slabs.with_room);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_are_apart_and_come_back),
        cmocka_unit_test(nothing_can_be_given_back),
    };
    return cmocka_run_group_tests_name("slabs", tests, NULL, NULL);
}
