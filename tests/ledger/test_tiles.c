/* Promises of tile paths and bundles. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "ledger/tiles.h"
#include "tests/ledger/support.h"

static void paths_are_read_and_written_in_one_spelling(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        struct ledger_tile_path path;
    } cases[] = {
        {"tile/0/000", {false, 0, 0, 256}},
        {"tile/0/000.p/1", {false, 0, 0, 1}},
        {"tile/1/005.p/255", {false, 1, 5, 255}},
        {"tile/0/999", {false, 0, 999, 256}},
        {"tile/0/x001/000", {false, 0, 1000, 256}},
        {"tile/3/x001/x234/067.p/42", {false, 3, 1234067, 42}},
        {"tile/63/x012/345", {false, 63, 12345, 256}},
        {"tile/entries/000", {true, 0, 0, 256}},
        {"tile/entries/x100/000.p/7", {true, 0, 100000, 7}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ledger_tile_path path = {0};
        struct base_buf BASE_CLEANUP(base_buf_release) text = {0};
        assert_true(ledger_tile_path_parse(base_bytes_str(cases[i].text), &path));
        assert_int_equal(path.entries, cases[i].path.entries);
        assert_int_equal(path.level, cases[i].path.level);
        assert_int_equal(path.index, cases[i].path.index);
        assert_int_equal(path.width, cases[i].path.width);
        ledger_tile_path_put(&path, &text);
        assert_string_equal(base_buf_text(&text), cases[i].text);
    }
}

static void other_spellings_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "/tile/0/000",
        "tile",
        "tile/",
        "tile/0",
        "tile/0/",
        "tile/0/0",
        "tile/0/00",
        "tile/0/0000",
        "tile/00/000",
        "tile/01/000",
        "tile/64/000",
        "tile/-1/000",
        "tile/+1/000",
        "tile/0/x000/000",
        "tile/0/x000/x001/000",
        "tile/0/x001",
        "tile/0/x001/",
        "tile/0/x001/x000",
        "tile/0/001/000",
        "tile/0/X001/000",
        "tile/0/x1/000",
        "tile/0/x0001/000",
        "tile/0/000/",
        "tile/0/000.p",
        "tile/0/000.p/",
        "tile/0/000.p/0",
        "tile/0/000.p/00",
        "tile/0/000.p/01",
        "tile/0/000.p/256",
        "tile/0/000.p/1/",
        "tile/0/000.p/1 ",
        "tile/0/000.P/1",
        "tile/0/000%2ep/1",
        "tile/0/../0/000",
        "tile//000",
        "tile/entries",
        "tile/entries/",
        "tile/entries/0",
        "tile/entries/0/000",
        "tile/data/000",
        "tile/8/000",
        "tile/0/x999/x999/x999/x999/x999/x999/x999/999",
        "tile/0/00a",
        "tile/0/ 00",
    };
    unsigned refused = 0;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct ledger_tile_path path;
        bool taken = ledger_tile_path_parse(base_bytes_str(bad[i]), &path);
        if (strcmp(bad[i], "tile/8/000") == 0) {
            assert_true(taken); /* a level that no tree reaches is well spelt, and never there */
            assert_int_equal(ledger_tile_width_at(UINT64_MAX >> 1, path.level, 0), 0);
            continue;
        }
        if (taken)
            fail_msg("%s", bad[i]);
        refused++;
    }
    assert_int_equal(refused, sizeof bad / sizeof bad[0] - 1);
    assert_false(
        ledger_tile_path_parse(base_bytes_of("tile/0/000\0", 11), &(struct ledger_tile_path){0}));
}

static void every_random_path_reads_back(void **state)
{
    (void)state;
    struct test_random random = test_random_make(4);
    for (int round = 0; round < 2000; round++) {
        struct ledger_tile_path path = {.entries = test_random_below(&random, 2) == 1};
        struct ledger_tile_path back;
        struct base_buf BASE_CLEANUP(base_buf_release) text = {0};
        path.level = path.entries ? 0 : (unsigned)test_random_below(&random, 64);
        path.index = test_random_next(&random) >> (9 + test_random_below(&random, 55));
        path.width = 1 + (unsigned)test_random_below(&random, LEDGER_TILE_WIDTH);
        ledger_tile_path_put(&path, &text);
        assert_true(ledger_tile_path_parse(base_buf_bytes(&text), &back));
        assert_int_equal(back.index, path.index);
        assert_int_equal(back.width, path.width);
        assert_int_equal(back.level, path.level);
        assert_int_equal(back.entries, path.entries);
    }
}

static void widths_follow_the_size(void **state)
{
    (void)state;
    assert_int_equal(ledger_tile_width_at(0, 0, 0), 0);
    assert_int_equal(ledger_tile_width_at(1, 0, 0), 1);
    assert_int_equal(ledger_tile_width_at(256, 0, 0), 256);
    assert_int_equal(ledger_tile_width_at(256, 0, 1), 0);
    assert_int_equal(ledger_tile_width_at(257, 0, 1), 1);
    assert_int_equal(ledger_tile_width_at(255, 1, 0), 0);
    assert_int_equal(ledger_tile_width_at(70000, 1, 0), 256);
    assert_int_equal(ledger_tile_width_at(70000, 1, 1), 17);
    assert_int_equal(ledger_tile_width_at(70000, 2, 0), 1);
    assert_int_equal(ledger_tile_width_at(70000, 2, UINT64_MAX), 0);
}

static void bundles_give_back_their_entries(void **state)
{
    (void)state;
    static uint8_t largest[LEDGER_ENTRY_LEN_MAX + 1];
    struct base_buf BASE_CLEANUP(base_buf_release) bundle = {0};
    struct base_bytes entry;
    assert_int_equal(ledger_bundle_put(&bundle, BASE_LITERAL("one"), NULL), 0);
    assert_int_equal(ledger_bundle_put(&bundle, BASE_LITERAL(""), NULL), 0);
    assert_int_equal(ledger_bundle_put(&bundle, base_bytes_of(largest, 65535), NULL), 0);
    assert_int_equal(ledger_bundle_put(&bundle, base_bytes_of(largest, 65536), NULL), BASE_E_LIMIT);
    assert_int_equal(bundle.len, 2 + 3 + 2 + 2 + 65535);
    struct base_bytes rest = base_buf_bytes(&bundle);
    assert_int_equal(ledger_bundle_next(&rest, &entry, NULL), 1);
    assert_true(base_bytes_equal(entry, BASE_LITERAL("one")));
    assert_int_equal(ledger_bundle_next(&rest, &entry, NULL), 1);
    assert_int_equal(entry.len, 0);
    assert_int_equal(ledger_bundle_next(&rest, &entry, NULL), 1);
    assert_int_equal(entry.len, 65535);
    assert_int_equal(ledger_bundle_next(&rest, &entry, NULL), 0);
    rest = base_bytes_of("\0", 1);
    assert_int_equal(ledger_bundle_next(&rest, &entry, NULL), BASE_E_FORMAT);
    rest = base_bytes_of("\0\3ab", 4);
    assert_int_equal(ledger_bundle_next(&rest, &entry, NULL), BASE_E_FORMAT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_are_read_and_written_in_one_spelling),
        cmocka_unit_test(other_spellings_are_refused),
        cmocka_unit_test(every_random_path_reads_back),
        cmocka_unit_test(widths_follow_the_size),
        cmocka_unit_test(bundles_give_back_their_entries),
    };
    return cmocka_run_group_tests_name("tiles", tests, NULL, NULL);
}
