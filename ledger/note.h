/* Signed notes and their keys (C2SP signed-note): a text, an empty line, signature lines.
 *     vkey  <name>+<hex key id>+<base64 of 0x01 ‖ public key>
 *     skey  PRIVATE+KEY+<name>+<hex key id>+<base64 of 0x01 ‖ seed>
 * The key id is the first 4 bytes of SHA-256(name ‖ "\n" ‖ type ‖ public key). Type 0x01 is
 * Ed25519 over the text; type 0x04 is a witness's cosignature over a time and the text.
 * Threads: plain values. Errors: BASE_E_FORMAT for what does not follow the form.
 * Source:  c2sp.org/signed-note, c2sp.org/tlog-cosignature. */
#pragma once

#include "ledger/event.h"

/* C2SP signed-note: at least 16 signatures must be accepted, and some are 5 KB long. */
#define LEDGER_NOTE_LEN_MAX 131072u
#define LEDGER_NOTE_SIGNATURE_COUNT_MAX 64u
#define LEDGER_NOTE_KEY_ID_LEN 4u

enum ledger_note_type {
    LEDGER_NOTE_ED25519 = 0x01,
    LEDGER_NOTE_COSIGNATURE = 0x04,
};

/* Who signs: name, type and public key. */
struct ledger_note_key {
    char name[LEDGER_ORIGIN_LEN_MAX + 1];
    enum ledger_note_type type;
    struct ledger_key key;
    uint8_t id[LEDGER_NOTE_KEY_ID_LEN]; /* filled by the functions below */
};

/* A signer; wipe with ledger_note_signer_wipe. */
struct ledger_note_signer {
    struct ledger_note_key key;
    uint8_t seed[LEDGER_SEED_LEN];
    uint8_t secret[64];
};

/* True for 1…LEDGER_ORIGIN_LEN_MAX bytes of normal text without white space, controls and '+'. */
bool ledger_note_name_is_valid(struct base_bytes name);
/* Makes a signer of a valid name and a seed. BASE_E_USAGE for another name. */
int ledger_note_signer_make(const char *name, enum ledger_note_type type,
                            const uint8_t seed[LEDGER_SEED_LEN],
                            struct ledger_note_signer *out_signer,
                            struct base_err *err) BASE_MUST_USE;
void ledger_note_signer_wipe(struct ledger_note_signer *signer);

int ledger_vkey_parse(struct base_bytes text, struct ledger_note_key *out_key,
                      struct base_err *err) BASE_MUST_USE;
void ledger_vkey_put(const struct ledger_note_key *key, struct base_buf *out_text);
int ledger_skey_parse(struct base_bytes text, struct ledger_note_signer *out_signer,
                      struct base_err *err) BASE_MUST_USE;
/* The private key as text: a secret; use a buffer that is wiped. */
void ledger_skey_put(const struct ledger_note_signer *signer, struct base_buf *out_text);

/* A note taken apart; everything borrows from its bytes. */
struct ledger_note_signature {
    struct base_bytes name;
    struct base_bytes base64; /* key id and signature; strict base64 of at least 5 bytes */
};
struct ledger_note {
    struct base_bytes text; /* with its last newline: what is signed */
    struct ledger_note_signature signatures[LEDGER_NOTE_SIGNATURE_COUNT_MAX];
    unsigned signature_count;
};

int ledger_note_parse(struct base_bytes bytes, struct ledger_note *out_note,
                      struct base_err *err) BASE_MUST_USE;
/* True when the note has a signature by this key and every one by it holds; of a cosignature
 * the time (seconds since 1970) is stored when `out_time_s` is not NULL. */
bool ledger_note_is_signed_by(const struct ledger_note *note, const struct ledger_note_key *key,
                              uint64_t *out_time_s);
/* Appends the note's signature lines that name this key, as they are. */
void ledger_note_put_lines_of(const struct ledger_note *note, const struct ledger_note_key *key,
                              struct base_buf *out_lines);
/* Appends a signature line over `text` (which ends in a newline). `time_s` is used by cosigners. */
void ledger_note_sign_line(struct base_bytes text, const struct ledger_note_signer *signer,
                           uint64_t time_s, struct base_buf *out_note);
