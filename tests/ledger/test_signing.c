/* What a log asks of its signer and what a signer signs: one history, step by step, and no other.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>

#include "ledger/canon.h"
#include "ledger/signing.h"
#include "tests/ledger/support.h"

#define ORIGIN "journal.example/log"
#define LEAVES 48u
#define ROUNDS 3000u

/* Two histories that part after SHARED leaves. */
#define SHARED 20u
static struct ledger_hash leaves[2][LEAVES];

static int node_get(void *data, unsigned level, uint64_t index, struct ledger_hash *out_node,
                    struct base_err *err)
{
    (void)err;
    const struct ledger_hash *of = data;
    *out_node = test_naive_root(of + (index << level), UINT64_C(1) << level);
    return 0;
}

static int setup(void **state)
{
    (void)state;
    for (unsigned i = 0; i < LEAVES; i++) {
        uint8_t bytes[2] = {(uint8_t)i, 0};
        ledger_tree_leaf(base_bytes_of(bytes, 2), &leaves[0][i]);
        bytes[1] = i >= SHARED;
        ledger_tree_leaf(base_bytes_of(bytes, 2), &leaves[1][i]);
    }
    return 0;
}

static struct ledger_hash root_of(unsigned history, uint64_t size)
{
    struct ledger_hash root;
    if (size == 0)
        ledger_tree_empty(&root);
    else
        root = test_naive_root(leaves[history], size);
    return root;
}

static struct ledger_checkpoint signed_last(unsigned history, uint64_t size)
{
    return (struct ledger_checkpoint){
        .origin = ORIGIN, .size = size, .root = root_of(history, size)};
}

/* The honest request of that history. */
static struct ledger_signing_request asked(unsigned history, uint64_t old_size, uint64_t new_size)
{
    const struct ledger_nodes nodes = {.get = node_get, .data = leaves[history]};
    struct ledger_signing_request request = {.origin = ORIGIN,
                                             .old_size = old_size,
                                             .new_size = new_size,
                                             .new_root = root_of(history, new_size)};
    assert_int_equal(ledger_tree_consistency(&nodes, old_size, new_size, request.path,
                                             &request.path_count, NULL),
                     0);
    return request;
}

static void what_is_signed_and_what_not(void **state)
{
    (void)state;
    static const struct {
        uint64_t last;
        unsigned history; /* of the request; what was signed is always of history 0 */
        uint64_t old_size, new_size;
        enum ledger_signing_answer answer;
    } rows[] = {
        {0, 0, 0, 0, LEDGER_SIGNING_SIGNED},     {0, 0, 0, 1, LEDGER_SIGNING_SIGNED},
        {0, 1, 0, 40, LEDGER_SIGNING_SIGNED}, /* nothing was signed yet: any history begins */
        {1, 0, 1, 2, LEDGER_SIGNING_SIGNED},     {7, 0, 7, 8, LEDGER_SIGNING_SIGNED},
        {8, 0, 8, 48, LEDGER_SIGNING_SIGNED},    {8, 0, 8, 8, LEDGER_SIGNING_SIGNED},
        {8, 0, 3, 8, LEDGER_SIGNING_SIGNED}, /* again: the answer was lost */
        {8, 0, 0, 8, LEDGER_SIGNING_SIGNED},     {8, 0, 7, 7, LEDGER_SIGNING_SMALLER},
        {8, 0, 0, 0, LEDGER_SIGNING_SMALLER},    {8, 0, 3, 7, LEDGER_SIGNING_SMALLER},
        {8, 0, 7, 9, LEDGER_SIGNING_GAP},        {8, 0, 9, 12, LEDGER_SIGNING_GAP},
        {8, 0, 0, 12, LEDGER_SIGNING_GAP},       {0, 0, 1, 2, LEDGER_SIGNING_GAP},
        {20, 1, 20, 30, LEDGER_SIGNING_SIGNED}, /* up to there the two are one */
        {21, 1, 21, 30, LEDGER_SIGNING_FORKED},  {30, 1, 30, 30, LEDGER_SIGNING_FORKED},
        {30, 1, 20, 30, LEDGER_SIGNING_FORKED},  {30, 1, 30, 31, LEDGER_SIGNING_FORKED},
        {30, 1, 20, 25, LEDGER_SIGNING_SMALLER},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct ledger_checkpoint last = signed_last(0, rows[i].last);
        struct ledger_signing_request request =
            asked(rows[i].history, rows[i].old_size, rows[i].new_size);
        if (ledger_signing_judge(&last, &request) != rows[i].answer)
            fail_msg("row %zu: %s", i, ledger_signing_words(ledger_signing_judge(&last, &request)));
        strcpy(request.origin, "journal.example/other");
        assert_int_equal(ledger_signing_judge(&last, &request), LEDGER_SIGNING_OTHER_LOG);
    }
}

