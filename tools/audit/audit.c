/* Both ways share one replay: entries that hold go, in order, through the same admission that the
 * server used, over a state of the auditor's own. */
#include "tools/audit/audit.h"

#include <stdio.h>
#include <stdlib.h>

#include "projections/deadlines.h"
#include "tools/audit/bundles.h"
#include "tools/audit/export_file.h"
#include "tools/audit/state.h"
#include "tools/common/files.h"

#define SAVE_EVERY 262144u /* entries that an interrupted audit has to do again, at most */

/* Why an entry should not have been admitted. */
struct refused {
    const char *name; /* NULL: nothing was refused */
    char field[LEDGER_REFUSAL_FIELD_MAX];
};

struct replay {
    const struct audit_options *options;
    struct audit_result *result;
    struct proj_engine *engine;
    struct proj_txn *settled; /* what was replayed, when all of it was */
    struct proj_source source;
    struct audit_sealed *sealed; /* NULL: no openings at hand */
    struct base_bytes note;      /* the checkpoint's */
    /* By the schema and by the replay: two threads, of which the former is ahead. */
    struct refused by_schema, by_replay;
};

static void refused_keep(struct refused *refused, int code, const struct ledger_refusal *refusal)
{
    const struct ledger_refusal_text *text = proj_refusal_text_of(code);
    refused->name = text == NULL ? "?" : text->name;
    memcpy(refused->field, refusal->field, sizeof refused->field);
}

/* The refusal that the report is about. */
static void refused_tell(struct replay *replay)
{
    struct audit_result *result = replay->result;
    const struct refused *refused =
        result->log.is_replayed ? &replay->by_replay : &replay->by_schema;
    if (result->log.finding == LEDGER_FOUND_NOTHING || refused->name == NULL)
        return;
    result->admission_name = refused->name;
    memcpy(result->admission_field, refused->field, sizeof result->admission_field);
}

#define NOTE_SEALED 1u /* an event with sealed fields, of which the store has openings to show */

static int cosigners_of(void *data, const struct ledger_event *event,
                        struct ledger_key out_keys[LEDGER_SIGNATURE_COUNT_MAX], uint32_t *out_count,
                        uint32_t *out_note, struct base_err *err)
{
    struct replay *replay = data;
    struct ledger_refusal refusal = {0};
    bool any_sealed = false;
    (void)err;
    int code = proj_kinds_check_event(event, out_keys, out_count, &any_sealed, &refusal);
    if (code > 0)
        refused_keep(&replay->by_schema, code, &refusal);
    *out_note = any_sealed ? NOTE_SEALED : 0;
    return code;
}

static int on_entry(void *data, ledger_seq seq, const struct ledger_entry *entry,
                    const struct ledger_event *event, uint32_t note, struct base_err *err)
{
    struct replay *replay = data;
    struct ledger_refusal refusal = {0};
    if (replay->options->event != NULL)
        replay->options->event(replay->options->look_data, seq, event);
    if (replay->sealed != NULL && note == NOTE_SEALED)
        audit_sealed_event(replay->sealed, seq, event);
    /* Its form and its body's schema were checked on the way here, by cosigners_of. */
    int code = proj_engine_feed_checked(replay->engine, &replay->source, seq, entry->recorded_ms,
                                        event, &refusal, err);
    if (code > 0)
        refused_keep(&replay->by_replay, code, &refusal);
    if (replay->options->position != NULL)
        *replay->options->position = seq + 1;
    return code;
}

static void on_progress(void *data, uint64_t done, uint64_t size)
{
    struct replay *replay = data;
    if (replay->options->progress != NULL)
        replay->options->progress(replay->options->data, "проверка / verifying", done, size);
}

/* The replayed state is committed, then both are kept. A checkpoint is what was reached only when
 * it is of this very size. */
static int on_save(void *data, uint64_t size, struct base_bytes bytes, bool is_whole,
                   struct base_err *err)
{
    struct replay *replay = data;
    struct base_bytes none = {0};
    bool reached = is_whole && replay->result->checkpoint.size == size;
    int rc = proj_engine_flush(replay->engine, err);
    return rc != 0 ? rc
                   : audit_state_save(replay->options->state, replay->options->scratch, size, bytes,
                                      reached ? replay->note : none, err);
}

static struct ledger_verify_options verify_options(struct replay *replay)
{
    const struct audit_options *options = replay->options;
    struct ledger_verify_options verify = {.checkpoint = &replay->result->checkpoint,
                                           .data = replay,
                                           .cosigners = cosigners_of,
                                           .on_entry = on_entry,
                                           .progress = on_progress,
                                           .reference = options->reference,
                                           .known = options->known,
                                           .known_count = options->known_count};
    if (options->state != NULL) {
        verify.resume = audit_state_resume(options->state);
        verify.save = on_save;
        verify.save_every = SAVE_EVERY;
    }
    return verify;
}

