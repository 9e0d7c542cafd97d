/* Reading the school's time from the facts that timetable.c writes. */
#include "projections/calendar.h"

#include <assert.h>

/* The items of a list as timetable.c stored it: it was checked when its event was admitted, and is
 * read for every day of every page. */
static struct ledger_canon_reader items_of(struct base_bytes raw)
{
    struct ledger_canon_reader reader = ledger_canon_reader_of(raw);
    struct ledger_canon_value list;
    bool there = ledger_canon_enter(&reader, &list);
    assert(there && list.type == LEDGER_CANON_ARRAY);
    (void)there;
    return reader;
}

/* Of facts whose keys end in a first day of validity: the value valid on `day`, empty when none. */
static struct base_bytes latest_from(struct proj_txn *txn, const struct proj_key *prefix,
                                     base_day day, base_day *out_from)
{
    struct proj_key until = *prefix;
    proj_key_day(&until, (int64_t)day + 1);
    struct proj_fact fact;
    struct base_bytes latest = {0};
    struct proj_scan *scan = proj_scan_open(txn, prefix, NULL, &until, LEDGER_SEQ_NONE);
    while (proj_scan_next(scan, &fact)) {
        if (fact.seq == LEDGER_SEQ_NONE)
            continue;
        latest = fact.value;
        *out_from = (base_day)proj_key_day_at(fact.key.data + prefix->len);
    }
    proj_scan_close(scan);
    return latest;
}

static struct base_bytes latest_on(struct proj_txn *txn, const struct proj_key *prefix,
                                   base_day day)
{
    base_day from;
    return latest_from(txn, prefix, day, &from);
}

unsigned proj_bells_on(struct proj_txn *txn, unsigned shift, base_day day,
                       struct proj_bell out_bells[PROJ_BELL_COUNT_MAX])
{
    struct proj_key prefix = proj_key_of('B');
    proj_key_u8(&prefix, shift);
    struct base_bytes latest = latest_on(txn, &prefix, day);
    unsigned count = 0;
    if (latest.len == 0)
        return 0;
    struct ledger_canon_reader reader = items_of(latest);
    struct ledger_canon_value bell;
    while (count < PROJ_BELL_COUNT_MAX && ledger_canon_step_indexed(&reader, &bell)) {
        out_bells[count++] =
            (struct proj_bell){.n = (uint8_t)ledger_canon_at(&bell, 0).integer,
                               .start_min = (int16_t)ledger_canon_at(&bell, 1).integer,
                               .end_min = (int16_t)ledger_canon_at(&bell, 2).integer};
    }
    return count;
}

bool proj_bell_of(struct proj_txn *txn, unsigned shift, unsigned n, base_day day,
                  struct proj_bell *out_bell)
{
    struct proj_bell bells[PROJ_BELL_COUNT_MAX];
    unsigned count = proj_bells_on(txn, shift, day, bells);
    for (unsigned i = 0; i < count; i++) {
        if (bells[i].n == n) {
            *out_bell = bells[i];
            return true;
        }
    }
    return false;
}

static bool each_row(struct base_bytes raw, unsigned year,
                     bool (*each)(void *data, const struct proj_calendar_row *row), void *data)
{
    struct ledger_canon_reader reader = items_of(raw);
    struct ledger_canon_value item;
    while (ledger_canon_step_indexed(&reader, &item)) {
        struct proj_calendar_row row = {
            .kind = (enum proj_calendar_kind)ledger_canon_at(&item, 0).integer,
            .name = ledger_canon_at(&item, 1).bytes,
            .from = (base_day)ledger_canon_at(&item, 2).integer,
            .to = (base_day)ledger_canon_at(&item, 3).integer,
            .grade_from = (unsigned)ledger_canon_at(&item, 4).integer,
            .grade_to = (unsigned)ledger_canon_at(&item, 5).integer,
            .year = year};
        if (!each(data, &row))
            return false;
    }
    return true;
}

