/* Who may sign what: the table of specs/authority.md, tried cell by cell. Each try is an admission
 * that is given up again, so all of them start from the same school. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/projections/table.h"
#include "tests/projections/world.h"

struct scene {
    struct world world;
    struct person staff, family; /* nobody's columns: what is done to them */
    struct person invited;       /* its invitation is not used yet */
    struct signer fresh, fresh_too;
    proj_id new_id;
    proj_id drawing_lesson; /* opened by the substitute */
    struct ledger_hash staff_grant, family_grant, assignment;
    struct told on_staff, on_officer, by_root;
    proj_id staff_person, deputy_person;
    ledger_seq remark; /* an entry whose first sealed value may be erased alone */
    uint8_t remark_text[LEDGER_COMMITMENT_LEN];
    proj_id forgotten; /* a pupil who has left, and of whom nothing is to be kept */
    struct ledger_hash advice, note, issued, file;
};

/* Somebody who tries. */
struct actor {
    const char *column;
    struct signer *signer;
    const uint8_t *account;
    struct ledger_key own_key, own_session;
};

static struct scene scene;
static const struct ledger_hash an_other_digest = {{8}};
static struct table table;

static void prepare(struct scene *s)
{
    struct world *w = &s->world;
    struct signer *head = &w->people[HEAD].session;
    world_make(w);
    world_person(w, head, &s->staff, 2, "Целевая");
    world_person(w, head, &s->family, 3, "Семейная");
    world_new_id(w, s->invited.account);
    act_account(&w->draft, s->invited.account, 2, "Приглашённая");
    world_do(w, head, NULL);
    world_new_signer(w, &s->invited.invitation);
    world_new_signer(w, &s->invited.emergency);
    world_new_signer(w, &s->invited.key);
    act_invite(&w->draft, s->invited.account, &s->invited.invitation.key,
               &s->invited.emergency.key);
    world_do(w, head, NULL);
    act_grant(&w->draft, s->staff.account, PROJ_ROLE_OFFICE, NULL, w->today);
    world_do(w, head, NULL);
    s->staff_grant = w->receipt.id;
    act_grant(&w->draft, s->family.account, PROJ_ROLE_PARENT, w->pupils[VERA], w->today);
    world_do(w, head, NULL);
    s->family_grant = w->receipt.id;
    act_assign(&w->draft, s->staff.account, w->class_b, w->maths, w->today, w->today + 9);
    world_do(w, head, NULL);
    s->assignment = w->receipt.id;
    world_new_id(w, s->drawing_lesson);
    act_lesson(&w->draft, s->drawing_lesson, w->class_a, w->drawing, w->people[OTHER].account,
               w->people[SUBSTITUTE].account, w->today, 3);
    world_do(w, &w->people[SUBSTITUTE].session, NULL);
    act_change(&w->draft, w->class_a, w->drawing, w->today, 5, w->people[OTHER].account,
               w->people[SUBSTITUTE].account); /* not opened yet */
    world_do(w, head, NULL);
    struct proj_account account;
    struct proj_txn *txn = world_read(w);
    assert_true(proj_account_find(txn, s->staff.account, LEDGER_SEQ_NONE, &account));
    memcpy(s->staff_person, account.person, LEDGER_ID_LEN);
    assert_true(proj_account_find(txn, w->people[DEPUTY].account, LEDGER_SEQ_NONE, &account));
    memcpy(s->deputy_person, account.person, LEDGER_ID_LEN);
    world_read_end(txn);
    act_advise(&w->draft, w->pupils[ANYA], false, w->maths, "повторить дроби");
    s->remark = world_do(w, &w->people[TEACHER].session, NULL);
    s->advice = w->receipt.id;
    world_commitment(w, s->remark, 0, s->remark_text);
    act_note(&w->draft, w->people[TEACHER].account, w->class_a, w->maths, NULL);
    world_do(w, head, NULL);
    s->note = w->receipt.id;
    act_issue(&w->draft, w->people[CLASS_TEACHER].account, w->class_a, 3);
    world_do(w, head, NULL);
    s->issued = w->receipt.id;
    world_new_id(w, s->forgotten);
    act_pupil(&w->draft, s->forgotten, w->class_b, w->today - 90, "Давняя");
    world_do(w, head, NULL);
    act_pupil_leave(&w->draft, s->forgotten, w->class_b, w->today - 60);
    world_do(w, head, NULL);
    s->file = (struct ledger_hash){{7}};
    act_attach(&w->draft, w->lesson, &s->file, 9, "image/png", NULL);
    world_do(w, &w->people[TEACHER].session, NULL);
    world_new_id(w, s->new_id);
    world_new_signer(w, &s->fresh);
    world_new_signer(w, &s->fresh_too);
    struct person crony;
    world_person(w, head, &crony, 2, "Взломанная");
    s->on_staff = world_report(w, head, &crony, &crony.key.key, w->now_ms);
    s->by_root = world_report(w, &w->root, &crony, &crony.key.key, w->now_ms);
    /* A session of an officer, reported by its owner: nobody is frozen by that. */
    struct person *deputy = &w->people[DEPUTY];
    struct signer lost;
    world_new_signer(w, &lost);
    act_session(&w->draft, deputy->account, &lost.key);
    world_do(w, &deputy->key, &lost);
    s->on_officer = world_report(w, &deputy->session, deputy, &lost.key, w->now_ms);
}

