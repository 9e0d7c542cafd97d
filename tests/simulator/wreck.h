/* What is left of a school's folder when its server goes down. Failures end the process. */
#pragma once

#include "ledger/base/bytes.h"

/* The files as kill -9 leaves them: whatever was written, synced or not. */
void wreck_copy(const char *from, const char *to);
/* A file's content, whole. */
void wreck_read(const char *dir, const char *name, struct base_buf *out);
/* Power lost inside a commit: each page of the log's environment is the one before or the one
 * after, as the dice fall, but the two that name the trees, which are written last, are still those
 * before. */
void wreck_pages(const char *dir, struct base_bytes before, struct base_bytes after, uint64_t dice);
/* Power lost: of what is not synced nothing can be said. The projections become any bytes, as a
 * boot ago; `published` is as it was, or empty. */
void wreck_unsynced(const char *dir, uint64_t dice);
