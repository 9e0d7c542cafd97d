/* The class teacher's own page: who is absent and why, and how each family of the class is reached
 * (CT-1, CT-2, CT-3, CT-4, CT-7). */
#include <stdlib.h>

#include "projections/calendar.h"
#include "projections/views/roll.h"

#define LOOK_BACK_DAYS 13     /* how long an absence without a reason stays on the page */
#define FAMILY_COUNT_MAX 1000 /* grants to the families of one class */
#define HOLIDAY_WEEKS_MAX 16  /* the summer */

struct family {
    unsigned pupil; /* on the roll */
    struct proj_grant grant;
};

struct form {
    struct proj_view *view;
    struct proj_roll roll;
    base_day week, today; /* the Monday of the week to be acknowledged */
    uint32_t count;
    struct family *families;
    unsigned family_count;
};

/* Absences: those of today, and the earlier ones that nobody has explained. */

static void put_absence(struct form *form, const struct proj_lesson *lesson,
                        const struct proj_subject *subject, unsigned pupil,
                        const struct proj_attendance *cell)
{
    struct base_buf *out = form->view->out;
    struct base_buf BASE_CLEANUP(base_buf_wipe) reason = {0};
    struct base_buf BASE_CLEANUP(base_buf_wipe) said = {0};
    proj_absence_texts(form->view, form->roll.pupils[pupil].id, lesson->day, cell, &reason, &said);
    if (cell->state == PROJ_PRESENT || (lesson->day != form->today && reason.len > 0) ||
        (lesson->day != form->today && cell->state == PROJ_LATE))
        return;
    ledger_canon_put_map(out, 7);
    proj_put_id(out, "pupil", form->roll.pupils[pupil].id);
    proj_put_int(out, "day", lesson->day);
    proj_put_int(out, "n", lesson->n);
    proj_put_str(out, "subject_name", subject->name);
    proj_put_int(out, "state", cell->state);
    proj_put_text(out, "reason", base_buf_bytes(&reason));
    proj_put_text(out, "said", base_buf_bytes(&said));
    form->count++;
}

static void scan_absences(void *data, const uint8_t *group_id, const uint8_t *subject_id)
{
    struct form *form = data;
    struct proj_key prefix = proj_key_page(group_id, subject_id);
    struct proj_key from = proj_key_page_day(group_id, subject_id, form->today - LOOK_BACK_DAYS);
    struct proj_key until = proj_key_page_day(group_id, subject_id, (int64_t)form->today + 1);
    struct proj_subject subject = {0};
    struct proj_lesson lesson = {0};
    struct proj_fact fact;
    struct proj_cell_ref ref;
    bool open = false;
    (void)proj_find_subject(form->view, subject_id, &subject);
    struct proj_scan *scan =
        proj_scan_open(form->view->txn, &prefix, &from, &until, LEDGER_SEQ_NONE);
    while (proj_scan_next(scan, &fact)) {
        if (!proj_cell_ref_of(fact.key, &ref))
            continue;
        if (ref.what == PROJ_WHAT_LESSON) {
            open = fact.seq != LEDGER_SEQ_NONE && fact.value.len == sizeof lesson;
            if (open)
                memcpy(&lesson, fact.value.data, sizeof lesson);
        }
        if (!open || ref.what != PROJ_WHAT_ATTENDANCE || fact.seq == LEDGER_SEQ_NONE)
            continue;
        struct proj_attendance cell;
        int pupil = proj_roll_find(&form->roll, ref.pupil);
        (void)proj_attendance_of(fact.value, &cell);
        if (pupil >= 0)
            put_absence(form, &lesson, &subject, (unsigned)pupil, &cell);
    }
    proj_scan_close(scan);
}

static void scan_group(void *data, const uint8_t *group_id, const struct proj_group *group)
{
    struct form *form = data;
    (void)group;
    proj_each_subject_of(form->view, group_id, PROJ_TAUGHT_STILL, scan_absences, form);
}

/* Families: whoever holds a parent's or pupil's role for somebody on the roll. */

static void collect_family(void *data, ledger_seq seq, const struct proj_grant *grant)
{
    struct form *form = data;
    (void)seq;
    if (form->family_count == FAMILY_COUNT_MAX || grant->to < form->today ||
        (grant->role != PROJ_ROLE_PARENT && grant->role != PROJ_ROLE_PUPIL))
        return;
    struct family *family = &form->families[form->family_count++];
    family->grant = *grant;
    family->pupil = (unsigned)proj_roll_find(&form->roll, grant->scope);
}

static void collect_families(struct form *form)
{
    form->families = calloc(FAMILY_COUNT_MAX, sizeof *form->families);
    if (form->families == NULL) {
        proj_txn_fail(form->view->txn, BASE_E_MEMORY, "families of a class");
        return;
    }
    for (unsigned i = 0; i < form->roll.count; i++)
        proj_each_grant_on(form->view, form->roll.pupils[i].id, collect_family, form);
}

