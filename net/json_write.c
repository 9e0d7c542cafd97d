/* msgpack to JSON. The bytes may come from anywhere, so every length is checked against what is
 * left before it is believed; containers are walked item by item, and depth has a limit, so that
 * neither a huge count nor deep nesting costs more than the bytes that were sent. */
#include "net/json.h"

#include "net/limits.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

struct unpacker {
    struct base_bytes rest;
    struct base_buf *out;
    struct base_err *err;
};

enum item_type {
    ITEM_NIL,
    ITEM_BOOL,
    ITEM_UINT,
    ITEM_INT,
    ITEM_FLOAT,
    ITEM_TEXT,
    ITEM_BIN,
    ITEM_ARRAY,
    ITEM_MAP,
};

struct item {
    enum item_type type;
    uint64_t number; /* BOOL, UINT, INT (as two's complement); count of ARRAY and MAP */
    double real;
    struct base_bytes bytes;
};

bool net_utf8_is_valid(struct base_bytes text)
{
    for (size_t i = 0; i < text.len;) {
        uint8_t lead = text.data[i];
        if (lead < 0x80) {
            i++;
            continue;
        }
        size_t len = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
        if (lead < 0xc2 || lead > 0xf4 || text.len - i < len)
            return false;
        for (size_t j = 1; j < len; j++)
            if ((text.data[i + j] & 0xc0) != 0x80)
                return false;
        uint8_t second = text.data[i + 1];
        if ((lead == 0xe0 && second < 0xa0) || (lead == 0xed && second > 0x9f) ||
            (lead == 0xf0 && second < 0x90) || (lead == 0xf4 && second > 0x8f))
            return false;
        i += len;
    }
    return true;
}

static int fail_format(struct unpacker *in, const char *what)
{
    return BASE_FAIL(in->err, BASE_E_FORMAT, "msgpack: %s", what);
}

/* Reads `len` bytes as a big-endian number. */
static int take_number(struct unpacker *in, size_t len, uint64_t *out_number)
{
    if (in->rest.len < len)
        return fail_format(in, "ends inside a value");
    uint64_t number = 0;
    for (size_t i = 0; i < len; i++)
        number = (number << 8) | in->rest.data[i];
    in->rest = base_bytes_of(in->rest.data + len, in->rest.len - len);
    *out_number = number;
    return 0;
}

static int take_bytes(struct unpacker *in, uint64_t len, struct item *item)
{
    if (in->rest.len < len)
        return fail_format(in, "ends inside a value");
    item->bytes = base_bytes_of(in->rest.data, (size_t)len);
    in->rest = base_bytes_of(in->rest.data + len, in->rest.len - (size_t)len);
    return 0;
}

static int take_sized(struct unpacker *in, enum item_type type, size_t size_len, struct item *item)
{
    uint64_t size;
    int rc = take_number(in, size_len, &size);
    if (rc != 0)
        return rc;
    item->type = type;
    item->number = size;
    return type == ITEM_TEXT || type == ITEM_BIN ? take_bytes(in, size, item) : 0;
}

static int take_float(struct unpacker *in, size_t len, struct item *item)
{
    uint64_t bits;
    int rc = take_number(in, len, &bits);
    if (rc != 0)
        return rc;
    item->type = ITEM_FLOAT;
    if (len == 4) {
        float single;
        uint32_t bits32 = (uint32_t)bits;
        memcpy(&single, &bits32, sizeof(single));
        item->real = (double)single;
    } else {
        memcpy(&item->real, &bits, sizeof(item->real));
    }
    return isfinite(item->real) ? 0 : fail_format(in, "a number that JSON cannot hold");
}

static int take_integer(struct unpacker *in, size_t len, bool is_signed, struct item *item)
{
    int rc = take_number(in, len, &item->number);
    if (rc != 0)
        return rc;
    item->type = is_signed ? ITEM_INT : ITEM_UINT;
    if (is_signed && len < 8 && (item->number >> (8 * len - 1)) != 0)
        item->number |= UINT64_MAX << (8 * len);
    return 0;
}

/* Heads 0xc0 … 0xdf, whose low bits are a type. */
static int take_headed(struct unpacker *in, uint8_t head, struct item *item)
{
    switch (head) {
    case 0xc0:
        item->type = ITEM_NIL;
        return 0;
    case 0xc2:
    case 0xc3:
        item->type = ITEM_BOOL;
        item->number = head & 1u;
        return 0;
    case 0xc4:
    case 0xc5:
    case 0xc6:
        return take_sized(in, ITEM_BIN, (size_t)1 << (head - 0xc4), item);
    case 0xca:
    case 0xcb:
        return take_float(in, head == 0xca ? 4 : 8, item);
    case 0xcc:
    case 0xcd:
    case 0xce:
    case 0xcf:
        return take_integer(in, (size_t)1 << (head - 0xcc), false, item);
    case 0xd0:
    case 0xd1:
    case 0xd2:
    case 0xd3:
        return take_integer(in, (size_t)1 << (head - 0xd0), true, item);
    case 0xd9:
    case 0xda:
    case 0xdb:
        return take_sized(in, ITEM_TEXT, (size_t)1 << (head - 0xd9), item);
    case 0xdc:
    case 0xdd:
        return take_sized(in, ITEM_ARRAY, (size_t)2 << (head - 0xdc), item);
    case 0xde:
    case 0xdf:
        return take_sized(in, ITEM_MAP, (size_t)2 << (head - 0xde), item);
    default:
        return fail_format(in, "an extension type");
    }
}

