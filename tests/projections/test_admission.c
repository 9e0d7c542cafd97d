/* Every refusal has a case that provokes it, names its field, and leaves the log as it was. */
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

static void unknown_kinds_are_refused(void **state)
{
    struct world *w = *state;
    draft_begin(&w->draft, "marks.forged");
    world_refused(w, &w->people[TEACHER].session, NULL, PROJ_REFUSED_UNKNOWN_KIND, "marks.forged");
}

static void schema_mistakes_are_refused(void **state)
{
    struct world *w = *state;
    act_mark(&w->draft, w->lesson, w->pupils[ANYA], 6, NULL, LEDGER_SEQ_NONE);
    world_refused(w, &w->people[TEACHER].session, NULL, PROJ_REFUSED_FIELD_RANGE, "cells.0.1.0");
}

static void keys_that_nobody_enrolled_are_refused(void **state)
{
    struct world *w = *state;
    struct signer nobody;
    world_new_signer(w, &nobody);
    act_mark(&w->draft, w->lesson, w->pupils[ANYA], 5, NULL, LEDGER_SEQ_NONE);
    world_refused(w, &nobody, NULL, PROJ_REFUSED_UNKNOWN_KEY, "k");
}

static void a_reported_key_is_closed_for_good(void **state)
{
    struct world *w = *state;
    struct person *teacher = &w->people[TEACHER];
    world_report(w, &w->people[HEAD].session, teacher, &teacher->key.key, w->now_ms);
    act_mark(&w->draft, w->lesson, w->pupils[ANYA], 5, NULL, LEDGER_SEQ_NONE);
    world_refused(w, &teacher->session, NULL, PROJ_REFUSED_CLOSED_KEY, "k");
    struct signer fresh;
    world_new_signer(w, &fresh);
    act_session(&w->draft, teacher->account, &fresh.key);
    world_refused(w, &teacher->key, &fresh, PROJ_REFUSED_CLOSED_KEY, "k");
}

static void a_retired_key_is_closed(void **state)
{
    struct world *w = *state;
    struct person *teacher = &w->people[TEACHER];
    act_session_close(&w->draft, &teacher->session.key);
    world_do(w, &teacher->session, NULL);
    act_mark(&w->draft, w->lesson, w->pupils[ANYA], 5, NULL, LEDGER_SEQ_NONE);
    world_refused(w, &teacher->session, NULL, PROJ_REFUSED_CLOSED_KEY, "k");
    act_retire(&w->draft, &teacher->key.key);
    world_do(w, &teacher->key, NULL);
    act_mark(&w->draft, w->lesson, w->pupils[ANYA], 5, NULL, LEDGER_SEQ_NONE);
    world_refused(w, &teacher->key, NULL, PROJ_REFUSED_CLOSED_KEY, "k");
}

static void an_invitation_works_once(void **state)
{
    struct world *w = *state;
    struct person *teacher = &w->people[TEACHER];
    struct signer fresh;
    world_new_signer(w, &fresh);
    act_enrol(&w->draft, teacher->account, &fresh.key);
    world_refused(w, &teacher->invitation, &fresh, PROJ_REFUSED_CLOSED_KEY, "k");
}

static void a_session_expires_to_the_millisecond(void **state)
{
    struct world *w = *state;
    base_time_ms opened = w->now_ms - 5 * 60000;
    w->now_ms = opened + 10 * HOUR_MS;
    act_mark(&w->draft, w->lesson, w->pupils[ANYA], 5, NULL, LEDGER_SEQ_NONE);
    world_refused(w, &w->people[TEACHER].session, NULL, PROJ_REFUSED_EXPIRED_KEY, "k");
    w->now_ms--;
    world_do(w, &w->people[TEACHER].session, NULL);
}

static void officers_who_accuse_each_other_are_frozen(void **state)
{
    struct world *w = *state;
    struct person *head = &w->people[HEAD];
    struct person *deputy = &w->people[DEPUTY];
    world_report(w, &head->session, deputy, &deputy->key.key, w->now_ms);
    proj_id id;
    world_new_id(w, id);
    act_subject(&w->draft, id, true, "Химия");
    world_refused(w, &head->session, NULL, PROJ_REFUSED_FROZEN, "k");
    world_refused(w, &deputy->session, NULL, PROJ_REFUSED_CLOSED_KEY, "k");
    act_subject(&w->draft, id, true, "Химия");
    world_refused(w, &w->people[SUPPORT].session, NULL, PROJ_REFUSED_NO_RIGHT, "kind");
}

