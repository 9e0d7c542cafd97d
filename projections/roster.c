/* The roster: subjects, classes, groups, pupils, memberships, teaching (CT-6, CT-7, ST-1).
 * These are the grounds of the whole journal; they are set by the head, the deputy or the office,
 * subgroups also by their class teacher. */
#include "projections/roster.h"
#include "projections/resting.h"

#include <assert.h>

static int need(struct proj_case *c, char tag, const char *field)
{
    const uint8_t *id = proj_body_bin_or(c->body, field, NULL);
    return id == NULL || proj_case_exists(c, tag, id)
               ? 0
               : proj_refuse(c, PROJ_REFUSED_UNKNOWN_REFERENT, field);
}

static int need_new(struct proj_case *c, char tag, const char *field)
{
    struct proj_fact fact;
    struct proj_key key = proj_key_tagged_id(tag, proj_body_bin(c->body, field));
    return proj_fact_get_any(c->txn, &key, c->seq, &fact)
               ? proj_refuse(c, PROJ_REFUSED_EXISTS, field)
               : 0;
}

/* subject.created */

static int subject_admit(struct proj_case *c)
{
    return need_new(c, 'S', "subject");
}

static void subject_apply(struct proj_case *c)
{
    struct proj_subject subject;
    memset(&subject, 0, sizeof subject);
    subject.marked = (uint8_t)proj_body_int(c->body, "marked");
    proj_copy_text(subject.name, sizeof subject.name, proj_body_text(c->body, "name"));
    subject.name_len = (uint8_t)strlen(subject.name);
    struct proj_key key = proj_key_tagged_id('S', proj_body_bin(c->body, "subject"));
    proj_fact_put(c->txn, &key, c->seq, &subject, sizeof subject);
}

static void subject_rest(struct proj_case *c, struct proj_marker *marker)
{
    proj_rest_on_subject(c, proj_body_bin(c->body, "subject"), marker);
}

/* group.created */

static int group_ground(struct proj_case *c)
{
    int code = proj_case_arranges(c);
    if (code == 0)
        code = need(c, 'S', "subject");
    struct proj_cells classes = {0};
    while (code == 0 && proj_cells_next(c->body, "classes", &classes)) {
        if (!proj_case_exists(c, 'C', classes.tuple.bytes.data))
            code = proj_refuse(c, PROJ_REFUSED_UNKNOWN_REFERENT, "classes");
    }
    return code;
}

static int group_admit(struct proj_case *c)
{
    return need_new(c, 'C', "group");
}

static void group_apply(struct proj_case *c)
{
    struct proj_group group;
    memset(&group, 0, sizeof group);
    group.kind = (uint8_t)proj_body_int(c->body, "kind");
    group.grade = (uint8_t)proj_body_int(c->body, "grade");
    group.shift = (uint8_t)proj_body_int(c->body, "shift");
    group.days = (uint8_t)proj_body_int(c->body, "days");
    memcpy(group.subject, proj_body_bin_or(c->body, "subject", proj_no_id), LEDGER_ID_LEN);
    proj_copy_text(group.name, sizeof group.name, proj_body_text(c->body, "name"));
    struct proj_cells classes = {0};
    while (proj_cells_next(c->body, "classes", &classes)) {
        assert(group.class_count < PROJ_GROUP_CLASS_COUNT_MAX);
        memcpy(group.classes[group.class_count++], classes.tuple.bytes.data, LEDGER_ID_LEN);
    }
    struct proj_key key = proj_key_tagged_id('C', proj_body_bin(c->body, "group"));
    proj_fact_put(c->txn, &key, c->seq, &group, sizeof group);
}

/* group.changed: what it is from a day on; who is in it, and what it is drawn from, stays */

static int group_changed_ground(struct proj_case *c)
{
    int code = proj_case_arranges(c);
    if (code == 0)
        code = need(c, 'C', "group");
    return code != 0 ? code : need(c, 'S', "subject");
}