/* The columns, in any order; the key of an officer stands for the officer. */
static bool actor_find(struct scene *s, const char *column, struct actor *out)
{
    static const struct {
        const char *column;
        enum who who;
    } people[] = {{"head", HEAD},
                  {"deputy", DEPUTY},
                  {"support", SUPPORT},
                  {"class teacher", CLASS_TEACHER},
                  {"teacher", TEACHER},
                  {"other teacher", OTHER},
                  {"substitute", SUBSTITUTE},
                  {"corrector", CORRECTOR},
                  {"office", OFFICE},
                  {"staff", STRANGER},
                  {"parent", PARENT},
                  {"pupil", PUPIL},
                  {"auditor", AUDITOR}};
    *out = (struct actor){.column = column};
    for (size_t i = 0; i < sizeof people / sizeof people[0]; i++) {
        struct person *person = &s->world.people[people[i].who];
        if (strcmp(people[i].column, column) == 0)
            *out = (struct actor){.column = column,
                                  .signer = &person->session,
                                  .account = person->account,
                                  .own_key = person->key.key,
                                  .own_session = person->session.key};
    }
    if (strcmp(column, "root") == 0)
        *out = (struct actor){.column = column,
                              .signer = &s->world.root,
                              .account = s->new_id,
                              .own_key = s->world.root.key,
                              .own_session = s->world.root.key};
    if (strcmp(column, "invitation") == 0 || strcmp(column, "emergency") == 0)
        *out = (struct actor){.column = column,
                              .signer = column[0] == 'i' ? &s->invited.invitation
                                                         : &s->world.people[PARENT].emergency,
                              .account = column[0] == 'i' ? s->invited.account
                                                          : s->world.people[PARENT].account,
                              .own_key = s->world.people[PARENT].key.key,
                              .own_session = s->world.people[PARENT].session.key};
    return out->signer != NULL;
}

/* Puts the account's own key in the session's place: what only it may do. */
static struct signer *account_key(struct scene *s, const struct actor *actor)
{
    for (unsigned i = 0; i < PERSON_COUNT; i++) {
        if (&s->world.people[i].session == actor->signer)
            return &s->world.people[i].key;
    }
    return actor->signer;
}

/* Is the draft admitted at the log's end? The code of its refusal, 0 when it is. */
static int try_admit(struct scene *s, struct signer *signer)
{
    struct base_buf BASE_CLEANUP(base_buf_release) wire = {0};
    struct test_submission submission;
    struct ledger_key cosigners[LEDGER_SIGNATURE_COUNT_MAX];
    struct ledger_refusal refusal = {0};
    struct base_err err = {0};
    uint32_t count;
    const struct ledger_admission *admission = proj_engine_admission(s->world.engine);
    struct moment moment = world_moment(&s->world);
    draft_sign(&s->world.draft, &moment, &signer, 1, &wire);
    test_submission_of(base_buf_bytes(&wire), &submission);
    int code = admission->check(admission->data, &submission.submission, cosigners, &count,
                                &refusal, &err);
    if (code == 0) {
        assert_int_equal(admission->begin(admission->data, &err), 0);
        code = admission->admit(admission->data, &submission.submission, world_size(&s->world),
                                s->world.now_ms, &refusal, &err);
        admission->abort(admission->data);
    }
    test_submission_release(&submission);
    if (code < 0)
        fail_msg("%s", err.text);
    bool about_rights = code == 0 || code == PROJ_REFUSED_NO_RIGHT ||
                        code == PROJ_REFUSED_STRATUM || code == PROJ_REFUSED_FOUNDED ||
                        code == PROJ_REFUSED_UNKNOWN_REFERENT || code == PROJ_REFUSED_BREACH_TARGET;
    if (!about_rights)
        fail_msg("%s: refused for another reason, %d (%s)", s->world.draft.kind, code,
                 refusal.field);
    return code;
}

