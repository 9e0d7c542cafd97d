/* The diary of one pupil: the lessons of a span of days with topic, homework, marks and absence,
 * for the family and the class teacher (CT-2b). */
#include <stdlib.h>

#include "projections/calendar.h"
#include "projections/deadlines.h"
#include "projections/planned.h"
#include "projections/views/files.h"
#include "projections/views/pupil.h"
#include "projections/views/walk.h"

#define DIARY_DAYS_MAX 62

struct diary {
    struct proj_view *view;
    const uint8_t *pupil;
    base_day from, to;
    uint32_t count;
    struct proj_txn *then; /* as the reader acknowledged it; NULL: not, or nothing is newer */
};

/* What one lesson holds for this pupil; filled while its cells are scanned. */
struct entry {
    bool open;
    struct proj_lesson lesson;
    struct base_bytes topic, homework;
    bool has_topic, has_homework;
    struct proj_homework homework_head;
    struct proj_fact marks[16];
    unsigned mark_count;
    struct proj_fact absence;
    bool has_absence;
    struct proj_file files[PROJ_LESSON_FILE_COUNT_MAX];
    unsigned file_count;
    bool changed; /* since the reader acknowledged it (CT-3) */
};

static void put_marks(struct diary *diary, const struct entry *entry)
{
    struct base_buf *out = diary->view->out;
    proj_put_key(out, "marks");
    ledger_canon_put_array(out, entry->mark_count);
    for (unsigned i = 0; i < entry->mark_count; i++) {
        const struct proj_fact *fact = &entry->marks[i];
        struct proj_mark mark;
        struct base_buf BASE_CLEANUP(base_buf_wipe) comment = {0};
        memset(&mark, 0, sizeof mark);
        unsigned flags = proj_fact_flags(diary->view->txn, fact, LEDGER_SEQ_NONE);
        if (fact->seq != LEDGER_SEQ_NONE) {
            (void)proj_mark_of(fact->value, &mark);
            flags = proj_fact_flags(diary->view->txn, fact, mark.prev);
        }
        if (mark.has_comment)
            proj_view_shown_text(diary->view, mark.comment, &comment);
        ledger_canon_put_map(out, 6);
        proj_put_key(out, "values");
        ledger_canon_put_array(out, mark.count);
        for (unsigned v = 0; v < mark.count; v++)
            ledger_canon_put_int(out, mark.values[v]);
        proj_put_int(out, "work", mark.work);
        proj_put_int(out, "weight", mark.weight);
        proj_put_text(out, "comment", base_buf_bytes(&comment));
        proj_put_seq(out, "seq", fact->seq);
        proj_put_int(out, "flags", flags);
    }
}

static void put_files(struct diary *diary, const struct entry *entry)
{
    proj_put_key(diary->view->out, "files");
    ledger_canon_put_array(diary->view->out, entry->file_count);
    for (unsigned i = 0; i < entry->file_count; i++)
        proj_put_file(diary->view->out, &entry->files[i]);
}

static void take_file(struct entry *entry, const struct proj_fact *fact)
{
    struct proj_file *file = &entry->files[entry->file_count];
    if (entry->file_count == PROJ_LESSON_FILE_COUNT_MAX || fact->value.len != sizeof *file)
        return;
    memcpy(file, fact->value.data, sizeof *file);
    entry->file_count += file->attached;
}

static void put_absence(struct diary *diary, const struct entry *entry)
{
    struct base_buf *out = diary->view->out;
    struct base_buf BASE_CLEANUP(base_buf_wipe) reason = {0};
    struct base_buf BASE_CLEANUP(base_buf_wipe) said = {0};
    struct proj_attendance absence;
    memset(&absence, 0, sizeof absence);
    if (entry->has_absence)
        (void)proj_attendance_of(entry->absence.value, &absence);
    proj_absence_texts(diary->view, diary->pupil, entry->lesson.day, &absence, &reason, &said);
    proj_put_int(out, "state", absence.state);
    proj_put_text(out, "reason", base_buf_bytes(&reason));
    proj_put_text(out, "said", base_buf_bytes(&said));
    proj_put_bool(out, "changed",
                  entry->changed || (absence.state == PROJ_ABSENT &&
                                     proj_excuse_changed(diary->then, diary->view->txn,
                                                         diary->pupil, entry->lesson.day)));
}

