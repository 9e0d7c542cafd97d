/* A brake on guessing and on flooding: each name (a login, an address, a key) has some tries in a
 * row, then only now and then; success may give a try back, and what is dear takes several.
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
/* Takes tries; false when there are not so many left (then nothing is taken). */
bool net_throttle_take(struct net_throttle *throttle, struct base_bytes name, uint32_t tries,
                       uint64_t now_ms);
/* Takes tries, or all that are left when there are fewer. */
void net_throttle_charge(struct net_throttle *throttle, struct base_bytes name, uint32_t tries,
                         uint64_t now_ms);
/* Gives tries back. */
void net_throttle_refund(struct net_throttle *throttle, struct base_bytes name, uint32_t tries,
                         uint64_t now_ms);
/* The name under which an address in text is counted: an IPv6 network of 64 bits is one household,
 * a mapped IPv4 address is that address. Appended to `out`. */
void net_throttle_address(const char *address, struct base_buf *out);
