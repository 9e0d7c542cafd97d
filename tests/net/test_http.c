/* The HTTPS server from outside: what a browser, a curl user and a careless stranger see. */
#include "tests/net/world.h"

#include "net/limits.h"
#include "net/reply.h"

#include <arpa/inet.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static const bool both[] = {false, true};

static void answers_over_verified_tls_in_http2_and_http1(void **state)
{
    (void)state;
    struct world *world = world_new(NULL, NULL);
    for (size_t i = 0; i < 2; i++) {
        struct answer answer =
            world_ask(world, &(struct question){.path = "/hello", .is_http1 = both[i]});
        assert_int_equal(answer.code, CURLE_OK);
        assert_int_equal(answer.status, 200);
        assert_int_equal(answer.version, both[i] ? CURL_HTTP_VERSION_1_1 : CURL_HTTP_VERSION_2_0);
        assert_true(base_bytes_equal(base_buf_bytes(&answer.body), BASE_LITERAL("hello")));
        assert_string_equal(answer_header(&answer, "content-length"), "5");
        assert_string_equal(answer_header(&answer, "content-type"), "text/plain; charset=utf-8");
        answer_release(&answer);
    }
    struct answer named =
        world_ask(world, &(struct question){.path = "/hello", .host = "localhost"});
    assert_int_equal(named.code, CURLE_OK);
    answer_release(&named);
    struct answer distrusted =
        world_ask(world, &(struct question){.path = "/hello", .is_distrusting = true});
    assert_int_equal(distrusted.code, CURLE_PEER_FAILED_VERIFICATION);
    answer_release(&distrusted);
    world_free(world);
}

static void head_has_the_length_and_no_body(void **state)
{
    (void)state;
    struct world *world = world_new(NULL, NULL);
    for (size_t i = 0; i < 2; i++) {
        struct answer answer = world_ask(
            world, &(struct question){.path = "/hello", .method = "HEAD", .is_http1 = both[i]});
        assert_int_equal(answer.code, CURLE_OK);
        assert_int_equal(answer.status, 200);
        assert_string_equal(answer_header(&answer, "content-length"), "5");
        assert_int_equal(answer.body.len, 0);
        answer_release(&answer);
    }
    world_free(world);
}

static void check_guards(const struct answer *answer)
{
    const char *policy = answer_header(answer, "content-security-policy");
    assert_non_null(policy);
    assert_non_null(strstr(policy, "default-src 'none'"));
    assert_non_null(strstr(policy, "frame-ancestors 'none'"));
    assert_null(strstr(policy, "unsafe-inline"));
    assert_string_equal(answer_header(answer, "x-content-type-options"), "nosniff");
    assert_string_equal(answer_header(answer, "referrer-policy"), "no-referrer");
    assert_string_equal(answer_header(answer, "cross-origin-opener-policy"), "same-origin");
    assert_string_equal(answer_header(answer, "strict-transport-security"), "max-age=31536000");
    assert_string_equal(answer_header(answer, "cache-control"), "no-store");
}

static void every_answer_carries_the_security_headers(void **state)
{
    (void)state;
    struct world *world = world_new(&(struct net_server_options){.body_len_max = 1000}, NULL);
    static uint8_t body[5000];
    const struct question questions[] = {
        {.path = "/hello"},
        {.path = "/nothing"},
        {.path = "/hello", .method = "DELETE"},
        {.path = "/fault"},
        {.path = "/%zz"},
        {.path = "/body", .body = base_bytes_of(body, 2000)},
        /* Over the hard limit: libh2o's own answer. */
        {.path = "/body", .body = base_bytes_of(body, 5000), .is_http1 = true},
    };
    const long statuses[] = {200, 404, 405, 500, 400, 413, 413};
    for (size_t i = 0; i < sizeof(questions) / sizeof(questions[0]); i++) {
        struct answer answer = world_ask(world, &questions[i]);
        assert_int_equal(answer.code, CURLE_OK);
        assert_int_equal(answer.status, statuses[i]);
        check_guards(&answer);
        answer_release(&answer);
    }
    struct answer plain = world_ask(world, &(struct question){.path = "/hello", .is_plain = true});
    assert_int_equal(plain.status, 200);
    assert_null(answer_header(&plain, "strict-transport-security"));
    answer_release(&plain);
    world_free(world);
}

