/* The lessons that a day has: the timetable with what was changed in it (ST-8, CT-2b). Whoever asks
 * what is to be given, and by whom, asks here, so that all screens say the same.
 * A lesson that was moved to its own day and number is one whose change was taken back: it stands
 * as the timetable has it (specs/events.md, `lesson.changed`). Threads: the transaction's. */
#pragma once

#include "projections/calendar.h"

struct proj_planned {
    struct proj_slot slot; /* on this day; `n` is the new number of a lesson that was moved here */
    base_day day;
    int change;        /* enum proj_change; PROJ_PLANNED_AS_IS: none */
    proj_id actual;    /* who gives it: the slot's account, or the substitute */
    bool moved_in;     /* it was moved here, from `home_day` and `home_n` */
    base_day home_day; /* else the same as `day` */
    uint8_t home_n;
    base_day to_day; /* of one that is moved away: where to; else the same as `day` */
    uint8_t to_n;
    ledger_seq change_seq; /* of the event that changed it, or moved it here; NONE: none */
};
#define PROJ_PLANNED_AS_IS (-1)

/* What was changed in that slot of the day; false when nothing was, or it was taken back.
 * `out_seq` may be NULL. */
bool proj_changed_find(struct proj_txn *txn, const struct proj_slot *slot, base_day day,
                       struct proj_changed *out_changed, ledger_seq *out_seq);
/* Is it to be given here and then: neither cancelled nor moved away? */
bool proj_planned_is_given(const struct proj_planned *planned);
/* Calls `each` for every lesson of the group on the day: those of its timetable when there is
 * school for its grade, then those that were moved there. */
void proj_planned_on(struct proj_txn *txn, const proj_id group_id, const struct proj_group *group,
                     base_day day, void (*each)(void *data, const struct proj_planned *planned),
                     void *data);
/* ST-4: end of the last lesson that the group's classes have on the day, in minutes (-1: none): one
 * that is cancelled or moved away does not count, one that was moved here does. For a class its own
 * lessons and those of its subgroups count, for a stream the earliest of its classes. */
int proj_last_lesson_end(struct proj_txn *txn, const proj_id group, base_day day);