void proj_calendar_each(struct proj_txn *txn,
                        bool (*each)(void *data, const struct proj_calendar_row *row), void *data)
{
    struct proj_key prefix = proj_key_of('Y');
    struct proj_fact fact;
    struct proj_scan *scan = proj_scan_open(txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
    for (unsigned year = 0; proj_scan_next(scan, &fact); year++) {
        if (fact.seq != LEDGER_SEQ_NONE && !each_row(fact.value, year, each, data))
            break;
    }
    proj_scan_close(scan);
}

struct day_asked {
    base_day day;
    unsigned grade;
    bool off, transferred, holidays;
};

static bool judge_day(void *data, const struct proj_calendar_row *row)
{
    struct day_asked *asked = data;
    if (asked->day < row->from || asked->day > row->to)
        return true;
    bool grade =
        asked->grade == 0 || (asked->grade >= row->grade_from && asked->grade <= row->grade_to);
    asked->off |= row->kind == PROJ_CALENDAR_DAY_OFF && grade;
    asked->holidays |= row->kind == PROJ_CALENDAR_HOLIDAYS && grade;
    asked->transferred |= row->kind == PROJ_CALENDAR_WORKING_DAY && grade;
    return true;
}

bool proj_is_school_day(struct proj_txn *txn, base_day day, unsigned grade, unsigned days)
{
    struct day_asked asked = {.day = day, .grade = grade};
    proj_calendar_each(txn, judge_day, &asked);
    if (asked.transferred)
        return true;
    return !asked.off && !asked.holidays && base_day_weekday(day) <= (int)days;
}

base_day proj_next_working_day(struct proj_txn *txn, base_day day)
{
    for (int step = 1; step < 60; step++) {
        struct day_asked asked = {.day = day + step};
        proj_calendar_each(txn, judge_day, &asked);
        if (asked.transferred || (!asked.off && base_day_weekday(day + step) <= 5))
            return day + step;
    }
    return day + 1; /* a calendar of sixty days off: nobody means that */
}

/* Of all weekdays when `weekday` is 0. */
static void each_slot(struct base_bytes week, const proj_id group, int weekday,
                      void (*each)(void *data, const struct proj_slot *slot), void *data)
{
    struct ledger_canon_reader reader = items_of(week);
    struct ledger_canon_value item;
    while (ledger_canon_step_indexed(&reader, &item)) {
        int64_t on = ledger_canon_at(&item, 0).integer;
        if (weekday != 0 && on != weekday)
            continue;
        struct proj_slot slot = {.weekday = (uint8_t)on,
                                 .shift = (uint8_t)ledger_canon_at(&item, 1).integer,
                                 .n = (uint8_t)ledger_canon_at(&item, 2).integer,
                                 .room = ledger_canon_at(&item, 5).bytes};
        memcpy(slot.group, group, LEDGER_ID_LEN);
        memcpy(slot.subject, ledger_canon_at(&item, 3).bytes.data, LEDGER_ID_LEN);
        memcpy(slot.account, ledger_canon_at(&item, 4).bytes.data, LEDGER_ID_LEN);
        each(data, &slot);
    }
}

void proj_slots_on(struct proj_txn *txn, const proj_id group, base_day day,
                   void (*each)(void *data, const struct proj_slot *slot), void *data)
{
    struct proj_key prefix = proj_key_tagged_id('W', group);
    struct base_bytes latest = latest_on(txn, &prefix, day);
    if (latest.len > 0)
        each_slot(latest, group, base_day_weekday(day), each, data);
}

bool proj_week_of(struct proj_txn *txn, const proj_id group, base_day day,
                  void (*each)(void *data, const struct proj_slot *slot), void *data,
                  base_day *out_from)
{
    struct proj_key prefix = proj_key_tagged_id('W', group);
    struct base_bytes latest = latest_from(txn, &prefix, day, out_from);
    if (latest.len == 0)
        return false;
    each_slot(latest, group, 0, each, data);
    return true;
}

bool proj_week_after(struct proj_txn *txn, const proj_id group, base_day day, base_day *out_from)
{
    struct proj_key prefix = proj_key_tagged_id('W', group);
    struct proj_key after = prefix;
    proj_key_day(&after, (int64_t)day + 1);
    struct proj_fact fact;
    bool found = false;
    struct proj_scan *scan = proj_scan_open(txn, &prefix, &after, NULL, LEDGER_SEQ_NONE);
    while (!found && proj_scan_next(scan, &fact)) {
        found = fact.seq != LEDGER_SEQ_NONE;
        *out_from = (base_day)proj_key_day_at(fact.key.data + prefix.len);
    }
    proj_scan_close(scan);
    return found;
}

bool proj_plan_topic(struct proj_txn *txn, const proj_id subject, unsigned grade, unsigned number,
                     struct base_bytes *out_text, unsigned *out_work)
{
    struct proj_key key = proj_key_tagged_id('N', subject);
    proj_key_u16(proj_key_u8(&key, grade), number);
    struct proj_fact fact;
    if (!proj_fact_get(txn, &key, LEDGER_SEQ_NONE, &fact) ||
        fact.value.len <= sizeof(struct proj_plan_topic)) /* never set, or withdrawn */
        return false;
    *out_work = ((const struct proj_plan_topic *)fact.value.data)->work;
    *out_text = base_bytes_of(fact.value.data + sizeof(struct proj_plan_topic),
                              fact.value.len - sizeof(struct proj_plan_topic));
    return true;
}
