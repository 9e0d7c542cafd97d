#include "tools/import/problems.h"

#include <stdio.h>
#include <stdlib.h>

#include "tools/common/json.h"

static const struct {
    const char *code;
    bool blocks;
    const char *ru, *en;
} texts[] = {
#define X(symbol, code, blocks, ru, en) {code, blocks, ru, en},
#include "tools/import/problems.def"
#undef X
};

static char *copy(struct import_problems *problems, const char *text)
{
    char *out = strdup(text == NULL ? "" : text);
    problems->failed |= out == NULL;
    return out;
}

static bool grow(struct import_problems *problems)
{
    if (problems->count < problems->capacity)
        return true;
    size_t capacity = problems->capacity == 0 ? 64 : 2 * problems->capacity;
    struct import_problem *grown = realloc(problems->list, capacity * sizeof *grown);
    if (grown == NULL) {
        problems->failed = true;
        return false;
    }
    problems->list = grown;
    problems->capacity = capacity;
    return true;
}

void import_problem(struct import_problems *problems, enum import_problem_code code, unsigned order,
                    const char *file, uint32_t row, const char *column, const char *shown,
                    const char *value, const char *other)
{
    char limit[16];
    problems->blocking += texts[code].blocks;
    if (problems->count > IMPORT_PROBLEM_COUNT_MAX)
        return;
    if (problems->count == IMPORT_PROBLEM_COUNT_MAX) {
        code = IMPORT_P_TOO_MANY;
        order = UINT32_MAX;
        file = column = shown = value = NULL;
        row = 0;
        snprintf(limit, sizeof limit, "%u", IMPORT_PROBLEM_COUNT_MAX);
        other = limit;
    }
    if (!grow(problems))
        return;
    problems->list[problems->count++] =
        (struct import_problem){.code = code,
                                .order = order,
                                .row = row,
                                .file = copy(problems, file),
                                .column = copy(problems, column),
                                .column_shown = copy(problems, shown == NULL ? column : shown),
                                .value = copy(problems, value),
                                .other = copy(problems, other)};
}

static int compare(const void *a, const void *b)
{
    const struct import_problem *x = a;
    const struct import_problem *y = b;
    if (x->order != y->order)
        return x->order < y->order ? -1 : 1;
    int file = strcmp(x->file, y->file);
    if (file != 0)
        return file;
    if (x->row != y->row)
        return x->row < y->row ? -1 : 1;
    int column = strcmp(x->column, y->column);
    if (column != 0)
        return column;
    int code = (int)x->code - (int)y->code;
    return code != 0 ? code : strcmp(x->other, y->other);
}

void import_problems_sort(struct import_problems *problems)
{
    if (problems->count > 1 && !problems->failed)
        qsort(problems->list, problems->count, sizeof *problems->list, compare);
}

void import_problems_release(struct import_problems *problems)
{
    for (size_t i = 0; i < problems->count; i++) {
        free(problems->list[i].file);
        free(problems->list[i].column);
        free(problems->list[i].column_shown);
        free(problems->list[i].value);
        free(problems->list[i].other);
    }
    free(problems->list);
    *problems = (struct import_problems){0};
}

bool import_problem_blocks(enum import_problem_code code)
{
    return texts[code].blocks;
}

static void put_sentence(const struct import_problem *problem, const char *c, struct base_buf *out)
{
    for (; *c != '\0'; c++) {
        if (c[0] == '%' && (c[1] == '1' || c[1] == '2'))
            base_buf_put_str(out, *++c == '1' ? problem->value : problem->other);
        else
            base_buf_put_u8(out, (uint8_t)*c);
    }
}

void import_problem_line(const struct import_problem *problem, bool english, struct base_buf *out)
{
    if (!texts[problem->code].blocks)
        base_buf_put_str(out, english ? "note: " : "замечание: ");
    if (problem->file[0] != '\0')
        base_buf_put_str(out, problem->file);
    if (problem->row > 0)
        base_buf_printf(out, english ? ", row %u" : ", строка %u", problem->row);
    if (problem->column[0] != '\0')
        base_buf_printf(out, english ? ", column %s" : ", столбец %s", problem->column_shown);
    if (problem->file[0] != '\0')
        base_buf_put_str(out, ": ");
    put_sentence(problem, english ? texts[problem->code].en : texts[problem->code].ru, out);
    base_buf_printf(out, " [%s]\n", texts[problem->code].code);
}

static void put_pair(struct base_buf *out, const char *key, const char *text)
{
    base_buf_printf(out, ", \"%s\": ", key);
    tool_json_put_text(out, text);
}

void import_problem_json(const struct import_problem *problem, struct base_buf *out)
{
    struct base_buf BASE_CLEANUP(base_buf_release) text = {0};
    base_buf_printf(out, "{\"code\": \"%s\", \"blocks\": %s", texts[problem->code].code,
                    texts[problem->code].blocks ? "true" : "false");
    put_pair(out, "file", problem->file);
    base_buf_printf(out, ", \"row\": %u", problem->row);
    put_pair(out, "column", problem->column);
    put_pair(out, "value", problem->value);
    put_pair(out, "other", problem->other);
    put_sentence(problem, texts[problem->code].ru, &text);
    put_pair(out, "ru", base_buf_text(&text));
    base_buf_reset(&text);
    put_sentence(problem, texts[problem->code].en, &text);
    put_pair(out, "en", base_buf_text(&text));
    base_buf_put_str(out, "}");
}
