#include "projections/means.h"

#include "projections/control.h"

#include <assert.h>

void proj_mean_rule_read(struct proj_txn *txn, struct proj_mean_rule *out_rule)
{
    out_rule->weighted = proj_setting(txn, "weighted_mean") != 0;
    out_rule->round_up_at = (unsigned)proj_setting(txn, "round_up_at");
    out_rule->least = (unsigned)proj_setting(txn, "marks_per_period_min");
}

void proj_mean_add_value(struct proj_mean *mean, unsigned value, unsigned weight,
                         const struct proj_mean_rule *rule)
{
    int64_t counts = rule->weighted ? weight : 1;
    mean->sum += (int64_t)value * counts;
    mean->weight += counts;
    mean->count++;
}

void proj_mean_add(struct proj_mean *mean, const struct proj_mark *mark,
                   const struct proj_mean_rule *rule)
{
    for (unsigned i = 0; i < mark->count; i++)
        proj_mean_add_value(mean, mark->values[i], mark->weight, rule);
}

int64_t proj_mean_of(const struct proj_mean *mean)
{
    return mean->weight == 0 ? 0 : (mean->sum * 200 + mean->weight) / (2 * mean->weight);
}

unsigned proj_mean_mark(const struct proj_mean *mean, const struct proj_mean_rule *rule)
{
    if (mean->weight == 0)
        return 0;
    int64_t whole = mean->sum / mean->weight;
    int64_t rest = mean->sum % mean->weight;
    if (rest > 0 && rest * 100 >= (int64_t)rule->round_up_at * mean->weight)
        whole++;
    assert(whole >= 1 && whole <= PROJ_MARK_MAX);
    return (unsigned)whole;
}