static void errors_come_in_the_form_that_is_asked_for(void **state)
{
    (void)state;
    struct world *world = world_new(NULL, NULL);
    struct answer json = world_ask(
        world, &(struct question){.path = "/nothing", .headers = {"Accept: application/json"}});
    assert_int_equal(json.status, 404);
    assert_string_equal(answer_header(&json, "content-type"), "application/json");
    assert_true(answer_has_text(&json, "\"error\":\"not_found\",\"field\":null,\"ru\":\"Такого"));
    answer_release(&json);
    struct answer msgpack = world_ask(world, &(struct question){.path = "/nothing"});
    assert_string_equal(answer_header(&msgpack, "content-type"), "application/msgpack");
    assert_true(msgpack.body.len > 0 && msgpack.body.data[0] == 0x84);
    answer_release(&msgpack);
    struct answer method = world_ask(world, &(struct question){.path = "/hello", .method = "PUT"});
    assert_int_equal(method.status, 405);
    assert_string_equal(answer_header(&method, "allow"), "GET");
    answer_release(&method);
    world_free(world);
}

static void a_fault_does_not_tell_strangers_its_text(void **state)
{
    (void)state;
    struct world *world = world_new(NULL, NULL);
    struct answer answer = world_ask(
        world, &(struct question){.path = "/fault", .headers = {"Accept: application/json"}});
    assert_int_equal(answer.status, 500);
    assert_true(answer_has_text(&answer, "\"error\":\"internal\""));
    assert_false(answer_has_text(&answer, "headmistress"));
    answer_release(&answer);
    world_free(world);
}

static void a_body_over_the_limit_is_refused_with_our_error(void **state)
{
    (void)state;
    struct world *world = world_new(&(struct net_server_options){.body_len_max = 1000}, NULL);
    static uint8_t body[5000];
    for (size_t i = 0; i < 2; i++) {
        struct question question = {.path = "/body",
                                    .is_http1 = both[i],
                                    .headers = {"Accept: application/json"},
                                    .body = base_bytes_of(body, 1000)};
        struct answer fits = world_ask(world, &question);
        assert_int_equal(fits.status, 200);
        assert_true(base_bytes_equal(base_buf_bytes(&fits.body), BASE_LITERAL("1000")));
        answer_release(&fits);
        question.body.len = 1001;
        struct answer over = world_ask(world, &question);
        assert_int_equal(over.status, 413);
        assert_true(answer_has_text(&over, "\"error\":\"body_too_large\""));
        answer_release(&over);
        question.body.len =
            5000; /* libh2o breaks the request off: HTTP/1 says why, HTTP/2 resets */
        struct answer hard = world_ask(world, &question);
        if (both[i]) {
            assert_int_equal(hard.status, 413);
            assert_true(answer_has_text(&hard, "\"error\":\"body_too_large\""));
        } else {
            assert_int_not_equal(hard.code, CURLE_OK);
        }
        answer_release(&hard);
    }
    struct answer after = world_ask(world, &(struct question){.path = "/hello"});
    assert_int_equal(after.status, 200);
    answer_release(&after);
    world_free(world);
}

static void ask_for_status(struct world *world, const struct question *question, long status)
{
    struct answer answer = world_ask(world, question);
    assert_int_equal(answer.code, CURLE_OK);
    assert_int_equal(answer.status, status);
    answer_release(&answer);
}

