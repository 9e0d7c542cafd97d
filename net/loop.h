/* The one thread that talks to the network, and the ways to reach it from others.
 * Shape:   opaque handle around one libuv loop; timers, signals, posted tasks, work off the loop.
 * Units:   milliseconds of a clock that never steps back.
 * Threads: everything belongs to the loop's thread but net_loop_post, which any may call.
 *          Callbacks run on the loop's thread, one after the other; they must not block. */
#pragma once

#include "ledger/base/bytes.h"
#include "ledger/base/err.h"

struct net_loop;
struct net_timer;
struct uv_loop_s;

int net_loop_new(struct net_loop **out_loop, struct base_err *err) BASE_MUST_USE;
/* Runs callbacks until net_loop_stop. SIGPIPE is ignored from then on: a peer that goes away is an
 * error code, not the end of the process. */
void net_loop_run(struct net_loop *loop);
void net_loop_stop(struct net_loop *loop);
/* Runs tasks that were posted, waits for work that is under way, frees. All timers must be closed
 * and all servers freed. NULL is allowed. */
void net_loop_free(struct net_loop *loop);
uint64_t net_loop_now_ms(const struct net_loop *loop);
/* For net/server.c alone, which hands it to libh2o. */
struct uv_loop_s *net__loop_uv(struct net_loop *loop);

/* A task lives in its owner's memory, so that posting cannot fail; it belongs to the loop until
 * `run` is called, once, with the task. The owner may then free or post it again. */
struct net_task {
    struct net_task *next;
    void (*run)(struct net_task *task);
};

/* Has `task->run` called on the loop's thread, in the order of posting. Any thread. */
void net_loop_post(struct net_loop *loop, struct net_task *task);

/* Runs `work(data)` on a thread of the pool and then `done(data)` on the loop's thread, once and
 * always. BASE_E_BUSY when NET_WORK_COUNT_MAX wait; then neither is called. */
int net_work(struct net_loop *loop, void (*work)(void *data), void (*done)(void *data), void *data,
             struct base_err *err) BASE_MUST_USE;
/* Work that runs or waits. */
size_t net_work_count(const struct net_loop *loop);

int net_timer_new(struct net_loop *loop, void (*fire)(void *data), void *data,
                  struct net_timer **out_timer, struct base_err *err) BASE_MUST_USE;
/* Fires after `first_ms`, then every `repeat_ms` (0: once). Starting again replaces. */
void net_timer_start(struct net_timer *timer, uint64_t first_ms, uint64_t repeat_ms);
void net_timer_stop(struct net_timer *timer);
/* The memory goes when the loop has let go of it. NULL is allowed. */
void net_timer_close(struct net_timer *timer);

/* Calls `fire` on the loop's thread when the process gets `signum`; until net_loop_free. */
int net_loop_on_signal(struct net_loop *loop, int signum, void (*fire)(void *data), void *data,
                       struct base_err *err) BASE_MUST_USE;
