/* Canonical msgpack: one encoding for one value (specs/formats.md, section 1).
 * Shape:   a writer over `struct base_buf` (msgpack-c packs), a cursor that reads and refuses all
 *          that the writer would not write: longest-form integers, floats, extension types, keys
 *          unsorted (as memcmp orders their bytes, a prefix first), twice or not texts, text that
 * is not UTF-8 NFC, nesting or lengths over the limits. Units:   lengths in bytes, counts in items.
 * Threads: plain values.
 * Errors:  sticky in both directions; check once. */
#pragma once

#include "ledger/base/bytes.h"
#include "ledger/limits.h"

enum ledger_canon_type {
    LEDGER_CANON_NONE = 0, /* nothing there, or the reader has failed */
    LEDGER_CANON_NIL,
    LEDGER_CANON_BOOL,
    LEDGER_CANON_INT, /* -2^63 … 2^63-1; larger unsigned values are refused */
    LEDGER_CANON_BIN,
    LEDGER_CANON_TEXT,
    LEDGER_CANON_ARRAY,
    LEDGER_CANON_MAP,
};

/* One value; `bytes` borrows from what was read. For arrays and maps `count` is the number of
 * items or pairs and `bytes` the encoding of the items alone, so that a reader over `bytes` walks
 * them. `raw` is the whole encoding of the value, header included. */
struct ledger_canon_value {
    enum ledger_canon_type type;
    uint32_t count;
    int64_t integer; /* INT; BOOL as 0 or 1 */
    struct base_bytes bytes;
    struct base_bytes raw;
    /* Of a container that was stepped over with its index: where its items or pairs begin. */
    uint16_t start_count, starts[LEDGER_CANON_INDEX_COUNT_MAX];
};

/* The first byte of a short text, less its length. */
#define LEDGER_CANON_SHORT_TEXT 0xa0u
#define LEDGER_CANON_SHORT_TEXT_LEN_MAX 31u
/* The first byte of a BIN of fewer than 256 bytes, of nil, of a short array less its count, and the
 * largest integer of one byte. */
#define LEDGER_CANON_SHORT_BIN 0xc4u
#define LEDGER_CANON_NIL_BYTE 0xc0u
#define LEDGER_CANON_SHORT_ARRAY 0x90u
#define LEDGER_CANON_SHORT_INT_MAX 0x7fu

struct ledger_canon_reader {
    struct base_bytes rest; /* what is not read yet */
    const char *failed;     /* NULL, or the reason, in English, static */
};

struct ledger_canon_reader ledger_canon_reader_of(struct base_bytes bytes);
/* Reads the next value whole (containers are checked recursively and skipped over). After a
 * failure, or at the end, the type is LEDGER_CANON_NONE; the end alone sets no failure. */
struct ledger_canon_value ledger_canon_next(struct ledger_canon_reader *reader);
/* Checks that `bytes` hold exactly one canonical value and gives it; NULL, or the static reason. */
const char *ledger_canon_check(struct base_bytes bytes, struct ledger_canon_value *out_value);

/* The following are for values that passed ledger_canon_check: no recursive check again. */
/* The value of key `key` (a short text) of a map, or type NONE. Linear in the map's pairs; in its
 * bytes too, unless it is indexed. */
struct ledger_canon_value ledger_canon_get(const struct ledger_canon_value *map, const char *key);
/* As ledger_canon_get for a list that will be walked: its items come next from `out_items`, `count`
 * of them, and `bytes` are empty. Nothing is walked to find where it ends. */
struct ledger_canon_value ledger_canon_get_list(const struct ledger_canon_value *map,
                                                const char *key,
                                                struct ledger_canon_reader *out_items);
/* Steps over the items of an array, or keys and values by turns of a map:
 *     struct ledger_canon_reader r = ledger_canon_reader_of(array.bytes);
 *     while (ledger_canon_step(&r, &item)) … */
bool ledger_canon_step(struct ledger_canon_reader *reader, struct ledger_canon_value *out_item);
/* As ledger_canon_step; a container of at most LEDGER_CANON_INDEX_COUNT_MAX items or pairs learns
 * where they begin, so that ledger_canon_get and ledger_canon_at need not walk. */
bool ledger_canon_step_indexed(struct ledger_canon_reader *reader,
                               struct ledger_canon_value *out_item);
/* Passes over the next value if it is the text `key` (a short one: all names of fields are); else
 * passes over nothing. For who knows which key comes next. */
static inline bool ledger_canon_step_key(struct ledger_canon_reader *reader, struct base_bytes key)
{
    struct base_bytes rest = reader->rest;
    if (reader->failed != NULL || key.len > LEDGER_CANON_SHORT_TEXT_LEN_MAX ||
        rest.len <= key.len || rest.data[0] != LEDGER_CANON_SHORT_TEXT + key.len ||
        memcmp(rest.data + 1, key.data, key.len) != 0)
        return false;
    reader->rest = base_bytes_of(rest.data + 1 + key.len, rest.len - 1 - key.len);
    return true;
}
/* For who knows what comes next: each passes over the next value if it is what is asked for, else
 * over nothing. Nothing but the value's own bytes is looked at or written, which is what makes a
 * million events a matter of seconds. */
