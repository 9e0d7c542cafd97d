/* Who may see what: the table of specs/authority.md, and the views of people. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "tests/projections/eye.h"
#include "tests/projections/little.h"
#include "tests/projections/table.h"

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

static void people_views_have_the_documented_shapes(void **state)
{
    (void)state;
    look_as(CLASS_TEACHER);
    const msgpack_object *me =
        eye_see(&eye, proj_view_me(&eye.view, &w.people[CLASS_TEACHER].session.key));
    assert_keys(me, "account name key session expires stratum roles teaches now today size");
    assert_true(seen_text(me, "name", "Классная Анна Ивановна"));
    assert_int_equal(seen_int(me, "stratum"), 2);
    assert_int_equal(seen_count(seen(me, "roles")), 1);
    assert_keys(seen_at(seen(me, "roles"), 0), "grant from role role_name scope scope_name");
    assert_true(seen_text(seen_at(seen(me, "roles"), 0), "scope_name", "5А"));
    eye_again(&eye);
    const msgpack_object *children =
        seen(eye_see(&eye, proj_view_children(&eye.view, w.class_a)), "pupils");
    assert_int_equal(seen_count(children), 3);
    assert_keys(seen_at(children, 0), "id name class_name");
    eye_again(&eye);
    children = seen(eye_see(&eye, proj_view_children(&eye.view, w.class_b)), "pupils");
    assert_int_equal(seen_count(children), 0);
    eye_again(&eye);
    const msgpack_object *school = eye_see(&eye, proj_view_school(&eye.view));
    assert_keys(school, "name origin offset zone demo");
    eye_close(&eye);
    look_as(PARENT);
    children = seen(eye_see(&eye, proj_view_children(&eye.view, NULL)), "pupils");
    assert_int_equal(seen_count(children), 1);
    assert_true(seen_id(seen_at(children, 0), "id", w.pupils[ANYA]));
    eye_close(&eye);
}

static void pages_and_accounts_are_listed_by_right(void **state)
{
    (void)state;
    look_as(TEACHER);
    const msgpack_object *pages = eye_see(&eye, proj_view_pages(&eye.view));
    assert_keys(pages, "pages periods");
    assert_int_equal(seen_count(seen(pages, "pages")), 3);
    assert_keys(seen_at(seen(pages, "pages"), 0),
                "group group_name kind grade subject subject_name writable");
    assert_int_equal(seen_count(seen(pages, "periods")), 4);
    assert_keys(seen_at(seen(pages, "periods"), 0), "name kind from to grade_from grade_to");
    eye_again(&eye);
    const msgpack_object *accounts =
        seen(eye_see(&eye, proj_view_accounts(&eye.view, BASE_LITERAL(""))), "accounts");
    assert_int_equal(seen_count(accounts), 1);
    assert_true(seen_id(seen_at(accounts, 0), "account", w.people[TEACHER].account));
    eye_close(&eye);
    look_as(HEAD);
    accounts =
        seen(eye_see(&eye, proj_view_accounts(&eye.view, BASE_LITERAL("учителев"))), "accounts");
    assert_int_equal(seen_count(accounts), 1); /* capitals do not matter */
    const msgpack_object *account = seen_at(accounts, 0);
    assert_keys(account, "account name stratum roles enrolled invited keys");
    assert_int_equal(seen_count(seen(account, "keys")), 2);
    const msgpack_object *key = seen_at(seen(account, "keys"), 1);
    assert_keys(key, "key parent seq recorded state is_session place event_count last");
    assert_true(seen_bool(key, "is_session"));
    assert_true(seen_text(key, "place", "Chrome, кабинет 105"));
    assert_int_equal(seen_int(key, "event_count"), 1);
    assert_int_equal(seen_int(key, "state"), 0);
    eye_close(&eye);
}

/* CT-1: the class teacher sees which family of the own class has no access, and nobody's sessions.
 */
