/* What an entry of the log tells families, as lines of Russian text (CT-2a): a mark that is new or
 * changed, an absence, homework, advice, a changed lesson; and for an entry at which what counts of
 * the past changed (a breach report, a receipt, an overruling) the corrections: was, is now.
 *
 * A line carries no sealed value: no reason of an absence, no comment, no wording of advice; who
 * wants those reads them in the diary, behind a login. Pure: the log up to that entry alone
 * decides. Threads: the view's. */
#pragma once

#include "projections/views/view.h"

struct proj_line {
    enum proj_wants wants; /* the one subscription that it belongs to */
    const uint8_t *pupil;  /* whom it is about; NULL: a group */
    const uint8_t *group;  /* its members of `day` */
    base_day day;
    const char *text; /* one line, no newline at its end */
};

/* Calls `each` for every line of the entry at `seq`; borrowed for the call. The view's transaction
 * must look at the present; it does again afterwards. */
void proj_tell(struct proj_view *view, ledger_seq seq,
               void (*each)(void *data, const struct proj_line *line), void *data);

/* Appends what a week was for a pupil: marks by subject, lessons missed. Appends nothing when there
 * is nothing to tell. */
void proj_tell_week(struct proj_view *view, const proj_id pupil, base_day from, base_day to,
                    struct base_buf *out);
