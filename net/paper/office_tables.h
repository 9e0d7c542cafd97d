/* Lists of the school's organisation, and of edits, for spreadsheets (XLSX), made in memory alone.
 * Threads: any; a view belongs to one thread. Slow: not on the loop. */
#pragma once

#include "projections/views/view.h"

/* All append a workbook. 0, PROJ_VIEW_MISSING, PROJ_VIEW_FORBIDDEN, or a fault. */
int net_table_changes(struct proj_view *view, base_day from, base_day to, struct base_buf *out,
                      struct base_err *err) BASE_MUST_USE;
/* What is worth a second look, of one page or of all (`group` and `subject` NULL). */
int net_table_edits(struct proj_view *view, base_day from, base_day to, const uint8_t *group,
                    const uint8_t *subject, struct base_buf *out,
                    struct base_err *err) BASE_MUST_USE;
int net_table_programme(struct proj_view *view, base_day day, struct base_buf *out,
                        struct base_err *err) BASE_MUST_USE;
int net_table_movement(struct proj_view *view, base_day from, base_day to, struct base_buf *out,
                       struct base_err *err) BASE_MUST_USE;
int net_table_works(struct proj_view *view, base_day from, base_day to, struct base_buf *out,
                    struct base_err *err) BASE_MUST_USE;
