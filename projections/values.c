/* Sealed values one by one: which there are, how long each is kept, which were erased. */
#include "projections/values.h"

#include "projections/control.h"
#include "projections/retention.h"

#define HOUR_MS ((base_time_ms)3600000)
#define SCHOOL_YEAR_LAST_MONTH 8 /* a journal is of a school year: to 31 August */
#define SCHOOL_YEAR_LAST_DAY 31

/* Every sealed field of the catalogue; `day` names the body's field with the day that the value is
 * about, where that may lie behind the day of its recording. */
static const struct rule {
    const char *kind, *field;
    enum proj_value_keeping keeping;
    const char *day;
} rules[] = {
    {"absence.explained", "note", PROJ_VALUE_JOURNAL, "to"},
    {"absence.explained", "reason", PROJ_VALUE_JOURNAL, "to"},
    {"account.opened", "name", PROJ_VALUE_KEPT, NULL},
    {"account.renamed", "name", PROJ_VALUE_KEPT, NULL},
    {"advice.given", "text", PROJ_VALUE_JOURNAL, NULL},
    {"attendance.set", "reason", PROJ_VALUE_JOURNAL, NULL},
    {"breach.overruled", "reason", PROJ_VALUE_KEPT, NULL},
    {"breach.reported", "reason", PROJ_VALUE_KEPT, NULL},
    {"channel.set", "email", PROJ_VALUE_CURRENT, NULL},
    {"channel.set", "phone", PROJ_VALUE_CURRENT, NULL},
    {"contact.noted", "text", PROJ_VALUE_JOURNAL, "day"},
    {"filling.noted", "text", PROJ_VALUE_JOURNAL, NULL},
    {"lesson.changed", "reason", PROJ_VALUE_JOURNAL, "day"},
    {"marks.set", "comment", PROJ_VALUE_JOURNAL, NULL},
    {"period.set", "reason", PROJ_VALUE_JOURNAL, NULL},
    {"pupil.admitted", "birth", PROJ_VALUE_KEPT, NULL},
    {"pupil.admitted", "name", PROJ_VALUE_KEPT, NULL},
    {"pupil.admitted", "sex", PROJ_VALUE_KEPT, NULL},
    {"pupil.changed", "birth", PROJ_VALUE_KEPT, NULL},
    {"pupil.changed", "name", PROJ_VALUE_KEPT, NULL},
    {"pupil.changed", "sex", PROJ_VALUE_KEPT, NULL},
    {"pupil.left", "whither", PROJ_VALUE_JOURNAL, "to"},
    {"school.founded", "name", PROJ_VALUE_KEPT, NULL},
    {"session.opened", "place", PROJ_VALUE_SESSION, NULL},
};

static const struct rule *rule_of(const struct proj_kind *kind, const struct proj_field *field)
{
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
        if (strcmp(rules[i].kind, kind->name) == 0 && strcmp(rules[i].field, field->name) == 0)
            return &rules[i];
    return NULL;
}

enum proj_value_keeping proj_value_keeping_of(const struct proj_kind *kind,
                                              const struct proj_field *field, bool *out_known)
{
    const struct rule *rule = rule_of(kind, field);
    if (out_known != NULL)
        *out_known = rule != NULL;
    return rule != NULL ? rule->keeping : PROJ_VALUE_KEPT;
}

/* Walking */

struct walking {
    const struct ledger_event *event;
    ledger_seq seq;
    base_time_ms recorded_ms;
    int offset_min;
    proj_value_fn each;
    void *data;
};

static base_day last_of(const struct walking *walking, const struct rule *rule)
{
    const struct ledger_canon_value *body = &walking->event->body;
    base_day last = base_day_of_time(walking->recorded_ms, walking->offset_min);
    if (rule == NULL)
        return last;
    if (rule->keeping == PROJ_VALUE_SESSION) {
        base_time_ms hours = ledger_canon_get(body, "hours").integer;
        return base_day_of_time(walking->recorded_ms + hours * HOUR_MS, walking->offset_min);
    }
    base_day named = rule->day == NULL ? last : (base_day)ledger_canon_get(body, rule->day).integer;
    return named > last ? named : last;
}

