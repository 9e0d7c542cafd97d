/* Which breach reports stand (specs/invalidation.md, section 3).
 *
 * Root's reports first, then pairs of officers, newest first; a pair falls when one of its signers'
 * keys is cut before the signature by something already found to stand.
 *
 * What can fail: memory and the store; then the transaction carries the fault. */
#include "projections/standing.h"

#include <assert.h>
#include <stdlib.h>

static unsigned read_voices(struct proj_txn *txn, char tag, ledger_seq report,
                            struct proj_voice *out, unsigned capacity)
{
    unsigned count = 0;
    struct proj_fact fact;
    struct proj_key prefix = proj_key_numbered(tag, report);
    struct proj_scan *scan = proj_scan_open(txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
    while (count < capacity && proj_scan_next_version(scan, &fact)) {
        if (fact.value.len == sizeof *out)
            memcpy(&out[count++], fact.value.data, sizeof *out);
    }
    proj_scan_close(scan);
    return count;
}

static unsigned count_reports(struct proj_txn *txn)
{
    unsigned count = 0;
    struct proj_fact fact;
    struct proj_key prefix = proj_key_of('X');
    struct proj_scan *scan = proj_scan_open(txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
    while (proj_scan_next_version(scan, &fact))
        count++;
    proj_scan_close(scan);
    return count;
}

/* Fills `out`, which has room for `capacity`; returns how many were read. */
static unsigned read_reports(struct proj_txn *txn, struct proj_report_state *out, unsigned capacity)
{
    unsigned count = 0;
    struct proj_fact fact;
    struct proj_key prefix = proj_key_of('X');
    struct proj_scan *scan = proj_scan_open(txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
    while (count < capacity && proj_scan_next_version(scan, &fact)) {
        struct proj_report_state *state = &out[count++];
        assert(fact.value.len == sizeof state->report);
        memcpy(&state->report, fact.value.data, sizeof state->report);
        state->receipt_count =
            read_voices(txn, 'c', fact.seq, state->receipts, PROJ_VOICE_COUNT_MAX);
        state->overrule_count =
            read_voices(txn, 'v', fact.seq, state->overrules, PROJ_VOICE_COUNT_MAX);
    }
    proj_scan_close(scan);
    return count;
}

/* A statement by two officers: that a report is true, or that it is false. */
struct statement {
    ledger_seq seq; /* of the later voice */
    unsigned report;
    bool overrules;
    const struct proj_voice *a, *b;
};

struct key_cut {
    struct ledger_key key;
    struct proj_cut cut;
};

static ledger_seq cut_among(const struct key_cut *cuts, unsigned count,
                            const struct ledger_key *key)
{
    ledger_seq cut = LEDGER_SEQ_NONE;
    for (unsigned i = 0; i < count; i++) {
        if (ledger_key_equal(&cuts[i].key, key) && cuts[i].cut.cut < cut)
            cut = cuts[i].cut.cut;
    }
    return cut;
}

static bool voice_stands(const struct proj_voice *voice, const struct key_cut *cuts, unsigned count)
{
    return voice->seq < cut_among(cuts, count, &voice->key) &&
           voice->seq < cut_among(cuts, count, &voice->parent);
}

static void add_cut(struct key_cut *cuts, unsigned *count, const struct proj_report *report)
{
    cuts[(*count)++] =
        (struct key_cut){.key = report->target, .cut = {.cut = report->cut, .report = report->seq}};
}

static int newest_first(const void *a, const void *b)
{
    const struct statement *x = a;
    const struct statement *y = b;
    return x->seq < y->seq ? 1 : x->seq > y->seq ? -1 : 0;
}

static unsigned add_pairs(struct statement *out, unsigned count, unsigned capacity, unsigned report,
                          bool overrules, const struct proj_voice *voices, unsigned voice_count)
{
    for (unsigned i = 0; i < voice_count; i++) {
        for (unsigned k = i + 1; k < voice_count; k++) {
            bool same = memcmp(voices[i].account, voices[k].account, LEDGER_ID_LEN) == 0;
            if (same || voices[i].by_root || voices[k].by_root || count == capacity)
                continue;
            ledger_seq seq = voices[i].seq > voices[k].seq ? voices[i].seq : voices[k].seq;
            out[count++] = (struct statement){.seq = seq,
                                              .report = report,
                                              .overrules = overrules,
                                              .a = &voices[i],
                                              .b = &voices[k]};
        }
    }
    return count;
}

static bool root_overruled(const struct proj_report_state *state)
{
    for (unsigned i = 0; i < state->overrule_count; i++) {
        if (state->overrules[i].by_root)
            return true;
    }
    return false;
}

/* Pairs among `n` voices. */
static size_t pair_count(size_t n)
{
    return n * (n - (n > 0)) / 2;
}

static size_t statement_count_of(const struct proj_report_state *states, unsigned count)
{
    size_t total = 0;
    for (unsigned i = 0; i < count; i++)
        total += pair_count(states[i].receipt_count) + pair_count(states[i].overrule_count);
    return total;
}

static void weigh(struct proj_txn *txn, struct proj_report_state *states, unsigned count)
{
    size_t capacity = statement_count_of(states, count);
    struct key_cut *cuts = calloc(count + 1u, sizeof *cuts);
    struct statement *statements = calloc(capacity + 1, sizeof *statements);
    unsigned cut_count = 0;
    unsigned statement_count = 0;
    if (cuts == NULL || statements == NULL) {
        proj_txn_fail(txn, BASE_E_MEMORY, "reports");
        count = 0;
    }
    for (unsigned i = 0; i < count; i++) {
        struct proj_report_state *state = &states[i];
        state->overruled = root_overruled(state);
        if (state->report.by_root && !state->overruled) {
            state->standing = true;
            add_cut(cuts, &cut_count, &state->report);
        }
        statement_count = add_pairs(statements, statement_count, (unsigned)capacity, i, false,
                                    state->receipts, state->receipt_count);
        if (state->report.target_stratum >= 2)
            statement_count = add_pairs(statements, statement_count, (unsigned)capacity, i, true,
                                        state->overrules, state->overrule_count);
    }
    if (statement_count > 0)
        qsort(statements, statement_count, sizeof *statements, newest_first);
    for (unsigned i = 0; i < statement_count; i++) {
        const struct statement *s = &statements[i];
        struct proj_report_state *state = &states[s->report];
        if (!voice_stands(s->a, cuts, cut_count) || !voice_stands(s->b, cuts, cut_count))
            continue;
        if (s->overrules && !state->standing) {
            state->overruled = true;
        } else if (!s->overrules && !state->overruled && !state->standing) {
            state->standing = true;
            add_cut(cuts, &cut_count, &state->report);
        }
    }
    for (unsigned i = 0; i < count; i++) {
        const struct proj_voice accuser = {.key = states[i].report.key,
                                           .parent = states[i].report.parent,
                                           .seq = states[i].report.seq};
        states[i].lapsed = !voice_stands(&accuser, cuts, cut_count);
        for (unsigned r = 0; r < states[i].receipt_count; r++)
            states[i].receipt_valid[r] = voice_stands(&states[i].receipts[r], cuts, cut_count);
    }
    free(statements);
    free(cuts);
}

unsigned proj_reports_judge(struct proj_txn *txn, struct proj_report_state **out_states)
{
    return proj_reports_suppose(txn, NULL, out_states);
}

unsigned proj_reports_suppose(struct proj_txn *txn, const struct proj_report *supposed,
                              struct proj_report_state **out_states)
{
    unsigned count = count_reports(txn);
    *out_states = NULL;
    if (count == 0 && supposed == NULL)
        return 0;
    struct proj_report_state *states = calloc(count + 1u, sizeof *states);
    if (states == NULL) {
        proj_txn_fail(txn, BASE_E_MEMORY, "reports");
        return 0;
    }
    count = read_reports(txn, states, count);
    if (supposed != NULL)
        states[count++].report = *supposed;
    weigh(txn, states, count);
    *out_states = states;
    return count;
}

bool proj_is_frozen(struct proj_txn *txn, const proj_id account)
{
    struct proj_report_state *states;
    bool frozen = false;
    unsigned count = proj_reports_judge(txn, &states);
    for (unsigned i = 0; i < count && !frozen; i++) {
        const struct proj_report *report = &states[i].report;
        bool decided =
            states[i].standing || states[i].overruled || states[i].lapsed || report->by_root;
        bool self = memcmp(report->account, report->reporter, LEDGER_ID_LEN) == 0;
        if (report->target_stratum == 1 && !decided && !self)
            frozen = memcmp(report->account, account, LEDGER_ID_LEN) == 0 ||
                     memcmp(report->reporter, account, LEDGER_ID_LEN) == 0;
    }
    free(states);
    return frozen;
}
