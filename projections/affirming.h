/* Saying again what was struck out (specs/invalidation.md, section 7): the person's new key signs
 * the same content, quoting the void event. What only says again may do so where new entries may
 * not any more: in a closed period. Threads: the transaction's. */
#pragma once

#include "projections/fold.h"

/* Does the case's event quote a void event of the fact `key` and say nothing that it did not say?
 * The same kind and the same fields, but for `prev`, `upto` and the salts of sealed ones; of its
 * cells as many as one likes, each as it was. */
bool proj_case_affirms(struct proj_case *c, const struct proj_key *key);
