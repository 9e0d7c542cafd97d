/* The first quarter, lived again at its own times: what every row of the data set says was done is
 * signed by the one who did it and recorded when it was recorded. Then the incident: a thief with a
 * teacher's password, honest people around, the report, two receipts, a new key, "was this you?".
 *
 * Every row becomes an action with its moment; actions are sorted and played. Rows that one person
 * recorded on one lesson in one minute become one event with many cells. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "projections/voiding.h"
#include "projections/work_names.h"
#include "tools/demo/families.h"
#include "tools/demo/setup.h"
#include "tools/demo/world.h"

#define MINUTE_MS ((base_time_ms)60000)
#define SAID_MIN (18 * 60) /* families speak in the evening, one a minute */
#define SAID_SPREAD_MIN 120
#define DAY_MIN 1440

enum what {
    ACT_CHANGE,
    ACT_OPEN,
    ACT_TOPIC,
    ACT_HOMEWORK,
    ACT_SHEET,
    ACT_ATTENDANCE,
    ACT_MARK,
    ACT_PERIOD,
    ACT_CONSENT,
    ACT_ADVICE,
    ACT_ACKNOWLEDGEMENT,
    ACT_INCIDENT,
    ACT_REPORT,
    ACT_RECEIPT_HEAD,
    ACT_RECEIPT_SUPPORT,
    ACT_INVITE,
    ACT_ENROL,
    ACT_REAFFIRM,
};

struct lesson {
    struct proj_lesson lesson; /* ids and slot */
    char key[96];
    struct demo_person *assigned, *actual;
    base_time_ms opened_at;
    uint32_t row;
};

struct action {
    base_time_ms at;
    enum what what;
    uint32_t row;
    uint32_t lesson; /* index, or UINT32_MAX */
    struct demo_person *by;
};

/* What the victim did honestly in the time that is void, to be signed anew. */
struct done {
    size_t first, count; /* actions */
    struct ledger_hash id;
};

struct play {
    struct demo *demo;
    struct lesson *lessons; /* sorted by key */
    size_t lesson_count;
    struct action *actions;
    size_t action_count, action_capacity;
    struct tool_table *timeline;
    struct demo_said said;
    struct demo_person *victim; /* NULL: no incident */
    struct tool_key victim_key; /* the stolen one */
    struct tool_key thief;      /* the thief's present session */
    base_time_ms thief_until;
    unsigned thief_sessions;
    base_time_ms breach_at, learned_at, head_told_at, support_told_at, locked_at, resumed_at;
    struct done *done;
    size_t done_count, done_capacity;
    struct tool_key invitation;
    struct ledger_hash report_id, digest;
    ledger_seq cut;
    const struct ledger_hash *quote; /* while reaffirming */
    ledger_seq quoted_seq;
};

/* Lessons and their index */

static void lesson_key(struct tool_table *csv, size_t row, char out[96])
{
    snprintf(out, 96, "%s|%s|%s|%s|%s", tool_table_get(csv, row, "date"),
             tool_table_get(csv, row, "shift"), tool_table_get(csv, row, "lesson"),
             tool_table_get(csv, row, "target"), tool_table_get(csv, row, "subject"));
}

static int compare_lessons(const void *a, const void *b)
{
    return strcmp(((const struct lesson *)a)->key, ((const struct lesson *)b)->key);
}

static struct lesson *find_lesson(struct play *play, struct tool_table *csv, size_t row)
{
    struct lesson wanted;
    lesson_key(csv, row, wanted.key);
    return bsearch(&wanted, play->lessons, play->lesson_count, sizeof wanted, compare_lessons);
}

static int read_lessons(struct play *play, struct base_err *err)
{
    struct demo *demo = play->demo;
    struct tool_table *csv = demo->lessons;
    play->lesson_count = tool_table_row_count(csv);
    play->lessons = calloc(play->lesson_count + 1, sizeof *play->lessons);
    if (play->lessons == NULL)
        return BASE_FAIL(err, BASE_E_MEMORY, "lessons");
    for (size_t i = 0; i < play->lesson_count; i++) {
        struct lesson *lesson = &play->lessons[i];
        lesson_key(csv, i, lesson->key);
        lesson->row = (uint32_t)i;
        lesson->assigned = demo_person(demo, tool_table_get(csv, i, "teacher"));
        lesson->actual = demo_person(demo, tool_table_get(csv, i, "taught_by"));
        if (lesson->assigned == NULL || lesson->actual == NULL)
            return BASE_FAIL(err, BASE_E_FORMAT, "lessons-q1.csv: row %zu: no such teacher", i + 1);
        demo_id(demo, "lesson", lesson->key, lesson->lesson.id);
        demo_group_id(demo, tool_table_get(csv, i, "target"), lesson->lesson.group);
        demo_id(demo, "subject", tool_table_get(csv, i, "subject"), lesson->lesson.subject);
        lesson->lesson.day = demo_day(tool_table_get(csv, i, "date"));
        lesson->lesson.shift = (uint8_t)demo_number(tool_table_get(csv, i, "shift"));
        lesson->lesson.n = (uint8_t)demo_number(tool_table_get(csv, i, "lesson"));
        lesson->opened_at = demo_time(tool_table_get(csv, i, "recorded_at"));
    }
    qsort(play->lessons, play->lesson_count, sizeof *play->lessons, compare_lessons);
    return 0;
}

/* Actions */

static int add(struct play *play, const struct action *action, struct base_err *err)
{
    if (play->action_count == play->action_capacity) {
        size_t capacity = play->action_capacity == 0 ? 65536 : play->action_capacity * 2;
        struct action *grown = realloc(play->actions, capacity * sizeof *grown);
        if (grown == NULL)
            return BASE_FAIL(err, BASE_E_MEMORY, "actions");
        play->actions = grown;
        play->action_capacity = capacity;
    }
    struct action *out = &play->actions[play->action_count++];
    *out = *action;
    /* Between the lock and the new key the victim cannot write; it is written after that. */
    if (play->victim != NULL && out->by == play->victim && out->what < ACT_REPORT &&
        out->at >= play->locked_at && out->at < play->resumed_at)
        out->at = play->resumed_at;
    return 0;
}

