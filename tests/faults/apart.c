#include "tests/faults/apart.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#define LIFE_MAX_S 60u
#define NOTHING_RUN 125

int apart_run(int (*run)(void *data), void *data, const char *said)
{
    int status = 0;
    fflush(NULL);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        alarm(LIFE_MAX_S);
        signal(SIGBUS, SIG_DFL); /* cmocka's would go on with the next test, twice */
        signal(SIGSEGV, SIG_DFL);
        if (freopen(said, "we", stderr) == NULL || setvbuf(stderr, NULL, _IONBF, 0) != 0)
            _exit(NOTHING_RUN);
        _exit(run(data));
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return status;
}

int apart_outcome(int (*run)(void *data), void *data)
{
    int status = apart_run(run, data, "/dev/null");
    if (!WIFEXITED(status)) {
        assert_int_not_equal(WTERMSIG(status), SIGALRM);
        return -1;
    }
    assert_int_not_equal(WEXITSTATUS(status), NOTHING_RUN);
    return WEXITSTATUS(status);
}
