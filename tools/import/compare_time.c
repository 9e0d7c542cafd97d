/* Calendar, bells and timetables: set whole, and only where something differs. The calendar is one
 * value a year, bells one a shift, a timetable one of each class or group. */
#include <stdio.h>
#include <stdlib.h>

#include "tools/import/import.h"

static void compare_calendar(struct import *im)
{
    size_t count = import_rows(im, IMPORT_CALENDAR);
    struct proj_key key = proj_key_of('Y');
    struct proj_fact fact;
    if (im->tables[IMPORT_CALENDAR] == NULL)
        return;
    tool_draft_begin(&im->draft, "calendar.set", 2);
    ledger_canon_put_str(&im->draft.body, "rows");
    size_t at = im->draft.body.len;
    ledger_canon_put_array(&im->draft.body, (uint32_t)count);
    for (size_t i = 0; i < count; i++) {
        unsigned grade_from;
        unsigned grade_to;
        const char *kind = import_get(im, IMPORT_CALENDAR, i, "kind");
        import_grades(import_get(im, IMPORT_CALENDAR, i, "grades"), &grade_from, &grade_to);
        ledger_canon_put_array(&im->draft.body, 6);
        ledger_canon_put_int(&im->draft.body, import_choice(IMPORT_CALENDAR, "kind", kind));
        ledger_canon_put_str(&im->draft.body, import_get(im, IMPORT_CALENDAR, i, "name"));
        ledger_canon_put_int(&im->draft.body,
                             import_day(import_get(im, IMPORT_CALENDAR, i, "from")));
        ledger_canon_put_int(&im->draft.body, import_day(import_get(im, IMPORT_CALENDAR, i, "to")));
        ledger_canon_put_int(&im->draft.body, grade_from);
        ledger_canon_put_int(&im->draft.body, grade_to);
    }
    struct base_bytes rows = base_bytes_of(im->draft.body.data + at,
                                           im->draft.body.failed ? 0 : im->draft.body.len - at);
    proj_key_text(&key, base_bytes_str(im->year), 20);
    bool there = proj_fact_get(im->txn, &key, LEDGER_SEQ_NONE, &fact);
    if (there && base_bytes_equal(fact.value, rows)) {
        im->same[IMPORT_CALENDAR] += count;
        return;
    }
    tool_draft_text(&im->draft, "year", im->year);
    import_plan(im, IMPORT_CALENDAR, there ? IMPORT_CHANGE : IMPORT_CREATE, SIZE_MAX, im->year);
}

/* Two lists with the same items, in whatever order. */
static bool same_items(struct base_bytes a, struct base_bytes b)
{
    struct ledger_canon_value list_a;
    struct ledger_canon_value list_b;
    if (ledger_canon_check(a, &list_a) != NULL || ledger_canon_check(b, &list_b) != NULL ||
        list_a.count != list_b.count)
        return false;
    struct ledger_canon_reader outer = ledger_canon_reader_of(list_a.bytes);
    struct ledger_canon_value item;
    while (ledger_canon_step(&outer, &item)) {
        struct ledger_canon_reader inner = ledger_canon_reader_of(list_b.bytes);
        struct ledger_canon_value other;
        bool found = false;
        while (!found && ledger_canon_step(&inner, &other))
            found = base_bytes_equal(item.raw, other.raw);
        if (!found)
            return false;
    }
    return true;
}

/* The first of its sort holds from the year's first day, a change from `im->from`. */
static base_day first_day(struct import *im, bool is_first)
{
    return is_first ? im->year_start : im->from;
}

static void compare_bells(struct import *im, unsigned shift)
{
    struct proj_key prefix = proj_key_of('B');
    char label[16];
    unsigned count = 0;
    size_t first = SIZE_MAX;
    for (size_t i = 0; i < import_rows(im, IMPORT_BELLS); i++) {
        if (import_number(import_get(im, IMPORT_BELLS, i, "shift")) != shift)
            continue;
        first = count++ == 0 ? i : first;
    }
    if (count == 0)
        return;
    proj_key_u8(&prefix, shift);
    tool_draft_begin(&im->draft, "bells.set", 3);
    ledger_canon_put_str(&im->draft.body, "bells");
    size_t at = im->draft.body.len;
    ledger_canon_put_array(&im->draft.body, count);
    for (size_t i = 0; i < import_rows(im, IMPORT_BELLS); i++) {
        if (import_number(import_get(im, IMPORT_BELLS, i, "shift")) != shift)
            continue;
        ledger_canon_put_array(&im->draft.body, 3);
        ledger_canon_put_int(&im->draft.body,
                             import_number(import_get(im, IMPORT_BELLS, i, "lesson")));
        ledger_canon_put_int(&im->draft.body,
                             import_minutes(import_get(im, IMPORT_BELLS, i, "start")));
        ledger_canon_put_int(&im->draft.body,
                             import_minutes(import_get(im, IMPORT_BELLS, i, "end")));
    }
    bool is_first = !import_any_fact(im, &prefix);
    base_day day = first_day(im, is_first);
    struct base_bytes present = import_latest(im, &prefix, day);
    struct base_bytes wanted = base_bytes_of(im->draft.body.data + at,
                                             im->draft.body.failed ? 0 : im->draft.body.len - at);
    if (present.len > 0 && same_items(present, wanted)) {
        im->same[IMPORT_BELLS] += count;
        return;
    }
    tool_draft_int(&im->draft, "from", day);
    tool_draft_int(&im->draft, "shift", shift);
    snprintf(label, sizeof label, "%u", shift);
    import_plan(im, IMPORT_BELLS, is_first ? IMPORT_CREATE : IMPORT_CHANGE, first, label);
}