#define ROW(row, call)                                                                             \
    if (strcmp(name, row) == 0) {                                                                  \
        call;                                                                                      \
        known = true;                                                                              \
    }

/* Rows on access. */
static bool draft_access(struct scene *s, const char *name, const struct actor *a)
{
    struct world *w = &s->world;
    struct draft *d = &w->draft;
    bool known = false;
    ROW("account.opened, officer", act_account(d, s->new_id, 1, "Новая"))
    ROW("account.opened, staff", act_account(d, s->new_id, 2, "Новая"))
    ROW("account.opened, family", act_account(d, s->new_id, 3, "Новая"))
    ROW("invitation.issued, officer",
        act_invite(d, w->people[DEPUTY].account, &s->fresh.key, &s->fresh_too.key))
    ROW("invitation.issued, staff",
        act_invite(d, s->staff.account, &s->fresh.key, &s->fresh_too.key))
    ROW("invitation.issued, family of the class",
        act_invite(d, s->family.account, &s->fresh.key, &s->fresh_too.key))
    ROW("invitation.issued, another family",
        act_invite(d, w->people[NEIGHBOUR].account, &s->fresh.key, &s->fresh_too.key))
    ROW("key.enrolled", act_enrol(d, a->account, &s->fresh.key))
    ROW("key.retired, own, by the account's key", act_retire(d, &a->own_key))
    ROW("key.retired, own, by a session", act_retire(d, &a->own_key))
    ROW("key.retired, own session", act_retire(d, &a->own_session))
    ROW("key.retired, a parent's emergency code", act_retire(d, &w->people[PARENT].emergency.key))
    ROW("key.retired, officer", act_retire(d, &w->people[DEPUTY].session.key))
    ROW("key.retired, staff", act_retire(d, &s->staff.key.key))
    ROW("key.retired, family", act_retire(d, &s->family.key.key))
    ROW("session.opened, by the account's key", act_session(d, a->account, &s->fresh.key))
    ROW("session.opened, by a session", act_session(d, a->account, &s->fresh.key))
    ROW("session.closed, own", act_session_close(d, &a->own_session))
    ROW("session.closed, another's", act_session_close(d, &w->people[NEIGHBOUR].session.key))
    ROW("role.granted, officer",
        act_grant(d, w->people[SUPPORT].account, PROJ_ROLE_CORRECTOR, NULL, w->today))
    ROW("role.granted, staff",
        act_grant(d, s->staff.account, PROJ_ROLE_CLASS_TEACHER, w->class_b, w->today))
    ROW("role.granted, parent in the class",
        act_grant(d, w->people[NEIGHBOUR].account, PROJ_ROLE_PARENT, w->pupils[ANYA], w->today))
    ROW("role.granted, parent in another class",
        act_grant(d, w->people[NEIGHBOUR].account, PROJ_ROLE_PARENT, w->pupils[GLEB], w->today))
    ROW("role.granted, auditor",
        act_grant(d, w->people[NEIGHBOUR].account, PROJ_ROLE_AUDITOR, NULL, w->today))
    ROW("log.continued",
        act_continue(d, ledger_log_vkey(w->log), act_vkey("journal.example/two", 9), 5))
    ROW("root.rotated", act_rotate(d, &w->next_root.key, &s->fresh.key))
    ROW("role.revoked, of staff", act_revoke(d, &s->staff_grant))
    ROW("role.revoked, of a parent in the class", act_revoke(d, &s->family_grant))
    return known;
}

