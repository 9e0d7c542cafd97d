/* Events over HTTP: what gets in, what does not, and what is said about it. */
#include <stdio.h>
#include <stdlib.h>

#include "ledger/judge.h"
#include "net/limits.h"
#include "tests/net/school.h"

static int make(void **state)
{
    *state = school_make();
    return 0;
}

static int remove_all(void **state)
{
    school_remove(*state);
    return 0;
}

static struct signer *session_of(struct school *school, enum who who)
{
    return &school->world.people[who].session;
}

static void an_accepted_event_has_a_place_in_the_log(void **state)
{
    struct school *school = *state;
    struct world *world = &school->world;
    struct base_buf BASE_CLEANUP(base_buf_release) array = {0};
    uint64_t size = school_size(school);
    uint8_t id[32], again[32];
    act_topic(&world->draft, world->lesson, "Дроби", LEDGER_SEQ_NONE);
    school_sign(school, session_of(school, TEACHER), NULL, &array);
    struct reply reply = school_post(school, base_buf_bytes(&array));
    ASSERT_STATUS(reply, 200);
    assert_int_equal(reply_number(&reply, "code"), 0);
    assert_int_equal(reply_number(&reply, "seq"), size);
    assert_true(reply_number(&reply, "recorded") >= world->now_ms);
    assert_true(reply_has(&reply, "\"known\":false"));
    reply_hex(&reply, "id", id, sizeof id);
    reply_release(&reply);
    assert_int_equal(school_size(school), size + 1);
    reply = school_post(school, base_buf_bytes(&array)); /* the same bytes again */
    ASSERT_STATUS(reply, 200);
    assert_true(reply_has(&reply, "\"known\":true"));
    assert_int_equal(reply_number(&reply, "seq"), size);
    reply_hex(&reply, "id", again, sizeof again);
    assert_memory_equal(id, again, sizeof id);
    reply_release(&reply);
    assert_int_equal(school_size(school), size + 1);
}

/* The number behind a metric's name. */
static int64_t metric(struct school *school, const char *name)
{
    struct base_buf BASE_CLEANUP(base_buf_release) text = {0};
    char line[100];
    snprintf(line, sizeof line, "\n%s ", name);
    net_metrics_text(school->metrics, &text);
    const char *at = strstr(base_buf_text(&text), line);
    if (at == NULL)
        fail_msg("no metric %s", name);
    return strtoll(at + strlen(line), NULL, 10);
}

static bool says_no(const struct ledger_ed25519_table *table, struct base_bytes first,
                    struct base_bytes second, const struct ledger_signature *signature)
{
    (void)table, (void)first, (void)second, (void)signature;
    return false;
}

/* The lesson's topic above the last one. */
static void submit_topic(struct school *school, ledger_seq *prev)
{
    act_topic(&school->world.draft, school->world.lesson, "Дроби", *prev);
    struct reply reply = school_submit(school, session_of(school, TEACHER), NULL);
    ASSERT_STATUS(reply, 200);
    *prev = (ledger_seq)reply_number(&reply, "seq");
    reply_release(&reply);
}

static void who_signs_often_is_judged_by_a_table_until_one_errs(void **state)
{
    struct school *school = *state;
    ledger_seq prev = LEDGER_SEQ_NONE;
    for (unsigned i = 0; i < LEDGER_JUDGE_USES_MIN; i++)
        submit_topic(school, &prev);
    int64_t before = metric(school, "letopis_signatures_by_table");
    submit_topic(school, &prev);
    assert_int_equal(metric(school, "letopis_signatures_by_table"), before + 1);
    assert_int_equal(metric(school, "letopis_signatures_differed"), 0);
    assert_int_equal(metric(school, "letopis_alarms"), 0);
    /* It rejects what is right: libsodium's word stands, and no table is asked any more. */
    ledger__judge_plant(net_app_judge(school->app), says_no, LEDGER_JUDGE_SAMPLE);
    submit_topic(school, &prev);
    assert_int_equal(metric(school, "letopis_signatures_differed"), 1);
    int64_t by_sodium = metric(school, "letopis_signatures_by_libsodium");
    submit_topic(school, &prev);
    assert_int_equal(metric(school, "letopis_signatures_by_table"), before + 2);
    assert_int_equal(metric(school, "letopis_signatures_by_libsodium"), by_sodium + 1);
    /* The next run does not know the difference any more, but that there was one. */
    assert_int_equal(metric(school, "letopis_alarms"), 1);
    school_restart(school);
    submit_topic(school, &prev); /* a school is opened by its first visitor */
    assert_int_equal(metric(school, "letopis_signatures_differed"), 0);
    assert_int_equal(metric(school, "letopis_alarms"), 1);
}

