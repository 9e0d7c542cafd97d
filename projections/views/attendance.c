/* Attendance of a class («сводка посещаемости», CT-7, ST-2): lessons missed by reason, lateness,
 * and days; a day counts as missed when all its lessons were missed. Over the class and every group
 * that is drawn from it; what was held is what the journals say was held. */
#include <stdlib.h>

#include "projections/fold.h"
#include "projections/views/pupil.h"
#include "projections/views/walk.h"

#define PUPIL_MAX 100u
#define DAY_MAX 400u

enum why { WHY_NONE, WHY_ILL, WHY_VALID, WHY_INVALID, WHY_OTHER, WHY_COUNT };

struct count {
    uint8_t held, missed;
};

struct pupil {
    proj_id id;
    char name[PROJ_NAME_LEN_MAX];
    struct proj_span in_class, in_group; /* the group that is read now */
    bool in;
    unsigned why[WHY_COUNT];
    unsigned late;
    struct count days[DAY_MAX];
};

struct roll {
    struct proj_view *view;
    base_day from, to;
    struct pupil pupils[PUPIL_MAX];
    unsigned pupil_count;
};

static struct pupil *pupil_of(struct roll *roll, const uint8_t *id)
{
    for (unsigned i = 0; i < roll->pupil_count; i++) {
        if (memcmp(roll->pupils[i].id, id, LEDGER_ID_LEN) == 0)
            return &roll->pupils[i];
    }
    return NULL;
}

