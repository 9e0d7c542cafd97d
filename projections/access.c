/* Access: the founding event, accounts, invitations, keys, sessions, roles.
 * Authority flows strictly downwards: root → officers → staff → families and auditors, and below
 * each account key its own sessions (specs/authority.md). */
#include "ledger/note.h"
#include "projections/fold.h"
#include "projections/resting.h"

#include <assert.h>
#include <stdlib.h>

#define HOUR_MS 3600000
#define KEYS_RETIRED_COUNT_MAX 256 /* account keys and invitations that one enrolment ends */

static struct ledger_key key_of(const uint8_t *bytes)
{
    struct ledger_key key;
    memcpy(key.bytes, bytes, LEDGER_KEY_LEN);
    return key;
}

static struct ledger_hash hash_of(const uint8_t *bytes)
{
    struct ledger_hash hash;
    memcpy(hash.bytes, bytes, LEDGER_HASH_LEN);
    return hash;
}

static bool key_known(struct proj_case *c, const struct ledger_key *key)
{
    struct proj_fact fact;
    struct proj_key fact_key = proj_key_key(key);
    return proj_fact_get_any(c->txn, &fact_key, c->seq, &fact);
}

static void put_key(struct proj_case *c, const struct ledger_key *key,
                    const struct proj_key_fact *fact)
{
    struct proj_key fact_key = proj_key_key(key);
    struct proj_key account_key = proj_key_account_key(fact->account, key);
    proj_fact_put(c->txn, &fact_key, c->seq, fact, sizeof *fact);
    proj_fact_put(c->txn, &account_key, c->seq, &fact->kind, 1);
}

static void put_grant(struct proj_case *c, struct proj_grant *grant)
{
    struct proj_key key = proj_key_grant(grant->account, grant->role, grant->scope, &grant->id);
    struct proj_key by_scope =
        proj_key_grant_on(grant->scope, grant->account, grant->role, &grant->id);
    struct proj_key by_id = proj_key_tagged_hash('g', &grant->id);
    proj_fact_put(c->txn, &key, c->seq, grant, sizeof *grant);
    proj_fact_put(c->txn, &by_scope, c->seq, grant, sizeof *grant);
    if (!grant->revoked)
        proj_fact_put(c->txn, &by_id, c->seq, grant, sizeof *grant);
}

/* school.founded */

/* One event makes several grants: each is named by the event's id and its account's. */
static void founding_grant_id(const struct ledger_hash *event_id, const uint8_t *account,
                              struct ledger_hash *out_id)
{
    uint8_t both[LEDGER_HASH_LEN + LEDGER_ID_LEN];
    memcpy(both, event_id->bytes, LEDGER_HASH_LEN);
    memcpy(both + LEDGER_HASH_LEN, account, LEDGER_ID_LEN);
    ledger_sha256(base_bytes_of(both, sizeof both), out_id);
}

/* Two officers are two people: accounts, persons and keys differ, and none holds the root key. A
 * pair of signatures would mean little otherwise. */
static bool officers_differ(struct proj_case *c, const struct ledger_key *root)
{
    struct proj_cells each = {0};
    bool differ = true;
    while (differ && proj_cells_next(c->body, "officers", &each)) {
        struct ledger_canon_value key = ledger_canon_at(&each.tuple, 2);
        struct proj_cells other = {0};
        differ = memcmp(key.bytes.data, root->bytes, LEDGER_KEY_LEN) != 0;
        while (differ && proj_cells_next(c->body, "officers", &other) && other.index < each.index) {
            for (uint32_t i = 0; i < 4; i++)
                differ &= i == 1 || !base_bytes_equal(ledger_canon_at(&each.tuple, i).bytes,
                                                      ledger_canon_at(&other.tuple, i).bytes);
        }
    }
    return differ;
}

static int founded_ground(struct proj_case *c)
{
    struct ledger_key root = key_of(proj_body_bin(c->body, "root"));
    if (c->seq != 0)
        return proj_refuse(c, PROJ_REFUSED_FOUNDED, "kind");
    if (!ledger_key_equal(&root, &c->event->key))
        return proj_refuse(c, PROJ_REFUSED_NO_RIGHT, "root");
    return officers_differ(c, &root) ? 0 : proj_refuse(c, PROJ_REFUSED_EXISTS, "officers");
}

