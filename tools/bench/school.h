/* A synthetic school whose log has as many entries as wanted: a hundred teachers who open lessons
 * and put marks, one of whom is a thief from the middle of the log on. What is measured is not the
 * signatures (they are zero bytes; nobody verifies them), but what the log and the folds do.
 *
 *   thief      exactly BENCH_THEFT_COUNT events, evenly over the second half
 *   corrector  honest marks above every 20th of the thief's, and as many on the thief's lessons
 *
 * Owner:   the caller; bench_school_close. Threads: one. */
#pragma once

#include "projections/engine.h"

#define BENCH_THEFT_COUNT 10000u
#define BENCH_THEFT_PAGE_COUNT 4u

struct bench_school {
    char dir[4096];
    uint64_t size;
    ledger_seq cut; /* the first position of the second half: the theft begins there or after */
    base_time_ms theft_ms;
    struct ledger_key root;
    int64_t root_counter;
    struct ledger_key thief;
    proj_id thief_account;
    proj_id group;                            /* the thief's class */
    proj_id subjects[BENCH_THEFT_PAGE_COUNT]; /* that the thief teaches there */
    base_day first_day, last_day;             /* of lessons */
    base_time_ms now_ms;
    struct ledger_hash log_id;
    double build_cpu_ns, build_wall_ns; /* of log and folds together */
};

/* Makes the log in the folder `dir`, which must not exist yet. */
int bench_school_make(const char *dir, uint64_t size, bool quiet, struct bench_school *out_school,
                      struct base_err *err) BASE_MUST_USE;
