/* Random histories: engine and oracle must agree on who may write, on what counts and why, after
 * every single event. TEST_SEED repeats a run; SLOW_TESTS makes it a long one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/projections/player.h"
#include "tests/projections/teller.h"

static struct player player;
static struct player second;
static struct tale tale;
static struct opinion opinion;
static unsigned told_count, refused_count, covered_count, ungrounded_count, back_count;

static void tell_story(uint64_t seed, const char *what)
{
    printf("\nTEST_SEED=%llu: %s\n", (unsigned long long)seed, what);
    tale_print(&tale, &opinion);
}

static unsigned rounds(unsigned quick)
{
    return getenv("SLOW_TESTS") != NULL ? quick * 10 : quick;
}

/* What the engine says of every position must be what the oracle says. */
static bool agree(struct player *p)
{
    struct proj_txn *txn = player_read(p);
    bool same = state_agrees(txn, &tale, &opinion);
    proj_txn_end(txn);
    return same;
}

/* One step: admitted by both or by none; then the whole past is compared. */
static bool play(const struct step *step)
{
    bool wanted = tale.count == 0 || oracle_admits(&tale, step);
    int code = player_play(&player, &tale, step);
    if ((code == 0) != wanted) {
        step_print(&tale, step, tale.count, wanted ? "oracle lets it in" : "oracle refuses");
        printf("engine: %d\n", code);
        tale_use(&tale, step);
        return false;
    }
    refused_count += code != 0;
    if (code != 0) {
        tale_use(&tale, step);
        return true;
    }
    struct opinion before = opinion;
    tale_add(&tale, step);
    oracle_judge(&tale, tale.count, &opinion);
    told_count++;
    for (int i = 0; i + 1 < tale.count; i++) {
        covered_count += before.verdicts[i] == COUNTS && opinion.verdicts[i] == COVERED;
        ungrounded_count += before.verdicts[i] == COUNTS && opinion.verdicts[i] == UNGROUNDED;
        back_count += before.verdicts[i] != COUNTS && opinion.verdicts[i] == COUNTS;
    }
    return agree(&player);
}

static void play_prelude(void *data, const struct step *step)
{
    bool *fine = data;
    *fine = *fine && play(step);
}

static bool begin(void)
{
    bool fine = true;
    memset(&opinion, 0, sizeof opinion);
    player_open(&player);
    teller_prelude(&tale, play_prelude, &fine);
    return fine;
}

/* Fed again in one go: the same bytes, to the last fact. */
static bool scratch_is_the_same(void)
{
    struct base_buf BASE_CLEANUP(base_buf_release) one = {0};
    struct base_buf BASE_CLEANUP(base_buf_release) two = {0};
    player_open(&second);
    player_follow(&second, &player);
    bool same = agree(&second);
    struct proj_txn *txn = player_read(&player);
    state_dump(txn, &one);
    proj_txn_end(txn);
    txn = player_read(&second);
    state_dump(txn, &two);
    proj_txn_end(txn);
    player_close(&second);
    return same && base_bytes_equal(base_buf_bytes(&one), base_buf_bytes(&two));
}

