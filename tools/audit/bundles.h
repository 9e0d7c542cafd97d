/* A log as C2SP tiles in a folder: `checkpoint`, `tile/entries/…`, `tile/0/…`. Entries are read at
 * random through a few cached bundles.
 * Threads: one handle belongs to one thread. */
#pragma once

#include "ledger/verify.h"
#include "projections/engine.h"

struct audit_bundles;

int audit_bundles_open(const char *dir, uint64_t size, struct audit_bundles **out_bundles,
                       struct base_err *err) BASE_MUST_USE;
void audit_bundles_close(struct audit_bundles *bundles);
/* Entry bytes, borrowed until AUDIT_BUNDLE_CACHE_COUNT other bundles have been read. */
#define AUDIT_BUNDLE_CACHE_COUNT 8
int audit_bundles_entry(struct audit_bundles *bundles, ledger_seq seq, struct base_bytes *out_entry,
                        struct base_err *err) BASE_MUST_USE;
struct ledger_source audit_bundles_source(struct audit_bundles *bundles);
struct proj_source audit_bundles_proj_source(struct audit_bundles *bundles);
