/* Engine and oracle, compared. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/projections/player.h"
#include "tests/projections/readings.h"

/* What is kept as the cut of each key that was reported: the smallest of its standing reports, of
 * equal ones the oldest. */
static bool cuts_agree(struct proj_txn *txn, const struct proj_report_state *reports,
                       unsigned count)
{
    bool same = true;
    for (unsigned i = 0; i < count && same; i++) {
        struct proj_cut wanted = {.cut = LEDGER_SEQ_NONE, .report = LEDGER_SEQ_NONE};
        struct proj_cut kept = proj_cut_get(txn, &reports[i].report.target);
        for (unsigned k = 0; k < count; k++) {
            const struct proj_report *other = &reports[k].report;
            if (reports[k].standing && other->cut < wanted.cut &&
                ledger_key_equal(&other->target, &reports[i].report.target))
                wanted = (struct proj_cut){.cut = other->cut, .report = other->seq};
        }
        same = kept.cut == wanted.cut && kept.report == wanted.report;
        if (!same)
            printf("engine: the key that report %d is about is cut at %d by %d, must be at %d by "
                   "%d\n",
                   (int)reports[i].report.seq, (int)kept.cut, (int)kept.report, (int)wanted.cut,
                   (int)wanted.report);
    }
    return same;
}

bool state_agrees(struct proj_txn *txn, const struct tale *tale, const struct opinion *opinion)
{
    bool standing[TALE_STEP_MAX];
    int readings = readings_count(tale, standing);
    if (readings >= 0 && readings != 1) {
        printf("%d consistent readings\n", readings);
        return false;
    }
    struct proj_report_state *reports;
    bool same = true;
    unsigned count = proj_reports_judge(txn, &reports);
    for (unsigned i = 0; i < count && same; i++) {
        int seq = (int)reports[i].report.seq;
        same = reports[i].standing == opinion->standing[seq] &&
               reports[i].overruled == opinion->overruled[seq];
        if (!same)
            printf("engine: report %d stands %d, overruled %d\n", seq, reports[i].standing,
                   reports[i].overruled);
    }
    same = same && cuts_agree(txn, reports, count);
    free(reports);
    for (int i = 0; same && i < tale->count; i++) {
        struct proj_void state = proj_void_get(txn, (ledger_seq)i);
        same &= (int)state.reason == (int)opinion->verdicts[i];
        if (state.reason == PROJ_VOID_COVERED && same)
            same = (int)state.cause == opinion->covers[i];
        if (state.reason == PROJ_VOID_UNGROUNDED && same)
            same = (int)state.cause < tale->count && tale->steps[state.cause].deed == DID_REPORT;
        if (!same) {
            step_print(tale, &tale->steps[i], i, "here");
            printf("engine: %d (cause %d), oracle: %d (cause %d)\n", (int)state.reason,
                   (int)state.cause, (int)opinion->verdicts[i], opinion->covers[i]);
            break;
        }
    }
    assert_int_equal(proj_txn_fault(txn, NULL), 0);
    return same;
}
