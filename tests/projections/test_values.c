/* Erasure of single values (value.erased): which may go, on which ground, who signs it; what people
 * are then shown; what stays. 5А has ANYA, BORYA and VERA; today is 2026-09-01. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "projections/retention.h"
#include "projections/values.h"
#include "projections/views/pupil.h"
#include "tests/projections/eye.h"
#include "tests/projections/little.h"

static struct eye eye;
static const char gone[] = "данные удалены";

/* A value that is to go: of which entry, under which name. */
static struct {
    ledger_seq seq;
    uint8_t commitment[LEDGER_COMMITMENT_LEN];
} it;

static const struct ledger_key *second(enum who who)
{
    return &w.people[who].session.key;
}

/* The first sealed value of that entry is the one that is spoken of. */
static void take(ledger_seq seq)
{
    it.seq = seq;
    world_commitment(&w, seq, 0, it.commitment);
}

static void draft_erase(unsigned ground, enum who who)
{
    act_erase_values(&w.draft, ground, it.seq, it.commitment, 1, second(who));
}

static void take_comment(void)
{
    act_mark(&w.draft, w.lesson, w.pupils[VERA], 4, "сестра болеет", LEDGER_SEQ_NONE);
    take(world_do(&w, by(TEACHER), NULL));
}

static void years_pass(base_day day)
{
    w.now_ms = (base_time_ms)day * 86400000 + 8 * 3600000;
    world_login(&w, &w.people[HEAD]);
    world_login(&w, &w.people[DEPUTY]);
    world_login(&w, &w.people[SUPPORT]);
}

static bool is_kept(const uint8_t *commitment)
{
    struct ledger_reader *reader = NULL;
    assert_int_equal(ledger_reader_open(w.log, &reader, NULL), 0);
    bool kept = ledger_reader_has_opening(reader, commitment);
    ledger_reader_close(reader);
    return kept;
}

static unsigned count_sealed(const struct proj_kind *kind, const struct proj_field *fields,
                             unsigned count)
{
    unsigned known_count = 0;
    for (unsigned i = 0; i < count; i++) {
        bool known = true;
        if (fields[i].type == PROJ_T_SEALED) {
            (void)proj_value_keeping_of(kind, &fields[i], &known);
            known_count++;
        }
        if (!known)
            fail_msg("nobody has decided how long %s of %s is kept", fields[i].name, kind->name);
        if (fields[i].items != NULL)
            known_count += count_sealed(kind, fields[i].items,
                                        fields[i].type == PROJ_T_TUPLE ? fields[i].item_count : 1);
    }
    return known_count;
}

static void every_sealed_field_of_the_catalogue_is_decided(void **state)
{
    (void)state;
    unsigned count, sealed = 0;
    const struct proj_kind *kinds = proj_kinds(&count);
    for (unsigned i = 0; i < count; i++)
        sealed += count_sealed(&kinds[i], kinds[i].fields, kinds[i].field_count);
    assert_int_equal(sealed, 24); /* as many as there are rules */
}

