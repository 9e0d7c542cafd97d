/* Bodies of the kinds on families, control and movement. */
#include "tests/projections/acts.h"

static void sealed_or_nil(struct draft *d, const char *name, const char *text)
{
    if (text == NULL)
        draft_nil(d, name);
    else
        draft_sealed_text(d, name, text);
}

void act_explain(struct draft *d, const proj_id pupil, base_day from, base_day to,
                 const char *reason)
{
    draft_begin(d, "absence.explained");
    draft_int(d, "from", from);
    draft_nil(d, "note");
    draft_id(d, "pupil", pupil);
    draft_sealed_text(d, "reason", reason);
    draft_int(d, "to", to);
}

void act_rename(struct draft *d, const proj_id account, const proj_id person, const char *surname)
{
    draft_begin(d, "account.renamed");
    draft_id(d, "account", account);
    draft_sealed_name(d, "name", surname);
    draft_id(d, "person", person);
}

void act_advise(struct draft *d, const proj_id about, bool to_group, const uint8_t *subject,
                const char *text)
{
    draft_begin(d, "advice.given");
    draft_id(d, "about", about);
    draft_int(d, "sort", PROJ_ADVICE_RECOMMENDATION);
    draft_id_or_nil(d, "subject", subject);
    draft_sealed_text(d, "text", text);
    draft_bool(d, "to_group", to_group);
}

void act_unadvise(struct draft *d, const struct ledger_hash *advice)
{
    draft_begin(d, "advice.withdrawn");
    draft_bin32(d, "advice", advice->bytes);
}

void act_channel(struct draft *d, const proj_id account, const char *email, unsigned wants)
{
    draft_begin(d, "channel.set");
    draft_id(d, "account", account);
    sealed_or_nil(d, "email", email);
    draft_nil(d, "phone");
    draft_nil(d, "quiet_from");
    draft_nil(d, "quiet_to");
    draft_int(d, "wants", wants);
}

void act_consent(struct draft *d, const proj_id account, const proj_id pupil, unsigned decision,
                 unsigned form, base_day day)
{
    draft_begin(d, "consent.set");
    draft_id(d, "account", account);
    draft_int(d, "day", day);
    draft_int(d, "decision", decision);
    draft_int(d, "form", form);
    draft_id(d, "pupil", pupil);
    draft_text(d, "reference", form == PROJ_FORM_PAPER ? "№ 7" : "");
    draft_text(d, "wording", "2026-09");
}

void act_contact(struct draft *d, const proj_id pupil, base_day day)
{
    draft_begin(d, "contact.noted");
    draft_int(d, "day", day);
    draft_id(d, "pupil", pupil);
    draft_sealed_text(d, "text", "говорили об оценках");
    draft_int(d, "way", 1);
}

void act_acknowledge(struct draft *d, const proj_id account, const proj_id pupil, unsigned form,
                     base_day from, ledger_seq upto)
{
    draft_begin(d, "diary.acknowledged");
    draft_id(d, "account", account);
    draft_int(d, "form", form);
    draft_int(d, "from", from);
    draft_id(d, "pupil", pupil);
    draft_int(d, "to", from + 6);
    draft_int(d, "upto", (int64_t)upto);
}

void act_extract(struct draft *d, const proj_id pupil, base_day from, base_day to, ledger_seq upto)
{
    draft_begin(d, "extract.issued");
    draft_int(d, "from", from);
    draft_id(d, "pupil", pupil);
    draft_int(d, "to", to);
    draft_int(d, "upto", (int64_t)upto);
}

void act_hand(struct draft *d, const proj_id account)
{
    draft_begin(d, "slip.handed");
    draft_id(d, "account", account);
    draft_int(d, "way", 1);
}

void act_note(struct draft *d, const proj_id account, const proj_id group, const proj_id subject,
              const uint8_t *lesson)
{
    draft_begin(d, "filling.noted");
    draft_id(d, "account", account);
    draft_id(d, "group", group);
    draft_id_or_nil(d, "lesson", lesson);
    draft_id(d, "subject", subject);
    draft_sealed_text(d, "text", "нет домашнего задания");
}

