/* Tables from CSV and from workbooks: what spreadsheets write is read, what is broken is refused by
 * name, and nothing unpacks without end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <xlsxwriter.h>
#include <zip.h>

#include "tools/common/csv.h"
#include "tools/common/xlsx_parts.h"

static struct tool_table *csv(const char *bytes, size_t len)
{
    struct tool_table *table = NULL;
    struct base_err err = {0};
    int rc = tool_csv_of_bytes("t.csv", base_bytes_of(bytes, len), &table, &err);
    if (rc != 0)
        fail_msg("%s", err.text);
    return table;
}

static void refused(const char *bytes, size_t len, int code, const char *word)
{
    struct tool_table *table = NULL;
    struct base_err err = {0};
    assert_int_equal(tool_csv_of_bytes("t.csv", base_bytes_of(bytes, len), &table, &err), code);
    assert_null(table);
    if (strstr(err.text, word) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", err.text, word);
}
#define CSV(text) csv(text, sizeof(text) - 1)
#define REFUSED(text, code, word) refused(text, sizeof(text) - 1, code, word)

static void rows_keep_the_numbers_that_a_spreadsheet_shows(void **state)
{
    (void)state;
    struct tool_table *table = CSV("a,b\r\n\r\n1,\"x\r\ny\"\r\n,\r\n2,z,extra\r\n3\r\n");
    assert_int_equal(tool_table_row_count(table), 3);
    assert_int_equal(tool_table_row_number(table, 0), 3);
    assert_string_equal(tool_table_get(table, 0, "b"), "x\r\ny");
    assert_int_equal(tool_table_row_number(table, 1), 5);
    assert_true(tool_table_row_is_wide(table, 1));
    assert_false(tool_table_row_is_wide(table, 0));
    assert_string_equal(tool_table_get(table, 2, "b"), "");
    assert_string_equal(tool_table_get(table, 2, "c"), "");
    tool_table_close(table);
    table = CSV("a\n1\n\n2\n"); /* and with bare line ends */
    assert_int_equal(tool_table_row_number(table, 1), 4);
    tool_table_close(table);
}

static void check_word(struct tool_table *table)
{
    assert_string_equal(tool_table_header(table, 1), "имя");
    assert_string_equal(tool_table_get(table, 0, "имя"), "Ёж; ёж");
    assert_string_equal(tool_table_get(table, 0, "id"), "1");
    tool_table_close(table);
}

static void encodings_and_separators_are_found(void **state)
{
    (void)state;
    check_word(CSV("id,имя\n1,Ёж; ёж\n"));
    check_word(CSV("\xef\xbb\xbfid;имя\r\n1;\"Ёж; ёж\"\r\n"));
    check_word(CSV("sep=;\r\nid;имя\r\n1;\"Ёж; ёж\"\r\n"));
    check_word(CSV("id;\xe8\xec\xff\r\n1;\"\xa8\xe6; \xb8\xe6\"\r\n")); /* Windows-1251 */
    check_word(CSV("\xff\xfei\0d\0\t\0\x38\x04\x3c\x04\x4f\x04\n\0\x31\0\t\0\x01\x04\x36\x04;\0 "
                   "\0\x51\x04\x36\x04\n\0"));
    check_word(CSV("\xfe\xff\0i\0d\0\t\x04\x38\x04\x3c\x04\x4f\0\n\0\x31\0\t\x04\x01\x04\x36\0;\0 "
                   "\x04\x51\x04\x36\0\n"));
    struct tool_table *table = CSV("a\xcc\x81\nx\n"); /* decomposed: brought to NFC */
    assert_string_equal(tool_table_header(table, 0), "\xc3\xa1");
    tool_table_close(table);
}

