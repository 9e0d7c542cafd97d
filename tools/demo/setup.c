/* The school before its first day: founding, people, roster, teaching, time, plan. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "projections/kinds.h"
#include "projections/work_names.h"
#include "tools/demo/families.h"
#include "tools/demo/setup.h"
#include "tools/demo/world.h"

#define MINUTE_MS 60000
#define PLAN_CHUNK 100u
#define STEP_MS 1000 /* between events of the set-up */

/* A little later: the set-up is recorded second by second. */
static void tick(struct demo *demo)
{
    demo_at(demo, tool_school_now(demo->school) + STEP_MS);
}

static const char *school_value(struct tool_table *school, const char *key)
{
    for (size_t i = 0; i < tool_table_row_count(school); i++) {
        if (strcmp(tool_table_get(school, i, "key"), key) == 0)
            return tool_table_get(school, i, "value");
    }
    return "";
}

static unsigned officer_role(const char *name)
{
    return strcmp(name, "head") == 0          ? PROJ_ROLE_HEAD
           : strcmp(name, "deputy_head") == 0 ? PROJ_ROLE_DEPUTY_HEAD
                                              : PROJ_ROLE_SUPPORT;
}

static size_t staff_row(struct tool_table *staff, const char *id)
{
    for (size_t i = 0; i < tool_table_row_count(staff); i++) {
        if (strcmp(tool_table_get(staff, i, "id"), id) == 0)
            return i;
    }
    return SIZE_MAX;
}

/* school.founded: signed by root and by every officer. */
static int found(struct demo *demo, const char *origin, struct tool_table *school,
                 struct tool_table *staff, struct tool_table *officers, struct base_err *err)
{
    struct tool_key *signers[LEDGER_SIGNATURE_COUNT_MAX] = {&demo->root};
    unsigned count = (unsigned)tool_table_row_count(officers);
    struct tool_key next_root;
    struct ledger_hash next;
    uint8_t seed[LEDGER_SEED_LEN];
    tool_derive(demo->secret, "seed", "root/2", seed, sizeof seed);
    tool_key_from_seed(&next_root, seed);
    ledger_sha256(base_bytes_of(next_root.key.bytes, LEDGER_KEY_LEN), &next);
    tool_draft_begin(&demo->draft, "school.founded", 8);
    tool_draft_bool(&demo->draft, "demo", true);
    tool_draft_text(&demo->draft, "name", school_value(school, "name"));
    tool_draft_bin(&demo->draft, "next", next.bytes, LEDGER_HASH_LEN);
    tool_draft_list(&demo->draft, "officers", count);
    for (unsigned i = 0; i < count; i++) {
        struct demo_person *person = demo_person(demo, tool_table_get(officers, i, "staff"));
        size_t row = staff_row(staff, tool_table_get(officers, i, "staff"));
        char path[24];
        if (person == NULL || row == SIZE_MAX)
            return BASE_FAIL(err, BASE_E_FORMAT, "officers.csv: row %u: no such staff", i + 1);
        signers[i + 1] = &person->key;
        person->enrolled = true;
        snprintf(path, sizeof path, "officers.%u.4", i);
        ledger_canon_put_array(&demo->draft.body, 5);
        ledger_canon_put_bin(&demo->draft.body, person->account, LEDGER_ID_LEN);
        ledger_canon_put_int(&demo->draft.body, officer_role(tool_table_get(officers, i, "role")));
        ledger_canon_put_bin(&demo->draft.body, person->key.key.bytes, LEDGER_KEY_LEN);
        ledger_canon_put_bin(&demo->draft.body, person->person, LEDGER_ID_LEN);
        tool_draft_seal_name(&demo->draft, path, tool_table_get(staff, row, "surname"),
                             tool_table_get(staff, row, "given"),
                             tool_table_get(staff, row, "patronymic"));
    }
    tool_draft_int(&demo->draft, "offset", DEMO_OFFSET_MIN);
    tool_draft_text(&demo->draft, "origin", origin);
    tool_draft_bin(&demo->draft, "root", demo->root.key.bytes, LEDGER_KEY_LEN);
    tool_draft_text(&demo->draft, "zone", school_value(school, "timezone"));
    int rc = demo_submit_key(demo, signers, count + 1, NULL, err);
    return rc != 0 ? rc : tool_school_flush(demo->school, err);
}