/* A lesson is opened with the first thing that its teacher records on it. */
static void opens_by(struct lesson *lesson, const struct demo_person *by, base_time_ms at)
{
    if (by == lesson->actual && at < lesson->opened_at)
        lesson->opened_at = at;
}

static int add_attendance(struct play *play, struct base_err *err)
{
    struct tool_table *csv = play->demo->attendance;
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < tool_table_row_count(csv); i++) {
        struct lesson *lesson = find_lesson(play, csv, i);
        base_time_ms at = demo_time(tool_table_get(csv, i, "recorded_at"));
        if (lesson == NULL)
            return BASE_FAIL(err, BASE_E_FORMAT, "attendance-q1.csv: row %zu: no such lesson",
                             i + 1);
        opens_by(lesson, lesson->actual, at);
        struct action action = {.at = at,
                                .what = ACT_ATTENDANCE,
                                .row = (uint32_t)i,
                                .lesson = (uint32_t)(lesson - play->lessons),
                                .by = lesson->actual};
        rc = add(play, &action, err);
    }
    return rc;
}

static int add_marks(struct play *play, struct base_err *err)
{
    struct tool_table *csv = play->demo->marks;
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < tool_table_row_count(csv); i++) {
        struct lesson *lesson = find_lesson(play, csv, i);
        struct action action = {.at = demo_time(tool_table_get(csv, i, "recorded_at")),
                                .what = ACT_MARK,
                                .row = (uint32_t)i,
                                .by = demo_person(play->demo, tool_table_get(csv, i, "author"))};
        if (lesson == NULL || action.by == NULL)
            return BASE_FAIL(err, BASE_E_FORMAT, "marks-q1.csv: row %zu: no such lesson or author",
                             i + 1);
        opens_by(lesson, action.by, action.at);
        action.lesson = (uint32_t)(lesson - play->lessons);
        rc = add(play, &action, err);
    }
    return rc;
}

static int add_lessons(struct play *play, struct base_err *err)
{
    struct tool_table *csv = play->demo->lessons;
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < play->lesson_count; i++) {
        struct lesson *lesson = &play->lessons[i];
        const char *homework = tool_table_get(csv, lesson->row, "homework_recorded_at");
        base_time_ms recorded = demo_time(tool_table_get(csv, lesson->row, "recorded_at"));
        struct action action = {.row = lesson->row, .lesson = (uint32_t)i, .by = lesson->actual};
        if (homework[0] != '\0') {
            action.what = ACT_HOMEWORK;
            action.at = demo_time(homework);
            opens_by(lesson, lesson->actual, action.at);
            rc = add(play, &action, err);
        }
        action.at = recorded;
        action.what = ACT_TOPIC;
        if (rc == 0)
            rc = add(play, &action, err);
        action.what = ACT_SHEET;
        if (rc == 0)
            rc = add(play, &action, err);
        action.what = ACT_OPEN;
        action.at = lesson->opened_at;
        if (rc == 0)
            rc = add(play, &action, err);
    }
    return rc;
}

static int add_changes(struct play *play, struct base_err *err)
{
    struct tool_table *csv = play->demo->changes;
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < tool_table_row_count(csv); i++) {
        char when[40];
        snprintf(when, sizeof when, "%sT07:30:00+03:00", tool_table_get(csv, i, "date"));
        struct action action = {.at = demo_time(when),
                                .what = ACT_CHANGE,
                                .row = (uint32_t)i,
                                .lesson = UINT32_MAX,
                                .by = demo_person(play->demo, "st02")};
        rc = add(play, &action, err);
    }
    return rc;
}

static int add_period_marks(struct play *play, struct base_err *err)
{
    struct tool_table *csv = play->demo->period_marks;
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < tool_table_row_count(csv); i++) {
        struct action action = {.at = demo_time(tool_table_get(csv, i, "recorded_at")),
                                .what = ACT_PERIOD,
                                .row = (uint32_t)i,
                                .lesson = UINT32_MAX,
                                .by = demo_person(play->demo, tool_table_get(csv, i, "author"))};
        rc = action.by == NULL ? BASE_FAIL(err, BASE_E_FORMAT,
                                           "period-marks-q1.csv: row %zu: no such author", i + 1)
                               : add(play, &action, err);
    }
    return rc;
}

/* In the evening of its day. What the victim would have recorded in the time that will be void is
 * recorded after it: the incident is the data set's, entry by entry. */
static int add_said(struct play *play, enum what what, struct tool_table *csv,
                    struct demo_person *(*by)(struct demo *demo, const struct demo_said *said,
                                              size_t row),
                    struct base_err *err)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < tool_table_row_count(csv); i++) {
        base_day day = demo_day(tool_table_get(csv, i, "date"));
        base_time_ms minute = (base_time_ms)day * DAY_MIN - DEMO_OFFSET_MIN + SAID_MIN +
                              (base_time_ms)(i % SAID_SPREAD_MIN);
        struct action action = {.at = minute * MINUTE_MS,
                                .what = what,
                                .row = (uint32_t)i,
                                .lesson = UINT32_MAX,
                                .by = by(play->demo, &play->said, i)};
        if (action.by == NULL)
            continue;
        if (play->victim != NULL && action.by == play->victim && action.at >= play->breach_at &&
            action.at < play->locked_at)
            action.at = play->resumed_at;
        rc = add(play, &action, err);
    }
    return rc;
}

static int add_families(struct play *play, struct base_err *err)
{
    int rc = demo_said_open(play->demo, &play->said, err);
    if (rc == 0)
        rc = add_said(play, ACT_CONSENT, play->said.consents, demo_consent_by, err);
    if (rc == 0)
        rc = add_said(play, ACT_ADVICE, play->said.advice, demo_advice_by, err);
    if (rc == 0)
        rc = add_said(play, ACT_ACKNOWLEDGEMENT, play->said.acknowledgements,
                      demo_acknowledgement_by, err);
    return rc;
}

