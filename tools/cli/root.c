/* Envelopes in, envelopes out. */
#include "tools/cli/root.h"

#include <sodium.h>
#include <stdio.h>

#include "tools/cli/actor.h"
#include "tools/cli/reading.h"
#include "tools/common/files.h"

#define PAGE_LEN_MAX 16384u
#define ATTEMPT_COUNT_MAX 5u

/* Six lines, each asked for until it is typed rightly. The code is shown while it is typed: nobody
 * types 84 characters blindly; the screen is wiped afterwards. */
static int type_envelope(unsigned number, struct tool_envelope *out, struct base_err *err)
{
    char lines[TOOL_ENVELOPE_LINE_COUNT][TOOL_ENVELOPE_LINE_LEN + 1];
    char text[256];
    int rc = 0;
    FILE *terminal = fopen("/dev/tty", "r+e");
    if (terminal == NULL)
        return BASE_FAIL(err, BASE_E_USAGE, "no terminal to ask at; give the pages as files");
    fprintf(terminal, "Конверт %u: шесть строк / envelope %u: six lines\n", number, number);
    for (unsigned i = 0; rc == 0 && i < TOOL_ENVELOPE_LINE_COUNT; i++) {
        bool good = false;
        for (unsigned attempt = 0; rc == 0 && !good; attempt++) {
            fprintf(terminal, "  %u  ", i + 1);
            fflush(terminal);
            if (attempt == ATTEMPT_COUNT_MAX || fgets(text, sizeof text, terminal) == NULL)
                rc = BASE_FAIL(err, BASE_E_USAGE, "строка %u / line %u", i + 1, i + 1);
            else if (!(good = tool_envelope_line_read(text, i + 1, lines[i])))
                fprintf(terminal, "     ошибка в этой строке, ещё раз / mistyped, once more\n");
        }
    }
    fprintf(terminal, "\033[2J\033[H");
    fclose(terminal);
    if (rc == 0)
        rc = tool_envelope_of_lines(lines, out, err);
    sodium_memzero(lines, sizeof lines);
    sodium_memzero(text, sizeof text);
    return rc;
}

static int read_envelope(const char *path, unsigned number, struct tool_envelope *out,
                         struct base_err *err)
{
    struct base_buf BASE_CLEANUP(base_buf_wipe) page = {0};
    if (strcmp(path, "-") == 0)
        return type_envelope(number, out, err);
    int rc = tool_file_read(path, PAGE_LEN_MAX, &page, err);
    const char *text = rc == 0 ? base_buf_text(&page) : NULL;
    if (rc == 0 && text == NULL)
        rc = BASE_FAIL(err, BASE_E_MEMORY, "%s", path);
    if (rc == 0)
        rc = tool_envelope_of_page(text, out, err);
    return rc == 0 ? 0 : base_err_wrap(err, rc, "%s", path);
}

static int seed_of_file(const char *path, uint8_t out[LEDGER_SEED_LEN], struct base_err *err)
{
    char line[128] = "";
    int rc = cli_secret(path, "recovery key", line, sizeof line, err);
    if (rc == 0 && !cli_hex(line, out, LEDGER_SEED_LEN))
        rc = BASE_FAIL(err, BASE_E_FORMAT, "%s: the first line is not a recovery key", path);
    sodium_memzero(line, sizeof line);
    return rc;
}

bool cli_root_given(int argc, char **argv, const char *file_option, const char *envelope_option)
{
    return cli_option(argc, argv, file_option) != NULL ||
           cli_option(argc, argv, envelope_option) != NULL;
}

int cli_root_unlock(int argc, char **argv, const char *file_option, const char *envelope_option,
                    struct tool_key *out_key, struct base_err *err)
{
    struct tool_envelope envelopes[2];
    uint8_t seed[LEDGER_SEED_LEN];
    const char *file = cli_option(argc, argv, file_option);
    const char *first = cli_option_at(argc, argv, envelope_option, 0);
    const char *second = cli_option_at(argc, argv, envelope_option, 1);
    if ((file == NULL) == (first == NULL) || (first != NULL && second == NULL))
        return BASE_FAIL(err, BASE_E_USAGE, "%s FILE, or %s FILE twice, is needed", file_option,
                         envelope_option);
    int rc = file != NULL ? seed_of_file(file, seed, err) : 0;
    if (file == NULL) {
        rc = read_envelope(first, 1, &envelopes[0], err);
        if (rc == 0)
            rc = read_envelope(second, 2, &envelopes[1], err);
        if (rc == 0)
            rc = tool_seed_join(&envelopes[0], &envelopes[1], seed, err);
    }
    if (rc == 0)
        tool_key_from_seed(out_key, seed);
    sodium_memzero(seed, sizeof seed);
    sodium_memzero(envelopes, sizeof envelopes);
    return rc;
}