static void two_officers_sign_it_and_nobody_decides_on_the_own_data(void **state)
{
    (void)state;
    take_comment();
    draft_erase(PROJ_ERASING_REQUEST, HEAD);
    world_refused(&w, by(HEAD), by(HEAD), PROJ_REFUSED_SECOND, "second");
    draft_erase(PROJ_ERASING_REQUEST, TEACHER);
    world_refused(&w, by(HEAD), by(TEACHER), PROJ_REFUSED_SECOND, "second");
    draft_erase(PROJ_ERASING_REQUEST, HEAD);
    world_refused(&w, by(DEPUTY), by(HEAD), PROJ_REFUSED_NO_RIGHT, "values");
    struct signer lost;
    world_new_signer(&w, &lost);
    act_session(&w.draft, w.people[DEPUTY].account, &lost.key);
    world_do(&w, &w.people[DEPUTY].key, &lost);
    act_session_close(&w.draft, &lost.key);
    world_do(&w, by(DEPUTY), NULL);
    act_erase_values(&w.draft, PROJ_ERASING_REQUEST, it.seq, it.commitment, 1, &lost.key);
    world_refused(&w, by(HEAD), &lost, PROJ_REFUSED_CLOSED_KEY, "second");
    /* The head's own telephone, and the second's. */
    act_channel(&w.draft, w.people[HEAD].account, "head@example.org", 0);
    take(world_do(&w, by(HEAD), NULL));
    draft_erase(PROJ_ERASING_DECISION, SUPPORT);
    world_refused(&w, by(HEAD), by(SUPPORT), PROJ_REFUSED_NO_RIGHT, "values[0].commitment");
    act_channel(&w.draft, w.people[SUPPORT].account, "support@example.org", 0);
    take(world_do(&w, by(SUPPORT), NULL));
    draft_erase(PROJ_ERASING_DECISION, SUPPORT);
    world_refused(&w, by(HEAD), by(SUPPORT), PROJ_REFUSED_SECOND, "second");
    draft_erase(PROJ_ERASING_DECISION, DEPUTY);
    world_do(&w, by(HEAD), by(DEPUTY));
}

static void it_names_a_value_of_that_entry_and_each_once(void **state)
{
    (void)state;
    uint8_t twice[2 * LEDGER_COMMITMENT_LEN];
    take_comment();
    it.seq--;
    draft_erase(PROJ_ERASING_REQUEST, SUPPORT);
    world_refused(&w, by(HEAD), by(SUPPORT), PROJ_REFUSED_UNKNOWN_REFERENT, "values[0].commitment");
    it.seq = 1000000; /* beyond the log */
    draft_erase(PROJ_ERASING_REQUEST, SUPPORT);
    world_refused(&w, by(HEAD), by(SUPPORT), PROJ_REFUSED_UNKNOWN_REFERENT, "values[0].commitment");
    it.seq = world_size(&w); /* itself */
    draft_erase(PROJ_ERASING_REQUEST, SUPPORT);
    world_refused(&w, by(HEAD), by(SUPPORT), PROJ_REFUSED_UNKNOWN_REFERENT, "values[0].commitment");
    it.seq = world_size(&w) - 1;
    memcpy(twice, it.commitment, LEDGER_COMMITMENT_LEN);
    memcpy(twice + LEDGER_COMMITMENT_LEN, it.commitment, LEDGER_COMMITMENT_LEN);
    act_erase_values(&w.draft, PROJ_ERASING_REQUEST, it.seq, twice, 2, second(SUPPORT));
    world_refused(&w, by(HEAD), by(SUPPORT), PROJ_REFUSED_DUPLICATE, "values[1].commitment");
    draft_erase(PROJ_ERASING_REQUEST, SUPPORT);
    world_do(&w, by(HEAD), by(SUPPORT));
    draft_erase(PROJ_ERASING_REQUEST, SUPPORT);
    world_refused(&w, by(HEAD), by(SUPPORT), PROJ_REFUSED_EXISTS, "values[0].commitment");
}

static void names_dates_of_birth_and_reasons_of_breaches_are_never_erased_alone(void **state)
{
    (void)state;
    act_pupil_change(&w.draft, w.pupils[VERA], "Иначева");
    ledger_seq changed = world_do(&w, by(OFFICE), NULL);
    for (unsigned i = 0; i < 3; i++) { /* birth, name, sex */
        world_commitment(&w, changed, i, it.commitment);
        it.seq = changed;
        draft_erase(PROJ_ERASING_DECISION, SUPPORT);
        world_refused(&w, by(HEAD), by(SUPPORT), PROJ_REFUSED_KEPT, "values[0].commitment");
    }
    world_commitment(&w, 0, 1, it.commitment); /* the name of an officer who is neither */
    it.seq = 0;
    draft_erase(PROJ_ERASING_DECISION, SUPPORT);
    world_refused(&w, by(HEAD), by(SUPPORT), PROJ_REFUSED_KEPT, "values[0].commitment");
    world_tick(&w);
    struct told told = world_report(&w, by(HEAD), &w.people[STRANGER], &w.people[STRANGER].key.key,
                                    w.now_ms - 60000);
    take(told.seq);
    draft_erase(PROJ_ERASING_DECISION, SUPPORT);
    world_refused(&w, by(HEAD), by(SUPPORT), PROJ_REFUSED_KEPT, "values[0].commitment");
}

