/* Attendance: each pupil of each lesson, and the sheet that says "everybody else was there"
 * (ST-2, ST-7). The kind of absence is health data and stays sealed. */
#include "projections/lessons.h"

static int attendance_admit(struct proj_case *c)
{
    struct proj_lesson lesson;
    int code = proj_case_open_cells(c, PROJ_WHAT_ATTENDANCE, &lesson);
    struct proj_cells cells = {0};
    while (code == 0 && proj_cells_next(c->body, "cells", &cells)) {
        struct ledger_canon_value prev = ledger_canon_at(&cells.tuple, 3);
        struct proj_key key = proj_key_cell(&lesson, PROJ_WHAT_ATTENDANCE,
                                            ledger_canon_at(&cells.tuple, 0).bytes.data, 0);
        code = proj_check_cell_prev(c, &key, &prev, cells.index);
    }
    return code;
}

/* The fields of attendance.set in their order (projections/kinds.c). */
enum { ATTENDANCE_ALL, ATTENDANCE_CELLS, ATTENDANCE_LESSON };

static void attendance_apply(struct proj_case *c)
{
    struct proj_lesson lesson;
    if (!proj_case_lesson_at(c, ATTENDANCE_LESSON, &lesson))
        return;
    struct ledger_canon_reader cells;
    uint32_t count = proj_cells_read(c->body, ATTENDANCE_CELLS, "cells", &cells);
    for (uint32_t i = 0; i < count; i++) {
        struct proj_attendance cell;
        memset(&cell, 0, sizeof cell);
        cell.recorded_ms = c->recorded_ms;
        (void)proj_next_tuple(&cells);
        const uint8_t *pupil = proj_next_bin(&cells, LEDGER_ID_LEN);
        cell.state = (uint8_t)proj_next_int(&cells);
        const uint8_t *reason = proj_next_bin(&cells, LEDGER_COMMITMENT_LEN);
        cell.has_reason = reason != NULL;
        if (reason != NULL)
            memcpy(cell.reason, reason, LEDGER_COMMITMENT_LEN);
        cell.prev = proj_next_prev(&cells);
        struct proj_key key = proj_key_cell(&lesson, PROJ_WHAT_ATTENDANCE, pupil, 0);
        proj_fact_put_short(c->txn, &key, c->seq, &cell, sizeof cell);
    }
    if (proj_body_int(c->body, "all") != 0) {
        struct proj_sheet sheet = {.recorded_ms = c->recorded_ms};
        struct proj_key key = proj_key_cell(&lesson, PROJ_WHAT_SHEET, proj_no_id, 0);
        proj_fact_put(c->txn, &key, c->seq, &sheet, sizeof sheet);
    }
}

const struct proj_fold proj_attendance_folds[] = {
    {"attendance.set", proj_case_writes_cells, attendance_admit, attendance_apply, NULL},
};
const unsigned proj_attendance_fold_count =
    sizeof proj_attendance_folds / sizeof proj_attendance_folds[0];
