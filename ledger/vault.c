/* The vault.
 *
 * Put: the subject's key is unwrapped, or made at the first use; path, salt and value are encrypted
 * under it (XChaCha20-Poly1305), bound to commitment and subject, so that no row can be moved to
 * another name. Get: the reverse, and the commitment is computed again from what came out. Erase:
 * rows and key are deleted. What can fail: without the wrapping key nothing is readable
 * (BASE_E_STATE); a row that does not decrypt or match is BASE_E_CORRUPT, never a wrong value. */
#include "ledger/vault.h"

#include <assert.h>
#include <sodium.h>

#include "ledger/hash.h"

#define NONCE_LEN crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG_LEN crypto_aead_xchacha20poly1305_ietf_ABYTES
#define KEY_LEN crypto_aead_xchacha20poly1305_ietf_KEYBYTES
#define WRAPPED_LEN (NONCE_LEN + KEY_LEN + TAG_LEN)

static_assert(LEDGER__WRAP_KEY_LEN == KEY_LEN, "subject keys are wrapped by the same cipher");

static const char opening_domain[] = "letopis/opening/v1";
static const char subject_domain[] = "letopis/subject/v1";

struct owner_key {
    uint8_t subject[LEDGER_ID_LEN];
    uint8_t commitment[LEDGER_COMMITMENT_LEN];
};
static_assert(sizeof(struct owner_key) == LEDGER_ID_LEN + LEDGER_COMMITMENT_LEN, "no padding");

/* Appends nonce and ciphertext of `plain`. */
static void seal(const uint8_t key[KEY_LEN], struct base_bytes plain, struct base_bytes about,
                 struct base_buf *out)
{
    uint8_t nonce[NONCE_LEN];
    randombytes_buf(nonce, sizeof nonce);
    base_buf_put(out, nonce, sizeof nonce);
    uint8_t *to = base_buf_reserve(out, plain.len + TAG_LEN);
    if (to == NULL)
        return;
    unsigned long long len = 0;
    crypto_aead_xchacha20poly1305_ietf_encrypt(to, &len, plain.data, plain.len, about.data,
                                               about.len, NULL, nonce, key);
    assert(len == plain.len + TAG_LEN);
    out->len += (size_t)len;
}

/* Appends the plain text of nonce and ciphertext; false when it does not authenticate. */
static bool unseal(const uint8_t key[KEY_LEN], struct base_bytes sealed, struct base_bytes about,
                   struct base_buf *out)
{
    if (sealed.len < NONCE_LEN + TAG_LEN)
        return false;
    struct base_bytes box = base_bytes_of(sealed.data + NONCE_LEN, sealed.len - NONCE_LEN);
    uint8_t *to = base_buf_reserve(out, box.len);
    unsigned long long len = 0;
    if (to == NULL ||
        crypto_aead_xchacha20poly1305_ietf_decrypt(to, &len, NULL, box.data, box.len, about.data,
                                                   about.len, sealed.data, key) != 0)
        return false;
    out->len += (size_t)len;
    return true;
}

struct about {
    uint8_t bytes[sizeof opening_domain + LEDGER_COMMITMENT_LEN + LEDGER_ID_LEN];
    size_t len;
};

static struct base_bytes about_opening(struct about *about, const uint8_t *commitment,
                                       const uint8_t *subject)
{
    memcpy(about->bytes, opening_domain, sizeof opening_domain);
    memcpy(about->bytes + sizeof opening_domain, commitment, LEDGER_COMMITMENT_LEN);
    memcpy(about->bytes + sizeof opening_domain + LEDGER_COMMITMENT_LEN, subject, LEDGER_ID_LEN);
    return base_bytes_of(about->bytes, sizeof about->bytes);
}

static struct base_bytes about_subject(struct about *about, const uint8_t *subject)
{
    memcpy(about->bytes, subject_domain, sizeof subject_domain);
    memcpy(about->bytes + sizeof subject_domain, subject, LEDGER_ID_LEN);
    return base_bytes_of(about->bytes, sizeof subject_domain + LEDGER_ID_LEN);
}

/* The subject's key; BASE_E_MISSING when there is none. */
static int subject_key_get(struct ledger__txn *txn, const struct ledger__wrap_key *wrap,
                           const uint8_t *subject, struct base_buf *out_key, struct base_err *err)
{
    struct base_bytes row;
    struct about about;
    if (!wrap->present)
        return BASE_FAIL(err, BASE_E_STATE, "sealed fields need wrap.key, which is not here");
    bool found =
        ledger__txn_get(txn, LEDGER__DB_SUBJECTS, base_bytes_of(subject, LEDGER_ID_LEN), &row);
    int fault = ledger__txn_check(txn, err);
    if (fault != 0)
        return fault;
    if (!found)
        return BASE_FAIL(err, BASE_E_MISSING, "the subject has no key");
    if (row.len != WRAPPED_LEN ||
        !unseal(wrap->bytes, row, about_subject(&about, subject), out_key) ||
        out_key->len != KEY_LEN)
        return BASE_FAIL(err, BASE_E_CORRUPT, "a subject's key does not unwrap");
    return 0;
}