static base_day due_of(ledger_seq seq)
{
    struct proj_value value;
    struct ledger_reader *reader = NULL;
    struct proj_txn *txn = world_read(&w);
    take(seq);
    assert_int_equal(ledger_reader_open(w.log, &reader, NULL), 0);
    struct proj_source source = proj_source_of_reader(reader);
    assert_true(proj_value_find(txn, &source, it.seq, it.commitment, 180, LEDGER_SEQ_NONE, &value));
    base_day due = proj_value_due(txn, &value, LEDGER_SEQ_NONE);
    world_read_end(txn);
    ledger_reader_close(reader);
    return due;
}

/* The journal of 2026/27 ends on 31 August 2027; five years from 1 January 2028. */
static void the_term_of_a_value_is_its_school_years_journals(void **state)
{
    (void)state;
    take_comment();
    ledger_seq comment = it.seq;
    assert_int_equal(due_of(comment), base_day_from_civil(2033, 1, 1));
    act_explain(&w.draft, w.pupils[VERA], base_day_from_civil(2027, 8, 30),
                base_day_from_civil(2027, 9, 2), "valid"); /* about the next school year */
    assert_int_equal(due_of(world_do(&w, by(CLASS_TEACHER), NULL)),
                     base_day_from_civil(2034, 1, 1));
    take(comment);
    years_pass(base_day_from_civil(2032, 12, 31));
    draft_erase(PROJ_ERASING_TERM, SUPPORT);
    world_refused(&w, by(HEAD), by(SUPPORT), PROJ_REFUSED_RETENTION, "values[0].commitment");
    assert_true(is_kept(it.commitment));
    years_pass(base_day_from_civil(2033, 1, 1));
    draft_erase(PROJ_ERASING_TERM, SUPPORT);
    world_do(&w, by(HEAD), by(SUPPORT));
    assert_false(is_kept(it.commitment));
}

static void what_was_replaced_has_no_term_and_what_holds_none_that_ends(void **state)
{
    (void)state;
    const uint8_t *parent = w.people[PARENT].account;
    act_channel(&w.draft, parent, "old@example.org", 3);
    ledger_seq old = world_do(&w, by(PARENT), NULL);
    assert_int_equal(due_of(old), INT32_MAX);
    draft_erase(PROJ_ERASING_TERM, SUPPORT);
    world_refused(&w, by(HEAD), by(SUPPORT), PROJ_REFUSED_RETENTION, "values[0].commitment");
    act_channel(&w.draft, parent, "new@example.org", 3);
    ledger_seq present = world_do(&w, by(PARENT), NULL);
    assert_int_equal(due_of(present), INT32_MAX);
    assert_int_equal(due_of(old), w.today);
    draft_erase(PROJ_ERASING_TERM, SUPPORT);
    world_do(&w, by(HEAD), by(SUPPORT));
    assert_false(is_kept(it.commitment));
    /* A session's place: from the day after its last hour. */
    struct signer fresh;
    world_new_signer(&w, &fresh);
    act_session(&w.draft, parent, &fresh.key);
    assert_int_equal(due_of(world_do(&w, &w.people[PARENT].key, &fresh)), w.today + 1);
}

static bool history_says(unsigned version, const char *comment)
{
    eye_open(&eye, &w, w.people[HEAD].account);
    const msgpack_object *told =
        eye_see(&eye, proj_view_cell(&eye.view, w.lesson, w.pupils[VERA], PROJ_WHAT_MARK, 0));
    bool says = seen_text(seen_at(seen(told, "versions"), version), "comment", comment);
    eye_close(&eye);
    return says;
}

