#include "net/files.h"
#include "ledger/base/sync.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "net/limits.h"

#define PATH_LEN 4400u

static void path_of(const char *dir, const struct ledger_hash *digest, char out[PATH_LEN])
{
    char hex[2 * LEDGER_HASH_LEN + 1];
    base_hex(digest->bytes, LEDGER_HASH_LEN, hex);
    snprintf(out, PATH_LEN, "%.4000s/files/%s", dir, hex);
}

static int fail(struct base_err *err, const char *what)
{
    return BASE_FAIL(err, errno == ENOSPC ? BASE_E_FULL : BASE_E_IO, "files: %s: %s", what,
                     strerror(errno));
}

static int write_all(int fd, struct base_bytes content, struct base_err *err)
{
    size_t done = 0;
    while (done < content.len) {
        ssize_t n = write(fd, content.data + done, content.len - done);
        if (n < 0 && errno != EINTR)
            return fail(err, "write");
        done += n > 0 ? (size_t)n : 0;
    }
    return fsync(fd) == 0 ? 0 : fail(err, "fsync");
}

static int sync_dir(const char *dir, struct base_err *err)
{
    errno = base_path_sync(dir);
    return errno == 0 ? 0 : fail(err, dir);
}

/* Every writer has a name of its own beside the file's, so that two of them do not meet. */
static int write_beside(const char *dir, const char *path, struct base_bytes content,
                        struct base_err *err)
{
    char part[PATH_LEN + 16];
    snprintf(part, sizeof part, "%.4000s/files/part-XXXXXX", dir);
    int fd = mkstemp(part);
    if (fd < 0)
        return fail(err, "create");
    int rc = write_all(fd, content, err);
    close(fd);
    if (rc == 0 && rename(part, path) != 0)
        rc = fail(err, "rename");
    if (rc != 0)
        (void)unlink(part);
    return rc;
}

static bool has_room(const char *dir)
{
    struct statvfs room;
    return statvfs(dir, &room) != 0 ||
           (uint64_t)room.f_bavail * room.f_frsize >= NET_FILES_FREE_LEN_MIN;
}

int net_files_put(const char *school_dir, struct base_bytes content, struct ledger_hash *out_digest,
                  struct base_err *err)
{
    char path[PATH_LEN];
    char folder[PATH_LEN];
    ledger_sha256(content, out_digest);
    path_of(school_dir, out_digest, path);
    if (access(path, F_OK) == 0)
        return 0;
    if (!has_room(school_dir))
        return BASE_FAIL(err, BASE_E_FULL, "files: the disk is nearly full");
    snprintf(folder, sizeof folder, "%.4000s/files", school_dir);
    bool made = mkdir(folder, 0700) == 0;
    if (!made && errno != EEXIST)
        return fail(err, "folder");
    int rc = made ? sync_dir(school_dir, err) : 0;
    if (rc == 0)
        rc = write_beside(school_dir, path, content, err);
    return rc == 0 ? sync_dir(folder, err) : rc;
}

static int read_all(int fd, struct base_buf *out, struct base_err *err)
{
    uint8_t chunk[65536];
    ssize_t n;
    while ((n = read(fd, chunk, sizeof chunk)) != 0) {
        if (n < 0 && errno != EINTR)
            return fail(err, "read");
        if (n > 0)
            base_buf_put_bytes(out, base_bytes_of(chunk, (size_t)n));
        if (out->failed || out->len > NET_FILE_LEN_MAX)
            return BASE_FAIL(err, BASE_E_LIMIT, "files: too large");
    }
    return 0;
}

int net_files_get(const char *school_dir, const struct ledger_hash *digest, struct base_buf *out,
                  struct base_err *err)
{
    char path[PATH_LEN];
    struct ledger_hash found;
    path_of(school_dir, digest, path);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT)
        return BASE_FAIL(err, BASE_E_MISSING, "files: not in the store");
    if (fd < 0)
        return fail(err, "open");
    int rc = read_all(fd, out, err);
    close(fd);
    if (rc != 0)
        return rc;
    ledger_sha256(base_buf_bytes(out), &found);
    return ledger_hash_equal(&found, digest)
               ? 0
               : BASE_FAIL(err, BASE_E_CORRUPT, "%s: the content is not what its name says", path);
}
