/* Bytes that travel: borrowed (`struct base_bytes`) or owned and growing (`struct base_buf`).
 * Shape:   a span is a pointer and a length; a buffer owns heap memory up to a named limit.
 * Units:   lengths in bytes.
 * Threads: plain values; no shared state.
 * Errors:  a buffer's error is sticky (`failed`): write on, check once at the end. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define BASE_MUST_USE __attribute__((warn_unused_result))
#define BASE_CLEANUP(fn) __attribute__((cleanup(fn)))
#define BASE_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))

/* Borrowed bytes: whoever made the span says how long it lives. */
struct base_bytes {
    const uint8_t *data;
    size_t len;
};

/* Makes a span over a string literal, without its terminating zero. */
#define BASE_LITERAL(s) ((struct base_bytes){.data = (const uint8_t *)("" s), .len = sizeof(s) - 1})

static inline struct base_bytes base_bytes_of(const void *data, size_t len)
{
    return (struct base_bytes){.data = (const uint8_t *)data, .len = len};
}

/* Makes a span over a zero-terminated string; borrowed. */
static inline struct base_bytes base_bytes_str(const char *s)
{
    return base_bytes_of(s, strlen(s));
}

static inline bool base_bytes_equal(struct base_bytes a, struct base_bytes b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

/* Orders as memcmp does, a prefix before what it begins. */
int base_bytes_compare(struct base_bytes a, struct base_bytes b);

/* An owned, growing buffer. All-zero is a valid empty buffer without a limit. */
struct base_buf {
    uint8_t *data;
    size_t len;
    size_t capacity;
    size_t limit; /* 0: none but memory */
    bool failed;  /* sticky: a write did not fit, or memory ran out */
};

/* Releases the memory and leaves an empty buffer; NULL is allowed. */
void base_buf_release(struct base_buf *buf);
/* As base_buf_release, but wipes the bytes first (keys, plain text of sealed fields). */
void base_buf_wipe(struct base_buf *buf);
/* Empties without giving the memory back; clears `failed`. */
void base_buf_reset(struct base_buf *buf);
/* Appends `len` bytes (borrowed for the call). On failure sets `failed` and appends nothing. */
void base_buf_put(struct base_buf *buf, const void *data, size_t len);
void base_buf_put_bytes(struct base_buf *buf, struct base_bytes bytes);
void base_buf_put_str(struct base_buf *buf, const char *s);
void base_buf_put_u8(struct base_buf *buf, uint8_t v);
void base_buf_put_be16(struct base_buf *buf, uint16_t v);
void base_buf_put_be32(struct base_buf *buf, uint32_t v);
void base_buf_put_be64(struct base_buf *buf, uint64_t v);
/* Appends printf-formatted text without its terminating zero. */
void base_buf_printf(struct base_buf *buf, const char *format, ...) BASE_PRINTF(2, 3);
/* Makes room for `len` more bytes and returns where they go, or NULL (sticky); does not advance. */
uint8_t *base_buf_reserve(struct base_buf *buf, size_t len);
/* The written bytes; borrowed until the next write or release. */
static inline struct base_bytes base_buf_bytes(const struct base_buf *buf)
{
    return base_bytes_of(buf->data, buf->len);
}
/* Appends a zero (not counted in `len`) and returns the text, or NULL when the buffer failed. */
const char *base_buf_text(struct base_buf *buf);

static inline uint64_t base_get_be64(const uint8_t *p)
{
    uint64_t v = 0;
    for (int i = 0; i < 8; i++)
        v = (v << 8) | p[i];
    return v;
}

static inline void base_set_be64(uint8_t *p, uint64_t v)
{
    for (int i = 7; i >= 0; i--, v >>= 8)
        p[i] = (uint8_t)(v & 0xff);
}

/* Lower-case hex of `len` bytes into `out` (2·len + 1 chars, zero-terminated). */
void base_hex(const uint8_t *data, size_t len, char *out);
/* Parses exactly 2·len hex digits; false, `out` undefined, on anything else. */
bool base_unhex(const char *text, size_t text_len, uint8_t *out, size_t len);
/* Appends RFC 4648 base64 with padding. */
void base_buf_put_base64(struct base_buf *buf, struct base_bytes bytes);
/* Appends the bytes of a strict RFC 4648 base64 text (padding demanded, no blanks, zero tail bits);
 * false, with nothing appended, on anything else. */
bool base_buf_put_unbase64(struct base_buf *buf, struct base_bytes text);