static int subject_key_make(struct ledger__txn *txn, const struct ledger__wrap_key *wrap,
                            const uint8_t *subject, struct base_buf *out_key, struct base_err *err)
{
    struct base_buf BASE_CLEANUP(base_buf_release) row = {0};
    struct about about;
    uint8_t *key = base_buf_reserve(out_key, KEY_LEN);
    if (key == NULL)
        return BASE_FAIL(err, BASE_E_MEMORY, "making a subject's key");
    randombytes_buf(key, KEY_LEN);
    out_key->len += KEY_LEN;
    seal(wrap->bytes, base_buf_bytes(out_key), about_subject(&about, subject), &row);
    if (row.failed)
        return BASE_FAIL(err, BASE_E_MEMORY, "wrapping a subject's key");
    ledger__txn_put(txn, LEDGER__DB_SUBJECTS, base_bytes_of(subject, LEDGER_ID_LEN),
                    base_buf_bytes(&row), 0);
    return 0;
}

int ledger__vault_put(struct ledger__txn *txn, const struct ledger__wrap_key *wrap,
                      const struct ledger_opening *opening, struct base_err *err)
{
    assert(opening->salt.len == LEDGER_SALT_LEN && opening->path.len <= LEDGER_PATH_LEN_MAX);
    ledger__sodium_ready();
    struct base_buf BASE_CLEANUP(base_buf_wipe) key = {0};
    struct base_buf BASE_CLEANUP(base_buf_wipe) plain = {0};
    struct base_buf BASE_CLEANUP(base_buf_release) row = {0};
    struct base_bytes known;
    bool has_key = ledger__txn_get(txn, LEDGER__DB_SUBJECTS,
                                   base_bytes_of(opening->subject, LEDGER_ID_LEN), &known);
    int fault = wrap->present && !has_key ? subject_key_make(txn, wrap, opening->subject, &key, err)
                                          : subject_key_get(txn, wrap, opening->subject, &key, err);
    if (fault != 0)
        return fault;
    base_buf_put_u8(&plain, (uint8_t)opening->path.len);
    base_buf_put_bytes(&plain, opening->path);
    base_buf_put_bytes(&plain, opening->salt);
    base_buf_put_bytes(&plain, opening->value);
    struct about about;
    base_buf_put(&row, opening->subject, LEDGER_ID_LEN);
    if (!plain.failed)
        seal(key.data, base_buf_bytes(&plain),
             about_opening(&about, opening->commitment, opening->subject), &row);
    if (plain.failed || row.failed)
        return BASE_FAIL(err, BASE_E_MEMORY, "sealing an opening");
    struct base_bytes name = base_bytes_of(opening->commitment, LEDGER_COMMITMENT_LEN);
    if (ledger__txn_get(txn, LEDGER__DB_OPENINGS, name, &known))
        return 0;
    struct owner_key owner;
    memcpy(owner.subject, opening->subject, LEDGER_ID_LEN);
    memcpy(owner.commitment, opening->commitment, LEDGER_COMMITMENT_LEN);
    ledger__txn_put(txn, LEDGER__DB_OPENINGS, name, base_buf_bytes(&row), 0);
    ledger__txn_put(txn, LEDGER__DB_OWNERS, base_bytes_of(&owner, sizeof owner),
                    base_bytes_of("", 0), 0);
    return 0;
}

/* Takes the plain text apart and recomputes the commitment. */
static bool plain_open(struct base_bytes plain, const uint8_t *commitment,
                       struct ledger_opening *out_opening)
{
    if (plain.len < 1 || plain.data[0] > LEDGER_PATH_LEN_MAX ||
        plain.len < 1u + plain.data[0] + LEDGER_SALT_LEN)
        return false;
    const uint8_t *salt = plain.data + 1 + plain.data[0];
    const uint8_t *value = salt + LEDGER_SALT_LEN;
    out_opening->path = base_bytes_of(plain.data + 1, plain.data[0]);
    out_opening->salt = base_bytes_of(salt, LEDGER_SALT_LEN);
    out_opening->value = base_bytes_of(value, (size_t)(plain.data + plain.len - value));
    ledger_sealed_commit(out_opening->path, salt, out_opening->value, out_opening->commitment);
    return sodium_memcmp(out_opening->commitment, commitment, LEDGER_COMMITMENT_LEN) == 0;
}