static void on_sealed(void *data, const struct proj_field *field, const uint8_t *subject,
                      const uint8_t *commitment)
{
    const struct walking *walking = data;
    struct proj_value value = {
        .seq = walking->seq, .kind = proj_kind_find(walking->event->kind), .field = field};
    const struct rule *rule = rule_of(value.kind, field);
    memcpy(value.commitment, commitment, sizeof value.commitment);
    memcpy(value.subject, subject, sizeof value.subject);
    value.keeping = rule != NULL ? rule->keeping : PROJ_VALUE_KEPT;
    value.last = last_of(walking, rule);
    walking->each(walking->data, &value);
}

void proj_values_each(const struct ledger_event *event, ledger_seq seq, base_time_ms recorded_ms,
                      int offset_min, proj_value_fn each, void *data)
{
    struct walking walking = {.event = event,
                              .seq = seq,
                              .recorded_ms = recorded_ms,
                              .offset_min = offset_min,
                              .each = each,
                              .data = data};
    proj_kinds_sealed(event, on_sealed, &walking);
}

struct finding {
    const uint8_t *commitment;
    bool found;
    struct proj_value *value;
};

static void compare(void *data, const struct proj_value *value)
{
    struct finding *finding = data;
    if (memcmp(value->commitment, finding->commitment, LEDGER_COMMITMENT_LEN) != 0)
        return;
    *finding->value = *value;
    finding->found = true;
}

bool proj_value_find(struct proj_txn *txn, struct proj_source *source, ledger_seq seq,
                     const uint8_t commitment[LEDGER_COMMITMENT_LEN], int offset_min,
                     ledger_seq before, struct proj_value *out_value)
{
    struct finding finding = {.commitment = commitment, .value = out_value};
    struct ledger_event event;
    struct base_err err = {0};
    base_time_ms recorded_ms = 0;
    if (seq >= before)
        return false;
    int rc = source->event(source->data, seq, &event, &recorded_ms, &err);
    if (rc != 0)
        proj_txn_fail(txn, rc, err.text);
    else
        proj_values_each(&event, seq, recorded_ms, offset_min, compare, &finding);
    return finding.found;
}

/* Terms */

static base_day school_year_end(base_day day)
{
    int year, month, date;
    base_day_to_civil(day, &year, &month, &date);
    return base_day_from_civil(month > SCHOOL_YEAR_LAST_MONTH ? year + 1 : year,
                               SCHOOL_YEAR_LAST_MONTH, SCHOOL_YEAR_LAST_DAY);
}

static bool has_later(struct proj_txn *txn, const struct proj_value *value, ledger_seq before)
{
    struct proj_key key = proj_key_tagged_id('e', value->subject);
    struct proj_fact fact;
    return proj_fact_get(txn, &key, before, &fact) && fact.seq > value->seq;
}

base_day proj_value_due(struct proj_txn *txn, const struct proj_value *value, ledger_seq before)
{
    switch (value->keeping) {
    case PROJ_VALUE_KEPT:
        break;
    case PROJ_VALUE_JOURNAL:
        return proj_retention_due(txn, PROJ_KEEP_JOURNAL, school_year_end(value->last));
    case PROJ_VALUE_CURRENT:
        return has_later(txn, value, before) ? value->last : INT32_MAX;
    case PROJ_VALUE_SESSION:
        return value->last + 1;
    }
    return INT32_MAX;
}

/* Erasures */

bool proj_commitment_is_erased(struct proj_txn *txn,
                               const uint8_t commitment[LEDGER_COMMITMENT_LEN], ledger_seq before)
{
    struct proj_key key = proj_key_commitment(commitment);
    struct proj_fact fact;
    return proj_fact_get(txn, &key, before, &fact);
}

bool proj_commitment_was_erased(struct proj_txn *txn,
                                const uint8_t commitment[LEDGER_COMMITMENT_LEN])
{
    struct proj_key key = proj_key_commitment(commitment);
    return proj_fact_any(txn, &key);
}

bool proj_value_is_erased(struct proj_txn *txn, const struct proj_value *value, ledger_seq before)
{
    return proj_commitment_is_erased(txn, value->commitment, before) ||
           proj_is_erased(txn, value->subject, before);
}
