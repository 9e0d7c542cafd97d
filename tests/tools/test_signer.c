/* A log whose key is with a signer: the program itself is started, killed, lied to and asked by
 * logs that are not what they were. */
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

#include "ledger/handover.h"
#include "ledger/verify.h"
#include "tests/tools/signer_scene.h"

static void a_log_appends_through_its_signer(void **state)
{
    (void)state;
    char path[PATH_LEN];
    path_make(path, scene.world.dir, "log.key");
    assert_int_equal(access(path, F_OK), -1);
    test_fill(&scene.world, &scene.author, 300);
    test_verify_everything(&scene.world);
    assert_int_equal(size_now(), FILLED + 300);
    assert_int_equal(signed_last()->size, FILLED + 300);
    reopen();
    test_verify_everything(&scene.world);
    test_fill(&scene.world, &scene.author, 1);
    assert_int_equal(signed_last()->size, FILLED + 301);
}

static void a_signer_that_is_away_refuses_and_harms_nothing(void **state)
{
    (void)state;
    struct ledger_receipt receipt;
    struct base_err err = {0};
    struct test_submission kept, again;
    assert_int_equal(append_one(&receipt, &kept, &err), 0);
    assert_int_equal(signer_stop(SIGKILL), -1);
    assert_int_equal(append_one(&receipt, &again, &err), 0);
    assert_int_equal(receipt.code, LEDGER_REFUSED_SIGNER_AWAY);
    assert_string_equal(ledger_refusal_text_of(receipt.code)->name, "signer_away");
    assert_int_equal(size_now(), FILLED + 1);
    /* What is in the log is answered, signer or not. */
    assert_true(test_append(&scene.world, &kept).known);
    /* A log opens without it, and refuses as before. */
    reopen();
    assert_int_equal(test_append(&scene.world, &again).code, LEDGER_REFUSED_SIGNER_AWAY);
    signer_start(NULL);
    receipt = test_append(&scene.world, &again);
    assert_int_equal(receipt.code, 0);
    assert_int_equal(receipt.seq, FILLED + 1);
    test_verify_everything(&scene.world);
    test_submission_release(&kept);
    test_submission_release(&again);
}

static void a_signer_that_was_restarted_is_found_again(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 3; i++) {
        test_fill(&scene.world, &scene.author, 2);
        assert_int_equal(signer_stop(SIGTERM), 0);
        assert_int_equal(access(scene.socket, F_OK), -1);
        signer_start(NULL);
        assert_int_equal(signed_last()->size, size_now());
        /* However it ends: what was given out is on the disk. */
        test_fill(&scene.world, &scene.author, 1);
        assert_int_equal(signer_stop(SIGKILL), -1);
        signer_start(NULL);
        assert_int_equal(signed_last()->size, size_now());
    }
    test_fill(&scene.world, &scene.author, 2);
    assert_int_equal(size_now(), FILLED + 11);
}

static void a_signer_that_hangs_is_away(void **state)
{
    (void)state;
    struct ledger_receipt receipt;
    struct base_err err = {0};
    kill(scene.pid, SIGSTOP);
    int rc = append_one(&receipt, NULL, &err);
    kill(scene.pid, SIGCONT);
    assert_int_equal(rc, 0);
    assert_int_equal(receipt.code, LEDGER_REFUSED_SIGNER_AWAY);
    test_fill(&scene.world, &scene.author, 1);
    assert_int_equal(size_now(), FILLED + 1);
}

/* Puts the copy in the world's place; its `published` is gone, so that only the signer can tell. */
static void world_become(const char *copy)
{
    char path[PATH_LEN];
    test_world_close_log(&scene.world);
    test_dir_remove(scene.world.dir);
    assert_int_equal(rename(copy, scene.world.dir), 0);
    path_make(path, scene.world.dir, "published");
    unlink(path);
}

static void world_copy(char copy[PATH_LEN])
{
    test_world_close_log(&scene.world);
    path_make(copy, scene.dir, "copy");
    test_dir_copy(scene.world.dir, copy);
    reopen();
}

