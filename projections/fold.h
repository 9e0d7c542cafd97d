/* The contract of a fold: what one kind of event means.
 *
 *   ground  May it be? Is its author who may do this, and does what it refers to exist, among what
 *           counts before it? Asked once at admission, and again for every event that rests on
 *           something that was struck out or came back. Pure: reads the state below `seq` only.
 *   admit   What else must hold at admission, and only then: the cell is as its author saw it, an
 *           id is new. Not asked again: these are manners, not grounds.
 *   apply   Writes the facts. Runs once per event, whether it counts or not (versions of events
 *           that do not count are skipped by readers).
 *   rest    Names the positions that may rest on this event, to be judged again when it is struck
 *           out or comes back. Too many is slow; too few is wrong.
 *
 * Threads: the thread of the transaction. Errors: 0, a positive refusal code; faults stick in the
 * transaction. */
#pragma once

#include <assert.h>

#include "projections/authority.h"
#include "projections/facts.h"
#include "projections/known_lessons.h"

/* One event under judgement. */
struct proj_case {
    struct proj_txn *txn;
    const struct ledger_event *event;
    const struct ledger_canon_value *body; /* &event->body */
    ledger_seq seq;
    base_time_ms recorded_ms;
    int offset_min; /* the school's, minutes east of UTC */
    struct proj_actor actor;
    struct ledger_refusal *refusal;
    struct proj_source *source; /* reads other entries; see engine.h */
    /* What `ground` has found, for `admit`, which asks at the same moment. */
    bool lesson_known, teacher_known;
    bool as_teacher; /* the author writes as the lesson's teacher, or as an importer */
    struct proj_lesson lesson;
    /* What events before have found, of many in a row; NULL: nobody remembers. */
    struct proj_known_lessons *known;
    struct proj_known_lesson *known_lesson; /* of this event; NULL: unknown */
};

/* Marks positions for judging again. */
struct proj_marker {
    void (*mark)(void *data, ledger_seq seq);
    void *data;
};

struct proj_fold {
    const char *kind;
    int (*ground)(struct proj_case *c);
    int (*admit)(struct proj_case *c);
    void (*apply)(struct proj_case *c);
    void (*rest)(struct proj_case *c, struct proj_marker *marker);
};

/* The fold of a kind, or NULL. */
const struct proj_fold *proj_fold_find(struct base_bytes kind);

/* Folds whose `apply` never asks for the event's id, and writes nothing but cells of pages, period
 * marks and lessons: of lessons, attendance and marks, which are nearly all there is. A rebuild
 * need not hash for them; and what is remembered of keys and lessons (known_lessons.h) outlasts
 * them. */
bool proj_fold_is_nameless(const struct proj_fold *fold);

/* Reports, receipts and overrulings: never void themselves, and weighed after they are folded. */
bool proj_is_breach(struct base_bytes kind);

/* The civil day on which the event was recorded. */
base_day proj_case_day(const struct proj_case *c);

/* Fields of a checked body. They assert the type: the schema has been checked before. */
const uint8_t *proj_body_bin(const struct ledger_canon_value *body, const char *name);
const uint8_t *proj_body_bin_or(const struct ledger_canon_value *body, const char *name,
                                const uint8_t *when_nil);
int64_t proj_body_int(const struct ledger_canon_value *body, const char *name);
int64_t proj_body_int_or(const struct ledger_canon_value *body, const char *name, int64_t when_nil);
struct base_bytes proj_body_text(const struct ledger_canon_value *body, const char *name);

/* The same for folds of what is most frequent, which say where among the kind's fields the name
 * stands: there it is looked for first. */
static inline const uint8_t *proj_body_bin_at(const struct ledger_canon_value *body, unsigned at,
                                              const char *name, size_t len)
{
    struct ledger_canon_reader reader;
    const uint8_t *bytes = NULL;
    if (ledger_canon_pair(body, at, base_bytes_str(name), &reader))
        bytes = ledger_canon_step_bin(&reader, len);
    return bytes != NULL ? bytes : proj_body_bin(body, name);
}
static inline int64_t proj_body_int_at(const struct ledger_canon_value *body, unsigned at,
                                       const char *name)
{
    struct ledger_canon_reader reader;
    int64_t integer;
    bool there = ledger_canon_pair(body, at, base_bytes_str(name), &reader) &&
                 ledger_canon_step_int(&reader, &integer);
    return there ? integer : proj_body_int(body, name);
}

