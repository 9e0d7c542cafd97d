/* proof: the audit path of an entry, in a log and in one a hundred times as long. The tree is kept
 * as tiles, so that a path costs a read and some hashes for each of its nodes, and grows as the
 * logarithm of the log; the rival is who keeps entries alone and hashes them all for every proof.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "ledger/log_state.h"
#include "tools/bench/bench.h"
#include "tools/bench/plain_log.h"

#define SIZE_DEFAULT 1000000u
#define SIZE_MIN 20000u
#define SMALLER 100u
#define AUTHOR_COUNT 40u
#define CHUNK 4096u
#define PROOF_COUNT 256u /* of a round */
#define STRIDE 7919u     /* from place to place, as askers come; a prime */
#define GROWTH_MAX 1.5   /* times the growth of the logarithm */

struct scene {
    struct ledger_log *log;
    uint64_t size;
    struct ledger_hash root;
    uint64_t turn;
    struct ledger_hash path[LEDGER_PROOF_LEN_MAX];
    unsigned path_count;
    struct ledger_hash *leaves; /* the rival's: `size` */
    struct base_bytes entries[CHUNK];
    struct ledger_nodes nodes; /* what the counter passes on to */
    uint64_t read_count;
};

static ledger_seq seq_next(struct scene *scene)
{
    return scene->turn++ * STRIDE % scene->size;
}

/* What was answered is a proof. */
static int path_check(struct scene *scene, struct ledger_reader *reader, ledger_seq seq,
                      struct base_err *err)
{
    struct ledger_hash leaf;
    struct base_bytes entry;
    int rc = ledger_reader_entry(reader, seq, &entry, err);
    if (rc != 0)
        return rc;
    ledger_tree_leaf(entry, &leaf);
    return ledger_proof_verify_inclusion(&leaf, seq, scene->size, scene->path, scene->path_count,
                                         &scene->root)
               ? 0
               : BASE_FAIL(err, BASE_E_CRYPTO, "no proof of entry %llu", (unsigned long long)seq);
}

static int ours_round(void *data, struct base_err *err)
{
    struct scene *scene = data;
    int rc = 0;
    for (unsigned i = 0; rc == 0 && i < PROOF_COUNT; i++) {
        struct ledger_reader *reader = NULL;
        rc = ledger_reader_open(scene->log, &reader, err);
        if (rc == 0)
            rc = ledger_reader_inclusion(reader, seq_next(scene), scene->size, scene->path,
                                         &scene->path_count, err);
        ledger_reader_close(reader);
    }
    return rc;
}

static int counted_get(void *data, unsigned level, uint64_t index, struct ledger_hash *out_node,
                       struct base_err *err)
{
    struct scene *scene = data;
    scene->read_count++;
    return scene->nodes.get(scene->nodes.data, level, index, out_node, err);
}

/* The same proofs once more, checked, with every read of the store counted. */
static int reads_count(struct scene *scene, double *out_reads, struct base_err *err)
{
    struct ledger_reader *reader = NULL;
    const struct ledger_nodes counted = {.get = counted_get, .data = scene};
    int rc = ledger_reader_open(scene->log, &reader, err);
    if (rc == 0)
        scene->nodes = ledger__nodes_of(&reader->txn);
    scene->read_count = 0;
    for (unsigned i = 0; rc == 0 && i < PROOF_COUNT; i++) {
        ledger_seq seq = seq_next(scene);
        rc =
            ledger_tree_inclusion(&counted, seq, scene->size, scene->path, &scene->path_count, err);
        if (rc == 0)
            rc = path_check(scene, reader, seq, err);
    }
    ledger_reader_close(reader);
    *out_reads = (double)scene->read_count / PROOF_COUNT;
    return rc;
}

static int leaf_node_get(void *data, unsigned level, uint64_t index, struct ledger_hash *out_node,
                         struct base_err *err)
{
    const struct scene *scene = data;
    struct ledger_frontier frontier = {0};
    (void)err;
    for (uint64_t i = index << level; i < (index + 1) << level; i++)
        ledger_frontier_append(&frontier, &scene->leaves[i]);
    ledger_frontier_root(&frontier, out_node);
    return 0;
}

