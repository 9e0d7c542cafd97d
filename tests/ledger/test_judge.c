/* New events before the judge: libsodium's verdict on every class of input, whoever gives it;
 * tables for those alone whose events were taken, never more than there is room for; and what
 * happens when a table errs. TEST_SEED repeats the random parts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "ledger/judge.h"
#include "tests/ledger/curve.h"

#define THREAD_COUNT 4u
#define CROWD (LEDGER_JUDGE_KEY_COUNT_MAX + 60u)

/* A judge, and what it told. */
struct court {
    struct ledger_judge *judge;
    struct test_admission admission;
    unsigned told;
    bool told_by_table;
    struct ledger_key told_key;
    unsigned accepted, rejected;
};

static void on_differed(void *data, const struct ledger_judge_difference *difference)
{
    struct court *court = data;
    court->told++;
    court->told_by_table = difference->by_table;
    court->told_key = *difference->key;
}

static void court_open(struct court *court, bool reference)
{
    const struct ledger_judge_options options = {
        .reference = reference, .differed = on_differed, .data = court};
    *court = (struct court){0};
    test_admission_init(&court->admission);
    assert_int_equal(ledger_judge_open(&options, &court->judge, NULL), 0);
}

static struct ledger_judge_counts counts_of(struct court *court)
{
    struct ledger_judge_counts counts;
    ledger_judge_counts(court->judge, &counts);
    return counts;
}

static void earn(struct ledger_judge *judge, const struct ledger_key *key, unsigned times)
{
    for (unsigned i = 0; i < times; i++)
        ledger_judge_admitted(judge, key);
}

/* The classes */

static void event_make(const uint8_t key[32], struct base_buf *out)
{
    struct ledger_hash zero = {{0}};
    struct ledger_key author;
    struct base_buf BASE_CLEANUP(base_buf_release) body = {0};
    memcpy(author.bytes, key, sizeof author.bytes);
    ledger_canon_put_map(&body, 0);
    const struct ledger_event_draft draft = {.key = &author,
                                             .counter = 1,
                                             .claimed_ms = 1,
                                             .kind = "test.event",
                                             .body = base_buf_bytes(&body),
                                             .seen_root = &zero};
    base_buf_reset(out);
    assert_int_equal(ledger_event_build(&draft, out, NULL), 0);
}

/* What a hand-made signature is over. */
static void message_make(struct base_bytes event, struct base_buf *out)
{
    base_buf_reset(out);
    base_buf_put(out, LEDGER_EVENT_DOMAIN, sizeof LEDGER_EVENT_DOMAIN);
    base_buf_put_bytes(out, event);
}

/* The whole way of a submission, by a table and by libsodium alone: the same answer. */
static int submit(struct court *court, struct base_bytes event, const uint8_t signature[64])
{
    struct test_submission made;
    struct base_buf BASE_CLEANUP(base_buf_release) wire = {0};
    struct ledger_refusal by_judge = {0}, by_sodium = {0};
    struct ledger_signature given;
    memcpy(given.bytes, signature, sizeof given.bytes);
    assert_int_equal(ledger_submission_build(event, &given, 1, NULL, 0, &wire, NULL), 0);
    test_submission_of(base_buf_bytes(&wire), &made);
    earn(court->judge, &made.submission.event.key, LEDGER_JUDGE_USES_MIN);
    uint64_t before = counts_of(court).by_table;
    int judged = ledger_submission_judge(&court->admission.table, court->judge, &made.submission,
                                         &by_judge, NULL);
    assert_int_equal(counts_of(court).by_table, before + 1);
    int verified =
        ledger_submission_verify(&court->admission.table, &made.submission, &by_sodium, NULL);
    assert_int_equal(judged, verified);
    assert_string_equal(by_judge.field, by_sodium.field);
    test_submission_release(&made);
    court->accepted += judged == 0;
    court->rejected += judged != 0;
    return judged;
}

static void close_agreed(struct court *court)
{
    assert_false(ledger_judge_has_differed(court->judge));
    assert_int_equal(court->told, 0);
    ledger_judge_close(court->judge);
}