/* What follows */

struct counted {
    struct audit_result *result;
};

static bool count_void(void *data, ledger_seq seq, struct proj_void state)
{
    struct counted *counted = data;
    struct audit_result *result = counted->result;
    (void)seq;
    result->void_covered += state.reason == PROJ_VOID_COVERED;
    result->void_ungrounded += state.reason == PROJ_VOID_UNGROUNDED;
    for (unsigned i = 0; i < result->report_count; i++) {
        if (state.reason == PROJ_VOID_COVERED && result->reports[i].seq == state.cause)
            result->reports[i].covered++;
    }
    return true;
}

base_time_ms audit_in_force(const struct proj_report_state *state, ledger_seq *out_seq)
{
    const struct proj_voice *first = NULL;
    const struct proj_voice *second = NULL;
    if (out_seq != NULL)
        *out_seq = state->report.seq;
    if (!state->standing || state->report.by_root)
        return state->standing ? state->report.recorded_ms : 0;
    for (unsigned i = 0; i < state->receipt_count; i++) {
        const struct proj_voice *voice = &state->receipts[i];
        if (!state->receipt_valid[i])
            continue;
        if (first == NULL || voice->seq < first->seq) {
            second = first;
            first = voice;
        } else if (second == NULL || voice->seq < second->seq) {
            second = voice;
        }
    }
    if (second == NULL)
        return 0;
    if (out_seq != NULL)
        *out_seq = second->seq;
    return second->recorded_ms;
}

const char *audit_report_state(const struct proj_report_state *state)
{
    return state->overruled            ? "overruled"
           : state->standing           ? "standing"
           : state->receipt_count >= 2 ? "fallen"
                                       : "closed";
}

/* What was verified must be what VKEY signed: the size and the root of that very checkpoint. */
static void hold_against_checkpoint(struct audit_result *result)
{
    const struct ledger_verify_report *log = &result->log;
    if (log->finding != LEDGER_FOUND_NOTHING)
        return;
    if (log->entry_count == result->checkpoint.size &&
        ledger_hash_equal(&log->root, &result->checkpoint.root))
        return;
    result->log.finding = LEDGER_FOUND_ROOT;
    result->log.seq = LEDGER_SEQ_NONE;
    snprintf(result->log.detail, sizeof result->log.detail,
             "%llu entries were read, the checkpoint signs %llu; if the log is in use, repeat",
             (unsigned long long)log->entry_count, (unsigned long long)result->checkpoint.size);
}

/* A log under a new name with a beginning of another's history is another log. */
static void hold_origin(struct audit_result *result, const struct proj_school *school)
{
    if (result->checkpoint.origin[0] == '\0') { /* a file of entries: the log names itself */
        snprintf(result->checkpoint.origin, sizeof result->checkpoint.origin, "%s", school->origin);
        return;
    }
    if (strcmp(school->origin, result->checkpoint.origin) == 0)
        return;
    result->log.finding = LEDGER_FOUND_LOG_ID;
    result->log.seq = 0;
    snprintf(result->log.detail, sizeof result->log.detail, "founded as %.100s", school->origin);
}

/* What is gone without an erasure is a finding; so is what an erasure should have taken. */
static int hold_sealed(struct replay *replay, struct proj_txn *txn, struct base_err *err)
{
    struct audit_result *result = replay->result;
    struct audit_sealed_counts *counts = &result->sealed;
    int rc = audit_sealed_settle(replay->sealed, txn, counts, err);
    if (rc != 0 || (counts->missing == 0 && counts->pending == 0))
        return rc;
    result->log.finding = LEDGER_FOUND_SEALED;
    result->log.seq = counts->first_missing;
    if (counts->missing > 0)
        snprintf(result->log.detail, sizeof result->log.detail,
                 "%llu sealed fields have lost their content, and no erasure tells why",
                 (unsigned long long)counts->missing);
    else
        snprintf(result->log.detail, sizeof result->log.detail,
                 "%llu sealed fields and keys are still there after their erasure",
                 (unsigned long long)counts->pending);
    return 0;
}

static bool on_continued(void *data, ledger_seq seq, const struct proj_continued *continued)
{
    struct audit_result *result = data;
    result->continued[result->continued_count++] =
        (struct audit_continued){.seq = seq, .what = *continued};
    return result->continued_count < AUDIT_CONTINUED_COUNT_MAX;
}

/* What was replayed, to be read. Whoever looks on may ask for much: then it is written first, for a
 * table answers wide scans as fast as others. */
