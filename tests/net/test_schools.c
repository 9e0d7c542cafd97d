/* Two schools in one process: what belongs to one is nothing in the other. */
#include <stdio.h>
#include <stdlib.h>

#include "net/limits.h"
#include "tests/net/school.h"

struct pair {
    struct school *school; /* "/school" */
    struct world world;    /* "/second", a demonstration; closed while the server runs */
};

static int make(void **state)
{
    struct pair *pair = calloc(1, sizeof *pair);
    assert_non_null(pair);
    pair->school = school_make_private();
    world_make(&pair->world);
    world_close(&pair->world);
    school_add(pair->school, pair->world.dir, "second");
    *state = pair;
    return 0;
}

static int remove_all(void **state)
{
    struct pair *pair = *state;
    school_remove(pair->school);
    world_remove(&pair->world);
    free(pair);
    return 0;
}

static struct reply ask_second(struct pair *pair, struct ask ask)
{
    ask.is_whole = true;
    return school_ask(pair->school, &ask);
}

static void each_school_has_its_own_log(void **state)
{
    struct pair *pair = *state;
    uint8_t first[LEDGER_HASH_LEN], second[LEDGER_HASH_LEN];
    struct reply reply = school_get(pair->school, "/api/school", NULL);
    ASSERT_STATUS(reply, 200);
    reply_hex(&reply, "log_id", first, sizeof first);
    reply_release(&reply);
    reply = ask_second(pair, (struct ask){.path = "/second/api/school"});
    ASSERT_STATUS(reply, 200);
    reply_hex(&reply, "log_id", second, sizeof second);
    reply_release(&reply);
    assert_memory_not_equal(first, second, sizeof first);
    reply = ask_second(pair, (struct ask){.path = "/"}); /* no school is the school */
    ASSERT_STATUS(reply, 200);
    assert_true(reply_has(&reply, "second"));
    reply_release(&reply);
}

static void a_session_of_one_school_reads_nothing_in_the_other(void **state)
{
    struct pair *pair = *state;
    char token[TOKEN_LEN];
    school_session(pair->school, &pair->school->world.people[HEAD], token);
    struct reply reply = school_get(pair->school, "/api/pages", token);
    ASSERT_STATUS(reply, 200);
    reply_release(&reply);
    reply = ask_second(pair, (struct ask){.path = "/second/api/pages", .cookie = token});
    ASSERT_STATUS(reply, 401);
    reply_release(&reply);
}

static void an_event_for_one_school_is_refused_by_the_other(void **state)
{
    struct pair *pair = *state;
    struct school *school = pair->school;
    struct base_buf BASE_CLEANUP(base_buf_release) array = {0};
    act_topic(&school->world.draft, school->world.lesson, "Дроби", LEDGER_SEQ_NONE);
    school_sign(school, &school->world.people[TEACHER].session, NULL, &array);
    struct reply reply = ask_second(
        pair, (struct ask){.path = "/second/api/events", .msgpack = base_buf_bytes(&array)});
    ASSERT_STATUS(reply, 422);
    assert_true(reply_has(&reply, "\"error\":\"wrong_log\""));
    reply_release(&reply);
    reply = school_post(school, base_buf_bytes(&array));
    ASSERT_STATUS(reply, 200);
    reply_release(&reply);
}

static void guessing_at_a_login_of_one_school_does_not_brake_the_other(void **state)
{
    struct pair *pair = *state;
    char json[256], proof[2 * 32 + 1];
    memset(proof, '7', sizeof proof - 1);
    proof[sizeof proof - 1] = '\0';
    snprintf(json, sizeof json, "{\"login\":\"olga\",\"proof\":\"%s\"}", proof);
    for (unsigned i = 0; i <= NET_LOGIN_TRIES_MAX; i++) {
        struct reply reply =
            school_ask(pair->school, &(struct ask){.path = "/api/login", .json = json});
        ASSERT_STATUS(reply, i < NET_LOGIN_TRIES_MAX ? 401 : 429);
        reply_release(&reply);
    }
    struct reply reply = ask_second(pair, (struct ask){.path = "/second/api/login", .json = json});
    ASSERT_STATUS(reply, 401);
    reply_release(&reply);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, make, remove_all)
        TEST(each_school_has_its_own_log),
        TEST(a_session_of_one_school_reads_nothing_in_the_other),
        TEST(an_event_for_one_school_is_refused_by_the_other),
        TEST(guessing_at_a_login_of_one_school_does_not_brake_the_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
