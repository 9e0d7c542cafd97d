/* The signer's socket: whole messages over a Unix socket, one after the other.
 * Shape:   a plain value with a few connections; when one too many comes, the one that has been
 *          silent longest goes. Nothing waits for a client, neither for the rest of a message,
 * which comes whole, nor for one that does not take its answer. Threads: one. Errors: BASE_E_BUSY:
 * somebody listens there. BASE_E_STATE: it is no socket. BASE_E_MISSING: no such group. BASE_E_IO.
 */
#pragma once

#include <signal.h>

#include "tools/signer/keeper.h"

#define SIGNER_CONNECTION_COUNT_MAX 16u

struct signer_server {
    char path[PATH_MAX];
    int listen_fd;
    struct {
        int fd;        /* -1: free */
        uint64_t used; /* the turn in which it last said something */
    } connections[SIGNER_CONNECTION_COUNT_MAX];
    uint64_t turn;
};

/* Listens at `path` with mode 0600; with a group, 0660 and that group's. */
int signer_server_open(const char *path, const char *group, struct signer_server *out_server,
                       struct base_err *err) BASE_MUST_USE;
/* Serves until `*stop` is set by a handler of a signal that `mask` lets through (0), or a fault. */
int signer_server_run(struct signer_server *server, struct signer_keeper *keeper,
                      const volatile sig_atomic_t *stop, const sigset_t *mask,
                      struct base_err *err) BASE_MUST_USE;
/* Closes and removes the socket. */
void signer_server_close(struct signer_server *server);
/* A logfmt line on stderr, as letopisd's: fixed words and numbers, never what a client sent. */
void signer_log(const char *level, const char *message, uint64_t size, const char *why);