/* One proof out of all entries. */
static int rival_round(void *data, struct base_err *err)
{
    struct scene *scene = data;
    struct ledger_reader *reader = NULL;
    const struct ledger_nodes nodes = {.get = leaf_node_get, .data = scene};
    ledger_seq seq = seq_next(scene);
    int rc = ledger_reader_open(scene->log, &reader, err);
    for (ledger_seq first = 0; rc == 0 && first < scene->size; first += CHUNK) {
        size_t count = scene->size - first < CHUNK ? (size_t)(scene->size - first) : CHUNK;
        rc = ledger_reader_entries(reader, first, count, scene->entries, err);
        for (size_t i = 0; rc == 0 && i < count; i++)
            ledger_tree_leaf(scene->entries[i], &scene->leaves[first + i]);
    }
    if (rc == 0)
        rc = ledger_tree_inclusion(&nodes, seq, scene->size, scene->path, &scene->path_count, err);
    if (rc == 0)
        rc = path_check(scene, reader, seq, err);
    ledger_reader_close(reader);
    return rc;
}

static int scene_open(struct scene *scene, const char *dir, const char *name, uint64_t size,
                      struct base_err *err)
{
    char path[4200];
    struct ledger_hash log_id;
    struct ledger_head head;
    snprintf(path, sizeof path, "%s/%s", dir, name);
    scene->size = size;
    scene->leaves = calloc(size, sizeof *scene->leaves);
    int rc = scene->leaves == NULL || mkdir(path, 0700) != 0
                 ? BASE_FAIL(err, BASE_E_MEMORY, "%s", path)
                 : 0;
    if (rc == 0)
        rc = bench_plain_log_make(path, AUTHOR_COUNT, &scene->log, &log_id, err);
    if (rc == 0)
        rc = bench_plain_log_fill(scene->log, &log_id, AUTHOR_COUNT, size, err);
    if (rc == 0) {
        ledger_log_head(scene->log, &head);
        scene->root = head.root;
    }
    return rc;
}

static int measure_against_all(struct bench_run *run, struct scene *scene, struct base_err *err)
{
    char name[64];
    const struct bench_side ours = {.name = "ledger_reader_inclusion",
                                    .data = scene,
                                    .round = ours_round,
                                    .operation_count = PROOF_COUNT};
    const struct bench_side rival = {
        .name = "from all entries", .data = scene, .round = rival_round, .operation_count = 1};
    snprintf(name, sizeof name, "log of %llu", (unsigned long long)scene->size);
    return bench_measure(run, name, &ours, &rival, BENCH_CPU, 0, err);
}

int bench_proof(struct bench_run *run, struct base_err *err)
{
    uint64_t size = run->size == 0 ? SIZE_DEFAULT : run->size < SIZE_MIN ? SIZE_MIN : run->size;
    double reads[2] = {0, 0};
    struct scene *scenes = calloc(2, sizeof *scenes);
    if (scenes == NULL)
        return BASE_FAIL(err, BASE_E_MEMORY, "proof");
    const double growth = log2((double)size) / log2((double)size / SMALLER);
    const struct bench_side longer = {.name = "in the longer log",
                                      .data = &scenes[1],
                                      .round = ours_round,
                                      .operation_count = PROOF_COUNT};
    const struct bench_side shorter = {.name = "in the shorter log",
                                       .data = &scenes[0],
                                       .round = ours_round,
                                       .operation_count = PROOF_COUNT};
    int rc = scene_open(&scenes[0], run->dir, "shorter", size / SMALLER, err);
    if (rc == 0)
        rc = scene_open(&scenes[1], run->dir, "longer", size, err);
    for (unsigned i = 0; rc == 0 && i < 2; i++)
        rc = measure_against_all(run, &scenes[i], err);
    if (rc == 0)
        rc = bench_measure(run, "log 100 times as long", &longer, &shorter, BENCH_CPU,
                           1 / (GROWTH_MAX * growth), err);
    for (unsigned i = 0; rc == 0 && i < 2; i++)
        rc = reads_count(&scenes[i], &reads[i], err);
    if (rc == 0)
        bench_note(run,
                   "Reads of the store for a proof: %.1f and %.1f; the logarithm grows %.2f times.",
                   reads[0], reads[1], growth);
    for (unsigned i = 0; i < 2; i++) {
        ledger_log_close(scenes[i].log);
        free(scenes[i].leaves);
    }
    free(scenes);
    return rc;
}
