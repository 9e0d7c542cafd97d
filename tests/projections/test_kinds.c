/* The catalogue of events: what it demands of every body, and that it is whole. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "projections/fold.h"
#include "projections/kinds.h"
#include "tests/ledger/support.h"
#include "tests/projections/acts.h"

static const uint8_t an_id[LEDGER_ID_LEN] = {1};
static const uint8_t a_second_id[LEDGER_ID_LEN] = {2};
static const struct ledger_key a_key = {{3}};
static const struct ledger_hash a_hash = {{4}};

/* A body of the kind that the catalogue must accept. */
static void sample(struct draft *d, const char *kind)
{
    static const struct act_officer officers[2] = {{{1}, 1, {{5}}}, {{2}, 3, {{6}}}};
    static const struct act_row row = {PROJ_CALENDAR_QUARTER, "1", 0, 5, 0, 12};
    static const struct act_slot slot = {1, 1, an_id, a_second_id};
    static const char *const topics[] = {"Сложение"};
    static const proj_id classes[1] = {{9}};
    const struct act_report report = {.account = {1}, .count = 1};
#define SAMPLE(name, call)                                                                         \
    if (strcmp(kind, name) == 0)                                                                   \
        call;
    SAMPLE("absence.explained", act_explain(d, an_id, 0, 2, "ill"))
    SAMPLE("account.renamed", act_rename(d, an_id, a_second_id, "Петрова"))
    SAMPLE("advice.given", act_advise(d, an_id, false, a_second_id, "читать вслух"))
    SAMPLE("advice.withdrawn", act_unadvise(d, &a_hash))
    SAMPLE("channel.set", act_channel(d, an_id, "a@example.org", 5))
    SAMPLE("consent.set", act_consent(d, an_id, a_second_id, 0, 2, 0))
    SAMPLE("contact.noted", act_contact(d, an_id, 0))
    SAMPLE("debt.set", act_debt(d, an_id, a_second_id, 12, 0, 3))
    SAMPLE("diary.acknowledged", act_acknowledge(d, an_id, a_second_id, 1, 0, 3))
    SAMPLE("extract.issued", act_extract(d, an_id, 0, 6, 3))
    SAMPLE("filling.noted", act_note(d, an_id, a_second_id, an_id, NULL))
    SAMPLE("filling.settled", act_settle(d, &a_hash))
    SAMPLE("period.closed", act_close_period(d, an_id, "1 четверть", 0, 50))
    SAMPLE("period.reopened", act_reopen_period(d, an_id, "1 четверть"))
    SAMPLE("pupil.changed", act_pupil_change(d, an_id, "Петров"))
    SAMPLE("pupil.left", act_pupil_leave(d, an_id, a_second_id, 9))
    SAMPLE("pupil.moved", act_pupil_move(d, an_id, a_second_id, an_id, 9))
    SAMPLE("report.issued", act_issue(d, an_id, a_second_id, 3))
    SAMPLE("report.received", act_take(d, &a_hash))
    SAMPLE("setting.set", act_setting(d, "round_up_at", 60))
    SAMPLE("subject.erased", act_erase(d, an_id, &a_key))
    SAMPLE("value.erased", act_erase_values(d, 2, 7, a_hash.bytes, 1, &a_key))
    SAMPLE("slip.handed", act_hand(d, an_id))
    SAMPLE("log.continued", act_continue(d, "a+1+x", "a+2+y", 7))
    SAMPLE("root.rotated", act_rotate(d, &a_key, &a_key))
    SAMPLE("school.founded", act_founded(d, &a_key, officers, 2))
    SAMPLE("account.opened", act_account(d, an_id, 2, "Иванова"))
    SAMPLE("invitation.issued", act_invite(d, an_id, &a_key, &a_key))
    SAMPLE("key.enrolled", act_enrol(d, an_id, &a_key))
    SAMPLE("key.retired", act_retire(d, &a_key))
    SAMPLE("session.opened", act_session(d, an_id, &a_key))
    SAMPLE("session.closed", act_session_close(d, &a_key))
    SAMPLE("role.granted", act_grant(d, an_id, 4, a_second_id, 0))
    SAMPLE("role.revoked", act_revoke(d, &a_hash))
    SAMPLE("subject.created", act_subject(d, an_id, true, "Пение"))
    SAMPLE("group.changed", act_group_change(d, an_id, 0, 6, 2, "6А", a_second_id))
    SAMPLE("group.created", act_group(d, an_id, PROJ_GROUP_SUBGROUP, 5, classes, 1, "5А/1"))
    SAMPLE("pupil.admitted", act_pupil_by_order(d, an_id, a_second_id, 0, "Петров", "№ 7"))
    SAMPLE("members.joined", act_join(d, an_id, a_second_id, 0))
    SAMPLE("members.left", act_leave(d, an_id, a_second_id, 0))
    SAMPLE("teaching.assigned", act_assign(d, an_id, an_id, an_id, 0, 1))
    SAMPLE("teaching.ended", act_unassign(d, &a_hash, 0))
    SAMPLE("calendar.set", act_calendar(d, "2026/27", &row, 1))
    SAMPLE("bells.set", act_bells(d, 1, 0, 3, 510, 55))
    SAMPLE("timetable.set", act_timetable(d, an_id, 0, &slot, 1))
    SAMPLE("plan.set", act_plan(d, an_id, 5, 1, topics, 1))
    SAMPLE("plan.withdrawn", act_plan_withdraw(d, an_id, 5, 2))
    SAMPLE("control.planned", act_control(d, an_id, an_id, 0, 1))
    SAMPLE("lesson.changed", act_change(d, an_id, an_id, 0, 1, an_id, a_second_id))
    SAMPLE("lesson.opened", act_lesson(d, an_id, an_id, an_id, an_id, an_id, 0, 1))
    SAMPLE("topic.set", act_topic(d, an_id, "Дроби", 7))
    SAMPLE("homework.attached",
           act_attach(d, an_id, &a_hash, 5, "application/pdf", "https://a.example"))
    SAMPLE("homework.detached", act_detach(d, an_id, &a_hash))
    SAMPLE("homework.set", act_homework(d, an_id, "№ 1", LEDGER_SEQ_NONE))
    SAMPLE("attendance.set", act_attendance(d, an_id, a_second_id, 1, "ill", 3, true))
    SAMPLE("marks.set", act_mark(d, an_id, a_second_id, 5, "устно", 3))
    SAMPLE("period.set", act_period(d, an_id, an_id, "1 четверть", an_id, 5, 3, 4))
    SAMPLE("breach.reported", act_report(d, &report))
    SAMPLE("breach.received", act_receipt(d, &a_hash, 1, &a_hash, 1, 0))
    SAMPLE("breach.overruled", act_overrule(d, an_id, &a_hash))
#undef SAMPLE
    assert_string_equal(d->kind, kind);
}

