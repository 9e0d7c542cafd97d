/* Breach: what a report would do (preview), and what became of every report. The preview lays the
 * supposed cut over a read transaction of its own, so it waits for nobody and changes nothing. */
#include <stdio.h>
#include <stdlib.h>

#include "projections/deadlines.h"
#include "projections/views/cells.h"
#include "projections/voiding.h"

#define DAY_MS 86400000
#define CELL_COUNT_MAX 500 /* shown one by one; the counts are always whole */
#define EVENT_COUNT_MAX 300
#define KIND_COUNT_MAX 40

struct preview {
    struct proj_view *view;
    struct proj_source source;
    struct proj_cell *cells;
    unsigned cell_count;
    uint64_t covered, ungrounded, period_marks;
    struct {
        char name[LEDGER_KIND_LEN_MAX + 1];
        uint64_t count;
    } kinds[KIND_COUNT_MAX];
    unsigned kind_count;
    size_t events_at;
    uint32_t event_count;
};

static void count_kind(struct preview *preview, struct base_bytes kind)
{
    unsigned i = 0;
    while (i < preview->kind_count &&
           !base_bytes_equal(base_bytes_str(preview->kinds[i].name), kind))
        i++;
    if (i == KIND_COUNT_MAX)
        return;
    if (i == preview->kind_count) {
        preview->kind_count++;
        snprintf(preview->kinds[i].name, sizeof preview->kinds[i].name, "%.*s", (int)kind.len,
                 (const char *)kind.data);
    }
    preview->kinds[i].count++;
}

static void add_cell(void *data, const struct proj_cell *cell)
{
    struct preview *preview = data;
    for (unsigned i = 0; i < preview->cell_count; i++) {
        if (preview->cells[i].key.len == cell->key.len &&
            memcmp(preview->cells[i].key.bytes, cell->key.bytes, cell->key.len) == 0)
            return;
    }
    /* That everybody was looked at is told by the absences beside it. */
    if (preview->cell_count < CELL_COUNT_MAX && (cell->is_period || cell->what != PROJ_WHAT_SHEET))
        preview->cells[preview->cell_count++] = *cell;
}

static void put_event(struct preview *preview, const struct ledger_event *event, ledger_seq seq,
                      base_time_ms recorded_ms, bool covered)
{
    struct base_buf *out = preview->view->out;
    struct proj_lesson lesson;
    struct proj_group group = {0};
    struct proj_subject subject = {0};
    struct ledger_canon_value id = ledger_canon_get(&event->body, "lesson");
    if (preview->event_count == EVENT_COUNT_MAX)
        return;
    if (ledger_canon_is_bin(&id, LEDGER_ID_LEN) &&
        proj_find_lesson(preview->view, id.bytes.data, &lesson)) {
        (void)proj_find_group(preview->view, lesson.group, &group);
        (void)proj_find_subject(preview->view, lesson.subject, &subject);
    }
    ledger_canon_put_map(out, 8);
    proj_put_seq(out, "seq", seq);
    proj_put_hash(out, "id", event->id.bytes);
    proj_put_int(out, "recorded", recorded_ms);
    proj_put_text(out, "kind", event->kind);
    proj_put_str(out, "group_name", group.name);
    proj_put_str(out, "subject_name", subject.name);
    proj_put_hash(out, "session", event->key.bytes);
    proj_put_bool(out, "covered", covered);
    preview->event_count++;
}

static void take_supposed(void *data, ledger_seq seq, struct proj_void state)
{
    struct preview *preview = data;
    struct ledger_event event;
    base_time_ms recorded_ms;
    if (state.reason == PROJ_COUNTS ||
        preview->source.event(preview->source.data, seq, &event, &recorded_ms, NULL) != 0)
        return;
    preview->covered += state.reason == PROJ_VOID_COVERED;
    preview->ungrounded += state.reason == PROJ_VOID_UNGROUNDED;
    preview->period_marks += base_bytes_equal(event.kind, BASE_LITERAL("period.set"));
    count_kind(preview, event.kind);
    proj_each_cell(preview->view, &event, add_cell, preview);
    put_event(preview, &event, seq, recorded_ms, state.reason == PROJ_VOID_COVERED);
}

static void put_cell_text(struct preview *preview, struct proj_txn *txn,
                          const struct proj_cell *cell, const char *key)
{
    char text[256];
    (void)proj_cell_now(preview->view, txn, cell, text, sizeof text);
    proj_put_str(preview->view->out, key, text);
}

