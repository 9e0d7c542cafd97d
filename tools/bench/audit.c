/* audit: a school's whole log verified as letopis-audit does it – every byte hashed, every
 * signature judged, the order, indexes and openings held, every admission replayed over a state of
 * its own, which is then held against the served one. The rival is what nobody can do without:
 * libsodium verifying signatures, on all processors as we do, since a processor is slower while its
 * neighbour works. Compared is CPU, so the target does not ask how many processors there are, nor
 * who else wants them: what is not parallel shows in the entries a second. */
#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/audit/audit.h"
#include "tools/bench/bench.h"
#include "tools/bench/school.h"
#include "tools/bench/signed_events.h"

#define SIZE_DEFAULT 100000u
#define RIVAL_COUNT 4096u
#define RIVAL_AUTHOR_COUNT 40u
#define RIVAL_THREAD_COUNT_MAX 64u
#define RATIO_MIN 4.0
#define RATIO_REFERENCE_MIN 0.95

struct scene {
    struct bench_school school;
    struct ledger_note_key vkey;
    bool reference;
    unsigned round;
    struct bench_events events; /* the rival's */
    unsigned rival_thread_count;
};

static int vkey_read(struct scene *scene, struct base_err *err)
{
    struct ledger_log *log = NULL;
    const struct ledger_log_options options = {.dir = scene->school.dir,
                                               .clock = base_clock_system()};
    int rc = ledger_log_open(&options, &log, err);
    if (rc == 0)
        rc = ledger_vkey_parse(base_bytes_str(ledger_log_vkey(log)), &scene->vkey, err);
    ledger_log_close(log);
    return rc;
}

static int ours_round(void *data, struct base_err *err)
{
    struct scene *scene = data;
    char scratch[4200];
    struct audit_result result = {0};
    const struct audit_options options = {
        .vkey = &scene->vkey, .scratch = scratch, .reference = scene->reference};
    snprintf(scratch, sizeof scratch, "%s/replay%u", scene->school.dir, scene->round++);
    if (mkdir(scratch, 0700) != 0)
        return BASE_FAIL(err, BASE_E_IO, "%s", scratch);
    int rc = audit_school(scene->school.dir, &options, &result, err);
    if (rc == 0 && (result.log.finding != LEDGER_FOUND_NOTHING ||
                    result.log.entry_count != scene->school.size))
        rc = BASE_FAIL(err, BASE_E_STATE, "the audit found: %s, %s",
                       ledger_finding_name(result.log.finding), result.log.detail);
    audit_result_release(&result);
    return rc;
}

/* One of the rival's threads: NULL when all signatures held. */
static void *rival_thread(void *data)
{
    const struct scene *scene = data;
    for (uint32_t i = 0; i < scene->events.count; i++)
        if (!ledger_event_verify(base_buf_bytes(&scene->events.bytes[i]),
                                 bench_events_key(&scene->events, i), &scene->events.signatures[i]))
            return data;
    return NULL;
}

static int rival_round(void *data, struct base_err *err)
{
    struct scene *scene = data;
    pthread_t threads[RIVAL_THREAD_COUNT_MAX];
    unsigned started = 0;
    bool holds = true;
    while (started < scene->rival_thread_count &&
           pthread_create(&threads[started], NULL, rival_thread, scene) == 0)
        started++;
    for (unsigned i = 0; i < started; i++) {
        void *answer = NULL;
        pthread_join(threads[i], &answer);
        holds = holds && answer == NULL;
    }
    if (started < scene->rival_thread_count)
        return BASE_FAIL(err, BASE_E_MEMORY, "a thread");
    return holds ? 0 : BASE_FAIL(err, BASE_E_CRYPTO, "a signature does not hold");
}

static unsigned processor_count(void)
{
    long count = sysconf(_SC_NPROCESSORS_ONLN);
    if (count < 1)
        return 1;
    return count < (long)RIVAL_THREAD_COUNT_MAX ? (unsigned)count : RIVAL_THREAD_COUNT_MAX;
}

static int measure(struct bench_run *run, struct scene *scene, bool reference, struct base_err *err)
{
    char name[64];
    const struct bench_side ours = {.name = "audit of a school's folder",
                                    .data = scene,
                                    .round = ours_round,
                                    .operation_count = scene->school.size};
    const struct bench_side rival = {.name = "libsodium, verifying",
                                     .data = scene,
                                     .round = rival_round,
                                     .operation_count =
                                         (uint64_t)RIVAL_COUNT * scene->rival_thread_count};
    scene->reference = reference;
    snprintf(name, sizeof name, "%llu entries%s", (unsigned long long)scene->school.size,
             reference ? ", --reference" : "");
    int rc = bench_measure_once(run, name, &ours, &rival, BENCH_CPU,
                                reference ? RATIO_REFERENCE_MIN : RATIO_MIN, err);
    if (rc == 0)
        bench_note(run, "%s: %.0f entries a second by the wall.", name,
                   1e9 / run->cases[run->case_count - 1].ours.wall_ns);
    return rc;
}

int bench_audit(struct bench_run *run, struct base_err *err)
{
    char dir[4200];
    struct scene *scene = calloc(1, sizeof *scene);
    if (scene == NULL)
        return BASE_FAIL(err, BASE_E_MEMORY, "audit");
    scene->rival_thread_count = processor_count();
    snprintf(dir, sizeof dir, "%s/school", run->dir);
    int rc = bench_school_make_signed(dir, run->size == 0 ? SIZE_DEFAULT : run->size,
                                      BENCH_LESSONS_CROWDED, run->quiet, &scene->school, err);
    if (rc == 0)
        rc = vkey_read(scene, err);
    if (rc == 0)
        rc = bench_events_make(RIVAL_COUNT, RIVAL_AUTHOR_COUNT, 1, true, NULL, &scene->events, err);
    if (rc == 0)
        rc = measure(run, scene, false, err);
    if (rc == 0)
        rc = measure(run, scene, true, err);
    bench_events_release(&scene->events);
    free(scene);
    return rc;
}
