/* Every row that is set is told to the source first, so the digest covers what the paper says. */
#include "net/paper/extract.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "net/paper/answer.h"
#include "net/paper/source.h"
#include "projections/views/roll.h"
#include "projections/year.h"

#define DIARY_STEP_DAYS 60 /* a diary answers for two months at most */
#define TEXT_LEN 4096

struct extract {
    struct proj_view *view;
    struct net_source *source;
    struct net_paper *paper;
    const uint8_t *pupil;
    base_day from, to;
    struct base_err *err;
};

static void row(struct extract *extract, const char *const *cells, unsigned count)
{
    net_source_tell(extract->source, cells, count);
    net_paper_table_row(extract->paper, cells);
}

static void field(struct extract *extract, const char *label, const char *value)
{
    const char *const cells[] = {label, value};
    net_source_tell(extract->source, cells, 2);
    net_paper_field(extract->paper, label, value);
}

static void put_values(const msgpack_object *marks, char *out, size_t size)
{
    size_t len = 0;
    out[0] = '\0';
    for (uint32_t i = 0; i < net_answer_count(marks); i++) {
        const msgpack_object *values = net_answer_get(net_answer_at(marks, i), "values");
        for (uint32_t k = 0; k < net_answer_count(values) && len + 8 < size; k++)
            len += (size_t)snprintf(out + len, size - len, "%s%lld",
                                    k > 0     ? "/"
                                    : len > 0 ? ", "
                                              : "",
                                    (long long)net_answer_int_at(values, k));
    }
}

static const char *period_value(int64_t value, char out[32])
{
    static const char *const words[] = {"осв", "н/а", "безотм", "отср", "зачёт", "незачёт"};
    if (value >= 10 && value <= 15)
        return words[value - 10];
    snprintf(out, 32, "%lld", (long long)value);
    return out;
}

/* Periods first, then year, exam, final. */
static void put_periods(const msgpack_object *periods, char *out, size_t size)
{
    char name[64];
    char value[32];
    size_t len = 0;
    out[0] = '\0';
    for (unsigned sort = PROJ_PERIOD_SORT_USUAL; sort <= PROJ_PERIOD_SORT_FINAL; sort++) {
        for (uint32_t i = 0; i < net_answer_count(periods) && len + 100 < size; i++) {
            const msgpack_object *period = net_answer_at(periods, i);
            net_answer_text(period, "period", name, sizeof name);
            if (proj_period_sort_of(name) != sort)
                continue;
            len += (size_t)snprintf(out + len, size - len, "%s%s: %s", len > 0 ? "\n" : "", name,
                                    period_value(net_answer_int(period, "value"), value));
        }
    }
}

/* Results */

struct missed {
    int64_t ill, valid, invalid, unknown, late;
};

static void put_subject(struct extract *extract, const msgpack_object *subject,
                        struct missed *missed)
{
    char name[220];
    char marks[TEXT_LEN];
    char mean[32] = "";
    char periods[1024];
    char absent[32];
    const msgpack_object *tally = net_answer_get(subject, "absences");
    const int64_t counts[] = {net_answer_int(tally, "ill"), net_answer_int(tally, "valid"),
                              net_answer_int(tally, "invalid"), net_answer_int(tally, "unknown")};
    int64_t average = net_answer_int(subject, "average");
    missed->ill += counts[0];
    missed->valid += counts[1];
    missed->invalid += counts[2];
    missed->unknown += counts[3];
    missed->late += net_answer_int(tally, "late");
    net_answer_text(subject, "subject_name", name, sizeof name);
    put_values(net_answer_get(subject, "marks"), marks, sizeof marks);
    put_periods(net_answer_get(subject, "periods"), periods, sizeof periods);
    if (average > 0)
        snprintf(mean, sizeof mean, "%d,%02d", (int)(average / 100), (int)(average % 100));
    int64_t missed_lessons = counts[0] + counts[1] + counts[2] + counts[3];
    snprintf(absent, sizeof absent, "%" PRId64 " из %" PRId64, missed_lessons,
             (int64_t)net_answer_int(subject, "lessons"));
    const char *const cells[] = {name, marks, mean, periods, absent};
    row(extract, cells, 5);
}

