/* Lists of the school's organisation, and of edits, as workbooks. */
#include "net/paper/office_tables.h"

#include "net/paper/answer.h"
#include "net/paper/book.h"
#include "projections/work_names.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* One sheet of an answer. */
struct list {
    const char *key, *sheet;
    const struct net_book_column *columns;
    size_t column_count;
};

struct lists {
    const struct list *list;
    size_t count;
};

static int fill(struct net_book *book, const msgpack_object *map, const void *plan,
                struct base_err *err)
{
    const struct lists *lists = plan;
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < lists->count; i++) {
        const struct list *list = &lists->list[i];
        rc = net_book_list(book, list->sheet, net_answer_get(map, list->key), list->columns,
                           list->column_count, err);
    }
    return rc;
}

int net_table_changes(struct proj_view *view, base_day from, base_day to, struct base_buf *out,
                      struct base_err *err)
{
    static const char *const words[] = {"замена", "перенос", "отмена"};
    static const struct net_book_column columns[] = {
        {"day", "Дата", 12, NET_BOOK_DAY, NULL, 0},
        {"shift", "Смена", 8, NET_BOOK_INT, NULL, 0},
        {"n", "Урок", 8, NET_BOOK_INT, NULL, 0},
        {"group_name", "Класс", 16, NET_BOOK_TEXT, NULL, 0},
        {"subject_name", "Предмет", 24, NET_BOOK_TEXT, NULL, 0},
        {"change", "Что", 12, NET_BOOK_WORD, words, COUNT(words)},
        {"teacher_name", "Учитель", 24, NET_BOOK_TEXT, NULL, 0},
        {"account_name", "Кто замещает", 24, NET_BOOK_TEXT, NULL, 0},
        {"newday", "Стоит на дне", 14, NET_BOOK_DAY, NULL, 0},
        {"newn", "Стоит уроком", 14, NET_BOOK_INT, NULL, 0},
        {"reason", "Причина", 40, NET_BOOK_TEXT, NULL, 0},
        {"author_name", "Кто внёс", 24, NET_BOOK_TEXT, NULL, 0}};
    static const struct list lists[] = {{"changes", "Замены", columns, COUNT(columns)}};
    struct net_answer answer;
    net_answer_begin(&answer, view);
    const struct lists plan = {lists, COUNT(lists)};
    return net_book_of(&answer, view, proj_view_changes(view, from, to), fill, &plan, out, err);
}

int net_table_works(struct proj_view *view, base_day from, base_day to, struct base_buf *out,
                    struct base_err *err)
{
    static const char *const fallen[] = {"", "урок перенесён", "урок отменён"};
    static const char *const monitoring[] = {"", "да"};
    static const struct net_book_column columns[] = {
        {"day", "Дата", 12, NET_BOOK_DAY, NULL, 0},
        {"n", "Урок", 8, NET_BOOK_INT, NULL, 0},
        {"group_name", "Класс", 16, NET_BOOK_TEXT, NULL, 0},
        {"subject_name", "Предмет", 24, NET_BOOK_TEXT, NULL, 0},
        {"work", "Вид работы", 24, NET_BOOK_WORD, proj_work_names, PROJ_WORK_NAME_COUNT},
        {"monitoring", "Мониторинг", 12, NET_BOOK_WORD, monitoring, COUNT(monitoring)},
        {"fallen", "Урок", 16, NET_BOOK_WORD, fallen, COUNT(fallen)},
        {"author_name", "Кто назначил", 24, NET_BOOK_TEXT, NULL, 0}};
    static const char *const spans[] = {"день", "неделя с"};
    static const struct net_book_column warnings[] = {
        {"class_name", "Класс", 16, NET_BOOK_TEXT, NULL, 0},
        {"week", "За что", 12, NET_BOOK_WORD, spans, COUNT(spans)},
        {"day", "Дата", 12, NET_BOOK_DAY, NULL, 0},
        {"count", "Работ", 10, NET_BOOK_INT, NULL, 0},
        {"limit", "Не больше", 10, NET_BOOK_INT, NULL, 0}};
    static const struct list lists[] = {{"works", "Контрольные", columns, COUNT(columns)},
                                        {"warnings", "Больше нормы", warnings, COUNT(warnings)}};
    struct net_answer answer;
    net_answer_begin(&answer, view);
    const struct lists plan = {lists, COUNT(lists)};
    return net_book_of(&answer, view, proj_view_works(view, NULL, from, to), fill, &plan, out, err);
}

