/* What a server has noticed about itself that somebody must look at: a damaged log, a verdict that
 * was not libsodium's. The server's log tells it, and the school's file "alarms" keeps it over
 * restarts, a line each (time, what, where), until an operator has looked and removes the file:
 * `letopis doctor` shows it, the metric `letopis_alarms` counts the schools that have one.
 * Threads: any; a line leaves in one write. */
#pragma once

#include "ledger/base/err.h"

#define NET_ALARMS_FILE "alarms"

/* Adds a line, and syncs it. A file that has reached NET_ALARMS_LEN_MAX takes no more: it says
 * already that somebody must look. BASE_E_IO, BASE_E_FULL. */
int net_alarms_note(const char *dir, const char *what, const char *where,
                    struct base_err *err) BASE_MUST_USE;
/* Is there something that nobody has settled yet? */
bool net_alarms_stand(const char *dir);