static int add_incident(struct play *play, struct base_err *err)
{
    struct tool_table *csv = play->demo->incident;
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < tool_table_row_count(csv); i++) {
        struct lesson *lesson = find_lesson(play, csv, i);
        struct action action = {.at = demo_time(tool_table_get(csv, i, "at")),
                                .what = ACT_INCIDENT,
                                .row = (uint32_t)i,
                                .by = demo_person(play->demo, tool_table_get(csv, i, "account"))};
        if (lesson == NULL || action.by == NULL)
            return BASE_FAIL(err, BASE_E_FORMAT, "incident.csv: row %zu: no such lesson or account",
                             i + 1);
        action.lesson = (uint32_t)(lesson - play->lessons);
        rc = add(play, &action, err);
    }
    static const struct {
        enum what what;
        int after_min;
    } steps[] = {{ACT_REPORT, 0},  {ACT_RECEIPT_HEAD, 1}, {ACT_RECEIPT_SUPPORT, 2},
                 {ACT_INVITE, 10}, {ACT_ENROL, 15},       {ACT_REAFFIRM, 20}};
    for (size_t i = 0; rc == 0 && i < sizeof steps / sizeof steps[0]; i++) {
        struct action action = {.at = play->support_told_at + steps[i].after_min * MINUTE_MS,
                                .what = steps[i].what,
                                .lesson = UINT32_MAX};
        rc = add(play, &action, err);
    }
    return rc;
}

static int compare_actions(const void *a, const void *b)
{
    const struct action *x = a;
    const struct action *y = b;
    if (x->at != y->at)
        return x->at < y->at ? -1 : 1;
    if (x->what != y->what)
        return x->what < y->what ? -1 : 1;
    if (x->lesson != y->lesson)
        return x->lesson < y->lesson ? -1 : 1;
    return x->row < y->row ? -1 : x->row > y->row;
}

/* What a cell holds now: its position, LEDGER_SEQ_NONE when empty. What waits is appended first,
 * for the days on which one cell is written more than once. */
static int cell_now(struct play *play, const struct lesson *lesson, enum proj_what what,
                    const uint8_t *pupil, struct proj_fact *out_fact, uint8_t *out_value,
                    size_t size, struct base_err *err)
{
    struct proj_txn *txn = NULL;
    int rc = 0;
    out_fact->seq = LEDGER_SEQ_NONE;
    if (play->victim != NULL && tool_school_now(play->demo->school) >= play->breach_at)
        rc = tool_school_flush(play->demo->school, err);
    if (rc == 0)
        rc = proj_engine_read(tool_school_engine(play->demo->school), &txn, err);
    if (rc != 0)
        return rc;
    struct proj_key key = proj_key_cell(&lesson->lesson, what, pupil, 0);
    if (proj_fact_get(txn, &key, LEDGER_SEQ_NONE, out_fact) && out_value != NULL)
        (void)proj_value_fill(out_fact->value, out_value, size);
    rc = proj_txn_fault(txn, err);
    proj_txn_end(txn);
    return rc;
}

static void put_prev(struct demo *demo, ledger_seq prev)
{
    if (prev == LEDGER_SEQ_NONE)
        ledger_canon_put_nil(&demo->draft.body);
    else
        ledger_canon_put_int(&demo->draft.body, (int64_t)prev);
}

/* Signs and submits as the person; notes what the victim did in the void time. */
static int submit(struct play *play, const struct action *action, size_t count,
                  struct base_err *err)
{
    struct demo *demo = play->demo;
    struct ledger_hash id;
    if (play->quote != NULL) {
        demo->draft.has_quote = true;
        demo->draft.quote = *play->quote;
    }
    int rc = demo_submit(demo, action->by, &id, err);
    bool in_void_time = play->victim != NULL && action->by == play->victim &&
                        action->at >= play->breach_at && action->at < play->locked_at;
    if (rc != 0 || !in_void_time || play->quote != NULL)
        return rc;
    if (play->done_count == play->done_capacity) {
        size_t capacity = play->done_capacity == 0 ? 64 : play->done_capacity * 2;
        struct done *grown = realloc(play->done, capacity * sizeof *grown);
        if (grown == NULL)
            return BASE_FAIL(err, BASE_E_MEMORY, "reaffirmations");
        play->done = grown;
        play->done_capacity = capacity;
    }
    play->done[play->done_count++] =
        (struct done){.first = (size_t)(action - play->actions), .count = count, .id = id};
    return 0;
}

/* While reaffirming: has somebody else written the cell since? Then theirs stands. */
static bool superseded(const struct play *play, ledger_seq now)
{
    return play->quote != NULL && now != LEDGER_SEQ_NONE && now > play->quoted_seq;
}

/* One kind of action each */

static int play_change(struct play *play, const struct action *action, struct base_err *err)
{
    struct demo *demo = play->demo;
    struct tool_table *csv = demo->changes;
    size_t row = action->row;
    const char *kind = tool_table_get(csv, row, "kind");
    const char *reason = tool_table_get(csv, row, "reason");
    struct demo_person *teacher = demo_person(demo, tool_table_get(csv, row, "teacher"));
    struct demo_person *substitute = demo_person(demo, tool_table_get(csv, row, "taught_by"));
    uint8_t group[LEDGER_ID_LEN];
    uint8_t subject[LEDGER_ID_LEN];
    int change = strcmp(kind, "замена") == 0    ? PROJ_CHANGE_SUBSTITUTED
                 : strcmp(kind, "перенос") == 0 ? PROJ_CHANGE_MOVED
                                                : PROJ_CHANGE_CANCELLED;
    if (teacher == NULL)
        return BASE_FAIL(err, BASE_E_FORMAT, "changes.csv: row %zu: no such teacher", row + 1);
    demo_group_id(demo, tool_table_get(csv, row, "target"), group);
    demo_id(demo, "subject", tool_table_get(csv, row, "subject"), subject);
    tool_draft_begin(&demo->draft, "lesson.changed", 11);
    if (change == PROJ_CHANGE_SUBSTITUTED && substitute != NULL)
        tool_draft_id(&demo->draft, "account", substitute->account);
    else
        tool_draft_nil(&demo->draft, "account");
    tool_draft_int(&demo->draft, "change", change);
    tool_draft_int(&demo->draft, "day", demo_day(tool_table_get(csv, row, "date")));
    tool_draft_id(&demo->draft, "group", group);
    tool_draft_int(&demo->draft, "n", demo_number(tool_table_get(csv, row, "lesson")));
    if (change == PROJ_CHANGE_MOVED) {
        tool_draft_int(&demo->draft, "newday", demo_day(tool_table_get(csv, row, "new_date")));
        tool_draft_int(&demo->draft, "newn", demo_number(tool_table_get(csv, row, "new_lesson")));
    } else {
        tool_draft_nil(&demo->draft, "newday");
        tool_draft_nil(&demo->draft, "newn");
    }
    if (reason[0] != '\0') {
        ledger_canon_put_str(&demo->draft.body, "reason");
        tool_draft_seal_text(&demo->draft, "reason", reason);
    } else {
        tool_draft_nil(&demo->draft, "reason");
    }
    tool_draft_int(&demo->draft, "shift", demo_number(tool_table_get(csv, row, "shift")));
    tool_draft_id(&demo->draft, "subject", subject);
    tool_draft_id(&demo->draft, "teacher", teacher->account);
    return submit(play, action, 1, err);
}

