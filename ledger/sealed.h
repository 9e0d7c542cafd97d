/* Sealed fields: personal data beside an immutable log (specs/formats.md, section 5).
 * An event carries a 32-byte commitment: HMAC-SHA-256, keyed by a fresh 32-byte salt, over
 * "letopis/sealed/v1" with its zero, the path's length as one byte, the path, and the canonical
 * msgpack of the value. The opening (path, salt, value) travels with the submission, is checked,
 * and is kept outside the log, encrypted under its subject's key. */
#pragma once

#include "ledger/event.h"

#define LEDGER_SALT_LEN 32u
#define LEDGER_COMMITMENT_LEN 32u

/* `subject`: whose personal data it is; the key that encrypts it is the subject's. The kind's
 * schema says which body field names the subject (projections/kinds.h). */
struct ledger_opening {
    struct base_bytes path;  /* "name", "cells.3.2" */
    struct base_bytes salt;  /* LEDGER_SALT_LEN bytes */
    struct base_bytes value; /* canonical msgpack of one value */
    uint8_t subject[LEDGER_ID_LEN];
    uint8_t commitment[LEDGER_COMMITMENT_LEN]; /* filled by ledger_submission_parse */
};

void ledger_sealed_commit(struct base_bytes path, const uint8_t salt[LEDGER_SALT_LEN],
                          struct base_bytes value, uint8_t out_commitment[LEDGER_COMMITMENT_LEN]);
