/* JSON to canonical msgpack. Containers are packed into a buffer of their own first, because their
 * header carries a count that is known at the end only; a map's pairs are then sorted by key.
 * Strict on purpose: what two readers could understand differently (keys given twice, fractions,
 * numbers out of range, lone surrogates) is refused here and never reaches the ledger. */
#include "net/json.h"

#include "ledger/canon.h"
#include "net/limits.h"

#include <stdlib.h>

struct parser {
    const uint8_t *at;
    const uint8_t *end;
    struct base_err *err;
};

/* One member of an object: where its key and its packed pair are in the object's buffer. */
struct member {
    size_t key_at, key_len;
    size_t pair_at, pair_len;
};

struct object {
    struct base_buf packed; /* pairs one after the other, as they came */
    struct base_buf keys;   /* key bytes for sorting */
    struct member *members;
    uint32_t count, capacity;
};

static int parse_value(struct parser *in, struct base_buf *out, unsigned depth);

static int fail_at(struct parser *in, const char *what)
{
    return BASE_FAIL(in->err, BASE_E_FORMAT, "JSON: %s", what);
}

static void skip_blanks(struct parser *in)
{
    while (in->at < in->end &&
           (*in->at == ' ' || *in->at == '\t' || *in->at == '\n' || *in->at == '\r'))
        in->at++;
}

/* Steps over `c` when it comes next, blanks aside. */
static bool take_char(struct parser *in, char c)
{
    skip_blanks(in);
    if (in->at == in->end || *in->at != (uint8_t)c)
        return false;
    in->at++;
    return true;
}

static bool take_word(struct parser *in, const char *word)
{
    size_t len = strlen(word);
    if ((size_t)(in->end - in->at) < len || memcmp(in->at, word, len) != 0)
        return false;
    in->at += len;
    return true;
}

static int take_hex4(struct parser *in, uint32_t *out_unit)
{
    uint8_t bytes[2];
    if (in->end - in->at < 4 || !base_unhex((const char *)in->at, 4, bytes, 2))
        return fail_at(in, "\\u without four hex digits");
    in->at += 4;
    *out_unit = (uint32_t)bytes[0] << 8 | bytes[1];
    return 0;
}

static void put_utf8(struct base_buf *out, uint32_t c)
{
    if (c < 0x80) {
        base_buf_put_u8(out, (uint8_t)c);
        return;
    }
    if (c < 0x800) {
        base_buf_put_u8(out, (uint8_t)(0xc0 | c >> 6));
    } else {
        if (c < 0x10000) {
            base_buf_put_u8(out, (uint8_t)(0xe0 | c >> 12));
        } else {
            base_buf_put_u8(out, (uint8_t)(0xf0 | c >> 18));
            base_buf_put_u8(out, (uint8_t)(0x80 | (c >> 12 & 0x3f)));
        }
        base_buf_put_u8(out, (uint8_t)(0x80 | (c >> 6 & 0x3f)));
    }
    base_buf_put_u8(out, (uint8_t)(0x80 | (c & 0x3f)));
}

static int take_unicode_escape(struct parser *in, struct base_buf *out)
{
    uint32_t unit, low;
    int rc = take_hex4(in, &unit);
    if (rc != 0)
        return rc;
    if (unit >= 0xd800 && unit < 0xdc00) {
        if (!take_word(in, "\\u"))
            return fail_at(in, "a lone surrogate");
        rc = take_hex4(in, &low);
        if (rc != 0)
            return rc;
        if (low < 0xdc00 || low > 0xdfff)
            return fail_at(in, "a lone surrogate");
        unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
    } else if (unit >= 0xdc00 && unit < 0xe000) {
        return fail_at(in, "a lone surrogate");
    }
    put_utf8(out, unit);
    return 0;
}

static int take_escape(struct parser *in, struct base_buf *out)
{
    static const char from[] = "\"\\/bfnrt";
    static const char to[] = "\"\\/\b\f\n\r\t";
    if (in->at == in->end)
        return fail_at(in, "ends inside text");
    uint8_t c = *in->at++;
    if (c == 'u')
        return take_unicode_escape(in, out);
    const char *found = c != 0 ? strchr(from, c) : NULL;
    if (found == NULL)
        return fail_at(in, "an unknown escape");
    base_buf_put_u8(out, (uint8_t)to[found - from]);
    return 0;
}

/* Reads text after its opening quote into `out`, decoded. */
static int parse_text(struct parser *in, struct base_buf *out)
{
    while (in->at < in->end) {
        uint8_t c = *in->at++;
        if (c == '"')
            return net_utf8_is_valid(base_buf_bytes(out)) ? 0
                                                          : fail_at(in, "text that is not UTF-8");
        if (c < 0x20)
            return fail_at(in, "a control character inside text");
        if (c != '\\') {
            base_buf_put_u8(out, c);
            continue;
        }
        int rc = take_escape(in, out);
        if (rc != 0)
            return rc;
    }
    return fail_at(in, "ends inside text");
}

static int parse_number(struct parser *in, struct base_buf *out)
{
    bool negative = *in->at == '-';
    if (negative)
        in->at++;
    if (in->at == in->end || *in->at < '0' || *in->at > '9')
        return fail_at(in, "not a value");
    if (*in->at == '0' && in->end - in->at > 1 && in->at[1] >= '0' && in->at[1] <= '9')
        return fail_at(in, "a number that begins with 0");
    uint64_t limit = negative ? (uint64_t)INT64_MAX + 1 : INT64_MAX;
    uint64_t number = 0;
    while (in->at < in->end && *in->at >= '0' && *in->at <= '9') {
        uint64_t digit = (uint64_t)(*in->at++ - '0');
        if (number > (limit - digit) / 10)
            return fail_at(in, "an integer outside 64 bits");
        number = number * 10 + digit;
    }
    if (in->at < in->end && (*in->at == '.' || *in->at == 'e' || *in->at == 'E'))
        return fail_at(in, "a number that is not an integer");
    ledger_canon_put_int(out, negative ? (int64_t)(0 - number) : (int64_t)number);
    return 0;
}

