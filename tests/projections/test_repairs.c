/* After an act: what was struck out and may be affirmed again, what was made on top of it, what
 * lost its ground; and what a family is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "tests/projections/eye.h"
#include "tests/projections/little.h"

static struct eye eye;

static const msgpack_object *repairs_of(enum who who, bool all)
{
    eye_open(&eye, &w, w.people[who].account);
    return eye_see(&eye, proj_view_repairs(&eye.view, all));
}

static const msgpack_object *notices_of(enum who who, enum pupil pupil, ledger_seq since)
{
    eye_open(&eye, &w, w.people[who].account);
    return eye_see(&eye, proj_view_notices(&eye.view, w.pupils[pupil], since));
}

static unsigned count_of(const msgpack_object *seen_map, const char *list)
{
    unsigned count = 0;
    const msgpack_object *rows = seen(seen_map, "rows");
    for (unsigned i = 0; i < seen_count(rows); i++)
        count += seen_text(seen_at(rows, i), "list", list);
    return count;
}

static const msgpack_object *row_of(const msgpack_object *seen_map, const char *list, unsigned n)
{
    const msgpack_object *rows = seen(seen_map, "rows");
    for (unsigned i = 0; i < seen_count(rows); i++) {
        if (seen_text(seen_at(rows, i), "list", list) && n-- == 0)
            return seen_at(rows, i);
    }
    fail_msg("no such row");
    return NULL;
}

/* Strikes out what TEACHER's key signed from a moment on, and gives a new key. */
static struct told steal(base_time_ms since)
{
    struct told told = world_void(&w, &w.people[TEACHER], &w.people[TEACHER].key.key, since);
    world_enrol_again(&w, &w.people[HEAD].session, &w.people[TEACHER]);
    world_login(&w, &w.people[TEACHER]);
    return told;
}

static void a_struck_mark_is_offered_with_its_content_until_it_is_affirmed(void **state)
{
    (void)state;
    ledger_seq three = world_mark(&w, &w.people[TEACHER].session, ANYA, 3, LEDGER_SEQ_NONE);
    world_tick(&w);
    base_time_ms since = w.now_ms;
    act_mark_of(&w.draft, w.lesson, w.pupils[ANYA], 5, "исправлено", three, 0, 4, 30);
    world_do(&w, &w.people[TEACHER].session, NULL);
    struct ledger_hash struck = w.receipt.id;
    steal(since);
    const msgpack_object *all = repairs_of(TEACHER, false);
    assert_int_equal(count_of(all, "struck"), 1);
    const msgpack_object *row = row_of(all, "struck", 0);
    assert_keys(row, "list why seq id recorded kind account name own report act what index lesson "
                     "group subject group_name subject_name pupil pupil_name column period before "
                     "was now now_seq now_name may_write content");
    assert_true(seen_text(row, "before", "3") && seen_text(row, "was", "5") &&
                seen_text(row, "now", "3"));
    assert_int_equal(seen_int(row, "now_seq"), (int64_t)three);
    assert_int_equal(seen_int(row, "act"), 1);
    assert_true(seen_bool(row, "own") && seen_bool(row, "may_write"));
    const msgpack_object *content = seen(row, "content");
    assert_int_equal(seen_int(content, "work"), 4);
    assert_int_equal(seen_int(content, "weight"), 30);
    assert_true(seen_text(content, "comment", "исправлено"));
    assert_int_equal(int_at(seen(content, "values"), 0), 5);
    eye_close(&eye);

    /* Affirmed: by another value, so that only the quote can tell. */
    act_mark_of(&w.draft, w.lesson, w.pupils[ANYA], 4, NULL, three, 0, 4, 30);
    w.draft.quote = &struck;
    world_do(&w, &w.people[TEACHER].session, NULL);
    all = repairs_of(TEACHER, false);
    assert_int_equal(count_of(all, "struck"), 0);
    const msgpack_object *mine = seen_at(seen(all, "accounts"), 0);
    assert_int_equal(seen_int(mine, "struck"), 0);
    assert_int_equal(seen_int(mine, "done"), 1);
    eye_close(&eye);
}