/* Who is in the group; for the class itself also who is on the roll at all. */
static void read_members(struct roll *roll, const uint8_t *group, bool is_class)
{
    struct proj_fact fact;
    struct proj_key prefix = proj_key_tagged_id('M', group);
    for (unsigned i = 0; i < roll->pupil_count; i++)
        roll->pupils[i].in = false;
    struct proj_scan *scan = proj_scan_open(roll->view->txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
    while (proj_scan_next(scan, &fact)) {
        struct proj_span span;
        const uint8_t *id = fact.key.data + 1 + LEDGER_ID_LEN;
        if (!proj_span_of(roll->view->txn, &fact, &span))
            continue;
        if (is_class && roll->pupil_count < PUPIL_MAX && span.from <= roll->to &&
            span.to >= roll->from) {
            struct pupil *fresh = &roll->pupils[roll->pupil_count++];
            memcpy(fresh->id, id, LEDGER_ID_LEN);
            fresh->in_class = span;
        }
        struct pupil *pupil = pupil_of(roll, id);
        if (pupil != NULL) {
            pupil->in = true;
            pupil->in_group = span;
        }
    }
    proj_scan_close(scan);
}

static bool is_member(const struct pupil *pupil, base_day day)
{
    return pupil->in && pupil->in_group.from <= day && day <= pupil->in_group.to &&
           pupil->in_class.from <= day && day <= pupil->in_class.to;
}

static void count_held(struct roll *roll, base_day day)
{
    for (unsigned i = 0; i < roll->pupil_count; i++) {
        if (is_member(&roll->pupils[i], day))
            roll->pupils[i].days[day - roll->from].held++;
    }
}

static enum why why_of(struct base_bytes text)
{
    if (text.len == 0)
        return WHY_NONE;
    if (base_bytes_equal(text, base_bytes_str("ill")))
        return WHY_ILL;
    if (base_bytes_equal(text, base_bytes_str("valid")))
        return WHY_VALID;
    return base_bytes_equal(text, base_bytes_str("invalid")) ? WHY_INVALID : WHY_OTHER;
}

static void take_absence(struct roll *roll, const struct proj_fact *fact,
                         const struct proj_cell_ref *ref, base_day day)
{
    struct base_buf BASE_CLEANUP(base_buf_wipe) reason = {0};
    struct base_buf BASE_CLEANUP(base_buf_wipe) said = {0};
    struct proj_attendance cell;
    struct pupil *pupil = pupil_of(roll, ref->pupil);
    if (pupil == NULL || !is_member(pupil, day) || !proj_attendance_of(fact->value, &cell))
        return;
    if (cell.state == PROJ_LATE)
        pupil->late++;
    if (cell.state != PROJ_ABSENT)
        return;
    proj_absence_texts(roll->view, ref->pupil, day, &cell, &reason, &said);
    pupil->why[why_of(base_buf_bytes(&reason))]++;
    pupil->days[day - roll->from].missed++;
}

/* Cells of one lesson lie together, its own fact first. */
static void read_page(void *data, const uint8_t *group, const uint8_t *subject)
{
    struct roll *roll = data;
    struct proj_fact fact;
    struct proj_cell_ref ref;
    bool ours = false;
    base_day day = roll->from;
    struct proj_key prefix = proj_key_page(group, subject);
    struct proj_key from = proj_key_page_day(group, subject, roll->from);
    struct proj_key until = proj_key_page_day(group, subject, (int64_t)roll->to + 1);
    struct proj_scan *scan =
        proj_scan_open(roll->view->txn, &prefix, &from, &until, LEDGER_SEQ_NONE);
    while (proj_scan_next(scan, &fact)) {
        if (!proj_cell_ref_of(fact.key, &ref))
            continue;
        if (ref.what == PROJ_WHAT_LESSON) {
            struct proj_lesson lesson;
            ours = fact.seq != LEDGER_SEQ_NONE && fact.value.len == sizeof lesson;
            if (!ours)
                continue;
            memcpy(&lesson, fact.value.data, sizeof lesson);
            day = lesson.day;
            count_held(roll, day);
        } else if (ours && ref.what == PROJ_WHAT_ATTENDANCE && fact.seq != LEDGER_SEQ_NONE) {
            take_absence(roll, &fact, &ref, day);
        }
    }
    proj_scan_close(scan);
}

static void read_group(struct roll *roll, const uint8_t *group, bool is_class)
{
    read_members(roll, group, is_class);
    proj_each_subject_of(roll->view, group, PROJ_TAUGHT_EVER, read_page, roll);
}

static void read_drawn(void *data, const uint8_t *group_id, const struct proj_group *group)
{
    (void)group;
    read_group(data, group_id, false);
}

static void put_pupil(struct roll *roll, const struct pupil *pupil)
{
    struct base_buf *out = roll->view->out;
    unsigned held = 0;
    unsigned missed = 0;
    unsigned days = 0;
    unsigned whole = 0;
    for (base_day day = roll->from; day <= roll->to; day++) {
        const struct count *count = &pupil->days[day - roll->from];
        held += count->held;
        missed += count->missed;
        days += count->held > 0;
        whole += count->held > 0 && count->missed >= count->held;
    }
    ledger_canon_put_map(out, 12);
    proj_put_id(out, "id", pupil->id);
    proj_put_str(out, "name", pupil->name);
    proj_put_int(out, "held", held);
    proj_put_int(out, "missed", missed);
    proj_put_int(out, "ill", pupil->why[WHY_ILL]);
    proj_put_int(out, "valid", pupil->why[WHY_VALID]);
    proj_put_int(out, "invalid", pupil->why[WHY_INVALID]);
    proj_put_int(out, "other", pupil->why[WHY_OTHER]);
    proj_put_int(out, "unknown", pupil->why[WHY_NONE]);
    proj_put_int(out, "late", pupil->late);
    proj_put_int(out, "days", days);
    proj_put_int(out, "days_missed", whole);
}

static void put_days(struct roll *roll)
{
    struct base_buf *out = roll->view->out;
    uint32_t count = 0;
    proj_put_key(out, "days");
    size_t at = proj_array_begin(out);
    for (base_day day = roll->from; day <= roll->to; day++) {
        unsigned held = 0;
        unsigned missed = 0;
        for (unsigned i = 0; i < roll->pupil_count; i++) {
            held += roll->pupils[i].days[day - roll->from].held;
            missed += roll->pupils[i].days[day - roll->from].missed;
        }
        if (held == 0)
            continue;
        ledger_canon_put_array(out, 3);
        ledger_canon_put_int(out, day);
        ledger_canon_put_int(out, held);
        ledger_canon_put_int(out, missed);
        count++;
    }
    proj_array_end(out, at, count);
}

static int compare_pupils(const void *a, const void *b)
{
    const struct pupil *x = a;
    const struct pupil *y = b;
    int order = strcmp(x->name, y->name);
    return order != 0 ? order : memcmp(x->id, y->id, LEDGER_ID_LEN);
}

static void put_roll(struct roll *roll, const struct proj_group *group, const uint8_t *class_id)
{
    struct base_buf *out = roll->view->out;
    ledger_canon_put_map(out, 7);
    proj_put_id(out, "group", class_id);
    proj_put_str(out, "group_name", group->name);
    proj_put_int(out, "from", roll->from);
    proj_put_int(out, "to", roll->to);
    proj_put_seq(out, "size", proj_view_size(roll->view));
    proj_put_key(out, "pupils");
    ledger_canon_put_array(out, roll->pupil_count);
    for (unsigned i = 0; i < roll->pupil_count; i++)
        put_pupil(roll, &roll->pupils[i]);
    put_days(roll);
}

int proj_view_attendance(struct proj_view *view, const proj_id class_id, base_day from, base_day to)
{
    struct proj_group group;
    if (!proj_find_group(view, class_id, &group))
        return PROJ_VIEW_MISSING;
    if (!proj_may_read_page(view, class_id, proj_no_id)) /* the whole class, or nothing */
        return PROJ_VIEW_FORBIDDEN;
    if (to < from || to - from >= (base_day)DAY_MAX)
        to = from; /* callers check the span; no day is read beyond the table */
    struct roll *roll = calloc(1, sizeof *roll);
    if (roll == NULL) {
        proj_txn_fail(view->txn, BASE_E_MEMORY, "attendance");
        return PROJ_VIEW_MISSING;
    }
    roll->view = view;
    roll->from = from;
    roll->to = to;
    read_group(roll, class_id, true);
    proj_each_drawn_group(view, class_id, read_drawn, roll);
    for (unsigned i = 0; i < roll->pupil_count; i++)
        proj_view_pupil_name(view, roll->pupils[i].id, roll->pupils[i].name);
    qsort(roll->pupils, roll->pupil_count, sizeof roll->pupils[0], compare_pupils);
    put_roll(roll, &group, class_id);
    free(roll);
    return PROJ_VIEW_DONE;
}
