/* What views share of the marks that close the year. Threads: the view's. */
#pragma once

#include "projections/views/view.h"
#include "projections/year.h"

/* Pupils who are in the group on that day and whose mark of the year is not there; 0 before it is
 * due, and on pages without marks. */
unsigned proj_no_year_marks(struct proj_view *view, const proj_id group, const proj_id subject,
                            base_day day);
