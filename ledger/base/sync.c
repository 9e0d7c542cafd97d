#include "ledger/base/sync.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

int base_path_sync(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    int code = fd < 0 || fsync(fd) != 0 ? errno : 0;
    if (fd >= 0)
        close(fd);
    return code;
}
