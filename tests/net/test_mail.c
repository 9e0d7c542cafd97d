/* What goes over the wire: messages by RFC 5322 and 2047, templates, addresses that are no door
 * (specs/messages.md). Sending itself is played in tests/tools/test_messages.py. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "net/mail.h"

static const struct net_messaging messaging = {.from = "journal@school.example"};

static struct net_letter letter_of(const char *subject, const char *text)
{
    return (struct net_letter){.to = "anna@example.org",
                               .id = "00ff",
                               .subject = subject,
                               .text = base_bytes_str(text),
                               .school = "Школа\r\nBcc: all@example.org",
                               .now_ms = INT64_C(1788253200000)}; /* 2026-09-01 09:00 UTC */
}

static void every_line_is_short_plain_and_ours(void **state)
{
    (void)state;
    struct base_buf BASE_CLEANUP(base_buf_release) out = {0};
    char subject[900] = "";
    for (size_t i = 0; i < 40; i++)
        memcpy(subject + 19 * i, "отметка\r\nX: ", 20); /* with its zero */
    struct net_letter letter = letter_of(subject, "Строка первая\nвторая\n");
    net_mail_put(&messaging, &letter, &out);
    const char *text = base_buf_text(&out);
    assert_non_null(text);
    for (const char *line = text; *line != '\0';) {
        size_t len = strcspn(line, "\n");
        assert_true(len >= 1 && line[len - 1] == '\r'); /* never a bare newline */
        assert_in_range(len, 1, 120);
        for (size_t i = 0; i + 1 < len; i++)
            assert_in_range((unsigned char)line[i], ' ', '~');
        line += len + 1;
    }
    /* What came as data stayed data. */
    assert_null(strstr(text, "\r\nBcc:"));
    assert_null(strstr(text, "\r\nX:"));
    assert_non_null(strstr(text, "\r\nMessage-ID: <00ff@school.example>\r\n"));
    assert_non_null(strstr(text, "Date: Tue, 01 Sep 2026 09:00:00 +0000\r\n"));
}

/* Each encoded word is whole characters by itself, as RFC 2047 demands. */
static void words_are_cut_between_characters(void **state)
{
    (void)state;
    struct base_buf BASE_CLEANUP(base_buf_release) out = {0};
    struct base_buf BASE_CLEANUP(base_buf_release) whole = {0};
    const char *subject = "aЩЩЩЩЩЩЩЩЩЩЩЩЩЩЩЩЩЩЩЩЩЩЩЩЩЩЩЩЩЩЩЩЩЩЩЩЩЩЩЩ";
    struct net_letter letter = letter_of(subject, "");
    unsigned count = 0;
    net_mail_put(&messaging, &letter, &out);
    const char *at = strstr(base_buf_text(&out), "\r\nSubject: ") + 11;
    const char *end = strstr(at, "\r\nAuto-Submitted");
    while (at < end && (at = strstr(at, "=?UTF-8?B?")) != NULL && at < end) {
        const char *close = strstr(at, "?=");
        size_t before = whole.len;
        assert_true((size_t)(close + 2 - at) <= 75);
        assert_true(
            base_buf_put_unbase64(&whole, base_bytes_of(at + 10, (size_t)(close - at - 10))));
        assert_int_not_equal(whole.data[before] & 0xc0, 0x80);
        at = close;
        count++;
    }
    assert_true(count > 1);
    assert_string_equal(base_buf_text(&whole), subject);
}

static void templates_escape_what_they_take(void **state)
{
    (void)state;
    struct base_buf BASE_CLEANUP(base_buf_release) out = {0};
    struct net_letter letter = letter_of("", "А. \"Б\"\n");
    letter.to = "+79990001122";
    net_sms_put("https://g.example/?to={phone}&t={text}&i={id}", NET_ESCAPE_URL, &letter, &out);
    assert_string_equal(base_buf_text(&out), "https://g.example/?to=%2B79990001122&t=%D0%90.%20%22"
                                             "%D0%91%22%0A&i=00ff");
    base_buf_reset(&out);
    net_sms_put("{\"t\":\"{text}\",\"n\":{}}", NET_ESCAPE_JSON, &letter, &out);
    assert_string_equal(base_buf_text(&out), "{\"t\":\"А. \\\"Б\\\"\\u000a\",\"n\":{}}");
}

static void what_is_no_address_is_not_written_to(void **state)
{
    (void)state;
    static const char *const good[] = {"a@b", "anna.k+x@example.org"};
    static const char *const bad[] = {"",        "a",       "@b",     "a@",      "a@b@c",
                                      "a b@c",   "a@b\r\n", "<a@b>",  "a@b,c@d", "a@b>",
                                      "\"a\"@b", "a@б",     "a@b\tc", "a;b@c"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_true(net_is_address(good[i]));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (net_is_address(bad[i]))
            fail_msg("\"%s\" is taken for an address", bad[i]);
    assert_true(net_is_phone("+79990001122") && net_is_phone("89990001122"));
    assert_false(net_is_phone("+7 999 000") || net_is_phone("12345") || net_is_phone("+") ||
                 net_is_phone("+7999000112233445566") || net_is_phone("7999000112x"));
}

static int read_text(const char *text, mode_t mode, struct net_messaging *out, struct base_err *err)
{
    char path[] = "/tmp/letopis-mail-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    assert_int_equal(fchmod(fd, mode), 0);
    close(fd);
    int rc = net_messaging_read(path, out, err);
    unlink(path);
    return rc;
}

static void the_file_is_read_or_named(void **state)
{
    (void)state;
    struct net_messaging m;
    struct base_err err = {0};
    assert_int_equal(read_text("# post\n\n smtp = smtps://m.example:465 \nfrom=a@b.example\r\n"
                               "password = a = b # c\nquiet = 22:30-06:15\n",
                               0600, &m, &err),
                     0);
    assert_string_equal(m.smtp, "smtps://m.example:465");
    assert_string_equal(m.from, "a@b.example");
    assert_string_equal(m.password, "a = b # c"); /* a password may hold anything */
    assert_int_equal(m.quiet_from, 22 * 60 + 30);
    assert_int_equal(m.quiet_to, 6 * 60 + 15);
    assert_int_equal(m.age_h_max, 72);
    static const char *const wrong[] = {"smtp = smtps://m.example\nfrom = nobody\n",
                                        "quiet = 25:00-07:00\n",
                                        "retry_seconds = 0\n",
                                        "demo = perhaps\n",
                                        "smtp\n",
                                        "sms = https://g.example/{phone}\n",
                                        "age_hours = 12x\n"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_int_equal(read_text(wrong[i], 0600, &m, &err), BASE_E_USAGE);
    assert_int_equal(read_text("smtp = smtps://m\nfrom = a@b\n", 0604, &m, &err), BASE_E_USAGE);
    assert_int_equal(net_messaging_read("/nonexistent/mail.conf", &m, &err), BASE_E_MISSING);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_line_is_short_plain_and_ours),
        cmocka_unit_test(words_are_cut_between_characters),
        cmocka_unit_test(templates_escape_what_they_take),
        cmocka_unit_test(what_is_no_address_is_not_written_to),
        cmocka_unit_test(the_file_is_read_or_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
