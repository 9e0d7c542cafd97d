/* A restored copy goes on under a name of its own (specs/ledger.md, "Handover"). */
#pragma once

#include "ledger/handover.h"
#include "tools/cli/actor.h"

struct cli_going_on {
    const char *origin;     /* the new name */
    uint64_t size;          /* entries that stay; UINT64_MAX: all */
    struct base_bytes note; /* the last checkpoint that the school gave out; empty: not known */
};

/* Cuts the school in `dir`, which nobody serves, signs it by a new key, and appends log.continued
 * by root (options as for cli_actor_unlock, root's alone). Prints the new verifier key. */
int cli_go_on(int argc, char **argv, const char *dir, const struct cli_going_on *how,
              struct base_err *err) BASE_MUST_USE;