static void an_older_copy_is_refused(void **state)
{
    (void)state;
    char copy[PATH_LEN];
    struct base_err err = {0};
    world_copy(copy);
    test_fill(&scene.world, &scene.author, 5);
    world_become(copy);
    assert_int_equal(test_world_reopen(&scene.world, &err), BASE_E_CORRUPT);
    assert_non_null(strstr(err.text, "second history"));
}

static void a_second_history_is_refused(void **state)
{
    (void)state;
    char copy[PATH_LEN];
    struct test_author other;
    struct ledger_receipt receipt;
    struct base_err err = {0};
    world_copy(copy);
    test_fill(&scene.world, &scene.author, 1);
    world_become(copy);
    /* While the signer is away the copy opens: nobody can tell. It cannot append. */
    assert_int_equal(signer_stop(SIGTERM), 0);
    reopen();
    assert_int_equal(append_one(&receipt, NULL, &err), 0);
    assert_int_equal(receipt.code, LEDGER_REFUSED_SIGNER_AWAY);
    /* When it is back the copy stops, before it has written anything. */
    signer_start(NULL);
    assert_int_equal(append_one(&receipt, NULL, &err), BASE_E_CORRUPT);
    assert_int_equal(append_one(&receipt, NULL, &err), BASE_E_STOPPED);
    assert_int_equal(size_now(), FILLED);
    /* Grown past the signer with its own key, it is still another history. */
    char key[PATH_LEN], way[PATH_LEN];
    test_world_close_log(&scene.world);
    path_make(key, scene.world.dir, "log.key");
    path_make(way, scene.world.dir, LEDGER_SIGNING_FILE);
    assert_int_equal(unlink(way), 0);
    assert_int_equal(link(scene.key, key), 0);
    reopen();
    test_author_make(&other, 2);
    test_fill(&scene.world, &other, 9);
    test_world_close_log(&scene.world);
    assert_int_equal(unlink(key), 0);
    file_put(way, scene.socket, 0600);
    assert_int_equal(test_world_reopen(&scene.world, &err), BASE_E_CORRUPT);
    assert_non_null(strstr(err.text, "another history"));
}

static void the_program_itself_refuses_another_tree(void **state)
{
    (void)state;
    struct ledger_signing_link link;
    struct ledger_note_key key;
    struct ledger_checkpoint given;
    struct base_err err = {0};
    struct ledger_signing_request request = {.origin = "journal.example/log",
                                             .old_size = FILLED,
                                             .new_size = FILLED + 1,
                                             .path_count = 1};
    assert_int_equal(ledger_signing_link_make(base_bytes_str(scene.socket), &link, NULL), 0);
    assert_int_equal(
        ledger_vkey_parse(base_bytes_str(ledger_log_vkey(scene.world.log)), &key, NULL), 0);
    assert_int_equal(ledger_signing_ask(&link, &request, &key, &given, NULL, &err), BASE_E_STATE);
    assert_non_null(strstr(err.text, "does not continue"));
    strcpy(request.origin, "journal.example/other");
    assert_int_equal(ledger_signing_ask(&link, &request, &key, &given, NULL, &err), BASE_E_STATE);
    assert_non_null(strstr(err.text, "another log"));
    ledger_signing_link_close(&link);
    assert_int_equal(signed_last()->size, FILLED);
    test_fill(&scene.world, &scene.author, 1);
}

/* Whole, for who reads from elsewhere: of `size` entries, whatever else is committed. */
static void whole_for_readers(const char *dir, uint64_t size)
{
    const struct ledger_log_options options = {.dir = dir};
    const struct ledger_verify_options all = {0};
    struct ledger_verify_report report;
    struct ledger_log *log = NULL;
    struct ledger_head head;
    struct base_err err = {0};
    if (ledger_log_open(&options, &log, &err) != 0)
        fail_msg("%s", err.text);
    ledger_log_head(log, &head);
    assert_int_equal(head.size, size);
    if (ledger_verify_log(log, &all, &report, &err) != 0)
        fail_msg("%s", err.text);
    assert_int_equal(report.finding, LEDGER_FOUND_NOTHING);
    assert_int_equal(report.entry_count, size);
    ledger_log_close(log);
}

