/* The courier of a school: works out from the log who is owed a message, keeps it in the outbox and
 * sends it (specs/messages.md). Nobody waits for it: acknowledgements are given before.
 *
 * Shape:   opaque handle; one thread of its own. Threads: any, unless said otherwise.
 * Errors:  belong to their message and are told in the log; a fault of the outbox itself stops the
 *          sending until the next round, so that nothing leaves that could not be noted. */
#pragma once

#include "ledger/base/clock.h"
#include "ledger/log.h"
#include "net/messaging.h"
#include "net/metrics.h"
#include "projections/engine.h"

struct net_courier;
struct net_message; /* net/outbox.h */

struct net_courier_options {
    const char *dir;                       /* of the school; copied */
    const char *name;                      /* its name, for links; copied */
    const struct net_messaging *messaging; /* borrowed */
    struct net_metrics *metrics;           /* borrowed, or NULL */
    struct ledger_log *log;                /* borrowed */
    struct proj_engine *engine;            /* borrowed */
    struct base_clock clock;               /* of the school */
};

/* Opens the outbox and starts. `*out_courier` is NULL when nothing is to be sent from here: there
 * is no messaging, or the school is a demonstration and those may not send. */
int net_courier_open(const struct net_courier_options *options, struct net_courier **out_courier,
                     struct base_err *err) BASE_MUST_USE;
/* Breaks off what is under way and ends the thread. NULL is allowed. */
void net_courier_close(struct net_courier *courier);
/* Calls `each` for every message that is remembered; beside the courier at its work, any thread. */
int net_courier_each(struct net_courier *courier,
                     void (*each)(void *data, const struct net_message *message), void *data,
                     struct base_err *err) BASE_MUST_USE;
/* The log has grown. Never blocks. NULL is allowed. */
void net_courier_poke(struct net_courier *courier);
