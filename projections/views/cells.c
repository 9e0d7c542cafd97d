/* The cells of an event, and what stands in them. */
#include "projections/views/cells.h"

#include <stdio.h>

struct walk {
    struct proj_view *view;
    const struct ledger_event *event;
    void (*each)(void *data, const struct proj_cell *cell);
    void *data;
};

static bool is_kind(const struct ledger_event *event, const char *kind)
{
    return base_bytes_equal(event->kind, base_bytes_str(kind));
}

static void give(struct walk *walk, struct proj_cell *cell)
{
    if (cell->is_period)
        cell->key = proj_key_period(cell->group, cell->subject, cell->period, cell->pupil);
    else
        cell->key = proj_key_cell(&cell->lesson, cell->what, cell->pupil, cell->column);
    walk->each(walk->data, cell);
}

/* One cell a tuple: its first part is the pupil. */
static void give_tuples(struct walk *walk, struct proj_cell *cell)
{
    struct proj_cells cells = {0};
    while (proj_cells_next(&walk->event->body, "cells", &cells)) {
        cell->tuple = cells.tuple;
        cell->index = cells.index;
        memcpy(cell->pupil, ledger_canon_at(&cells.tuple, 0).bytes.data, LEDGER_ID_LEN);
        give(walk, cell);
    }
    memset(cell->pupil, 0, sizeof cell->pupil);
    cell->tuple = (struct ledger_canon_value){0};
    cell->index = 0;
}

static void give_period(struct walk *walk)
{
    struct proj_cell cell = {.is_period = true};
    const struct ledger_canon_value *body = &walk->event->body;
    memcpy(cell.group, proj_body_bin(body, "group"), LEDGER_ID_LEN);
    memcpy(cell.subject, proj_body_bin(body, "subject"), LEDGER_ID_LEN);
    cell.period = proj_body_text(body, "period");
    give_tuples(walk, &cell);
}

void proj_each_cell(struct proj_view *view, const struct ledger_event *event,
                    void (*each)(void *data, const struct proj_cell *cell), void *data)
{
    static const struct {
        const char *kind;
        enum proj_what what;
        bool per_pupil;
    } kinds[] = {{"marks.set", PROJ_WHAT_MARK, true},
                 {"debt.set", PROJ_WHAT_DEBT, true},
                 {"attendance.set", PROJ_WHAT_ATTENDANCE, true},
                 {"topic.set", PROJ_WHAT_TOPIC, false},
                 {"homework.set", PROJ_WHAT_HOMEWORK, false},
                 {"lesson.opened", PROJ_WHAT_LESSON, false}};
    struct walk walk = {.view = view, .event = event, .each = each, .data = data};
    if (is_kind(event, "period.set")) {
        give_period(&walk);
        return;
    }
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        struct proj_cell cell = {.what = kinds[i].what};
        if (!is_kind(event, kinds[i].kind) ||
            !proj_find_lesson(view, proj_body_bin(&event->body, "lesson"), &cell.lesson))
            continue;
        memcpy(cell.group, cell.lesson.group, LEDGER_ID_LEN);
        memcpy(cell.subject, cell.lesson.subject, LEDGER_ID_LEN);
        if (cell.what == PROJ_WHAT_MARK || cell.what == PROJ_WHAT_DEBT)
            cell.column = (unsigned)proj_body_int(&event->body, "column");
        if (!kinds[i].per_pupil) {
            give(&walk, &cell);
            continue;
        }
        give_tuples(&walk, &cell);
        if (cell.what == PROJ_WHAT_ATTENDANCE && proj_body_int(&event->body, "all") != 0) {
            cell.what = PROJ_WHAT_SHEET;
            give(&walk, &cell);
        }
    }
}

void proj_cell_words(struct proj_view *view, const struct proj_cell *cell,
                     const struct proj_fact *fact, char *out, size_t size)
{
    if (cell->is_period)
        proj_period_text(fact->value, out, size);
    else
        proj_cell_text(view, cell->what, fact->value, out, size);
}

ledger_seq proj_cell_now(struct proj_view *view, struct proj_txn *txn, const struct proj_cell *cell,
                         char *out, size_t size)
{
    struct proj_fact fact;
    snprintf(out, size, "—");
    if (!proj_fact_get(txn, &cell->key, LEDGER_SEQ_NONE, &fact))
        return LEDGER_SEQ_NONE;
    proj_cell_words(view, cell, &fact, out, size);
    return fact.seq;
}

