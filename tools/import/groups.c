/* Classes, groups and who is in them, as files and journal together say. */
#include <stdio.h>

#include "projections/groups.h"
#include "tools/import/import.h"

static void class_row(struct import *im, size_t row, struct proj_group *out)
{
    *out = (struct proj_group){.kind = PROJ_GROUP_CLASS};
    out->grade = (uint8_t)import_number(import_get(im, IMPORT_CLASSES, row, "grade"));
    out->shift = (uint8_t)import_number(import_get(im, IMPORT_CLASSES, row, "shift"));
    out->days = (uint8_t)import_number(import_get(im, IMPORT_CLASSES, row, "week_days"));
    const char *name = import_get(im, IMPORT_CLASSES, row, "name");
    snprintf(out->name, sizeof out->name, "%s",
             name[0] != '\0' ? name : import_get(im, IMPORT_CLASSES, row, "id"));
}

static bool of_class(struct import *im, const char *label, struct proj_group *out)
{
    uint8_t id[LEDGER_ID_LEN];
    size_t row = import_find(im, IMPORT_CLASSES, label);
    if (row != SIZE_MAX) {
        class_row(im, row, out);
        return true;
    }
    import_id_of(im, IMPORT_CLASSES, label, id);
    return proj_group_on(im->txn, id, im->from, LEDGER_SEQ_NONE, out);
}

/* A group has grade, shift and week of its first class. */
static void group_row(struct import *im, size_t row, struct proj_group *out)
{
    const char *kind = import_get(im, IMPORT_GROUPS, row, "kind");
    const char *list = import_get(im, IMPORT_GROUPS, row, "classes");
    *out = (struct proj_group){.shift = 1, .days = 6};
    out->kind = import_is(kind, "группа")  ? PROJ_GROUP_SUBGROUP
                : import_is(kind, "поток") ? PROJ_GROUP_STREAM
                                           : PROJ_GROUP_PLAN;
    import_id_of(im, IMPORT_SUBJECTS, import_get(im, IMPORT_GROUPS, row, "subject"), out->subject);
    snprintf(out->name, sizeof out->name, "%s", import_get(im, IMPORT_GROUPS, row, "name"));
    while (*list != '\0' && out->class_count < PROJ_GROUP_CLASS_COUNT_MAX) {
        size_t len = strcspn(list, ";");
        struct proj_group first;
        char name[64];
        snprintf(name, sizeof name, "%.*s", (int)(len < 63 ? len : 63), list);
        if (out->class_count == 0 && of_class(im, name, &first)) {
            out->grade = first.grade;
            out->shift = first.shift;
            out->days = first.days;
        }
        import_id_of(im, IMPORT_CLASSES, name, out->classes[out->class_count++]);
        list += len + (list[len] == ';');
    }
}

bool import_group_of(struct import *im, const char *label, struct proj_group *out_group)
{
    size_t row = import_find(im, IMPORT_GROUPS, label);
    if (row != SIZE_MAX && import_find(im, IMPORT_CLASSES, label) == SIZE_MAX) {
        group_row(im, row, out_group);
        return true;
    }
    return of_class(im, label, out_group);
}

bool import_group_has_class(const struct proj_group *group, const uint8_t class_id[LEDGER_ID_LEN])
{
    for (unsigned i = 0; i < group->class_count; i++) {
        if (memcmp(group->classes[i], class_id, LEDGER_ID_LEN) == 0)
            return true;
    }
    return false;
}

bool import_is_sibling(const struct proj_group *a, const struct proj_group *b)
{
    if (a->kind != PROJ_GROUP_SUBGROUP || b->kind != PROJ_GROUP_SUBGROUP ||
        memcmp(a->subject, b->subject, LEDGER_ID_LEN) != 0)
        return false;
    for (unsigned i = 0; i < a->class_count; i++) {
        if (import_group_has_class(b, a->classes[i]))
            return true;
    }
    return false;
}

void import_each_membership(struct import *im, const uint8_t pupil[LEDGER_ID_LEN],
                            void (*each)(void *data, const uint8_t *group,
                                         const struct proj_group *fact,
                                         const struct proj_span *span),
                            void *data)
{
    struct proj_key prefix = proj_key_tagged_id('m', pupil);
    struct proj_fact fact;
    struct proj_scan *scan = proj_scan_open(im->txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
    while (proj_scan_next(scan, &fact)) {
        struct proj_group group;
        struct proj_span span;
        uint8_t id[LEDGER_ID_LEN];
        memcpy(id, fact.key.data + 1 + LEDGER_ID_LEN, LEDGER_ID_LEN);
        struct proj_key key = proj_key_tagged_id('C', id);
        if (proj_span_of(im->txn, &fact, &span) &&
            proj_fact_read(im->txn, &key, LEDGER_SEQ_NONE, &group, sizeof group, NULL))
            each(data, id, &group, &span);
    }
    proj_scan_close(scan);
}

struct found_class {
    base_day today;
    uint8_t id[LEDGER_ID_LEN];
    bool found, open;
};

static void note_class(void *data, const uint8_t *group, const struct proj_group *fact,
                       const struct proj_span *span)
{
    struct found_class *found = data;
    bool open = span->to == INT32_MAX; /* that one counts, though it may not have begun yet */
    if (fact->kind != PROJ_GROUP_CLASS || span->to < found->today || (found->open && !open))
        return;
    memcpy(found->id, group, LEDGER_ID_LEN);
    found->found = true;
    found->open = open;
}

static bool present_class(struct import *im, const char *pupil, uint8_t out[LEDGER_ID_LEN])
{
    uint8_t id[LEDGER_ID_LEN];
    struct found_class found = {.today = im->today};
    import_id_of(im, IMPORT_PUPILS, pupil, id);
    import_each_membership(im, id, note_class, &found);
    memcpy(out, found.id, LEDGER_ID_LEN);
    return found.found;
}

bool import_class_of(struct import *im, const char *pupil, uint8_t out[LEDGER_ID_LEN])
{
    size_t row = import_find(im, IMPORT_PUPILS, pupil);
    if (row == SIZE_MAX)
        return present_class(im, pupil, out);
    import_id_of(im, IMPORT_CLASSES, import_get(im, IMPORT_PUPILS, row, "class"), out);
    return true;
}

bool import_moves(struct import *im, const char *pupil, base_day *out_day)
{
    uint8_t wanted[LEDGER_ID_LEN];
    uint8_t present[LEDGER_ID_LEN];
    size_t row = import_find(im, IMPORT_PUPILS, pupil);
    if (row == SIZE_MAX || !present_class(im, pupil, present))
        return false;
    const char *moved_on = import_get(im, IMPORT_PUPILS, row, "moved_on");
    import_id_of(im, IMPORT_CLASSES, import_get(im, IMPORT_PUPILS, row, "class"), wanted);
    *out_day = moved_on[0] == '\0' ? im->from : import_day(moved_on);
    return memcmp(wanted, present, LEDGER_ID_LEN) != 0;
}
