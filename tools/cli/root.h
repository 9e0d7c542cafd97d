/* Root at the command line: its key from a recovery file, or from two envelopes typed in or read
 * from files, and new keys cut into envelopes. Nothing secret comes from arguments. */
#pragma once

#include "tools/cli/cli.h"
#include "tools/common/draft.h"
#include "tools/common/envelope.h"

/* The key behind `--<file_option> FILE` (first line: the seed in hex), or behind two
 * `--<envelope_option> FILE`; FILE is a page's text, "-" asks at the terminal, line by line.
 * BASE_E_USAGE when neither is given. */
int cli_root_unlock(int argc, char **argv, const char *file_option, const char *envelope_option,
                    struct tool_key *out_key, struct base_err *err) BASE_MUST_USE;
/* True when either option is there. */
bool cli_root_given(int argc, char **argv, const char *file_option, const char *envelope_option);

/* Makes root and the key after it, and writes the envelopes of both. The seeds are the caller's to
 * wipe. */
int cli_recovery_make(const char *dir, const char *origin, uint8_t out_root[LEDGER_SEED_LEN],
                      uint8_t out_next[LEDGER_SEED_LEN], bool pdf,
                      struct base_err *err) BASE_MUST_USE;
/* Cuts the seed and writes `dir`/`name`-1.txt … -3.txt (mode 0600); with `pdf` the same pages as
 * -1.pdf … -3.pdf instead. */
int cli_envelopes_write(const char *dir, const char *name, const uint8_t seed[LEDGER_SEED_LEN],
                        const char *origin, bool pdf, struct base_err *err) BASE_MUST_USE;

/* One envelope as a PDF page, appended. */
int cli_envelope_paper(const struct tool_envelope *envelope, const struct tool_envelope_page *page,
                       struct base_buf *out, struct base_err *err) BASE_MUST_USE;

/* recovery.pub: what may be known of root and of the key after it. */
struct cli_recovery_public {
    char origin[256];
    struct ledger_key root;
    struct ledger_hash next;
};
int cli_recovery_public_write(const char *path, const struct cli_recovery_public *pub,
                              struct base_err *err) BASE_MUST_USE;
int cli_recovery_public_read(const char *path, struct cli_recovery_public *out,
                             struct base_err *err) BASE_MUST_USE;
