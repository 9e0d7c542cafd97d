/* Views of marks beyond the page: the year, debt points, control works. */
#include "net/api/routes.h"
#include "net/paper/tables.h"

void net_api_closing_work(struct net_call *call)
{
    proj_id group, subject;
    if (!net_call_query_bin(call, "group", group, sizeof group))
        return;
    if (net_request_query(call->request, "subject") == NULL)
        net_call_viewed(call, proj_view_closing_of_class(&call->view, group));
    else if (net_call_query_bin(call, "subject", subject, sizeof subject))
        net_call_viewed(call, proj_view_closing(&call->view, group, subject));
}

void net_api_debts_work(struct net_call *call)
{
    proj_id id;
    if (net_request_query(call->request, "group") != NULL) {
        if (net_call_query_bin(call, "group", id, sizeof id))
            net_call_viewed(call, proj_view_debts_of_class(&call->view, id));
    } else if (net_call_query_bin(call, "pupil", id, sizeof id)) {
        net_call_viewed(call, proj_view_debts(&call->view, id));
    }
}

void net_api_comparison_work(struct net_call *call)
{
    proj_id group;
    const char *period = net_request_query(call->request, "period");
    if (period == NULL || *period == '\0')
        net_call_error(call, NET_ERROR_BAD_PARAMETER, "period");
    else if (net_request_query(call->request, "group") == NULL)
        net_call_viewed(call, proj_view_comparison_of_school(&call->view, period));
    else if (net_call_query_bin(call, "group", group, sizeof group))
        net_call_viewed(call, proj_view_comparison(&call->view, group, period));
}

void net_api_comparison_table_work(struct net_call *call)
{
    struct base_buf table = {0};
    struct base_err err = {0};
    proj_id group;
    const char *period = net_request_query(call->request, "period");
    bool whole = net_request_query(call->request, "group") == NULL;
    if (period == NULL || *period == '\0') {
        net_call_error(call, NET_ERROR_BAD_PARAMETER, "period");
        return;
    }
    if (!whole && !net_call_query_bin(call, "group", group, sizeof group))
        return;
    int rc = net_table_comparison(&call->view, whole ? NULL : group, period, &table, &err);
    net_api_made(call, rc, &table, &err);
}
