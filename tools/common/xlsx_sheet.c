/* One sheet, row by row. Rows and cells say where they stand; what is left out is empty. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "ledger/base/clock.h"
#include "tools/common/xlsx_parts.h"

#define DAY_MIN 1440.0
#define SERIAL_MAX 2958465.0 /* 31 December 9999 */
#define SERIAL_FALSE_LEAP                                                                          \
    60.0               /* 29 February 1900, which was not: kept for a spreadsheet's sake           \
                        */
#define WHOLE_MAX 1e15 /* beyond it a double does not hold every whole number */

struct sheet {
    struct xlsx_walk walk;
    struct tool_table *table;
    uint32_t row;    /* the row under way, from 1; 0: none yet */
    unsigned column; /* the next cell's */
    unsigned phonetic;
    enum { CELL_NUMBER, CELL_SHARED, CELL_TEXT, CELL_BOOL, CELL_ERROR } sort;
    unsigned format;
    bool in_cell, table_failed;
};

/* "BC12" → 54; false on anything else. */
static bool column_of(const char *reference, unsigned *out)
{
    unsigned column = 0;
    for (; *reference >= 'A' && *reference <= 'Z'; reference++) {
        column = column * 26 + (unsigned)(*reference - 'A') + 1;
        if (column > 16384)
            return false;
    }
    *out = column - 1;
    return column > 0;
}

static void put_serial(const struct tool_xlsx *book, double serial, char out[32])
{
    double day = floor(serial);
    int minute = (int)lround((serial - day) * DAY_MIN);
    if (minute == (int)DAY_MIN) {
        minute = 0;
        day += 1;
    }
    int year;
    int month;
    int date;
    base_day first = book->is_1904             ? base_day_from_civil(1904, 1, 1)
                     : day < SERIAL_FALSE_LEAP ? base_day_from_civil(1899, 12, 31)
                                               : base_day_from_civil(1899, 12, 30);
    base_day_to_civil(first + (base_day)day, &year, &month, &date);
    if (day < 1)
        snprintf(out, 32, "%02d:%02d", minute / 60, minute % 60);
    else if (minute == 0)
        snprintf(out, 32, "%04d-%02d-%02d", year, month, date);
    else
        snprintf(out, 32, "%04d-%02d-%02dT%02d:%02d", year, month, date, minute / 60, minute % 60);
}

static void put_number(struct sheet *sheet, const char *text, char out[32])
{
    const struct tool_xlsx *book = sheet->walk.book;
    char *end;
    double number = strtod(text, &end);
    bool date = sheet->format < book->formats.len &&
                book->formats.data[sheet->format] == XLSX_DATE && number >= 0 &&
                number <= SERIAL_MAX;
    if (end == text || *end != '\0' || !isfinite(number)) {
        xlsx_stop(&sheet->walk, BASE_E_FORMAT, "a number that is none");
        out[0] = '\0';
    } else if (date) {
        put_serial(book, number, out);
    } else if (number == floor(number) && fabs(number) < WHOLE_MAX) {
        snprintf(out, 32, "%.0f", number);
    } else {
        snprintf(out, 32, "%.15g", number);
    }
}

static struct base_bytes shared(struct sheet *sheet, const char *text)
{
    const struct tool_xlsx *book = sheet->walk.book;
    char *end;
    unsigned long i = strtoul(text, &end, 10);
    uint32_t from = 0;
    uint32_t to;
    if (end == text || *end != '\0' || i >= book->string_ends.len / sizeof to) {
        xlsx_stop(&sheet->walk, BASE_E_FORMAT, "a shared string that is not there");
        return base_bytes_of("", 0);
    }
    if (i > 0)
        memcpy(&from, book->string_ends.data + (i - 1) * sizeof from, sizeof from);
    memcpy(&to, book->string_ends.data + i * sizeof to, sizeof to);
    return to == from ? base_bytes_of("", 0) : base_bytes_of(book->strings.data + from, to - from);
}

static void end_row(struct sheet *sheet)
{
    if (sheet->row > 0 && !tool_table_end_row(sheet->table, sheet->row)) {
        sheet->table_failed = true;
        xlsx_stop(&sheet->walk, BASE_E_LIMIT, "the table does not take this row");
    }
    sheet->column = 0;
}

static void begin_row(struct sheet *sheet, const char *number)
{
    unsigned long row = number == NULL ? sheet->row + 1 : strtoul(number, NULL, 10);
    end_row(sheet);
    if (row <= sheet->row)
        xlsx_stop(&sheet->walk, BASE_E_FORMAT, "rows are not in order");
    else if (row > TOOL_TABLE_ROW_COUNT_MAX)
        xlsx_stop(&sheet->walk, BASE_E_LIMIT, "more rows than TOOL_TABLE_ROW_COUNT_MAX");
    else
        sheet->row = (uint32_t)row;
}

