/* What auditors and strangers are given: checkpoint, tiles, proofs; and who is refused what. */
#include <stdio.h>
#include <stdlib.h>

#include "ledger/checkpoint.h"
#include "ledger/tiles.h"
#include "net/json.h"
#include "tests/net/school.h"

static int make(void **state)
{
    *state = school_make();
    return 0;
}

static int make_private(void **state)
{
    *state = school_make_private();
    return 0;
}

static int remove_all(void **state)
{
    school_remove(*state);
    return 0;
}

static struct reply get_ok(struct school *school, const char *path)
{
    struct reply reply = school_get(school, path, NULL);
    ASSERT_STATUS(reply, 200);
    return reply;
}

static void open_checkpoint(struct school *school, struct ledger_checkpoint *out)
{
    struct base_err err = {0};
    struct ledger_note_key key;
    char vkey[512];
    struct reply facts = get_ok(school, "/api/school");
    const char *at = memmem(facts.body.data, facts.body.len, "\"vkey\":\"", 8);
    assert_non_null(at);
    snprintf(vkey, sizeof vkey, "%.*s", (int)strcspn(at + 8, "\""), at + 8);
    assert_int_equal(ledger_vkey_parse(base_bytes_str(vkey), &key, &err), 0);
    struct reply note = get_ok(school, "/checkpoint");
    assert_string_equal(reply_header(&note, "content-type"), "text/plain; charset=utf-8");
    if (ledger_checkpoint_open(base_buf_bytes(&note.body), &key, out, &err) != 0)
        fail_msg("%s", err.text);
    reply_release(&facts);
    reply_release(&note);
}

static void put_tile_path(struct base_buf *out, bool entries, uint64_t size)
{
    const struct ledger_tile_path path = {.entries = entries,
                                          .width = (unsigned)(size < 256 ? size : 256)};
    base_buf_put_str(out, "/");
    ledger_tile_path_put(&path, out);
    assert_non_null(base_buf_text(out));
}

/* The root of a tree below 257 leaves from its leaf hashes. */
static struct ledger_hash root_of(const uint8_t *leaves, uint64_t count)
{
    struct ledger_hash hash;
    if (count == 1) {
        memcpy(hash.bytes, leaves, LEDGER_HASH_LEN);
        return hash;
    }
    uint64_t left = 1;
    while (left * 2 < count)
        left *= 2;
    struct ledger_hash halves[2] = {root_of(leaves, left),
                                    root_of(leaves + left * LEDGER_HASH_LEN, count - left)};
    struct base_buf BASE_CLEANUP(base_buf_release) node = {0};
    base_buf_put_u8(&node, 1);
    base_buf_put(&node, halves, sizeof halves);
    ledger_sha256(base_buf_bytes(&node), &hash);
    return hash;
}

static void tiles_and_bundles_make_the_signed_root(void **state)
{
    struct school *school = *state;
    struct ledger_checkpoint checkpoint;
    struct base_buf BASE_CLEANUP(base_buf_release) path = {0};
    struct base_bytes entry;
    struct base_err err = {0};
    open_checkpoint(school, &checkpoint);
    assert_string_equal(checkpoint.origin, "journal.example/log");
    assert_in_range(checkpoint.size, 2, 256);
    put_tile_path(&path, false, checkpoint.size);
    struct reply tile = get_ok(school, base_buf_text(&path));
    assert_int_equal(tile.body.len, checkpoint.size * LEDGER_HASH_LEN);
    assert_non_null(strstr(reply_header(&tile, "cache-control"), "immutable"));
    struct ledger_hash root = root_of(tile.body.data, checkpoint.size);
    assert_memory_equal(root.bytes, checkpoint.root.bytes, LEDGER_HASH_LEN);
    base_buf_reset(&path);
    put_tile_path(&path, true, checkpoint.size); /* the school is a demonstration: open to all */
    struct reply bundle = get_ok(school, base_buf_text(&path));
    struct base_bytes rest = base_buf_bytes(&bundle.body);
    for (uint64_t i = 0; i < checkpoint.size; i++) {
        struct base_buf BASE_CLEANUP(base_buf_release) leaf = {0};
        struct ledger_hash hash;
        assert_int_equal(ledger_bundle_next(&rest, &entry, &err), 1);
        base_buf_put_u8(&leaf, 0);
        base_buf_put_bytes(&leaf, entry);
        ledger_sha256(base_buf_bytes(&leaf), &hash);
        assert_memory_equal(hash.bytes, tile.body.data + i * LEDGER_HASH_LEN, LEDGER_HASH_LEN);
    }
    assert_int_equal(rest.len, 0);
    reply_release(&tile);
    reply_release(&bundle);
}

