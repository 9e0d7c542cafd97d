/* The act on a breach report as a paper (specs/api.md). */
#include <stdio.h>

#include "net/api/routes.h"
#include "net/paper/act.h"

void net_api_act_work(struct net_call *call)
{
    struct base_buf BASE_CLEANUP(base_buf_release) note = {0};
    struct base_err err = {0};
    int64_t report;
    if (!net_call_query_int(call, "report", 0, INT64_MAX, &report))
        return;
    int rc = ledger_log_checkpoint(net_school_log(call->school), &note, &err);
    if (rc == 0)
        rc = net_act_make(&call->view, (ledger_seq)report, base_buf_bytes(&note), &call->out, &err);
    if (rc < 0)
        net_call_fault(call, &err);
    else
        net_call_viewed(call, rc);
}

void net_api_act_answer(struct net_call *call)
{
    char name[160];
    snprintf(name, sizeof name, "inline; filename=\"%.64s-act-%.20s.pdf\"",
             net_school_name(call->school), net_request_query(call->request, "report"));
    net_response_header(call->request, "content-disposition", name);
    net_response_header(call->request, "cache-control", "no-store");
    net_response_send(call->request, 200, "application/pdf", base_buf_bytes(&call->out));
    net_call_free(call);
}
