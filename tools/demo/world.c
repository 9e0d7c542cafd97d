/* People, keys, sessions and time of the demonstration. */
#include "tools/demo/world.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#define SESSION_HOURS 12
#define HOUR_MS 3600000

static void demo_salt(void *data, uint8_t out[LEDGER_SALT_LEN])
{
    struct demo *demo = data;
    char name[32];
    snprintf(name, sizeof name, "%llu", (unsigned long long)++demo->salt_count);
    tool_derive(demo->secret, "salt", name, out, LEDGER_SALT_LEN);
}

void demo_init(struct demo *demo, struct tool_school *school, const char *data)
{
    static const char published[] = "letopis demo: everybody may know this";
    struct ledger_hash secret;
    memset(demo, 0, sizeof *demo);
    demo->school = school;
    demo->data = data;
    ledger_sha256(base_bytes_of(published, sizeof published - 1), &secret);
    memcpy(demo->secret, secret.bytes, sizeof demo->secret);
    demo->draft.salt = demo_salt;
    demo->draft.salt_data = demo;
    uint8_t seed[LEDGER_SEED_LEN];
    tool_derive(demo->secret, "seed", "root", seed, sizeof seed);
    tool_key_from_seed(&demo->root, seed);
}

void demo_init_real(struct demo *demo, struct tool_school *school, const uint8_t secret[32],
                    struct tool_key *officer, demo_table_fn table, void *table_data)
{
    memset(demo, 0, sizeof *demo);
    demo->school = school;
    memcpy(demo->secret, secret, sizeof demo->secret);
    demo->real = true;
    demo->officer = officer;
    demo->table = table;
    demo->table_data = table_data;
}

void demo_release(struct demo *demo)
{
    tool_draft_release(&demo->draft);
    tool_table_close(demo->lessons);
    tool_table_close(demo->attendance);
    tool_table_close(demo->marks);
    tool_table_close(demo->changes);
    tool_table_close(demo->period_marks);
    tool_table_close(demo->incident);
    free(demo->families);
}

int demo_csv(struct demo *demo, const char *name, struct tool_table **out_table,
             struct base_err *err)
{
    char path[4096];
    if (demo->real)
        return demo->table(demo->table_data, name, out_table, err);
    snprintf(path, sizeof path, "%s/%s", demo->data, name);
    return tool_csv_read(path, out_table, err);
}

void demo_id(const struct demo *demo, const char *kind, const char *name,
             uint8_t out[LEDGER_ID_LEN])
{
    tool_derive(demo->secret, kind, name, out, LEDGER_ID_LEN);
}

void demo_group_id(const struct demo *demo, const char *target, uint8_t out[LEDGER_ID_LEN])
{
    demo_id(demo, "group", target, out);
}

struct demo_person *demo_person(struct demo *demo, const char *label)
{
    for (unsigned i = 0; i < demo->staff_count; i++) {
        if (strcmp(demo->staff[i].label, label) == 0)
            return &demo->staff[i];
    }
    return NULL;
}

void demo_person_next_key(struct demo *demo, struct demo_person *person)
{
    char name[40];
    snprintf(name, sizeof name, "%s/%u", person->label, ++person->key_count);
    tool_derive(demo->secret, "seed", name, person->seed, sizeof person->seed);
    tool_key_from_seed(&person->key, person->seed);
    person->session_until = 0;
}

void demo_person_init(struct demo *demo, struct demo_person *person, const char *label)
{
    memset(person, 0, sizeof *person);
    snprintf(person->label, sizeof person->label, "%s", label);
    demo_id(demo, "account", label, person->account);
    demo_id(demo, "person", label, person->person);
    demo_person_next_key(demo, person);
}

void demo_at(struct demo *demo, base_time_ms now_ms)
{
    if (demo->real)
        demo->claimed_ms = now_ms;
    else if (now_ms > tool_school_now(demo->school))
        tool_school_set_now(demo->school, now_ms);
}

base_time_ms demo_time(const char *rfc3339)
{
    base_time_ms out = 0;
    int rc = base_time_parse(rfc3339, &out);
    assert(rc == 0);
    (void)rc;
    return out;
}

base_day demo_day(const char *date)
{
    base_day day = 0;
    int rc = base_day_parse(date, &day);
    assert(rc == 0);
    (void)rc;
    return day;
}

unsigned demo_number(const char *digits)
{
    return (unsigned)strtoul(digits, NULL, 10);
}

int demo_submit_key(struct demo *demo, struct tool_key *const *signers, unsigned count,
                    struct ledger_hash *out_id, struct base_err *err)
{
    base_time_ms claimed_ms = demo->real ? demo->claimed_ms : tool_school_now(demo->school);
    return tool_school_submit(demo->school, &demo->draft, signers, count, claimed_ms, out_id, err);
}

