/* Look-ups of authority over the facts: every answer is about what counts below a position. */
#include "projections/authority.h"

#include <assert.h>

bool proj_school_find(struct proj_txn *txn, struct proj_school *out_school)
{
    struct proj_key key = proj_key_of('F');
    return proj_fact_read(txn, &key, LEDGER_SEQ_NONE, out_school, sizeof *out_school, NULL);
}

void proj_each_continued(struct proj_txn *txn,
                         bool (*each)(void *data, ledger_seq seq,
                                      const struct proj_continued *continued),
                         void *data)
{
    struct proj_key prefix = proj_key_of('v');
    struct proj_continued continued;
    struct proj_fact fact;
    bool more = true;
    struct proj_scan *scan = proj_scan_open(txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
    while (more && proj_scan_next_version(scan, &fact)) {
        if (fact.value.len != sizeof continued || proj_is_void(txn, fact.seq))
            continue;
        memcpy(&continued, fact.value.data, sizeof continued);
        more = each(data, fact.seq, &continued);
    }
    proj_scan_close(scan);
}

bool proj_account_find(struct proj_txn *txn, const proj_id account, ledger_seq before,
                       struct proj_account *out_account)
{
    struct proj_key key = proj_key_account(account);
    return proj_fact_read(txn, &key, before, out_account, sizeof *out_account, NULL);
}

bool proj_actor_find(struct proj_txn *txn, const struct ledger_key *key, ledger_seq before,
                     struct proj_actor *out_actor)
{
    struct proj_key_fact fact;
    struct proj_account account;
    struct proj_key fact_key = proj_key_key(key);
    if (!proj_fact_read(txn, &fact_key, before, &fact, sizeof fact, &out_actor->seq))
        return false;
    out_actor->key = *key;
    out_actor->kind = (enum proj_key_kind)fact.kind;
    memcpy(out_actor->account, fact.account, LEDGER_ID_LEN);
    out_actor->parent = fact.kind == PROJ_KEY_SESSION ? fact.parent : *key;
    out_actor->expires_ms = fact.expires_ms;
    out_actor->stratum = 0;
    if (fact.kind == PROJ_KEY_ROOT)
        return true;
    if (!proj_account_find(txn, fact.account, before, &account))
        return false;
    out_actor->stratum = account.stratum;
    if (fact.kind == PROJ_KEY_SESSION) { /* no session without its account's key */
        struct proj_key_fact parent;
        struct proj_key parent_key = proj_key_key(&fact.parent);
        return proj_fact_read(txn, &parent_key, before, &parent, sizeof parent, NULL);
    }
    return true;
}

static bool key_ended(struct proj_txn *txn, const struct ledger_key *key, ledger_seq before,
                      enum proj_key_end end)
{
    struct proj_key fact_key = proj_key_end_key(key);
    struct proj_fact fact;
    if (!proj_fact_any(txn, &fact_key))
        return false;
    struct proj_scan *scan = proj_scan_open(txn, &fact_key, NULL, NULL, before);
    bool ended = false;
    while (!ended && proj_scan_next_version(scan, &fact)) {
        ended = fact.value.data[0] == (uint8_t)end &&
                (end == PROJ_KEY_CLOSED || !proj_is_void(txn, fact.seq));
    }
    proj_scan_close(scan);
    return ended;
}

bool proj_key_is_closed(struct proj_txn *txn, const struct proj_actor *actor, ledger_seq before)
{
    return key_ended(txn, &actor->key, before, PROJ_KEY_CLOSED) ||
           (actor->kind == PROJ_KEY_SESSION &&
            key_ended(txn, &actor->parent, before, PROJ_KEY_CLOSED));
}

bool proj_key_is_retired(struct proj_txn *txn, const struct proj_actor *actor, ledger_seq before)
{
    return key_ended(txn, &actor->key, before, PROJ_KEY_RETIRED) ||
           (actor->kind == PROJ_KEY_SESSION &&
            key_ended(txn, &actor->parent, before, PROJ_KEY_RETIRED));
}

void proj_each_grant(struct proj_txn *txn, const proj_id account, ledger_seq before,
                     void (*each)(void *data, const struct proj_grant *grant), void *data)
{
    struct proj_key prefix = proj_key_tagged_id('G', account);
    struct proj_scan *scan = proj_scan_open(txn, &prefix, NULL, NULL, before);
    struct proj_fact fact;
    while (proj_scan_next(scan, &fact)) {
        struct proj_grant grant;
        if (fact.value.len != sizeof grant)
            continue;
        memcpy(&grant, fact.value.data, sizeof grant);
        if (!grant.revoked)
            each(data, &grant);
    }
    proj_scan_close(scan);
}

struct role_wanted {
    unsigned role;
    const uint8_t *scope;
    base_day day;
    bool found;
};

static void match_role(void *data, const struct proj_grant *grant)
{
    struct role_wanted *wanted = data;
    if (grant->role == wanted->role && grant->from <= wanted->day && wanted->day <= grant->to &&
        (wanted->scope == NULL || memcmp(wanted->scope, grant->scope, LEDGER_ID_LEN) == 0))
        wanted->found = true;
}

bool proj_has_role(struct proj_txn *txn, const proj_id account, unsigned role, const uint8_t *scope,
                   base_day day, ledger_seq before)
{
    struct role_wanted wanted = {.role = role, .scope = scope, .day = day};
    proj_each_grant(txn, account, before, match_role, &wanted);
    return wanted.found;
}

static void match_officer(void *data, const struct proj_grant *grant)
{
    bool *found = data;
    *found |= grant->role >= PROJ_ROLE_HEAD && grant->role <= PROJ_ROLE_SUPPORT;
}

bool proj_is_officer(struct proj_txn *txn, const proj_id account, ledger_seq before)
{
    bool found = false;
    proj_each_grant(txn, account, before, match_officer, &found);
    return found;
}

bool proj_may_arrange(struct proj_txn *txn, const struct proj_actor *actor, base_day day,
                      ledger_seq before)
{
    return actor->stratum == 0 ||
           proj_has_role(txn, actor->account, PROJ_ROLE_DEPUTY_HEAD, NULL, day, before) ||
           proj_has_role(txn, actor->account, PROJ_ROLE_HEAD, NULL, day, before) ||
           proj_has_role(txn, actor->account, PROJ_ROLE_OFFICE, NULL, day, before);
}

struct class_wanted {
    struct proj_txn *txn;
    const uint8_t *pupil;
    base_day day;
    ledger_seq before;
    proj_id classes[8];
    unsigned count;
};

static void collect_class(void *data, const struct proj_grant *grant)
{
    struct class_wanted *wanted = data;
    if (grant->role == PROJ_ROLE_CLASS_TEACHER && grant->from <= wanted->day &&
        wanted->day <= grant->to && wanted->count < 8)
        memcpy(wanted->classes[wanted->count++], grant->scope, LEDGER_ID_LEN);
}

bool proj_is_class_teacher_of_pupil(struct proj_txn *txn, const proj_id account,
                                    const proj_id pupil, base_day day, ledger_seq before)
{
    struct class_wanted wanted = {.txn = txn, .pupil = pupil, .day = day, .before = before};
    proj_each_grant(txn, account, before, collect_class, &wanted);
    for (unsigned i = 0; i < wanted.count; i++) {
        struct proj_span span;
        if (proj_span_find(txn, wanted.classes[i], pupil, before, &span) && day <= span.to)
            return true; /* admitted, perhaps from a later day on: invitations go out before */
    }
    return false;
}

bool proj_teaches(struct proj_txn *txn, const proj_id account, const proj_id group,
                  const proj_id subject, base_day day, ledger_seq before)
{
    struct proj_teaching teaching;
    struct proj_key key = proj_key_teaching(group, subject, account);
    return proj_fact_read(txn, &key, before, &teaching, sizeof teaching, NULL) &&
           teaching.from <= day && day <= teaching.to;
}

bool proj_substitutes(struct proj_txn *txn, const proj_id account, const proj_id group,
                      const proj_id subject, base_day day, unsigned shift, unsigned n,
                      ledger_seq before)
{
    struct proj_changed changed;
    struct proj_key key = proj_key_slot('O', group, subject, day, shift, n);
    return proj_fact_read(txn, &key, before, &changed, sizeof changed, NULL) &&
           changed.change == PROJ_CHANGE_SUBSTITUTED &&
           memcmp(changed.account, account, LEDGER_ID_LEN) == 0;
}

bool proj_may_write_lesson(struct proj_txn *txn, const proj_id account,
                           const struct proj_lesson *lesson, ledger_seq before)
{
    return proj_teaches(txn, account, lesson->group, lesson->subject, lesson->day, before) ||
           proj_substitutes(txn, account, lesson->group, lesson->subject, lesson->day,
                            lesson->shift, lesson->n, before);
}

bool proj_may_correct(struct proj_txn *txn, const proj_id account, const struct proj_lesson *lesson,
                      base_day day, ledger_seq before)
{
    return proj_has_role(txn, account, PROJ_ROLE_CORRECTOR, proj_no_id, day, before) ||
           proj_has_role(txn, account, PROJ_ROLE_CORRECTOR, lesson->group, day, before);
}

bool proj_may_import(struct proj_txn *txn, const proj_id account, base_day day, ledger_seq before)
{
    return proj_has_role(txn, account, PROJ_ROLE_IMPORTER, NULL, day, before);
}

static bool span_before(struct proj_txn *txn, const struct proj_key *key, ledger_seq before,
                        struct proj_span *out_span)
{
    struct proj_membership membership;
    ledger_seq seq = before;
    out_span->to = INT32_MAX;
    while (proj_fact_read(txn, key, seq, &membership, sizeof membership, &seq)) {
        if (!membership.left) {
            out_span->from = membership.day;
            return true;
        }
        if (out_span->to == INT32_MAX) /* of several leavings in a row the last one tells */
            out_span->to = membership.day;
    }
    return false;
}

bool proj_span_find(struct proj_txn *txn, const proj_id group, const proj_id pupil,
                    ledger_seq before, struct proj_span *out_span)
{
    struct proj_key key = proj_key_tagged_ids('M', group, pupil);
    return span_before(txn, &key, before, out_span);
}

bool proj_span_of(struct proj_txn *txn, const struct proj_fact *fact, struct proj_span *out_span)
{
    struct proj_key key = {.len = (uint8_t)fact->key.len};
    assert(fact->key.len <= sizeof key.bytes);
    memcpy(key.bytes, fact->key.data, fact->key.len);
    return fact->seq != LEDGER_SEQ_NONE && span_before(txn, &key, fact->seq + 1, out_span);
}

bool proj_is_member(struct proj_txn *txn, const proj_id group, const proj_id pupil, base_day day,
                    ledger_seq before)
{
    struct proj_span span;
    return proj_span_find(txn, group, pupil, before, &span) && span.from <= day && day <= span.to;
}
