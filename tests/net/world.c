#include "tests/net/world.h"

#include "ledger/canon.h"
#include "net/log.h"
#include "net/reply.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define ROUTE_COUNT_MAX 32

static void answer_hello(struct net_request *request, void *context)
{
    (void)context;
    net_response_send(request, 200, "text/plain; charset=utf-8", BASE_LITERAL("hello"));
}

static void answer_body(struct net_request *request, void *context)
{
    (void)context;
    char text[32];
    snprintf(text, sizeof(text), "%zu", net_request_body(request).len);
    net_response_send(request, 200, "text/plain; charset=utf-8", base_bytes_str(text));
}

static void hold(struct net_request *request, void *context)
{
    struct world *world = context;
    assert_true(world->held_count < HELD_COUNT_MAX);
    world->held[world->held_count++] = request;
    sem_post(&world->arrived);
}

static void answer_value(struct net_request *request, void *context)
{
    (void)context;
    struct base_buf BASE_CLEANUP(base_buf_release) value = {0};
    ledger_canon_put_map(&value, 2);
    ledger_canon_put_str(&value, "name");
    ledger_canon_put_str(&value, net_request_param(request, "name"));
    ledger_canon_put_str(&value, "number");
    ledger_canon_put_int(&value, 42);
    net_reply_value(request, 200, base_buf_bytes(&value));
}

static void answer_large(struct net_request *request, void *context)
{
    (void)context;
    struct base_buf BASE_CLEANUP(base_buf_release) body = {0};
    uint8_t *bytes = base_buf_reserve(&body, 1 << 20);
    memset(bytes, 'x', 1 << 20);
    net_response_send(request, 200, "text/plain", base_bytes_of(bytes, 1 << 20));
}

static void answer_fault(struct net_request *request, void *context)
{
    (void)context;
    struct base_err fault = {0};
    BASE_FAIL(&fault, BASE_E_IO, "the secret file of the headmistress");
    net_reply_fault(request, "test", &fault);
}

static void on_stream_closed(void *data)
{
    struct world *world = data;
    world->stream = NULL;
    sem_post(&world->closed);
}

static void open_stream(struct net_request *request, void *context)
{
    struct world *world = context;
    world->stream = net_stream_open(request, on_stream_closed, world);
    sem_post(&world->arrived);
}

static void work(void *data)
{
    const char **text = net_request_data(data);
    *text = net_request_path(data); /* read on a thread of the pool */
}

static void work_done(void *data)
{
    const char **text = net_request_data(data);
    net_response_send(data, 200, "text/plain", base_bytes_str(*text));
    free(text);
}

static void answer_worked(struct net_request *request, void *context)
{
    struct world *world = context;
    net_request_set_data(request, calloc(1, sizeof(const char *)));
    int rc = net_work(world->loop, work, work_done, request, NULL);
    assert_int_equal(rc, 0);
}

static const struct net_route world_routes[] = {
    {"GET", "/hello", answer_hello, 0},
    {"POST", "/body", answer_body, 0},
    {"GET", "/held", hold, 0},
    {"GET", "/worked", answer_worked, 0},
    {"GET", "/value/{name}", answer_value, 0},
    {"GET", "/stream", open_stream, 0},
    {"GET", "/large", answer_large, 0},
    {"GET", "/fault", answer_fault, 0},
};

static void dispatch(struct net_request *request, void *context)
{
    struct world *world = context;
    net_router_dispatch(world->router, request, world);
}

static void *run(void *data)
{
    struct world *world = data;
    net_loop_run(world->loop);
    return NULL;
}

static void ignore_line(void *data, struct base_bytes line)
{
    (void)data;
    (void)line;
}

struct world *world_new(const struct net_server_options *options,
                        const struct net_router_options *more)
{
    struct base_err err = {0};
    struct world *world = calloc(1, sizeof(*world));
    assert_non_null(world);
    net_log_set_sink(ignore_line, NULL);
    strcpy(world->dir, "/tmp/letopis-net-XXXXXX");
    assert_non_null(mkdtemp(world->dir));
    sem_init(&world->arrived, 0, 0);
    sem_init(&world->closed, 0, 0);
    sem_init(&world->stopped, 0, 0);
    assert_int_equal(net_certificate_ensure(world->dir, NULL, 0, &world->files, &err), 0);
    assert_int_equal(net_loop_new(&world->loop, &err), 0);
    assert_int_equal(net_metrics_new(&world->metrics, &err), 0);
    struct net_router_options router = more != NULL ? *more : (struct net_router_options){0};
    if (router.routes == NULL) {
        router.routes = world_routes;
        router.route_count = sizeof(world_routes) / sizeof(world_routes[0]);
    }
    assert_int_equal(net_router_new(&router, &world->router, &err), 0);
    struct net_server_options complete =
        options != NULL ? *options : (struct net_server_options){0};
    complete.loop = world->loop;
    complete.metrics = world->metrics;
    complete.handler = dispatch;
    complete.context = world;
    assert_int_equal(net_server_new(&complete, &world->server, &err), 0);
    struct net_listener_options tls = {.address = "127.0.0.1",
                                       .cert_file = world->files.cert_file,
                                       .key_file = world->files.key_file};
    struct net_listener_options plain = {.address = "127.0.0.1"};
    assert_int_equal(net_server_listen(world->server, &tls, &world->tls_port, &err), 0);
    assert_int_equal(net_server_listen(world->server, &plain, &world->plain_port, &err), 0);
    assert_int_equal(pthread_create(&world->thread, NULL, run, world), 0);
    return world;
}

