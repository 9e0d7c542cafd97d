/* The views of projections/views, each with its parameters; rights are judged there. */
#include "net/api/routes.h"
#include "net/limits.h"
#include "net/paper/office_tables.h"

#define DAY_MIN (-365 * 400)
#define DAY_MAX (365 * 8000)
#define TIME_MAX INT64_C(253402300799999) /* the end of year 9999 */

void net_api_school_work(struct net_call *call)
{
    struct proj_school school;
    struct ledger_head head;
    struct ledger_hash log_id;
    struct ledger_log *log = net_school_log(call->school);
    struct base_buf *out = &call->out;
    if (!proj_school_find(call->view.txn, &school)) {
        net_call_error(call, NET_ERROR_NOT_FOUND, NULL);
        return;
    }
    ledger_log_head(log, &head);
    ledger_log_id(log, &log_id);
    ledger_canon_put_map(out, 9);
    proj_put_str(out, "name", school.name);
    proj_put_str(out, "origin", school.origin);
    proj_put_str(out, "vkey", ledger_log_vkey(log));
    proj_put_hash(out, "log_id", log_id.bytes);
    proj_put_int(out, "size", (int64_t)head.size);
    proj_put_hash(out, "root", head.root.bytes);
    proj_put_int(out, "offset", school.offset_min);
    proj_put_str(out, "zone", school.zone);
    proj_put_bool(out, "demo", school.demo != 0);
}

void net_api_me_work(struct net_call *call)
{
    net_call_viewed(call, proj_view_me(&call->view, &call->session.key));
}

bool net_api_query_day(struct net_call *call, const char *name, base_day *out_day)
{
    int64_t day;
    if (!net_call_query_int(call, name, DAY_MIN, DAY_MAX, &day))
        return false;
    *out_day = (base_day)day;
    return true;
}

bool net_api_query_range(struct net_call *call, base_day *out_from, base_day *out_to)
{
    if (!net_api_query_day(call, "from", out_from) || !net_api_query_day(call, "to", out_to))
        return false;
    if (*out_to < *out_from || *out_to - *out_from > NET_API_RANGE_DAYS_MAX) {
        net_call_error(call, NET_ERROR_BAD_PARAMETER, "to");
        return false;
    }
    return true;
}

void net_api_day_work(struct net_call *call)
{
    base_day day;
    if (net_api_query_day(call, "day", &day))
        net_call_viewed(call, proj_view_day(&call->view, day));
}

void net_api_pages_work(struct net_call *call)
{
    net_call_viewed(call, proj_view_pages(&call->view));
}

void net_api_journal_work(struct net_call *call)
{
    proj_id group, subject;
    base_day from, to;
    if (net_call_query_bin(call, "group", group, sizeof group) &&
        net_call_query_bin(call, "subject", subject, sizeof subject) &&
        net_api_query_range(call, &from, &to))
        net_call_viewed(call, proj_view_journal(&call->view, group, subject, from, to));
}

static void period_cell(struct net_call *call)
{
    proj_id group, subject, pupil;
    struct base_bytes period = base_bytes_str(net_request_query(call->request, "period"));
    if (net_call_query_bin(call, "group", group, sizeof group) &&
        net_call_query_bin(call, "subject", subject, sizeof subject) &&
        net_call_query_bin(call, "pupil", pupil, sizeof pupil))
        net_call_viewed(call, proj_view_period_cell(&call->view, group, subject, period, pupil));
}

void net_api_cell_work(struct net_call *call)
{
    proj_id lesson, pupil;
    int64_t column = 0;
    const char *what = net_request_query(call->request, "what");
    enum proj_what which = PROJ_WHAT_ATTENDANCE;
    if (net_request_query(call->request, "period") != NULL) {
        period_cell(call);
        return;
    }
    if (!net_call_query_bin(call, "lesson", lesson, sizeof lesson))
        return;
    if (what != NULL) {
        if (strcmp(what, "topic") != 0 && strcmp(what, "homework") != 0) {
            net_call_error(call, NET_ERROR_BAD_PARAMETER, "what");
            return;
        }
        which = what[0] == 't' ? PROJ_WHAT_TOPIC : PROJ_WHAT_HOMEWORK;
        net_call_viewed(call, proj_view_cell(&call->view, lesson, NULL, which, 0));
        return;
    }
    if (!net_call_query_bin(call, "pupil", pupil, sizeof pupil))
        return;
    if (net_request_query(call->request, "column") != NULL) {
        which = PROJ_WHAT_MARK;
        if (!net_call_query_int(call, "column", 0, 15, &column))
            return;
    }
    net_call_viewed(call, proj_view_cell(&call->view, lesson, pupil, which, (unsigned)column));
}

