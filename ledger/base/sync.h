/* What was written or renamed reaches the disk. */
#pragma once

/* Syncs a file or a folder by its path. Returns 0 or the errno. Any thread. */
int base_path_sync(const char *path);
