/* accept-http: as `accept`, through the whole server: its loop, its pool, its brakes, a real socket
 * on the loopback. The client is libcurl on the bench's own thread; what that thread works is taken
 * off, so the figure is the server's. Over plain HTTP/1.1 on as many connections as there are
 * authors, over the same with TLS, and over HTTP/2 with TLS on one connection. */
#include <curl/curl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

#include "net/app.h"
#include "net/certificate.h"
#include "net/log.h"
#include "net/server.h"
#include "tools/bench/bench.h"
#include "tools/bench/school.h"
#include "tools/bench/signed_events.h"

#define AUTHOR_COUNT 64u
#define EACH_DEFAULT 16u /* events of an author in a round */
#define EACH_MAX 1024u
#define REQUEST_LEN 4u
#define SCHOOL_SIZE 40000u
#define RIVAL_COUNT 64u
#define POLL_MS 1000
#define STOP_GRACE_MS 1000u
#define HOUR_MS 3600000

struct author {
    struct base_buf *wires;
    uint32_t next;
    struct base_buf body;
    struct base_buf answer;
    CURL *curl;
};

struct scene {
    struct bench_school school;
    char data_dir[4000];
    struct net_certificate_files files;
    struct net_loop *loop;
    struct net_metrics *metrics;
    struct net_app *app;
    struct net_server *server;
    uint16_t plain_port, tls_port;
    pthread_t thread;
    bool is_running;
    uint32_t each, request_len;
    bool has_tls, has_http2;
    CURLM *multi;
    struct curl_slist *headers;
    struct author authors[AUTHOR_COUNT];
    double client_ns;           /* CPU of the last round */
    struct bench_events events; /* the rival's */
};

/* The server */

static void ignore_line(void *data, struct base_bytes line)
{
    (void)data, (void)line;
}

static void *serve(void *data)
{
    net_loop_run(((struct scene *)data)->loop);
    return NULL;
}

static int server_start(struct scene *scene, struct base_err *err)
{
    int rc = net_certificate_ensure(scene->data_dir, NULL, 0, &scene->files, err);
    if (rc == 0)
        rc = net_loop_new(&scene->loop, err);
    if (rc == 0)
        rc = net_metrics_new(&scene->metrics, err);
    if (rc == 0) {
        const struct net_app_options app = {.loop = scene->loop,
                                            .metrics = scene->metrics,
                                            .data_dir = scene->data_dir,
                                            .has_demo_clock = true,
                                            .demo_ms = scene->school.now_ms + HOUR_MS};
        rc = net_app_new(&app, &scene->app, err);
    }
    if (rc == 0) {
        const struct net_server_options server = {.loop = scene->loop,
                                                  .metrics = scene->metrics,
                                                  .handler = net_app_handle,
                                                  .context = scene->app};
        rc = net_server_new(&server, &scene->server, err);
    }
    struct net_listener_options listener = {.address = "127.0.0.1"};
    if (rc == 0)
        rc = net_server_listen(scene->server, &listener, &scene->plain_port, err);
    listener.cert_file = scene->files.cert_file;
    listener.key_file = scene->files.key_file;
    if (rc == 0)
        rc = net_server_listen(scene->server, &listener, &scene->tls_port, err);
    if (rc == 0 && pthread_create(&scene->thread, NULL, serve, scene) != 0)
        rc = BASE_FAIL(err, BASE_E_MEMORY, "a thread");
    scene->is_running = rc == 0;
    return rc;
}

struct stopping {
    struct net_task task;
    struct scene *scene;
};

static void on_stopped(void *data)
{
    net_loop_stop(((struct scene *)data)->loop);
}

static void begin_stop(struct net_task *task)
{
    struct scene *scene = ((struct stopping *)(void *)task)->scene;
    net_server_stop(scene->server, STOP_GRACE_MS, on_stopped, scene);
}

static void server_stop(struct scene *scene)
{
    struct stopping stopping = {.task.run = begin_stop, .scene = scene};
    if (scene->is_running) {
        net_loop_post(scene->loop, &stopping.task);
        pthread_join(scene->thread, NULL);
    }
    net_server_free(scene->server);
    if (scene->app != NULL)
        net_app_stop(scene->app);
    if (scene->loop != NULL)
        net_loop_free(scene->loop);
    net_app_free(scene->app);
    net_metrics_free(scene->metrics);
}

/* The client */

static size_t on_answer(char *data, size_t size, size_t count, void *to)
{
    struct base_buf *answer = to;
    base_buf_put(answer, data, size * count);
    return answer->failed ? 0 : size * count;
}

/* The author's next request. */
static void request_begin(struct scene *scene, struct author *author)
{
    base_buf_reset(&author->body);
    base_buf_reset(&author->answer);
    ledger_canon_put_array(&author->body, scene->request_len);
    for (uint32_t i = 0; i < scene->request_len; i++)
        base_buf_put_bytes(&author->body, base_buf_bytes(&author->wires[author->next++]));
    curl_easy_setopt(author->curl, CURLOPT_POSTFIELDSIZE, (long)author->body.len);
    curl_easy_setopt(author->curl, CURLOPT_POSTFIELDS, (const char *)author->body.data);
    curl_multi_add_handle(scene->multi, author->curl);
}

