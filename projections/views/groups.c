/* Classes, subgroups, streams and individual plans; who is in them and who teaches them. */
#include "projections/groups.h"
#include "projections/views/office.h"
#include "projections/views/pupil.h"
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
    proj_put_group_head(out, id, group);
    put_class_ids(out, group);
    proj_put_id_or_nil(out, "subject", group->subject);
    proj_put_str(out, "subject_name", subject.name);
    proj_put_int(out, "pupil_count", members_on(view, id, proj_view_today(view)));
}

struct groups {
    struct proj_view *view;
    uint32_t count;
};

static void list_group(void *data, const uint8_t *id, const struct proj_group *group)
{
    struct groups *groups = data;
    put_group(groups->view, id, group);
    groups->count++;
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
    struct groups groups = {.view = view};
    if (!proj_reads_as_staff(view))
        return PROJ_VIEW_FORBIDDEN;
    ledger_canon_put_map(view->out, 2);
    proj_put_key(view->out, "groups");
    size_t at = proj_array_begin(view->out);
    proj_each_group(view, list_group, &groups);
    proj_array_end(view->out, at, groups.count);
    proj_put_key(view->out, "subjects");
    at = proj_array_begin(view->out);
    proj_array_end(view->out, at, put_subjects(view));
    return PROJ_VIEW_DONE;
}

/* One group: who is in it, and who teaches it */

