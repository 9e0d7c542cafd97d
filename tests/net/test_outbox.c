/* The outbox remembers: one record a cause, steps whole or not at all, what waits in its order
 * (specs/messages.md). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/outbox.h"
#include "tests/ledger/support.h"

static const struct ledger_hash log_id = {{1}};
static char dir[256];
static struct net_outbox *outbox;

static void open_at(ledger_seq size)
{
    struct base_err err = {0};
    if (net_outbox_open(dir, false, &log_id, size, &outbox, &err) != 0)
        fail_msg("%s", err.text);
}

static int setup(void **state)
{
    (void)state;
    test_dir_make(dir);
    open_at(100);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    net_outbox_close(outbox);
    test_dir_remove(dir);
    return 0;
}

static struct proj_cause cause(ledger_seq seq)
{
    return (struct proj_cause){.wants = PROJ_WANTS_MARKS, .seq = seq, .account = {7}};
}

static void take(const struct proj_cause *causes, size_t count, ledger_seq cursor, base_time_ms now)
{
    assert_int_equal(net_outbox_take(outbox, causes, count, cursor, 5, now, NULL), 0);
}

static void count_one(void *data, const struct net_message *message)
{
    (void)message;
    ++*(unsigned *)data;
}

static unsigned count(void)
{
    unsigned n = 0;
    assert_int_equal(net_outbox_each(outbox, count_one, &n, NULL), 0);
    return n;
}

static bool due(base_time_ms now, struct net_message *out, base_time_ms *out_next)
{
    bool found;
    assert_int_equal(net_outbox_due(outbox, now, &found, out, out_next, NULL), 0);
    return found;
}

static void a_new_one_begins_with_the_log_as_it_is(void **state)
{
    (void)state;
    assert_int_equal(net_outbox_cursor(outbox), 100);
    assert_int_equal(count(), 0);
}

static void a_cause_is_queued_once(void **state)
{
    (void)state;
    const struct proj_cause causes[] = {cause(100), cause(101), cause(100)};
    struct net_message message;
    base_time_ms next;
    take(causes, 3, 102, 1000);
    assert_int_equal(count(), 2);
    assert_true(due(1000, &message, &next));
    message.state = NET_MESSAGE_SENT;
    message.done_ms = 1001;
    assert_int_equal(net_outbox_note(outbox, &message, NULL), 0);
    take(causes, 3, 102, 2000); /* once more: what was sent stays sent */
    assert_int_equal(count(), 2);
    assert_true(due(2000, &message, &next));
    message.state = NET_MESSAGE_SENT;
    assert_int_equal(net_outbox_note(outbox, &message, NULL), 0);
    assert_false(due(9000, &message, &next));
    assert_int_equal(next, INT64_MAX);
}

static void what_waits_comes_in_its_order_and_survives(void **state)
{
    (void)state;
    const struct proj_cause first = cause(100);
    const struct proj_cause second = cause(101);
    struct net_message message;
    base_time_ms next;
    take(&first, 1, 101, 1000);
    take(&second, 1, 102, 2000);
    assert_false(due(999, &message, &next));
    assert_int_equal(next, 1000);
    assert_true(due(5000, &message, &next));
    assert_int_equal(message.cause.seq, 100);
    message.state = NET_MESSAGE_HANDING; /* under way is still due: a crash must find it */
    message.way = NET_WAY_SMS;
    message.attempts = 3;
    message.next_ms = 7000;
    message.status = -1;
    assert_int_equal(net_outbox_note(outbox, &message, NULL), 0);
    net_outbox_close(outbox);
    open_at(102);
    assert_int_equal(net_outbox_cursor(outbox), 102);
    assert_int_equal(net_outbox_week(outbox), 5);
    assert_true(due(5000, &message, &next));
    assert_int_equal(message.cause.seq, 101);
    message.state = NET_MESSAGE_SENT;
    assert_int_equal(net_outbox_note(outbox, &message, NULL), 0);
    assert_false(due(6999, &message, &next));
    assert_true(due(7000, &message, &next));
    assert_int_equal(message.state, NET_MESSAGE_HANDING);
    assert_int_equal(message.way, NET_WAY_SMS);
    assert_int_equal(message.attempts, 3);
    assert_int_equal(message.status, -1);
    assert_int_equal(message.cause.account[0], 7);
}

static void it_belongs_to_one_log_and_never_runs_ahead_of_it(void **state)
{
    (void)state;
    static const struct ledger_hash other = {{2}};
    struct net_outbox *again = NULL;
    take(NULL, 0, 200, 1000);
    net_outbox_close(outbox);
    outbox = NULL;
    assert_int_equal(net_outbox_open(dir, false, &other, 300, &again, NULL), BASE_E_STATE);
    /* a restored copy: what it would tell again has been told */
    assert_int_equal(net_outbox_open(dir, false, &log_id, 199, &again, NULL), BASE_E_STATE);
    open_at(200);
}

static void old_records_go_and_what_waits_stays(void **state)
{
    (void)state;
    const struct proj_cause causes[] = {cause(100), cause(101)};
    struct net_message message;
    base_time_ms next;
    take(causes, 2, 102, 1000);
    assert_true(due(1000, &message, &next));
    message.state = NET_MESSAGE_FAILED;
    message.done_ms = 1500;
    assert_int_equal(net_outbox_note(outbox, &message, NULL), 0);
    assert_int_equal(net_outbox_prune(outbox, 1500, NULL), 0);
    assert_int_equal(count(), 2);
    assert_int_equal(net_outbox_prune(outbox, 100000, NULL), 0);
    assert_int_equal(count(), 1);
    assert_true(due(1000, &message, &next));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_new_one_begins_with_the_log_as_it_is, setup, teardown),
        cmocka_unit_test_setup_teardown(a_cause_is_queued_once, setup, teardown),
        cmocka_unit_test_setup_teardown(what_waits_comes_in_its_order_and_survives, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(it_belongs_to_one_log_and_never_runs_ahead_of_it, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(old_records_go_and_what_waits_stays, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
