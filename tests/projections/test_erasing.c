/* Erasure (CT-8, ST-13): who says it, when it may be, what goes and what stays; the terms of
 * keeping. 5А has ANYA, BORYA and VERA, 5Б has GLEB; today is 2026-09-01. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "projections/retention.h"
#include "tests/projections/eye.h"
#include "tests/projections/little.h"

static struct eye eye;

/* Officers' sessions end after hours; years later they open new ones. */
static void years_pass(base_day day)
{
    w.now_ms = (base_time_ms)day * 86400000 + 8 * 3600000;
    world_login(&w, &w.people[HEAD]);
    world_login(&w, &w.people[DEPUTY]);
    world_login(&w, &w.people[SUPPORT]);
}

static base_day day(int year, int month, int d)
{
    return base_day_from_civil(year, month, d);
}

static struct proj_retention retention_of(const proj_id id, base_day today)
{
    struct proj_retention retention;
    struct ledger_reader *reader = NULL;
    struct proj_txn *txn = world_read(&w);
    assert_int_equal(ledger_reader_open(w.log, &reader, NULL), 0);
    struct proj_source source = proj_source_of_reader(reader);
    assert_true(proj_retention_find(txn, &source, id, today, 180, LEDGER_SEQ_NONE, &retention));
    world_read_end(txn);
    ledger_reader_close(reader);
    return retention;
}

static uint64_t kept_of(const proj_id id)
{
    struct ledger_reader *reader = NULL;
    assert_int_equal(ledger_reader_open(w.log, &reader, NULL), 0);
    uint64_t kept = ledger_reader_subject_kept(reader, id);
    ledger_reader_close(reader);
    return kept;
}

static const struct ledger_key *second(enum who who)
{
    return &w.people[who].session.key;
}

/* VERA has left in 2026 and has a mark: a journal to be kept. */
static void vera_left(void)
{
    act_mark(&w.draft, w.lesson, w.pupils[VERA], 4, "устно", LEDGER_SEQ_NONE);
    world_do(&w, by(TEACHER), NULL);
    act_pupil_leave(&w.draft, w.pupils[VERA], w.class_a, w.today + 30);
    world_do(&w, by(OFFICE), NULL);
}

static void the_term_begins_after_the_year_and_is_longer_with_a_period_mark(void **state)
{
    (void)state;
    struct proj_retention kept = retention_of(w.pupils[VERA], w.today);
    assert_true(kept.in_use && kept.due == INT32_MAX && !kept.is_account);
    vera_left();
    assert_true(retention_of(w.pupils[VERA], w.today + 30).in_use);
    kept = retention_of(w.pupils[VERA], w.today + 31);
    assert_false(kept.in_use);
    assert_int_equal(kept.keeping, PROJ_KEEP_JOURNAL);
    assert_int_equal(kept.last, w.today + 30);
    assert_int_equal(kept.due, day(2032, 1, 1));
    act_setting(&w.draft, "retention_journal_years", 10);
    world_do(&w, by(HEAD), NULL);
    assert_int_equal(retention_of(w.pupils[VERA], w.today + 31).due, day(2037, 1, 1));
    act_period(&w.draft, w.class_a, w.maths, "1 четверть", w.pupils[VERA], 4, LEDGER_SEQ_NONE, 1);
    world_do(&w, by(TEACHER), NULL);
    kept = retention_of(w.pupils[VERA], w.today + 31);
    assert_int_equal(kept.keeping, PROJ_KEEP_SUMMARY);
    assert_int_equal(kept.due, day(2052, 1, 1));
}

static void nobody_shortens_the_law(void **state)
{
    (void)state;
    act_setting(&w.draft, "retention_journal_years", 4);
    world_refused(&w, by(HEAD), NULL, PROJ_REFUSED_FIELD_RANGE, "value");
    act_setting(&w.draft, "retention_summary_years", 24);
    world_refused(&w, by(HEAD), NULL, PROJ_REFUSED_FIELD_RANGE, "value");
}

static void an_account_is_kept_for_its_roles_and_what_it_signed(void **state)
{
    (void)state;
    const uint8_t *parent = w.people[PARENT].account;
    const uint8_t *teacher = w.people[TEACHER].account;
    assert_true(retention_of(parent, w.today).in_use); /* ANYA is at school */
    assert_true(retention_of(teacher, w.today).in_use);
    assert_int_equal(retention_of(teacher, w.today).keeping, PROJ_KEEP_JOURNAL);
    act_pupil_leave(&w.draft, w.pupils[ANYA], w.class_a, w.today + 10);
    world_do(&w, by(OFFICE), NULL);
    struct proj_retention kept = retention_of(parent, w.today + 11);
    assert_false(kept.in_use);
    assert_true(kept.is_account);
    assert_int_equal(kept.keeping, PROJ_KEEP_ACCESS);
    assert_int_equal(kept.last, w.today + 10);
    assert_int_equal(kept.due, day(2030, 1, 1));
    /* A role that was revoked ended on the day of the revocation. */
    proj_id family;
    struct person person;
    world_person(&w, by(HEAD), &person, 3, "Отозванная");
    memcpy(family, person.account, LEDGER_ID_LEN);
    act_grant(&w.draft, family, PROJ_ROLE_PARENT, w.pupils[BORYA], w.today - 300);
    world_do(&w, by(HEAD), NULL);
    struct ledger_hash grant = w.receipt.id;
    assert_true(retention_of(family, w.today + 5).in_use);
    act_revoke(&w.draft, &grant);
    world_do(&w, by(HEAD), NULL);
    kept = retention_of(family, w.today + 5);
    assert_false(kept.in_use);
    assert_int_equal(kept.last, w.today);
}

