/* The void set as others write it (specs/formats.md, section 9): derived, written, compared. */
#pragma once

#include "tools/audit/audit.h"

/* Writes the set that follows from the replayed state. */
int audit_void_write(const char *path, struct proj_txn *txn, struct proj_source *source,
                     uint64_t *out_count, struct base_err *err) BASE_MUST_USE;
/* Reads FILE and holds it against the state; the first position that differs becomes the result's
 * finding. BASE_E_FORMAT when the file is no void set. */
int audit_void_compare(const char *path, struct proj_txn *txn, struct proj_source *source,
                       struct audit_result *result, struct base_err *err) BASE_MUST_USE;
