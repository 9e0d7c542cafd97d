/* The HTTPS server: HTTP/1.1 and HTTP/2 over TLS on one loop, by libh2o, which only
 * net/server.c and net/http.c know of.
 * Shape:   a server, listeners, one handler for all requests (usually a router's dispatch).
 * Units:   bytes, milliseconds; 0 in an option means the default of net/limits.h.
 * Threads: everything on the loop's thread, or before it runs and after it stopped.
 * Promise: every response, also those that libh2o makes by itself, carries the security headers;
 *          every error body is ours (specs/api.md, "Errors"), but for what happens before a
 *          request can be read at all (then the connection closes). */
#pragma once

#include "net/loop.h"
#include "net/metrics.h"
#include "net/router.h"

struct net_server;

struct net_server_options {
    struct net_loop *loop;       /* borrowed; must outlive the server */
    struct net_metrics *metrics; /* borrowed, or NULL */
    net_handler_fn handler;
    void *context; /* for the handler */
    size_t body_len_max;
    size_t connection_count_max;
    size_t stream_pending_len_max;
    uint32_t request_ms_max;
    uint32_t idle_ms_max;
    uint32_t heartbeat_ms;
};

struct net_listener_options {
    const char *address;   /* "127.0.0.1", "::1", "0.0.0.0", "::" */
    uint16_t port;         /* 0: the system chooses */
    const char *cert_file; /* PEM; NULL: no TLS (behind a proxy, loopback) */
    const char *key_file;
};

int net_server_new(const struct net_server_options *options, struct net_server **out_server,
                   struct base_err *err) BASE_MUST_USE;
/* Listens; stores the port. All strings borrowed for the call, but the TLS file names are kept
 * (copied) for net_server_reload. */
int net_server_listen(struct net_server *server, const struct net_listener_options *options,
                      uint16_t *out_port, struct base_err *err) BASE_MUST_USE;
/* Reads certificates and keys again, for new connections. On a fault the old ones stay. */
int net_server_reload(struct net_server *server, struct base_err *err) BASE_MUST_USE;
/* Stops gracefully: no new connections, streams end, requests that run have `grace_ms` to be
 * answered and are then answered 503. Calls `stopped` on the loop when the last connection is
 * closed. A second call is ignored. */
void net_server_stop(struct net_server *server, uint32_t grace_ms, void (*stopped)(void *data),
                     void *data);
/* Frees a server whose loop does not run; stops it first, without grace, when need be. Requests
 * that handlers still owe an answer stay valid; answering them does nothing. NULL is allowed. */
void net_server_free(struct net_server *server);
