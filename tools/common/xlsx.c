/* A workbook's parts, in the order in which they lead to each other: the package's relations name
 * the workbook, the workbook its sheets and the date system, its relations where sheets, strings
 * and styles lie. Strings and formats are read once, sheets when asked for (xlsx_sheet.c). */
#include "tools/common/xlsx.h"

#include <stdio.h>
#include <stdlib.h>
#include <zip.h>

#include "ledger/canon.h"
#include "tools/common/files.h"
#include "tools/common/xlsx_parts.h"

#define OLE_MARK "\xd0\xcf\x11\xe0"

/* Parts */

static int unpack(struct tool_xlsx *book, const char *name, struct base_buf *out,
                  struct base_err *err)
{
    uint8_t chunk[16384];
    zip_int64_t n = 0;
    if (book->part != NULL)
        return book->part(book->part_data, name, out, err);
    zip_file_t *file = zip_fopen(book->zip, name, ZIP_FL_NOCASE);
    if (file == NULL)
        return BASE_FAIL(err, BASE_E_FORMAT, "%s: %s: %s", book->path, name,
                         zip_strerror(book->zip));
    int rc = 0;
    /* What comes out is counted, not what the archive says would. */
    while (rc == 0 && (n = zip_fread(file, chunk, sizeof chunk)) > 0) {
        book->unpacked += (size_t)n;
        base_buf_put(out, chunk, (size_t)n);
        if (out->len > TOOL_XLSX_PART_LEN_MAX || book->unpacked > TOOL_XLSX_TOTAL_LEN_MAX)
            rc = BASE_FAIL(err, BASE_E_LIMIT, "%s: %s: unpacks to more than %s", book->path, name,
                           out->len > TOOL_XLSX_PART_LEN_MAX ? "TOOL_XLSX_PART_LEN_MAX"
                                                             : "TOOL_XLSX_TOTAL_LEN_MAX");
        else if (out->failed)
            rc = BASE_FAIL(err, BASE_E_MEMORY, "%s: %s", book->path, name);
    }
    if (rc == 0 && n < 0)
        rc = BASE_FAIL(err, BASE_E_FORMAT, "%s: %s: %s", book->path, name, zip_file_strerror(file));
    zip_fclose(file);
    return rc;
}

/* Elements; prefixes are of no interest: nobody writes another vocabulary into these parts. */

const char *xlsx_local(const char *name)
{
    const char *colon = strrchr(name, ':');
    return colon == NULL ? name : colon + 1;
}

const char *xlsx_attribute(const char *const *attributes, const char *name)
{
    for (; attributes[0] != NULL; attributes += 2) {
        if (strcmp(xlsx_local(attributes[0]), name) == 0)
            return attributes[1];
    }
    return NULL;
}

void xlsx_stop(struct xlsx_walk *walk, int fault, const char *reason)
{
    if (walk->fault != 0)
        return;
    walk->fault = fault;
    walk->reason = reason;
    XML_StopParser(walk->parser, XML_FALSE);
}

static void XMLCALL on_start(void *data, const XML_Char *name, const XML_Char **attributes)
{
    struct xlsx_walk *walk = data;
    if (++walk->depth > TOOL_XLSX_DEPTH_MAX) {
        xlsx_stop(walk, BASE_E_LIMIT, "nested deeper than TOOL_XLSX_DEPTH_MAX");
        return;
    }
    walk->start(walk, xlsx_local(name), (const char *const *)attributes);
}

static void XMLCALL on_end(void *data, const XML_Char *name)
{
    struct xlsx_walk *walk = data;
    walk->depth--;
    if (walk->end != NULL && walk->fault == 0)
        walk->end(walk, xlsx_local(name));
}

static void XMLCALL on_text(void *data, const XML_Char *text, int len)
{
    struct xlsx_walk *walk = data;
    if (walk->keeps_text)
        base_buf_put(&walk->text, text, (size_t)len);
}

/* No part of a workbook has a document type; what has one wants entities expanded. */
static void XMLCALL on_doctype(void *data, const XML_Char *name, const XML_Char *system,
                               const XML_Char *public_id, int has_subset)
{
    (void)name;
    (void)system;
    (void)public_id;
    (void)has_subset;
    xlsx_stop(data, BASE_E_FORMAT, "a document type is not allowed here");
}

