/* From an older layout of the log to the one that this program knows. Never in place: the
 * environment is copied, the copy is changed step by step, verified whole – entries, tree, indexes,
 * sealed fields, the same head and checkpoint as before – and only then exchanged for the old one,
 * which is removed.
 *
 * What can fail: anything before the exchange leaves the log as it was; a crash within it is
 * finished by the next opening for writing (ledger/erasing.c).
 * Threads: nobody may have the log open for writing (BASE_E_BUSY); readers of other processes go on
 * reading the old environment until they close it.
 * Source:  specs/ledger.md, "Layouts". */
#pragma once

#include "ledger/log.h"

/* The layout of the log in `dir`, known or not; `*out_known` is this program's. BASE_E_CORRUPT:
 * there is none to be read. */
int ledger_layout_read(const char *dir, unsigned *out_layout, unsigned *out_known,
                       struct base_err *err) BASE_MUST_USE;

enum ledger_migrate_stage { LEDGER_MIGRATE_COPIES, LEDGER_MIGRATE_STEPS, LEDGER_MIGRATE_VERIFIES };

struct ledger_migrate_options {
    const char *dir;
    /* Now and then; of copying only the beginning is told. May be NULL. */
    void (*progress)(void *data, enum ledger_migrate_stage stage, uint64_t done, uint64_t total);
    void *data;
    const struct ledger_faults *faults; /* for tests; NULL: none */
};

struct ledger_migration {
    unsigned from, to; /* the same: there was nothing to do */
    struct ledger_head head;
};

/* BASE_E_STATE: the layout is newer than this program, or no step leads away from it; both numbers
 * are in the text. BASE_E_CORRUPT: the copy is not the log; it was thrown away. BASE_E_FULL: no
 * room for a copy. */
int ledger_migrate(const struct ledger_migrate_options *options, struct ledger_migration *out,
                   struct base_err *err) BASE_MUST_USE;
