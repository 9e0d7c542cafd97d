/* The rule, run incrementally.
 *
 * 1. proj_reports_judge finds which reports stand: root's first, then pairs of officers, newest
 *    first; a pair falls when one of its signers' keys is cut before the signature by something
 *    already found to stand.
 * 2. The cuts that follow are compared with those known before; for each key that differs, its
 *    events between the old cut and the new are marked.
 * 3. Marked positions are judged in ascending order. One whose state changes marks what may rest
 *    on it (fold->rest). Grounds lie before what rests on them, so one pass suffices.
 * 4. What changed is written as known from the report's last signature on.
 *
 * What can fail: memory and the store; then the transaction carries the fault and is dropped. */
#include "projections/voiding.h"

#include <assert.h>
#include <openssl/evp.h>
#include <stdlib.h>

/* A growing set of positions, walked in ascending order while it grows ahead of the walk. */
struct marks {
    uint64_t *words;
    size_t word_count;
    ledger_seq base, size;
    bool all_from_set;
    ledger_seq all_from;
};

static void marks_add(struct marks *marks, ledger_seq seq)
{
    if (seq < marks->base || seq >= marks->size)
        return;
    ledger_seq i = seq - marks->base;
    marks->words[i / 64] |= UINT64_C(1) << (i % 64);
}

static bool marks_has(const struct marks *marks, ledger_seq seq)
{
    ledger_seq i = seq - marks->base;
    return (marks->words[i / 64] >> (i % 64)) & 1;
}

static void mark_one(void *data, ledger_seq seq)
{
    marks_add(data, seq);
}

static void mark_all_after(void *data, ledger_seq seq)
{
    struct marks *marks = data;
    for (ledger_seq s = seq + 1; s < marks->size; s++)
        marks_add(marks, s);
}

static bool marks_init(struct marks *marks, struct proj_txn *txn, ledger_seq base, ledger_seq size)
{
    *marks = (struct marks){.base = base, .size = size};
    marks->word_count = (size_t)((size - base) / 64 + 1);
    marks->words = calloc(marks->word_count, sizeof *marks->words);
    if (marks->words == NULL)
        proj_txn_fail(txn, BASE_E_MEMORY, "voiding");
    return marks->words != NULL;
}

/* Reports and voices */

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
    unsigned count = count_reports(txn);
    *out_states = NULL;
    if (count == 0)
        return 0;
    struct proj_report_state *states = calloc(count, sizeof *states);
    if (states == NULL) {
        proj_txn_fail(txn, BASE_E_MEMORY, "reports");
        return 0;
    }
    count = read_reports(txn, states, count);
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

/* Covered events */

static bool collect_seq(void *data, ledger_seq seq)
{
    marks_add(data, seq);
    return true;
}

