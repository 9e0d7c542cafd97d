/* A request is copied out of the connection's buffers as a whole, into one block: the copy costs
 * a microsecond, and then a handler that answers late, or a worker thread, cannot be hurt by a peer
 * that goes away. What cannot be decoded, or could be read in two ways (encoded slashes, dot
 * segments, zeros), is refused before any handler sees it. */
#include "net/request_parts.h"

#include "net/json.h"
#include "net/reply.h"

#include <arpa/inet.h>
#include <assert.h>
#include <stdlib.h>
#include <strings.h>

static const char *keep_text(struct net_request *request, struct base_bytes text)
{
    assert((size_t)(request->end - request->at) > text.len);
    char *kept = request->at;
    if (text.len != 0)
        memcpy(kept, text.data, text.len);
    kept[text.len] = '\0';
    request->at += text.len + 1;
    return kept;
}

/* Decodes %XX (and, in queries, "+") into the request's block; NULL when it is not UTF-8 without
 * control characters, or when an encoded slash would change the path's segments. */
static const char *keep_decoded(struct net_request *request, struct base_bytes text, bool is_query)
{
    assert((size_t)(request->end - request->at) > text.len);
    char *kept = request->at;
    char *at = kept;
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.data[i];
        if (c == '%') {
            if (text.len - i < 3 || !base_unhex((const char *)text.data + i + 1, 2, &c, 1))
                return NULL;
            if (!is_query && (c == '/' || c == '\\'))
                return NULL;
            i += 2;
        } else if (c == '+' && is_query) {
            c = ' ';
        }
        if (c < 0x20 || c == 0x7f)
            return NULL;
        *at++ = (char)c;
    }
    *at = '\0';
    request->at = at + 1;
    return net_utf8_is_valid(base_bytes_of(kept, (size_t)(at - kept))) ? kept : NULL;
}

static bool path_is_straight(const char *path)
{
    if (*path != '/' || strchr(path, '\\') != NULL)
        return false;
    for (const char *p = path; p != NULL; p = strchr(p + 1, '/')) {
        size_t len = strcspn(p + 1, "/");
        if ((len == 1 && p[1] == '.') || (len == 2 && p[1] == '.' && p[2] == '.'))
            return false;
    }
    return true;
}

/* The part of `text` before `c`; `*text` becomes what follows it. */
static struct base_bytes split_at(struct base_bytes *text, char c)
{
    const uint8_t *found = text->len == 0 ? NULL : memchr(text->data, c, text->len);
    struct base_bytes head = *text;
    if (found == NULL) {
        *text = base_bytes_of(text->data + text->len, 0);
    } else {
        head.len = (size_t)(found - text->data);
        *text = base_bytes_of(found + 1, text->len - head.len - 1);
    }
    return head;
}

static bool parse_query(struct net_request *request, struct base_bytes query)
{
    while (query.len > 0) {
        struct base_bytes value = split_at(&query, '&');
        if (value.len == 0)
            continue;
        if (request->query_count == NET_QUERY_COUNT_MAX)
            return false;
        struct base_bytes name = split_at(&value, '=');
        struct net__pair *pair = &request->query[request->query_count];
        pair->name = keep_decoded(request, name, true);
        pair->value = keep_decoded(request, value, true);
        if (pair->name == NULL || pair->value == NULL)
            return false;
        request->query_count++;
    }
    return true;
}

static bool has_zero(struct base_bytes text)
{
    return text.len != 0 && memchr(text.data, 0, text.len) != NULL;
}

static size_t headers_len(const struct net__raw_request *raw)
{
    size_t len = 0;
    for (size_t i = 0; i < raw->header_count; i++)
        len += raw->headers[i].name.len + raw->headers[i].value.len + 2;
    return len;
}

static int parse_parts(struct net_request *request, const struct net__raw_request *raw)
{
    for (size_t i = 0; i < raw->header_count; i++) {
        if (has_zero(raw->headers[i].name) || has_zero(raw->headers[i].value))
            return NET_ERROR_BAD_REQUEST;
        struct net__pair *pair = &request->headers[request->header_count++];
        pair->name = keep_text(request, raw->headers[i].name);
        pair->value = keep_text(request, raw->headers[i].value);
    }
    struct base_bytes query = raw->target;
    struct base_bytes path = split_at(&query, '?');
    const char *decoded = keep_decoded(request, path, false);
    if (decoded == NULL || !path_is_straight(decoded))
        return NET_ERROR_BAD_REQUEST;
    request->path = decoded;
    if (!parse_query(request, query))
        return NET_ERROR_BAD_REQUEST;
    request->body = raw->body;
    return 0;
}

