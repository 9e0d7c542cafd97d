/* Logging in by password (specs/access.md, sections 2 and 5): first the salt, which strangers get
 * too; then the proof, which buys the wrapped seed, the key's counter and a challenge.
 *
 * Guessing is braked before the proof is looked at, three times: tightly by login and address
 * together, so that a guesser locks out nobody but himself; loosely by login alone, for guessers
 * with many addresses; and by address, for those with many logins. A right proof gives the tries
 * back. */
#include <sodium.h>
#include <stdlib.h>

#include "net/api/routes.h"
#include "net/limits.h"

#define LOGIN_BRAKE_COUNT 3u
#define LOGIN_ASKED_LEN_MAX 256u /* what is looked at; longer ones are no logins anyway */

struct login {
    struct base_bytes name; /* borrows from the call's body */
    uint8_t proof[NET_PROOF_LEN];
    uint8_t challenge[NET_CHALLENGE_LEN];
    struct base_buf anywhere; /* school, zero, login */
    struct base_buf here;     /* the same, zero, address */
    struct base_buf address;
};

static void release_login(void *data)
{
    struct login *login = data;
    base_buf_wipe(&login->anywhere);
    base_buf_wipe(&login->here);
    base_buf_release(&login->address);
    sodium_memzero(login, sizeof *login);
    free(login);
}

void net_api_salt_work(struct net_call *call)
{
    struct ledger_canon_value map;
    struct base_bytes name;
    struct net_credential record;
    struct base_err err = {0};
    if (!net_call_body(call, 1, &map) ||
        !net_call_field_text(call, &map, "login", LOGIN_ASKED_LEN_MAX, &name))
        return;
    int rc = net_credentials_find(net_school_credentials(call->school), name, &record, &err);
    if (rc < 0) {
        net_call_fault(call, &err);
        return;
    }
    ledger_canon_put_map(&call->out, 3);
    proj_put_key(&call->out, "salt");
    ledger_canon_put_bin(&call->out, record.salt, sizeof record.salt);
    proj_put_int(&call->out, "mem", record.mem_kib);
    proj_put_int(&call->out, "ops", record.ops);
    sodium_memzero(&record, sizeof record);
}

static void name_tries(struct net_call *call, struct login *login)
{
    const char *school = net_school_name(call->school);
    net_call_put_address(call, &login->address);
    base_buf_put(&login->anywhere, school, strlen(school) + 1);
    base_buf_put_bytes(&login->anywhere, login->name);
    base_buf_put_bytes(&login->here, base_buf_bytes(&login->anywhere));
    base_buf_put_u8(&login->here, 0);
    base_buf_put_bytes(&login->here, base_buf_bytes(&login->address));
}

static void give_back(struct net_call *call, struct login *login, unsigned count)
{
    const struct net_brakes *brakes = net_app_brakes(call->app);
    uint64_t now = net_loop_now_ms(net_app_loop(call->app));
    if (count > 0)
        net_throttle_refund(brakes->login_address, base_buf_bytes(&login->address), 1, now);
    if (count > 1)
        net_throttle_refund(brakes->login_here, base_buf_bytes(&login->here), 1, now);
    if (count > 2)
        net_throttle_refund(brakes->login_anywhere, base_buf_bytes(&login->anywhere), 1, now);
}

/* Takes a try of each; when one of the brakes holds, those before it get theirs back. */
static bool may_try(struct net_call *call, struct login *login)
{
    const struct net_brakes *brakes = net_app_brakes(call->app);
    uint64_t now = net_loop_now_ms(net_app_loop(call->app));
    unsigned taken = 0;
    if (net_throttle_take(brakes->login_address, base_buf_bytes(&login->address), 1, now))
        taken++;
    if (taken == 1 && net_throttle_take(brakes->login_here, base_buf_bytes(&login->here), 1, now))
        taken++;
    if (taken == 2 &&
        net_throttle_take(brakes->login_anywhere, base_buf_bytes(&login->anywhere), 1, now))
        return true;
    give_back(call, login, taken);
    return false;
}

