/* Signatures of a whole log, for auditors: many keys, each used now and then or very often.
 * A key that signs often gets a table (ledger/ed25519.h); others go to libsodium. Our own verdicts
 * are not believed alone: each rejection is judged again by libsodium, and so is one acceptance in
 * LEDGER__SIGNATURES_SAMPLE, chosen anew in each run so that nobody can aim between the samples.
 * Should the two ever differ, libsodium's verdict stands and the difference is counted: the caller
 * must then stop, since one of the two is broken.
 *
 * Use:     for a chunk of work, announce every signature (one thread), prepare (any threads), then
 *          check (any threads). Tables are thrown away between chunks alone.
 * Shape:   at most LEDGER__SIGNATURES_TABLE_COUNT_MAX tables of 102 KiB, some of them wide (296
 *          KiB) for the keys that sign most; a key costs 64 bytes more.
 * Errors:  memory. */
#pragma once

#include <stdatomic.h>

#include "ledger/ed25519.h"

#define LEDGER__SIGNATURES_TABLE_COUNT_MAX 384u /* 39 MiB */
#define LEDGER__SIGNATURES_WIDE_COUNT_MAX 128u  /* 25 MiB more */
#define LEDGER__SIGNATURES_USES_MIN 8u          /* before a key is worth a table: one costs five */
/* Before it is worth a wide one, which pays after five hundred more. */
#define LEDGER__SIGNATURES_WIDE_USES_MIN 512u
#define LEDGER__SIGNATURES_SAMPLE 256u

struct ledger__signatures;

/* `reference`: libsodium judges everything. */
int ledger__signatures_open(bool reference, struct ledger__signatures **out_signatures,
                            struct base_err *err) BASE_MUST_USE;
void ledger__signatures_close(struct ledger__signatures *signatures);

/* Begins a chunk: what was announced before is done. One thread, nobody checking. */
void ledger__signatures_begin(struct ledger__signatures *signatures);
/* Announces that `key` will be asked for in this chunk, which numbers its keys from 0 as they come:
 * the key's number, by which it is then asked for. */
int ledger__signatures_announce(struct ledger__signatures *signatures, const struct ledger_key *key,
                                uint32_t *out_number, struct base_err *err) BASE_MUST_USE;
/* How many keys were announced. */
uint32_t ledger__signatures_key_count(const struct ledger__signatures *signatures);
/* How many tables this chunk wants made, or made wide; then make each by its number, in any
 * threads, before anything is checked. */
uint32_t ledger__signatures_wanted(const struct ledger__signatures *signatures);
void ledger__signatures_make(struct ledger__signatures *signatures, uint32_t number);
#define LEDGER__SIGNATURES_MANY_MAX LEDGER_ED25519_MANY_MAX

/* One question: is this a signature by the key over an event's bytes? */
struct ledger__signature_item {
    struct base_bytes event_bytes;
    const struct ledger_key *key;
    uint32_t number; /* the key's */
    const struct ledger_signature *signature;
    bool holds; /* the verdict */
};
/* Judges up to LEDGER__SIGNATURES_MANY_MAX, each by itself. Any thread. */
void ledger__signatures_check(struct ledger__signatures *signatures,
                              struct ledger__signature_item *items, unsigned count);
/* Verdicts in which we and libsodium differed. */
uint64_t ledger__signatures_difference_count(const struct ledger__signatures *signatures);
/* How many were judged by tables, and how many by libsodium (again, or alone). */
void ledger__signatures_counts(const struct ledger__signatures *signatures, uint64_t *out_by_table,
                               uint64_t *out_by_sodium);
