/* «Правки»: what was recorded on some days and is worth a second look, newest first. An entry is
 * told of when its cell's term had passed, when it stands over another one or takes it back, when
 * it does not count, and when it closes a period or opens it again (ST-2 … ST-11). None of it is a
 * fault by itself.
 *
 * Of one page the positions are taken from its facts; of all pages every entry of these days is
 * read. What an entry wrote into which cell is then asked in the same way.
 *
 * What can fail: memory and the store; the view's transaction carries the fault. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "projections/deadlines.h"
#include "projections/planned.h"
#include "projections/views/cells.h"
#include "projections/voiding.h"

#define EDIT_COUNT_MAX 2000 /* rows of one answer; `more` tells that there are others */
/* Versions on one page: 40 pupils, 1,000 lessons, and more than one entry for each cell. */
#define POSITION_COUNT_MAX 100000

enum sort { WRITTEN, CORRECTED, WITHDRAWN, PERIOD_CLOSED, PERIOD_REOPENED };

struct edits {
    struct proj_view *view;
    struct proj_source source;
    const uint8_t *group, *subject; /* of one page, or NULL */
    bool nameless, all;
    ledger_seq begin, end;
    /* The entry that is looked at now. */
    ledger_seq seq;
    base_time_ms recorded_ms;
    struct proj_void state;
    uint32_t count;
    bool more;
    struct proj_page_right right;
};

/* Until when the cell was to be written; 0 where no term is set. */
static base_time_ms due_of(struct edits *e, const struct proj_cell *cell,
                           const struct proj_fact *fact)
{
    int offset = e->view->offset_min;
    struct proj_mark mark;
    if (cell->is_period)
        return 0;
    switch (cell->what) {
    case PROJ_WHAT_LESSON:
    case PROJ_WHAT_TOPIC:
    case PROJ_WHAT_SHEET:
    case PROJ_WHAT_ATTENDANCE:
        return proj_day_end(cell->lesson.day, offset);
    case PROJ_WHAT_HOMEWORK:
        return proj_homework_due(proj_last_lesson_end(e->view->txn, cell->group, cell->lesson.day),
                                 offset, cell->lesson.day);
    case PROJ_WHAT_MARK:
        if (!proj_mark_of(fact->value, &mark))
            return 0;
        return mark.has_protocol
                   ? 0 /* made up for later, by protocol */
                   : proj_day_end(cell->lesson.day + proj_mark_days(mark.work), offset);
    case PROJ_WHAT_DEBT:
    case PROJ_WHAT_FILE:
        break;
    }
    return 0;
}

/* A cell in words, "—" where nothing stands. */
static void words(struct edits *e, const struct proj_cell *cell, const struct proj_fact *fact,
                  char *out, size_t size)
{
    snprintf(out, size, "—");
    if (fact == NULL)
        return;
    if (e->nameless && !cell->is_period && cell->what == PROJ_WHAT_ATTENDANCE)
        proj_bare_attendance(fact, out, size);
    else
        proj_cell_words(e->view, cell, fact, out, size);
}

/* What is told of one cell, or of a period that was closed or opened again. */
struct edit {
    enum sort sort;
    bool late;
    base_time_ms due_ms; /* 0: none */
    const char *before, *after;
};

static void put_row(struct edits *e, const struct proj_cell *cell, const struct edit *edit)
{
    struct base_buf *out = e->view->out;
    bool is_void = e->state.reason != PROJ_COUNTS;
    ledger_canon_put_map(out, 23);
    proj_put_seq(out, "seq", e->seq);
    proj_put_int(out, "sort", edit->sort);
    proj_put_bool(out, "late", edit->late);
    proj_put_bool(out, "void", is_void);
    proj_put_place(e->view, e->nameless, cell);
    proj_put_str(out, "before", edit->before);
    proj_put_str(out, "after", edit->after);
    proj_put_written(e->view, e->nameless, e->seq);
    proj_put_int(out, "on", base_day_of_time(e->recorded_ms, e->view->offset_min));
    proj_put_int_or_nil(out, "due", edit->due_ms != 0, edit->due_ms);
    proj_put_seq(out, "report", is_void ? e->state.cause : LEDGER_SEQ_NONE);
    e->count++;
}

static bool is_wanted(struct edits *e, const uint8_t *group, const uint8_t *subject)
{
    if (e->count == EDIT_COUNT_MAX)
        e->more = true;
    return !e->more && (e->group == NULL || memcmp(e->group, group, LEDGER_ID_LEN) == 0) &&
           (e->subject == NULL || memcmp(e->subject, subject, LEDGER_ID_LEN) == 0) &&
           (e->nameless || e->all || proj_page_is_open(e->view, &e->right, group, subject));
}

/* Lessons and their sheets are written once; who opens or fills one again corrects nothing. */
static bool can_be_corrected(const struct proj_cell *cell)
{
    return cell->is_period || (cell->what != PROJ_WHAT_LESSON && cell->what != PROJ_WHAT_SHEET);
}

static void take_cell(void *data, const struct proj_cell *cell)
{
    struct edits *e = data;
    struct proj_fact fact;
    struct proj_fact before;
    char was[256];
    char is[256];
    struct edit edit = {.before = was, .after = is};
    if (!proj_fact_get_any(e->view->txn, &cell->key, e->seq + 1, &fact) || fact.seq != e->seq)
        return; /* overwritten within its own event, or never folded */
    bool had = proj_fact_get(e->view->txn, &cell->key, e->seq, &before);
    words(e, cell, had ? &before : NULL, was, sizeof was);
    words(e, cell, &fact, is, sizeof is);
    edit.due_ms = due_of(e, cell, &fact);
    edit.late = edit.due_ms != 0 && e->recorded_ms > edit.due_ms;
    if (can_be_corrected(cell) && strcmp(was, "—") != 0 && strcmp(was, is) != 0)
        edit.sort = strcmp(is, "—") == 0 ? WITHDRAWN : CORRECTED;
    bool tells = edit.late || edit.sort != WRITTEN || e->state.reason != PROJ_COUNTS;
    if (tells && is_wanted(e, cell->group, cell->subject))
        put_row(e, cell, &edit);
}

