/* What families and class teachers say. */
#include "tools/demo/families.h"

#include "projections/authority.h"
#include "tools/demo/setup.h"

#define WORDING "2026-09"

int demo_said_open(struct demo *demo, struct demo_said *out_said, struct base_err *err)
{
    *out_said = (struct demo_said){0};
    int rc = demo_csv(demo, "consents.csv", &out_said->consents, err);
    if (rc == 0)
        rc = demo_csv(demo, "acknowledgements.csv", &out_said->acknowledgements, err);
    if (rc == 0)
        rc = demo_csv(demo, "recommendations.csv", &out_said->advice, err);
    if (rc == 0)
        rc = demo_csv(demo, "pupils.csv", &out_said->pupils, err);
    if (rc == 0)
        rc = demo_csv(demo, "classes.csv", &out_said->classes, err);
    return rc;
}

void demo_said_close(struct demo_said *said)
{
    tool_table_close(said->consents);
    tool_table_close(said->acknowledgements);
    tool_table_close(said->advice);
    tool_table_close(said->pupils);
    tool_table_close(said->classes);
}

static bool is_electronic(struct tool_table *csv, size_t row)
{
    return strcmp(tool_table_get(csv, row, "form"), "электронная") == 0;
}

/* The family with its own key; NULL for who is not enrolled. */
static struct demo_person *family_of(struct demo *demo, const char *label)
{
    for (unsigned i = 0; i < demo->family_count; i++) {
        if (strcmp(demo->families[i].label, label) == 0)
            return demo->families[i].enrolled ? &demo->families[i] : NULL;
    }
    return NULL;
}

static struct demo_person *teacher_of(struct demo *demo, const struct demo_said *said,
                                      const char *pupil)
{
    return demo_class_teacher(demo, said->classes, demo_class_of(said->pupils, pupil));
}

static void family_account(struct demo *demo, const char *label, uint8_t out[LEDGER_ID_LEN])
{
    demo_id(demo, "account", label, out);
}

static void put_sealed_or_nil(struct demo *demo, const char *name, const char *text)
{
    if (text[0] == '\0') {
        tool_draft_nil(&demo->draft, name);
        return;
    }
    ledger_canon_put_str(&demo->draft.body, name);
    tool_draft_seal_text(&demo->draft, name, text);
}

int demo_set_channel(struct demo *demo, struct demo_person *teacher,
                     const uint8_t account[LEDGER_ID_LEN], struct tool_table *parents, size_t row,
                     struct base_err *err)
{
    const char *email = tool_table_get(parents, row, "email");
    const char *phone = tool_table_get(parents, row, "phone");
    if (email[0] == '\0' && phone[0] == '\0')
        return 0;
    tool_draft_begin(&demo->draft, "channel.set", 6);
    tool_draft_id(&demo->draft, "account", account);
    put_sealed_or_nil(demo, "email", email);
    put_sealed_or_nil(demo, "phone", phone);
    tool_draft_nil(&demo->draft, "quiet_from");
    tool_draft_nil(&demo->draft, "quiet_to");
    tool_draft_int(&demo->draft, "wants", 0);
    return demo_submit(demo, teacher, NULL, err);
}

struct demo_person *demo_consent_by(struct demo *demo, const struct demo_said *said, size_t row)
{
    struct demo_person *family =
        is_electronic(said->consents, row)
            ? family_of(demo, tool_table_get(said->consents, row, "parent"))
            : NULL;
    return family != NULL ? family
                          : teacher_of(demo, said, tool_table_get(said->consents, row, "pupil"));
}

struct demo_person *demo_acknowledgement_by(struct demo *demo, const struct demo_said *said,
                                            size_t row)
{
    struct tool_table *csv = said->acknowledgements;
    return is_electronic(csv, row) ? family_of(demo, tool_table_get(csv, row, "parent"))
                                   : teacher_of(demo, said, tool_table_get(csv, row, "pupil"));
}

struct demo_person *demo_advice_by(struct demo *demo, const struct demo_said *said, size_t row)
{
    return demo_person(demo, tool_table_get(said->advice, row, "author"));
}

