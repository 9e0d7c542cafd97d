/* What requests say, taken out of queries and bodies. Whatever is missing, of another type or out
 * of range is noted in the call with its name, and the caller returns. */
#include <errno.h>
#include <stdlib.h>

#include "net/api/call.h"

static bool bad(struct net_call *call, const char *name)
{
    net_call_error(call, NET_ERROR_BAD_PARAMETER, name);
    return false;
}

bool net_call_query_bin(struct net_call *call, const char *name, uint8_t *out, size_t len)
{
    const char *text = net_request_query(call->request, name);
    return (text != NULL && base_unhex(text, strlen(text), out, len)) || bad(call, name);
}

bool net_call_query_int(struct net_call *call, const char *name, int64_t min, int64_t max,
                        int64_t *out)
{
    const char *text = net_request_query(call->request, name);
    char *end;
    if (text == NULL || (*text != '-' && (*text < '0' || *text > '9')))
        return bad(call, name);
    errno = 0;
    long long value = strtoll(text, &end, 10);
    if (errno != 0 || *end != '\0' || end == text || value < min || value > max)
        return bad(call, name);
    *out = value;
    return true;
}

bool net_call_body(struct net_call *call, uint32_t field_count, struct ledger_canon_value *out_map)
{
    enum net_error error = net_request_value(call->request, &call->body);
    if (error == NET_ERROR_NONE &&
        (ledger_canon_check(base_buf_bytes(&call->body), out_map) != NULL ||
         out_map->type != LEDGER_CANON_MAP || out_map->count != field_count))
        error = NET_ERROR_BAD_BODY;
    if (error != NET_ERROR_NONE)
        net_call_error(call, error, NULL);
    return error == NET_ERROR_NONE;
}

bool net_call_field_bin(struct net_call *call, const struct ledger_canon_value *map,
                        const char *name, uint8_t *out, size_t len)
{
    struct ledger_canon_value value = ledger_canon_get(map, name);
    if (ledger_canon_is_bin(&value, len)) {
        memcpy(out, value.bytes.data, len);
        return true;
    }
    return (value.type == LEDGER_CANON_TEXT &&
            base_unhex((const char *)value.bytes.data, value.bytes.len, out, len)) ||
           bad(call, name);
}

bool net_call_field_int(struct net_call *call, const struct ledger_canon_value *map,
                        const char *name, int64_t min, int64_t max, int64_t *out)
{
    struct ledger_canon_value value = ledger_canon_get(map, name);
    if (value.type != LEDGER_CANON_INT || value.integer < min || value.integer > max)
        return bad(call, name);
    *out = value.integer;
    return true;
}

bool net_call_field_text(struct net_call *call, const struct ledger_canon_value *map,
                         const char *name, size_t len_max, struct base_bytes *out)
{
    struct ledger_canon_value value = ledger_canon_get(map, name);
    if (value.type != LEDGER_CANON_TEXT || value.bytes.len == 0 || value.bytes.len > len_max)
        return bad(call, name);
    *out = value.bytes;
    return true;
}

void net_call_put_address(const struct net_call *call, struct base_buf *out)
{
    struct base_buf BASE_CLEANUP(base_buf_release) client = {0};
    net_request_put_client(call->request, &client);
    const char *text = base_buf_text(&client);
    net_throttle_address(text != NULL ? text : "", out);
}

bool net_call_query_moment(struct net_call *call, const char *content, const char *knowledge,
                           struct proj_moment *out_moment)
{
    int64_t at;
    int64_t known;
    if (!net_call_query_int(call, content, 1, INT64_MAX, &at))
        return false;
    known = at;
    if (net_request_query(call->request, knowledge) != NULL &&
        !net_call_query_int(call, knowledge, at, INT64_MAX, &known))
        return false;
    *out_moment = (struct proj_moment){.content = (ledger_seq)at, .knowledge = (ledger_seq)known};
    return true;
}

bool net_call_travel(struct net_call *call)
{
    struct proj_moment moment;
    if (net_request_query(call->request, "at") == NULL) {
        if (net_request_query(call->request, "known") == NULL)
            return true;
        net_call_error(call, NET_ERROR_BAD_PARAMETER, "at");
        return false;
    }
    if (!net_call_query_moment(call, "at", "known", &moment))
        return false;
    if (proj_view_travel(&call->view, moment.content, moment.knowledge) == PROJ_VIEW_DONE)
        return true;
    net_call_error(call, NET_ERROR_BAD_PARAMETER, "at");
    return false;
}
