/* Pango sets the text, Cairo draws it, libqrencode makes the codes. Lengths are in points (1/72
 * inch); the pages are recordings until their number is known. */
#include "net/paper/paper.h"

#include <assert.h>
#include <cairo-pdf.h>
#include <inttypes.h>
#include <pango/pangocairo.h>
#include <qrencode.h>
#include <stdio.h>
#include <stdlib.h>

#define MM (72.0 / 25.4)
#define PAGE_SHORT (210.0 * MM)
#define PAGE_LONG (297.0 * MM)
#define MARGIN_SIDE (18.0 * MM)
#define MARGIN_TOP (24.0 * MM)
#define MARGIN_BOTTOM (22.0 * MM)
#define WIDTH (paper->page_width - 2 * MARGIN_SIDE)
#define BOTTOM (paper->page_height - MARGIN_BOTTOM)
#define LABEL_WIDTH (52.0 * MM)
#define CELL_PAD 2.5
#define CELL_LINE_COUNT_MAX 12
#define QR_SIZE (30.0 * MM)

#define FONT_TITLE "DejaVu Sans Bold 14"
#define FONT_SECTION "DejaVu Sans Bold 10"
#define FONT_TEXT "DejaVu Sans 9"
#define FONT_SMALL "DejaVu Sans 7.5"
#define FONT_CELL "DejaVu Sans 7.5"
#define FONT_CELL_HEAD "DejaVu Sans Bold 7.5"
#define FONT_TINY "DejaVu Sans 6"
#define FONT_CODE "DejaVu Sans Mono Bold 16"
#define FONT_MONO "DejaVu Sans Mono 7.5"

struct net_paper {
    char *title, *head_left, *head_right, *foot;
    base_time_ms now_ms;
    double page_width, page_height;
    PangoFontMap *fonts;
    cairo_surface_t **pages;
    unsigned page_count, page_capacity;
    cairo_t *cr; /* on the last page */
    double y;
    const struct net_paper_column *columns;
    unsigned column_count;
    int rc; /* the first fault */
    struct base_err err;
};

static void fail(struct net_paper *paper, int code, const char *what)
{
    if (paper->rc == 0)
        paper->rc = BASE_FAIL(&paper->err, code, "paper: %s", what);
}

/* Pages */

static void new_page(struct net_paper *paper)
{
    const cairo_rectangle_t extents = {0, 0, paper->page_width, paper->page_height};
    if (paper->rc != 0)
        return;
    if (paper->page_count == NET_PAPER_PAGE_COUNT_MAX) {
        fail(paper, BASE_E_LIMIT, "too many pages");
        return;
    }
    if (paper->page_count == paper->page_capacity) {
        unsigned capacity = paper->page_capacity == 0 ? 16 : 2 * paper->page_capacity;
        cairo_surface_t **grown = realloc(
            paper->pages, capacity * sizeof *grown); /* NOLINT(bugprone-sizeof-expression) */
        if (grown == NULL) {
            fail(paper, BASE_E_MEMORY, "pages");
            return;
        }
        paper->pages = grown;
        paper->page_capacity = capacity;
    }
    if (paper->cr != NULL)
        cairo_destroy(paper->cr);
    cairo_surface_t *page = cairo_recording_surface_create(CAIRO_CONTENT_COLOR_ALPHA, &extents);
    paper->pages[paper->page_count++] = page;
    paper->cr = cairo_create(page);
    paper->y = MARGIN_TOP;
    if (cairo_status(paper->cr) != CAIRO_STATUS_SUCCESS)
        fail(paper, BASE_E_MEMORY, "page");
}

/* Room for so much on this page, or a new one. */
static void need(struct net_paper *paper, double height)
{
    if (paper->y + height > BOTTOM && paper->y > MARGIN_TOP)
        new_page(paper);
}

/* Text */

