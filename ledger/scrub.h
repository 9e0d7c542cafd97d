/* A slow, endless verification of a log that is in use: Debian's LMDB has no page checksums, so
 * what rots on the disk is found by reading it. A step is one bundle of entries in a reader of its
 * own, so that no snapshot is held for long: each is read and hashed again and held against its
 * tile, its form, its time and its author's signature are checked; at the end of a pass the root
 * must be the one that the checkpoint of the pass's beginning signed. Not a substitute for an
 * audit: admissions, indexes and openings are not looked at.
 * Shape:   plain state; all zero begins a pass.
 * Threads: one at a time, any. */
#pragma once

#include "ledger/verify.h"

struct ledger_scrub {
    struct ledger_checkpoint pass; /* what this pass reads; size 0: a new pass */
    struct ledger_frontier frontier;
    base_time_ms recorded_ms;
    uint64_t pass_count;                /* that were whole */
    struct ledger_verify_report report; /* the first finding stays */
};

/* Positive answers. */
enum ledger_scrub_answer {
    LEDGER_SCRUB_PASSED = 1, /* the end of a pass: everything holds; the next step begins another */
    LEDGER_SCRUB_FOUND = 2,  /* scrub->report says what and where; the next step begins anew */
};

/* One step. Returns 0, an answer or a fault. */
int ledger_scrub_step(struct ledger_scrub *scrub, struct ledger_log *log,
                      struct base_err *err) BASE_MUST_USE;
