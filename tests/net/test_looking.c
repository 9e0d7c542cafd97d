/* Who looked at whose data (CT-8, ST-13): what is noted, who is told, how long it stays. */
#include <dirent.h>
#include <stdio.h>
#include <sys/stat.h>

#include "net/reads.h"
#include "tests/net/school.h"

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

#define DAY_MS INT64_C(86400000)

static const uint8_t reader[LEDGER_ID_LEN] = {1};
static const uint8_t pupil[LEDGER_ID_LEN] = {2};

static struct net_read read_at(base_time_ms at_ms, const char *view)
{
    struct net_read read = {.at_ms = at_ms, .about = NET_READS_PUPIL};
    memcpy(read.account, reader, LEDGER_ID_LEN);
    memcpy(read.subject, pupil, LEDGER_ID_LEN);
    snprintf(read.view, sizeof read.view, "%s", view);
    return read;
}

static void note(struct net_reads *reads, base_time_ms at_ms, const char *view, unsigned kept_days)
{
    struct net_read read = read_at(at_ms, view);
    net_reads_note(reads, &read, kept_days);
}

struct found {
    struct net_read list[16];
    unsigned count;
};

static bool keep(void *data, const struct net_read *read)
{
    struct found *found = data;
    assert_true(found->count < 16);
    found->list[found->count++] = *read;
    return true;
}

static struct found walk(const char *dir, base_day from, base_day to)
{
    struct found found = {0};
    assert_int_equal(net_reads_walk(dir, from, to, keep, &found, NULL), 0);
    return found;
}

static void a_reading_is_given_back_and_an_open_page_is_noted_once(void **state)
{
    (void)state;
    char dir[256];
    struct net_reads *reads = NULL;
    test_dir_make(dir);
    assert_int_equal(net_reads_open(dir, 180, &reads, NULL), 0);
    base_time_ms at = 20000 * DAY_MS;
    note(reads, at, "diary", 365);
    note(reads, at + 1000, "diary", 365);                     /* asked again by the open page */
    note(reads, at + 2000, "results", 365);                   /* another view */
    note(reads, at + NET_READS_AGAIN_MS, "diary", 365);       /* later */
    note(reads, at + 21 * 3600000 - 1, "paper/extract", 365); /* 23:59:59.999 at school */
    note(reads, at + 21 * 3600000, "paper/extract", 365); /* a day later there, but the same view */
    note(reads, at + 21 * 3600000, "diary", 365);
    net_reads_close(reads);
    struct found found = walk(dir, 20000, 20000);
    assert_int_equal(found.count, 4);
    assert_string_equal(found.list[0].view, "diary");
    assert_int_equal(found.list[0].at_ms, at);
    assert_int_equal(found.list[0].about, NET_READS_PUPIL);
    assert_memory_equal(found.list[0].account, reader, LEDGER_ID_LEN);
    assert_memory_equal(found.list[0].subject, pupil, LEDGER_ID_LEN);
    assert_string_equal(found.list[1].view, "results");
    assert_int_equal(found.list[2].at_ms, at + NET_READS_AGAIN_MS);
    found = walk(dir, 20000, 20001);
    assert_int_equal(found.count, 5);
    assert_int_equal(found.list[0].at_ms, at + 21 * 3600000); /* the newest day first */
    assert_int_equal(walk(dir, 20002, 20030).count, 0);
    test_dir_remove(dir);
}

static void old_days_go_when_a_new_one_begins(void **state)
{
    (void)state;
    char dir[256];
    struct net_reads *reads = NULL;
    test_dir_make(dir);
    assert_int_equal(net_reads_open(dir, 0, &reads, NULL), 0);
    for (int day = 0; day < 5; day++)
        note(reads, (20000 + day) * DAY_MS, "diary", 365);
    assert_int_equal(walk(dir, 20000, 20010).count, 5);
    note(reads, 20005 * DAY_MS, "diary", 3);
    net_reads_close(reads);
    struct found found = walk(dir, 20000, 20010);
    assert_int_equal(found.count, 3); /* 20003, 20004, 20005 */
    assert_int_equal(found.list[2].at_ms, 20003 * DAY_MS);
    test_dir_remove(dir);
}

static void a_line_that_was_cut_is_passed_over(void **state)
{
    (void)state;
    char dir[256];
    char path[512];
    struct net_reads *reads = NULL;
    test_dir_make(dir);
    assert_int_equal(net_reads_open(dir, 0, &reads, NULL), 0);
    note(reads, 20000 * DAY_MS, "diary", 365);
    snprintf(path, sizeof path, "%s/reads/2024-10-04", dir);
    FILE *file = fopen(path, "ae");
    assert_non_null(file);
    fputs("172800 0102\nnonsense\n", file);
    fclose(file);
    note(reads, 20000 * DAY_MS + 5, "results", 365);
    net_reads_close(reads);
    assert_int_equal(walk(dir, 20000, 20000).count, 2);
    test_dir_remove(dir);
}

static void ask(struct school *school, enum who who, long wanted, struct reply *out_reply,
                const char *format, ...) __attribute__((format(printf, 5, 6)));
