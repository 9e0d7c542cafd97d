/* What the facts are: tags, keys and values (specs/projections.md).
 * Values are plain structs, written as they lie in memory, zeroed before they are filled: the
 * environment is rebuilt from the log on every machine and after every change of this file
 * (PROJ_LAYOUT). Texts of varying length follow their struct. Marks and absences, nearly all there
 * is, are stored without the zeros at their end (proj_fact_put_short).
 * Threads: pure helpers. */
#pragma once

#include "projections/kinds.h"
#include "projections/state.h"

#define PROJ_LAYOUT 14u /* raise with every change of this file */

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
/* v: the log went on under another key, or another name; each version is one time */
struct proj_continued {
    char from[PROJ_VKEY_LEN_MAX + 1], to[PROJ_VKEY_LEN_MAX + 1];
    uint64_t size; /* of the former log, as it was published last */
    struct ledger_hash root;
    base_time_ms recorded_ms;
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
/* G account role scope grant-id: a grant, or its revocation, and z scope account role grant-id: the
 * same by what it is about; g grant-id → which */
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
    uint8_t dated; /* never stored: it was changed from some day on (proj_group_on) */
    proj_id subject;
    char name[201];
    proj_id classes[PROJ_GROUP_CLASS_COUNT_MAX];
};
/* 1 group first-day: what the group is from that day on. Letters are used up; keys of one tag must
 * be none the beginning of another. */
struct proj_group_change {
    uint8_t grade, shift, days;
    proj_id subject, author;
    char name[201];
    base_time_ms recorded_ms;
};
/* P pupil */
struct proj_pupil {
    proj_id school_class;
    int32_t from;
    uint8_t plan;
    uint8_t name[LEDGER_COMMITMENT_LEN];
    uint8_t birth[LEDGER_COMMITMENT_LEN];
    uint8_t sex[LEDGER_COMMITMENT_LEN];
    proj_id author;
    base_time_ms recorded_ms;
    char order[61]; /* empty: none was named */
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
    proj_id group, subject, teacher, account, author;
    uint8_t has_reason;
    uint8_t reason[LEDGER_COMMITMENT_LEN];
    base_time_ms recorded_ms;
};
/* V group subject day shift n: a planned control work */
struct proj_control {
    uint8_t work, monitoring;
    proj_id author;
    base_time_ms recorded_ms;
};

