/* From numbers to events. Ids and keys are made from the numbers alone, so that a tale played twice
 * gives the same bytes. */
#include "tests/projections/player.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "tests/ledger/support.h"

#define BASE_DAY 20697 /* 2026-09-01 */
#define OFFSET_MIN 180

base_time_ms player_time(int64_t at)
{
    return ((base_time_ms)BASE_DAY * 1440 + 9 * 60 - OFFSET_MIN) * 60000 + at;
}

void player_id(char what, int index, proj_id out_id)
{
    memset(out_id, 0, LEDGER_ID_LEN);
    out_id[0] = (uint8_t)what;
    out_id[LEDGER_ID_LEN - 1] = (uint8_t)(index + 1);
}

/* The index-th signer; made once, for all tales. */
struct signer *player_signer(int index)
{
    static struct signer signers[TALE_KEY_MAX];
    static bool made[TALE_KEY_MAX];
    assert_true(index >= 0 && index < TALE_KEY_MAX);
    if (!made[index])
        signer_make(&signers[index], 5000 + (uint32_t)index);
    made[index] = true;
    return &signers[index];
}

void player_open(struct player *player)
{
    struct base_err err = {0};
    memset(player, 0, sizeof *player);
    test_dir_make(player->dir);
    if (proj_engine_open(player->dir, false, &player->engine, &err) != 0)
        fail_msg("%s", err.text);
}

void player_close(struct player *player)
{
    proj_engine_close(player->engine);
    draft_release(&player->draft);
    for (int i = 0; i < TALE_STEP_MAX; i++)
        base_buf_release(&player->bytes[i]);
    test_dir_remove(player->dir);
}

static int source_event(void *data, ledger_seq seq, struct ledger_event *out_event,
                        base_time_ms *out_recorded_ms, struct base_err *err)
{
    struct player *player = data;
    struct ledger_refusal refusal;
    if (seq >= (ledger_seq)player->count)
        return BASE_FAIL(err, BASE_E_MISSING, "entry %d", (int)seq);
    *out_recorded_ms = player->recorded_ms[seq];
    return ledger_event_parse(base_buf_bytes(&player->bytes[seq]), out_event, &refusal);
}

/* Steps to drafts */

static void draft_founding(struct draft *d)
{
    struct act_officer officers[TALE_OFFICER_COUNT];
    for (int i = 0; i < TALE_OFFICER_COUNT; i++) {
        player_id('a', i, officers[i].account);
        officers[i].role = (unsigned)i + 1;
        officers[i].key = player_signer(i + 1)->key;
    }
    act_founded_next(d, &player_signer(0)->key, &player_signer(TALE_KEY_MAX - 1)->key, officers,
                     TALE_OFFICER_COUNT);
}

static void draft_people(struct draft *d, const struct step *s, const struct ledger_hash *ids)
{
    proj_id account;
    proj_id scope;
    player_id('a', s->account, account);
    player_id(s->role == ROLE_PARENT ? 'p' : 'g', s->scope, scope);
    if (s->deed == DID_ACCOUNT)
        act_account(d, account, (unsigned)s->stratum, "Кто-то");
    if (s->deed == DID_INVITE)
        act_invite(d, account, &player_signer(s->made)->key, &player_signer(s->made_too)->key);
    if (s->deed == DID_ENROL)
        act_enrol(d, account, &player_signer(s->made)->key);
    if (s->deed == DID_RETIRE)
        act_retire(d, &player_signer(s->target)->key);
    if (s->deed == DID_SESSION)
        act_session(d, account, &player_signer(s->made)->key);
    if (s->deed == DID_CLOSE)
        act_session_close(d, &player_signer(s->target)->key);
    if (s->deed == DID_GRANT)
        act_grant(d, account, (unsigned)s->role, s->scope == TALE_NONE ? NULL : scope,
                  BASE_DAY + s->from);
    if (s->deed == DID_REVOKE)
        act_revoke(d, &ids[s->target]);
}

static void draft_school(struct draft *d, const struct step *s, const struct ledger_hash *ids)
{
    proj_id account;
    proj_id group;
    proj_id subject;
    proj_id pupil;
    proj_id made;
    proj_id parents[1];
    proj_id teacher;
    player_id('a', s->account, account);
    player_id('g', s->deed == DID_GROUP ? s->made : s->group, group);
    player_id('g', s->scope, parents[0]);
    player_id('s', s->deed == DID_SUBJECT ? s->made : s->subject, subject);
    player_id('p', s->deed == DID_PUPIL ? s->made : s->pupil, pupil);
    player_id('l', s->made, made);
    player_id('a', s->deed == DID_LESSON ? s->scope : s->target, teacher);
    const struct act_slot slot = {1, 1, subject, account};
    if (s->deed == DID_SUBJECT)
        act_subject(d, subject, true, "Предмет");
    if (s->deed == DID_GROUP)
        act_group(d, group, s->scope == TALE_NONE ? PROJ_GROUP_CLASS : PROJ_GROUP_SUBGROUP, 5,
                  parents, s->scope != TALE_NONE, "Группа");
    if (s->deed == DID_PUPIL)
        act_pupil(d, pupil, group, BASE_DAY + s->from, "Ученик");
    if (s->deed == DID_JOIN)
        act_join(d, group, pupil, BASE_DAY + s->from);
    if (s->deed == DID_LEAVE)
        act_leave(d, group, pupil, BASE_DAY + s->to);
    if (s->deed == DID_ASSIGN)
        act_assign(d, account, group, subject, BASE_DAY + s->from, BASE_DAY + s->to);
    if (s->deed == DID_UNASSIGN)
        act_unassign(d, &ids[s->target], BASE_DAY + s->to);
    if (s->deed == DID_TIMETABLE)
        act_timetable(d, group, BASE_DAY, &slot, 1);
    if (s->deed == DID_CHANGE)
        act_change(d, group, subject, BASE_DAY + s->day, (unsigned)s->n, teacher,
                   s->account == TALE_NONE ? NULL : account);
    if (s->deed == DID_LESSON)
        act_lesson(d, made, group, subject, account, teacher, BASE_DAY + s->day, (unsigned)s->n);
    if (s->deed == DID_MARK)
        act_mark(d, made, pupil, (unsigned)s->value, "пояснение",
                 s->prev == TALE_NONE ? LEDGER_SEQ_NONE : (ledger_seq)s->prev);
}

