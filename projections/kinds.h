/* The catalogue of events: for each kind its fields, their types and limits (specs/events.md).
 * One table makes the validator, the documentation (`letopis kinds`) and the rights.
 * Threads: static data and pure functions. */
#pragma once

#include "ledger/log.h"
#include "projections/limits.h"

enum proj_refusal_code {
#define X(code, number, name, ru, en) code = number,
#include "projections/refusals.def"
#undef X
};

/* The text of a refusal of this storey or of the ledger; NULL for an unknown code. Static. */
const struct ledger_refusal_text *proj_refusal_text_of(int code);

enum proj_type {
    PROJ_T_ID,     /* 16 bytes */
    PROJ_T_KEY,    /* 32 bytes */
    PROJ_T_HASH,   /* 32 bytes */
    PROJ_T_SEALED, /* 32-byte commitment, its opening travels with the submission */
    PROJ_T_INT,    /* min … max */
    PROJ_T_BOOL,
    PROJ_T_TEXT,  /* min … max bytes */
    PROJ_T_LIST,  /* min … max items of `items[0]` */
    PROJ_T_TUPLE, /* exactly `item_count` values, `items` in order */
};

struct proj_field {
    const char *name; /* body key, or what a tuple's member is called in messages */
    uint8_t name_len;
    enum proj_type type;
    bool nilable;
    bool optional; /* a body field that came later: older events do not have it */
    int64_t min, max;
    const struct proj_field *items;
    unsigned item_count;
    const char *subject; /* SEALED in a body: the body field that names whose data it is */
    int subject_item;    /* SEALED in a tuple: the member that names it */
};

struct proj_kind {
    const char *name;
    const struct proj_field *fields;
    unsigned field_count;
    const char *cosigner; /* body field with the key that signs too, NULL when none */
};

/* The kind of that name, or NULL; its index in the catalogue is stable within one version. */
const struct proj_kind *proj_kind_find(struct base_bytes name);
const struct proj_kind *proj_kinds(unsigned *out_count);

/* Calls `each` for every sealed value of a checked event's body: its field in the catalogue, whose
 * it is, its commitment (both borrowed for the call). */
typedef void (*proj_sealed_fn)(void *data, const struct proj_field *field, const uint8_t *subject,
                               const uint8_t *commitment);
void proj_kinds_sealed(const struct ledger_event *event, proj_sealed_fn each, void *data);
/* The stateless check of ledger_admission: schema, openings one to one with sealed fields (their
 * subjects are filled in), cosigners. With `openings_demanded` false (replays, audits) the
 * submission need not carry openings. Any thread. Returns 0 or the refusal's code. */
int proj_kinds_check(struct ledger_submission *submission, bool openings_demanded,
                     struct ledger_key *out_cosigners, uint32_t *out_cosigner_count,
                     struct ledger_refusal *refusal) BASE_MUST_USE;

/* What proj_kinds_check says of an event that came without openings, as in replays and audits;
 * besides, whether any of its fields is sealed: if none is, proj_kinds_sealed has nothing to say.
 */
int proj_kinds_check_event(const struct ledger_event *event, struct ledger_key *out_cosigners,
                           uint32_t *out_cosigner_count, bool *out_any_sealed,
                           struct ledger_refusal *refusal) BASE_MUST_USE;

/* The schema alone: what proj_kinds_check says of an event of that kind (NULL: there is none) that
 * came without openings. For who asks neither for these nor for cosigners. */
int proj_kinds_check_fields(const struct proj_kind *kind, const struct ledger_event *event,
                            struct ledger_refusal *refusal) BASE_MUST_USE;

/* Appends the catalogue as JSON. */
void proj_kinds_json(struct base_buf *out);

/* Codes of tables in specs/events.md. */
enum proj_role {
    PROJ_ROLE_HEAD = 1,
    PROJ_ROLE_DEPUTY_HEAD,
    PROJ_ROLE_SUPPORT,
    PROJ_ROLE_CLASS_TEACHER,
    PROJ_ROLE_PARENT,
    PROJ_ROLE_PUPIL,
    PROJ_ROLE_AUDITOR,
    PROJ_ROLE_CORRECTOR,
    PROJ_ROLE_OFFICE,
    PROJ_ROLE_IMPORTER,
};
enum proj_group_kind { PROJ_GROUP_CLASS, PROJ_GROUP_SUBGROUP, PROJ_GROUP_STREAM, PROJ_GROUP_PLAN };
/* Work 1, an answer at a lesson. Planned, it takes the lesson off the schedule of control works. */
#define PROJ_WORK_ANSWER 1
enum proj_change { PROJ_CHANGE_SUBSTITUTED, PROJ_CHANGE_MOVED, PROJ_CHANGE_CANCELLED };
enum proj_calendar_kind {
    PROJ_CALENDAR_QUARTER,
    PROJ_CALENDAR_HALF_YEAR,
    PROJ_CALENDAR_TRIMESTER,
    PROJ_CALENDAR_HOLIDAYS,
    PROJ_CALENDAR_DAY_OFF,
    PROJ_CALENDAR_WORKING_DAY,
};
enum proj_state_of_pupil { PROJ_PRESENT, PROJ_ABSENT, PROJ_LATE };
/* What a family wants to be told of (channel.set): a sum of these. */
enum proj_wants {
    PROJ_WANTS_MARKS = 1,
    PROJ_WANTS_ABSENCES = 2,
    PROJ_WANTS_HOMEWORK = 4,
    PROJ_WANTS_DIGEST = 8, /* once a week */
    PROJ_WANTS_CORRECTIONS = 16,
    PROJ_WANTS_ADVICE = 32,
    PROJ_WANTS_CHANGES = 64, /* replaced, moved and cancelled lessons */
    PROJ_WANTS_ALL = 127,
};
/* Why data are erased: of a whole subject in each case after the term of keeping, single values on
 * the two latter grounds at once. */
enum proj_erasing_ground {
    PROJ_ERASING_TERM = 1, /* the term is over */
    PROJ_ERASING_REQUEST,  /* asked for by whose they are, or a consent was withdrawn */
    PROJ_ERASING_DECISION, /* ordered by an authority or a court */
};
enum proj_decision { PROJ_CONSENT_GIVEN, PROJ_CONSENT_REFUSED, PROJ_CONSENT_WITHDRAWN };
enum proj_form { PROJ_FORM_ELECTRONIC = 1, PROJ_FORM_PAPER };
enum proj_advice {
    PROJ_ADVICE_RECOMMENDATION = 1,
    PROJ_ADVICE_REMARK,
    PROJ_ADVICE_PRAISE,
    PROJ_ADVICE_ANNOUNCEMENT
};
enum proj_movement { PROJ_MOVEMENT_LEFT = 1, PROJ_MOVEMENT_MOVED };