static void a_crash_before_the_signature_is_made_up_for(void **state)
{
    (void)state;
    char copy[PATH_LEN];
    struct ledger_receipt receipt;
    struct test_submission made;
    struct ledger_reader *reader = NULL;
    ledger_seq seq;
    struct base_err err = {0};
    test_event_make(&scene.world, &scene.author, "test.one", NULL, &made);
    struct ledger_submission *one = &made.submission;
    scene.commits = 0;
    scene.fault_turn = 1;
    scene.world.faults.after_commit = on_commit;
    assert_int_equal(ledger_log_append(scene.world.log, &one, 1, &receipt, &err), BASE_E_IO);
    scene.world.faults.after_commit = NULL;
    assert_int_equal(signed_last()->size, FILLED);
    /* Nobody sees what no checkpoint signs. */
    assert_int_equal(size_now(), FILLED);
    assert_int_equal(ledger_reader_open(scene.world.log, &reader, NULL), 0);
    assert_int_equal(ledger_reader_find(reader, &made.submission.event.id, &seq, NULL),
                     BASE_E_MISSING);
    ledger_reader_close(reader);
    path_make(copy, scene.dir, "copy");
    assert_int_equal(ledger_log_copy(scene.world.log, copy, NULL), 0);
    test_world_close_log(&scene.world);
    whole_for_readers(scene.world.dir, FILLED);
    whole_for_readers(copy, FILLED);
    /* Nor is the log handed over meanwhile. */
    const struct ledger_handover handover = {.size = FILLED};
    assert_int_equal(ledger_handover(copy, &handover, &err), BASE_E_STATE);
    reopen();
    assert_int_equal(size_now(), FILLED + 1);
    assert_int_equal(signed_last()->size, FILLED + 1);
    receipt = test_append(&scene.world, &made);
    assert_true(receipt.known);
    assert_int_equal(receipt.seq, FILLED);
    test_fill(&scene.world, &scene.author, 3);
    test_verify_everything(&scene.world);
    test_submission_release(&made);
}

static void a_crash_after_the_signature_is_made_up_for(void **state)
{
    (void)state;
    crash_at(2);
    assert_int_equal(signed_last()->size, FILLED + 1);
    reopen();
    assert_int_equal(size_now(), FILLED + 1);
    test_fill(&scene.world, &scene.author, 3);
    test_verify_everything(&scene.world);
}

/* The same with a process that really ends, at each of its moments. */
static int end_here(void *data)
{
    (void)data;
    if (++scene.commits == scene.fault_turn)
        _exit(7);
    return 0;
}

static void a_process_that_ends_anywhere_loses_nothing(void **state)
{
    (void)state;
    for (unsigned turn = 1; turn <= 2; turn++) {
        uint64_t before = size_now();
        int status;
        test_world_close_log(&scene.world);
        pid_t pid = fork();
        assert_true(pid >= 0);
        if (pid == 0) {
            struct ledger_receipt receipt;
            if (test_world_reopen(&scene.world, NULL) != 0)
                _exit(8);
            scene.commits = 0;
            scene.fault_turn = turn;
            scene.world.faults.after_commit = end_here;
            (void)!append_one(&receipt, NULL, NULL);
            _exit(9);
        }
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_int_equal(WEXITSTATUS(status), 7);
        scene.author.counter++; /* the child's */
        reopen();
        assert_int_equal(size_now(), before + 1);
        test_fill(&scene.world, &scene.author, 2);
        test_verify_everything(&scene.world);
    }
}

static int signer_killed(void *data)
{
    (void)data;
    if (scene.pid > 0)
        signer_stop(SIGKILL);
    return 0;
}

static int signer_exchanged(void *data)
{
    (void)data;
    if (scene.commits++ == 0) {
        signer_stop(SIGKILL);
        scene.pid = signer_spawn(NULL);
    }
    return 0;
}