/* A rebuild asks for the schema alone: it must hear what a replay with all questions hears. */
static void assert_fields_alike(struct ledger_submission *submission)
{
    struct ledger_refusal whole = {0};
    struct ledger_refusal fields = {0};
    struct ledger_key cosigners[LEDGER_SIGNATURE_COUNT_MAX];
    uint32_t count;
    int code = proj_kinds_check(submission, false, cosigners, &count, &whole);
    const struct proj_kind *kind = proj_kind_find(submission->event.kind);
    assert_int_equal(proj_kinds_check_fields(kind, &submission->event, &fields), code);
    assert_string_equal(fields.field, whole.field);
}

/* What the stateless check says of the draft, as if it had arrived from outside. */
static int check_draft(struct draft *d, bool openings_demanded, struct ledger_refusal *refusal,
                       struct ledger_key *out_cosigners, uint32_t *out_cosigner_count)
{
    struct base_buf BASE_CLEANUP(base_buf_release) wire = {0};
    struct test_submission submission;
    struct signer signer;
    struct signer *signers[1] = {&signer};
    const struct moment moment = {.log_id = {{1}}, .claimed_ms = 1};
    signer_make(&signer, 1);
    draft_sign(d, &moment, signers, 1, &wire);
    test_submission_of(base_buf_bytes(&wire), &submission);
    memset(refusal, 0, sizeof *refusal);
    int code = proj_kinds_check(&submission.submission, openings_demanded, out_cosigners,
                                out_cosigner_count, refusal);
    if (submission.submission.opening_count == 0)
        assert_fields_alike(&submission.submission);
    test_submission_release(&submission);
    return code;
}