static void group_changed_apply(struct proj_case *c)
{
    struct proj_group_change change;
    memset(&change, 0, sizeof change);
    change.grade = (uint8_t)proj_body_int(c->body, "grade");
    change.shift = (uint8_t)proj_body_int(c->body, "shift");
    change.days = (uint8_t)proj_body_int(c->body, "days");
    memcpy(change.subject, proj_body_bin_or(c->body, "subject", proj_no_id), LEDGER_ID_LEN);
    memcpy(change.author, c->actor.account, LEDGER_ID_LEN);
    proj_copy_text(change.name, sizeof change.name, proj_body_text(c->body, "name"));
    change.recorded_ms = c->recorded_ms;
    struct proj_key key = proj_key_tagged_id('1', proj_body_bin(c->body, "group"));
    proj_key_day(&key, proj_body_int(c->body, "from"));
    proj_fact_put(c->txn, &key, c->seq, &change, sizeof change);
}

static void group_changed_rest(struct proj_case *c, struct proj_marker *marker)
{
    proj_rest_on_grade(c, proj_body_bin(c->body, "group"), marker);
}

static void group_rest(struct proj_case *c, struct proj_marker *marker)
{
    proj_rest_on_group(c, proj_body_bin(c->body, "group"), marker);
}

/* pupil.admitted, members.joined, members.left */

void proj_membership_put(struct proj_case *c, const uint8_t *group, const uint8_t *pupil, bool left,
                         base_day day)
{
    struct proj_membership membership;
    struct proj_key there = proj_key_tagged_ids('M', group, pupil);
    struct proj_key back = proj_key_tagged_ids('m', pupil, group);
    memset(&membership, 0, sizeof membership);
    membership.left = left;
    membership.day = (int32_t)day;
    proj_fact_put(c->txn, &there, c->seq, &membership, sizeof membership);
    proj_fact_put(c->txn, &back, c->seq, &membership, sizeof membership);
}

static int pupil_ground(struct proj_case *c)
{
    int code = proj_case_arranges(c);
    return code != 0 ? code : need(c, 'C', "class");
}

static int pupil_admit(struct proj_case *c)
{
    return need_new(c, 'P', "pupil");
}

static void pupil_apply(struct proj_case *c)
{
    struct proj_pupil pupil;
    memset(&pupil, 0, sizeof pupil);
    const uint8_t *id = proj_body_bin(c->body, "pupil");
    memcpy(pupil.school_class, proj_body_bin(c->body, "class"), LEDGER_ID_LEN);
    pupil.from = (int32_t)proj_body_int(c->body, "from");
    pupil.plan = (uint8_t)proj_body_int(c->body, "plan");
    memcpy(pupil.name, proj_body_bin(c->body, "name"), LEDGER_COMMITMENT_LEN);
    memcpy(pupil.birth, proj_body_bin(c->body, "birth"), LEDGER_COMMITMENT_LEN);
    memcpy(pupil.sex, proj_body_bin(c->body, "sex"), LEDGER_COMMITMENT_LEN);
    memcpy(pupil.author, c->actor.account, LEDGER_ID_LEN);
    pupil.recorded_ms = c->recorded_ms;
    struct ledger_canon_value order = ledger_canon_get(c->body, "order");
    if (order.type == LEDGER_CANON_TEXT)
        proj_copy_text(pupil.order, sizeof pupil.order, order.bytes);
    struct proj_key key = proj_key_tagged_id('P', id);
    proj_fact_put(c->txn, &key, c->seq, &pupil, sizeof pupil);
    proj_membership_put(c, pupil.school_class, id, false, pupil.from);
}

static void pupil_rest(struct proj_case *c, struct proj_marker *marker)
{
    proj_rest_on_members(c, proj_body_bin(c->body, "class"), NULL, marker);
}

/* The class teacher keeps the subgroups of the own class (CT-6); moves between classes are the
 * office's. */
