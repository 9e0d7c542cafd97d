/* The catalogue and its validator. A body is walked beside its table: keys and fields are both in
 * ascending order, so one pass finds what is missing, what is too much and what does not fit.
 * A sealed value on the way must meet its opening; in the end no opening may be left over. */
#include "projections/kinds.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define DAY_MIN (-36525) /* a century before 1970 */
#define DAY_MAX 73049    /* 2169 */
#define SEQ_MAX INT64_MAX
#define TIME_MAX ((int64_t)8640000000000000) /* what ECMAScript can hold, too */

#define ID(n)                                                                                      \
    {                                                                                              \
        .name = n, .name_len = sizeof(n) - 1, .type = PROJ_T_ID                                    \
    }
#define ID_NIL(n)                                                                                  \
    {                                                                                              \
        .name = n, .name_len = sizeof(n) - 1, .type = PROJ_T_ID, .nilable = true                   \
    }
#define KEY(n)                                                                                     \
    {                                                                                              \
        .name = n, .name_len = sizeof(n) - 1, .type = PROJ_T_KEY                                   \
    }
#define HASH(n)                                                                                    \
    {                                                                                              \
        .name = n, .name_len = sizeof(n) - 1, .type = PROJ_T_HASH                                  \
    }
#define INT(n, a, b)                                                                               \
    {                                                                                              \
        .name = n, .name_len = sizeof(n) - 1, .type = PROJ_T_INT, .min = (a), .max = (b)           \
    }
#define INT_NIL(n, a, b)                                                                           \
    {                                                                                              \
        .name = n, .name_len = sizeof(n) - 1, .type = PROJ_T_INT, .min = (a), .max = (b),          \
        .nilable = true                                                                            \
    }
#define DAY(n) INT(n, DAY_MIN, DAY_MAX)
#define DAY_NIL(n) INT_NIL(n, DAY_MIN, DAY_MAX)
#define SEQ(n) INT(n, 0, SEQ_MAX)
#define PREV(n) INT_NIL(n, 0, SEQ_MAX)
#define TIME(n) INT(n, 0, TIME_MAX)
#define BOOLEAN(n)                                                                                 \
    {                                                                                              \
        .name = n, .name_len = sizeof(n) - 1, .type = PROJ_T_BOOL                                  \
    }
#define TEXT(n, a, b)                                                                              \
    {                                                                                              \
        .name = n, .name_len = sizeof(n) - 1, .type = PROJ_T_TEXT, .min = (a), .max = (b)          \
    }
#define TEXT_NIL(n, a, b)                                                                          \
    {                                                                                              \
        .name = n, .name_len = sizeof(n) - 1, .type = PROJ_T_TEXT, .min = (a), .max = (b),         \
        .nilable = true                                                                            \
    }
/* A body field that came later: left out, or a text. */
#define TEXT_LATER(n, a, b)                                                                        \
    {                                                                                              \
        .name = n, .name_len = sizeof(n) - 1, .type = PROJ_T_TEXT, .min = (a), .max = (b),         \
        .optional = true                                                                           \
    }
#define SEALED(n, s)                                                                               \
    {                                                                                              \
        .name = n, .name_len = sizeof(n) - 1, .type = PROJ_T_SEALED, .subject = s                  \
    }
#define SEALED_NIL(n, s)                                                                           \
    {                                                                                              \
        .name = n, .name_len = sizeof(n) - 1, .type = PROJ_T_SEALED, .subject = s, .nilable = true \
    }
#define SEALED_AT(n, i)                                                                            \
    {                                                                                              \
        .name = n, .name_len = sizeof(n) - 1, .type = PROJ_T_SEALED, .subject_item = (i)           \
    }
#define SEALED_AT_NIL(n, i)                                                                        \
    {                                                                                              \
        .name = n, .name_len = sizeof(n) - 1, .type = PROJ_T_SEALED, .subject_item = (i),          \
        .nilable = true                                                                            \
    }
#define LIST(n, a, b, of)                                                                          \
    {                                                                                              \
        .name = n, .name_len = sizeof(n) - 1, .type = PROJ_T_LIST, .min = (a), .max = (b),         \
        .items = &(of)                                                                             \
    }
#define TUPLE(n, of)                                                                               \
    {                                                                                              \
        .name = n, .name_len = sizeof(n) - 1, .type = PROJ_T_TUPLE, .items = (of),                 \
        .item_count = COUNT(of)                                                                    \
    }
#define TUPLE_NIL(n, of)                                                                           \
    {                                                                                              \
        .name = n, .name_len = sizeof(n) - 1, .type = PROJ_T_TUPLE, .items = (of),                 \
        .item_count = COUNT(of), .nilable = true                                                   \
    }

static const struct proj_field an_id = ID("id");
static const struct proj_field a_topic_number = INT("number", 1, 1000);
static const struct proj_field a_value = INT("value", 1, 5);

static const struct proj_field officer_items[] = {ID("account"), INT("role", 1, 3), KEY("key"),
                                                  ID("person"), SEALED_AT("name", 3)};
