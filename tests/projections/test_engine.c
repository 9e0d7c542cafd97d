/* The state is a function of the log: rebuilt, refolded, caught up or thrown away, it comes out the
 * same, to the byte. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/projections/player.h"
#include "tests/projections/world.h"

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

static void reopen(struct world *w)
{
    struct base_err err = {0};
    if (world_open(w, &err) != 0)
        fail_msg("%s", err.text);
}

/* A past with everything in it: marks, texts, a theft, a report that stands, one that does not. */
static void live(struct world *w)
{
    struct person *teacher = &w->people[TEACHER];
    struct person *stolen = &w->people[CLASS_TEACHER];
    base_time_ms breach = w->now_ms;
    ledger_seq prev = world_mark(w, &teacher->session, ANYA, 3, LEDGER_SEQ_NONE);
    world_mark(w, &teacher->session, ANYA, 4, prev);
    act_topic(&w->draft, w->lesson, "Дроби", LEDGER_SEQ_NONE);
    world_do(w, &teacher->session, NULL);
    act_homework(&w->draft, w->lesson, "№ 5", LEDGER_SEQ_NONE);
    world_do(w, &teacher->session, NULL);
    act_attendance(&w->draft, w->lesson, w->pupils[BORYA], 1, "ill", LEDGER_SEQ_NONE, true);
    world_do(w, &teacher->session, NULL);
    act_period(&w->draft, w->class_a, w->maths, "1 четверть", w->pupils[ANYA], 4, LEDGER_SEQ_NONE,
               3);
    world_do(w, &teacher->session, NULL);
    act_control(&w->draft, w->class_a, w->maths, w->today, 2);
    world_do(w, &w->people[DEPUTY].session, NULL);
    struct person crony = {0};
    world_person(w, &w->people[HEAD].session, &crony, 3, "Семья");
    act_grant(&w->draft, crony.account, PROJ_ROLE_PARENT, w->pupils[ANYA], w->today);
    world_do(w, &w->people[HEAD].session, NULL);
    struct ledger_hash grant = w->receipt.id;
    world_enrol_again(w, &stolen->session, &crony);
    world_login(w, &crony);
    act_join(&w->draft, w->subgroup, w->pupils[BORYA], w->today);
    world_do(w, &stolen->session, NULL);
    act_leave(&w->draft, w->subgroup, w->pupils[BORYA], w->today + 5);
    world_do(w, &w->people[DEPUTY].session, NULL);
    world_tick(w);
    struct told told = world_void(w, stolen, &stolen->key.key, breach);
    act_revoke(&w->draft, &grant);
    world_do(w, &w->people[HEAD].session, NULL);
    world_enrol_again(w, &w->people[HEAD].session, stolen);
    world_login(w, stolen);
    struct told other =
        world_report(w, &w->people[SUPPORT].session, teacher, &teacher->session.key, breach);
    world_overrule(w, &w->people[HEAD].session, &other);
    world_overrule(w, &w->people[SUPPORT].session, &other);
    world_overrule(w, &w->people[HEAD].session, &told);
}

static void dump(struct world *w, struct base_buf *out)
{
    base_buf_reset(out);
    world_dump(w, out);
}

static void assert_same(const struct base_buf *a, const struct base_buf *b)
{
    assert_int_equal(a->len, b->len);
    assert_memory_equal(a->data, b->data, a->len);
}

static void path_in(const struct world *w, const char *name, char out[512])
{
    snprintf(out, 512, "%s/projections/%s", w->dir, name);
}

static void copy_file(const char *from, const char *to)
{
    char bytes[65536];
    FILE *in = fopen(from, "re");
    FILE *out = fopen(to, "we");
    size_t len;
    assert_non_null(in);
    assert_non_null(out);
    while ((len = fread(bytes, 1, sizeof bytes, in)) > 0)
        assert_int_equal(fwrite(bytes, 1, len, out), len);
    fclose(in);
    assert_int_equal(fclose(out), 0);
}

