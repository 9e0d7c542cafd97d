/* Refusals: the ledger's own texts and the one way to fill one in. */
#include "ledger/refusal.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

static const struct ledger_refusal_text texts[] = {
#define X(code, number, name, ru, en) {code, name, ru, en},
    LEDGER_REFUSALS(X)
#undef X
};

int ledger_refuse(struct ledger_refusal *out, int code, const char *field_format, ...)
{
    assert(code > 0);
    if (out != NULL) {
        out->code = code;
        va_list args;
        va_start(args, field_format);
        vsnprintf(out->field, sizeof out->field, field_format, args);
        va_end(args);
    }
    return code;
}

const struct ledger_refusal_text *ledger_refusal_text_of(int code)
{
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (texts[i].code == code)
            return &texts[i];
    return NULL;
}
