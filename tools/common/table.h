/* A table as schools write them: a header row and rows of texts, asked by column name. Read whole
 * from CSV (csv.h) or from a workbook's sheet (xlsx.h). Texts are in NFC.
 *
 * Shape:   opaque, counted by its holders; every row is as wide as the header. Rows without any
 *          text are left out, and a row knows its number in the file (the header's is mostly 1).
 * Threads: one at a time.
 * Errors:  while a table is made they are sticky; tool_table_finish tells. */
#pragma once

#include "ledger/base/bytes.h"
#include "ledger/base/err.h"

#define TOOL_TABLE_COLUMN_COUNT_MAX 64u
#define TOOL_TABLE_ROW_COUNT_MAX 1048576u      /* what a sheet can hold */
#define TOOL_TABLE_CELL_LEN_MAX 131068u        /* bytes: 32 767 characters, as in a sheet */
#define TOOL_TABLE_TEXT_LEN_MAX (256ull << 20) /* bytes of all cells */

struct tool_table;

/* Makes an empty table; `path` is what messages call it. */
int tool_table_make(const char *path, struct tool_table **out_table,
                    struct base_err *err) BASE_MUST_USE;
/* The next cell of the row under way; UTF-8. */
void tool_table_put(struct tool_table *table, struct base_bytes text);
/* Ends the row under way; `number` is its number in the file. False: stop, something failed. */
bool tool_table_end_row(struct tool_table *table, uint32_t number);
/* After the last row: BASE_E_LIMIT, BASE_E_FORMAT (no header, not UTF-8), BASE_E_MEMORY. */
int tool_table_finish(struct tool_table *table, struct base_err *err) BASE_MUST_USE;

/* One more holder, who closes it too. */
struct tool_table *tool_table_share(struct tool_table *table);
void tool_table_close(struct tool_table *table);

const char *tool_table_path(const struct tool_table *table);
size_t tool_table_row_count(const struct tool_table *table);
/* The row's number in the file, for people. */
uint32_t tool_table_row_number(const struct tool_table *table, size_t row);
/* Had the row cells beyond the header's last column? They are not kept. */
bool tool_table_row_is_wide(const struct tool_table *table, size_t row);
unsigned tool_table_column_count(const struct tool_table *table);
const char *tool_table_header(const struct tool_table *table, unsigned column);
/* The column's number; BASE_E_FORMAT naming file and column when the header lacks it. */
int tool_table_column(const struct tool_table *table, const char *name, unsigned *out_column,
                      struct base_err *err) BASE_MUST_USE;
/* The field, zero-terminated; borrowed until tool_table_set or the end. */
const char *tool_table_at(const struct tool_table *table, size_t row, unsigned column);
/* The field by column name; "" when there is no such column. Handy where speed does not matter. */
const char *tool_table_get(const struct tool_table *table, size_t row, const char *name);

/* Writes a cell or a column's name anew: how a checked value is written canonically. */
int tool_table_set(struct tool_table *table, size_t row, unsigned column, const char *text,
                   struct base_err *err) BASE_MUST_USE;
int tool_table_rename(struct tool_table *table, unsigned column, const char *name,
                      struct base_err *err) BASE_MUST_USE;
