/* Support for tests that need a ledger. */
#include "tests/ledger/support.h"

#include <ftw.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>
#include <dirent.h>
#include <lmdb.h>

#include "ledger/checkpoint.h"
#include "ledger/tiles.h"

#define REFUSED_KIND (LEDGER_REFUSAL_FOREIGN_BASE + 0)

void test_author_make(struct test_author *author, uint32_t n)
{
    uint8_t seed[LEDGER_SEED_LEN] = {'t', 'e', 's', 't'};
    seed[28] = (uint8_t)(n >> 24);
    seed[29] = (uint8_t)(n >> 16 & 0xff);
    seed[30] = (uint8_t)(n >> 8 & 0xff);
    seed[31] = (uint8_t)(n & 0xff);
    *author = (struct test_author){0};
    ledger_key_from_seed(seed, &author->key, author->secret);
}

void test_submission_release(struct test_submission *submission)
{
    ledger_submission_release(&submission->submission);
    base_buf_release(&submission->wire);
}

void test_submission_of(struct base_bytes wire, struct test_submission *out_submission)
{
    struct ledger_refusal refusal = {0};
    *out_submission = (struct test_submission){0};
    base_buf_put_bytes(&out_submission->wire, wire);
    assert_int_equal(ledger_submission_parse(base_buf_bytes(&out_submission->wire),
                                             &out_submission->submission, &refusal, NULL),
                     0);
}

static int admission_check(void *data, struct ledger_submission *submission,
                           struct ledger_key *out_cosigners, uint32_t *out_cosigner_count,
                           struct ledger_refusal *refusal, struct base_err *err)
{
    struct test_admission *admission = data;
    (void)refusal;
    (void)err;
    memcpy(out_cosigners, admission->cosigners,
           sizeof admission->cosigners[0] * admission->cosigner_count);
    *out_cosigner_count = admission->cosigner_count;
    /* Each opening belongs to the subject whose id its path begins with, padded with zeros. */
    for (uint32_t i = 0; i < submission->opening_count; i++) {
        struct ledger_opening *opening = &submission->openings[i];
        size_t len = opening->path.len < LEDGER_ID_LEN ? opening->path.len : LEDGER_ID_LEN;
        memset(opening->subject, 0, LEDGER_ID_LEN);
        memcpy(opening->subject, opening->path.data, len);
    }
    return 0;
}

static int admission_begin(void *data, struct base_err *err)
{
    (void)err;
    ((struct test_admission *)data)->begin_count++;
    return 0;
}

static int admission_admit(void *data, const struct ledger_submission *submission, ledger_seq seq,
                           base_time_ms recorded_ms, struct ledger_refusal *refusal,
                           struct base_err *err)
{
    struct test_admission *admission = data;
    (void)seq;
    (void)recorded_ms;
    (void)err;
    admission->admit_count++;
    if (admission->on_admit != NULL)
        admission->on_admit(admission->on_admit_data);
    if (admission->refuse_kind.len > 0 &&
        base_bytes_equal(submission->event.kind, admission->refuse_kind))
        return ledger_refuse(refusal, REFUSED_KIND, "kind");
    return 0;
}

static int admission_commit(void *data, struct base_err *err)
{
    struct test_admission *admission = data;
    admission->commit_count++;
    if (admission->commit_fault != 0)
        return BASE_FAIL(err, admission->commit_fault, "told to fail");
    return 0;
}

static void admission_abort(void *data)
{
    ((struct test_admission *)data)->abort_count++;
}

void test_admission_init(struct test_admission *admission)
{
    *admission = (struct test_admission){.table = {.data = admission,
                                                   .check = admission_check,
                                                   .begin = admission_begin,
                                                   .admit = admission_admit,
                                                   .commit = admission_commit,
                                                   .abort = admission_abort}};
}

void test_dir_make(char *dir)
{
    const char *base = getenv("TMPDIR");
    snprintf(dir, 256, "%s/letopis-test-XXXXXX", base != NULL ? base : "/tmp");
    assert_non_null(mkdtemp(dir));
}

static int entry_remove(const char *path, const struct stat *info, int type, struct FTW *place)
{
    (void)info;
    (void)type;
    (void)place;
    return remove(path);
}

void test_dir_remove(const char *dir)
{
    nftw(dir, entry_remove, 16, FTW_DEPTH | FTW_PHYS);
}

