/* Promises of the base: buffers, hex, base64, dates, errors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "ledger/base/clock.h"
#include "ledger/base/err.h"
#include "ledger/base/utc.h"
#include "tests/ledger/support.h"

static void buffer_failure_is_sticky_and_appends_nothing(void **state)
{
    (void)state;
    struct base_buf BASE_CLEANUP(base_buf_release) buf = {.limit = 4};
    base_buf_put(&buf, "abc", 3);
    base_buf_put(&buf, "de", 2);
    assert_true(buf.failed);
    assert_int_equal(buf.len, 3);
    base_buf_put(&buf, "x", 1); /* would fit, but the failure stays */
    assert_int_equal(buf.len, 3);
    base_buf_reset(&buf);
    base_buf_put(&buf, "defg", 4);
    assert_false(buf.failed);
    assert_memory_equal(buf.data, "defg", 4);
}

static void buffer_writes_big_endian(void **state)
{
    (void)state;
    struct base_buf BASE_CLEANUP(base_buf_release) buf = {0};
    base_buf_put_u8(&buf, 1);
    base_buf_put_be16(&buf, 0x0203);
    base_buf_put_be32(&buf, 0x04050607);
    base_buf_put_be64(&buf, UINT64_C(0x08090a0b0c0d0e0f));
    base_buf_printf(&buf, "%d-%s", 42, "x");
    static const uint8_t wanted[] = {1,  2,  3,  4,  5,  6,   7,   8,   9,  10,
                                     11, 12, 13, 14, 15, '4', '2', '-', 'x'};
    assert_int_equal(buf.len, sizeof wanted);
    assert_memory_equal(buf.data, wanted, sizeof wanted);
    assert_string_equal(base_buf_text(&buf) + 15, "42-x");
    assert_int_equal(base_get_be64(buf.data + 7), UINT64_C(0x08090a0b0c0d0e0f));
}

static void buffer_keeps_its_bytes_while_growing(void **state)
{
    (void)state;
    struct base_buf BASE_CLEANUP(base_buf_wipe) buf = {0};
    for (unsigned i = 0; i < 10000; i++)
        base_buf_put_u8(&buf, (uint8_t)(i * 7));
    assert_int_equal(buf.len, 10000);
    for (unsigned i = 0; i < 10000; i++)
        assert_int_equal(buf.data[i], (uint8_t)(i * 7));
}

static void bytes_order_puts_prefixes_first(void **state)
{
    (void)state;
    assert_true(base_bytes_compare(BASE_LITERAL("a"), BASE_LITERAL("aa")) < 0);
    assert_true(base_bytes_compare(BASE_LITERAL("aa"), BASE_LITERAL("b")) < 0);
    assert_true(base_bytes_compare(BASE_LITERAL("\xff"), BASE_LITERAL("a")) > 0);
    assert_int_equal(base_bytes_compare(BASE_LITERAL("x"), BASE_LITERAL("x")), 0);
    assert_true(base_bytes_compare(BASE_LITERAL(""), BASE_LITERAL("x")) < 0);
}

static void hex_reads_what_it_writes(void **state)
{
    (void)state;
    static const uint8_t bytes[] = {0x00, 0x0f, 0xa5, 0xff};
    char text[9];
    uint8_t back[4];
    base_hex(bytes, 4, text);
    assert_string_equal(text, "000fa5ff");
    assert_true(base_unhex(text, 8, back, 4));
    assert_memory_equal(back, bytes, 4);
    assert_true(base_unhex("A5", 2, back, 1));
    assert_false(base_unhex("a", 1, back, 1));
    assert_false(base_unhex("0g", 2, back, 1));
    assert_false(base_unhex("00 ", 3, back, 1));
}

static void base64_follows_rfc_4648(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {{"", ""},
                                           {"f", "Zg=="},
                                           {"fo", "Zm8="},
                                           {"foo", "Zm9v"},
                                           {"foob", "Zm9vYg=="},
                                           {"fooba", "Zm9vYmE="},
                                           {"foobar", "Zm9vYmFy"}};
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        struct base_buf BASE_CLEANUP(base_buf_release) text = {0};
        struct base_buf BASE_CLEANUP(base_buf_release) back = {0};
        base_buf_put_base64(&text, base_bytes_str(pairs[i][0]));
        assert_string_equal(base_buf_text(&text), pairs[i][1]);
        assert_true(base_buf_put_unbase64(&back, base_bytes_str(pairs[i][1])));
        assert_string_equal(base_buf_text(&back), pairs[i][0]);
    }
}

static void base64_refuses_other_spellings(void **state)
{
    (void)state;
    static const char *const bad[] = {"Zg",   "Zg=",  "Zh==",  "Zm9=",     "Z===", "====", "Zm9v\n",
                                      "Zm-v", "Zm_v", " Zm9v", "Zg==Zg==", "Z=g=", "AAAA="};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct base_buf BASE_CLEANUP(base_buf_release) back = {0};
        assert_false(base_buf_put_unbase64(&back, base_bytes_str(bad[i])));
        assert_int_equal(back.len, 0);
    }
}

