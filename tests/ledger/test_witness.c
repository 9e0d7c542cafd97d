/* Witnesses: what a log asks, what a witness answers, number by number (C2SP tlog-witness). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>

#include "ledger/witness.h"
#include "tests/ledger/support.h"

#define SIZE 40u

/* A log of SIZE entries with all its roots, its key, and a witness's. */
struct scene {
    struct test_world world;
    struct test_author author;
    struct ledger_note_key log_key;
    struct ledger_note_signer log_signer, witness;
    struct ledger_hash roots[SIZE + 1];
};

static int scene_make(void **state)
{
    static struct scene scene;
    static const uint8_t log_seed[LEDGER_SEED_LEN] = {1};
    static const uint8_t witness_seed[LEDGER_SEED_LEN] = {2};
    struct ledger_reader *reader = NULL;
    test_world_make(&scene.world);
    test_author_make(&scene.author, 1);
    test_fill(&scene.world, &scene.author, SIZE);
    assert_int_equal(ledger_note_signer_make("journal.example/log", LEDGER_NOTE_ED25519, log_seed,
                                             &scene.log_signer, NULL),
                     0);
    assert_int_equal(ledger_note_signer_make("witness.example/w", LEDGER_NOTE_COSIGNATURE,
                                             witness_seed, &scene.witness, NULL),
                     0);
    scene.log_key = scene.log_signer.key;
    assert_int_equal(ledger_reader_open(scene.world.log, &reader, NULL), 0);
    for (uint64_t size = 0; size <= SIZE; size++)
        assert_int_equal(ledger_reader_root(reader, size, &scene.roots[size], NULL), 0);
    ledger_reader_close(reader);
    *state = &scene;
    return 0;
}

static int scene_remove(void **state)
{
    test_world_remove(&((struct scene *)*state)->world);
    return 0;
}

/* The request for `size` after `old_size`, signed by `signer`, with the right proof. */
static void request_make(struct scene *scene, uint64_t old_size, uint64_t size,
                         const struct ledger_note_signer *signer, struct base_buf *out_body)
{
    struct base_buf BASE_CLEANUP(base_buf_release) note = {0};
    struct ledger_hash path[LEDGER_PROOF_LEN_MAX];
    struct ledger_reader *reader = NULL;
    unsigned count = 0;
    assert_int_equal(ledger_checkpoint_sign(size, &scene->roots[size], signer, &note, NULL), 0);
    assert_int_equal(ledger_reader_open(scene->world.log, &reader, NULL), 0);
    if (old_size > 0 && old_size <= size)
        assert_int_equal(ledger_reader_consistency(reader, old_size, size, path, &count, NULL), 0);
    ledger_reader_close(reader);
    base_buf_reset(out_body);
    assert_int_equal(
        ledger_witness_request_put(old_size, path, count, base_buf_bytes(&note), out_body, NULL),
        0);
}

static enum ledger_witness_answer answer_to(struct scene *scene, struct base_bytes body,
                                            uint64_t last_size)
{
    struct ledger_witness_request request;
    struct ledger_checkpoint checkpoint;
    struct ledger_checkpoint last = {.size = last_size, .root = scene->roots[last_size]};
    struct base_bytes text;
    if (ledger_witness_request_parse(body, &request, NULL) != 0)
        return LEDGER_WITNESS_MALFORMED;
    enum ledger_witness_answer answer =
        ledger_witness_read(&request, &scene->log_key, 1, &checkpoint, &text);
    return answer != LEDGER_WITNESS_COSIGN ? answer
                                           : ledger_witness_judge(&request, &checkpoint, &last);
}

static void every_step_forward_is_cosigned(void **state)
{
    struct scene *scene = *state;
    struct base_buf BASE_CLEANUP(base_buf_release) body = {0};
    for (uint64_t old_size = 0; old_size <= SIZE; old_size++)
        for (uint64_t size = old_size; size <= SIZE; size++) {
            request_make(scene, old_size, size, &scene->log_signer, &body);
            assert_int_equal(answer_to(scene, base_buf_bytes(&body), old_size), 200);
            /* A witness that knows another size says so, whatever the proof. */
            uint64_t other = old_size == 0 ? 1 : old_size - 1;
            assert_int_equal(answer_to(scene, base_buf_bytes(&body), other), 409);
        }
}

