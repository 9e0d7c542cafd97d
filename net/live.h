/* Live updates: what changed is told to those who are logged in and may know it (specs/api.md).
 *     head    to everybody: the log has grown
 *     page    to staff who may read that journal page; families are told of the head alone
 *     breach  to staff: a report, a receipt or an overruling was recorded
 * Nothing but positions and ids is told: who wants the content asks for it and is judged there.
 *
 * Shape:   the sequencer's thread notes what happened; the loop gathers it and has the rights of
 * all streams looked up in one read of the state, on the pool; then it is sent. While one such
 *          round is under way the next one gathers. A stream whose session has ended meanwhile (its
 *          key closed, retired, expired) is closed in the same round.
 * Threads: as said at each function. */
#pragma once

#include "ledger/log.h"
#include "net/loop.h"
#include "net/request.h"
#include "net/session.h"
#include "projections/engine.h"

struct net_live;

struct net_live_options {
    struct net_loop *loop;         /* borrowed */
    struct proj_engine *engine;    /* borrowed */
    struct ledger_log *log;        /* borrowed */
    struct base_clock clock;       /* the school's */
    struct net_sessions *sessions; /* borrowed: ended ones are forgotten there, too */
};

int net_live_new(const struct net_live_options *options, struct net_live **out_live,
                 struct base_err *err) BASE_MUST_USE;
/* Closes the streams and the timer; call on the loop's thread or when the loop does not run. */
void net_live_stop(struct net_live *live);
/* After net_loop_free. NULL is allowed. */
void net_live_free(struct net_live *live);

/* Loop: turns a request into the session's stream and tells the head; consumes the request. */
void net_live_open(struct net_live *live, struct net_request *request,
                   const struct net_session *session);
/* Loop: closes the streams of a session that has logged out. */
void net_live_drop(struct net_live *live, const uint8_t session_id[32]);
size_t net_live_count(const struct net_live *live);

/* Sequencer: pages that changed, a report; told with the next head. */
void net_live_touch(struct net_live *live, const struct proj_touch *touches, unsigned count);
void net_live_breach(struct net_live *live, ledger_seq seq);
/* Sequencer: a batch is published. */
void net_live_publish(struct net_live *live, const struct ledger_head *head);