static void the_value_goes_and_its_version_says_so(void **state)
{
    (void)state;
    uint8_t birth[LEDGER_COMMITMENT_LEN];
    take_comment();
    ledger_seq first = it.seq;
    act_pupil_change(&w.draft, w.pupils[VERA], "Иначева");
    world_commitment(&w, world_do(&w, by(OFFICE), NULL), 0, birth);
    draft_erase(PROJ_ERASING_REQUEST, SUPPORT);
    ledger_seq erased = world_do(&w, by(HEAD), by(SUPPORT));
    assert_false(is_kept(it.commitment));
    assert_true(is_kept(birth));
    assert_true(ledger_log_erasure_pending(w.log));
    assert_true(history_says(0, gone));
    assert_int_equal(world_value(&w, w.lesson, VERA), 4); /* the mark stays */
    /* Nothing forbids to say it rightly. */
    act_mark(&w.draft, w.lesson, w.pupils[VERA], 4, "за ответ", first);
    world_do(&w, by(TEACHER), NULL);
    assert_true(history_says(0, gone) || history_says(1, gone));
    assert_true(history_says(0, "за ответ") || history_says(1, "за ответ"));
    /* The log is what it was, and opens without the freed pages. */
    struct base_err err = {0};
    world_close(&w);
    assert_int_equal(world_open(&w, &err), 0);
    assert_false(ledger_log_erasure_pending(w.log));
    assert_true(world_counts(&w, erased));
    assert_false(is_kept(it.commitment));
}

/* The address is not written to, and not shown as one. */
static void an_erased_address_is_none(void **state)
{
    (void)state;
    const uint8_t *parent = w.people[PARENT].account;
    act_channel(&w.draft, parent, "leaked@example.org", 3);
    take(world_do(&w, by(PARENT), NULL));
    draft_erase(PROJ_ERASING_REQUEST, SUPPORT);
    world_do(&w, by(HEAD), by(SUPPORT));
    eye_open(&eye, &w, w.people[HEAD].account);
    ledger_canon_put_map(&eye.out, 1);
    proj_put_channel(&eye.view, parent, true);
    const msgpack_object *channel = seen(eye_see(&eye, PROJ_VIEW_DONE), "channel");
    assert_true(seen_bool(channel, "has_email"));
    assert_true(seen_text(channel, "email", ""));
    eye_close(&eye);
}

static void a_person_is_told_what_may_go_and_what_went(void **state)
{
    (void)state;
    char hex[2 * LEDGER_COMMITMENT_LEN + 1];
    take_comment();
    draft_erase(PROJ_ERASING_DECISION, SUPPORT);
    ledger_seq erased = world_do(&w, by(HEAD), by(SUPPORT));
    act_contact(&w.draft, w.pupils[VERA], w.today);
    ledger_seq talk = world_do(&w, by(CLASS_TEACHER), NULL);
    eye_open(&eye, &w, w.people[HEAD].account);
    const msgpack_object *rows =
        seen(eye_see(&eye, proj_view_person(&eye.view, w.pupils[VERA])), "rows");
    unsigned met = 0;
    base_hex(it.commitment, sizeof it.commitment, hex);
    for (unsigned i = 0; i < seen_count(rows); i++) {
        const msgpack_object *row = seen_at(rows, i);
        const msgpack_object *sealed = seen(row, "sealed");
        if (seen_int(row, "seq") == (int64_t)it.seq) {
            const msgpack_object *value = seen_at(sealed, 0);
            assert_keys(value, "commitment field there text due erased");
            assert_true(seen_text(value, "field", "comment") && seen_text(value, "text", gone));
            assert_false(seen_bool(value, "there"));
            assert_int_equal(seen_int(seen(value, "erased"), "seq"), erased);
            assert_int_equal(seen_int(seen(value, "erased"), "ground"), PROJ_ERASING_DECISION);
            assert_true(seen_id(seen(value, "erased"), "second", w.people[SUPPORT].account));
            met++;
        } else if (seen_int(row, "seq") == (int64_t)talk) {
            assert_int_equal(seen_count(sealed), 1);
            assert_true(seen_bool(seen_at(sealed, 0), "there"));
            assert_true(seen_nil(seen_at(sealed, 0), "erased"));
            met++;
        } else if (seen_text(row, "kind", "pupil.admitted")) {
            assert_int_equal(seen_count(sealed), 0); /* names go with the person only */
            met++;
        }
    }
    assert_int_equal(met, 3);
    eye_close(&eye);
}

