/* A server on a thread of its own, with handlers for tests, and clients to ask it (libcurl, or a
 * bare socket for what libcurl would never send). Loopback only. */
#pragma once

#include "ledger/base/bytes.h"
#include "net/certificate.h"
#include "net/server.h"
#include "net/stream.h"

#include <semaphore.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <curl/curl.h>

#define HELD_COUNT_MAX 256

struct world {
    char dir[64];
    struct net_certificate_files files;
    struct net_loop *loop;
    struct net_metrics *metrics;
    struct net_router *router;
    struct net_server *server;
    uint16_t tls_port;
    uint16_t plain_port;
    pthread_t thread;
    bool is_stopped; /* by the test itself */

    /* Touched on the loop's thread only. */
    struct net_request *held[HELD_COUNT_MAX];
    size_t held_count;
    struct net_stream *stream;

    sem_t arrived; /* a request is held, or a stream is open */
    sem_t closed;  /* a stream's `closed` was called */
    sem_t stopped; /* the server has stopped */
};

/* Starts a world; `options` may set limits (loop, handler and the like are filled in). `more` are
 * routes besides the world's own:
 *   GET /hello    "hello"              POST /body    the body's length in decimal
 *   GET /held     answered by the test GET /worked   "worked", from the thread pool
 *   GET /value/{name}  {name, number}  GET /stream   an event stream
 *   GET /large    1 MB of 'x'          GET /fault    a fault with a secret in its text */
struct world *world_new(const struct net_server_options *options,
                        const struct net_router_options *more);
void world_free(struct world *world);
/* Runs `fn(world, data)` on the loop's thread and waits for it. */
void world_do(struct world *world, void (*fn)(struct world *world, void *data), void *data);
/* Waits for a semaphore; a minute without it is a failed test. */
void world_wait(sem_t *semaphore);

struct answer {
    CURLcode code;
    long status;
    long version; /* CURL_HTTP_VERSION_… */
    struct base_buf headers;
    struct base_buf body;
};

struct question {
    const char *path;
    const char *method;     /* NULL: GET, or POST with a body */
    const char *headers[4]; /* "name: value" */
    struct base_bytes body;
    bool is_http1;
    bool is_plain;       /* over the listener without TLS */
    bool is_distrusting; /* without the server's certificate */
    const char *host;    /* NULL: 127.0.0.1 */
    long timeout_ms;
};

/* Asks and waits. Free with answer_release. */
struct answer world_ask(struct world *world, const struct question *question);
void answer_release(struct answer *answer);
/* Prepares a handle for `question`; `answer` is filled while it runs. */
CURL *world_curl(struct world *world, const struct question *question, struct answer *answer,
                 struct curl_slist **out_headers);
/* The value of a response header (lower case), or NULL; borrowed until the next call. */
const char *answer_header(const struct answer *answer, const char *name);
bool answer_has_text(const struct answer *answer, const char *text);
/* Connects a bare socket to the plain listener. */
int world_connect(struct world *world);
