/* Views of marks beyond the page: the year, debt points. */
#include "net/api/routes.h"

void net_api_year_work(struct net_call *call)
{
    proj_id group, subject;
    if (!net_call_query_bin(call, "group", group, sizeof group))
        return;
    if (net_request_query(call->request, "subject") == NULL)
        net_call_viewed(call, proj_view_year_of_class(&call->view, group));
    else if (net_call_query_bin(call, "subject", subject, sizeof subject))
        net_call_viewed(call, proj_view_year(&call->view, group, subject));
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
