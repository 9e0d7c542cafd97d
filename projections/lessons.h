/* What the folds of a lesson share: finding it and who may write on it. */
#pragma once

#include "projections/fold.h"

/* The lesson that the body's field `lesson` names, as it counts below the case's position. 0 or
 * the refusal `unknown_referent`. */
int proj_case_lesson(struct proj_case *c, struct proj_lesson *out_lesson);
/* The same whether it counts or not: `apply` runs for every event. */
bool proj_case_lesson_any(struct proj_case *c, struct proj_lesson *out_lesson);
/* The same for who knows that the field usually stands `at` (proj_body_bin_at). */
bool proj_case_lesson_at(struct proj_case *c, unsigned at, struct proj_lesson *out_lesson);
/* What is remembered of this lesson, or NULL. */
struct proj_known_lesson *proj_case_known(struct proj_case *c, const struct proj_lesson *lesson);
/* proj_may_write_lesson for the author, who is remembered. */
bool proj_case_may_write(struct proj_case *c, const struct proj_lesson *lesson);
/* ST-1, ST-8: the lesson exists and the author may write on it. 0 or the refusal. */
int proj_case_writes_lesson(struct proj_case *c, struct proj_lesson *out_lesson);
/* A cell's pupil is a member of the lesson's group on the lesson's day. 0 or the refusal. */
int proj_case_member(struct proj_case *c, const struct proj_lesson *lesson,
                     const struct proj_cells *cells);
/* No pupil twice among the cells. 0 or the refusal. */
int proj_case_distinct(struct proj_case *c);
/* Marks are given there at all: not in grade 1, not on unmarked subjects (ST-5: «безотм»). 0 or the
 * refusal (marks.c). */
int proj_case_marked(struct proj_case *c, const struct proj_lesson *lesson);
/* The ground of cells of pupils on a lesson: the author may write on it, and each of them is a
 * member of its group on its day. */
int proj_case_writes_cells(struct proj_case *c);
/* The lesson's day lies in no closed period, or the event, which writes `what`, only affirms what
 * was struck out. 0 or the refusal `period_closed`. */
int proj_case_unlocked(struct proj_case *c, const struct proj_lesson *lesson, enum proj_what what);
/* The lesson counts and is unlocked for `what`. 0 or the refusal. */
int proj_case_open_lesson(struct proj_case *c, enum proj_what what, struct proj_lesson *out_lesson);
/* The same of an event with cells, which name no pupil twice. */
int proj_case_open_cells(struct proj_case *c, enum proj_what what, struct proj_lesson *out_lesson);