void act_settle(struct draft *d, const struct ledger_hash *note)
{
    draft_begin(d, "filling.settled");
    draft_bin32(d, "note", note->bytes);
}

void act_close_period(struct draft *d, const proj_id group, const char *period, base_day from,
                      base_day to)
{
    draft_begin(d, "period.closed");
    draft_int(d, "from", from);
    draft_id(d, "group", group);
    draft_text(d, "period", period);
    draft_int(d, "to", to);
}

void act_reopen_period(struct draft *d, const proj_id group, const char *period)
{
    draft_begin(d, "period.reopened");
    draft_id(d, "group", group);
    draft_text(d, "period", period);
    draft_text(d, "reason", "пересчёт отметок");
}

void act_issue(struct draft *d, const proj_id account, const proj_id about, ledger_seq upto)
{
    static const struct ledger_hash digest = {{7}};
    draft_begin(d, "report.issued");
    draft_id(d, "about", about);
    draft_id(d, "account", account);
    draft_bin32(d, "digest", digest.bytes);
    draft_int(d, "from", 20000);
    draft_int(d, "sort", 1);
    draft_int(d, "to", 20001);
    draft_int(d, "upto", (int64_t)upto);
}

void act_take(struct draft *d, const struct ledger_hash *report)
{
    draft_begin(d, "report.received");
    draft_bin32(d, "report", report->bytes);
}

void act_setting(struct draft *d, const char *name, int64_t value)
{
    draft_begin(d, "setting.set");
    draft_text(d, "name", name);
    draft_int(d, "value", value);
}

void act_erase(struct draft *d, const proj_id subject, const struct ledger_key *second)
{
    draft_begin(d, "subject.erased");
    draft_int(d, "ground", PROJ_ERASING_TERM);
    draft_text(d, "reference", "акт № 4 от 12.01.2060");
    draft_bin32(d, "second", second->bytes);
    draft_id(d, "subject", subject);
}

void act_erase_values(struct draft *d, unsigned ground, ledger_seq position,
                      const uint8_t *commitments, unsigned count, const struct ledger_key *second)
{
    draft_begin(d, "value.erased");
    draft_int(d, "ground", ground);
    draft_text(d, "reference", "заявление № 9 от 02.09.2026");
    draft_bin32(d, "second", second->bytes);
    draft_list(d, "values", count);
    for (unsigned i = 0; i < count; i++) {
        ledger_canon_put_array(&d->body, 2);
        ledger_canon_put_int(&d->body, (int64_t)position);
        ledger_canon_put_bin(&d->body, commitments + (size_t)i * LEDGER_COMMITMENT_LEN,
                             LEDGER_COMMITMENT_LEN);
    }
}

void act_pupil_change(struct draft *d, const proj_id pupil, const char *surname)
{
    draft_begin(d, "pupil.changed");
    draft_sealed_text(d, "birth", "2015-02-03");
    draft_sealed_name(d, "name", surname);
    draft_bool(d, "plan", false);
    draft_id(d, "pupil", pupil);
    draft_sealed_text(d, "sex", "f");
}

static void one_group(struct draft *d, const proj_id group)
{
    draft_list(d, "groups", 1);
    ledger_canon_put_bin(&d->body, group, LEDGER_ID_LEN);
}

void act_pupil_leave(struct draft *d, const proj_id pupil, const proj_id group, base_day to)
{
    draft_begin(d, "pupil.left");
    one_group(d, group);
    draft_text(d, "order", "12-к");
    draft_id(d, "pupil", pupil);
    draft_int(d, "to", to);
    draft_nil(d, "whither");
}

void act_pupil_move(struct draft *d, const proj_id pupil, const proj_id from_group,
                    const proj_id to_class, base_day from)
{
    draft_begin(d, "pupil.moved");
    draft_id(d, "class", to_class);
    draft_int(d, "from", from);
    one_group(d, from_group);
    draft_text(d, "order", "13-к");
    draft_id(d, "pupil", pupil);
}
