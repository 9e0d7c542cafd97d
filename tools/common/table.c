/* Texts lie one after the other in one buffer, each with its zero; a row is as many offsets into it
 * as the header has columns. */
#include "tools/common/table.h"

#include <assert.h>
#include <stdlib.h>

#include "ledger/canon.h"

#define WIDE 0x80000000u /* in a row's number: it had cells too many */

struct tool_table {
    char *path;
    unsigned holders;
    struct base_buf text;
    struct base_buf offsets; /* uint32_t a cell, header included */
    struct base_buf numbers; /* uint32_t a row, header included */
    uint32_t *row;           /* the row under way: TOOL_TABLE_COLUMN_COUNT_MAX of them */
    unsigned row_width, width;
    bool row_has_text, row_is_wide, has_header;
    uint32_t row_number; /* of the last row ended: for messages */
    int fault;           /* sticky */
    const char *reason;
};

static void fail(struct tool_table *table, int fault, const char *reason)
{
    if (table->fault != 0)
        return;
    table->fault = fault;
    table->reason = reason;
}

int tool_table_make(const char *path, struct tool_table **out_table, struct base_err *err)
{
    struct tool_table *table = calloc(1, sizeof *table);
    if (table != NULL) {
        table->holders = 1;
        table->path = strdup(path);
        table->row = calloc(TOOL_TABLE_COLUMN_COUNT_MAX, sizeof *table->row);
        table->text.limit = TOOL_TABLE_TEXT_LEN_MAX;
        base_buf_put_u8(&table->text, 0); /* offset 0 is the empty text */
    }
    if (table == NULL || table->path == NULL || table->row == NULL || table->text.failed) {
        tool_table_close(table);
        return BASE_FAIL(err, BASE_E_MEMORY, "%s", path);
    }
    *out_table = table;
    return 0;
}

static uint32_t keep(struct tool_table *table, struct base_bytes text)
{
    uint32_t offset = (uint32_t)table->text.len;
    if (text.len == 0)
        return 0;
    if (text.len > TOOL_TABLE_CELL_LEN_MAX) {
        fail(table, BASE_E_LIMIT, "a cell is longer than TOOL_TABLE_CELL_LEN_MAX");
        return 0;
    }
    if (memchr(text.data, 0, text.len) != NULL || !ledger_text_put_nfc(&table->text, text)) {
        if (!table->text.failed)
            fail(table, BASE_E_FORMAT, "not UTF-8 text");
        return 0;
    }
    base_buf_put_u8(&table->text, 0);
    return offset;
}

void tool_table_put(struct tool_table *table, struct base_bytes text)
{
    unsigned max = table->has_header ? table->width : TOOL_TABLE_COLUMN_COUNT_MAX;
    if (table->fault != 0)
        return;
    if (table->row_width >= max) {
        if (text.len > 0 && !table->has_header)
            fail(table, BASE_E_LIMIT, "more columns than TOOL_TABLE_COLUMN_COUNT_MAX");
        table->row_is_wide |= text.len > 0;
        return;
    }
    table->row[table->row_width++] = keep(table, text);
    table->row_has_text |= text.len > 0;
}

bool tool_table_end_row(struct tool_table *table, uint32_t number)
{
    unsigned width = table->row_width;
    table->row_number = number;
    if (table->fault == 0 && (table->row_has_text || table->row_is_wide)) {
        while (!table->has_header && width > 0 && table->row[width - 1] == 0)
            width--;
        if (!table->has_header)
            table->width = width;
        while (width < table->width)
            table->row[width++] = 0;
        number |= table->row_is_wide ? WIDE : 0;
        base_buf_put(&table->offsets, table->row, table->width * sizeof *table->row);
        base_buf_put(&table->numbers, &number, sizeof number);
        table->has_header = true;
    }
    if (table->numbers.len / sizeof number > TOOL_TABLE_ROW_COUNT_MAX)
        fail(table, BASE_E_LIMIT, "more rows than TOOL_TABLE_ROW_COUNT_MAX");
    if (table->text.failed)
        fail(table, BASE_E_LIMIT, "more text than TOOL_TABLE_TEXT_LEN_MAX, or no memory");
    table->row_width = 0;
    table->row_has_text = table->row_is_wide = false;
    return table->fault == 0;
}

