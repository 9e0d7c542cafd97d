/* Small worlds, all of them: every order of up to so many events out of a little alphabet of
 * thefts, reports, confirmations and honest work. Engine and oracle must agree after each. Branches
 * end where both refuse. The folds run in one transaction that is dropped, so a node costs
 * microseconds.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "projections/admission.h"
#include "tests/ledger/support.h"
#include "tests/projections/player.h"
#include "tests/projections/readings.h"
#include "tests/projections/teller.h"

/* Keys of the prelude. */
enum { ROOT, HEAD_KEY, DEPUTY_KEY, SUPPORT_KEY, TEACHER_KEY = 6, TEACHER_SESSION = 7 };
enum { TEACHER = 3 };
#define LETTER_COUNT 35

static struct player player;
static struct tale tale;
static struct proj_state *state;
static int64_t start; /* when the theft begins: right after the prelude */
static unsigned long node_count, refused_count, void_count, unread_count;

/* Folds the last event made, as the engine does. */
static int fold(struct proj_txn *txn, int seq)
{
    struct ledger_event event;
    struct ledger_refusal refusal = {0};
    struct proj_source source = player_source(&player);
    assert_int_equal(ledger_event_parse(base_buf_bytes(&player.bytes[seq]), &event, &refusal), 0);
    struct proj_case c = {.txn = txn,
                          .event = &event,
                          .body = &event.body,
                          .seq = (ledger_seq)seq,
                          .recorded_ms = player.recorded_ms[seq],
                          .offset_min = 180,
                          .refusal = &refusal,
                          .source = &source};
    int code = proj_admit(&c, proj_fold_find(event.kind));
    if (code == 0) {
        proj_author_put(txn, &event.key, c.seq);
        proj_txn_set_next(txn, c.seq + 1);
        player.count = seq + 1;
        if (memcmp(event.kind.data, "breach.", 7) == 0)
            proj_voiding_refresh(&c, NULL, NULL);
    }
    struct base_err err = {0};
    if (proj_txn_fault(txn, &err) != 0)
        fail_msg("%s", err.text);
    return code;
}

static int newest_report(void)
{
    int found = TALE_NONE;
    for (int i = 0; i < tale.count; i++)
        found = tale.steps[i].deed == DID_REPORT ? i : found;
    return found;
}

/* A report on the key from `moment` on. */
static struct step report(int by, int target, int64_t moment)
{
    return (struct step){.deed = DID_REPORT,
                         .key = by,
                         .account = oracle_key(&tale, target).account,
                         .target = target,
                         .moment = moment,
                         .cut = oracle_cut(&tale, moment)};
}

static struct step voice(enum deed deed, int by)
{
    return (struct step){.deed = deed,
                         .key = by,
                         .target = newest_report(),
                         .role = oracle_key(&tale, by).account + 1};
}

static struct step letter_of_breach(int letter)
{
    int64_t last = tale.steps[tale.count - 1].at;
    switch (letter) {
    case 0:
        return report(ROOT, TEACHER_KEY, start);
    case 1:
        return report(HEAD_KEY, TEACHER_KEY, start);
    case 2:
        return report(SUPPORT_KEY, TEACHER_SESSION, last);
    case 3:
        return report(ROOT, HEAD_KEY, start);
    case 4:
        return report(DEPUTY_KEY, HEAD_KEY, start);
    case 5:
        return report(HEAD_KEY, DEPUTY_KEY, last);
    case 6:
        return voice(DID_RECEIVE, HEAD_KEY);
    case 7:
        return voice(DID_RECEIVE, SUPPORT_KEY);
    case 8:
        return voice(DID_RECEIVE, DEPUTY_KEY);
    case 9:
        return voice(DID_OVERRULE, ROOT);
    case 10:
        return voice(DID_OVERRULE, HEAD_KEY);
    default:
        return voice(DID_OVERRULE, SUPPORT_KEY);
    }
}

