/* The vault: openings of sealed fields, encrypted under their subject's key, which is itself
 * wrapped by a key outside the environment (specs/formats.md, section 5).
 * Threads: as the transaction. Errors: BASE_E_MISSING, BASE_E_CORRUPT, BASE_E_STATE without a
 * wrapping key. */
#pragma once

#include "ledger/sealed.h"
#include "ledger/store.h"

#define LEDGER__WRAP_KEY_LEN 32u

/* The key that wraps subject keys; a secret. */
struct ledger__wrap_key {
    bool present;
    uint8_t bytes[LEDGER__WRAP_KEY_LEN];
};

/* Stores an opening (its `subject` and `commitment` filled in); a known commitment stays as it is.
 * Failures of writing are sticky in the transaction; others are returned. */
int ledger__vault_put(struct ledger__txn *txn, const struct ledger__wrap_key *wrap,
                      const struct ledger_opening *opening, struct base_err *err) BASE_MUST_USE;
/* Decrypts the opening of a commitment and checks it. `*out_opening` borrows from `plain`, which
 * is emptied first and best wiped afterwards. */
int ledger__vault_get(struct ledger__txn *txn, const struct ledger__wrap_key *wrap,
                      const uint8_t commitment[LEDGER_COMMITMENT_LEN], struct base_buf *plain,
                      struct ledger_opening *out_opening, struct base_err *err) BASE_MUST_USE;
/* Deletes the subject's openings and key and notes that the environment is to be copied without
 * its freed pages (erasing.c); failures are sticky. */
void ledger__vault_erase(struct ledger__txn *txn, const uint8_t subject[LEDGER_ID_LEN],
                         uint64_t *out_count);
/* Deletes one opening, and the subject's key with its last one, as ledger__vault_erase does, and
 * counts it; one that is not there is fine. Failures are sticky. */
void ledger__vault_drop(struct ledger__txn *txn, const uint8_t commitment[LEDGER_COMMITMENT_LEN],
                        uint64_t *out_count);
/* True when rows were erased and their freed pages are still in the environment's file; a note in
 * the transaction's environment, deleted by ledger__vault_settle. Failures are sticky. */
bool ledger__vault_is_pending(struct ledger__txn *txn);
void ledger__vault_settle(struct ledger__txn *txn);
