/* Where a log's key comes from and goes: a log that is founded with a signer, whose key was never
 * beside it; a log that is handed over from its own key to a signer, and from one signer to the
 * next, also when the machine ends in the midst of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ledger/handover.h"
#include "ledger/verify.h"
#include "tests/tools/signer_scene.h"

#define ORIGIN "journal.example/log"
#define VKEY_LEN 400u

static pid_t former_pid; /* of a signer that another one has followed */

/* letopis-signer --make */
static void key_make(const char *path, const char *origin, char out_vkey[VKEY_LEN])
{
    char command[2 * PATH_LEN];
    snprintf(command, sizeof command, "'%.300s' --key '%.300s' --make '%.100s'",
             getenv("LETOPIS_SIGNER"), path, origin);
    FILE *said = popen(command, "re");
    assert_non_null(said);
    char line[VKEY_LEN + 20] = "";
    assert_non_null(fgets(line, sizeof line, said));
    assert_int_equal(pclose(said), 0);
    line[strcspn(line, "\n")] = '\0';
    assert_int_equal(strncmp(line, "LETOPIS_VKEY=", 13), 0);
    snprintf(out_vkey, VKEY_LEN, "%.390s", line + 13);
}

/* A signer with a key of its own that has signed nothing; the scene's is left running. */
static void next_signer(const char *name, char out_vkey[VKEY_LEN])
{
    char file[40];
    former_pid = scene.pid;
    scene.pid = 0;
    snprintf(file, sizeof file, "%s.key", name);
    path_make(scene.key, scene.dir, file);
    snprintf(file, sizeof file, "%s.state", name);
    path_make(scene.state, scene.dir, file);
    snprintf(file, sizeof file, "%s.socket", name);
    path_make(scene.socket, scene.dir, file);
    key_make(scene.key, ORIGIN, out_vkey);
    signer_start(init_only);
}

static void former_stop(void)
{
    if (former_pid > 0) {
        kill(former_pid, SIGKILL);
        waitpid(former_pid, NULL, 0);
    }
    former_pid = 0;
}

static int remove_both(void **state)
{
    former_stop();
    return scene_remove(state);
}

static bool is_there(const char *name)
{
    char path[PATH_LEN];
    path_make(path, scene.world.dir, name);
    return access(path, F_OK) == 0;
}

static void move(const char *from, const char *to)
{
    char a[PATH_LEN], b[PATH_LEN];
    path_make(a, scene.world.dir, from);
    path_make(b, scene.world.dir, to);
    assert_int_equal(rename(a, b), 0);
}

static void content(const char *name, char out[PATH_LEN])
{
    char path[PATH_LEN];
    path_make(path, scene.world.dir, name);
    FILE *file = fopen(path, "re");
    assert_non_null(file);
    size_t len = fread(out, 1, PATH_LEN - 1, file);
    out[len] = '\0';
    fclose(file);
}

/* Founding */

static int create(const char *signer, const char *vkey, struct base_err *err)
{
    const struct ledger_log_options options = {
        .dir = scene.world.dir,
        .origin = ORIGIN,
        .create = true,
        .signer = signer,
        .signer_vkey = vkey,
        .clock = base_clock_manual(&scene.world.now_ms),
        .admission = &scene.world.admission.table,
        .faults = &scene.world.faults,
    };
    return ledger_log_open(&options, &scene.world.log, err);
}

static void fresh_dir(void)
{
    test_world_close_log(&scene.world);
    test_dir_remove(scene.world.dir);
    test_dir_make(scene.world.dir);
}

static void a_log_is_founded_with_its_signer(void **state)
{
    (void)state;
    char vkey[VKEY_LEN];
    struct base_err err = {0};
    struct test_author author;
    next_signer("first", vkey);
    fresh_dir();
    if (create(scene.socket, vkey, &err) != 0)
        fail_msg("%s", err.text);
    assert_string_equal(ledger_log_vkey(scene.world.log), vkey);
    assert_false(is_there("log.key"));
    assert_true(is_there(LEDGER_SIGNING_FILE) && is_there("wrap.key") && is_there("published"));
    test_author_make(&author, 1);
    test_fill(&scene.world, &author, 30);
    reopen();
    test_verify_everything(&scene.world);
    test_fill(&scene.world, &author, 1);
    assert_int_equal(signed_last()->size, 31);
    /* The key itself put beside it is one too many, and nobody takes it away. */
    char path[PATH_LEN], key[PATH_LEN];
    FILE *file = fopen(scene.key, "re");
    assert_non_null(file);
    assert_non_null(fgets(key, sizeof key, file));
    fclose(file);
    path_make(path, scene.world.dir, "log.key");
    file_put(path, key, 0600);
    assert_int_equal(test_world_reopen(&scene.world, &err), BASE_E_STATE);
    assert_non_null(strstr(err.text, "belongs to one of them"));
    assert_true(is_there("log.key"));
}

