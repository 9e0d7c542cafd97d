/* The school of the tests. */
#include "tests/projections/world.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#define MINUTE_MS 60000
#define FOUNDED_MS INT64_C(1787551200000) /* 2026-08-24T09:00+03:00 */
#define OFFSET_MIN 180

void world_new_id(struct world *world, proj_id out_id)
{
    memset(out_id, 0, LEDGER_ID_LEN);
    base_set_be64(out_id, 0x5151515151515151u);
    base_set_be64(out_id + 8, ++world->next_id);
}

void world_new_signer(struct world *world, struct signer *out_signer)
{
    signer_make(out_signer, ++world->next_signer);
}

void world_tick(struct world *world)
{
    world->now_ms += 5 * MINUTE_MS;
}

static int open_log(struct world *world, bool create, struct base_err *err)
{
    struct ledger_log_options options = {.dir = world->dir,
                                         .origin = "journal.example/log",
                                         .create = create,
                                         .clock = base_clock_manual(&world->now_ms),
                                         .admission = proj_engine_admission(world->engine),
                                         .faults = &world->faults};
    return ledger_log_open(&options, &world->log, err);
}

static int open_both(struct world *world, bool create, struct base_err *err)
{
    int rc = proj_engine_open(world->dir, false, &world->engine, err);
    if (rc == 0)
        rc = open_log(world, create, err);
    if (rc == 0)
        rc = proj_engine_attach(world->engine, world->log, NULL, NULL, err);
    if (rc != 0)
        world_close(world);
    return rc;
}

int world_open(struct world *world, struct base_err *err)
{
    return open_both(world, false, err);
}

void world_close(struct world *world)
{
    ledger_log_close(world->log);
    proj_engine_close(world->engine);
    world->log = NULL;
    world->engine = NULL;
}

void world_make_empty(struct world *world)
{
    struct base_err err = {0};
    memset(world, 0, sizeof *world);
    world->now_ms = FOUNDED_MS;
    world->today = base_day_from_civil(2026, 9, 1);
    test_dir_make(world->dir);
    if (open_both(world, true, &err) != 0)
        fail_msg("%s", err.text);
}

void world_remove(struct world *world)
{
    world_close(world);
    draft_release(&world->draft);
    for (unsigned i = 0; i < world->waiting_count; i++)
        test_submission_release(&world->waiting[i]);
    test_dir_remove(world->dir);
}

struct moment world_moment(const struct world *world)
{
    struct ledger_head head;
    struct moment moment = {.claimed_ms = world->now_ms};
    ledger_log_head(world->log, &head);
    ledger_log_id(world->log, &moment.log_id);
    moment.seen_size = head.size;
    moment.seen_root = head.root;
    return moment;
}

static int append_one(struct world *world, struct test_submission *submission)
{
    struct base_err err = {0};
    struct ledger_submission *one = &submission->submission;
    memset(&world->receipt, 0, sizeof world->receipt);
    memset(&world->refusal, 0, sizeof world->refusal);
    int code =
        ledger_submission_verify(proj_engine_admission(world->engine), one, &world->refusal, &err);
    if (code == 0) {
        code = ledger_log_append(world->log, &one, 1, &world->receipt, &err);
        if (code == 0) {
            world->refusal = world->receipt.refusal;
            code = world->receipt.code;
        }
    }
    if (code < 0)
        fail_msg("%s", err.text);
    world->refusal.code = code;
    world->receipt.code = code;
    return code;
}

int world_try_wire(struct world *world, struct base_bytes wire)
{
    struct test_submission submission;
    test_submission_of(wire, &submission);
    int code = append_one(world, &submission);
    test_submission_release(&submission);
    return code;
}

