/* Promises of events, entries and submissions beyond the golden vectors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/ledger/support.h"

static struct ledger_event_draft draft_of(const struct test_author *author)
{
    static const struct ledger_hash root = {.bytes = {7}};
    static const uint8_t empty_map = 0x80;
    return (struct ledger_event_draft){.key = &author->key,
                                       .counter = 1,
                                       .claimed_ms = 1,
                                       .kind = "test.made",
                                       .body = base_bytes_of(&empty_map, 1),
                                       .seen_root = &root};
}

static void any_changed_bit_is_refused_or_breaks_the_signature(void **state)
{
    (void)state;
    struct test_author author;
    struct base_buf BASE_CLEANUP(base_buf_release) bytes = {0};
    struct ledger_signature signature;
    struct ledger_event event;
    test_author_make(&author, 1);
    struct ledger_event_draft draft = draft_of(&author);
    assert_int_equal(ledger_event_build(&draft, &bytes, NULL), 0);
    ledger_event_sign(base_buf_bytes(&bytes), author.secret, &signature);
    assert_true(ledger_event_verify(base_buf_bytes(&bytes), &author.key, &signature));
    for (size_t bit = 0; bit < bytes.len * 8; bit++) {
        bytes.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
        struct ledger_refusal refusal = {0};
        int answer = ledger_event_parse(base_buf_bytes(&bytes), &event, &refusal);
        assert_int_equal(answer, refusal.code);
        assert_false(ledger_event_verify(base_buf_bytes(&bytes), &author.key, &signature));
        bytes.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
}

static void a_signature_is_for_events_alone(void **state)
{
    (void)state;
    struct test_author author;
    struct ledger_signature signature;
    struct base_bytes bytes = BASE_LITERAL("not to be confused");
    test_author_make(&author, 1);
    ledger_event_sign(bytes, author.secret, &signature);
    /* The domain is signed along: the bare bytes carry no valid signature. */
    struct base_buf BASE_CLEANUP(base_buf_release) prefixed = {0};
    base_buf_put(&prefixed, LEDGER_EVENT_DOMAIN, sizeof LEDGER_EVENT_DOMAIN);
    base_buf_put_bytes(&prefixed, bytes);
    assert_true(ledger_event_verify(bytes, &author.key, &signature));
    assert_false(ledger_event_verify(base_buf_bytes(&prefixed), &author.key, &signature));
}

static void builders_refuse_what_readers_would(void **state)
{
    (void)state;
    struct test_author author;
    struct base_buf BASE_CLEANUP(base_buf_release) bytes = {0};
    test_author_make(&author, 1);
    struct ledger_event_draft draft = draft_of(&author);
    draft.kind = "Test";
    assert_int_equal(ledger_event_build(&draft, &bytes, NULL), BASE_E_FORMAT);
    draft = draft_of(&author);
    draft.body = BASE_LITERAL("\x90");
    assert_int_equal(ledger_event_build(&draft, &bytes, NULL), BASE_E_FORMAT);
    draft.body = BASE_LITERAL("\x81\xa1"
                              "a\xcc\x05");
    assert_int_equal(ledger_event_build(&draft, &bytes, NULL), BASE_E_FORMAT);
    /* Eight levels are fine by themselves, but one too many inside an event. */
    draft.body = BASE_LITERAL("\x81\xa1"
                              "a\x91\x91\x91\x91\x91\x91\x90");
    assert_int_equal(ledger_event_build(&draft, &bytes, NULL), BASE_E_FORMAT);
    draft = draft_of(&author);
    draft.counter = 0;
    assert_int_equal(ledger_event_build(&draft, &bytes, NULL), BASE_E_USAGE);
    assert_int_equal(bytes.len, 0);
}

static void an_event_has_its_limit(void **state)
{
    (void)state;
    static uint8_t filling[LEDGER_EVENT_LEN_MAX];
    struct test_author author;
    struct ledger_event event;
    struct ledger_refusal refusal = {0};
    test_author_make(&author, 1);
    size_t longest = 0;
    for (size_t len = LEDGER_EVENT_LEN_MAX - 300; len < LEDGER_EVENT_LEN_MAX; len++) {
        struct base_buf BASE_CLEANUP(base_buf_release) body = {0};
        struct base_buf BASE_CLEANUP(base_buf_release) bytes = {0};
        ledger_canon_put_map(&body, 1);
        ledger_canon_put_str(&body, "x");
        ledger_canon_put_bin(&body, filling, len);
        struct ledger_event_draft draft = draft_of(&author);
        draft.body = base_buf_bytes(&body);
        int answer = ledger_event_build(&draft, &bytes, NULL);
        if (answer == 0) {
            longest = bytes.len;
            assert_int_equal(ledger_event_parse(base_buf_bytes(&bytes), &event, &refusal), 0);
        } else {
            assert_int_equal(answer, BASE_E_LIMIT);
        }
    }
    assert_int_equal(longest, LEDGER_EVENT_LEN_MAX);
    static uint8_t over[LEDGER_EVENT_LEN_MAX + 1];
    assert_int_equal(ledger_event_parse(base_bytes_of(over, sizeof over), &event, &refusal),
                     LEDGER_REFUSED_TOO_LARGE);
}

