/* Reading a Markdown table: cells between bars, blanks dropped. */
#include "tests/projections/table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Cuts the line at its bars; returns the number of cells. */
static unsigned cut(char *line, char **out_cells, unsigned capacity)
{
    unsigned count = 0;
    char *p = strchr(line, '|');
    while (p != NULL && count < capacity) {
        char *cell = p + 1;
        p = strchr(cell, '|');
        if (p == NULL)
            break;
        *p = '\0';
        while (*cell == ' ' || *cell == '`')
            cell++;
        for (char *end = p; end > cell && (end[-1] == ' ' || end[-1] == '`');)
            *--end = '\0';
        out_cells[count++] = cell;
    }
    return count;
}

void table_read(struct table *table, const char *file, const char *head)
{
    char path[4096];
    const char *specs = getenv("SPECS");
    memset(table, 0, sizeof *table);
    snprintf(path, sizeof path, "%s/%s", specs != NULL ? specs : "specs", file);
    FILE *in = fopen(path, "re");
    if (in == NULL)
        fail_msg("%s cannot be read", path);
    size_t len = fread(table->text, 1, sizeof table->text - 1, in);
    fclose(in);
    assert_true(len < sizeof table->text - 1);
    bool inside = false;
    char *rest = table->text;
    char *line;
    while ((line = strsep(&rest, "\n")) != NULL) {
        char *cells[TABLE_COLUMN_MAX + 1];
        if (line[0] != '|') {
            if (inside)
                break;
            continue;
        }
        unsigned count = cut(line, cells, TABLE_COLUMN_MAX + 1);
        if (!inside && count > 1 && strcmp(cells[0], head) == 0) {
            inside = true;
            table->column_count = count - 1;
            memcpy(table->columns, cells + 1, (count - 1) * sizeof *cells);
        } else if (inside && strncmp(cells[0], "---", 3) != 0) {
            assert_true(table->row_count < TABLE_ROW_MAX);
            assert_int_equal(count, table->column_count + 1);
            table->rows[table->row_count] = cells[0];
            memcpy(table->cells[table->row_count++], cells + 1, (count - 1) * sizeof *cells);
        }
    }
    assert_true(table->row_count > 0);
}

int table_row(const struct table *table, const char *name)
{
    for (unsigned i = 0; i < table->row_count; i++) {
        if (strcmp(table->rows[i], name) == 0)
            return (int)i;
    }
    return -1;
}

bool table_says(const struct table *table, int row, unsigned column)
{
    const char *cell = table->cells[row][column];
    if (strcmp(cell, "yes") != 0 && strcmp(cell, "") != 0)
        fail_msg("%s: a cell says “%s”", table->rows[row], cell);
    return cell[0] == 'y';
}
