/* Ways to log in to the demonstration: each enrolled person's key, locked with the published
 * password, in the school's credentials. */
#pragma once

#include "tools/demo/world.h"

/* Writes <dir>/credentials for staff, the shown parents and the auditor, and <dir>/logins.csv,
 * which names them. Argon2id takes about a tenth of a second each; two at a time. */
int demo_write_logins(struct demo *demo, const char *dir, struct base_err *err) BASE_MUST_USE;
