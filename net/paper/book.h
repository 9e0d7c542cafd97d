/* A workbook under way (XLSX), in memory alone: it may hold personal data. Numbers are numbers
 * there, texts are never formulas. Threads: a book belongs to one thread. */
#pragma once

#include <msgpack.h>
#include <xlsxwriter.h>

#include "net/paper/answer.h"

struct net_book {
    int fd;
    lxw_workbook *workbook;
    lxw_worksheet *sheet;
    lxw_format *head, *hundredths;
};

int net_book_open(struct net_book *book, struct base_err *err) BASE_MUST_USE;
/* Begins a sheet: A4, landscape, its first row and column frozen. */
int net_book_sheet(struct net_book *book, const char *name, struct base_err *err) BASE_MUST_USE;
/* Writes the workbook, which is freed, and appends its bytes. */
int net_book_finish(struct net_book *book, struct base_buf *out,
                    struct base_err *err) BASE_MUST_USE;
/* Safe to call in any state. */
void net_book_release(struct net_book *book);

void net_book_head(struct net_book *book, uint32_t row, uint32_t column, const char *text);
void net_book_int(struct net_book *book, uint32_t row, uint32_t column, int64_t value);
/* Below zero there is nothing to divide by: the cell stays empty. */
void net_book_hundredths(struct net_book *book, uint32_t row, uint32_t column, int64_t value);
/* The text of a map's entry. */
void net_book_text(struct net_book *book, uint32_t row, uint32_t column, const msgpack_object *map,
                   const char *key);

/* How a column of a list shows the entry under its key; nil leaves the cell empty. */
enum net_book_as { NET_BOOK_TEXT, NET_BOOK_INT, NET_BOOK_DAY, NET_BOOK_WORD };
struct net_book_column {
    const char *key, *head;
    double width; /* in characters */
    enum net_book_as as;
    const char *const *words; /* of NET_BOOK_WORD: by number */
    size_t word_count;
};
/* A sheet with one row for each map of `rows`. */
int net_book_list(struct net_book *book, const char *name, const msgpack_object *rows,
                  const struct net_book_column *columns, size_t column_count,
                  struct base_err *err) BASE_MUST_USE;

/* Writes the sheets of a view's answer; `plan` is what net_book_of was given. */
typedef int net_book_filler(struct net_book *book, const msgpack_object *map, const void *plan,
                            struct base_err *err);
/* A whole workbook of an answer that was begun (net_answer_begin) and that the view has given with
 * `done`: ends and releases it, appends the book's bytes. 0, the view's answer, or a fault. */
int net_book_of(struct net_answer *answer, struct proj_view *view, int done, net_book_filler *fill,
                const void *plan, struct base_buf *out, struct base_err *err) BASE_MUST_USE;
