/* What events cost those who send them, so that one script can neither fill a log, which never
 * shrinks, nor keep its writer busy with what must be refused (sizes in net/limits.h).
 *
 * The address pays for everything that comes from it; the key, and the account that it belongs to,
 * only for what bears its signature, since anybody may put a foreign key into an event. What is in
 * the log already costs the key nothing, for anybody may send it again; what is refused costs the
 * key more and the account nothing, so that a closed key has no hold on its owner's other ones. */
#pragma once

#include "net/api/call.h"

/* Of one submission; plain, zero at first: a submission that is not what it should be. */
struct net_toll {
    bool is_signed;
    bool has_account;
    bool is_paid; /* key and account have paid `price` */
    uint32_t price;
    struct ledger_key key;
    struct base_buf account; /* school, zero, account */
};

/* Who pays for the address; filled by net_call_put_address. */
struct net_toll_payer {
    const struct net_brakes *brakes;
    struct base_bytes address;
    uint64_t now_ms;
};

/* Reads off a submission whose signatures hold. Any thread. */
void net_toll_read(struct net_toll *toll, const struct net_call *call, struct proj_txn *txn,
                   const struct ledger_submission *submission);
void net_toll_release(struct net_toll *toll);

/* The following on the loop's thread. */
/* For one request, before it is read; false: too many. */
bool net_toll_enter(const struct net_toll_payer *payer);
/* False: too many; then neither key nor account has paid. */
bool net_toll_pay(const struct net_toll_payer *payer, struct net_toll *toll);
/* Key and account get theirs back, if they have paid: nothing came of it, or nothing new. */
void net_toll_return(const struct net_toll_payer *payer, struct net_toll *toll);
/* The writer refused it. */
void net_toll_fine(const struct net_toll_payer *payer, struct net_toll *toll);
