/* A little school in a folder of its own: a log, its engine, a clock that stands still, and
 * people with keys. Founded on Monday 2026-08-24; lessons begin on Tuesday 2026-09-01, which is
 * "today" (11:00 at school) when the world is handed over.
 *
 *   5А  pupils ANYA, BORYA, VERA (from 1 September); class teacher CLASS_TEACHER
 *   5Б  pupil GLEB · 1А  pupil DIMA (grade 1: no marks)
 *   maths (marked) taught in 5А, 1А and the subgroup by TEACHER; drawing (unmarked) in 5А and PE in
 *   the stream by OTHER; SUBSTITUTE gives drawing in 5А on 1 September, lesson 3, in OTHER's place
 *   one open lesson: maths, 5А, 1 September, first
 *
 * Failures end the test. Threads: one. */
#pragma once

#include "projections/engine.h"
#include "projections/voiding.h"
#include "tests/ledger/support.h"
#include "tests/projections/acts.h"

enum who {
    HEAD,
    DEPUTY,
    SUPPORT,
    TEACHER,
    OTHER,
    SUBSTITUTE,
    CLASS_TEACHER,
    OFFICE,
    CORRECTOR,
    STRANGER, /* staff without any role */
    PARENT,   /* of ANYA */
    PUPIL,    /* BORYA's own account */
    AUDITOR,
    NEIGHBOUR, /* a family account without any role */
    PERSON_COUNT
};
enum pupil { ANYA, BORYA, VERA, GLEB, DIMA, PUPIL_COUNT };

struct person {
    proj_id account;
    struct signer key, session, invitation, emergency;
};

struct world {
    char dir[256];
    base_time_ms now_ms;
    struct ledger_faults faults;
    struct ledger_log *log;
    struct proj_engine *engine;
    struct signer root, next_root;
    struct person people[PERSON_COUNT];
    proj_id class_a, class_b, class_first, subgroup, stream;
    proj_id maths, drawing, sport;
    proj_id pupils[PUPIL_COUNT];
    proj_id lesson; /* the open one */
    base_day today; /* 2026-09-01 */
    struct draft draft;
    /* of the last submission */
    struct ledger_receipt receipt;
    struct ledger_refusal refusal;
    /* submissions that wait for world_flush while `batching` */
    bool batching;
    struct test_submission waiting[LEDGER_BATCH_COUNT_MAX];
    unsigned waiting_count;
    uint32_t next_signer;
    unsigned next_id;
};

/* The school as described. */
void world_make(struct world *world);
/* Only the founding event: root, head, deputy, support. */
void world_make_founded(struct world *world);
/* A folder with an empty log and its engine. */
void world_make_empty(struct world *world);
void world_remove(struct world *world);
/* Closes log and engine; opens them again and catches up. */
void world_close(struct world *world);
int world_open(struct world *world, struct base_err *err);

/* Ids and signers that have not been used before. */
void world_new_id(struct world *world, proj_id out_id);
void world_new_signer(struct world *world, struct signer *out_signer);
/* Five minutes later than before. */
void world_tick(struct world *world);

/* What a signer would sign on top of now. */
struct moment world_moment(const struct world *world);
/* Signs the world's draft by `signer` (and `second`, when not NULL), submits it. Returns the
 * receipt's code; receipt and refusal stay in the world. */
int world_try(struct world *world, struct signer *signer, struct signer *second);
/* The same for a wire form made by the caller. */
int world_try_wire(struct world *world, struct base_bytes wire);
/* The same, and it must be accepted; returns its position (NONE while batching). */
ledger_seq world_do(struct world *world, struct signer *signer, struct signer *second);
void world_flush(struct world *world);
/* Submits the draft; it must be refused so, the field named, and nothing may have changed. */
void world_refused(struct world *world, struct signer *signer, struct signer *second, int code,
                   const char *field);

/* Whole steps: several events. */
void world_person(struct world *world, struct signer *by, struct person *out_person,
                  unsigned stratum, const char *surname); /* account, invitation, key */
void world_enrol_again(struct world *world, struct signer *by, struct person *person);
void world_login(struct world *world, struct person *person); /* a fresh session */
ledger_seq world_mark(struct world *world, struct signer *by, enum pupil pupil, unsigned value,
                      ledger_seq prev);
ledger_seq world_lesson(struct world *world, struct signer *by, const struct person *teacher,
                        unsigned n, proj_id out_lesson); /* maths, 5А, today */
/* Fills in what a report on `target` must say of the log as it is. */
void world_report_of(struct world *world, const struct person *person,
                     const struct ledger_key *target, base_time_ms breach_ms,
                     struct act_report *out_report);
/* A report and its id. */
struct told {
    struct act_report report;
    struct ledger_hash id;
    ledger_seq seq;
};
struct told world_report(struct world *world, struct signer *by, const struct person *person,
                         const struct ledger_key *target, base_time_ms breach_ms);
int world_receive(struct world *world, struct signer *by, const struct told *told,
                  unsigned capacity);
int world_overrule(struct world *world, struct signer *by, const struct told *told);
/* Report by the head, received by head and support: it stands. */
struct told world_void(struct world *world, const struct person *person,
                       const struct ledger_key *target, base_time_ms breach_ms);

/* Looking. */
ledger_seq world_size(struct world *world);
struct proj_txn *world_read(struct world *world); /* end it with world_read_end */
void world_read_end(struct proj_txn *txn);        /* it must not have a fault */
struct proj_void world_void_of(struct world *world, ledger_seq seq);
bool world_counts(struct world *world, ledger_seq seq);
base_time_ms world_recorded(struct world *world, ledger_seq seq);
/* The commitment of the entry's sealed value number `i`, in the body's order. */
void world_commitment(struct world *world, ledger_seq seq, unsigned i,
                      uint8_t out_commitment[LEDGER_COMMITMENT_LEN]);
/* The counting mark of a cell: its first value, 0 withdrawn, -1 nothing. */
int world_value(struct world *world, const proj_id lesson, enum pupil pupil);

/* Every fact, void and cut of a state, as bytes: for comparing. */
void world_dump(struct world *world, struct base_buf *out);

#define ASSERT_REFUSED(world, code_, field_)                                                       \
    do {                                                                                           \
        assert_int_equal((world)->refusal.code, (code_));                                          \
        assert_string_equal((world)->refusal.field, (field_));                                     \
    } while (0)
