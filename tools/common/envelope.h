/* Sealed envelopes: a seed cut into three, of which any two give it back and one tells nothing
 * (Shamir over GF(256), one polynomial of degree one a byte), and how each is printed so that a
 * person can type it in again (specs/formats.md, section 7).
 * Threads: plain values. Errors: BASE_E_FORMAT names the line that was mistyped. */
#pragma once

#include "ledger/event.h"

#define TOOL_ENVELOPE_COUNT 3u
#define TOOL_ENVELOPE_LINE_COUNT 6u
#define TOOL_ENVELOPE_LINE_LEN                                                                     \
    14u /* characters of Crockford base32: twelve, and two that check                              \
         */
#define TOOL_FINGERPRINT_LEN 4u
#define TOOL_SET_LEN 4u

struct tool_envelope {
    uint8_t fingerprint[TOOL_FINGERPRINT_LEN]; /* of the public key: first bytes of its SHA-256 */
    uint8_t set[TOOL_SET_LEN];                 /* the same on the three that belong together */
    uint8_t index;                             /* 1, 2, 3 */
    uint8_t share[LEDGER_SEED_LEN];
};

void tool_key_fingerprint(const struct ledger_key *key, uint8_t out[TOOL_FINGERPRINT_LEN]);
/* Cuts the seed with fresh randomness and a fresh set. */
void tool_seed_split(const uint8_t seed[LEDGER_SEED_LEN],
                     struct tool_envelope out[TOOL_ENVELOPE_COUNT]);
/* The seed from two of one set; what comes out must have the fingerprint that they carry. */
int tool_seed_join(const struct tool_envelope *a, const struct tool_envelope *b,
                   uint8_t out_seed[LEDGER_SEED_LEN], struct base_err *err) BASE_MUST_USE;

/* Line 1 … 6: "7K3M Q9TX 0H2D  WB", zero-terminated. */
#define TOOL_ENVELOPE_LINE_TEXT_LEN 18u
void tool_envelope_line(const struct tool_envelope *envelope, unsigned line,
                        char out[TOOL_ENVELOPE_LINE_TEXT_LEN + 1]);
/* What somebody typed as that line, with or without its number, spaces and dashes; in upper or
 * lower case, letters that look alike in Russian taken for Latin. The fourteen characters to `out`;
 * false: not such a line, or mistyped. */
bool tool_envelope_line_read(const char *text, unsigned line, char out[TOOL_ENVELOPE_LINE_LEN + 1]);
/* From the six lines, each read by the function above. */
int tool_envelope_of_lines(char lines[TOOL_ENVELOPE_LINE_COUNT][TOOL_ENVELOPE_LINE_LEN + 1],
                           struct tool_envelope *out, struct base_err *err) BASE_MUST_USE;
/* Finds the six lines in a page's text. */
int tool_envelope_of_page(const char *page, struct tool_envelope *out,
                          struct base_err *err) BASE_MUST_USE;

/* What a page tells besides its code. */
struct tool_envelope_page {
    const char *origin;
    const char *date; /* 2026-11-25 */
    bool is_next;     /* the key after the present one */
    struct ledger_key key;
};
/* Which key the envelope is of, in both languages; a line each. */
const char *tool_envelope_heading(const struct tool_envelope_page *page);
/* Appends the page, Russian and English, to be printed. */
void tool_envelope_page(const struct tool_envelope *envelope, const struct tool_envelope_page *page,
                        struct base_buf *out);
