/* A table of routes and the walk through it.
 * Shape:   routes are data: method, pattern, handler, flags. A pattern is made of segments:
 *          literal, "{name}" (one segment, not empty), and as the last one "{name...}" (the rest
 *          of the path, slashes included, not empty). "/{school}/api/events".
 * Order:   of several routes that match, the one whose first differing segment is more exact wins:
 *          literal over {name} over {name...}. The order of the table does not matter.
 * Answers: none matches the path: the fallback, or 404; a path that is known for other methods:
 *          405 with Allow. GET routes answer HEAD too (the body is left out on the wire).
 * Threads: the loop's. */
#pragma once

#include "net/request.h"

#include <stdint.h>

struct net_router;

typedef void (*net_handler_fn)(struct net_request *request, void *context);

struct net_route {
    const char *method;
    const char *pattern;
    net_handler_fn handler;
    uint32_t flags; /* the application's, for its guard */
};

struct net_router_options {
    const struct net_route *routes; /* borrowed for the router's life */
    size_t route_count;
    /* Called before the handler; false: it has answered in its stead. NULL: everything passes. */
    bool (*guard)(struct net_request *request, const struct net_route *route, void *context);
    /* For paths that no route knows; NULL: 404. */
    net_handler_fn fallback;
};

/* BASE_E_USAGE for a pattern that does not parse, for two routes that match the same paths by the
 * same method, and for tables over NET_ROUTE_COUNT_MAX. */
int net_router_new(const struct net_router_options *options, struct net_router **out_router,
                   struct base_err *err) BASE_MUST_USE;
/* NULL is allowed. */
void net_router_free(struct net_router *router);
/* Finds the route, keeps its parameters in the request, and has it answered. */
void net_router_dispatch(const struct net_router *router, struct net_request *request,
                         void *context);

/* The lookup alone, for tests and fuzzing. */
enum net_router_answer {
    NET_ROUTER_FOUND = 0,
    NET_ROUTER_UNKNOWN = 1,
    NET_ROUTER_OTHER_METHOD = 2,
};

enum net_router_answer net_router_find(const struct net_router *router, const char *method,
                                       const char *path, const struct net_route **out_route);
