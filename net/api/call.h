/* One request on its way through the API: read on the loop, worked on off it, answered on the loop.
 *
 *     guard    makes the call, opens the school, finds the session of the cookie   (loop)
 *     begin    the route's: what needs the loop's tables; may answer                (loop)
 *     work     the route's: reads state and log, checks signatures                  (pool)
 *     answer   the route's, or the usual one: what `out` and `error` say            (loop)
 *
 * Before `work` of a route with NET_API_STATE there is a view on state and log at one moment; and
 * if the cookie named a session, it is looked at again then: a key that was closed, retired or has
 * expired since ends its session at once.
 * Owner:   the call owns all it holds; net_call_free at the end, by whoever answered. */
#pragma once

#include "ledger/canon.h"
#include "net/app.h"
#include "net/reply.h"
#include "projections/views/view.h"

struct net_call;

enum net_api_flag {
    NET_API_SITE = 1,       /* no school in the path */
    NET_API_STATE = 2,      /* `work` has a view */
    NET_API_SESSION = 4,    /* 401 without a session */
    NET_API_GUESSED = 8,    /* looks at a session if there is one */
    NET_API_COOKIE = 16,    /* changes something on the word of a cookie: the same origin only */
    NET_API_SMALL = 32,     /* a body of at most NET_API_BODY_LEN_MAX */
    NET_API_PERSONAL = 128, /* shows somebody's data: who looked is noted (net/reads.h) */
    NET_API_MOMENT = 64, /* a view that may look at another moment: `at` and `known` in the query */
};

struct net_api_route {
    const char *method;
    const char *pattern;
    uint32_t flags;
    /* False: it has answered and freed the call. NULL: nothing to do. */
    bool (*begin)(struct net_call *call);
    /* NULL: nothing to do off the loop. */
    void (*work)(struct net_call *call);
    /* Answers and frees. NULL: net_call_answer. */
    void (*answer)(struct net_call *call);
};

struct net_call {
    struct net_school_wait wait;
    struct net_task task; /* for the route's use: to come back to the loop */
    struct net_app *app;
    const struct net_api_route *route;
    struct net_request *request;
    struct net_school *school; /* NULL for the site's routes */
    bool has_session;
    bool session_ended; /* found in the pool; the loop forgets it */
    struct net_session session;
    struct proj_actor actor; /* of the session's key, with NET_API_STATE */
    struct proj_view view;   /* in `work`, with NET_API_STATE */
    struct base_buf body;    /* wiped in the end */
    struct base_buf out;     /* the answer; wiped in the end: names */
    int status;              /* 0: 200 */
    bool is_gzip;            /* `out` is compressed */
    bool is_private;         /* the answer is not to be kept by caches that others share */
    enum net_error error;
    int refusal; /* a code of ledger or projections; answered 422 */
    char field[LEDGER_REFUSAL_FIELD_MAX];
    struct base_err fault;
    void *data; /* the route's; freed by `release` */
    void (*release)(void *data);
};

/* Runs a route; called by the router (net/app.c). */
void net_call_start(struct net_app *app, const struct net_api_route *route,
                    struct net_request *request);
/* The usual end: a fault, a refusal, an error, or `out`. Answers and frees. */
void net_call_answer(struct net_call *call);
void net_call_free(struct net_call *call);

/* Noting why there will be no answer; the first reason stays. `field` may be NULL. */
void net_call_error(struct net_call *call, enum net_error error, const char *field);
void net_call_refuse(struct net_call *call, int code, const char *field);
void net_call_fault(struct net_call *call, const struct base_err *fault);
bool net_call_failed(const struct net_call *call);
/* Notes who looked at whose data, unless there will be no answer (reads.c). With a view. */
void net_api_reads_note(struct net_call *call);
/* What a view answered. */
void net_call_viewed(struct net_call *call, int answer);

/* Query parameters; a missing or malformed one is noted as `bad_parameter` and false. */
bool net_call_query_bin(struct net_call *call, const char *name, uint8_t *out, size_t len);
bool net_call_query_int(struct net_call *call, const char *name, int64_t min, int64_t max,
                        int64_t *out);
/* A moment: a content, and a knowledge that is the content when it is not given. */
bool net_call_query_moment(struct net_call *call, const char *content, const char *knowledge,
                           struct proj_moment *out_moment);
/* Turns the view to the moment that `at` and `known` name, if they are given; false: noted. */
bool net_call_travel(struct net_call *call);
/* The body as a canonical map of so many fields into `out_map` (borrows from call->body); false:
 * noted. Who then finds every field that he asks for knows that there are no others. */
bool net_call_body(struct net_call *call, uint32_t field_count, struct ledger_canon_value *out_map);
/* A field of exactly `len` bytes: bin, or lower-case hex when the body came as JSON. */
bool net_call_field_bin(struct net_call *call, const struct ledger_canon_value *map,
                        const char *name, uint8_t *out, size_t len);
bool net_call_field_int(struct net_call *call, const struct ledger_canon_value *map,
                        const char *name, int64_t min, int64_t max, int64_t *out);
bool net_call_field_text(struct net_call *call, const struct ledger_canon_value *map,
                         const char *name, size_t len_max, struct base_bytes *out);

/* The name under which whoever asks is counted, by address (net/throttle.h); appended. */
void net_call_put_address(const struct net_call *call, struct base_buf *out);

/* A refusal's sentence with the field in its place, appended. */
void net_refusal_put_text(struct base_buf *out, const char *text, const char *field);
