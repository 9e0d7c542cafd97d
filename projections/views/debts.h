/* What views share of debt points. Threads: the view's. */
#pragma once

#include "projections/views/view.h"

/* A point that counts and was not withdrawn. */
struct proj_owed {
    const struct proj_lesson *lesson;
    const uint8_t *pupil;
    unsigned column;
    ledger_seq seq;
    struct proj_debt debt;
    bool made_good; /* a mark counts in its cell */
};
typedef void proj_owed_walker(void *data, const struct proj_owed *owed);
/* Those of one page on lessons of these days that count. */
void proj_each_owed(struct proj_view *view, const uint8_t *group, const uint8_t *subject,
                    base_day from, base_day to, proj_owed_walker *each, void *data);
/* How many of the page's points of these days are not made good though their term has passed. */
unsigned proj_overdue_debts(struct proj_view *view, const proj_id group, const proj_id subject,
                            base_day from, base_day to);
