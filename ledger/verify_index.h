/* A store's own indexes against its entries, a chunk at a time.
 * Ids are hashes, so each lies in a page of its own: looking one up is a walk through cold memory.
 * Reading the whole index costs a fortieth of that a row, so it is read once for a quarter of a
 * million entries. Where that does not pay they are asked for in their order: the way down to a
 * page is then mostly the one that was just gone, and of a key's counters each stands behind the
 * one before. How they are asked for decides nothing but the time.
 * Threads: one at a time. */
#pragma once

#include "ledger/log_state.h"
#include "ledger/verify_stream.h"

struct ledger__index_check;

/* `reader` is borrowed, and must be closed after this. */
int ledger__index_check_open(struct ledger_reader *reader, struct ledger__index_check **out_check,
                             struct base_err *err) BASE_MUST_USE;
void ledger__index_check_close(struct ledger__index_check *check);
/* A ledger__verify_hook: both indexes name each entry's position, or LEDGER_FOUND_INDEX. */
int ledger__index_check_run(void *check, struct ledger__verify_placed *placed, uint32_t count,
                            struct base_err *err) BASE_MUST_USE;
