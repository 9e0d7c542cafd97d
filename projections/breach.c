/* Breach reports, receipts and overrulings as folds (CT-11, ST-16; specs/invalidation.md).
 * They are never void themselves: closing a key is for good, and what a report does to history is
 * judged from its signatures (voiding.c). */
#include "projections/voiding.h"

#include <assert.h>

#define DAY_MS 86400000

static struct ledger_key key_of(const uint8_t *bytes)
{
    struct ledger_key key;
    memcpy(key.bytes, bytes, LEDGER_KEY_LEN);
    return key;
}

static bool find_key(struct proj_case *c, const struct ledger_key *key,
                     struct proj_key_fact *out_fact)
{
    struct proj_fact found;
    struct proj_key fact_key = proj_key_key(key);
    if (!proj_fact_get_any(c->txn, &fact_key, c->seq, &found) ||
        found.value.len != sizeof *out_fact)
        return false;
    memcpy(out_fact, found.value.data, sizeof *out_fact);
    return true;
}

static bool find_report(struct proj_case *c, struct proj_report *out_report)
{
    struct ledger_hash id;
    struct proj_fact fact;
    memcpy(id.bytes, proj_body_bin(c->body, "report"), LEDGER_HASH_LEN);
    struct proj_key key = proj_key_tagged_hash('x', &id);
    if (!proj_fact_get(c->txn, &key, c->seq, &fact) || fact.value.len != sizeof *out_report)
        return false;
    memcpy(out_report, fact.value.data, sizeof *out_report);
    return true;
}

static bool is_officer(struct proj_case *c)
{
    return c->actor.stratum == 1 && proj_is_officer(c->txn, c->actor.account, c->seq);
}

static unsigned stratum_of(struct proj_case *c, const uint8_t *account)
{
    struct proj_fact fact;
    struct proj_account value;
    struct proj_key key = proj_key_account(account);
    if (!proj_fact_get_any(c->txn, &key, c->seq, &fact) || fact.value.len != sizeof value)
        return 3;
    memcpy(&value, fact.value.data, sizeof value);
    return value.stratum;
}

/* The guard is about what will fall: the key closes with this event, so no more can come. What was
 * written since the signed `size` counts too. */
static bool needs_root(struct proj_case *c, const struct proj_report *report)
{
    struct ledger_hash digest;
    uint64_t count = 0;
    proj_covered(c->txn, c->source, &report->target, report->cut, c->seq, &count, &digest, NULL,
                 NULL);
    return count > PROJ_VOID_COUNT_PAIR_MAX ||
           c->recorded_ms - report->breach_ms > (base_time_ms)PROJ_VOID_DAYS_PAIR_MAX * DAY_MS;
}

/* breach.reported: by the person, by any officer, or by root */

static int reported_ground(struct proj_case *c)
{
    struct proj_key_fact target;
    struct ledger_key key = key_of(proj_body_bin(c->body, "target"));
    const uint8_t *account = proj_body_bin(c->body, "account");
    if (!find_key(c, &key, &target) ||
        (target.kind != PROJ_KEY_ACCOUNT && target.kind != PROJ_KEY_SESSION))
        return proj_refuse(c, PROJ_REFUSED_UNKNOWN_REFERENT, "target");
    if (memcmp(target.account, account, LEDGER_ID_LEN) != 0)
        return proj_refuse(c, PROJ_REFUSED_UNKNOWN_REFERENT, "account");
    bool own = memcmp(c->actor.account, account, LEDGER_ID_LEN) == 0;
    /* An emergency slip closes its own account and nobody else's. */
    bool officer = is_officer(c) && c->actor.kind != PROJ_KEY_EMERGENCY;
    if (c->actor.kind != PROJ_KEY_ROOT && !own && !officer)
        return proj_refuse(c, PROJ_REFUSED_NO_RIGHT, "target");
    /* k stolen officers' keys stop at most k others: who is suspended accuses no further officer.
     */
    if (officer && !own && stratum_of(c, account) == 1 && proj_is_frozen(c->txn, c->actor.account))
        return proj_refuse(c, PROJ_REFUSED_FROZEN, "target");
    return 0;
}

/* One report of a key by one reporter closes it for good: a second says nothing new, unless it
 * turns out that the breach was earlier. And nobody reports without end. Root is never held up. */
