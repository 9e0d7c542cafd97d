/* The kinds of work that marks are for, in the words of the school (ST-3; specs/events.md, "Work"):
 * in files that are imported and in tables that are printed. */
#pragma once

#define PROJ_WORK_NAME_COUNT 15u

/* By number; [0] is empty, and a NULL follows the last. */
extern const char *const proj_work_names[PROJ_WORK_NAME_COUNT + 1];
/* The number of the kind with that name, 0: there is none. */
unsigned proj_work_of(const char *name);
