/* Canonical msgpack: writing through msgpack-c, reading through a strict cursor of our own.
 *
 * Reading one value: the first byte names a form (a table, below); the form says how wide its
 * number is and the smallest number that needs it, so a longer form than needed is seen at once;
 * texts are checked for NFC, map keys for their order, containers item by item, at most
 * LEDGER_NESTING_MAX deep. What can fail: any byte; then the reader holds the reason, gives
 * LEDGER_CANON_NONE from there on, and nothing that it gave before becomes wrong. */
#include "ledger/canon.h"

#include <assert.h>
#include <msgpack.h>

#define BIN_LEN_MAX LEDGER_ENTRY_LEN_MAX

static const char reason_short[] = "ends before its value does";
static const char reason_longer[] = "a longer form than the value needs";
static const char reason_float[] = "floating point numbers are not used";
static const char reason_extension[] = "extension types are not used";
static const char reason_unused[] = "a byte that begins no value";
static const char reason_unsigned[] = "an integer above 2^63-1";
static const char reason_limit[] = "longer than its limit";
static const char reason_nesting[] = "nested too deep";
static const char reason_text[] = "text that is not UTF-8 in normal form C";
static const char reason_key[] = "a map key that is not a text";
static const char reason_order[] = "map keys out of order or twice";
static const char reason_trailing[] = "bytes after the value";
static const char reason_empty[] = "no value";

/* A form with a number after its first byte: for integers the value, else a length or a count. */
struct form {
    enum ledger_canon_type type; /* NONE: refused for `reason` */
    uint8_t width;               /* bytes of the number */
    bool is_signed;
    uint64_t least; /* the smallest number that needs this form (signed: its negative) */
    const char *reason;
};

#define FORMS_FIRST 0xc0u
static const struct form forms[] = {
    [0xc0 - FORMS_FIRST] = {.type = LEDGER_CANON_NIL},
    [0xc1 - FORMS_FIRST] = {.reason = reason_unused},
    [0xc2 - FORMS_FIRST] = {.type = LEDGER_CANON_BOOL},
    [0xc3 - FORMS_FIRST] = {.type = LEDGER_CANON_BOOL},
    [0xc4 - FORMS_FIRST] = {.type = LEDGER_CANON_BIN, .width = 1},
    [0xc5 - FORMS_FIRST] = {.type = LEDGER_CANON_BIN, .width = 2, .least = 0x100},
    [0xc6 - FORMS_FIRST] = {.type = LEDGER_CANON_BIN, .width = 4, .least = 0x10000},
    [0xc7 - FORMS_FIRST] = {.reason = reason_extension},
    [0xc8 - FORMS_FIRST] = {.reason = reason_extension},
    [0xc9 - FORMS_FIRST] = {.reason = reason_extension},
    [0xca - FORMS_FIRST] = {.reason = reason_float},
    [0xcb - FORMS_FIRST] = {.reason = reason_float},
    [0xcc - FORMS_FIRST] = {.type = LEDGER_CANON_INT, .width = 1, .least = 0x80},
    [0xcd - FORMS_FIRST] = {.type = LEDGER_CANON_INT, .width = 2, .least = 0x100},
    [0xce - FORMS_FIRST] = {.type = LEDGER_CANON_INT, .width = 4, .least = 0x10000},
    [0xcf - FORMS_FIRST] = {.type = LEDGER_CANON_INT, .width = 8, .least = 0x100000000},
    [0xd0 - FORMS_FIRST] = {.type = LEDGER_CANON_INT, .width = 1, .is_signed = true, .least = 33},
    [0xd1 - FORMS_FIRST] = {.type = LEDGER_CANON_INT, .width = 2, .is_signed = true, .least = 129},
    [0xd2 -
        FORMS_FIRST] = {.type = LEDGER_CANON_INT, .width = 4, .is_signed = true, .least = 0x8001},
    [0xd3 - FORMS_FIRST] = {.type = LEDGER_CANON_INT,
                            .width = 8,
                            .is_signed = true,
                            .least = 0x80000001},
    [0xd4 - FORMS_FIRST] = {.reason = reason_extension},
    [0xd5 - FORMS_FIRST] = {.reason = reason_extension},
    [0xd6 - FORMS_FIRST] = {.reason = reason_extension},
    [0xd7 - FORMS_FIRST] = {.reason = reason_extension},
    [0xd8 - FORMS_FIRST] = {.reason = reason_extension},
    [0xd9 - FORMS_FIRST] = {.type = LEDGER_CANON_TEXT, .width = 1, .least = 32},
    [0xda - FORMS_FIRST] = {.type = LEDGER_CANON_TEXT, .width = 2, .least = 0x100},
    [0xdb - FORMS_FIRST] = {.type = LEDGER_CANON_TEXT, .width = 4, .least = 0x10000},
    [0xdc - FORMS_FIRST] = {.type = LEDGER_CANON_ARRAY, .width = 2, .least = 16},
    [0xdd - FORMS_FIRST] = {.type = LEDGER_CANON_ARRAY, .width = 4, .least = 0x10000},
    [0xde - FORMS_FIRST] = {.type = LEDGER_CANON_MAP, .width = 2, .least = 16},
    [0xdf - FORMS_FIRST] = {.type = LEDGER_CANON_MAP, .width = 4, .least = 0x10000},
};

