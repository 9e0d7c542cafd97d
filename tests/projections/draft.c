/* Drafts for tests: from fields to a signed submission. */
#include "tests/projections/draft.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

void signer_make(struct signer *signer, uint32_t n)
{
    uint8_t seed[LEDGER_SEED_LEN] = {'s', 'c', 'h', 'o', 'o', 'l'};
    seed[28] = (uint8_t)(n >> 24);
    seed[29] = (uint8_t)(n >> 16 & 0xff);
    seed[30] = (uint8_t)(n >> 8 & 0xff);
    seed[31] = (uint8_t)(n & 0xff);
    memset(signer, 0, sizeof *signer);
    ledger_key_from_seed(seed, &signer->key, signer->secret);
}

void draft_begin(struct draft *draft, const char *kind)
{
    draft->kind = kind;
    draft->field_count = 0;
    draft->opening_count = 0;
    draft->quote = NULL;
    base_buf_reset(&draft->body);
    base_buf_reset(&draft->held);
}

void draft_release(struct draft *draft)
{
    base_buf_release(&draft->body);
    base_buf_release(&draft->held);
}

void draft_key(struct draft *draft, const char *name)
{
    ledger_canon_put_str(&draft->body, name);
    draft->field_count++;
}

void draft_id(struct draft *draft, const char *name, const uint8_t id[LEDGER_ID_LEN])
{
    draft_key(draft, name);
    ledger_canon_put_bin(&draft->body, id, LEDGER_ID_LEN);
}

void draft_id_or_nil(struct draft *draft, const char *name, const uint8_t *id)
{
    if (id == NULL)
        draft_nil(draft, name);
    else
        draft_id(draft, name, id);
}

void draft_bin32(struct draft *draft, const char *name, const uint8_t bytes[32])
{
    draft_key(draft, name);
    ledger_canon_put_bin(&draft->body, bytes, 32);
}

void draft_int(struct draft *draft, const char *name, int64_t v)
{
    draft_key(draft, name);
    ledger_canon_put_int(&draft->body, v);
}

void draft_bool(struct draft *draft, const char *name, bool v)
{
    draft_key(draft, name);
    ledger_canon_put_bool(&draft->body, v);
}

void draft_text(struct draft *draft, const char *name, const char *text)
{
    draft_key(draft, name);
    ledger_canon_put_str(&draft->body, text);
}

void draft_nil(struct draft *draft, const char *name)
{
    draft_key(draft, name);
    ledger_canon_put_nil(&draft->body);
}

void draft_list(struct draft *draft, const char *name, unsigned count)
{
    draft_key(draft, name);
    ledger_canon_put_array(&draft->body, count);
}

void draft_seq(struct draft *draft, const char *name, ledger_seq seq)
{
    if (seq == LEDGER_SEQ_NONE)
        draft_nil(draft, name);
    else
        draft_int(draft, name, (int64_t)seq);
}

static uint64_t salt_count; /* every salt is another one */

void draft_salts_anew(void)
{
    salt_count = 0;
}

void draft_seal(struct draft *draft, const char *path, struct base_bytes value)
{
    uint8_t salt[LEDGER_SALT_LEN] = {0};
    uint8_t commitment[LEDGER_COMMITMENT_LEN];
    base_set_be64(salt, ++salt_count);
    assert_true(draft->opening_count < DRAFT_OPENING_MAX);
    ledger_sealed_commit(base_bytes_str(path), salt, value, commitment);
    ledger_canon_put_bin(&draft->body, commitment, sizeof commitment);
    uint32_t i = draft->opening_count++;
    draft->openings[i].path = draft->held.len;
    draft->openings[i].path_len = strlen(path);
    base_buf_put_str(&draft->held, path);
    draft->openings[i].salt = draft->held.len;
    base_buf_put(&draft->held, salt, sizeof salt);
    draft->openings[i].value = draft->held.len;
    draft->openings[i].value_len = value.len;
    base_buf_put_bytes(&draft->held, value);
}

void draft_sealed_text(struct draft *draft, const char *name, const char *text)
{
    struct base_buf BASE_CLEANUP(base_buf_release) value = {0};
    ledger_canon_put_str(&value, text);
    draft_key(draft, name);
    draft_seal(draft, name, base_buf_bytes(&value));
}

void draft_sealed_name(struct draft *draft, const char *name, const char *surname)
{
    struct base_buf BASE_CLEANUP(base_buf_release) value = {0};
    ledger_canon_put_array(&value, 3);
    ledger_canon_put_str(&value, surname);
    ledger_canon_put_str(&value, "Анна");
    ledger_canon_put_str(&value, "Ивановна");
    draft_key(draft, name);
    draft_seal(draft, name, base_buf_bytes(&value));
}

void draft_build(struct draft *draft, const struct moment *moment, struct signer *signer,
                 struct base_buf *out_bytes)
{
    struct base_buf BASE_CLEANUP(base_buf_release) map = {0};
    struct base_err err = {0};
    ledger_canon_put_map(&map, draft->field_count);
    base_buf_put_bytes(&map, base_buf_bytes(&draft->body));
    static const struct ledger_hash zero = {0};
    bool founding = memcmp(moment->log_id.bytes, zero.bytes, LEDGER_HASH_LEN) == 0;
    const struct ledger_event_draft event = {.log_id = founding ? NULL : &moment->log_id,
                                             .key = &signer->key,
                                             .counter = ++signer->counter,
                                             .claimed_ms = moment->claimed_ms,
                                             .kind = draft->kind,
                                             .body = base_buf_bytes(&map),
                                             .seen_size = moment->seen_size,
                                             .seen_root = &moment->seen_root,
                                             .quote = draft->quote};
    if (ledger_event_build(&event, out_bytes, &err) != 0)
        fail_msg("%s: %s", draft->kind, err.text);
}

void draft_sign(struct draft *draft, const struct moment *moment, struct signer *const *signers,
                unsigned signer_count, struct base_buf *out_wire)
{
    struct base_buf BASE_CLEANUP(base_buf_release) bytes = {0};
    struct ledger_signature signatures[LEDGER_SIGNATURE_COUNT_MAX];
    struct ledger_opening openings[DRAFT_OPENING_MAX];
    struct base_err err = {0};
    draft_build(draft, moment, signers[0], &bytes);
    for (unsigned i = 0; i < signer_count; i++)
        ledger_event_sign(base_buf_bytes(&bytes), signers[i]->secret, &signatures[i]);
    for (uint32_t i = 0; i < draft->opening_count; i++) {
        const uint8_t *held = draft->held.data;
        openings[i] = (struct ledger_opening){
            .path = base_bytes_of(held + draft->openings[i].path, draft->openings[i].path_len),
            .salt = base_bytes_of(held + draft->openings[i].salt, LEDGER_SALT_LEN),
            .value = base_bytes_of(held + draft->openings[i].value, draft->openings[i].value_len)};
    }
    if (ledger_submission_build(base_buf_bytes(&bytes), signatures, signer_count, openings,
                                draft->opening_count, out_wire, &err) != 0)
        fail_msg("%s: %s", draft->kind, err.text);
}
