/* The demonstration's people and clock. Everybody's keys are derived from a published secret, so
 * the same data set makes the same log, byte for byte, on every machine (but for the log's own
 * key): its root is a golden value of the tests. A log made so says `demo` in its founding event.
 */
#pragma once

#include "tools/common/csv.h"
#include "tools/common/school.h"
#include "tools/common/secrets.h"

#define DEMO_PASSWORD "letopis-demo" /* published: it opens every account of the demonstration */
#define DEMO_STAFF_COUNT_MAX 500u
#define DEMO_OFFSET_MIN 180

struct demo_person {
    char label[16]; /* "st20" */
    uint8_t account[LEDGER_ID_LEN];
    uint8_t person[LEDGER_ID_LEN];
    uint8_t seed[LEDGER_SEED_LEN]; /* of the account key */
    struct tool_key key;
    struct tool_key session;
    base_time_ms session_until;
    unsigned session_count;
    unsigned key_count; /* keys enrolled so far */
    bool enrolled;
};

typedef void (*demo_progress_fn)(void *data, const char *what, uint64_t done, uint64_t total);

/* Gives a table of the data set, to be closed by the caller. */
typedef int (*demo_table_fn)(void *data, const char *name, struct tool_table **out_table,
                             struct base_err *err);

struct demo {
    struct tool_school *school;
    struct tool_draft draft;
    const char *data; /* folder of the data set */
    uint8_t secret[32];
    uint64_t salt_count;
    struct tool_key root;
    struct demo_person staff[DEMO_STAFF_COUNT_MAX];
    unsigned staff_count;
    struct demo_person *families; /* enrolled parents and the auditor */
    unsigned family_count;
    struct tool_table *lessons, *attendance, *marks, *changes, *period_marks, *incident;
    demo_progress_fn progress;
    void *progress_data;
    /* A real school's old records: one officer signs everything, now, with the old times as claimed
     * ones; tables are those that the import has checked; nobody's key is made. */
    bool real;
    struct tool_key *officer;
    base_time_ms claimed_ms;
    demo_table_fn table;
    void *table_data;
};

void demo_init(struct demo *demo, struct tool_school *school, const char *data);
void demo_release(struct demo *demo);

/* Opens <data>/<name>. */
int demo_csv(struct demo *demo, const char *name, struct tool_table **out_table,
             struct base_err *err) BASE_MUST_USE;
/* A reproducible id: demo_id(demo, "pupil", "p0001", out). */
void demo_id(const struct demo *demo, const char *kind, const char *name,
             uint8_t out[LEDGER_ID_LEN]);
/* A class or a group: classes and groups share one name space. */
void demo_group_id(const struct demo *demo, const char *target, uint8_t out[LEDGER_ID_LEN]);
struct demo_person *demo_person(struct demo *demo, const char *label);
/* A new person with derived account, person id and first key. */
void demo_person_init(struct demo *demo, struct demo_person *person, const char *label);
/* The person's next key (1 is the first). */
void demo_person_next_key(struct demo *demo, struct demo_person *person);

/* Sets the clock: never back. */
void demo_at(struct demo *demo, base_time_ms now_ms);
base_time_ms demo_time(const char *rfc3339);
base_day demo_day(const char *date);
unsigned demo_number(const char *digits);

/* Submits the draft by the account key, or by the person's session, which is opened when there is
 * none alive. `out_id` may be NULL. */
int demo_submit_key(struct demo *demo, struct tool_key *const *signers, unsigned count,
                    struct ledger_hash *out_id, struct base_err *err) BASE_MUST_USE;
int demo_submit(struct demo *demo, struct demo_person *person, struct ledger_hash *out_id,
                struct base_err *err) BASE_MUST_USE;
int demo_open_session(struct demo *demo, struct demo_person *person, struct tool_key *session,
                      const char *name, const char *place, struct base_err *err) BASE_MUST_USE;
/* Opens an invitation of `account` by `by` and enrols the person's present key with it. */
int demo_invite(struct demo *demo, struct demo_person *by, const char *label,
                const uint8_t account[LEDGER_ID_LEN], struct tool_key *out_invitation,
                struct base_err *err) BASE_MUST_USE;
int demo_enrol(struct demo *demo, struct demo_person *person, struct tool_key *invitation,
               struct base_err *err) BASE_MUST_USE;

void demo_tell(struct demo *demo, const char *what, uint64_t done, uint64_t total);

/* Prepares the import of old records: `secret` makes the ids, `table` gives the files. */
void demo_init_real(struct demo *demo, struct tool_school *school, const uint8_t secret[32],
                    struct tool_key *officer, demo_table_fn table, void *table_data);
/* Knows the staff of <data>/staff.csv; those whose accounts exist count as enrolled. */
int demo_know_staff(struct demo *demo, struct base_err *err) BASE_MUST_USE;

/* The chapters. Each leaves the school flushed. */
int demo_found(struct demo *demo, const char *origin, struct base_err *err) BASE_MUST_USE;
int demo_set_up(struct demo *demo, struct base_err *err) BASE_MUST_USE;
int demo_quarter(struct demo *demo, bool with_incident, struct base_err *err) BASE_MUST_USE;