/* The page: j group subject day lesson what pupil column */
enum proj_what {
    PROJ_WHAT_LESSON,
    PROJ_WHAT_TOPIC,
    PROJ_WHAT_HOMEWORK,
    PROJ_WHAT_SHEET,
    PROJ_WHAT_ATTENDANCE,
    PROJ_WHAT_MARK,
    PROJ_WHAT_DEBT,
    PROJ_WHAT_FILE, /* the pupil's place holds the first half of the digest */
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
struct proj_attendance { /* stored short; read by proj_attendance_of */
    base_time_ms recorded_ms;
    ledger_seq prev;
    uint8_t state, has_reason;
    uint8_t reason[LEDGER_COMMITMENT_LEN];
};
struct proj_mark { /* stored short; read by proj_mark_of; what is seldom said stands last */
    base_time_ms recorded_ms;
    ledger_seq prev;
    uint8_t count, values[4];
    uint8_t work, weight, has_comment, has_protocol;
    int32_t protocol_day;
    uint8_t comment[LEDGER_COMMITMENT_LEN];
    char protocol[61];
};
struct proj_debt {
    base_time_ms recorded_ms;
    ledger_seq prev;
    int32_t until; /* INT32_MIN: withdrawn */
    uint8_t work;
};
struct proj_file {
    uint8_t attached; /* else taken off again */
    base_time_ms recorded_ms;
    int64_t size;
    struct ledger_hash digest;
    char name[201], media[101], link[501]; /* link: empty: in the server's store */
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
    uint8_t withdrawn; /* no text follows */
};
/* h account pupil: consent of a family to electronic information on a child (CT-4) */
struct proj_consent {
    uint8_t decision, form; /* enum proj_decision, enum proj_form */
    int32_t day;
    base_time_ms recorded_ms;
    proj_id author;
    char reference[61], wording[41];
};
/* k account pupil first-day: the diary of these days was acknowledged (CT-3) */
struct proj_acknowledgement {
    uint8_t form;
    int32_t from, to;
    ledger_seq upto; /* the journal as it had been seen */
    base_time_ms recorded_ms;
    proj_id author;
};
/* e account: where a family wants to be told, and of what (CT-2a) */
struct proj_channel {
    uint8_t has_email, has_phone;
    uint8_t wants;                /* enum proj_wants */
    int16_t quiet_from, quiet_to; /* minutes of the day; -1: none */
    uint8_t email[LEDGER_COMMITMENT_LEN], phone[LEDGER_COMMITMENT_LEN];
};
/* H account: the slip with its access was handed over (CT-1) */
struct proj_handed {
    uint8_t way;
    proj_id author;
    base_time_ms recorded_ms;
};
/* r pupil-or-group position, and b author position: recommendation, remark, praise, announcement;
 * d advice-id → which (CT-2b) */
struct proj_advice_fact {
    uint8_t sort, to_group, withdrawn;
    proj_id about, subject, author;
    struct ledger_hash id;
    uint8_t text[LEDGER_COMMITMENT_LEN];
    base_time_ms recorded_ms;
};
/* n pupil position: a talk with the family (CT-2) */
struct proj_contact {
    uint8_t way;
    int32_t day;
    proj_id author;
    uint8_t text[LEDGER_COMMITMENT_LEN];
    base_time_ms recorded_ms;
};
/* y pupil position: a paper extract (CT-2c) */
struct proj_extract {
    int32_t from, to;
    ledger_seq upto;
    proj_id author;
    base_time_ms recorded_ms;
};
/* E pupil first-day: why a pupil was absent, of all lessons of these days (CT-7) */
struct proj_explanation {
    int32_t from, to;
    uint8_t by_family, has_note; /* by_family: said by parents, not yet taken over */
    uint8_t reason[LEDGER_COMMITMENT_LEN], note[LEDGER_COMMITMENT_LEN];
    proj_id author;
    base_time_ms recorded_ms;
};
/* u pupil: personal data as changed last (CT-7); U account: a person's name as changed last */
struct proj_pupil_data {
    uint8_t plan;
    uint8_t name[LEDGER_COMMITMENT_LEN], birth[LEDGER_COMMITMENT_LEN], sex[LEDGER_COMMITMENT_LEN];
};
struct proj_renamed {
    uint8_t name[LEDGER_COMMITMENT_LEN];
};
/* w position: a pupil left the school or moved to another class, by which order (CT-7) */
struct proj_movement_fact {
    uint8_t sort; /* enum proj_movement */
    proj_id pupil, from_class, to_class,
        author;  /* from_class: zero when none was among the groups */
    int32_t day; /* the last inside, or the first in the new class */
    uint8_t has_whither;
    uint8_t whither[LEDGER_COMMITMENT_LEN];
    char order[61];
    base_time_ms recorded_ms;
};
/* Q group period(16): a closed period (ST-11) */
struct proj_period_lock {
    uint8_t closed;
    int32_t from, to;
    proj_id author;
    base_time_ms recorded_ms;
    char period[61];
};
/* R account position: a note on how a journal is filled in; D note-id → which */
struct proj_filling {
    uint8_t settled, has_lesson;
    proj_id account, group, subject, lesson, author;
    struct ledger_hash id;
    uint8_t text[LEDGER_COMMITMENT_LEN];
    base_time_ms recorded_ms;
};
/* I account position: a report of the deputy head for a class teacher; i report-id → which (CT-5)
 */
struct proj_issued {
    uint8_t sort, received;
    proj_id about, account, author;
    int32_t from, to;
    ledger_seq upto;
    struct ledger_hash id, digest;
    base_time_ms recorded_ms, received_ms;
};
/* s name(40): a setting of the school's local acts */
struct proj_setting {
    int64_t value;
    proj_id author; /* zero: root */
    base_time_ms recorded_ms;
};
/* Why and by whom something was erased: a part of the two facts below. */
struct proj_erasing {
    uint8_t ground; /* enum proj_erasing_ground */
    proj_id author, second;
    base_time_ms recorded_ms;
    char reference[201];
};
/* f subject: the sealed data of a pupil or an account were erased (CT-8, ST-13), and l account
 * subject: the same by who signed second */
struct proj_erased {
    struct proj_erasing how;
    uint8_t has_person; /* an account's: its person's name went, too */
    proj_id subject, person;
};
/* 2 commitment: that sealed value alone was erased (value.erased), and l account half-commitment:
 * by who signed second, of each erasure's first value (no value) */
struct proj_erased_value {
    struct proj_erasing how;
    ledger_seq seq;  /* of the value's entry */
    proj_id subject; /* whose it was */
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
                               const struct ledger_hash *id); /* G */
struct proj_key proj_key_grant_on(const proj_id scope, const proj_id account, unsigned role,
                                  const struct ledger_hash *id);                      /* z */
struct proj_key proj_key_tagged_hash(char tag, const struct ledger_hash *hash);       /* g a x */
struct proj_key proj_key_commitment(const uint8_t commitment[LEDGER_COMMITMENT_LEN]); /* 2 */
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
/* Files with the homework of a lesson (files.c). */
bool proj_file_media_is_allowed(struct base_bytes media);
unsigned proj_file_count(struct proj_txn *txn, const struct proj_lesson *lesson, ledger_seq before);
struct proj_key proj_key_period(const proj_id group, const proj_id subject,
                                struct base_bytes period, const proj_id pupil);
struct proj_key proj_key_numbered(char tag, ledger_seq seq); /* X, and prefixes of c v */
struct proj_key proj_key_voice(char tag, ledger_seq report, const proj_id account);
struct proj_key proj_key_id_day(char tag, const proj_id id, int64_t day);                  /* E */
struct proj_key proj_key_ids_day(char tag, const proj_id a, const proj_id b, int64_t day); /* k */
struct proj_key proj_key_id_seq(char tag, const proj_id id, ledger_seq seq); /* r b n y R I */
struct proj_key proj_key_group_period(const proj_id group, struct base_bytes period); /* Q */
struct proj_key proj_key_setting(struct base_bytes name);                             /* s */

/* Where the pupil stands in the keys of a page's cells and of period marks. */
#define PROJ_CELL_PUPIL_AT (1u + 16u + 16u + 4u + 16u + 1u)
#define PROJ_PERIOD_PUPIL_AT (1u + 16u + 16u + 16u)

/* True for the key of a page's cell that says what a lesson is. */
bool proj_key_is_lesson(struct base_bytes key);
/* Walks the lessons of a page's day (proj_key_page_day), as proj_scan_open does, and nothing that
 * was written on them. */
struct proj_scan *proj_scan_open_lessons(struct proj_txn *txn, const struct proj_key *page_day,
                                         ledger_seq before);

/* A mark or an absence from a fact's value. False, and all zero, when it holds none. */
static inline bool proj_mark_of(struct base_bytes value, struct proj_mark *out_mark)
{
    return proj_value_fill(value, out_mark, sizeof *out_mark);
}
static inline bool proj_attendance_of(struct base_bytes value,
                                      struct proj_attendance *out_attendance)
{
    return proj_value_fill(value, out_attendance, sizeof *out_attendance);
}

/* What the bytes of a page key say. */
struct proj_cell_ref {
    const uint8_t *group, *subject, *lesson, *pupil;
    int32_t day;
    enum proj_what what;
    unsigned column;
};
/* What the bytes of a slot's key say (proj_key_slot). Borrows from the key. */
struct proj_slot_ref {
    const uint8_t *subject;
    int32_t day;
    unsigned shift, n;
};
bool proj_slot_ref_of(struct base_bytes key, struct proj_slot_ref *out_ref);
bool proj_group_is_drawn_from(const struct proj_group *group, const proj_id class_id);
bool proj_cell_ref_of(struct base_bytes key, struct proj_cell_ref *out_ref);
/* As proj_scan_next on a page, without the cells of other pupils: a class's page costs one pupil's
 * reader one seek a lesson. `out_ref` borrows from the fact's key. */
bool proj_scan_next_of_pupil(struct proj_scan *scan, const proj_id pupil,
                             struct proj_fact *out_fact, struct proj_cell_ref *out_ref);
