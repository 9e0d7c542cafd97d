/* The journal page: one range of facts, read in order. Lessons, texts and cells of one group and
 * subject lie together by day, so a page is one scan whatever the size of the log. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "projections/deadlines.h"
#include "projections/planned.h"
#include "projections/views/files.h"
#include "projections/views/pupil.h"

#define LESSON_COUNT_MAX 1000 /* a year of five lessons a week, several times over */
#define PUPIL_COUNT_MAX 200
#define PERIOD_MARK_COUNT_MAX 2000
#define SLOT_COUNT_MAX 64

struct page_lesson {
    struct proj_lesson lesson;
    struct proj_fact topic, homework, sheet; /* seq NONE: not there */
    bool given;                              /* the lesson itself counts */
    unsigned order;
    uint16_t columns; /* bit set */
    uint8_t work[16], weight[16];
};

struct page_cell {
    struct proj_fact fact;
    enum proj_what what;
    unsigned lesson; /* as scanned */
    unsigned column;
    const uint8_t *pupil;
};

struct page_pupil {
    proj_id id;
    struct proj_span span;
    char name[PROJ_NAME_LEN_MAX];
    struct proj_mean mean;
};

struct page {
    struct proj_view *view;
    struct proj_group group;
    struct proj_subject subject;
    const uint8_t *group_id, *subject_id;
    base_day from, to;
    struct proj_mean_rule rule;
    struct page_lesson *lessons;
    unsigned lesson_count;
    unsigned *by_order; /* position in the page → index as scanned */
    struct page_cell *cells;
    unsigned cell_count, cell_capacity;
    struct page_pupil *pupils;
    unsigned pupil_count;
    base_day end_day; /* of which `last_end` is; lessons come by day */
    int last_end;
};

static bool add_cell(struct page *page, const struct page_cell *cell)
{
    if (page->cell_count == page->cell_capacity) {
        unsigned capacity = page->cell_capacity == 0 ? 1024 : page->cell_capacity * 2;
        struct page_cell *grown = capacity > PROJ_PAGE_CELL_COUNT_MAX
                                      ? NULL
                                      : realloc(page->cells, capacity * sizeof *grown);
        if (grown == NULL) {
            proj_txn_fail(page->view->txn, BASE_E_LIMIT, "cells of a page");
            return false;
        }
        page->cells = grown;
        page->cell_capacity = capacity;
    }
    page->cells[page->cell_count++] = *cell;
    return true;
}

static struct page_lesson *page_lesson_of(struct page *page, const struct proj_cell_ref *ref)
{
    if (page->lesson_count > 0) {
        struct page_lesson *last = &page->lessons[page->lesson_count - 1];
        if (memcmp(last->lesson.id, ref->lesson, LEDGER_ID_LEN) == 0)
            return last;
    }
    if (page->lesson_count == LESSON_COUNT_MAX) {
        proj_txn_fail(page->view->txn, BASE_E_LIMIT, "lessons of a page");
        return NULL;
    }
    struct page_lesson *lesson = &page->lessons[page->lesson_count++];
    memset(lesson, 0, sizeof *lesson);
    memcpy(lesson->lesson.id, ref->lesson, LEDGER_ID_LEN);
    lesson->topic.seq = lesson->homework.seq = lesson->sheet.seq = LEDGER_SEQ_NONE;
    return lesson;
}

static void take_fact(struct page *page, const struct proj_fact *fact,
                      const struct proj_cell_ref *ref)
{
    struct page_lesson *lesson = page_lesson_of(page, ref);
    if (lesson == NULL)
        return;
    struct page_cell cell = {.fact = *fact,
                             .what = ref->what,
                             .lesson = page->lesson_count - 1,
                             .column = ref->column,
                             .pupil = ref->pupil};
    switch (ref->what) {
    case PROJ_WHAT_LESSON:
        lesson->given = fact->seq != LEDGER_SEQ_NONE && fact->value.len == sizeof lesson->lesson;
        if (lesson->given)
            memcpy(&lesson->lesson, fact->value.data, sizeof lesson->lesson);
        break;
    case PROJ_WHAT_TOPIC:
        lesson->topic = *fact;
        break;
    case PROJ_WHAT_HOMEWORK:
        lesson->homework = *fact;
        break;
    case PROJ_WHAT_SHEET:
        lesson->sheet = *fact;
        break;
    case PROJ_WHAT_ATTENDANCE:
    case PROJ_WHAT_MARK:
    case PROJ_WHAT_DEBT:
    case PROJ_WHAT_FILE:
        add_cell(page, &cell);
        break;
    }
}