static void what_is_left_over_goes_at_the_next_start(void **state)
{
    (void)state;
    struct base_err err = {0};
    take_comment();
    const struct ledger_admission *admission = proj_engine_admission(w.engine);
    struct ledger_admission *broken = (struct ledger_admission *)(uintptr_t)admission;
    broken->erases = NULL; /* as a program that did not know the kind */
    draft_erase(PROJ_ERASING_REQUEST, SUPPORT);
    world_do(&w, by(HEAD), by(SUPPORT));
    assert_true(is_kept(it.commitment));
    world_close(&w);
    assert_int_equal(world_open(&w, &err), 0);
    assert_false(is_kept(it.commitment));
}

/* The same opening once more, under the same name: it would be there again. */
static void what_was_erased_does_not_come_back_under_its_name(void **state)
{
    (void)state;
    struct base_buf BASE_CLEANUP(base_buf_release) wire = {0};
    act_contact(&w.draft, w.pupils[VERA], w.today);
    struct moment moment = world_moment(&w);
    struct signer *signers[1] = {by(CLASS_TEACHER)};
    take(world_do(&w, by(CLASS_TEACHER), NULL));
    draft_sign(&w.draft, &moment, signers, 1, &wire); /* the same draft, with its salts */
    draft_erase(PROJ_ERASING_REQUEST, SUPPORT);
    world_do(&w, by(HEAD), by(SUPPORT));
    assert_int_equal(world_try_wire(&w, base_buf_bytes(&wire)), PROJ_REFUSED_ERASED);
    ASSERT_REFUSED(&w, PROJ_REFUSED_ERASED, "text");
    assert_false(is_kept(it.commitment));
}

/* Entered and erased in one batch: it is never on the disk. */
static void a_value_of_the_same_batch_may_go(void **state)
{
    (void)state;
    const struct draft *d = &w.draft;
    it.seq = world_size(&w);
    w.batching = true;
    act_contact(&w.draft, w.pupils[ANYA], w.today);
    ledger_sealed_commit(
        base_bytes_of(d->held.data + d->openings[0].path, d->openings[0].path_len),
        d->held.data + d->openings[0].salt,
        base_bytes_of(d->held.data + d->openings[0].value, d->openings[0].value_len),
        it.commitment);
    world_do(&w, by(CLASS_TEACHER), NULL);
    draft_erase(PROJ_ERASING_REQUEST, SUPPORT);
    world_do(&w, by(HEAD), by(SUPPORT));
    w.batching = false;
    world_flush(&w);
    assert_int_equal(world_size(&w), it.seq + 2);
    take(it.seq);
    assert_false(is_kept(it.commitment));
}

static void note_touch(void *data, const struct proj_touch *touches, unsigned count)
{
    unsigned *met = data;
    for (unsigned i = 0; i < count; i++)
        *met += memcmp(touches[i].lesson, w.lesson, LEDGER_ID_LEN) == 0;
}

/* Where the words stand on somebody's screen, the page is told to look again. */
static void the_page_that_shows_it_is_told(void **state)
{
    (void)state;
    unsigned met = 0;
    take_comment();
    proj_engine_listen(w.engine, note_touch, &met);
    draft_erase(PROJ_ERASING_REQUEST, SUPPORT);
    world_do(&w, by(HEAD), by(SUPPORT));
    proj_engine_listen(w.engine, NULL, NULL);
    assert_int_equal(met, 1);
}