static int play_open(struct play *play, const struct action *action, struct base_err *err)
{
    struct demo *demo = play->demo;
    const struct lesson *lesson = &play->lessons[action->lesson];
    tool_draft_begin(&demo->draft, "lesson.opened", 8);
    tool_draft_id(&demo->draft, "actual", lesson->actual->account);
    tool_draft_id(&demo->draft, "assigned", lesson->assigned->account);
    tool_draft_int(&demo->draft, "day", lesson->lesson.day);
    tool_draft_id(&demo->draft, "group", lesson->lesson.group);
    tool_draft_id(&demo->draft, "lesson", lesson->lesson.id);
    tool_draft_int(&demo->draft, "n", lesson->lesson.n);
    tool_draft_int(&demo->draft, "shift", lesson->lesson.shift);
    tool_draft_id(&demo->draft, "subject", lesson->lesson.subject);
    return submit(play, action, 1, err);
}

static int play_topic(struct play *play, const struct action *action, struct base_err *err)
{
    struct demo *demo = play->demo;
    struct tool_table *csv = demo->lessons;
    const struct lesson *lesson = &play->lessons[action->lesson];
    unsigned work = proj_work_of(tool_table_get(csv, action->row, "work"));
    struct proj_fact now;
    int rc = cell_now(play, lesson, PROJ_WHAT_TOPIC, proj_no_id, &now, NULL, 0, err);
    if (rc != 0 || superseded(play, now.seq))
        return rc;
    tool_draft_begin(&demo->draft, "topic.set", 5);
    tool_draft_id(&demo->draft, "lesson", lesson->lesson.id);
    tool_draft_int(&demo->draft, "number",
                   demo_number(tool_table_get(csv, action->row, "plan_number")));
    ledger_canon_put_str(&demo->draft.body, "prev");
    put_prev(demo, now.seq);
    tool_draft_text(&demo->draft, "text", tool_table_get(csv, action->row, "topic"));
    if (work != 0)
        tool_draft_int(&demo->draft, "work", work);
    else
        tool_draft_nil(&demo->draft, "work");
    return submit(play, action, 1, err);
}

/* Drafts homework; leaves the kind empty when there is nothing to write. */
static int play_homework_text(struct play *play, const struct action *action, const char *text,
                              struct base_err *err)
{
    struct demo *demo = play->demo;
    const struct lesson *lesson = &play->lessons[action->lesson];
    struct proj_fact now;
    int rc = cell_now(play, lesson, PROJ_WHAT_HOMEWORK, proj_no_id, &now, NULL, 0, err);
    if (rc != 0 || superseded(play, now.seq))
        return rc;
    tool_draft_begin(&demo->draft, "homework.set", 5);
    tool_draft_nil(&demo->draft, "due");
    tool_draft_id(&demo->draft, "lesson", lesson->lesson.id);
    tool_draft_nil(&demo->draft, "manner");
    ledger_canon_put_str(&demo->draft.body, "prev");
    put_prev(demo, now.seq);
    tool_draft_text(&demo->draft, "text", text);
    return 0;
}

static int play_homework(struct play *play, const struct action *action, struct base_err *err)
{
    play->demo->draft.kind = "";
    int rc = play_homework_text(play, action,
                                tool_table_get(play->demo->lessons, action->row, "homework"), err);
    return rc != 0 || play->demo->draft.kind[0] == '\0' ? rc : submit(play, action, 1, err);
}

static int play_sheet(struct play *play, const struct action *action, struct base_err *err)
{
    struct demo *demo = play->demo;
    tool_draft_begin(&demo->draft, "attendance.set", 3);
    tool_draft_bool(&demo->draft, "all", true);
    tool_draft_list(&demo->draft, "cells", 0);
    tool_draft_id(&demo->draft, "lesson", play->lessons[action->lesson].lesson.id);
    return submit(play, action, 1, err);
}

/* Cells are collected first: how many of them are to be written decides the list's length. */
struct cell {
    uint8_t pupil[LEDGER_ID_LEN];
    ledger_seq prev;
    uint32_t row;
};

static int collect_cells(struct play *play, const struct action *first, size_t count,
                         struct tool_table *csv, enum proj_what what, struct cell *out,
                         unsigned *out_count, struct base_err *err)
{
    int rc = 0;
    *out_count = 0;
    for (size_t i = 0; rc == 0 && i < count; i++) {
        struct proj_fact now;
        struct cell *cell = &out[*out_count];
        demo_id(play->demo, "pupil", tool_table_get(csv, first[i].row, "pupil"), cell->pupil);
        cell->row = first[i].row;
        rc = cell_now(play, &play->lessons[first->lesson], what, cell->pupil, &now, NULL, 0, err);
        cell->prev = now.seq;
        if (rc == 0 && !superseded(play, now.seq))
            (*out_count)++;
    }
    return rc;
}

static void put_absence(struct demo *demo, const struct cell *cell, unsigned index,
                        const char *kind)
{
    char path[24];
    const char *reason = strcmp(kind, "б") == 0 ? "ill" : strcmp(kind, "у") == 0 ? "valid" : NULL;
    snprintf(path, sizeof path, "cells.%u.2", index);
    ledger_canon_put_array(&demo->draft.body, 4);
    ledger_canon_put_bin(&demo->draft.body, cell->pupil, LEDGER_ID_LEN);
    ledger_canon_put_int(&demo->draft.body, kind[0] == '\0'          ? PROJ_PRESENT
                                            : strcmp(kind, "о") == 0 ? PROJ_LATE
                                                                     : PROJ_ABSENT);
    if (reason != NULL)
        tool_draft_seal_text(&demo->draft, path, reason);
    else
        ledger_canon_put_nil(&demo->draft.body);
    put_prev(demo, cell->prev);
}