static void put_author_name(struct preview *preview, ledger_seq seq)
{
    struct ledger_event event;
    struct proj_actor actor;
    base_time_ms recorded_ms;
    char name[PROJ_NAME_LEN_MAX] = "—";
    if (preview->source.event(preview->source.data, seq, &event, &recorded_ms, NULL) == 0 &&
        proj_actor_find(preview->view->txn, &event.key, LEDGER_SEQ_NONE, &actor))
        proj_view_account_name(preview->view, actor.account, name);
    proj_put_str(preview->view->out, "name", name);
}

/* Later edits that would still count, made by others on top of what falls. */
static void put_on_top(struct preview *preview, const struct proj_cell *cell)
{
    struct base_buf *out = preview->view->out;
    struct proj_txn *txn = preview->view->txn;
    struct proj_fact fact;
    bool fallen = false;
    uint32_t count = 0;
    proj_put_key(out, "on_top");
    size_t at = proj_array_begin(out);
    struct proj_scan *scan = proj_scan_open(txn, &cell->key, NULL, NULL, LEDGER_SEQ_NONE);
    while (proj_scan_next_version(scan, &fact)) {
        bool is_void = proj_is_void(txn, fact.seq);
        fallen |= is_void;
        if (is_void || !fallen)
            continue;
        char text[256];
        proj_cell_words(preview->view, cell, &fact, text, sizeof text);
        ledger_canon_put_map(out, 3);
        proj_put_seq(out, "seq", fact.seq);
        put_author_name(preview, fact.seq);
        proj_put_str(out, "value", text);
        count++;
    }
    proj_scan_close(scan);
    proj_array_end(out, at, count);
}

static void put_cell(struct preview *preview, struct proj_txn *before, const struct proj_cell *cell)
{
    struct base_buf *out = preview->view->out;
    struct proj_group group = {0};
    struct proj_subject subject = {0};
    char pupil[PROJ_NAME_LEN_MAX] = "";
    (void)proj_find_group(preview->view, cell->group, &group);
    (void)proj_find_subject(preview->view, cell->subject, &subject);
    if (memcmp(cell->pupil, proj_no_id, LEDGER_ID_LEN) != 0)
        proj_view_pupil_name(preview->view, cell->pupil, pupil);
    ledger_canon_put_map(out, 14);
    proj_put_str(out, "what", proj_cell_name(cell));
    proj_put_id_or_nil(out, "lesson", cell->lesson.id);
    proj_put_id(out, "group", cell->group);
    proj_put_id(out, "subject", cell->subject);
    proj_put_str(out, "group_name", group.name);
    proj_put_str(out, "subject_name", subject.name);
    if (cell->is_period) {
        proj_put_nil(out, "day");
        proj_put_nil(out, "n");
    } else {
        proj_put_int(out, "day", cell->lesson.day);
        proj_put_int(out, "n", cell->lesson.n);
    }
    proj_put_id_or_nil(out, "pupil", cell->pupil);
    proj_put_str(out, "pupil_name", pupil);
    proj_put_int(out, "column", cell->column);
    put_cell_text(preview, before, cell, "before");
    put_cell_text(preview, preview->view->txn, cell, "after");
    put_on_top(preview, cell);
}

static bool key_fact_of(struct proj_view *view, const struct ledger_key *key,
                        struct proj_key_fact *out_fact)
{
    struct proj_fact fact;
    struct proj_key fact_key = proj_key_key(key);
    if (!proj_fact_get_any(view->txn, &fact_key, LEDGER_SEQ_NONE, &fact) ||
        fact.value.len != sizeof *out_fact)
        return false;
    memcpy(out_fact, fact.value.data, sizeof *out_fact);
    return out_fact->kind == PROJ_KEY_ACCOUNT || out_fact->kind == PROJ_KEY_SESSION;
}

struct id_list {
    struct base_buf *out;
    struct proj_source *source;
    uint32_t count;
};

static void put_covered_id(void *data, ledger_seq seq)
{
    struct id_list *list = data;
    struct ledger_event event;
    base_time_ms recorded_ms;
    if (list->source->event(list->source->data, seq, &event, &recorded_ms, NULL) == 0) {
        ledger_canon_put_bin(list->out, event.id.bytes, LEDGER_HASH_LEN);
        list->count++;
    }
}

uint64_t proj_put_claim(struct proj_view *view, struct proj_source *source,
                        const struct ledger_key *target, ledger_seq cut, ledger_seq size)
{
    struct base_buf *out = view->out;
    struct ledger_hash digest = {0};
    uint64_t count = 0;
    struct id_list list = {.out = out, .source = source};
    proj_put_key(out, "ids");
    size_t at = proj_array_begin(out);
    proj_covered(view->txn, source, target, cut, size, &count, &digest, put_covered_id, &list);
    proj_array_end(out, at, list.count);
    proj_put_seq(out, "cut", cut);
    proj_put_seq(out, "size", size);
    proj_put_int(out, "count", (int64_t)count);
    proj_put_hash(out, "digest", digest.bytes);
    return count;
}

