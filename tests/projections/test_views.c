/* Views: the documented shapes, read by an independent decoder; and what they say of a
 * voided past. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "tests/projections/eye.h"
#include "tests/projections/little.h"

#define DAY_MS INT64_C(86400000)

static struct eye eye;

static void look_as(enum who who)
{
    eye_open(&eye, &w, w.people[who].account);
}

static const msgpack_object *page(void)
{
    return eye_see(&eye, proj_view_journal(&eye.view, w.class_a, w.maths, w.today, w.today + 6));
}

/* A lesson with everything on it. */
static void teach(void)
{
    struct signer *by = &w.people[TEACHER].session;
    act_topic(&w.draft, w.lesson, "Дроби", LEDGER_SEQ_NONE);
    world_do(&w, by, NULL);
    act_homework(&w.draft, w.lesson, "№ 5", LEDGER_SEQ_NONE);
    world_do(&w, by, NULL);
    act_attendance(&w.draft, w.lesson, w.pupils[BORYA], 1, "ill", LEDGER_SEQ_NONE, true);
    world_do(&w, by, NULL);
    ledger_seq three = world_mark(&w, by, ANYA, 3, LEDGER_SEQ_NONE);
    world_mark(&w, by, ANYA, 4, three);
    act_mark_of(&w.draft, w.lesson, w.pupils[ANYA], 5, NULL, LEDGER_SEQ_NONE, 1, 4, 30);
    world_do(&w, by, NULL);
    act_period(&w.draft, w.class_a, w.maths, "1 четверть", w.pupils[ANYA], 5, LEDGER_SEQ_NONE, 3);
    world_do(&w, by, NULL);
}

static void a_page_has_the_documented_shape(void **state)
{
    (void)state;
    teach();
    look_as(TEACHER);
    const msgpack_object *seen_page = page();
    assert_keys(seen_page, "group subject from to writable size pupils lessons marks absences "
                           "debts files averages rule period_marks slots");
    assert_keys(seen(seen_page, "group"), "id name kind grade");
    assert_keys(seen(seen_page, "subject"), "id name marked");
    assert_true(seen_text(seen(seen_page, "group"), "name", "5А"));
    assert_true(seen_bool(seen_page, "writable"));
    assert_int_equal(seen_int(seen_page, "size"), world_size(&w));
    const msgpack_object *pupils = seen(seen_page, "pupils");
    assert_int_equal(seen_count(pupils), 3);
    assert_keys(seen_at(pupils, 0), "id name from to");
    assert_true(seen_text(seen_at(pupils, 0), "name", "Абрамова Анна"));
    assert_true(seen_text(seen_at(pupils, 2), "name", "Васильева Анна"));
    assert_int_equal(seen_int(seen_at(pupils, 0), "from"), w.today);
    assert_true(seen_nil(seen_at(pupils, 0), "to"));
    eye_close(&eye);
}

