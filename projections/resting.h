/* What may rest on what: the look-ups behind the `rest` functions of the folds (fold.h).
 * Each marks later positions that may have the named thing as a ground, by the indexes that the
 * facts are; none of them walks the log. Transitive grounds need no marking: what loses its ground
 * is judged, and then marks what rests on itself. Too many is slow, too few is wrong
 * (tests/projections/test_small.c, test_histories.c).
 * Threads: the transaction's. */
#pragma once

#include "projections/fold.h"

/* Every later version of the facts that begin with `prefix`. */
void proj_rest_on(struct proj_case *c, const struct proj_key *prefix, struct proj_marker *marker);

/* Everything under an account: what its keys signed, its keys' makings and ends, its grants, its
 * teaching. */
void proj_rest_on_account(struct proj_case *c, const proj_id account, struct proj_marker *marker);
/* The same, and what names the account: timetables, changed lessons. For the account's opening. */
void proj_rest_on_account_made(struct proj_case *c, const proj_id account,
                               struct proj_marker *marker);

/* A subject: groups, teaching, timetables, plans, control works and changes that name it. */
void proj_rest_on_subject(struct proj_case *c, const proj_id subject, struct proj_marker *marker);
/* A group: its changes, groups drawn from it, its members, teaching, timetable, control works,
 * changes, and roles whose scope it is. */
void proj_rest_on_group(struct proj_case *c, const proj_id group, struct proj_marker *marker);
/* The grade of a group: plans that were set by who teaches in it. */
void proj_rest_on_grade(struct proj_case *c, const proj_id group, struct proj_marker *marker);
/* Pupils, as members of a group: their cells on its pages, their period marks, the subgroups they
 * were placed in, and the access that their class teacher gave their families. `pupils` is the
 * event's list field, or NULL for the single pupil in field `pupil`. */
void proj_rest_on_members(struct proj_case *c, const proj_id group, const char *pupils,
                          struct proj_marker *marker);
/* Teaching of a subject in a group by an account: lessons, what stands on them, period marks, the
 * subject's plans. */
void proj_rest_on_teaching(struct proj_case *c, const proj_id group, const proj_id subject,
                           const proj_id account, struct proj_marker *marker);
/* The change of a lesson: what was written on that page for that day. */
void proj_rest_on_slot(struct proj_case *c, const proj_id group, const proj_id subject,
                       base_day day, struct proj_marker *marker);
