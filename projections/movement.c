/* Movement of pupils and changed personal data (CT-7): leaving the school, moving to another class,
 * by order; names and birth dates as they are now. */
#include "projections/resting.h"
#include "projections/roster.h"

static int need(struct proj_case *c, char tag, const char *field)
{
    return proj_case_exists(c, tag, proj_body_bin(c->body, field))
               ? 0
               : proj_refuse(c, PROJ_REFUSED_UNKNOWN_REFERENT, field);
}

static int moves_ground(struct proj_case *c)
{
    int code = proj_case_arranges(c);
    if (code == 0)
        code = need(c, 'P', "pupil");
    struct proj_cells groups = {0};
    while (code == 0 && proj_cells_next(c->body, "groups", &groups)) {
        if (!proj_case_exists(c, 'C', groups.tuple.bytes.data))
            code = ledger_refuse(c->refusal, PROJ_REFUSED_UNKNOWN_REFERENT, "groups[%u]",
                                 groups.index);
    }
    return code;
}

/* The pupil leaves these groups; each must be one that the pupil is in. */
static int moves_admit(struct proj_case *c)
{
    struct proj_cells groups = {0};
    while (proj_cells_next(c->body, "groups", &groups)) {
        struct proj_span span;
        if (!proj_span_find(c->txn, groups.tuple.bytes.data, proj_body_bin(c->body, "pupil"),
                            c->seq, &span) ||
            span.to != INT32_MAX)
            return ledger_refuse(c->refusal, PROJ_REFUSED_NOT_MEMBER, "groups[%u]", groups.index);
    }
    return 0;
}

/* Which of the groups that are left is a class: what a group is never changes. */
static void find_class(struct proj_case *c, proj_id out_class)
{
    struct proj_cells groups = {0};
    memset(out_class, 0, LEDGER_ID_LEN);
    while (proj_cells_next(c->body, "groups", &groups)) {
        struct proj_fact fact;
        struct proj_group group;
        struct proj_key key = proj_key_tagged_id('C', groups.tuple.bytes.data);
        if (!proj_fact_get_any(c->txn, &key, c->seq, &fact) || fact.value.len != sizeof group)
            continue;
        memcpy(&group, fact.value.data, sizeof group);
        if (group.kind == PROJ_GROUP_CLASS)
            memcpy(out_class, groups.tuple.bytes.data, LEDGER_ID_LEN);
    }
}

static void put_movement(struct proj_case *c, enum proj_movement sort, const uint8_t *to_class,
                         base_day day)
{
    struct proj_movement_fact fact;
    const uint8_t *whither =
        sort == PROJ_MOVEMENT_LEFT ? proj_body_bin_or(c->body, "whither", NULL) : NULL;
    memset(&fact, 0, sizeof fact);
    find_class(c, fact.from_class);
    memcpy(fact.author, c->actor.account, LEDGER_ID_LEN);
    fact.has_whither = whither != NULL;
    if (whither != NULL)
        memcpy(fact.whither, whither, LEDGER_COMMITMENT_LEN);
    fact.sort = (uint8_t)sort;
    fact.day = day;
    memcpy(fact.pupil, proj_body_bin(c->body, "pupil"), LEDGER_ID_LEN);
    memcpy(fact.to_class, to_class, LEDGER_ID_LEN);
    proj_copy_text(fact.order, sizeof fact.order, proj_body_text(c->body, "order"));
    fact.recorded_ms = c->recorded_ms;
    struct proj_key key = proj_key_numbered('w', c->seq);
    proj_fact_put(c->txn, &key, c->seq, &fact, sizeof fact);
}

static void leave_groups(struct proj_case *c, base_day last)
{
    struct proj_cells groups = {0};
    while (proj_cells_next(c->body, "groups", &groups))
        proj_membership_put(c, groups.tuple.bytes.data, proj_body_bin(c->body, "pupil"), true,
                            last);
}

