/* The rule, run incrementally.
 *
 * 1. standing.c finds which reports stand.
 * 2. The cuts that follow are compared with those known before; for each key that differs, its
 *    events from the lower of the old cut and the new on are marked.
 * 3. Marked positions are judged in ascending order. One whose state changes marks what may rest
 *    on it (fold->rest). Grounds lie before what rests on them, so one pass suffices.
 * 4. What changed is written as known from the report's last signature on.
 *
 * The cost is that of the marked positions: no step walks the log, or a stretch of it.
 *
 * What can fail: memory and the store; then the transaction carries the fault and is dropped. */
#include "projections/voiding.h"

#include <openssl/evp.h>
#include <stdlib.h>

#include "projections/positions.h"

/* Covered events */

struct span_of_key {
    struct proj_txn *txn;
    ledger_seq from, until;
    struct proj_positions *marks;
};

static bool mark_position(void *data, ledger_seq seq)
{
    struct span_of_key *span = data;
    proj_positions_put(span->marks, seq);
    return true;
}

static bool key_fact_of(struct proj_txn *txn, const struct ledger_key *key,
                        struct proj_key_fact *out_fact)
{
    struct proj_fact found;
    struct proj_key fact_key = proj_key_key(key);
    if (!proj_fact_get_any(txn, &fact_key, LEDGER_SEQ_NONE, &found) ||
        found.value.len != sizeof *out_fact)
        return false;
    memcpy(out_fact, found.value.data, sizeof *out_fact);
    return true;
}

