/* Patterns are cut into segments once. Looking up walks the whole table and keeps the most exact
 * match: some sixty routes, a few string compares each, nothing against a TLS record. */
#include "net/router.h"

#include "net/limits.h"
#include "net/reply.h"
#include "net/request_parts.h"

#include <stdio.h>
#include <stdlib.h>

#define SEGMENT_COUNT_MAX 12u

enum segment_type { /* the smaller, the more exact */
                    SEGMENT_LITERAL,
                    SEGMENT_PARAM,
                    SEGMENT_REST,
};

struct segment {
    enum segment_type type;
    char text[40]; /* the literal, or the parameter's name */
};

struct pattern {
    struct segment segments[SEGMENT_COUNT_MAX];
    size_t count;
};

struct net_router {
    struct net_router_options options;
    struct pattern patterns[];
};

/* The segment of `path` that begins after the slash at `*at`; `*at` moves to the next slash. */
static struct base_bytes next_segment(const char **at)
{
    const char *start = *at + 1;
    size_t len = strcspn(start, "/");
    *at = start + len;
    return base_bytes_of(start, len);
}

static bool name_is_good(const char *name, size_t len)
{
    if (len == 0)
        return false;
    for (size_t i = 0; i < len; i++)
        if (!(name[i] >= 'a' && name[i] <= 'z') && name[i] != '_')
            return false;
    return true;
}

static bool segment_parse(struct base_bytes text, struct segment *segment)
{
    const char *chars = (const char *)text.data;
    size_t len = text.len;
    segment->type = SEGMENT_LITERAL;
    if (len >= 2 && chars[0] == '{' && chars[len - 1] == '}') {
        chars++;
        len -= 2;
        segment->type = SEGMENT_PARAM;
        if (len > 3 && memcmp(chars + len - 3, "...", 3) == 0) {
            len -= 3;
            segment->type = SEGMENT_REST;
        }
        if (!name_is_good(chars, len))
            return false;
    }
    if (len >= sizeof(segment->text) ||
        (segment->type == SEGMENT_LITERAL && memchr(chars, '{', len) != NULL))
        return false;
    memcpy(segment->text, chars, len);
    segment->text[len] = '\0';
    return true;
}

static bool pattern_parse(const char *text, struct pattern *pattern)
{
    if (*text != '/')
        return false;
    size_t param_count = 0;
    for (const char *at = text; *at == '/';) {
        if (pattern->count == SEGMENT_COUNT_MAX)
            return false;
        struct segment *segment = &pattern->segments[pattern->count++];
        if (!segment_parse(next_segment(&at), segment))
            return false;
        param_count += segment->type != SEGMENT_LITERAL;
        if (segment->type == SEGMENT_REST && *at != '\0')
            return false;
    }
    return param_count <= NET_PARAM_COUNT_MAX;
}

/* Negative when `a` is the more exact one, 0 when both match the same paths. */
static int pattern_order(const struct pattern *a, const struct pattern *b)
{
    for (size_t i = 0; i < a->count && i < b->count; i++) {
        if (a->segments[i].type != b->segments[i].type)
            return (int)a->segments[i].type - (int)b->segments[i].type;
        if (a->segments[i].type == SEGMENT_LITERAL) {
            int order = strcmp(a->segments[i].text, b->segments[i].text);
            if (order != 0)
                return order;
        }
    }
    return (a->count > b->count) - (a->count < b->count);
}

static bool pattern_matches(const struct pattern *pattern, const char *path)
{
    const char *at = path;
    for (size_t i = 0; i < pattern->count; i++) {
        const struct segment *segment = &pattern->segments[i];
        if (*at != '/')
            return false;
        if (segment->type == SEGMENT_REST)
            return at[1] != '\0';
        struct base_bytes text = next_segment(&at);
        if (segment->type == SEGMENT_LITERAL
                ? !base_bytes_equal(text, base_bytes_str(segment->text))
                : text.len == 0)
            return false;
    }
    return *at == '\0';
}

