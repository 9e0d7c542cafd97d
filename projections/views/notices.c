/* Notices: what a family has to know of a pupil that it did not know at an earlier log size
 * (CT-2b).
 *
 * A notice has one cause: an entry of the log and what it changed for this pupil. So its id, pupil
 * and position, is the same whenever and wherever it is made, and whoever sends notices out sends
 * each once. Entries that set a mark, an absence or a mark for a period are told while they count.
 * An act is told as a correction: what had been shown before it and what is shown after it, cell by
 * cell; it names no author, because the family has to know the journal and not the story.
 *
 * Shape: the pupil's cells are gathered from the pages of the groups, then each is compared around
 * every breach event since; few cells and few acts, so the comparison is plain. */
#include <stdio.h>
#include <stdlib.h>

#include "projections/views/cells.h"
#include "projections/views/pupil.h"

#define CELL_COUNT_MAX 20000
#define NOTICE_COUNT_MAX 300 /* the newest of one answer */
#define ACT_COUNT_MAX 256    /* breach events that are looked at */
#define WORDS_LEN 128

struct notice {
    ledger_seq seq;    /* the cause */
    ledger_seq report; /* of a correction, else NONE */
    const char *kind;
    struct proj_cell cell;
    unsigned work;
    char was[WORDS_LEN], now[WORDS_LEN];
};

struct notices {
    struct proj_view *view;
    const uint8_t *pupil;
    ledger_seq since;
    struct proj_txn *then; /* a twin that is turned to the moments around acts */
    struct proj_cell *cells;
    size_t cell_count, cell_capacity;
    struct {
        ledger_seq seq, report;
    } acts[ACT_COUNT_MAX];
    unsigned act_count;
    struct notice *list;
    size_t count, capacity;
};

static void *grown(struct notices *notices, void *items, size_t count, size_t *capacity,
                   size_t size)
{
    if (count < *capacity)
        return items;
    size_t more = *capacity == 0 ? 64 : *capacity * 2;
    void *bigger = realloc(items, more * size);
    if (bigger == NULL) {
        proj_txn_fail(notices->view->txn, BASE_E_MEMORY, "notices");
        return NULL;
    }
    *capacity = more;
    return bigger;
}

static void add_notice(struct notices *notices, const struct notice *notice)
{
    struct notice *list =
        grown(notices, notices->list, notices->count, &notices->capacity, sizeof *notices->list);
    if (list == NULL)
        return;
    notices->list = list;
    list[notices->count++] = *notice;
}

/* The pupil's cells */

static void add_cell(struct notices *notices, const struct proj_cell *cell)
{
    if (notices->cell_count == CELL_COUNT_MAX)
        return;
    struct proj_cell *cells = grown(notices, notices->cells, notices->cell_count,
                                    &notices->cell_capacity, sizeof *notices->cells);
    if (cells == NULL)
        return;
    notices->cells = cells;
    cells[notices->cell_count++] = *cell;
}