static void a_page_shows_lessons_marks_and_absences(void **state)
{
    (void)state;
    teach();
    look_as(TEACHER);
    const msgpack_object *seen_page = page();
    assert_int_equal(seen_count(seen(seen_page, "lessons")), 1);
    const msgpack_object *lesson = seen_at(seen(seen_page, "lessons"), 0);
    assert_keys(lesson, "id day shift n start end assigned_name actual_name substituted writable "
                        "topic number work topic_seq topic_flags homework homework_due "
                        "homework_seq homework_flags sheet sheet_seq columns");
    assert_true(seen_id(lesson, "id", w.lesson));
    assert_true(seen_text(lesson, "topic", "Дроби"));
    assert_true(seen_text(lesson, "homework", "№ 5"));
    assert_int_equal(seen_int(lesson, "start"), 510);
    assert_true(seen_text(lesson, "assigned_name", "Учителева А. И."));
    assert_true(seen_bool(lesson, "sheet"));
    const msgpack_object *columns = seen(lesson, "columns");
    assert_int_equal(seen_count(columns), 2);
    assert_keys(seen_at(columns, 1), "column work weight");
    assert_int_equal(seen_int(seen_at(columns, 1), "work"), 4);
    assert_int_equal(seen_int(seen_at(columns, 1), "weight"), 30);
    const msgpack_object *mark = seen_at(seen(seen_page, "marks"), 0);
    assert_int_equal(seen_count(seen(seen_page, "marks")), 2);
    assert_int_equal(seen_count(mark), 8); /* lesson, pupil, column, values, work, weight, … */
    assert_int_equal(int_at(mark, 0), 0);
    assert_int_equal(int_at(mark, 1), 0);
    assert_int_equal(int_at(seen_at(mark, 3), 0), 4);
    assert_int_equal(int_at(mark, 7), PROJ_FLAG_CHANGED);
    const msgpack_object *absence = seen_at(seen(seen_page, "absences"), 0);
    assert_int_equal(seen_count(absence), 7);
    assert_int_equal(int_at(absence, 1), 1);
    assert_int_equal(int_at(absence, 2), PROJ_ABSENT);
    const msgpack_object *average = seen_at(seen(seen_page, "averages"), 0);
    assert_int_equal(int_at(average, 1), 475); /* (4·10 + 5·30) / 40 */
    assert_int_equal(int_at(average, 2), 2);
    assert_int_equal(int_at(average, 3), 5); /* 4,75 is rounded upwards */
    const msgpack_object *period = seen_at(seen(seen_page, "period_marks"), 0);
    assert_int_equal(seen_count(period), 5);
    assert_int_equal(int_at(period, 2), 5);
    const msgpack_object *slots = seen(seen_page, "slots");
    assert_int_equal(seen_count(slots), 1); /* the second lesson of today is not open yet */
    assert_keys(seen_at(slots, 0), "day shift n start end room assigned actual");
    assert_int_equal(seen_int(seen_at(slots, 0), "n"), 2);
    eye_close(&eye);
}

/* Flags */

static int64_t flags_of_mark(enum pupil pupil)
{
    const msgpack_object *marks = seen(page(), "marks");
    for (unsigned i = 0; i < seen_count(marks); i++) {
        if (int_at(seen_at(marks, i), 1) == (int64_t)pupil)
            return int_at(seen_at(marks, i), 7);
    }
    return -1;
}

static void flags_tell_late_voided_and_made_on_falsified_data(void **state)
{
    (void)state;
    struct person *teacher = &w.people[TEACHER];
    base_time_ms breach = w.now_ms;
    ledger_seq forged = world_mark(&w, &teacher->session, ANYA, 5, LEDGER_SEQ_NONE);
    world_mark(&w, &teacher->session, BORYA, 5, LEDGER_SEQ_NONE);
    act_mark(&w.draft, w.lesson, w.pupils[ANYA], 4, "проверено", forged);
    world_do(&w, &w.people[CORRECTOR].session, NULL);
    world_void(&w, teacher, &teacher->session.key, breach);
    world_login(&w, teacher);
    w.now_ms += DAY_MS;
    world_login(&w, teacher);
    world_mark(&w, &teacher->session, VERA, 5, LEDGER_SEQ_NONE);
    look_as(TEACHER);
    assert_int_equal(flags_of_mark(ANYA), PROJ_FLAG_VOIDED | PROJ_FLAG_REVIEW | PROJ_FLAG_COMMENT);
    eye_again(&eye);
    assert_int_equal(flags_of_mark(BORYA), PROJ_FLAG_VOIDED);
    eye_again(&eye);
    assert_int_equal(flags_of_mark(VERA), PROJ_FLAG_LATE);
    eye_close(&eye);
}

static void a_mark_that_lost_its_ground_is_stranded(void **state)
{
    (void)state;
    struct person *stolen = &w.people[HEAD];
    base_time_ms breach = w.now_ms;
    act_grant(&w.draft, w.people[STRANGER].account, PROJ_ROLE_CORRECTOR, NULL, w.today);
    world_do(&w, &stolen->session, NULL);
    act_mark(&w.draft, w.lesson, w.pupils[ANYA], 4, "по ведомости", LEDGER_SEQ_NONE);
    world_do(&w, &w.people[STRANGER].session, NULL);
    world_report(&w, &w.root, stolen, &stolen->key.key, breach);
    look_as(TEACHER);
    assert_int_equal(flags_of_mark(ANYA), PROJ_FLAG_VOIDED | PROJ_FLAG_STRANDED);
    eye_close(&eye);
    world_mark(&w, &w.people[TEACHER].session, ANYA, 3, LEDGER_SEQ_NONE);
    look_as(TEACHER);
    assert_int_equal(flags_of_mark(ANYA), PROJ_FLAG_VOIDED);
    eye_close(&eye);
}

