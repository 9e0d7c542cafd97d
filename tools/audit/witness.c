/* letopis-audit witness: a server that cosigns what is consistent (C2SP tlog-witness), on
 * libmicrohttpd with one thread of its own: judging and remembering are one step, and no two
 * requests can overtake each other. It speaks plain HTTP: everything that it says is signed, and
 * everything that it believes is; TLS, where wanted, is a proxy's. */
#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "tools/audit/command.h"
#include "tools/audit/witness_store.h"
#include "tools/common/files.h"

#define CONNECTION_COUNT_MAX 64u
#define CONNECTION_S_MAX 15u

const char audit_witness_help[] =
    "letopis-audit witness init DIR --name NAME\n"
    "letopis-audit witness allow DIR --log VKEY\n"
    "letopis-audit witness serve DIR [--listen ADDRESS:PORT] [--ready-file FILE]\n"
    "\n"
    "A witness remembers the last checkpoint of each log that it knows, and cosigns the next one "
    "only\n"
    "when it continues it. One machine of the education department can be the witness of all its\n"
    "schools: none of them can then show two histories.\n"
    "\n"
    "  init   makes a key and prints its verifier key; NAME is like witness.example/edu\n"
    "  allow  adds a log by its verifier key (restart the server after it)\n"
    "  serve  answers POST /add-checkpoint; stops at SIGTERM or SIGINT\n"
    "\n"
    "  --listen ADDRESS:PORT  127.0.0.1:8480 when absent; port 0: any free one\n"
    "  --ready-file FILE      written when it listens: its address\n"
    "\n"
    "Requests that a known log signed and that contradict what it said before are kept in\n"
    "DIR/evidence. Exit status: 0 done, 1 failed, 2 used wrongly.\n";

struct arguments {
    const char *action, *dir, *name, *log, *listen, *ready_file;
};

/* One request on its way: what has come of its body. */
struct coming {
    struct base_buf body;
    bool too_long;
};

static enum MHD_Result reply(struct MHD_Connection *connection, unsigned status, const char *type,
                             struct base_bytes body)
{
    struct MHD_Response *response = MHD_create_response_from_buffer(
        body.len, (void *)(uintptr_t)body.data, MHD_RESPMEM_MUST_COPY);
    if (response == NULL)
        return MHD_NO;
    (void)MHD_add_response_header(response, "Content-Type", type);
    enum MHD_Result queued = MHD_queue_response(connection, status, response);
    MHD_destroy_response(response);
    return queued;
}

static enum MHD_Result answer(struct audit_witness *witness, struct MHD_Connection *connection,
                              struct base_bytes request)
{
    struct base_buf BASE_CLEANUP(base_buf_release) body = {0};
    struct base_err err = {0};
    enum ledger_witness_answer status = LEDGER_WITNESS_MALFORMED;
    int rc = audit_witness_answer(witness, request, (uint64_t)time(NULL), &status, &body, &err);
    if (rc != 0) {
        fprintf(stderr, "letopis-audit: witness: %s\n", err.text);
        return reply(connection, 500, "text/plain", BASE_LITERAL(""));
    }
    return reply(connection, (unsigned)status,
                 status == LEDGER_WITNESS_CONFLICT ? "text/x.tlog.size"
                                                   : "text/plain; charset=utf-8",
                 base_buf_bytes(&body));
}

static enum MHD_Result on_request(void *data, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *bytes,
                                  size_t *len, void **state)
{
    struct coming *coming = *state;
    (void)version;
    if (coming == NULL) {
        coming = calloc(1, sizeof *coming);
        *state = coming;
        if (coming != NULL)
            coming->body.limit = LEDGER_WITNESS_REQUEST_LEN_MAX;
        return coming == NULL ? MHD_NO : MHD_YES;
    }
    if (*len > 0) {
        base_buf_put(&coming->body, bytes, *len);
        coming->too_long = coming->too_long || coming->body.failed;
        *len = 0;
        return MHD_YES;
    }
    if (strcmp(url, "/add-checkpoint") != 0)
        return reply(connection, 404, "text/plain", BASE_LITERAL(""));
    if (strcmp(method, "POST") != 0)
        return reply(connection, 405, "text/plain", BASE_LITERAL(""));
    if (coming->too_long)
        return reply(connection, 413, "text/plain", BASE_LITERAL(""));
    return answer(data, connection, base_buf_bytes(&coming->body));
}