static int grant(struct demo *demo, struct demo_person *by, struct tool_key *by_key,
                 const uint8_t *account, unsigned role, const uint8_t *scope, base_day from,
                 struct base_err *err)
{
    tick(demo);
    tool_draft_begin(&demo->draft, "role.granted", 5);
    tool_draft_id(&demo->draft, "account", account);
    tool_draft_int(&demo->draft, "from", from);
    tool_draft_int(&demo->draft, "role", role);
    if (scope != NULL)
        tool_draft_id(&demo->draft, "scope", scope);
    else
        tool_draft_nil(&demo->draft, "scope");
    tool_draft_nil(&demo->draft, "to");
    if (by != NULL)
        return demo_submit(demo, by, NULL, err);
    struct tool_key *const signers[] = {by_key};
    return demo_submit_key(demo, signers, 1, NULL, err);
}

int demo_found(struct demo *demo, const char *origin, struct base_err *err)
{
    struct tool_table *school = NULL;
    struct tool_table *staff = NULL;
    struct tool_table *officers = NULL;
    int rc = demo_csv(demo, "school.csv", &school, err);
    if (rc == 0)
        rc = demo_csv(demo, "staff.csv", &staff, err);
    if (rc == 0)
        rc = demo_csv(demo, "officers.csv", &officers, err);
    if (rc == 0 && tool_table_row_count(staff) > DEMO_STAFF_COUNT_MAX)
        rc = BASE_FAIL(err, BASE_E_LIMIT, "more than %u staff", DEMO_STAFF_COUNT_MAX);
    for (size_t i = 0; rc == 0 && i < tool_table_row_count(staff); i++)
        demo_person_init(demo, &demo->staff[demo->staff_count++], tool_table_get(staff, i, "id"));
    if (rc == 0)
        demo_at(demo, demo_time("2026-08-24T09:00:00+03:00"));
    if (rc == 0)
        rc = found(demo, origin, school, staff, officers, err);
    /* The deputy head re-marks written works of others. That right is nobody's by office; root
     * gives it, in the open. */
    struct demo_person *deputy = rc == 0 ? demo_person(demo, "st02") : NULL;
    if (rc == 0 && deputy != NULL)
        rc = grant(demo, NULL, &demo->root, deputy->account, PROJ_ROLE_CORRECTOR, NULL,
                   demo_day("2026-08-24"), err);
    if (rc == 0)
        rc = tool_school_flush(demo->school, err);
    tool_table_close(school);
    tool_table_close(staff);
    tool_table_close(officers);
    return rc;
}

/* Staff accounts, by technical support. */

static int open_account(struct demo *demo, struct demo_person *by, const uint8_t *account,
                        const uint8_t *person, unsigned stratum, struct tool_table *csv, size_t row,
                        struct base_err *err)
{
    tick(demo);
    tool_draft_begin(&demo->draft, "account.opened", 4);
    tool_draft_id(&demo->draft, "account", account);
    ledger_canon_put_str(&demo->draft.body, "name");
    tool_draft_seal_name(&demo->draft, "name", tool_table_get(csv, row, "surname"),
                         tool_table_get(csv, row, "given"), tool_table_get(csv, row, "patronymic"));
    tool_draft_id(&demo->draft, "person", person);
    tool_draft_int(&demo->draft, "stratum", stratum);
    return demo_submit(demo, by, NULL, err);
}

static int set_up_staff(struct demo *demo, struct base_err *err)
{
    struct tool_table *staff = NULL;
    struct demo_person *support = demo_person(demo, "st04");
    int rc = demo_csv(demo, "staff.csv", &staff, err);
    size_t count = rc == 0 ? tool_table_row_count(staff) : 0;
    demo_at(demo, demo_time("2026-08-25T09:00:00+03:00"));
    for (size_t i = 0; rc == 0 && i < count; i++) {
        struct demo_person *person = demo_person(demo, tool_table_get(staff, i, "id"));
        struct tool_key invitation;
        demo_tell(demo, "сотрудники / staff", i + 1, count);
        if (person->enrolled)
            continue;
        rc = open_account(demo, support, person->account, person->person, 2, staff, i, err);
        if (rc == 0)
            rc = demo_invite(demo, support, person->label, person->account, &invitation, err);
        tick(demo);
        if (rc == 0)
            rc = demo_enrol(demo, person, &invitation, err);
    }
    tool_table_close(staff);
    return rc != 0 ? rc : tool_school_flush(demo->school, err);
}

/* Subjects, classes, groups, by the deputy head. */

static int set_up_subjects(struct demo *demo, struct demo_person *deputy, struct base_err *err)
{
    struct tool_table *csv = NULL;
    int rc = demo_csv(demo, "subjects.csv", &csv, err);
    for (size_t i = 0; rc == 0 && i < tool_table_row_count(csv); i++) {
        uint8_t id[LEDGER_ID_LEN];
        tick(demo);
        demo_id(demo, "subject", tool_table_get(csv, i, "id"), id);
        tool_draft_begin(&demo->draft, "subject.created", 3);
        tool_draft_bool(&demo->draft, "marked",
                        strcmp(tool_table_get(csv, i, "marked"), "нет") != 0);
        tool_draft_text(&demo->draft, "name", tool_table_get(csv, i, "name"));
        tool_draft_id(&demo->draft, "subject", id);
        rc = demo_submit(demo, deputy, NULL, err);
    }
    tool_table_close(csv);
    return rc;
}