static void by_reference_libsodium_judges_everything(void **state)
{
    struct school *school = *state;
    ledger_seq prev = LEDGER_SEQ_NONE;
    school->reference = true;
    school_restart(school);
    for (unsigned i = 0; i < LEDGER_JUDGE_USES_MIN + 2; i++)
        submit_topic(school, &prev);
    assert_int_equal(metric(school, "letopis_signatures_by_table"), 0);
    assert_int_equal(metric(school, "letopis_signatures_by_libsodium"), LEDGER_JUDGE_USES_MIN + 2);
}

/* Bad inputs: each makes one submission in the world's draft and `array`. */

struct bad {
    const char *error;
    const char *field;
    void (*make)(struct school *school, struct base_buf *array);
};

static void sign_by(struct school *school, enum who who, struct base_buf *array)
{
    school_sign(school, session_of(school, who), NULL, array);
}

static void unknown_kind(struct school *school, struct base_buf *array)
{
    draft_begin(&school->world.draft, "lesson.burnt");
    draft_id(&school->world.draft, "lesson", school->world.lesson);
    sign_by(school, TEACHER, array);
}

static void text_too_long(struct school *school, struct base_buf *array)
{
    char text[1102];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    act_topic(&school->world.draft, school->world.lesson, text, LEDGER_SEQ_NONE);
    sign_by(school, TEACHER, array);
}

static void topic_with(struct school *school, bool has_text, bool has_more, bool id_is_int,
                       struct base_buf *array)
{
    struct draft *d = &school->world.draft;
    draft_begin(d, "topic.set");
    if (id_is_int)
        draft_int(d, "lesson", 5);
    else
        draft_id(d, "lesson", school->world.lesson);
    draft_nil(d, "number");
    draft_nil(d, "prev");
    if (has_text)
        draft_text(d, "text", "Дроби");
    draft_nil(d, "work");
    if (has_more)
        draft_int(d, "zeal", 1);
    sign_by(school, TEACHER, array);
}

static void field_of_wrong_type(struct school *school, struct base_buf *array)
{
    topic_with(school, true, false, true, array);
}

static void field_missing(struct school *school, struct base_buf *array)
{
    topic_with(school, false, false, false, array);
}

static void field_unknown(struct school *school, struct base_buf *array)
{
    topic_with(school, true, true, false, array);
}

/* Event bytes as they should be, to be spoilt. */
static void topic_bytes(struct school *school, struct base_buf *bytes)
{
    act_topic(&school->world.draft, school->world.lesson, "Дроби", LEDGER_SEQ_NONE);
    draft_build(&school->world.draft, &school->moment, session_of(school, TEACHER), bytes);
}

static void wrap(struct school *school, struct base_bytes event, bool spoil_signature,
                 struct base_buf *array)
{
    struct ledger_signature signature;
    ledger_event_sign(event, session_of(school, TEACHER)->secret, &signature);
    if (spoil_signature)
        signature.bytes[3] ^= 1;
    ledger_canon_put_array(array, 1);
    assert_int_equal(ledger_submission_build(event, &signature, 1, NULL, 0, array, NULL), 0);
}