static void a_proof_that_is_touched_proves_nothing(void **state)
{
    (void)state;
    struct test_random random = test_random_make(7);
    for (unsigned i = 0; i < ROUNDS; i++) {
        uint64_t old_size = 1 + test_random_below(&random, LEAVES - 1);
        uint64_t new_size = old_size + 1 + test_random_below(&random, LEAVES - old_size);
        struct ledger_checkpoint last = signed_last(0, old_size);
        struct ledger_signing_request request = asked(0, old_size, new_size);
        assert_int_equal(ledger_signing_judge(&last, &request), LEDGER_SIGNING_SIGNED);
        struct ledger_signing_request bad = request;
        uint64_t bit = test_random_below(&random, 256);
        uint64_t at = test_random_below(&random, request.path_count + 1);
        struct ledger_hash *hash = at == request.path_count ? &bad.new_root : &bad.path[at];
        hash->bytes[bit / 8] ^= (uint8_t)(1u << (bit % 8));
        assert_int_equal(ledger_signing_judge(&last, &bad), LEDGER_SIGNING_FORKED);
        bad = request;
        bad.path_count--;
        assert_int_equal(ledger_signing_judge(&last, &bad), LEDGER_SIGNING_FORKED);
        bad = request;
        bad.path_count++;
        assert_int_equal(ledger_signing_judge(&last, &bad), LEDGER_SIGNING_FORKED);
    }
}

/* Two logs of one name ask in turn, whatever they like: all that is signed is of one history, and
 * sizes never fall. */
static void one_history_whoever_asks(void **state)
{
    (void)state;
    struct test_random random = test_random_make(8);
    unsigned parted[2] = {0, 0};
    for (unsigned i = 0; i < ROUNDS / 10; i++) {
        struct ledger_checkpoint last = signed_last(0, 0);
        bool is_of[2] = {true, true};
        for (unsigned turn = 0; turn < 40; turn++) {
            unsigned history = (unsigned)test_random_below(&random, 2);
            uint64_t new_size = test_random_below(&random, LEAVES + 1);
            uint64_t old_size = test_random_below(&random, 2) == 0 && last.size <= new_size
                                    ? last.size
                                    : test_random_below(&random, new_size + 1);
            struct ledger_signing_request request = asked(history, old_size, new_size);
            if (ledger_signing_judge(&last, &request) != LEDGER_SIGNING_SIGNED)
                continue;
            assert_true(new_size >= last.size);
            last.size = new_size;
            last.root = request.new_root;
            for (unsigned h = 0; h < 2; h++) {
                struct ledger_hash root = root_of(h, new_size);
                is_of[h] = is_of[h] && ledger_hash_equal(&root, &last.root);
            }
            assert_true(is_of[0] || is_of[1]);
        }
        parted[0] += is_of[0] && !is_of[1];
        parted[1] += is_of[1] && !is_of[0];
    }
    assert_true(parted[0] > 0 && parted[1] > 0); /* it is not always the same one that is refused */
}

static void requests_have_one_spelling(void **state)
{
    (void)state;
    struct test_random random = test_random_make(9);
    for (unsigned i = 0; i < 200; i++) {
        struct base_buf BASE_CLEANUP(base_buf_release) bytes = {0};
        struct base_buf BASE_CLEANUP(base_buf_release) again = {0};
        struct ledger_signing_request read;
        uint64_t new_size = test_random_below(&random, LEAVES + 1);
        struct ledger_signing_request request =
            asked(0, test_random_below(&random, new_size + 1), new_size);
        if (i % 8 == 0)
            request = (struct ledger_signing_request){.origin = ORIGIN, .asks_last = true};
        assert_int_equal(ledger_signing_request_put(&request, &bytes, NULL), 0);
        assert_true(bytes.len <= LEDGER_SIGNING_MESSAGE_LEN_MAX);
        assert_int_equal(ledger_signing_request_parse(base_buf_bytes(&bytes), &read, NULL), 0);
        assert_int_equal(ledger_signing_request_put(&read, &again, NULL), 0);
        assert_true(base_bytes_equal(base_buf_bytes(&bytes), base_buf_bytes(&again)));
        /* Shorter or longer it is none. */
        for (size_t len = 0; len < bytes.len; len++)
            assert_int_equal(
                ledger_signing_request_parse(base_bytes_of(bytes.data, len), &read, NULL),
                BASE_E_FORMAT);
        base_buf_put_u8(&bytes, 0);
        assert_int_equal(ledger_signing_request_parse(base_buf_bytes(&bytes), &read, NULL),
                         BASE_E_FORMAT);
    }
}