static void a_class_teacher_sees_the_accounts_of_the_own_families(void **state)
{
    (void)state;
    world_login(&w, &w.people[PARENT]);
    look_as(CLASS_TEACHER);
    const msgpack_object *accounts =
        seen(eye_see(&eye, proj_view_accounts(&eye.view, BASE_LITERAL("абрамова"))), "accounts");
    assert_int_equal(seen_count(accounts), 1);
    const msgpack_object *account = seen_at(accounts, 0);
    assert_true(seen_id(account, "account", w.people[PARENT].account));
    assert_true(seen_bool(account, "enrolled") && !seen_bool(account, "invited"));
    assert_int_equal(seen_count(seen(account, "keys")), 1);
    assert_false(seen_bool(seen_at(seen(account, "keys"), 0), "is_session"));
    eye_again(&eye);
    accounts = seen(eye_see(&eye, proj_view_accounts(&eye.view, BASE_LITERAL(""))), "accounts");
    assert_int_equal(seen_count(accounts), 3); /* her own, a parent's, a pupil's */
    eye_close(&eye);

    /* A parent with a child elsewhere is an officer's to see; a closed key leaves nobody in. */
    act_grant(&w.draft, w.people[PARENT].account, PROJ_ROLE_PARENT, w.pupils[GLEB], w.today - 8);
    world_do(&w, &w.people[HEAD].session, NULL);
    look_as(CLASS_TEACHER);
    accounts =
        seen(eye_see(&eye, proj_view_accounts(&eye.view, BASE_LITERAL("абрамова"))), "accounts");
    assert_int_equal(seen_count(accounts), 0);
    eye_close(&eye);
    world_report(&w, &w.people[HEAD].session, &w.people[PUPIL], &w.people[PUPIL].key.key, w.now_ms);
    look_as(CLASS_TEACHER);
    accounts =
        seen(eye_see(&eye, proj_view_accounts(&eye.view, BASE_LITERAL("борисов"))), "accounts");
    assert_int_equal(seen_count(accounts), 1);
    assert_false(seen_bool(seen_at(accounts, 0), "enrolled"));
    eye_close(&eye);
}

/* Erasing a person's data leaves the journal whole and the name gone. */
static void an_erased_name_is_a_dash(void **state)
{
    (void)state;
    uint64_t count = 0;
    assert_int_equal(ledger_log_erase(w.log, w.pupils[ANYA], &count, NULL), 0);
    assert_true(count > 0);
    look_as(TEACHER);
    const msgpack_object *pupils = seen(page(), "pupils");
    assert_int_equal(seen_count(pupils), 3);
    bool dash = false;
    for (unsigned i = 0; i < 3; i++) {
        const msgpack_object *name = seen(seen_at(pupils, i), "name");
        dash |=
            name->via.str.size == strlen("—") && memcmp(name->via.str.ptr, "—", strlen("—")) == 0;
    }
    assert_true(dash);
    eye_close(&eye);
}

/* Rights: the table of specs/authority.md */

static struct ledger_key own_key_of(const char *column)
{
    (void)column;
    for (unsigned i = 0; i < PERSON_COUNT; i++) {
        if (memcmp(w.people[i].account, eye.view.account, LEDGER_ID_LEN) == 0)
            return w.people[i].key.key;
    }
    return w.root.key;
}

