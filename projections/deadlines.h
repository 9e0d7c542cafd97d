/* When an entry is late (regulation/practice 1.3). Deadlines flag, they never refuse.
 * Judged by recorded_at in the school's own time. Pure. */
#pragma once

#include "projections/calendar.h"

/* ST-2, ST-7: the day of the lesson; ST-9: control works within 3 days; ST-10: written works within
 * a week. Days after the lesson's day until whose end the mark is in time. */
int proj_mark_days(unsigned work);
/* True when a mark recorded then, for that work on a lesson of that day, is late. */
bool proj_mark_is_late(base_time_ms recorded_ms, int offset_min, base_day lesson_day,
                       unsigned work);
/* ST-7: absences on the day of the lesson. */
bool proj_attendance_is_late(base_time_ms recorded_ms, int offset_min, base_day lesson_day);
/* ST-4: 90 minutes after the end of the class's last lesson. `last_end_min` from
 * proj_last_lesson_end; when it is negative the end of the day counts. In milliseconds UTC. */
base_time_ms proj_homework_due(int last_end_min, int offset_min, base_day lesson_day);
/* The first and the last millisecond of a civil day at that offset. */
base_time_ms proj_day_begin(base_day day, int offset_min);
base_time_ms proj_day_end(base_day day, int offset_min);
/* CT-11, ST-16: the end of the next working day after the day of learning. */
base_time_ms proj_notice_due(struct proj_txn *txn, base_time_ms learned_ms, int offset_min);
