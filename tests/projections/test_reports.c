/* What a report, a receipt and an overruling must say, and who may say it how often. Each refusal
 * names its field and leaves the log as it was. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/projections/world.h"

#define HOUR_MS 3600000
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

static void a_report_must_say_what_the_log_says(void **state)
{
    struct world *w = *state;
    struct person *teacher = &w->people[TEACHER];
    struct signer *head = &w->people[HEAD].session;
    base_time_ms breach = w->now_ms;
    struct act_report good;
    world_mark(w, &teacher->session, ANYA, 2, LEDGER_SEQ_NONE);
    world_tick(w);
    world_report_of(w, teacher, &teacher->key.key, breach, &good);
    assert_int_equal(good.count, 1);
    struct act_report bad = good;
    bad.cut--;
    act_report(&w->draft, &bad);
    world_refused(w, head, NULL, PROJ_REFUSED_BREACH_CUT, "cut");
    bad = good;
    bad.breach_ms -= DAY_MS;
    act_report(&w->draft, &bad);
    world_refused(w, head, NULL, PROJ_REFUSED_BREACH_CUT, "cut");
    bad = good;
    bad.size++;
    act_report(&w->draft, &bad);
    world_refused(w, head, NULL, PROJ_REFUSED_BREACH_CUT, "size");
    bad = good;
    bad.count++;
    act_report(&w->draft, &bad);
    world_refused(w, head, NULL, PROJ_REFUSED_BREACH_DIGEST, "count");
    bad = good;
    bad.digest.bytes[0] ^= 1;
    act_report(&w->draft, &bad);
    world_refused(w, head, NULL, PROJ_REFUSED_BREACH_DIGEST, "digest");
    bad = good;
    memcpy(bad.account, w->people[OTHER].account, LEDGER_ID_LEN);
    act_report(&w->draft, &bad);
    world_refused(w, head, NULL, PROJ_REFUSED_UNKNOWN_REFERENT, "account");
    bad = good;
    bad.target = teacher->invitation.key;
    act_report(&w->draft, &bad);
    world_refused(w, head, NULL, PROJ_REFUSED_UNKNOWN_REFERENT, "target");
    bad = good;
    bad.target = w->root.key;
    act_report(&w->draft, &bad);
    world_refused(w, head, NULL, PROJ_REFUSED_UNKNOWN_REFERENT, "target");
    act_report(&w->draft, &good);
    world_refused(w, &w->people[OTHER].session, NULL, PROJ_REFUSED_NO_RIGHT, "target");
    act_report(&w->draft, &good);
    world_do(w, head, NULL);
}

/* An older size must not serve to draw the cut earlier than the claimed moment: whoever signs would
 * sign "nothing is covered" and strike out the year. */
static void a_small_size_does_not_move_the_cut(void **state)
{
    struct world *w = *state;
    struct person *teacher = &w->people[TEACHER];
    struct act_report trick;
    world_mark(w, &teacher->session, ANYA, 2, LEDGER_SEQ_NONE);
    world_tick(w);
    world_report_of(w, teacher, &teacher->key.key, w->now_ms, &trick);
    trick.size = trick.cut = 1;
    trick.count = 0;
    ledger_sha256(base_bytes_of("", 0), &trick.digest);
    act_report(&w->draft, &trick);
    world_refused(w, &w->people[HEAD].session, NULL, PROJ_REFUSED_BREACH_CUT, "cut");
}

static void nobody_confirms_a_report_on_themselves(void **state)
{
    struct world *w = *state;
    struct person *deputy = &w->people[DEPUTY];
    struct told told =
        world_report(w, &w->people[HEAD].session, deputy, &deputy->session.key, w->now_ms);
    act_receipt(&w->draft, &told.id, told.report.cut, &told.report.digest, PROJ_ROLE_DEPUTY_HEAD,
                w->now_ms);
    world_refused(w, &deputy->key, NULL, PROJ_REFUSED_BREACH_TARGET, "report");
}

/* Else one stolen slip of an officer would close the whole staff. */
static void an_officers_slip_closes_its_own_account_alone(void **state)
{
    struct world *w = *state;
    struct person *head = &w->people[HEAD];
    struct person *teacher = &w->people[TEACHER];
    struct signer invitation;
    struct signer slip;
    struct act_report report;
    world_new_signer(w, &invitation);
    world_new_signer(w, &slip);
    act_invite(&w->draft, head->account, &invitation.key, &slip.key);
    world_do(w, &w->root, NULL);
    world_report_of(w, teacher, &teacher->key.key, w->now_ms, &report);
    act_report(&w->draft, &report);
    world_refused(w, &slip, NULL, PROJ_REFUSED_NO_RIGHT, "target");
    world_report(w, &slip, head, &head->key.key, w->now_ms);
}