/* Marks the events of a key, and of its sessions when it is an account's, from `from` on. */
static void mark_key(struct proj_txn *txn, const struct ledger_key *key, ledger_seq from,
                     ledger_seq until, struct marks *marks)
{
    struct proj_key_fact fact;
    struct proj_fact found;
    struct proj_key fact_key = proj_key_key(key);
    proj_author_each(txn, key, from, until, collect_seq, marks);
    if (!proj_fact_get_any(txn, &fact_key, LEDGER_SEQ_NONE, &found) ||
        found.value.len != sizeof fact)
        return;
    memcpy(&fact, found.value.data, sizeof fact);
    if (fact.kind != PROJ_KEY_ACCOUNT)
        return;
    struct proj_key prefix = proj_key_tagged_id('J', fact.account);
    struct proj_scan *scan = proj_scan_open(txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
    while (proj_scan_next_version(scan, &found)) {
        struct ledger_key session;
        struct proj_key_fact session_fact;
        struct proj_fact value;
        memcpy(session.bytes, found.key.data + 1 + LEDGER_ID_LEN, LEDGER_KEY_LEN);
        struct proj_key session_key = proj_key_key(&session);
        if (!proj_fact_get_any(txn, &session_key, LEDGER_SEQ_NONE, &value) ||
            value.value.len != sizeof session_fact)
            continue;
        memcpy(&session_fact, value.value.data, sizeof session_fact);
        if (session_fact.kind == PROJ_KEY_SESSION && ledger_key_equal(&session_fact.parent, key))
            proj_author_each(txn, &session, from, until, collect_seq, marks);
    }
    proj_scan_close(scan);
}

void proj_covered(struct proj_txn *txn, struct proj_source *source, const struct ledger_key *target,
                  ledger_seq cut, ledger_seq size, uint64_t *out_count,
                  struct ledger_hash *out_digest, void (*each)(void *data, ledger_seq seq),
                  void *data)
{
    struct marks marks = {0};
    struct base_err err = {0};
    EVP_MD_CTX *digest = EVP_MD_CTX_new();
    bool ok = digest != NULL && EVP_DigestInit_ex(digest, EVP_sha256(), NULL) == 1;
    *out_count = 0;
    if (cut > size)
        cut = size;
    ok = ok && marks_init(&marks, txn, cut, size);
    if (ok)
        mark_key(txn, target, cut, size, &marks);
    for (ledger_seq seq = cut; ok && seq < size; seq++) {
        struct ledger_event event;
        base_time_ms recorded_ms;
        if (!marks_has(&marks, seq))
            continue;
        int rc = source->event(source->data, seq, &event, &recorded_ms, &err);
        if (rc != 0)
            proj_txn_fail(txn, rc, err.text);
        ok = rc == 0 && EVP_DigestUpdate(digest, event.id.bytes, LEDGER_HASH_LEN) == 1;
        (*out_count)++;
        if (ok && each != NULL)
            each(data, seq);
    }
    if (!ok || EVP_DigestFinal_ex(digest, out_digest->bytes, NULL) != 1)
        proj_txn_fail(txn, BASE_E_CRYPTO, "digest of the covered events");
    EVP_MD_CTX_free(digest);
    free(marks.words);
}

ledger_seq proj_cut_at(struct proj_txn *txn, struct proj_source *source, ledger_seq size,
                       base_time_ms moment_ms)
{
    ledger_seq low = 0;
    ledger_seq high = size;
    while (low < high) {
        ledger_seq middle = low + (high - low) / 2;
        struct ledger_event event;
        struct base_err err = {0};
        base_time_ms recorded_ms = 0;
        int rc = source->event(source->data, middle, &event, &recorded_ms, &err);
        if (rc != 0) {
            proj_txn_fail(txn, rc, err.text);
            return size;
        }
        if (recorded_ms < moment_ms)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Judging */

struct judgement {
    struct proj_txn *txn;
    struct proj_source *source;
    int offset_min;
    struct marks marks;
    const struct key_cut *cuts; /* as they are to be */
    unsigned cut_count;
    ledger_seq cause; /* for events that lost their ground */
    void (*touched)(void *data, ledger_seq seq);
    void *data;
};

static struct proj_cut cut_of(const struct judgement *j, const struct ledger_key *key)
{
    struct proj_cut best = {.cut = LEDGER_SEQ_NONE, .report = LEDGER_SEQ_NONE};
    for (unsigned i = 0; i < j->cut_count; i++) {
        if (ledger_key_equal(&j->cuts[i].key, key) && j->cuts[i].cut.cut < best.cut)
            best = j->cuts[i].cut;
    }
    return best;
}

static bool always_counts(struct base_bytes kind)
{
    return proj_is_breach(kind) || base_bytes_equal(kind, BASE_LITERAL("school.founded")) ||
           base_bytes_equal(kind, BASE_LITERAL("root.rotated"));
}

/* The rule for one event: covered, without ground, or it counts. */
static struct proj_void judge_event(struct judgement *j, struct proj_case *c,
                                    const struct proj_fold *fold)
{
    struct proj_void counts = {.reason = PROJ_COUNTS, .cause = j->cause};
    struct proj_key_fact key_fact;
    struct proj_fact found;
    struct ledger_refusal refusal;
    struct proj_key fact_key = proj_key_key(&c->event->key);
    if (always_counts(c->event->kind))
        return counts;
    struct proj_cut cut = cut_of(j, &c->event->key);
    if (proj_fact_get_any(j->txn, &fact_key, c->seq, &found) &&
        found.value.len == sizeof key_fact) {
        memcpy(&key_fact, found.value.data, sizeof key_fact);
        if (key_fact.kind == PROJ_KEY_SESSION) {
            struct proj_cut above = cut_of(j, &key_fact.parent);
            cut = above.cut < cut.cut ? above : cut;
        }
    }
    if (c->seq >= cut.cut)
        return (struct proj_void){.reason = PROJ_VOID_COVERED, .cause = cut.report};
    c->refusal = &refusal;
    bool grounded = proj_actor_find(j->txn, &c->event->key, c->seq, &c->actor) &&
                    !proj_key_is_retired(j->txn, &c->actor, c->seq) && fold->ground(c) == 0;
    if (grounded)
        return counts;
    return (struct proj_void){.reason = PROJ_VOID_UNGROUNDED, .cause = j->cause};
}

static void judge_seq(struct judgement *j, ledger_seq seq)
{
    struct ledger_event event;
    struct base_err err = {0};
    base_time_ms recorded_ms;
    int rc = j->source->event(j->source->data, seq, &event, &recorded_ms, &err);
    const struct proj_fold *fold = rc == 0 ? proj_fold_find(event.kind) : NULL;
    if (rc != 0 || fold == NULL) {
        proj_txn_fail(j->txn, rc != 0 ? rc : BASE_E_CORRUPT, rc != 0 ? err.text : "unknown kind");
        return;
    }
    struct proj_case c = {.txn = j->txn,
                          .event = &event,
                          .body = &event.body,
                          .seq = seq,
                          .recorded_ms = recorded_ms,
                          .offset_min = j->offset_min,
                          .source = j->source};
    struct proj_void was = proj_void_get(j->txn, seq);
    struct proj_void now = judge_event(j, &c, fold);
    bool same =
        was.reason == now.reason && (now.reason != PROJ_VOID_COVERED || was.cause == now.cause);
    if (same)
        return;
    proj_void_suppose(j->txn, seq, now);
    if (j->touched != NULL)
        j->touched(j->data, seq);
    bool flipped = (was.reason == PROJ_COUNTS) != (now.reason == PROJ_COUNTS);
    if (flipped && fold->rest != NULL) {
        struct proj_marker marker = {
            .mark = mark_one, .mark_all_after = mark_all_after, .data = &j->marks};
        c.actor = (struct proj_actor){0};
        (void)proj_actor_find(j->txn, &event.key, seq, &c.actor);
        fold->rest(&c, &marker);
    }
}

static void judge_all(struct judgement *j)
{
    for (ledger_seq seq = j->marks.base; seq < j->marks.size; seq++) {
        if ((seq - j->marks.base) % 64 == 0 && j->marks.words[(seq - j->marks.base) / 64] == 0 &&
            seq + 64 <= j->marks.size) {
            seq += 63; /* an empty word: sixty-four steps at once */
            continue;
        }
        if (marks_has(&j->marks, seq))
            judge_seq(j, seq);
        if (proj_txn_fault(j->txn, NULL) != 0)
            return;
    }
}

struct flush {
    struct proj_txn *txn;
    ledger_seq known_at;
};

static void flush_one(void *data, ledger_seq seq, struct proj_void state)
{
    struct flush *flush = data;
    proj_void_put(flush->txn, seq, flush->known_at, state);
}

/* Cuts as they are to be, one a target: the smallest of its standing reports. */
static unsigned wanted_cuts(const struct proj_report_state *states, unsigned count,
                            struct key_cut *out)
{
    unsigned out_count = 0;
    for (unsigned i = 0; i < count; i++) {
        unsigned k = 0;
        while (k < out_count && !ledger_key_equal(&out[k].key, &states[i].report.target))
            k++;
        if (k == out_count)
            out[out_count++] =
                (struct key_cut){.key = states[i].report.target,
                                 .cut = {.cut = LEDGER_SEQ_NONE, .report = LEDGER_SEQ_NONE}};
        if (states[i].standing && states[i].report.cut < out[k].cut.cut)
            out[k].cut =
                (struct proj_cut){.cut = states[i].report.cut, .report = states[i].report.seq};
    }
    return out_count;
}

static ledger_seq lower(ledger_seq a, ledger_seq b)
{
    return a < b ? a : b;
}

static ledger_seq lowest_change(struct proj_txn *txn, const struct key_cut *cuts, unsigned count)
{
    ledger_seq lowest = LEDGER_SEQ_NONE;
    for (unsigned i = 0; i < count; i++) {
        struct proj_cut was = proj_cut_get(txn, &cuts[i].key);
        if (was.cut != cuts[i].cut.cut || was.report != cuts[i].cut.report)
            lowest = lower(lowest, lower(was.cut, cuts[i].cut.cut));
    }
    return lowest;
}

/* The report that the breach event is about: itself, or the one that it names. */
static ledger_seq report_of(struct proj_case *c)
{
    struct ledger_canon_value id = ledger_canon_get(c->body, "report");
    struct ledger_hash hash;
    struct proj_report report;
    if (!ledger_canon_is_bin(&id, LEDGER_HASH_LEN))
        return c->seq;
    memcpy(hash.bytes, id.bytes.data, LEDGER_HASH_LEN);
    struct proj_key key = proj_key_tagged_hash('x', &hash);
    return proj_fact_read(c->txn, &key, c->seq, &report, sizeof report, NULL) ? report.seq : c->seq;
}

void proj_voiding_refresh(struct proj_case *c, void (*touched)(void *data, ledger_seq seq),
                          void *data)
{
    struct proj_report_state *states;
    unsigned report_count = proj_reports_judge(c->txn, &states);
    struct key_cut *cuts = calloc(report_count + 1u, sizeof *cuts);
    struct judgement j = {.txn = c->txn,
                          .source = c->source,
                          .offset_min = c->offset_min,
                          .cause = report_of(c),
                          .touched = touched,
                          .data = data};
    if (cuts == NULL) {
        proj_txn_fail(c->txn, BASE_E_MEMORY, "voiding");
        goto out;
    }
    unsigned count = wanted_cuts(states, report_count, cuts);
    ledger_seq base = lowest_change(c->txn, cuts, count);
    if (base == LEDGER_SEQ_NONE || base >= c->seq || !marks_init(&j.marks, c->txn, base, c->seq))
        goto cuts;
    for (unsigned i = 0; i < count; i++) {
        struct proj_cut was = proj_cut_get(c->txn, &cuts[i].key);
        if (was.cut != cuts[i].cut.cut || was.report != cuts[i].cut.report)
            mark_key(c->txn, &cuts[i].key, lower(was.cut, cuts[i].cut.cut), c->seq, &j.marks);
    }
    j.cuts = cuts;
    j.cut_count = count;
    judge_all(&j);
    struct flush flush = {.txn = c->txn, .known_at = c->seq};
    proj_void_supposed(c->txn, flush_one, &flush);
cuts:
    for (unsigned i = 0; i < count; i++) {
        struct proj_cut was = proj_cut_get(c->txn, &cuts[i].key);
        if (was.cut != cuts[i].cut.cut || was.report != cuts[i].cut.report)
            proj_cut_put(c->txn, &cuts[i].key, c->seq, cuts[i].cut);
    }
out:
    proj_void_supposed_clear(c->txn);
    free(j.marks.words);
    free(cuts);
    free(states);
}

void proj_voiding_suppose(struct proj_txn *txn, struct proj_source *source, int offset_min,
                          const struct ledger_key *target, ledger_seq cut)
{
    struct proj_report_state *states;
    unsigned report_count = proj_reports_judge(txn, &states);
    struct key_cut *cuts = calloc(report_count + 1u, sizeof *cuts);
    ledger_seq size = proj_txn_next(txn);
    struct judgement j = {.txn = txn, .source = source, .offset_min = offset_min, .cause = size};
    if (cuts == NULL) {
        proj_txn_fail(txn, BASE_E_MEMORY, "voiding");
    } else if (cut < size && marks_init(&j.marks, txn, cut, size)) {
        j.cut_count = wanted_cuts(states, report_count, cuts);
        cuts[j.cut_count++] = (struct key_cut){.key = *target, .cut = {.cut = cut, .report = size}};
        j.cuts = cuts;
        mark_key(txn, target, cut, size, &j.marks);
        judge_all(&j);
    }
    free(j.marks.words);
    free(cuts);
    free(states);
}