static void left_apply(struct proj_case *c)
{
    base_day day = (base_day)proj_body_int(c->body, "to");
    leave_groups(c, day);
    put_movement(c, PROJ_MOVEMENT_LEFT, proj_no_id, day);
}

static void moves_rest(struct proj_case *c, struct proj_marker *marker)
{
    struct proj_cells groups = {0};
    while (proj_cells_next(c->body, "groups", &groups))
        proj_rest_on_members(c, groups.tuple.bytes.data, NULL, marker);
}

static int moved_ground(struct proj_case *c)
{
    int code = moves_ground(c);
    return code != 0 ? code : need(c, 'C', "class");
}

static void moved_apply(struct proj_case *c)
{
    base_day day = (base_day)proj_body_int(c->body, "from");
    const uint8_t *to_class = proj_body_bin(c->body, "class");
    leave_groups(c, day - 1);
    proj_membership_put(c, to_class, proj_body_bin(c->body, "pupil"), false, day);
    put_movement(c, PROJ_MOVEMENT_MOVED, to_class, day);
}

static void moved_rest(struct proj_case *c, struct proj_marker *marker)
{
    moves_rest(c, marker);
    proj_rest_on_members(c, proj_body_bin(c->body, "class"), NULL, marker);
}

/* pupil.changed: by the class teacher, too */

static int changed_ground(struct proj_case *c)
{
    const uint8_t *pupil = proj_body_bin(c->body, "pupil");
    int code = need(c, 'P', "pupil");
    if (code == 0 && !proj_may_arrange(c->txn, &c->actor, proj_case_day(c), c->seq) &&
        !proj_is_class_teacher_of_pupil(c->txn, c->actor.account, pupil, proj_case_day(c), c->seq))
        code = proj_refuse(c, PROJ_REFUSED_NO_RIGHT, "pupil");
    return code;
}

static void changed_apply(struct proj_case *c)
{
    struct proj_pupil_data data;
    memset(&data, 0, sizeof data);
    data.plan = (uint8_t)proj_body_int(c->body, "plan");
    memcpy(data.name, proj_body_bin(c->body, "name"), LEDGER_COMMITMENT_LEN);
    memcpy(data.birth, proj_body_bin(c->body, "birth"), LEDGER_COMMITMENT_LEN);
    memcpy(data.sex, proj_body_bin(c->body, "sex"), LEDGER_COMMITMENT_LEN);
    struct proj_key key = proj_key_tagged_id('u', proj_body_bin(c->body, "pupil"));
    proj_fact_put(c->txn, &key, c->seq, &data, sizeof data);
}

/* account.renamed */

static int renamed_ground(struct proj_case *c)
{
    struct proj_account account;
    if (!proj_account_find(c->txn, proj_body_bin(c->body, "account"), c->seq, &account) ||
        memcmp(account.person, proj_body_bin(c->body, "person"), LEDGER_ID_LEN) != 0)
        return proj_refuse(c, PROJ_REFUSED_UNKNOWN_REFERENT, "account");
    if (c->actor.stratum >= account.stratum)
        return proj_refuse(c, PROJ_REFUSED_STRATUM, "account");
    return proj_case_arranges(c);
}

static void renamed_apply(struct proj_case *c)
{
    struct proj_renamed renamed;
    memcpy(renamed.name, proj_body_bin(c->body, "name"), LEDGER_COMMITMENT_LEN);
    struct proj_key key = proj_key_tagged_id('U', proj_body_bin(c->body, "account"));
    proj_fact_put(c->txn, &key, c->seq, &renamed, sizeof renamed);
}

const struct proj_fold proj_movement_folds[] = {
    {"account.renamed", renamed_ground, NULL, renamed_apply, NULL},
    {"pupil.changed", changed_ground, NULL, changed_apply, NULL},
    {"pupil.left", moves_ground, moves_admit, left_apply, moves_rest},
    {"pupil.moved", moved_ground, moves_admit, moved_apply, moved_rest},
};
const unsigned proj_movement_fold_count =
    sizeof proj_movement_folds / sizeof proj_movement_folds[0];
