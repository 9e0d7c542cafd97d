/* From socket to handler and back.
 *
 * The happy path: uv accepts a connection, libh2o speaks TLS and HTTP on it and calls on_request;
 * the request is copied out (net/request.c) and given to the handler; the handler answers, now or
 * later; the answer goes into libh2o's pool and out.
 *
 * Two objects stand for a request. The *exchange* lives in libh2o's request pool and goes when
 * libh2o says so (answer sent, peer gone, connection broken). The *request* lives until its handler
 * has answered. They point at each other while both are there; whoever goes first is forgotten by
 * the other. So no late answer can touch a request that is no more.
 *
 * What can fail: a peer that goes (the exchange is disposed of, the request stays with its
 * handler), a handler that is late (tick answers 503 and lets the exchange go on alone), memory
 * (libh2o ends the process; a request that cannot be copied is answered 503).
 *
 * libh2o has no way to break a connection from outside. We shut its socket down and let libh2o
 * find out: reads end, writes fail, and it closes in its own order. */
#include "net/http.h"

#include "net/exchange.h"
#include "net/json.h"
#include "net/log.h"
#include "net/reply.h"
#include "net/stream.h"
#include "net/tls.h"

#include <assert.h>
#include <h2o.h>
#include <h2o/http1.h>
#include <h2o/http2.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <uv.h>

#define LISTEN_BACKLOG 511
#define STATUS_CLASS_COUNT 6u

struct listener {
    uv_tcp_t tcp;
    struct listener *next;
    struct net_server *server;
    h2o_accept_ctx_t accept;
    char *cert_file;
    char *key_file;
};

struct connection {
    uv_tcp_t tcp;
    struct connection *prev, *next;
    struct net_server *server;
    unsigned abandoned_count;
    bool is_killed;
};

/* Life of an exchange: waiting (request set) → answering (response started) → disposed of;
 * a stream's is `streaming` in between. `leaving` is what libh2o is sending. */
struct net_exchange {
    h2o_generator_t generator;
    h2o_req_t *req;
    struct connection *connection;
    struct net_request *request;
    struct net_stream *stream;
    struct base_buf leaving;
    struct base_buf tail;
    bool is_sending;
    bool is_ending;
};

enum server_state {
    SERVER_OPEN,
    SERVER_STOPPING, /* requests that run may still be answered */
    SERVER_BREAKING, /* connections are being broken */
    SERVER_STOPPED,
};

struct net_server {
    struct net_server_options options;
    enum server_state state;
    h2o_globalconf_t config;
    h2o_context_t h2o;
    struct listener *listeners;
    struct connection *connections;
    size_t connection_count;
    size_t listener_count;
    size_t exchange_count;
    struct net_request *waiting_first, *waiting_last;
    struct net__streams streams;
    struct net_timer *tick_timer;
    struct net_timer *heartbeat_timer;
    struct net_timer *stop_timer;
    struct net_task stopped_task;
    void (*stopped)(void *data);
    void *stopped_data;
    struct net_metric *responses[STATUS_CLASS_COUNT];
    struct net_metric *latency;
    struct net_metric *connections_gauge;
    struct net_metric *connections_refused;
    struct net_metric *requests_abandoned;
};

struct server_hook { /* our handler and filter, with the server behind libh2o's own fields */
    union {
        h2o_handler_t handler;
        h2o_filter_t filter;
    };
    struct net_server *server;
};

static void server_check_stop(struct net_server *server);

/* ---- connections ---- */

static void connection_kill(struct connection *connection)
{
    uv_os_fd_t fd;
    if (connection->is_killed || uv_fileno((uv_handle_t *)&connection->tcp, &fd) != 0)
        return;
    connection->is_killed = true;
    shutdown(fd, SHUT_RDWR);
}

static void on_connection_closing(void *data)
{
    struct connection *connection = data;
    struct net_server *server = connection->server;
    if (connection->prev != NULL)
        connection->prev->next = connection->next;
    else
        server->connections = connection->next;
    if (connection->next != NULL)
        connection->next->prev = connection->prev;
    assert(server->connection_count > 0);
    server->connection_count--;
    net_metric_set(server->connections_gauge, (int64_t)server->connection_count);
    server_check_stop(server);
}

static void on_connection_closed(uv_handle_t *tcp)
{
    free(tcp); /* the first member of its struct connection */
}

