/* Promises of the canonical encoding, on random values and on random damage to them. msgpack-c
 * reads as an independent oracle: what it unpacks and packs again must be what we took. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <msgpack.h>

#include "ledger/canon.h"
#include "tests/ledger/support.h"

#define ROUNDS 3000

static const char *const words[] = {"", "a", "оценка", "болезнь", "№ 1", "\xf0\x9f\x93\x96", "é"};

/* Appends a random value of at most `depth` levels. */
static void value_put(struct test_random *random, unsigned depth, struct base_buf *buf)
{
    uint64_t kind = test_random_below(random, depth == 0 ? 5 : 7);
    uint64_t bits = test_random_below(random, 65);
    uint32_t count = (uint32_t)test_random_below(random, 20);
    uint8_t bytes[300];
    switch (kind) {
    case 0:
        ledger_canon_put_nil(buf);
        return;
    case 1:
        ledger_canon_put_bool(buf, test_random_below(random, 2) == 1);
        return;
    case 2:
        ledger_canon_put_int(
            buf, (int64_t)(bits == 64 ? test_random_next(random)
                                      : test_random_next(random) & ((UINT64_C(1) << bits) - 1)));
        return;
    case 3:
        memset(bytes, (int)bits, sizeof bytes);
        ledger_canon_put_bin(buf, bytes, (size_t)test_random_below(random, sizeof bytes));
        return;
    case 4:
        ledger_canon_put_str(buf, words[test_random_below(random, sizeof words / sizeof words[0])]);
        return;
    case 5:
        ledger_canon_put_array(buf, count);
        for (uint32_t i = 0; i < count; i++)
            value_put(random, depth - 1, buf);
        return;
    default:
        ledger_canon_put_map(buf, count);
        for (uint32_t i = 0; i < count; i++) {
            char key[16];
            snprintf(key, sizeof key, "k%02u", i);
            ledger_canon_put_str(buf, key);
            value_put(random, depth - 1, buf);
        }
    }
}

/* Writes a value that was read, by our own writers. */
static void value_copy(const struct ledger_canon_value *value, struct base_buf *buf)
{
    struct ledger_canon_reader reader = ledger_canon_reader_of(value->bytes);
    struct ledger_canon_value item;
    switch (value->type) {
    case LEDGER_CANON_NIL:
        ledger_canon_put_nil(buf);
        return;
    case LEDGER_CANON_BOOL:
        ledger_canon_put_bool(buf, value->integer != 0);
        return;
    case LEDGER_CANON_INT:
        ledger_canon_put_int(buf, value->integer);
        return;
    case LEDGER_CANON_BIN:
        ledger_canon_put_bin(buf, value->bytes.data, value->bytes.len);
        return;
    case LEDGER_CANON_TEXT:
        ledger_canon_put_text(buf, value->bytes);
        return;
    case LEDGER_CANON_ARRAY:
        ledger_canon_put_array(buf, value->count);
        break;
    case LEDGER_CANON_MAP:
        ledger_canon_put_map(buf, value->count);
        break;
    case LEDGER_CANON_NONE:
        fail_msg("nothing to copy");
    }
    while (ledger_canon_step(&reader, &item))
        value_copy(&item, buf);
}

/* msgpack-c's opinion: it unpacks all bytes, and packing again gives the same ones. */
static void oracle_agrees(struct base_bytes bytes)
{
    msgpack_unpacked unpacked;
    msgpack_sbuffer again;
    size_t at = 0;
    msgpack_unpacked_init(&unpacked);
    msgpack_sbuffer_init(&again);
    assert_int_equal(msgpack_unpack_next(&unpacked, (const char *)bytes.data, bytes.len, &at),
                     MSGPACK_UNPACK_SUCCESS);
    assert_int_equal(at, bytes.len);
    msgpack_packer packer;
    msgpack_packer_init(&packer, &again, msgpack_sbuffer_write);
    assert_int_equal(msgpack_pack_object(&packer, unpacked.data), 0);
    assert_int_equal(again.size, bytes.len);
    assert_memory_equal(again.data, bytes.data, bytes.len);
    msgpack_sbuffer_destroy(&again);
    msgpack_unpacked_destroy(&unpacked);
}

