/* letopisd: the server. Reads its command line, opens what the application needs, says that it is
 * ready, and runs the loop until it is asked to stop.
 *
 * Stopping: no new connections, running requests have some seconds, streams end; then the writers
 * answer what waits, and the logs are closed. SIGHUP reads the certificate again. */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "net/app.h"
#include "net/certificate.h"
#include "net/log.h"
#include "net/messaging.h"
#include "net/server.h"

#define STOP_GRACE_MS 5000u

enum exit_code { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2, EXIT_LISTEN = 3 };

struct settings {
    const char *data_dir;
    const char *listen;
    const char *web_dir;
    const char *cert_file;
    const char *key_file;
    const char *ready_file;
    const char *mail_file;
    bool public_entries;
    bool reference;
    bool has_demo_clock;
    base_time_ms demo_ms;
    char address[64];
    uint16_t port;
};

struct daemon {
    struct settings settings;
    struct net_messaging messaging;
    struct net_loop *loop;
    struct net_metrics *metrics;
    struct net_assets *assets;
    struct net_app *app;
    struct net_server *server;
    uint16_t port;
};

static const char help[] =
    "letopisd --data DIR [options]\n"
    "\n"
    "Serves the schools under DIR/schools over HTTPS.\n"
    "\n"
    "  --data DIR            where the schools are; certificates that are made here go to DIR/tls\n"
    "  --listen ADDRESS:PORT 127.0.0.1:8443 when absent; [::]:8443 for all; port 0: any free one\n"
    "  --web DIR             the built web client\n"
    "  --certificate FILE    PEM chain, with --key; a self-signed one is made when both are "
    "absent\n"
    "  --key FILE            PEM private key\n"
    "  --demo-clock TIME     RFC 3339; in schools whose founding event says \"demonstration\" the\n"
    "                        clock starts then, or a second after the last entry\n"
    "  --mail FILE           how messages to families leave (specs/messages.md); mode 0600\n"
    "  --public-entries      give entry bundles to everybody, not to auditors only\n"
    "  --reference           libsodium alone judges signatures (slower; specs/ledger.md)\n"
    "  --log-level LEVEL     debug, info, warn, error\n"
    "  --ready-file FILE     written when the server is ready: its address\n"
    "  --help                this text\n"
    "\n"
    "Exit codes: 0 stopped as asked, 1 a fault, 2 wrong usage, 3 cannot listen there.\n"
    "SIGTERM and SIGINT stop it, SIGHUP reads the certificate again.\n";

static int usage(const char *what, const char *value)
{
    fprintf(stderr, "letopisd: %s%s%s\nletopisd --help shows how it is used.\n", what,
            value != NULL ? ": " : "", value != NULL ? value : "");
    return EXIT_USAGE;
}

/* "127.0.0.1:8443", "[::1]:8443" */
static bool parse_listen(struct settings *settings)
{
    const char *text = settings->listen;
    const char *colon = strrchr(text, ':');
    char *end;
    if (colon == NULL || colon == text)
        return false;
    size_t len = (size_t)(colon - text);
    if (text[0] == '[' && text[len - 1] == ']') {
        text++;
        len -= 2;
    }
    if (len >= sizeof settings->address)
        return false;
    memcpy(settings->address, text, len);
    settings->address[len] = '\0';
    errno = 0;
    unsigned long port = strtoul(colon + 1, &end, 10);
    settings->port = (uint16_t)port;
    return colon[1] >= '0' && colon[1] <= '9' && errno == 0 && *end == '\0' && port <= 65535;
}

enum option_code {
    OPTION_DATA = 1,
    OPTION_LISTEN,
    OPTION_WEB,
    OPTION_CERTIFICATE,
    OPTION_KEY,
    OPTION_DEMO_CLOCK,
    OPTION_PUBLIC_ENTRIES,
    OPTION_LOG_LEVEL,
    OPTION_READY_FILE,
    OPTION_MAIL,
    OPTION_REFERENCE,
    OPTION_HELP,
};

