/* Two bodies of one kind, walked by the kind's table. */
#include "projections/affirming.h"

#include "projections/engine.h"
#include "projections/kinds.h"

/* What the author could not leave as it was: the cell's present version, the salt of a commitment,
 * how far the journal had been seen. */
static bool may_differ(const struct proj_field *field)
{
    return field->type == PROJ_T_SEALED || strcmp(field->name, "prev") == 0 ||
           strcmp(field->name, "upto") == 0;
}

static bool same_tuple(const struct proj_field *tuple, const struct ledger_canon_value *a,
                       const struct ledger_canon_value *b)
{
    bool same = true;
    for (unsigned i = 0; i < tuple->item_count && same; i++) {
        struct ledger_canon_value x = ledger_canon_at(a, i);
        struct ledger_canon_value y = ledger_canon_at(b, i);
        /* A sealed part that was there must be there, and the other way round. */
        same = may_differ(&tuple->items[i])
                   ? tuple->items[i].type != PROJ_T_SEALED || x.type == y.type
                   : base_bytes_equal(x.raw, y.raw);
    }
    return same;
}

/* Each of the new cells is one of the old. */
static bool cells_among(const struct proj_field *field, const struct ledger_event *now,
                        const struct ledger_event *then)
{
    struct proj_cells cells = {0};
    bool among = true;
    while (among && proj_cells_next(&now->body, field->name, &cells)) {
        struct proj_cells old = {0};
        among = false;
        while (!among && proj_cells_next(&then->body, field->name, &old))
            among = same_tuple(field->items, &cells.tuple, &old.tuple);
    }
    return among;
}

static bool says_the_same(const struct ledger_event *now, const struct ledger_event *then)
{
    const struct proj_kind *kind = proj_kind_find(now->kind);
    bool same = kind != NULL && base_bytes_equal(now->kind, then->kind);
    for (unsigned i = 0; same && i < kind->field_count; i++) {
        const struct proj_field *field = &kind->fields[i];
        if (field->type == PROJ_T_LIST && field->items->type == PROJ_T_TUPLE)
            same = cells_among(field, now, then);
        else if (!may_differ(field))
            same = base_bytes_equal(ledger_canon_get(&now->body, field->name).raw,
                                    ledger_canon_get(&then->body, field->name).raw);
    }
    return same;
}

bool proj_case_affirms(struct proj_case *c, const struct proj_key *key)
{
    struct proj_fact fact;
    bool affirms = false;
    if (!c->event->has_quote)
        return false;
    struct proj_scan *scan = proj_scan_open(c->txn, key, NULL, NULL, c->seq);
    while (!affirms && proj_scan_next_version(scan, &fact)) {
        struct ledger_event then;
        struct base_err err = {0};
        base_time_ms recorded_ms;
        if (fact.key.len != key->len || !proj_is_void(c->txn, fact.seq))
            continue;
        int rc = c->source->event(c->source->data, fact.seq, &then, &recorded_ms, &err);
        if (rc != 0)
            proj_txn_fail(c->txn, rc, err.text);
        affirms = rc == 0 && ledger_hash_equal(&then.id, &c->event->quote) &&
                  says_the_same(c->event, &then);
    }
    proj_scan_close(scan);
    return affirms;
}