static void canon_round_trips_random_values(void **state)
{
    (void)state;
    struct test_random random = test_random_make(1);
    for (int round = 0; round < ROUNDS; round++) {
        struct base_buf BASE_CLEANUP(base_buf_release) bytes = {0};
        struct base_buf BASE_CLEANUP(base_buf_release) copy = {0};
        struct ledger_canon_value value;
        value_put(&random, 2, &bytes);
        const char *reason = ledger_canon_check(base_buf_bytes(&bytes), &value);
        if (reason != NULL)
            fail_msg("%s", reason);
        value_copy(&value, &copy);
        assert_true(base_bytes_equal(base_buf_bytes(&bytes), base_buf_bytes(&copy)));
        assert_true(base_bytes_equal(base_buf_bytes(&bytes), value.raw));
        oracle_agrees(base_buf_bytes(&bytes));
    }
}

static void canon_refuses_damage_or_it_is_another_canonical_value(void **state)
{
    (void)state;
    struct test_random random = test_random_make(2);
    unsigned accepted = 0;
    for (int round = 0; round < ROUNDS; round++) {
        struct base_buf BASE_CLEANUP(base_buf_release) bytes = {0};
        struct base_buf BASE_CLEANUP(base_buf_release) copy = {0};
        struct ledger_canon_value value;
        value_put(&random, 2, &bytes);
        for (uint64_t hits = 1 + test_random_below(&random, 3); hits > 0; hits--)
            bytes.data[test_random_below(&random, bytes.len)] ^=
                (uint8_t)(1 + test_random_below(&random, 255));
        if (ledger_canon_check(base_buf_bytes(&bytes), &value) != NULL)
            continue;
        accepted++;
        value_copy(&value, &copy);
        assert_true(base_bytes_equal(base_buf_bytes(&bytes), base_buf_bytes(&copy)));
        oracle_agrees(base_buf_bytes(&bytes));
    }
    assert_in_range(accepted, 1, ROUNDS - 1);
}

static void canon_refuses_every_prefix(void **state)
{
    (void)state;
    struct test_random random = test_random_make(3);
    for (int round = 0; round < 100; round++) {
        struct base_buf BASE_CLEANUP(base_buf_release) bytes = {0};
        value_put(&random, 2, &bytes);
        for (size_t len = 0; len < bytes.len; len++)
            assert_non_null(ledger_canon_check(base_bytes_of(bytes.data, len), NULL));
    }
}

static void canon_reader_stays_failed(void **state)
{
    (void)state;
    static const uint8_t bytes[] = {0x01, 0xc1, 0x02};
    struct ledger_canon_reader reader = ledger_canon_reader_of(base_bytes_of(bytes, sizeof bytes));
    assert_int_equal(ledger_canon_next(&reader).integer, 1);
    assert_null(reader.failed);
    assert_int_equal(ledger_canon_next(&reader).type, LEDGER_CANON_NONE);
    assert_non_null(reader.failed);
    assert_int_equal(ledger_canon_next(&reader).type, LEDGER_CANON_NONE);
    static const uint8_t whole[] = {0x01};
    reader = ledger_canon_reader_of(base_bytes_of(whole, sizeof whole));
    assert_int_equal(ledger_canon_next(&reader).type, LEDGER_CANON_INT);
    assert_int_equal(ledger_canon_next(&reader).type, LEDGER_CANON_NONE);
    assert_null(reader.failed); /* the end alone is no failure */
}