static PangoLayout *layout_of(struct net_paper *paper, cairo_t *cr, const char *font,
                              const char *text, double width, PangoWrapMode wrap)
{
    PangoContext *context = pango_font_map_create_context(paper->fonts);
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    pango_cairo_context_set_font_options(context, options);
    pango_cairo_update_context(cr, context);
    pango_context_set_round_glyph_positions(context, FALSE);
    pango_context_set_language(context, pango_language_from_string("ru"));
    PangoLayout *layout = pango_layout_new(context);
    PangoFontDescription *description = pango_font_description_from_string(font);
    pango_layout_set_font_description(layout, description);
    pango_layout_set_wrap(layout, wrap);
    if (width > 0)
        pango_layout_set_width(layout, (int)(width * PANGO_SCALE));
    char *valid = g_utf8_make_valid(text, -1);
    pango_layout_set_text(layout, valid, -1);
    g_free(valid);
    PangoAttrList *attributes = pango_attr_list_new(); /* a word is broken, never hyphenated */
    pango_attr_list_insert(attributes, pango_attr_insert_hyphens_new(FALSE));
    pango_layout_set_attributes(layout, attributes);
    pango_attr_list_unref(attributes);
    pango_font_description_free(description);
    cairo_font_options_destroy(options);
    g_object_unref(context);
    return layout;
}

static double height_of(PangoLayout *layout)
{
    int height = 0;
    pango_layout_get_size(layout, NULL, &height);
    return (double)height / PANGO_SCALE;
}

static void show(cairo_t *cr, PangoLayout *layout, double x, double y, double grey)
{
    cairo_set_source_rgb(cr, grey, grey, grey);
    cairo_move_to(cr, x, y);
    pango_cairo_show_layout(cr, layout);
}

/* Line by line, so that a long paragraph goes over pages. */
static void flow_paragraph(struct net_paper *paper, const char *font, const char *text, double x,
                           double width, PangoWrapMode wrap, double grey)
{
    if (paper->rc != 0)
        return;
    PangoLayout *layout = layout_of(paper, paper->cr, font, text, width, wrap);
    PangoLayoutIter *iter = pango_layout_get_iter(layout);
    do {
        PangoRectangle rect;
        PangoLayoutLine *line = pango_layout_iter_get_line_readonly(iter);
        pango_layout_iter_get_line_extents(iter, NULL, &rect);
        double height = (double)rect.height / PANGO_SCALE;
        double ascent = (double)(pango_layout_iter_get_baseline(iter) - rect.y) / PANGO_SCALE;
        need(paper, height);
        if (paper->rc != 0)
            break;
        cairo_set_source_rgb(paper->cr, grey, grey, grey);
        cairo_move_to(paper->cr, x + (double)rect.x / PANGO_SCALE, paper->y + ascent);
        pango_cairo_show_layout_line(paper->cr, line);
        paper->y += height;
    } while (pango_layout_iter_next_line(iter));
    pango_layout_iter_free(iter);
    g_object_unref(layout);
}

static void flow(struct net_paper *paper, const char *font, const char *text, double x,
                 double width, PangoWrapMode wrap, double grey)
{
    struct base_buf BASE_CLEANUP(base_buf_release) copy = {0};
    base_buf_put(&copy, text, strlen(text) + 1);
    if (copy.failed) {
        fail(paper, BASE_E_MEMORY, "text");
        return;
    }
    char *rest = (char *)copy.data;
    for (char *line; paper->rc == 0 && (line = strsep(&rest, "\n")) != NULL;)
        flow_paragraph(paper, font, line, x, width, wrap, grey);
}

void net_paper_title(struct net_paper *paper, const char *text)
{
    flow(paper, FONT_TITLE, text, MARGIN_SIDE, WIDTH, PANGO_WRAP_WORD_CHAR, 0.0);
    net_paper_space(paper, 3);
}

void net_paper_section(struct net_paper *paper, const char *text)
{
    net_paper_space(paper, 4);
    need(paper, 60);
    flow(paper, FONT_SECTION, text, MARGIN_SIDE, WIDTH, PANGO_WRAP_WORD_CHAR, 0.0);
    net_paper_space(paper, 1);
}

void net_paper_paragraph(struct net_paper *paper, const char *text)
{
    flow(paper, FONT_TEXT, text, MARGIN_SIDE, WIDTH, PANGO_WRAP_WORD_CHAR, 0.0);
    net_paper_space(paper, 1.5);
}

