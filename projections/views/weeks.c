/* The weekly timetable as it holds on a day: for every group its slots, from when they hold and
 * what comes after them, and who is assigned to teach it. What a screen needs to set the week anew
 * and to see what would clash, the other classes' weeks included. */
#include "projections/views/office.h"
#include "projections/views/walk.h"

#define SHIFT_COUNT 2u

struct weeks {
    struct proj_view *view;
    base_day day;
    uint32_t count;      /* groups */
    uint32_t slot_count; /* of the group that is put now */
};

static void put_slot(void *data, const struct proj_slot *slot)
{
    struct weeks *weeks = data;
    struct base_buf *out = weeks->view->out;
    ledger_canon_put_map(out, 6);
    proj_put_int(out, "weekday", slot->weekday);
    proj_put_int(out, "shift", slot->shift);
    proj_put_int(out, "n", slot->n);
    proj_put_id(out, "subject", slot->subject);
    proj_put_id(out, "account", slot->account);
    proj_put_text(out, "room", slot->room);
    weeks->slot_count++;
}

/* Assignments that hold on the day or begin after it. */
static void put_teaching(struct weeks *weeks, const proj_id group_id)
{
    struct base_buf *out = weeks->view->out;
    struct proj_key prefix = proj_key_tagged_id('T', group_id);
    struct proj_fact fact;
    uint32_t count = 0;
    proj_put_key(out, "teaching");
    size_t at = proj_array_begin(out);
    struct proj_scan *scan = proj_scan_open(weeks->view->txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
    while (proj_scan_next(scan, &fact)) {
        struct proj_teaching teaching;
        if (fact.seq == LEDGER_SEQ_NONE || fact.value.len != sizeof teaching)
            continue;
        memcpy(&teaching, fact.value.data, sizeof teaching);
        if (teaching.to < weeks->day)
            continue;
        ledger_canon_put_map(out, 5);
        proj_put_id(out, "subject", teaching.subject);
        proj_put_id(out, "account", teaching.account);
        proj_put_int(out, "from", teaching.from);
        proj_put_int(out, "to", teaching.to);
        proj_put_int(out, "hours", teaching.hours);
        count++;
    }
    proj_scan_close(scan);
    proj_array_end(out, at, count);
}

static void put_classes(struct base_buf *out, const proj_id id, const struct proj_group *group)
{
    proj_put_key(out, "classes");
    if (group->kind == PROJ_GROUP_CLASS) {
        ledger_canon_put_array(out, 1);
        ledger_canon_put_bin(out, id, LEDGER_ID_LEN);
        return;
    }
    ledger_canon_put_array(out, group->class_count);
    for (unsigned i = 0; i < group->class_count; i++)
        ledger_canon_put_bin(out, group->classes[i], LEDGER_ID_LEN);
}

static void put_group(void *data, const uint8_t *group_id, const struct proj_group *group)
{
    struct weeks *weeks = data;
    struct proj_txn *txn = weeks->view->txn;
    struct base_buf *out = weeks->view->out;
    proj_id id;
    base_day from = 0, next = 0;
    struct proj_group then = *group;
    memcpy(id, group_id, LEDGER_ID_LEN);
    (void)proj_find_group_on(weeks->view, id, weeks->day, &then);
    group = &then;
    ledger_canon_put_map(out, 12);
    proj_put_group_head(out, id, group);
    put_classes(out, id, group);
    proj_put_id_or_nil(out, "subject", group->subject);
    put_teaching(weeks, id);
    weeks->slot_count = 0;
    proj_put_key(out, "slots");
    size_t at = proj_array_begin(out);
    bool there = proj_week_of(txn, id, weeks->day, put_slot, weeks, &from);
    proj_array_end(out, at, weeks->slot_count);
    proj_put_int_or_nil(out, "from", there, from);
    there = proj_week_after(txn, id, weeks->day, &next);
    proj_put_int_or_nil(out, "next", there, next);
    weeks->count++;
}

static void put_bells(struct weeks *weeks)
{
    struct base_buf *out = weeks->view->out;
    uint32_t count = 0;
    proj_put_key(out, "bells");
    size_t at = proj_array_begin(out);
    for (unsigned shift = 1; shift <= SHIFT_COUNT; shift++) {
        struct proj_bell bells[PROJ_BELL_COUNT_MAX];
        unsigned of_shift = proj_bells_on(weeks->view->txn, shift, weeks->day, bells);
        for (unsigned i = 0; i < of_shift; i++) {
            ledger_canon_put_map(out, 4);
            proj_put_int(out, "shift", shift);
            proj_put_int(out, "n", bells[i].n);
            proj_put_int(out, "start", bells[i].start_min);
            proj_put_int(out, "end", bells[i].end_min);
        }
        count += of_shift;
    }
    proj_array_end(out, at, count);
}

int proj_view_weeks(struct proj_view *view, base_day day)
{
    struct weeks weeks = {.view = view, .day = day};
    if (!proj_reads_arrangements(view))
        return PROJ_VIEW_FORBIDDEN;
    ledger_canon_put_map(view->out, 4);
    proj_put_int(view->out, "day", day);
    proj_put_seq(view->out, "size", proj_view_size(view));
    put_bells(&weeks);
    proj_put_key(view->out, "groups");
    size_t at = proj_array_begin(view->out);
    proj_each_group(view, put_group, &weeks);
    proj_array_end(view->out, at, weeks.count);
    return PROJ_VIEW_DONE;
}
