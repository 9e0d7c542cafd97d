/* Logging in, reading sessions, and their ends. */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "net/credentials.h"
#include "net/limits.h"
#include "projections/views/view.h"
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

static void login_json(char out[256], const char *login, const uint8_t proof[NET_PROOF_LEN])
{
    char hex[2 * NET_PROOF_LEN + 1];
    base_hex(proof, NET_PROOF_LEN, hex);
    snprintf(out, 256, "{\"login\":\"%s\",\"proof\":\"%s\"}", login, hex);
}

/* As a proxy on this machine passes it on for `address`; NULL: from here. */
static struct reply try_login_from(struct school *school, const char *address, const char *login,
                                   uint8_t proof_byte)
{
    uint8_t proof[NET_PROOF_LEN];
    char json[256], header[128];
    memset(proof, proof_byte, sizeof proof);
    login_json(json, login, proof);
    snprintf(header, sizeof header, "X-Forwarded-For: %s", address != NULL ? address : "");
    return school_ask(school, &(struct ask){.path = "/api/login",
                                            .json = json,
                                            .header = address != NULL ? header : NULL});
}

static struct reply try_login(struct school *school, const char *login, uint8_t proof_byte)
{
    return try_login_from(school, NULL, login, proof_byte);
}

/* The canonical map of POST /api/credentials; signed, when `signer` is given, by it. */
static void credentials_of(struct school *school, const char *login, const struct person *person,
                           const struct signer *signer, struct base_buf *out)
{
    static const uint8_t bytes[64] = {9};
    uint8_t proof[NET_PROOF_LEN];
    uint8_t signature[64] = {0};
    memset(proof, 7, sizeof proof);
    for (int round = 0; round < 2; round++) { /* without the signature, then with it */
        struct base_buf BASE_CLEANUP(base_buf_release) map = {0};
        ledger_canon_put_map(&map, round == 0 ? 9 : 10);
        proj_put_id(&map, "account", person->account);
        proj_put_hash(&map, "key", person->key.key.bytes);
        proj_put_str(&map, "login", login);
        proj_put_int(&map, "mem", 65536);
        proj_put_key(&map, "nonce");
        ledger_canon_put_bin(&map, bytes, NET_NONCE_LEN);
        proj_put_int(&map, "ops", 3);
        proj_put_hash(&map, "proof", proof);
        proj_put_key(&map, "salt");
        ledger_canon_put_bin(&map, bytes, NET_SALT_LEN);
        if (round == 1) {
            proj_put_key(&map, "signature");
            ledger_canon_put_bin(&map, signature, sizeof signature);
        }
        proj_put_key(&map, "wrapped");
        ledger_canon_put_bin(&map, bytes, NET_WRAPPED_LEN);
        if (round == 1) {
            base_buf_put_bytes(out, base_buf_bytes(&map));
            return;
        }
        struct base_buf BASE_CLEANUP(base_buf_release) text = {0};
        static const char domain[] = "letopis/credentials/v1";
        base_buf_put(&text, domain, sizeof domain);
        base_buf_put(&text, school->moment.log_id.bytes, LEDGER_HASH_LEN);
        base_buf_put_bytes(&text, base_buf_bytes(&map));
        crypto_sign_detached(signature, NULL, text.data, text.len, signer->secret);
    }
}

static struct reply put_credentials(struct school *school, const char *login,
                                    const struct person *person, const struct signer *signer)
{
    struct base_buf BASE_CLEANUP(base_buf_release) body = {0};
    credentials_of(school, login, person, signer, &body);
    return school_ask(school,
                      &(struct ask){.path = "/api/credentials", .msgpack = base_buf_bytes(&body)});
}

