/* Subjects, classes with their teachers, groups, pupils. What no event can change is a problem: the
 * file and the journal contradict each other. */
#include <stdio.h>
#include <stdlib.h>

#include "projections/groups.h"
#include "tools/import/import.h"

static void cannot(struct import *im, enum import_file file, size_t row, const char *column,
                   const char *present)
{
    import_wrong(im, IMPORT_P_CANNOT_CHANGE, file, row, column, import_get(im, file, row, column),
                 present);
}

static void compare_subject(struct import *im, size_t row)
{
    uint8_t id[LEDGER_ID_LEN];
    struct proj_subject subject;
    const char *label = import_get(im, IMPORT_SUBJECTS, row, "id");
    const char *name = import_get(im, IMPORT_SUBJECTS, row, "name");
    const char *marked = import_get(im, IMPORT_SUBJECTS, row, "marked");
    import_id_of(im, IMPORT_SUBJECTS, label, id);
    struct proj_key key = proj_key_tagged_id('S', id);
    if (!proj_fact_read(im->txn, &key, LEDGER_SEQ_NONE, &subject, sizeof subject, NULL)) {
        tool_draft_begin(&im->draft, "subject.created", 3);
        tool_draft_bool(&im->draft, "marked", !import_is(marked, "нет"));
        tool_draft_text(&im->draft, "name", name);
        tool_draft_id(&im->draft, "subject", id);
        import_plan(im, IMPORT_SUBJECTS, IMPORT_CREATE, row, label);
        return;
    }
    if (!import_is(name, subject.name))
        cannot(im, IMPORT_SUBJECTS, row, "name", subject.name);
    if (marked[0] != '\0' && import_is(marked, "нет") == (subject.marked != 0))
        cannot(im, IMPORT_SUBJECTS, row, "marked", subject.marked != 0 ? "да" : "нет");
    im->same[IMPORT_SUBJECTS]++;
}

static void put_subject(struct import *im, const struct proj_group *group)
{
    if (memcmp(group->subject, proj_no_id, LEDGER_ID_LEN) != 0)
        tool_draft_id(&im->draft, "subject", group->subject);
    else
        tool_draft_nil(&im->draft, "subject");
}

static void draft_group(struct import *im, const uint8_t *id, const struct proj_group *group)
{
    tool_draft_begin(&im->draft, "group.created", 8);
    tool_draft_list(&im->draft, "classes", group->class_count);
    for (unsigned i = 0; i < group->class_count; i++)
        ledger_canon_put_bin(&im->draft.body, group->classes[i], LEDGER_ID_LEN);
    tool_draft_int(&im->draft, "days", group->days);
    tool_draft_int(&im->draft, "grade", group->grade);
    tool_draft_id(&im->draft, "group", id);
    tool_draft_int(&im->draft, "kind", group->kind);
    tool_draft_text(&im->draft, "name", group->name);
    tool_draft_int(&im->draft, "shift", group->shift);
    put_subject(im, group);
}

/* Of what may change from a day on: name, grade, shift, week and subject. True when all is as
 * wanted. */
static bool compare_what_changes(struct import *im, enum import_file file, size_t row,
                                 const uint8_t *id, const struct proj_group *wanted,
                                 const struct proj_group *present)
{
    if (wanted->grade == present->grade && wanted->shift == present->shift &&
        wanted->days == present->days && import_is(wanted->name, present->name) &&
        memcmp(wanted->subject, present->subject, LEDGER_ID_LEN) == 0)
        return true;
    tool_draft_begin(&im->draft, "group.changed", 7);
    tool_draft_int(&im->draft, "days", wanted->days);
    tool_draft_int(&im->draft, "from", im->from);
    tool_draft_int(&im->draft, "grade", wanted->grade);
    tool_draft_id(&im->draft, "group", id);
    tool_draft_text(&im->draft, "name", wanted->name);
    tool_draft_int(&im->draft, "shift", wanted->shift);
    put_subject(im, wanted);
    import_plan(im, file, IMPORT_CHANGE, row, import_get(im, file, row, "id"));
    return false;
}