int cli_envelopes_write(const char *dir, const char *name, const uint8_t seed[LEDGER_SEED_LEN],
                        const char *origin, bool pdf, struct base_err *err)
{
    struct tool_envelope envelopes[TOOL_ENVELOPE_COUNT];
    struct tool_key key;
    char date[16];
    char path[4096];
    int year;
    int month;
    int day;
    base_day_to_civil(base_day_of_time(base_clock_system().now_ms(NULL), 0), &year, &month, &day);
    snprintf(date, sizeof date, "%04d-%02d-%02d", year % 10000, month % 100, day % 100);
    tool_key_from_seed(&key, seed);
    const struct tool_envelope_page page = {
        .origin = origin, .date = date, .is_next = strcmp(name, "next") == 0, .key = key.key};
    tool_seed_split(seed, envelopes);
    int rc = tool_dir_make(dir, err);
    for (unsigned i = 0; rc == 0 && i < TOOL_ENVELOPE_COUNT; i++) {
        struct base_buf BASE_CLEANUP(base_buf_wipe) text = {0};
        snprintf(path, sizeof path, "%s/%s-%u.%s", dir, name, i + 1, pdf ? "pdf" : "txt");
        if (pdf)
            rc = cli_envelope_paper(&envelopes[i], &page, &text, err);
        else
            tool_envelope_page(&envelopes[i], &page, &text);
        if (rc != 0)
            break;
        if (tool_file_exists(path))
            rc = BASE_FAIL(err, BASE_E_STATE, "%s: exists; nothing is written over", path);
        else if (text.failed)
            rc = BASE_FAIL(err, BASE_E_MEMORY, "envelope");
        else
            rc = tool_file_write(path, 0600, base_buf_bytes(&text), err);
    }
    sodium_memzero(envelopes, sizeof envelopes);
    sodium_memzero(&key, sizeof key);
    return rc;
}

int cli_recovery_make(const char *dir, const char *origin, uint8_t out_root[LEDGER_SEED_LEN],
                      uint8_t out_next[LEDGER_SEED_LEN], bool pdf, struct base_err *err)
{
    randombytes_buf(out_root, LEDGER_SEED_LEN);
    randombytes_buf(out_next, LEDGER_SEED_LEN);
    int rc = cli_envelopes_write(dir, "root", out_root, origin, pdf, err);
    return rc == 0 ? cli_envelopes_write(dir, "next", out_next, origin, pdf, err) : rc;
}

int cli_recovery_public_write(const char *path, const struct cli_recovery_public *pub,
                              struct base_err *err)
{
    struct base_buf BASE_CLEANUP(base_buf_release) text = {0};
    char root[2 * LEDGER_KEY_LEN + 1];
    char next[2 * LEDGER_HASH_LEN + 1];
    base_hex(pub->root.bytes, LEDGER_KEY_LEN, root);
    base_hex(pub->next.bytes, LEDGER_HASH_LEN, next);
    base_buf_printf(&text,
                    "letopis-recovery-1\norigin %s\nroot %s\nnext %s\n\n"
                    "Открытая часть резервного ключа: не секрет. root — ключ, next — отпечаток "
                    "следующего.\nThe public part of the recovery key: no secret. root is the key, "
                    "next the SHA-256 of the one after it.\n",
                    pub->origin, root, next);
    return text.failed ? BASE_FAIL(err, BASE_E_MEMORY, "recovery")
                       : tool_file_write(path, 0644, base_buf_bytes(&text), err);
}

int cli_recovery_public_read(const char *path, struct cli_recovery_public *out,
                             struct base_err *err)
{
    struct base_buf BASE_CLEANUP(base_buf_release) file = {0};
    char root[2 * LEDGER_KEY_LEN + 1];
    char next[2 * LEDGER_HASH_LEN + 1];
    int rc = tool_file_read(path, PAGE_LEN_MAX, &file, err);
    if (rc != 0)
        return rc;
    const char *text = base_buf_text(&file);
    if (text == NULL ||
        sscanf(text, "letopis-recovery-1 origin %255s root %64s next %64s", out->origin, root,
               next) != 3 ||
        !cli_hex(root, out->root.bytes, LEDGER_KEY_LEN) ||
        !cli_hex(next, out->next.bytes, LEDGER_HASH_LEN))
        return BASE_FAIL(err, BASE_E_FORMAT, "%s: not the public part of a recovery key", path);
    return 0;
}
