/* Benchmarks: what we do, held against a rival that does the same in the same run.
 *
 * Two sides take turns, round by round, after a warm-up; each round is timed in CPU (all threads of
 * the process, kernel time included) and by the wall. A case's figure is the median of its rounds,
 * its ratio the median of the rounds' own ratios: what disturbs the machine disturbs both sides.
 * A new benchmark is a file with one function and a row in letopis-bench.c.
 * Units:   times in nanoseconds an operation; a ratio of 2 means twice as good as the rival.
 * Threads: one; a side may start threads inside its round. */
#pragma once

#include "ledger/base/err.h"

#define BENCH_CASE_COUNT_MAX 32u
#define BENCH_ROUND_COUNT_MAX 1000u
#define BENCH_ROUND_COUNT_MIN 5u
#define BENCH_NOTE_COUNT_MAX 8u

enum bench_unit { BENCH_CPU, BENCH_WALL }; /* what a ratio compares */

struct bench_side {
    const char *name; /* literal */
    void *data;
    /* Outside the clock, before each round; may be NULL. */
    int (*prepare)(void *data, struct base_err *err);
    /* One round of `operation_count` operations. */
    int (*round)(void *data, struct base_err *err);
    /* CPU of the last round that is not this side's, a client's for instance; may be NULL. */
    double (*excluded_ns)(void *data);
    uint64_t operation_count;
};

struct bench_figure {
    double cpu_ns, wall_ns; /* medians, an operation */
};

struct bench_case {
    char name[64];
    char ours_name[64], rival_name[64]; /* rival empty: nothing to compare with */
    struct bench_figure ours, rival;
    enum bench_unit unit;
    double ratio;  /* rival's cost / our cost; 0 without a rival */
    double target; /* what it should be at least; 0: none was set */
    unsigned round_count;
};

/* What a benchmark is given, and where its cases go. */
struct bench_run {
    double seconds;  /* for each case */
    uint64_t size;   /* 0: the benchmark's own */
    const char *dir; /* a folder for its files; removed in the end */
    bool quiet;
    struct bench_case cases[BENCH_CASE_COUNT_MAX];
    unsigned case_count;
    char notes[BENCH_NOTE_COUNT_MAX][160]; /* what times do not say: counts, what was left out */
    unsigned note_count;
};

struct bench {
    const char *name;
    const char *summary; /* with what --size means */
    int (*run)(struct bench_run *run, struct base_err *err);
};

/* Measures one case. `rival` may be NULL. `target` 0: none. */
int bench_measure(struct bench_run *run, const char *name, const struct bench_side *ours,
                  const struct bench_side *rival, enum bench_unit unit, double target,
                  struct base_err *err) BASE_MUST_USE;

/* For what takes minutes: one round of ours between two of the rival's, no warm-up. */
int bench_measure_once(struct bench_run *run, const char *name, const struct bench_side *ours,
                       const struct bench_side *rival, enum bench_unit unit, double target,
                       struct base_err *err) BASE_MUST_USE;

/* Adds a sentence under the table. */
void bench_note(struct bench_run *run, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Prints all cases, for people or as JSON with what machine this is. */
void bench_print_text(const struct bench *bench, const struct bench_run *run);
void bench_print_json(const struct bench *bench, const struct bench_run *run);

int bench_hash(struct bench_run *run, struct base_err *err);
int bench_verify(struct bench_run *run, struct base_err *err);
int bench_pages(struct bench_run *run, struct base_err *err);
int bench_rebuild(struct bench_run *run, struct base_err *err);
int bench_accept(struct bench_run *run, struct base_err *err);
int bench_accept_http(struct bench_run *run, struct base_err *err);
int bench_audit(struct bench_run *run, struct base_err *err);
int bench_append(struct bench_run *run, struct base_err *err);
int bench_open(struct bench_run *run, struct base_err *err);
int bench_proof(struct bench_run *run, struct base_err *err);
int bench_voiding(struct bench_run *run, struct base_err *err);