static void connection_tune(struct connection *connection)
{
    uv_os_fd_t fd;
    unsigned stall_ms = NET_STALL_MS_MAX;
    uv_tcp_nodelay(&connection->tcp, 1);
    if (uv_fileno((uv_handle_t *)&connection->tcp, &fd) == 0)
        setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &stall_ms, sizeof(stall_ms));
}

static void on_connection(uv_stream_t *stream, int status)
{
    struct listener *listener = stream->data;
    struct net_server *server = listener->server;
    if (status != 0) {
        NET_LOG(NET_LOG_WARN, "http", "accept failed", NET_S("reason", uv_strerror(status)));
        return;
    }
    struct connection *connection = h2o_mem_alloc(sizeof(*connection));
    *connection = (struct connection){.server = server};
    int rc = uv_tcp_init(stream->loop, &connection->tcp);
    assert(rc == 0);
    rc = uv_accept(stream, (uv_stream_t *)&connection->tcp);
    if (rc != 0 || server->connection_count >= server->options.connection_count_max) {
        net_metric_add(server->connections_refused, 1);
        uv_close((uv_handle_t *)&connection->tcp, on_connection_closed);
        return;
    }
    connection_tune(connection);
    connection->next = server->connections;
    if (server->connections != NULL)
        server->connections->prev = connection;
    server->connections = connection;
    server->connection_count++;
    net_metric_set(server->connections_gauge, (int64_t)server->connection_count);
    h2o_socket_t *socket =
        h2o_uv_socket_create((uv_stream_t *)&connection->tcp, on_connection_closed);
    socket->on_close.cb = on_connection_closing;
    socket->on_close.data = connection;
    h2o_accept(&listener->accept, socket);
}

/* ---- requests that wait for their answer ---- */

static void waiting_add(struct net_server *server, struct net_request *request)
{
    request->prev = server->waiting_last;
    request->next = NULL;
    if (server->waiting_last != NULL)
        server->waiting_last->next = request;
    else
        server->waiting_first = request;
    server->waiting_last = request;
}

/* Parts request and exchange; the request is its handler's alone from then on. */
static void waiting_part(struct net_exchange *exchange)
{
    struct net_request *request = exchange->request;
    struct net_server *server = exchange->connection->server;
    assert(request != NULL && request->exchange == exchange);
    if (request->prev != NULL)
        request->prev->next = request->next;
    else
        server->waiting_first = request->next;
    if (request->next != NULL)
        request->next->prev = request->prev;
    else
        server->waiting_last = request->prev;
    request->exchange = NULL;
    exchange->request = NULL;
}

static void on_exchange_disposed(void *memory)
{
    struct net_exchange *exchange = memory;
    struct net_server *server = exchange->connection->server;
    if (exchange->request != NULL) {
        waiting_part(exchange);
        net_metric_add(server->requests_abandoned, 1);
        /* Asking and taking back at once is cheap for a client and dear for us. */
        if (++exchange->connection->abandoned_count > NET_CONNECTION_RESETS_MAX)
            connection_kill(exchange->connection);
    }
    if (exchange->stream != NULL)
        net__stream_on_gone(exchange->stream);
    base_buf_release(&exchange->leaving);
    base_buf_release(&exchange->tail);
    assert(server->exchange_count > 0);
    server->exchange_count--;
    server_check_stop(server);
}

/* ---- answers ---- */

static const char *reason_of(int status)
{
    static const struct {
        int status;
        const char *reason;
    } reasons[] = {
        {200, "OK"},
        {201, "Created"},
        {204, "No Content"},
        {304, "Not Modified"},
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {409, "Conflict"},
        {413, "Content Too Large"},
        {414, "URI Too Long"},
        {415, "Unsupported Media Type"},
        {422, "Unprocessable Content"},
        {429, "Too Many Requests"},
        {431, "Request Header Fields Too Large"},
        {500, "Internal Server Error"},
        {503, "Service Unavailable"},
        {507, "Insufficient Storage"},
    };
    for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
        if (reasons[i].status == status)
            return reasons[i].reason;
    return "Status";
}

static void add_header(h2o_req_t *req, const char *name, const char *value)
{
    h2o_iovec_t kept_name = h2o_strdup(&req->pool, name, SIZE_MAX);
    h2o_iovec_t kept_value = h2o_strdup(&req->pool, value, SIZE_MAX);
    h2o_add_header_by_str(&req->pool, &req->res.headers, kept_name.base, kept_name.len, 1, NULL,
                          kept_value.base, kept_value.len);
}

