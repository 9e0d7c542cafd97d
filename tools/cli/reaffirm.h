/* letopis breach review, letopis breach reaffirm: "was this you?" at the command line
 * (specs/invalidation.md, section 7). The same as the web client's list, for who works without it.
 */
#pragma once

#include "ledger/base/err.h"

/* Prints what was struck out of what the actor's account had signed and is not affirmed yet. */
int cli_review(int argc, char **argv, const char *dir, struct base_err *err) BASE_MUST_USE;
/* Signs the entries of `--positions N,N,…`, or all with `--all`, anew with the actor's present key:
 * the same content, quoting the void entry, on top of what the cells show now. */
int cli_reaffirm(int argc, char **argv, const char *dir, const char *url,
                 struct base_err *err) BASE_MUST_USE;
