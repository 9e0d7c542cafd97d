/* Admission: may this event enter the log at this position? Pure: the state below the position and
 * the event say yes, or the reason (specs/authority.md). */
#pragma once

#include "projections/fold.h"

/* Judges the case (its actor is filled in) and, when it may enter, folds it. Returns 0 or the
 * refusal's code; faults stick in the transaction. `out_fold` is the kind's fold. */
int proj_admit(struct proj_case *c, const struct proj_fold **out_fold) BASE_MUST_USE;