static void rights_are_demanded(void **state)
{
    struct world *w = *state;
    proj_id id;
    world_new_id(w, id);
    act_mark(&w->draft, w->lesson, w->pupils[ANYA], 5, NULL, LEDGER_SEQ_NONE);
    world_refused(w, &w->people[OTHER].session, NULL, PROJ_REFUSED_NO_RIGHT, "lesson");
    act_subject(&w->draft, id, true, "Химия");
    world_refused(w, &w->people[TEACHER].session, NULL, PROJ_REFUSED_NO_RIGHT, "kind");
    act_account(&w->draft, id, 3, "Новая");
    world_refused(w, &w->people[TEACHER].session, NULL, PROJ_REFUSED_NO_RIGHT, "account");
    struct signer fresh;
    world_new_signer(w, &fresh);
    act_session(&w->draft, w->people[TEACHER].account, &fresh.key);
    world_refused(w, &w->people[TEACHER].session, &fresh, PROJ_REFUSED_NO_RIGHT, "session");
    act_session(&w->draft, w->people[OTHER].account, &fresh.key);
    world_refused(w, &w->people[TEACHER].key, &fresh, PROJ_REFUSED_NO_RIGHT, "account");
    act_period(&w->draft, w->class_a, w->drawing, "1 четверть", w->pupils[ANYA], 5, LEDGER_SEQ_NONE,
               1);
    world_refused(w, &w->people[TEACHER].session, NULL, PROJ_REFUSED_NO_RIGHT, "subject");
    act_lesson(&w->draft, id, w->class_a, w->maths, w->people[TEACHER].account,
               w->people[OTHER].account, w->today, 2);
    world_refused(w, &w->people[OTHER].session, NULL, PROJ_REFUSED_NO_RIGHT, "actual");
    world_refused(w, &w->people[TEACHER].session, NULL, PROJ_REFUSED_NO_RIGHT, "actual");
    act_lesson(&w->draft, id, w->class_a, w->maths, w->people[OTHER].account,
               w->people[OTHER].account, w->today, 2);
    world_refused(w, &w->people[OTHER].session, NULL, PROJ_REFUSED_NO_RIGHT, "assigned");
}

static void invitation_and_emergency_keys_do_one_thing(void **state)
{
    struct world *w = *state;
    struct signer invitation;
    struct signer emergency;
    world_new_signer(w, &invitation);
    world_new_signer(w, &emergency);
    act_invite(&w->draft, w->people[TEACHER].account, &invitation.key, &emergency.key);
    world_do(w, &w->people[HEAD].session, NULL);
    act_mark(&w->draft, w->lesson, w->pupils[ANYA], 5, NULL, LEDGER_SEQ_NONE);
    world_refused(w, &invitation, NULL, PROJ_REFUSED_NO_RIGHT, "k");
    act_mark(&w->draft, w->lesson, w->pupils[ANYA], 5, NULL, LEDGER_SEQ_NONE);
    world_refused(w, &emergency, NULL, PROJ_REFUSED_NO_RIGHT, "k");
    struct signer fresh;
    world_new_signer(w, &fresh);
    act_enrol(&w->draft, w->people[OTHER].account, &fresh.key);
    world_refused(w, &invitation, &fresh, PROJ_REFUSED_NO_RIGHT, "account");
}