static void expect(struct draft *d, int code, const char *field)
{
    struct ledger_refusal refusal;
    struct ledger_key cosigners[LEDGER_SIGNATURE_COUNT_MAX];
    uint32_t count;
    int got = check_draft(d, true, &refusal, cosigners, &count);
    if (got != code || (code != 0 && strcmp(refusal.field, field) != 0))
        fail_msg("%s: wanted %d (%s), got %d (%s)", d->kind, code, field, got, refusal.field);
}

/* The body again, with one field replaced by `raw` (empty: left out). */
static void replace(struct draft *d, const char *name, struct base_bytes raw)
{
    struct base_buf BASE_CLEANUP(base_buf_release) body = {0};
    struct ledger_canon_reader reader = ledger_canon_reader_of(base_buf_bytes(&d->body));
    struct ledger_canon_value key;
    struct ledger_canon_value value;
    while (ledger_canon_step(&reader, &key) && ledger_canon_step(&reader, &value)) {
        bool here = base_bytes_equal(key.bytes, base_bytes_str(name));
        if (here && raw.len == 0) {
            d->field_count--;
            continue;
        }
        base_buf_put_bytes(&body, key.raw);
        base_buf_put_bytes(&body, here ? raw : value.raw);
    }
    base_buf_reset(&d->body);
    base_buf_put_bytes(&d->body, base_buf_bytes(&body));
}

static void replace_int(struct draft *d, const char *name, int64_t v)
{
    struct base_buf BASE_CLEANUP(base_buf_release) raw = {0};
    ledger_canon_put_int(&raw, v);
    replace(d, name, base_buf_bytes(&raw));
}

static void replace_text(struct draft *d, const char *name, size_t len)
{
    struct base_buf BASE_CLEANUP(base_buf_release) raw = {0};
    char text[5000];
    assert_true(len < sizeof text);
    memset(text, 'a', len);
    ledger_canon_put_text(&raw, base_bytes_of(text, len));
    replace(d, name, base_buf_bytes(&raw));
}

static void replace_bin(struct draft *d, const char *name, size_t len)
{
    struct base_buf BASE_CLEANUP(base_buf_release) raw = {0};
    static const uint8_t bytes[64] = {0};
    ledger_canon_put_bin(&raw, bytes, len);
    replace(d, name, base_buf_bytes(&raw));
}

static void replace_list(struct draft *d, const char *name, uint32_t count)
{
    struct base_buf BASE_CLEANUP(base_buf_release) raw = {0};
    ledger_canon_put_array(&raw, count);
    for (uint32_t i = 0; i < count; i++)
        ledger_canon_put_nil(&raw);
    replace(d, name, base_buf_bytes(&raw));
}

/* Calls `each` for every field of every kind, with a fresh sample. */
static void for_each_field(void (*each)(struct draft *d, const struct proj_kind *kind,
                                        const struct proj_field *field))
{
    struct draft d = {0};
    unsigned count;
    const struct proj_kind *kinds = proj_kinds(&count);
    for (unsigned k = 0; k < count; k++) {
        for (unsigned f = 0; f < kinds[k].field_count; f++) {
            sample(&d, kinds[k].name);
            each(&d, &kinds[k], &kinds[k].fields[f]);
        }
    }
    draft_release(&d);
}

