/* Signed notes: keys as text, parsing, signing, verifying.
 *
 * A note is text up to the last empty line; below it, each line is "— name base64". Unknown signers
 * are kept and ignored: witnesses may sign who were not there yesterday. A signature by a known key
 * that does not hold makes the note invalid. What can fail: the bytes, which then are a stranger's.
 */
#include "ledger/note.h"

#include <assert.h>
#include <sodium.h>
#include <utf8proc.h>

#include "ledger/hash.h"

#define SKEY_PREFIX "PRIVATE+KEY+"
#define LINE_PREFIX "\xe2\x80\x94 " /* an em dash and a space */
#define TIME_LEN 8u

static const char cosignature_head[] = "cosignature/v1\ntime ";

bool ledger_note_name_is_valid(struct base_bytes name)
{
    if (name.len == 0 || name.len > LEDGER_ORIGIN_LEN_MAX || !ledger_text_is_nfc(name))
        return false;
    for (size_t i = 0; i < name.len;) {
        utf8proc_int32_t c = -1;
        utf8proc_ssize_t step =
            utf8proc_iterate(name.data + i, (utf8proc_ssize_t)(name.len - i), &c);
        assert(step > 0 && c >= 0);
        utf8proc_category_t category = utf8proc_category(c);
        if (c == '+' || category == UTF8PROC_CATEGORY_ZS || category == UTF8PROC_CATEGORY_ZL ||
            category == UTF8PROC_CATEGORY_ZP || category == UTF8PROC_CATEGORY_CC)
            return false;
        i += (size_t)step;
    }
    return true;
}

static void key_id_fill(struct ledger_note_key *key)
{
    uint8_t type = (uint8_t)key->type;
    struct base_bytes parts[] = {base_bytes_str(key->name), BASE_LITERAL("\n"),
                                 base_bytes_of(&type, 1),
                                 base_bytes_of(key->key.bytes, LEDGER_KEY_LEN)};
    struct ledger_hash hash;
    ledger__sha256_parts(parts, sizeof parts / sizeof parts[0], &hash);
    memcpy(key->id, hash.bytes, LEDGER_NOTE_KEY_ID_LEN);
}

static void name_set(struct ledger_note_key *key, struct base_bytes name)
{
    assert(name.len < sizeof key->name);
    memset(key->name, 0, sizeof key->name);
    memcpy(key->name, name.data, name.len);
}

int ledger_note_signer_make(const char *name, enum ledger_note_type type,
                            const uint8_t seed[LEDGER_SEED_LEN],
                            struct ledger_note_signer *out_signer, struct base_err *err)
{
    struct base_bytes bytes = base_bytes_str(name);
    if (!ledger_note_name_is_valid(bytes))
        return BASE_FAIL(err, BASE_E_USAGE, "“%s” cannot name a log: 1…%u bytes, no blanks, no +",
                         name, LEDGER_ORIGIN_LEN_MAX);
    name_set(&out_signer->key, bytes);
    out_signer->key.type = type;
    memcpy(out_signer->seed, seed, LEDGER_SEED_LEN);
    ledger_key_from_seed(seed, &out_signer->key.key, out_signer->secret);
    key_id_fill(&out_signer->key);
    return 0;
}

void ledger_note_signer_wipe(struct ledger_note_signer *signer)
{
    sodium_memzero(signer, sizeof *signer);
}

/* Takes what stands before `separator` off the front of `*rest`; false when there is none. */
static bool part_take(struct base_bytes *rest, char separator, struct base_bytes *out_part)
{
    const uint8_t *end = rest->len == 0 ? NULL : memchr(rest->data, separator, rest->len);
    if (end == NULL)
        return false;
    *out_part = base_bytes_of(rest->data, (size_t)(end - rest->data));
    *rest = base_bytes_of(end + 1, rest->len - out_part->len - 1);
    return true;
}