/* True when the class is as the row says. */
static bool compare_class(struct import *im, size_t row, const uint8_t *id)
{
    struct proj_group wanted;
    struct proj_group present;
    const char *label = import_get(im, IMPORT_CLASSES, row, "id");
    bool known = import_group_of(im, label, &wanted);
    if (!known)
        return true;
    if (!proj_group_on(im->txn, id, im->from, LEDGER_SEQ_NONE, &present)) {
        draft_group(im, id, &wanted);
        import_plan(im, IMPORT_CLASSES, IMPORT_CREATE, row, label);
        return false;
    }
    if (present.kind != PROJ_GROUP_CLASS) {
        cannot(im, IMPORT_CLASSES, row, "id", present.name);
        return true;
    }
    if (import_get(im, IMPORT_CLASSES, row, "name")[0] == '\0')
        memcpy(wanted.name, present.name, sizeof wanted.name);
    return compare_what_changes(im, IMPORT_CLASSES, row, id, &wanted, &present);
}

/* The class's teacher: the role of who is not named ends, of who is named begins. */
static bool compare_class_teacher(struct import *im, size_t row, const uint8_t *class_id,
                                  const struct proj_grant *grants, size_t count)
{
    uint8_t account[LEDGER_ID_LEN];
    const char *label = import_get(im, IMPORT_CLASSES, row, "id");
    bool had = false;
    import_id_of(im, IMPORT_STAFF, import_get(im, IMPORT_CLASSES, row, "class_teacher"), account);
    for (size_t i = 0; i < count; i++) {
        if (memcmp(grants[i].scope, class_id, LEDGER_ID_LEN) != 0)
            continue;
        if (memcmp(grants[i].account, account, LEDGER_ID_LEN) == 0)
            return true;
        had = true;
    }
    for (size_t i = 0; i < count; i++) {
        if (memcmp(grants[i].scope, class_id, LEDGER_ID_LEN) != 0)
            continue;
        import_draft_revoke(im, &grants[i].id);
        import_plan(im, IMPORT_CLASSES, IMPORT_END, row, label);
    }
    base_day first = im->year_start < im->today ? im->year_start : im->today;
    import_draft_grant(im, account, PROJ_ROLE_CLASS_TEACHER, class_id, had ? im->today : first);
    import_plan(im, IMPORT_CLASSES, had ? IMPORT_CHANGE : IMPORT_CREATE, row, label);
    return false;
}

static int compare_classes(struct import *im, struct base_err *err)
{
    struct proj_grant *grants = NULL;
    size_t count = 0;
    int rc = import_grants(im, PROJ_ROLE_CLASS_TEACHER, &grants, &count, err);
    for (size_t i = 0; rc == 0 && i < import_rows(im, IMPORT_CLASSES); i++) {
        uint8_t id[LEDGER_ID_LEN];
        import_id_of(im, IMPORT_CLASSES, import_get(im, IMPORT_CLASSES, i, "id"), id);
        bool same = compare_class(im, i, id);
        same &= compare_class_teacher(im, i, id, grants, count);
        im->same[IMPORT_CLASSES] += same;
    }
    free(grants);
    return rc;
}

static void compare_group(struct import *im, size_t row)
{
    uint8_t id[LEDGER_ID_LEN];
    struct proj_group wanted;
    struct proj_group present;
    const char *label = import_get(im, IMPORT_GROUPS, row, "id");
    import_id_of(im, IMPORT_GROUPS, label, id);
    bool known = import_group_of(im, label, &wanted);
    if (!known)
        return;
    if (!proj_group_on(im->txn, id, im->from, LEDGER_SEQ_NONE, &present)) {
        draft_group(im, id, &wanted);
        import_plan(im, IMPORT_GROUPS, IMPORT_CREATE, row, label);
        return;
    }
    if (wanted.kind != present.kind)
        cannot(im, IMPORT_GROUPS, row, "kind",
               import_schemas[IMPORT_GROUPS].columns[1].choices[present.kind - 1]);
    if (wanted.class_count != present.class_count ||
        memcmp(wanted.classes, present.classes, wanted.class_count * sizeof wanted.classes[0]) != 0)
        cannot(im, IMPORT_GROUPS, row, "classes", "…");
    im->same[IMPORT_GROUPS] += compare_what_changes(im, IMPORT_GROUPS, row, id, &wanted, &present);
}

