/* Groups and their lists (CT-6): a subgroup is of one class, a pupil is in exactly one subgroup of
 * each subject that the own class is split for. What the files leave open the journal says. */
#include <stdio.h>
#include <stdlib.h>

#include "tools/import/import.h"

/* Every group that there will be, of files and journal. */
struct split {
    uint8_t id[LEDGER_ID_LEN];
    struct proj_group group;
};

struct splits {
    struct split *list;
    size_t count;
    struct import_index by_pupil; /* rows of group-members */
};

static void check_kinds(struct import *im)
{
    for (size_t i = 0; i < import_rows(im, IMPORT_GROUPS); i++) {
        struct proj_group group;
        const char *id = import_get(im, IMPORT_GROUPS, i, "id");
        const char *kind = import_get(im, IMPORT_GROUPS, i, "kind");
        size_t clash = import_find(im, IMPORT_CLASSES, id);
        char row[16];
        if (id[0] == '\0')
            continue;
        if (clash != SIZE_MAX || import_known(im, IMPORT_CLASSES, id)) {
            snprintf(row, sizeof row, "%s", import_schemas[IMPORT_CLASSES].name);
            import_wrong(im, IMPORT_P_DUPLICATE, IMPORT_GROUPS, i, "id", id, row);
            continue;
        }
        if (!import_group_of(im, id, &group))
            continue;
        if ((import_is(kind, "группа") && group.class_count > 1) ||
            (import_is(kind, "поток") && group.class_count == 1))
            import_wrong(im, IMPORT_P_GROUP_CLASSES, IMPORT_GROUPS, i, "classes",
                         import_get(im, IMPORT_GROUPS, i, "classes"), NULL);
    }
}

static void add_split(struct splits *splits, const uint8_t *id, const struct proj_group *group)
{
    for (size_t i = 0; i < splits->count; i++) {
        if (memcmp(splits->list[i].id, id, LEDGER_ID_LEN) == 0)
            return;
    }
    struct split *split = &splits->list[splits->count++];
    memcpy(split->id, id, LEDGER_ID_LEN);
    split->group = *group;
}