int xlsx_walk_part(struct tool_xlsx *book, const char *part, struct xlsx_walk *walk,
                   struct base_err *err)
{
    struct base_buf BASE_CLEANUP(base_buf_wipe) bytes = {0};
    int rc = unpack(book, part, &bytes, err);
    walk->book = book;
    walk->parser = rc == 0 ? XML_ParserCreate(NULL) : NULL;
    if (rc == 0 && walk->parser == NULL)
        rc = BASE_FAIL(err, BASE_E_MEMORY, "%s: %s", book->path, part);
    if (rc == 0) {
        XML_SetUserData(walk->parser, walk);
        XML_SetElementHandler(walk->parser, on_start, on_end);
        XML_SetCharacterDataHandler(walk->parser, on_text);
        XML_SetStartDoctypeDeclHandler(walk->parser, on_doctype);
        enum XML_Status status =
            XML_Parse(walk->parser, (const char *)bytes.data, (int)bytes.len, XML_TRUE);
        if (walk->fault != 0)
            rc = BASE_FAIL(err, walk->fault, "%s: %s: line %lu: %s", book->path, part,
                           (unsigned long)XML_GetCurrentLineNumber(walk->parser), walk->reason);
        else if (status != XML_STATUS_OK)
            rc = BASE_FAIL(err, BASE_E_FORMAT, "%s: %s: line %lu: %s", book->path, part,
                           (unsigned long)XML_GetCurrentLineNumber(walk->parser),
                           XML_ErrorString(XML_GetErrorCode(walk->parser)));
        else if (walk->text.failed)
            rc = BASE_FAIL(err, BASE_E_MEMORY, "%s: %s", book->path, part);
    }
    if (walk->parser != NULL)
        XML_ParserFree(walk->parser);
    base_buf_wipe(&walk->text);
    return rc;
}

/* Relations: which part a target is, as an absolute name without the first slash. */

struct relations {
    struct xlsx_walk walk;
    const char *folder; /* of the part that they belong to, with its slash, or "" */
    int (*each)(struct tool_xlsx *book, const char *id, const char *type, const char *part);
};

static void on_relation(struct xlsx_walk *walk, const char *name, const char *const *attributes)
{
    struct relations *relations = (struct relations *)walk;
    const char *id = xlsx_attribute(attributes, "Id");
    const char *type = xlsx_attribute(attributes, "Type");
    const char *target = xlsx_attribute(attributes, "Target");
    const char *mode = xlsx_attribute(attributes, "TargetMode");
    char part[XLSX_PART_NAME_MAX];
    if (strcmp(name, "Relationship") != 0 || id == NULL || type == NULL || target == NULL ||
        (mode != NULL && strcmp(mode, "External") == 0))
        return;
    int len = target[0] == '/' ? snprintf(part, sizeof part, "%s", target + 1)
                               : snprintf(part, sizeof part, "%s%s", relations->folder, target);
    if (len < 0 || (size_t)len >= sizeof part)
        xlsx_stop(walk, BASE_E_LIMIT, "a part's name is longer than XLSX_PART_NAME_MAX");
    else if (relations->each(walk->book, id, type, part) != 0)
        xlsx_stop(walk, BASE_E_MEMORY, "out of memory");
}

static bool ends_with(const char *text, const char *end)
{
    size_t a = strlen(text);
    size_t b = strlen(end);
    return a >= b && strcmp(text + a - b, end) == 0;
}

static int package_relation(struct tool_xlsx *book, const char *id, const char *type,
                            const char *part)
{
    (void)id;
    if (ends_with(type, "/officeDocument"))
        snprintf(book->workbook, sizeof book->workbook, "%s", part);
    return 0;
}

static int workbook_relation(struct tool_xlsx *book, const char *id, const char *type,
                             const char *part)
{
    if (ends_with(type, "/sharedStrings"))
        snprintf(book->strings_part, sizeof book->strings_part, "%s", part);
    if (ends_with(type, "/styles"))
        snprintf(book->styles_part, sizeof book->styles_part, "%s", part);
    for (unsigned i = 0; i < book->sheet_count; i++) {
        if (strcmp(book->sheets[i].id, id) == 0 && ends_with(type, "/worksheet"))
            snprintf(book->sheets[i].part, sizeof book->sheets[i].part, "%s", part);
    }
    return 0;
}

/* The workbook: sheets by name, the date system. */

static void on_workbook(struct xlsx_walk *walk, const char *name, const char *const *attributes)
{
    struct tool_xlsx *book = walk->book;
    if (strcmp(name, "workbookPr") == 0) {
        const char *date1904 = xlsx_attribute(attributes, "date1904");
        book->is_1904 =
            date1904 != NULL && (strcmp(date1904, "1") == 0 || strcmp(date1904, "true") == 0);
    }
    if (strcmp(name, "sheet") != 0)
        return;
    const char *title = xlsx_attribute(attributes, "name");
    const char *id = xlsx_attribute(attributes, "id");
    if (title == NULL || id == NULL)
        return;
    if (book->sheet_count == TOOL_XLSX_SHEET_COUNT_MAX) {
        xlsx_stop(walk, BASE_E_LIMIT, "more sheets than TOOL_XLSX_SHEET_COUNT_MAX");
        return;
    }
    struct xlsx_sheet *sheet = &book->sheets[book->sheet_count++];
    struct base_buf BASE_CLEANUP(base_buf_release) text = {0};
    if (ledger_text_put_nfc(&text, base_bytes_str(title)))
        snprintf(sheet->name, sizeof sheet->name, "%s", base_buf_text(&text));
    snprintf(sheet->id, sizeof sheet->id, "%s", id);
}

/* Opening */

static void folder_of(const char *part, char out[XLSX_PART_NAME_MAX])
{
    const char *slash = strrchr(part, '/');
    snprintf(out, XLSX_PART_NAME_MAX, "%.*s", slash == NULL ? 0 : (int)(slash - part + 1), part);
}