static void who_stored_a_password_gets_seed_counter_and_challenge(void **state)
{
    struct school *school = *state;
    struct person *teacher = &school->world.people[TEACHER];
    uint8_t key[LEDGER_KEY_LEN];
    uint8_t challenge[NET_CHALLENGE_LEN];
    struct reply reply = put_credentials(school, "ольга", teacher, &teacher->key);
    ASSERT_STATUS(reply, 204);
    reply_release(&reply);
    reply = try_login(school, "ольга", 7);
    ASSERT_STATUS(reply, 200);
    reply_hex(&reply, "key", key, sizeof key);
    assert_memory_equal(key, teacher->key.key.bytes, sizeof key);
    reply_hex(&reply, "challenge", challenge, sizeof challenge);
    assert_int_equal(reply_number(&reply, "counter"), teacher->key.counter);
    assert_true(teacher->key.counter > 0);
    assert_true(reply_has(&reply, "\"wrapped\":\"0900"));
    reply_release(&reply);
    school_restart(school);
    reply = try_login(school, "ольга", 7);
    ASSERT_STATUS(reply, 200);
    reply_release(&reply);
}

static void credentials_are_stored_only_for_a_live_key_that_signed_them(void **state)
{
    struct school *school = *state;
    struct person *teacher = &school->world.people[TEACHER];
    struct person *other = &school->world.people[OTHER];
    struct reply reply = put_credentials(school, "mine", teacher, &other->key);
    ASSERT_STATUS(reply, 422);
    assert_true(reply_has(&reply, "\"error\":\"bad_signature\""));
    reply_release(&reply);
    struct person stranger = *teacher; /* another account's key, or one that nobody knows */
    stranger.key = other->key;
    reply = put_credentials(school, "mine", &stranger, &other->key);
    ASSERT_STATUS(reply, 422);
    assert_true(reply_has(&reply, "\"field\":\"account\""));
    reply_release(&reply);
    signer_make(&stranger.key, 900001);
    reply = put_credentials(school, "mine", &stranger, &stranger.key);
    ASSERT_STATUS(reply, 422);
    assert_true(reply_has(&reply, "\"error\":\"unknown_key\""));
    reply_release(&reply);
    reply = put_credentials(school, "Mine", teacher, &teacher->key);
    ASSERT_STATUS(reply, 400);
    reply_release(&reply);
    reply = try_login(school, "mine", 7);
    ASSERT_STATUS(reply, 401);
    reply_release(&reply);
    reply = put_credentials(school, "mine", teacher, &teacher->key);
    ASSERT_STATUS(reply, 204);
    reply_release(&reply);
    reply = put_credentials(school, "mine", other, &other->key);
    ASSERT_STATUS(reply, 409);
    assert_true(reply_has(&reply, "\"error\":\"login_taken\""));
    reply_release(&reply);
}

static void strangers_get_a_stable_salt_and_the_same_refusal(void **state)
{
    struct school *school = *state;
    struct person *teacher = &school->world.people[TEACHER];
    struct reply put = put_credentials(school, "olga", teacher, &teacher->key);
    ASSERT_STATUS(put, 204);
    reply_release(&put);
    const struct ask ask = {.path = "/api/login/salt", .json = "{\"login\":\"nobody\"}"};
    struct reply first = school_ask(school, &ask);
    ASSERT_STATUS(first, 200);
    assert_int_equal(reply_number(&first, "mem"), 65536);
    assert_int_equal(reply_number(&first, "ops"), 3);
    school_restart(school);
    struct reply again = school_ask(school, &ask);
    assert_true(base_bytes_equal(base_buf_bytes(&first.body), base_buf_bytes(&again.body)));
    reply_release(&first);
    reply_release(&again);
    struct reply wrong = try_login(school, "olga", 8);
    struct reply unknown = try_login(school, "nobody", 8);
    ASSERT_STATUS(wrong, 401);
    ASSERT_STATUS(unknown, 401);
    assert_true(base_bytes_equal(base_buf_bytes(&wrong.body), base_buf_bytes(&unknown.body)));
    reply_release(&wrong);
    reply_release(&unknown);
}

