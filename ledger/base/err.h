/* What went wrong, for people: where, what, which.
 * A function returns 0 when done, a negative `enum base_fault` when the world failed it (memory,
 * disk, corruption, a limit), and a positive documented answer of its own module otherwise.
 * `struct base_err` belongs to the outermost caller, is filled once at the origin and given more
 * context on the way up; it is untouched on success, and NULL is always allowed. */
#pragma once

#include "ledger/base/bytes.h"

/* code, name for programs, meaning */
#define BASE_FAULTS(X)                                                                             \
    X(BASE_E_MEMORY, -1, "memory", "out of memory")                                                \
    X(BASE_E_IO, -2, "io", "the operating system refused to read or write")                        \
    X(BASE_E_FULL, -3, "full", "the disk or the store is full")                                    \
    X(BASE_E_CORRUPT, -4, "corrupt", "stored bytes are not what was written")                      \
    X(BASE_E_LIMIT, -5, "limit", "a named limit was exceeded")                                     \
    X(BASE_E_FORMAT, -6, "format", "bytes that do not follow their format")                        \
    X(BASE_E_USAGE, -7, "usage", "the call or the command line does not make sense")               \
    X(BASE_E_MISSING, -8, "missing", "what was asked for does not exist")                          \
    X(BASE_E_STATE, -9, "state", "not possible in the present state")                              \
    X(BASE_E_CRYPTO, -10, "crypto", "a cryptographic operation failed")                            \
    X(BASE_E_BUSY, -11, "busy", "another holder has it, or the queue is full")                     \
    X(BASE_E_STOPPED, -12, "stopped", "stopped after an earlier fault; restart to go on")

enum base_fault {
#define X(code, number, name, text) code = number,
    BASE_FAULTS(X)
#undef X
};

#define BASE_ERR_TEXT_MAX 400

struct base_err {
    int code; /* enum base_fault */
    const char *file;
    int line;
    char text[BASE_ERR_TEXT_MAX]; /* a sentence without a full stop */
};

/* Fills `err` (when not NULL) and returns `code`. */
int base_err_set(struct base_err *err, const char *file, int line, int code, const char *format,
                 ...) BASE_PRINTF(5, 6);
/* Gives `code` itself back, in sight of the compiler and of analysers: a fault is never 0. */
static inline int base_fail_with(int noted, int code)
{
    (void)noted;
    return code;
}
#define BASE_FAIL(err, code, ...)                                                                  \
    base_fail_with(base_err_set((err), __FILE__, __LINE__, (code), __VA_ARGS__), (code))
/* Puts "context: " before the text that is there; returns err->code (or `code` when err is NULL).
 */
int base_err_wrap(struct base_err *err, int code, const char *format, ...) BASE_PRINTF(3, 4);
/* The stable name of a fault ("io", "full", …), "unknown" for others; static. */
const char *base_fault_name(int code);