static int parse_array(struct parser *in, struct base_buf *out, unsigned depth)
{
    struct base_buf BASE_CLEANUP(base_buf_release) items = {0};
    uint32_t count = 0;
    if (!take_char(in, ']')) {
        do {
            int rc = parse_value(in, &items, depth + 1);
            if (rc != 0)
                return rc;
            count++;
        } while (take_char(in, ','));
        if (!take_char(in, ']'))
            return fail_at(in, "an array without its end");
    }
    ledger_canon_put_array(out, count);
    base_buf_put_bytes(out, base_buf_bytes(&items));
    out->failed |= items.failed;
    return 0;
}

static int object_add(struct parser *in, struct object *object, unsigned depth)
{
    if (object->count == object->capacity) {
        uint32_t capacity = object->capacity == 0 ? 8 : object->capacity * 2;
        struct member *members = realloc(object->members, capacity * sizeof(*members));
        if (members == NULL)
            return BASE_FAIL(in->err, BASE_E_MEMORY, "JSON object");
        object->members = members;
        object->capacity = capacity;
    }
    struct member member = {.key_at = object->keys.len, .pair_at = object->packed.len};
    struct base_buf BASE_CLEANUP(base_buf_release) key = {0};
    if (!take_char(in, '"'))
        return fail_at(in, "an object's key that is not text");
    int rc = parse_text(in, &key);
    if (rc != 0)
        return rc;
    if (!take_char(in, ':'))
        return fail_at(in, "a key without a value");
    base_buf_put_bytes(&object->keys, base_buf_bytes(&key));
    ledger_canon_put_text(&object->packed, base_buf_bytes(&key));
    rc = parse_value(in, &object->packed, depth + 1);
    if (rc != 0)
        return rc;
    if (key.failed || object->keys.failed || object->packed.failed)
        return BASE_FAIL(in->err, BASE_E_MEMORY, "JSON object");
    member.key_len = object->keys.len - member.key_at;
    member.pair_len = object->packed.len - member.pair_at;
    object->members[object->count++] = member;
    return 0;
}

static struct base_bytes member_key(const struct object *object, const struct member *member)
{
    return base_bytes_of(object->keys.data + member->key_at, member->key_len);
}

static int member_order(const void *a, const void *b, void *object)
{
    return base_bytes_compare(member_key(object, a), member_key(object, b));
}

static void object_release(struct object *object)
{
    base_buf_release(&object->packed);
    base_buf_release(&object->keys);
    free(object->members);
}

static int parse_object(struct parser *in, struct base_buf *out, unsigned depth)
{
    struct object BASE_CLEANUP(object_release) object = {0};
    if (!take_char(in, '}')) {
        do {
            int rc = object_add(in, &object, depth);
            if (rc != 0)
                return rc; /* NOLINT(clang-analyzer-unix.Malloc): released by its cleanup */
        } while (take_char(in, ','));
        if (!take_char(in, '}'))
            return fail_at(in, "an object without its end");
    }
    if (object.count > 1)
        qsort_r(object.members, object.count, sizeof(*object.members), member_order, &object);
    ledger_canon_put_map(out, object.count);
    for (uint32_t i = 0; i < object.count; i++) {
        const struct member *member = &object.members[i];
        if (i > 0 && member_order(&object.members[i - 1], member, &object) == 0)
            return fail_at(in, "a key given twice");
        base_buf_put(out, object.packed.data + member->pair_at, member->pair_len);
    }
    return 0;
}

static int parse_value(struct parser *in, struct base_buf *out, unsigned depth)
{
    if (depth > NET_NESTING_MAX)
        return BASE_FAIL(in->err, BASE_E_LIMIT, "JSON: nested deeper than %u", NET_NESTING_MAX);
    if (take_char(in, '{'))
        return parse_object(in, out, depth);
    if (take_char(in, '['))
        return parse_array(in, out, depth);
    if (take_char(in, '"')) {
        struct base_buf BASE_CLEANUP(base_buf_release) text = {0};
        int rc = parse_text(in, &text);
        if (rc == 0)
            ledger_canon_put_text(out, base_buf_bytes(&text));
        out->failed |= text.failed;
        return rc;
    }
    if (in->at == in->end)
        return fail_at(in, "ends before a value");
    if (take_word(in, "null"))
        ledger_canon_put_nil(out);
    else if (take_word(in, "true"))
        ledger_canon_put_bool(out, true);
    else if (take_word(in, "false"))
        ledger_canon_put_bool(out, false);
    else
        return parse_number(in, out);
    return 0;
}

int net_json_to_msgpack(struct base_bytes json, struct base_buf *out, struct base_err *err)
{
    struct parser in = {.at = json.data, .end = json.data + json.len, .err = err};
    int rc = json.len == 0 ? fail_at(&in, "empty") : parse_value(&in, out, 0);
    if (rc != 0)
        return rc;
    skip_blanks(&in);
    if (in.at != in.end)
        return fail_at(&in, "text after the value");
    if (out->failed)
        return BASE_FAIL(err, BASE_E_MEMORY, "JSON does not fit");
    return 0;
}