static int play_attendance(struct play *play, const struct action *first, size_t count,
                           struct base_err *err)
{
    struct demo *demo = play->demo;
    struct cell cells[PROJ_CELL_COUNT_MAX];
    unsigned cell_count;
    int rc = collect_cells(play, first, count, demo->attendance, PROJ_WHAT_ATTENDANCE, cells,
                           &cell_count, err);
    if (rc != 0 || cell_count == 0)
        return rc;
    tool_draft_begin(&demo->draft, "attendance.set", 3);
    tool_draft_bool(&demo->draft, "all", false);
    tool_draft_list(&demo->draft, "cells", cell_count);
    for (unsigned i = 0; i < cell_count; i++)
        put_absence(demo, &cells[i], i, tool_table_get(demo->attendance, cells[i].row, "kind"));
    tool_draft_id(&demo->draft, "lesson", play->lessons[first->lesson].lesson.id);
    return submit(play, first, count, err);
}

static void put_mark(struct demo *demo, const struct cell *cell, unsigned index, const char *values,
                     const char *comment)
{
    char path[24];
    unsigned count = 0;
    snprintf(path, sizeof path, "cells.%u.2", index);
    for (const char *p = values; *p != '\0'; p++)
        count += *p >= '1' && *p <= '5';
    ledger_canon_put_array(&demo->draft.body, 4);
    ledger_canon_put_bin(&demo->draft.body, cell->pupil, LEDGER_ID_LEN);
    ledger_canon_put_array(&demo->draft.body, count);
    for (const char *p = values; *p != '\0'; p++) {
        if (*p >= '1' && *p <= '5')
            ledger_canon_put_int(&demo->draft.body, *p - '0');
    }
    if (comment[0] != '\0')
        tool_draft_seal_text(&demo->draft, path, comment);
    else
        ledger_canon_put_nil(&demo->draft.body);
    put_prev(demo, cell->prev);
}

/* "№ 117 от 07.10.2026" → number and day. */
static void put_protocol(struct demo *demo, const char *text)
{
    const char *of = strstr(text, " от ");
    if (of == NULL) {
        tool_draft_nil(&demo->draft, "protocol");
        return;
    }
    char number_text[61];
    int day = 0;
    int month = 0;
    int year = 0;
    snprintf(number_text, sizeof number_text, "%.*s", (int)(of - text), text);
    if (sscanf(of + strlen(" от "), "%d.%d.%d", &day, &month, &year) != 3)
        year = 1970;
    ledger_canon_put_str(&demo->draft.body, "protocol");
    ledger_canon_put_array(&demo->draft.body, 2);
    ledger_canon_put_str(&demo->draft.body, number_text);
    ledger_canon_put_int(&demo->draft.body, base_day_from_civil(year, month, day));
}

static int play_marks(struct play *play, const struct action *first, size_t count,
                      struct base_err *err)
{
    struct demo *demo = play->demo;
    struct tool_table *csv = demo->marks;
    struct cell cells[PROJ_CELL_COUNT_MAX];
    unsigned cell_count;
    int rc = collect_cells(play, first, count, csv, PROJ_WHAT_MARK, cells, &cell_count, err);
    if (rc != 0 || cell_count == 0)
        return rc;
    tool_draft_begin(&demo->draft, "marks.set", 6);
    tool_draft_list(&demo->draft, "cells", cell_count);
    for (unsigned i = 0; i < cell_count; i++)
        put_mark(demo, &cells[i], i, tool_table_get(csv, cells[i].row, "mark"),
                 tool_table_get(csv, cells[i].row, "comment"));
    tool_draft_int(&demo->draft, "column", 0);
    tool_draft_id(&demo->draft, "lesson", play->lessons[first->lesson].lesson.id);
    put_protocol(demo, tool_table_get(csv, first->row, "protocol"));
    tool_draft_int(&demo->draft, "weight", demo_number(tool_table_get(csv, first->row, "weight")));
    tool_draft_int(&demo->draft, "work", proj_work_of(tool_table_get(csv, first->row, "work")));
    return submit(play, first, count, err);
}

static unsigned period_value(const char *text)
{
    static const char *const names[] = {"осв", "н/а", "безотм", "отсрочка", "зачёт", "незачёт"};
    for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(names[i], text) == 0)
            return 10 + i;
    }
    return demo_number(text);
}

static void put_period_cell(struct demo *demo, struct tool_table *csv, size_t row, unsigned index)
{
    const char *comment = tool_table_get(csv, row, "comment");
    const char *until = strstr(comment, "до ");
    uint8_t pupil[LEDGER_ID_LEN];
    base_day day = 0;
    char path[24];
    demo_id(demo, "pupil", tool_table_get(csv, row, "pupil"), pupil);
    snprintf(path, sizeof path, "cells.%u.3", index);
    ledger_canon_put_array(&demo->draft.body, 5);
    ledger_canon_put_bin(&demo->draft.body, pupil, LEDGER_ID_LEN);
    ledger_canon_put_int(&demo->draft.body, period_value(tool_table_get(csv, row, "mark")));
    if (until != NULL && base_day_parse(until + strlen("до "), &day) == 0)
        ledger_canon_put_int(&demo->draft.body, day);
    else
        ledger_canon_put_nil(&demo->draft.body);
    if (comment[0] != '\0')
        tool_draft_seal_text(&demo->draft, path, comment);
    else
        ledger_canon_put_nil(&demo->draft.body);
    ledger_canon_put_nil(&demo->draft.body);
}

