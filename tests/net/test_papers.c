/* Extracts, journals and summary sheets over the API: for whom they are made, what they say (CT-2c,
 * ST-12). The text is read back by pdftotext, which knows nothing of how it was set. */
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

static void get(struct school *school, struct person *person, const char *path, long wanted,
                struct reply *out_reply)
{
    char token[TOKEN_LEN];
    if (person != NULL)
        school_session(school, person, token);
    *out_reply = school_get(school, path, person != NULL ? token : NULL);
    if (out_reply->status != wanted)
        fail_msg("%s: %ld instead of %ld: %.*s", path, out_reply->status, wanted,
                 (int)out_reply->body.len, (const char *)out_reply->body.data);
    bool is_pdf = out_reply->body.len > 5 && memcmp(out_reply->body.data, "%PDF-", 5) == 0;
    assert_int_equal(is_pdf, wanted == 200);
}

static void answers(struct school *school, enum who who, const char *path, long wanted)
{
    struct reply reply;
    get(school, &school->world.people[who], path, wanted, &reply);
    if (wanted == 200) {
        assert_string_equal(reply_header(&reply, "content-type"), "application/pdf");
        assert_string_equal(reply_header(&reply, "cache-control"), "no-store");
    }
    reply_release(&reply);
}

/* The words of the paper, as a reader of PDF finds them. */
static void words_of(struct school *school, enum who who, const char *path, struct base_buf *out)
{
    struct reply reply;
    char pdf[300];
    char command[700];
    char chunk[4096];
    size_t n;
    get(school, &school->world.people[who], path, 200, &reply);
    snprintf(pdf, sizeof pdf, "%s/paper.pdf", school->data_dir);
    FILE *file = fopen(pdf, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(reply.body.data, 1, reply.body.len, file), reply.body.len);
    fclose(file);
    reply_release(&reply);
    snprintf(command, sizeof command, "pdftotext -layout %s -", pdf);
    FILE *pipe = popen(command, "r"); /* NOLINT(cert-env33-c): the command is our own */
    assert_non_null(pipe);
    while ((n = fread(chunk, 1, sizeof chunk, pipe)) > 0)
        base_buf_put(out, chunk, n);
    assert_int_equal(pclose(pipe), 0);
    remove(pdf);
}

#define SAYS(words, text)                                                                          \
    do {                                                                                           \
        if (strstr(base_buf_text(words), (text)) == NULL)                                          \
            fail_msg("no \"%s\" in\n%s", (text), base_buf_text(words));                            \
    } while (0)

static void hex_of(const proj_id id, char out[2 * LEDGER_ID_LEN + 1])
{
    base_hex(id, LEDGER_ID_LEN, out);
}

static void submit(struct school *school, struct signer *signer)
{
    struct reply reply = school_submit(school, signer, NULL);
    ASSERT_STATUS(reply, 200);
    reply_release(&reply);
}

static void fill(struct school *school)
{
    struct world *w = &school->world;
    struct signer *teacher = &w->people[TEACHER].session;
    act_mark(&w->draft, w->lesson, w->pupils[ANYA], 5, NULL, LEDGER_SEQ_NONE);
    submit(school, teacher);
    act_topic(&w->draft, w->lesson, "Дроби и их сложение", LEDGER_SEQ_NONE);
    submit(school, teacher);
    act_homework(&w->draft, w->lesson, "№ 418, 420", LEDGER_SEQ_NONE);
    submit(school, teacher);
    act_attendance(&w->draft, w->lesson, w->pupils[BORYA], PROJ_ABSENT, "ill", LEDGER_SEQ_NONE,
                   true);
    submit(school, teacher);
}