static void guessing_is_braked_and_the_right_password_too(void **state)
{
    struct school *school = *state;
    struct person *teacher = &school->world.people[TEACHER];
    struct reply reply = put_credentials(school, "olga", teacher, &teacher->key);
    ASSERT_STATUS(reply, 204);
    reply_release(&reply);
    for (unsigned i = 0; i < 2 * NET_LOGIN_TRIES_MAX; i++) { /* right ones cost nothing */
        reply = try_login(school, "olga", 7);
        ASSERT_STATUS(reply, 200);
        reply_release(&reply);
    }
    for (unsigned i = 0; i < NET_LOGIN_TRIES_MAX; i++) {
        reply = try_login(school, "olga", 8);
        ASSERT_STATUS(reply, 401);
        reply_release(&reply);
    }
    reply = try_login(school, "olga", 7);
    ASSERT_STATUS(reply, 429);
    assert_true(reply_has(&reply, "\"error\":\"too_many_attempts\""));
    assert_non_null(reply_header(&reply, "retry-after"));
    reply_release(&reply);
    reply = try_login(school, "nina", 7);
    ASSERT_STATUS(reply, 401);
    reply_release(&reply);
}

static void assert_login(struct school *school, const char *address, uint8_t proof, int status)
{
    struct reply reply = try_login_from(school, address, "olga", proof);
    ASSERT_STATUS(reply, status);
    reply_release(&reply);
}

static void who_guesses_elsewhere_does_not_lock_the_owner_out(void **state)
{
    struct school *school = *state;
    struct person *teacher = &school->world.people[TEACHER];
    struct reply reply = put_credentials(school, "olga", teacher, &teacher->key);
    ASSERT_STATUS(reply, 204);
    reply_release(&reply);
    for (unsigned i = 0; i < NET_LOGIN_TRIES_MAX; i++)
        assert_login(school, "192.0.2.1", 8, 401);
    assert_login(school, "192.0.2.1", 8, 429);
    assert_login(school, "192.0.2.2", 7, 200);
    assert_login(school, NULL, 7, 200);
    /* What the guesser claims in front of what the proxy saw does not help. */
    assert_login(school, "198.51.100.9, 192.0.2.1", 7, 429);
}

static void who_guesses_from_many_addresses_is_braked_too(void **state)
{
    struct school *school = *state;
    struct person *teacher = &school->world.people[TEACHER];
    unsigned tried = 0;
    long status = 401;
    struct reply reply = put_credentials(school, "olga", teacher, &teacher->key);
    ASSERT_STATUS(reply, 204);
    reply_release(&reply);
    for (unsigned i = 0; i < 2 * NET_LOGIN_ANYWHERE_TRIES_MAX && status == 401; i++) {
        char address[32];
        snprintf(address, sizeof address, "192.0.2.%u", i / NET_LOGIN_TRIES_MAX + 1);
        reply = try_login_from(school, address, "olga", 8);
        status = reply.status;
        tried += status == 401;
        reply_release(&reply);
    }
    assert_int_equal(status, 429);
    assert_true(tried >= NET_LOGIN_ANYWHERE_TRIES_MAX);
    reply = try_login_from(school, "192.0.2.250", "nina", 8); /* others are not held up */
    ASSERT_STATUS(reply, 401);
    reply_release(&reply);
}

static void one_account_cannot_use_up_the_challenges_of_all(void **state)
{
    struct school *school = *state;
    struct base_buf BASE_CLEANUP(base_buf_release) json = {0};
    char token[TOKEN_LEN];
    for (unsigned i = 0; i <= NET_CHALLENGE_SPENT_PER_ACCOUNT_MAX; i++) {
        base_buf_reset(&json);
        school_sign_challenge(school, &school->world.people[TEACHER].session, &json);
        struct reply reply =
            school_ask(school, &(struct ask){.path = "/api/session", .json = base_buf_text(&json)});
        ASSERT_STATUS(reply, i < NET_CHALLENGE_SPENT_PER_ACCOUNT_MAX ? 200 : 429);
        reply_release(&reply);
    }
    school_session(school, &school->world.people[OTHER], token);
}

