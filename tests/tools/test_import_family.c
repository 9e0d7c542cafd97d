/* What a family has said of itself no file says otherwise: a school of one class, imported, whose
 * parent enrols and then changes the own contacts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tools/common/files.h"
#include "tools/common/secrets.h"
#include "tools/import/apply.h"

#define START_MS 1788000000000 /* August 2026 */
#define CLASSES "id,grade,shift,class_teacher,week_days\n1А,1,1,t1,5\n"
#define STAFF "id,surname,given,patronymic,email,phone\nt1,Учитель,Анна,,t1@school.example,\n"
#define PUPILS "id,surname,given,class,admitted_on\np1,Иванов,Иван,1А,2026-09-01\n"
#define PARENTS(email)                                                                             \
    "id,pupil,surname,given,form,email\nr1,p1,Иванова,Ольга,электронная," email "\n"

static char dir[] = "/tmp/letopis-import-XXXXXX";
static char data[64], log_dir[64];
static struct tool_school *school;
static struct tool_key root, officers[2], parent;
static base_time_ms now_ms = START_MS;

static void need(int rc, const struct base_err *err)
{
    if (rc != 0)
        fail_msg("%s", err->text);
}

static void write_file(const char *name, const char *text)
{
    char path[128];
    struct base_err err = {0};
    snprintf(path, sizeof path, "%s/%s", data, name);
    need(tool_file_write(path, 0600, base_bytes_str(text), &err), &err);
}

static void make_key(struct tool_key *key, uint8_t n)
{
    uint8_t seed[LEDGER_SEED_LEN] = {n};
    tool_key_from_seed(key, seed);
}

static void submit(struct tool_draft *draft, struct tool_key *const *signers, unsigned count)
{
    struct base_err err = {0};
    now_ms += 1000;
    tool_school_set_now(school, now_ms);
    need(tool_school_submit(school, draft, signers, count, now_ms, NULL, &err), &err);
    need(tool_school_flush(school, &err), &err);
}

static void found(void)
{
    struct tool_draft draft = {0};
    uint8_t id[LEDGER_ID_LEN] = {0};
    uint8_t next[LEDGER_HASH_LEN] = {9};
    struct tool_key *const signers[] = {&root, &officers[0], &officers[1]};
    make_key(&root, 1);
    tool_draft_begin(&draft, "school.founded", 8);
    tool_draft_bool(&draft, "demo", false);
    tool_draft_text(&draft, "name", "Школа");
    tool_draft_bin(&draft, "next", next, sizeof next);
    tool_draft_list(&draft, "officers", 2);
    for (uint8_t i = 0; i < 2; i++) {
        char path[24];
        make_key(&officers[i], (uint8_t)(2 + i));
        snprintf(path, sizeof path, "officers.%u.4", i);
        id[0] = (uint8_t)(10 + i);
        ledger_canon_put_array(&draft.body, 5);
        ledger_canon_put_bin(&draft.body, id, sizeof id);
        ledger_canon_put_int(&draft.body, 1 + i);
        ledger_canon_put_bin(&draft.body, officers[i].key.bytes, LEDGER_KEY_LEN);
        id[0] = (uint8_t)(20 + i);
        ledger_canon_put_bin(&draft.body, id, sizeof id);
        tool_draft_seal_name(&draft, path, "Должностное", "Лицо", "");
    }
    tool_draft_int(&draft, "offset", 180);
    tool_draft_text(&draft, "origin", "school.example/log");
    tool_draft_bin(&draft, "root", root.key.bytes, LEDGER_KEY_LEN);
    tool_draft_text(&draft, "zone", "Europe/Moscow");
    submit(&draft, signers, 3);
    tool_draft_release(&draft);
}

/* Reads the folder and plans; what is in `im` afterwards is released by the caller. */
static void plan(struct import *im)
{
    struct base_err err = {0};
    *im = (struct import){.data = data, .secret = {7}, .now_ms = now_ms};
    need(proj_engine_read(tool_school_engine(school), &im->txn, &err), &err);
    need(ledger_reader_open(tool_school_log(school), &im->reader, &err), &err);
    need(import_load(im, &err), &err);
    need(import_check(im, &err), &err);
    if (im->problems.blocking > 0)
        fail_msg("problem %d in row %u", im->problems.list[0].code, im->problems.list[0].row);
    need(import_compare(im, &err), &err);
    ledger_reader_close(im->reader);
    proj_txn_end(im->txn);
}

