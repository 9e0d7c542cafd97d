/* Marks of lessons and of periods (ST-2, ST-3, ST-5, ST-9 … ST-12).
 * A cell is an absolute value: a list of marks, empty when withdrawn. */
#include "projections/affirming.h"
#include "projections/control.h"
#include "projections/groups.h"
#include "projections/lessons.h"

#include <assert.h>

/* As the lesson's teacher, or as an importer of what teachers wrote before the log began. */
static bool writes_as_teacher(struct proj_case *c, const struct proj_lesson *lesson)
{
    if (!c->teacher_known)
        c->as_teacher = proj_case_may_write(c, lesson) ||
                        proj_may_import(c->txn, c->actor.account, proj_case_day(c), c->seq);
    c->teacher_known = true;
    return c->as_teacher;
}

/* A corrector (role by root or the head) mends marks on lessons of others, never their own way
 * around a teaching assignment: each cell needs a comment. */
static int marks_right(struct proj_case *c, struct proj_lesson *out_lesson)
{
    int code = proj_case_lesson(c, out_lesson);
    if (code != 0 || writes_as_teacher(c, out_lesson))
        return code;
    return proj_may_correct(c->txn, c->actor.account, out_lesson, proj_case_day(c), c->seq)
               ? 0
               : proj_refuse(c, PROJ_REFUSED_NO_RIGHT, "lesson");
}

static int marks_ground(struct proj_case *c)
{
    struct proj_lesson lesson;
    int code = marks_right(c, &lesson);
    struct proj_cells cells = {0};
    while (code == 0 && proj_cells_next(c->body, "cells", &cells))
        code = proj_case_member(c, &lesson, &cells);
    return code;
}

int proj_case_marked(struct proj_case *c, const struct proj_lesson *lesson)
{
    struct proj_subject subject;
    struct proj_group group;
    struct proj_known_lesson *known = proj_case_known(c, lesson);
    if (known != NULL && known->is_marked)
        return 0;
    struct proj_key subject_key = proj_key_tagged_id('S', lesson->subject);
    if (proj_fact_read(c->txn, &subject_key, c->seq, &subject, sizeof subject, NULL) &&
        !subject.marked)
        return proj_refuse(c, PROJ_REFUSED_UNMARKED, "lesson");
    if (proj_group_on(c->txn, lesson->group, lesson->day, c->seq, &group) && group.grade == 1)
        return proj_refuse(c, PROJ_REFUSED_UNMARKED, "lesson");
    if (known != NULL)
        known->is_marked = true;
    return 0;
}

static int check_cell(struct proj_case *c, const struct proj_lesson *lesson,
                      const struct proj_cells *cells, bool own)
{
    struct ledger_canon_value comment = ledger_canon_at(&cells->tuple, 2);
    struct ledger_canon_value prev = ledger_canon_at(&cells->tuple, 3);
    if (!own && comment.type == LEDGER_CANON_NIL)
        return proj_refuse_cell(c, PROJ_REFUSED_NEEDS_COMMENT, cells->index, "comment");
    struct proj_key key =
        proj_key_cell(lesson, PROJ_WHAT_MARK, ledger_canon_at(&cells->tuple, 0).bytes.data,
                      (unsigned)proj_body_int(c->body, "column"));
    return proj_check_cell_prev(c, &key, &prev, cells->index);
}

static int marks_admit(struct proj_case *c)
{
    struct proj_lesson lesson;
    int code = proj_case_open_cells(c, PROJ_WHAT_MARK, &lesson);
    if (code == 0)
        code = proj_case_marked(c, &lesson);
    if (code != 0)
        return code;
    bool own = writes_as_teacher(c, &lesson);
    struct proj_cells cells = {0};
    while (code == 0 && proj_cells_next(c->body, "cells", &cells))
        code = check_cell(c, &lesson, &cells, own);
    return code;
}

/* The fields of marks.set in their order (projections/kinds.c). */
enum { MARKS_CELLS, MARKS_COLUMN, MARKS_LESSON, MARKS_PROTOCOL, MARKS_WEIGHT, MARKS_WORK };

/* What all marks of an event have in common; zero where a cell has its own. */
static void read_event(struct proj_case *c, struct proj_mark *mark)
{
    struct ledger_canon_reader reader;
    bool without = ledger_canon_pair(c->body, MARKS_PROTOCOL, BASE_LITERAL("protocol"), &reader) &&
                   ledger_canon_step_nil(&reader);
    memset(mark, 0, sizeof *mark);
    mark->recorded_ms = c->recorded_ms;
    mark->work = (uint8_t)proj_body_int_at(c->body, MARKS_WORK, "work");
    mark->weight = (uint8_t)proj_body_int_at(c->body, MARKS_WEIGHT, "weight");
    if (without)
        return;
    struct ledger_canon_value protocol = ledger_canon_get(c->body, "protocol");
    mark->has_protocol = protocol.type == LEDGER_CANON_ARRAY;
    if (mark->has_protocol) {
        struct base_bytes number = ledger_canon_at(&protocol, 0).bytes;
        memcpy(mark->protocol, number.data, number.len);
        mark->protocol_day = (int32_t)ledger_canon_at(&protocol, 1).integer;
    }
}

