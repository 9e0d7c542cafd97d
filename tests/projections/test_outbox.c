/* Whom the school owes which message: a function of the log, one message a cause (CT-2a, CT-4;
 * specs/messages.md). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "projections/views/outbox.h"
#include "tests/projections/eye.h"
#include "tests/projections/little.h"

static struct eye eye_;

static ledger_seq consent(unsigned decision)
{
    act_consent(&w.draft, w.people[PARENT].account, w.pupils[ANYA], decision, PROJ_FORM_ELECTRONIC,
                w.today);
    return world_do(&w, by(PARENT), NULL);
}

static void subscribe(unsigned wants)
{
    act_channel(&w.draft, w.people[PARENT].account, "anna@example.org", wants);
    world_do(&w, by(PARENT), NULL);
}

static ledger_seq mark(unsigned value, ledger_seq prev)
{
    return world_mark(&w, by(TEACHER), ANYA, value, prev);
}

struct found {
    struct proj_cause list[64];
    unsigned count;
};

static void take(void *data, const struct proj_cause *cause)
{
    struct found *found = data;
    assert_true(found->count < 64);
    found->list[found->count++] = *cause;
}

static struct found causes_from(ledger_seq from)
{
    struct found found = {0};
    struct proj_outbox *outbox;
    eye_open(&eye_, &w, NULL);
    assert_int_equal(proj_outbox_new(&outbox, NULL), 0);
    for (ledger_seq seq = from; seq < world_size(&w); seq++)
        proj_outbox_entry(outbox, &eye_.view, seq, take, &found);
    proj_outbox_free(outbox);
    eye_close(&eye_);
    return found;
}

/* Composes and compares: NULL: it must not be wanted, for `reason`. */
static void says(const struct proj_cause *cause, const char *text, const char *reason)
{
    struct proj_message message;
    eye_open(&eye_, &w, NULL);
    proj_outbox_compose(&eye_.view, cause, &message);
    assert_int_equal(message.wanted, text != NULL);
    if (text != NULL)
        assert_string_equal(base_buf_text(&message.text), text);
    else
        assert_string_equal(message.reason, reason);
    proj_message_release(&message);
    eye_close(&eye_);
}

static void only_who_consented_and_wants_it_is_told(void **state)
{
    (void)state;
    ledger_seq first = mark(5, LEDGER_SEQ_NONE);
    subscribe(PROJ_WANTS_MARKS);
    ledger_seq second = mark(4, first);
    consent(PROJ_CONSENT_GIVEN);
    ledger_seq third = mark(3, second);
    act_homework(&w.draft, w.lesson, "№ 5", LEDGER_SEQ_NONE);
    world_do(&w, by(TEACHER), NULL);
    consent(PROJ_CONSENT_WITHDRAWN);
    ledger_seq fourth = mark(2, third);
    consent(PROJ_CONSENT_GIVEN);
    ledger_seq fifth = mark(5, fourth);
    struct found found = causes_from(0);
    assert_int_equal(found.count, 2);
    assert_int_equal(found.list[0].seq, third);
    assert_int_equal(found.list[1].seq, fifth);
    assert_memory_equal(found.list[0].account, w.people[PARENT].account, LEDGER_ID_LEN);
    says(&found.list[0], "Математика, 01.09, урок 1: отметка – было: 4, стало: 3\n", NULL);
    says(&found.list[1], "Математика, 01.09, урок 1: отметка – было: 2, стало: 5\n", NULL);
}

static void each_subscription_is_its_own(void **state)
{
    (void)state;
    consent(PROJ_CONSENT_GIVEN);
    subscribe(PROJ_WANTS_ABSENCES | PROJ_WANTS_HOMEWORK | PROJ_WANTS_ADVICE | PROJ_WANTS_CHANGES);
    ledger_seq from = world_size(&w);
    mark(5, LEDGER_SEQ_NONE);
    act_attendance(&w.draft, w.lesson, w.pupils[ANYA], PROJ_ABSENT, "ill", LEDGER_SEQ_NONE, true);
    ledger_seq absent = world_do(&w, by(TEACHER), NULL);
    act_attendance(&w.draft, w.lesson, w.pupils[ANYA], PROJ_ABSENT, "valid", absent, false);
    world_do(&w, by(TEACHER), NULL); /* another reason: not a word of it leaves */
    act_homework(&w.draft, w.lesson, "№ 5,\nустно", LEDGER_SEQ_NONE);
    world_do(&w, by(TEACHER), NULL);
    act_advise(&w.draft, w.pupils[ANYA], false, w.maths, "Больше читать");
    world_do(&w, by(TEACHER), NULL);
    act_change(&w.draft, w.class_a, w.maths, w.today + 1, 2, w.people[TEACHER].account, NULL);
    world_do(&w, by(DEPUTY), NULL);
    struct found found = causes_from(from);
    assert_int_equal(found.count, 4);
    says(&found.list[0], "Математика, 01.09, урок 1: отсутствие\n", NULL);
    says(&found.list[1], "Математика, 01.09, урок 1: домашнее задание № 5, устно\n", NULL);
    says(&found.list[2], "Математика: новая запись «рекомендация учителя», её текст – в дневнике\n",
         NULL);
    says(&found.list[3], "Математика, 02.09, урок 2: урок отменён\n", NULL);
}

