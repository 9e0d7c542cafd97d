/* voiding: ten thousand events are struck out, and the journals are read anew, in a log and in one
 * ten times as long. The rule is that the cost is that of the events, not of the log; the rival is
 * the naive way, folding the whole log again. What is struck out is dropped with its transaction,
 * so that rounds can be repeated on the same state. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "ledger/tree.h"
#include "projections/admission.h"
#include "projections/views/view.h"
#include "projections/voiding.h"
#include "tools/bench/bench.h"
#include "tools/bench/school.h"
#include "tools/common/draft.h"

#define SIZE_DEFAULT 1000000u
#define SIZE_MIN 20000u
#define SMALLER 10u
#define GROWTH_MAX 1.3 /* the cost in the longer log against the cost in the shorter */
#define NEW_JOURNALS_MS_MAX 250.0

struct scene {
    struct bench_school school;
    struct ledger_log *log;
    struct ledger_reader *reader;
    struct proj_state *state;
    struct proj_source source;
    struct base_buf report; /* root's event */
    struct base_buf page;
    uint64_t covered, touched, ungrounded; /* of the last round */
    struct bench_figure rebuild;
};

static double now_ns(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/* What root signs: the cut of the theft's moment, and the covered events. */
static int make_report(struct scene *scene, struct base_err *err)
{
    struct bench_school *school = &scene->school;
    struct tool_draft draft = {0};
    struct ledger_hash digest, empty;
    uint8_t reason[LEDGER_COMMITMENT_LEN] = {1};
    struct proj_txn *txn = NULL;
    int rc = proj_txn_begin(scene->state, false, &txn, err);
    if (rc != 0)
        return rc;
    ledger_seq cut = proj_cut_at(txn, &scene->source, school->size, school->theft_ms);
    proj_covered(txn, &scene->source, &school->thief, cut, school->size, &scene->covered, &digest,
                 NULL, NULL);
    rc = proj_txn_fault(txn, err);
    proj_txn_end(txn);
    tool_draft_begin(&draft, "breach.reported", 9);
    tool_draft_id(&draft, "account", school->thief_account);
    tool_draft_int(&draft, "breach", school->theft_ms);
    tool_draft_int(&draft, "count", (int64_t)scene->covered);
    tool_draft_int(&draft, "cut", (int64_t)cut);
    tool_draft_bin(&draft, "digest", digest.bytes, LEDGER_HASH_LEN);
    tool_draft_int(&draft, "learned", school->now_ms);
    tool_draft_bin(&draft, "reason", reason, sizeof reason);
    tool_draft_int(&draft, "size", (int64_t)school->size);
    tool_draft_bin(&draft, "target", school->thief.bytes, LEDGER_KEY_LEN);
    ledger_tree_empty(&empty);
    const struct ledger_event_draft event = {.log_id = &school->log_id,
                                             .key = &school->root,
                                             .counter = school->root_counter + 1,
                                             .claimed_ms = school->now_ms,
                                             .kind = draft.kind,
                                             .body = base_buf_bytes(&draft.body),
                                             .seen_root = &empty};
    if (rc == 0)
        rc = ledger_event_build(&event, &scene->report, err);
    if (rc == 0 && scene->covered != BENCH_THEFT_COUNT)
        rc = BASE_FAIL(err, BASE_E_STATE, "%llu events are covered, not %u",
                       (unsigned long long)scene->covered, BENCH_THEFT_COUNT);
    tool_draft_release(&draft);
    return rc;
}

/* Folds the whole log anew: what a journal without versions would have to do. */
static int rebuild(struct scene *scene, struct base_err *err)
{
    struct proj_engine *engine = NULL;
    int rc = proj_engine_open(scene->school.dir, false, &engine, err);
    double wall = now_ns(CLOCK_MONOTONIC);
    double cpu = now_ns(CLOCK_PROCESS_CPUTIME_ID);
    if (rc == 0)
        rc = proj_engine_reset(engine, err);
    if (rc == 0)
        rc = proj_engine_attach(engine, scene->log, NULL, NULL, err);
    scene->rebuild.cpu_ns = now_ns(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    scene->rebuild.wall_ns = now_ns(CLOCK_MONOTONIC) - wall;
    proj_engine_close(engine);
    return rc;
}

static int scene_open(struct scene *scene, const char *dir, const char *name, uint64_t size,
                      bool quiet, struct base_err *err)
{
    char path[4200];
    bool fresh;
    snprintf(path, sizeof path, "%s/%s", dir, name);
    int rc = bench_school_make(path, size, BENCH_LESSONS_CROWDED, quiet, &scene->school, err);
    const struct ledger_log_options options = {.dir = path, .clock = base_clock_system()};
    if (rc == 0)
        rc = ledger_log_open(&options, &scene->log, err);
    if (rc == 0)
        rc = rebuild(scene, err);
    if (rc == 0)
        rc = ledger_reader_open(scene->log, &scene->reader, err);
    snprintf(path, sizeof path, "%s/%s/projections", dir, name);
    if (rc == 0)
        rc = proj_state_open(path, PROJ_LAYOUT, false, &scene->state, &fresh, err);
    if (rc != 0)
        return rc;
    scene->source = proj_source_of_reader(scene->reader);
    return make_report(scene, err);
}

static void scene_close(struct scene *scene)
{
    proj_state_close(scene->state);
    ledger_reader_close(scene->reader);
    ledger_log_close(scene->log);
    base_buf_release(&scene->report);
    base_buf_release(&scene->page);
}

static void count_touched(void *data, ledger_seq seq)
{
    struct scene *scene = data;
    (void)seq;
    scene->touched++;
}

static int read_pages(struct scene *scene, struct proj_txn *txn, struct base_err *err)
{
    struct bench_school *school = &scene->school;
    struct proj_view view = {.txn = txn,
                             .reader = scene->reader,
                             .operator_reads = true,
                             .now_ms = school->now_ms,
                             .out = &scene->page};
    int rc = proj_view_begin(&view, err);
    for (unsigned i = 0; rc == 0 && i < BENCH_THEFT_PAGE_COUNT; i++) {
        base_buf_reset(&scene->page);
        rc = proj_view_end(&view,
                           proj_view_journal(&view, school->group, school->subjects[i],
                                             school->first_day, school->last_day),
                           err);
    }
    return rc;
}

/* Root's report is admitted and folded, and the pages it touches are read. */
static int strike_out(void *data, struct base_err *err)
{
    struct scene *scene = data;
    struct ledger_refusal refusal = {0};
    struct ledger_event event;
    struct proj_txn *txn = NULL;
    scene->touched = 0;
    if (ledger_event_parse(base_buf_bytes(&scene->report), &event, &refusal) != 0)
        return BASE_FAIL(err, BASE_E_FORMAT, "report: %s", refusal.field);
    int rc = proj_txn_begin(scene->state, true, &txn, err);
    if (rc != 0)
        return rc;
    struct proj_case c = {.txn = txn,
                          .event = &event,
                          .body = &event.body,
                          .seq = scene->school.size,
                          .recorded_ms = scene->school.now_ms,
                          .offset_min = 180,
                          .refusal = &refusal,
                          .source = &scene->source};
    int code = proj_admit(&c, proj_fold_find(event.kind));
    if (code != 0)
        rc = BASE_FAIL(err, BASE_E_STATE, "the report is refused: %d %s", code, refusal.field);
    if (rc == 0) {
        proj_author_put(txn, &event.key, c.seq);
        proj_txn_set_next(txn, c.seq + 1);
        proj_voiding_refresh(&c, count_touched, scene);
        rc = proj_txn_fault(txn, err);
    }
    if (rc == 0)
        rc = read_pages(scene, txn, err);
    proj_txn_end(txn);
    return rc;
}

static int measure_against_rebuild(struct bench_run *run, struct scene *scene,
                                   const struct bench_side *side, struct base_err *err)
{
    char name[64];
    snprintf(name, sizeof name, "log of %llu", (unsigned long long)scene->school.size);
    int rc = bench_measure(run, name, side, NULL, BENCH_WALL, 0, err);
    if (rc != 0)
        return rc;
    struct bench_case *c = &run->cases[run->case_count - 1];
    snprintf(c->rival_name, sizeof c->rival_name, "folding all anew");
    c->rival = scene->rebuild;
    c->ratio = c->rival.wall_ns / c->ours.wall_ns;
    c->target = c->rival.wall_ns / (NEW_JOURNALS_MS_MAX * 1e6);
    return 0;
}

int bench_voiding(struct bench_run *run, struct base_err *err)
{
    uint64_t size = run->size == 0 ? SIZE_DEFAULT : run->size;
    struct scene *scenes = calloc(2, sizeof *scenes);
    if (scenes == NULL)
        return BASE_FAIL(err, BASE_E_MEMORY, "voiding");
    if (size < SIZE_MIN)
        size = SIZE_MIN;
    const struct bench_side longer = {.name = "the rule, incremental",
                                      .data = &scenes[1],
                                      .round = strike_out,
                                      .operation_count = 1};
    const struct bench_side shorter = {.name = "in the shorter log",
                                       .data = &scenes[0],
                                       .round = strike_out,
                                       .operation_count = 1};
    int rc = scene_open(&scenes[0], run->dir, "shorter", size / SMALLER, run->quiet, err);
    if (rc == 0)
        rc = scene_open(&scenes[1], run->dir, "longer", size, run->quiet, err);
    if (rc == 0)
        rc = measure_against_rebuild(run, &scenes[0], &shorter, err);
    if (rc == 0)
        rc = measure_against_rebuild(run, &scenes[1], &longer, err);
    if (rc == 0)
        rc = bench_measure(run, "log ten times as long", &longer, &shorter, BENCH_WALL,
                           1 / GROWTH_MAX, err);
    if (rc == 0 && !run->quiet)
        fprintf(stderr, "\r%llu events struck out, %llu changed in all\n",
                (unsigned long long)scenes[1].covered, (unsigned long long)scenes[1].touched);
    scene_close(&scenes[1]);
    scene_close(&scenes[0]);
    free(scenes);
    return rc;
}