/* Reads "<name>+<id>+<base64 of type and 32 bytes>"; the bytes go to `out_material`. */
static int key_text_parse(struct base_bytes text, struct ledger_note_key *out_key,
                          uint8_t out_id[LEDGER_NOTE_KEY_ID_LEN],
                          uint8_t out_material[LEDGER_KEY_LEN], struct base_err *err)
{
    struct base_bytes name;
    struct base_bytes id;
    struct base_bytes rest = text;
    char lower_id[2 * LEDGER_NOTE_KEY_ID_LEN + 1];
    if (!part_take(&rest, '+', &name) || !part_take(&rest, '+', &id) ||
        !ledger_note_name_is_valid(name) ||
        !base_unhex((const char *)id.data, id.len, out_id, LEDGER_NOTE_KEY_ID_LEN))
        return BASE_FAIL(err, BASE_E_FORMAT, "note key: not <name>+<id>+<key>");
    base_hex(out_id, LEDGER_NOTE_KEY_ID_LEN, lower_id);
    if (!base_bytes_equal(id, base_bytes_str(lower_id)))
        return BASE_FAIL(err, BASE_E_FORMAT, "note key: the id is not in lower case");
    struct base_buf BASE_CLEANUP(base_buf_wipe) bytes = {0};
    if (!base_buf_put_unbase64(&bytes, rest) || bytes.len != 1 + LEDGER_KEY_LEN)
        return BASE_FAIL(err, BASE_E_FORMAT, "note key: not the base64 of 33 bytes");
    if (bytes.data[0] != LEDGER_NOTE_ED25519 && bytes.data[0] != LEDGER_NOTE_COSIGNATURE)
        return BASE_FAIL(err, BASE_E_FORMAT, "note key: unknown type %u", bytes.data[0]);
    name_set(out_key, name);
    out_key->type = (enum ledger_note_type)bytes.data[0];
    memcpy(out_material, bytes.data + 1, LEDGER_KEY_LEN);
    return 0;
}

int ledger_vkey_parse(struct base_bytes text, struct ledger_note_key *out_key, struct base_err *err)
{
    struct ledger_note_key key = {0};
    uint8_t id[LEDGER_NOTE_KEY_ID_LEN];
    int fault = key_text_parse(text, &key, id, key.key.bytes, err);
    if (fault != 0)
        return fault;
    key_id_fill(&key);
    if (memcmp(id, key.id, sizeof id) != 0)
        return BASE_FAIL(err, BASE_E_FORMAT, "note key: the id is not the key's");
    *out_key = key;
    return 0;
}

static void key_text_put(const struct ledger_note_key *key, const uint8_t material[LEDGER_KEY_LEN],
                         struct base_buf *out_text)
{
    char id[2 * LEDGER_NOTE_KEY_ID_LEN + 1];
    base_hex(key->id, sizeof key->id, id);
    uint8_t bytes[1 + LEDGER_KEY_LEN];
    bytes[0] = (uint8_t)key->type;
    memcpy(bytes + 1, material, LEDGER_KEY_LEN);
    base_buf_put_str(out_text, key->name);
    base_buf_put_str(out_text, "+");
    base_buf_put_str(out_text, id);
    base_buf_put_str(out_text, "+");
    base_buf_put_base64(out_text, base_bytes_of(bytes, sizeof bytes));
    sodium_memzero(bytes, sizeof bytes);
}

void ledger_vkey_put(const struct ledger_note_key *key, struct base_buf *out_text)
{
    key_text_put(key, key->key.bytes, out_text);
}

int ledger_skey_parse(struct base_bytes text, struct ledger_note_signer *out_signer,
                      struct base_err *err)
{
    struct base_bytes prefix = BASE_LITERAL(SKEY_PREFIX);
    if (text.len < prefix.len || memcmp(text.data, prefix.data, prefix.len) != 0)
        return BASE_FAIL(err, BASE_E_FORMAT, "note key: not a private key");
    struct ledger_note_key named = {0};
    uint8_t id[LEDGER_NOTE_KEY_ID_LEN];
    uint8_t seed[LEDGER_SEED_LEN];
    int fault = key_text_parse(base_bytes_of(text.data + prefix.len, text.len - prefix.len), &named,
                               id, seed, err);
    if (fault == 0)
        fault = ledger_note_signer_make(named.name, named.type, seed, out_signer, err);
    sodium_memzero(seed, sizeof seed);
    if (fault == 0 && memcmp(id, out_signer->key.id, sizeof id) != 0) {
        ledger_note_signer_wipe(out_signer);
        return BASE_FAIL(err, BASE_E_FORMAT, "note key: the id is not the key's");
    }
    return fault;
}