static void deleted_projections_are_rebuilt_the_same(void **state)
{
    struct world *w = *state;
    struct base_buf BASE_CLEANUP(base_buf_release) before = {0};
    struct base_buf BASE_CLEANUP(base_buf_release) after = {0};
    char dir[512];
    live(w);
    dump(w, &before);
    world_close(w);
    path_in(w, "", dir);
    test_dir_remove(dir);
    assert_int_not_equal(access(dir, F_OK), 0);
    reopen(w);
    dump(w, &after);
    assert_same(&before, &after);
}

/* Folds the log anew into a folder of its own, and gives what came out. */
static void fold_anew(struct world *w, size_t limit, bool judge, struct base_buf *out)
{
    struct base_err err = {0};
    char dir[512];
    world_close(w);
    path_in(w, "", dir);
    test_dir_remove(dir);
    struct ledger_log_options options = {.dir = w->dir, .clock = base_clock_manual(&w->now_ms)};
    assert_int_equal(proj_engine_open(w->dir, false, &w->engine, &err), 0);
    options.admission = proj_engine_admission(w->engine);
    assert_int_equal(ledger_log_open(&options, &w->log, &err), 0);
    proj_engine_bulk_limit(w->engine, limit);
    if (judge)
        proj_engine_judge_all(w->engine);
    if (proj_engine_attach(w->engine, w->log, NULL, NULL, &err) != 0)
        fail_msg("%s", err.text);
    dump(w, out);
}

/* In one sweep or in many, one upon the other; judged or only compared with the tree. */
static void however_it_is_rebuilt_it_comes_out_the_same(void **state)
{
    struct world *w = *state;
    struct base_buf BASE_CLEANUP(base_buf_release) before = {0};
    static const size_t limits[] = {0, 700, 5000, 1u << 30};
    live(w);
    dump(w, &before);
    for (unsigned i = 0; i < sizeof limits / sizeof limits[0]; i++) {
        for (unsigned judge = 0; judge < 2; judge++) {
            struct base_buf BASE_CLEANUP(base_buf_release) after = {0};
            fold_anew(w, limits[i], judge == 1, &after);
            assert_same(&before, &after);
        }
    }
}

static void flip(const struct world *w, ledger_seq seq)
{
    struct test_world at = {0};
    uint8_t key[8];
    base_set_be64(key, seq);
    snprintf(at.dir, sizeof at.dir, "%s", w->dir);
    test_row_damage(&at, "entries", key, sizeof key, 40);
}

/* What is folded are the entries that the tree was built of: a byte that changed on the disk since
 * is found before anything of it can be seen. */
static void an_entry_that_the_tree_does_not_know_is_not_folded(void **state)
{
    struct world *w = *state;
    struct base_err err = {0};
    char dir[512];
    live(w);
    ledger_seq seq = world_size(w) / 2;
    world_close(w);
    flip(w, seq);
    path_in(w, "", dir);
    test_dir_remove(dir);
    assert_int_equal(world_open(w, &err), BASE_E_CORRUPT);
    assert_non_null(strstr(err.text, "tree"));
    flip(w, seq); /* back as it was */
    reopen(w);
}

struct keys {
    struct proj_key *list;
    size_t count, capacity;
};

