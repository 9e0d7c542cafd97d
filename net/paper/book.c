/* Workbooks by libxlsxwriter, over a file that has no name on any disk. */
#include "net/paper/book.h"

#include <errno.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "net/paper/answer.h"

#define TEXT_LEN 600u
#define READ_LEN 65536u

int net_book_open(struct net_book *book, struct base_err *err)
{
    char path[64];
    *book = (struct net_book){.fd = memfd_create("letopis-table", MFD_CLOEXEC)};
    if (book->fd < 0)
        return BASE_FAIL(err, BASE_E_IO, "a file in memory: %s", strerror(errno));
    snprintf(path, sizeof path, "/proc/self/fd/%d", book->fd);
    char parts[] = "/dev/shm"; /* what the library puts aside stays in memory, too */
    lxw_workbook_options options = {.tmpdir = parts};
    book->workbook = workbook_new_opt(path, &options);
    if (book->workbook == NULL)
        return BASE_FAIL(err, BASE_E_MEMORY, "a workbook");
    book->head = workbook_add_format(book->workbook);
    book->hundredths = workbook_add_format(book->workbook);
    if (book->head != NULL) {
        format_set_bold(book->head);
        format_set_text_wrap(book->head);
    }
    if (book->hundredths != NULL)
        format_set_num_format(book->hundredths, "0.00");
    return 0;
}

int net_book_sheet(struct net_book *book, const char *name, struct base_err *err)
{
    book->sheet = workbook_add_worksheet(book->workbook, name);
    if (book->sheet == NULL)
        return BASE_FAIL(err, BASE_E_MEMORY, "a worksheet");
    worksheet_set_landscape(book->sheet);
    worksheet_set_paper(book->sheet, 9); /* A4 */
    worksheet_fit_to_pages(book->sheet, 1, 0);
    worksheet_freeze_panes(book->sheet, 1, 1);
    return 0;
}

/* Writes the workbook, which is freed, and appends its bytes. */
int net_book_finish(struct net_book *book, struct base_buf *out, struct base_err *err)
{
    uint8_t part[READ_LEN];
    lxw_error failure = workbook_close(book->workbook);
    book->workbook = NULL;
    if (failure != LXW_NO_ERROR)
        return BASE_FAIL(err, BASE_E_IO, "workbook: %s", lxw_strerror(failure));
    off_t at = 0;
    ssize_t got;
    while ((got = pread(book->fd, part, sizeof part, at)) > 0) {
        base_buf_put(out, part, (size_t)got);
        at += got;
    }
    return got == 0 ? 0 : BASE_FAIL(err, BASE_E_IO, "workbook: %s", strerror(errno));
}

/* Safe to call in any state. */
void net_book_release(struct net_book *book)
{
    if (book->workbook != NULL)
        lxw_workbook_free(book->workbook);
    if (book->fd >= 0)
        close(book->fd);
}

void net_book_head(struct net_book *book, uint32_t row, uint32_t column, const char *text)
{
    worksheet_write_string(book->sheet, row, (lxw_col_t)column, text, book->head);
}

void net_book_int(struct net_book *book, uint32_t row, uint32_t column, int64_t value)
{
    worksheet_write_number(book->sheet, row, (lxw_col_t)column, (double)value, NULL);
}

/* Below zero there is nothing to divide by: the cell stays empty. */
void net_book_hundredths(struct net_book *book, uint32_t row, uint32_t column, int64_t value)
{
    if (value >= 0)
        worksheet_write_number(book->sheet, row, (lxw_col_t)column, (double)value / 100,
                               book->hundredths);
}

void net_book_text(struct net_book *book, uint32_t row, uint32_t column, const msgpack_object *map,
                   const char *key)
{
    char text[TEXT_LEN];
    net_answer_text(map, key, text, sizeof text);
    worksheet_write_string(book->sheet, row, (lxw_col_t)column, text, NULL);
}

/* A list as a sheet */

static void write_day(struct net_book *book, uint32_t row, uint32_t column, int64_t day)
{
    char text[16];
    int year;
    int month;
    int dom;
    base_day_to_civil((base_day)day, &year, &month, &dom);
    snprintf(text, sizeof text, "%02d.%02d.%04d", dom, month, year);
    worksheet_write_string(book->sheet, row, (lxw_col_t)column, text, NULL);
}

static int64_t number_of(const msgpack_object *map, const char *key, const msgpack_object *value)
{
    return value->type == MSGPACK_OBJECT_BOOLEAN ? value->via.boolean : net_answer_int(map, key);
}

static void write_cell(struct net_book *book, uint32_t row, uint32_t column,
                       const msgpack_object *map, const struct net_book_column *spec)
{
    const msgpack_object *value = net_answer_get(map, spec->key);
    if (value == NULL || value->type == MSGPACK_OBJECT_NIL)
        return;
    int64_t number = spec->as == NET_BOOK_TEXT ? 0 : number_of(map, spec->key, value);
    switch (spec->as) {
    case NET_BOOK_TEXT:
        net_book_text(book, row, column, map, spec->key);
        break;
    case NET_BOOK_INT:
        net_book_int(book, row, column, number);
        break;
    case NET_BOOK_DAY:
        write_day(book, row, column, number);
        break;
    case NET_BOOK_WORD:
        if (number >= 0 && number < (int64_t)spec->word_count)
            worksheet_write_string(book->sheet, row, (lxw_col_t)column, spec->words[number], NULL);
        break;
    }
}

int net_book_list(struct net_book *book, const char *name, const msgpack_object *rows,
                  const struct net_book_column *columns, size_t column_count, struct base_err *err)
{
    int rc = net_book_sheet(book, name, err);
    if (rc != 0)
        return rc;
    for (uint32_t c = 0; c < column_count; c++) {
        worksheet_set_column(book->sheet, (lxw_col_t)c, (lxw_col_t)c, columns[c].width, NULL);
        net_book_head(book, 0, c, columns[c].head);
    }
    for (uint32_t r = 0; r < net_answer_count(rows); r++) {
        for (uint32_t c = 0; c < column_count; c++)
            write_cell(book, 1 + r, c, net_answer_at(rows, r), &columns[c]);
    }
    return 0;
}

int net_book_of(struct net_answer *answer, struct proj_view *view, int done, net_book_filler *fill,
                const void *plan, struct base_buf *out, struct base_err *err)
{
    int rc = net_answer_end(answer, view, done, err);
    if (rc == 0) {
        struct net_book book;
        rc = net_book_open(&book, err);
        if (rc == 0)
            rc = fill(&book, answer->map, plan, err);
        if (rc == 0)
            rc = net_book_finish(&book, out, err);
        net_book_release(&book);
    }
    net_answer_release(answer);
    return rc;
}