static void put_missed(struct extract *extract, const struct missed *missed)
{
    static const struct net_paper_column columns[] = {{"По болезни", 34, true},
                                                      {"Уважительные", 34, true},
                                                      {"Без уважительной", 36, true},
                                                      {"Причина не указана", 36, true},
                                                      {"Опоздания", 34, true}};
    char texts[5][24];
    const int64_t counts[] = {missed->ill, missed->valid, missed->invalid, missed->unknown,
                              missed->late};
    const char *cells[5];
    for (unsigned i = 0; i < 5; i++) {
        snprintf(texts[i], sizeof texts[i], "%lld", (long long)counts[i]);
        cells[i] = texts[i];
    }
    net_paper_section(extract->paper, "Пропущено уроков, по причинам");
    net_paper_table_begin(extract->paper, columns, 5);
    row(extract, cells, 5);
    net_paper_table_end(extract->paper);
}

static int put_results(struct extract *extract)
{
    static const struct net_paper_column columns[] = {{"Предмет", 44, false},
                                                      {"Отметки", 54, false},
                                                      {"Средняя", 18, false},
                                                      {"За период", 34, false},
                                                      {"Пропущено", 24, true}};
    struct net_answer answer;
    struct missed missed = {0};
    net_answer_begin(&answer, extract->view);
    int rc = net_answer_end(
        &answer, extract->view,
        proj_view_results(extract->view, extract->pupil, extract->from, extract->to), extract->err);
    const msgpack_object *subjects = rc == 0 ? net_answer_get(answer.map, "subjects") : NULL;
    if (rc == 0) {
        net_paper_section(extract->paper, "Отметки");
        net_paper_table_begin(extract->paper, columns, 5);
        uint32_t *order = calloc(net_answer_count(subjects) + 1, sizeof *order);
        if (order == NULL)
            rc = BASE_FAIL(extract->err, BASE_E_MEMORY, "extract");
        else
            net_answer_sort(subjects, "subject_name", order);
        for (uint32_t i = 0; rc == 0 && i < net_answer_count(subjects); i++)
            put_subject(extract, net_answer_at(subjects, order[i]), &missed);
        free(order);
        net_paper_table_end(extract->paper);
        net_paper_note(extract->paper,
                       net_answer_bool(net_answer_get(answer.map, "rule"), "weighted")
                           ? "Средняя взвешена по видам работ. Отметки одной работы "
                             "стоят через косую черту."
                           : "Средняя без учёта веса работ. Отметки одной работы "
                             "стоят через косую черту.");
        put_missed(extract, &missed);
    }
    net_answer_release(&answer);
    return rc;
}

/* Lessons */

static const char *absence_text(const msgpack_object *lesson, char out[96])
{
    static const char *const words[][2] = {
        {"ill", "болезнь"}, {"valid", "уважительная"}, {"invalid", "неуважительная"}};
    char reason[64];
    int64_t state = net_answer_int(lesson, "state");
    net_answer_text(lesson, "reason", reason, sizeof reason);
    out[0] = '\0';
    if (state == PROJ_LATE)
        snprintf(out, 96, "опоздание");
    if (state != PROJ_ABSENT)
        return out;
    const char *why = reason;
    for (unsigned i = 0; i < 3; i++)
        if (strcmp(reason, words[i][0]) == 0)
            why = words[i][1];
    snprintf(out, 96, "отсутствие%s%s", why[0] != '\0' ? ": " : "", why);
    return out;
}

static void put_lesson(struct extract *extract, const msgpack_object *lesson)
{
    char when[32];
    char day[16];
    char subject[220];
    char topic[1100];
    char homework[TEXT_LEN + 40];
    char marks[400];
    char absence[96];
    char both[512];
    const msgpack_object *due = net_answer_get(lesson, "due");
    net_day_text((base_day)net_answer_int(lesson, "day"), day);
    snprintf(when, sizeof when, "%.5s, %lld", day, (long long)net_answer_int(lesson, "n"));
    net_answer_text(lesson, "subject_name", subject, sizeof subject);
    net_answer_text(lesson, "topic", topic, sizeof topic);
    net_answer_text(lesson, "homework", homework, TEXT_LEN);
    if (homework[0] != '\0' && due != NULL && due->type != MSGPACK_OBJECT_NIL) {
        size_t len = strlen(homework);
        net_day_text((base_day)net_answer_int(lesson, "due"), day);
        snprintf(homework + len, sizeof homework - len, " (к %.5s)", day);
    }
    put_values(net_answer_get(lesson, "marks"), marks, sizeof marks);
    absence_text(lesson, absence);
    snprintf(both, sizeof both, "%s%s%s", marks, marks[0] != '\0' && absence[0] != '\0' ? "; " : "",
             absence);
    const char *const cells[] = {when, subject, topic, homework, both};
    row(extract, cells, 5);
}

