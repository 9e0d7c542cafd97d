/* libcsv calls back per field and per row; fields are kept in one buffer, rows are lists of offsets
 * into it. The first row becomes the header. */
#include "tools/common/csv.h"

#include <assert.h>
#include <csv.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "ledger/canon.h"

struct tool_csv {
    char *path;
    struct base_buf text;    /* every field with its terminating zero */
    struct base_buf offsets; /* uint32_t per field; UINT32_MAX ends a row */
    uint32_t *rows;          /* index into offsets, per row, header included */
    size_t row_count, row_capacity;
    bool failed, not_utf8;
};

static uint32_t offset_at(const struct tool_csv *csv, size_t i)
{
    uint32_t v;
    memcpy(&v, csv->offsets.data + i * sizeof v, sizeof v);
    return v;
}

static void on_field(void *bytes, size_t len, void *data)
{
    struct tool_csv *csv = data;
    uint32_t offset = (uint32_t)csv->text.len;
    struct base_bytes text = base_bytes_of(bytes == NULL ? "" : bytes, len);
    if (offset == 0 && len >= 3 && memcmp(text.data, "\xef\xbb\xbf", 3) == 0)
        text = base_bytes_of(text.data + 3, len - 3);
    if (!ledger_text_put_nfc(&csv->text, text))
        csv->not_utf8 = true;
    base_buf_put_u8(&csv->text, 0);
    base_buf_put(&csv->offsets, &offset, sizeof offset);
}

static void on_row(int separator, void *data)
{
    struct tool_csv *csv = data;
    uint32_t end = UINT32_MAX;
    (void)separator;
    base_buf_put(&csv->offsets, &end, sizeof end);
    if (csv->row_count + 1 >= csv->row_capacity) {
        size_t capacity = csv->row_capacity == 0 ? 1024 : csv->row_capacity * 2;
        uint32_t *grown = realloc(csv->rows, capacity * sizeof *grown);
        if (grown == NULL) {
            csv->failed = true;
            return;
        }
        csv->rows = grown;
        csv->row_capacity = capacity;
    }
    if (csv->row_count == 0)
        csv->rows[0] = 0;
    csv->rows[++csv->row_count] = (uint32_t)(csv->offsets.len / sizeof(uint32_t));
}

static int parse(struct tool_csv *csv, FILE *file, struct base_err *err)
{
    struct csv_parser parser;
    char chunk[65536];
    size_t total = 0;
    size_t n;
    if (csv_init(&parser, CSV_STRICT | CSV_APPEND_NULL) != 0)
        return BASE_FAIL(err, BASE_E_MEMORY, "%s", csv->path);
    int rc = 0;
    while (rc == 0 && (n = fread(chunk, 1, sizeof chunk, file)) > 0) {
        total += n;
        if (total > TOOL_CSV_LEN_MAX)
            rc = BASE_FAIL(err, BASE_E_LIMIT, "%s: larger than %u bytes", csv->path,
                           TOOL_CSV_LEN_MAX);
        else if (csv_parse(&parser, chunk, n, on_field, on_row, csv) != n)
            rc = BASE_FAIL(err, BASE_E_FORMAT, "%s: row %zu: %s", csv->path, csv->row_count + 1,
                           csv_strerror(csv_error(&parser)));
    }
    if (rc == 0 && ferror(file) != 0)
        rc = BASE_FAIL(err, BASE_E_IO, "%s: %s", csv->path, strerror(errno));
    if (rc == 0 && csv_fini(&parser, on_field, on_row, csv) != 0)
        rc = BASE_FAIL(err, BASE_E_FORMAT, "%s: the last row is not closed", csv->path);
    csv_free(&parser);
    if (rc == 0 && csv->not_utf8)
        rc = BASE_FAIL(err, BASE_E_FORMAT, "%s: not UTF-8", csv->path);
    if (rc == 0 && (csv->failed || csv->text.failed || csv->offsets.failed))
        rc = BASE_FAIL(err, BASE_E_MEMORY, "%s", csv->path);
    if (rc == 0 && csv->row_count == 0)
        rc = BASE_FAIL(err, BASE_E_FORMAT, "%s: no header row", csv->path);
    return rc;
}

int tool_csv_open(const char *path, struct tool_csv **out_csv, struct base_err *err)
{
    struct tool_csv *csv = calloc(1, sizeof *csv);
    FILE *file = NULL;
    int rc = csv == NULL || (csv->path = strdup(path)) == NULL
                 ? BASE_FAIL(err, BASE_E_MEMORY, "%s", path)
                 : 0;
    if (rc == 0 && (file = fopen(path, "re")) == NULL)
        rc = BASE_FAIL(err, errno == ENOENT ? BASE_E_MISSING : BASE_E_IO, "%s: %s", path,
                       strerror(errno));
    if (rc == 0)
        rc = parse(csv, file, err);
    if (file != NULL)
        fclose(file);
    if (rc != 0) {
        tool_csv_close(csv);
        return rc;
    }
    *out_csv = csv;
    return 0;
}

void tool_csv_close(struct tool_csv *csv)
{
    if (csv == NULL)
        return;
    base_buf_release(&csv->text);
    base_buf_release(&csv->offsets);
    free(csv->rows);
    free(csv->path);
    free(csv);
}

size_t tool_csv_row_count(const struct tool_csv *csv)
{
    return csv->row_count - 1;
}

static const char *field_at(const struct tool_csv *csv, size_t row, unsigned column)
{
    assert(row < csv->row_count);
    for (size_t i = csv->rows[row];; i++, column--) {
        uint32_t offset = offset_at(csv, i);
        if (offset == UINT32_MAX)
            return NULL;
        if (column == 0)
            return (const char *)csv->text.data + offset;
    }
}

int tool_csv_column(const struct tool_csv *csv, const char *name, unsigned *out_column,
                    struct base_err *err)
{
    for (unsigned i = 0; i < TOOL_CSV_COLUMN_COUNT_MAX; i++) {
        const char *header = field_at(csv, 0, i);
        if (header == NULL)
            break;
        if (strcmp(header, name) == 0) {
            *out_column = i;
            return 0;
        }
    }
    return BASE_FAIL(err, BASE_E_FORMAT, "%s: no column \"%s\"", csv->path, name);
}

const char *tool_csv_at(const struct tool_csv *csv, size_t row, unsigned column)
{
    const char *field = field_at(csv, row + 1, column);
    return field == NULL ? "" : field;
}

const char *tool_csv_get(const struct tool_csv *csv, size_t row, const char *name)
{
    unsigned column;
    return tool_csv_column(csv, name, &column, NULL) == 0 ? tool_csv_at(csv, row, column) : "";
}

const char *tool_csv_path(const struct tool_csv *csv)
{
    return csv->path;
}
