/* Event streams: what arrives, what happens to slow and lost readers, who is told. */
#include "tests/net/world.h"

#include "net/limits.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct reader {
    struct world *world;
    struct question question;
    struct answer answer;
    pthread_t thread;
};

static void *read_stream(void *data)
{
    struct reader *reader = data;
    reader->answer = world_ask(reader->world, &reader->question);
    return NULL;
}

static void reader_start(struct reader *reader)
{
    assert_int_equal(pthread_create(&reader->thread, NULL, read_stream, reader), 0);
}

static void send_events(struct world *world, void *data)
{
    (void)data;
    assert_true(net_stream_send(world->stream, "head", "17", BASE_LITERAL("{\"size\":17}")));
    assert_true(net_stream_send(world->stream, NULL, NULL, BASE_LITERAL("a\nb\r\nc\rid: 9\n")));
    assert_true(net_stream_send(world->stream, "page", NULL, BASE_LITERAL("")));
}

static void close_stream(struct world *world, void *data)
{
    (void)data;
    net_stream_close(world->stream);
}

static const bool both[] = {false, true};

static void events_arrive_as_the_format_asks(void **state)
{
    (void)state;
    struct world *world = world_new(NULL, NULL);
    for (size_t i = 0; i < 2; i++) {
        struct reader reader = {.world = world,
                                .question = {.path = "/stream", .is_http1 = both[i]}};
        reader_start(&reader);
        world_wait(&world->arrived);
        world_do(world, send_events, NULL);
        world_do(world, close_stream, NULL);
        world_wait(&world->closed);
        pthread_join(reader.thread, NULL);
        assert_int_equal(reader.answer.code, CURLE_OK);
        assert_int_equal(reader.answer.status, 200);
        assert_string_equal(answer_header(&reader.answer, "content-type"), "text/event-stream");
        assert_string_equal(answer_header(&reader.answer, "cache-control"), "no-store");
        assert_non_null(answer_header(&reader.answer, "content-security-policy"));
        assert_string_equal(base_buf_text(&reader.answer.body),
                            "retry: 2000\n\n"
                            "event: head\nid: 17\ndata: {\"size\":17}\n\n"
                            "data: a\ndata: b\ndata: c\ndata: id: 9\ndata: \n\n"
                            "event: page\ndata: \n\n");
        answer_release(&reader.answer);
    }
    world_free(world);
}

static void a_heartbeat_shows_that_the_server_lives(void **state)
{
    (void)state;
    struct world *world = world_new(&(struct net_server_options){.heartbeat_ms = 5}, NULL);
    int fd = world_connect(world);
    static const char text[] = "GET /stream HTTP/1.1\r\nHost: a\r\n\r\n";
    char reply[8192];
    size_t len = 0;
    assert_int_equal(send(fd, text, sizeof(text) - 1, MSG_NOSIGNAL), sizeof(text) - 1);
    do {
        ssize_t got = recv(fd, reply + len, sizeof(reply) - 1 - len, 0);
        assert_true(got > 0);
        len += (size_t)got;
        reply[len] = '\0';
    } while (strstr(reply, "\n:\n\n") == NULL);
    close(fd);
    /* A reader that went is noticed by the next heartbeats. */
    world_wait(&world->closed);
    world_free(world);
}

static void flood(struct world *world, void *data)
{
    static char event[16384];
    bool *is_open = data;
    memset(event, 'x', sizeof(event));
    for (int i = 0; i < 16 && *is_open; i++)
        *is_open = world->stream != NULL && net_stream_send(world->stream, "page", NULL,
                                                            base_bytes_of(event, sizeof(event)));
}

static void a_slow_reader_is_dropped(void **state)
{
    (void)state;
    struct world *world = world_new(NULL, NULL);
    int fd = world_connect(world);
    static const char text[] = "GET /stream HTTP/1.1\r\nHost: a\r\n\r\n";
    assert_int_equal(send(fd, text, sizeof(text) - 1, MSG_NOSIGNAL), sizeof(text) - 1);
    world_wait(&world->arrived);
    /* The reader reads nothing: the kernel's buffers fill, then ours, then it is enough. */
    bool is_open = true;
    size_t batch_count = 0;
    while (is_open) {
        world_do(world, flood, &is_open);
        assert_true(++batch_count < 1000); /* 256 MB: more than any kernel takes */
    }
    world_wait(&world->closed);
    char reply[65536];
    ssize_t got;
    while ((got = recv(fd, reply, sizeof(reply), 0)) > 0) {
    }
    close(fd);
    world_free(world);
}

static size_t refuse_to_take(char *data, size_t size, size_t count, void *buf)
{
    (void)data;
    (void)size;
    (void)count;
    (void)buf;
    return CURL_WRITEFUNC_PAUSE;
}

struct paused {
    struct world *world;
    pthread_t thread;
    atomic_bool is_over; /* the test has seen enough: libcurl looks at no socket while paused */
};

