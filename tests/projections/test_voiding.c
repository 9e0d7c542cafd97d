/* What a breach does to history: the scenes of specs/invalidation.md, played in a little school. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/projections/world.h"

#define DAY_MS INT64_C(86400000)

static int setup(void **state)
{
    static struct world world;
    world_make(&world);
    *state = &world;
    return 0;
}

static int teardown(void **state)
{
    world_remove(*state);
    return 0;
}

static void assert_void(struct world *w, ledger_seq seq, enum proj_void_reason reason,
                        ledger_seq cause)
{
    struct proj_void state = world_void_of(w, seq);
    if (state.reason != reason || (reason == PROJ_VOID_COVERED && state.cause != cause))
        fail_msg("event %d: wanted reason %d (cause %d), got %d (%d)", (int)seq, (int)reason,
                 (int)cause, (int)state.reason, (int)state.cause);
}

static ledger_seq corrects(struct world *w, unsigned value, ledger_seq prev)
{
    act_mark(&w->draft, w->lesson, w->pupils[ANYA], value, "проверено", prev);
    return world_do(w, &w->people[CORRECTOR].session, NULL);
}

static void an_honest_mark_under_a_forged_one_comes_back(void **state)
{
    struct world *w = *state;
    struct person *teacher = &w->people[TEACHER];
    ledger_seq honest = world_mark(w, &teacher->session, ANYA, 3, LEDGER_SEQ_NONE);
    world_tick(w);
    base_time_ms breach = w->now_ms;
    ledger_seq forged = world_mark(w, &teacher->session, ANYA, 5, honest);
    assert_int_equal(world_value(w, w->lesson, ANYA), 5);
    struct told told = world_void(w, teacher, &teacher->session.key, breach);
    assert_void(w, honest, PROJ_COUNTS, 0);
    assert_void(w, forged, PROJ_VOID_COVERED, told.seq);
    assert_int_equal(world_value(w, w->lesson, ANYA), 3);
}

static void an_honest_correction_on_a_forged_mark_stands(void **state)
{
    struct world *w = *state;
    struct person *teacher = &w->people[TEACHER];
    base_time_ms breach = w->now_ms;
    ledger_seq forged = world_mark(w, &teacher->session, ANYA, 5, LEDGER_SEQ_NONE);
    ledger_seq correction = corrects(w, 4, forged);
    world_void(w, teacher, &teacher->session.key, breach);
    assert_false(world_counts(w, forged));
    assert_true(world_counts(w, correction));
    assert_int_equal(world_value(w, w->lesson, ANYA), 4);
}

static void a_report_on_one_session_leaves_the_others(void **state)
{
    struct world *w = *state;
    struct person *teacher = &w->people[TEACHER];
    struct signer stolen = teacher->session;
    base_time_ms breach = w->now_ms;
    ledger_seq forged = world_mark(w, &stolen, ANYA, 5, LEDGER_SEQ_NONE);
    world_login(w, teacher);
    ledger_seq honest = world_mark(w, &teacher->session, BORYA, 4, LEDGER_SEQ_NONE);
    world_tick(w);
    struct told told = world_void(w, teacher, &stolen.key, breach);
    assert_void(w, forged, PROJ_VOID_COVERED, told.seq);
    assert_true(world_counts(w, honest));
    ledger_seq after = world_mark(w, &teacher->session, VERA, 3, LEDGER_SEQ_NONE);
    assert_true(world_counts(w, after));
    act_topic(&w->draft, w->lesson, "Дроби", LEDGER_SEQ_NONE);
    assert_int_equal(world_try(w, &stolen, NULL), PROJ_REFUSED_CLOSED_KEY);
}

static void a_report_on_an_account_covers_its_sessions(void **state)
{
    struct world *w = *state;
    struct person *teacher = &w->people[TEACHER];
    struct signer first = teacher->session;
    ledger_seq before = world_mark(w, &first, VERA, 3, LEDGER_SEQ_NONE);
    world_tick(w);
    base_time_ms breach = w->now_ms;
    ledger_seq by_first = world_mark(w, &first, ANYA, 5, LEDGER_SEQ_NONE);
    ledger_seq login = world_size(w);
    world_login(w, teacher);
    ledger_seq by_second = world_mark(w, &teacher->session, BORYA, 5, LEDGER_SEQ_NONE);
    ledger_seq by_key;
    act_topic(&w->draft, w->lesson, "Дроби", LEDGER_SEQ_NONE);
    by_key = world_do(w, &teacher->key, NULL);
    struct told told = world_void(w, teacher, &teacher->key.key, breach);
    assert_int_equal(told.report.count, 4);
    assert_true(world_counts(w, before));
    assert_void(w, by_first, PROJ_VOID_COVERED, told.seq);
    assert_void(w, login, PROJ_VOID_COVERED, told.seq);
    assert_void(w, by_second, PROJ_VOID_COVERED, told.seq);
    assert_void(w, by_key, PROJ_VOID_COVERED, told.seq);
    world_enrol_again(w, &w->people[HEAD].session, teacher);
    world_login(w, teacher);
    ledger_seq anew = world_mark(w, &teacher->session, ANYA, 4, LEDGER_SEQ_NONE);
    assert_true(world_counts(w, anew));
    assert_int_equal(world_value(w, w->lesson, BORYA), -1);
}

static void the_emergency_code_closes_the_key(void **state)
{
    struct world *w = *state;
    struct person *parent = &w->people[PARENT];
    base_time_ms breach = w->now_ms;
    ledger_seq login = world_size(w);
    world_login(w, parent);
    world_report(w, &parent->emergency, parent, &parent->key.key, breach);
    assert_true(world_counts(w, login));
    struct signer fresh;
    world_new_signer(w, &fresh);
    act_session(&w->draft, parent->account, &fresh.key);
    assert_int_equal(world_try(w, &parent->key, &fresh), PROJ_REFUSED_CLOSED_KEY);
}

static void families_let_in_by_a_thief_lose_their_ground(void **state)
{
    struct world *w = *state;
    struct person *stolen = &w->people[CLASS_TEACHER];
    struct person crony = {0};
    base_time_ms breach = w->now_ms;
    ledger_seq first = world_size(w);
    proj_id crony_id;
    world_new_id(w, crony_id);
    w->next_id--; /* world_person takes the same */
    act_account(&w->draft, crony_id, 3, "Подставной");
    world_do(w, &stolen->session, NULL);
    act_grant(&w->draft, crony_id, PROJ_ROLE_PARENT, w->pupils[ANYA], w->today);
    world_do(w, &stolen->session, NULL);
    memcpy(crony.account, crony_id, LEDGER_ID_LEN);
    world_enrol_again(w, &stolen->session, &crony);
    ledger_seq enrolled = world_size(w) - 1;
    ledger_seq login = world_size(w);
    world_login(w, &crony);
    world_tick(w);
    struct told told = world_void(w, stolen, &stolen->key.key, breach);
    assert_void(w, first, PROJ_VOID_COVERED, told.seq);
    assert_void(w, first + 1, PROJ_VOID_COVERED, told.seq);
    assert_void(w, enrolled - 1, PROJ_VOID_COVERED, told.seq);
    assert_void(w, enrolled, PROJ_VOID_UNGROUNDED, 0);
    assert_void(w, login, PROJ_VOID_UNGROUNDED, 0);
    act_session_close(&w->draft, &crony.session.key);
    assert_int_equal(world_try(w, &crony.session, NULL), PROJ_REFUSED_UNKNOWN_KEY);
    assert_int_equal(world_overrule(w, &w->people[HEAD].session, &told), 0);
    assert_int_equal(world_overrule(w, &w->people[SUPPORT].session, &told), 0);
    assert_true(world_counts(w, login));
    act_session_close(&w->draft, &crony.session.key);
    world_do(w, &crony.session, NULL);
}

