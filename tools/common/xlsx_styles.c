/* What all sheets share: which cell formats show dates, and the shared strings. */
#include <stdlib.h>

#include "tools/common/xlsx_parts.h"

#define OWN_FORMAT_COUNT_MAX 1024u

/* Formats that every program knows by number (ECMA-376, part 1, 18.8.30), East Asian ones too. */
static bool is_known_date(unsigned id)
{
    return (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 45 && id <= 47) ||
           (id >= 50 && id <= 58);
}

/* Letters of dates outside of quotes, escapes and brackets; in brackets only elapsed hours, minutes
 * and seconds are such, while [Red], [>10] and [$-419] are not. */
bool tool_xlsx_format_is_date(const char *c)
{
    for (; *c != '\0' && *c != ';'; c++) {
        if (*c == '"') {
            c = strchr(c + 1, '"');
            if (c == NULL)
                return false;
        } else if (*c == '\\' || *c == '_' || *c == '*') {
            if (*++c == '\0')
                return false;
        } else if (*c == '[') {
            size_t letters = strspn(c + 1, "hmsHMS");
            if (letters > 0 && c[1 + letters] == ']')
                return true;
            c = strchr(c, ']');
            if (c == NULL)
                return false;
        } else if (strchr("dmyhsDMYHS", *c) != NULL) {
            return true;
        }
    }
    return false;
}

struct styles {
    struct xlsx_walk walk;
    unsigned own[OWN_FORMAT_COUNT_MAX]; /* numbers of formats that are dates */
    unsigned own_count;
    bool in_cell_formats;
};

static unsigned number_of(const char *text)
{
    return text == NULL ? 0 : (unsigned)strtoul(text, NULL, 10);
}

static void on_style(struct xlsx_walk *walk, const char *name, const char *const *attributes)
{
    struct styles *styles = (struct styles *)walk;
    if (strcmp(name, "numFmt") == 0) {
        const char *code = xlsx_attribute(attributes, "formatCode");
        if (code == NULL || !tool_xlsx_format_is_date(code))
            return;
        if (styles->own_count == OWN_FORMAT_COUNT_MAX)
            xlsx_stop(walk, BASE_E_LIMIT, "more number formats than OWN_FORMAT_COUNT_MAX");
        else
            styles->own[styles->own_count++] = number_of(xlsx_attribute(attributes, "numFmtId"));
    } else if (strcmp(name, "cellXfs") == 0) {
        styles->in_cell_formats = true;
    } else if (strcmp(name, "xf") == 0 && styles->in_cell_formats) {
        unsigned id = number_of(xlsx_attribute(attributes, "numFmtId"));
        bool date = is_known_date(id);
        for (unsigned i = 0; i < styles->own_count; i++)
            date |= styles->own[i] == id;
        if (walk->book->formats.len == TOOL_XLSX_FORMAT_COUNT_MAX)
            xlsx_stop(walk, BASE_E_LIMIT, "more cell formats than TOOL_XLSX_FORMAT_COUNT_MAX");
        else
            base_buf_put_u8(&walk->book->formats, date ? XLSX_DATE : XLSX_NUMBER);
    }
}

static void on_style_end(struct xlsx_walk *walk, const char *name)
{
    if (strcmp(name, "cellXfs") == 0)
        ((struct styles *)walk)->in_cell_formats = false;
}

int xlsx_read_styles(struct tool_xlsx *book, struct base_err *err)
{
    struct styles *styles = calloc(1, sizeof *styles);
    if (styles == NULL)
        return BASE_FAIL(err, BASE_E_MEMORY, "%s", book->path);
    styles->walk = (struct xlsx_walk){.start = on_style, .end = on_style_end};
    int rc = xlsx_walk_part(book, book->styles_part, &styles->walk, err);
    free(styles);
    return rc == 0 && book->formats.failed ? BASE_FAIL(err, BASE_E_MEMORY, "%s", book->path) : rc;
}

/* Shared strings: the texts of one <si>, its runs joined, without what tells how to read it. */

struct strings {
    struct xlsx_walk walk;
    unsigned phonetic; /* depth inside of <rPh> */
};

static void on_string(struct xlsx_walk *walk, const char *name, const char *const *attributes)
{
    struct strings *strings = (struct strings *)walk;
    (void)attributes;
    if (strcmp(name, "si") == 0)
        base_buf_reset(&walk->text);
    if (strcmp(name, "rPh") == 0)
        strings->phonetic++;
    walk->keeps_text = strcmp(name, "t") == 0 && strings->phonetic == 0;
}

static void on_string_end(struct xlsx_walk *walk, const char *name)
{
    struct strings *strings = (struct strings *)walk;
    struct tool_xlsx *book = walk->book;
    walk->keeps_text = false;
    if (strcmp(name, "rPh") == 0 && strings->phonetic > 0)
        strings->phonetic--;
    if (strcmp(name, "si") != 0)
        return;
    base_buf_put_bytes(&book->strings, base_buf_bytes(&walk->text));
    uint32_t end = (uint32_t)book->strings.len;
    base_buf_put(&book->string_ends, &end, sizeof end);
    if (book->string_ends.len / sizeof end > TOOL_XLSX_STRING_COUNT_MAX)
        xlsx_stop(walk, BASE_E_LIMIT, "more strings than TOOL_XLSX_STRING_COUNT_MAX");
}

int xlsx_read_strings(struct tool_xlsx *book, struct base_err *err)
{
    struct strings strings = {.walk = {.start = on_string, .end = on_string_end}};
    int rc = xlsx_walk_part(book, book->strings_part, &strings.walk, err);
    if (rc == 0 && (book->strings.failed || book->string_ends.failed))
        rc = BASE_FAIL(err, BASE_E_MEMORY, "%s", book->path);
    return rc;
}
