/* A school opened for reading by a command: log and projections, while a server may be writing. */
#pragma once

#include "projections/authority.h"
#include "projections/engine.h"
#include "tools/cli/cli.h"

struct cli_reading {
    struct ledger_log *log;
    struct proj_engine *engine;
    struct ledger_reader *reader;
    struct proj_txn *txn;
};

int cli_reading_open(const char *dir, struct cli_reading *out_reading,
                     struct base_err *err) BASE_MUST_USE;
void cli_reading_close(struct cli_reading *reading);

/* 2·len hex digits; false otherwise. */
bool cli_hex(const char *text, uint8_t *out, size_t len);
