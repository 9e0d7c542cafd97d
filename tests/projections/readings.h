/* How many readings of the reports a tale has. A reading says of every pair of voices whether it
 * holds; it is consistent when each says what section 3 of specs/invalidation.md demands, given
 * what all others say. Nothing is computed in an order here: all readings are tried. The rule is
 * sound only if there is exactly one. */
#pragma once

#include "tests/projections/oracle.h"

#define READING_PAIR_MAX 12 /* more are not tried: 2^n readings */

/* The number of consistent readings, -1 when there are too many pairs to try; with one, and only
 * one, `out_standing` says which reports stand in it. */
int readings_count(const struct tale *tale, bool out_standing[TALE_STEP_MAX]);
