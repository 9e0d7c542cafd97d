/* Papers: PDF documents on A4, with a heading and page numbers on every page, text, fields, tables
 * that go over pages, fixed-width text and QR codes. Acts, extracts and slips are made of it.
 *
 * Pages are recorded while they are written and drawn in the end, when their number is known. The
 * same calls with the same options give the same bytes on one machine.
 * Shape:   opaque handle; calls write downwards, page after page.
 * Threads: a handle belongs to one thread; different handles are independent. Making a paper takes
 *          tens of milliseconds and more: not on the loop.
 * Errors:  sticky; net_paper_finish tells. Text is UTF-8; what is not is shown as replacements. */
#pragma once

#include "ledger/base/bytes.h"
#include "ledger/base/clock.h"
#include "ledger/base/err.h"

struct net_paper;

#define NET_PAPER_PAGE_COUNT_MAX 1000u
#define NET_PAPER_COLUMN_COUNT_MAX 8u
#define NET_PAPER_WIDTH_MM 174.0 /* between the margins */
#define NET_PAPER_WIDTH_LANDSCAPE_MM 261.0
#define NET_PAPER_HEIGHT_LANDSCAPE_MM 164.0

struct net_paper_options {
    const char *title;     /* of the document, for its properties */
    const char *head_left; /* on every page: the school */
    const char *head_right;
    const char *foot;    /* on every page, left of the page's number: what it was made from */
    base_time_ms now_ms; /* noted as the time of making */
    bool landscape;
};

/* The texts of the options are copied. */
int net_paper_open(const struct net_paper_options *options, struct net_paper **out_paper,
                   struct base_err *err) BASE_MUST_USE;
/* NULL is allowed. */
void net_paper_close(struct net_paper *paper);
/* Draws all pages; appends the PDF. BASE_E_LIMIT: too many pages. */
int net_paper_finish(struct net_paper *paper, struct base_buf *out,
                     struct base_err *err) BASE_MUST_USE;

void net_paper_title(struct net_paper *paper, const char *text);
/* A heading that stays with what follows it. */
void net_paper_section(struct net_paper *paper, const char *text);
void net_paper_paragraph(struct net_paper *paper, const char *text);
/* Small and grey. */
void net_paper_note(struct net_paper *paper, const char *text);
/* Fixed width, line by line as it is (long lines wrap anywhere): hashes, checkpoints. */
void net_paper_mono(struct net_paper *paper, const char *text);
/* A label on the left, its value on the right. */
void net_paper_field(struct net_paper *paper, const char *label, const char *value);
void net_paper_field_mono(struct net_paper *paper, const char *label, const char *value);
void net_paper_space(struct net_paper *paper, double mm);

struct net_paper_column {
    const char *title;
    double width_mm;
    bool right; /* numbers */
};
/* The columns' titles come again on every page. One table at a time. `columns` is borrowed until
 * net_paper_table_end. */
void net_paper_table_begin(struct net_paper *paper, const struct net_paper_column *columns,
                           unsigned count);
/* As many cells as columns. A cell of more than twelve lines is cut with an ellipsis. */
void net_paper_table_row(struct net_paper *paper, const char *const *cells);
void net_paper_table_end(struct net_paper *paper);

/* A box at a place of its own on the present page, for grids: millimetres from the upper left
 * corner between the margins. Text that does not fit is cut with an ellipsis. */
enum net_paper_face { NET_PAPER_PLAIN, NET_PAPER_BOLD, NET_PAPER_TINY };
struct net_paper_box {
    double x, y, width, height;
    const char *text; /* NULL: none */
    enum net_paper_face face;
    bool centred, ruled;
};
void net_paper_box(struct net_paper *paper, const struct net_paper_box *box);
/* The same, ruled: a cell of a grid. */
void net_paper_cell(struct net_paper *paper, double x, double y, double width, double height,
                    const char *text, enum net_paper_face face, bool centred);
/* A new page, unless this one is still empty. */
void net_paper_page(struct net_paper *paper);

/* A QR code (level M) of the text, its caption beside it. */
void net_paper_qr(struct net_paper *paper, const char *text, const char *caption);
/* A code to be typed, large. */
void net_paper_code(struct net_paper *paper, const char *text);
/* What follows begins on a new page unless there is room for so much. */
void net_paper_keep(struct net_paper *paper, double mm);
/* A dashed line across the page. */
void net_paper_cut(struct net_paper *paper);
/* A line to sign on: "Директор ______________ / ______________". */
void net_paper_signature(struct net_paper *paper, const char *who);

/* Hex digits in groups of eight, appended. */
void net_paper_put_hex(struct base_buf *out, const uint8_t *data, size_t len);