void net_api_diary_work(struct net_call *call)
{
    proj_id pupil;
    base_day from, to;
    if (net_call_query_bin(call, "pupil", pupil, sizeof pupil) &&
        net_api_query_range(call, &from, &to))
        net_call_viewed(call, proj_view_diary(&call->view, pupil, from, to));
}

typedef int pupil_days_view(struct proj_view *view, const proj_id pupil, base_day from,
                            base_day to);

static void view_pupil_days(struct net_call *call, const char *name, pupil_days_view *see)
{
    proj_id id;
    base_day from, to;
    if (net_call_query_bin(call, name, id, sizeof id) && net_api_query_range(call, &from, &to))
        net_call_viewed(call, see(&call->view, id, from, to));
}

void net_api_results_work(struct net_call *call)
{
    view_pupil_days(call, "pupil", proj_view_results);
}

void net_api_cabinet_work(struct net_call *call)
{
    view_pupil_days(call, "pupil", proj_view_cabinet);
}

void net_api_timetable_work(struct net_call *call)
{
    view_pupil_days(call, "pupil", proj_view_timetable);
}

void net_api_sheet_work(struct net_call *call)
{
    view_pupil_days(call, "group", proj_view_sheet);
}

void net_api_family_work(struct net_call *call)
{
    net_call_viewed(call, proj_view_family(&call->view));
}

void net_api_class_work(struct net_call *call)
{
    proj_id group;
    base_day week;
    if (net_call_query_bin(call, "group", group, sizeof group) &&
        net_api_query_day(call, "week", &week))
        net_call_viewed(call, proj_view_form(&call->view, group, week));
}

void net_api_lists_work(struct net_call *call)
{
    proj_id group;
    if (net_call_query_bin(call, "group", group, sizeof group))
        net_call_viewed(call, proj_view_lists(&call->view, group));
}

void net_api_pupil_work(struct net_call *call)
{
    proj_id pupil;
    if (net_call_query_bin(call, "pupil", pupil, sizeof pupil))
        net_call_viewed(call, proj_view_card(&call->view, pupil));
}

void net_api_children_work(struct net_call *call)
{
    proj_id group;
    bool has_group = net_request_query(call->request, "group") != NULL;
    if (!has_group || net_call_query_bin(call, "group", group, sizeof group))
        net_call_viewed(call, proj_view_children(&call->view, has_group ? group : NULL));
}

void net_api_accounts_work(struct net_call *call)
{
    const char *find = net_request_query(call->request, "find");
    net_call_viewed(call,
                    proj_view_accounts(&call->view, base_bytes_str(find != NULL ? find : "")));
}

void net_api_preview_work(struct net_call *call)
{
    struct ledger_key target;
    int64_t breach;
    if (net_call_query_bin(call, "target", target.bytes, sizeof target.bytes) &&
        net_call_query_int(call, "breach", 0, TIME_MAX, &breach))
        net_call_viewed(call, proj_view_preview(&call->view, &target, breach));
}

void net_api_breaches_work(struct net_call *call)
{
    net_call_viewed(call, proj_view_breaches(&call->view));
}

void net_api_summary_work(struct net_call *call)
{
    proj_id group;
    if (net_call_query_bin(call, "group", group, sizeof group))
        net_call_viewed(call, proj_view_summary(&call->view, group));
}

void net_api_filling_work(struct net_call *call)
{
    proj_id group, subject;
    base_day from, to;
    if (!net_api_query_range(call, &from, &to))
        return;
    if (net_request_query(call->request, "group") == NULL)
        net_call_viewed(call, proj_view_filling(&call->view, from, to));
    else if (net_call_query_bin(call, "group", group, sizeof group) &&
             net_call_query_bin(call, "subject", subject, sizeof subject))
        net_call_viewed(call, proj_view_filling_of(&call->view, group, subject, from, to));
}

void net_api_classes_work(struct net_call *call)
{
    net_call_viewed(call, proj_view_classes(&call->view));
}

void net_api_attendance_work(struct net_call *call)
{
    proj_id group;
    base_day from, to;
    if (net_call_query_bin(call, "group", group, sizeof group) &&
        net_api_query_range(call, &from, &to))
        net_call_viewed(call, proj_view_attendance(&call->view, group, from, to));
}

