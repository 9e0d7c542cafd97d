/* A request: the target on the first line, then headers, "name:value" each, then an empty line and
 * the body. What is accepted holds its promises: a clean path, valid text, no more than was sent.
 */
#include <string.h>

#include "net/json.h"
#include "net/request_parts.h"
#include "tests/fuzz/fuzz.h"

#define HEADER_MAX (NET_HEADER_COUNT_MAX + 4)
#define BODY_MAX 512

static struct base_bytes line_take(struct base_bytes *rest)
{
    const uint8_t *end = rest->len > 0 ? memchr(rest->data, '\n', rest->len) : NULL;
    size_t len = end != NULL ? (size_t)(end - rest->data) : rest->len;
    struct base_bytes line = base_bytes_of(rest->data, len);
    size_t used = end != NULL ? len + 1 : len;
    *rest = base_bytes_of(rest->data + used, rest->len - used);
    return line;
}

static void path_check(const char *path)
{
    FUZZ_CHECK(path[0] == '/');
    FUZZ_CHECK(net_utf8_is_valid(base_bytes_str(path)));
    FUZZ_CHECK(strstr(path, "/../") == NULL && strstr(path, "/./") == NULL);
    size_t len = strlen(path);
    FUZZ_CHECK(len < 3 || strcmp(path + len - 3, "/..") != 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct net__raw_header headers[HEADER_MAX];
    struct base_bytes rest = base_bytes_of(data, len);
    struct net__raw_request raw = {.method = BASE_LITERAL("GET"),
                                   .target = line_take(&rest),
                                   .headers = headers,
                                   .body_len_max = BODY_MAX};
    while (rest.len > 0 && raw.header_count < HEADER_MAX) {
        struct base_bytes line = line_take(&rest);
        const uint8_t *colon = line.len > 0 ? memchr(line.data, ':', line.len) : NULL;
        if (line.len == 0)
            break;
        size_t name_len = colon != NULL ? (size_t)(colon - line.data) : line.len;
        size_t value_at = colon != NULL ? name_len + 1 : line.len;
        headers[raw.header_count].name = base_bytes_of(line.data, name_len);
        headers[raw.header_count++].value =
            base_bytes_of(line.data + value_at, line.len - value_at);
    }
    raw.body = rest.len <= BODY_MAX ? rest : base_bytes_of(rest.data, BODY_MAX);
    int error = -1;
    struct net_request *request = net__request_new(&raw, &error);
    FUZZ_CHECK(request != NULL);
    if (error == 0) {
        struct base_bytes cookie;
        struct base_buf BASE_CLEANUP(base_buf_release) client = {0};
        path_check(net_request_path(request));
        FUZZ_CHECK(base_bytes_equal(net_request_body(request), raw.body));
        for (size_t i = 0; i < request->query_count; i++)
            FUZZ_CHECK(net_utf8_is_valid(base_bytes_str(request->query[i].value)));
        (void)net_request_cookie(request, "s", &cookie);
        (void)net_request_is_same_origin(request);
        (void)net_request_wants_json(request);
        (void)net_request_accepts_gzip(request);
        net_request_put_client(request, &client);
    }
    net__request_free(request);
    return 0;
}
