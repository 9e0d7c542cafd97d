/* What the facts are: tags, keys and values (specs/projections.md).
 * Values are plain structs, written as they lie in memory, zeroed before they are filled: the
 * environment is rebuilt from the log on every machine and after every change of this file
 * (PROJ_LAYOUT). Texts of varying length follow their struct.
 * Threads: pure helpers. */
#pragma once

#include "projections/kinds.h"
#include "projections/state.h"

#define PROJ_LAYOUT 3u /* raise with every change of this file */

typedef uint8_t proj_id[LEDGER_ID_LEN];
extern const proj_id proj_no_id; /* all zero: "none" */

enum proj_key_kind { /* zero is nobody */
                     PROJ_KEY_ROOT = 1,
                     PROJ_KEY_ACCOUNT,
                     PROJ_KEY_SESSION,
                     PROJ_KEY_INVITATION,
                     PROJ_KEY_EMERGENCY,
};

enum proj_key_end { PROJ_KEY_RETIRED = 1, PROJ_KEY_CLOSED = 2 };

/* F: the school */
struct proj_school {
    uint8_t demo;
    int32_t offset_min;
    struct ledger_key root;
    struct ledger_hash next_root;
    char zone[65];
    char name[201];
    char origin[LEDGER_ORIGIN_LEN_MAX + 1];
};
/* K key: what a key is */
struct proj_key_fact {
    uint8_t kind; /* enum proj_key_kind */
    proj_id account;
    struct ledger_key parent; /* of a session: its account's key */
    base_time_ms expires_ms;  /* of a session */
    uint8_t place[LEDGER_COMMITMENT_LEN];
};
/* Z key: its end; never undone when CLOSED */
struct proj_key_end_fact {
    uint8_t end; /* enum proj_key_end */
};
/* A account */
struct proj_account {
    uint8_t stratum;
    proj_id person;
    uint8_t name[LEDGER_COMMITMENT_LEN];
};
/* J account key: the keys of an account, sessions and invitations too (no value) */
/* G account role scope grant-id: a grant, or its revocation; g grant-id → which */
struct proj_grant {
    uint8_t revoked;
    uint8_t role;
    proj_id account;
    proj_id scope; /* zero: none */
    int32_t from, to;
    struct ledger_hash id;
};
/* S subject */
struct proj_subject {
    uint8_t marked;
    uint8_t name_len;
    char name[201];
};
/* C group */
#define PROJ_GROUP_CLASS_COUNT_MAX 40
struct proj_group {
    uint8_t kind, grade, shift, days, class_count;
    proj_id subject;
    char name[201];
    proj_id classes[PROJ_GROUP_CLASS_COUNT_MAX];
};
/* P pupil */
struct proj_pupil {
    proj_id school_class;
    int32_t from;
    uint8_t plan;
    uint8_t name[LEDGER_COMMITMENT_LEN];
    uint8_t birth[LEDGER_COMMITMENT_LEN];
    uint8_t sex[LEDGER_COMMITMENT_LEN];
};
/* M group pupil, and m pupil group: joining or leaving. What a membership spans is read from the
 * versions that count (proj_span_find), not stored: a joining that is struck out must leave no
 * trace in the leaving that came after it. */
struct proj_membership {
    uint8_t left;
    int32_t day; /* the first inside, or the last */
};
/* Both days inside. */
struct proj_span {
    int32_t from, to; /* to: INT32_MAX when open */
};
/* T group subject account, and t account group subject: teaching; a assignment-id → which */
struct proj_teaching {
    proj_id group, subject, account;
    int32_t from, to;
    uint8_t hours;
};
/* L lesson, and in the page: a lesson */
struct proj_lesson {
    proj_id id, group, subject, assigned, actual;
    int32_t day;
    uint8_t shift, n;
    base_time_ms recorded_ms;
};
/* O group subject day shift n, and o account day shift n group subject: a changed lesson */
struct proj_changed {
    uint8_t change; /* enum proj_change */
    uint8_t shift, n, newn;
    int32_t day, newday;
    proj_id group, subject, teacher, account;
};
/* V group subject day shift n: a planned control work */
struct proj_control {
    uint8_t work, monitoring;
};

