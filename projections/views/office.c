/* What the views of the school's organisation share, and who works at the school. */
#include "projections/views/office.h"

#include <stdio.h>

#define KEY_NAME_LEN 40

bool proj_reads_arrangements(struct proj_view *view)
{
    struct proj_txn *txn = proj_view_rights(view);
    base_day today = proj_view_rights_day(view);
    return view->operator_reads ||
           proj_has_role(txn, view->account, PROJ_ROLE_HEAD, NULL, today, LEDGER_SEQ_NONE) ||
           proj_has_role(txn, view->account, PROJ_ROLE_DEPUTY_HEAD, NULL, today, LEDGER_SEQ_NONE) ||
           proj_has_role(txn, view->account, PROJ_ROLE_OFFICE, NULL, today, LEDGER_SEQ_NONE);
}

bool proj_reads_as_staff(struct proj_view *view)
{
    struct proj_account account;
    return view->operator_reads ||
           (proj_account_find(proj_view_rights(view), view->account, LEDGER_SEQ_NONE, &account) &&
            account.stratum <= 2);
}

bool proj_leads_class(struct proj_view *view, const proj_id class_id)
{
    return proj_has_role(proj_view_rights(view), view->account, PROJ_ROLE_CLASS_TEACHER, class_id,
                         proj_view_rights_day(view), LEDGER_SEQ_NONE);
}

bool proj_reads_class_arrangements(struct proj_view *view, const proj_id class_id)
{
    return proj_reads_arrangements(view) || proj_leads_class(view, class_id);
}

void proj_put_group_head(struct base_buf *out, const proj_id id, const struct proj_group *group)
{
    proj_put_id(out, "id", id);
    proj_put_str(out, "name", group->name);
    proj_put_int(out, "kind", group->kind);
    proj_put_int(out, "grade", group->grade);
    proj_put_int(out, "shift", group->shift);
    proj_put_int(out, "days", group->days == 0 ? 6 : group->days);
}

void proj_put_person(struct proj_view *view, const char *key, const proj_id account)
{
    char name[PROJ_NAME_LEN_MAX];
    char key_name[KEY_NAME_LEN];
    snprintf(key_name, sizeof key_name, "%s_name", key);
    proj_view_account_name(view, account, name);
    proj_put_id_or_nil(view->out, key, account);
    proj_put_str(view->out, key_name, name);
}

void proj_put_erasing(struct proj_view *view, ledger_seq seq, const struct proj_erasing *how)
{
    ledger_canon_put_map(view->out, 8);
    proj_put_seq(view->out, "seq", seq);
    proj_put_int(view->out, "ground", how->ground);
    proj_put_str(view->out, "reference", how->reference);
    proj_put_person(view, "author", how->author);
    proj_put_person(view, "second", how->second);
    proj_put_int(view->out, "recorded", how->recorded_ms);
}

void proj_put_sealed(struct proj_view *view, const char *key, bool there,
                     const uint8_t commitment[LEDGER_COMMITMENT_LEN])
{
    struct base_buf BASE_CLEANUP(base_buf_wipe) text = {0};
    if (there)
        proj_view_shown_text(view, commitment, &text);
    proj_put_text(view->out, key, base_buf_bytes(&text));
}

bool proj_slot_is_over(struct proj_view *view, const struct proj_slot *slot, base_day day)
{
    struct proj_bell bell;
    base_time_ms midnight = (base_time_ms)day * 86400000 - (base_time_ms)view->offset_min * 60000;
    int end = proj_bell_of(view->txn, slot->shift, slot->n, day, &bell) ? bell.end_min : 1439;
    return view->now_ms >= midnight + (base_time_ms)end * 60000;
}

bool proj_slot_is_recorded(struct proj_view *view, const struct proj_slot *slot, base_day day)
{
    struct proj_key prefix = proj_key_page_day(slot->group, slot->subject, day);
    struct proj_fact fact;
    struct proj_cell_ref ref;
    bool found = false;
    struct proj_scan *scan = proj_scan_open(view->txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
    while (!found && proj_scan_next(scan, &fact)) {
        struct proj_lesson lesson;
        if (!proj_cell_ref_of(fact.key, &ref) || ref.what != PROJ_WHAT_LESSON ||
            fact.seq == LEDGER_SEQ_NONE || fact.value.len != sizeof lesson)
            continue;
        memcpy(&lesson, fact.value.data, sizeof lesson);
        found = lesson.shift == slot->shift && lesson.n == slot->n;
    }
    proj_scan_close(scan);
    return found;
}

/* Subjects that the account teaches, each once, whichever groups. */
static void put_subjects(struct proj_view *view, const proj_id account, base_day today)
{
    struct proj_key prefix = proj_key_tagged_id('t', account);
    struct proj_fact fact;
    proj_id seen[64];
    uint32_t count = 0;
    proj_put_key(view->out, "subjects");
    size_t at = proj_array_begin(view->out);
    struct proj_scan *scan = proj_scan_open(view->txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
    while (proj_scan_next(scan, &fact)) {
        struct proj_teaching teaching;
        bool known = false;
        if (fact.seq == LEDGER_SEQ_NONE || fact.value.len != sizeof teaching)
            continue;
        memcpy(&teaching, fact.value.data, sizeof teaching);
        for (uint32_t i = 0; i < count && !known; i++)
            known = memcmp(seen[i], teaching.subject, LEDGER_ID_LEN) == 0;
        if (known || teaching.to < today || count == sizeof seen / sizeof seen[0])
            continue;
        memcpy(seen[count++], teaching.subject, LEDGER_ID_LEN);
        ledger_canon_put_bin(view->out, teaching.subject, LEDGER_ID_LEN);
    }
    proj_scan_close(scan);
    proj_array_end(view->out, at, count);
}

int proj_view_staff(struct proj_view *view)
{
    struct proj_key prefix = proj_key_of('A');
    struct proj_fact fact;
    uint32_t count = 0;
    if (!proj_reads_arrangements(view))
        return PROJ_VIEW_FORBIDDEN;
    ledger_canon_put_map(view->out, 1);
    proj_put_key(view->out, "staff");
    size_t at = proj_array_begin(view->out);
    struct proj_scan *scan = proj_scan_open(view->txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
    while (proj_scan_next(scan, &fact)) {
        struct proj_account account;
        proj_id id;
        if (fact.seq == LEDGER_SEQ_NONE || fact.value.len != sizeof account)
            continue;
        memcpy(&account, fact.value.data, sizeof account);
        memcpy(id, fact.key.data + 1, LEDGER_ID_LEN);
        if (account.stratum > 2)
            continue;
        ledger_canon_put_map(view->out, 4);
        proj_put_person(view, "account", id);
        proj_put_int(view->out, "stratum", account.stratum);
        put_subjects(view, id, proj_view_today(view));
        count++;
    }
    proj_scan_close(scan);
    proj_array_end(view->out, at, count);
    return PROJ_VIEW_DONE;
}