static void honest_and_changed_ones(void **state)
{
    struct test_author author;
    struct court court;
    struct ledger_signature signature;
    struct base_buf BASE_CLEANUP(base_buf_release) event = {0};
    (void)state;
    court_open(&court, false);
    test_author_make(&author, 1);
    event_make(author.key.bytes, &event);
    ledger_event_sign(base_buf_bytes(&event), author.secret, &signature);
    assert_int_equal(submit(&court, base_buf_bytes(&event), signature.bytes), 0);
    for (unsigned bit = 0; bit < 512; bit++) {
        signature.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_int_equal(submit(&court, base_buf_bytes(&event), signature.bytes),
                         LEDGER_REFUSED_BAD_SIGNATURE);
        signature.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    for (unsigned k = 1; k < 15; k++) { /* S from L on: the same point each time */
        test_order_add(signature.bytes + 32);
        assert_int_equal(submit(&court, base_buf_bytes(&event), signature.bytes),
                         LEDGER_REFUSED_BAD_SIGNATURE);
    }
    memset(signature.bytes + 32, 0xff, 32);
    assert_int_equal(submit(&court, base_buf_bytes(&event), signature.bytes),
                     LEDGER_REFUSED_BAD_SIGNATURE);
    close_agreed(&court);
}

static void keys_and_points_of_mixed_and_small_order(void **state)
{
    struct test_random random = test_random_make(88);
    struct court court;
    uint8_t torsion[8][32], a[32], key[32], signature[64];
    struct base_buf BASE_CLEANUP(base_buf_release) event = {0};
    struct base_buf BASE_CLEANUP(base_buf_release) message = {0};
    (void)state;
    court_open(&court, false);
    test_torsion_make(torsion);
    for (unsigned round = 0; round < 6; round++)
        for (unsigned t = 0; t < 8; t++)
            for (unsigned u = 0; u < 8; u++) {
                test_crafted_key(&random, torsion[t], a, key);
                event_make(key, &event);
                message_make(base_buf_bytes(&event), &message);
                test_crafted_sign(&random, a, key, torsion[u], false, base_buf_bytes(&message),
                                  signature);
                (void)submit(&court, base_buf_bytes(&event), signature);
                test_crafted_sign(&random, a, key, torsion[u], true, base_buf_bytes(&message),
                                  signature);
                assert_int_not_equal(submit(&court, base_buf_bytes(&event), signature), 0);
            }
    /* A cofactored verifier would accept half of them. */
    assert_true(court.accepted > 12 && court.rejected > 400);
    for (unsigned t = 0; t < 8; t++)
        for (unsigned sign = 0; sign < 2; sign++) {
            memcpy(key, torsion[t], 32);
            key[31] ^= (uint8_t)(sign << 7);
            event_make(key, &event);
            memset(signature, 0, sizeof signature);
            memcpy(signature, torsion[(t + 3) % 8], 32);
            assert_int_not_equal(submit(&court, base_buf_bytes(&event), signature), 0);
        }
    close_agreed(&court);
}

static void encodings_that_are_not_canonical(void **state)
{
    struct test_random random = test_random_make(19);
    struct court court;
    uint8_t torsion[8][32], a[32], key[32], signature[64];
    struct base_buf BASE_CLEANUP(base_buf_release) event = {0};
    struct base_buf BASE_CLEANUP(base_buf_release) message = {0};
    (void)state;
    court_open(&court, false);
    test_torsion_make(torsion);
    for (unsigned low = 0xed; low <= 0xff; low++)
        for (unsigned sign = 0; sign < 2; sign++) {
            uint8_t odd[32]; /* 2^255 − 19 … 2^255 − 1, with both signs; as key and as R */
            memset(odd, 0xff, sizeof odd);
            odd[0] = (uint8_t)low;
            odd[31] = (uint8_t)(0x7f | sign << 7);
            test_random_fill(&random, signature, 64);
            signature[63] &= 0x0f;
            event_make(odd, &event);
            assert_int_not_equal(submit(&court, base_buf_bytes(&event), signature), 0);
            test_crafted_key(&random, torsion[0], a, key);
            event_make(key, &event);
            message_make(base_buf_bytes(&event), &message);
            test_crafted_sign(&random, a, key, torsion[0], false, base_buf_bytes(&message),
                              signature);
            assert_int_equal(submit(&court, base_buf_bytes(&event), signature), 0);
            memcpy(signature, odd, 32);
            assert_int_not_equal(submit(&court, base_buf_bytes(&event), signature), 0);
        }
    for (unsigned i = 0; i < 100; i++) { /* half of them are no point */
        test_random_fill(&random, key, 32);
        test_random_fill(&random, signature, 64);
        signature[63] &= 0x0f;
        event_make(key, &event);
        assert_int_not_equal(submit(&court, base_buf_bytes(&event), signature), 0);
    }
    close_agreed(&court);
}

/* Tables */

struct signer {
    struct test_author author;
    struct ledger_signature good, bad;
};

static const struct base_bytes bytes = {(const uint8_t *)"an event", 8};

static struct signer *signers_make(unsigned count)
{
    struct signer *signers = calloc(count, sizeof *signers);
    assert_non_null(signers);
    for (unsigned i = 0; i < count; i++) {
        test_author_make(&signers[i].author, i);
        ledger_event_sign(bytes, signers[i].author.secret, &signers[i].good);
        signers[i].bad = signers[i].good;
        signers[i].bad.bytes[i % 64] ^= 1;
    }
    return signers;
}

static void ask(struct ledger_judge *judge, const struct signer *signer)
{
    assert_true(ledger_judge_holds(judge, bytes, &signer->author.key, &signer->good));
    assert_false(ledger_judge_holds(judge, bytes, &signer->author.key, &signer->bad));
}

static void a_table_is_earned_by_events_that_were_taken(void **state)
{
    struct court court;
    struct signer *signers = signers_make(2);
    (void)state;
    court_open(&court, false);
    for (unsigned i = 0; i < 3 * LEDGER_JUDGE_USES_MIN; i++)
        ask(court.judge, &signers[0]); /* well signed, not taken */
    earn(court.judge, &signers[1].author.key, LEDGER_JUDGE_USES_MIN - 1);
    ask(court.judge, &signers[1]);
    assert_int_equal(counts_of(&court).by_table, 0);
    earn(court.judge, &signers[1].author.key, 1);
    ask(court.judge, &signers[1]);
    ask(court.judge, &signers[0]);
    assert_int_equal(counts_of(&court).by_table, 2);
    assert_int_equal(counts_of(&court).tables, 1);
    free(signers);
    close_agreed(&court);
}

static void who_was_not_seen_for_longest_goes_first(void **state)
{
    struct court court;
    struct signer *signers = signers_make(CROWD);
    (void)state;
    court_open(&court, false);
    for (unsigned i = 0; i < CROWD; i++) {
        earn(court.judge, &signers[i].author.key, LEDGER_JUDGE_USES_MIN);
        ask(court.judge, &signers[i]);
        ask(court.judge, &signers[0]); /* is there all the time */
        assert_true(counts_of(&court).tables <= LEDGER_JUDGE_TABLE_COUNT_MAX);
    }
    assert_int_equal(counts_of(&court).tables, LEDGER_JUDGE_TABLE_COUNT_MAX);
    assert_int_equal(counts_of(&court).made, CROWD); /* so nobody lost one who kept coming */
    uint64_t before = counts_of(&court).by_table;
    ask(court.judge, &signers[1]); /* has lost it, and must earn it again */
    assert_int_equal(counts_of(&court).by_table, before);
    ask(court.judge, &signers[CROWD - LEDGER_JUDGE_TABLE_COUNT_MAX + 1]);
    ask(court.judge, &signers[0]);
    assert_int_equal(counts_of(&court).by_table, before + 4);
    free(signers);
    close_agreed(&court);
}

struct asker {
    struct court *court;
    struct signer *signers;
    unsigned first;
    unsigned wrong;
};

/* No assertions off the test's thread. */
static void *asker_run(void *data)
{
    struct asker *asker = data;
    for (unsigned i = 0; i < 2 * CROWD; i++) {
        /* Everybody's own walk, and one key that all ask for at once. */
        const struct signer *signer =
            &asker->signers[i % 3 == 0 ? 0 : (asker->first + 7 * i) % CROWD];
        struct ledger_judge *judge = asker->court->judge;
        earn(judge, &signer->author.key, LEDGER_JUDGE_USES_MIN / 2);
        asker->wrong += !ledger_judge_holds(judge, bytes, &signer->author.key, &signer->good);
        asker->wrong += ledger_judge_holds(judge, bytes, &signer->author.key, &signer->bad);
    }
    return NULL;
}

static void many_threads_get_the_same_verdicts(void **state)
{
    struct court court;
    struct signer *signers = signers_make(CROWD);
    struct asker askers[THREAD_COUNT];
    pthread_t threads[THREAD_COUNT];
    (void)state;
    court_open(&court, false);
    for (unsigned i = 0; i < THREAD_COUNT; i++) {
        askers[i] = (struct asker){.court = &court, .signers = signers, .first = i * 131};
        assert_int_equal(pthread_create(&threads[i], NULL, asker_run, &askers[i]), 0);
    }
    for (unsigned i = 0; i < THREAD_COUNT; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(askers[i].wrong, 0);
    }
    assert_true(counts_of(&court).made > LEDGER_JUDGE_TABLE_COUNT_MAX);
    assert_true(counts_of(&court).tables <= LEDGER_JUDGE_TABLE_COUNT_MAX);
    free(signers);
    close_agreed(&court);
}

static void by_reference_there_are_no_tables(void **state)
{
    struct court court;
    struct signer *signers = signers_make(1);
    (void)state;
    court_open(&court, true);
    earn(court.judge, &signers[0].author.key, 4 * LEDGER_JUDGE_USES_MIN);
    ask(court.judge, &signers[0]);
    assert_int_equal(counts_of(&court).by_table, 0);
    assert_int_equal(counts_of(&court).by_sodium, 2);
    free(signers);
    close_agreed(&court);
}

/* A table that errs */

static bool says_no(const struct ledger_ed25519_table *table, struct base_bytes first,
                    struct base_bytes second, const struct ledger_signature *signature)
{
    (void)table, (void)first, (void)second, (void)signature;
    return false;
}

static bool says_yes(const struct ledger_ed25519_table *table, struct base_bytes first,
                     struct base_bytes second, const struct ledger_signature *signature)
{
    return !says_no(table, first, second, signature);
}

/* Told once, of this key; and no table is asked any more. */
static void check_ended(struct court *court, const struct signer *signers, bool by_table)
{
    uint64_t before = counts_of(court).by_table;
    assert_true(ledger_judge_has_differed(court->judge));
    ask(court->judge, &signers[0]);
    earn(court->judge, &signers[1].author.key, LEDGER_JUDGE_USES_MIN);
    ask(court->judge, &signers[1]);
    assert_int_equal(counts_of(court).by_table, before);
    assert_int_equal(court->told, 1);
    assert_int_equal(court->told_by_table, by_table);
    assert_memory_equal(&court->told_key, &signers[0].author.key, sizeof court->told_key);
}

static void a_wrong_rejection_is_libsodiums_to_undo_and_ends_the_tables(void **state)
{
    struct court court;
    struct signer *signers = signers_make(2);
    (void)state;
    court_open(&court, false);
    ledger__judge_plant(court.judge, says_no, LEDGER_JUDGE_SAMPLE);
    earn(court.judge, &signers[0].author.key, LEDGER_JUDGE_USES_MIN);
    ask(court.judge, &signers[0]);
    check_ended(&court, signers, false);
    ledger_judge_close(court.judge);
    free(signers);
}

static void a_wrong_acceptance_that_is_looked_at_is_rejected_and_ends_the_tables(void **state)
{
    struct court court;
    struct signer *signers = signers_make(2);
    (void)state;
    court_open(&court, false);
    ledger__judge_plant(court.judge, says_yes, 1);
    earn(court.judge, &signers[0].author.key, LEDGER_JUDGE_USES_MIN);
    ask(court.judge, &signers[0]);
    check_ended(&court, signers, true);
    ledger_judge_close(court.judge);
    free(signers);
}

static void wrong_acceptances_are_met_by_the_sample(void **state)
{
    struct court court;
    struct signer *signers = signers_make(2);
    unsigned passed = 0;
    (void)state;
    court_open(&court, false);
    ledger__judge_plant(court.judge, says_yes, LEDGER_JUDGE_SAMPLE);
    earn(court.judge, &signers[0].author.key, LEDGER_JUDGE_USES_MIN);
    /* Longer than this once in 10^27 runs. */
    while (passed < 4000 &&
           ledger_judge_holds(court.judge, bytes, &signers[0].author.key, &signers[0].bad))
        passed++;
    assert_true(passed < 4000);
    check_ended(&court, signers, true);
    ledger_judge_close(court.judge);
    free(signers);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(honest_and_changed_ones),
        cmocka_unit_test(keys_and_points_of_mixed_and_small_order),
        cmocka_unit_test(encodings_that_are_not_canonical),
        cmocka_unit_test(a_table_is_earned_by_events_that_were_taken),
        cmocka_unit_test(who_was_not_seen_for_longest_goes_first),
        cmocka_unit_test(many_threads_get_the_same_verdicts),
        cmocka_unit_test(by_reference_there_are_no_tables),
        cmocka_unit_test(a_wrong_rejection_is_libsodiums_to_undo_and_ends_the_tables),
        cmocka_unit_test(a_wrong_acceptance_that_is_looked_at_is_rejected_and_ends_the_tables),
        cmocka_unit_test(wrong_acceptances_are_met_by_the_sample),
    };
    return cmocka_run_group_tests_name("judge", tests, NULL, NULL);
}
