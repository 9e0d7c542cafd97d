/* The school's organisation: timetable, replacements and what belongs to them (specs/api.md). */
#include "net/api/routes.h"
#include "net/paper/office_tables.h"

void net_api_schedule_work(struct net_call *call)
{
    proj_id ids[2];
    const uint8_t *group;
    const uint8_t *account;
    base_day from, to;
    if (net_api_query_id_or_none(call, "group", ids[0], &group) &&
        net_api_query_id_or_none(call, "account", ids[1], &account) &&
        net_api_query_range(call, &from, &to))
        net_call_viewed(call, proj_view_schedule(&call->view, group, account, from, to));
}

void net_api_weeks_work(struct net_call *call)
{
    base_day day;
    if (net_api_query_day(call, "day", &day))
        net_call_viewed(call, proj_view_weeks(&call->view, day));
}

void net_api_changes_work(struct net_call *call)
{
    base_day from, to;
    if (net_api_query_range(call, &from, &to))
        net_call_viewed(call, proj_view_changes(&call->view, from, to));
}

void net_api_staff_work(struct net_call *call)
{
    net_call_viewed(call, proj_view_staff(&call->view));
}

typedef int span_table(struct proj_view *view, base_day from, base_day to, struct base_buf *out,
                       struct base_err *err);

static void make_span_table(struct net_call *call, span_table *make)
{
    struct base_buf table = {0};
    struct base_err err = {0};
    base_day from, to;
    if (!net_api_query_range(call, &from, &to))
        return;
    int rc = make(&call->view, from, to, &table, &err);
    net_api_made(call, rc, &table, &err);
}

void net_api_changes_table_work(struct net_call *call)
{
    make_span_table(call, net_table_changes);
}

void net_api_works_work(struct net_call *call)
{
    proj_id id;
    const uint8_t *group;
    base_day from, to;
    if (net_api_query_id_or_none(call, "group", id, &group) &&
        net_api_query_range(call, &from, &to))
        net_call_viewed(call, proj_view_works(&call->view, group, from, to));
}

void net_api_works_check_work(struct net_call *call)
{
    proj_id group;
    base_day day;
    int64_t shift, n;
    if (net_call_query_bin(call, "group", group, sizeof group) &&
        net_api_query_day(call, "day", &day) && net_call_query_int(call, "shift", 1, 2, &shift) &&
        net_call_query_int(call, "n", 1, 20, &n))
        net_call_viewed(
            call, proj_view_works_check(&call->view, group, day, (unsigned)shift, (unsigned)n));
}

void net_api_works_table_work(struct net_call *call)
{
    make_span_table(call, net_table_works);
}

void net_api_groups_work(struct net_call *call)
{
    net_call_viewed(call, proj_view_groups(&call->view));
}

void net_api_plan_work(struct net_call *call)
{
    proj_id group, subject;
    if (net_call_query_bin(call, "group", group, sizeof group) &&
        net_call_query_bin(call, "subject", subject, sizeof subject))
        net_call_viewed(call, proj_view_plan(&call->view, group, subject));
}

void net_api_programme_work(struct net_call *call)
{
    base_day day;
    if (net_api_query_day(call, "day", &day))
        net_call_viewed(call, proj_view_programme(&call->view, day));
}

void net_api_programme_table_work(struct net_call *call)
{
    struct base_buf table = {0};
    struct base_err err = {0};
    base_day day;
    if (!net_api_query_day(call, "day", &day))
        return;
    int rc = net_table_programme(&call->view, day, &table, &err);
    net_api_made(call, rc, &table, &err);
}

void net_api_retention_work(struct net_call *call)
{
    int64_t all = 0;
    if (net_request_query(call->request, "all") == NULL ||
        net_call_query_int(call, "all", 0, 1, &all))
        net_call_viewed(call, proj_view_retention(&call->view, all == 1));
}

void net_api_settings_work(struct net_call *call)
{
    net_call_viewed(call, proj_view_settings(&call->view));
}

void net_api_year_work(struct net_call *call)
{
    net_call_viewed(call, proj_view_year(&call->view));
}

void net_api_movement_work(struct net_call *call)
{
    base_day from, to;
    if (net_api_query_range(call, &from, &to))
        net_call_viewed(call, proj_view_movement(&call->view, from, to));
}

void net_api_movement_table_work(struct net_call *call)
{
    make_span_table(call, net_table_movement);
}

void net_api_roster_work(struct net_call *call)
{
    proj_id group;
    if (net_call_query_bin(call, "group", group, sizeof group))
        net_call_viewed(call, proj_view_roster(&call->view, group));
}

void net_api_group_work(struct net_call *call)
{
    proj_id group;
    if (net_call_query_bin(call, "group", group, sizeof group))
        net_call_viewed(call, proj_view_group(&call->view, group));
}

void net_api_groups_check_work(struct net_call *call)
{
    net_call_viewed(call, proj_view_groups_check(&call->view));
}