/* The head of a value: its type, its number, and how many bytes that took. */
struct head {
    enum ledger_canon_type type;
    int64_t number;
    size_t len;
};

/* Sign-extends the big-endian number of `width` bytes. */
static int64_t number_read(const uint8_t *p, uint8_t width, bool is_signed)
{
    uint64_t v = is_signed && (p[0] & 0x80) != 0 ? UINT64_MAX : 0;
    if (width == 8)
        return (int64_t)base_get_be64(p);
    for (uint8_t i = 0; i < width; i++)
        v = (v << 8) | p[i];
    return (int64_t)v;
}

/* Reads a head with a number after its first byte; NULL or the reason. */
static const char *wide_head_read(struct base_bytes in, struct head *out)
{
    const struct form *form = &forms[in.data[0] - FORMS_FIRST];
    if (form->type == LEDGER_CANON_NONE)
        return form->reason;
    if (in.len < 1u + form->width)
        return reason_short;
    out->type = form->type;
    out->len = 1u + form->width;
    if (form->type == LEDGER_CANON_NIL || form->type == LEDGER_CANON_BOOL) {
        out->number = in.data[0] == 0xc3 ? 1 : 0;
        return NULL;
    }
    out->number = number_read(in.data + 1, form->width, form->is_signed);
    if (form->is_signed)
        return out->number < 0 && (uint64_t)0 - (uint64_t)out->number >= form->least
                   ? NULL
                   : reason_longer;
    if (out->number < 0)
        return reason_unsigned;
    return (uint64_t)out->number >= form->least ? NULL : reason_longer;
}

static inline const char *head_read(struct base_bytes in, struct head *out)
{
    *out = (struct head){.len = 1};
    if (in.len == 0)
        return reason_short;
    uint8_t first = in.data[0];
    if (first <= 0x7f || first >= 0xe0) {
        out->type = LEDGER_CANON_INT;
        out->number = first <= 0x7f ? (int64_t)first : (int64_t)first - 256;
    } else if (first == LEDGER_CANON_SHORT_BIN &&
               in.len >= 2) { /* ids, keys, hashes: the commonest by far */
        *out = (struct head){.type = LEDGER_CANON_BIN, .number = in.data[1], .len = 2};
    } else if (first >= FORMS_FIRST) {
        return wide_head_read(in, out);
    } else if (first >= LEDGER_CANON_SHORT_TEXT) {
        out->type = LEDGER_CANON_TEXT;
        out->number = first & 0x1f;
    } else {
        out->type = first <= 0x8f ? LEDGER_CANON_MAP : LEDGER_CANON_ARRAY;
        out->number = first & 0x0f;
    }
    return NULL;
}

static const char *value_check(struct base_bytes in, unsigned depth, size_t *out_len);

