/* Tables for spreadsheets (specs/api.md). */
#include "net/paper/tables.h"

#include <stdio.h>

#include "net/api/routes.h"

void net_api_summary_table_work(struct net_call *call)
{
    struct base_buf table = {0};
    struct base_err err = {0};
    proj_id group;
    if (!net_call_query_bin(call, "group", group, sizeof group))
        return;
    int rc = net_table_summary(&call->view, group, &table, &err);
    net_api_made(call, rc, &table, &err);
}

void net_api_filling_table_work(struct net_call *call)
{
    struct base_buf table = {0};
    struct base_err err = {0};
    base_day from;
    base_day to;
    if (!net_api_query_range(call, &from, &to))
        return;
    int rc = net_table_filling(&call->view, from, to, &table, &err);
    net_api_made(call, rc, &table, &err);
}

void net_api_table_answer(struct net_call *call)
{
    net_api_file_answer(call, "attachment", "table.xlsx",
                        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet");
}