static const struct proj_field officer = TUPLE("officer", officer_items);
static const struct proj_field calendar_items[] = {
    INT("kind", 0, 5), TEXT("name", 0, 200),     DAY("from"),
    DAY("to"),         INT("grade_from", 0, 12), INT("grade_to", 0, 12)};
static const struct proj_field calendar_row = TUPLE("row", calendar_items);
static const struct proj_field bell_items[] = {INT("n", 1, 20), INT("start", 0, 1439),
                                               INT("end", 0, 1439)};
static const struct proj_field bell = TUPLE("bell", bell_items);
static const struct proj_field slot_items[] = {INT("weekday", 1, 7), INT("shift", 1, 2),
                                               INT("n", 1, 20),      ID("subject"),
                                               ID("account"),        TEXT("room", 0, 40)};
static const struct proj_field slot = TUPLE("slot", slot_items);
static const struct proj_field topic_items[] = {TEXT("topic", 1, 500), INT_NIL("work", 1, 14)};
static const struct proj_field topic = TUPLE("topic", topic_items);
static const struct proj_field absence_items[] = {ID("pupil"), INT("state", 0, 2),
                                                  SEALED_AT_NIL("reason", 0), PREV("prev")};
static const struct proj_field absence = TUPLE("cell", absence_items);
static const struct proj_field mark_items[] = {ID("pupil"), LIST("values", 0, 4, a_value),
                                               SEALED_AT_NIL("comment", 0), PREV("prev")};
static const struct proj_field mark = TUPLE("cell", mark_items);
static const struct proj_field protocol_items[] = {TEXT("number", 1, 60), DAY("day")};
static const struct proj_field period_items[] = {ID("pupil"), INT("value", 1, 15), DAY_NIL("until"),
                                                 SEALED_AT_NIL("reason", 0), PREV("prev")};
static const struct proj_field period_mark = TUPLE("cell", period_items);

static const struct proj_field account_opened[] = {ID("account"), SEALED("name", "person"),
                                                   ID("person"), INT("stratum", 1, 3)};
static const struct proj_field attendance_set[] = {
    BOOLEAN("all"), LIST("cells", 0, PROJ_CELL_COUNT_MAX, absence), ID("lesson")};
static const struct proj_field bells_set[] = {LIST("bells", 1, 20, bell), DAY("from"),
                                              INT("shift", 1, 2)};
static const struct proj_field breach_overruled[] = {ID("account"), SEALED("reason", "account"),
                                                     HASH("report")};
static const struct proj_field breach_received[] = {INT("capacity", 1, 3), SEQ("cut"),
                                                    HASH("digest"), HASH("report"), TIME("told")};
static const struct proj_field breach_reported[] = {
    ID("account"),  TIME("breach"),  INT("count", 0, SEQ_MAX),    SEQ("cut"),
    HASH("digest"), TIME("learned"), SEALED("reason", "account"), SEQ("size"),
    KEY("target")};
static const struct proj_field calendar_set[] = {LIST("rows", 0, 200, calendar_row),
                                                 TEXT("year", 1, 20)};
static const struct proj_field control_planned[] = {
    DAY("day"),         ID("group"),   BOOLEAN("monitoring"), INT("n", 1, 20),
    INT("shift", 1, 2), ID("subject"), INT("work", 1, 14)};
static const struct proj_field group_changed[] = {
    INT("days", 1, 7),    DAY("from"),        INT("grade", 0, 12), ID("group"),
    TEXT("name", 1, 200), INT("shift", 1, 2), ID_NIL("subject")};
static const struct proj_field group_created[] = {LIST("classes", 0, 40, an_id),
                                                  INT("days", 1, 7),
                                                  INT("grade", 0, 12),
                                                  ID("group"),
                                                  INT("kind", 0, 3),
                                                  TEXT("name", 1, 200),
                                                  INT("shift", 1, 2),
                                                  ID_NIL("subject")};
static const struct proj_field homework_attached[] = {
    HASH("digest"),        ID("lesson"),         TEXT_NIL("link", 9, 500),
    TEXT("media", 1, 100), TEXT("name", 1, 200), INT("size", 1, PROJ_FILE_LEN_MAX)};
static const struct proj_field homework_detached[] = {HASH("digest"), ID("lesson")};
static const struct proj_field homework_set[] = {
    DAY_NIL("due"), ID("lesson"), INT_NIL("manner", 1, 4), PREV("prev"), TEXT("text", 0, 4000)};
static const struct proj_field invitation_issued[] = {ID("account"), KEY("emergency"),
                                                      KEY("invitation")};
static const struct proj_field key_enrolled[] = {ID("account"), KEY("key")};
static const struct proj_field key_retired[] = {KEY("key")};
static const struct proj_field lesson_changed[] = {ID_NIL("account"),
                                                   INT("change", 0, 2),
                                                   DAY("day"),
                                                   ID("group"),
                                                   INT("n", 1, 20),
                                                   DAY_NIL("newday"),
                                                   INT_NIL("newn", 1, 20),
                                                   SEALED_NIL("reason", "teacher"),
                                                   INT("shift", 1, 2),
                                                   ID("subject"),
                                                   ID("teacher")};
