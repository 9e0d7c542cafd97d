/* The card of a pupil: personal data, family, groups, advice, talks, explanations, movements, for
 * who keeps the pupil (CT-2, CT-4, CT-7). A subject teacher sees the name and the own advice only.
 */
#include "projections/views/roll.h"

struct card {
    struct proj_view *view;
    const uint8_t *pupil;
    uint32_t count;
};

static void put_sealed(struct proj_view *view, const char *key, const uint8_t *commitment)
{
    struct base_buf BASE_CLEANUP(base_buf_wipe) text = {0};
    proj_view_shown_text(view, commitment, &text);
    proj_put_text(view->out, key, base_buf_bytes(&text));
}

static void put_person(struct card *card, const struct proj_pupil *admitted)
{
    struct proj_view *view = card->view;
    struct proj_pupil_data data = {.plan = admitted->plan};
    struct proj_key key = proj_key_tagged_id('u', card->pupil);
    char name[PROJ_NAME_LEN_MAX];
    memcpy(data.name, admitted->name, LEDGER_COMMITMENT_LEN);
    memcpy(data.birth, admitted->birth, LEDGER_COMMITMENT_LEN);
    memcpy(data.sex, admitted->sex, LEDGER_COMMITMENT_LEN);
    (void)proj_fact_read(view->txn, &key, LEDGER_SEQ_NONE, &data, sizeof data, NULL);
    proj_view_name(view, data.name, name);
    proj_put_str(view->out, "full_name", name);
    proj_put_bool(view->out, "plan", data.plan != 0);
    put_sealed(view, "birth", data.birth);
    put_sealed(view, "sex", data.sex);
}

