/* The store of files with homework: <school>/files/<sha-256 in hex>, content-addressed, so that a
 * file is what the signed event says or it is not served. Nothing is ever overwritten or removed
 * here; what no event names is an orphan (letopis doctor counts them).
 * Threads: any. Errors: as said; the folder is made when it is first needed. */
#pragma once

#include "ledger/base/bytes.h"
#include "ledger/base/err.h"
#include "ledger/event.h"

/* Keeps the content, durably: written beside, synced, renamed. What is there already is not written
 * again. BASE_E_FULL: less than NET_FILES_FREE_LEN_MIN is free on the disk. */
int net_files_put(const char *school_dir, struct base_bytes content, struct ledger_hash *out_digest,
                  struct base_err *err) BASE_MUST_USE;
/* Appends the content and checks it against its name. BASE_E_MISSING; BASE_E_CORRUPT. */
int net_files_get(const char *school_dir, const struct ledger_hash *digest, struct base_buf *out,
                  struct base_err *err) BASE_MUST_USE;