void net_paper_note(struct net_paper *paper, const char *text)
{
    flow(paper, FONT_SMALL, text, MARGIN_SIDE, WIDTH, PANGO_WRAP_WORD_CHAR, 0.35);
    net_paper_space(paper, 1.5);
}

void net_paper_mono(struct net_paper *paper, const char *text)
{
    flow(paper, FONT_MONO, text, MARGIN_SIDE, WIDTH, PANGO_WRAP_CHAR, 0.0);
    net_paper_space(paper, 1.5);
}

static void field(struct net_paper *paper, const char *label, const char *value, const char *font,
                  PangoWrapMode wrap)
{
    if (paper->rc != 0)
        return;
    PangoLayout *left =
        layout_of(paper, paper->cr, FONT_TEXT, label, LABEL_WIDTH - 6, PANGO_WRAP_WORD_CHAR);
    PangoLayout *right = layout_of(paper, paper->cr, font, value, WIDTH - LABEL_WIDTH, wrap);
    double height = height_of(left) > height_of(right) ? height_of(left) : height_of(right);
    need(paper, height);
    if (paper->rc == 0) {
        show(paper->cr, left, MARGIN_SIDE, paper->y, 0.35);
        show(paper->cr, right, MARGIN_SIDE + LABEL_WIDTH, paper->y, 0.0);
        paper->y += height + 2;
    }
    g_object_unref(left);
    g_object_unref(right);
}

void net_paper_field(struct net_paper *paper, const char *label, const char *value)
{
    field(paper, label, value, FONT_TEXT, PANGO_WRAP_WORD_CHAR);
}

void net_paper_field_mono(struct net_paper *paper, const char *label, const char *value)
{
    field(paper, label, value, FONT_MONO, PANGO_WRAP_WORD_CHAR);
}

void net_paper_space(struct net_paper *paper, double mm)
{
    if (paper->y > MARGIN_TOP)
        paper->y += mm * MM;
}

/* Tables */

static void rule(struct net_paper *paper, double grey, double width)
{
    cairo_set_source_rgb(paper->cr, grey, grey, grey);
    cairo_set_line_width(paper->cr, width);
    cairo_move_to(paper->cr, MARGIN_SIDE, paper->y);
    cairo_line_to(paper->cr, MARGIN_SIDE + WIDTH, paper->y);
    cairo_stroke(paper->cr);
}

static void put_row(struct net_paper *paper, const char *const *cells, const char *font,
                    bool is_head);

static void put_head(struct net_paper *paper)
{
    const char *titles[NET_PAPER_COLUMN_COUNT_MAX];
    for (unsigned i = 0; i < paper->column_count; i++)
        titles[i] = paper->columns[i].title;
    put_row(paper, titles, FONT_CELL_HEAD, true);
}

static void put_row(struct net_paper *paper, const char *const *cells, const char *font,
                    bool is_head)
{
    PangoLayout *layouts[NET_PAPER_COLUMN_COUNT_MAX] = {0};
    const unsigned count = paper->column_count;
    double height = 0;
    if (paper->rc != 0)
        return;
    for (unsigned i = 0; i < count; i++) {
        const struct net_paper_column *column = &paper->columns[i];
        layouts[i] = layout_of(paper, paper->cr, font, cells[i],
                               column->width_mm * MM - 2 * CELL_PAD, PANGO_WRAP_WORD_CHAR);
        pango_layout_set_height(layouts[i], -CELL_LINE_COUNT_MAX);
        pango_layout_set_ellipsize(layouts[i], PANGO_ELLIPSIZE_END);
        pango_layout_set_alignment(layouts[i],
                                   column->right ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT);
        double h = height_of(layouts[i]);
        height = h > height ? h : height;
    }
    height += 2 * CELL_PAD;
    if (paper->y + height > BOTTOM && paper->y > MARGIN_TOP && !is_head) {
        new_page(paper);
        put_head(paper);
    }
    double x = MARGIN_SIDE;
    for (unsigned i = 0; i < count; i++) {
        if (paper->rc == 0)
            show(paper->cr, layouts[i], x + CELL_PAD, paper->y + CELL_PAD, 0.0);
        x += paper->columns[i].width_mm * MM;
        g_object_unref(layouts[i]);
    }
    if (paper->rc != 0)
        return;
    paper->y += height;
    rule(paper, is_head ? 0.2 : 0.8, is_head ? 0.8 : 0.4);
}

