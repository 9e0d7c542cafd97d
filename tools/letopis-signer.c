/* letopis-signer: keeps one log's key in a process of its own and signs only what continues what it
 * has signed. Small on purpose: it links the ledger alone, knows no entries, and opens no network.
 */
#include <getopt.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "tools/signer/server.h"

enum exit_code { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2, EXIT_LISTEN = 3 };

static const char help[] =
    "letopis-signer --key FILE --state FILE --socket PATH [options]\n"
    "letopis-signer --key FILE --make ORIGIN\n"
    "\n"
    "Signs the checkpoints of one log, each only when it continues the one before.\n"
    "\n"
    "  --key FILE      the log's key (log.key), mode 0600\n"
    "  --state FILE    the checkpoint that was signed last; written before it is given out\n"
    "  --socket PATH   where the log asks; its path goes to the file log.signer beside the log\n"
    "  --group GROUP   gives the socket to a group, mode 0660; without it mode 0600\n"
    "  --make ORIGIN   makes a key for the log of that name, prints its verifier key and ends; "
    "for\n"
    "                  letopis found --signer, letopis rekey --signer\n"
    "  --init          makes the state, which must not be there yet\n"
    "  --from NOTE     with --init: begins at this checkpoint of the log, for example the file\n"
    "                  \"published\"; without it the first request decides\n"
    "  --help          this text\n"
    "\n"
    "Exit codes: 0 stopped as asked, 1 a fault, 2 wrong usage, 3 cannot listen there.\n"
    "SIGTERM and SIGINT stop it.\n";

struct settings {
    struct signer_files files;
    const char *socket;
    const char *group;
    const char *make; /* an origin */
};

static volatile sig_atomic_t stop;

static void on_signal(int number)
{
    (void)number;
    stop = 1;
}

static int usage(const char *what)
{
    fprintf(stderr, "letopis-signer: %s\nletopis-signer --help shows how it is used.\n", what);
    return EXIT_USAGE;
}

enum option_code {
    OPTION_KEY = 1,
    OPTION_STATE,
    OPTION_SOCKET,
    OPTION_GROUP,
    OPTION_MAKE,
    OPTION_INIT,
    OPTION_FROM,
    OPTION_HELP,
};

static const struct option option_rows[] = {
    {"key", required_argument, NULL, OPTION_KEY},
    {"state", required_argument, NULL, OPTION_STATE},
    {"socket", required_argument, NULL, OPTION_SOCKET},
    {"group", required_argument, NULL, OPTION_GROUP},
    {"make", required_argument, NULL, OPTION_MAKE},
    {"init", no_argument, NULL, OPTION_INIT},
    {"from", required_argument, NULL, OPTION_FROM},
    {"help", no_argument, NULL, OPTION_HELP},
    {NULL, 0, NULL, 0},
};

/* 0, an exit code, or -1: done without an error. */
static int take_option(struct settings *settings, int option)
{
    switch (option) {
    case OPTION_KEY:
        settings->files.key = optarg;
        return 0;
    case OPTION_STATE:
        settings->files.state = optarg;
        return 0;
    case OPTION_SOCKET:
        settings->socket = optarg;
        return 0;
    case OPTION_GROUP:
        settings->group = optarg;
        return 0;
    case OPTION_MAKE:
        settings->make = optarg;
        return 0;
    case OPTION_INIT:
        settings->files.init = true;
        return 0;
    case OPTION_FROM:
        settings->files.from = optarg;
        return 0;
    case OPTION_HELP:
        fputs(help, stdout);
        return -1;
    default:
        return usage("wrong option");
    }
}

static int read_settings(int argc, char **argv, struct settings *settings)
{
    int option;
    while ((option = getopt_long(argc, argv, "", option_rows, NULL)) != -1) {
        int rc = take_option(settings, option);
        if (rc != 0)
            return rc;
    }
    if (optind < argc)
        return usage("there are no arguments but options");
    if (settings->make != NULL)
        return settings->files.key != NULL && settings->files.state == NULL &&
                       settings->socket == NULL && !settings->files.init
                   ? 0
                   : usage("--make goes with --key alone");
    if (settings->files.key == NULL || settings->files.state == NULL || settings->socket == NULL)
        return usage("--key, --state and --socket are needed");
    if (settings->files.from != NULL && !settings->files.init)
        return usage("--from goes with --init");
    return 0;
}

static int make_key(const struct settings *settings)
{
    struct base_buf BASE_CLEANUP(base_buf_release) vkey = {0};
    struct base_err err = {0};
    if (signer_key_make(settings->files.key, settings->make, &vkey, &err) != 0) {
        fprintf(stderr, "letopis-signer: %s\n", err.text);
        return EXIT_FAILED;
    }
    printf("LETOPIS_VKEY=%.*s\n", (int)vkey.len, (const char *)vkey.data);
    return EXIT_DONE;
}

/* Signals are let through only while waiting, so that no request is cut short. */
static void signals_prepare(sigset_t *out_mask)
{
    struct sigaction action = {.sa_handler = on_signal};
    sigset_t blocked;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGTERM);
    sigaddset(&blocked, SIGINT);
    sigprocmask(SIG_BLOCK, &blocked, out_mask);
    sigdelset(out_mask, SIGTERM);
    sigdelset(out_mask, SIGINT);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    action.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &action, NULL);
    sigaction(SIGXFSZ, &action, NULL);
}

int main(int argc, char **argv)
{
    const struct rlimit no_core = {0};
    struct settings settings = {0};
    struct signer_keeper keeper;
    struct signer_server server;
    struct base_err err = {0};
    sigset_t mask;
    int rc = read_settings(argc, argv, &settings);
    if (rc != 0)
        return rc < 0 ? EXIT_DONE : rc;
    umask(0077);
    setrlimit(RLIMIT_CORE, &no_core); /* the key is in memory */
    signals_prepare(&mask);
    if (sodium_init() < 0) {
        fprintf(stderr, "letopis-signer: libraries do not start\n");
        return EXIT_FAILED;
    }
    if (settings.make != NULL)
        return make_key(&settings);
    if (signer_keeper_open(&settings.files, &keeper, &err) != 0) {
        fprintf(stderr, "letopis-signer: %s\n", err.text);
        return EXIT_FAILED;
    }
    int code = EXIT_DONE;
    if (signer_server_open(settings.socket, settings.group, &server, &err) != 0) {
        fprintf(stderr, "letopis-signer: %s\n", err.text);
        code = EXIT_LISTEN;
    } else {
        printf("letopis-signer: ready at %s\n", settings.socket);
        fflush(stdout);
        signer_log("info", "ready", keeper.last.size, keeper.last.origin);
        if (signer_server_run(&server, &keeper, &stop, &mask, &err) != 0) {
            signer_log("error", "stopped", keeper.last.size, err.text);
            code = EXIT_FAILED;
        } else {
            signer_log("info", "stopped", keeper.last.size, "as asked");
        }
        signer_server_close(&server);
    }
    signer_keeper_close(&keeper);
    return code;
}
