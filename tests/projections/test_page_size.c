/* The largest page that a teacher opens, 25 pupils by 60 lessons with everything on it, travels in
 * less than 100 kilobytes: a village line carries it in a second. A size, so it is the same on
 * every machine. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "tests/projections/eye.h"
#include "tests/projections/little.h"

#define CLASS_SIZE 25u
#define LESSON_COUNT 60u
#define PAGE_LEN_MAX 100000u
#define DAY_MS INT64_C(86400000)

static void fill_class(proj_id *pupils)
{
    w.batching = true;
    for (unsigned i = 0; i < CLASS_SIZE; i++) {
        char name[64];
        snprintf(name, sizeof name, "Абдурахманова Хеди Магомедовна %u", i);
        world_new_id(&w, pupils[i]);
        act_pupil(&w.draft, pupils[i], w.class_a, w.today, name);
        world_do(&w, &w.people[DEPUTY].key, NULL);
    }
    world_flush(&w);
}

static void teach(unsigned day, proj_id *pupils)
{
    static const char topic[] = "Сложение и вычитание дробей с разными знаменателями";
    proj_id lesson;
    struct person *teacher = &w.people[TEACHER];
    w.batching = true;
    world_new_id(&w, lesson);
    act_lesson(&w.draft, lesson, w.class_a, w.maths, teacher->account, teacher->account,
               w.today + (base_day)day, 2);
    world_do(&w, &teacher->session, NULL);
    act_topic(&w.draft, lesson, topic, LEDGER_SEQ_NONE);
    world_do(&w, &teacher->session, NULL);
    act_homework(&w.draft, lesson, "§ 12, № 350–352, повторить правила", LEDGER_SEQ_NONE);
    world_do(&w, &teacher->session, NULL);
    act_attendance(&w.draft, lesson, pupils[day % CLASS_SIZE], 1, "ill", LEDGER_SEQ_NONE, true);
    world_do(&w, &teacher->session, NULL);
    for (unsigned i = 0; i < CLASS_SIZE; i++) {
        if (i == day % CLASS_SIZE)
            continue; /* absent */
        act_mark(&w.draft, lesson, pupils[i], 2 + (i + day) % 4, NULL, LEDGER_SEQ_NONE);
        world_do(&w, &teacher->session, NULL);
    }
    world_flush(&w);
}

static void a_full_page_is_under_its_budget(void **state)
{
    (void)state;
    static proj_id pupils[CLASS_SIZE];
    struct eye eye;
    fill_class(pupils);
    base_time_ms began = w.now_ms;
    for (unsigned day = 0; day < LESSON_COUNT; day++) {
        w.now_ms = began + (base_time_ms)day * DAY_MS;
        world_login(&w, &w.people[TEACHER]);
        teach(day, pupils);
    }
    eye_open(&eye, &w, w.people[TEACHER].account);
    const msgpack_object *page =
        eye_see(&eye, proj_view_journal(&eye.view, w.class_a, w.maths, w.today,
                                        w.today + (base_day)LESSON_COUNT));
    assert_true(seen_count(seen(page, "pupils")) >= CLASS_SIZE);
    assert_true(seen_count(seen(page, "lessons")) >= LESSON_COUNT);
    assert_int_equal(seen_count(seen(page, "marks")), (CLASS_SIZE - 1) * LESSON_COUNT);
    const size_t len = eye.out.len;
    print_message("a page of %u pupils by %u lessons: %zu bytes, at most %u\n", CLASS_SIZE,
                  LESSON_COUNT, len, PAGE_LEN_MAX);
    assert_true(len < PAGE_LEN_MAX);
    eye_close(&eye);
}

int main(void)
{
    const struct CMUnitTest tests[] = {CASE(a_full_page_is_under_its_budget)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
