/* One request, from libh2o to the handler and back. (Sockets and lifecycle: net/server.c.)
 *
 * The happy path: libh2o calls on_request; the request is copied out (net/request.c) and given to
 * the handler; the handler answers, now or later; the answer goes into libh2o and out.
 *
 * Two objects stand for a request. The *exchange* lives in libh2o's request pool and goes when
 * libh2o says so (answer sent, peer gone, connection broken). The *request* lives until its handler
 * has answered. They point at each other while both are there; whoever goes first is forgotten by
 * the other. So no late answer can touch a request that is no more.
 *
 * What can fail: a peer that goes (the exchange is disposed of, the request stays with its
 * handler), a handler that is late (tick answers 503 and lets the exchange go on alone), memory
 * (libh2o ends the process; a request that cannot be copied is answered 503).
 */
#include "net/http_parts.h"

#include "net/json.h"
#include "net/log.h"
#include "net/stream.h"

#include <assert.h>
#include <stdio.h>

/* Life of an exchange: waiting (request set) → answering (response started) → disposed of;
 * a stream's is `streaming` in between. `leaving` is what libh2o is sending. */
struct net_exchange {
    h2o_generator_t generator;
    h2o_req_t *req;
    struct net__connection *connection;
    struct net_request *request;
    struct net_stream *stream;
    struct base_buf leaving;
    struct base_buf tail;
    bool is_sending;
    bool is_ending;
};

struct server_hook { /* our handler and filter, with the server behind libh2o's own fields */
    union {
        h2o_handler_t handler;
        h2o_filter_t filter;
    };
    struct net_server *server;
};

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
            net__connection_kill(exchange->connection);
    }
    if (exchange->stream != NULL)
        net__stream_on_gone(exchange->stream);
    base_buf_release(&exchange->leaving);
    base_buf_release(&exchange->tail);
    assert(server->exchange_count > 0);
    server->exchange_count--;
    net__server_check_stop(server);
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
    net__connection_kill(exchange->connection);
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
    struct net_request *request = NULL;
    if (!exchange->connection->is_killed) /* else: bytes that were read before the end */
        request = copy_request(server, req, &error);
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
    net_metric_add(server->responses[class < NET__STATUS_CLASS_COUNT ? class : 0], 1);
    h2o_setup_next_ostream(req, slot);
}

void net__http_attach(struct net_server *server, h2o_hostconf_t *host)
{
    struct server_hook *handler =
        (struct server_hook *)h2o_create_handler(&host->fallback_path, sizeof(*handler));
    handler->handler.on_req = on_request;
    handler->server = server;
    struct server_hook *filter =
        (struct server_hook *)h2o_create_filter(&host->fallback_path, sizeof(*filter));
    filter->filter.on_setup_ostream = on_response;
    filter->server = server;
}

void net__http_answer_for(struct net_request *request, enum net_error error)
{
    exchange_send_error(request->exchange, error);
}
