/* The import of a school (specs/import.md): files are read and checked whole, then compared with
 * the journal; what differs becomes a plan of events, which is shown (a dry run) or signed.
 *
 * Shape:   import_load → import_check → import_compare, then import_apply; each goes on where the
 *          last one found nothing that blocks. All state is in struct import, which the caller
 *          zeroes, fills with options and releases.
 * Reads:   the journal by a transaction and a reader of one moment, both borrowed.
 * Threads: one. */
#pragma once

#include "projections/authority.h"
#include "projections/engine.h"
#include "tools/common/draft.h"
#include "tools/common/table.h"
#include "tools/import/problems.h"

#define IMPORT_PLAN_CHUNK 100u      /* topics of one plan.set */
#define IMPORT_MEMBER_CHUNK 200u    /* pupils of one members.joined or members.left */
#define IMPORT_OPENING_COUNT_MAX 4u /* sealed fields of one event of an import */

enum import_action { IMPORT_CREATE, IMPORT_CHANGE, IMPORT_END, IMPORT_ACTION_COUNT };

/* One event to be signed. */
struct import_item {
    enum import_file file;
    enum import_action action;
    uint32_t row;     /* as the file numbers it; 0: none, a row that is no longer there */
    const char *kind; /* static */
    char *label;      /* what people call it */
    /* The draft, packed; an invitation has none: its code is made when it is signed. */
    struct base_buf body, held;
    struct tool_draft_opening openings[IMPORT_OPENING_COUNT_MAX];
    uint32_t opening_count;
    bool invites;
    uint8_t account[LEDGER_ID_LEN]; /* of an invitation */
};

/* Sorted labels of a file's rows. */
struct import_index {
    struct import_label {
        const char *label;
        uint32_t row;
    } * labels;
    size_t count;
    bool owns; /* the labels, too */
};

struct import {
    /* options */
    const char *data; /* a folder, or one workbook */
    uint8_t secret[32];
    base_time_ms now_ms;
    bool has_from;
    base_day from; /* the day from which changes hold; without has_from: today */
    bool whole[IMPORT_FILE_COUNT];
    const char *order;             /* by which pupils leave with --whole pupils; NULL */
    bool journal;                  /* old records are asked for, too */
    bool by_root;                  /* root signs: officers are within reach */
    uint8_t signer[LEDGER_ID_LEN]; /* zero in a dry run without one */
    /* the journal */
    struct proj_txn *txn;
    struct ledger_reader *reader;
    /* read */
    struct tool_table *tables[IMPORT_FILE_COUNT];                  /* NULL: not given */
    char *names[IMPORT_FILE_COUNT];                                /* what messages call the file */
    char *headers[IMPORT_FILE_COUNT][TOOL_TABLE_COLUMN_COUNT_MAX]; /* as the file wrote them */
    struct import_index ids[IMPORT_FILE_COUNT];
    struct import_problems problems;
    /* planned */
    int offset_min;
    base_day today, year_start, year_end;
    char year[16];
    struct import_item *items;
    size_t item_count, item_capacity;
    size_t same[IMPORT_FILE_COUNT], passed[IMPORT_FILE_COUNT]; /* rows untouched, passed over */
    struct tool_draft draft;                                   /* under way */
    bool failed;                                               /* memory; sticky */
};

int import_load(struct import *im, struct base_err *err) BASE_MUST_USE;
int import_check(struct import *im, struct base_err *err) BASE_MUST_USE;
int import_compare(struct import *im, struct base_err *err) BASE_MUST_USE;
void import_release(struct import *im);

/* Shared by the parts. */

/* Notes a problem of a row (SIZE_MAX: of the file) in a column of the schema (NULL: none). */
void import_wrong(struct import *im, enum import_problem_code code, enum import_file file,
                  size_t row, const char *column, const char *value, const char *other);
/* Rows of a file, 0 when it is not given. */
size_t import_rows(const struct import *im, enum import_file file);
const char *import_get(const struct import *im, enum import_file file, size_t row,
                       const char *column);
uint32_t import_row_number(const struct import *im, enum import_file file, size_t row);
/* The row with that id, or SIZE_MAX. */
size_t import_find(const struct import *im, enum import_file file, const char *id);
/* Rows sorted by a column, or by several joined with ", "; free it with import_index_release. */
int import_index_make(struct import *im, enum import_file file, const char *const *columns,
                      struct import_index *out_index, struct base_err *err) BASE_MUST_USE;
void import_index_release(struct import_index *index);
/* Where the rows with that label begin and how many they are. */
size_t import_index_span(const struct import_index *index, const char *label, size_t *out_first);
/* The class or group of that label as it will be: by its row, else as the journal has it. */
bool import_group_of(struct import *im, const char *label, struct proj_group *out_group);
/* A subgroup of the same subject with a class in common: one replaces the other. */
bool import_is_sibling(const struct proj_group *a, const struct proj_group *b);
bool import_group_has_class(const struct proj_group *group, const uint8_t class_id[LEDGER_ID_LEN]);
/* The class that a pupil will be in: by its row, else the journal's; false: none. */
bool import_class_of(struct import *im, const char *pupil, uint8_t out[LEDGER_ID_LEN]);
/* Does this import move the pupil to another class, and what is the first day there? */
bool import_moves(struct import *im, const char *pupil, base_day *out_day);
/* Calls `each` for every membership that the journal has of the pupil. */
void import_each_membership(struct import *im, const uint8_t pupil[LEDGER_ID_LEN],
                            void (*each)(void *data, const uint8_t *group,
                                         const struct proj_group *fact,
                                         const struct proj_span *span),
                            void *data);