static void an_event_of_several_cells_may_be_affirmed_in_part(void **state)
{
    (void)state;
    base_time_ms since = w.now_ms;
    act_attendance(&w.draft, w.lesson, w.pupils[BORYA], 1, "ill", LEDGER_SEQ_NONE, true);
    world_do(&w, &w.people[TEACHER].session, NULL);
    struct ledger_hash struck = w.receipt.id;
    world_tick(&w);
    steal(since);
    const msgpack_object *all = repairs_of(TEACHER, false);
    assert_int_equal(count_of(all, "struck"),
                     2); /* the absence, and that everybody was looked at */
    const msgpack_object *row = row_of(all, "struck", 0);
    assert_true(seen_text(seen(row, "content"), "reason", "ill"));
    assert_int_equal(seen_int(seen(row, "content"), "state"), 1);
    eye_close(&eye);
    act_attendance(&w.draft, w.lesson, w.pupils[BORYA], 1, "ill", LEDGER_SEQ_NONE, false);
    w.draft.quote = &struck;
    world_do(&w, &w.people[TEACHER].session, NULL);
    all = repairs_of(TEACHER, false);
    assert_int_equal(count_of(all, "struck"), 1);
    assert_true(seen_text(row_of(all, "struck", 0), "what", "sheet"));
    eye_close(&eye);
}

static void a_correction_of_a_forged_mark_waits_for_its_author(void **state)
{
    (void)state;
    base_time_ms since = w.now_ms;
    ledger_seq forged = world_mark(&w, &w.people[TEACHER].session, ANYA, 5, LEDGER_SEQ_NONE);
    act_mark(&w.draft, w.lesson, w.pupils[ANYA], 3, "проверено", forged);
    ledger_seq honest = world_do(&w, &w.people[CORRECTOR].session, NULL);
    world_tick(&w);
    steal(since);
    const msgpack_object *all = repairs_of(CORRECTOR, false);
    const msgpack_object *row = row_of(all, "review", 0);
    assert_true(seen_text(row, "why", "on_void") && seen_text(row, "now", "3") &&
                seen_text(row, "before", "5"));
    assert_int_equal(seen_int(row, "seq"), (int64_t)honest);
    assert_true(seen_bool(row, "may_write"));
    eye_close(&eye);
    assert_int_equal(count_of(repairs_of(OTHER, false), "review"), 0);
    eye_close(&eye);
    assert_int_equal(count_of(repairs_of(DEPUTY, true), "review"), 1);
    eye_close(&eye);
    assert_int_equal(count_of(repairs_of(SUPPORT, true), "review"), 0); /* reads no pages … */
    eye_close(&eye);
    /* Kept: the same value on top of what counts. */
    act_mark(&w.draft, w.lesson, w.pupils[ANYA], 3, "проверено", honest);
    world_do(&w, &w.people[CORRECTOR].session, NULL);
    assert_int_equal(count_of(repairs_of(CORRECTOR, false), "review"), 0);
    eye_close(&eye);
}

static void a_period_mark_on_fallen_inputs_is_to_be_looked_at(void **state)
{
    (void)state;
    base_time_ms since = w.now_ms;
    world_mark(&w, &w.people[TEACHER].session, ANYA, 5, LEDGER_SEQ_NONE);
    /* Another teacher of the same page gives the mark for the period. */
    act_assign(&w.draft, w.people[OTHER].account, w.class_a, w.maths, w.today, w.today + 200);
    world_do(&w, &w.people[DEPUTY].session, NULL);
    act_period(&w.draft, w.class_a, w.maths, "1 четверть", w.pupils[ANYA], 5, LEDGER_SEQ_NONE,
               world_size(&w));
    ledger_seq given = world_do(&w, &w.people[OTHER].session, NULL);
    world_tick(&w);
    steal(since);
    const msgpack_object *row = row_of(repairs_of(OTHER, false), "review", 0);
    assert_true(seen_text(row, "why", "inputs") && seen_text(row, "what", "period") &&
                seen_text(row, "period", "1 четверть"));
    eye_close(&eye);
    act_period(&w.draft, w.class_a, w.maths, "1 четверть", w.pupils[ANYA], 5, given,
               world_size(&w));
    world_do(&w, &w.people[OTHER].session, NULL);
    assert_int_equal(count_of(repairs_of(OTHER, false), "review"), 0);
    eye_close(&eye);
}