/* The length of a value that says all of itself with its first bytes and can only be canonical:
 * nil, a truth, a number of one byte, bytes fewer than 256. 0: it is another, or ends too early. */
static inline size_t plain_len(const uint8_t *p, size_t there)
{
    uint8_t first = p[0];
    size_t len = 0;
    if (first <= LEDGER_CANON_SHORT_INT_MAX || first >= 0xe0 || first == LEDGER_CANON_NIL_BYTE ||
        first == 0xc2 || first == 0xc3)
        len = 1;
    else if (first == LEDGER_CANON_SHORT_BIN && there >= 2)
        len = 2u + p[1];
    return len <= there ? len : 0;
}

/* Small letters and no more, as nearly all keys are. */
static inline bool are_letters(const uint8_t *p, size_t len)
{
    bool letters = true;
    for (size_t i = 0; i < len; i++)
        letters &= (uint8_t)(p[i] - 'a') <= 'z' - 'a';
    return letters;
}

/* Checks the key of a pair; leaves its length in `*out_len`. */
static const char *key_check(struct base_bytes in, unsigned depth, struct base_bytes *out_key,
                             size_t *out_len)
{
    struct head head;
    size_t len = in.len > 0 ? in.data[0] & LEDGER_CANON_SHORT_TEXT_LEN_MAX : 0u;
    if (in.len > len && in.data[0] >= LEDGER_CANON_SHORT_TEXT && in.data[0] < FORMS_FIRST) {
        *out_key = base_bytes_of(in.data + 1, len);
        *out_len = 1 + len;
        return are_letters(out_key->data, len) || ledger_text_is_nfc(*out_key) ? NULL : reason_text;
    }
    const char *reason = value_check(in, depth, out_len);
    if (reason != NULL)
        return reason;
    reason = head_read(in, &head);
    assert(reason == NULL);
    *out_key = base_bytes_of(in.data + head.len, *out_len - head.len);
    return head.type == LEDGER_CANON_TEXT ? NULL : reason_key;
}

/* Whether keys follow each other in order: their first letters tell nearly always. */
static inline bool are_in_order(struct base_bytes last, struct base_bytes key)
{
    bool told = last.len > 0 && key.len > 0 && last.data[0] != key.data[0];
    return told ? last.data[0] < key.data[0] : base_bytes_compare(last, key) < 0;
}

/* Checks the items of a container whose head is read; leaves their length in `*out_len`. */
static const char *items_check(struct base_bytes in, const struct head *head, unsigned depth,
                               size_t *out_len)
{
    bool is_map = head->type == LEDGER_CANON_MAP;
    size_t at = 0;
    struct base_bytes last_key = {0};
    for (int64_t i = 0; i < head->number; i++) {
        size_t len = 0;
        if (is_map) {
            struct base_bytes key;
            const char *reason =
                key_check(base_bytes_of(in.data + at, in.len - at), depth, &key, &len);
            if (reason != NULL)
                return reason;
            if (i > 0 && !are_in_order(last_key, key))
                return reason_order;
            last_key = key;
            at += len;
        }
        len = at < in.len ? plain_len(in.data + at, in.len - at) : 0;
        if (len == 0) {
            const char *reason = value_check(base_bytes_of(in.data + at, in.len - at), depth, &len);
            if (reason != NULL)
                return reason;
        }
        at += len;
    }
    *out_len = at;
    return NULL;
}

/* The length of a value that was checked before and says it with its first bytes, as nearly all do:
 * a plain one, or a short text. 0: it is another, or ends too early. */
static inline size_t short_len(const uint8_t *p, size_t there)
{
    uint8_t first = p[0];
    if (first < LEDGER_CANON_SHORT_TEXT || first >= FORMS_FIRST)
        return plain_len(p, there);
    size_t len = 1u + (first & LEDGER_CANON_SHORT_TEXT_LEN_MAX);
    return len <= there ? len : 0;
}

/* The length of `count` values that were checked before: nothing is left but the walk, and the
 * depth needs no stack, as a container only adds its items to those that are still to come. */
