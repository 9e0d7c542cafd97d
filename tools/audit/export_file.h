/* A log as one file of entries: for each, its length as big-endian uint32, then its bytes
 * (specs/formats.md, section 9). It carries no checkpoint, so what is derived from it is true of
 * the file; whose log that is, its root tells to whoever has a checkpoint. Threads: one handle
 * belongs to one thread. */
#pragma once

#include "ledger/verify.h"
#include "projections/engine.h"

struct audit_file;

/* Maps the file and finds its entries; BASE_E_FORMAT when the lengths do not come out. */
int audit_file_open(const char *path, struct audit_file **out_file,
                    struct base_err *err) BASE_MUST_USE;
void audit_file_close(struct audit_file *file);
uint64_t audit_file_size(const struct audit_file *file);
/* The RFC 6962 root of the entries. */
void audit_file_root(const struct audit_file *file, struct ledger_hash *out_root);
struct ledger_source audit_file_source(struct audit_file *file);
struct proj_source audit_file_proj_source(struct audit_file *file);