/* What a report signs is worked out by the oracle's rule, not by the engine's. */
static struct act_report report_of(const struct tale *tale, const struct step *s,
                                   const struct ledger_hash *ids, int size)
{
    struct act_report report = {.target = player_signer(s->target)->key,
                                .breach_ms = player_time(s->moment),
                                .learned_ms = player_time(s->moment),
                                .cut = (ledger_seq)s->cut,
                                .size = (ledger_seq)size};
    struct base_buf BASE_CLEANUP(base_buf_release) list = {0};
    player_id('a', s->account, report.account);
    for (int i = s->cut; i < size; i++) {
        if (!oracle_covers(tale, s->target, s->cut, i))
            continue;
        base_buf_put(&list, ids[i].bytes, LEDGER_HASH_LEN);
        report.count++;
    }
    ledger_sha256(base_buf_bytes(&list), &report.digest);
    return report;
}

static void draft_breach(struct player *player, const struct tale *tale, const struct step *s)
{
    struct draft *d = &player->draft;
    if (s->deed == DID_REPORT) {
        struct act_report report = report_of(tale, s, player->ids, tale->count);
        act_report(d, &report);
        return;
    }
    const struct step *reported = &tale->steps[s->target];
    struct act_report report = report_of(tale, reported, player->ids, player->sizes[s->target]);
    if (s->deed == DID_OVERRULE)
        act_overrule(d, report.account, &player->ids[s->target]);
    else
        act_receipt(d, &player->ids[s->target], report.cut, &report.digest, (unsigned)s->role,
                    player_time(s->at));
}

void player_draft(struct player *player, const struct tale *tale, const struct step *s)
{
    if (s->deed == DID_FOUND)
        draft_founding(&player->draft);
    else if (s->deed == DID_ROTATE)
        act_rotate(&player->draft, &player_signer(s->made)->key,
                   &player_signer(tale_next_root(tale) - 1)->key);
    else if (s->deed == DID_REPORT || s->deed == DID_RECEIVE || s->deed == DID_OVERRULE)
        draft_breach(player, tale, s);
    else if (s->deed < DID_SUBJECT)
        draft_people(&player->draft, s, player->ids);
    else
        draft_school(&player->draft, s, player->ids);
    player->draft.quote =
        s->quote != TALE_NONE && s->deed == DID_LESSON ? &player->ids[s->quote] : NULL;
}

static int feed(struct player *player, int seq)
{
    struct proj_source source = player_source(player);
    struct ledger_refusal refusal = {0};
    struct base_err err = {0};
    int code = proj_engine_feed(player->engine, &source, (ledger_seq)seq, player->recorded_ms[seq],
                                base_buf_bytes(&player->bytes[seq]), &refusal, &err);
    if (code < 0)
        fail_msg("position %d: %s", seq, err.text);
    return code;
}

struct proj_source player_source(struct player *player)
{
    return (struct proj_source){.event = source_event, .data = player};
}

void player_make(struct player *player, const struct tale *tale, const struct step *step)
{
    int seq = player->count;
    struct signer signer = *player_signer(step->key);
    struct moment moment = {.claimed_ms = player_time(step->at)};
    assert_int_equal(seq, tale->count);
    signer.counter = seq;
    player_draft(player, tale, step);
    if (seq > 0)
        moment.log_id = player->ids[0];
    base_buf_reset(&player->bytes[seq]);
    draft_build(&player->draft, &moment, &signer, &player->bytes[seq]);
    ledger_sha256(base_buf_bytes(&player->bytes[seq]), &player->ids[seq]);
    player->recorded_ms[seq] = player_time(step->at);
    player->sizes[seq] = seq;
}

int player_play(struct player *player, const struct tale *tale, const struct step *step)
{
    struct base_err err = {0};
    player_make(player, tale, step);
    int code = feed(player, player->count);
    if (proj_engine_flush(player->engine, &err) != 0)
        fail_msg("%s", err.text);
    player->count += code == 0;
    return code;
}

void player_follow(struct player *player, const struct player *other)
{
    struct base_err err = {0};
    for (int i = 0; i < other->count; i++) {
        base_buf_reset(&player->bytes[i]);
        base_buf_put_bytes(&player->bytes[i], base_buf_bytes(&other->bytes[i]));
        player->recorded_ms[i] = other->recorded_ms[i];
        player->ids[i] = other->ids[i];
        if (feed(player, i) != 0)
            fail_msg("position %d is refused when it is fed again", i);
        player->count++;
    }
    if (proj_engine_flush(player->engine, &err) != 0)
        fail_msg("%s", err.text);
}

struct proj_txn *player_read(struct player *player)
{
    struct proj_txn *txn = NULL;
    struct base_err err = {0};
    if (proj_engine_read(player->engine, &txn, &err) != 0)
        fail_msg("%s", err.text);
    return txn;
}