static void a_founding_without_the_right_signer_leaves_nothing(void **state)
{
    (void)state;
    char vkey[VKEY_LEN], other[VKEY_LEN], elsewhere[VKEY_LEN], path[PATH_LEN];
    struct base_err err = {0};
    next_signer("first", vkey);
    path_make(path, scene.dir, "other.key");
    key_make(path, ORIGIN, other);
    path_make(path, scene.dir, "elsewhere.key");
    key_make(path, "elsewhere.example/log", elsewhere);
    path_make(path, scene.dir, "nobody");
    fresh_dir();
    assert_int_equal(create(path, vkey, &err), BASE_E_MISSING);
    assert_int_equal(create(scene.socket, other, &err), BASE_E_CRYPTO);
    assert_int_equal(create(scene.socket, elsewhere, &err), BASE_E_USAGE);
    assert_int_equal(create(scene.socket, NULL, &err), BASE_E_USAGE);
    assert_false(is_there("log") || is_there(LEDGER_SIGNING_FILE) || is_there("log.key"));
    assert_int_equal(create(scene.socket, vkey, &err), 0);
    struct test_author author;
    test_author_make(&author, 1);
    test_fill(&scene.world, &author, 2);
    /* Whose signer has signed something founds no second log of that name. */
    fresh_dir();
    assert_int_equal(create(scene.socket, vkey, &err), BASE_E_STATE);
    assert_non_null(strstr(err.text, "2 entries already"));
    assert_false(is_there(LEDGER_SIGNING_FILE));
    assert_int_equal(signer_stop(SIGTERM), 0);
}

/* Handing over */

static void hand_over(const char *vkey)
{
    struct base_err err = {0};
    const struct ledger_handover handover = {.size = size_now()};
    test_world_close_log(&scene.world);
    if (ledger_handover_prepare_signer(scene.world.dir, scene.socket, vkey, &err) != 0)
        fail_msg("%s", err.text);
    assert_true(is_there("log.signer.next"));
    if (ledger_handover(scene.world.dir, &handover, &err) != 0)
        fail_msg("%s", err.text);
}

static void goes_on(const char *vkey)
{
    uint64_t size;
    reopen();
    size = size_now();
    assert_string_equal(ledger_log_vkey(scene.world.log), vkey);
    assert_false(is_there("log.key") || is_there("log.signer.next"));
    test_fill(&scene.world, &scene.author, 5);
    assert_int_equal(signed_last()->size, size + 5);
    test_verify_everything(&scene.world);
    reopen();
    test_verify_everything(&scene.world);
}

static void a_log_goes_from_one_signer_to_the_next(void **state)
{
    (void)state;
    char vkey[VKEY_LEN], former[VKEY_LEN];
    struct base_buf BASE_CLEANUP(base_buf_release) said = {0};
    struct base_buf BASE_CLEANUP(base_buf_release) note = {0};
    struct ledger_reader *reader = NULL;
    snprintf(former, sizeof former, "%s", ledger_log_vkey(scene.world.log));
    next_signer("second", vkey);
    hand_over(vkey);
    former_stop(); /* nobody asks it any more */
    goes_on(vkey);
    assert_int_equal(ledger_reader_open(scene.world.log, &reader, NULL), 0);
    assert_int_equal(ledger_reader_former(reader, 0, &said, &note, NULL), 0);
    assert_true(base_bytes_equal(base_buf_bytes(&said), base_bytes_str(former)));
    ledger_reader_close(reader);
}

/* The scene's log with a key of its own: the signer's, which is put back. */
static void own_key(void)
{
    char path[PATH_LEN];
    test_world_close_log(&scene.world);
    path_make(path, scene.world.dir, "log.key");
    assert_int_equal(rename(scene.key, path), 0);
    path_make(path, scene.world.dir, LEDGER_SIGNING_FILE);
    assert_int_equal(unlink(path), 0);
    reopen();
}

static void a_log_goes_from_its_own_key_to_a_signer(void **state)
{
    (void)state;
    char vkey[VKEY_LEN];
    own_key();
    test_fill(&scene.world, &scene.author, 3);
    next_signer("second", vkey);
    hand_over(vkey);
    assert_false(is_there("log.key"));
    goes_on(vkey);
}