static int look_whether_over(void *data, curl_off_t down_len, curl_off_t down, curl_off_t up_len,
                             curl_off_t up)
{
    struct paused *paused = data;
    (void)down_len;
    (void)down;
    (void)up_len;
    (void)up;
    return atomic_load(&paused->is_over) ? 1 : 0;
}

static void *read_nothing(void *data)
{
    struct paused *paused = data;
    struct answer answer = {0};
    struct curl_slist *headers;
    CURL *curl =
        world_curl(paused->world, &(struct question){.path = "/stream"}, &answer, &headers);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, refuse_to_take);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, look_whether_over);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, paused);
    CURLcode code = curl_easy_perform(curl);
    assert_int_not_equal(code, CURLE_OK);
    curl_easy_cleanup(curl);
    curl_slist_free_all(headers);
    answer_release(&answer);
    return NULL;
}

static void a_slow_http2_reader_is_dropped(void **state)
{
    (void)state;
    struct world *world = world_new(NULL, NULL);
    struct paused paused = {.world = world};
    assert_int_equal(pthread_create(&paused.thread, NULL, read_nothing, &paused), 0);
    world_wait(&world->arrived);
    bool is_open = true;
    size_t batch_count = 0;
    while (is_open) {
        world_do(world, flood, &is_open);
        assert_true(++batch_count < 1000);
    }
    world_wait(&world->closed);
    atomic_store(&paused.is_over, true);
    pthread_join(paused.thread, NULL);
    world_free(world);
}

static void a_reader_that_goes_is_told_of(void **state)
{
    (void)state;
    struct world *world = world_new(NULL, NULL);
    struct reader reader = {.world = world, .question = {.path = "/stream", .timeout_ms = 300}};
    reader_start(&reader);
    world_wait(&world->closed);
    pthread_join(reader.thread, NULL);
    answer_release(&reader.answer);
    world_free(world);
}

static void must_not_be_called(void *data)
{
    (void)data;
    fail_msg("closed was called for a stream that was never opened");
}

static void look_whether_gone(struct world *world, void *data)
{
    *(bool *)data = net_request_is_gone(world->held[0]);
}

static void open_held(struct world *world, void *data)
{
    (void)data;
    assert_null(net_stream_open(world->held[0], must_not_be_called, NULL));
    world->held_count = 0;
}

static void a_stream_for_nobody_is_not_opened(void **state)
{
    (void)state;
    struct world *world = world_new(NULL, NULL);
    struct reader reader = {.world = world, .question = {.path = "/held", .timeout_ms = 300}};
    bool is_gone = false;
    reader_start(&reader);
    world_wait(&world->arrived);
    pthread_join(reader.thread, NULL);
    answer_release(&reader.answer);
    while (!is_gone)
        world_do(world, look_whether_gone, &is_gone);
    world_do(world, open_held, NULL);
    world_free(world);
}

static void on_stopped(void *data)
{
    struct world *world = data;
    sem_post(&world->stopped);
}

static void send_and_stop(struct world *world, void *data)
{
    send_events(world, data);
    net_server_stop(world->server, 60000, on_stopped, world);
    assert_false(net_stream_send(world->stream, NULL, NULL, BASE_LITERAL("too late")));
}

static void stopping_ends_streams_after_what_they_hold(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct world *world = world_new(NULL, NULL);
        struct reader reader = {.world = world,
                                .question = {.path = "/stream", .is_http1 = both[i]}};
        reader_start(&reader);
        world_wait(&world->arrived);
        world_do(world, send_and_stop, NULL);
        world_wait(&world->closed);
        world_wait(&world->stopped);
        world->is_stopped = true;
        pthread_join(reader.thread, NULL);
        assert_int_equal(reader.answer.code, CURLE_OK);
        assert_true(answer_has_text(&reader.answer, "event: page\ndata: \n\n"));
        assert_false(answer_has_text(&reader.answer, "too late"));
        answer_release(&reader.answer);
        world_free(world);
    }
}

static void a_stalled_reader_does_not_hold_up_the_stop(void **state)
{
    (void)state;
    struct world *world = world_new(NULL, NULL);
    int fd = world_connect(world);
    static const char text[] = "GET /stream HTTP/1.1\r\nHost: a\r\n\r\n";
    assert_int_equal(send(fd, text, sizeof(text) - 1, MSG_NOSIGNAL), sizeof(text) - 1);
    world_wait(&world->arrived);
    bool is_open = true;
    for (int i = 0; i < 12 && is_open; i++)
        world_do(world, flood, &is_open);
    world_free(world); /* stops without grace, and waits */
    close(fd);
}

int main(void)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(events_arrive_as_the_format_asks),
        cmocka_unit_test(a_heartbeat_shows_that_the_server_lives),
        cmocka_unit_test(a_slow_reader_is_dropped),
        cmocka_unit_test(a_slow_http2_reader_is_dropped),
        cmocka_unit_test(a_reader_that_goes_is_told_of),
        cmocka_unit_test(a_stream_for_nobody_is_not_opened),
        cmocka_unit_test(stopping_ends_streams_after_what_they_hold),
        cmocka_unit_test(a_stalled_reader_does_not_hold_up_the_stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