static void mark_sessions(struct span_of_key *span, const struct ledger_key *key,
                          const proj_id account)
{
    struct proj_fact found;
    struct proj_key prefix = proj_key_tagged_id('J', account);
    struct proj_scan *scan = proj_scan_open(span->txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
    while (proj_scan_next_version(scan, &found)) {
        struct ledger_key session;
        struct proj_key_fact fact;
        if (found.value.len != 1 || found.value.data[0] != PROJ_KEY_SESSION)
            continue;
        memcpy(session.bytes, found.key.data + 1 + LEDGER_ID_LEN, LEDGER_KEY_LEN);
        if (key_fact_of(span->txn, &session, &fact) && ledger_key_equal(&fact.parent, key))
            proj_author_each(span->txn, &session, span->from, span->until, mark_position, span);
    }
    proj_scan_close(scan);
}

/* Marks the events of a key, and of its sessions when it is an account's, from `from` on. */
static void mark_key(struct proj_txn *txn, const struct ledger_key *key, ledger_seq from,
                     ledger_seq until, struct proj_positions *marks)
{
    struct proj_key_fact fact;
    struct span_of_key span = {.txn = txn, .from = from, .until = until, .marks = marks};
    proj_author_each(txn, key, from, until, mark_position, &span);
    if (key_fact_of(txn, key, &fact) && fact.kind == PROJ_KEY_ACCOUNT)
        mark_sessions(&span, key, fact.account);
}

void proj_covered(struct proj_txn *txn, struct proj_source *source, const struct ledger_key *target,
                  ledger_seq cut, ledger_seq size, uint64_t *out_count,
                  struct ledger_hash *out_digest, void (*each)(void *data, ledger_seq seq),
                  void *data)
{
    struct proj_positions marks = {0};
    struct base_err err = {0};
    ledger_seq seq;
    EVP_MD_CTX *digest = EVP_MD_CTX_new();
    bool ok = digest != NULL && EVP_DigestInit_ex(digest, EVP_sha256(), NULL) == 1;
    *out_count = 0;
    if (ok)
        mark_key(txn, target, cut, size, &marks);
    ok = ok && !marks.failed;
    while (ok && proj_positions_take(&marks, &seq)) {
        struct ledger_event event;
        base_time_ms recorded_ms;
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
    proj_positions_release(&marks);
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

struct key_cut {
    struct ledger_key key;
    struct proj_cut cut;
};

struct judgement {
    struct proj_txn *txn;
    struct proj_source *source;
    int offset_min;
    struct proj_positions marks;
    struct key_cut *cuts; /* as they are to be */
    unsigned cut_count;
    ledger_seq until; /* the breach event's own position, or the log's size */
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
    proj_txn_missed_forget(j->txn);
    bool grounded = proj_actor_find(j->txn, &c->event->key, c->seq, &c->actor) &&
                    !proj_key_is_retired(j->txn, &c->actor, c->seq) && fold->ground(c) == 0;
    if (grounded)
        return counts;
    struct proj_void ungrounded = {.reason = PROJ_VOID_UNGROUNDED, .cause = j->cause};
    (void)proj_txn_missed(j->txn, &ungrounded.cause);
    return ungrounded;
}

static void mark_one(void *data, ledger_seq seq)
{
    struct judgement *j = data;
    if (seq < j->until)
        proj_positions_put(&j->marks, seq);
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
    if (was.reason == now.reason && (now.reason == PROJ_COUNTS || was.cause == now.cause))
        return;
    proj_void_suppose(j->txn, seq, now);
    if (j->touched != NULL)
        j->touched(j->data, seq);
    /* Also when only the report behind it is another one: what rests on it names that report. */
    if (fold->rest != NULL) {
        struct proj_marker marker = {.mark = mark_one, .data = j};
        c.actor = (struct proj_actor){0};
        (void)proj_actor_find(j->txn, &event.key, seq, &c.actor);
        fold->rest(&c, &marker);
    }
}

static void judge_all(struct judgement *j)
{
    ledger_seq seq;
    while (proj_txn_fault(j->txn, NULL) == 0 && proj_positions_take(&j->marks, &seq))
        judge_seq(j, seq);
    if (j->marks.failed)
        proj_txn_fail(j->txn, BASE_E_MEMORY, "voiding");
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

static bool cut_changed(struct proj_txn *txn, const struct key_cut *wanted,
                        struct proj_cut *out_was)
{
    *out_was = proj_cut_get(txn, &wanted->key);
    return out_was->cut != wanted->cut.cut || out_was->report != wanted->cut.report;
}

/* Judges what the reports cover that stood or fell, and what rests on it; the outcome is left as
 * suppositions in the transaction. Memory running out is a fault there. */
static void work_out(struct judgement *j, const struct proj_report_state *states, unsigned count)
{
    j->cuts = calloc(count + 1u, sizeof *j->cuts);
    if (j->cuts == NULL) {
        proj_txn_fail(j->txn, BASE_E_MEMORY, "voiding");
        return;
    }
    j->cut_count = wanted_cuts(states, count, j->cuts);
    for (unsigned i = 0; i < j->cut_count; i++) {
        struct proj_cut was;
        if (cut_changed(j->txn, &j->cuts[i], &was))
            mark_key(j->txn, &j->cuts[i].key, lower(was.cut, j->cuts[i].cut.cut), j->until,
                     &j->marks);
    }
    judge_all(j);
}

static void judgement_release(struct judgement *j)
{
    proj_positions_release(&j->marks);
    free(j->cuts);
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
    unsigned count = proj_reports_judge(c->txn, &states);
    struct judgement j = {.txn = c->txn,
                          .source = c->source,
                          .offset_min = c->offset_min,
                          .until = c->seq,
                          .cause = report_of(c),
                          .touched = touched,
                          .data = data};
    work_out(&j, states, count);
    struct flush flush = {.txn = c->txn, .known_at = c->seq};
    proj_void_supposed(c->txn, flush_one, &flush);
    for (unsigned i = 0; i < j.cut_count; i++) {
        struct proj_cut was;
        if (cut_changed(c->txn, &j.cuts[i], &was))
            proj_cut_put(c->txn, &j.cuts[i].key, c->seq, j.cuts[i].cut);
    }
    proj_void_supposed_clear(c->txn);
    judgement_release(&j);
    free(states);
}

void proj_voiding_suppose(struct proj_txn *txn, struct proj_source *source, int offset_min,
                          const struct ledger_key *target, ledger_seq cut)
{
    struct proj_report_state *states;
    ledger_seq size = proj_txn_next(txn);
    struct proj_report supposed = {.target = *target, .cut = cut, .seq = size, .by_root = 1};
    unsigned count = proj_reports_suppose(txn, &supposed, &states);
    struct judgement j = {
        .txn = txn, .source = source, .offset_min = offset_min, .until = size, .cause = size};
    work_out(&j, states, count);
    judgement_release(&j);
    free(states);
}