static int play_period(struct play *play, const struct action *first, size_t count,
                       struct base_err *err)
{
    struct demo *demo = play->demo;
    struct tool_table *csv = demo->period_marks;
    uint8_t group[LEDGER_ID_LEN];
    uint8_t subject[LEDGER_ID_LEN];
    struct ledger_head head;
    ledger_log_head(tool_school_log(demo->school), &head);
    demo_group_id(demo, tool_table_get(csv, first->row, "target"), group);
    demo_id(demo, "subject", tool_table_get(csv, first->row, "subject"), subject);
    tool_draft_begin(&demo->draft, "period.set", 5);
    tool_draft_list(&demo->draft, "cells", (unsigned)count);
    for (size_t i = 0; i < count; i++)
        put_period_cell(demo, csv, first[i].row, (unsigned)i);
    tool_draft_id(&demo->draft, "group", group);
    tool_draft_text(&demo->draft, "period", tool_table_get(csv, first->row, "period"));
    tool_draft_id(&demo->draft, "subject", subject);
    tool_draft_int(&demo->draft, "upto", (int64_t)head.size);
    return submit(play, first, count, err);
}

/* The incident */

static int submit_as_thief(struct play *play, struct base_err *err)
{
    struct demo *demo = play->demo;
    base_time_ms now = tool_school_now(demo->school);
    int rc = 0;
    if (now >= play->thief_until) {
        char name[32];
        snprintf(name, sizeof name, "thief/%u", ++play->thief_sessions);
        rc = demo_open_session(demo, play->victim, &play->thief, name, "Телефон, неизвестная сеть",
                               err);
        play->thief_until = now + 12 * 60 * MINUTE_MS;
    }
    struct tool_key *const signers[] = {&play->thief};
    return rc != 0 ? rc : demo_submit_key(demo, signers, 1, NULL, err);
}

/* Keeps work and weight of the mark that is being changed. */
static int draft_changed_mark(struct play *play, const struct action *action, struct base_err *err)
{
    struct demo *demo = play->demo;
    struct tool_table *csv = demo->incident;
    const struct lesson *lesson = &play->lessons[action->lesson];
    struct proj_mark mark;
    struct proj_fact now;
    struct cell cell = {.row = action->row};
    memset(&mark, 0, sizeof mark);
    mark.work = 1;
    mark.weight = 1;
    demo_id(demo, "pupil", tool_table_get(csv, action->row, "pupil"), cell.pupil);
    int rc = cell_now(play, lesson, PROJ_WHAT_MARK, cell.pupil, &now, (uint8_t *)&mark, sizeof mark,
                      err);
    if (rc != 0 || superseded(play, now.seq))
        return rc;
    cell.prev = now.seq;
    tool_draft_begin(&demo->draft, "marks.set", 6);
    tool_draft_list(&demo->draft, "cells", 1);
    put_mark(demo, &cell, 0, tool_table_get(csv, action->row, "new"),
             tool_table_get(csv, action->row, "note"));
    tool_draft_int(&demo->draft, "column", 0);
    tool_draft_id(&demo->draft, "lesson", lesson->lesson.id);
    tool_draft_nil(&demo->draft, "protocol");
    tool_draft_int(&demo->draft, "weight", mark.weight);
    tool_draft_int(&demo->draft, "work", mark.work);
    return 0;
}

static int draft_removed_absence(struct play *play, const struct action *action,
                                 struct base_err *err)
{
    struct demo *demo = play->demo;
    const struct lesson *lesson = &play->lessons[action->lesson];
    struct proj_fact now;
    struct cell cell = {.row = action->row};
    demo_id(demo, "pupil", tool_table_get(demo->incident, action->row, "pupil"), cell.pupil);
    int rc = cell_now(play, lesson, PROJ_WHAT_ATTENDANCE, cell.pupil, &now, NULL, 0, err);
    if (rc != 0)
        return rc;
    cell.prev = now.seq;
    tool_draft_begin(&demo->draft, "attendance.set", 3);
    tool_draft_bool(&demo->draft, "all", false);
    tool_draft_list(&demo->draft, "cells", 1);
    put_absence(demo, &cell, 0, "");
    tool_draft_id(&demo->draft, "lesson", lesson->lesson.id);
    return 0;
}

static int play_incident(struct play *play, const struct action *action, struct base_err *err)
{
    struct demo *demo = play->demo;
    const char *what = tool_table_get(demo->incident, action->row, "action");
    const char *hand = tool_table_get(demo->incident, action->row, "hand");
    int rc;
    demo->draft.kind = "";
    if (strcmp(what, "удалить пропуск") == 0)
        rc = draft_removed_absence(play, action, err);
    else if (strcmp(what, "изменить задание") == 0)
        rc = play_homework_text(play, action, tool_table_get(demo->incident, action->row, "new"),
                                err);
    else
        rc = draft_changed_mark(play, action, err);
    if (rc != 0 || demo->draft.kind[0] == '\0')
        return rc;
    return strcmp(hand, "злоумышленник") == 0 ? submit_as_thief(play, err)
                                              : submit(play, action, 1, err);
}

/* The report: support types in what the teacher said; the cut and the digest are the log's. */
static int play_report(struct play *play, struct base_err *err)
{
    struct demo *demo = play->demo;
    struct ledger_reader *reader = NULL;
    struct proj_txn *txn = NULL;
    struct ledger_head head;
    uint64_t count = 0;
    int rc = tool_school_flush(demo->school, err);
    if (rc == 0)
        rc = ledger_reader_open(tool_school_log(demo->school), &reader, err);
    if (rc == 0)
        rc = proj_engine_read(tool_school_engine(demo->school), &txn, err);
    if (rc == 0) {
        struct proj_source source = proj_source_of_reader(reader);
        ledger_log_head(tool_school_log(demo->school), &head);
        play->cut = proj_cut_at(txn, &source, head.size, play->breach_at);
        proj_covered(txn, &source, &play->victim_key.key, play->cut, head.size, &count,
                     &play->digest, NULL, NULL);
        rc = proj_txn_fault(txn, err);
    }
    proj_txn_end(txn);
    ledger_reader_close(reader);
    if (rc != 0)
        return rc;
    tool_draft_begin(&demo->draft, "breach.reported", 9);
    tool_draft_id(&demo->draft, "account", play->victim->account);
    tool_draft_int(&demo->draft, "breach", play->breach_at);
    tool_draft_int(&demo->draft, "count", (int64_t)count);
    tool_draft_int(&demo->draft, "cut", (int64_t)play->cut);
    tool_draft_bin(&demo->draft, "digest", play->digest.bytes, LEDGER_HASH_LEN);
    tool_draft_int(&demo->draft, "learned", play->learned_at);
    ledger_canon_put_str(&demo->draft.body, "reason");
    tool_draft_seal_text(&demo->draft, "reason", tool_table_get(play->timeline, 0, "note"));
    tool_draft_int(&demo->draft, "size", (int64_t)head.size);
    tool_draft_bin(&demo->draft, "target", play->victim_key.key.bytes, LEDGER_KEY_LEN);
    return demo_submit(demo, demo_person(demo, "st04"), &play->report_id, err);
}

