/* Terms of keeping, for the head: who is blocked and until when, who is due, who was erased. */
#include "projections/retention.h"

#include <stdlib.h>

#include "projections/views/office.h"

#define ROW_MAX 20000u

enum state { IN_USE, BLOCKED, DUE, ERASED };

struct row {
    proj_id id;
    enum state state;
    struct proj_retention retention;
    struct proj_erased erased;
    ledger_seq erased_seq;
};

struct rows {
    struct proj_view *view;
    struct proj_source source;
    base_day today;
    bool all, more;
    struct row *rows;
    uint32_t count, capacity;
};

static struct row *row_new(struct rows *rows)
{
    if (rows->count == rows->capacity) {
        uint32_t capacity = rows->capacity == 0 ? 256 : rows->capacity * 2;
        struct row *grown = realloc(rows->rows, capacity * sizeof *grown);
        if (grown == NULL) {
            proj_txn_fail(rows->view->txn, BASE_E_MEMORY, "terms of keeping");
            return NULL;
        }
        rows->rows = grown;
        rows->capacity = capacity;
    }
    struct row *row = &rows->rows[rows->count++];
    memset(row, 0, sizeof *row);
    return row;
}

static void add(struct rows *rows, const uint8_t *id)
{
    struct proj_retention retention;
    struct proj_erased erased;
    struct proj_key key = proj_key_tagged_id('f', id);
    ledger_seq seq = LEDGER_SEQ_NONE;
    bool is_erased =
        proj_fact_read(rows->view->txn, &key, LEDGER_SEQ_NONE, &erased, sizeof erased, &seq);
    if (!proj_retention_find(rows->view->txn, &rows->source, id, rows->today,
                             rows->view->offset_min, LEDGER_SEQ_NONE, &retention) ||
        (retention.in_use && !is_erased && !rows->all))
        return;
    if (rows->count == ROW_MAX) {
        rows->more = true;
        return;
    }
    struct row *row = row_new(rows);
    if (row == NULL)
        return;
    memcpy(row->id, id, LEDGER_ID_LEN);
    row->retention = retention;
    row->erased_seq = seq;
    if (is_erased)
        row->erased = erased;
    row->state = is_erased                      ? ERASED
                 : retention.in_use             ? IN_USE
                 : retention.due <= rows->today ? DUE
                                                : BLOCKED;
}

static void collect(struct rows *rows, char tag)
{
    struct proj_key prefix = proj_key_of(tag);
    struct proj_fact fact;
    struct proj_scan *scan = proj_scan_open(rows->view->txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
    while (proj_scan_next(scan, &fact)) {
        if (fact.seq != LEDGER_SEQ_NONE && fact.key.len == 1 + LEDGER_ID_LEN)
            add(rows, fact.key.data + 1);
    }
    proj_scan_close(scan);
}

/* What is due first, then by the day from which it may go. */
static int by_due(const void *a, const void *b)
{
    const struct row *x = a;
    const struct row *y = b;
    if (x->retention.due != y->retention.due)
        return x->retention.due < y->retention.due ? -1 : 1;
    return memcmp(x->id, y->id, LEDGER_ID_LEN);
}

static void put_erased(struct proj_view *view, const struct row *row)
{
    if (row->state != ERASED) {
        proj_put_nil(view->out, "erased");
        return;
    }
    proj_put_key(view->out, "erased");
    proj_put_erasing(view, row->erased_seq, &row->erased.how);
}

static void put_row(struct proj_view *view, const struct row *row)
{
    static const char *const states[] = {"in_use", "blocked", "due", "erased"};
    static const char *const keepings[] = {"nothing", "access", "journal", "summary"};
    char name[PROJ_NAME_LEN_MAX];
    if (row->retention.is_account)
        proj_view_account_full_name(view, row->id, name);
    else
        proj_view_pupil_name(view, row->id, name);
    ledger_canon_put_map(view->out, 8);
    proj_put_id(view->out, "id", row->id);
    proj_put_str(view->out, "name", name);
    proj_put_bool(view->out, "account", row->retention.is_account);
    proj_put_str(view->out, "state", states[row->state]);
    proj_put_str(view->out, "keeping", keepings[row->retention.keeping]);
    proj_put_int_or_nil(view->out, "last", !row->retention.in_use, row->retention.last);
    proj_put_int_or_nil(view->out, "due", !row->retention.in_use, row->retention.due);
    put_erased(view, row);
}

int proj_view_retention(struct proj_view *view, bool all)
{
    struct rows rows = {.view = view,
                        .source = proj_source_of_reader(view->reader),
                        .today = proj_view_today(view),
                        .all = all};
    bool reads = view->operator_reads ||
                 proj_has_role(view->txn, view->account, PROJ_ROLE_HEAD, NULL, rows.today,
                               LEDGER_SEQ_NONE) ||
                 proj_has_role(view->txn, view->account, PROJ_ROLE_DEPUTY_HEAD, NULL, rows.today,
                               LEDGER_SEQ_NONE);
    if (!reads)
        return PROJ_VIEW_FORBIDDEN;
    collect(&rows, 'P');
    collect(&rows, 'A');
    if (rows.count > 0)
        qsort(rows.rows, rows.count, sizeof *rows.rows, by_due);
    ledger_canon_put_map(view->out, 3);
    proj_put_int(view->out, "today", rows.today);
    proj_put_bool(view->out, "more", rows.more);
    proj_put_key(view->out, "rows");
    size_t at = proj_array_begin(view->out);
    for (uint32_t i = 0; i < rows.count; i++)
        put_row(view, &rows.rows[i]);
    proj_array_end(view->out, at, rows.count);
    free(rows.rows);
    return PROJ_VIEW_DONE;
}