static void run(unsigned count, int steps, int weight, uint64_t first_seed, bool (*check)(void),
                bool lone, bool no_revocation)
{
    struct test_random seeds = test_random_make(first_seed);
    bool repeat = getenv("TEST_SEED") != NULL;
    told_count = refused_count = covered_count = ungrounded_count = back_count = 0;
    for (unsigned i = 0; i < (repeat ? 1 : count); i++) {
        uint64_t seed = repeat ? seeds.state : test_random_next(&seeds);
        struct teller teller = {.random = {.state = seed},
                                .report_weight = weight,
                                .lone_officer = lone,
                                .no_revocation = no_revocation};
        int bits = (int)test_random_below(&teller.random, 3) * 3;
        for (int bit = 0; bit < bits; bit++)
            teller.deeds |= 1u << (1 + test_random_below(&teller.random, DID_REPORT - 1));
        if (teller.deeds != 0) /* something must be left to rest on the others */
            teller.deeds |= 1u << DID_MARK | 1u << DID_LESSON | 1u << DID_SESSION;
        bool fine = begin();
        for (int s = 0; fine && s < steps && tale.keys + 2 < TALE_KEY_MAX; s++) {
            struct step step = teller_step(&teller, &tale);
            fine = play(&step);
        }
        if (!fine)
            tell_story(seed, "engine and oracle disagree");
        if (fine && check != NULL && !check()) {
            tell_story(seed, "the property does not hold");
            fine = false;
        }
        player_close(&player);
        assert_true(fine);
    }
    print_message("%u events, %u refused, %u covered, %u ungrounded, %u back\n", told_count,
                  refused_count, covered_count, ungrounded_count, back_count);
}

static void engine_and_oracle_agree_on_many_short_histories(void **state)
{
    (void)state;
    run(rounds(1500), 14, 40, 1, NULL, false, false);
    if (getenv("TEST_SEED") == NULL) {
        assert_true(covered_count > 1500);
        assert_true(ungrounded_count > 500);
        assert_true(back_count > 500);
    }
}

static void engine_and_oracle_agree_on_long_histories(void **state)
{
    (void)state;
    run(rounds(60), 90, 25, 2, scratch_is_the_same, false, false);
}

static void rebuilding_gives_the_same_bytes(void **state)
{
    (void)state;
    run(rounds(150), 25, 40, 3, scratch_is_the_same, false, false);
}

/* Without root and without a second officer nothing of anybody stops counting. */
static bool nothing_is_void(void)
{
    bool none = true;
    for (int i = 0; i < tale.count; i++)
        none &= opinion.verdicts[i] == COUNTS;
    return none;
}

static void one_officer_alone_voids_nothing(void **state)
{
    (void)state;
    run(rounds(150), 30, 40, 4, nothing_is_void, true, false);
}

/* Whatever counts was signed by a key whose making counts, up to the founding event. */
static bool no_zombies(void)
{
    struct proj_txn *txn = player_read(&player);
    bool fine = true;
    for (int i = 0; i < tale.count; i++) {
        const struct step *s = &tale.steps[i];
        struct key_made key = oracle_key(&tale, s->key);
        bool takes_over = s->deed == DID_ROTATE && s->key == s->made; /* named by its hash before */
        if (proj_is_void(txn, (ledger_seq)i) || s->deed == DID_FOUND || takes_over ||
            s->deed >= DID_REPORT)
            continue;
        fine &= key.by < i && !proj_is_void(txn, (ledger_seq)key.by);
    }
    proj_txn_end(txn);
    return fine;
}

static void every_key_that_counts_has_a_counting_chain(void **state)
{
    (void)state;
    run(rounds(150), 30, 40, 5, no_zombies, false, false);
}

/* The history without all that is void and without the talk of breaches, played to a new engine. */

static struct tale rest;
static struct player rest_player;

static int moved(const int *map, int seq)
{
    return seq == TALE_NONE ? TALE_NONE : map[seq];
}

/* The counting edit of the cell below position i, in the new numbering. */
static int prev_before(const int *map, int i)
{
    int prev = TALE_NONE;
    for (int k = 0; k < i; k++) {
        if (map[k] != TALE_NONE && tale.steps[k].deed == DID_MARK &&
            tale.steps[k].made == tale.steps[i].made && tale.steps[k].pupil == tale.steps[i].pupil)
            prev = map[k];
    }
    return prev;
}

