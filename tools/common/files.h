/* Folders and small files for the programs. */
#pragma once

#include "ledger/base/bytes.h"
#include "ledger/base/err.h"

/* Makes a folder and those above it, mode 0700 for what is new. */
int tool_dir_make(const char *path, struct base_err *err) BASE_MUST_USE;
/* True when something is there. */
bool tool_file_exists(const char *path);
/* Appends the whole file; BASE_E_MISSING, BASE_E_IO, BASE_E_LIMIT. */
int tool_file_read(const char *path, size_t len_max, struct base_buf *out,
                   struct base_err *err) BASE_MUST_USE;
/* Writes beside and renames, so that nobody sees half of it. */
int tool_file_write(const char *path, unsigned mode, struct base_bytes bytes,
                    struct base_err *err) BASE_MUST_USE;
/* Makes a rename in this folder survive a power cut. */
int tool_dir_sync(const char *path, struct base_err *err) BASE_MUST_USE;
/* Takes the lock <dir>/<name> that makes this process the only one; BASE_E_BUSY when another has
 * it. Held until `*out_fd` is closed. */
int tool_dir_lock(const char *dir, const char *name, int *out_fd,
                  struct base_err *err) BASE_MUST_USE;
