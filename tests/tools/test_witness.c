/* A witness that forgets nothing: what it cosigned is on the disk before it says so, damage is no
 * fresh start, and contradictions are kept. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <dirent.h>
#include <stdio.h>

#include "tests/ledger/support.h"
#include "tools/audit/witness_store.h"
#include "tools/common/files.h"

#define SIZE 12u

struct scene {
    struct test_world world, other; /* the other: a second history under the same name */
    char dir[256];
    char witness_dir[300];
    struct ledger_note_signer log;
    struct audit_witness *witness;
    struct base_buf answer;
};

static void open_again(struct scene *scene)
{
    struct base_err err = {0};
    audit_witness_close(scene->witness);
    scene->witness = NULL;
    if (audit_witness_open(scene->witness_dir, &scene->witness, &err) != 0)
        fail_msg("%s", err.text);
}

static int scene_make(void **state)
{
    static struct scene scene;
    struct base_buf BASE_CLEANUP(base_buf_release) vkey = {0};
    struct test_author author, stranger;
    static const uint8_t seed[LEDGER_SEED_LEN] = {1};
    memset(&scene, 0, sizeof scene);
    test_world_make(&scene.world);
    test_world_make(&scene.other);
    test_author_make(&author, 1);
    test_author_make(&stranger, 2);
    test_fill(&scene.world, &author, SIZE);
    test_fill(&scene.other, &stranger, SIZE);
    test_dir_make(scene.dir);
    snprintf(scene.witness_dir, sizeof scene.witness_dir, "%s/witness", scene.dir);
    assert_int_equal(
        ledger_note_signer_make("journal.example/log", LEDGER_NOTE_ED25519, seed, &scene.log, NULL),
        0);
    ledger_vkey_put(&scene.log.key, &vkey);
    assert_int_equal(audit_witness_make(scene.witness_dir, "witness.example/edu", NULL), 0);
    assert_int_equal(audit_witness_make(scene.witness_dir, "witness.example/edu", NULL),
                     BASE_E_STATE);
    assert_int_equal(audit_witness_allow(scene.witness_dir, base_buf_text(&vkey), NULL), 0);
    assert_int_equal(audit_witness_allow(scene.witness_dir, base_buf_text(&vkey), NULL), 0);
    open_again(&scene);
    assert_int_equal(audit_witness_log_count(scene.witness), 1);
    *state = &scene;
    return 0;
}

static int scene_remove(void **state)
{
    struct scene *scene = *state;
    audit_witness_close(scene->witness);
    base_buf_release(&scene->answer);
    test_world_remove(&scene->world);
    test_world_remove(&scene->other);
    test_dir_remove(scene->dir);
    return 0;
}

/* Asks for `size` of a world after `old_size`; the answer's body is in scene->answer. */
static int ask(struct scene *scene, struct test_world *world, uint64_t old_size, uint64_t size)
{
    struct base_buf BASE_CLEANUP(base_buf_release) note = {0};
    struct base_buf BASE_CLEANUP(base_buf_release) body = {0};
    struct ledger_hash path[LEDGER_PROOF_LEN_MAX], root;
    struct ledger_reader *reader = NULL;
    enum ledger_witness_answer answer;
    unsigned count = 0;
    assert_int_equal(ledger_reader_open(world->log, &reader, NULL), 0);
    assert_int_equal(ledger_reader_root(reader, size, &root, NULL), 0);
    if (old_size > 0 && old_size <= size)
        assert_int_equal(ledger_reader_consistency(reader, old_size, size, path, &count, NULL), 0);
    ledger_reader_close(reader);
    assert_int_equal(ledger_checkpoint_sign(size, &root, &scene->log, &note, NULL), 0);
    assert_int_equal(
        ledger_witness_request_put(old_size, path, count, base_buf_bytes(&note), &body, NULL), 0);
    base_buf_reset(&scene->answer);
    int rc = audit_witness_answer(scene->witness, base_buf_bytes(&body), 1700000000, &answer,
                                  &scene->answer, NULL);
    return rc != 0 ? rc : (int)answer;
}