struct group_row {
    const char *name, *label;
    unsigned kind, grade, shift, days;
    const char *subject; /* NULL: none */
    const char *classes; /* "10А;11А", "" for a class */
};

static unsigned split_classes(struct demo *demo, const char *classes,
                              uint8_t out[PROJ_CELL_COUNT_MAX][LEDGER_ID_LEN])
{
    unsigned count = 0;
    while (*classes != '\0' && count < PROJ_CELL_COUNT_MAX) {
        size_t len = strcspn(classes, ";");
        char name[32];
        snprintf(name, sizeof name, "%.*s", (int)len, classes);
        demo_group_id(demo, name, out[count++]);
        classes += len + (classes[len] == ';');
    }
    return count;
}

static int create_group(struct demo *demo, struct demo_person *deputy, const struct group_row *row,
                        struct base_err *err)
{
    uint8_t classes[PROJ_CELL_COUNT_MAX][LEDGER_ID_LEN];
    uint8_t group[LEDGER_ID_LEN];
    uint8_t subject[LEDGER_ID_LEN];
    unsigned count = split_classes(demo, row->classes, classes);
    tick(demo);
    demo_group_id(demo, row->label, group);
    tool_draft_begin(&demo->draft, "group.created", 8);
    tool_draft_list(&demo->draft, "classes", count);
    for (unsigned i = 0; i < count; i++)
        ledger_canon_put_bin(&demo->draft.body, classes[i], LEDGER_ID_LEN);
    tool_draft_int(&demo->draft, "days", row->days);
    tool_draft_int(&demo->draft, "grade", row->grade);
    tool_draft_id(&demo->draft, "group", group);
    tool_draft_int(&demo->draft, "kind", row->kind);
    tool_draft_text(&demo->draft, "name", row->name);
    tool_draft_int(&demo->draft, "shift", row->shift);
    if (row->subject != NULL) {
        demo_id(demo, "subject", row->subject, subject);
        tool_draft_id(&demo->draft, "subject", subject);
    } else {
        tool_draft_nil(&demo->draft, "subject");
    }
    return demo_submit(demo, deputy, NULL, err);
}

static int set_up_classes(struct demo *demo, struct demo_person *deputy, struct tool_table *classes,
                          struct base_err *err)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < tool_table_row_count(classes); i++) {
        struct group_row row = {.name = tool_table_get(classes, i, "id"),
                                .label = tool_table_get(classes, i, "id"),
                                .kind = PROJ_GROUP_CLASS,
                                .grade = demo_number(tool_table_get(classes, i, "grade")),
                                .shift = demo_number(tool_table_get(classes, i, "shift")),
                                .days = demo_number(tool_table_get(classes, i, "week_days")),
                                .classes = ""};
        rc = create_group(demo, deputy, &row, err);
    }
    struct demo_person *head = demo_person(demo, "st01");
    for (size_t i = 0; rc == 0 && i < tool_table_row_count(classes); i++) {
        struct demo_person *teacher =
            demo_person(demo, tool_table_get(classes, i, "class_teacher"));
        uint8_t group[LEDGER_ID_LEN];
        demo_group_id(demo, tool_table_get(classes, i, "id"), group);
        rc = teacher == NULL ? BASE_FAIL(err, BASE_E_FORMAT,
                                         "classes.csv: row %zu: no such class teacher", i + 1)
                             : grant(demo, head, NULL, teacher->account, PROJ_ROLE_CLASS_TEACHER,
                                     group, demo_day("2026-08-26"), err);
    }
    return rc;
}

static unsigned grade_of(struct tool_table *classes, const char *label, unsigned *out_shift,
                         unsigned *out_days)
{
    for (size_t i = 0; i < tool_table_row_count(classes); i++) {
        if (strcmp(tool_table_get(classes, i, "id"), label) == 0) {
            *out_shift = demo_number(tool_table_get(classes, i, "shift"));
            *out_days = demo_number(tool_table_get(classes, i, "week_days"));
            return demo_number(tool_table_get(classes, i, "grade"));
        }
    }
    *out_shift = 1;
    *out_days = 6;
    return 0;
}