static void founded_apply(struct proj_case *c)
{
    struct proj_school school;
    memset(&school, 0, sizeof school);
    school.demo = (uint8_t)proj_body_int(c->body, "demo");
    school.offset_min = (int32_t)proj_body_int(c->body, "offset");
    school.root = key_of(proj_body_bin(c->body, "root"));
    school.next_root = hash_of(proj_body_bin(c->body, "next"));
    proj_copy_text(school.zone, sizeof school.zone, proj_body_text(c->body, "zone"));
    proj_copy_text(school.name, sizeof school.name, proj_body_text(c->body, "name"));
    proj_copy_text(school.origin, sizeof school.origin, proj_body_text(c->body, "origin"));
    struct proj_key key = proj_key_of('F');
    proj_fact_put(c->txn, &key, c->seq, &school, sizeof school);

    struct proj_key_fact root;
    memset(&root, 0, sizeof root);
    root.kind = PROJ_KEY_ROOT;
    put_key(c, &school.root, &root);

    struct proj_cells officers = {0};
    while (proj_cells_next(c->body, "officers", &officers)) {
        struct ledger_canon_value id = ledger_canon_at(&officers.tuple, 0);
        struct proj_account account;
        struct proj_key_fact fact;
        struct proj_grant grant;
        memset(&account, 0, sizeof account);
        memset(&fact, 0, sizeof fact);
        memset(&grant, 0, sizeof grant);
        account.stratum = 1;
        memcpy(account.person, ledger_canon_at(&officers.tuple, 3).bytes.data, LEDGER_ID_LEN);
        memcpy(account.name, ledger_canon_at(&officers.tuple, 4).bytes.data, LEDGER_COMMITMENT_LEN);
        struct proj_key account_key = proj_key_account(id.bytes.data);
        proj_fact_put(c->txn, &account_key, c->seq, &account, sizeof account);
        struct ledger_key officer_key = key_of(ledger_canon_at(&officers.tuple, 2).bytes.data);
        fact.kind = PROJ_KEY_ACCOUNT;
        memcpy(fact.account, id.bytes.data, LEDGER_ID_LEN);
        put_key(c, &officer_key, &fact);
        grant.role = (uint8_t)ledger_canon_at(&officers.tuple, 1).integer;
        memcpy(grant.account, id.bytes.data, LEDGER_ID_LEN);
        grant.from = INT32_MIN;
        grant.to = INT32_MAX;
        founding_grant_id(&c->event->id, id.bytes.data, &grant.id);
        put_grant(c, &grant);
    }
}

/* root.rotated */

static void put_end(struct proj_case *c, const struct ledger_key *key, enum proj_key_end end)
{
    struct proj_key fact_key = proj_key_end_key(key);
    struct proj_key_end_fact fact = {.end = (uint8_t)end};
    proj_fact_put(c->txn, &fact_key, c->seq, &fact, sizeof fact);
}

static bool school_before(struct proj_case *c, struct proj_school *out_school)
{
    struct proj_key key = proj_key_of('F');
    return proj_fact_read(c->txn, &key, c->seq, out_school, sizeof *out_school, NULL);
}

static struct ledger_hash hash_of_key(const uint8_t *key)
{
    struct ledger_hash hash;
    ledger_sha256(base_bytes_of(key, LEDGER_KEY_LEN), &hash);
    return hash;
}

/* By root, or by the next root alone: that one was named, by its hash, before anybody could have
 * stolen the present one. Root's events are never void, so this one always counts. */
static int rotated_ground(struct proj_case *c)
{
    struct proj_school school;
    struct ledger_hash hash = hash_of_key(proj_body_bin(c->body, "root"));
    if (c->actor.kind != PROJ_KEY_ROOT)
        return proj_refuse(c, PROJ_REFUSED_NO_RIGHT, "k");
    if (!school_before(c, &school) || !ledger_hash_equal(&hash, &school.next_root))
        return proj_refuse(c, PROJ_REFUSED_ROOT_NEXT, "root");
    return 0;
}