static void a_signer_lost_in_the_midst_is_waited_for(void **state)
{
    (void)state;
    struct ledger_receipt receipt;
    struct base_err err = {0};
    scene.world.faults.before_commit = signer_exchanged;
    if (append_one(&receipt, NULL, &err) != 0)
        fail_msg("%s", err.text);
    scene.world.faults.before_commit = NULL;
    assert_int_equal(receipt.code, 0);
    test_verify_everything(&scene.world);
}

static void a_signer_lost_in_the_midst_stops_the_log(void **state)
{
    (void)state;
    struct ledger_receipt receipt;
    struct base_err err = {0};
    char key[PATH_LEN], way[PATH_LEN];
    scene.world.faults.signer_wait_ms = 100;
    scene.world.faults.before_commit = signer_killed;
    assert_int_equal(append_one(&receipt, NULL, &err), BASE_E_STATE);
    scene.world.faults.before_commit = NULL;
    assert_non_null(strstr(err.text, "does not answer"));
    assert_int_equal(append_one(&receipt, NULL, &err), BASE_E_STOPPED);
    /* Opening for writing needs the signer now; reading does not. */
    assert_int_equal(test_world_reopen(&scene.world, &err), BASE_E_STATE);
    whole_for_readers(scene.world.dir, FILLED);
    signer_start(NULL);
    reopen();
    assert_int_equal(size_now(), FILLED + 1);
    /* Or the key itself, put back. */
    scene.world.faults.before_commit = signer_killed;
    assert_int_equal(append_one(&receipt, NULL, &err), BASE_E_STATE);
    scene.world.faults.before_commit = NULL;
    test_world_close_log(&scene.world);
    path_make(key, scene.world.dir, "log.key");
    path_make(way, scene.world.dir, LEDGER_SIGNING_FILE);
    assert_int_equal(rename(scene.key, key), 0);
    assert_int_equal(test_world_reopen(&scene.world, &err), BASE_E_STATE); /* both are there */
    assert_int_equal(unlink(way), 0);
    reopen();
    assert_int_equal(size_now(), FILLED + 2);
    test_verify_everything(&scene.world);
}

static void a_signer_that_cannot_keep_signs_nothing(void **state)
{
    (void)state;
    struct ledger_receipt receipt;
    struct base_err err = {0};
    char beside[PATH_LEN];
    int status = 0;
    scene.world.faults.signer_wait_ms = 100;
    path_make(beside, scene.dir, "state.new"); /* where it would write */
    assert_int_equal(mkdir(beside, 0700), 0);
    assert_int_equal(append_one(&receipt, NULL, &err), BASE_E_STATE);
    /* It ends by itself, and remembers what it had given out. */
    assert_int_equal(waitpid(scene.pid, &status, 0), scene.pid);
    scene.pid = 0;
    assert_int_equal(WEXITSTATUS(status), 1);
    assert_int_equal(rmdir(beside), 0);
    signer_start(NULL);
    assert_int_equal(signed_last()->size, FILLED);
    reopen();
    assert_int_equal(size_now(), FILLED + 1);
    assert_int_equal(signed_last()->size, FILLED + 1);
    test_fill(&scene.world, &scene.author, 1);
}

static void a_signer_that_is_behind_follows(void **state)
{
    (void)state;
    char older[PATH_LEN];
    path_make(older, scene.dir, "older");
    assert_int_equal(link(scene.state, older), 0);
    test_fill(&scene.world, &scene.author, 30);
    assert_int_equal(signer_stop(SIGTERM), 0);
    assert_int_equal(rename(older, scene.state), 0);
    signer_start(NULL);
    assert_int_equal(signed_last()->size, FILLED);
    test_fill(&scene.world, &scene.author, 1);
    assert_int_equal(signed_last()->size, FILLED + 31);
    /* From nothing, too: whoever makes its state anew trusts the log that asks first. */
    assert_int_equal(signer_stop(SIGTERM), 0);
    assert_int_equal(unlink(scene.state), 0);
    signer_start(init_only);
    assert_int_equal(signed_last()->size, 0);
    test_fill(&scene.world, &scene.author, 1);
    assert_int_equal(signed_last()->size, FILLED + 32);
    test_verify_everything(&scene.world);
}

