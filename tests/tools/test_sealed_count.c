/* The auditor's count of sealed fields: what an erasure took, ought to have taken, and what is gone
 * without one. 5А has ANYA, BORYA and VERA (tests/projections/world.h). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/projections/little.h"
#include "tools/audit/sealed.h"

/* What an audit of the store as it stands counts. */
static struct audit_sealed_counts audit(void)
{
    struct audit_sealed_counts counts = {0};
    struct audit_sealed *sealed = NULL;
    struct ledger_reader *reader = NULL;
    struct base_err err = {0};
    assert_int_equal(ledger_reader_open(w.log, &reader, NULL), 0);
    struct proj_source source = proj_source_of_reader(reader);
    assert_int_equal(audit_sealed_new(reader, &sealed, &err), 0);
    for (ledger_seq seq = 0; seq < ledger_reader_size(reader); seq++) {
        struct ledger_event event;
        base_time_ms recorded_ms;
        assert_int_equal(source.event(source.data, seq, &event, &recorded_ms, &err), 0);
        audit_sealed_event(sealed, seq, &event);
    }
    struct proj_txn *txn = world_read(&w);
    assert_int_equal(audit_sealed_settle(sealed, txn, &counts, &err), 0);
    world_read_end(txn);
    audit_sealed_free(sealed);
    ledger_reader_close(reader);
    return counts;
}

static void assert_counts(uint64_t present, uint64_t erased, uint64_t pending, uint64_t missing)
{
    struct audit_sealed_counts counts = audit();
    assert_true(counts.counted);
    assert_int_equal(counts.present, present);
    assert_int_equal(counts.erased, erased);
    assert_int_equal(counts.pending, pending);
    assert_int_equal(counts.missing, missing);
    if (missing == 0)
        assert_int_equal(counts.first_missing, LEDGER_SEQ_NONE);
}

static ledger_seq talk(uint8_t out_commitment[LEDGER_COMMITMENT_LEN])
{
    act_contact(&w.draft, w.pupils[VERA], w.today);
    ledger_seq seq = world_do(&w, by(CLASS_TEACHER), NULL);
    world_commitment(&w, seq, 0, out_commitment);
    return seq;
}

static void erase(ledger_seq seq, const uint8_t *commitment)
{
    act_erase_values(&w.draft, PROJ_ERASING_REQUEST, seq, commitment, 1,
                     &w.people[SUPPORT].session.key);
    world_do(&w, by(HEAD), by(SUPPORT));
}

static void a_value_that_an_event_took_is_erased(void **state)
{
    (void)state;
    uint8_t commitment[LEDGER_COMMITMENT_LEN];
    uint64_t present = audit().present;
    ledger_seq seq = talk(commitment);
    assert_counts(present + 1, 0, 0, 0);
    erase(seq, commitment);
    assert_counts(present, 1, 0, 0);
}

static void one_that_is_still_there_is_pending(void **state)
{
    (void)state;
    uint8_t commitment[LEDGER_COMMITMENT_LEN];
    uint64_t present = audit().present;
    ledger_seq seq = talk(commitment);
    struct ledger_admission *broken =
        (struct ledger_admission *)(uintptr_t)proj_engine_admission(w.engine);
    broken->erases = NULL; /* as a program that did not know the kind */
    erase(seq, commitment);
    assert_counts(present + 1, 0, 1, 0);
}

/* Of one person a value was erased, and two are lost: the erasure excuses its own alone. */
static void what_is_gone_without_an_event_is_missing_whoever_elses_value_was_erased(void **state)
{
    (void)state;
    uint8_t erased[LEDGER_COMMITMENT_LEN], lost[LEDGER_COMMITMENT_LEN];
    uint8_t lost_too[LEDGER_COMMITMENT_LEN];
    uint64_t present = audit().present, count;
    ledger_seq first = talk(erased);
    ledger_seq second = talk(lost);
    talk(lost_too);
    erase(first, erased);
    assert_int_equal(ledger_log_erase_value(w.log, lost, &count, NULL), 0);
    assert_int_equal(ledger_log_erase_value(w.log, lost_too, &count, NULL), 0);
    assert_counts(present, 1, 0, 2);
    assert_int_equal(audit().first_missing, second);
}

/* Struck out, it still says why the value is gone; and a value that lies there owes nothing. */
static void an_erasure_that_does_not_count_explains_and_demands_nothing(void **state)
{
    (void)state;
    uint8_t commitment[LEDGER_COMMITMENT_LEN];
    uint64_t present = audit().present;
    ledger_seq seq = talk(commitment);
    world_tick(&w);
    base_time_ms theft = w.now_ms;
    world_tick(&w);
    erase(seq, commitment);
    world_tick(&w);
    world_report(&w, &w.root, &w.people[HEAD], &w.people[HEAD].session.key, theft);
    struct audit_sealed_counts counts = audit();
    assert_int_equal(counts.present, present + 1); /* the report's reason */
    assert_int_equal(counts.erased, 1);
    assert_true(counts.pending == 0 && counts.missing == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_value_that_an_event_took_is_erased),
        CASE(one_that_is_still_there_is_pending),
        CASE(what_is_gone_without_an_event_is_missing_whoever_elses_value_was_erased),
        CASE(an_erasure_that_does_not_count_explains_and_demands_nothing),
    };
    return cmocka_run_group_tests_name("sealed counts", tests, NULL, NULL);
}
