/* What the columns are. Limits are those of the events that they become (projections/kinds.c). */
#include "tools/import/schema.h"
#include "projections/work_names.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define ID_MAX 60       /* bytes */
#define STAFF_ID_MAX 15 /* as old records keep it (struct demo_person) */
#define NAME_MAX_LEN 120

#define TEXT(n, r, a, b)                                                                           \
    {                                                                                              \
        .name = n, .ru = r, .type = IMPORT_TEXT, .required = (a) > 0, .min = a, .max = b           \
    }
#define ID(n, r)                                                                                   \
    {                                                                                              \
        .name = n, .ru = r, .type = IMPORT_TEXT, .required = true, .key = true, .min = 1,          \
        .max = ID_MAX                                                                              \
    }
#define NUMBER(n, r, a, b)                                                                         \
    {                                                                                              \
        .name = n, .ru = r, .type = IMPORT_NUMBER, .required = true, .min = a, .max = b            \
    }
#define NUMBER_KEY(n, r, a, b)                                                                     \
    {                                                                                              \
        .name = n, .ru = r, .type = IMPORT_NUMBER, .required = true, .key = true, .min = a,        \
        .max = b                                                                                   \
    }
#define NUMBER_OR(n, r, a, b)                                                                      \
    {                                                                                              \
        .name = n, .ru = r, .type = IMPORT_NUMBER, .min = a, .max = b                              \
    }
#define DATE(n, r)                                                                                 \
    {                                                                                              \
        .name = n, .ru = r, .type = IMPORT_DATE, .required = true                                  \
    }
#define DATE_KEY(n, r)                                                                             \
    {                                                                                              \
        .name = n, .ru = r, .type = IMPORT_DATE, .required = true, .key = true                     \
    }
#define DATE_OR(n, r)                                                                              \
    {                                                                                              \
        .name = n, .ru = r, .type = IMPORT_DATE                                                    \
    }
#define TIME(n, r)                                                                                 \
    {                                                                                              \
        .name = n, .ru = r, .type = IMPORT_TIME, .required = true                                  \
    }
#define MOMENT(n, r)                                                                               \
    {                                                                                              \
        .name = n, .ru = r, .type = IMPORT_MOMENT, .required = true                                \
    }
#define MOMENT_OR(n, r)                                                                            \
    {                                                                                              \
        .name = n, .ru = r, .type = IMPORT_MOMENT                                                  \
    }
#define CHOICE(n, r, c)                                                                            \
    {                                                                                              \
        .name = n, .ru = r, .type = IMPORT_CHOICE, .required = true, .choices = c                  \
    }
#define CHOICE_OR(n, r, c)                                                                         \
    {                                                                                              \
        .name = n, .ru = r, .type = IMPORT_CHOICE, .choices = c                                    \
    }
#define REF(n, r, f)                                                                               \
    {                                                                                              \
        .name = n, .ru = r, .type = IMPORT_REF, .required = true, .ref = f                         \
    }
#define REF_KEY(n, r, f)                                                                           \
    {                                                                                              \
        .name = n, .ru = r, .type = IMPORT_REF, .required = true, .key = true, .ref = f            \
    }
#define REF_OR(n, r, f)                                                                            \
    {                                                                                              \
        .name = n, .ru = r, .type = IMPORT_REF, .ref = f                                           \
    }
#define TARGET(n, r)                                                                               \
    {                                                                                              \
        .name = n, .ru = r, .type = IMPORT_TARGET, .required = true, .key = true                   \
    }
#define EMAIL(n, r)                                                                                \
    {                                                                                              \
        .name = n, .ru = r, .type = IMPORT_EMAIL, .max = 254                                       \
    }
#define PHONE(n, r)                                                                                \
    {                                                                                              \
        .name = n, .ru = r, .type = IMPORT_PHONE, .max = 40                                        \
    }

static const char *const yes_no[] = {"да", "нет", NULL};
static const char *const sexes[] = {"м", "ж", NULL};
static const char *const group_kinds[] = {"группа", "поток", "индивидуальный план", NULL};
static const char *const calendar_kinds[] = {
    "четверть", "полугодие", "триместр", "каникулы", "нерабочий день", "рабочий день", NULL};
