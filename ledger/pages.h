/* Do the pages of an environment hang together? LMDB believes them: a torn one ends the process.
 * Here each page that the trees reach is looked at first: its number, kind and bounds, its keys'
 * order, that nothing else reaches it and that no list calls it free. What stands in the values is
 * not looked at; that is verification's.
 * Threads: any; holds a reader for as long as it lasts. Cost: reads every page in use once. */
#pragma once

#include <lmdb.h>

#include "ledger/base/err.h"

/* LMDB believes what its first pages say, and would read behind the end of a file that was cut
 * short, which ends the process. 0, BASE_E_CORRUPT or another fault. */
int ledger_pages_fit(MDB_env *env, struct base_err *err) BASE_MUST_USE;
/* `env` is open; no database of it need be. Databases have one value a key, or many that are all as
 * long (MDB_DUPSORT | MDB_DUPFIXED). 0, BASE_E_CORRUPT (the text names the page and what is wrong
 * with it) or another fault. */
int ledger_pages_check(MDB_env *env, struct base_err *err) BASE_MUST_USE;
