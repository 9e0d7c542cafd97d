/* "My day": the reader's lessons of one day in order, each with what is still missing. */
#include <stdlib.h>

#include "projections/deadlines.h"
#include "projections/planned.h"
#include "projections/views/view.h"
#include "projections/views/walk.h"

#define DAY_LESSON_COUNT_MAX 40

struct day_lesson {
    struct proj_planned planned;
    char room[41];
    int start_min, end_min;
};

struct day {
    struct proj_view *view;
    base_day day;
    struct day_lesson *lessons;
    unsigned count;
};

/* Own lessons, also those given away, moved or cancelled: the teacher wants to see that; and those
 * of others that the reader gives. */
static void take_lesson(void *data, const struct proj_planned *planned)
{
    struct day *day = data;
    const struct proj_slot *slot = &planned->slot;
    struct proj_bell bell = {.start_min = -1, .end_min = -1};
    bool own = memcmp(slot->account, day->view->account, LEDGER_ID_LEN) == 0;
    bool gives = memcmp(planned->actual, day->view->account, LEDGER_ID_LEN) == 0;
    if ((!own && !gives) || day->count == DAY_LESSON_COUNT_MAX)
        return;
    struct day_lesson *lesson = &day->lessons[day->count++];
    *lesson = (struct day_lesson){.planned = *planned};
    size_t len = slot->room.len < 40 ? slot->room.len : 40;
    if (len > 0)
        memcpy(lesson->room, slot->room.data, len);
    (void)proj_bell_of(day->view->txn, slot->shift, slot->n, day->day, &bell);
    lesson->start_min = bell.start_min;
    lesson->end_min = bell.end_min;
}

static void collect(void *data, const uint8_t *group_id, const struct proj_group *group)
{
    struct day *day = data;
    proj_planned_on(day->view->txn, group_id, group, day->day, take_lesson, day);
}

static int compare(const void *a, const void *b)
{
    const struct day_lesson *x = a;
    const struct day_lesson *y = b;
    const struct proj_slot *one = &x->planned.slot;
    const struct proj_slot *other = &y->planned.slot;
    if (one->shift != other->shift)
        return one->shift < other->shift ? -1 : 1;
    if (one->n != other->n)
        return one->n < other->n ? -1 : 1;
    return memcmp(one->group, other->group, LEDGER_ID_LEN);
}

/* What is written on a lesson. */
struct written {
    bool given;
    struct proj_lesson lesson;
    struct base_bytes topic, homework;
    bool has_topic, has_homework, sheet;
    unsigned mark_count;
};

