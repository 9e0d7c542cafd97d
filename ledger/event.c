/* The event envelope: parse, build, sign, verify.
 *
 * Parsing: length, canonical form, version, then each key in its place; a key too many or too few
 * is a refusal that names it. Nothing is changed or completed on the way: what is signed stays as
 * it came. What can fail: the bytes alone; the answer is the same wherever they are read. */
#include "ledger/event.h"

#include <assert.h>
#include <sodium.h>

#include "ledger/hash.h"

#define CLAIMED_MS_MAX INT64_C(253402300799999) /* the last millisecond of the year 9999 */
#define EVENT_KEY_COUNT 8u                      /* without the optional quote */

static_assert(sizeof LEDGER_EVENT_DOMAIN == 17, "the domain is signed with its zero");
static_assert(LEDGER_KEY_LEN == crypto_sign_PUBLICKEYBYTES, "keys are Ed25519 public keys");
static_assert(LEDGER_SIGNATURE_LEN == crypto_sign_BYTES, "signatures are Ed25519 signatures");
static_assert(LEDGER_SEED_LEN == crypto_sign_SEEDBYTES, "seeds are Ed25519 seeds");

/* Lower-case Latin letters, digits, dots and underscores, beginning with a letter. */
static bool kind_is_wellformed(struct base_bytes kind)
{
    if (kind.len == 0 || kind.len > LEDGER_KIND_LEN_MAX)
        return false;
    if (kind.data[0] < 'a' || kind.data[0] > 'z')
        return false;
    for (size_t i = 0; i < kind.len; i++) {
        uint8_t c = kind.data[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_'))
            return false;
    }
    return true;
}

/* The readers of single fields: true when the next value is of the field's form, and then stored.
 */
static bool body_read(struct ledger_canon_reader *reader, struct ledger_event *e)
{
    return ledger_canon_step_indexed(reader, &e->body) && e->body.type == LEDGER_CANON_MAP;
}

/* An integer from `min` on. */
static bool int_read(struct ledger_canon_reader *reader, int64_t min, int64_t *out)
{
    return ledger_canon_step_int(reader, out) && *out >= min;
}

static bool hash_read(struct ledger_canon_reader *reader, uint8_t out[LEDGER_HASH_LEN])
{
    const uint8_t *bytes = ledger_canon_step_bin(reader, LEDGER_HASH_LEN);
    if (bytes != NULL)
        memcpy(out, bytes, LEDGER_HASH_LEN);
    return bytes != NULL;
}

static bool claimed_read(struct ledger_canon_reader *reader, struct ledger_event *e)
{
    return int_read(reader, 0, &e->claimed_ms) && e->claimed_ms <= CLAIMED_MS_MAX;
}

static bool key_read(struct ledger_canon_reader *reader, struct ledger_event *e)
{
    return hash_read(reader, e->key.bytes);
}

static bool log_id_read(struct ledger_canon_reader *reader, struct ledger_event *e)
{
    return hash_read(reader, e->log_id.bytes);
}

static bool counter_read(struct ledger_canon_reader *reader, struct ledger_event *e)
{
    return int_read(reader, 1, &e->counter);
}

static bool quote_read(struct ledger_canon_reader *reader, struct ledger_event *e)
{
    e->has_quote = true;
    return hash_read(reader, e->quote.bytes);
}

static bool seen_read(struct ledger_canon_reader *reader, struct ledger_event *e)
{
    uint32_t count;
    int64_t size;
    if (!ledger_canon_enter_array(reader, &count) || count != 2 || !int_read(reader, 0, &size))
        return false;
    e->seen_size = (uint64_t)size;
    return hash_read(reader, e->seen_root.bytes);
}

static bool kind_read(struct ledger_canon_reader *reader, struct ledger_event *e)
{
    struct ledger_canon_value v;
    bool there = ledger_canon_enter(reader, &v) && v.type == LEDGER_CANON_TEXT;
    e->kind = v.bytes;
    return there && kind_is_wellformed(v.bytes);
}

static bool version_read(struct ledger_canon_reader *reader, struct ledger_event *e)
{
    int64_t version;
    e->version = LEDGER_EVENT_VERSION;
    return int_read(reader, 0, &version) && version == LEDGER_EVENT_VERSION;
}

/* The fields in the order of their keys, which is the order they are signed in. */
static const struct field {
    char key;
    bool optional;
    bool (*read)(struct ledger_canon_reader *reader, struct ledger_event *event);
} fields[] = {
    {'b', false, body_read},   {'c', false, claimed_read}, {'k', false, key_read},
    {'l', false, log_id_read}, {'n', false, counter_read}, {'q', true, quote_read},
    {'s', false, seen_read},   {'t', false, kind_read},    {'v', false, version_read},
};
#define FIELD_COUNT (sizeof fields / sizeof fields[0])

/* Walks the pairs and the table side by side; both are in key order. */
static int fields_read(struct base_bytes pairs, struct ledger_event *event,
                       struct ledger_refusal *refusal)
{
    struct ledger_canon_reader reader = ledger_canon_reader_of(pairs);
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        const struct field *field = &fields[i];
        bool there = ledger_canon_step_key(&reader, base_bytes_of(&field->key, 1));
        if (!there && field->optional && reader.rest.len > 0)
            continue;
        if (!there || !field->read(&reader, event))
            return ledger_refuse(refusal, LEDGER_REFUSED_MALFORMED, "%c", field->key);
    }
    return reader.rest.len == 0 ? 0 : ledger_refuse(refusal, LEDGER_REFUSED_MALFORMED, "event");
}

