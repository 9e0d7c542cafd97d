/* pages: what a teacher, a class teacher and a family open, in a school of a million entries: each
 * view is made for pages and pupils all over the school, and the slowest hundredth is what counts.
 * The figures are a view's own, without HTTP and without a browser. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "projections/views/view.h"
#include "tools/bench/bench.h"
#include "tools/bench/school.h"

#define SIZE_DEFAULT 1000000u
#define SIZE_MIN 50000u
#define SAMPLE_COUNT 1000u
#define LESSONS_A_DAY 1u
#define SLOWEST_NS_MAX 2e6
#define PAGE_DAYS 60

struct work {
    struct bench_school school;
    struct ledger_log *log;
    struct proj_engine *engine;
    struct proj_view view;
    struct base_buf out;
    double cpu[SAMPLE_COUNT], wall[SAMPLE_COUNT];
};

struct page {
    const char *name;
    int (*make)(struct work *work, unsigned i);
};

static int journal(struct work *work, unsigned i)
{
    proj_id group, subject;
    bench_school_group(i % BENCH_CLASS_COUNT, group);
    bench_school_subject(i % BENCH_SUBJECT_COUNT, subject);
    return proj_view_journal(&work->view, group, subject, work->school.first_day,
                             work->school.first_day + PAGE_DAYS);
}

static int diary(struct work *work, unsigned i)
{
    proj_id pupil;
    bench_school_pupil(i % BENCH_CLASS_COUNT, i % BENCH_PUPIL_COUNT, pupil);
    base_day from = work->school.first_day + 7 * (base_day)(i % 5);
    return proj_view_diary(&work->view, pupil, from, from + 6);
}

static int results(struct work *work, unsigned i)
{
    proj_id pupil;
    bench_school_pupil(i % BENCH_CLASS_COUNT, i % BENCH_PUPIL_COUNT, pupil);
    return proj_view_results(&work->view, pupil, work->school.first_day,
                             work->school.first_day + PAGE_DAYS);
}

static int cabinet(struct work *work, unsigned i)
{
    proj_id pupil;
    bench_school_pupil(i % BENCH_CLASS_COUNT, i % BENCH_PUPIL_COUNT, pupil);
    return proj_view_cabinet(&work->view, pupil, work->school.first_day,
                             work->school.first_day + PAGE_DAYS);
}

static const struct page pages[] = {
    {"journal of 60 days", journal},
    {"diary of a week", diary},
    {"results of a pupil", results},
    {"control works, teachers, holidays", cabinet},
};

static double now_ns(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/* As the server does: a snapshot, a view, an answer. */
static int make(struct work *work, const struct page *page, unsigned i, struct base_err *err)
{
    struct proj_txn *txn = NULL;
    struct ledger_reader *reader = NULL;
    int rc = proj_engine_read(work->engine, &txn, err);
    if (rc == 0)
        rc = ledger_reader_open(work->log, &reader, err);
    base_buf_reset(&work->out);
    work->view = (struct proj_view){.txn = txn,
                                    .reader = reader,
                                    .operator_reads = true,
                                    .now_ms = work->school.now_ms,
                                    .out = &work->out};
    if (rc == 0)
        rc = proj_view_begin(&work->view, err);
    if (rc == 0)
        rc = proj_view_end(&work->view, page->make(work, i), err);
    ledger_reader_close(reader);
    proj_txn_end(txn);
    return rc;
}

static int compare(const void *a, const void *b)
{
    const double *x = a;
    const double *y = b;
    return (*x > *y) - (*x < *y);
}

/* The 99th of a hundred. */
static double slowest(double *samples)
{
    qsort(samples, SAMPLE_COUNT, sizeof *samples, compare);
    return samples[SAMPLE_COUNT * 99 / 100];
}

static int measure(struct bench_run *run, struct work *work, const struct page *page,
                   struct base_err *err)
{
    int rc = 0;
    for (unsigned i = 0; rc == 0 && i < SAMPLE_COUNT; i++) {
        double wall = now_ns(CLOCK_MONOTONIC);
        double cpu = now_ns(CLOCK_THREAD_CPUTIME_ID);
        rc = make(work, page, i * 37, err); /* from place to place, as readers come */
        work->cpu[i] = now_ns(CLOCK_THREAD_CPUTIME_ID) - cpu;
        work->wall[i] = now_ns(CLOCK_MONOTONIC) - wall;
    }
    if (rc != 0)
        return rc;
    struct bench_case *c = &run->cases[run->case_count++];
    struct bench_figure slow = {.cpu_ns = slowest(work->cpu), .wall_ns = slowest(work->wall)};
    /* By CPU: whoever shares the machine with the measurement owns the wall time's tail. */
    *c = (struct bench_case){.unit = BENCH_CPU,
                             .round_count = SAMPLE_COUNT,
                             .ours = slow,
                             .rival = {.cpu_ns = SLOWEST_NS_MAX, .wall_ns = SLOWEST_NS_MAX},
                             .ratio = SLOWEST_NS_MAX / slow.cpu_ns,
                             .target = 1};
    snprintf(c->name, sizeof c->name, "%s", page->name);
    snprintf(c->ours_name, sizeof c->ours_name, "99th of 100");
    snprintf(c->rival_name, sizeof c->rival_name, "2 ms");
    return 0;
}

int bench_pages(struct bench_run *run, struct base_err *err)
{
    uint64_t size = run->size == 0 ? SIZE_DEFAULT : run->size < SIZE_MIN ? SIZE_MIN : run->size;
    char dir[4200];
    struct work *work = calloc(1, sizeof *work);
    if (work == NULL)
        return BASE_FAIL(err, BASE_E_MEMORY, "pages");
    snprintf(dir, sizeof dir, "%s/school", run->dir);
    int rc = bench_school_make(dir, size, LESSONS_A_DAY, run->quiet, &work->school, err);
    const struct ledger_log_options options = {.dir = dir, .clock = base_clock_system()};
    if (rc == 0)
        rc = ledger_log_open(&options, &work->log, err);
    if (rc == 0)
        rc = proj_engine_open(dir, false, &work->engine, err);
    if (rc == 0)
        rc = proj_engine_attach(work->engine, work->log, NULL, NULL, err);
    for (unsigned i = 0; rc == 0 && i < sizeof pages / sizeof pages[0]; i++)
        rc = measure(run, work, &pages[i], err);
    proj_engine_close(work->engine);
    ledger_log_close(work->log);
    base_buf_release(&work->out);
    free(work);
    return rc;
}