static void authority_flows_only_downwards(void **state)
{
    struct world *w = *state;
    proj_id id;
    struct signer a;
    struct signer b;
    world_new_id(w, id);
    world_new_signer(w, &a);
    world_new_signer(w, &b);
    act_account(&w->draft, id, 1, "Новый директор");
    world_refused(w, &w->people[HEAD].session, NULL, PROJ_REFUSED_STRATUM, "stratum");
    act_account(&w->draft, id, 2, "Учитель");
    world_refused(w, &w->people[CLASS_TEACHER].session, NULL, PROJ_REFUSED_STRATUM, "stratum");
    act_invite(&w->draft, w->people[DEPUTY].account, &a.key, &b.key);
    world_refused(w, &w->people[HEAD].session, NULL, PROJ_REFUSED_STRATUM, "account");
    act_grant(&w->draft, w->people[DEPUTY].account, PROJ_ROLE_CLASS_TEACHER, w->class_a, 0);
    world_refused(w, &w->people[HEAD].session, NULL, PROJ_REFUSED_STRATUM, "account");
    act_grant(&w->draft, w->people[TEACHER].account, PROJ_ROLE_PARENT, w->pupils[ANYA], 0);
    world_refused(w, &w->people[HEAD].session, NULL, PROJ_REFUSED_STRATUM, "role");
    act_assign(&w->draft, w->people[TEACHER].account, w->class_b, w->maths, w->today, w->today);
    world_refused(w, &w->people[OFFICE].session, NULL, PROJ_REFUSED_STRATUM, "account");
    act_change(&w->draft, w->class_a, w->drawing, w->today, 3, w->people[OTHER].account,
               w->people[TEACHER].account);
    world_refused(w, &w->people[OFFICE].session, NULL, PROJ_REFUSED_STRATUM, "account");
    act_retire(&w->draft, &w->people[HEAD].key.key);
    world_refused(w, &w->people[DEPUTY].session, NULL, PROJ_REFUSED_STRATUM, "key");
}

static void what_is_referred_to_must_exist(void **state)
{
    struct world *w = *state;
    struct signer *deputy = &w->people[DEPUTY].session;
    struct signer *teacher = &w->people[TEACHER].session;
    proj_id no;
    struct signer nobody;
    const struct ledger_hash no_hash = {{9}};
    const struct act_slot slot = {1, 1, w->maths, no};
    const struct act_slot other_slot = {1, 1, no, w->people[TEACHER].account};
    static const char *const topic[] = {"Дроби"};
    proj_id classes[1];
    world_new_id(w, no);
    world_new_signer(w, &nobody);
    memcpy(classes[0], no, LEDGER_ID_LEN);
#define NO(act, by, field)                                                                         \
    act;                                                                                           \
    world_refused(w, by, NULL, PROJ_REFUSED_UNKNOWN_REFERENT, field)
    NO(act_mark(&w->draft, no, w->pupils[ANYA], 5, NULL, LEDGER_SEQ_NONE), teacher, "lesson");
    NO(act_topic(&w->draft, no, "Дроби", LEDGER_SEQ_NONE), teacher, "lesson");
    NO(act_attendance(&w->draft, no, NULL, 0, NULL, LEDGER_SEQ_NONE, true), teacher, "lesson");
    NO(act_group(&w->draft, w->lesson, PROJ_GROUP_SUBGROUP, 5, classes, 1, "х"), deputy, "classes");
    NO(act_pupil(&w->draft, w->lesson, no, 0, "Новый"), deputy, "class");
    NO(act_join(&w->draft, no, w->pupils[ANYA], 0), deputy, "group");
    NO(act_join(&w->draft, w->subgroup, no, 0), deputy, "pupils[0]");
    NO(act_assign(&w->draft, w->people[TEACHER].account, no, w->maths, 0, 1), deputy, "group");
    NO(act_assign(&w->draft, w->people[TEACHER].account, w->class_a, no, 0, 1), deputy, "subject");
    NO(act_assign(&w->draft, no, w->class_a, w->maths, 0, 1), deputy, "account");
    NO(act_unassign(&w->draft, &no_hash, 0), deputy, "assignment");
    NO(act_timetable(&w->draft, no, 0, NULL, 0), deputy, "group");
    NO(act_timetable(&w->draft, w->class_a, 0, &slot, 1), deputy, "slots[0].account");
    NO(act_timetable(&w->draft, w->class_a, 0, &other_slot, 1), deputy, "slots[0].subject");
    NO(act_plan(&w->draft, no, 5, 1, topic, 1), deputy, "subject");
    NO(act_control(&w->draft, no, w->maths, 0, 1), deputy, "group");
    NO(act_control(&w->draft, w->class_a, no, 0, 1), deputy, "subject");
    NO(act_change(&w->draft, w->class_a, w->maths, 0, 1, no, NULL), deputy, "teacher");
    NO(act_change(&w->draft, w->class_a, w->maths, 0, 1, w->people[TEACHER].account, no), deputy,
       "account");
    NO(act_invite(&w->draft, no, &nobody.key, &nobody.key), deputy, "account");
    NO(act_retire(&w->draft, &nobody.key), deputy, "key");
    NO(act_retire(&w->draft, &w->root.key), deputy, "key");
    NO(act_session_close(&w->draft, &nobody.key), teacher, "session");
    NO(act_session_close(&w->draft, &w->people[TEACHER].key.key), teacher, "session");
    NO(act_grant(&w->draft, no, PROJ_ROLE_OFFICE, NULL, 0), deputy, "account");
    NO(act_grant(&w->draft, w->people[TEACHER].account, PROJ_ROLE_CLASS_TEACHER, no, 0), deputy,
       "scope");
    NO(act_grant(&w->draft, w->people[PARENT].account, PROJ_ROLE_PARENT, no, 0), deputy, "scope");
    NO(act_revoke(&w->draft, &no_hash), deputy, "grant");
    struct told told = {.id = no_hash};
    NO(act_receipt(&w->draft, &told.id, 0, &no_hash, 2, 0), deputy, "report");
    NO(act_overrule(&w->draft, no, &no_hash), deputy, "report");
#undef NO
}

