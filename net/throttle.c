/* A bucket is one number: the moment at which all its tries are there again. Each try taken moves
 * that moment by `refill_ms`; when it would lie more than `tries_max` steps ahead, there is none.
 */
#include "net/throttle.h"

#include <arpa/inet.h>
#include <sodium.h>
#include <stdlib.h>

#include "net/limits.h"

struct net_throttle {
    uint64_t window_ms;
    uint64_t refill_ms;
    uint8_t hash_key[crypto_shorthash_KEYBYTES];
    uint64_t full_at_ms[NET_THROTTLE_BUCKET_COUNT];
};

int net_throttle_new(uint32_t tries_max, uint32_t refill_ms, struct net_throttle **out_throttle,
                     struct base_err *err)
{
    struct net_throttle *throttle = calloc(1, sizeof *throttle);
    if (throttle == NULL)
        return BASE_FAIL(err, BASE_E_MEMORY, "throttle");
    throttle->window_ms = (uint64_t)tries_max * refill_ms;
    throttle->refill_ms = refill_ms;
    crypto_shorthash_keygen(throttle->hash_key);
    *out_throttle = throttle;
    return 0;
}

void net_throttle_free(struct net_throttle *throttle)
{
    free(throttle);
}

static uint64_t *bucket_of(struct net_throttle *throttle, struct base_bytes name)
{
    uint8_t hash[crypto_shorthash_BYTES];
    crypto_shorthash(hash, name.data, name.len, throttle->hash_key);
    return &throttle->full_at_ms[base_get_be64(hash) % NET_THROTTLE_BUCKET_COUNT];
}

bool net_throttle_take(struct net_throttle *throttle, struct base_bytes name, uint32_t tries,
                       uint64_t now_ms)
{
    uint64_t *full_at = bucket_of(throttle, name);
    uint64_t from = *full_at > now_ms ? *full_at : now_ms;
    uint64_t to = from + tries * throttle->refill_ms;
    if (to - now_ms > throttle->window_ms)
        return false;
    *full_at = to;
    return true;
}

void net_throttle_charge(struct net_throttle *throttle, struct base_bytes name, uint32_t tries,
                         uint64_t now_ms)
{
    if (!net_throttle_take(throttle, name, tries, now_ms))
        *bucket_of(throttle, name) = now_ms + throttle->window_ms;
}

void net_throttle_refund(struct net_throttle *throttle, struct base_bytes name, uint32_t tries,
                         uint64_t now_ms)
{
    uint64_t *full_at = bucket_of(throttle, name);
    uint64_t back_ms = tries * throttle->refill_ms;
    *full_at = *full_at > now_ms + back_ms ? *full_at - back_ms : now_ms;
}

void net_throttle_address(const char *address, struct base_buf *out)
{
    struct in6_addr v6;
    if (inet_pton(AF_INET6, address, &v6) != 1)
        base_buf_put_str(out, address);
    else if (IN6_IS_ADDR_V4MAPPED(&v6))
        base_buf_printf(out, "%u.%u.%u.%u", v6.s6_addr[12], v6.s6_addr[13], v6.s6_addr[14],
                        v6.s6_addr[15]);
    else
        base_buf_put(out, v6.s6_addr, 8);
}
