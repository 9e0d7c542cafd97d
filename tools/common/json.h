/* A little JSON on standard output or into a buffer, for `--json` of the programs. Whole values
 * with many fields are better written as msgpack and transcoded; this is for flat reports. */
#pragma once

#include "ledger/canon.h"

/* Appends a JSON string with its quotes; `text` is UTF-8. */
void tool_json_put_text(struct base_buf *out, const char *text);
/* Appends a canonical value as JSON: binary as lower-case hex. */
void tool_json_put_canon(struct base_buf *out, const struct ledger_canon_value *value);
