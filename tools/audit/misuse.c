/* Signs of misuse. None is proof: each says where to look, and whom to ask. */
#include <stdlib.h>

#include "tools/audit/reports.h"

#define DAY_MS INT64_C(86400000)
#define LONG_BEFORE_MS (14 * DAY_MS)
#define QUICK_MS INT64_C(30000) /* nobody reads a preview faster */
#define SERIES_COUNT 5u         /* reports by one officer on others, in one day */
#define OVERRULED_COUNT 3u      /* … overruled, and at least half of all */
#define UNCONFIRMED_COUNT 3u    /* … on others, with no receipt but perhaps the reporter's */
#define SAME_PAIR_COUNT 3u      /* reports in force by the same two, where others could have */

const struct audit_sign_text *audit_sign_text(enum audit_sign sign)
{
    static const struct audit_sign_text texts[AUDIT_SIGN_COUNT] = {
        [AUDIT_LONG_BEFORE] = {"long_before", "граница задолго до сообщения (больше двух недель)",
                               "the claimed breach lies more than two weeks before the report"},
        [AUDIT_QUICK] = {"quick_receipts", "подписи с разницей в секунды: перечень не прочитан",
                         "signatures seconds apart: nobody can have read the list"},
        [AUDIT_ONLY_OTHER] = {"only_other_officer",
                              "сообщение о единственном другом должностном лице",
                              "the report is on the only other officer"},
        [AUDIT_MUTUAL] = {"mutual", "двое должностных лиц сообщили друг о друге",
                          "two officers accuse each other"},
        [AUDIT_SERIES] = {"series", "серия сообщений одного должностного лица за сутки",
                          "a series of reports by one officer within a day"},
        [AUDIT_OVERRULED] = {"many_overruled", "много отменённых сообщений одного лица",
                             "many reports by one officer were overruled"},
        [AUDIT_UNCONFIRMED] = {"unconfirmed",
                               "много учётных записей закрыто одним лицом без подтверждений",
                               "many accounts closed by one officer, and nobody confirmed"},
        [AUDIT_SAME_PAIR] = {"same_pair", "всегда одни и те же двое, хотя есть другие",
                             "always the same two, though there are others"},
        [AUDIT_REAFFIRMED] = {"reaffirmed_differently",
                              "подтверждено заново не то, что было аннулировано",
                              "reaffirmed otherwise than what was voided"},
    };
    return &texts[sign];
}

static struct audit_misuse *add(struct audit_reports *reports, enum audit_sign sign,
                                const uint8_t *account)
{
    if (reports->misuse_count == reports->misuse_capacity) {
        unsigned capacity = reports->misuse_capacity == 0 ? 16 : 2 * reports->misuse_capacity;
        struct audit_misuse *grown = realloc(reports->misuses, capacity * sizeof *grown);
        if (grown == NULL) {
            reports->failed = true;
            return NULL;
        }
        reports->misuses = grown;
        reports->misuse_capacity = capacity;
    }
    struct audit_misuse *misuse = &reports->misuses[reports->misuse_count++];
    *misuse = (struct audit_misuse){.sign = sign, .account = account};
    return misuse;
}

static void at(struct audit_misuse *misuse, ledger_seq seq)
{
    if (misuse == NULL)
        return;
    if (misuse->position_count < AUDIT_SIGN_POSITION_MAX)
        misuse->positions[misuse->position_count++] = seq;
    misuse->count++;
}

static void undo_last(struct audit_reports *reports)
{
    if (reports->misuse_count > 0)
        reports->misuse_count--;
}

static bool same_account(const uint8_t *a, const uint8_t *b)
{
    return memcmp(a, b, LEDGER_ID_LEN) == 0;
}

static bool by_officer_on_another(const struct proj_report *report, const uint8_t *account)
{
    return !report->by_root && same_account(report->reporter, account) &&
           !same_account(report->account, account);
}

/* One report */

static void look_at_one(struct audit_reports *reports, const struct audit_story *story)
{
    const struct proj_report *report = &story->state->report;
    if (report->recorded_ms - report->breach_ms > LONG_BEFORE_MS)
        at(add(reports, AUDIT_LONG_BEFORE, report->reporter), report->seq);
    for (unsigned i = 1; i < story->told_count; i++) {
        const struct proj_voice *before = story->told[i - 1].voice;
        const struct proj_voice *voice = story->told[i].voice;
        if (voice->recorded_ms - before->recorded_ms >= QUICK_MS)
            continue;
        struct audit_misuse *misuse = add(reports, AUDIT_QUICK, NULL);
        at(misuse, before->seq);
        at(misuse, voice->seq);
    }
    bool self = same_account(report->reporter, report->account);
    if (report->target_stratum == 1 && !report->by_root && !self && reports->officer_count == 2)
        at(add(reports, AUDIT_ONLY_OTHER, report->reporter), report->seq);
}

