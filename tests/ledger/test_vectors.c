/* The golden vectors of specs/vectors/ledger.json, which an independent generator wrote: every good
 * one is made and read byte for byte, every bad one refused with its reason. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <jansson.h>

#include "ledger/sealed.h"
#include "ledger/tree.h"
#include "tests/ledger/support.h"

static json_t *vectors;

static int vectors_load(void **state)
{
    (void)state;
    char path[512];
    json_error_t error;
    snprintf(path, sizeof path, "%s/ledger.json", getenv("VECTORS"));
    vectors = json_load_file(path, 0, &error);
    if (vectors == NULL)
        fail_msg("%s: %s", path, error.text);
    return 0;
}

static int vectors_release(void **state)
{
    (void)state;
    json_decref(vectors);
    return 0;
}

static const json_t *list_of(const char *group, const char *name)
{
    const json_t *list = json_object_get(json_object_get(vectors, group), name);
    assert_true(json_array_size(list) > 0);
    return list;
}

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    assert_non_null(text);
    return text;
}

static int64_t number_of(const json_t *object, const char *key)
{
    const json_t *number = json_object_get(object, key);
    assert_true(json_is_integer(number));
    return json_integer_value(number);
}

/* Appends the bytes of a hex string. */
static void hex_put(const char *hex, struct base_buf *out)
{
    size_t len = strlen(hex) / 2;
    uint8_t *to = base_buf_reserve(out, len + 1);
    assert_non_null(to);
    assert_true(base_unhex(hex, strlen(hex), to, len));
    out->len += len;
}

static struct base_buf hex_of(const json_t *object, const char *key)
{
    struct base_buf out = {0};
    hex_put(text_of(object, key), &out);
    return out;
}

static void hex_expect(struct base_bytes bytes, const char *hex)
{
    struct base_buf BASE_CLEANUP(base_buf_release) wanted = {0};
    hex_put(hex, &wanted);
    assert_int_equal(bytes.len, wanted.len);
    if (bytes.len > 0)
        assert_memory_equal(bytes.data, wanted.data, wanted.len);
}

/* Writes a tagged value with our writers. */
static void value_put(const json_t *tagged, struct base_buf *out)
{
    size_t i;
    json_t *item;
    const char *tag = json_object_iter_key(json_object_iter((json_t *)(uintptr_t)tagged));
    const json_t *value = json_object_get(tagged, tag);
    if (strcmp(tag, "nil") == 0) {
        ledger_canon_put_nil(out);
    } else if (strcmp(tag, "bool") == 0) {
        ledger_canon_put_bool(out, json_is_true(value));
    } else if (strcmp(tag, "int") == 0) {
        ledger_canon_put_int(out, strtoll(json_string_value(value), NULL, 10));
    } else if (strcmp(tag, "bin") == 0) {
        struct base_buf BASE_CLEANUP(base_buf_release) bytes = hex_of(tagged, "bin");
        ledger_canon_put_bin(out, bytes.data, bytes.len);
    } else if (strcmp(tag, "text") == 0) {
        ledger_canon_put_str(out, json_string_value(value));
    } else if (strcmp(tag, "array") == 0) {
        ledger_canon_put_array(out, (uint32_t)json_array_size(value));
        json_array_foreach(value, i, item) value_put(item, out);
    } else {
        assert_string_equal(tag, "map");
        ledger_canon_put_map(out, (uint32_t)json_array_size(value));
        json_array_foreach(value, i, item)
        {
            ledger_canon_put_str(out, json_string_value(json_array_get(item, 0)));
            value_put(json_array_get(item, 1), out);
        }
    }
}

static void canon_writes_and_reads_the_good_vectors(void **state)
{
    (void)state;
    size_t i;
    json_t *vector;
    json_array_foreach(list_of("canon", "good"), i, vector)
    {
        struct base_buf BASE_CLEANUP(base_buf_release) made = {0};
        value_put(json_object_get(vector, "value"), &made);
        hex_expect(base_buf_bytes(&made), text_of(vector, "hex"));
        const char *reason = ledger_canon_check(base_buf_bytes(&made), NULL);
        if (reason != NULL)
            fail_msg("%s: %s", text_of(vector, "name"), reason);
    }
}

static void canon_refuses_the_bad_vectors(void **state)
{
    (void)state;
    size_t i;
    json_t *vector;
    json_array_foreach(list_of("canon", "bad"), i, vector)
    {
        struct base_buf BASE_CLEANUP(base_buf_release) bytes = hex_of(vector, "hex");
        if (ledger_canon_check(base_buf_bytes(&bytes), NULL) == NULL)
            fail_msg("accepted: %s", text_of(vector, "name"));
    }
}

static void hash_read(const json_t *object, const char *key, uint8_t out[32])
{
    const char *hex = text_of(object, key);
    assert_true(base_unhex(hex, strlen(hex), out, 32));
}

