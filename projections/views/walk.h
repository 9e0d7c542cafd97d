/* Ways through the school that several views go. Each hands on what counts, in the order of the
 * facts' keys. Threads: the view's. */
#pragma once

#include "projections/views/view.h"

/* A group, and what is written of it. */
typedef void proj_group_walker(void *data, const uint8_t *group_id, const struct proj_group *group);
/* Calls `each` for every group of the school. */
void proj_each_group(struct proj_view *view, proj_group_walker *each, void *data);
/* Calls `each` for every group that is drawn from the class. */
void proj_each_drawn_group(struct proj_view *view, const proj_id class_id, proj_group_walker *each,
                           void *data);
/* The same, and for the class itself. */
void proj_each_class_group(struct proj_view *view, const proj_id class_id, proj_group_walker *each,
                           void *data);

/* Subjects of a group, each once: those that somebody is assigned to teach, or also those whose
 * every assignment was struck out (their pages show what that left). */
enum proj_taught { PROJ_TAUGHT_STILL, PROJ_TAUGHT_EVER };
typedef void proj_subject_walker(void *data, const uint8_t *group_id, const uint8_t *subject_id);
void proj_each_subject_of(struct proj_view *view, const uint8_t *group_id, enum proj_taught taught,
                          proj_subject_walker *each, void *data);

/* Calls `each` for every grant, not revoked, whose scope this is: a class, a pupil. */
void proj_each_grant_on(struct proj_view *view, const proj_id scope,
                        void (*each)(void *data, ledger_seq seq, const struct proj_grant *grant),
                        void *data);
/* The same for who leads the class today. */
void proj_each_class_teacher(struct proj_view *view, const proj_id class_id,
                             void (*each)(void *data, ledger_seq seq,
                                          const struct proj_grant *grant),
                             void *data);