static void a_mark_in_an_invented_lesson_is_stranded_until_the_lesson_is_opened_anew(void **state)
{
    proj_id invented;
    (void)state;
    act_assign(&w.draft, w.people[OTHER].account, w.class_a, w.maths, w.today, w.today + 200);
    world_do(&w, &w.people[DEPUTY].session, NULL);
    base_time_ms since = w.now_ms;
    world_lesson(&w, &w.people[TEACHER].session, &w.people[TEACHER], 5, invented);
    act_mark(&w.draft, invented, w.pupils[ANYA], 4, NULL, LEDGER_SEQ_NONE);
    world_do(&w, &w.people[OTHER].session, NULL);
    struct ledger_hash stranded = w.receipt.id;
    world_tick(&w);
    steal(since);
    const msgpack_object *row = row_of(repairs_of(OTHER, false), "stranded", 0);
    assert_true(seen_text(row, "was", "4") && seen_text(row, "now", "—"));
    const msgpack_object *lesson = seen(row, "lesson");
    assert_false(seen_bool(lesson, "counts"));
    assert_true(seen_id(lesson, "opens_for", w.people[OTHER].account));
    struct ledger_hash opened;
    memcpy(opened.bytes, seen(lesson, "opened")->via.bin.ptr, LEDGER_HASH_LEN);
    eye_close(&eye);
    /* The teacher whose lesson was invented sees it as struck, and the other's mark as stranded. */
    const msgpack_object *all = repairs_of(TEACHER, false);
    assert_int_equal(count_of(all, "struck"), 1);
    assert_int_equal(count_of(all, "stranded"), 1);
    assert_false(seen_bool(row_of(all, "stranded", 0), "own"));
    eye_close(&eye);
    /* Repair: the same lesson by its rightful teacher, then the mark, each quoting what fell. */
    act_lesson(&w.draft, invented, w.class_a, w.maths, w.people[OTHER].account,
               w.people[OTHER].account, w.today, 5);
    w.draft.quote = &opened;
    world_do(&w, &w.people[OTHER].session, NULL);
    row = row_of(repairs_of(OTHER, false), "stranded", 0);
    assert_true(seen_bool(seen(row, "lesson"), "counts"));
    eye_close(&eye);
    act_mark(&w.draft, invented, w.pupils[ANYA], 4, NULL, LEDGER_SEQ_NONE);
    w.draft.quote = &stranded;
    world_do(&w, &w.people[OTHER].session, NULL);
    assert_int_equal(count_of(repairs_of(OTHER, false), "stranded"), 0);
    eye_close(&eye);
    assert_int_equal(count_of(repairs_of(TEACHER, false), "struck"), 0);
    eye_close(&eye);
}

static void only_officers_look_at_everybody(void **state)
{
    (void)state;
    eye_open(&eye, &w, w.people[TEACHER].account);
    assert_int_equal(proj_view_repairs(&eye.view, true), PROJ_VIEW_FORBIDDEN);
    eye_close(&eye);
    eye_open(&eye, &w, w.people[NEIGHBOUR].account);
    assert_int_equal(proj_view_notices(&eye.view, w.pupils[ANYA], 0), PROJ_VIEW_FORBIDDEN);
    eye_close(&eye);
}

static const msgpack_object *notice(const msgpack_object *all, unsigned i)
{
    return seen_at(seen(all, "notices"), i);
}

static void a_family_is_told_of_marks_changes_and_corrections(void **state)
{
    (void)state;
    struct signer *by = &w.people[TEACHER].session;
    ledger_seq three = world_mark(&w, by, ANYA, 3, LEDGER_SEQ_NONE);
    world_mark(&w, by, BORYA, 2, LEDGER_SEQ_NONE); /* another's child */
    ledger_seq before = world_size(&w);
    world_tick(&w);
    base_time_ms since = w.now_ms;
    world_mark(&w, by, ANYA, 5, three);
    const msgpack_object *all = notices_of(PARENT, ANYA, 0);
    assert_int_equal(seen_count(seen(all, "notices")), 2);
    assert_true(seen_text(notice(all, 0), "kind", "changed") &&
                seen_text(notice(all, 0), "was", "3") && seen_text(notice(all, 0), "now", "5"));
    assert_true(seen_text(notice(all, 1), "kind", "mark") && seen_text(notice(all, 1), "now", "3"));
    eye_close(&eye);
    assert_int_equal(seen_count(seen(notices_of(PARENT, ANYA, before), "notices")), 1);
    eye_close(&eye);

    ledger_seq seen_size = world_size(&w);
    struct told told = steal(since);
    all = notices_of(PARENT, ANYA, seen_size);
    assert_int_equal(seen_count(seen(all, "notices")), 1);
    const msgpack_object *correction = notice(all, 0);
    assert_keys(correction, "seq recorded kind what subject_name teacher_name lesson day n column "
                            "work period was now report act");
    assert_true(seen_text(correction, "kind", "correction") && seen_text(correction, "was", "5") &&
                seen_text(correction, "now", "3") && seen_text(correction, "teacher_name", ""));
    assert_int_equal(seen_int(correction, "report"), (int64_t)told.seq);
    assert_int_equal(seen_int(correction, "act"), 1);
    eye_close(&eye);

    /* Overruled: what had been shown is shown again, and that is told, too. */
    ledger_seq size = world_size(&w);
    world_overrule(&w, &w.people[HEAD].session, &told);
    world_overrule(&w, &w.people[DEPUTY].session, &told);
    all = notices_of(PARENT, ANYA, size);
    assert_int_equal(seen_count(seen(all, "notices")), 1);
    assert_true(seen_text(notice(all, 0), "was", "3") && seen_text(notice(all, 0), "now", "5"));
    eye_close(&eye);
    assert_int_equal(seen_count(seen(notices_of(PARENT, ANYA, world_size(&w)), "notices")), 0);
    eye_close(&eye);
}