static bool is_head(const h2o_req_t *req)
{
    return h2o_memis(req->input.method.base, req->input.method.len, H2O_STRLIT("HEAD"));
}

static void on_proceed(h2o_generator_t *generator, h2o_req_t *req);
static void on_stop(h2o_generator_t *generator, h2o_req_t *req);

static void exchange_start(struct net_exchange *exchange, int status, const char *content_type,
                           const char *cache_control)
{
    h2o_req_t *req = exchange->req;
    req->res.status = status;
    req->res.reason = reason_of(status);
    if (content_type != NULL)
        add_header(req, "content-type", content_type);
    if (cache_control != NULL)
        add_header(req, "cache-control", cache_control);
    exchange->generator.proceed = on_proceed;
    exchange->generator.stop = on_stop;
    h2o_start_response(req, &exchange->generator);
}

/* Sends the whole body, whose bytes live as long as the exchange or longer. */
static void exchange_send(struct net_exchange *exchange, int status, const char *content_type,
                          const char *cache_control, struct base_bytes body)
{
    h2o_req_t *req = exchange->req;
    h2o_iovec_t bytes = h2o_iovec_init(body.data, body.len);
    bool has_body = status != 204 && status != 304;
    if (has_body)
        req->res.content_length = body.len;
    exchange_start(exchange, status, content_type, cache_control);
    h2o_send(req, &bytes, has_body && !is_head(req) && body.len > 0 ? 1 : 0, H2O_SEND_STATE_FINAL);
}

/* Makes an error's body in the request's pool, in the form that the request asks for. */
static struct base_bytes error_body(h2o_req_t *req, enum net_error error, const char **out_type)
{
    const struct net_error_text *text = net_error_text_of(error);
    struct base_buf BASE_CLEANUP(base_buf_release) msgpack = {0};
    struct base_buf BASE_CLEANUP(base_buf_release) json = {0};
    struct base_bytes body;
    ssize_t at = h2o_find_header(&req->headers, H2O_TOKEN_ACCEPT, -1);
    char accept[256] = "";
    if (at >= 0 && req->headers.entries[at].value.len < sizeof(accept))
        memcpy(accept, req->headers.entries[at].value.base, req->headers.entries[at].value.len);
    net_error_put(&msgpack, text->word, NULL, text->ru, text->en);
    *out_type = "application/msgpack";
    body = base_buf_bytes(&msgpack);
    if (net__accept_is_json(accept) && net_json_from_msgpack(body, &json, NULL) == 0) {
        *out_type = "application/json";
        body = base_buf_bytes(&json);
    }
    h2o_iovec_t kept = h2o_strdup(&req->pool, (const char *)body.data, body.len);
    return base_bytes_of(kept.base, kept.len);
}

/* Answers in the handler's stead; the request, if any, stays with its handler. */
static void exchange_send_error(struct net_exchange *exchange, enum net_error error)
{
    const char *type;
    struct base_bytes body = error_body(exchange->req, error, &type);
    if (exchange->request != NULL)
        waiting_part(exchange);
    exchange_send(exchange, net_error_text_of(error)->status, type, "no-store", body);
}

static void finish(struct net_request *request, int status)
{
    struct net_server *server = request->exchange->connection->server;
    uint64_t ms = net_loop_now_ms(server->options.loop) - request->started_ms;
    net_metric_observe_ms(server->latency, ms);
    NET_LOG(status >= 500 ? NET_LOG_WARN : NET_LOG_DEBUG, "http", "answered",
            NET_S("method", request->method), NET_S("path", request->path), NET_I("status", status),
            NET_I("ms", ms));
}

static void respond(struct net_request *request, int status, const char *content_type,
                    struct base_bytes body, bool is_borrowed)
{
    assert(status >= 200 && status <= 599);
    struct net_exchange *exchange = request->exchange;
    if (exchange == NULL) {
        net__request_free(request);
        return;
    }
    finish(request, status);
    const char *cache_control = "no-store";
    for (size_t i = 0; i < request->response_header_count; i++) {
        const struct net__pair *header = &request->response_headers[i];
        if (strcmp(header->name, "cache-control") == 0)
            cache_control = NULL;
        add_header(exchange->req, header->name, header->value);
    }
    if (!is_borrowed) {
        base_buf_put_bytes(&exchange->leaving, body);
        if (exchange->leaving.failed)
            h2o_fatal("no memory");
        body = base_buf_bytes(&exchange->leaving);
    }
    waiting_part(exchange);
    net__request_free(request);
    exchange_send(exchange, status, content_type, cache_control, body);
}