static int put_days(struct extract *extract, base_day from, base_day to)
{
    struct net_answer answer;
    net_answer_begin(&answer, extract->view);
    int rc = net_answer_end(&answer, extract->view,
                            proj_view_diary(extract->view, extract->pupil, from, to), extract->err);
    const msgpack_object *lessons = rc == 0 ? net_answer_get(answer.map, "lessons") : NULL;
    uint32_t count = net_answer_count(lessons);
    /* The diary goes page by page; a paper goes by days. Few lessons: a plain walk. */
    for (base_day day = from; day <= to; day++)
        for (int64_t n = 1; n <= 20; n++)
            for (uint32_t i = 0; i < count; i++) {
                const msgpack_object *lesson = net_answer_at(lessons, i);
                if (net_answer_int(lesson, "day") == day && net_answer_int(lesson, "n") == n)
                    put_lesson(extract, lesson);
            }
    net_answer_release(&answer);
    return rc;
}

static int put_lessons(struct extract *extract)
{
    static const struct net_paper_column columns[] = {{"Дата, урок", 20, false},
                                                      {"Предмет", 34, false},
                                                      {"Тема", 46, false},
                                                      {"Домашнее задание", 46, false},
                                                      {"Отметки, пропуск", 28, false}};
    int rc = 0;
    net_paper_section(extract->paper, "Уроки");
    net_paper_table_begin(extract->paper, columns, 5);
    for (base_day day = extract->from; rc == 0 && day <= extract->to; day += DIARY_STEP_DAYS) {
        base_day last = day + DIARY_STEP_DAYS - 1;
        rc = put_days(extract, day, last < extract->to ? last : extract->to);
    }
    net_paper_table_end(extract->paper);
    return rc;
}

/* Remarks */

static int put_advice(struct extract *extract)
{
    static const struct net_paper_column columns[] = {
        {"Дата", 22, false}, {"Что, предмет, кто", 60, false}, {"Запись", 92, false}};
    static const char *const sorts[] = {"Запись", "Рекомендация", "Замечание", "Похвала",
                                        "Объявление"};
    struct net_answer answer;
    bool begun = false;
    net_answer_begin(&answer, extract->view);
    int rc = net_answer_end(
        &answer, extract->view,
        proj_view_cabinet(extract->view, extract->pupil, extract->from, extract->to), extract->err);
    const msgpack_object *advice = rc == 0 ? net_answer_get(answer.map, "advice") : NULL;
    for (uint32_t i = 0; i < net_answer_count(advice); i++) {
        const msgpack_object *one = net_answer_at(advice, i);
        char day[16];
        char subject[220];
        char name[PROJ_NAME_LEN_MAX];
        char text[TEXT_LEN];
        char what[PROJ_NAME_LEN_MAX + 300];
        int64_t sort = net_answer_int(one, "sort");
        base_day when =
            base_day_of_time(net_answer_int(one, "recorded"), extract->view->offset_min);
        if (when < extract->from || when > extract->to)
            continue;
        net_day_text(when, day);
        net_answer_text(one, "subject_name", subject, sizeof subject);
        net_answer_text(one, "name", name, sizeof name);
        net_answer_text(one, "text", text, sizeof text);
        snprintf(what, sizeof what, "%s%s%s, %s", sorts[sort >= 1 && sort <= 4 ? sort : 0],
                 subject[0] != '\0' ? ", " : "", subject, name);
        if (!begun) {
            net_paper_section(extract->paper, "Записи учителей");
            net_paper_table_begin(extract->paper, columns, 3);
        }
        begun = true;
        const char *const cells[] = {day, what, text};
        row(extract, cells, 3);
    }
    if (begun)
        net_paper_table_end(extract->paper);
    net_answer_release(&answer);
    return rc;
}

/* The whole */

