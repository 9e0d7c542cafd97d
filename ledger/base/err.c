/* Errors for people: filled once where the fault was met, given context on the way up. */
#include "ledger/base/err.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

int base_err_set(struct base_err *err, const char *file, int line, int code, const char *format,
                 ...)
{
    assert(code < 0);
    if (err != NULL) {
        err->code = code;
        err->file = file;
        err->line = line;
        va_list args;
        va_start(args, format);
        vsnprintf(err->text, sizeof err->text, format, args);
        va_end(args);
    }
    return code;
}

int base_err_wrap(struct base_err *err, int code, const char *format, ...)
{
    assert(code < 0);
    if (err == NULL)
        return code;
    char text[BASE_ERR_TEXT_MAX];
    va_list args;
    va_start(args, format);
    int written = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    size_t len = written < 0 ? 0 : (size_t)written;
    if (len + 2 < sizeof text) {
        size_t room = sizeof text - len - 3;
        size_t old_len = strlen(err->text);
        size_t kept = old_len < room ? old_len : room;
        memcpy(text + len, ": ", 2);
        memcpy(text + len + 2, err->text, kept);
        text[len + 2 + kept] = 0;
    }
    memcpy(err->text, text, sizeof text);
    return err->code;
}

const char *base_fault_name(int code)
{
    switch (code) {
#define X(fault, number, name, text)                                                               \
    case fault:                                                                                    \
        return name;
        BASE_FAULTS(X)
#undef X
    default:
        return "unknown";
    }
}
