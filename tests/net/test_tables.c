/* Tables for spreadsheets over the API: for whom they are made and what stands in them, read back
 * by Python's zipfile, which knows nothing of how they were written (ST-6, ST-12). */
#include <stdio.h>

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

static void get(struct school *school, enum who who, const char *path, long wanted,
                struct reply *out_reply)
{
    char token[TOKEN_LEN];
    school_session(school, &school->world.people[who], token);
    *out_reply = school_get(school, path, token);
    assert_int_equal(out_reply->status, wanted);
    bool is_zip = out_reply->body.len > 4 && memcmp(out_reply->body.data, "PK\3\4", 4) == 0;
    assert_int_equal(is_zip, wanted == 200);
}

static void answers(struct school *school, enum who who, const char *path, long wanted)
{
    struct reply reply;
    get(school, who, path, wanted, &reply);
    if (wanted == 200)
        assert_string_equal(reply_header(&reply, "cache-control"), "no-store");
    reply_release(&reply);
}

/* All texts and numbers of the workbook. */
static void words_of(struct school *school, enum who who, const char *path, struct base_buf *out)
{
    struct reply reply;
    char file_name[300];
    char command[900];
    char chunk[4096];
    size_t n;
    get(school, who, path, 200, &reply);
    snprintf(file_name, sizeof file_name, "%s/table.xlsx", school->data_dir);
    FILE *file = fopen(file_name, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(reply.body.data, 1, reply.body.len, file), reply.body.len);
    fclose(file);
    reply_release(&reply);
    snprintf(command, sizeof command,
             "python3 -c 'import sys,zipfile; z=zipfile.ZipFile(sys.argv[1]); [sys.stdout.buffer."
             "write(z.read(n)) for n in sorted(z.namelist()) if \"xl/\" in n]' %s",
             file_name);
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    while ((n = fread(chunk, 1, sizeof chunk, pipe)) > 0)
        base_buf_put(out, chunk, n);
    base_buf_put(out, "", 1);
    assert_int_equal(pclose(pipe), 0);
    remove(file_name);
}

static void has(const struct base_buf *words, const char *text)
{
    if (strstr((const char *)words->data, text) == NULL)
        fail_msg("not in the table: %s", text);
}

static void hex_of(const uint8_t *id, char out[2 * LEDGER_ID_LEN + 1])
{
    for (unsigned i = 0; i < LEDGER_ID_LEN; i++)
        snprintf(out + 2 * i, 3, "%02x", id[i]);
}

static void a_summary_sheet_is_a_workbook(void **state)
{
    struct school *school = *state;
    struct base_buf BASE_CLEANUP(base_buf_release) words = {0};
    char path[128];
    char group[2 * LEDGER_ID_LEN + 1];
    hex_of(school->world.class_a, group);
    snprintf(path, sizeof path, "/api/table/summary?group=%s", group);
    answers(school, CLASS_TEACHER, path, 200);
    answers(school, TEACHER, path, 403);
    answers(school, PARENT, path, 403);
    words_of(school, DEPUTY, path, &words);
    has(&words, "Сводная ведомость");
    has(&words, "Показатели");
    has(&words, "Математика, 1 четверть");
}

static void control_of_filling_is_a_workbook(void **state)
{
    struct school *school = *state;
    struct base_buf BASE_CLEANUP(base_buf_release) words = {0};
    char path[128];
    snprintf(path, sizeof path, "/api/table/filling?from=%d&to=%d", school->world.today - 1,
             school->world.today);
    words_of(school, DEPUTY, path, &words);
    has(&words, "Контроль заполнения");
    has(&words, "Отметки позже срока");
    has(&words, "Математика");
    snprintf(path, sizeof path, "/api/table/filling?from=%d&to=%d", school->world.today,
             school->world.today - 1);
    answers(school, DEPUTY, path, 400);
}

/* The lists of the school's organisation: for who arranges it, and what stands in them. */
static void lists_of_the_organisation_are_workbooks(void **state)
{
    static const struct {
        const char *path;
        enum who stranger; /* whom it is refused, or who sees nothing of it */
        long answer;
        const char *words[3];
    } lists[] = {
        {"changes", STRANGER, 200, {"Замены", "замена", "болезнь"}},
        {"works", PARENT, 403, {"Контрольные", "Больше нормы", "Вид работы"}},
        {"movement", TEACHER, 403, {"Движение", "По ученикам", "5А"}},
    };
    struct school *school = *state;
    for (unsigned i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        struct base_buf BASE_CLEANUP(base_buf_release) words = {0};
        char path[128];
        snprintf(path, sizeof path, "/api/table/%s?from=%d&to=%d", lists[i].path,
                 school->world.today - 1, school->world.today + 5);
        words_of(school, OFFICE, path, &words);
        for (unsigned k = 0; k < 3; k++)
            has(&words, lists[i].words[k]);
        answers(school, lists[i].stranger, path, lists[i].answer);
    }
}

static void a_stranger_reads_no_replacements_of_others(void **state)
{
    struct school *school = *state;
    struct base_buf BASE_CLEANUP(base_buf_release) words = {0};
    char path[128];
    snprintf(path, sizeof path, "/api/table/changes?from=%d&to=%d", school->world.today - 1,
             school->world.today + 5);
    words_of(school, STRANGER, path, &words);
    assert_null(strstr((const char *)words.data, "болезнь"));
}

static void how_far_the_plans_are_is_a_workbook(void **state)
{
    struct school *school = *state;
    struct base_buf BASE_CLEANUP(base_buf_release) words = {0};
    char path[128];
    snprintf(path, sizeof path, "/api/table/programme?day=%d", school->world.today);
    words_of(school, DEPUTY, path, &words);
    has(&words, "Выполнение программы");
    has(&words, "Математика");
    has(&words, "Отставание, тем");
    answers(school, DEPUTY, "/api/table/programme", 400);
}

/* «Правки»: what came late to a page, for who reads it. */
static void edits_are_a_workbook(void **state)
{
    struct school *school = *state;
    struct world *world = &school->world;
    struct base_buf BASE_CLEANUP(base_buf_release) words = {0};
    char path[192];
    char group[2 * LEDGER_ID_LEN + 1];
    char subject[2 * LEDGER_ID_LEN + 1];
    hex_of(world->class_a, group);
    hex_of(world->maths, subject);
    snprintf(path, sizeof path, "/api/table/edits?from=%d&to=%d&group=%s&subject=%s", world->today,
             world->today + 5, group, subject);
    words_of(school, TEACHER, path, &words);
    has(&words, "Правки");
    has(&words, "Позже срока");
    answers(school, OTHER, path, 403);
    answers(school, PARENT, path, 403);
    snprintf(path, sizeof path, "/api/table/edits?from=%d&to=%d&group=%s", world->today,
             world->today + 5, group);
    answers(school, TEACHER, path, 400); /* half a page */
    snprintf(path, sizeof path, "/api/edits?from=%d&to=%d", world->today, world->today + 500);
    answers(school, DEPUTY, path, 400); /* more days than are told of at once */
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, make, remove_all)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_summary_sheet_is_a_workbook),
        CASE(control_of_filling_is_a_workbook),
        CASE(lists_of_the_organisation_are_workbooks),
        CASE(a_stranger_reads_no_replacements_of_others),
        CASE(how_far_the_plans_are_is_a_workbook),
        CASE(edits_are_a_workbook),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
