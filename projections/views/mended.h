/* Remarks that settle themselves (ST-6): what a remark on a lesson found missing is there now.
 * Derived from the journal, nothing is written. Threads: the view's. */
#pragma once

#include "projections/views/view.h"

/* Of a remark at position `seq`: when the last of what was missing on its lesson below it was
 * recorded. False when nothing was missing then (the remark is about something else), or something
 * is missing still. */
bool proj_remark_is_mended(struct proj_view *view, const struct proj_filling *note, ledger_seq seq,
                           base_time_ms *out_mended_ms);
