/* msgpack ⇄ JSON: what is promised of both directions, and that strangers' bytes are only bytes. */
#include "net/json.h"

#include "ledger/canon.h"
#include "net/limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define M(s) base_bytes_of("" s, sizeof(s) - 1)

static void check_json(struct base_bytes msgpack, const char *json)
{
    struct base_buf BASE_CLEANUP(base_buf_release) out = {0};
    struct base_err err = {0};
    if (net_json_from_msgpack(msgpack, &out, &err) != 0)
        fail_msg("%s: %s", json, err.text);
    assert_string_equal(base_buf_text(&out), json);
}

static void every_msgpack_type_has_its_json(void **state)
{
    (void)state;
    check_json(M("\xc0"), "null");
    check_json(M("\xc2"), "false");
    check_json(M("\xc3"), "true");
    check_json(M("\x00"), "0");
    check_json(M("\x7f"), "127");
    check_json(M("\xff"), "-1");
    check_json(M("\xe0"), "-32");
    check_json(M("\xcc\xff"), "255");
    check_json(M("\xcd\xff\xff"), "65535");
    check_json(M("\xce\xff\xff\xff\xff"), "4294967295");
    check_json(M("\xcf\xff\xff\xff\xff\xff\xff\xff\xff"), "18446744073709551615");
    check_json(M("\xd0\x80"), "-128");
    check_json(M("\xd0\x7f"), "127");
    check_json(M("\xd1\x80\x00"), "-32768");
    check_json(M("\xd2\x80\x00\x00\x00"), "-2147483648");
    check_json(M("\xd3\x80\x00\x00\x00\x00\x00\x00\x00"), "-9223372036854775808");
    check_json(M("\xca\x3f\xc0\x00\x00"), "1.5");
    check_json(M("\xcb\xbf\xf8\x00\x00\x00\x00\x00\x00"), "-1.5");
    check_json(M("\xa0"), "\"\"");
    check_json(M("\xd9\x01z"), "\"z\"");
    check_json(M("\xda\x00\x01z"), "\"z\"");
    check_json(M("\xdb\x00\x00\x00\x01z"), "\"z\"");
    check_json(M("\xc4\x03\x00\xab\xff"), "\"00abff\"");
    check_json(M("\xc5\x00\x01\x0f"), "\"0f\"");
    check_json(M("\xc6\x00\x00\x00\x01\x0f"), "\"0f\"");
    check_json(M("\x90"), "[]");
    check_json(M("\xdc\x00\x02\x01\x02"), "[1,2]");
    check_json(M("\xdd\x00\x00\x00\x01\x01"), "[1]");
    check_json(M("\x80"), "{}");
    check_json(M("\xde\x00\x01\xa1k\x01"), "{\"k\":1}");
    check_json(M("\xdf\x00\x00\x00\x01\xa1k\x92\xc0\x80"), "{\"k\":[null,{}]}");
    check_json(M("\x83\x05\x01\xff\x02\xc4\x01\xaa\x03"), "{\"5\":1,\"-1\":2,\"aa\":3}");
}

static void text_is_escaped_so_that_it_stays_text(void **state)
{
    (void)state;
    check_json(M("\xab\"\\\n\t\x01\x7f/\xd0\x96\xc3\xa9"),
               "\"\\\"\\\\\\u000a\\u0009\\u0001\\u007f/\xd0\x96\xc3\xa9\"");
}

static void refuse_msgpack(struct base_bytes msgpack, int code)
{
    struct base_buf BASE_CLEANUP(base_buf_release) out = {0};
    struct base_err err = {0};
    assert_int_equal(net_json_from_msgpack(msgpack, &out, &err), code);
    assert_int_equal(err.code, code);
}

