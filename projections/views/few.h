/* Too few marks for a period mark (ST-5): pupils of a page with fewer marks in a span of days than
 * the school's setting `marks_per_period_min` wants. Threads: the view's. */
#pragma once

#include "projections/means.h"
#include "projections/views/view.h"

/* How many of the pupils who are in the group on the last of the days, and are not exempt in a
 * period that these days touch, have too few. 0 on pages without marks. */
unsigned proj_few_marks(struct proj_view *view, const proj_id group, const proj_id subject,
                        base_day from, base_day to, const struct proj_mean_rule *rule);
