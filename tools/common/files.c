/* Folders and small files. */
#include "tools/common/files.h"
#include "ledger/base/sync.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

int tool_dir_make(const char *path, struct base_err *err)
{
    char part[PATH_MAX];
    size_t len = strlen(path);
    if (len == 0 || len >= sizeof part)
        return BASE_FAIL(err, BASE_E_USAGE, "folder name of %zu bytes", len);
    memcpy(part, path, len + 1);
    for (char *p = part + 1; *p != '\0'; p++) {
        if (*p != '/')
            continue;
        *p = '\0';
        if (mkdir(part, 0700) != 0 && errno != EEXIST)
            return BASE_FAIL(err, BASE_E_IO, "%s: %s", part, strerror(errno));
        *p = '/';
    }
    if (mkdir(part, 0700) != 0 && errno != EEXIST)
        return BASE_FAIL(err, BASE_E_IO, "%s: %s", part, strerror(errno));
    return 0;
}

bool tool_file_exists(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0;
}

int tool_file_read(const char *path, size_t len_max, struct base_buf *out, struct base_err *err)
{
    char chunk[16384];
    size_t n;
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return BASE_FAIL(err, errno == ENOENT ? BASE_E_MISSING : BASE_E_IO, "%s: %s", path,
                         strerror(errno));
    int rc = 0;
    while (rc == 0 && (n = fread(chunk, 1, sizeof chunk, file)) > 0) {
        base_buf_put(out, chunk, n);
        if (out->len > len_max || out->failed)
            rc = BASE_FAIL(err, BASE_E_LIMIT, "%s: larger than %zu bytes", path, len_max);
    }
    if (rc == 0 && ferror(file) != 0)
        rc = BASE_FAIL(err, BASE_E_IO, "%s: %s", path, strerror(errno));
    fclose(file);
    return rc;
}

int tool_file_write(const char *path, unsigned mode, struct base_bytes bytes, struct base_err *err)
{
    char beside[PATH_MAX];
    if (snprintf(beside, sizeof beside, "%s.new", path) >= (int)sizeof beside)
        return BASE_FAIL(err, BASE_E_USAGE, "%s: name too long", path);
    int fd = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
    if (fd < 0)
        return BASE_FAIL(err, BASE_E_IO, "%s: %s", beside, strerror(errno));
    size_t done = 0;
    int rc = 0;
    while (rc == 0 && done < bytes.len) {
        ssize_t n = write(fd, bytes.data + done, bytes.len - done);
        if (n < 0 && errno != EINTR)
            rc = BASE_FAIL(err, errno == ENOSPC ? BASE_E_FULL : BASE_E_IO, "%s: %s", beside,
                           strerror(errno));
        else if (n > 0)
            done += (size_t)n;
    }
    if (rc == 0 && fsync(fd) != 0)
        rc = BASE_FAIL(err, BASE_E_IO, "%s: %s", beside, strerror(errno));
    close(fd);
    if (rc == 0 && rename(beside, path) != 0)
        rc = BASE_FAIL(err, BASE_E_IO, "%s: %s", path, strerror(errno));
    if (rc != 0)
        unlink(beside);
    return rc;
}

int tool_dir_sync(const char *path, struct base_err *err)
{
    int code = base_path_sync(path);
    return code == 0 ? 0 : BASE_FAIL(err, BASE_E_IO, "syncing %s: %s", path, strerror(code));
}

int tool_dir_lock(const char *dir, const char *name, int *out_fd, struct base_err *err)
{
    char path[PATH_MAX];
    if (snprintf(path, sizeof path, "%s/%s", dir, name) >= (int)sizeof path)
        return BASE_FAIL(err, BASE_E_USAGE, "%s: name too long", dir);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return BASE_FAIL(err, BASE_E_IO, "%s: %s", path, strerror(errno));
    if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
        *out_fd = fd;
        return 0;
    }
    int rc = errno == EWOULDBLOCK ? BASE_FAIL(err, BASE_E_BUSY, "another process has %s", dir)
                                  : BASE_FAIL(err, BASE_E_IO, "%s: %s", path, strerror(errno));
    close(fd);
    return rc;
}
