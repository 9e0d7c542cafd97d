/* Calendar, bells, timetable, plan, control works and changes of lessons, as folds.
 * All are set whole, as absolute values: the last event that counts is what holds. */
#include "projections/calendar.h"
#include "projections/fold.h"
#include "projections/groups.h"
#include "projections/resting.h"

#define YEAR_KEY_LEN 20u

static bool account_exists(struct proj_case *c, const uint8_t *id)
{
    struct proj_account account;
    return proj_account_find(c->txn, id, c->seq, &account);
}

/* The part of the encoding that readers walk, stored as it came. */
static void put_raw(struct proj_case *c, const struct proj_key *key, const char *field)
{
    struct ledger_canon_value value = ledger_canon_get(c->body, field);
    proj_fact_put(c->txn, key, c->seq, value.raw.data, value.raw.len);
}

/* calendar.set, bells.set */

static int calendar_ground(struct proj_case *c)
{
    int code = proj_case_arranges(c);
    struct proj_cells rows = {0};
    while (code == 0 && proj_cells_next(c->body, "rows", &rows)) {
        if (ledger_canon_at(&rows.tuple, 2).integer > ledger_canon_at(&rows.tuple, 3).integer)
            code = ledger_refuse(c->refusal, PROJ_REFUSED_DATE, "rows[%u].to", rows.index);
    }
    return code;
}

static void calendar_apply(struct proj_case *c)
{
    struct proj_key key = proj_key_of('Y');
    proj_key_text(&key, proj_body_text(c->body, "year"), YEAR_KEY_LEN);
    put_raw(c, &key, "rows");
}

static void bells_apply(struct proj_case *c)
{
    struct proj_key key = proj_key_of('B');
    proj_key_u8(&key, (unsigned)proj_body_int(c->body, "shift"));
    proj_key_day(&key, proj_body_int(c->body, "from"));
    put_raw(c, &key, "bells");
}

/* timetable.set */

static int timetable_ground(struct proj_case *c)
{
    int code = proj_case_arranges(c);
    if (code == 0 && !proj_case_exists(c, 'C', proj_body_bin(c->body, "group")))
        code = proj_refuse(c, PROJ_REFUSED_UNKNOWN_REFERENT, "group");
    struct proj_cells slots = {0};
    while (code == 0 && proj_cells_next(c->body, "slots", &slots)) {
        struct ledger_canon_value subject = ledger_canon_at(&slots.tuple, 3);
        struct ledger_canon_value account = ledger_canon_at(&slots.tuple, 4);
        if (!proj_case_exists(c, 'S', subject.bytes.data))
            code = ledger_refuse(c->refusal, PROJ_REFUSED_UNKNOWN_REFERENT, "slots[%u].subject",
                                 slots.index);
        else if (!account_exists(c, account.bytes.data))
            code = ledger_refuse(c->refusal, PROJ_REFUSED_UNKNOWN_REFERENT, "slots[%u].account",
                                 slots.index);
    }
    return code;
}

static void timetable_apply(struct proj_case *c)
{
    struct proj_key key = proj_key_tagged_id('W', proj_body_bin(c->body, "group"));
    proj_key_day(&key, proj_body_int(c->body, "from"));
    put_raw(c, &key, "slots");
}

/* plan.set: ST-3, the calendar-thematic plan (КТП) */

/* The plan of a subject and grade is kept by who arranges, and by who teaches it in that grade. */
static bool keeps_plan(struct proj_case *c)
{
    return proj_teaches_in_grade(c->txn, c->actor.account, proj_body_bin(c->body, "subject"),
                                 (unsigned)proj_body_int(c->body, "grade"), proj_case_day(c),
                                 c->seq);
}

static int plan_ground(struct proj_case *c)
{
    int code = keeps_plan(c) ? 0 : proj_case_arranges(c);
    if (code == 0 && !proj_case_exists(c, 'S', proj_body_bin(c->body, "subject")))
        code = proj_refuse(c, PROJ_REFUSED_UNKNOWN_REFERENT, "subject");
    return code;
}

static void plan_apply(struct proj_case *c)
{
    unsigned first = (unsigned)proj_body_int(c->body, "first");
    struct proj_cells topics = {0};
    while (proj_cells_next(c->body, "topics", &topics)) {
        struct base_bytes text = ledger_canon_at(&topics.tuple, 0).bytes;
        struct ledger_canon_value work = ledger_canon_at(&topics.tuple, 1);
        struct proj_plan_topic head = {.work = work.type == LEDGER_CANON_INT ? (uint8_t)work.integer
                                                                             : 0};
        uint8_t value[sizeof head + 500];
        memcpy(value, &head, sizeof head);
        memcpy(value + sizeof head, text.data, text.len);
        struct proj_key key = proj_key_tagged_id('N', proj_body_bin(c->body, "subject"));
        proj_key_u8(&key, (unsigned)proj_body_int(c->body, "grade"));
        proj_key_u16(&key, first + topics.index);
        proj_fact_put(c->txn, &key, c->seq, value, sizeof head + text.len);
    }
}

static void plan_withdrawn_apply(struct proj_case *c)
{
    const struct proj_plan_topic none = {.withdrawn = 1};
    struct proj_cells numbers = {0};
    while (proj_cells_next(c->body, "numbers", &numbers)) {
        struct proj_key key = proj_key_tagged_id('N', proj_body_bin(c->body, "subject"));
        proj_key_u8(&key, (unsigned)proj_body_int(c->body, "grade"));
        proj_key_u16(&key, (unsigned)numbers.tuple.integer);
        proj_fact_put(c->txn, &key, c->seq, &none, sizeof none);
    }
}

