/* Who sees what has become of which message: the class teacher and the heads a class's, an account
 * its own; names, states and times, no address. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "net/deliveries.h"
#include "tests/projections/eye.h"
#include "tests/projections/little.h"

static struct eye eye;
static struct net_message messages[3];

static int walk(void *data, void (*each)(void *data, const struct net_message *message),
                void *each_data, struct base_err *err)
{
    (void)data;
    (void)err;
    for (size_t i = 0; i < 3; i++)
        each(each_data, &messages[i]);
    return 0;
}

/* To Anya's mother, twice about Anya; to the neighbour about Gleb of 5Б. */
static void fill(void)
{
    memset(messages, 0, sizeof messages);
    for (size_t i = 0; i < 3; i++) {
        messages[i].id[0] = (uint8_t)(i + 1);
        messages[i].status = -1;
        messages[i].queued_ms = w.now_ms + (base_time_ms)i;
        memcpy(messages[i].cause.account, w.people[PARENT].account, LEDGER_ID_LEN);
        memcpy(messages[i].cause.pupil, w.pupils[ANYA], LEDGER_ID_LEN);
        messages[i].cause.wants = PROJ_WANTS_MARKS;
        messages[i].cause.seq = 5 + i;
        messages[i].state = NET_MESSAGE_SENT;
        messages[i].way = NET_WAY_MAIL;
        messages[i].done_ms = w.now_ms + 1000;
    }
    messages[1].state = NET_MESSAGE_QUEUED;
    messages[1].attempts = 2;
    messages[1].next_ms = w.now_ms + 60000;
    memcpy(messages[2].cause.account, w.people[NEIGHBOUR].account, LEDGER_ID_LEN);
    memcpy(messages[2].cause.pupil, w.pupils[GLEB], LEDGER_ID_LEN);
}

static int put(const uint8_t *class_id)
{
    struct base_err err = {0};
    return net_deliveries_put(&eye.view, class_id, walk, NULL, &err);
}

static unsigned seen_by(enum who who, const uint8_t *class_id)
{
    eye_open(&eye, &w, w.people[who].account);
    unsigned count = seen_count(seen(eye_see(&eye, put(class_id)), "messages"));
    eye_close(&eye);
    return count;
}

static void a_class_teacher_sees_the_class_and_a_family_its_own(void **state)
{
    (void)state;
    fill();
    assert_int_equal(seen_by(CLASS_TEACHER, w.class_a), 2);
    assert_int_equal(seen_by(DEPUTY, w.class_a), 2);
    assert_int_equal(seen_by(DEPUTY, w.class_b), 1);
    assert_int_equal(seen_by(PARENT, NULL), 2);
    assert_int_equal(seen_by(NEIGHBOUR, NULL), 1);
    assert_int_equal(seen_by(PUPIL, NULL), 0);
    static const enum who may_not[] = {TEACHER, OTHER, SUPPORT, OFFICE, PARENT, PUPIL, AUDITOR};
    for (size_t i = 0; i < sizeof may_not / sizeof may_not[0]; i++) {
        eye_open(&eye, &w, w.people[may_not[i]].account);
        assert_int_equal(put(w.class_a), PROJ_VIEW_FORBIDDEN);
        eye_close(&eye);
    }
    eye_open(&eye, &w, w.people[CLASS_TEACHER].account);
    assert_int_equal(put(w.class_b), PROJ_VIEW_FORBIDDEN);
    eye_close(&eye);
}

static void a_delivery_says_to_whom_how_and_with_what_outcome(void **state)
{
    (void)state;
    fill();
    eye_open(&eye, &w, w.people[CLASS_TEACHER].account);
    const msgpack_object *all = eye_see(&eye, put(w.class_a));
    assert_keys(all, "sending more messages");
    assert_true(seen_bool(all, "sending"));
    assert_false(seen_bool(all, "more"));
    const msgpack_object *newest = seen_at(seen(all, "messages"), 0);
    assert_keys(newest, "id account name pupil pupil_name wants seq state way attempts status "
                        "queued next done reason repeated");
    assert_true(seen_text(newest, "state", "queued"));
    assert_int_equal(seen_int(newest, "attempts"), 2);
    assert_int_equal(seen_int(newest, "next"), w.now_ms + 60000);
    assert_true(seen_nil(newest, "done"));
    const msgpack_object *sent = seen_at(seen(all, "messages"), 1);
    assert_true(seen_text(sent, "state", "sent"));
    assert_true(seen_text(sent, "way", "mail"));
    assert_true(seen_text(sent, "pupil_name", "Абрамова Анна"));
    assert_int_equal(seen_int(sent, "done"), w.now_ms + 1000);
    assert_true(seen_nil(sent, "next"));
    eye_close(&eye);
}

static void where_nothing_is_sent_that_is_said(void **state)
{
    (void)state;
    struct base_err err = {0};
    eye_open(&eye, &w, w.people[PARENT].account);
    const msgpack_object *all =
        eye_see(&eye, net_deliveries_put(&eye.view, NULL, NULL, NULL, &err));
    assert_false(seen_bool(all, "sending"));
    assert_int_equal(seen_count(seen(all, "messages")), 0);
    eye_close(&eye);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_class_teacher_sees_the_class_and_a_family_its_own),
        CASE(a_delivery_says_to_whom_how_and_with_what_outcome),
        CASE(where_nothing_is_sent_that_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
