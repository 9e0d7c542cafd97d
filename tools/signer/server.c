/* The happy path: a message is there, it is answered, the next. What can fail: a client goes, sends
 * noise or takes no answer; then its connection is closed and nobody else learns of it. Only a
 * fault of the keeper ends the loop. */
#include "tools/signer/server.h"

#include "ledger/base/utc.h"

#include <errno.h>
#include <grp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define BACKLOG 16

void signer_log(const char *level, const char *message, uint64_t size, const char *why)
{
    char when[BASE_UTC_LEN];
    char quoted[BASE_ERR_TEXT_MAX];
    base_utc_text_ms(base_clock_system().now_ms(NULL), when);
    snprintf(quoted, sizeof quoted, "%s", why);
    for (char *c = quoted; *c != '\0'; c++)
        if (*c == '"' || *c == '\\' || (unsigned char)*c < ' ')
            *c = '\'';
    fprintf(stderr, "time=%s level=%s area=signer msg=\"%s\" size=%llu why=\"%s\"\n", when, level,
            message, (unsigned long long)size, quoted);
}

static int errno_fail(struct base_err *err, const char *what, const char *path)
{
    return BASE_FAIL(err, BASE_E_IO, "%s %s: %s", what, path, strerror(errno));
}

/* What lies at the path is a socket that nobody listens at any more, or is nothing. */
static int place_clear(const struct sockaddr_un *address, struct base_err *err)
{
    const char *path = address->sun_path;
    struct stat st;
    if (lstat(path, &st) != 0)
        return errno == ENOENT ? 0 : errno_fail(err, "looking at", path);
    if (!S_ISSOCK(st.st_mode))
        return BASE_FAIL(err, BASE_E_STATE, "%s is there and no socket", path);
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return errno_fail(err, "making a socket for", path);
    bool listens = connect(fd, (const struct sockaddr *)address, sizeof *address) == 0 ||
                   errno != ECONNREFUSED;
    close(fd);
    if (listens)
        return BASE_FAIL(err, BASE_E_BUSY, "another process listens at %s", path);
    return unlink(path) == 0 ? 0 : errno_fail(err, "removing", path);
}

static int group_give(const char *path, const char *group, struct base_err *err)
{
    const struct group *found = getgrnam(group);
    if (found == NULL)
        return BASE_FAIL(err, BASE_E_MISSING, "there is no group %s", group);
    if (chown(path, (uid_t)-1, found->gr_gid) != 0 || chmod(path, 0660) != 0)
        return errno_fail(err, "giving to the group", path);
    return 0;
}

int signer_server_open(const char *path, const char *group, struct signer_server *out_server,
                       struct base_err *err)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    *out_server = (struct signer_server){.listen_fd = -1};
    for (size_t i = 0; i < SIGNER_CONNECTION_COUNT_MAX; i++)
        out_server->connections[i].fd = -1;
    if (path[0] == '\0' || strlen(path) >= sizeof address.sun_path)
        return BASE_FAIL(err, BASE_E_USAGE, "a socket's path has 1 to %zu bytes",
                         sizeof address.sun_path - 1);
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    int rc = place_clear(&address, err);
    if (rc != 0)
        return rc;
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return errno_fail(err, "making a socket for", path);
    out_server->listen_fd = fd;
    mode_t before = umask(0177);
    bool bound = bind(fd, (const struct sockaddr *)&address, sizeof address) == 0;
    umask(before);
    if (!bound) {
        rc = errno_fail(err, "listening at", path);
        signer_server_close(out_server);
        return rc;
    }
    snprintf(out_server->path, sizeof out_server->path, "%s", path);
    if (group != NULL)
        rc = group_give(path, group, err);
    if (rc == 0 && listen(fd, BACKLOG) != 0)
        rc = errno_fail(err, "listening at", path);
    if (rc != 0)
        signer_server_close(out_server);
    return rc;
}

static void connection_close(struct signer_server *server, size_t i)
{
    close(server->connections[i].fd);
    server->connections[i].fd = -1;
}

static void connection_take(struct signer_server *server)
{
    size_t place = 0;
    int fd = accept4(server->listen_fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd < 0)
        return; /* it has gone again */
    for (size_t i = 0; i < SIGNER_CONNECTION_COUNT_MAX; i++) {
        if (server->connections[i].fd < 0) {
            place = i;
            break;
        }
        if (server->connections[i].used < server->connections[place].used)
            place = i;
    }
    if (server->connections[place].fd >= 0)
        connection_close(server, place);
    server->connections[place].fd = fd;
    server->connections[place].used = server->turn;
}

/* One message of one connection. A fault is the keeper's. */
static int connection_serve(struct signer_server *server, size_t i, struct signer_keeper *keeper,
                            struct base_err *err)
{
    uint8_t message[LEDGER_SIGNING_MESSAGE_LEN_MAX];
    struct base_buf BASE_CLEANUP(base_buf_release) answer = {0};
    enum ledger_signing_answer said;
    int fd = server->connections[i].fd;
    ssize_t len = recv(fd, message, sizeof message, MSG_TRUNC | MSG_DONTWAIT);
    if (len < 0 && (errno == EAGAIN || errno == EINTR))
        return 0;
    if (len <= 0) {
        connection_close(server, i);
        return 0;
    }
    server->connections[i].used = server->turn;
    /* What is too long is no request, whatever it begins with. */
    size_t kept = (size_t)len <= sizeof message ? (size_t)len : 0;
    int fault = signer_keeper_answer(keeper, base_bytes_of(message, kept), &said, &answer, err);
    if (said != LEDGER_SIGNING_SIGNED)
        signer_log("warn", "refused", keeper->last.size, ledger_signing_words(said));
    if (send(fd, answer.data, answer.len, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
        connection_close(server, i);
    return fault;
}

int signer_server_run(struct signer_server *server, struct signer_keeper *keeper,
                      const volatile sig_atomic_t *stop, const sigset_t *mask, struct base_err *err)
{
    struct pollfd polled[SIGNER_CONNECTION_COUNT_MAX + 1];
    int fault = 0;
    while (fault == 0 && !*stop) {
        polled[0] = (struct pollfd){.fd = server->listen_fd, .events = POLLIN};
        for (size_t i = 0; i < SIGNER_CONNECTION_COUNT_MAX; i++)
            polled[i + 1] = (struct pollfd){.fd = server->connections[i].fd, .events = POLLIN};
        if (ppoll(polled, SIGNER_CONNECTION_COUNT_MAX + 1, NULL, mask) < 0) {
            if (errno != EINTR)
                fault = errno_fail(err, "waiting at", server->path);
            continue;
        }
        server->turn++;
        for (size_t i = 0; i < SIGNER_CONNECTION_COUNT_MAX && fault == 0; i++)
            if (polled[i + 1].fd >= 0 && polled[i + 1].revents != 0)
                fault = connection_serve(server, i, keeper, err);
        if (polled[0].revents != 0)
            connection_take(server);
    }
    return fault;
}

void signer_server_close(struct signer_server *server)
{
    for (size_t i = 0; i < SIGNER_CONNECTION_COUNT_MAX; i++)
        if (server->connections[i].fd >= 0)
            connection_close(server, i);
    if (server->path[0] != '\0')
        unlink(server->path);
    if (server->listen_fd >= 0)
        close(server->listen_fd);
    server->listen_fd = -1;
    server->path[0] = '\0';
}
