/* The summary sheet and the control of filling as workbooks. */
#include "net/paper/tables.h"

#include <stdio.h>

#include "net/paper/answer.h"
#include "net/paper/book.h"

#define TEXT_LEN 600u

static void put_value(struct net_book *book, uint32_t row, uint32_t column,
                      const msgpack_object *mark)
{
    static const char *const words[] = {"осв", "н/а", "безотм", "отср", "зач", "незач"};
    char text[40];
    int year;
    int month;
    int day;
    int64_t value = net_answer_int_at(mark, 3);
    const msgpack_object *until = net_answer_at(mark, 6);
    if (value >= 1 && value <= 5) {
        net_book_int(book, row, column, value);
        return;
    }
    if (value < 10 || value >= 10 + (int64_t)(sizeof words / sizeof words[0]))
        return;
    snprintf(text, sizeof text, "%s", words[value - 10]);
    if (until != NULL && until->type != MSGPACK_OBJECT_NIL) {
        base_day_to_civil((base_day)net_answer_int_at(mark, 6), &year, &month, &day);
        snprintf(text, sizeof text, "%s до %02d.%02d.%04d", words[value - 10], day, month, year);
    }
    worksheet_write_string(book->sheet, row, (lxw_col_t)column, text, NULL);
}

/* A column for each subject and period. */
static void put_sheet(struct net_book *book, const msgpack_object *map)
{
    const msgpack_object *periods = net_answer_get(map, "periods");
    const msgpack_object *subjects = net_answer_get(map, "subjects");
    const msgpack_object *pupils = net_answer_get(map, "pupils");
    const msgpack_object *marks = net_answer_get(map, "marks");
    uint32_t period_count = net_answer_count(periods);
    worksheet_set_column(book->sheet, 0, 0, 36, NULL);
    net_book_head(book, 0, 0, "Ученик");
    for (uint32_t i = 0; i < net_answer_count(subjects) * period_count; i++) {
        char subject[TEXT_LEN / 2];
        char period[80];
        char text[TEXT_LEN];
        net_answer_text(net_answer_at(subjects, i / period_count), "name", subject, sizeof subject);
        net_answer_copy(net_answer_at(periods, i % period_count), period, sizeof period);
        snprintf(text, sizeof text, "%s, %s", subject, period);
        net_book_head(book, 0, 1 + i, text);
    }
    for (uint32_t i = 0; i < net_answer_count(pupils); i++)
        net_book_text(book, 1 + i, 0, net_answer_at(pupils, i), "name");
    for (uint32_t i = 0; i < net_answer_count(marks); i++) {
        const msgpack_object *mark = net_answer_at(marks, i);
        uint32_t column = (uint32_t)net_answer_int_at(mark, 1) * period_count +
                          (uint32_t)net_answer_int_at(mark, 2);
        put_value(book, 1 + (uint32_t)net_answer_int_at(mark, 0), 1 + column, mark);
    }
}

static void put_figures_row(struct net_book *book, uint32_t row, const msgpack_object *figures)
{
    net_book_hundredths(book, row, 2, net_answer_int(figures, "success"));
    net_book_hundredths(book, row, 3, net_answer_int(figures, "quality"));
    net_book_hundredths(book, row, 4, net_answer_int(figures, "sou"));
    net_book_hundredths(book, row, 5, net_answer_int(figures, "mean"));
}

static void put_period_name(struct net_book *book, uint32_t row, const msgpack_object *periods,
                            uint32_t period)
{
    char text[80];
    net_answer_copy(net_answer_at(periods, period), text, sizeof text);
    worksheet_write_string(book->sheet, row, 0, text, NULL);
}

static void put_figures(struct net_book *book, const msgpack_object *map)
{
    static const char *const heads[] = {"Период",      "Предмет", "Успеваемость, %",
                                        "Качество, %", "СОУ, %",  "Средний балл"};
    const msgpack_object *periods = net_answer_get(map, "periods");
    const msgpack_object *subjects = net_answer_get(map, "subjects");
    const msgpack_object *by_period = net_answer_get(map, "by_period");
    const msgpack_object *by_subject = net_answer_get(map, "by_subject");
    uint32_t row = 1;
    worksheet_set_column(book->sheet, 0, 1, 24, NULL);
    for (uint32_t i = 0; i < sizeof heads / sizeof heads[0]; i++)
        net_book_head(book, 0, i, heads[i]);
    for (uint32_t i = 0; i < net_answer_count(by_period); i++, row++) {
        put_period_name(book, row, periods, i);
        worksheet_write_string(book->sheet, row, 1, "класс", book->head);
        put_figures_row(book, row, net_answer_at(by_period, i));
    }
    for (uint32_t i = 0; i < net_answer_count(by_subject); i++, row++) {
        const msgpack_object *one = net_answer_at(by_subject, i);
        put_period_name(book, row, periods, (uint32_t)net_answer_int(one, "period"));
        net_book_text(book, row, 1,
                      net_answer_at(subjects, (uint32_t)net_answer_int(one, "subject")), "name");
        put_figures_row(book, row, one);
    }
}