static void requests_over_the_limits_or_ambiguous_are_refused(void **state)
{
    (void)state;
    struct world *world = world_new(NULL, NULL);
    char long_path[5000], long_header[17000];
    memset(long_path, 'a', sizeof(long_path));
    memcpy(long_path, "/", 1);
    long_path[sizeof(long_path) - 1] = '\0';
    memset(long_header, 'b', sizeof(long_header));
    memcpy(long_header, "x-long: ", 8);
    long_header[sizeof(long_header) - 1] = '\0';
    for (size_t i = 0; i < 2; i++) {
        bool http1 = both[i];
        ask_for_status(world, &(struct question){.path = long_path, .is_http1 = http1}, 414);
        ask_for_status(
            world,
            &(struct question){.path = "/hello", .is_http1 = http1, .headers = {long_header}}, 431);
        ask_for_status(world, &(struct question){.path = "/a/../hello", .is_http1 = http1}, 400);
        ask_for_status(world, &(struct question){.path = "/%2e%2e/hello", .is_http1 = http1}, 400);
        ask_for_status(world, &(struct question){.path = "/a%2fb", .is_http1 = http1}, 400);
        ask_for_status(world, &(struct question){.path = "/a%00b", .is_http1 = http1}, 400);
        ask_for_status(world, &(struct question){.path = "/%ff", .is_http1 = http1}, 400);
        ask_for_status(world, &(struct question){.path = "/value/%D0%B6", .is_http1 = http1}, 200);
    }
    world_free(world);
}

static size_t talk(struct world *world, const char *text, char *reply, size_t reply_size)
{
    int fd = world_connect(world);
    size_t len = 0;
    assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), (ssize_t)strlen(text));
    for (ssize_t got = 1; got > 0 && len < reply_size - 1; len += (size_t)(got > 0 ? got : 0))
        got = recv(fd, reply + len, reply_size - 1 - len, 0);
    close(fd);
    reply[len] = '\0';
    return len;
}

static void broken_http1_is_answered_or_cut_off_and_harms_nobody(void **state)
{
    (void)state;
    struct world *world = world_new(NULL, NULL);
    static const char *const broken[] = {
        "\r\n\r\n\r\n",
        "GET\r\n\r\n",
        "GET /hello HTTP/9.9\r\n\r\n",
        "POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        "POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n",
        "POST /body HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "POST /body HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n",
        "GET * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        "GET hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
    };
    for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
        char reply[4096];
        if (talk(world, broken[i], reply, sizeof(reply)) > 0)
            assert_non_null(strstr(reply, " 4"));
        assert_null(strstr(reply, " 200 "));
    }
    char reply[4096];
    talk(world, "GET /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", reply,
         sizeof(reply));
    assert_non_null(strstr(reply, "HTTP/1.1 200 OK\r\n"));
    assert_non_null(strstr(reply, "\r\n\r\nhello"));
    world_free(world);
}

static void values_come_as_msgpack_or_json(void **state)
{
    (void)state;
    struct world *world = world_new(NULL, NULL);
    struct answer json = world_ask(
        world, &(struct question){.path = "/value/a%20%22b%22",
                                  .headers = {"Accept: text/html, application/json;q=0.9"}});
    assert_int_equal(json.status, 200);
    assert_string_equal(answer_header(&json, "vary"), "Accept");
    assert_true(answer_has_text(&json, "{\"name\":\"a \\\"b\\\"\",\"number\":42}"));
    answer_release(&json);
    struct answer msgpack = world_ask(world, &(struct question){.path = "/value/x"});
    static const uint8_t expected[] = "\x82\xa4name\xa1x\xa6number\x2a";
    assert_true(base_bytes_equal(base_buf_bytes(&msgpack.body),
                                 base_bytes_of(expected, sizeof(expected) - 1)));
    answer_release(&msgpack);
    world_free(world);
}

static void work_off_the_loop_answers_later(void **state)
{
    (void)state;
    struct world *world = world_new(NULL, NULL);
    struct answer answer = world_ask(world, &(struct question){.path = "/worked"});
    assert_int_equal(answer.status, 200);
    assert_true(base_bytes_equal(base_buf_bytes(&answer.body), BASE_LITERAL("/worked")));
    answer_release(&answer);
    world_free(world);
}

