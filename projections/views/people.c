/* Who is who: the school, the reader, their pages, children, accounts and keys. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "projections/calendar.h"
#include "projections/views/pupil.h"

#define ACCOUNT_COUNT_MAX 200 /* of one answer */

int proj_view_school(struct proj_view *view)
{
    struct proj_school school;
    if (!proj_school_find(view->txn, &school))
        return PROJ_VIEW_MISSING;
    ledger_canon_put_map(view->out, 5);
    proj_put_str(view->out, "name", school.name);
    proj_put_str(view->out, "origin", school.origin);
    proj_put_int(view->out, "offset", school.offset_min);
    proj_put_str(view->out, "zone", school.zone);
    proj_put_bool(view->out, "demo", school.demo);
    return PROJ_VIEW_DONE;
}

struct grants {
    struct proj_view *view;
    uint32_t count;
    unsigned roles; /* bit set */
};

static void put_scope_name(struct proj_view *view, const struct proj_grant *grant)
{
    struct proj_group group;
    char name[PROJ_NAME_LEN_MAX];
    proj_put_key(view->out, "scope_name");
    if (grant->role == PROJ_ROLE_PARENT || grant->role == PROJ_ROLE_PUPIL) {
        proj_view_pupil_name(view, grant->scope, name);
        ledger_canon_put_str(view->out, name);
    } else if (proj_find_group(view, grant->scope, &group)) {
        ledger_canon_put_str(view->out, group.name);
    } else {
        ledger_canon_put_nil(view->out);
    }
}

static void put_grant(void *data, const struct proj_grant *grant)
{
    struct grants *grants = data;
    struct base_buf *out = grants->view->out;
    ledger_canon_put_map(out, 6);
    proj_put_hash(out, "grant", grant->id.bytes);
    proj_put_int(out, "from", grant->from);
    proj_put_int(out, "role", grant->role);
    proj_put_str(out, "role_name", proj_role_name(grant->role));
    proj_put_id_or_nil(out, "scope", grant->scope);
    put_scope_name(grants->view, grant);
    grants->count++;
}

static void put_roles(struct proj_view *view, const proj_id account)
{
    struct grants grants = {.view = view};
    proj_put_key(view->out, "roles");
    size_t at = proj_array_begin(view->out);
    proj_each_grant(view->txn, account, LEDGER_SEQ_NONE, put_grant, &grants);
    proj_array_end(view->out, at, grants.count);
}

