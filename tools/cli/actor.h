/* Somebody who signs at the command line: an account whose key is unlocked with its password, or
 * root with the recovery file. Passwords come from a file or the terminal, never from arguments. */
#pragma once

#include "tools/cli/request.h"
#include "tools/common/school.h"

/* The options of those who sign, for the lists of known options. */
#define CLI_ACTOR_OPTIONS                                                                          \
    "--as=", "--password-file=", "--recovery-file=", "--envelope=", "--request=", "--url="
#define CLI_ACTOR_HELP                                                                             \
    "Who signs: --as LOGIN [--password-file FILE]; or root, here with --recovery-file FILE or "    \
    "two\n"                                                                                        \
    "--envelope FILE, or elsewhere: --request FILE writes what is to be signed without a "         \
    "network\n"                                                                                    \
    "(letopis recovery sign).\n"                                                                   \
    "  --url URL       the school's address, while its server is running\n"

struct cli_actor {
    struct tool_key key;
    uint8_t account[LEDGER_ID_LEN]; /* zero for root */
    const char *request_path;       /* nothing is signed: what is to be signed goes there */
    struct cli_request request;
};

/* Unlocks by `--as LOGIN` with `--password-file FILE` (or asks), or root by `--recovery-file FILE`
 * or two `--envelope FILE`, and takes the key's counter from the log in `dir`. With `--request
 * FILE` nothing is unlocked: cli_send then adds to that file. */
int cli_actor_unlock(int argc, char **argv, const char *dir, struct cli_actor *out_actor,
                     struct base_err *err) BASE_MUST_USE;
/* Takes the key's counter from the log again, after it was cut. Folds what is not folded. */
int cli_actor_recount(const char *dir, struct cli_actor *actor, struct base_err *err) BASE_MUST_USE;
void cli_actor_wipe(struct cli_actor *actor);

/* One line without its end, from `path` or the terminal (echo off). */
int cli_secret(const char *path, const char *prompt, char *out, size_t size,
               struct base_err *err) BASE_MUST_USE;

/* Signs the draft by the actor (and by `second`, when not NULL) on top of the log in `dir` and
 * appends it: to the server at `url`, or into the log itself when `url` is NULL (no server may be
 * running). Prints position and id. */
int cli_send(const char *dir, const char *url, struct tool_draft *draft, struct cli_actor *actor,
             struct base_err *err) BASE_MUST_USE;
int cli_send_two(const char *dir, const char *url, struct tool_draft *draft,
                 struct cli_actor *actor, struct tool_key *second,
                 struct base_err *err) BASE_MUST_USE;
/* The same for finished wire bytes. */
int cli_send_wire(const char *dir, const char *url, struct base_bytes wire,
                  struct base_err *err) BASE_MUST_USE;