int world_try(struct world *world, struct signer *signer, struct signer *second)
{
    struct base_buf BASE_CLEANUP(base_buf_release) wire = {0};
    struct signer *signers[2] = {signer, second};
    struct moment moment = world_moment(world);
    int64_t counter = signer->counter;
    draft_sign(&world->draft, &moment, signers, second != NULL ? 2 : 1, &wire);
    if (world->batching) {
        assert_true(world->waiting_count < LEDGER_BATCH_COUNT_MAX);
        test_submission_of(base_buf_bytes(&wire), &world->waiting[world->waiting_count++]);
        world->receipt.seq = LEDGER_SEQ_NONE;
        return 0;
    }
    int code = world_try_wire(world, base_buf_bytes(&wire));
    if (code != 0)
        signer->counter = counter;
    return code;
}

ledger_seq world_do(struct world *world, struct signer *signer, struct signer *second)
{
    if (world_try(world, signer, second) != 0) {
        const struct ledger_refusal_text *text = proj_refusal_text_of(world->refusal.code);
        fail_msg("%s refused: %s (%s)", world->draft.kind, text != NULL ? text->name : "?",
                 world->refusal.field);
    }
    return world->receipt.seq;
}

void world_flush(struct world *world)
{
    struct ledger_submission *batch[LEDGER_BATCH_COUNT_MAX] = {0};
    struct ledger_receipt receipts[LEDGER_BATCH_COUNT_MAX];
    struct base_err err = {0};
    for (unsigned i = 0; i < world->waiting_count; i++) {
        batch[i] = &world->waiting[i].submission;
        int code = ledger_submission_verify(proj_engine_admission(world->engine), batch[i],
                                            &world->refusal, &err);
        if (code != 0)
            fail_msg("submission %u: %d %s %s", i, code, world->refusal.field, err.text);
    }
    if (ledger_log_append(world->log, batch, world->waiting_count, receipts, &err) != 0)
        fail_msg("%s", err.text);
    for (unsigned i = 0; i < world->waiting_count; i++) {
        if (receipts[i].code != 0)
            fail_msg("submission %u (%.*s): %d %s", i, (int)batch[i]->event.kind.len,
                     (const char *)batch[i]->event.kind.data, receipts[i].code,
                     receipts[i].refusal.field);
        test_submission_release(&world->waiting[i]);
    }
    world->waiting_count = 0;
    world->batching = false;
}

void world_make_founded(struct world *world)
{
    struct base_buf BASE_CLEANUP(base_buf_release) wire = {0};
    struct act_officer officers[3];
    struct signer *signers[4] = {&world->root};
    world_make_empty(world);
    world_new_signer(world, &world->root);
    world_new_signer(world, &world->next_root);
    for (unsigned i = 0; i < 3; i++) {
        struct person *person = &world->people[i];
        world_new_id(world, person->account);
        world_new_signer(world, &person->key);
        memcpy(officers[i].account, person->account, LEDGER_ID_LEN);
        officers[i].role = i + 1;
        officers[i].key = person->key.key;
        signers[i + 1] = &person->key;
    }
    act_founded_next(&world->draft, &world->root.key, &world->next_root.key, officers, 3);
    struct moment moment = {.claimed_ms = world->now_ms};
    ledger_sha256(base_bytes_of("", 0), &moment.seen_root);
    draft_sign(&world->draft, &moment, signers, 4, &wire);
    if (world_try_wire(world, base_buf_bytes(&wire)) != 0)
        fail_msg("founding: %d %s", world->refusal.code, world->refusal.field);
}

static void enrol(struct world *world, struct signer *by, struct person *person)
{
    world_new_signer(world, &person->invitation);
    world_new_signer(world, &person->emergency);
    world_new_signer(world, &person->key);
    act_invite(&world->draft, person->account, &person->invitation.key, &person->emergency.key);
    world_do(world, by, NULL);
    act_enrol(&world->draft, person->account, &person->key.key);
    world_do(world, &person->invitation, &person->key);
}

void world_person(struct world *world, struct signer *by, struct person *out_person,
                  unsigned stratum, const char *surname)
{
    world_new_id(world, out_person->account);
    act_account(&world->draft, out_person->account, stratum, surname);
    world_do(world, by, NULL);
    enrol(world, by, out_person);
}