static void scan_page(struct page *page)
{
    struct proj_key prefix = proj_key_page(page->group_id, page->subject_id);
    struct proj_key from = proj_key_page_day(page->group_id, page->subject_id, page->from);
    struct proj_key until =
        proj_key_page_day(page->group_id, page->subject_id, (int64_t)page->to + 1);
    struct proj_fact fact;
    struct proj_cell_ref ref;
    struct proj_scan *scan =
        proj_scan_open(page->view->txn, &prefix, &from, &until, LEDGER_SEQ_NONE);
    while (proj_scan_next(scan, &fact)) {
        if (proj_cell_ref_of(fact.key, &ref))
            take_fact(page, &fact, &ref);
    }
    proj_scan_close(scan);
}

static int compare_pupils(const void *a, const void *b)
{
    const struct page_pupil *x = a;
    const struct page_pupil *y = b;
    int order = strcmp(x->name, y->name);
    return order != 0 ? order : memcmp(x->id, y->id, LEDGER_ID_LEN);
}

static void scan_pupils(struct page *page)
{
    struct proj_key prefix = proj_key_tagged_id('M', page->group_id);
    struct proj_fact fact;
    struct proj_scan *scan = proj_scan_open(page->view->txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
    while (page->pupil_count < PUPIL_COUNT_MAX && proj_scan_next(scan, &fact)) {
        struct page_pupil *pupil = &page->pupils[page->pupil_count];
        memset(pupil, 0, sizeof *pupil);
        if (!proj_span_of(page->view->txn, &fact, &pupil->span))
            continue;
        memcpy(pupil->id, fact.key.data + 1 + LEDGER_ID_LEN, LEDGER_ID_LEN);
        if (pupil->span.from > page->to || pupil->span.to < page->from)
            continue;
        page->pupil_count++;
    }
    proj_scan_close(scan);
    for (unsigned i = 0; i < page->pupil_count; i++)
        proj_view_pupil_name(page->view, page->pupils[i].id, page->pupils[i].name);
    qsort(page->pupils, page->pupil_count, sizeof *page->pupils, compare_pupils);
}

static int pupil_index(const struct page *page, const uint8_t *id)
{
    for (unsigned i = 0; i < page->pupil_count; i++) {
        if (memcmp(page->pupils[i].id, id, LEDGER_ID_LEN) == 0)
            return (int)i;
    }
    return -1;
}

static _Thread_local const struct page *sorted_page; /* qsort carries no context */

static int compare_lessons(const void *a, const void *b)
{
    const struct proj_lesson *x = &sorted_page->lessons[*(const unsigned *)a].lesson;
    const struct proj_lesson *y = &sorted_page->lessons[*(const unsigned *)b].lesson;
    if (x->day != y->day)
        return x->day < y->day ? -1 : 1;
    if (x->shift != y->shift)
        return x->shift < y->shift ? -1 : 1;
    return x->n != y->n ? (x->n < y->n ? -1 : 1) : memcmp(x->id, y->id, LEDGER_ID_LEN);
}

/* Lessons that do not count (any more) are no columns; their cells are stranded or void. */
static unsigned order_lessons(struct page *page)
{
    unsigned shown = 0;
    for (unsigned i = 0; i < page->lesson_count; i++) {
        page->lessons[i].order = UINT32_MAX;
        if (page->lessons[i].given)
            page->by_order[shown++] = i;
    }
    sorted_page = page;
    qsort(page->by_order, shown, sizeof *page->by_order, compare_lessons);
    for (unsigned i = 0; i < shown; i++)
        page->lessons[page->by_order[i]].order = i;
    return shown;
}

static void note_column(struct page *page, const struct page_cell *cell,
                        const struct proj_mark *mark)
{
    struct page_lesson *lesson = &page->lessons[cell->lesson];
    if (cell->column >= 16 || mark->has_protocol)
        return;
    lesson->columns |= (uint16_t)(1u << cell->column);
    lesson->work[cell->column] = mark->work;
    lesson->weight[cell->column] = mark->weight;
}

static void count_marks(struct page *page)
{
    for (unsigned i = 0; i < page->cell_count; i++) {
        struct page_cell *cell = &page->cells[i];
        struct proj_mark mark;
        int pupil = pupil_index(page, cell->pupil);
        if (cell->what != PROJ_WHAT_MARK || cell->fact.seq == LEDGER_SEQ_NONE ||
            !page->lessons[cell->lesson].given)
            continue;
        (void)proj_mark_of(cell->fact.value, &mark);
        note_column(page, cell, &mark);
        if (pupil >= 0)
            proj_mean_add(&page->pupils[pupil].mean, &mark, &page->rule);
    }
}

static int last_end_on(struct page *page, base_day day)
{
    if (page->end_day != day) {
        page->last_end = proj_last_lesson_end(page->view->txn, page->group_id, day);
        page->end_day = day;
    }
    return page->last_end;
}

static void put_topic(struct page *page, const struct page_lesson *lesson)
{
    struct base_buf *out = page->view->out;
    struct proj_topic topic = {0};
    bool there = lesson->topic.seq != LEDGER_SEQ_NONE;
    if (there)
        memcpy(&topic, lesson->topic.value.data, sizeof topic);
    proj_put_key(out, "topic");
    if (there)
        ledger_canon_put_text(out, base_bytes_of(lesson->topic.value.data + sizeof topic,
                                                 lesson->topic.value.len - sizeof topic));
    else
        ledger_canon_put_nil(out);
    proj_put_int(out, "number", topic.number);
    proj_put_int(out, "work", topic.work);
    proj_put_seq(out, "topic_seq", lesson->topic.seq);
    proj_put_int(out, "topic_flags",
                 there ? proj_fact_flags(page->view->txn, &lesson->topic, topic.prev)
                       : proj_fact_flags(page->view->txn, &lesson->topic, LEDGER_SEQ_NONE));
}

static void put_homework(struct page *page, const struct page_lesson *lesson)
{
    struct base_buf *out = page->view->out;
    struct proj_homework homework = {.due = INT32_MIN};
    bool there = lesson->homework.seq != LEDGER_SEQ_NONE;
    unsigned flags = proj_fact_flags(page->view->txn, &lesson->homework, LEDGER_SEQ_NONE);
    proj_put_key(out, "homework");
    if (there) {
        memcpy(&homework, lesson->homework.value.data, sizeof homework);
        ledger_canon_put_text(out, base_bytes_of(lesson->homework.value.data + sizeof homework,
                                                 lesson->homework.value.len - sizeof homework));
        base_day day = lesson->lesson.day;
        flags = proj_fact_flags(page->view->txn, &lesson->homework, homework.prev);
        if (homework.recorded_ms >
            proj_homework_due(last_end_on(page, day), page->view->offset_min, day))
            flags |= PROJ_FLAG_LATE;
    } else {
        ledger_canon_put_nil(out);
    }
    proj_put_key(out, "homework_due");
    if (homework.due == INT32_MIN)
        ledger_canon_put_nil(out);
    else
        ledger_canon_put_int(out, homework.due);
    proj_put_seq(out, "homework_seq", lesson->homework.seq);
    proj_put_int(out, "homework_flags", flags);
}

static void put_columns(struct base_buf *out, const struct page_lesson *lesson)
{
    proj_put_key(out, "columns");
    size_t at = proj_array_begin(out);
    uint32_t count = 0;
    for (unsigned i = 0; i < 16; i++) {
        if (((lesson->columns >> i) & 1) == 0)
            continue;
        ledger_canon_put_map(out, 3);
        proj_put_int(out, "column", i);
        proj_put_int(out, "work", lesson->work[i]);
        proj_put_int(out, "weight", lesson->weight[i]);
        count++;
    }
    proj_array_end(out, at, count);
}

static void put_lesson(struct page *page, const struct page_lesson *item)
{
    struct base_buf *out = page->view->out;
    const struct proj_lesson *lesson = &item->lesson;
    struct proj_bell bell = {.start_min = -1, .end_min = -1};
    char assigned[PROJ_NAME_LEN_MAX];
    char actual[PROJ_NAME_LEN_MAX];
    (void)proj_bell_of(page->view->txn, lesson->shift, lesson->n, lesson->day, &bell);
    proj_view_account_name(page->view, lesson->assigned, assigned);
    proj_view_account_name(page->view, lesson->actual, actual);
    ledger_canon_put_map(out, 22);
    proj_put_id(out, "id", lesson->id);
    proj_put_int(out, "day", lesson->day);
    proj_put_int(out, "shift", lesson->shift);
    proj_put_int(out, "n", lesson->n);
    proj_put_int(out, "start", bell.start_min);
    proj_put_int(out, "end", bell.end_min);
    proj_put_str(out, "assigned_name", assigned);
    proj_put_str(out, "actual_name", actual);
    proj_put_bool(out, "substituted", memcmp(lesson->assigned, lesson->actual, LEDGER_ID_LEN) != 0);
    proj_put_bool(
        out, "writable",
        page->view->present == NULL &&
            proj_may_write_lesson(page->view->txn, page->view->account, lesson, LEDGER_SEQ_NONE));
    put_topic(page, item);
    put_homework(page, item);
    proj_put_bool(out, "sheet", item->sheet.seq != LEDGER_SEQ_NONE);
    proj_put_seq(out, "sheet_seq", item->sheet.seq);
    put_columns(out, item);
}

static void put_pupils(struct page *page)
{
    struct base_buf *out = page->view->out;
    proj_put_key(out, "pupils");
    ledger_canon_put_array(out, page->pupil_count);
    for (unsigned i = 0; i < page->pupil_count; i++) {
        const struct page_pupil *pupil = &page->pupils[i];
        ledger_canon_put_map(out, 4);
        proj_put_id(out, "id", pupil->id);
        proj_put_str(out, "name", pupil->name);
        proj_put_int(out, "from", pupil->span.from);
        proj_put_key(out, "to");
        proj_put_last_day(out, pupil->span.to);
    }
}

static void put_mark(struct page *page, const struct page_cell *cell, unsigned lesson, int pupil)
{
    struct base_buf *out = page->view->out;
    struct proj_mark mark;
    memset(&mark, 0, sizeof mark);
    unsigned flags = proj_fact_flags(page->view->txn, &cell->fact, LEDGER_SEQ_NONE);
    if (cell->fact.seq != LEDGER_SEQ_NONE) {
        (void)proj_mark_of(cell->fact.value, &mark);
        flags = proj_fact_flags(page->view->txn, &cell->fact, mark.prev);
        flags |= mark.has_protocol ? PROJ_FLAG_PROTOCOL : 0;
        flags |= mark.has_comment ? PROJ_FLAG_COMMENT : 0;
        if (!mark.has_protocol &&
            proj_mark_is_late(mark.recorded_ms, page->view->offset_min,
                              page->lessons[cell->lesson].lesson.day, mark.work))
            flags |= PROJ_FLAG_LATE;
    }
    ledger_canon_put_array(out, 8);
    ledger_canon_put_int(out, lesson);
    ledger_canon_put_int(out, pupil);
    ledger_canon_put_int(out, cell->column);
    ledger_canon_put_array(out, mark.count);
    for (unsigned i = 0; i < mark.count; i++)
        ledger_canon_put_int(out, mark.values[i]);
    ledger_canon_put_int(out, mark.work);
    ledger_canon_put_int(out, mark.weight);
    if (cell->fact.seq == LEDGER_SEQ_NONE)
        ledger_canon_put_nil(out);
    else
        ledger_canon_put_int(out, (int64_t)cell->fact.seq);
    ledger_canon_put_int(out, flags);
}

static void put_text_or_nil(struct base_buf *out, const struct base_buf *text)
{
    if (text->len > 0)
        ledger_canon_put_text(out, base_buf_bytes(text));
    else
        ledger_canon_put_nil(out);
}

static void put_absence(struct page *page, const struct page_cell *cell, unsigned lesson, int pupil)
{
    struct base_buf *out = page->view->out;
    struct proj_attendance value;
    memset(&value, 0, sizeof value);
    struct base_buf BASE_CLEANUP(base_buf_wipe) reason = {0};
    struct base_buf BASE_CLEANUP(base_buf_wipe) said = {0};
    unsigned flags = proj_fact_flags(page->view->txn, &cell->fact, LEDGER_SEQ_NONE);
    if (cell->fact.seq != LEDGER_SEQ_NONE) {
        (void)proj_attendance_of(cell->fact.value, &value);
        flags = proj_fact_flags(page->view->txn, &cell->fact, value.prev);
        if (proj_attendance_is_late(value.recorded_ms, page->view->offset_min,
                                    page->lessons[cell->lesson].lesson.day))
            flags |= PROJ_FLAG_LATE;
        proj_absence_texts(page->view, cell->pupil, page->lessons[cell->lesson].lesson.day, &value,
                           &reason, &said);
    }
    ledger_canon_put_array(out, 7);
    ledger_canon_put_int(out, lesson);
    ledger_canon_put_int(out, pupil);
    ledger_canon_put_int(out, value.state);
    put_text_or_nil(out, &reason);
    if (cell->fact.seq == LEDGER_SEQ_NONE)
        ledger_canon_put_nil(out);
    else
        ledger_canon_put_int(out, (int64_t)cell->fact.seq);
    ledger_canon_put_int(out, flags);
    put_text_or_nil(out, &said);
}

static void put_debt(struct page *page, const struct page_cell *cell, unsigned lesson, int pupil)
{
    struct base_buf *out = page->view->out;
    struct proj_debt debt = {.until = INT32_MIN};
    unsigned flags = proj_fact_flags(page->view->txn, &cell->fact, LEDGER_SEQ_NONE);
    if (cell->fact.seq != LEDGER_SEQ_NONE) {
        memcpy(&debt, cell->fact.value.data, sizeof debt);
        flags = proj_fact_flags(page->view->txn, &cell->fact, debt.prev);
    }
    ledger_canon_put_array(out, 7);
    ledger_canon_put_int(out, lesson);
    ledger_canon_put_int(out, pupil);
    ledger_canon_put_int(out, cell->column);
    if (debt.until == INT32_MIN)
        ledger_canon_put_nil(out);
    else
        ledger_canon_put_int(out, debt.until);
    ledger_canon_put_int(out, debt.work);
    if (cell->fact.seq == LEDGER_SEQ_NONE)
        ledger_canon_put_nil(out);
    else
        ledger_canon_put_int(out, (int64_t)cell->fact.seq);
    ledger_canon_put_int(out, flags);
}

static void put_cells(struct page *page, enum proj_what what, const char *key)
{
    struct base_buf *out = page->view->out;
    proj_put_key(out, key);
    size_t at = proj_array_begin(out);
    uint32_t count = 0;
    for (unsigned i = 0; i < page->cell_count; i++) {
        const struct page_cell *cell = &page->cells[i];
        unsigned lesson = page->lessons[cell->lesson].order;
        int pupil = cell->what == what ? pupil_index(page, cell->pupil) : -1;
        if (pupil < 0 || lesson == UINT32_MAX)
            continue;
        if (what == PROJ_WHAT_MARK)
            put_mark(page, cell, lesson, pupil);
        else if (what == PROJ_WHAT_DEBT)
            put_debt(page, cell, lesson, pupil);
        else
            put_absence(page, cell, lesson, pupil);
        count++;
    }
    proj_array_end(out, at, count);
}

static void put_files(struct page *page)
{
    struct base_buf *out = page->view->out;
    uint32_t count = 0;
    proj_put_key(out, "files");
    size_t at = proj_array_begin(out);
    for (unsigned i = 0; i < page->cell_count; i++) {
        const struct page_cell *cell = &page->cells[i];
        struct proj_file file;
        unsigned lesson = page->lessons[cell->lesson].order;
        if (cell->what != PROJ_WHAT_FILE || lesson == UINT32_MAX ||
            cell->fact.seq == LEDGER_SEQ_NONE || cell->fact.value.len != sizeof file)
            continue;
        memcpy(&file, cell->fact.value.data, sizeof file);
        if (!file.attached)
            continue;
        ledger_canon_put_array(out, 2);
        ledger_canon_put_int(out, lesson);
        proj_put_file(out, &file);
        count++;
    }
    proj_array_end(out, at, count);
}

static void put_averages(struct page *page)
{
    struct base_buf *out = page->view->out;
    proj_put_key(out, "averages");
    size_t at = proj_array_begin(out);
    uint32_t count = 0;
    for (unsigned i = 0; i < page->pupil_count; i++) {
        const struct proj_mean *mean = &page->pupils[i].mean;
        if (mean->weight == 0)
            continue;
        ledger_canon_put_array(out, 4);
        ledger_canon_put_int(out, i);
        ledger_canon_put_int(out, proj_mean_of(mean));
        ledger_canon_put_int(out, mean->count);
        ledger_canon_put_int(out, proj_mean_mark(mean, &page->rule));
        count++;
    }
    proj_array_end(out, at, count);
}

static void put_period_marks(struct page *page)
{
    struct base_buf *out = page->view->out;
    struct proj_key prefix = proj_key_tagged_ids('p', page->group_id, page->subject_id);
    struct proj_fact fact;
    proj_put_key(out, "period_marks");
    size_t at = proj_array_begin(out);
    uint32_t count = 0;
    struct proj_scan *scan = proj_scan_open(page->view->txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
    while (count < PERIOD_MARK_COUNT_MAX && proj_scan_next(scan, &fact)) {
        struct proj_period_mark mark;
        int pupil = pupil_index(page, fact.key.data + 1 + 3 * LEDGER_ID_LEN);
        if (pupil < 0 || fact.value.len != sizeof mark)
            continue;
        memcpy(&mark, fact.value.data, sizeof mark);
        ledger_canon_put_array(out, 5);
        ledger_canon_put_int(out, pupil);
        ledger_canon_put_str(out, mark.period);
        ledger_canon_put_int(out, mark.value);
        ledger_canon_put_int(out, (int64_t)fact.seq);
        ledger_canon_put_int(out, proj_fact_flags(page->view->txn, &fact, mark.prev));
        count++;
    }
    proj_scan_close(scan);
    proj_array_end(out, at, count);
}

struct slot_walk {
    struct page *page;
    base_day day;
    uint32_t count;
};

static bool slot_has_lesson(const struct page *page, base_day day, unsigned shift, unsigned n)
{
    for (unsigned i = 0; i < page->lesson_count; i++) {
        const struct page_lesson *item = &page->lessons[i];
        if (item->given && item->lesson.day == day && item->lesson.shift == shift &&
            item->lesson.n == n)
            return true;
    }
    return false;
}

/* A slot without a lesson, if it is the reader's to open: own, not cancelled, moved or given away;
 * or somebody else's that the reader substitutes in. */
static void put_slot(void *data, const struct proj_planned *planned)
{
    struct slot_walk *walk = data;
    const struct proj_slot *slot = &planned->slot;
    struct page *page = walk->page;
    struct proj_view *view = page->view;
    struct proj_bell bell = {.start_min = -1, .end_min = -1};
    if (memcmp(slot->subject, page->subject_id, LEDGER_ID_LEN) != 0 ||
        walk->count >= SLOT_COUNT_MAX || slot_has_lesson(page, walk->day, slot->shift, slot->n))
        return;
    if (!proj_planned_is_given(planned) ||
        memcmp(planned->actual, view->account, LEDGER_ID_LEN) != 0)
        return;
    (void)proj_bell_of(view->txn, slot->shift, slot->n, walk->day, &bell);
    ledger_canon_put_map(view->out, 8);
    proj_put_int(view->out, "day", walk->day);
    proj_put_int(view->out, "shift", slot->shift);
    proj_put_int(view->out, "n", slot->n);
    proj_put_int(view->out, "start", bell.start_min);
    proj_put_int(view->out, "end", bell.end_min);
    proj_put_text(view->out, "room", slot->room);
    proj_put_id(view->out, "assigned", slot->account);
    proj_put_id(view->out, "actual", planned->actual);
    walk->count++;
}

static void put_slots(struct page *page)
{
    struct base_buf *out = page->view->out;
    base_day today = proj_view_today(page->view);
    base_day last = page->to < today ? page->to : today;
    struct slot_walk walk = {.page = page};
    proj_put_key(out, "slots");
    size_t at = proj_array_begin(out);
    for (walk.day = page->from; walk.day <= last; walk.day++)
        proj_planned_on(page->view->txn, page->group_id, &page->group, walk.day, put_slot, &walk);
    proj_array_end(out, at, walk.count);
}

static void put_page(struct page *page, unsigned shown)
{
    struct base_buf *out = page->view->out;
    ledger_canon_put_map(out, 16);
    proj_put_key(out, "group");
    ledger_canon_put_map(out, 4);
    proj_put_id(out, "id", page->group_id);
    proj_put_str(out, "name", page->group.name);
    proj_put_int(out, "kind", page->group.kind);
    proj_put_int(out, "grade", page->group.grade);
    proj_put_key(out, "subject");
    ledger_canon_put_map(out, 3);
    proj_put_id(out, "id", page->subject_id);
    proj_put_str(out, "name", page->subject.name);
    proj_put_bool(out, "marked", page->subject.marked && page->group.grade != 1);
    proj_put_int(out, "from", page->from);
    proj_put_int(out, "to", page->to);
    proj_put_bool(out, "writable",
                  proj_may_write_page(page->view, page->group_id, page->subject_id));
    proj_put_int(out, "size", (int64_t)proj_view_size(page->view));
    put_pupils(page);
    proj_put_key(out, "lessons");
    ledger_canon_put_array(out, shown);
    for (unsigned i = 0; i < shown; i++)
        put_lesson(page, &page->lessons[page->by_order[i]]);
    put_cells(page, PROJ_WHAT_MARK, "marks");
    put_cells(page, PROJ_WHAT_ATTENDANCE, "absences");
    put_cells(page, PROJ_WHAT_DEBT, "debts");
    put_files(page);
    put_averages(page);
    proj_put_mean_rule(out, &page->rule);
    put_period_marks(page);
    put_slots(page);
}

int proj_view_journal(struct proj_view *view, const proj_id group, const proj_id subject,
                      base_day from, base_day to)
{
    struct page page = {.view = view,
                        .group_id = group,
                        .subject_id = subject,
                        .from = from,
                        .to = to,
                        .end_day = INT32_MIN};
    int answer = PROJ_VIEW_MISSING;
    if (!proj_find_group_on(view, group, to, &page.group) ||
        !proj_find_subject(view, subject, &page.subject))
        return answer;
    if (!proj_may_read_page(view, group, subject) && !proj_reads_nameless(view))
        return PROJ_VIEW_FORBIDDEN;
    page.lessons = calloc(LESSON_COUNT_MAX, sizeof *page.lessons);
    page.by_order = calloc(LESSON_COUNT_MAX, sizeof *page.by_order);
    page.pupils = calloc(PUPIL_COUNT_MAX, sizeof *page.pupils);
    if (page.lessons == NULL || page.by_order == NULL || page.pupils == NULL) {
        proj_txn_fail(view->txn, BASE_E_MEMORY, "page");
    } else {
        proj_mean_rule_read(view->txn, &page.rule);
        scan_page(&page);
        scan_pupils(&page);
        unsigned shown = order_lessons(&page);
        count_marks(&page);
        put_page(&page, shown);
        answer = PROJ_VIEW_DONE;
    }
    free(page.lessons);
    free(page.by_order);
    free(page.pupils);
    free(page.cells);
    return answer;
}