static void ids_and_keys_are_new(void **state)
{
    struct world *w = *state;
    struct signer *deputy = &w->people[DEPUTY].session;
    struct person *teacher = &w->people[TEACHER];
    struct signer fresh;
    world_new_signer(w, &fresh);
#define TWICE(act, by, second, field)                                                              \
    act;                                                                                           \
    world_refused(w, by, second, PROJ_REFUSED_EXISTS, field)
    TWICE(act_subject(&w->draft, w->maths, true, "х"), deputy, NULL, "subject");
    TWICE(act_group(&w->draft, w->class_a, PROJ_GROUP_CLASS, 5, NULL, 0, "х"), deputy, NULL,
          "group");
    TWICE(act_pupil(&w->draft, w->pupils[ANYA], w->class_a, 0, "х"), deputy, NULL, "pupil");
    TWICE(act_account(&w->draft, teacher->account, 2, "х"), deputy, NULL, "account");
    TWICE(act_invite(&w->draft, teacher->account, &teacher->key.key, &fresh.key), deputy, NULL,
          "invitation");
    TWICE(act_invite(&w->draft, teacher->account, &fresh.key, &teacher->session.key), deputy, NULL,
          "emergency");
    TWICE(act_invite(&w->draft, teacher->account, &fresh.key, &fresh.key), deputy, NULL,
          "emergency");
    TWICE(act_session(&w->draft, teacher->account, &teacher->session.key), &teacher->key,
          &teacher->session, "session");
    TWICE(act_lesson(&w->draft, w->lesson, w->class_a, w->maths, teacher->account, teacher->account,
                     w->today, 2),
          &teacher->session, NULL, "lesson");
    proj_id id;
    world_new_id(w, id);
    TWICE(act_lesson(&w->draft, id, w->class_a, w->maths, teacher->account, teacher->account,
                     w->today, 1),
          &teacher->session, NULL, "n");
    struct signer invitation;
    struct signer emergency;
    world_new_signer(w, &invitation);
    world_new_signer(w, &emergency);
    act_invite(&w->draft, teacher->account, &invitation.key, &emergency.key);
    world_do(w, deputy, NULL);
    TWICE(act_enrol(&w->draft, teacher->account, &teacher->key.key), &invitation, &teacher->key,
          "key");
#undef TWICE
}