static const char *const forms[] = {"электронная", "бумажная", "отказ", NULL};
static const char *const decisions[] = {"согласие", "отказ", NULL};
static const char *const consent_forms[] = {"электронная", "бумажная", NULL};
static const char *const changes[] = {"замена", "перенос", "отмена", NULL};
static const char *const absences[] = {"н", "б", "у", "о", NULL};
static const char *const period_marks[] = {"1",   "2",      "3",        "4",     "5",       "осв",
                                           "н/а", "безотм", "отсрочка", "зачёт", "незачёт", NULL};

static const struct import_column staff[] = {
    {.name = "id",
     .ru = "код",
     .type = IMPORT_TEXT,
     .required = true,
     .key = true,
     .min = 1,
     .max = STAFF_ID_MAX},
    TEXT("surname", "фамилия", 1, NAME_MAX_LEN),
    TEXT("given", "имя", 1, NAME_MAX_LEN),
    TEXT("patronymic", "отчество", 0, NAME_MAX_LEN),
    TEXT("position", "должность", 0, 400),
    TEXT("specialty", "специальность", 0, 400),
    EMAIL("email", "почта"),
    PHONE("phone", "телефон"),
    DATE_OR("birth_date", "дата рождения"),
};
static const struct import_column subjects[] = {
    ID("id", "код"),
    TEXT("name", "название", 1, 200),
    CHOICE_OR("marked", "с отметками", yes_no),
};
static const struct import_column classes[] = {
    ID("id", "класс"),
    NUMBER("grade", "параллель", 1, 12),
    NUMBER("shift", "смена", 1, 2),
    REF("class_teacher", "классный руководитель", IMPORT_STAFF),
    NUMBER("week_days", "дней в неделе", 1, 7),
    TEXT("name", "название", 0, 200),
};
static const struct import_column groups[] = {
    ID("id", "код"),
    CHOICE("kind", "вид", group_kinds),
    TEXT("name", "название", 1, 200),
    REF("subject", "предмет", IMPORT_SUBJECTS),
    {.name = "classes", .ru = "классы", .type = IMPORT_CLASSES_LIST, .required = true, .max = 40},
};
static const struct import_column pupils[] = {
    ID("id", "код"),
    TEXT("surname", "фамилия", 1, NAME_MAX_LEN),
    TEXT("given", "имя", 1, NAME_MAX_LEN),
    TEXT("patronymic", "отчество", 0, NAME_MAX_LEN),
    CHOICE_OR("sex", "пол", sexes),
    DATE_OR("birth_date", "дата рождения"),
    REF("class", "класс", IMPORT_CLASSES),
    DATE("admitted_on", "дата зачисления"),
    CHOICE_OR("individual_plan", "индивидуальный план", yes_no),
    DATE_OR("moved_on", "дата перевода"),
    TEXT("order", "приказ", 0, 60),
};
static const struct import_column members[] = {
    REF_KEY("group", "группа", IMPORT_GROUPS),
    REF_KEY("pupil", "ученик", IMPORT_PUPILS),
    DATE("from", "с"),
    DATE_OR("to", "по"),
};
static const struct import_column teaching[] = {
    REF_KEY("teacher", "учитель", IMPORT_STAFF),
    REF_KEY("subject", "предмет", IMPORT_SUBJECTS),
    TARGET("target", "класс или группа"),
    NUMBER("hours_a_week", "часов в неделю", 0, 60),
    DATE("from", "с"),
    DATE("to", "по"),
};
static const struct import_column calendar[] = {
    {.name = "kind",
     .ru = "вид",
     .type = IMPORT_CHOICE,
     .required = true,
     .key = true,
     .choices = calendar_kinds},
    {.name = "name", .ru = "название", .type = IMPORT_TEXT, .key = true, .max = 200},
    DATE_KEY("from", "с"),
    DATE("to", "по"),
    {.name = "grades", .ru = "параллели", .type = IMPORT_GRADES, .required = true, .key = true},
};
static const struct import_column bells[] = {
    NUMBER_KEY("shift", "смена", 1, 2),
    NUMBER_KEY("lesson", "урок", 1, 20),
    TIME("start", "начало"),
    TIME("end", "конец"),
};
static const struct import_column timetable[] = {
    NUMBER_KEY("weekday", "день недели", 1, 7),
    NUMBER_KEY("shift", "смена", 1, 2),
    NUMBER_KEY("lesson", "урок", 1, 20),
    TARGET("target", "класс или группа"),
    REF_KEY("subject", "предмет", IMPORT_SUBJECTS),
    REF_KEY("teacher", "учитель", IMPORT_STAFF),
    TEXT("room", "кабинет", 0, 40),
};
static const struct import_column plan[] = {
    REF_KEY("subject", "предмет", IMPORT_SUBJECTS),
    NUMBER_KEY("grade", "параллель", 1, 12),
    NUMBER_KEY("number", "номер", 1, 1000),
    TEXT("topic", "тема", 1, 500),
    CHOICE_OR("work", "вид работы", proj_work_names + 1),
};
static const struct import_column planned_works[] = {
    TARGET("target", "класс или группа"),
    REF_KEY("subject", "предмет", IMPORT_SUBJECTS),
    DATE_KEY("date", "дата"),
    NUMBER_KEY("shift", "смена", 1, 2),
    NUMBER_KEY("lesson", "урок", 1, 20),
    CHOICE("work", "вид работы", proj_work_names + 1),
    CHOICE_OR("internal_monitoring", "внутренний мониторинг", yes_no),
};
static const struct import_column parents[] = {
    ID("id", "код"),
    REF_KEY("pupil", "ученик", IMPORT_PUPILS),
    TEXT("relation", "кем приходится", 0, 100),
    TEXT("surname", "фамилия", 1, NAME_MAX_LEN),
    TEXT("given", "имя", 1, NAME_MAX_LEN),
    TEXT("patronymic", "отчество", 0, NAME_MAX_LEN),
    PHONE("phone", "телефон"),
    EMAIL("email", "почта"),
    CHOICE_OR("form", "форма", forms),
};
static const struct import_column consents[] = {
    REF_KEY("parent", "родитель", IMPORT_PARENTS),
    REF_KEY("pupil", "ученик", IMPORT_PUPILS),
    CHOICE("decision", "решение", decisions),
    CHOICE("form", "форма", consent_forms),
    DATE("date", "дата"),
};
static const struct import_column lesson_changes[] = {
    DATE_KEY("date", "дата"),
    NUMBER_KEY("shift", "смена", 1, 2),
    NUMBER_KEY("lesson", "урок", 1, 20),
    TARGET("target", "класс или группа"),
    REF_KEY("subject", "предмет", IMPORT_SUBJECTS),
    CHOICE("kind", "вид", changes),
    REF("teacher", "учитель", IMPORT_STAFF),
    REF_OR("taught_by", "проводит", IMPORT_STAFF),
    DATE_OR("new_date", "новая дата"),
    NUMBER_OR("new_lesson", "новый урок", 1, 20),
    TEXT("reason", "причина", 0, 400),
};
static const struct import_column lessons[] = {
    DATE_KEY("date", "дата"),
    NUMBER_KEY("shift", "смена", 1, 2),
    NUMBER_KEY("lesson", "урок", 1, 20),
    TARGET("target", "класс или группа"),
    REF_KEY("subject", "предмет", IMPORT_SUBJECTS),
    REF("teacher", "учитель", IMPORT_STAFF),
    REF("taught_by", "проводит", IMPORT_STAFF),
    NUMBER_OR("plan_number", "номер в плане", 1, 1000),
    TEXT("topic", "тема", 1, 1000),
    CHOICE_OR("work", "вид работы", proj_work_names + 1),
    TEXT("homework", "домашнее задание", 0, 4000),
    MOMENT("recorded_at", "записано"),
    MOMENT_OR("homework_recorded_at", "задание записано"),
};
static const struct import_column attendance[] = {
    DATE_KEY("date", "дата"),
    NUMBER_KEY("shift", "смена", 1, 2),
    NUMBER_KEY("lesson", "урок", 1, 20),
    TARGET("target", "класс или группа"),
    REF_KEY("subject", "предмет", IMPORT_SUBJECTS),
    REF_KEY("pupil", "ученик", IMPORT_PUPILS),
    CHOICE("kind", "вид", absences),
    MOMENT("recorded_at", "записано"),
};
static const struct import_column marks[] = {
    DATE("date", "дата"),
    NUMBER("shift", "смена", 1, 2),
    NUMBER("lesson", "урок", 1, 20),
    {.name = "target", .ru = "класс или группа", .type = IMPORT_TARGET, .required = true},
    REF("subject", "предмет", IMPORT_SUBJECTS),
    REF("pupil", "ученик", IMPORT_PUPILS),
    {.name = "mark", .ru = "отметка", .type = IMPORT_MARK, .required = true},
    CHOICE("work", "вид работы", proj_work_names + 1),
    NUMBER("weight", "вес", 1, 100),
    MOMENT("recorded_at", "записано"),
    REF("author", "автор", IMPORT_STAFF),
    TEXT("protocol", "протокол", 0, 60),
    TEXT("comment", "пояснение", 0, 1000),
};
static const struct import_column period_columns[] = {
    TARGET("target", "класс или группа"),
    REF_KEY("subject", "предмет", IMPORT_SUBJECTS),
    REF_KEY("pupil", "ученик", IMPORT_PUPILS),
    {.name = "period",
     .ru = "период",
     .type = IMPORT_TEXT,
     .required = true,
     .key = true,
     .min = 1,
     .max = 60},
    CHOICE("mark", "отметка", period_marks),
    MOMENT("recorded_at", "записано"),
    REF("author", "автор", IMPORT_STAFF),
    TEXT("comment", "пояснение", 0, 1000),
};

