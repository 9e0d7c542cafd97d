/* The happy path: read in the pool, paid on the loop before the writer is asked, kept. A request is
 * let in whole or not at all, so the caller returns what was paid for its first submissions when a
 * later one cannot pay; the address does not get back what it paid for the looking. */
#include "net/api/toll.h"

#include "net/limits.h"

static bool opens_session(const struct ledger_submission *submission)
{
    return base_bytes_equal(submission->event.kind, BASE_LITERAL("session.opened"));
}

void net_toll_read(struct net_toll *toll, const struct net_call *call, struct proj_txn *txn,
                   const struct ledger_submission *submission)
{
    struct proj_actor actor;
    const char *school = net_school_name(call->school);
    toll->is_signed = true;
    toll->key = submission->event.key;
    toll->price = opens_session(submission) ? NET_EVENT_SESSION_TOLL : NET_EVENT_TOLL;
    if (!proj_actor_find(txn, &toll->key, LEDGER_SEQ_NONE, &actor))
        return;
    base_buf_put(&toll->account, school, strlen(school) + 1);
    base_buf_put(&toll->account, actor.account, LEDGER_ID_LEN);
    toll->has_account = !toll->account.failed;
}

void net_toll_release(struct net_toll *toll)
{
    base_buf_release(&toll->account);
}

static struct base_bytes key_of(const struct net_toll *toll)
{
    return base_bytes_of(toll->key.bytes, LEDGER_KEY_LEN);
}

bool net_toll_enter(const struct net_toll_payer *payer)
{
    return net_throttle_take(payer->brakes->event_address, payer->address, NET_EVENT_TOLL,
                             payer->now_ms);
}

bool net_toll_pay(const struct net_toll_payer *payer, struct net_toll *toll)
{
    const struct net_brakes *brakes = payer->brakes;
    uint64_t now_ms = payer->now_ms;
    uint32_t price = toll->is_signed ? NET_EVENT_TOLL : NET_EVENT_REFUSED_TOLL;
    if (!net_throttle_take(brakes->event_address, payer->address, price, now_ms))
        return false;
    if (!toll->is_signed)
        return true;
    if (!net_throttle_take(brakes->event_key, key_of(toll), toll->price, now_ms))
        return false;
    if (toll->has_account &&
        !net_throttle_take(brakes->event_account, base_buf_bytes(&toll->account), toll->price,
                           now_ms)) {
        net_throttle_refund(brakes->event_key, key_of(toll), toll->price, now_ms);
        return false;
    }
    toll->is_paid = true;
    return true;
}

void net_toll_return(const struct net_toll_payer *payer, struct net_toll *toll)
{
    const struct net_brakes *brakes = payer->brakes;
    if (!toll->is_paid)
        return;
    toll->is_paid = false;
    net_throttle_refund(brakes->event_key, key_of(toll), toll->price, payer->now_ms);
    if (toll->has_account)
        net_throttle_refund(brakes->event_account, base_buf_bytes(&toll->account), toll->price,
                            payer->now_ms);
}

void net_toll_fine(const struct net_toll_payer *payer, struct net_toll *toll)
{
    const struct net_brakes *brakes = payer->brakes;
    if (!toll->is_paid) /* refused by the pool: the address has paid for that */
        return;
    net_toll_return(payer, toll);
    net_throttle_charge(brakes->event_key, key_of(toll), NET_EVENT_REFUSED_TOLL, payer->now_ms);
    net_throttle_charge(brakes->event_address, payer->address, NET_EVENT_REFUSED_TOLL,
                        payer->now_ms);
}
