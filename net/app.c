/* Each line of the API's table becomes a route of the router; the guard, which is given the line,
 * hands the request to net/api/call.c, and the router's own handler is never reached. */
#include "net/app.h"

#include <assert.h>
#include <stdlib.h>

#include "ledger/judge.h"
#include "net/api/routes.h"
#include "net/limits.h"
#include "net/log.h"

struct net_app {
    struct net_app_options options;
    struct net_schools *schools;
    struct net_brakes brakes;
    struct ledger_judge *judge;
    struct net_router *router;
    struct net_app_counters counters;
    const struct net_api_route *api;
    struct net_route routes[NET_ROUTE_COUNT_MAX];
};

static void unreached(struct net_request *request, void *context)
{
    (void)context;
    net_reply_error(request, NET_ERROR_INTERNAL, NULL);
}

static bool hand_over(struct net_request *request, const struct net_route *route, void *context)
{
    struct net_app *app = context;
    net_call_start(app, &app->api[route - app->routes], request);
    return false;
}

static int make_router(struct net_app *app, struct base_err *err)
{
    size_t count;
    app->api = net_api_routes(&count);
    assert(count <= NET_ROUTE_COUNT_MAX);
    for (size_t i = 0; i < count; i++)
        app->routes[i] = (struct net_route){.method = app->api[i].method,
                                            .pattern = app->api[i].pattern,
                                            .handler = unreached,
                                            .flags = app->api[i].flags};
    const struct net_router_options router = {
        .routes = app->routes, .route_count = count, .guard = hand_over};
    return net_router_new(&router, &app->router, err);
}

/* Loud, once: from here on the judge asks libsodium alone. */
static void on_differed(void *data, const struct ledger_judge_difference *difference)
{
    struct ledger_hash id;
    char key[2 * LEDGER_KEY_LEN + 1];
    char event[2 * LEDGER_HASH_LEN + 1];
    (void)data;
    ledger_sha256(difference->event_bytes, &id);
    base_hex(difference->key->bytes, LEDGER_KEY_LEN, key);
    base_hex(id.bytes, LEDGER_HASH_LEN, event);
    NET_LOG(NET_LOG_ERROR, "signatures",
            "our verdict on a signature is not libsodium's; libsodium judges all of them from now "
            "on: start with --reference, audit the logs, report it",
            NET_S("key", key), NET_S("event", event), NET_I("ours", difference->by_table));
}

static int make_judge(struct net_app *app, struct base_err *err)
{
    const struct ledger_judge_options options = {.reference = app->options.reference,
                                                 .differed = on_differed};
    return ledger_judge_open(&options, &app->judge, err);
}

static int64_t has_differed(void *data)
{
    return ledger_judge_has_differed(data);
}

static int64_t count_by_table(void *data)
{
    struct ledger_judge_counts counts;
    ledger_judge_counts(data, &counts);
    return (int64_t)counts.by_table;
}

static int64_t count_by_sodium(void *data)
{
    struct ledger_judge_counts counts;
    ledger_judge_counts(data, &counts);
    return (int64_t)counts.by_sodium;
}

static int64_t count_schools(void *data)
{
    return (int64_t)net_schools_open_count(data);
}

static int64_t count_sessions(void *data)
{
    return (int64_t)net_schools_session_count(data);
}

static int64_t count_entries(void *data)
{
    return (int64_t)net_schools_entry_count(data);
}

static int64_t count_unwitnessed(void *data)
{
    return (int64_t)net_schools_unwitnessed_count(data);
}

static int64_t scrub_age(void *data)
{
    return (int64_t)net_schools_scrub_age_s(data);
}

static int64_t count_alarmed(void *data)
{
    return (int64_t)net_schools_alarmed_count(data);
}

static int64_t count_scrub_found(void *data)
{
    return (int64_t)net_schools_scrub_found_count(data);
}

static int64_t count_behind(void *data)
{
    return (int64_t)net_schools_behind_count(data);
}

static int64_t count_witnesses_ahead(void *data)
{
    return (int64_t)net_schools_witness_ahead_count(data);
}

static int64_t count_work(void *data)
{
    return (int64_t)net_work_count(data);
}