void world_enrol_again(struct world *world, struct signer *by, struct person *person)
{
    enrol(world, by, person);
}

void world_login(struct world *world, struct person *person)
{
    world_new_signer(world, &person->session);
    act_session(&world->draft, person->account, &person->session.key);
    world_do(world, &person->key, &person->session);
}

static void make_groups(struct world *world)
{
    struct draft *d = &world->draft;
    struct signer *by = &world->people[DEPUTY].key;
    uint8_t *const ids[] = {world->class_a, world->class_b, world->class_first, world->subgroup,
                            world->stream,  world->maths,   world->drawing,     world->sport};
    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++)
        world_new_id(world, ids[i]);
    act_subject(d, world->maths, true, "Математика");
    world_do(world, by, NULL);
    act_subject(d, world->drawing, false, "Рисование");
    world_do(world, by, NULL);
    act_subject(d, world->sport, true, "Физкультура");
    world_do(world, by, NULL);
    act_group(d, world->class_a, PROJ_GROUP_CLASS, 5, NULL, 0, "5А");
    world_do(world, by, NULL);
    act_group(d, world->class_b, PROJ_GROUP_CLASS, 5, NULL, 0, "5Б");
    world_do(world, by, NULL);
    act_group(d, world->class_first, PROJ_GROUP_CLASS, 1, NULL, 0, "1А");
    world_do(world, by, NULL);
    proj_id classes[2];
    memcpy(classes[0], world->class_a, LEDGER_ID_LEN);
    memcpy(classes[1], world->class_b, LEDGER_ID_LEN);
    act_group(d, world->subgroup, PROJ_GROUP_SUBGROUP, 5, classes, 1, "5А/1");
    world_do(world, by, NULL);
    act_group(d, world->stream, PROJ_GROUP_STREAM, 5, classes, 2, "5 поток");
    world_do(world, by, NULL);
}

static void make_pupils(struct world *world)
{
    static const char *const names[] = {"Абрамова", "Борисов", "Васильева", "Глебов", "Дымов"};
    const uint8_t *const classes[] = {world->class_a, world->class_a, world->class_a,
                                      world->class_b, world->class_first};
    struct draft *d = &world->draft;
    struct signer *by = &world->people[DEPUTY].key;
    for (unsigned i = 0; i < PUPIL_COUNT; i++) {
        world_new_id(world, world->pupils[i]);
        act_pupil(d, world->pupils[i], classes[i], world->today, names[i]);
        world_do(world, by, NULL);
    }
    act_join(d, world->subgroup, world->pupils[ANYA], world->today);
    world_do(world, by, NULL);
    act_join(d, world->stream, world->pupils[ANYA], world->today);
    world_do(world, by, NULL);
    act_join(d, world->stream, world->pupils[GLEB], world->today);
    world_do(world, by, NULL);
}

static void make_people(struct world *world)
{
    static const char *const names[] = {
        "",           "",         "",      "Учителева", "Другова", "Заменова", "Классная",
        "Канцелярия", "Правкина", "Чужая", "Абрамова",  "Борисов", "Ревизор",  "Соседова"};
    struct draft *d = &world->draft;
    struct signer *head = &world->people[HEAD].key;
    struct person *people = world->people;
    for (unsigned i = TEACHER; i < PERSON_COUNT; i++)
        world_person(world, head, &people[i], i <= STRANGER ? 2 : 3, names[i]);
    const struct {
        enum who who;
        unsigned role;
        const uint8_t *scope;
    } grants[] = {{CLASS_TEACHER, PROJ_ROLE_CLASS_TEACHER, world->class_a},
                  {OFFICE, PROJ_ROLE_OFFICE, NULL},
                  {CORRECTOR, PROJ_ROLE_CORRECTOR, NULL},
                  {PARENT, PROJ_ROLE_PARENT, world->pupils[ANYA]},
                  {PUPIL, PROJ_ROLE_PUPIL, world->pupils[BORYA]},
                  {AUDITOR, PROJ_ROLE_AUDITOR, NULL}};
    for (size_t i = 0; i < sizeof grants / sizeof grants[0]; i++) {
        act_grant(d, people[grants[i].who].account, grants[i].role, grants[i].scope,
                  world->today - 8);
        world_do(world, head, NULL);
    }
}

