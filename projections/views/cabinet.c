/* CT-2b: what a family wants to know besides diary and results: teachers, control works, holidays,
 * recommendations, the timetable with what is changed in it. */
#include "projections/planned.h"
#include "projections/views/pupil.h"
#include "projections/views/walk.h"

struct cabinet {
    struct proj_view *view;
    const uint8_t *pupil;
    base_day from, to;
    uint32_t count;
    unsigned grade;
    struct proj_span *span; /* in the group at hand */
    bool own_advice;        /* what the reader gave, only */
};

static bool overlaps(const struct proj_span *span, base_day from, base_day to)
{
    return span->from <= to && from <= span->to;
}

/* Calls `each` with the groups in which the pupil is or was. */
static void each_group(struct cabinet *cabinet,
                       void (*each)(struct cabinet *cabinet, const uint8_t *group))
{
    struct proj_key prefix = proj_key_tagged_id('m', cabinet->pupil);
    struct proj_fact fact;
    struct proj_scan *scan =
        proj_scan_open(cabinet->view->txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
    while (proj_scan_next(scan, &fact)) {
        struct proj_span span;
        if (!proj_span_of(cabinet->view->txn, &fact, &span))
            continue;
        cabinet->span = &span;
        each(cabinet, fact.key.data + 1 + LEDGER_ID_LEN);
    }
    proj_scan_close(scan);
    cabinet->span = NULL;
}

/* Teachers of the class, the groups, the streams, the plan (CT-2b). */
static void put_teachers(struct cabinet *cabinet, const uint8_t *group_id)
{
    struct proj_key prefix = proj_key_tagged_id('T', group_id);
    struct base_buf *out = cabinet->view->out;
    struct proj_fact fact;
    struct proj_group group = {0};
    if (!overlaps(cabinet->span, cabinet->from, cabinet->to))
        return;
    (void)proj_find_group(cabinet->view, group_id, &group);
    struct proj_scan *scan =
        proj_scan_open(cabinet->view->txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
    while (proj_scan_next(scan, &fact)) {
        struct proj_teaching teaching;
        struct proj_subject subject = {0};
        char name[PROJ_NAME_LEN_MAX];
        if (fact.seq == LEDGER_SEQ_NONE || fact.value.len != sizeof teaching)
            continue;
        memcpy(&teaching, fact.value.data, sizeof teaching);
        if (teaching.from > cabinet->to || teaching.to < cabinet->from)
            continue;
        (void)proj_find_subject(cabinet->view, teaching.subject, &subject);
        proj_view_account_name(cabinet->view, teaching.account, name);
        ledger_canon_put_map(out, 8);
        proj_put_id(out, "group", group_id);
        proj_put_str(out, "group_name", group.name);
        proj_put_int(out, "kind", group.kind);
        proj_put_id(out, "subject", teaching.subject);
        proj_put_str(out, "subject_name", subject.name);
        proj_put_str(out, "name", name);
        proj_put_int(out, "from", teaching.from);
        proj_put_int(out, "to", teaching.to);
        cabinet->count++;
    }
    proj_scan_close(scan);
}

/* Planned control works of the span, by (subject, day) within each group. */
static void put_controls(struct cabinet *cabinet, const uint8_t *group_id)
{
    struct proj_key prefix = proj_key_tagged_id('V', group_id);
    struct base_buf *out = cabinet->view->out;
    struct proj_fact fact;
    struct proj_group group = {0};
    (void)proj_find_group(cabinet->view, group_id, &group);
    struct proj_scan *scan =
        proj_scan_open(cabinet->view->txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
    while (proj_scan_next(scan, &fact)) {
        struct proj_control control;
        struct proj_slot_ref ref;
        struct proj_subject subject = {0};
        if (fact.seq == LEDGER_SEQ_NONE || fact.value.len != sizeof control ||
            !proj_slot_ref_of(fact.key, &ref) || ref.day < cabinet->from || ref.day > cabinet->to ||
            ref.day < cabinet->span->from || ref.day > cabinet->span->to)
            continue;
        memcpy(&control, fact.value.data, sizeof control);
        if (control.work == PROJ_WORK_ANSWER)
            continue;
        (void)proj_find_subject(cabinet->view, ref.subject, &subject);
        ledger_canon_put_map(out, 7);
        proj_put_int(out, "day", ref.day);
        proj_put_int(out, "n", ref.n);
        proj_put_str(out, "group_name", group.name);
        proj_put_id(out, "subject", ref.subject);
        proj_put_str(out, "subject_name", subject.name);
        proj_put_int(out, "work", control.work);
        proj_put_bool(out, "monitoring", control.monitoring != 0);
        cabinet->count++;
    }
    proj_scan_close(scan);
}

static bool put_calendar_row(void *data, const struct proj_calendar_row *row)
{
    struct cabinet *cabinet = data;
    struct base_buf *out = cabinet->view->out;
    if (row->grade_from > cabinet->grade || (row->grade_to != 0 && row->grade_to < cabinet->grade))
        return true;
    ledger_canon_put_map(out, 4);
    proj_put_text(out, "name", row->name);
    proj_put_int(out, "kind", row->kind);
    proj_put_int(out, "from", row->from);
    proj_put_int(out, "to", row->to);
    cabinet->count++;
    return true;
}

/* Advice */

static void put_advice_on(struct cabinet *cabinet, const uint8_t *about)
{
    struct proj_view *view = cabinet->view;
    struct proj_key prefix = proj_key_tagged_id('r', about);
    struct proj_fact fact;
    struct proj_scan *scan = proj_scan_open(view->txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
    while (proj_scan_next(scan, &fact)) {
        struct proj_advice_fact advice;
        struct proj_subject subject = {0};
        struct base_buf BASE_CLEANUP(base_buf_wipe) text = {0};
        char name[PROJ_NAME_LEN_MAX];
        if (fact.seq == LEDGER_SEQ_NONE || fact.value.len != sizeof advice)
            continue;
        memcpy(&advice, fact.value.data, sizeof advice);
        base_day day = base_day_of_time(advice.recorded_ms, view->offset_min);
        bool own = memcmp(advice.author, view->account, LEDGER_ID_LEN) == 0;
        if (advice.withdrawn || (cabinet->own_advice && !own) ||
            (cabinet->span != NULL && (day < cabinet->span->from || day > cabinet->span->to)))
            continue;
        (void)proj_find_subject(view, advice.subject, &subject);
        proj_view_account_name(view, advice.author, name);
        proj_view_shown_text(view, advice.text, &text);
        ledger_canon_put_map(view->out, 9);
        proj_put_hash(view->out, "id", advice.id.bytes);
        proj_put_seq(view->out, "seq", fact.seq);
        proj_put_int(view->out, "sort", advice.sort);
        proj_put_bool(view->out, "to_group", advice.to_group != 0);
        proj_put_str(view->out, "subject_name", subject.name);
        proj_put_str(view->out, "author_name", name);
        proj_put_bool(view->out, "own", own);
        proj_put_int(view->out, "recorded", advice.recorded_ms);
        proj_put_text(view->out, "text", base_buf_bytes(&text));
        cabinet->count++;
    }
    proj_scan_close(scan);
}

uint32_t proj_put_advice(struct proj_view *view, const proj_id pupil, bool own_only)
{
    struct cabinet cabinet = {.view = view, .pupil = pupil, .own_advice = own_only};
    put_advice_on(&cabinet, pupil);
    each_group(&cabinet, put_advice_on);
    return cabinet.count;
}

/* Begins a view of one pupil: 0 with the name written into `out_name`, or the answer. */
static int begin(struct cabinet *cabinet, char out_name[PROJ_NAME_LEN_MAX],
                 struct proj_group *out_class, proj_id out_class_id)
{
    struct proj_view *view = cabinet->view;
    struct proj_pupil pupil;
    struct proj_key key = proj_key_tagged_id('P', cabinet->pupil);
    if (!proj_fact_read(view->txn, &key, LEDGER_SEQ_NONE, &pupil, sizeof pupil, NULL))
        return PROJ_VIEW_MISSING;
    if (!proj_may_read_pupil(view, cabinet->pupil))
        return PROJ_VIEW_FORBIDDEN;
    proj_view_pupil_name(view, cabinet->pupil, out_name);
    *out_class = (struct proj_group){0};
    proj_class_of_pupil(view, cabinet->pupil, out_class_id);
    (void)proj_find_group(view, out_class_id, out_class);
    cabinet->grade = out_class->grade;
    return PROJ_VIEW_DONE;
}

static void put_leader(void *data, ledger_seq seq, const struct proj_grant *grant)
{
    struct cabinet *cabinet = data;
    char name[PROJ_NAME_LEN_MAX];
    (void)seq;
    proj_view_account_name(cabinet->view, grant->account, name);
    ledger_canon_put_str(cabinet->view->out, name);
    cabinet->count++;
}

static void put_class_teachers(struct cabinet *cabinet, const proj_id class_id)
{
    struct base_buf *out = cabinet->view->out;
    proj_put_key(out, "class_teachers");
    cabinet->count = 0;
    size_t at = proj_array_begin(out);
    proj_each_class_teacher(cabinet->view, class_id, put_leader, cabinet);
    proj_array_end(out, at, cabinet->count);
}

static void put_list(struct cabinet *cabinet, const char *key,
                     void (*each)(struct cabinet *cabinet, const uint8_t *group))
{
    proj_put_key(cabinet->view->out, key);
    cabinet->count = 0;
    size_t at = proj_array_begin(cabinet->view->out);
    each_group(cabinet, each);
    proj_array_end(cabinet->view->out, at, cabinet->count);
}

int proj_view_cabinet(struct proj_view *view, const proj_id pupil, base_day from, base_day to)
{
    struct cabinet cabinet = {.view = view, .pupil = pupil, .from = from, .to = to};
    struct base_buf *out = view->out;
    struct proj_group school_class;
    proj_id class_id;
    char name[PROJ_NAME_LEN_MAX];
    int answer = begin(&cabinet, name, &school_class, class_id);
    if (answer != PROJ_VIEW_DONE)
        return answer;
    ledger_canon_put_map(out, 11);
    proj_put_id(out, "pupil", pupil);
    proj_put_str(out, "name", name);
    proj_put_id_or_nil(out, "class", class_id);
    proj_put_str(out, "class_name", school_class.name);
    proj_put_int(out, "from", from);
    proj_put_int(out, "to", to);
    put_class_teachers(&cabinet, class_id);
    put_list(&cabinet, "teachers", put_teachers);
    put_list(&cabinet, "controls", put_controls);
    cabinet.count = 0;
    proj_put_key(out, "calendar");
    size_t at = proj_array_begin(out);
    proj_calendar_each(view->txn, put_calendar_row, &cabinet);
    proj_array_end(out, at, cabinet.count);
    proj_put_key(out, "advice");
    at = proj_array_begin(out);
    proj_array_end(out, at, proj_put_advice(view, pupil, false));
    return PROJ_VIEW_DONE;
}

/* The timetable, as it is and as it was changed */

static void put_lesson(void *data, const struct proj_planned *planned)
{
    struct cabinet *cabinet = data;
    const struct proj_slot *slot = &planned->slot;
    struct base_buf *out = cabinet->view->out;
    struct proj_bell bell = {.start_min = -1, .end_min = -1};
    struct proj_group group = {0};
    struct proj_subject subject = {0};
    char teacher[PROJ_NAME_LEN_MAX];
    char instead[PROJ_NAME_LEN_MAX] = "";
    (void)proj_bell_of(cabinet->view->txn, slot->shift, slot->n, planned->day, &bell);
    (void)proj_find_group(cabinet->view, slot->group, &group);
    (void)proj_find_subject(cabinet->view, slot->subject, &subject);
    proj_view_account_name(cabinet->view, slot->account, teacher);
    if (planned->change == PROJ_CHANGE_SUBSTITUTED)
        proj_view_account_name(cabinet->view, planned->actual, instead);
    ledger_canon_put_map(out, 14);
    proj_put_int(out, "day", planned->day);
    proj_put_int(out, "shift", slot->shift);
    proj_put_int(out, "n", slot->n);
    proj_put_int(out, "start", bell.start_min);
    proj_put_int(out, "end", bell.end_min);
    proj_put_str(out, "group_name", group.name);
    proj_put_str(out, "subject_name", subject.name);
    proj_put_str(out, "teacher_name", teacher);
    proj_put_text(out, "room", slot->room);
    proj_put_key(out, "change");
    if (planned->change == PROJ_PLANNED_AS_IS)
        ledger_canon_put_nil(out);
    else
        ledger_canon_put_int(out, planned->change);
    proj_put_str(out, "instead", instead);
    bool moved = planned->change == PROJ_CHANGE_MOVED;
    proj_put_key(out, "newday");
    if (moved)
        ledger_canon_put_int(out, planned->to_day);
    else
        ledger_canon_put_nil(out);
    proj_put_int(out, "newn", moved ? planned->to_n : 0);
    proj_put_key(out, "moved_from");
    if (planned->moved_in)
        ledger_canon_put_int(out, planned->home_day);
    else
        ledger_canon_put_nil(out);
    cabinet->count++;
}

static void put_days(struct cabinet *cabinet, const uint8_t *group_id)
{
    struct proj_group group;
    if (!proj_find_group(cabinet->view, group_id, &group))
        return;
    for (base_day day = cabinet->from; day <= cabinet->to; day++) {
        if (day >= cabinet->span->from && day <= cabinet->span->to)
            proj_planned_on(cabinet->view->txn, group_id, &group, day, put_lesson, cabinet);
    }
}

#define TIMETABLE_DAYS_MAX 31

int proj_view_timetable(struct proj_view *view, const proj_id pupil, base_day from, base_day to)
{
    struct cabinet cabinet = {.view = view, .pupil = pupil, .from = from, .to = to};
    struct proj_group school_class;
    proj_id class_id;
    char name[PROJ_NAME_LEN_MAX];
    int answer = begin(&cabinet, name, &school_class, class_id);
    if (answer != PROJ_VIEW_DONE)
        return answer;
    if (to > from + TIMETABLE_DAYS_MAX)
        cabinet.to = from + TIMETABLE_DAYS_MAX;
    ledger_canon_put_map(view->out, 5);
    proj_put_id(view->out, "pupil", pupil);
    proj_put_str(view->out, "name", name);
    proj_put_int(view->out, "from", from);
    proj_put_int(view->out, "to", cabinet.to);
    put_list(&cabinet, "lessons", put_days);
    return PROJ_VIEW_DONE;
}

/* What a family says of itself */

void proj_put_consent(struct proj_view *view, const proj_id account, const proj_id pupil)
{
    struct proj_consent consent;
    struct proj_key key = proj_key_tagged_ids('h', account, pupil);
    ledger_seq seq;
    proj_put_key(view->out, "consent");
    if (!proj_fact_read(view->txn, &key, LEDGER_SEQ_NONE, &consent, sizeof consent, &seq)) {
        ledger_canon_put_nil(view->out);
        return;
    }
    ledger_canon_put_map(view->out, 7);
    proj_put_int(view->out, "decision", consent.decision);
    proj_put_int(view->out, "form", consent.form);
    proj_put_int(view->out, "day", consent.day);
    proj_put_int(view->out, "recorded", consent.recorded_ms);
    proj_put_str(view->out, "reference", consent.reference);
    proj_put_str(view->out, "wording", consent.wording);
    proj_put_seq(view->out, "seq", seq);
}

static void put_minutes(struct base_buf *out, const char *key, int minutes)
{
    proj_put_key(out, key);
    if (minutes < 0)
        ledger_canon_put_nil(out);
    else
        ledger_canon_put_int(out, minutes);
}

void proj_put_channel(struct proj_view *view, const proj_id account, bool with_addresses)
{
    struct proj_channel channel;
    struct base_buf BASE_CLEANUP(base_buf_wipe) email = {0};
    struct base_buf BASE_CLEANUP(base_buf_wipe) phone = {0};
    struct proj_key key = proj_key_tagged_id('e', account);
    proj_put_key(view->out, "channel");
    if (!proj_fact_read(view->txn, &key, LEDGER_SEQ_NONE, &channel, sizeof channel, NULL)) {
        ledger_canon_put_nil(view->out);
        return;
    }
    if (channel.has_email && with_addresses)
        proj_view_sealed_text(view, channel.email, &email);
    if (channel.has_phone && with_addresses)
        proj_view_sealed_text(view, channel.phone, &phone);
    ledger_canon_put_map(view->out, 7);
    proj_put_bool(view->out, "has_email", channel.has_email != 0);
    proj_put_bool(view->out, "has_phone", channel.has_phone != 0);
    proj_put_text(view->out, "email", base_buf_bytes(&email));
    proj_put_text(view->out, "phone", base_buf_bytes(&phone));
    proj_put_int(view->out, "wants", channel.wants);
    put_minutes(view->out, "quiet_from", channel.quiet_from);
    put_minutes(view->out, "quiet_to", channel.quiet_to);
}

static void put_own_child(void *data, const struct proj_grant *grant)
{
    struct cabinet *cabinet = data;
    struct proj_view *view = cabinet->view;
    struct proj_group group = {0};
    proj_id class_id;
    char name[PROJ_NAME_LEN_MAX];
    base_day today = proj_view_rights_day(view);
    if (grant->role != PROJ_ROLE_PARENT || today < grant->from || today > grant->to)
        return;
    proj_class_of_pupil(view, grant->scope, class_id);
    (void)proj_find_group(view, class_id, &group);
    proj_view_pupil_name(view, grant->scope, name);
    ledger_canon_put_map(view->out, 5);
    proj_put_id(view->out, "pupil", grant->scope);
    proj_put_str(view->out, "name", name);
    proj_put_str(view->out, "class_name", group.name);
    proj_put_consent(view, view->account, grant->scope);
    proj_put_bool(view->out, "reads", proj_family_consents(view, view->account, grant->scope));
    cabinet->count++;
}

int proj_view_family(struct proj_view *view)
{
    struct cabinet cabinet = {.view = view};
    ledger_canon_put_map(view->out, 3);
    proj_put_id(view->out, "account", view->account);
    proj_put_channel(view, view->account, true);
    proj_put_key(view->out, "children");
    size_t at = proj_array_begin(view->out);
    proj_each_grant(proj_view_rights(view), view->account, LEDGER_SEQ_NONE, put_own_child,
                    &cabinet);
    proj_array_end(view->out, at, cabinet.count);
    return PROJ_VIEW_DONE;
}