static void broken_csv_is_refused_by_row(void **state)
{
    (void)state;
    REFUSED("", BASE_E_FORMAT, "no header");
    REFUSED("\r\n\r\n", BASE_E_FORMAT, "no header");
    REFUSED("a,b\n1,x\"y\n", BASE_E_FORMAT, "row 2");
    REFUSED("a,b\n1,\"y\n", BASE_E_FORMAT, "not closed");
    REFUSED("a,b\n1,\0\n", BASE_E_FORMAT, "row 2");
    REFUSED("a,b\n1,\x98\n", BASE_E_FORMAT, "byte 6"); /* no character in Windows-1251 */
    REFUSED("\xff\xfe"
            "a\0\n",
            BASE_E_FORMAT, "UTF-16"); /* half a character */
    struct base_buf BASE_CLEANUP(base_buf_release) many = {0};
    for (unsigned i = 0; i <= TOOL_TABLE_COLUMN_COUNT_MAX; i++)
        base_buf_put_str(&many, "a,");
    base_buf_put_str(&many, "a\n");
    refused((const char *)many.data, many.len, BASE_E_LIMIT, "TOOL_TABLE_COLUMN_COUNT_MAX");
    base_buf_reset(&many);
    base_buf_put_str(&many, "a\n");
    for (unsigned i = 0; i <= TOOL_TABLE_CELL_LEN_MAX; i++)
        base_buf_put_u8(&many, 'x');
    refused((const char *)many.data, many.len, BASE_E_LIMIT, "TOOL_TABLE_CELL_LEN_MAX");
}

static void a_shared_table_lives_until_its_last_holder_goes(void **state)
{
    (void)state;
    struct base_err err = {0};
    struct tool_table *table = CSV("a,b\n1,2\n");
    struct tool_table *again = tool_table_share(table);
    assert_int_equal(tool_table_set(table, 0, 1, "новое", &err), 0);
    assert_int_equal(tool_table_rename(table, 0, "код", &err), 0);
    tool_table_close(table);
    assert_string_equal(tool_table_get(again, 0, "b"), "новое");
    assert_string_equal(tool_table_get(again, 0, "код"), "1");
    tool_table_close(again);
}

/* Workbooks */

static char folder[] = "/tmp/letopis-table-XXXXXX";
static char book_path[64];

