/* What is remembered of a lesson while entries are judged in a row never decides otherwise than
 * asking again would: whatever the live admission answers, which remembers nothing, a replay that
 * remembers answers, too. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/projections/world.h"

/* A log that is lived, and an engine that judges its entries again as they come. */
struct twins {
    struct world world;
    char dir[256];
    struct proj_engine *engine;
    ledger_seq next;
};

static int setup(void **state)
{
    static struct twins twins;
    struct base_err err = {0};
    world_make(&twins.world);
    test_dir_make(twins.dir);
    twins.next = 0;
    assert_int_equal(proj_engine_open(twins.dir, false, &twins.engine, &err), 0);
    *state = &twins;
    return 0;
}

static int teardown(void **state)
{
    struct twins *twins = *state;
    proj_engine_close(twins->engine);
    test_dir_remove(twins->dir);
    world_remove(&twins->world);
    return 0;
}

static int feed(struct twins *twins, struct ledger_reader *reader, base_time_ms recorded_ms,
                struct base_bytes event_bytes)
{
    struct proj_source source = proj_source_of_reader(reader);
    struct ledger_refusal refusal = {0};
    struct base_err err = {0};
    int code = proj_engine_feed(twins->engine, &source, twins->next, recorded_ms, event_bytes,
                                &refusal, &err);
    if (code < 0)
        fail_msg("%s", err.text);
    return code;
}

/* Feeds what the log has got since. */
static void follow(struct twins *twins, struct ledger_reader *reader)
{
    struct base_bytes bytes;
    struct ledger_entry entry;
    for (; twins->next < ledger_reader_size(reader); twins->next++) {
        assert_int_equal(ledger_reader_entry(reader, twins->next, &bytes, NULL), 0);
        assert_int_equal(ledger_entry_parse(bytes, &entry, NULL), 0);
        assert_int_equal(feed(twins, reader, entry.recorded_ms, entry.event_bytes), 0);
    }
}

/* Submits the draft, which must be answered so, and gives it to the replay, which must answer the
 * same. */
static void both(struct twins *twins, struct signer *by, int code)
{
    struct world *w = &twins->world;
    struct ledger_reader *reader = NULL;
    struct base_buf BASE_CLEANUP(base_buf_release) bytes = {0};
    struct moment moment = world_moment(w);
    struct signer again = *by;
    draft_build(&w->draft, &moment, &again, &bytes);
    assert_int_equal(world_try(w, by, NULL), code);
    assert_int_equal(ledger_reader_open(w->log, &reader, NULL), 0);
    follow(twins, reader);
    if (code != 0)
        assert_int_equal(feed(twins, reader, w->now_ms, base_buf_bytes(&bytes)), code);
    ledger_reader_close(reader);
}

static void mark(struct twins *twins, struct signer *by, enum pupil pupil, unsigned column,
                 int code)
{
    struct world *w = &twins->world;
    act_mark_of(&w->draft, w->lesson, w->pupils[pupil], 4, NULL, LEDGER_SEQ_NONE, column, 1, 10);
    both(twins, by, code);
}

static void a_closed_period_is_met(void **state)
{
    struct twins *twins = *state;
    struct world *w = &twins->world;
    struct signer *teacher = &w->people[TEACHER].session;
    struct signer *deputy = &w->people[DEPUTY].session;
    mark(twins, teacher, ANYA, 0, 0);
    mark(twins, teacher, BORYA, 0, 0);
    act_close_period(&w->draft, w->class_a, "1 четверть", w->today, w->today + 9);
    both(twins, deputy, 0);
    mark(twins, teacher, VERA, 0, PROJ_REFUSED_LOCKED);
    act_topic(&w->draft, w->lesson, "Дроби", LEDGER_SEQ_NONE);
    both(twins, teacher, PROJ_REFUSED_LOCKED);
    act_reopen_period(&w->draft, w->class_a, "1 четверть");
    both(twins, deputy, 0);
    mark(twins, teacher, VERA, 0, 0);
}