static void late_homework_is_flagged(void **state)
{
    (void)state;
    struct signer *by = &w.people[TEACHER].session;
    w.now_ms = ((base_time_ms)w.today * 1440 + 12 * 60 + 35 - 180) * 60000; /* the last moment */
    act_homework(&w.draft, w.lesson, "№ 5", LEDGER_SEQ_NONE);
    ledger_seq first = world_do(&w, by, NULL);
    look_as(TEACHER);
    const msgpack_object *lesson = seen_at(seen(page(), "lessons"), 0);
    assert_int_equal(seen_int(lesson, "homework_flags"), 0);
    eye_close(&eye);
    w.now_ms++;
    act_homework(&w.draft, w.lesson, "№ 6", first);
    world_do(&w, by, NULL);
    look_as(TEACHER);
    lesson = seen_at(seen(page(), "lessons"), 0);
    assert_int_equal(seen_int(lesson, "homework_flags"), PROJ_FLAG_LATE | PROJ_FLAG_CHANGED);
    eye_close(&eye);
}

/* The promise of two moments, on a whole page: what people saw then, to the byte. */
static void a_page_of_the_past_is_what_people_saw_then(void **state)
{
    (void)state;
    struct person *teacher = &w.people[TEACHER];
    struct base_buf BASE_CLEANUP(base_buf_release) then_bytes = {0};
    base_time_ms breach = w.now_ms;
    ledger_seq forged = world_mark(&w, &teacher->session, ANYA, 5, LEDGER_SEQ_NONE);
    ledger_seq then = world_size(&w);
    look_as(CLASS_TEACHER);
    page();
    base_buf_put_bytes(&then_bytes, base_buf_bytes(&eye.out));
    eye_close(&eye);
    world_void(&w, teacher, &teacher->session.key, breach);
    look_as(CLASS_TEACHER);
    proj_txn_moment(eye.view.txn, then, then);
    const msgpack_object *marks = seen(page(), "marks");
    assert_int_equal(int_at(seen_at(marks, 0), 6), forged);
    /* The size is the log's present one; all else is the same. */
    assert_int_equal(eye.out.len, then_bytes.len);
    unsigned different = 0;
    for (size_t i = 0; i < eye.out.len; i++)
        different += eye.out.data[i] != then_bytes.data[i];
    assert_true(different <= 2);
    eye_close(&eye);
}

static void pages_that_a_breach_does_not_touch_stay_to_the_byte(void **state)
{
    (void)state;
    struct person *teacher = &w.people[TEACHER];
    struct base_buf BASE_CLEANUP(base_buf_release) before = {0};
    proj_id lesson;
    world_new_id(&w, lesson);
    act_lesson(&w.draft, lesson, w.class_a, w.drawing, w.people[OTHER].account,
               w.people[SUBSTITUTE].account, w.today, 3);
    world_do(&w, &w.people[SUBSTITUTE].session, NULL);
    act_topic(&w.draft, lesson, "Натюрморт", LEDGER_SEQ_NONE);
    world_do(&w, &w.people[OTHER].session, NULL);
    base_time_ms breach = w.now_ms;
    world_mark(&w, &teacher->session, ANYA, 5, LEDGER_SEQ_NONE);
    for (unsigned round = 0; round < 2; round++) {
        ledger_seq size = world_size(&w);
        look_as(OTHER);
        eye_see(&eye, proj_view_journal(&eye.view, w.class_a, w.drawing, w.today, w.today + 6));
        base_buf_put_bytes(&before, base_buf_bytes(&eye.out));
        eye_close(&eye);
        if (round == 0)
            world_void(&w, teacher, &teacher->key.key, breach);
        (void)size;
    }
    size_t half = before.len / 2;
    assert_int_equal(before.len, 2 * half);
    unsigned different = 0; /* the log's size, again */
    for (size_t i = 0; i < half; i++)
        different += before.data[i] != before.data[half + i];
    assert_true(different <= 2);
}