static inline const char *items_skip(struct base_bytes in, uint64_t count, size_t *out_len)
{
    size_t at = 0;
    while (count-- > 0) {
        struct head head;
        size_t len = at < in.len ? short_len(in.data + at, in.len - at) : 0;
        if (len > 0) {
            at += len;
            continue;
        }
        const char *reason = head_read(base_bytes_of(in.data + at, in.len - at), &head);
        if (reason != NULL)
            return reason;
        at += head.len;
        if (head.type == LEDGER_CANON_BIN || head.type == LEDGER_CANON_TEXT) {
            if (in.len - at < (uint64_t)head.number)
                return reason_short;
            at += (size_t)head.number;
        } else if (head.type == LEDGER_CANON_ARRAY) {
            count += (uint64_t)head.number;
        } else if (head.type == LEDGER_CANON_MAP) {
            count += 2 * (uint64_t)head.number;
        }
    }
    *out_len = at;
    return NULL;
}

/* Fills in a BIN or TEXT; NULL or the reason. */
static const char *string_read(struct base_bytes in, const struct head *head,
                               struct ledger_canon_value *out)
{
    size_t len = (size_t)head->number;
    if (in.len - head->len < len)
        return reason_short;
    out->bytes = base_bytes_of(in.data + head->len, len);
    out->raw = base_bytes_of(in.data, head->len + len);
    return NULL;
}

/* Checks a BIN or TEXT whose head is read; leaves its length with the head's in `*out_len`. */
static const char *string_check(struct base_bytes in, const struct head *head, size_t *out_len)
{
    int64_t limit = head->type == LEDGER_CANON_BIN ? BIN_LEN_MAX : LEDGER_TEXT_LEN_MAX;
    if (head->number > limit)
        return reason_limit;
    size_t len = (size_t)head->number;
    if (in.len - head->len < len)
        return reason_short;
    *out_len = head->len + len;
    bool holds = head->type == LEDGER_CANON_BIN ||
                 ledger_text_is_nfc(base_bytes_of(in.data + head->len, len));
    return holds ? NULL : reason_text;
}

static void container_fill(struct base_bytes in, const struct head *head, size_t items_len,
                           struct ledger_canon_value *out)
{
    out->count = (uint32_t)head->number;
    out->bytes = base_bytes_of(in.data + head->len, items_len);
    out->raw = base_bytes_of(in.data, head->len + items_len);
}

/* Checks all of a container whose head is read; leaves its length in `*out_len`. */
static const char *container_check(struct base_bytes in, const struct head *head, unsigned depth,
                                   size_t *out_len)
{
    size_t items_len = 0;
    if (depth >= LEDGER_NESTING_MAX)
        return reason_nesting;
    if (head->number > (int64_t)LEDGER_ITEM_COUNT_MAX)
        return reason_limit;
    const char *reason = items_check(base_bytes_of(in.data + head->len, in.len - head->len), head,
                                     depth + 1, &items_len);
    *out_len = head->len + items_len;
    return reason;
}

/* Checks all of one value; leaves its length in `*out_len`. */
static const char *value_check(struct base_bytes in, unsigned depth, size_t *out_len)
{
    struct head head;
    const char *reason = head_read(in, &head);
    if (reason != NULL)
        return reason;
    *out_len = head.len;
    if (head.type == LEDGER_CANON_BIN || head.type == LEDGER_CANON_TEXT)
        return string_check(in, &head, out_len);
    if (head.type == LEDGER_CANON_ARRAY || head.type == LEDGER_CANON_MAP)
        return container_check(in, &head, depth, out_len);
    return NULL;
}