static void put_signed_part(struct preview *preview, const struct ledger_key *target,
                            base_time_ms breach_ms, ledger_seq cut, ledger_seq size)
{
    uint64_t count = proj_put_claim(preview->view, &preview->source, target, cut, size);
    bool needs_root =
        count > PROJ_VOID_COUNT_PAIR_MAX ||
        preview->view->now_ms - breach_ms > (base_time_ms)PROJ_VOID_DAYS_PAIR_MAX * DAY_MS;
    proj_put_bool(preview->view->out, "needs_root", needs_root);
}

static void put_kinds(struct preview *preview)
{
    struct base_buf *out = preview->view->out;
    proj_put_key(out, "by_kind");
    ledger_canon_put_array(out, preview->kind_count);
    for (unsigned i = 0; i < preview->kind_count; i++) {
        ledger_canon_put_map(out, 2);
        proj_put_str(out, "kind", preview->kinds[i].name);
        proj_put_int(out, "count", (int64_t)preview->kinds[i].count);
    }
}

static void put_preview(struct preview *preview, const struct ledger_key *target,
                        const struct proj_key_fact *fact, base_time_ms breach_ms,
                        struct proj_txn *before)
{
    struct base_buf *out = preview->view->out;
    struct proj_txn *txn = preview->view->txn;
    char name[PROJ_NAME_LEN_MAX];
    ledger_seq size = proj_txn_next(txn);
    ledger_seq cut = proj_cut_at(txn, &preview->source, size, breach_ms);
    proj_view_account_name(preview->view, fact->account, name);
    ledger_canon_put_map(out, 18);
    proj_put_int(out, "due",
                 proj_notice_due(txn, preview->view->now_ms, preview->view->offset_min));
    proj_put_hash(out, "target", target->bytes);
    proj_put_id(out, "account", fact->account);
    proj_put_str(out, "name", name);
    proj_put_bool(out, "is_session", fact->kind == PROJ_KEY_SESSION);
    proj_put_int(out, "breach", breach_ms);
    put_signed_part(preview, target, breach_ms, cut, size);
    proj_voiding_suppose(txn, &preview->source, preview->view->offset_min, target, cut);
    proj_put_key(out, "events");
    size_t at = proj_array_begin(out);
    proj_void_supposed(txn, take_supposed, preview);
    proj_array_end(out, at, preview->event_count);
    proj_put_int(out, "own_count", (int64_t)preview->covered);
    proj_put_int(out, "ungrounded_count", (int64_t)preview->ungrounded);
    proj_put_int(out, "period_marks_affected", (int64_t)preview->period_marks);
    put_kinds(preview);
    proj_put_key(out, "cells");
    ledger_canon_put_array(out, preview->cell_count);
    for (unsigned i = 0; i < preview->cell_count; i++)
        put_cell(preview, before, &preview->cells[i]);
}

int proj_view_preview(struct proj_view *view, const struct ledger_key *target,
                      base_time_ms breach_ms)
{
    struct preview preview = {.view = view, .source = proj_source_of_reader(view->reader)};
    struct proj_key_fact fact;
    struct proj_txn *before = NULL;
    if (!key_fact_of(view, target, &fact))
        return PROJ_VIEW_MISSING;
    if (!proj_reads_as_officer(view) && memcmp(view->account, fact.account, LEDGER_ID_LEN) != 0)
        return PROJ_VIEW_FORBIDDEN;
    preview.cells = calloc(CELL_COUNT_MAX, sizeof *preview.cells);
    int rc = preview.cells == NULL ? BASE_E_MEMORY : proj_txn_twin(view->txn, &before, NULL);
    if (rc != 0)
        proj_txn_fail(view->txn, rc, "preview");
    else
        put_preview(&preview, target, &fact, breach_ms, before);
    proj_txn_end(before);
    free(preview.cells);
    return PROJ_VIEW_DONE;
}

/* Reports */

struct void_count {
    ledger_seq report;
    uint64_t covered, ungrounded;
};

static bool count_void(void *data, ledger_seq seq, struct proj_void state)
{
    struct void_count *count = data;
    (void)seq;
    count->covered += state.reason == PROJ_VOID_COVERED && state.cause == count->report;
    count->ungrounded += state.reason == PROJ_VOID_UNGROUNDED;
    return true;
}

