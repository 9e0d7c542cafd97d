/* Everything inside is msgpack; JSON is made of it at the last moment. An error is a value like
 * any other. What can fail is memory and transcoding; then the answer is 500 without a body of
 * ours, and the log has a line. */
#include "net/reply.h"

#include "ledger/canon.h"
#include "net/json.h"
#include "net/log.h"

#include <assert.h>
#include <strings.h>

static const struct net_error_text error_texts[NET_ERROR_COUNT] = {
#define X(name, status, word, ru, en) [name] = {status, word, ru, en},
#include "net/errors.def"
#undef X
};

const struct net_error_text *net_error_text_of(enum net_error error)
{
    assert(error > NET_ERROR_NONE && error < NET_ERROR_COUNT);
    return &error_texts[error];
}

enum net_error net_error_of_status(int status)
{
    for (int i = 1; i < NET_ERROR_COUNT; i++)
        if (error_texts[i].status == status)
            return (enum net_error)i;
    return status >= 500 ? NET_ERROR_INTERNAL : NET_ERROR_BAD_REQUEST;
}

void net_error_put(struct base_buf *buf, const char *word, const char *field, const char *ru,
                   const char *en)
{
    /* Keys in canonical order. */
    ledger_canon_put_map(buf, 4);
    ledger_canon_put_str(buf, "en");
    ledger_canon_put_str(buf, en);
    ledger_canon_put_str(buf, "error");
    ledger_canon_put_str(buf, word);
    ledger_canon_put_str(buf, "field");
    if (field != NULL && field[0] != '\0')
        ledger_canon_put_str(buf, field);
    else
        ledger_canon_put_nil(buf);
    ledger_canon_put_str(buf, "ru");
    ledger_canon_put_str(buf, ru);
}

void net_reply_value(struct net_request *request, int status, struct base_bytes msgpack)
{
    net_response_header(request, "vary", "Accept");
    if (!net_request_wants_json(request)) {
        net_response_send(request, status, "application/msgpack", msgpack);
        return;
    }
    struct base_buf BASE_CLEANUP(base_buf_release) json = {0};
    struct base_err err = {0};
    if (net_json_from_msgpack(msgpack, &json, &err) != 0) {
        net_log_fault("reply", "a value does not become JSON", &err);
        net_response_send(request, 500, NULL, base_bytes_of("", 0));
        return;
    }
    base_buf_put_u8(&json, '\n');
    net_response_send(request, status, "application/json", base_buf_bytes(&json));
}

void net_reply_refusal(struct net_request *request, int status, const char *word, const char *field,
                       const char *ru, const char *en)
{
    struct base_buf BASE_CLEANUP(base_buf_release) buf = {0};
    net_error_put(&buf, word, field, ru, en);
    if (buf.failed) {
        NET_LOG(NET_LOG_ERROR, "reply", "out of memory", NET_S("error", word));
        net_response_send(request, 500, NULL, base_bytes_of("", 0));
        return;
    }
    net_reply_value(request, status, base_buf_bytes(&buf));
}

void net_reply_error(struct net_request *request, enum net_error error, const char *field)
{
    const struct net_error_text *text = net_error_text_of(error);
    if (text->status == 429 || text->status == 503)
        net_response_header(request, "retry-after", "5");
    net_reply_refusal(request, text->status, text->word, field, text->ru, text->en);
}

void net_reply_fault(struct net_request *request, const char *area, const struct base_err *fault)
{
    enum net_error error = fault->code == BASE_E_BUSY   ? NET_ERROR_BUSY
                           : fault->code == BASE_E_FULL ? NET_ERROR_DISK_FULL
                                                        : NET_ERROR_INTERNAL;
    net_log_fault(area, "a request failed", fault);
    net_reply_error(request, error, NULL);
}

/* True when the Content-Type is `type`, whatever its parameters. */
static bool type_is(const char *content_type, const char *type)
{
    size_t len = strlen(type);
    return strncasecmp(content_type, type, len) == 0 &&
           (content_type[len] == '\0' || content_type[len] == ';' || content_type[len] == ' ');
}

enum net_error net_request_value(const struct net_request *request, struct base_buf *out_msgpack)
{
    const char *type = net_request_header(request, "content-type");
    if (type != NULL && type_is(type, "application/msgpack")) {
        base_buf_put_bytes(out_msgpack, net_request_body(request));
        return out_msgpack->failed ? NET_ERROR_INTERNAL : NET_ERROR_NONE;
    }
    if (type == NULL || !type_is(type, "application/json"))
        return NET_ERROR_MEDIA_TYPE;
    int rc = net_json_to_msgpack(net_request_body(request), out_msgpack, NULL);
    if (rc == BASE_E_MEMORY)
        return NET_ERROR_INTERNAL;
    return rc == 0 ? NET_ERROR_NONE : NET_ERROR_BAD_BODY;
}
