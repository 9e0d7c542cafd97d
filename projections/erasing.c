/* subject.erased: the sealed data of a pupil or an account go for good (CT-8, ST-13). Head or root
 * says so, a second officer signs with them, and only after the term of keeping. value.erased: the
 * same of single values, wherever in the log they are; on request or by a decision at once. What
 * the events do to the store is the ledger's (ledger_admission.erases), in the transaction of their
 * entry. */
#include "projections/fold.h"
#include "projections/retention.h"
#include "projections/values.h"
#include "projections/voiding.h"

static void second_of(const struct proj_case *c, struct ledger_key *out_key)
{
    memcpy(out_key->bytes, proj_body_bin(c->body, "second"), LEDGER_KEY_LEN);
}

static bool is_same(const uint8_t *a, const uint8_t *b)
{
    return memcmp(a, b, LEDGER_ID_LEN) == 0;
}

static bool may_erase(struct proj_case *c)
{
    return c->actor.stratum == 0 ||
           proj_has_role(c->txn, c->actor.account, PROJ_ROLE_HEAD, NULL, proj_case_day(c), c->seq);
}

/* An officer of another account than the author's: one person is not two. */
static int second_ground(struct proj_case *c, struct proj_actor *out_second)
{
    struct ledger_key key;
    second_of(c, &key);
    bool two = proj_actor_find(c->txn, &key, c->seq, out_second) && out_second->stratum == 1 &&
               (out_second->kind == PROJ_KEY_ACCOUNT || out_second->kind == PROJ_KEY_SESSION) &&
               proj_is_officer(c->txn, out_second->account, c->seq) &&
               !is_same(out_second->account, c->actor.account);
    return two ? 0 : proj_refuse(c, PROJ_REFUSED_SECOND, "second");
}

/* Nobody decides on the own data. */
static int erased_ground(struct proj_case *c)
{
    struct proj_actor second;
    struct proj_account account;
    const uint8_t *subject = proj_body_bin(c->body, "subject");
    if (!proj_case_exists(c, 'P', subject) && !proj_account_find(c->txn, subject, c->seq, &account))
        return proj_refuse(c, PROJ_REFUSED_UNKNOWN_REFERENT, "subject");
    if (!may_erase(c) || is_same(subject, c->actor.account))
        return proj_refuse(c, PROJ_REFUSED_NO_RIGHT, "subject");
    int code = second_ground(c, &second);
    return code == 0 && is_same(second.account, subject)
               ? proj_refuse(c, PROJ_REFUSED_SECOND, "second")
               : code;
}

static int second_admit(struct proj_case *c)
{
    struct proj_actor second;
    struct ledger_key key;
    second_of(c, &key);
    if (!proj_actor_find(c->txn, &key, c->seq, &second))
        return proj_refuse(c, PROJ_REFUSED_SECOND, "second");
    if (proj_key_is_closed(c->txn, &second, c->seq) || proj_key_is_retired(c->txn, &second, c->seq))
        return proj_refuse(c, PROJ_REFUSED_CLOSED_KEY, "second");
    if (second.kind == PROJ_KEY_SESSION && c->recorded_ms >= second.expires_ms)
        return proj_refuse(c, PROJ_REFUSED_EXPIRED_KEY, "second");
    return proj_is_frozen(c->txn, second.account) ? proj_refuse(c, PROJ_REFUSED_FROZEN, "second")
                                                  : 0;
}

/* The term is asked once: an erasure cannot be taken back, so judging it again by what came to
 * light later would change nothing. */
static int erased_admit(struct proj_case *c)
{
    struct proj_retention retention;
    const uint8_t *subject = proj_body_bin(c->body, "subject");
    base_day today = proj_case_day(c);
    int code = second_admit(c);
    if (code == 0 && proj_is_erased(c->txn, subject, c->seq))
        code = proj_refuse(c, PROJ_REFUSED_EXISTS, "subject");
    if (code == 0 && (!proj_retention_find(c->txn, c->source, subject, today, c->offset_min, c->seq,
                                           &retention) ||
                      retention.due > today))
        code = proj_refuse(c, PROJ_REFUSED_RETENTION, "subject");
    return code;
}

/* A person may hold several accounts; the name goes with the last of them. */
static bool is_last_of_person(struct proj_case *c, const uint8_t *account_id, const uint8_t *person)
{
    struct proj_key prefix = proj_key_of('A');
    struct proj_fact fact;
    bool last = true;
    struct proj_scan *scan = proj_scan_open(c->txn, &prefix, NULL, NULL, c->seq);
    while (last && proj_scan_next_version(scan, &fact)) {
        struct proj_account account;
        if (fact.value.len != sizeof account || is_same(fact.key.data + 1, account_id))
            continue;
        memcpy(&account, fact.value.data, sizeof account);
        last =
            !is_same(account.person, person) || proj_is_erased(c->txn, fact.key.data + 1, c->seq);
    }
    proj_scan_close(scan);
    return last;
}

/* Into a fact that is zero so far: its bytes must follow from the log, the gaps between its fields
 * as well. */
static void how_read(struct proj_case *c, struct proj_erasing *out_how)
{
    struct proj_actor second;
    struct ledger_key key;
    out_how->ground = (uint8_t)proj_body_int(c->body, "ground");
    memcpy(out_how->author, c->actor.account, LEDGER_ID_LEN);
    second_of(c, &key);
    if (proj_actor_find(c->txn, &key, c->seq, &second))
        memcpy(out_how->second, second.account, LEDGER_ID_LEN);
    out_how->recorded_ms = c->recorded_ms;
    proj_copy_text(out_how->reference, sizeof out_how->reference,
                   proj_body_text(c->body, "reference"));
}

