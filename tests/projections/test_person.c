/* Right of access (CT-8): all that the log holds about one person, and nothing about another.
 * 5А has ANYA, BORYA and VERA, 5Б has GLEB; PARENT is ANYA's, NEIGHBOUR another's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "projections/retention.h"
#include "tests/projections/eye.h"
#include "tests/projections/little.h"

static struct eye eye;

static const msgpack_object *told_to(const uint8_t *reader, const proj_id subject)
{
    eye_open(&eye, &w, reader);
    return eye_see(&eye, proj_view_person(&eye.view, subject));
}

static const msgpack_object *row_of(const msgpack_object *told, ledger_seq seq)
{
    const msgpack_object *rows = seen(told, "rows");
    for (unsigned i = 0; i < seen_count(rows); i++)
        if (seen_int(seen_at(rows, i), "seq") == (int64_t)seq)
            return seen_at(rows, i);
    return NULL;
}

static bool answer_holds(const void *bytes, size_t len)
{
    for (size_t i = 0; i + len <= eye.out.len; i++)
        if (memcmp(eye.out.data + i, bytes, len) == 0)
            return true;
    return false;
}

static void a_family_is_told_all_of_its_child_and_nothing_of_others(void **state)
{
    (void)state;
    act_mark(&w.draft, w.lesson, w.pupils[ANYA], 5, "у доски", LEDGER_SEQ_NONE);
    ledger_seq mark = world_do(&w, by(TEACHER), NULL);
    act_mark(&w.draft, w.lesson, w.pupils[BORYA], 2, "не готов", LEDGER_SEQ_NONE);
    ledger_seq other = world_do(&w, by(TEACHER), NULL);
    act_contact(&w.draft, w.pupils[ANYA], w.today);
    ledger_seq contact = world_do(&w, by(CLASS_TEACHER), NULL);
    const msgpack_object *told = told_to(w.people[PARENT].account, w.pupils[ANYA]);
    assert_false(seen_bool(told, "account"));
    assert_false(seen_bool(told, "more"));
    const msgpack_object *row = row_of(told, mark);
    assert_non_null(row);
    assert_true(seen_text(row, "kind", "marks.set"));
    assert_true(seen_id(row, "author", w.people[TEACHER].account));
    assert_true(seen_bool(row, "counts"));
    assert_false(seen_bool(row, "signed"));
    assert_int_equal(seen_int(row, "day"), w.today);
    const msgpack_object *cells = seen(seen(row, "body"), "cells");
    assert_int_equal(seen_count(cells), 1);
    assert_true(seen_id(seen_at(cells, 0), "pupil", w.pupils[ANYA]));
    assert_int_equal(int_at(seen(seen_at(cells, 0), "values"), 0), 5);
    assert_true(seen_text(seen_at(cells, 0), "comment", "у доски"));
    assert_non_null(row_of(told, contact));
    assert_false(seen_nil(seen(row_of(told, contact), "body"), "text"));
    assert_null(row_of(told, other));
    /* Her class was joined by several in one entry: the others are not in the answer. */
    assert_true(answer_holds(w.pupils[ANYA], LEDGER_ID_LEN));
    assert_false(answer_holds(w.pupils[BORYA], LEDGER_ID_LEN));
    assert_false(answer_holds(w.pupils[VERA], LEDGER_ID_LEN));
    eye_close(&eye);
}

static void what_was_struck_out_is_told_as_such(void **state)
{
    (void)state;
    base_time_ms theft = w.now_ms;
    world_tick(&w);
    act_mark(&w.draft, w.lesson, w.pupils[ANYA], 5, NULL, LEDGER_SEQ_NONE);
    ledger_seq mark = world_do(&w, by(TEACHER), NULL);
    world_tick(&w);
    (void)world_void(&w, &w.people[TEACHER], &w.people[TEACHER].key.key, theft);
    assert_false(
        seen_bool(row_of(told_to(w.people[PARENT].account, w.pupils[ANYA]), mark), "counts"));
    eye_close(&eye);
}

static void an_account_is_told_what_it_signed_without_what_it_was_about(void **state)
{
    (void)state;
    act_mark(&w.draft, w.lesson, w.pupils[ANYA], 4, "устно", LEDGER_SEQ_NONE);
    ledger_seq mark = world_do(&w, by(TEACHER), NULL);
    const msgpack_object *told = told_to(w.people[TEACHER].account, w.people[TEACHER].account);
    assert_true(seen_bool(told, "account"));
    const msgpack_object *row = row_of(told, mark);
    assert_non_null(row);
    assert_true(seen_bool(row, "signed"));
    assert_true(seen_nil(row, "body"));
    assert_false(answer_holds(w.pupils[ANYA], LEDGER_ID_LEN));
    const msgpack_object *rows = seen(told, "rows");
    bool opened = false;
    for (unsigned i = 0; i < seen_count(rows); i++) {
        row = seen_at(rows, i);
        if (seen_text(row, "kind", "account.opened"))
            opened = seen(seen(row, "body"), "name")->type == MSGPACK_OBJECT_STR &&
                     !seen_text(seen(row, "body"), "name", "—");
    }
    assert_true(opened);
    eye_close(&eye);
}

static int answer_to(const uint8_t *reader, const proj_id subject)
{
    eye_open(&eye, &w, reader);
    int answer = proj_view_person(&eye.view, subject);
    eye_close(&eye);
    return answer;
}

static void it_is_told_to_whom_it_concerns_and_to_the_head(void **state)
{
    (void)state;
    static const enum who others[] = {NEIGHBOUR, TEACHER, CLASS_TEACHER, DEPUTY, SUPPORT, OFFICE};
    proj_id nobody = {0x77};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        assert_int_equal(answer_to(w.people[others[i]].account, w.pupils[ANYA]),
                         PROJ_VIEW_FORBIDDEN);
    assert_int_equal(answer_to(w.people[HEAD].account, w.pupils[ANYA]), PROJ_VIEW_DONE);
    assert_int_equal(answer_to(w.people[PARENT].account, w.pupils[ANYA]), PROJ_VIEW_DONE);
    assert_int_equal(answer_to(w.people[CLASS_TEACHER].account, w.people[TEACHER].account),
                     PROJ_VIEW_FORBIDDEN);
    assert_int_equal(answer_to(w.people[HEAD].account, nobody), PROJ_VIEW_MISSING);
    assert_int_equal(answer_to(w.people[PARENT].account, nobody), PROJ_VIEW_FORBIDDEN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_family_is_told_all_of_its_child_and_nothing_of_others),
        CASE(what_was_struck_out_is_told_as_such),
        CASE(an_account_is_told_what_it_signed_without_what_it_was_about),
        CASE(it_is_told_to_whom_it_concerns_and_to_the_head),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