static void the_largest_entry_fits(void **state)
{
    (void)state;
    static uint8_t event[LEDGER_EVENT_LEN_MAX];
    static const struct ledger_signature signatures[LEDGER_SIGNATURE_COUNT_MAX];
    struct base_buf BASE_CLEANUP(base_buf_release) bytes = {0};
    struct ledger_entry entry;
    assert_int_equal(ledger_entry_build(INT64_MAX, base_bytes_of(event, sizeof event), signatures,
                                        LEDGER_SIGNATURE_COUNT_MAX, &bytes, NULL),
                     0);
    assert_true(bytes.len <= LEDGER_ENTRY_LEN_MAX);
    assert_int_equal(ledger_entry_parse(base_buf_bytes(&bytes), &entry, NULL), 0);
    assert_int_equal(entry.signature_count, LEDGER_SIGNATURE_COUNT_MAX);
    assert_int_equal(
        ledger_entry_build(0, base_bytes_of(event, sizeof event + 1), signatures, 1, &bytes, NULL),
        BASE_E_LIMIT);
}

/* Read is only what would be written so, byte for byte; all else has its reason. */
static void entry_is_canonical_or_refused(struct base_bytes bytes)
{
    struct base_buf BASE_CLEANUP(base_buf_release) again = {0};
    struct ledger_entry entry;
    struct base_err why = {0};
    if (ledger_entry_parse(bytes, &entry, &why) != 0) {
        assert_true(why.text[0] != '\0');
        return;
    }
    assert_true(base_bytes_equal(entry.bytes, bytes));
    assert_int_equal(ledger_entry_build(entry.recorded_ms, entry.event_bytes, entry.signatures,
                                        entry.signature_count, &again, NULL),
                     0);
    assert_true(base_bytes_equal(base_buf_bytes(&again), bytes));
}

static void an_entry_is_read_as_it_would_be_written_or_not_at_all(void **state)
{
    static const base_time_ms times[] = {0, 127, 128, 255, 256, 65536, INT64_MAX};
    static const uint8_t event[300];
    struct ledger_signature signatures[LEDGER_SIGNATURE_COUNT_MAX];
    (void)state;
    memset(signatures, 0x5a, sizeof signatures);
    for (unsigned i = 0; i < sizeof times / sizeof times[0]; i++) {
        struct base_buf BASE_CLEANUP(base_buf_release) bytes = {0};
        uint32_t count = i % 2 == 0 ? 1 : LEDGER_SIGNATURE_COUNT_MAX;
        size_t event_len = i % 3 == 0 ? 40 : sizeof event;
        assert_int_equal(ledger_entry_build(times[i], base_bytes_of(event, event_len), signatures,
                                            count, &bytes, NULL),
                         0);
        for (size_t len = 0; len <= bytes.len; len++)
            entry_is_canonical_or_refused(base_bytes_of(bytes.data, len));
        for (size_t at = 0; at < bytes.len; at++)
            for (unsigned value = 0; value < 256; value++) {
                uint8_t before = bytes.data[at];
                bytes.data[at] = (uint8_t)value;
                entry_is_canonical_or_refused(base_buf_bytes(&bytes));
                bytes.data[at] = before;
            }
        base_buf_put(&bytes, "", 1);
        entry_is_canonical_or_refused(base_buf_bytes(&bytes));
    }
}

