/* Files with homework: kept for staff, given to who reads the lesson (specs/api.md). They are sent
 * as bytes to be saved, never as something to be shown: attachment, nosniff, sandbox. */
#include "net/files.h"
#include "net/api/routes.h"
#include "net/api/toll.h"
#include "net/limits.h"
#include "projections/views/files.h"

bool net_api_file_begin(struct net_call *call)
{
    struct base_buf BASE_CLEANUP(base_buf_release) address = {0};
    size_t len = net_request_body(call->request).len;
    net_call_put_address(call, &address);
    const struct net_toll_payer payer = {.brakes = net_app_brakes(call->app),
                                         .address = base_buf_bytes(&address),
                                         .now_ms = net_loop_now_ms(net_app_loop(call->app))};
    if (len == 0)
        net_call_error(call, NET_ERROR_BAD_BODY, NULL);
    else if (len > NET_FILE_LEN_MAX)
        net_call_error(call, NET_ERROR_BODY_TOO_LARGE, NULL);
    else if (net_toll_enter(&payer))
        return true;
    else
        net_call_error(call, NET_ERROR_TOO_MANY_ATTEMPTS, NULL);
    net_call_answer(call);
    return false;
}

void net_api_file_put_work(struct net_call *call)
{
    struct base_err err = {0};
    struct ledger_hash digest;
    struct base_bytes content = net_request_body(call->request);
    if (call->actor.stratum > 2) {
        net_call_error(call, NET_ERROR_FORBIDDEN, NULL);
        return;
    }
    if (net_files_put(net_school_dir(call->school), content, &digest, &err) != 0) {
        net_call_fault(call, &err);
        return;
    }
    ledger_canon_put_map(&call->out, 2);
    proj_put_hash(&call->out, "digest", digest.bytes);
    proj_put_int(&call->out, "size", (int64_t)content.len);
}

void net_api_file_work(struct net_call *call)
{
    struct base_err err = {0};
    struct ledger_hash digest;
    struct proj_file file;
    proj_id lesson;
    if (!net_call_query_bin(call, "lesson", lesson, sizeof lesson) ||
        !net_call_query_bin(call, "digest", digest.bytes, sizeof digest.bytes))
        return;
    int answer = proj_file_find(&call->view, lesson, &digest, &file);
    if (answer != PROJ_VIEW_DONE || file.link[0] != '\0') {
        net_call_viewed(call, answer != PROJ_VIEW_DONE ? answer : PROJ_VIEW_MISSING);
        return;
    }
    int rc = net_files_get(net_school_dir(call->school), &digest, &call->out, &err);
    if (rc == BASE_E_MISSING)
        net_call_error(call, NET_ERROR_NOT_FOUND, NULL);
    else if (rc != 0)
        net_call_fault(call, &err);
}

void net_api_file_answer_bytes(struct net_call *call)
{
    net_response_header(call->request, "content-security-policy", "sandbox; default-src 'none'");
    net_api_file_answer(call, "attachment", "homework.bin", "application/octet-stream");
}
