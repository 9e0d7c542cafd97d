/* Promises of sealed fields: readable while they may be, gone when erased, never in clear. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/ledger/support.h"

static const char secret_text[] = TEST_SECRET;

static int world_setup(void **state)
{
    static struct test_world world;
    static struct test_author author;
    test_world_make(&world);
    test_author_make(&author, 1);
    test_fill(&world, &author, 1);
    *state = &world;
    return 0;
}

static int world_teardown(void **state)
{
    test_world_remove(*state);
    return 0;
}

static void an_opening_is_given_back(void **state)
{
    struct test_world *world = *state;
    uint8_t commitment[LEDGER_COMMITMENT_LEN];
    uint8_t subject[LEDGER_ID_LEN];
    struct base_buf BASE_CLEANUP(base_buf_wipe) value = {0};
    struct ledger_canon_value text;
    test_sealed_append(world, 1, "pupil-1", commitment);
    assert_int_equal(test_world_reopen(world, NULL), 0);
    assert_int_equal(test_opening_read(world->log, commitment, &value, subject), 0);
    assert_null(ledger_canon_check(base_buf_bytes(&value), &text));
    assert_true(base_bytes_equal(text.bytes, base_bytes_str(secret_text)));
    assert_memory_equal(subject, "pupil-1\0\0\0\0\0\0\0\0\0", LEDGER_ID_LEN);
    commitment[0] ^= 1;
    assert_int_equal(test_opening_read(world->log, commitment, &value, NULL), BASE_E_MISSING);
}

/* How often the bytes stand in a file. */
static unsigned file_count(const char *path, const char *needle)
{
    unsigned count = 0;
    FILE *file = fopen(path, "rb");
    struct base_buf BASE_CLEANUP(base_buf_release) all = {0};
    assert_non_null(file);
    for (;;) {
        uint8_t *to = base_buf_reserve(&all, 65536);
        size_t got = fread(to, 1, 65536, file);
        if (got == 0)
            break;
        all.len += got;
    }
    fclose(file);
    for (const uint8_t *at = all.data;
         (at = memmem(at, all.len - (size_t)(at - all.data), needle, strlen(needle))) != NULL; at++)
        count++;
    return count;
}

static void nothing_sealed_is_on_the_disk_in_clear(void **state)
{
    struct test_world *world = *state;
    uint8_t commitment[LEDGER_COMMITMENT_LEN];
    char path[512];
    test_sealed_append(world, 1, "pupil-1", commitment);
    snprintf(path, sizeof path, "%s/log/data.mdb", world->dir);
    test_world_close_log(world);
    assert_int_equal(file_count(path, secret_text), 0);
    assert_true(file_count(path, "test.sealed") > 0); /* the search itself works */
    assert_int_equal(test_world_reopen(world, NULL), 0);
}

static void erasing_a_subject_leaves_the_others_and_the_log(void **state)
{
    struct test_world *world = *state;
    uint8_t commitments[3][LEDGER_COMMITMENT_LEN];
    struct ledger_head before;
    struct ledger_head after;
    struct base_buf BASE_CLEANUP(base_buf_wipe) value = {0};
    uint64_t count = 99;
    test_sealed_append(world, 1, "pupil-1", commitments[0]);
    test_sealed_append(world, 2, "pupil-1", commitments[1]);
    test_sealed_append(world, 3, "pupil-2", commitments[2]);
    ledger_log_head(world->log, &before);
    const uint8_t subject[LEDGER_ID_LEN] = "pupil-1";
    assert_int_equal(ledger_log_erase(world->log, subject, &count, NULL), 0);
    assert_int_equal(count, 2);
    assert_int_equal(test_opening_read(world->log, commitments[0], &value, NULL), BASE_E_MISSING);
    assert_int_equal(test_opening_read(world->log, commitments[1], &value, NULL), BASE_E_MISSING);
    assert_int_equal(test_opening_read(world->log, commitments[2], &value, NULL), 0);
    ledger_log_head(world->log, &after);
    assert_memory_equal(&before, &after, sizeof before);
    test_verify_everything(world);
    assert_int_equal(ledger_log_erase(world->log, subject, &count, NULL), 0);
    assert_int_equal(count, 0); /* again: nothing left, no fault */
}