/* Builds a submission signed by the author and then by `cosigners`. */
static void cosigned_make(struct test_author *author, const struct test_author *cosigners,
                          uint32_t count, struct test_submission *out)
{
    struct base_buf BASE_CLEANUP(base_buf_release) event = {0};
    struct base_buf BASE_CLEANUP(base_buf_release) wire = {0};
    struct ledger_signature signatures[LEDGER_SIGNATURE_COUNT_MAX];
    struct ledger_event_draft draft = draft_of(author);
    assert_int_equal(ledger_event_build(&draft, &event, NULL), 0);
    ledger_event_sign(base_buf_bytes(&event), author->secret, &signatures[0]);
    for (uint32_t i = 0; i < count; i++)
        ledger_event_sign(base_buf_bytes(&event), cosigners[i].secret, &signatures[1 + i]);
    assert_int_equal(ledger_submission_build(base_buf_bytes(&event), signatures, 1 + count, NULL, 0,
                                             &wire, NULL),
                     0);
    test_submission_of(base_buf_bytes(&wire), out);
}

static void the_kind_says_who_else_must_sign(void **state)
{
    (void)state;
    struct test_author author;
    struct test_author others[3];
    struct test_admission admission;
    struct test_submission made;
    struct ledger_refusal refusal = {0};
    test_admission_init(&admission);
    test_author_make(&author, 1);
    for (uint32_t i = 0; i < 3; i++)
        test_author_make(&others[i], 10 + i);
    admission.cosigners[0] = others[0].key;
    admission.cosigners[1] = others[1].key;
    admission.cosigner_count = 2;
    cosigned_make(&author, others, 2, &made);
    assert_int_equal(ledger_submission_verify(&admission.table, &made.submission, &refusal, NULL),
                     0);
    test_submission_release(&made);
    cosigned_make(&author, others, 1, &made); /* one too few */
    assert_int_equal(ledger_submission_verify(&admission.table, &made.submission, &refusal, NULL),
                     LEDGER_REFUSED_BAD_SIGNATURE);
    assert_string_equal(refusal.field, "signatures");
    test_submission_release(&made);
    cosigned_make(&author, others, 3, &made); /* one too many */
    assert_int_equal(ledger_submission_verify(&admission.table, &made.submission, &refusal, NULL),
                     LEDGER_REFUSED_BAD_SIGNATURE);
    test_submission_release(&made);
    struct test_author swapped[2] = {others[1], others[0]}; /* the order counts */
    cosigned_make(&author, swapped, 2, &made);
    assert_int_equal(ledger_submission_verify(&admission.table, &made.submission, &refusal, NULL),
                     LEDGER_REFUSED_BAD_SIGNATURE);
    assert_string_equal(refusal.field, "signatures[1]");
    test_submission_release(&made);
    cosigned_make(&author, others, 2, &made);
    made.submission.signatures[0] = made.submission.signatures[1]; /* not by the event's key */
    assert_int_equal(ledger_submission_verify(&admission.table, &made.submission, &refusal, NULL),
                     LEDGER_REFUSED_BAD_SIGNATURE);
    assert_string_equal(refusal.field, "signatures[0]");
    test_submission_release(&made);
}

static void a_submission_survives_no_damage_unnoticed(void **state)
{
    (void)state;
    struct test_random random = test_random_make(5);
    struct test_author author;
    struct test_admission admission;
    struct test_submission made;
    test_admission_init(&admission);
    test_author_make(&author, 1);
    cosigned_make(&author, NULL, 0, &made);
    for (int round = 0; round < 2000; round++) {
        struct base_buf BASE_CLEANUP(base_buf_release) wire = {0};
        struct ledger_submission submission = {0};
        struct ledger_refusal refusal = {0};
        base_buf_put_bytes(&wire, base_buf_bytes(&made.wire));
        wire.data[test_random_below(&random, wire.len)] ^=
            (uint8_t)(1 + test_random_below(&random, 255));
        int answer = ledger_submission_parse(base_buf_bytes(&wire), &submission, &refusal, NULL);
        if (answer == 0)
            answer = ledger_submission_verify(&admission.table, &submission, &refusal, NULL);
        assert_true(answer > 0);
        assert_int_equal(refusal.code, answer);
        assert_non_null(ledger_refusal_text_of(answer));
        ledger_submission_release(&submission);
    }
    test_submission_release(&made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_changed_bit_is_refused_or_breaks_the_signature),
        cmocka_unit_test(a_signature_is_for_events_alone),
        cmocka_unit_test(builders_refuse_what_readers_would),
        cmocka_unit_test(an_event_has_its_limit),
        cmocka_unit_test(the_largest_entry_fits),
        cmocka_unit_test(an_entry_is_read_as_it_would_be_written_or_not_at_all),
        cmocka_unit_test(the_kind_says_who_else_must_sign),
        cmocka_unit_test(a_submission_survives_no_damage_unnoticed),
    };
    return cmocka_run_group_tests_name("event", tests, NULL, NULL);
}