static void begin_cell(struct sheet *sheet, const char *const *attributes)
{
    const char *reference = xlsx_attribute(attributes, "r");
    const char *type = xlsx_attribute(attributes, "t");
    const char *format = xlsx_attribute(attributes, "s");
    unsigned column = sheet->column;
    if (sheet->row == 0 || (reference != NULL && !column_of(reference, &column)) ||
        column < sheet->column) {
        xlsx_stop(&sheet->walk, BASE_E_FORMAT, "cells are not in order");
        return;
    }
    if (column > TOOL_TABLE_COLUMN_COUNT_MAX)
        column = TOOL_TABLE_COLUMN_COUNT_MAX; /* too many, if there is a text in it */
    for (; sheet->column < column; sheet->column++)
        tool_table_put(sheet->table, base_bytes_of("", 0));
    sheet->format = format == NULL ? 0 : (unsigned)strtoul(format, NULL, 10);
    sheet->sort = type == NULL || strcmp(type, "n") == 0 ? CELL_NUMBER
                  : strcmp(type, "s") == 0               ? CELL_SHARED
                  : strcmp(type, "b") == 0               ? CELL_BOOL
                  : strcmp(type, "e") == 0               ? CELL_ERROR
                                                         : CELL_TEXT;
    sheet->in_cell = true;
    sheet->phonetic = 0;
    base_buf_reset(&sheet->walk.text);
}

static void end_cell(struct sheet *sheet)
{
    char number[32];
    struct base_bytes bytes = base_buf_bytes(&sheet->walk.text);
    const char *text = base_buf_text(&sheet->walk.text);
    sheet->in_cell = false;
    if (text == NULL) {
        xlsx_stop(&sheet->walk, BASE_E_MEMORY, "out of memory");
        return;
    }
    if (bytes.len > 0 && sheet->sort == CELL_SHARED) {
        bytes = shared(sheet, text);
    } else if (bytes.len > 0 && sheet->sort == CELL_BOOL) {
        bytes = base_bytes_str(strcmp(text, "1") == 0 ? "да" : "нет");
    } else if (bytes.len > 0 && sheet->sort == CELL_NUMBER) {
        put_number(sheet, text, number);
        bytes = base_bytes_str(number);
    }
    tool_table_put(sheet->table, bytes);
    sheet->column++;
}

static void on_sheet(struct xlsx_walk *walk, const char *name, const char *const *attributes)
{
    struct sheet *sheet = (struct sheet *)walk;
    if (strcmp(name, "row") == 0)
        begin_row(sheet, xlsx_attribute(attributes, "r"));
    else if (strcmp(name, "c") == 0)
        begin_cell(sheet, attributes);
    else if (strcmp(name, "rPh") == 0)
        sheet->phonetic++;
    walk->keeps_text = sheet->in_cell && sheet->phonetic == 0 &&
                       (strcmp(name, "v") == 0 || strcmp(name, "t") == 0);
}

static void on_sheet_end(struct xlsx_walk *walk, const char *name)
{
    struct sheet *sheet = (struct sheet *)walk;
    walk->keeps_text = false;
    if (strcmp(name, "rPh") == 0 && sheet->phonetic > 0)
        sheet->phonetic--;
    else if (strcmp(name, "c") == 0 && sheet->in_cell)
        end_cell(sheet);
    else if (strcmp(name, "sheetData") == 0)
        end_row(sheet);
}

int tool_xlsx_read(struct tool_xlsx *book, unsigned sheet_index, struct tool_table **out_table,
                   struct base_err *err)
{
    const struct xlsx_sheet *which = &book->sheets[sheet_index];
    struct sheet sheet = {.walk = {.start = on_sheet, .end = on_sheet_end}};
    char label[4096];
    snprintf(label, sizeof label, "%s [%s]", book->path, which->name);
    int rc = which->part[0] == '\0'
                 ? BASE_FAIL(err, BASE_E_FORMAT, "%s: not a sheet of cells", label)
                 : tool_table_make(label, &sheet.table, err);
    if (rc == 0)
        rc = xlsx_walk_part(book, which->part, &sheet.walk, err);
    /* The table's own words say more than that it took no row. */
    if (rc == 0 || sheet.table_failed)
        rc = tool_table_finish(sheet.table, err);
    if (rc != 0) {
        tool_table_close(sheet.table);
        return rc;
    }
    *out_table = sheet.table;
    return 0;
}
