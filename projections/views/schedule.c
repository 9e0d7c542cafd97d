/* The timetable as days have it, with replacements, moves and cancellations (ST-8), and the list of
 * these changes («журнал замен»). */
#include "projections/views/office.h"
#include "projections/views/walk.h"

#define SCHEDULE_DAYS_MAX 14
#define CHANGE_COUNT_MAX 5000u

struct schedule {
    struct proj_view *view;
    const uint8_t *only_account; /* or NULL */
    struct proj_group group;     /* that is walked now */
    base_day from, to;
    uint32_t count;
};

static void put_classes(struct schedule *s, const struct proj_slot *slot)
{
    struct base_buf *out = s->view->out;
    proj_put_key(out, "classes");
    if (s->group.kind == PROJ_GROUP_CLASS) {
        ledger_canon_put_array(out, 1);
        ledger_canon_put_bin(out, slot->group, LEDGER_ID_LEN);
        return;
    }
    ledger_canon_put_array(out, s->group.class_count);
    for (unsigned i = 0; i < s->group.class_count; i++)
        ledger_canon_put_bin(out, s->group.classes[i], LEDGER_ID_LEN);
}

static void put_change(struct schedule *s, const struct proj_planned *planned)
{
    struct base_buf *out = s->view->out;
    struct proj_changed changed = {0};
    bool is_changed = planned->change != PROJ_PLANNED_AS_IS &&
                      proj_changed_find(s->view->txn, &planned->slot, planned->day, &changed, NULL);
    proj_put_key(out, "change");
    if (is_changed)
        ledger_canon_put_int(out, planned->change);
    else
        ledger_canon_put_nil(out);
    proj_put_int(out, "to_day", planned->to_day);
    proj_put_int(out, "to_n", planned->to_n);
    proj_put_bool(out, "moved_in", planned->moved_in);
    proj_put_int(out, "home_day", planned->home_day);
    proj_put_int(out, "home_n", planned->home_n);
    proj_put_sealed(s->view, "reason", changed.has_reason, changed.reason);
    proj_put_seq(out, "change_seq", planned->change_seq);
}

static void put_lesson(void *data, const struct proj_planned *planned)
{
    struct schedule *s = data;
    struct base_buf *out = s->view->out;
    const struct proj_slot *slot = &planned->slot;
    struct proj_bell bell = {.start_min = -1, .end_min = -1};
    struct proj_subject subject = {0};
    if (s->only_account != NULL && memcmp(slot->account, s->only_account, LEDGER_ID_LEN) != 0 &&
        memcmp(planned->actual, s->only_account, LEDGER_ID_LEN) != 0)
        return;
    (void)proj_bell_of(s->view->txn, slot->shift, slot->n, planned->day, &bell);
    (void)proj_find_subject(s->view, slot->subject, &subject);
    ledger_canon_put_map(out, 26);
    proj_put_int(out, "day", planned->day);
    proj_put_int(out, "shift", slot->shift);
    proj_put_int(out, "n", slot->n);
    proj_put_int(out, "start", bell.start_min);
    proj_put_int(out, "end", bell.end_min);
    proj_put_id(out, "group", slot->group);
    proj_put_str(out, "group_name", s->group.name);
    proj_put_int(out, "kind", s->group.kind);
    proj_put_int(out, "grade", s->group.grade);
    put_classes(s, slot);
    proj_put_id(out, "subject", slot->subject);
    proj_put_str(out, "subject_name", subject.name);
    proj_put_text(out, "room", slot->room);
    proj_put_person(s->view, "teacher", slot->account);
    proj_put_person(s->view, "actual", planned->actual);
    proj_put_bool(out, "recorded", proj_slot_is_recorded(s->view, slot, planned->day));
    put_change(s, planned);
    s->count++;
}

static void walk_group(void *data, const uint8_t *group_id, const struct proj_group *group)
{
    struct schedule *s = data;
    proj_id id;
    memcpy(id, group_id, LEDGER_ID_LEN);
    s->group = *group;
    (void)proj_find_group_on(s->view, id, s->from, &s->group);
    for (base_day day = s->from; day <= s->to; day++)
        proj_planned_on(s->view->txn, id, &s->group, day, put_lesson, s);
}

/* Who arranges sees all; a class teacher the own class, everybody the own lessons. */
static bool may_read(struct proj_view *view, const uint8_t *class_id, const uint8_t *account)
{
    return proj_reads_arrangements(view) ||
           (account != NULL && memcmp(account, view->account, LEDGER_ID_LEN) == 0) ||
           (class_id != NULL && proj_leads_class(view, class_id));
}

