/* Inside of a request: what net/http.c fills and net/request.c reads. Not for others. */
#pragma once

#include "net/limits.h"
#include "net/request.h"

struct net__pair {
    const char *name;
    const char *value;
};

/* What came over the wire; all borrowed for the call of net__request_new. */
struct net__raw_request {
    struct base_bytes method;
    struct base_bytes target; /* path and query as sent */
    struct base_bytes body;
    const struct net__raw_header {
        struct base_bytes name; /* lower case */
        struct base_bytes value;
    } * headers;
    size_t header_count;
    size_t body_len_max;
};

struct net_exchange; /* the wire's side of it, in net/http.c */

struct net_request {
    struct net_request *prev, *next; /* among the requests that are owed an answer, oldest first */
    struct net_server *server;       /* NULL when the server was freed before the answer */
    struct net_exchange *exchange;   /* NULL when nobody waits for the answer */
    void *context;
    void *data;
    uint64_t started_ms;
    bool is_tls;
    char address[64];
    const char *method;
    const char *path;
    struct base_bytes body;
    struct net__pair query[NET_QUERY_COUNT_MAX];
    size_t query_count;
    struct net__pair headers[NET_HEADER_COUNT_MAX];
    size_t header_count;
    struct net__pair params[NET_PARAM_COUNT_MAX];
    size_t param_count;
    struct net__pair response_headers[NET_RESPONSE_HEADER_COUNT_MAX];
    size_t response_header_count;
    char *at; /* where the next text goes; the bytes follow the struct, and the last are params' */
    char *end;
};

/* Makes a request of what came. Always gives one unless memory is out (then NULL); `*out_error` is
 * 0 or the enum net_error to answer it with (then path, query and headers may be incomplete). */
struct net_request *net__request_new(const struct net__raw_request *raw, int *out_error);
void net__request_free(struct net_request *request);
/* Remembers a route's parameter; `value` is copied. False when there is no more room. */
bool net__request_add_param(struct net_request *request, const char *name, struct base_bytes value);
/* As net_request_wants_json over a bare Accept value (NULL: none). */
bool net__accept_is_json(const char *accept);