static void dates_count_days_both_ways(void **state)
{
    (void)state;
    int year;
    int month;
    int day;
    assert_int_equal(base_day_from_civil(1970, 1, 1), 0);
    assert_int_equal(base_day_from_civil(2026, 9, 1), 20697);
    assert_int_equal(base_day_from_civil(2000, 2, 29), 11016);
    for (base_day d = -800000; d < 800000; d += 97) {
        base_day_to_civil(d, &year, &month, &day);
        assert_int_equal(base_day_from_civil(year, month, day), d);
    }
    assert_int_equal(base_day_weekday(0), 4);
    assert_int_equal(base_day_weekday(-1), 3);
    assert_int_equal(base_day_weekday(base_day_from_civil(2026, 9, 1)), 2);
    assert_int_equal(base_day_weekday(base_day_from_civil(1969, 12, 28)), 7);
}

static void a_day_begins_at_its_own_midnight(void **state)
{
    (void)state;
    base_time_ms time;
    assert_int_equal(base_time_parse("2026-09-01T00:00:00+03:00", &time), 0);
    assert_int_equal(base_day_of_time(time, 180), base_day_from_civil(2026, 9, 1));
    assert_int_equal(base_day_of_time(time - 1, 180), base_day_from_civil(2026, 8, 31));
    assert_int_equal(base_day_of_time(time, 0), base_day_from_civil(2026, 8, 31));
    assert_int_equal(base_day_of_time(-1, 0), -1);
}

static void times_are_read_as_rfc_3339(void **state)
{
    (void)state;
    base_time_ms time;
    base_day day;
    assert_int_equal(base_time_parse("2026-09-01T08:06:00+03:00", &time), 0);
    assert_int_equal(time, INT64_C(1788239160000));
    assert_int_equal(base_time_parse("2026-09-01T05:06:00.5Z", &time), 0);
    assert_int_equal(time, INT64_C(1788239160500));
    assert_int_equal(base_time_parse("2026-09-01T05:06:00.1239Z", &time), 0);
    assert_int_equal(time, INT64_C(1788239160123));
    static const char *const bad[] = {
        "2026-09-01",           "2026-09-01T08:06:00",   "2026-09-01T24:00:00Z",
        "2026-09-01T08:60:00Z", "2026-09-01T08:06:00.Z", "2026-02-29T00:00:00Z",
        "2026-9-1T00:00:00Z",   "2026-09-01T08:06:00Z ", "2026-09-01T08:06:00+3:00"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(base_time_parse(bad[i], &time), -1);
    assert_int_equal(base_day_parse("2024-02-29", &day), 0);
    assert_int_equal(base_day_parse("2023-02-29", &day), -1);
    assert_int_equal(base_day_parse("2023-00-01", &day), -1);
    assert_int_equal(base_day_parse("2023-01-01x", &day), -1);
}

static void instants_are_written_in_utc(void **state)
{
    static const struct {
        base_time_ms ms;
        const char *text, *text_ms;
    } cases[] = {
        {0, "1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000Z"},
        {-1, "1969-12-31T23:59:59Z", "1969-12-31T23:59:59.999Z"},
        {INT64_C(1788239160042), "2026-09-01T05:06:00Z", "2026-09-01T05:06:00.042Z"},
        {INT64_MAX, "292278994-08-17T07:12:55Z", "292278994-08-17T07:12:55.807Z"},
        {INT64_MIN, "-292275055-05-16T16:47:04Z", "-292275055-05-16T16:47:04.192Z"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[BASE_UTC_LEN];
        base_utc_text(cases[i].ms, text);
        assert_string_equal(text, cases[i].text);
        base_utc_text_ms(cases[i].ms, text);
        assert_string_equal(text, cases[i].text_ms);
    }
}

static void errors_gain_context_and_keep_their_code(void **state)
{
    (void)state;
    struct base_err err = {0};
    assert_int_equal(BASE_FAIL(&err, BASE_E_LIMIT, "entry of %d bytes", 70000), BASE_E_LIMIT);
    assert_int_equal(base_err_wrap(&err, BASE_E_IO, "line %d", 3), BASE_E_LIMIT);
    assert_string_equal(err.text, "line 3: entry of 70000 bytes");
    assert_int_equal(BASE_FAIL(NULL, BASE_E_IO, "nobody listens"), BASE_E_IO);
    assert_int_equal(base_err_wrap(NULL, BASE_E_IO, "still"), BASE_E_IO);
    assert_string_equal(base_fault_name(BASE_E_FULL), "full");
    assert_string_equal(base_fault_name(-999), "unknown");
    for (int i = 0; i < 100; i++)
        base_err_wrap(&err, BASE_E_IO, "a context of some length");
    assert_true(strlen(err.text) < sizeof err.text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(buffer_failure_is_sticky_and_appends_nothing),
        cmocka_unit_test(buffer_writes_big_endian),
        cmocka_unit_test(buffer_keeps_its_bytes_while_growing),
        cmocka_unit_test(bytes_order_puts_prefixes_first),
        cmocka_unit_test(hex_reads_what_it_writes),
        cmocka_unit_test(base64_follows_rfc_4648),
        cmocka_unit_test(base64_refuses_other_spellings),
        cmocka_unit_test(dates_count_days_both_ways),
        cmocka_unit_test(a_day_begins_at_its_own_midnight),
        cmocka_unit_test(instants_are_written_in_utc),
        cmocka_unit_test(times_are_read_as_rfc_3339),
        cmocka_unit_test(errors_gain_context_and_keep_their_code),
    };
    return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}
