/* «Акт о признании операций недействительными»: one breach report as a paper (CT-11, ST-16).
 * Threads: any; a view belongs to one thread. Slow: not on the loop. */
#pragma once

#include "projections/views/view.h"

#define NET_ACT_ROW_COUNT_MAX 20000u /* lines of its table; more are counted, not listed */

/* Appends the PDF of the report at `report`. `note` is the checkpoint that it names as its source.
 * Returns 0, PROJ_VIEW_MISSING, PROJ_VIEW_FORBIDDEN (neither an officer nor the account concerned),
 * or a fault. */
int net_act_make(struct proj_view *view, ledger_seq report, struct base_bytes note,
                 struct base_buf *out, struct base_err *err) BASE_MUST_USE;