int net_router_new(const struct net_router_options *options, struct net_router **out_router,
                   struct base_err *err)
{
    size_t count = options->route_count;
    if (count > NET_ROUTE_COUNT_MAX)
        return BASE_FAIL(err, BASE_E_USAGE, "more than %u routes", NET_ROUTE_COUNT_MAX);
    struct net_router *router = calloc(1, sizeof(*router) + count * sizeof(router->patterns[0]));
    if (router == NULL)
        return BASE_FAIL(err, BASE_E_MEMORY, "router");
    router->options = *options;
    for (size_t i = 0; i < count; i++) {
        const struct net_route *route = &options->routes[i];
        if (!pattern_parse(route->pattern, &router->patterns[i])) {
            free(router);
            return BASE_FAIL(err, BASE_E_USAGE, "route %s is no pattern", route->pattern);
        }
        for (size_t j = 0; j < i; j++) {
            if (pattern_order(&router->patterns[i], &router->patterns[j]) != 0 ||
                strcmp(route->method, options->routes[j].method) != 0)
                continue;
            free(router);
            return BASE_FAIL(err, BASE_E_USAGE, "route %s %s stands twice", route->method,
                             route->pattern);
        }
    }
    *out_router = router;
    return 0;
}

void net_router_free(struct net_router *router)
{
    free(router);
}

static bool method_serves(const char *of_route, const char *asked)
{
    return strcmp(of_route, asked) == 0 ||
           (strcmp(asked, "HEAD") == 0 && strcmp(of_route, "GET") == 0);
}

enum net_router_answer net_router_find(const struct net_router *router, const char *method,
                                       const char *path, const struct net_route **out_route)
{
    const struct pattern *best = NULL;
    bool best_serves = false;
    for (size_t i = 0; i < router->options.route_count; i++) {
        const struct pattern *pattern = &router->patterns[i];
        if (!pattern_matches(pattern, path))
            continue;
        bool serves = method_serves(router->options.routes[i].method, method);
        int order = best == NULL ? -1 : pattern_order(pattern, best);
        if (order > 0 || (order == 0 && (best_serves || !serves)))
            continue;
        best = pattern;
        best_serves = serves;
    }
    if (best == NULL)
        return NET_ROUTER_UNKNOWN;
    *out_route = &router->options.routes[best - router->patterns];
    return best_serves ? NET_ROUTER_FOUND : NET_ROUTER_OTHER_METHOD;
}

static void answer_other_method(const struct net_router *router, struct net_request *request,
                                const struct pattern *pattern)
{
    char allow[128] = "";
    size_t len = 0;
    for (size_t i = 0; i < router->options.route_count; i++) {
        if (pattern_order(&router->patterns[i], pattern) != 0)
            continue;
        int written = snprintf(allow + len, sizeof(allow) - len, "%s%s", len > 0 ? ", " : "",
                               router->options.routes[i].method);
        if (written < 0 || (size_t)written >= sizeof(allow) - len)
            break;
        len += (size_t)written;
    }
    net_response_header(request, "allow", allow);
    net_reply_error(request, NET_ERROR_METHOD, NULL);
}

static bool keep_params(struct net_request *request, const struct pattern *pattern)
{
    const char *at = net_request_path(request);
    for (size_t i = 0; i < pattern->count; i++) {
        const struct segment *segment = &pattern->segments[i];
        struct base_bytes text =
            segment->type == SEGMENT_REST ? base_bytes_str(at + 1) : next_segment(&at);
        if (segment->type != SEGMENT_LITERAL &&
            !net__request_add_param(request, segment->text, text))
            return false;
    }
    return true;
}

void net_router_dispatch(const struct net_router *router, struct net_request *request,
                         void *context)
{
    const struct net_route *route = NULL;
    enum net_router_answer answer =
        net_router_find(router, net_request_method(request), net_request_path(request), &route);
    if (answer == NET_ROUTER_UNKNOWN) {
        if (router->options.fallback != NULL)
            router->options.fallback(request, context);
        else
            net_reply_error(request, NET_ERROR_NOT_FOUND, NULL);
        return;
    }
    const struct pattern *pattern = &router->patterns[route - router->options.routes];
    if (answer == NET_ROUTER_OTHER_METHOD) {
        answer_other_method(router, request, pattern);
        return;
    }
    if (!keep_params(request, pattern)) {
        net_reply_error(request, NET_ERROR_BAD_REQUEST, NULL);
        return;
    }
    if (router->options.guard != NULL && !router->options.guard(request, route, context))
        return;
    route->handler(request, context);
}