void net_paper_table_begin(struct net_paper *paper, const struct net_paper_column *columns,
                           unsigned count)
{
    assert(count <= NET_PAPER_COLUMN_COUNT_MAX && paper->columns == NULL);
    paper->columns = columns;
    paper->column_count = count;
    need(paper, 60);
    put_head(paper);
}

void net_paper_table_row(struct net_paper *paper, const char *const *cells)
{
    assert(paper->columns != NULL);
    put_row(paper, cells, FONT_CELL, false);
}

void net_paper_table_end(struct net_paper *paper)
{
    paper->columns = NULL;
    paper->column_count = 0;
    net_paper_space(paper, 2);
}

/* Boxes */

void net_paper_page(struct net_paper *paper)
{
    if (paper->y > MARGIN_TOP)
        new_page(paper);
}

void net_paper_box(struct net_paper *paper, const struct net_paper_box *box)
{
    static const char *const fonts[] = {FONT_CELL, FONT_CELL_HEAD, FONT_TINY};
    double x = MARGIN_SIDE + box->x * MM;
    double y = MARGIN_TOP + box->y * MM;
    double pad = box->centred ? 0.5 : 2.0;
    if (paper->rc != 0)
        return;
    paper->y = y + box->height * MM > paper->y ? y + box->height * MM : paper->y;
    cairo_t *cr = paper->cr;
    if (box->ruled) {
        cairo_set_source_rgb(cr, 0.55, 0.55, 0.55);
        cairo_set_line_width(cr, 0.4);
        cairo_rectangle(cr, x, y, box->width * MM, box->height * MM);
        cairo_stroke(cr);
    }
    if (box->text == NULL || box->text[0] == '\0')
        return;
    PangoLayout *layout = layout_of(paper, cr, fonts[box->face], box->text,
                                    box->width * MM - 2 * pad, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_height(layout, (int)((box->height * MM - 1) * PANGO_SCALE));
    pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END);
    pango_layout_set_alignment(layout, box->centred ? PANGO_ALIGN_CENTER : PANGO_ALIGN_LEFT);
    double spare = box->height * MM - height_of(layout);
    show(cr, layout, x + pad, y + (spare > 0 ? spare / 2 : 0), 0.0);
    g_object_unref(layout);
}

void net_paper_cell(struct net_paper *paper, double x, double y, double width, double height,
                    const char *text, enum net_paper_face face, bool centred)
{
    net_paper_box(paper, &(struct net_paper_box){.x = x,
                                                 .y = y,
                                                 .width = width,
                                                 .height = height,
                                                 .text = text,
                                                 .face = face,
                                                 .centred = centred,
                                                 .ruled = true});
}

/* Codes and lines */

void net_paper_qr(struct net_paper *paper, const char *text, const char *caption)
{
    QRcode *code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M);
    if (code == NULL) {
        fail(paper, BASE_E_LIMIT, "the QR code's text is too long");
        return;
    }
    need(paper, QR_SIZE + 6);
    if (paper->rc == 0) {
        double module = QR_SIZE / code->width;
        cairo_set_source_rgb(paper->cr, 0, 0, 0);
        for (int row = 0; row < code->width; row++) {
            for (int column = 0; column < code->width; column++) {
                if (code->data[row * code->width + column] & 1)
                    cairo_rectangle(paper->cr, MARGIN_SIDE + column * module,
                                    paper->y + row * module, module, module);
            }
        }
        cairo_fill(paper->cr);
        PangoLayout *layout = layout_of(paper, paper->cr, FONT_SMALL, caption, WIDTH - QR_SIZE - 12,
                                        PANGO_WRAP_WORD_CHAR);
        show(paper->cr, layout, MARGIN_SIDE + QR_SIZE + 12, paper->y, 0.2);
        g_object_unref(layout);
        paper->y += QR_SIZE + 6;
    }
    QRcode_free(code);
}