static int play_receipt(struct play *play, const char *label, unsigned capacity,
                        base_time_ms told_ms, struct base_err *err)
{
    struct demo *demo = play->demo;
    tool_draft_begin(&demo->draft, "breach.received", 5);
    tool_draft_int(&demo->draft, "capacity", capacity);
    tool_draft_int(&demo->draft, "cut", (int64_t)play->cut);
    tool_draft_bin(&demo->draft, "digest", play->digest.bytes, LEDGER_HASH_LEN);
    tool_draft_bin(&demo->draft, "report", play->report_id.bytes, LEDGER_HASH_LEN);
    tool_draft_int(&demo->draft, "told", told_ms);
    int rc = demo_submit(demo, demo_person(demo, label), NULL, err);
    return rc != 0 ? rc : tool_school_flush(demo->school, err);
}

static int play_actions(struct play *play, size_t first, size_t *out_count, struct base_err *err);

/* "Was this you?": the honest ones are signed anew, quoting the void ones. */
static int play_reaffirm(struct play *play, struct base_err *err)
{
    int rc = tool_school_flush(play->demo->school, err);
    for (size_t i = 0; rc == 0 && i < play->done_count; i++) {
        struct done done = play->done[i];
        struct ledger_reader *reader = NULL;
        size_t count;
        rc = ledger_reader_open(tool_school_log(play->demo->school), &reader, err);
        if (rc == 0)
            rc = ledger_reader_find(reader, &done.id, &play->quoted_seq, err);
        ledger_reader_close(reader);
        play->quote = &done.id;
        if (rc == 0)
            rc = play_actions(play, done.first, &count, err);
        play->quote = NULL;
    }
    return rc;
}

/* Playing */

static bool merges(const struct play *play, const struct action *a, const struct action *b)
{
    struct tool_table *marks = play->demo->marks;
    struct tool_table *periods = play->demo->period_marks;
    if (a->what != b->what || a->at != b->at || a->by != b->by)
        return false;
    if (a->what == ACT_ATTENDANCE)
        return a->lesson == b->lesson;
    if (a->what == ACT_MARK)
        return a->lesson == b->lesson &&
               strcmp(tool_table_get(marks, a->row, "work"),
                      tool_table_get(marks, b->row, "work")) == 0 &&
               strcmp(tool_table_get(marks, a->row, "protocol"),
                      tool_table_get(marks, b->row, "protocol")) == 0;
    return a->what == ACT_PERIOD &&
           strcmp(tool_table_get(periods, a->row, "target"),
                  tool_table_get(periods, b->row, "target")) == 0 &&
           strcmp(tool_table_get(periods, a->row, "subject"),
                  tool_table_get(periods, b->row, "subject")) == 0;
}

/* Plays the action and those that merge with it; `*out_count` is how many. */
static int play_actions(struct play *play, size_t first, size_t *out_count, struct base_err *err)
{
    const struct action *action = &play->actions[first];
    struct demo *demo = play->demo;
    size_t count = 1;
    while (first + count < play->action_count && count < PROJ_CELL_COUNT_MAX &&
           merges(play, action, &play->actions[first + count]))
        count++;
    *out_count = count;
    switch (action->what) {
    case ACT_CHANGE:
        return play_change(play, action, err);
    case ACT_OPEN:
        return play_open(play, action, err);
    case ACT_TOPIC:
        return play_topic(play, action, err);
    case ACT_HOMEWORK:
        return play_homework(play, action, err);
    case ACT_SHEET:
        return play_sheet(play, action, err);
    case ACT_ATTENDANCE:
        return play_attendance(play, action, count, err);
    case ACT_MARK:
        return play_marks(play, action, count, err);
    case ACT_PERIOD:
        return play_period(play, action, count, err);
    case ACT_CONSENT:
        return demo_consent(demo, &play->said, action->row, action->by, err);
    case ACT_ADVICE:
        return demo_advise(demo, &play->said, action->row, action->by, err);
    case ACT_ACKNOWLEDGEMENT:
        return demo_acknowledge(demo, &play->said, action->row, action->by, err);
    case ACT_INCIDENT:
        return play_incident(play, action, err);
    case ACT_REPORT:
        return play_report(play, err);
    case ACT_RECEIPT_HEAD:
        return play_receipt(play, "st01", PROJ_ROLE_HEAD, play->head_told_at, err);
    case ACT_RECEIPT_SUPPORT:
        return play_receipt(play, "st04", PROJ_ROLE_SUPPORT, play->support_told_at, err);
    case ACT_INVITE:
        demo_person_next_key(demo, play->victim);
        return demo_invite(demo, demo_person(demo, "st04"), "st20/2", play->victim->account,
                           &play->invitation, err);
    case ACT_ENROL:
        return demo_enrol(demo, play->victim, &play->invitation, err);
    case ACT_REAFFIRM:
        return play_reaffirm(play, err);
    }
    assert(false && "every action is played above");
    return 0;
}

static base_time_ms timeline(struct play *play, const char *what)
{
    for (size_t i = 0; i < tool_table_row_count(play->timeline); i++) {
        if (strcmp(tool_table_get(play->timeline, i, "what"), what) == 0)
            return demo_time(tool_table_get(play->timeline, i, "when"));
    }
    return 0;
}

