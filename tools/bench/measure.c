/* The clockwork: rounds by turns, medians, ratios. What can fail is a side's own round. */
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "tools/bench/bench.h"

struct sample {
    double cpu_ns, wall_ns;
};

static double now_ns(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static int side_run(const struct bench_side *side, struct sample *out_sample, struct base_err *err)
{
    int rc = side->prepare != NULL ? side->prepare(side->data, err) : 0;
    if (rc != 0)
        return rc;
    double wall = now_ns(CLOCK_MONOTONIC);
    double cpu = now_ns(CLOCK_PROCESS_CPUTIME_ID);
    rc = side->round(side->data, err);
    cpu = now_ns(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    if (rc == 0 && side->excluded_ns != NULL)
        cpu -= side->excluded_ns(side->data);
    out_sample->cpu_ns = cpu / (double)side->operation_count;
    out_sample->wall_ns = (now_ns(CLOCK_MONOTONIC) - wall) / (double)side->operation_count;
    return rc;
}

static int compare(const void *a, const void *b)
{
    const double *x = a;
    const double *y = b;
    return (*x > *y) - (*x < *y);
}

static double median(double *values, unsigned count)
{
    assert(count > 0);
    qsort(values, count, sizeof *values, compare);
    return count % 2 == 1 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

static struct bench_figure figure_of(const struct sample *samples, unsigned count)
{
    double values[BENCH_ROUND_COUNT_MAX];
    struct bench_figure figure;
    for (unsigned i = 0; i < count; i++)
        values[i] = samples[i].cpu_ns;
    figure.cpu_ns = median(values, count);
    for (unsigned i = 0; i < count; i++)
        values[i] = samples[i].wall_ns;
    figure.wall_ns = median(values, count);
    return figure;
}

static double ratio_of(const struct sample *ours, const struct sample *rival, unsigned count,
                       enum bench_unit unit)
{
    double ratios[BENCH_ROUND_COUNT_MAX];
    for (unsigned i = 0; i < count; i++)
        ratios[i] = unit == BENCH_CPU ? rival[i].cpu_ns / ours[i].cpu_ns
                                      : rival[i].wall_ns / ours[i].wall_ns;
    return median(ratios, count);
}

int bench_measure(struct bench_run *run, const char *name, const struct bench_side *ours,
                  const struct bench_side *rival, enum bench_unit unit, double target,
                  struct base_err *err)
{
    static struct sample our_samples[BENCH_ROUND_COUNT_MAX];
    static struct sample rival_samples[BENCH_ROUND_COUNT_MAX];
    struct bench_case *result = &run->cases[run->case_count];
    unsigned count = 0;
    int rc = 0;
    assert(run->case_count < BENCH_CASE_COUNT_MAX);
    if (!run->quiet && isatty(STDERR_FILENO) == 1)
        fprintf(stderr, "\r%-60s", name);
    if (rc == 0)
        rc = side_run(ours, &our_samples[0], err); /* the warm-up */
    if (rc == 0 && rival != NULL)
        rc = side_run(rival, &rival_samples[0], err);
    double end = now_ns(CLOCK_MONOTONIC) + run->seconds * 1e9;
    while (rc == 0 && count < BENCH_ROUND_COUNT_MAX &&
           (count < BENCH_ROUND_COUNT_MIN || now_ns(CLOCK_MONOTONIC) < end)) {
        bool ours_first = count % 2 == 0;
        if (rival != NULL && !ours_first)
            rc = side_run(rival, &rival_samples[count], err);
        if (rc == 0)
            rc = side_run(ours, &our_samples[count], err);
        if (rc == 0 && rival != NULL && ours_first)
            rc = side_run(rival, &rival_samples[count], err);
        count++;
    }
    if (rc != 0)
        return base_err_wrap(err, rc, "%s", name);
    *result = (struct bench_case){.unit = unit, .target = target, .round_count = count};
    snprintf(result->name, sizeof result->name, "%s", name);
    snprintf(result->ours_name, sizeof result->ours_name, "%s", ours->name);
    result->ours = figure_of(our_samples, count);
    if (rival != NULL) {
        snprintf(result->rival_name, sizeof result->rival_name, "%s", rival->name);
        result->rival = figure_of(rival_samples, count);
        result->ratio = ratio_of(our_samples, rival_samples, count, unit);
    }
    run->case_count++;
    return 0;
}

int bench_measure_once(struct bench_run *run, const char *name, const struct bench_side *ours,
                       const struct bench_side *rival, enum bench_unit unit, double target,
                       struct base_err *err)
{
    struct bench_case *result = &run->cases[run->case_count];
    struct sample our_sample, rival_samples[2];
    assert(run->case_count < BENCH_CASE_COUNT_MAX);
    int rc = side_run(rival, &rival_samples[0], err);
    if (rc == 0)
        rc = side_run(ours, &our_sample, err);
    if (rc == 0)
        rc = side_run(rival, &rival_samples[1], err);
    if (rc != 0)
        return base_err_wrap(err, rc, "%s", name);
    *result = (struct bench_case){.unit = unit, .target = target, .round_count = 1};
    snprintf(result->name, sizeof result->name, "%s", name);
    snprintf(result->ours_name, sizeof result->ours_name, "%s", ours->name);
    snprintf(result->rival_name, sizeof result->rival_name, "%s", rival->name);
    result->ours = figure_of(&our_sample, 1);
    result->rival = figure_of(rival_samples, 2);
    result->ratio = unit == BENCH_CPU ? result->rival.cpu_ns / result->ours.cpu_ns
                                      : result->rival.wall_ns / result->ours.wall_ns;
    run->case_count++;
    return 0;
}

void bench_note(struct bench_run *run, const char *format, ...)
{
    va_list arguments;
    assert(run->note_count < BENCH_NOTE_COUNT_MAX);
    va_start(arguments, format);
    vsnprintf(run->notes[run->note_count++], sizeof run->notes[0], format, arguments);
    va_end(arguments);
}
