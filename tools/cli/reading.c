/* Opening a school read-only. */
#include "tools/cli/reading.h"

int cli_reading_open(const char *dir, struct cli_reading *out_reading, struct base_err *err)
{
    const struct ledger_log_options options = {.dir = dir, .clock = base_clock_system()};
    *out_reading = (struct cli_reading){0};
    int rc = ledger_log_open(&options, &out_reading->log, err);
    if (rc == 0)
        rc = proj_engine_open(dir, true, &out_reading->engine, err);
    if (rc == 0)
        rc = ledger_reader_open(out_reading->log, &out_reading->reader, err);
    if (rc == 0)
        rc = proj_engine_read(out_reading->engine, &out_reading->txn, err);
    if (rc != 0)
        cli_reading_close(out_reading);
    return rc;
}

void cli_reading_close(struct cli_reading *reading)
{
    proj_txn_end(reading->txn);
    ledger_reader_close(reading->reader);
    proj_engine_close(reading->engine);
    ledger_log_close(reading->log);
    *reading = (struct cli_reading){0};
}

bool cli_hex(const char *text, uint8_t *out, size_t len)
{
    return text != NULL && base_unhex(text, strlen(text), out, len);
}