/* Struck out with the second's session, the erasure no longer counts; what it took stays gone. */
static void an_erasure_falls_with_its_second_and_brings_nothing_back(void **state)
{
    (void)state;
    take_comment();
    world_tick(&w);
    base_time_ms theft = w.now_ms;
    struct signer stolen;
    world_new_signer(&w, &stolen);
    act_session(&w.draft, w.people[SUPPORT].account, &stolen.key);
    ledger_seq opened = world_do(&w, &w.people[SUPPORT].key, &stolen);
    act_erase_values(&w.draft, PROJ_ERASING_REQUEST, it.seq, it.commitment, 1, &stolen.key);
    ledger_seq erased = world_do(&w, by(HEAD), &stolen);
    world_tick(&w);
    struct told told =
        world_report(&w, &w.root, &w.people[SUPPORT], &w.people[SUPPORT].key.key, theft);
    assert_int_equal(world_void_of(&w, opened).reason, PROJ_VOID_COVERED);
    assert_int_equal(world_void_of(&w, erased).reason, PROJ_VOID_UNGROUNDED);
    assert_int_equal(world_void_of(&w, erased).cause, told.seq);
    assert_false(is_kept(it.commitment));
    assert_true(history_says(0, gone));
    assert_int_equal(world_overrule(&w, &w.root, &told), 0);
    assert_true(world_counts(&w, erased));
}

/* The value of an entry that does not count goes as any other: a thief's text, above all. */
static void what_a_thief_wrote_may_go(void **state)
{
    (void)state;
    world_tick(&w);
    base_time_ms theft = w.now_ms;
    take_comment();
    world_tick(&w);
    (void)world_void(&w, &w.people[TEACHER], &w.people[TEACHER].session.key, theft);
    assert_int_equal(world_void_of(&w, it.seq).reason, PROJ_VOID_COVERED);
    draft_erase(PROJ_ERASING_DECISION, SUPPORT);
    world_do(&w, by(HEAD), by(SUPPORT));
    assert_false(is_kept(it.commitment));
    assert_true(history_says(0, gone));
}

/* The facts are those of a rebuild, and of a refolding. */
static void the_facts_come_out_the_same_again(void **state)
{
    (void)state;
    struct base_buf BASE_CLEANUP(base_buf_release) before = {0};
    struct base_buf BASE_CLEANUP(base_buf_release) after = {0};
    struct base_err err = {0};
    take_comment();
    draft_erase(PROJ_ERASING_REQUEST, SUPPORT);
    world_do(&w, by(HEAD), by(SUPPORT));
    world_dump(&w, &before);
    struct proj_key key = proj_key_commitment(it.commitment);
    assert_int_equal(proj_engine_refold(w.engine, &key, &err), 0);
    assert_int_equal(proj_engine_reset(w.engine, &err), 0);
    assert_int_equal(proj_engine_attach(w.engine, w.log, NULL, NULL, &err), 0);
    world_dump(&w, &after);
    assert_int_equal(before.len, after.len);
    assert_memory_equal(before.data, after.data, before.len);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_sealed_field_of_the_catalogue_is_decided),
        CASE(two_officers_sign_it_and_nobody_decides_on_the_own_data),
        CASE(it_names_a_value_of_that_entry_and_each_once),
        CASE(names_dates_of_birth_and_reasons_of_breaches_are_never_erased_alone),
        CASE(the_term_of_a_value_is_its_school_years_journals),
        CASE(what_was_replaced_has_no_term_and_what_holds_none_that_ends),
        CASE(the_value_goes_and_its_version_says_so),
        CASE(an_erased_address_is_none),
        CASE(a_person_is_told_what_may_go_and_what_went),
        CASE(what_is_left_over_goes_at_the_next_start),
        CASE(what_was_erased_does_not_come_back_under_its_name),
        CASE(a_value_of_the_same_batch_may_go),
        CASE(the_page_that_shows_it_is_told),
        CASE(an_erasure_falls_with_its_second_and_brings_nothing_back),
        CASE(what_a_thief_wrote_may_go),
        CASE(the_facts_come_out_the_same_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
