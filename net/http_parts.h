/* What net/http.c and net/server.c share; the only header that knows of libh2o. Not for others. */
#pragma once

#include "net/exchange.h"
#include "net/loop.h"
#include "net/metrics.h"
#include "net/reply.h"
#include "net/server.h"

#include <h2o.h>
#include <uv.h>

#define NET__STATUS_CLASS_COUNT 6u

struct net__listener {
    uv_tcp_t tcp;
    struct net__listener *next;
    struct net_server *server;
    h2o_accept_ctx_t accept;
    char *cert_file;
    char *key_file;
};

struct net__connection {
    uv_tcp_t tcp; /* first: freed through it */
    struct net__connection *prev, *next;
    struct net_server *server;
    unsigned abandoned_count;
    bool is_killed;
    bool was_stuck; /* at the last tick: a write is owed that cannot be */
};

enum net__server_state {
    SERVER_OPEN,
    SERVER_STOPPING, /* requests that run may still be answered */
    SERVER_BREAKING, /* connections are being broken */
    SERVER_STOPPED,
};

struct net_server {
    struct net_server_options options;
    enum net__server_state state;
    h2o_globalconf_t config;
    h2o_context_t h2o;
    struct net__listener *listeners;
    struct net__connection *connections;
    size_t connection_count;
    size_t listener_count;
    size_t exchange_count;
    struct net_request *waiting_first, *waiting_last; /* oldest first */
    struct net__streams streams;
    struct net_timer *tick_timer;
    struct net_timer *heartbeat_timer;
    struct net_timer *stop_timer;
    struct net_task stopped_task;
    void (*stopped)(void *data);
    void *stopped_data;
    struct net_metric *responses[NET__STATUS_CLASS_COUNT];
    struct net_metric *latency;
    struct net_metric *connections_gauge;
    struct net_metric *connections_refused;
    struct net_metric *requests_abandoned;
};

/* net/http.c: has requests of `host` come to the server's handler, responses through its filter. */
void net__http_attach(struct net_server *server, h2o_hostconf_t *host);
/* net/http.c: answers `request` with `error` in its handler's stead. */
void net__http_answer_for(struct net_request *request, enum net_error error);
/* net/server.c: breaks a connection; libh2o finds out and closes it. */
void net__connection_kill(struct net__connection *connection);
/* net/server.c: moves a stop on when what it waits for has happened. */
void net__server_check_stop(struct net_server *server);