/* Pupils */

static void seal(struct import *im, const char *name, const char *text)
{
    ledger_canon_put_str(&im->draft.body, name);
    tool_draft_seal_text(&im->draft, name, text);
}

static void admit(struct import *im, size_t row, const uint8_t *id)
{
    uint8_t class_id[LEDGER_ID_LEN];
    import_id_of(im, IMPORT_CLASSES, import_get(im, IMPORT_PUPILS, row, "class"), class_id);
    tool_draft_begin(&im->draft, "pupil.admitted", 7);
    seal(im, "birth", import_get(im, IMPORT_PUPILS, row, "birth_date"));
    tool_draft_id(&im->draft, "class", class_id);
    tool_draft_int(&im->draft, "from",
                   import_day(import_get(im, IMPORT_PUPILS, row, "admitted_on")));
    ledger_canon_put_str(&im->draft.body, "name");
    tool_draft_seal_name(&im->draft, "name", import_get(im, IMPORT_PUPILS, row, "surname"),
                         import_get(im, IMPORT_PUPILS, row, "given"),
                         import_get(im, IMPORT_PUPILS, row, "patronymic"));
    tool_draft_bool(&im->draft, "plan",
                    import_is(import_get(im, IMPORT_PUPILS, row, "individual_plan"), "да"));
    tool_draft_id(&im->draft, "pupil", id);
    seal(im, "sex", import_get(im, IMPORT_PUPILS, row, "sex"));
    import_plan(im, IMPORT_PUPILS, IMPORT_CREATE, row, import_get(im, IMPORT_PUPILS, row, "id"));
}

/* A cell, or what the journal has when it is empty. */
static const char *given_or_kept(struct import *im, size_t row, const char *column,
                                 const uint8_t *commitment, struct base_buf *held)
{
    const char *text = import_get(im, IMPORT_PUPILS, row, column);
    if (text[0] == '\0') {
        import_open_text(im, commitment, held);
        text = base_buf_text(held);
    }
    return text == NULL ? "" : text;
}

static bool compare_data(struct import *im, size_t row, const uint8_t *id,
                         const struct proj_pupil *pupil)
{
    struct base_buf BASE_CLEANUP(base_buf_wipe) patronymic = {0};
    struct base_buf BASE_CLEANUP(base_buf_wipe) birth_held = {0};
    struct base_buf BASE_CLEANUP(base_buf_wipe) sex_held = {0};
    struct proj_pupil_data data = {.plan = pupil->plan};
    struct proj_key key = proj_key_tagged_id('u', id);
    if (!proj_fact_read(im->txn, &key, LEDGER_SEQ_NONE, &data, sizeof data, NULL)) {
        memcpy(data.name, pupil->name, sizeof data.name);
        memcpy(data.birth, pupil->birth, sizeof data.birth);
        memcpy(data.sex, pupil->sex, sizeof data.sex);
    }
    const char *name[3] = {import_get(im, IMPORT_PUPILS, row, "surname"),
                           import_get(im, IMPORT_PUPILS, row, "given"),
                           import_get(im, IMPORT_PUPILS, row, "patronymic")};
    if (!import_has_column(im, IMPORT_PUPILS, "patronymic")) {
        import_open_name_part(im, data.name, 2, &patronymic);
        name[2] = base_buf_text(&patronymic) == NULL ? "" : base_buf_text(&patronymic);
    }
    const char *birth = given_or_kept(im, row, "birth_date", data.birth, &birth_held);
    const char *sex = given_or_kept(im, row, "sex", data.sex, &sex_held);
    bool plan = import_has_column(im, IMPORT_PUPILS, "individual_plan")
                    ? import_is(import_get(im, IMPORT_PUPILS, row, "individual_plan"), "да")
                    : data.plan != 0;
    if (import_same_name(im, data.name, name) && import_same_text(im, data.birth, birth) &&
        import_same_text(im, data.sex, sex) && plan == (data.plan != 0))
        return true;
    tool_draft_begin(&im->draft, "pupil.changed", 5);
    seal(im, "birth", birth);
    ledger_canon_put_str(&im->draft.body, "name");
    tool_draft_seal_name(&im->draft, "name", name[0], name[1], name[2]);
    tool_draft_bool(&im->draft, "plan", plan);
    tool_draft_id(&im->draft, "pupil", id);
    seal(im, "sex", sex);
    import_plan(im, IMPORT_PUPILS, IMPORT_CHANGE, row, import_get(im, IMPORT_PUPILS, row, "id"));
    return false;
}