static const struct option option_rows[] = {
    {"data", required_argument, NULL, OPTION_DATA},
    {"listen", required_argument, NULL, OPTION_LISTEN},
    {"web", required_argument, NULL, OPTION_WEB},
    {"certificate", required_argument, NULL, OPTION_CERTIFICATE},
    {"key", required_argument, NULL, OPTION_KEY},
    {"demo-clock", required_argument, NULL, OPTION_DEMO_CLOCK},
    {"public-entries", no_argument, NULL, OPTION_PUBLIC_ENTRIES},
    {"log-level", required_argument, NULL, OPTION_LOG_LEVEL},
    {"ready-file", required_argument, NULL, OPTION_READY_FILE},
    {"mail", required_argument, NULL, OPTION_MAIL},
    {"reference", no_argument, NULL, OPTION_REFERENCE},
    {"help", no_argument, NULL, OPTION_HELP},
    {NULL, 0, NULL, 0},
};

/* 0, an exit code, or -1: done without an error. */
static int take_option(struct settings *settings, int option)
{
    enum net_log_level level;
    switch (option) {
    case OPTION_DATA:
        settings->data_dir = optarg;
        return 0;
    case OPTION_LISTEN:
        settings->listen = optarg;
        return 0;
    case OPTION_WEB:
        settings->web_dir = optarg;
        return 0;
    case OPTION_CERTIFICATE:
        settings->cert_file = optarg;
        return 0;
    case OPTION_KEY:
        settings->key_file = optarg;
        return 0;
    case OPTION_READY_FILE:
        settings->ready_file = optarg;
        return 0;
    case OPTION_MAIL:
        settings->mail_file = optarg;
        return 0;
    case OPTION_REFERENCE:
        settings->reference = true;
        return 0;
    case OPTION_PUBLIC_ENTRIES:
        settings->public_entries = true;
        return 0;
    case OPTION_DEMO_CLOCK:
        settings->has_demo_clock = true;
        return base_time_parse(optarg, &settings->demo_ms) == 0
                   ? 0
                   : usage("--demo-clock wants a time such as 2026-11-18T08:00:00+03:00", optarg);
    case OPTION_LOG_LEVEL:
        if (!net_log_level_parse(optarg, &level))
            return usage("no such log level", optarg);
        net_log_set_level(level);
        return 0;
    case OPTION_HELP:
        fputs(help, stdout);
        return -1;
    default:
        return usage("wrong option", NULL);
    }
}

static int read_settings(int argc, char **argv, struct settings *settings)
{
    int option;
    settings->listen = "127.0.0.1:8443";
    while ((option = getopt_long(argc, argv, "", option_rows, NULL)) != -1) {
        int rc = take_option(settings, option);
        if (rc != 0)
            return rc;
    }
    if (optind < argc)
        return usage("what is this", argv[optind]);
    if (settings->data_dir == NULL)
        return usage("--data is missing", NULL);
    if (!parse_listen(settings))
        return usage("--listen wants ADDRESS:PORT", settings->listen);
    if ((settings->cert_file == NULL) != (settings->key_file == NULL))
        return usage("--certificate and --key go together", NULL);
    return 0;
}

/* Signals, on the loop's thread */

static void on_stopped(void *data)
{
    struct daemon *daemon = data;
    net_loop_stop(daemon->loop);
}

static void on_stop_signal(void *data)
{
    struct daemon *daemon = data;
    NET_LOG(NET_LOG_INFO, "letopisd", "stopping", NET_I("port", daemon->port));
    net_server_stop(daemon->server, STOP_GRACE_MS, on_stopped, daemon);
}

static void on_reload_signal(void *data)
{
    struct daemon *daemon = data;
    struct base_err err = {0};
    if (net_server_reload(daemon->server, &err) != 0)
        net_log_fault("letopisd", "the old certificate stays", &err);
    else
        NET_LOG(NET_LOG_INFO, "letopisd", "certificate read again", NET_I("port", daemon->port));
}

static int watch_signals(struct daemon *daemon, struct base_err *err)
{
    int rc = net_loop_on_signal(daemon->loop, SIGTERM, on_stop_signal, daemon, err);
    if (rc == 0)
        rc = net_loop_on_signal(daemon->loop, SIGINT, on_stop_signal, daemon, err);
    if (rc == 0)
        rc = net_loop_on_signal(daemon->loop, SIGHUP, on_reload_signal, daemon, err);
    return rc;
}

/* Starting */

static int check_data(const char *dir, struct base_err *err)
{
    struct stat st;
    if (stat(dir, &st) != 0)
        return BASE_FAIL(err, BASE_E_MISSING, "--data %s: %s", dir, strerror(errno));
    return S_ISDIR(st.st_mode) ? 0 : BASE_FAIL(err, BASE_E_USAGE, "--data %s: no folder", dir);
}

