/* Files with homework over the API: kept by their digest, given to who reads the lesson, never
 * anything but what the signed event names. */
#include <stdio.h>
#include <stdlib.h>

#include "net/files.h"
#include "net/limits.h"
#include "tests/net/school.h"

static const char content[] = "Задание 5: построить график.";

static int make(void **state)
{
    *state = school_make();
    return 0;
}

static int remove_all(void **state)
{
    school_remove(*state);
    return 0;
}

static struct reply post(struct school *school, enum who who, struct base_bytes bytes)
{
    char token[TOKEN_LEN];
    school_session(school, &school->world.people[who], token);
    return school_ask(school,
                      &(struct ask){.path = "/api/file", .cookie = token, .msgpack = bytes});
}

static struct reply get(struct school *school, enum who who, const struct ledger_hash *digest)
{
    char token[TOKEN_LEN];
    char path[200];
    char lesson[2 * LEDGER_ID_LEN + 1];
    char hex[2 * LEDGER_HASH_LEN + 1];
    base_hex(school->world.lesson, LEDGER_ID_LEN, lesson);
    base_hex(digest->bytes, LEDGER_HASH_LEN, hex);
    snprintf(path, sizeof path, "/api/file?lesson=%s&digest=%s", lesson, hex);
    school_session(school, &school->world.people[who], token);
    return school_get(school, path, token);
}

static void get_is(struct school *school, enum who who, const struct ledger_hash *digest,
                   int wanted)
{
    struct reply reply = get(school, who, digest);
    ASSERT_STATUS(reply, wanted);
    reply_release(&reply);
}

/* Keeps the content and attaches it to the open lesson. */
static struct ledger_hash keep(struct school *school)
{
    struct ledger_hash digest;
    struct world *w = &school->world;
    struct reply reply = post(school, TEACHER, base_bytes_str(content));
    ASSERT_STATUS(reply, 200);
    reply_hex(&reply, "digest", digest.bytes, sizeof digest.bytes);
    assert_int_equal(reply_number(&reply, "size"), sizeof content - 1);
    reply_release(&reply);
    get_is(school, TEACHER, &digest, 404); /* kept, and nowhere attached */
    act_attach(&w->draft, w->lesson, &digest, sizeof content - 1, "text/plain", NULL);
    reply = school_submit(school, &w->people[TEACHER].session, NULL);
    ASSERT_STATUS(reply, 200);
    reply_release(&reply);
    return digest;
}

static void a_file_is_kept_and_given_to_the_family(void **state)
{
    struct school *school = *state;
    struct ledger_hash digest = keep(school);
    struct reply reply = get(school, PARENT, &digest);
    ASSERT_STATUS(reply, 200);
    assert_int_equal(reply.body.len, sizeof content - 1);
    assert_memory_equal(reply.body.data, content, sizeof content - 1);
    assert_string_equal(reply_header(&reply, "content-type"), "application/octet-stream");
    assert_non_null(strstr(reply_header(&reply, "content-disposition"), "attachment"));
    assert_string_equal(reply_header(&reply, "x-content-type-options"), "nosniff");
    assert_non_null(strstr(reply_header(&reply, "content-security-policy"), "sandbox"));
    reply_release(&reply);
    get_is(school, NEIGHBOUR, &digest, 403);
    get_is(school, AUDITOR, &digest, 403);
}

static void families_and_strangers_keep_nothing(void **state)
{
    struct school *school = *state;
    struct reply reply = post(school, PARENT, base_bytes_str(content));
    ASSERT_STATUS(reply, 403);
    reply_release(&reply);
    reply =
        school_ask(school, &(struct ask){.path = "/api/file", .msgpack = base_bytes_str(content)});
    ASSERT_STATUS(reply, 401);
    reply_release(&reply);
}

static void what_is_too_large_is_not_kept(void **state)
{
    struct school *school = *state;
    uint8_t *bytes = calloc(1, NET_FILE_LEN_MAX + 1);
    assert_non_null(bytes);
    struct reply reply = post(school, TEACHER, base_bytes_of(bytes, NET_FILE_LEN_MAX + 1));
    ASSERT_STATUS(reply, 413);
    reply_release(&reply);
    reply = post(school, TEACHER, base_bytes_of(bytes, NET_FILE_LEN_MAX));
    ASSERT_STATUS(reply, 200);
    reply_release(&reply);
    free(bytes);
}

static void a_file_that_was_exchanged_is_not_given(void **state)
{
    struct school *school = *state;
    struct ledger_hash digest = keep(school);
    char path[500];
    char hex[2 * LEDGER_HASH_LEN + 1];
    base_hex(digest.bytes, LEDGER_HASH_LEN, hex);
    snprintf(path, sizeof path, "%s/files/%s", school->world.dir, hex);
    FILE *file = fopen(path, "r+b");
    assert_non_null(file);
    fputc('X', file);
    fclose(file);
    get_is(school, PARENT, &digest, 500);
    assert_int_equal(remove(path), 0);
    get_is(school, PARENT, &digest, 404);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_file_is_kept_and_given_to_the_family, make, remove_all),
        cmocka_unit_test_setup_teardown(families_and_strangers_keep_nothing, make, remove_all),
        cmocka_unit_test_setup_teardown(what_is_too_large_is_not_kept, make, remove_all),
        cmocka_unit_test_setup_teardown(a_file_that_was_exchanged_is_not_given, make, remove_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
