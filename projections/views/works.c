/* The schedule of control works with its warnings (CT-2b, ST-9): more of them on a day or in a week
 * of a class than the school's settings say. A warning, never a refusal. Works of groups drawn from
 * a class are its works, too; those of parallel groups in one slot are one, for no pupil writes
 * both. A work whose lesson was cancelled or moved away counts for nothing until it is planned
 * anew. */
#include "projections/control.h"
#include "projections/views/office.h"
#include "projections/views/walk.h"

#include <stdlib.h>

#define WORK_COUNT_MAX 5000u
#define WEEK_DAYS 7
#define SLOT_BITS 32u /* of one shift */

/* Where a class has works: a bit for each slot of each day, from a Monday on. */
struct load {
    base_day first;
    unsigned day_count;
    uint64_t *days;
};

struct works {
    struct proj_view *view;
    base_day from, to;
    const uint8_t *only_class; /* or NULL */
    int64_t per_day, per_week;
    struct load load;
    struct proj_group group; /* that is walked now */
    proj_id group_id;
    uint32_t count;
};

static base_day monday_of(base_day day)
{
    return day - (base_day_weekday(day) - 1);
}

static int load_make(struct load *load, base_day from, base_day to)
{
    load->first = monday_of(from);
    load->day_count = (unsigned)(monday_of(to) + WEEK_DAYS - load->first);
    load->days = calloc(load->day_count, sizeof *load->days);
    return load->days != NULL ? 0 : -1;
}

static void load_add(struct load *load, base_day day, unsigned shift, unsigned n)
{
    if (day >= load->first && day < load->first + (base_day)load->day_count && n < SLOT_BITS)
        load->days[day - load->first] |= UINT64_C(1) << ((shift > 1 ? SLOT_BITS : 0) + n);
}

static unsigned load_on(const struct load *load, base_day day)
{
    return (unsigned)__builtin_popcountll(load->days[day - load->first]);
}

static unsigned load_in_week(const struct load *load, base_day monday)
{
    unsigned count = 0;
    for (int i = 0; i < WEEK_DAYS; i++)
        count += load_on(load, monday + i);
    return count;
}

/* A work of the schedule: not the lesson that was taken off it. */
static bool read_work(const struct proj_fact *fact, struct proj_slot_ref *out_ref,
                      struct proj_control *out_control)
{
    if (fact->seq == LEDGER_SEQ_NONE || fact->value.len != sizeof *out_control ||
        !proj_slot_ref_of(fact->key, out_ref))
        return false;
    memcpy(out_control, fact->value.data, sizeof *out_control);
    return out_control->work != PROJ_WORK_ANSWER;
}

static struct proj_slot slot_of(const uint8_t *group, const struct proj_slot_ref *ref)
{
    struct proj_slot slot = {.shift = (uint8_t)ref->shift, .n = (uint8_t)ref->n};
    memcpy(slot.group, group, LEDGER_ID_LEN);
    memcpy(slot.subject, ref->subject, LEDGER_ID_LEN);
    return slot;
}

/* Cancelled or moved away; -1 when the lesson stands where the work was planned. */
static int fallen_out(struct works *w, const uint8_t *group, const struct proj_slot_ref *ref)
{
    struct proj_changed changed;
    struct proj_slot slot = slot_of(group, ref);
    if (!proj_changed_find(w->view->txn, &slot, ref->day, &changed, NULL) ||
        changed.change == PROJ_CHANGE_SUBSTITUTED)
        return -1;
    return changed.change;
}

