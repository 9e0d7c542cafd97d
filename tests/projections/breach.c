/* The world's steps around a breach, refusals, and what tests look at. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/projections/player.h"
#include "tests/projections/world.h"

void world_report_of(struct world *world, const struct person *person,
                     const struct ledger_key *target, base_time_ms breach_ms,
                     struct act_report *out_report)
{
    struct ledger_reader *reader = NULL;
    struct proj_txn *txn = world_read(world);
    assert_int_equal(ledger_reader_open(world->log, &reader, NULL), 0);
    struct proj_source source = proj_source_of_reader(reader);
    memset(out_report, 0, sizeof *out_report);
    memcpy(out_report->account, person->account, LEDGER_ID_LEN);
    out_report->target = *target;
    out_report->breach_ms = breach_ms;
    out_report->learned_ms = world->now_ms;
    out_report->size = proj_txn_next(txn);
    out_report->cut = proj_cut_at(txn, &source, out_report->size, breach_ms);
    proj_covered(txn, &source, target, out_report->cut, out_report->size, &out_report->count,
                 &out_report->digest, NULL, NULL);
    world_read_end(txn);
    ledger_reader_close(reader);
}

struct told world_report(struct world *world, struct signer *by, const struct person *person,
                         const struct ledger_key *target, base_time_ms breach_ms)
{
    struct told told;
    world_report_of(world, person, target, breach_ms, &told.report);
    act_report(&world->draft, &told.report);
    told.seq = world_do(world, by, NULL);
    told.id = world->receipt.id;
    return told;
}

int world_receive(struct world *world, struct signer *by, const struct told *told,
                  unsigned capacity)
{
    act_receipt(&world->draft, &told->id, told->report.cut, &told->report.digest, capacity,
                world->now_ms);
    return world_try(world, by, NULL);
}

int world_overrule(struct world *world, struct signer *by, const struct told *told)
{
    act_overrule(&world->draft, told->report.account, &told->id);
    return world_try(world, by, NULL);
}

struct told world_void(struct world *world, const struct person *person,
                       const struct ledger_key *target, base_time_ms breach_ms)
{
    struct told told = world_report(world, &world->people[HEAD].session, person, target, breach_ms);
    assert_int_equal(world_receive(world, &world->people[HEAD].session, &told, PROJ_ROLE_HEAD), 0);
    assert_int_equal(
        world_receive(world, &world->people[SUPPORT].session, &told, PROJ_ROLE_SUPPORT), 0);
    return told;
}

ledger_seq world_size(struct world *world)
{
    struct ledger_head head;
    ledger_log_head(world->log, &head);
    return head.size;
}

struct proj_txn *world_read(struct world *world)
{
    struct proj_txn *txn = NULL;
    struct base_err err = {0};
    if (proj_engine_read(world->engine, &txn, &err) != 0)
        fail_msg("%s", err.text);
    return txn;
}

void world_read_end(struct proj_txn *txn)
{
    struct base_err err = {0};
    if (proj_txn_fault(txn, &err) != 0)
        fail_msg("%s", err.text);
    proj_txn_end(txn);
}

void world_refused(struct world *w, struct signer *by, struct signer *second, int code,
                   const char *field)
{
    struct ledger_head before;
    struct ledger_head after;
    ledger_log_head(w->log, &before);
    struct proj_txn *txn = world_read(w);
    ledger_seq next = proj_txn_next(txn);
    world_read_end(txn);
    int got = world_try(w, by, second);
    if (got != code || (code != 0 && strcmp(w->refusal.field, field) != 0))
        fail_msg("%s: wanted %d (%s), got %d (%s)", w->draft.kind, code, field, got,
                 w->refusal.field);
    ledger_log_head(w->log, &after);
    assert_int_equal(after.size, before.size);
    assert_memory_equal(after.root.bytes, before.root.bytes, LEDGER_HASH_LEN);
    txn = world_read(w);
    assert_int_equal(proj_txn_next(txn), next);
    world_read_end(txn);
}

struct proj_void world_void_of(struct world *world, ledger_seq seq)
{
    struct proj_txn *txn = world_read(world);
    struct proj_void state = proj_void_get(txn, seq);
    world_read_end(txn);
    return state;
}

bool world_counts(struct world *world, ledger_seq seq)
{
    return world_void_of(world, seq).reason == PROJ_COUNTS;
}

base_time_ms world_recorded(struct world *world, ledger_seq seq)
{
    struct ledger_reader *reader = NULL;
    struct base_bytes bytes;
    struct ledger_entry entry;
    assert_int_equal(ledger_reader_open(world->log, &reader, NULL), 0);
    assert_int_equal(ledger_reader_entry(reader, seq, &bytes, NULL), 0);
    assert_int_equal(ledger_entry_parse(bytes, &entry, NULL), 0);
    ledger_reader_close(reader);
    return entry.recorded_ms;
}

struct sealed_at {
    unsigned wanted, met;
    uint8_t commitment[LEDGER_COMMITMENT_LEN];
};

static void take_sealed(void *data, const struct proj_field *field, const uint8_t *subject,
                        const uint8_t *commitment)
{
    struct sealed_at *at = data;
    (void)field;
    (void)subject;
    if (at->met++ == at->wanted)
        memcpy(at->commitment, commitment, LEDGER_COMMITMENT_LEN);
}

void world_commitment(struct world *world, ledger_seq seq, unsigned i,
                      uint8_t out_commitment[LEDGER_COMMITMENT_LEN])
{
    struct sealed_at at = {.wanted = i};
    struct ledger_reader *reader = NULL;
    struct ledger_event event;
    base_time_ms recorded_ms;
    assert_int_equal(ledger_reader_open(world->log, &reader, NULL), 0);
    struct proj_source source = proj_source_of_reader(reader);
    assert_int_equal(source.event(source.data, seq, &event, &recorded_ms, NULL), 0);
    proj_kinds_sealed(&event, take_sealed, &at);
    assert_true(at.met > i);
    memcpy(out_commitment, at.commitment, LEDGER_COMMITMENT_LEN);
    ledger_reader_close(reader);
}

int world_value(struct world *world, const proj_id lesson_id, enum pupil pupil)
{
    struct proj_txn *txn = world_read(world);
    struct proj_fact fact;
    struct proj_lesson lesson;
    struct proj_mark mark;
    int value = -1;
    struct proj_key key = proj_key_tagged_id('L', lesson_id);
    if (proj_fact_get_any(txn, &key, LEDGER_SEQ_NONE, &fact)) {
        memcpy(&lesson, fact.value.data, sizeof lesson);
        key = proj_key_cell(&lesson, PROJ_WHAT_MARK, world->pupils[pupil], 0);
        if (proj_fact_read(txn, &key, LEDGER_SEQ_NONE, &mark, sizeof mark, NULL))
            value = mark.count == 0 ? 0 : mark.values[0];
    }
    world_read_end(txn);
    return value;
}

void world_dump(struct world *world, struct base_buf *out)
{
    struct proj_txn *txn = world_read(world);
    state_dump(txn, out);
    world_read_end(txn);
}