static void on_done(void *data, struct MHD_Connection *connection, void **state,
                    enum MHD_RequestTerminationCode code)
{
    struct coming *coming = *state;
    (void)data, (void)connection, (void)code;
    if (coming == NULL)
        return;
    base_buf_release(&coming->body);
    free(coming);
    *state = NULL;
}

/* "127.0.0.1:8480", "[::1]:8480" */
static bool parse_listen(const char *text, struct sockaddr_storage *out)
{
    char host[64];
    char *end;
    const char *colon = strrchr(text, ':');
    if (colon == NULL || colon == text || (size_t)(colon - text) >= sizeof host)
        return false;
    size_t len = (size_t)(colon - text);
    bool is_v6 = text[0] == '[' && text[len - 1] == ']';
    snprintf(host, sizeof host, "%.*s", (int)(is_v6 ? len - 2 : len), is_v6 ? text + 1 : text);
    errno = 0;
    unsigned long port = strtoul(colon + 1, &end, 10);
    if (colon[1] < '0' || colon[1] > '9' || errno != 0 || *end != '\0' || port > 65535)
        return false;
    memset(out, 0, sizeof *out);
    if (is_v6) {
        struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)out;
        v6->sin6_family = AF_INET6;
        v6->sin6_port = htons((uint16_t)port);
        return inet_pton(AF_INET6, host, &v6->sin6_addr) == 1;
    }
    struct sockaddr_in *v4 = (struct sockaddr_in *)out;
    v4->sin_family = AF_INET;
    v4->sin_port = htons((uint16_t)port);
    return inet_pton(AF_INET, host, &v4->sin_addr) == 1;
}

static bool tell_ready(const struct arguments *arguments, struct MHD_Daemon *daemon)
{
    struct base_buf BASE_CLEANUP(base_buf_release) line = {0};
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT);
    const char *colon = strrchr(arguments->listen, ':');
    base_buf_printf(&line, "http://%.*s:%u/\n", (int)(colon - arguments->listen), arguments->listen,
                    info == NULL ? 0u : (unsigned)info->port);
    const char *text = base_buf_text(&line);
    if (text == NULL)
        return false;
    printf("letopis-audit: witness at %s", text);
    fflush(stdout);
    struct base_err err = {0};
    if (arguments->ready_file == NULL ||
        tool_file_write(arguments->ready_file, 0644, base_buf_bytes(&line), &err) == 0)
        return true;
    fprintf(stderr, "letopis-audit: witness: %s\n", err.text);
    return false;
}