struct net_request *net__request_new(const struct net__raw_request *raw, int *out_error)
{
    size_t header_len = headers_len(raw);
    int error = 0;
    if (raw->header_count > NET_HEADER_COUNT_MAX || header_len > NET_HEADERS_LEN_MAX)
        error = NET_ERROR_HEADERS_TOO_LARGE;
    else if (raw->target.len > NET_TARGET_LEN_MAX)
        error = NET_ERROR_TARGET_TOO_LONG;
    else if (raw->method.len > 32 || has_zero(raw->method))
        error = NET_ERROR_BAD_REQUEST;
    else if (raw->body.len > raw->body_len_max)
        error = NET_ERROR_BODY_TOO_LARGE;
    /* Every text once with its zero; names and values of a query share the target's separators;
     * and the path once more for the route's parameters. */
    size_t text_len = error != 0 ? 64
                                 : header_len + raw->method.len + 2 * raw->target.len +
                                       NET_QUERY_COUNT_MAX + NET_PARAM_COUNT_MAX + 16;
    size_t body_len = error != 0 ? 0 : raw->body.len;
    struct net_request *request = malloc(sizeof(*request) + text_len + body_len);
    if (request == NULL)
        return NULL;
    *request = (struct net_request){.method = "", .path = ""};
    request->at = (char *)(request + 1);
    request->end = request->at + text_len;
    if (error == 0) {
        request->method = keep_text(request, raw->method);
        error = parse_parts(request, raw);
    }
    if (error == 0 && body_len > 0) {
        memcpy(request->end, raw->body.data, body_len);
        request->body = base_bytes_of(request->end, body_len);
    } else {
        request->body = base_bytes_of("", 0);
    }
    *out_error = error;
    return request;
}

void net__request_free(struct net_request *request)
{
    if (request == NULL)
        return;
    for (size_t i = 0; i < request->response_header_count; i++)
        free((char *)request->response_headers[i].value);
    free(request);
}

bool net__request_add_param(struct net_request *request, const char *name, struct base_bytes value)
{
    if (request->param_count == NET_PARAM_COUNT_MAX ||
        (size_t)(request->end - request->at) <= value.len)
        return false;
    struct net__pair *pair = &request->params[request->param_count++];
    pair->name = name;
    pair->value = keep_text(request, value);
    return true;
}

static const char *find(const struct net__pair *pairs, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(pairs[i].name, name) == 0)
            return pairs[i].value;
    return NULL;
}

const char *net_request_method(const struct net_request *request)
{
    return request->method;
}

const char *net_request_path(const struct net_request *request)
{
    return request->path;
}

const char *net_request_query(const struct net_request *request, const char *name)
{
    return find(request->query, request->query_count, name);
}

const char *net_request_header(const struct net_request *request, const char *name)
{
    return find(request->headers, request->header_count, name);
}

const char *net_request_param(const struct net_request *request, const char *name)
{
    return find(request->params, request->param_count, name);
}

struct base_bytes net_request_body(const struct net_request *request)
{
    return request->body;
}

const char *net_request_address(const struct net_request *request)
{
    return request->address;
}

bool net_request_is_local(const struct net_request *request)
{
    const char *address = request->address;
    return strncmp(address, "127.", 4) == 0 || strcmp(address, "::1") == 0 ||
           strncmp(address, "::ffff:127.", 11) == 0;
}

void net_request_put_client(const struct net_request *request, struct base_buf *out)
{
    const char *named = NULL;
    struct in6_addr binary;
    for (size_t i = 0; net_request_is_local(request) && i < request->header_count; i++)
        if (strcmp(request->headers[i].name, "x-forwarded-for") == 0)
            named = request->headers[i].value;
    if (named != NULL) {
        const char *comma = strrchr(named, ',');
        named = comma != NULL ? comma + 1 : named;
        named += strspn(named, " \t");
        if (inet_pton(AF_INET, named, &binary) != 1 && inet_pton(AF_INET6, named, &binary) != 1)
            named = NULL;
    }
    base_buf_put_str(out, named != NULL ? named : request->address);
}

