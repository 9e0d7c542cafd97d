/* A CSV file (RFC 4180, UTF-8, header row) read whole, over libcsv: rows are asked by column name.
 * Texts are brought to NFC; a byte-order mark is dropped. */
#pragma once

#include "ledger/base/bytes.h"
#include "ledger/base/err.h"

#define TOOL_CSV_LEN_MAX (256u << 20) /* bytes of one file */
#define TOOL_CSV_COLUMN_COUNT_MAX 64u

struct tool_csv;

int tool_csv_open(const char *path, struct tool_csv **out_csv, struct base_err *err) BASE_MUST_USE;
void tool_csv_close(struct tool_csv *csv);
size_t tool_csv_row_count(const struct tool_csv *csv);
/* The column's number; BASE_E_FORMAT naming file and column when the header lacks it. */
int tool_csv_column(const struct tool_csv *csv, const char *name, unsigned *out_column,
                    struct base_err *err) BASE_MUST_USE;
/* The field, zero-terminated, "" when the row is short; borrowed until close. */
const char *tool_csv_at(const struct tool_csv *csv, size_t row, unsigned column);
/* The field by column name; "" when there is no such column. Handy where speed does not matter. */
const char *tool_csv_get(const struct tool_csv *csv, size_t row, const char *name);
const char *tool_csv_path(const struct tool_csv *csv);
