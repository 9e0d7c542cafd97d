/* One cell's value by its column's type, and how it is written canonically: days as 2026-09-01,
 * times as 08:30, choices in lower case, no blanks around. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "ledger/canon.h"
#include "tools/import/import.h"

#define CELL_MAX (TOOL_TABLE_CELL_LEN_MAX + 1)

struct checking {
    struct import *im;
    enum import_file file;
    const struct import_column *column;
    size_t row;
    char *cell; /* CELL_MAX bytes: the value, canonical when it passed */
};

static void wrong(struct checking *c, enum import_problem_code code, const char *other)
{
    import_wrong(c->im, code, c->file, c->row, c->column->name, c->cell, other);
}

/* Blanks around go, no-break spaces too. */
void import_trim(const char *text, char *out)
{
    size_t len = strlen(text);
    for (;;) {
        if (len > 0 && isspace((unsigned char)text[0]))
            text++, len--;
        else if (len > 1 && memcmp(text, "\xc2\xa0", 2) == 0)
            text += 2, len -= 2;
        else
            break;
    }
    for (;;) {
        if (len > 0 && isspace((unsigned char)text[len - 1]))
            len--;
        else if (len > 1 && memcmp(text + len - 2, "\xc2\xa0", 2) == 0)
            len -= 2;
        else
            break;
    }
    memcpy(out, text, len);
    out[len] = '\0';
}

/* A formula that failed leaves such a word in the cell. */
static bool is_formula_error(const char *text)
{
    static const char *const errors[] = {"#N/A",   "#REF!",   "#VALUE!", "#NAME?",   "#DIV/0!",
                                         "#NULL!", "#NUM!",   "#Н/Д",    "#ССЫЛКА!", "#ЗНАЧ!",
                                         "#ИМЯ?",  "#ДЕЛ/0!", "#ПУСТО!", "#ЧИСЛО!"};
    for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++) {
        if (import_is(text, errors[i]))
            return true;
    }
    return false;
}

static void check_number(struct checking *c)
{
    char *end;
    char limits[48];
    long v = strtol(c->cell, &end, 10);
    if (end == c->cell || *end != '\0' || strlen(c->cell) > 12) {
        wrong(c, IMPORT_P_NUMBER, NULL);
        return;
    }
    if (v < c->column->min || v > c->column->max) {
        snprintf(limits, sizeof limits, "%ld…%ld", c->column->min, c->column->max);
        wrong(c, IMPORT_P_RANGE, limits);
        return;
    }
    snprintf(c->cell, 24, "%ld", v);
}

/* 01.09.2026 and 1.9.2026, as a Russian spreadsheet writes days; else 2026-09-01, a time of
 * midnight after it allowed. */
static bool day_of(const char *text, char out[11])
{
    int day;
    int month;
    int year;
    int len = 0;
    base_day ignored;
    char copy[11];
    if (sscanf(text, "%2d.%2d.%4d%n", &day, &month, &year, &len) == 3 && text[len] == '\0' &&
        year >= 1000 && year <= 9999 && day >= 0 && month >= 0) {
        snprintf(copy, sizeof copy, "%04u-%02u-%02u", (unsigned)year % 10000, (unsigned)month % 100,
                 (unsigned)day % 100);
    } else {
        size_t n = strnlen(text, sizeof copy);
        if (n >= sizeof copy &&
            (!import_is(text + 10, " 00:00:00") && !import_is(text + 10, "T00:00")))
            return false;
        snprintf(copy, sizeof copy, "%.10s", text);
    }
    if (base_day_parse(copy, &ignored) != 0)
        return false;
    memcpy(out, copy, sizeof copy);
    return true;
}

static void check_date(struct checking *c)
{
    char day[11];
    if (!day_of(c->cell, day))
        wrong(c, IMPORT_P_DATE, NULL);
    else
        memcpy(c->cell, day, sizeof day);
}