/* Passes over the items of a container and notes where each (of a map: each pair) begins. */
static const char *items_index(struct base_bytes in, const struct head *head, size_t *out_len,
                               struct ledger_canon_value *out)
{
    uint64_t step = head->type == LEDGER_CANON_MAP ? 2 : 1;
    size_t at = 0;
    const char *reason = NULL;
    for (int64_t i = 0; i < head->number && reason == NULL; i++) {
        size_t len = 0;
        if (at > UINT16_MAX) /* no event is that long; then there is no index */
            return items_skip(in, (uint64_t)head->number * step, out_len);
        out->starts[i] = (uint16_t)at;
        reason = items_skip(base_bytes_of(in.data + at, in.len - at), step, &len);
        at += len;
    }
    *out_len = at;
    out->start_count = (uint16_t)head->number;
    return reason;
}

/* How much of a container a step takes with it. */
enum depth { DEPTH_WHOLE, DEPTH_INDEXED, DEPTH_HEAD };

/* Reads one value of bytes that were checked before. Sets every field but the room of an index that
 * is not there: this is done some fifty times an event. */
static inline const char *value_step(struct base_bytes in, enum depth depth,
                                     struct ledger_canon_value *out)
{
    struct head head;
    size_t items_len = 0;
    const char *reason = head_read(in, &head);
    if (reason != NULL)
        return reason;
    out->type = head.type;
    out->count = 0;
    out->integer = 0;
    out->bytes = base_bytes_of(NULL, 0);
    out->raw = base_bytes_of(in.data, head.len);
    out->start_count = 0;
    struct base_bytes rest = base_bytes_of(in.data + head.len, in.len - head.len);
    switch (head.type) {
    case LEDGER_CANON_BOOL:
    case LEDGER_CANON_INT:
        out->integer = head.number;
        break;
    case LEDGER_CANON_BIN:
    case LEDGER_CANON_TEXT:
        reason = string_read(in, &head, out);
        break;
    case LEDGER_CANON_ARRAY:
    case LEDGER_CANON_MAP:
        if (depth == DEPTH_INDEXED && head.number <= (int64_t)LEDGER_CANON_INDEX_COUNT_MAX)
            reason = items_index(rest, &head, &items_len, out);
        else if (depth != DEPTH_HEAD)
            reason = items_skip(
                rest, (uint64_t)head.number * (head.type == LEDGER_CANON_MAP ? 2 : 1), &items_len);
        if (reason == NULL)
            container_fill(in, &head, items_len, out);
        break;
    case LEDGER_CANON_NIL:
    case LEDGER_CANON_NONE:
        break;
    }
    return reason;
}

struct ledger_canon_reader ledger_canon_reader_of(struct base_bytes bytes)
{
    return (struct ledger_canon_reader){.rest = bytes};
}

/* The next value, or NONE; a failure is remembered. */
static inline void take(struct ledger_canon_reader *reader, enum depth depth,
                        struct ledger_canon_value *out)
{
    bool there = reader->failed == NULL && reader->rest.len > 0;
    if (there)
        reader->failed = value_step(reader->rest, depth, out);
    if (!there || reader->failed != NULL) {
        *out = (struct ledger_canon_value){0};
        return;
    }
    assert(out->raw.len > 0 && out->raw.len <= reader->rest.len);
    reader->rest.data += out->raw.len;
    reader->rest.len -= out->raw.len;
}

/* The value of `len` bytes that were just checked. */
static void checked_fill(struct base_bytes in, size_t len, struct ledger_canon_value *out)
{
    struct head head;
    const char *reason = head_read(in, &head);
    assert(reason == NULL);
    (void)reason;
    *out = (struct ledger_canon_value){.type = head.type, .raw = base_bytes_of(in.data, len)};
    if (head.type == LEDGER_CANON_BOOL || head.type == LEDGER_CANON_INT)
        out->integer = head.number;
    else if (head.type == LEDGER_CANON_ARRAY || head.type == LEDGER_CANON_MAP)
        container_fill(in, &head, len - head.len, out);
    else if (head.type != LEDGER_CANON_NIL)
        out->bytes = base_bytes_of(in.data + head.len, len - head.len);
}

