/* Groups by day. */
#include "projections/groups.h"

#include <string.h>

void proj_group_changes_each(struct proj_txn *txn, const proj_id id, ledger_seq before,
                             void (*each)(void *data, base_day from, ledger_seq seq,
                                          const struct proj_group_change *change),
                             void *data)
{
    struct proj_key prefix = proj_key_tagged_id('1', id);
    struct proj_fact fact;
    if (!proj_fact_any(txn, &prefix)) /* few groups change, and a mark asks */
        return;
    struct proj_scan *scan = proj_scan_open(txn, &prefix, NULL, NULL, before);
    while (proj_scan_next(scan, &fact)) {
        struct proj_group_change change;
        if (fact.seq == LEDGER_SEQ_NONE || fact.value.len != sizeof change)
            continue;
        memcpy(&change, fact.value.data, sizeof change);
        each(data, (base_day)proj_key_day_at(fact.key.data + prefix.len), fact.seq, &change);
    }
    proj_scan_close(scan);
}

struct turning {
    base_day day;
    struct proj_group *group;
};

static void turn(void *data, base_day from, ledger_seq seq, const struct proj_group_change *change)
{
    struct turning *turning = data;
    struct proj_group *group = turning->group;
    (void)seq;
    group->dated = 1;
    if (from > turning->day)
        return;
    group->grade = change->grade;
    group->shift = change->shift;
    group->days = change->days;
    memcpy(group->subject, change->subject, LEDGER_ID_LEN);
    memcpy(group->name, change->name, sizeof group->name);
}

void proj_group_turn(struct proj_txn *txn, const proj_id id, base_day day, ledger_seq before,
                     struct proj_group *group)
{
    struct turning turning = {.day = day, .group = group};
    proj_group_changes_each(txn, id, before, turn, &turning);
}

bool proj_group_on(struct proj_txn *txn, const proj_id id, base_day day, ledger_seq before,
                   struct proj_group *out_group)
{
    struct proj_key key = proj_key_tagged_id('C', id);
    if (!proj_fact_read(txn, &key, before, out_group, sizeof *out_group, NULL))
        return false;
    proj_group_turn(txn, id, day, before, out_group);
    return true;
}

bool proj_teaches_in_grade(struct proj_txn *txn, const proj_id account, const proj_id subject,
                           unsigned grade, base_day day, ledger_seq before)
{
    struct proj_key prefix = proj_key_tagged_id('t', account);
    struct proj_fact fact;
    bool found = false;
    struct proj_scan *scan = proj_scan_open(txn, &prefix, NULL, NULL, before);
    while (!found && proj_scan_next(scan, &fact)) {
        struct proj_teaching teaching;
        struct proj_group group;
        if (fact.seq == LEDGER_SEQ_NONE || fact.value.len != sizeof teaching)
            continue;
        memcpy(&teaching, fact.value.data, sizeof teaching);
        found = memcmp(teaching.subject, subject, LEDGER_ID_LEN) == 0 && teaching.from <= day &&
                day <= teaching.to && proj_group_on(txn, teaching.group, day, before, &group) &&
                group.grade == grade;
    }
    proj_scan_close(scan);
    return found;
}