int demo_open_session(struct demo *demo, struct demo_person *person, struct tool_key *session,
                      const char *name, const char *place, struct base_err *err)
{
    struct tool_draft draft = {.salt = demo_salt, .salt_data = demo};
    struct tool_key *const signers[] = {&person->key, session};
    uint8_t seed[LEDGER_SEED_LEN];
    tool_derive(demo->secret, "session", name, seed, sizeof seed);
    tool_key_from_seed(session, seed);
    tool_draft_begin(&draft, "session.opened", 4);
    tool_draft_id(&draft, "account", person->account);
    tool_draft_int(&draft, "hours", SESSION_HOURS);
    ledger_canon_put_str(&draft.body, "place");
    tool_draft_seal_text(&draft, "place", place);
    tool_draft_bin(&draft, "session", session->key.bytes, LEDGER_KEY_LEN);
    int rc = tool_school_submit(demo->school, &draft, signers, 2, tool_school_now(demo->school),
                                NULL, err);
    tool_draft_release(&draft);
    return rc;
}

int demo_submit(struct demo *demo, struct demo_person *person, struct ledger_hash *out_id,
                struct base_err *err)
{
    base_time_ms now = tool_school_now(demo->school);
    if (demo->real) {
        struct tool_key *const officer[] = {demo->officer};
        return demo_submit_key(demo, officer, 1, out_id, err);
    }
    if (now >= person->session_until) {
        char name[48];
        snprintf(name, sizeof name, "%s/%u", person->label, ++person->session_count);
        int rc = demo_open_session(demo, person, &person->session, name,
                                   "Chrome, школьный компьютер", err);
        if (rc != 0)
            return base_err_wrap(err, rc, "%s", person->label);
        person->session_until = now + (base_time_ms)SESSION_HOURS * HOUR_MS;
    }
    struct tool_key *const signers[] = {&person->session};
    int rc = demo_submit_key(demo, signers, 1, out_id, err);
    return rc == 0 ? 0 : base_err_wrap(err, rc, "%s", person->label);
}

int demo_invite(struct demo *demo, struct demo_person *by, const char *label,
                const uint8_t account[LEDGER_ID_LEN], struct tool_key *out_invitation,
                struct base_err *err)
{
    uint8_t bytes[TOOL_CODE_BYTES];
    char code[TOOL_CODE_LEN + 1];
    uint8_t invitation[LEDGER_SEED_LEN];
    uint8_t emergency[LEDGER_SEED_LEN];
    struct ledger_hash log_id;
    struct tool_key emergency_key;
    tool_derive(demo->secret, "code", label, bytes, sizeof bytes);
    tool_code_of(bytes, code);
    ledger_log_id(tool_school_log(demo->school), &log_id);
    int rc = tool_code_seeds(code, &log_id, invitation, emergency, err);
    if (rc != 0)
        return rc;
    tool_key_from_seed(out_invitation, invitation);
    tool_key_from_seed(&emergency_key, emergency);
    tool_draft_begin(&demo->draft, "invitation.issued", 3);
    tool_draft_id(&demo->draft, "account", account);
    tool_draft_bin(&demo->draft, "emergency", emergency_key.key.bytes, LEDGER_KEY_LEN);
    tool_draft_bin(&demo->draft, "invitation", out_invitation->key.bytes, LEDGER_KEY_LEN);
    return demo_submit(demo, by, NULL, err);
}

int demo_enrol(struct demo *demo, struct demo_person *person, struct tool_key *invitation,
               struct base_err *err)
{
    struct tool_key *const signers[] = {invitation, &person->key};
    tool_draft_begin(&demo->draft, "key.enrolled", 2);
    tool_draft_id(&demo->draft, "account", person->account);
    tool_draft_bin(&demo->draft, "key", person->key.key.bytes, LEDGER_KEY_LEN);
    person->enrolled = true;
    return demo_submit_key(demo, signers, 2, NULL, err);
}

int demo_know_staff(struct demo *demo, struct base_err *err)
{
    struct tool_table *staff = NULL;
    struct proj_txn *txn = NULL;
    int rc = demo_csv(demo, "staff.csv", &staff, err);
    if (rc == 0 && tool_table_row_count(staff) > DEMO_STAFF_COUNT_MAX)
        rc = BASE_FAIL(err, BASE_E_LIMIT, "more than %u staff", DEMO_STAFF_COUNT_MAX);
    if (rc == 0)
        rc = proj_engine_read(tool_school_engine(demo->school), &txn, err);
    for (size_t i = 0; rc == 0 && i < tool_table_row_count(staff); i++) {
        struct demo_person *person = &demo->staff[demo->staff_count++];
        struct proj_fact fact;
        demo_person_init(demo, person, tool_table_get(staff, i, "id"));
        struct proj_key key = proj_key_account(person->account);
        person->enrolled = proj_fact_get(txn, &key, LEDGER_SEQ_NONE, &fact);
    }
    proj_txn_end(txn);
    tool_table_close(staff);
    return rc;
}

void demo_tell(struct demo *demo, const char *what, uint64_t done, uint64_t total)
{
    if (demo->progress != NULL)
        demo->progress(demo->progress_data, what, done, total);
}
