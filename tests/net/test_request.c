/* Reading a request: decoding, lookups, and what is refused before a handler sees it. */
#include "net/reply.h"
#include "net/request_parts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct net_request *parse(const char *target, const struct net__raw_header *headers,
                                 size_t header_count, int expected_error)
{
    const struct net__raw_request raw = {
        .method = BASE_LITERAL("GET"),
        .target = base_bytes_str(target),
        .headers = headers,
        .header_count = header_count,
        .body_len_max = 100,
    };
    int error = -1;
    struct net_request *request = net__request_new(&raw, &error);
    assert_non_null(request);
    if (error != expected_error)
        fail_msg("%s gives %d", target, error);
    return request;
}

static void paths_are_decoded(void **state)
{
    (void)state;
    struct net_request *request = parse("/s%20%D0%96/a+b?x", NULL, 0, 0);
    assert_string_equal(net_request_path(request), "/s Ж/a+b");
    assert_string_equal(net_request_method(request), "GET");
    net__request_free(request);
}

static void ambiguous_targets_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",      "*",       "a",          "?a=1",     "/.",        "/..",      "/a/.",
        "/a/..", "/a/./b",  "/a/../b",    "/%2e",     "/%2E%2e/a", "/a%2Fb",   "/a%5cb",
        "/a\\b", "/%",      "/%4",        "/%zz",     "/%00",      "/%0a",     "/%7f",
        "/%c3",  "/%c0%af", "/%ed%a0%80", "/a?x=%zz", "/a?x=%00",  "/a?%ff=1", "http://h/a",
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        net__request_free(parse(bad[i], NULL, 0, NET_ERROR_BAD_REQUEST));
    static const char *const good[] = {"/...", "/a..", "/.well-known/x", "/a//b", "/a/"};
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
        net__request_free(parse(good[i], NULL, 0, 0));
}

static void queries_are_looked_up_by_name(void **state)
{
    (void)state;
    struct net_request *request =
        parse("/a?find=%D0%98%D0%B2+%2B&empty=&bare&&day=20000&day=1&a%3db=c=d", NULL, 0, 0);
    assert_string_equal(net_request_query(request, "find"), "Ив +");
    assert_string_equal(net_request_query(request, "empty"), "");
    assert_string_equal(net_request_query(request, "bare"), "");
    assert_string_equal(net_request_query(request, "day"), "20000");
    assert_string_equal(net_request_query(request, "a=b"), "c=d");
    assert_null(net_request_query(request, "none"));
    net__request_free(request);
}

static void a_query_of_too_many_parameters_is_refused(void **state)
{
    (void)state;
    char target[4 + 2 * (NET_QUERY_COUNT_MAX + 1)] = "/?";
    for (unsigned i = 0; i < NET_QUERY_COUNT_MAX; i++)
        strcat(target, "a&");
    net__request_free(parse(target, NULL, 0, 0));
    strcat(target, "a");
    net__request_free(parse(target, NULL, 0, NET_ERROR_BAD_REQUEST));
}

#define H(n, v)                                                                                    \
    {                                                                                              \
        BASE_LITERAL(n), BASE_LITERAL(v)                                                           \
    }

static void cookies_are_found_among_others(void **state)
{
    (void)state;
    const struct net__raw_header headers[] = {H("cookie", "a=1; letopis=abc=d; letopis2=no"),
                                              H("cookie", "second=2"), H("host", "h")};
    struct net_request *request = parse("/", headers, 3, 0);
    struct base_bytes value = {0};
    assert_true(net_request_cookie(request, "letopis", &value));
    assert_true(base_bytes_equal(value, BASE_LITERAL("abc=d")));
    assert_true(net_request_cookie(request, "second", &value));
    assert_true(base_bytes_equal(value, BASE_LITERAL("2")));
    assert_false(net_request_cookie(request, "letopi", &value));
    assert_false(net_request_cookie(request, "abc", &value));
    assert_string_equal(net_request_header(request, "host"), "h");
    assert_null(net_request_header(request, "accept"));
    net__request_free(request);
}

static bool wants_json(const char *accept)
{
    return net__accept_is_json(accept);
}

static void json_is_given_only_to_those_who_ask(void **state)
{
    (void)state;
    assert_false(wants_json(NULL));
    assert_false(wants_json(""));
    assert_false(wants_json("*/*"));
    assert_false(wants_json("application/msgpack"));
    assert_false(wants_json("application/msgpack, application/json"));
    assert_false(wants_json("application/jsonx"));
    assert_false(wants_json("application/json;q=0"));
    assert_false(wants_json("application/json; q=0.000"));
    assert_true(wants_json("application/json"));
    assert_true(wants_json("Application/JSON ; q=0.5"));
    assert_true(wants_json("text/html , application/json"));
    assert_true(wants_json("application/json, application/msgpack;q=0"));
}

static bool same_origin(const char *header, const char *value, bool is_tls)
{
    const struct net__raw_header headers[] = {H("host", "school.example:8443"),
                                              {base_bytes_str(header), base_bytes_str(value)}};
    struct net_request *request = parse("/", headers, 2, 0);
    request->is_tls = is_tls;
    bool is_same = net_request_is_same_origin(request);
    net__request_free(request);
    return is_same;
}

