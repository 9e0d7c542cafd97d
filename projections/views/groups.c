/* Classes, subgroups, streams and individual plans; who is in them and who teaches them. */
#include "projections/views/office.h"
#include "projections/views/walk.h"

#include <stdlib.h>

static unsigned members_on(struct proj_view *view, const uint8_t *group_id, base_day day)
{
    struct proj_key prefix = proj_key_tagged_id('M', group_id);
    struct proj_fact fact;
    unsigned count = 0;
    struct proj_scan *scan = proj_scan_open(view->txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
    while (proj_scan_next(scan, &fact)) {
        struct proj_span span;
        count += proj_span_of(view->txn, &fact, &span) && span.from <= day && day <= span.to;
    }
    proj_scan_close(scan);
    return count;
}

static void put_class_ids(struct base_buf *out, const struct proj_group *group)
{
    proj_put_key(out, "classes");
    ledger_canon_put_array(out, group->class_count);
    for (unsigned i = 0; i < group->class_count; i++)
        ledger_canon_put_bin(out, group->classes[i], LEDGER_ID_LEN);
}

static void put_group(struct proj_view *view, const uint8_t *id, const struct proj_group *group)
{
    struct base_buf *out = view->out;
    struct proj_subject subject = {0};
    (void)proj_find_subject(view, group->subject, &subject);
    ledger_canon_put_map(out, 10);
    proj_put_id(out, "id", id);
    proj_put_str(out, "name", group->name);
    proj_put_int(out, "kind", group->kind);
    proj_put_int(out, "grade", group->grade);
    proj_put_int(out, "shift", group->shift);
    proj_put_int(out, "days", group->days == 0 ? 6 : group->days);
    put_class_ids(out, group);
    proj_put_id_or_nil(out, "subject", group->subject);
    proj_put_str(out, "subject_name", subject.name);
    proj_put_int(out, "pupil_count", members_on(view, id, proj_view_today(view)));
}

static uint32_t put_groups(struct proj_view *view)
{
    struct proj_key prefix = proj_key_of('C');
    struct proj_fact fact;
    uint32_t count = 0;
    struct proj_scan *scan = proj_scan_open(view->txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
    while (proj_scan_next(scan, &fact)) {
        struct proj_group group;
        proj_id id;
        if (fact.seq == LEDGER_SEQ_NONE || fact.value.len != sizeof group)
            continue;
        memcpy(&group, fact.value.data, sizeof group);
        memcpy(id, fact.key.data + 1, LEDGER_ID_LEN);
        put_group(view, id, &group);
        count++;
    }
    proj_scan_close(scan);
    return count;
}

static uint32_t put_subjects(struct proj_view *view)
{
    struct proj_key prefix = proj_key_of('S');
    struct proj_fact fact;
    uint32_t count = 0;
    struct proj_scan *scan = proj_scan_open(view->txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
    while (proj_scan_next(scan, &fact)) {
        struct proj_subject subject;
        if (fact.seq == LEDGER_SEQ_NONE || fact.value.len != sizeof subject)
            continue;
        memcpy(&subject, fact.value.data, sizeof subject);
        ledger_canon_put_map(view->out, 3);
        proj_put_id(view->out, "id", fact.key.data + 1);
        proj_put_str(view->out, "name", subject.name);
        proj_put_bool(view->out, "marked", subject.marked != 0);
        count++;
    }
    proj_scan_close(scan);
    return count;
}

int proj_view_groups(struct proj_view *view)
{
    if (!proj_reads_as_staff(view))
        return PROJ_VIEW_FORBIDDEN;
    ledger_canon_put_map(view->out, 2);
    proj_put_key(view->out, "groups");
    size_t at = proj_array_begin(view->out);
    proj_array_end(view->out, at, put_groups(view));
    proj_put_key(view->out, "subjects");
    at = proj_array_begin(view->out);
    proj_array_end(view->out, at, put_subjects(view));
    return PROJ_VIEW_DONE;
}