static void a_receipt_repeats_what_was_reported(void **state)
{
    struct world *w = *state;
    struct person *teacher = &w->people[TEACHER];
    struct signer *head = &w->people[HEAD].session;
    struct told told = world_report(w, head, teacher, &teacher->key.key, w->now_ms);
    const struct ledger_hash wrong = {{1}};
    act_receipt(&w->draft, &told.id, told.report.cut + 1, &told.report.digest, 1, w->now_ms);
    world_refused(w, head, NULL, PROJ_REFUSED_BREACH_CUT, "cut");
    act_receipt(&w->draft, &told.id, told.report.cut, &wrong, 1, w->now_ms);
    world_refused(w, head, NULL, PROJ_REFUSED_BREACH_DIGEST, "digest");
    act_receipt(&w->draft, &told.id, told.report.cut, &told.report.digest, PROJ_ROLE_SUPPORT,
                w->now_ms);
    world_refused(w, head, NULL, PROJ_REFUSED_NO_RIGHT, "capacity");
    act_receipt(&w->draft, &told.id, told.report.cut, &told.report.digest, 1, w->now_ms);
    world_refused(w, &w->people[OTHER].session, NULL, PROJ_REFUSED_NO_RIGHT, "report");
    assert_int_equal(world_receive(w, head, &told, PROJ_ROLE_HEAD), 0);
    act_receipt(&w->draft, &told.id, told.report.cut, &told.report.digest, 1, w->now_ms);
    world_refused(w, head, NULL, PROJ_REFUSED_BREACH_TWICE, "report");
}

static void overruling_has_its_bounds(void **state)
{
    struct world *w = *state;
    struct person *teacher = &w->people[TEACHER];
    struct person *deputy = &w->people[DEPUTY];
    struct signer *support = &w->people[SUPPORT].session;
    struct told on_staff = world_report(w, support, teacher, &teacher->key.key, w->now_ms);
    struct told by_root = world_report(w, &w->root, teacher, &teacher->key.key, w->now_ms);
    struct told on_officer = world_report(w, &w->root, deputy, &deputy->key.key, w->now_ms);
    act_overrule(&w->draft, w->people[OTHER].account, &on_staff.id);
    world_refused(w, support, NULL, PROJ_REFUSED_UNKNOWN_REFERENT, "account");
    act_overrule(&w->draft, teacher->account, &by_root.id);
    world_refused(w, support, NULL, PROJ_REFUSED_STRATUM, "report");
    act_overrule(&w->draft, deputy->account, &on_officer.id);
    world_refused(w, support, NULL, PROJ_REFUSED_NO_RIGHT, "report");
    act_overrule(&w->draft, teacher->account, &on_staff.id);
    world_refused(w, &w->people[OTHER].session, NULL, PROJ_REFUSED_NO_RIGHT, "report");
    assert_int_equal(world_overrule(w, support, &on_staff), 0);
    act_overrule(&w->draft, teacher->account, &on_staff.id);
    world_refused(w, support, NULL, PROJ_REFUSED_BREACH_TWICE, "report");
}

static void old_breaches_need_root(void **state)
{
    struct world *w = *state;
    struct person *teacher = &w->people[TEACHER];
    base_time_ms breach = w->now_ms;
    w->now_ms = breach + PROJ_VOID_DAYS_PAIR_MAX * DAY_MS;
    world_login(w, &w->people[HEAD]);
    struct told just =
        world_report(w, &w->people[HEAD].session, teacher, &teacher->key.key, breach);
    assert_int_equal(world_receive(w, &w->people[HEAD].session, &just, PROJ_ROLE_HEAD), 0);
    w->now_ms++;
    struct told over = world_report(w, &w->people[DEPUTY].key, teacher, &teacher->key.key, breach);
    act_receipt(&w->draft, &over.id, over.report.cut, &over.report.digest, 1, w->now_ms);
    world_refused(w, &w->people[HEAD].session, NULL, PROJ_REFUSED_BREACH_ROOT, "count");
}

static void fill_marks(struct world *w, unsigned count)
{
    ledger_seq prev = LEDGER_SEQ_NONE;
    for (unsigned i = 0; i < count; i++)
        prev = world_mark(w, &w->people[TEACHER].session, ANYA, 1 + i % 5, prev);
}

static void many_covered_events_need_root(void **state)
{
    struct world *w = *state;
    struct person *teacher = &w->people[TEACHER];
    base_time_ms breach = w->now_ms;
    fill_marks(w, PROJ_VOID_COUNT_PAIR_MAX);
    world_tick(w);
    struct act_report before; /* as seen one event earlier: 200 of what will be 201 */
    world_report_of(w, teacher, &teacher->key.key, breach, &before);
    assert_int_equal(before.count, PROJ_VOID_COUNT_PAIR_MAX);
    act_topic(&w->draft, w->lesson, "Дроби", LEDGER_SEQ_NONE);
    world_do(w, &teacher->session, NULL);
    act_report(&w->draft, &before);
    world_do(w, &w->people[HEAD].session, NULL);
    /* What counts for the guard is what will fall, not how old the signed size is. */
    struct told told = {.report = before, .id = w->receipt.id};
    act_receipt(&w->draft, &told.id, told.report.cut, &told.report.digest, 1, w->now_ms);
    world_refused(w, &w->people[HEAD].session, NULL, PROJ_REFUSED_BREACH_ROOT, "count");
}

