/* What differs between two moments, cell by cell.
 *
 * Two transactions stand at the two moments and walk the same range of facts side by side, in order
 * of keys; a cell whose present version is another one, or which is there on one side only,
 * differs. Why: a version that was written between the two is an edit; where no newer one was
 * written, what was known to be void has changed, and the report that changed it is named.
 *
 * What can fail: memory and the store; the view's transaction carries the fault. */
#include "projections/views/cells.h"

#include <stdio.h>

#define DIFFERENCE_COUNT_MAX 5000 /* cells of one answer; `more` tells that there are others */

struct side {
    struct proj_view view; /* turned to the side's moment */
    struct proj_moment moment;
    struct proj_scan *scan;
    struct proj_fact fact;
    bool there;
};

struct difference {
    struct proj_view *view;
    struct side from, to;
    const uint8_t *pupil;
    uint32_t count;
    bool more;
    bool nameless; /* an auditor's: what entries say in clear, and nobody's name */
    struct proj_page_right right;
};

static void side_next(struct side *side)
{
    side->there = proj_scan_next(side->scan, &side->fact);
}

static bool page_is_open(struct difference *d, const uint8_t *group, const uint8_t *subject)
{
    return d->nameless || d->pupil != NULL || /* judged once, in the beginning */
           proj_page_is_open(&d->to.view, &d->right, group, subject);
}

/* What a key of the page, or of a period mark, is about. */
struct subject_of {
    const uint8_t *group, *subject, *pupil;
    struct proj_cell_ref cell; /* with `is_cell` */
    bool is_cell;
    char period[61];
};

static bool read_key(const struct proj_fact *fact, struct subject_of *out)
{
    *out = (struct subject_of){0};
    out->is_cell = proj_cell_ref_of(fact->key, &out->cell);
    if (out->is_cell) {
        out->group = out->cell.group;
        out->subject = out->cell.subject;
        out->pupil = out->cell.pupil;
        return true;
    }
    if (fact->key.len < 1 + 3 * LEDGER_ID_LEN || fact->key.data[0] != 'p')
        return false;
    out->group = fact->key.data + 1;
    out->subject = out->group + LEDGER_ID_LEN;
    out->pupil = fact->key.data + fact->key.len - LEDGER_ID_LEN;
    return true;
}

static void value_text(struct difference *d, struct side *side, const struct subject_of *about,
                       bool present, char *out, size_t size)
{
    snprintf(out, size, "—");
    if (!present || side->fact.seq == LEDGER_SEQ_NONE)
        return;
    if (d->nameless && about->is_cell && about->cell.what == PROJ_WHAT_ATTENDANCE)
        proj_bare_attendance(&side->fact, out, size);
    else if (about->is_cell)
        proj_cell_text(&side->view, about->cell.what, side->fact.value, out, size);
    else
        proj_period_text(side->fact.value, out, size);
}

static void read_period(const struct side *side, bool present, struct subject_of *about)
{
    struct proj_period_mark mark;
    if (about->is_cell || !present || side->fact.value.len != sizeof mark)
        return;
    memcpy(&mark, side->fact.value.data, sizeof mark);
    memcpy(about->period, mark.period, sizeof about->period);
}

/* An edit between the moments names its author; else the report that changed what counts. */
static void put_why(struct difference *d, ledger_seq before, ledger_seq after)
{
    struct base_buf *out = d->view->out;
    bool edited = after != LEDGER_SEQ_NONE && after >= d->from.moment.content;
    ledger_seq report = LEDGER_SEQ_NONE;
    if (!edited && before != LEDGER_SEQ_NONE)
        report = proj_void_get(d->to.view.txn, before).cause;
    if (!edited && report == LEDGER_SEQ_NONE && after != LEDGER_SEQ_NONE)
        report = proj_void_get(d->from.view.txn, after).cause;
    if (edited) {
        proj_put_written(&d->to.view, d->nameless, after);
    } else {
        proj_put_str(out, "name", "");
        proj_put_int(out, "recorded", 0);
    }
    proj_put_seq(out, "report", report);
}

static void put_place(struct difference *d, const struct subject_of *about)
{
    struct proj_cell cell = {.is_period = !about->is_cell, .what = about->cell.what};
    memcpy(cell.group, about->group, LEDGER_ID_LEN);
    memcpy(cell.subject, about->subject, LEDGER_ID_LEN);
    memcpy(cell.pupil, about->pupil, LEDGER_ID_LEN);
    cell.column = about->is_cell ? about->cell.column : 0;
    cell.period = base_bytes_str(about->period);
    if (about->is_cell) {
        (void)proj_find_lesson(&d->to.view, about->cell.lesson, &cell.lesson);
        memcpy(cell.lesson.id, about->cell.lesson, LEDGER_ID_LEN);
        cell.lesson.day = about->cell.day;
    }
    proj_put_place(&d->to.view, d->nameless, &cell);
}