static void an_erasure_before_the_term_is_refused_and_takes_nothing(void **state)
{
    (void)state;
    uint64_t before = kept_of(w.pupils[VERA]);
    assert_true(before > 3);
    act_erase(&w.draft, w.pupils[VERA], second(SUPPORT)); /* at school */
    world_refused(&w, by(HEAD), by(SUPPORT), PROJ_REFUSED_RETENTION, "subject");
    vera_left();
    years_pass(day(2031, 12, 31));
    act_erase(&w.draft, w.pupils[VERA], second(SUPPORT));
    world_refused(&w, by(HEAD), by(SUPPORT), PROJ_REFUSED_RETENTION, "subject");
    assert_int_equal(kept_of(w.pupils[VERA]), before + 1); /* the comment */
    act_erase(&w.draft, w.pupils[VERA], second(SUPPORT));  /* nor may root */
    world_refused(&w, &w.root, by(SUPPORT), PROJ_REFUSED_RETENTION, "subject");
}

static void two_officers_sign_it_with_live_keys(void **state)
{
    (void)state;
    vera_left();
    years_pass(day(2032, 1, 1));
    struct signer lost = w.people[DEPUTY].session;
    act_erase(&w.draft, w.pupils[VERA], second(HEAD)); /* the same person twice */
    world_refused(&w, by(HEAD), by(HEAD), PROJ_REFUSED_SECOND, "second");
    act_erase(&w.draft, w.pupils[VERA], second(TEACHER)); /* no officer */
    world_refused(&w, by(HEAD), by(TEACHER), PROJ_REFUSED_SECOND, "second");
    act_erase(&w.draft, w.pupils[VERA], &w.root.key);
    world_refused(&w, by(HEAD), &w.root, PROJ_REFUSED_SECOND, "second");
    act_session_close(&w.draft, &lost.key);
    world_do(&w, by(DEPUTY), NULL);
    act_erase(&w.draft, w.pupils[VERA], &lost.key);
    world_refused(&w, by(HEAD), &lost, PROJ_REFUSED_CLOSED_KEY, "second");
    act_erase(&w.draft, w.pupils[VERA], second(HEAD));
    world_refused(&w, by(SUPPORT), by(HEAD), PROJ_REFUSED_NO_RIGHT, "subject");
    proj_id nobody;
    world_new_id(&w, nobody);
    act_erase(&w.draft, nobody, second(SUPPORT));
    world_refused(&w, by(HEAD), by(SUPPORT), PROJ_REFUSED_UNKNOWN_REFERENT, "subject");
    act_erase(&w.draft, w.pupils[VERA], second(SUPPORT));
    world_do(&w, by(HEAD), by(SUPPORT));
    act_erase(&w.draft, w.pupils[VERA], second(SUPPORT));
    world_refused(&w, by(HEAD), by(SUPPORT), PROJ_REFUSED_EXISTS, "subject");
}

static void the_event_takes_openings_and_key_and_the_name_is_told_as_erased(void **state)
{
    (void)state;
    char name[PROJ_NAME_LEN_MAX];
    vera_left();
    uint64_t others = kept_of(w.pupils[ANYA]);
    years_pass(day(2032, 1, 1));
    eye_open(&eye, &w, NULL);
    proj_view_pupil_name(&eye.view, w.pupils[VERA], name);
    assert_string_not_equal(name, "данные удалены");
    eye_close(&eye);
    act_erase(&w.draft, w.pupils[VERA], second(DEPUTY));
    ledger_seq seq = world_do(&w, by(HEAD), by(DEPUTY));
    assert_int_equal(kept_of(w.pupils[VERA]), 0);
    assert_int_equal(kept_of(w.pupils[ANYA]), others);
    assert_true(ledger_log_erasure_pending(w.log));
    eye_open(&eye, &w, NULL);
    proj_view_pupil_name(&eye.view, w.pupils[VERA], name);
    assert_string_equal(name, "данные удалены");
    proj_view_pupil_name(&eye.view, w.pupils[ANYA], name);
    assert_string_not_equal(name, "данные удалены");
    eye_close(&eye);
    /* Nothing new is kept of her; what is not personal goes on. */
    act_pupil_change(&w.draft, w.pupils[VERA], "Возвращенцева");
    world_refused(&w, by(HEAD), NULL, PROJ_REFUSED_ERASED, "birth");
    /* The log is what it was, and opens without the freed pages. */
    struct base_err err = {0};
    world_close(&w);
    assert_int_equal(world_open(&w, &err), 0);
    assert_false(ledger_log_erasure_pending(w.log));
    assert_true(world_counts(&w, seq));
    assert_int_equal(kept_of(w.pupils[VERA]), 0);
}