/* A successor that is the same key again, or one in use, would be none. */
static int rotated_admit(struct proj_case *c)
{
    struct ledger_key root = key_of(proj_body_bin(c->body, "root"));
    struct ledger_hash next = hash_of(proj_body_bin(c->body, "next"));
    struct ledger_hash same = hash_of_key(root.bytes);
    if (key_known(c, &root))
        return proj_refuse(c, PROJ_REFUSED_EXISTS, "root");
    return ledger_hash_equal(&next, &same) ? proj_refuse(c, PROJ_REFUSED_EXISTS, "next") : 0;
}

static void rotated_apply(struct proj_case *c)
{
    struct proj_school school;
    struct proj_key key = proj_key_of('F');
    struct proj_key_fact root;
    if (!school_before(c, &school))
        return;
    put_end(c, &school.root, PROJ_KEY_RETIRED);
    school.root = key_of(proj_body_bin(c->body, "root"));
    school.next_root = hash_of(proj_body_bin(c->body, "next"));
    proj_fact_put(c->txn, &key, c->seq, &school, sizeof school);
    memset(&root, 0, sizeof root);
    root.kind = PROJ_KEY_ROOT;
    put_key(c, &school.root, &root);
}

/* log.continued */

/* Root says that this log is the one that the former key had signed. */
static int continued_ground(struct proj_case *c)
{
    return c->actor.kind == PROJ_KEY_ROOT ? 0 : proj_refuse(c, PROJ_REFUSED_NO_RIGHT, "k");
}

static bool vkey_of(struct proj_case *c, const char *field, struct ledger_note_key *out_key)
{
    return ledger_vkey_parse(proj_body_text(c->body, field), out_key, NULL) == 0 &&
           out_key->type == LEDGER_NOTE_ED25519;
}

static int continued_admit(struct proj_case *c)
{
    struct proj_school school;
    struct ledger_note_key from, to;
    if (!vkey_of(c, "from", &from) || !school_before(c, &school) ||
        strcmp(from.name, school.origin) != 0)
        return proj_refuse(c, PROJ_REFUSED_UNKNOWN_REFERENT, "from");
    if (!vkey_of(c, "to", &to) || ledger_key_equal(&from.key, &to.key))
        return proj_refuse(c, PROJ_REFUSED_UNKNOWN_REFERENT, "to");
    return 0;
}

static void continued_apply(struct proj_case *c)
{
    struct proj_continued continued;
    struct proj_school school;
    struct ledger_note_key to;
    struct proj_key school_key = proj_key_of('F');
    struct proj_key key = proj_key_of('v');
    if (!vkey_of(c, "to", &to) || !school_before(c, &school))
        return;
    memset(&continued, 0, sizeof continued);
    proj_copy_text(continued.from, sizeof continued.from, proj_body_text(c->body, "from"));
    proj_copy_text(continued.to, sizeof continued.to, proj_body_text(c->body, "to"));
    continued.size = (uint64_t)proj_body_int(c->body, "size");
    continued.root = hash_of(proj_body_bin(c->body, "root"));
    continued.recorded_ms = c->recorded_ms;
    proj_fact_put(c->txn, &key, c->seq, &continued, sizeof continued);
    proj_copy_text(school.origin, sizeof school.origin, base_bytes_str(to.name));
    proj_fact_put(c->txn, &school_key, c->seq, &school, sizeof school);
}

/* account.opened */

/* Staff by officers, families by officers or any class teacher, officers by root. */
static int account_ground(struct proj_case *c)
{
    unsigned stratum = (unsigned)proj_body_int(c->body, "stratum");
    if (c->actor.stratum >= stratum)
        return proj_refuse(c, PROJ_REFUSED_STRATUM, "stratum");
    if (c->actor.stratum <= 1)
        return 0;
    bool class_teacher = proj_has_role(c->txn, c->actor.account, PROJ_ROLE_CLASS_TEACHER, NULL,
                                       proj_case_day(c), c->seq);
    return class_teacher ? 0 : proj_refuse(c, PROJ_REFUSED_NO_RIGHT, "account");
}

static int account_admit(struct proj_case *c)
{
    struct proj_fact fact;
    struct proj_key key = proj_key_account(proj_body_bin(c->body, "account"));
    return proj_fact_get_any(c->txn, &key, c->seq, &fact)
               ? proj_refuse(c, PROJ_REFUSED_EXISTS, "account")
               : 0;
}