static void put_groups(struct card *card)
{
    struct proj_view *view = card->view;
    struct proj_key prefix = proj_key_tagged_id('m', card->pupil);
    struct proj_fact fact;
    uint32_t count = 0;
    proj_put_key(view->out, "groups");
    size_t at = proj_array_begin(view->out);
    struct proj_scan *scan = proj_scan_open(view->txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
    while (proj_scan_next(scan, &fact)) {
        struct proj_span span;
        struct proj_group group = {0};
        if (!proj_span_of(view->txn, &fact, &span))
            continue;
        (void)proj_find_group(view, fact.key.data + 1 + LEDGER_ID_LEN, &group);
        ledger_canon_put_map(view->out, 4);
        proj_put_str(view->out, "name", group.name);
        proj_put_int(view->out, "kind", group.kind);
        proj_put_int(view->out, "from", span.from);
        proj_put_key(view->out, "to");
        proj_put_last_day(view->out, span.to);
        count++;
    }
    proj_scan_close(scan);
    proj_array_end(view->out, at, count);
}

static void put_relative(void *data, ledger_seq seq, const struct proj_grant *grant)
{
    struct card *card = data;
    (void)seq;
    if (grant->to < proj_view_today(card->view) ||
        (grant->role != PROJ_ROLE_PARENT && grant->role != PROJ_ROLE_PUPIL))
        return;
    ledger_canon_put_map(card->view->out, PROJ_FAMILY_MEMBER_KEYS);
    proj_put_family_member(card->view, grant, true);
    card->count++;
}

static void put_family(struct card *card)
{
    struct base_buf *out = card->view->out;
    proj_put_key(out, "family");
    card->count = 0;
    size_t at = proj_array_begin(out);
    proj_each_grant_on(card->view, card->pupil, put_relative, card);
    proj_array_end(out, at, card->count);
}

static void put_contacts(struct card *card)
{
    struct proj_view *view = card->view;
    struct proj_key prefix = proj_key_tagged_id('n', card->pupil);
    struct proj_fact fact;
    uint32_t count = 0;
    proj_put_key(view->out, "contacts");
    size_t at = proj_array_begin(view->out);
    struct proj_scan *scan = proj_scan_open(view->txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
    while (proj_scan_next(scan, &fact)) {
        struct proj_contact contact;
        char name[PROJ_NAME_LEN_MAX];
        if (fact.seq == LEDGER_SEQ_NONE || fact.value.len != sizeof contact)
            continue;
        memcpy(&contact, fact.value.data, sizeof contact);
        proj_view_account_name(view, contact.author, name);
        ledger_canon_put_map(view->out, 6);
        proj_put_seq(view->out, "seq", fact.seq);
        proj_put_int(view->out, "day", contact.day);
        proj_put_int(view->out, "way", contact.way);
        proj_put_str(view->out, "author_name", name);
        proj_put_int(view->out, "recorded", contact.recorded_ms);
        put_sealed(view, "text", contact.text);
        count++;
    }
    proj_scan_close(scan);
    proj_array_end(view->out, at, count);
}

static void put_explanations(struct card *card)
{
    struct proj_view *view = card->view;
    struct proj_key prefix = proj_key_tagged_id('E', card->pupil);
    struct proj_fact fact;
    uint32_t count = 0;
    proj_put_key(view->out, "explanations");
    size_t at = proj_array_begin(view->out);
    struct proj_scan *scan = proj_scan_open(view->txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
    while (proj_scan_next(scan, &fact)) {
        struct proj_explanation one;
        char name[PROJ_NAME_LEN_MAX];
        if (fact.seq == LEDGER_SEQ_NONE || fact.value.len != sizeof one)
            continue;
        memcpy(&one, fact.value.data, sizeof one);
        proj_view_account_name(view, one.author, name);
        ledger_canon_put_map(view->out, 8);
        proj_put_seq(view->out, "seq", fact.seq);
        proj_put_int(view->out, "from", one.from);
        proj_put_int(view->out, "to", one.to);
        proj_put_bool(view->out, "by_family", one.by_family != 0);
        proj_put_str(view->out, "author_name", name);
        proj_put_int(view->out, "recorded", one.recorded_ms);
        put_sealed(view, "reason", one.reason);
        if (one.has_note)
            put_sealed(view, "note", one.note);
        else
            proj_put_str(view->out, "note", "");
        count++;
    }
    proj_scan_close(scan);
    proj_array_end(view->out, at, count);
}

static void put_kept(struct card *card, const struct proj_pupil *pupil)
{
    put_person(card, pupil);
    put_groups(card);
    put_family(card);
    put_contacts(card);
    put_explanations(card);
}

/* Who teaches the pupil in some group may open the card, for the name and to give advice. */
static void ask_page(void *data, const struct proj_pupil_page *page)
{
    struct card *card = data;
    card->count += proj_teaches(proj_view_rights(card->view), card->view->account, page->group,
                                page->subject, proj_view_rights_day(card->view), LEDGER_SEQ_NONE);
}

int proj_view_card(struct proj_view *view, const proj_id pupil_id)
{
    struct card card = {.view = view, .pupil = pupil_id};
    struct base_buf *out = view->out;
    struct proj_pupil pupil;
    struct proj_group group = {0};
    proj_id class_id;
    char name[PROJ_NAME_LEN_MAX];
    struct proj_key key = proj_key_tagged_id('P', pupil_id);
    if (!proj_fact_read(view->txn, &key, LEDGER_SEQ_NONE, &pupil, sizeof pupil, NULL))
        return PROJ_VIEW_MISSING;
    bool keeps = proj_may_keep_pupil(view, pupil_id);
    if (!keeps) {
        proj_each_pupil_page(view, pupil_id, ask_page, &card);
        if (card.count == 0)
            return PROJ_VIEW_FORBIDDEN;
    }
    proj_view_pupil_name(view, pupil_id, name);
    proj_class_of_pupil(view, pupil_id, class_id);
    (void)proj_find_group(view, class_id, &group);
    ledger_canon_put_map(out, keeps ? 14 : 6);
    proj_put_id(out, "pupil", pupil_id);
    proj_put_str(out, "name", name);
    proj_put_id_or_nil(out, "class", class_id);
    proj_put_str(out, "class_name", group.name);
    proj_put_bool(out, "keeps", keeps);
    proj_put_key(out, "advice");
    size_t at = proj_array_begin(out);
    proj_array_end(out, at, proj_put_advice(view, pupil_id, !keeps));
    if (keeps)
        put_kept(&card, &pupil);
    return PROJ_VIEW_DONE;
}
