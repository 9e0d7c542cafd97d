/* Do the pages of an environment hang together? LMDB believes them: a torn one ends the process.
 * Here each page that the trees reach is looked at first: its number, kind and bounds, its keys'
 * order, that nothing else reaches it and that no list calls it free. What stands in the values is
 * not looked at; that is verification's.
 * Threads: any; holds a reader for as long as it lasts. Cost: reads every page in use once. */
#pragma once

#include <lmdb.h>

#include "ledger/base/err.h"

/* `env` is open; no database of it need be. Databases with duplicates are not known here. 0,
 * BASE_E_CORRUPT (the text names the page and what is wrong with it) or another fault. */
int ledger__pages_check(MDB_env *env, struct base_err *err) BASE_MUST_USE;