static void the_history_of_a_cell_tells_everything(void **state)
{
    (void)state;
    struct person *teacher = &w.people[TEACHER];
    base_time_ms breach = w.now_ms;
    ledger_seq forged = world_mark(&w, &teacher->session, ANYA, 5, LEDGER_SEQ_NONE);
    act_mark(&w.draft, w.lesson, w.pupils[ANYA], 4, "проверено", forged);
    ledger_seq honest = world_do(&w, &w.people[CORRECTOR].session, NULL);
    struct told told = world_void(&w, teacher, &teacher->session.key, breach);
    look_as(TEACHER);
    const msgpack_object *versions =
        seen(eye_see(&eye, proj_view_cell(&eye.view, w.lesson, w.pupils[ANYA], PROJ_WHAT_MARK, 0)),
             "versions");
    assert_int_equal(seen_count(versions), 2);
    const msgpack_object *newest = seen_at(versions, 0);
    const msgpack_object *oldest = seen_at(versions, 1);
    assert_keys(newest, "seq id recorded claimed account name key session kind value text work "
                        "weight protocol comment prev prev_void quote counts void signature_ok "
                        "late");
    assert_int_equal(seen_int(newest, "seq"), honest);
    assert_true(seen_bool(newest, "counts"));
    assert_true(seen_nil(newest, "void"));
    assert_true(seen_bool(newest, "prev_void"));
    assert_true(seen_text(newest, "comment", "проверено"));
    assert_true(seen_text(newest, "name", "Правкина А. И."));
    assert_true(seen_text(newest, "kind", "marks.set"));
    assert_true(seen_bool(newest, "session"));
    assert_true(seen_bool(newest, "signature_ok"));
    assert_int_equal(seen_int(oldest, "seq"), forged);
    assert_false(seen_bool(oldest, "counts"));
    assert_keys(seen(oldest, "void"), "report cut reason act");
    assert_int_equal(seen_int(seen(oldest, "void"), "report"), told.seq);
    assert_int_equal(seen_int(seen(oldest, "void"), "act"), 1);
    assert_true(seen_text(seen(oldest, "void"), "reason", "covered"));
    eye_again(&eye);
    assert_int_equal(proj_view_cell(&eye.view, w.lesson, NULL, PROJ_WHAT_SHEET, 0),
                     PROJ_VIEW_MISSING);
    assert_int_equal(proj_view_cell(&eye.view, w.maths, NULL, PROJ_WHAT_TOPIC, 0),
                     PROJ_VIEW_MISSING);
    eye_close(&eye);
}

static void a_teachers_day_lists_lessons_and_what_is_missing(void **state)
{
    (void)state;
    teach();
    look_as(TEACHER);
    const msgpack_object *day = eye_see(&eye, proj_view_day(&eye.view, w.today));
    assert_keys(day, "day now lessons working");
    assert_true(seen_bool(day, "working"));
    assert_int_equal(seen_count(seen(day, "lessons")), 2);
    const msgpack_object *first = seen_at(seen(day, "lessons"), 0);
    const msgpack_object *second = seen_at(seen(day, "lessons"), 1);
    assert_keys(
        first,
        "group group_name subject subject_name shift n start end room lesson "
        "assigned assigned_name actual actual_name change newday newn moved_from topic next_topic "
        "next_number next_work homework homework_set sheet mark_count marked "
        "pupil_count homework_due");
    assert_true(seen_id(first, "lesson", w.lesson));
    assert_true(seen_text(first, "topic", "Дроби"));
    assert_int_equal(seen_int(first, "mark_count"), 2);
    assert_int_equal(seen_int(first, "pupil_count"), 3);
    assert_true(seen_nil(second, "lesson"));
    assert_true(seen_nil(second, "topic"));
    assert_true(seen_text(second, "next_topic", "Сложение")); /* the first was taken */
    assert_int_equal(seen_int(second, "next_number"), 2);
    eye_close(&eye);
    look_as(SUBSTITUTE);
    day = eye_see(&eye, proj_view_day(&eye.view, w.today));
    assert_int_equal(seen_count(seen(day, "lessons")), 1);
    first = seen_at(seen(day, "lessons"), 0);
    assert_int_equal(seen_int(first, "change"), PROJ_CHANGE_SUBSTITUTED);
    assert_true(seen_text(first, "actual_name", "Заменова А. И."));
    eye_close(&eye);
}

