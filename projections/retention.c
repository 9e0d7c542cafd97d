/* Terms of keeping, from memberships, cells, roles, teaching and what an account signed last. */
#include "projections/retention.h"

#include "projections/control.h"

/* The days until which somebody was at school, one by one. */
struct spent {
    struct proj_txn *txn;
    struct proj_source *source;
    base_day today;
    int offset_min;
    ledger_seq before;
    base_day last;
};

static void spend(struct spent *spent, base_day until)
{
    if (until > spent->last)
        spent->last = until;
}

/* The day on which the entry was recorded. */
static base_day day_of(struct spent *spent, ledger_seq seq)
{
    struct ledger_event event;
    struct base_err err = {0};
    base_time_ms recorded_ms = 0;
    int rc = spent->source->event(spent->source->data, seq, &event, &recorded_ms, &err);
    if (rc != 0)
        proj_txn_fail(spent->txn, rc, err.text);
    return rc == 0 ? base_day_of_time(recorded_ms, spent->offset_min) : INT32_MAX;
}

/* Pupils */

static bool is_class(struct spent *spent, const uint8_t *id)
{
    struct proj_key key = proj_key_tagged_id('C', id);
    struct proj_group group;
    return proj_fact_read(spent->txn, &key, spent->before, &group, sizeof group, NULL) &&
           group.kind == PROJ_GROUP_CLASS;
}

/* The days in classes; in other groups only of who was in none: a subgroup that nobody thought of
 * when the pupil left must not keep the data for ever. */
static void spend_memberships(struct spent *spent, const uint8_t *pupil)
{
    struct proj_key prefix = proj_key_tagged_id('m', pupil);
    struct proj_fact fact;
    base_day elsewhere = INT32_MIN;
    bool in_class = false;
    struct proj_scan *scan = proj_scan_open(spent->txn, &prefix, NULL, NULL, spent->before);
    while (proj_scan_next(scan, &fact)) {
        const uint8_t *group = fact.key.data + 1 + LEDGER_ID_LEN;
        struct proj_span span;
        if (fact.seq == LEDGER_SEQ_NONE ||
            !proj_span_find(spent->txn, group, pupil, spent->before, &span))
            continue;
        if (is_class(spent, group)) {
            in_class = true;
            spend(spent, span.to);
        } else if (span.to > elsewhere) {
            elsewhere = span.to;
        }
    }
    proj_scan_close(scan);
    if (!in_class)
        spend(spent, elsewhere);
}

/* Does a counting fact below `prefix` name the pupil at `at`? */
static bool names_pupil(struct spent *spent, const struct proj_key *prefix, size_t at,
                        const uint8_t *pupil)
{
    struct proj_fact fact;
    bool found = false;
    struct proj_scan *scan = proj_scan_open(spent->txn, prefix, NULL, NULL, spent->before);
    while (!found && proj_scan_next(scan, &fact))
        found = fact.seq != LEDGER_SEQ_NONE && fact.key.len >= at + LEDGER_ID_LEN &&
                memcmp(fact.key.data + at, pupil, LEDGER_ID_LEN) == 0;
    proj_scan_close(scan);
    return found;
}

/* Looks for the pupil on the pages (or among the period marks) of every group that it was in. */
static bool is_on_pages(struct spent *spent, char tag, size_t at, const uint8_t *pupil)
{
    struct proj_key prefix = proj_key_tagged_id('m', pupil);
    struct proj_fact fact;
    bool found = false;
    struct proj_scan *scan = proj_scan_open(spent->txn, &prefix, NULL, NULL, spent->before);
    while (!found && proj_scan_next_version(scan, &fact)) {
        struct proj_key page = proj_key_tagged_id(tag, fact.key.data + 1 + LEDGER_ID_LEN);
        found = names_pupil(spent, &page, at, pupil);
    }
    proj_scan_close(scan);
    return found;
}

static bool has_papers(struct spent *spent, const uint8_t *pupil)
{
    static const char tags[] = {'n', 'E', 'y'}; /* talks, reasons of absence, extracts */
    bool found = false;
    for (size_t i = 0; i < sizeof tags && !found; i++) {
        struct proj_key prefix = proj_key_tagged_id(tags[i], pupil);
        found = proj_fact_any(spent->txn, &prefix);
    }
    return found;
}

static enum proj_keeping keeping_of_pupil(struct spent *spent, const uint8_t *pupil)
{
    if (is_on_pages(spent, 'p', PROJ_PERIOD_PUPIL_AT, pupil))
        return PROJ_KEEP_SUMMARY;
    return is_on_pages(spent, 'j', PROJ_CELL_PUPIL_AT, pupil) || has_papers(spent, pupil)
               ? PROJ_KEEP_JOURNAL
               : PROJ_KEEP_NOTHING;
}

/* Accounts */

/* A role of a family ends with the child's days at school, whatever its own last day says. */
static base_day end_of_grant(struct spent *spent, const struct proj_grant *grant)
{
    if (grant->role != PROJ_ROLE_PARENT && grant->role != PROJ_ROLE_PUPIL)
        return grant->to;
    struct spent child = *spent;
    child.last = INT32_MIN;
    spend_memberships(&child, grant->scope);
    return child.last < grant->to ? child.last : grant->to;
}