static int newest(enum deed deed)
{
    int found = TALE_NONE;
    for (int i = 0; i < tale.count; i++)
        found = tale.steps[i].deed == deed ? i : found;
    return found;
}

/* What gives or takes back a right on which the lesson and its mark rest. */
static struct step letter_of_taking_back(int letter)
{
    switch (letter) {
    case 19:
        return (struct step){.deed = DID_INVITE,
                             .key = HEAD_KEY,
                             .account = TEACHER,
                             .made = tale.keys,
                             .made_too = tale.keys + 1};
    case 20: /* the teacher comes again, as substitute of that one lesson */
        return (struct step){
            .deed = DID_CHANGE, .key = DEPUTY_KEY, .account = TEACHER, .target = TEACHER, .n = 1};
    case 21:
        return (struct step){
            .deed = DID_CHANGE, .key = DEPUTY_KEY, .account = TALE_NONE, .target = TEACHER, .n = 1};
    case 22:
        return report(ROOT, DEPUTY_KEY, start);
    case 23:
        return (struct step){.deed = DID_GRANT,
                             .key = SUPPORT_KEY,
                             .account = TEACHER,
                             .role = ROLE_CORRECT,
                             .scope = TALE_NONE};
    case 24:
        return (struct step){.deed = DID_REVOKE, .key = DEPUTY_KEY, .target = newest(DID_GRANT)};
    case 25:
        return (struct step){.deed = DID_JOIN, .key = DEPUTY_KEY, .group = 0, .pupil = 0};
    case 27:
        return (struct step){.deed = DID_SESSION,
                             .key = TEACHER_KEY,
                             .account = TEACHER,
                             .made = tale.keys,
                             .made_too = TALE_NONE};
    case 28:
        return (struct step){.deed = DID_CLOSE,
                             .key = tale.steps[newest(DID_SESSION)].made,
                             .target = TEACHER_SESSION};
    case 29:
        return report(ROOT, tale.steps[newest(DID_SESSION)].made, start);
    default: { /* a new key for the teacher, by the newest invitation */
        int invited = newest(DID_INVITE);
        return (struct step){.deed = DID_ENROL,
                             .key = tale.steps[invited].made,
                             .account = TEACHER,
                             .made = tale.keys,
                             .made_too = TALE_NONE};
    }
    }
}

static struct step letter_of_work(int letter)
{
    switch (letter) {
    case 12:
        return (struct step){.deed = DID_LESSON,
                             .key = TEACHER_SESSION,
                             .made = tale.lessons,
                             .account = TEACHER,
                             .scope = TEACHER,
                             .n = 1 + tale.lessons};
    case 13:
        return (struct step){.deed = DID_MARK,
                             .key = TEACHER_SESSION,
                             .made = tale.lessons - 1,
                             .value = 4,
                             .prev = oracle_prev(&tale, tale.lessons - 1, 0)};
    case 14:
        return (struct step){
            .deed = DID_GRANT, .key = HEAD_KEY, .account = TEACHER, .role = ROLE_CLASS, .scope = 0};
    case 15:
        return (struct step){
            .deed = DID_ACCOUNT, .key = TEACHER_SESSION, .account = tale.accounts, .stratum = 3};
    case 16:
        return (struct step){.deed = DID_UNASSIGN, .key = HEAD_KEY, .target = 7, .to = -1};
    case 17:
        return (struct step){.deed = DID_RETIRE, .key = HEAD_KEY, .target = TEACHER_SESSION};
    case 18:
        return (struct step){.deed = DID_LEAVE, .key = HEAD_KEY, .group = 0, .pupil = 0, .to = -1};
    default:
        return letter_of_taking_back(letter);
    }
}

