/* Lessons: opened by whoever gives them, with topic and homework (ST-1, ST-3, ST-4, ST-8). */
#include "projections/lessons.h"
#include "projections/affirming.h"
#include "projections/control.h"
#include "projections/resting.h"

#include <assert.h>
#include <stdlib.h>

/* The lesson as it counts: from memory, or looked up and then kept. */
static bool lesson_find(struct proj_case *c)
{
    const uint8_t *id = proj_body_bin(c->body, "lesson");
    if (c->known != NULL)
        c->known_lesson = proj_known_find(c->known, id);
    if (c->known_lesson != NULL) {
        c->lesson = c->known_lesson->lesson;
        return true;
    }
    struct proj_key key = proj_key_tagged_id('L', id);
    if (!proj_fact_read(c->txn, &key, c->seq, &c->lesson, sizeof c->lesson, NULL))
        return false;
    if (c->known != NULL)
        c->known_lesson = proj_known_keep(c->known, &c->lesson);
    return true;
}

struct proj_known_lesson *proj_case_known(struct proj_case *c, const struct proj_lesson *lesson)
{
    bool is_it = c->known_lesson != NULL &&
                 memcmp(c->known_lesson->lesson.id, lesson->id, LEDGER_ID_LEN) == 0;
    return is_it ? c->known_lesson : NULL;
}

bool proj_case_may_write(struct proj_case *c, const struct proj_lesson *lesson)
{
    struct proj_known_lesson *known = proj_case_known(c, lesson);
    if (known != NULL && known->has_writer &&
        memcmp(known->writer, c->actor.account, LEDGER_ID_LEN) == 0)
        return true;
    bool may = proj_may_write_lesson(c->txn, c->actor.account, lesson, c->seq);
    if (may && known != NULL) {
        known->has_writer = true;
        memcpy(known->writer, c->actor.account, LEDGER_ID_LEN);
    }
    return may;
}

int proj_case_lesson(struct proj_case *c, struct proj_lesson *out_lesson)
{
    if (!c->lesson_known)
        c->lesson_known = lesson_find(c);
    *out_lesson = c->lesson;
    return c->lesson_known ? 0 : proj_refuse(c, PROJ_REFUSED_UNKNOWN_REFERENT, "lesson");
}

bool proj_case_lesson_any(struct proj_case *c, struct proj_lesson *out_lesson)
{
    return proj_case_lesson_at(c, 0, out_lesson);
}

bool proj_case_lesson_at(struct proj_case *c, unsigned at, struct proj_lesson *out_lesson)
{
    struct proj_fact fact;
    struct proj_key key =
        proj_key_tagged_id('L', proj_body_bin_at(c->body, at, "lesson", LEDGER_ID_LEN));
    if (!proj_fact_get_any(c->txn, &key, c->seq, &fact) || fact.value.len != sizeof *out_lesson)
        return false;
    memcpy(out_lesson, fact.value.data, sizeof *out_lesson);
    return true;
}

int proj_case_writes_lesson(struct proj_case *c, struct proj_lesson *out_lesson)
{
    int code = proj_case_lesson(c, out_lesson);
    if (code == 0 && !proj_case_may_write(c, out_lesson) &&
        !proj_may_import(c->txn, c->actor.account, proj_case_day(c), c->seq))
        code = proj_refuse(c, PROJ_REFUSED_NO_RIGHT, "lesson");
    return code;
}

int proj_case_member(struct proj_case *c, const struct proj_lesson *lesson,
                     const struct proj_cells *cells)
{
    struct ledger_canon_value pupil = ledger_canon_at(&cells->tuple, 0);
    return proj_is_member(c->txn, lesson->group, pupil.bytes.data, lesson->day, c->seq)
               ? 0
               : proj_refuse_cell(c, PROJ_REFUSED_NOT_MEMBER, cells->index, "pupil");
}