static void bodies_with_more_than_was_asked_for_are_refused(void **state)
{
    struct school *school = *state;
    struct base_buf BASE_CLEANUP(base_buf_release) session = {0};
    char login[256];
    static const uint8_t proof[NET_PROOF_LEN] = {7};
    login_json(login, "olga", proof);
    login[strlen(login) - 1] = '\0';
    strcat(login, ",\"zeal\":1}");
    school_sign_challenge(school, &school->world.people[TEACHER].session, &session);
    session.len--;
    base_buf_put_str(&session, ",\"zeal\":1}");
    const struct ask asks[] = {
        {.path = "/api/login/salt", .json = "{\"login\":\"olga\",\"zeal\":1}"},
        {.path = "/api/login", .json = login},
        {.path = "/api/session", .json = base_buf_text(&session)},
        {.path = "/api/logout", .json = "{\"zeal\":1}"},
    };
    for (size_t i = 0; i < sizeof asks / sizeof asks[0]; i++) {
        struct reply reply = school_ask(school, &asks[i]);
        ASSERT_STATUS(reply, 400);
        assert_true(reply_has(&reply, "\"error\":\"bad_body\""));
        reply_release(&reply);
    }
}

static void a_challenge_opens_one_session(void **state)
{
    struct school *school = *state;
    struct person *teacher = &school->world.people[TEACHER];
    struct base_buf BASE_CLEANUP(base_buf_release) json = {0};
    school_sign_challenge(school, &teacher->session, &json);
    const struct ask ask = {.path = "/api/session", .json = base_buf_text(&json)};
    struct reply reply = school_ask(school, &ask);
    ASSERT_STATUS(reply, 200);
    assert_true(reply_has(&reply, "\"stratum\":2"));
    const char *cookie = reply_header(&reply, "set-cookie");
    assert_non_null(strstr(cookie, "; Path=/school; HttpOnly; Secure; SameSite=Strict"));
    reply_release(&reply);
    reply = school_ask(school, &ask);
    ASSERT_STATUS(reply, 401);
    reply_release(&reply);
}

static void only_a_session_key_with_a_true_signature_opens_one(void **state)
{
    struct school *school = *state;
    struct person *teacher = &school->world.people[TEACHER];
    struct base_buf json = {0};
    school_sign_challenge(school, &teacher->key, &json); /* an account's key signs no reading */
    struct reply reply =
        school_ask(school, &(struct ask){.path = "/api/session", .json = base_buf_text(&json)});
    ASSERT_STATUS(reply, 422);
    reply_release(&reply);
    base_buf_reset(&json);
    struct signer mixed = school->world.people[OTHER].session;
    mixed.key = teacher->session.key; /* the name of one, the signature of another */
    school_sign_challenge(school, &mixed, &json);
    reply = school_ask(school, &(struct ask){.path = "/api/session", .json = base_buf_text(&json)});
    ASSERT_STATUS(reply, 401);
    reply_release(&reply);
    base_buf_reset(&json);
    school_sign_challenge(school, &teacher->session, &json);
    json.data[15] = json.data[15] == 'a' ? 'b' : 'a'; /* not a challenge of this server */
    reply = school_ask(school, &(struct ask){.path = "/api/session", .json = base_buf_text(&json)});
    ASSERT_STATUS(reply, 401);
    reply_release(&reply);
    base_buf_release(&json);
}

static void reading_needs_a_session_and_ends_with_it(void **state)
{
    struct school *school = *state;
    char token[TOKEN_LEN];
    struct reply reply = school_get(school, "/api/me", NULL);
    ASSERT_STATUS(reply, 401);
    reply_release(&reply);
    school_session(school, &school->world.people[TEACHER], token);
    reply = school_get(school, "/api/me", token);
    ASSERT_STATUS(reply, 200);
    reply_release(&reply);
    reply = school_ask(school, &(struct ask){.path = "/api/logout", .cookie = token, .json = "{}"});
    ASSERT_STATUS(reply, 204);
    assert_non_null(strstr(reply_header(&reply, "set-cookie"), "Max-Age=0"));
    reply_release(&reply);
    reply = school_get(school, "/api/me", token);
    ASSERT_STATUS(reply, 401);
    reply_release(&reply);
}

