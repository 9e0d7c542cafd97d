/* The year's journal of one class and subject on paper, as the printed journal was: marks on the
 * left, what was done on the right; and the summary sheet of a class («сводная ведомость», ST-12).
 * Each page carries the checkpoint that it was made from.
 * Threads: any; a view belongs to one thread. Slow: not on the loop. */
#pragma once

#include "projections/views/view.h"

/* Both append a PDF. 0, PROJ_VIEW_MISSING, PROJ_VIEW_FORBIDDEN, or a fault. */
int net_journal_make(struct proj_view *view, const proj_id group, const proj_id subject,
                     base_day from, base_day to, struct base_buf *out,
                     struct ledger_hash *out_digest, struct base_err *err) BASE_MUST_USE;
int net_sheet_make(struct proj_view *view, const proj_id class_id, struct base_buf *out,
                   struct ledger_hash *out_digest, struct base_err *err) BASE_MUST_USE;