/* The subject's row as it lies in the file: nonce and wrapped key follow the name. */
static bool file_holds(const struct test_world *world, const uint8_t *needle, size_t len)
{
    char path[512];
    snprintf(path, sizeof path, "%s/log/data.mdb", world->dir);
    FILE *file = fopen(path, "re");
    assert_non_null(file);
    fseek(file, 0, SEEK_END);
    size_t size = (size_t)ftell(file);
    rewind(file);
    uint8_t *bytes = malloc(size);
    assert_non_null(bytes);
    assert_int_equal(fread(bytes, 1, size, file), size);
    fclose(file);
    bool found = memmem(bytes, size, needle, len) != NULL;
    free(bytes);
    return found;
}

static bool dir_holds(const struct test_world *world, const char *name)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", world->dir, name);
    return access(path, F_OK) == 0;
}

static const uint8_t erased_subject[LEDGER_ID_LEN] = "pupil-1";

static uint64_t kept_of(struct test_world *world, const uint8_t *subject)
{
    struct ledger_reader *reader = NULL;
    assert_int_equal(ledger_reader_open(world->log, &reader, NULL), 0);
    uint64_t kept = ledger_reader_subject_kept(reader, subject);
    ledger_reader_close(reader);
    return kept;
}

static void reopen(struct test_world *world)
{
    struct base_err err = {0};
    if (test_world_reopen(world, &err) != 0)
        fail_msg("%s", err.text);
}

/* Two openings of "pupil-1", erased; the marks are what only their rows contain. */
static void erase_two(struct test_world *world, uint8_t out_marks[2][LEDGER_COMMITMENT_LEN])
{
    uint64_t count;
    test_sealed_append(world, 1, "pupil-1", out_marks[0]);
    test_sealed_append(world, 2, "pupil-1", out_marks[1]);
    assert_int_equal(kept_of(world, erased_subject), 3);
    assert_false(ledger_log_erasure_pending(world->log));
    assert_int_equal(ledger_log_erase(world->log, erased_subject, &count, NULL), 0);
    assert_int_equal(kept_of(world, erased_subject), 0);
    assert_true(ledger_log_erasure_pending(world->log));
}

static void the_next_opening_leaves_no_freed_page_behind(void **state)
{
    struct test_world *world = *state;
    uint8_t marks[2][LEDGER_COMMITMENT_LEN];
    erase_two(world, marks);
    test_world_close_log(world);
    /* Else the test below would show nothing: rows lie there until they are written over. */
    assert_true(file_holds(world, marks[0], LEDGER_COMMITMENT_LEN));
    reopen(world);
    assert_false(ledger_log_erasure_pending(world->log));
    assert_false(file_holds(world, erased_subject, LEDGER_ID_LEN));
    assert_false(dir_holds(world, "log.old") || dir_holds(world, "log.fresh"));
    test_verify_everything(world);
    reopen(world);
    test_verify_everything(world);
}

/* One value of a subject goes; the others, and the key that they lie under, stay until the last. */
static void erasing_one_value_leaves_the_subjects_others(void **state)
{
    struct test_world *world = *state;
    uint8_t marks[2][LEDGER_COMMITMENT_LEN];
    struct ledger_head before;
    struct ledger_head after;
    struct base_buf BASE_CLEANUP(base_buf_wipe) value = {0};
    uint64_t count = 99;
    test_sealed_append(world, 1, "pupil-1", marks[0]);
    test_sealed_append(world, 2, "pupil-1", marks[1]);
    ledger_log_head(world->log, &before);
    assert_int_equal(ledger_log_erase_value(world->log, marks[0], &count, NULL), 0);
    assert_int_equal(count, 1);
    assert_true(ledger_log_erasure_pending(world->log));
    assert_int_equal(test_opening_read(world->log, marks[0], &value, NULL), BASE_E_MISSING);
    assert_int_equal(test_opening_read(world->log, marks[1], &value, NULL), 0);
    assert_int_equal(kept_of(world, erased_subject), 2); /* an opening and the key */
    assert_int_equal(ledger_log_erase_value(world->log, marks[0], &count, NULL), 0);
    assert_int_equal(count, 0); /* again: nothing left, no fault */
    reopen(world);
    assert_false(ledger_log_erasure_pending(world->log));
    assert_false(file_holds(world, marks[0], LEDGER_COMMITMENT_LEN));
    assert_int_equal(test_opening_read(world->log, marks[1], &value, NULL), 0);
    assert_int_equal(ledger_log_erase_value(world->log, marks[1], &count, NULL), 0);
    assert_int_equal(kept_of(world, erased_subject), 0);
    ledger_log_head(world->log, &after);
    assert_memory_equal(&before, &after, sizeof before);
    test_verify_everything(world);
}

