/* The last page of a printed journal: period marks, year, exam, final, pupil by pupil (ST-5).
 * Threads: the view's. */
#pragma once

#include "net/paper/source.h"

/* Nothing while nobody has a mark of year, exam or final: the paper stays as it was. 0 or a
 * fault. */
int net_closing_put(struct proj_view *view, const proj_id group, const proj_id subject,
                    struct net_source *source, struct net_paper *paper,
                    struct base_err *err) BASE_MUST_USE;