static void an_edit_must_have_seen_the_cell(void **state)
{
    struct world *w = *state;
    struct signer *by = &w->people[TEACHER].session;
    ledger_seq first = world_mark(w, by, ANYA, 3, LEDGER_SEQ_NONE);
    act_mark(&w->draft, w->lesson, w->pupils[ANYA], 4, NULL, LEDGER_SEQ_NONE);
    world_refused(w, by, NULL, PROJ_REFUSED_STALE, "cells[0].prev");
    act_mark(&w->draft, w->lesson, w->pupils[ANYA], 4, NULL, first - 1);
    world_refused(w, by, NULL, PROJ_REFUSED_STALE, "cells[0].prev");
    act_mark(&w->draft, w->lesson, w->pupils[BORYA], 4, NULL, first);
    world_refused(w, by, NULL, PROJ_REFUSED_STALE, "cells[0].prev");
    act_attendance(&w->draft, w->lesson, w->pupils[ANYA], 1, NULL, first, false);
    world_refused(w, by, NULL, PROJ_REFUSED_STALE, "cells[0].prev");
    act_topic(&w->draft, w->lesson, "Дроби", first);
    world_refused(w, by, NULL, PROJ_REFUSED_STALE, "prev");
    act_homework(&w->draft, w->lesson, "№ 1", first);
    world_refused(w, by, NULL, PROJ_REFUSED_STALE, "prev");
    act_period(&w->draft, w->class_a, w->maths, "1 четверть", w->pupils[ANYA], 5, first, first);
    world_refused(w, by, NULL, PROJ_REFUSED_STALE, "cells[0].prev");
    world_mark(w, by, ANYA, 4, first);
}

static void pupils_must_be_members_on_that_day(void **state)
{
    struct world *w = *state;
    struct signer *by = &w->people[TEACHER].session;
    act_mark(&w->draft, w->lesson, w->pupils[GLEB], 5, NULL, LEDGER_SEQ_NONE);
    world_refused(w, by, NULL, PROJ_REFUSED_NOT_MEMBER, "cells[0].pupil");
    act_attendance(&w->draft, w->lesson, w->pupils[GLEB], 1, NULL, LEDGER_SEQ_NONE, false);
    world_refused(w, by, NULL, PROJ_REFUSED_NOT_MEMBER, "cells[0].pupil");
    act_period(&w->draft, w->class_a, w->maths, "1 четверть", w->pupils[GLEB], 5, LEDGER_SEQ_NONE,
               1);
    world_refused(w, by, NULL, PROJ_REFUSED_NOT_MEMBER, "cells[0].pupil");
    act_leave(&w->draft, w->class_a, w->pupils[VERA], w->today - 1);
    world_do(w, &w->people[DEPUTY].session, NULL);
    act_mark(&w->draft, w->lesson, w->pupils[VERA], 5, NULL, LEDGER_SEQ_NONE);
    world_refused(w, by, NULL, PROJ_REFUSED_NOT_MEMBER, "cells[0].pupil");
}

static void dates_must_fit(void **state)
{
    struct world *w = *state;
    struct person *teacher = &w->people[TEACHER];
    const struct act_row row = {PROJ_CALENDAR_QUARTER, "наоборот", 10, 9, 0, 12};
    proj_id id;
    world_new_id(w, id);
    act_lesson(&w->draft, id, w->class_a, w->maths, teacher->account, teacher->account,
               w->today + 1, 1);
    world_refused(w, &teacher->session, NULL, PROJ_REFUSED_DATE, "day");
    act_calendar(&w->draft, "2026/27", &row, 1);
    world_refused(w, &w->people[DEPUTY].session, NULL, PROJ_REFUSED_DATE, "rows[0].to");
    act_assign(&w->draft, teacher->account, w->class_b, w->maths, 10, 9);
    world_refused(w, &w->people[DEPUTY].session, NULL, PROJ_REFUSED_DATE, "to");
}

static void a_cell_is_named_once(void **state)
{
    struct world *w = *state;
    struct draft *d = &w->draft;
    draft_begin(d, "attendance.set");
    draft_bool(d, "all", false);
    draft_list(d, "cells", 2);
    for (unsigned i = 0; i < 2; i++) {
        ledger_canon_put_array(&d->body, 4);
        ledger_canon_put_bin(&d->body, w->pupils[ANYA], LEDGER_ID_LEN);
        ledger_canon_put_int(&d->body, i);
        ledger_canon_put_nil(&d->body);
        ledger_canon_put_nil(&d->body);
    }
    draft_id(d, "lesson", w->lesson);
    world_refused(w, &w->people[TEACHER].session, NULL, PROJ_REFUSED_DUPLICATE, "cells[1].pupil");
}

