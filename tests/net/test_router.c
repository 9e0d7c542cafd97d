/* The table of routes: which one wins, what is refused when the table is made. */
#include "net/router.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void nothing(struct net_request *request, void *context)
{
    (void)request;
    (void)context;
}

static const struct net_route routes[] = {
    {"GET", "/{school}/tile/{rest...}", nothing, 0},
    {"GET", "/{school}/api/events", nothing, 1},
    {"POST", "/{school}/api/events", nothing, 2},
    {"GET", "/{school}/api/{name}", nothing, 3},
    {"GET", "/{school}/checkpoint", nothing, 4},
    {"GET", "/metrics", nothing, 5},
    {"GET", "/", nothing, 6},
    {"GET", "/{school}/tile/entries/{rest...}", nothing, 7},
    {"POST", "/{school}/api/{name}/close", nothing, 8},
    {"POST", "/health/api/events", nothing, 9},
};

static struct net_router *new_router(void)
{
    struct net_router *router = NULL;
    const struct net_router_options options = {.routes = routes,
                                               .route_count = sizeof(routes) / sizeof(routes[0])};
    assert_int_equal(net_router_new(&options, &router, NULL), 0);
    return router;
}

static void finds(const struct net_router *router, const char *method, const char *path, int flags)
{
    const struct net_route *route = NULL;
    if (net_router_find(router, method, path, &route) != NET_ROUTER_FOUND)
        fail_msg("%s %s is not found", method, path);
    assert_int_equal(route->flags, flags);
}

static void answers(const struct net_router *router, const char *method, const char *path,
                    enum net_router_answer answer)
{
    const struct net_route *route = NULL;
    if (net_router_find(router, method, path, &route) != answer)
        fail_msg("%s %s is answered otherwise", method, path);
}

static void the_most_exact_route_wins_whatever_the_order(void **state)
{
    (void)state;
    struct net_router *router = new_router();
    finds(router, "GET", "/s/api/events", 1);
    finds(router, "POST", "/s/api/events", 2);
    finds(router, "GET", "/s/api/day", 3);
    finds(router, "GET", "/s/checkpoint", 4);
    finds(router, "GET", "/metrics", 5);
    finds(router, "GET", "/", 6);
    finds(router, "GET", "/s/tile/0/x001/234", 0);
    finds(router, "GET", "/s/tile/entries/000.p/12", 7);
    finds(router, "POST", "/s/api/day/close", 8);
    finds(router, "POST", "/health/api/events", 9);
    net_router_free(router);
}

static void what_does_not_match_is_unknown_or_of_another_method(void **state)
{
    (void)state;
    struct net_router *router = new_router();
    answers(router, "GET", "/s", NET_ROUTER_UNKNOWN);
    answers(router, "GET", "/s/api", NET_ROUTER_UNKNOWN);
    answers(router, "GET", "/s/api/", NET_ROUTER_UNKNOWN);
    answers(router, "GET", "//api/events", NET_ROUTER_UNKNOWN);
    answers(router, "GET", "/s/api/events/", NET_ROUTER_UNKNOWN);
    answers(router, "GET", "/s/api/day/other", NET_ROUTER_UNKNOWN);
    answers(router, "GET", "/s/tile/", NET_ROUTER_UNKNOWN);
    answers(router, "GET", "/s/tile", NET_ROUTER_UNKNOWN);
    answers(router, "GET", "/s/checkpointx", NET_ROUTER_UNKNOWN);
    answers(router, "GET", "", NET_ROUTER_UNKNOWN);
    answers(router, "POST", "/metrics", NET_ROUTER_OTHER_METHOD);
    answers(router, "get", "/metrics", NET_ROUTER_OTHER_METHOD);
    answers(router, "DELETE", "/s/api/events", NET_ROUTER_OTHER_METHOD);
    answers(router, "GET", "/s/api/day/close", NET_ROUTER_OTHER_METHOD);
    net_router_free(router);
}

static void head_is_served_by_get_and_by_nothing_else(void **state)
{
    (void)state;
    struct net_router *router = new_router();
    finds(router, "HEAD", "/s/checkpoint", 4);
    answers(router, "HEAD", "/s/api/day/close", NET_ROUTER_OTHER_METHOD);
    net_router_free(router);
}

static void refuses(const struct net_route *table, size_t count)
{
    struct net_router *router = NULL;
    const struct net_router_options options = {.routes = table, .route_count = count};
    assert_int_equal(net_router_new(&options, &router, NULL), BASE_E_USAGE);
    assert_null(router);
}

static void tables_that_do_not_make_sense_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"",
                                      "a",
                                      "/{}",
                                      "/{a",
                                      "/{a...}/b",
                                      "/a{b}",
                                      "/{A}",
                                      "/{a b}",
                                      "/{...}",
                                      "/1/2/3/4/5/6/7/8/9/10/11/12/13",
                                      "/a-literal-that-is-longer-than-any-that-we-have"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        refuses(&(struct net_route){"GET", bad[i], nothing, 0}, 1);
    static const struct net_route twice[] = {{"GET", "/{a}/x", nothing, 0},
                                             {"POST", "/{b}/x", nothing, 0},
                                             {"GET", "/{c}/x", nothing, 0}};
    refuses(twice, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_most_exact_route_wins_whatever_the_order),
        cmocka_unit_test(what_does_not_match_is_unknown_or_of_another_method),
        cmocka_unit_test(head_is_served_by_get_and_by_nothing_else),
        cmocka_unit_test(tables_that_do_not_make_sense_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
