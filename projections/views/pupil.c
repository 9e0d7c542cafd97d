/* What the views about one pupil share. */
#include "projections/views/pupil.h"

#include "projections/views/walk.h"

struct pages {
    struct proj_pupil_page page;
    void (*each)(void *data, const struct proj_pupil_page *page);
    void *data;
};

static void take_page(void *data, const uint8_t *group, const uint8_t *subject)
{
    struct pages *pages = data;
    pages->page.group = group;
    pages->page.subject = subject;
    pages->each(pages->data, &pages->page);
}

void proj_each_pupil_page(struct proj_view *view, const proj_id pupil,
                          void (*each)(void *data, const struct proj_pupil_page *page), void *data)
{
    struct proj_key prefix = proj_key_tagged_id('m', pupil);
    struct proj_fact fact;
    struct pages pages = {.each = each, .data = data};
    struct proj_scan *scan = proj_scan_open(view->txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
    while (proj_scan_next(scan, &fact)) {
        if (proj_span_of(view->txn, &fact, &pages.page.span))
            proj_each_subject_of(view, fact.key.data + 1 + LEDGER_ID_LEN, PROJ_TAUGHT_EVER,
                                 take_page, &pages);
    }
    proj_scan_close(scan);
}

void proj_class_of_pupil(struct proj_view *view, const proj_id pupil, proj_id out_class)
{
    struct proj_key prefix = proj_key_tagged_id('m', pupil);
    base_day today = proj_view_today(view);
    int32_t best = INT32_MIN;
    struct proj_fact fact;
    memset(out_class, 0, LEDGER_ID_LEN);
    struct proj_scan *scan = proj_scan_open(view->txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
    while (proj_scan_next(scan, &fact)) {
        const uint8_t *id = fact.key.data + 1 + LEDGER_ID_LEN;
        struct proj_span span;
        struct proj_group group;
        if (!proj_span_of(view->txn, &fact, &span) || !proj_find_group(view, id, &group) ||
            group.kind != PROJ_GROUP_CLASS)
            continue;
        bool today_inside = span.from <= today && today <= span.to;
        int32_t rank = today_inside ? INT32_MAX : span.from;
        if (rank >= best) {
            best = rank;
            memcpy(out_class, id, LEDGER_ID_LEN);
        }
    }
    proj_scan_close(scan);
}

/* Versions of one key: of each voice the last one that counts is what it says of these days. */
struct voices {
    struct proj_explanation held, said;
    ledger_seq held_seq, said_seq;
};

static void weigh(const struct voices *voices, base_day day, struct proj_excuse *excuse)
{
    if (voices->held_seq != LEDGER_SEQ_NONE && day <= voices->held.to &&
        (excuse->held_seq == LEDGER_SEQ_NONE || voices->held_seq > excuse->held_seq)) {
        excuse->held_seq = voices->held_seq;
        memcpy(excuse->held, voices->held.reason, LEDGER_COMMITMENT_LEN);
    }
    if (voices->said_seq != LEDGER_SEQ_NONE && day <= voices->said.to &&
        (excuse->said_seq == LEDGER_SEQ_NONE || voices->said_seq > excuse->said_seq)) {
        excuse->said_seq = voices->said_seq;
        memcpy(excuse->said, voices->said.reason, LEDGER_COMMITMENT_LEN);
    }
}

void proj_excuse_find(struct proj_txn *txn, const proj_id pupil, base_day day,
                      struct proj_excuse *out_excuse)
{
    struct proj_key prefix = proj_key_tagged_id('E', pupil);
    struct proj_key until = proj_key_id_day('E', pupil, (int64_t)day + 1);
    struct voices voices = {.held_seq = LEDGER_SEQ_NONE, .said_seq = LEDGER_SEQ_NONE};
    int32_t first = INT32_MIN;
    struct proj_fact fact;
    *out_excuse = (struct proj_excuse){.held_seq = LEDGER_SEQ_NONE, .said_seq = LEDGER_SEQ_NONE};
    struct proj_scan *scan = proj_scan_open(txn, &prefix, NULL, &until, LEDGER_SEQ_NONE);
    while (proj_scan_next_version(scan, &fact)) {
        struct proj_explanation one;
        if (fact.value.len != sizeof one || proj_is_void(txn, fact.seq))
            continue;
        memcpy(&one, fact.value.data, sizeof one);
        if (one.from != first) {
            weigh(&voices, day, out_excuse);
            voices.held_seq = voices.said_seq = LEDGER_SEQ_NONE;
            first = one.from;
        }
        if (one.by_family) {
            voices.said = one;
            voices.said_seq = fact.seq;
        } else {
            voices.held = one;
            voices.held_seq = fact.seq;
        }
    }
    proj_scan_close(scan);
    weigh(&voices, day, out_excuse);
    if (out_excuse->said_seq != LEDGER_SEQ_NONE && out_excuse->held_seq != LEDGER_SEQ_NONE &&
        out_excuse->said_seq < out_excuse->held_seq)
        out_excuse->said_seq = LEDGER_SEQ_NONE; /* taken over, or decided otherwise */
}

void proj_absence_texts(struct proj_view *view, const proj_id pupil, base_day day,
                        const struct proj_attendance *cell, struct base_buf *out_reason,
                        struct base_buf *out_said)
{
    struct proj_excuse excuse = {.held_seq = LEDGER_SEQ_NONE, .said_seq = LEDGER_SEQ_NONE};
    size_t before = out_reason->len;
    if (cell->state == PROJ_ABSENT)
        proj_excuse_find(view->txn, pupil, day, &excuse);
    if (excuse.held_seq != LEDGER_SEQ_NONE)
        proj_view_shown_text(view, excuse.held, out_reason);
    if (out_reason->len == before && cell->has_reason)
        proj_view_shown_text(view, cell->reason, out_reason);
    if (excuse.said_seq != LEDGER_SEQ_NONE) /* may be taken over as it stands */
        proj_view_sealed_text(view, excuse.said, out_said);
}

struct proj_txn *proj_look_back(struct proj_view *view, ledger_seq size)
{
    struct proj_txn *then = NULL;
    struct base_err err = {0};
    if (size >= proj_view_size(view))
        return NULL;
    int rc = proj_txn_twin(view->txn, &then, &err);
    if (rc != 0) {
        proj_txn_fail(view->txn, rc, err.text);
        return NULL;
    }
    proj_txn_moment(then, size, size);
    return then;
}

static ledger_seq seq_then(struct proj_txn *then, struct base_bytes bytes)
{
    struct proj_key key = {.len = (uint8_t)bytes.len};
    struct proj_fact fact;
    memcpy(key.bytes, bytes.data, bytes.len);
    return proj_fact_get(then, &key, LEDGER_SEQ_NONE, &fact) ? fact.seq : LEDGER_SEQ_NONE;
}

bool proj_cell_changed(struct proj_txn *then, const struct proj_fact *fact)
{
    return then != NULL && seq_then(then, fact->key) != fact->seq;
}

bool proj_excuse_changed(struct proj_txn *then, struct proj_txn *now, const proj_id pupil,
                         base_day day)
{
    struct proj_excuse before;
    struct proj_excuse after;
    if (then == NULL)
        return false;
    proj_excuse_find(then, pupil, day, &before);
    proj_excuse_find(now, pupil, day, &after);
    return before.held_seq != after.held_seq;
}

struct comparison {
    struct proj_view *view;
    struct proj_txn *then;
    const uint8_t *pupil;
    base_day from, to;
    bool changed;
};

/* A lesson's own fact comes first among its cells: without it there is nothing to show, and when it
 * has gone, that is the change. */
static void compare_page(void *data, const struct proj_pupil_page *page)
{
    struct comparison *c = data;
    base_day first = c->from > page->span.from ? c->from : page->span.from;
    base_day last = c->to < page->span.to ? c->to : page->span.to;
    if (c->changed || first > last)
        return;
    struct proj_key prefix = proj_key_page(page->group, page->subject);
    struct proj_key from = proj_key_page_day(page->group, page->subject, first);
    struct proj_key until = proj_key_page_day(page->group, page->subject, (int64_t)last + 1);
    struct proj_fact fact;
    struct proj_cell_ref ref;
    bool shown = false;
    struct proj_scan *scan = proj_scan_open(c->view->txn, &prefix, &from, &until, LEDGER_SEQ_NONE);
    while (!c->changed && proj_scan_next(scan, &fact)) {
        if (!proj_cell_ref_of(fact.key, &ref))
            continue;
        bool common =
            memcmp(ref.pupil, proj_no_id, LEDGER_ID_LEN) == 0 || ref.what == PROJ_WHAT_FILE;
        if (ref.what == PROJ_WHAT_LESSON)
            shown = fact.seq != LEDGER_SEQ_NONE;
        if (ref.what == PROJ_WHAT_SHEET || (ref.what != PROJ_WHAT_LESSON && !shown) ||
            (!common && memcmp(ref.pupil, c->pupil, LEDGER_ID_LEN) != 0))
            continue;
        c->changed = proj_cell_changed(c->then, &fact);
    }
    proj_scan_close(scan);
}

bool proj_diary_changed(struct proj_view *view, const proj_id pupil, base_day from, base_day to,
                        ledger_seq since)
{
    struct comparison c = {.view = view, .pupil = pupil, .from = from, .to = to};
    c.then = proj_look_back(view, since);
    if (c.then == NULL)
        return false;
    for (base_day day = from; !c.changed && day <= to; day++)
        c.changed = proj_excuse_changed(c.then, view->txn, pupil, day);
    if (!c.changed)
        proj_each_pupil_page(view, pupil, compare_page, &c);
    proj_txn_end(c.then);
    return c.changed;
}
