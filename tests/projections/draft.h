/* An event in the making, for tests: its body field by field, in ascending order, and the openings
 * of its sealed fields. Failures end the test. */
#pragma once

#include "ledger/log.h"

/* Somebody who signs: an account's key, a session, an invitation, root. `n` makes it repeatable. */
struct signer {
    struct ledger_key key;
    uint8_t secret[64];
    int64_t counter; /* of the last event made */
};
void signer_make(struct signer *signer, uint32_t n);

#define DRAFT_OPENING_MAX 80u

struct draft {
    const char *kind;
    unsigned field_count;
    struct base_buf body; /* the pairs, without the map's header */
    struct base_buf held; /* path, salt and value of the openings, one after the other */
    struct {
        size_t path, path_len, salt, value, value_len;
    } openings[DRAFT_OPENING_MAX];
    uint32_t opening_count;
    const struct ledger_hash *quote; /* NULL: none */
};

/* Starts anew, keeping memory. An all-zero draft is a valid one. */
void draft_begin(struct draft *draft, const char *kind);
void draft_release(struct draft *draft);

/* One field each: the key, then its value. */
void draft_key(struct draft *draft, const char *name); /* the value follows by ledger_canon_put_* */
void draft_id(struct draft *draft, const char *name, const uint8_t id[LEDGER_ID_LEN]);
void draft_id_or_nil(struct draft *draft, const char *name, const uint8_t *id);
void draft_bin32(struct draft *draft, const char *name, const uint8_t bytes[32]);
void draft_int(struct draft *draft, const char *name, int64_t v);
void draft_bool(struct draft *draft, const char *name, bool v);
void draft_text(struct draft *draft, const char *name, const char *text);
void draft_nil(struct draft *draft, const char *name);
void draft_list(struct draft *draft, const char *name, unsigned count);
/* LEDGER_SEQ_NONE becomes nil. */
void draft_seq(struct draft *draft, const char *name, ledger_seq seq);
/* A field, or a bare value inside a tuple, that is sealed: the commitment is written, the opening
 * held. */
void draft_sealed_text(struct draft *draft, const char *name, const char *text);
void draft_sealed_name(struct draft *draft, const char *name, const char *surname);
void draft_seal(struct draft *draft, const char *path, struct base_bytes value);
/* Salts are numbered through the process; a story that is to be the same bytes each time begins
 * anew. */
void draft_salts_anew(void);

/* What an event rests on besides its author. */
struct moment {
    struct ledger_hash log_id;
    base_time_ms claimed_ms;
    uint64_t seen_size;
    struct ledger_hash seen_root;
};
/* Appends the event's bytes; the signer's counter grows. */
void draft_build(struct draft *draft, const struct moment *moment, struct signer *signer,
                 struct base_buf *out_bytes);
/* Appends the submission's wire form, signed by all signers in order; the first is the author. */
void draft_sign(struct draft *draft, const struct moment *moment, struct signer *const *signers,
                unsigned signer_count, struct base_buf *out_wire);
