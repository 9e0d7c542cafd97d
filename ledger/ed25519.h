/* Ed25519 verification with a table for each public key: for whoever has few signers and
 * very many signatures. A verdict is the same as libsodium's (1.0.18, without its ED25519_COMPAT),
 * signature by signature: no cofactor, no batching, S below L, canonical keys, no key and no R of
 * small order.
 *
 * How:     with A the key and B the base point, R' = h·(−A) + S·B is a sum of table entries: h is
 *          written with 51 signed digits of five bits (37 of seven in a wide table), S with 26 of
 *          ten, and for each place the multiples are there. 77 additions (63) and no doubling;
 *          then the encoding of R' is compared with R. Several signatures share the one inversion
 *          that encodings need; four at a time are added up side by side where the processor can
 *          (ledger/lanes25519.h). Each has a verdict of its own. h multiplies as the integer that
 *          it is (below L), so that keys with a part of small order get the verdict that they get
 *          from libsodium.
 * Shape:   a table is 102 KiB in large pages (ledger/slabs.h), a wide one 296 KiB; making one
 *          costs about four verifications by libsodium, a wide one eleven. The base point's own,
 *          1.7 MB, is made at the first use, in 7 ms.
 * Threads: a finished table is read-only. **Variable time**: public data alone.
 * Trust:   whoever uses it lets libsodium judge each rejection and a sample of what is accepted
 *          (ledger/signatures.h for audits, ledger/judge.h for new events).
 * Source:  RFC 8032, section 5.1.7; Hisil, Wong, Carter, Dawson: Twisted Edwards Curves Revisited
 *          (2008), sections 3.1 and 3.2, complete for this curve. */
#pragma once

#include "ledger/event.h"

struct ledger_ed25519_table;

/* How many bits of a scalar an addition deals with. */
enum ledger_ed25519_width {
    LEDGER_ED25519_NARROW = 5,
    LEDGER_ED25519_WIDE = 7, /* for a key that signs many hundreds */
};

/* Makes the table of a key. A key that libsodium would never accept (not a point, not canonical, of
 * small order) gets a table, too: one that refuses everything. Only memory can fail. */
int ledger_ed25519_table_make(const struct ledger_key *key, enum ledger_ed25519_width width,
                              struct ledger_ed25519_table **out_table,
                              struct base_err *err) BASE_MUST_USE;
void ledger_ed25519_table_free(struct ledger_ed25519_table *table);

#define LEDGER_ED25519_MANY_MAX 32u /* more would gain little */

/* One question: is `signature` by the table's key over the two parts, one after the other? */
struct ledger_ed25519_item {
    const struct ledger_ed25519_table *table;
    struct base_bytes first, second;
    const struct ledger_signature *signature;
    bool holds; /* the answer, each item's own */
};

/* Answers 1 … LEDGER_ED25519_MANY_MAX items, together but each by itself. */
void ledger_ed25519_verify_many(struct ledger_ed25519_item *items, unsigned count);
/* One alone. */
bool ledger_ed25519_verify(const struct ledger_ed25519_table *table, struct base_bytes first,
                           struct base_bytes second, const struct ledger_signature *signature);
