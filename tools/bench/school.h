/* A synthetic school whose log has as many entries as wanted: a hundred teachers who open lessons
 * and put marks, one of whom is a thief from the middle of the log on. What is measured is not the
 * signatures (they are zero bytes, and nobody verifies them, unless they are asked for), but what
 * the log and the folds do.
 *
 *   thief      exactly BENCH_THEFT_COUNT events, evenly over the second half
 *   corrector  honest marks above every 20th of the thief's, and as many on the thief's lessons
 *
 * Owner:   the caller; bench_school_close. Threads: one. */
#pragma once

#include "projections/engine.h"

#define BENCH_THEFT_COUNT 10000u
#define BENCH_THEFT_PAGE_COUNT 4u
#define BENCH_CLASS_COUNT 100u /* one a teacher */
#define BENCH_SUBJECT_COUNT 10u
#define BENCH_PUPIL_COUNT 24u     /* of a class */
#define BENCH_LESSONS_CROWDED 40u /* a day and page: any log fits into a year */

/* One teacher's place in the work: the open lesson and the next pupil to be marked. */
struct bench_teaching {
    int64_t counter;     /* of the last event */
    uint64_t lesson;     /* number of the open lesson; 0: none */
    unsigned next_pupil; /* BENCH_PUPIL_COUNT: a new lesson is due */
    uint64_t lesson_count;
};

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
    struct bench_teaching teaching[BENCH_CLASS_COUNT];
    uint64_t lesson_count;
    unsigned lessons_a_day;
    double build_cpu_ns, build_wall_ns; /* of log and folds together */
};

/* Makes the log in the folder `dir`, which must not exist yet, with at most `lessons_a_day` (1 to
 * BENCH_LESSONS_CROWDED) on a page. */
int bench_school_make(const char *dir, uint64_t size, unsigned lessons_a_day, bool quiet,
                      struct bench_school *out_school, struct base_err *err) BASE_MUST_USE;
/* The same, really signed and cosigned, with openings of what is sealed: an audit finds nothing. */
int bench_school_make_signed(const char *dir, uint64_t size, unsigned lessons_a_day, bool quiet,
                             struct bench_school *out_school, struct base_err *err) BASE_MUST_USE;
/* The next `count` events of a teacher (1 to BENCH_CLASS_COUNT - 1; 0 is the thief), really signed,
 * as submissions for `out_wires`, which are emptied before. They are to be appended in this order,
 * at school->now_ms, which moves on. */
int bench_school_work(struct bench_school *school, unsigned teacher, uint32_t count,
                      struct base_buf *out_wires, struct base_err *err) BASE_MUST_USE;
/* Whom and what there is. */
void bench_school_subject(unsigned i, proj_id out);
void bench_school_group(unsigned class_number, proj_id out);
void bench_school_pupil(unsigned class_number, unsigned i, proj_id out);