static int check_limit(struct proj_case *c)
{
    struct ledger_key target = key_of(proj_body_bin(c->body, "target"));
    ledger_seq cut = (ledger_seq)proj_body_int(c->body, "cut");
    bool again = false;
    unsigned recent = 0;
    struct proj_fact fact;
    struct proj_key prefix = proj_key_of('X');
    struct proj_scan *scan = proj_scan_open(c->txn, &prefix, NULL, NULL, c->seq);
    while (proj_scan_next_version(scan, &fact)) {
        struct proj_report report;
        memcpy(&report, fact.value.data, sizeof report);
        if (memcmp(report.reporter, c->actor.account, LEDGER_ID_LEN) != 0)
            continue;
        again |= ledger_key_equal(&report.target, &target) && report.cut <= cut;
        recent += c->recorded_ms - report.recorded_ms < DAY_MS;
    }
    proj_scan_close(scan);
    if (c->actor.kind == PROJ_KEY_ROOT)
        return 0;
    if (again)
        return proj_refuse(c, PROJ_REFUSED_EXISTS, "target");
    unsigned per_day =
        c->actor.stratum <= 1 ? PROJ_REPORTS_PER_DAY_MAX : PROJ_OWN_REPORTS_PER_DAY_MAX;
    return recent >= per_day ? proj_refuse(c, PROJ_REFUSED_BREACH_LIMIT, "target") : 0;
}

/* What is signed must be what the log says: the cut of the claimed moment, the covered events. The
 * cut is looked up in the whole log, not below `size`: an older size would draw it earlier than the
 * moment that the signers read. */
static int reported_admit(struct proj_case *c)
{
    struct ledger_key target = key_of(proj_body_bin(c->body, "target"));
    ledger_seq cut = (ledger_seq)proj_body_int(c->body, "cut");
    ledger_seq size = (ledger_seq)proj_body_int(c->body, "size");
    struct ledger_hash digest;
    uint64_t count = 0;
    int code = check_limit(c);
    if (code != 0)
        return code;
    if (size > c->seq)
        return proj_refuse(c, PROJ_REFUSED_BREACH_CUT, "size");
    if (cut > size ||
        cut != proj_cut_at(c->txn, c->source, c->seq, proj_body_int(c->body, "breach")))
        return proj_refuse(c, PROJ_REFUSED_BREACH_CUT, "cut");
    proj_covered(c->txn, c->source, &target, cut, size, &count, &digest, NULL, NULL);
    if (count != (uint64_t)proj_body_int(c->body, "count"))
        return proj_refuse(c, PROJ_REFUSED_BREACH_DIGEST, "count");
    if (memcmp(digest.bytes, proj_body_bin(c->body, "digest"), LEDGER_HASH_LEN) != 0)
        return proj_refuse(c, PROJ_REFUSED_BREACH_DIGEST, "digest");
    return 0;
}

static void reported_apply(struct proj_case *c)
{
    struct proj_report report;
    memset(&report, 0, sizeof report);
    report.id = c->event->id;
    report.target = key_of(proj_body_bin(c->body, "target"));
    memcpy(report.digest.bytes, proj_body_bin(c->body, "digest"), LEDGER_HASH_LEN);
    memcpy(report.account, proj_body_bin(c->body, "account"), LEDGER_ID_LEN);
    memcpy(report.reporter, c->actor.account, LEDGER_ID_LEN);
    report.key = c->actor.key;
    report.parent = c->actor.parent;
    struct proj_key_fact target;
    report.is_session = find_key(c, &report.target, &target) && target.kind == PROJ_KEY_SESSION;
    report.by_root = c->actor.kind == PROJ_KEY_ROOT;
    report.target_stratum = (uint8_t)stratum_of(c, report.account);
    report.seq = c->seq;
    report.cut = (ledger_seq)proj_body_int(c->body, "cut");
    report.size = (ledger_seq)proj_body_int(c->body, "size");
    report.count = (ledger_seq)proj_body_int(c->body, "count");
    report.breach_ms = proj_body_int(c->body, "breach");
    report.learned_ms = proj_body_int(c->body, "learned");
    report.recorded_ms = c->recorded_ms;
    report.needs_root = needs_root(c, &report);
    memcpy(report.reason, proj_body_bin(c->body, "reason"), LEDGER_COMMITMENT_LEN);
    struct proj_key by_seq = proj_key_numbered('X', c->seq);
    struct proj_key by_id = proj_key_tagged_hash('x', &report.id);
    proj_fact_put(c->txn, &by_seq, c->seq, &report, sizeof report);
    proj_fact_put(c->txn, &by_id, c->seq, &report, sizeof report);
    struct proj_key end = proj_key_end_key(&report.target);
    struct proj_key_end_fact closed = {.end = PROJ_KEY_CLOSED};
    proj_fact_put(c->txn, &end, c->seq, &closed, sizeof closed);
}

