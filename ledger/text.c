/* Text: UTF-8 in Unicode normal form C, and nothing that a later Unicode could reorder.
 *
 * Most texts here are Russian or Latin without combining marks; their ranges are known to be in
 * NFC and cost one pass. Whatever is outside goes through utf8proc whole and is compared. Code
 * points that the library's Unicode does not assign are refused: their normal form is not settled
 * yet, and a text accepted today must be in normal form for every later reader. */
#include "ledger/canon.h"

#include <stdlib.h>
#include <utf8proc.h>

/* True for code points that stay as they are in NFC whatever stands beside them. */
static bool is_plain(utf8proc_int32_t c)
{
    return c < 0x0300 || (c >= 0x0400 && c <= 0x0482) || (c >= 0x048a && c <= 0x052f) ||
           (c >= 0x2010 && c <= 0x2027) || c == 0x2116;
}

/* Appends the normal form to `buf`; false, with nothing appended, when there is none. */
static bool normal_form_put(struct base_bytes text, struct base_buf *buf)
{
    utf8proc_uint8_t *mapped = NULL;
    utf8proc_ssize_t len = utf8proc_map(text.data, (utf8proc_ssize_t)text.len, &mapped,
                                        (utf8proc_option_t)(UTF8PROC_STABLE | UTF8PROC_COMPOSE));
    if (len < 0)
        return false;
    base_buf_put(buf, mapped, (size_t)len);
    free(mapped);
    return !buf->failed;
}

/* Eight bytes of printable ASCII, told at once: none has its high bit, and taking 0x20 from each
 * borrows from none. */
static bool all_printable(const uint8_t *p)
{
    const uint64_t high = 0x8080808080808080u;
    uint64_t eight;
    memcpy(&eight, p, 8);
    return ((eight | (eight - 0x2020202020202020u)) & high) == 0;
}

bool ledger_text_is_nfc(struct base_bytes text)
{
    bool plain = true;
    for (size_t i = 0; i < text.len;) {
        if (text.len - i >= 8 && all_printable(text.data + i)) {
            i += 8;
            continue;
        }
        uint8_t byte = text.data[i];
        if (byte < 0x80) {
            if (byte < 0x20 && byte != '\n' && byte != '\t')
                return false;
            i++;
            continue;
        }
        utf8proc_int32_t c = -1;
        utf8proc_ssize_t step =
            utf8proc_iterate(text.data + i, (utf8proc_ssize_t)(text.len - i), &c);
        if (step <= 0 || c < 0)
            return false;
        if (!is_plain(c)) {
            if (utf8proc_category(c) == UTF8PROC_CATEGORY_CN)
                return false;
            plain = false;
        }
        i += (size_t)step;
    }
    if (plain)
        return true;
    struct base_buf BASE_CLEANUP(base_buf_release) mapped = {0};
    return normal_form_put(text, &mapped) && base_bytes_equal(base_buf_bytes(&mapped), text);
}

bool ledger_text_put_nfc(struct base_buf *buf, struct base_bytes text)
{
    if (text.len == 0)
        return true;
    return normal_form_put(text, buf);
}
