/* Tables for spreadsheets (XLSX): the summary sheet of a class with its figures (ST-12), and the
 * control of filling (ST-6). Numbers are numbers there, names are never formulas. The workbook is
 * made in memory alone, for it holds personal data.
 * Threads: any; a view belongs to one thread. Slow: not on the loop. */
#pragma once

#include "projections/views/view.h"

/* Both append a workbook. 0, PROJ_VIEW_MISSING, PROJ_VIEW_FORBIDDEN, or a fault. */
int net_table_summary(struct proj_view *view, const proj_id class_id, struct base_buf *out,
                      struct base_err *err) BASE_MUST_USE;
/* Control works against period marks: of a class by subject; `class_id` NULL: the classes. */
int net_table_comparison(struct proj_view *view, const uint8_t *class_id, const char *period,
                         struct base_buf *out, struct base_err *err) BASE_MUST_USE;
int net_table_filling(struct proj_view *view, base_day from, base_day to, struct base_buf *out,
                      struct base_err *err) BASE_MUST_USE;