static void canon_finds_keys_and_items(void **state)
{
    (void)state;
    struct base_buf BASE_CLEANUP(base_buf_release) buf = {0};
    struct ledger_canon_value map;
    ledger_canon_put_map(&buf, 3);
    ledger_canon_put_str(&buf, "a");
    ledger_canon_put_array(&buf, 3);
    for (int i = 0; i < 3; i++)
        ledger_canon_put_int(&buf, i * 100);
    ledger_canon_put_str(&buf, "ab");
    ledger_canon_put_bin(&buf, "12345678", 8);
    ledger_canon_put_str(&buf, "b");
    ledger_canon_put_nil(&buf);
    assert_null(ledger_canon_check(base_buf_bytes(&buf), &map));
    assert_int_equal(map.count, 3);
    struct ledger_canon_value array = ledger_canon_get(&map, "a");
    assert_int_equal(array.type, LEDGER_CANON_ARRAY);
    assert_int_equal(ledger_canon_at(&array, 2).integer, 200);
    assert_int_equal(ledger_canon_at(&array, 3).type, LEDGER_CANON_NONE);
    assert_int_equal(ledger_canon_at(&map, 0).type, LEDGER_CANON_NONE);
    struct ledger_canon_value bin = ledger_canon_get(&map, "ab");
    assert_true(ledger_canon_is_bin(&bin, 8));
    assert_false(ledger_canon_is_bin(&bin, 7));
    assert_int_equal(ledger_canon_get(&map, "b").type, LEDGER_CANON_NIL);
    assert_int_equal(ledger_canon_get(&map, "c").type, LEDGER_CANON_NONE);
    assert_int_equal(ledger_canon_get(&array, "a").type, LEDGER_CANON_NONE);
}

static bool stands_at(const struct ledger_canon_reader *a, const struct ledger_canon_reader *b)
{
    return a->rest.data == b->rest.data && a->rest.len == b->rest.len && a->failed == b->failed;
}

/* Each step for who knows what comes next against the one that takes whatever comes. */
static void steps_agree(struct base_bytes bytes)
{
    const struct ledger_canon_reader start = ledger_canon_reader_of(bytes);
    struct ledger_canon_reader after = start;
    struct ledger_canon_reader reader = start;
    struct ledger_canon_value value;
    int64_t integer = -1;
    uint32_t count = UINT32_MAX;
    bool there = ledger_canon_enter(&after, &value);
    bool is_int = there && value.type == LEDGER_CANON_INT;
    assert_int_equal(ledger_canon_step_int(&reader, &integer), is_int);
    assert_true(stands_at(&reader, is_int ? &after : &start));
    assert_true(!is_int || integer == value.integer);
    reader = start;
    bool is_nil = there && value.type == LEDGER_CANON_NIL;
    assert_int_equal(ledger_canon_step_nil(&reader), is_nil);
    assert_true(stands_at(&reader, is_nil ? &after : &start));
    reader = start;
    bool is_array = there && value.type == LEDGER_CANON_ARRAY;
    assert_int_equal(ledger_canon_enter_array(&reader, &count), is_array);
    assert_true(stands_at(&reader, is_array ? &after : &start));
    assert_true(!is_array || count == value.count);
    for (size_t len = 0; len < 256; len++) {
        reader = start;
        bool is_bin = there && ledger_canon_is_bin(&value, len);
        const uint8_t *found = ledger_canon_step_bin(&reader, len);
        assert_ptr_equal(found, is_bin ? value.bytes.data : NULL);
        assert_true(stands_at(&reader, is_bin ? &after : &start));
    }
}

static void canon_steps_over_what_is_expected_and_over_nothing_else(void **state)
{
    (void)state;
    struct test_random random = {.state = 15};
    struct base_buf BASE_CLEANUP(base_buf_release) buf = {0};
    for (int round = 0; round < 300; round++) {
        base_buf_reset(&buf);
        value_put(&random, 1, &buf);
        uint8_t *exact = malloc(buf.len); /* so that a sanitizer sees what is read behind it */
        assert_non_null(exact);
        memcpy(exact, buf.data, buf.len);
        steps_agree(base_bytes_of(exact, buf.len));
        free(exact);
        for (size_t len = 0; len < buf.len && len < 16; len++) {
            exact = malloc(len + 1);
            assert_non_null(exact);
            memcpy(exact + 1, buf.data, len);
            steps_agree(base_bytes_of(exact + 1, len));
            free(exact);
        }
    }
}

