/* Debt points («точка»): a mark that is still to be earned for a work, with the day until which it
 * can be. The point stands in the mark's own cell and is made good by any mark that counts there;
 * nothing is written for that. */
#include "projections/lessons.h"

static struct proj_key debt_key(struct proj_case *c, const struct proj_lesson *lesson,
                                const struct proj_cells *cells)
{
    return proj_key_cell(lesson, PROJ_WHAT_DEBT, ledger_canon_at(&cells->tuple, 0).bytes.data,
                         (unsigned)proj_body_int(c->body, "column"));
}

static int check_cell(struct proj_case *c, const struct proj_lesson *lesson,
                      const struct proj_cells *cells)
{
    struct ledger_canon_value until = ledger_canon_at(&cells->tuple, 1);
    struct ledger_canon_value prev = ledger_canon_at(&cells->tuple, 2);
    if (until.type == LEDGER_CANON_INT && until.integer < lesson->day)
        return proj_refuse_cell(c, PROJ_REFUSED_DATE, cells->index, "until");
    struct proj_key key = debt_key(c, lesson, cells);
    return proj_check_cell_prev(c, &key, &prev, cells->index);
}

static int debt_admit(struct proj_case *c)
{
    struct proj_lesson lesson;
    int code = proj_case_open_cells(c, PROJ_WHAT_DEBT, &lesson);
    if (code == 0)
        code = proj_case_marked(c, &lesson);
    struct proj_cells cells = {0};
    while (code == 0 && proj_cells_next(c->body, "cells", &cells))
        code = check_cell(c, &lesson, &cells);
    return code;
}

static void debt_apply(struct proj_case *c)
{
    struct proj_lesson lesson;
    if (!proj_case_lesson_any(c, &lesson))
        return;
    struct proj_cells cells = {0};
    while (proj_cells_next(c->body, "cells", &cells)) {
        struct ledger_canon_value until = ledger_canon_at(&cells.tuple, 1);
        struct ledger_canon_value prev = ledger_canon_at(&cells.tuple, 2);
        struct proj_debt debt;
        memset(&debt, 0, sizeof debt);
        debt.recorded_ms = c->recorded_ms;
        debt.prev = proj_prev_of(&prev);
        debt.until = until.type == LEDGER_CANON_INT ? (int32_t)until.integer : INT32_MIN;
        debt.work = (uint8_t)proj_body_int(c->body, "work");
        struct proj_key key = debt_key(c, &lesson, &cells);
        proj_fact_put(c->txn, &key, c->seq, &debt, sizeof debt);
    }
}

const struct proj_fold proj_debts_folds[] = {
    {"debt.set", proj_case_writes_cells, debt_admit, debt_apply, NULL},
};
const unsigned proj_debts_fold_count = sizeof proj_debts_folds / sizeof proj_debts_folds[0];