struct asker {
    struct world *world;
    struct question question;
    struct answer answer;
    pthread_t thread;
};

static void *ask(void *data)
{
    struct asker *asker = data;
    asker->answer = world_ask(asker->world, &asker->question);
    return NULL;
}

static void asker_start(struct asker *asker)
{
    assert_int_equal(pthread_create(&asker->thread, NULL, ask, asker), 0);
}

#define PARALLEL_COUNT 120

/* Many requests on few connections (HTTP/2: on one). Small answers only: this libcurl (7.88) stalls
 * on large multiplexed ones by itself. */
static void ask_in_parallel(struct world *world, bool is_http1)
{
    static const struct question questions[] = {
        {.path = "/hello"}, {.path = "/worked"}, {.path = "/value/x"}};
    static const size_t lens[] = {5, 7, 16};
    static struct answer answers[PARALLEL_COUNT];
    CURL *curls[PARALLEL_COUNT];
    struct curl_slist *headers[PARALLEL_COUNT];
    CURLM *multi = curl_multi_init();
    memset(answers, 0, sizeof(answers));
    curl_multi_setopt(multi, CURLMOPT_PIPELINING, (long)CURLPIPE_MULTIPLEX);
    for (size_t i = 0; i < PARALLEL_COUNT; i++) {
        struct question question = questions[i % 3];
        question.is_http1 = is_http1;
        curls[i] = world_curl(world, &question, &answers[i], &headers[i]);
        curl_easy_setopt(curls[i], CURLOPT_PIPEWAIT, is_http1 ? 0L : 1L);
        curl_multi_add_handle(multi, curls[i]);
    }
    int running = 1;
    while (running > 0) {
        assert_int_equal(curl_multi_perform(multi, &running), CURLM_OK);
        if (running > 0)
            curl_multi_poll(multi, NULL, 0, 10, NULL);
    }
    for (size_t i = 0; i < PARALLEL_COUNT; i++) {
        long status = 0;
        curl_easy_getinfo(curls[i], CURLINFO_RESPONSE_CODE, &status);
        assert_int_equal(status, 200);
        assert_int_equal(answers[i].body.len, lens[i % 3]);
        curl_multi_remove_handle(multi, curls[i]);
        curl_easy_cleanup(curls[i]);
        curl_slist_free_all(headers[i]);
        answer_release(&answers[i]);
    }
    curl_multi_cleanup(multi);
}

static void many_requests_at_once_are_all_answered(void **state)
{
    (void)state;
    struct world *world = world_new(NULL, NULL);
    ask_in_parallel(world, false);
    ask_in_parallel(world, true);
    struct base_buf BASE_CLEANUP(base_buf_release) text = {0};
    net_metrics_text(world->metrics, &text);
    const char *page = base_buf_text(&text);
    assert_non_null(strstr(page, "letopis_http_responses_total{status=\"2xx\"} 240\n"));
    assert_non_null(strstr(page, "letopis_http_request_seconds_count 240\n"));
    world_free(world);
}

static void large_answers_arrive_whole_side_by_side(void **state)
{
    (void)state;
    struct world *world = world_new(NULL, NULL);
    struct asker askers[16];
    for (size_t i = 0; i < 16; i++) {
        askers[i] =
            (struct asker){.world = world, .question = {.path = "/large", .is_http1 = both[i % 2]}};
        asker_start(&askers[i]);
    }
    for (size_t i = 0; i < 16; i++) {
        pthread_join(askers[i].thread, NULL);
        assert_int_equal(askers[i].answer.status, 200);
        assert_int_equal(askers[i].answer.body.len, 1 << 20);
        answer_release(&askers[i].answer);
    }
    world_free(world);
}

static void answer_held(struct world *world, void *data)
{
    (void)data;
    for (size_t i = 0; i < world->held_count; i++)
        net_response_send(world->held[i], 200, "text/plain", BASE_LITERAL("late"));
    world->held_count = 0;
}

