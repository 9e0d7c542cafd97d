/* Reading sessions: a fresh challenge, its signature by the session's key, a cookie; and the end.
 */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "net/api/routes.h"
#include "net/limits.h"

struct answer_to_challenge {
    uint8_t challenge[NET_CHALLENGE_LEN];
    struct ledger_key key;
    uint8_t signature[LEDGER_SIGNATURE_LEN];
};

bool net_api_challenge_begin(struct net_call *call)
{
    uint8_t challenge[NET_CHALLENGE_LEN];
    net_challenge_make(net_school_sessions(call->school), net_loop_now_ms(net_app_loop(call->app)),
                       challenge);
    ledger_canon_put_map(&call->out, 1);
    proj_put_key(&call->out, "challenge");
    ledger_canon_put_bin(&call->out, challenge, sizeof challenge);
    return true;
}

bool net_api_session_read(struct net_call *call, uint8_t out_challenge[NET_CHALLENGE_LEN],
                          struct ledger_key *out_key, uint8_t out_signature[LEDGER_SIGNATURE_LEN])
{
    struct ledger_canon_value map;
    return net_call_body(call, 3, &map) &&
           net_call_field_bin(call, &map, "challenge", out_challenge, NET_CHALLENGE_LEN) &&
           net_call_field_bin(call, &map, "key", out_key->bytes, LEDGER_KEY_LEN) &&
           net_call_field_bin(call, &map, "signature", out_signature, LEDGER_SIGNATURE_LEN);
}

bool net_api_session_begin(struct net_call *call)
{
    struct base_err err = {0};
    struct answer_to_challenge *given = calloc(1, sizeof *given);
    call->data = given;
    call->release = free;
    if (given == NULL) {
        BASE_FAIL(&err, BASE_E_MEMORY, "session");
        net_call_fault(call, &err);
    } else if (net_api_session_read(call, given->challenge, &given->key, given->signature) &&
               !net_challenge_is_good(net_school_sessions(call->school),
                                      net_loop_now_ms(net_app_loop(call->app)), given->challenge)) {
        net_call_error(call, NET_ERROR_UNAUTHORIZED, "challenge");
    }
    if (net_call_failed(call)) {
        net_call_answer(call);
        return false;
    }
    return true;
}

static bool signature_holds(struct net_call *call, const struct answer_to_challenge *given)
{
    uint8_t text[sizeof NET_CHALLENGE_DOMAIN + LEDGER_HASH_LEN + NET_CHALLENGE_LEN];
    struct ledger_hash log_id;
    ledger_log_id(net_school_log(call->school), &log_id);
    memcpy(text, NET_CHALLENGE_DOMAIN, sizeof NET_CHALLENGE_DOMAIN);
    memcpy(text + sizeof NET_CHALLENGE_DOMAIN, log_id.bytes, LEDGER_HASH_LEN);
    memcpy(text + sizeof NET_CHALLENGE_DOMAIN + LEDGER_HASH_LEN, given->challenge,
           NET_CHALLENGE_LEN);
    return crypto_sign_verify_detached(given->signature, text, sizeof text, given->key.bytes) == 0;
}

void net_api_session_work(struct net_call *call)
{
    const struct answer_to_challenge *given = call->data;
    struct proj_txn *txn = call->view.txn;
    struct proj_actor *actor = &call->actor;
    if (!signature_holds(call, given))
        net_call_error(call, NET_ERROR_UNAUTHORIZED, "signature");
    else if (!proj_actor_find(txn, &given->key, LEDGER_SEQ_NONE, actor) ||
             actor->kind != PROJ_KEY_SESSION)
        net_call_refuse(call, PROJ_REFUSED_UNKNOWN_KEY, NULL);
    else if (proj_key_is_closed(txn, actor, LEDGER_SEQ_NONE))
        net_call_refuse(call, PROJ_REFUSED_CLOSED_KEY, NULL);
    else if (proj_key_is_retired(txn, actor, LEDGER_SEQ_NONE) ||
             actor->expires_ms <= call->view.now_ms)
        net_call_refuse(call, PROJ_REFUSED_EXPIRED_KEY, NULL);
    if (net_call_failed(call))
        return;
    memcpy(call->session.account, actor->account, LEDGER_ID_LEN);
    call->session.key = given->key;
    call->session.expires_ms = actor->expires_ms;
    call->session.stratum = actor->stratum;
    memcpy(call->view.account, actor->account, LEDGER_ID_LEN);
    net_call_viewed(call, proj_view_me(&call->view, &given->key));
}

static void put_cookie(struct net_call *call, const char *token, const char *more)
{
    char cookie[256];
    snprintf(cookie, sizeof cookie, "letopis=%s; Path=/%s; HttpOnly; Secure; SameSite=Strict%s",
             token, net_school_name(call->school), more);
    net_response_header(call->request, "set-cookie", cookie);
    sodium_memzero(cookie, sizeof cookie);
}

void net_api_session_answer(struct net_call *call)
{
    const struct answer_to_challenge *given = call->data;
    struct net_sessions *sessions = net_school_sessions(call->school);
    struct base_err err = {0};
    char token[NET_TOKEN_TEXT_LEN + 1];
    int rc = net_challenge_spend(sessions, net_loop_now_ms(net_app_loop(call->app)),
                                 given->challenge, call->session.account, &err);
    if (rc == 0)
        rc = net_sessions_open(sessions, &call->session, token, &err);
    if (rc == 0) {
        put_cookie(call, token, "");
        sodium_memzero(token, sizeof token);
    } else if (rc == NET_CHALLENGE_TOO_MANY) {
        net_call_error(call, NET_ERROR_TOO_MANY_ATTEMPTS, NULL);
    } else if (rc > 0) {
        net_call_error(call, NET_ERROR_UNAUTHORIZED, "challenge");
    } else {
        net_call_fault(call, &err);
    }
    net_call_answer(call);
}

bool net_api_logout_begin(struct net_call *call)
{
    struct ledger_canon_value map;
    if (!net_call_body(call, 0, &map)) {
        net_call_answer(call);
        return false;
    }
    if (call->has_session) {
        net_sessions_close(net_school_sessions(call->school), call->session.id);
        net_live_drop(net_school_live(call->school), call->session.id);
    }
    put_cookie(call, "", "; Max-Age=0");
    call->status = 204;
    return true;
}
