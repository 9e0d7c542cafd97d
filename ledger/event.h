/* The event: what a person signs (specs/formats.md, section 2). A canonical map with the keys
 *   b body (map) · c claimed time (ms) · k key (32-byte Ed25519 public key) · l log id (32 bytes;
 * all zero in the founding event) · n counter of the key (1, 2, …) · q quoted event id, optional
 *   (reaffirmation) · s seen [size, root] · t kind (text) · v version (1)
 * A kind is made of a-z, 0-9, '.' and '_', begins with a letter; times are 0 … year 9999.
 * The signed bytes are stored, hashed and served as they came; nothing is re-serialised.
 * Threads: plain values that borrow from the event's bytes. */
#pragma once

#include "ledger/base/clock.h"
#include "ledger/base/err.h"
#include "ledger/canon.h"
#include "ledger/refusal.h"

#define LEDGER_HASH_LEN 32u
#define LEDGER_KEY_LEN 32u /* Ed25519 public key; it is the key's id, too */
#define LEDGER_SEED_LEN 32u
#define LEDGER_SIGNATURE_LEN 64u
#define LEDGER_ID_LEN 16u /* random 128-bit ids of subjects and cells */
#define LEDGER_EVENT_VERSION 1
#define LEDGER_EVENT_DOMAIN "letopis/event/v1" /* with its terminating zero: 17 bytes */

typedef uint64_t ledger_seq; /* a position in the log, from 0 without gaps */
#define LEDGER_SEQ_NONE UINT64_MAX

struct ledger_hash {
    uint8_t bytes[LEDGER_HASH_LEN];
};
struct ledger_key {
    uint8_t bytes[LEDGER_KEY_LEN];
};
struct ledger_signature {
    uint8_t bytes[LEDGER_SIGNATURE_LEN];
};

static inline bool ledger_hash_equal(const struct ledger_hash *a, const struct ledger_hash *b)
{
    return memcmp(a->bytes, b->bytes, LEDGER_HASH_LEN) == 0;
}
static inline bool ledger_key_equal(const struct ledger_key *a, const struct ledger_key *b)
{
    return memcmp(a->bytes, b->bytes, LEDGER_KEY_LEN) == 0;
}

struct ledger_event {
    struct base_bytes bytes; /* the signed bytes, whole */
    struct ledger_hash id;   /* SHA-256 of `bytes` */
    int version;
    struct ledger_hash log_id;
    struct ledger_key key;
    int64_t counter;
    base_time_ms claimed_ms;
    struct base_bytes kind;
    struct ledger_canon_value body; /* a MAP */
    uint64_t seen_size;
    struct ledger_hash seen_root;
    bool has_quote;
    struct ledger_hash quote;
};

/* Reads and checks event bytes (borrowed; `out_event` borrows from them). Returns 0, or the
 * positive code that it put in `refusal` (malformed, not canonical, too large, version). Pure. */
int ledger_event_parse(struct base_bytes bytes, struct ledger_event *out_event,
                       struct ledger_refusal *refusal) BASE_MUST_USE;

/* Reads event bytes that were parsed when they were admitted and are known to be the same bytes
 * (the entry's leaf was compared with the tree): nothing is checked again, and `id` stays zero
 * until ledger_event_name is called. False: they are no event after all. */
bool ledger_event_read(struct base_bytes bytes, struct ledger_event *out_event) BASE_MUST_USE;
/* Computes the id. */
void ledger_event_name(struct ledger_event *event);

/* What an author fills in to make an event. `body` is the canonical encoding of a map. */
struct ledger_event_draft {
    const struct ledger_hash *log_id; /* NULL: all zero (founding) */
    const struct ledger_key *key;
    int64_t counter;
    base_time_ms claimed_ms;
    const char *kind;
    struct base_bytes body;
    uint64_t seen_size;
    const struct ledger_hash *seen_root;
    const struct ledger_hash *quote; /* NULL: none */
};

/* Appends the canonical encoding of the draft. Returns 0 or a fault. */
int ledger_event_build(const struct ledger_event_draft *draft, struct base_buf *out_bytes,
                       struct base_err *err) BASE_MUST_USE;

/* Ed25519 key pair from a 32-byte seed; `out_secret` is libsodium's 64-byte secret key. */
void ledger_key_from_seed(const uint8_t seed[LEDGER_SEED_LEN], struct ledger_key *out_key,
                          uint8_t out_secret[64]);
/* Signs LEDGER_EVENT_DOMAIN (with its zero) followed by the event bytes. */
void ledger_event_sign(struct base_bytes event_bytes, const uint8_t secret[64],
                       struct ledger_signature *out_signature);
/* True when the signature of the event bytes by `key` holds (libsodium's verdict). */
bool ledger_event_verify(struct base_bytes event_bytes, const struct ledger_key *key,
                         const struct ledger_signature *signature);
/* SHA-256 (OpenSSL, digest prepared once per thread). */
void ledger_sha256(struct base_bytes data, struct ledger_hash *out_hash);

/* The entry: what the log holds, the canonical array [recorded_at, event bytes (bin), signatures
 * (array of 64-byte bins)], at most LEDGER_ENTRY_LEN_MAX bytes. The first signature is by the
 * event's key; which keys the others are by, the kind says (ledger_admission.check). */
struct ledger_entry {
    struct base_bytes bytes; /* the leaf, whole */
    base_time_ms recorded_ms;
    struct base_bytes event_bytes;
    struct ledger_signature signatures[LEDGER_SIGNATURE_COUNT_MAX];
    uint32_t signature_count;
};

/* Appends the canonical entry. Returns 0 or a fault (BASE_E_LIMIT over the limit). */
int ledger_entry_build(base_time_ms recorded_ms, struct base_bytes event_bytes,
                       const struct ledger_signature *signatures, uint32_t signature_count,
                       struct base_buf *out_bytes, struct base_err *err) BASE_MUST_USE;
/* Reads entry bytes (borrowed). Returns 0 or BASE_E_FORMAT. The event inside is not parsed. */
int ledger_entry_parse(struct base_bytes bytes, struct ledger_entry *out_entry,
                       struct base_err *err) BASE_MUST_USE;
/* As ledger_event_read, for an entry whose leaf was compared with the tree: the recorded time and
 * the event's bytes. False: it is no entry after all. */
bool ledger_entry_read(struct base_bytes bytes, base_time_ms *out_recorded_ms,
                       struct base_bytes *out_event_bytes) BASE_MUST_USE;
