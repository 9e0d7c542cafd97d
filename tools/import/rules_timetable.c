/* The timetable: nobody twice in one slot, lessons that have bells, teachers who teach there, hours
 * that agree. */
#include <stdio.h>

#include "projections/calendar.h"
#include "tools/import/import.h"

#define SLOT_COUNT_MAX 100u /* of one class or group: timetable.set */

static const char *cell(struct import *im, size_t row, const char *column)
{
    return import_get(im, IMPORT_TIMETABLE, row, column);
}

static void told(struct import *im, enum import_problem_code code, size_t row, const char *column,
                 const char *value, size_t first)
{
    char other[16];
    snprintf(other, sizeof other, "%u", import_row_number(im, IMPORT_TIMETABLE, first));
    import_wrong(im, code, IMPORT_TIMETABLE, row, column, value, other);
}

/* A class and a group drawn from it, or two groups with a pupil in common, cannot have lessons at
 * once. An individual plan may run beside its class. */
static bool share_pupils(struct import *im, const struct import_index *by_group, const char *a,
                         const char *b)
{
    struct proj_group group_a;
    struct proj_group group_b;
    uint8_t id_a[LEDGER_ID_LEN];
    uint8_t id_b[LEDGER_ID_LEN];
    size_t first_a;
    size_t first_b;
    if (import_is(a, b))
        return true;
    if (!import_group_of(im, a, &group_a) || !import_group_of(im, b, &group_b) ||
        group_a.kind == PROJ_GROUP_PLAN || group_b.kind == PROJ_GROUP_PLAN)
        return false;
    import_id_of(im, IMPORT_GROUPS, a, id_a);
    import_id_of(im, IMPORT_GROUPS, b, id_b);
    if (import_group_has_class(&group_a, id_b) || import_group_has_class(&group_b, id_a))
        return true;
    size_t count_a = import_index_span(by_group, a, &first_a);
    size_t count_b = import_index_span(by_group, b, &first_b);
    for (size_t i = 0; i < count_a; i++) {
        const char *pupil =
            import_get(im, IMPORT_MEMBERS, by_group->labels[first_a + i].row, "pupil");
        for (size_t k = 0; k < count_b; k++) {
            if (import_is(pupil, import_get(im, IMPORT_MEMBERS, by_group->labels[first_b + k].row,
                                            "pupil")))
                return true;
        }
    }
    return false;
}

static void check_pair(struct import *im, const struct import_index *by_group, size_t first,
                       size_t row)
{
    const char *teacher = cell(im, row, "teacher");
    const char *room = cell(im, row, "room");
    const char *target = cell(im, row, "target");
    if (teacher[0] != '\0' && import_is(teacher, cell(im, first, "teacher")))
        told(im, IMPORT_P_TEACHER_TWICE, row, "teacher", teacher, first);
    if (target[0] != '\0' && share_pupils(im, by_group, target, cell(im, first, "target")))
        told(im, IMPORT_P_CLASS_TWICE, row, "target", target, first);
    if (room[0] != '\0' && import_is(room, cell(im, first, "room")))
        told(im, IMPORT_P_ROOM_TWICE, row, "room", room, first);
}

static int check_slots(struct import *im, struct base_err *err)
{
    static const char *const slot[] = {"weekday", "shift", "lesson", NULL};
    static const char *const group[] = {"group", NULL};
    struct import_index slots = {0};
    struct import_index by_group = {0};
    int rc = import_index_make(im, IMPORT_TIMETABLE, slot, &slots, err);
    if (rc == 0)
        rc = import_index_make(im, IMPORT_MEMBERS, group, &by_group, err);
    for (size_t i = 1, head = 0; rc == 0 && i < slots.count; i++) {
        if (!import_is(slots.labels[i].label, slots.labels[head].label)) {
            head = i;
            continue;
        }
        for (size_t k = head; k < i; k++)
            check_pair(im, &by_group, slots.labels[k].row, slots.labels[i].row);
    }
    import_index_release(&slots);
    import_index_release(&by_group);
    return rc;
}

static bool has_bell(struct import *im, const struct import_index *bells, size_t row)
{
    struct proj_bell bell;
    char wanted[256];
    size_t first;
    unsigned shift = import_number(cell(im, row, "shift"));
    unsigned lesson = import_number(cell(im, row, "lesson"));
    snprintf(wanted, sizeof wanted, "%u, %u", shift, lesson);
    if (import_index_span(bells, wanted, &first) > 0)
        return true;
    for (size_t i = 0; i < bells->count; i++) { /* the file says all bells of a shift */
        if (import_number(bells->labels[i].label) == shift)
            return false;
    }
    return proj_bell_of(im->txn, shift, lesson, im->from, &bell);
}

/* The rows of a subject in a class or group are the whole truth of it; without any the journal
 * says. */
