/* A request, as handlers see it, and the duty to answer it.
 * Shape:   the server makes it, copies everything into it and gives it to the handler, which owes
 *          exactly one answer: net_response_send (or one of net/reply.h, net/assets.h) or
 *          net_stream_open, now or later. The answer consumes the request; until then it stays
 *          valid, also when the peer has gone away (then the answer goes nowhere, silently) and
 *          when the server has answered 503 in its stead (NET_REQUEST_MS_MAX).
 * Units:   texts end with a zero and hold none inside; paths and parameters are decoded UTF-8.
 * Threads: reading may happen on any thread while the answer is owed (for net_work); headers,
 *          answers and streams belong to the loop's thread. */
#pragma once

#include "ledger/base/bytes.h"
#include "ledger/base/err.h"

struct net_request;
struct net_server;

const char *net_request_method(const struct net_request *request);
/* Decoded, without the query; begins with "/". No "." or ".." segments, no encoded slashes. */
const char *net_request_path(const struct net_request *request);
/* The decoded value of the first query parameter `name`, or NULL. */
const char *net_request_query(const struct net_request *request, const char *name);
/* The value of the first header `name` (lower case; "host" too), or NULL. */
const char *net_request_header(const struct net_request *request, const char *name);
/* Finds cookie `name`: true, and its value borrowed from the request. */
bool net_request_cookie(const struct net_request *request, const char *name,
                        struct base_bytes *out_value);
struct base_bytes net_request_body(const struct net_request *request);
/* The peer's address in text, without a port: for throttling. */
const char *net_request_address(const struct net_request *request);
/* True when the peer is on this very machine: a proxy, or who works here. */
bool net_request_is_local(const struct net_request *request);
/* The address of whom the request is for: the peer's, or, when a proxy on this machine brought it,
 * the last one that X-Forwarded-For names; what stands before that is anybody's word. Appended to
 * `out` in text. */
void net_request_put_client(const struct net_request *request, struct base_buf *out);
bool net_request_is_tls(const struct net_request *request);
/* The server's context pointer, as given in its options. */
void *net_request_context(const struct net_request *request);
/* A pointer for the handlers' own use (a session, for example); NULL at first. */
void *net_request_data(const struct net_request *request);
void net_request_set_data(struct net_request *request, void *data);
/* The value of "{name}" in the route's pattern, or NULL (net/router.h). */
const char *net_request_param(const struct net_request *request, const char *name);
/* True when a browser says that a page of this very origin asks, or when no browser asks: checks
 * Sec-Fetch-Site, or else Origin against Host. For requests that change something. */
bool net_request_is_same_origin(const struct net_request *request);
/* True when the answer should be JSON: Accept names application/json and not msgpack. */
bool net_request_wants_json(const struct net_request *request);
/* True when Accept-Encoding allows gzip. */
bool net_request_accepts_gzip(const struct net_request *request);
/* True when nobody waits for the answer any more. */
bool net_request_is_gone(const struct net_request *request);

/* Adds a header to the answer to come (copied). `name` in lower case. Content-Type, the security
 * headers, Content-Length and Date come by themselves. More than NET_RESPONSE_HEADER_COUNT_MAX, or
 * a line break in a value, is our mistake. */
void net_response_header(struct net_request *request, const char *name, const char *value);
/* Answers with `body` (copied). `content_type` NULL: none (204, 304). Without a cache-control
 * header of its own the answer says "no-store". Consumes the request. */
void net_response_send(struct net_request *request, int status, const char *content_type,
                       struct base_bytes body);
/* As net_response_send, but borrows `body` until the server is freed. */
void net_response_send_borrowed(struct net_request *request, int status, const char *content_type,
                                struct base_bytes body);
