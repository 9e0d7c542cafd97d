/* Accounts: staff, and what parents share with them – opening, names, contacts, invitations. */
#include "tools/import/import.h"

static void name_of(struct import *im, enum import_file file, size_t row, const uint8_t *commitment,
                    struct base_buf *held, const char *out[3])
{
    out[0] = import_get(im, file, row, "surname");
    out[1] = import_get(im, file, row, "given");
    out[2] = import_get(im, file, row, "patronymic");
    /* A file without the column says nothing of it. */
    if (commitment != NULL && !import_has_column(im, file, "patronymic")) {
        import_open_name_part(im, commitment, 2, held);
        const char *kept = base_buf_text(held);
        out[2] = kept == NULL ? "" : kept;
    }
}

void import_draft_open_account(struct import *im, enum import_file file, size_t row,
                               unsigned stratum)
{
    uint8_t account[LEDGER_ID_LEN];
    uint8_t person[LEDGER_ID_LEN];
    const char *id = import_get(im, file, row, "id");
    const char *name[3];
    struct base_buf held = {0};
    import_id(im, "account", id, account);
    import_id(im, "person", id, person);
    name_of(im, file, row, NULL, &held, name);
    tool_draft_begin(&im->draft, "account.opened", 4);
    tool_draft_id(&im->draft, "account", account);
    ledger_canon_put_str(&im->draft.body, "name");
    tool_draft_seal_name(&im->draft, "name", name[0], name[1], name[2]);
    tool_draft_id(&im->draft, "person", person);
    tool_draft_int(&im->draft, "stratum", stratum);
}

static void put_contact(struct import *im, const char *name, const char *given, bool has,
                        const uint8_t *commitment)
{
    struct base_buf BASE_CLEANUP(base_buf_wipe) kept = {0};
    if (given[0] == '\0' && has)
        import_open_text(im, commitment, &kept);
    const char *text = given[0] != '\0' ? given : base_buf_text(&kept);
    if (text == NULL || text[0] == '\0') {
        tool_draft_nil(&im->draft, name);
        return;
    }
    ledger_canon_put_str(&im->draft.body, name);
    tool_draft_seal_text(&im->draft, name, text);
}

static void put_quiet(struct import *im, const char *name, int minutes)
{
    if (minutes < 0)
        tool_draft_nil(&im->draft, name);
    else
        tool_draft_int(&im->draft, name, minutes);
}

/* Did the account itself say last where it wants to be told? Then no file says otherwise. */
static bool said_by_itself(struct import *im, ledger_seq seq, const uint8_t *account)
{
    struct base_bytes bytes;
    struct ledger_entry entry;
    struct ledger_event event;
    struct ledger_refusal refusal;
    struct proj_actor actor;
    return ledger_reader_entry(im->reader, seq, &bytes, NULL) == 0 &&
           ledger_entry_parse(bytes, &entry, NULL) == 0 &&
           ledger_event_parse(entry.event_bytes, &event, &refusal) == 0 &&
           proj_actor_find(im->txn, &event.key, LEDGER_SEQ_NONE, &actor) &&
           memcmp(actor.account, account, LEDGER_ID_LEN) == 0;
}

/* Empty cells are "not given": what the journal has stays. True when something differs. */
static bool compare_contacts(struct import *im, enum import_file file, size_t row,
                             const uint8_t *account, bool within_reach)
{
    const char *email = import_get(im, file, row, "email");
    const char *phone = import_get(im, file, row, "phone");
    struct proj_channel channel = {.quiet_from = -1, .quiet_to = -1};
    struct proj_key key = proj_key_tagged_id('e', account);
    ledger_seq seq = LEDGER_SEQ_NONE;
    bool there = proj_fact_read(im->txn, &key, LEDGER_SEQ_NONE, &channel, sizeof channel, &seq);
    bool same_email =
        email[0] == '\0' || (channel.has_email && import_same_text(im, channel.email, email));
    bool same_phone =
        phone[0] == '\0' || (channel.has_phone && import_same_text(im, channel.phone, phone));
    const char *id = import_get(im, file, row, "id");
    if (same_email && same_phone)
        return false;
    if (there && said_by_itself(im, seq, account)) {
        im->passed[file]++;
        return true;
    }
    if (!within_reach) {
        import_wrong(im, IMPORT_P_NEEDS_ROOT, file, row, same_email ? "phone" : "email", id, NULL);
        im->passed[file]++;
        return true;
    }
    tool_draft_begin(&im->draft, "channel.set", 6);
    tool_draft_id(&im->draft, "account", account);
    put_contact(im, "email", email, channel.has_email, channel.email);
    put_contact(im, "phone", phone, channel.has_phone, channel.phone);
    put_quiet(im, "quiet_from", channel.quiet_from);
    put_quiet(im, "quiet_to", channel.quiet_to);
    tool_draft_int(&im->draft, "wants", channel.wants);
    import_plan(im, file, there ? IMPORT_CHANGE : IMPORT_CREATE, row, id);
    return true;
}

static bool compare_name(struct import *im, enum import_file file, size_t row,
                         const struct proj_account *account, const uint8_t *account_id)
{
    struct base_buf BASE_CLEANUP(base_buf_wipe) held = {0};
    struct proj_renamed renamed;
    struct proj_key key = proj_key_tagged_id('U', account_id);
    const char *id = import_get(im, file, row, "id");
    const char *name[3];
    const uint8_t *commitment = account->name;
    if (proj_fact_read(im->txn, &key, LEDGER_SEQ_NONE, &renamed, sizeof renamed, NULL))
        commitment = renamed.name;
    name_of(im, file, row, commitment, &held, name);
    if (import_same_name(im, commitment, name))
        return false;
    if (account->stratum == 1 && !im->by_root) {
        import_wrong(im, IMPORT_P_NEEDS_ROOT, file, row, "surname", id, NULL);
        im->passed[file]++;
        return true;
    }
    tool_draft_begin(&im->draft, "account.renamed", 3);
    tool_draft_id(&im->draft, "account", account_id);
    ledger_canon_put_str(&im->draft.body, "name");
    tool_draft_seal_name(&im->draft, "name", name[0], name[1], name[2]);
    tool_draft_id(&im->draft, "person", account->person);
    import_plan(im, file, IMPORT_CHANGE, row, id);
    return true;
}

void import_compare_account(struct import *im, enum import_file file, size_t row, unsigned stratum,
                            bool invite)
{
    uint8_t id[LEDGER_ID_LEN];
    struct proj_account account;
    const char *label = import_get(im, file, row, "id");
    import_id(im, "account", label, id);
    bool there = proj_account_find(im->txn, id, LEDGER_SEQ_NONE, &account);
    bool differs = !there;
    bool within_reach =
        !there || account.stratum > 1 || im->by_root || memcmp(im->signer, id, LEDGER_ID_LEN) == 0;
    if (!there) {
        import_draft_open_account(im, file, row, stratum);
        import_plan(im, file, IMPORT_CREATE, row, label);
    } else {
        differs |= compare_name(im, file, row, &account, id);
    }
    differs |= compare_contacts(im, file, row, id, within_reach);
    if (invite && within_reach && !import_has_access(im, id)) {
        import_plan_invitation(im, file, row, label, id);
        differs = true;
    }
    im->same[file] += !differs;
}

int import_compare_people(struct import *im, struct base_err *err)
{
    for (size_t i = 0; i < import_rows(im, IMPORT_STAFF); i++)
        import_compare_account(im, IMPORT_STAFF, i, 2, true);
    return proj_txn_fault(im->txn, err);
}
