/* What was written or renamed reaches the disk; and room on it, before it is written. */
#pragma once

#include <stdint.h>

/* Syncs a file or a folder by its path. Returns 0 or the errno. Any thread. */
int base_path_sync(const char *path);
/* True when an errno means that there is no room (the disk, a quota, the size of a file). */
_Bool base_is_disk_full(int code);
/* Makes sure that the first `need` bytes of an open file are on disk, in steps, so that the next
 * calls cost nothing. `*reserved` is how many are known to be, 0 at first; one writer keeps it.
 * Returns 0 or the errno; 0 also where the file system cannot take space in advance. */
int base_file_reserve(int fd, uint64_t need, uint64_t *reserved);