static void collect_keys(struct world *w, struct keys *keys)
{
    struct proj_txn *txn = world_read(w);
    for (unsigned tag = 'A'; tag <= 'z'; tag++) {
        struct proj_key prefix = proj_key_of((char)tag);
        struct proj_fact fact;
        struct proj_scan *scan = proj_scan_open(txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
        while (proj_scan_next_version(scan, &fact)) {
            struct proj_key key = {.len = (uint8_t)fact.key.len};
            memcpy(key.bytes, fact.key.data, fact.key.len);
            if (keys->count > 0 && memcmp(&keys->list[keys->count - 1], &key, sizeof key) == 0)
                continue;
            if (keys->count == keys->capacity) {
                keys->capacity = keys->capacity == 0 ? 256 : keys->capacity * 2;
                keys->list = realloc(keys->list, keys->capacity * sizeof key);
                assert_non_null(keys->list);
            }
            keys->list[keys->count++] = key;
        }
        proj_scan_close(scan);
    }
    world_read_end(txn);
}

static void refolding_any_fact_gives_its_bytes_again(void **state)
{
    struct world *w = *state;
    struct base_buf BASE_CLEANUP(base_buf_release) before = {0};
    struct base_buf BASE_CLEANUP(base_buf_release) after = {0};
    struct base_err err = {0};
    struct keys keys = {0};
    live(w);
    dump(w, &before);
    collect_keys(w, &keys);
    assert_true(keys.count > 200);
    for (size_t i = 0; i < keys.count; i++) {
        if (proj_engine_refold(w->engine, &keys.list[i], &err) != 0)
            fail_msg("fact %c: %s", keys.list[i].bytes[0], err.text);
        dump(w, &after);
        if (!base_bytes_equal(base_buf_bytes(&before), base_buf_bytes(&after)))
            fail_msg("a fact of tag %c comes out differently", keys.list[i].bytes[0]);
    }
    free(keys.list);
}

static int no_space(void *data)
{
    (void)data;
    return ENOSPC;
}

static void a_batch_given_up_leaves_nothing(void **state)
{
    struct world *w = *state;
    struct base_buf BASE_CLEANUP(base_buf_release) before = {0};
    struct base_buf BASE_CLEANUP(base_buf_release) after = {0};
    dump(w, &before);
    w->faults.before_commit = no_space;
    act_mark(&w->draft, w->lesson, w->pupils[ANYA], 5, NULL, LEDGER_SEQ_NONE);
    assert_int_equal(world_try(w, &w->people[TEACHER].session, NULL), LEDGER_REFUSED_DISK_FULL);
    dump(w, &after);
    assert_same(&before, &after);
    assert_int_equal(world_value(w, w->lesson, ANYA), -1);
    w->faults.before_commit = NULL;
    world_do(w, &w->people[TEACHER].session, NULL);
    assert_int_equal(world_value(w, w->lesson, ANYA), 5);
}

static void an_engine_behind_its_log_catches_up(void **state)
{
    struct world *w = *state;
    struct base_buf BASE_CLEANUP(base_buf_release) before = {0};
    struct base_buf BASE_CLEANUP(base_buf_release) after = {0};
    char data[512];
    char kept[512];
    world_close(w);
    path_in(w, "data.mdb", data);
    snprintf(kept, sizeof kept, "%s/kept.mdb", w->dir);
    copy_file(data, kept);
    reopen(w);
    live(w);
    dump(w, &before);
    world_close(w);
    copy_file(kept, data);
    reopen(w);
    dump(w, &after);
    assert_same(&before, &after);
}

static void an_engine_ahead_of_its_log_says_so(void **state)
{
    struct world *w = *state;
    struct proj_state *facts = NULL;
    struct proj_txn *txn = NULL;
    struct base_err err = {0};
    bool fresh;
    char dir[512];
    world_close(w);
    path_in(w, "", dir);
    assert_int_equal(proj_state_open(dir, PROJ_LAYOUT, false, &facts, &fresh, &err), 0);
    assert_false(fresh);
    assert_int_equal(proj_txn_begin(facts, true, &txn, &err), 0);
    proj_txn_set_next(txn, 100000);
    assert_int_equal(proj_txn_commit(txn, &err), 0);
    proj_state_close(facts);
    assert_int_equal(world_open(w, &err), BASE_E_CORRUPT);
    assert_non_null(strstr(err.text, "100000"));
}

/* Puts a fact that no event makes into the closed state. */
static void plant(struct world *w)
{
    struct proj_state *facts = NULL;
    struct proj_txn *txn = NULL;
    bool fresh;
    char dir[512];
    struct proj_key key = proj_key_of('~');
    path_in(w, "", dir);
    assert_int_equal(proj_state_open(dir, PROJ_LAYOUT, false, &facts, &fresh, NULL), 0);
    assert_int_equal(proj_txn_begin(facts, true, &txn, NULL), 0);
    proj_fact_put(txn, &key, 1, "x", 1);
    assert_int_equal(proj_txn_commit(txn, NULL), 0);
    proj_state_close(facts);
}

static bool is_planted(struct world *w)
{
    struct proj_key key = proj_key_of('~');
    struct proj_fact fact;
    struct proj_txn *txn = world_read(w);
    bool found = proj_fact_get(txn, &key, LEDGER_SEQ_NONE, &fact);
    world_read_end(txn);
    return found;
}

static void write_marker(struct world *w, const char *text)
{
    char path[512];
    path_in(w, "running", path);
    FILE *out = fopen(path, "we");
    assert_non_null(out);
    fputs(text, out);
    fclose(out);
}

/* After a crash of the machine pages may be missing: what another boot left open is not believed.
 * After a crash of the process alone it is. */
static void a_state_left_open_by_another_boot_is_rebuilt(void **state)
{
    struct world *w = *state;
    struct base_buf BASE_CLEANUP(base_buf_release) before = {0};
    struct base_buf BASE_CLEANUP(base_buf_release) after = {0};
    char boot[64] = "";
    char path[512];
    live(w);
    dump(w, &before);
    path_in(w, "running", path);
    assert_int_equal(access(path, F_OK), 0); /* open: the marker is there */
    world_close(w);
    assert_int_not_equal(access(path, F_OK), 0);

    plant(w);
    reopen(w);
    assert_true(is_planted(w)); /* closed in order: believed as it is */
    world_close(w);

    FILE *in = fopen("/proc/sys/kernel/random/boot_id", "re");
    assert_non_null(in);
    assert_non_null(fgets(boot, 37, in));
    fclose(in);
    write_marker(w, boot);
    reopen(w);
    assert_true(is_planted(w)); /* the process died, the machine did not */
    world_close(w);

    write_marker(w, "00000000-0000-0000-0000-000000000000");
    reopen(w);
    assert_false(is_planted(w));
    dump(w, &after);
    assert_same(&before, &after);
    world_close(w);

    plant(w);
    write_marker(w, ""); /* the machine died while the marker was written */
    reopen(w);
    assert_false(is_planted(w));
}

static void another_layout_is_folded_anew(void **state)
{
    struct world *w = *state;
    struct proj_state *facts = NULL;
    struct base_err err = {0};
    bool fresh;
    char dir[512];
    world_close(w);
    path_in(w, "", dir);
    assert_int_equal(proj_state_open(dir, PROJ_LAYOUT + 1, true, &facts, &fresh, &err),
                     BASE_E_STATE);
    assert_int_equal(proj_state_open(dir, PROJ_LAYOUT + 1, false, &facts, &fresh, &err), 0);
    assert_true(fresh);
    proj_state_close(facts);
    reopen(w);
    assert_int_equal(world_value(w, w->lesson, ANYA), -1);
    world_mark(w, &w->people[TEACHER].session, ANYA, 5, LEDGER_SEQ_NONE);
}

static void there_is_one_writer_and_any_number_of_readers(void **state)
{
    struct world *w = *state;
    struct proj_state *facts = NULL;
    struct base_err err = {0};
    bool fresh;
    char dir[512];
    path_in(w, "", dir);
    assert_int_equal(proj_state_open(dir, PROJ_LAYOUT, false, &facts, &fresh, &err), BASE_E_BUSY);
    world_close(w);
    char elsewhere[512];
    snprintf(elsewhere, sizeof elsewhere, "%s/nowhere", w->dir);
    assert_int_equal(proj_state_open(elsewhere, PROJ_LAYOUT, true, &facts, &fresh, &err),
                     BASE_E_MISSING);
    reopen(w);
}

/* Facts that were folded from another school's log say nothing about this one. */
static void facts_of_another_log_are_thrown_away(void **state)
{
    struct world *w = *state;
    static struct world other;
    char from[512];
    char to[512];
    world_make_founded(&other);
    world_close(&other);
    world_close(w);
    path_in(w, "data.mdb", from);
    path_in(&other, "data.mdb", to);
    copy_file(from, to);
    struct base_err err = {0};
    if (world_open(&other, &err) != 0)
        fail_msg("%s", err.text);
    struct proj_txn *txn = world_read(&other);
    assert_int_equal(proj_txn_next(txn), 1);
    struct proj_fact fact;
    struct proj_key key = proj_key_tagged_id('L', w->lesson);
    assert_false(proj_fact_get_any(txn, &key, LEDGER_SEQ_NONE, &fact));
    world_read_end(txn);
    world_remove(&other);
    reopen(w);
}

/* A log that holds what admission would have refused is not folded. */
static void an_entry_that_was_never_admissible_is_named(void **state)
{
    (void)state;
    struct test_world lenient;
    struct test_author author;
    struct proj_engine *engine = NULL;
    struct base_err err = {0};
    test_world_make(&lenient);
    test_author_make(&author, 1);
    test_fill(&lenient, &author, 3);
    assert_int_equal(proj_engine_open(lenient.dir, false, &engine, &err), 0);
    assert_int_equal(proj_engine_attach(engine, lenient.log, NULL, NULL, &err), BASE_E_CORRUPT);
    assert_non_null(strstr(err.text, "entry 0"));
    assert_non_null(strstr(err.text, "unknown_kind"));
    proj_engine_close(engine);
    test_world_remove(&lenient);
}

/* Two moments: content and knowledge. */
static void any_moment_of_the_past_can_be_asked_for(void **state)
{
    struct world *w = *state;
    struct person *teacher = &w->people[TEACHER];
    struct proj_lesson lesson;
    struct proj_mark mark;
    ledger_seq at;
    ledger_seq honest = world_mark(w, &teacher->session, ANYA, 3, LEDGER_SEQ_NONE);
    ledger_seq first = world_size(w);
    world_tick(w);
    base_time_ms breach = w->now_ms;
    ledger_seq forged = world_mark(w, &teacher->session, ANYA, 5, honest);
    ledger_seq then = world_size(w);
    world_void(w, teacher, &teacher->session.key, breach);
    ledger_seq now = world_size(w);
    struct proj_txn *txn = world_read(w);
    struct proj_key lesson_key = proj_key_tagged_id('L', w->lesson);
    assert_true(proj_fact_read(txn, &lesson_key, now, &lesson, sizeof lesson, NULL));
    struct proj_key key = proj_key_cell(&lesson, PROJ_WHAT_MARK, w->pupils[ANYA], 0);
    const struct {
        ledger_seq content, knowledge;
        unsigned value;
        ledger_seq seq;
    } asked[] = {{first, first, 3, honest}, /* before the theft */
                 {then, then, 5, forged},   /* what people saw then */
                 {then, now, 3, honest},    /* what of it counts today */
                 {now, now, 3, honest},
                 {LEDGER_SEQ_NONE, LEDGER_SEQ_NONE, 3, honest}};
    for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++) {
        proj_txn_moment(txn, asked[i].content, asked[i].knowledge);
        assert_true(proj_fact_read(txn, &key, LEDGER_SEQ_NONE, &mark, sizeof mark, &at));
        assert_int_equal(mark.values[0], asked[i].value);
        assert_int_equal(at, asked[i].seq);
    }
    proj_txn_moment(txn, honest, now);
    assert_false(proj_fact_read(txn, &key, LEDGER_SEQ_NONE, &mark, sizeof mark, &at));
    world_read_end(txn);
}