static void put_slot(struct import *im, size_t row)
{
    uint8_t subject[LEDGER_ID_LEN];
    uint8_t account[LEDGER_ID_LEN];
    struct base_buf *body = &im->draft.body;
    import_id_of(im, IMPORT_SUBJECTS, import_get(im, IMPORT_TIMETABLE, row, "subject"), subject);
    import_id_of(im, IMPORT_STAFF, import_get(im, IMPORT_TIMETABLE, row, "teacher"), account);
    ledger_canon_put_array(body, 6);
    ledger_canon_put_int(body, import_number(import_get(im, IMPORT_TIMETABLE, row, "weekday")));
    ledger_canon_put_int(body, import_number(import_get(im, IMPORT_TIMETABLE, row, "shift")));
    ledger_canon_put_int(body, import_number(import_get(im, IMPORT_TIMETABLE, row, "lesson")));
    ledger_canon_put_bin(body, subject, LEDGER_ID_LEN);
    ledger_canon_put_bin(body, account, LEDGER_ID_LEN);
    ledger_canon_put_str(body, import_get(im, IMPORT_TIMETABLE, row, "room"));
}

static void compare_timetable(struct import *im, const struct import_label *labels, size_t count)
{
    uint8_t group[LEDGER_ID_LEN];
    import_id_of(im, IMPORT_GROUPS, labels[0].label, group);
    struct proj_key prefix = proj_key_tagged_id('W', group);
    bool is_first = !import_any_fact(im, &prefix);
    base_day day = first_day(im, is_first);
    tool_draft_begin(&im->draft, "timetable.set", 3);
    tool_draft_int(&im->draft, "from", day);
    tool_draft_id(&im->draft, "group", group);
    ledger_canon_put_str(&im->draft.body, "slots");
    size_t at = im->draft.body.len;
    ledger_canon_put_array(&im->draft.body, (uint32_t)count);
    for (size_t i = 0; i < count; i++)
        put_slot(im, labels[i].row);
    struct base_bytes present = import_latest(im, &prefix, day);
    struct base_bytes wanted = base_bytes_of(im->draft.body.data + at,
                                             im->draft.body.failed ? 0 : im->draft.body.len - at);
    if (present.len > 0 && same_items(present, wanted))
        im->same[IMPORT_TIMETABLE] += count;
    else
        import_plan(im, IMPORT_TIMETABLE, is_first ? IMPORT_CREATE : IMPORT_CHANGE, labels[0].row,
                    labels[0].label);
}

/* --whole timetable: a class or group without a row has no lessons any more. */
static void end_timetables(struct import *im, const struct import_index *by_target)
{
    struct proj_key prefix = proj_key_of('C');
    struct proj_fact fact;
    struct proj_scan *scan = proj_scan_open(im->txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
    while (proj_scan_next(scan, &fact)) {
        struct proj_group group;
        struct ledger_canon_value slots;
        bool named = false;
        uint8_t id[LEDGER_ID_LEN];
        memcpy(id, fact.key.data + 1, LEDGER_ID_LEN);
        struct proj_key key = proj_key_tagged_id('W', id);
        struct base_bytes present = import_latest(im, &key, im->from);
        for (size_t i = 0; i < by_target->count && !named; i++) {
            uint8_t target[LEDGER_ID_LEN];
            import_id_of(im, IMPORT_GROUPS, by_target->labels[i].label, target);
            named = memcmp(target, id, LEDGER_ID_LEN) == 0;
        }
        if (named || present.len == 0 || ledger_canon_check(present, &slots) != NULL ||
            slots.count == 0 || fact.value.len != sizeof group)
            continue;
        memcpy(&group, fact.value.data, sizeof group);
        tool_draft_begin(&im->draft, "timetable.set", 3);
        tool_draft_int(&im->draft, "from", im->from);
        tool_draft_id(&im->draft, "group", id);
        tool_draft_list(&im->draft, "slots", 0);
        import_plan(im, IMPORT_TIMETABLE, IMPORT_END, SIZE_MAX, group.name);
    }
    proj_scan_close(scan);
}

int import_compare_time(struct import *im, struct base_err *err)
{
    static const char *const target[] = {"target", NULL};
    struct import_index by_target = {0};
    int rc = import_index_make(im, IMPORT_TIMETABLE, target, &by_target, err);
    compare_calendar(im);
    compare_bells(im, 1);
    compare_bells(im, 2);
    for (size_t i = 0; rc == 0 && i < by_target.count;) {
        size_t first;
        size_t count = import_index_span(&by_target, by_target.labels[i].label, &first);
        compare_timetable(im, &by_target.labels[first], count);
        i = first + count;
    }
    if (rc == 0 && im->whole[IMPORT_TIMETABLE])
        end_timetables(im, &by_target);
    import_index_release(&by_target);
    return rc == 0 ? proj_txn_fault(im->txn, err) : rc;
}