static void read_written(struct day *day, const struct proj_slot *slot, struct written *out)
{
    struct proj_key prefix = proj_key_page_day(slot->group, slot->subject, day->day);
    struct proj_fact fact;
    struct proj_cell_ref ref;
    *out = (struct written){0};
    struct proj_scan *scan = proj_scan_open(day->view->txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
    bool here = false; /* the lesson's own fact comes first among its cells */
    while (proj_scan_next(scan, &fact)) {
        if (!proj_cell_ref_of(fact.key, &ref) || fact.seq == LEDGER_SEQ_NONE)
            continue;
        if (ref.what == PROJ_WHAT_LESSON) {
            struct proj_lesson lesson;
            memcpy(&lesson, fact.value.data, sizeof lesson);
            here = lesson.shift == slot->shift && lesson.n == slot->n;
            if (here) {
                out->given = true;
                out->lesson = lesson;
            }
        } else if (here && ref.what == PROJ_WHAT_TOPIC) {
            out->has_topic = true;
            out->topic = base_bytes_of(fact.value.data + sizeof(struct proj_topic),
                                       fact.value.len - sizeof(struct proj_topic));
        } else if (here && ref.what == PROJ_WHAT_HOMEWORK) {
            out->has_homework = true;
            out->homework = base_bytes_of(fact.value.data + sizeof(struct proj_homework),
                                          fact.value.len - sizeof(struct proj_homework));
        } else if (here && ref.what == PROJ_WHAT_SHEET) {
            out->sheet = true;
        } else if (here && ref.what == PROJ_WHAT_MARK) {
            struct proj_mark mark;
            (void)proj_mark_of(fact.value, &mark);
            out->mark_count += mark.count > 0;
        }
    }
    proj_scan_close(scan);
}

static unsigned count_pupils(struct day *day, const proj_id group)
{
    struct proj_key prefix = proj_key_tagged_id('M', group);
    struct proj_fact fact;
    unsigned count = 0;
    struct proj_scan *scan = proj_scan_open(day->view->txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
    while (proj_scan_next(scan, &fact)) {
        struct proj_span span;
        count += proj_span_of(day->view->txn, &fact, &span) && span.from <= day->day &&
                 day->day <= span.to;
    }
    proj_scan_close(scan);
    return count;
}

/* ST-3: the plan proposes the topic after the highest number taken so far. */
static unsigned next_number(struct day *day, const struct proj_slot *slot)
{
    struct proj_key prefix = proj_key_page(slot->group, slot->subject);
    struct proj_key until = proj_key_page_day(slot->group, slot->subject, (int64_t)day->day + 1);
    struct proj_fact fact;
    struct proj_cell_ref ref;
    int highest = 0;
    struct proj_scan *scan = proj_scan_open(day->view->txn, &prefix, NULL, &until, LEDGER_SEQ_NONE);
    while (proj_scan_next(scan, &fact)) {
        struct proj_topic topic;
        if (!proj_cell_ref_of(fact.key, &ref) || ref.what != PROJ_WHAT_TOPIC ||
            fact.seq == LEDGER_SEQ_NONE)
            continue;
        memcpy(&topic, fact.value.data, sizeof topic);
        highest = topic.number > highest ? topic.number : highest;
    }
    proj_scan_close(scan);
    return (unsigned)highest + 1;
}

static void put_plan(struct day *day, const struct proj_slot *slot, unsigned grade)
{
    struct base_buf *out = day->view->out;
    struct base_bytes text;
    unsigned work = 0;
    unsigned number = next_number(day, slot);
    if (proj_plan_topic(day->view->txn, slot->subject, grade, number, &text, &work)) {
        proj_put_text(out, "next_topic", text);
        proj_put_int(out, "next_number", number);
        proj_put_int(out, "next_work", work);
    } else {
        proj_put_nil(out, "next_topic");
        proj_put_nil(out, "next_number");
        proj_put_nil(out, "next_work");
    }
}

static void put_text_or_nil(struct base_buf *out, const char *key, bool there,
                            struct base_bytes text)
{
    proj_put_key(out, key);
    if (there)
        ledger_canon_put_text(out, text);
    else
        ledger_canon_put_nil(out);
}

static void put_lesson(struct day *day, const struct day_lesson *item)
{
    struct base_buf *out = day->view->out;
    struct written written;
    struct proj_group group = {0};
    struct proj_subject subject = {0};
    char assigned[PROJ_NAME_LEN_MAX];
    char actual[PROJ_NAME_LEN_MAX];
    read_written(day, &item->planned.slot, &written);
    (void)proj_find_group_on(day->view, item->planned.slot.group, day->day, &group);
    (void)proj_find_subject(day->view, item->planned.slot.subject, &subject);
    proj_view_account_name(day->view, item->planned.slot.account, assigned);
    proj_view_account_name(day->view, item->planned.actual, actual);
    int last_end = proj_last_lesson_end(day->view->txn, item->planned.slot.group, day->day);
    ledger_canon_put_map(out, 29);
    proj_put_id(out, "group", item->planned.slot.group);
    proj_put_str(out, "group_name", group.name);
    proj_put_id(out, "subject", item->planned.slot.subject);
    proj_put_str(out, "subject_name", subject.name);
    proj_put_int(out, "shift", item->planned.slot.shift);
    proj_put_int(out, "n", item->planned.slot.n);
    proj_put_int(out, "start", item->start_min);
    proj_put_int(out, "end", item->end_min);
    proj_put_str(out, "room", item->room);
    proj_put_id_or_nil(out, "lesson", written.given ? written.lesson.id : NULL);
    proj_put_id(out, "assigned", item->planned.slot.account);
    proj_put_str(out, "assigned_name", assigned);
    proj_put_id(out, "actual", item->planned.actual);
    proj_put_str(out, "actual_name", actual);
    proj_put_key(out, "change");
    if (item->planned.change == PROJ_PLANNED_AS_IS)
        ledger_canon_put_nil(out);
    else
        ledger_canon_put_int(out, item->planned.change);
    proj_put_int(out, "newday", item->planned.to_day);
    proj_put_int(out, "newn", item->planned.to_n);
    proj_put_key(out, "moved_from");
    if (item->planned.moved_in)
        ledger_canon_put_int(out, item->planned.home_day);
    else
        ledger_canon_put_nil(out);
    put_text_or_nil(out, "topic", written.has_topic, written.topic);
    put_plan(day, &item->planned.slot, group.grade);
    put_text_or_nil(out, "homework", written.has_homework, written.homework);
    proj_put_bool(out, "homework_set", written.has_homework);
    proj_put_bool(out, "sheet", written.sheet);
    proj_put_int(out, "mark_count", written.mark_count);
    proj_put_bool(out, "marked", subject.marked && group.grade != 1);
    proj_put_int(out, "pupil_count", count_pupils(day, item->planned.slot.group));
    proj_put_int(out, "homework_due", proj_homework_due(last_end, day->view->offset_min, day->day));
}

int proj_view_day(struct proj_view *view, base_day which)
{
    struct day day = {.view = view, .day = which};
    day.lessons = calloc(DAY_LESSON_COUNT_MAX, sizeof *day.lessons);
    if (day.lessons == NULL) {
        proj_txn_fail(view->txn, BASE_E_MEMORY, "day");
        return PROJ_VIEW_MISSING;
    }
    proj_each_group(view, collect, &day);
    qsort(day.lessons, day.count, sizeof *day.lessons, compare);
    ledger_canon_put_map(view->out, 4);
    proj_put_int(view->out, "day", which);
    proj_put_int(view->out, "now", view->now_ms);
    proj_put_key(view->out, "lessons");
    ledger_canon_put_array(view->out, day.count);
    for (unsigned i = 0; i < day.count; i++)
        put_lesson(&day, &day.lessons[i]);
    proj_put_bool(view->out, "working", proj_is_school_day(view->txn, which, 0, 6));
    free(day.lessons);
    return PROJ_VIEW_DONE;
}