void net_paper_code(struct net_paper *paper, const char *text)
{
    flow(paper, FONT_CODE, text, MARGIN_SIDE, WIDTH, PANGO_WRAP_CHAR, 0.0);
    net_paper_space(paper, 2);
}

void net_paper_keep(struct net_paper *paper, double mm)
{
    need(paper, mm * MM);
}

void net_paper_cut(struct net_paper *paper)
{
    static const double dashes[] = {4, 4};
    if (paper->rc != 0)
        return;
    net_paper_space(paper, 3);
    cairo_save(paper->cr);
    cairo_set_dash(paper->cr, dashes, 2, 0);
    rule(paper, 0.5, 0.5);
    cairo_restore(paper->cr);
    net_paper_space(paper, 3);
}

void net_paper_signature(struct net_paper *paper, const char *who)
{
    need(paper, 30);
    if (paper->rc != 0)
        return;
    net_paper_space(paper, 6);
    PangoLayout *layout =
        layout_of(paper, paper->cr, FONT_TEXT, who, LABEL_WIDTH * 1.4, PANGO_WRAP_WORD_CHAR);
    double height = height_of(layout);
    show(paper->cr, layout, MARGIN_SIDE, paper->y, 0.0);
    g_object_unref(layout);
    double line = paper->y + height;
    cairo_set_line_width(paper->cr, 0.5);
    cairo_move_to(paper->cr, MARGIN_SIDE + LABEL_WIDTH * 1.5, line);
    cairo_line_to(paper->cr, MARGIN_SIDE + WIDTH * 0.72, line);
    cairo_move_to(paper->cr, MARGIN_SIDE + WIDTH * 0.76, line);
    cairo_line_to(paper->cr, MARGIN_SIDE + WIDTH, line);
    cairo_stroke(paper->cr);
    paper->y = line + 6;
}

void net_paper_put_hex(struct base_buf *out, const uint8_t *data, size_t len)
{
    for (size_t i = 0; i < len; i++)
        base_buf_printf(out, "%s%02x", i > 0 && i % 4 == 0 ? " " : "", data[i]);
}

/* From beginning to end */

int net_paper_open(const struct net_paper_options *options, struct net_paper **out_paper,
                   struct base_err *err)
{
    struct net_paper *paper = calloc(1, sizeof *paper);
    *out_paper = paper;
    if (paper == NULL)
        return BASE_FAIL(err, BASE_E_MEMORY, "paper");
    paper->title = strdup(options->title);
    paper->head_left = strdup(options->head_left);
    paper->head_right = strdup(options->head_right);
    paper->foot = strdup(options->foot);
    paper->now_ms = options->now_ms;
    paper->page_width = options->landscape ? PAGE_LONG : PAGE_SHORT;
    paper->page_height = options->landscape ? PAGE_SHORT : PAGE_LONG;
    paper->fonts = pango_cairo_font_map_new();
    if (paper->title == NULL || paper->head_left == NULL || paper->head_right == NULL ||
        paper->foot == NULL || paper->fonts == NULL) {
        net_paper_close(paper);
        *out_paper = NULL;
        return BASE_FAIL(err, BASE_E_MEMORY, "paper");
    }
    pango_cairo_font_map_set_resolution(PANGO_CAIRO_FONT_MAP(paper->fonts), 72.0);
    new_page(paper);
    return 0;
}

void net_paper_close(struct net_paper *paper)
{
    if (paper == NULL)
        return;
    if (paper->cr != NULL)
        cairo_destroy(paper->cr);
    for (unsigned i = 0; i < paper->page_count; i++)
        cairo_surface_destroy(paper->pages[i]);
    free(paper->pages);
    if (paper->fonts != NULL)
        g_object_unref(paper->fonts);
    free(paper->title);
    free(paper->head_left);
    free(paper->head_right);
    free(paper->foot);
    free(paper);
}