static int take_item(struct unpacker *in, struct item *item)
{
    uint64_t head64 = 0;
    int rc = take_number(in, 1, &head64);
    if (rc != 0)
        return rc;
    uint8_t head = (uint8_t)head64;
    *item = (struct item){0};
    if (head < 0x80) {
        item->type = ITEM_UINT;
        item->number = head;
    } else if (head < 0x90) {
        item->type = ITEM_MAP;
        item->number = head & 0x0fu;
    } else if (head < 0xa0) {
        item->type = ITEM_ARRAY;
        item->number = head & 0x0fu;
    } else if (head < 0xc0) {
        item->type = ITEM_TEXT;
        return take_bytes(in, head & 0x1fu, item);
    } else if (head < 0xe0) {
        return take_headed(in, head, item);
    } else {
        item->type = ITEM_INT;
        item->number = (uint64_t)(int64_t)(int8_t)head;
    }
    return 0;
}

static int put_text(struct unpacker *in, struct base_bytes text)
{
    if (!net_utf8_is_valid(text))
        return fail_format(in, "text that is not UTF-8");
    base_buf_put_u8(in->out, '"');
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.data[i];
        if (c == '"' || c == '\\') {
            base_buf_put_u8(in->out, '\\');
            base_buf_put_u8(in->out, c);
        } else if (c < 0x20 || c == 0x7f) {
            base_buf_printf(in->out, "\\u%04x", c);
        } else {
            base_buf_put_u8(in->out, c);
        }
    }
    base_buf_put_u8(in->out, '"');
    return 0;
}

static void put_hex(struct unpacker *in, struct base_bytes bytes)
{
    static const char digits[] = "0123456789abcdef";
    base_buf_put_u8(in->out, '"');
    for (size_t i = 0; i < bytes.len; i++) {
        base_buf_put_u8(in->out, (uint8_t)digits[bytes.data[i] >> 4]);
        base_buf_put_u8(in->out, (uint8_t)digits[bytes.data[i] & 15]);
    }
    base_buf_put_u8(in->out, '"');
}

static int put_key(struct unpacker *in)
{
    struct item key;
    int rc = take_item(in, &key);
    if (rc != 0)
        return rc;
    if (key.type == ITEM_TEXT)
        return put_text(in, key.bytes);
    if (key.type == ITEM_BIN)
        put_hex(in, key.bytes);
    else if (key.type == ITEM_UINT)
        base_buf_printf(in->out, "\"%" PRIu64 "\"", key.number);
    else if (key.type == ITEM_INT)
        base_buf_printf(in->out, "\"%" PRId64 "\"", (int64_t)key.number);
    else
        return fail_format(in, "a map key that is neither text nor bin nor integer");
    return 0;
}

static int put_value(struct unpacker *in, unsigned depth);

static int put_container(struct unpacker *in, const struct item *item, unsigned depth)
{
    bool is_map = item->type == ITEM_MAP;
    if (depth >= NET_NESTING_MAX)
        return BASE_FAIL(in->err, BASE_E_LIMIT, "msgpack: nested deeper than %u", NET_NESTING_MAX);
    base_buf_put_u8(in->out, is_map ? '{' : '[');
    for (uint64_t i = 0; i < item->number; i++) {
        if (i > 0)
            base_buf_put_u8(in->out, ',');
        int rc = 0;
        if (is_map) {
            rc = put_key(in);
            base_buf_put_u8(in->out, ':');
        }
        if (rc == 0)
            rc = put_value(in, depth + 1);
        if (rc != 0)
            return rc;
    }
    base_buf_put_u8(in->out, is_map ? '}' : ']');
    return 0;
}

static int put_value(struct unpacker *in, unsigned depth)
{
    struct item item;
    int rc = take_item(in, &item);
    if (rc != 0)
        return rc;
    if (in->out->failed)
        return BASE_FAIL(in->err, BASE_E_MEMORY, "JSON does not fit");
    switch (item.type) {
    case ITEM_NIL:
        base_buf_put_str(in->out, "null");
        return 0;
    case ITEM_BOOL:
        base_buf_put_str(in->out, item.number != 0 ? "true" : "false");
        return 0;
    case ITEM_UINT:
        base_buf_printf(in->out, "%" PRIu64, item.number);
        return 0;
    case ITEM_INT:
        base_buf_printf(in->out, "%" PRId64, (int64_t)item.number);
        return 0;
    case ITEM_FLOAT:
        base_buf_printf(in->out, "%.17g", item.real);
        return 0;
    case ITEM_TEXT:
        return put_text(in, item.bytes);
    case ITEM_BIN:
        put_hex(in, item.bytes);
        return 0;
    case ITEM_ARRAY:
    case ITEM_MAP:
        return put_container(in, &item, depth);
    }
    abort();
}

int net_json_from_msgpack(struct base_bytes msgpack, struct base_buf *out, struct base_err *err)
{
    struct unpacker in = {.rest = msgpack, .out = out, .err = err};
    int rc = put_value(&in, 0);
    if (rc != 0)
        return rc;
    if (in.rest.len != 0)
        return fail_format(&in, "bytes after the value");
    if (out->failed)
        return BASE_FAIL(err, BASE_E_MEMORY, "JSON does not fit");
    return 0;
}