static void an_extract_is_for_the_family_and_who_answers_for_the_pupil(void **state)
{
    struct school *school = *state;
    struct world *w = &school->world;
    char path[256];
    char pupil[2 * LEDGER_ID_LEN + 1];
    char group[2 * LEDGER_ID_LEN + 1];
    hex_of(w->pupils[ANYA], pupil);
    hex_of(w->class_a, group);
    snprintf(path, sizeof path, "/api/paper/extract?pupil=%s&from=%d&to=%d", pupil, w->today,
             w->today + 6);
    answers(school, PARENT, path, 200);
    answers(school, CLASS_TEACHER, path, 200);
    answers(school, DEPUTY, path, 200);
    answers(school, NEIGHBOUR, path, 403);
    answers(school, TEACHER, path, 403);
    snprintf(path, sizeof path, "/api/paper/extract?group=%s&from=%d&to=%d", group, w->today,
             w->today + 6);
    answers(school, CLASS_TEACHER, path, 200);
    answers(school, PARENT, path, 403);
    answers(school, TEACHER, path, 403);
    snprintf(path, sizeof path, "/api/paper/extract?pupil=%s&from=%d&to=%d", pupil, w->today,
             w->today - 1);
    answers(school, PARENT, path, 400);
    snprintf(path, sizeof path, "/api/paper/extract?pupil=%s&from=%d&to=%d", group, w->today,
             w->today + 6);
    answers(school, HEAD, path, 404);
}

static void an_extract_says_what_the_journal_says(void **state)
{
    struct school *school = *state;
    struct world *w = &school->world;
    struct base_buf BASE_CLEANUP(base_buf_release) words = {0};
    char path[256];
    char pupil[2 * LEDGER_ID_LEN + 1];
    char size[32];
    fill(school);
    snprintf(size, sizeof size, "\n%llu\n", (unsigned long long)school_size(school));
    hex_of(w->pupils[ANYA], pupil);
    snprintf(path, sizeof path, "/api/paper/extract?pupil=%s&from=%d&to=%d", pupil, w->today,
             w->today + 6);
    words_of(school, PARENT, path, &words);
    SAYS(&words, "Абрамова Анна");
    SAYS(&words, "Математика");
    SAYS(&words, "5,00");
    SAYS(&words, "Дроби и их сложение");
    SAYS(&words, "№ 418, 420");
    SAYS(&words, "Код проверки");
    SAYS(&words, size); /* the checkpoint */
    base_buf_reset(&words);
    hex_of(w->pupils[BORYA], pupil);
    snprintf(path, sizeof path, "/api/paper/extract?pupil=%s&from=%d&to=%d", pupil, w->today,
             w->today + 6);
    words_of(school, CLASS_TEACHER, path, &words);
    SAYS(&words, "болезнь");
}

static void a_journal_is_for_its_readers(void **state)
{
    struct school *school = *state;
    struct world *w = &school->world;
    struct base_buf BASE_CLEANUP(base_buf_release) words = {0};
    char path[256];
    char group[2 * LEDGER_ID_LEN + 1];
    char subject[2 * LEDGER_ID_LEN + 1];
    fill(school);
    hex_of(w->class_a, group);
    hex_of(w->maths, subject);
    snprintf(path, sizeof path, "/api/paper/journal?group=%s&subject=%s&from=%d&to=%d", group,
             subject, w->today, w->today + 270);
    answers(school, CLASS_TEACHER, path, 200);
    answers(school, OTHER, path, 403);
    answers(school, PARENT, path, 403);
    words_of(school, TEACHER, path, &words);
    SAYS(&words, "Абрамова Анна");
    SAYS(&words, "Дроби и их сложение");
    SAYS(&words, "5,00");
    snprintf(path, sizeof path, "/api/paper/sheet?group=%s", group);
    answers(school, CLASS_TEACHER, path, 200);
    answers(school, HEAD, path, 200);
    answers(school, TEACHER, path, 403);
    answers(school, PARENT, path, 403);
    base_buf_reset(&words);
    words_of(school, DEPUTY, path, &words);
    SAYS(&words, "Сводная ведомость");
    SAYS(&words, "Абрамова Анна");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_extract_is_for_the_family_and_who_answers_for_the_pupil,
                                        make, remove_all),
        cmocka_unit_test_setup_teardown(an_extract_says_what_the_journal_says, make, remove_all),
        cmocka_unit_test_setup_teardown(a_journal_is_for_its_readers, make, remove_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