/* Listeners */

struct heard {
    unsigned calls, touches;
    struct proj_touch last[16];
};

static void hear(void *data, const struct proj_touch *touches, unsigned count)
{
    struct heard *heard = data;
    heard->calls++;
    heard->touches = count;
    assert_true(count <= 16);
    memcpy(heard->last, touches, count * sizeof *touches);
}

static void listeners_hear_which_page_changed(void **state)
{
    struct world *w = *state;
    struct heard heard = {0};
    struct person *teacher = &w->people[TEACHER];
    base_time_ms breach = w->now_ms;
    proj_engine_listen(w->engine, hear, &heard);
    ledger_seq seq = world_mark(w, &teacher->session, ANYA, 5, LEDGER_SEQ_NONE);
    assert_int_equal(heard.calls, 1);
    assert_int_equal(heard.touches, 1);
    assert_int_equal(heard.last[0].seq, seq);
    assert_memory_equal(heard.last[0].group, w->class_a, LEDGER_ID_LEN);
    assert_memory_equal(heard.last[0].subject, w->maths, LEDGER_ID_LEN);
    assert_memory_equal(heard.last[0].lesson, w->lesson, LEDGER_ID_LEN);
    act_mark(&w->draft, w->lesson, w->pupils[ANYA], 4, NULL, LEDGER_SEQ_NONE);
    assert_int_equal(world_try(w, &teacher->session, NULL), PROJ_REFUSED_STALE);
    assert_int_equal(heard.calls, 1); /* a refusal changes nothing */
    world_void(w, teacher, &teacher->session.key, breach);
    assert_int_equal(heard.touches, 1); /* the cell whose mark fell, at the report's receipt */
    assert_memory_equal(heard.last[0].lesson, w->lesson, LEDGER_ID_LEN);
}

