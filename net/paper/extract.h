/* «Выписка» for a family on paper (CT-2c): results, absences, lessons with homework, remarks of
 * some days; of one pupil or of a whole class, each pupil from a new page. Threads: any; a view
 * belongs to one thread. Slow: not on the loop. */
#pragma once

#include "projections/views/view.h"

#define NET_EXTRACT_DAYS_MAX 400

/* Appends the PDF, and gives the log size and the digest that stand on it (of a class: of its last
 * pupil). The view may look at another moment. Returns 0, PROJ_VIEW_MISSING, PROJ_VIEW_FORBIDDEN,
 * or a fault. */
int net_extract_make(struct proj_view *view, const proj_id pupil, base_day from, base_day to,
                     struct base_buf *out, struct ledger_hash *out_digest,
                     struct base_err *err) BASE_MUST_USE;
int net_extract_make_class(struct proj_view *view, const proj_id class_id, base_day from,
                           base_day to, struct base_buf *out, struct base_err *err) BASE_MUST_USE;