static void not_canonical(struct school *school, struct base_buf *array)
{
    struct base_buf BASE_CLEANUP(base_buf_release) bytes = {0};
    struct base_buf BASE_CLEANUP(base_buf_release) longer = {0};
    topic_bytes(school, &bytes);
    assert_int_equal(bytes.data[0] & 0xf0, 0x80); /* a short map header, written the long way */
    base_buf_put_u8(&longer, 0xde);
    base_buf_put_be16(&longer, bytes.data[0] & 0x0f);
    base_buf_put(&longer, bytes.data + 1, bytes.len - 1);
    wrap(school, base_buf_bytes(&longer), false, array);
}

static void bad_signature(struct school *school, struct base_buf *array)
{
    struct base_buf BASE_CLEANUP(base_buf_release) bytes = {0};
    topic_bytes(school, &bytes);
    wrap(school, base_buf_bytes(&bytes), true, array);
}

static void unknown_key(struct school *school, struct base_buf *array)
{
    struct signer stranger;
    signer_make(&stranger, 900001);
    act_topic(&school->world.draft, school->world.lesson, "Дроби", LEDGER_SEQ_NONE);
    school_sign(school, &stranger, NULL, array);
}

static void no_right(struct school *school, struct base_buf *array)
{
    act_topic(&school->world.draft, school->world.lesson, "Дроби", LEDGER_SEQ_NONE);
    sign_by(school, STRANGER, array);
}

static void unknown_referent(struct school *school, struct base_buf *array)
{
    static const proj_id nowhere = {1, 2, 3};
    act_topic(&school->world.draft, nowhere, "Дроби", LEDGER_SEQ_NONE);
    sign_by(school, TEACHER, array);
}

static void stale(struct school *school, struct base_buf *array)
{
    act_topic(&school->world.draft, school->world.lesson, "Дроби", 3);
    sign_by(school, TEACHER, array);
}

static void opening_missing(struct school *school, struct base_buf *array)
{
    struct draft *d = &school->world.draft;
    act_attendance(d, school->world.lesson, school->world.pupils[ANYA], PROJ_ABSENT, "ill",
                   LEDGER_SEQ_NONE, false);
    d->opening_count = 0;
    sign_by(school, TEACHER, array);
}

static void stale_counter(struct school *school, struct base_buf *array)
{
    session_of(school, TEACHER)->counter = 0;
    act_topic(&school->world.draft, school->world.lesson, "Дроби", LEDGER_SEQ_NONE);
    sign_by(school, TEACHER, array);
}

static void another_log(struct school *school, struct base_buf *array)
{
    school->moment.log_id.bytes[0] ^= 1;
    act_topic(&school->world.draft, school->world.lesson, "Дроби", LEDGER_SEQ_NONE);
    sign_by(school, TEACHER, array);
    school->moment.log_id.bytes[0] ^= 1;
}

static const struct bad bads[] = {
    {"unknown_kind", "lesson.burnt", unknown_kind},
    {"field_length", "text", text_too_long},
    {"field_type", "lesson", field_of_wrong_type},
    {"field_missing", "text", field_missing},
    {"field_unknown", "zeal", field_unknown},
    {"not_canonical", NULL, not_canonical},
    {"bad_signature", NULL, bad_signature},
    {"unknown_key", NULL, unknown_key},
    {"no_right", "lesson", no_right},
    {"unknown_referent", "lesson", unknown_referent},
    {"stale", "prev", stale},
    {"opening_missing", "cells.0.2", opening_missing},
    {"wrong_log", NULL, another_log},
    {"stale_counter", NULL, stale_counter}, /* last: it spoils the teacher's counter */
};

