/* Workbooks of anybody: an archive as it comes, or – so that a search gets past checksums – the
 * parts alone, with zeros between them: sheet, strings, styles, workbook, its relations. Every cell
 * that is read is text. */
#include "tests/fuzz/fuzz.h"
#include "tools/common/xlsx_parts.h"

#define PACKAGE                                                                                    \
    "<Relationships><Relationship Id='a' Type='x/officeDocument' Target='xl/workbook.xml'/>"       \
    "</Relationships>"
#define WORKBOOK "<workbook><sheets><sheet name='A' id='r1'/></sheets></workbook>"
#define RELATIONS                                                                                  \
    "<Relationships><Relationship Id='r1' Type='x/worksheet' Target='sheet.xml'/>"                 \
    "<Relationship Id='r2' Type='x/sharedStrings' Target='strings.xml'/>"                          \
    "<Relationship Id='r3' Type='x/styles' Target='styles.xml'/></Relationships>"

struct parts {
    struct base_bytes sheet, strings, styles, workbook, relations;
};

static int part_of(void *data, const char *name, struct base_buf *out, struct base_err *err)
{
    const struct parts *parts = data;
    struct base_bytes bytes = strcmp(name, "_rels/.rels") == 0       ? base_bytes_str(PACKAGE)
                              : strcmp(name, "xl/workbook.xml") == 0 ? parts->workbook
                              : strcmp(name, "xl/_rels/workbook.xml.rels") == 0 ? parts->relations
                              : strcmp(name, "xl/strings.xml") == 0             ? parts->strings
                              : strcmp(name, "xl/styles.xml") == 0              ? parts->styles
                                                                                : parts->sheet;
    base_buf_put_bytes(out, bytes);
    return out->failed ? BASE_FAIL(err, BASE_E_MEMORY, "fuzz") : 0;
}

static struct base_bytes cut(struct base_bytes *rest, const char *fallback)
{
    const uint8_t *zero = rest->len == 0 ? NULL : memchr(rest->data, 0, rest->len);
    size_t len = zero == NULL ? rest->len : (size_t)(zero - rest->data);
    struct base_bytes part = base_bytes_of(rest->data, len);
    size_t skip = len + (zero != NULL);
    *rest = base_bytes_of(rest->data + skip, rest->len - skip);
    return part.len == 0 ? base_bytes_str(fallback) : part;
}

static void read_all(struct tool_xlsx *book)
{
    struct base_err err = {0};
    for (unsigned i = 0; i < tool_xlsx_sheet_count(book); i++) {
        struct tool_table *table = NULL;
        if (tool_xlsx_read(book, i, &table, &err) != 0)
            continue;
        for (size_t r = 0; r < tool_table_row_count(table); r++) {
            for (unsigned c = 0; c < tool_table_column_count(table); c++) {
                struct base_buf BASE_CLEANUP(base_buf_release) text = {0};
                FUZZ_CHECK(ledger_text_put_nfc(&text, base_bytes_str(tool_table_at(table, r, c))));
            }
        }
        tool_table_close(table);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct tool_xlsx *book = NULL;
    struct base_err err = {0};
    struct base_bytes rest = base_bytes_of(data, len);
    struct parts parts = {0};
    int rc;
    if (len > 1 && data[0] == 'P' && data[1] == 'K') {
        rc = tool_xlsx_of_bytes("fuzz", rest, &book, &err);
    } else {
        parts.sheet = cut(&rest, "<worksheet/>");
        parts.strings = cut(&rest, "<sst/>");
        parts.styles = cut(&rest, "<styleSheet/>");
        parts.workbook = cut(&rest, WORKBOOK);
        parts.relations = cut(&rest, RELATIONS);
        rc = xlsx_of_parts("fuzz", part_of, &parts, &book, &err);
    }
    if (rc == 0)
        read_all(book);
    tool_xlsx_close(book);
    return 0;
}
