/* What tests of every storey need of a ledger: a folder, a clock, authors, signed submissions and
 * an admission that lets everything in. Failures end the test (cmocka's assertions). */
#pragma once

#include "ledger/faults.h"
#include "ledger/log.h"

/* An author with a key of its own; `n` makes it reproducible. */
struct test_author {
    struct ledger_key key;
    uint8_t secret[64];
    int64_t counter; /* of the last event made */
};
void test_author_make(struct test_author *author, uint32_t n);

/* A submission with the bytes that it borrows from. */
struct test_submission {
    struct base_buf wire;
    struct ledger_submission submission;
};
void test_submission_release(struct test_submission *submission);
/* Parses `wire` (copied). */
void test_submission_of(struct base_bytes wire, struct test_submission *out_submission);

/* An admission that admits all; it counts, and may be told to refuse or to fail. */
struct test_admission {
    struct ledger_admission table;
    unsigned begin_count;
    unsigned admit_count;
    unsigned commit_count;
    unsigned abort_count;
    struct base_bytes refuse_kind; /* refused with code 100, field "kind" */
    int commit_fault;              /* negative: what `commit` answers */
    void (*on_admit)(void *data);  /* called on the appending thread; may be NULL */
    void *on_admit_data;
    struct ledger_key cosigners[LEDGER_SIGNATURE_COUNT_MAX];
    uint32_t cosigner_count;
};
void test_admission_init(struct test_admission *admission);

/* A log in a folder of its own. */
struct test_world {
    char dir[256];
    base_time_ms now_ms;
    struct test_admission admission;
    struct ledger_faults faults;
    struct ledger_log *log;
};
/* Makes folder and log (`origin` journal.example/log). */
void test_world_make(struct test_world *world);
void test_world_close_log(struct test_world *world);
/* Opens the log again; returns what ledger_log_open answers. */
int test_world_reopen(struct test_world *world, struct base_err *err);
/* Closes and removes all. */
void test_world_remove(struct test_world *world);

/* Makes a temporary folder, `dir` of at least 256 bytes; removes one with all in it. */
void test_dir_make(char *dir);
void test_dir_remove(const char *dir);
/* Copies a folder whole, as a crash would leave it; `to` is made. */
void test_dir_copy(const char *from, const char *to);

/* Flips a byte of a row, behind everybody's back, with the log closed; `at` counts from the end
 * when it is negative. */
void test_row_damage(const struct test_world *world, const char *db, const void *key,
                     size_t key_len, int at);

/* A signed event by `author` on top of the log's present head (the founding one when it is empty).
 * `body` NULL: an empty map. */
void test_event_make(struct test_world *world, struct test_author *author, const char *kind,
                     const struct base_bytes *body, struct test_submission *out_submission);
/* As above from a draft; key, and counter when zero, are filled in from the author. */
void test_draft_submit(struct ledger_event_draft *draft, struct test_author *author,
                       struct test_submission *out_submission);
/* Verifies and appends one submission; the log must not fault. */
struct ledger_receipt test_append(struct test_world *world, struct test_submission *submission);
/* Appends `count` empty events by `author`, in batches, the founding one first if need be. */
void test_fill(struct test_world *world, struct test_author *author, unsigned count);
/* Everything a log promises, checked anew: each entry's hash against tiles, root and checkpoint. */
void test_verify_everything(struct test_world *world);

/* Appends an event with one sealed value, TEST_SECRET; its subject is the path (support.c). */
#define TEST_SECRET "Иванов Иван Иванович, 7 «Б»"
void test_sealed_append(struct test_world *world, uint32_t n, const char *path,
                        uint8_t out_commitment[LEDGER_COMMITMENT_LEN]);
/* Reads an opening in a reader of its own; returns the answer. */
int test_opening_read(struct ledger_log *log, const uint8_t *commitment, struct base_buf *value,
                      uint8_t *subject);

/* The largest power of two below n (n > 1), and the tree's root, word for word as in RFC 6962. */
uint64_t test_naive_split(uint64_t n);
struct ledger_hash test_naive_root(const struct ledger_hash *leaves, uint64_t n);

/* A small random source that a seed repeats (splitmix64). */
struct test_random {
    uint64_t state;
};
/* Seeded from the environment variable TEST_SEED, or `fallback`; the seed is printed. */
struct test_random test_random_make(uint64_t fallback);
uint64_t test_random_next(struct test_random *random);
/* 0 … below-1. */
uint64_t test_random_below(struct test_random *random, uint64_t below);