static void kinds_and_their_fields_ascend(void **state)
{
    (void)state;
    unsigned count;
    const struct proj_kind *kinds = proj_kinds(&count);
    assert_int_equal(count, 60);
    for (unsigned k = 0; k < count; k++) {
        if (k > 0)
            assert_true(strcmp(kinds[k - 1].name, kinds[k].name) < 0);
        assert_ptr_equal(proj_kind_find(base_bytes_str(kinds[k].name)), &kinds[k]);
        for (unsigned f = 1; f < kinds[k].field_count; f++)
            assert_true(strcmp(kinds[k].fields[f - 1].name, kinds[k].fields[f].name) < 0);
    }
    assert_null(proj_kind_find(BASE_LITERAL("marks.forged")));
    assert_null(proj_kind_find(BASE_LITERAL("marks.se")));
    assert_null(proj_kind_find(BASE_LITERAL("")));
}

static void every_kind_has_a_fold_of_its_own(void **state)
{
    (void)state;
    unsigned count;
    const struct proj_kind *kinds = proj_kinds(&count);
    for (unsigned k = 0; k < count; k++) {
        const struct proj_fold *fold = proj_fold_find(base_bytes_str(kinds[k].name));
        assert_non_null(fold);
        assert_string_equal(fold->kind, kinds[k].name);
        assert_non_null(fold->ground);
        assert_non_null(fold->apply);
    }
    assert_int_equal(proj_access_fold_count + proj_roster_fold_count + proj_timetable_fold_count +
                         proj_lessons_fold_count + proj_attendance_fold_count +
                         proj_marks_fold_count + proj_breach_fold_count + proj_family_fold_count +
                         proj_control_fold_count + proj_movement_fold_count +
                         proj_debts_fold_count + proj_files_fold_count + proj_erasing_fold_count,
                     count);
    assert_null(proj_fold_find(BASE_LITERAL("marks.forged")));
}

static void samples_of_every_kind_are_accepted(void **state)
{
    (void)state;
    struct draft d = {0};
    unsigned count;
    const struct proj_kind *kinds = proj_kinds(&count);
    for (unsigned k = 0; k < count; k++) {
        sample(&d, kinds[k].name);
        expect(&d, 0, "");
    }
    draft_release(&d);
}

static void leave_out(struct draft *d, const struct proj_kind *kind, const struct proj_field *field)
{
    (void)kind;
    replace(d, field->name, (struct base_bytes){0});
    if (field->optional) /* it came later: older events do without */
        expect(d, 0, "");
    else
        expect(d, PROJ_REFUSED_FIELD_MISSING, field->name);
}

static void a_field_left_out_is_named(void **state)
{
    (void)state;
    for_each_field(leave_out);
}

static void unknown_fields_are_named(void **state)
{
    (void)state;
    static const char *const names[] = {"a", "zzz"}; /* before all others, after all others */
    struct draft d = {0};
    unsigned count;
    const struct proj_kind *kinds = proj_kinds(&count);
    for (unsigned k = 0; k < count; k++) {
        for (unsigned i = 0; i < 2; i++) {
            struct base_buf BASE_CLEANUP(base_buf_release) body = {0};
            sample(&d, kinds[k].name);
            base_buf_put_bytes(&body, base_buf_bytes(&d.body));
            if (i == 0) {
                base_buf_reset(&d.body);
                draft_int(&d, names[i], 1);
                base_buf_put_bytes(&d.body, base_buf_bytes(&body));
            } else {
                draft_int(&d, names[i], 1);
            }
            expect(&d, PROJ_REFUSED_FIELD_UNKNOWN, names[i]);
        }
    }
    draft_release(&d);
}

static void mistype(struct draft *d, const struct proj_kind *kind, const struct proj_field *field)
{
    (void)kind;
    if (field->type == PROJ_T_TEXT)
        replace_bin(d, field->name, 16);
    else
        replace_text(d, field->name, 3);
    expect(d, PROJ_REFUSED_FIELD_TYPE, field->name);
}