static int set_up_groups(struct demo *demo, struct demo_person *deputy, struct tool_table *classes,
                         struct base_err *err)
{
    struct tool_table *csv = NULL;
    int rc = demo_csv(demo, "groups.csv", &csv, err);
    for (size_t i = 0; rc == 0 && i < tool_table_row_count(csv); i++) {
        const char *kind = tool_table_get(csv, i, "kind");
        const char *list = tool_table_get(csv, i, "classes");
        char first[32];
        snprintf(first, sizeof first, "%.*s", (int)strcspn(list, ";"), list);
        struct group_row row = {.name = tool_table_get(csv, i, "name"),
                                .label = tool_table_get(csv, i, "id"),
                                .kind = strcmp(kind, "группа") == 0  ? PROJ_GROUP_SUBGROUP
                                        : strcmp(kind, "поток") == 0 ? PROJ_GROUP_STREAM
                                                                     : PROJ_GROUP_PLAN,
                                .subject = tool_table_get(csv, i, "subject"),
                                .classes = list};
        row.grade = grade_of(classes, first, &row.shift, &row.days);
        rc = create_group(demo, deputy, &row, err);
    }
    tool_table_close(csv);
    return rc;
}

/* Pupils and who sits where. */

static int set_up_pupils(struct demo *demo, struct demo_person *deputy, struct base_err *err)
{
    struct tool_table *csv = NULL;
    int rc = demo_csv(demo, "pupils.csv", &csv, err);
    size_t count = rc == 0 ? tool_table_row_count(csv) : 0;
    for (size_t i = 0; rc == 0 && i < count; i++) {
        uint8_t id[LEDGER_ID_LEN];
        uint8_t group[LEDGER_ID_LEN];
        demo_tell(demo, "ученики / pupils", i + 1, count);
        tick(demo);
        demo_id(demo, "pupil", tool_table_get(csv, i, "id"), id);
        demo_group_id(demo, tool_table_get(csv, i, "class"), group);
        tool_draft_begin(&demo->draft, "pupil.admitted", 7);
        ledger_canon_put_str(&demo->draft.body, "birth");
        tool_draft_seal_text(&demo->draft, "birth", tool_table_get(csv, i, "birth_date"));
        tool_draft_id(&demo->draft, "class", group);
        tool_draft_int(&demo->draft, "from", demo_day(tool_table_get(csv, i, "admitted_on")));
        ledger_canon_put_str(&demo->draft.body, "name");
        tool_draft_seal_name(&demo->draft, "name", tool_table_get(csv, i, "surname"),
                             tool_table_get(csv, i, "given"), tool_table_get(csv, i, "patronymic"));
        tool_draft_bool(&demo->draft, "plan",
                        strcmp(tool_table_get(csv, i, "individual_plan"), "да") == 0);
        tool_draft_id(&demo->draft, "pupil", id);
        ledger_canon_put_str(&demo->draft.body, "sex");
        tool_draft_seal_text(&demo->draft, "sex", tool_table_get(csv, i, "sex"));
        rc = demo_submit(demo, deputy, NULL, err);
    }
    tool_table_close(csv);
    return rc;
}

/* Rows of one group and one first day become one event. */
static int set_up_members(struct demo *demo, struct demo_person *deputy, struct base_err *err)
{
    struct tool_table *csv = NULL;
    int rc = demo_csv(demo, "group-members.csv", &csv, err);
    size_t count = rc == 0 ? tool_table_row_count(csv) : 0;
    for (size_t i = 0; rc == 0 && i < count;) {
        const char *label = tool_table_get(csv, i, "group");
        const char *from = tool_table_get(csv, i, "from");
        uint8_t group[LEDGER_ID_LEN];
        size_t end = i;
        while (end < count && end - i < 200 &&
               strcmp(tool_table_get(csv, end, "group"), label) == 0 &&
               strcmp(tool_table_get(csv, end, "from"), from) == 0)
            end++;
        tick(demo);
        demo_group_id(demo, label, group);
        tool_draft_begin(&demo->draft, "members.joined", 3);
        tool_draft_int(&demo->draft, "from", demo_day(from));
        tool_draft_id(&demo->draft, "group", group);
        tool_draft_list(&demo->draft, "pupils", (unsigned)(end - i));
        for (; i < end; i++) {
            uint8_t pupil[LEDGER_ID_LEN];
            demo_id(demo, "pupil", tool_table_get(csv, i, "pupil"), pupil);
            ledger_canon_put_bin(&demo->draft.body, pupil, LEDGER_ID_LEN);
        }
        rc = demo_submit(demo, deputy, NULL, err);
    }
    tool_table_close(csv);
    return rc;
}