void net_response_send(struct net_request *request, int status, const char *content_type,
                       struct base_bytes body)
{
    respond(request, status, content_type, body, false);
}

void net_response_send_borrowed(struct net_request *request, int status, const char *content_type,
                                struct base_bytes body)
{
    respond(request, status, content_type, body, true);
}

/* ---- streams ---- */

static void exchange_send_end(struct net_exchange *exchange)
{
    base_buf_release(&exchange->leaving);
    exchange->leaving = exchange->tail;
    exchange->tail = (struct base_buf){0};
    h2o_iovec_t bytes = h2o_iovec_init(exchange->leaving.data, exchange->leaving.len);
    h2o_send(exchange->req, &bytes, bytes.len > 0 ? 1 : 0, H2O_SEND_STATE_FINAL);
}

static void on_proceed(h2o_generator_t *generator, h2o_req_t *req)
{
    struct net_exchange *exchange =
        H2O_STRUCT_FROM_MEMBER(struct net_exchange, generator, generator);
    assert(exchange->req == req);
    (void)req;
    exchange->is_sending = false;
    base_buf_release(&exchange->leaving);
    if (exchange->is_ending)
        exchange_send_end(exchange);
    else if (exchange->stream != NULL)
        net__stream_on_sent(exchange->stream);
}

static void on_stop(h2o_generator_t *generator, h2o_req_t *req)
{
    struct net_exchange *exchange =
        H2O_STRUCT_FROM_MEMBER(struct net_exchange, generator, generator);
    assert(exchange->req == req);
    (void)req;
    struct net_stream *stream = exchange->stream;
    exchange->stream = NULL;
    if (stream != NULL)
        net__stream_on_gone(stream);
}

struct net__streams *net__exchange_streams(struct net_exchange *exchange)
{
    return &exchange->connection->server->streams;
}

void net__exchange_begin_stream(struct net_request *request, struct net_stream *stream)
{
    struct net_exchange *exchange = request->exchange;
    struct base_buf first = {0};
    base_buf_printf(&first, "retry: %u\n\n", NET_STREAM_RETRY_MS);
    finish(request, 200);
    waiting_part(exchange);
    net__request_free(request);
    exchange->stream = stream;
    /* A proxy must not collect events before it passes them on. */
    add_header(exchange->req, "x-accel-buffering", "no");
    exchange_start(exchange, 200, "text/event-stream", "no-store");
    net__exchange_write(exchange, &first);
}

void net__exchange_write(struct net_exchange *exchange, struct base_buf *bytes)
{
    assert(!exchange->is_sending && !exchange->is_ending);
    base_buf_release(&exchange->leaving);
    exchange->leaving = *bytes;
    *bytes = (struct base_buf){0};
    exchange->is_sending = true;
    h2o_iovec_t leaving = h2o_iovec_init(exchange->leaving.data, exchange->leaving.len);
    h2o_send(exchange->req, &leaving, 1, H2O_SEND_STATE_IN_PROGRESS);
}

void net__exchange_end(struct net_exchange *exchange, struct base_buf *tail)
{
    exchange->stream = NULL;
    exchange->is_ending = true;
    exchange->tail = *tail;
    *tail = (struct base_buf){0};
    if (!exchange->is_sending)
        exchange_send_end(exchange);
}

void net__exchange_kill(struct net_exchange *exchange)
{
    exchange->stream = NULL;
    exchange->is_ending = true;
    connection_kill(exchange->connection);
}

/* ---- libh2o's calls ---- */

static struct net_request *copy_request(struct net_server *server, h2o_req_t *req, int *out_error)
{
    size_t count = req->headers.size;
    struct net__raw_header headers[H2O_MAX_HEADERS + 1];
    if (count > H2O_MAX_HEADERS)
        count = H2O_MAX_HEADERS;
    for (size_t i = 0; i < count; i++) {
        const h2o_header_t *header = &req->headers.entries[i];
        headers[i].name = base_bytes_of(header->name->base, header->name->len);
        headers[i].value = base_bytes_of(header->value.base, header->value.len);
    }
    headers[count].name = BASE_LITERAL("host");
    headers[count].value = base_bytes_of(req->input.authority.base, req->input.authority.len);
    struct net__raw_request raw = {
        .method = base_bytes_of(req->input.method.base, req->input.method.len),
        .target = base_bytes_of(req->input.path.base, req->input.path.len),
        .body = base_bytes_of(req->entity.base, req->entity.len),
        .headers = headers,
        .header_count = count + 1,
        .body_len_max = server->options.body_len_max,
    };
    return net__request_new(&raw, out_error);
}