static void others_do_not_write_by_the_teachers_right(void **state)
{
    struct twins *twins = *state;
    struct world *w = &twins->world;
    mark(twins, &w->people[TEACHER].session, ANYA, 0, 0);
    mark(twins, &w->people[OTHER].session, BORYA, 0, PROJ_REFUSED_NO_RIGHT);
    mark(twins, &w->people[TEACHER].session, BORYA, 0, 0);
    mark(twins, &w->people[STRANGER].session, VERA, 0, PROJ_REFUSED_NO_RIGHT);
    mark(twins, &w->people[CORRECTOR].session, VERA, 0, PROJ_REFUSED_NEEDS_COMMENT);
    mark(twins, &w->people[TEACHER].session, VERA, 0, 0);
}

static void a_teaching_that_ended_is_met(void **state)
{
    struct twins *twins = *state;
    struct world *w = &twins->world;
    struct person *other = &w->people[OTHER];
    proj_id lesson;
    act_assign(&w->draft, other->account, w->class_a, w->maths, w->today, w->today + 30);
    both(twins, &w->people[DEPUTY].session, 0);
    struct ledger_hash assignment = w->receipt.id;
    world_lesson(w, &other->session, other, 2, lesson);
    memcpy(w->lesson, lesson, sizeof lesson);
    mark(twins, &other->session, ANYA, 0, 0);
    mark(twins, &other->session, BORYA, 0, 0);
    act_unassign(&w->draft, &assignment, w->today - 1);
    both(twins, &w->people[DEPUTY].session, 0);
    mark(twins, &other->session, VERA, 0, PROJ_REFUSED_NO_RIGHT);
    act_assign(&w->draft, other->account, w->class_a, w->maths, w->today, w->today + 30);
    both(twins, &w->people[DEPUTY].session, 0);
    mark(twins, &other->session, VERA, 0, 0);
}

static void a_class_that_became_the_first_is_met(void **state)
{
    struct twins *twins = *state;
    struct world *w = &twins->world;
    struct signer *teacher = &w->people[TEACHER].session;
    mark(twins, teacher, ANYA, 0, 0);
    mark(twins, teacher, BORYA, 0, 0);
    act_group_change(&w->draft, w->class_a, w->today, 1, 1, "1А", NULL);
    both(twins, &w->people[DEPUTY].session, 0);
    mark(twins, teacher, VERA, 0, PROJ_REFUSED_UNMARKED);
}

/* What a thief has opened is struck out, and affirmed by the teacher as the same lesson. */
static void a_lesson_that_was_struck_out_is_met(void **state)
{
    struct twins *twins = *state;
    struct world *w = &twins->world;
    struct person *teacher = &w->people[TEACHER];
    base_time_ms breach = w->now_ms;
    proj_id lesson;
    world_tick(w);
    world_lesson(w, &teacher->session, teacher, 4, lesson);
    struct ledger_hash opened = w->receipt.id;
    memcpy(w->lesson, lesson, sizeof lesson);
    mark(twins, &teacher->session, ANYA, 0, 0);
    mark(twins, &teacher->session, BORYA, 0, 0);
    world_tick(w);
    world_void(w, teacher, &teacher->session.key, breach);
    world_login(w, teacher);
    mark(twins, &teacher->session, VERA, 0, PROJ_REFUSED_UNKNOWN_REFERENT);
    act_lesson(&w->draft, lesson, w->class_a, w->maths, teacher->account, teacher->account,
               w->today, 4);
    w->draft.quote = &opened;
    both(twins, &teacher->session, 0);
    w->draft.quote = NULL;
    mark(twins, &teacher->session, VERA, 0, 0);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        CASE(a_closed_period_is_met), CASE(others_do_not_write_by_the_teachers_right),
        CASE(a_teaching_that_ended_is_met), CASE(a_class_that_became_the_first_is_met),
        CASE(a_lesson_that_was_struck_out_is_met)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