void net_api_remarks_work(struct net_call *call)
{
    net_call_viewed(call, proj_view_remarks(&call->view));
}

void net_api_issued_work(struct net_call *call)
{
    net_call_viewed(call, proj_view_issued(&call->view));
}

void net_api_locks_work(struct net_call *call)
{
    proj_id group;
    if (net_call_query_bin(call, "group", group, sizeof group))
        net_call_viewed(call, proj_view_locks(&call->view, group));
}

void net_api_evidence_work(struct net_call *call)
{
    net_call_viewed(call, proj_view_evidence(&call->view));
}

void net_api_moment_work(struct net_call *call)
{
    int64_t time;
    int64_t position;
    if (net_request_query(call->request, "position") != NULL) {
        if (net_call_query_int(call, "position", 1, INT64_MAX, &position))
            net_call_viewed(call, proj_view_moment_at(&call->view, (ledger_seq)position));
        return;
    }
    if (net_call_query_int(call, "time", 0, TIME_MAX, &time))
        net_call_viewed(call, proj_view_moment(&call->view, time));
}

void net_api_stops_work(struct net_call *call)
{
    proj_id group, subject;
    base_day from, to;
    if (net_call_query_bin(call, "group", group, sizeof group) &&
        net_call_query_bin(call, "subject", subject, sizeof subject) &&
        net_api_query_range(call, &from, &to))
        net_call_viewed(call, proj_view_stops(&call->view, group, subject, from, to));
}

bool net_api_query_id_or_none(struct net_call *call, const char *name, proj_id buffer,
                              const uint8_t **out)
{
    *out = NULL;
    if (net_request_query(call->request, name) == NULL)
        return true;
    *out = buffer;
    return net_call_query_bin(call, name, buffer, LEDGER_ID_LEN);
}

void net_api_difference_work(struct net_call *call)
{
    proj_id ids[3];
    const uint8_t *group;
    const uint8_t *subject;
    const uint8_t *pupil;
    struct proj_moment from;
    struct proj_moment to;
    if (net_call_query_moment(call, "from", "from_known", &from) &&
        net_call_query_moment(call, "to", "to_known", &to) &&
        net_api_query_id_or_none(call, "group", ids[0], &group) &&
        net_api_query_id_or_none(call, "subject", ids[1], &subject) &&
        net_api_query_id_or_none(call, "pupil", ids[2], &pupil))
        net_call_viewed(call, proj_view_difference(&call->view, &from, &to, group, subject, pupil));
}

/* What a list of edits is asked for: days, and both of group and subject or neither. */
struct edits_query {
    base_day from, to;
    proj_id ids[2];
    const uint8_t *group, *subject;
};

static bool query_edits(struct net_call *call, struct edits_query *out)
{
    if (!net_api_query_range(call, &out->from, &out->to) ||
        !net_api_query_id_or_none(call, "group", out->ids[0], &out->group) ||
        !net_api_query_id_or_none(call, "subject", out->ids[1], &out->subject))
        return false;
    bool is_half = (out->group == NULL) != (out->subject == NULL);
    if (is_half)
        net_call_error(call, NET_ERROR_BAD_PARAMETER, out->group == NULL ? "group" : "subject");
    return !is_half;
}

void net_api_edits_work(struct net_call *call)
{
    struct edits_query q;
    if (query_edits(call, &q))
        net_call_viewed(call, proj_view_edits(&call->view, q.from, q.to, q.group, q.subject));
}

void net_api_edits_table_work(struct net_call *call)
{
    struct edits_query q;
    struct base_buf table = {0};
    struct base_err err = {0};
    if (!query_edits(call, &q))
        return;
    int rc = net_table_edits(&call->view, q.from, q.to, q.group, q.subject, &table, &err);
    net_api_made(call, rc, &table, &err);
}

void net_api_repairs_work(struct net_call *call)
{
    int64_t all = 0;
    if (net_request_query(call->request, "all") == NULL ||
        net_call_query_int(call, "all", 0, 1, &all))
        net_call_viewed(call, proj_view_repairs(&call->view, all != 0));
}

void net_api_notices_work(struct net_call *call)
{
    proj_id pupil;
    int64_t since;
    if (net_call_query_bin(call, "pupil", pupil, sizeof pupil) &&
        net_call_query_int(call, "since", 0, INT64_MAX, &since))
        net_call_viewed(call, proj_view_notices(&call->view, pupil, (ledger_seq)since));
}