/* Rows on the school. */
static bool draft_school(struct scene *s, const char *name)
{
    static const char *const topics[] = {"Дроби"};
    struct world *w = &s->world;
    struct draft *d = &w->draft;
    const struct act_slot slot = {1, 1, w->maths, w->people[TEACHER].account};
    bool known = false;
    ROW("subject.created", act_subject(d, s->new_id, true, "Химия"))
    ROW("group.created", act_group(d, s->new_id, PROJ_GROUP_CLASS, 7, NULL, 0, "7А"))
    ROW("group.changed", act_group_change(d, w->class_b, w->today, 6, 2, "6Б", NULL))
    ROW("pupil.admitted", act_pupil(d, s->new_id, w->class_b, w->today, "Новенькая"))
    ROW("members.joined, class", act_join(d, w->class_b, w->pupils[VERA], w->today))
    ROW("members.joined, subgroup of the class",
        act_join(d, w->subgroup, w->pupils[VERA], w->today))
    ROW("members.left, class", act_leave(d, w->class_a, w->pupils[VERA], w->today))
    ROW("members.left, subgroup of the class", act_leave(d, w->subgroup, w->pupils[ANYA], w->today))
    ROW("teaching.assigned, staff",
        act_assign(d, s->staff.account, w->class_b, w->sport, w->today, w->today))
    ROW("teaching.assigned, officer",
        act_assign(d, w->people[DEPUTY].account, w->class_b, w->sport, w->today, w->today))
    ROW("teaching.ended", act_unassign(d, &s->assignment, w->today))
    ROW("calendar.set", act_calendar(d, "2027/28", NULL, 0))
    ROW("bells.set", act_bells(d, 2, w->today, 3, 800, 55))
    ROW("timetable.set", act_timetable(d, w->class_b, w->today, &slot, 1))
    ROW("plan.set", act_plan(d, w->sport, 5, 1, topics, 1))
    ROW("plan.set, a subject of the teacher's", act_plan(d, w->maths, 5, 1, topics, 1))
    ROW("plan.set, of another grade", act_plan(d, w->maths, 6, 1, topics, 1))
    ROW("plan.withdrawn", act_plan_withdraw(d, w->maths, 5, 2))
    ROW("control.planned", act_control(d, w->class_a, w->maths, w->today, 2))
    ROW("lesson.changed, substituted", act_change(d, w->class_a, w->maths, w->today, 2,
                                                  w->people[TEACHER].account, s->staff.account))
    ROW("lesson.changed, cancelled",
        act_change(d, w->class_a, w->maths, w->today, 2, w->people[TEACHER].account, NULL))
    return known;
}

/* Rows on families, control and movement. */
static bool draft_family(struct scene *s, const char *name, const struct actor *a)
{
    struct world *w = &s->world;
    struct draft *d = &w->draft;
    const uint8_t *anya = w->pupils[ANYA];
    const uint8_t *parent = w->people[PARENT].account;
    bool known = false;
    ROW("absence.explained", act_explain(d, anya, w->today, w->today + 2, "ill"))
    ROW("account.renamed, staff", act_rename(d, s->staff.account, s->staff_person, "Иная"))
    ROW("account.renamed, officer",
        act_rename(d, w->people[DEPUTY].account, s->deputy_person, "Иная"))
    ROW("advice.given, pupil", act_advise(d, anya, false, w->maths, "повторить дроби"))
    ROW("advice.given, class", act_advise(d, w->class_a, true, NULL, "собрание в пятницу"))
    ROW("advice.withdrawn, the teacher's", act_unadvise(d, &s->advice))
    ROW("channel.set, own", act_channel(d, a->account, "a@example.org", 3))
    ROW("channel.set, of a family of the class", act_channel(d, s->family.account, NULL, 3))
    ROW("consent.set, electronic",
        act_consent(d, a->account, anya, 0, PROJ_FORM_ELECTRONIC, w->today))
    ROW("consent.set, paper", act_consent(d, parent, anya, 0, PROJ_FORM_PAPER, w->today))
    ROW("contact.noted", act_contact(d, anya, w->today))
    ROW("diary.acknowledged, electronic",
        act_acknowledge(d, a->account, anya, PROJ_FORM_ELECTRONIC, w->today, 3))
    ROW("diary.acknowledged, paper", act_acknowledge(d, parent, anya, PROJ_FORM_PAPER, w->today, 3))
    ROW("extract.issued", act_extract(d, anya, w->today, w->today + 6, 3))
    ROW("filling.noted", act_note(d, w->people[TEACHER].account, w->class_a, w->maths, w->lesson))
    ROW("filling.settled, the teacher's", act_settle(d, &s->note))
    ROW("period.closed", act_close_period(d, w->class_b, "1 четверть", w->today, w->today + 9))
    ROW("period.reopened", act_reopen_period(d, w->class_b, "1 четверть"))
    ROW("pupil.changed", act_pupil_change(d, anya, "Абрамова-Лис"))
    ROW("pupil.left", act_pupil_leave(d, w->pupils[GLEB], w->class_b, w->today + 5))
    ROW("pupil.moved", act_pupil_move(d, w->pupils[GLEB], w->class_b, w->class_a, w->today + 5))
    ROW("report.issued", act_issue(d, w->people[CLASS_TEACHER].account, w->class_a, 3))
    ROW("report.received, the class teacher's", act_take(d, &s->issued))
    ROW("setting.set", act_setting(d, "round_up_at", 60))
    ROW("slip.handed, family of the class", act_hand(d, s->family.account))
    ROW("subject.erased, with another officer",
        act_erase(d, s->forgotten, &w->people[SUPPORT].session.key))
    ROW("value.erased, with another officer",
        act_erase_values(d, PROJ_ERASING_REQUEST, s->remark, s->remark_text, 1,
                         &w->people[SUPPORT].session.key))
    return known;
}