struct ledger_canon_value ledger_canon_next(struct ledger_canon_reader *reader)
{
    struct ledger_canon_value value = {0};
    size_t len = 0;
    if (reader->failed != NULL || reader->rest.len == 0)
        return value;
    reader->failed = value_check(reader->rest, 0, &len);
    if (reader->failed != NULL)
        return value;
    assert(len > 0 && len <= reader->rest.len);
    checked_fill(reader->rest, len, &value);
    reader->rest.data += len;
    reader->rest.len -= len;
    return value;
}

const char *ledger_canon_check(struct base_bytes bytes, struct ledger_canon_value *out_value)
{
    if (bytes.len == 0)
        return reason_empty;
    struct ledger_canon_reader reader = ledger_canon_reader_of(bytes);
    struct ledger_canon_value value = ledger_canon_next(&reader);
    if (reader.failed != NULL)
        return reader.failed;
    if (reader.rest.len != 0)
        return reason_trailing;
    if (out_value != NULL)
        *out_value = value;
    return NULL;
}

/* Passes over `count` values that were checked before. */
static bool skip(struct ledger_canon_reader *reader, uint32_t count)
{
    size_t len = 0;
    if (reader->failed == NULL)
        reader->failed = items_skip(reader->rest, count, &len);
    reader->rest.data += len;
    reader->rest.len -= len;
    return reader->failed == NULL;
}

bool ledger_canon_step(struct ledger_canon_reader *reader, struct ledger_canon_value *out_item)
{
    take(reader, DEPTH_WHOLE, out_item);
    return out_item->type != LEDGER_CANON_NONE;
}

bool ledger_canon_step_indexed(struct ledger_canon_reader *reader,
                               struct ledger_canon_value *out_item)
{
    take(reader, DEPTH_INDEXED, out_item);
    return out_item->type != LEDGER_CANON_NONE;
}

bool ledger_canon_enter(struct ledger_canon_reader *reader, struct ledger_canon_value *out_item)
{
    take(reader, DEPTH_HEAD, out_item);
    return out_item->type != LEDGER_CANON_NONE;
}

/* Passes over the head of the next value if it is of that type. */
static bool step_head(struct ledger_canon_reader *reader, enum ledger_canon_type type,
                      struct head *out_head)
{
    bool there = reader->failed == NULL && head_read(reader->rest, out_head) == NULL &&
                 out_head->type == type;
    if (there) {
        reader->rest.data += out_head->len;
        reader->rest.len -= out_head->len;
    }
    return there;
}

bool ledger_canon_step_wide_int(struct ledger_canon_reader *reader, int64_t *out_integer)
{
    struct head head;
    bool there = step_head(reader, LEDGER_CANON_INT, &head);
    if (there)
        *out_integer = head.number;
    return there;
}

bool ledger_canon_enter_long_array(struct ledger_canon_reader *reader, uint32_t *out_count)
{
    struct head head;
    bool there = step_head(reader, LEDGER_CANON_ARRAY, &head);
    if (there)
        *out_count = (uint32_t)head.number;
    return there;
}

/* Puts a reader on the value of `key`, by the index. */
static bool find_indexed(const struct ledger_canon_value *map, struct base_bytes key,
                         struct ledger_canon_reader *reader)
{
    const uint8_t *data = map->bytes.data;
    size_t len = map->bytes.len;
    uint8_t head = (uint8_t)(LEDGER_CANON_SHORT_TEXT + key.len);
    uint32_t i = 0;
    if (key.len == 0)
        return false; /* no field is called so */
    /* Length and first letter tell nearly all keys apart. */
    while (i < map->start_count &&
           (data[map->starts[i]] != head || len - map->starts[i] <= key.len ||
            data[map->starts[i] + 1] != key.data[0] ||
            memcmp(data + map->starts[i] + 1, key.data, key.len) != 0))
        i++;
    if (i == map->start_count)
        return false;
    size_t at = map->starts[i] + 1u + key.len;
    *reader = ledger_canon_reader_of(base_bytes_of(data + at, len - at));
    return true;
}

