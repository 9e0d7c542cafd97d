/* Ways through the school that several views go. */
#include "projections/views/walk.h"

#include "projections/groups.h"

void proj_each_group(struct proj_view *view, proj_group_walker *each, void *data)
{
    struct proj_key prefix = proj_key_of('C');
    struct proj_fact fact;
    struct proj_scan *scan = proj_scan_open(view->txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
    while (proj_scan_next(scan, &fact)) {
        struct proj_group group;
        if (fact.seq == LEDGER_SEQ_NONE || fact.value.len != sizeof group)
            continue;
        memcpy(&group, fact.value.data, sizeof group);
        proj_group_turn(view->txn, fact.key.data + 1, proj_view_today(view), LEDGER_SEQ_NONE,
                        &group);
        each(data, fact.key.data + 1, &group);
    }
    proj_scan_close(scan);
}

/* Of all groups those of one class. */
struct chosen {
    const uint8_t *class_id;
    bool itself;
    proj_group_walker *each;
    void *data;
};

static void choose(void *data, const uint8_t *group_id, const struct proj_group *group)
{
    const struct chosen *chosen = data;
    if (proj_group_is_drawn_from(group, chosen->class_id) ||
        (chosen->itself && memcmp(group_id, chosen->class_id, LEDGER_ID_LEN) == 0))
        chosen->each(chosen->data, group_id, group);
}

void proj_each_drawn_group(struct proj_view *view, const proj_id class_id, proj_group_walker *each,
                           void *data)
{
    struct chosen chosen = {.class_id = class_id, .each = each, .data = data};
    proj_each_group(view, choose, &chosen);
}

void proj_each_class_group(struct proj_view *view, const proj_id class_id, proj_group_walker *each,
                           void *data)
{
    struct chosen chosen = {.class_id = class_id, .itself = true, .each = each, .data = data};
    proj_each_group(view, choose, &chosen);
}

void proj_each_subject_of(struct proj_view *view, const uint8_t *group_id, enum proj_taught taught,
                          proj_subject_walker *each, void *data)
{
    struct proj_key prefix = proj_key_tagged_id('T', group_id);
    struct proj_fact fact;
    proj_id last = {0};
    struct proj_scan *scan = proj_scan_open(view->txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
    while (proj_scan_next(scan, &fact)) {
        const uint8_t *subject = fact.key.data + 1 + LEDGER_ID_LEN;
        if ((taught == PROJ_TAUGHT_STILL && fact.seq == LEDGER_SEQ_NONE) ||
            memcmp(last, subject, LEDGER_ID_LEN) == 0)
            continue;
        memcpy(last, subject, LEDGER_ID_LEN);
        each(data, group_id, last);
    }
    proj_scan_close(scan);
}

void proj_each_grant_on(struct proj_view *view, const proj_id scope,
                        void (*each)(void *data, ledger_seq seq, const struct proj_grant *grant),
                        void *data)
{
    struct proj_key prefix = proj_key_tagged_id('z', scope);
    struct proj_fact fact;
    struct proj_scan *scan = proj_scan_open(view->txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
    while (proj_scan_next(scan, &fact)) {
        struct proj_grant grant;
        if (fact.seq == LEDGER_SEQ_NONE || fact.value.len != sizeof grant)
            continue;
        memcpy(&grant, fact.value.data, sizeof grant);
        if (!grant.revoked)
            each(data, fact.seq, &grant);
    }
    proj_scan_close(scan);
}

struct leaders {
    base_day today;
    void (*each)(void *data, ledger_seq seq, const struct proj_grant *grant);
    void *data;
};

static void pick_leader(void *data, ledger_seq seq, const struct proj_grant *grant)
{
    const struct leaders *leaders = data;
    if (grant->role == PROJ_ROLE_CLASS_TEACHER && grant->from <= leaders->today &&
        leaders->today <= grant->to)
        leaders->each(leaders->data, seq, grant);
}

void proj_each_class_teacher(struct proj_view *view, const proj_id class_id,
                             void (*each)(void *data, ledger_seq seq,
                                          const struct proj_grant *grant),
                             void *data)
{
    struct leaders leaders = {.today = proj_view_today(view), .each = each, .data = data};
    proj_each_grant_on(view, class_id, pick_leader, &leaders);
}
