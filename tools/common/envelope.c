/* Two of three, and how it is typed. */
#include "tools/common/envelope.h"

#include <assert.h>
#include <sodium.h>
#include <stdio.h>

#define ENVELOPE_VERSION 1u
#define BODY_LEN 42u   /* version, fingerprint, set, index, share */
#define PACKED_LEN 45u /* and three bytes that check */
#define LINE_CHARS 12u
#define LINE_CHECK_CHARS 2u

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/* GF(256) with AES's polynomial, without tables or branches on secrets. */

static uint8_t times(uint8_t a, uint8_t b)
{
    uint8_t product = 0;
    for (unsigned i = 0; i < 8; i++) {
        product = (uint8_t)(product ^ (a & (uint8_t)(0u - (b & 1u))));
        a = (uint8_t)((uint8_t)(a << 1) ^ (0x1b & (uint8_t)(0u - (a >> 7))));
        b >>= 1;
    }
    return product;
}

static uint8_t inverse(uint8_t a)
{
    uint8_t power = a; /* a^254 */
    for (unsigned i = 0; i < 6; i++)
        power = times(times(power, power), a);
    return times(power, power);
}

void tool_key_fingerprint(const struct ledger_key *key, uint8_t out[TOOL_FINGERPRINT_LEN])
{
    struct ledger_hash hash;
    ledger_sha256(base_bytes_of(key->bytes, LEDGER_KEY_LEN), &hash);
    memcpy(out, hash.bytes, TOOL_FINGERPRINT_LEN);
}

static void fingerprint_of_seed(const uint8_t seed[LEDGER_SEED_LEN],
                                uint8_t out[TOOL_FINGERPRINT_LEN])
{
    struct ledger_key key;
    uint8_t secret[64];
    ledger_key_from_seed(seed, &key, secret);
    sodium_memzero(secret, sizeof secret);
    tool_key_fingerprint(&key, out);
}

void tool_seed_split(const uint8_t seed[LEDGER_SEED_LEN],
                     struct tool_envelope out[TOOL_ENVELOPE_COUNT])
{
    uint8_t slope[LEDGER_SEED_LEN];
    uint8_t set[TOOL_SET_LEN];
    randombytes_buf(slope, sizeof slope);
    randombytes_buf(set, sizeof set);
    for (unsigned i = 0; i < TOOL_ENVELOPE_COUNT; i++) {
        fingerprint_of_seed(seed, out[i].fingerprint);
        memcpy(out[i].set, set, sizeof set);
        out[i].index = (uint8_t)(i + 1);
        for (unsigned k = 0; k < LEDGER_SEED_LEN; k++)
            out[i].share[k] = (uint8_t)(seed[k] ^ times(slope[k], out[i].index));
    }
    sodium_memzero(slope, sizeof slope);
}

int tool_seed_join(const struct tool_envelope *a, const struct tool_envelope *b,
                   uint8_t out_seed[LEDGER_SEED_LEN], struct base_err *err)
{
    uint8_t fingerprint[TOOL_FINGERPRINT_LEN];
    if (memcmp(a->set, b->set, TOOL_SET_LEN) != 0)
        return BASE_FAIL(err, BASE_E_USAGE,
                         "конверты из разных комплектов / the envelopes are of "
                         "different sets");
    if (a->index == b->index)
        return BASE_FAIL(err, BASE_E_USAGE, "дважды конверт № %u / envelope %u twice", a->index,
                         a->index);
    uint8_t scale = inverse(a->index ^ b->index);
    for (unsigned k = 0; k < LEDGER_SEED_LEN; k++)
        out_seed[k] =
            times((uint8_t)(times(a->share[k], b->index) ^ times(b->share[k], a->index)), scale);
    fingerprint_of_seed(out_seed, fingerprint);
    if (memcmp(fingerprint, a->fingerprint, sizeof fingerprint) == 0)
        return 0;
    sodium_memzero(out_seed, LEDGER_SEED_LEN);
    return BASE_FAIL(err, BASE_E_FORMAT,
                     "конверты не складываются в ключ / the envelopes do not "
                     "make the key that they name");
}

/* Lines */

static void line_check(const char chars[LINE_CHARS], unsigned line, char out[LINE_CHECK_CHARS])
{
    static const char domain[] = "letopis/envelope-line/v1"; /* with its zero */
    uint8_t input[sizeof domain + 1 + LINE_CHARS];
    struct ledger_hash hash;
    memcpy(input, domain, sizeof domain);
    input[sizeof domain] = (uint8_t)line;
    memcpy(input + sizeof domain + 1, chars, LINE_CHARS);
    ledger_sha256(base_bytes_of(input, sizeof input), &hash);
    out[0] = alphabet[hash.bytes[0] >> 3];
    out[1] = alphabet[hash.bytes[1] >> 3];
    sodium_memzero(input, sizeof input);
}