#define FILE_OF(i, n, r, c, rows, whole)                                                           \
    [i] = {.name = n,                                                                              \
           .ru = r,                                                                                \
           .columns = c,                                                                           \
           .column_count = COUNT(c),                                                               \
           .row_count_max = rows,                                                                  \
           .can_be_whole = whole}

const struct import_schema import_schemas[IMPORT_FILE_COUNT] = {
    FILE_OF(IMPORT_STAFF, "staff", "Сотрудники", staff, 500, false),
    FILE_OF(IMPORT_SUBJECTS, "subjects", "Предметы", subjects, 1000, false),
    FILE_OF(IMPORT_CLASSES, "classes", "Классы", classes, 500, false),
    FILE_OF(IMPORT_GROUPS, "groups", "Группы", groups, 2000, false),
    FILE_OF(IMPORT_PUPILS, "pupils", "Ученики", pupils, 10000, true),
    FILE_OF(IMPORT_MEMBERS, "group-members", "Состав групп", members, 30000, true),
    FILE_OF(IMPORT_TEACHING, "teaching", "Нагрузка", teaching, 20000, true),
    FILE_OF(IMPORT_CALENDAR, "calendar", "Календарь", calendar, 200, false),
    FILE_OF(IMPORT_BELLS, "bells", "Звонки", bells, 40, false),
    FILE_OF(IMPORT_TIMETABLE, "timetable", "Расписание", timetable, 50000, true),
    FILE_OF(IMPORT_PLAN, "plan", "План", plan, 200000, false),
    FILE_OF(IMPORT_WORKS, "works", "Контрольные работы", planned_works, 50000, false),
    FILE_OF(IMPORT_PARENTS, "parents", "Родители", parents, 30000, true),
    FILE_OF(IMPORT_CONSENTS, "consents", "Согласия", consents, 30000, false),
    FILE_OF(IMPORT_CHANGES, "changes", "Замены", lesson_changes, 50000, false),
    FILE_OF(IMPORT_LESSONS, "lessons-q1", "Уроки", lessons, 500000, false),
    FILE_OF(IMPORT_ATTENDANCE, "attendance-q1", "Посещаемость", attendance, 1000000, false),
    FILE_OF(IMPORT_MARKS, "marks-q1", "Отметки", marks, 1000000, false),
    FILE_OF(IMPORT_PERIOD_MARKS, "period-marks-q1", "Итоговые отметки", period_columns, 200000,
            false),
};

bool import_is_left_alone(const char *name)
{
    static const char *const names[] = {"acknowledgements", "incident",        "incident-timeline",
                                        "officers",         "recommendations", "school"};
    for (size_t i = 0; i < COUNT(names); i++) {
        if (strcmp(names[i], name) == 0)
            return true;
    }
    return false;
}

enum import_file import_file_named(const char *name)
{
    enum import_file i = 0;
    while (i < IMPORT_FILE_COUNT && strcmp(import_schemas[i].name, name) != 0 &&
           strcmp(import_schemas[i].ru, name) != 0)
        i++;
    return i;
}
