/* The calendar-thematic plan (ST-3): the lessons of a page with the plan beside them, and how far
 * each group is in its plan («выполнение программы»).
 *
 * When a topic is planned to be taught follows from the timetable alone, without what was changed
 * in it: topic 1 at the first lesson of the school year, topic 2 at the second, and so on. So a
 * lesson that falls out shows as a lag until the topics are moved together. */
#include "projections/deadlines.h"
#include "projections/groups.h"
#include "projections/planned.h"
#include "projections/views/office.h"
#include "projections/views/walk.h"

#include <stdlib.h>

#define PAGE_LESSON_MAX 800u
#define TOPIC_NUMBER_MAX 1000
#define SUBJECT_MAX 64u /* of one group */
#define YEAR_DAYS_MAX 366
#define MINUTE_MS 60000

/* The school year of a grade around a day: from its first to its last period. A summer lies between
 * two years. */
#define SUMMER_DAYS 45

struct year {
    base_day day, from, to;
    unsigned grade;
};

static bool is_period(const struct year *year, const struct proj_calendar_row *row)
{
    return row->kind <= PROJ_CALENDAR_TRIMESTER &&
           (year->grade == 0 || (year->grade >= row->grade_from && year->grade <= row->grade_to));
}

/* The last period that has begun tells how far the year before can reach. */
static bool find_last_begun(void *data, const struct proj_calendar_row *row)
{
    struct year *year = data;
    if (is_period(year, row) && row->from <= year->day && row->from > year->to) {
        year->from = row->from;
        year->to = row->from;
    }
    return true;
}

static bool widen(void *data, const struct proj_calendar_row *row)
{
    struct year *year = data;
    if (!is_period(year, row))
        return true;
    if (row->from < year->from && row->to + SUMMER_DAYS >= year->from)
        year->from = row->from;
    if (row->to > year->to && row->from <= year->to + SUMMER_DAYS)
        year->to = row->to;
    return true;
}

/* Without a calendar the year is the half before the day. */
static void year_of(struct proj_view *view, unsigned grade, base_day day, struct year *out)
{
    struct year before;
    *out = (struct year){.day = day, .from = INT32_MAX, .to = INT32_MIN, .grade = grade};
    proj_calendar_each(view->txn, find_last_begun, out);
    if (out->to == INT32_MIN) {
        out->from = day - YEAR_DAYS_MAX / 2;
        out->to = day;
        return;
    }
    do { /* each round reaches the neighbouring periods */
        before = *out;
        proj_calendar_each(view->txn, widen, out);
    } while (out->from != before.from || out->to != before.to);
}