static void account_apply(struct proj_case *c)
{
    struct proj_account account;
    memset(&account, 0, sizeof account);
    account.stratum = (uint8_t)proj_body_int(c->body, "stratum");
    memcpy(account.person, proj_body_bin(c->body, "person"), LEDGER_ID_LEN);
    memcpy(account.name, proj_body_bin(c->body, "name"), LEDGER_COMMITMENT_LEN);
    struct proj_key key = proj_key_account(proj_body_bin(c->body, "account"));
    proj_fact_put(c->txn, &key, c->seq, &account, sizeof account);
}

static void account_rest(struct proj_case *c, struct proj_marker *marker)
{
    proj_rest_on_account(c, proj_body_bin(c->body, "account"), marker);
}

static void opened_rest(struct proj_case *c, struct proj_marker *marker)
{
    proj_rest_on_account_made(c, proj_body_bin(c->body, "account"), marker);
}

/* invitation.issued */

/* An officer invites staff and families, root officers; a class teacher the families of the class:
 * accounts all of whose roles are those of pupils of it, or of such pupils' parents (CT-1). An
 * auditor, or a parent with children in other classes, too, is an officer's to invite: else one
 * grant of a role in her own class would put any account into a class teacher's hands. */
struct family_wanted {
    struct proj_case *c;
    bool found, other;
};

static void match_family(void *data, const struct proj_grant *grant)
{
    struct family_wanted *wanted = data;
    struct proj_case *c = wanted->c;
    bool own = (grant->role == PROJ_ROLE_PARENT || grant->role == PROJ_ROLE_PUPIL) &&
               proj_is_class_teacher_of_pupil(c->txn, c->actor.account, grant->scope,
                                              proj_case_day(c), c->seq);
    wanted->found |= own;
    wanted->other |= !own;
}

int proj_case_invites(struct proj_case *c, const uint8_t *id)
{
    struct proj_account account;
    if (!proj_account_find(c->txn, id, c->seq, &account))
        return proj_refuse(c, PROJ_REFUSED_UNKNOWN_REFERENT, "account");
    if (c->actor.stratum >= account.stratum)
        return proj_refuse(c, PROJ_REFUSED_STRATUM, "account");
    if (c->actor.stratum <= 1)
        return 0;
    struct family_wanted wanted = {.c = c};
    proj_each_grant(c->txn, id, c->seq, match_family, &wanted);
    return wanted.found && !wanted.other ? 0 : proj_refuse(c, PROJ_REFUSED_NO_RIGHT, "account");
}

static int invitation_ground(struct proj_case *c)
{
    return proj_case_invites(c, proj_body_bin(c->body, "account"));
}

static int invitation_admit(struct proj_case *c)
{
    struct ledger_key invitation = key_of(proj_body_bin(c->body, "invitation"));
    struct ledger_key emergency = key_of(proj_body_bin(c->body, "emergency"));
    if (key_known(c, &invitation))
        return proj_refuse(c, PROJ_REFUSED_EXISTS, "invitation");
    if (key_known(c, &emergency) || ledger_key_equal(&invitation, &emergency))
        return proj_refuse(c, PROJ_REFUSED_EXISTS, "emergency");
    return 0;
}

static void invitation_apply(struct proj_case *c)
{
    struct ledger_key invitation = key_of(proj_body_bin(c->body, "invitation"));
    struct ledger_key emergency = key_of(proj_body_bin(c->body, "emergency"));
    struct proj_key_fact fact;
    memset(&fact, 0, sizeof fact);
    memcpy(fact.account, proj_body_bin(c->body, "account"), LEDGER_ID_LEN);
    fact.kind = PROJ_KEY_INVITATION;
    put_key(c, &invitation, &fact);
    fact.kind = PROJ_KEY_EMERGENCY;
    put_key(c, &emergency, &fact);
}

/* key.enrolled, key.retired */

static int enrolled_ground(struct proj_case *c)
{
    bool fits = c->actor.kind == PROJ_KEY_INVITATION &&
                memcmp(c->actor.account, proj_body_bin(c->body, "account"), LEDGER_ID_LEN) == 0;
    return fits ? 0 : proj_refuse(c, PROJ_REFUSED_NO_RIGHT, "account");
}