/* Builds and signs an event from its fields and compares. */
static void event_build_check(const json_t *vector)
{
    struct base_buf BASE_CLEANUP(base_buf_release) body = hex_of(vector, "body");
    struct base_buf BASE_CLEANUP(base_buf_release) made = {0};
    uint8_t seed[32];
    uint8_t secret[64];
    struct ledger_key key;
    struct ledger_hash log_id;
    struct ledger_hash root;
    struct ledger_hash quote;
    struct ledger_signature signature;
    bool has_quote = json_is_string(json_object_get(vector, "quote"));
    hash_read(vector, "seed", seed);
    hash_read(vector, "log_id", log_id.bytes);
    hash_read(vector, "seen_root", root.bytes);
    if (has_quote)
        hash_read(vector, "quote", quote.bytes);
    ledger_key_from_seed(seed, &key, secret);
    hex_expect(base_bytes_of(key.bytes, 32), text_of(vector, "key"));
    struct ledger_event_draft draft = {
        .log_id = &log_id,
        .key = &key,
        .counter = number_of(vector, "counter"),
        .claimed_ms = number_of(vector, "claimed_ms"),
        .kind = text_of(vector, "kind"),
        .body = base_buf_bytes(&body),
        .seen_size = (uint64_t)number_of(vector, "seen_size"),
        .seen_root = &root,
        .quote = has_quote ? &quote : NULL,
    };
    assert_int_equal(ledger_event_build(&draft, &made, NULL), 0);
    hex_expect(base_buf_bytes(&made), text_of(vector, "bytes"));
    ledger_event_sign(base_buf_bytes(&made), secret, &signature);
    hex_expect(base_bytes_of(signature.bytes, 64), text_of(vector, "signature"));
    assert_true(ledger_event_verify(base_buf_bytes(&made), &key, &signature));
}

static void event_parse_check(const json_t *vector)
{
    struct base_buf BASE_CLEANUP(base_buf_release) bytes = hex_of(vector, "bytes");
    struct ledger_event event;
    struct ledger_refusal refusal = {0};
    assert_int_equal(ledger_event_parse(base_buf_bytes(&bytes), &event, &refusal), 0);
    hex_expect(base_bytes_of(event.id.bytes, 32), text_of(vector, "id"));
    hex_expect(base_bytes_of(event.key.bytes, 32), text_of(vector, "key"));
    hex_expect(base_bytes_of(event.log_id.bytes, 32), text_of(vector, "log_id"));
    hex_expect(base_bytes_of(event.seen_root.bytes, 32), text_of(vector, "seen_root"));
    hex_expect(event.body.raw, text_of(vector, "body"));
    assert_int_equal(event.counter, number_of(vector, "counter"));
    assert_int_equal(event.claimed_ms, number_of(vector, "claimed_ms"));
    assert_int_equal(event.seen_size, number_of(vector, "seen_size"));
    assert_true(base_bytes_equal(event.kind, base_bytes_str(text_of(vector, "kind"))));
    assert_int_equal(event.has_quote, json_is_string(json_object_get(vector, "quote")));
    if (event.has_quote)
        hex_expect(base_bytes_of(event.quote.bytes, 32), text_of(vector, "quote"));
}

static void events_are_built_signed_and_parsed_as_the_vectors(void **state)
{
    (void)state;
    size_t i;
    json_t *vector;
    json_array_foreach(list_of("events", "good"), i, vector)
    {
        event_build_check(vector);
        event_parse_check(vector);
    }
}

static void events_refuse_the_bad_vectors(void **state)
{
    (void)state;
    size_t i;
    json_t *vector;
    json_array_foreach(list_of("events", "bad"), i, vector)
    {
        struct base_buf BASE_CLEANUP(base_buf_release) bytes = hex_of(vector, "bytes");
        struct ledger_event event;
        struct ledger_refusal refusal = {0};
        int answer = ledger_event_parse(base_buf_bytes(&bytes), &event, &refusal);
        const struct ledger_refusal_text *text = ledger_refusal_text_of(answer);
        if (text == NULL)
            fail_msg("%s: answered %d", text_of(vector, "name"), answer);
        assert_string_equal(text->name, text_of(vector, "refusal"));
        assert_string_equal(refusal.field, text_of(vector, "field"));
    }
}

