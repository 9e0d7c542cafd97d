/* An instant as text, in UTC, as RFC 3339 has it; base_time_parse (clock.h) reads it back. */
#pragma once

#include "ledger/base/clock.h"

#define BASE_UTC_LEN 40u /* years of more than four digits fit, too */

/* "2026-11-26T13:30:18Z". An instant that no calendar has becomes "-". */
void base_utc_text(base_time_ms ms, char out[BASE_UTC_LEN]);
/* "2026-11-26T13:30:18.042Z". */
void base_utc_text_ms(base_time_ms ms, char out[BASE_UTC_LEN]);
