/* What the files of the state share: state.c (environment, transactions), versions.c (facts and
 * authors), voids.c. Nobody else includes it. */
#pragma once

#include "projections/authors.h"
#include "projections/bulk.h"
#include "projections/memo.h"
#include "projections/state.h"

#include <lmdb.h>
#include <stdatomic.h>

#define SEQ_LEN 8u

/* The tables that a batch writes rows into, for counting them. */
enum proj_table { PROJ_FACTS, PROJ_AUTHORS, PROJ_VOIDS, PROJ_CUTS, PROJ_TABLE_COUNT };

struct proj_state {
    MDB_env *env;
    MDB_dbi meta, facts, authors, voids, cuts;
    char *marker;                 /* path; NULL when read-only */
    char torn[BASE_ERR_TEXT_MAX]; /* what was thrown away at the opening, and why; else empty */
    atomic_bool doubted;          /* LMDB has met a torn page: the next opening folds anew */
    uint64_t reserved;            /* bytes of the file known to be on disk; the writer's */
    int lock_fd; /* -1 when read-only: one process writes, and it is known before it touches */
    struct proj_memo *memo; /* NULL when read-only */
    bool memo_holds;        /* what it remembers is what was committed last */
};

struct supposed {
    ledger_seq seq;
    struct proj_void state;
};

struct proj_txn {
    struct proj_state *state;
    MDB_txn *txn;
    MDB_cursor *facts;
    MDB_cursor *voids;
    bool write;
    bool any_void; /* false: the table is empty, and nobody needs to look */
    ledger_seq content;
    ledger_seq knowledge;
    struct supposed *supposed; /* ascending by seq */
    size_t supposed_count, supposed_capacity;
    struct proj_memo *memo; /* of the state, while reads may be answered from it; else NULL */
    struct proj_bulk *bulk; /* what is written goes here first (proj_txn_bulk); else NULL */
    struct proj_authors *bulk_authors; /* with a bulk: the same for the table of authors */
    bool bulk_alone;                   /* with a bulk: no fact lies below it */
    ledger_seq next; /* the next position to fold; written at commit when it changed */
    bool next_changed;
    struct {
        uint64_t rows, bytes;
    } written[PROJ_TABLE_COUNT]; /* in this transaction, a bulk's sweep not counted */
    ledger_seq missed;           /* the report behind the last void version passed over; NONE */
    int fault;
    struct base_err err;
};

/* Puts a pair into a table, and counts it. */
void proj__put(struct proj_txn *txn, enum proj_table table, MDB_val key, MDB_val value);
/* Notes an LMDB answer other than success and "not found"; true when it was success. */
bool proj__ok(struct proj_txn *txn, int rc);