/* As an admission that lets the next event erase these. */
static struct ledger_erasure orders;

static void erases_as_ordered(void *data, const struct ledger_submission *submission,
                              struct ledger_erasure *out_erasure)
{
    (void)data;
    (void)submission;
    *out_erasure = orders;
}

static void what_an_event_erases_goes_with_its_entry(void **state)
{
    struct test_world *world = *state;
    uint8_t marks[3][LEDGER_COMMITMENT_LEN];
    struct test_author author;
    struct test_submission order;
    struct base_buf BASE_CLEANUP(base_buf_wipe) value = {0};
    test_sealed_append(world, 1, "pupil-1", marks[0]);
    test_sealed_append(world, 2, "pupil-2", marks[1]);
    test_sealed_append(world, 3, "pupil-2", marks[2]);
    test_author_make(&author, 9);
    test_event_make(world, &author, "test.erases", NULL, &order);
    orders = (struct ledger_erasure){.subjects = erased_subject,
                                     .subject_count = 1,
                                     .commitments = marks[1],
                                     .commitment_count = 1};
    world->admission.table.erases = erases_as_ordered;
    assert_int_equal(test_append(world, &order).code, 0);
    world->admission.table.erases = NULL;
    assert_int_equal(test_opening_read(world->log, marks[0], &value, NULL), BASE_E_MISSING);
    assert_int_equal(test_opening_read(world->log, marks[1], &value, NULL), BASE_E_MISSING);
    assert_int_equal(test_opening_read(world->log, marks[2], &value, NULL), 0);
    assert_true(ledger_log_erasure_pending(world->log));
    test_verify_everything(world);
    test_submission_release(&order);
}

static int stop_here(void *data)
{
    (*(unsigned *)data)++;
    return 1;
}

static void an_exchange_that_a_crash_stopped_is_finished(void **state)
{
    struct test_world *world = *state;
    uint8_t marks[2][LEDGER_COMMITMENT_LEN];
    unsigned stops = 0;
    const struct ledger_faults faults = {.before_exchange = stop_here, .data = &stops};
    erase_two(world, marks);
    test_world_close_log(world);
    world->faults = faults;
    assert_int_equal(test_world_reopen(world, NULL), BASE_E_IO);
    assert_int_equal(stops, 1);
    assert_false(dir_holds(world, "log"));
    assert_true(dir_holds(world, "log.old") && dir_holds(world, "log.fresh"));
    assert_true(ledger_log_is_there(world->dir)); /* a server finds its school none the less */
    world->faults = (struct ledger_faults){0};
    reopen(world);
    assert_false(dir_holds(world, "log.old") || dir_holds(world, "log.fresh"));
    assert_false(ledger_log_erasure_pending(world->log));
    assert_false(file_holds(world, erased_subject, LEDGER_ID_LEN));
    test_verify_everything(world);
}

static void a_half_made_copy_is_thrown_away(void **state)
{
    struct test_world *world = *state;
    uint8_t marks[2][LEDGER_COMMITMENT_LEN];
    char path[512];
    erase_two(world, marks);
    test_world_close_log(world);
    snprintf(path, sizeof path, "%s/log.fresh", world->dir);
    assert_int_equal(mkdir(path, 0700), 0);
    snprintf(path, sizeof path, "%s/log.fresh/data.mdb", world->dir);
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    fputs("half", file);
    fclose(file);
    reopen(world);
    assert_false(dir_holds(world, "log.fresh"));
    assert_false(file_holds(world, erased_subject, LEDGER_ID_LEN));
    test_verify_everything(world);
}