static bool time_of(const char *text, unsigned *out_hour, unsigned *out_minute)
{
    unsigned second = 0;
    int len = 0;
    if (!isdigit((unsigned char)text[0]))
        return false;
    if (sscanf(text, "%2u:%2u:%2u%n", out_hour, out_minute, &second, &len) != 3) {
        len = 0;
        second = 0;
        if (sscanf(text, "%2u:%2u%n", out_hour, out_minute, &len) != 2)
            return false;
    }
    return text[len] == '\0' && *out_hour < 24 && *out_minute < 60 && second < 60;
}

static void check_time(struct checking *c)
{
    unsigned hour;
    unsigned minute;
    if (!time_of(c->cell, &hour, &minute))
        wrong(c, IMPORT_P_TIME, NULL);
    else
        snprintf(c->cell, 6, "%02u:%02u", hour, minute);
}

/* As a whole, or a day and a time without an offset: then the school's is meant. */
static void check_moment(struct checking *c)
{
    base_time_ms ignored;
    char day_text[24];
    char day[11];
    unsigned hour;
    unsigned minute;
    if (base_time_parse(c->cell, &ignored) == 0)
        return;
    size_t len = strcspn(c->cell, " T");
    int offset = c->im->offset_min;
    snprintf(day_text, sizeof day_text, "%.*s", (int)(len > 20 ? 20 : len), c->cell);
    if (c->cell[len] == '\0' || !day_of(day_text, day) ||
        !time_of(c->cell + len + 1, &hour, &minute))
        wrong(c, IMPORT_P_MOMENT, NULL);
    else
        snprintf(c->cell, 40, "%sT%02u:%02u:00%c%02d:%02d", day, hour, minute,
                 offset < 0 ? '-' : '+', abs(offset) / 60, abs(offset) % 60);
}

/* Lower case of Latin and Russian letters, as choices are written. */
void import_lower(const char *text, char *out)
{
    for (; *text != '\0'; text++) {
        unsigned char a = (unsigned char)text[0];
        unsigned char b = (unsigned char)text[1];
        if (a == 0xd0 && b >= 0x90 && b <= 0x9f) { /* А … П */
            *out++ = (char)0xd0;
            *out++ = (char)(b + 0x20);
            text++;
        } else if (a == 0xd0 && b >= 0xa0 && b <= 0xaf) { /* Р … Я */
            *out++ = (char)0xd1;
            *out++ = (char)(b - 0x20);
            text++;
        } else if (a == 0xd0 && b == 0x81) { /* Ё */
            *out++ = (char)0xd1;
            *out++ = (char)0x91;
            text++;
        } else {
            *out++ = (char)tolower(a);
        }
    }
    *out = '\0';
}

static void check_choice(struct checking *c)
{
    char lowered[256];
    char all[1024] = "";
    if (strlen(c->cell) < sizeof lowered)
        import_lower(c->cell, lowered);
    else
        lowered[0] = '\0';
    for (const char *const *choice = c->column->choices; *choice != NULL; choice++) {
        if (import_is(lowered, *choice)) {
            snprintf(c->cell, sizeof lowered, "%s", *choice);
            return;
        }
        size_t len = strlen(all);
        snprintf(all + len, sizeof all - len, "%s%s", len == 0 ? "" : ", ", *choice);
    }
    wrong(c, IMPORT_P_CHOICE, all);
}

static void check_grades(struct checking *c)
{
    unsigned from;
    unsigned to;
    int len = 0;
    bool two = sscanf(c->cell, "%2u-%2u%n", &from, &to, &len) == 2 && c->cell[len] == '\0';
    if (!two) {
        len = 0;
        if (sscanf(c->cell, "%2u–%2u%n", &from, &to, &len) != 2 || c->cell[len] != '\0') {
            len = 0;
            if (sscanf(c->cell, "%2u%n", &from, &len) != 1 || c->cell[len] != '\0')
                from = 0;
            to = from;
        }
    }
    if (from < 1 || to > 12 || from > to)
        wrong(c, IMPORT_P_GRADES, NULL);
    else if (from == to)
        snprintf(c->cell, 24, "%u", from);
    else
        snprintf(c->cell, 24, "%u-%u", from, to);
}

