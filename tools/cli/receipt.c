/* letopis receipt: one entry with its proof as a file to keep (C2SP tlog-proof), under the
 * checkpoint that the witnesses have cosigned when it covers the entry, else under the log's own
 * last one. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "ledger/log.h"
#include "ledger/proof.h"
#include "tools/cli/cli.h"
#include "tools/common/files.h"

/* The witnessed note, if it is there, this log's, and of a size above `seq`. */
static bool witnessed_take(const char *dir, struct ledger_log *log, ledger_seq seq,
                           struct base_buf *note, uint64_t *out_size)
{
    char path[4096];
    struct ledger_note_key key;
    struct ledger_checkpoint checkpoint;
    snprintf(path, sizeof path, "%s/witnessed", dir);
    if (tool_file_read(path, LEDGER_NOTE_LEN_MAX, note, NULL) == 0 &&
        ledger_vkey_parse(base_bytes_str(ledger_log_vkey(log)), &key, NULL) == 0 &&
        ledger_checkpoint_open(base_buf_bytes(note), &key, &checkpoint, NULL) == 0 &&
        checkpoint.size > seq) {
        *out_size = checkpoint.size;
        return true;
    }
    base_buf_reset(note);
    return false;
}

static int receipt_make(const char *dir, struct ledger_log *log, ledger_seq seq,
                        struct base_buf *out_text, struct base_err *err)
{
    struct base_buf BASE_CLEANUP(base_buf_release) note = {0};
    struct ledger_hash hashes[LEDGER_PROOF_LEN_MAX];
    struct ledger_reader *reader = NULL;
    struct base_bytes entry;
    unsigned count = 0;
    int rc = ledger_reader_open(log, &reader, err);
    uint64_t size = rc == 0 ? ledger_reader_size(reader) : 0;
    if (rc == 0)
        rc = ledger_reader_entry(reader, seq, &entry, err);
    if (rc == 0 && !witnessed_take(dir, log, seq, &note, &size))
        rc = ledger_reader_checkpoint(reader, &note, err);
    if (rc == 0)
        rc = ledger_reader_inclusion(reader, seq, size, hashes, &count, err);
    if (rc == 0)
        rc = ledger_proof_put(entry, seq, hashes, count, base_buf_bytes(&note), out_text, err);
    ledger_reader_close(reader);
    return rc;
}

int cli_receipt(int argc, char **argv)
{
    static const char *const known[] = {"--out=", NULL};
    struct base_buf BASE_CLEANUP(base_buf_release) text = {0};
    struct base_err err = {0};
    struct ledger_log *log = NULL;
    char *end = NULL;
    if (!cli_check_options(argc, argv, known))
        return CLI_USAGE;
    const char *dir = cli_argument(argc, argv, 0);
    const char *position = cli_argument(argc, argv, 1);
    const char *out = cli_option(argc, argv, "--out");
    if (dir == NULL || position == NULL)
        return cli_usage("receipt", "DIR and POSITION are needed");
    unsigned long long seq = strtoull(position, &end, 10);
    if (position[0] < '0' || position[0] > '9' || *end != '\0')
        return cli_usage("receipt", "POSITION is a number");
    const struct ledger_log_options options = {.dir = dir, .clock = base_clock_system()};
    int rc = ledger_log_open(&options, &log, &err);
    if (rc == 0)
        rc = receipt_make(dir, log, seq, &text, &err);
    if (rc == 0 && out != NULL)
        rc = tool_file_write(out, 0644, base_buf_bytes(&text), &err);
    else if (rc == 0 && fwrite(text.data, 1, text.len, stdout) != text.len)
        rc = BASE_FAIL(&err, BASE_E_IO, "standard output");
    ledger_log_close(log);
    return rc == 0 ? CLI_DONE : cli_fail("receipt", &err);
}