static int make_folder(void **state)
{
    (void)state;
    if (mkdtemp(folder) == NULL)
        return -1;
    snprintf(book_path, sizeof book_path, "%s/book.xlsx", folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    unlink(book_path);
    return rmdir(folder);
}

static struct tool_table *sheet(unsigned i)
{
    struct tool_xlsx *book = NULL;
    struct tool_table *table = NULL;
    struct base_err err = {0};
    if (tool_xlsx_open(book_path, &book, &err) != 0 || tool_xlsx_read(book, i, &table, &err) != 0)
        fail_msg("%s", err.text);
    tool_xlsx_close(book);
    return table;
}

static void cells_of_a_real_workbook_become_texts(void **state)
{
    (void)state;
    lxw_workbook *book = workbook_new(book_path);
    lxw_worksheet *first = workbook_add_worksheet(book, "Ученики");
    lxw_worksheet *second = workbook_add_worksheet(book, "Пусто");
    lxw_format *date = workbook_add_format(book);
    lxw_format *time = workbook_add_format(book);
    lxw_format *both = workbook_add_format(book);
    lxw_format *red = workbook_add_format(book);
    lxw_format *bold = workbook_add_format(book);
    format_set_num_format(date, "dd.mm.yyyy");
    format_set_num_format(time, "hh:mm");
    format_set_num_format_index(both, 22);
    format_set_num_format(red, "[Red]0.00");
    format_set_bold(bold);
    char plain_text[] = "Ма";
    char bold_text[] = "ша";
    lxw_rich_string_tuple plain_part = {.format = NULL, .string = plain_text};
    lxw_rich_string_tuple bold_part = {.format = bold, .string = bold_text};
    lxw_rich_string_tuple *rich[] = {&plain_part, &bold_part, NULL};
    static const char *const names[] = {"текст", "целое",   "дробь",  "телефон", "день",  "время",
                                        "миг",   "красное", "логика", "формула", "разное"};
    for (lxw_col_t i = 0; i < 11; i++)
        worksheet_write_string(first, 0, i, names[i], NULL);
    worksheet_write_string(first, 2, 0, "Ёж & <ёж>", NULL);
    worksheet_write_number(first, 2, 1, 42, NULL);
    worksheet_write_number(first, 2, 2, 0.25, NULL);
    worksheet_write_number(first, 2, 3, 79280000001, NULL);
    lxw_datetime moment = {.year = 2026, .month = 9, .day = 1};
    worksheet_write_datetime(first, 2, 4, &moment, date);
    worksheet_write_number(first, 2, 5, 8.5 / 24, time);
    moment.hour = 8;
    moment.min = 6;
    worksheet_write_datetime(first, 2, 6, &moment, both);
    worksheet_write_number(first, 2, 7, 45536, red);
    worksheet_write_boolean(first, 2, 8, 1, NULL);
    worksheet_write_formula_str(first, 2, 9, "=A1", NULL, "итог");
    worksheet_write_rich_string(first, 2, 10, rich, NULL);
    worksheet_write_string(first, 4, 10, "далеко", NULL);
    worksheet_write_blank(second, 0, 0, bold);
    assert_int_equal(workbook_close(book), LXW_NO_ERROR);
    struct tool_table *table = sheet(0);
    assert_int_equal(tool_table_row_count(table), 2);
    assert_int_equal(tool_table_row_number(table, 0), 3);
    assert_int_equal(tool_table_row_number(table, 1), 5);
    static const char *const texts[] = {
        "Ёж & <ёж>",        "42",    "0.25", "79280000001", "2026-09-01", "08:30",
        "2026-09-01T08:06", "45536", "да",   "итог",        "Маша"};
    for (unsigned i = 0; i < 11; i++)
        assert_string_equal(tool_table_at(table, 0, i), texts[i]);
    assert_string_equal(tool_table_at(table, 1, 9), "");
    assert_string_equal(tool_table_at(table, 1, 10), "далеко");
    tool_table_close(table);
    struct tool_xlsx *opened = NULL;
    struct base_err err = {0};
    assert_int_equal(tool_xlsx_open(book_path, &opened, &err), 0);
    assert_int_equal(tool_xlsx_sheet_count(opened), 2);
    assert_string_equal(tool_xlsx_sheet_name(opened, 0), "Ученики");
    assert_int_equal(tool_xlsx_read(opened, 1, &table, &err), BASE_E_FORMAT);
    assert_non_null(strstr(err.text, "Пусто"));
    tool_xlsx_close(opened);
}

/* A workbook of hand-made parts, in an archive. */
struct part {
    const char *name;
    const void *text;
    size_t len;
};
#define RELS                                                                                       \
    "<Relationships><Relationship Id='1' Type='t/officeDocument' Target='xl/workbook.xml'/>"       \
    "</Relationships>"
#define BOOK "<workbook><sheets><sheet name='A' id='r1'/></sheets></workbook>"
#define BOOK_1904                                                                                  \
    "<workbook><workbookPr date1904='1'/><sheets><sheet name='A' id='r1'/></sheets></workbook>"
#define BOOK_RELS                                                                                  \
    "<Relationships><Relationship Id='r1' Type='t/worksheet' Target='s.xml'/>"                     \
    "<Relationship Id='r2' Type='t/sharedStrings' Target='/xl/t.xml'/>"                            \
    "<Relationship Id='r3' Type='t/styles' Target='y.xml'/></Relationships>"
#define STRINGS                                                                                    \
    "<sst><si><t>a</t></si><si><r><t>b</t></r><rPh><t>no</t></rPh><r><t>c</t></r></si></sst>"
#define STYLES                                                                                     \
    "<styleSheet><numFmts><numFmt numFmtId='165' formatCode='yyyy-mm-dd'/></numFmts><cellXfs>"     \
    "<xf numFmtId='0'/><xf numFmtId='165'/><xf numFmtId='45'/></cellXfs></styleSheet>"
#define SHEET(rows) "<worksheet><sheetData>" rows "</sheetData></worksheet>"

static void write_parts(const char *book, const char *strings, const char *styles,
                        const void *sheet_text, size_t sheet_len)
{
    const struct part parts[] = {{"_rels/.rels", RELS, strlen(RELS)},
                                 {"xl/workbook.xml", book, strlen(book)},
                                 {"xl/_rels/workbook.xml.rels", BOOK_RELS, strlen(BOOK_RELS)},
                                 {"xl/t.xml", strings, strlen(strings)},
                                 {"xl/y.xml", styles, strlen(styles)},
                                 {"xl/s.xml", sheet_text, sheet_len}};
    int code = 0;
    zip_t *zip = zip_open(book_path, ZIP_CREATE | ZIP_TRUNCATE, &code);
    assert_non_null(zip);
    for (unsigned i = 0; i < 6; i++) {
        zip_source_t *source = zip_source_buffer(zip, parts[i].text, parts[i].len, 0);
        assert_true(zip_file_add(zip, parts[i].name, source, ZIP_FL_ENC_UTF_8) >= 0);
    }
    assert_int_equal(zip_close(zip), 0);
}

static void write_sheet(const char *text)
{
    write_parts(BOOK, STRINGS, STYLES, text, strlen(text));
}

static void expect_refusal(int code, const char *word)
{
    struct tool_xlsx *book = NULL;
    struct tool_table *table = NULL;
    struct base_err err = {0};
    int rc = tool_xlsx_open(book_path, &book, &err);
    if (rc == 0)
        rc = tool_xlsx_read(book, 0, &table, &err);
    tool_xlsx_close(book);
    if (rc != code || strstr(err.text, word) == NULL)
        fail_msg("%d, \"%s\": not %d, \"%s\"", rc, err.text, code, word);
}

static void both_date_systems_and_every_kind_of_string(void **state)
{
    static const char rows[] = SHEET(
        "<row r='1'><c r='A1' t='s'><v>0</v></c><c r='B1' t='s'><v>1</v></c><c r='D1' t='str'>"
        "<v>d</v></c></row><row><c s='1'><v>59</v></c><c s='1'><v>61</v></c><c r='D2' s='1'>"
        "<v>46266</v></c></row><row r='9'><c r='B9' s='2'><v>0.999999</v></c><c t='inlineStr'><is>"
        "<t>x</t><rPh><t>no</t></rPh><t>y</t></is></c><c s='1'><v>-5</v></c></row>");
    (void)state;
    write_sheet(rows);
    struct tool_table *table = sheet(0);
    assert_string_equal(tool_table_header(table, 1), "bc");
    assert_string_equal(tool_table_header(table, 2), "");
    assert_string_equal(tool_table_at(table, 0, 0), "1900-02-28");
    assert_string_equal(tool_table_at(table, 0, 1), "1900-03-01");
    assert_string_equal(tool_table_at(table, 0, 3), "2026-09-01");
    assert_int_equal(tool_table_row_number(table, 1), 9);
    assert_string_equal(tool_table_at(table, 1, 0), "");
    assert_string_equal(tool_table_at(table, 1, 1), "1900-01-01"); /* rounded up to midnight */
    assert_string_equal(tool_table_at(table, 1, 2), "xy");
    assert_string_equal(tool_table_at(table, 1, 3), "-5");
    tool_table_close(table);
    write_parts(BOOK_1904, STRINGS, STYLES, rows, strlen(rows));
    table = sheet(0);
    assert_string_equal(tool_table_at(table, 0, 3), "2030-09-02");
    tool_table_close(table);
}

static void formats_of_dates_are_told_from_others(void **state)
{
    static const char *const dates[] = {"dd.mm.yyyy",     "[$-419]d mmmm yyyy;@",
                                        "h:mm",           "[h]:mm",
                                        "yyyy\\-mm\\-dd", "[Red]yyyy",
                                        "[ss].00",        "mm:ss"};
    static const char *const others[] = {"General", "0.00",       "[Red]0", "#,##0\\ \"д\"",
                                         "@",       "\"дней\" 0", "0\\d",   "[>10]0",
                                         "_d0",     "[",          "\"",     "0;dd"};
    (void)state;
    for (size_t i = 0; i < sizeof dates / sizeof dates[0]; i++) {
        if (!tool_xlsx_format_is_date(dates[i]))
            fail_msg("%s", dates[i]);
    }
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        if (tool_xlsx_format_is_date(others[i]))
            fail_msg("%s", others[i]);
    }
}