static int request_end(const struct scene *scene, const struct author *author, CURLcode code,
                       struct base_err *err)
{
    long status = 0;
    curl_easy_getinfo(author->curl, CURLINFO_RESPONSE_CODE, &status);
    if (code != CURLE_OK)
        return BASE_FAIL(err, BASE_E_IO, "%s", curl_easy_strerror(code));
    if (status != 200)
        return BASE_FAIL(err, BASE_E_STATE, "status %ld: %.200s", status,
                         (const char *)author->answer.data);
    (void)scene;
    return 0;
}

/* Everybody who was answered asks again; `*out_busy` goes down with each who has no more. */
static int answers_take(struct scene *scene, uint32_t *out_busy, struct base_err *err)
{
    int left = 0;
    int rc = 0;
    for (CURLMsg *message; (message = curl_multi_info_read(scene->multi, &left)) != NULL;) {
        struct author *author = NULL;
        CURLcode code = message->data.result;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &author);
        curl_multi_remove_handle(scene->multi, message->easy_handle);
        if (rc == 0)
            rc = request_end(scene, author, code, err);
        if (rc == 0 && author->next < scene->each)
            request_begin(scene, author);
        else
            --*out_busy;
    }
    return rc;
}

static double thread_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static int ours_round(void *data, struct base_err *err)
{
    struct scene *scene = data;
    uint32_t busy = AUTHOR_COUNT;
    int running = 0;
    int rc = 0;
    double begun_ns = thread_ns();
    for (uint32_t i = 0; i < AUTHOR_COUNT; i++)
        request_begin(scene, &scene->authors[i]);
    while (rc == 0 && busy > 0) {
        if (curl_multi_perform(scene->multi, &running) != CURLM_OK ||
            curl_multi_poll(scene->multi, NULL, 0, running > 0 ? POLL_MS : 0, NULL) != CURLM_OK)
            rc = BASE_FAIL(err, BASE_E_IO, "the client");
        else
            rc = answers_take(scene, &busy, err);
    }
    scene->client_ns = thread_ns() - begun_ns;
    return rc;
}

static double client_cpu(void *data)
{
    return ((const struct scene *)data)->client_ns;
}

static int ours_prepare(void *data, struct base_err *err)
{
    struct scene *scene = data;
    int rc = 0;
    for (uint32_t i = 0; rc == 0 && i < AUTHOR_COUNT; i++) {
        scene->authors[i].next = 0;
        rc = bench_school_work(&scene->school, 1 + i, scene->each, scene->authors[i].wires, err);
    }
    return rc;
}

static int client_open(struct scene *scene, struct base_err *err)
{
    char url[100];
    snprintf(url, sizeof url, "%s://127.0.0.1:%u/school/api/events",
             scene->has_tls ? "https" : "http",
             scene->has_tls ? scene->tls_port : scene->plain_port);
    scene->multi = curl_multi_init();
    if (scene->multi == NULL)
        return BASE_FAIL(err, BASE_E_MEMORY, "the client");
    curl_multi_setopt(scene->multi, CURLMOPT_MAXCONNECTS, (long)AUTHOR_COUNT);
    curl_multi_setopt(scene->multi, CURLMOPT_PIPELINING,
                      scene->has_http2 ? (long)CURLPIPE_MULTIPLEX : (long)CURLPIPE_NOTHING);
    for (uint32_t i = 0; i < AUTHOR_COUNT; i++) {
        struct author *author = &scene->authors[i];
        author->curl = curl_easy_init();
        if (author->curl == NULL)
            return BASE_FAIL(err, BASE_E_MEMORY, "the client");
        curl_easy_setopt(author->curl, CURLOPT_URL, url);
        curl_easy_setopt(author->curl, CURLOPT_PRIVATE, author);
        curl_easy_setopt(author->curl, CURLOPT_NOSIGNAL, 1L);
        curl_easy_setopt(author->curl, CURLOPT_NOPROXY, "*");
        curl_easy_setopt(author->curl, CURLOPT_CAINFO, scene->files.cert_file);
        curl_easy_setopt(author->curl, CURLOPT_HTTPHEADER, scene->headers);
        curl_easy_setopt(author->curl, CURLOPT_WRITEFUNCTION, on_answer);
        curl_easy_setopt(author->curl, CURLOPT_WRITEDATA, &author->answer);
        curl_easy_setopt(author->curl, CURLOPT_PIPEWAIT, scene->has_http2 ? 1L : 0L);
        curl_easy_setopt(author->curl, CURLOPT_HTTP_VERSION,
                         scene->has_http2 ? (long)CURL_HTTP_VERSION_2TLS
                                          : (long)CURL_HTTP_VERSION_1_1);
    }
    return 0;
}

