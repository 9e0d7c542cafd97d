/* Signing a plan. */
#pragma once

#include "tools/common/school.h"
#include "tools/import/import.h"

#define IMPORT_SLIPS_HEAD "person,code\n"

typedef void (*import_progress_fn)(void *data, const char *what, uint64_t done, uint64_t total);

/* Signs every planned event by `signer` and appends it; the transaction and the reader of the plan
 * must be closed by then. Codes of invitations go to `slips`, a line each, also of those that a
 * failure left without their invitation. `progress` may be NULL. */
int import_apply(struct import *im, struct tool_school *school, struct tool_key *signer,
                 import_progress_fn progress, struct base_buf *slips,
                 struct base_err *err) BASE_MUST_USE;