/* A class's periods belong to all its pages. */
static void take_lock(struct edits *e, const struct ledger_event *event, enum sort sort)
{
    struct proj_cell cell = {.is_period = true};
    struct edit edit = {.sort = sort, .before = "—", .after = "—"};
    memcpy(cell.group, proj_body_bin(&event->body, "group"), LEDGER_ID_LEN);
    cell.period = proj_body_text(&event->body, "period");
    if (!e->nameless && !e->all)
        return; /* of all pages that one teaches: not the deputy head's affairs */
    if (e->count == EDIT_COUNT_MAX)
        e->more = true;
    else
        put_row(e, &cell, &edit);
}

static void take_entry(struct edits *e, ledger_seq seq)
{
    struct ledger_event event;
    struct base_err err = {0};
    e->seq = seq;
    int rc = e->source.event(e->source.data, seq, &event, &e->recorded_ms, &err);
    if (rc != 0) {
        proj_txn_fail(e->view->txn, rc, err.text);
        return;
    }
    e->state = proj_void_get(e->view->txn, seq);
    if (base_bytes_equal(event.kind, base_bytes_str("period.closed")))
        take_lock(e, &event, PERIOD_CLOSED);
    else if (base_bytes_equal(event.kind, base_bytes_str("period.reopened")))
        take_lock(e, &event, PERIOD_REOPENED);
    else
        proj_each_cell(e->view, &event, take_cell, e);
}

struct positions {
    ledger_seq *list;
    size_t count;
};

static void add_versions(struct edits *e, const struct proj_key *prefix, struct positions *out)
{
    struct proj_fact fact;
    struct proj_scan *scan = proj_scan_open(e->view->txn, prefix, NULL, NULL, LEDGER_SEQ_NONE);
    while (proj_scan_next_version(scan, &fact)) {
        if (fact.seq < e->begin || fact.seq >= e->end)
            continue;
        if (out->count < POSITION_COUNT_MAX)
            out->list[out->count++] = fact.seq;
    }
    proj_scan_close(scan);
}

static int descending(const void *a, const void *b)
{
    ledger_seq x = *(const ledger_seq *)a;
    ledger_seq y = *(const ledger_seq *)b;
    return x > y ? -1 : x < y;
}

static void walk_page(struct edits *e)
{
    struct positions positions = {0};
    struct proj_group group = {0};
    struct proj_key cells = proj_key_page(e->group, e->subject);
    struct proj_key periods = proj_key_tagged_ids('p', e->group, e->subject);
    struct proj_key locks = proj_key_tagged_id('Q', e->group);
    positions.list = calloc(POSITION_COUNT_MAX, sizeof *positions.list);
    if (positions.list == NULL) {
        proj_txn_fail(e->view->txn, BASE_E_MEMORY, "edits");
        return;
    }
    add_versions(e, &cells, &positions);
    add_versions(e, &periods, &positions);
    add_versions(e, &locks, &positions);
    (void)proj_find_group(e->view, e->group, &group);
    for (unsigned i = 0; i < group.class_count; i++) {
        locks = proj_key_tagged_id('Q', group.classes[i]);
        add_versions(e, &locks, &positions);
    }
    if (positions.count > 1)
        qsort(positions.list, positions.count, sizeof *positions.list, descending);
    for (size_t i = 0; i < positions.count && !e->more; i++) {
        if (i == 0 || positions.list[i] != positions.list[i - 1])
            take_entry(e, positions.list[i]);
    }
    free(positions.list);
}

static void walk_all(struct edits *e)
{
    for (ledger_seq seq = e->end;
         seq > e->begin && !e->more && proj_txn_fault(e->view->txn, NULL) == 0; seq--)
        take_entry(e, seq - 1);
}

int proj_view_edits(struct proj_view *view, base_day from, base_day to, const uint8_t *group,
                    const uint8_t *subject)
{
    struct edits e = {.view = view, .group = group, .subject = subject};
    assert((group == NULL) == (subject == NULL));
    e.all =
        proj_reads_all_pages(view) || (group != NULL && proj_may_read_page(view, group, subject));
    e.nameless = !e.all && proj_is_auditor(view);
    if (group != NULL && !e.all && !e.nameless)
        return PROJ_VIEW_FORBIDDEN;
    ledger_seq size = proj_view_size(view);
    e.source = proj_source_of_reader(view->reader);
    e.begin = proj_cut_at(view->txn, &e.source, size, proj_day_begin(from, view->offset_min));
    e.end = proj_cut_at(view->txn, &e.source, size, proj_day_end(to, view->offset_min) + 1);
    ledger_canon_put_map(view->out, 6);
    proj_put_int(view->out, "from", from);
    proj_put_int(view->out, "to", to);
    proj_put_int(view->out, "entries", (int64_t)(e.end - e.begin));
    proj_put_seq(view->out, "size", size);
    proj_put_key(view->out, "edits");
    size_t at = proj_array_begin(view->out);
    if (group != NULL)
        walk_page(&e);
    else
        walk_all(&e);
    proj_array_end(view->out, at, e.count);
    proj_put_bool(view->out, "more", e.more);
    return PROJ_VIEW_DONE;
}
