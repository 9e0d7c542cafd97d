/* A school's log opened by a program in its own process: submit, and wait until it is durable.
 * Used with the server stopped (the log has one writer). Submissions of one recorded moment are
 * appended in one batch.
 * Threads: one. */
#pragma once

#include "projections/engine.h"
#include "tools/common/draft.h"

struct tool_school;

struct tool_school_options {
    const char *dir;
    const char *origin; /* with `create` */
    bool create;
    const char *signer, *signer_vkey; /* with `create`: as in ledger_log_options */
    /* A clock of one's own: recorded_at is what tool_school_set_now said last. Only for logs whose
     * founding event says that they are demonstrations, and for tests. */
    bool own_clock;
    bool skip_existing; /* what exists already is passed over, not an error: importing again */
};

int tool_school_open(const struct tool_school_options *options, struct tool_school **out_school,
                     struct base_err *err) BASE_MUST_USE;
void tool_school_close(struct tool_school *school);

void tool_school_set_now(struct tool_school *school, base_time_ms now_ms);
base_time_ms tool_school_now(const struct tool_school *school);

/* Signs (the claimed time is `claimed_ms`) and queues. What waits is appended when the recorded
 * moment changes, when the batch is full, or by tool_school_flush. `out_id` may be NULL. */
int tool_school_submit(struct tool_school *school, struct tool_draft *draft,
                       struct tool_key *const *signers, unsigned signer_count,
                       base_time_ms claimed_ms, struct ledger_hash *out_id,
                       struct base_err *err) BASE_MUST_USE;
/* Queues a finished wire form. */
int tool_school_submit_wire(struct tool_school *school, struct base_bytes wire,
                            struct base_err *err) BASE_MUST_USE;
/* Appends what waits; BASE_E_STATE with the refusal's sentence when one was refused. */
int tool_school_flush(struct tool_school *school, struct base_err *err) BASE_MUST_USE;

struct ledger_log *tool_school_log(struct tool_school *school);
struct proj_engine *tool_school_engine(struct tool_school *school);
uint64_t tool_school_skipped(const struct tool_school *school);
uint64_t tool_school_count(const struct tool_school *school); /* entries appended by this handle */