/* Where the pupil is today, and which groups a move to `to` leaves. */
#define GROUP_COUNT_MAX 20u
struct stay {
    struct import *im;
    const uint8_t *to;
    uint8_t class_id[LEDGER_ID_LEN];
    char class_name[201];
    bool in_class, has_closed;
    base_day class_from, closed_on;
    uint8_t groups[GROUP_COUNT_MAX][LEDGER_ID_LEN];
    unsigned group_count;
};

static void note_stay(void *data, const uint8_t *group, const struct proj_group *fact,
                      const struct proj_span *span)
{
    struct stay *stay = data;
    bool open = span->to == INT32_MAX;
    if (fact->kind == PROJ_GROUP_CLASS && open) {
        memcpy(stay->class_id, group, LEDGER_ID_LEN);
        snprintf(stay->class_name, sizeof stay->class_name, "%s", fact->name);
        stay->in_class = true;
        stay->class_from = span->from;
    } else if (fact->kind == PROJ_GROUP_CLASS &&
               (!stay->has_closed || span->to > stay->closed_on)) {
        stay->has_closed = true;
        stay->closed_on = span->to;
    }
    if (open && stay->group_count < GROUP_COUNT_MAX &&
        (stay->to == NULL || !import_group_has_class(fact, stay->to)))
        memcpy(stay->groups[stay->group_count++], group, LEDGER_ID_LEN);
}

static void put_groups(struct import *im, const struct stay *stay)
{
    tool_draft_list(&im->draft, "groups", stay->group_count);
    for (unsigned i = 0; i < stay->group_count; i++)
        ledger_canon_put_bin(&im->draft.body, stay->groups[i], LEDGER_ID_LEN);
}

/* True when the pupil is in the row's class, or the row is passed over. */
static bool compare_stay(struct import *im, size_t row, const uint8_t *id)
{
    uint8_t class_id[LEDGER_ID_LEN];
    const char *label = import_get(im, IMPORT_PUPILS, row, "id");
    const char *to = import_get(im, IMPORT_PUPILS, row, "class");
    const char *order = import_get(im, IMPORT_PUPILS, row, "order");
    base_day day = im->from;
    struct stay stay = {.im = im, .to = class_id};
    import_id_of(im, IMPORT_CLASSES, to, class_id);
    import_each_membership(im, id, note_stay, &stay);
    if (!stay.in_class) {
        char left_on[16];
        int year;
        int month;
        int date;
        base_day_to_civil(stay.closed_on, &year, &month, &date);
        snprintf(left_on, sizeof left_on, "%04d-%02d-%02d", year, month, date);
        import_wrong(im, IMPORT_P_HAS_LEFT, IMPORT_PUPILS, row, "class", label, left_on);
        im->passed[IMPORT_PUPILS]++;
        return true;
    }
    if (memcmp(stay.class_id, class_id, LEDGER_ID_LEN) == 0)
        return true;
    if (order[0] == '\0') {
        import_wrong(im, IMPORT_P_NEEDS_ORDER, IMPORT_PUPILS, row, "class", to, stay.class_name);
        return true;
    }
    (void)import_moves(im, label, &day);
    tool_draft_begin(&im->draft, "pupil.moved", 5);
    tool_draft_id(&im->draft, "class", class_id);
    tool_draft_int(&im->draft, "from", day);
    put_groups(im, &stay);
    tool_draft_text(&im->draft, "order", order);
    tool_draft_id(&im->draft, "pupil", id);
    import_plan(im, IMPORT_PUPILS, IMPORT_CHANGE, row, label);
    return false;
}

