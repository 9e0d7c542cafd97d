/* Lessons that entries folded in a row were about, and what was found out about them.
 *
 * A teacher's marks come one after the other, those of several teachers by turns, and each mark
 * asks the same of its lesson: what it is, who may write on it, whether its period is closed,
 * whether marks are given there at all. None of it changes while nothing but lessons, marks and
 * attendance is folded (proj_fold_is_nameless): those write cells, period marks and lessons. So it
 * is kept until something else is folded; a lesson that is opened anew is forgotten by itself.
 *
 * Only what allows is kept. What refuses, or depends on the day of recording, is asked each time.
 *
 * Shape:   zero is empty after proj_known_forget_all.
 * Threads: the writer's. */
#pragma once

#include "projections/facts.h"

#define PROJ_KNOWN_LESSON_COUNT 512u /* more than are written on at one time */

struct proj_known_lesson {
    uint32_t age;                  /* of its keeping; another than the present one: forgotten */
    bool is_unlocked;              /* its day lies in no closed period */
    bool is_marked;                /* marks are given there */
    bool has_writer;               /* there is an account … */
    uint8_t writer[LEDGER_ID_LEN]; /* … that may write on it, this one */
    struct proj_lesson lesson;
};

struct proj_known_lessons {
    uint32_t age;
    struct proj_known_lesson slots[PROJ_KNOWN_LESSON_COUNT];
};

void proj_known_forget_all(struct proj_known_lessons *known);
/* Forgets one lesson. */
void proj_known_forget(struct proj_known_lessons *known, const proj_id lesson);
/* The lesson as it counts at present, or NULL. */
struct proj_known_lesson *proj_known_find(struct proj_known_lessons *known, const proj_id lesson);
/* Keeps a lesson of which nothing else is known yet. */
struct proj_known_lesson *proj_known_keep(struct proj_known_lessons *known,
                                          const struct proj_lesson *lesson);