static void name_peer(struct net_request *request, h2o_req_t *req)
{
    struct sockaddr_storage peer;
    char host[NI_MAXHOST];
    socklen_t len = req->conn->callbacks->get_peername(req->conn, (struct sockaddr *)&peer);
    size_t host_len =
        len == 0 ? SIZE_MAX : h2o_socket_getnumerichost((struct sockaddr *)&peer, len, host);
    if (host_len == SIZE_MAX || host_len >= sizeof(request->address))
        host_len = 0;
    memcpy(request->address, host, host_len);
    request->address[host_len] = '\0';
}

static int on_request(h2o_handler_t *handler, h2o_req_t *req)
{
    struct net_server *server = ((struct server_hook *)handler)->server;
    h2o_socket_t *socket = req->conn->callbacks->get_socket(req->conn);
    struct net_exchange *exchange =
        h2o_mem_alloc_shared(&req->pool, sizeof(*exchange), on_exchange_disposed);
    *exchange = (struct net_exchange){.req = req, .connection = socket->on_close.data};
    server->exchange_count++;
    int error = 0;
    struct net_request *request = copy_request(server, req, &error);
    if (request == NULL || error != 0) {
        net__request_free(request);
        exchange_send_error(exchange, request == NULL ? NET_ERROR_BUSY : (enum net_error)error);
        return 0;
    }
    request->server = server;
    request->context = server->options.context;
    request->exchange = exchange;
    exchange->request = request;
    request->started_ms = net_loop_now_ms(server->options.loop);
    request->is_tls = socket->ssl != NULL;
    name_peer(request, req);
    waiting_add(server, request);
    server->options.handler(request, server->options.context);
    return 0;
}

struct replacement {
    h2o_ostream_t ostream;
    h2o_iovec_t body;
};

static void on_replace(h2o_ostream_t *self, h2o_req_t *req, h2o_iovec_t *bufs, size_t buf_count,
                       h2o_send_state_t state)
{
    struct replacement *replacement = (struct replacement *)self;
    (void)bufs;
    (void)buf_count;
    h2o_ostream_send_next(self, req, &replacement->body, is_head(req) ? 0 : 1, state);
}

/* libh2o's own errors (a body over the hard limit, a broken request) get our body. */
static h2o_ostream_t **replace_body(h2o_req_t *req, h2o_ostream_t **slot)
{
    const char *type;
    struct base_bytes body = error_body(req, net_error_of_status(req->res.status), &type);
    req->res.headers.size = 0;
    req->res.content_length = body.len;
    add_header(req, "content-type", type);
    add_header(req, "cache-control", "no-store");
    struct replacement *replacement =
        (struct replacement *)h2o_add_ostream(req, sizeof(*replacement), slot);
    replacement->body = h2o_iovec_init(body.data, body.len);
    replacement->ostream.do_send = on_replace;
    return &replacement->ostream.next;
}

static void on_response(h2o_filter_t *filter, h2o_req_t *req, h2o_ostream_t **slot)
{
    static const char *const headers[][2] = {
        {"content-security-policy",
         "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; "
         "img-src 'self' data:; connect-src 'self'; worker-src 'self'; manifest-src 'self'; "
         "font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"},
        {"x-content-type-options", "nosniff"},
        {"referrer-policy", "no-referrer"},
        {"cross-origin-opener-policy", "same-origin"},
        {"cross-origin-resource-policy", "same-origin"},
    };
    struct net_server *server = ((struct server_hook *)filter)->server;
    if (req->_generator->proceed != on_proceed)
        slot = replace_body(req, slot);
    for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++)
        h2o_add_header_by_str(&req->pool, &req->res.headers, headers[i][0], strlen(headers[i][0]),
                              1, NULL, headers[i][1], strlen(headers[i][1]));
    if (req->conn->callbacks->get_socket(req->conn)->ssl != NULL)
        add_header(req, "strict-transport-security", "max-age=31536000");
    size_t class = (size_t)req->res.status / 100;
    net_metric_add(server->responses[class < STATUS_CLASS_COUNT ? class : 0], 1);
    h2o_setup_next_ostream(req, slot);
}

