#include "ledger/base/sync.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define RESERVE_STEP ((uint64_t)1 << 20)

int base_path_sync(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    int code = fd < 0 || fsync(fd) != 0 ? errno : 0;
    if (fd >= 0)
        close(fd);
    return code;
}

_Bool base_is_disk_full(int code)
{
    return code == ENOSPC || code == EDQUOT || code == EFBIG;
}

/* Grows the file to `end` bytes on disk; 0 or an errno. */
static int file_grow(int fd, uint64_t end)
{
    struct stat info;
    if (fstat(fd, &info) != 0)
        return errno;
    if ((uint64_t)info.st_size >= end)
        return 0;
    if (fallocate(fd, 0, info.st_size, (off_t)end - info.st_size) == 0)
        return 0;
    /* Where space cannot be taken in advance, the writing itself will tell. */
    return errno == EOPNOTSUPP || errno == ENOSYS ? 0 : errno;
}

int base_file_reserve(int fd, uint64_t need, uint64_t *reserved)
{
    if (need <= *reserved)
        return 0;
    uint64_t end = (need / RESERVE_STEP + 1) * RESERVE_STEP;
    int code = file_grow(fd, end);
    if (base_is_disk_full(code)) { /* perhaps there is room for what is needed alone */
        end = need;
        code = file_grow(fd, end);
    }
    if (code == 0)
        *reserved = end;
    return code;
}