/* Rows on the journal and on breaches. */
static bool draft_journal(struct scene *s, const char *name, const struct actor *a)
{
    struct world *w = &s->world;
    struct draft *d = &w->draft;
    const uint8_t *anya = w->pupils[ANYA];
    struct act_report report = s->on_staff.report;
    bool known = false;
    ROW("lesson.opened",
        act_lesson(d, s->new_id, w->class_a, w->maths, a->account, a->account, w->today, 2))
    ROW("lesson.opened, as substitute",
        act_lesson(d, s->new_id, w->class_a, w->drawing, w->people[OTHER].account, a->account,
                   w->today, 5))
    ROW("topic.set", act_topic(d, w->lesson, "Дроби", LEDGER_SEQ_NONE))
    ROW("homework.set", act_homework(d, w->lesson, "№ 1", LEDGER_SEQ_NONE))
    ROW("attendance.set", act_attendance(d, w->lesson, anya, 1, "ill", LEDGER_SEQ_NONE, true))
    ROW("marks.set", act_mark(d, w->lesson, anya, 5, "с пояснением", LEDGER_SEQ_NONE))
    ROW("debt.set", act_debt(d, w->lesson, anya, w->today + 7, 0, LEDGER_SEQ_NONE))
    ROW("homework.attached", act_attach(d, w->lesson, &an_other_digest, 9, "image/png", NULL))
    ROW("homework.detached", act_detach(d, w->lesson, &s->file))
    ROW("topic.set, substituted lesson",
        act_topic(d, s->drawing_lesson, "Натюрморт", LEDGER_SEQ_NONE))
    ROW("attendance.set, substituted lesson",
        act_attendance(d, s->drawing_lesson, anya, 1, NULL, LEDGER_SEQ_NONE, true))
    ROW("period.set",
        act_period(d, w->class_a, w->maths, "1 четверть", anya, 5, LEDGER_SEQ_NONE, 1))
    if (strcmp(name, "breach.reported, own key") == 0 ||
        strcmp(name, "breach.reported, another's key") == 0) {
        struct person self = {0};
        bool own = strcmp(name, "breach.reported, own key") == 0;
        memcpy(self.account, own ? a->account : s->family.account, LEDGER_ID_LEN);
        world_report_of(w, &self, own ? &a->own_key : &s->family.key.key, w->now_ms, &report);
        act_report(d, &report);
        known = true;
    }
    if (strcmp(name, "breach.received, on staff") == 0) {
        unsigned office = strcmp(a->column, "deputy") == 0    ? PROJ_ROLE_DEPUTY_HEAD
                          : strcmp(a->column, "support") == 0 ? PROJ_ROLE_SUPPORT
                                                              : PROJ_ROLE_HEAD;
        act_receipt(d, &s->on_staff.id, report.cut, &report.digest, office, w->now_ms);
        known = true;
    }
    ROW("breach.overruled, on staff", act_overrule(d, report.account, &s->on_staff.id))
    ROW("breach.overruled, on staff by root", act_overrule(d, report.account, &s->by_root.id))
    ROW("breach.overruled, on an officer",
        act_overrule(d, s->on_officer.report.account, &s->on_officer.id))
    if (strcmp(name, "school.founded") == 0) {
        struct act_officer officers[2] = {{.account = {1}, .role = 1, .key = s->fresh.key},
                                          {.account = {2}, .role = 3, .key = s->fresh_too.key}};
        act_founded(d, &a->own_key, officers, 2);
        known = true;
    }
    return known;
}

