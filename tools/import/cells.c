/* Cells as values, rows by their ids, ids of the journal. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "tools/common/secrets.h"
#include "tools/import/import.h"

void import_wrong(struct import *im, enum import_problem_code code, enum import_file file,
                  size_t row, const char *column, const char *value, const char *other)
{
    const char *shown = NULL;
    unsigned at;
    if (column != NULL && im->tables[file] != NULL &&
        tool_table_column(im->tables[file], column, &at, NULL) == 0)
        shown = im->headers[file][at];
    import_problem(&im->problems, code, file, im->names[file],
                   row == SIZE_MAX ? 0 : import_row_number(im, file, row), column, shown, value,
                   other);
}

size_t import_rows(const struct import *im, enum import_file file)
{
    return im->tables[file] == NULL ? 0 : tool_table_row_count(im->tables[file]);
}

const char *import_get(const struct import *im, enum import_file file, size_t row,
                       const char *column)
{
    return tool_table_get(im->tables[file], row, column);
}

uint32_t import_row_number(const struct import *im, enum import_file file, size_t row)
{
    return tool_table_row_number(im->tables[file], row);
}

static int by_label(const void *a, const void *b)
{
    const struct import_label *x = a;
    const struct import_label *y = b;
    int order = strcmp(x->label, y->label);
    return order != 0 ? order : (x->row < y->row ? -1 : x->row > y->row);
}

static char *join(const struct import *im, enum import_file file, size_t row,
                  const char *const *columns)
{
    struct base_buf joined = {0};
    for (size_t i = 0; columns[i] != NULL; i++)
        base_buf_printf(&joined, "%s%s", i == 0 ? "" : ", ", import_get(im, file, row, columns[i]));
    if (base_buf_text(&joined) == NULL)
        base_buf_release(&joined);
    return (char *)joined.data;
}

int import_index_make(struct import *im, enum import_file file, const char *const *columns,
                      struct import_index *out_index, struct base_err *err)
{
    struct import_index index = {.owns = columns[1] != NULL};
    size_t count = import_rows(im, file);
    index.labels = calloc(count + 1, sizeof *index.labels);
    if (index.labels == NULL)
        return BASE_FAIL(err, BASE_E_MEMORY, "import");
    for (size_t i = 0; i < count; i++) {
        const char *label =
            index.owns ? join(im, file, i, columns) : import_get(im, file, i, columns[0]);
        if (label == NULL) {
            import_index_release(&index);
            return BASE_FAIL(err, BASE_E_MEMORY, "import");
        }
        index.labels[index.count++] = (struct import_label){.label = label, .row = (uint32_t)i};
    }
    if (count > 1)
        qsort(index.labels, count, sizeof *index.labels, by_label);
    *out_index = index;
    return 0;
}

void import_index_release(struct import_index *index)
{
    for (size_t i = 0; index->owns && i < index->count; i++)
        free((void *)(uintptr_t)index->labels[i].label);
    free(index->labels);
    *index = (struct import_index){0};
}

size_t import_index_span(const struct import_index *index, const char *label, size_t *out_first)
{
    size_t low = 0;
    size_t high = index->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(index->labels[middle].label, label) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *out_first = low;
    while (high < index->count && strcmp(index->labels[high].label, label) == 0)
        high++;
    return high - low;
}

size_t import_find(const struct import *im, enum import_file file, const char *id)
{
    size_t first;
    return import_index_span(&im->ids[file], id, &first) == 0 ? SIZE_MAX
                                                              : im->ids[file].labels[first].row;
}

void import_id(const struct import *im, const char *kind, const char *label,
               uint8_t out[LEDGER_ID_LEN])
{
    tool_derive(im->secret, kind, label, out, LEDGER_ID_LEN);
}

static const char *id_kind(enum import_file file)
{
    switch ((int)file) {
    case IMPORT_STAFF:
    case IMPORT_PARENTS:
        return "account";
    case IMPORT_SUBJECTS:
        return "subject";
    case IMPORT_PUPILS:
        return "pupil";
    default:
        return "group";
    }
}

void import_id_of(const struct import *im, enum import_file file, const char *label,
                  uint8_t out[LEDGER_ID_LEN])
{
    import_id(im, id_kind(file), label, out);
}

bool import_known(struct import *im, enum import_file file, const char *label)
{
    uint8_t id[LEDGER_ID_LEN];
    struct proj_account account;
    struct proj_group group;
    struct proj_fact fact;
    import_id_of(im, file, label, id);
    if (file == IMPORT_STAFF || file == IMPORT_PARENTS)
        return proj_account_find(im->txn, id, LEDGER_SEQ_NONE, &account) &&
               (account.stratum == 3) == (file == IMPORT_PARENTS);
    struct proj_key key = proj_key_tagged_id(file == IMPORT_SUBJECTS ? 'S'
                                             : file == IMPORT_PUPILS ? 'P'
                                                                     : 'C',
                                             id);
    if (file == IMPORT_CLASSES || file == IMPORT_GROUPS)
        return proj_fact_read(im->txn, &key, LEDGER_SEQ_NONE, &group, sizeof group, NULL) &&
               (group.kind == PROJ_GROUP_CLASS) == (file == IMPORT_CLASSES);
    return proj_fact_get(im->txn, &key, LEDGER_SEQ_NONE, &fact);
}

base_day import_day(const char *text)
{
    base_day day = 0;
    int rc = base_day_parse(text, &day);
    assert(rc == 0);
    (void)rc;
    return day;
}

unsigned import_number(const char *text)
{
    return (unsigned)strtoul(text, NULL, 10);
}

int import_minutes(const char *hh_mm)
{
    return (int)(import_number(hh_mm) * 60 + import_number(hh_mm + 3));
}

bool import_is(const char *text, const char *wanted)
{
    return strcmp(text, wanted) == 0;
}

unsigned import_choice(enum import_file file, const char *column, const char *text)
{
    const struct import_schema *schema = &import_schemas[file];
    unsigned i = 0;
    for (unsigned c = 0; c < schema->column_count; c++) {
        const char *const *choices = schema->columns[c].choices;
        if (!import_is(schema->columns[c].name, column) || choices == NULL)
            continue;
        while (choices[i] != NULL && !import_is(choices[i], text))
            i++;
        assert(choices[i] != NULL);
        return i;
    }
    assert(false);
    return 0;
}

void import_grades(const char *text, unsigned *out_from, unsigned *out_to)
{
    const char *dash = strchr(text, '-');
    *out_from = import_number(text);
    *out_to = dash == NULL ? *out_from : import_number(dash + 1);
}