static void bad_input_is_named_in_two_languages_and_changes_nothing(void **state)
{
    struct school *school = *state;
    uint64_t size = school_size(school);
    for (size_t i = 0; i < sizeof bads / sizeof bads[0]; i++) {
        struct base_buf BASE_CLEANUP(base_buf_release) array = {0};
        char text[128];
        bads[i].make(school, &array);
        struct reply reply = school_post(school, base_buf_bytes(&array));
        ASSERT_STATUS(reply, 422);
        snprintf(text, sizeof text, "\"error\":\"%s\"", bads[i].error);
        if (!reply_has(&reply, text))
            fail_msg("%s: %.*s", text, (int)reply.body.len, (const char *)reply.body.data);
        assert_true(reply_has(&reply, "\"ru\":\"") && reply_has(&reply, "\"en\":\""));
        assert_false(reply_has(&reply, "%s"));
        if (bads[i].field != NULL) {
            snprintf(text, sizeof text, "\"field\":\"%s\"", bads[i].field);
            if (!reply_has(&reply, text))
                fail_msg("%s: %.*s", text, (int)reply.body.len, (const char *)reply.body.data);
        }
        reply_release(&reply);
        assert_int_equal(school_size(school), size);
    }
}

static void bodies_that_are_no_list_of_submissions_are_refused_whole(void **state)
{
    struct school *school = *state;
    uint64_t size = school_size(school);
    static const uint8_t nothing[] = {0x90};      /* an empty array */
    static const uint8_t map[] = {0x80};          /* no array */
    static const uint8_t cut[] = {0x91, 0xc4, 5}; /* ends in the middle */
    static const uint8_t long_way[] = {0xdc, 0, 1, 0x90};
    const struct base_bytes bodies[] = {
        base_bytes_of(nothing, sizeof nothing),
        base_bytes_of(map, sizeof map),
        base_bytes_of(cut, sizeof cut),
        base_bytes_of(long_way, sizeof long_way),
    };
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        struct reply reply = school_post(school, bodies[i]);
        ASSERT_STATUS(reply, 400);
        assert_true(reply_has(&reply, "\"error\":\"bad_body\""));
        reply_release(&reply);
    }
    uint8_t *large = calloc(1, NET_BODY_LEN_MAX + 1);
    struct reply reply = school_post(school, base_bytes_of(large, NET_BODY_LEN_MAX + 1));
    ASSERT_STATUS(reply, 413);
    reply_release(&reply);
    free(large);
    reply = school_ask(school, &(struct ask){.path = "/api/events", .json = "[]"});
    ASSERT_STATUS(reply, 415);
    reply_release(&reply);
    assert_int_equal(school_size(school), size);
}

static void many_in_one_request_are_judged_in_order_each_for_itself(void **state)
{
    struct school *school = *state;
    struct world *world = &school->world;
    struct signer *teacher = session_of(school, TEACHER);
    struct base_buf BASE_CLEANUP(base_buf_release) array = {0};
    struct signer *const signers[] = {teacher};
    uint64_t size = school_size(school);
    proj_id lesson;
    world_new_id(world, lesson);
    ledger_canon_put_array(&array, 3);
    act_lesson(&world->draft, lesson, world->class_a, world->maths, world->people[TEACHER].account,
               world->people[TEACHER].account, world->today, 2);
    draft_sign(&world->draft, &school->moment, signers, 1, &array);
    act_topic(&world->draft, world->lesson, "Дроби", 3); /* stale */
    draft_sign(&world->draft, &school->moment, signers, 1, &array);
    act_topic(&world->draft, lesson, "Дроби", LEDGER_SEQ_NONE); /* rests on the first */
    draft_sign(&world->draft, &school->moment, signers, 1, &array);
    struct reply reply = school_post(school, base_buf_bytes(&array));
    ASSERT_STATUS(reply, 422);
    assert_true(reply_has(&reply, "\"error\":\"stale\""));
    assert_int_equal(school_size(school), size + 2);
    const char *body = (const char *)reply.body.data;
    assert_int_equal(strncmp(body, "[{\"code\":0,", 11), 0);
    reply_release(&reply);
}