static void other_spellings_and_missing_tiles_are_refused(void **state)
{
    struct school *school = *state;
    static const struct {
        const char *path;
        int status;
    } cases[] = {
        {"/tile/0/0", 400},         {"/tile/00/000", 400},      {"/tile/0/000.p/0", 400},
        {"/tile/0/000.p/01", 400},  {"/tile/0/000.p/256", 400}, {"/tile/64/000", 400},
        {"/tile/entries/0", 400},   {"/tile/0/x000/000", 400},  {"/tile/0/001", 404},
        {"/tile/0/000.p/255", 404}, {"/tile/1/000", 404},       {"/tile/entries/001", 404},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct reply reply = school_get(school, cases[i].path, NULL);
        if (reply.status != cases[i].status)
            fail_msg("%s: %ld", cases[i].path, reply.status);
        reply_release(&reply);
    }
}

static void consistency_is_proved_between_sizes_that_were(void **state)
{
    struct school *school = *state;
    char path[128];
    uint64_t size = school_size(school);
    snprintf(path, sizeof path, "/api/consistency?old=3&new=%llu", (unsigned long long)size);
    struct reply reply = get_ok(school, path);
    assert_int_equal(reply_number(&reply, "old"), 3);
    assert_true(reply_has(&reply, "\"path\":[\""));
    reply_release(&reply);
    snprintf(path, sizeof path, "/api/consistency?old=3&new=%llu", (unsigned long long)size + 1);
    reply = school_get(school, path, NULL);
    ASSERT_STATUS(reply, 400);
    assert_true(reply_has(&reply, "\"field\":\"new\""));
    reply_release(&reply);
    reply = school_get(school, "/api/consistency?old=4&new=3", NULL);
    ASSERT_STATUS(reply, 400);
    assert_true(reply_has(&reply, "\"field\":\"old\""));
    reply_release(&reply);
}

static void families_read_their_own_child_and_no_page(void **state)
{
    struct school *school = *state;
    struct world *world = &school->world;
    char token[TOKEN_LEN], path[256], id[33], subject[33];
    school_session(school, &world->people[PARENT], token);
    for (enum pupil pupil = ANYA; pupil < PUPIL_COUNT; pupil++) {
        base_hex(world->pupils[pupil], LEDGER_ID_LEN, id);
        snprintf(path, sizeof path, "/api/diary?pupil=%s&from=%d&to=%d", id, world->today,
                 world->today + 6);
        struct reply reply = school_get(school, path, token);
        ASSERT_STATUS(reply, pupil == ANYA ? 200 : 403);
        reply_release(&reply);
    }
    base_hex(world->class_a, LEDGER_ID_LEN, id);
    base_hex(world->maths, LEDGER_ID_LEN, subject);
    snprintf(path, sizeof path, "/api/journal?group=%s&subject=%s&from=%d&to=%d", id, subject,
             world->today, world->today);
    struct reply reply = school_get(school, path, token);
    ASSERT_STATUS(reply, 403);
    reply_release(&reply);
    reply = school_get(school, "/api/children", token);
    ASSERT_STATUS(reply, 200);
    base_hex(world->pupils[ANYA], LEDGER_ID_LEN, id);
    assert_true(reply_has(&reply, id));
    base_hex(world->pupils[BORYA], LEDGER_ID_LEN, id);
    assert_false(reply_has(&reply, id));
    reply_release(&reply);
}

/* The length of a msgpack value's JSON would differ; what must agree is the content: msgpack is
 * turned into JSON by the same rules the other way round, so both are read back and compared. */
static void json_and_msgpack_say_the_same(void **state)
{
    struct school *school = *state;
    char token[TOKEN_LEN];
    static const char *const paths[] = {"/api/pages", "/api/children", "/api/breaches",
                                        "/api/accounts?find=", "/api/me"};
    school_session(school, &school->world.people[HEAD], token);
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        struct base_buf BASE_CLEANUP(base_buf_release) turned = {0};
        struct reply json = school_get(school, paths[i], token);
        struct reply msgpack = school_ask(
            school, &(struct ask){.path = paths[i], .cookie = token, .wants_msgpack = true});
        ASSERT_STATUS(json, 200);
        ASSERT_STATUS(msgpack, 200);
        assert_string_equal(reply_header(&json, "content-type"), "application/json");
        assert_string_equal(reply_header(&msgpack, "content-type"), "application/msgpack");
        assert_int_equal(net_json_from_msgpack(base_buf_bytes(&msgpack.body), &turned, NULL), 0);
        base_buf_put_u8(&turned, '\n');
        if (strcmp(paths[i], "/api/me") != 0) /* that one tells the time */
            assert_true(base_bytes_equal(base_buf_bytes(&turned), base_buf_bytes(&json.body)));
        reply_release(&json);
        reply_release(&msgpack);
    }
}

struct reader {
    enum who who;
    int status;
};

static void check_readers(struct school *school, const char *path, const struct reader *readers,
                          size_t count)
{
    char token[TOKEN_LEN];
    for (size_t i = 0; i < count; i++) {
        school_session(school, &school->world.people[readers[i].who], token);
        struct reply reply = school_get(school, path, token);
        if (reply.status != readers[i].status)
            fail_msg("%s by %d: %ld", path, readers[i].who, reply.status);
        reply_release(&reply);
    }
}

