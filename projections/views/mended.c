#include "projections/views/mended.h"

/* When that part of the lesson was recorded, as counted below `before`; false: it is not there. The
 * time stands first in each of these facts. */
static bool recorded_at(struct proj_view *view, const struct proj_lesson *lesson,
                        enum proj_what what, ledger_seq before, base_time_ms *out_ms)
{
    struct proj_key key = proj_key_cell(lesson, what, proj_no_id, 0);
    struct proj_fact fact;
    _Static_assert(offsetof(struct proj_topic, recorded_ms) == 0 &&
                       offsetof(struct proj_homework, recorded_ms) == 0 &&
                       offsetof(struct proj_sheet, recorded_ms) == 0,
                   "the time stands first");
    if (!proj_fact_get(view->txn, &key, before, &fact) || fact.value.len < sizeof *out_ms)
        return false;
    memcpy(out_ms, fact.value.data, sizeof *out_ms);
    return true;
}

bool proj_remark_is_mended(struct proj_view *view, const struct proj_filling *note, ledger_seq seq,
                           base_time_ms *out_mended_ms)
{
    static const enum proj_what parts[] = {PROJ_WHAT_TOPIC, PROJ_WHAT_SHEET, PROJ_WHAT_HOMEWORK};
    struct proj_lesson lesson;
    struct proj_group group;
    bool lacked = false;
    *out_mended_ms = 0;
    if (!note->has_lesson || !proj_find_lesson(view, note->lesson, &lesson) ||
        !proj_find_group(view, lesson.group, &group))
        return false;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        base_time_ms then_ms;
        base_time_ms now_ms;
        if (parts[i] == PROJ_WHAT_HOMEWORK && group.grade == 1)
            continue; /* none is given there */
        if (!recorded_at(view, &lesson, parts[i], LEDGER_SEQ_NONE, &now_ms))
            return false;
        if (recorded_at(view, &lesson, parts[i], seq, &then_ms))
            continue;
        lacked = true;
        *out_mended_ms = now_ms > *out_mended_ms ? now_ms : *out_mended_ms;
    }
    return lacked;
}
