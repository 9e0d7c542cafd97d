/* Everything the server answers, in one table. */
#include "net/api/routes.h"

#define READS (NET_API_STATE | NET_API_SESSION)
#define TRAVELS (READS | NET_API_MOMENT)

static const struct net_api_route routes[] = {
    /* Open to all */
    {"GET", "/{school}/checkpoint", 0, NULL, net_api_checkpoint_work, net_api_checkpoint_answer},
    {"GET", "/{school}/checkpoint.witnessed", 0, NULL, net_api_witnessed_work,
     net_api_checkpoint_answer},
    {"GET", "/{school}/tile/{rest...}", NET_API_STATE | NET_API_GUESSED, NULL, net_api_tile_work,
     net_api_tile_answer},
    {"GET", "/{school}/api/school", NET_API_STATE, NULL, net_api_school_work, NULL},
    {"GET", "/{school}/api/witnesses", 0, NULL, net_api_witnesses_work, NULL},
    {"GET", "/{school}/api/consistency", NET_API_STATE, NULL, net_api_consistency_work, NULL},
    {"POST", "/{school}/api/login/salt", NET_API_SMALL, NULL, net_api_salt_work, NULL},
    {"POST", "/{school}/api/login", NET_API_STATE | NET_API_SMALL, net_api_login_begin,
     net_api_login_work, net_api_login_answer},
    {"GET", "/{school}/api/challenge", 0, net_api_challenge_begin, NULL, NULL},
    {"POST", "/{school}/api/session", NET_API_STATE | NET_API_SMALL | NET_API_COOKIE,
     net_api_session_begin, net_api_session_work, net_api_session_answer},
    {"POST", "/{school}/api/events", 0, net_api_events_begin, net_api_events_work,
     net_api_events_answer},
    {"POST", "/{school}/api/credentials", NET_API_STATE | NET_API_SMALL, NULL,
     net_api_credentials_work, NULL},
    {"GET", "/{school}/api/invitation", NET_API_STATE, NULL, net_api_invitation_work, NULL},
    {"GET", "/{school}/api/counter", NET_API_STATE, NULL, net_api_counter_work, NULL},
    {"GET", "/{school}/api/key", NET_API_STATE, NULL, net_api_key_work, NULL},
    {"GET", "/{school}/api/emergency", NET_API_STATE, NULL, net_api_emergency_work, NULL},
    /* With a session */
    {"POST", "/{school}/api/logout", NET_API_COOKIE | NET_API_GUESSED | NET_API_SMALL,
     net_api_logout_begin, NULL, NULL},
    {"GET", "/{school}/api/me", READS, NULL, net_api_me_work, NULL},
    {"GET", "/{school}/api/day", TRAVELS, NULL, net_api_day_work, NULL},
    {"GET", "/{school}/api/pages", TRAVELS, NULL, net_api_pages_work, NULL},
    {"GET", "/{school}/api/journal", TRAVELS, NULL, net_api_journal_work, NULL},
    {"GET", "/{school}/api/cell", TRAVELS, NULL, net_api_cell_work, NULL},
    {"GET", "/{school}/api/diary", TRAVELS, NULL, net_api_diary_work, NULL},
    {"GET", "/{school}/api/children", TRAVELS, NULL, net_api_children_work, NULL},
    {"GET", "/{school}/api/summary", TRAVELS, NULL, net_api_summary_work, NULL},
    {"GET", "/{school}/api/filling", TRAVELS, NULL, net_api_filling_work, NULL},
    {"GET", "/{school}/api/results", TRAVELS, NULL, net_api_results_work, NULL},
    {"GET", "/{school}/api/cabinet", TRAVELS, NULL, net_api_cabinet_work, NULL},
    {"GET", "/{school}/api/timetable", TRAVELS, NULL, net_api_timetable_work, NULL},
    {"GET", "/{school}/api/family", READS, NULL, net_api_family_work, NULL},
    {"GET", "/{school}/api/class", READS, NULL, net_api_class_work, NULL},
    {"GET", "/{school}/api/class/sheet", TRAVELS, NULL, net_api_sheet_work, NULL},
    {"GET", "/{school}/api/class/lists", READS, NULL, net_api_lists_work, NULL},
    {"GET", "/{school}/api/pupil", READS, NULL, net_api_pupil_work, NULL},
    {"GET", "/{school}/api/classes", TRAVELS, NULL, net_api_classes_work, NULL},
    {"GET", "/{school}/api/attendance", TRAVELS, NULL, net_api_attendance_work, NULL},
    {"GET", "/{school}/api/remarks", TRAVELS, NULL, net_api_remarks_work, NULL},
    {"GET", "/{school}/api/issued", TRAVELS, NULL, net_api_issued_work, NULL},
    {"GET", "/{school}/api/locks", TRAVELS, NULL, net_api_locks_work, NULL},
    {"GET", "/{school}/api/accounts", TRAVELS, NULL, net_api_accounts_work, NULL},
    {"GET", "/{school}/api/breach/preview", READS, NULL, net_api_preview_work, NULL},
    {"GET", "/{school}/api/breaches", TRAVELS, NULL, net_api_breaches_work, NULL},
    {"GET", "/{school}/api/breach/act", READS, NULL, net_api_act_work, net_api_act_answer},
    {"GET", "/{school}/api/breach/evidence", READS, NULL, net_api_evidence_work, NULL},
    {"GET", "/{school}/api/moment", READS, NULL, net_api_moment_work, NULL},
    {"GET", "/{school}/api/stops", READS, NULL, net_api_stops_work, NULL},
    {"GET", "/{school}/api/difference", READS, NULL, net_api_difference_work, NULL},
    {"GET", "/{school}/api/repairs", READS, NULL, net_api_repairs_work, NULL},
    {"GET", "/{school}/api/notices", READS, NULL, net_api_notices_work, NULL},
    {"GET", "/{school}/api/table/summary", TRAVELS, NULL, net_api_summary_table_work,
     net_api_table_answer},
    {"GET", "/{school}/api/table/filling", TRAVELS, NULL, net_api_filling_table_work,
     net_api_table_answer},
    {"GET", "/{school}/api/paper/extract", READS, NULL, net_api_extract_work, net_api_paper_answer},
    {"GET", "/{school}/api/paper/journal", READS, NULL, net_api_journal_paper_work,
     net_api_paper_answer},
    {"GET", "/{school}/api/paper/sheet", READS, NULL, net_api_sheet_paper_work,
     net_api_paper_answer},
    {"GET", "/{school}/api/proof", READS, NULL, net_api_proof_work, NULL},
    {"GET", "/{school}/api/receipt", READS, NULL, net_api_receipt_work, net_api_receipt_answer},
    {"GET", "/{school}/api/live", READS, NULL, NULL, net_api_live_answer},
    /* No path under /api is a screen of the client. */
    {"GET", "/{school}/api/{rest...}", NET_API_SITE, NULL, NULL, net_api_nothing},
    {"POST", "/{school}/api/{rest...}", NET_API_SITE, NULL, NULL, net_api_nothing},
    /* The site */
    {"GET", "/", NET_API_SITE, NULL, net_api_root_work, net_api_root_answer},
    {"GET", "/healthz", NET_API_SITE, NULL, NULL, net_api_health_answer},
    {"GET", "/metrics", NET_API_SITE, NULL, NULL, net_api_metrics_answer},
    {"GET", "/{school}", 0, NULL, NULL, net_api_slash_answer},
    {"GET", "/{school}/", 0, NULL, NULL, net_api_client_answer},
    {"GET", "/{school}/{path...}", 0, NULL, NULL, net_api_client_answer},
};

const struct net_api_route *net_api_routes(size_t *out_count)
{
    *out_count = sizeof routes / sizeof routes[0];
    return routes;
}
