/* open: a school's log and state opened, in a log and in one ten times as long. Opening looks at
 * the head, its checkpoint and the tree's edge, never at all entries, so it must not take longer
 * where there are more. State has been folded already, as after any orderly end. */
#include <stdio.h>
#include <stdlib.h>

#include "tools/bench/bench.h"
#include "tools/bench/school.h"

#define SIZE_DEFAULT 1000000u
#define SIZE_MIN 60000u
#define SMALLER 10u
#define OPEN_NS_MAX 100e6 /* by the wall, for ten million entries */
#define GROWTH_MAX 1.3

struct scene {
    struct bench_school school;
    uint64_t sum; /* so that nothing is left out as useless */
};

static int open_school(struct scene *scene, bool read_only, struct base_err *err)
{
    struct proj_engine *engine = NULL;
    struct ledger_log *log = NULL;
    struct ledger_head head = {0};
    const char *dir = scene->school.dir;
    int rc = proj_engine_open(dir, read_only, &engine, err);
    if (rc == 0) {
        const struct ledger_log_options options = {
            .dir = dir,
            .clock = base_clock_manual(&scene->school.now_ms),
            .admission = read_only ? NULL : proj_engine_admission(engine)};
        rc = ledger_log_open(&options, &log, err);
    }
    if (rc == 0 && !read_only)
        rc = proj_engine_attach(engine, log, NULL, NULL, err);
    if (rc == 0)
        ledger_log_head(log, &head);
    if (rc == 0 && head.size != scene->school.size)
        rc = BASE_FAIL(err, BASE_E_STATE, "a log of %llu entries", (unsigned long long)head.size);
    scene->sum += head.root.bytes[0];
    ledger_log_close(log);
    proj_engine_close(engine);
    return rc;
}

static int round_read(void *data, struct base_err *err)
{
    return open_school(data, true, err);
}

static int round_write(void *data, struct base_err *err)
{
    return open_school(data, false, err);
}

static int measure_alone(struct bench_run *run, const char *name, const struct bench_side *side,
                         struct base_err *err)
{
    int rc = bench_measure(run, name, side, NULL, BENCH_WALL, 0, err);
    if (rc != 0)
        return rc;
    struct bench_case *c = &run->cases[run->case_count - 1];
    snprintf(c->rival_name, sizeof c->rival_name, "100 ms");
    c->rival = (struct bench_figure){.cpu_ns = OPEN_NS_MAX, .wall_ns = OPEN_NS_MAX};
    c->ratio = OPEN_NS_MAX / c->ours.wall_ns;
    c->target = 1;
    return 0;
}

static int measure(struct bench_run *run, struct scene *scenes, bool read_only,
                   struct base_err *err)
{
    char name[64];
    const char *what = read_only ? "to read" : "to write";
    struct bench_side sides[2];
    int rc = 0;
    for (unsigned i = 0; rc == 0 && i < 2; i++) {
        sides[i] = (struct bench_side){.name = "open and close",
                                       .data = &scenes[i],
                                       .round = read_only ? round_read : round_write,
                                       .operation_count = 1};
        snprintf(name, sizeof name, "%s, of %llu", what, (unsigned long long)scenes[i].school.size);
        rc = measure_alone(run, name, &sides[i], err);
    }
    /* A school has its beginnings: the shorter log may be longer than was asked for. */
    snprintf(name, sizeof name, "%s, %.1f times as long", what,
             (double)scenes[1].school.size / (double)scenes[0].school.size);
    sides[0].name = "in the shorter log";
    sides[1].name = "in the longer log";
    if (rc == 0)
        rc = bench_measure(run, name, &sides[1], &sides[0], BENCH_CPU, 1 / GROWTH_MAX, err);
    return rc;
}

int bench_open(struct bench_run *run, struct base_err *err)
{
    uint64_t size = run->size == 0 ? SIZE_DEFAULT : run->size < SIZE_MIN ? SIZE_MIN : run->size;
    char dir[4200];
    struct scene *scenes = calloc(2, sizeof *scenes);
    if (scenes == NULL)
        return BASE_FAIL(err, BASE_E_MEMORY, "open");
    snprintf(dir, sizeof dir, "%s/shorter", run->dir);
    int rc = bench_school_make(dir, size / SMALLER, BENCH_LESSONS_CROWDED, run->quiet,
                               &scenes[0].school, err);
    snprintf(dir, sizeof dir, "%s/longer", run->dir);
    if (rc == 0)
        rc =
            bench_school_make(dir, size, BENCH_LESSONS_CROWDED, run->quiet, &scenes[1].school, err);
    if (rc == 0)
        rc = measure(run, scenes, true, err);
    if (rc == 0)
        rc = measure(run, scenes, false, err);
    free(scenes);
    return rc;
}