ledger_seq proj_cell_prev(const struct proj_cell *cell, const struct proj_fact *fact)
{
    struct proj_mark mark;
    struct proj_attendance attendance;
    struct proj_topic topic;
    struct proj_homework homework;
    struct proj_period_mark period;
    struct proj_debt debt;
    const uint8_t *data = fact->value.data;
    size_t len = fact->value.len;
    if (cell->is_period && len == sizeof period)
        return memcpy(&period, data, sizeof period), period.prev;
    if (cell->is_period)
        return LEDGER_SEQ_NONE;
    if (cell->what == PROJ_WHAT_MARK && proj_mark_of(fact->value, &mark))
        return mark.prev;
    if (cell->what == PROJ_WHAT_DEBT && len == sizeof debt)
        return memcpy(&debt, data, sizeof debt), debt.prev;
    if (cell->what == PROJ_WHAT_ATTENDANCE && proj_attendance_of(fact->value, &attendance))
        return attendance.prev;
    if (cell->what == PROJ_WHAT_TOPIC && len >= sizeof topic)
        return memcpy(&topic, data, sizeof topic), topic.prev;
    if (cell->what == PROJ_WHAT_HOMEWORK && len >= sizeof homework)
        return memcpy(&homework, data, sizeof homework), homework.prev;
    return LEDGER_SEQ_NONE;
}

const char *proj_cell_name(const struct proj_cell *cell)
{
    static const char *const names[] = {"lesson",     "topic", "homework", "sheet",
                                        "attendance", "mark",  "debt",     "file"};
    return cell->is_period ? "period" : names[cell->what];
}

void proj_bare_attendance(const struct proj_fact *fact, char *out, size_t size)
{
    struct proj_attendance cell;
    if (!proj_attendance_of(fact->value, &cell))
        return;
    snprintf(out, size, "%s",
             cell.state == PROJ_PRESENT ? "+"
             : cell.state == PROJ_LATE  ? "о"
                                        : "н");
}

bool proj_page_is_open(struct proj_view *view, struct proj_page_right *right, const proj_id group,
                       const proj_id subject)
{
    if (right->known && memcmp(right->page, group, LEDGER_ID_LEN) == 0 &&
        memcmp(right->page + LEDGER_ID_LEN, subject, LEDGER_ID_LEN) == 0)
        return right->open;
    memcpy(right->page, group, LEDGER_ID_LEN);
    memcpy(right->page + LEDGER_ID_LEN, subject, LEDGER_ID_LEN);
    right->known = true;
    right->open = proj_may_read_page(view, group, subject);
    return right->open;
}

void proj_put_names(struct proj_view *view, bool nameless, const struct proj_cell *cell)
{
    struct base_buf *out = view->out;
    struct proj_group group = {0};
    struct proj_subject subject = {0};
    char pupil[PROJ_NAME_LEN_MAX] = "";
    (void)proj_find_group(view, cell->group, &group);
    (void)proj_find_subject(view, cell->subject, &subject);
    bool is_file = !cell->is_period && cell->what == PROJ_WHAT_FILE;
    if (!nameless && !is_file && memcmp(cell->pupil, proj_no_id, LEDGER_ID_LEN) != 0)
        proj_view_pupil_name(view, cell->pupil, pupil);
    proj_put_id(out, "group", cell->group);
    proj_put_id(out, "subject", cell->subject);
    proj_put_str(out, "group_name", group.name);
    proj_put_str(out, "subject_name", subject.name);
    proj_put_id_or_nil(out, "pupil", is_file ? NULL : cell->pupil);
    proj_put_str(out, "pupil_name", pupil);
}

void proj_put_place(struct proj_view *view, bool nameless, const struct proj_cell *cell)
{
    struct base_buf *out = view->out;
    proj_put_str(out, "what", proj_cell_name(cell));
    proj_put_names(view, nameless, cell);
    proj_put_id_or_nil(out, "lesson", cell->is_period ? NULL : cell->lesson.id);
    proj_put_int_or_nil(out, "day", !cell->is_period, cell->lesson.day);
    proj_put_int_or_nil(out, "n", !cell->is_period, cell->lesson.n);
    proj_put_text(out, "period", cell->period);
    proj_put_int(out, "column", cell->column);
}

void proj_put_written(struct proj_view *view, bool nameless, ledger_seq seq)
{
    struct proj_source source = proj_source_of_reader(view->reader);
    struct ledger_event event;
    struct proj_fact fact;
    struct proj_key_fact key_fact;
    base_time_ms recorded_ms = 0;
    char name[PROJ_NAME_LEN_MAX] = "";
    if (source.event(source.data, seq, &event, &recorded_ms, NULL) == 0) {
        struct proj_key key = proj_key_key(&event.key);
        if (!nameless && proj_fact_get_any(proj_view_rights(view), &key, LEDGER_SEQ_NONE, &fact) &&
            fact.value.len == sizeof key_fact) {
            memcpy(&key_fact, fact.value.data, sizeof key_fact);
            proj_view_account_name(view, key_fact.account, name);
        }
    }
    proj_put_str(view->out, "name", name);
    proj_put_int(view->out, "recorded", recorded_ms);
}

unsigned proj_act_of(struct proj_txn *txn, ledger_seq report)
{
    struct proj_key prefix = proj_key_of('X');
    struct proj_fact fact;
    unsigned act = 0;
    struct proj_scan *scan = proj_scan_open(txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
    while (proj_scan_next_version(scan, &fact) && fact.seq <= report)
        act++;
    proj_scan_close(scan);
    return act;
}