static void put_handed(struct proj_view *view, const proj_id account)
{
    struct proj_handed handed;
    struct proj_key key = proj_key_tagged_id('H', account);
    proj_put_key(view->out, "handed");
    if (!proj_fact_read(view->txn, &key, LEDGER_SEQ_NONE, &handed, sizeof handed, NULL)) {
        ledger_canon_put_nil(view->out);
        return;
    }
    ledger_canon_put_map(view->out, 2);
    proj_put_int(view->out, "way", handed.way);
    proj_put_int(view->out, "recorded", handed.recorded_ms);
}

#define WEEK_DAYS 5 /* from its Monday to its Saturday */

static void put_acknowledged(struct form *form, const struct proj_grant *grant)
{
    struct proj_view *view = form->view;
    struct proj_acknowledgement fact;
    struct proj_key key = proj_key_ids_day('k', grant->account, grant->scope, form->week);
    proj_put_key(view->out, "acknowledged");
    if (!proj_fact_read(view->txn, &key, LEDGER_SEQ_NONE, &fact, sizeof fact, NULL)) {
        ledger_canon_put_nil(view->out);
        return;
    }
    ledger_canon_put_map(view->out, 4);
    proj_put_int(view->out, "form", fact.form);
    proj_put_int(view->out, "recorded", fact.recorded_ms);
    proj_put_int(view->out, "upto", (int64_t)fact.upto);
    proj_put_bool(
        view->out, "changed",
        proj_diary_changed(view, grant->scope, form->week, form->week + WEEK_DAYS, fact.upto));
}

void proj_put_family_member(struct proj_view *view, const struct proj_grant *grant,
                            bool with_addresses)
{
    char name[PROJ_NAME_LEN_MAX];
    proj_view_account_full_name(view, grant->account, name);
    proj_put_id(view->out, "account", grant->account);
    proj_put_int(view->out, "role", grant->role);
    proj_put_str(view->out, "name", name);
    proj_put_access(view, grant->account);
    put_handed(view, grant->account);
    proj_put_consent(view, grant->account, grant->scope);
    proj_put_bool(view->out, "reads",
                  grant->role == PROJ_ROLE_PUPIL ||
                      proj_family_consents(view, grant->account, grant->scope));
    proj_put_channel(view, grant->account, with_addresses);
}

static void put_family(struct form *form, const struct family *family)
{
    ledger_canon_put_map(form->view->out, PROJ_FAMILY_MEMBER_KEYS + 1);
    proj_put_family_member(form->view, &family->grant, false);
    put_acknowledged(form, &family->grant);
}

static void put_pupil(struct form *form, unsigned i)
{
    struct base_buf *out = form->view->out;
    const struct proj_roll_pupil *pupil = &form->roll.pupils[i];
    uint32_t count = 0;
    ledger_canon_put_map(out, 4);
    proj_put_id(out, "id", pupil->id);
    proj_put_str(out, "name", pupil->name);
    proj_put_int(out, "from", pupil->span.from);
    proj_put_key(out, "family");
    size_t at = proj_array_begin(out);
    for (unsigned f = 0; f < form->family_count; f++) {
        if (form->families[f].pupil != i)
            continue;
        put_family(form, &form->families[f]);
        count++;
    }
    proj_array_end(out, at, count);
}

/* Nobody acknowledges a week of holidays: the last week from `week` back that had a school day. */
static base_day school_week(struct proj_view *view, const struct proj_group *group, base_day week)
{
    unsigned days = group->days == 0 ? 6 : group->days;
    for (unsigned back = 0; back < HOLIDAY_WEEKS_MAX; back++) {
        base_day monday = week - 7 * (int)back;
        for (base_day day = monday; day <= monday + WEEK_DAYS; day++) {
            if (proj_is_school_day(view->txn, day, group->grade, days))
                return monday;
        }
    }
    return week;
}

int proj_view_form(struct proj_view *view, const proj_id class_id, base_day week)
{
    struct form form = {.view = view, .week = week, .today = proj_view_today(view)};
    struct base_buf *out = view->out;
    int answer = proj_may_lead_class(view, class_id);
    if (answer != PROJ_VIEW_DONE)
        return answer;
    proj_roll_read(view, class_id, form.today, form.today, &form.roll);
    form.week = school_week(view, &form.roll.group, week);
    collect_families(&form);
    ledger_canon_put_map(out, 7);
    proj_put_id(out, "group", class_id);
    proj_put_str(out, "name", form.roll.group.name);
    proj_put_int(out, "week", form.week);
    proj_put_int(out, "today", form.today);
    proj_put_seq(out, "size", proj_view_size(view));
    proj_put_key(out, "absences");
    size_t at = proj_array_begin(out);
    proj_each_class_group(view, class_id, scan_group, &form);
    proj_array_end(out, at, form.count);
    proj_put_key(out, "pupils");
    ledger_canon_put_array(out, form.roll.count);
    for (unsigned i = 0; i < form.roll.count; i++)
        put_pupil(&form, i);
    proj_roll_free(&form.roll);
    free(form.families);
    return PROJ_VIEW_DONE;
}