static void a_new_event_is_read_at_once_by_others(void **state)
{
    struct school *school = *state;
    struct world *world = &school->world;
    char token[TOKEN_LEN], path[256], group[33], subject[33];
    act_mark(&world->draft, world->lesson, world->pupils[ANYA], 5, NULL, LEDGER_SEQ_NONE);
    struct reply reply = school_submit(school, session_of(school, TEACHER), NULL);
    ASSERT_STATUS(reply, 200);
    reply_release(&reply);
    school_session(school, &world->people[CLASS_TEACHER], token);
    base_hex(world->class_a, LEDGER_ID_LEN, group);
    base_hex(world->maths, LEDGER_ID_LEN, subject);
    snprintf(path, sizeof path, "/api/journal?group=%s&subject=%s&from=%d&to=%d", group, subject,
             world->today, world->today);
    reply = school_get(school, path, token);
    ASSERT_STATUS(reply, 200);
    assert_true(reply_has(&reply, "\"marks\":[[0,0,0,[5],"));
    reply_release(&reply);
}

/* How much is too much */

static void put_topics(struct school *school, struct signer *signer, unsigned count,
                       bool spoil_signature, struct base_buf *array)
{
    ledger_canon_put_array(array, count);
    for (unsigned i = 0; i < count; i++) {
        struct base_buf BASE_CLEANUP(base_buf_release) bytes = {0};
        struct ledger_signature signature;
        act_topic(&school->world.draft, school->world.lesson, "Дроби", 3); /* stale */
        draft_build(&school->world.draft, &school->moment, signer, &bytes);
        ledger_event_sign(base_buf_bytes(&bytes), signer->secret, &signature);
        signature.bytes[3] ^= spoil_signature;
        assert_int_equal(
            ledger_submission_build(base_buf_bytes(&bytes), &signature, 1, NULL, 0, array, NULL),
            0);
    }
}

static void put_sessions(struct school *school, struct person *person, unsigned count,
                         struct base_buf *array)
{
    ledger_canon_put_array(array, count);
    for (unsigned i = 0; i < count; i++) {
        struct signer session;
        struct signer *signers[] = {&person->key, &session};
        world_new_signer(&school->world, &session);
        act_session(&school->world.draft, person->account, &session.key);
        draft_sign(&school->world.draft, &school->moment, signers, 2, array);
    }
}

static void assert_accepted_topic(struct school *school, int status)
{
    static unsigned n = 0;
    proj_id lesson;
    world_new_id(&school->world, lesson);
    act_lesson(&school->world.draft, lesson, school->world.class_a, school->world.maths,
               school->world.people[TEACHER].account, school->world.people[TEACHER].account,
               school->world.today, 2 + n++ % 4);
    struct reply reply = school_submit(school, session_of(school, TEACHER), NULL);
    ASSERT_STATUS(reply, status);
    if (status == 429) {
        assert_true(reply_has(&reply, "\"error\":\"too_many_attempts\""));
        assert_true(reply_has(&reply, "\"ru\":\"") && reply_has(&reply, "\"en\":\""));
        assert_non_null(reply_header(&reply, "retry-after"));
    }
    reply_release(&reply);
}

static void one_key_cannot_fill_the_log_with_sessions(void **state)
{
    struct school *school = *state;
    unsigned tried = 0;
    long status = 200;
    uint64_t size = school_size(school);
    while (status == 200 && tried < 2 * NET_EVENT_KEY_TOLL_MAX / NET_EVENT_SESSION_TOLL) {
        struct base_buf BASE_CLEANUP(base_buf_release) array = {0};
        put_sessions(school, &school->world.people[OTHER], 20, &array);
        struct reply reply = school_post(school, base_buf_bytes(&array));
        status = reply.status;
        tried += status == 200 ? 20 : 0;
        reply_release(&reply);
    }
    assert_int_equal(status, 429);
    assert_int_equal(school_size(school), size + tried);
    assert_true(tried >= NET_EVENT_KEY_TOLL_MAX / NET_EVENT_SESSION_TOLL);
    assert_accepted_topic(school, 200); /* who did nothing is not held up */
}