void ledger_skey_put(const struct ledger_note_signer *signer, struct base_buf *out_text)
{
    base_buf_put_str(out_text, SKEY_PREFIX);
    key_text_put(&signer->key, signer->seed, out_text);
}

/* Splits off the signed text: all up to the last empty line, with the newline before it. */
static bool text_split(struct base_bytes bytes, struct base_bytes *out_text,
                       struct base_bytes *out_lines)
{
    for (size_t i = bytes.len; i >= 2; i--) {
        if (bytes.data[i - 1] == '\n' && bytes.data[i - 2] == '\n') {
            *out_text = base_bytes_of(bytes.data, i - 1);
            *out_lines = base_bytes_of(bytes.data + i, bytes.len - i);
            return out_text->len > 1;
        }
    }
    return false;
}

static bool line_parse(struct base_bytes line, struct ledger_note_signature *out)
{
    struct base_bytes prefix = BASE_LITERAL(LINE_PREFIX);
    if (line.len <= prefix.len || memcmp(line.data, prefix.data, prefix.len) != 0)
        return false;
    struct base_bytes rest = base_bytes_of(line.data + prefix.len, line.len - prefix.len);
    if (!part_take(&rest, ' ', &out->name) || !ledger_note_name_is_valid(out->name))
        return false;
    struct base_buf BASE_CLEANUP(base_buf_release) decoded = {0};
    if (!base_buf_put_unbase64(&decoded, rest) || decoded.len <= LEDGER_NOTE_KEY_ID_LEN)
        return false;
    out->base64 = rest;
    return true;
}

static bool text_is_utf8(struct base_bytes text)
{
    for (size_t i = 0; i < text.len;) {
        utf8proc_int32_t c = -1;
        utf8proc_ssize_t step =
            utf8proc_iterate(text.data + i, (utf8proc_ssize_t)(text.len - i), &c);
        if (step <= 0 || c < 0)
            return false;
        i += (size_t)step;
    }
    return true;
}

int ledger_note_parse(struct base_bytes bytes, struct ledger_note *out_note, struct base_err *err)
{
    struct ledger_note note = {0};
    struct base_bytes lines;
    if (bytes.len > LEDGER_NOTE_LEN_MAX || bytes.len == 0 || bytes.data[bytes.len - 1] != '\n')
        return BASE_FAIL(err, BASE_E_FORMAT, "note: too long, or without its last newline");
    for (size_t i = 0; i < bytes.len; i++)
        if (bytes.data[i] < 0x20 && bytes.data[i] != '\n')
            return BASE_FAIL(err, BASE_E_FORMAT, "note: a control character");
    if (!text_is_utf8(bytes))
        return BASE_FAIL(err, BASE_E_FORMAT, "note: not UTF-8");
    if (!text_split(bytes, &note.text, &lines) || lines.len == 0)
        return BASE_FAIL(err, BASE_E_FORMAT, "note: no text, or no signature below it");
    struct base_bytes line;
    while (part_take(&lines, '\n', &line)) {
        if (note.signature_count == LEDGER_NOTE_SIGNATURE_COUNT_MAX)
            return BASE_FAIL(err, BASE_E_FORMAT, "note: more than %u signatures",
                             LEDGER_NOTE_SIGNATURE_COUNT_MAX);
        if (!line_parse(line, &note.signatures[note.signature_count++]))
            return BASE_FAIL(err, BASE_E_FORMAT, "note: signature line %u", note.signature_count);
    }
    assert(lines.len == 0);
    *out_note = note;
    return 0;
}

/* What a key of this type signs for a text. */
static void message_put(enum ledger_note_type type, uint64_t time_s, struct base_bytes text,
                        struct base_buf *out)
{
    if (type == LEDGER_NOTE_COSIGNATURE)
        base_buf_printf(out, "%s%llu\n", cosignature_head, (unsigned long long)time_s);
    base_buf_put_bytes(out, text);
}

