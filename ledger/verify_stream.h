/* The inside of verification: the stream with one more hook, for a store that checks its indexes
 * along the way. */
#pragma once

#include "ledger/history.h"
#include "ledger/verify.h"

#define LEDGER__VERIFY_CHUNK_MAX 2048u /* entries that are judged together */

/* An entry for which everything held so far, but for signatures. */
struct ledger__verify_placed {
    ledger_seq seq;
    const struct ledger_event *event;
    enum ledger_finding finding; /* to be set to what is found */
};
/* Looks at the entries of a chunk, in order, before they are replayed; 0 or a fault. On the thread
 * of the source's callbacks. */
typedef int (*ledger__verify_hook)(void *data, struct ledger__verify_placed *placed, uint32_t count,
                                   struct base_err *err);

/* `out_history`, where it is wanted: the tree that was read, the caller's to release; what it knows
 * of leaves is all that may be asked of it. */
int ledger__verify_stream(const struct ledger_source *source,
                          const struct ledger_verify_options *options, ledger__verify_hook hook,
                          void *hook_data, struct ledger__history *out_history,
                          struct ledger_verify_report *out_report,
                          struct base_err *err) BASE_MUST_USE;
/* Puts a finding into the report. */
void ledger__verify_found(struct ledger_verify_report *report, enum ledger_finding finding,
                          ledger_seq seq, const char *format, ...) BASE_PRINTF(4, 5);
