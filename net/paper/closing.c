#include "net/paper/closing.h"

#include <stdio.h>

#include "net/paper/answer.h"
#include "projections/year.h"

#define COLUMN_COUNT_MAX (PROJ_YEAR_PERIOD_COUNT_MAX + 3u)
#define VALUE_LEN 24u
#define NAME_MM 66.0

struct closing {
    struct net_source *source;
    struct net_paper *paper;
    const msgpack_object *columns, *pupils, *marks;
    uint32_t count; /* columns without the name's */
};

static void value_text(int64_t value, char out[VALUE_LEN])
{
    static const char *const words[] = {"осв", "н/а", "безотм", "отср", "зач", "незач"};
    if (value >= 10 && value <= 15)
        snprintf(out, VALUE_LEN, "%s", words[value - 10]);
    else
        snprintf(out, VALUE_LEN, "%u", (unsigned)value % 10);
}

static bool has_closing(const struct closing *closing)
{
    for (uint32_t i = 0; i < net_answer_count(closing->marks); i++) {
        if ((uint64_t)net_answer_int_at(net_answer_at(closing->marks, i), 1) + 3 >= closing->count)
            return true;
    }
    return false;
}

static void put_row(const struct closing *closing, uint32_t pupil)
{
    char name[PROJ_NAME_LEN_MAX];
    char texts[COLUMN_COUNT_MAX][VALUE_LEN] = {{0}};
    const char *cells[COLUMN_COUNT_MAX + 1] = {name};
    net_answer_text(net_answer_at(closing->pupils, pupil), "name", name, sizeof name);
    for (uint32_t i = 0; i < net_answer_count(closing->marks); i++) {
        const msgpack_object *one = net_answer_at(closing->marks, i);
        uint64_t column = (uint64_t)net_answer_int_at(one, 1);
        if (net_answer_int_at(one, 0) == pupil && column < closing->count)
            value_text(net_answer_int_at(one, 2), texts[column]);
    }
    for (uint32_t i = 0; i < closing->count; i++)
        cells[i + 1] = texts[i];
    net_source_tell(closing->source, cells, closing->count + 1);
    net_paper_table_row(closing->paper, cells);
}

static void put_table(const struct closing *closing)
{
    char titles[COLUMN_COUNT_MAX][64];
    struct net_paper_column columns[COLUMN_COUNT_MAX + 1] = {
        {.title = "Фамилия, имя", .width_mm = NAME_MM}};
    double width = (NET_PAPER_WIDTH_LANDSCAPE_MM - NAME_MM) / closing->count;
    for (uint32_t i = 0; i < closing->count; i++) {
        net_answer_text(net_answer_at(closing->columns, i), "name", titles[i], sizeof titles[i]);
        columns[i + 1] = (struct net_paper_column){.title = titles[i], .width_mm = width};
    }
    net_paper_page(closing->paper);
    net_paper_section(closing->paper, "Итоги года");
    net_paper_table_begin(closing->paper, columns, closing->count + 1);
    for (uint32_t i = 0; i < net_answer_count(closing->pupils); i++)
        put_row(closing, i);
    net_paper_table_end(closing->paper);
}

int net_closing_put(struct proj_view *view, const proj_id group, const proj_id subject,
                    struct net_source *source, struct net_paper *paper, struct base_err *err)
{
    struct net_answer answer;
    net_answer_begin(&answer, view);
    int rc = net_answer_end(&answer, view, proj_view_closing(view, group, subject), err);
    const struct closing closing = {
        .source = source,
        .paper = paper,
        .columns = rc == 0 ? net_answer_get(answer.map, "columns") : NULL,
        .pupils = rc == 0 ? net_answer_get(answer.map, "pupils") : NULL,
        .marks = rc == 0 ? net_answer_get(answer.map, "marks") : NULL,
        .count = rc == 0 ? net_answer_count(net_answer_get(answer.map, "columns")) : 0};
    if (rc == 0 && closing.count <= COLUMN_COUNT_MAX && has_closing(&closing))
        put_table(&closing);
    net_answer_release(&answer);
    return rc == PROJ_VIEW_MISSING ? 0 : rc; /* no calendar, no year */
}
