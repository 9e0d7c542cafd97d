/* Names in the data set's files that are codes in the log. */
#pragma once

/* "контрольная работа" → 4; 0 for none or unknown. */
unsigned demo_work_code(const char *name);