static void broken_workbooks_are_refused_by_part(void **state)
{
    (void)state;
    static const struct {
        const char *rows, *word;
    } sheets[] = {
        {"<row r='2'><c/></row><row r='2'/>", "not in order"},
        {"<row r='1'><c r='B1'><v>1</v></c><c r='A1'><v>1</v></c></row>", "not in order"},
        {"<c r='A1'><v>1</v></c>", "not in order"},
        {"<row><c r='a1'><v>1</v></c></row>", "not in order"},
        {"<row><c t='s'><v>2</v></c></row>", "shared string"},
        {"<row><c t='s'><v>-1</v></c></row>", "shared string"},
        {"<row><c><v>12x</v></c></row>", "number"},
        {"<row><c><v>nan</v></c></row>", "number"},
        {"<row><c><v>1</v></row>", "s.xml"},
    };
    for (size_t i = 0; i < sizeof sheets / sizeof sheets[0]; i++) {
        char text[512];
        snprintf(text, sizeof text, SHEET("%s"), sheets[i].rows);
        write_sheet(text);
        expect_refusal(BASE_E_FORMAT, sheets[i].word);
    }
    write_sheet("<!DOCTYPE w [<!ENTITY a 'x'>]>" SHEET("<row><c t='str'><v>&a;</v></c></row>"));
    expect_refusal(BASE_E_FORMAT, "document type");
    write_parts("<workbook", STRINGS, STYLES, SHEET(""), strlen(SHEET("")));
    expect_refusal(BASE_E_FORMAT, "xl/workbook.xml");
    struct tool_xlsx *book = NULL;
    struct base_err err = {0};
    static const char ole[] = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";
    assert_int_equal(tool_xlsx_of_bytes("old.xls", base_bytes_of(ole, 8), &book, &err),
                     BASE_E_FORMAT);
    assert_non_null(strstr(err.text, "password"));
    assert_int_equal(tool_xlsx_of_bytes("no", base_bytes_of("PK\3\4", 4), &book, &err),
                     BASE_E_FORMAT);
    assert_int_equal(tool_xlsx_open("/nowhere.xlsx", &book, &err), BASE_E_MISSING);
    assert_null(book);
}