static int try_to_see(const char *name, const char *column)
{
    struct proj_view *view = &eye.view;
    base_day to = w.today + 1;
    const uint8_t *anya = w.pupils[ANYA];
    const uint8_t *borya = w.pupils[BORYA];
    struct ledger_key own = own_key_of(column);
    if (strcmp(name, "page: maths in 5А") == 0)
        return proj_view_journal(view, w.class_a, w.maths, w.today, to);
    if (strcmp(name, "page: drawing in 5А") == 0)
        return proj_view_journal(view, w.class_a, w.drawing, w.today, to);
    if (strcmp(name, "page: sport in the stream of 5А and 5Б") == 0)
        return proj_view_journal(view, w.stream, w.sport, w.today, to);
    if (strcmp(name, "page: maths in 1А") == 0)
        return proj_view_journal(view, w.class_first, w.maths, w.today, to);
    if (strcmp(name, "history of a topic") == 0)
        return proj_view_cell(view, w.lesson, NULL, PROJ_WHAT_TOPIC, 0);
    if (strcmp(name, "history of Anya's mark") == 0)
        return proj_view_cell(view, w.lesson, anya, PROJ_WHAT_MARK, 0);
    if (strcmp(name, "history of Borya's mark") == 0)
        return proj_view_cell(view, w.lesson, borya, PROJ_WHAT_MARK, 0);
    if (strcmp(name, "diary of Anya") == 0)
        return proj_view_diary(view, anya, w.today, to);
    if (strcmp(name, "diary of Borya") == 0)
        return proj_view_diary(view, borya, w.today, to);
    if (strcmp(name, "diary of Gleb (5Б)") == 0)
        return proj_view_diary(view, w.pupils[GLEB], w.today, to);
    if (strcmp(name, "results of Anya") == 0)
        return proj_view_results(view, anya, w.today, to);
    if (strcmp(name, "cabinet of Borya") == 0)
        return proj_view_cabinet(view, borya, w.today, to);
    if (strcmp(name, "timetable of Gleb (5Б)") == 0)
        return proj_view_timetable(view, w.pupils[GLEB], w.today, to);
    if (strcmp(name, "class page of 5А") == 0)
        return proj_view_form(view, w.class_a, w.today);
    if (strcmp(name, "class page of 5Б") == 0)
        return proj_view_form(view, w.class_b, w.today);
    if (strcmp(name, "sheet of 5А") == 0)
        return proj_view_sheet(view, w.class_a, w.today, to);
    if (strcmp(name, "lists of 5А") == 0)
        return proj_view_lists(view, w.class_a);
    if (strcmp(name, "debts of 5А") == 0)
        return proj_view_debts_of_class(view, w.class_a);
    if (strcmp(name, "debts of Anya") == 0)
        return proj_view_debts(view, anya);
    if (strcmp(name, "year of maths in 5А") == 0)
        return proj_view_closing(view, w.class_a, w.maths);
    if (strcmp(name, "year of 5А") == 0)
        return proj_view_closing_of_class(view, w.class_a);
    if (strcmp(name, "summary of 5А") == 0)
        return proj_view_summary(view, w.class_a);
    if (strcmp(name, "attendance of 5А") == 0)
        return proj_view_attendance(view, w.class_a, w.today, to);
    if (strcmp(name, "closed periods of 5А") == 0)
        return proj_view_locks(view, w.class_a);
    if (strcmp(name, "timetable of the school") == 0)
        return proj_view_schedule(view, NULL, NULL, w.today, to);
    if (strcmp(name, "weeks of the school") == 0)
        return proj_view_weeks(view, w.today);
    if (strcmp(name, "timetable of 5А") == 0)
        return proj_view_schedule(view, w.class_a, NULL, w.today, to);
    if (strcmp(name, "control works of the school") == 0)
        return proj_view_works(view, NULL, w.today, to);
    if (strcmp(name, "groups and subjects") == 0)
        return proj_view_groups(view);
    if (strcmp(name, "edits of maths in 5А") == 0)
        return proj_view_edits(view, w.today, to, w.class_a, w.maths);
    if (strcmp(name, "plan of maths in 5А") == 0)
        return proj_view_plan(view, w.class_a, w.maths);
    if (strcmp(name, "terms of keeping") == 0)
        return proj_view_retention(view, true);
    if (strcmp(name, "settings") == 0)
        return proj_view_settings(view);
    if (strcmp(name, "school years and bells") == 0)
        return proj_view_year(view);
    if (strcmp(name, "movement of pupils") == 0)
        return proj_view_movement(view, w.today, to);
    if (strcmp(name, "roster of 5А") == 0)
        return proj_view_roster(view, w.class_a);
    if (strcmp(name, "subgroup of 5А") == 0)
        return proj_view_group(view, w.subgroup);
    if (strcmp(name, "who works at the school") == 0)
        return proj_view_staff(view);
    if (strcmp(name, "card of Anya") == 0)
        return proj_view_card(view, anya);
    if (strcmp(name, "preview of a report on the own key") == 0)
        return proj_view_preview(view, &own, w.now_ms);
    if (strcmp(name, "preview of a report on another's key") == 0)
        return proj_view_preview(view, &w.people[NEIGHBOUR].key.key, w.now_ms);
    fail_msg("nobody knows how to see “%s”", name);
    return -1;
}

static bool reader_open(const char *column)
{
    static const struct {
        const char *column;
        enum who who;
    } people[] = {{"head", HEAD},
                  {"deputy", DEPUTY},
                  {"support", SUPPORT},
                  {"office", OFFICE},
                  {"class teacher", CLASS_TEACHER},
                  {"teacher", TEACHER},
                  {"other teacher", OTHER},
                  {"substitute", SUBSTITUTE},
                  {"corrector", CORRECTOR},
                  {"staff", STRANGER},
                  {"parent", PARENT},
                  {"pupil", PUPIL},
                  {"auditor", AUDITOR}};
    for (size_t i = 0; i < sizeof people / sizeof people[0]; i++) {
        if (strcmp(people[i].column, column) == 0) {
            look_as(people[i].who);
            return true;
        }
    }
    return false;
}

