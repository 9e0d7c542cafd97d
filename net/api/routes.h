/* The table of routes (specs/api.md) and the functions behind it, one file for each group. */
#pragma once

#include "net/api/call.h"
#include "net/credentials.h"

const struct net_api_route *net_api_routes(size_t *out_count);

/* login.c: by password */
void net_api_salt_work(struct net_call *call);
bool net_api_login_begin(struct net_call *call);
/* What the bodies of these three say; false: noted. Texts borrow from the call's body. */
bool net_api_login_read(struct net_call *call, struct base_bytes *out_login,
                        uint8_t out_proof[NET_PROOF_LEN]);
bool net_api_session_read(struct net_call *call, uint8_t out_challenge[NET_CHALLENGE_LEN],
                          struct ledger_key *out_key, uint8_t out_signature[LEDGER_SIGNATURE_LEN]);
bool net_api_credentials_read(struct net_call *call, struct net_credential *out_record,
                              uint8_t out_signature[LEDGER_SIGNATURE_LEN]);
void net_api_login_work(struct net_call *call);
void net_api_login_answer(struct net_call *call);
/* session.c: by signature */
bool net_api_challenge_begin(struct net_call *call);
bool net_api_session_begin(struct net_call *call);
void net_api_session_work(struct net_call *call);
void net_api_session_answer(struct net_call *call);
bool net_api_logout_begin(struct net_call *call);
/* keys.c: what keys may be asked about, and what unlocks them */
void net_api_credentials_work(struct net_call *call);
void net_api_invitation_work(struct net_call *call);
void net_api_counter_work(struct net_call *call);
void net_api_key_work(struct net_call *call);
void net_api_emergency_work(struct net_call *call);
/* views.c */
/* from=, to=: at most NET_API_RANGE_DAYS_MAX days; false when it has answered the mistake. */
bool net_api_query_range(struct net_call *call, base_day *out_from, base_day *out_to);
bool net_api_query_day(struct net_call *call, const char *name, base_day *out_day);
/* An id of the query that may be left out: then `*out` is NULL. `buffer` holds it. */
bool net_api_query_id_or_none(struct net_call *call, const char *name, proj_id buffer,
                              const uint8_t **out);
/* office.c */
void net_api_schedule_work(struct net_call *call);
void net_api_weeks_work(struct net_call *call);
void net_api_changes_work(struct net_call *call);
void net_api_staff_work(struct net_call *call);
void net_api_changes_table_work(struct net_call *call);
void net_api_works_work(struct net_call *call);
void net_api_group_work(struct net_call *call);
void net_api_groups_check_work(struct net_call *call);
void net_api_movement_work(struct net_call *call);
void net_api_movement_table_work(struct net_call *call);
void net_api_roster_work(struct net_call *call);
void net_api_year_work(struct net_call *call);
void net_api_settings_work(struct net_call *call);
void net_api_retention_work(struct net_call *call);
void net_api_person_work(struct net_call *call);
void net_api_handovers_work(struct net_call *call);
/* A proof's hashes as an entry `path` of a map. */
void net_api_put_path(struct base_buf *out, const struct ledger_hash *path, unsigned count);
/* reads.c */
void net_api_reads_work(struct net_call *call);
void net_api_plan_work(struct net_call *call);
void net_api_programme_work(struct net_call *call);
void net_api_programme_table_work(struct net_call *call);
void net_api_groups_work(struct net_call *call);
void net_api_works_check_work(struct net_call *call);
void net_api_works_table_work(struct net_call *call);
void net_api_school_work(struct net_call *call);
void net_api_me_work(struct net_call *call);
void net_api_day_work(struct net_call *call);
void net_api_pages_work(struct net_call *call);
void net_api_journal_work(struct net_call *call);
void net_api_cell_work(struct net_call *call);
void net_api_diary_work(struct net_call *call);
void net_api_children_work(struct net_call *call);
void net_api_results_work(struct net_call *call);
void net_api_cabinet_work(struct net_call *call);
void net_api_timetable_work(struct net_call *call);
void net_api_family_work(struct net_call *call);
void net_api_class_work(struct net_call *call);
void net_api_sheet_work(struct net_call *call);
void net_api_lists_work(struct net_call *call);
void net_api_pupil_work(struct net_call *call);
void net_api_accounts_work(struct net_call *call);
void net_api_preview_work(struct net_call *call);
void net_api_act_work(struct net_call *call);
void net_api_extract_work(struct net_call *call);
void net_api_journal_paper_work(struct net_call *call);
void net_api_sheet_paper_work(struct net_call *call);
void net_api_paper_answer(struct net_call *call);
/* What was made beside `out`, which the views are given in turn, becomes the answer; wiped. */
void net_api_made(struct net_call *call, int rc, struct base_buf *paper,
                  const struct base_err *err);
/* Sends what was made under the school's name and `name` (at most 64 bytes each); `disposition`
 * says whether browsers show or save it. Frees the call. */
void net_api_file_answer(struct net_call *call, const char *disposition, const char *name,
                         const char *type);
/* tables.c */
void net_api_summary_table_work(struct net_call *call);
void net_api_filling_table_work(struct net_call *call);
void net_api_table_answer(struct net_call *call);
void net_api_act_answer(struct net_call *call);
void net_api_breaches_work(struct net_call *call);
void net_api_summary_work(struct net_call *call);
void net_api_filling_work(struct net_call *call);
void net_api_classes_work(struct net_call *call);
/* deliveries.c */
void net_api_deliveries_work(struct net_call *call);
/* files.c */
bool net_api_file_begin(struct net_call *call);
void net_api_file_put_work(struct net_call *call);
void net_api_file_work(struct net_call *call);
void net_api_file_answer_bytes(struct net_call *call);
/* marks.c */
void net_api_closing_work(struct net_call *call);
void net_api_debts_work(struct net_call *call);
void net_api_comparison_work(struct net_call *call);
void net_api_comparison_table_work(struct net_call *call);
void net_api_attendance_work(struct net_call *call);
void net_api_remarks_work(struct net_call *call);
void net_api_issued_work(struct net_call *call);
void net_api_locks_work(struct net_call *call);
void net_api_evidence_work(struct net_call *call);
void net_api_moment_work(struct net_call *call);
void net_api_stops_work(struct net_call *call);
void net_api_difference_work(struct net_call *call);
void net_api_edits_work(struct net_call *call);
void net_api_edits_table_work(struct net_call *call);
void net_api_repairs_work(struct net_call *call);
void net_api_notices_work(struct net_call *call);
/* events.c */
bool net_api_events_begin(struct net_call *call);
void net_api_events_work(struct net_call *call);
void net_api_events_answer(struct net_call *call);
/* auditor.c */
void net_api_checkpoint_work(struct net_call *call);
void net_api_checkpoint_answer(struct net_call *call);
void net_api_witnessed_work(struct net_call *call);
void net_api_witnesses_work(struct net_call *call);
void net_api_receipt_work(struct net_call *call);
void net_api_receipt_answer(struct net_call *call);
void net_api_tile_work(struct net_call *call);
void net_api_tile_answer(struct net_call *call);
void net_api_proof_work(struct net_call *call);
void net_api_consistency_work(struct net_call *call);
/* site.c */
void net_api_live_answer(struct net_call *call);
void net_api_nothing(struct net_call *call);
void net_api_root_work(struct net_call *call);
void net_api_root_answer(struct net_call *call);
void net_api_slash_answer(struct net_call *call);
void net_api_client_answer(struct net_call *call);
void net_api_health_answer(struct net_call *call);
void net_api_metrics_answer(struct net_call *call);