/* The page: j group subject day lesson what pupil column */
enum proj_what {
    PROJ_WHAT_LESSON,
    PROJ_WHAT_TOPIC,
    PROJ_WHAT_HOMEWORK,
    PROJ_WHAT_SHEET,
    PROJ_WHAT_ATTENDANCE,
    PROJ_WHAT_MARK,
};
struct proj_topic { /* then the text */
    base_time_ms recorded_ms;
    ledger_seq prev;
    int16_t number; /* 0: none */
    uint8_t work;   /* 0: none */
};
struct proj_homework { /* then the text */
    base_time_ms recorded_ms;
    ledger_seq prev;
    int32_t due; /* INT32_MIN: none */
    uint8_t manner;
};
struct proj_sheet {
    base_time_ms recorded_ms;
};
struct proj_attendance {
    base_time_ms recorded_ms;
    ledger_seq prev;
    uint8_t state, has_reason;
    uint8_t reason[LEDGER_COMMITMENT_LEN];
};
struct proj_mark {
    base_time_ms recorded_ms;
    ledger_seq prev;
    uint8_t count, values[4];
    uint8_t work, weight, has_comment, has_protocol;
    int32_t protocol_day;
    uint8_t comment[LEDGER_COMMITMENT_LEN];
    char protocol[61];
};
/* p group subject period(16) pupil: a period mark */
struct proj_period_mark {
    base_time_ms recorded_ms;
    ledger_seq prev, upto;
    uint8_t value, has_reason;
    int32_t until;
    uint8_t reason[LEDGER_COMMITMENT_LEN];
    char period[61];
};
/* N subject grade number: a topic of the plan; the text follows */
struct proj_plan_topic {
    uint8_t work;
};
/* X position: a breach report; x report-id → position */
struct proj_report {
    struct ledger_hash id;
    struct ledger_key target;
    struct ledger_hash digest;
    proj_id account;               /* whose key it is */
    proj_id reporter;              /* zero: root */
    struct ledger_key key, parent; /* the reporter's, as in struct proj_voice */
    uint8_t is_session, by_root, target_stratum, needs_root;
    ledger_seq seq, cut, size, count;
    base_time_ms breach_ms, learned_ms, recorded_ms;
    uint8_t reason[LEDGER_COMMITMENT_LEN];
};
/* c report-position account: a receipt; v report-position account: an overruling (zero: root) */
struct proj_voice {
    proj_id account;
    uint8_t by_root, capacity;
    struct ledger_key key, parent; /* the signing key, and what it descends from (or itself) */
    ledger_seq seq;
    base_time_ms told_ms, recorded_ms;
};

/* Key builders, one a tag. */
struct proj_key proj_key_key(const struct ledger_key *key);                                /* K */
struct proj_key proj_key_end_key(const struct ledger_key *key);                            /* Z */
struct proj_key proj_key_account(const proj_id account);                                   /* A */
struct proj_key proj_key_account_key(const proj_id account, const struct ledger_key *key); /* J */
struct proj_key proj_key_grant(const proj_id account, unsigned role, const proj_id scope,
                               const struct ledger_hash *id);                   /* G */
struct proj_key proj_key_tagged_hash(char tag, const struct ledger_hash *hash); /* g a x */
struct proj_key proj_key_tagged_id(char tag, const proj_id id); /* S C P L and prefixes */
struct proj_key proj_key_tagged_ids(char tag, const proj_id a,
                                    const proj_id b); /* M m and prefixes */
struct proj_key proj_key_teaching(const proj_id group, const proj_id subject,
                                  const proj_id account);
struct proj_key proj_key_teaching_of(const proj_id account, const proj_id group,
                                     const proj_id subject);
struct proj_key proj_key_slot(char tag, const proj_id group, const proj_id subject, int64_t day,
                              unsigned shift, unsigned n); /* O V */
struct proj_key proj_key_page(const proj_id group, const proj_id subject);
struct proj_key proj_key_page_day(const proj_id group, const proj_id subject, int64_t day);
struct proj_key proj_key_cell(const struct proj_lesson *lesson, enum proj_what what,
                              const proj_id pupil, unsigned column);
struct proj_key proj_key_period(const proj_id group, const proj_id subject,
                                struct base_bytes period, const proj_id pupil);
struct proj_key proj_key_numbered(char tag, ledger_seq seq); /* X, and prefixes of c v */
struct proj_key proj_key_voice(char tag, ledger_seq report, const proj_id account);

/* Where the pupil stands in the keys of a page's cells and of period marks. */
#define PROJ_CELL_PUPIL_AT (1u + 16u + 16u + 4u + 16u + 1u)
#define PROJ_PERIOD_PUPIL_AT (1u + 16u + 16u + 16u)

/* What the bytes of a page key say. */
struct proj_cell_ref {
    const uint8_t *group, *subject, *lesson, *pupil;
    int32_t day;
    enum proj_what what;
    unsigned column;
};
bool proj_cell_ref_of(struct base_bytes key, struct proj_cell_ref *out_ref);