static const struct proj_field lesson_opened[] = {
    ID("actual"), ID("assigned"),  DAY("day"),         ID("group"),
    ID("lesson"), INT("n", 1, 20), INT("shift", 1, 2), ID("subject")};
static const struct proj_field marks_set[] = {
    LIST("cells", 1, PROJ_CELL_COUNT_MAX, mark), INT("column", 0, 15),  ID("lesson"),
    TUPLE_NIL("protocol", protocol_items),       INT("weight", 1, 100), INT("work", 1, 14)};
static const struct proj_field members_joined[] = {DAY("from"), ID("group"),
                                                   LIST("pupils", 1, 200, an_id)};
static const struct proj_field members_left[] = {ID("group"), LIST("pupils", 1, 200, an_id),
                                                 DAY("to")};
static const struct proj_field period_set[] = {LIST("cells", 1, PROJ_CELL_COUNT_MAX, period_mark),
                                               ID("group"), TEXT("period", 1, 60), ID("subject"),
                                               SEQ("upto")};
static const struct proj_field plan_set[] = {INT("first", 1, 1000), INT("grade", 1, 12),
                                             ID("subject"), LIST("topics", 1, 200, topic)};
static const struct proj_field plan_withdrawn[] = {
    INT("grade", 1, 12), LIST("numbers", 1, 200, a_topic_number), ID("subject")};
static const struct proj_field pupil_admitted[] = {
    SEALED("birth", "pupil"),   ID("class"),     DAY("from"), SEALED("name", "pupil"),
    TEXT_LATER("order", 1, 60), BOOLEAN("plan"), ID("pupil"), SEALED("sex", "pupil")};
static const struct proj_field role_granted[] = {ID("account"), DAY("from"), INT("role", 1, 10),
                                                 ID_NIL("scope"), DAY_NIL("to")};
static const struct proj_field role_revoked[] = {HASH("grant")};
static const struct proj_field log_continued[] = {TEXT("from", 1, PROJ_VKEY_LEN_MAX), HASH("root"),
                                                  SEQ("size"), TEXT("to", 1, PROJ_VKEY_LEN_MAX)};
static const struct proj_field root_rotated[] = {HASH("next"), KEY("root")};
static const struct proj_field school_founded[] = {
    BOOLEAN("demo"),
    TEXT("name", 1, 200),
    HASH("next"),
    LIST("officers", 2, PROJ_OFFICER_COUNT_MAX, officer),
    INT("offset", -720, 840),
    TEXT("origin", 1, LEDGER_ORIGIN_LEN_MAX),
    KEY("root"),
    TEXT("zone", 1, 64)};
static const struct proj_field session_closed[] = {KEY("session")};
static const struct proj_field session_opened[] = {ID("account"),
                                                   INT("hours", 1, PROJ_SESSION_HOURS_MAX),
                                                   SEALED("place", "account"), KEY("session")};
static const struct proj_field subject_created[] = {BOOLEAN("marked"), TEXT("name", 1, 200),
                                                    ID("subject")};
static const struct proj_field teaching_assigned[] = {
    ID("account"), DAY("from"), ID("group"), INT("hours", 0, 60), ID("subject"), DAY("to")};
static const struct proj_field teaching_ended[] = {HASH("assignment"), DAY("to")};
static const struct proj_field timetable_set[] = {DAY("from"), ID("group"),
                                                  LIST("slots", 0, 100, slot)};
static const struct proj_field subject_erased[] = {INT("ground", 1, 3), TEXT("reference", 1, 200),
                                                   KEY("second"), ID("subject")};
static const struct proj_field erased_value_items[] = {SEQ("position"), HASH("commitment")};
static const struct proj_field erased_value = TUPLE("value", erased_value_items);
static const struct proj_field value_erased[] = {
    INT("ground", 1, 3), TEXT("reference", 1, 200), KEY("second"),
    LIST("values", 1, PROJ_ERASED_VALUE_COUNT_MAX, erased_value)};
static const struct proj_field topic_set[] = {ID("lesson"), INT_NIL("number", 1, 1000),
                                              PREV("prev"), TEXT("text", 1, 1000),
                                              INT_NIL("work", 1, 14)};

static const struct proj_field absence_explained[] = {
    DAY("from"), SEALED_NIL("note", "pupil"), ID("pupil"), SEALED("reason", "pupil"), DAY("to")};
static const struct proj_field account_renamed[] = {ID("account"), SEALED("name", "person"),
                                                    ID("person")};
static const struct proj_field advice_given[] = {ID("about"), INT("sort", 1, 4), ID_NIL("subject"),
                                                 SEALED("text", "about"), BOOLEAN("to_group")};
static const struct proj_field advice_withdrawn[] = {HASH("advice")};
static const struct proj_field channel_set[] = {ID("account"),
                                                SEALED_NIL("email", "account"),
                                                SEALED_NIL("phone", "account"),
                                                INT_NIL("quiet_from", 0, 1439),
                                                INT_NIL("quiet_to", 0, 1439),
                                                INT("wants", 0, PROJ_WANTS_ALL)};