int demo_consent(struct demo *demo, const struct demo_said *said, size_t row,
                 struct demo_person *by, struct base_err *err)
{
    struct tool_table *csv = said->consents;
    uint8_t account[LEDGER_ID_LEN];
    uint8_t pupil[LEDGER_ID_LEN];
    const char *label = tool_table_get(csv, row, "parent");
    const char *decision = tool_table_get(csv, row, "decision");
    bool own = by != NULL && strcmp(by->label, label) == 0;
    bool given = strcmp(decision, "согласие") == 0;
    if (!given && strcmp(decision, "отказ") != 0)
        return BASE_FAIL(err, BASE_E_FORMAT, "consents.csv: row %zu: decision", row + 1);
    family_account(demo, label, account);
    demo_id(demo, "pupil", tool_table_get(csv, row, "pupil"), pupil);
    tool_draft_begin(&demo->draft, "consent.set", 7);
    tool_draft_id(&demo->draft, "account", account);
    tool_draft_int(&demo->draft, "day", demo_day(tool_table_get(csv, row, "date")));
    tool_draft_int(&demo->draft, "decision", given ? PROJ_CONSENT_GIVEN : PROJ_CONSENT_REFUSED);
    tool_draft_int(&demo->draft, "form", own ? PROJ_FORM_ELECTRONIC : PROJ_FORM_PAPER);
    tool_draft_id(&demo->draft, "pupil", pupil);
    tool_draft_text(&demo->draft, "reference",
                    !own && is_electronic(csv, row) ? "перенос: электронная форма" : "");
    tool_draft_text(&demo->draft, "wording", WORDING);
    return demo_submit(demo, by, NULL, err);
}

/* The week that the date lies in, as the log stood then. */
int demo_acknowledge(struct demo *demo, const struct demo_said *said, size_t row,
                     struct demo_person *by, struct base_err *err)
{
    struct tool_table *csv = said->acknowledgements;
    uint8_t account[LEDGER_ID_LEN];
    uint8_t pupil[LEDGER_ID_LEN];
    struct ledger_head head;
    base_day day = demo_day(tool_table_get(csv, row, "date"));
    base_day monday = day - (base_day)base_day_weekday(day) + 1;
    int rc = tool_school_flush(demo->school, err);
    if (rc != 0)
        return rc;
    ledger_log_head(tool_school_log(demo->school), &head);
    family_account(demo, tool_table_get(csv, row, "parent"), account);
    demo_id(demo, "pupil", tool_table_get(csv, row, "pupil"), pupil);
    tool_draft_begin(&demo->draft, "diary.acknowledged", 6);
    tool_draft_id(&demo->draft, "account", account);
    tool_draft_int(&demo->draft, "form",
                   is_electronic(csv, row) ? PROJ_FORM_ELECTRONIC : PROJ_FORM_PAPER);
    tool_draft_int(&demo->draft, "from", monday);
    tool_draft_id(&demo->draft, "pupil", pupil);
    tool_draft_int(&demo->draft, "to", monday + 5);
    tool_draft_int(&demo->draft, "upto", (int64_t)head.size);
    return demo_submit(demo, by, NULL, err);
}

int demo_advise(struct demo *demo, const struct demo_said *said, size_t row, struct demo_person *by,
                struct base_err *err)
{
    uint8_t pupil[LEDGER_ID_LEN];
    demo_id(demo, "pupil", tool_table_get(said->advice, row, "pupil"), pupil);
    tool_draft_begin(&demo->draft, "advice.given", 5);
    tool_draft_id(&demo->draft, "about", pupil);
    tool_draft_int(&demo->draft, "sort", PROJ_ADVICE_RECOMMENDATION);
    tool_draft_nil(&demo->draft, "subject");
    ledger_canon_put_str(&demo->draft.body, "text");
    tool_draft_seal_text(&demo->draft, "text", tool_table_get(said->advice, row, "text"));
    tool_draft_bool(&demo->draft, "to_group", false);
    return demo_submit(demo, by, NULL, err);
}
