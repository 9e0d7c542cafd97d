#include "ledger/base/utc.h"

#include <stdbool.h>
#include <stdio.h>
#include <time.h>

#define MS_PER_S 1000

static void text_make(base_time_ms ms, bool shows_ms, char out[BASE_UTC_LEN])
{
    struct tm utc;
    time_t seconds = (time_t)(ms / MS_PER_S);
    int rest = (int)(ms % MS_PER_S);
    if (rest < 0) { /* before 1970 */
        rest += MS_PER_S;
        seconds--;
    }
    size_t len = gmtime_r(&seconds, &utc) == NULL
                     ? 0
                     : strftime(out, BASE_UTC_LEN, "%Y-%m-%dT%H:%M:%S", &utc);
    if (len == 0)
        snprintf(out, BASE_UTC_LEN, "-");
    else if (shows_ms)
        snprintf(out + len, BASE_UTC_LEN - len, ".%03dZ", rest);
    else
        snprintf(out + len, BASE_UTC_LEN - len, "Z");
}

void base_utc_text(base_time_ms ms, char out[BASE_UTC_LEN])
{
    text_make(ms, false, out);
}

void base_utc_text_ms(base_time_ms ms, char out[BASE_UTC_LEN])
{
    text_make(ms, true, out);
}
