/* Looking at another moment (specs/projections.md, "Two moments").
 * The view's transaction is turned to the moment; a twin of it stays at present and answers who may
 * read, since a right that was lost since then opens no old page, and one that was gained does. */
#include "projections/views/view.h"
#include "projections/voiding.h"

#include <assert.h>

ledger_seq proj_view_size(struct proj_view *view)
{
    ledger_seq next = proj_txn_next(view->txn);
    ledger_seq content = proj_txn_content(view->txn);
    return content < next ? content : next;
}

/* When the entry below a position was recorded. */
static int recorded_below(struct proj_view *view, ledger_seq position, base_time_ms *out_ms)
{
    struct proj_source source = proj_source_of_reader(view->reader);
    struct ledger_event event;
    struct base_err err = {0};
    assert(position > 0);
    int rc = source.event(source.data, position - 1, &event, out_ms, &err);
    if (rc != 0)
        proj_txn_fail(view->txn, rc, err.text);
    return rc;
}

int proj_view_travel(struct proj_view *view, ledger_seq content, ledger_seq knowledge)
{
    struct base_err err = {0};
    base_time_ms then_ms;
    assert(view->present == NULL);
    ledger_seq size = proj_txn_next(view->txn);
    if (content == 0 || content > knowledge || knowledge > size)
        return PROJ_VIEW_MISSING;
    if (recorded_below(view, content, &then_ms) != 0)
        return PROJ_VIEW_MISSING; /* the fault sticks */
    int rc = proj_txn_twin(view->txn, &view->present, &err);
    if (rc != 0) {
        proj_txn_fail(view->txn, rc, err.text);
        return PROJ_VIEW_MISSING;
    }
    view->present_ms = view->now_ms;
    if (content < size)
        view->now_ms = then_ms;
    proj_txn_moment(view->txn, content, knowledge);
    return PROJ_VIEW_DONE;
}

void proj_view_return(struct proj_view *view)
{
    if (view->present == NULL)
        return;
    proj_txn_end(view->present);
    view->present = NULL;
    view->now_ms = view->present_ms;
    proj_txn_moment(view->txn, LEDGER_SEQ_NONE, LEDGER_SEQ_NONE);
}

/* Which moment a time means: the log size that held all that was recorded up to then. */
int proj_view_moment(struct proj_view *view, base_time_ms time_ms)
{
    struct proj_source source = proj_source_of_reader(view->reader);
    ledger_seq size = proj_txn_next(view->txn);
    ledger_seq position = proj_cut_at(view->txn, &source, size, time_ms + 1);
    return proj_view_moment_at(view, position);
}

int proj_view_moment_at(struct proj_view *view, ledger_seq position)
{
    base_time_ms recorded_ms = 0;
    ledger_seq size = proj_txn_next(view->txn);
    if (position == 0 || position > size || recorded_below(view, position, &recorded_ms) != 0)
        return PROJ_VIEW_MISSING;
    ledger_canon_put_map(view->out, 3);
    proj_put_seq(view->out, "position", position);
    proj_put_int(view->out, "recorded", recorded_ms);
    proj_put_seq(view->out, "size", size);
    return PROJ_VIEW_DONE;
}