static void a_pages_past_names_where_it_changed(void **state)
{
    (void)state;
    ledger_seq opened = world_size(&w) - 1;
    ledger_seq three = world_mark(&w, &w.people[TEACHER].session, ANYA, 3, LEDGER_SEQ_NONE);
    base_time_ms since = w.now_ms;
    world_tick(&w);
    ledger_seq five = world_mark(&w, &w.people[TEACHER].session, ANYA, 5, three);
    eye_open(&eye, &w, w.people[TEACHER].account);
    const msgpack_object *stops =
        seen(eye_see(&eye, proj_view_stops(&eye.view, w.class_a, w.maths, w.today, w.today)),
             "positions");
    unsigned count = seen_count(stops);
    assert_int_equal(int_at(stops, count - 2), (int64_t)three);
    assert_int_equal(int_at(stops, count - 1), (int64_t)five);
    assert_true(int_at(stops, 0) <= (int64_t)opened);
    eye_close(&eye);

    /* What an act changed lies at its signatures. */
    struct told told = world_void(&w, &w.people[TEACHER], &w.people[TEACHER].key.key, since + 1);
    eye_open(&eye, &w, w.people[HEAD].account);
    stops = seen(eye_see(&eye, proj_view_stops(&eye.view, w.class_a, w.maths, w.today, w.today)),
                 "positions");
    assert_int_equal(seen_count(stops), count + 3); /* a report, two receipts */
    assert_int_equal(int_at(stops, count), (int64_t)told.seq);
    eye_close(&eye);
    eye_open(&eye, &w, w.people[PARENT].account);
    assert_int_equal(proj_view_stops(&eye.view, w.class_a, w.maths, w.today, w.today),
                     PROJ_VIEW_FORBIDDEN);
    eye_close(&eye);
}

static void a_preview_names_marks_for_a_period_too(void **state)
{
    (void)state;
    base_time_ms since = w.now_ms;
    act_period(&w.draft, w.class_a, w.maths, "1 четверть", w.pupils[ANYA], 11, LEDGER_SEQ_NONE,
               world_size(&w));
    world_do(&w, &w.people[TEACHER].session, NULL);
    eye_open(&eye, &w, w.people[HEAD].account);
    const msgpack_object *preview =
        eye_see(&eye, proj_view_preview(&eye.view, &w.people[TEACHER].key.key, since));
    assert_int_equal(seen_count(seen(preview, "cells")), 1);
    const msgpack_object *cell = seen_at(seen(preview, "cells"), 0);
    assert_true(seen_text(cell, "what", "period") && seen_text(cell, "before", "н/а") &&
                seen_text(cell, "after", "—"));
    assert_true(seen_nil(cell, "lesson") && seen_nil(cell, "day"));
    assert_true(seen_id(cell, "group", w.class_a) && seen_id(cell, "pupil", w.pupils[ANYA]));
    eye_close(&eye);
}

static void a_moment_is_found_by_its_position(void **state)
{
    (void)state;
    ledger_seq size = world_size(&w);
    eye_open(&eye, &w, w.people[TEACHER].account);
    const msgpack_object *moment = eye_see(&eye, proj_view_moment_at(&eye.view, size));
    assert_int_equal(seen_int(moment, "position"), (int64_t)size);
    assert_true(seen_int(moment, "recorded") <= w.now_ms);
    eye_again(&eye);
    assert_int_equal(proj_view_moment_at(&eye.view, size + 1), PROJ_VIEW_MISSING);
    assert_int_equal(proj_view_moment_at(&eye.view, 0), PROJ_VIEW_MISSING);
    eye_close(&eye);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            a_struck_mark_is_offered_with_its_content_until_it_is_affirmed, setup, teardown),
        CASE(an_event_of_several_cells_may_be_affirmed_in_part),
        CASE(a_correction_of_a_forged_mark_waits_for_its_author),
        CASE(a_period_mark_on_fallen_inputs_is_to_be_looked_at),
        cmocka_unit_test_setup_teardown(
            a_mark_in_an_invented_lesson_is_stranded_until_the_lesson_is_opened_anew, setup,
            teardown),
        CASE(only_officers_look_at_everybody),
        CASE(a_pages_past_names_where_it_changed),
        CASE(a_preview_names_marks_for_a_period_too),
        CASE(a_moment_is_found_by_its_position),
        CASE(a_family_is_told_of_marks_changes_and_corrections),
    };
    return cmocka_run_group_tests_name("repairs", tests, NULL, NULL);
}