struct errand {
    struct net_task task;
    struct world *world;
    void (*fn)(struct world *world, void *data);
    void *data;
    sem_t done;
};

static void run_errand(struct net_task *task)
{
    struct errand *errand = (struct errand *)task;
    errand->fn(errand->world, errand->data);
    sem_post(&errand->done);
}

void world_wait(sem_t *semaphore)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += 60;
    assert_int_equal(sem_timedwait(semaphore, &until), 0);
}

void world_do(struct world *world, void (*fn)(struct world *world, void *data), void *data)
{
    struct errand errand = {.task.run = run_errand, .world = world, .fn = fn, .data = data};
    sem_init(&errand.done, 0, 0);
    net_loop_post(world->loop, &errand.task);
    world_wait(&errand.done);
    sem_destroy(&errand.done);
}

static void on_server_stopped(void *data)
{
    struct world *world = data;
    sem_post(&world->stopped);
}

static void stop_server(struct world *world, void *data)
{
    (void)data;
    net_server_stop(world->server, 0, on_server_stopped, world);
}

static void stop_loop(struct world *world, void *data)
{
    (void)data;
    net_loop_stop(world->loop);
}

void world_free(struct world *world)
{
    char command[128];
    if (!world->is_stopped) {
        world_do(world, stop_server, NULL);
        world_wait(&world->stopped);
    }
    world_do(world, stop_loop, NULL);
    pthread_join(world->thread, NULL);
    net_server_free(world->server);
    /* Requests that no test answered outlive their server; answering them is still allowed. */
    for (size_t i = 0; i < world->held_count; i++)
        net_response_send(world->held[i], 200, NULL, base_bytes_of("", 0));
    net_router_free(world->router);
    net_loop_free(world->loop);
    net_metrics_free(world->metrics);
    snprintf(command, sizeof(command), "rm -r '%s'", world->dir);
    assert_int_equal(system(command), 0);
    sem_destroy(&world->arrived);
    sem_destroy(&world->closed);
    sem_destroy(&world->stopped);
    free(world);
}

static size_t take(char *data, size_t size, size_t count, void *buf)
{
    base_buf_put(buf, data, size * count);
    return size * count;
}

CURL *world_curl(struct world *world, const struct question *question, struct answer *answer,
                 struct curl_slist **out_headers)
{
    char url[8192];
    CURL *curl = curl_easy_init();
    assert_non_null(curl);
    snprintf(url, sizeof(url), "%s://%s:%u%s", question->is_plain ? "http" : "https",
             question->host != NULL ? question->host : "127.0.0.1",
             question->is_plain ? world->plain_port : world->tls_port, question->path);
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS,
                     question->timeout_ms != 0 ? question->timeout_ms : 60000L);
    curl_easy_setopt(curl, CURLOPT_HTTP_VERSION,
                     question->is_http1 || question->is_plain ? (long)CURL_HTTP_VERSION_1_1
                                                              : (long)CURL_HTTP_VERSION_2TLS);
    if (!question->is_distrusting)
        curl_easy_setopt(curl, CURLOPT_CAINFO, world->files.cert_file);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer->body);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, &answer->headers);
    struct curl_slist *headers = NULL;
    for (size_t i = 0; i < 4 && question->headers[i] != NULL; i++)
        headers = curl_slist_append(headers, question->headers[i]);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    if (question->body.data != NULL) {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)question->body.len);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, question->body.data);
    }
    if (question->method != NULL && strcmp(question->method, "HEAD") == 0)
        curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
    else if (question->method != NULL)
        curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, question->method);
    *out_headers = headers;
    return curl;
}

struct answer world_ask(struct world *world, const struct question *question)
{
    struct answer answer = {0};
    struct curl_slist *headers;
    CURL *curl = world_curl(world, question, &answer, &headers);
    answer.code = curl_easy_perform(curl);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer.status);
    curl_easy_getinfo(curl, CURLINFO_HTTP_VERSION, &answer.version);
    curl_easy_cleanup(curl);
    curl_slist_free_all(headers);
    return answer;
}

void answer_release(struct answer *answer)
{
    base_buf_release(&answer->headers);
    base_buf_release(&answer->body);
}

const char *answer_header(const struct answer *answer, const char *name)
{
    static char value[1024];
    const char *text = (const char *)answer->headers.data;
    const char *end = text + answer->headers.len;
    size_t name_len = strlen(name);
    while (text < end) {
        const char *line_end = memmem(text, (size_t)(end - text), "\r\n", 2);
        if (line_end == NULL)
            return NULL;
        if ((size_t)(line_end - text) > name_len && text[name_len] == ':' &&
            strncasecmp(text, name, name_len) == 0) {
            const char *start = text + name_len + 1;
            while (*start == ' ')
                start++;
            snprintf(value, sizeof(value), "%.*s", (int)(line_end - start), start);
            return value;
        }
        text = line_end + 2;
    }
    return NULL;
}

bool answer_has_text(const struct answer *answer, const char *text)
{
    return answer->body.len > 0 &&
           memmem(answer->body.data, answer->body.len, text, strlen(text)) != NULL;
}

int world_connect(struct world *world)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(world->plain_port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    return fd;
}
