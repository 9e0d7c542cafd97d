/* Sockets, and the server's life. (Requests and responses: net/http.c.)
 *
 * The happy path: uv accepts a connection and hands it to libh2o, which speaks TLS and HTTP on it;
 * a stop closes the listeners, ends the streams, waits for answers that are owed, breaks what is
 * left and tells its caller.
 *
 * libh2o has no way to break a connection from outside. We shut its socket down and let libh2o
 * find out: reads end, writes fail, and it closes in its own order. */
#include "net/http_parts.h"

#include "net/log.h"
#include "net/tls.h"

#include <assert.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#define LISTEN_BACKLOG 511

/* ---- connections ---- */

void net__connection_kill(struct net__connection *connection)
{
    uv_os_fd_t fd;
    if (connection->is_killed || uv_fileno((uv_handle_t *)&connection->tcp, &fd) != 0)
        return;
    connection->is_killed = true;
    shutdown(fd, SHUT_RDWR);
}

static void on_connection_closing(void *data)
{
    struct net__connection *connection = data;
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
    net__server_check_stop(server);
}

static void on_connection_closed(uv_handle_t *tcp)
{
    free(tcp); /* the first member of its struct net__connection */
}

static void connection_tune(struct net__connection *connection)
{
    uv_os_fd_t fd;
    unsigned stall_ms = NET_STALL_MS_MAX;
    uv_tcp_nodelay(&connection->tcp, 1);
    if (uv_fileno((uv_handle_t *)&connection->tcp, &fd) == 0)
        setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &stall_ms, sizeof(stall_ms));
}

static void on_connection(uv_stream_t *stream, int status)
{
    struct net__listener *listener = stream->data;
    struct net_server *server = listener->server;
    if (status != 0) {
        NET_LOG(NET_LOG_WARN, "http", "accept failed", NET_S("reason", uv_strerror(status)));
        return;
    }
    struct net__connection *connection = h2o_mem_alloc(sizeof(*connection));
    *connection = (struct net__connection){.server = server};
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

/* When a read has failed (the peer reset the connection), libuv takes no more writes and says so at
 * once; libh2o's libuv binding does not listen to that answer and waits for a callback that never
 * comes, for the TLS goodbye above all. Such a connection would stay until the process ends: a
 * write is owed, nothing is queued, nothing can be written any more. We give it the callback. Only
 * when it was so a tick ago, too: a write that has just ended may have its callback on the way. */
static void connection_reap(struct net__connection *connection)
{
    uv_stream_t *stream = (uv_stream_t *)&connection->tcp;
    h2o_socket_t *socket = connection->tcp.data;
    bool is_stuck = !uv_is_closing((uv_handle_t *)stream) && !uv_is_writable(stream) &&
                    uv_stream_get_write_queue_size(stream) == 0 && socket->_cb.write != NULL;
    if (is_stuck && connection->was_stuck) {
        h2o_socket_cb written = socket->_cb.write;
        socket->_cb.write = NULL;
        written(socket, h2o_socket_error_closed);
        return; /* the connection may be gone */
    }
    connection->was_stuck = is_stuck;
}

/* ---- lifecycle ---- */

static void on_tick(void *data)
{
    struct net_server *server = data;
    struct net__connection *next;
    for (struct net__connection *connection = server->connections; connection != NULL;
         connection = next) {
        next = connection->next;
        connection_reap(connection);
    }
    uint64_t now_ms = net_loop_now_ms(server->options.loop);
    while (server->waiting_first != NULL &&
           now_ms - server->waiting_first->started_ms >= server->options.request_ms_max) {
        struct net_request *late = server->waiting_first;
        NET_LOG(NET_LOG_WARN, "http", "a request was not answered in time",
                NET_S("method", late->method), NET_S("path", late->path));
        net__http_answer_for(late, NET_ERROR_TIMEOUT);
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
    static const char *const classes[NET__STATUS_CLASS_COUNT] = {
        "status=\"other\"", "status=\"1xx\"", "status=\"2xx\"",
        "status=\"3xx\"",   "status=\"4xx\"", "status=\"5xx\"",
    };
    struct net_metrics *metrics = server->options.metrics;
    for (size_t i = 0; i < NET__STATUS_CLASS_COUNT; i++)
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
    net__http_attach(server, host);
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
    struct net__listener *listener = tcp->data;
    struct net_server *server = listener->server;
    if (listener->accept.ssl_ctx != NULL)
        SSL_CTX_free(listener->accept.ssl_ctx);
    free(listener->cert_file);
    free(listener->key_file);
    free(listener);
    assert(server->listener_count > 0);
    server->listener_count--;
    net__server_check_stop(server);
}

static int listener_bind(struct net__listener *listener, const struct net_listener_options *options,
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
    struct net__listener *listener = h2o_mem_alloc(sizeof(*listener));
    *listener = (struct net__listener){.server = server};
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
    for (struct net__listener *listener = server->listeners; listener != NULL;
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

void net__server_check_stop(struct net_server *server)
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
    for (struct net__connection *connection = server->connections; connection != NULL;
         connection = connection->next)
        net__connection_kill(connection);
    net__server_check_stop(server);
}

/* Fires when the grace is over (then some requests still wait: they get 503, and a moment to
 * leave), when that moment is over, or when everything has been answered. */
static void on_stop_timer(void *data)
{
    struct net_server *server = data;
    assert(server->state == SERVER_STOPPING);
    bool some_waited = server->waiting_first != NULL;
    while (server->waiting_first != NULL)
        net__http_answer_for(server->waiting_first, NET_ERROR_STOPPING);
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
        struct net__listener *listener = server->listeners;
        server->listeners = listener->next;
        uv_close((uv_handle_t *)&listener->tcp, on_listener_closed);
    }
    net__streams_close_all(&server->streams);
    h2o_context_request_shutdown(&server->h2o);
    net_timer_start(server->stop_timer, grace_ms, 0);
    net__server_check_stop(server);
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
