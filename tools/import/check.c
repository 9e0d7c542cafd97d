/* What every file must keep: its columns, each cell's type (values.c), references, rows that are
 * not there twice; then the rules over more than one row. A checked cell is written back
 * canonically, so that all that follows reads one form. */
#include <stdio.h>
#include <stdlib.h>

#include "tools/import/import.h"

#define CELL_MAX (TOOL_TABLE_CELL_LEN_MAX + 1)

/* Columns by name, Russian ones too; the header is written canonically. */
static int check_columns(struct import *im, enum import_file file, struct base_err *err)
{
    const struct import_schema *schema = &import_schemas[file];
    struct tool_table *table = im->tables[file];
    bool seen[TOOL_TABLE_COLUMN_COUNT_MAX] = {false};
    int rc = 0;
    for (unsigned i = 0; rc == 0 && i < tool_table_column_count(table); i++) {
        char name[256];
        char given[TOOL_TABLE_CELL_LEN_MAX / 4];
        const char *raw = tool_table_header(table, i);
        unsigned c = 0;
        if (strlen(raw) >= sizeof given)
            raw = "?";
        import_trim(raw, given);
        import_lower(strlen(given) < sizeof name ? given : "?", name);
        im->headers[file][i] = strdup(given);
        im->failed |= im->headers[file][i] == NULL;
        while (c < schema->column_count && !import_is(schema->columns[c].name, name) &&
               !import_is(schema->columns[c].ru, name))
            c++;
        if (c == schema->column_count) {
            import_problem(&im->problems, IMPORT_P_COLUMN_UNKNOWN, file, im->names[file], 0, name,
                           given, given, NULL);
        } else if (seen[c]) {
            import_problem(&im->problems, IMPORT_P_COLUMN_TWICE, file, im->names[file], 0,
                           schema->columns[c].name, given, given, NULL);
        } else {
            seen[c] = true;
            rc = tool_table_rename(table, i, schema->columns[c].name, err);
        }
    }
    for (unsigned c = 0; c < schema->column_count; c++) {
        if (schema->columns[c].required && !seen[c])
            import_problem(&im->problems, IMPORT_P_COLUMN_MISSING, file, im->names[file], 0,
                           schema->columns[c].name, NULL, schema->columns[c].name, NULL);
    }
    return rc;
}

static int check_file(struct import *im, enum import_file file, char *cell, struct base_err *err)
{
    const struct import_schema *schema = &import_schemas[file];
    struct tool_table *table = im->tables[file];
    char limit[16];
    size_t count = tool_table_row_count(table);
    int rc = check_columns(im, file, err);
    if (rc == 0 && count > schema->row_count_max) {
        snprintf(limit, sizeof limit, "%u", schema->row_count_max);
        import_wrong(im, IMPORT_P_FILE_LONG, file, SIZE_MAX, NULL, NULL, limit);
    }
    for (size_t row = 0; rc == 0 && row < count; row++) {
        if (tool_table_row_is_wide(table, row))
            import_wrong(im, IMPORT_P_ROW_WIDE, file, row, NULL, NULL, NULL);
        for (unsigned i = 0; rc == 0 && i < schema->column_count; i++) {
            unsigned at;
            if (tool_table_column(table, schema->columns[i].name, &at, NULL) != 0)
                continue;
            import_trim(tool_table_at(table, row, at), cell);
            import_check_cell(im, file, row, &schema->columns[i], cell);
            rc = tool_table_set(table, row, at, cell, err);
        }
    }
    return rc;
}

/* Ids and references */

static int index_ids(struct import *im, enum import_file file, struct base_err *err)
{
    static const char *const id[] = {"id", NULL};
    unsigned at;
    if (im->tables[file] == NULL || tool_table_column(im->tables[file], "id", &at, NULL) != 0)
        return 0;
    return import_index_make(im, file, id, &im->ids[file], err);
}

static bool is_there(struct import *im, enum import_file file, const char *label)
{
    return import_find(im, file, label) != SIZE_MAX || import_known(im, file, label);
}

static void check_reference(struct import *im, enum import_file file, size_t row,
                            const struct import_column *column, const char *cell)
{
    if (column->type == IMPORT_REF && !is_there(im, column->ref, cell))
        import_wrong(im, IMPORT_P_UNKNOWN, file, row, column->name, cell,
                     import_schemas[column->ref].name);
    if (column->type == IMPORT_TARGET && !is_there(im, IMPORT_CLASSES, cell) &&
        !is_there(im, IMPORT_GROUPS, cell))
        import_wrong(im, IMPORT_P_UNKNOWN, file, row, column->name, cell, "classes, groups");
    for (const char *p = cell; column->type == IMPORT_CLASSES_LIST && *p != '\0';) {
        size_t len = strcspn(p, ";");
        char name[64];
        snprintf(name, sizeof name, "%.*s", (int)(len < 63 ? len : 63), p);
        if (!is_there(im, IMPORT_CLASSES, name))
            import_wrong(im, IMPORT_P_UNKNOWN, file, row, column->name, name, "classes");
        p += len + (p[len] == ';');
    }
}