static void client_close(struct scene *scene)
{
    for (uint32_t i = 0; i < AUTHOR_COUNT; i++) {
        if (scene->authors[i].curl == NULL)
            continue;
        curl_multi_remove_handle(scene->multi, scene->authors[i].curl);
        curl_easy_cleanup(scene->authors[i].curl);
        scene->authors[i].curl = NULL;
    }
    curl_multi_cleanup(scene->multi);
    scene->multi = NULL;
}

static int rival_round(void *data, struct base_err *err)
{
    const struct scene *scene = data;
    for (uint32_t i = 0; i < scene->events.count; i++)
        if (!ledger_event_verify(base_buf_bytes(&scene->events.bytes[i]),
                                 bench_events_key(&scene->events, i), &scene->events.signatures[i]))
            return BASE_FAIL(err, BASE_E_CRYPTO, "signature %u does not hold", i);
    return 0;
}

static int measure(struct bench_run *run, struct scene *scene, const char *how,
                   uint32_t request_len, struct base_err *err)
{
    char name[64];
    const struct bench_side ours = {.name = "the server",
                                    .data = scene,
                                    .prepare = ours_prepare,
                                    .round = ours_round,
                                    .excluded_ns = client_cpu,
                                    .operation_count = (uint64_t)AUTHOR_COUNT * scene->each};
    const struct bench_side rival = {.name = "libsodium, verifying",
                                     .data = scene,
                                     .round = rival_round,
                                     .operation_count = RIVAL_COUNT};
    scene->request_len = request_len;
    snprintf(name, sizeof name, "%s, %u at once, by %u", how, AUTHOR_COUNT, request_len);
    int rc = client_open(scene, err);
    if (rc == 0)
        rc = bench_measure(run, name, &ours, &rival, BENCH_CPU, 0, err);
    client_close(scene);
    if (rc == 0)
        bench_note(run, "%s: %.0f events a second.", name,
                   1e9 / run->cases[run->case_count - 1].ours.wall_ns);
    return rc;
}

static int scene_open(struct bench_run *run, struct scene *scene, struct base_err *err)
{
    char dir[4200];
    scene->each = run->size == 0 ? EACH_DEFAULT : (uint32_t)run->size;
    scene->each += (REQUEST_LEN - scene->each % REQUEST_LEN) % REQUEST_LEN;
    for (uint32_t i = 0; i < AUTHOR_COUNT; i++) {
        scene->authors[i].wires = calloc(scene->each, sizeof *scene->authors[i].wires);
        if (scene->authors[i].wires == NULL)
            return BASE_FAIL(err, BASE_E_MEMORY, "accept-http");
    }
    scene->headers = curl_slist_append(NULL, "Content-Type: application/msgpack");
    snprintf(scene->data_dir, sizeof scene->data_dir, "%.3900s/data", run->dir);
    snprintf(dir, sizeof dir, "%s/schools", scene->data_dir);
    if (mkdir(scene->data_dir, 0700) != 0 || mkdir(dir, 0700) != 0)
        return BASE_FAIL(err, BASE_E_IO, "%s", dir);
    snprintf(dir, sizeof dir, "%s/schools/school", scene->data_dir);
    int rc =
        bench_school_make(dir, SCHOOL_SIZE, BENCH_LESSONS_CROWDED, run->quiet, &scene->school, err);
    if (rc == 0)
        rc = bench_events_make(RIVAL_COUNT, RIVAL_COUNT, 1, true, NULL, &scene->events, err);
    if (rc == 0)
        rc = server_start(scene, err);
    return rc;
}

static void scene_close(struct scene *scene)
{
    server_stop(scene);
    curl_slist_free_all(scene->headers);
    bench_events_release(&scene->events);
    for (uint32_t i = 0; i < AUTHOR_COUNT; i++) {
        struct author *author = &scene->authors[i];
        for (uint32_t j = 0; author->wires != NULL && j < scene->each; j++)
            base_buf_release(&author->wires[j]);
        free(author->wires);
        base_buf_release(&author->body);
        base_buf_release(&author->answer);
    }
    free(scene);
}

int bench_accept_http(struct bench_run *run, struct base_err *err)
{
    struct scene *scene = calloc(1, sizeof *scene);
    if (scene == NULL)
        return BASE_FAIL(err, BASE_E_MEMORY, "accept-http");
    net_log_set_sink(ignore_line, NULL);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    int rc = run->size > EACH_MAX
                 ? BASE_FAIL(err, BASE_E_USAGE, "at most %u events a round and author", EACH_MAX)
                 : scene_open(run, scene, err);
    if (rc == 0)
        rc = measure(run, scene, "HTTP/1.1", 1, err);
    if (rc == 0)
        rc = measure(run, scene, "HTTP/1.1", REQUEST_LEN, err);
    scene->has_tls = true;
    if (rc == 0)
        rc = measure(run, scene, "HTTP/1.1, TLS", 1, err);
    scene->has_http2 = true;
    if (rc == 0)
        rc = measure(run, scene, "HTTP/2, TLS", 1, err);
    scene_close(scene);
    return rc;
}
