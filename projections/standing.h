/* Which breach reports stand, and who is suspended meanwhile (specs/invalidation.md, sections 3 and
 * 6). Everything here is derived from facts: reports, receipts, overrulings.
 * Threads: the transaction's. Errors: sticky in the transaction. */
#pragma once

#include "projections/facts.h"

#define PROJ_VOICE_COUNT_MAX                                                                       \
    32 /* officers whose receipts (or overrulings) of one report are weighed */

struct proj_report_state {
    struct proj_report report;
    bool standing, overruled;
    bool
        lapsed; /* its reporter's key is cut before it: it closes a key still, and freezes nobody */
    struct proj_voice receipts[PROJ_VOICE_COUNT_MAX];
    bool receipt_valid[PROJ_VOICE_COUNT_MAX];
    unsigned receipt_count;
    struct proj_voice overrules[PROJ_VOICE_COUNT_MAX];
    unsigned overrule_count;
};

/* All reports, oldest first, with what became of them (strata rule: root's, then pairs newest
 * first). Returns their number and an array of as many, which the caller frees (NULL when there are
 * none, or when memory ran out: then the transaction carries the fault). */
unsigned proj_reports_judge(struct proj_txn *txn, struct proj_report_state **out_states);

/* The same with one more report, weighed last in the array and as if root had made it: for
 * previews, where a cut on an officer's key may fell what that officer signed. */
unsigned proj_reports_suppose(struct proj_txn *txn, const struct proj_report *supposed,
                              struct proj_report_state **out_states);

/* Is the officer's account suspended by a lone accusation that nobody has decided yet? Decided: it
 * stands, it was overruled, or the accuser's own key is cut before it. */
bool proj_is_frozen(struct proj_txn *txn, const proj_id account);