static void just_so_many_do_not(void **state)
{
    struct world *w = *state;
    struct person *teacher = &w->people[TEACHER];
    struct signer *head = &w->people[HEAD].session;
    base_time_ms breach = w->now_ms;
    fill_marks(w, PROJ_VOID_COUNT_PAIR_MAX);
    world_tick(w);
    struct told told = world_report(w, head, teacher, &teacher->key.key, breach);
    assert_int_equal(told.report.count, PROJ_VOID_COUNT_PAIR_MAX);
    assert_int_equal(world_receive(w, head, &told, PROJ_ROLE_HEAD), 0);
}

static struct ledger_key another_session(struct world *w, struct person *person)
{
    world_login(w, person);
    return person->session.key;
}

static void report_refused(struct world *w, struct signer *by, struct person *person,
                           const struct ledger_key *target, base_time_ms breach, int code)
{
    struct act_report report;
    world_report_of(w, person, target, breach, &report);
    act_report(&w->draft, &report);
    world_refused(w, by, NULL, code, "target");
}

static void reports_of_one_account_are_limited_in_a_day(void **state)
{
    struct world *w = *state;
    struct person *teacher = &w->people[TEACHER];
    struct signer *head = &w->people[HEAD].key;
    base_time_ms start = w->now_ms;
    for (unsigned i = 0; i < PROJ_REPORTS_PER_DAY_MAX; i++) {
        struct ledger_key target = another_session(w, teacher);
        world_report(w, head, teacher, &target, w->now_ms);
    }
    w->now_ms = start + DAY_MS - 1;
    struct ledger_key next = another_session(w, teacher);
    report_refused(w, head, teacher, &next, w->now_ms, PROJ_REFUSED_BREACH_LIMIT);
    world_report(w, &w->people[SUPPORT].key, teacher, &next, w->now_ms);
    world_report(w, &w->root, teacher, &next, w->now_ms);
    w->now_ms = start + DAY_MS;
    world_report(w, head, teacher, &next, w->now_ms);
}

static void people_report_their_own_keys_a_few_times_a_day(void **state)
{
    struct world *w = *state;
    struct person *parent = &w->people[PARENT];
    for (unsigned i = 0; i < PROJ_OWN_REPORTS_PER_DAY_MAX; i++) {
        struct ledger_key target = another_session(w, parent);
        world_report(w, &parent->key, parent, &target, w->now_ms);
    }
    struct ledger_key next = another_session(w, parent);
    report_refused(w, &parent->key, parent, &next, w->now_ms, PROJ_REFUSED_BREACH_LIMIT);
    world_report(w, &w->people[HEAD].session, parent, &next, w->now_ms);
}

/* A key is closed by its first report; the same reporter speaks of it again only when it turns out
 * that the breach was earlier. */
static void a_second_report_must_reach_further_back(void **state)
{
    struct world *w = *state;
    struct person *teacher = &w->people[TEACHER];
    struct signer *head = &w->people[HEAD].session;
    base_time_ms early = w->now_ms;
    world_mark(w, &teacher->session, ANYA, 2, LEDGER_SEQ_NONE);
    world_tick(w);
    base_time_ms late = w->now_ms;
    world_mark(w, &teacher->session, BORYA, 2, LEDGER_SEQ_NONE);
    world_report(w, head, teacher, &teacher->key.key, late);
    report_refused(w, head, teacher, &teacher->key.key, late, PROJ_REFUSED_EXISTS);
    report_refused(w, head, teacher, &teacher->key.key, w->now_ms, PROJ_REFUSED_EXISTS);
    world_report(w, head, teacher, &teacher->key.key, early);
    world_report(w, &w->people[DEPUTY].session, teacher, &teacher->key.key, late);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_report_must_say_what_the_log_says),
        CASE(a_small_size_does_not_move_the_cut),
        CASE(nobody_confirms_a_report_on_themselves),
        CASE(an_officers_slip_closes_its_own_account_alone),
        CASE(a_receipt_repeats_what_was_reported),
        CASE(overruling_has_its_bounds),
        CASE(old_breaches_need_root),
        CASE(many_covered_events_need_root),
        CASE(just_so_many_do_not),
        CASE(reports_of_one_account_are_limited_in_a_day),
        CASE(people_report_their_own_keys_a_few_times_a_day),
        CASE(a_second_report_must_reach_further_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