static void erased_apply(struct proj_case *c)
{
    struct proj_erased erased;
    struct proj_account account;
    struct proj_fact fact;
    memset(&erased, 0, sizeof erased);
    how_read(c, &erased.how);
    memcpy(erased.subject, proj_body_bin(c->body, "subject"), LEDGER_ID_LEN);
    struct proj_key account_key = proj_key_account(erased.subject);
    if (proj_fact_get_any(c->txn, &account_key, c->seq, &fact) &&
        fact.value.len == sizeof account) {
        memcpy(&account, fact.value.data, sizeof account);
        erased.has_person = is_last_of_person(c, erased.subject, account.person);
        memcpy(erased.person, erased.has_person ? account.person : proj_no_id, LEDGER_ID_LEN);
    }
    struct proj_key by_subject = proj_key_tagged_id('f', erased.subject);
    struct proj_key by_person = proj_key_tagged_id('f', erased.person);
    struct proj_key by_second = proj_key_tagged_ids('l', erased.how.second, erased.subject);
    proj_fact_put(c->txn, &by_subject, c->seq, &erased, sizeof erased);
    if (erased.has_person)
        proj_fact_put(c->txn, &by_person, c->seq, &erased, sizeof erased);
    proj_fact_put(c->txn, &by_second, c->seq, &erased, sizeof erased);
}

/* Single values */

static int refuse_value(struct proj_case *c, int code, const struct proj_cells *values,
                        const char *field)
{
    return ledger_refuse(c->refusal, code, "values[%u].%s", values->index, field);
}

static const uint8_t *commitment_of(const struct proj_cells *values)
{
    return ledger_canon_at(&values->tuple, 1).bytes.data;
}

/* What the item names, from its own entry; false when that does not hold such a value. */
static bool value_of(struct proj_case *c, const struct proj_cells *values,
                     struct proj_value *out_value)
{
    ledger_seq seq = (ledger_seq)ledger_canon_at(&values->tuple, 0).integer;
    return proj_value_find(c->txn, c->source, seq, commitment_of(values), c->offset_min, c->seq,
                           out_value);
}

static int values_ground(struct proj_case *c)
{
    struct proj_cells values = {0};
    struct proj_actor second;
    struct proj_value value;
    if (!may_erase(c))
        return proj_refuse(c, PROJ_REFUSED_NO_RIGHT, "values");
    int code = second_ground(c, &second);
    while (code == 0 && proj_cells_next(c->body, "values", &values)) {
        if (!value_of(c, &values, &value))
            code = refuse_value(c, PROJ_REFUSED_UNKNOWN_REFERENT, &values, "commitment");
        else if (is_same(value.subject, c->actor.account))
            code = refuse_value(c, PROJ_REFUSED_NO_RIGHT, &values, "commitment");
        else if (is_same(value.subject, second.account))
            code = proj_refuse(c, PROJ_REFUSED_SECOND, "second");
    }
    return code;
}

/* Is the item's commitment that of one before it? */
static bool is_named_before(const struct proj_case *c, const struct proj_cells *item)
{
    struct proj_cells values = {0};
    bool named = false;
    while (!named && proj_cells_next(c->body, "values", &values) && values.index < item->index)
        named = memcmp(commitment_of(&values), commitment_of(item), LEDGER_COMMITMENT_LEN) == 0;
    return named;
}

static int value_admit(struct proj_case *c, const struct proj_cells *values)
{
    bool by_term = proj_body_int(c->body, "ground") == PROJ_ERASING_TERM;
    struct proj_value value;
    if (!value_of(c, values, &value))
        return refuse_value(c, PROJ_REFUSED_UNKNOWN_REFERENT, values, "commitment");
    if (value.keeping == PROJ_VALUE_KEPT)
        return refuse_value(c, PROJ_REFUSED_KEPT, values, "commitment");
    if (is_named_before(c, values))
        return refuse_value(c, PROJ_REFUSED_DUPLICATE, values, "commitment");
    if (proj_value_is_erased(c->txn, &value, c->seq))
        return refuse_value(c, PROJ_REFUSED_EXISTS, values, "commitment");
    if (by_term && proj_value_due(c->txn, &value, c->seq) > proj_case_day(c))
        return refuse_value(c, PROJ_REFUSED_RETENTION, values, "commitment");
    return 0;
}

static int values_admit(struct proj_case *c)
{
    struct proj_cells values = {0};
    int code = second_admit(c);
    while (code == 0 && proj_cells_next(c->body, "values", &values))
        code = value_admit(c, &values);
    return code;
}

static void values_apply(struct proj_case *c)
{
    struct proj_cells values = {0};
    struct proj_erased_value erased;
    memset(&erased, 0, sizeof erased);
    how_read(c, &erased.how);
    while (proj_cells_next(c->body, "values", &values)) {
        struct proj_key by_commitment = proj_key_commitment(commitment_of(&values));
        struct proj_value value;
        if (!value_of(c, &values, &value))
            continue; /* the source has failed, and the transaction with it */
        erased.seq = value.seq;
        memcpy(erased.subject, value.subject, LEDGER_ID_LEN);
        proj_fact_put(c->txn, &by_commitment, c->seq, &erased, sizeof erased);
        if (values.index == 0) {
            struct proj_key by_second =
                proj_key_tagged_ids('l', erased.how.second, commitment_of(&values));
            proj_fact_put(c->txn, &by_second, c->seq, "", 0);
        }
    }
}

const struct proj_fold proj_erasing_folds[] = {
    {"subject.erased", erased_ground, erased_admit, erased_apply, NULL},
    {"value.erased", values_ground, values_admit, values_apply, NULL},
};
const unsigned proj_erasing_fold_count = sizeof proj_erasing_folds / sizeof proj_erasing_folds[0];