static void a_diary_has_one_childs_marks_only(void **state)
{
    (void)state;
    teach();
    world_mark(&w, &w.people[TEACHER].session, VERA, 2, LEDGER_SEQ_NONE);
    look_as(PARENT);
    const msgpack_object *diary =
        eye_see(&eye, proj_view_diary(&eye.view, w.pupils[ANYA], w.today, w.today + 1));
    assert_keys(diary, "pupil name from to size parent acknowledged lessons");
    assert_true(seen_text(diary, "name", "Абрамова Анна"));
    unsigned given = 0;
    for (unsigned i = 0; i < seen_count(seen(diary, "lessons")); i++) {
        const msgpack_object *lesson = seen_at(seen(diary, "lessons"), i);
        assert_keys(lesson,
                    "lesson day n start end subject subject_name teacher_name substituted topic "
                    "homework due files marks state reason said changed");
        if (!seen_id(lesson, "lesson", w.lesson))
            continue;
        given++;
        assert_true(seen_text(lesson, "topic", "Дроби"));
        assert_true(seen_text(lesson, "homework", "№ 5"));
        assert_int_equal(seen_count(seen(lesson, "marks")), 2); /* hers; not the others' */
        assert_keys(seen_at(seen(lesson, "marks"), 0), "values work weight comment seq flags");
        assert_int_equal(int_at(seen(seen_at(seen(lesson, "marks"), 0), "values"), 0), 4);
        assert_int_equal(seen_int(lesson, "state"), PROJ_PRESENT); /* BORYA's absence is his */
        assert_true(seen_text(lesson, "reason", ""));
    }
    assert_int_equal(given, 1);
    eye_close(&eye);
}

static void a_preview_tells_what_a_signature_would_do(void **state)
{
    (void)state;
    struct person *teacher = &w.people[TEACHER];
    base_time_ms breach = w.now_ms;
    ledger_seq honest = world_mark(&w, &w.people[TEACHER].key, ANYA, 3, LEDGER_SEQ_NONE);
    world_tick(&w);
    ledger_seq forged = world_mark(&w, &teacher->session, ANYA, 5, honest);
    act_mark(&w.draft, w.lesson, w.pupils[ANYA], 4, "проверено", forged);
    ledger_seq top = world_do(&w, &w.people[CORRECTOR].session, NULL);
    world_mark(&w, &teacher->session, BORYA, 5, LEDGER_SEQ_NONE);
    struct act_report wanted;
    world_report_of(&w, teacher, &teacher->session.key, breach, &wanted);
    look_as(HEAD);
    const msgpack_object *preview =
        eye_see(&eye, proj_view_preview(&eye.view, &teacher->session.key, breach));
    assert_keys(preview, "due target account name is_session breach cut size count digest ids "
                         "needs_root own_count ungrounded_count by_kind cells events "
                         "period_marks_affected");
    assert_true(seen_bool(preview, "is_session"));
    assert_int_equal(seen_int(preview, "cut"), wanted.cut);
    assert_int_equal(seen_int(preview, "size"), wanted.size);
    assert_int_equal(seen_int(preview, "count"), 2);
    assert_memory_equal(seen(preview, "digest")->via.bin.ptr, wanted.digest.bytes, LEDGER_HASH_LEN);
    assert_int_equal(seen_count(seen(preview, "ids")), 2);
    assert_false(seen_bool(preview, "needs_root"));
    assert_int_equal(seen_int(preview, "own_count"), 2);
    assert_int_equal(seen_count(seen(preview, "events")), 2);
    assert_int_equal(seen_count(seen(preview, "cells")), 2);
    const msgpack_object *cell = seen_at(seen(preview, "cells"), 0);
    assert_keys(cell, "what lesson group subject group_name subject_name day n pupil pupil_name "
                      "column before after on_top");
    assert_true(seen_text(cell, "before", "4")); /* the correction on top stands */
    assert_true(seen_text(cell, "after", "4"));
    assert_int_equal(seen_count(seen(cell, "on_top")), 1);
    assert_int_equal(seen_int(seen_at(seen(cell, "on_top"), 0), "seq"), top);
    assert_true(seen_text(seen_at(seen(preview, "cells"), 1), "before", "5"));
    assert_true(seen_text(seen_at(seen(preview, "cells"), 1), "after", "—"));
    eye_close(&eye);
    assert_true(world_counts(&w, forged)); /* nothing has happened */
}