static bool same_journal(const int *map)
{
    struct proj_txn *one = player_read(&player);
    struct proj_txn *two = player_read(&rest_player);
    bool same = true;
    for (int lesson = 0; lesson < tale.lessons; lesson++) {
        struct proj_lesson fact;
        proj_id id;
        player_id('l', lesson, id);
        struct proj_key key = proj_key_tagged_id('L', id);
        bool there = proj_fact_read(one, &key, LEDGER_SEQ_NONE, &fact, sizeof fact, NULL);
        struct proj_lesson other;
        same &= there == proj_fact_read(two, &key, LEDGER_SEQ_NONE, &other, sizeof other, NULL);
        for (int pupil = 0; there && pupil < tale.pupils; pupil++) {
            struct proj_mark a = {0};
            struct proj_mark b = {0};
            ledger_seq at = LEDGER_SEQ_NONE;
            ledger_seq at_too = LEDGER_SEQ_NONE;
            player_id('p', pupil, id);
            key = proj_key_cell(&fact, PROJ_WHAT_MARK, id, 0);
            bool has = proj_fact_read(one, &key, LEDGER_SEQ_NONE, &a, sizeof a, &at);
            same &= has == proj_fact_read(two, &key, LEDGER_SEQ_NONE, &b, sizeof b, &at_too);
            same &= a.values[0] == b.values[0] && a.recorded_ms == b.recorded_ms;
            same &= !has || map[at] == (int)at_too;
        }
    }
    for (int group = 0; group < tale.groups; group++) {
        for (int pupil = 0; pupil < tale.pupils; pupil++) {
            proj_id g;
            proj_id p;
            struct proj_span a = {0};
            struct proj_span b = {0};
            player_id('g', group, g);
            player_id('p', pupil, p);
            same &= proj_span_find(one, g, p, LEDGER_SEQ_NONE, &a) ==
                    proj_span_find(two, g, p, LEDGER_SEQ_NONE, &b);
            same &= a.from == b.from && a.to == b.to;
        }
    }
    proj_txn_end(one);
    proj_txn_end(two);
    return same;
}

/* A lesson that was struck out, opened anew and brought back by an overruling stands twice: manners
 * (one lesson a slot) are not asked again. Such a past cannot be played from the start. */
static bool some_slot_is_taken_twice(void)
{
    for (int i = 0; i < tale.count; i++) {
        const struct step *a = &tale.steps[i];
        for (int k = i + 1; k < tale.count && a->deed == DID_LESSON; k++) {
            const struct step *b = &tale.steps[k];
            if (b->deed == DID_LESSON && opinion.verdicts[i] == COUNTS &&
                opinion.verdicts[k] == COUNTS && a->group == b->group && a->subject == b->subject &&
                a->day == b->day && a->n == b->n)
                return true;
        }
    }
    return false;
}

static bool as_if_never_submitted(void)
{
    int map[TALE_STEP_MAX];
    bool fine = true;
    if (some_slot_is_taken_twice())
        return true;
    memset(&rest, 0, sizeof rest);
    rest.keys = tale.keys;
    player_open(&rest_player);
    for (int i = 0; i < tale.count && fine; i++) {
        struct step s = tale.steps[i];
        map[i] = TALE_NONE;
        if (opinion.verdicts[i] != COUNTS || s.deed >= DID_REPORT)
            continue;
        if (s.deed == DID_REVOKE || s.deed == DID_UNASSIGN)
            s.target = moved(map, s.target);
        if (s.deed == DID_MARK)
            s.prev = prev_before(map, i);
        s.quote = TALE_NONE;
        int code = player_play(&rest_player, &rest, &s);
        fine = code == 0;
        if (!fine) {
            step_print(&tale, &s, i, "does not stand by itself");
            printf("engine: %d\n", code);
        }
        map[i] = rest.count;
        tale_add(&rest, &s);
    }
    fine = fine && same_journal(map);
    player_close(&rest_player);
    return fine;
}

static void voiding_equals_never_having_submitted(void **state)
{
    (void)state;
    run(rounds(300), 25, 35, 6, as_if_never_submitted, false, false);
}

/* In a world where nothing is taken back and no cell is written twice, an earlier cut voids all
 * that the later one did, and more. */
