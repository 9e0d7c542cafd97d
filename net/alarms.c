/* An append to a file that is made when it is needed. */
#include "net/alarms.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ledger/base/utc.h"
#include "net/limits.h"

#define PATH_LEN (NET_SCHOOL_DIR_LEN_MAX + sizeof "/" NET_ALARMS_FILE)
#define LINE_LEN 320u

static void path_make(const char *dir, char out[PATH_LEN])
{
    snprintf(out, PATH_LEN, "%.*s/%s", (int)NET_SCHOOL_DIR_LEN_MAX, dir, NET_ALARMS_FILE);
}

/* The machine's time, not the log's: it says when an operator's machine noticed. */
static size_t line_make(const char *what, const char *where, char out[LINE_LEN])
{
    char when[BASE_UTC_LEN];
    base_utc_text(base_clock_system().now_ms(NULL), when);
    int len = snprintf(out, LINE_LEN, "%s %.40s: %.200s\n", when, what, where);
    return len < 0 ? 0 : (size_t)len;
}

int net_alarms_note(const char *dir, const char *what, const char *where, struct base_err *err)
{
    char path[PATH_LEN];
    char line[LINE_LEN];
    struct stat st;
    size_t len = line_make(what, where, line);
    int rc = 0;
    path_make(dir, path);
    int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0 || fstat(fd, &st) != 0)
        rc = BASE_FAIL(err, BASE_E_IO, "%s: %s", path, strerror(errno));
    else if ((uint64_t)st.st_size + len <= NET_ALARMS_LEN_MAX &&
             (write(fd, line, len) != (ssize_t)len || fsync(fd) != 0))
        rc = BASE_FAIL(err, errno == ENOSPC ? BASE_E_FULL : BASE_E_IO, "%s: %s", path,
                       strerror(errno));
    if (fd >= 0)
        close(fd);
    return rc;
}

bool net_alarms_stand(const char *dir)
{
    char path[PATH_LEN];
    struct stat st;
    path_make(dir, path);
    return stat(path, &st) == 0 && st.st_size > 0;
}