static uint32_t put_members(struct proj_view *view, const proj_id group_id)
{
    struct proj_key prefix = proj_key_tagged_id('M', group_id);
    struct proj_fact fact;
    uint32_t count = 0;
    char name[PROJ_NAME_LEN_MAX];
    struct proj_scan *scan = proj_scan_open(view->txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
    while (proj_scan_next(scan, &fact)) {
        struct proj_span span;
        struct proj_group class = {0};
        proj_id pupil;
        proj_id class_id;
        if (!proj_span_of(view->txn, &fact, &span))
            continue;
        memcpy(pupil, fact.key.data + 1 + LEDGER_ID_LEN, LEDGER_ID_LEN);
        proj_class_of_pupil(view, pupil, class_id);
        (void)proj_find_group(view, class_id, &class);
        proj_view_pupil_name(view, pupil, name);
        ledger_canon_put_map(view->out, 5);
        proj_put_id(view->out, "pupil", pupil);
        proj_put_str(view->out, "name", name);
        proj_put_str(view->out, "class_name", class.name);
        proj_put_int(view->out, "from", span.from);
        proj_put_key(view->out, "to");
        proj_put_last_day(view->out, span.to);
        count++;
    }
    proj_scan_close(scan);
    return count;
}

/* Assignments in force are those that the teaching still dates from; each by its event's id, by
 * which it is ended. */
static uint32_t put_teaching(struct proj_view *view, const proj_id group_id)
{
    struct proj_key prefix = proj_key_of('a');
    struct proj_fact fact;
    uint32_t count = 0;
    struct proj_scan *scan = proj_scan_open(view->txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
    while (proj_scan_next(scan, &fact)) {
        struct proj_teaching assigned;
        struct proj_teaching now;
        struct proj_subject subject = {0};
        struct ledger_hash id;
        if (fact.seq == LEDGER_SEQ_NONE || fact.value.len != sizeof assigned ||
            fact.key.len != 1 + LEDGER_HASH_LEN)
            continue;
        memcpy(&assigned, fact.value.data, sizeof assigned);
        memcpy(id.bytes, fact.key.data + 1, LEDGER_HASH_LEN);
        struct proj_key key = proj_key_teaching(assigned.group, assigned.subject, assigned.account);
        if (memcmp(assigned.group, group_id, LEDGER_ID_LEN) != 0 ||
            !proj_fact_read(view->txn, &key, LEDGER_SEQ_NONE, &now, sizeof now, NULL) ||
            now.from != assigned.from)
            continue;
        (void)proj_find_subject(view, assigned.subject, &subject);
        ledger_canon_put_map(view->out, 8);
        proj_put_hash(view->out, "assignment", id.bytes);
        proj_put_person(view, "account", assigned.account);
        proj_put_id(view->out, "subject", assigned.subject);
        proj_put_str(view->out, "subject_name", subject.name);
        proj_put_int(view->out, "from", now.from);
        proj_put_int(view->out, "to", now.to);
        proj_put_int(view->out, "hours", now.hours);
        count++;
    }
    proj_scan_close(scan);
    return count;
}

static void put_change(void *data, base_day from, ledger_seq seq,
                       const struct proj_group_change *change)
{
    struct groups *groups = data;
    struct base_buf *out = groups->view->out;
    struct proj_subject subject = {0};
    (void)proj_find_subject(groups->view, change->subject, &subject);
    ledger_canon_put_map(out, 11);
    proj_put_int(out, "from", from);
    proj_put_seq(out, "seq", seq);
    proj_put_str(out, "name", change->name);
    proj_put_int(out, "grade", change->grade);
    proj_put_int(out, "shift", change->shift);
    proj_put_int(out, "days", change->days);
    proj_put_id_or_nil(out, "subject", change->subject);
    proj_put_str(out, "subject_name", subject.name);
    proj_put_person(groups->view, "author", change->author);
    proj_put_int(out, "recorded", change->recorded_ms);
    groups->count++;
}

/* Who arranges, or leads one of the classes that it is drawn from. */
static bool reads_group(struct proj_view *view, const proj_id group_id,
                        const struct proj_group *group)
{
    bool may = proj_reads_class_arrangements(view, group_id);
    for (unsigned i = 0; i < group->class_count && !may; i++)
        may = proj_leads_class(view, group->classes[i]);
    return may;
}

int proj_view_group(struct proj_view *view, const proj_id group_id)
{
    struct proj_group group;
    if (!proj_find_group(view, group_id, &group))
        return PROJ_VIEW_MISSING;
    if (!reads_group(view, group_id, &group))
        return PROJ_VIEW_FORBIDDEN;
    struct groups changes = {.view = view};
    ledger_canon_put_map(view->out, 4);
    proj_put_key(view->out, "group");
    put_group(view, group_id, &group);
    proj_put_key(view->out, "changes");
    size_t listed = proj_array_begin(view->out);
    proj_group_changes_each(view->txn, group_id, LEDGER_SEQ_NONE, put_change, &changes);
    proj_array_end(view->out, listed, changes.count);
    proj_put_key(view->out, "members");
    size_t at = proj_array_begin(view->out);
    proj_array_end(view->out, at, put_members(view, group_id));
    proj_put_key(view->out, "teaching");
    at = proj_array_begin(view->out);
    proj_array_end(view->out, at, put_teaching(view, group_id));
    return PROJ_VIEW_DONE;
}

/* A subject of a class that groups share out: who is in none of them, and who in two */

#define SPLIT_MAX 64u /* subjects of one class */
#define SHARE_MAX 16u /* groups of one subject */
#define MEMBER_MAX 200u

struct split {
    proj_id subject;
    proj_id groups[SHARE_MAX];
    unsigned group_count;
};

struct sharing {
    struct proj_view *view;
    base_day today;
    struct split *splits;
    unsigned split_count;
    const uint8_t *group_id; /* that is walked now */
    uint32_t count;
};

static void add_share(void *data, const uint8_t *group_id, const uint8_t *subject)
{
    struct sharing *sharing = data;
    struct split *split = NULL;
    (void)group_id;
    for (unsigned i = 0; i < sharing->split_count && split == NULL; i++) {
        if (memcmp(sharing->splits[i].subject, subject, LEDGER_ID_LEN) == 0)
            split = &sharing->splits[i];
    }
    if (split == NULL && sharing->split_count < SPLIT_MAX) {
        split = &sharing->splits[sharing->split_count++];
        *split = (struct split){0};
        memcpy(split->subject, subject, LEDGER_ID_LEN);
    }
    if (split != NULL && split->group_count < SHARE_MAX)
        memcpy(split->groups[split->group_count++], sharing->group_id, LEDGER_ID_LEN);
}

static void add_group(void *data, const uint8_t *group_id, const struct proj_group *group)
{
    struct sharing *sharing = data;
    proj_id id;
    memcpy(id, group_id, LEDGER_ID_LEN);
    sharing->group_id = id;
    if (memcmp(group->subject, proj_no_id, LEDGER_ID_LEN) != 0)
        add_share(sharing, id, group->subject);
    else
        proj_each_subject_of(sharing->view, id, PROJ_TAUGHT_STILL, add_share, sharing);
}

static unsigned share_count(struct sharing *sharing, const struct split *split, const proj_id pupil)
{
    unsigned count = 0;
    for (unsigned i = 0; i < split->group_count; i++)
        count += proj_is_member(sharing->view->txn, split->groups[i], pupil, sharing->today,
                                LEDGER_SEQ_NONE);
    return count;
}

static bool taught_whole(struct sharing *sharing, const proj_id class_id, const proj_id subject)
{
    struct proj_key prefix = proj_key_tagged_ids('T', class_id, subject);
    struct proj_fact fact;
    bool found = false;
    struct proj_scan *scan =
        proj_scan_open(sharing->view->txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
    while (!found && proj_scan_next(scan, &fact)) {
        struct proj_teaching teaching;
        if (fact.seq == LEDGER_SEQ_NONE || fact.value.len != sizeof teaching)
            continue;
        memcpy(&teaching, fact.value.data, sizeof teaching);
        found = teaching.from <= sharing->today && sharing->today <= teaching.to;
    }
    proj_scan_close(scan);
    return found;
}

static void put_pupils(struct sharing *sharing, const char *key, proj_id *pupils,
                       const unsigned *shares, unsigned count, bool none)
{
    struct base_buf *out = sharing->view->out;
    char name[PROJ_NAME_LEN_MAX];
    uint32_t put = 0;
    proj_put_key(out, key);
    size_t at = proj_array_begin(out);
    for (unsigned i = 0; i < count; i++) {
        if (none ? shares[i] != 0 : shares[i] < 2)
            continue;
        proj_view_pupil_name(sharing->view, pupils[i], name);
        ledger_canon_put_map(out, 2);
        proj_put_id(out, "id", pupils[i]);
        proj_put_str(out, "name", name);
        put++;
    }
    proj_array_end(out, at, put);
}

static unsigned collect_pupils(struct sharing *sharing, const proj_id class_id, proj_id *out)
{
    struct proj_key prefix = proj_key_tagged_id('M', class_id);
    struct proj_fact fact;
    unsigned count = 0;
    struct proj_scan *scan =
        proj_scan_open(sharing->view->txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
    while (count < MEMBER_MAX && proj_scan_next(scan, &fact)) {
        struct proj_span span;
        if (proj_span_of(sharing->view->txn, &fact, &span) && span.from <= sharing->today &&
            sharing->today <= span.to)
            memcpy(out[count++], fact.key.data + 1 + LEDGER_ID_LEN, LEDGER_ID_LEN);
    }
    proj_scan_close(scan);
    return count;
}

static void check_class(struct sharing *sharing, const proj_id class_id, const char *class_name)
{
    struct base_buf *out = sharing->view->out;
    proj_id pupils[MEMBER_MAX];
    unsigned shares[MEMBER_MAX];
    unsigned count = collect_pupils(sharing, class_id, pupils);
    sharing->split_count = 0;
    proj_each_drawn_group(sharing->view, class_id, add_group, sharing);
    for (unsigned s = 0; s < sharing->split_count; s++) {
        const struct split *split = &sharing->splits[s];
        struct proj_subject subject = {0};
        unsigned odd = 0;
        if (taught_whole(sharing, class_id, split->subject))
            continue;
        for (unsigned i = 0; i < count; i++) {
            shares[i] = share_count(sharing, split, pupils[i]);
            odd += shares[i] != 1;
        }
        if (odd == 0)
            continue;
        (void)proj_find_subject(sharing->view, split->subject, &subject);
        ledger_canon_put_map(out, 7);
        proj_put_id(out, "class", class_id);
        proj_put_str(out, "class_name", class_name);
        proj_put_id(out, "subject", split->subject);
        proj_put_str(out, "subject_name", subject.name);
        proj_put_int(out, "groups", split->group_count);
        put_pupils(sharing, "none", pupils, shares, count, true);
        put_pupils(sharing, "twice", pupils, shares, count, false);
        sharing->count++;
    }
}

static void check_group(void *data, const uint8_t *group_id, const struct proj_group *group)
{
    struct sharing *sharing = data;
    if (group->kind == PROJ_GROUP_CLASS && proj_reads_class_arrangements(sharing->view, group_id))
        check_class(sharing, group_id, group->name);
}

int proj_view_groups_check(struct proj_view *view)
{
    struct sharing sharing = {.view = view, .today = proj_view_today(view)};
    if (!proj_reads_as_staff(view))
        return PROJ_VIEW_FORBIDDEN;
    sharing.splits = calloc(SPLIT_MAX, sizeof *sharing.splits);
    if (sharing.splits == NULL) {
        proj_txn_fail(view->txn, BASE_E_MEMORY, "groups");
        return PROJ_VIEW_DONE;
    }
    ledger_canon_put_map(view->out, 2);
    proj_put_int(view->out, "today", sharing.today);
    proj_put_key(view->out, "rows");
    size_t at = proj_array_begin(view->out);
    proj_each_group(view, check_group, &sharing);
    proj_array_end(view->out, at, sharing.count);
    free(sharing.splits);
    return PROJ_VIEW_DONE;
}
