/* What the oracle has in mind: the tale, and which of its first `n` steps count. */
#pragma once

#include "tests/projections/oracle.h"

struct mind {
    const struct tale *tale;
    int n;
    bool counts[TALE_STEP_MAX];
};

/* Does step i lie before `before` and count? */
bool mind_good(const struct mind *m, int i, int before);
int mind_stratum(const struct tale *tale, int account);
bool mind_key_there(const struct mind *m, int key, int before);
/* Does the account hold an officer's role? */
bool mind_officer(const struct mind *m, int account, int before);
bool mind_retired(const struct mind *m, int key, int before);
/* The lesson's opening that counts last, or NULL. */
const struct step *mind_lesson(const struct mind *m, int lesson, int before);
/* Has the step at position `at` its ground? */
bool mind_grounded(const struct mind *m, const struct step *s, int at);