static void a_foreign_page_cannot_end_a_session(void **state)
{
    struct school *school = *state;
    char token[TOKEN_LEN];
    school_session(school, &school->world.people[TEACHER], token);
    struct reply reply = school_ask(school, &(struct ask){.path = "/api/logout",
                                                          .cookie = token,
                                                          .json = "{}",
                                                          .header = "Sec-Fetch-Site: cross-site"});
    ASSERT_STATUS(reply, 403);
    reply_release(&reply);
    reply = school_get(school, "/api/me", token);
    ASSERT_STATUS(reply, 200);
    reply_release(&reply);
}

/* What a report on the person's session must say, as the head is shown it. */
static void preview_report(struct school *school, const struct person *person,
                           struct act_report *out_report)
{
    struct world *world = &school->world;
    char path[256], hex[2 * LEDGER_KEY_LEN + 1], head[TOKEN_LEN];
    base_hex(person->session.key.bytes, LEDGER_KEY_LEN, hex);
    school_session(school, &world->people[HEAD], head);
    snprintf(path, sizeof path, "/api/breach/preview?target=%s&breach=%lld", hex,
             (long long)world->now_ms);
    struct reply preview = school_get(school, path, head);
    ASSERT_STATUS(preview, 200);
    memset(out_report, 0, sizeof *out_report);
    memcpy(out_report->account, person->account, sizeof out_report->account);
    out_report->target = person->session.key;
    out_report->breach_ms = world->now_ms;
    out_report->learned_ms = world->now_ms;
    out_report->cut = (ledger_seq)reply_number(&preview, "cut");
    out_report->size = (ledger_seq)reply_number(&preview, "size");
    out_report->count = (uint64_t)reply_number(&preview, "count");
    reply_hex(&preview, "digest", out_report->digest.bytes, LEDGER_HASH_LEN);
    reply_release(&preview);
}

static void a_session_closed_by_a_breach_report_is_out_at_once(void **state)
{
    struct school *school = *state;
    struct world *world = &school->world;
    struct person *teacher = &world->people[TEACHER];
    struct act_report report;
    char token[TOKEN_LEN];
    school_session(school, teacher, token);
    preview_report(school, teacher, &report);
    struct reply reply = school_get(school, "/api/me", token);
    ASSERT_STATUS(reply, 200);
    reply_release(&reply);
    act_report(&world->draft, &report);
    reply = school_submit(school, &world->people[HEAD].session, NULL);
    ASSERT_STATUS(reply, 200);
    reply_release(&reply);
    reply = school_get(school, "/api/me", token);
    ASSERT_STATUS(reply, 401);
    reply_release(&reply);
    act_topic(&world->draft, world->lesson, "Дроби", LEDGER_SEQ_NONE);
    reply = school_submit(school, &teacher->session, NULL);
    ASSERT_STATUS(reply, 422);
    assert_true(reply_has(&reply, "\"error\":\"closed_key\""));
    reply_release(&reply);
}

/* A body of /api/emergency as the slip's holder signs it. */
static void emergency_report(struct school *school, const struct person *person,
                             struct act_report *out_report)
{
    char path[128], hex[2 * LEDGER_KEY_LEN + 1];
    base_hex(person->emergency.key.bytes, LEDGER_KEY_LEN, hex);
    snprintf(path, sizeof path, "/api/emergency?key=%s", hex);
    struct reply reply = school_get(school, path, NULL);
    ASSERT_STATUS(reply, 200);
    memset(out_report, 0, sizeof *out_report);
    reply_hex(&reply, "account", out_report->account, sizeof out_report->account);
    reply_hex(&reply, "target", out_report->target.bytes, LEDGER_KEY_LEN);
    reply_hex(&reply, "digest", out_report->digest.bytes, LEDGER_HASH_LEN);
    out_report->breach_ms = reply_number(&reply, "breach");
    out_report->learned_ms = reply_number(&reply, "now");
    out_report->cut = (ledger_seq)reply_number(&reply, "cut");
    out_report->size = (ledger_seq)reply_number(&reply, "size");
    out_report->count = (uint64_t)reply_number(&reply, "count");
    assert_true(reply_number(&reply, "due") > out_report->learned_ms);
    reply_release(&reply);
}

