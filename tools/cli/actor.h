/* Somebody who signs at the command line: an account whose key is unlocked with its password, or
 * root with the recovery file. Passwords come from a file or the terminal, never from arguments. */
#pragma once

#include "tools/cli/cli.h"
#include "tools/common/school.h"

struct cli_actor {
    struct tool_key key;
    uint8_t account[LEDGER_ID_LEN]; /* zero for root */
};

/* Unlocks by `--as LOGIN` with `--password-file FILE` (or asks), or by `--recovery-file FILE`, and
 * takes the key's counter from the log in `dir`. */
int cli_actor_unlock(int argc, char **argv, const char *dir, struct cli_actor *out_actor,
                     struct base_err *err) BASE_MUST_USE;
void cli_actor_wipe(struct cli_actor *actor);

/* One line without its end, from `path` or the terminal (echo off). */
int cli_secret(const char *path, const char *prompt, char *out, size_t size,
               struct base_err *err) BASE_MUST_USE;

/* Signs the draft by the actor on top of the log in `dir` and appends it: to the server at `url`,
 * or into the log itself when `url` is NULL (no server may be running). Prints position and id. */
int cli_send(const char *dir, const char *url, struct tool_draft *draft, struct cli_actor *actor,
             struct base_err *err) BASE_MUST_USE;
/* The same for finished wire bytes. */
int cli_send_wire(const char *dir, const char *url, struct base_bytes wire,
                  struct base_err *err) BASE_MUST_USE;