static bool a_lower_cut_only_voids_more(void)
{
    struct opinion high;
    struct opinion low;
    int target = tale.steps[tale.count - 1].key;
    struct key_made made = oracle_key(&tale, target);
    if ((made.sort != KEY_ACCOUNT && made.sort != KEY_SESSION) ||
        made.account < TALE_OFFICER_COUNT || tale.count + 1 >= TALE_STEP_MAX)
        return true;
    struct step report = {.deed = DID_REPORT,
                          .key = tale_root(&tale),
                          .at = tale.steps[tale.count - 1].at,
                          .account = oracle_key(&tale, target).account,
                          .target = target,
                          .quote = TALE_NONE,
                          .prev = TALE_NONE};
    if (!nothing_is_void())
        return true;
    struct tale kept = tale;
    for (int round = 0; round < 2; round++) {
        tale = kept;
        report.moment = tale.steps[round == 0 ? tale.count * 2 / 3 : tale.count / 3].at;
        report.cut = oracle_cut(&tale, report.moment);
        player_open(&second);
        player_follow(&second, &player);
        int code = player_play(&second, &tale, &report);
        tale_add(&tale, &report);
        oracle_judge(&tale, tale.count, &opinion);
        bool same = code == 0 && agree(&second);
        player_close(&second);
        if (!same)
            return false;
        *(round == 0 ? &high : &low) = opinion;
    }
    bool more = true;
    for (int i = 0; i < kept.count; i++)
        more &= high.verdicts[i] == COUNTS || low.verdicts[i] != COUNTS;
    return more;
}

static void lowering_a_cut_only_voids_more(void **state)
{
    (void)state;
    run(rounds(200), 30, 0, 7, a_lower_cut_only_voids_more, false, true);
}

/* Root reports and root overrules: what counted counts, the key stays closed. */
static bool overruling_gives_everything_back(void)
{
    struct opinion before = opinion;
    int target = 1 + (int)(tale.steps[tale.count - 1].at / 60000 % (tale.keys - 1));
    struct key_made key = oracle_key(&tale, target);
    if ((key.sort != KEY_ACCOUNT && key.sort != KEY_SESSION) || tale.count + 2 >= TALE_STEP_MAX)
        return true;
    int64_t now = tale.steps[tale.count - 1].at;
    struct step report = {.deed = DID_REPORT,
                          .key = tale_root(&tale),
                          .at = now,
                          .account = key.account,
                          .target = target,
                          .moment = tale.steps[tale.count / 2].at,
                          .quote = TALE_NONE};
    report.cut = oracle_cut(&tale, report.moment);
    int at = tale.count;
    bool fine = play(&report);
    struct step overrule = {
        .deed = DID_OVERRULE, .key = tale_root(&tale), .at = now, .target = at, .quote = TALE_NONE};
    fine = fine && play(&overrule);
    for (int i = 0; fine && i < at; i++)
        fine = before.verdicts[i] == opinion.verdicts[i];
    struct step login = {.deed = DID_SESSION,
                         .key = target,
                         .at = now,
                         .account = key.account,
                         .made = tale.keys,
                         .made_too = TALE_NONE,
                         .quote = TALE_NONE};
    return fine && !oracle_admits(&tale, &login) && player_play(&player, &tale, &login) != 0;
}

static void report_then_overrule_is_the_identity(void **state)
{
    (void)state;
    run(rounds(150), 25, 30, 8, overruling_gives_everything_back, false, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(engine_and_oracle_agree_on_many_short_histories),
        cmocka_unit_test(engine_and_oracle_agree_on_long_histories),
        cmocka_unit_test(rebuilding_gives_the_same_bytes),
        cmocka_unit_test(one_officer_alone_voids_nothing),
        cmocka_unit_test(every_key_that_counts_has_a_counting_chain),
        cmocka_unit_test(voiding_equals_never_having_submitted),
        cmocka_unit_test(lowering_a_cut_only_voids_more),
        cmocka_unit_test(report_then_overrule_is_the_identity),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