static bool teaches_anything(struct proj_view *view)
{
    struct proj_key prefix = proj_key_tagged_id('t', view->account);
    struct proj_fact fact;
    struct proj_scan *scan = proj_scan_open(view->txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
    bool found = proj_scan_next(scan, &fact);
    proj_scan_close(scan);
    return found;
}

int proj_view_me(struct proj_view *view, const struct ledger_key *session)
{
    struct proj_account account;
    struct proj_actor actor = {0};
    char name[PROJ_NAME_LEN_MAX];
    if (!proj_account_find(view->txn, view->account, LEDGER_SEQ_NONE, &account))
        return PROJ_VIEW_MISSING;
    (void)proj_actor_find(view->txn, session, LEDGER_SEQ_NONE, &actor);
    proj_view_account_full_name(view, view->account, name);
    ledger_canon_put_map(view->out, 11);
    proj_put_id(view->out, "account", view->account);
    proj_put_str(view->out, "name", name);
    proj_put_hash(view->out, "key", actor.parent.bytes);
    proj_put_hash(view->out, "session", session->bytes);
    proj_put_int(view->out, "expires", actor.expires_ms);
    proj_put_int(view->out, "stratum", account.stratum);
    put_roles(view, view->account);
    proj_put_bool(view->out, "teaches", teaches_anything(view));
    proj_put_int(view->out, "now", view->now_ms);
    proj_put_int(view->out, "today", proj_view_today(view));
    proj_put_int(view->out, "size", (int64_t)proj_view_size(view));
    return PROJ_VIEW_DONE;
}

/* Pages */

static bool put_period(void *data, const struct proj_calendar_row *row)
{
    struct grants *rows = data;
    struct base_buf *out = rows->view->out;
    ledger_canon_put_map(out, 6);
    proj_put_text(out, "name", row->name);
    proj_put_int(out, "kind", row->kind);
    proj_put_int(out, "from", row->from);
    proj_put_int(out, "to", row->to);
    proj_put_int(out, "grade_from", row->grade_from);
    proj_put_int(out, "grade_to", row->grade_to);
    rows->count++;
    return true;
}

/* One page for each (group, subject) that somebody teaches; several teachers share one. */
static uint32_t put_pages(struct proj_view *view)
{
    struct proj_key prefix = proj_key_of('T');
    struct proj_fact fact;
    uint8_t last[2 * LEDGER_ID_LEN] = {0};
    uint32_t count = 0;
    bool auditor = !view->operator_reads && proj_is_auditor(view); /* pages without names */
    struct proj_scan *scan = proj_scan_open(view->txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
    while (proj_scan_next(scan, &fact)) {
        struct proj_group group;
        struct proj_subject subject;
        const uint8_t *group_id = fact.key.data + 1;
        const uint8_t *subject_id = group_id + LEDGER_ID_LEN;
        if (memcmp(last, group_id, sizeof last) == 0)
            continue;
        memcpy(last, group_id, sizeof last);
        if (!(auditor || proj_may_read_page(view, group_id, subject_id)) ||
            !proj_find_group(view, group_id, &group) ||
            !proj_find_subject(view, subject_id, &subject))
            continue;
        ledger_canon_put_map(view->out, 7);
        proj_put_id(view->out, "group", group_id);
        proj_put_str(view->out, "group_name", group.name);
        proj_put_int(view->out, "kind", group.kind);
        proj_put_int(view->out, "grade", group.grade);
        proj_put_id(view->out, "subject", subject_id);
        proj_put_str(view->out, "subject_name", subject.name);
        proj_put_bool(view->out, "writable", proj_may_write_page(view, group_id, subject_id));
        count++;
    }
    proj_scan_close(scan);
    return count;
}

int proj_view_pages(struct proj_view *view)
{
    struct grants rows = {.view = view};
    ledger_canon_put_map(view->out, 2);
    proj_put_key(view->out, "pages");
    size_t at = proj_array_begin(view->out);
    proj_array_end(view->out, at, put_pages(view));
    proj_put_key(view->out, "periods");
    at = proj_array_begin(view->out);
    proj_calendar_each(view->txn, put_period, &rows);
    proj_array_end(view->out, at, rows.count);
    return PROJ_VIEW_DONE;
}

/* Children */

static void put_child(struct proj_view *view, const proj_id pupil_id)
{
    struct proj_group group = {0};
    proj_id class_id;
    char name[PROJ_NAME_LEN_MAX];
    proj_class_of_pupil(view, pupil_id, class_id);
    (void)proj_find_group(view, class_id, &group);
    proj_view_pupil_name(view, pupil_id, name);
    ledger_canon_put_map(view->out, 3);
    proj_put_id(view->out, "id", pupil_id);
    proj_put_str(view->out, "name", name);
    proj_put_str(view->out, "class_name", group.name);
}

static void put_own_child(void *data, const struct proj_grant *grant)
{
    struct grants *rows = data;
    base_day today = proj_view_rights_day(rows->view);
    if ((grant->role != PROJ_ROLE_PARENT && grant->role != PROJ_ROLE_PUPIL) ||
        today < grant->from || today > grant->to)
        return;
    put_child(rows->view, grant->scope);
    rows->count++;
}

int proj_view_children(struct proj_view *view, const uint8_t *group)
{
    struct grants rows = {.view = view};
    ledger_canon_put_map(view->out, 1);
    proj_put_key(view->out, "pupils");
    size_t at = proj_array_begin(view->out);
    if (group == NULL) {
        proj_each_grant(proj_view_rights(view), view->account, LEDGER_SEQ_NONE, put_own_child,
                        &rows);
    } else {
        struct proj_key prefix = proj_key_tagged_id('M', group);
        struct proj_fact fact;
        struct proj_scan *scan = proj_scan_open(view->txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
        while (proj_scan_next(scan, &fact)) {
            const uint8_t *pupil = fact.key.data + 1 + LEDGER_ID_LEN;
            struct proj_span span;
            if (!proj_span_of(view->txn, &fact, &span) || !proj_may_read_pupil(view, pupil))
                continue;
            put_child(view, pupil);
            rows.count++;
        }
        proj_scan_close(scan);
    }
    proj_array_end(view->out, at, rows.count);
    return PROJ_VIEW_DONE;
}

/* Accounts and keys: for officers, who close them */

struct key_use {
    uint64_t count;
    ledger_seq last;
};

static bool count_use(void *data, ledger_seq seq)
{
    struct key_use *use = data;
    use->count++;
    use->last = seq;
    return true;
}

static int key_state(struct proj_view *view, const struct proj_actor *actor)
{
    if (proj_key_is_closed(view->txn, actor, LEDGER_SEQ_NONE))
        return 2;
    if (proj_key_is_retired(view->txn, actor, LEDGER_SEQ_NONE))
        return 1;
    return actor->kind == PROJ_KEY_SESSION && actor->expires_ms <= view->now_ms ? 3 : 0;
}

static base_time_ms recorded_at(struct proj_view *view, ledger_seq seq)
{
    struct base_bytes bytes;
    struct ledger_entry entry;
    return ledger_reader_entry(view->reader, seq, &bytes, NULL) == 0 &&
                   ledger_entry_parse(bytes, &entry, NULL) == 0
               ? entry.recorded_ms
               : 0;
}

static bool put_key_row(struct proj_view *view, const struct ledger_key *key,
                        const struct proj_fact *fact)
{
    struct proj_key_fact value;
    struct proj_actor actor = {.key = *key};
    struct key_use use = {0};
    struct base_buf BASE_CLEANUP(base_buf_wipe) place = {0};
    if (fact->value.len != sizeof value)
        return false;
    memcpy(&value, fact->value.data, sizeof value);
    if (value.kind != PROJ_KEY_ACCOUNT && value.kind != PROJ_KEY_SESSION)
        return false;
    actor.kind = (enum proj_key_kind)value.kind;
    actor.parent = value.kind == PROJ_KEY_SESSION ? value.parent : *key;
    actor.expires_ms = value.expires_ms;
    proj_author_each(view->txn, key, 0, LEDGER_SEQ_NONE, count_use, &use);
    if (value.kind == PROJ_KEY_SESSION)
        proj_view_shown_text(view, value.place, &place);
    ledger_canon_put_map(view->out, 9);
    proj_put_hash(view->out, "key", key->bytes);
    proj_put_hash(view->out, "parent", actor.parent.bytes);
    proj_put_int(view->out, "seq", (int64_t)fact->seq);
    proj_put_int(view->out, "recorded", recorded_at(view, fact->seq));
    proj_put_int(view->out, "state", key_state(view, &actor));
    proj_put_bool(view->out, "is_session", value.kind == PROJ_KEY_SESSION);
    proj_put_text(view->out, "place", base_buf_bytes(&place));
    proj_put_int(view->out, "event_count", (int64_t)use.count);
    proj_put_key(view->out, "last");
    if (use.count == 0)
        ledger_canon_put_nil(view->out);
    else
        ledger_canon_put_int(view->out, recorded_at(view, use.last));
    return true;
}

#define SESSION_ROW_COUNT_MAX 100 /* newest sessions of one account in one answer */

struct key_row {
    struct ledger_key key;
    ledger_seq seq;
    bool is_session;
};

/* Account keys first, then sessions, newest first: the live ones must never fall off the end. */
static int compare_key_rows(const void *a, const void *b)
{
    const struct key_row *x = a;
    const struct key_row *y = b;
    if (x->is_session != y->is_session)
        return x->is_session ? 1 : -1;
    return x->seq < y->seq ? 1 : x->seq > y->seq ? -1 : 0;
}

static struct key_row *collect_key_rows(struct proj_view *view, const proj_id account,
                                        size_t *out_count)
{
    struct proj_key prefix = proj_key_tagged_id('J', account);
    struct proj_fact fact;
    struct key_row *rows = NULL;
    size_t capacity = 0;
    *out_count = 0;
    struct proj_scan *scan = proj_scan_open(view->txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
    while (proj_scan_next_version(scan, &fact)) {
        if (fact.value.len != 1 ||
            (fact.value.data[0] != PROJ_KEY_ACCOUNT && fact.value.data[0] != PROJ_KEY_SESSION))
            continue;
        if (*out_count == capacity) {
            capacity = capacity == 0 ? 32 : capacity * 2;
            struct key_row *grown = realloc(rows, capacity * sizeof *grown);
            if (grown == NULL) {
                proj_txn_fail(view->txn, BASE_E_MEMORY, "keys of an account");
                break;
            }
            rows = grown;
        }
        struct key_row *row = &rows[(*out_count)++];
        memcpy(row->key.bytes, fact.key.data + 1 + LEDGER_ID_LEN, LEDGER_KEY_LEN);
        row->seq = fact.seq;
        row->is_session = fact.value.data[0] == PROJ_KEY_SESSION;
    }
    proj_scan_close(scan);
    if (*out_count > 1)
        qsort(rows, *out_count, sizeof *rows, compare_key_rows);
    return rows;
}

static void put_keys(struct proj_view *view, const proj_id account, bool with_sessions)
{
    size_t row_count = 0;
    struct key_row *rows = collect_key_rows(view, account, &row_count);
    unsigned sessions = 0;
    uint32_t count = 0;
    proj_put_key(view->out, "keys");
    size_t at = proj_array_begin(view->out);
    for (size_t i = 0; i < row_count && sessions < SESSION_ROW_COUNT_MAX; i++) {
        struct proj_key fact_key = proj_key_key(&rows[i].key);
        struct proj_fact key_fact;
        sessions += rows[i].is_session;
        if ((with_sessions || !rows[i].is_session) &&
            proj_fact_get_any(view->txn, &fact_key, LEDGER_SEQ_NONE, &key_fact))
            count += put_key_row(view, &rows[i].key, &key_fact);
    }
    proj_array_end(view->out, at, count);
    free(rows);
}

void proj_put_access(struct proj_view *view, const proj_id account)
{
    struct proj_key prefix = proj_key_tagged_id('J', account);
    struct proj_fact fact;
    bool enrolled = false;
    bool invited = false;
    struct proj_scan *scan = proj_scan_open(view->txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
    while (proj_scan_next(scan, &fact)) {
        struct proj_actor actor;
        struct ledger_key key;
        if (fact.seq == LEDGER_SEQ_NONE || fact.value.len != 1)
            continue;
        memcpy(key.bytes, fact.key.data + 1 + LEDGER_ID_LEN, LEDGER_KEY_LEN);
        bool lives = proj_actor_find(view->txn, &key, LEDGER_SEQ_NONE, &actor) &&
                     !proj_key_is_closed(view->txn, &actor, LEDGER_SEQ_NONE) &&
                     !proj_key_is_retired(view->txn, &actor, LEDGER_SEQ_NONE);
        enrolled |= lives && actor.kind == PROJ_KEY_ACCOUNT;
        invited |= lives && actor.kind == PROJ_KEY_INVITATION;
    }
    proj_scan_close(scan);
    proj_put_bool(view->out, "enrolled", enrolled);
    proj_put_bool(view->out, "invited", invited);
}

/* CT-1: a class teacher invites the families of the own class, and so sees who of them has no
 * access; their sessions are nobody's business but theirs and the officers'. */
struct family_of_class {
    struct proj_view *view;
    bool own, other;
};

static void match_family(void *data, const struct proj_grant *grant)
{
    struct family_of_class *family = data;
    bool own = (grant->role == PROJ_ROLE_PARENT || grant->role == PROJ_ROLE_PUPIL) &&
               proj_is_class_teacher_of_pupil(proj_view_rights(family->view), family->view->account,
                                              grant->scope, proj_view_rights_day(family->view),
                                              LEDGER_SEQ_NONE);
    family->own |= own;
    family->other |= !own;
}

static bool is_family_of_own_class(struct proj_view *view, const struct proj_account *account,
                                   const proj_id id)
{
    struct family_of_class family = {.view = view};
    if (account->stratum != 3)
        return false;
    proj_each_grant(view->txn, id, LEDGER_SEQ_NONE, match_family, &family);
    return family.own && !family.other;
}

/* Case-blind for Cyrillic and Latin capitals is enough for a search box: both are folded by hand,
 * so that no locale decides. */
static void fold_case(char *text)
{
    for (unsigned char *p = (unsigned char *)text; *p != 0; p++) {
        if (*p >= 'A' && *p <= 'Z') {
            *p = (unsigned char)(*p + 32);
        } else if (p[0] == 0xd0 && p[1] >= 0x90 && p[1] <= 0x9f) {
            p[1] = (unsigned char)(p[1] + 0x20);
            p++;
        } else if (p[0] == 0xd0 && p[1] >= 0xa0 && p[1] <= 0xaf) {
            p[0] = 0xd1;
            p[1] = (unsigned char)(p[1] - 0x20);
            p++;
        }
    }
}

static bool name_matches(const char *name, struct base_bytes find)
{
    char text[PROJ_NAME_LEN_MAX];
    char wanted[PROJ_NAME_LEN_MAX];
    if (find.len == 0)
        return true;
    snprintf(text, sizeof text, "%s", name);
    snprintf(wanted, sizeof wanted, "%.*s", (int)(find.len & 0xff), (const char *)find.data);
    fold_case(text);
    fold_case(wanted);
    return strstr(text, wanted) != NULL;
}

int proj_view_accounts(struct proj_view *view, struct base_bytes find)
{
    struct proj_key prefix = proj_key_of('A');
    struct proj_fact fact;
    uint32_t count = 0;
    bool all = proj_reads_as_officer(view); /* others see their own account only (CT-10) … */
    bool guides = proj_has_role(proj_view_rights(view), view->account, PROJ_ROLE_CLASS_TEACHER,
                                NULL, proj_view_rights_day(view), LEDGER_SEQ_NONE);
    ledger_canon_put_map(view->out, 1);
    proj_put_key(view->out, "accounts");
    size_t at = proj_array_begin(view->out);
    struct proj_scan *scan = proj_scan_open(view->txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
    while (count < ACCOUNT_COUNT_MAX && proj_scan_next(scan, &fact)) {
        struct proj_account account;
        char name[PROJ_NAME_LEN_MAX];
        const uint8_t *id = fact.key.data + 1;
        bool own = memcmp(id, view->account, LEDGER_ID_LEN) == 0;
        if (fact.value.len != sizeof account)
            continue;
        memcpy(&account, fact.value.data, sizeof account);
        if (!all && !own && !(guides && is_family_of_own_class(view, &account, id)))
            continue;
        proj_view_account_full_name(view, id, name);
        /* Without a search, staff first: families are many and are searched for. */
        if (!name_matches(name, find) || (all && find.len == 0 && account.stratum == 3))
            continue;
        ledger_canon_put_map(view->out, 7);
        proj_put_id(view->out, "account", id);
        proj_put_str(view->out, "name", name);
        proj_put_int(view->out, "stratum", account.stratum);
        put_roles(view, id);
        proj_put_access(view, id);
        put_keys(view, id, all || own);
        count++;
    }
    proj_scan_close(scan);
    proj_array_end(view->out, at, count);
    return PROJ_VIEW_DONE;
}
