/* What the views about one pupil share: the pages on which the pupil stands, why an absence was,
 * and what changed since a family looked. Threads: the view's. */
#pragma once

#include "projections/means.h"
#include "projections/views/view.h"

/* Calls `each` for every group, and subject taught in it, to which the pupil ever belonged; `span`
 * are the days inside. */
struct proj_pupil_page {
    const uint8_t *group, *subject;
    struct proj_span span;
};
void proj_each_pupil_page(struct proj_view *view, const proj_id pupil,
                          void (*each)(void *data, const struct proj_pupil_page *page), void *data);

/* The class in which the pupil is today, or was last; zero when there is none. */
void proj_class_of_pupil(struct proj_view *view, const proj_id pupil, proj_id out_class);

/* CT-7: why the pupil was absent on a day, as the last explanation that counts says: what the class
 * teacher has recorded or taken over holds; what the family said after that is told, and does not
 * hold. */
struct proj_excuse {
    ledger_seq held_seq, said_seq; /* NONE: there is none */
    uint8_t held[LEDGER_COMMITMENT_LEN], said[LEDGER_COMMITMENT_LEN];
};
void proj_excuse_find(struct proj_txn *txn, const proj_id pupil, base_day day,
                      struct proj_excuse *out_excuse);
/* The texts of an attendance cell, appended: `reason` that holds, `said` by the family. Both stay
 * empty unless the pupil is absent or, for the cell's own reason, late. */
void proj_absence_texts(struct proj_view *view, const proj_id pupil, base_day day,
                        const struct proj_attendance *cell, struct base_buf *out_reason,
                        struct base_buf *out_said);

/* A second look at the same state: at log size `size`, with what was known then. NULL when nothing
 * can differ (the log was not longer), and on a fault, which sticks in the view's transaction.
 * End it with proj_txn_end. */
struct proj_txn *proj_look_back(struct proj_view *view, ledger_seq size);
/* CT-3: does a cell that the pupil's diary shows (the pupil's own, or the whole class's) hold
 * another version than it did then? `then` NULL: no. */
bool proj_cell_changed(struct proj_txn *then, const struct proj_fact *fact);
bool proj_excuse_changed(struct proj_txn *then, struct proj_txn *now, const proj_id pupil,
                         base_day day);
/* The same for all of the diary of these days. */
bool proj_diary_changed(struct proj_view *view, const proj_id pupil, base_day from, base_day to,
                        ledger_seq since);

/* Absent lessons by the reason that holds. */
struct proj_absences {
    unsigned ill, valid, invalid, unknown, late;
};
void proj_absences_add(struct proj_absences *tally, struct proj_view *view, const proj_id pupil,
                       base_day day, const struct proj_attendance *cell);
void proj_put_absences(struct base_buf *out, const char *key, const struct proj_absences *tally);

/* By which rule the answer's means were made, as an entry `rule` of a map. */
void proj_put_mean_rule(struct base_buf *out, const struct proj_mean_rule *rule);

/* What teachers said to the pupil, and to the groups of it while it was in them: entries of an
 * array, newest last within each; returns how many. What was withdrawn is left out; `own_only`:
 * what others gave, too. */
uint32_t proj_put_advice(struct proj_view *view, const proj_id pupil, bool own_only);
/* One of the family, by the grant: that many entries of a map. */
#define PROJ_FAMILY_MEMBER_KEYS 9u
void proj_put_family_member(struct proj_view *view, const struct proj_grant *grant,
                            bool with_addresses);
/* Consent of an account on a child, or nil. */
void proj_put_consent(struct proj_view *view, const proj_id account, const proj_id pupil);
/* Where an account wants to be told (CT-2a), or nil; the addresses only when `with_addresses`. */
void proj_put_channel(struct proj_view *view, const proj_id account, bool with_addresses);
