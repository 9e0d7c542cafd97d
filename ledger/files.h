/* The files beside the log's environment: keys, the lock, the last published checkpoint.
 * Threads: plain calls. Errors: BASE_E_MISSING, BASE_E_IO, BASE_E_FULL, BASE_E_LIMIT. */
#pragma once

#include "ledger/base/err.h"

#define LEDGER__FILE_LEN_MAX 65536u

/* Appends the whole file. BASE_E_MISSING when there is none. */
int ledger__file_read(const char *dir, const char *name, struct base_buf *out,
                      struct base_err *err) BASE_MUST_USE;
/* Makes a new file with mode 0600 and syncs it and its folder; BASE_E_STATE when it exists. */
int ledger__file_create(const char *dir, const char *name, struct base_bytes content,
                        struct base_err *err) BASE_MUST_USE;
/* Replaces a file by renaming a finished one over it. Not synced: after a power cut the file is the
 * old one, the new one or, on some file systems, empty. */
int ledger__file_replace(const char *dir, const char *name, struct base_bytes content,
                         struct base_err *err) BASE_MUST_USE;
bool ledger__file_exists(const char *dir, const char *name);
/* Makes the folder, mode 0700; one that exists is fine. */
int ledger__dir_make(const char *path, struct base_err *err) BASE_MUST_USE;
/* Takes the lock that makes a process the one writer; BASE_E_BUSY when another has it. The lock is
 * held until `*out_fd` is closed. */
int ledger__lock_take(const char *dir, const char *name, int *out_fd,
                      struct base_err *err) BASE_MUST_USE;
/* The lock's file remembers, too: a writer marks it and takes the mark away when it closes, so a
 * mark that is found tells of one that fell. A guard alone: where it cannot be written nothing
 * stops, and it is not synced, since the first commit's sync takes it along. */
bool ledger__lock_is_marked(int fd);
void ledger__lock_mark(int fd, bool marked);