/* Of another version nothing else is judged: it may have other fields. */
static bool has_other_version(const struct ledger_canon_value *map)
{
    struct ledger_canon_value version = ledger_canon_get(map, "v");
    return version.type == LEDGER_CANON_INT && version.integer != LEDGER_EVENT_VERSION;
}

int ledger_event_parse(struct base_bytes bytes, struct ledger_event *out_event,
                       struct ledger_refusal *refusal)
{
    if (bytes.len > LEDGER_EVENT_LEN_MAX)
        return ledger_refuse(refusal, LEDGER_REFUSED_TOO_LARGE, "event");
    struct ledger_canon_value map;
    if (ledger_canon_check(bytes, &map) != NULL)
        return ledger_refuse(refusal, LEDGER_REFUSED_NOT_CANONICAL, "event");
    if (map.type != LEDGER_CANON_MAP)
        return ledger_refuse(refusal, LEDGER_REFUSED_MALFORMED, "event");
    struct ledger_event event = {.bytes = bytes};
    int answer = fields_read(map.bytes, &event, refusal);
    if (answer != 0 && has_other_version(&map))
        answer = ledger_refuse(refusal, LEDGER_REFUSED_VERSION, "v");
    if (answer != 0)
        return answer;
    ledger_event_name(&event);
    *out_event = event;
    return 0;
}

void ledger_event_name(struct ledger_event *event)
{
    ledger_sha256(event->bytes, &event->id);
}

bool ledger_event_read(struct base_bytes bytes, struct ledger_event *out_event)
{
    struct ledger_canon_reader reader = ledger_canon_reader_of(bytes);
    struct ledger_canon_value map;
    struct ledger_refusal refusal;
    *out_event = (struct ledger_event){.bytes = bytes};
    if (!ledger_canon_enter(&reader, &map) || map.type != LEDGER_CANON_MAP)
        return false;
    return fields_read(reader.rest, out_event, &refusal) == 0;
}

static int draft_check(const struct ledger_event_draft *draft, struct base_err *err)
{
    struct ledger_canon_value body;
    const char *reason = ledger_canon_check(draft->body, &body);
    if (reason != NULL)
        return BASE_FAIL(err, BASE_E_FORMAT, "event: body: %s", reason);
    if (body.type != LEDGER_CANON_MAP)
        return BASE_FAIL(err, BASE_E_FORMAT, "event: the body is not a map");
    if (!kind_is_wellformed(base_bytes_str(draft->kind)))
        return BASE_FAIL(err, BASE_E_FORMAT, "event: kind “%s”", draft->kind);
    if (draft->counter < 1 || draft->claimed_ms < 0 || draft->claimed_ms > CLAIMED_MS_MAX ||
        draft->seen_size > INT64_MAX)
        return BASE_FAIL(err, BASE_E_USAGE, "event: counter, time or seen size out of range");
    return 0;
}