static void a_late_answer_arrives(void **state)
{
    (void)state;
    struct world *world = world_new(NULL, NULL);
    for (size_t i = 0; i < 2; i++) {
        struct asker asker = {.world = world, .question = {.path = "/held", .is_http1 = both[i]}};
        asker_start(&asker);
        world_wait(&world->arrived);
        world_do(world, answer_held, NULL);
        pthread_join(asker.thread, NULL);
        assert_int_equal(asker.answer.status, 200);
        assert_true(answer_has_text(&asker.answer, "late"));
        answer_release(&asker.answer);
    }
    world_free(world);
}

static void look_whether_gone(struct world *world, void *data)
{
    *(bool *)data = net_request_is_gone(world->held[0]);
}

static void a_peer_that_goes_before_the_answer_harms_nobody(void **state)
{
    (void)state;
    struct world *world = world_new(NULL, NULL);
    for (size_t i = 0; i < 2; i++) {
        struct asker asker = {
            .world = world, .question = {.path = "/held", .is_http1 = both[i], .timeout_ms = 300}};
        asker_start(&asker);
        world_wait(&world->arrived);
        pthread_join(asker.thread, NULL);
        assert_int_equal(asker.answer.code, CURLE_OPERATION_TIMEDOUT);
        /* HTTP/2 notices by itself; HTTP/1 does not read while it owes an answer. */
        bool is_gone = both[i];
        while (!is_gone)
            world_do(world, look_whether_gone, &is_gone);
        world_do(world, answer_held, NULL);
        answer_release(&asker.answer);
    }
    ask_for_status(world, &(struct question){.path = "/hello"}, 200);
    world_free(world);
}

static void a_handler_that_is_late_is_answered_for(void **state)
{
    (void)state;
    struct world *world = world_new(&(struct net_server_options){.request_ms_max = 20}, NULL);
    for (size_t i = 0; i < 2; i++) {
        struct answer answer =
            world_ask(world, &(struct question){.path = "/held",
                                                .is_http1 = both[i],
                                                .headers = {"Accept: application/json"}});
        assert_int_equal(answer.status, 503);
        assert_true(answer_has_text(&answer, "\"error\":\"timeout\""));
        answer_release(&answer);
        bool is_gone = false;
        world_do(world, look_whether_gone, &is_gone);
        assert_true(is_gone);
        world_do(world, answer_held, NULL);
    }
    world_free(world);
}

/* An HTTP/2 frame with a payload of at most 255 bytes. */
static void put_frame(struct base_buf *buf, uint8_t type, uint8_t flags, uint32_t stream,
                      struct base_bytes payload)
{
    base_buf_put_be16(buf, 0);
    base_buf_put_u8(buf, (uint8_t)payload.len);
    base_buf_put_u8(buf, type);
    base_buf_put_u8(buf, flags);
    base_buf_put_be32(buf, stream);
    base_buf_put_bytes(buf, payload);
}

static void count_held(struct world *world, void *data)
{
    *(size_t *)data = world->held_count;
}

static SSL *connect_http2(struct world *world, SSL_CTX *context)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(world->tls_port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    SSL *ssl = SSL_new(context);
    SSL_set_alpn_protos(ssl, (const unsigned char *)"\x02h2", 3);
    SSL_set_fd(ssl, fd);
    assert_int_equal(SSL_connect(ssl), 1);
    return ssl;
}

