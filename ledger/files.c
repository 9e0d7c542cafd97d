/* Small files beside the environment. Each is written whole under a name of its own and only then
 * gets the name it is read by, so no reader meets half a file. */
#include "ledger/files.h"
#include "ledger/base/sync.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

struct path {
    char text[PATH_MAX];
};

static int path_make(const char *dir, const char *name, const char *suffix, struct path *out,
                     struct base_err *err)
{
    int len = snprintf(out->text, sizeof out->text, "%s/%s%s", dir, name, suffix);
    if (len < 0 || (size_t)len >= sizeof out->text)
        return BASE_FAIL(err, BASE_E_LIMIT, "the path of %s is too long", name);
    return 0;
}

static int errno_fail(struct base_err *err, const char *what, const char *path)
{
    int code = errno == ENOENT                                        ? BASE_E_MISSING
               : errno == ENOSPC || errno == EDQUOT || errno == EFBIG ? BASE_E_FULL
                                                                      : BASE_E_IO;
    return BASE_FAIL(err, code, "%s %s: %s", what, path, strerror(errno));
}

static void fd_close(const int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

int ledger__file_read(const char *dir, const char *name, struct base_buf *out, struct base_err *err)
{
    struct path path;
    int fault = path_make(dir, name, "", &path, err);
    if (fault != 0)
        return fault;
    int fd BASE_CLEANUP(fd_close) = open(path.text, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return errno_fail(err, "opening", path.text);
    size_t start = out->len;
    for (;;) {
        uint8_t *to = base_buf_reserve(out, 4096);
        if (to == NULL)
            return BASE_FAIL(err, BASE_E_MEMORY, "reading %s", path.text);
        ssize_t got = read(fd, to, 4096);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return errno_fail(err, "reading", path.text);
        if (got == 0)
            return 0;
        out->len += (size_t)got;
        if (out->len - start > LEDGER__FILE_LEN_MAX)
            return BASE_FAIL(err, BASE_E_LIMIT, "%s is longer than %u bytes", path.text,
                             LEDGER__FILE_LEN_MAX);
    }
}

static int all_write(int fd, struct base_bytes content)
{
    while (content.len > 0) {
        ssize_t put = write(fd, content.data, content.len);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return -1;
        content = base_bytes_of(content.data + put, content.len - (size_t)put);
    }
    return 0;
}

static int dir_sync(const char *dir, struct base_err *err)
{
    errno = base_path_sync(dir);
    return errno == 0 ? 0 : errno_fail(err, "syncing", dir);
}

int ledger__file_create(const char *dir, const char *name, struct base_bytes content,
                        struct base_err *err)
{
    struct path path;
    int fault = path_make(dir, name, "", &path, err);
    if (fault != 0)
        return fault;
    int fd BASE_CLEANUP(fd_close) = open(path.text, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0 && errno == EEXIST)
        return BASE_FAIL(err, BASE_E_STATE, "%s exists already", path.text);
    if (fd < 0)
        return errno_fail(err, "making", path.text);
    if (all_write(fd, content) != 0 || fsync(fd) != 0) {
        fault = errno_fail(err, "writing", path.text);
        unlink(path.text);
        return fault;
    }
    return dir_sync(dir, err);
}

int ledger__file_replace(const char *dir, const char *name, struct base_bytes content,
                         struct base_err *err)
{
    struct path path;
    struct path fresh;
    int fault = path_make(dir, name, "", &path, err);
    if (fault == 0)
        fault = path_make(dir, name, ".new", &fresh, err);
    if (fault != 0)
        return fault;
    int fd BASE_CLEANUP(fd_close) =
        open(fresh.text, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (fd < 0)
        return errno_fail(err, "making", fresh.text);
    if (all_write(fd, content) != 0 || rename(fresh.text, path.text) != 0) {
        fault = errno_fail(err, "writing", path.text);
        unlink(fresh.text);
    }
    return fault;
}

bool ledger__file_exists(const char *dir, const char *name)
{
    struct path path;
    struct stat info;
    return path_make(dir, name, "", &path, NULL) == 0 && lstat(path.text, &info) == 0;
}

int ledger__dir_make(const char *path, struct base_err *err)
{
    if (mkdir(path, 0700) != 0 && errno != EEXIST)
        return errno_fail(err, "making", path);
    return 0;
}

int ledger__lock_take(const char *dir, const char *name, int *out_fd, struct base_err *err)
{
    struct path path;
    int fault = path_make(dir, name, "", &path, err);
    if (fault != 0)
        return fault;
    int fd = open(path.text, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return errno_fail(err, "opening", path.text);
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        fault = errno == EWOULDBLOCK
                    ? BASE_FAIL(err, BASE_E_BUSY, "another process is writing to %s", dir)
                    : errno_fail(err, "locking", path.text);
        close(fd);
        return fault;
    }
    *out_fd = fd;
    return 0;
}

bool ledger__lock_is_marked(int fd)
{
    char mark;
    return pread(fd, &mark, 1, 0) == 1;
}

void ledger__lock_mark(int fd, bool marked)
{
    ssize_t rc = marked ? pwrite(fd, "w", 1, 0) : ftruncate(fd, 0);
    (void)rc;
}