static void hostile_msgpack_is_refused_without_being_believed(void **state)
{
    (void)state;
    refuse_msgpack(M(""), BASE_E_FORMAT);
    refuse_msgpack(M("\xc1"), BASE_E_FORMAT);
    refuse_msgpack(M("\xdd\xff\xff\xff\xff"), BASE_E_FORMAT); /* four billion items */
    refuse_msgpack(M("\xdf\xff\xff\xff\xff\xa1k"), BASE_E_FORMAT);
    refuse_msgpack(M("\xdb\xff\xff\xff\xffz"), BASE_E_FORMAT);
    refuse_msgpack(M("\xc6\xff\xff\xff\xffz"), BASE_E_FORMAT);
    refuse_msgpack(M("\x92\x01"), BASE_E_FORMAT);
    refuse_msgpack(M("\x01\x01"), BASE_E_FORMAT);
    refuse_msgpack(M("\xa2\xc3\x28"), BASE_E_FORMAT);                         /* not UTF-8 */
    refuse_msgpack(M("\xa3\xed\xa0\x80"), BASE_E_FORMAT);                     /* a surrogate */
    refuse_msgpack(M("\xa2\xc0\xaf"), BASE_E_FORMAT);                         /* overlong */
    refuse_msgpack(M("\xa4\xf4\x90\x80\x80"), BASE_E_FORMAT);                 /* past U+10FFFF */
    refuse_msgpack(M("\xca\x7f\xc0\x00\x00"), BASE_E_FORMAT);                 /* NaN */
    refuse_msgpack(M("\xcb\x7f\xf0\x00\x00\x00\x00\x00\x00"), BASE_E_FORMAT); /* infinity */
    refuse_msgpack(M("\xd4\x01\x00"), BASE_E_FORMAT);                         /* an extension */
    refuse_msgpack(M("\xc7\x00\x01"), BASE_E_FORMAT);
    refuse_msgpack(M("\x81\xc0\x01"), BASE_E_FORMAT); /* nil as a key */
    refuse_msgpack(M("\x81\x90\x01"), BASE_E_FORMAT);
    uint8_t deep[NET_NESTING_MAX + 2];
    memset(deep, 0x91, sizeof(deep));
    deep[NET_NESTING_MAX] = 0xc0;
    struct base_buf BASE_CLEANUP(base_buf_release) out = {0};
    assert_int_equal(net_json_from_msgpack(base_bytes_of(deep, NET_NESTING_MAX + 1), &out, NULL),
                     0);
    memset(deep, 0x91, sizeof(deep));
    deep[NET_NESTING_MAX + 1] = 0xc0;
    refuse_msgpack(base_bytes_of(deep, sizeof(deep)), BASE_E_LIMIT);
}

static void a_full_buffer_is_a_fault_and_not_half_a_text(void **state)
{
    (void)state;
    struct base_buf BASE_CLEANUP(base_buf_release) out = {.limit = 4};
    assert_int_equal(net_json_from_msgpack(M("\xa9"
                                             "123456789"),
                                           &out, NULL),
                     BASE_E_MEMORY);
}

static void check_msgpack(const char *json, struct base_bytes msgpack)
{
    struct base_buf BASE_CLEANUP(base_buf_release) out = {0};
    struct base_err err = {0};
    if (net_json_to_msgpack(base_bytes_str(json), &out, &err) != 0)
        fail_msg("%s: %s", json, err.text);
    assert_int_equal(out.len, msgpack.len);
    assert_memory_equal(out.data, msgpack.data, msgpack.len);
}

static void json_becomes_canonical_msgpack(void **state)
{
    (void)state;
    check_msgpack("null", M("\xc0"));
    check_msgpack(" true\r\n", M("\xc3"));
    check_msgpack("false", M("\xc2"));
    check_msgpack("0", M("\x00"));
    check_msgpack("-0", M("\x00"));
    check_msgpack("-1", M("\xff"));
    check_msgpack("128", M("\xcc\x80"));
    check_msgpack("9223372036854775807", M("\xcf\x7f\xff\xff\xff\xff\xff\xff\xff"));
    check_msgpack("-9223372036854775808", M("\xd3\x80\x00\x00\x00\x00\x00\x00\x00"));
    check_msgpack("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", M("\xa8\"\\/\b\f\n\r\t"));
    check_msgpack("\"\\u0416\\u20ac\\ud83d\\ude00\"",
                  M("\xa9\xd0\x96\xe2\x82\xac\xf0\x9f\x98\x80"));
    check_msgpack("[]", M("\x90"));
    check_msgpack("[1, [2], {}]", M("\x93\x01\x91\x02\x80"));
    check_msgpack("{\"b\":1, \"a\":{\"d\":2,\"c\":3}, \"\":0}", M("\x83\xa0\x00\xa1"
                                                                  "a\x82\xa1"
                                                                  "c\x03\xa1"
                                                                  "d\x02\xa1"
                                                                  "b\x01"));
}

static void refuse_json(const char *json, int code)
{
    struct base_buf BASE_CLEANUP(base_buf_release) out = {0};
    struct base_err err = {0};
    int rc = net_json_to_msgpack(base_bytes_str(json), &out, &err);
    if (rc != code)
        fail_msg("%s gave %d", json, rc);
}

