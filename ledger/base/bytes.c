/* Bytes, owned and borrowed: growth, hex and base64.
 * A write either fits whole or sets `failed` and leaves the buffer as it was; nothing here aborts,
 * so a writer runs straight down and is asked once, at its end, whether all of it is there. */
#include "ledger/base/bytes.h"

#include <assert.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define BUF_CAPACITY_FIRST 64u

int base_bytes_compare(struct base_bytes a, struct base_bytes b)
{
    size_t shorter = a.len < b.len ? a.len : b.len;
    int order = shorter == 0 ? 0 : memcmp(a.data, b.data, shorter);
    if (order != 0)
        return order;
    return (a.len > b.len) - (a.len < b.len);
}

void base_buf_release(struct base_buf *buf)
{
    if (buf == NULL)
        return;
    free(buf->data);
    *buf = (struct base_buf){.limit = buf->limit};
}

void base_buf_wipe(struct base_buf *buf)
{
    if (buf == NULL)
        return;
    if (buf->data != NULL)
        sodium_memzero(buf->data, buf->capacity);
    base_buf_release(buf);
}

void base_buf_reset(struct base_buf *buf)
{
    buf->len = 0;
    buf->failed = false;
}

uint8_t *base_buf_reserve(struct base_buf *buf, size_t len)
{
    assert(buf->len <= buf->capacity);
    if (buf->failed || len > SIZE_MAX - buf->len ||
        (buf->limit != 0 && buf->len + len > buf->limit)) {
        buf->failed = true;
        return NULL;
    }
    size_t need = buf->len + len;
    if (need > buf->capacity || buf->data == NULL) {
        size_t capacity = buf->capacity < BUF_CAPACITY_FIRST ? BUF_CAPACITY_FIRST : buf->capacity;
        while (capacity < need)
            capacity = capacity > SIZE_MAX / 2 ? need : capacity * 2;
        /* Not realloc: what moves may be secret, and its old place must not keep a copy. */
        uint8_t *data = malloc(capacity);
        if (data == NULL) {
            buf->failed = true;
            return NULL;
        }
        if (buf->data != NULL && buf->len > 0) {
            memcpy(data, buf->data, buf->len);
            sodium_memzero(buf->data, buf->len);
        }
        free(buf->data);
        buf->data = data;
        buf->capacity = capacity;
    }
    return buf->data + buf->len;
}

void base_buf_put(struct base_buf *buf, const void *data, size_t len)
{
    uint8_t *to = base_buf_reserve(buf, len);
    if (to == NULL || len == 0)
        return;
    memcpy(to, data, len);
    buf->len += len;
}

void base_buf_put_bytes(struct base_buf *buf, struct base_bytes bytes)
{
    base_buf_put(buf, bytes.data, bytes.len);
}

void base_buf_put_str(struct base_buf *buf, const char *s)
{
    base_buf_put(buf, s, strlen(s));
}

void base_buf_put_u8(struct base_buf *buf, uint8_t v)
{
    base_buf_put(buf, &v, 1);
}

void base_buf_put_be16(struct base_buf *buf, uint16_t v)
{
    uint8_t bytes[2] = {(uint8_t)(v >> 8), (uint8_t)(v & 0xff)};
    base_buf_put(buf, bytes, sizeof bytes);
}

void base_buf_put_be32(struct base_buf *buf, uint32_t v)
{
    uint8_t bytes[4] = {(uint8_t)(v >> 24), (uint8_t)(v >> 16 & 0xff), (uint8_t)(v >> 8 & 0xff),
                        (uint8_t)(v & 0xff)};
    base_buf_put(buf, bytes, sizeof bytes);
}

void base_buf_put_be64(struct base_buf *buf, uint64_t v)
{
    uint8_t bytes[8];
    base_set_be64(bytes, v);
    base_buf_put(buf, bytes, sizeof bytes);
}

void base_buf_printf(struct base_buf *buf, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (len < 0) {
        buf->failed = true;
    } else {
        /* One more for vsnprintf's zero, so the limit may refuse a text that would just fit. */
        char *to = (char *)base_buf_reserve(buf, (size_t)len + 1);
        if (to != NULL) {
            vsnprintf(to, (size_t)len + 1, format, again);
            buf->len += (size_t)len;
        }
    }
    va_end(again);
}

const char *base_buf_text(struct base_buf *buf)
{
    uint8_t *end = base_buf_reserve(buf, 1);
    if (end == NULL)
        return NULL;
    *end = 0;
    return (const char *)buf->data;
}

void base_hex(const uint8_t *data, size_t len, char *out)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < len; i++) {
        out[2 * i] = digits[data[i] >> 4];
        out[2 * i + 1] = digits[data[i] & 15];
    }
    out[2 * len] = 0;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

bool base_unhex(const char *text, size_t text_len, uint8_t *out, size_t len)
{
    if (text_len != 2 * len)
        return false;
    for (size_t i = 0; i < len; i++) {
        int high = hex_digit(text[2 * i]);
        int low = hex_digit(text[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        out[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

void base_buf_put_base64(struct base_buf *buf, struct base_bytes bytes)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t len = (bytes.len + 2) / 3 * 4;
    uint8_t *to = base_buf_reserve(buf, len);
    if (to == NULL)
        return;
    for (size_t i = 0; i < bytes.len; i += 3) {
        size_t left = bytes.len - i;
        uint32_t group = (uint32_t)bytes.data[i] << 16;
        group |= left > 1 ? (uint32_t)bytes.data[i + 1] << 8 : 0;
        group |= left > 2 ? (uint32_t)bytes.data[i + 2] : 0;
        *to++ = (uint8_t)digits[group >> 18];
        *to++ = (uint8_t)digits[group >> 12 & 63];
        *to++ = left > 1 ? (uint8_t)digits[group >> 6 & 63] : '=';
        *to++ = left > 2 ? (uint8_t)digits[group & 63] : '=';
    }
    buf->len += len;
}

static int base64_digit(uint8_t c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    if (c == '+')
        return 62;
    return c == '/' ? 63 : -1;
}

bool base_buf_put_unbase64(struct base_buf *buf, struct base_bytes text)
{
    if (text.len % 4 != 0)
        return false;
    if (text.len == 0)
        return true;
    size_t padding = 0;
    while (padding < 2 && text.data[text.len - 1 - padding] == '=')
        padding++;
    uint8_t *to = base_buf_reserve(buf, text.len / 4 * 3);
    if (to == NULL)
        return false;
    size_t out = 0;
    uint32_t group = 0;
    size_t digit_count = text.len - padding;
    for (size_t i = 0; i < digit_count; i++) {
        int digit = base64_digit(text.data[i]);
        if (digit < 0)
            return false;
        group = (group << 6 | (uint32_t)digit) & 0xffffff;
        if (i % 4 != 0)
            to[out++] = (uint8_t)(group >> (6 - 2 * (i % 4)) & 0xff);
    }
    /* The bits that no byte uses are zero, else two texts would mean the same bytes. */
    if ((padding == 1 && (group & 3) != 0) || (padding == 2 && (group & 15) != 0))
        return false;
    buf->len += out;
    return true;
}