static int enrolled_admit(struct proj_case *c)
{
    struct ledger_key key = key_of(proj_body_bin(c->body, "key"));
    return key_known(c, &key) ? proj_refuse(c, PROJ_REFUSED_EXISTS, "key") : 0;
}

/* The account's earlier keys and its invitations, whether they count or not: one that does not may
 * count again. Returns an array of `*out_count` keys, to be freed. */
static struct ledger_key *earlier_keys(struct proj_case *c, size_t *out_count)
{
    struct ledger_key *keys = NULL;
    size_t count = 0;
    size_t capacity = 0;
    struct proj_key prefix = proj_key_tagged_id('J', c->actor.account);
    struct proj_scan *scan = proj_scan_open(c->txn, &prefix, NULL, NULL, c->seq);
    struct proj_fact found;
    while (proj_scan_next_version(scan, &found)) {
        if (found.value.len != 1 ||
            (found.value.data[0] != PROJ_KEY_ACCOUNT && found.value.data[0] != PROJ_KEY_INVITATION))
            continue;
        if (count == capacity) {
            capacity = capacity == 0 ? 8 : capacity * 2;
            struct ledger_key *grown = realloc(keys, capacity * sizeof *grown);
            if (grown == NULL) {
                proj_txn_fail(c->txn, BASE_E_MEMORY, "keys of an account");
                break;
            }
            keys = grown;
        }
        keys[count++] = key_of(found.key.data + 1 + LEDGER_ID_LEN);
    }
    proj_scan_close(scan);
    *out_count = count;
    return keys;
}

/* A new key retires the account's earlier ones (their past stays valid) and spends every
 * invitation of the account: a slip that was lost and replaced must not open it any more. */
static void enrolled_apply(struct proj_case *c)
{
    struct ledger_key key = key_of(proj_body_bin(c->body, "key"));
    size_t count = 0;
    struct ledger_key *earlier = earlier_keys(c, &count);
    for (size_t i = 0; i < count; i++)
        put_end(c, &earlier[i], PROJ_KEY_RETIRED);
    free(earlier);
    struct proj_key_fact fact;
    memset(&fact, 0, sizeof fact);
    fact.kind = PROJ_KEY_ACCOUNT;
    memcpy(fact.account, c->actor.account, LEDGER_ID_LEN);
    put_key(c, &key, &fact);
}

static int retired_ground(struct proj_case *c)
{
    struct proj_actor owner;
    struct ledger_key key = key_of(proj_body_bin(c->body, "key"));
    if (!proj_actor_find(c->txn, &key, c->seq, &owner) || owner.kind == PROJ_KEY_ROOT)
        return proj_refuse(c, PROJ_REFUSED_UNKNOWN_REFERENT, "key");
    /* Whoever holds a stolen session must not take from its owner the key and the slip that close
     * it: a session ends sessions only, and a slip is withdrawn from above. */
    bool own = memcmp(owner.account, c->actor.account, LEDGER_ID_LEN) == 0 &&
               owner.kind != PROJ_KEY_EMERGENCY &&
               (c->actor.kind == PROJ_KEY_ACCOUNT || owner.kind == PROJ_KEY_SESSION);
    bool above = c->actor.stratum <= 1 && c->actor.stratum < owner.stratum;
    return own || above ? 0 : proj_refuse(c, PROJ_REFUSED_STRATUM, "key");
}

static void retired_apply(struct proj_case *c)
{
    struct ledger_key key = key_of(proj_body_bin(c->body, "key"));
    put_end(c, &key, PROJ_KEY_RETIRED);
}

static void key_rest(struct proj_case *c, struct proj_marker *marker)
{
    const char *field =
        ledger_canon_get(c->body, "key").type == LEDGER_CANON_BIN ? "key" : "session";
    struct proj_key_fact fact;
    struct proj_fact found;
    struct ledger_key key = key_of(proj_body_bin(c->body, field));
    struct proj_key fact_key = proj_key_key(&key);
    if (!proj_fact_get_any(c->txn, &fact_key, LEDGER_SEQ_NONE, &found) ||
        found.value.len != sizeof fact)
        return;
    memcpy(&fact, found.value.data, sizeof fact);
    proj_rest_on_account(c, fact.account, marker);
}

/* session.opened, session.closed */