static void an_accounts_person_goes_with_the_last_account(void **state)
{
    (void)state;
    struct proj_account account;
    char name[PROJ_NAME_LEN_MAX];
    const uint8_t *neighbour = w.people[NEIGHBOUR].account;
    struct proj_txn *txn = world_read(&w);
    assert_true(proj_account_find(txn, neighbour, LEDGER_SEQ_NONE, &account));
    world_read_end(txn);
    assert_true(kept_of(account.person) > 0);
    years_pass(day(2030, 1, 1));
    act_erase(&w.draft, neighbour, second(SUPPORT));
    world_do(&w, by(HEAD), by(SUPPORT));
    assert_int_equal(kept_of(neighbour), 0);
    assert_int_equal(kept_of(account.person), 0);
    eye_open(&eye, &w, NULL);
    proj_view_account_name(&eye.view, neighbour, name);
    assert_string_equal(name, "данные удалены");
    eye_close(&eye);
    /* The session's place would be new data of a forgotten account. */
    struct signer fresh;
    world_new_signer(&w, &fresh);
    act_session(&w.draft, neighbour, &fresh.key);
    world_refused(&w, &w.people[NEIGHBOUR].key, &fresh, PROJ_REFUSED_ERASED, "place");
}

/* A store that still has what an erasure took (put together by hand, or restored) loses it when
 * the projections are attached. */
static void what_is_left_over_goes_at_the_next_start(void **state)
{
    (void)state;
    struct base_err err = {0};
    vera_left();
    years_pass(day(2032, 1, 1));
    const struct ledger_admission *admission = proj_engine_admission(w.engine);
    struct ledger_admission *broken = (struct ledger_admission *)(uintptr_t)admission;
    broken->erases = NULL; /* as a program that did not know the kind */
    act_erase(&w.draft, w.pupils[VERA], second(SUPPORT));
    world_do(&w, by(HEAD), by(SUPPORT));
    assert_true(kept_of(w.pupils[VERA]) > 0);
    world_close(&w);
    assert_int_equal(world_open(&w, &err), 0);
    assert_int_equal(kept_of(w.pupils[VERA]), 0);
}

/* Struck out with the second's account, an erasure no longer counts; the name stays gone. */
static void an_erasure_falls_with_its_second_and_brings_nothing_back(void **state)
{
    (void)state;
    char name[PROJ_NAME_LEN_MAX];
    struct person crony = w.people[SUPPORT];
    vera_left();
    years_pass(day(2032, 1, 1));
    base_time_ms theft = w.now_ms;
    world_tick(&w);
    struct signer stolen;
    world_new_signer(&w, &stolen);
    act_session(&w.draft, crony.account, &stolen.key);
    ledger_seq opened = world_do(&w, &w.people[SUPPORT].key, &stolen);
    act_erase(&w.draft, w.pupils[VERA], &stolen.key);
    ledger_seq erased = world_do(&w, by(HEAD), &stolen);
    world_tick(&w);
    struct told told =
        world_report(&w, &w.root, &w.people[SUPPORT], &w.people[SUPPORT].key.key, theft);
    assert_int_equal(world_void_of(&w, opened).reason, PROJ_VOID_COVERED);
    assert_int_equal(world_void_of(&w, erased).reason, PROJ_VOID_UNGROUNDED);
    assert_int_equal(world_void_of(&w, erased).cause, told.seq);
    eye_open(&eye, &w, NULL);
    proj_view_pupil_name(&eye.view, w.pupils[VERA], name);
    assert_string_equal(name, "данные удалены");
    eye_close(&eye);
    /* From paper the data may come back: the school is not to forget by a thief's hand. */
    act_pupil_change(&w.draft, w.pupils[VERA], "Вернувшаяся");
    world_do(&w, by(HEAD), NULL);
    assert_true(kept_of(w.pupils[VERA]) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(the_term_begins_after_the_year_and_is_longer_with_a_period_mark),
        CASE(nobody_shortens_the_law),
        CASE(an_account_is_kept_for_its_roles_and_what_it_signed),
        CASE(an_erasure_before_the_term_is_refused_and_takes_nothing),
        CASE(two_officers_sign_it_with_live_keys),
        CASE(the_event_takes_openings_and_key_and_the_name_is_told_as_erased),
        CASE(an_accounts_person_goes_with_the_last_account),
        CASE(what_is_left_over_goes_at_the_next_start),
        CASE(an_erasure_falls_with_its_second_and_brings_nothing_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
