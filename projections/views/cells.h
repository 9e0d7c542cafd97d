/* The cells that an event of the journal writes: what previews, reviews and repairs walk over.
 * Threads: the view's. */
#pragma once

#include "projections/fold.h"
#include "projections/views/view.h"

struct proj_cell {
    enum proj_what what;
    bool is_period; /* a period mark's: `what`, `lesson` and `column` say nothing */
    struct proj_lesson lesson;
    proj_id group, subject, pupil; /* pupil: zero where the cell is the whole class's */
    unsigned column;
    uint32_t index;                  /* of its tuple in the event */
    struct ledger_canon_value tuple; /* of `cells`; no value for a topic, a lesson … */
    struct base_bytes period;
    struct proj_key key; /* of its fact */
};

/* Calls `each` for every cell; none for events that write no journal, or whose lesson nobody ever
 * opened. `tuple` and `period` borrow from the event. */
void proj_each_cell(struct proj_view *view, const struct ledger_event *event,
                    void (*each)(void *data, const struct proj_cell *cell), void *data);

/* The version of a cell as people write it ("4", "б", "н/а", "—"); at least 64 bytes. */
void proj_cell_words(struct proj_view *view, const struct proj_cell *cell,
                     const struct proj_fact *fact, char *out, size_t size);
/* The same of the last counting version, "—" when there is none; gives its position or NONE. */
ledger_seq proj_cell_now(struct proj_view *view, struct proj_txn *txn, const struct proj_cell *cell,
                         char *out, size_t size);
/* The position that the author of a version saw in the cell. */
ledger_seq proj_cell_prev(const struct proj_cell *cell, const struct proj_fact *fact);
/* "mark", "attendance", "topic", "homework", "sheet", "lesson", "period". */
const char *proj_cell_name(const struct proj_cell *cell);

/* Whether the reader may read a page, for who walks over many cells: a page's lie together, so the
 * last answer is kept. Zeroed to begin with. */
struct proj_page_right {
    uint8_t page[2 * LEDGER_ID_LEN];
    bool known, open;
};
bool proj_page_is_open(struct proj_view *view, struct proj_page_right *right, const proj_id group,
                       const proj_id subject);

/* Absent, late or there: "н", "о", "+", without the reason, which is sealed. */
void proj_bare_attendance(const struct proj_fact *fact, char *out, size_t size);

/* Where a cell stands, twelve pairs of a map under way: what, group, subject, group_name,
 * subject_name, lesson, day, n, period, pupil, pupil_name, column. `nameless`: no pupil's name. */
void proj_put_place(struct proj_view *view, bool nameless, const struct proj_cell *cell);
/* Six of these pairs: group, subject, group_name, subject_name, pupil, pupil_name. */
void proj_put_names(struct proj_view *view, bool nameless, const struct proj_cell *cell);
/* Who wrote an entry and when, two pairs: name ("" when `nameless`), recorded. */
void proj_put_written(struct proj_view *view, bool nameless, ledger_seq seq);

/* The number of the act (reports counted from the oldest) whose report lies at or before the
 * position. */
unsigned proj_act_of(struct proj_txn *txn, ledger_seq report);