static void file_copy(const char *from, const char *to)
{
    static uint8_t piece[65536];
    FILE *in = fopen(from, "rbe");
    FILE *out = fopen(to, "wbe");
    size_t len;
    assert_true(in != NULL && out != NULL);
    while ((len = fread(piece, 1, sizeof piece, in)) > 0)
        assert_int_equal(fwrite(piece, 1, len, out), len);
    assert_int_equal(ferror(in), 0);
    fclose(in);
    assert_int_equal(fclose(out), 0);
}

void test_dir_copy(const char *from, const char *to)
{
    char one[512];
    char two[512];
    struct stat info;
    struct dirent *item;
    assert_int_equal(mkdir(to, 0700), 0);
    DIR *dir = opendir(from);
    assert_non_null(dir);
    while ((item = readdir(dir)) != NULL) {
        if (item->d_name[0] == '.')
            continue;
        snprintf(one, sizeof one, "%.200s/%.200s", from, item->d_name);
        snprintf(two, sizeof two, "%.200s/%.200s", to, item->d_name);
        assert_int_equal(stat(one, &info), 0);
        if (S_ISDIR(info.st_mode))
            test_dir_copy(one, two);
        else
            file_copy(one, two);
    }
    closedir(dir);
}

static int world_open(struct test_world *world, bool create, struct base_err *err)
{
    struct ledger_log_options options = {
        .dir = world->dir,
        .origin = "journal.example/log",
        .create = create,
        .clock = base_clock_manual(&world->now_ms),
        .admission = &world->admission.table,
        .faults = &world->faults,
    };
    return ledger_log_open(&options, &world->log, err);
}

void test_world_make(struct test_world *world)
{
    struct base_err err = {0};
    *world = (struct test_world){.now_ms = INT64_C(1788239160000)};
    test_admission_init(&world->admission);
    test_dir_make(world->dir);
    if (world_open(world, true, &err) != 0)
        fail_msg("%s", err.text);
}

void test_world_close_log(struct test_world *world)
{
    ledger_log_close(world->log);
    world->log = NULL;
}

int test_world_reopen(struct test_world *world, struct base_err *err)
{
    test_world_close_log(world);
    return world_open(world, false, err);
}

void test_world_remove(struct test_world *world)
{
    test_world_close_log(world);
    test_dir_remove(world->dir);
}

void test_draft_submit(struct ledger_event_draft *draft, struct test_author *author,
                       struct test_submission *out_submission)
{
    struct base_buf BASE_CLEANUP(base_buf_release) event = {0};
    struct base_buf BASE_CLEANUP(base_buf_release) wire = {0};
    struct ledger_signature signature;
    struct base_err err = {0};
    draft->key = &author->key;
    if (draft->counter == 0)
        draft->counter = ++author->counter;
    if (ledger_event_build(draft, &event, &err) != 0)
        fail_msg("%s", err.text);
    ledger_event_sign(base_buf_bytes(&event), author->secret, &signature);
    assert_int_equal(
        ledger_submission_build(base_buf_bytes(&event), &signature, 1, NULL, 0, &wire, &err), 0);
    test_submission_of(base_buf_bytes(&wire), out_submission);
}

void test_event_make(struct test_world *world, struct test_author *author, const char *kind,
                     const struct base_bytes *body, struct test_submission *out_submission)
{
    struct ledger_head head;
    struct ledger_hash id;
    static const uint8_t empty_map = 0x80;
    ledger_log_head(world->log, &head);
    ledger_log_id(world->log, &id);
    struct ledger_event_draft draft = {
        .log_id = &id,
        .claimed_ms = world->now_ms,
        .kind = kind,
        .body = body != NULL ? *body : base_bytes_of(&empty_map, 1),
        .seen_size = head.size,
        .seen_root = &head.root,
    };
    test_draft_submit(&draft, author, out_submission);
}

struct ledger_receipt test_append(struct test_world *world, struct test_submission *submission)
{
    struct ledger_receipt receipt = {0};
    struct base_err err = {0};
    struct ledger_submission *one = &submission->submission;
    int answer = ledger_submission_verify(&world->admission.table, one, &receipt.refusal, &err);
    if (answer != 0) {
        receipt.code = answer;
        return receipt;
    }
    if (ledger_log_append(world->log, &one, 1, &receipt, &err) != 0)
        fail_msg("%s", err.text);
    return receipt;
}

