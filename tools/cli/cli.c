/* What the commands share: options, messages, progress. */
#include "tools/cli/cli.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

static bool takes_value(const char *const *known, const char *option, size_t len)
{
    for (; *known != NULL; known++) {
        size_t n = strlen(*known);
        if (n > 0 && (*known)[n - 1] == '=' && n - 1 == len && memcmp(*known, option, len) == 0)
            return true;
    }
    return false;
}

static const char *const *known_options = (const char *const[]){NULL};

bool cli_check_options(int argc, char **argv, const char *const *known)
{
    known_options = known;
    for (int i = 1; i < argc; i++) {
        bool found = false;
        size_t len = strcspn(argv[i], "=");
        if (strncmp(argv[i], "--", 2) != 0)
            continue;
        for (const char *const *k = known; *k != NULL && !found; k++) {
            size_t n = strcspn(*k, "=");
            found = n == len && memcmp(*k, argv[i], n) == 0;
        }
        if (!found) {
            fprintf(stderr, "letopis %s: unknown option %s; see letopis %s --help\n", argv[0],
                    argv[i], argv[0]);
            return false;
        }
        if (takes_value(known, argv[i], len) && argv[i][len] != '=') {
            if (i + 1 == argc) {
                fprintf(stderr, "letopis %s: %s needs a value\n", argv[0], argv[i]);
                return false;
            }
            i++;
        }
    }
    return true;
}

const char *cli_option_at(int argc, char **argv, const char *name, unsigned i)
{
    size_t len = strlen(name);
    for (int a = 1; a < argc; a++) {
        if (strncmp(argv[a], name, len) != 0)
            continue;
        bool joined = argv[a][len] == '=';
        if (!joined && (argv[a][len] != '\0' || a + 1 == argc))
            continue;
        if (i-- == 0)
            return joined ? argv[a] + len + 1 : argv[a + 1];
    }
    return NULL;
}

const char *cli_option(int argc, char **argv, const char *name)
{
    return cli_option_at(argc, argv, name, 0);
}

bool cli_flag(int argc, char **argv, const char *name)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], name) == 0)
            return true;
    }
    return false;
}

const char *cli_argument(int argc, char **argv, unsigned i)
{
    for (int a = 1; a < argc; a++) {
        if (strncmp(argv[a], "--", 2) == 0) {
            size_t len = strcspn(argv[a], "=");
            if (takes_value(known_options, argv[a], len) && argv[a][len] != '=')
                a++;
            continue;
        }
        if (i-- == 0)
            return argv[a];
    }
    return NULL;
}

int cli_fail(const char *name, const struct base_err *err)
{
    fprintf(stderr, "letopis %s: %s\n", name, err->text);
    return CLI_FAILED;
}

int cli_usage(const char *name, const char *text)
{
    fprintf(stderr, "letopis %s: %s; see letopis %s --help\n", name, text, name);
    return CLI_USAGE;
}

void cli_progress(void *data, const char *what, uint64_t done, uint64_t total)
{
    static struct timespec last;
    static const char *last_what;
    struct timespec now;
    (void)data;
    clock_gettime(CLOCK_MONOTONIC, &now);
    double passed = (double)(now.tv_sec - last.tv_sec) + (double)(now.tv_nsec - last.tv_nsec) / 1e9;
    bool terminal = isatty(STDERR_FILENO) == 1;
    bool same = last_what != NULL && strcmp(last_what, what) == 0;
    if (same && done != total && passed < (terminal ? 0.1 : 5.0))
        return;
    last = now;
    last_what = what;
    unsigned percent = total == 0 ? 100 : (unsigned)(done * 100 / total);
    fprintf(stderr, terminal ? "\r%-40s %3u %%  %llu/%llu%s" : "%-40s %3u %%  %llu/%llu%s", what,
            percent, (unsigned long long)done, (unsigned long long)total,
            !terminal || done == total ? "\n" : "");
}
