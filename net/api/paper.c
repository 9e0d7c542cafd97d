/* Extracts, journals and summary sheets as papers (CT-2c, ST-12; specs/api.md). */
#include <stdio.h>

#include "net/api/routes.h"
#include "net/paper/extract.h"
#include "net/paper/journal.h"

void net_api_made(struct net_call *call, int rc, struct base_buf *paper, const struct base_err *err)
{
    if (rc < 0) {
        net_call_fault(call, err);
    } else {
        call->view.out = &call->out;
        base_buf_reset(&call->out);
        base_buf_put_bytes(&call->out, base_buf_bytes(paper));
        net_call_viewed(call, rc);
    }
    base_buf_wipe(paper);
}

void net_api_extract_work(struct net_call *call)
{
    struct base_buf paper = {0};
    struct base_err err = {0};
    struct ledger_hash digest;
    proj_id id;
    base_day from;
    base_day to;
    bool whole = net_request_query(call->request, "group") != NULL;
    if (!net_call_query_bin(call, whole ? "group" : "pupil", id, sizeof id) ||
        !net_api_query_range(call, &from, &to))
        return;
    int rc = whole ? net_extract_make_class(&call->view, id, from, to, &paper, &err)
                   : net_extract_make(&call->view, id, from, to, &paper, &digest, &err);
    net_api_made(call, rc, &paper, &err);
}

void net_api_journal_paper_work(struct net_call *call)
{
    struct base_buf paper = {0};
    struct base_err err = {0};
    struct ledger_hash digest;
    proj_id group;
    proj_id subject;
    base_day from;
    base_day to;
    if (!net_call_query_bin(call, "group", group, sizeof group) ||
        !net_call_query_bin(call, "subject", subject, sizeof subject) ||
        !net_api_query_range(call, &from, &to))
        return;
    int rc = net_journal_make(&call->view, group, subject, from, to, &paper, &digest, &err);
    net_api_made(call, rc, &paper, &err);
}

void net_api_sheet_paper_work(struct net_call *call)
{
    struct base_buf paper = {0};
    struct base_err err = {0};
    struct ledger_hash digest;
    proj_id group;
    if (!net_call_query_bin(call, "group", group, sizeof group))
        return;
    int rc = net_sheet_make(&call->view, group, &paper, &digest, &err);
    net_api_made(call, rc, &paper, &err);
}

void net_api_file_answer(struct net_call *call, const char *disposition, const char *name,
                         const char *type)
{
    char header[160];
    snprintf(header, sizeof header, "%s; filename=\"%.64s-%s\"", disposition,
             net_school_name(call->school), name);
    net_response_header(call->request, "content-disposition", header);
    net_response_header(call->request, "cache-control", "no-store");
    net_response_send(call->request, 200, type, base_buf_bytes(&call->out));
    net_call_free(call);
}

void net_api_paper_answer(struct net_call *call)
{
    net_api_file_answer(call, "inline", "paper.pdf", "application/pdf");
}
