/* Means of marks by the school's local act: whether weights count, from which hundredths a mean is
 * rounded upwards, how many marks a period needs (settings `weighted_mean`, `round_up_at`,
 * `marks_per_period_min`; specs/events.md, "Settings"). Sums are whole numbers, so that what stands
 * at the limit of rounding is decided exactly; only what is shown is rounded to hundredths.
 * Threads: the transaction's; the arithmetic is pure. */
#pragma once

#include "projections/facts.h"

#define PROJ_MARK_MAX 5

/* The settings as they stand at the moment that the transaction shows. */
struct proj_mean_rule {
    bool weighted;
    unsigned round_up_at; /* hundredths, 0 … 99 */
    unsigned least;       /* marks in a period */
};
void proj_mean_rule_read(struct proj_txn *txn, struct proj_mean_rule *out_rule);

/* Zero it, add, ask. */
struct proj_mean {
    int64_t sum, weight;
    unsigned count;
};
void proj_mean_add(struct proj_mean *mean, const struct proj_mark *mark,
                   const struct proj_mean_rule *rule);
/* One value with a weight. */
void proj_mean_add_value(struct proj_mean *mean, unsigned value, unsigned weight,
                         const struct proj_mean_rule *rule);
/* In hundredths, by halves upwards, to be shown; 0 while there are none. */
int64_t proj_mean_of(const struct proj_mean *mean);
/* The mark that follows by the rule, 1 … 5; 0 while there are none. A mean that is a whole number
 * is that mark, whatever the limit. */
unsigned proj_mean_mark(const struct proj_mean *mean, const struct proj_mean_rule *rule);
