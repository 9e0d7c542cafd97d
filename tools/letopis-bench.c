/* letopis-bench: benchmarks against rivals in the same run. A table; one file each under
 * tools/bench/. Figures and the machine they were taken on are in specs/performance.md.
 * Exit status: 0 measured, 1 failed, 2 used wrongly. A missed target is printed, not a failure. */
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tools/bench/bench.h"

enum { BENCH_DONE = 0, BENCH_FAILED = 1, BENCH_USAGE = 2 };

static const struct bench benches[] = {
    {"accept", "events from their bytes to a durable answer; --size N: events a round and author",
     bench_accept},
    {"accept-http", "the same through the server and a socket; --size N: events a round and author",
     bench_accept_http},
    {"append", "durable appending of verified events; --size N: events a commit", bench_append},
    {"audit", "a whole audit of a signed log, admissions replayed; --size N: entries", bench_audit},
    {"hash", "SHA-256 of tree nodes and leaves; --size N: bytes of an entry", bench_hash},
    {"open", "opening a school; --size N: entries of the longer log", bench_open},
    {"pages", "views of pages and pupils, the slowest hundredth; --size N: entries", bench_pages},
    {"proof", "inclusion proofs; --size N: entries of the longer log", bench_proof},
    {"rebuild", "projections folded anew, and the scan below it; --size N: entries", bench_rebuild},
    {"verify", "signatures of events; --size N: authors", bench_verify},
    {"voiding", "10,000 events struck out, journals read anew; --size N: entries of the longer log",
     bench_voiding},
};
#define BENCH_COUNT (sizeof benches / sizeof benches[0])

static const char help[] =
    "letopis-bench NAME [--json] [--seconds S] [--size N] [--dir DIR] [--quiet]\n"
    "letopis-bench --list\n"
    "\n"
    "Measures what this program does against a rival that does the same in the same run.\n"
    "\n"
    "  --json       figures, ratios and what machine this is, as JSON\n"
    "  --seconds S  for each case, 2 when absent\n"
    "  --size N     see --list\n"
    "  --dir DIR    on which disk to write; the system's folder for temporary files when absent\n"
    "  --quiet      no progress\n"
    "\n"
    "Exit status: 0 measured (also when a target was missed), 1 failed, 2 used wrongly.\n";

struct arguments {
    const char *name, *seconds, *size, *dir;
    bool json, quiet, list, help;
};

static bool parse(int argc, char **argv, struct arguments *out)
{
    for (int i = 1; i < argc; i++) {
        const char **value = strcmp(argv[i], "--seconds") == 0 ? &out->seconds
                             : strcmp(argv[i], "--size") == 0  ? &out->size
                             : strcmp(argv[i], "--dir") == 0   ? &out->dir
                                                               : NULL;
        if (value != NULL && i + 1 < argc)
            *value = argv[++i];
        else if (strcmp(argv[i], "--json") == 0)
            out->json = true;
        else if (strcmp(argv[i], "--quiet") == 0)
            out->quiet = true;
        else if (strcmp(argv[i], "--list") == 0)
            out->list = true;
        else if (strcmp(argv[i], "--help") == 0)
            out->help = true;
        else if (argv[i][0] != '-' && out->name == NULL)
            out->name = argv[i];
        else
            return false;
    }
    return out->help || out->list || out->name != NULL;
}

static bool read_numbers(const struct arguments *arguments, struct bench_run *run)
{
    char *end;
    run->seconds = 2;
    if (arguments->seconds != NULL) {
        run->seconds = strtod(arguments->seconds, &end);
        if (*end != '\0' || !(run->seconds >= 0.01 && run->seconds <= 3600))
            return false;
    }
    if (arguments->size != NULL) {
        errno = 0;
        run->size = strtoull(arguments->size, &end, 10);
        if (errno != 0 || *end != '\0' || run->size < 1 || run->size > 1000000000 ||
            arguments->size[0] == '-')
            return false;
    }
    return true;
}

static void remove_tree(const char *path)
{
    int status = 0;
    pid_t pid = fork();
    if (pid == 0) {
        execlp("rm", "rm", "-rf", "--", path, (char *)NULL);
        _exit(127);
    }
    if (pid > 0)
        (void)waitpid(pid, &status, 0);
}

static int run_bench(const struct bench *bench, const struct arguments *arguments,
                     struct bench_run *run)
{
    struct base_err err = {0};
    char dir[4000];
    const char *parent = arguments->dir != NULL ? arguments->dir : getenv("TMPDIR");
    snprintf(dir, sizeof dir, "%.3900s/letopis-bench-XXXXXX", parent != NULL ? parent : "/tmp");
    if (mkdtemp(dir) == NULL) {
        fprintf(stderr, "letopis-bench: %s: %s\n", dir, strerror(errno));
        return BENCH_FAILED;
    }
    run->dir = dir;
    run->quiet = arguments->quiet;
    int rc = bench->run(run, &err);
    if (!run->quiet && isatty(STDERR_FILENO) == 1)
        fprintf(stderr, "\r%60s\r", "");
    if (rc != 0)
        fprintf(stderr, "letopis-bench: %s: %s\n", bench->name, err.text);
    else if (arguments->json)
        bench_print_json(bench, run);
    else
        bench_print_text(bench, run);
    remove_tree(dir);
    return rc == 0 ? BENCH_DONE : BENCH_FAILED;
}

static void print_list(void)
{
    for (size_t i = 0; i < BENCH_COUNT; i++)
        printf("  %-10s %s\n", benches[i].name, benches[i].summary);
}

int main(int argc, char **argv)
{
    static struct bench_run run;
    struct arguments arguments = {0};
    if (!parse(argc, argv, &arguments) || !read_numbers(&arguments, &run)) {
        fputs(help, stderr);
        return BENCH_USAGE;
    }
    if (arguments.help || arguments.list) {
        if (arguments.help)
            printf("%s\nBenchmarks:\n", help);
        print_list();
        return BENCH_DONE;
    }
    if (sodium_init() < 0) {
        fprintf(stderr, "letopis-bench: libsodium does not start\n");
        return BENCH_FAILED;
    }
    for (size_t i = 0; i < BENCH_COUNT; i++)
        if (strcmp(benches[i].name, arguments.name) == 0)
            return run_bench(&benches[i], &arguments, &run);
    fprintf(stderr, "letopis-bench: no benchmark \"%s\"; there are\n", arguments.name);
    print_list();
    return BENCH_USAGE;
}
