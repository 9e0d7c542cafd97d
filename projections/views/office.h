/* What the views of the school's organisation share: who reads it, and putting what several of
 * them show. Threads: the view's. */
#pragma once

#include "projections/planned.h"
#include "projections/views/view.h"

/* Head, deputy head and office, who arrange the school (and the operator). */
bool proj_reads_arrangements(struct proj_view *view);
/* All who work at the school (and the operator): for what holds nothing personal. */
bool proj_reads_as_staff(struct proj_view *view);
/* The account leads that class today. */
bool proj_leads_class(struct proj_view *view, const proj_id class_id);
/* Arrangements, or who leads that class. */
bool proj_reads_class_arrangements(struct proj_view *view, const proj_id class_id);
/* What a group is: id, name, kind, grade, shift and days, six entries of a map. */
void proj_put_group_head(struct base_buf *out, const proj_id id, const struct proj_group *group);
/* An account with its short name: two entries of a map, `key` and `key`_name. */
void proj_put_person(struct proj_view *view, const char *key, const proj_id account);
/* An erasure as a map: seq, ground, reference, author and second with their names, recorded. */
void proj_put_erasing(struct proj_view *view, ledger_seq seq, const struct proj_erasing *how);
/* The text behind the commitment as an entry, as proj_view_shown_text; empty when there is none. */
void proj_put_sealed(struct proj_view *view, const char *key, bool there,
                     const uint8_t commitment[LEDGER_COMMITMENT_LEN]);
/* Has its bell rung out on that day? */
bool proj_slot_is_over(struct proj_view *view, const struct proj_slot *slot, base_day day);
/* Has a counting lesson of that slot been recorded in the journal? */
bool proj_slot_is_recorded(struct proj_view *view, const struct proj_slot *slot, base_day day);