static void put_frame(struct net_paper *paper, cairo_t *cr, unsigned number)
{
    char text[64];
    PangoLayout *left =
        layout_of(paper, cr, FONT_SMALL, paper->head_left, WIDTH * 0.6, PANGO_WRAP_WORD_CHAR);
    PangoLayout *right =
        layout_of(paper, cr, FONT_SMALL, paper->head_right, WIDTH * 0.4, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_ellipsize(left, PANGO_ELLIPSIZE_END);
    pango_layout_set_alignment(right, PANGO_ALIGN_RIGHT);
    show(cr, left, MARGIN_SIDE, MARGIN_TOP - 30, 0.35);
    show(cr, right, MARGIN_SIDE + WIDTH * 0.6, MARGIN_TOP - 30, 0.35);
    g_object_unref(left);
    g_object_unref(right);
    snprintf(text, sizeof text, "стр. %u из %u", number + 1, paper->page_count);
    left = layout_of(paper, cr, FONT_SMALL, paper->foot, WIDTH * 0.82, PANGO_WRAP_CHAR);
    right = layout_of(paper, cr, FONT_SMALL, text, WIDTH * 0.18, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_alignment(right, PANGO_ALIGN_RIGHT);
    show(cr, left, MARGIN_SIDE, BOTTOM + 14, 0.35);
    show(cr, right, MARGIN_SIDE + WIDTH * 0.82, BOTTOM + 14, 0.35);
    g_object_unref(left);
    g_object_unref(right);
    cairo_set_source_rgb(cr, 0.7, 0.7, 0.7);
    cairo_set_line_width(cr, 0.5);
    cairo_move_to(cr, MARGIN_SIDE, MARGIN_TOP - 12);
    cairo_line_to(cr, MARGIN_SIDE + WIDTH, MARGIN_TOP - 12);
    cairo_move_to(cr, MARGIN_SIDE, BOTTOM + 8);
    cairo_line_to(cr, MARGIN_SIDE + WIDTH, BOTTOM + 8);
    cairo_stroke(cr);
}

static cairo_status_t take_bytes(void *data, const unsigned char *bytes, unsigned len)
{
    struct base_buf *out = data;
    base_buf_put(out, bytes, len);
    return out->failed ? CAIRO_STATUS_WRITE_ERROR : CAIRO_STATUS_SUCCESS;
}

static void put_properties(const struct net_paper *paper, cairo_surface_t *pdf)
{
    char date[40];
    int year;
    int month;
    int day;
    base_day_to_civil(base_day_of_time(paper->now_ms, 0), &year, &month, &day);
    int second = (int)((paper->now_ms / 1000) % 86400);
    snprintf(date, sizeof date, "%04d-%02d-%02dT%02d:%02d:%02dZ", year, month, day, second / 3600,
             second / 60 % 60, second % 60);
    cairo_pdf_surface_set_metadata(pdf, CAIRO_PDF_METADATA_TITLE, paper->title);
    cairo_pdf_surface_set_metadata(pdf, CAIRO_PDF_METADATA_AUTHOR, paper->head_left);
    cairo_pdf_surface_set_metadata(pdf, CAIRO_PDF_METADATA_CREATE_DATE, date);
}

int net_paper_finish(struct net_paper *paper, struct base_buf *out, struct base_err *err)
{
    if (paper->rc != 0) {
        *err = paper->err;
        return paper->rc;
    }
    cairo_destroy(paper->cr);
    paper->cr = NULL;
    cairo_surface_t *pdf =
        cairo_pdf_surface_create_for_stream(take_bytes, out, paper->page_width, paper->page_height);
    put_properties(paper, pdf);
    cairo_t *cr = cairo_create(pdf);
    for (unsigned i = 0; i < paper->page_count; i++) {
        cairo_set_source_surface(cr, paper->pages[i], 0, 0);
        cairo_paint(cr);
        put_frame(paper, cr, i);
        cairo_show_page(cr);
    }
    cairo_status_t status = cairo_status(cr);
    cairo_destroy(cr);
    cairo_surface_finish(pdf);
    if (status == CAIRO_STATUS_SUCCESS)
        status = cairo_surface_status(pdf);
    cairo_surface_destroy(pdf);
    return status == CAIRO_STATUS_SUCCESS
               ? 0
               : BASE_FAIL(err, BASE_E_MEMORY, "paper: %s", cairo_status_to_string(status));
}