static void a_corrector_must_explain(void **state)
{
    struct world *w = *state;
    act_mark(&w->draft, w->lesson, w->pupils[ANYA], 5, NULL, LEDGER_SEQ_NONE);
    world_refused(w, &w->people[CORRECTOR].session, NULL, PROJ_REFUSED_NEEDS_COMMENT,
                  "cells[0].comment");
    act_mark(&w->draft, w->lesson, w->pupils[ANYA], 5, "по ведомости", LEDGER_SEQ_NONE);
    world_do(w, &w->people[CORRECTOR].session, NULL);
}

static void unmarked_subjects_and_grade_one_take_no_marks(void **state)
{
    struct world *w = *state;
    struct person *teacher = &w->people[TEACHER];
    struct person *other = &w->people[OTHER];
    proj_id id;
    world_new_id(w, id);
    act_lesson(&w->draft, id, w->class_a, w->drawing, other->account, other->account, w->today, 4);
    world_do(w, &other->session, NULL);
    act_mark(&w->draft, id, w->pupils[ANYA], 5, NULL, LEDGER_SEQ_NONE);
    world_refused(w, &other->session, NULL, PROJ_REFUSED_UNMARKED, "lesson");
    world_new_id(w, id);
    act_lesson(&w->draft, id, w->class_first, w->maths, teacher->account, teacher->account,
               w->today, 4);
    world_do(w, &teacher->session, NULL);
    act_mark(&w->draft, id, w->pupils[DIMA], 5, NULL, LEDGER_SEQ_NONE);
    world_refused(w, &teacher->session, NULL, PROJ_REFUSED_UNMARKED, "lesson");
}

static void period_values_and_upto_are_known_ones(void **state)
{
    struct world *w = *state;
    struct signer *by = &w->people[TEACHER].session;
    for (unsigned value = 6; value < 10; value++) {
        act_period(&w->draft, w->class_a, w->maths, "1 четверть", w->pupils[ANYA], value,
                   LEDGER_SEQ_NONE, 1);
        world_refused(w, by, NULL, PROJ_REFUSED_FIELD_RANGE, "cells[0].value");
    }
    act_period(&w->draft, w->class_a, w->maths, "1 четверть", w->pupils[ANYA], 5, LEDGER_SEQ_NONE,
               world_size(w) + 1);
    world_refused(w, by, NULL, PROJ_REFUSED_FIELD_RANGE, "upto");
}

/* Founding */

static void founding_comes_first_and_only_first(void **state)
{
    struct world *w = *state;
    struct act_officer officers[2] = {{.role = 1}, {.role = 3}};
    struct signer *signers[3] = {&w->root, &w->people[HEAD].key, &w->people[SUPPORT].key};
    struct base_buf BASE_CLEANUP(base_buf_release) wire = {0};
    memcpy(officers[0].account, w->people[HEAD].account, LEDGER_ID_LEN);
    memcpy(officers[1].account, w->people[SUPPORT].account, LEDGER_ID_LEN);
    officers[0].key = w->people[HEAD].key.key;
    officers[1].key = w->people[SUPPORT].key.key;
    act_founded(&w->draft, &w->root.key, officers, 2);
    struct moment moment = world_moment(w);
    draft_sign(&w->draft, &moment, signers, 3, &wire);
    ledger_seq size = world_size(w);
    assert_int_equal(world_try_wire(w, base_buf_bytes(&wire)), PROJ_REFUSED_FOUNDED);
    assert_string_equal(w->refusal.field, "t");
    assert_int_equal(world_size(w), size);
}

static void nothing_enters_an_unfounded_log(void **state)
{
    (void)state;
    static struct world w;
    world_make_empty(&w);
    struct base_buf BASE_CLEANUP(base_buf_release) wire = {0};
    struct signer signer;
    struct signer *signers[1] = {&signer};
    struct moment moment = {.claimed_ms = w.now_ms};
    world_new_signer(&w, &signer);
    ledger_sha256(base_bytes_of("", 0), &moment.seen_root);
    world_new_id(&w, w.maths);
    act_subject(&w.draft, w.maths, true, "Химия");
    draft_sign(&w.draft, &moment, signers, 1, &wire);
    assert_int_equal(world_try_wire(&w, base_buf_bytes(&wire)), PROJ_REFUSED_FOUNDED);
    assert_int_equal(world_size(&w), 0);
    world_remove(&w);
}

