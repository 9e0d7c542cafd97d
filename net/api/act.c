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
    char name[32];
    snprintf(name, sizeof name, "act-%.20s.pdf", net_request_query(call->request, "report"));
    net_api_file_answer(call, "inline", name, "application/pdf");
}