static void pack_check(const uint8_t body[BODY_LEN], uint8_t out[PACKED_LEN - BODY_LEN])
{
    static const char domain[] = "letopis/envelope/v1"; /* with its zero */
    uint8_t input[sizeof domain + BODY_LEN];
    struct ledger_hash hash;
    memcpy(input, domain, sizeof domain);
    memcpy(input + sizeof domain, body, BODY_LEN);
    ledger_sha256(base_bytes_of(input, sizeof input), &hash);
    memcpy(out, hash.bytes, PACKED_LEN - BODY_LEN);
    sodium_memzero(input, sizeof input);
}

static void pack(const struct tool_envelope *e, uint8_t out[PACKED_LEN])
{
    out[0] = ENVELOPE_VERSION;
    memcpy(out + 1, e->fingerprint, TOOL_FINGERPRINT_LEN);
    memcpy(out + 5, e->set, TOOL_SET_LEN);
    out[9] = e->index;
    memcpy(out + 10, e->share, LEDGER_SEED_LEN);
    pack_check(out, out + BODY_LEN);
}

void tool_envelope_line(const struct tool_envelope *envelope, unsigned line,
                        char out[TOOL_ENVELOPE_LINE_TEXT_LEN + 1])
{
    uint8_t packed[PACKED_LEN + 1] = {0};
    char chars[LINE_CHARS];
    char check[LINE_CHECK_CHARS];
    assert(line >= 1 && line <= TOOL_ENVELOPE_LINE_COUNT);
    pack(envelope, packed);
    for (unsigned i = 0; i < LINE_CHARS; i++) {
        unsigned bit = ((line - 1) * LINE_CHARS + i) * 5;
        unsigned pair = (unsigned)packed[bit / 8] << 8 | packed[bit / 8 + 1];
        chars[i] = alphabet[(pair >> (11 - bit % 8)) & 31];
    }
    line_check(chars, line, check);
    snprintf(out, TOOL_ENVELOPE_LINE_TEXT_LEN + 1, "%.4s %.4s %.4s  %.2s", chars, chars + 4,
             chars + 8, check);
    sodium_memzero(packed, sizeof packed);
    sodium_memzero(chars, sizeof chars);
}

/* The alphabet's character that was meant, '\0' for none; `*len` bytes of the text were it. */
static char meant(const char *text, size_t *len)
{
    static const char alike[][2][3] = {{"А", "A"}, {"В", "B"}, {"С", "C"}, {"Е", "E"}, {"Н", "H"},
                                       {"К", "K"}, {"М", "M"}, {"О", "0"}, {"Р", "P"}, {"Т", "T"},
                                       {"Х", "X"}, {"а", "A"}, {"в", "B"}, {"с", "C"}, {"е", "E"},
                                       {"н", "H"}, {"к", "K"}, {"м", "M"}, {"о", "0"}, {"р", "P"},
                                       {"т", "T"}, {"х", "X"}};
    char c = text[0];
    *len = 1;
    if (c >= 'a' && c <= 'z')
        c = (char)(c - 'a' + 'A');
    if (c == 'O')
        return '0';
    if (c == 'I' || c == 'L')
        return '1';
    if (c != '\0' && strchr(alphabet, c) != NULL)
        return c;
    for (size_t i = 0; i < sizeof alike / sizeof alike[0]; i++) {
        if (strncmp(text, alike[i][0], 2) == 0) {
            *len = 2;
            return alike[i][1][0];
        }
    }
    return '\0';
}

bool tool_envelope_line_read(const char *text, unsigned line, char out[TOOL_ENVELOPE_LINE_LEN + 1])
{
    char chars[TOOL_ENVELOPE_LINE_LEN + 2];
    char check[LINE_CHECK_CHARS];
    unsigned count = 0;
    while (*text != '\0') {
        size_t len;
        char c = meant(text, &len);
        if (c == '\0' && strchr(" \t\r\n-.:", *text) == NULL)
            return false;
        if (c != '\0' && count == sizeof chars)
            return false;
        if (c != '\0')
            chars[count++] = c;
        text += len;
    }
    const char *code = chars;
    if (count == TOOL_ENVELOPE_LINE_LEN + 1 && chars[0] == (char)('0' + line))
        code++; /* the number before it */
    else if (count != TOOL_ENVELOPE_LINE_LEN)
        return false;
    line_check(code, line, check);
    memcpy(out, code, TOOL_ENVELOPE_LINE_LEN);
    out[TOOL_ENVELOPE_LINE_LEN] = '\0';
    bool good = memcmp(check, code + LINE_CHARS, LINE_CHECK_CHARS) == 0;
    sodium_memzero(chars, sizeof chars);
    return good;
}