static void check_email(struct checking *c)
{
    const char *at = strchr(c->cell, '@');
    if (at == NULL || at == c->cell || at[1] == '\0' || strchr(at + 1, '@') != NULL ||
        strpbrk(c->cell, " \t\r\n<>,;\"") != NULL)
        wrong(c, IMPORT_P_EMAIL, NULL);
}

static void check_phone(struct checking *c)
{
    size_t digits = 0;
    for (const char *p = c->cell; *p != '\0'; p++)
        digits += isdigit((unsigned char)*p) != 0;
    if (digits < 5 || digits > 15 || strspn(c->cell, "+0123456789 ()-") != strlen(c->cell))
        wrong(c, IMPORT_P_PHONE, NULL);
}

static void check_mark(struct checking *c)
{
    const char *p = c->cell;
    bool fits = p[0] >= '1' && p[0] <= '5' &&
                (p[1] == '\0' || (p[1] == '/' && p[2] >= '1' && p[2] <= '5' && p[3] == '\0'));
    if (!fits)
        wrong(c, IMPORT_P_MARK, NULL);
}

/* "10А, 11А" is "10А;11А". */
static void write_list(struct checking *c)
{
    char *out = c->cell;
    for (const char *in = c->cell; *in != '\0';) {
        in += strspn(in, " ;,");
        size_t len = strcspn(in, ";,");
        size_t kept = len;
        while (kept > 0 && in[kept - 1] == ' ')
            kept--;
        if (kept > 0 && out != c->cell)
            *out++ = ';';
        memmove(out, in, kept);
        out += kept;
        in += len;
    }
    *out = '\0';
}

static void check_value(struct checking *c)
{
    char limit[24];
    long max = c->column->max;
    switch (c->column->type) {
    case IMPORT_NUMBER:
        check_number(c);
        break;
    case IMPORT_DATE:
        check_date(c);
        break;
    case IMPORT_TIME:
        check_time(c);
        break;
    case IMPORT_MOMENT:
        check_moment(c);
        break;
    case IMPORT_CHOICE:
        check_choice(c);
        break;
    case IMPORT_GRADES:
        check_grades(c);
        break;
    case IMPORT_EMAIL:
        check_email(c);
        break;
    case IMPORT_PHONE:
        check_phone(c);
        break;
    case IMPORT_MARK:
        check_mark(c);
        break;
    case IMPORT_CLASSES_LIST:
        write_list(c);
        return;
    case IMPORT_TEXT:
    case IMPORT_REF:
    case IMPORT_TARGET:
        return; /* texts are bounded below, references looked up when all files are read */
    }
    if (max > 0 && (c->column->type == IMPORT_EMAIL || c->column->type == IMPORT_PHONE) &&
        strlen(c->cell) > (size_t)max) {
        snprintf(limit, sizeof limit, "%ld", max);
        wrong(c, IMPORT_P_LENGTH, limit);
    }
}

void import_check_cell(struct import *im, enum import_file file, size_t row,
                       const struct import_column *column, char *cell)
{
    struct checking c = {.im = im, .file = file, .column = column, .row = row, .cell = cell};
    char limit[24];
    if (cell[0] == '\0') {
        if (column->required)
            wrong(&c, IMPORT_P_EMPTY, NULL);
    } else if (is_formula_error(cell) || !ledger_text_is_nfc(base_bytes_str(cell))) {
        wrong(&c, IMPORT_P_TEXT, NULL);
    } else if (column->type == IMPORT_TEXT && strlen(cell) > (size_t)column->max) {
        snprintf(limit, sizeof limit, "%ld", column->max);
        wrong(&c, IMPORT_P_LENGTH, limit);
    } else {
        check_value(&c);
    }
}