/* ---- lifecycle ---- */

static void on_tick(void *data)
{
    struct net_server *server = data;
    uint64_t now_ms = net_loop_now_ms(server->options.loop);
    while (server->waiting_first != NULL &&
           now_ms - server->waiting_first->started_ms >= server->options.request_ms_max) {
        struct net_request *late = server->waiting_first;
        NET_LOG(NET_LOG_WARN, "http", "a request was not answered in time",
                NET_S("method", late->method), NET_S("path", late->path));
        exchange_send_error(late->exchange, NET_ERROR_TIMEOUT);
    }
}

static void on_heartbeat(void *data)
{
    struct net_server *server = data;
    net__streams_heartbeat(&server->streams);
}

static void options_complete(struct net_server_options *options)
{
    if (options->body_len_max == 0)
        options->body_len_max = NET_BODY_LEN_MAX;
    if (options->connection_count_max == 0)
        options->connection_count_max = NET_CONNECTION_COUNT_MAX;
    if (options->stream_pending_len_max == 0)
        options->stream_pending_len_max = NET_STREAM_PENDING_LEN_MAX;
    if (options->request_ms_max == 0)
        options->request_ms_max = NET_REQUEST_MS_MAX;
    if (options->idle_ms_max == 0)
        options->idle_ms_max = NET_IDLE_MS_MAX;
    if (options->heartbeat_ms == 0)
        options->heartbeat_ms = NET_STREAM_HEARTBEAT_MS;
}

static void register_metrics(struct net_server *server)
{
    static const char *const classes[STATUS_CLASS_COUNT] = {
        "status=\"other\"", "status=\"1xx\"", "status=\"2xx\"",
        "status=\"3xx\"",   "status=\"4xx\"", "status=\"5xx\"",
    };
    struct net_metrics *metrics = server->options.metrics;
    for (size_t i = 0; i < STATUS_CLASS_COUNT; i++)
        server->responses[i] = net_metrics_counter(metrics, "letopis_http_responses_total",
                                                   classes[i], "Responses by class of status.");
    server->latency = net_metrics_histogram(metrics, "letopis_http_request_seconds", NULL,
                                            "From a complete request to its answer.");
    server->connections_gauge =
        net_metrics_gauge(metrics, "letopis_http_connections", NULL, "Open connections.");
    server->connections_refused = net_metrics_counter(
        metrics, "letopis_http_connections_refused_total", NULL, "Connections over the limit.");
    server->requests_abandoned =
        net_metrics_counter(metrics, "letopis_http_requests_abandoned_total", NULL,
                            "Requests whose peer went away before the answer.");
    server->streams.open_gauge =
        net_metrics_gauge(metrics, "letopis_streams", NULL, "Open event streams.");
    server->streams.dropped_counter = net_metrics_counter(metrics, "letopis_streams_dropped_total",
                                                          NULL, "Streams dropped as too slow.");
}

static void configure_h2o(struct net_server *server)
{
    h2o_globalconf_t *config = &server->config;
    h2o_config_init(config);
    config->server_name = h2o_iovec_init(H2O_STRLIT("letopis"));
    config->max_request_entity_size = server->options.body_len_max * NET_BODY_HARD_FACTOR;
    config->handshake_timeout = NET_HANDSHAKE_MS_MAX;
    config->http1.req_timeout = server->options.idle_ms_max;
    config->http1.upgrade_to_http2 = 0;
    config->http2.idle_timeout = server->options.idle_ms_max;
    config->http2.max_concurrent_requests_per_connection = NET_CONNECTION_REQUESTS_MAX;
    h2o_hostconf_t *host =
        h2o_config_register_host(config, h2o_iovec_init(H2O_STRLIT("default")), 65535);
    struct server_hook *handler =
        (struct server_hook *)h2o_create_handler(&host->fallback_path, sizeof(*handler));
    handler->handler.on_req = on_request;
    handler->server = server;
    struct server_hook *filter =
        (struct server_hook *)h2o_create_filter(&host->fallback_path, sizeof(*filter));
    filter->filter.on_setup_ostream = on_response;
    filter->server = server;
    h2o_context_init(&server->h2o, net__loop_uv(server->options.loop), config);
}

