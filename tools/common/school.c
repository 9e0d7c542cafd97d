/* Log and engine tied together, with a queue of one batch. */
#include "tools/common/school.h"

#include <assert.h>
#include <stdlib.h>

#include "tools/common/files.h"

struct waiting {
    struct base_buf wire;
    struct ledger_submission submission;
};

struct tool_school {
    struct ledger_log *log;
    struct proj_engine *engine;
    base_time_ms now_ms;
    bool own_clock;
    struct waiting *waiting; /* LEDGER_BATCH_COUNT_MAX of them */
    uint32_t waiting_count;
    base_time_ms waiting_ms; /* the moment at which the waiting ones are recorded */
    uint64_t appended, skipped;
    bool skip_existing;
};

int tool_school_open(const struct tool_school_options *options, struct tool_school **out_school,
                     struct base_err *err)
{
    struct tool_school *school = calloc(1, sizeof *school);
    if (school == NULL ||
        (school->waiting = calloc(LEDGER_BATCH_COUNT_MAX, sizeof *school->waiting)) == NULL) {
        free(school);
        return BASE_FAIL(err, BASE_E_MEMORY, "school");
    }
    school->own_clock = options->own_clock;
    school->skip_existing = options->skip_existing;
    struct ledger_log_options log = {.dir = options->dir,
                                     .origin = options->origin,
                                     .create = options->create,
                                     .signer = options->signer,
                                     .signer_vkey = options->signer_vkey};
    int rc = options->create ? tool_dir_make(options->dir, err) : 0;
    if (rc == 0)
        rc = proj_engine_open(options->dir, false, &school->engine, err);
    if (rc == 0) {
        log.admission = proj_engine_admission(school->engine);
        log.clock =
            options->own_clock ? base_clock_manual(&school->waiting_ms) : base_clock_system();
        rc = ledger_log_open(&log, &school->log, err);
    }
    if (rc == 0)
        rc = proj_engine_attach(school->engine, school->log, NULL, NULL, err);
    if (rc != 0) {
        tool_school_close(school);
        return rc;
    }
    struct ledger_head head;
    ledger_log_head(school->log, &head);
    school->now_ms = head.recorded_ms;
    *out_school = school;
    return 0;
}

static void drop_waiting(struct tool_school *school)
{
    for (uint32_t i = 0; i < school->waiting_count; i++)
        ledger_submission_release(&school->waiting[i].submission);
    school->waiting_count = 0;
}

void tool_school_close(struct tool_school *school)
{
    if (school == NULL)
        return;
    drop_waiting(school);
    for (uint32_t i = 0; i < LEDGER_BATCH_COUNT_MAX; i++)
        base_buf_wipe(&school->waiting[i].wire);
    ledger_log_close(school->log);
    proj_engine_close(school->engine);
    free(school->waiting);
    free(school);
}

void tool_school_set_now(struct tool_school *school, base_time_ms now_ms)
{
    assert(school->own_clock);
    school->now_ms = now_ms;
}

base_time_ms tool_school_now(const struct tool_school *school)
{
    return school->own_clock ? school->now_ms : base_clock_system().now_ms(NULL);
}

static int refused(const struct ledger_submission *submission, int code,
                   const struct ledger_refusal *refusal, struct base_err *err)
{
    const struct ledger_refusal_text *text = proj_refusal_text_of(code);
    return BASE_FAIL(err, BASE_E_STATE, "%.*s refused: %s (%s)", (int)submission->event.kind.len,
                     (const char *)submission->event.kind.data,
                     text == NULL ? "unknown refusal" : text->name, refusal->field);
}

int tool_school_submit_wire(struct tool_school *school, struct base_bytes wire,
                            struct base_err *err)
{
    struct ledger_refusal refusal = {0};
    int rc = 0;
    if (school->waiting_count > 0 &&
        (school->waiting_ms != school->now_ms || school->waiting_count == LEDGER_BATCH_COUNT_MAX))
        rc = tool_school_flush(school, err);
    if (rc != 0)
        return rc;
    struct waiting *waiting = &school->waiting[school->waiting_count];
    base_buf_reset(&waiting->wire);
    base_buf_put_bytes(&waiting->wire, wire);
    if (waiting->wire.failed)
        return BASE_FAIL(err, BASE_E_MEMORY, "submission");
    rc = ledger_submission_parse(base_buf_bytes(&waiting->wire), &waiting->submission, &refusal,
                                 err);
    if (rc == 0) {
        rc = ledger_submission_verify(proj_engine_admission(school->engine), &waiting->submission,
                                      &refusal, err);
        if (rc > 0)
            rc = refused(&waiting->submission, rc, &refusal, err);
        if (rc != 0)
            ledger_submission_release(&waiting->submission);
    } else if (rc > 0) {
        rc = BASE_FAIL(err, BASE_E_FORMAT, "submission: %s", refusal.field);
    }
    if (rc != 0)
        return rc;
    school->waiting_count++;
    school->waiting_ms = school->now_ms;
    return 0;
}

int tool_school_submit(struct tool_school *school, struct tool_draft *draft,
                       struct tool_key *const *signers, unsigned signer_count,
                       base_time_ms claimed_ms, struct ledger_hash *out_id, struct base_err *err)
{
    struct base_buf BASE_CLEANUP(base_buf_wipe) wire = {0};
    struct ledger_hash log_id;
    struct ledger_head head;
    ledger_log_id(school->log, &log_id);
    ledger_log_head(school->log, &head);
    const struct tool_moment moment = {.log_id = head.size == 0 ? NULL : &log_id,
                                       .claimed_ms = claimed_ms,
                                       .seen_size = head.size,
                                       .seen_root = &head.root};
    int rc = tool_draft_sign(draft, &moment, signers, signer_count, &wire, out_id, err);
    return rc != 0 ? rc : tool_school_submit_wire(school, base_buf_bytes(&wire), err);
}

int tool_school_flush(struct tool_school *school, struct base_err *err)
{
    struct ledger_submission *submissions[LEDGER_BATCH_COUNT_MAX];
    struct ledger_receipt receipts[LEDGER_BATCH_COUNT_MAX];
    uint32_t count = school->waiting_count;
    if (count == 0)
        return 0;
    for (uint32_t i = 0; i < count; i++)
        submissions[i] = &school->waiting[i].submission;
    int rc = ledger_log_append(school->log, submissions, count, receipts, err);
    for (uint32_t i = 0; rc == 0 && i < count; i++) {
        if (receipts[i].code == PROJ_REFUSED_EXISTS && school->skip_existing)
            school->skipped++;
        else if (receipts[i].code != 0)
            rc = refused(submissions[i], receipts[i].code, &receipts[i].refusal, err);
        else
            school->appended++;
    }
    drop_waiting(school);
    return rc;
}

struct ledger_log *tool_school_log(struct tool_school *school)
{
    return school->log;
}

struct proj_engine *tool_school_engine(struct tool_school *school)
{
    return school->engine;
}

uint64_t tool_school_skipped(const struct tool_school *school)
{
    return school->skipped;
}

uint64_t tool_school_count(const struct tool_school *school)
{
    return school->appended;
}