static void limits_stop_what_would_not_end(void **state)
{
    (void)state;
    write_sheet(SHEET("<row r='1048577'><c><v>1</v></c></row>"));
    expect_refusal(BASE_E_LIMIT, "TOOL_TABLE_ROW_COUNT_MAX");
    write_sheet(SHEET("<row r='1'><c r='BM1'><v>1</v></c></row>"));
    expect_refusal(BASE_E_LIMIT, "TOOL_TABLE_COLUMN_COUNT_MAX");
    struct base_buf BASE_CLEANUP(base_buf_release) deep = {0};
    for (unsigned i = 0; i <= TOOL_XLSX_DEPTH_MAX; i++)
        base_buf_put_str(&deep, "<a>");
    write_sheet(base_buf_text(&deep));
    expect_refusal(BASE_E_LIMIT, "TOOL_XLSX_DEPTH_MAX");
    /* A bomb: blanks that pack a thousandfold. It stops at the limit, however long it says it is.
     */
    size_t len = TOOL_XLSX_PART_LEN_MAX + 1;
    char *blanks = malloc(len);
    assert_non_null(blanks);
    memset(blanks, ' ', len);
    write_parts(BOOK, STRINGS, STYLES, blanks, len);
    free(blanks);
    expect_refusal(BASE_E_LIMIT, "TOOL_XLSX_PART_LEN_MAX");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_keep_the_numbers_that_a_spreadsheet_shows),
        cmocka_unit_test(encodings_and_separators_are_found),
        cmocka_unit_test(broken_csv_is_refused_by_row),
        cmocka_unit_test(a_shared_table_lives_until_its_last_holder_goes),
        cmocka_unit_test(cells_of_a_real_workbook_become_texts),
        cmocka_unit_test(both_date_systems_and_every_kind_of_string),
        cmocka_unit_test(formats_of_dates_are_told_from_others),
        cmocka_unit_test(broken_workbooks_are_refused_by_part),
        cmocka_unit_test(limits_stop_what_would_not_end),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