static void marks_in_an_invented_lesson_are_stranded_and_repaired(void **state)
{
    struct world *w = *state;
    struct person *teacher = &w->people[TEACHER];
    proj_id lesson;
    base_time_ms breach = w->now_ms;
    ledger_seq invented = world_lesson(w, &teacher->session, teacher, 2, lesson);
    struct ledger_hash invented_id = w->receipt.id;
    act_mark(&w->draft, lesson, w->pupils[ANYA], 4, "по ведомости", LEDGER_SEQ_NONE);
    ledger_seq honest = world_do(w, &w->people[CORRECTOR].session, NULL);
    struct ledger_hash honest_id = w->receipt.id;
    world_tick(w);
    world_void(w, teacher, &teacher->key.key, breach);
    assert_false(world_counts(w, invented));
    assert_void(w, honest, PROJ_VOID_UNGROUNDED, 0);
    world_enrol_again(w, &w->people[HEAD].session, teacher);
    world_login(w, teacher);
    /* Another lesson may not take its id; the same one may, when it quotes what it affirms. */
    act_lesson(&w->draft, lesson, w->class_a, w->maths, teacher->account, teacher->account,
               w->today, 2);
    assert_int_equal(world_try(w, &teacher->session, NULL), PROJ_REFUSED_EXISTS);
    act_lesson(&w->draft, lesson, w->class_a, w->maths, teacher->account, teacher->account,
               w->today, 3);
    w->draft.quote = &invented_id;
    assert_int_equal(world_try(w, &teacher->session, NULL), PROJ_REFUSED_EXISTS);
    act_lesson(&w->draft, lesson, w->class_a, w->maths, teacher->account, teacher->account,
               w->today, 2);
    w->draft.quote = &invented_id;
    world_do(w, &teacher->session, NULL);
    assert_void(w, honest, PROJ_VOID_UNGROUNDED, 0); /* its own ground lay before it */
    act_mark(&w->draft, lesson, w->pupils[ANYA], 4, "по ведомости", LEDGER_SEQ_NONE);
    w->draft.quote = &honest_id;
    ledger_seq again = world_do(w, &w->people[CORRECTOR].session, NULL);
    assert_true(world_counts(w, again));
    assert_int_equal(world_value(w, lesson, ANYA), 4);
}