static int read_book(struct tool_xlsx *book, struct base_err *err)
{
    char folder[XLSX_PART_NAME_MAX];
    char relations_part[2 * XLSX_PART_NAME_MAX + 16];
    struct relations package = {
        .walk = {.start = on_relation}, .folder = "", .each = package_relation};
    struct relations inner = {.walk = {.start = on_relation}, .each = workbook_relation};
    struct xlsx_walk workbook = {.start = on_workbook};
    int rc = xlsx_walk_part(book, "_rels/.rels", &package.walk, err);
    if (rc == 0 && book->workbook[0] == '\0')
        rc = BASE_FAIL(err, BASE_E_FORMAT, "%s: names no workbook", book->path);
    if (rc == 0)
        rc = xlsx_walk_part(book, book->workbook, &workbook, err);
    if (rc != 0)
        return rc;
    folder_of(book->workbook, folder);
    inner.folder = folder;
    snprintf(relations_part, sizeof relations_part, "%s_rels/%s.rels", folder,
             book->workbook + strlen(folder));
    rc = xlsx_walk_part(book, relations_part, &inner.walk, err);
    if (rc == 0 && book->styles_part[0] != '\0')
        rc = xlsx_read_styles(book, err);
    if (rc == 0 && book->strings_part[0] != '\0')
        rc = xlsx_read_strings(book, err);
    return rc;
}

static int open_zip(struct tool_xlsx *book, struct base_bytes bytes, struct base_err *err)
{
    zip_error_t error;
    zip_error_init(&error);
    if (bytes.len >= 4 && memcmp(bytes.data, OLE_MARK, 4) == 0)
        return BASE_FAIL(err, BASE_E_FORMAT,
                         "%s: an old .xls file, or one with a password; save it as .xlsx",
                         book->path);
    zip_source_t *source = zip_source_buffer_create(bytes.data, bytes.len, 0, &error);
    if (source != NULL)
        book->zip = zip_open_from_source(source, ZIP_RDONLY, &error);
    int rc = 0;
    if (book->zip == NULL) {
        rc = BASE_FAIL(err, BASE_E_FORMAT, "%s: %s", book->path, zip_error_strerror(&error));
        zip_source_free(source);
    } else if (zip_get_num_entries(book->zip, 0) > (zip_int64_t)TOOL_XLSX_ENTRY_COUNT_MAX) {
        rc = BASE_FAIL(err, BASE_E_LIMIT, "%s: more files than TOOL_XLSX_ENTRY_COUNT_MAX",
                       book->path);
    }
    zip_error_fini(&error);
    return rc;
}

static int make(const char *path, struct tool_xlsx **out_book, struct base_err *err)
{
    struct tool_xlsx *book = calloc(1, sizeof *book);
    if (book == NULL || (book->path = strdup(path)) == NULL) {
        free(book);
        return BASE_FAIL(err, BASE_E_MEMORY, "%s", path);
    }
    *out_book = book;
    return 0;
}

static int finish(struct tool_xlsx *book, int rc, struct tool_xlsx **out_book, struct base_err *err)
{
    if (rc == 0)
        rc = read_book(book, err);
    if (rc != 0)
        tool_xlsx_close(book);
    else
        *out_book = book;
    return rc;
}

int tool_xlsx_of_bytes(const char *path, struct base_bytes bytes, struct tool_xlsx **out_book,
                       struct base_err *err)
{
    struct tool_xlsx *book = NULL;
    int rc = make(path, &book, err);
    if (rc != 0)
        return rc;
    return finish(book, open_zip(book, bytes, err), out_book, err);
}

int xlsx_of_parts(const char *path, xlsx_part_fn part, void *data, struct tool_xlsx **out_book,
                  struct base_err *err)
{
    struct tool_xlsx *book = NULL;
    int rc = make(path, &book, err);
    if (rc != 0)
        return rc;
    book->part = part;
    book->part_data = data;
    return finish(book, 0, out_book, err);
}

int tool_xlsx_open(const char *path, struct tool_xlsx **out_book, struct base_err *err)
{
    struct base_buf bytes = {0};
    int rc = tool_file_read(path, TOOL_XLSX_FILE_LEN_MAX, &bytes, err);
    if (rc == 0)
        rc = tool_xlsx_of_bytes(path, base_buf_bytes(&bytes), out_book, err);
    if (rc == 0)
        (*out_book)->file = bytes;
    else
        base_buf_wipe(&bytes);
    return rc;
}

void tool_xlsx_close(struct tool_xlsx *book)
{
    if (book == NULL)
        return;
    if (book->zip != NULL)
        zip_discard(book->zip);
    base_buf_wipe(&book->file);
    base_buf_wipe(&book->strings);
    base_buf_release(&book->string_ends);
    base_buf_release(&book->formats);
    free(book->path);
    free(book);
}

unsigned tool_xlsx_sheet_count(const struct tool_xlsx *book)
{
    return book->sheet_count;
}

const char *tool_xlsx_sheet_name(const struct tool_xlsx *book, unsigned sheet)
{
    return book->sheets[sheet].name;
}
