/* What the fuzzers share. Each takes bytes that nobody vouches for; whatever its reader accepts
 * must come out of the writer as the same bytes. libFuzzer drives it, and given files runs those
 * alone. */
#pragma once

#include <stdio.h>
#include <stdlib.h>

#include "ledger/canon.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* As assert, but never compiled out and with nothing of a test framework. */
#define FUZZ_CHECK(condition)                                                                      \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                        \
            abort();                                                                               \
        }                                                                                          \
    } while (0)