static void add_group(void *data, const uint8_t *group_id, const struct proj_group *group)
{
    struct works *w = data;
    struct proj_key prefix = proj_key_tagged_id('V', group_id);
    struct proj_fact fact;
    (void)group;
    struct proj_scan *scan = proj_scan_open(w->view->txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
    while (proj_scan_next(scan, &fact)) {
        struct proj_slot_ref ref;
        struct proj_control control;
        if (read_work(&fact, &ref, &control) && fallen_out(w, group_id, &ref) < 0)
            load_add(&w->load, ref.day, ref.shift, ref.n);
    }
    proj_scan_close(scan);
}

/* The works of a class, into `load`. */
static void load_class(struct works *w, const proj_id class_id)
{
    memset(w->load.days, 0, w->load.day_count * sizeof *w->load.days);
    proj_each_class_group(w->view, class_id, add_group, w);
}

static void put_warning(struct works *w, const proj_id class_id, const char *class_name,
                        base_day day, bool week, unsigned count)
{
    struct base_buf *out = w->view->out;
    ledger_canon_put_map(out, 6);
    proj_put_id(out, "class", class_id);
    proj_put_str(out, "class_name", class_name);
    proj_put_int(out, "day", day);
    proj_put_bool(out, "week", week);
    proj_put_int(out, "count", count);
    proj_put_int(out, "limit", week ? w->per_week : w->per_day);
    w->count++;
}

static void warn_class(void *data, const uint8_t *class_id, const struct proj_group *group)
{
    struct works *w = data;
    if (group->kind != PROJ_GROUP_CLASS ||
        (w->only_class != NULL && memcmp(w->only_class, class_id, LEDGER_ID_LEN) != 0))
        return;
    load_class(w, class_id);
    for (base_day day = w->from; day <= w->to; day++) {
        unsigned on_day = load_on(&w->load, day);
        if (on_day > w->per_day)
            put_warning(w, class_id, group->name, day, false, on_day);
        base_day monday = monday_of(day);
        unsigned in_week = load_in_week(&w->load, monday);
        if (in_week > w->per_week && (day == monday || day == w->from))
            put_warning(w, class_id, group->name, monday, true, in_week);
    }
}

static void put_classes(struct works *w)
{
    struct base_buf *out = w->view->out;
    proj_put_key(out, "classes");
    if (w->group.kind == PROJ_GROUP_CLASS) {
        ledger_canon_put_array(out, 1);
        ledger_canon_put_bin(out, w->group_id, LEDGER_ID_LEN);
        return;
    }
    ledger_canon_put_array(out, w->group.class_count);
    for (unsigned i = 0; i < w->group.class_count; i++)
        ledger_canon_put_bin(out, w->group.classes[i], LEDGER_ID_LEN);
}

static void put_work(struct works *w, const struct proj_slot_ref *ref,
                     const struct proj_control *control, ledger_seq seq)
{
    struct base_buf *out = w->view->out;
    struct proj_subject subject = {0};
    struct proj_slot slot = slot_of(w->group_id, ref);
    int fallen = fallen_out(w, w->group_id, ref);
    (void)proj_find_subject(w->view, ref->subject, &subject);
    ledger_canon_put_map(out, 16);
    proj_put_seq(out, "seq", seq);
    proj_put_id(out, "group", w->group_id);
    proj_put_str(out, "group_name", w->group.name);
    put_classes(w);
    proj_put_id(out, "subject", ref->subject);
    proj_put_str(out, "subject_name", subject.name);
    proj_put_int(out, "day", ref->day);
    proj_put_int(out, "shift", ref->shift);
    proj_put_int(out, "n", ref->n);
    proj_put_int(out, "work", control->work);
    proj_put_bool(out, "monitoring", control->monitoring != 0);
    proj_put_key(out, "fallen");
    if (fallen < 0)
        ledger_canon_put_nil(out);
    else
        ledger_canon_put_int(out, fallen);
    proj_put_bool(out, "given", proj_slot_is_recorded(w->view, &slot, ref->day));
    proj_put_person(w->view, "author", control->author);
    proj_put_int(out, "recorded", control->recorded_ms);
    w->count++;
}

static void put_group(void *data, const uint8_t *group_id, const struct proj_group *group)
{
    struct works *w = data;
    struct proj_fact fact;
    memcpy(w->group_id, group_id, LEDGER_ID_LEN);
    w->group = *group;
    struct proj_key prefix = proj_key_tagged_id('V', w->group_id);
    struct proj_scan *scan = proj_scan_open(w->view->txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
    while (w->count < WORK_COUNT_MAX && proj_scan_next(scan, &fact)) {
        struct proj_slot_ref ref;
        struct proj_control control;
        if (read_work(&fact, &ref, &control) && ref.day >= w->from && ref.day <= w->to)
            put_work(w, &ref, &control, fact.seq);
    }
    proj_scan_close(scan);
}

static int begin(struct works *w, base_day from, base_day to)
{
    w->from = from;
    w->to = to;
    w->per_day = proj_setting(w->view->txn, "control_works_per_day");
    w->per_week = proj_setting(w->view->txn, "control_works_per_week");
    if (load_make(&w->load, from, to) == 0)
        return 0;
    proj_txn_fail(w->view->txn, BASE_E_MEMORY, "control works");
    return -1;
}

int proj_view_works(struct proj_view *view, const uint8_t *class_id, base_day from, base_day to)
{
    struct works w = {.view = view, .only_class = class_id};
    struct base_buf *out = view->out;
    struct proj_group group;
    if (!proj_reads_as_staff(view))
        return PROJ_VIEW_FORBIDDEN;
    if (class_id != NULL &&
        (!proj_find_group(view, class_id, &group) || group.kind != PROJ_GROUP_CLASS))
        return PROJ_VIEW_MISSING;
    if (begin(&w, from, to) != 0)
        return PROJ_VIEW_DONE;
    ledger_canon_put_map(out, 7);
    proj_put_int(out, "from", from);
    proj_put_int(out, "to", to);
    proj_put_seq(out, "size", proj_view_size(view));
    proj_put_int(out, "per_day", w.per_day);
    proj_put_int(out, "per_week", w.per_week);
    proj_put_key(out, "works");
    size_t at = proj_array_begin(out);
    if (class_id != NULL)
        proj_each_class_group(view, class_id, put_group, &w);
    else
        proj_each_group(view, put_group, &w);
    proj_array_end(out, at, w.count);
    proj_put_key(out, "warnings");
    at = proj_array_begin(out);
    w.count = 0;
    proj_each_group(view, warn_class, &w);
    proj_array_end(out, at, w.count);
    free(w.load.days);
    return PROJ_VIEW_DONE;
}

/* What the class would have with one more work in that slot. */
static void put_check(struct works *w, const proj_id class_id, base_day day, unsigned shift,
                      unsigned n)
{
    struct base_buf *out = w->view->out;
    struct proj_group group = {0};
    (void)proj_find_group(w->view, class_id, &group);
    load_class(w, class_id);
    load_add(&w->load, day, shift, n);
    unsigned on_day = load_on(&w->load, day);
    unsigned in_week = load_in_week(&w->load, monday_of(day));
    ledger_canon_put_map(out, 8);
    proj_put_id(out, "class", class_id);
    proj_put_str(out, "class_name", group.name);
    proj_put_int(out, "on_day", on_day);
    proj_put_int(out, "per_day", w->per_day);
    proj_put_bool(out, "over_day", on_day > w->per_day);
    proj_put_int(out, "in_week", in_week);
    proj_put_int(out, "per_week", w->per_week);
    proj_put_bool(out, "over_week", in_week > w->per_week);
}

int proj_view_works_check(struct proj_view *view, const proj_id group_id, base_day day,
                          unsigned shift, unsigned n)
{
    struct works w = {.view = view};
    struct proj_group group;
    if (!proj_reads_as_staff(view))
        return PROJ_VIEW_FORBIDDEN;
    if (!proj_find_group(view, group_id, &group))
        return PROJ_VIEW_MISSING;
    if (begin(&w, day, day) != 0)
        return PROJ_VIEW_DONE;
    bool is_class = group.kind == PROJ_GROUP_CLASS;
    unsigned count = is_class ? 1 : group.class_count;
    ledger_canon_put_map(view->out, 2);
    proj_put_int(view->out, "day", day);
    proj_put_key(view->out, "classes");
    ledger_canon_put_array(view->out, count);
    for (unsigned i = 0; i < count; i++)
        put_check(&w, is_class ? group_id : group.classes[i], day, shift, n);
    free(w.load.days);
    return PROJ_VIEW_DONE;
}
