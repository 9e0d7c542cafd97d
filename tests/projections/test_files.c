/* Files with homework: attached by reference, listed for who reads the lesson, taken off again, and
 * falling with what they stand on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "projections/views/files.h"
#include "projections/views/pupil.h"
#include "tests/projections/eye.h"
#include "tests/projections/little.h"

static struct eye eye;
static const struct ledger_hash sheet = {{1, 2, 3}};
static const struct ledger_hash picture = {{4, 5, 6}};

static void look_as(enum who who)
{
    eye_open(&eye, &w, w.people[who].account);
}

static ledger_seq attach(const struct ledger_hash *digest, const char *link)
{
    act_attach(&w.draft, w.lesson, digest, 1000, "application/pdf", link);
    return world_do(&w, by(TEACHER), NULL);
}

static unsigned files_in_journal(void)
{
    look_as(TEACHER);
    unsigned count = seen_count(
        seen(eye_see(&eye, proj_view_journal(&eye.view, w.class_a, w.maths, w.today, w.today)),
             "files"));
    eye_close(&eye);
    return count;
}

static const msgpack_object *diary_files(void)
{
    const msgpack_object *lessons = seen(
        eye_see(&eye, proj_view_diary(&eye.view, w.pupils[ANYA], w.today, w.today)), "lessons");
    for (unsigned i = 0; i < seen_count(lessons); i++) {
        if (seen_id(seen_at(lessons, i), "lesson", w.lesson))
            return seen(seen_at(lessons, i), "files");
    }
    fail_msg("the lesson is not in the diary");
    return NULL;
}

static void a_file_reaches_the_family_and_is_taken_off(void **state)
{
    (void)state;
    attach(&sheet, NULL);
    attach(&picture, "https://files.example/a.pdf");
    attach(&sheet, NULL); /* again: the same file */
    assert_int_equal(files_in_journal(), 2);
    look_as(PARENT);
    const msgpack_object *files = diary_files();
    assert_int_equal(seen_count(files), 2);
    const msgpack_object *one = seen_at(files, 0);
    assert_keys(one, "digest name media size link");
    assert_true(seen_text(one, "name", "Задание 5.pdf"));
    assert_int_equal(seen_int(one, "size"), 1000);
    assert_true(seen_nil(one, "link"));
    assert_true(seen_text(seen_at(files, 1), "link", "https://files.example/a.pdf"));
    eye_close(&eye);
    act_detach(&w.draft, w.lesson, &sheet);
    world_do(&w, by(TEACHER), NULL);
    assert_int_equal(files_in_journal(), 1);
    act_detach(&w.draft, w.lesson, &sheet);
    world_refused(&w, by(TEACHER), NULL, PROJ_REFUSED_UNKNOWN_REFERENT, "digest");
}

static int find_as(enum who who, const struct ledger_hash *digest)
{
    struct proj_file file;
    look_as(who);
    int answer = proj_file_find(&eye.view, w.lesson, digest, &file);
    eye_close(&eye);
    return answer;
}

static void who_reads_the_lesson_may_have_it(void **state)
{
    (void)state;
    static const enum who may[] = {HEAD, TEACHER, CLASS_TEACHER, PARENT, PUPIL};
    static const enum who may_not[] = {OTHER, SUPPORT, OFFICE, AUDITOR, NEIGHBOUR, STRANGER};
    attach(&sheet, NULL);
    for (size_t i = 0; i < sizeof may / sizeof may[0]; i++)
        assert_int_equal(find_as(may[i], &sheet), PROJ_VIEW_DONE);
    for (size_t i = 0; i < sizeof may_not / sizeof may_not[0]; i++)
        assert_int_equal(find_as(may_not[i], &sheet), PROJ_VIEW_FORBIDDEN);
    struct ledger_hash alike = sheet;
    alike.bytes[31] ^= 1; /* the same cell, another content */
    assert_int_equal(find_as(TEACHER, &alike), PROJ_VIEW_MISSING);
    act_detach(&w.draft, w.lesson, &sheet);
    world_do(&w, by(TEACHER), NULL);
    assert_int_equal(find_as(PARENT, &sheet), PROJ_VIEW_MISSING);
}

