/* A thread that does one thing at a time beside its owner, who waits for it before giving it the
 * next. Without a thread (NULL) things are done at once, by the owner.
 * Threads: the handle belongs to one thread. What was written before `start` is there for the task,
 * what the task wrote is there after `wait`. */
#pragma once

#include "ledger/base/err.h"

struct ledger__relay;

/* NULL in `*out_relay` when the system gives no thread; a fault is memory alone. */
int ledger__relay_open(struct ledger__relay **out_relay, struct base_err *err) BASE_MUST_USE;
/* Waits for the task; NULL is allowed, here and below. */
void ledger__relay_close(struct ledger__relay *relay);
/* Begins `task(data)`; nothing may be under way. */
void ledger__relay_start(struct ledger__relay *relay, void (*task)(void *data), void *data);
void ledger__relay_wait(struct ledger__relay *relay);