static void the_table_of_the_specification_is_what_happens(void **state)
{
    (void)state;
    unsigned wrong = 0;
    for (unsigned row = 0; row < table.row_count; row++) {
        const char *name = table.rows[row];
        for (unsigned column = 0; column < table.column_count; column++) {
            struct actor actor;
            if (!actor_find(&scene, table.columns[column], &actor))
                fail_msg("nobody is called “%s”", table.columns[column]);
            if (!draft_access(&scene, name, &actor) && !draft_school(&scene, name) &&
                !draft_family(&scene, name, &actor) && !draft_journal(&scene, name, &actor))
                fail_msg("nobody knows how to do “%s”", name);
            bool by_key = strstr(name, ", by the account's key") != NULL;
            int code = try_admit(&scene, by_key ? account_key(&scene, &actor) : actor.signer);
            if ((code == 0) != table_says(&table, (int)row, column)) {
                print_error("%s by %s: %d\n", name, actor.column, code);
                wrong++;
            }
        }
    }
    assert_int_equal(wrong, 0);
}

static void the_table_leaves_no_kind_and_nobody_out(void **state)
{
    (void)state;
    unsigned count;
    const struct proj_kind *kinds = proj_kinds(&count);
    for (unsigned k = 0; k < count; k++) {
        bool found = false;
        size_t len = strlen(kinds[k].name);
        for (unsigned row = 0; row < table.row_count; row++)
            found |= strncmp(table.rows[row], kinds[k].name, len) == 0 &&
                     (table.rows[row][len] == '\0' || table.rows[row][len] == ',');
        if (!found)
            fail_msg("no row tells who signs %s", kinds[k].name);
    }
    assert_int_equal(table.column_count, 16);
}

/* An importer is root's hand for the days before the log began. */
static void an_importer_writes_what_others_gave(void **state)
{
    (void)state;
    struct world *w = &scene.world;
    struct person importer;
    world_person(w, &w->people[HEAD].session, &importer, 2, "Перенос");
    world_login(w, &importer);
    act_mark(&w->draft, w->lesson, w->pupils[ANYA], 5, NULL, LEDGER_SEQ_NONE);
    assert_int_equal(try_admit(&scene, &importer.session), PROJ_REFUSED_NO_RIGHT);
    act_grant(&w->draft, importer.account, PROJ_ROLE_IMPORTER, NULL, w->today);
    world_do(w, &w->root, NULL);
    act_mark(&w->draft, w->lesson, w->pupils[ANYA], 5, NULL, LEDGER_SEQ_NONE);
    assert_int_equal(try_admit(&scene, &importer.session), 0);
    act_lesson(&w->draft, scene.new_id, w->class_a, w->maths, w->people[TEACHER].account,
               w->people[TEACHER].account, w->today, 2);
    assert_int_equal(try_admit(&scene, &importer.session), 0);
    act_subject(&w->draft, scene.new_id, true, "Химия");
    assert_int_equal(try_admit(&scene, &importer.session), PROJ_REFUSED_NO_RIGHT);
}

static int setup(void **state)
{
    (void)state;
    prepare(&scene);
    table_read(&table, "authority.md", "who signs");
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    world_remove(&scene.world);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_leaves_no_kind_and_nobody_out),
        cmocka_unit_test(the_table_of_the_specification_is_what_happens),
        cmocka_unit_test(an_importer_writes_what_others_gave),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