static bool teaches(struct import *im, const struct import_index *teaching,
                    const struct import_index *pairs, size_t row)
{
    char wanted[256];
    size_t first;
    struct proj_teaching fact;
    uint8_t group[LEDGER_ID_LEN];
    uint8_t subject[LEDGER_ID_LEN];
    uint8_t account[LEDGER_ID_LEN];
    snprintf(wanted, sizeof wanted, "%s, %s, %s", cell(im, row, "target"), cell(im, row, "subject"),
             cell(im, row, "teacher"));
    if (import_index_span(teaching, wanted, &first) > 0)
        return true;
    snprintf(wanted, sizeof wanted, "%s, %s", cell(im, row, "target"), cell(im, row, "subject"));
    if (import_index_span(pairs, wanted, &first) > 0)
        return false;
    import_id_of(im, IMPORT_GROUPS, cell(im, row, "target"), group);
    import_id_of(im, IMPORT_SUBJECTS, cell(im, row, "subject"), subject);
    import_id_of(im, IMPORT_STAFF, cell(im, row, "teacher"), account);
    struct proj_key key = proj_key_teaching(group, subject, account);
    return proj_fact_read(im->txn, &key, LEDGER_SEQ_NONE, &fact, sizeof fact, NULL) &&
           fact.to >= im->from;
}

static int check_rows(struct import *im, struct base_err *err)
{
    static const char *const shift_lesson[] = {"shift", "lesson", NULL};
    static const char *const pair[] = {"target", "subject", "teacher", NULL};
    static const char *const without_teacher[] = {"target", "subject", NULL};
    struct import_index bells = {0};
    struct import_index teaching = {0};
    struct import_index pairs = {0};
    int rc = import_index_make(im, IMPORT_BELLS, shift_lesson, &bells, err);
    if (rc == 0)
        rc = import_index_make(im, IMPORT_TEACHING, pair, &teaching, err);
    if (rc == 0)
        rc = import_index_make(im, IMPORT_TEACHING, without_teacher, &pairs, err);
    for (size_t i = 0; rc == 0 && i < import_rows(im, IMPORT_TIMETABLE); i++) {
        struct proj_group group;
        const char *weekday = cell(im, i, "weekday");
        const char *lesson = cell(im, i, "lesson");
        const char *teacher = cell(im, i, "teacher");
        char days[16];
        if (lesson[0] != '\0' && cell(im, i, "shift")[0] != '\0' && !has_bell(im, &bells, i))
            import_wrong(im, IMPORT_P_NO_BELL, IMPORT_TIMETABLE, i, "lesson", lesson,
                         cell(im, i, "shift"));
        if (teacher[0] != '\0' && !teaches(im, &teaching, &pairs, i))
            import_wrong(im, IMPORT_P_NOT_TEACHING, IMPORT_TIMETABLE, i, "teacher", teacher,
                         cell(im, i, "target"));
        if (import_group_of(im, cell(im, i, "target"), &group) &&
            import_number(weekday) > group.days) {
            snprintf(days, sizeof days, "%u", group.days);
            import_wrong(im, IMPORT_P_BEYOND_WEEK, IMPORT_TIMETABLE, i, "weekday", weekday, days);
        }
    }
    import_index_release(&bells);
    import_index_release(&teaching);
    import_index_release(&pairs);
    return rc;
}

static int check_hours(struct import *im, struct base_err *err)
{
    static const char *const pair[] = {"target", "subject", "teacher", NULL};
    static const char *const target[] = {"target", NULL};
    struct import_index slots = {0};
    struct import_index targets = {0};
    int rc = import_index_make(im, IMPORT_TIMETABLE, pair, &slots, err);
    if (rc == 0)
        rc = import_index_make(im, IMPORT_TIMETABLE, target, &targets, err);
    for (size_t i = 0; rc == 0 && i < import_rows(im, IMPORT_TEACHING); i++) {
        const char *hours = import_get(im, IMPORT_TEACHING, i, "hours_a_week");
        char wanted[256];
        char found[16];
        size_t first;
        snprintf(wanted, sizeof wanted, "%s, %s, %s", import_get(im, IMPORT_TEACHING, i, "target"),
                 import_get(im, IMPORT_TEACHING, i, "subject"),
                 import_get(im, IMPORT_TEACHING, i, "teacher"));
        size_t count = import_index_span(&slots, wanted, &first);
        snprintf(found, sizeof found, "%zu", count);
        if (import_is(hours, "0"))
            import_wrong(im, IMPORT_P_NO_HOURS, IMPORT_TEACHING, i, "hours_a_week", hours, NULL);
        else if (slots.count > 0 && count != import_number(hours))
            import_wrong(im, IMPORT_P_HOURS_DIFFER, IMPORT_TEACHING, i, "hours_a_week", hours,
                         found);
    }
    for (size_t i = 0; rc == 0 && i < targets.count;) {
        size_t first;
        size_t count = import_index_span(&targets, targets.labels[i].label, &first);
        if (count > SLOT_COUNT_MAX) {
            char limit[16];
            snprintf(limit, sizeof limit, "%u", SLOT_COUNT_MAX);
            import_wrong(im, IMPORT_P_SLOTS, IMPORT_TIMETABLE, targets.labels[i].row, "target",
                         targets.labels[i].label, limit);
        }
        i = first + count;
    }
    import_index_release(&slots);
    import_index_release(&targets);
    return rc;
}

int import_rules_timetable(struct import *im, struct base_err *err)
{
    int rc = check_slots(im, err);
    if (rc == 0)
        rc = check_rows(im, err);
    return rc == 0 ? check_hours(im, err) : rc;
}
