/* A log whose admission lets everything in: what is measured is the ledger alone, no folds, and no
 * signatures (they are zero bytes; nobody verifies them).
 * Owner:   the caller; ledger_log_close. Threads: one. */
#pragma once

#include "ledger/log.h"

/* Makes the log in the folder `dir`, which must not exist yet, with one founding event by the first
 * of so many authors. */
int bench_plain_log_make(const char *dir, uint32_t author_count, struct ledger_log **out_log,
                         struct ledger_hash *out_log_id, struct base_err *err) BASE_MUST_USE;
/* Appends to a log as it was just made until it has `size` entries. */
int bench_plain_log_fill(struct ledger_log *log, const struct ledger_hash *log_id,
                         uint32_t author_count, uint64_t size, struct base_err *err) BASE_MUST_USE;