static void teaching_assigned_by_a_thief_carries_no_marks(void **state)
{
    struct world *w = *state;
    struct person *deputy = &w->people[DEPUTY];
    struct person *crony = &w->people[STRANGER];
    proj_id lesson;
    base_time_ms breach = w->now_ms;
    act_assign(&w->draft, crony->account, w->class_a, w->maths, w->today, w->today + 1);
    ledger_seq assigned = world_do(w, &deputy->session, NULL);
    world_new_id(w, lesson);
    act_lesson(&w->draft, lesson, w->class_a, w->maths, crony->account, crony->account, w->today,
               5);
    ledger_seq opened = world_do(w, &crony->session, NULL);
    act_mark(&w->draft, lesson, w->pupils[ANYA], 5, NULL, LEDGER_SEQ_NONE);
    ledger_seq marked = world_do(w, &crony->session, NULL);
    world_tick(w);
    struct told told = world_report(w, &w->root, deputy, &deputy->key.key, breach);
    assert_void(w, assigned, PROJ_VOID_COVERED, told.seq);
    assert_void(w, opened, PROJ_VOID_UNGROUNDED, 0);
    assert_void(w, marked, PROJ_VOID_UNGROUNDED, 0);
    assert_int_equal(world_value(w, lesson, ANYA), -1);
}