int proj_case_distinct(struct proj_case *c)
{
    struct ledger_canon_reader reader;
    if (proj_cells_read(c->body, 0, "cells", &reader) < 2)
        return 0;
    const uint8_t *seen[PROJ_CELL_COUNT_MAX] = {0};
    struct proj_cells cells = {0};
    while (proj_cells_next(c->body, "cells", &cells)) {
        const uint8_t *pupil = ledger_canon_at(&cells.tuple, 0).bytes.data;
        for (unsigned i = 0; i < cells.index; i++) {
            assert(seen[i] != NULL);
            if (memcmp(seen[i], pupil, LEDGER_ID_LEN) == 0)
                return proj_refuse_cell(c, PROJ_REFUSED_DUPLICATE, cells.index, "pupil");
        }
        assert(cells.index < PROJ_CELL_COUNT_MAX);
        seen[cells.index] = pupil;
    }
    return 0;
}

/* The fact by which the event is known: its own one, or that of its first cell. */
static struct proj_key first_key(struct proj_case *c, const struct proj_lesson *lesson,
                                 enum proj_what what)
{
    struct proj_cells cells = {0};
    const uint8_t *pupil = proj_no_id;
    unsigned column = 0;
    proj_id half;
    bool by_pupil =
        what == PROJ_WHAT_ATTENDANCE || what == PROJ_WHAT_MARK || what == PROJ_WHAT_DEBT;
    if (by_pupil && proj_cells_next(c->body, "cells", &cells))
        pupil = ledger_canon_at(&cells.tuple, 0).bytes.data;
    else if (what == PROJ_WHAT_FILE) /* named by its digest */
        pupil = memcpy(half, proj_body_bin(c->body, "digest"), LEDGER_ID_LEN);
    else if (what == PROJ_WHAT_ATTENDANCE) /* nobody was absent */
        what = PROJ_WHAT_SHEET;
    if (what == PROJ_WHAT_MARK || what == PROJ_WHAT_DEBT)
        column = (unsigned)proj_body_int(c->body, "column");
    return proj_key_cell(lesson, what, pupil, column);
}

int proj_case_unlocked(struct proj_case *c, const struct proj_lesson *lesson, enum proj_what what)
{
    struct proj_known_lesson *known = proj_case_known(c, lesson);
    if (known != NULL && known->is_unlocked)
        return 0;
    if (!proj_is_locked(c->txn, lesson->group, lesson->day, c->seq)) {
        if (known != NULL)
            known->is_unlocked = true;
        return 0;
    }
    struct proj_key key = first_key(c, lesson, what);
    return proj_case_affirms(c, &key) ? 0 : proj_refuse(c, PROJ_REFUSED_LOCKED, "lesson");
}

int proj_case_open_lesson(struct proj_case *c, enum proj_what what, struct proj_lesson *out_lesson)
{
    int code = proj_case_lesson(c, out_lesson);
    return code != 0 ? code : proj_case_unlocked(c, out_lesson, what);
}

int proj_case_open_cells(struct proj_case *c, enum proj_what what, struct proj_lesson *out_lesson)
{
    int code = proj_case_distinct(c);
    return code != 0 ? code : proj_case_open_lesson(c, what, out_lesson);
}

int proj_case_writes_cells(struct proj_case *c)
{
    struct proj_lesson lesson;
    int code = proj_case_writes_lesson(c, &lesson);
    struct proj_cells cells = {0};
    while (code == 0 && proj_cells_next(c->body, "cells", &cells))
        code = proj_case_member(c, &lesson, &cells);
    return code;
}

/* lesson.opened */