static void put_days(struct schedule *s)
{
    struct base_buf *out = s->view->out;
    proj_put_key(out, "days");
    ledger_canon_put_array(out, (uint32_t)(s->to - s->from + 1));
    for (base_day day = s->from; day <= s->to; day++) {
        ledger_canon_put_map(out, 2);
        proj_put_int(out, "day", day);
        proj_put_bool(out, "school", proj_is_school_day(s->view->txn, day, 0, 6));
    }
}

int proj_view_schedule(struct proj_view *view, const uint8_t *class_id, const uint8_t *account,
                       base_day from, base_day to)
{
    struct schedule s = {.view = view, .only_account = account, .from = from, .to = to};
    struct proj_group group;
    if (class_id != NULL && !proj_find_group(view, class_id, &group))
        return PROJ_VIEW_MISSING;
    if (!may_read(view, class_id, account))
        return PROJ_VIEW_FORBIDDEN;
    if (to > from + SCHEDULE_DAYS_MAX - 1)
        s.to = from + SCHEDULE_DAYS_MAX - 1;
    ledger_canon_put_map(view->out, 5);
    proj_put_int(view->out, "from", from);
    proj_put_int(view->out, "to", s.to);
    proj_put_seq(view->out, "size", proj_view_size(view));
    put_days(&s);
    proj_put_key(view->out, "lessons");
    size_t at = proj_array_begin(view->out);
    if (class_id != NULL)
        proj_each_class_group(view, class_id, walk_group, &s);
    else
        proj_each_group(view, walk_group, &s);
    proj_array_end(view->out, at, s.count);
    return PROJ_VIEW_DONE;
}

/* The changes of a period */

static void put_changed(struct proj_view *view, const struct proj_changed *changed, ledger_seq seq)
{
    struct base_buf *out = view->out;
    struct proj_group group = {0};
    struct proj_subject subject = {0};
    struct proj_slot slot = {.shift = changed->shift, .n = changed->n};
    bool moved = changed->change == PROJ_CHANGE_MOVED;
    memcpy(slot.group, changed->group, LEDGER_ID_LEN);
    memcpy(slot.subject, changed->subject, LEDGER_ID_LEN);
    if (moved)
        slot.n = changed->newn;
    (void)proj_find_group(view, changed->group, &group);
    (void)proj_find_subject(view, changed->subject, &subject);
    ledger_canon_put_map(out, 20);
    proj_put_seq(out, "seq", seq);
    proj_put_int(out, "change", changed->change);
    proj_put_int(out, "day", changed->day);
    proj_put_int(out, "shift", changed->shift);
    proj_put_int(out, "n", changed->n);
    proj_put_id(out, "group", changed->group);
    proj_put_str(out, "group_name", group.name);
    proj_put_id(out, "subject", changed->subject);
    proj_put_str(out, "subject_name", subject.name);
    proj_put_person(view, "teacher", changed->teacher);
    proj_put_person(view, "account", changed->account);
    proj_put_int(out, "newday", changed->newday);
    proj_put_int(out, "newn", changed->newn);
    proj_put_sealed(view, "reason", changed->has_reason, changed->reason);
    proj_put_person(view, "author", changed->author);
    proj_put_int(out, "recorded", changed->recorded_ms);
    proj_put_bool(out, "given",
                  proj_slot_is_recorded(view, &slot, moved ? changed->newday : changed->day));
}

int proj_view_changes(struct proj_view *view, base_day from, base_day to)
{
    struct proj_key prefix = proj_key_of('O');
    struct proj_fact fact;
    uint32_t count = 0;
    bool all = proj_reads_arrangements(view);
    ledger_canon_put_map(view->out, 4);
    proj_put_int(view->out, "from", from);
    proj_put_int(view->out, "to", to);
    proj_put_seq(view->out, "size", proj_view_size(view));
    proj_put_key(view->out, "changes");
    size_t at = proj_array_begin(view->out);
    struct proj_scan *scan = proj_scan_open(view->txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
    while (count < CHANGE_COUNT_MAX && proj_scan_next(scan, &fact)) {
        struct proj_changed changed;
        if (fact.seq == LEDGER_SEQ_NONE || fact.value.len != sizeof changed)
            continue;
        memcpy(&changed, fact.value.data, sizeof changed);
        bool taken_back = changed.change == PROJ_CHANGE_MOVED && changed.newday == changed.day &&
                          changed.newn == changed.n;
        bool own = memcmp(changed.teacher, view->account, LEDGER_ID_LEN) == 0 ||
                   memcmp(changed.account, view->account, LEDGER_ID_LEN) == 0;
        if (taken_back || changed.day < from || changed.day > to || !(all || own))
            continue;
        put_changed(view, &changed, fact.seq);
        count++;
    }
    proj_scan_close(scan);
    proj_array_end(view->out, at, count);
    return PROJ_VIEW_DONE;
}
