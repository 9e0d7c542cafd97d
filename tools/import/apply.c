#include "tools/import/apply.h"

#include <sodium.h>

#include "tools/common/secrets.h"

/* A code for printing, of which the log gets the two public keys. */
static int draft_invitation(struct tool_draft *draft, const struct import_item *item,
                            const struct ledger_hash *log_id, struct base_buf *slips,
                            struct base_err *err)
{
    uint8_t bytes[TOOL_CODE_BYTES];
    char code[TOOL_CODE_LEN + 1];
    uint8_t seeds[2][LEDGER_SEED_LEN];
    struct tool_key invitation;
    struct tool_key emergency;
    randombytes_buf(bytes, sizeof bytes);
    tool_code_of(bytes, code);
    base_buf_printf(slips, "%s,%.4s-%.4s-%.4s-%.4s\n", item->label, code, code + 4, code + 8,
                    code + 12);
    int rc = tool_code_seeds(code, log_id, seeds[0], seeds[1], err);
    if (rc == 0) {
        tool_key_from_seed(&invitation, seeds[0]);
        tool_key_from_seed(&emergency, seeds[1]);
        tool_draft_begin(draft, item->kind, 3);
        tool_draft_id(draft, "account", item->account);
        tool_draft_bin(draft, "emergency", emergency.key.bytes, LEDGER_KEY_LEN);
        tool_draft_bin(draft, "invitation", invitation.key.bytes, LEDGER_KEY_LEN);
        sodium_memzero(&invitation, sizeof invitation);
        sodium_memzero(&emergency, sizeof emergency);
    }
    sodium_memzero(bytes, sizeof bytes);
    sodium_memzero(code, sizeof code);
    sodium_memzero(seeds, sizeof seeds);
    return rc;
}

static void unpack(struct tool_draft *draft, const struct import_item *item)
{
    draft->kind = item->kind;
    base_buf_reset(&draft->body);
    base_buf_put_bytes(&draft->body, base_buf_bytes(&item->body));
    base_buf_reset(&draft->held);
    base_buf_put_bytes(&draft->held, base_buf_bytes(&item->held));
    draft->opening_count = item->opening_count;
    draft->has_quote = false;
    memcpy(draft->openings, item->openings, item->opening_count * sizeof item->openings[0]);
}

int import_apply(struct import *im, struct tool_school *school, struct tool_key *signer,
                 import_progress_fn progress, struct base_buf *slips, struct base_err *err)
{
    struct tool_key *const signers[] = {signer};
    struct ledger_hash log_id;
    int rc = 0;
    ledger_log_id(tool_school_log(school), &log_id);
    for (size_t i = 0; rc == 0 && i < im->item_count; i++) {
        const struct import_item *item = &im->items[i];
        if (item->invites)
            rc = draft_invitation(&im->draft, item, &log_id, slips, err);
        else
            unpack(&im->draft, item);
        if (rc == 0)
            rc = tool_school_submit(school, &im->draft, signers, 1, im->now_ms, NULL, err);
        if (rc != 0)
            rc = base_err_wrap(err, rc, "%s, %s", import_schemas[item->file].name, item->label);
        if (progress != NULL)
            progress(NULL, "записи / events", i + 1, im->item_count);
    }
    return rc == 0 ? tool_school_flush(school, err) : rc;
}