static void register_metrics(struct net_app *app)
{
    struct net_metrics *m = app->options.metrics;
    static const char events[] = "letopis_events_total";
    static const char events_help[] = "Submitted events by what became of them.";
    static const char logins[] = "letopis_logins_total";
    static const char logins_help[] = "Login attempts by outcome.";
    if (m == NULL)
        return;
    app->counters = (struct net_app_counters){
        .accepted = net_metrics_counter(m, events, "outcome=\"accepted\"", events_help),
        .known = net_metrics_counter(m, events, "outcome=\"known\"", events_help),
        .refused = net_metrics_counter(m, events, "outcome=\"refused\"", events_help),
        .held = net_metrics_counter(m, events, "outcome=\"throttled\"", events_help),
        .logins = net_metrics_counter(m, logins, "outcome=\"done\"", logins_help),
        .wrong = net_metrics_counter(m, logins, "outcome=\"wrong\"", logins_help),
        .throttled = net_metrics_counter(m, logins, "outcome=\"throttled\"", logins_help),
    };
    net_metrics_gauge_fn(m, "letopis_schools_open", NULL, "Schools open in this process.",
                         count_schools, app->schools);
    net_metrics_gauge_fn(m, "letopis_sessions_open", NULL, "Reading sessions.", count_sessions,
                         app->schools);
    net_metrics_gauge_fn(m, "letopis_log_entries", NULL, "Entries in the logs of open schools.",
                         count_entries, app->schools);
    net_metrics_gauge_fn(m, "letopis_scrub_age_seconds", NULL,
                         "Since the last whole scrub of the log that waits for it longest.",
                         scrub_age, app->schools);
    net_metrics_gauge_fn(m, "letopis_scrub_damaged", NULL,
                         "Logs in which the scrub has found damage.", count_scrub_found,
                         app->schools);
    net_metrics_gauge_fn(m, "letopis_alarms", NULL,
                         "Schools with an alarm that nobody has settled, of this run or earlier.",
                         count_alarmed, app->schools);
    net_metrics_gauge_fn(m, "letopis_projections_behind", NULL,
                         "Schools whose views lag behind their logs for want of room on the disk.",
                         count_behind, app->schools);
    net_metrics_gauge_fn(m, "letopis_log_entries_unwitnessed", NULL,
                         "Entries beyond what a school's witnesses have cosigned, at most.",
                         count_unwitnessed, app->schools);
    net_metrics_gauge_fn(m, "letopis_witnesses_ahead", NULL,
                         "Witnesses that have seen more of a log than there is: a restored copy?",
                         count_witnesses_ahead, app->schools);
    net_metrics_gauge_fn(m, "letopis_signatures_differed", NULL,
                         "1: a table's verdict was not libsodium's; tables are asked no more.",
                         has_differed, app->judge);
    net_metrics_gauge_fn(m, "letopis_signatures_by_table", NULL,
                         "Signatures of new events judged by their key's table, since the start.",
                         count_by_table, app->judge);
    net_metrics_gauge_fn(m, "letopis_signatures_by_libsodium", NULL,
                         "The same by libsodium, alone or over a table.", count_by_sodium,
                         app->judge);
    net_metrics_gauge_fn(m, "letopis_work_waiting", NULL, "Jobs off the loop, running or waiting.",
                         count_work, app->options.loop);
}

int net_app_new(const struct net_app_options *options, struct net_app **out_app,
                struct base_err *err)
{
    struct net_app *app = calloc(1, sizeof *app);
    if (app == NULL)
        return BASE_FAIL(err, BASE_E_MEMORY, "application");
    app->options = *options;
    app->options.data_dir = NULL; /* the schools have a copy */
    const struct net_schools_options schools = {
        .loop = options->loop,
        .data_dir = options->data_dir,
        .has_demo_clock = options->has_demo_clock,
        .demo_ms = options->demo_ms,
        .started_ms = base_clock_system().now_ms(NULL),
        .messaging = options->messaging,
        .metrics = options->metrics,
    };
    int rc = net_schools_new(&schools, &app->schools, err);
    if (rc == 0)
        rc = net_brakes_make(&app->brakes, err);
    if (rc == 0)
        rc = make_judge(app, err);
    if (rc == 0)
        rc = make_router(app, err);
    if (rc == 0) {
        register_metrics(app);
        if (options->messaging != NULL)
            rc = net_schools_open_all(app->schools, err);
    }
    if (rc == 0) {
        *out_app = app;
    } else {
        net_app_free(app);
    }
    return rc;
}

void net_app_handle(struct net_request *request, void *context)
{
    struct net_app *app = context;
    net_router_dispatch(app->router, request, app);
}

void net_app_stop(struct net_app *app)
{
    net_schools_stop(app->schools);
}

void net_app_free(struct net_app *app)
{
    if (app == NULL)
        return;
    net_router_free(app->router);
    net_brakes_release(&app->brakes);
    net_schools_free(app->schools);
    ledger_judge_close(app->judge);
    free(app);
}

struct net_loop *net_app_loop(struct net_app *app)
{
    return app->options.loop;
}

struct net_schools *net_app_schools(struct net_app *app)
{
    return app->schools;
}

struct net_metrics *net_app_metrics(struct net_app *app)
{
    return app->options.metrics;
}

const struct net_assets *net_app_assets(struct net_app *app)
{
    return app->options.assets;
}

struct ledger_judge *net_app_judge(struct net_app *app)
{
    return app->judge;
}

bool net_app_has_public_entries(const struct net_app *app)
{
    return app->options.public_entries;
}

const struct net_app_counters *net_app_counters(struct net_app *app)
{
    return &app->counters;
}

const struct net_brakes *net_app_brakes(const struct net_app *app)
{
    return &app->brakes;
}