/* Copies a text into a fact's field of `size` bytes: cut to fit, zero-terminated. */
void proj_copy_text(char *out, size_t size, struct base_bytes text);

/* Admission of `upto`: no later than the event itself. */
int proj_case_admit_upto(struct proj_case *c);
/* True when a counting fact with that tag and id (subject, group, pupil, lesson) lies below. */
bool proj_case_exists(struct proj_case *c, char tag, const uint8_t *id);
/* The ground of what arranges the school: the author may (proj_may_arrange), or `no_right`. */
int proj_case_arranges(struct proj_case *c);

/* The ground of whoever may invite that account: a lower stratum, for families also the class
 * teacher of every child that the account is for. Field "account". */
int proj_case_invites(struct proj_case *c, const uint8_t *account);

/* Refusals with a field. */
int proj_refuse(struct proj_case *c, int code, const char *field);
int proj_refuse_cell(struct proj_case *c, int code, unsigned cell, const char *field);

/* Iterates the tuples of a list field: call with a zeroed walk. */
struct proj_cells {
    struct ledger_canon_reader reader;
    struct ledger_canon_value tuple; /* indexed */
    uint32_t count;
    unsigned index;
    bool begun;
};
bool proj_cells_next(const struct ledger_canon_value *body, const char *name,
                     struct proj_cells *cells);

/* The same for who reads every member in its order (`at`: as above): the number of tuples, and a
 * reader before the first one's head. Then proj_next_tuple, and for each member one of the others,
 * in the order of the schema, which has been checked. */
uint32_t proj_cells_read(const struct ledger_canon_value *body, unsigned at, const char *name,
                         struct ledger_canon_reader *out_reader);
/* The head of a tuple or a list: how many members come next. */
static inline uint32_t proj_next_tuple(struct ledger_canon_reader *reader)
{
    uint32_t count = 0;
    bool there = ledger_canon_enter_array(reader, &count);
    assert(there);
    return there ? count : 0;
}
/* `len` bytes, or NULL for nil. */
static inline const uint8_t *proj_next_bin(struct ledger_canon_reader *reader, size_t len)
{
    const uint8_t *bytes = ledger_canon_step_bin(reader, len);
    bool there = bytes != NULL || ledger_canon_step_nil(reader);
    assert(there);
    return there ? bytes : NULL;
}
static inline int64_t proj_next_int(struct ledger_canon_reader *reader)
{
    int64_t integer = 0;
    bool there = ledger_canon_step_int(reader, &integer);
    assert(there);
    return there ? integer : 0;
}
/* The position that `prev` names, LEDGER_SEQ_NONE when it is nil. */
static inline ledger_seq proj_next_prev(struct ledger_canon_reader *reader)
{
    return ledger_canon_step_nil(reader) ? LEDGER_SEQ_NONE : (ledger_seq)proj_next_int(reader);
}

/* The position that `prev` names, LEDGER_SEQ_NONE when it is nil. */
ledger_seq proj_prev_of(const struct ledger_canon_value *prev);
/* `prev` of an edit against the present version of its cell: 0 or the refusal `stale`. */
int proj_check_prev(struct proj_case *c, const struct proj_key *key,
                    const struct ledger_canon_value *prev);
int proj_check_cell_prev(struct proj_case *c, const struct proj_key *key,
                         const struct ledger_canon_value *prev, unsigned cell);

/* The folds' tables, one a file. */
extern const struct proj_fold proj_access_folds[];
extern const struct proj_fold proj_roster_folds[];
extern const struct proj_fold proj_timetable_folds[];
extern const struct proj_fold proj_lessons_folds[];
extern const struct proj_fold proj_attendance_folds[];
extern const struct proj_fold proj_marks_folds[];
extern const struct proj_fold proj_breach_folds[];
extern const struct proj_fold proj_family_folds[];
extern const struct proj_fold proj_debts_folds[];
extern const struct proj_fold proj_files_folds[];
extern const struct proj_fold proj_control_folds[];
extern const struct proj_fold proj_movement_folds[];
extern const struct proj_fold proj_erasing_folds[];
extern const unsigned proj_access_fold_count, proj_roster_fold_count, proj_timetable_fold_count,
    proj_lessons_fold_count, proj_attendance_fold_count, proj_marks_fold_count,
    proj_breach_fold_count, proj_family_fold_count, proj_control_fold_count,
    proj_movement_fold_count, proj_debts_fold_count, proj_files_fold_count, proj_erasing_fold_count;