bool net_request_is_tls(const struct net_request *request)
{
    return request->is_tls;
}

void *net_request_context(const struct net_request *request)
{
    return request->context;
}

void *net_request_data(const struct net_request *request)
{
    return request->data;
}

void net_request_set_data(struct net_request *request, void *data)
{
    request->data = data;
}

bool net_request_is_gone(const struct net_request *request)
{
    return request->exchange == NULL;
}

bool net_request_cookie(const struct net_request *request, const char *name,
                        struct base_bytes *out_value)
{
    struct base_bytes wanted = base_bytes_str(name);
    for (size_t i = 0; i < request->header_count; i++) {
        if (strcmp(request->headers[i].name, "cookie") != 0)
            continue;
        struct base_bytes rest = base_bytes_str(request->headers[i].value);
        while (rest.len > 0) {
            struct base_bytes value = split_at(&rest, ';');
            while (value.len > 0 && value.data[0] == ' ')
                value = base_bytes_of(value.data + 1, value.len - 1);
            struct base_bytes key = split_at(&value, '=');
            if (base_bytes_equal(key, wanted)) {
                *out_value = value;
                return true;
            }
        }
    }
    return false;
}

bool net_request_is_same_origin(const struct net_request *request)
{
    const char *site = net_request_header(request, "sec-fetch-site");
    if (site != NULL)
        return strcmp(site, "same-origin") == 0 || strcmp(site, "none") == 0;
    const char *origin = net_request_header(request, "origin");
    if (origin == NULL)
        return true;
    const char *host = net_request_header(request, "host");
    const char *scheme = request->is_tls ? "https://" : "http://";
    return host != NULL && strncmp(origin, scheme, strlen(scheme)) == 0 &&
           strcasecmp(origin + strlen(scheme), host) == 0;
}

/* True when the comma-separated `list` names `token` with a weight over 0. */
static bool list_names(const char *list, const char *token)
{
    struct base_bytes rest = base_bytes_str(list);
    size_t token_len = strlen(token);
    while (rest.len > 0) {
        struct base_bytes options = split_at(&rest, ',');
        while (options.len > 0 && (options.data[0] == ' ' || options.data[0] == '\t'))
            options = base_bytes_of(options.data + 1, options.len - 1);
        struct base_bytes name = split_at(&options, ';');
        while (name.len > 0 && name.data[name.len - 1] == ' ')
            name.len--;
        if (name.len != token_len || strncasecmp((const char *)name.data, token, token_len) != 0)
            continue;
        while (options.len > 0 && options.data[0] == ' ')
            options = base_bytes_of(options.data + 1, options.len - 1);
        bool is_zero = options.len >= 3 && memcmp(options.data, "q=0", 3) == 0;
        for (size_t i = 3; is_zero && i < options.len; i++)
            is_zero = options.data[i] == '.' || options.data[i] == '0';
        return !is_zero;
    }
    return false;
}

bool net__accept_is_json(const char *accept)
{
    return accept != NULL && list_names(accept, "application/json") &&
           !list_names(accept, "application/msgpack");
}

bool net_request_wants_json(const struct net_request *request)
{
    return net__accept_is_json(net_request_header(request, "accept"));
}

bool net_request_accepts_gzip(const struct net_request *request)
{
    const char *encodings = net_request_header(request, "accept-encoding");
    return encodings != NULL && list_names(encodings, "gzip");
}

void net_response_header(struct net_request *request, const char *name, const char *value)
{
    assert(request->response_header_count < NET_RESPONSE_HEADER_COUNT_MAX);
    assert(strpbrk(value, "\r\n") == NULL && strpbrk(name, "\r\n: ") == NULL);
    size_t value_len = strlen(value);
    size_t name_len = strlen(name);
    /* Value and name in one block; a header that memory does not allow is left out, and a header
     * that guards something is never one of a handler's (those are made in net/http.c). */
    char *kept = malloc(value_len + name_len + 2);
    if (kept == NULL)
        return;
    memcpy(kept, value, value_len + 1);
    memcpy(kept + value_len + 1, name, name_len + 1);
    request->response_headers[request->response_header_count++] =
        (struct net__pair){.name = kept + value_len + 1, .value = kept};
}
