/* JSON at the border: inside, everything is msgpack (specs/api.md). People with curl and simple
 * tools may ask for JSON and send it.
 * Shape:   two functions over whole documents; nothing is kept between calls.
 * Rules:   bin becomes lower-case hex text; map keys become text (integers in decimal, bin in
 *          hex); numbers that JSON cannot hold (NaN, infinities) and extension types are faults.
 * Errors:  BASE_E_FORMAT for bytes that are not exactly one well-formed value, BASE_E_LIMIT for
 *          nesting over NET_NESTING_MAX, BASE_E_MEMORY when `out` did not fit. On a fault `out`
 *          holds what was written before it. */
#pragma once

#include "ledger/base/bytes.h"
#include "ledger/base/err.h"

/* Appends the JSON text of one msgpack value. Duplicate keys are passed through. */
int net_json_from_msgpack(struct base_bytes msgpack, struct base_buf *out,
                          struct base_err *err) BASE_MUST_USE;

/* Appends the canonical msgpack (keys sorted, shortest forms) of one JSON text, so that what reads
 * msgpack bodies strictly reads these too. Refuses duplicate keys, numbers with a fraction or an
 * exponent, integers outside int64, text that is not UTF-8, lone surrogates. Hex stays text. */
int net_json_to_msgpack(struct base_bytes json, struct base_buf *out,
                        struct base_err *err) BASE_MUST_USE;

/* True for well-formed UTF-8 (no surrogates, no overlong forms). */
bool net_utf8_is_valid(struct base_bytes text);
