/* An event in the making: its body, written field by field in ascending order, and the openings of
 * its sealed fields. Programs that sign (the importer, the demo, the CLI) share it.
 * Errors: sticky in the buffers; tool_draft_sign checks them. */
#pragma once

#include "ledger/log.h"

/* Somebody who signs. */
struct tool_key {
    struct ledger_key key;
    uint8_t secret[64];
    int64_t counter; /* of the last event signed */
};

void tool_key_from_seed(struct tool_key *key, const uint8_t seed[LEDGER_SEED_LEN]);

/* Where an opening lies in what the draft holds. */
struct tool_draft_opening {
    size_t path, path_len, salt, value, value_len;
};

struct tool_draft {
    const char *kind;
    struct base_buf body;
    struct base_buf held; /* paths, salts and values of the openings, one after the other */
    struct tool_draft_opening openings[LEDGER_OPENING_COUNT_MAX];
    uint32_t opening_count;
    bool has_quote;
    struct ledger_hash quote;
    /* Where salts come from: `fill` writes 32 bytes. NULL: the system's random source. */
    void (*salt)(void *data, uint8_t out[LEDGER_SALT_LEN]);
    void *salt_data;
};

/* Starts anew, keeping memory; the body is a map of `field_count` fields. */
void tool_draft_begin(struct tool_draft *draft, const char *kind, unsigned field_count);
void tool_draft_release(struct tool_draft *draft);

/* One field each: the key, then its value. */
void tool_draft_bin(struct tool_draft *draft, const char *name, const void *data, size_t len);
void tool_draft_id(struct tool_draft *draft, const char *name, const uint8_t id[LEDGER_ID_LEN]);
void tool_draft_int(struct tool_draft *draft, const char *name, int64_t v);
void tool_draft_bool(struct tool_draft *draft, const char *name, bool v);
void tool_draft_text(struct tool_draft *draft, const char *name, const char *text);
void tool_draft_nil(struct tool_draft *draft, const char *name);
void tool_draft_list(struct tool_draft *draft, const char *name, unsigned count);
/* Seals a value (canonical msgpack) at `path` and writes its commitment, without a key. */
void tool_draft_seal(struct tool_draft *draft, const char *path, struct base_bytes value);
/* The same for a text, and for a name (three texts). */
void tool_draft_seal_text(struct tool_draft *draft, const char *path, const char *text);
void tool_draft_seal_name(struct tool_draft *draft, const char *path, const char *surname,
                          const char *given, const char *patronymic);

/* Holds an opening whose commitment the body has already. */
void tool_draft_hold(struct tool_draft *draft, struct base_bytes path,
                     const uint8_t salt[LEDGER_SALT_LEN], struct base_bytes value);

/* What an event rests on besides its author. */
struct tool_moment {
    const struct ledger_hash *log_id; /* NULL: founding */
    base_time_ms claimed_ms;
    uint64_t seen_size;
    const struct ledger_hash *seen_root;
};

/* Signs the draft with signers[0], which is its author (the counter grows), then with the others,
 * and appends the submission's wire form. `out_id` may be NULL. */
int tool_draft_sign(struct tool_draft *draft, const struct tool_moment *moment,
                    struct tool_key *const *signers, unsigned signer_count,
                    struct base_buf *out_wire, struct ledger_hash *out_id,
                    struct base_err *err) BASE_MUST_USE;