static void a_signer_starts_only_with_its_key_and_its_memory(void **state)
{
    (void)state;
    char copy[PATH_LEN], published[PATH_LEN];
    assert_int_equal(signer_ends(NULL), 1); /* the state is another process's */
    assert_int_equal(signer_stop(SIGTERM), 0);
    path_make(published, scene.world.dir, "published");
    path_make(copy, scene.dir, "kept");
    assert_int_equal(signer_ends(init_only), 1);
    assert_int_equal(rename(scene.state, copy), 0);
    assert_int_equal(signer_ends(NULL), 1);
    /* Torn anywhere it is not taken, and not made anew either. */
    FILE *file = fopen(copy, "rbe");
    char text[2048], torn[2048];
    size_t len = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    text[len] = '\0';
    for (size_t cut = 0; cut < len; cut += len / 5) {
        memcpy(torn, text, len + 1);
        torn[cut] = '\0';
        file_put(scene.state, torn, 0600);
        assert_int_equal(signer_ends(NULL), 1);
        assert_int_equal(signer_ends(init_only), 1);
        memcpy(torn, text, len + 1);
        torn[cut] ^= 1;
        file_put(scene.state, torn, 0600);
        assert_int_equal(signer_ends(NULL), 1);
    }
    assert_int_equal(unlink(scene.state), 0);
    /* A checkpoint that another key signed is none to begin at. */
    struct test_world stranger;
    char foreign[PATH_LEN];
    test_world_make(&stranger);
    path_make(foreign, stranger.dir, "published");
    const char *const from_foreign[] = {"--init", "--from", foreign, NULL};
    assert_int_equal(signer_ends(from_foreign), 1);
    test_world_remove(&stranger);
    assert_int_equal(access(scene.state, F_OK), -1);
    /* A key that others may read. */
    assert_int_equal(rename(copy, scene.state), 0);
    assert_int_equal(chmod(scene.key, 0640), 0);
    assert_int_equal(signer_ends(NULL), 1);
    assert_int_equal(chmod(scene.key, 0600), 0);
    /* Wrong usage; a place where something else lies. */
    const char *const from_alone[] = {"--from", published, NULL};
    const char *const unknown[] = {"--nonsense", NULL};
    assert_int_equal(signer_ends(from_alone), 2);
    assert_int_equal(signer_ends(unknown), 2);
    file_put(scene.socket, "no socket", 0600);
    assert_int_equal(signer_ends(NULL), 3);
    assert_int_equal(unlink(scene.socket), 0);
    /* And after all that as ever. */
    signer_start(NULL);
    struct stat st;
    assert_int_equal(stat(scene.socket, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(stat(scene.state, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    test_fill(&scene.world, &scene.author, 1);
}

static void another_keys_signer_is_none(void **state)
{
    (void)state;
    struct test_world stranger;
    struct ledger_receipt receipt;
    struct base_err err = {0};
    char key[PATH_LEN];
    assert_int_equal(signer_stop(SIGTERM), 0);
    assert_int_equal(unlink(scene.state), 0);
    test_world_make(&stranger); /* of the same name */
    path_make(key, stranger.dir, "log.key");
    assert_int_equal(rename(key, scene.key), 0);
    test_world_remove(&stranger);
    signer_start(init_only);
    assert_int_equal(append_one(&receipt, NULL, &err), BASE_E_CRYPTO);
    assert_int_equal(size_now(), FILLED);
    assert_int_equal(test_world_reopen(&scene.world, &err), BASE_E_CRYPTO);
}

static int connected(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%.100s", scene.socket);
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (const struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

static void rude_clients_harm_nobody(void **state)
{
    (void)state;
    static uint8_t noise[3 * LEDGER_SIGNING_MESSAGE_LEN_MAX];
    uint8_t answer[LEDGER_SIGNING_MESSAGE_LEN_MAX];
    struct test_random random = test_random_make(11);
    int silent[60];
    for (size_t i = 0; i < sizeof noise; i++)
        noise[i] = (uint8_t)test_random_next(&random);
    for (size_t i = 0; i < 60; i++)
        silent[i] = connected();
    for (size_t i = 0; i < 200; i++) {
        enum ledger_signing_answer said;
        struct base_bytes words;
        size_t len = 1 + (size_t)test_random_below(&random, i < 100 ? 64 : sizeof noise - 1);
        int fd = connected();
        assert_int_equal(send(fd, noise, len, MSG_NOSIGNAL), (ssize_t)len);
        ssize_t got = recv(fd, answer, sizeof answer, 0);
        assert_true(got > 0);
        assert_int_equal(
            ledger_signing_answer_parse(base_bytes_of(answer, (size_t)got), &said, &words, NULL),
            0);
        assert_int_equal(said, LEDGER_SIGNING_MALFORMED);
        close(fd);
        if (i % 50 == 0)
            test_fill(&scene.world, &scene.author, 1);
    }
    /* One that asks and asks and never takes an answer. */
    int deaf = connected();
    while (send(deaf, noise, 32, MSG_NOSIGNAL | MSG_DONTWAIT) > 0)
        test_fill(&scene.world, &scene.author, 1);
    test_fill(&scene.world, &scene.author, 1);
    close(deaf);
    for (size_t i = 0; i < 60; i++)
        close(silent[i]);
    test_verify_everything(&scene.world);
}

static void a_key_with_a_signer_is_exchanged_only_for_another_signers(void **state)
{
    (void)state;
    struct base_buf BASE_CLEANUP(base_buf_release) vkey = {0};
    struct base_err err = {0};
    const struct ledger_handover handover = {.size = FILLED};
    test_world_close_log(&scene.world);
    assert_int_equal(ledger_handover_prepare(scene.world.dir, NULL, &vkey, &err), BASE_E_STATE);
    assert_non_null(strstr(err.text, "signer"));
    assert_int_equal(ledger_handover(scene.world.dir, &handover, &err), BASE_E_STATE);
    reopen();
    test_fill(&scene.world, &scene.author, 1);
}

static void a_way_that_leads_nowhere_is_named(void **state)
{
    (void)state;
    char path[PATH_LEN], longer[200];
    struct base_err err = {0};
    path_make(path, scene.world.dir, LEDGER_SIGNING_FILE);
    memset(longer, 'a', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    const char *const wrong[] = {"", "\n", "a\nb\n", longer};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        test_world_close_log(&scene.world);
        file_put(path, wrong[i], 0600);
        assert_int_equal(test_world_reopen(&scene.world, &err), BASE_E_USAGE);
        assert_non_null(strstr(err.text, LEDGER_SIGNING_FILE));
    }
}

int main(void)
{
#define SCENE(f) cmocka_unit_test_setup_teardown(f, scene_make, scene_remove)
    const struct CMUnitTest tests[] = {
        SCENE(a_log_appends_through_its_signer),
        SCENE(a_signer_that_is_away_refuses_and_harms_nothing),
        SCENE(a_signer_that_was_restarted_is_found_again),
        SCENE(a_signer_that_hangs_is_away),
        SCENE(an_older_copy_is_refused),
        SCENE(a_second_history_is_refused),
        SCENE(the_program_itself_refuses_another_tree),
        SCENE(a_crash_before_the_signature_is_made_up_for),
        SCENE(a_crash_after_the_signature_is_made_up_for),
        SCENE(a_process_that_ends_anywhere_loses_nothing),
        SCENE(a_signer_lost_in_the_midst_is_waited_for),
        SCENE(a_signer_lost_in_the_midst_stops_the_log),
        SCENE(a_signer_that_cannot_keep_signs_nothing),
        SCENE(a_signer_that_is_behind_follows),
        SCENE(a_signer_starts_only_with_its_key_and_its_memory),
        SCENE(another_keys_signer_is_none),
        SCENE(rude_clients_harm_nobody),
        SCENE(a_key_with_a_signer_is_exchanged_only_for_another_signers),
        SCENE(a_way_that_leads_nowhere_is_named),
    };
    return cmocka_run_group_tests_name("signer", tests, NULL, NULL);
}
