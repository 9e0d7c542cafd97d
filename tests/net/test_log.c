/* One record, one line, whatever strangers put into a value. */
#include "net/log.h"

#include "net/limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static char written[4 * NET_LOG_LINE_LEN_MAX];

static void collect(void *data, struct base_bytes line)
{
    (void)data;
    assert_true(strlen(written) + line.len < sizeof(written));
    strncat(written, (const char *)line.data, line.len);
}

static int set_up(void **state)
{
    (void)state;
    written[0] = '\0';
    net_log_set_sink(collect, NULL);
    net_log_set_level(NET_LOG_INFO);
    return 0;
}

static void a_record_is_one_logfmt_line(void **state)
{
    (void)state;
    NET_LOG(NET_LOG_INFO, "http", "listening", NET_S("address", "127.0.0.1"), NET_I("port", 8443));
    assert_int_equal(strncmp(written, "time=20", 7), 0);
    assert_non_null(
        strstr(written, "Z level=info area=http msg=listening address=127.0.0.1 port=8443\n"));
}

static void values_cannot_forge_a_record(void **state)
{
    (void)state;
    NET_LOG(NET_LOG_WARN, "http", "odd path", NET_S("path", "/a b\"\\\ntime=1 level=error\x7f"),
            NET_S("empty", ""), NET_S("none", (const char *)NULL));
    assert_non_null(strstr(written, "path=\"/a b\\\"\\\\\\x0atime=1 level=error\\x7f\" empty=\"\" "
                                    "none=-\n"));
    assert_ptr_equal(strchr(written, '\n'), written + strlen(written) - 1);
}

static void a_long_record_is_cut_and_still_one_line(void **state)
{
    (void)state;
    char value[2 * NET_LOG_LINE_LEN_MAX];
    memset(value, 'x', sizeof(value) - 1);
    value[sizeof(value) - 1] = '\0';
    NET_LOG(NET_LOG_ERROR, "a", "b", NET_S("v", value), NET_S("w", "y"));
    assert_true(strlen(written) <= NET_LOG_LINE_LEN_MAX);
    assert_string_equal(written + strlen(written) - 4, "...\n");
    assert_ptr_equal(strchr(written, '\n'), written + strlen(written) - 1);
}

static void levels_under_the_threshold_stay_silent(void **state)
{
    (void)state;
    enum net_log_level level;
    NET_LOG(NET_LOG_DEBUG, "a", "b", NET_I("n", 1));
    assert_string_equal(written, "");
    assert_true(net_log_level_parse("debug", &level));
    net_log_set_level(level);
    NET_LOG(NET_LOG_DEBUG, "a", "b", NET_I("n", 1));
    assert_non_null(strstr(written, "level=debug"));
    assert_false(net_log_level_parse("loud", &level));
}

static void a_fault_is_told_by_name_and_text(void **state)
{
    (void)state;
    struct base_err err = {0};
    (void)BASE_FAIL(&err, BASE_E_FULL, "no room for %d", 3);
    net_log_fault("log", "commit", &err);
    assert_non_null(
        strstr(written, "level=error area=log msg=commit fault=full text=\"no room for 3\"\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_record_is_one_logfmt_line, set_up),
        cmocka_unit_test_setup(values_cannot_forge_a_record, set_up),
        cmocka_unit_test_setup(a_long_record_is_cut_and_still_one_line, set_up),
        cmocka_unit_test_setup(levels_under_the_threshold_stay_silent, set_up),
        cmocka_unit_test_setup(a_fault_is_told_by_name_and_text, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