static void refused_events_run_out_and_change_nothing(void **state)
{
    struct school *school = *state;
    unsigned tried = 0;
    long status = 422;
    uint64_t size = school_size(school);
    while (status == 422 && tried < 2 * NET_EVENT_KEY_TOLL_MAX / NET_EVENT_REFUSED_TOLL) {
        struct base_buf BASE_CLEANUP(base_buf_release) array = {0};
        put_topics(school, session_of(school, TEACHER), 64, false, &array);
        struct reply reply = school_post(school, base_buf_bytes(&array));
        status = reply.status;
        tried += 64;
        reply_release(&reply);
    }
    assert_int_equal(status, 429);
    assert_int_equal(school_size(school), size);
    assert_accepted_topic(school, 429);
}

static void who_signs_badly_in_anothers_name_holds_nobody_up(void **state)
{
    struct school *school = *state;
    for (unsigned i = 0; i < 2 * NET_EVENT_KEY_TOLL_MAX / NET_EVENT_REFUSED_TOLL; i += 64) {
        struct base_buf BASE_CLEANUP(base_buf_release) array = {0};
        put_topics(school, session_of(school, TEACHER), 64, true, &array);
        struct reply reply = school_post(school, base_buf_bytes(&array));
        ASSERT_STATUS(reply, 422);
        reply_release(&reply);
    }
    assert_accepted_topic(school, 200);
}

static void sending_again_what_is_in_costs_its_author_nothing(void **state)
{
    struct school *school = *state;
    struct base_buf BASE_CLEANUP(base_buf_release) array = {0};
    put_sessions(school, &school->world.people[TEACHER], 64, &array);
    for (unsigned i = 0; i < 2 * NET_EVENT_KEY_TOLL_MAX / NET_EVENT_SESSION_TOLL; i += 64) {
        struct reply reply = school_post(school, base_buf_bytes(&array));
        ASSERT_STATUS(reply, 200);
        reply_release(&reply);
    }
}

static void an_address_that_sends_rubbish_is_told_to_wait(void **state)
{
    struct school *school = *state;
    struct base_buf BASE_CLEANUP(base_buf_release) array = {0};
    struct ask ask = {.path = "/api/events", .header = "X-Forwarded-For: 192.0.2.1"};
    long status = 422;
    ledger_canon_put_array(&array, 64);
    for (unsigned i = 0; i < 64; i++)
        ledger_canon_put_nil(&array);
    ask.msgpack = base_buf_bytes(&array);
    for (unsigned i = 0; i < 2 * NET_EVENT_ADDRESS_TOLL_MAX && status == 422;
         i += 64 * NET_EVENT_REFUSED_TOLL) {
        struct reply reply = school_ask(school, &ask);
        status = reply.status;
        reply_release(&reply);
    }
    assert_int_equal(status, 429);
    assert_accepted_topic(school, 200); /* from another address */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, make, remove_all)
        TEST(an_accepted_event_has_a_place_in_the_log),
        TEST(who_signs_often_is_judged_by_a_table_until_one_errs),
        TEST(by_reference_libsodium_judges_everything),
        TEST(bad_input_is_named_in_two_languages_and_changes_nothing),
        TEST(bodies_that_are_no_list_of_submissions_are_refused_whole),
        TEST(many_in_one_request_are_judged_in_order_each_for_itself),
        TEST(a_new_event_is_read_at_once_by_others),
        TEST(one_key_cannot_fill_the_log_with_sessions),
        TEST(refused_events_run_out_and_change_nothing),
        TEST(who_signs_badly_in_anothers_name_holds_nobody_up),
        TEST(sending_again_what_is_in_costs_its_author_nothing),
        TEST(an_address_that_sends_rubbish_is_told_to_wait),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