static void batch_fill(struct test_world *world, struct test_author *author, unsigned count)
{
    static struct test_submission made[LEDGER_BATCH_COUNT_MAX];
    struct ledger_submission *batch[LEDGER_BATCH_COUNT_MAX] = {0};
    struct ledger_receipt receipts[LEDGER_BATCH_COUNT_MAX];
    struct base_err err = {0};
    for (unsigned i = 0; i < count; i++) {
        test_event_make(world, author, "test.filled", NULL, &made[i]);
        batch[i] = &made[i].submission;
    }
    if (ledger_log_append(world->log, batch, count, receipts, &err) != 0)
        fail_msg("%s", err.text);
    for (unsigned i = 0; i < count; i++) {
        assert_int_equal(receipts[i].code, 0);
        test_submission_release(&made[i]);
    }
}

void test_fill(struct test_world *world, struct test_author *author, unsigned count)
{
    struct ledger_head head;
    ledger_log_head(world->log, &head);
    if (head.size == 0 && count > 0) {
        batch_fill(world, author, 1);
        count--;
    }
    for (; count > LEDGER_BATCH_COUNT_MAX; count -= LEDGER_BATCH_COUNT_MAX)
        batch_fill(world, author, LEDGER_BATCH_COUNT_MAX);
    if (count > 0)
        batch_fill(world, author, count);
}

/* The leaf of an entry is what its tile says. */
static void leaf_verify(struct ledger_reader *reader, ledger_seq seq,
                        const struct ledger_hash *leaf)
{
    struct base_buf BASE_CLEANUP(base_buf_release) tile = {0};
    unsigned width = (unsigned)(seq % LEDGER_TILE_WIDTH) + 1;
    assert_int_equal(ledger_reader_tile(reader, 0, seq / LEDGER_TILE_WIDTH, width, &tile, NULL), 0);
    assert_memory_equal(tile.data + (size_t)(width - 1) * LEDGER_HASH_LEN, leaf->bytes,
                        LEDGER_HASH_LEN);
}

void test_verify_everything(struct test_world *world)
{
    struct base_buf BASE_CLEANUP(base_buf_release) note = {0};
    struct ledger_reader *reader = NULL;
    struct ledger_frontier frontier = {0};
    struct ledger_note_key key;
    struct ledger_checkpoint checkpoint;
    struct ledger_hash root;
    assert_int_equal(ledger_log_checkpoint(world->log, &note, NULL), 0);
    assert_int_equal(ledger_vkey_parse(base_bytes_str(ledger_log_vkey(world->log)), &key, NULL), 0);
    assert_int_equal(ledger_checkpoint_open(base_buf_bytes(&note), &key, &checkpoint, NULL), 0);
    assert_int_equal(ledger_reader_open(world->log, &reader, NULL), 0);
    assert_int_equal(ledger_reader_size(reader), checkpoint.size);
    for (ledger_seq seq = 0; seq < checkpoint.size; seq++) {
        struct base_bytes bytes;
        struct ledger_entry entry;
        struct ledger_event event;
        struct ledger_hash leaf;
        ledger_seq found = LEDGER_SEQ_NONE;
        assert_int_equal(ledger_reader_entry(reader, seq, &bytes, NULL), 0);
        assert_int_equal(ledger_entry_parse(bytes, &entry, NULL), 0);
        assert_int_equal(ledger_event_parse(entry.event_bytes, &event, NULL), 0);
        assert_true(ledger_event_verify(entry.event_bytes, &event.key, &entry.signatures[0]));
        assert_int_equal(ledger_reader_find(reader, &event.id, &found, NULL), 0);
        assert_int_equal(found, seq);
        ledger_tree_leaf(bytes, &leaf);
        leaf_verify(reader, seq, &leaf);
        ledger_frontier_append(&frontier, &leaf);
    }
    ledger_frontier_root(&frontier, &root);
    assert_memory_equal(root.bytes, checkpoint.root.bytes, LEDGER_HASH_LEN);
    ledger_reader_close(reader);
}

uint64_t test_naive_split(uint64_t n)
{
    uint64_t k = 1;
    while (k * 2 < n)
        k *= 2;
    return k;
}

