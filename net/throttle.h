/* A brake on guessing: each name (a login, an address) may try some times in a row, then only now
 * and then; success gives the try back.
 * Shape:   a fixed table of buckets chosen by a keyed hash, so that memory is bounded and nobody
 *          can aim at another's bucket; each holds the moment at which it is full again.
 * Threads: one. */
#pragma once

#include "ledger/base/bytes.h"
#include "ledger/base/err.h"

struct net_throttle;

/* `tries_max` in a row, then one every `refill_ms`. */
int net_throttle_new(uint32_t tries_max, uint32_t refill_ms, struct net_throttle **out_throttle,
                     struct base_err *err) BASE_MUST_USE;
/* NULL is allowed. */
void net_throttle_free(struct net_throttle *throttle);
/* Takes a try; false when there is none left (then nothing is taken). */
bool net_throttle_take(struct net_throttle *throttle, struct base_bytes name, uint64_t now_ms);
/* Gives a try back. */
void net_throttle_refund(struct net_throttle *throttle, struct base_bytes name, uint64_t now_ms);
/* The name under which an address in text is counted: an IPv6 network of 64 bits is one household,
 * a mapped IPv4 address is that address. Appended to `out`. */
void net_throttle_address(const char *address, struct base_buf *out);