/* A BIN of exactly `len` bytes, fewer than 256: where they are, or NULL. */
static inline const uint8_t *ledger_canon_step_bin(struct ledger_canon_reader *reader, size_t len)
{
    struct base_bytes rest = reader->rest;
    if (reader->failed != NULL || rest.len < 2 + len || rest.data[0] != LEDGER_CANON_SHORT_BIN ||
        rest.data[1] != len)
        return NULL;
    reader->rest = base_bytes_of(rest.data + 2 + len, rest.len - 2 - len);
    return rest.data + 2;
}
static inline bool ledger_canon_step_nil(struct ledger_canon_reader *reader)
{
    struct base_bytes rest = reader->rest;
    bool there = reader->failed == NULL && rest.len > 0 && rest.data[0] == LEDGER_CANON_NIL_BYTE;
    if (there)
        reader->rest = base_bytes_of(rest.data + 1, rest.len - 1);
    return there;
}
/* An INT; most are of one byte. */
bool ledger_canon_step_wide_int(struct ledger_canon_reader *reader, int64_t *out_integer);
static inline bool ledger_canon_step_int(struct ledger_canon_reader *reader, int64_t *out_integer)
{
    struct base_bytes rest = reader->rest;
    if (reader->failed != NULL || rest.len == 0 || rest.data[0] > LEDGER_CANON_SHORT_INT_MAX)
        return ledger_canon_step_wide_int(reader, out_integer);
    *out_integer = rest.data[0];
    reader->rest = base_bytes_of(rest.data + 1, rest.len - 1);
    return true;
}
/* The head of an ARRAY: its items come next. */
bool ledger_canon_enter_long_array(struct ledger_canon_reader *reader, uint32_t *out_count);
static inline bool ledger_canon_enter_array(struct ledger_canon_reader *reader, uint32_t *out_count)
{
    struct base_bytes rest = reader->rest;
    if (reader->failed != NULL || rest.len == 0 ||
        (rest.data[0] & 0xf0u) != LEDGER_CANON_SHORT_ARRAY)
        return ledger_canon_enter_long_array(reader, out_count);
    *out_count = rest.data[0] & 0x0fu;
    reader->rest = base_bytes_of(rest.data + 1, rest.len - 1);
    return true;
}
/* Stands `out_value` on the value of the `at`-th pair of an indexed map, if that is the key's;
 * false: it is not, or there is no index. For who knows where a key usually is (ledger_canon_get
 * finds it elsewhere). */
static inline bool ledger_canon_pair(const struct ledger_canon_value *map, uint32_t at,
                                     struct base_bytes key, struct ledger_canon_reader *out_value)
{
    if (at >= map->start_count)
        return false;
    out_value->failed = NULL;
    out_value->rest =
        base_bytes_of(map->bytes.data + map->starts[at], map->bytes.len - map->starts[at]);
    return ledger_canon_step_key(out_value, key);
}
/* As ledger_canon_step, but of a container the head alone (`bytes` empty): its items come next. */
bool ledger_canon_enter(struct ledger_canon_reader *reader, struct ledger_canon_value *out_item);
/* The i-th item of an array, or type NONE. Linear in i. */
struct ledger_canon_value ledger_canon_at(const struct ledger_canon_value *array, uint32_t i);
/* True when the value is BIN of exactly `len` bytes. */
bool ledger_canon_is_bin(const struct ledger_canon_value *value, size_t len);

/* Writers append to `buf`; the caller writes map keys in ascending byte order, which
 * ledger_canon_check verifies in the end. */
void ledger_canon_put_nil(struct base_buf *buf);
void ledger_canon_put_bool(struct base_buf *buf, bool v);
void ledger_canon_put_int(struct base_buf *buf, int64_t v);
void ledger_canon_put_bin(struct base_buf *buf, const void *data, size_t len);
void ledger_canon_put_text(struct base_buf *buf, struct base_bytes text);
void ledger_canon_put_str(struct base_buf *buf, const char *text);
void ledger_canon_put_array(struct base_buf *buf, uint32_t count);
void ledger_canon_put_map(struct base_buf *buf, uint32_t count);

/* True when the text is well-formed UTF-8 in Unicode normalisation form C (utf8proc), without
 * U+0000 and other C0 controls except \n and \t, and without code points that this Unicode version
 * does not assign: what is in normal form today stays so in every later version. */
bool ledger_text_is_nfc(struct base_bytes text);
/* Appends the NFC form of a UTF-8 text; false (nothing appended) when it is not UTF-8. For
 * importers: what people typed becomes what may be signed. */
bool ledger_text_put_nfc(struct base_buf *buf, struct base_bytes text);
