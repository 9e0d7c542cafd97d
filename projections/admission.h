/* Admission: may this event enter the log at this position? Pure: the state below the position and
 * the event say yes, or the reason (specs/authority.md). */
#pragma once

#include "projections/fold.h"

/* Judges the case (its actor is filled in) and, when it may enter, folds it. `fold` is that of the
 * event's kind, NULL: there is none. An actor that is filled in already, with the event's key, is
 * one that was admitted before and that nothing has happened to since. Returns 0 or the refusal's
 * code; faults stick in the transaction. */
int proj_admit(struct proj_case *c, const struct proj_fold *fold) BASE_MUST_USE;

/* Folds a case that was admitted before, without judging it again: for rebuilding from entries that
 * are known to be the log's own. An actor that is filled in with the event's key is taken as it is.
 * Returns 0, or the refusal of what cannot be folded at all: an
 * unknown kind, a founding out of its place, a key that nobody brought in. */
int proj_fold_admitted(struct proj_case *c, const struct proj_fold *fold) BASE_MUST_USE;
