/* A school with many clients, thieves, crashes and clocks that go wrong, from one number; thousands
 * of times over. The log and the projections are the real ones, in one process with what checks
 * them (tests/simulator/stage.c says what). The first seed that fails is shrunk to the shortest
 * story that still does, and told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/ledger/support.h"
#include "tests/simulator/story.h"

#define JOB_MAX 16u

static int usage(void)
{
    fputs("simulator [--seeds N] [--from SEED] [--jobs N] [--seed SEED]\n\n"
          "Plays N stories (1000) of the seeds SEED, SEED+1, … (1), or that of one seed, told turn "
          "by turn.\nThe folders are in memory where there is /dev/shm, else in TMPDIR.\n",
          stderr);
    return 2;
}

static void print_file(const char *path)
{
    char line[1024];
    FILE *file = fopen(path, "r");
    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        fputs(line, stdout);
    if (file != NULL)
        fclose(file);
}

static void tell_failure(uint64_t seed, const char *dir, const char *log)
{
    static struct story story;
    story_invent(seed, &story);
    printf("seed %llu: shrinking %d turns\n", (unsigned long long)seed, story.turn_count);
    fflush(NULL);
    story_shrink(&story, dir);
    (void)story_fails(&story, dir, log);
    printf("\nThe shortest story of seed %llu that fails, %d turns:\n\n", (unsigned long long)seed,
           story.turn_count);
    print_file(log);
    printf("\nIn full: simulator --seed %llu\n", (unsigned long long)seed);
}

/* A process that plays every `step`-th seed from `first`; `*at` tells how far it came. */
static pid_t player_start(uint64_t first, uint64_t end, unsigned step, const char *base,
                          volatile uint64_t *at)
{
    static struct story story;
    char dir[STORY_DIR_MAX];
    fflush(NULL);
    pid_t pid = fork();
    if (pid != 0)
        return pid;
    snprintf(dir, sizeof dir, "%.200s/school%llu", base, (unsigned long long)first);
    for (uint64_t seed = first; seed < end; seed += step) {
        *at = seed;
        story_invent(seed, &story);
        story_play(&story, dir, false);
    }
    fflush(NULL);
    _exit(0);
}

/* Plays all seeds. Returns true, or false and the lowest seed that failed. */
static bool play_all(uint64_t from, uint64_t count, unsigned jobs, const char *base,
                     uint64_t *out_failed)
{
    bool fine = true;
    pid_t pids[JOB_MAX];
    volatile uint64_t *at =
        mmap(NULL, JOB_MAX * sizeof *at, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (at == MAP_FAILED)
        exit(2);
    for (unsigned i = 0; i < jobs; i++)
        pids[i] = player_start(from + i, from + count, jobs, base, &at[i]);
    for (unsigned i = 0; i < jobs; i++) {
        int status = 0;
        if (pids[i] > 0 && waitpid(pids[i], &status, 0) == pids[i] && WIFEXITED(status) &&
            WEXITSTATUS(status) == 0)
            continue;
        printf("seed %llu fails\n", (unsigned long long)at[i]);
        if (fine || at[i] < *out_failed)
            *out_failed = at[i];
        fine = false;
    }
    return fine;
}

static int run(uint64_t from, uint64_t count, unsigned jobs, const char *base)
{
    static struct story story;
    char dir[STORY_DIR_MAX];
    char log[STORY_DIR_MAX];
    uint64_t failed = from;
    time_t started = time(NULL);
    snprintf(dir, sizeof dir, "%.200s/school", base);
    snprintf(log, sizeof log, "%.200s/told", base);
    if (jobs == 0) { /* one, told */
        story_invent(from, &story);
        bool fails = story_fails(&story, dir, log);
        print_file(log);
        if (!fails)
            return 0;
    } else if (play_all(from, count, jobs, base, &failed)) {
        printf("%llu stories, %lld s\n", (unsigned long long)count,
               (long long)(time(NULL) - started));
        return 0;
    }
    tell_failure(failed, dir, log);
    return 1;
}

int main(int argc, char **argv)
{
    uint64_t from = 1;
    uint64_t count = 1000;
    unsigned jobs = 1;
    char base[STORY_DIR_MAX - 16];
    for (int i = 1; i < argc; i += 2) {
        if (i + 1 >= argc)
            return usage();
        uint64_t number = strtoull(argv[i + 1], NULL, 0);
        if (strcmp(argv[i], "--seeds") == 0)
            count = number;
        else if (strcmp(argv[i], "--from") == 0 || strcmp(argv[i], "--seed") == 0)
            from = number;
        else if (strcmp(argv[i], "--jobs") == 0 && number >= 1 && number <= JOB_MAX)
            jobs = (unsigned)number;
        else
            return usage();
        if (strcmp(argv[i], "--seed") == 0)
            jobs = 0;
    }
    const char *folder = getenv("TMPDIR");
    if (access("/dev/shm", W_OK) == 0)
        folder = "/dev/shm";
    snprintf(base, sizeof base, "%s/letopis-simulator-XXXXXX", folder != NULL ? folder : "/tmp");
    if (mkdtemp(base) == NULL) {
        perror(base);
        return 2;
    }
    int rc = run(from, count, jobs, base);
    test_dir_remove(base);
    return rc;
}
