/* The order of questions: which kind; is it the founding event, and is it its place; who signs;
 * is that key alive; may it (ground); are its manners good (admit). Then it is folded. */
#include "projections/admission.h"

#include "projections/voiding.h"

static bool kind_is(const struct proj_case *c, const char *kind)
{
    return base_bytes_equal(c->event->kind, base_bytes_str(kind));
}

/* What each sort of key may sign at all. */
static int check_key_kind(struct proj_case *c)
{
    bool fits = true;
    switch (c->actor.kind) {
    case PROJ_KEY_INVITATION:
        fits = kind_is(c, "key.enrolled");
        break;
    case PROJ_KEY_EMERGENCY:
        fits = kind_is(c, "breach.reported");
        break;
    case PROJ_KEY_ROOT:
    case PROJ_KEY_ACCOUNT:
    case PROJ_KEY_SESSION:
        break;
    }
    return fits ? 0 : proj_refuse(c, PROJ_REFUSED_NO_RIGHT, "k");
}

/* A rotation may be signed by the very key that it brings in: the log knows it by its hash, and the
 * fold asks for that (specs/authority.md, "Root"). */
static bool brings_its_own_key(const struct proj_case *c)
{
    return kind_is(c, "root.rotated") &&
           memcmp(c->event->key.bytes, proj_body_bin(c->body, "root"), LEDGER_KEY_LEN) == 0;
}

static bool find_actor(struct proj_case *c)
{
    if (!brings_its_own_key(c))
        return proj_actor_find(c->txn, &c->event->key, c->seq, &c->actor);
    c->actor = (struct proj_actor){
        .key = c->event->key, .kind = PROJ_KEY_ROOT, .parent = c->event->key, .seq = c->seq};
    return true;
}

/* The actor was filled in by who has seen the key sign already. */
static bool knows_actor(const struct proj_case *c)
{
    return c->actor.kind != 0 && ledger_key_equal(&c->actor.key, &c->event->key);
}

/* Whose the key is, and that it may still sign. */
static int meet_actor(struct proj_case *c)
{
    if (!find_actor(c))
        return proj_refuse(c, PROJ_REFUSED_UNKNOWN_KEY, "k");
    if (!brings_its_own_key(c) && (proj_key_is_closed(c->txn, &c->actor, c->seq) ||
                                   proj_key_is_retired(c->txn, &c->actor, c->seq)))
        return proj_refuse(c, PROJ_REFUSED_CLOSED_KEY, "k");
    return 0;
}

static int check_key(struct proj_case *c)
{
    bool own = brings_its_own_key(c);
    int code = !own && knows_actor(c) ? 0 : meet_actor(c);
    if (own || code != 0)
        return code;
    if (c->actor.kind == PROJ_KEY_SESSION && c->recorded_ms >= c->actor.expires_ms)
        return proj_refuse(c, PROJ_REFUSED_EXPIRED_KEY, "k");
    if (c->actor.stratum == 1 && c->actor.kind != PROJ_KEY_INVITATION &&
        !proj_is_breach(c->event->kind) && !kind_is(c, "session.opened") &&
        proj_is_frozen(c->txn, c->actor.account))
        return proj_refuse(c, PROJ_REFUSED_FROZEN, "k");
    return check_key_kind(c);
}

int proj_admit(struct proj_case *c, const struct proj_fold *fold)
{
    if (fold == NULL)
        return proj_refuse(c, PROJ_REFUSED_UNKNOWN_KIND, "t");
    bool founding = kind_is(c, "school.founded");
    if (founding != (c->seq == 0))
        return proj_refuse(c, PROJ_REFUSED_FOUNDED, "t");
    int code = founding ? 0 : check_key(c);
    if (code == 0)
        code = fold->ground(c);
    if (code == 0 && fold->admit != NULL)
        code = fold->admit(c);
    if (code == 0 && proj_txn_fault(c->txn, NULL) == 0)
        fold->apply(c);
    return code;
}

int proj_fold_admitted(struct proj_case *c, const struct proj_fold *fold)
{
    if (fold == NULL)
        return proj_refuse(c, PROJ_REFUSED_UNKNOWN_KIND, "t");
    bool founding = kind_is(c, "school.founded");
    if (founding != (c->seq == 0))
        return proj_refuse(c, PROJ_REFUSED_FOUNDED, "t");
    if (!founding && !knows_actor(c) && !find_actor(c))
        return proj_refuse(c, PROJ_REFUSED_UNKNOWN_KEY, "k");
    if (proj_txn_fault(c->txn, NULL) == 0)
        fold->apply(c);
    return 0;
}