static void reading_rights_are_those_of_the_specification(void **state)
{
    (void)state;
    static struct table table;
    unsigned wrong = 0;
    teach();
    table_read(&table, "authority.md", "who reads");
    assert_int_equal(table.row_count, 41);
    assert_int_equal(table.column_count, 13);
    for (unsigned column = 0; column < table.column_count; column++) {
        for (unsigned row = 0; row < table.row_count; row++) {
            if (!reader_open(table.columns[column]))
                fail_msg("nobody is called “%s”", table.columns[column]);
            int answer = try_to_see(table.rows[row], table.columns[column]);
            bool may = answer == PROJ_VIEW_DONE;
            assert_true(may || answer == PROJ_VIEW_FORBIDDEN);
            if (!may)
                assert_int_equal(eye.out.len, 0); /* a refusal gives nothing away */
            if (may != table_says(&table, (int)row, column)) {
                print_error("%s by %s: %d\n", table.rows[row], table.columns[column], answer);
                wrong++;
            }
            eye_close(&eye);
        }
    }
    assert_int_equal(wrong, 0);
}

static bool answer_holds(const char *text)
{
    return memmem(eye.out.data, eye.out.len, text, strlen(text)) != NULL;
}

static void an_auditor_reads_pages_and_nothing_sealed(void **state)
{
    (void)state;
    act_mark(&w.draft, w.lesson, w.pupils[ANYA], 5, "устно у доски", LEDGER_SEQ_NONE);
    world_do(&w, by(TEACHER), NULL);
    act_attendance(&w.draft, w.lesson, w.pupils[BORYA], PROJ_ABSENT, "ill", LEDGER_SEQ_NONE, false);
    world_do(&w, by(TEACHER), NULL);
    look_as(AUDITOR);
    const msgpack_object *page =
        eye_see(&eye, proj_view_journal(&eye.view, w.class_a, w.maths, w.today, w.today));
    assert_int_equal(seen_count(seen(page, "pupils")), 3);
    assert_int_equal(seen_count(seen(page, "marks")), 1);
    for (unsigned i = 0; i < 3; i++)
        assert_true(seen_text(seen_at(seen(page, "pupils"), i), "name", "—"));
    assert_false(seen_bool(page, "writable"));
    assert_false(answer_holds("Абрамова") || answer_holds("Учителева") || answer_holds("ill"));
    eye_again(&eye);
    const msgpack_object *versions =
        eye_see(&eye, proj_view_cell(&eye.view, w.lesson, w.pupils[ANYA], PROJ_WHAT_MARK, 0));
    (void)versions;
    assert_true(answer_holds("marks.set"));
    assert_false(answer_holds("устно") || answer_holds("Учителева"));
    eye_again(&eye);
    const msgpack_object *pages = seen(eye_see(&eye, proj_view_pages(&eye.view)), "pages");
    assert_true(seen_count(pages) >= 4);
    for (unsigned i = 0; i < seen_count(pages); i++)
        assert_false(seen_bool(seen_at(pages, i), "writable"));
    eye_close(&eye);
    look_as(TEACHER);
    (void)eye_see(&eye, proj_view_journal(&eye.view, w.class_a, w.maths, w.today, w.today));
    assert_true(answer_holds("Учителева"));
    eye_close(&eye);
}

static void the_operator_on_the_machine_sees_all(void **state)
{
    (void)state;
    eye_open(&eye, &w, NULL);
    page();
    eye_again(&eye);
    eye_see(&eye, proj_view_diary(&eye.view, w.pupils[GLEB], w.today, w.today));
    eye_again(&eye);
    proj_id no;
    world_new_id(&w, no);
    assert_int_equal(proj_view_journal(&eye.view, no, w.maths, 0, 1), PROJ_VIEW_MISSING);
    assert_int_equal(proj_view_diary(&eye.view, no, 0, 1), PROJ_VIEW_MISSING);
    assert_int_equal(proj_view_preview(&eye.view, &w.root.key, 0), PROJ_VIEW_MISSING);
    eye_close(&eye);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(people_views_have_the_documented_shapes),
        CASE(pages_and_accounts_are_listed_by_right),
        CASE(a_class_teacher_sees_the_accounts_of_the_own_families),
        CASE(an_erased_name_is_a_dash),
        CASE(reading_rights_are_those_of_the_specification),
        CASE(an_auditor_reads_pages_and_nothing_sealed),
        CASE(the_operator_on_the_machine_sees_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
