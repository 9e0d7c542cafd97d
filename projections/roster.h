/* What the roster's folds lend to others that move pupils. */
#pragma once

#include "projections/fold.h"

/* Writes that the pupil joined the group on that day, or that the day was the last inside. */
void proj_membership_put(struct proj_case *c, const uint8_t *group, const uint8_t *pupil, bool left,
                         base_day day);
