/* Looking at other moments: what people saw then, what of it counts today, what differs; and that
 * today's rights decide who may look. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "tests/projections/eye.h"
#include "tests/projections/little.h"

static struct eye eye;

static void look_as(enum who who)
{
    eye_open(&eye, &w, w.people[who].account);
}

/* The first value of Anya's mark on the page at a moment; -1 for an empty cell, -2 for none. */
static int value_at(ledger_seq content, ledger_seq knowledge)
{
    look_as(TEACHER);
    assert_int_equal(proj_view_travel(&eye.view, content, knowledge), PROJ_VIEW_DONE);
    const msgpack_object *page =
        eye_see(&eye, proj_view_journal(&eye.view, w.class_a, w.maths, w.today, w.today + 6));
    assert_int_equal(seen_int(page, "size"), content);
    const msgpack_object *marks = seen(page, "marks");
    int value = -2;
    if (seen_count(marks) > 0) {
        const msgpack_object *values = seen_at(seen_at(marks, 0), 3);
        value = seen_count(values) == 0 ? -1 : (int)int_at(values, 0);
    }
    proj_view_return(&eye.view);
    eye_close(&eye);
    return value;
}

struct story {
    ledger_seq three, five, then, now;
};

/* Three is put; a thief makes it five; the theft is reported and stands. */
static struct story play(void)
{
    struct story story;
    struct person *teacher = &w.people[TEACHER];
    story.three = world_mark(&w, &teacher->session, ANYA, 3, LEDGER_SEQ_NONE);
    world_tick(&w);
    base_time_ms breach = w.now_ms;
    story.five = world_mark(&w, &teacher->session, ANYA, 5, story.three);
    story.then = world_size(&w);
    world_tick(&w);
    world_void(&w, teacher, &teacher->session.key, breach);
    story.now = world_size(&w);
    return story;
}

static void a_moment_shows_what_people_saw_then(void **state)
{
    (void)state;
    struct story story = play();
    assert_int_equal(value_at(story.three, story.three), -2);
    assert_int_equal(value_at(story.three + 1, story.three + 1), 3);
    assert_int_equal(value_at(story.then, story.then), 5);
    assert_int_equal(value_at(story.now, story.now), 3);
}

static void knowledge_of_today_tells_what_of_that_time_counts(void **state)
{
    (void)state;
    struct story story = play();
    assert_int_equal(value_at(story.then, story.now), 3);
    /* Between the report and the second receipt the key is closed, and nothing void yet. */
    assert_int_equal(value_at(story.then, story.now - 1), 5);
}

static void nothing_is_writable_in_the_past(void **state)
{
    (void)state;
    struct story story = play();
    look_as(OTHER);
    assert_int_equal(proj_view_travel(&eye.view, story.then, story.then), PROJ_VIEW_DONE);
    const msgpack_object *page =
        eye_see(&eye, proj_view_journal(&eye.view, w.class_a, w.drawing, w.today, w.today + 6));
    assert_false(seen_bool(page, "writable"));
    proj_view_return(&eye.view);
    eye_again(&eye);
    page = eye_see(&eye, proj_view_journal(&eye.view, w.class_a, w.drawing, w.today, w.today + 6));
    assert_true(seen_bool(page, "writable"));
    eye_close(&eye);
}

static void moments_out_of_order_or_out_of_the_log_are_refused(void **state)
{
    (void)state;
    ledger_seq size = world_size(&w);
    look_as(HEAD);
    assert_int_equal(proj_view_travel(&eye.view, 0, 1), PROJ_VIEW_MISSING);
    assert_int_equal(proj_view_travel(&eye.view, 3, 2), PROJ_VIEW_MISSING);
    assert_int_equal(proj_view_travel(&eye.view, size, size + 1), PROJ_VIEW_MISSING);
    assert_null(eye.view.present);
    eye_close(&eye);
}

