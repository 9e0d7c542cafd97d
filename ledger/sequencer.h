/* The one writer: a thread that takes verified submissions from a bounded queue, appends them in
 * group commits (ledger_log_append) and answers. It takes what waits. Only under load, when the
 * last commit had at least LEDGER_LINGER_COUNT_MIN, does it linger for at most LEDGER_LINGER_MS
 * until as many wait again: those who were just answered are about to come back, and a commit costs
 * the same for one as for all of them. Never when idle. Threads: submit from any thread; `done` is
 * called on the sequencer's thread, once per submission, in the order of submitting, never before
 * the entries are durable. */
#pragma once

#include "ledger/log.h"

struct ledger_sequencer;

/* `receipt` is borrowed for the call; `fault` is NULL, or why nothing was acknowledged (then the
 * log has stopped and every later submission is answered the same way). */
typedef void (*ledger_done_fn)(void *data, const struct ledger_receipt *receipt,
                               const struct base_err *fault);

/* Called on the sequencer's thread after a batch is durable, with the new head. For live updates.
 */
typedef void (*ledger_published_fn)(void *data, const struct ledger_head *head);

int ledger_sequencer_start(struct ledger_log *log, ledger_published_fn published, void *data,
                           struct ledger_sequencer **out_sequencer,
                           struct base_err *err) BASE_MUST_USE;
/* Queues a submission (borrowed until `done`). BASE_E_BUSY when the queue is full, BASE_E_STOPPED
 * after a fault or a stop; then `done` is not called. */
int ledger_sequencer_submit(struct ledger_sequencer *sequencer,
                            struct ledger_submission *submission, ledger_done_fn done, void *data,
                            struct base_err *err) BASE_MUST_USE;
/* For tests: lingers for so long instead. Before the first submission. */
void ledger__sequencer_linger(struct ledger_sequencer *sequencer, uint32_t linger_ms);
/* Answers what waits, ends the thread, frees. NULL is allowed. */
void ledger_sequencer_stop(struct ledger_sequencer *sequencer);
