/* The school's time: which days are working days, when lessons begin and end, who has which slot.
 * Days are counted since 1970-01-01, minutes since midnight, all in the school's own time; the
 * offset comes from the founding event. Threads: the transaction's. */
#pragma once

#include "projections/facts.h"

#define PROJ_BELL_COUNT_MAX 20

struct proj_bell {
    uint8_t n;
    int16_t start_min, end_min;
};

/* The bells of a shift on a day (the last bells.set whose `from` is not later). Returns their
 * number; `out_bells` has room for PROJ_BELL_COUNT_MAX. */
unsigned proj_bells_on(struct proj_txn *txn, unsigned shift, base_day day,
                       struct proj_bell out_bells[PROJ_BELL_COUNT_MAX]);
/* Start and end of one lesson; false when the bells do not know it. */
bool proj_bell_of(struct proj_txn *txn, unsigned shift, unsigned n, base_day day,
                  struct proj_bell *out_bell);

/* One row of a calendar. */
struct proj_calendar_row {
    enum proj_calendar_kind kind;
    struct base_bytes name;
    base_day from, to;
    unsigned grade_from, grade_to;
    unsigned year; /* which calendar it stands in, counted in the order of their names */
};
/* Calls `each` for every row of every school year known; stops when it returns false. */
void proj_calendar_each(struct proj_txn *txn,
                        bool (*each)(void *data, const struct proj_calendar_row *row), void *data);
/* Is it a school day for the grade with a week of `days` days: not Sunday, not beyond the week
 * unless transferred, no holiday, no day off? */
bool proj_is_school_day(struct proj_txn *txn, base_day day, unsigned grade, unsigned days);
/* The next working day of the school's office after `day` (Monday to Friday; holidays of pupils do
 * not count, days off and transferred days do). CT-11: the term of the notice. */
base_day proj_next_working_day(struct proj_txn *txn, base_day day);

/* One slot of a timetable. */
struct proj_slot {
    uint8_t weekday, shift, n;
    proj_id group, subject, account;
    struct base_bytes room;
};
/* Calls `each` for every slot of the group's timetable valid on the day with that weekday. */
void proj_slots_on(struct proj_txn *txn, const proj_id group, base_day day,
                   void (*each)(void *data, const struct proj_slot *slot), void *data);
/* Calls `each` for every slot of the group's week as it holds on the day, whatever weekday that is;
 * false: no timetable was set until then. `out_from`: the first day of it. */
bool proj_week_of(struct proj_txn *txn, const proj_id group, base_day day,
                  void (*each)(void *data, const struct proj_slot *slot), void *data,
                  base_day *out_from);
/* The first day after `day` from which another week of the group holds; false: none is set. */
bool proj_week_after(struct proj_txn *txn, const proj_id group, base_day day, base_day *out_from);
/* The next topic of the plan for lesson number `number` (1, 2, …): text borrowed; false: none, or
 * it was withdrawn. */
bool proj_plan_topic(struct proj_txn *txn, const proj_id subject, unsigned grade, unsigned number,
                     struct base_bytes *out_text, unsigned *out_work);