static int serve(const struct arguments *arguments)
{
    struct sockaddr_storage address;
    struct base_err err = {0};
    struct audit_witness *witness = NULL;
    sigset_t signals;
    int caught = 0;
    if (!parse_listen(arguments->listen, &address)) {
        fprintf(stderr, "letopis-audit: witness: --listen wants ADDRESS:PORT\n");
        return AUDIT_USAGE;
    }
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    if (audit_witness_open(arguments->dir, &witness, &err) != 0) {
        fprintf(stderr, "letopis-audit: witness: %s\n", err.text);
        return AUDIT_BROKEN;
    }
    /* Before the server's thread is made, so that the signals come to us alone. */
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    unsigned flags = MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_ERROR_LOG |
                     (address.ss_family == AF_INET6 ? MHD_USE_IPv6 : 0);
    struct MHD_Daemon *daemon = MHD_start_daemon(
        flags, 0, NULL, NULL, on_request, witness, MHD_OPTION_SOCK_ADDR, &address,
        MHD_OPTION_CONNECTION_LIMIT, CONNECTION_COUNT_MAX, MHD_OPTION_CONNECTION_TIMEOUT,
        CONNECTION_S_MAX, MHD_OPTION_NOTIFY_COMPLETED, on_done, NULL, MHD_OPTION_END);
    if (daemon == NULL) {
        fprintf(stderr, "letopis-audit: witness: cannot listen at %s\n", arguments->listen);
        audit_witness_close(witness);
        return AUDIT_BROKEN;
    }
    if (audit_witness_log_count(witness) == 0)
        fprintf(stderr, "letopis-audit: witness: no log is known yet (witness allow)\n");
    bool told = tell_ready(arguments, daemon);
    if (told)
        sigwait(&signals, &caught);
    MHD_stop_daemon(daemon);
    audit_witness_close(witness);
    if (arguments->ready_file != NULL)
        unlink(arguments->ready_file);
    return told ? AUDIT_HOLDS : AUDIT_BROKEN;
}

static int make(const struct arguments *arguments)
{
    struct base_buf BASE_CLEANUP(base_buf_release) vkey = {0};
    struct base_err err = {0};
    struct audit_witness *witness = NULL;
    int rc = audit_witness_make(arguments->dir, arguments->name, &err);
    if (rc == 0)
        rc = audit_witness_open(arguments->dir, &witness, &err);
    if (rc != 0) {
        fprintf(stderr, "letopis-audit: witness: %s\n", err.text);
        return rc == BASE_E_USAGE ? AUDIT_USAGE : AUDIT_BROKEN;
    }
    ledger_vkey_put(audit_witness_key(witness), &vkey);
    const char *text = base_buf_text(&vkey);
    printf("LETOPIS_WITNESS_VKEY=%s\n", text == NULL ? "" : text);
    audit_witness_close(witness);
    return AUDIT_HOLDS;
}

static int allow(const struct arguments *arguments)
{
    struct base_err err = {0};
    int rc = audit_witness_allow(arguments->dir, arguments->log, &err);
    if (rc != 0)
        fprintf(stderr, "letopis-audit: witness: --log: %s\n", err.text);
    return rc == 0                                     ? AUDIT_HOLDS
           : rc == BASE_E_FORMAT || rc == BASE_E_USAGE ? AUDIT_USAGE
                                                       : AUDIT_BROKEN;
}

static bool parse(int argc, char **argv, struct arguments *out)
{
    out->listen = "127.0.0.1:8480";
    for (int i = 1; i < argc; i++) {
        const char **value = strcmp(argv[i], "--name") == 0         ? &out->name
                             : strcmp(argv[i], "--log") == 0        ? &out->log
                             : strcmp(argv[i], "--listen") == 0     ? &out->listen
                             : strcmp(argv[i], "--ready-file") == 0 ? &out->ready_file
                                                                    : NULL;
        if (value != NULL && i + 1 < argc)
            *value = argv[++i];
        else if (argv[i][0] != '-' && out->action == NULL)
            out->action = argv[i];
        else if (argv[i][0] != '-' && out->dir == NULL)
            out->dir = argv[i];
        else
            return false;
    }
    return out->action != NULL && out->dir != NULL;
}

int audit_witness(int argc, char **argv)
{
    struct arguments arguments = {0};
    if (parse(argc, argv, &arguments)) {
        if (strcmp(arguments.action, "init") == 0 && arguments.name != NULL)
            return make(&arguments);
        if (strcmp(arguments.action, "allow") == 0 && arguments.log != NULL)
            return allow(&arguments);
        if (strcmp(arguments.action, "serve") == 0)
            return serve(&arguments);
    }
    fputs(audit_witness_help, stderr);
    return AUDIT_USAGE;
}
