/* Deadlines as functions of recorded time, calendar and bells. */
#include "projections/deadlines.h"

#define DAY_MS ((base_time_ms)86400000)
#define MINUTE_MS ((base_time_ms)60000)
#define HOMEWORK_GRACE_MIN 90 /* ST-4 */

enum { WORK_CONTROL = 4, WORK_DICTATION = 5, WORK_ESSAY = 6, WORK_EXPOSITION = 12 };

int proj_mark_days(unsigned work)
{
    switch (work) {
    case WORK_CONTROL:
        return 3; /* ST-9; the school's own table gives the same to works outside monitoring */
    case WORK_DICTATION:
    case WORK_ESSAY:
    case WORK_EXPOSITION:
        return 7; /* ST-10 */
    default:
        return 0; /* ST-2: during the lesson or on the same day */
    }
}

bool proj_mark_is_late(base_time_ms recorded_ms, int offset_min, base_day lesson_day, unsigned work)
{
    return base_day_of_time(recorded_ms, offset_min) > lesson_day + proj_mark_days(work);
}

bool proj_attendance_is_late(base_time_ms recorded_ms, int offset_min, base_day lesson_day)
{
    return base_day_of_time(recorded_ms, offset_min) > lesson_day;
}

base_time_ms proj_day_begin(base_day day, int offset_min)
{
    return (base_time_ms)day * DAY_MS - (base_time_ms)offset_min * MINUTE_MS;
}

base_time_ms proj_day_end(base_day day, int offset_min)
{
    return proj_day_begin(day, offset_min) + DAY_MS - 1;
}

base_time_ms proj_homework_due(int last_end_min, int offset_min, base_day lesson_day)
{
    return last_end_min < 0 ? proj_day_end(lesson_day, offset_min)
                            : proj_day_begin(lesson_day, offset_min) +
                                  (last_end_min + HOMEWORK_GRACE_MIN) * MINUTE_MS;
}

base_time_ms proj_notice_due(struct proj_txn *txn, base_time_ms learned_ms, int offset_min)
{
    base_day day = proj_next_working_day(txn, base_day_of_time(learned_ms, offset_min));
    return proj_day_end(day, offset_min);
}
