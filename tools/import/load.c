/* Finding the files: NAME.csv or NAME.xlsx in a folder, or sheets of one workbook (school.xlsx in
 * the folder, or the data set itself). What cannot be read is a problem like others: the rest is
 * read all the same. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "tools/common/csv.h"
#include "tools/common/xlsx.h"
#include "tools/import/import.h"

#define BOOK_NAME "school"

static void file_problem(struct import *im, enum import_problem_code code, const char *file,
                         const char *value, const char *other)
{
    enum import_file which = IMPORT_FILE_COUNT;
    import_problem(&im->problems, code, which, file, 0, NULL, NULL, value, other);
}

/* Takes the table as the file of that name; `shown` is what people call it. */
static void take(struct import *im, const char *name, const char *shown, struct tool_table *table)
{
    enum import_file file = import_file_named(name);
    if (file == IMPORT_FILE_COUNT && import_is_left_alone(name)) {
        tool_table_close(table);
    } else if (file == IMPORT_FILE_COUNT) {
        file_problem(im, IMPORT_P_FILE_UNKNOWN, shown, NULL, NULL);
        tool_table_close(table);
    } else if (im->tables[file] != NULL) {
        file_problem(im, IMPORT_P_FILE_TWICE, shown, name, im->names[file]);
        tool_table_close(table);
    } else {
        im->tables[file] = table;
        im->names[file] = strdup(shown);
        im->failed |= im->names[file] == NULL;
    }
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}

/* Errors of the machine end the import, those of the file are told. */
static int unreadable(struct import *im, const char *shown, int rc, struct base_err *err)
{
    if (rc == BASE_E_MEMORY)
        return rc;
    const char *text = strrchr(err->text, '/');
    file_problem(im, IMPORT_P_FILE_UNREADABLE, shown, text == NULL ? err->text : text + 1, NULL);
    *err = (struct base_err){0};
    return 0;
}

static int load_csv(struct import *im, const char *path, const char *name, struct base_err *err)
{
    struct tool_table *table = NULL;
    int rc = tool_csv_read(path, &table, err);
    if (rc != 0)
        return unreadable(im, base_name(path), rc, err);
    take(im, name, base_name(path), table);
    return 0;
}

/* One sheet as `name`; NULL: by the sheet's own name. */
static int load_sheet(struct import *im, struct tool_xlsx *book, unsigned sheet, const char *path,
                      const char *name, struct base_err *err)
{
    struct tool_table *table = NULL;
    const char *title = tool_xlsx_sheet_name(book, sheet);
    char shown[600];
    if (name == NULL) {
        snprintf(shown, sizeof shown, "%s [%s]", base_name(path), title);
        name = title;
    } else {
        snprintf(shown, sizeof shown, "%s", base_name(path));
    }
    int rc = tool_xlsx_read(book, sheet, &table, err);
    /* A sheet of notes is told as unknown, whatever is in it. */
    if (rc != 0 && rc != BASE_E_MEMORY && import_file_named(name) == IMPORT_FILE_COUNT) {
        file_problem(im, IMPORT_P_FILE_UNKNOWN, shown, NULL, NULL);
        *err = (struct base_err){0};
        return 0;
    }
    if (rc != 0)
        return unreadable(im, shown, rc, err);
    take(im, name, shown, table);
    return 0;
}

/* A workbook: all its sheets by name, or its first one as `name`. */
static int load_book(struct import *im, const char *path, const char *name, struct base_err *err)
{
    struct tool_xlsx *book = NULL;
    int rc = tool_xlsx_open(path, &book, err);
    if (rc != 0)
        return unreadable(im, base_name(path), rc, err);
    unsigned count = tool_xlsx_sheet_count(book);
    if (count == 0)
        file_problem(im, IMPORT_P_FILE_UNREADABLE, base_name(path), "no sheets", NULL);
    if (name != NULL && count > 1)
        count = 1;
    for (unsigned i = 0; rc == 0 && i < count; i++)
        rc = load_sheet(im, book, i, path, name, err);
    tool_xlsx_close(book);
    return rc;
}

static int load_file(struct import *im, const char *path, struct base_err *err)
{
    char name[256];
    const char *base = base_name(path);
    const char *dot = strrchr(base, '.');
    if (dot == NULL || base[0] == '.' || base[0] == '~')
        return 0; /* what editors leave */
    snprintf(name, sizeof name, "%.*s", (int)(dot - base), base);
    if (strcasecmp(dot, ".csv") == 0)
        return load_csv(im, path, name, err);
    if (strcasecmp(dot, ".xlsx") == 0)
        return load_book(im, path, import_is(name, BOOK_NAME) ? NULL : name, err);
    return 0;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static int load_folder(struct import *im, struct base_err *err)
{
    char **paths = NULL;
    size_t count = 0;
    size_t capacity = 0;
    struct dirent *entry;
    DIR *dir = opendir(im->data);
    int rc = dir == NULL ? BASE_FAIL(err, BASE_E_IO, "%s: %s", im->data, strerror(errno)) : 0;
    while (rc == 0 && (entry = readdir(dir)) != NULL) {
        char *path = NULL;
        if (count == capacity) {
            capacity = capacity == 0 ? 64 : 2 * capacity;
            char **grown = realloc(paths, capacity * sizeof *grown);
            if (grown == NULL)
                rc = BASE_FAIL(err, BASE_E_MEMORY, "%s", im->data);
            else
                paths = grown;
        }
        if (rc == 0 && asprintf(&path, "%s/%s", im->data, entry->d_name) < 0)
            rc = BASE_FAIL(err, BASE_E_MEMORY, "%s", im->data);
        if (rc == 0)
            paths[count++] = path;
    }
    if (count > 1)
        qsort(paths, count, sizeof *paths, by_name);
    for (size_t i = 0; i < count; i++) {
        if (rc == 0)
            rc = load_file(im, paths[i], err);
        free(paths[i]);
    }
    free(paths);
    if (dir != NULL)
        closedir(dir);
    return rc;
}

int import_load(struct import *im, struct base_err *err)
{
    struct stat st;
    struct base_err local = {0};
    if (stat(im->data, &st) != 0)
        return BASE_FAIL(err, BASE_E_MISSING, "%s: %s", im->data, strerror(errno));
    int rc = S_ISDIR(st.st_mode) ? load_folder(im, &local) : load_book(im, im->data, NULL, &local);
    if (rc != 0 && err != NULL)
        *err = local;
    bool any = im->problems.count > 0;
    for (unsigned i = 0; i < IMPORT_FILE_COUNT; i++)
        any |= im->tables[i] != NULL;
    if (rc == 0 && !any)
        rc = BASE_FAIL(err, BASE_E_MISSING, "%s: no files of an import", im->data);
    return rc == 0 && im->failed ? BASE_FAIL(err, BASE_E_MEMORY, "import") : rc;
}

void import_release(struct import *im)
{
    for (unsigned i = 0; i < IMPORT_FILE_COUNT; i++) {
        tool_table_close(im->tables[i]);
        free(im->names[i]);
        import_index_release(&im->ids[i]);
        for (unsigned c = 0; c < TOOL_TABLE_COLUMN_COUNT_MAX; c++)
            free(im->headers[i][c]);
    }
    for (size_t i = 0; i < im->item_count; i++) {
        base_buf_release(&im->items[i].body);
        base_buf_wipe(&im->items[i].held);
        free(im->items[i].label);
    }
    free(im->items);
    tool_draft_release(&im->draft);
    import_problems_release(&im->problems);
}
