/* The layouts of the log's environment and the steps from each to the next. Inside the ledger.
 *
 * Whoever changes what a row of the store looks like raises LEDGER__LAYOUT_VERSION and adds the
 * step from the layout before (layouts.c). Four rows of `meta` keep their form for ever, since they
 * are read before a layout is known: `layout` (one byte), `vkey`, `head`, `checkpoint`. Entries are
 * no matter of layout: they are what was signed. */
#pragma once

#include "ledger/migrate.h"
#include "ledger/store.h"

#define LEDGER__LAYOUT_VERSION 1u

struct ledger__layout_step {
    unsigned from; /* to from + 1 */
    /* Changes a copy that nobody else has open, in as many transactions as it likes; databases that
     * the older layout had not are there and empty. The layout's number is written by the caller.
     * `progress` is not NULL. Returns 0 or a fault. NULL: the end of the table. */
    int (*run)(struct ledger__store *copy,
               void (*progress)(void *data, uint64_t done, uint64_t total), void *data,
               struct base_err *err);
};

/* All steps, ascending, ended by one without `run`. */
extern const struct ledger__layout_step ledger__layout_steps[];

/* The `layout` row; false when it is not there or not one byte. Failures are sticky. */
bool ledger__layout_get(struct ledger__txn *txn, unsigned *out_layout);
void ledger__layout_put(struct ledger__txn *txn, unsigned layout);
/* 0 when this program knows the layout; else BASE_E_STATE, and what is to be done. */
int ledger__layout_judge(unsigned layout, const char *dir, struct base_err *err) BASE_MUST_USE;

/* ledger_migrate by other steps than the program's: for tests. */
int ledger__migrate_by(const struct ledger_migrate_options *options,
                       const struct ledger__layout_step *steps, struct ledger_migration *out,
                       struct base_err *err) BASE_MUST_USE;