static void look_for_mutual(struct audit_reports *reports)
{
    for (unsigned i = 0; i < reports->count; i++) {
        const struct proj_report *a = &reports->states[i].report;
        for (unsigned k = i + 1; k < reports->count; k++) {
            const struct proj_report *b = &reports->states[k].report;
            if (a->by_root || b->by_root || same_account(a->account, a->reporter) ||
                !same_account(a->account, b->reporter) || !same_account(b->account, a->reporter))
                continue;
            struct audit_misuse *misuse = add(reports, AUDIT_MUTUAL, NULL);
            at(misuse, a->seq);
            at(misuse, b->seq);
        }
    }
}

/* One officer's reports on others */

static bool first_of(const struct audit_reports *reports, unsigned i)
{
    for (unsigned k = 0; k < i; k++) {
        if (same_account(reports->states[k].report.reporter, reports->states[i].report.reporter))
            return false;
    }
    return true;
}

static void look_for_series(struct audit_reports *reports, const uint8_t *account)
{
    for (unsigned i = 0; i < reports->count; i++) {
        const struct proj_report *first = &reports->states[i].report;
        unsigned count = 0;
        if (!by_officer_on_another(first, account))
            continue;
        for (unsigned k = i; k < reports->count; k++) {
            const struct proj_report *report = &reports->states[k].report;
            count += by_officer_on_another(report, account) &&
                     report->recorded_ms - first->recorded_ms < DAY_MS;
        }
        if (count < SERIES_COUNT)
            continue;
        struct audit_misuse *misuse = add(reports, AUDIT_SERIES, account);
        for (unsigned k = i; k < reports->count; k++) {
            const struct proj_report *report = &reports->states[k].report;
            if (by_officer_on_another(report, account) &&
                report->recorded_ms - first->recorded_ms < DAY_MS) {
                at(misuse, report->seq);
                i = k; /* the next series begins after this one */
            }
        }
    }
}

static bool confirmed_by_another(const struct proj_report_state *state)
{
    for (unsigned i = 0; i < state->receipt_count; i++) {
        if (!same_account(state->receipts[i].account, state->report.reporter))
            return true;
    }
    return state->overrule_count > 0; /* somebody looked */
}

static void look_at_reporter(struct audit_reports *reports, const uint8_t *account)
{
    unsigned all = 0;
    struct audit_misuse *misuse = add(reports, AUDIT_OVERRULED, account);
    for (unsigned i = 0; i < reports->count; i++) {
        bool his = by_officer_on_another(&reports->states[i].report, account);
        all += his;
        if (his && reports->states[i].overruled)
            at(misuse, reports->states[i].report.seq);
    }
    if (misuse != NULL && (misuse->count < OVERRULED_COUNT || 2 * misuse->count < all))
        undo_last(reports);
    misuse = add(reports, AUDIT_UNCONFIRMED, account);
    for (unsigned i = 0; i < reports->count; i++) {
        if (by_officer_on_another(&reports->states[i].report, account) &&
            !confirmed_by_another(&reports->states[i]))
            at(misuse, reports->states[i].report.seq);
    }
    if (misuse != NULL && misuse->count < UNCONFIRMED_COUNT)
        undo_last(reports);
    look_for_series(reports, account);
}

/* The pair that carries a report: its first two valid voices. */
static bool pair_of(const struct audit_story *story, const uint8_t *out[2])
{
    unsigned count = 0;
    if (!story->state->standing || story->state->report.by_root)
        return false;
    for (unsigned i = 0; i < story->told_count && count < 2; i++) {
        if (story->told[i].valid)
            out[count++] = story->told[i].voice->account;
    }
    return count == 2;
}

static bool same_pair(const uint8_t *const a[2], const uint8_t *const b[2])
{
    return (same_account(a[0], b[0]) && same_account(a[1], b[1])) ||
           (same_account(a[0], b[1]) && same_account(a[1], b[0]));
}

static void look_for_same_pair(struct audit_reports *reports)
{
    const uint8_t *first[2];
    const uint8_t *pair[2];
    bool any = false;
    bool same = true;
    struct audit_misuse *misuse = add(reports, AUDIT_SAME_PAIR, NULL);
    for (unsigned i = 0; i < reports->count; i++) {
        if (!pair_of(&reports->stories[i], pair))
            continue;
        if (!any)
            memcpy(first, pair, sizeof first);
        same = same && (!any || same_pair(first, pair));
        any = true;
        at(misuse, reports->states[i].report.seq);
    }
    if (misuse != NULL && (!same || misuse->count < SAME_PAIR_COUNT || reports->officer_count < 3))
        undo_last(reports);
}

static void look_at_quotes(struct audit_reports *reports)
{
    struct audit_misuse *misuse = add(reports, AUDIT_REAFFIRMED, NULL);
    for (unsigned i = 0; i < reports->quote_count; i++) {
        if (reports->quotes[i].differs)
            at(misuse, reports->quotes[i].seq);
    }
    if (misuse != NULL && misuse->count == 0)
        undo_last(reports);
}

void audit_misuse_find(struct audit_reports *reports)
{
    for (unsigned i = 0; i < reports->count; i++)
        look_at_one(reports, &reports->stories[i]);
    look_for_mutual(reports);
    for (unsigned i = 0; i < reports->count; i++) {
        if (!reports->states[i].report.by_root && first_of(reports, i))
            look_at_reporter(reports, reports->states[i].report.reporter);
    }
    look_for_same_pair(reports);
    look_at_quotes(reports);
}
