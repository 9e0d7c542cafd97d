/* Any bytes are read as a table or refused; what is read can be written as plain CSV and read again
 * as the same. */
#include "tests/fuzz/fuzz.h"
#include "tools/common/csv.h"

static void put_cell(struct base_buf *out, const char *text)
{
    base_buf_put_u8(out, '"');
    for (; *text != '\0'; text++) {
        if (*text == '"')
            base_buf_put_u8(out, '"');
        base_buf_put_u8(out, (uint8_t)*text);
    }
    base_buf_put_u8(out, '"');
}

static void check_same(const struct tool_table *a, const struct tool_table *b)
{
    unsigned width = tool_table_column_count(a);
    FUZZ_CHECK(tool_table_column_count(b) == width);
    FUZZ_CHECK(tool_table_row_count(b) == tool_table_row_count(a));
    for (unsigned c = 0; c < width; c++) {
        FUZZ_CHECK(strcmp(tool_table_header(a, c), tool_table_header(b, c)) == 0);
        for (size_t r = 0; r < tool_table_row_count(a); r++)
            FUZZ_CHECK(strcmp(tool_table_at(a, r, c), tool_table_at(b, r, c)) == 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct tool_table *table = NULL;
    struct tool_table *again = NULL;
    struct base_err err = {0};
    struct base_buf BASE_CLEANUP(base_buf_release) out = {0};
    if (tool_csv_of_bytes("fuzz", base_bytes_of(data, len), &table, &err) != 0)
        return 0;
    uint32_t last = 0;
    bool wide = false;
    base_buf_put_str(&out, "\xef\xbb\xbf");
    for (size_t r = 0; r <= tool_table_row_count(table); r++) {
        for (unsigned c = 0; c < tool_table_column_count(table); c++) {
            if (c > 0)
                base_buf_put_u8(&out, ',');
            put_cell(&out, r == 0 ? tool_table_header(table, c) : tool_table_at(table, r - 1, c));
        }
        base_buf_put_str(&out, "\r\n");
        if (r > 0) {
            wide |= tool_table_row_is_wide(table, r - 1);
            FUZZ_CHECK(tool_table_row_number(table, r - 1) > last);
            last = tool_table_row_number(table, r - 1);
        }
    }
    /* One column with separators in its name alone would be taken for more; rows that had text only
     * beyond the header come back empty. */
    if (!wide && tool_table_column_count(table) > 1) {
        FUZZ_CHECK(tool_csv_of_bytes("again", base_buf_bytes(&out), &again, &err) == 0);
        check_same(table, again);
    }
    tool_table_close(again);
    tool_table_close(table);
    return 0;
}