static void channel(struct tool_key *by, const char *email)
{
    struct tool_draft draft = {0};
    struct tool_key *const signers[] = {by};
    uint8_t account[LEDGER_ID_LEN];
    const uint8_t secret[32] = {7};
    tool_derive(secret, "account", "r1", account, sizeof account);
    tool_draft_begin(&draft, "channel.set", 6);
    tool_draft_id(&draft, "account", account);
    ledger_canon_put_str(&draft.body, "email");
    tool_draft_seal_text(&draft, "email", email);
    tool_draft_nil(&draft, "phone");
    tool_draft_int(&draft, "quiet_from", 60);
    tool_draft_int(&draft, "quiet_to", 120);
    tool_draft_int(&draft, "wants", PROJ_WANTS_MARKS);
    submit(&draft, signers, 1);
    tool_draft_release(&draft);
}

/* The parent's key, with the code of the slip. */
static void enrol(const char *code_text)
{
    struct base_err err = {0};
    struct tool_draft draft = {0};
    struct tool_key invitation;
    struct ledger_hash log_id;
    uint8_t seeds[2][LEDGER_SEED_LEN];
    uint8_t account[LEDGER_ID_LEN];
    const uint8_t secret[32] = {7};
    char code[TOOL_CODE_LEN + 1];
    snprintf(code, sizeof code, "%.4s%.4s%.4s%.4s", code_text, code_text + 5, code_text + 10,
             code_text + 15);
    ledger_log_id(tool_school_log(school), &log_id);
    need(tool_code_seeds(code, &log_id, seeds[0], seeds[1], &err), &err);
    tool_key_from_seed(&invitation, seeds[0]);
    make_key(&parent, 30);
    tool_derive(secret, "account", "r1", account, sizeof account);
    struct tool_key *const signers[] = {&invitation, &parent};
    tool_draft_begin(&draft, "key.enrolled", 2);
    tool_draft_id(&draft, "account", account);
    tool_draft_bin(&draft, "key", parent.key.bytes, LEDGER_KEY_LEN);
    submit(&draft, signers, 2);
    tool_draft_release(&draft);
}

static void a_file_never_speaks_against_the_family(void **state)
{
    (void)state;
    struct base_err err = {0};
    struct base_buf BASE_CLEANUP(base_buf_release) slips = {0};
    struct import im;
    write_file("classes.csv", CLASSES);
    write_file("staff.csv", STAFF);
    write_file("pupils.csv", PUPILS);
    write_file("parents.csv", PARENTS("old@example.org"));
    plan(&im);
    now_ms += 1000;
    tool_school_set_now(school, now_ms);
    need(import_apply(&im, school, &officers[1], NULL, &slips, &err), &err);
    import_release(&im);
    plan(&im);
    assert_int_equal(im.item_count, 0);
    import_release(&im);

    /* The officer's word gives way to a newer file, and keeps what the family wants to hear. */
    channel(&officers[1], "officer@example.org");
    plan(&im);
    assert_int_equal(im.item_count, 1);
    assert_string_equal(im.items[0].kind, "channel.set");
    assert_int_equal(im.items[0].action, IMPORT_CHANGE);
    struct ledger_canon_value body;
    assert_null(ledger_canon_check(base_buf_bytes(&im.items[0].body), &body));
    assert_int_equal(ledger_canon_get(&body, "wants").integer, PROJ_WANTS_MARKS);
    assert_int_equal(ledger_canon_get(&body, "quiet_from").integer, 60);
    import_release(&im);

    const char *line = strstr(base_buf_text(&slips), "r1,");
    assert_non_null(line);
    enrol(line + 3);
    channel(&parent, "own@example.org");
    plan(&im);
    assert_int_equal(im.item_count, 0);
    assert_int_equal(im.passed[IMPORT_PARENTS], 1);
    import_release(&im);
    write_file("parents.csv", PARENTS("newer@example.org"));
    plan(&im);
    assert_int_equal(im.item_count, 0);
    import_release(&im);
    write_file("parents.csv", PARENTS("own@example.org"));
    plan(&im);
    assert_int_equal(im.passed[IMPORT_PARENTS], 0);
    assert_int_equal(im.same[IMPORT_PARENTS], 1);
    import_release(&im);
}

static int make_school(void **state)
{
    (void)state;
    struct base_err err = {0};
    if (mkdtemp(dir) == NULL)
        return -1;
    snprintf(data, sizeof data, "%s/data", dir);
    snprintf(log_dir, sizeof log_dir, "%s/school", dir);
    const struct tool_school_options options = {
        .dir = log_dir, .origin = "school.example/log", .create = true, .own_clock = true};
    need(tool_dir_make(data, &err), &err);
    need(tool_school_open(&options, &school, &err), &err);
    found();
    return 0;
}

static int remove_school(void **state)
{
    (void)state;
    char command[128];
    tool_school_close(school);
    snprintf(command, sizeof command, "rm -r %s", dir);
    return system(command);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_file_never_speaks_against_the_family)};
    return cmocka_run_group_tests(tests, make_school, remove_school);
}