static void what_was_announced_and_fell_is_corrected(void **state)
{
    (void)state;
    consent(PROJ_CONSENT_GIVEN);
    subscribe(PROJ_WANTS_MARKS | PROJ_WANTS_CORRECTIONS);
    ledger_seq honest = mark(3, LEDGER_SEQ_NONE);
    world_tick(&w);
    base_time_ms theft = w.now_ms;
    ledger_seq stolen = mark(5, honest);
    world_tick(&w);
    struct told told = world_void(&w, &w.people[TEACHER], &w.people[TEACHER].session.key, theft);
    assert_false(world_counts(&w, stolen));
    struct found found = causes_from(honest);
    assert_int_equal(found.count, 3);
    assert_int_equal(found.list[1].seq, stolen);
    assert_int_equal(found.list[2].wants, PROJ_WANTS_CORRECTIONS);
    assert_true(found.list[2].seq >= told.seq);
    says(&found.list[1], NULL, "void"); /* if it has not left yet, it does not any more */
    says(&found.list[2], "Математика, 01.09, урок 1: отметка – было: 5, стало: 3\n", NULL);
    assert_int_equal(world_overrule(&w, &w.root, &told), 0);
    found = causes_from(world_size(&w) - 1);
    assert_int_equal(found.count, 1);
    says(&found.list[0], "Математика, 01.09, урок 1: отметка – было: 3, стало: 5\n", NULL);
}

static void between_cause_and_sending_a_family_may_withdraw(void **state)
{
    (void)state;
    consent(PROJ_CONSENT_GIVEN);
    subscribe(PROJ_WANTS_MARKS);
    ledger_seq seq = mark(5, LEDGER_SEQ_NONE);
    struct found found = causes_from(seq);
    assert_int_equal(found.count, 1);
    subscribe(PROJ_WANTS_ADVICE);
    says(&found.list[0], NULL, "channel");
    consent(PROJ_CONSENT_WITHDRAWN);
    says(&found.list[0], NULL, "consent");
    assert_int_equal(causes_from(seq).count, 1); /* the cause is what it was */
}

static void a_week_is_told_once(void **state)
{
    (void)state;
    struct found found = {0};
    struct proj_outbox *outbox;
    consent(PROJ_CONSENT_GIVEN);
    subscribe(PROJ_WANTS_DIGEST);
    mark(5, LEDGER_SEQ_NONE);
    act_attendance(&w.draft, w.lesson, w.pupils[ANYA], PROJ_LATE, NULL, LEDGER_SEQ_NONE, true);
    world_do(&w, by(TEACHER), NULL);
    assert_int_equal(causes_from(0).count, 0);
    eye_open(&eye_, &w, NULL);
    assert_int_equal(proj_outbox_new(&outbox, NULL), 0);
    proj_outbox_week(outbox, &eye_.view, w.today - 1, take, &found);
    proj_outbox_free(outbox);
    eye_close(&eye_);
    assert_int_equal(found.count, 1);
    says(&found.list[0], "Математика: 5\nОпозданий: 1\n", NULL);
    found.list[0].week += 7;
    says(&found.list[0], NULL, "empty");
}

static void an_id_names_its_cause_alone(void **state)
{
    (void)state;
    const struct ledger_hash log = {{1}};
    struct proj_cause a = {.wants = 1, .seq = 7};
    struct proj_cause b = a;
    uint8_t x[PROJ_CAUSE_ID_LEN], y[PROJ_CAUSE_ID_LEN];
    proj_cause_id(&log, &a, x);
    proj_cause_id(&log, &b, y);
    assert_memory_equal(x, y, sizeof x);
    b.seq = 8;
    proj_cause_id(&log, &b, y);
    assert_memory_not_equal(x, y, sizeof x);
    b = a;
    b.pupil[3] = 1;
    proj_cause_id(&log, &b, y);
    assert_memory_not_equal(x, y, sizeof x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE_LATER(only_who_consented_and_wants_it_is_told),
        CASE_LATER(each_subscription_is_its_own),
        CASE_LATER(what_was_announced_and_fell_is_corrected),
        CASE_LATER(between_cause_and_sending_a_family_may_withdraw),
        CASE_LATER(a_week_is_told_once),
        cmocka_unit_test(an_id_names_its_cause_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