static void close_timers(struct net_server *server)
{
    net_timer_close(server->tick_timer);
    net_timer_close(server->heartbeat_timer);
    net_timer_close(server->stop_timer);
}

static void on_stop_timer(void *data);

int net_server_new(const struct net_server_options *options, struct net_server **out_server,
                   struct base_err *err)
{
    assert(options->loop != NULL && options->handler != NULL);
    struct net_server *server = calloc(1, sizeof(*server));
    if (server == NULL)
        return BASE_FAIL(err, BASE_E_MEMORY, "server");
    server->options = *options;
    options_complete(&server->options);
    server->streams.loop = options->loop;
    server->streams.pending_len_max = server->options.stream_pending_len_max;
    int rc = net_timer_new(options->loop, on_tick, server, &server->tick_timer, err);
    if (rc == 0)
        rc = net_timer_new(options->loop, on_heartbeat, server, &server->heartbeat_timer, err);
    if (rc == 0)
        rc = net_timer_new(options->loop, on_stop_timer, server, &server->stop_timer, err);
    if (rc != 0) {
        close_timers(server);
        free(server);
        return rc;
    }
    register_metrics(server);
    configure_h2o(server);
    uint32_t tick_ms = server->options.request_ms_max / 4 + 1;
    if (tick_ms > NET_TICK_MS)
        tick_ms = NET_TICK_MS;
    net_timer_start(server->tick_timer, tick_ms, tick_ms);
    net_timer_start(server->heartbeat_timer, server->options.heartbeat_ms,
                    server->options.heartbeat_ms);
    *out_server = server;
    return 0;
}

static void on_listener_closed(uv_handle_t *tcp)
{
    struct listener *listener = tcp->data;
    struct net_server *server = listener->server;
    if (listener->accept.ssl_ctx != NULL)
        SSL_CTX_free(listener->accept.ssl_ctx);
    free(listener->cert_file);
    free(listener->key_file);
    free(listener);
    assert(server->listener_count > 0);
    server->listener_count--;
    server_check_stop(server);
}

static int listener_bind(struct listener *listener, const struct net_listener_options *options,
                         uint16_t *out_port, struct base_err *err)
{
    struct sockaddr_storage address;
    int len = sizeof(address);
    int rc = strchr(options->address, ':') != NULL
                 ? uv_ip6_addr(options->address, options->port, (struct sockaddr_in6 *)&address)
                 : uv_ip4_addr(options->address, options->port, (struct sockaddr_in *)&address);
    if (rc != 0)
        return BASE_FAIL(err, BASE_E_USAGE, "%s is not an IP address", options->address);
    rc = uv_tcp_bind(&listener->tcp, (struct sockaddr *)&address, 0);
    if (rc == 0)
        rc = uv_listen((uv_stream_t *)&listener->tcp, LISTEN_BACKLOG, on_connection);
    if (rc == 0)
        rc = uv_tcp_getsockname(&listener->tcp, (struct sockaddr *)&address, &len);
    if (rc != 0)
        return BASE_FAIL(err, BASE_E_IO, "listen on %s port %u: %s", options->address,
                         options->port, uv_strerror(rc));
    *out_port = (uint16_t)h2o_socket_getport((struct sockaddr *)&address);
    return 0;
}

int net_server_listen(struct net_server *server, const struct net_listener_options *options,
                      uint16_t *out_port, struct base_err *err)
{
    assert(server->state == SERVER_OPEN);
    assert((options->cert_file == NULL) == (options->key_file == NULL));
    SSL_CTX *tls = NULL;
    if (options->cert_file != NULL) {
        int rc = net_tls_context_new(options->cert_file, options->key_file, &tls, err);
        if (rc != 0)
            return rc;
    }
    struct listener *listener = h2o_mem_alloc(sizeof(*listener));
    *listener = (struct listener){.server = server};
    listener->accept.ctx = &server->h2o;
    listener->accept.hosts = server->config.hosts;
    listener->accept.ssl_ctx = tls;
    if (tls != NULL) {
        listener->cert_file = strdup(options->cert_file);
        listener->key_file = strdup(options->key_file);
    }
    int rc = uv_tcp_init(net__loop_uv(server->options.loop), &listener->tcp);
    assert(rc == 0);
    listener->tcp.data = listener;
    server->listener_count++;
    rc = listener_bind(listener, options, out_port, err);
    if (rc != 0) {
        uv_close((uv_handle_t *)&listener->tcp, on_listener_closed);
        return rc;
    }
    listener->next = server->listeners;
    server->listeners = listener;
    NET_LOG(NET_LOG_INFO, "http", "listening", NET_S("address", options->address),
            NET_I("port", *out_port), NET_S("tls", tls != NULL ? "yes" : "no"));
    return 0;
}