static void put_entry(struct diary *diary, const struct entry *entry)
{
    struct base_buf *out = diary->view->out;
    const struct proj_lesson *lesson = &entry->lesson;
    struct proj_bell bell = {.start_min = -1, .end_min = -1};
    struct proj_subject subject = {0};
    char name[PROJ_NAME_LEN_MAX];
    (void)proj_bell_of(diary->view->txn, lesson->shift, lesson->n, lesson->day, &bell);
    (void)proj_find_subject(diary->view, lesson->subject, &subject);
    proj_view_account_name(diary->view, lesson->actual, name);
    ledger_canon_put_map(out, 18);
    proj_put_id_or_nil(out, "lesson", lesson->id);
    proj_put_int(out, "day", lesson->day);
    proj_put_int(out, "n", lesson->n);
    proj_put_int(out, "start", bell.start_min);
    proj_put_int(out, "end", bell.end_min);
    proj_put_id(out, "subject", lesson->subject);
    proj_put_str(out, "subject_name", subject.name);
    proj_put_str(out, "teacher_name", name);
    proj_put_bool(out, "substituted", memcmp(lesson->assigned, lesson->actual, LEDGER_ID_LEN) != 0);
    proj_put_key(out, "topic");
    if (entry->has_topic)
        ledger_canon_put_text(out, entry->topic);
    else
        ledger_canon_put_nil(out);
    proj_put_key(out, "homework");
    if (entry->has_homework)
        ledger_canon_put_text(out, entry->homework);
    else
        ledger_canon_put_nil(out);
    proj_put_key(out, "due");
    if (entry->has_homework && entry->homework_head.due != INT32_MIN)
        ledger_canon_put_int(out, entry->homework_head.due);
    else
        ledger_canon_put_nil(out);
    put_files(diary, entry);
    put_marks(diary, entry);
    put_absence(diary, entry);
    diary->count++;
}

static void take(const struct diary *diary, struct entry *entry, const struct proj_fact *fact,
                 const struct proj_cell_ref *ref)
{
    bool own = memcmp(ref->pupil, diary->pupil, LEDGER_ID_LEN) == 0;
    if (own || ref->what == PROJ_WHAT_TOPIC || ref->what == PROJ_WHAT_HOMEWORK ||
        ref->what == PROJ_WHAT_FILE)
        entry->changed |= proj_cell_changed(diary->then, fact);
    if (ref->what == PROJ_WHAT_TOPIC && fact->seq != LEDGER_SEQ_NONE) {
        entry->has_topic = true;
        entry->topic = base_bytes_of(fact->value.data + sizeof(struct proj_topic),
                                     fact->value.len - sizeof(struct proj_topic));
    } else if (ref->what == PROJ_WHAT_HOMEWORK && fact->seq != LEDGER_SEQ_NONE) {
        entry->has_homework = true;
        memcpy(&entry->homework_head, fact->value.data, sizeof entry->homework_head);
        entry->homework = base_bytes_of(fact->value.data + sizeof(struct proj_homework),
                                        fact->value.len - sizeof(struct proj_homework));
    } else if (ref->what == PROJ_WHAT_FILE && fact->seq != LEDGER_SEQ_NONE) {
        take_file(entry, fact);
    } else if (ref->what == PROJ_WHAT_ATTENDANCE && own && fact->seq != LEDGER_SEQ_NONE) {
        entry->has_absence = true;
        entry->absence = *fact;
    } else if (ref->what == PROJ_WHAT_MARK && own && entry->mark_count < 16) {
        entry->marks[entry->mark_count++] = *fact;
    }
}

static void scan_page(struct diary *diary, const proj_id group, const proj_id subject,
                      const struct proj_span *span)
{
    struct proj_key prefix = proj_key_page(group, subject);
    struct proj_key from = proj_key_page_day(group, subject, diary->from);
    struct proj_key until = proj_key_page_day(group, subject, (int64_t)diary->to + 1);
    struct proj_fact fact;
    struct proj_cell_ref ref;
    struct entry entry = {0};
    struct proj_scan *scan =
        proj_scan_open(diary->view->txn, &prefix, &from, &until, LEDGER_SEQ_NONE);
    while (proj_scan_next_of_pupil(scan, diary->pupil, &fact, &ref)) {
        if (ref.what == PROJ_WHAT_LESSON) {
            if (entry.open)
                put_entry(diary, &entry);
            entry = (struct entry){.open = fact.seq != LEDGER_SEQ_NONE && ref.day >= span->from &&
                                           ref.day <= span->to};
            if (entry.open) {
                memcpy(&entry.lesson, fact.value.data, sizeof entry.lesson);
                entry.changed = proj_cell_changed(diary->then, &fact);
            }
        } else if (entry.open) {
            take(diary, &entry, &fact, &ref);
        }
    }
    if (entry.open)
        put_entry(diary, &entry);
    proj_scan_close(scan);
}

/* CT-2b: what the timetable promises and nobody has recorded yet, with substitutions; a lesson that
 * is cancelled or moved away is not promised. */