/* Checks one decoded signature (after the key id) by a key that it names. */
static bool signature_holds(const struct ledger_note *note, const struct ledger_note_key *key,
                            struct base_bytes signature, uint64_t *out_time_s)
{
    uint64_t time_s = 0;
    if (key->type == LEDGER_NOTE_COSIGNATURE) {
        if (signature.len != TIME_LEN + LEDGER_SIGNATURE_LEN)
            return false;
        time_s = base_get_be64(signature.data);
        if (time_s > INT64_MAX)
            return false;
        signature = base_bytes_of(signature.data + TIME_LEN, LEDGER_SIGNATURE_LEN);
    }
    if (signature.len != LEDGER_SIGNATURE_LEN)
        return false;
    struct base_buf BASE_CLEANUP(base_buf_release) message = {0};
    message_put(key->type, time_s, note->text, &message);
    if (message.failed ||
        crypto_sign_verify_detached(signature.data, message.data, message.len, key->key.bytes) != 0)
        return false;
    if (out_time_s != NULL)
        *out_time_s = time_s;
    return true;
}

bool ledger_note_is_signed_by(const struct ledger_note *note, const struct ledger_note_key *key,
                              uint64_t *out_time_s)
{
    ledger__sodium_ready();
    bool found = false;
    for (unsigned i = 0; i < note->signature_count; i++) {
        const struct ledger_note_signature *line = &note->signatures[i];
        if (!base_bytes_equal(line->name, base_bytes_str(key->name)))
            continue;
        struct base_buf BASE_CLEANUP(base_buf_release) bytes = {0};
        if (!base_buf_put_unbase64(&bytes, line->base64) || bytes.len <= LEDGER_NOTE_KEY_ID_LEN)
            return false;
        if (memcmp(bytes.data, key->id, LEDGER_NOTE_KEY_ID_LEN) != 0)
            continue;
        struct base_bytes signature =
            base_bytes_of(bytes.data + LEDGER_NOTE_KEY_ID_LEN, bytes.len - LEDGER_NOTE_KEY_ID_LEN);
        if (!signature_holds(note, key, signature, out_time_s))
            return false;
        found = true;
    }
    return found;
}

void ledger_note_put_lines_of(const struct ledger_note *note, const struct ledger_note_key *key,
                              struct base_buf *out_lines)
{
    for (unsigned i = 0; i < note->signature_count; i++) {
        const struct ledger_note_signature *line = &note->signatures[i];
        struct base_buf BASE_CLEANUP(base_buf_release) bytes = {0};
        if (!base_bytes_equal(line->name, base_bytes_str(key->name)) ||
            !base_buf_put_unbase64(&bytes, line->base64) ||
            memcmp(bytes.data, key->id, LEDGER_NOTE_KEY_ID_LEN) != 0)
            continue;
        base_buf_put_str(out_lines, LINE_PREFIX);
        base_buf_put_bytes(out_lines, line->name);
        base_buf_put_str(out_lines, " ");
        base_buf_put_bytes(out_lines, line->base64);
        base_buf_put_str(out_lines, "\n");
    }
}

void ledger_note_sign_line(struct base_bytes text, const struct ledger_note_signer *signer,
                           uint64_t time_s, struct base_buf *out_note)
{
    assert(text.len > 0 && text.data[text.len - 1] == '\n');
    ledger__sodium_ready();
    struct base_buf BASE_CLEANUP(base_buf_release) message = {0};
    struct base_buf BASE_CLEANUP(base_buf_release) bytes = {0};
    uint8_t signature[LEDGER_SIGNATURE_LEN];
    message_put(signer->key.type, time_s, text, &message);
    if (message.failed) {
        out_note->failed = true;
        return;
    }
    crypto_sign_detached(signature, NULL, message.data, message.len, signer->secret);
    base_buf_put(&bytes, signer->key.id, LEDGER_NOTE_KEY_ID_LEN);
    if (signer->key.type == LEDGER_NOTE_COSIGNATURE)
        base_buf_put_be64(&bytes, time_s);
    base_buf_put(&bytes, signature, sizeof signature);
    base_buf_put_str(out_note, LINE_PREFIX);
    base_buf_put_str(out_note, signer->key.name);
    base_buf_put_str(out_note, " ");
    base_buf_put_base64(out_note, base_buf_bytes(&bytes));
    base_buf_put_str(out_note, "\n");
    out_note->failed = out_note->failed || bytes.failed;
}
