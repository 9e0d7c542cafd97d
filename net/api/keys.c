/* What may be asked about keys without a session, and the storing of what unlocks one. */
#include <sodium.h>

#include "net/api/routes.h"

#define CREDENTIALS_DOMAIN "letopis/credentials/v1" /* with its zero, before log id and map */
#define CREDENTIALS_FIELD_COUNT 10u

bool net_api_credentials_read(struct net_call *call, struct net_credential *out,
                              uint8_t out_signature[LEDGER_SIGNATURE_LEN])
{
    struct ledger_canon_value given;
    const struct ledger_canon_value *map = &given;
    struct base_bytes login;
    int64_t mem, ops;
    memset(out, 0, sizeof *out);
    if (!net_call_body(call, CREDENTIALS_FIELD_COUNT, &given) ||
        !net_call_field_text(call, map, "login", NET_LOGIN_LEN_MAX, &login) ||
        !net_call_field_bin(call, map, "account", out->account, sizeof out->account) ||
        !net_call_field_bin(call, map, "key", out->key.bytes, sizeof out->key.bytes) ||
        !net_call_field_bin(call, map, "salt", out->salt, sizeof out->salt) ||
        !net_call_field_int(call, map, "mem", NET_PASSWORD_MEM_KIB_MIN, NET_PASSWORD_MEM_KIB_MAX,
                            &mem) ||
        !net_call_field_int(call, map, "ops", NET_PASSWORD_OPS_MIN, NET_PASSWORD_OPS_MAX, &ops) ||
        !net_call_field_bin(call, map, "proof", out->proof, sizeof out->proof) ||
        !net_call_field_bin(call, map, "nonce", out->nonce, sizeof out->nonce) ||
        !net_call_field_bin(call, map, "wrapped", out->wrapped, sizeof out->wrapped) ||
        !net_call_field_bin(call, map, "signature", out_signature, LEDGER_SIGNATURE_LEN))
        return false;
    if (!net_login_is_normal(login)) {
        net_call_error(call, NET_ERROR_BAD_PARAMETER, "login");
        return false;
    }
    memcpy(out->login, login.data, login.len);
    out->mem_kib = (uint32_t)mem;
    out->ops = (uint32_t)ops;
    return true;
}

static void put_signed_text(struct net_call *call, const struct net_credential *record,
                            struct base_buf *out)
{
    struct ledger_hash log_id;
    ledger_log_id(net_school_log(call->school), &log_id);
    base_buf_put(out, CREDENTIALS_DOMAIN, sizeof CREDENTIALS_DOMAIN);
    base_buf_put(out, log_id.bytes, sizeof log_id.bytes);
    ledger_canon_put_map(out, CREDENTIALS_FIELD_COUNT - 1);
    proj_put_id(out, "account", record->account);
    proj_put_hash(out, "key", record->key.bytes);
    proj_put_str(out, "login", record->login);
    proj_put_int(out, "mem", record->mem_kib);
    proj_put_key(out, "nonce");
    ledger_canon_put_bin(out, record->nonce, sizeof record->nonce);
    proj_put_int(out, "ops", record->ops);
    proj_put_key(out, "proof");
    ledger_canon_put_bin(out, record->proof, sizeof record->proof);
    proj_put_key(out, "salt");
    ledger_canon_put_bin(out, record->salt, sizeof record->salt);
    proj_put_key(out, "wrapped");
    ledger_canon_put_bin(out, record->wrapped, sizeof record->wrapped);
}

static bool signature_holds(struct net_call *call, const struct net_credential *record,
                            const uint8_t signature[LEDGER_SIGNATURE_LEN])
{
    struct base_buf BASE_CLEANUP(base_buf_wipe) text = {0};
    put_signed_text(call, record, &text);
    return !text.failed &&
           crypto_sign_verify_detached(signature, text.data, text.len, record->key.bytes) == 0;
}

/* Only a live account key, and only for its own account. */
static void check_key(struct net_call *call, const struct net_credential *record)
{
    struct proj_actor actor;
    struct proj_txn *txn = call->view.txn;
    if (!proj_actor_find(txn, &record->key, LEDGER_SEQ_NONE, &actor) ||
        actor.kind != PROJ_KEY_ACCOUNT)
        net_call_refuse(call, PROJ_REFUSED_UNKNOWN_KEY, "key");
    else if (memcmp(actor.account, record->account, LEDGER_ID_LEN) != 0)
        net_call_refuse(call, PROJ_REFUSED_UNKNOWN_REFERENT, "account");
    else if (proj_key_is_closed(txn, &actor, LEDGER_SEQ_NONE) ||
             proj_key_is_retired(txn, &actor, LEDGER_SEQ_NONE))
        net_call_refuse(call, PROJ_REFUSED_CLOSED_KEY, "key");
}

void net_api_credentials_work(struct net_call *call)
{
    struct net_credential record;
    struct base_err err = {0};
    uint8_t signature[LEDGER_SIGNATURE_LEN];
    call->status = 204;
    if (net_api_credentials_read(call, &record, signature)) {
        if (signature_holds(call, &record, signature))
            check_key(call, &record);
        else
            net_call_refuse(call, LEDGER_REFUSED_BAD_SIGNATURE, "signature");
    }
    if (!net_call_failed(call)) {
        int rc = net_credentials_put(net_school_credentials(call->school), &record, &err);
        if (rc == NET_CREDENTIALS_TAKEN)
            net_call_error(call, NET_ERROR_LOGIN_TAKEN, "login");
        else if (rc != 0)
            net_call_fault(call, &err);
    }
    sodium_memzero(&record, sizeof record);
}

void net_api_invitation_work(struct net_call *call)
{
    struct ledger_key key;
    struct proj_actor actor;
    if (!net_call_query_bin(call, "key", key.bytes, sizeof key.bytes))
        return;
    if (!proj_actor_find(call->view.txn, &key, LEDGER_SEQ_NONE, &actor) ||
        actor.kind != PROJ_KEY_INVITATION) {
        net_call_error(call, NET_ERROR_NOT_FOUND, NULL);
        return;
    }
    bool open = !proj_key_is_retired(call->view.txn, &actor, LEDGER_SEQ_NONE) &&
                !proj_key_is_closed(call->view.txn, &actor, LEDGER_SEQ_NONE);
    ledger_canon_put_map(&call->out, 2);
    proj_put_id(&call->out, "account", actor.account);
    proj_put_bool(&call->out, "open", open);
}

void net_api_counter_work(struct net_call *call)
{
    struct ledger_key key;
    struct base_err err = {0};
    int64_t counter = 0;
    if (!net_call_query_bin(call, "key", key.bytes, sizeof key.bytes))
        return;
    if (ledger_reader_counter(call->view.reader, &key, &counter, &err) != 0) {
        net_call_fault(call, &err);
        return;
    }
    ledger_canon_put_map(&call->out, 1);
    proj_put_int(&call->out, "counter", counter);
}
