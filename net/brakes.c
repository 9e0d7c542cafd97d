/* One table of throttles and their limits; each throttle is half a megabyte for ever. */
#include "net/brakes.h"

#include "net/limits.h"

int net_brakes_make(struct net_brakes *brakes, struct base_err *err)
{
    const struct {
        struct net_throttle **place;
        uint32_t tries_max, refill_ms;
    } makes[] = {
        {&brakes->login_here, NET_LOGIN_TRIES_MAX, NET_LOGIN_REFILL_MS},
        {&brakes->login_anywhere, NET_LOGIN_ANYWHERE_TRIES_MAX, NET_LOGIN_ANYWHERE_REFILL_MS},
        {&brakes->login_address, NET_ADDRESS_TRIES_MAX, NET_ADDRESS_REFILL_MS},
        {&brakes->event_key, NET_EVENT_KEY_TOLL_MAX, NET_EVENT_KEY_REFILL_MS},
        {&brakes->event_account, NET_EVENT_ACCOUNT_TOLL_MAX, NET_EVENT_ACCOUNT_REFILL_MS},
        {&brakes->event_address, NET_EVENT_ADDRESS_TOLL_MAX, NET_EVENT_ADDRESS_REFILL_MS},
    };
    int rc = 0;
    for (size_t i = 0; i < sizeof makes / sizeof makes[0] && rc == 0; i++)
        rc = net_throttle_new(makes[i].tries_max, makes[i].refill_ms, makes[i].place, err);
    return rc;
}

void net_brakes_release(struct net_brakes *brakes)
{
    net_throttle_free(brakes->login_here);
    net_throttle_free(brakes->login_anywhere);
    net_throttle_free(brakes->login_address);
    net_throttle_free(brakes->event_key);
    net_throttle_free(brakes->event_account);
    net_throttle_free(brakes->event_address);
}