/* The opening of that field goes with it; other sealed fields keep theirs. */
static void drop_opening(struct draft *d, const char *path)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < d->opening_count; i++) {
        struct base_bytes its =
            base_bytes_of(d->held.data + d->openings[i].path, d->openings[i].path_len);
        if (!base_bytes_equal(its, base_bytes_str(path)))
            d->openings[kept++] = d->openings[i];
    }
    d->opening_count = kept;
}

static void make_nil(struct draft *d, const struct proj_kind *kind, const struct proj_field *field)
{
    struct base_buf BASE_CLEANUP(base_buf_release) raw = {0};
    (void)kind;
    ledger_canon_put_nil(&raw);
    replace(d, field->name, base_buf_bytes(&raw));
    if (field->type == PROJ_T_SEALED && field->nilable)
        drop_opening(d, field->name);
    if (field->nilable)
        expect(d, 0, "");
    else
        expect(d, PROJ_REFUSED_FIELD_TYPE, field->name);
}

static void a_wrong_type_is_named(void **state)
{
    (void)state;
    for_each_field(mistype);
}

static void nil_is_for_fields_that_may_be_absent(void **state)
{
    (void)state;
    for_each_field(make_nil);
}

static void overstep(struct draft *d, const struct proj_kind *kind, const struct proj_field *field)
{
    if (field->type == PROJ_T_INT) {
        if (field->max < INT64_MAX) {
            replace_int(d, field->name, field->max + 1);
            expect(d, PROJ_REFUSED_FIELD_RANGE, field->name);
        }
        replace_int(d, field->name, field->min - 1);
        expect(d, PROJ_REFUSED_FIELD_RANGE, field->name);
        replace_int(d, field->name, field->min);
        expect(d, 0, "");
        replace_int(d, field->name, field->max);
        expect(d, 0, "");
    } else if (field->type == PROJ_T_TEXT) {
        replace_text(d, field->name, (size_t)field->max + 1);
        expect(d, PROJ_REFUSED_FIELD_LENGTH, field->name);
        if (field->min > 0) {
            replace_text(d, field->name, (size_t)field->min - 1);
            expect(d, PROJ_REFUSED_FIELD_LENGTH, field->name);
        }
        replace_text(d, field->name, (size_t)field->max);
        expect(d, 0, "");
    } else if (field->type == PROJ_T_LIST) {
        d->opening_count = 0;
        replace_list(d, field->name, (uint32_t)field->max + 1);
        expect(d, PROJ_REFUSED_FIELD_LENGTH, field->name);
        if (field->min > 0) {
            replace_list(d, field->name, (uint32_t)field->min - 1);
            expect(d, PROJ_REFUSED_FIELD_LENGTH, field->name);
        }
    } else if (field->type == PROJ_T_ID || field->type == PROJ_T_KEY ||
               field->type == PROJ_T_HASH || field->type == PROJ_T_SEALED) {
        replace_bin(d, field->name, field->type == PROJ_T_ID ? 32 : 16);
        expect(d, PROJ_REFUSED_FIELD_LENGTH, field->name);
        if (field->type == PROJ_T_ID) { /* all zero means "none" to the facts */
            replace_bin(d, field->name, LEDGER_ID_LEN);
            expect(d, PROJ_REFUSED_FIELD_RANGE, field->name);
        }
    }
    (void)kind;
}

static void limits_of_every_field_hold_on_both_sides(void **state)
{
    (void)state;
    for_each_field(overstep);
}