static void put_receipt(struct proj_view *view, const struct proj_voice *voice, bool valid)
{
    char name[PROJ_NAME_LEN_MAX];
    proj_view_account_name(view, voice->account, name);
    ledger_canon_put_map(view->out, 7);
    proj_put_seq(view->out, "seq", voice->seq);
    proj_put_id(view->out, "account", voice->account);
    proj_put_str(view->out, "name", name);
    proj_put_int(view->out, "capacity", voice->capacity);
    proj_put_int(view->out, "told", voice->told_ms);
    proj_put_int(view->out, "recorded", voice->recorded_ms);
    proj_put_bool(view->out, "valid", valid);
}

static void put_overrule(struct proj_view *view, const struct proj_voice *voice)
{
    char name[PROJ_NAME_LEN_MAX];
    proj_view_account_name(view, voice->account, name);
    ledger_canon_put_map(view->out, 5);
    proj_put_seq(view->out, "seq", voice->seq);
    proj_put_id(view->out, "account", voice->account);
    proj_put_str(view->out, "name", voice->by_root ? "" : name);
    proj_put_bool(view->out, "by_root", voice->by_root);
    proj_put_int(view->out, "recorded", voice->recorded_ms);
}

static const char *state_name(const struct proj_report_state *state)
{
    if (state->overruled)
        return "overruled";
    if (state->standing)
        return "standing";
    return state->receipt_count >= 2 ? "fallen" : "closed";
}

static void put_report(struct proj_view *view, const struct proj_report_state *state, unsigned act)
{
    struct base_buf *out = view->out;
    const struct proj_report *report = &state->report;
    struct base_buf BASE_CLEANUP(base_buf_wipe) reason = {0};
    struct void_count count = {.report = report->seq};
    char name[PROJ_NAME_LEN_MAX];
    char by[PROJ_NAME_LEN_MAX];
    base_time_ms due = proj_notice_due(view->txn, report->learned_ms, view->offset_min);
    proj_view_account_name(view, report->account, name);
    if (report->by_root)
        snprintf(by, sizeof by, "резервный ключ школы");
    else
        proj_view_account_name(view, report->reporter, by);
    proj_view_sealed_text(view, report->reason, &reason);
    proj_void_each(view->txn, count_void, &count);
    ledger_canon_put_map(out, 28);
    proj_put_seq(out, "seq", report->seq);
    proj_put_hash(out, "id", report->id.bytes);
    proj_put_int(out, "recorded", report->recorded_ms);
    proj_put_int(out, "act", act);
    proj_put_hash(out, "target", report->target.bytes);
    proj_put_id(out, "account", report->account);
    proj_put_str(out, "name", name);
    proj_put_bool(out, "is_session", report->is_session);
    proj_put_str(out, "by_name", by);
    proj_put_bool(out, "by_root", report->by_root);
    proj_put_int(out, "breach", report->breach_ms);
    proj_put_int(out, "learned", report->learned_ms);
    proj_put_int(out, "due", due);
    proj_put_bool(out, "late", report->recorded_ms > due);
    proj_put_seq(out, "cut", report->cut);
    proj_put_seq(out, "count", report->count);
    proj_put_seq(out, "size", report->size);
    proj_put_hash(out, "digest", report->digest.bytes);
    proj_put_text(out, "reason", base_buf_bytes(&reason));
    proj_put_key(out, "receipts");
    ledger_canon_put_array(out, state->receipt_count);
    for (unsigned i = 0; i < state->receipt_count; i++)
        put_receipt(view, &state->receipts[i], state->receipt_valid[i]);
    proj_put_key(out, "overrules");
    ledger_canon_put_array(out, state->overrule_count);
    for (unsigned i = 0; i < state->overrule_count; i++)
        put_overrule(view, &state->overrules[i]);
    proj_put_int(out, "stratum", report->target_stratum);
    proj_put_access(view, report->account);
    proj_put_str(out, "state", state_name(state));
    proj_put_bool(out, "needs_root", report->needs_root);
    proj_put_int(out, "void_count", (int64_t)count.covered);
    proj_put_int(out, "ungrounded_count", (int64_t)count.ungrounded);
}

int proj_view_breaches(struct proj_view *view)
{
    struct proj_report_state *states;
    bool all = proj_reads_as_officer(view);
    uint32_t put = 0;
    unsigned count = proj_reports_judge(view->txn, &states);
    ledger_canon_put_map(view->out, 1);
    proj_put_key(view->out, "reports");
    size_t at = proj_array_begin(view->out);
    for (unsigned i = count; i-- > 0;) { /* newest first; acts are numbered from the oldest */
        if (!all && memcmp(view->account, states[i].report.account, LEDGER_ID_LEN) != 0)
            continue;
        put_report(view, &states[i], i + 1);
        put++;
    }
    proj_array_end(view->out, at, put);
    free(states);
    return PROJ_VIEW_DONE;
}