static void compare_pupil(struct import *im, size_t row)
{
    uint8_t id[LEDGER_ID_LEN];
    struct proj_pupil pupil;
    import_id_of(im, IMPORT_PUPILS, import_get(im, IMPORT_PUPILS, row, "id"), id);
    struct proj_key key = proj_key_tagged_id('P', id);
    if (!proj_fact_read(im->txn, &key, LEDGER_SEQ_NONE, &pupil, sizeof pupil, NULL)) {
        admit(im, row, id);
        return;
    }
    size_t passed = im->passed[IMPORT_PUPILS];
    bool same = compare_stay(im, row, id);
    if (im->passed[IMPORT_PUPILS] == passed)
        im->same[IMPORT_PUPILS] += compare_data(im, row, id, &pupil) && same;
}

/* --whole pupils: who has no row leaves the school, the day before, by the order given. */
static int end_pupils(struct import *im, struct base_err *err)
{
    struct proj_key prefix = proj_key_of('P');
    struct proj_fact fact;
    size_t count = import_rows(im, IMPORT_PUPILS);
    uint8_t(*ids)[LEDGER_ID_LEN] = calloc(count + 1, sizeof *ids);
    if (ids == NULL)
        return BASE_FAIL(err, BASE_E_MEMORY, "import");
    for (size_t i = 0; i < count; i++)
        import_id_of(im, IMPORT_PUPILS, import_get(im, IMPORT_PUPILS, i, "id"), ids[i]);
    struct proj_scan *scan = proj_scan_open(im->txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
    while (proj_scan_next(scan, &fact)) {
        struct stay stay = {.im = im};
        uint8_t id[LEDGER_ID_LEN];
        char label[2 * 4 + 1];
        bool named = false;
        memcpy(id, fact.key.data + 1, LEDGER_ID_LEN);
        for (size_t i = 0; i < count && !named; i++)
            named = memcmp(ids[i], id, LEDGER_ID_LEN) == 0;
        if (!named)
            import_each_membership(im, id, note_stay, &stay);
        if (named || !stay.in_class)
            continue;
        if (im->order == NULL) {
            import_wrong(im, IMPORT_P_WHOLE_ORDER, IMPORT_PUPILS, SIZE_MAX, NULL, NULL, NULL);
            break;
        }
        base_hex(id, 4, label);
        tool_draft_begin(&im->draft, "pupil.left", 5);
        put_groups(im, &stay);
        tool_draft_text(&im->draft, "order", im->order);
        tool_draft_id(&im->draft, "pupil", id);
        tool_draft_int(&im->draft, "to", im->from - 1);
        tool_draft_nil(&im->draft, "whither");
        import_plan(im, IMPORT_PUPILS, IMPORT_END, SIZE_MAX, label);
    }
    proj_scan_close(scan);
    free(ids);
    return 0;
}

int import_compare_roster(struct import *im, struct base_err *err)
{
    for (size_t i = 0; i < import_rows(im, IMPORT_SUBJECTS); i++)
        compare_subject(im, i);
    int rc = compare_classes(im, err);
    for (size_t i = 0; rc == 0 && i < import_rows(im, IMPORT_GROUPS); i++)
        compare_group(im, i);
    for (size_t i = 0; rc == 0 && i < import_rows(im, IMPORT_PUPILS); i++)
        compare_pupil(im, i);
    if (rc == 0 && im->whole[IMPORT_PUPILS])
        rc = end_pupils(im, err);
    return rc == 0 ? proj_txn_fault(im->txn, err) : rc;
}