static void make_teaching(struct world *world)
{
    struct draft *d = &world->draft;
    struct signer *by = &world->people[DEPUTY].key;
    const struct {
        enum who who;
        const uint8_t *group, *subject;
    } rows[] = {{TEACHER, world->class_a, world->maths},
                {TEACHER, world->class_first, world->maths},
                {TEACHER, world->subgroup, world->maths},
                {OTHER, world->class_a, world->drawing},
                {OTHER, world->stream, world->sport}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        act_assign(d, world->people[rows[i].who].account, rows[i].group, rows[i].subject,
                   world->today, world->today + 270);
        world_do(world, by, NULL);
    }
}

static void make_time(struct world *world)
{
    struct draft *d = &world->draft;
    struct signer *by = &world->people[DEPUTY].key;
    const struct act_row rows[] = {
        {PROJ_CALENDAR_QUARTER, "1 четверть", world->today, world->today + 54, 0, 12},
        {PROJ_CALENDAR_HOLIDAYS, "Осенние", world->today + 55, world->today + 62, 0, 12},
        {PROJ_CALENDAR_DAY_OFF, "Праздник", world->today + 63, world->today + 63, 0, 12},
        {PROJ_CALENDAR_WORKING_DAY, "Перенос", world->today + 11, world->today + 11, 0, 12}};
    act_calendar(d, "2026/27", rows, 4);
    world_do(world, by, NULL);
    act_bells(d, 1, world->today, 6, 510, 55); /* 8:30, 9:25, 10:20 … */
    world_do(world, by, NULL);
    const uint8_t *teacher = world->people[TEACHER].account;
    const uint8_t *other = world->people[OTHER].account;
    const struct act_slot slots[] = {{2, 1, world->maths, teacher},
                                     {2, 2, world->maths, teacher},
                                     {2, 3, world->drawing, other},
                                     {3, 1, world->maths, teacher}};
    act_timetable(d, world->class_a, world->today, slots, 4);
    world_do(world, by, NULL);
    static const char *const topics[] = {"Натуральные числа", "Сложение", "Вычитание"};
    act_plan(d, world->maths, 5, 1, topics, 3);
    world_do(world, by, NULL);
    act_change(d, world->class_a, world->drawing, world->today, 3, other,
               world->people[SUBSTITUTE].account);
    world_do(world, by, NULL);
}

void world_make(struct world *world)
{
    world_make_founded(world);
    world_tick(world);
    world->batching = true;
    make_groups(world);
    make_pupils(world);
    make_people(world);
    make_teaching(world);
    make_time(world);
    world_flush(world);
    world->now_ms = ((base_time_ms)world->today * 1440 + 11 * 60 - OFFSET_MIN) * MINUTE_MS;
    world->batching = true;
    for (unsigned i = 0; i < PERSON_COUNT; i++)
        world_login(world, &world->people[i]);
    world_lesson(world, &world->people[TEACHER].session, &world->people[TEACHER], 1, world->lesson);
    world_flush(world);
    world_tick(world);
}

ledger_seq world_mark(struct world *world, struct signer *by, enum pupil pupil, unsigned value,
                      ledger_seq prev)
{
    act_mark(&world->draft, world->lesson, world->pupils[pupil], value, NULL, prev);
    return world_do(world, by, NULL);
}

ledger_seq world_lesson(struct world *world, struct signer *by, const struct person *teacher,
                        unsigned n, proj_id out_lesson)
{
    world_new_id(world, out_lesson);
    act_lesson(&world->draft, out_lesson, world->class_a, world->maths, teacher->account,
               teacher->account, world->today, n);
    return world_do(world, by, NULL);
}