static void an_entry_is_shown_to_who_may_read_its_page(void **state)
{
    struct school *school = *state;
    struct world *world = &school->world;
    static const struct reader of_mark[] = {{TEACHER, 200}, {CLASS_TEACHER, 403}, {HEAD, 200},
                                            {AUDITOR, 200}, {PARENT, 200},        {NEIGHBOUR, 403}};
    static const struct reader of_lesson[] = {{TEACHER, 200}, {PARENT, 403}};
    static const struct reader of_nothing[] = {{HEAD, 404}};
    char path[64];
    act_mark(&world->draft, world->lesson, world->pupils[ANYA], 5, NULL, LEDGER_SEQ_NONE);
    struct reply reply = school_submit(school, &world->people[TEACHER].session, NULL);
    ASSERT_STATUS(reply, 200);
    long long seq = (long long)reply_number(&reply, "seq");
    reply_release(&reply);
    snprintf(path, sizeof path, "/api/proof?seq=%lld", seq);
    check_readers(school, path, of_mark, sizeof of_mark / sizeof of_mark[0]);
    snprintf(path, sizeof path, "/api/proof?seq=%lld", seq - 1); /* lesson.opened */
    check_readers(school, path, of_lesson, sizeof of_lesson / sizeof of_lesson[0]);
    snprintf(path, sizeof path, "/api/proof?seq=%lld", seq + 1);
    check_readers(school, path, of_nothing, 1);
}

static void bundles_are_for_auditors_unless_it_is_a_demonstration(void **state)
{
    struct school *school = *state;
    struct base_buf BASE_CLEANUP(base_buf_release) path = {0};
    static const struct reader readers[] = {
        {TEACHER, 403}, {HEAD, 403}, {PARENT, 403}, {AUDITOR, 200}};
    put_tile_path(&path, true, school_size(school));
    struct reply reply = school_get(school, base_buf_text(&path), NULL);
    ASSERT_STATUS(reply, 403);
    reply_release(&reply);
    check_readers(school, base_buf_text(&path), readers, sizeof readers / sizeof readers[0]);
    base_buf_reset(&path);
    put_tile_path(&path, false, school_size(school)); /* hashes are for everybody */
    reply = get_ok(school, base_buf_text(&path));
    reply_release(&reply);
}

static void the_operator_may_give_bundles_to_everybody(void **state)
{
    struct school *school = *state;
    struct base_buf BASE_CLEANUP(base_buf_release) path = {0};
    put_tile_path(&path, true, school_size(school));
    struct reply reply = school_get(school, base_buf_text(&path), NULL);
    ASSERT_STATUS(reply, 403);
    reply_release(&reply);
    school->public_entries = true;
    school_restart(school);
    reply = get_ok(school, base_buf_text(&path));
    assert_non_null(strstr(reply_header(&reply, "cache-control"), "public"));
    reply_release(&reply);
    reply = school_get(school, "/api/pages", NULL); /* and nothing else */
    ASSERT_STATUS(reply, 401);
    reply_release(&reply);
}

static void strangers_find_no_school_no_api_and_no_metrics_through_a_proxy(void **state)
{
    struct school *school = *state;
    static const struct ask asks[] = {
        {.path = "/nosuch/api/school", .is_whole = true},
        {.path = "/..%2f/api/school", .is_whole = true},
        {.path = "/api/nothing"},
        {.path = "/metrics", .is_whole = true, .header = "X-Forwarded-For: 192.0.2.7"},
    };
    for (size_t i = 0; i < sizeof asks / sizeof asks[0]; i++) {
        struct reply reply = school_ask(school, &asks[i]);
        assert_true(reply.status == 404 || reply.status == 400);
        reply_release(&reply);
    }
    struct reply reply = school_ask(school, &(struct ask){.path = "/metrics", .is_whole = true});
    ASSERT_STATUS(reply, 200);
    assert_true(reply_has(&reply, "letopis_schools_open 0\n"));
    reply_release(&reply);
    reply = school_ask(school, &(struct ask){.path = "/", .is_whole = true});
    ASSERT_STATUS(reply, 302);
    assert_string_equal(reply_header(&reply, "location"), "/school/");
    reply_release(&reply);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, make, remove_all)
#define PRIVATE(fn) cmocka_unit_test_setup_teardown(fn, make_private, remove_all)
        TEST(tiles_and_bundles_make_the_signed_root),
        TEST(other_spellings_and_missing_tiles_are_refused),
        TEST(consistency_is_proved_between_sizes_that_were),
        TEST(families_read_their_own_child_and_no_page),
        TEST(json_and_msgpack_say_the_same),
        PRIVATE(an_entry_is_shown_to_who_may_read_its_page),
        PRIVATE(bundles_are_for_auditors_unless_it_is_a_demonstration),
        PRIVATE(the_operator_may_give_bundles_to_everybody),
        TEST(strangers_find_no_school_no_api_and_no_metrics_through_a_proxy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
