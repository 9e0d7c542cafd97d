/* What the folds share: finding one, reading checked bodies, refusing, and the version of a cell.
 */
#include "projections/fold.h"

#include <assert.h>

static const struct proj_fold *find_in(const struct proj_fold *folds, unsigned count,
                                       struct base_bytes kind)
{
    for (unsigned i = 0; i < count; i++) {
        if (base_bytes_equal(kind, base_bytes_str(folds[i].kind)))
            return &folds[i];
    }
    return NULL;
}

const struct proj_fold *proj_fold_find(struct base_bytes kind)
{
    const struct {
        const struct proj_fold *folds;
        unsigned count;
    } tables[] = {/* the commonest first */
                  {proj_marks_folds, proj_marks_fold_count},
                  {proj_lessons_folds, proj_lessons_fold_count},
                  {proj_attendance_folds, proj_attendance_fold_count},
                  {proj_access_folds, proj_access_fold_count},
                  {proj_roster_folds, proj_roster_fold_count},
                  {proj_timetable_folds, proj_timetable_fold_count},
                  {proj_breach_folds, proj_breach_fold_count},
                  {proj_family_folds, proj_family_fold_count},
                  {proj_control_folds, proj_control_fold_count},
                  {proj_movement_folds, proj_movement_fold_count},
                  {proj_erasing_folds, proj_erasing_fold_count},
                  {proj_debts_folds, proj_debts_fold_count},
                  {proj_files_folds, proj_files_fold_count}};
    const struct proj_fold *found = NULL;
    for (size_t i = 0; found == NULL && i < sizeof tables / sizeof tables[0]; i++)
        found = find_in(tables[i].folds, tables[i].count, kind);
    return found;
}

static bool is_among(const struct proj_fold *fold, const struct proj_fold *folds, unsigned count)
{
    bool among = false;
    for (unsigned i = 0; i < count && !among; i++)
        among = fold == &folds[i];
    return among;
}

bool proj_fold_is_nameless(const struct proj_fold *fold)
{
    return is_among(fold, proj_marks_folds, proj_marks_fold_count) ||
           is_among(fold, proj_lessons_folds, proj_lessons_fold_count) ||
           is_among(fold, proj_attendance_folds, proj_attendance_fold_count);
}

bool proj_is_breach(struct base_bytes kind)
{
    struct base_bytes prefix = BASE_LITERAL("breach.");
    return kind.len > prefix.len && memcmp(kind.data, prefix.data, prefix.len) == 0;
}

base_day proj_case_day(const struct proj_case *c)
{
    return base_day_of_time(c->recorded_ms, c->offset_min);
}

const uint8_t *proj_body_bin(const struct ledger_canon_value *body, const char *name)
{
    struct ledger_canon_value value = ledger_canon_get(body, name);
    assert(value.type == LEDGER_CANON_BIN);
    return value.bytes.data;
}

const uint8_t *proj_body_bin_or(const struct ledger_canon_value *body, const char *name,
                                const uint8_t *when_nil)
{
    struct ledger_canon_value value = ledger_canon_get(body, name);
    return value.type == LEDGER_CANON_BIN ? value.bytes.data : when_nil;
}

int64_t proj_body_int(const struct ledger_canon_value *body, const char *name)
{
    struct ledger_canon_value value = ledger_canon_get(body, name);
    assert(value.type == LEDGER_CANON_INT || value.type == LEDGER_CANON_BOOL);
    return value.integer;
}

int64_t proj_body_int_or(const struct ledger_canon_value *body, const char *name, int64_t when_nil)
{
    struct ledger_canon_value value = ledger_canon_get(body, name);
    return value.type == LEDGER_CANON_INT ? value.integer : when_nil;
}

struct base_bytes proj_body_text(const struct ledger_canon_value *body, const char *name)
{
    struct ledger_canon_value value = ledger_canon_get(body, name);
    assert(value.type == LEDGER_CANON_TEXT);
    return value.bytes;
}

void proj_copy_text(char *out, size_t size, struct base_bytes text)
{
    size_t len = text.len < size ? text.len : size - 1;
    memcpy(out, text.data, len);
    out[len] = '\0';
}

int proj_case_admit_upto(struct proj_case *c)
{
    return (ledger_seq)proj_body_int(c->body, "upto") <= c->seq
               ? 0
               : proj_refuse(c, PROJ_REFUSED_FIELD_RANGE, "upto");
}

bool proj_case_exists(struct proj_case *c, char tag, const uint8_t *id)
{
    struct proj_fact fact;
    struct proj_key key = proj_key_tagged_id(tag, id);
    return proj_fact_get(c->txn, &key, c->seq, &fact);
}

int proj_case_arranges(struct proj_case *c)
{
    return proj_may_arrange(c->txn, &c->actor, proj_case_day(c), c->seq)
               ? 0
               : proj_refuse(c, PROJ_REFUSED_NO_RIGHT, "kind");
}

int proj_refuse(struct proj_case *c, int code, const char *field)
{
    return ledger_refuse(c->refusal, code, "%s", field);
}

int proj_refuse_cell(struct proj_case *c, int code, unsigned cell, const char *field)
{
    return ledger_refuse(c->refusal, code, "cells[%u].%s", cell, field);
}

bool proj_cells_next(const struct ledger_canon_value *body, const char *name,
                     struct proj_cells *cells)
{
    if (!cells->begun) {
        struct ledger_canon_value list = ledger_canon_get_list(body, name, &cells->reader);
        assert(list.type == LEDGER_CANON_ARRAY);
        cells->begun = true;
        cells->count = list.count;
        cells->index = 0;
    } else {
        cells->index++;
    }
    return cells->index < cells->count && ledger_canon_step_indexed(&cells->reader, &cells->tuple);
}

uint32_t proj_cells_read(const struct ledger_canon_value *body, unsigned at, const char *name,
                         struct ledger_canon_reader *out_reader)
{
    uint32_t count = 0;
    if (!ledger_canon_pair(body, at, base_bytes_str(name), out_reader) ||
        !ledger_canon_enter_array(out_reader, &count))
        count = ledger_canon_get_list(body, name, out_reader).count;
    return count;
}

ledger_seq proj_prev_of(const struct ledger_canon_value *prev)
{
    return prev->type == LEDGER_CANON_INT ? (ledger_seq)prev->integer : LEDGER_SEQ_NONE;
}

static bool prev_fits(struct proj_case *c, const struct proj_key *key,
                      const struct ledger_canon_value *prev)
{
    struct proj_fact fact;
    bool there = proj_fact_get(c->txn, key, c->seq, &fact);
    return there ? prev->type == LEDGER_CANON_INT && (ledger_seq)prev->integer == fact.seq
                 : prev->type == LEDGER_CANON_NIL;
}

int proj_check_prev(struct proj_case *c, const struct proj_key *key,
                    const struct ledger_canon_value *prev)
{
    return prev_fits(c, key, prev) ? 0 : proj_refuse(c, PROJ_REFUSED_STALE, "prev");
}

int proj_check_cell_prev(struct proj_case *c, const struct proj_key *key,
                         const struct ledger_canon_value *prev, unsigned cell)
{
    return prev_fits(c, key, prev) ? 0 : proj_refuse_cell(c, PROJ_REFUSED_STALE, cell, "prev");
}
