/* libcsv calls back per field and per row; what comes before it brings the bytes to UTF-8. */
#include "tools/common/csv.h"

#include <csv.h>
#include <errno.h>
#include <iconv.h>
#include <stdio.h>
#include <stdlib.h>

#include "ledger/canon.h"
#include "tools/common/files.h"

struct reading {
    struct tool_table *table;
    uint32_t line;   /* rows of the file so far, empty ones included */
    int last;        /* the character that ended the last row */
    bool has_fields; /* of the row under way */
};

static void on_field(void *bytes, size_t len, void *data)
{
    struct reading *reading = data;
    reading->has_fields = true;
    tool_table_put(reading->table, base_bytes_of(bytes == NULL ? "" : bytes, len));
}

/* Every line end is told, those of empty lines too: rows keep the numbers that a spreadsheet shows.
 * Of \r\n the second is no line of its own. */
static void on_row(int separator, void *data)
{
    struct reading *reading = data;
    bool second = separator == '\n' && reading->last == '\r' && !reading->has_fields;
    reading->last = second ? 0 : separator;
    if (second)
        return;
    reading->line++;
    reading->has_fields = false;
    (void)tool_table_end_row(reading->table, reading->line); /* sticky: told at the end */
}

/* A first line "sep=;" names the separator and is no row. */
static unsigned char told_separator(struct base_bytes *text)
{
    if (text->len < 5 || memcmp(text->data, "sep=", 4) != 0)
        return 0;
    unsigned char separator = text->data[4];
    size_t skip = 5;
    if (separator != ',' && separator != ';' && separator != '\t')
        return 0;
    while (skip < text->len && skip < 7 && (text->data[skip] == '\r' || text->data[skip] == '\n'))
        skip++;
    *text = base_bytes_of(text->data + skip, text->len - skip);
    return separator;
}

static unsigned char most_of_first_line(struct base_bytes text)
{
    size_t commas = 0;
    size_t semicolons = 0;
    size_t tabs = 0;
    bool quoted = false;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = text.data[i];
        quoted ^= c == '"';
        if (!quoted && (c == '\n' || c == '\r') && commas + semicolons + tabs > 0)
            break;
        commas += !quoted && c == ',';
        semicolons += !quoted && c == ';';
        tabs += !quoted && c == '\t';
    }
    if (semicolons > commas && semicolons >= tabs)
        return ';';
    return tabs > commas ? '\t' : ',';
}

static int parse(struct reading *reading, struct base_bytes text, struct base_err *err)
{
    struct csv_parser parser;
    const char *path = tool_table_path(reading->table);
    unsigned char separator = told_separator(&text);
    bool told = separator != 0;
    int rc = 0;
    if (csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI | CSV_APPEND_NULL | CSV_REPALL_NL) != 0)
        return BASE_FAIL(err, BASE_E_MEMORY, "%s", path);
    reading->line = told ? 1 : 0;
    csv_set_delim(&parser, told ? separator : most_of_first_line(text));
    if (csv_parse(&parser, text.data, text.len, on_field, on_row, reading) != text.len)
        rc = BASE_FAIL(err, BASE_E_FORMAT, "%s: row %u: %s", path, reading->line + 1,
                       csv_strerror(csv_error(&parser)));
    if (rc == 0 && csv_fini(&parser, on_field, on_row, reading) != 0)
        rc = BASE_FAIL(err, BASE_E_FORMAT, "%s: row %u: the last row is not closed", path,
                       reading->line + 1);
    csv_free(&parser);
    return rc == 0 ? tool_table_finish(reading->table, err) : rc;
}

static int convert(const char *path, const char *from, struct base_bytes bytes,
                   struct base_buf *out, struct base_err *err)
{
    iconv_t way = iconv_open("UTF-8", from);
    char *in = (char *)(uintptr_t)bytes.data; /* iconv does not write there */
    size_t left = bytes.len;
    int rc = 0;
    if (way == (iconv_t)-1)
        return BASE_FAIL(err, BASE_E_IO, "%s: %s: %s", path, from, strerror(errno));
    while (rc == 0 && left > 0) {
        char chunk[4096];
        char *to = chunk;
        size_t room = sizeof chunk;
        size_t done = iconv(way, &in, &left, &to, &room);
        base_buf_put(out, chunk, (size_t)(to - chunk));
        if (done == (size_t)-1 && errno != E2BIG)
            rc = BASE_FAIL(err, BASE_E_FORMAT, "%s: byte %zu: neither UTF-8 nor %s", path,
                           bytes.len - left, from);
    }
    iconv_close(way);
    return rc == 0 && out->failed ? BASE_FAIL(err, BASE_E_MEMORY, "%s", path) : rc;
}

static bool begins(struct base_bytes bytes, const char *mark, size_t len)
{
    return bytes.len >= len && memcmp(bytes.data, mark, len) == 0;
}

/* Well-formed UTF-8, by the one reader of the project that knows. */
static bool is_utf8(struct base_bytes bytes)
{
    struct base_buf BASE_CLEANUP(base_buf_release) text = {0};
    return ledger_text_put_nfc(&text, bytes);
}

/* `held` keeps what had to be converted. */
static int to_utf8(const char *path, struct base_bytes bytes, struct base_buf *held,
                   struct base_bytes *out_text, struct base_err *err)
{
    const char *from = NULL;
    if (begins(bytes, "\xef\xbb\xbf", 3))
        bytes = base_bytes_of(bytes.data + 3, bytes.len - 3);
    else if (begins(bytes, "\xff\xfe", 2))
        from = "UTF-16LE";
    else if (begins(bytes, "\xfe\xff", 2))
        from = "UTF-16BE";
    else if (!is_utf8(bytes))
        from = "WINDOWS-1251";
    *out_text = bytes;
    if (from == NULL)
        return 0;
    size_t skip = from[0] == 'U' ? 2 : 0;
    int rc = convert(path, from, base_bytes_of(bytes.data + skip, bytes.len - skip), held, err);
    *out_text = base_buf_bytes(held);
    return rc;
}

int tool_csv_of_bytes(const char *path, struct base_bytes bytes, struct tool_table **out_table,
                      struct base_err *err)
{
    struct base_buf BASE_CLEANUP(base_buf_wipe) held = {0};
    struct reading reading = {0};
    struct base_bytes text;
    int rc = tool_table_make(path, &reading.table, err);
    if (rc == 0)
        rc = to_utf8(path, bytes, &held, &text, err);
    if (rc == 0)
        rc = parse(&reading, text, err);
    if (rc != 0) {
        tool_table_close(reading.table);
        return rc;
    }
    *out_table = reading.table;
    return 0;
}

int tool_csv_read(const char *path, struct tool_table **out_table, struct base_err *err)
{
    struct base_buf BASE_CLEANUP(base_buf_wipe) bytes = {0};
    int rc = tool_file_read(path, TOOL_CSV_LEN_MAX, &bytes, err);
    return rc == 0 ? tool_csv_of_bytes(path, base_buf_bytes(&bytes), out_table, err) : rc;
}