static void without_the_wrapping_key_nothing_sealed_is_readable(void **state)
{
    struct test_world *world = *state;
    uint8_t commitment[LEDGER_COMMITMENT_LEN];
    char path[512];
    struct ledger_log *log = NULL;
    struct ledger_reader *reader = NULL;
    struct base_bytes entry;
    struct base_buf BASE_CLEANUP(base_buf_wipe) value = {0};
    test_sealed_append(world, 1, "pupil-1", commitment);
    test_world_close_log(world);
    snprintf(path, sizeof path, "%s/wrap.key", world->dir);
    assert_int_equal(unlink(path), 0);
    snprintf(path, sizeof path, "%s/log.key", world->dir);
    assert_int_equal(unlink(path), 0); /* an auditor's copy has neither */
    struct ledger_log_options options = {.dir = world->dir};
    assert_int_equal(ledger_log_open(&options, &log, NULL), 0);
    assert_int_equal(test_opening_read(log, commitment, &value, NULL), BASE_E_STATE);
    assert_int_equal(ledger_reader_open(log, &reader, NULL), 0);
    assert_int_equal(ledger_reader_entry(reader, 1, &entry, NULL), 0);
    ledger_reader_close(reader);
    struct ledger_submission *none[1] = {NULL};
    struct ledger_receipt receipt;
    assert_int_equal(ledger_log_append(log, none, 1, &receipt, NULL), BASE_E_USAGE);
    ledger_log_close(log);
}

static void an_opening_under_a_commitment_of_something_else_is_corrupt(void **state)
{
    struct test_world *world = *state;
    struct test_author author;
    struct test_submission plain;
    struct test_submission made;
    struct base_buf BASE_CLEANUP(base_buf_release) wire = {0};
    struct base_buf BASE_CLEANUP(base_buf_wipe) value = {0};
    static const uint8_t salt[LEDGER_SALT_LEN] = {1};
    struct ledger_opening opening = {.path = base_bytes_str("pupil-1"),
                                     .salt = base_bytes_of(salt, sizeof salt),
                                     .value = BASE_LITERAL("\xa1x")};
    test_author_make(&author, 9);
    test_event_make(world, &author, "test.sealed", NULL, &plain);
    assert_int_equal(ledger_submission_build(plain.submission.event_bytes,
                                             plain.submission.signatures, 1, &opening, 1, &wire,
                                             NULL),
                     0);
    test_submission_of(base_buf_bytes(&wire), &made);
    /* As if the server had stored it under a name that it does not open. */
    made.submission.openings[0].commitment[5] ^= 1;
    assert_int_equal(test_append(world, &made).code, 0);
    assert_int_equal(
        test_opening_read(world->log, made.submission.openings[0].commitment, &value, NULL),
        BASE_E_CORRUPT);
    assert_int_equal(value.len, 0);
    test_submission_release(&made);
    test_submission_release(&plain);
}

static void a_commitment_depends_on_all_that_it_covers(void **state)
{
    (void)state;
    uint8_t salt[LEDGER_SALT_LEN] = {0};
    uint8_t first[LEDGER_COMMITMENT_LEN];
    uint8_t other[LEDGER_COMMITMENT_LEN];
    ledger_sealed_commit(BASE_LITERAL("ab"), salt, BASE_LITERAL("\xc0"), first);
    ledger_sealed_commit(BASE_LITERAL("a"), salt, BASE_LITERAL("b\xc0"), other);
    assert_memory_not_equal(first, other, sizeof first);
    ledger_sealed_commit(BASE_LITERAL("ab"), salt, BASE_LITERAL("\xc3"), other);
    assert_memory_not_equal(first, other, sizeof first);
    salt[31] = 1;
    ledger_sealed_commit(BASE_LITERAL("ab"), salt, BASE_LITERAL("\xc0"), other);
    assert_memory_not_equal(first, other, sizeof first);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define WITH_WORLD(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)
        WITH_WORLD(an_opening_is_given_back),
        WITH_WORLD(nothing_sealed_is_on_the_disk_in_clear),
        WITH_WORLD(erasing_a_subject_leaves_the_others_and_the_log),
        WITH_WORLD(erasing_one_value_leaves_the_subjects_others),
        WITH_WORLD(what_an_event_erases_goes_with_its_entry),
        WITH_WORLD(the_next_opening_leaves_no_freed_page_behind),
        WITH_WORLD(an_exchange_that_a_crash_stopped_is_finished),
        WITH_WORLD(a_half_made_copy_is_thrown_away),
        WITH_WORLD(without_the_wrapping_key_nothing_sealed_is_readable),
        WITH_WORLD(an_opening_under_a_commitment_of_something_else_is_corrupt),
        cmocka_unit_test(a_commitment_depends_on_all_that_it_covers),
    };
    return cmocka_run_group_tests_name("sealed", tests, NULL, NULL);
}