int tool_envelope_of_lines(char lines[TOOL_ENVELOPE_LINE_COUNT][TOOL_ENVELOPE_LINE_LEN + 1],
                           struct tool_envelope *out, struct base_err *err)
{
    uint8_t packed[PACKED_LEN + 1] = {0};
    uint8_t check[PACKED_LEN - BODY_LEN];
    for (unsigned i = 0; i < TOOL_ENVELOPE_LINE_COUNT * LINE_CHARS; i++) {
        const char *at = strchr(alphabet, lines[i / LINE_CHARS][i % LINE_CHARS]);
        assert(at != NULL);
        unsigned value = (unsigned)(at - alphabet) << (11 - i * 5 % 8);
        packed[i * 5 / 8] = (uint8_t)(packed[i * 5 / 8] | value >> 8);
        packed[i * 5 / 8 + 1] = (uint8_t)(packed[i * 5 / 8 + 1] | (value & 0xff));
    }
    pack_check(packed, check);
    bool good = packed[0] == ENVELOPE_VERSION && packed[9] >= 1 &&
                packed[9] <= TOOL_ENVELOPE_COUNT &&
                memcmp(check, packed + BODY_LEN, sizeof check) == 0;
    memcpy(out->fingerprint, packed + 1, TOOL_FINGERPRINT_LEN);
    memcpy(out->set, packed + 5, TOOL_SET_LEN);
    out->index = packed[9];
    memcpy(out->share, packed + 10, LEDGER_SEED_LEN);
    sodium_memzero(packed, sizeof packed);
    return good ? 0
                : BASE_FAIL(err, BASE_E_FORMAT,
                            "строки из разных конвертов / these lines are not "
                            "of one envelope");
}

int tool_envelope_of_page(const char *page, struct tool_envelope *out, struct base_err *err)
{
    char lines[TOOL_ENVELOPE_LINE_COUNT][TOOL_ENVELOPE_LINE_LEN + 1];
    char text[256];
    unsigned found = 0;
    while (*page != '\0' && found < TOOL_ENVELOPE_LINE_COUNT) {
        size_t len = strcspn(page, "\n");
        snprintf(text, sizeof text, "%.*s", (int)(len < sizeof text ? len : sizeof text - 1), page);
        if (tool_envelope_line_read(text, found + 1, lines[found]))
            found++;
        page += len + (page[len] == '\n');
    }
    int rc = found < TOOL_ENVELOPE_LINE_COUNT
                 ? BASE_FAIL(err, BASE_E_FORMAT,
                             "строка %u не найдена или набрана с ошибкой / line %u is missing or "
                             "mistyped",
                             found + 1, found + 1)
                 : tool_envelope_of_lines(lines, out, err);
    sodium_memzero(lines, sizeof lines);
    sodium_memzero(text, sizeof text);
    return rc;
}

const char *tool_envelope_heading(const struct tool_envelope_page *page)
{
    return page->is_next ? "Резервный ключ школы: СЛЕДУЮЩИЙ (вскрывать только для смены ключа)\n"
                           "Recovery key: the NEXT one (open for a rotation only)"
                         : "Резервный ключ школы: ДЕЙСТВУЮЩИЙ\nRecovery key: the PRESENT one";
}

void tool_envelope_page(const struct tool_envelope *envelope, const struct tool_envelope_page *page,
                        struct base_buf *out)
{
    char fingerprint[2 * TOOL_FINGERPRINT_LEN + 1];
    char set[2 * TOOL_SET_LEN + 1];
    char key[2 * LEDGER_KEY_LEN + 1];
    char line[TOOL_ENVELOPE_LINE_TEXT_LEN + 1];
    base_hex(envelope->fingerprint, TOOL_FINGERPRINT_LEN, fingerprint);
    base_hex(envelope->set, TOOL_SET_LEN, set);
    base_hex(page->key.bytes, LEDGER_KEY_LEN, key);
    base_buf_printf(out,
                    "КОНВЕРТ %u ИЗ 3 / ENVELOPE %u OF 3\n\n"
                    "%s\n\n"
                    "Журнал / log      %s\n"
                    "Ключ / key        %s (%.16s…)\n"
                    "Комплект / set    %s\n"
                    "Создан / made     %s\n\n",
                    envelope->index, envelope->index, tool_envelope_heading(page), page->origin,
                    fingerprint, key, set, page->date);
    for (unsigned i = 1; i <= TOOL_ENVELOPE_LINE_COUNT; i++) {
        tool_envelope_line(envelope, i, line);
        base_buf_printf(out, "        %u   %s\n", i, line);
    }
    sodium_memzero(line, sizeof line);
    base_buf_put_str(
        out, "\nЛюбые два конверта одного комплекта вместе — полная власть над журналом.\n"
             "Один конверт ничего не открывает. Заклейте, распишитесь на клапане, храните\n"
             "три конверта в трёх местах у трёх разных людей. Комплект «следующий» —\n"
             "в другом здании. Не фотографируйте и не пересылайте.\n\n"
             "Any two envelopes of one set have full power over the journal; one has none.\n"
             "Seal, sign across the flap, keep the three with three people in three places,\n"
             "the set of the next key in another building. No photographs, no e-mail.\n");
}
