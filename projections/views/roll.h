/* A class as its teacher works with it: who is in it, and on which pages. Threads: the view's. */
#pragma once

#include "projections/views/pupil.h"
#include "projections/views/walk.h"

#define PROJ_ROLL_COUNT_MAX 200 /* pupils that were in one class in a year */

struct proj_roll_pupil {
    proj_id id;
    struct proj_span span;
    char name[PROJ_NAME_LEN_MAX];
};

struct proj_roll {
    proj_id class_id;
    struct proj_group group;
    struct proj_roll_pupil *pupils; /* by name; freed by proj_roll_free */
    unsigned count;
};

/* CT-5: whether the reader leads the class, or the school: PROJ_VIEW_DONE, FORBIDDEN, MISSING. */
int proj_may_lead_class(struct proj_view *view, const proj_id class_id);
/* The pupils who were in the class on some day of the span. Faults stick in the transaction; then
 * it is empty. */
void proj_roll_read(struct proj_view *view, const proj_id class_id, base_day from, base_day to,
                    struct proj_roll *out_roll);
void proj_roll_free(struct proj_roll *roll);
/* -1: not on the roll. */
int proj_roll_find(const struct proj_roll *roll, const uint8_t *pupil);
