/* The lessons that a day has. */
#include "projections/planned.h"

#include "projections/groups.h"

struct asked {
    struct proj_txn *txn;
    base_day day;
    void (*each)(void *data, const struct proj_planned *planned);
    void *data;
};

static bool is_taken_back(const struct proj_changed *changed)
{
    return changed->change == PROJ_CHANGE_MOVED && changed->newday == changed->day &&
           changed->newn == changed->n;
}

bool proj_changed_find(struct proj_txn *txn, const struct proj_slot *slot, base_day day,
                       struct proj_changed *out_changed, ledger_seq *out_seq)
{
    struct proj_key key = proj_key_slot('O', slot->group, slot->subject, day, slot->shift, slot->n);
    return proj_fact_read(txn, &key, LEDGER_SEQ_NONE, out_changed, sizeof *out_changed, out_seq) &&
           !is_taken_back(out_changed);
}

bool proj_planned_is_given(const struct proj_planned *planned)
{
    return planned->change != PROJ_CHANGE_MOVED && planned->change != PROJ_CHANGE_CANCELLED;
}

/* `planned` holds slot and day; what was changed there is added, and handed on. */
static void give(struct asked *asked, struct proj_planned *planned)
{
    struct proj_changed changed;
    ledger_seq seq;
    memcpy(planned->actual, planned->slot.account, LEDGER_ID_LEN);
    planned->change = PROJ_PLANNED_AS_IS;
    planned->to_day = planned->day;
    planned->to_n = planned->slot.n;
    if (proj_changed_find(asked->txn, &planned->slot, planned->day, &changed, &seq)) {
        planned->change = changed.change;
        planned->change_seq = seq;
        planned->to_day = changed.newday;
        planned->to_n = changed.newn;
        if (changed.change == PROJ_CHANGE_SUBSTITUTED)
            memcpy(planned->actual, changed.account, LEDGER_ID_LEN);
    }
    asked->each(asked->data, planned);
}

static void take_slot(void *data, const struct proj_slot *slot)
{
    struct asked *asked = data;
    struct proj_planned planned = {.slot = *slot,
                                   .day = asked->day,
                                   .home_day = asked->day,
                                   .home_n = slot->n,
                                   .change_seq = LEDGER_SEQ_NONE};
    give(asked, &planned);
}

struct home {
    const struct proj_changed *changed;
    struct base_bytes room;
};

static void find_room(void *data, const struct proj_slot *slot)
{
    struct home *home = data;
    if (slot->shift == home->changed->shift && slot->n == home->changed->n &&
        memcmp(slot->subject, home->changed->subject, LEDGER_ID_LEN) == 0)
        home->room = slot->room;
}

static void take_moved(struct asked *asked, const struct proj_changed *changed, ledger_seq seq)
{
    struct home home = {.changed = changed};
    struct proj_planned planned = {.slot = {.weekday = (uint8_t)base_day_weekday(asked->day),
                                            .shift = changed->shift,
                                            .n = changed->newn},
                                   .day = asked->day,
                                   .moved_in = true,
                                   .home_day = changed->day,
                                   .home_n = changed->n,
                                   .change_seq = seq};
    proj_slots_on(asked->txn, changed->group, changed->day, find_room, &home);
    planned.slot.room = home.room;
    memcpy(planned.slot.group, changed->group, LEDGER_ID_LEN);
    memcpy(planned.slot.subject, changed->subject, LEDGER_ID_LEN);
    memcpy(planned.slot.account, changed->teacher, LEDGER_ID_LEN);
    give(asked, &planned);
}

void proj_planned_on(struct proj_txn *txn, const proj_id group_id, const struct proj_group *group,
                     base_day day, void (*each)(void *data, const struct proj_planned *planned),
                     void *data)
{
    struct asked asked = {.txn = txn, .day = day, .each = each, .data = data};
    struct proj_group then;
    if (group->dated && proj_group_on(txn, group_id, day, LEDGER_SEQ_NONE, &then))
        group = &then;
    if (proj_is_school_day(txn, day, group->grade, group->days == 0 ? 6 : group->days))
        proj_slots_on(txn, group_id, day, take_slot, &asked);
    struct proj_key prefix = proj_key_tagged_id('O', group_id);
    struct proj_fact fact;
    struct proj_scan *scan = proj_scan_open(txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
    while (proj_scan_next(scan, &fact)) {
        struct proj_changed changed;
        if (fact.seq == LEDGER_SEQ_NONE || fact.value.len != sizeof changed)
            continue;
        memcpy(&changed, fact.value.data, sizeof changed);
        if (changed.change == PROJ_CHANGE_MOVED && changed.newday == day &&
            !is_taken_back(&changed))
            take_moved(&asked, &changed, fact.seq);
    }
    proj_scan_close(scan);
}

struct last_asked {
    struct proj_txn *txn;
    base_day day;
    int end_min;
};

static void last_slot(void *data, const struct proj_planned *planned)
{
    struct last_asked *asked = data;
    struct proj_bell bell;
    if (proj_planned_is_given(planned) &&
        proj_bell_of(asked->txn, planned->slot.shift, planned->slot.n, asked->day, &bell) &&
        bell.end_min > asked->end_min)
        asked->end_min = bell.end_min;
}

/* A class's own lessons and those of every group that draws on it. */
static int class_end(struct proj_txn *txn, const proj_id class_id,
                     const struct proj_group *of_class, base_day day)
{
    struct last_asked asked = {.txn = txn, .day = day, .end_min = -1};
    proj_planned_on(txn, class_id, of_class, day, last_slot, &asked);
    struct proj_key prefix = proj_key_of('C');
    struct proj_fact fact;
    struct proj_scan *scan = proj_scan_open(txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
    while (proj_scan_next(scan, &fact)) {
        struct proj_group group;
        if (fact.seq == LEDGER_SEQ_NONE || fact.value.len != sizeof group)
            continue;
        memcpy(&group, fact.value.data, sizeof group);
        if (group.kind == PROJ_GROUP_PLAN || !proj_group_is_drawn_from(&group, class_id))
            continue;
        proj_group_turn(txn, fact.key.data + 1, day, LEDGER_SEQ_NONE, &group);
        proj_planned_on(txn, fact.key.data + 1, &group, day, last_slot, &asked);
    }
    proj_scan_close(scan);
    return asked.end_min;
}

int proj_last_lesson_end(struct proj_txn *txn, const proj_id group_id, base_day day)
{
    struct proj_group group;
    if (!proj_group_on(txn, group_id, day, LEDGER_SEQ_NONE, &group))
        return -1;
    if (group.kind == PROJ_GROUP_CLASS || group.class_count == 0)
        return class_end(txn, group_id, &group, day);
    int earliest = -1;
    for (unsigned i = 0; i < group.class_count; i++) {
        struct proj_group of_class;
        if (!proj_group_on(txn, group.classes[i], day, LEDGER_SEQ_NONE, &of_class))
            continue;
        int end = class_end(txn, group.classes[i], &of_class, day);
        if (end >= 0 && (earliest < 0 || end < earliest))
            earliest = end;
    }
    return earliest;
}
