/* Drafts: from fields to a signed submission. */
#include "tools/common/draft.h"

#include <assert.h>
#include <sodium.h>

void tool_key_from_seed(struct tool_key *key, const uint8_t seed[LEDGER_SEED_LEN])
{
    memset(key, 0, sizeof *key);
    ledger_key_from_seed(seed, &key->key, key->secret);
}

void tool_draft_begin(struct tool_draft *draft, const char *kind, unsigned field_count)
{
    draft->kind = kind;
    base_buf_reset(&draft->body);
    base_buf_reset(&draft->held);
    draft->opening_count = 0;
    draft->has_quote = false;
    ledger_canon_put_map(&draft->body, field_count);
}

void tool_draft_release(struct tool_draft *draft)
{
    base_buf_release(&draft->body);
    base_buf_wipe(&draft->held);
}

void tool_draft_bin(struct tool_draft *draft, const char *name, const void *data, size_t len)
{
    ledger_canon_put_str(&draft->body, name);
    ledger_canon_put_bin(&draft->body, data, len);
}

void tool_draft_id(struct tool_draft *draft, const char *name, const uint8_t id[LEDGER_ID_LEN])
{
    tool_draft_bin(draft, name, id, LEDGER_ID_LEN);
}

void tool_draft_int(struct tool_draft *draft, const char *name, int64_t v)
{
    ledger_canon_put_str(&draft->body, name);
    ledger_canon_put_int(&draft->body, v);
}

void tool_draft_bool(struct tool_draft *draft, const char *name, bool v)
{
    ledger_canon_put_str(&draft->body, name);
    ledger_canon_put_bool(&draft->body, v);
}

void tool_draft_text(struct tool_draft *draft, const char *name, const char *text)
{
    ledger_canon_put_str(&draft->body, name);
    ledger_canon_put_str(&draft->body, text);
}

void tool_draft_nil(struct tool_draft *draft, const char *name)
{
    ledger_canon_put_str(&draft->body, name);
    ledger_canon_put_nil(&draft->body);
}

void tool_draft_list(struct tool_draft *draft, const char *name, unsigned count)
{
    ledger_canon_put_str(&draft->body, name);
    ledger_canon_put_array(&draft->body, count);
}

void tool_draft_seal(struct tool_draft *draft, const char *path, struct base_bytes value)
{
    uint8_t salt[LEDGER_SALT_LEN];
    uint8_t commitment[LEDGER_COMMITMENT_LEN];
    if (draft->salt != NULL)
        draft->salt(draft->salt_data, salt);
    else
        randombytes_buf(salt, sizeof salt);
    ledger_sealed_commit(base_bytes_str(path), salt, value, commitment);
    ledger_canon_put_bin(&draft->body, commitment, sizeof commitment);
    tool_draft_hold(draft, base_bytes_str(path), salt, value);
}

void tool_draft_hold(struct tool_draft *draft, struct base_bytes path,
                     const uint8_t salt[LEDGER_SALT_LEN], struct base_bytes value)
{
    assert(draft->opening_count < LEDGER_OPENING_COUNT_MAX);
    uint32_t i = draft->opening_count++;
    draft->openings[i].path = draft->held.len;
    draft->openings[i].path_len = path.len;
    base_buf_put_bytes(&draft->held, path);
    draft->openings[i].salt = draft->held.len;
    base_buf_put(&draft->held, salt, LEDGER_SALT_LEN);
    draft->openings[i].value = draft->held.len;
    draft->openings[i].value_len = value.len;
    base_buf_put_bytes(&draft->held, value);
}

void tool_draft_seal_text(struct tool_draft *draft, const char *path, const char *text)
{
    struct base_buf BASE_CLEANUP(base_buf_wipe) value = {0};
    ledger_canon_put_str(&value, text);
    tool_draft_seal(draft, path, base_buf_bytes(&value));
}

void tool_draft_seal_name(struct tool_draft *draft, const char *path, const char *surname,
                          const char *given, const char *patronymic)
{
    struct base_buf BASE_CLEANUP(base_buf_wipe) value = {0};
    ledger_canon_put_array(&value, 3);
    ledger_canon_put_str(&value, surname);
    ledger_canon_put_str(&value, given);
    ledger_canon_put_str(&value, patronymic);
    tool_draft_seal(draft, path, base_buf_bytes(&value));
}

int tool_draft_sign(struct tool_draft *draft, const struct tool_moment *moment,
                    struct tool_key *const *signers, unsigned signer_count,
                    struct base_buf *out_wire, struct ledger_hash *out_id, struct base_err *err)
{
    struct base_buf BASE_CLEANUP(base_buf_release) bytes = {0};
    struct ledger_signature signatures[LEDGER_SIGNATURE_COUNT_MAX];
    struct ledger_opening openings[LEDGER_OPENING_COUNT_MAX];
    assert(signer_count >= 1 && signer_count <= LEDGER_SIGNATURE_COUNT_MAX);
    if (draft->body.failed || draft->held.failed)
        return BASE_FAIL(err, BASE_E_MEMORY, "%s", draft->kind);
    const struct ledger_event_draft event = {.log_id = moment->log_id,
                                             .key = &signers[0]->key,
                                             .counter = ++signers[0]->counter,
                                             .claimed_ms = moment->claimed_ms,
                                             .kind = draft->kind,
                                             .body = base_buf_bytes(&draft->body),
                                             .seen_size = moment->seen_size,
                                             .seen_root = moment->seen_root,
                                             .quote = draft->has_quote ? &draft->quote : NULL};
    int rc = ledger_event_build(&event, &bytes, err);
    if (rc != 0)
        return base_err_wrap(err, rc, "%s", draft->kind);
    for (unsigned i = 0; i < signer_count; i++)
        ledger_event_sign(base_buf_bytes(&bytes), signers[i]->secret, &signatures[i]);
    for (uint32_t i = 0; i < draft->opening_count; i++) {
        const uint8_t *held = draft->held.data;
        openings[i] = (struct ledger_opening){
            .path = base_bytes_of(held + draft->openings[i].path, draft->openings[i].path_len),
            .salt = base_bytes_of(held + draft->openings[i].salt, LEDGER_SALT_LEN),
            .value = base_bytes_of(held + draft->openings[i].value, draft->openings[i].value_len)};
    }
    if (out_id != NULL)
        ledger_sha256(base_buf_bytes(&bytes), out_id);
    return ledger_submission_build(base_buf_bytes(&bytes), signatures, signer_count, openings,
                                   draft->opening_count, out_wire, err);
}