/* Ids of the journal, made from labels and the school's import secret. */
void import_id(const struct import *im, const char *kind, const char *label,
               uint8_t out[LEDGER_ID_LEN]);
/* The same for what a file's rows become ("group" for classes and groups, …). */
void import_id_of(const struct import *im, enum import_file file, const char *label,
                  uint8_t out[LEDGER_ID_LEN]);
/* Is it in the journal? */
bool import_known(struct import *im, enum import_file file, const char *label);
/* Checked cells as values. */
base_day import_day(const char *text);
unsigned import_number(const char *text);
int import_minutes(const char *hh_mm);
bool import_is(const char *text, const char *wanted);
/* The place of a checked choice in its list, from 0. */
unsigned import_choice(enum import_file file, const char *column, const char *text);
/* A cell (trimmed) by its column: noted when it is wrong, else written canonically in place. */
void import_check_cell(struct import *im, enum import_file file, size_t row,
                       const struct import_column *column, char *cell);
/* Blanks around go, no-break spaces too; lower case of Latin and Russian letters. `out` has as much
 * room as `text`. */
void import_trim(const char *text, char *out);
void import_lower(const char *text, char *out);
/* "1-9" or "5". */
void import_grades(const char *text, unsigned *out_from, unsigned *out_to);

/* Plans the draft under way (im->draft) as an event; `row` SIZE_MAX: of no row. */
void import_plan(struct import *im, enum import_file file, enum import_action action, size_t row,
                 const char *label);
void import_plan_invitation(struct import *im, enum import_file file, size_t row, const char *label,
                            const uint8_t account[LEDGER_ID_LEN]);
/* Appends the plan for people, or as JSON members of an object under way. */
void import_plan_text(const struct import *im, bool english, bool verbose, struct base_buf *out);
void import_plan_json(const struct import *im, bool verbose, struct base_buf *out);

/* What stands behind a seal. Erased values count as the same: nothing erased is written again. */
bool import_same_text(struct import *im, const uint8_t *commitment, const char *text);
bool import_same_name(struct import *im, const uint8_t *commitment, const char *const name[3]);
/* Appends the text; nothing when it is erased. */
void import_open_text(struct import *im, const uint8_t *commitment, struct base_buf *out);
/* The i-th part of a sealed name, as above. */
void import_open_name_part(struct import *im, const uint8_t *commitment, unsigned part,
                           struct base_buf *out);

/* The comparison, file by file (compare_*.c). */
int import_compare_people(struct import *im, struct base_err *err) BASE_MUST_USE;
int import_compare_roster(struct import *im, struct base_err *err) BASE_MUST_USE;
int import_compare_members(struct import *im, struct base_err *err) BASE_MUST_USE;
int import_compare_teaching(struct import *im, struct base_err *err) BASE_MUST_USE;
int import_compare_time(struct import *im, struct base_err *err) BASE_MUST_USE;
int import_compare_plan(struct import *im, struct base_err *err) BASE_MUST_USE;
int import_compare_families(struct import *im, struct base_err *err) BASE_MUST_USE;

/* Shared by them. */
bool import_has_column(const struct import *im, enum import_file file, const char *column);
/* Has the account a key or an invitation? */
bool import_has_access(struct import *im, const uint8_t account[LEDGER_ID_LEN]);
void import_draft_open_account(struct import *im, enum import_file file, size_t row,
                               unsigned stratum);
/* Compares name and contacts of an account that exists, or opens it; invites when `invite`. */
void import_compare_account(struct import *im, enum import_file file, size_t row, unsigned stratum,
                            bool invite);
void import_draft_grant(struct import *im, const uint8_t *account, unsigned role,
                        const uint8_t *scope, base_day from);
void import_draft_revoke(struct import *im, const struct ledger_hash *grant);
/* Every grant of the role that is in force on `im->from` or later; frees with free(). */
int import_grants(struct import *im, unsigned role, struct proj_grant **out_grants,
                  size_t *out_count, struct base_err *err) BASE_MUST_USE;
/* The value valid on the day, of facts whose keys end in a first day; empty when none. */
struct base_bytes import_latest(struct import *im, const struct proj_key *prefix, base_day day);
bool import_any_fact(struct import *im, const struct proj_key *prefix);
/* Rules over more than one row (rules_*.c). */
int import_rules_people(struct import *im, struct base_err *err) BASE_MUST_USE;
int import_rules_groups(struct import *im, struct base_err *err) BASE_MUST_USE;
int import_rules_journal(struct import *im, struct base_err *err) BASE_MUST_USE;
void import_rules_time(struct import *im);
int import_rules_timetable(struct import *im, struct base_err *err) BASE_MUST_USE;