/* What counts, as one string of bits. */
static void counting(struct world *w, ledger_seq size, struct base_buf *out)
{
    struct proj_txn *txn = world_read(w);
    for (ledger_seq seq = 0; seq < size; seq++)
        base_buf_put_u8(out, !proj_is_void(txn, seq));
    world_read_end(txn);
}

static void report_and_overrule_change_nothing_but_the_key(void **state)
{
    struct world *w = *state;
    struct person *stolen = &w->people[CLASS_TEACHER];
    struct person *teacher = &w->people[TEACHER];
    struct base_buf BASE_CLEANUP(base_buf_release) before = {0};
    struct base_buf BASE_CLEANUP(base_buf_release) struck = {0};
    struct base_buf BASE_CLEANUP(base_buf_release) after = {0};
    base_time_ms breach = w->now_ms;
    struct person family = {0};
    world_mark(w, &teacher->session, ANYA, 5, LEDGER_SEQ_NONE);
    act_join(&w->draft, w->subgroup, w->pupils[BORYA], w->today);
    world_do(w, &stolen->session, NULL);
    world_person(w, &w->people[HEAD].session, &family, 3, "Семья");
    ledger_seq size = world_size(w);
    counting(w, size, &before);
    struct told told = world_void(w, stolen, &stolen->key.key, breach);
    counting(w, size, &struck);
    assert_memory_not_equal(before.data, struck.data, (size_t)size);
    assert_int_equal(world_overrule(w, &w->people[HEAD].session, &told), 0);
    assert_int_equal(world_overrule(w, &w->people[SUPPORT].session, &told), 0);
    counting(w, size, &after);
    assert_memory_equal(before.data, after.data, (size_t)size);
    struct signer fresh;
    world_new_signer(w, &fresh);
    act_session(&w->draft, stolen->account, &fresh.key);
    assert_int_equal(world_try(w, &stolen->key, &fresh), PROJ_REFUSED_CLOSED_KEY);
}

static void ordinary_revocation_looks_only_forward(void **state)
{
    struct world *w = *state;
    act_mark(&w->draft, w->lesson, w->pupils[ANYA], 5, "по ведомости", LEDGER_SEQ_NONE);
    ledger_seq before = world_do(w, &w->people[CORRECTOR].session, NULL);
    act_grant(&w->draft, w->people[STRANGER].account, PROJ_ROLE_CORRECTOR, NULL, w->today);
    world_do(w, &w->people[HEAD].session, NULL);
    struct ledger_hash grant = w->receipt.id;
    act_mark(&w->draft, w->lesson, w->pupils[BORYA], 5, "по ведомости", LEDGER_SEQ_NONE);
    ledger_seq mark = world_do(w, &w->people[STRANGER].session, NULL);
    act_revoke(&w->draft, &grant);
    world_do(w, &w->people[HEAD].session, NULL);
    assert_true(world_counts(w, before));
    assert_true(world_counts(w, mark));
    act_mark(&w->draft, w->lesson, w->pupils[VERA], 5, "по ведомости", LEDGER_SEQ_NONE);
    assert_int_equal(world_try(w, &w->people[STRANGER].session, NULL), PROJ_REFUSED_NO_RIGHT);
}

/* A revocation by a thief falls, and the right is there again. */
static void a_voided_revocation_gives_the_right_back(void **state)
{
    struct world *w = *state;
    struct person *deputy = &w->people[DEPUTY];
    act_grant(&w->draft, w->people[STRANGER].account, PROJ_ROLE_CORRECTOR, NULL, w->today);
    world_do(w, &w->people[HEAD].session, NULL);
    struct ledger_hash grant = w->receipt.id;
    world_tick(w);
    base_time_ms breach = w->now_ms;
    act_revoke(&w->draft, &grant);
    world_do(w, &deputy->session, NULL);
    world_report(w, &w->root, deputy, &deputy->session.key, breach);
    act_mark(&w->draft, w->lesson, w->pupils[VERA], 5, "по ведомости", LEDGER_SEQ_NONE);
    world_do(w, &w->people[STRANGER].session, NULL);
}