static int find_splits(struct import *im, struct splits *splits, struct base_err *err)
{
    struct proj_key prefix = proj_key_of('C');
    struct proj_group group;
    struct proj_fact fact;
    size_t count = import_rows(im, IMPORT_GROUPS);
    struct proj_scan *scan = proj_scan_open(im->txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
    while (proj_scan_next(scan, &fact))
        count++;
    proj_scan_close(scan);
    splits->list = calloc(count + 1, sizeof *splits->list);
    if (splits->list == NULL)
        return BASE_FAIL(err, BASE_E_MEMORY, "import");
    for (size_t i = 0; i < import_rows(im, IMPORT_GROUPS); i++) {
        uint8_t id[LEDGER_ID_LEN];
        const char *label = import_get(im, IMPORT_GROUPS, i, "id");
        import_id_of(im, IMPORT_GROUPS, label, id);
        if (import_group_of(im, label, &group) && group.kind == PROJ_GROUP_SUBGROUP)
            add_split(splits, id, &group);
    }
    scan = proj_scan_open(im->txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
    while (proj_scan_next(scan, &fact)) {
        if (fact.value.len != sizeof group)
            continue;
        memcpy(&group, fact.value.data, sizeof group);
        if (group.kind == PROJ_GROUP_SUBGROUP)
            add_split(splits, fact.key.data + 1, &group);
    }
    proj_scan_close(scan);
    return 0;
}

static bool row_is_over(struct import *im, size_t row)
{
    base_day to;
    return base_day_parse(import_get(im, IMPORT_MEMBERS, row, "to"), &to) == 0 && to < im->from;
}

/* The subgroups that a pupil will be in. */
#define HELD_COUNT_MAX 64u
struct held {
    struct import *im;
    const struct splits *splits;
    size_t first, count; /* the pupil's rows in by_pupil */
    struct {
        struct proj_group group;
        size_t row; /* of group-members; SIZE_MAX: the journal's */
    } list[HELD_COUNT_MAX];
    unsigned held_count;
};

static void hold(struct held *held, const struct proj_group *group, size_t row)
{
    if (group->kind != PROJ_GROUP_SUBGROUP || held->held_count == HELD_COUNT_MAX)
        return;
    held->list[held->held_count].group = *group;
    held->list[held->held_count++].row = row;
}

/* Of the journal: what goes on, and is neither named nor replaced by a row. */
static void hold_present(void *data, const uint8_t *group_id, const struct proj_group *fact,
                         const struct proj_span *span)
{
    struct held *held = data;
    if (span->to < held->im->from)
        return;
    for (size_t i = 0; i < held->count; i++) {
        size_t row = held->splits->by_pupil.labels[held->first + i].row;
        const char *label = import_get(held->im, IMPORT_MEMBERS, row, "group");
        struct proj_group group;
        uint8_t id[LEDGER_ID_LEN];
        import_id_of(held->im, IMPORT_GROUPS, label, id);
        if (memcmp(id, group_id, LEDGER_ID_LEN) == 0 ||
            (import_group_of(held->im, label, &group) && import_is_sibling(&group, fact)))
            return;
    }
    hold(held, fact, SIZE_MAX);
}

static void check_two(struct held *held, const char *pupil)
{
    for (unsigned i = 1; i < held->held_count; i++) {
        for (unsigned k = 0; k < i; k++) {
            size_t row = held->list[i].row != SIZE_MAX ? held->list[i].row : held->list[k].row;
            const struct proj_group *other =
                held->list[i].row != SIZE_MAX ? &held->list[k].group : &held->list[i].group;
            if (row != SIZE_MAX && import_is_sibling(&held->list[i].group, &held->list[k].group))
                import_wrong(held->im, IMPORT_P_TWO_SUBGROUPS, IMPORT_MEMBERS, row, "group", pupil,
                             other->name);
        }
    }
}

static void subject_label(struct import *im, const uint8_t *subject_id, char *out, size_t size)
{
    struct proj_subject subject;
    struct proj_key key = proj_key_tagged_id('S', subject_id);
    for (size_t i = 0; i < import_rows(im, IMPORT_SUBJECTS); i++) {
        uint8_t id[LEDGER_ID_LEN];
        import_id_of(im, IMPORT_SUBJECTS, import_get(im, IMPORT_SUBJECTS, i, "id"), id);
        if (memcmp(id, subject_id, LEDGER_ID_LEN) == 0) {
            snprintf(out, size, "%s", import_get(im, IMPORT_SUBJECTS, i, "name"));
            return;
        }
    }
    if (proj_fact_read(im->txn, &key, LEDGER_SEQ_NONE, &subject, sizeof subject, NULL))
        snprintf(out, size, "%s", subject.name);
    else
        snprintf(out, size, "?");
}

/* Subjects that the class is split for, in each of which the pupil must be in one subgroup. */
static void check_none(struct held *held, size_t pupil_row, const uint8_t *class_id)
{
    const struct splits *splits = held->splits;
    for (size_t i = 0; i < splits->count; i++) {
        const struct proj_group *group = &splits->list[i].group;
        bool first = true;
        bool held_one = false;
        unsigned parts = 0;
        if (!import_group_has_class(group, class_id))
            continue;
        for (size_t k = 0; k < splits->count; k++) {
            const struct proj_group *part = &splits->list[k].group;
            if (memcmp(part->subject, group->subject, LEDGER_ID_LEN) != 0 ||
                !import_group_has_class(part, class_id))
                continue;
            parts++;
            first = first && k >= i;
        }
        if (!first || parts < 2)
            continue;
        for (unsigned k = 0; k < held->held_count; k++)
            held_one |= memcmp(held->list[k].group.subject, group->subject, LEDGER_ID_LEN) == 0;
        if (!held_one) {
            char subject[210];
            subject_label(held->im, group->subject, subject, sizeof subject);
            import_wrong(held->im, IMPORT_P_NO_SUBGROUP, IMPORT_PUPILS, pupil_row, "id",
                         import_get(held->im, IMPORT_PUPILS, pupil_row, "id"), subject);
        }
    }
}

static void hold_all(struct held *held, const char *pupil)
{
    uint8_t id[LEDGER_ID_LEN];
    held->held_count = 0;
    held->count = import_index_span(&held->splits->by_pupil, pupil, &held->first);
    for (size_t i = 0; i < held->count; i++) {
        size_t row = held->splits->by_pupil.labels[held->first + i].row;
        struct proj_group group;
        if (!row_is_over(held->im, row) &&
            import_group_of(held->im, import_get(held->im, IMPORT_MEMBERS, row, "group"), &group))
            hold(held, &group, row);
    }
    import_id_of(held->im, IMPORT_PUPILS, pupil, id);
    import_each_membership(held->im, id, hold_present, held);
}

static void class_label(struct import *im, const char *pupil, const uint8_t *class_id, char *out,
                        size_t size)
{
    size_t row = import_find(im, IMPORT_PUPILS, pupil);
    struct proj_group group;
    struct proj_key key = proj_key_tagged_id('C', class_id);
    if (row != SIZE_MAX)
        snprintf(out, size, "%s", import_get(im, IMPORT_PUPILS, row, "class"));
    else if (proj_fact_read(im->txn, &key, LEDGER_SEQ_NONE, &group, sizeof group, NULL))
        snprintf(out, size, "%s", group.name);
}

static void check_member_rows(struct import *im)
{
    for (size_t i = 0; i < import_rows(im, IMPORT_MEMBERS); i++) {
        const char *pupil = import_get(im, IMPORT_MEMBERS, i, "pupil");
        struct proj_group group;
        uint8_t class_id[LEDGER_ID_LEN];
        char label[210] = "";
        if (row_is_over(im, i) ||
            !import_group_of(im, import_get(im, IMPORT_MEMBERS, i, "group"), &group) ||
            group.class_count == 0 || !import_class_of(im, pupil, class_id) ||
            import_group_has_class(&group, class_id))
            continue;
        class_label(im, pupil, class_id, label, sizeof label);
        import_wrong(im, IMPORT_P_NOT_IN_CLASS, IMPORT_MEMBERS, i, "pupil", pupil, label);
    }
}

int import_rules_groups(struct import *im, struct base_err *err)
{
    static const char *const pupil_column[] = {"pupil", NULL};
    struct splits splits = {0};
    struct held *held = calloc(1, sizeof *held);
    int rc = held == NULL ? BASE_FAIL(err, BASE_E_MEMORY, "import") : 0;
    check_kinds(im);
    check_member_rows(im);
    if (rc == 0)
        rc = find_splits(im, &splits, err);
    if (rc == 0)
        rc = import_index_make(im, IMPORT_MEMBERS, pupil_column, &splits.by_pupil, err);
    if (rc == 0) {
        held->im = im;
        held->splits = &splits;
    }
    for (size_t i = 0; rc == 0 && i < splits.by_pupil.count; i++) {
        const char *pupil = splits.by_pupil.labels[i].label;
        if (i > 0 && import_is(pupil, splits.by_pupil.labels[i - 1].label))
            continue;
        hold_all(held, pupil);
        check_two(held, pupil);
    }
    for (size_t i = 0; rc == 0 && i < import_rows(im, IMPORT_PUPILS); i++) {
        const char *pupil = import_get(im, IMPORT_PUPILS, i, "id");
        uint8_t class_id[LEDGER_ID_LEN];
        if (import_is(import_get(im, IMPORT_PUPILS, i, "individual_plan"), "да") ||
            !import_class_of(im, pupil, class_id))
            continue;
        hold_all(held, pupil);
        check_none(held, i, class_id);
    }
    import_index_release(&splits.by_pupil);
    free(splits.list);
    free(held);
    return rc;
}