static struct proj_lesson lesson_of(struct proj_case *c)
{
    struct proj_lesson lesson;
    memset(&lesson, 0, sizeof lesson);
    memcpy(lesson.id, proj_body_bin(c->body, "lesson"), LEDGER_ID_LEN);
    memcpy(lesson.group, proj_body_bin(c->body, "group"), LEDGER_ID_LEN);
    memcpy(lesson.subject, proj_body_bin(c->body, "subject"), LEDGER_ID_LEN);
    memcpy(lesson.assigned, proj_body_bin(c->body, "assigned"), LEDGER_ID_LEN);
    memcpy(lesson.actual, proj_body_bin(c->body, "actual"), LEDGER_ID_LEN);
    lesson.day = (int32_t)proj_body_int(c->body, "day");
    lesson.shift = (uint8_t)proj_body_int(c->body, "shift");
    lesson.n = (uint8_t)proj_body_int(c->body, "n");
    lesson.recorded_ms = c->recorded_ms;
    return lesson;
}

/* The one who gives the lesson opens it: the assigned teacher, or the substitute of that slot. An
 * importer records lessons that others gave before the log began. */
static int opened_ground(struct proj_case *c)
{
    struct proj_lesson lesson = lesson_of(c);
    if (memcmp(lesson.actual, c->actor.account, LEDGER_ID_LEN) != 0 &&
        !proj_may_import(c->txn, c->actor.account, proj_case_day(c), c->seq))
        return proj_refuse(c, PROJ_REFUSED_NO_RIGHT, "actual");
    if (!proj_teaches(c->txn, lesson.assigned, lesson.group, lesson.subject, lesson.day, c->seq))
        return proj_refuse(c, PROJ_REFUSED_NO_RIGHT, "assigned");
    bool own = memcmp(lesson.actual, lesson.assigned, LEDGER_ID_LEN) == 0;
    if (!own && !proj_substitutes(c->txn, lesson.actual, lesson.group, lesson.subject, lesson.day,
                                  lesson.shift, lesson.n, c->seq))
        return proj_refuse(c, PROJ_REFUSED_NO_RIGHT, "actual");
    return 0;
}

static bool slot_taken(struct proj_case *c, const struct proj_lesson *lesson)
{
    struct proj_key prefix = proj_key_page_day(lesson->group, lesson->subject, lesson->day);
    struct proj_fact fact;
    bool taken = false;
    struct proj_scan *scan = proj_scan_open_lessons(c->txn, &prefix, c->seq);
    while (!taken && proj_scan_next(scan, &fact)) {
        struct proj_lesson other;
        if (fact.value.len != sizeof other)
            continue;
        memcpy(&other, fact.value.data, sizeof other);
        taken = other.shift == lesson->shift && other.n == lesson->n;
    }
    proj_scan_close(scan);
    return taken;
}

static int opened_admit(struct proj_case *c)
{
    struct proj_lesson lesson = lesson_of(c);
    struct proj_lesson earlier;
    struct proj_key key = proj_key_tagged_id('L', lesson.id);
    if (proj_case_lesson_any(c, &earlier)) {
        /* A lesson that was struck out may be affirmed anew, as the same lesson and no other. */
        struct proj_fact counting;
        bool same = memcmp(earlier.group, lesson.group, LEDGER_ID_LEN) == 0 &&
                    memcmp(earlier.subject, lesson.subject, LEDGER_ID_LEN) == 0 &&
                    earlier.day == lesson.day && earlier.shift == lesson.shift &&
                    earlier.n == lesson.n;
        if (!same || !c->event->has_quote || proj_fact_get(c->txn, &key, c->seq, &counting))
            return proj_refuse(c, PROJ_REFUSED_EXISTS, "lesson");
    }
    if (lesson.day > proj_case_day(c))
        return proj_refuse(c, PROJ_REFUSED_DATE, "day");
    int code = proj_case_unlocked(c, &lesson, PROJ_WHAT_LESSON);
    if (code != 0)
        return code;
    return slot_taken(c, &lesson) ? proj_refuse(c, PROJ_REFUSED_EXISTS, "n") : 0;
}