static void check_references(struct import *im, enum import_file file)
{
    const struct import_schema *schema = &import_schemas[file];
    for (unsigned i = 0; i < schema->column_count; i++) {
        const struct import_column *column = &schema->columns[i];
        unsigned at;
        if ((column->type != IMPORT_REF && column->type != IMPORT_TARGET &&
             column->type != IMPORT_CLASSES_LIST) ||
            tool_table_column(im->tables[file], column->name, &at, NULL) != 0)
            continue;
        for (size_t row = 0; row < tool_table_row_count(im->tables[file]); row++) {
            const char *cell = tool_table_at(im->tables[file], row, at);
            if (cell[0] != '\0')
                check_reference(im, file, row, column, cell);
        }
    }
}

static int check_duplicates(struct import *im, enum import_file file, struct base_err *err)
{
    const struct import_schema *schema = &import_schemas[file];
    const char *columns[TOOL_TABLE_COLUMN_COUNT_MAX] = {NULL};
    struct import_index keys = {0};
    unsigned count = 0;
    unsigned at;
    for (unsigned i = 0; i < schema->column_count; i++) {
        if (!schema->columns[i].key)
            continue;
        if (tool_table_column(im->tables[file], schema->columns[i].name, &at, NULL) != 0)
            return 0; /* told as missing */
        columns[count++] = schema->columns[i].name;
    }
    int rc = count == 0 ? 0 : import_index_make(im, file, columns, &keys, err);
    for (size_t i = 1, head = 0; rc == 0 && i < keys.count; i++) {
        char other[16];
        if (!import_is(keys.labels[i].label, keys.labels[head].label)) {
            head = i;
            continue;
        }
        if (import_get(im, file, keys.labels[i].row, columns[0])[0] == '\0')
            continue; /* told as empty */
        snprintf(other, sizeof other, "%u", import_row_number(im, file, keys.labels[head].row));
        import_wrong(im, IMPORT_P_DUPLICATE, file, keys.labels[i].row, columns[0],
                     keys.labels[i].label, other);
    }
    import_index_release(&keys);
    return rc;
}

/* from … to, in every file that has both. */
static void check_orders(struct import *im, enum import_file file)
{
    for (size_t i = 0; i < import_rows(im, file); i++) {
        base_day from;
        base_day to;
        if (base_day_parse(import_get(im, file, i, "from"), &from) == 0 &&
            base_day_parse(import_get(im, file, i, "to"), &to) == 0 && to < from)
            import_wrong(im, IMPORT_P_ORDER, file, i, "to", import_get(im, file, i, "to"),
                         import_get(im, file, i, "from"));
    }
}

int import_check(struct import *im, struct base_err *err)
{
    struct proj_school school;
    char *cell = malloc(CELL_MAX);
    int rc = cell == NULL ? BASE_FAIL(err, BASE_E_MEMORY, "import") : 0;
    if (rc == 0 && !proj_school_find(im->txn, &school))
        rc = BASE_FAIL(err, BASE_E_STATE, "no school is founded here");
    if (rc == 0)
        im->offset_min = school.offset_min;
    im->today = base_day_of_time(im->now_ms, im->offset_min);
    for (unsigned i = 0; rc == 0 && i < IMPORT_FILE_COUNT; i++) {
        if (im->tables[i] != NULL)
            rc = check_file(im, (enum import_file)i, cell, err);
    }
    for (unsigned i = 0; rc == 0 && i < IMPORT_FILE_COUNT; i++)
        rc = index_ids(im, (enum import_file)i, err);
    for (unsigned i = 0; rc == 0 && i < IMPORT_FILE_COUNT; i++) {
        if (im->tables[i] == NULL)
            continue;
        check_references(im, (enum import_file)i);
        check_orders(im, (enum import_file)i);
        rc = check_duplicates(im, (enum import_file)i, err);
    }
    free(cell);
    if (rc == 0)
        import_rules_time(im); /* first: it learns the year */
    if (rc == 0)
        rc = import_rules_people(im, err);
    if (rc == 0)
        rc = import_rules_groups(im, err);
    if (rc == 0)
        rc = import_rules_timetable(im, err);
    if (rc == 0)
        rc = proj_txn_fault(im->txn, err);
    return rc == 0 && (im->failed || im->problems.failed) ? BASE_FAIL(err, BASE_E_MEMORY, "import")
                                                          : rc;
}
