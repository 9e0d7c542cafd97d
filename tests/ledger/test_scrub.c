/* The slow verification finds what rots, at its place, also while the log grows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>

#include "ledger/scrub.h"
#include "tests/ledger/support.h"

#define ENTRY_COUNT 700u

struct scene {
    struct test_world world;
    struct test_author author;
};

static int scene_make(void **state)
{
    static struct scene scene;
    memset(&scene, 0, sizeof scene);
    test_world_make(&scene.world);
    test_author_make(&scene.author, 1);
    test_fill(&scene.world, &scene.author, ENTRY_COUNT);
    *state = &scene;
    return 0;
}

static int scene_remove(void **state)
{
    test_world_remove(&((struct scene *)*state)->world);
    return 0;
}

/* Steps to the end of a pass. */
static int pass_run(struct ledger_scrub *scrub, struct ledger_log *log)
{
    for (unsigned i = 0; i < 100; i++) {
        struct base_err err = {0};
        int answer = ledger_scrub_step(scrub, log, &err);
        if (answer < 0)
            fail_msg("%s", err.text);
        if (answer > 0)
            return answer;
    }
    fail_msg("a pass does not end");
    return 0;
}

static void a_healthy_log_passes_again_and_again(void **state)
{
    struct scene *scene = *state;
    struct ledger_scrub scrub = {0};
    for (uint64_t pass = 1; pass <= 3; pass++) {
        assert_int_equal(pass_run(&scrub, scene->world.log), LEDGER_SCRUB_PASSED);
        assert_int_equal(scrub.pass_count, pass);
        test_fill(&scene->world, &scene->author, 100);
    }
    /* It may grow in the midst of a pass, too. */
    assert_int_equal(ledger_scrub_step(&scrub, scene->world.log, NULL), 0);
    test_fill(&scene->world, &scene->author, 300);
    assert_int_equal(pass_run(&scrub, scene->world.log), LEDGER_SCRUB_PASSED);
    assert_int_equal(scrub.report.finding, LEDGER_FOUND_NOTHING);
}

static void an_empty_log_passes(void **state)
{
    struct test_world world;
    struct ledger_scrub scrub = {0};
    (void)state;
    test_world_make(&world);
    assert_int_equal(pass_run(&scrub, world.log), LEDGER_SCRUB_PASSED);
    assert_int_equal(pass_run(&scrub, world.log), LEDGER_SCRUB_PASSED);
    test_world_remove(&world);
}

static void each_flipped_byte_of_an_entry_is_placed(void **state)
{
    struct scene *scene = *state;
    uint8_t seq[8];
    base_set_be64(seq, 300);
    for (int at = 0; at < 40; at++) {
        struct ledger_scrub scrub = {0};
        int place = at < 20 ? at * 9 : -1 - (at - 20) * 3;
        test_world_close_log(&scene->world);
        test_row_damage(&scene->world, "entries", seq, sizeof seq, place);
        assert_int_equal(test_world_reopen(&scene->world, NULL), 0);
        assert_int_equal(pass_run(&scrub, scene->world.log), LEDGER_SCRUB_FOUND);
        assert_int_equal(scrub.report.finding, LEDGER_FOUND_LEAF);
        assert_true(scrub.report.seq == 300);
        test_world_close_log(&scene->world);
        test_row_damage(&scene->world, "entries", seq, sizeof seq, place); /* back as it was */
        assert_int_equal(test_world_reopen(&scene->world, NULL), 0);
        /* Healed: the next pass is whole, and the finding is not forgotten. */
        assert_int_equal(pass_run(&scrub, scene->world.log), LEDGER_SCRUB_PASSED);
        assert_int_equal(scrub.report.finding, LEDGER_FOUND_LEAF);
    }
}

static void a_flipped_hash_of_a_tile_is_placed(void **state)
{
    struct scene *scene = *state;
    struct ledger_scrub scrub = {0};
    uint8_t tile[9] = {0};
    test_world_close_log(&scene->world);
    test_row_damage(&scene->world, "tiles", tile, sizeof tile, 32 * 77 + 5);
    assert_int_equal(test_world_reopen(&scene->world, NULL), 0);
    assert_int_equal(pass_run(&scrub, scene->world.log), LEDGER_SCRUB_FOUND);
    assert_true(scrub.report.seq == 77);
}

/* What the judge of new events would let in if a table of it erred and no sample met that. */
static void a_signature_that_should_not_have_been_accepted_is_found_in_the_next_round(void **state)
{
    struct scene *scene = *state;
    struct ledger_scrub scrub = {0};
    struct test_submission made;
    struct ledger_receipt receipt = {0};
    assert_int_equal(pass_run(&scrub, scene->world.log), LEDGER_SCRUB_PASSED);
    test_event_make(&scene->world, &scene->author, "test.filled", NULL, &made);
    made.submission.signatures[0].bytes[40] ^= 1;
    struct ledger_submission *one = &made.submission;
    assert_int_equal(ledger_log_append(scene->world.log, &one, 1, &receipt, NULL), 0);
    assert_int_equal(receipt.code, 0);
    test_fill(&scene->world, &scene->author, 100);
    assert_int_equal(pass_run(&scrub, scene->world.log), LEDGER_SCRUB_FOUND);
    assert_int_equal(scrub.report.finding, LEDGER_FOUND_SIGNATURE);
    assert_true(scrub.report.seq == receipt.seq);
    test_submission_release(&made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_healthy_log_passes_again_and_again, scene_make,
                                        scene_remove),
        cmocka_unit_test(an_empty_log_passes),
        cmocka_unit_test_setup_teardown(each_flipped_byte_of_an_entry_is_placed, scene_make,
                                        scene_remove),
        cmocka_unit_test_setup_teardown(a_flipped_hash_of_a_tile_is_placed, scene_make,
                                        scene_remove),
        cmocka_unit_test_setup_teardown(
            a_signature_that_should_not_have_been_accepted_is_found_in_the_next_round, scene_make,
            scene_remove),
    };
    return cmocka_run_group_tests_name("scrub", tests, NULL, NULL);
}
