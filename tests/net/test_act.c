/* The act on a breach report: made for officers and for the account concerned, for nobody else. */
#include <stdio.h>

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

static void submit(struct school *school, struct signer *signer, struct signer *second)
{
    struct reply reply = school_submit(school, signer, second);
    ASSERT_STATUS(reply, 200);
    reply_release(&reply);
}

/* The head reports one session of the teacher, who has another; gives the report's position. */
static int64_t report_session(struct school *school, struct person *teacher)
{
    struct world *world = &school->world;
    struct act_report report = {
        .target = teacher->session.key, .breach_ms = world->now_ms, .learned_ms = world->now_ms};
    struct signer other;
    char path[256], hex[2 * LEDGER_KEY_LEN + 1], head[TOKEN_LEN];
    world_new_signer(world, &other);
    act_session(&world->draft, teacher->account, &other.key);
    submit(school, &teacher->key, &other);
    school_session(school, &world->people[HEAD], head);
    base_hex(report.target.bytes, LEDGER_KEY_LEN, hex);
    snprintf(path, sizeof path, "/api/breach/preview?target=%s&breach=%lld", hex,
             (long long)world->now_ms);
    struct reply preview = school_get(school, path, head);
    ASSERT_STATUS(preview, 200);
    memcpy(report.account, teacher->account, sizeof report.account);
    report.cut = (ledger_seq)reply_number(&preview, "cut");
    report.size = (ledger_seq)reply_number(&preview, "size");
    report.count = (uint64_t)reply_number(&preview, "count");
    reply_hex(&preview, "digest", report.digest.bytes, LEDGER_HASH_LEN);
    reply_release(&preview);
    act_report(&world->draft, &report);
    submit(school, &world->people[HEAD].session, NULL);
    teacher->session = other;
    return (int64_t)school_size(school) - 1;
}

static void get(struct school *school, struct person *person, int64_t report, long wanted)
{
    char path[64], token[TOKEN_LEN];
    if (person != NULL)
        school_session(school, person, token);
    snprintf(path, sizeof path, "/api/breach/act?report=%lld", (long long)report);
    struct reply reply = school_get(school, path, person != NULL ? token : NULL);
    if (reply.status != wanted)
        fail_msg("%ld instead of %ld: %.*s", reply.status, wanted, (int)reply.body.len,
                 (const char *)reply.body.data);
    bool is_pdf = reply.body.len > 5 && memcmp(reply.body.data, "%PDF-", 5) == 0;
    assert_int_equal(is_pdf, wanted == 200);
    if (wanted == 200) {
        assert_string_equal(reply_header(&reply, "content-type"), "application/pdf");
        assert_string_equal(reply_header(&reply, "cache-control"), "no-store");
        assert_non_null(strstr(reply_header(&reply, "content-disposition"), "school-act-"));
    }
    reply_release(&reply);
}

static void an_act_is_for_officers_and_who_is_concerned(void **state)
{
    struct school *school = *state;
    struct person *people = school->world.people;
    int64_t report = report_session(school, &people[TEACHER]);
    get(school, &people[HEAD], report, 200);
    get(school, &people[SUPPORT], report, 200);
    get(school, &people[TEACHER], report, 200);
    get(school, &people[OTHER], report, 403);
    get(school, &people[PARENT], report, 403);
    get(school, &people[AUDITOR], report, 403);
    get(school, NULL, report, 401);
}

static void what_is_no_report_has_no_act(void **state)
{
    struct school *school = *state;
    struct person *people = school->world.people;
    get(school, &people[HEAD], 1, 404);
    get(school, &people[HEAD], 100000, 404);
    char token[TOKEN_LEN];
    school_session(school, &people[HEAD], token);
    struct reply reply = school_get(school, "/api/breach/act", token);
    ASSERT_STATUS(reply, 400);
    reply_release(&reply);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_act_is_for_officers_and_who_is_concerned, make,
                                        remove_all),
        cmocka_unit_test_setup_teardown(what_is_no_report_has_no_act, make, remove_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
