/* A table of a specification, as the Markdown has it: rows and columns by name, cells "yes" or
 * empty. So the page that people read is the page that is tested. Failures end the test. */
#pragma once

#include <stdbool.h>

#define TABLE_COLUMN_MAX 24u
#define TABLE_ROW_MAX 120

struct table {
    char text[32768];
    char *columns[TABLE_COLUMN_MAX];
    unsigned column_count;
    char *rows[TABLE_ROW_MAX];
    char *cells[TABLE_ROW_MAX][TABLE_COLUMN_MAX];
    unsigned row_count;
};

/* Reads from $SPECS/<file> the table whose first column is headed `head`. */
void table_read(struct table *table, const char *file, const char *head);
/* The row's index; -1 when there is none. */
int table_row(const struct table *table, const char *name);
bool table_says(const struct table *table, int row, unsigned column);
