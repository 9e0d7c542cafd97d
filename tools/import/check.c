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

/* Latin letters that look like Russian ones: 5A is not 5А, and nobody sees it. */
static void fold(const char *text, char *out, size_t size)
{
    static const char latin[] = "ABEKMHOPCTYXaeopcyx";
    static const char *const russian[] = {"А", "В", "Е", "К", "М", "Н", "О", "Р", "С", "Т",
                                          "У", "Х", "а", "е", "о", "р", "с", "у", "х"};
    size_t len = 0;
    for (; *text != '\0' && len + 3 < size; text++) {
        const char *at = strchr(latin, *text);
        if (at == NULL)
            out[len++] = *text;
        else
            len += (size_t)snprintf(out + len, size - len, "%s", russian[at - latin]);
    }
    out[len] = '\0';
}

/* The label that looks the same, or NULL. */
static const char *look_alike(struct import *im, enum import_file file, const char *label)
{
    char wanted[256];
    char other[256];
    fold(label, wanted, sizeof wanted);
    for (size_t i = 0; i < im->ids[file].count; i++) {
        fold(im->ids[file].labels[i].label, other, sizeof other);
        if (import_is(other, wanted))
            return im->ids[file].labels[i].label;
    }
    return NULL;
}

/* `second` is another file that may have it; or the same one. */
static void check_label(struct import *im, enum import_file file, size_t row,
                        const struct import_column *column, const char *label,
                        enum import_file first, enum import_file second)
{
    char where[64];
    if (is_there(im, first, label) || is_there(im, second, label))
        return;
    const char *same = look_alike(im, first, label);
    if (same == NULL)
        same = look_alike(im, second, label);
    snprintf(where, sizeof where, "%s%s%s", import_schemas[first].name, first == second ? "" : ", ",
             first == second ? "" : import_schemas[second].name);
    import_wrong(im, same != NULL ? IMPORT_P_LOOK_ALIKE : IMPORT_P_UNKNOWN, file, row, column->name,
                 label, same != NULL ? same : where);
}

static void check_reference(struct import *im, enum import_file file, size_t row,
                            const struct import_column *column, const char *cell)
{
    if (column->type == IMPORT_REF)
        check_label(im, file, row, column, cell, column->ref, column->ref);
    if (column->type == IMPORT_TARGET)
        check_label(im, file, row, column, cell, IMPORT_CLASSES, IMPORT_GROUPS);
    for (const char *p = cell; column->type == IMPORT_CLASSES_LIST && *p != '\0';) {
        size_t len = strcspn(p, ";");
        char name[64];
        snprintf(name, sizeof name, "%.*s", (int)(len < 63 ? len : 63), p);
        check_label(im, file, row, column, name, IMPORT_CLASSES, IMPORT_CLASSES);
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

/* Options that speak of files which are not there, or have no rows: an empty file that is "whole"
 * would end everything. */
static void check_options(struct import *im)
{
    for (unsigned i = 0; i < IMPORT_FILE_COUNT; i++) {
        enum import_file file = (enum import_file)i;
        bool whole = im->whole[i] && import_rows(im, file) == 0;
        bool journal = im->journal && i >= IMPORT_JOURNAL_FIRST && im->tables[i] == NULL;
        if (im->journal && file == IMPORT_STAFF && im->tables[i] == NULL)
            journal = true;
        if (whole || journal)
            import_problem(&im->problems, IMPORT_P_FILE_MISSING, i, import_schemas[i].name, 0, NULL,
                           NULL, import_schemas[i].name, whole ? "--whole" : "--journal");
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
    check_options(im);
    if (rc == 0)
        import_rules_time(im); /* first: it learns the year */
    if (rc == 0)
        rc = import_rules_people(im, err);
    if (rc == 0)
        rc = import_rules_groups(im, err);
    if (rc == 0)
        rc = import_rules_timetable(im, err);
    if (rc == 0)
        rc = import_rules_journal(im, err);
    if (rc == 0)
        rc = proj_txn_fault(im->txn, err);
    return rc == 0 && (im->failed || im->problems.failed) ? BASE_FAIL(err, BASE_E_MEMORY, "import")
                                                          : rc;
}