/* Puts a reader on the value of `key`; false: there is none. */
static bool find_key(const struct ledger_canon_value *map, struct base_bytes key,
                     struct ledger_canon_reader *reader)
{
    bool found = false;
    assert(key.len <= LEDGER_CANON_SHORT_TEXT_LEN_MAX);
    if (map->type != LEDGER_CANON_MAP)
        return false;
    if (map->start_count > 0)
        return find_indexed(map, key, reader);
    *reader = ledger_canon_reader_of(map->bytes);
    for (uint32_t i = 0; i < map->count && !found; i++) {
        found = ledger_canon_step_key(reader, key);
        if (!found && !skip(reader, 2))
            break;
    }
    return found;
}

struct ledger_canon_value ledger_canon_get(const struct ledger_canon_value *map, const char *key)
{
    struct ledger_canon_value value;
    struct ledger_canon_reader reader;
    if (find_key(map, base_bytes_str(key), &reader))
        take(&reader, DEPTH_WHOLE, &value);
    else
        value = (struct ledger_canon_value){0};
    return value;
}

struct ledger_canon_value ledger_canon_get_list(const struct ledger_canon_value *map,
                                                const char *key,
                                                struct ledger_canon_reader *out_items)
{
    struct ledger_canon_value value = {0};
    *out_items = (struct ledger_canon_reader){0};
    if (find_key(map, base_bytes_str(key), out_items))
        take(out_items, DEPTH_HEAD, &value);
    return value;
}

struct ledger_canon_value ledger_canon_at(const struct ledger_canon_value *array, uint32_t i)
{
    struct ledger_canon_value item;
    struct ledger_canon_reader reader = ledger_canon_reader_of(array->bytes);
    bool there = array->type == LEDGER_CANON_ARRAY && i < array->count;
    if (there && i < array->start_count)
        reader.rest = base_bytes_of(array->bytes.data + array->starts[i],
                                    array->bytes.len - array->starts[i]);
    else
        there = there && skip(&reader, i);
    if (there)
        take(&reader, DEPTH_WHOLE, &item);
    else
        item = (struct ledger_canon_value){0};
    return item;
}

bool ledger_canon_is_bin(const struct ledger_canon_value *value, size_t len)
{
    return value->type == LEDGER_CANON_BIN && value->bytes.len == len;
}

/* msgpack-c's way out: the buffer keeps its own, sticky, account of failures. */
static int packer_write(void *data, const char *bytes, size_t len)
{
    base_buf_put((struct base_buf *)data, bytes, len);
    return 0;
}

static msgpack_packer packer_over(struct base_buf *buf)
{
    msgpack_packer packer;
    msgpack_packer_init(&packer, buf, packer_write);
    return packer;
}

void ledger_canon_put_nil(struct base_buf *buf)
{
    msgpack_packer packer = packer_over(buf);
    msgpack_pack_nil(&packer);
}

void ledger_canon_put_bool(struct base_buf *buf, bool v)
{
    msgpack_packer packer = packer_over(buf);
    if (v)
        msgpack_pack_true(&packer);
    else
        msgpack_pack_false(&packer);
}

void ledger_canon_put_int(struct base_buf *buf, int64_t v)
{
    msgpack_packer packer = packer_over(buf);
    msgpack_pack_int64(&packer, v);
}

void ledger_canon_put_bin(struct base_buf *buf, const void *data, size_t len)
{
    msgpack_packer packer = packer_over(buf);
    msgpack_pack_bin(&packer, len);
    base_buf_put(buf, data, len);
}

void ledger_canon_put_text(struct base_buf *buf, struct base_bytes text)
{
    msgpack_packer packer = packer_over(buf);
    msgpack_pack_str(&packer, text.len);
    base_buf_put_bytes(buf, text);
}

void ledger_canon_put_str(struct base_buf *buf, const char *text)
{
    ledger_canon_put_text(buf, base_bytes_str(text));
}

void ledger_canon_put_array(struct base_buf *buf, uint32_t count)
{
    msgpack_packer packer = packer_over(buf);
    msgpack_pack_array(&packer, count);
}

void ledger_canon_put_map(struct base_buf *buf, uint32_t count)
{
    msgpack_packer packer = packer_over(buf);
    msgpack_pack_map(&packer, count);
}