static void foreign_pages_are_told_from_our_own(void **state)
{
    (void)state;
    assert_true(same_origin("x", "no browser", true));
    assert_true(same_origin("sec-fetch-site", "same-origin", true));
    assert_true(same_origin("sec-fetch-site", "none", true));
    assert_false(same_origin("sec-fetch-site", "cross-site", true));
    assert_false(same_origin("sec-fetch-site", "same-site", true));
    assert_true(same_origin("origin", "https://school.example:8443", true));
    assert_false(same_origin("origin", "http://school.example:8443", true));
    assert_true(same_origin("origin", "http://school.example:8443", false));
    assert_false(same_origin("origin", "https://school.example", true));
    assert_false(same_origin("origin", "https://school.example:8443.evil.example", true));
    assert_false(same_origin("origin", "null", true));
}

static void limits_have_their_own_errors(void **state)
{
    (void)state;
    static struct net__raw_header headers[NET_HEADER_COUNT_MAX + 1];
    for (size_t i = 0; i < NET_HEADER_COUNT_MAX + 1; i++)
        headers[i] = (struct net__raw_header)H("a", "b");
    net__request_free(parse("/", headers, NET_HEADER_COUNT_MAX, 0));
    net__request_free(parse("/", headers, NET_HEADER_COUNT_MAX + 1, NET_ERROR_HEADERS_TOO_LARGE));
    static char big[NET_HEADERS_LEN_MAX + 1];
    memset(big, 'x', sizeof(big) - 1);
    const struct net__raw_header large[] = {{BASE_LITERAL("a"), base_bytes_str(big)}};
    net__request_free(parse("/", large, 1, NET_ERROR_HEADERS_TOO_LARGE));
    static char target[NET_TARGET_LEN_MAX + 2];
    memset(target, 'a', sizeof(target) - 1);
    target[0] = '/';
    net__request_free(parse(target, NULL, 0, NET_ERROR_TARGET_TOO_LONG));
    target[NET_TARGET_LEN_MAX] = '\0';
    net__request_free(parse(target, NULL, 0, 0));
    const struct net__raw_header zero[] = {{BASE_LITERAL("a"), base_bytes_of("b\0c", 3)}};
    net__request_free(parse("/", zero, 1, NET_ERROR_BAD_REQUEST));
}

static void a_body_outlives_the_bytes_it_came_in(void **state)
{
    (void)state;
    uint8_t bytes[100];
    memset(bytes, 7, sizeof(bytes));
    struct net__raw_request raw = {.method = BASE_LITERAL("POST"),
                                   .target = BASE_LITERAL("/a"),
                                   .body = base_bytes_of(bytes, sizeof(bytes)),
                                   .body_len_max = 100};
    int error = -1;
    struct net_request *request = net__request_new(&raw, &error);
    assert_int_equal(error, 0);
    memset(bytes, 0, sizeof(bytes));
    assert_int_equal(net_request_body(request).len, 100);
    assert_int_equal(net_request_body(request).data[99], 7);
    net__request_free(request);
    raw.body_len_max = 99;
    request = net__request_new(&raw, &error);
    assert_int_equal(error, NET_ERROR_BODY_TOO_LARGE);
    assert_int_equal(net_request_body(request).len, 0);
    net__request_free(request);
}

static void bodies_are_read_as_msgpack_or_json_by_their_type(void **state)
{
    (void)state;
    static const struct {
        const char *type;
        const char *body;
        enum net_error error;
    } cases[] = {
        {"application/msgpack",
         "\x81\xa1"
         "a\x01",
         NET_ERROR_NONE},
        {"application/json", "{\"a\":1}", NET_ERROR_NONE},
        {"application/json; charset=utf-8", " {\"a\" : 1 } ", NET_ERROR_NONE},
        {"application/json", "{\"a\":1", NET_ERROR_BAD_BODY},
        {"text/plain", "{\"a\":1}", NET_ERROR_MEDIA_TYPE},
        {"application/jsonp", "{\"a\":1}", NET_ERROR_MEDIA_TYPE},
        {"application/x-www-form-urlencoded", "a=1", NET_ERROR_MEDIA_TYPE},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct net__raw_header type = {BASE_LITERAL("content-type"),
                                             base_bytes_str(cases[i].type)};
        struct net__raw_request raw = {.method = BASE_LITERAL("POST"),
                                       .target = BASE_LITERAL("/a"),
                                       .body = base_bytes_str(cases[i].body),
                                       .headers = &type,
                                       .header_count = 1,
                                       .body_len_max = 100};
        int error = -1;
        struct net_request *request = net__request_new(&raw, &error);
        struct base_buf BASE_CLEANUP(base_buf_release) value = {0};
        assert_int_equal(net_request_value(request, &value), cases[i].error);
        if (cases[i].error == NET_ERROR_NONE)
            assert_true(base_bytes_equal(base_buf_bytes(&value), BASE_LITERAL("\x81\xa1"
                                                                              "a\x01")));
        net__request_free(request);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_are_decoded),
        cmocka_unit_test(ambiguous_targets_are_refused),
        cmocka_unit_test(queries_are_looked_up_by_name),
        cmocka_unit_test(a_query_of_too_many_parameters_is_refused),
        cmocka_unit_test(cookies_are_found_among_others),
        cmocka_unit_test(json_is_given_only_to_those_who_ask),
        cmocka_unit_test(foreign_pages_are_told_from_our_own),
        cmocka_unit_test(limits_have_their_own_errors),
        cmocka_unit_test(a_body_outlives_the_bytes_it_came_in),
        cmocka_unit_test(bodies_are_read_as_msgpack_or_json_by_their_type),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