static int members_right(struct proj_case *c)
{
    struct proj_group group;
    struct proj_key key = proj_key_tagged_id('C', proj_body_bin(c->body, "group"));
    if (!proj_fact_read(c->txn, &key, c->seq, &group, sizeof group, NULL))
        return proj_refuse(c, PROJ_REFUSED_UNKNOWN_REFERENT, "group");
    if (proj_may_arrange(c->txn, &c->actor, proj_case_day(c), c->seq))
        return 0;
    bool own = group.kind == PROJ_GROUP_SUBGROUP && group.class_count == 1 &&
               proj_has_role(c->txn, c->actor.account, PROJ_ROLE_CLASS_TEACHER, group.classes[0],
                             proj_case_day(c), c->seq);
    return own ? 0 : proj_refuse(c, PROJ_REFUSED_NO_RIGHT, "group");
}

/* A class teacher places pupils of the own class only. */
static bool may_place(struct proj_case *c, const uint8_t *pupil)
{
    return proj_may_arrange(c->txn, &c->actor, proj_case_day(c), c->seq) ||
           proj_is_class_teacher_of_pupil(c->txn, c->actor.account, pupil, proj_case_day(c),
                                          c->seq);
}

static int members_ground(struct proj_case *c)
{
    int code = members_right(c);
    struct proj_cells pupils = {0};
    while (code == 0 && proj_cells_next(c->body, "pupils", &pupils)) {
        if (!proj_case_exists(c, 'P', pupils.tuple.bytes.data))
            code = ledger_refuse(c->refusal, PROJ_REFUSED_UNKNOWN_REFERENT, "pupils[%u]",
                                 pupils.index);
        else if (!may_place(c, pupils.tuple.bytes.data))
            code = ledger_refuse(c->refusal, PROJ_REFUSED_NOT_MEMBER, "pupils[%u]", pupils.index);
    }
    return code;
}

static void joined_apply(struct proj_case *c)
{
    struct proj_cells pupils = {0};
    while (proj_cells_next(c->body, "pupils", &pupils))
        proj_membership_put(c, proj_body_bin(c->body, "group"), pupils.tuple.bytes.data, false,
                            (base_day)proj_body_int(c->body, "from"));
}

static void left_apply(struct proj_case *c)
{
    struct proj_cells pupils = {0};
    while (proj_cells_next(c->body, "pupils", &pupils))
        proj_membership_put(c, proj_body_bin(c->body, "group"), pupils.tuple.bytes.data, true,
                            (base_day)proj_body_int(c->body, "to"));
}

static void members_rest(struct proj_case *c, struct proj_marker *marker)
{
    proj_rest_on_members(c, proj_body_bin(c->body, "group"), "pupils", marker);
}

/* teaching.assigned, teaching.ended */

static int assigned_ground(struct proj_case *c)
{
    struct proj_account account;
    int code = proj_case_arranges(c);
    if (code == 0)
        code = need(c, 'C', "group");
    if (code == 0)
        code = need(c, 'S', "subject");
    if (code == 0 &&
        !proj_account_find(c->txn, proj_body_bin(c->body, "account"), c->seq, &account))
        code = proj_refuse(c, PROJ_REFUSED_UNKNOWN_REFERENT, "account");
    /* Strictly downwards: an officer's right to teach comes from root, like all that is theirs; and
     * only staff teaches, whoever arranges. */
    if (code == 0 && (c->actor.stratum >= account.stratum || account.stratum > 2))
        code = proj_refuse(c, PROJ_REFUSED_STRATUM, "account");
    if (code == 0 && proj_body_int(c->body, "from") > proj_body_int(c->body, "to"))
        code = proj_refuse(c, PROJ_REFUSED_DATE, "to");
    return code;
}

static void put_teaching(struct proj_case *c, const struct proj_teaching *teaching)
{
    struct proj_key key = proj_key_teaching(teaching->group, teaching->subject, teaching->account);
    struct proj_key back =
        proj_key_teaching_of(teaching->account, teaching->group, teaching->subject);
    proj_fact_put(c->txn, &key, c->seq, teaching, sizeof *teaching);
    proj_fact_put(c->txn, &back, c->seq, teaching, sizeof *teaching);
}