static void canon_finds_a_pair_where_it_stands_and_nowhere_else(void **state)
{
    (void)state;
    struct base_buf BASE_CLEANUP(base_buf_release) buf = {0};
    struct ledger_canon_value indexed, plain;
    struct ledger_canon_reader value;
    int64_t integer = 0;
    ledger_canon_put_map(&buf, 2);
    ledger_canon_put_str(&buf, "column");
    ledger_canon_put_int(&buf, 3);
    ledger_canon_put_str(&buf, "weight");
    ledger_canon_put_int(&buf, 500);
    struct ledger_canon_reader reader = ledger_canon_reader_of(base_buf_bytes(&buf));
    assert_true(ledger_canon_step_indexed(&reader, &indexed));
    assert_true(ledger_canon_pair(&indexed, 1, BASE_LITERAL("weight"), &value));
    assert_true(ledger_canon_step_int(&value, &integer) && integer == 500);
    assert_false(ledger_canon_pair(&indexed, 0, BASE_LITERAL("weight"), &value));
    assert_false(ledger_canon_pair(&indexed, 2, BASE_LITERAL("weight"), &value));
    reader = ledger_canon_reader_of(base_buf_bytes(&buf));
    assert_true(ledger_canon_step(&reader, &plain));
    assert_false(ledger_canon_pair(&plain, 1, BASE_LITERAL("weight"), &value));
}

static void text_knows_normal_form(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool is_nfc;
    } cases[] = {
        {"", true},
        {"Журнал 7 «Б»", true},
        {"a\nb\tc", true},
        {"a\rb", false},
        {"\x7f", true},
        {"é", true},
        {"e\xcc\x81", false},         /* e and a combining acute */
        {"и\xcc\x86", false},         /* и and a combining breve, that is й */
        {"x\xcc\x81", true},          /* no composed x with an acute exists */
        {"a\xcc\xa7\xcc\x81", false}, /* ogonek order and a composition */
        {"\xe2\x84\xab", false},      /* the ångström sign is Å */
        {"\xe1\x84\x80\xe1\x85\xa1", false},
        {"\xea\xb0\x80", true},
        {"\xed\xa0\x80", false},     /* a surrogate */
        {"\xc0\xaf", false},         /* overlong */
        {"\xf4\x90\x80\x80", false}, /* above U+10FFFF */
        {"\xcd\xb8", false},         /* U+0378, not assigned */
        {"\xef\xbf\xbf", false},     /* U+FFFF, never assigned */
        {"\xd0", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(ledger_text_is_nfc(base_bytes_str(cases[i].text)), cases[i].is_nfc);
    assert_false(ledger_text_is_nfc(base_bytes_of("a\0b", 3)));
}

static void text_is_brought_into_normal_form(void **state)
{
    (void)state;
    struct base_buf BASE_CLEANUP(base_buf_release) buf = {0};
    assert_true(ledger_text_put_nfc(&buf, base_bytes_str("и\xcc\x86 e\xcc\x81")));
    assert_string_equal(base_buf_text(&buf), "й é");
    assert_true(ledger_text_is_nfc(base_buf_bytes(&buf)));
    assert_false(ledger_text_put_nfc(&buf, base_bytes_str("\xff")));
    assert_string_equal(base_buf_text(&buf), "й é");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(canon_round_trips_random_values),
        cmocka_unit_test(canon_refuses_damage_or_it_is_another_canonical_value),
        cmocka_unit_test(canon_refuses_every_prefix),
        cmocka_unit_test(canon_reader_stays_failed),
        cmocka_unit_test(canon_finds_keys_and_items),
        cmocka_unit_test(canon_steps_over_what_is_expected_and_over_nothing_else),
        cmocka_unit_test(canon_finds_a_pair_where_it_stands_and_nowhere_else),
        cmocka_unit_test(text_knows_normal_form),
        cmocka_unit_test(text_is_brought_into_normal_form),
    };
    return cmocka_run_group_tests_name("canon", tests, NULL, NULL);
}