static int set_up_teaching(struct demo *demo, struct demo_person *deputy, struct base_err *err)
{
    struct tool_table *csv = NULL;
    int rc = demo_csv(demo, "teaching.csv", &csv, err);
    for (size_t i = 0; rc == 0 && i < tool_table_row_count(csv); i++) {
        struct demo_person *teacher = demo_person(demo, tool_table_get(csv, i, "teacher"));
        uint8_t group[LEDGER_ID_LEN];
        uint8_t subject[LEDGER_ID_LEN];
        if (teacher == NULL) {
            rc = BASE_FAIL(err, BASE_E_FORMAT, "teaching.csv: row %zu: no such teacher", i + 1);
            break;
        }
        tick(demo);
        demo_group_id(demo, tool_table_get(csv, i, "target"), group);
        demo_id(demo, "subject", tool_table_get(csv, i, "subject"), subject);
        tool_draft_begin(&demo->draft, "teaching.assigned", 6);
        tool_draft_id(&demo->draft, "account", teacher->account);
        tool_draft_int(&demo->draft, "from", demo_day(tool_table_get(csv, i, "from")));
        tool_draft_id(&demo->draft, "group", group);
        tool_draft_int(&demo->draft, "hours", demo_number(tool_table_get(csv, i, "hours_a_week")));
        tool_draft_id(&demo->draft, "subject", subject);
        tool_draft_int(&demo->draft, "to", demo_day(tool_table_get(csv, i, "to")));
        rc = demo_submit(demo, deputy, NULL, err);
    }
    tool_table_close(csv);
    return rc;
}

/* Calendar, bells, timetable, plan, control works. */

static int calendar_kind(const char *name)
{
    static const char *const names[] = {"четверть", "полугодие",      "триместр",
                                        "каникулы", "нерабочий день", "рабочий день"};
    for (int i = 0; i < 6; i++) {
        if (strcmp(names[i], name) == 0)
            return i;
    }
    return -1;
}

static int set_up_calendar(struct demo *demo, struct demo_person *deputy, struct base_err *err)
{
    struct tool_table *csv = NULL;
    int rc = demo_csv(demo, "calendar.csv", &csv, err);
    size_t count = rc == 0 ? tool_table_row_count(csv) : 0;
    tick(demo);
    tool_draft_begin(&demo->draft, "calendar.set", 2);
    tool_draft_list(&demo->draft, "rows", (unsigned)count);
    for (size_t i = 0; rc == 0 && i < count; i++) {
        const char *grades = tool_table_get(csv, i, "grades");
        const char *dash = strchr(grades, '-');
        int kind = calendar_kind(tool_table_get(csv, i, "kind"));
        if (kind < 0) {
            rc = BASE_FAIL(err, BASE_E_FORMAT, "calendar.csv: row %zu: kind \"%s\"", i + 1,
                           tool_table_get(csv, i, "kind"));
            break;
        }
        ledger_canon_put_array(&demo->draft.body, 6);
        ledger_canon_put_int(&demo->draft.body, kind);
        ledger_canon_put_str(&demo->draft.body, tool_table_get(csv, i, "name"));
        ledger_canon_put_int(&demo->draft.body, demo_day(tool_table_get(csv, i, "from")));
        ledger_canon_put_int(&demo->draft.body, demo_day(tool_table_get(csv, i, "to")));
        ledger_canon_put_int(&demo->draft.body, demo_number(grades));
        ledger_canon_put_int(&demo->draft.body, demo_number(dash == NULL ? grades : dash + 1));
    }
    tool_draft_text(&demo->draft, "year", "2026/2027");
    if (rc == 0)
        rc = demo_submit(demo, deputy, NULL, err);
    tool_table_close(csv);
    return rc;
}

static int minutes(const char *hh_mm)
{
    return (int)(demo_number(hh_mm) * 60 + demo_number(strchr(hh_mm, ':') + 1));
}

static int set_up_bells(struct demo *demo, struct demo_person *deputy, struct base_err *err)
{
    struct tool_table *csv = NULL;
    int rc = demo_csv(demo, "bells.csv", &csv, err);
    for (unsigned shift = 1; rc == 0 && shift <= 2; shift++) {
        unsigned count = 0;
        for (size_t i = 0; i < tool_table_row_count(csv); i++)
            count += demo_number(tool_table_get(csv, i, "shift")) == shift;
        tick(demo);
        tool_draft_begin(&demo->draft, "bells.set", 3);
        tool_draft_list(&demo->draft, "bells", count);
        for (size_t i = 0; i < tool_table_row_count(csv); i++) {
            if (demo_number(tool_table_get(csv, i, "shift")) != shift)
                continue;
            ledger_canon_put_array(&demo->draft.body, 3);
            ledger_canon_put_int(&demo->draft.body, demo_number(tool_table_get(csv, i, "lesson")));
            ledger_canon_put_int(&demo->draft.body, minutes(tool_table_get(csv, i, "start")));
            ledger_canon_put_int(&demo->draft.body, minutes(tool_table_get(csv, i, "end")));
        }
        tool_draft_int(&demo->draft, "from", demo_day("2026-09-01"));
        tool_draft_int(&demo->draft, "shift", shift);
        rc = demo_submit(demo, deputy, NULL, err);
    }
    tool_table_close(csv);
    return rc;
}

