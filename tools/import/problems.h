/* The list of what is wrong. A problem names file, row and column; those that block keep anything
 * from being written. Threads: one. Errors: sticky; import_problems_fault tells. */
#pragma once

#include "ledger/base/bytes.h"
#include "ledger/base/err.h"
#include "tools/import/schema.h"

#define IMPORT_PROBLEM_COUNT_MAX 5000u

enum import_problem_code {
#define X(symbol, code, blocks, ru, en) symbol,
#include "tools/import/problems.def"
#undef X
    IMPORT_P_COUNT,
};

struct import_problem {
    enum import_problem_code code;
    unsigned order; /* by file, then by row, then as found */
    uint32_t row;   /* as the file numbers them; 0: the whole file */
    char *file, *column, *column_shown, *value, *other;
};

struct import_problems {
    struct import_problem *list;
    size_t count, capacity, blocking;
    bool failed;
};

/* Notes a problem; texts are copied, NULL means none. `column` is the schema's name, `shown` what
 * the file calls it. */
void import_problem(struct import_problems *problems, enum import_problem_code code, unsigned order,
                    const char *file, uint32_t row, const char *column, const char *shown,
                    const char *value, const char *other);
void import_problems_sort(struct import_problems *problems);
void import_problems_release(struct import_problems *problems);
bool import_problem_blocks(enum import_problem_code code);
/* Appends one line for people, or one JSON object. */
void import_problem_line(const struct import_problem *problem, bool english, struct base_buf *out);
void import_problem_json(const struct import_problem *problem, struct base_buf *out);