int ledger__vault_get(struct ledger__txn *txn, const struct ledger__wrap_key *wrap,
                      const uint8_t commitment[LEDGER_COMMITMENT_LEN], struct base_buf *plain,
                      struct ledger_opening *out_opening, struct base_err *err)
{
    ledger__sodium_ready();
    struct base_bytes row;
    bool found = ledger__txn_get(txn, LEDGER__DB_OPENINGS,
                                 base_bytes_of(commitment, LEDGER_COMMITMENT_LEN), &row);
    int fault = ledger__txn_check(txn, err);
    if (fault != 0)
        return fault;
    if (!found)
        return BASE_FAIL(err, BASE_E_MISSING, "no opening of this commitment");
    if (row.len < LEDGER_ID_LEN)
        return BASE_FAIL(err, BASE_E_CORRUPT, "an opening's row is too short");
    struct ledger_opening opening = {0};
    memcpy(opening.subject, row.data, LEDGER_ID_LEN);
    struct base_buf BASE_CLEANUP(base_buf_wipe) key = {0};
    fault = subject_key_get(txn, wrap, opening.subject, &key, err);
    if (fault == BASE_E_MISSING)
        return BASE_FAIL(err, BASE_E_CORRUPT, "an opening is there, its subject's key is not");
    if (fault != 0)
        return fault;
    struct about about;
    base_buf_reset(plain);
    if (!unseal(key.data, base_bytes_of(row.data + LEDGER_ID_LEN, row.len - LEDGER_ID_LEN),
                about_opening(&about, commitment, opening.subject), plain) ||
        !plain_open(base_buf_bytes(plain), commitment, &opening))
        return BASE_FAIL(err, BASE_E_CORRUPT, "an opening does not match its commitment");
    *out_opening = opening;
    return 0;
}

static const struct base_bytes meta_erased = {(const uint8_t *)"erased", 6};

bool ledger__vault_is_pending(struct ledger__txn *txn)
{
    struct base_bytes row;
    return ledger__txn_get(txn, LEDGER__DB_META, meta_erased, &row);
}

void ledger__vault_settle(struct ledger__txn *txn)
{
    ledger__txn_delete(txn, LEDGER__DB_META, meta_erased);
}

void ledger__vault_drop(struct ledger__txn *txn, const uint8_t commitment[LEDGER_COMMITMENT_LEN],
                        uint64_t *out_count)
{
    struct owner_key owner;
    struct owner_key first = {0};
    struct base_bytes key;
    struct base_bytes row;
    struct base_bytes opening = base_bytes_of(commitment, LEDGER_COMMITMENT_LEN);
    *out_count = 0;
    if (!ledger__txn_get(txn, LEDGER__DB_OPENINGS, opening, &row) || row.len < LEDGER_ID_LEN)
        return;
    memcpy(owner.subject, row.data, LEDGER_ID_LEN);
    memcpy(owner.commitment, commitment, LEDGER_COMMITMENT_LEN);
    ledger__txn_delete(txn, LEDGER__DB_OPENINGS, opening);
    ledger__txn_delete(txn, LEDGER__DB_OWNERS, base_bytes_of(&owner, sizeof owner));
    memcpy(first.subject, owner.subject, LEDGER_ID_LEN);
    bool others = ledger__txn_get_above(txn, LEDGER__DB_OWNERS, base_bytes_of(&first, sizeof first),
                                        &key, &row) &&
                  memcmp(key.data, owner.subject, LEDGER_ID_LEN) == 0;
    if (!others)
        ledger__txn_delete(txn, LEDGER__DB_SUBJECTS, base_bytes_of(owner.subject, LEDGER_ID_LEN));
    ledger__txn_put(txn, LEDGER__DB_META, meta_erased, base_bytes_of("", 0), 0);
    *out_count = 1;
}

void ledger__vault_erase(struct ledger__txn *txn, const uint8_t subject[LEDGER_ID_LEN],
                         uint64_t *out_count)
{
    struct owner_key owner = {0};
    struct base_bytes key;
    struct base_bytes nothing;
    uint64_t count = 0;
    memcpy(owner.subject, subject, LEDGER_ID_LEN);
    while (ledger__txn_get_above(txn, LEDGER__DB_OWNERS, base_bytes_of(&owner, sizeof owner), &key,
                                 &nothing) &&
           key.len == sizeof owner && memcmp(key.data, subject, LEDGER_ID_LEN) == 0) {
        struct owner_key found; /* a copy: deleting moves what `key` points to */
        memcpy(&found, key.data, sizeof found);
        ledger__txn_delete(txn, LEDGER__DB_OPENINGS,
                           base_bytes_of(found.commitment, LEDGER_COMMITMENT_LEN));
        ledger__txn_delete(txn, LEDGER__DB_OWNERS, base_bytes_of(&found, sizeof found));
        count++;
    }
    if (ledger__txn_get(txn, LEDGER__DB_SUBJECTS, base_bytes_of(subject, LEDGER_ID_LEN), &key)) {
        ledger__txn_delete(txn, LEDGER__DB_SUBJECTS, base_bytes_of(subject, LEDGER_ID_LEN));
        ledger__txn_put(txn, LEDGER__DB_META, meta_erased, base_bytes_of("", 0), 0);
    }
    *out_count = count;
}
