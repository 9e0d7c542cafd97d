/* What must be true of a school after a fault, whatever the fault was. */
#pragma once

#include "tests/projections/world.h"

#define AFTERMATH_MARK_MAX 64

/* What a child process was told is in the log; in memory that its parent sees, too. */
struct told_list {
    volatile unsigned count;
    struct {
        ledger_seq seq;
        struct ledger_hash id;
    } marks[AFTERMATH_MARK_MAX];
    volatile int wrong;     /* a line of the child's source where a promise broke; 0: none */
    volatile int stopped;   /* the log had stopped */
    volatile unsigned full; /* submissions that a full disk refused */
    char text[256];         /* of the last append's error */
};
struct told_list *told_list_make(void); /* lives as long as the process */

/* Opens the school in `dir`, which must work, and looks: everything told is there at its position,
 * nothing beyond it but at most `slack` entries that nobody was told of, every byte, signature and
 * tile holds, and the projections can be folded. `world` gives the people; it is not changed. */
void aftermath_check(const struct world *world, const char *dir, uint64_t size_before,
                     const struct told_list *told, unsigned slack);