static void json_that_two_readers_could_read_in_two_ways_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        " ",
        "nul",
        "tru",
        "1 2",
        "[1",
        "[1,]",
        "[,1]",
        "{",
        "{\"a\"}",
        "{\"a\":}",
        "{a:1}",
        "{\"a\":1,}",
        "{\"a\":1,\"a\":2}",
        "{\"a\":1,\"\\u0061\":2}",
        "01",
        "-",
        "+1",
        "1.0",
        "1e3",
        "1E3",
        ".5",
        "NaN",
        "9223372036854775808",
        "-9223372036854775809",
        "99999999999999999999999999",
        "\"",
        "\"\\",
        "\"\\x\"",
        "\"\\u12\"",
        "\"\\ud800\"",
        "\"\\udc00\"",
        "\"\\ud800\\u0041\"",
        "\"\n\"",
        "\"\xc3\x28\"",
        "'a'",
        ("\xef\xbb\xbf"
         "1"),
        "//1\n1",
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        refuse_json(bad[i], BASE_E_FORMAT);
    char deep[200];
    memset(deep, '[', 100);
    memset(deep + 100, ']', 99);
    deep[199] = '\0';
    refuse_json(deep, BASE_E_LIMIT);
}

/* Random msgpack that the strict reader accepts goes to JSON and back unchanged, as long as it has
 * no bin (which becomes text). Random bytes never do more than fail. */
static uint32_t seed;

static uint32_t next_random(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 17;
    seed ^= seed << 5;
    return seed;
}

static void put_random(struct base_buf *buf, unsigned depth)
{
    uint32_t kind = next_random() % (depth < 5 ? 6 : 4);
    uint32_t count = next_random() % 5;
    char key[16];
    if (kind == 0) {
        ledger_canon_put_nil(buf);
    } else if (kind == 1) {
        ledger_canon_put_bool(buf, (next_random() & 1) != 0);
    } else if (kind == 2) {
        int64_t wide = (int64_t)(((uint64_t)next_random() << 32) | next_random());
        ledger_canon_put_int(buf, wide >> (next_random() % 64));
    } else if (kind == 3) {
        static const char *const texts[] = {"", "a", "Журнал", "\"\\\n", "😀", "1.5"};
        ledger_canon_put_str(buf, texts[next_random() % 6]);
    } else if (kind == 4) {
        ledger_canon_put_array(buf, count);
        for (uint32_t i = 0; i < count; i++)
            put_random(buf, depth + 1);
    } else {
        ledger_canon_put_map(buf, count);
        for (uint32_t i = 0; i < count; i++) {
            snprintf(key, sizeof(key), "%c%u", (char)('a' + i), next_random() % 100);
            ledger_canon_put_str(buf, key);
            put_random(buf, depth + 1);
        }
    }
}

static void there_and_back_again_is_the_identity(void **state)
{
    (void)state;
    seed = 20260901;
    for (int round = 0; round < 3000; round++) {
        struct base_buf BASE_CLEANUP(base_buf_release) first = {0};
        struct base_buf BASE_CLEANUP(base_buf_release) json = {0};
        struct base_buf BASE_CLEANUP(base_buf_release) second = {0};
        put_random(&first, 0);
        assert_int_equal(net_json_from_msgpack(base_buf_bytes(&first), &json, NULL), 0);
        assert_int_equal(net_json_to_msgpack(base_buf_bytes(&json), &second, NULL), 0);
        assert_true(base_bytes_equal(base_buf_bytes(&first), base_buf_bytes(&second)));
    }
}

static void random_bytes_do_no_more_than_fail(void **state)
{
    (void)state;
    seed = 42;
    unsigned refused_count = 0;
    for (int round = 0; round < 20000; round++) {
        uint8_t bytes[64];
        size_t len = next_random() % sizeof(bytes);
        for (size_t i = 0; i < len; i++)
            bytes[i] = (uint8_t)next_random();
        struct base_buf BASE_CLEANUP(base_buf_release) out = {.limit = 4096};
        int there = net_json_from_msgpack(base_bytes_of(bytes, len), &out, NULL);
        base_buf_reset(&out);
        int back = net_json_to_msgpack(base_bytes_of(bytes, len), &out, NULL);
        assert_true(there <= 0 && back <= 0);
        refused_count += there < 0;
    }
    assert_true(refused_count > 10000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_msgpack_type_has_its_json),
        cmocka_unit_test(text_is_escaped_so_that_it_stays_text),
        cmocka_unit_test(hostile_msgpack_is_refused_without_being_believed),
        cmocka_unit_test(a_full_buffer_is_a_fault_and_not_half_a_text),
        cmocka_unit_test(json_becomes_canonical_msgpack),
        cmocka_unit_test(json_that_two_readers_could_read_in_two_ways_is_refused),
        cmocka_unit_test(there_and_back_again_is_the_identity),
        cmocka_unit_test(random_bytes_do_no_more_than_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
