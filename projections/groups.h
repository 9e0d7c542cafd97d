/* What a group is on a day: as it was created, and as it was changed from some day on. A class that
 * goes up a grade stays the group that it is: its name, grade, shift and week change with a day.
 * Threads: the transaction's. */
#pragma once

#include "projections/facts.h"

/* The group as it is on `day`, by what counts before `before`; false: there is no such group. */
bool proj_group_on(struct proj_txn *txn, const proj_id id, base_day day, ledger_seq before,
                   struct proj_group *out_group);
/* The same for who has read the group as it was created. */
void proj_group_turn(struct proj_txn *txn, const proj_id id, base_day day, ledger_seq before,
                     struct proj_group *group);
/* Calls `each` for every change of the group that counts, by its first day. */
void proj_group_changes_each(struct proj_txn *txn, const proj_id id, ledger_seq before,
                             void (*each)(void *data, base_day from, ledger_seq seq,
                                          const struct proj_group_change *change),
                             void *data);
/* The account teaches the subject on that day in some group that is of the grade then. */
bool proj_teaches_in_grade(struct proj_txn *txn, const proj_id account, const proj_id subject,
                           unsigned grade, base_day day, ledger_seq before);