static int session_ground(struct proj_case *c)
{
    if (memcmp(c->actor.account, proj_body_bin(c->body, "account"), LEDGER_ID_LEN) != 0)
        return proj_refuse(c, PROJ_REFUSED_NO_RIGHT, "account");
    return c->actor.kind == PROJ_KEY_ACCOUNT ? 0 : proj_refuse(c, PROJ_REFUSED_NO_RIGHT, "session");
}

static int session_admit(struct proj_case *c)
{
    struct ledger_key key = key_of(proj_body_bin(c->body, "session"));
    return key_known(c, &key) ? proj_refuse(c, PROJ_REFUSED_EXISTS, "session") : 0;
}

static void session_apply(struct proj_case *c)
{
    struct ledger_key key = key_of(proj_body_bin(c->body, "session"));
    struct proj_key_fact fact;
    memset(&fact, 0, sizeof fact);
    fact.kind = PROJ_KEY_SESSION;
    memcpy(fact.account, c->actor.account, LEDGER_ID_LEN);
    fact.parent = c->actor.key;
    fact.expires_ms = c->recorded_ms + proj_body_int(c->body, "hours") * HOUR_MS;
    memcpy(fact.place, proj_body_bin(c->body, "place"), LEDGER_COMMITMENT_LEN);
    put_key(c, &key, &fact);
}

static int session_closed_ground(struct proj_case *c)
{
    struct proj_actor owner;
    struct ledger_key key = key_of(proj_body_bin(c->body, "session"));
    if (!proj_actor_find(c->txn, &key, c->seq, &owner) || owner.kind != PROJ_KEY_SESSION)
        return proj_refuse(c, PROJ_REFUSED_UNKNOWN_REFERENT, "session");
    bool own = memcmp(owner.account, c->actor.account, LEDGER_ID_LEN) == 0;
    return own ? 0 : proj_refuse(c, PROJ_REFUSED_NO_RIGHT, "session");
}

static void session_closed_apply(struct proj_case *c)
{
    struct ledger_key key = key_of(proj_body_bin(c->body, "session"));
    put_end(c, &key, PROJ_KEY_RETIRED);
}

/* role.granted, role.revoked */

/* Which stratum a role is for, so that nobody's authority is widened sideways. */
static bool role_fits_stratum(unsigned role, unsigned stratum)
{
    bool family = role == PROJ_ROLE_PARENT || role == PROJ_ROLE_PUPIL || role == PROJ_ROLE_AUDITOR;
    if (role <= PROJ_ROLE_SUPPORT)
        return stratum == 1;
    return family ? stratum == 3 : stratum == 1 || stratum == 2;
}

static int scope_ground(struct proj_case *c, unsigned role, const uint8_t *scope)
{
    struct proj_fact fact;
    struct proj_key key;
    switch (role) {
    case PROJ_ROLE_CLASS_TEACHER:
        key = proj_key_tagged_id('C', scope);
        break;
    case PROJ_ROLE_PARENT:
    case PROJ_ROLE_PUPIL:
        key = proj_key_tagged_id('P', scope);
        break;
    case PROJ_ROLE_CORRECTOR:
        if (memcmp(scope, proj_no_id, LEDGER_ID_LEN) == 0)
            return 0;
        key = proj_key_tagged_id('C', scope);
        break;
    default:
        return memcmp(scope, proj_no_id, LEDGER_ID_LEN) == 0
                   ? 0
                   : proj_refuse(c, PROJ_REFUSED_FIELD_RANGE, "scope");
    }
    return proj_fact_get(c->txn, &key, c->seq, &fact)
               ? 0
               : proj_refuse(c, PROJ_REFUSED_UNKNOWN_REFERENT, "scope");
}

/* Officers grant to staff and families, root to officers; a class teacher makes parents and pupils
 * of the own class. */
static int may_grant(struct proj_case *c, unsigned role, const uint8_t *scope, unsigned stratum)
{
    if (c->actor.stratum >= stratum)
        return proj_refuse(c, PROJ_REFUSED_STRATUM, "account");
    if (c->actor.stratum <= 1)
        return 0;
    bool family = role == PROJ_ROLE_PARENT || role == PROJ_ROLE_PUPIL;
    bool own = family && proj_is_class_teacher_of_pupil(c->txn, c->actor.account, scope,
                                                        proj_case_day(c), c->seq);
    return own ? 0 : proj_refuse(c, PROJ_REFUSED_NO_RIGHT, "role");
}