static void the_longest_request_fits(void **state)
{
    (void)state;
    struct base_buf BASE_CLEANUP(base_buf_release) bytes = {0};
    struct ledger_signing_request request = {
        .old_size = INT64_MAX, .new_size = INT64_MAX, .path_count = LEDGER_PROOF_LEN_MAX};
    struct ledger_signing_request read;
    memset(request.origin, 'a', LEDGER_ORIGIN_LEN_MAX);
    assert_int_equal(ledger_signing_request_put(&request, &bytes, NULL), 0);
    assert_true(bytes.len <= LEDGER_SIGNING_MESSAGE_LEN_MAX);
    assert_int_equal(ledger_signing_request_parse(base_buf_bytes(&bytes), &read, NULL), 0);
    assert_int_equal(read.path_count, LEDGER_PROOF_LEN_MAX);
}

/* A request whose fields are given one by one. */
static void raw(struct base_buf *out, int64_t version, const char *origin, int64_t old_size,
                int64_t new_size, size_t root_len, unsigned path_count, size_t hash_len)
{
    static const uint8_t zeros[64];
    base_buf_reset(out);
    ledger_canon_put_array(out, 6);
    ledger_canon_put_int(out, version);
    ledger_canon_put_str(out, origin);
    ledger_canon_put_int(out, old_size);
    ledger_canon_put_int(out, new_size);
    ledger_canon_put_bin(out, zeros, root_len);
    ledger_canon_put_array(out, path_count);
    for (unsigned i = 0; i < path_count; i++)
        ledger_canon_put_bin(out, zeros, hash_len);
}

static void what_is_no_request(void **state)
{
    (void)state;
    struct base_buf BASE_CLEANUP(base_buf_release) bytes = {0};
    struct ledger_signing_request read;
    static const struct {
        int64_t version;
        const char *origin;
        int64_t old_size, new_size;
        size_t root_len;
        unsigned path_count;
        size_t hash_len;
        int answer;
    } rows[] = {
        {1, ORIGIN, 1, 2, 32, 1, 32, 0},
        {1, ORIGIN, 1, 2, 32, LEDGER_PROOF_LEN_MAX, 32, 0},
        {2, ORIGIN, 1, 2, 32, 1, 32, BASE_E_FORMAT},
        {0, ORIGIN, 1, 2, 32, 1, 32, BASE_E_FORMAT},
        {1, "", 1, 2, 32, 1, 32, BASE_E_FORMAT},
        {1, "two words", 1, 2, 32, 1, 32, BASE_E_FORMAT},
        {1, ORIGIN, -1, 2, 32, 1, 32, BASE_E_FORMAT},
        {1, ORIGIN, -2, -1, 32, 1, 32, BASE_E_FORMAT},
        {1, ORIGIN, 3, 2, 32, 1, 32, BASE_E_FORMAT},
        {1, ORIGIN, 1, 2, 31, 1, 32, BASE_E_FORMAT},
        {1, ORIGIN, 1, 2, 33, 1, 32, BASE_E_FORMAT},
        {1, ORIGIN, 1, 2, 32, 1, 31, BASE_E_FORMAT},
        {1, ORIGIN, 1, 2, 32, LEDGER_PROOF_LEN_MAX + 1, 32, BASE_E_FORMAT},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        raw(&bytes, rows[i].version, rows[i].origin, rows[i].old_size, rows[i].new_size,
            rows[i].root_len, rows[i].path_count, rows[i].hash_len);
        if (ledger_signing_request_parse(base_buf_bytes(&bytes), &read, NULL) != rows[i].answer)
            fail_msg("row %zu", i);
    }
}

static void answers_are_read_as_written(void **state)
{
    (void)state;
    static const enum ledger_signing_answer answers[] = {
#define X(code, number, words) code,
        LEDGER_SIGNING_ANSWERS(X)
#undef X
    };
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        struct base_buf BASE_CLEANUP(base_buf_release) bytes = {0};
        struct base_bytes words = base_bytes_str(ledger_signing_words(answers[i]));
        enum ledger_signing_answer answer;
        struct base_bytes text;
        assert_int_equal(answers[i], i);
        assert_true(words.len <= LEDGER_SIGNING_WORDS_LEN_MAX);
        assert_int_equal(ledger_signing_answer_put(answers[i], words, &bytes, NULL), 0);
        assert_int_equal(ledger_signing_answer_parse(base_buf_bytes(&bytes), &answer, &text, NULL),
                         0);
        assert_int_equal(answer, answers[i]);
        assert_true(base_bytes_equal(text, words));
        bytes.data[1] = 0x7f; /* a code that nobody knows */
        assert_int_equal(ledger_signing_answer_parse(base_buf_bytes(&bytes), &answer, &text, NULL),
                         BASE_E_FORMAT);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_signed_and_what_not),
        cmocka_unit_test(a_proof_that_is_touched_proves_nothing),
        cmocka_unit_test(one_history_whoever_asks),
        cmocka_unit_test(requests_have_one_spelling),
        cmocka_unit_test(the_longest_request_fits),
        cmocka_unit_test(what_is_no_request),
        cmocka_unit_test(answers_are_read_as_written),
    };
    return cmocka_run_group_tests_name("signing", tests, setup, NULL);
}