static void entries_are_the_vectors(void **state)
{
    (void)state;
    size_t i;
    size_t j;
    json_t *vector;
    json_t *hex;
    json_array_foreach(list_of("entries", "good"), i, vector)
    {
        struct base_buf BASE_CLEANUP(base_buf_release) event = hex_of(vector, "event");
        struct base_buf BASE_CLEANUP(base_buf_release) made = {0};
        struct ledger_signature signatures[LEDGER_SIGNATURE_COUNT_MAX];
        struct ledger_entry entry;
        struct ledger_hash leaf;
        uint32_t count = 0;
        json_array_foreach(json_object_get(vector, "signatures"), j, hex)
            assert_true(base_unhex(json_string_value(hex), 128, signatures[count++].bytes, 64));
        assert_int_equal(ledger_entry_build(number_of(vector, "recorded_ms"),
                                            base_buf_bytes(&event), signatures, count, &made, NULL),
                         0);
        hex_expect(base_buf_bytes(&made), text_of(vector, "bytes"));
        assert_int_equal(ledger_entry_parse(base_buf_bytes(&made), &entry, NULL), 0);
        assert_int_equal(entry.signature_count, count);
        assert_memory_equal(entry.signatures, signatures, count * sizeof signatures[0]);
        assert_true(base_bytes_equal(entry.event_bytes, base_buf_bytes(&event)));
        ledger_tree_leaf(entry.bytes, &leaf);
        hex_expect(base_bytes_of(leaf.bytes, 32), text_of(vector, "leaf"));
    }
    json_array_foreach(list_of("entries", "bad"), i, vector)
    {
        struct base_buf BASE_CLEANUP(base_buf_release) bytes = hex_of(vector, "bytes");
        struct ledger_entry entry;
        if (ledger_entry_parse(base_buf_bytes(&bytes), &entry, NULL) != BASE_E_FORMAT)
            fail_msg("accepted: %s", text_of(vector, "name"));
    }
}

static void commitments_are_the_vectors(void **state)
{
    (void)state;
    size_t i;
    json_t *vector;
    json_array_foreach(json_object_get(vectors, "commitments"), i, vector)
    {
        struct base_buf BASE_CLEANUP(base_buf_release) value = hex_of(vector, "value");
        uint8_t salt[LEDGER_SALT_LEN];
        uint8_t commitment[LEDGER_COMMITMENT_LEN];
        hash_read(vector, "salt", salt);
        ledger_sealed_commit(base_bytes_str(text_of(vector, "path")), salt, base_buf_bytes(&value),
                             commitment);
        hex_expect(base_bytes_of(commitment, 32), text_of(vector, "commitment"));
    }
    assert_true(i >= 4);
}

static void submissions_are_the_vectors(void **state)
{
    (void)state;
    size_t i;
    size_t j;
    json_t *vector;
    json_t *given;
    json_array_foreach(list_of("submissions", "good"), i, vector)
    {
        struct base_buf BASE_CLEANUP(base_buf_release) wire = hex_of(vector, "wire");
        struct base_buf BASE_CLEANUP(base_buf_release) again = {0};
        struct ledger_submission submission;
        assert_int_equal(ledger_submission_parse(base_buf_bytes(&wire), &submission, NULL, NULL),
                         0);
        hex_expect(submission.event_bytes, text_of(vector, "event"));
        json_array_foreach(json_object_get(vector, "openings"), j, given)
        {
            const struct ledger_opening *opening = &submission.openings[j];
            assert_true(base_bytes_equal(opening->path, base_bytes_str(text_of(given, "path"))));
            hex_expect(opening->salt, text_of(given, "salt"));
            hex_expect(opening->value, text_of(given, "value"));
            hex_expect(base_bytes_of(opening->commitment, 32), text_of(given, "commitment"));
        }
        assert_int_equal(j, submission.opening_count);
        assert_int_equal(ledger_submission_build(submission.event_bytes, submission.signatures,
                                                 submission.signature_count, submission.openings,
                                                 submission.opening_count, &again, NULL),
                         0);
        assert_true(base_bytes_equal(base_buf_bytes(&again), base_buf_bytes(&wire)));
        ledger_submission_release(&submission);
    }
    json_array_foreach(list_of("submissions", "bad"), i, vector)
    {
        struct base_buf BASE_CLEANUP(base_buf_release) wire = hex_of(vector, "wire");
        struct ledger_submission submission;
        struct ledger_refusal refusal = {0};
        int answer = ledger_submission_parse(base_buf_bytes(&wire), &submission, &refusal, NULL);
        const struct ledger_refusal_text *text = ledger_refusal_text_of(answer);
        if (text == NULL || strcmp(text->name, text_of(vector, "refusal")) != 0)
            fail_msg("%s: answered %d", text_of(vector, "name"), answer);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(canon_writes_and_reads_the_good_vectors),
        cmocka_unit_test(canon_refuses_the_bad_vectors),
        cmocka_unit_test(events_are_built_signed_and_parsed_as_the_vectors),
        cmocka_unit_test(events_refuse_the_bad_vectors),
        cmocka_unit_test(entries_are_the_vectors),
        cmocka_unit_test(commitments_are_the_vectors),
        cmocka_unit_test(submissions_are_the_vectors),
    };
    return cmocka_run_group_tests_name("vectors", tests, vectors_load, vectors_release);
}