static void a_crash_in_a_handover_is_finished(void **state)
{
    (void)state;
    char vkey[VKEY_LEN], way[PATH_LEN], path[PATH_LEN];
    content(LEDGER_SIGNING_FILE, way);
    next_signer("second", vkey);
    hand_over(vkey);
    /* As if it had come after the commit: the former way is there, and the next one beside it. */
    move(LEDGER_SIGNING_FILE, "log.signer.next");
    path_make(path, scene.world.dir, LEDGER_SIGNING_FILE);
    file_put(path, way, 0600);
    goes_on(vkey);
}

static void a_crash_between_key_and_signer_is_finished(void **state)
{
    (void)state;
    char vkey[VKEY_LEN], key[PATH_LEN], path[PATH_LEN];
    own_key();
    content("log.key", key);
    next_signer("second", vkey);
    hand_over(vkey);
    path_make(path, scene.world.dir, "log.key");
    /* The way has its name, the former key is still there. */
    file_put(path, key, 0600);
    goes_on(vkey);
    /* Nor has the way its name. */
    test_world_close_log(&scene.world);
    file_put(path, key, 0600);
    move(LEDGER_SIGNING_FILE, "log.signer.next");
    goes_on(vkey);
}

static void a_handover_that_was_not_committed_changes_nothing(void **state)
{
    (void)state;
    char vkey[VKEY_LEN];
    struct base_err err = {0};
    struct base_buf BASE_CLEANUP(base_buf_release) own = {0};
    char former[VKEY_LEN], socket_former[PATH_LEN];
    snprintf(former, sizeof former, "%s", ledger_log_vkey(scene.world.log));
    snprintf(socket_former, sizeof socket_former, "%s", scene.socket);
    next_signer("second", vkey);
    test_world_close_log(&scene.world);
    assert_int_equal(ledger_handover_prepare_signer(scene.world.dir, scene.socket, vkey, &err), 0);
    /* Given again it goes on; another one is not meant meanwhile. */
    assert_int_equal(ledger_handover_prepare_signer(scene.world.dir, scene.socket, vkey, &err), 0);
    assert_int_equal(ledger_handover_prepare_signer(scene.world.dir, socket_former, former, &err),
                     BASE_E_STATE);
    assert_int_equal(ledger_handover_prepare(scene.world.dir, NULL, &own, &err), BASE_E_STATE);
    const struct ledger_handover cut = {.size = 3};
    assert_int_equal(ledger_handover(scene.world.dir, &cut, &err), BASE_E_USAGE);
    /* The next signer goes: nothing is committed, and the log is under the former one. */
    assert_int_equal(signer_stop(SIGKILL), -1);
    const struct ledger_handover handover = {.size = FILLED};
    assert_int_not_equal(ledger_handover(scene.world.dir, &handover, &err), 0);
    reopen();
    assert_string_equal(ledger_log_vkey(scene.world.log), former);
    test_fill(&scene.world, &scene.author, 1);
}

static void a_signer_of_another_history_takes_no_log_over(void **state)
{
    (void)state;
    char vkey[VKEY_LEN], path[PATH_LEN], kept[256];
    struct base_err err = {0};
    struct test_author author;
    next_signer("second", vkey);
    /* It founds another log of that name. */
    test_world_close_log(&scene.world);
    snprintf(kept, sizeof kept, "%s", scene.world.dir);
    test_dir_make(scene.world.dir);
    assert_int_equal(create(scene.socket, vkey, &err), 0);
    test_author_make(&author, 7);
    test_fill(&scene.world, &author, 3);
    fresh_dir();
    test_dir_remove(scene.world.dir);
    snprintf(scene.world.dir, sizeof scene.world.dir, "%s", kept);
    path_make(path, scene.world.dir, "log.signer.next");
    assert_int_equal(ledger_handover_prepare_signer(scene.world.dir, scene.socket, vkey, &err),
                     BASE_E_STATE);
    assert_non_null(strstr(err.text, "another history"));
    assert_int_equal(access(path, F_OK), -1);
}

int main(void)
{
#define SCENE(f) cmocka_unit_test_setup_teardown(f, scene_make, remove_both)
    const struct CMUnitTest tests[] = {
        SCENE(a_log_is_founded_with_its_signer),
        SCENE(a_founding_without_the_right_signer_leaves_nothing),
        SCENE(a_log_goes_from_one_signer_to_the_next),
        SCENE(a_log_goes_from_its_own_key_to_a_signer),
        SCENE(a_crash_in_a_handover_is_finished),
        SCENE(a_crash_between_key_and_signer_is_finished),
        SCENE(a_handover_that_was_not_committed_changes_nothing),
        SCENE(a_signer_of_another_history_takes_no_log_over),
    };
    return cmocka_run_group_tests_name("signer's keys", tests, NULL, NULL);
}