static void gather_page(struct notices *notices, const uint8_t *group, const uint8_t *subject,
                        const struct proj_span *span)
{
    struct proj_txn *txn = notices->view->txn;
    struct proj_key prefix = proj_key_page(group, subject);
    struct proj_fact fact;
    struct proj_cell_ref ref;
    struct proj_scan *scan = proj_scan_open(txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
    while (proj_scan_next(scan, &fact)) {
        struct proj_cell cell = {0};
        if (!proj_cell_ref_of(fact.key, &ref) || ref.day < span->from || ref.day > span->to ||
            (ref.what != PROJ_WHAT_MARK && ref.what != PROJ_WHAT_ATTENDANCE) ||
            memcmp(ref.pupil, notices->pupil, LEDGER_ID_LEN) != 0 ||
            !proj_find_lesson(notices->view, ref.lesson, &cell.lesson))
            continue;
        cell.what = ref.what;
        cell.column = ref.column;
        memcpy(cell.group, group, LEDGER_ID_LEN);
        memcpy(cell.subject, subject, LEDGER_ID_LEN);
        memcpy(cell.pupil, notices->pupil, LEDGER_ID_LEN);
        cell.key = proj_key_cell(&cell.lesson, cell.what, cell.pupil, cell.column);
        add_cell(notices, &cell);
    }
    proj_scan_close(scan);
}

static void gather_periods(struct notices *notices, const uint8_t *group, const uint8_t *subject)
{
    struct proj_key prefix = proj_key_tagged_ids('p', group, subject);
    struct proj_fact fact;
    struct proj_scan *scan =
        proj_scan_open(notices->view->txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
    while (proj_scan_next(scan, &fact)) {
        struct proj_cell cell = {.is_period = true};
        if (memcmp(fact.key.data + fact.key.len - LEDGER_ID_LEN, notices->pupil, LEDGER_ID_LEN) !=
            0)
            continue;
        memcpy(cell.group, group, LEDGER_ID_LEN);
        memcpy(cell.subject, subject, LEDGER_ID_LEN);
        memcpy(cell.pupil, notices->pupil, LEDGER_ID_LEN);
        cell.key.len = (uint8_t)fact.key.len;
        memcpy(cell.key.bytes, fact.key.data, fact.key.len);
        add_cell(notices, &cell);
    }
    proj_scan_close(scan);
}

static void gather(void *data, const struct proj_pupil_page *page)
{
    struct notices *notices = data;
    gather_page(notices, page->group, page->subject, &page->span);
    gather_periods(notices, page->group, page->subject);
}

/* Entries */

static unsigned work_of(const struct proj_cell *cell, const struct proj_fact *fact)
{
    struct proj_mark mark;
    if (cell->is_period || cell->what != PROJ_WHAT_MARK || !proj_mark_of(fact->value, &mark))
        return 0;
    return mark.work;
}

static const char *entry_kind(const struct notice *notice)
{
    bool empty = strcmp(notice->was, "—") == 0;
    if (notice->cell.is_period)
        return empty ? "period" : "period_changed";
    if (notice->cell.what == PROJ_WHAT_ATTENDANCE)
        return empty || strcmp(notice->was, "+") == 0 ? "absence" : "absence_changed";
    if (strcmp(notice->now, "—") == 0)
        return "withdrawn";
    return empty ? "mark" : "changed";
}

/* Every counting version of the cell that was written since, against the one before it. */
static void tell_entries(struct notices *notices, const struct proj_cell *cell)
{
    struct proj_view *view = notices->view;
    struct notice notice = {.report = LEDGER_SEQ_NONE, .cell = *cell, .was = "—"};
    struct proj_fact fact;
    struct proj_scan *scan = proj_scan_open(view->txn, &cell->key, NULL, NULL, LEDGER_SEQ_NONE);
    while (proj_scan_next_version(scan, &fact)) {
        if (proj_is_void(view->txn, fact.seq))
            continue;
        proj_cell_words(view, cell, &fact, notice.now, sizeof notice.now);
        notice.seq = fact.seq;
        notice.work = work_of(cell, &fact);
        notice.kind = entry_kind(&notice);
        /* That a pupil was there, and a value set again, is no news. */
        bool present = strcmp(notice.was, "—") == 0 && strcmp(notice.now, "+") == 0;
        if (fact.seq >= notices->since && strcmp(notice.was, notice.now) != 0 && !present)
            add_notice(notices, &notice);
        memcpy(notice.was, notice.now, sizeof notice.was);
    }
    proj_scan_close(scan);
}

/* Acts */

static void add_act(struct notices *notices, ledger_seq seq, ledger_seq report)
{
    if (seq < notices->since || notices->act_count == ACT_COUNT_MAX)
        return;
    notices->acts[notices->act_count].seq = seq;
    notices->acts[notices->act_count++].report = report;
}

static void add_voices(struct notices *notices, char tag, ledger_seq report)
{
    struct proj_key prefix = proj_key_numbered(tag, report);
    struct proj_fact fact;
    struct proj_scan *scan =
        proj_scan_open(notices->view->txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
    while (proj_scan_next_version(scan, &fact))
        add_act(notices, fact.seq, report);
    proj_scan_close(scan);
}

/* Reports, receipts and overrulings: only at these can change what counts of the past. */
static void gather_acts(struct notices *notices)
{
    struct proj_key prefix = proj_key_of('X');
    struct proj_fact fact;
    struct proj_scan *scan =
        proj_scan_open(notices->view->txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
    while (proj_scan_next_version(scan, &fact)) {
        add_act(notices, fact.seq, fact.seq);
        add_voices(notices, 'c', fact.seq);
        add_voices(notices, 'v', fact.seq);
    }
    proj_scan_close(scan);
}

static void words_at(struct notices *notices, const struct proj_cell *cell, ledger_seq moment,
                     char out[WORDS_LEN])
{
    proj_txn_moment(notices->then, moment, moment);
    (void)proj_cell_now(notices->view, notices->then, cell, out, WORDS_LEN);
}

static void tell_acts(struct notices *notices, const struct proj_cell *cell)
{
    for (unsigned i = 0; i < notices->act_count; i++) {
        struct notice notice = {.seq = notices->acts[i].seq,
                                .report = notices->acts[i].report,
                                .kind = "correction",
                                .cell = *cell};
        words_at(notices, cell, notice.seq, notice.was);
        words_at(notices, cell, notice.seq + 1, notice.now);
        if (strcmp(notice.was, notice.now) != 0)
            add_notice(notices, &notice);
    }
}

/* Telling */

static int newest_first(const void *a, const void *b)
{
    const struct notice *x = a;
    const struct notice *y = b;
    if (x->seq != y->seq)
        return x->seq < y->seq ? 1 : -1;
    if (x->cell.lesson.day != y->cell.lesson.day)
        return x->cell.lesson.day < y->cell.lesson.day ? -1 : 1;
    return memcmp(x->cell.key.bytes, y->cell.key.bytes, sizeof x->cell.key.bytes);
}

static void put_notice(struct notices *notices, const struct notice *notice)
{
    struct proj_view *view = notices->view;
    struct base_buf *out = view->out;
    const struct proj_cell *cell = &notice->cell;
    struct proj_source source = proj_source_of_reader(view->reader);
    struct ledger_event event;
    struct proj_fact fact;
    struct proj_period_mark period = {0};
    struct proj_subject subject = {0};
    base_time_ms recorded_ms = 0;
    char name[PROJ_NAME_LEN_MAX] = "";
    (void)source.event(source.data, notice->seq, &event, &recorded_ms, NULL);
    (void)proj_find_subject(view, cell->subject, &subject);
    if (!cell->is_period && notice->report == LEDGER_SEQ_NONE)
        proj_view_account_name(view, cell->lesson.actual, name);
    if (cell->is_period && proj_fact_get_any(view->txn, &cell->key, LEDGER_SEQ_NONE, &fact) &&
        fact.value.len == sizeof period)
        memcpy(&period, fact.value.data, sizeof period);
    ledger_canon_put_map(out, 16);
    proj_put_seq(out, "seq", notice->seq);
    proj_put_int(out, "recorded", recorded_ms);
    proj_put_str(out, "kind", notice->kind);
    proj_put_str(out, "what", proj_cell_name(cell));
    proj_put_str(out, "subject_name", subject.name);
    proj_put_str(out, "teacher_name", name);
    proj_put_id_or_nil(out, "lesson", cell->lesson.id);
    proj_put_int(out, "day", cell->lesson.day);
    proj_put_int(out, "n", cell->lesson.n);
    proj_put_int(out, "column", cell->column);
    proj_put_int(out, "work", notice->work);
    proj_put_str(out, "period", period.period);
    proj_put_str(out, "was", notice->was);
    proj_put_str(out, "now", notice->now);
    proj_put_seq(out, "report", notice->report);
    proj_put_int(out, "act",
                 notice->report == LEDGER_SEQ_NONE ? 0 : proj_act_of(view->txn, notice->report));
}

static void put_notices(struct notices *notices)
{
    struct base_buf *out = notices->view->out;
    char name[PROJ_NAME_LEN_MAX];
    proj_each_pupil_page(notices->view, notices->pupil, gather, notices);
    gather_acts(notices);
    for (size_t i = 0; i < notices->cell_count; i++) {
        tell_entries(notices, &notices->cells[i]);
        tell_acts(notices, &notices->cells[i]);
    }
    if (notices->count > 1)
        qsort(notices->list, notices->count, sizeof *notices->list, newest_first);
    size_t shown = notices->count < NOTICE_COUNT_MAX ? notices->count : NOTICE_COUNT_MAX;
    proj_view_pupil_name(notices->view, notices->pupil, name);
    ledger_canon_put_map(out, 6);
    proj_put_id(out, "pupil", notices->pupil);
    proj_put_str(out, "name", name);
    proj_put_seq(out, "since", notices->since);
    proj_put_seq(out, "size", proj_view_size(notices->view));
    proj_put_bool(out, "more", shown < notices->count);
    proj_put_key(out, "notices");
    ledger_canon_put_array(out, (uint32_t)shown);
    for (size_t i = 0; i < shown; i++)
        put_notice(notices, &notices->list[i]);
}

int proj_view_notices(struct proj_view *view, const proj_id pupil, ledger_seq since)
{
    struct notices *notices = NULL;
    struct proj_fact fact;
    struct proj_key pupil_key = proj_key_tagged_id('P', pupil);
    if (!proj_fact_get(view->txn, &pupil_key, LEDGER_SEQ_NONE, &fact))
        return PROJ_VIEW_MISSING;
    if (!proj_may_read_pupil(view, pupil))
        return PROJ_VIEW_FORBIDDEN;
    notices = calloc(1, sizeof *notices);
    int rc = notices == NULL ? BASE_E_MEMORY : proj_txn_twin(view->txn, &notices->then, NULL);
    if (rc != 0) {
        proj_txn_fail(view->txn, rc, "notices");
        free(notices);
        return PROJ_VIEW_DONE;
    }
    notices->view = view;
    notices->pupil = pupil;
    notices->since = since;
    put_notices(notices);
    proj_txn_end(notices->then);
    free(notices->list);
    free(notices->cells);
    free(notices);
    return PROJ_VIEW_DONE;
}