static void opened_apply(struct proj_case *c)
{
    struct proj_lesson lesson = lesson_of(c);
    struct proj_key key = proj_key_tagged_id('L', lesson.id);
    struct proj_key cell = proj_key_cell(&lesson, PROJ_WHAT_LESSON, proj_no_id, 0);
    proj_fact_put(c->txn, &key, c->seq, &lesson, sizeof lesson);
    proj_fact_put(c->txn, &cell, c->seq, &lesson, sizeof lesson);
    if (c->known != NULL) /* affirmed anew, it is another version */
        proj_known_forget(c->known, lesson.id);
}

/* All that was written on this lesson stands on it. */
static void opened_rest(struct proj_case *c, struct proj_marker *marker)
{
    struct proj_lesson lesson = lesson_of(c);
    struct proj_key prefix = proj_key_page_day(lesson.group, lesson.subject, lesson.day);
    proj_key_id(&prefix, lesson.id);
    proj_rest_on(c, &prefix, marker);
}

/* topic.set, homework.set */

static int written_ground(struct proj_case *c)
{
    struct proj_lesson lesson;
    return proj_case_writes_lesson(c, &lesson);
}

static int check_text_prev(struct proj_case *c, enum proj_what what)
{
    struct proj_lesson lesson;
    struct ledger_canon_value prev = ledger_canon_get(c->body, "prev");
    int code = proj_case_open_lesson(c, what, &lesson);
    if (code != 0)
        return code;
    struct proj_key key = proj_key_cell(&lesson, what, proj_no_id, 0);
    return proj_check_prev(c, &key, &prev);
}

static int topic_admit(struct proj_case *c)
{
    return check_text_prev(c, PROJ_WHAT_TOPIC);
}

static int homework_admit(struct proj_case *c)
{
    return check_text_prev(c, PROJ_WHAT_HOMEWORK);
}

static void put_with_text(struct proj_case *c, enum proj_what what, const void *head,
                          size_t head_len)
{
    struct proj_lesson lesson;
    if (!proj_case_lesson_any(c, &lesson))
        return;
    struct base_buf BASE_CLEANUP(base_buf_release) value = {0};
    base_buf_put(&value, head, head_len);
    base_buf_put_bytes(&value, proj_body_text(c->body, "text"));
    struct proj_key key = proj_key_cell(&lesson, what, proj_no_id, 0);
    if (value.failed)
        proj_txn_fail(c->txn, BASE_E_MEMORY, "text of a lesson");
    else
        proj_fact_put(c->txn, &key, c->seq, value.data, value.len);
}

static ledger_seq prev_of(struct proj_case *c)
{
    struct ledger_canon_value prev = ledger_canon_get(c->body, "prev");
    return proj_prev_of(&prev);
}

static void topic_apply(struct proj_case *c)
{
    struct proj_topic topic;
    memset(&topic, 0, sizeof topic);
    topic.recorded_ms = c->recorded_ms;
    topic.prev = prev_of(c);
    topic.number = (int16_t)proj_body_int_or(c->body, "number", 0);
    topic.work = (uint8_t)proj_body_int_or(c->body, "work", 0);
    put_with_text(c, PROJ_WHAT_TOPIC, &topic, sizeof topic);
}

static void homework_apply(struct proj_case *c)
{
    struct proj_homework homework;
    memset(&homework, 0, sizeof homework);
    homework.recorded_ms = c->recorded_ms;
    homework.prev = prev_of(c);
    homework.due = (int32_t)proj_body_int_or(c->body, "due", INT32_MIN);
    homework.manner = (uint8_t)proj_body_int_or(c->body, "manner", 0);
    put_with_text(c, PROJ_WHAT_HOMEWORK, &homework, sizeof homework);
}

const struct proj_fold proj_lessons_folds[] = {
    {"lesson.opened", opened_ground, opened_admit, opened_apply, opened_rest},
    {"topic.set", written_ground, topic_admit, topic_apply, NULL},
    {"homework.set", written_ground, homework_admit, homework_apply, NULL},
};
const unsigned proj_lessons_fold_count = sizeof proj_lessons_folds / sizeof proj_lessons_folds[0];