int net_table_edits(struct proj_view *view, base_day from, base_day to, const uint8_t *group,
                    const uint8_t *subject, struct base_buf *out, struct base_err *err)
{
    static const char *const sorts[] = {"внесено", "исправлено", "снято", "период закрыт",
                                        "период открыт"};
    static const char *const yes[] = {"", "да"};
    static const struct net_book_column columns[] = {
        {"on", "Внесено", 12, NET_BOOK_DAY, NULL, 0},
        {"sort", "Что", 16, NET_BOOK_WORD, sorts, COUNT(sorts)},
        {"late", "Позже срока", 12, NET_BOOK_WORD, yes, COUNT(yes)},
        {"void", "Не действует", 12, NET_BOOK_WORD, yes, COUNT(yes)},
        {"group_name", "Класс", 12, NET_BOOK_TEXT, NULL, 0},
        {"subject_name", "Предмет", 24, NET_BOOK_TEXT, NULL, 0},
        {"day", "Дата урока", 12, NET_BOOK_DAY, NULL, 0},
        {"n", "Урок", 8, NET_BOOK_INT, NULL, 0},
        {"period", "Период", 14, NET_BOOK_TEXT, NULL, 0},
        {"pupil_name", "Ученик", 30, NET_BOOK_TEXT, NULL, 0},
        {"before", "Было", 24, NET_BOOK_TEXT, NULL, 0},
        {"after", "Стало", 24, NET_BOOK_TEXT, NULL, 0},
        {"name", "Кто внёс", 24, NET_BOOK_TEXT, NULL, 0},
        {"seq", "Запись журнала №", 16, NET_BOOK_INT, NULL, 0}};
    static const struct list lists[] = {{"edits", "Правки", columns, COUNT(columns)}};
    struct net_answer answer;
    net_answer_begin(&answer, view);
    const struct lists plan = {lists, COUNT(lists)};
    return net_book_of(&answer, view, proj_view_edits(view, from, to, group, subject), fill, &plan,
                       out, err);
}

int net_table_programme(struct proj_view *view, base_day day, struct base_buf *out,
                        struct base_err *err)
{
    static const struct net_book_column columns[] = {
        {"group_name", "Класс", 16, NET_BOOK_TEXT, NULL, 0},
        {"subject_name", "Предмет", 28, NET_BOOK_TEXT, NULL, 0},
        {"account_name", "Учитель", 24, NET_BOOK_TEXT, NULL, 0},
        {"planned", "Тем в плане", 12, NET_BOOK_INT, NULL, 0},
        {"due", "Уроков по расписанию", 14, NET_BOOK_INT, NULL, 0},
        {"fallen", "Из них выпало", 12, NET_BOOK_INT, NULL, 0},
        {"held", "Проведено уроков", 12, NET_BOOK_INT, NULL, 0},
        {"taught", "Дано тем", 12, NET_BOOK_INT, NULL, 0},
        {"lag", "Отставание, тем", 12, NET_BOOK_INT, NULL, 0}};
    static const struct list lists[] = {{"rows", "Выполнение программы", columns, COUNT(columns)}};
    struct net_answer answer;
    net_answer_begin(&answer, view);
    const struct lists plan = {lists, COUNT(lists)};
    return net_book_of(&answer, view, proj_view_programme(view, day), fill, &plan, out, err);
}

int net_table_movement(struct proj_view *view, base_day from, base_day to, struct base_buf *out,
                       struct base_err *err)
{
    static const struct net_book_column columns[] = {
        {"name", "Класс", 12, NET_BOOK_TEXT, NULL, 0},
        {"start", "На начало", 12, NET_BOOK_INT, NULL, 0},
        {"arrived", "Прибыло", 12, NET_BOOK_INT, NULL, 0},
        {"moved_in", "Из других классов", 12, NET_BOOK_INT, NULL, 0},
        {"left", "Выбыло", 12, NET_BOOK_INT, NULL, 0},
        {"moved_out", "В другие классы", 12, NET_BOOK_INT, NULL, 0},
        {"end", "На конец", 12, NET_BOOK_INT, NULL, 0}};
    static const char *const sorts[] = {"прибыл(а)", "выбыл(а)", "переведён(а)"};
    static const struct net_book_column events[] = {
        {"day", "Дата", 12, NET_BOOK_DAY, NULL, 0},
        {"sort", "Что", 14, NET_BOOK_WORD, sorts, COUNT(sorts)},
        {"pupil_name", "Ученик", 30, NET_BOOK_TEXT, NULL, 0},
        {"from_class_name", "Из класса", 12, NET_BOOK_TEXT, NULL, 0},
        {"to_class_name", "В класс", 12, NET_BOOK_TEXT, NULL, 0},
        {"order", "Приказ", 20, NET_BOOK_TEXT, NULL, 0},
        {"whither", "Куда выбыл(а)", 36, NET_BOOK_TEXT, NULL, 0},
        {"author_name", "Кто внёс", 24, NET_BOOK_TEXT, NULL, 0}};
    static const struct list lists[] = {{"classes", "Движение", columns, COUNT(columns)},
                                        {"events", "По ученикам", events, COUNT(events)}};
    struct net_answer answer;
    net_answer_begin(&answer, view);
    const struct lists plan = {lists, COUNT(lists)};
    return net_book_of(&answer, view, proj_view_movement(view, from, to), fill, &plan, out, err);
}
