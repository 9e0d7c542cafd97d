/* The scene of the signer's tests: a log, its author, and the program that has its key. Failures
 * end the test. */
#pragma once

#include <sys/types.h>

#include "ledger/signing_link.h"
#include "tests/ledger/support.h"

#define FILLED 20u
#define PATH_LEN 512u

struct scene {
    struct test_world world;
    struct test_author author;
    char dir[256]; /* the signer's */
    char key[PATH_LEN], state[PATH_LEN], socket[PATH_LEN];
    pid_t pid;           /* of the signer; 0: none runs */
    unsigned fault_turn; /* of after_commit: the commit at which the world ends */
    unsigned commits;
};
extern struct scene scene;

extern const char *const init_only[2]; /* the one further option that makes a state */

void path_make(char out[PATH_LEN], const char *dir, const char *name);
void file_put(const char *path, const char *text, mode_t mode);
/* Starts the program with further options, NULL-terminated; `signer_start` waits until it is ready,
 * `signer_ends` until it has ended, and gives its status. */
pid_t signer_spawn(const char *const *more);
void signer_start(const char *const *more);
int signer_ends(const char *const *more);
/* Its exit status, or -1 when the signal was its end. */
int signer_stop(int number);
/* A log of FILLED entries whose key has moved to a signer that runs. */
int scene_make(void **state);
int scene_remove(void **state);
uint64_t size_now(void);
/* What the signer says that it signed last, asked past the log; NULL: does not answer. */
const struct ledger_checkpoint *signed_last(void);
/* Appends one event; the answer of ledger_log_append, the receipt beside it. */
int append_one(struct ledger_receipt *out_receipt, struct test_submission *out_kept,
               struct base_err *err);
/* The world ends after the n-th commit of the next batch: 1 holds the tree, 2 its checkpoint. */
int on_commit(void *data);
void crash_at(unsigned turn);
void reopen(void);