/* breach.received, breach.overruled */

static int received_ground(struct proj_case *c)
{
    struct proj_report report;
    if (!is_officer(c))
        return proj_refuse(c, PROJ_REFUSED_NO_RIGHT, "report");
    if (!find_report(c, &report))
        return proj_refuse(c, PROJ_REFUSED_UNKNOWN_REFERENT, "report");
    if (memcmp(report.account, c->actor.account, LEDGER_ID_LEN) == 0)
        return proj_refuse(c, PROJ_REFUSED_BREACH_TARGET, "report");
    if ((ledger_seq)proj_body_int(c->body, "cut") != report.cut)
        return proj_refuse(c, PROJ_REFUSED_BREACH_CUT, "cut");
    if (memcmp(proj_body_bin(c->body, "digest"), report.digest.bytes, LEDGER_HASH_LEN) != 0)
        return proj_refuse(c, PROJ_REFUSED_BREACH_DIGEST, "digest");
    if (report.needs_root)
        return proj_refuse(c, PROJ_REFUSED_BREACH_ROOT, "count");
    bool capacity =
        proj_has_role(c->txn, c->actor.account, (unsigned)proj_body_int(c->body, "capacity"), NULL,
                      proj_case_day(c), c->seq);
    return capacity ? 0 : proj_refuse(c, PROJ_REFUSED_NO_RIGHT, "capacity");
}

static bool has_voice(struct proj_case *c, char tag, ledger_seq report)
{
    struct proj_fact fact;
    struct proj_key key = proj_key_voice(tag, report, c->actor.account);
    return proj_fact_get(c->txn, &key, c->seq, &fact);
}

static int voice_admit(struct proj_case *c, char tag)
{
    struct proj_report report;
    if (!find_report(c, &report))
        return proj_refuse(c, PROJ_REFUSED_UNKNOWN_REFERENT, "report");
    return has_voice(c, tag, report.seq) ? proj_refuse(c, PROJ_REFUSED_BREACH_TWICE, "report") : 0;
}

static int received_admit(struct proj_case *c)
{
    return voice_admit(c, 'c');
}

static void put_voice(struct proj_case *c, char tag, unsigned capacity, base_time_ms told_ms)
{
    struct proj_report report;
    struct proj_voice voice;
    if (!find_report(c, &report))
        return;
    memset(&voice, 0, sizeof voice);
    memcpy(voice.account, c->actor.account, LEDGER_ID_LEN);
    voice.by_root = c->actor.kind == PROJ_KEY_ROOT;
    voice.capacity = (uint8_t)capacity;
    voice.key = c->actor.key;
    voice.parent = c->actor.parent;
    voice.seq = c->seq;
    voice.told_ms = told_ms;
    voice.recorded_ms = c->recorded_ms;
    struct proj_key key = proj_key_voice(tag, report.seq, voice.account);
    proj_fact_put(c->txn, &key, c->seq, &voice, sizeof voice);
}

static void received_apply(struct proj_case *c)
{
    put_voice(c, 'c', (unsigned)proj_body_int(c->body, "capacity"), proj_body_int(c->body, "told"));
}

/* Root may overrule any report, officers those on staff and families, never one on themselves. */
static int overruled_ground(struct proj_case *c)
{
    struct proj_report report;
    if (!find_report(c, &report))
        return proj_refuse(c, PROJ_REFUSED_UNKNOWN_REFERENT, "report");
    if (memcmp(report.account, proj_body_bin(c->body, "account"), LEDGER_ID_LEN) != 0)
        return proj_refuse(c, PROJ_REFUSED_UNKNOWN_REFERENT, "account");
    if (c->actor.kind == PROJ_KEY_ROOT)
        return 0;
    if (!is_officer(c) || report.target_stratum < 2)
        return proj_refuse(c, PROJ_REFUSED_NO_RIGHT, "report");
    return report.by_root ? proj_refuse(c, PROJ_REFUSED_STRATUM, "report") : 0;
}

static int overruled_admit(struct proj_case *c)
{
    return voice_admit(c, 'v');
}

static void overruled_apply(struct proj_case *c)
{
    put_voice(c, 'v', 0, 0);
}

const struct proj_fold proj_breach_folds[] = {
    {"breach.reported", reported_ground, reported_admit, reported_apply, NULL},
    {"breach.received", received_ground, received_admit, received_apply, NULL},
    {"breach.overruled", overruled_ground, overruled_admit, overruled_apply, NULL},
};
const unsigned proj_breach_fold_count = sizeof proj_breach_folds / sizeof proj_breach_folds[0];