static int put_timetable(struct demo *demo, struct demo_person *deputy, struct tool_table *csv,
                         const char *label, struct base_err *err)
{
    uint8_t group[LEDGER_ID_LEN];
    unsigned count = 0;
    for (size_t i = 0; i < tool_table_row_count(csv); i++)
        count += strcmp(tool_table_get(csv, i, "target"), label) == 0;
    if (count == 0)
        return 0;
    tick(demo);
    demo_group_id(demo, label, group);
    tool_draft_begin(&demo->draft, "timetable.set", 3);
    tool_draft_int(&demo->draft, "from", demo_day("2026-09-01"));
    tool_draft_id(&demo->draft, "group", group);
    tool_draft_list(&demo->draft, "slots", count);
    for (size_t i = 0; i < tool_table_row_count(csv); i++) {
        uint8_t subject[LEDGER_ID_LEN];
        struct demo_person *teacher = demo_person(demo, tool_table_get(csv, i, "teacher"));
        if (strcmp(tool_table_get(csv, i, "target"), label) != 0)
            continue;
        if (teacher == NULL)
            return BASE_FAIL(err, BASE_E_FORMAT, "timetable.csv: row %zu: no such teacher", i + 1);
        demo_id(demo, "subject", tool_table_get(csv, i, "subject"), subject);
        ledger_canon_put_array(&demo->draft.body, 6);
        ledger_canon_put_int(&demo->draft.body, demo_number(tool_table_get(csv, i, "weekday")));
        ledger_canon_put_int(&demo->draft.body, demo_number(tool_table_get(csv, i, "shift")));
        ledger_canon_put_int(&demo->draft.body, demo_number(tool_table_get(csv, i, "lesson")));
        ledger_canon_put_bin(&demo->draft.body, subject, LEDGER_ID_LEN);
        ledger_canon_put_bin(&demo->draft.body, teacher->account, LEDGER_ID_LEN);
        ledger_canon_put_str(&demo->draft.body, tool_table_get(csv, i, "room"));
    }
    return demo_submit(demo, deputy, NULL, err);
}

static int set_up_timetable(struct demo *demo, struct demo_person *deputy,
                            struct tool_table *classes, struct base_err *err)
{
    struct tool_table *csv = NULL;
    struct tool_table *groups = NULL;
    int rc = demo_csv(demo, "timetable.csv", &csv, err);
    if (rc == 0)
        rc = demo_csv(demo, "groups.csv", &groups, err);
    for (size_t i = 0; rc == 0 && i < tool_table_row_count(classes); i++)
        rc = put_timetable(demo, deputy, csv, tool_table_get(classes, i, "id"), err);
    for (size_t i = 0; rc == 0 && i < tool_table_row_count(groups); i++)
        rc = put_timetable(demo, deputy, csv, tool_table_get(groups, i, "id"), err);
    tool_table_close(csv);
    tool_table_close(groups);
    return rc;
}

static int set_up_plan(struct demo *demo, struct demo_person *deputy, struct base_err *err)
{
    struct tool_table *csv = NULL;
    int rc = demo_csv(demo, "plan.csv", &csv, err);
    size_t count = rc == 0 ? tool_table_row_count(csv) : 0;
    for (size_t i = 0; rc == 0 && i < count;) {
        const char *label = tool_table_get(csv, i, "subject");
        const char *grade = tool_table_get(csv, i, "grade");
        uint8_t subject[LEDGER_ID_LEN];
        size_t end = i;
        while (end < count && end - i < PLAN_CHUNK &&
               strcmp(tool_table_get(csv, end, "subject"), label) == 0 &&
               strcmp(tool_table_get(csv, end, "grade"), grade) == 0)
            end++;
        demo_tell(demo, "план / plan", end, count);
        tick(demo);
        demo_id(demo, "subject", label, subject);
        tool_draft_begin(&demo->draft, "plan.set", 4);
        tool_draft_int(&demo->draft, "first", demo_number(tool_table_get(csv, i, "number")));
        tool_draft_int(&demo->draft, "grade", demo_number(grade));
        tool_draft_id(&demo->draft, "subject", subject);
        tool_draft_list(&demo->draft, "topics", (unsigned)(end - i));
        for (; i < end; i++) {
            unsigned work = proj_work_of(tool_table_get(csv, i, "work"));
            ledger_canon_put_array(&demo->draft.body, 2);
            ledger_canon_put_str(&demo->draft.body, tool_table_get(csv, i, "topic"));
            if (work == 0)
                ledger_canon_put_nil(&demo->draft.body);
            else
                ledger_canon_put_int(&demo->draft.body, work);
        }
        rc = demo_submit(demo, deputy, NULL, err);
    }
    tool_table_close(csv);
    return rc;
}