/* A map that is dropped half-way must not leave the school's offset behind (another founding event
 * may follow). */
static void a_founding_given_up_is_forgotten(void **state)
{
    (void)state;
    static struct world w;
    struct base_buf BASE_CLEANUP(base_buf_release) wire = {0};
    struct act_officer officers[2] = {{.account = {1}, .role = 1}, {.account = {2}, .role = 3}};
    struct signer signers[3];
    struct signer *by[3] = {&signers[0], &signers[1], &signers[2]};
    struct moment moment = {0};
    world_make_empty(&w);
    for (unsigned i = 0; i < 3; i++)
        world_new_signer(&w, &signers[i]);
    officers[0].key = signers[1].key;
    officers[1].key = signers[2].key;
    ledger_sha256(base_bytes_of("", 0), &moment.seen_root);
    moment.claimed_ms = w.now_ms;
    act_founded(&w.draft, &signers[0].key, officers, 2);
    draft_sign(&w.draft, &moment, by, 3, &wire);
    w.faults.before_commit = no_space;
    assert_int_equal(world_try_wire(&w, base_buf_bytes(&wire)), LEDGER_REFUSED_DISK_FULL);
    struct proj_txn *txn = world_read(&w);
    struct proj_school school;
    assert_false(proj_school_find(txn, &school));
    assert_int_equal(proj_txn_next(txn), 0);
    world_read_end(txn);
    w.faults.before_commit = NULL;
    assert_int_equal(world_try_wire(&w, base_buf_bytes(&wire)), 0);
    world_remove(&w);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(deleted_projections_are_rebuilt_the_same),
        CASE(however_it_is_rebuilt_it_comes_out_the_same),
        CASE(an_entry_that_the_tree_does_not_know_is_not_folded),
        CASE(refolding_any_fact_gives_its_bytes_again),
        CASE(a_batch_given_up_leaves_nothing),
        CASE(an_engine_behind_its_log_catches_up),
        CASE(an_engine_ahead_of_its_log_says_so),
        CASE(a_state_left_open_by_another_boot_is_rebuilt),
        CASE(another_layout_is_folded_anew),
        CASE(there_is_one_writer_and_any_number_of_readers),
        CASE(facts_of_another_log_are_thrown_away),
        cmocka_unit_test(an_entry_that_was_never_admissible_is_named),
        CASE(any_moment_of_the_past_can_be_asked_for),
        CASE(listeners_hear_which_page_changed),
        cmocka_unit_test(a_founding_given_up_is_forgotten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