static int settle(struct replay *replay, struct base_err *err)
{
    int rc = replay->options->look != NULL ? proj_engine_flush(replay->engine, err) : 0;
    return rc == 0 ? proj_engine_settle(replay->engine, &replay->settled, err) : rc;
}

static int derive(struct replay *replay, struct base_err *err)
{
    struct audit_result *result = replay->result;
    struct proj_report_state *states = NULL;
    struct proj_school school = {0};
    int rc = settle(replay, err);
    struct proj_txn *txn = replay->settled;
    if (rc == 0) {
        struct counted counted = {.result = result};
        (void)proj_school_find(txn, &school);
        result->is_demo = school.demo != 0;
        hold_origin(result, &school);
        proj_each_continued(txn, on_continued, result);
        result->report_count = proj_reports_judge(txn, &states);
        result->reports = calloc(result->report_count + 1u, sizeof *result->reports);
        if (result->reports == NULL) {
            result->report_count = 0;
            proj_txn_fail(txn, BASE_E_MEMORY, "reports");
        }
        for (unsigned i = 0; i < result->report_count; i++) {
            const struct proj_report *report = &states[i].report;
            result->reports[i] = (struct audit_report_line){
                .seq = report->seq,
                .cut = report->cut,
                .state = audit_report_state(&states[i]),
                .is_session = report->is_session,
                .by_root = report->by_root,
                .late = report->recorded_ms >
                        proj_notice_due(txn, report->learned_ms, school.offset_min),
                .breach_ms = report->breach_ms,
                .learned_ms = report->learned_ms,
                .recorded_ms = report->recorded_ms,
                .in_force_ms = audit_in_force(&states[i], NULL),
                .receipt_count = states[i].receipt_count};
        }
        proj_void_each(txn, count_void, &counted);
        rc = proj_txn_fault(txn, err);
        if (rc == 0 && result->log.finding == LEDGER_FOUND_NOTHING && replay->sealed != NULL)
            rc = hold_sealed(replay, txn, err);
        if (rc == 0 && result->log.finding == LEDGER_FOUND_NOTHING && replay->options->look != NULL)
            rc = replay->options->look(replay->options->look_data, txn, &replay->source, result,
                                       err);
    }
    free(states);
    return rc;
}

static void close_engine(struct replay *replay)
{
    proj_txn_end(replay->settled);
    replay->settled = NULL;
    proj_engine_close(replay->engine);
}

void audit_result_release(struct audit_result *result)
{
    free(result->reports);
    result->reports = NULL;
    result->report_count = 0;
}

static int open_engine(struct replay *replay, struct base_err *err)
{
    const struct audit_options *options = replay->options;
    int rc =
        options->state == NULL ? 0 : audit_state_restore(options->state, options->scratch, err);
    return rc != 0 ? rc : proj_engine_open(replay->options->scratch, false, &replay->engine, err);
}

/* A school's own folder */

static void projections_differ(struct audit_result *result)
{
    result->projections = "different";
    result->log.finding = LEDGER_FOUND_INDEX;
    result->log.seq = LEDGER_SEQ_NONE;
}

/* I3: the projections are a pure function of the log. What people are shown must be, byte for byte,
 * what the replay has made. */
static int compare_projections(struct replay *replay, const char *dir, struct base_err *err)
{
    struct audit_result *result = replay->result;
    struct proj_engine *served = NULL;
    struct proj_txn *a = NULL;
    struct proj_txn *b = replay->settled;
    const char *table = "";
    result->projections = "absent";
    struct base_err why = {0};
    int rc = proj_engine_open_looking(dir, true, &served, &why);
    if (rc == BASE_E_MISSING || rc == BASE_E_STATE)
        return 0; /* never folded, or by another version: a server folds it anew */
    if (rc == BASE_E_CORRUPT) {
        projections_differ(result);
        snprintf(result->log.detail, sizeof result->log.detail,
                 "the pages of the projections are torn; letopis rebuild makes them anew");
        return 0;
    }
    if (rc != 0 && err != NULL)
        *err = why;
    if (rc == 0)
        rc = proj_engine_read(served, &a, err);
    if (rc == 0 && proj_txn_next(a) != proj_txn_next(b)) {
        result->projections = "behind";
    } else if (rc == 0 && proj_txn_same(a, b, &table)) {
        result->projections = "same";
    } else if (rc == 0) {
        projections_differ(result);
        snprintf(result->log.detail, sizeof result->log.detail,
                 "the projections that people see are not what the log says (table %s); "
                 "letopis rebuild makes them anew",
                 table);
    }
    if (rc == 0)
        rc = proj_txn_fault(a, err);
    if (rc == 0)
        rc = proj_txn_fault(b, err);
    proj_txn_end(a);
    proj_engine_close(served);
    return rc;
}

