/* Names in the data set's files that are codes in the log, and who is whose. */
#pragma once

#include "tools/demo/world.h"

/* The class of a pupil ("" when there is none), and the class teacher of a class (or NULL). */
const char *demo_class_of(struct tool_table *pupils, const char *pupil);
struct demo_person *demo_class_teacher(struct demo *demo, struct tool_table *classes,
                                       const char *label);