int net_server_reload(struct net_server *server, struct base_err *err)
{
    for (struct listener *listener = server->listeners; listener != NULL;
         listener = listener->next) {
        if (listener->accept.ssl_ctx == NULL)
            continue;
        if (listener->cert_file == NULL || listener->key_file == NULL)
            return BASE_FAIL(err, BASE_E_MEMORY, "the TLS files' names were lost");
        SSL_CTX *fresh = NULL;
        int rc = net_tls_context_new(listener->cert_file, listener->key_file, &fresh, err);
        if (rc != 0)
            return rc;
        SSL_CTX_free(listener->accept.ssl_ctx); /* open connections hold it as long as they need */
        listener->accept.ssl_ctx = fresh;
    }
    return 0;
}

static void on_stopped(struct net_task *task)
{
    struct net_server *server = H2O_STRUCT_FROM_MEMBER(struct net_server, stopped_task, task);
    server->state = SERVER_STOPPED;
    if (server->stopped != NULL)
        server->stopped(server->stopped_data);
}

/* Moves the stop on when what it waits for has happened; called wherever something ends. */
static void server_check_stop(struct net_server *server)
{
    if (server->state == SERVER_STOPPING && server->exchange_count == 0)
        net_timer_start(server->stop_timer, NET_STOP_SETTLE_MS, 0);
    if (server->state == SERVER_BREAKING && server->connection_count == 0 &&
        server->listener_count == 0 && server->stopped_task.run == NULL) {
        server->stopped_task.run = on_stopped;
        net_loop_post(server->options.loop, &server->stopped_task);
    }
}

static void server_break(struct net_server *server)
{
    server->state = SERVER_BREAKING;
    net_timer_stop(server->stop_timer);
    for (struct connection *connection = server->connections; connection != NULL;
         connection = connection->next)
        connection_kill(connection);
    server_check_stop(server);
}

/* Fires when the grace is over (then some requests still wait: they get 503, and a moment to
 * leave), when that moment is over, or when everything has been answered. */
static void on_stop_timer(void *data)
{
    struct net_server *server = data;
    assert(server->state == SERVER_STOPPING);
    bool some_waited = server->waiting_first != NULL;
    while (server->waiting_first != NULL)
        exchange_send_error(server->waiting_first->exchange, NET_ERROR_STOPPING);
    if (some_waited)
        net_timer_start(server->stop_timer, NET_STOP_FLUSH_MS, 0);
    else
        server_break(server);
}

void net_server_stop(struct net_server *server, uint32_t grace_ms, void (*stopped)(void *data),
                     void *data)
{
    if (server->state != SERVER_OPEN)
        return;
    NET_LOG(NET_LOG_INFO, "http", "stopping", NET_I("connections", server->connection_count),
            NET_I("exchanges", server->exchange_count));
    server->state = SERVER_STOPPING;
    server->stopped = stopped;
    server->stopped_data = data;
    while (server->listeners != NULL) {
        struct listener *listener = server->listeners;
        server->listeners = listener->next;
        uv_close((uv_handle_t *)&listener->tcp, on_listener_closed);
    }
    net__streams_close_all(&server->streams);
    h2o_context_request_shutdown(&server->h2o);
    net_timer_start(server->stop_timer, grace_ms, 0);
    server_check_stop(server);
}

void net_server_free(struct net_server *server)
{
    if (server == NULL)
        return;
    uv_loop_t *loop = net__loop_uv(server->options.loop);
    net_server_stop(server, 0, NULL, NULL);
    while (server->state != SERVER_STOPPED)
        uv_run(loop, UV_RUN_ONCE);
    close_timers(server);
    /* The second GOAWAY of a graceful shutdown, planned though no connection is left. */
    h2o_timeout_unlink(&server->h2o.http2._graceful_shutdown_timeout);
    h2o_context_dispose(&server->h2o);
    /* libh2o's handles sit in the context's memory until the loop has let go of them. */
    uv_run(loop, UV_RUN_NOWAIT);
    uv_run(loop, UV_RUN_NOWAIT);
    h2o_config_dispose(&server->config);
    free(server);
}