static void each_wrong_request_has_its_number(void **state)
{
    struct scene *scene = *state;
    struct base_buf BASE_CLEANUP(base_buf_release) body = {0};
    struct ledger_note_signer stranger, other_log;
    static const uint8_t seed[LEDGER_SEED_LEN] = {3};
    assert_int_equal(
        ledger_note_signer_make("journal.example/log", LEDGER_NOTE_ED25519, seed, &stranger, NULL),
        0);
    assert_int_equal(ledger_note_signer_make("journal.example/other", LEDGER_NOTE_ED25519, seed,
                                             &other_log, NULL),
                     0);
    request_make(scene, 5, 9, &stranger, &body);
    assert_int_equal(answer_to(scene, base_buf_bytes(&body), 5), 403);
    request_make(scene, 5, 9, &other_log, &body);
    assert_int_equal(answer_to(scene, base_buf_bytes(&body), 5), 404);
    request_make(scene, 9, 5, &scene->log_signer, &body);
    assert_int_equal(answer_to(scene, base_buf_bytes(&body), 9), 400);
    /* Unknown origin is told before the sizes, a missing signature too. */
    request_make(scene, 9, 5, &other_log, &body);
    assert_int_equal(answer_to(scene, base_buf_bytes(&body), 9), 404);
    request_make(scene, 9, 5, &stranger, &body);
    assert_int_equal(answer_to(scene, base_buf_bytes(&body), 9), 403);
    /* The same size with another root: two histories. */
    struct ledger_hash kept = scene->roots[9];
    scene->roots[9] = scene->roots[8];
    request_make(scene, 9, 9, &scene->log_signer, &body);
    scene->roots[9] = kept;
    assert_int_equal(answer_to(scene, base_buf_bytes(&body), 9), 409);
}

static void a_proof_with_any_other_hash_is_unproved(void **state)
{
    struct scene *scene = *state;
    struct base_buf BASE_CLEANUP(base_buf_release) body = {0};
    struct ledger_witness_request request, wrong;
    struct ledger_checkpoint checkpoint;
    struct ledger_checkpoint last = {.size = 13, .root = scene->roots[13]};
    struct base_bytes text;
    request_make(scene, 13, 37, &scene->log_signer, &body);
    assert_int_equal(ledger_witness_request_parse(base_buf_bytes(&body), &request, NULL), 0);
    assert_int_equal(ledger_witness_read(&request, &scene->log_key, 1, &checkpoint, &text), 200);
    assert_int_equal(ledger_witness_judge(&request, &checkpoint, &last), 200);
    assert_true(request.path_count > 2);
    for (unsigned i = 0; i < request.path_count; i++) {
        wrong = request;
        wrong.path[i].bytes[7] ^= 1;
        assert_int_equal(ledger_witness_judge(&wrong, &checkpoint, &last), 422);
    }
    wrong = request;
    wrong.path_count--;
    assert_int_equal(ledger_witness_judge(&wrong, &checkpoint, &last), 422);
    wrong = request;
    wrong.path_count++;
    assert_int_equal(ledger_witness_judge(&wrong, &checkpoint, &last), 422);
    /* "The proof MUST be empty if the old size is zero." */
    last = (struct ledger_checkpoint){.root = scene->roots[0]};
    wrong.old_size = 0;
    assert_int_equal(ledger_witness_judge(&wrong, &checkpoint, &last), 422);
}

static void other_spellings_of_a_request_are_refused(void **state)
{
    struct scene *scene = *state;
    struct base_buf BASE_CLEANUP(base_buf_release) body = {0};
    struct ledger_witness_request request;
    request_make(scene, 0, 3, &scene->log_signer, &body);
    const char *note = strchr((const char *)base_buf_text(&body), '\n') + 2;
    static const char *const heads[] = {
        "old 00\n\n", "old +0\n\n", "old\n\n", "old 0 \n\n",      "old  0\n\n",
        "0\n\n",      "new 0\n\n",  "old 0\n", "old 0\nAAAA\n\n", "old 9223372036854775808\n\n",
        "old 0\r\n\n"};
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
        struct base_buf BASE_CLEANUP(base_buf_release) wrong = {0};
        base_buf_put_str(&wrong, heads[i]);
        base_buf_put_str(&wrong, note);
        assert_int_equal(answer_to(scene, base_buf_bytes(&wrong), 0), 400);
    }
    /* 63 hashes are a request, 64 are none. */
    struct ledger_hash path[64] = {0};
    assert_int_equal(ledger_witness_request_put(1, path, 64, BASE_LITERAL("x"), &body, NULL),
                     BASE_E_LIMIT);
    for (unsigned count = 63; count <= 64; count++) {
        struct base_buf BASE_CLEANUP(base_buf_release) many = {0};
        base_buf_put_str(&many, "old 1\n");
        for (unsigned i = 0; i < count; i++)
            base_buf_put_str(&many, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n");
        base_buf_put_str(&many, "\n");
        base_buf_put_str(&many, note);
        assert_int_equal(ledger_witness_request_parse(base_buf_bytes(&many), &request, NULL),
                         count == 63 ? 0 : BASE_E_FORMAT);
    }
}

static void a_request_is_read_as_it_was_written(void **state)
{
    struct scene *scene = *state;
    struct base_buf BASE_CLEANUP(base_buf_release) body = {0};
    struct base_buf BASE_CLEANUP(base_buf_release) again = {0};
    struct ledger_witness_request request;
    request_make(scene, 7, 31, &scene->log_signer, &body);
    assert_int_equal(ledger_witness_request_parse(base_buf_bytes(&body), &request, NULL), 0);
    assert_int_equal(ledger_witness_request_put(request.old_size, request.path, request.path_count,
                                                request.note, &again, NULL),
                     0);
    assert_true(base_bytes_equal(base_buf_bytes(&body), base_buf_bytes(&again)));
}