/* A forged joining followed by an honest leaving: the span that is left must be the one that would
 * be there had nobody forged anything. */
static void a_leaving_does_not_keep_what_a_forged_joining_said(void **state)
{
    struct world *w = *state;
    struct person *office = &w->people[OFFICE];
    struct proj_span span;
    base_time_ms breach = w->now_ms;
    act_join(&w->draft, w->class_a, w->pupils[VERA], w->today + 30);
    ledger_seq forged = world_do(w, &office->session, NULL);
    act_leave(&w->draft, w->class_a, w->pupils[VERA], w->today + 60);
    ledger_seq left = world_do(w, &w->people[DEPUTY].session, NULL);
    struct proj_txn *txn = world_read(w);
    assert_true(proj_span_find(txn, w->class_a, w->pupils[VERA], LEDGER_SEQ_NONE, &span));
    assert_int_equal(span.from, w->today + 30);
    assert_int_equal(span.to, w->today + 60);
    world_read_end(txn);
    world_tick(w);
    world_void(w, office, &office->key.key, breach);
    assert_false(world_counts(w, forged));
    assert_true(world_counts(w, left));
    txn = world_read(w);
    assert_true(proj_span_find(txn, w->class_a, w->pupils[VERA], LEDGER_SEQ_NONE, &span));
    assert_int_equal(span.from, w->today);
    assert_int_equal(span.to, w->today + 60);
    assert_true(proj_is_member(txn, w->class_a, w->pupils[VERA], w->today, LEDGER_SEQ_NONE));
    world_read_end(txn);
}

/* A key that did not count when its owner got a new one is retired by it all the same: it must not
 * come back to life beside the new one when the report is overruled. */
static void a_new_key_retires_earlier_ones_even_while_they_do_not_count(void **state)
{
    struct world *w = *state;
    struct person *deputy = &w->people[DEPUTY];
    struct person crony;
    world_person(w, &w->people[HEAD].session, &crony, 2, "Новенькая");
    world_tick(w);
    base_time_ms later = w->now_ms;
    world_enrol_again(w, &deputy->session, &crony); /* by the deputy, from `later` on */
    struct signer second = crony.key;
    world_tick(w);
    struct told told = world_report(w, &w->root, deputy, &deputy->key.key, later);
    world_enrol_again(w, &w->people[HEAD].session, &crony);
    assert_int_equal(world_overrule(w, &w->root, &told), 0);
    struct signer fresh;
    world_new_signer(w, &fresh);
    act_session(&w->draft, crony.account, &fresh.key);
    assert_int_equal(world_try(w, &second, &fresh), PROJ_REFUSED_CLOSED_KEY);
    world_login(w, &crony);
}

/* Whatever names an account rests on it, wherever it stands. */
static void timetables_and_changes_fall_with_an_account_that_they_name(void **state)
{
    struct world *w = *state;
    struct person *deputy = &w->people[DEPUTY];
    struct person ghost = {0};
    base_time_ms breach = w->now_ms;
    world_new_id(w, ghost.account);
    act_account(&w->draft, ghost.account, 2, "Призрак");
    world_do(w, &deputy->session, NULL);
    const struct act_slot slot = {2, 1, w->maths, ghost.account};
    act_timetable(&w->draft, w->class_b, w->today, &slot, 1);
    ledger_seq timetable = world_do(w, &w->people[HEAD].session, NULL);
    act_change(&w->draft, w->class_b, w->maths, w->today, 1, ghost.account, NULL);
    ledger_seq change = world_do(w, &w->people[HEAD].session, NULL);
    act_change(&w->draft, w->class_b, w->maths, w->today, 2, w->people[TEACHER].account,
               ghost.account);
    ledger_seq substituted = world_do(w, &w->people[HEAD].session, NULL);
    world_tick(w);
    world_report(w, &w->root, deputy, &deputy->key.key, breach);
    assert_void(w, timetable, PROJ_VOID_UNGROUNDED, 0);
    assert_void(w, change, PROJ_VOID_UNGROUNDED, 0);
    assert_void(w, substituted, PROJ_VOID_UNGROUNDED, 0);
}