static int start_app(struct daemon *daemon, struct base_err *err)
{
    const struct settings *settings = &daemon->settings;
    int rc = check_data(settings->data_dir, err);
    if (rc == 0 && settings->mail_file != NULL)
        rc = net_messaging_read(settings->mail_file, &daemon->messaging, err);
    if (rc == 0)
        rc = net_loop_new(&daemon->loop, err);
    if (rc == 0)
        rc = net_metrics_new(&daemon->metrics, err);
    if (rc == 0 && settings->web_dir != NULL)
        rc = net_assets_load(settings->web_dir, &daemon->assets, err);
    if (rc == 0) {
        const struct net_app_options app = {
            .loop = daemon->loop,
            .metrics = daemon->metrics,
            .assets = daemon->assets,
            .data_dir = settings->data_dir,
            .public_entries = settings->public_entries,
            .reference = settings->reference,
            .has_demo_clock = settings->has_demo_clock,
            .demo_ms = settings->demo_ms,
            .messaging = settings->mail_file != NULL ? &daemon->messaging : NULL,
        };
        rc = net_app_new(&app, &daemon->app, err);
    }
    if (rc == 0) {
        const struct net_server_options server = {.loop = daemon->loop,
                                                  .metrics = daemon->metrics,
                                                  .handler = net_app_handle,
                                                  .context = daemon->app};
        rc = net_server_new(&server, &daemon->server, err);
    }
    if (rc == 0)
        rc = watch_signals(daemon, err);
    return rc;
}

static int start_listening(struct daemon *daemon, struct base_err *err)
{
    const struct settings *settings = &daemon->settings;
    struct net_certificate_files files;
    struct net_listener_options listener = {.address = settings->address,
                                            .port = settings->port,
                                            .cert_file = settings->cert_file,
                                            .key_file = settings->key_file};
    int rc = 0;
    if (settings->cert_file == NULL) {
        rc = net_certificate_ensure(settings->data_dir, NULL, 0, &files, err);
        listener.cert_file = files.cert_file;
        listener.key_file = files.key_file;
    }
    return rc != 0 ? rc : net_server_listen(daemon->server, &listener, &daemon->port, err);
}

static int tell_ready(const struct daemon *daemon, struct base_err *err)
{
    const struct settings *settings = &daemon->settings;
    char line[128];
    if (strchr(settings->address, ':') != NULL)
        snprintf(line, sizeof line, "https://[%s]:%u/", settings->address, daemon->port);
    else
        snprintf(line, sizeof line, "https://%s:%u/", settings->address, daemon->port);
    printf("letopisd: ready at %s\n", line);
    fflush(stdout);
    if (settings->ready_file == NULL)
        return 0;
    FILE *file = fopen(settings->ready_file, "w");
    bool ok = file != NULL && fprintf(file, "%s\n", line) > 0;
    ok = file != NULL && fclose(file) == 0 && ok;
    return ok ? 0
              : BASE_FAIL(err, BASE_E_IO, "--ready-file %s: %s", settings->ready_file,
                          strerror(errno));
}

/* Everything that runs is brought to an end before anything that it uses is freed. */
static void close_all(struct daemon *daemon)
{
    if (daemon->server != NULL)
        net_server_free(daemon->server);
    if (daemon->app != NULL)
        net_app_stop(daemon->app);
    net_loop_free(daemon->loop);
    net_app_free(daemon->app);
    net_assets_free(daemon->assets);
    net_metrics_free(daemon->metrics);
    net_messaging_wipe(&daemon->messaging);
    if (daemon->settings.ready_file != NULL)
        unlink(daemon->settings.ready_file);
}

int main(int argc, char **argv)
{
    struct daemon daemon = {0};
    struct base_err err = {0};
    int code = EXIT_DONE;
    umask(0077);
    int rc = read_settings(argc, argv, &daemon.settings);
    if (rc != 0)
        return rc < 0 ? EXIT_DONE : rc;
    rc = start_app(&daemon, &err);
    if (rc == 0) {
        rc = start_listening(&daemon, &err);
        code = rc != 0 ? EXIT_LISTEN : EXIT_DONE;
    } else {
        code = EXIT_FAILED;
    }
    if (rc == 0)
        rc = tell_ready(&daemon, &err);
    if (rc == 0)
        net_loop_run(daemon.loop);
    else
        fprintf(stderr, "letopisd: %s\n", err.text);
    close_all(&daemon);
    return rc != 0 && code == EXIT_DONE ? EXIT_FAILED : code;
}