/* A cell from the event: pupil, values, comment, prev. */
static const uint8_t *read_cell(struct ledger_canon_reader *cells, struct proj_mark *mark)
{
    (void)proj_next_tuple(cells);
    const uint8_t *pupil = proj_next_bin(cells, LEDGER_ID_LEN);
    mark->count = (uint8_t)proj_next_tuple(cells);
    assert(pupil != NULL && mark->count <= sizeof mark->values);
    memset(mark->values, 0, sizeof mark->values);
    for (unsigned i = 0; i < mark->count; i++)
        mark->values[i] = (uint8_t)proj_next_int(cells);
    const uint8_t *comment = proj_next_bin(cells, LEDGER_COMMITMENT_LEN);
    mark->has_comment = comment != NULL;
    if (comment != NULL)
        memcpy(mark->comment, comment, LEDGER_COMMITMENT_LEN);
    else
        memset(mark->comment, 0, LEDGER_COMMITMENT_LEN);
    mark->prev = proj_next_prev(cells);
    return pupil;
}

static void marks_apply(struct proj_case *c)
{
    struct proj_lesson lesson;
    if (!proj_case_lesson_at(c, MARKS_LESSON, &lesson))
        return;
    struct ledger_canon_reader cells;
    uint32_t count = proj_cells_read(c->body, MARKS_CELLS, "cells", &cells);
    unsigned column = (unsigned)proj_body_int_at(c->body, MARKS_COLUMN, "column");
    struct proj_mark mark;
    read_event(c, &mark);
    for (uint32_t i = 0; i < count; i++) {
        const uint8_t *pupil = read_cell(&cells, &mark);
        struct proj_key key = proj_key_cell(&lesson, PROJ_WHAT_MARK, pupil, column);
        proj_fact_put_short(c->txn, &key, c->seq, &mark, sizeof mark);
    }
}

/* period.set */

static int period_ground(struct proj_case *c)
{
    const uint8_t *group = proj_body_bin(c->body, "group");
    if (!proj_teaches(c->txn, c->actor.account, group, proj_body_bin(c->body, "subject"),
                      proj_case_day(c), c->seq) &&
        !proj_may_import(c->txn, c->actor.account, proj_case_day(c), c->seq))
        return proj_refuse(c, PROJ_REFUSED_NO_RIGHT, "subject");
    struct proj_cells cells = {0};
    while (proj_cells_next(c->body, "cells", &cells)) {
        struct proj_span span;
        if (!proj_span_find(c->txn, group, ledger_canon_at(&cells.tuple, 0).bytes.data, c->seq,
                            &span))
            return proj_refuse_cell(c, PROJ_REFUSED_NOT_MEMBER, cells.index, "pupil");
    }
    return 0;
}

static struct proj_key period_key(struct proj_case *c, const struct proj_cells *cells)
{
    return proj_key_period(proj_body_bin(c->body, "group"), proj_body_bin(c->body, "subject"),
                           proj_body_text(c->body, "period"),
                           ledger_canon_at(&cells->tuple, 0).bytes.data);
}

/* Only says again what was struck out. */
static bool affirms_period(struct proj_case *c)
{
    struct proj_cells cells = {0};
    if (!proj_cells_next(c->body, "cells", &cells))
        return false;
    struct proj_key key = period_key(c, &cells);
    return proj_case_affirms(c, &key);
}

static int period_admit(struct proj_case *c)
{
    int code = proj_case_distinct(c);
    if (code == 0 && (ledger_seq)proj_body_int(c->body, "upto") > c->seq)
        code = proj_refuse(c, PROJ_REFUSED_FIELD_RANGE, "upto");
    if (code == 0 &&
        proj_is_period_locked(c->txn, proj_body_bin(c->body, "group"),
                              proj_body_text(c->body, "period"), c->seq) &&
        !affirms_period(c))
        code = proj_refuse(c, PROJ_REFUSED_LOCKED, "period");
    struct proj_cells cells = {0};
    while (code == 0 && proj_cells_next(c->body, "cells", &cells)) {
        int64_t value = ledger_canon_at(&cells.tuple, 1).integer;
        struct ledger_canon_value prev = ledger_canon_at(&cells.tuple, 4);
        struct proj_key key = period_key(c, &cells);
        if (value > 5 && value < 10)
            return proj_refuse_cell(c, PROJ_REFUSED_FIELD_RANGE, cells.index, "value");
        code = proj_check_cell_prev(c, &key, &prev, cells.index);
    }
    return code;
}

static void period_apply(struct proj_case *c)
{
    struct base_bytes period = proj_body_text(c->body, "period");
    struct proj_cells cells = {0};
    while (proj_cells_next(c->body, "cells", &cells)) {
        struct ledger_canon_value until = ledger_canon_at(&cells.tuple, 2);
        struct ledger_canon_value reason = ledger_canon_at(&cells.tuple, 3);
        struct ledger_canon_value prev = ledger_canon_at(&cells.tuple, 4);
        struct proj_period_mark mark;
        memset(&mark, 0, sizeof mark);
        mark.recorded_ms = c->recorded_ms;
        mark.prev = proj_prev_of(&prev);
        mark.upto = (ledger_seq)proj_body_int(c->body, "upto");
        mark.value = (uint8_t)ledger_canon_at(&cells.tuple, 1).integer;
        mark.until = until.type == LEDGER_CANON_INT ? (int32_t)until.integer : INT32_MIN;
        mark.has_reason = reason.type == LEDGER_CANON_BIN;
        if (mark.has_reason)
            memcpy(mark.reason, reason.bytes.data, LEDGER_COMMITMENT_LEN);
        memcpy(mark.period, period.data, period.len);
        struct proj_key key = period_key(c, &cells);
        proj_fact_put(c->txn, &key, c->seq, &mark, sizeof mark);
    }
}

const struct proj_fold proj_marks_folds[] = {
    {"marks.set", marks_ground, marks_admit, marks_apply, NULL},
    {"period.set", period_ground, period_admit, period_apply, NULL},
};
const unsigned proj_marks_fold_count = sizeof proj_marks_folds / sizeof proj_marks_folds[0];