static void retiring_a_fallen_key_falls_with_it(void **state)
{
    struct world *w = *state;
    struct person *stolen = &w->people[CLASS_TEACHER];
    struct person crony = {0};
    base_time_ms breach = w->now_ms;
    world_person(w, &w->people[HEAD].session, &crony, 3, "Семья");
    act_grant(&w->draft, crony.account, PROJ_ROLE_PARENT, w->pupils[ANYA], w->today);
    world_do(w, &w->people[HEAD].session, NULL);
    world_enrol_again(w, &stolen->session, &crony);
    act_retire(&w->draft, &crony.key.key);
    ledger_seq retired = world_do(w, &w->people[HEAD].session, NULL);
    world_tick(w);
    world_void(w, stolen, &stolen->key.key, breach);
    assert_void(w, retired, PROJ_VOID_UNGROUNDED, 0);
}

static void nothing_is_touched_that_does_not_rest_on_it(void **state)
{
    struct world *w = *state;
    struct person *teacher = &w->people[TEACHER];
    base_time_ms breach = w->now_ms;
    ledger_seq size = world_size(w);
    ledger_seq mark = world_mark(w, &teacher->session, ANYA, 5, LEDGER_SEQ_NONE);
    world_void(w, teacher, &teacher->session.key, breach);
    struct proj_txn *txn = world_read(w);
    for (ledger_seq seq = 0; seq < size; seq++)
        assert_false(proj_is_void(txn, seq));
    assert_true(proj_is_void(txn, mark));
    world_read_end(txn);
}

static void two_moments_tell_then_from_now(void **state)
{
    struct world *w = *state;
    struct person *teacher = &w->people[TEACHER];
    base_time_ms breach = w->now_ms;
    ledger_seq mark = world_mark(w, &teacher->session, ANYA, 5, LEDGER_SEQ_NONE);
    ledger_seq then = world_size(w);
    world_void(w, teacher, &teacher->session.key, breach);
    ledger_seq now = world_size(w);
    struct proj_txn *txn = world_read(w);
    proj_txn_moment(txn, then, then); /* what people saw then */
    assert_false(proj_is_void(txn, mark));
    proj_txn_moment(txn, then, now - 1); /* one receipt is not yet known */
    assert_false(proj_is_void(txn, mark));
    proj_txn_moment(txn, then, now); /* what of that time counts today */
    assert_true(proj_is_void(txn, mark));
    world_read_end(txn);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(an_honest_mark_under_a_forged_one_comes_back),
        CASE(an_honest_correction_on_a_forged_mark_stands),
        CASE(a_report_on_one_session_leaves_the_others),
        CASE(a_report_on_an_account_covers_its_sessions),
        CASE(the_emergency_code_closes_the_key),
        CASE(families_let_in_by_a_thief_lose_their_ground),
        CASE(marks_in_an_invented_lesson_are_stranded_and_repaired),
        CASE(teaching_assigned_by_a_thief_carries_no_marks),
        CASE(report_and_overrule_change_nothing_but_the_key),
        CASE(ordinary_revocation_looks_only_forward),
        CASE(a_voided_revocation_gives_the_right_back),
        CASE(a_leaving_does_not_keep_what_a_forged_joining_said),
        CASE(a_new_key_retires_earlier_ones_even_while_they_do_not_count),
        CASE(timetables_and_changes_fall_with_an_account_that_they_name),
        CASE(retiring_a_fallen_key_falls_with_it),
        CASE(nothing_is_touched_that_does_not_rest_on_it),
        CASE(two_moments_tell_then_from_now),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