static void a_log_takes_only_its_witness_s_lines(void **state)
{
    struct scene *scene = *state;
    struct base_buf BASE_CLEANUP(base_buf_release) text = {0};
    struct base_buf BASE_CLEANUP(base_buf_release) line = {0};
    struct base_buf BASE_CLEANUP(base_buf_release) answer = {0};
    struct base_buf BASE_CLEANUP(base_buf_release) taken = {0};
    struct ledger_note_signer other;
    static const uint8_t seed[LEDGER_SEED_LEN] = {4};
    struct ledger_checkpoint checkpoint = {
        .origin = "journal.example/log", .size = 9, .root = scene->roots[9]};
    uint64_t time_s = 0;
    assert_int_equal(ledger_note_signer_make("witness.example/other", LEDGER_NOTE_COSIGNATURE, seed,
                                             &other, NULL),
                     0);
    ledger_checkpoint_put_text(&checkpoint, &text);
    ledger_note_sign_line(base_buf_bytes(&text), &scene->witness, 1700000000, &line);
    ledger_note_sign_line(base_buf_bytes(&text), &other, 1700000001, &answer);
    base_buf_put_bytes(&answer, base_buf_bytes(&line));
    assert_int_equal(ledger_witness_lines_take(base_buf_bytes(&answer), base_buf_bytes(&text),
                                               &scene->witness.key, &taken, &time_s, NULL),
                     0);
    assert_true(base_bytes_equal(base_buf_bytes(&taken), base_buf_bytes(&line)));
    assert_true(time_s == 1700000000);
    /* Over another text, by another key, with more than lines, with nothing: not taken. */
    assert_int_equal(ledger_witness_lines_take(base_buf_bytes(&answer), BASE_LITERAL("other\n"),
                                               &scene->witness.key, &taken, &time_s, NULL),
                     BASE_E_CRYPTO);
    assert_int_equal(ledger_witness_lines_take(base_buf_bytes(&line), base_buf_bytes(&text),
                                               &other.key, &taken, &time_s, NULL),
                     BASE_E_CRYPTO);
    base_buf_reset(&answer);
    base_buf_put_str(&answer, "more text\n\n");
    base_buf_put_bytes(&answer, base_buf_bytes(&line));
    assert_int_equal(ledger_witness_lines_take(base_buf_bytes(&answer), base_buf_bytes(&text),
                                               &scene->witness.key, &taken, &time_s, NULL),
                     BASE_E_FORMAT);
    assert_int_equal(ledger_witness_lines_take(BASE_LITERAL(""), base_buf_bytes(&text),
                                               &scene->witness.key, &taken, &time_s, NULL),
                     BASE_E_FORMAT);
}

static void extension_lines_of_other_logs_are_cosigned_whole(void **state)
{
    struct scene *scene = *state;
    struct base_buf BASE_CLEANUP(base_buf_release) text = {0};
    struct base_buf BASE_CLEANUP(base_buf_release) note = {0};
    struct base_buf BASE_CLEANUP(base_buf_release) body = {0};
    struct ledger_witness_request request;
    struct ledger_checkpoint checkpoint = {
        .origin = "journal.example/log", .size = 3, .root = scene->roots[3]};
    struct base_bytes signed_text;
    ledger_checkpoint_put_text(&checkpoint, &text);
    base_buf_put_str(&text, "an extension\n");
    base_buf_put_bytes(&note, base_buf_bytes(&text));
    base_buf_put_str(&note, "\n");
    ledger_note_sign_line(base_buf_bytes(&text), &scene->log_signer, 0, &note);
    assert_int_equal(ledger_witness_request_put(0, NULL, 0, base_buf_bytes(&note), &body, NULL), 0);
    assert_int_equal(ledger_witness_request_parse(base_buf_bytes(&body), &request, NULL), 0);
    assert_int_equal(ledger_witness_read(&request, &scene->log_key, 1, &checkpoint, &signed_text),
                     200);
    assert_true(checkpoint.is_extended);
    assert_true(base_bytes_equal(signed_text, base_buf_bytes(&text)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_step_forward_is_cosigned),
        cmocka_unit_test(each_wrong_request_has_its_number),
        cmocka_unit_test(a_proof_with_any_other_hash_is_unproved),
        cmocka_unit_test(other_spellings_of_a_request_are_refused),
        cmocka_unit_test(a_request_is_read_as_it_was_written),
        cmocka_unit_test(a_log_takes_only_its_witness_s_lines),
        cmocka_unit_test(extension_lines_of_other_logs_are_cosigned_whole),
    };
    return cmocka_run_group_tests_name("witness", tests, scene_make, scene_remove);
}