static int set_up_works(struct demo *demo, struct demo_person *deputy, struct base_err *err)
{
    struct tool_table *csv = NULL;
    int rc = demo_csv(demo, "works.csv", &csv, err);
    for (size_t i = 0; rc == 0 && i < tool_table_row_count(csv); i++) {
        uint8_t group[LEDGER_ID_LEN];
        uint8_t subject[LEDGER_ID_LEN];
        tick(demo);
        demo_group_id(demo, tool_table_get(csv, i, "target"), group);
        demo_id(demo, "subject", tool_table_get(csv, i, "subject"), subject);
        tool_draft_begin(&demo->draft, "control.planned", 7);
        tool_draft_int(&demo->draft, "day", demo_day(tool_table_get(csv, i, "date")));
        tool_draft_id(&demo->draft, "group", group);
        tool_draft_bool(&demo->draft, "monitoring",
                        strcmp(tool_table_get(csv, i, "internal_monitoring"), "да") == 0);
        tool_draft_int(&demo->draft, "n", demo_number(tool_table_get(csv, i, "lesson")));
        tool_draft_int(&demo->draft, "shift", demo_number(tool_table_get(csv, i, "shift")));
        tool_draft_id(&demo->draft, "subject", subject);
        tool_draft_int(&demo->draft, "work", proj_work_of(tool_table_get(csv, i, "work")));
        rc = demo_submit(demo, deputy, NULL, err);
    }
    tool_table_close(csv);
    return rc;
}

/* Families, by the class teachers: account, role, and an invitation for those who want the
 * electronic form (CT-1, CT-4). A few are enrolled, so that the demonstration can be entered. */

static struct demo_person *add_family(struct demo *demo, const char *label)
{
    struct demo_person *grown =
        realloc(demo->families, (demo->family_count + 1) * sizeof *demo->families);
    if (grown == NULL)
        return NULL;
    demo->families = grown;
    demo_person_init(demo, &grown[demo->family_count], label);
    return &grown[demo->family_count++];
}

const char *demo_class_of(struct tool_table *pupils, const char *pupil)
{
    for (size_t i = 0; i < tool_table_row_count(pupils); i++) {
        if (strcmp(tool_table_get(pupils, i, "id"), pupil) == 0)
            return tool_table_get(pupils, i, "class");
    }
    return "";
}

struct demo_person *demo_class_teacher(struct demo *demo, struct tool_table *classes,
                                       const char *label)
{
    for (size_t i = 0; i < tool_table_row_count(classes); i++) {
        if (strcmp(tool_table_get(classes, i, "id"), label) == 0)
            return demo_person(demo, tool_table_get(classes, i, "class_teacher"));
    }
    return NULL;
}

/* The first parent of these classes with the electronic form gets an enrolled key. */
static bool is_shown_class(const char *label)
{
    return strcmp(label, "1А") == 0 || strcmp(label, "5А") == 0 || strcmp(label, "7А") == 0 ||
           strcmp(label, "9Б") == 0;
}

static int set_up_parent(struct demo *demo, struct demo_person *teacher, struct tool_table *parents,
                         size_t row, bool show, struct base_err *err)
{
    const char *label = tool_table_get(parents, row, "id");
    struct demo_person person;
    struct tool_key invitation;
    uint8_t pupil[LEDGER_ID_LEN];
    demo_person_init(demo, &person, label);
    demo_id(demo, "pupil", tool_table_get(parents, row, "pupil"), pupil);
    int rc = open_account(demo, teacher, person.account, person.person, 3, parents, row, err);
    if (rc == 0)
        rc = grant(demo, teacher, NULL, person.account, PROJ_ROLE_PARENT, pupil,
                   demo_day("2026-09-01"), err);
    if (rc == 0)
        rc = demo_set_channel(demo, teacher, person.account, parents, row, err);
    if (rc != 0 || strcmp(tool_table_get(parents, row, "form"), "электронная") != 0)
        return rc;
    tick(demo);
    rc = demo_invite(demo, teacher, label, person.account, &invitation, err);
    if (rc == 0 && show) {
        struct demo_person *family = add_family(demo, label);
        tick(demo);
        rc = family == NULL ? BASE_FAIL(err, BASE_E_MEMORY, "families")
                            : demo_enrol(demo, family, &invitation, err);
    }
    return rc;
}