int audit_school(const char *dir, const struct audit_options *options, struct audit_result *out,
                 struct base_err *err)
{
    struct replay replay = {.options = options, .result = out};
    struct base_buf BASE_CLEANUP(base_buf_release) note = {0};
    const struct ledger_log_options log_options = {
        .dir = dir, .check_pages = true, .clock = base_clock_system()};
    struct ledger_log *log = NULL;
    struct ledger_reader *reader = NULL;
    int rc = ledger_log_open(&log_options, &log, err);
    if (rc == 0)
        rc = ledger_log_checkpoint(log, &note, err);
    if (rc == 0)
        rc = ledger_checkpoint_open(base_buf_bytes(&note), options->vkey, &out->checkpoint, err);
    if (rc == 0)
        rc = ledger_reader_open(log, &reader, err);
    if (rc == 0)
        rc = open_engine(&replay, err);
    if (rc == 0)
        rc = audit_sealed_new(reader, &replay.sealed, err);
    if (rc == 0) {
        replay.note = base_buf_bytes(&note);
        replay.source = proj_source_of_reader(reader);
        struct ledger_verify_options verify = verify_options(&replay);
        rc = ledger_verify_log(log, &verify, &out->log, err);
        refused_tell(&replay);
    }
    if (rc == 0 && out->log.entry_count > out->checkpoint.size) {
        /* The log is in use and has grown: what was read is what a newer checkpoint signs. */
        base_buf_reset(&note);
        rc = ledger_log_checkpoint(log, &note, err);
        if (rc == 0)
            rc =
                ledger_checkpoint_open(base_buf_bytes(&note), options->vkey, &out->checkpoint, err);
    }
    if (rc == 0)
        hold_against_checkpoint(out);
    if (rc == 0 && out->log.finding == LEDGER_FOUND_NOTHING)
        rc = derive(&replay, err);
    if (rc == 0 && out->log.finding == LEDGER_FOUND_NOTHING)
        rc = compare_projections(&replay, dir, err);
    audit_sealed_free(replay.sealed);
    close_engine(&replay);
    ledger_reader_close(reader);
    ledger_log_close(log);
    return rc;
}

/* A folder of tiles */

int audit_tiles(const char *dir, const struct audit_options *options, struct audit_result *out,
                struct base_err *err)
{
    struct replay replay = {.options = options, .result = out};
    struct base_buf BASE_CLEANUP(base_buf_release) note = {0};
    struct audit_bundles *bundles = NULL;   /* the verification's, read in order */
    struct audit_bundles *scattered = NULL; /* the replay's, read here and there */
    char path[4096];
    snprintf(path, sizeof path, "%s/checkpoint", dir);
    int rc = tool_file_read(path, LEDGER_NOTE_LEN_MAX, &note, err);
    if (rc == 0)
        rc = ledger_checkpoint_open(base_buf_bytes(&note), options->vkey, &out->checkpoint, err);
    if (rc == 0)
        rc = audit_bundles_open(dir, out->checkpoint.size, &bundles, err);
    if (rc == 0)
        rc = audit_bundles_open(dir, out->checkpoint.size, &scattered, err);
    if (rc == 0)
        rc = open_engine(&replay, err);
    if (rc == 0) {
        struct ledger_source source = audit_bundles_source(bundles);
        replay.note = base_buf_bytes(&note);
        struct ledger_verify_options verify = verify_options(&replay);
        replay.source = audit_bundles_proj_source(scattered);
        rc = ledger_verify(&source, &verify, &out->log, err);
        refused_tell(&replay);
    }
    if (rc == 0)
        hold_against_checkpoint(out);
    if (rc == 0 && out->log.finding == LEDGER_FOUND_NOTHING)
        rc = derive(&replay, err);
    close_engine(&replay);
    audit_bundles_close(bundles);
    audit_bundles_close(scattered);
    return rc;
}

/* One file of entries: nobody signed for it, so its own size and root are what is held. */

int audit_export(const char *path, const struct audit_options *options, struct audit_result *out,
                 struct base_err *err)
{
    struct replay replay = {.options = options, .result = out};
    struct audit_file *file = NULL;
    int rc = audit_file_open(path, &file, err);
    if (rc == 0)
        rc = open_engine(&replay, err);
    if (rc == 0) {
        struct ledger_source source = audit_file_source(file);
        struct ledger_verify_options verify = verify_options(&replay);
        out->checkpoint.size = audit_file_size(file);
        audit_file_root(file, &out->checkpoint.root);
        replay.source = audit_file_proj_source(file);
        rc = ledger_verify(&source, &verify, &out->log, err);
        refused_tell(&replay);
    }
    if (rc == 0 && out->log.finding == LEDGER_FOUND_NOTHING)
        rc = derive(&replay, err);
    close_engine(&replay);
    audit_file_close(file);
    return rc;
}