/* control.planned: the schedule of control works (CT-2b) */

static int slot_ground(struct proj_case *c)
{
    int code = proj_case_arranges(c);
    if (code == 0 && !proj_case_exists(c, 'C', proj_body_bin(c->body, "group")))
        code = proj_refuse(c, PROJ_REFUSED_UNKNOWN_REFERENT, "group");
    if (code == 0 && !proj_case_exists(c, 'S', proj_body_bin(c->body, "subject")))
        code = proj_refuse(c, PROJ_REFUSED_UNKNOWN_REFERENT, "subject");
    return code;
}

static struct proj_key slot_key(struct proj_case *c, char tag)
{
    return proj_key_slot(tag, proj_body_bin(c->body, "group"), proj_body_bin(c->body, "subject"),
                         proj_body_int(c->body, "day"), (unsigned)proj_body_int(c->body, "shift"),
                         (unsigned)proj_body_int(c->body, "n"));
}

static void control_apply(struct proj_case *c)
{
    struct proj_control control;
    memset(&control, 0, sizeof control);
    control.work = (uint8_t)proj_body_int(c->body, "work");
    control.monitoring = (uint8_t)proj_body_int(c->body, "monitoring");
    control.recorded_ms = c->recorded_ms;
    memcpy(control.author, c->actor.account, LEDGER_ID_LEN);
    struct proj_key key = slot_key(c, 'V');
    proj_fact_put(c->txn, &key, c->seq, &control, sizeof control);
}

/* lesson.changed: ST-8, CT-2b */

static int changed_ground(struct proj_case *c)
{
    int code = slot_ground(c);
    if (code == 0 && !account_exists(c, proj_body_bin(c->body, "teacher")))
        code = proj_refuse(c, PROJ_REFUSED_UNKNOWN_REFERENT, "teacher");
    if (code != 0)
        return code;
    const uint8_t *account = proj_body_bin_or(c->body, "account", NULL);
    bool substituted = proj_body_int(c->body, "change") == PROJ_CHANGE_SUBSTITUTED;
    if (substituted != (account != NULL))
        return proj_refuse(c, PROJ_REFUSED_FIELD_RANGE, "account");
    struct proj_account substitute;
    if (account == NULL)
        return 0;
    if (!proj_account_find(c->txn, account, c->seq, &substitute))
        return proj_refuse(c, PROJ_REFUSED_UNKNOWN_REFERENT, "account");
    return c->actor.stratum < substitute.stratum && substitute.stratum <= 2
               ? 0
               : proj_refuse(c, PROJ_REFUSED_STRATUM, "account");
}

static void changed_apply(struct proj_case *c)
{
    struct proj_changed changed;
    memset(&changed, 0, sizeof changed);
    changed.change = (uint8_t)proj_body_int(c->body, "change");
    changed.shift = (uint8_t)proj_body_int(c->body, "shift");
    changed.n = (uint8_t)proj_body_int(c->body, "n");
    changed.day = (int32_t)proj_body_int(c->body, "day");
    changed.newday = (int32_t)proj_body_int_or(c->body, "newday", changed.day);
    changed.newn = (uint8_t)proj_body_int_or(c->body, "newn", changed.n);
    memcpy(changed.group, proj_body_bin(c->body, "group"), LEDGER_ID_LEN);
    memcpy(changed.subject, proj_body_bin(c->body, "subject"), LEDGER_ID_LEN);
    memcpy(changed.teacher, proj_body_bin(c->body, "teacher"), LEDGER_ID_LEN);
    memcpy(changed.account, proj_body_bin_or(c->body, "account", proj_no_id), LEDGER_ID_LEN);
    memcpy(changed.author, c->actor.account, LEDGER_ID_LEN);
    changed.recorded_ms = c->recorded_ms;
    const uint8_t *reason = proj_body_bin_or(c->body, "reason", NULL);
    changed.has_reason = reason != NULL;
    if (reason != NULL)
        memcpy(changed.reason, reason, LEDGER_COMMITMENT_LEN);
    struct proj_key key = slot_key(c, 'O');
    proj_fact_put(c->txn, &key, c->seq, &changed, sizeof changed);
    struct proj_key back = proj_key_tagged_id('o', changed.account);
    proj_key_u8(proj_key_u8(proj_key_day(&back, changed.day), changed.shift), changed.n);
    proj_key_id(proj_key_id(&back, changed.group), changed.subject);
    proj_fact_put(c->txn, &back, c->seq, &changed, sizeof changed);
}

static void changed_rest(struct proj_case *c, struct proj_marker *marker)
{
    proj_rest_on_slot(c, proj_body_bin(c->body, "group"), proj_body_bin(c->body, "subject"),
                      (base_day)proj_body_int(c->body, "day"), marker);
}

const struct proj_fold proj_timetable_folds[] = {
    {"calendar.set", calendar_ground, NULL, calendar_apply, NULL},
    {"bells.set", proj_case_arranges, NULL, bells_apply, NULL},
    {"timetable.set", timetable_ground, NULL, timetable_apply, NULL},
    {"plan.set", plan_ground, NULL, plan_apply, NULL},
    {"plan.withdrawn", plan_ground, NULL, plan_withdrawn_apply, NULL},
    {"control.planned", slot_ground, NULL, control_apply, NULL},
    {"lesson.changed", changed_ground, NULL, changed_apply, changed_rest},
};
const unsigned proj_timetable_fold_count =
    sizeof proj_timetable_folds / sizeof proj_timetable_folds[0];
