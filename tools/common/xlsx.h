/* Sheets of a workbook (Office Open XML, .xlsx) as tables, over libzip and expat: shared, rich and
 * inline strings, numbers, booleans, formulas by their stored values, dates and times by the
 * number format of the cell, in the 1900 and the 1904 system.
 *
 * What a cell becomes: a whole number without a point, a day "2026-09-01", a time "08:30", both
 * "2026-09-01T08:30", a boolean "да" or "нет", everything else its text.
 * Hidden sheets are read as others are: who opens one by name wants it.
 *
 * Shape:   opaque handle; the whole file is in memory, parts are unpacked one at a time.
 * Threads: one at a time.
 * Errors:  BASE_E_MISSING, BASE_E_IO, BASE_E_LIMIT (a named limit; what a zip bomb meets),
 *          BASE_E_FORMAT (not such a file, encrypted, broken; the part is named). */
#pragma once

#include "tools/common/table.h"

#define TOOL_XLSX_FILE_LEN_MAX (64u << 20)   /* bytes of the file */
#define TOOL_XLSX_PART_LEN_MAX (128u << 20)  /* unpacked bytes of one part */
#define TOOL_XLSX_TOTAL_LEN_MAX (384u << 20) /* unpacked bytes of all parts read by one handle */
#define TOOL_XLSX_ENTRY_COUNT_MAX 4096u      /* files in the archive */
#define TOOL_XLSX_SHEET_COUNT_MAX 64u
#define TOOL_XLSX_STRING_COUNT_MAX 1048576u /* shared strings */
#define TOOL_XLSX_FORMAT_COUNT_MAX 65536u   /* cell formats */
#define TOOL_XLSX_DEPTH_MAX 64u             /* nesting of elements */

struct tool_xlsx;

int tool_xlsx_open(const char *path, struct tool_xlsx **out_book,
                   struct base_err *err) BASE_MUST_USE;
/* The same from bytes, borrowed until close; `path` is what messages call them. */
int tool_xlsx_of_bytes(const char *path, struct base_bytes bytes, struct tool_xlsx **out_book,
                       struct base_err *err) BASE_MUST_USE;
void tool_xlsx_close(struct tool_xlsx *book);

unsigned tool_xlsx_sheet_count(const struct tool_xlsx *book);
/* The sheet's name, in NFC; borrowed until close. */
const char *tool_xlsx_sheet_name(const struct tool_xlsx *book, unsigned sheet);
/* Reads a sheet; its path is "FILE [SHEET]". */
int tool_xlsx_read(struct tool_xlsx *book, unsigned sheet, struct tool_table **out_table,
                   struct base_err *err) BASE_MUST_USE;

/* Does a number format show a date or a time? For tests. */
bool tool_xlsx_format_is_date(const char *format_code);
