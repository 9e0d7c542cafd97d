/* A CSV file read whole, over libcsv: RFC 4180, and what a school's spreadsheet really writes –
 * semicolons or tabs, a byte-order mark, Windows-1251 or UTF-16, a first line "sep=;".
 * What the file is follows from its bytes alone: a byte-order mark says it; else valid UTF-8 is
 * UTF-8, and anything else Windows-1251. The separator is the one of comma, semicolon and tab that
 * the first line has most of, outside of quotes. */
#pragma once

#include "tools/common/table.h"

#define TOOL_CSV_LEN_MAX (256u << 20) /* bytes of one file */

/* BASE_E_MISSING, BASE_E_IO, BASE_E_LIMIT, BASE_E_FORMAT; messages name file and row. */
int tool_csv_read(const char *path, struct tool_table **out_table,
                  struct base_err *err) BASE_MUST_USE;
/* The same from bytes; `path` is what messages call them. */
int tool_csv_of_bytes(const char *path, struct base_bytes bytes, struct tool_table **out_table,
                      struct base_err *err) BASE_MUST_USE;
