/* The school years as they were set: periods, holidays, days off and transferred working days by
 * grade; and the bells of both shifts. */
#include "projections/views/office.h"

#define YEAR_LEN_MAX 20u

static uint32_t put_tuples(struct proj_view *view, struct base_bytes raw, bool calendar)
{
    struct base_buf *out = view->out;
    struct ledger_canon_value list;
    struct ledger_canon_value item;
    uint32_t count = 0;
    if (ledger_canon_check(raw, &list) != NULL)
        return 0;
    struct ledger_canon_reader reader = ledger_canon_reader_of(list.bytes);
    while (ledger_canon_step(&reader, &item)) {
        if (calendar) {
            ledger_canon_put_map(out, 6);
            proj_put_int(out, "kind", ledger_canon_at(&item, 0).integer);
            proj_put_text(out, "name", ledger_canon_at(&item, 1).bytes);
            proj_put_int(out, "from", ledger_canon_at(&item, 2).integer);
            proj_put_int(out, "to", ledger_canon_at(&item, 3).integer);
            proj_put_int(out, "grade_from", ledger_canon_at(&item, 4).integer);
            proj_put_int(out, "grade_to", ledger_canon_at(&item, 5).integer);
        } else {
            ledger_canon_put_map(out, 3);
            proj_put_int(out, "n", ledger_canon_at(&item, 0).integer);
            proj_put_int(out, "start", ledger_canon_at(&item, 1).integer);
            proj_put_int(out, "end", ledger_canon_at(&item, 2).integer);
        }
        count++;
    }
    return count;
}

/* The year's name stands in the key, filled up with zeros. */
static struct base_bytes year_name(const struct proj_fact *fact)
{
    size_t len = 0;
    while (len < YEAR_LEN_MAX && 1 + len < fact->key.len && fact->key.data[1 + len] != 0)
        len++;
    return base_bytes_of(fact->key.data + 1, len);
}

static void put_years(struct proj_view *view)
{
    struct proj_key prefix = proj_key_of('Y');
    struct proj_fact fact;
    uint32_t count = 0;
    proj_put_key(view->out, "years");
    size_t at = proj_array_begin(view->out);
    struct proj_scan *scan = proj_scan_open(view->txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
    while (proj_scan_next(scan, &fact)) {
        if (fact.seq == LEDGER_SEQ_NONE)
            continue;
        ledger_canon_put_map(view->out, 3);
        proj_put_text(view->out, "year", year_name(&fact));
        proj_put_seq(view->out, "seq", fact.seq);
        proj_put_key(view->out, "rows");
        size_t rows = proj_array_begin(view->out);
        proj_array_end(view->out, rows, put_tuples(view, fact.value, true));
        count++;
    }
    proj_scan_close(scan);
    proj_array_end(view->out, at, count);
}

static void put_bells(struct proj_view *view)
{
    struct proj_key prefix = proj_key_of('B');
    struct proj_fact fact;
    uint32_t count = 0;
    proj_put_key(view->out, "bells");
    size_t at = proj_array_begin(view->out);
    struct proj_scan *scan = proj_scan_open(view->txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
    while (proj_scan_next(scan, &fact)) {
        if (fact.seq == LEDGER_SEQ_NONE || fact.key.len != 1 + 1 + 4)
            continue;
        ledger_canon_put_map(view->out, 4);
        proj_put_int(view->out, "shift", fact.key.data[1]);
        proj_put_int(view->out, "from", proj_key_day_at(fact.key.data + 2));
        proj_put_seq(view->out, "seq", fact.seq);
        proj_put_key(view->out, "bells");
        size_t bells = proj_array_begin(view->out);
        proj_array_end(view->out, bells, put_tuples(view, fact.value, false));
        count++;
    }
    proj_scan_close(scan);
    proj_array_end(view->out, at, count);
}

int proj_view_year(struct proj_view *view)
{
    if (!proj_reads_as_staff(view))
        return PROJ_VIEW_FORBIDDEN;
    ledger_canon_put_map(view->out, 3);
    proj_put_int(view->out, "today", proj_view_today(view));
    put_years(view);
    put_bells(view);
    return PROJ_VIEW_DONE;
}