static void what_is_no_file_is_refused(void **state)
{
    (void)state;
    static const char *const links[] = {"http://files.example/a", "https://", "https://a b.example",
                                        "javascript:alert(1)//////"};
    act_attach(&w.draft, w.lesson, &sheet, 1000, "text/html", NULL);
    world_refused(&w, by(TEACHER), NULL, PROJ_REFUSED_FIELD_RANGE, "media");
    for (size_t i = 0; i < sizeof links / sizeof links[0]; i++) {
        act_attach(&w.draft, w.lesson, &sheet, 1000, "application/pdf", links[i]);
        assert_int_not_equal(world_try(&w, by(TEACHER), NULL), 0);
    }
    for (unsigned i = 0; i < PROJ_LESSON_FILE_COUNT_MAX; i++) {
        struct ledger_hash digest = {{(uint8_t)(i + 1)}};
        attach(&digest, NULL);
    }
    act_attach(&w.draft, w.lesson, &picture, 1000, "application/pdf", NULL);
    world_refused(&w, by(TEACHER), NULL, PROJ_REFUSED_FIELD_RANGE, "lesson");
    act_close_period(&w.draft, w.class_a, "1 четверть", w.today - 1, w.today + 1);
    world_do(&w, by(DEPUTY), NULL);
    act_attach(&w.draft, w.lesson, &picture, 1000, "application/pdf", NULL);
    world_refused(&w, by(TEACHER), NULL, PROJ_REFUSED_LOCKED, "lesson");
}

static void a_thiefs_file_is_gone_and_its_detaching_falls(void **state)
{
    (void)state;
    base_time_ms theft = w.now_ms;
    attach(&picture, NULL);
    world_tick(&w);
    struct signer stolen = w.people[TEACHER].session;
    world_login(&w, &w.people[TEACHER]);
    act_detach(&w.draft, w.lesson, &picture);
    ledger_seq off = world_do(&w, by(TEACHER), NULL);
    attach(&sheet, NULL);
    world_void(&w, &w.people[TEACHER], &stolen.key, theft);
    assert_int_equal(world_void_of(&w, off).reason, PROJ_VOID_UNGROUNDED);
    assert_int_equal(files_in_journal(), 1);
}

static void an_attached_file_makes_an_acknowledged_diary_stale(void **state)
{
    (void)state;
    world_tick(&w);
    look_as(PARENT);
    assert_false(proj_diary_changed(&eye.view, w.pupils[ANYA], w.today, w.today, world_size(&w)));
    eye_close(&eye);
    ledger_seq size = world_size(&w);
    attach(&sheet, NULL);
    look_as(PARENT);
    assert_true(proj_diary_changed(&eye.view, w.pupils[ANYA], w.today, w.today, size));
    eye_close(&eye);
}

static void a_difference_names_files_and_points(void **state)
{
    (void)state;
    struct proj_moment before = {world_size(&w), world_size(&w)};
    attach(&sheet, NULL);
    act_debt(&w.draft, w.lesson, w.pupils[ANYA], w.today + 7, 0, LEDGER_SEQ_NONE);
    world_do(&w, by(TEACHER), NULL);
    struct proj_moment after = {world_size(&w), world_size(&w)};
    look_as(HEAD);
    const msgpack_object *cells = seen(
        eye_see(&eye, proj_view_difference(&eye.view, &before, &after, w.class_a, w.maths, NULL)),
        "cells");
    assert_int_equal(seen_count(cells), 2);
    assert_true(seen_text(seen_at(cells, 0), "what", "debt"));
    assert_true(seen_text(seen_at(cells, 1), "what", "file"));
    assert_true(seen_text(seen_at(cells, 1), "after", "Задание 5.pdf"));
    assert_true(seen_nil(seen_at(cells, 1), "pupil"));
    eye_close(&eye);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE_LATER(a_file_reaches_the_family_and_is_taken_off),
        CASE_LATER(who_reads_the_lesson_may_have_it),
        CASE_LATER(what_is_no_file_is_refused),
        CASE_LATER(a_thiefs_file_is_gone_and_its_detaching_falls),
        CASE_LATER(an_attached_file_makes_an_acknowledged_diary_stale),
        CASE_LATER(a_difference_names_files_and_points),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
