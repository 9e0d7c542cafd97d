/* The brake on guessing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/limits.h"
#include "net/throttle.h"

static void tries_run_out_and_come_back_one_by_one(void **state)
{
    (void)state;
    struct net_throttle *throttle = NULL;
    struct base_bytes name = BASE_LITERAL("olga");
    uint64_t now = 5000000;
    assert_int_equal(net_throttle_new(3, 1000, &throttle, NULL), 0);
    for (int i = 0; i < 3; i++)
        assert_true(net_throttle_take(throttle, name, 1, now));
    assert_false(net_throttle_take(throttle, name, 1, now));
    assert_false(net_throttle_take(throttle, name, 1, now + 999));
    assert_true(net_throttle_take(throttle, name, 1, now + 1000));
    assert_false(net_throttle_take(throttle, name, 1, now + 1000));
    for (int i = 0; i < 3; i++) /* rested, all are there again, and no more than all */
        assert_true(net_throttle_take(throttle, name, 1, now + 100000));
    assert_false(net_throttle_take(throttle, name, 1, now + 100000));
    net_throttle_free(throttle);
}

static void a_refund_gives_one_try_back_and_never_more_than_all(void **state)
{
    (void)state;
    struct net_throttle *throttle = NULL;
    struct base_bytes name = BASE_LITERAL("olga");
    assert_int_equal(net_throttle_new(2, 1000, &throttle, NULL), 0);
    net_throttle_refund(throttle, name, 1, 7000);
    for (int i = 0; i < 2; i++)
        assert_true(net_throttle_take(throttle, name, 1, 7000));
    assert_false(net_throttle_take(throttle, name, 1, 7000));
    net_throttle_refund(throttle, name, 1, 7000);
    assert_true(net_throttle_take(throttle, name, 1, 7000));
    assert_false(net_throttle_take(throttle, name, 1, 7000));
    net_throttle_free(throttle);
}

static void what_is_dear_takes_several_tries_and_a_charge_never_more_than_all(void **state)
{
    (void)state;
    struct net_throttle *throttle = NULL;
    struct base_bytes name = BASE_LITERAL("olga");
    assert_int_equal(net_throttle_new(10, 1000, &throttle, NULL), 0);
    assert_true(net_throttle_take(throttle, name, 7, 9000));
    assert_false(net_throttle_take(throttle, name, 4, 9000));
    assert_true(net_throttle_take(throttle, name, 3, 9000));
    net_throttle_refund(throttle, name, 5, 9000);
    net_throttle_charge(throttle, name, 500, 9000);
    assert_false(net_throttle_take(throttle, name, 1, 9999));
    assert_true(net_throttle_take(throttle, name, 10, 19000));
    net_throttle_free(throttle);
}

static void an_hour_of_five_cells_a_second_is_let_through(void **state)
{
    (void)state;
    struct net_throttle *throttle = NULL;
    struct base_bytes name = BASE_LITERAL("olga");
    assert_int_equal(
        net_throttle_new(NET_EVENT_KEY_TOLL_MAX, NET_EVENT_KEY_REFILL_MS, &throttle, NULL), 0);
    for (uint64_t ms = 0; ms < 3600000; ms += 200)
        assert_true(net_throttle_take(throttle, name, NET_EVENT_TOLL, ms));
    for (unsigned i = 0; i < 640; i++) /* and a queue that waited, on top of it */
        assert_true(net_throttle_take(throttle, name, NET_EVENT_TOLL, 3600000));
    net_throttle_free(throttle);
}

static void check_same(const char *a, const char *b, bool same)
{
    struct base_buf BASE_CLEANUP(base_buf_release) x = {0};
    struct base_buf BASE_CLEANUP(base_buf_release) y = {0};
    net_throttle_address(a, &x);
    net_throttle_address(b, &y);
    assert_int_equal(base_bytes_equal(base_buf_bytes(&x), base_buf_bytes(&y)), same);
}

static void an_ipv6_network_counts_as_one_address(void **state)
{
    (void)state;
    check_same("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true);
    check_same("2001:db8:1:2::1", "2001:db8:1:3::1", false);
    check_same("192.0.2.1", "::ffff:192.0.2.1", true);
    check_same("192.0.2.1", "192.0.2.2", false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tries_run_out_and_come_back_one_by_one),
        cmocka_unit_test(a_refund_gives_one_try_back_and_never_more_than_all),
        cmocka_unit_test(what_is_dear_takes_several_tries_and_a_charge_never_more_than_all),
        cmocka_unit_test(an_hour_of_five_cells_a_second_is_let_through),
        cmocka_unit_test(an_ipv6_network_counts_as_one_address),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