int tool_table_finish(struct tool_table *table, struct base_err *err)
{
    if (table->fault == 0 && (table->offsets.failed || table->numbers.failed))
        return BASE_FAIL(err, BASE_E_MEMORY, "%s", table->path);
    if (table->fault == 0 && !table->has_header)
        return BASE_FAIL(err, BASE_E_FORMAT, "%s: no header row", table->path);
    if (table->fault != 0)
        return BASE_FAIL(err, table->fault, "%s: row %u: %s", table->path, table->row_number,
                         table->reason);
    return 0;
}

struct tool_table *tool_table_share(struct tool_table *table)
{
    table->holders++;
    return table;
}

void tool_table_close(struct tool_table *table)
{
    if (table == NULL || --table->holders > 0)
        return;
    base_buf_wipe(&table->text); /* names and birth dates */
    base_buf_release(&table->offsets);
    base_buf_release(&table->numbers);
    free(table->row);
    free(table->path);
    free(table);
}

const char *tool_table_path(const struct tool_table *table)
{
    return table->path;
}

size_t tool_table_row_count(const struct tool_table *table)
{
    return table->numbers.len / sizeof(uint32_t) - 1;
}

static uint32_t u32_at(const struct base_buf *buf, size_t i)
{
    uint32_t v;
    assert((i + 1) * sizeof v <= buf->len);
    memcpy(&v, buf->data + i * sizeof v, sizeof v);
    return v;
}

uint32_t tool_table_row_number(const struct tool_table *table, size_t row)
{
    return u32_at(&table->numbers, row + 1) & ~WIDE;
}

bool tool_table_row_is_wide(const struct tool_table *table, size_t row)
{
    return (u32_at(&table->numbers, row + 1) & WIDE) != 0;
}

unsigned tool_table_column_count(const struct tool_table *table)
{
    return table->width;
}

static const char *cell(const struct tool_table *table, size_t row, unsigned column)
{
    assert(column < table->width);
    return (const char *)table->text.data + u32_at(&table->offsets, row * table->width + column);
}

const char *tool_table_header(const struct tool_table *table, unsigned column)
{
    return cell(table, 0, column);
}

int tool_table_column(const struct tool_table *table, const char *name, unsigned *out_column,
                      struct base_err *err)
{
    for (unsigned i = 0; i < table->width; i++) {
        if (strcmp(cell(table, 0, i), name) == 0) {
            *out_column = i;
            return 0;
        }
    }
    return BASE_FAIL(err, BASE_E_FORMAT, "%s: no column \"%s\"", table->path, name);
}

const char *tool_table_at(const struct tool_table *table, size_t row, unsigned column)
{
    return cell(table, row + 1, column);
}

const char *tool_table_get(const struct tool_table *table, size_t row, const char *name)
{
    for (unsigned i = 0; i < table->width; i++) {
        if (strcmp(cell(table, 0, i), name) == 0)
            return cell(table, row + 1, i);
    }
    return "";
}

static int write_cell(struct tool_table *table, size_t row, unsigned column, const char *text,
                      struct base_err *err)
{
    assert(column < table->width);
    if (strcmp(cell(table, row, column), text) == 0)
        return 0;
    uint32_t offset = keep(table, base_bytes_str(text));
    if (table->fault != 0 || table->text.failed)
        return BASE_FAIL(err, table->text.failed ? BASE_E_MEMORY : table->fault, "%s: %s",
                         table->path, table->reason == NULL ? "text" : table->reason);
    memcpy(table->offsets.data + (row * table->width + column) * sizeof offset, &offset,
           sizeof offset);
    return 0;
}

int tool_table_set(struct tool_table *table, size_t row, unsigned column, const char *text,
                   struct base_err *err)
{
    return write_cell(table, row + 1, column, text, err);
}

int tool_table_rename(struct tool_table *table, unsigned column, const char *name,
                      struct base_err *err)
{
    return write_cell(table, 0, column, name, err);
}
