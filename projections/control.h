/* What the deputy head has set, for others to ask: locks and settings. Deadlines flag, locks refuse
 * (specs/authority.md). Threads: the transaction's. */
#pragma once

#include "projections/fold.h"

/* Is the day of that group inside a closed period: its own, or one of a class it is drawn from? */
bool proj_is_locked(struct proj_txn *txn, const proj_id group, base_day day, ledger_seq before);
/* Is the period of that name closed for the group? */
bool proj_is_period_locked(struct proj_txn *txn, const proj_id group, struct base_bytes period,
                           ledger_seq before);
/* A setting that there is: what it may be, and what holds while nobody has set it. */
struct proj_setting_limits {
    const char *name;
    int64_t min, max, otherwise;
};
/* The settings one by one, by name; NULL after the last. Static. */
const struct proj_setting_limits *proj_setting_at(size_t i);
/* The value of a setting that counts now, or what holds while nobody has set it; 0 for a name that
 * there is not. */
int64_t proj_setting(struct proj_txn *txn, const char *name);