static const struct proj_field consent_set[] = {ID("account"),         DAY("day"),
                                                INT("decision", 0, 2), INT("form", 1, 2),
                                                ID("pupil"),           TEXT("reference", 0, 60),
                                                TEXT("wording", 1, 40)};
static const struct proj_field contact_noted[] = {DAY("day"), ID("pupil"), SEALED("text", "pupil"),
                                                  INT("way", 1, 5)};
static const struct proj_field debt_items[] = {ID("pupil"), DAY_NIL("until"), PREV("prev")};
static const struct proj_field debt = TUPLE("cell", debt_items);
static const struct proj_field debt_set[] = {LIST("cells", 1, PROJ_CELL_COUNT_MAX, debt),
                                             INT("column", 0, 15), ID("lesson"),
                                             INT("work", 1, 14)};
static const struct proj_field diary_acknowledged[] = {
    ID("account"), INT("form", 1, 2), DAY("from"), ID("pupil"), DAY("to"), SEQ("upto")};
static const struct proj_field extract_issued[] = {DAY("from"), ID("pupil"), DAY("to"),
                                                   SEQ("upto")};
static const struct proj_field filling_noted[] = {ID("account"), ID("group"), ID_NIL("lesson"),
                                                  ID("subject"), SEALED("text", "account")};
static const struct proj_field filling_settled[] = {HASH("note")};
static const struct proj_field period_closed[] = {DAY("from"), ID("group"), TEXT("period", 1, 60),
                                                  DAY("to")};
static const struct proj_field period_reopened[] = {ID("group"), TEXT("period", 1, 60),
                                                    TEXT("reason", 1, 500)};
static const struct proj_field pupil_changed[] = {SEALED("birth", "pupil"), SEALED("name", "pupil"),
                                                  BOOLEAN("plan"), ID("pupil"),
                                                  SEALED("sex", "pupil")};
static const struct proj_field pupil_left[] = {LIST("groups", 1, 20, an_id), TEXT("order", 1, 60),
                                               ID("pupil"), DAY("to"),
                                               SEALED_NIL("whither", "pupil")};
static const struct proj_field pupil_moved[] = {
    ID("class"), DAY("from"), LIST("groups", 1, 20, an_id), TEXT("order", 1, 60), ID("pupil")};
static const struct proj_field report_issued[] = {ID("about"), ID("account"),      HASH("digest"),
                                                  DAY("from"), INT("sort", 1, 20), DAY("to"),
                                                  SEQ("upto")};
static const struct proj_field report_received[] = {HASH("report")};
static const struct proj_field setting_set[] = {TEXT("name", 1, 40), INT("value", 0, 1000000)};
static const struct proj_field slip_handed[] = {ID("account"), INT("way", 1, 3)};

#define KIND(n, f, c)                                                                              \
    {                                                                                              \
        .name = n, .fields = f, .field_count = COUNT(f), .cosigner = c                             \
    }

/* In ascending order of names; proj_kind_find searches it by halves. */
static const struct proj_kind kinds[] = {
    KIND("absence.explained", absence_explained, NULL),
    KIND("account.opened", account_opened, NULL),
    KIND("account.renamed", account_renamed, NULL),
    KIND("advice.given", advice_given, NULL),
    KIND("advice.withdrawn", advice_withdrawn, NULL),
    KIND("attendance.set", attendance_set, NULL),
    KIND("bells.set", bells_set, NULL),
    KIND("breach.overruled", breach_overruled, NULL),
    KIND("breach.received", breach_received, NULL),
    KIND("breach.reported", breach_reported, NULL),
    KIND("calendar.set", calendar_set, NULL),
    KIND("channel.set", channel_set, NULL),
    KIND("consent.set", consent_set, NULL),
    KIND("contact.noted", contact_noted, NULL),
    KIND("control.planned", control_planned, NULL),
    KIND("debt.set", debt_set, NULL),
    KIND("diary.acknowledged", diary_acknowledged, NULL),
    KIND("extract.issued", extract_issued, NULL),
    KIND("filling.noted", filling_noted, NULL),
    KIND("filling.settled", filling_settled, NULL),
    KIND("group.changed", group_changed, NULL),
    KIND("group.created", group_created, NULL),
    KIND("homework.attached", homework_attached, NULL),
    KIND("homework.detached", homework_detached, NULL),
    KIND("homework.set", homework_set, NULL),
    KIND("invitation.issued", invitation_issued, NULL),
    KIND("key.enrolled", key_enrolled, "key"),
    KIND("key.retired", key_retired, NULL),
    KIND("lesson.changed", lesson_changed, NULL),
    KIND("lesson.opened", lesson_opened, NULL),
    KIND("log.continued", log_continued, NULL),
    KIND("marks.set", marks_set, NULL),
    KIND("members.joined", members_joined, NULL),
    KIND("members.left", members_left, NULL),
    KIND("period.closed", period_closed, NULL),
    KIND("period.reopened", period_reopened, NULL),
    KIND("period.set", period_set, NULL),
    KIND("plan.set", plan_set, NULL),
    KIND("plan.withdrawn", plan_withdrawn, NULL),
    KIND("pupil.admitted", pupil_admitted, NULL),
    KIND("pupil.changed", pupil_changed, NULL),
    KIND("pupil.left", pupil_left, NULL),
    KIND("pupil.moved", pupil_moved, NULL),
    KIND("report.issued", report_issued, NULL),
    KIND("report.received", report_received, NULL),
    KIND("role.granted", role_granted, NULL),
    KIND("role.revoked", role_revoked, NULL),
    KIND("root.rotated", root_rotated, "root"),
    KIND("school.founded", school_founded, "officers"),
    KIND("session.closed", session_closed, NULL),
    KIND("session.opened", session_opened, "session"),
    KIND("setting.set", setting_set, NULL),
    KIND("slip.handed", slip_handed, NULL),
    KIND("subject.created", subject_created, NULL),
    KIND("subject.erased", subject_erased, "second"),
    KIND("teaching.assigned", teaching_assigned, NULL),
    KIND("teaching.ended", teaching_ended, NULL),
    KIND("timetable.set", timetable_set, NULL),
    KIND("topic.set", topic_set, NULL),
    KIND("value.erased", value_erased, "second"),
};