static void a_client_that_asks_and_takes_back_is_cut_off(void **state)
{
    (void)state;
    struct world *world = world_new(NULL, NULL);
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    SSL *ssl = connect_http2(world, context);
    struct base_buf BASE_CLEANUP(base_buf_release) frames = {0};
    base_buf_put_str(&frames, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    put_frame(&frames, 4, 0, 0, BASE_LITERAL("")); /* SETTINGS */
    for (uint32_t i = 0; i < 3 * NET_CONNECTION_RESETS_MAX; i++) {
        /* GET https://a/held, and RST_STREAM with CANCEL. */
        put_frame(&frames, 1, 5, 2 * i + 1,
                  BASE_LITERAL("\x82\x87\x04\x05/held\x01\x01"
                               "a"));
        put_frame(&frames, 3, 0, 2 * i + 1, BASE_LITERAL("\0\0\0\x08"));
    }
    (void)SSL_write(ssl, frames.data, (int)frames.len);
    char bytes[4096];
    while (SSL_read(ssl, bytes, sizeof(bytes)) > 0) {
    }
    size_t held_count = 0;
    world_do(world, count_held, &held_count);
    assert_int_equal(held_count, NET_CONNECTION_RESETS_MAX + 1);
    close(SSL_get_fd(ssl));
    SSL_free(ssl);
    SSL_CTX_free(context);
    ask_for_status(world, &(struct question){.path = "/hello"}, 200);
    world_free(world);
}

static void connections_over_the_limit_are_closed_at_once(void **state)
{
    (void)state;
    struct world *world = world_new(&(struct net_server_options){.connection_count_max = 2}, NULL);
    int first = world_connect(world), second = world_connect(world);
    static const char text[] = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n";
    char byte;
    assert_true(send(first, text, sizeof(text) - 1, MSG_NOSIGNAL) > 0);
    assert_int_equal(recv(first, &byte, 1, 0), 1);
    assert_true(send(second, text, sizeof(text) - 1, MSG_NOSIGNAL) > 0);
    assert_int_equal(recv(second, &byte, 1, 0), 1);
    int third = world_connect(world);
    assert_true(recv(third, &byte, 1, 0) <= 0);
    close(third);
    close(second);
    close(first);
    world_free(world);
}

static void an_idle_connection_is_closed(void **state)
{
    (void)state;
    struct world *world = world_new(&(struct net_server_options){.idle_ms_max = 50}, NULL);
    char reply[64];
    /* Half a request, and then nothing: the server does not wait for ever. */
    talk(world, "GET /hello HTTP/1.1\r\nHost:", reply, sizeof(reply));
    assert_null(strstr(reply, " 200 "));
    world_free(world);
}

static void on_stopped(void *data)
{
    struct world *world = data;
    sem_post(&world->stopped);
}

static void stop_with_grace(struct world *world, void *data)
{
    net_server_stop(world->server, *(uint32_t *)data, on_stopped, world);
}

static void stopping_waits_for_answers_and_takes_no_more(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct world *world = world_new(NULL, NULL);
        struct asker asker = {.world = world, .question = {.path = "/held", .is_http1 = both[i]}};
        uint32_t grace_ms = 60000;
        asker_start(&asker);
        world_wait(&world->arrived);
        world_do(world, stop_with_grace, &grace_ms);
        struct answer refused = world_ask(world, &(struct question){.path = "/hello"});
        assert_int_equal(refused.code, CURLE_COULDNT_CONNECT);
        answer_release(&refused);
        assert_int_not_equal(sem_trywait(&world->stopped), 0);
        world_do(world, answer_held, NULL);
        pthread_join(asker.thread, NULL);
        assert_int_equal(asker.answer.status, 200);
        answer_release(&asker.answer);
        world_wait(&world->stopped);
        world->is_stopped = true;
        world_free(world);
    }
}

static void stopping_answers_for_handlers_when_the_grace_is_over(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct world *world = world_new(NULL, NULL);
        struct asker asker = {.world = world,
                              .question = {.path = "/held",
                                           .is_http1 = both[i],
                                           .headers = {"Accept: application/json"}}};
        uint32_t grace_ms = 10;
        asker_start(&asker);
        world_wait(&world->arrived);
        world_do(world, stop_with_grace, &grace_ms);
        pthread_join(asker.thread, NULL);
        assert_int_equal(asker.answer.status, 503);
        assert_true(answer_has_text(&asker.answer, "\"error\":\"stopping\""));
        answer_release(&asker.answer);
        world_wait(&world->stopped);
        world->is_stopped = true;
        world_free(world);
    }
}