static unsigned count_files(const struct scene *scene, const char *name)
{
    char path[600];
    unsigned count = 0;
    snprintf(path, sizeof path, "%s/%s", scene->witness_dir, name);
    DIR *dir = opendir(path);
    assert_non_null(dir);
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;)
        count += entry->d_name[0] != '.';
    closedir(dir);
    return count;
}

static void what_was_cosigned_is_remembered(void **state)
{
    struct scene *scene = *state;
    assert_int_equal(ask(scene, &scene->world, 0, 5), 200);
    assert_true(scene->answer.len > 0);
    /* The same again, also after a restart: cosigned anew. */
    assert_int_equal(ask(scene, &scene->world, 5, 5), 200);
    open_again(scene);
    assert_int_equal(ask(scene, &scene->world, 5, 5), 200);
    assert_int_equal(ask(scene, &scene->world, 0, 9), 409);
    assert_string_equal(base_buf_text(&scene->answer), "5\n");
    assert_int_equal(ask(scene, &scene->world, 5, 9), 200);
    /* Going back is not possible. */
    assert_int_equal(ask(scene, &scene->world, 5, 5), 409);
    assert_string_equal(base_buf_text(&scene->answer), "9\n");
    assert_int_equal(count_files(scene, "evidence"), 0);
}

static void a_second_history_is_refused_and_kept(void **state)
{
    struct scene *scene = *state;
    assert_int_equal(ask(scene, &scene->world, 0, 9), 200);
    assert_int_equal(ask(scene, &scene->other, 9, 9), 409);
    assert_int_equal(count_files(scene, "evidence"), 1);
    assert_int_equal(ask(scene, &scene->other, 9, 11), 422);
    assert_int_equal(count_files(scene, "evidence"), 2);
    assert_int_equal(scene->answer.len, 0);
    /* The first one goes on as if nothing had been. */
    assert_int_equal(ask(scene, &scene->world, 9, 11), 200);
}

static void damage_is_a_fault_and_no_fresh_start(void **state)
{
    struct scene *scene = *state;
    struct base_buf BASE_CLEANUP(base_buf_release) bytes = {0};
    char dir[600];
    char path[900];
    assert_int_equal(ask(scene, &scene->world, 0, 7), 200);
    snprintf(dir, sizeof dir, "%s/state", scene->witness_dir);
    DIR *list = opendir(dir);
    for (struct dirent *entry; (entry = readdir(list)) != NULL;)
        if (entry->d_name[0] != '.')
            snprintf(path, sizeof path, "%s/%s", dir, entry->d_name);
    closedir(list);
    assert_int_equal(tool_file_read(path, 65536, &bytes, NULL), 0);
    size_t len = bytes.len;
    for (size_t at = 0; at < len; at += 7) {
        bytes.data[at] ^= 1;
        assert_int_equal(tool_file_write(path, 0644, base_buf_bytes(&bytes), NULL), 0);
        int answer = ask(scene, &scene->world, 0, 9);
        bytes.data[at] ^= 1;
        /* What is not what it wrote is a fault; a byte of the log's own line alone may change. */
        assert_true(answer < 0 || answer == 409);
    }
    for (size_t cut = 0; cut < len; cut += 5) {
        bytes.len = cut;
        assert_int_equal(tool_file_write(path, 0644, base_buf_bytes(&bytes), NULL), 0);
        assert_true(ask(scene, &scene->world, 0, 9) < 0);
    }
    bytes.len = len;
    assert_int_equal(tool_file_write(path, 0644, base_buf_bytes(&bytes), NULL), 0);
    assert_int_equal(ask(scene, &scene->world, 7, 9), 200);
}

static void one_witness_has_one_process(void **state)
{
    struct scene *scene = *state;
    struct audit_witness *second = NULL;
    assert_int_equal(audit_witness_open(scene->witness_dir, &second, NULL), BASE_E_BUSY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_was_cosigned_is_remembered, scene_make, scene_remove),
        cmocka_unit_test_setup_teardown(a_second_history_is_refused_and_kept, scene_make,
                                        scene_remove),
        cmocka_unit_test_setup_teardown(damage_is_a_fault_and_no_fresh_start, scene_make,
                                        scene_remove),
        cmocka_unit_test_setup_teardown(one_witness_has_one_process, scene_make, scene_remove),
    };
    return cmocka_run_group_tests_name("witness", tests, NULL, NULL);
}
