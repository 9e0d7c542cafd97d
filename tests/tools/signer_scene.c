/* The program is started, asked past the log, stopped and killed. */
#include "tests/tools/signer_scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define START_TRIES 400u /* of 25 ms */

struct scene scene;

void path_make(char out[PATH_LEN], const char *dir, const char *name)
{
    snprintf(out, PATH_LEN, "%.250s/%.200s", dir, name);
}

void file_put(const char *path, const char *text, mode_t mode)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
}

static void pause_a_moment(void)
{
    const struct timespec moment = {.tv_nsec = 25000000};
    nanosleep(&moment, NULL);
}

/* The program */

pid_t signer_spawn(const char *const *more)
{
    const char *program = getenv("LETOPIS_SIGNER");
    const char *args[16] = {program,     "--key",    scene.key,   "--state",
                            scene.state, "--socket", scene.socket};
    size_t count = 7;
    for (; more != NULL && *more != NULL; more++)
        args[count++] = *more;
    if (program == NULL) {
        fail_msg("LETOPIS_SIGNER is not set");
        return -1;
    }
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        int null = open("/dev/null", O_RDWR | O_CLOEXEC);
        dup2(null, STDOUT_FILENO);
        if (getenv("TEST_LOUD") == NULL)
            dup2(null, STDERR_FILENO);
        execv(program, (char *const *)(uintptr_t)args);
        _exit(99);
    }
    return pid;
}

/* Starts it and waits until it listens. */
void signer_start(const char *const *more)
{
    assert_int_equal(scene.pid, 0);
    scene.pid = signer_spawn(more);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%.100s", scene.socket);
    for (unsigned i = 0; i < START_TRIES; i++) {
        int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
        int rc = connect(fd, (const struct sockaddr *)&address, sizeof address);
        close(fd);
        if (rc == 0)
            return;
        pause_a_moment();
    }
    fail_msg("the signer does not listen");
}

/* Runs it where it should end by itself; its exit status. */
int signer_ends(const char *const *more)
{
    int status = 0;
    pid_t pid = signer_spawn(more);
    for (unsigned i = 0; i < START_TRIES; i++) {
        if (waitpid(pid, &status, WNOHANG) == pid)
            return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
        pause_a_moment();
    }
    kill(pid, SIGKILL);
    waitpid(pid, &status, 0);
    fail_msg("the signer serves where it should not");
    return -1;
}

int signer_stop(int number)
{
    int status = 0;
    assert_true(scene.pid > 0);
    kill(scene.pid, number);
    assert_int_equal(waitpid(scene.pid, &status, 0), scene.pid);
    scene.pid = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

const char *const init_only[2] = {"--init", NULL};

/* A log of FILLED entries whose key has moved to a signer that begins at its last checkpoint. */
int scene_make(void **state)
{
    (void)state;
    char path[PATH_LEN];
    struct base_err err = {0};
    memset(&scene, 0, sizeof scene);
    test_world_make(&scene.world);
    test_author_make(&scene.author, 1);
    test_fill(&scene.world, &scene.author, FILLED);
    test_world_close_log(&scene.world);
    test_dir_make(scene.dir);
    path_make(scene.key, scene.dir, "log.key");
    path_make(scene.state, scene.dir, "state");
    path_make(scene.socket, scene.dir, "socket");
    path_make(path, scene.world.dir, "log.key");
    assert_int_equal(rename(path, scene.key), 0);
    path_make(path, scene.world.dir, LEDGER_SIGNING_FILE);
    file_put(path, scene.socket, 0600);
    path_make(path, scene.world.dir, "published");
    const char *const from[] = {"--init", "--from", path, NULL};
    signer_start(from);
    if (test_world_reopen(&scene.world, &err) != 0)
        fail_msg("%s", err.text);
    return 0;
}

int scene_remove(void **state)
{
    (void)state;
    test_world_remove(&scene.world);
    if (scene.pid > 0) {
        kill(scene.pid, SIGKILL);
        waitpid(scene.pid, NULL, 0);
    }
    test_dir_remove(scene.dir);
    return 0;
}

/* Asking */

uint64_t size_now(void)
{
    struct ledger_head head;
    ledger_log_head(scene.world.log, &head);
    return head.size;
}

/* What the signer says that it signed last, asked past the log; NULL: does not answer. */
const struct ledger_checkpoint *signed_last(void)
{
    static struct ledger_checkpoint last;
    struct ledger_signing_link link;
    struct ledger_note_key key;
    struct ledger_signing_request request = {.origin = "journal.example/log", .asks_last = true};
    assert_int_equal(ledger_signing_link_make(base_bytes_str(scene.socket), &link, NULL), 0);
    assert_int_equal(
        ledger_vkey_parse(base_bytes_str(ledger_log_vkey(scene.world.log)), &key, NULL), 0);
    int rc = ledger_signing_ask(&link, &request, &key, &last, NULL, NULL);
    ledger_signing_link_close(&link);
    return rc == 0 ? &last : NULL;
}

/* Appends one event; the answer of ledger_log_append, the receipt beside it. */
int append_one(struct ledger_receipt *out_receipt, struct test_submission *out_kept,
               struct base_err *err)
{
    struct test_submission made;
    test_event_make(&scene.world, &scene.author, "test.one", NULL, &made);
    struct ledger_submission *one = &made.submission;
    int rc = ledger_log_append(scene.world.log, &one, 1, out_receipt, err);
    if (out_kept != NULL)
        *out_kept = made;
    else
        test_submission_release(&made);
    return rc;
}

int on_commit(void *data)
{
    (void)data;
    return ++scene.commits == scene.fault_turn ? EIO : 0;
}

/* The world ends after the n-th commit of the next batch: 1 holds the tree, 2 its checkpoint. */
void crash_at(unsigned turn)
{
    struct ledger_receipt receipt;
    struct base_err err = {0};
    scene.commits = 0;
    scene.fault_turn = turn;
    scene.world.faults.after_commit = on_commit;
    assert_int_not_equal(append_one(&receipt, NULL, &err), 0);
    scene.world.faults.after_commit = NULL;
}

void reopen(void)
{
    struct base_err err = {0};
    if (test_world_reopen(&scene.world, &err) != 0)
        fail_msg("%s", err.text);
}