static bool slot_is_recorded(struct diary *diary, const struct proj_slot *slot, base_day day)
{
    struct proj_key prefix = proj_key_page_day(slot->group, slot->subject, day);
    struct proj_fact fact;
    struct proj_cell_ref ref;
    bool found = false;
    struct proj_scan *scan = proj_scan_open(diary->view->txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
    while (!found && proj_scan_next(scan, &fact)) {
        struct proj_lesson lesson;
        if (!proj_cell_ref_of(fact.key, &ref) || ref.what != PROJ_WHAT_LESSON ||
            fact.value.len != sizeof lesson)
            continue;
        memcpy(&lesson, fact.value.data, sizeof lesson);
        found = lesson.shift == slot->shift && lesson.n == slot->n;
    }
    proj_scan_close(scan);
    return found;
}

static void put_planned(void *data, const struct proj_planned *planned)
{
    struct diary *diary = data;
    const struct proj_slot *slot = &planned->slot;
    struct entry entry = {.open = true};
    if (!proj_planned_is_given(planned))
        return;
    memcpy(entry.lesson.group, slot->group, LEDGER_ID_LEN);
    memcpy(entry.lesson.subject, slot->subject, LEDGER_ID_LEN);
    memcpy(entry.lesson.assigned, slot->account, LEDGER_ID_LEN);
    memcpy(entry.lesson.actual, planned->actual, LEDGER_ID_LEN);
    entry.lesson.day = planned->day;
    entry.lesson.shift = slot->shift;
    entry.lesson.n = slot->n;
    if (!slot_is_recorded(diary, slot, planned->day))
        put_entry(diary, &entry);
}

static void scan_timetable(struct diary *diary, const proj_id group_id,
                           const struct proj_span *span)
{
    struct proj_group group;
    if (!proj_find_group(diary->view, group_id, &group))
        return;
    for (base_day day = diary->from; day <= diary->to; day++) {
        if (day >= span->from && day <= span->to)
            proj_planned_on(diary->view->txn, group_id, &group, day, put_planned, diary);
    }
}

struct stay {
    struct diary *diary;
    const struct proj_span *span;
};

static void scan_subject(void *data, const uint8_t *group, const uint8_t *subject)
{
    const struct stay *stay = data;
    scan_page(stay->diary, group, subject, stay->span);
}

static void scan_group(struct diary *diary, const proj_id group, const struct proj_span *span)
{
    struct stay stay = {.diary = diary, .span = span};
    proj_each_subject_of(diary->view, group, PROJ_TAUGHT_EVER, scan_subject, &stay);
    scan_timetable(diary, group, span);
}

/* CT-3: what the reader has said of these days, and whether it still holds. */
static void put_acknowledgement(struct diary *diary, bool acknowledged,
                                const struct proj_acknowledgement *fact)
{
    struct base_buf *out = diary->view->out;
    proj_put_key(out, "acknowledged");
    if (!acknowledged) {
        ledger_canon_put_nil(out);
        return;
    }
    ledger_canon_put_map(out, 4);
    proj_put_int(out, "form", fact->form);
    proj_put_int(out, "recorded", fact->recorded_ms);
    proj_put_int(out, "upto", (int64_t)fact->upto);
    proj_put_bool(
        out, "changed",
        proj_diary_changed(diary->view, diary->pupil, diary->from, diary->to, fact->upto));
}

int proj_view_diary(struct proj_view *view, const proj_id pupil, base_day from, base_day to)
{
    struct proj_acknowledgement acknowledgement;
    struct diary diary = {.view = view, .pupil = pupil, .from = from, .to = to};
    char name[PROJ_NAME_LEN_MAX];
    struct proj_fact fact;
    struct proj_key pupil_key = proj_key_tagged_id('P', pupil);
    if (!proj_fact_get(view->txn, &pupil_key, LEDGER_SEQ_NONE, &fact))
        return PROJ_VIEW_MISSING;
    if (!proj_may_read_pupil(view, pupil))
        return PROJ_VIEW_FORBIDDEN;
    if (diary.to > from + DIARY_DAYS_MAX)
        diary.to = from + DIARY_DAYS_MAX;
    struct proj_key key = proj_key_ids_day('k', view->account, pupil, from);
    bool acknowledged = proj_fact_read(view->txn, &key, LEDGER_SEQ_NONE, &acknowledgement,
                                       sizeof acknowledgement, NULL);
    proj_view_pupil_name(view, pupil, name);
    ledger_canon_put_map(view->out, 8);
    proj_put_id(view->out, "pupil", pupil);
    proj_put_str(view->out, "name", name);
    proj_put_int(view->out, "from", from);
    proj_put_int(view->out, "to", diary.to);
    proj_put_seq(view->out, "size", proj_view_size(view));
    proj_put_bool(view->out, "parent", proj_is_own_child(view, pupil));
    put_acknowledgement(&diary, acknowledged, &acknowledgement);
    if (acknowledged)
        diary.then = proj_look_back(view, acknowledgement.upto);
    proj_put_key(view->out, "lessons");
    size_t at = proj_array_begin(view->out);
    struct proj_key prefix = proj_key_tagged_id('m', pupil);
    struct proj_scan *scan = proj_scan_open(view->txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
    while (proj_scan_next(scan, &fact)) {
        struct proj_span span;
        if (proj_span_of(view->txn, &fact, &span))
            scan_group(&diary, fact.key.data + 1 + LEDGER_ID_LEN, &span);
    }
    proj_scan_close(scan);
    proj_array_end(view->out, at, diary.count);
    proj_txn_end(diary.then);
    return PROJ_VIEW_DONE;
}
