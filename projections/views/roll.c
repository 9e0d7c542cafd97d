/* A class as its teacher works with it. */
#include <stdlib.h>

#include "projections/views/roll.h"

int proj_may_lead_class(struct proj_view *view, const proj_id class_id)
{
    struct proj_group group;
    struct proj_txn *txn = proj_view_rights(view);
    base_day today = proj_view_rights_day(view);
    if (!proj_find_group(view, class_id, &group) || group.kind != PROJ_GROUP_CLASS)
        return PROJ_VIEW_MISSING;
    bool may =
        view->operator_reads ||
        proj_has_role(txn, view->account, PROJ_ROLE_CLASS_TEACHER, class_id, today,
                      LEDGER_SEQ_NONE) ||
        proj_has_role(txn, view->account, PROJ_ROLE_HEAD, NULL, today, LEDGER_SEQ_NONE) ||
        proj_has_role(txn, view->account, PROJ_ROLE_DEPUTY_HEAD, NULL, today, LEDGER_SEQ_NONE);
    return may ? PROJ_VIEW_DONE : PROJ_VIEW_FORBIDDEN;
}

static int compare(const void *a, const void *b)
{
    const struct proj_roll_pupil *x = a;
    const struct proj_roll_pupil *y = b;
    int order = strcmp(x->name, y->name);
    return order != 0 ? order : memcmp(x->id, y->id, LEDGER_ID_LEN);
}

void proj_roll_read(struct proj_view *view, const proj_id class_id, base_day from, base_day to,
                    struct proj_roll *out_roll)
{
    struct proj_key prefix = proj_key_tagged_id('M', class_id);
    struct proj_fact fact;
    memset(out_roll, 0, sizeof *out_roll);
    memcpy(out_roll->class_id, class_id, LEDGER_ID_LEN);
    (void)proj_find_group(view, class_id, &out_roll->group);
    out_roll->pupils = calloc(PROJ_ROLL_COUNT_MAX, sizeof *out_roll->pupils);
    if (out_roll->pupils == NULL) {
        proj_txn_fail(view->txn, BASE_E_MEMORY, "roll of a class");
        return;
    }
    struct proj_scan *scan = proj_scan_open(view->txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
    while (out_roll->count < PROJ_ROLL_COUNT_MAX && proj_scan_next(scan, &fact)) {
        struct proj_roll_pupil *pupil = &out_roll->pupils[out_roll->count];
        if (!proj_span_of(view->txn, &fact, &pupil->span) || pupil->span.from > to ||
            pupil->span.to < from)
            continue;
        memcpy(pupil->id, fact.key.data + 1 + LEDGER_ID_LEN, LEDGER_ID_LEN);
        out_roll->count++;
    }
    proj_scan_close(scan);
    for (unsigned i = 0; i < out_roll->count; i++)
        proj_view_pupil_name(view, out_roll->pupils[i].id, out_roll->pupils[i].name);
    qsort(out_roll->pupils, out_roll->count, sizeof *out_roll->pupils, compare);
}

void proj_roll_free(struct proj_roll *roll)
{
    free(roll->pupils);
    roll->pupils = NULL;
    roll->count = 0;
}

int proj_roll_find(const struct proj_roll *roll, const uint8_t *pupil)
{
    for (unsigned i = 0; i < roll->count; i++) {
        if (memcmp(roll->pupils[i].id, pupil, LEDGER_ID_LEN) == 0)
            return (int)i;
    }
    return -1;
}
