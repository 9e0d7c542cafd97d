/* Inside of the workbook's reader: the handle, and one walk over one part. */
#pragma once

#include <expat.h>
#include <zip.h>

#include "tools/common/xlsx.h"

#define XLSX_PART_NAME_MAX 256u

/* What a number in a cell is, by its format. */
enum xlsx_sort { XLSX_NUMBER, XLSX_DATE };

struct xlsx_sheet {
    char name[256];
    char id[64]; /* of its relation */
    char part[XLSX_PART_NAME_MAX];
};

/* Gives a part's bytes: instead of an archive, for tests and fuzzers. */
typedef int (*xlsx_part_fn)(void *data, const char *name, struct base_buf *out,
                            struct base_err *err);

struct tool_xlsx {
    char *path;
    struct base_buf file; /* owned when opened by path */
    zip_t *zip;
    xlsx_part_fn part; /* NULL: the archive's */
    void *part_data;
    size_t unpacked; /* bytes so far */
    bool is_1904;
    char workbook[XLSX_PART_NAME_MAX];
    char strings_part[XLSX_PART_NAME_MAX];
    char styles_part[XLSX_PART_NAME_MAX];
    struct xlsx_sheet sheets[TOOL_XLSX_SHEET_COUNT_MAX];
    unsigned sheet_count;
    struct base_buf strings;     /* shared strings, one after the other */
    struct base_buf string_ends; /* uint32_t each: where it ends */
    struct base_buf formats;     /* uint8_t a cell format: enum xlsx_sort */
};

struct xlsx_walk {
    void (*start)(struct xlsx_walk *walk, const char *name, const char *const *attributes);
    void (*end)(struct xlsx_walk *walk, const char *name); /* NULL: of no interest */
    struct tool_xlsx *book;
    XML_Parser parser;
    struct base_buf text; /* characters while keeps_text */
    bool keeps_text;
    unsigned depth;
    int fault; /* sticky; the parser stops */
    const char *reason;
};

/* Unpacks the part and walks it. */
int xlsx_walk_part(struct tool_xlsx *book, const char *part, struct xlsx_walk *walk,
                   struct base_err *err) BASE_MUST_USE;
void xlsx_stop(struct xlsx_walk *walk, int fault, const char *reason);
const char *xlsx_local(const char *name);
/* The attribute's value, or NULL. */
const char *xlsx_attribute(const char *const *attributes, const char *name);

/* Opens a workbook whose parts come from a function. */
int xlsx_of_parts(const char *path, xlsx_part_fn part, void *data, struct tool_xlsx **out_book,
                  struct base_err *err) BASE_MUST_USE;

int xlsx_read_styles(struct tool_xlsx *book, struct base_err *err) BASE_MUST_USE;
int xlsx_read_strings(struct tool_xlsx *book, struct base_err *err) BASE_MUST_USE;