static void ask(struct school *school, enum who who, long wanted, struct reply *out_reply,
                const char *format, ...)
{
    char token[TOKEN_LEN];
    char path[400];
    va_list values;
    va_start(values, format);
    vsnprintf(path, sizeof path, format, values);
    va_end(values);
    school_session(school, &school->world.people[who], token);
    *out_reply = school_get(school, path, token);
    if (out_reply->status != wanted)
        fail_msg("%s: %ld instead of %ld: %.*s", path, out_reply->status, wanted,
                 (int)out_reply->body.len, (const char *)out_reply->body.data);
}

static void looks(struct school *school, enum who who, long wanted, const char *view,
                  const char *name, const uint8_t *id)
{
    struct reply reply;
    char hex[2 * LEDGER_ID_LEN + 1];
    base_hex(id, LEDGER_ID_LEN, hex);
    ask(school, who, wanted, &reply, "/api/%s?%s=%s&from=20697&to=20703", view, name, hex);
    reply_release(&reply);
}

static void the_family_learns_who_looked_and_nobody_else_does(void **state)
{
    struct school *school = *state;
    struct world *world = &school->world;
    struct reply reply;
    char anya[2 * LEDGER_ID_LEN + 1];
    char class_teacher[2 * LEDGER_ID_LEN + 1];
    char teacher[2 * LEDGER_ID_LEN + 1];
    base_hex(world->pupils[ANYA], LEDGER_ID_LEN, anya);
    base_hex(world->people[CLASS_TEACHER].account, LEDGER_ID_LEN, class_teacher);
    base_hex(world->people[TEACHER].account, LEDGER_ID_LEN, teacher);
    looks(school, CLASS_TEACHER, 200, "diary", "pupil", world->pupils[ANYA]);
    looks(school, CLASS_TEACHER, 200, "attendance", "group", world->class_a); /* she is in it */
    looks(school, HEAD, 200, "diary", "pupil", world->pupils[GLEB]);
    looks(school, TEACHER, 403, "diary", "pupil", world->pupils[ANYA]); /* refused: saw nothing */
    ask(school, PARENT, 200, &reply, "/api/reads?pupil=%s&from=20697&to=20703", anya);
    assert_true(reply_has(&reply, "\"view\":\"diary\"") && reply_has(&reply, class_teacher));
    assert_true(reply_has(&reply, "\"view\":\"attendance\""));
    assert_false(reply_has(&reply, teacher));
    reply_release(&reply);
    ask(school, NEIGHBOUR, 403, &reply, "/api/reads?pupil=%s&from=20697&to=20703", anya);
    reply_release(&reply);
    ask(school, CLASS_TEACHER, 403, &reply, "/api/reads?pupil=%s&from=20697&to=20703", anya);
    reply_release(&reply);
    ask(school, DEPUTY, 403, &reply, "/api/reads?from=20697&to=20703");
    reply_release(&reply);
    ask(school, HEAD, 200, &reply, "/api/reads?from=20697&to=20703");
    base_hex(world->pupils[GLEB], LEDGER_ID_LEN, anya);
    assert_true(reply_has(&reply, anya));
    reply_release(&reply);
    ask(school, TEACHER, 200, &reply, "/api/reads?account=%s&from=20697&to=20703", teacher);
    reply_release(&reply);
    ask(school, TEACHER, 403, &reply, "/api/reads?account=%s&from=20697&to=20703", class_teacher);
    reply_release(&reply);
}

static void all_that_is_stored_is_told_to_the_family_and_that_is_noted(void **state)
{
    struct school *school = *state;
    struct world *world = &school->world;
    struct reply reply;
    char anya[2 * LEDGER_ID_LEN + 1];
    base_hex(world->pupils[ANYA], LEDGER_ID_LEN, anya);
    ask(school, PARENT, 200, &reply, "/api/person?pupil=%s", anya);
    assert_true(reply_has(&reply, "\"kind\":\"pupil.admitted\"") && reply_has(&reply, anya));
    reply_release(&reply);
    ask(school, NEIGHBOUR, 403, &reply, "/api/person?pupil=%s", anya);
    reply_release(&reply);
    ask(school, PARENT, 400, &reply, "/api/person");
    assert_true(reply_has(&reply, "bad_parameter"));
    reply_release(&reply);
    ask(school, PARENT, 400, &reply, "/api/person?pupil=%s&account=%s", anya, anya);
    reply_release(&reply);
    ask(school, HEAD, 200, &reply, "/api/reads?pupil=%s&from=20697&to=20703", anya);
    assert_true(reply_has(&reply, "\"view\":\"person\""));
    reply_release(&reply);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_reading_is_given_back_and_an_open_page_is_noted_once),
        cmocka_unit_test(old_days_go_when_a_new_one_begins),
        cmocka_unit_test(a_line_that_was_cut_is_passed_over),
        cmocka_unit_test_setup_teardown(the_family_learns_who_looked_and_nobody_else_does, make,
                                        remove_all),
        cmocka_unit_test_setup_teardown(all_that_is_stored_is_told_to_the_family_and_that_is_noted,
                                        make, remove_all),
    };
    curl_global_init(CURL_GLOBAL_DEFAULT);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