static int put_pupil(struct extract *extract)
{
    char name[PROJ_NAME_LEN_MAX];
    char range[40];
    char first[16];
    char last[16];
    char when[32];
    char hex[2 * LEDGER_ID_LEN + 1];
    char particulars[160];
    proj_id class_id;
    struct proj_group group;
    proj_view_pupil_name(extract->view, extract->pupil, name);
    proj_class_of_pupil(extract->view, extract->pupil, class_id);
    net_day_text(extract->from, first);
    net_day_text(extract->to, last);
    snprintf(range, sizeof range, "%s – %s", first, last);
    net_time_text(extract->view->now_ms, extract->view->offset_min, when);
    net_paper_title(extract->paper, "Выписка из электронного журнала");
    field(extract, "Школа", extract->source->school.name);
    field(extract, "Ученик", name);
    if (proj_find_group(extract->view, class_id, &group))
        field(extract, "Класс", group.name);
    field(extract, "За дни", range);
    net_paper_field(extract->paper, "Составлена", when);
    int rc = put_results(extract);
    if (rc == 0)
        rc = put_lessons(extract);
    if (rc == 0)
        rc = put_advice(extract);
    base_hex(extract->pupil, LEDGER_ID_LEN, hex);
    snprintf(particulars, sizeof particulars, "pupil %s\nfrom %d\nto %d\n", hex, extract->from,
             extract->to);
    if (rc == 0) {
        net_source_put(extract->source, extract->paper, "extract", particulars);
        net_paper_signature(extract->paper, "Классный руководитель");
        net_paper_signature(extract->paper, "Родитель (законный представитель)");
    }
    return rc;
}

static int make(struct proj_view *view, const uint8_t (*pupils)[LEDGER_ID_LEN], unsigned count,
                base_day from, base_day to, struct base_buf *out, struct ledger_hash *out_digest,
                struct base_err *err)
{
    struct net_source source = {0};
    struct net_paper *paper = NULL;
    int rc = net_source_open(view, &source, err);
    const struct net_paper_options options = {.title = "Выписка из электронного журнала",
                                              .head_left = source.school.name,
                                              .head_right = "Выписка",
                                              .foot = source.foot,
                                              .now_ms = view->now_ms};
    if (rc == 0)
        rc = net_paper_open(&options, &paper, err);
    for (unsigned i = 0; rc == 0 && i < count; i++) {
        struct extract extract = {.view = view,
                                  .source = &source,
                                  .paper = paper,
                                  .pupil = pupils[i],
                                  .from = from,
                                  .to = to,
                                  .err = err};
        base_buf_reset(&source.told);
        net_paper_page(paper);
        rc = put_pupil(&extract);
        net_source_digest(&source, out_digest);
    }
    if (rc == 0 && source.told.failed)
        rc = BASE_FAIL(err, BASE_E_MEMORY, "extract");
    if (rc == 0)
        rc = net_paper_finish(paper, out, err);
    net_paper_close(paper);
    net_source_release(&source);
    return rc;
}

int net_extract_make(struct proj_view *view, const proj_id pupil, base_day from, base_day to,
                     struct base_buf *out, struct ledger_hash *out_digest, struct base_err *err)
{
    struct proj_fact fact;
    struct proj_key key = proj_key_tagged_id('P', pupil);
    uint8_t one[1][LEDGER_ID_LEN];
    if (!proj_fact_get(view->txn, &key, LEDGER_SEQ_NONE, &fact))
        return PROJ_VIEW_MISSING;
    if (!proj_may_read_pupil(view, pupil))
        return PROJ_VIEW_FORBIDDEN;
    memcpy(one[0], pupil, LEDGER_ID_LEN);
    return make(view, (const uint8_t(*)[LEDGER_ID_LEN])one, 1, from, to, out, out_digest, err);
}

int net_extract_make_class(struct proj_view *view, const proj_id class_id, base_day from,
                           base_day to, struct base_buf *out, struct base_err *err)
{
    uint8_t pupils[PROJ_ROLL_COUNT_MAX][LEDGER_ID_LEN];
    struct ledger_hash digest;
    struct proj_roll roll;
    unsigned count = 0;
    int answer = proj_may_lead_class(view, class_id);
    if (answer != PROJ_VIEW_DONE)
        return answer;
    proj_roll_read(view, class_id, from, to, &roll);
    for (unsigned i = 0; i < roll.count && count < PROJ_ROLL_COUNT_MAX; i++)
        memcpy(pupils[count++], roll.pupils[i].id, LEDGER_ID_LEN);
    proj_roll_free(&roll);
    if (count == 0)
        return PROJ_VIEW_MISSING;
    return make(view, (const uint8_t(*)[LEDGER_ID_LEN])pupils, count, from, to, out, &digest, err);
}
