/* What somebody needs who wants to judge the breach reports for themselves: the positions of all
 * reports and voices, of what made the keys that signed them and the keys reported, and of the
 * accounts concerned. With the entries at those positions, proved and verified one by one, section
 * 3 of specs/invalidation.md gives the states of the reports. */
#include "projections/positions.h"
#include "projections/views/view.h"
#include "projections/voiding.h"

#include <stdlib.h>

#define EVIDENCE_COUNT_MAX 5000 /* positions; `more` tells that there are others */

struct evidence {
    struct proj_view *view;
    struct proj_positions positions;
};

/* Where a key was made: founding, rotation, enrolment, or the opening of a session. */
static void add_key(struct evidence *e, const struct ledger_key *key)
{
    struct proj_fact fact;
    struct proj_key fact_key = proj_key_key(key);
    if (proj_fact_get_any(e->view->txn, &fact_key, LEDGER_SEQ_NONE, &fact))
        proj_positions_put(&e->positions, fact.seq);
}

static void add_account(struct evidence *e, const proj_id account)
{
    struct proj_fact fact;
    struct proj_key key = proj_key_account(account);
    if (proj_fact_get_any(e->view->txn, &key, LEDGER_SEQ_NONE, &fact))
        proj_positions_put(&e->positions, fact.seq);
}

static void add_voices(struct evidence *e, const struct proj_voice *voices, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        proj_positions_put(&e->positions, voices[i].seq);
        add_key(e, &voices[i].key);
        add_key(e, &voices[i].parent);
    }
}

static void add_report(struct evidence *e, const struct proj_report_state *state)
{
    const struct proj_report *report = &state->report;
    struct proj_key_fact target;
    struct proj_fact fact;
    struct proj_key target_key = proj_key_key(&report->target);
    proj_positions_put(&e->positions, report->seq);
    add_key(e, &report->key);
    add_key(e, &report->parent);
    add_key(e, &report->target);
    if (proj_fact_get_any(e->view->txn, &target_key, LEDGER_SEQ_NONE, &fact) &&
        fact.value.len == sizeof target) {
        memcpy(&target, fact.value.data, sizeof target);
        if (target.kind == PROJ_KEY_SESSION)
            add_key(e, &target.parent);
    }
    add_account(e, report->account);
    add_voices(e, state->receipts, state->receipt_count);
    add_voices(e, state->overrules, state->overrule_count);
}

static void put_positions(struct evidence *e)
{
    struct base_buf *out = e->view->out;
    uint32_t count = 0;
    ledger_seq seq;
    bool more = false;
    ledger_canon_put_map(out, 2);
    proj_put_key(out, "positions");
    size_t at = proj_array_begin(out);
    while (!more && proj_positions_take(&e->positions, &seq)) {
        more = count == EVIDENCE_COUNT_MAX;
        if (!more) {
            ledger_canon_put_int(out, (int64_t)seq);
            count++;
        }
    }
    proj_array_end(out, at, count);
    proj_put_bool(out, "more", more);
}

int proj_view_evidence(struct proj_view *view)
{
    struct evidence e = {.view = view};
    struct proj_report_state *states;
    if (!proj_is_auditor(view) && !proj_reads_as_officer(view))
        return PROJ_VIEW_FORBIDDEN;
    unsigned count = proj_reports_judge(view->txn, &states);
    proj_positions_put(&e.positions, 0);
    for (unsigned i = 0; i < count; i++)
        add_report(&e, &states[i]);
    if (e.positions.failed)
        proj_txn_fail(view->txn, BASE_E_MEMORY, "evidence");
    put_positions(&e);
    proj_positions_release(&e.positions);
    free(states);
    return PROJ_VIEW_DONE;
}