static struct step letter_of_root(int letter)
{
    int next = tale_next_root(&tale);
    switch (letter) {
    case 30: /* the first root hands over; once only */
        return (struct step){.deed = DID_ROTATE, .key = ROOT, .made = next};
    case 31: /* the successor takes over */
        return (struct step){.deed = DID_ROTATE, .key = next, .made = next};
    case 32: /* somebody who was not named */
        return (struct step){.deed = DID_ROTATE, .key = tale_root(&tale), .made = tale.keys};
    case 33:
        return report(tale_root(&tale), TEACHER_KEY, start);
    default:
        return voice(DID_OVERRULE, tale_root(&tale));
    }
}

static struct step letter_of(int letter)
{
    struct step s = letter < 12    ? letter_of_breach(letter)
                    : letter >= 30 ? letter_of_root(letter)
                                   : letter_of_work(letter);
    s.at = tale.steps[tale.count - 1].at + 60000;
    s.quote = TALE_NONE;
    if (s.deed != DID_MARK)
        s.prev = TALE_NONE;
    return s;
}

static bool sayable(const struct step *s)
{
    if (s->deed == DID_RECEIVE || s->deed == DID_OVERRULE)
        return s->target != TALE_NONE;
    if (s->deed == DID_REVOKE)
        return s->target != TALE_NONE;
    return s->deed != DID_MARK || tale.lessons > 0;
}

/* The reports have exactly one consistent reading, and it is the one that is judged by. */
static void read_once(const struct opinion *opinion)
{
    bool standing[TALE_STEP_MAX];
    int count = readings_count(&tale, standing);
    bool same = count == 1;
    for (int i = 0; i < tale.count && same; i++)
        same = tale.steps[i].deed != DID_REPORT || standing[i] == opinion->standing[i];
    if (count >= 0 && !same) {
        tale_print(&tale, opinion);
        fail_msg("%d consistent readings", count);
    }
    unread_count += count < 0;
}

static void compare(struct proj_txn *txn)
{
    struct opinion opinion;
    oracle_judge(&tale, tale.count, &opinion);
    read_once(&opinion);
    for (int i = 0; i < tale.count; i++) {
        struct proj_void is = proj_void_get(txn, (ledger_seq)i);
        void_count += is.reason != PROJ_COUNTS;
        if ((int)is.reason == (int)opinion.verdicts[i])
            continue;
        tale_print(&tale, &opinion);
        fail_msg("position %d: engine %d, oracle %d", i, (int)is.reason, (int)opinion.verdicts[i]);
    }
}

/* Everything that can follow the tale as it stands. */
static void explore(int first, int depth, uint64_t letters)
{
    for (int letter = 0; letter < LETTER_COUNT; letter++) {
        struct step s = letter_of(letter);
        struct tale kept = tale;
        struct proj_txn *txn = NULL;
        if (((letters >> letter) & 1) == 0 || !sayable(&s))
            continue;
        bool wanted = oracle_admits(&tale, &s);
        player.count = tale.count;
        player_make(&player, &tale, &s);
        assert_int_equal(proj_txn_begin(state, true, &txn, NULL), 0);
        for (int seq = first; seq < tale.count; seq++)
            assert_int_equal(fold(txn, seq), 0);
        int code = fold(txn, tale.count);
        node_count++;
        refused_count += code != 0;
        if ((code == 0) != wanted) {
            struct opinion opinion;
            oracle_judge(&tale, tale.count, &opinion);
            tale_print(&tale, &opinion);
            step_print(&tale, &s, tale.count, wanted ? "oracle lets it in" : "oracle refuses");
            fail_msg("engine: %d", code);
        }
        if (code == 0) {
            tale_add(&tale, &s);
            compare(txn);
        }
        proj_txn_end(txn);
        if (code == 0 && depth > 1)
            explore(first, depth - 1, letters);
        tale = kept;
    }
}

static void tell(void *data, const struct step *step)
{
    struct proj_txn *txn = data;
    player.count = tale.count;
    player_make(&player, &tale, step);
    assert_int_equal(fold(txn, tale.count), 0);
    tale_add(&tale, step);
}