const struct proj_kind *proj_kinds(unsigned *out_count)
{
    *out_count = (unsigned)COUNT(kinds);
    return kinds;
}

/* Names compared; their first letters tell mostly. */
static int compare_name(struct base_bytes name, const char *kind)
{
    uint8_t first = (uint8_t)kind[0];
    if (name.len > 0 && name.data[0] != first)
        return name.data[0] < first ? -1 : 1;
    return base_bytes_compare(name, base_bytes_str(kind));
}

const struct proj_kind *proj_kind_find(struct base_bytes name)
{
    size_t low = 0;
    size_t high = COUNT(kinds);
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = compare_name(name, kinds[middle].name);
        if (order == 0)
            return &kinds[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

static const struct ledger_refusal_text texts[] = {
#define X(code, number, name, ru, en) {number, name, ru, en},
#include "projections/refusals.def"
#undef X
};

const struct ledger_refusal_text *proj_refusal_text_of(int code)
{
    for (size_t i = 0; i < COUNT(texts); i++) {
        if (texts[i].code == code)
            return &texts[i];
    }
    return ledger_refusal_text_of(code);
}

/* One walk over one body. */
struct walk {
    struct ledger_opening *openings;
    uint32_t opening_count;
    bool *used; /* which openings met their field */
    bool openings_demanded;
    const struct ledger_canon_value *body;
    struct ledger_refusal *refusal;
    proj_sealed_fn sealed; /* NULL: nobody wants to know */
    void *sealed_data;
    bool any_sealed;
    const struct proj_field *field; /* of the body: where the walk is; NULL: `path` says it */
    uint16_t indexes[PROJ_FIELD_DEPTH_MAX];
    unsigned depth; /* of items inside items */
    char path[PROJ_FIELD_PATH_MAX];
};

/* "cells.12.3": written only when somebody asks, as nearly every walk ends without a refusal. */
static const char *path_of(struct walk *walk)
{
    size_t len;
    if (walk->field == NULL)
        return walk->path;
    len = (size_t)snprintf(walk->path, sizeof walk->path, "%s", walk->field->name);
    for (unsigned i = 0; i < walk->depth; i++)
        len += (size_t)snprintf(walk->path + len, sizeof walk->path - len, ".%u", walk->indexes[i]);
    assert(len < sizeof walk->path);
    return walk->path;
}

static int refuse(struct walk *walk, int code)
{
    return ledger_refuse(walk->refusal, code, "%s", path_of(walk));
}

/* Reads the next value, which must be the field's. `tuple` stands before the tuple that it is an
 * item of; NULL: it is none. */
static int check_value(struct walk *walk, const struct proj_field *field,
                       struct ledger_canon_reader *reader, const struct ledger_canon_reader *tuple);

static int check_range(struct walk *walk, const struct proj_field *field, int64_t v, int code)
{
    return v < field->min || v > field->max ? refuse(walk, code) : 0;
}

/* A sealed name is three texts, every other sealed value one text: what views show must be that. */
static bool sealed_value_fits(const struct proj_field *field, struct base_bytes bytes)
{
    struct ledger_canon_value value;
    if (ledger_canon_check(bytes, &value) != NULL)
        return false;
    if (strcmp(field->name, "name") != 0)
        return value.type == LEDGER_CANON_TEXT;
    bool fits = value.type == LEDGER_CANON_ARRAY && value.count == 3;
    struct ledger_canon_reader reader = ledger_canon_reader_of(value.bytes);
    struct ledger_canon_value part;
    while (fits && ledger_canon_step(&reader, &part))
        fits = part.type == LEDGER_CANON_TEXT && part.bytes.len <= PROJ_NAME_PART_LEN_MAX;
    return fits;
}

static struct ledger_canon_value subject_of(const struct walk *walk, const struct proj_field *field,
                                            const struct ledger_canon_reader *tuple)
{
    if (tuple == NULL)
        return ledger_canon_get(walk->body, field->subject);
    struct ledger_canon_reader reader = *tuple;
    struct ledger_canon_value items = {0};
    (void)ledger_canon_step(&reader, &items);
    return ledger_canon_at(&items, (uint32_t)field->subject_item);
}

/* A sealed value meets its opening: same path, same commitment; the opening learns its subject. */
static int check_sealed(struct walk *walk, const struct proj_field *field,
                        const struct ledger_canon_value *value,
                        const struct ledger_canon_reader *tuple)
{
    struct ledger_canon_value subject = subject_of(walk, field, tuple);
    if (!ledger_canon_is_bin(&subject, LEDGER_ID_LEN))
        return 0; /* the subject is a field of its own and is refused by its own name */
    walk->any_sealed = true;
    if (walk->sealed != NULL)
        walk->sealed(walk->sealed_data, field, subject.bytes.data, value->bytes.data);
    struct base_bytes path = {0};
    if (walk->opening_count > 0)
        path = base_bytes_str(path_of(walk));
    for (uint32_t i = 0; i < walk->opening_count; i++) {
        struct ledger_opening *opening = &walk->openings[i];
        if (walk->used[i] || !base_bytes_equal(opening->path, path))
            continue;
        if (memcmp(opening->commitment, value->bytes.data, LEDGER_COMMITMENT_LEN) != 0)
            return refuse(walk, LEDGER_REFUSED_OPENING);
        memcpy(opening->subject, subject.bytes.data, LEDGER_ID_LEN);
        walk->used[i] = true;
        return sealed_value_fits(field, opening->value) ? 0 : refuse(walk, PROJ_REFUSED_FIELD_TYPE);
    }
    return walk->openings_demanded ? refuse(walk, PROJ_REFUSED_OPENING_MISSING) : 0;
}

/* The items of a list or a tuple, whose head has been read; `start` stands before it. */
static int check_items(struct walk *walk, const struct proj_field *field, uint32_t count,
                       struct ledger_canon_reader *reader, const struct ledger_canon_reader *start)
{
    int code = 0;
    assert(walk->depth < PROJ_FIELD_DEPTH_MAX);
    walk->depth++;
    for (uint32_t i = 0; code == 0 && i < count; i++) {
        walk->indexes[walk->depth - 1] = (uint16_t)i;
        if (field->type == PROJ_T_TUPLE)
            code = check_value(walk, &field->items[i], reader, start);
        else
            code = check_value(walk, field->items, reader, NULL);
    }
    walk->depth--;
    return code;
}

static int check_bin(struct walk *walk, const struct ledger_canon_value *value, size_t len)
{
    if (value->type != LEDGER_CANON_BIN)
        return refuse(walk, PROJ_REFUSED_FIELD_TYPE);
    return value->bytes.len != len ? refuse(walk, PROJ_REFUSED_FIELD_LENGTH) : 0;
}

/* The zero id stands for "none" in facts (root's account, a role without a scope): nobody and
 * nothing may bear it. */
static int check_id(struct walk *walk, const uint8_t *id)
{
    static const uint8_t none[LEDGER_ID_LEN];
    return memcmp(id, none, LEDGER_ID_LEN) == 0 ? refuse(walk, PROJ_REFUSED_FIELD_RANGE) : 0;
}

/* Reads a value of the type that is wanted of the field and judges it, as nearly all are. False: it
 * is of another type or length, or one that needs more looking at; nothing is read then. */
static bool check_expected(struct walk *walk, const struct proj_field *field,
                           struct ledger_canon_reader *reader, int *out_code)
{
    const uint8_t *bytes = NULL;
    int64_t integer;
    bool done = field->nilable && ledger_canon_step_nil(reader);
    *out_code = 0;
    if (!done && field->type == PROJ_T_ID) {
        bytes = ledger_canon_step_bin(reader, LEDGER_ID_LEN);
        done = bytes != NULL;
        if (done)
            *out_code = check_id(walk, bytes);
    } else if (!done && field->type == PROJ_T_INT) {
        done = ledger_canon_step_int(reader, &integer);
        if (done)
            *out_code = check_range(walk, field, integer, PROJ_REFUSED_FIELD_RANGE);
    } else if (!done && (field->type == PROJ_T_KEY || field->type == PROJ_T_HASH)) {
        done = ledger_canon_step_bin(reader, LEDGER_HASH_LEN) != NULL;
    }
    return done;
}

static int check_value(struct walk *walk, const struct proj_field *field,
                       struct ledger_canon_reader *reader, const struct ledger_canon_reader *tuple)
{
    static const enum ledger_canon_type wanted[] = {
        [PROJ_T_ID] = LEDGER_CANON_BIN,     [PROJ_T_KEY] = LEDGER_CANON_BIN,
        [PROJ_T_HASH] = LEDGER_CANON_BIN,   [PROJ_T_SEALED] = LEDGER_CANON_BIN,
        [PROJ_T_INT] = LEDGER_CANON_INT,    [PROJ_T_BOOL] = LEDGER_CANON_BOOL,
        [PROJ_T_TEXT] = LEDGER_CANON_TEXT,  [PROJ_T_LIST] = LEDGER_CANON_ARRAY,
        [PROJ_T_TUPLE] = LEDGER_CANON_ARRAY};
    struct ledger_canon_reader start = *reader;
    struct ledger_canon_value value;
    int code = 0;
    if (check_expected(walk, field, reader, &code))
        return code;
    if (!ledger_canon_enter(reader, &value))
        return refuse(walk, PROJ_REFUSED_FIELD_MISSING);
    if (value.type != wanted[field->type])
        return refuse(walk, PROJ_REFUSED_FIELD_TYPE);
    switch (field->type) {
    case PROJ_T_ID: /* of another length, as check_expected has not read it */
        code = check_bin(walk, &value, LEDGER_ID_LEN);
        return code != 0 ? code : check_id(walk, value.bytes.data);
    case PROJ_T_KEY:
    case PROJ_T_HASH:
        return check_bin(walk, &value, LEDGER_HASH_LEN);
    case PROJ_T_SEALED:
        code = check_bin(walk, &value, LEDGER_COMMITMENT_LEN);
        return code != 0 ? code : check_sealed(walk, field, &value, tuple);
    case PROJ_T_INT:
        return check_range(walk, field, value.integer, PROJ_REFUSED_FIELD_RANGE);
    case PROJ_T_BOOL:
        return 0;
    case PROJ_T_TEXT:
        return check_range(walk, field, (int64_t)value.bytes.len, PROJ_REFUSED_FIELD_LENGTH);
    case PROJ_T_LIST:
        code = check_range(walk, field, value.count, PROJ_REFUSED_FIELD_LENGTH);
        return code != 0 ? code : check_items(walk, field, value.count, reader, &start);
    case PROJ_T_TUPLE:
        if (value.count != field->item_count)
            return refuse(walk, PROJ_REFUSED_FIELD_LENGTH);
        return check_items(walk, field, value.count, reader, &start);
    }
    assert(false && "every type is handled above");
    return 0;
}

/* Names a key that is not ours, cut between characters. */
static void name_unknown(struct walk *walk, struct base_bytes key)
{
    size_t len = key.len < sizeof walk->path ? key.len : sizeof walk->path - 1;
    while (len > 0 && len < key.len && (key.data[len] & 0xc0) == 0x80)
        len--;
    memcpy(walk->path, key.data, len);
    walk->path[len] = '\0';
    walk->field = NULL;
}

/* Another key than `name` comes next: one is missing, or one is too many. */
static int refuse_key(struct walk *walk, struct ledger_canon_reader *reader, struct base_bytes name)
{
    struct ledger_canon_value key;
    if (!ledger_canon_step(reader, &key) || base_bytes_compare(key.bytes, name) > 0)
        return refuse(walk, PROJ_REFUSED_FIELD_MISSING);
    name_unknown(walk, key.bytes);
    return refuse(walk, PROJ_REFUSED_FIELD_UNKNOWN);
}

static int check_body(struct walk *walk, const struct proj_kind *kind)
{
    struct ledger_canon_reader reader = ledger_canon_reader_of(walk->body->bytes);
    struct ledger_canon_value key;
    for (unsigned i = 0; i < kind->field_count; i++) {
        const struct proj_field *field = &kind->fields[i];
        walk->field = field;
        struct base_bytes name = base_bytes_of(field->name, field->name_len);
        if (!ledger_canon_step_key(&reader, name)) {
            if (field->optional)
                continue;
            return refuse_key(walk, &reader, name);
        }
        int code = check_value(walk, field, &reader, NULL);
        if (code != 0)
            return code;
    }
    if (ledger_canon_step(&reader, &key)) {
        name_unknown(walk, key.bytes);
        return refuse(walk, PROJ_REFUSED_FIELD_UNKNOWN);
    }
    return 0;
}

/* The keys that sign after the event's own: one body field, or every officer's key. */
static void find_cosigners(const struct proj_kind *kind, const struct ledger_canon_value *body,
                           struct ledger_key *out_keys, uint32_t *out_count)
{
    *out_count = 0;
    if (kind->cosigner == NULL)
        return;
    struct ledger_canon_value value = ledger_canon_get(body, kind->cosigner);
    if (value.type == LEDGER_CANON_BIN) {
        memcpy(out_keys[(*out_count)++].bytes, value.bytes.data, LEDGER_KEY_LEN);
        return;
    }
    struct ledger_canon_reader reader = ledger_canon_reader_of(value.bytes);
    struct ledger_canon_value item;
    while (ledger_canon_step(&reader, &item)) {
        struct ledger_canon_value key = ledger_canon_at(&item, 2);
        memcpy(out_keys[(*out_count)++].bytes, key.bytes.data, LEDGER_KEY_LEN);
    }
    assert(*out_count < LEDGER_SIGNATURE_COUNT_MAX);
}

static int refuse_kind(const struct ledger_event *event, struct ledger_refusal *refusal)
{
    return ledger_refuse(refusal, PROJ_REFUSED_UNKNOWN_KIND, "%.*s", (int)event->kind.len,
                         (const char *)event->kind.data);
}

int proj_kinds_check(struct ledger_submission *submission, bool openings_demanded,
                     struct ledger_key *out_cosigners, uint32_t *out_cosigner_count,
                     struct ledger_refusal *refusal)
{
    const struct proj_kind *kind = proj_kind_find(submission->event.kind);
    if (kind == NULL)
        return refuse_kind(&submission->event, refusal);
    bool used[LEDGER_OPENING_COUNT_MAX] = {0};
    struct walk walk = {.openings = submission->openings,
                        .opening_count = submission->opening_count,
                        .used = used,
                        .openings_demanded = openings_demanded,
                        .body = &submission->event.body,
                        .refusal = refusal};
    int code = check_body(&walk, kind);
    if (code != 0)
        return code;
    for (uint32_t i = 0; i < submission->opening_count; i++) {
        if (!used[i])
            return ledger_refuse(refusal, PROJ_REFUSED_OPENING_EXTRA, "%.*s",
                                 (int)submission->openings[i].path.len,
                                 (const char *)submission->openings[i].path.data);
    }
    find_cosigners(kind, &submission->event.body, out_cosigners, out_cosigner_count);
    return 0;
}

int proj_kinds_check_event(const struct ledger_event *event, struct ledger_key *out_cosigners,
                           uint32_t *out_cosigner_count, bool *out_any_sealed,
                           struct ledger_refusal *refusal)
{
    const struct proj_kind *kind = proj_kind_find(event->kind);
    struct walk walk = {.body = &event->body, .refusal = refusal};
    if (kind == NULL)
        return refuse_kind(event, refusal);
    int code = check_body(&walk, kind);
    if (code == 0)
        find_cosigners(kind, &event->body, out_cosigners, out_cosigner_count);
    *out_any_sealed = walk.any_sealed;
    return code;
}

int proj_kinds_check_fields(const struct proj_kind *kind, const struct ledger_event *event,
                            struct ledger_refusal *refusal)
{
    struct walk walk = {.body = &event->body, .refusal = refusal};
    return kind != NULL ? check_body(&walk, kind) : refuse_kind(event, refusal);
}

void proj_kinds_sealed(const struct ledger_event *event, proj_sealed_fn each, void *data)
{
    const struct proj_kind *kind = proj_kind_find(event->kind);
    struct ledger_refusal refusal;
    struct walk walk = {
        .body = &event->body, .refusal = &refusal, .sealed = each, .sealed_data = data};
    if (kind != NULL)
        (void)check_body(&walk, kind);
}

static const char *type_name(enum proj_type type)
{
    static const char *const names[] = {
        [PROJ_T_ID] = "id",         [PROJ_T_KEY] = "key",   [PROJ_T_HASH] = "hash",
        [PROJ_T_SEALED] = "sealed", [PROJ_T_INT] = "int",   [PROJ_T_BOOL] = "bool",
        [PROJ_T_TEXT] = "text",     [PROJ_T_LIST] = "list", [PROJ_T_TUPLE] = "tuple"};
    return names[type];
}

static void field_json(const struct proj_field *field, struct base_buf *out)
{
    base_buf_printf(out, "{\"name\":\"%s\",\"type\":\"%s\"", field->name, type_name(field->type));
    if (field->nilable)
        base_buf_put_str(out, ",\"nilable\":true");
    if (field->optional)
        base_buf_put_str(out, ",\"optional\":true");
    if (field->type == PROJ_T_INT || field->type == PROJ_T_TEXT || field->type == PROJ_T_LIST)
        base_buf_printf(out, ",\"min\":%" PRId64 ",\"max\":%" PRId64, field->min, field->max);
    if (field->subject != NULL)
        base_buf_printf(out, ",\"subject\":\"%s\"", field->subject);
    if (field->items != NULL) {
        base_buf_put_str(out, ",\"items\":[");
        unsigned count = field->type == PROJ_T_LIST ? 1 : field->item_count;
        for (unsigned i = 0; i < count; i++) {
            base_buf_put_str(out, i == 0 ? "" : ",");
            field_json(&field->items[i], out);
        }
        base_buf_put_str(out, "]");
    }
    base_buf_put_str(out, "}");
}

void proj_kinds_json(struct base_buf *out)
{
    base_buf_put_str(out, "[");
    for (size_t i = 0; i < COUNT(kinds); i++) {
        base_buf_printf(out, "%s\n{\"kind\":\"%s\",\"cosigner\":%s%s%s,\"fields\":[",
                        i == 0 ? "" : ",", kinds[i].name, kinds[i].cosigner ? "\"" : "",
                        kinds[i].cosigner ? kinds[i].cosigner : "null",
                        kinds[i].cosigner ? "\"" : "");
        for (unsigned f = 0; f < kinds[i].field_count; f++) {
            base_buf_put_str(out, f == 0 ? "" : ",");
            field_json(&kinds[i].fields[f], out);
        }
        base_buf_put_str(out, "]}");
    }
    base_buf_put_str(out, "\n]\n");
}