int ledger_event_build(const struct ledger_event_draft *draft, struct base_buf *out_bytes,
                       struct base_err *err)
{
    static const struct ledger_hash zero;
    assert(draft->key != NULL && draft->kind != NULL && draft->seen_root != NULL);
    int fault = draft_check(draft, err);
    if (fault != 0)
        return fault;
    size_t start = out_bytes->len;
    ledger_canon_put_map(out_bytes, EVENT_KEY_COUNT + (draft->quote != NULL ? 1 : 0));
    ledger_canon_put_str(out_bytes, "b");
    base_buf_put_bytes(out_bytes, draft->body);
    ledger_canon_put_str(out_bytes, "c");
    ledger_canon_put_int(out_bytes, draft->claimed_ms);
    ledger_canon_put_str(out_bytes, "k");
    ledger_canon_put_bin(out_bytes, draft->key->bytes, LEDGER_KEY_LEN);
    ledger_canon_put_str(out_bytes, "l");
    ledger_canon_put_bin(out_bytes, draft->log_id != NULL ? draft->log_id->bytes : zero.bytes,
                         LEDGER_HASH_LEN);
    ledger_canon_put_str(out_bytes, "n");
    ledger_canon_put_int(out_bytes, draft->counter);
    if (draft->quote != NULL) {
        ledger_canon_put_str(out_bytes, "q");
        ledger_canon_put_bin(out_bytes, draft->quote->bytes, LEDGER_HASH_LEN);
    }
    ledger_canon_put_str(out_bytes, "s");
    ledger_canon_put_array(out_bytes, 2);
    ledger_canon_put_int(out_bytes, (int64_t)draft->seen_size);
    ledger_canon_put_bin(out_bytes, draft->seen_root->bytes, LEDGER_HASH_LEN);
    ledger_canon_put_str(out_bytes, "t");
    ledger_canon_put_str(out_bytes, draft->kind);
    ledger_canon_put_str(out_bytes, "v");
    ledger_canon_put_int(out_bytes, LEDGER_EVENT_VERSION);
    if (out_bytes->failed)
        return BASE_FAIL(err, BASE_E_MEMORY, "event: no room for the encoding");
    if (out_bytes->len - start > LEDGER_EVENT_LEN_MAX) {
        size_t len = out_bytes->len - start;
        out_bytes->len = start;
        return BASE_FAIL(err, BASE_E_LIMIT, "event of %zu bytes, the limit is %u", len,
                         LEDGER_EVENT_LEN_MAX);
    }
    /* A body near the nesting limit may be one level too deep inside its event. */
    const char *reason =
        ledger_canon_check(base_bytes_of(out_bytes->data + start, out_bytes->len - start), NULL);
    if (reason != NULL) {
        out_bytes->len = start;
        return BASE_FAIL(err, BASE_E_FORMAT, "event: %s", reason);
    }
    return 0;
}

void ledger_key_from_seed(const uint8_t seed[LEDGER_SEED_LEN], struct ledger_key *out_key,
                          uint8_t out_secret[64])
{
    ledger__sodium_ready();
    crypto_sign_seed_keypair(out_key->bytes, out_secret, seed);
}

/* What is signed: the domain and the event, in one piece, as Ed25519 wants it. */
struct signed_message {
    uint8_t bytes[sizeof LEDGER_EVENT_DOMAIN + LEDGER_EVENT_LEN_MAX];
    size_t len;
};

static void message_make(struct base_bytes event_bytes, struct signed_message *out)
{
    assert(event_bytes.len <= LEDGER_EVENT_LEN_MAX);
    memcpy(out->bytes, LEDGER_EVENT_DOMAIN, sizeof LEDGER_EVENT_DOMAIN);
    if (event_bytes.len > 0)
        memcpy(out->bytes + sizeof LEDGER_EVENT_DOMAIN, event_bytes.data, event_bytes.len);
    out->len = sizeof LEDGER_EVENT_DOMAIN + event_bytes.len;
}

void ledger_event_sign(struct base_bytes event_bytes, const uint8_t secret[64],
                       struct ledger_signature *out_signature)
{
    ledger__sodium_ready();
    struct signed_message message;
    message_make(event_bytes, &message);
    crypto_sign_detached(out_signature->bytes, NULL, message.bytes, message.len, secret);
}

bool ledger_event_verify(struct base_bytes event_bytes, const struct ledger_key *key,
                         const struct ledger_signature *signature)
{
    if (event_bytes.len > LEDGER_EVENT_LEN_MAX)
        return false;
    ledger__sodium_ready();
    struct signed_message message;
    message_make(event_bytes, &message);
    return crypto_sign_verify_detached(signature->bytes, message.bytes, message.len, key->bytes) ==
           0;
}