static int read_timeline(struct play *play, struct base_err *err)
{
    struct demo *demo = play->demo;
    int rc = demo_csv(demo, "incident-timeline.csv", &play->timeline, err);
    if (rc != 0)
        return rc;
    for (size_t i = 0; i < tool_table_row_count(play->timeline); i++) {
        if (strcmp(tool_table_get(play->timeline, i, "what"), "account") == 0)
            play->victim = demo_person(demo, tool_table_get(play->timeline, i, "when"));
    }
    if (play->victim == NULL)
        return BASE_FAIL(err, BASE_E_FORMAT, "incident-timeline.csv: no such account");
    play->victim_key = play->victim->key;
    play->breach_at = timeline(play, "breach_claimed_at");
    play->learned_at = timeline(play, "learned_at");
    play->head_told_at = timeline(play, "head_told_at");
    play->support_told_at = timeline(play, "support_told_at");
    play->locked_at = play->support_told_at; /* the report closes the key at once */
    play->resumed_at = play->support_told_at + 25 * MINUTE_MS;
    return 0;
}

static int read_all(struct play *play, bool with_incident, struct base_err *err)
{
    struct demo *demo = play->demo;
    int rc = demo_csv(demo, "lessons-q1.csv", &demo->lessons, err);
    if (rc == 0)
        rc = demo_csv(demo, "attendance-q1.csv", &demo->attendance, err);
    if (rc == 0)
        rc = demo_csv(demo, "marks-q1.csv", &demo->marks, err);
    if (rc == 0)
        rc = demo_csv(demo, "changes.csv", &demo->changes, err);
    if (rc == 0)
        rc = demo_csv(demo, "period-marks-q1.csv", &demo->period_marks, err);
    if (rc == 0 && with_incident)
        rc = demo_csv(demo, "incident.csv", &demo->incident, err);
    if (rc == 0 && with_incident)
        rc = read_timeline(play, err);
    if (rc == 0)
        rc = read_lessons(play, err);
    if (rc == 0)
        rc = add_attendance(play, err);
    if (rc == 0)
        rc = add_marks(play, err);
    if (rc == 0)
        rc = add_lessons(play, err);
    if (rc == 0)
        rc = add_changes(play, err);
    if (rc == 0)
        rc = add_period_marks(play, err);
    if (rc == 0 && !demo->real) /* a real import takes over consents only, with the roster */
        rc = add_families(play, err);
    if (rc == 0 && with_incident)
        rc = add_incident(play, err);
    return rc;
}

/* A real import: is what the action would record in the log already, by whomever? */
static struct proj_key recorded_key(struct play *play, const struct action *action)
{
    struct demo *demo = play->demo;
    struct tool_table *csv = action->what == ACT_CHANGE       ? demo->changes
                             : action->what == ACT_ATTENDANCE ? demo->attendance
                             : action->what == ACT_PERIOD     ? demo->period_marks
                                                              : demo->marks;
    const struct lesson *lesson =
        action->lesson == UINT32_MAX ? NULL : &play->lessons[action->lesson];
    uint8_t pupil[LEDGER_ID_LEN];
    uint8_t group[LEDGER_ID_LEN];
    uint8_t subject[LEDGER_ID_LEN];
    switch ((int)action->what) {
    case ACT_OPEN:
        return proj_key_tagged_id('L', lesson->lesson.id);
    case ACT_TOPIC:
        return proj_key_cell(&lesson->lesson, PROJ_WHAT_TOPIC, proj_no_id, 0);
    case ACT_HOMEWORK:
        return proj_key_cell(&lesson->lesson, PROJ_WHAT_HOMEWORK, proj_no_id, 0);
    case ACT_SHEET:
        return proj_key_cell(&lesson->lesson, PROJ_WHAT_SHEET, proj_no_id, 0);
    case ACT_ATTENDANCE:
    case ACT_MARK:
        demo_id(demo, "pupil", tool_table_get(csv, action->row, "pupil"), pupil);
        return proj_key_cell(&lesson->lesson,
                             action->what == ACT_MARK ? PROJ_WHAT_MARK : PROJ_WHAT_ATTENDANCE,
                             pupil, 0);
    default:
        break;
    }
    demo_group_id(demo, tool_table_get(csv, action->row, "target"), group);
    demo_id(demo, "subject", tool_table_get(csv, action->row, "subject"), subject);
    if (action->what == ACT_CHANGE)
        return proj_key_slot('O', group, subject,
                             demo_day(tool_table_get(csv, action->row, "date")),
                             demo_number(tool_table_get(csv, action->row, "shift")),
                             demo_number(tool_table_get(csv, action->row, "lesson")));
    demo_id(demo, "pupil", tool_table_get(csv, action->row, "pupil"), pupil);
    return proj_key_period(group, subject,
                           base_bytes_str(tool_table_get(csv, action->row, "period")), pupil);
}

/* Drops them: importing again appends what is missing. */
static int drop_recorded(struct play *play, struct base_err *err)
{
    struct proj_txn *txn = NULL;
    size_t kept = 0;
    int rc = proj_engine_read(tool_school_engine(play->demo->school), &txn, err);
    for (size_t i = 0; rc == 0 && i < play->action_count; i++) {
        struct proj_key key = recorded_key(play, &play->actions[i]);
        struct proj_fact fact;
        if (!proj_fact_get_any(txn, &key, LEDGER_SEQ_NONE, &fact))
            play->actions[kept++] = play->actions[i];
    }
    if (rc == 0) {
        play->action_count = kept;
        rc = proj_txn_fault(txn, err);
    }
    proj_txn_end(txn);
    return rc;
}

int demo_quarter(struct demo *demo, bool with_incident, struct base_err *err)
{
    struct play play = {.demo = demo};
    size_t count = 0;
    int rc = read_all(&play, with_incident, err);
    if (rc == 0 && demo->real)
        rc = drop_recorded(&play, err);
    if (rc == 0 && play.action_count > 0)
        qsort(play.actions, play.action_count, sizeof *play.actions, compare_actions);
    for (size_t i = 0; rc == 0 && i < play.action_count; i += count) {
        demo_at(demo, play.actions[i].at);
        rc = play_actions(&play, i, &count, err);
        demo_tell(demo, "первая четверть / first quarter", i + count, play.action_count);
    }
    if (rc == 0)
        rc = tool_school_flush(demo->school, err);
    tool_table_close(play.timeline);
    demo_said_close(&play.said);
    free(play.lessons);
    free(play.actions);
    free(play.done);
    return rc;
}