/* One key, present on one side or on both. */
static void compare(struct difference *d, bool has_from, bool has_to)
{
    struct subject_of about;
    ledger_seq before = has_from ? d->from.fact.seq : LEDGER_SEQ_NONE;
    ledger_seq after = has_to ? d->to.fact.seq : LEDGER_SEQ_NONE;
    char text[256];
    if (before == after || !read_key(has_to ? &d->to.fact : &d->from.fact, &about) ||
        (d->pupil != NULL && memcmp(d->pupil, about.pupil, LEDGER_ID_LEN) != 0) ||
        !page_is_open(d, about.group, about.subject))
        return;
    if (d->count == DIFFERENCE_COUNT_MAX) {
        d->more = true;
        return;
    }
    read_period(&d->from, has_from, &about);
    read_period(&d->to, has_to, &about);
    ledger_canon_put_map(d->view->out, 19);
    put_place(d, &about);
    value_text(d, &d->from, &about, has_from, text, sizeof text);
    proj_put_str(d->view->out, "before", text);
    value_text(d, &d->to, &about, has_to, text, sizeof text);
    proj_put_str(d->view->out, "after", text);
    proj_put_seq(d->view->out, "before_seq", before);
    proj_put_seq(d->view->out, "after_seq", after);
    put_why(d, before, after);
    d->count++;
}

static void walk(struct difference *d, const struct proj_key *prefix)
{
    d->from.scan = proj_scan_open(d->from.view.txn, prefix, NULL, NULL, LEDGER_SEQ_NONE);
    d->to.scan = proj_scan_open(d->to.view.txn, prefix, NULL, NULL, LEDGER_SEQ_NONE);
    side_next(&d->from);
    side_next(&d->to);
    while ((d->from.there || d->to.there) && !d->more) {
        int order = !d->from.there ? 1
                    : !d->to.there ? -1
                                   : base_bytes_compare(d->from.fact.key, d->to.fact.key);
        compare(d, order <= 0, order >= 0);
        if (order <= 0)
            side_next(&d->from);
        if (order >= 0)
            side_next(&d->to);
    }
    proj_scan_close(d->from.scan);
    proj_scan_close(d->to.scan);
}

static struct proj_key range(char tag, const uint8_t *group, const uint8_t *subject)
{
    struct proj_key key = proj_key_of(tag);
    if (group != NULL)
        proj_key_id(&key, group);
    if (group != NULL && subject != NULL)
        proj_key_id(&key, subject);
    return key;
}

static int side_open(struct difference *d, struct side *side, const struct proj_moment *moment)
{
    struct base_err err = {0};
    side->view = *d->view;
    side->view.txn = NULL;
    side->moment = *moment;
    int rc = proj_txn_twin(d->view->txn, &side->view.txn, &err);
    if (rc != 0) {
        proj_txn_fail(d->view->txn, rc, err.text);
        return PROJ_VIEW_MISSING;
    }
    return proj_view_travel(&side->view, moment->content, moment->knowledge);
}

static void side_close(struct difference *d, struct side *side)
{
    struct base_err err = {0};
    int rc = side->view.txn != NULL ? proj_txn_fault(side->view.txn, &err) : 0;
    if (rc != 0)
        proj_txn_fail(d->view->txn, rc, err.text);
    proj_view_return(&side->view);
    proj_txn_end(side->view.txn);
}

static int may_read(struct difference *d, const uint8_t *group, const uint8_t *subject)
{
    struct proj_fact fact;
    bool own = d->pupil != NULL && proj_may_read_pupil(d->view, d->pupil);
    d->nameless = !d->view->operator_reads && !own && proj_is_auditor(d->view);
    if (d->nameless)
        return PROJ_VIEW_DONE;
    if (d->pupil != NULL) {
        struct proj_key key = proj_key_tagged_id('P', d->pupil);
        if (!proj_fact_get_any(d->view->txn, &key, LEDGER_SEQ_NONE, &fact))
            return PROJ_VIEW_MISSING;
        return proj_may_read_pupil(d->view, d->pupil) ? PROJ_VIEW_DONE : PROJ_VIEW_FORBIDDEN;
    }
    if (group == NULL || subject == NULL)
        return PROJ_VIEW_DONE; /* page by page, on the way */
    return proj_may_read_page(d->view, group, subject) ? PROJ_VIEW_DONE : PROJ_VIEW_FORBIDDEN;
}

static void put_moment(struct base_buf *out, const char *name, const struct side *side)
{
    proj_put_key(out, name);
    ledger_canon_put_map(out, 3);
    proj_put_seq(out, "content", side->moment.content);
    proj_put_seq(out, "knowledge", side->moment.knowledge);
    proj_put_int(out, "recorded", side->view.now_ms);
}

int proj_view_difference(struct proj_view *view, const struct proj_moment *from,
                         const struct proj_moment *to, const uint8_t *group, const uint8_t *subject,
                         const uint8_t *pupil)
{
    struct difference d = {.view = view, .pupil = pupil};
    struct proj_key cells = range('j', group, subject);
    struct proj_key periods = range('p', group, subject);
    int answer = may_read(&d, group, subject);
    if (answer == PROJ_VIEW_DONE)
        answer = side_open(&d, &d.from, from);
    if (answer == PROJ_VIEW_DONE)
        answer = side_open(&d, &d.to, to);
    if (answer == PROJ_VIEW_DONE) {
        ledger_canon_put_map(view->out, 4);
        put_moment(view->out, "from", &d.from);
        put_moment(view->out, "to", &d.to);
        proj_put_key(view->out, "cells");
        size_t at = proj_array_begin(view->out);
        walk(&d, &cells);
        walk(&d, &periods);
        proj_array_end(view->out, at, d.count);
        proj_put_bool(view->out, "more", d.more);
    }
    side_close(&d, &d.to);
    side_close(&d, &d.from);
    return answer;
}