static void spend_grants(struct spent *spent, const uint8_t *account)
{
    struct proj_key prefix = proj_key_tagged_id('G', account);
    struct proj_fact fact;
    struct proj_scan *scan = proj_scan_open(spent->txn, &prefix, NULL, NULL, spent->before);
    while (proj_scan_next(scan, &fact)) {
        struct proj_grant grant;
        if (fact.seq == LEDGER_SEQ_NONE || fact.value.len != sizeof grant)
            continue;
        memcpy(&grant, fact.value.data, sizeof grant);
        base_day end = end_of_grant(spent, &grant);
        if (grant.revoked) {
            base_day revoked = day_of(spent, fact.seq);
            end = revoked < end ? revoked : end;
        }
        spend(spent, end);
    }
    proj_scan_close(scan);
}

static void spend_teaching(struct spent *spent, const uint8_t *account)
{
    struct proj_key prefix = proj_key_tagged_id('t', account);
    struct proj_fact fact;
    struct proj_scan *scan = proj_scan_open(spent->txn, &prefix, NULL, NULL, spent->before);
    while (proj_scan_next(scan, &fact)) {
        struct proj_teaching teaching;
        if (fact.seq == LEDGER_SEQ_NONE || fact.value.len != sizeof teaching)
            continue;
        memcpy(&teaching, fact.value.data, sizeof teaching);
        spend(spent, teaching.to);
    }
    proj_scan_close(scan);
}

struct signed_last {
    bool any;
    ledger_seq seq;
};

static bool note_signed(void *data, ledger_seq seq)
{
    struct signed_last *last = data;
    last->seq = !last->any || seq > last->seq ? seq : last->seq;
    last->any = true;
    return true;
}

/* The account's opening is the first thing that it is kept for, what it signed last the last. */
static void spend_signatures(struct spent *spent, const uint8_t *account, ledger_seq opened)
{
    struct proj_key prefix = proj_key_tagged_id('J', account);
    struct signed_last last = {.any = true, .seq = opened};
    struct proj_fact fact;
    struct proj_scan *scan = proj_scan_open(spent->txn, &prefix, NULL, NULL, spent->before);
    while (proj_scan_next_version(scan, &fact)) {
        struct ledger_key key;
        memcpy(key.bytes, fact.key.data + 1 + LEDGER_ID_LEN, LEDGER_KEY_LEN);
        proj_author_each(spent->txn, &key, 0, spent->before, note_signed, &last);
    }
    proj_scan_close(scan);
    spend(spent, day_of(spent, last.seq));
}

base_day proj_retention_due(struct proj_txn *txn, enum proj_keeping keeping, base_day last)
{
    static const char *const names[] = {[PROJ_KEEP_ACCESS] = "retention_access_years",
                                        [PROJ_KEEP_JOURNAL] = "retention_journal_years",
                                        [PROJ_KEEP_SUMMARY] = "retention_summary_years"};
    int year, month, day;
    if (keeping == PROJ_KEEP_NOTHING)
        return last + 1;
    base_day_to_civil(last, &year, &month, &day);
    return base_day_from_civil(year + 1 + (int)proj_setting(txn, names[keeping]), 1, 1);
}

bool proj_retention_find(struct proj_txn *txn, struct proj_source *source, const proj_id id,
                         base_day today, int offset_min, ledger_seq before,
                         struct proj_retention *out_retention)
{
    struct spent spent = {.txn = txn,
                          .source = source,
                          .today = today,
                          .offset_min = offset_min,
                          .before = before,
                          .last = INT32_MIN};
    struct proj_key pupil_key = proj_key_tagged_id('P', id);
    struct proj_account account = {0};
    struct proj_pupil pupil;
    struct proj_key account_key = proj_key_account(id);
    ledger_seq opened;
    *out_retention = (struct proj_retention){0};
    if (proj_fact_read(txn, &pupil_key, before, &pupil, sizeof pupil, NULL)) {
        spend_memberships(&spent, id);
        if (spent.last == INT32_MIN) /* admitted, and in no group that counts */
            spend(&spent, base_day_of_time(pupil.recorded_ms, offset_min));
    } else if (proj_fact_read(txn, &account_key, before, &account, sizeof account, &opened)) {
        out_retention->is_account = true;
        spend_grants(&spent, id);
        spend_teaching(&spent, id);
        spend_signatures(&spent, id, opened);
    } else {
        return false;
    }
    out_retention->last = spent.last;
    out_retention->in_use = spent.last >= today;
    out_retention->due = INT32_MAX;
    if (out_retention->is_account)
        out_retention->keeping = account.stratum == 3 ? PROJ_KEEP_ACCESS : PROJ_KEEP_JOURNAL;
    else if (!out_retention->in_use)
        out_retention->keeping = keeping_of_pupil(&spent, id);
    if (!out_retention->in_use)
        out_retention->due = proj_retention_due(txn, out_retention->keeping, spent.last);
    return true;
}

/* Erasures */

bool proj_is_erased(struct proj_txn *txn, const proj_id subject, ledger_seq before)
{
    struct proj_key key = proj_key_tagged_id('f', subject);
    struct proj_fact fact;
    return proj_fact_get(txn, &key, before, &fact);
}

bool proj_was_erased(struct proj_txn *txn, const proj_id subject)
{
    struct proj_key key = proj_key_tagged_id('f', subject);
    return proj_fact_any(txn, &key);
}