static void tuples_have_their_length_and_paths(void **state)
{
    (void)state;
    struct draft d = {0};
    struct base_buf BASE_CLEANUP(base_buf_release) raw = {0};
    sample(&d, "marks.set");
    ledger_canon_put_array(&raw, 1);
    ledger_canon_put_array(&raw, 3);
    ledger_canon_put_bin(&raw, an_id, sizeof an_id);
    ledger_canon_put_array(&raw, 0);
    ledger_canon_put_nil(&raw);
    d.opening_count = 0;
    replace(&d, "cells", base_buf_bytes(&raw));
    expect(&d, PROJ_REFUSED_FIELD_LENGTH, "cells.0");
    base_buf_reset(&raw);
    ledger_canon_put_array(&raw, 1);
    ledger_canon_put_array(&raw, 4);
    ledger_canon_put_bin(&raw, an_id, sizeof an_id);
    ledger_canon_put_array(&raw, 2);
    ledger_canon_put_int(&raw, 5);
    ledger_canon_put_int(&raw, 6);
    ledger_canon_put_nil(&raw);
    ledger_canon_put_nil(&raw);
    replace(&d, "cells", base_buf_bytes(&raw));
    expect(&d, PROJ_REFUSED_FIELD_RANGE, "cells.0.1.1");
    draft_release(&d);
}

static void openings_meet_sealed_fields_one_to_one(void **state)
{
    (void)state;
    struct draft d = {0};
    struct base_buf BASE_CLEANUP(base_buf_release) value = {0};
    sample(&d, "marks.set");
    d.opening_count = 0;
    expect(&d, PROJ_REFUSED_OPENING_MISSING, "cells.0.2");

    sample(&d, "topic.set");
    ledger_canon_put_str(&value, "лишнее");
    struct base_buf kept = d.body; /* the commitment itself is not wanted in the body */
    d.body = (struct base_buf){0};
    draft_seal(&d, "text", base_buf_bytes(&value));
    base_buf_release(&d.body);
    d.body = kept;
    expect(&d, PROJ_REFUSED_OPENING_EXTRA, "text");

    sample(&d, "account.opened");
    replace_bin(&d, "name", LEDGER_COMMITMENT_LEN); /* another commitment than the opening's */
    expect(&d, LEDGER_REFUSED_OPENING, "name");
    draft_release(&d);
}

static void replays_do_not_need_openings(void **state)
{
    (void)state;
    struct draft d = {0};
    struct ledger_refusal refusal;
    struct ledger_key cosigners[LEDGER_SIGNATURE_COUNT_MAX];
    uint32_t count;
    sample(&d, "marks.set");
    d.opening_count = 0;
    assert_int_equal(check_draft(&d, false, &refusal, cosigners, &count), 0);
    draft_release(&d);
}

static void openings_learn_whose_data_they_are(void **state)
{
    (void)state;
    struct draft d = {0};
    struct base_buf BASE_CLEANUP(base_buf_release) wire = {0};
    struct test_submission submission;
    struct signer signer;
    struct signer *signers[1] = {&signer};
    struct ledger_key cosigners[LEDGER_SIGNATURE_COUNT_MAX];
    uint32_t count;
    struct ledger_refusal refusal;
    const struct moment moment = {.log_id = {{1}}, .claimed_ms = 1};
    signer_make(&signer, 1);
    act_attendance(&d, an_id, a_second_id, 1, "ill", 3, true);
    draft_sign(&d, &moment, signers, 1, &wire);
    test_submission_of(base_buf_bytes(&wire), &submission);
    assert_int_equal(proj_kinds_check(&submission.submission, true, cosigners, &count, &refusal),
                     0);
    assert_int_equal(submission.submission.opening_count, 1);
    assert_memory_equal(submission.submission.openings[0].subject, a_second_id, LEDGER_ID_LEN);
    test_submission_release(&submission);
    draft_release(&d);
}

