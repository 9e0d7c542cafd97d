/* What has become of the messages to families (specs/api.md, "deliveries"). */
#include "net/deliveries.h"

#include "net/api/routes.h"

static int walk(void *data, void (*each)(void *data, const struct net_message *message),
                void *each_data, struct base_err *err)
{
    return net_courier_each(data, each, each_data, err);
}

void net_api_deliveries_work(struct net_call *call)
{
    struct base_err err = {0};
    proj_id group;
    struct net_courier *courier = net_school_courier(call->school);
    bool has_group = net_request_query(call->request, "group") != NULL;
    if (has_group && !net_call_query_bin(call, "group", group, sizeof group))
        return;
    int rc = net_deliveries_put(&call->view, has_group ? group : NULL,
                                courier != NULL ? walk : NULL, courier, &err);
    if (rc < 0)
        net_call_fault(call, &err);
    else
        net_call_viewed(call, rc);
}