static struct reply ask_key(struct school *school, const struct ledger_key *key)
{
    char path[128], hex[2 * LEDGER_KEY_LEN + 1];
    base_hex(key->bytes, LEDGER_KEY_LEN, hex);
    snprintf(path, sizeof path, "/api/key?key=%s", hex);
    return school_get(school, path, NULL);
}

static void the_slips_emergency_key_closes_its_account_without_a_session(void **state)
{
    struct school *school = *state;
    struct world *world = &school->world;
    struct person *teacher = &world->people[TEACHER];
    struct act_report report;
    char token[TOKEN_LEN];
    school_session(school, teacher, token);
    struct reply reply = ask_key(school, &teacher->session.key);
    ASSERT_STATUS(reply, 200);
    assert_true(reply_has(&reply, "\"state\":0") && reply_has(&reply, "\"closed\":null"));
    reply_release(&reply);
    emergency_report(school, teacher, &report);
    assert_memory_equal(report.account, teacher->account, LEDGER_ID_LEN);
    assert_memory_equal(report.target.bytes, teacher->key.key.bytes, LEDGER_KEY_LEN);
    act_report(&world->draft, &report);
    reply = school_submit(school, &teacher->emergency, NULL);
    ASSERT_STATUS(reply, 200);
    reply_release(&reply);
    reply = school_get(school, "/api/me", token);
    ASSERT_STATUS(reply, 401);
    reply_release(&reply);
    /* The open page may ask why, and says until when others are to be told. */
    reply = ask_key(school, &teacher->session.key);
    ASSERT_STATUS(reply, 200);
    assert_true(reply_has(&reply, "\"state\":2") && reply_has(&reply, "\"own\":true"));
    assert_true(reply_number(&reply, "due") > reply_number(&reply, "closed"));
    reply_release(&reply);
}

static void a_key_that_is_no_emergency_key_is_told_nothing(void **state)
{
    struct school *school = *state;
    char path[128], hex[2 * LEDGER_KEY_LEN + 1];
    base_hex(school->world.people[TEACHER].session.key.bytes, LEDGER_KEY_LEN, hex);
    snprintf(path, sizeof path, "/api/emergency?key=%s", hex);
    struct reply reply = school_get(school, path, NULL);
    ASSERT_STATUS(reply, 404);
    reply_release(&reply);
    struct ledger_key unknown = {{7}};
    reply = ask_key(school, &unknown);
    ASSERT_STATUS(reply, 404);
    reply_release(&reply);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, make, remove_all)
        TEST(who_stored_a_password_gets_seed_counter_and_challenge),
        TEST(credentials_are_stored_only_for_a_live_key_that_signed_them),
        TEST(strangers_get_a_stable_salt_and_the_same_refusal),
        TEST(guessing_is_braked_and_the_right_password_too),
        TEST(who_guesses_elsewhere_does_not_lock_the_owner_out),
        TEST(who_guesses_from_many_addresses_is_braked_too),
        TEST(one_account_cannot_use_up_the_challenges_of_all),
        TEST(bodies_with_more_than_was_asked_for_are_refused),
        TEST(a_challenge_opens_one_session),
        TEST(only_a_session_key_with_a_true_signature_opens_one),
        TEST(reading_needs_a_session_and_ends_with_it),
        TEST(a_foreign_page_cannot_end_a_session),
        TEST(a_session_closed_by_a_breach_report_is_out_at_once),
        TEST(the_slips_emergency_key_closes_its_account_without_a_session),
        TEST(a_key_that_is_no_emergency_key_is_told_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