static const msgpack_object *only_report(void)
{
    const msgpack_object *reports = seen(eye_see(&eye, proj_view_breaches(&eye.view)), "reports");
    assert_int_equal(seen_count(reports), 1);
    return seen_at(reports, 0);
}

static void a_report_is_followed_through_its_states(void **state)
{
    (void)state;
    struct person *teacher = &w.people[TEACHER];
    base_time_ms breach = w.now_ms;
    world_mark(&w, &teacher->session, ANYA, 5, LEDGER_SEQ_NONE);
    struct told told =
        world_report(&w, &w.people[HEAD].session, teacher, &teacher->session.key, breach);
    look_as(TEACHER); /* it is about her */
    const msgpack_object *report = only_report();
    assert_keys(report, "seq id recorded act target account name is_session by_name by_root "
                        "breach learned due late cut count size digest reason receipts overrules "
                        "stratum enrolled invited state needs_root void_count ungrounded_count");
    assert_true(seen_text(report, "state", "closed"));
    assert_true(seen_text(report, "reason", "пароль подсмотрен"));
    assert_false(seen_bool(report, "late"));
    eye_close(&eye);
    assert_int_equal(world_receive(&w, &w.people[HEAD].session, &told, PROJ_ROLE_HEAD), 0);
    assert_int_equal(world_receive(&w, &w.people[SUPPORT].session, &told, PROJ_ROLE_SUPPORT), 0);
    look_as(HEAD);
    report = only_report();
    assert_true(seen_text(report, "state", "standing"));
    assert_int_equal(seen_int(report, "void_count"), 1);
    assert_int_equal(seen_count(seen(report, "receipts")), 2);
    assert_keys(seen_at(seen(report, "receipts"), 0),
                "seq account name capacity told recorded valid");
    assert_true(seen_bool(seen_at(seen(report, "receipts"), 1), "valid"));
    eye_close(&eye);
    assert_int_equal(world_overrule(&w, &w.people[HEAD].session, &told), 0);
    assert_int_equal(world_overrule(&w, &w.people[SUPPORT].session, &told), 0);
    look_as(HEAD);
    report = only_report();
    assert_true(seen_text(report, "state", "overruled"));
    assert_int_equal(seen_int(report, "void_count"), 0);
    eye_close(&eye);
}

static void a_pair_whose_signer_fell_is_called_fallen(void **state)
{
    (void)state;
    struct person *teacher = &w.people[TEACHER];
    base_time_ms breach = w.now_ms;
    world_mark(&w, &teacher->session, ANYA, 5, LEDGER_SEQ_NONE);
    world_void(&w, teacher, &teacher->session.key, breach);
    world_report(&w, &w.root, &w.people[HEAD], &w.people[HEAD].key.key, breach);
    look_as(SUPPORT);
    const msgpack_object *reports = seen(eye_see(&eye, proj_view_breaches(&eye.view)), "reports");
    assert_int_equal(seen_count(reports), 2); /* newest first */
    assert_true(seen_bool(seen_at(reports, 0), "by_root"));
    assert_true(seen_text(seen_at(reports, 1), "state", "fallen"));
    assert_false(seen_bool(seen_at(seen(seen_at(reports, 1), "receipts"), 0), "valid"));
    eye_close(&eye);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_page_has_the_documented_shape),
        CASE(a_page_shows_lessons_marks_and_absences),
        CASE(flags_tell_late_voided_and_made_on_falsified_data),
        CASE(a_mark_that_lost_its_ground_is_stranded),
        CASE(late_homework_is_flagged),
        CASE(a_page_of_the_past_is_what_people_saw_then),
        CASE(pages_that_a_breach_does_not_touch_stay_to_the_byte),
        CASE(the_history_of_a_cell_tells_everything),
        CASE(a_teachers_day_lists_lessons_and_what_is_missing),
        CASE(a_diary_has_one_childs_marks_only),
        CASE(a_preview_tells_what_a_signature_would_do),
        CASE(a_report_is_followed_through_its_states),
        CASE(a_pair_whose_signer_fell_is_called_fallen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