/* MTH of RFC 6962 section 2.1. */
struct ledger_hash test_naive_root(const struct ledger_hash *from, uint64_t n)
{
    struct ledger_hash out;
    if (n == 0) {
        ledger_sha256(base_bytes_of("", 0), &out);
        return out;
    }
    if (n == 1)
        return from[0];
    uint64_t k = test_naive_split(n);
    struct ledger_hash left = test_naive_root(from, k);
    struct ledger_hash right = test_naive_root(from + k, n - k);
    uint8_t bytes[65] = {1};
    memcpy(bytes + 1, left.bytes, 32);
    memcpy(bytes + 33, right.bytes, 32);
    ledger_sha256(base_bytes_of(bytes, sizeof bytes), &out);
    return out;
}

struct test_random test_random_make(uint64_t fallback)
{
    const char *given = getenv("TEST_SEED");
    uint64_t seed = given != NULL ? strtoull(given, NULL, 0) : fallback;
    print_message("TEST_SEED=%" PRIu64 "\n", seed);
    return (struct test_random){.state = seed};
}

uint64_t test_random_next(struct test_random *random)
{
    uint64_t z = random->state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

uint64_t test_random_below(struct test_random *random, uint64_t below)
{
    return below == 0 ? 0 : test_random_next(random) % below;
}

void test_row_damage(const struct test_world *world, const char *db, const void *key,
                     size_t key_len, int at)
{
    char path[512];
    MDB_env *env;
    MDB_txn *txn;
    MDB_dbi dbi;
    union {
        const void *given;
        void *data;
    } borrowed = {.given = key};
    MDB_val k = {.mv_size = key_len, .mv_data = borrowed.data};
    MDB_val v;
    struct base_buf BASE_CLEANUP(base_buf_release) row = {0};
    snprintf(path, sizeof path, "%s/log", world->dir);
    assert_int_equal(mdb_env_create(&env), 0);
    assert_int_equal(mdb_env_set_maxdbs(env, 16), 0);
    assert_int_equal(mdb_env_open(env, path, 0, 0600), 0);
    assert_int_equal(mdb_txn_begin(env, NULL, 0, &txn), 0);
    assert_int_equal(mdb_dbi_open(txn, db, 0, &dbi), 0);
    assert_int_equal(mdb_get(txn, dbi, &k, &v), 0);
    base_buf_put(&row, v.mv_data, v.mv_size);
    row.data[at < 0 ? (size_t)((int)row.len + at) : (size_t)at] ^= 0x10;
    v = (MDB_val){.mv_size = row.len, .mv_data = row.data};
    assert_int_equal(mdb_put(txn, dbi, &k, &v, 0), 0);
    assert_int_equal(mdb_txn_commit(txn), 0);
    mdb_env_close(env);
}

/* Submits an event with one opening; its subject is the path (see support.c). */
void test_sealed_append(struct test_world *world, uint32_t n, const char *path,
                        uint8_t out_commitment[LEDGER_COMMITMENT_LEN])
{
    struct test_author author;
    struct test_submission plain;
    struct test_submission made;
    struct base_buf BASE_CLEANUP(base_buf_release) value = {0};
    struct base_buf BASE_CLEANUP(base_buf_release) wire = {0};
    uint8_t salt[LEDGER_SALT_LEN] = {(uint8_t)n, 1, 2, 3};
    test_author_make(&author, 100 + n);
    test_event_make(world, &author, "test.sealed", NULL, &plain);
    ledger_canon_put_str(&value, TEST_SECRET);
    struct ledger_opening opening = {.path = base_bytes_str(path),
                                     .salt = base_bytes_of(salt, sizeof salt),
                                     .value = base_buf_bytes(&value)};
    assert_int_equal(ledger_submission_build(plain.submission.event_bytes,
                                             plain.submission.signatures, 1, &opening, 1, &wire,
                                             NULL),
                     0);
    test_submission_of(base_buf_bytes(&wire), &made);
    memcpy(out_commitment, made.submission.openings[0].commitment, LEDGER_COMMITMENT_LEN);
    assert_int_equal(test_append(world, &made).code, 0);
    test_submission_release(&made);
    test_submission_release(&plain);
}

/* Reads an opening in a reader of its own; returns the answer. */
int test_opening_read(struct ledger_log *log, const uint8_t *commitment, struct base_buf *value,
                      uint8_t *subject)
{
    struct ledger_reader *reader = NULL;
    assert_int_equal(ledger_reader_open(log, &reader, NULL), 0);
    int answer = ledger_reader_opening(reader, commitment, value, subject, NULL);
    ledger_reader_close(reader);
    return answer;
}