static void cosigners_are_named_by_the_body(void **state)
{
    (void)state;
    struct draft d = {0};
    struct ledger_refusal refusal;
    struct ledger_key cosigners[LEDGER_SIGNATURE_COUNT_MAX];
    uint32_t count;
    sample(&d, "school.founded");
    assert_int_equal(check_draft(&d, true, &refusal, cosigners, &count), 0);
    assert_int_equal(count, 2);
    assert_int_equal(cosigners[0].bytes[0], 5);
    assert_int_equal(cosigners[1].bytes[0], 6);
    sample(&d, "key.enrolled");
    assert_int_equal(check_draft(&d, true, &refusal, cosigners, &count), 0);
    assert_int_equal(count, 1);
    assert_memory_equal(cosigners[0].bytes, a_key.bytes, LEDGER_KEY_LEN);
    sample(&d, "session.opened");
    assert_int_equal(check_draft(&d, true, &refusal, cosigners, &count), 0);
    assert_int_equal(count, 1);
    sample(&d, "marks.set");
    assert_int_equal(check_draft(&d, true, &refusal, cosigners, &count), 0);
    assert_int_equal(count, 0);
    draft_release(&d);
}

static void unknown_kinds_are_named(void **state)
{
    (void)state;
    struct draft d = {0};
    draft_begin(&d, "marks.forged");
    expect(&d, PROJ_REFUSED_UNKNOWN_KIND, "marks.forged");
    draft_release(&d);
}

static void every_refusal_speaks_two_languages(void **state)
{
    (void)state;
    static const int codes[] = {
#define X(code, number, name, ru, en) code,
#include "projections/refusals.def"
#undef X
    };
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        const struct ledger_refusal_text *text = proj_refusal_text_of(codes[i]);
        assert_non_null(text);
        assert_int_equal(text->code, codes[i]);
        assert_true(codes[i] > LEDGER_REFUSAL_FOREIGN_BASE);
        assert_true(strlen(text->name) > 0 && strlen(text->ru) > 0 && strlen(text->en) > 0);
        assert_true((strstr(text->ru, "%s") == NULL) == (strstr(text->en, "%s") == NULL));
        assert_true(ledger_text_is_nfc(base_bytes_str(text->ru)));
        for (size_t k = 0; k < i; k++) {
            assert_int_not_equal(codes[i], codes[k]);
            assert_string_not_equal(text->name, proj_refusal_text_of(codes[k])->name);
        }
    }
    assert_non_null(proj_refusal_text_of(LEDGER_REFUSED_COUNTER));
    assert_null(proj_refusal_text_of(9999));
}

static void the_catalogue_as_json_names_every_kind(void **state)
{
    (void)state;
    struct base_buf BASE_CLEANUP(base_buf_release) out = {0};
    unsigned count;
    const struct proj_kind *kinds = proj_kinds(&count);
    proj_kinds_json(&out);
    const char *text = base_buf_text(&out);
    assert_non_null(text);
    for (unsigned k = 0; k < count; k++) {
        char wanted[80];
        snprintf(wanted, sizeof wanted, "{\"kind\":\"%s\",", kinds[k].name);
        assert_non_null(strstr(text, wanted));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kinds_and_their_fields_ascend),
        cmocka_unit_test(every_kind_has_a_fold_of_its_own),
        cmocka_unit_test(samples_of_every_kind_are_accepted),
        cmocka_unit_test(a_field_left_out_is_named),
        cmocka_unit_test(unknown_fields_are_named),
        cmocka_unit_test(a_wrong_type_is_named),
        cmocka_unit_test(nil_is_for_fields_that_may_be_absent),
        cmocka_unit_test(limits_of_every_field_hold_on_both_sides),
        cmocka_unit_test(tuples_have_their_length_and_paths),
        cmocka_unit_test(openings_meet_sealed_fields_one_to_one),
        cmocka_unit_test(replays_do_not_need_openings),
        cmocka_unit_test(openings_learn_whose_data_they_are),
        cmocka_unit_test(cosigners_are_named_by_the_body),
        cmocka_unit_test(unknown_kinds_are_named),
        cmocka_unit_test(every_refusal_speaks_two_languages),
        cmocka_unit_test(the_catalogue_as_json_names_every_kind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
