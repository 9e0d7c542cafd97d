/* Where there is something to stop at when one goes back through a page's past: the positions of
 * all that was ever written on it, and of the signatures by which reports about it came into force.
 */
#include <stdlib.h>

#include "projections/views/view.h"

#define STOP_COUNT_MAX 20000

struct stops {
    ledger_seq *list;
    size_t count;
};

static void add(struct stops *stops, ledger_seq seq)
{
    if (stops->count < STOP_COUNT_MAX)
        stops->list[stops->count++] = seq;
}

static void add_versions(struct proj_view *view, const struct proj_key *prefix,
                         const struct proj_key *from, const struct proj_key *until,
                         struct stops *stops, bool *out_void)
{
    struct proj_fact fact;
    struct proj_scan *scan = proj_scan_open(view->txn, prefix, from, until, LEDGER_SEQ_NONE);
    while (proj_scan_next_version(scan, &fact)) {
        add(stops, fact.seq);
        *out_void |= proj_is_void(view->txn, fact.seq);
    }
    proj_scan_close(scan);
}

static int ascending(const void *a, const void *b)
{
    ledger_seq x = *(const ledger_seq *)a;
    ledger_seq y = *(const ledger_seq *)b;
    return x < y ? -1 : x > y;
}

static void put_stops(struct proj_view *view, struct stops *stops)
{
    ledger_seq last = LEDGER_SEQ_NONE;
    uint32_t put = 0;
    if (stops->count > 1)
        qsort(stops->list, stops->count, sizeof *stops->list, ascending);
    ledger_canon_put_map(view->out, 1);
    proj_put_key(view->out, "positions");
    size_t at = proj_array_begin(view->out);
    for (size_t i = 0; i < stops->count; i++) {
        if (stops->list[i] == last)
            continue;
        last = stops->list[i];
        ledger_canon_put_int(view->out, (int64_t)last);
        put++;
    }
    proj_array_end(view->out, at, put);
}

int proj_view_stops(struct proj_view *view, const proj_id group, const proj_id subject,
                    base_day from, base_day to)
{
    static const char voices[] = {'X', 'c', 'v'};
    struct stops stops = {0};
    bool any_void = false;
    if (!proj_may_read_page(view, group, subject) && !proj_is_auditor(view)) /* positions alone */
        return PROJ_VIEW_FORBIDDEN;
    stops.list = calloc(STOP_COUNT_MAX, sizeof *stops.list);
    if (stops.list == NULL) {
        proj_txn_fail(view->txn, BASE_E_MEMORY, "stops");
        return PROJ_VIEW_DONE;
    }
    struct proj_key prefix = proj_key_page(group, subject);
    struct proj_key first = proj_key_page_day(group, subject, from);
    struct proj_key until = proj_key_page_day(group, subject, (int64_t)to + 1);
    add_versions(view, &prefix, &first, &until, &stops, &any_void);
    for (size_t i = 0; any_void && i < sizeof voices; i++) {
        bool unused = false;
        struct proj_key tag = proj_key_of(voices[i]);
        add_versions(view, &tag, NULL, NULL, &stops, &unused);
    }
    put_stops(view, &stops);
    free(stops.list);
    return PROJ_VIEW_DONE;
}