static int set_up_families(struct demo *demo, struct tool_table *classes, struct base_err *err)
{
    struct tool_table *parents = NULL;
    struct tool_table *pupils = NULL;
    char shown[4][16] = {{0}};
    unsigned shown_count = 0;
    int rc = demo_csv(demo, "parents.csv", &parents, err);
    if (rc == 0)
        rc = demo_csv(demo, "pupils.csv", &pupils, err);
    size_t count = rc == 0 ? tool_table_row_count(parents) : 0;
    demo_at(demo, demo_time("2026-08-29T09:00:00+03:00"));
    for (size_t i = 0; rc == 0 && i < count; i++) {
        const char *label = demo_class_of(pupils, tool_table_get(parents, i, "pupil"));
        struct demo_person *teacher = demo_class_teacher(demo, classes, label);
        bool show = is_shown_class(label) && shown_count < 4 &&
                    strcmp(tool_table_get(parents, i, "form"), "электронная") == 0;
        for (unsigned k = 0; k < shown_count; k++)
            show = show && strcmp(shown[k], label) != 0;
        if (show)
            snprintf(shown[shown_count++], sizeof shown[0], "%s", label);
        demo_tell(demo, "семьи / families", i + 1, count);
        rc = teacher == NULL
                 ? BASE_FAIL(err, BASE_E_FORMAT, "parents.csv: row %zu: no class", i + 1)
                 : set_up_parent(demo, teacher, parents, i, show, err);
    }
    tool_table_close(parents);
    tool_table_close(pupils);
    return rc;
}

static int set_up_auditor(struct demo *demo, struct base_err *err)
{
    static const char *const name[] = {"Проверяющий", "Демо", ""};
    struct demo_person *support = demo_person(demo, "st04");
    struct demo_person *auditor = add_family(demo, "auditor");
    struct tool_key invitation;
    if (auditor == NULL)
        return BASE_FAIL(err, BASE_E_MEMORY, "families");
    tick(demo);
    tool_draft_begin(&demo->draft, "account.opened", 4);
    tool_draft_id(&demo->draft, "account", auditor->account);
    ledger_canon_put_str(&demo->draft.body, "name");
    tool_draft_seal_name(&demo->draft, "name", name[0], name[1], name[2]);
    tool_draft_id(&demo->draft, "person", auditor->person);
    tool_draft_int(&demo->draft, "stratum", 3);
    int rc = demo_submit(demo, support, NULL, err);
    if (rc == 0)
        rc = grant(demo, support, NULL, auditor->account, PROJ_ROLE_AUDITOR, NULL,
                   demo_day("2026-08-30"), err);
    tick(demo);
    if (rc == 0)
        rc = demo_invite(demo, support, "auditor", auditor->account, &invitation, err);
    tick(demo);
    return rc != 0 ? rc : demo_enrol(demo, auditor, &invitation, err);
}

int demo_set_up(struct demo *demo, struct base_err *err)
{
    struct demo_person *deputy = demo_person(demo, "st02");
    struct tool_table *classes = NULL;
    int rc = set_up_staff(demo, err);
    if (rc == 0)
        rc = demo_csv(demo, "classes.csv", &classes, err);
    demo_at(demo, demo_time("2026-08-26T09:00:00+03:00"));
    if (rc == 0)
        rc = set_up_subjects(demo, deputy, err);
    if (rc == 0)
        rc = set_up_classes(demo, deputy, classes, err);
    if (rc == 0)
        rc = set_up_groups(demo, deputy, classes, err);
    demo_at(demo, demo_time("2026-08-27T09:00:00+03:00"));
    if (rc == 0)
        rc = set_up_pupils(demo, deputy, err);
    if (rc == 0)
        rc = set_up_members(demo, deputy, err);
    if (rc == 0)
        rc = set_up_teaching(demo, deputy, err);
    demo_at(demo, demo_time("2026-08-28T09:00:00+03:00"));
    if (rc == 0)
        rc = set_up_calendar(demo, deputy, err);
    if (rc == 0)
        rc = set_up_bells(demo, deputy, err);
    if (rc == 0)
        rc = set_up_timetable(demo, deputy, classes, err);
    if (rc == 0)
        rc = set_up_plan(demo, deputy, err);
    if (rc == 0)
        rc = set_up_works(demo, deputy, err);
    if (rc == 0)
        rc = set_up_families(demo, classes, err);
    if (rc == 0)
        rc = set_up_auditor(demo, err);
    tool_table_close(classes);
    return rc != 0 ? rc : tool_school_flush(demo->school, err);
}