static void only_the_named_root_founds(void **state)
{
    (void)state;
    static struct world w;
    world_make_empty(&w);
    struct base_buf BASE_CLEANUP(base_buf_release) wire = {0};
    struct signer signers[4];
    struct signer *by[3] = {&signers[0], &signers[1], &signers[2]};
    struct act_officer officers[2] = {{.account = {1}, .role = 1}, {.account = {2}, .role = 3}};
    struct moment moment = {.claimed_ms = w.now_ms};
    for (unsigned i = 0; i < 4; i++)
        world_new_signer(&w, &signers[i]);
    officers[0].key = signers[1].key;
    officers[1].key = signers[2].key;
    ledger_sha256(base_bytes_of("", 0), &moment.seen_root);
    act_founded(&w.draft, &signers[3].key, officers, 2);
    draft_sign(&w.draft, &moment, by, 3, &wire);
    assert_int_equal(world_try_wire(&w, base_buf_bytes(&wire)), PROJ_REFUSED_NO_RIGHT);
    assert_string_equal(w.refusal.field, "root");
    assert_int_equal(world_size(&w), 0);
    world_remove(&w);
}

/* One key stands for one person: a founding event that gives two officers the same account or key
 * would let one person be two. */
static void officers_of_the_founding_are_different_people(void **state)
{
    (void)state;
    for (unsigned round = 0; round < 3; round++) {
        static struct world w;
        world_make_empty(&w);
        struct base_buf BASE_CLEANUP(base_buf_release) wire = {0};
        struct signer signers[3];
        struct signer *by[3] = {&signers[0], &signers[1], &signers[2]};
        struct act_officer officers[2] = {{.account = {1}, .role = 1}, {.account = {2}, .role = 3}};
        struct moment moment = {.claimed_ms = w.now_ms};
        for (unsigned i = 0; i < 3; i++)
            world_new_signer(&w, &signers[i]);
        if (round == 0)
            memcpy(officers[1].account, officers[0].account, LEDGER_ID_LEN);
        if (round == 1)
            by[2] = by[1];
        if (round == 2)
            by[2] = by[0];
        officers[0].key = by[1]->key;
        officers[1].key = by[2]->key;
        ledger_sha256(base_bytes_of("", 0), &moment.seen_root);
        act_founded(&w.draft, &signers[0].key, officers, 2);
        draft_sign(&w.draft, &moment, by, 3, &wire);
        assert_int_equal(world_try_wire(&w, base_buf_bytes(&wire)), PROJ_REFUSED_EXISTS);
        assert_string_equal(w.refusal.field, "officers");
        world_remove(&w);
    }
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(unknown_kinds_are_refused),
        CASE(schema_mistakes_are_refused),
        CASE(keys_that_nobody_enrolled_are_refused),
        CASE(a_reported_key_is_closed_for_good),
        CASE(a_retired_key_is_closed),
        CASE(an_invitation_works_once),
        CASE(a_session_expires_to_the_millisecond),
        CASE(officers_who_accuse_each_other_are_frozen),
        CASE(rights_are_demanded),
        CASE(invitation_and_emergency_keys_do_one_thing),
        CASE(authority_flows_only_downwards),
        CASE(what_is_referred_to_must_exist),
        CASE(ids_and_keys_are_new),
        CASE(an_edit_must_have_seen_the_cell),
        CASE(pupils_must_be_members_on_that_day),
        CASE(dates_must_fit),
        CASE(a_cell_is_named_once),
        CASE(a_corrector_must_explain),
        CASE(unmarked_subjects_and_grade_one_take_no_marks),
        CASE(period_values_and_upto_are_known_ones),
        CASE(founding_comes_first_and_only_first),
        cmocka_unit_test(nothing_enters_an_unfounded_log),
        cmocka_unit_test(only_the_named_root_founds),
        cmocka_unit_test(officers_of_the_founding_are_different_people),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