static void a_right_that_was_lost_opens_no_old_page(void **state)
{
    (void)state;
    ledger_seq then = world_size(&w);
    look_as(PARENT);
    assert_int_equal(proj_view_diary(&eye.view, w.pupils[ANYA], w.today, w.today), PROJ_VIEW_DONE);
    eye_close(&eye);
    /* The parent's grant is revoked: found by walking the grants of the account. */
    struct ledger_hash grant = {0};
    struct proj_txn *txn = world_read(&w);
    struct proj_key prefix = proj_key_tagged_id('G', w.people[PARENT].account);
    struct proj_scan *scan = proj_scan_open(txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
    struct proj_fact fact;
    assert_true(proj_scan_next(scan, &fact));
    struct proj_grant value;
    memcpy(&value, fact.value.data, sizeof value);
    grant = value.id;
    proj_scan_close(scan);
    world_read_end(txn);
    act_revoke(&w.draft, &grant);
    world_do(&w, &w.people[HEAD].session, NULL);
    look_as(PARENT);
    assert_int_equal(proj_view_travel(&eye.view, then, then), PROJ_VIEW_DONE);
    assert_int_equal(proj_view_diary(&eye.view, w.pupils[ANYA], w.today, w.today),
                     PROJ_VIEW_FORBIDDEN);
    proj_view_return(&eye.view);
    eye_close(&eye);
}

static const msgpack_object *difference(struct proj_moment from, struct proj_moment to,
                                        const uint8_t *pupil)
{
    return eye_see(&eye, proj_view_difference(&eye.view, &from, &to, NULL, NULL, pupil));
}

static void a_difference_names_the_edit_and_its_author(void **state)
{
    (void)state;
    struct story story = play();
    look_as(HEAD);
    const msgpack_object *seen_difference =
        difference((struct proj_moment){story.three + 1, story.three + 1},
                   (struct proj_moment){story.then, story.then}, NULL);
    assert_keys(seen_difference, "from to cells more");
    assert_int_equal(seen_count(seen(seen_difference, "cells")), 1);
    const msgpack_object *cell = seen_at(seen(seen_difference, "cells"), 0);
    assert_keys(cell, "what group subject group_name subject_name lesson day n period pupil "
                      "pupil_name column before after before_seq after_seq name recorded report");
    assert_true(seen_text(cell, "what", "mark"));
    assert_true(seen_text(cell, "before", "3"));
    assert_true(seen_text(cell, "after", "5"));
    assert_true(seen_text(cell, "name", "Учителева А. И."));
    assert_int_equal(seen_int(cell, "after_seq"), story.five);
    assert_true(seen_nil(cell, "report"));
    eye_close(&eye);
}

static void a_difference_of_knowledge_names_the_report(void **state)
{
    (void)state;
    struct story story = play();
    look_as(HEAD);
    const msgpack_object *cells =
        seen(difference((struct proj_moment){story.then, story.then},
                        (struct proj_moment){story.then, story.now}, NULL),
             "cells");
    assert_int_equal(seen_count(cells), 1);
    const msgpack_object *cell = seen_at(cells, 0);
    assert_true(seen_text(cell, "before", "5"));
    assert_true(seen_text(cell, "after", "3"));
    assert_int_equal(seen_int(cell, "report"), story.now - 3);
    assert_true(seen_text(cell, "name", ""));
    eye_close(&eye);
    /* Backwards the same report is named. */
    look_as(HEAD);
    cells = seen(difference((struct proj_moment){story.then, story.now},
                            (struct proj_moment){story.then, story.then}, NULL),
                 "cells");
    assert_int_equal(seen_int(seen_at(cells, 0), "report"), story.now - 3);
    eye_close(&eye);
}

static void a_difference_holds_only_what_the_reader_may_read(void **state)
{
    (void)state;
    struct story story = play();
    struct proj_moment from = {story.three, story.three};
    struct proj_moment to = {story.now, story.now};
    look_as(OTHER); /* teaches drawing, not maths */
    assert_int_equal(seen_count(seen(difference(from, to, NULL), "cells")), 0);
    eye_close(&eye);
    look_as(PARENT);
    assert_int_equal(seen_count(seen(difference(from, to, w.pupils[ANYA]), "cells")), 1);
    eye_close(&eye);
    look_as(PARENT);
    assert_int_equal(proj_view_difference(&eye.view, &from, &to, NULL, NULL, w.pupils[BORYA]),
                     PROJ_VIEW_FORBIDDEN);
    eye_close(&eye);
}

/* What an auditor may read in the entries anyway, side by side; nobody's name, no sealed reason. */
static void an_auditor_sees_what_differs_and_nobodys_name(void **state)
{
    (void)state;
    struct story story = play();
    world_login(&w, &w.people[OTHER]);
    proj_id lesson;
    world_new_id(&w, lesson);
    act_lesson(&w.draft, lesson, w.class_a, w.drawing, w.people[OTHER].account,
               w.people[OTHER].account, w.today, 4);
    world_do(&w, &w.people[OTHER].session, NULL);
    act_attendance(&w.draft, lesson, w.pupils[BORYA], 1, "ill", LEDGER_SEQ_NONE, true);
    ledger_seq absence = world_do(&w, &w.people[OTHER].session, NULL);
    look_as(AUDITOR);
    const msgpack_object *cells =
        seen(difference((struct proj_moment){story.three, story.three},
                        (struct proj_moment){absence + 1, absence + 1}, NULL),
             "cells");
    unsigned marks = 0;
    unsigned absences = 0;
    for (unsigned i = 0; i < seen_count(cells); i++) {
        const msgpack_object *cell = seen_at(cells, i);
        assert_true(seen_text(cell, "pupil_name", ""));
        assert_true(seen_text(cell, "name", ""));
        marks += seen_text(cell, "what", "mark") && seen_text(cell, "after", "3");
        absences += seen_text(cell, "what", "attendance") && seen_text(cell, "after", "н");
    }
    assert_int_equal(marks, 1);
    assert_int_equal(absences, 1); /* not «б»: why is sealed */
    eye_close(&eye);
}

static void a_time_means_the_size_that_held_all_until_then(void **state)
{
    (void)state;
    struct story story = play();
    base_time_ms recorded = world_recorded(&w, story.three);
    look_as(HEAD);
    const msgpack_object *moment = eye_see(&eye, proj_view_moment(&eye.view, recorded));
    assert_int_equal(seen_int(moment, "position"), story.three + 1);
    assert_int_equal(seen_int(moment, "recorded"), recorded);
    eye_close(&eye);
    look_as(HEAD);
    assert_int_equal(proj_view_moment(&eye.view, 0), PROJ_VIEW_MISSING);
    eye_close(&eye);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_moment_shows_what_people_saw_then),
        CASE(knowledge_of_today_tells_what_of_that_time_counts),
        CASE(nothing_is_writable_in_the_past),
        CASE(moments_out_of_order_or_out_of_the_log_are_refused),
        CASE(a_right_that_was_lost_opens_no_old_page),
        CASE(a_difference_names_the_edit_and_its_author),
        CASE(a_difference_of_knowledge_names_the_report),
        CASE(a_difference_holds_only_what_the_reader_may_read),
        CASE(an_auditor_sees_what_differs_and_nobodys_name),
        CASE(a_time_means_the_size_that_held_all_until_then),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
