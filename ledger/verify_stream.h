/* The inside of verification: the stream with one more hook, for a store that checks its indexes
 * along the way. */
#pragma once

#include "ledger/verify.h"

/* As on_entry, called before it; answers 0, a positive enum ledger_finding, or a fault. */
typedef int (*ledger__verify_hook)(void *data, ledger_seq seq, const struct ledger_event *event,
                                   struct base_err *err);

int ledger__verify_stream(const struct ledger_source *source,
                          const struct ledger_verify_options *options, ledger__verify_hook hook,
                          void *hook_data, struct ledger_verify_report *out_report,
                          struct base_err *err) BASE_MUST_USE;
/* Puts a finding into the report. */
void ledger__verify_found(struct ledger_verify_report *report, enum ledger_finding finding,
                          ledger_seq seq, const char *format, ...) BASE_PRINTF(4, 5);
