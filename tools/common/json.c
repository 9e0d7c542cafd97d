/* Strings of JSON: quotes, backslashes and controls are escaped, all else goes through. */
#include "tools/common/json.h"

static void put_string(struct base_buf *out, struct base_bytes text)
{
    base_buf_put_u8(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.data[i];
        if (c == '"' || c == '\\')
            base_buf_printf(out, "\\%c", c);
        else if (c < 0x20)
            base_buf_printf(out, "\\u%04x", c);
        else
            base_buf_put_u8(out, c);
    }
    base_buf_put_u8(out, '"');
}

void tool_json_put_text(struct base_buf *out, const char *text)
{
    put_string(out, base_bytes_str(text));
}

static void put_hex(struct base_buf *out, struct base_bytes bytes)
{
    base_buf_put_u8(out, '"');
    for (size_t i = 0; i < bytes.len; i++)
        base_buf_printf(out, "%02x", bytes.data[i]);
    base_buf_put_u8(out, '"');
}

/* Nesting is bounded by the canonical form itself. */
static void put_items(struct base_buf *out, const struct ledger_canon_value *value)
{
    bool is_map = value->type == LEDGER_CANON_MAP;
    struct ledger_canon_reader reader = ledger_canon_reader_of(value->bytes);
    struct ledger_canon_value item;
    unsigned i = 0;
    base_buf_put_u8(out, is_map ? '{' : '[');
    for (; ledger_canon_step(&reader, &item); i++) {
        if (i > 0)
            base_buf_put_str(out, is_map && i % 2 == 1 ? ": " : ", ");
        tool_json_put_canon(out, &item);
    }
    base_buf_put_u8(out, is_map ? '}' : ']');
}

void tool_json_put_canon(struct base_buf *out, const struct ledger_canon_value *value)
{
    switch (value->type) {
    case LEDGER_CANON_BOOL:
        base_buf_put_str(out, value->integer != 0 ? "true" : "false");
        return;
    case LEDGER_CANON_INT:
        base_buf_printf(out, "%lld", (long long)value->integer);
        return;
    case LEDGER_CANON_BIN:
        put_hex(out, value->bytes);
        return;
    case LEDGER_CANON_TEXT:
        put_string(out, value->bytes);
        return;
    case LEDGER_CANON_ARRAY:
    case LEDGER_CANON_MAP:
        put_items(out, value);
        return;
    case LEDGER_CANON_NONE:
    case LEDGER_CANON_NIL:
    default:
        base_buf_put_str(out, "null");
    }
}