static int granted_ground(struct proj_case *c)
{
    struct proj_account account;
    unsigned role = (unsigned)proj_body_int(c->body, "role");
    const uint8_t *scope = proj_body_bin_or(c->body, "scope", proj_no_id);
    if (!proj_account_find(c->txn, proj_body_bin(c->body, "account"), c->seq, &account))
        return proj_refuse(c, PROJ_REFUSED_UNKNOWN_REFERENT, "account");
    if (!role_fits_stratum(role, account.stratum))
        return proj_refuse(c, PROJ_REFUSED_STRATUM, "role");
    if (role == PROJ_ROLE_IMPORTER && c->actor.stratum != 0)
        return proj_refuse(c, PROJ_REFUSED_STRATUM, "role");
    int code = scope_ground(c, role, scope);
    return code != 0 ? code : may_grant(c, role, scope, account.stratum);
}

static void granted_apply(struct proj_case *c)
{
    struct proj_grant grant;
    memset(&grant, 0, sizeof grant);
    grant.role = (uint8_t)proj_body_int(c->body, "role");
    memcpy(grant.account, proj_body_bin(c->body, "account"), LEDGER_ID_LEN);
    memcpy(grant.scope, proj_body_bin_or(c->body, "scope", proj_no_id), LEDGER_ID_LEN);
    grant.from = (int32_t)proj_body_int(c->body, "from");
    grant.to = (int32_t)proj_body_int_or(c->body, "to", INT32_MAX);
    grant.id = c->event->id;
    put_grant(c, &grant);
}

static int revoked_ground(struct proj_case *c)
{
    struct proj_grant grant;
    struct proj_account account;
    struct ledger_hash id = hash_of(proj_body_bin(c->body, "grant"));
    struct proj_key key = proj_key_tagged_hash('g', &id);
    if (!proj_fact_read(c->txn, &key, c->seq, &grant, sizeof grant, NULL) ||
        !proj_account_find(c->txn, grant.account, c->seq, &account))
        return proj_refuse(c, PROJ_REFUSED_UNKNOWN_REFERENT, "grant");
    return may_grant(c, grant.role, grant.scope, account.stratum);
}

static bool find_grant(struct proj_case *c, struct proj_grant *out_grant)
{
    struct ledger_hash id = hash_of(proj_body_bin(c->body, "grant"));
    struct proj_key key = proj_key_tagged_hash('g', &id);
    struct proj_fact fact;
    if (!proj_fact_get_any(c->txn, &key, c->seq, &fact) || fact.value.len != sizeof *out_grant)
        return false;
    memcpy(out_grant, fact.value.data, sizeof *out_grant);
    return true;
}

static void revoked_apply(struct proj_case *c)
{
    struct proj_grant grant;
    if (!find_grant(c, &grant))
        return;
    grant.revoked = 1;
    put_grant(c, &grant);
}

static void revoked_rest(struct proj_case *c, struct proj_marker *marker)
{
    struct proj_grant grant;
    if (find_grant(c, &grant))
        proj_rest_on_account(c, grant.account, marker);
}

const struct proj_fold proj_access_folds[] = {
    {"school.founded", founded_ground, NULL, founded_apply, NULL},
    {"root.rotated", rotated_ground, rotated_admit, rotated_apply, NULL},
    {"log.continued", continued_ground, continued_admit, continued_apply, NULL},
    {"account.opened", account_ground, account_admit, account_apply, opened_rest},
    {"invitation.issued", invitation_ground, invitation_admit, invitation_apply, account_rest},
    {"key.enrolled", enrolled_ground, enrolled_admit, enrolled_apply, account_rest},
    {"key.retired", retired_ground, NULL, retired_apply, key_rest},
    {"session.opened", session_ground, session_admit, session_apply, key_rest},
    {"session.closed", session_closed_ground, NULL, session_closed_apply, key_rest},
    {"role.granted", granted_ground, NULL, granted_apply, account_rest},
    {"role.revoked", revoked_ground, NULL, revoked_apply, revoked_rest},
};
const unsigned proj_access_fold_count = sizeof proj_access_folds / sizeof proj_access_folds[0];
