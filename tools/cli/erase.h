/* What the two sorts of erasure share: of a whole subject (erase.c), of single values
 * (erase_values.c). Both are signed by two, here, and leave no freed pages behind. */
#pragma once

#include "tools/cli/actor.h"
#include "tools/cli/reading.h"

struct cli_erase {
    int argc;
    char **argv;
    const char *dir;
};

/* The first fields of both kinds: ground, reference, second. */
void cli_erase_put(const struct cli_erase *erase, struct tool_draft *draft,
                   const struct ledger_key *second);
/* Unlocks author and second, has `fill` write the event, and sends it signed by both. BASE_E_USAGE:
 * options that do not go together. */
int cli_erase_sign(const struct cli_erase *erase,
                   void (*fill)(void *data, struct tool_draft *draft,
                                const struct ledger_key *second),
                   void *data, struct base_err *err) BASE_MUST_USE;
/* Without a server the freed pages go at once, else at the school's next opening. */
int cli_erase_settle(const struct cli_erase *erase, struct base_err *err) BASE_MUST_USE;

/* Prints the subject's values that may go alone: commitment, position, day of recording, kind,
 * field, state or day from which the term is over, text. */
int cli_erase_list_values(const struct cli_erase *erase, const uint8_t subject[LEDGER_ID_LEN],
                          struct base_err *err) BASE_MUST_USE;
/* Erases the values that --value names, or with --dry-run prints them. */
int cli_erase_values(const struct cli_erase *erase, struct base_err *err) BASE_MUST_USE;