static int fill_summary(struct net_book *book, const msgpack_object *map, const void *plan,
                        struct base_err *err)
{
    (void)plan;
    int rc = net_book_sheet(book, "Сводная ведомость", err);
    if (rc != 0)
        return rc;
    put_sheet(book, map);
    rc = net_book_sheet(book, "Показатели", err);
    if (rc == 0)
        put_figures(book, map);
    return rc;
}

static int fill_filling(struct net_book *book, const msgpack_object *map, const void *plan,
                        struct base_err *err)
{
    (void)plan;
    static const struct {
        const char *key, *head;
    } counts[] = {{"due", "Уроков"},
                  {"recorded", "Записано"},
                  {"no_topic", "Нет темы"},
                  {"no_homework", "Нет ДЗ"},
                  {"no_sheet", "Нет посещаемости"},
                  {"late_homework", "ДЗ позже срока"},
                  {"late_sheets", "Посещаемость позже срока"},
                  {"late_absences", "Пропуски позже срока"},
                  {"late_marks", "Отметки позже срока"},
                  {"few_marks", "Мало отметок"},
                  {"overdue_debts", "Точки с истёкшим сроком"},
                  {"no_year", "Нет годовых"}};
    const msgpack_object *rows = net_answer_get(map, "rows");
    int rc = net_book_sheet(book, "Контроль заполнения", err);
    if (rc != 0)
        return rc;
    worksheet_set_column(book->sheet, 0, 2, 24, NULL);
    net_book_head(book, 0, 0, "Учитель");
    net_book_head(book, 0, 1, "Класс");
    net_book_head(book, 0, 2, "Предмет");
    for (uint32_t k = 0; k < sizeof counts / sizeof counts[0]; k++)
        net_book_head(book, 0, 3 + k, counts[k].head);
    for (uint32_t i = 0; i < net_answer_count(rows); i++) {
        const msgpack_object *one = net_answer_at(rows, i);
        net_book_text(book, 1 + i, 0, one, "name");
        net_book_text(book, 1 + i, 1, one, "group_name");
        net_book_text(book, 1 + i, 2, one, "subject_name");
        for (uint32_t k = 0; k < sizeof counts / sizeof counts[0]; k++)
            net_book_int(book, 1 + i, 3 + k, net_answer_int(one, counts[k].key));
    }
    return 0;
}

/* Of a class its subjects, of the school its classes. */
static int fill_comparison(struct net_book *book, const msgpack_object *map, const void *plan,
                           struct base_err *err)
{
    (void)plan;
    static const struct {
        const char *key, *head;
        bool whole;
    } counts[] = {{"work_count", "Работ", true},
                  {"work_mean", "Средний за работы", false},
                  {"period_mean", "Средний за период", false},
                  {"work_success", "Успеваемость за работы, %", false},
                  {"period_success", "Успеваемость за период, %", false},
                  {"work_quality", "Качество за работы, %", false},
                  {"period_quality", "Качество за период, %", false},
                  {"compared", "Сравнено учеников", true},
                  {"higher", "За период выше", true},
                  {"equal", "Совпали", true},
                  {"lower", "За период ниже", true}};
    const msgpack_object *pages = net_answer_get(map, "pages");
    const msgpack_object *rows = pages != NULL ? pages : net_answer_get(map, "classes");
    int rc = net_book_sheet(book, "Контрольные и период", err);
    if (rc != 0)
        return rc;
    worksheet_set_column(book->sheet, 0, 0, 32, NULL);
    net_book_head(book, 0, 0, pages != NULL ? "Предмет" : "Класс");
    for (uint32_t k = 0; k < sizeof counts / sizeof counts[0]; k++)
        net_book_head(book, 0, 1 + k, counts[k].head);
    for (uint32_t i = 0; i < net_answer_count(rows); i++) {
        const msgpack_object *one = net_answer_at(rows, i);
        net_book_text(book, 1 + i, 0, one, pages != NULL ? "subject_name" : "name");
        for (uint32_t k = 0; k < sizeof counts / sizeof counts[0]; k++) {
            int64_t value = net_answer_int(one, counts[k].key);
            if (counts[k].whole)
                net_book_int(book, 1 + i, 1 + k, value);
            else
                net_book_hundredths(book, 1 + i, 1 + k, value);
        }
    }
    return 0;
}

int net_table_summary(struct proj_view *view, const proj_id class_id, struct base_buf *out,
                      struct base_err *err)
{
    struct net_answer answer;
    net_answer_begin(&answer, view);
    return net_book_of(&answer, view, proj_view_summary(view, class_id), fill_summary, NULL, out,
                       err);
}

int net_table_comparison(struct proj_view *view, const uint8_t *class_id, const char *period,
                         struct base_buf *out, struct base_err *err)
{
    struct net_answer answer;
    net_answer_begin(&answer, view);
    int answered = class_id != NULL ? proj_view_comparison(view, class_id, period)
                                    : proj_view_comparison_of_school(view, period);
    return net_book_of(&answer, view, answered, fill_comparison, NULL, out, err);
}

int net_table_filling(struct proj_view *view, base_day from, base_day to, struct base_buf *out,
                      struct base_err *err)
{
    struct net_answer answer;
    net_answer_begin(&answer, view);
    return net_book_of(&answer, view, proj_view_filling(view, from, to), fill_filling, NULL, out,
                       err);
}
