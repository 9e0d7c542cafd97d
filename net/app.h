/* The application: what the server answers. Holds the schools, the web client and the brakes, and
 * knows the table of routes (net/api/routes.h).
 * Life:    new → net_server_new with net_app_handle → … → net_app_stop, when the loop runs no more
 * → net_server_free → net_loop_free → net_app_free. Threads: the loop's. */
#pragma once

#include "net/assets.h"
#include "net/brakes.h"
#include "net/metrics.h"
#include "net/router.h"
#include "net/schools.h"

struct net_app;

struct net_app_options {
    struct net_loop *loop;           /* borrowed */
    struct net_metrics *metrics;     /* borrowed, or NULL */
    const struct net_assets *assets; /* the web client; borrowed, or NULL */
    const char *data_dir;            /* copied */
    bool public_entries;             /* entry bundles are for everybody */
    bool has_demo_clock;             /* net/school.h */
    base_time_ms demo_ms;
    const struct net_messaging *messaging; /* borrowed; NULL: no message leaves */
    bool reference;                        /* libsodium alone judges signatures */
};

int net_app_new(const struct net_app_options *options, struct net_app **out_app,
                struct base_err *err) BASE_MUST_USE;
/* The server's handler; its context is the application. */
void net_app_handle(struct net_request *request, void *app);
/* Waits for the writers, closes streams. */
void net_app_stop(struct net_app *app);
/* NULL is allowed. */
void net_app_free(struct net_app *app);

/* For the routes. */
struct net_loop *net_app_loop(struct net_app *app);
struct net_schools *net_app_schools(struct net_app *app);
struct net_metrics *net_app_metrics(struct net_app *app);
const struct net_assets *net_app_assets(struct net_app *app);
/* Who judges the authors' signatures, of all schools. */
struct ledger_judge *net_app_judge(struct net_app *app);
bool net_app_has_public_entries(const struct net_app *app);

/* How often people err, and what the school's events come to. */
struct net_app_counters {
    struct net_metric *accepted, *known, *refused, *held;
    struct net_metric *logins, *wrong, *throttled;
};
const struct net_app_counters *net_app_counters(struct net_app *app);
const struct net_brakes *net_app_brakes(const struct net_app *app);