static unsigned topic_count(struct proj_view *view, const proj_id subject, unsigned grade)
{
    struct proj_key prefix = proj_key_tagged_id('N', subject);
    struct proj_fact fact;
    unsigned count = 0;
    proj_key_u8(&prefix, grade);
    struct proj_scan *scan = proj_scan_open(view->txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
    while (proj_scan_next(scan, &fact))
        count += fact.seq != LEDGER_SEQ_NONE && fact.value.len > sizeof(struct proj_plan_topic);
    proj_scan_close(scan);
    return count;
}

/* What a page holds of its lessons: numbers of topics taught, and how many lessons there are. */
struct taught {
    unsigned held, topics, distinct, last_number;
    bool seen[TOPIC_NUMBER_MAX + 1];
};

static void count_page(struct proj_view *view, const proj_id group, const proj_id subject,
                       base_day from, base_day to, struct taught *out)
{
    struct proj_key prefix = proj_key_page(group, subject);
    struct proj_key first = proj_key_page_day(group, subject, from);
    struct proj_key until = proj_key_page_day(group, subject, (int64_t)to + 1);
    struct proj_fact fact;
    struct proj_cell_ref ref;
    struct proj_topic topic;
    memset(out, 0, sizeof *out);
    struct proj_scan *scan = proj_scan_open(view->txn, &prefix, &first, &until, LEDGER_SEQ_NONE);
    while (proj_scan_next(scan, &fact)) {
        if (fact.seq == LEDGER_SEQ_NONE || !proj_cell_ref_of(fact.key, &ref))
            continue;
        out->held += ref.what == PROJ_WHAT_LESSON;
        if (ref.what != PROJ_WHAT_TOPIC || fact.value.len < sizeof topic)
            continue;
        memcpy(&topic, fact.value.data, sizeof topic);
        out->topics++;
        if (topic.number < 1 || topic.number > TOPIC_NUMBER_MAX)
            continue;
        out->distinct += !out->seen[topic.number];
        out->seen[topic.number] = true;
        if ((unsigned)topic.number > out->last_number)
            out->last_number = (unsigned)topic.number;
    }
    proj_scan_close(scan);
}

/* How far each group is */

struct row {
    proj_id subject;
    unsigned due, fallen; /* by the timetable until the day; of these cancelled or moved away */
};

struct programme {
    struct proj_view *view;
    base_day day;
    bool all;
    struct row rows[SUBJECT_MAX];
    unsigned row_count;
    proj_id group_id;
    struct proj_group group;
    struct taught taught;
    uint32_t count;
};

static struct row *row_of(struct programme *p, const uint8_t *subject)
{
    for (unsigned i = 0; i < p->row_count; i++) {
        if (memcmp(p->rows[i].subject, subject, LEDGER_ID_LEN) == 0)
            return &p->rows[i];
    }
    if (p->row_count == SUBJECT_MAX)
        return NULL;
    struct row *row = &p->rows[p->row_count++];
    *row = (struct row){0};
    memcpy(row->subject, subject, LEDGER_ID_LEN);
    return row;
}

static void count_due(void *data, const struct proj_planned *planned)
{
    struct programme *p = data;
    bool counts = !planned->moved_in && proj_slot_is_over(p->view, &planned->slot, planned->day);
    struct row *row = counts ? row_of(p, planned->slot.subject) : NULL;
    if (row == NULL)
        return;
    row->due++;
    row->fallen += !proj_planned_is_given(planned);
}

static void put_teacher(struct programme *p, const uint8_t *subject)
{
    struct proj_key prefix = proj_key_tagged_ids('T', p->group_id, subject);
    struct proj_fact fact;
    proj_id teacher = {0};
    struct proj_scan *scan = proj_scan_open(p->view->txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
    while (proj_scan_next(scan, &fact)) {
        struct proj_teaching teaching;
        if (fact.seq == LEDGER_SEQ_NONE || fact.value.len != sizeof teaching)
            continue;
        memcpy(&teaching, fact.value.data, sizeof teaching);
        if (teaching.from <= p->day && p->day <= teaching.to)
            memcpy(teacher, teaching.account, LEDGER_ID_LEN);
    }
    proj_scan_close(scan);
    proj_put_person(p->view, "account", teacher);
}

static void put_row(struct programme *p, const struct row *row, const struct year *year)
{
    struct base_buf *out = p->view->out;
    struct proj_subject subject = {0};
    unsigned planned = topic_count(p->view, row->subject, p->group.grade);
    if (!p->all && !proj_may_read_page(p->view, p->group_id, row->subject))
        return;
    (void)proj_find_subject(p->view, row->subject, &subject);
    count_page(p->view, p->group_id, row->subject, year->from, p->day, &p->taught);
    unsigned expected = row->due < planned ? row->due : planned;
    ledger_canon_put_map(out, 13);
    proj_put_id(out, "group", p->group_id);
    proj_put_str(out, "group_name", p->group.name);
    proj_put_int(out, "grade", p->group.grade);
    proj_put_id(out, "subject", row->subject);
    proj_put_str(out, "subject_name", subject.name);
    put_teacher(p, row->subject);
    proj_put_int(out, "planned", planned);
    proj_put_int(out, "due", row->due);
    proj_put_int(out, "fallen", row->fallen);
    proj_put_int(out, "held", p->taught.held);
    proj_put_int(out, "taught", p->taught.distinct);
    proj_put_int(out, "lag", planned == 0 ? 0 : (int64_t)expected - p->taught.distinct);
    p->count++;
}

static void walk_group(void *data, const uint8_t *group_id, const struct proj_group *group)
{
    struct programme *p = data;
    struct year year;
    p->group = *group;
    memcpy(p->group_id, group_id, LEDGER_ID_LEN);
    year_of(p->view, p->group.grade, p->day, &year);
    p->row_count = 0;
    for (base_day day = year.from; day <= p->day && proj_txn_fault(p->view->txn, NULL) == 0; day++)
        proj_planned_on(p->view->txn, p->group_id, &p->group, day, count_due, p);
    for (unsigned i = 0; i < p->row_count; i++)
        put_row(p, &p->rows[i], &year);
}

int proj_view_programme(struct proj_view *view, base_day day)
{
    struct programme *p = calloc(1, sizeof *p);
    struct base_buf *out = view->out;
    if (p == NULL) {
        proj_txn_fail(view->txn, BASE_E_MEMORY, "programme");
        return PROJ_VIEW_DONE;
    }
    p->view = view;
    p->day = day;
    p->all = proj_reads_all_pages(view);
    ledger_canon_put_map(out, 3);
    proj_put_int(out, "day", day);
    proj_put_seq(out, "size", proj_view_size(view));
    proj_put_key(out, "rows");
    size_t at = proj_array_begin(out);
    proj_each_group(view, walk_group, p);
    proj_array_end(out, at, p->count);
    free(p);
    return PROJ_VIEW_DONE;
}

/* One page with its plan */

struct lesson {
    struct proj_lesson lesson;
    struct base_bytes topic_text, homework_text; /* borrowed from the facts */
    struct proj_topic topic;
    struct proj_homework homework;
    ledger_seq topic_seq, homework_seq;
    bool given;
};

struct page {
    struct proj_view *view;
    const uint8_t *group_id, *subject_id;
    struct proj_group group;
    base_day from, to, day;
    struct lesson *lessons;
    unsigned count;
    base_day *planned; /* by number: the day on which the topic is to be taught; 0-based */
    unsigned planned_count, due; /* of them over by now */
    uint32_t put;
};

static struct lesson *lesson_of(struct page *page, const uint8_t *id)
{
    if (page->count > 0 && memcmp(page->lessons[page->count - 1].lesson.id, id, LEDGER_ID_LEN) == 0)
        return &page->lessons[page->count - 1];
    if (page->count == PAGE_LESSON_MAX) {
        proj_txn_fail(page->view->txn, BASE_E_LIMIT, "lessons of a plan");
        return NULL;
    }
    struct lesson *lesson = &page->lessons[page->count++];
    memset(lesson, 0, sizeof *lesson);
    lesson->topic_seq = lesson->homework_seq = LEDGER_SEQ_NONE;
    memcpy(lesson->lesson.id, id, LEDGER_ID_LEN);
    return lesson;
}

static void take_fact(struct page *page, const struct proj_fact *fact,
                      const struct proj_cell_ref *ref)
{
    struct lesson *lesson = lesson_of(page, ref->lesson);
    if (lesson == NULL)
        return;
    if (ref->what == PROJ_WHAT_LESSON && fact->value.len == sizeof lesson->lesson) {
        memcpy(&lesson->lesson, fact->value.data, sizeof lesson->lesson);
        lesson->given = true;
    } else if (ref->what == PROJ_WHAT_TOPIC && fact->value.len >= sizeof lesson->topic) {
        memcpy(&lesson->topic, fact->value.data, sizeof lesson->topic);
        lesson->topic_text = base_bytes_of(fact->value.data + sizeof lesson->topic,
                                           fact->value.len - sizeof lesson->topic);
        lesson->topic_seq = fact->seq;
    } else if (ref->what == PROJ_WHAT_HOMEWORK && fact->value.len >= sizeof lesson->homework) {
        memcpy(&lesson->homework, fact->value.data, sizeof lesson->homework);
        lesson->homework_text = base_bytes_of(fact->value.data + sizeof lesson->homework,
                                              fact->value.len - sizeof lesson->homework);
        lesson->homework_seq = fact->seq;
    }
}

static void collect(struct page *page)
{
    struct proj_key prefix = proj_key_page(page->group_id, page->subject_id);
    struct proj_key first = proj_key_page_day(page->group_id, page->subject_id, page->from);
    struct proj_key until =
        proj_key_page_day(page->group_id, page->subject_id, (int64_t)page->to + 1);
    struct proj_fact fact;
    struct proj_cell_ref ref;
    struct proj_scan *scan =
        proj_scan_open(page->view->txn, &prefix, &first, &until, LEDGER_SEQ_NONE);
    while (proj_scan_next(scan, &fact)) {
        bool wanted = proj_cell_ref_of(fact.key, &ref) && fact.seq != LEDGER_SEQ_NONE &&
                      (ref.what == PROJ_WHAT_LESSON || ref.what == PROJ_WHAT_TOPIC ||
                       ref.what == PROJ_WHAT_HOMEWORK);
        if (wanted)
            take_fact(page, &fact, &ref);
    }
    proj_scan_close(scan);
}

static void note_planned(void *data, const struct proj_slot *slot)
{
    struct page *page = data;
    if (memcmp(slot->subject, page->subject_id, LEDGER_ID_LEN) != 0 ||
        page->planned_count == TOPIC_NUMBER_MAX)
        return;
    page->planned[page->planned_count++] = page->day;
    page->due += proj_slot_is_over(page->view, slot, page->day);
}

static void plan_days(struct page *page, const struct year *year)
{
    unsigned days = page->group.days == 0 ? 6 : page->group.days;
    for (page->day = year->from; page->day <= year->to; page->day++) {
        if (proj_is_school_day(page->view->txn, page->day, page->group.grade, days))
            proj_slots_on(page->view->txn, page->group_id, page->day, note_planned, page);
    }
}

static int64_t homework_late_min(struct page *page, const struct lesson *lesson)
{
    base_day day = lesson->lesson.day;
    base_time_ms due = proj_homework_due(proj_last_lesson_end(page->view->txn, page->group_id, day),
                                         page->view->offset_min, day);
    bool late = lesson->homework_seq != LEDGER_SEQ_NONE && lesson->homework.recorded_ms > due;
    return late ? (lesson->homework.recorded_ms - due) / MINUTE_MS + 1 : 0;
}

static void put_day_or_nil(struct base_buf *out, const char *key, base_day day)
{
    proj_put_key(out, key);
    if (day == INT32_MIN)
        ledger_canon_put_nil(out);
    else
        ledger_canon_put_int(out, day);
}

static bool writes(struct page *page, const struct proj_lesson *lesson)
{
    struct proj_view *view = page->view;
    return view->present == NULL &&
           proj_may_write_lesson(view->txn, view->account, lesson, LEDGER_SEQ_NONE);
}

static void put_lesson(struct page *page, const struct lesson *one)
{
    struct base_buf *out = page->view->out;
    const struct proj_lesson *lesson = &one->lesson;
    bool has_homework = one->homework_seq != LEDGER_SEQ_NONE;
    ledger_canon_put_map(out, 20);
    proj_put_id(out, "id", lesson->id);
    proj_put_int(out, "day", lesson->day);
    proj_put_int(out, "shift", lesson->shift);
    proj_put_int(out, "n", lesson->n);
    proj_put_person(page->view, "assigned", lesson->assigned);
    proj_put_person(page->view, "actual", lesson->actual);
    proj_put_bool(out, "writable", writes(page, lesson));
    proj_put_text(out, "topic", one->topic_text);
    proj_put_int(out, "number", one->topic.number);
    proj_put_int(out, "work", one->topic.work);
    proj_put_seq(out, "topic_seq", one->topic_seq);
    proj_put_key(out, "homework");
    if (has_homework)
        ledger_canon_put_text(out, one->homework_text);
    else
        ledger_canon_put_nil(out);
    put_day_or_nil(out, "homework_due", has_homework ? one->homework.due : INT32_MIN);
    proj_put_int(out, "manner", has_homework ? one->homework.manner : 0);
    proj_put_int(out, "homework_late_min", homework_late_min(page, one));
    proj_put_int(out, "recorded", lesson->recorded_ms);
    proj_put_bool(
        out, "late",
        proj_attendance_is_late(lesson->recorded_ms, page->view->offset_min, lesson->day));
    proj_put_int(out, "topic_recorded",
                 one->topic_seq != LEDGER_SEQ_NONE ? one->topic.recorded_ms : 0);
    page->put++;
}

/* A lesson to come, or one that nobody has recorded. */
static void put_open(void *data, const struct proj_planned *planned)
{
    struct page *page = data;
    struct base_buf *out = page->view->out;
    if (memcmp(planned->slot.subject, page->subject_id, LEDGER_ID_LEN) != 0)
        return;
    bool given = proj_planned_is_given(planned);
    if (given && proj_slot_is_recorded(page->view, &planned->slot, planned->day))
        return;
    ledger_canon_put_map(out, 6);
    proj_put_int(out, "day", planned->day);
    proj_put_int(out, "shift", planned->slot.shift);
    proj_put_int(out, "n", planned->slot.n);
    proj_put_bool(out, "given", given);
    proj_put_person(page->view, "actual", planned->actual);
    page->put++;
}

static void put_topics(struct page *page)
{
    struct base_buf *out = page->view->out;
    uint32_t count = 0;
    proj_put_key(out, "topics");
    size_t at = proj_array_begin(out);
    for (unsigned number = 1; number <= TOPIC_NUMBER_MAX; number++) {
        struct base_bytes text;
        unsigned work = 0;
        if (!proj_plan_topic(page->view->txn, page->subject_id, page->group.grade, number, &text,
                             &work))
            continue;
        ledger_canon_put_map(out, 4);
        proj_put_int(out, "number", number);
        proj_put_text(out, "text", text);
        proj_put_int(out, "work", work);
        put_day_or_nil(out, "day",
                       number <= page->planned_count ? page->planned[number - 1] : INT32_MIN);
        count++;
    }
    proj_array_end(out, at, count);
}

/* Who arranges, and who teaches the subject in that grade; at other moments nobody. */
static bool may_set(struct page *page)
{
    struct proj_view *view = page->view;
    return view->present == NULL && !view->operator_reads &&
           (proj_reads_arrangements(view) ||
            proj_teaches_in_grade(view->txn, view->account, page->subject_id, page->group.grade,
                                  proj_view_today(view), LEDGER_SEQ_NONE));
}

static void put_page(struct page *page)
{
    struct base_buf *out = page->view->out;
    struct proj_subject subject = {0};
    (void)proj_find_subject(page->view, page->subject_id, &subject);
    ledger_canon_put_map(out, 14);
    proj_put_id(out, "group", page->group_id);
    proj_put_str(out, "group_name", page->group.name);
    proj_put_id(out, "subject", page->subject_id);
    proj_put_str(out, "subject_name", subject.name);
    proj_put_int(out, "grade", page->group.grade);
    proj_put_bool(out, "may_set", may_set(page));
    proj_put_int(out, "from", page->from);
    proj_put_int(out, "to", page->to);
    proj_put_int(out, "today", proj_view_today(page->view));
    proj_put_int(out, "due", page->due);
    proj_put_seq(out, "size", proj_view_size(page->view));
    put_topics(page);
    proj_put_key(out, "lessons");
    size_t at = proj_array_begin(out);
    for (unsigned i = 0; i < page->count; i++) {
        if (page->lessons[i].given)
            put_lesson(page, &page->lessons[i]);
    }
    proj_array_end(out, at, page->put);
    proj_put_key(out, "open");
    page->put = 0;
    at = proj_array_begin(out);
    for (base_day day = page->from; day <= page->to; day++)
        proj_planned_on(page->view->txn, page->group_id, &page->group, day, put_open, page);
    proj_array_end(out, at, page->put);
}

int proj_view_plan(struct proj_view *view, const proj_id group_id, const proj_id subject_id)
{
    struct page page = {.view = view, .group_id = group_id, .subject_id = subject_id};
    struct proj_subject subject;
    struct year year;
    if (!proj_find_group(view, group_id, &page.group) ||
        !proj_find_subject(view, subject_id, &subject))
        return PROJ_VIEW_MISSING;
    if (!proj_may_read_page(view, group_id, subject_id))
        return PROJ_VIEW_FORBIDDEN;
    year_of(view, page.group.grade, proj_view_today(view), &year);
    page.from = year.from;
    page.to = year.to;
    page.lessons = calloc(PAGE_LESSON_MAX, sizeof *page.lessons);
    page.planned = calloc(TOPIC_NUMBER_MAX, sizeof *page.planned);
    if (page.lessons == NULL || page.planned == NULL) {
        proj_txn_fail(view->txn, BASE_E_MEMORY, "plan");
    } else {
        collect(&page);
        plan_days(&page, &year);
        put_page(&page);
    }
    free(page.lessons);
    free(page.planned);
    return PROJ_VIEW_DONE;
}