static void stopping_does_not_wait_for_idle_connections(void **state)
{
    (void)state;
    struct world *world = world_new(NULL, NULL);
    int silent = world_connect(world);
    int half = world_connect(world);
    assert_true(send(half, "GET /he", 7, MSG_NOSIGNAL) == 7);
    ask_for_status(world, &(struct question){.path = "/hello", .is_plain = true}, 200);
    uint32_t grace_ms = 60000;
    world_do(world, stop_with_grace, &grace_ms);
    world_wait(&world->stopped);
    world->is_stopped = true;
    close(silent);
    close(half);
    world_free(world);
}

static void reload(struct world *world, void *data)
{
    *(int *)data = net_server_reload(world->server, NULL);
}

static void a_reload_takes_the_new_certificate_and_survives_a_broken_one(void **state)
{
    (void)state;
    struct world *world = world_new(NULL, NULL);
    int rc = 0;
    assert_int_equal(unlink(world->files.cert_file), 0);
    assert_int_equal(unlink(world->files.key_file), 0);
    world_do(world, reload, &rc);
    assert_true(rc < 0);
    struct net_certificate_files files;
    assert_int_equal(net_certificate_ensure(world->dir, NULL, 0, &files, NULL), 0);
    /* The old one is still served, and the new file does not vouch for it. */
    struct answer old = world_ask(world, &(struct question){.path = "/hello"});
    assert_int_equal(old.code, CURLE_PEER_FAILED_VERIFICATION);
    answer_release(&old);
    world_do(world, reload, &rc);
    assert_int_equal(rc, 0);
    ask_for_status(world, &(struct question){.path = "/hello"}, 200);
    world_free(world);
}

static void two_servers_do_not_share_a_port(void **state)
{
    (void)state;
    struct world *world = world_new(NULL, NULL);
    struct world *other = world_new(NULL, NULL);
    assert_int_not_equal(world->tls_port, other->tls_port);
    world_free(other);
    ask_for_status(world, &(struct question){.path = "/hello"}, 200);
    world_free(world);
}

int main(void)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_over_verified_tls_in_http2_and_http1),
        cmocka_unit_test(head_has_the_length_and_no_body),
        cmocka_unit_test(every_answer_carries_the_security_headers),
        cmocka_unit_test(errors_come_in_the_form_that_is_asked_for),
        cmocka_unit_test(a_fault_does_not_tell_strangers_its_text),
        cmocka_unit_test(a_body_over_the_limit_is_refused_with_our_error),
        cmocka_unit_test(requests_over_the_limits_or_ambiguous_are_refused),
        cmocka_unit_test(broken_http1_is_answered_or_cut_off_and_harms_nobody),
        cmocka_unit_test(values_come_as_msgpack_or_json),
        cmocka_unit_test(work_off_the_loop_answers_later),
        cmocka_unit_test(many_requests_at_once_are_all_answered),
        cmocka_unit_test(large_answers_arrive_whole_side_by_side),
        cmocka_unit_test(a_late_answer_arrives),
        cmocka_unit_test(a_peer_that_goes_before_the_answer_harms_nobody),
        cmocka_unit_test(a_handler_that_is_late_is_answered_for),
        cmocka_unit_test(a_client_that_asks_and_takes_back_is_cut_off),
        cmocka_unit_test(connections_over_the_limit_are_closed_at_once),
        cmocka_unit_test(an_idle_connection_is_closed),
        cmocka_unit_test(stopping_waits_for_answers_and_takes_no_more),
        cmocka_unit_test(stopping_answers_for_handlers_when_the_grace_is_over),
        cmocka_unit_test(stopping_does_not_wait_for_idle_connections),
        cmocka_unit_test(a_reload_takes_the_new_certificate_and_survives_a_broken_one),
        cmocka_unit_test(two_servers_do_not_share_a_port),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
