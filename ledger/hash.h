/* Hashes of the ledger's own kind: leaves and nodes of the RFC 6962 tree, without a copy of what is
 * hashed. The plain SHA-256 of one span is ledger_sha256 in ledger/event.h.
 * Threads: any; each that asks for SHA-512 keeps one prepared digest until it ends.
 * Errors:  none; without memory for a digest the process stops, since no caller could go on. */
#pragma once

#include "ledger/event.h"

/* SHA-256 of the spans one after the other. */
void ledger__sha256_parts(const struct base_bytes *parts, size_t count,
                          struct ledger_hash *out_hash);
/* SHA-512 of the spans one after the other. */
void ledger__sha512_parts(const struct base_bytes *parts, size_t count, uint8_t out_hash[64]);
/* Makes libsodium ready, once for the process. Any thread, any number of times. */
void ledger__sodium_ready(void);
