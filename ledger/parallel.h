/* Parallel loops: helper threads that run one function over the numbers 0 … count-1.
 * Threads: the handle belongs to one thread, which works, too, while it waits. */
#pragma once

#include "ledger/base/err.h"

#define LEDGER__PARALLEL_MAX 64u

struct ledger__parallel;

/* `thread_count` threads in all, the caller's included; 0: one per processor. */
int ledger__parallel_open(unsigned thread_count, struct ledger__parallel **out_parallel,
                          struct base_err *err) BASE_MUST_USE;
void ledger__parallel_close(struct ledger__parallel *parallel);
/* Calls `each` once for every number, in any order and thread; returns when all are done. */
void ledger__parallel_run(struct ledger__parallel *parallel, uint32_t count,
                          void (*each)(void *data, uint32_t i), void *data);