bool net_api_login_read(struct net_call *call, struct base_bytes *out_login,
                        uint8_t out_proof[NET_PROOF_LEN])
{
    struct ledger_canon_value map;
    return net_call_body(call, 2, &map) &&
           net_call_field_text(call, &map, "login", LOGIN_ASKED_LEN_MAX, out_login) &&
           net_call_field_bin(call, &map, "proof", out_proof, NET_PROOF_LEN);
}

bool net_api_login_begin(struct net_call *call)
{
    struct base_err err = {0};
    struct login *login = calloc(1, sizeof *login);
    if (login == NULL) {
        BASE_FAIL(&err, BASE_E_MEMORY, "login");
        net_call_fault(call, &err);
        net_call_answer(call);
        return false;
    }
    call->data = login;
    call->release = release_login;
    if (!net_api_login_read(call, &login->name, login->proof)) {
        net_call_answer(call);
        return false;
    }
    name_tries(call, login);
    if (login->here.failed) {
        BASE_FAIL(&err, BASE_E_MEMORY, "login");
        net_call_fault(call, &err);
        net_call_answer(call);
        return false;
    }
    if (!may_try(call, login)) {
        net_metric_add(net_app_counters(call->app)->throttled, 1);
        net_call_error(call, NET_ERROR_TOO_MANY_ATTEMPTS, NULL);
        net_call_answer(call);
        return false;
    }
    net_challenge_make(net_school_sessions(call->school), net_loop_now_ms(net_app_loop(call->app)),
                       login->challenge);
    return true;
}

/* Said only to who has shown the password: why the key behind it is of no use. */
static bool key_serves(struct net_call *call, const struct net_credential *record)
{
    struct proj_actor actor;
    struct proj_txn *txn = call->view.txn;
    if (!proj_actor_find(txn, &record->key, LEDGER_SEQ_NONE, &actor))
        net_call_refuse(call, PROJ_REFUSED_UNKNOWN_KEY, NULL);
    else if (proj_key_is_closed(txn, &actor, LEDGER_SEQ_NONE) ||
             proj_key_is_retired(txn, &actor, LEDGER_SEQ_NONE))
        net_call_refuse(call, PROJ_REFUSED_CLOSED_KEY, NULL);
    return !net_call_failed(call);
}

void net_api_login_work(struct net_call *call)
{
    struct login *login = call->data;
    struct net_credential record;
    struct base_err err = {0};
    struct base_buf *out = &call->out;
    int64_t counter = 0;
    int rc = net_credentials_verify(net_school_credentials(call->school), login->name, login->proof,
                                    &record, &err);
    if (rc == NET_CREDENTIALS_WRONG) {
        net_metric_add(net_app_counters(call->app)->wrong, 1);
        net_call_error(call, NET_ERROR_WRONG_CREDENTIALS, NULL);
        return;
    }
    if (rc == 0 && !key_serves(call, &record))
        return;
    if (rc == 0)
        rc = ledger_reader_counter(call->view.reader, &record.key, &counter, &err);
    if (rc != 0) {
        net_call_fault(call, &err);
        return;
    }
    ledger_canon_put_map(out, 6);
    proj_put_id(out, "account", record.account);
    proj_put_hash(out, "key", record.key.bytes);
    proj_put_key(out, "nonce");
    ledger_canon_put_bin(out, record.nonce, sizeof record.nonce);
    proj_put_key(out, "wrapped");
    ledger_canon_put_bin(out, record.wrapped, sizeof record.wrapped);
    proj_put_int(out, "counter", counter);
    proj_put_key(out, "challenge");
    ledger_canon_put_bin(out, login->challenge, sizeof login->challenge);
}

void net_api_login_answer(struct net_call *call)
{
    struct login *login = call->data;
    give_back(call, login, LOGIN_BRAKE_COUNT);
    net_metric_add(net_app_counters(call->app)->logins, 1);
    net_call_answer(call);
}