static void explore_all(int depth, uint64_t letters)
{
    char dir[256];
    bool fresh = false;
    struct proj_txn *txn = NULL;
    node_count = refused_count = void_count = unread_count = 0;
    test_dir_make(dir);
    assert_int_equal(proj_state_open(dir, PROJ_LAYOUT, false, &state, &fresh, NULL), 0);
    memset(&player, 0, sizeof player);
    assert_int_equal(proj_txn_begin(state, true, &txn, NULL), 0);
    teller_prelude(&tale, tell, txn);
    assert_int_equal(proj_txn_commit(txn, NULL), 0);
    start = tale.steps[tale.count - 1].at + 1;
    explore(tale.count, depth, letters);
    print_message("%lu worlds of up to %d events, %lu refusals, %lu void\n", node_count, depth,
                  refused_count, void_count);
    assert_true(node_count > 1000 && void_count > 100);
    assert_int_equal(unread_count, 0);
    draft_release(&player.draft);
    for (int i = 0; i < TALE_STEP_MAX; i++)
        base_buf_release(&player.bytes[i]);
    proj_state_close(state);
    test_dir_remove(dir);
}

static int deeper(int depth)
{
    return getenv("SLOW_TESTS") != NULL ? depth + 1 : depth;
}

static void engine_and_oracle_agree_on_all_small_worlds(void **unused)
{
    (void)unused;
    explore_all(deeper(3), (UINT64_C(1) << LETTER_COUNT) - 1);
}

/* Officers against each other, over one lesson with a mark. */
static void engine_and_oracle_agree_on_all_quarrels(void **unused)
{
    (void)unused;
    explore_all(deeper(6), UINT64_C(1) << 1 | UINT64_C(1) << 3 | UINT64_C(1) << 4 |
                               UINT64_C(1) << 6 | UINT64_C(1) << 7 | UINT64_C(1) << 8 |
                               UINT64_C(1) << 9 | UINT64_C(1) << 12);
}

/* A right is given or taken back, the giver is struck out and comes back, and somebody works on. */
static void explore_right(int depth, uint64_t letters)
{
    explore_all(deeper(depth), letters | UINT64_C(1) << 3 | UINT64_C(1) << 9 | UINT64_C(1) << 12 |
                                   UINT64_C(1) << 13 | UINT64_C(1) << 22);
}

static void rights_that_come_and_go(void **unused)
{
    (void)unused;
    explore_right(5, UINT64_C(1) << 16 | UINT64_C(1) << 18); /* teaching ends, the pupil leaves */
    explore_right(5, UINT64_C(1) << 16 | UINT64_C(1) << 20 | UINT64_C(1) << 21); /* substitution */
    explore_right(5, UINT64_C(1) << 16 | UINT64_C(1) << 23 | UINT64_C(1) << 24); /* corrector */
    explore_right(5, UINT64_C(1) << 18 | UINT64_C(1) << 25); /* out of the class, and in again */
    explore_right(5, UINT64_C(1) << 17 | UINT64_C(1) << 19 | UINT64_C(1) << 26); /* keys */
    explore_right(5, UINT64_C(1) << 27 | UINT64_C(1) << 28 |
                         UINT64_C(1) << 29); /* one session closes another */
    explore_right(5, UINT64_C(1) << 14 | UINT64_C(1) << 15 | UINT64_C(1) << 24); /* class teacher */
}

/* Root hands over or is succeeded, while reports by the old one and the new meet. */
static void roots_that_follow_each_other(void **unused)
{
    (void)unused;
    explore_all(deeper(5), UINT64_C(1) << 0 | UINT64_C(1) << 1 | UINT64_C(1) << 6 |
                               UINT64_C(1) << 7 | UINT64_C(1) << 9 | UINT64_C(1) << 12 |
                               UINT64_C(0x1f) << 30);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(engine_and_oracle_agree_on_all_small_worlds),
        cmocka_unit_test(engine_and_oracle_agree_on_all_quarrels),
        cmocka_unit_test(rights_that_come_and_go),
        cmocka_unit_test(roots_that_follow_each_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
