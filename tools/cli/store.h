/* The store of files with homework, <school>/files (net/files.h), for backup and doctor. */
#pragma once

#include "ledger/base/err.h"

#include <stdint.h>

/* Copies every file of the store, each compared with its name; nothing when there is none. */
int cli_store_copy(const char *from, const char *to, struct base_err *err) BASE_MUST_USE;

struct cli_store_state {
    uint64_t wanted;  /* files that the journal names now, without those given by a link */
    uint64_t missing; /* of these: not in the store */
    uint64_t damaged; /* not what their name says */
    uint64_t orphans; /* in the store, named by no event that counts */
    char first[65];   /* the first one missing or damaged, in hex; empty: none */
};
/* Compares the store with the journal of the school in `dir`. */
int cli_store_check(const char *dir, struct cli_store_state *out_state,
                    struct base_err *err) BASE_MUST_USE;