static void assigned_apply(struct proj_case *c)
{
    struct proj_teaching teaching;
    memset(&teaching, 0, sizeof teaching);
    memcpy(teaching.group, proj_body_bin(c->body, "group"), LEDGER_ID_LEN);
    memcpy(teaching.subject, proj_body_bin(c->body, "subject"), LEDGER_ID_LEN);
    memcpy(teaching.account, proj_body_bin(c->body, "account"), LEDGER_ID_LEN);
    teaching.from = (int32_t)proj_body_int(c->body, "from");
    teaching.to = (int32_t)proj_body_int(c->body, "to");
    teaching.hours = (uint8_t)proj_body_int(c->body, "hours");
    put_teaching(c, &teaching);
    struct proj_key by_id = proj_key_tagged_hash('a', &c->event->id);
    proj_fact_put(c->txn, &by_id, c->seq, &teaching, sizeof teaching);
}

static void assigned_rest(struct proj_case *c, struct proj_marker *marker)
{
    proj_rest_on_teaching(c, proj_body_bin(c->body, "group"), proj_body_bin(c->body, "subject"),
                          proj_body_bin(c->body, "account"), marker);
}

static bool find_assignment(struct proj_case *c, bool any, struct proj_teaching *out_teaching)
{
    struct ledger_hash id;
    struct proj_fact fact;
    memcpy(id.bytes, proj_body_bin(c->body, "assignment"), LEDGER_HASH_LEN);
    struct proj_key key = proj_key_tagged_hash('a', &id);
    bool there = any ? proj_fact_get_any(c->txn, &key, c->seq, &fact)
                     : proj_fact_get(c->txn, &key, c->seq, &fact);
    if (!there || fact.value.len != sizeof *out_teaching)
        return false;
    memcpy(out_teaching, fact.value.data, sizeof *out_teaching);
    return true;
}

/* Ends the assignment that is in force, never lengthens it; the same strata as assigning. */
static int ended_ground(struct proj_case *c)
{
    struct proj_teaching teaching;
    struct proj_teaching present;
    struct proj_account account;
    int code = proj_case_arranges(c);
    if (code != 0)
        return code;
    if (!find_assignment(c, false, &teaching) ||
        !proj_account_find(c->txn, teaching.account, c->seq, &account))
        return proj_refuse(c, PROJ_REFUSED_UNKNOWN_REFERENT, "assignment");
    if (c->actor.stratum >= account.stratum)
        return proj_refuse(c, PROJ_REFUSED_STRATUM, "assignment");
    struct proj_key key = proj_key_teaching(teaching.group, teaching.subject, teaching.account);
    if (!proj_fact_read(c->txn, &key, c->seq, &present, sizeof present, NULL) ||
        present.from != teaching.from)
        return proj_refuse(c, PROJ_REFUSED_UNKNOWN_REFERENT, "assignment");
    return proj_body_int(c->body, "to") <= present.to ? 0 : proj_refuse(c, PROJ_REFUSED_DATE, "to");
}

static void ended_apply(struct proj_case *c)
{
    struct proj_teaching teaching;
    if (!find_assignment(c, true, &teaching))
        return;
    teaching.to = (int32_t)proj_body_int(c->body, "to");
    put_teaching(c, &teaching);
}

static void ended_rest(struct proj_case *c, struct proj_marker *marker)
{
    struct proj_teaching teaching;
    if (find_assignment(c, true, &teaching))
        proj_rest_on_teaching(c, teaching.group, teaching.subject, teaching.account, marker);
}

const struct proj_fold proj_roster_folds[] = {
    {"subject.created", proj_case_arranges, subject_admit, subject_apply, subject_rest},
    {"group.changed", group_changed_ground, NULL, group_changed_apply, group_changed_rest},
    {"group.created", group_ground, group_admit, group_apply, group_rest},
    {"pupil.admitted", pupil_ground, pupil_admit, pupil_apply, pupil_rest},
    {"members.joined", members_ground, NULL, joined_apply, members_rest},
    {"members.left", members_ground, NULL, left_apply, members_rest},
    {"teaching.assigned", assigned_ground, NULL, assigned_apply, assigned_rest},
    {"teaching.ended", ended_ground, NULL, ended_apply, ended_rest},
};
const unsigned proj_roster_fold_count = sizeof proj_roster_folds / sizeof proj_roster_folds[0];
